"""The answer to a workbook: the sender's own file with the cells to be settled marked and commented, nothing else touched.

What is no .xlsx comes back as one with the same values; either way it can be corrected and imported again.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import marking, read

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell

_KEPT = (".xlsx", ".xlsm")
_FILL = "FFFFC7CE"
_PIXELS_A_POINT = 4 / 3
_FORMATS: dict[type, str] = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", time: "hh:mm"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to be settled: at a cell such as E12, or at a row where `cell` is ''."""

    sheet: str
    row: int
    cell: str
    text: str


def target_name(source: Path) -> str:
    """Return what the answer to a file is called: the sender's own name, and that it goes back."""
    return f"{source.stem}（退回）{source.suffix if source.suffix.lower() == '.xlsm' else '.xlsx'}"


def write(source: Path, marks: Sequence[Mark], target: Path, *, signed: str = "", password: str = "") -> None:
    """Write the answer; raises ExpectedError `answer.same_file` for the source itself, and `workbook.*`.

    A workbook behind a password comes back without it, from its values.
    """
    if target.resolve() == source.resolve():
        raise ExpectedError("answer.same_file", file=source.name)
    try:
        _write(source, marks, target, signed, password)
    except OSError as error:
        if not source.is_file():
            raise ExpectedError("workbook.missing", file=source.name) from error
        raise ExpectedError("workbook.not_written", file=str(target)) from error


def _write(source: Path, marks: Sequence[Mark], target: Path, signed: str, password: str) -> None:
    whole = _is_kept(source) and not password
    if whole and source.suffix.lower() == target.suffix.lower():
        by_sheet: dict[str, dict[tuple[int, str], list[str]]] = {}
        for mark in marks:
            by_sheet.setdefault(mark.sheet, {}).setdefault((mark.row, mark.cell), []).append(mark.text)
        with suppress(marking.Unusual):
            marking.mark(source, by_sheet, target, signed)
            return
    book = _opened(source) if whole else _from_values(source, password)
    titles = {sheet.title: sheet for sheet in book.worksheets}
    for (title, address), texts in _by_cell(marks, titles, first=not whole).items():
        _mark(_anchor(titles[title], address), texts, signed)
    if target.suffix.lower() != ".xlsm":
        book.vba_archive = None
    book.save(target)


def _is_kept(source: Path) -> bool:
    """Whether the file is in truth what its name says: an archive."""
    with source.open("rb") as stream:
        return source.suffix.lower() in _KEPT and stream.read(2) == b"PK"


def _by_cell(
    marks: Iterable[Mark], sheets: dict[str, Any], *, first: bool
) -> dict[tuple[str, str], list[str]]:
    """Return the marks by sheet and cell; one of a row stands at the first cell of it that is filled."""
    found: dict[tuple[str, str], list[str]] = {}
    for mark in marks:
        title = mark.sheet if mark.sheet in sheets else next(iter(sheets)) if first else ""
        if not title:
            continue
        address = mark.cell or next(
            (cell.coordinate for cell in sheets[title][mark.row] if cell.value is not None), f"A{mark.row}"
        )
        found.setdefault((title, address), []).append(mark.text)
    return found


def _opened(source: Path) -> "Workbook":
    """Open the sender's file, keeping macros and letters in several styles, and every digit of its numbers."""
    # A large library that nothing else at this moment needs.
    import openpyxl  # noqa: PLC0415

    try:
        book = openpyxl.load_workbook(
            source, keep_vba=source.suffix.lower() == ".xlsm", keep_links=True, rich_text=True
        )
    except (ValueError, KeyError, OSError, TypeError, AttributeError) as error:
        raise ExpectedError("workbook.damaged", file=source.name) from error
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                _keep_digits(cell)
    return book


def _keep_digits(cell: Any) -> None:  # noqa: ANN401 - a cell, also one within merged cells
    """Keep every digit of a number: the library writes 16, its words are written as they are."""
    if cell.data_type == "n" and isinstance(cell.value, int | float):
        cell._value = repr(cell.value)  # noqa: SLF001 - its setter would make text of it


def _from_values(source: Path, password: str) -> "Workbook":
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in read.read_all([source], password=password)[0] if password else read.read(source):
        made = book.create_sheet(sheet.name[:31])
        for number, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row, 1):
                if value != "":
                    _put(made.cell(number, column), value)
    return book


def _put(cell: "Cell", value: read.Cell) -> None:
    cell.value = value
    _keep_digits(cell)
    if isinstance(value, str):  # Never a formula, and digits stay digits.
        cell.data_type, cell.number_format = "s", "@"
    elif isinstance(value, datetime) and value.time() == time():
        cell.number_format = _FORMATS[date]
    elif isinstance(value, date | time):
        cell.number_format = _FORMATS[type(value)]


def _anchor(sheet: Any, address: str) -> "Cell":  # noqa: ANN401 - a worksheet
    """Return the cell, or the first of the merged cells it is one of."""
    for merged in sheet.merged_cells.ranges:
        if address in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    return sheet[address]


def _mark(cell: "Cell", texts: Sequence[str], signed: str) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    words = "\n".join(dict.fromkeys(texts))
    if cell.comment and words not in cell.comment.text:  # What somebody noted there stays.
        words = f"{cell.comment.text}\n{words}"
    comment = Comment(words, signed)
    comment.width = round(marking.WIDTH * _PIXELS_A_POINT)
    comment.height = round(marking.height(words) * _PIXELS_A_POINT)
    cell.comment = comment
    cell.fill = PatternFill("solid", fgColor=_FILL)
