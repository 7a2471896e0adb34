"""A worker's jobs on a scale of months: bars for jobs, hatching for time without work, dots for services."""

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from caseworker_app.domain import divisions, money
from caseworker_app.domain.spans import add_months
from caseworker_app.read_models.people import ServiceLine, SpellLine
from caseworker_app.wording import _, label
from ui.theme import style
from ui.theme import tokens as T

MONTHS = 24
_TOP, _BAR, _DOTS = 20, 26, 58


def spell_words(spell: SpellLine) -> str:
    """Return a job in one line: place, employer, wage, contract."""
    parts = [
        divisions.full_name(spell.place_code, " ") or spell.place_text,
        spell.employer,
        _("{amount} yuan a month").format(amount=money.shown(spell.wage)) if spell.wage else "",
        "" if spell.contract is None else _("contract signed") if spell.contract else _("no contract"),
        _("sent point to point") if spell.point_to_point else "",
    ]
    return " · ".join(part for part in parts if part)


class TimeLine(QWidget):
    """The last 24 months of one worker. Signals: spell_chosen(str) with the id of the bar clicked."""

    spell_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._spells: Sequence[SpellLine] = ()
        self._services: Sequence[ServiceLine] = ()
        self._on = date(2024, 1, 1)
        self._gaps = True
        self.setMinimumHeight(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Time line of jobs"))

    def show_person(self, spells: Sequence[SpellLine], services: Sequence[ServiceLine], on: date, *, gaps: bool) -> None:
        """Show another person; `gaps` hatches the time without work of those who could work."""
        self._spells, self._services, self._on, self._gaps = spells, services, on, gaps
        words = "；".join(f"{spell.started_on} {spell.ended_on or ''} {spell_words(spell)}" for spell in spells)
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size it likes."""
        return QSize(800, 72)

    def _first(self) -> date:
        return add_months(self._on.replace(day=1), 1 - MONTHS)

    def _x(self, day: date) -> float:
        first, last = self._first(), add_months(self._on.replace(day=1), 1)
        return (day - first).days / (last - first).days * self.width()

    def _bar(self, spell: SpellLine) -> QRectF | None:
        first, last = max(spell.started_on, self._first()), min(spell.ended_on or self._on, self._on)
        if last < first:
            return None
        return QRectF(self._x(first), _TOP + 4, max(self._x(last + timedelta(days=1)) - self._x(first) - 1, 4), _BAR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint months, gaps, bars and dots."""
        theme = style.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(style.font(T.SMALL - 1))
        for number in range(MONTHS):
            month = add_months(self._first(), number)
            left = self._x(month)
            painter.setPen(QColor(theme.line))
            painter.drawLine(QPointF(left, 4), QPointF(left, self.height() - 4))
            painter.setPen(QColor(theme.secondary))
            words = f"{month:%y}年{month.month}" if month.month == 1 or number == 0 else str(month.month)
            painter.drawText(QPointF(left + 4, 14), words)
        if self._gaps:
            ground = QRectF(0, _TOP + 4, self._x(self._on), _BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.attention_soft))
            painter.drawRoundedRect(ground, 4, 4)
            hatch = QColor(theme.attention)
            hatch.setAlpha(70)
            painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(ground, 4, 4)
        for spell in self._spells:
            self._paint_spell(painter, spell)
        for service in self._services:
            if self._first() <= service.on <= self._on:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.good if service.outcome == "done" else theme.secondary))
                painter.drawEllipse(QPointF(self._x(service.on), _DOTS + 2), 4, 4)
        painter.setPen(QPen(QColor(theme.stop), 1.2))
        painter.drawLine(QPointF(self._x(self._on), _TOP), QPointF(self._x(self._on), _TOP + _BAR + 8))
        painter.end()

    def _paint_spell(self, painter: QPainter, spell: SpellLine) -> None:
        theme = style.current()
        bar = self._bar(spell)
        if bar is None:
            return
        painter.setPen(QPen(QColor(theme.surface), 2))
        painter.setBrush(QColor(theme.secondary if spell.kind == "farming" else theme.accent))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setPen(QColor(theme.on_accent))
        painter.setFont(style.font(T.SMALL))
        inside = bar.adjusted(8, 0, -8, 0)
        words = QFontMetrics(painter.font()).elidedText(spell_words(spell), Qt.TextElideMode.ElideRight, int(inside.width()))
        if inside.width() > 24:
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        if spell.came_home and spell.ended_on and self._first() <= spell.ended_on <= self._on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.stop))
            x = self._x(spell.ended_on)
            painter.drawPolygon([QPointF(x - 5, _DOTS + 6), QPointF(x + 5, _DOTS + 6), QPointF(x, _DOTS - 3)])

    def _at(self, position: QPoint) -> SpellLine | ServiceLine | None:
        for service in self._services:
            if abs(self._x(service.on) - position.x()) < 6 and abs(_DOTS - position.y()) < 9:
                return service
        return next((spell for spell in self._spells if (bar := self._bar(spell)) and bar.contains(QPointF(position))), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the bar under the pointer."""
        found = self._at(event.position().toPoint())
        if isinstance(found, SpellLine):
            self.spell_chosen.emit(found.id)

    def event(self, event: object) -> bool:
        """Tell what stands under the pointer."""
        if isinstance(event, QHelpEvent):
            found = self._at(event.pos())
            if isinstance(found, SpellLine):
                until = found.ended_on.isoformat() if found.ended_on else _("now")
                QToolTip.showText(event.globalPos(), f"{found.started_on} – {until}\n{spell_words(found)}", self)
            elif found:
                QToolTip.showText(event.globalPos(), f"{found.on} {label('service_kind', found.kind)} {found.vacancy or found.note}", self)
            else:
                QToolTip.hideText()
            return True
        return bool(super().event(event))  # type: ignore[arg-type]
