"""Any workbook to plain cells with their addresses, read in a child process that may die without harm.

The reader library aborts the whole process on some legal files, so it never runs in ours: a spawned
child with bounded memory and time reads and sends plain rows back.
"""

import marshal
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import reader_child
from caseworker_app.exchange.blocks import Cell, Unpacker

__all__ = ["Cell", "Sheet", "Uncalculated", "column_letters", "read", "read_all"]

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
    who reads them: blank ones may be one object.
    """

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


class _Reading:
    """Gathers what the child sends."""

    def __init__(self, paths: Sequence[Path], progress: Progress) -> None:
        self.files: list[list[Sheet]] = []
        self._paths = paths
        self._progress = progress
        self._total = 0
        self._until = time.monotonic() + _START_SECONDS
        self._unpacker = Unpacker()

    def failed(self, code: str) -> ExpectedError:
        """Return the error of the file being read."""
        return ExpectedError(code, file=self._paths[max(len(self.files) - 1, 0)].name)

    def gather(self, receiver: Connection) -> bool:
        """Take messages until the last; whether it came before the child was gone."""
        while True:
            while not receiver.poll(_TICK_SECONDS):
                self._progress(self._total)
                if time.monotonic() > self._until:
                    raise self.failed("workbook.too_large")
            try:
                kind, *values = marshal.loads(receiver.recv_bytes())  # noqa: S302 - plain values of our own child
                if kind == "rows":
                    self._rows(receiver.recv_bytes(), *values)
            except EOFError:
                return False
            if kind == "end":
                return True
            if kind == "failed":
                raise self.failed(*values)
            self._take(kind, values)

    def _rows(self, block: bytes, left: int) -> None:
        rows = self._unpacker.rows(block)
        self.files[-1][-1].rows.extend([[""] * left + row if row else row for row in rows] if left else rows)
        self._total += len(rows)
        self._progress(self._total)

    def _take(self, kind: str, values: list[Any]) -> None:
        if kind == "file":
            self.files.append([])
        elif kind == "bound":
            seconds, kept_by_system = values
            factor = _CLOCK_FACTOR if kept_by_system else _UNBOUNDED_FACTOR
            self._until = time.monotonic() + seconds * factor
        elif kind == "sheet":
            self.files[-1].append(Sheet(values[0], []))
        elif kind == "blank":
            self.files[-1][-1].rows.extend([_NOTHING] * values[0])
        elif kind == "formulas":
            _put_in(self.files[-1][-1].rows, values[0])


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


def read_all(
    paths: Sequence[Path], progress: Progress = lambda _rows: None, *, password: str = ""
) -> list[list[Sheet]]:
    """Return the sheets of each workbook, all read in one child: starting it costs more than reading a small one.

    Raises ExpectedError `workbook.missing`, `.empty`, `.damaged`, `.none`, `.unsafe`, `.encrypted`,
    `.password_wrong`, `.too_large` or `.no_sheets`; nothing is ever executed from the files.
    """
    for path in paths:
        if not path.is_file() or not os.access(path, os.R_OK):
            raise ExpectedError("workbook.missing", file=path.name)
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(
        target=reader_child.read, args=([str(path) for path in paths], password, sender), daemon=True
    )
    child.start()
    sender.close()
    reading = _Reading(paths, progress)
    try:
        finished = reading.gather(receiver)
        if not finished:
            child.join()
    finally:
        receiver.close()
        child.terminate()
        child.join()
    if not finished:
        out_of_bounds = child.exitcode in _OUT_OF_BOUNDS
        raise reading.failed("workbook.too_large" if out_of_bounds else "workbook.damaged")
    for path, sheets in zip(paths, reading.files, strict=True):
        if not sheets:
            raise ExpectedError("workbook.no_sheets", file=path.name)
    return reading.files


def read(path: Path, progress: Progress = lambda _rows: None, *, password: str = "") -> list[Sheet]:
    """Return the sheets of one workbook; errors as `read_all`."""
    return read_all([path], progress, password=password)[0]
