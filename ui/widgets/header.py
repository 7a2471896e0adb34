"""The header of a list: a click sorts, Shift and a click sorts further, the funnel filters.

What stands in it is a `Head`, shared by all views of a table; the list that owns the table fills it:

    table.head.show(order, filtered, known); table.head.sort_asked.connect(…); table.head.filter_asked.connect(…)
"""

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from ui.models.windowed import WindowedTableModel
from ui.theme import style, tokens

_FUNNEL = 20
_PAD = 8


class Head(QObject):
    """How a list is sorted and filtered, as its header shows it.

    Signals: sort_asked(str, bool) with a column and whether it comes after those sorted by already;
    filter_asked(str) with a column; changed() when another state is to be shown.
    """

    sort_asked = Signal(str, bool)
    filter_asked = Signal(str)
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.known: Collection[str] = ()
        self.filtered: Collection[str] = ()
        self._order: list[tuple[str, bool]] = []

    def show(
        self, order: Sequence[tuple[str, bool]], filtered: Collection[str], known: Collection[str]
    ) -> None:
        """Show by which columns the list is sorted (and whether downwards), which filter it, and which could."""
        self._order, self.filtered, self.known = list(order), filtered, known
        self.changed.emit()

    def mark(self, key: str) -> str:
        """Return the arrow of a column, with its place among several."""
        for place, (each, down) in enumerate(self._order, 1):
            if each == key:
                return ("↓" if down else "↑") + (str(place) if len(self._order) > 1 else "")
        return ""


class ListHeader(QHeaderView):
    """The header of a table, painted with the marks of its `Head`."""

    def __init__(self, parent: QWidget, head: Head) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._head = head
        self._further = False
        self._hovered = -1
        self.setMouseTracking(True)
        self.sectionClicked.connect(self._clicked)
        head.changed.connect(self.viewport().update)

    def _key(self, section: int) -> str:
        model = self.model()
        assert isinstance(model, WindowedTableModel)
        return model.columns[section].key if 0 <= section < len(model.columns) else ""

    def _clicked(self, section: int) -> None:
        if (key := self._key(section)) in self._head.known:
            self._head.sort_asked.emit(key, self._further)

    def funnel(self, section: int) -> QRect:
        """Return where the funnel of a section stands."""
        size = style.px(_FUNNEL)
        right = self.sectionViewportPosition(section) + self.sectionSize(section)
        return QRect(right - size - style.px(5), (self.height() - size) // 2, size, size)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the filter of a funnel; remember whether Shift was held."""
        spot = event.position().toPoint()
        section = self.logicalIndexAt(spot)
        self._further = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self._key(section) in self._head.known and self.funnel(section).contains(spot):
            self._head.filter_asked.emit(self._key(section))
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the funnel of the section below the cursor."""
        section = self.logicalIndexAt(event.position().toPoint())
        if section != self._hovered:
            self._hovered = section
            self.viewport().update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Show no funnel but those of filters."""
        self._hovered = -1
        self.viewport().update()
        super().leaveEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803 - Qt's names
        """Paint ground, words, arrow and funnel."""
        if not rect.isValid():
            return
        theme = style.current()
        model = self.model()
        key = self._key(logicalIndex)
        painter.save()
        painter.fillRect(rect, QColor(theme.header))
        painter.setPen(QColor(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.right(), rect.top() + style.px(8), rect.right(), rect.bottom() - style.px(8))
        mark, filtered = self._head.mark(key), key in self._head.filtered
        funnel = filtered or (logicalIndex == self._hovered and key in self._head.known)
        room = QRectF(rect.adjusted(style.px(_PAD), 0, -style.px(_PAD), 0))
        if funnel:
            self._paint_funnel(painter, QRectF(self.funnel(logicalIndex)), filled=filtered)
            room.setRight(self.funnel(logicalIndex).left() - 1)
        font = style.font(tokens.SMALL, strong=bool(mark or filtered))
        metrics = QFontMetrics(font)
        painter.setFont(font)
        width = metrics.horizontalAdvance(mark) + style.px(3) if mark else 0
        role = int(Qt.ItemDataRole.TextAlignmentRole)
        right = bool(int(self._said(model, logicalIndex, role)) & int(Qt.AlignmentFlag.AlignRight.value))
        words = metrics.elidedText(
            str(self._said(model, logicalIndex, int(Qt.ItemDataRole.DisplayRole))),
            Qt.TextElideMode.ElideRight,
            max(int(room.width()) - width, 0),
        )
        begin = room.right() - metrics.horizontalAdvance(words) - width if right else room.left()
        middle = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(QColor(theme.text if mark or filtered else theme.secondary))
        painter.drawText(QRectF(begin, room.top(), room.width(), room.height()), middle, words)
        if mark:
            painter.setPen(QColor(theme.accent))
            begin += metrics.horizontalAdvance(words) + style.px(3)
            painter.drawText(QRectF(begin, room.top(), width + 4, room.height()), middle, mark)
        painter.restore()

    def _said(self, model: Any, section: int, role: int) -> Any:  # noqa: ANN401 - as models answer
        return model.headerData(section, Qt.Orientation.Horizontal, role) or 0

    def _paint_funnel(self, painter: QPainter, area: QRectF, *, filled: bool) -> None:
        """Paint the funnel: outlined as an offer, filled where it filters."""
        theme = style.current()
        unit = area.width() / 20
        shape = QPolygonF(
            [
                QPointF(area.left() + x * unit, area.top() + y * unit)
                for x, y in ((4, 5), (16, 5), (11.5, 10.5), (11.5, 15.5), (8.5, 14), (8.5, 10.5))
            ]
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.accent if filled else theme.secondary), 1.2))
        painter.setBrush(QColor(theme.accent) if filled else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(shape)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
