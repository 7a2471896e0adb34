"""A table over a list of ids that fetches rows in blocks near what is seen, never all."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from caseworker_app.wording import _

BLOCK = 100
KEPT_BLOCKS = 12
ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""The whole row, for delegates."""

Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[Sequence[str], Callable[[Sequence[Any]], None]], None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, width in pixels, text, alignment, how it is painted and by what it sorts."""

    header: str
    width: int
    text: Callable[[Any], str]
    right: bool = False
    paint: str = "text"
    sort: str = ""
    tip: Callable[[Any], str] | None = None


class WindowedTableModel(QAbstractTableModel):
    """Rows by id; a row that has not arrived yet shows nothing and is asked for."""

    def __init__(self, columns: Sequence[Column], fetch: Fetch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self._fetch = fetch
        self._ids: list[str] = []
        self._positions: dict[str, int] = {}
        self._blocks: OrderedDict[int, list[Any]] = OrderedDict()
        self._asked: set[int] = set()
        self._generation = 0

    def set_ids(self, ids: Sequence[str]) -> None:
        """Show another list."""
        self.beginResetModel()
        self._generation += 1
        self._ids = list(ids)
        self._positions = {}
        self._blocks.clear()
        self._asked.clear()
        self.endResetModel()

    def ids(self) -> list[str]:
        """Return the ids in order."""
        return self._ids

    def position(self, record: str) -> int:
        """Return the row of an id, -1 when it is not on the list."""
        if not self._positions:
            self._positions = {each: row for row, each in enumerate(self._ids)}
        return self._positions.get(record, -1)

    def refresh(self, records: frozenset[str] | None = None) -> None:
        """Fetch anew the blocks that hold these records, all when None."""
        stale = set(self._blocks) if records is None else {row // BLOCK for each in records if (row := self.position(each)) >= 0} & set(self._blocks)
        for block in stale:
            self._ask(block)

    def row(self, number: int) -> Any | None:  # noqa: ANN401 - rows of any kind
        """Return a row that has arrived, or None; asks for it."""
        block = self._blocks.get(number // BLOCK)
        if block is None:
            self._ask(number // BLOCK)
            return None
        self._blocks.move_to_end(number // BLOCK)
        return block[number % BLOCK] if number % BLOCK < len(block) else None

    def _ask(self, block: int) -> None:
        if block in self._asked:
            return
        self._asked.add(block)
        generation = self._generation
        wanted = self._ids[block * BLOCK : (block + 1) * BLOCK]

        def arrived(rows: Sequence[Any]) -> None:
            if generation != self._generation:
                return
            self._asked.discard(block)
            by_id = {row.id: row for row in rows}
            self._blocks[block] = [by_id.get(each) for each in wanted]
            while len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
            first, last = block * BLOCK, min((block + 1) * BLOCK, len(self._ids)) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

        self._fetch(wanted, arrived)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return what a cell shows."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole, ROW_ROLE):
            row = self.row(index.row())
            if role == ROW_ROLE:
                return row
            if row is None:
                return "" if role == Qt.ItemDataRole.DisplayRole else None
            if role == Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            if role == Qt.ItemDataRole.ToolTipRole:
                return column.tip(row) if column.tip else None
            return f"{_(column.header)} {column.tip(row) if column.tip else column.text(row)}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """Return a header."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(self.columns[section].header)
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None
