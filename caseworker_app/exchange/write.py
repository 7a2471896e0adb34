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

from caseworker_app.domain import codes, money
from caseworker_app.domain.errors import ExpectedError

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
_WIDEST_ON_A_PAGE = 26
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


@cache
def monthly_forms() -> tuple[SheetForm, ...]:
    """Return the sheets of the monthly workbook, as the data file has them."""
    content = tomllib.loads(
        (resources.files("caseworker_app.exchange") / "upload.toml").read_text(encoding="utf-8")
    )
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
    """Return text that every spreadsheet program can open; a leading formula sign is kept as text by an apostrophe-free string cell."""
    return _UNWRITABLE.sub("�", text)[:_LONGEST]


class _Formats:
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
        self.total = book.add_format({**_FONT, **_BODY, "bold": True, "num_format": "#,##0.00"})


def _write_header(sheet: Any, form: SheetForm, formats: _Formats, top: int) -> int:  # noqa: ANN401
    """Write the header, two rows deep where columns share a group; return the first row of data."""
    grouped = any(column.group for column in form.columns)
    start = 0
    while start < len(form.columns):
        group = form.columns[start].group
        end = start
        while group and end + 1 < len(form.columns) and form.columns[end + 1].group == group:
            end += 1
        if group:
            if end > start:
                sheet.merge_range(top, start, top, end, group, formats.header)
            else:
                sheet.write_string(top, start, group, formats.header)
            for index in range(start, end + 1):
                sheet.write_string(top + 1, index, form.columns[index].header, formats.header)
        elif grouped:
            sheet.merge_range(top, start, top + 1, start, form.columns[start].header, formats.header)
        else:
            sheet.write_string(top, start, form.columns[start].header, formats.header)
        start = end + 1
    sheet.set_row(top, 28 if not grouped else 20)
    if grouped:
        sheet.set_row(top + 1, 30)
    return top + 2 if grouped else top + 1


def _write_cell(sheet: Any, row: int, index: int, column: Column, value: object, formats: _Formats) -> None:  # noqa: ANN401
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


def _write_sheet(
    book: Any,  # noqa: ANN401 - xlsxwriter is untyped
    form: SheetForm,
    rows: Sequence[Row],
    names: Mapping[str, str],
    formats: _Formats,
) -> None:
    sheet = book.add_worksheet(form.name)
    last = len(form.columns) - 1
    sheet.set_row(0, 30)
    wide = len(form.columns) > _WIDEST_ON_A_PAGE
    title = formats.wide_title if wide else formats.title
    sheet.merge_range(0, 0, 0, last, form.title.format(**names), title)
    line = "填报单位（盖章）：{unit}    填报人：{officer}    统计时点：{day}    填报日期：{written}"
    sheet.merge_range(1, 0, 1, last, line.format(**names), formats.line)
    first = _write_header(sheet, form, formats, 2)
    for index, column in enumerate(form.columns):
        sheet.set_column(index, index, column.width)
    for offset, row in enumerate(rows):
        for index, column in enumerate(form.columns):
            _write_cell(sheet, first + offset, index, column, row.get(column.field), formats)
    bottom = first + max(len(rows), 1) - 1
    sheet.autofilter(first - 1, 0, bottom, last)
    frozen = next(
        (
            index + 1
            for index, column in enumerate(form.columns)
            if column.header in ("姓名", "户主姓名", "村")
        ),
        0,
    )
    sheet.freeze_panes(first, frozen if frozen <= 6 else 0)
    for index, column in enumerate(form.columns):
        if column.choices:
            labels = [
                codes.code_list(column.choices).label(code, "zh_CN")
                for code in codes.code_list(column.choices).codes
            ]
            if len(",".join(labels)) <= 255:
                rule = {
                    "validate": "list",
                    "source": labels,
                    "error_title": "请从下拉中选择",
                    "error_message": f"「{column.header}」只能填下拉中的值。",
                }
                sheet.data_validation(first, index, bottom + 200, index, rule)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    # A wide sheet goes over two pages side by side, the running number on both, rather than too small to read.
    sheet.fit_to_pages(2 if wide else 1, 0)
    sheet.repeat_columns(0)
    sheet.repeat_rows(2, first - 1)
    sheet.set_footer("&C第 &P 页 共 &N 页")


def write_monthly(
    path: Path,
    cover: Sequence[tuple[str, str]],
    tables: Mapping[str, Sequence[Row]],
    names: Mapping[str, str],
) -> None:
    """Write the monthly workbook; it takes its name only when whole. ExpectedError `workbook.not_written`."""
    import xlsxwriter  # noqa: PLC0415 - loaded where it is used

    draft = path.with_name(path.name + ".part")
    try:
        with xlsxwriter.Workbook(
            str(draft), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        ) as book:
            book.set_properties({"title": names["book"], "author": names["officer"]})
            formats = _Formats(book)
            sheet = book.add_worksheet("封面")
            sheet.hide_gridlines(2)
            sheet.set_column(0, 0, 4)
            sheet.set_column(1, 1, 26)
            sheet.set_column(2, 2, 48)
            sheet.set_row(1, 40)
            sheet.merge_range(1, 1, 1, 2, names["book"], formats.title)
            for number, (label, value) in enumerate(cover):
                sheet.set_row(3 + number, 24)
                sheet.write_string(3 + number, 1, label, formats.header)
                sheet.write_string(3 + number, 2, safe(value), formats.text)
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 1)
            sheet.center_horizontally()
            for form in monthly_forms():
                _write_sheet(book, form, tables[form.rows], names, formats)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ExpectedError("workbook.not_written", file=str(path)) from error
    except xlsxwriter.exceptions.FileCreateError as error:
        draft.unlink(missing_ok=True)
        raise ExpectedError("workbook.not_written", file=str(path)) from error


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
            formats = _Formats(book)
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
