"""Which columns a list shows, in which order, how many of them stay in sight; and the box that chooses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QListWidget, QListWidgetItem, QWidget

from caseworker_app.wording import _
from db.queries.columns import Filter, Sort
from ui.models.windowed import Column
from ui.theme import style
from ui.widgets.basics import Field, button, column, row, text
from ui.widgets.list_filter import Popup

_MOST_FROZEN = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns shown with their widths at 100 %, and how many of the first stay in sight."""

    columns: tuple[tuple[str, int], ...]
    frozen: int = 1

    def plain(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {"columns": [list(each) for each in self.columns], "frozen": self.frozen}

    @staticmethod
    def read(kept: Any, columns: Mapping[str, Column]) -> "Layout | None":  # noqa: ANN401 - what a file or the ledger kept
        """Return what was kept, without columns there are no longer; None when that is no layout."""
        try:
            found = tuple((str(key), int(width)) for key, width in kept["columns"] if key in columns)
            return Layout(found, int(kept["frozen"])) if found else None
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class View:
    """What a view of a list is made of: which list, what it is narrowed to, its order and its columns."""

    list: str
    text: str = ""
    filters: tuple[Filter, ...] = ()
    order: tuple[Sort, ...] = ()
    layout: Layout | None = field(default=None)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {
            "list": self.list,
            "text": self.text,
            "filters": [
                {
                    "column": each.column,
                    "values": list(each.values),
                    "contains": each.contains,
                    "low": each.low.isoformat() if isinstance(each.low, date) else each.low,
                    "high": each.high.isoformat() if isinstance(each.high, date) else each.high,
                }
                for each in self.filters
            ],
            "order": [[each.column, each.down] for each in self.order],
            "layout": self.layout.plain() if self.layout else None,
        }

    @staticmethod
    def read(kept: Mapping[str, Any], columns: Mapping[str, Column]) -> "View":
        """Return what was kept, without columns there are no longer."""

        def bound(value: Any) -> date | int | None:  # noqa: ANN401 - as JSON holds it
            return date.fromisoformat(value) if isinstance(value, str) else value

        filters = tuple(
            Filter(
                each["column"],
                tuple(each["values"]),
                each["contains"],
                bound(each["low"]),
                bound(each["high"]),
            )
            for each in kept["filters"]
            if each["column"] in columns
        )
        order = tuple(Sort(key, bool(down)) for key, down in kept["order"] if key in columns)
        return View(kept["list"], kept["text"], filters, order, Layout.read(kept["layout"], columns))


class _Lines(QListWidget):
    """Lines that are moved by dragging or with Alt and an arrow."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the line the keys act on with Alt and an arrow."""
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in moves:
            present = self.currentRow()
            wanted = present + moves[Qt.Key(event.key())]
            if 0 <= wanted < self.count():
                self.insertItem(wanted, self.takeItem(present))
                self.setCurrentRow(wanted)
        else:
            super().keyPressEvent(event)


class ColumnsBox(Popup):
    """Chooses columns: ticked are shown, in the order of the lines; a line is moved by dragging or Alt and an arrow.

    Signals: chosen(object, int) with the keys in order and how many stay in sight; restored() for those of the start.
    """

    chosen = Signal(object, int)
    restored = Signal()

    def __init__(self, parent: QWidget, columns: Sequence[Column], shown: Sequence[str], frozen: int) -> None:
        super().__init__(parent, _("Columns"))
        self.setMinimumWidth(style.px(260))
        self.lines = _Lines()
        self.lines.setAccessibleName(_("Columns"))
        self.lines.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.lines.setMinimumHeight(style.px(340))
        by_key = {each.key: each for each in columns}
        hidden = [each.key for each in columns if each.key not in shown]
        for key in (*shown, *hidden):
            item = QListWidgetItem(_(by_key[key].header))
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setFlags((item.flags() | Qt.ItemFlag.ItemIsUserCheckable) & ~Qt.ItemFlag.ItemIsDropEnabled)
            item.setCheckState(Qt.CheckState.Checked if key in shown else Qt.CheckState.Unchecked)
            self.lines.addItem(item)
        self.lines.setCurrentRow(0)
        self.frozen = QComboBox()
        self.frozen.addItems([str(number) for number in range(_MOST_FROZEN + 1)])
        self.frozen.setCurrentIndex(min(frozen, _MOST_FROZEN))
        self.apply = button(_("Apply"), self._choose, primary=True, tip="Enter")
        self.setLayout(
            column(
                text(_("Columns"), "section"),
                self.lines,
                text(_("Space shows or hides, Alt+↑ and Alt+↓ move."), "secondary", wrap=True),
                Field(_("First columns that stay in sight"), self.frozen),
                row(button(_("As at the start"), self._restore), None, self.apply),
                space=8,
                margins=(12, 10, 12, 12),
            )
        )

    def _choose(self) -> None:
        items = [self.lines.item(number) for number in range(self.lines.count())]
        keys = [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        ]
        if keys:
            self.close()
            self.chosen.emit(keys, self.frozen.currentIndex())

    def _restore(self) -> None:
        self.close()
        self.restored.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Apply with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)
