"""What came back from the level above, or was found by a comparison, and waits for the officer."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

BY_HAND, AT_CELL = "by_hand", "cell"
"""Codes of problems that no data check found: raised by a person, and cells refused on receipt."""
NEW = "new"
"""The field of a proposal that is a whole record: its value is that of every column, by name."""
DATED: Mapping[str, tuple[str, ...]] = {
    "person_attribute": ("value",),
    "household_attribute": ("value",),
    "intention": ("kind", "place_text", "trade", "wage"),
    "membership": ("household_id", "relation"),
}
"""Kinds of which a new record takes the place of what stood, and what they say, the foremost first."""


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
    """A value that a level proposes, beside the one that stands; the record as `table` and `record`.

    Of a dated fact `attribute` is what it is called; `names` are those of the records that a new one points to, by id.
    """

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
    attribute: str = ""
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)


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
    elsewhere: bool = False
    """A village answers this: here it can only be taken back."""
