"""A worker's jobs on a scale of months: bars for jobs, hatching for time without work, marks for services.

    line = TimeLine(); line.show_person(spells, services, on, gaps=True); line.spell_chosen.connect(…)

A service that took place is a dot, one declined or not reached a ring; a triangle is a return. Jobs at the same
time lie one below the other. The arrow keys go from job to job, Enter opens it; hovering tells.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QBrush,
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from caseworker_app.domain import divisions, money
from caseworker_app.domain.spans import add_months
from caseworker_app.read_models.people import ServiceLine, SpellLine
from caseworker_app.wording import ZH, _, label, language
from ui.theme import style, tokens

MONTHS = 24
_TOP, _BAR, _LANE = 24, 26, 18
_LANES = 3
_NARROW = 32
"""Months narrower than this are labelled every third one."""


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


def _lanes(spells: Sequence[SpellLine], on: date) -> dict[str, int]:
    """Return the lane of each job, so that jobs at the same time do not cover one another."""
    free: list[date] = []
    lanes: dict[str, int] = {}
    for spell in sorted(spells, key=lambda each: each.started_on):
        last = spell.ended_on or on
        lane = next((number for number, until in enumerate(free) if until < spell.started_on), len(free))
        if lane >= _LANES:
            lane = _LANES - 1
        if lane == len(free):
            free.append(last)
        free[lane] = max(free[lane], last)
        lanes[spell.id] = lane
    return lanes


class TimeLine(QWidget):
    """The last 24 months of one worker. Signals: spell_chosen(str) with the id of the bar clicked."""

    spell_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._spells: Sequence[SpellLine] = ()
        self._services: Sequence[ServiceLine] = ()
        self._lane: dict[str, int] = {}
        self._on = date(2024, 1, 1)
        self._gaps = True
        self._current = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Time line of jobs"))

    def show_person(
        self, spells: Sequence[SpellLine], services: Sequence[ServiceLine], on: date, *, gaps: bool
    ) -> None:
        """Show another person; `gaps` hatches the time without work of those who could work."""
        self._spells, self._services, self._on, self._gaps = spells, services, on, gaps
        self._current = ""
        self._lane = _lanes([each for each in spells if self._days(each)], on)
        self.updateGeometry()
        self.setAccessibleName(_("Time line of jobs"))
        self.setAccessibleDescription("；".join(_spell_line(spell) for spell in spells))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size it likes."""
        return QSize(800, round(self._dots()) + style.px(14))

    def _lane_height(self) -> float:
        return style.px(_LANE if max(self._lane.values(), default=0) else _BAR)

    def _bars(self) -> float:
        """Return the height of all lanes together."""
        return (max(self._lane.values(), default=0) + 1) * self._lane_height()

    def _dots(self) -> float:
        return style.px(_TOP) + self._bars() + style.px(11)

    # -- where things stand ------------------------------------------------------------------

    def _first(self) -> date:
        return add_months(self._on.replace(day=1), 1 - MONTHS)

    def _x(self, day: date) -> float:
        first, last = self._first(), add_months(self._on.replace(day=1), 1)
        return (day - first).days / (last - first).days * self.width()

    def _days(self, spell: SpellLine) -> tuple[date, date] | None:
        """Return the days of a job that are on the scale."""
        first, last = max(spell.started_on, self._first()), min(spell.ended_on or self._on, self._on)
        return (first, last) if first <= last else None

    def _bar(self, spell: SpellLine) -> QRectF | None:
        days = self._days(spell)
        if days is None:
            return None
        height = self._lane_height()
        left = self._x(days[0])
        width = max(self._x(days[1] + timedelta(days=1)) - left - 1, 4)
        return QRectF(left, style.px(_TOP) + self._lane[spell.id] * height, width, height)

    # -- painting ----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint months, gaps, bars and marks."""
        theme = style.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_months(painter, theme)
        if self._gaps:
            self._paint_gaps(painter, theme)
        for spell in self._spells:
            self._paint_spell(painter, theme, spell)
        for service in self._services:
            if self._first() <= service.on <= self._on:
                colour = QColor(theme.good if service.outcome == "done" else theme.secondary)
                painter.setPen(QPen(colour, 1.6))
                painter.setBrush(colour if service.outcome == "done" else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(self._x(service.on), self._dots()), 3.6, 3.6)
        painter.setPen(QPen(QColor(theme.stop), 1.2))
        painter.drawLine(
            QPointF(self._x(self._on), style.px(_TOP) - 4),
            QPointF(self._x(self._on), style.px(_TOP) + self._bars() + 4),
        )
        if self.hasFocus() and not self._current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_months(self, painter: QPainter, theme: tokens.Tokens) -> None:
        painter.setFont(style.font(tokens.SMALL - 1))
        every = 1 if self.width() / MONTHS >= style.px(_NARROW) else 3
        for number in range(MONTHS):
            month = add_months(self._first(), number)
            left = round(self._x(month)) + 0.5
            painter.setPen(QColor(theme.line))
            painter.drawLine(QPointF(left, 4), QPointF(left, self.height() - 4))
            if month.month % every == 1 % every:
                painter.setPen(QColor(theme.secondary))
                painter.drawText(
                    QPointF(left + 4, style.px(14)), _month_words(month, with_year=month.month == 1)
                )

    def _paint_gaps(self, painter: QPainter, theme: tokens.Tokens) -> None:
        ground = QRectF(0, style.px(_TOP), self._x(self._on), self._bars())
        hatch = QColor(theme.attention)
        hatch.setAlpha(70)
        painter.setPen(Qt.PenStyle.NoPen)
        for brush in (QBrush(QColor(theme.attention_soft)), QBrush(hatch, Qt.BrushStyle.BDiagPattern)):
            painter.setBrush(brush)
            painter.drawRoundedRect(ground, 4, 4)

    def _paint_spell(self, painter: QPainter, theme: tokens.Tokens, spell: SpellLine) -> None:
        bar = self._bar(spell)
        if bar is None:
            return
        painter.setPen(QPen(QColor(theme.surface), 2))
        painter.setBrush(QColor(theme.secondary if spell.kind == "farming" else theme.accent))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setPen(QColor(theme.on_accent))
        painter.setFont(style.font(tokens.SMALL if bar.height() > style.px(20) else tokens.SMALL - 1))
        inside = bar.adjusted(8, 0, -8, 0)
        metrics = QFontMetrics(painter.font())
        words = metrics.elidedText(spell_words(spell), Qt.TextElideMode.ElideRight, int(inside.width()))
        if inside.width() > 24:
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        if self.hasFocus() and spell.id == self._current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.drawRoundedRect(bar.adjusted(1, 1, -1, -1), 4, 4)
        if spell.came_home and spell.ended_on and self._first() <= spell.ended_on <= self._on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.stop))
            x, y = self._x(spell.ended_on), self._dots()
            painter.drawPolygon([QPointF(x - 5, y + 4), QPointF(x + 5, y + 4), QPointF(x, y - 5)])

    # -- choosing ----------------------------------------------------------------------------

    def _at(self, position: QPoint) -> SpellLine | ServiceLine | None:
        for service in self._services:
            if abs(self._x(service.on) - position.x()) < 6 and abs(self._dots() - position.y()) < 9:
                return service
        under = (
            spell for spell in self._spells if (bar := self._bar(spell)) and bar.contains(QPointF(position))
        )
        return next(under, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the bar under the pointer."""
        found = self._at(event.position().toPoint())
        if isinstance(found, SpellLine):
            self._current = found.id
            self.spell_chosen.emit(found.id)
            self.update()

    def focusInEvent(self, event: object) -> None:
        """Begin with the latest job."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        shown = self._shown()
        if shown and not self._current:
            self._go(shown[-1])

    def _shown(self) -> list[SpellLine]:
        return sorted((each for each in self._spells if self._days(each)), key=lambda each: each.started_on)

    def _go(self, spell: SpellLine) -> None:
        self._current = spell.id
        self.setAccessibleName(_("Time line of jobs: {job}").format(job=_spell_line(spell)))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from job to job, open one."""
        shown = self._shown()
        ids = [each.id for each in shown]
        here = ids.index(self._current) if self._current in ids else -1
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and shown:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._go(shown[min(max(here + step, 0), len(shown) - 1)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here >= 0:
            self.spell_chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell what stands under the pointer."""
        if not isinstance(event, QHelpEvent):
            return super().event(event)
        found = self._at(event.pos())
        if isinstance(found, SpellLine):
            QToolTip.showText(event.globalPos(), _spell_line(found), self)
        elif found:
            outcome = label("service_outcome", found.outcome)
            words = f"{found.on} {label('service_kind', found.kind)} {outcome} {found.vacancy or found.note}"
            QToolTip.showText(event.globalPos(), words.strip(), self)
        else:
            QToolTip.hideText()
        return True


def _spell_line(spell: SpellLine) -> str:
    until = spell.ended_on.isoformat() if spell.ended_on else _("now")
    return f"{spell.started_on} – {until} {spell_words(spell)}"


def _month_words(month: date, *, with_year: bool) -> str:
    if not with_year:
        return str(month.month)
    return f"{month:%y}年1" if language() == ZH else f"1/{month:%y}"
