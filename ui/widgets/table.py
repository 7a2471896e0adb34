"""The table of people, households and claims: rows like a spreadsheet's, words and colours where they help."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from caseworker_app.domain.package import Progress
from caseworker_app.wording import label
from ui.models.windowed import ROW_ROLE, WindowedTableModel
from ui.theme import style
from ui.theme import tokens as T
from ui.widgets.basics import EmptyState, paint_pill

Index = QModelIndex | QPersistentModelIndex

PACKAGE_LETTERS = {"policy_briefing": "政", "job_referral": "荐", "career_guidance": "导", "skills_training": "训"}
STATUS_TONES = {
    "employed": "good",
    "farming": "quiet",
    "unemployed": "attention",
    "at_school": "quiet",
    "in_army": "quiet",
    "unable": "quiet",
    "out_of_age": "quiet",
    "unknown": "quiet",
}
PACKAGE_WIDTH = 4 * 42
_CELL = 39


def package_tone(done: int, owed: int) -> str:
    """Return the tone of one part of a package: done, begun, not begun."""
    return "good" if done >= owed else "attention" if done else "quiet"


def paint_package(painter: QPainter, area: QRectF, progress: Progress) -> None:
    """Paint the four small cells of a package."""
    left = area.left()
    for part in progress.parts:
        cell = QRectF(left, area.center().y() - 9.5, _CELL, 19)
        paint_pill(painter, cell, f"{PACKAGE_LETTERS[part.kind]} {part.done}/{part.owed}", package_tone(part.done, part.owed))
        left += _CELL + 3


def package_words(progress: Progress | None) -> str:
    """Return a package in words, for hover and screen readers."""
    if progress is None:
        return ""
    return "，".join(f"{label('service_kind', part.kind)} {part.done}/{part.owed}" for part in progress.parts)


class RowDelegate(QStyledItemDelegate):
    """Paints plain text, pills and packages the same way in every table."""

    def __init__(self, parent: QWidget, painters: dict[str, Callable[[QPainter, QRectF, Any], None]]) -> None:
        super().__init__(parent)
        self._painters = painters

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell with its ground and the line below it."""
        theme = style.current()
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, QColor(theme.selection if selected else theme.surface))
        painter.setPen(QColor(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model = index.model()
        assert isinstance(model, WindowedTableModel)
        column = model.columns[index.column()]
        row = index.data(ROW_ROLE)
        area = QRectF(rect.adjusted(8, 0, -8, -1))
        special = self._painters.get(column.paint)
        if row is not None and special:
            special(painter, area, row)
        elif row is not None:
            painter.setFont(style.font(T.TEXT))
            painter.setPen(QColor(theme.secondary if column.paint == "muted" else theme.text))
            content = str(index.data() or "")
            metrics = QFontMetrics(painter.font())
            shown = metrics.elidedText(content, Qt.TextElideMode.ElideRight, int(area.width()))
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        else:
            painter.fillRect(QRectF(area.left(), area.center().y() - 4, min(area.width(), 60), 8), QColor(theme.quiet_soft))
        view = self.parent()
        if selected and isinstance(view, QTableView) and view.hasFocus() and view.currentIndex() == index:
            painter.setPen(QColor(theme.accent))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of every row."""
        return QSize(0, T.ROW)


def _paint_status(painter: QPainter, area: QRectF, row: Any) -> None:  # noqa: ANN401 - rows of any kind
    word = label("status", row.status)
    width = QFontMetrics(style.font(T.SMALL)).horizontalAdvance(word) + 14
    paint_pill(painter, QRectF(area.left(), area.center().y() - 10, width, 20), word, STATUS_TONES.get(row.status, "quiet"))


def _paint_package(painter: QPainter, area: QRectF, row: Any) -> None:  # noqa: ANN401 - rows of any kind
    if row.package is not None:
        paint_package(painter, area, row.package)


class DataTable(QTableView):
    """A table with the keys of a list: Enter opens, Space and arrows move the selection.

    Signals: opened(str) with the id of the row; picked(list) with the ids selected; needed(str) — asked to sort by a key.
    """

    opened = Signal(str)
    picked = Signal(list)
    sort_asked = Signal(str)

    def __init__(self, model: WindowedTableModel, name: str, painters: dict[str, Callable[[QPainter, QRectF, Any], None]] | None = None) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(RowDelegate(self, {"status": _paint_status, "package": _paint_package, **(painters or {})}))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(T.ROW)
        header = self.horizontalHeader()
        header.setFixedHeight(T.HEADER_ROW)
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(40)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort_by)
        for index, column in enumerate(model.columns):
            header.resizeSection(index, column.width)
        self.doubleClicked.connect(lambda _index: self._open())
        self.empty: EmptyState | None = None
        model.modelReset.connect(self._show_empty)

    def _sort_by(self, section: int) -> None:
        if key := self._model.columns[section].sort:
            self.sort_asked.emit(key)

    def set_empty(self, state: EmptyState) -> None:
        """Give the table what it shows when it has no rows."""
        state.setParent(self.viewport())
        self.empty = state
        self._show_empty()

    def _show_empty(self) -> None:
        if self.empty:
            self.empty.setGeometry(self.viewport().rect())
            self.empty.setVisible(self._model.rowCount() == 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the empty state in the middle."""
        super().resizeEvent(event)
        if self.empty:
            self.empty.setGeometry(self.viewport().rect())

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in a new theme."""
        super().changeEvent(event)
        self.viewport().update()

    def selected(self) -> list[str]:
        """Return the ids selected, in order."""
        ids = self._model.ids()
        return [ids[index.row()] for index in sorted(self.selectionModel().selectedRows(), key=lambda each: each.row())]

    def select_id(self, record: str) -> bool:
        """Select the row of an id and bring it into view; False when it is not on the list."""
        position = self._model.position(record)
        if position < 0:
            return False
        self.selectRow(position)
        self.scrollTo(self._model.index(position, 0))
        return True

    def _open(self) -> None:
        current = self.currentIndex()
        if current.isValid():
            self.opened.emit(self._model.ids()[current.row()])

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which rows are selected."""
        super().selectionChanged(selected, deselected)
        self.picked.emit(self.selected())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home and End go to the first and last row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._model.rowCount():
            row = 0 if event.key() == Qt.Key.Key_Home else self._model.rowCount() - 1
            self.setCurrentIndex(self._model.index(row, 0))
        else:
            super().keyPressEvent(event)
