"""Small tables of texts, and what scrolls.

`lines(heads, rows, empty, stretch)` is a card with a small table; `Ruled` is the table itself, for rows made by hand.
Long lists are a `DataTable`.
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from ui.theme import style
from ui.widgets.basics import Card, text

_ABOVE = 7
"""Room between a text and the line above or below it."""


class Ruled(QWidget):
    """Texts and parts in columns under their heads, a line below each row."""

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__()
        self._rows: list[list[QWidget]] = []
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(8, _ABOVE, 8, _ABOVE)
        self.grid.setHorizontalSpacing(style.px(20))
        self.grid.setVerticalSpacing(2 * _ABOVE + 1)
        self.add(text(head, "secondary") for head in heads)

    def add(self, parts: Iterable[QWidget]) -> None:
        """Put a row below the others."""
        self._rows.append(list(parts))
        for index, part in enumerate(self._rows[-1]):
            side = Qt.AlignmentFlag.AlignVCenter
            if not isinstance(part, QLabel):
                side |= Qt.AlignmentFlag.AlignLeft
            self.grid.addWidget(part, len(self._rows) - 1, index, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground of the heads and the lines."""
        theme = style.current()
        painter = QPainter(self)
        for number, parts in enumerate(self._rows[:-1]):
            bottom = max(part.geometry().bottom() for part in parts) + _ABOVE
            if number == 0:
                painter.fillRect(0, 0, self.width(), bottom, QColor(theme.header))
            painter.fillRect(0, bottom, self.width(), 1, QColor(theme.line))
        painter.end()


def scrolled(inside: QWidget, name: str) -> QScrollArea:
    """Return a widget in a scroll area of the page's ground."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.setAccessibleName(name)
    return area


def lines(heads: Sequence[str], rows: Sequence[Sequence[str | QWidget]], empty: str, stretch: int) -> QWidget:
    """Return a small table of texts in a card, or one line when there are none."""
    if not rows:
        return Card(text(empty, "muted"))
    inside = Ruled(heads)
    for parts in rows:
        inside.add(
            text(part, wrap=index == stretch, select=bool(part)) if isinstance(part, str) else part
            for index, part in enumerate(parts)
        )
    inside.grid.setColumnStretch(stretch, 1)
    return Card(inside)
