"""Which layout a sheet has, and where its header row stands: found by content, never by file name."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from caseworker_app.exchange.read import Cell, Sheet

_SEARCHED_ROWS = 12
_EXPORTED = re.compile(r"导出时间\s*[:：]?\s*(\d{4})[-年./](\d{1,2})[-月./](\d{1,2})")
_DATED_FILE = re.compile(r"_(20\d\d)(\d\d)(\d\d)(?!\d)")
_BETWEEN = "·"
"""Between the upper and the lower header where one stands under the other."""

RECORDS: dict[str, tuple[str, ...]] = {
    "households": ("place.", "household.", "household_attribute.", "monitoring."),
    "people": (
        "place.",
        "household.",
        "household_attribute.",
        "monitoring.",
        "person.",
        "membership.",
        "person_attribute.",
    ),
    "facts": (
        "link.",
        "household.group_name",
        "person.ethnicity",
        "person.phone",
        "person.card_",
        "person_attribute.",
    ),
    "spells": ("place.", "link.", "spell.", "workplace."),
    "intentions": ("place.", "link.", "intention."),
}
"""The fields a row of each kind fills, by how they begin; in the order in which sheets are taken."""

_KEYS = {
    "households": ("household.household_no",),
    "people": ("household.household_no", "person.name", "person.identity_number", "membership.relation"),
    "facts": ("link.identity_number",),
    "spells": ("link.identity_number", "spell.started_on"),
    "intentions": ("link.identity_number", "intention.planned"),
}
"""What a row of each kind cannot do without."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field as a column: the ledger field, how its cells are read, and the headers it is met under."""

    field: str
    kind: str
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A known workbook layout; `record` is the kind of record a row is, `also` what else it may tell."""

    name: str
    title: str
    record: str
    columns: tuple[Column, ...]
    required: frozenset[str]
    """The layout is recognised only where these fields stand,"""
    filled: frozenset[str]
    """and a row without one of these is refused."""
    also: tuple[str, ...] = ()
    any_of: frozenset[str] = frozenset()
    given: Mapping[str, object] = field(default_factory=dict)
    """What every row of the layout says without a cell."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sheet with its layout: its header rows (from 0), which column stands where, and the day it was exported."""

    layout: Layout
    header_row: int
    places: dict[int, Column]
    headers: dict[int, str]
    exported_on: date | None
    last_header_row: int


def normal_header(text: Cell) -> str:
    """Return a header as it is compared: first line, without spaces, stars and （必填）, brackets unified."""
    return _plain(str(text).strip().split("\n", 1)[0])


def _plain(text: str) -> str:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return plain.replace("(必填)", "").replace("*", "")


@cache
def fields() -> dict[str, Column]:
    """Return every field a workbook can fill, from the data file beside the layouts."""
    text = (resources.files("caseworker_app.exchange") / "layouts" / "fields.toml").read_text("utf-8")
    entries: dict[str, dict[str, Any]] = tomllib.loads(text)
    found = {}
    for name, entry in entries.items():
        told = entries[entry["like"]] if "like" in entry else entry
        found[name] = Column(name, told["kind"], tuple(map(_plain, told["headers"])))
    return found


