"""The table of people, households and claims: rows like a spreadsheet's, words and colours where they help.

    table = DataTable(model, _("Workers"), {"due": paint_due})   # a painter for each `Column.paint` of the screen
    table.set_empty(EmptyState(…)); table.opened.connect(…); table.picked.connect(…); table.sort_asked.connect(…)

A row of the model has `id`; `status` and `package` where columns are painted 'status' and 'package'.
What a painter draws is told to screen readers by `Column.tip`, or by `WORDS` of the model's module.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from caseworker_app.domain.package import Progress
from caseworker_app.wording import label
from ui.models.windowed import ROW_ROLE, WORDS, WindowedTableModel
from ui.theme import style, tokens
from ui.widgets.basics import EmptyState, paint_pill
from ui.widgets.header import Head, ListHeader

Index = QModelIndex | QPersistentModelIndex
Paint = Callable[[QPainter, QRectF, Any], None]

PACKAGE_LETTERS = {
    "policy_briefing": "政",
    "job_referral": "荐",
    "career_guidance": "导",
    "skills_training": "训",
}
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
    left, width, height = area.left(), style.px(_CELL), style.px(19)
    for part in progress.parts:
        cell = QRectF(left, area.center().y() - height / 2, width, height)
        paint_pill(
            painter,
            cell,
            f"{PACKAGE_LETTERS[part.kind]} {part.done}/{part.owed}",
            package_tone(part.done, part.owed),
        )
        left += width + style.px(3)


def package_words(progress: Progress | None) -> str:
    """Return a package in words, for hover and screen readers."""
    if progress is None:
        return ""
    return "，".join(f"{label('service_kind', part.kind)} {part.done}/{part.owed}" for part in progress.parts)


WORDS["package"] = lambda row: package_words(row.package)


class RowDelegate(QStyledItemDelegate):
    """Paints plain text, pills and packages the same way in every table."""

    def __init__(self, parent: QWidget, painters: dict[str, Paint]) -> None:
        super().__init__(parent)
        self._painters = painters

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell with its ground and the line below it."""
        theme = style.current()
        rect: QRect = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, QColor(theme.selection if selected else theme.surface))
        painter.setPen(QColor(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model = index.model()
        assert isinstance(model, WindowedTableModel)
        column = model.columns[index.column()]
        row = index.data(ROW_ROLE)
        area = QRectF(rect.adjusted(style.px(8), 0, -style.px(8), -1))
        special = self._painters.get(column.paint)
        if row is not None and special:
            special(painter, area, row)
        elif row is not None:
            painter.setFont(style.font(tokens.TEXT))
            painter.setPen(QColor(theme.secondary if column.paint == "muted" else theme.text))
            content = str(index.data() or "")
            metrics = QFontMetrics(painter.font())
            shown = metrics.elidedText(content, Qt.TextElideMode.ElideRight, int(area.width()))
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        else:
            waiting = QRectF(area.left(), area.center().y() - 4, min(area.width(), 60), 8)
            painter.fillRect(waiting, QColor(theme.quiet_soft))
        view = self.parent()
        if isinstance(view, QTableView) and view.hasFocus() and view.currentIndex().row() == index.row():
            self._paint_focus(painter, rect, theme, here=view.currentIndex() == index)
        painter.restore()

    def _paint_focus(self, painter: QPainter, rect: QRect, theme: tokens.Tokens, *, here: bool) -> None:
        """Paint the lines that show which row the keys act on, and around the cell."""
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 2), QColor(theme.accent))
        painter.fillRect(QRect(rect.left(), rect.bottom() - 1, rect.width(), 2), QColor(theme.accent))
        if here:
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), QColor(theme.accent))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of every row."""
        return QSize(0, style.px(tokens.ROW))


def paint_word(painter: QPainter, area: QRectF, word: str, tone: str) -> None:
    """Paint a word as a pill at the left of a cell, elided where the cell is narrow."""
    metrics = QFontMetrics(style.font(tokens.SMALL))
    shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, max(int(area.width()) - style.px(14), 0))
    if shown:
        spot = QRectF(
            area.left(),
            area.center().y() - style.px(10),
            metrics.horizontalAdvance(shown) + style.px(14),
            style.px(20),
        )
        paint_pill(painter, spot, shown, tone)


def _paint_status(painter: QPainter, area: QRectF, row: Any) -> None:  # noqa: ANN401 - rows of any kind
    word = label("status", row.status)
    paint_word(painter, area, word, STATUS_TONES.get(row.status, "quiet"))


def _paint_package(painter: QPainter, area: QRectF, row: Any) -> None:  # noqa: ANN401 - rows of any kind
    if row.package is not None:
        paint_package(painter, area, row.package)


class _Frozen(QTableView):
    """The first columns over the left of a table that is scrolled sideways: whose row it is stays in sight."""

    def __init__(self, table: "DataTable", model: WindowedTableModel) -> None:
        super().__init__(table)
        self._table = table
        self._sections = 1
        self.setHorizontalHeader(ListHeader(self, table.head))
        self.setModel(model)
        self.setSelectionModel(table.selectionModel())
        self.setItemDelegate(table.itemDelegate())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(table.accessibleName())
        _dress(self)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet(f"QTableView {{ border-right: 1px solid {style.current().line_strong}; }}")
        table.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(table.verticalScrollBar().setValue)
        table.horizontalScrollBar().valueChanged.connect(lambda _value: self.place())
        table.horizontalHeader().sectionResized.connect(lambda *_sizes: self.place())
        self.horizontalHeader().sectionClicked.connect(table.horizontalHeader().sectionClicked)
        self.doubleClicked.connect(table.doubleClicked)
        self.pressed.connect(lambda _index: table.setFocus(Qt.FocusReason.MouseFocusReason))
        self.hide()

    def keep(self, sections: int) -> None:
        """Keep the first columns in sight: so many."""
        self._sections = sections
        self.place()

    def place(self) -> None:
        """Stand where the first columns would be, as long as they are scrolled away."""
        table = self._table
        for section in range(self.horizontalHeader().count()):
            self.setColumnHidden(section, section >= self._sections)
            self.setColumnWidth(section, table.columnWidth(section))
        width = sum(table.columnWidth(section) for section in range(self._sections))
        height = table.viewport().height() + table.horizontalHeader().height()
        self.setGeometry(table.frameWidth(), table.frameWidth(), width, height)
        self.setVisible(self._sections > 0 and table.horizontalScrollBar().value() > 0)
        self.verticalScrollBar().setValue(table.verticalScrollBar().value())


def _dress(view: QTableView) -> None:
    """Give a table its rows, its header and its way of scrolling."""
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setMouseTracking(True)
    vertical = view.verticalHeader()
    vertical.hide()
    vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    vertical.setDefaultSectionSize(style.px(tokens.ROW))
    header = view.horizontalHeader()
    header.setFixedHeight(style.px(tokens.HEADER_ROW))
    header.setHighlightSections(False)
    header.setMinimumSectionSize(style.px(40))
    header.setSectionsClickable(True)


class DataTable(QTableView):
    """A table with the keys of a list: Enter opens, Space and arrows move the selection.

    Signals: opened(str) with the id of the row; picked(list) with the ids selected; sort_asked(str) with the
    key of the column whose header was clicked.
    """

    opened = Signal(str)
    picked = Signal(list)
    sort_asked = Signal(str)

    def __init__(
        self, model: WindowedTableModel, name: str, painters: dict[str, Paint] | None = None
    ) -> None:
        super().__init__()
        self._model = model
        self.head = Head(self)
        self.setHorizontalHeader(ListHeader(self, self.head))
        self.setModel(model)
        self.setAccessibleName(name)
        ours: dict[str, Paint] = {"status": _paint_status, "package": _paint_package}
        self.setItemDelegate(RowDelegate(self, ours | (painters or {})))
        _dress(self)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setStretchLastSection(True)
        header.sectionClicked.connect(self._sort_by)
        for index, column in enumerate(model.columns):
            header.resizeSection(index, style.px(column.width))
        self.doubleClicked.connect(lambda _index: self._open())
        self.empty: EmptyState | None = None
        model.modelReset.connect(self._show_empty)
        self._frozen = _Frozen(self, model)

    def freeze(self, sections: int) -> None:
        """Keep so many of the first columns in sight when scrolled sideways."""
        self._frozen.keep(sections)

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
        """Keep the empty state in the middle, the first column at the left."""
        super().resizeEvent(event)
        self._frozen.place()
        if self.empty:
            self.empty.setGeometry(self.viewport().rect())

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in a new theme."""
        super().changeEvent(event)
        self.viewport().update()

    def selected(self) -> list[str]:
        """Return the ids selected, in order."""
        ids = self._model.ids()
        return [ids[row] for row in sorted(index.row() for index in self.selectionModel().selectedRows())]

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

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802 - Qt's name
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
