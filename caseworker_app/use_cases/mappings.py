"""Sheets that nobody knows, mapped once by the officer and remembered under a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import recognise
from caseworker_app.exchange.read import Sheet
from caseworker_app.exchange.recognise import Layout
from caseworker_app.exchange.rows import masked
from caseworker_app.use_cases.desk import Desk
from db.queries.dated import live
from db.tables import Setting

PREFIX = "mapping."
RECORDS = tuple(recognise.RECORDS)
_LONGEST_NAME = 40
_SEARCHED_ROWS = 12
_SAMPLES = 3
_LINKED = {
    "person.name": "link.name",
    "person.identity_number": "link.identity_number",
    "person.person_no": "link.person_no",
    "household.household_no": "link.household_no",
}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a sheet to be mapped: its header as it is remembered and shown, samples, and the likely field."""

    header: str
    shown: str
    samples: tuple[str, ...]
    field: str


def _stored(connection: Connection) -> dict[str, Any]:
    rows = connection.execute(
        select(Setting.key, Setting.value).where(live(Setting), Setting.key.startswith(PREFIX))
    )
    return {row.key.removeprefix(PREFIX): row.value for row in rows}


def remembered(connection: Connection) -> tuple[Layout, ...]:
    """Return the layouts that were mapped by hand."""
    return tuple(
        recognise.mapped(name, value["record"], value["columns"])
        for name, value in sorted(_stored(connection).items())
    )


def save(desk: Desk, name: str, record: str, columns: Mapping[str, str]) -> Changed:
    """Remember which header stands for which field; the same name again replaces what it meant.

    Raises ExpectedError `mapping.name`, `mapping.record`, `mapping.field`, `mapping.lacking`.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or name in {each.name for each in recognise.layouts()}:
        raise ExpectedError("mapping.name", name=name)
    if record not in RECORDS:
        raise ExpectedError("mapping.record", record=record)
    if record not in ("people", "households"):  # Who it is, is then asked of the ledger.
        columns = {header: _LINKED.get(target, target) for header, target in columns.items()}
    for target in columns.values():
        if target not in recognise.fields():
            raise ExpectedError("mapping.field", field=target)
    if lacking := recognise.lacking(record, tuple(columns.values())):
        raise ExpectedError("mapping.lacking", fields=lacking)
    value = {"record": record, "columns": dict(columns)}
    with desk.units("mapping.save", name=name) as unit:
        present = unit.connection.execute(
            select(Setting.id).where(live(Setting), Setting.key == PREFIX + name)
        ).scalar_one_or_none()
        if present:
            unit.update(Setting, present, value=value)
        else:
            unit.insert(Setting, key=PREFIX + name, value=value)
        return unit.commit()


def forget(desk: Desk, name: str) -> Changed:
    """Forget a mapping; raises ExpectedError `import.layout_unknown`."""
    with desk.units("mapping.forget", name=name) as unit:
        present = unit.connection.execute(
            select(Setting.id).where(live(Setting), Setting.key == PREFIX + name)
        ).scalar_one_or_none()
        if present is None:
            raise ExpectedError("import.layout_unknown", layout=name)
        unit.void(Setting, present)
        return unit.commit()


def header_rows(sheet: Sheet) -> tuple[int, int]:
    """Return where the header most likely stands: the row, or pair of rows, with the most headers that are known."""
    known = frozenset(header for column in recognise.fields().values() for header in column.headers)

    def fits(pair: tuple[int, int]) -> tuple[int, bool, int, int]:
        first, last = pair
        headers = recognise.header_of(sheet, first, last).values()
        filled = len(sheet.rows[first]) - sheet.rows[first].count("")
        return sum(each in known for each in headers), filled > 1, first - last, -first

    pairs = [
        (first, last)
        for first in range(min(len(sheet.rows), _SEARCHED_ROWS))
        for last in (first, first + 1)
        if last < len(sheet.rows)
    ]
    return max(pairs, key=fits, default=(0, 0))


def columns(sheet: Sheet, first: int, last: int) -> tuple[SheetColumn, ...]:
    """Return the columns of a sheet under these header rows (from 0), each with samples and the likely field."""
    by_header = {
        header: name
        for name, column in reversed(recognise.fields().items())
        for header in column.headers
        if not name.startswith("link.")
    }
    found = []
    for index, header in recognise.header_of(sheet, first, last).items():
        samples: list[str] = []
        for row in sheet.rows[last + 1 :]:
            if index < len(row) and row[index] != "" and len(samples) < _SAMPLES:
                samples.append(masked(row[index]))
        shown = header.replace("·", " · ")
        found.append(SheetColumn(header, shown, tuple(samples), by_header.get(header, "")))
    return tuple(found)


def targets(record: str) -> Sequence[str]:
    """Return the fields a row of a kind of record can fill, and what else it may tell."""
    also = {
        "spells": ("facts",),
        "intentions": ("facts",),
        "facts": (),
        "households": (),
        "people": ("spells", "intentions"),
    }
    own = {linked: plain for plain, linked in _LINKED.items()}
    found = (own.get(column.field, column.field) for column in recognise.fields_of(record, also[record]))
    return tuple(dict.fromkeys(found))


def needed(record: str) -> tuple[str, ...]:
    """Return the fields a row of a kind of record cannot do without."""
    own = {linked: plain for plain, linked in _LINKED.items()}
    return tuple(own.get(each, each) for each in recognise.lacking(record, ()))
