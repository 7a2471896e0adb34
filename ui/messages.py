"""One door for messages: what was done passes, hints and what went wrong stay until closed.

Screens say `context.messages.done(words, undo)`, `.error(expected_error)`, `.tell(hint)` or `.warn(words)`.
A message about something done never covers one about something wrong: both stand, one above the other.
Tests connect to `MessageDoor.said(kind, text)`.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.wording import _
from ui import icons
from ui.theme import style
from ui.widgets.basics import row, text

_SHOWN_MS = 6000
_MARGIN = 36
_GAP = 8
_WIDTH = 720
_ERRORS_KEPT = 3
_ICON = 18


class Toast(QFrame):
    """A line over the bottom of the window: a sign, the words, what can be done. Signals: gone() when it leaves."""

    gone = Signal()

    def __init__(
        self, parent: QWidget, kind: str, words: str, undo: Callable[[], None] | None = None
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setObjectName("toast")
        self.setProperty("tone", kind)
        self.setAccessibleName(words)
        theme = style.current()
        sign = QLabel()
        name, colour, spoken = {
            "error": ("alert", theme.stop, _("Attention")),
            "tell": ("question", theme.toast_link, _("Hint")),
            "done": ("check", theme.toast_link, _("Done")),
        }[kind]
        sign.setPixmap(icons.pixmap(name, colour, style.px(_ICON), self.devicePixelRatioF()))
        sign.setAccessibleName(spoken)
        self.words = text(words, select=True)
        self.words.setMinimumWidth(0)
        self.undo: QPushButton | None = None
        parts: list[QWidget | int | None] = [sign, self.words]
        if undo:
            self.undo = self._button(_("Undo"), undo)
            parts.append(self.undo)
        self.close_button = self._button(_("Close"))
        parts.append(self.close_button)
        self.setLayout(row(*parts, space=10, margins=(14, 6, 8, 6)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)

    def _button(self, title: str, act: Callable[[], None] | None = None) -> QPushButton:
        made = QPushButton(title)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setAutoDefault(False)
        made.setAccessibleName(title)

        def clicked() -> None:
            self.leave()
            if act:
                act()

        made.clicked.connect(clicked)
        return made

    def pass_by_itself(self) -> None:
        """Leave after a few seconds, unless the pointer rests on it."""
        self._timer.start(_SHOWN_MS)

    def fit(self, width: int) -> None:
        """Take the width of the words, on several lines where they are longer than that."""
        self.words.setWordWrap(False)
        self.words.setFixedWidth(self.words.sizeHint().width())
        if self.sizeHint().width() > width:
            inside = width - (self.sizeHint().width() - self.words.width())
            self.words.setWordWrap(True)
            self.words.setFixedWidth(max(inside, 120))
            self.words.setFixedHeight(self.words.heightForWidth(self.words.width()))
        self.adjustSize()

    def leave(self) -> None:
        """Go away."""
        self._timer.stop()
        if not self.isHidden():
            self.hide()
            self.gone.emit()
            self.deleteLater()

    def enterEvent(self, event: QEvent) -> None:
        """Wait while it is being read."""
        self._timer.stop()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        """Go on passing."""
        if self.kind == "done":
            self.pass_by_itself()
        super().leaveEvent(event)


class MessageDoor(QObject):
    """Shows messages over a window.

    Signals: `said(kind, text)` for every message, kind 'done', 'tell' or 'error', so that tests can record them.
    """

    said = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[Toast] = []
        self._instead = ""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the messages at the bottom of the window."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def shown(self) -> list[Toast]:
        """Return the messages on the screen, the newest last."""
        return list(self._shown)

    def _place(self) -> None:
        bottom = self._window.height() - style.px(_MARGIN)
        for toast in reversed(self._shown):
            toast.fit(min(style.px(_WIDTH), self._window.width() - 160))
            bottom -= toast.height()
            left = (self._window.width() - toast.width()) // 2
            toast.setGeometry(QRect(left, bottom, toast.width(), toast.height()))
            bottom -= _GAP

    def _show(self, kind: str, words: str, undo: Callable[[], None] | None = None) -> None:
        for older in list(self._shown):
            if older.kind in ("done", kind if kind == "tell" else "") or older.words.text() == words:
                older.leave()
        errors = [each for each in self._shown if each.kind == "error"]
        if kind == "error" and len(errors) >= _ERRORS_KEPT:
            errors[0].leave()
        toast = Toast(self._window, kind, words, undo)
        toast.gone.connect(lambda: self._gone(toast))
        self._shown.append(toast)
        toast.show()
        toast.raise_()
        self._place()
        if kind == "done":
            toast.pass_by_itself()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))
        self.said.emit(kind, words)

    def _gone(self, toast: Toast) -> None:
        self._shown.remove(toast)
        self._place()

    def done(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Say what was done, with its undo; passes by itself."""
        if self._instead:
            self._show("tell", self._instead, undo)
            self._instead = ""
        else:
            self._show("done", text, undo)

    def instead(self, text: str) -> None:
        """Say this where something is about to be called done: what became of it is not what was asked for."""
        self._instead = text
        QTimer.singleShot(0, self, self._say_instead)

    def _say_instead(self) -> None:
        """Say it by itself when nothing was called done."""
        if self._instead:
            self.done("")

    def error(self, error: ExpectedError) -> None:
        """Say what happened and what to do; stays until closed."""
        self._show("error", error_text(error))

    def tell(self, text: str) -> None:
        """Give a hint, in a quiet tone; stays until closed or until the next hint."""
        self._show("tell", text)

    def warn(self, text: str) -> None:
        """Say something that asks for attention; stays until closed."""
        self._show("error", text)
