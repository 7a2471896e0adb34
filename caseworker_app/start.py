"""The window's entry: first the small window that unlocks, then the main window around the ledger.

The ledger's libraries take longer to load than Qt: they are loaded behind the unlock window, while the
password is typed.
"""

import importlib
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from caseworker_app import paths, settings
from caseworker_app.domain.clock import Clock, utc_now
from ui.crash_window import CrashGuard
from ui.runner import Runner
from ui.screens.unlock.screen import UnlockWindow
from ui.theme import look, style

if TYPE_CHECKING:
    from caseworker_app.use_cases.desk import Desk
    from caseworker_app.window import Opened

_BEHIND_MS = 50


def start_log() -> None:
    """Write the rotating log: places in the code and kinds of error, never anybody's data."""
    handler = RotatingFileHandler(
        paths.logs() / "caseworker.log", maxBytes=500_000, backupCount=3, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("caseworker")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)


def dress(app: QApplication) -> None:
    """Give the application its name, fonts and look."""
    app.setApplicationName("caseworker")
    style.load_fonts()
    look.dress(app)


class Program:
    """From unlocking to the main window."""

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self.runner = Runner()
        self.guard = CrashGuard()
        self.guard.install()
        self.runner.crashed.connect(self.guard.report)
        self.main: Opened | None = None
        self.unlock = UnlockWindow(self.runner, folder, clock)
        self.unlock.opened.connect(self._enter)
        self.unlock.show()
        QTimer.singleShot(_BEHIND_MS, self._load_behind)

    def _load_behind(self) -> None:
        self.runner.read(lambda: importlib.import_module("caseworker_app.window"), lambda _module: None)

    def _enter(self, desk: "Desk") -> None:
        from caseworker_app.window import Opened  # noqa: PLC0415 - loaded behind the unlock window

        settings.write("last_ledger", str(desk.ledger.folder))
        self.runner.crashed.disconnect(self.guard.report)
        self.main = Opened(desk, self.runner, self.guard)
        self.main.window.show()
        self.unlock.close()


def run(folder: Path | None = None, clock: Clock = utc_now) -> int:
    """Open the window and stay until it closes; the ledger is the one given or opened last."""
    start_log()
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    dress(app)
    stored = os.environ.get("CASEWORKER_LEDGER") or str(settings.read("last_ledger"))
    program = Program(folder or (Path(stored) if stored else paths.ledgers()), clock)
    status = app.exec()
    program.guard.remove()
    return status
