"""The process that reads foreign files: it has bounds of memory and time, and may die without harm.

It answers in messages of plain values: `("bound", seconds, whether the system keeps it)`, `("sheet", name)`, `("blank",
rows)`, `("rows", empty columns to the left)` and then a block of them, `("formulas", [(row, column, formula)])` for those
without a value, `("merged", [(row, column, last row)])` for cells merged downwards, `("done", whether only the hidden
sheets were read, the others being as they were sealed)` at the end of each file, `("failed", code)`.
"""

import gc
import io
import marshal
import os
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from caseworker_app.exchange import guard, parts, texts
from caseworker_app.exchange.blocks import ROWS, Cell, Packer
from caseworker_app.exchange.guard import MB, Unfit

_MEMORY = 432 * MB
_MEMORY_A_BYTE = 5
_MOST_MEMORY = 2048 * MB
_SECONDS = 3
_BYTES_A_SECOND = 4 * MB
_HONEST_RATIO = 10
_MOST_MERGED = 1_000_000
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_ARCHIVE = b"PK"
_SHEETS = "xl/worksheets/"
# Excel "protects" with it what anybody may read.
_EVERYBODYS_PASSWORD = "VelvetSweatshop"  # noqa: S105


def read(paths: list[str], password: str, sender: Connection, *, sealed: bool = False) -> None:
    """Read every sheet of every file and send its rows; the target of the child process.

    With `sealed`, of a workbook whose parts are as its seal says only the hidden sheets.
    """
    # On some files the reader library aborts with a page of its own frames: not for the officer's terminal.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # Only here, in the process that may be lost to it; before time is counted.
    import python_calamine  # noqa: F401, PLC0415

    gc.disable()
    child = _Child(sender, password, sealed=sealed)
    try:
        for path in paths:
            child.file(Path(path))
    except BaseException as error:  # noqa: BLE001 - the reader library panics past Exception on broken files
        child.fail(error)


