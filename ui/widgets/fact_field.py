"""Facts that are changed where they stand.

    card = Facts(context, _("Contact"), ["person.phone", "person.card_number"])
    card.show_facts({"person.phone": Fact(person, "13800000000")})

A click, Enter or F2 opens the editor of a field, Enter saves at once, Esc leaves it, Tab saves and goes on. What is
wrong is said below the field and keeps what was typed. A fact that holds from a day on asks since when.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QSizePolicy, QWidget

from caseworker_app.domain import identity, money
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.read_models.cells import Applied, Edit
from caseworker_app.read_models.pages import Fact
from caseworker_app.use_cases import cells
from caseworker_app.wording import _
from ui.context import Context
from ui.theme import style
from ui.widgets import editors
from ui.widgets.basics import Card, clear, column, row, text
from ui.widgets.day_edit import DayEdit

MASKS: dict[str, Callable[[str], str]] = {
    "identity": identity.masked,
    "phone": identity.masked_phone,
    "card": identity.masked_card,
}
"""What hides a number until it is asked for, by the kind of its field."""


class FactField(QWidget):
    """One fact with its label, changed where it stands."""

    def __init__(self, context: Context, key: str, *, narrow: bool = False) -> None:
        super().__init__()
        self.key = key
        self._context = context
        self._field = cells.FIELDS[key]
        self._dated = bool(self._field.attribute)
        self._fact = Fact("", "")
        self._revealed = False
        self._editor: QLineEdit | None = None
        self._since: DayEdit | None = None
        self._saving = False
        self._caption = text(self._field.title, "secondary", wrap=True)
        self._caption.setFixedWidth(style.px(84 if narrow else 96))
        self._value = text("", wrap=True)
        self._value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        self._place = row(space=8)
        line = row(self._caption, space=8)
        line.addWidget(self._value, 1)
        line.addLayout(self._place)
        self.setLayout(column(line, self._wrong, space=2, margins=(6, 4, 6, 4)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(style.px(30))
        self.setToolTip(_("F2 or Enter changes this"))
        self.show_fact(self._fact)

    # -- showing -----------------------------------------------------------------------------

    def show_fact(self, fact: Fact) -> None:
        """Show what the field says now; what is being typed stays."""
        self._fact = fact
        self._say()

    def reveal(self, *, shown: bool) -> None:
        """Show a number in full, or masked again."""
        self._revealed = shown
        self._say()

    def words(self) -> str:
        """Return what is read here."""
        said = self._fact.text
        mask = MASKS.get(self._field.kind)
        if mask and said and not self._revealed:
            said = mask(said)
        if self._field.kind == "money" and said:
            said = _("{amount} yuan").format(amount=money.shown(money.fen(said)))
        if self._dated and said and self._fact.since:
            said = _("{value}, since {day}").format(value=said, day=self._fact.since)
        return said or "—"

    def _say(self) -> None:
        said = self.words()
        self._value.setText(said)
        self._value.setProperty("role", "muted" if said == "—" else "")
        self._value.style().unpolish(self._value)
        self._value.style().polish(self._value)
        self.setAccessibleName(f"{self._field.title} {said}")

    # -- typing ------------------------------------------------------------------------------

    @property
    def editing(self) -> bool:
        """Whether the editor is open."""
        return self._editor is not None

    def edit(self) -> None:
        """Open the editor."""
        if self._editor is not None or not self._fact.record:
            return
        self._editor = editors.make(self, self.key)
        if isinstance(self._editor, DayEdit) and self._fact.text:
            self._editor.set_day(date.fromisoformat(self._fact.text))
        else:
            self._editor.setText(self._fact.text)
        self._editor.selectAll()
        self._editor.setMinimumWidth(style.px(110))
        self._editor.returnPressed.connect(self._entered)
        self._value.hide()
        self._place.addWidget(self._editor, 1)
        if self._dated:
            self._since = DayEdit(self._context.today)
            self._since.setAccessibleName(_("Since"))
            self._place.addWidget(text(_("since"), "secondary"))
            self._place.addWidget(self._since)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        QApplication.instance().focusChanged.connect(self._left)  # type: ignore[union-attr]
        if self._field.code_list:
            self._offer()

    def _offer(self) -> None:
        """Show the whole list at once; what is chosen from it is saved, unless it asks since when."""
        completer = self._editor.completer() if self._editor else None
        if completer is not None:
            completer.setCompletionPrefix("")
            completer.complete()
            if not self._dated:
                completer.activated.connect(self.save, Qt.ConnectionType.QueuedConnection)

    def _entered(self) -> None:
        """Save what was typed while the list of offers was open and none of them was chosen."""
        completer = self._editor.completer() if self._editor else None
        offers = completer.popup() if completer is not None else None
        if offers is not None and offers.isVisible() and not offers.currentIndex().isValid():
            offers.hide()
            self.save()

    def close_editor(self) -> None:
        """Leave the editor; what was typed and not saved is gone."""
        if self._editor is None:
            return
        had_focus = self._holds(QApplication.focusWidget())
        QApplication.instance().focusChanged.disconnect(self._left)  # type: ignore[union-attr]
        self._editor, self._since = None, None
        clear(self._place)
        self._mark("")
        self._value.show()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _holds(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    def _left(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Save what was typed when the keys have gone elsewhere, not to a list that belongs to the editor."""
        if now is not None and not self._holds(now) and self.window() is now.window():
            self.save()

    def save(self) -> None:
        """Write what was typed; nothing when it says what stands there."""
        if self._editor is None or self._saving:
            return
        words, since = self._editor.text().strip(), None
        if words == self._fact.text:
            self.close_editor()
            return
        if self._since is not None:
            try:
                since = self._since.day()
            except ValueError:
                self._mark(_("The day is not complete, for example 2024-10-31."))
                return
        self._saving = True
        context, edits, on = self._context, [Edit(self._fact.record, self.key, words)], since
        title = self._field.title
        said = _("Changed: {what}").format(what=title)

        def done(result: tuple[object, Applied]) -> None:
            applied = result[1]
            if not applied.problems and applied.changed.change_set:
                proposed = _("Put to the village as a proposal: {what}").format(what=title)
                context.messages.done(proposed if applied.proposed else said, context.undo)
            if shiboken6.isValid(self):
                self._settle(applied)

        def failed(error: ExpectedError) -> None:
            if shiboken6.isValid(self):
                self._saving = False
                self._mark(error_text(error))
            else:
                context.messages.error(error)

        def write(_progress: object) -> tuple[object, Applied]:
            applied = cells.apply(context.desk, edits, on=on)
            return applied.changed, applied

        context.runner.write(write, done, failed)

    def _settle(self, applied: Applied) -> None:
        self._saving = False
        if applied.problems:
            self._mark(applied.problems[0].message)
            if self._editor is not None:
                self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.close_editor()

    def _mark(self, reason: str) -> None:
        """Say what is wrong below the editor."""
        self._wrong.setText(reason)
        self._wrong.setVisible(bool(reason))
        if self._editor is not None:
            self._editor.setProperty("invalid", bool(reason))
            self._editor.setAccessibleDescription(reason)
            self._editor.style().unpolish(self._editor)
            self._editor.style().polish(self._editor)

    # -- keys and mouse ----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and F2 open, Enter saves, Esc leaves; the arrow keys go from field to field."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self.editing:
            if enter:
                self.save()
            elif event.key() == Qt.Key.Key_Escape:
                self.close_editor()
            else:
                super().keyPressEvent(event)
        elif enter or event.key() == Qt.Key.Key_F2:
            self.edit()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the editor."""
        if self.rect().contains(event.position().toPoint()):
            self.edit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide where the keys were."""
        super().focusOutEvent(event)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that a click changes this."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show it no more."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground under the mouse and the ring of the keys."""
        theme = style.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() and not self.editing:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.quiet_soft))
            painter.drawRoundedRect(area, 5, 5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRoundedRect(area, 5, 5)
        painter.end()


class Facts(Card):
    """Facts of one record, or of a person and what belongs to it, in a card."""

    def __init__(self, context: Context, title: str, keys: Sequence[str], *, columns: int = 1) -> None:
        super().__init__(space=6, margins=(10, 10, 10, 8))
        self.fields = {key: FactField(context, key, narrow=columns > 2) for key in keys}
        self._title = text(title, "section")
        self._title.setContentsMargins(style.px(6), 0, 0, 0)
        self._title.setVisible(bool(title))
        self.setAccessibleName(title)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.px(12))
        grid.setVerticalSpacing(style.px(2))
        for number, field in enumerate(self.fields.values()):
            grid.addWidget(field, number // columns, number % columns, Qt.AlignmentFlag.AlignTop)
        for each in range(columns):
            grid.setColumnStretch(each, 1)
        self.box().addWidget(self._title)
        self.box().addLayout(grid)

    def show_facts(self, facts: Mapping[str, Fact]) -> None:
        """Show what the fields say now."""
        for key, field in self.fields.items():
            field.show_fact(facts.get(key, Fact("", "")))

    def leave(self) -> None:
        """Leave every editor: another record is shown."""
        for field in self.fields.values():
            field.close_editor()

    def reveal(self, *, shown: bool) -> None:
        """Show numbers in full, or masked again."""
        for field in self.fields.values():
            field.reveal(shown=shown)


def facts_of(keys: Sequence[str], record: str, values: dict[str, Any]) -> dict[str, Fact]:
    """Return the facts of a record from its columns."""
    return {key: Fact(record, cells.shown(cells.FIELDS[key], values)) for key in keys}
