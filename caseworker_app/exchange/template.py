"""A county's own workbook: looked at once, then filled with our rows, its styles and everything else kept.

Two ways, which may stand in one workbook: a header row whose headers are those of one of our sheets, with rows filled
in below; and `{{places}}` in any cell: `{{unit}}`, `{{month}}`, or `{{劳动力.姓名}}` in a row that is repeated.
"""

import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import write
from caseworker_app.exchange.write import Column, SheetForm, safe

_PLACE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_HEADER_WITHIN = 15
_SHOWN = (20, 30)
"""Rows and columns of a template that are shown."""
_LEAST_MATCHES = 3
Row = Mapping[str, object]
RowsOf = Callable[[str], Iterable[Row]]
"""Gives the rows of one of our sheets."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a template is filled: which sheet, its last header row (0: by places only), which rows go into which columns."""

    sheet: str
    header_row: int
    rows: str
    columns: tuple[tuple[int, str], ...]
    places: tuple[str, ...]


def _key(header: object) -> str:
    """Return a header as headers are compared: without blanks, stars and what stands in brackets."""
    return re.sub(r"[\s*＊]|（必填）|\(必填\)|[（(]元[）)]", "", str(header or ""))


def _load(content: bytes, name: str) -> Any:  # noqa: ANN401 - openpyxl is untyped
    import openpyxl  # noqa: PLC0415 - loaded where it is used

    try:
        return openpyxl.load_workbook(BytesIO(content), keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError, IndexError) as error:
        raise ExpectedError("workbook.damaged", file=name) from error


def _headers(sheet: Any, row: int) -> dict[int, str]:  # noqa: ANN401 - an openpyxl sheet
    """Return the headers of a row by column; a cell merged from above has the header above, under a group it keeps its own."""
    found: dict[int, str] = {}
    for cell in sheet[row]:
        value = cell.value
        if value is None:
            for merged in sheet.merged_cells.ranges:
                if cell.coordinate in merged:
                    value = sheet.cell(merged.min_row, merged.min_col).value
        if _key(value):
            found[cell.column] = _key(value)
    return found


def _matches(headers: Mapping[int, str], form: SheetForm) -> list[tuple[int, str]]:
    """Return which columns have the headers of a form; of repeated headers the first that is left."""
    left: list[Column] = list(form.columns)
    found = []
    for column, header in headers.items():
        match = next(
            (each for each in left if header in (_key(each.header), _key(each.group + each.header))), None
        )
        if match:
            left.remove(match)
            found.append((column, match.field))
    return found


def look(content: bytes, name: str, *, sheet: str = "", header_row: int = 0, rows: str = "") -> Shape:
    """Find out how a template is filled; sheet, header row and rows may be said.

    Raises ExpectedError `workbook.damaged`, `template.no_sheet`, `template.no_rows` and `template.no_place`.
    """
    book = _load(content, name)
    if sheet and sheet not in book.sheetnames:
        raise ExpectedError("template.no_sheet", sheet=sheet, sheets="、".join(book.sheetnames))
    forms = [form for form in write.monthly_forms() if rows in ("", form.name, form.rows)]
    if not forms:
        raise ExpectedError(
            "template.no_rows", rows=rows, known="、".join(form.name for form in write.monthly_forms())
        )
    places = tuple(dict.fromkeys(_places(book)))
    best: tuple[int, Shape] | None = None
    for title in [sheet] if sheet else book.sheetnames:
        page = book[title]
        asked = [header_row] if header_row else range(1, min(page.max_row, _HEADER_WITHIN) + 1)
        for number in asked:
            headers = _headers(page, number)
            for form in forms:
                columns = _matches(headers, form)
                if len(columns) >= _LEAST_MATCHES and (best is None or len(columns) > best[0]):
                    best = len(columns), Shape(title, number, form.rows, tuple(columns), places)
    if best:
        return best[1]
    if not places:
        raise ExpectedError("template.no_place", file=name)
    return Shape(sheet or book.sheetnames[0], 0, "", (), places)


@dataclass(frozen=True, slots=True)
class Glance:
    """The top of one sheet of a template, row by row, and the names of all its sheets."""

    sheets: tuple[str, ...]
    sheet: str
    rows: tuple[tuple[str, ...], ...]


