"""Fields changed and rows entered by typed text, and what is wrong with them at the cell."""

from dataclasses import dataclass, field

from caseworker_app.domain.changed import Changed


@dataclass(frozen=True, slots=True)
class Edit:
    """A field of a record and the text it is to say; edits of one `row` (the record, unless given) land together."""

    record: str
    field: str
    text: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be entered: its texts by field."""

    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one cell: of which edit or row, at which field, and the sentence people read."""

    index: int
    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of edits or new rows: how many rows landed, and the problems of the others.

    Of those that landed `proposed` were put to the village that owns them; there the value stands until it answers.
    """

    changed: Changed = field(default_factory=Changed)
    landed: int = 0
    problems: tuple[Problem, ...] = ()
    proposed: int = 0
