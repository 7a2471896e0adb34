"""A day, typed as people type it (2024.3.5, 20240305, 2024年3月5日) or moved with the arrow keys."""

from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from caseworker_app.exchange import check
from caseworker_app.wording import _


class DayEdit(QLineEdit):
    """Holds a day or nothing. Signals: day_changed(object) with a date or None once a typed day is whole."""

    day_changed = Signal(object)

    def __init__(self, day: date | None, *, optional: bool = False) -> None:
        super().__init__()
        self._day = day
        self._optional = optional
        self.setFixedWidth(118)
        self.setText(day.isoformat() if day else "")
        self.setPlaceholderText(_("for now") if optional else "2024-10-31")
        self.setToolTip(_("A day such as 2024.3.5; ↑ and ↓ move by one day"))
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

    def _settle(self) -> None:
        try:
            found = self.day()
        except ValueError:
            self.setText(self._day.isoformat() if self._day else "")
            return
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
