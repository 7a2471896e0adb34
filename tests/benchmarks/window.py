"""One start of the window in a process of its own: `python -m tests.benchmarks.window label|program LEDGER PASSWORD`.

Prints seconds: for `label`, until a bare QLabel is painted; for `program`, until the unlock window is
painted, and from the password's Enter until the main window is painted with rows.
"""

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any


def bare_label() -> None:
    """Paint a QLabel of the window's size."""
    begun = time.perf_counter()
    from PySide6.QtWidgets import QApplication, QLabel

    app = QApplication([])
    label = QLabel("caseworker")
    label.resize(1366, 768)
    label.show()
    label.grab()
    app.processEvents()
    sys.stdout.write(f"{time.perf_counter() - begun}\n")


def program(ledger: Path, password: str) -> None:
    """Paint the unlock window, unlock, and paint the main window with rows."""
    begun = time.perf_counter()
    from PySide6.QtWidgets import QApplication

    from caseworker_app import start, wording

    wording.use("zh_CN")
    app = QApplication([])
    start.dress(app)
    opened: Any = start.Program(ledger, lambda: datetime(2024, 11, 30, 4))  # noqa: DTZ001 - the ledger keeps UTC
    opened.unlock.grab()
    app.processEvents()
    shown = time.perf_counter()
    while "caseworker_app.window" not in sys.modules or opened.runner.busy:
        app.processEvents()
    opened.unlock.password.setText(password)
    entered = time.perf_counter()
    opened.unlock.unlock()
    while opened.main is None:
        app.processEvents()
    window = opened.main.window
    model = window.page("workers").model
    while not model.ids() or model.row(0) is None:
        app.processEvents()
    window.grab()
    painted = time.perf_counter()
    sys.stdout.write(f"{shown - begun} {painted - entered}\n")
    while opened.runner.busy:
        app.processEvents()
    window.close()


if __name__ == "__main__":
    if sys.argv[1] == "label":
        bare_label()
    else:
        program(Path(sys.argv[2]), sys.argv[3])
