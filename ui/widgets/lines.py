"""Small tables of texts, and what scrolls.

`lines(heads, rows, empty, stretch)` is a card with a small table; `Ruled` is the table itself, for rows made by hand.
Long lists are a `DataTable`.
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QScrollArea, QWidget

from ui.theme import style
from ui.widgets.basics import Card, text

_ABOVE = 7
"""Room between a text and the line above or below it."""


class Ruled(QWidget):
    """Texts and parts in columns under their heads, a line below each row; columns of numbers stand at the right.

    One stop for Tab: the arrow keys go from cell to cell, Home and End to the first and last row, Enter follows the
    link of the cell or its row, Ctrl+C copies the cell. Signals: went(int) with the row that is now current.
    """

    went = Signal(int)

    def __init__(self, heads: Sequence[str], *, choosing: bool = False, right: Sequence[int] = ()) -> None:
        super().__init__()
        self._right = frozenset(right)
        self._heads = list(heads)
        self._rows: list[list[QWidget]] = []
        self._choosing = choosing
        self._row, self._column = 0, 0
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(8, _ABOVE, 8, _ABOVE)
        self.grid.setHorizontalSpacing(style.px(20))
        self.grid.setVerticalSpacing(2 * _ABOVE + 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(" · ".join(head for head in heads if head))
        self._place(text(head, "secondary") for head in heads)

    def add(self, parts: Iterable[QWidget]) -> None:
        """Put a row below the others."""
        self._place(parts)
        for part in self._rows[-1]:
            if (
                isinstance(part, QLabel)
                and part.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
            ):
                part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            part.installEventFilter(self)
        self._describe()

    def _place(self, parts: Iterable[QWidget]) -> None:
        self._rows.append(list(parts))
        for index, part in enumerate(self._rows[-1]):
            side = Qt.AlignmentFlag.AlignVCenter
            if index in self._right:
                side |= Qt.AlignmentFlag.AlignRight
            elif not isinstance(part, QLabel):
                side |= Qt.AlignmentFlag.AlignLeft
            self.grid.addWidget(part, len(self._rows) - 1, index, side)

    # -- where the keys are ------------------------------------------------------------------

    def current(self) -> int:
        """Return the number of the current row."""
        return self._row

    def go(self, row: int, column: int = -1) -> None:
        """Make a row current, and a column of it unless left out."""
        before = self._row
        self._row = max(0, min(row, len(self._rows) - 2))
        self._column = max(0, min(self._column if column < 0 else column, len(self._heads) - 1))
        self._describe()
        self.update()
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None and self.hasFocus():
            area.ensureWidgetVisible(self._rows[self._row + 1][0], 0, style.px(20))
        if self._row != before:
            self.went.emit(self._row)

    def _describe(self) -> None:
        if len(self._rows) > 1:
            said = [
                f"{head} {_words(part)}"
                for head, part in zip(self._heads, self._rows[self._row + 1], strict=False)
            ]
            self.setAccessibleDescription("，".join(each.strip() for each in said))
            if self.hasFocus():
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell, follow a link, copy a cell."""
        steps = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }
        last = len(self._rows) - 2
        if event.matches(QKeySequence.StandardKey.Copy) and last >= 0:
            self._copy()
        elif event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or last < 0:
            super().keyPressEvent(event)
        elif event.key() in steps:
            down, across = steps[Qt.Key(event.key())]
            if 0 <= self._row + down <= last:
                self.go(self._row + down, self._column + across)
            else:
                event.ignore()  # At the edge the page scrolls.
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go(0 if event.key() == Qt.Key.Key_Home else last)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (link := self._link()):
            link.click()
        else:
            super().keyPressEvent(event)

    def _link(self) -> QPushButton | None:
        parts = self._rows[self._row + 1]
        own = parts[self._column] if self._column < len(parts) else parts[0]
        return next(
            (part for part in (own, *parts) if isinstance(part, QPushButton) and part.isEnabled()), None
        )

    def _copy(self) -> None:
        parts = self._rows[self._row + 1]
        chosen = next(
            (part.selectedText() for part in parts if isinstance(part, QLabel) and part.hasSelectedText()), ""
        )
        QGuiApplication.clipboard().setText(chosen or _words(parts[min(self._column, len(parts) - 1)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make the row under the mouse current."""
        self._point(event.position().toPoint().y())

    def _point(self, height: int) -> None:
        for number in range(1, len(self._rows)):
            if height <= self._bottom(number):
                if height > self._bottom(number - 1):
                    self.setFocus(Qt.FocusReason.MouseFocusReason)
                    self.go(number - 1)
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a press on a text for a press on its row."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QLabel):
            for number, parts in enumerate(self._rows[1:]):
                if watched in parts:
                    self.setFocus(Qt.FocusReason.MouseFocusReason)
                    self.go(number, parts.index(watched))
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.go(self._row)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide where the keys were."""
        super().focusOutEvent(event)
        self.update()

    # -- painting ----------------------------------------------------------------------------

    def _bottom(self, number: int) -> int:
        return max(part.geometry().bottom() for part in self._rows[number]) + _ABOVE

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground of the heads, the lines, and where the keys are."""
        theme = style.current()
        painter = QPainter(self)
        bottoms = [self._bottom(number) for number in range(len(self._rows))]
        painter.fillRect(0, 0, self.width(), bottoms[0], QColor(theme.header))
        for bottom in bottoms[:-1]:
            painter.fillRect(0, bottom, self.width(), 1, QColor(theme.line))
        if len(bottoms) > 1 and (self._choosing or self.hasFocus()):
            top, bottom = bottoms[self._row] + 1, bottoms[self._row + 1]
            painter.fillRect(0, top, self.width(), bottom - top, QColor(theme.selection))
            if self.hasFocus():
                self._paint_ring(painter, top, bottom)
        painter.end()

    def _paint_ring(self, painter: QPainter, top: int, bottom: int) -> None:
        cell = self.grid.cellRect(self._row + 1, self._column)
        painter.setPen(QPen(QColor(style.current().accent), 2))
        painter.drawRoundedRect(QRect(cell.left() - 6, top + 2, cell.width() + 12, bottom - top - 4), 4, 4)


def _words(part: QWidget) -> str:
    return part.text() if isinstance(part, QLabel | QPushButton) and part.text() else part.accessibleName()


def scrolled(inside: QWidget, name: str) -> QScrollArea:
    """Return a widget in a scroll area of the page's ground."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    if (
        layout := inside.layout()
    ):  # The ring of focus takes its room from the margins, so that edges stand in line.
        sides = layout.contentsMargins()
        layout.setContentsMargins(
            max(sides.left() - style.RING, 0), sides.top(), max(sides.right() - style.RING, 0), sides.bottom()
        )
    area.setWidget(inside)
    area.setAccessibleName(name)
    return area


def lines(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | QWidget]],
    empty: str,
    stretch: int,
    *,
    right: Sequence[int] = (),
) -> QWidget:
    """Return a small table of texts in a card, or one line when there are none."""
    if not rows:
        return Card(text(empty, "muted"))
    inside = Ruled(heads, right=right)
    fill(inside, rows, stretch)
    return Card(inside)


def fill(table: Ruled, rows: Sequence[Sequence[str | QWidget]], stretch: int) -> None:
    """Put rows of texts and parts into a table; the column that stretches also wraps."""
    for parts in rows:
        table.add(
            text(part, wrap=index == stretch, select=bool(part)) if isinstance(part, str) else part
            for index, part in enumerate(parts)
        )
    table.grid.setColumnStretch(stretch, 1)
