"""A table over a list of ids that fetches rows in blocks near what is seen, never all.

    model = WindowedTableModel(COLUMNS, fetch)          # fetch(ids, arrived): rows have an `id`
    model.set_ids(ids)                                  # another list
    model.refresh(changed.people); model.refresh()      # these rows, or all, again

Columns are data. A row that has not arrived is empty, and is asked for by being looked at. An answer that
was under way when its rows changed is asked for again, so that a list never keeps what is no longer true.
What was typed into a cell stands there as a mark until it has been read back, or with what is wrong with it.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from caseworker_app.wording import _

BLOCK = 100
NOTHING = "—"
"""How a cell shows that there is nothing."""
KEPT_BLOCKS = 12
_PIECE = 500
_FEW = 20
ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""The whole row, for delegates."""
MARK_ROLE = ROW_ROLE + 1
"""What is wrong with a cell, '' for nothing."""

WORDS: dict[str, Callable[[Any], str]] = {}
"""What a painted cell says in words, by its way of painting, for hover and screen readers."""

_READ = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_TYPED_INTO = _READ | Qt.ItemFlag.ItemIsEditable
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[Sequence[str], Callable[[Sequence[Any]], None]], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """What was typed into a cell, and what is wrong with it; '' while it is being written."""

    text: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, width in pixels, text, alignment and how it is painted.

    A cell is typed into where `field` names what is changed (of `use_cases.cells`): in the record of the row, or the
    one `record` gives; `edit` is the text the editor begins with, where the cell shows another, and `mask` hides what
    was typed. `amount` gives fen,
    for totals. `key` is its name in `db.queries.columns`, where the list can be sorted and filtered by it.
    """

    header: str
    width: int
    text: Callable[[Any], str]
    right: bool = False
    paint: str = "text"
    tip: Callable[[Any], str] | None = None
    field: str = ""
    record: Callable[[Any], str] | None = None
    edit: Callable[[Any], str] | None = None
    mask: Callable[[str], str] | None = None
    amount: Callable[[Any], int | None] | None = None
    key: str = ""

    def shown(self, row: Any, mark: Mark | None) -> str:  # noqa: ANN401 - rows of any kind
        """Return what a cell shows: what was typed into it, else what its row says."""
        if mark:
            return self.mask(mark.text) if self.mask else mark.text
        return "" if row is None else self.text(row)

    def typed(self, row: Any) -> str:  # noqa: ANN401 - rows of any kind
        """Return what the editor of a cell begins with."""
        text = (self.edit or self.text)(row)
        return "" if text == NOTHING else text

    def record_of(self, row: Any) -> str:  # noqa: ANN401 - rows of any kind
        """Return the id of the record that a cell changes."""
        return str(self.record(row) if self.record else row.id)

    def said(self, row: Any) -> str:  # noqa: ANN401 - rows of any kind
        """Return a cell as text to be copied: what is painted, in words."""
        text = self.text(row) or _tip(self, row) or ""
        return "" if text == NOTHING else text


_OF_ROWS = frozenset(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
        ROW_ROLE,
        MARK_ROLE,
    )
)


def _side(column: Column) -> int:
    return _RIGHT if column.right else _LEFT


def _tip(column: Column, row: Any) -> str | None:  # noqa: ANN401 - rows of any kind
    """Return the words of a cell that says more than its text."""
    if column.tip:
        return column.tip(row)
    words = WORDS.get(column.paint)
    return words(row) if words else None


class WindowedTableModel(QAbstractTableModel):
    """Rows by id; a row that has not arrived yet shows nothing and is asked for."""

    def __init__(self, columns: Sequence[Column], fetch: Fetch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self._fetch = fetch
        self.answered = False
        """Whether it is known which rows there are: until then an empty list says nothing."""
        self._ids: list[str] = []
        self._positions: dict[str, int] = {}
        self._blocks: OrderedDict[int, list[Any]] = OrderedDict()
        self._asked: dict[int, int] = {}
        self._questions = 0
        self._carried: dict[str, Any] = {}
        self._marks: dict[tuple[str, str], Mark] = {}

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; their rows are read again."""
        self.beginResetModel()
        self.columns = list(columns)
        self.endResetModel()
        self.refresh()

    def set_ids(self, ids: Sequence[str]) -> None:
        """Show another list; rows known already stay to be seen until they have been read again."""
        if self.answered and list(ids) == self._ids:
            self.refresh()
            return
        self.answered = True
        self.beginResetModel()
        held = {row.id: row for block in self._blocks.values() for row in block if row is not None}
        self._carried = held if len(self._carried) > KEPT_BLOCKS * BLOCK else {**self._carried, **held}
        self._ids = list(ids)
        self._positions = {}
        self._blocks.clear()
        self._asked.clear()
        self.endResetModel()

    def go_on(self, ids: Sequence[str]) -> None:
        """Show the whole list where its beginning stands already; another list where it does not."""
        shown = len(self._ids)
        if not shown or shown % BLOCK or len(ids) <= shown or list(ids[:shown]) != self._ids:
            self.set_ids(ids)
            return
        self.beginInsertRows(QModelIndex(), shown, len(ids) - 1)
        self._ids = list(ids)
        self._positions = {}
        self.endInsertRows()

    def ids(self) -> list[str]:
        """Return the ids in order."""
        return self._ids

    def position(self, record: str) -> int:
        """Return the row of an id, -1 when it is not on the list."""
        if self._positions:
            return self._positions.get(record, -1)
        try:
            return self._ids.index(record)
        except ValueError:
            return -1

    def refresh(self, records: frozenset[str] | None = None) -> None:
        """Fetch anew the blocks that hold these records, all when None."""
        held = set(self._blocks) | set(self._asked)
        if records is not None:
            if (
                len(records) > _FEW
            ):  # To look each up in a long list would take longer than to learn all places.
                self._positions = {each: row for row, each in enumerate(self._ids)}
            held &= {row // BLOCK for each in records if (row := self.position(each)) >= 0}
        for block in held:
            self._ask(block)

    def row(self, number: int) -> Any | None:  # noqa: ANN401 - rows of any kind
        """Return a row that has arrived, or None; asks for it."""
        block = self._blocks.get(number // BLOCK)
        if block is None:
            if number // BLOCK not in self._asked:
                self._ask(number // BLOCK)
            return self._carried.get(self._ids[number])
        self._blocks.move_to_end(number // BLOCK)
        return block[number % BLOCK] if number % BLOCK < len(block) else None

    def _ask(self, block: int) -> None:
        self._questions += 1
        question = self._questions
        self._asked[block] = question
        wanted = self._ids[block * BLOCK : (block + 1) * BLOCK]

        def arrived(rows: Sequence[Any]) -> None:
            if self._asked.get(block) != question:
                return
            del self._asked[block]
            by_id = {row.id: row for row in rows}
            self._marks = {
                place: mark for place, mark in self._marks.items() if mark.wrong or place[0] not in by_id
            }
            self._blocks[block] = [by_id.get(each) for each in wanted]
            while len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
            first, last = block * BLOCK, min((block + 1) * BLOCK, len(self._ids)) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

        self._fetch(wanted, arrived)

    def fetch_rows(self, numbers: Sequence[int], then: Callable[[list[Any]], None]) -> None:
        """Hand over rows, None for one that is gone: at once when all have arrived, else fetched in pieces."""
        ids = [self._ids[number] for number in numbers]
        known = {
            each: block[number % BLOCK]
            for each, number in zip(ids, numbers, strict=True)
            if (block := self._held(number))
        }
        wanted = [each for each in ids if each not in known]

        def more(done: int) -> None:
            piece = wanted[done : done + _PIECE]
            if not piece:
                then([known.get(each) for each in ids])
                return

            def arrived(rows: Sequence[Any]) -> None:
                known.update((row.id, row) for row in rows)
                more(done + _PIECE)

            self._fetch(piece, arrived)

        more(0)

    def _held(self, number: int) -> list[Any] | None:
        block = self._blocks.get(number // BLOCK)
        return block if block and number % BLOCK < len(block) else None

    # -- what was typed ----------------------------------------------------------------------

    def mark(self, marks: Iterable[tuple[str, str, Mark | None]]) -> None:
        """Let cells (record and field) show what was typed into them and what is wrong; None takes that back."""
        for record, field, mark in marks:
            if mark:
                self._marks[record, field] = mark
            else:
                self._marks.pop((record, field), None)
        self._repaint()

    def mark_at(self, row: int, column: int) -> Mark | None:
        """Return what was typed into a cell and is not in the ledger."""
        return self._marks.get((self._ids[row], self.columns[column].field)) if self._marks else None

    def wrong(self) -> list[tuple[int, int]]:
        """Return the cells (row, column) with a problem that are on the list, from the top."""
        columns = {column.field: index for index, column in enumerate(self.columns) if column.field}
        places = (
            (self.position(record), columns[field])
            for (record, field), mark in self._marks.items()
            if mark.wrong and field in columns
        )
        return sorted(place for place in places if place[0] >= 0)

    def clear_marks(self) -> None:
        """Take back everything that was typed and not written."""
        self._marks.clear()
        self._repaint()

    def _repaint(self) -> None:
        if self._ids and self.columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self.columns) - 1))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say which cells can be typed into."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _TYPED_INTO if self.columns[index.column()].field else _READ

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
            return _side(column)
        if role not in _OF_ROWS:
            return None
        row = self.row(index.row())
        if role == ROW_ROLE:
            return row
        mark = self.mark_at(index.row(), index.column())
        if role == MARK_ROLE:
            return mark.wrong if mark else ""
        shown = column.shown(row, mark)
        if role == Qt.ItemDataRole.DisplayRole:
            return shown
        if mark:
            said = f"{shown} {mark.wrong}".strip()
            return said if role == Qt.ItemDataRole.ToolTipRole else f"{_(column.header)} {said}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return None if row is None else _tip(column, row)
        words = _("not read yet") if row is None else _tip(column, row) or shown
        return f"{_(column.header)} {words}"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:  # noqa: ANN401
        """Return a header."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(self.columns[section].header)
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self.columns[section])
        return None
