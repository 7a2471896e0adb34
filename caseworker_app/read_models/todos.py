"""What came back from the level above, or was found by a comparison, and waits for the officer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

BY_HAND, AT_CELL = "by_hand", "cell"
"""Codes of problems that no data check found: raised by a person, and cells refused on receipt."""


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem that a level found; `outcome` how the village answered it, '' while it waits."""

    id: str
    village_code: str
    month: str
    file_name: str
    sheet: str
    row: int | None
    column: str
    code: str
    message: str
    person: str
    household: str
    name: str
    household_no: str
    raised_on: date
    officer: str
    outcome: str = ""
    reason: str = ""
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A value that a level proposes, beside the one that stands; the record as `table` and `record`."""

    id: str
    village_code: str
    table: str
    record: str
    field: str
    was: Any
    value: Any
    present: Any
    person: str
    household: str
    name: str
    household_no: str
    on: date
    officer: str
    why: str
    outcome: str = ""
    reason: str = ""
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to be looked at: a problem, a proposal or a result of a comparison, in words."""

    id: str
    kind: str
    village_code: str
    person: str
    household: str
    name: str
    household_no: str
    what: str
    place: str
    since: date | None
    by: str
    gone: bool = False
    """The ledger shows it to be put right: it closes with the next upload."""
