"""The rows of a sheet as values by field, read column by column, and what becomes of each of their cells."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import zip_longest
from typing import Any

from caseworker_app.domain import codes, identity, money
from caseworker_app.domain.identity import IdentityNumber
from caseworker_app.exchange import check
from caseworker_app.exchange.read import Cell, Sheet, Uncalculated
from caseworker_app.exchange.recognise import Column, Recognised
from caseworker_app.exchange.state import State, Writes
from caseworker_app.read_models.imports import CELL_CLASSES, KINDS, Correction, Count, FieldChange, Problem

_LONG_NUMBER = re.compile(r"\d{11,}[Xx]?")
_NO_DATA = re.compile(
    r"(合计|小计|总计|共计|本页|累计|注[:：]|备注|说明|填表|填报|制表|审核|负责人|经办人|单位)"
)
_EXAMPLE = re.compile(r"[(（【]?(填写|填报)?(示例|样例|范例|举例|例)(行|子)?[)）】]?[:：]?")
_COLUMN_NUMBER = re.compile(r"[(（]?\d{1,2}[)）]?|[甲乙丙丁戊]|[A-Z]{1,2}")
_LONGEST_SAMPLE = 60
_DIGITS_OF_A_NUMBER = 6
"""So many digits are a number that was meant to tell whose row it is, however damaged; fewer may be a count."""


class Refusal(Exception):
    """The row cannot be taken; `index` is the cell that says why, None the row itself."""

    def __init__(self, index: int | None, code: str, **values: object) -> None:
        super().__init__(code)
        self.index = index
        self.code = code
        self.values = values


class OutOfScope(Exception):
    """The row is of somebody this ledger is not for."""


def masked(raw: Cell) -> str:
    """Return what stands in a cell without giving anybody away: every long run of digits is masked."""
    hidden = _LONG_NUMBER.sub(lambda found: _hidden(found[0]), check.as_text(raw))
    return hidden[:_LONGEST_SAMPLE]


def _hidden(number: str) -> str:
    return identity.masked(number) if len(number) >= 15 else identity.masked_phone(number)


def _written(value: Any, kind: str) -> str:  # noqa: ANN401 - values of any type
    """Return a value that was read, as it would have been written right."""
    if isinstance(value, IdentityNumber):
        return identity.masked(value.number)
    if isinstance(value, bool):
        return codes.code_list("yes_no").label("yes" if value else "no", "zh_CN")
    if isinstance(value, date):
        return value.isoformat()
    if kind == "money":
        return money.yuan(value)
    if kind in codes.names():
        return "、".join(codes.code_list(kind).label(each, "zh_CN") for each in str(value).split(","))
    return masked(value)


@dataclass(slots=True)
class Tally:
    """Counts of one sheet."""

    cells: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CELL_CLASSES, 0))
    problems: list[Problem] = field(default_factory=list)
    corrections: dict[tuple[str, str], Correction] = field(default_factory=dict)
    changes: list[FieldChange] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Corrected:
    """How a cell was normalised, and into what."""

    code: str
    after: str


Odd = check.Refused | Corrected
"""What is to be said of a cell that was not simply taken."""


@dataclass(slots=True)
class Book:
    """What all rows of an import share: the ledger it is compared with, and what it would write."""

    state: State
    scope: str
    today: date
    new_id: Callable[[], str]
    writes: Writes = field(default_factory=Writes)
    totals: dict[str, Count] = field(default_factory=lambda: {kind: Count() for kind in KINDS})
    seen: dict[Any, int] = field(default_factory=dict)
    """What stood in an earlier row of the sheet, and in which."""
    told: set[tuple[object, ...]] = field(default_factory=set)
    """What rows of the sheet said of their household, so that it is compared once."""
    said: dict[tuple[str, str], object] = field(default_factory=dict)
    """What the first row of the sheet to say it said of a household, by its number and the field."""
    outside: dict[str, set[str]] = field(default_factory=lambda: {"households": set(), "people": set()})
    met: dict[str, set[str]] = field(default_factory=lambda: {"households": set(), "people": set()})

    def count_known(self, kind: str, key: str, *, changed_before: bool, changed: bool) -> None:
        """Count a record of the ledger once, however many rows name it."""
        count = self.totals[kind]
        if key not in self.met[kind]:
            self.met[kind].add(key)
            count.changed += changed
            count.unchanged += not changed
        elif changed and not changed_before:
            count.changed += 1
            count.unchanged -= 1


@dataclass(slots=True)
class Row:
    """One row being taken: its values by field, and which of them say what the ledger says already."""

    sheet: str
    number: int
    values: dict[str, Any]
    places: dict[str, tuple[int, ...]]
    exported: date
    tally: Tally
    village: str = ""
    unchanged: set[str] = field(default_factory=set)
    unused: set[str] = field(default_factory=set)
    """Fields that are not kept although their column is."""
    newer: dict[str, date] = field(default_factory=dict)
    """Fields whose value the ledger does not take, because it has a later one: since when."""
    refused: dict[str, Refusal] = field(default_factory=dict)
    """Fields that are refused although the row is taken."""
    unread: frozenset[str] = frozenset()
    """Fields whose cell has no meaning: nobody knows what it was to say."""
    says: list[object] = field(default_factory=list)
    """What no further row of the sheet may say again."""

    def earlier(self, book: Book, key: object) -> int:
        """Return the row that said the same before, 0 for none; this one has said it once it is taken."""
        self.says.append(key)
        return book.seen.get(key, 0)

    def value(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - values of any type
        """Return the value of a field."""
        found = self.values.get(name)
        return default if found is None else found

    def agreed(self, name: str) -> Any:  # noqa: ANN401 - values of any type
        """Return the value of a field, None where an earlier row says something else."""
        return None if name in self.refused else self.values.get(name)

    def index(self, name: str) -> int | None:
        """Return where the field stands."""
        return self.places[name][0] if name in self.places else None

    def older_than(self, recorded: dict[str, Any]) -> bool:
        """Whether this was recorded by hand on the day of the export or later, or comes from a later export."""
        touched = recorded.get("touched_on")
        if touched is None:
            return False
        return bool(touched > self.exported if recorded["imported"] else touched >= self.exported)

    def keep(self, name: str, since: date) -> None:
        """Leave the ledger's later value and mark the cells of the field."""
        if name in self.places:
            self.newer[name] = since

    def same(self, *names: str) -> None:
        """Mark the cells of fields as saying nothing new."""
        self.unchanged.update(names)

    def change(self, kind: str, who: str, name: str, before: object, after: object) -> None:
        """Note a value that the file says differently."""
        self.tally.changes.append(
            FieldChange(self.sheet, self.number, kind, who, name, _plain(before), _plain(after))
        )