def glance(content: bytes, name: str, sheet: str = "") -> Glance:
    """Return the top of a sheet, of the first unless it is named.

    Raises ExpectedError `workbook.damaged` and `template.no_sheet`.
    """
    book = _load(content, name)
    if sheet and sheet not in book.sheetnames:
        raise ExpectedError("template.no_sheet", sheet=sheet, sheets="、".join(book.sheetnames))
    page = book[sheet or book.sheetnames[0]]
    rows, columns = min(page.max_row, _SHOWN[0]), min(page.max_column, _SHOWN[1])
    return Glance(
        tuple(book.sheetnames),
        page.title,
        tuple(
            tuple("" if value is None else str(value) for value in row)
            for row in page.iter_rows(max_row=rows, max_col=columns, values_only=True)
        ),
    )


def _places(book: Any) -> Iterable[str]:  # noqa: ANN401 - an openpyxl workbook
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    yield from _PLACE.findall(cell.value)


def unknown(places: Iterable[str], names: Collection[str]) -> str:
    """Return the first place for which there is nothing to fill in, '' where all are known."""
    headers = {
        (sheet, header)
        for form in write.monthly_forms()
        for column in form.columns
        for sheet in (form.name, form.rows)
        for header in (_key(column.header), column.field)
    }
    for place in places:
        sheet, header = _source(place)
        if (sheet, _key(header)) not in headers if sheet else place not in names:
            return place
    return ""


# -- filling ---------------------------------------------------------------------------------------


def fill(content: bytes, shape: Shape, names: Mapping[str, str], rows_of: RowsOf, target: Path) -> int:
    """Fill a template and write it; return how many rows went in.

    Raises ExpectedError `workbook.damaged`, `template.unknown_place` and `workbook.not_written`.
    """
    book = _load(content, target.name)
    count = 0
    if shape.header_row:
        count += _fill_below(book[shape.sheet], shape, list(rows_of(shape.rows)))
    for sheet in book:
        count += _fill_places(sheet, names, rows_of)
    draft = target.with_name(target.name + ".part")
    try:
        book.save(draft)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ExpectedError("workbook.not_written", file=str(target)) from error
    return count


def _kinds(rows: str) -> dict[str, str]:
    form = next(form for form in write.monthly_forms() if form.rows == rows)
    return {column.field: column.kind for column in form.columns}


def _put(cell: Any, kind: str, value: object) -> None:  # noqa: ANN401 - an openpyxl cell
    """Give a cell a value: names of digits stay text, and no text becomes a formula."""
    if value is None or value == "":
        cell.value = None
    elif kind == "money":
        assert isinstance(value, int)
        cell.value = value / 100
    elif kind == "count" or isinstance(value, date):
        cell.value = value
        if isinstance(value, date) and cell.number_format == "General":
            cell.number_format = "yyyy-mm-dd"
    else:
        cell.value = safe(str(value))
        cell.data_type = "s"
        if cell.number_format == "General":
            cell.number_format = "@"


def _open_rows(sheet: Any, first: int, width: int) -> int:  # noqa: ANN401 - an openpyxl sheet
    """Return how many rows from here on wait to be filled, above what stands at the foot."""
    free = 0
    for number in range(first, sheet.max_row + 1):
        values = [cell.value for cell in sheet[number][:width] if cell.value not in (None, "")]
        # A running number alone is no foot.
        if values and (len(values) > 1 or not isinstance(values[0], int)):
            break
        if any(merged.min_row <= number <= merged.max_row for merged in sheet.merged_cells.ranges):
            break
        free += 1
    return free


def _make_room(sheet: Any, first: int, free: int, needed: int) -> None:  # noqa: ANN401 - an openpyxl sheet
    """Move what stands below the open rows further down, merges and heights with it."""
    by, below = needed - free, first + free
    if by <= 0 or below > sheet.max_row:
        return
    merged = [each for each in sheet.merged_cells.ranges if each.min_row >= below]
    for each in merged:
        sheet.unmerge_cells(str(each))
    heights = {
        number: dimension.height
        for number, dimension in sheet.row_dimensions.items()
        if number >= below and dimension.height is not None
    }
    last = sheet.cell(sheet.max_row, sheet.max_column).coordinate
    sheet.move_range(f"A{below}:{last}", rows=by, translate=True)
    for each in merged:
        each.shift(row_shift=by)
        sheet.merge_cells(str(each))
    for number in heights:
        sheet.row_dimensions[number].height = None
    for number, height in heights.items():
        sheet.row_dimensions[number + by].height = height


