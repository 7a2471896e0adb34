"""Any workbook to plain cells with their addresses, read in a child process that may die without harm.

The reader library aborts the whole process on some legal files, so it never runs in ours: a spawned
child with bounded memory reads and sends plain rows back.
"""

import csv
import multiprocessing
import os
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from multiprocessing.connection import Connection
from pathlib import Path

from caseworker_app.domain.errors import ExpectedError

Cell = str | int | float | bool | date | datetime | time | timedelta
Progress = Callable[[int], None]
"""Told how many rows have been read; raising from it stops the reading."""

_MEMORY = 2 * 1024**3
_SILENCE_SECONDS = 60
_LARGEST_INFLATED = 2 * 1024**3
_LARGEST_RATIO = 400
_BLOCK = 2000
_MOST_CELLS = 20_000_000
_WRAPPED = re.compile(r'^="(.*)"$', re.DOTALL)
_TEXT_ENCODINGS = ("utf-8-sig", "gb18030")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LARGEST_TEXT = 256 * 1024**2
_WIDEST_SPAN = 1000
_MOST_COVERED = 2_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows from A1 on, '' where a cell is empty; a row without any is empty itself."""

    name: str
    rows: list[list[Cell]]


def column_letters(index: int) -> str:
    """Return the letters of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _guard_zip(path: Path) -> None:
    """Refuse truncated archives, archives that are no workbook, and zip bombs, without unpacking them."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if (
                broken := archive.testzip()
                if sum(each.file_size for each in members) < 64 * 1024**2
                else None
            ):
                raise ExpectedError("workbook.damaged", file=path.name, part=broken)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ExpectedError("workbook.damaged", file=path.name) from error
    names = {each.filename for each in members}
    if not names & {"[Content_Types].xml", "content.xml"}:
        raise ExpectedError("workbook.none", file=path.name)
    inflated = sum(each.file_size for each in members)
    packed = sum(each.compress_size for each in members) or 1
    if inflated > _LARGEST_INFLATED or (inflated > 64 * 1024**2 and inflated / packed > _LARGEST_RATIO):
        raise ExpectedError("workbook.too_large", file=path.name)


def _decode(content: bytes) -> str | None:
    """Return text in the encodings met in the field, None when it is no text."""
    encodings = ("utf-16",) if content.startswith(_UTF_16) else _TEXT_ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


class _Tables(HTMLParser):
    """The tables of a web page as sheets: what many systems give out under the name of a workbook.

    A cell over several places stands in the first of them, as in a workbook. Raises MemoryError past
    the most cells a sheet may have.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[Cell]]] = []
        self._open: list[int] = []
        self._taken: list[set[tuple[int, int]]] = []
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._cells = 0

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
        row.extend(["".join(self._cell).strip(), *([""] * (across - 1))])
        taken.update((here + lower, first + right) for lower in range(1, down) for right in range(across))
        self._cell = None
        self._cells += across
        if self._cells > _MOST_CELLS or sum(map(len, self._taken)) > _MOST_COVERED:
            raise MemoryError


def _span(given: str | None) -> int:
    number = given[:4] if given else ""
    return min(max(int(number), 1), _WIDEST_SPAN) if number.isascii() and number.isdigit() else 1


def _read_page(path: Path, text: str) -> list[Sheet]:
    parser = _Tables()
    parser.feed(text)
    parser.close()
    filled = [rows for rows in parser.tables if any(any(row) for row in rows)]
    if not filled:
        raise ExpectedError("workbook.none", file=path.name)
    return [
        Sheet(
            path.stem if number == 1 else f"{path.stem} {number}", [row if any(row) else [] for row in rows]
        )
        for number, rows in enumerate(filled, 1)
    ]


