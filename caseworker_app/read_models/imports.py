"""What an import will do, before and after it does it."""

from dataclasses import dataclass, field

CELL_CLASSES = ("accepted", "corrected", "unchanged", "ignored", "refused")
KINDS = ("households", "people", "spells", "intentions")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The one known person a damaged identity number fits: taken only when somebody confirms it."""

    number: str
    name: str
    born: str
    kind: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one cell; `value` is what stands there, masked where it identifies somebody."""

    sheet: str
    row: int
    column: str
    cell: str
    code: str
    value: str
    values: dict[str, object] = field(default_factory=dict)
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """One kind of normalisation in one column, with how often and an example: what stood there and what is taken."""

    code: str
    column: str
    count: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value in the ledger that the file says differently."""

    sheet: str
    row: int
    kind: str
    name: str
    field: str
    before: str
    after: str


@dataclass(slots=True)
class Count:
    """How many records of one kind are new, changed, unchanged, refused or of another place."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    out_of_scope: int = 0


@dataclass(frozen=True, slots=True)
class FilePreview:
    """One recognised sheet: where its header stood and what becomes of its cells."""

    file: str
    sheet: str
    layout: str
    header_row: int
    rows: int
    cells: dict[str, int]
    problems: tuple[Problem, ...]
    corrections: tuple[Correction, ...]
    changes: tuple[FieldChange, ...]
    outside: tuple[int, ...] = ()
    """Rows of people this ledger does not know, in a sheet that does not say of which village they are."""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """All files of one import together."""

    files: tuple[FilePreview, ...]
    totals: dict[str, Count]
    read_seconds: float
    check_seconds: float
    unread: tuple[tuple[str, str], ...] = ()
    """Sheets of these files, by file and name, that nobody knows: nothing of them is taken."""

    @property
    def writes(self) -> bool:
        """Whether committing would change anything."""
        return any(count.new or count.changed for count in self.totals.values())

    @property
    def problems(self) -> int:
        """How many cells have a problem."""
        return sum(len(each.problems) for each in self.files)
