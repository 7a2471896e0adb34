"""Our own faults: a window with details to copy, and the program lives on. No values, so no personal data.

`CrashGuard(window).install()` takes over the exception hooks of the process and of its threads;
connect `runner.crashed` to `guard.report`.
"""

import logging
import platform
import re
import sys
import threading
import traceback
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QWidget

from caseworker_app.wording import _
from ui.widgets.basics import button, column, row, text

log = logging.getLogger("caseworker")

_ROOMS = re.compile(r".*[/\\]((?:caseworker_app|db|printouts|ui|tests)[/\\].*)")
_LINKS = 8


def _place(filename: str) -> str:
    """Return a file by its place in our code, others by name: folders may carry a person's name."""
    ours = _ROOMS.fullmatch(filename)
    return ours[1].replace("\\", "/") if ours else re.split(r"[/\\]", filename)[-1]


def _versions() -> str:
    try:
        ours = version("caseworker")
    except PackageNotFoundError:
        ours = "?"
    machine = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"caseworker {ours} · Qt {qVersion()} · Python {platform.python_version()} · {machine}"


def details(error: BaseException) -> str:
    """Return what helps us and gives nobody away: kinds of error, places in the code, versions."""
    lines = [_versions()]
    link: BaseException | None = error
    for _number in range(_LINKS):
        if link is None:
            break
        lines.append(type(link).__name__)
        lines += [
            f"  {_place(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)
        ]
        link = link.__cause__ or link.__context__
    return "\n".join(lines)


class CrashWindow(QDialog):
    """Says that the fault is ours and what was kept, with details to copy."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("The program made a mistake"))
        self.setAccessibleName(self.windowTitle())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 420)
        shown = QPlainTextEdit(report)
        shown.setReadOnly(True)
        shown.setTabChangesFocus(True)
        shown.setAccessibleName(_("Details"))
        sentence = _(
            "This is our fault, not yours. Whatever was saved is safe; what you were just doing was not "
            "saved. Please try it again. If it happens again, copy the details and send them to whoever "
            "helps you; they hold no personal data."
        )
        going_on = button(_("Go on"), self.accept, primary=True)
        going_on.setDefault(True)
        self.setLayout(
            column(
                text(_("The program made a mistake"), "section"),
                text(sentence, wrap=True),
                shown,
                row(
                    button(_("Copy details"), lambda: QApplication.clipboard().setText(report)),
                    None,
                    going_on,
                ),
                space=12,
                margins=(24, 20, 24, 20),
            )
        )
        going_on.setFocus()


class CrashGuard(QObject):
    """Catches what nobody expected. Signals: caught(str) with the report."""

    caught = Signal(str)
    _elsewhere = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: CrashWindow | None = None
        self._before = (sys.excepthook, threading.excepthook)
        self._elsewhere.connect(self.report, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over the exception hooks of the process."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def remove(self) -> None:
        """Give the exception hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, Exception):
            self.report(error)
        else:
            self._before[0](kind, error, trace)

    def _thread_hook(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            self._elsewhere.emit(told.exc_value)

    def report(self, error: BaseException) -> None:
        """Log and show a fault of ours; a second one while the window is open is only logged."""
        found = details(error)
        log.error("fault\n%s", found)
        self.caught.emit(found)
        if self._window is not None and shiboken6.isValid(self._window):
            return
        parent = self.parent()
        # Held here, or a window without a parent would be gone before it is seen.
        self._window = CrashWindow(found, parent if isinstance(parent, QWidget) else None)
        self._window.finished.connect(self._closed)
        self._window.open()

    def _closed(self, _result: int) -> None:
        self._window = None
