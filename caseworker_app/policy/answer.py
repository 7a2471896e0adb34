"""The answer: who is owed what, with every reason, what is missing, and how the amount came about."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from caseworker_app.domain.divisions import Distance
from caseworker_app.domain.spans import Cycle, Months
from caseworker_app.policy.rules import Answer

Values = dict[str, Any]


class Outcome(StrEnum):
    """What became of one condition."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class State(StrEnum):
    """The answer as a whole."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition: where it is written, what it asks, what was found and in which records."""

    clause: str
    condition: str
    required: Values
    found: Values
    outcome: Outcome
    records: tuple[str, ...] = ()
    local: bool = False
    """Whether this is the place's own reading (本区口径) rather than the document's word."""
    text: str = ""
    """The requirement in the pack's words, where it has any."""
    warns: bool = False
    """Whether it only warns (原则上)."""
    parts: "tuple[Reason, ...]" = ()
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that decides and is not known: which field of which record."""

    field: str
    record: str
    who: str


@dataclass(frozen=True, slots=True)
class Share:
    """One member's part of a household item, in fen; `due` None while it cannot be told."""

    person: str
    name: str
    identity_number: str
    income: int | None
    due: int | None
    paid: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One part of a spell inside the cycle: its days, months, distance and, where known, its income in fen."""

    spell: str
    first: date
    last: date
    months: Months
    distance: Distance
    income: int | None
    recorded: int = 0
    """What of the income was recorded by month; the rest is estimated from the monthly wage."""


@dataclass(frozen=True, slots=True)
class Tier:
    """The step that holds: `at_least` months, fen or people, `amount` in fen."""

    distance: str
    at_least: int
    amount: int
    places: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What an item gives a beneficiary as of a day; amounts in fen."""

    item: str
    cycle: Cycle
    on: date
    beneficiary_kind: str
    beneficiary: str
    name: str
    identity_number: str
    household_no: str
    state: State
    amount: int | None
    amount_max: int | None
    """None: nobody can say how much it may become."""
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...] = ()
    members: tuple[Share, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    tier: Tier | None = None
    claimed: str = ""
    """Number of the live claim that already took this up."""
    amount_min: int | None = None
    """The reviewer decides between this and `amount_max`; `amount` is None then."""
    file_from: date | None = None
    file_by: date | None = None
    paid_by: date | None = None
    months: int = 0
    """Months that count towards a limit on months."""
    record: str = ""
    """The business, certificate, loan, insurance or post it is about."""
    exclusive_with: tuple[str, ...] = ()

    @property
    def decided_by_reviewer(self) -> bool:
        """Whether the reviewer enters the amount, between `amount_min` and `amount_max`."""
        return self.amount_min is not None and self.state is State.ELIGIBLE

    @property
    def warnings(self) -> tuple[Reason, ...]:
        """What does not bar and is to be looked at."""
        return tuple(each for each in self.reasons if each.warns and each.outcome is not Outcome.PASSED)


def outcome_of(answer: Answer) -> Outcome:
    """Return a three-valued answer as an outcome."""
    return Outcome.UNKNOWN if answer is None else Outcome.PASSED if answer else Outcome.FAILED
