"""The parts of the page of the day: a ring that fills, and a line that leads to a record."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from caseworker_app.read_models.today import Ring
from caseworker_app.wording import _
from ui.theme import style, tokens
from ui.widgets.basics import column, row, text

_RING, _STROKE = 72, 8
_LINE, _NAME, _GAP = 30, 72, 12


class RingPicture(QWidget):
    """A share as a ring, its percent inside."""

    def __init__(self, tone: str) -> None:
        super().__init__()
        self._tone = tone
        self._percent: int | None = None
        self.setFixedSize(style.px(_RING), style.px(_RING))

    def show_share(self, percent: int, words: str) -> None:
        """Show another share."""
        self._percent = percent
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring and the figure."""
        theme = style.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stroke = style.px(_STROKE)
        area = QRectF(self.rect()).adjusted(stroke / 2 + 1, stroke / 2 + 1, -stroke / 2 - 1, -stroke / 2 - 1)
        painter.setPen(QPen(QColor(theme.quiet_soft), stroke))
        painter.drawEllipse(area)
        if self._percent:
            ink, _ground = tokens.tone(theme, self._tone)
            painter.setPen(
                QPen(QColor(ink), stroke, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
                if self._percent < 100
                else QPen(QColor(ink), stroke)
            )
            painter.drawArc(area, 90 * 16, -self._percent * 360 * 16 // 100)
        painter.setPen(QColor(theme.text))
        painter.setFont(style.font(tokens.SECTION, strong=True))
        figure = "" if self._percent is None else f"{self._percent}%"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, figure)
        painter.end()


class RingFigure(QWidget):
    """A ring with what it measures beside it."""

    def __init__(self, title: str, tone: str) -> None:
        super().__init__()
        self._title = title
        self._picture = RingPicture(tone)
        self._words = text(_("Reading…"), "secondary", wrap=True)
        self._words.setMinimumWidth(style.px(80))
        beside = row(self._picture, space=_GAP)
        beside.addLayout(column(None, text(title, "section"), self._words, None, space=2), 1)
        self.setLayout(beside)

    def show_ring(self, ring: Ring, words: str) -> None:
        """Show another share with its words."""
        self._words.setText(words)
        self._picture.show_share(ring.percent, f"{self._title} {ring.percent}% {words}")


class Line(QAbstractButton):
    """One who waits: name, why, and what is done about it at the right; the keys act on the line in focus.

    Signals: opened(), acted(), moved(int) by how many lines, entered() when it takes the focus.
    """

    opened = Signal()
    acted = Signal()
    moved = Signal(int)
    entered = Signal()

    def __init__(self, name: str, reason: str, action: str) -> None:
        super().__init__()
        self._name, self._reason, self._action = name, reason, action
        self.setText(f"{name} {reason}")
        self.setAccessibleName(f"{name} {reason}")
        self.setAccessibleDescription(f"{action} (R)" if action else "")
        self.setToolTip(f"{name}  {reason}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of a line."""
        return QSize(style.px(260), style.px(_LINE))

    def _action_width(self) -> int:
        return QFontMetrics(style.font(tokens.TEXT)).horizontalAdvance(self._action)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint name, reason and action with the line below."""
        theme = style.current()
        painter = QPainter(self)
        area = QRectF(self.rect())
        if self.underMouse() or self.hasFocus():
            painter.fillRect(area, QColor(theme.selection if self.hasFocus() else theme.header))
        painter.setPen(QColor(theme.line))
        painter.drawLine(area.bottomLeft() - QPointF(0, 0.5), area.bottomRight() - QPointF(0, 0.5))
        painter.setFont(style.font(tokens.TEXT))
        metrics = painter.fontMetrics()
        inner = area.adjusted(style.px(4), 0, -style.px(4), 0)
        aside = self._action_width()
        room = inner.width() - aside - style.px(_GAP)
        name_width = min(style.px(_NAME), room / 3)
        reason = QRectF(
            inner.left() + name_width + style.px(_GAP), 0, room - name_width - style.px(_GAP), inner.height()
        )
        for words, where, colour in (
            (self._name, QRectF(inner.left(), 0, name_width, inner.height()), theme.text),
            (self._reason, reason, theme.secondary),
            (self._action, QRectF(inner.right() - aside, 0, aside + 1, inner.height()), theme.accent),
        ):
            painter.setPen(QColor(colour))
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(where.width()) + 1)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the record, R or Space does what the line offers, arrows go to the other lines."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key in (Qt.Key.Key_R, Qt.Key.Key_Space) and not event.modifiers():
            self.acted.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.moved.emit(10_000 if key == Qt.Key.Key_End else -10_000)
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the action does it, elsewhere it opens the record."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            beside = self.width() - self._action_width() - style.px(_GAP)
            (self.acted if event.position().x() >= beside else self.opened).emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keys act here."""
        super().focusInEvent(event)
        self.entered.emit()
