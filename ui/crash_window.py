"""Our own faults: a window with details to copy, and the program lives on. No values, so no personal data."""

import logging
import platform
import sys
import traceback
from importlib.metadata import version
from types import TracebackType

from PySide6.QtCore import QObject, Signal, qVersion
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QWidget

from caseworker_app.wording import _
from ui.widgets.basics import button, column, row, text

log = logging.getLogger("caseworker")


def details(error: BaseException) -> str:
    """Return what helps us and gives nobody away: kinds of error, places in the code, versions."""
    lines = [f"caseworker {version('caseworker')} · Qt {qVersion()} · Python {platform.python_version()} · {platform.platform()}"]
    link: BaseException | None = error
    while link is not None:
        lines.append(type(link).__name__)
        lines += [f"  {frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(link.__traceback__)]
        link = link.__cause__ or link.__context__
    return "\n".join(lines)


class CrashWindow(QDialog):
    """Says that the fault is ours and what was kept, with details to copy."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("The program made a mistake"))
        self.resize(620, 420)
        shown = QPlainTextEdit(report)
        shown.setReadOnly(True)
        shown.setAccessibleName(_("Details"))
        sentence = _(
            "This is our fault, not yours. Whatever was saved is safe; what you were just doing was not saved. "
            "Please try it again. If it happens again, copy the details and send them to whoever helps you; they hold no personal data."
        )
        self.setLayout(
            column(
                text(_("The program made a mistake"), "section"),
                text(sentence, wrap=True),
                shown,
                row(
                    button(_("Copy details"), lambda: QApplication.clipboard().setText(report)),
                    None,
                    button(_("Go on"), self.accept, primary=True),
                ),
                space=12,
                margins=(24, 20, 24, 20),
            )
        )


class CrashGuard(QObject):
    """Catches what nobody expected. Signals: caught(str) with the report."""

    caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: CrashWindow | None = None
        self._before = sys.excepthook

    def install(self) -> None:
        """Take over the exception hook of the process."""
        sys.excepthook = self._hook

    def remove(self) -> None:
        """Give the exception hook back."""
        sys.excepthook = self._before

    def _hook(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        self.report(error)

    def report(self, error: BaseException) -> None:
        """Log and show a fault of ours; a second one while the window is open is only logged."""
        found = details(error)
        log.error("fault\n%s", found)
        self.caught.emit(found)
        if self._window is None or not self._window.isVisible():
            parent = self.parent()
            self._window = CrashWindow(found, parent if isinstance(parent, QWidget) else None)
            self._window.open()
