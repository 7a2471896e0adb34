"""What comparing with an outside list found, person by person."""

from dataclasses import dataclass, field
from datetime import date

AGREES, DIFFERS, UNKNOWN_THERE, SUGGESTED = "agrees", "differs", "unknown_there", "suggested"
OPEN = (DIFFERS, SUGGESTED)
"""Results that somebody has to look at."""


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One comparison: with which list, as of which day; `newest` whether no later one of its kind replaced it."""

    id: str
    kind: str
    file_name: str
    as_of: date | None
    compared_on: date
    officer: str
    counts: dict[str, int]
    newest: bool


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What a comparison says of one person or one field; `outcome` how it was answered, '' while it waits."""

    id: str
    comparison: str
    kind: str
    as_of: date | None
    person: str
    household: str
    name: str
    identity_number: str
    household_no: str
    village_code: str
    row: int | None
    result: str
    field: str
    ours: str
    theirs: str
    since: date | None
    outcome: str = ""
    reason: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at it."""
        return self.result in OPEN and not self.outcome


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a list and the ledger say differently, as they are kept: codes, days, names."""

    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a list says of one person, before it is written; `person` is '' for who is not in the ledger."""

    person: str
    household: str
    village_code: str
    name: str
    identity_number: str
    household_no: str
    row: int | None
    result: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """All that one comparison found; `absent` are rows of people whom the ledger does not know."""

    kind: str
    files: tuple[str, ...]
    digest: str
    as_of: date
    rows: int
    found: tuple[Found, ...]
    absent: tuple[Found, ...] = ()
    unread: int = 0
    """Cells of the list that have no meaning."""
    counts: dict[str, int] = field(default_factory=dict)
