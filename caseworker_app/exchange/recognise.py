"""Which layout a sheet has, and where its header row stands: found by content, never by file name."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from caseworker_app.exchange.read import Cell, Sheet

_SEARCHED_ROWS = 12
_EXPORTED = re.compile(r"导出时间\s*[:：]?\s*(\d{4})[-年./](\d{1,2})[-月./](\d{1,2})")
_DATED_FILE = re.compile(r"_(20\d\d)(\d\d)(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layout: the ledger field, how its cells are read, and the headers it is met under."""

    field: str
    kind: str
    headers: tuple[str, ...]
    required: bool = False
    """The layout is recognised only where this column stands."""
    filled: bool = False
    """A row without this cell is refused."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A known workbook layout; `record` is the kind of record a row is."""

    name: str
    title: str
    record: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sheet with its layout: the header row (from 0), which column stands where, and the day it was exported."""

    layout: Layout
    header_row: int
    places: dict[int, Column]
    headers: dict[int, str]
    exported_on: date | None


def normal_header(text: Cell) -> str:
    """Return a header as it is compared: first line, without spaces, stars and （必填）, brackets unified."""
    first = str(text).strip().split("\n", 1)[0]
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", first))
    return plain.replace("(必填)", "").replace("*", "")


def _column(entry: dict[str, object]) -> Column:
    headers = entry["headers"]
    assert isinstance(headers, list)
    return Column(
        str(entry["field"]),
        str(entry["kind"]),
        tuple(normal_header(header) for header in headers),
        bool(entry.get("required", False)),
        bool(entry.get("filled", False)),
    )


@cache
def layouts() -> tuple[Layout, ...]:
    """Return all known layouts, from the data files beside this module."""
    found = []
    folder = resources.files("caseworker_app.exchange") / "layouts"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            found.append(
                Layout(
                    content["name"],
                    content["title"],
                    content["record"],
                    tuple(map(_column, content["column"])),
                )
            )
    return tuple(found)


def _match(layout: Layout, row: list[Cell]) -> dict[int, Column]:
    by_header = {header: column for column in layout.columns for header in column.headers}
    places: dict[int, Column] = {}
    for index, cell in enumerate(row):
        column = by_header.get(normal_header(cell)) if cell != "" else None
        if column and (column.kind == "risk" or column not in places.values()):
            places[index] = column
    present = {column.field for column in places.values()}
    return places if all(column.field in present for column in layout.columns if column.required) else {}


def _exported_on(sheet: Sheet, header_row: int, file_name: str) -> date | None:
    titles = "\n".join(str(cell) for row in sheet.rows[:header_row] for cell in row if cell != "")
    match = _EXPORTED.search(titles) or _DATED_FILE.search(file_name)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def recognise(sheet: Sheet, file_name: str, layout_name: str = "") -> Recognised | None:
    """Return the layout with the most matching headers among the first rows, or None."""
    best: Recognised | None = None
    for layout in layouts():
        if layout_name not in ("", layout.name):
            continue
        for number, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
            places = _match(layout, row)
            if places and (best is None or len(places) > len(best.places)):
                headers = {
                    index: str(cell).split("\n", 1)[0].strip() for index, cell in enumerate(row) if cell != ""
                }
                best = Recognised(layout, number, places, headers, _exported_on(sheet, number, file_name))
    return best