def _like(sheet: Any, pattern: int, number: int, width: int) -> None:  # noqa: ANN401 - an openpyxl sheet
    """Give a row the styles of the pattern row."""
    sheet.row_dimensions[number].height = sheet.row_dimensions[pattern].height
    for column in range(1, width + 1):
        source, cell = sheet.cell(pattern, column), sheet.cell(number, column)
        if source.has_style:
            cell._style = copy(source._style)  # noqa: SLF001 - openpyxl has no other way to share a style


def _fill_below(sheet: Any, shape: Shape, rows: Sequence[Row]) -> int:  # noqa: ANN401 - an openpyxl sheet
    first, width = shape.header_row + 1, max(sheet.max_column, *(column for column, _field in shape.columns))
    free = _open_rows(sheet, first, width)
    _make_room(sheet, first, free, len(rows))
    kinds = _kinds(shape.rows)
    for offset, values in enumerate(rows):
        number = first + offset
        if offset:
            _like(sheet, first, number, width)
        for column, field in shape.columns:
            value = offset + 1 if field == "number" else values.get(field)
            _put(sheet.cell(number, column), kinds[field], value)
    return len(rows)


def _fill_places(sheet: Any, names: Mapping[str, str], rows_of: RowsOf) -> int:  # noqa: ANN401 - an openpyxl sheet
    """Fill the places of a sheet; a row with places of one of our sheets is repeated for each of its rows."""
    count = 0
    number = 1
    while number <= sheet.max_row:
        texts = {
            cell.column: cell.value
            for cell in sheet[number]
            if isinstance(cell.value, str) and _PLACE.search(cell.value)
        }
        sources = {_source(place)[0] for text in texts.values() for place in _PLACE.findall(text)} - {""}
        if sources:
            number += _repeat(sheet, number, texts, sources.pop(), names, rows_of)
            count += 1
            continue
        for column, text in texts.items():
            _put(sheet.cell(number, column), "text", _told(text, names, {}))
        number += 1
    return count


def _source(place: str) -> tuple[str, str]:
    """Return which of our sheets a place names and its header: 劳动力.姓名; ('', name) for a single value."""
    sheet, dot, header = place.partition(".")
    return (sheet.strip(), header.strip()) if dot else ("", place)


def _repeat(
    sheet: Any,  # noqa: ANN401 - an openpyxl sheet
    number: int,
    texts: Mapping[int, str],
    source: str,
    names: Mapping[str, str],
    rows_of: RowsOf,
) -> int:
    form = next((each for each in write.monthly_forms() if source in (each.name, each.rows)), None)
    if form is None:
        raise ExpectedError("template.unknown_place", place=source)
    rows = list(rows_of(form.rows))
    width = sheet.max_column
    _make_room(sheet, number, 1, max(len(rows), 1))
    by_header = {name: column for column in form.columns for name in (_key(column.header), column.field)}
    for offset, values in enumerate(rows or [{}]):
        if offset:
            _like(sheet, number, number + offset, width)
        told = {"number": offset + 1 if rows else None, **values}
        for column, text in texts.items():
            places = _PLACE.findall(text)
            field = by_header.get(_key(_source(places[0])[1]))
            if field is None:
                raise ExpectedError("template.unknown_place", place=places[0])
            whole = _PLACE.fullmatch(text.strip()) is not None
            cell = sheet.cell(number + offset, column)
            if whole:
                _put(cell, field.kind, told.get(field.field))
            else:
                shown = {place: _shown(by_header.get(_key(_source(place)[1])), told) for place in places}
                _put(cell, "text", _told(text, names, shown))
    return max(len(rows), 1)


def _shown(column: Column | None, values: Row) -> str:
    value = values.get(column.field) if column else None
    if value is None:
        return ""
    return (
        f"{value / 100:.2f}" if column and column.kind == "money" and isinstance(value, int) else str(value)
    )


def _told(text: str, names: Mapping[str, str], shown: Mapping[str, str]) -> str:
    """Return a text with its places filled; ExpectedError `template.unknown_place`."""

    def one(found: re.Match[str]) -> str:
        place = found[1]
        value = shown.get(place, names.get(place))
        if value is None:
            raise ExpectedError("template.unknown_place", place=place)
        return value

    return _PLACE.sub(one, text)
