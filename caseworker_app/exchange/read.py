"""Any workbook to plain cells with their addresses, read in a child process that may die without harm.

The reader library aborts the whole process on some legal files, so it never runs in ours: a spawned
child with bounded memory and time reads and sends plain rows back.
"""

import marshal
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import reader_child
from caseworker_app.exchange.blocks import Cell, Unpacker

__all__ = ["Arrived", "Cell", "Sheet", "Uncalculated", "column_letters", "read", "read_all", "read_each"]

Progress = Callable[[int], None]
"""Told how many rows have been read, several times a second; raising from it stops the reading."""

_TICK_SECONDS = 0.2
_START_SECONDS = 60
# What the system bounds by the processor's time may take longer on the clock of a busy machine.
_CLOCK_FACTOR = 15
_UNBOUNDED_FACTOR = 2
# How a process ends that the system stopped for time or memory, or whose allocator gave up.
_OUT_OF_BOUNDS = {
    *(-getattr(signal, name) for name in ("SIGXCPU", "SIGABRT", "SIGKILL") if hasattr(signal, name)),
    0xC0000409,
}
_NOTHING: list[Cell] = []


class Uncalculated(str):
    """A formula whose value nobody has calculated: it reads as the formula, and is no words of the sheet."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows from A1 on, '' where a cell is empty; a row without any is empty itself.

    A cell that held a number is an int or float, whatever it looks like on the screen. Rows are not changed by
    who reads them: blank ones may be one object. Of cells merged downwards only the uppermost has a value; `merged`
    names them by row, column and last row from 0.
    """

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int]] = field(default_factory=list)


def column_letters(index: int) -> str:
    """Return the letters of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Arrived:
    """A workbook as it was read; `as_sealed`: all its parts are as its seal says, so only the hidden sheets were read."""

    sheets: list[Sheet]
    as_sealed: bool


class _Reading:
    """A child that reads files one after the other, and what it sends."""

    def __init__(self, paths: Sequence[Path], progress: Progress, password: str, *, sealed: bool) -> None:
        self._paths = list(paths)
        self._progress = progress
        self._total = 0
        self._until = 0.0
        self._unpacker = Unpacker()
        context = multiprocessing.get_context("spawn")
        self._receiver, sender = context.Pipe(duplex=False)
        self._child = context.Process(
            target=reader_child.read,
            args=([str(path) for path in paths], password, sender),
            kwargs={"sealed": sealed},
            daemon=True,
        )
        self._child.start()
        sender.close()

    def close(self) -> None:
        """End the child, whatever it is doing."""
        self._receiver.close()
        self._child.terminate()
        self._child.join()

    def next(self) -> Arrived:
        """Return the next of the files; ExpectedError as `read_all`, after which none follows."""
        name = self._paths.pop(0).name
        # What the child sent while nobody asked is there at once; the clock of this file begins now.
        self._until = time.monotonic() + _START_SECONDS
        sheets: list[Sheet] = []
        try:
            while (message := self._message(name))[0] != "done":
                self._take(sheets, *message, name=name)
        except EOFError:
            self._child.join()
            gone = "workbook.too_large" if self._child.exitcode in _OUT_OF_BOUNDS else "workbook.damaged"
            raise ExpectedError(gone, file=name) from None
        if not sheets:
            raise ExpectedError("workbook.no_sheets", file=name)
        self._unpacker = Unpacker()
        return Arrived(sheets, bool(message[1]))

    def _message(self, name: str) -> tuple[Any, ...]:
        while not self._receiver.poll(_TICK_SECONDS):
            self._progress(self._total)
            if time.monotonic() > self._until:
                raise ExpectedError("workbook.too_large", file=name)
        message: tuple[Any, ...] = marshal.loads(self._receiver.recv_bytes())  # noqa: S302 - plain values of our own child
        return message

    def _take(self, sheets: list[Sheet], kind: str, *values: Any, name: str) -> None:  # noqa: ANN401 - plain values
        if kind == "rows":
            left = values[0]
            rows = self._unpacker.rows(self._receiver.recv_bytes())
            sheets[-1].rows.extend([[""] * left + row if row else row for row in rows] if left else rows)
            self._total += len(rows)
            self._progress(self._total)
        elif kind == "bound":
            seconds, kept_by_system = values
            factor = _CLOCK_FACTOR if kept_by_system else _UNBOUNDED_FACTOR
            self._until = time.monotonic() + seconds * factor
        elif kind == "sheet":
            sheets.append(Sheet(values[0], []))
        elif kind == "blank":
            sheets[-1].rows.extend([_NOTHING] * values[0])
        elif kind == "merged":
            sheets[-1].merged.extend(values[0])
        elif kind == "formulas":
            _put_in(sheets[-1].rows, values[0])
        elif kind == "failed":
            raise ExpectedError(values[0], file=name)


def _put_in(rows: list[list[Cell]], formulas: list[tuple[int, int, str]]) -> None:
    """Put the formulas without a value where they stand."""
    for row, column, formula in formulas:
        rows.extend([_NOTHING] * (row + 1 - len(rows)))
        if rows[row] is _NOTHING:
            rows[row] = []
        cells = rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        if cells[column] == "":
            cells[column] = Uncalculated(formula)


def _check_there(path: Path) -> None:
    if not path.is_file() or not os.access(path, os.R_OK):
        raise ExpectedError("workbook.missing", file=path.name)


def read_all(
    paths: Sequence[Path], progress: Progress = lambda _rows: None, *, password: str = ""
) -> list[list[Sheet]]:
    """Return the sheets of each workbook, all read in one child: starting it costs more than reading a small one.

    Raises ExpectedError `workbook.missing`, `.empty`, `.damaged`, `.none`, `.unsafe`, `.encrypted`,
    `.password_wrong`, `.too_large` or `.no_sheets`; nothing is ever executed from the files.
    """
    for path in paths:
        _check_there(path)
    with closing(_Reading(paths, progress, password, sealed=False)) as reading:
        return [reading.next().sheets for _path in paths]


def read_each(paths: Sequence[Path], *, password: str = "") -> Generator[Arrived | ExpectedError, None, None]:
    """Give workbooks that may be sealed one by one, of one that cannot be read what `read_all` raises.

    One child reads them all, one file ahead of who asks; one that it is lost to costs another.
    """
    rest = list(paths)
    while rest:
        try:
            with closing(_Reading(rest, lambda _rows: None, password, sealed=True)) as reading:
                while rest:
                    _check_there(rest[0])
                    found = reading.next()
                    del rest[0]
                    yield found
        except ExpectedError as error:
            del rest[0]
            yield error


def read(path: Path, progress: Progress = lambda _rows: None, *, password: str = "") -> list[Sheet]:
    """Return the sheets of one workbook; errors as `read_all`."""
    return read_all([path], progress, password=password)[0]
