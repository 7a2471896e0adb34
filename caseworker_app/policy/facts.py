"""What the ledger knows of a beneficiary, gathered once and then only read; None or '' is unknown.

The rows are not frozen: a hundred thousand of them are made at a time, and nobody changes one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Dated = tuple[str, date | None, date | None]
"""A value, its first and its last day; None is open."""

NOTHING: Mapping[str, tuple[Dated, ...]] = {}


def value_on(values: Iterable[Dated], day: date) -> str:
    """Return the value that holds on a day, '' when none does."""
    for value, since, until in values:
        if (since is None or since <= day) and (until is None or day <= until):
            return value
    return ""


@dataclass(slots=True)
class WageFacts:
    """The wage of one job in one month ('2024-05'), in fen."""

    month: str
    amount: int
    by_bank: bool | None = None


@dataclass(slots=True)
class SpellFacts:
    """One job; `wage` is fen a month."""

    id: str
    started_on: date
    ended_on: date | None
    kind: str
    place_code: str
    wage: int | None
    contract: bool | None = None
    insured: bool | None = None
    channel: str = ""
    industry: str = ""
    trade: str = ""
    employer: str = ""
    point_to_point: bool | None = None
    wages: tuple[WageFacts, ...] = ()


@dataclass(slots=True)
class ContractFacts:
    """A labour contract, of one job where it is known of which."""

    id: str
    spell: str
    signed_on: date | None
    until: date | None


@dataclass(slots=True)
class InsuranceFacts:
    """An insurance of a person; `paid` in fen for its days."""

    id: str
    kind: str
    payer: str
    since: date | None
    until: date | None
    paid: int | None = None
    person: str = ""


@dataclass(slots=True)
class CertificateFacts:
    """A certificate and what the training to it cost, in fen."""

    id: str
    kind: str
    level: str
    issued_on: date | None
    trade: str = ""
    course: str = ""
    cost: int | None = None


@dataclass(slots=True)
class BusinessFacts:
    """A business that a person founded."""

    id: str
    kind: str
    first: bool | None
    registered_on: date | None
    closed_on: date | None
    employed: int | None = None
    name: str = ""


@dataclass(slots=True)
class LoanFacts:
    """A loan: amount and interest paid in fen, rate in basis points."""

    id: str
    kind: str
    amount: int
    granted_on: date | None
    until: date | None = None
    repaid_on: date | None = None
    rate: int | None = None
    interest_paid: int | None = None
    purpose: str = ""


@dataclass(slots=True)
class PostFacts:
    """A public post somebody holds, through which job, and the months used before the ledger began."""

    id: str
    kind: str
    spell: str
    since: date | None
    until: date | None
    months_before: int = 0


@dataclass(slots=True)
class PersonFacts:
    """One member of a household with his jobs, oldest first, and what else is on record."""

    id: str
    name: str
    identity_number: str
    spells: tuple[SpellFacts, ...] = ()
    relation: str = ""
    born: date | None = None
    sex: str = ""
    disability: str = ""
    attributes: Mapping[str, tuple[Dated, ...]] = field(default_factory=lambda: NOTHING)
    contracts: tuple[ContractFacts, ...] = ()
    insurances: tuple[InsuranceFacts, ...] = ()
    certificates: tuple[CertificateFacts, ...] = ()
    businesses: tuple[BusinessFacts, ...] = ()
    loans: tuple[LoanFacts, ...] = ()
    posts: tuple[PostFacts, ...] = ()
    papers: tuple[tuple[str, date | None], ...] = ()
    """Kinds of paper on file, and from when."""


@dataclass(slots=True)
class HouseholdFacts:
    """One household as of a day; `home` is the code of its village."""

    id: str
    household_no: str
    head: str
    home: str
    kind: str
    monitored_kind: str
    identified_on: date | None
    resolved_on: date | None
    members: tuple[PersonFacts, ...]
    attributes: Mapping[str, tuple[Dated, ...]] = field(default_factory=lambda: NOTHING)

    def kind_on(self, day: date) -> str:
        """Return the kind of household on a day."""
        dated = self.attributes.get("kind")
        return self.kind if dated is None else value_on(dated, day)


@dataclass(slots=True)
class EngagedFacts:
    """Somebody whom an organisation brought to work, employs or teaches."""

    id: str
    role: str
    since: date | None
    until: date | None
    spell: str
    person: PersonFacts
    household: HouseholdFacts | None


@dataclass(slots=True)
class OrganisationFacts:
    """An employer, agency, broker, studio or workshop with its people and figures."""

    id: str
    name: str
    kind: str
    credit_code: str = ""
    home: str = ""
    place_code: str = ""
    size: str = ""
    level: str = ""
    certified_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    people: tuple[EngagedFacts, ...] = ()
    head_counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(month, kind) → people."""
    insurances: tuple[InsuranceFacts, ...] = ()
    loans: tuple[LoanFacts, ...] = ()


@dataclass(slots=True)
class Subject:
    """A beneficiary: a person of a household, a household or an organisation."""

    kind: str
    household: HouseholdFacts | None = None
    person: PersonFacts | None = None
    organisation: OrganisationFacts | None = None

    @property
    def id(self) -> str:
        """Return the id of the beneficiary."""
        found: Any = self.person or self.household if self.organisation is None else self.organisation
        name: str = found.id
        return name


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One live claim; `months` is what it used of a limit on months, `spells` the jobs it counted."""

    id: str
    number: str
    item: str
    cycle: str
    beneficiary: str
    amount: int
    filed_on: date
    months: int = 0
    spells: tuple[str, ...] = ()
    shares: tuple[tuple[str, int], ...] = ()
    """Person → fen, of a household's claim."""
    cycle_first: date | None = None
    cycle_last: date | None = None


@dataclass(slots=True)
class Claimed:
    """Live claims by item, cycle and beneficiary, those of other villages' uploads among them."""

    claims: dict[tuple[str, str, str], ClaimFacts] = field(default_factory=dict)
    by_beneficiary: dict[str, list[ClaimFacts]] = field(default_factory=dict)

    def add(self, claim: ClaimFacts) -> None:
        """Note a live claim."""
        self.claims[claim.item, claim.cycle, claim.beneficiary] = claim
        self.by_beneficiary.setdefault(claim.beneficiary, []).append(claim)

    def find(self, item: str, cycle: str, beneficiary: str, on: date) -> ClaimFacts | None:
        """Return the claim filed by that day for this item, cycle and beneficiary."""
        claim = self.claims.get((item, cycle, beneficiary))
        return claim if claim and claim.filed_on <= on else None

    def of(self, beneficiary: str, on: date) -> list[ClaimFacts]:
        """Return all that a beneficiary has claimed by a day."""
        return [each for each in self.by_beneficiary.get(beneficiary, ()) if each.filed_on <= on]
