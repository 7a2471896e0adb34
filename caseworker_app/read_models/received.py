"""What was received: each workbook, each village of a month, devices and what is to be decided between them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from caseworker_app.read_models.imports import ImportPreview

CELLS = ("accepted", "unchanged", "stale", "conflict", "ignored")
"""What becomes of a cell of a sealed workbook."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing about a workbook that somebody should know or decide: `code` is a sentence of `error_words.errors`."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A value of one record that two devices wrote differently; `name` is whom it concerns."""

    id: str
    village_code: str
    table: str
    record: str
    field: str
    name: str
    household_no: str
    base: Any
    ours: Any
    theirs: Any
    written: dict[str, Any]
    decided: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One workbook that was received or looked through; `taken` whether its content is in the ledger now."""

    file: str
    kind: str
    seal: str
    device: str
    fingerprint: str
    village: str
    month: str
    officer: str
    standing: str
    cells: dict[str, int]
    conflicts: tuple[ConflictLine, ...]
    problems: tuple[FileProblem, ...]
    taken: bool
    preview: ImportPreview | None = None
    """What the sheets would change, of a workbook that is taken in as its receiver's own entry."""
    public_key: str = ""


@dataclass(frozen=True, slots=True)
class VillageLine:
    """How a village stands in a month: what it sent, and the month its figures are carried forward from if nothing."""

    village_code: str
    village: str
    sent: int
    received_on: date | None
    officer: str
    standing: str
    seal: str
    file_name: str
    carried_from: str
    conflicts: int
    devices_unknown: int
    month_state: str
    households: int

    @property
    def id(self) -> str:
        """Return what tells the line from others."""
        return self.village_code


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device that writes for a place; `own` is this installation."""

    id: str
    village_code: str
    device: str
    name: str
    fingerprint: str
    state: str
    enrolled_on: date | None
    last_month: str
    own: bool


@dataclass(frozen=True, slots=True)
class Introduced:
    """The device that sealed a workbook: for which place, signed by whom, and which others write for that place."""

    place: str
    device: str
    fingerprint: str
    officer: str
    others: tuple[DeviceLine, ...]
