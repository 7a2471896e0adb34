"""Outside lists, whoever sent them, as plain rows: who stands there and what the list says of him."""

import calendar
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from caseworker_app.domain.identity import IdentityNumber
from caseworker_app.exchange import check, recognise
from caseworker_app.exchange.read import Cell, Sheet
from caseworker_app.exchange.recognise import Column, Layout, Recognised
from caseworker_app.exchange.rows import is_data

_NAME, _NUMBER, _BORN = "link.name", "link.identity_number", "person.born"
_BORN_WITHIN = re.compile(r"\d{6}((?:19|20)\d\d)(\d\d)(\d\d)")
"""The birth date in a number whose end was lost or mistyped."""
_DATED = (
    re.compile(r"(20\d\d)[-.年]?(0?[1-9]|1[0-2])[-.月]?(0?[1-9]|[12]\d|3[01])日?(?!\d)"),
    re.compile(r"(20\d\d)[-.年]?(0[1-9]|1[0-2]|[1-9](?=月))(?!\d)"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of list: its layout, and the words that tell it where no column of its own stands."""

    name: str
    layout: Layout
    own: frozenset[str]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list: who, by number or by name and birth date, and what it says (`told`)."""

    row: int
    name: str
    number: str
    """'' where there is none that is sound; `cut` then holds what stands there."""
    cut: str
    born: date | None
    told: dict[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    """The headers of cells that have no meaning."""


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of list, from the data file beside this module."""
    text = (resources.files("caseworker_app.exchange") / "comparison.toml").read_text("utf-8")
    common = recognise.fields()
    found = {}
    for name, entry in tomllib.loads(text).items():
        who, number = (
            Column(
                each,
                common[each].kind,
                (
                    *common[each].headers,
                    *map(recognise.normal_header, entry.get(table, {}).get("headers", ())),
                    *(whose + header for whose in entry["of"] for header in common[each].headers),
                ),
            )
            for each, table in ((_NAME, "people"), (_NUMBER, "numbers"))
        )
        own = tuple(
            Column(key, each["kind"], tuple(map(recognise.normal_header, each["headers"])))
            for key, each in entry["columns"].items()
        )
        columns = (*own, who, number, common[_BORN])
        layout = Layout(name, name, "facts", columns, frozenset(), frozenset())
        found[name] = Kind(name, layout, frozenset(each.field for each in own), tuple(entry["words"]))
    return found


def find(kind: str, sheet: Sheet, file_name: str) -> Recognised | None:
    """Return where the columns of a list stand in a sheet, or None when it is no list of this kind."""
    known = kinds()[kind]
    found = recognise.recognise(sheet, file_name, kind, (known.layout,))
    if found is None:
        return None
    present = {column.field for column in found.places.values()}
    titles = (file_name, sheet.name, *(str(cell) for row in sheet.rows[: found.header_row] for cell in row))
    told = present & known.own or any(word in title for word in known.words for title in titles)
    return found if told and (_NUMBER in present or present >= {_NAME, _BORN}) else None


def as_of(sheets: Sequence[tuple[str, Sheet, Recognised]], today: date) -> date:
    """Return the day a list stands for: as its title, its name or its latest day says, else today."""
    for file_name, sheet, found in sheets:
        titles = [str(cell) for row in sheet.rows[: found.header_row] for cell in row if cell != ""]
        for text in (*titles, file_name):
            for pattern in _DATED:
                if (match := pattern.search(text)) and (day := _day(match.groups())) and day <= today:
                    return day
    return today


def _day(parts: Sequence[str]) -> date | None:
    year, month, *rest = map(int, parts)
    last = calendar.monthrange(year, month)[1]
    return date(year, month, rest[0] if rest else last) if not rest or rest[0] <= last else None


def rows(sheet: Sheet, found: Recognised) -> list[Listed]:
    """Return everybody a list names, also whom nothing but a name tells; totals and notes are no people."""
    key = next((index for index, column in found.places.items() if column.field == _NUMBER), None)
    titles = {index: str(cell) for index, cell in enumerate(sheet.rows[found.header_row]) if cell != ""}
    readers = {index: check.reader(column.kind) for index, column in found.places.items()}
    listed = []
    for number in range(found.last_header_row + 1, len(sheet.rows)):
        row = sheet.rows[number]
        filled = len(row) - row.count("")
        if not filled or not is_data(row, titles, key):
            continue
        told: dict[str, Any] = {}
        unread = []
        cut = ""
        for index, column in found.places.items():
            if index >= len(row) or row[index] == "":
                continue
            try:
                told.setdefault(column.field, readers[index](row[index]).value)
            except check.Refused:
                unread.append(found.headers.get(index, ""))
                if column.field == _NUMBER:
                    cut = _digits(row[index])
        who, name, born = told.pop(_NUMBER, None), told.pop(_NAME, ""), told.pop(_BORN, None)
        if isinstance(who, IdentityNumber):
            listed.append(Listed(number + 1, name, who.number, "", who.born, told, tuple(unread)))
        elif cut or (name and (born or filled > 1)):
            day = born or _born_within(cut)
            listed.append(Listed(number + 1, name, "", cut, day, told, tuple(unread)))
    return listed


def _digits(cell: Cell) -> str:
    """Return the digits of a number as it stands there, one that Excel took for a quantity too."""
    if isinstance(cell, float):
        return f"{cell:.0f}"
    return "" if isinstance(cell, datetime | date) else check.as_text(cell).strip().upper()[:30]


def _born_within(cut: str) -> date | None:
    match = _BORN_WITHIN.match(cut)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
