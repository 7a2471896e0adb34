"""Workbooks out: numbers that are names stay text, nothing a cell holds can start a formula, ready to print."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from caseworker_app.domain import money
from caseworker_app.domain.errors import ExpectedError

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_000
"""Units of UTF-16 to a cell, a little below what the programs keep."""
_HEADER = {
    "bold": True,
    "border": 1,
    "border_color": "#9aa3af",
    "bg_color": "#eef1f5",
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}
_BODY = {"border": 1, "border_color": "#d5dae1", "valign": "vcenter"}
_FONT = {"font_name": "宋体", "font_size": 10}
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet of ours: header, the merged header above it, and how its values are written."""

    header: str
    field: str
    kind: str
    width: float
    group: str
    choices: str


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One sheet of ours: its name, its title with places to fill, and its columns."""

    name: str
    title: str
    rows: str
    columns: tuple[Column, ...]


def monthly_forms() -> tuple[SheetForm, ...]:
    """Return the sheets of the monthly workbook."""
    return forms("upload.toml")


@cache
def forms(file: str) -> tuple[SheetForm, ...]:
    """Return the sheets of a workbook of ours, as its data file has them."""
    content = tomllib.loads((resources.files("caseworker_app.exchange") / file).read_text(encoding="utf-8"))
    return tuple(
        SheetForm(
            sheet["name"],
            sheet["title"],
            sheet["rows"],
            tuple(
                Column(
                    each["header"],
                    each["field"],
                    each.get("kind", "text"),
                    each["width"],
                    each.get("group", ""),
                    each.get("list", ""),
                )
                for each in sheet["columns"]
            ),
        )
        for sheet in content["sheet"]
    )


def safe(text: str) -> str:
    """Return text that every spreadsheet program can open and gives back; what starts like a formula stays text in its cell."""
    shown = _UNWRITABLE.sub("�", text).replace("\t", " ").replace("\r\n", "\n").replace("\r", "\n")
    if len(shown) <= _LONGEST // 2 or len(shown.encode("utf-16-le")) <= 2 * _LONGEST:
        return shown
    return shown.encode("utf-16-le")[: 2 * _LONGEST - 2].decode("utf-16-le", "ignore") + "…"


class Formats:
    """The few cell formats of a workbook, made once."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        self.title = book.add_format(
            {
                **_FONT,
                "bold": True,
                "font_size": 15,
                "align": "center",
                "valign": "vcenter",
                "font_name": "黑体",
            }
        )
        self.wide_title = book.add_format(
            {
                **_FONT,
                "bold": True,
                "font_size": 15,
                "align": "left",
                "valign": "vcenter",
                "font_name": "黑体",
            }
        )
        self.line = book.add_format({**_FONT, "valign": "vcenter"})
        self.header = book.add_format({**_FONT, **_HEADER})
        # '@' keeps the cell text after it is edited; quote_prefix keeps = + - @ from becoming a formula then.
        self.text = book.add_format({**_FONT, **_BODY, "num_format": "@", "quote_prefix": True})
        self.count = book.add_format({**_FONT, **_BODY, "num_format": "0", "align": "center"})
        self.money = book.add_format({**_FONT, **_BODY, "num_format": "#,##0.00"})
        self.day = book.add_format({**_FONT, **_BODY, "num_format": "yyyy-mm-dd", "align": "center"})
        # Without borders: what a row typed below ours is kept as.
        self.columns = {
            "text": book.add_format({"num_format": "@"}),
            "count": book.add_format({"num_format": "0"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self.heading = book.add_format(
            {**_FONT, "bold": True, "font_size": 11, "valign": "vcenter", "bottom": 1}
        )
        self.words = book.add_format(
            {**_FONT, **_BODY, "num_format": "@", "quote_prefix": True, "text_wrap": True}
        )


def _write_cell(sheet: Any, row: int, index: int, column: Column, value: object, formats: Formats) -> None:  # noqa: ANN401
    style = getattr(formats, column.kind)
    if value is None or value == "":
        sheet.write_blank(row, index, None, style)
    elif column.kind == "money":
        assert isinstance(value, int)
        sheet.write_number(row, index, float(money.yuan(value)), style)
    elif column.kind == "count":
        assert isinstance(value, int)
        sheet.write_number(row, index, value, style)
    elif column.kind == "day":
        assert isinstance(value, date)
        sheet.write_datetime(row, index, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001 - a day, not an instant
    else:
        sheet.write_string(row, index, safe(str(value)), style)


_POINTS_A_CHARACTER = 7.5
"""Pixels of the window to one character of a column's width in a workbook."""


@dataclass(frozen=True, slots=True)
class Head:
    """One column of a list: its header, its kind (text, money, count or day) and its width in pixels of the window."""

    title: str
    kind: str
    width: int


def write_list(
    path: Path, title: str, heads: Sequence[Head], blocks: Iterable[Sequence[Sequence[object]]]
) -> int:
    """Write a list row by row, in as little memory for many rows as for few; return how many rows.

    The workbook takes its name only when whole. ExpectedError `workbook.not_written`.
    """
    import xlsxwriter  # noqa: PLC0415 - loaded where it is used

    draft = path.with_name(path.name + ".part")
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    columns = [Column(head.title, "", head.kind, 0, "", "") for head in heads]
    count = 0
    try:
        with xlsxwriter.Workbook(str(draft), options) as book:
            book.set_properties({"title": title})
            formats = Formats(book)
            sheet = book.add_worksheet(_sheet_name(title))
            for index, head in enumerate(heads):
                sheet.set_column(index, index, max(head.width / _POINTS_A_CHARACTER, 6))
            sheet.set_row(0, 24)
            for index, head in enumerate(heads):
                sheet.write_string(0, index, safe(head.title), formats.header)
            for block in blocks:
                for row in block:
                    count += 1
                    for index, column in enumerate(columns):
                        _write_cell(sheet, count, index, column, row[index], formats)
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, max(count, 1), len(heads) - 1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
            sheet.set_header(f"&C{title.replace('&', '&&')}")
            sheet.set_footer("&C第 &P 页 共 &N 页")
        draft.replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise ExpectedError("workbook.not_written", file=str(path)) from error
    finally:
        draft.unlink(missing_ok=True)
    return count


def _sheet_name(title: str) -> str:
    """Return a title as a sheet may be called."""
    return re.sub(r"[\[\]:*?/\\']", " ", safe(title)).strip()[:31] or "Sheet1"
