"""Claims as lists and papers show them."""

from dataclasses import dataclass, replace
from datetime import date

from caseworker_app.domain.errors import ExpectedError


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One line of the list of claims."""

    id: str
    number: str
    item: str
    cycle: str
    state: str
    beneficiary_kind: str
    beneficiary: str
    name: str
    identity_number: str
    household_no: str
    village_code: str
    amount: int
    filed_on: date
    since: date
    """Since when it is in its state."""
    rival: str = ""
    """Another live claim of the same item, cycle and beneficiary: both wait until somebody decides."""


@dataclass(frozen=True, slots=True)
class ClaimStepLine:
    """One step in the life of a claim; `level` is of the ledger that took it."""

    state: str
    on: date
    officer: str
    reason: str
    number: int = 0
    level: str = ""


@dataclass(frozen=True, slots=True)
class ClaimLife:
    """What the next step of a claim depends on."""

    id: str
    number: str
    item: str
    cycle: str
    state: str
    name: str
    amount: int
    steps: tuple[ClaimStepLine, ...]
    papers: frozenset[str]
    open_objections: int
    rival: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Whether something can be done for one claim or one to be filed, and why not."""

    number: str
    name: str
    amount: int
    why: ExpectedError | None


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One paper of a claim, and its photo where there is one."""

    id: str
    kind: str
    attachment: str
    on: date
    note: str


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """One objection and how it was resolved."""

    id: str
    raised_on: date
    by: str
    words: str
    resolved_on: date | None
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """What the bank said of the money of a claim, in fen."""

    id: str
    amount: int
    paid_on: date | None
    outcome: str
    reason: str
    file_name: str


@dataclass(frozen=True, slots=True)
class SpellOnForm:
    """One job as a claim form states it, with the part inside the cycle that counted."""

    started_on: date
    ended_on: date | None
    counted_from: date
    counted_to: date
    place: str
    distance: str
    employer: str
    trade: str
    wage: int | None
    contract: bool | None
    channel: str


@dataclass(frozen=True, slots=True)
class MemberOnForm:
    """One member on the form of a household item: the jobs that counted and the share, in fen."""

    name: str
    identity_number: str
    relation: str
    spells: tuple[SpellOnForm, ...]
    income: int
    due: int
    paid: int


@dataclass(frozen=True, slots=True)
class ClaimForm:
    """Everything an application form prints; texts are Chinese, money is fen, `levels` are codes (village …).

    Of a household item, the person is the head and `members` are those with income.
    """

    form: str
    title: tuple[str, ...]
    number: str
    item: str
    cycle: str
    cycle_first: date | None
    cycle_last: date | None
    printed_on: date
    filed_on: date
    unit: str
    name: str
    sex: str
    ethnicity: str
    age: int | None
    identity_number: str
    phone: str
    head: str
    relation: str
    household_no: str
    address: str
    household_kind: str
    monitored_kind: str
    spells: tuple[SpellOnForm, ...]
    distance: str
    months: str
    arithmetic: str
    standard: str
    amount: int
    card_holder: str
    card_bank: str
    card_number: str
    evidence_required: tuple[str, ...]
    evidence_any_of: tuple[str, ...]
    citation: str
    levels: tuple[str, ...]
    notes: tuple[str, ...]
    members: tuple[MemberOnForm, ...] = ()
    item_name: str = ""
    why: str = ""
    basis: str = ""
    """What each condition found, a line each."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One roster; `claims` are ids."""

    id: str
    number: str
    item: str
    cycle: str
    round: str
    village_code: str
    made_on: date
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One claim on a roster or a notice; texts are Chinese, money is fen."""

    number: str
    town: str
    village: str
    group: str
    household_no: str
    head: str
    name: str
    sex: str
    age: int | None
    identity_number: str
    category: str
    relation: str
    phone: str
    province: str
    city: str
    county: str
    place: str
    employer: str
    trade: str
    first: str
    last: str
    months: str
    standard: str
    amount: int
    card_bank: str
    card_number: str
    note: str


@dataclass(frozen=True, slots=True)
class RosterSheet:
    """Everything a roster or its notice prints."""

    number: str
    item_name: str
    title: str
    document: str
    department: str
    unit: str
    cycle: str
    round: str
    made_on: date
    printed_on: date
    shown_from: date | None
    shown_to: date | None
    shown_days: str
    officer: str
    identity: bool
    lines: tuple[RosterLine, ...]

    @property
    def total(self) -> int:
        """What all lines come to."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One row of a workbook of results; `why` is the code of what keeps it from being written."""

    row: int
    number: str
    name: str
    claim: str
    amount: int
    outcome: str
    reason: str
    paid_on: date | None
    why: str

    def refused(self, why: str) -> "PaidLine":
        """Return the line with what keeps it back."""
        return replace(self, why=self.why or why)
