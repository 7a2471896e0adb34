"""Pictures of every screen on a given ledger, drawn without a display.

`python -m caseworker_app.screenshots LEDGER PASSWORD DAY FOLDER` draws them in both themes and both languages.
"""

import argparse
import itertools
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from caseworker_app import settings, start, wording
from caseworker_app.domain.clock import Clock
from caseworker_app.policy.answer import State
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import entitlements
from caseworker_app.window import Opened
from ui.crash_window import CrashGuard
from ui.main_window import MainWindow
from ui.runner import Runner
from ui.screens.unlock.screen import UnlockWindow
from ui.theme.tokens import THEMES

_LOOK_MS = 150
_LOOKS = 3
_DEADLINE_MS = 20_000
_SIZE = (1366, 768)


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


def _save(widget: QWidget, path: Path) -> None:
    """Write a picture small enough to be kept beside the code."""
    # The picture library is loaded only here.
    from PIL import Image  # noqa: PLC0415

    drawn = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size, stride = (drawn.width(), drawn.height()), drawn.bytesPerLine()
    picture = Image.frombytes("RGB", size, bytes(drawn.constBits()), "raw", "RGB", stride)
    picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)


def steps(window: MainWindow, person: str, household: str) -> list[tuple[str, Callable[[], Any]]]:
    """Return every screen by its name, and how it is reached from the one before."""
    go, page = window.go, window.page
    return [
        ("today", lambda: go("today")),
        ("today", lambda: go("today")),
        ("workers", lambda: go("workers", list="workforce", select=person)),
        ("zeroing", lambda: go("workers", list="zeroing")),
        ("package-due", lambda: go("workers", list="package-due")),
        ("record-service", lambda: page("workers").record_service()),
        ("person", lambda: go("person", person=person)),
        ("person-facts", lambda: page("person").parts.choose("facts")),
        ("person-jobs", lambda: page("person").parts.choose("spells")),
        ("person-papers", lambda: page("person").parts.choose("papers")),
        ("person-history", lambda: page("person").parts.choose("history")),
        ("households", lambda: go("households")),
        ("household", lambda: go("household", household=household)),
        ("claims", lambda: go("claims", part="offers")),
        ("claims-filed", lambda: go("claims", part="filed")),
        ("claims-soon", lambda: go("claims", part="coming")),
        ("rosters", lambda: go("claims", part="rosters")),
        ("bundle", lambda: go("bundle", household=household)),
        ("policies", lambda: go("packs")),
        ("organisations", lambda: go("organisations")),
        ("import", lambda: go("exchange", part="import")),
        ("received", lambda: go("round", part="received")),
        ("upload", lambda: go("round", part="upload")),
        ("to-dos", lambda: go("round", part="todos")),
        ("comparisons", lambda: go("round", part="compare")),
        ("templates", lambda: go("round", part="templates")),
        ("devices", lambda: go("round", part="devices")),
        ("entry", lambda: go("entry")),
        ("duplicates", lambda: go("duplicates")),
        ("checks", lambda: go("checks")),
        ("journal", lambda: go("journal")),
        ("settings", lambda: go("settings")),
    ]


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
        _save(widget, path)
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
    window.resize(*_SIZE)
    for name, step in steps(window, person, household):
        settle(runner)
        step()
        shot(name, window)
    window.close()
    return taken


def main() -> None:
    """Draw every screen in both themes and both languages, without touching anybody's settings."""
    parser = argparse.ArgumentParser(prog="python -m caseworker_app.screenshots", description=__doc__)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("password")
    parser.add_argument("day", type=datetime.fromisoformat)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--percent", type=int, default=100, help="size of the text")
    asked = parser.parse_args()
    noon = datetime.combine(asked.day, time(12)) - timedelta(hours=8)
    with tempfile.TemporaryDirectory() as home:
        os.environ["CASEWORKER_HOME"] = home
        settings.write("font_size", asked.percent)
        for theme, (language, short) in itertools.product(THEMES, ((wording.ZH, "zh"), (wording.EN, "en"))):
            settings.write("theme", theme)
            settings.write("language", language)
            wording.use(language)
            for path in take(asked.ledger, asked.password, asked.folder / f"{theme}-{short}", lambda: noon):
                sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
