"""Text under the name of a workbook: separated by commas or tabs, or a web page with tables.

Runs in the reader's child process: a page can be made to take for ever, and a table to fill all memory.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import TextIOWrapper
from typing import IO

from caseworker_app.exchange.blocks import Cell
from caseworker_app.exchange.guard import MB, MOST_CELLS, WIDEST, Unfit

_ENCODINGS = ("utf-8-sig", "gb18030")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LARGEST = 128 * MB
_LARGEST_PAGE = 32 * MB
_CHUNK = MB
_WRAPPED = re.compile(r'^="(.*)"$', re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?([Ee][+-]?\d{1,3})?")
_WIDEST_SPAN = 1000
_MOST_COVERED = 2_000_000

Table = tuple[str, Iterator[list[Cell]]]
"""What follows the file's name, and the rows."""


def tables(stream: IO[bytes]) -> Iterator[Table]:
    """Return the tables of a text file; raises Unfit `workbook.none`, `.damaged` or `.too_large`."""
    encoding, size, signs = _look_at(stream)
    stream.seek(0)
    text = TextIOWrapper(stream, encoding, newline="")
    is_page = text.read(_CHUNK).lstrip("\ufeff \t\r\n").startswith("<")
    text.seek(0)
    if is_page:
        if size > _LARGEST_PAGE:
            raise Unfit("workbook.too_large")
        return _page(text.read())
    if not any(signs):
        raise Unfit("workbook.none")
    return iter([("", _separated(text, "\t" if signs[1] > signs[0] else ","))])


def _look_at(stream: IO[bytes]) -> tuple[str, int, tuple[int, int]]:
    """Return the encoding, the size, and how many commas and tabs there are."""
    start = stream.read(2)
    for encoding in ("utf-16",) if start in _UTF_16 else _ENCODINGS:
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        size = commas = tabs = 0
        try:
            while chunk := stream.read(_CHUNK):
                text = decoder.decode(chunk)
                size += len(chunk)
                if "\0" in text:
                    raise Unfit("workbook.none")
                if size > _LARGEST:
                    raise Unfit("workbook.too_large")
                commas += text.count(",")
                tabs += text.count("\t")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, size, (commas, tabs)
    raise Unfit("workbook.none")


def _separated(text: TextIOWrapper, delimiter: str) -> Iterator[list[Cell]]:
    """Read text separated by commas or tabs, with digits wrapped as `="…"` unwrapped."""
    cells = 0
    try:
        for row in csv.reader(text, delimiter=delimiter):
            cells += len(row)
            if len(row) > WIDEST or cells > MOST_CELLS:
                raise Unfit("workbook.too_large")
            yield [_WRAPPED.sub(r"\1", cell) if cell.startswith("=") else cell for cell in row]
    except csv.Error as error:
        raise Unfit("workbook.damaged") from error


def _page(text: str) -> Iterator[Table]:
    parser = _Tables()
    parser.feed(text)
    parser.close()
    filled = [rows for rows in parser.tables if any(any(row) for row in rows)]
    if not filled:
        raise Unfit("workbook.none")
    return iter([("" if number == 1 else f" {number}", iter(rows)) for number, rows in enumerate(filled, 1)])


class _Tables(HTMLParser):
    """The tables of a web page as sheets: what many systems give out under the name of a workbook.

    A cell over several places stands in the first of them, as in a workbook; one that says `x:num` is a number
    cell, and then like those of a workbook may have lost digits.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[Cell]]] = []
        self._open: list[int] = []
        self._taken: list[set[tuple[int, int]]] = []
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._number: str | None = None
        self._cells = 0
        self._covered = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self._end_cell()
            self._open.append(len(self.tables))
            self._taken.append(set())
            self.tables.append([])
        elif tag == "tr" and self._open:
            self._end_cell()
            self.tables[self._open[-1]].append([])
        elif tag in ("td", "th") and self._open and self.tables[self._open[-1]]:
            self._end_cell()
            given = dict(attrs)
            self._spans = (_span(given.get("rowspan")), _span(given.get("colspan")))
            self._number = (given["x:num"] or "") if "x:num" in given else None
            self._cell = []
        elif tag in ("br", "p") and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a cell or a table."""
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take the words of a cell."""
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        table = self._open[-1]
        rows, taken = self.tables[table], self._taken[table]
        row, here = rows[-1], len(rows) - 1
        while (here, len(row)) in taken:
            row.append("")
        down, across = self._spans
        first = len(row)
        row.extend([_value("".join(self._cell).strip(), self._number), *([""] * (across - 1))])
        before = len(taken)
        taken.update((here + lower, first + right) for lower in range(1, down) for right in range(across))
        self._cell = None
        self._cells += across
        self._covered += len(taken) - before
        if self._cells > MOST_CELLS or self._covered > _MOST_COVERED:
            raise Unfit("workbook.too_large")


def _span(given: str | None) -> int:
    number = given[:4] if given else ""
    return min(max(int(number), 1), _WIDEST_SPAN) if number.isascii() and number.isdigit() else 1


def _value(text: str, number: str | None) -> Cell:
    """Return what stands in a cell: the number it says it holds, else its words."""
    given = number or text
    return float(given) if number is not None and _NUMBER.fullmatch(given) else text
