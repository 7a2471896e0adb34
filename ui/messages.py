"""One door for messages: what was done passes, what went wrong stays until closed."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.wording import _
from ui.widgets.basics import row

_SHOWN_MS = 6000
_MARGIN = 40


class Toast(QFrame):
    """A line over the bottom of the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.undo = QPushButton(_("Undo"))
        self.close_button = QPushButton(_("Close"))
        for made in (self.undo, self.close_button):
            made.setCursor(Qt.CursorShape.PointingHandCursor)
            made.setAutoDefault(False)
            made.setAccessibleName(made.text())
        self.setLayout(row(self.words, self.undo, self.close_button, space=12, margins=(16, 8, 8, 8)))
        self.hide()


class MessageDoor(QObject):
    """Shows messages over a window. Signals: said(kind, text) for every message, so that tests can record them."""

    said = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._toast = Toast(window)
        self._undo: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._toast.hide)
        self._toast.close_button.clicked.connect(self._toast.hide)
        self._toast.undo.clicked.connect(self._take_back)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the toast at the bottom of the window."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width = min(720, self._window.width() - 160)
        self._toast.words.setFixedWidth(min(self._toast.words.sizeHint().width() + 8, width - 160) if not self._long() else width - 160)
        self._toast.adjustSize()
        left = (self._window.width() - self._toast.width()) // 2
        self._toast.move(left, self._window.height() - self._toast.height() - _MARGIN)

    def _long(self) -> bool:
        return self._toast.words.fontMetrics().horizontalAdvance(self._toast.words.text()) > 520

    def _show(self, kind: str, text: str, undo: Callable[[], None] | None) -> None:
        self._undo = undo
        self._toast.words.setText(text)
        self._toast.words.setMinimumWidth(0)
        self._toast.undo.setVisible(undo is not None)
        self._toast.close_button.setVisible(kind == "error")
        self._toast.setProperty("tone", kind)
        self._toast.style().unpolish(self._toast)
        self._toast.style().polish(self._toast)
        for part in self._toast.findChildren(QWidget):
            part.style().unpolish(part)
            part.style().polish(part)
        self._toast.show()
        self._toast.raise_()
        self._place()
        self._timer.stop()
        if kind == "done":
            self._timer.start(_SHOWN_MS)
        self.said.emit(kind, text)

    def _take_back(self) -> None:
        self._toast.hide()
        if self._undo:
            self._undo()

    def done(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Say what was done, with its undo; passes by itself."""
        self._show("done", text, undo)

    def error(self, error: ExpectedError) -> None:
        """Say what happened and what to do; stays until closed."""
        self._show("error", error_text(error), None)

    def tell(self, text: str) -> None:
        """Say something that asks for attention; stays until closed."""
        self._show("error", text, None)
