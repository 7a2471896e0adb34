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


def _read_text(path: Path) -> list[Sheet]:
    """Read comma-separated text in UTF-8 or GB18030, with digits wrapped as `="…"` unwrapped."""
    content = path.read_bytes()
    for encoding in _TEXT_ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or ("," not in text and "\t" not in text):
            break
        delimiter = "\t" if text.count("\t") > text.count(",") else ","
        rows: list[list[Cell]] = [
            [_WRAPPED.sub(r"\1", cell) for cell in row]
            for row in csv.reader(text.splitlines(), delimiter=delimiter)
        ]
        return [Sheet(path.stem, rows)]
    raise ExpectedError("workbook.none", file=path.name)


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