class _Child:
    """What is said to the parent, from whichever thread finds it first."""

    def __init__(self, sender: Connection, password: str, *, sealed: bool) -> None:
        self._sender = sender
        self._password = password
        self._sealed = sealed
        self._as_sealed = False
        self._lock = threading.Lock()
        self._packer = Packer()

    def say(self, *message: Any) -> None:  # noqa: ANN401 - plain values, as the module says
        """Send a message."""
        with self._lock:
            self._sender.send_bytes(marshal.dumps(message))

    def fail(self, error: BaseException) -> None:
        """Say why nothing more comes, and end the process at once."""
        code = error.code if isinstance(error, Unfit) else "workbook.damaged"
        if isinstance(error, MemoryError):
            code = "workbook.too_large"
        elif (
            type(error).__name__ == "PasswordError"
        ):  # The reader library's; its own is never imported for nothing.
            code = "workbook.protected"
        with suppress(OSError):
            self.say("failed", code)
        os._exit(0)

    def file(self, path: Path) -> None:
        """Read one file, whatever its name says it is."""
        self._as_sealed = False
        self._packer = Packer()
        with path.open("rb") as stream:
            magic = stream.read(8)
            stream.seek(0)
            size = path.stat().st_size
            self._bound(size, size)
            if not magic:
                raise Unfit("workbook.empty")
            if magic.startswith(_OLD_WORKBOOK):
                self._old_workbook(stream)
            elif magic.startswith(_ARCHIVE):
                self._archive(stream)
            else:
                for name, rows in texts.tables(stream):
                    self.say("sheet", path.stem + name)
                    self.rows(rows)
        self.say("done", self._as_sealed)

    def _bound(self, size: int, packed: int) -> None:
        """Allow the memory and time that reading so many bytes can honestly take, on an old machine."""
        # What packs much better than data does was made to be packed.
        seconds = _SECONDS + min(size, packed * _HONEST_RATIO) // _BYTES_A_SECOND
        bounded = False
        with suppress(ImportError, OSError, ValueError):
            import resource  # noqa: PLC0415 - not on Windows, where the parent's clock is the only bound.

            def limit(kind: int, value: int) -> None:
                resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))

            used = resource.getrusage(resource.RUSAGE_SELF)
            limit(resource.RLIMIT_CORE, 0)
            limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)
            limit(resource.RLIMIT_AS, min(_MEMORY + _MEMORY_A_BYTE * size, _MOST_MEMORY))
            bounded = True
        self.say("bound", seconds, bounded)

    def _old_workbook(self, stream: IO[bytes]) -> None:
        """Read a .xls or .et, or what a password hides."""
        opened = _decrypted(stream, self._password)
        if opened is None:
            self._workbook(stream, dict)
        elif opened.read(len(_ARCHIVE)) == _ARCHIVE:
            self._archive(opened)
        else:
            self._workbook(opened, dict)

    def _archive(self, stream: IO[bytes]) -> None:
        """Read a workbook that is an archive, while a second thread looks through all of it."""
        members = guard.members(stream)
        self._bound(sum(part.file_size for part in members), sum(part.compress_size for part in members))
        stream.seek(0)
        content = stream.read()
        if self._sealed and self._hidden_sheets(content, members):
            self._as_sealed = True
            return
        formulas: dict[str, guard.Formulas] = {}

        def look() -> None:
            try:
                formulas.update(guard.look_through(io.BytesIO(content), members))
            except BaseException as error:  # noqa: BLE001 - whatever it is, the file is not taken
                self.fail(error)

        looking = threading.Thread(target=look, daemon=True)
        looking.start()

        def looked_through() -> dict[str, guard.Formulas]:
            looking.join()
            return formulas

        try:
            self._workbook(io.BytesIO(content), looked_through)
        finally:
            looking.join()  # What the guard says of a file is clearer than what the reader library says.

    def _hidden_sheets(self, content: bytes, members: list[zipfile.ZipInfo]) -> bool:
        """Read the hidden sheets alone where all other parts are as the seal says; whether they are."""
        names = {part.filename for part in members}
        if not names >= {guard.BOOK, guard.BOOK_RELATIONS, parts.PROPERTY_PART}:
            return False
        small = [part for part in members if not part.filename.startswith(_SHEETS)]
        guard.look_through(io.BytesIO(content), small)
        sheets = guard.sheets(io.BytesIO(content))
        hidden = [sheets.get(name) for name in (parts.SEAL_SHEET, parts.RECORDS_SHEET)]
        if not names.issuperset(hidden):
            return False
        guard.look_through(io.BytesIO(content), [part for part in members if part.filename in hidden])
        import python_calamine  # noqa: PLC0415 - as in `read`.

        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        told = list(book.get_sheet_by_name(parts.SEAL_SHEET).iter_rows())
        if not (sealed := parts.told(told)):
            return False
        found = guard.digests(io.BytesIO(content), members)
        rest = {name: each for name, each in found.items() if name not in (hidden[0], parts.PROPERTY_PART)}
        if sealed != parts.digest(rest):
            return False
        self.say("sheet", parts.SEAL_SHEET)
        self.rows(iter(told))
        self.say("sheet", parts.RECORDS_SHEET)
        self.rows(book.get_sheet_by_name(parts.RECORDS_SHEET).iter_rows())
        return True

    def _workbook(self, stream: IO[bytes], looked_through: Callable[[], dict[str, guard.Formulas]]) -> None:
        import python_calamine  # noqa: PLC0415 - as in `read`.

        stream.seek(0)
        book = python_calamine.CalamineWorkbook.from_filelike(stream)
        for metadata in book.sheets_metadata:
            if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(metadata.name)
            if sheet.height * sheet.width > guard.MOST_CELLS:
                raise MemoryError
            formulas = looked_through().get(metadata.name, {})
            self.say("sheet", metadata.name)
            # The rows come with the empty ones above them, but without the empty columns to the left.
            self.rows(sheet.iter_rows(), sheet.start[1] if sheet.start else 0)
            if formulas:
                self.say("formulas", [(*place, formula) for place, formula in sorted(formulas.items())])
            if merged := _merged_down(sheet.merged_cell_ranges or ()):
                self.say("merged", merged)

    def rows(self, rows: Iterator[list[Cell]], left: int = 0) -> None:
        """Send rows in blocks; empty ones are only counted, and not even that at the end."""
        blank = 0
        for block in iter(lambda: list(islice(rows, ROWS)), []):
            filled = [row for row in block if row.count("") < len(row)]
            if not filled:
                blank += len(block)
                continue
            if blank:
                self.say("blank", blank)
            blank = 0
            while not block[-1] or block[-1].count("") == len(block[-1]):
                block.pop()
                blank += 1
            width = max(map(len, filled))
            empty = [number for number, row in enumerate(block) if row.count("") == len(row)]
            if empty or any(len(row) < width for row in block):
                block = [row + [""] * (width - len(row)) for row in block]
            packed = self._packer.pack(block, empty)
            with self._lock:
                self._sender.send_bytes(marshal.dumps(("rows", left)))
                self._sender.send_bytes(packed)


def _merged_down(ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[tuple[int, int, int]]:
    """Return the cells of one column that are merged, by row, column and last row; MemoryError for a page full of them."""
    found = [(top, left, last) for (top, left), (last, right) in ranges if left == right and last > top]
    if sum(last - top for top, _left, last in found) > _MOST_MERGED:
        raise MemoryError
    return found


def _decrypted(stream: IO[bytes], password: str) -> IO[bytes] | None:
    """Open what a password hides, None when none does; Unfit `workbook.encrypted` or `.password_wrong`."""
    import msoffcrypto  # noqa: PLC0415 - new workbooks without a password need none of it.
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError  # noqa: PLC0415

    opened = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(stream)
        if not office.is_encrypted():
            return None
        # An old workbook's key is always held against the file, a new one's on request.
        verify = {"verify_password": True} if office.format == "ooxml" else {}
        office.load_key(password=password or _EVERYBODYS_PASSWORD, **verify)
        office.decrypt(opened)
    except InvalidKeyError:
        raise Unfit("workbook.password_wrong" if password else "workbook.encrypted") from None
    except FileFormatError:
        return None  # Not one that it knows; the reader library may.
    except DecryptionError as error:
        raise Unfit("workbook.damaged") from error
    opened.seek(0)
    return opened
