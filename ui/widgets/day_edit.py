"""A day, typed as people type it (2024.3.5, 20240305, 2024年3月5日) or moved with the arrow keys.

What is no day stays as it was typed, marked, until it is put right: it is never exchanged for another day behind
the typist's back. `day()` then raises ValueError.
"""

from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from caseworker_app.exchange import check
from caseworker_app.wording import _
from ui.theme import style


class DayEdit(QLineEdit):
    """Holds a day or nothing. Signals: day_changed(object) with a date or None once a typed day is whole."""

    day_changed = Signal(object)

    def __init__(self, day: date | None, *, optional: bool = False) -> None:
        super().__init__()
        self._day = day
        self._optional = optional
        self.setFixedWidth(style.px(118))
        self.setText(day.isoformat() if day else "")
        self.setPlaceholderText(_("for now") if optional else "2024-10-31")
        self._hint = _("A day such as 2024.3.5; ↑ and ↓ move by one day")
        self.setToolTip(self._hint)
        self.setAccessibleDescription(self._hint)
        self.editingFinished.connect(self._settle)

    def day(self) -> date | None:
        """Return the day typed, None when empty; ValueError when it is none."""
        typed = self.text().strip()
        if not typed:
            if self._optional:
                return None
            raise ValueError(typed)
        try:
            found = check.first_day(typed).value
        except check.Refused as error:
            raise ValueError(typed) from error
        assert isinstance(found, date)
        return found

    def set_day(self, day: date | None) -> None:
        """Show a day."""
        self._day = day
        self.setText(day.isoformat() if day else "")
        self._mark(wrong=False)

    def _mark(self, *, wrong: bool) -> None:
        self.setProperty("invalid", wrong)
        self.setAccessibleDescription(
            _("This is not a day, for example 2024-10-31.") if wrong else self._hint
        )
        self.setToolTip(self.accessibleDescription())
        self.style().unpolish(self)
        self.style().polish(self)

    def _settle(self) -> None:
        try:
            found = self.day()
        except ValueError:
            self._mark(wrong=True)
            return
        self._mark(wrong=False)
        self.setText(found.isoformat() if found else "")
        if found != self._day:
            self._day = found
            self.day_changed.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by one day with the arrow keys."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._day:
            moved = self._day + timedelta(days=1 if event.key() == Qt.Key.Key_Up else -1)
            self.setText(moved.isoformat())
            self._settle()
        else:
            super().keyPressEvent(event)
