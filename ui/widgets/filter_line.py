"""The box above a list that narrows it to what is typed."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from caseworker_app.wording import _
from ui.theme import style

_PAUSE_MS = 180


class FilterLine(QLineEdit):
    """A box for filtering. Signals: rested() when the typing rests."""

    rested = Signal()

    def __init__(self, hint: str, width: int = 230) -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setToolTip(hint)
        self.setAccessibleName(_("Filter here"))
        self.setClearButtonEnabled(True)
        self.setFixedWidth(style.px(width))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.rested)
        self.textChanged.connect(lambda _typed: self._timer.start())

    def typed(self) -> str:
        """Return what was typed."""
        return self.text().strip()

    def put(self, words: str) -> None:
        """Show other words without telling of them."""
        self.blockSignals(True)
        self.setText(words)
        self.blockSignals(False)
        self._timer.stop()

    def take(self) -> None:
        """Go there and select what stands in it."""
        self.setFocus()
        self.selectAll()
