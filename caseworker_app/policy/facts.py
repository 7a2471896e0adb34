"""What the ledger knows of a household, gathered once and then only read; None or '' is unknown."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class SpellFacts:
    """One job; `wage` is fen a month."""

    id: str
    started_on: date
    ended_on: date | None
    kind: str
    place_code: str
    wage: int | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One member of a household with his jobs, oldest first."""

    id: str
    name: str
    identity_number: str
    spells: tuple[SpellFacts, ...] = ()


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One live claim."""

    id: str
    number: str
    item: str
    cycle: str
    beneficiary: str
    amount: int
    filed_on: date


@dataclass(slots=True)
class Claimed:
    """Live claims by item, cycle and beneficiary."""

    claims: dict[tuple[str, str, str], ClaimFacts] = field(default_factory=dict)

    def add(self, claim: ClaimFacts) -> None:
        """Note a live claim."""
        self.claims[claim.item, claim.cycle, claim.beneficiary] = claim

    def find(self, item: str, cycle: str, beneficiary: str, on: date) -> ClaimFacts | None:
        """Return the claim filed by that day for this item, cycle and beneficiary."""
        claim = self.claims.get((item, cycle, beneficiary))
        return claim if claim and claim.filed_on <= on else None
