"""Pictures of every screen on a given ledger, drawn without a display."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from caseworker_app import start
from caseworker_app.domain.clock import Clock
from caseworker_app.policy.assess import State
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import entitlements
from caseworker_app.window import Opened
from ui.crash_window import CrashGuard
from ui.runner import Runner
from ui.screens.unlock.screen import UnlockWindow

_LOOK_MS = 150
_LOOKS = 3
_DEADLINE_MS = 20_000


def settle(runner: Runner) -> None:
    """Let the window work until nothing has been under way at several looks in a row."""
    loop = QEventLoop()
    look, deadline = QTimer(), QTimer()
    looks = [0]

    def quiet() -> None:
        looks[0] = 0 if runner.busy else looks[0] + 1
        if looks[0] == _LOOKS:
            loop.quit()

    look.setInterval(_LOOK_MS)
    look.timeout.connect(quiet)
    deadline.setSingleShot(True)
    deadline.timeout.connect(loop.quit)
    look.start()
    deadline.start(_DEADLINE_MS)
    loop.exec()


def _somebody(desk: desks.Desk) -> tuple[str, str]:
    """Return a person with the most to claim, and the household."""
    with desk.ledger.reader() as connection:
        answers = entitlements.assess_all(connection, desk.pack, desk.today())
    by_person = [answer for answer in answers if answer.beneficiary_kind == "person" and answer.stretches]
    best = max(
        by_person,
        key=lambda answer: (answer.state is State.ELIGIBLE, answer.amount or 0, len(answer.stretches)),
    )
    household = next(
        answer.beneficiary
        for answer in answers
        if answer.beneficiary_kind == "household" and answer.household_no == best.household_no
    )
    return best.beneficiary, household


def take(ledger: Path, password: str, folder: Path, clock: Clock) -> list[Path]:
    """Draw every screen of this ledger into PNG files at 1366 × 768; returns them."""
    if not QApplication.instance():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["caseworker"])
    start.dress(app)
    folder.mkdir(parents=True, exist_ok=True)
    runner, guard = Runner(), CrashGuard()
    taken: list[Path] = []

    def shot(name: str, widget: QWidget) -> None:
        settle(runner)
        path = folder / f"{name}.png"
        widget.grab().save(str(path))
        taken.append(path)

    entrance = UnlockWindow(runner, ledger, clock)
    entrance.show()
    shot("unlock", entrance)
    entrance.show_folder(ledger.with_name("new-ledger"))
    shot("new-ledger", entrance)
    entrance.close()
    desk = desks.open_with_password(ledger, password, clock)
    person, household = _somebody(desk)
    main = Opened(desk, runner, guard)
    window = main.window
    window.show()
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("workers", lambda: window.go("workers", list="workforce", select=person)),
        ("zeroing", lambda: window.go("workers", list="zeroing")),
        ("package-due", lambda: window.go("workers", list="package-due")),
        ("record-service", lambda: window.page("workers").record_service()),
        ("person", lambda: window.go("person", person=person)),
        ("person-jobs", lambda: window.page("person").tabs.choose("spells")),
        ("person-history", lambda: window.page("person").tabs.choose("history")),
        ("households", lambda: window.go("households")),
        ("household", lambda: window.go("household", household=household)),
        ("claims", lambda: window.go("claims", part="offers")),
        ("claims-filed", lambda: window.go("claims", part="filed")),
        ("import", lambda: window.go("exchange", part="import")),
        ("upload", lambda: window.go("exchange", part="upload")),
        ("settings", lambda: window.go("settings")),
    ]
    for name, step in steps:
        settle(runner)
        step()
        shot(name, window)
    window.close()
    return taken