def _plain(value: object) -> str:
    return (
        ""
        if value is None
        else value.isoformat()
        if isinstance(value, date)
        else ",".join(value)
        if isinstance(value, list | tuple)
        else str(value)
    )


@dataclass(slots=True)
class Grid:
    """The data rows of a sheet: where they stand, their cells, their values by field, and what is odd of them."""

    numbers: list[int]
    names: tuple[str, ...]
    values: list[tuple[Any, ...]]
    odd: dict[int, dict[int, Odd]]
    """By row (from 0 in the sheet) and column."""
    places: dict[str, tuple[int, ...]]


def _results(column: Column, cells: dict[Any, Cell]) -> dict[Any, check.Taken | check.Refused]:
    """Read every distinct cell of a column once: values repeat."""
    read = check.reader(column.kind)
    results: dict[Any, check.Taken | check.Refused] = {}
    for key, cell in cells.items():
        if cell == "":
            continue
        if isinstance(cell, Uncalculated):
            results[key] = check.Refused("cell.formula_without_value")
            continue
        try:
            results[key] = read(cell)
        except check.Refused as error:
            results[key] = error
    return results


def _key(raw: Cell) -> Any:  # noqa: ANN401 - hashable
    """Tell cells apart that Python takes for equal: 1, 1.0 and True."""
    return raw if type(raw) is str else (type(raw), raw)


