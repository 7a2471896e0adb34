"""Rows of cells through a pipe: by columns, repeated words once, nothing that could be run when it arrives."""

import marshal
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

Cell = str | int | float | bool | date | datetime | time | timedelta

ROWS = 500
"""Rows of a block: few enough to stay in the processor's cache between reading and packing."""

_TRIED = 64
_FEW = 16
_MOST = 200
_DATED = "dated"
_Packed = tuple[object, object]

_FROM: dict[str, Callable[[str], Cell]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=float(seconds)),
}


class Packer:
    """Packs blocks of equally long rows, remembering which columns repeat themselves."""

    def __init__(self) -> None:
        self._words: dict[int, dict[Cell, int]] = {}

    def pack(self, rows: Sequence[Sequence[Cell]], blank: Sequence[int] = ()) -> bytes:
        """Return a block as bytes; `blank` are the rows without any cell."""
        columns = [self._column(place, column) for place, column in enumerate(zip(*rows, strict=True))]
        try:
            return marshal.dumps((columns, list(blank)))
        except ValueError:  # A column with days, which marshal does not know.
            return marshal.dumps(
                ([(kind, cells) if kind else _dated(cells) for kind, cells in columns], list(blank))
            )

    def _column(self, place: int, cells: tuple[Cell, ...]) -> tuple[list[Cell] | None, object]:
        """Return the words of a column and a byte a cell, or no words and the cells themselves."""
        words = self._words.get(place)
        if words is not None:
            try:
                return list(words), bytes(map(words.__getitem__, cells))
            except KeyError:
                del self._words[place]
        if len(set(cells[:_TRIED])) <= _FEW:
            found = set(cells)
            # 1, 1.0 and True are one word to a dictionary and three cells to us: words only.
            if len(found) <= _MOST and all(type(cell) is str for cell in cells):
                self._words[place] = words = {cell: number for number, cell in enumerate(found)}
                return list(words), bytes(map(words.__getitem__, cells))
        return None, cells


def _dated(cells: object) -> _Packed:
    assert isinstance(cells, tuple)
    return _DATED, tuple(
        (type(cell).__name__, cell.isoformat())
        if isinstance(cell, date | time)
        else ("timedelta", str(cell.total_seconds()))
        if isinstance(cell, timedelta)
        else cell
        for cell in cells
    )


class Unpacker:
    """Unpacks blocks; a word is one object wherever it stands in the file."""

    def __init__(self) -> None:
        self._shared: dict[Cell, Cell] = {}

    def rows(self, block: bytes) -> list[list[Cell]]:
        """Return the rows of a block, an empty list for one without any cell."""
        columns, blank = marshal.loads(block)  # noqa: S302 - from our own child, and it only makes plain values
        rows = list(map(list, zip(*map(self._column, columns), strict=True)))
        for number in blank:
            rows[number] = []
        return rows

    def _column(self, packed: tuple[object, Any]) -> Iterable[Cell]:
        words, cells = packed
        if words is None:
            return cells  # type: ignore[no-any-return]
        if words == _DATED:
            return [_FROM[cell[0]](cell[1]) if type(cell) is tuple else cell for cell in cells]
        assert isinstance(words, list)
        return map([self._shared.setdefault(word, word) for word in words].__getitem__, cells)