def _read_text(path: Path) -> list[Sheet]:
    """Read a web page with tables, or text separated by commas or tabs, with digits wrapped as `="…"` unwrapped."""
    if path.stat().st_size > _LARGEST_TEXT:
        raise ExpectedError("workbook.too_large", file=path.name)
    text = _decode(path.read_bytes())
    if text is None:
        raise ExpectedError("workbook.none", file=path.name)
    try:
        if text.lstrip().startswith("<"):
            return _read_page(path, text)
        if "," not in text and "\t" not in text:
            raise ExpectedError("workbook.none", file=path.name)
        delimiter = "\t" if text.count("\t") > text.count(",") else ","
        rows: list[list[Cell]] = [
            [_WRAPPED.sub(r"\1", cell) for cell in row]
            for row in csv.reader(text.splitlines(), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise ExpectedError("workbook.damaged", file=path.name) from error
    except MemoryError as error:
        raise ExpectedError("workbook.too_large", file=path.name) from error
    return [Sheet(path.stem, rows)]


def _child(paths: list[str], sender: Connection) -> None:
    """Read every sheet of every file and send its rows in blocks; runs in the child process only."""
    # The reader library is loaded only here, in the process that may be lost to it.
    import python_calamine  # noqa: PLC0415

    # On some files the library aborts with a page of its own frames: not for the officer's terminal.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        import resource  # noqa: PLC0415 - not on Windows, where the process limit is the machine's.

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except ImportError:
        pass
    try:
        for path in paths:
            sender.send(("file",))
            workbook = python_calamine.CalamineWorkbook.from_path(path)
            for metadata in workbook.sheets_metadata:
                if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_name(metadata.name)
                # The rows come with the empty ones above them, but without the empty columns to the left.
                sender.send(("sheet", metadata.name, sheet.start[1] if sheet.start else 0))
                if sheet.height * sheet.width > _MOST_CELLS:
                    raise MemoryError
                block: list[list[Cell]] = []
                blank = 0
                for row in sheet.iter_rows():
                    if all(
                        cell == "" for cell in row
                    ):  # Sent only when something follows: sheets end in a million blank rows.
                        blank += 1
                        continue
                    block.extend([] for _ in range(blank))
                    blank = 0
                    block.append(row)
                    if len(block) >= _BLOCK:
                        sender.send(("rows", block))
                        block = []
                sender.send(("rows", block))
        sender.send(("end",))
    except python_calamine.PasswordError:
        sender.send(("failed", "workbook.encrypted"))
    except MemoryError:
        sender.send(("failed", "workbook.too_large"))
    except BaseException:  # noqa: BLE001 - the reader library panics past Exception on broken files
        sender.send(("failed", "workbook.damaged"))


def _read_workbooks(paths: Sequence[Path], progress: Progress) -> list[list[Sheet]]:
    """Read all files in one child: starting it costs more than reading a small workbook."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=([str(path) for path in paths], sender), daemon=True)
    child.start()
    sender.close()
    files: list[list[Sheet]] = []
    left = 0
    total = 0

    def failed(code: str) -> ExpectedError:
        return ExpectedError(code, file=paths[max(len(files) - 1, 0)].name)

    try:
        while True:
            if not receiver.poll(_SILENCE_SECONDS):
                raise failed("workbook.too_large")
            try:
                message = receiver.recv()
            except EOFError:
                raise failed("workbook.damaged") from None
            if message[0] == "file":
                files.append([])
            elif message[0] == "sheet":
                left = message[2]
                files[-1].append(Sheet(message[1], []))
            elif message[0] == "rows":
                rows = message[1]
                total += len(rows)
                files[-1][-1].rows.extend([[""] * left + row for row in rows] if left else rows)
                progress(total)
            elif message[0] == "end":
                break
            else:
                raise failed(message[1])
    finally:
        receiver.close()
        if child.is_alive():
            child.terminate()
        child.join()
    return files


def _is_workbook(path: Path) -> bool:
    """Whether the file is for the reader library, by its first bytes; what is no file is refused."""
    try:
        with path.open("rb") as stream:
            magic = stream.read(8)
    except OSError as error:
        raise ExpectedError("workbook.missing", file=path.name) from error
    if not magic:
        raise ExpectedError("workbook.empty", file=path.name)
    if magic.startswith(b"PK"):
        _guard_zip(path)
        return True
    return magic.startswith(b"\xd0\xcf\x11\xe0")


def read_all(paths: Sequence[Path], progress: Progress = lambda _rows: None) -> list[list[Sheet]]:
    """Return the sheets of each workbook.

    Raises ExpectedError `workbook.missing`, `.empty`, `.damaged`, `.none`, `.encrypted`,
    `.too_large` or `.no_sheets`; nothing is ever executed from the files.
    """
    workbooks = [path for path in paths if _is_workbook(path)]
    texts = {path: _read_text(path) for path in paths if path not in workbooks}
    found = {
        **texts,
        **dict(zip(workbooks, _read_workbooks(workbooks, progress) if workbooks else (), strict=True)),
    }
    for path, sheets in found.items():
        if not sheets:
            raise ExpectedError("workbook.no_sheets", file=path.name)
    return [found[path] for path in paths]


def read(path: Path, progress: Progress = lambda _rows: None) -> list[Sheet]:
    """Return the sheets of one workbook; errors as `read_all`."""
    return read_all([path], progress)[0]