def is_data(row: list[Cell], header: dict[int, str], key: int | None) -> bool:
    """Whether a row under the header is one of data: no total, note, example or numbers of columns, no header again."""
    if isinstance(row[0], str) and _EXAMPLE.fullmatch(row[0].strip()):
        return False
    told = row[key] if key is not None and key < len(row) else ""
    if told != "":
        text = check.as_text(told).strip()
        if told == header.get(-1 if key is None else key) or _NO_DATA.match(text):
            return False
        if sum(map(str.isdigit, text)) >= _DIGITS_OF_A_NUMBER:
            return True
        if all(_COLUMN_NUMBER.fullmatch(check.as_text(cell).strip()) for cell in row if cell != ""):
            return False
    first = next(cell for cell in row if cell != "")
    return not (isinstance(first, str) and _NO_DATA.match(first.strip()))


def spread(sheet: Sheet, header: int) -> Sheet:
    """Return a sheet in which a value that is merged down over rows below the header stands in each that says something."""
    if not sheet.merged:
        return sheet
    rows, told = sheet.rows, dict[int, list[Cell]]()
    for top, column, last in sheet.merged:
        value = rows[top][column] if header < top < len(rows) and column < len(rows[top]) else ""
        for number in range(top + 1, min(last + 1, len(rows))) if value != "" else ():
            if not rows[number]:
                continue
            if number not in told:
                told[number] = list(rows[number])
            told[number].extend([""] * (column + 1 - len(told[number])))
            if told[number][column] == "":
                told[number][column] = value
    return replace(sheet, rows=[told.get(number, row) for number, row in enumerate(rows)])


def grid(rows: list[list[Cell]], found: Recognised) -> Grid:
    """Read the data rows of a recognised sheet, column by column."""
    by_field: dict[str, list[int]] = {}
    for index, column in sorted(found.places.items()):
        by_field.setdefault(column.field, []).append(index)
    key = next(
        (
            index
            for name in ("link.identity_number", "person.identity_number", "household.household_no")
            for index in by_field.get(name, ())
        ),
        None,
    )
    titles = {index: str(cell) for index, cell in enumerate(rows[found.header_row]) if cell != ""}
    numbers = [
        number
        for number in range(found.last_header_row + 1, len(rows))
        if rows[number] and rows[number].count("") != len(rows[number]) and is_data(rows[number], titles, key)
    ]
    odd: dict[int, dict[int, Odd]] = {}
    columns: dict[int, list[Any]] = {}
    turned = list(zip_longest(*map(rows.__getitem__, numbers), fillvalue=""))
    for index, column in found.places.items():
        cells = turned[index] if index < len(turned) else ("",) * len(numbers)
        columns[index] = _values(column, index, cells, numbers, odd)
    named: dict[str, list[Any]] = {}
    for name, indexes in by_field.items():
        if len(indexes) == 1:
            named[name] = columns[indexes[0]]
        else:
            several = zip(*(columns[index] for index in indexes), strict=True)
            named[name] = [tuple(each for each in one if each is not None) or None for one in several]
    return Grid(
        numbers,
        tuple(named),
        list(zip(*named.values(), strict=True)) if numbers else [],
        odd,
        {name: tuple(indexes) for name, indexes in by_field.items()},
    )


def _values(
    column: Column,
    index: int,
    cells: tuple[Cell, ...],
    numbers: list[int],
    odd: dict[int, dict[int, Odd]],
) -> list[Any]:
    """Return the values of a column, None where there is none; what is odd of a cell is noted."""
    plain = set(map(type, cells)) <= {str}
    keys: Sequence[Any] = cells if plain else [_key(cell) for cell in cells]
    values: dict[Any, Any] = {"": None}
    strange: dict[Any, Odd] = {}
    for raw, result in _results(column, dict(zip(keys, cells, strict=True))).items():
        if isinstance(result, check.Refused):
            values[raw] = None
            strange[raw] = result
        else:
            values[raw] = result.value
            if result.correction:
                strange[raw] = Corrected(result.correction, _written(result.value, column.kind))
    if strange:
        for number, raw in zip(numbers, keys, strict=True):
            if raw in strange:
                odd.setdefault(number, {})[index] = strange[raw]
    return list(map(values.__getitem__, keys))
