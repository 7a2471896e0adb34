"""An entitlement as a card, and the reasons it rests on as a table."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from caseworker_app.domain import money
from caseworker_app.policy import explain
from caseworker_app.policy.answer import Entitlement, Outcome, Reason, State
from caseworker_app.policy.pack import Item
from caseworker_app.wording import _, _n
from ui import icons
from ui.theme import style
from ui.widgets.basics import Card, Pill, row, text
from ui.widgets.lines import Ruled


def standing(entitlement: Entitlement) -> tuple[str, str]:
    """Return the word and the tone of an answer."""
    if entitlement.claimed:
        return _("Claimed"), "quiet"
    if entitlement.state is State.ELIGIBLE:
        return _("Can be claimed"), "accent"
    if entitlement.state is State.UNKNOWN:
        count = len({each.field for each in entitlement.missing})
        return _n("{count} fact missing", "{count} facts missing", count).format(count=count), "attention"
    return _("Not entitled"), "quiet"


class EntitlementCard(Card):
    """Item, amount, one sentence why. Signals: chosen() when picked by mouse or key."""

    chosen = Signal()

    def __init__(self, item: Item, entitlement: Entitlement) -> None:
        word, tone = standing(entitlement)
        title = text(item.name, wrap=True)
        why = text(explain.why(entitlement), "secondary", wrap=True)
        line = row(title, Pill(word, tone), space=8)
        line.setStretch(0, 1)
        parts: list[Any] = [line]
        if entitlement.amount:
            parts.append(text(_("{amount} yuan").format(amount=money.shown(entitlement.amount)), "large"))
        parts.append(why)
        super().__init__(*parts, space=4, margins=(14, 10, 14, 10))
        self.setProperty("tone", tone)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{item.name} {word} {explain.why(entitlement)}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def mark(self, *, chosen: bool) -> None:
        """Show whether this card is the one whose reasons are open."""
        self.setProperty("chosen", chosen)
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Open the reasons."""
        self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the reasons by key."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


_MARKS: dict[Outcome, tuple[str, Callable[[], str]]] = {
    Outcome.PASSED: ("check", lambda: style.current().good),
    Outcome.FAILED: ("cross", lambda: style.current().stop),
    Outcome.UNKNOWN: ("question", lambda: style.current().attention),
}
_REMINDS: tuple[str, Callable[[], str]] = ("alert", lambda: style.current().attention)


class ReasonTable(Ruled):
    """Condition, what is required, what the ledger says, and where it is written."""

    def __init__(self, entitlement: Entitlement) -> None:
        super().__init__(("", _("Condition"), _("Required"), _("In the ledger"), _("Written in")))
        for reason in entitlement.reasons:
            self.add(
                (
                    self._mark(reason),
                    text(explain.condition_text(reason)),
                    text(explain.required_text(reason), "muted", wrap=True),
                    text(explain.found_text(reason), wrap=True, select=True),
                    text(reason.clause, "muted"),
                )
            )
        self.grid.setColumnStretch(2, 2)
        self.grid.setColumnStretch(3, 4)

    def _mark(self, reason: Reason) -> QLabel:
        mark = QLabel()
        reminds = reason.warns and reason.outcome is Outcome.FAILED
        name, colour = _REMINDS if reminds else _MARKS[reason.outcome]
        mark.setPixmap(icons.pixmap(name, colour(), style.px(16), self.devicePixelRatioF()))
        words = {
            Outcome.PASSED: _("met"),
            Outcome.FAILED: _("to be looked at; does not bar") if reminds else _("not met"),
            Outcome.UNKNOWN: _("not known"),
        }[reason.outcome]
        mark.setToolTip(words)
        mark.setAccessibleName(words)
        return mark
