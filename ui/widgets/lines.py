"""Small tables of texts, and what scrolls."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from ui.widgets.basics import Card, text


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
    inside = QWidget()
    grid = QGridLayout(inside)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(9)
    for index, head in enumerate(heads):
        grid.addWidget(text(head, "secondary"), 0, index)
    for number, parts in enumerate(rows, 1):
        for index, part in enumerate(parts):
            shown = text(part, wrap=index == stretch, select=True) if isinstance(part, str) else part
            side = (
                Qt.AlignmentFlag.AlignTop
                if isinstance(part, str)
                else Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            )
            grid.addWidget(shown, number, index, side)
    grid.setColumnStretch(stretch, 1)
    return Card(inside)
