"""The table of people, households and claims: rows like a spreadsheet's, words and colours where they help.

    table = DataTable(model, _("Workers"), {"due": paint_due})   # a painter for each `Column.paint` of the screen
    table.set_empty(EmptyState(…)); table.opened.connect(…); table.picked.connect(…)
    table.cells.typed.connect(…)    # what is typed into cells; `ui.widgets.grid` writes it to the ledger

A row of the model has `id`; `status` and `package` where columns are painted 'status' and 'package'.
What a painter draws is told to screen readers by `Column.tip`, or by `WORDS` of the model's module.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from caseworker_app.domain.package import Part, Progress
from caseworker_app.wording import _, _n, label
from ui.models.windowed import ROW_ROLE, WORDS, WindowedTableModel
from ui.theme import style, tokens
from ui.widgets import editors
from ui.widgets.basics import EmptyState, paint_pill, text
from ui.widgets.header import Head, ListHeader
from ui.widgets.selection import Cells

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
_HEAD_SIDES = 20
_LATE_MS = 400
_ELIDE = Qt.TextElideMode.ElideRight
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_EDITOR_WIDTH = 110
_CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def package_tone(done: int, owed: int) -> str:
    """Return the tone of one part of a package: done, begun, not begun."""
    return "good" if done >= owed and done else "attention" if done else "quiet"


def _part(part: Part) -> str:
    """Return how far a part has come; of what is not owed, only how often it was done."""
    return f"{part.done}/{part.owed}" if part.owed else str(part.done)


def paint_package(painter: QPainter, area: QRectF, progress: Progress) -> None:
    """Paint the four small cells of a package."""
    left, width, height = area.left(), style.px(_CELL), style.px(19)
    for part in progress.parts:
        cell = QRectF(left, area.center().y() - height / 2, width, height)
        paint_pill(
            painter,
            cell,
            f"{PACKAGE_LETTERS[part.kind]} {_part(part)}",
            package_tone(part.done, part.owed),
        )
        left += width + style.px(3)


def package_words(progress: Progress | None) -> str:
    """Return a package in words, for hover and screen readers."""
    if progress is None:
        return ""
    words = [f"{label('service_kind', part.kind)} {_part(part)}" for part in progress.parts]
    further = _n("{count} further service", "{count} further services", progress.further)
    return "，".join([*words, further.format(count=progress.further)] if progress.further else words)


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
        view = self.parent()
        assert isinstance(view, QTableView)
        current, number = view.currentIndex(), index.row()
        model = index.model()
        assert isinstance(model, WindowedTableModel)
        # Straight from the model: through the index each answer would go to Qt and back, for every cell.
        column, row = model.columns[index.column()], model.row(number)
        mark = model.mark_at(number, index.column())
        wrong = mark.wrong if mark else ""
        ground = theme.selection if selected else theme.surface
        if not selected and current.row() == number:
            ground = theme.quiet_soft
        painter.save()
        painter.fillRect(rect, style.ink(theme.stop_soft if wrong else ground))
        painter.setPen(style.ink(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if isinstance(view, DataTable) and view.ruled:
            painter.drawLine(rect.topRight(), rect.bottomRight())
        area = QRectF(rect.adjusted(style.px(8), 0, -style.px(8), -1))
        special = self._painters.get(column.paint)
        if wrong:
            area = self._paint_wrong(painter, area, theme)
        if row is not None and special and not wrong:
            special(painter, area, row)
        elif row is not None:
            painter.setFont(style.font(tokens.TEXT))
            painter.setPen(style.ink(theme.secondary if column.paint == "muted" else theme.text))
            content = column.shown(row, mark)
            shown = style.metrics().elidedText(content, _ELIDE, int(area.width()))
            painter.drawText(area, _RIGHT if column.right else _LEFT, shown)
        else:
            waiting = QRectF(area.left(), area.center().y() - 4, min(area.width(), 60), 8)
            painter.fillRect(waiting, QColor(theme.quiet_soft))
        if view.hasFocus() and current == index:
            painter.setPen(style.ink(theme.accent))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_wrong(self, painter: QPainter, area: QRectF, theme: tokens.Tokens) -> QRectF:
        """Underline a cell with a problem, put a mark at its end, and return what is left of it."""
        painter.fillRect(QRectF(area.left(), area.bottom() - 4, area.width(), 2), QColor(theme.stop))
        painter.setFont(style.font(tokens.TEXT, strong=True))
        painter.setPen(QColor(theme.stop))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), "!")
        return area.adjusted(0, 0, -style.px(8), 0)

    # -- typing into a cell ------------------------------------------------------------------

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget | None:  # type: ignore[override]
        """Return the editor of a cell; none while its row has not arrived."""
        model = index.model()
        assert isinstance(model, WindowedTableModel)
        if index.data(ROW_ROLE) is None:
            return None
        editor = editors.make(parent, model.columns[index.column()].field)
        editor.setObjectName("cell")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with what the cell says, or with what was typed and refused."""
        model = index.model()
        assert isinstance(editor, QLineEdit)
        assert isinstance(model, WindowedTableModel)
        mark = model.mark_at(index.row(), index.column())
        editors.put(editor, mark.text if mark else model.columns[index.column()].typed(index.data(ROW_ROLE)))

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        """Tell what was typed."""
        view = self.parent()
        assert isinstance(editor, QLineEdit)
        assert isinstance(view, DataTable)
        if editor.text() != editor.property("before"):
            view.cells.type(index.row(), index.column(), editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Stand on the cell, wide enough to type in."""
        rect: QRect = option.rect
        rect.setWidth(max(rect.width(), style.px(_EDITOR_WIDTH)))
        editor.setGeometry(rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Take Enter and Tab as in a spreadsheet: keep what was typed and go down, or to the side."""
        view = self.parent()
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and isinstance(view, DataTable)
        ):
            moves = {
                Qt.Key.Key_Return: (1, 0),
                Qt.Key.Key_Enter: (1, 0),
                Qt.Key.Key_Tab: (0, 1),
                Qt.Key.Key_Backtab: (0, -1),
            }
            if (move := moves.get(Qt.Key(event.key()))) and isinstance(editor, QWidget):
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
                view.cells.step(*move)
                return True
        return super().eventFilter(editor, event)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of every row."""
        return QSize(0, style.px(tokens.ROW))


def paint_word(painter: QPainter, area: QRectF, word: str, tone: str) -> None:
    """Paint a word as a pill at the left of a cell, elided where the cell is narrow."""
    metrics = style.metrics(tokens.SMALL)
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
        # Of its own: what the delegate of a view commits, that view alone must hear.
        self.setItemDelegate(RowDelegate(table, table.cell_painters))
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
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
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
    """A table with the keys of a spreadsheet: arrows and Shift select cells, F2 or typing edits, Enter opens the row.

    Signals: opened(str) with the id of the row; picked(list) with the ids of the rows selected; find_asked() for
    finding in the current column. Its `head` tells by which columns it is to be sorted and filtered.
    """

    opened = Signal(str)
    picked = Signal(object)
    find_asked = Signal()

    def __init__(
        self,
        model: WindowedTableModel,
        name: str,
        painters: dict[str, Paint] | None = None,
        *,
        opens: bool = True,
    ) -> None:
        super().__init__()
        self._opens = opens
        self.ruled = not opens  # A sheet shows its blank cells.
        self._column = 0
        self._model = model
        self.cells = Cells(self, model)
        self.head = Head(self)
        self.setHorizontalHeader(ListHeader(self, self.head))
        self.setModel(model)
        self.setAccessibleName(name)
        ours: dict[str, Paint] = {"status": _paint_status, "package": _paint_package}
        self.cell_painters = ours | (painters or {})
        self.setItemDelegate(RowDelegate(self, self.cell_painters))
        _dress(self)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setStretchLastSection(True)
        metrics = style.metrics(tokens.SMALL)
        for index, column in enumerate(model.columns):
            words = metrics.horizontalAdvance(_(column.header)) + style.px(_HEAD_SIDES)
            header.resizeSection(index, max(style.px(column.width), words))
        self.doubleClicked.connect(self._act_on)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.empty: EmptyState | None = None
        self._reading: QLabel | None = None
        model.modelReset.connect(self._show_empty)
        self._frozen = _Frozen(self, model)

    def freeze(self, sections: int) -> None:
        """Keep so many of the first columns in sight when scrolled sideways."""
        self._frozen.keep(sections)

    def set_empty(self, state: EmptyState) -> None:
        """Give the table what it shows when it has no rows."""
        state.setParent(self.viewport())
        state.hide()
        self.empty = state
        self._reading = text(_("Reading…"), "muted")
        self._reading.setParent(self.viewport())
        self._reading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._reading.hide()
        QTimer.singleShot(_LATE_MS, self, self._show_empty)
        if self._model.answered:
            self._show_empty()

    def _show_empty(self) -> None:
        """Say that there is nothing once that is known; until then, after a moment, that it is being read."""
        if self.empty and self._reading:
            known = self._model.answered
            self.empty.setGeometry(self.viewport().rect())
            self.empty.setVisible(known and self._model.rowCount() == 0)
            self._reading.setGeometry(self.viewport().rect())
            self._reading.setVisible(not known)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the empty state in the middle, the first column at the left."""
        super().resizeEvent(event)
        self._frozen.place()
        for part in (self.empty, self._reading):
            if part:
                part.setGeometry(self.viewport().rect())

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in a new theme."""
        super().changeEvent(event)
        self.viewport().update()

    def selected(self) -> list[str]:
        """Return the ids of the rows that the selection touches, in order."""
        ids = self._model.ids()
        return [ids[row] for row in self.cells.rows()]

    def select_id(self, record: str) -> bool:
        """Go to the row of an id, unless the selection touches it; False when it is not on the list."""
        position = self._model.position(record)
        if position < 0:
            return False
        if position not in self.cells.rows():
            self.setCurrentIndex(self._model.index(position, self._column))
        self.scrollTo(self._model.index(position, self._column))
        return True

    def problems(self) -> list[tuple[int, int]]:
        """Return the cells (row, column) with a problem."""
        return self._model.wrong()

    def _typed_into(self) -> bool:
        return any(column.field for column in self._model.columns)

    def _open(self) -> None:
        current = self.currentIndex()
        if current.isValid():
            self.opened.emit(self._model.ids()[current.row()])

    def _act_on(self, index: QModelIndex) -> None:
        """Edit the cell that was clicked twice, or open its row where it cannot be typed into."""
        if not self._model.columns[index.column()].field:
            self._open()
        elif index.data(ROW_ROLE) is not None:
            self.setCurrentIndex(index)
            self.edit(index)

    def arrange(self, rows: list[list[str]], first: int) -> tuple[list[list[str]], int]:
        """Return pasted rows and the column they begin at; a table that knows headers puts them in its order."""
        return rows, first

    def make_room(self, rows: int) -> None:
        """Make so many rows if the table can grow."""

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802 - Qt's name
        """Tell which rows are selected."""
        super().selectionChanged(selected, deselected)
        self.picked.emit(self.selected())
        self.cells.changed()

    def setCurrentIndex(self, index: Index) -> None:  # noqa: N802 - Qt's name
        """Go to a cell and select it alone, whatever keys are held down meanwhile."""
        super().setCurrentIndex(index)
        self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        """Remember the column, and paint the rows left and reached anew."""
        super().currentChanged(current, previous)
        if current.isValid():
            self._column = current.column()
        if current.row() != previous.row():
            self.viewport().update()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's signature
        """Let Tab go from cell to cell where cells are typed into; at the end of a row it leaves the table."""
        if self._typed_into() and self.hasFocus() and self.cells.step(0, 1 if forward else -1):
            return True
        return super().focusNextPrevChild(forward)

    def keyboardSearch(self, search: str) -> None:
        """Do not search while typing: it would read every row; Ctrl+Shift+F finds in the column."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of a spreadsheet; Enter opens the row."""
        key, modifiers = event.key(), event.modifiers()
        control = modifiers == Qt.KeyboardModifier.ControlModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._opens:
                self._open()
            else:
                self.cells.step(-1 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1)
        elif control and key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._model.rowCount():
            # Qt would go there and leave the selection behind.
            first, columns = key == Qt.Key.Key_Home, self.cells.shown_columns()
            row = 0 if first else self._model.rowCount() - 1
            self.setCurrentIndex(self._model.index(row, columns[0] if first else columns[-1]))
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.cells.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.cells.paste()
        elif control and key == Qt.Key.Key_D:
            self.cells.fill()
        elif key == Qt.Key.Key_Delete:
            self.cells.clear()
        elif key == Qt.Key.Key_F and modifiers == _CONTROL_SHIFT:
            self.find_asked.emit()
        elif key == Qt.Key.Key_Space:
            self._tick(modifiers)
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Begin to edit with what an input method hands over whole, which Qt would drop."""
        editing = self.state() == QAbstractItemView.State.EditingState
        super().inputMethodEvent(event)
        if not editing and event.commitString() and not event.preeditString():
            for editor in self.viewport().findChildren(QLineEdit, "cell"):
                if editor.text() == editor.property("before"):
                    editor.setText("")
                    QApplication.sendEvent(editor, event)

    def _tick(self, modifiers: Qt.KeyboardModifier) -> None:
        """Select the current cell too; Ctrl takes it out again, Shift takes the whole row."""
        flags = QItemSelectionModel.SelectionFlag
        how = flags.Select
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            how = flags.Toggle
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            how = flags.ClearAndSelect | flags.Rows
        self.selectionModel().select(self.currentIndex(), how)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selected cells, with the keys that do it."""
        menu = QMenu(self)
        menu.addAction(f"{_('Copy')}\tCtrl+C", self.cells.copy)
        if self._typed_into():
            menu.addAction(f"{_('Paste')}\tCtrl+V", self.cells.paste)
            menu.addAction(f"{_('Fill down')}\tCtrl+D", self.cells.fill)
            menu.addAction(f"{_('Clear')}\tDelete", self.cells.clear)
        menu.addSeparator()
        menu.addAction(f"{_('Find in column')}\tCtrl+Shift+F", self.find_asked.emit)
        menu.exec(event.globalPos())
        menu.deleteLater()
