"""A list as it is shown, written as a workbook: the same columns, rows and order."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from caseworker_app import wording
from caseworker_app.exchange import write
from caseworker_app.exchange.write import Head

_BLOCK = 200
Progress = Callable[[int, int, str], None]
Rows = Callable[[Connection, Sequence[str]], Sequence[Sequence[object]]]
"""Gives the cells of these records in the order given; called once a block."""


def write_held(
    path: Path,
    titled: Callable[[], tuple[str, Sequence[Head]]],
    cells: Callable[[], Sequence[Sequence[object]]],
) -> int:
    """Write rows that are held already; return how many. ExpectedError `workbook.not_written`.

    Title, headers and cells are asked for in Chinese, whatever the window speaks.
    """
    with wording.speaking(wording.ZH):
        title, heads = titled()
        return write.write_list(path, title, heads, [cells()])


def write_list(
    connection: Connection,
    path: Path,
    titled: Callable[[], tuple[str, Sequence[Head]]],
    ids: Sequence[str],
    rows: Rows,
    progress: Progress,
) -> int:
    """Write the records of a list with these headers; return how many. ExpectedError `workbook.not_written`.

    Title, headers and cells are asked for in Chinese, whatever the window speaks; a cancelled export leaves no file.
    """

    def blocks() -> Iterator[Sequence[Sequence[object]]]:
        for start in range(0, len(ids), _BLOCK):
            progress(start, len(ids), "export.writing")
            yield rows(connection, ids[start : start + _BLOCK])
        progress(len(ids), len(ids), "export.writing")

    with wording.speaking(wording.ZH):
        title, heads = titled()
        return write.write_list(path, title, heads, blocks())
