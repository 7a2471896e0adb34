"""A morning's work in the real window, in a process of its own: `python -m tests.benchmarks.work LEDGER PASSWORD`.

A watchdog ticks every 2 ms in the event loop. Each interaction is done from the loop; until everything it set off has
come to rest, the longest gap between two ticks is how long the window was blocked. Prints JSON: by kind of
interaction the longest block of each, seconds to compare with floors, and the most memory the process held.
"""

import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEventLoop, QModelIndex, QSortFilterProxyModel, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView

from caseworker_app import start, wording
from caseworker_app.domain.clock import Clock
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import work
from caseworker_app.window import Opened
from db.queries import workers
from tests.benchmarks.floors import first_rows, plain_copy, point_lookup
from ui.crash_window import CrashGuard
from ui.runner import Runner
from ui.screens.workers.lists import LISTS

_TICK = 0.002
_QUIET_MS = 60
_LONGEST = 60.0
_TURNS = 5
_SCROLLS = 12
_NAMES = ("ma", "wxm", "lh", "6401", "0017")


class Watchdog:
    """The longest gap between two ticks of the event loop since `begin`."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(_TICK * 1000))
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last - _TICK)
        self._last = now

    def begin(self) -> None:
        """Forget what was before."""
        self.longest, self._last = 0.0, time.perf_counter()


def until(reached: Callable[[], bool]) -> float:
    """Run the event loop until something is reached; return the seconds it took."""
    loop, look = QEventLoop(), QTimer()
    begun = time.perf_counter()

    def check() -> None:
        if reached() or time.perf_counter() - begun > _LONGEST:
            loop.quit()

    look.setInterval(1)
    look.timeout.connect(check)
    look.start()
    loop.exec()
    return time.perf_counter() - begun


class Morning:
    """The window with somebody at work in it."""

    def __init__(self, ledger: Path, password: str, clock: Clock) -> None:
        self.desk = desks.open_with_password(ledger, password, clock)
        self.main = Opened(self.desk, Runner(), CrashGuard())
        self.window = self.main.window
        self.window.show()
        self.watchdog = Watchdog()
        self.blocks: dict[str, list[float]] = defaultdict(list)
        self.rest()
        self.window.go("workers")
        self.page: Any = self.window.page("workers")
        self.rest()

    def rest(self) -> None:
        """Wait until nothing has been under way for a while."""
        since = [time.perf_counter()]

        def quiet() -> bool:
            if self.main.runner.busy:
                since[0] = time.perf_counter()
            return time.perf_counter() - since[0] > _QUIET_MS / 1000

        until(quiet)

    def does(self, kind: str, act: Callable[[], Any]) -> None:
        """Do something from the event loop and note the longest block until all is at rest."""
        gc.collect()
        self.watchdog.begin()
        QTimer.singleShot(0, act)
        QTimer.singleShot(250, lambda: None)
        begun = time.perf_counter()
        until(lambda: time.perf_counter() - begun > 0.25)  # the window's own pauses are shorter than this
        self.rest()
        self.blocks[kind].append(self.watchdog.longest)

    def shown(self) -> bool:
        """Whether the rows that are looked at have arrived."""
        table, model = self.page.table, self.page.model
        top = max(table.rowAt(0), 0)
        return bool(model.ids()) and not self.main.runner.busy and model.row(top) is not None

    def painted(self, act: Callable[[], Any]) -> float:
        """Return the seconds from doing something until the rows it shows are painted."""
        model = self.page.model
        fetched = [False]
        connection = model.dataChanged.connect(lambda *_where: fetched.__setitem__(0, True))
        begun = time.perf_counter()
        act()
        until(lambda: fetched[0] and model.row(0) is not None)
        self.page.table.viewport().repaint()
        taken = time.perf_counter() - begun
        model.dataChanged.disconnect(connection)
        self.rest()
        return taken

    # -- the work --------------------------------------------------------------------------

    def lists(self) -> None:
        """Open each list."""
        for each in LISTS:
            self.does("open a list", partial(self.page.tabs.choose, each.key))
        self.does("open a list", lambda: self.page.tabs.choose("workforce"))

    def scrolling(self) -> None:
        """Go to the end of the list in steps, and back at once."""
        bar = self.page.table.verticalScrollBar()
        for step in range(1, _SCROLLS + 1):
            self.does("scroll", partial(bar.setValue, bar.maximum() * step // _SCROLLS))
        self.does("scroll", lambda: bar.setValue(0))

    def sorting(self) -> None:
        """Sort by a column up, down and not at all, and by another."""
        for key in ("name", "name", "name", "group", "group", "group"):
            self.does("sort", partial(self.page.table.head.sort_asked.emit, key, False))

    def filtering(self) -> None:
        """Type into the filter of the list, a key at a time."""
        box = self.page.list.filter
        self.does("filter, a key", box.setFocus)
        for key in "0017":
            self.does("filter, a key", partial(QTest.keyClicks, box, key))
        self.does("filter, a key", box.clear)

    def selecting(self) -> None:
        """Go down the list, select a range, select all."""
        table = self.page.table
        table.setFocus()
        for _number in range(10):
            self.does("select a row", lambda: QTest.keyClick(table, Qt.Key.Key_Down))
        for _number in range(5):
            self.does(
                "select more rows",
                lambda: QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier),
            )
        self.does("select all rows", table.selectAll)
        self.does("select a row", lambda: QTest.keyClick(table, Qt.Key.Key_Home))

    def finding(self) -> None:
        """Type names, initials and ends of numbers into the find box, a key at a time."""
        box = self.main.finder
        self.does("find, a key", box.setFocus)
        for typed in _NAMES:
            for key in typed:
                self.does("find, a key", partial(QTest.keyClicks, box, key))
            self.does("find, a key", box.clear)
        self.page.table.setFocus()

    def recording(self) -> None:
        """Record a service to a worker, several times."""
        for number in range(3):
            person = self.page.model.ids()[number]

            def record(person: str = person) -> None:
                self.main.runner.write(
                    lambda _progress: work.record_service(
                        self.desk, [person], "policy_briefing", self.desk.today(), note="政策"
                    )
                )

            self.does("record a service", record)

    def turning(self) -> None:
        """Go from page to page."""
        for name in ("households", "workers", "claims", "workers", "exchange", "settings", "workers"):
            self.does("turn to a page", partial(self.window.go, name))
        person = self.page.model.ids()[0]
        self.does("open a person", lambda: self.window.go("person", person=person))
        self.does("open a person", self.window.back)

    # -- seconds to compare --------------------------------------------------------------------

    def compared(self, folder: Path) -> dict[str, tuple[float, float]]:
        """Return seconds of ours and of the floor, the best of several turns: the machine is seldom ours alone."""
        asked = self.desk.asked(self.desk.today())
        plain = plain_copy(self.desk.ledger, folder / "plain.db")
        found: dict[str, list[tuple[float, float]]] = defaultdict(list)
        with self.desk.ledger.reader() as connection:
            ids = workers.ids(connection, "workforce", asked)
            rows = workers.rows(connection, ids[:100], asked)
        grid = _Grid(rows, len(ids))
        for _turn in range(_TURNS):
            self.page.tabs.choose("willing")
            self.rest()
            found["open the list, painted / QSqlQueryModel, painted"].append(
                (self.painted(lambda: self.page.tabs.choose("workforce")), first_rows(plain, asked))
            )
            found["sort by name, painted / QSortFilterProxyModel"].append(
                (self.painted(lambda: self.page.table.head.sort_asked.emit("name", False)), grid.sort())
            )
            for _click in range(2):
                self.page.table.head.sort_asked.emit("name", False)
                self.rest()
            found["filter, painted / QSortFilterProxyModel"].append(
                (self.painted(lambda: self.page.list.filter.setText("王")), grid.filter("王"))
            )
            self.page.list.filter.clear()
            self.rest()
            found["find, key to painted rows / a lookup and a repaint"].append(
                (self.found("6401"), point_lookup(plain, rows[0].name, self.page.table))
            )
            found["the last 100 lines / the first 100"].append(
                (self._fetched(ids[-100:], asked), self._fetched(ids[:100], asked))
            )
        return {
            name: (min(each[0] for each in turns), min(each[1] for each in turns))
            for name, turns in found.items()
        }

    def found(self, typed: str) -> float:
        """Return the seconds from a key in the find box until the rows found are painted."""
        box = self.main.finder
        self.window.activateWindow()  # The floors have windows of their own.
        until(self.window.isActiveWindow)
        box.setFocus()
        box.clear()
        self.rest()
        QTest.keyClicks(box, typed[:-1])
        self.rest()
        arrived = [False]
        model = box.found.model()
        links = [
            signal.connect(lambda *_what: arrived.__setitem__(0, True))
            for signal in (model.rowsInserted, model.modelReset, model.dataChanged)
        ]
        begun = time.perf_counter()
        QTest.keyClicks(box, typed[-1])
        until(lambda: arrived[0])
        box.found.viewport().repaint()
        taken = time.perf_counter() - begun
        for signal, link in zip(
            (model.rowsInserted, model.modelReset, model.dataChanged), links, strict=True
        ):
            signal.disconnect(link)
        box.clear()
        self.page.table.setFocus()
        self.rest()
        return taken

    def _fetched(self, ids: list[str], asked: workers.Asked) -> float:
        begun = time.perf_counter()
        with self.desk.ledger.reader() as connection:
            workers.rows(connection, ids, asked)
        return time.perf_counter() - begun


class _Grid:
    """All rows in a Python model under a proxy that sorts and filters: the floor."""

    def __init__(self, rows: list[Any], count: int) -> None:
        self._cells = [
            (row.name, row.identity_number, row.household_no, row.status)
            for row in (rows * (count // len(rows) + 1))[:count]
        ]
        cells = self._cells

        class Model(QAbstractTableModel):
            def rowCount(self, _parent: Any = QModelIndex()) -> int:  # noqa: B008
                return len(cells)

            def columnCount(self, _parent: Any = QModelIndex()) -> int:  # noqa: B008
                return 4

            def data(self, index: Any, role: int = 0) -> Any:
                return cells[index.row()][index.column()] if role == 0 else None

        self._model = Model()
        self._proxy = QSortFilterProxyModel()
        self._proxy.setSourceModel(self._model)
        self._view = QTableView()
        self._view.setModel(self._proxy)
        self._view.resize(1000, 600)
        self._view.show()

    def sort(self) -> float:
        self._proxy.sort(1)
        begun = time.perf_counter()
        self._proxy.sort(0)
        self._view.viewport().repaint()
        return time.perf_counter() - begun

    def filter(self, typed: str) -> float:
        self._proxy.setFilterFixedString("")
        begun = time.perf_counter()
        self._proxy.setFilterFixedString(typed)
        self._view.viewport().repaint()
        taken = time.perf_counter() - begun
        self._proxy.setFilterFixedString("")
        return taken


def most_memory() -> int:
    """Return the most memory this process ever held, in KiB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = status.read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def main() -> None:
    """Work through a morning and tell."""
    ledger, password = Path(sys.argv[1]), sys.argv[2]
    wording.use("zh_CN")
    app = QApplication([])
    start.dress(app)
    morning = Morning(ledger, password, lambda: datetime(2024, 11, 30, 4))  # noqa: DTZ001 - the ledger keeps UTC
    for part in (
        morning.lists,
        morning.scrolling,
        morning.sorting,
        morning.filtering,
        morning.selecting,
        morning.finding,
        morning.recording,
        morning.turning,
    ):
        part()
    memory = most_memory()
    compared = morning.compared(ledger.parent)
    json.dump({"blocks": morning.blocks, "memory": memory, "compared": compared}, sys.stdout)
    morning.window.close()


if __name__ == "__main__":
    main()