def fields_of(record: str, also: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return the fields that a row of a kind of record can fill."""
    begins = [each for kind in (record, *also) for each in RECORDS[kind]]
    if record == "people":
        begins = [each for each in begins if each != "link."]
    return tuple(column for name, column in fields().items() if name.startswith(tuple(begins)))


@cache
def layouts() -> tuple[Layout, ...]:
    """Return all known layouts, from the data files beside this module."""
    found = []
    folder = resources.files("caseworker_app.exchange") / "layouts"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml") and file.name != "fields.toml":
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            also = tuple(content.get("also", ()))
            found.append(
                Layout(
                    content["name"],
                    content["title"],
                    content["record"],
                    fields_of(content["record"], also),
                    frozenset(content["required"]),
                    frozenset(content["filled"]),
                    also,
                    frozenset(content.get("any_of", ())),
                    content.get("given", {}),
                )
            )
    return tuple(found)


def mapped(name: str, record: str, columns: Mapping[str, str]) -> Layout:
    """Return the layout a person described: by header (as `header_of` gives it) the field under it."""
    by_field: dict[str, list[str]] = {}
    for header, target in columns.items():
        by_field.setdefault(target, []).append(header)
    also = tuple(
        each
        for each in ("facts", "spells", "intentions")
        if each != record
        and record != "households"
        and any(
            target.startswith(RECORDS[each]) and not target.startswith(("link.", "place."))
            for target in by_field
            if not target.startswith(RECORDS[record])
        )
    )
    return Layout(
        name,
        name,
        record,
        tuple(
            Column(target, fields()[target].kind, tuple(headers))
            for target, headers in by_field.items()
            if target in fields()
        ),
        frozenset(by_field),
        frozenset(_KEYS[record]),
        also,
    )


def lacking(record: str, targets: Sequence[str]) -> tuple[str, ...]:
    """Return the fields a mapping lacks for its kind of record."""
    return tuple(each for each in _KEYS[record] if each not in targets)


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of one column: what it may be met under, best first, and what is shown for it."""

    names: tuple[str, ...]
    shown: str


def header_of(sheet: Sheet, first: int, last: int) -> dict[int, str]:
    """Return, by column, the header that a mapping remembers: upper·lower where there are two rows."""
    return {index: each.names[0] for index, each in _headers(sheet, first, last).items()}


def _lines(cell: Cell) -> tuple[str, ...]:
    """Return how a header cell may be meant: whole, and its first line alone."""
    text = str(cell).strip()
    return tuple(dict.fromkeys((_plain(text), normal_header(text))))


def _shown(cell: Cell) -> str:
    """Return a header for people: its first line where that is a name by itself, else its lines joined."""
    text = str(cell).strip()
    first = text.split("\n", 1)[0].strip()
    return first if normal_header(text) in _known_headers() else re.sub(r"\s*\n\s*", "", text)


@cache
def _known_headers() -> frozenset[str]:
    return frozenset(header for column in fields().values() for header in column.headers)


def _headers(sheet: Sheet, first: int, last: int) -> dict[int, _Header]:
    """Return the header of every column of one row, or of a row and the one under it."""
    upper_row = sheet.rows[first]
    lower_row = sheet.rows[last] if last > first else []
    found: dict[int, _Header] = {}
    upper: Cell = ""
    for index in range(max(len(upper_row), len(lower_row))):
        own = upper_row[index] if index < len(upper_row) else ""
        lower = lower_row[index] if index < len(lower_row) else ""
        if own != "" or lower == "":  # A merged header stands in its first column only.
            upper = own
        if lower == "" and own != "":
            found[index] = _Header(_lines(own), _shown(own))
        elif lower != "":
            names = [f"{above}{_BETWEEN}{below}" for above in _lines(upper) for below in _lines(lower)]
            shown = _shown(upper if upper != "" else lower)
            found[index] = _Header((*(names if upper != "" else ()), *_lines(lower)), shown)
    return found


def _match(layout: Layout, headers: Mapping[int, _Header]) -> dict[int, Column]:
    by_header: dict[str, Column] = {}
    for each in layout.columns:
        for name in each.headers:
            by_header.setdefault(name, each)
    places: dict[int, Column] = {}
    present: set[str] = set()
    for index, header in headers.items():
        column = next((by_header[name] for name in header.names if name in by_header), None)
        if column and (column.kind == "risk" or column.field not in present):
            places[index] = column
            present.add(column.field)
    if (
        not layout.required <= present
        or (layout.any_of and not layout.any_of & present)
        or not present.isdisjoint(layout.given)
    ):
        return {}
    return places


def _rank(layout: Layout, places: Mapping[int, Column]) -> tuple[int, int]:
    """Return how well a layout fits: by the columns of its records; of two alike the one that asks for more.

    Facts about people that a row tells beside are no sign of what it is.
    """
    kinds = (layout.record, *(kind for kind in layout.also if kind != "facts"))
    begins = tuple(each for kind in kinds for each in RECORDS[kind])
    own = sum(column.field.startswith(begins) for column in places.values())
    return own, len(layout.required)


def _exported_on(sheet: Sheet, header_row: int, file_name: str) -> date | None:
    titles = "\n".join(str(cell) for row in sheet.rows[:header_row] for cell in row if cell != "")
    match = _EXPORTED.search(titles) or _DATED_FILE.search(file_name)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def recognise(
    sheet: Sheet, file_name: str, layout_name: str = "", remembered: Sequence[Layout] = ()
) -> Recognised | None:
    """Return the layout with the most matching headers among the first rows, or None.

    A header is one row, or two where the upper one is merged over the lower. What somebody mapped by
    hand is tried before the layouts that are known.
    """
    best: Recognised | None = None
    best_rank = (0, 0, False)
    for candidates in (remembered, layouts()):
        if best:
            break
        for first in range(min(len(sheet.rows), _SEARCHED_ROWS)):
            if len(sheet.rows[first]) - sheet.rows[first].count("") < 2:
                continue
            for last in (first, first + 1):
                if last >= len(sheet.rows):
                    continue
                headers = _headers(sheet, first, last)
                for layout in candidates:
                    if layout_name not in ("", layout.name):
                        continue
                    places = _match(layout, headers)
                    rank = (*_rank(layout, places), first == last)
                    if places and rank > best_rank:
                        best_rank = rank
                        best = Recognised(
                            layout,
                            first,
                            places,
                            {index: each.shown for index, each in headers.items()},
                            _exported_on(sheet, first, file_name),
                            last,
                        )
    return best
