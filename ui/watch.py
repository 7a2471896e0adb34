"""Keeps an eye on what waits: reads it again a moment after a change, a little at a time.

    watch = Watch(context, window); watch.seen.connect(page.show); watch.begin()

What is due to each household is kept, so that a change asks only for the households it touched. A look at a large
ledger takes long; it is made in short readings, between which everything else has its turn.
"""

import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from caseworker_app.domain.changed import Changed
from caseworker_app.read_models.today import Claiming, Home, Standing
from caseworker_app.use_cases import today
from ui.context import Context

_FIRST_MS, _SHORTEST_MS, _LONGEST_MS = 600, 150, 5000
_REST = 4
"""A look is followed by a rest of so many times its length, whatever changes meanwhile."""
_AT_ONCE = 200


class Watch(QObject):
    """What waits today, as last seen. Signals: seen() when it was read anew."""

    seen = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self.standing: Standing | None = None
        self.claiming: Claiming | None = None
        self._context = context
        self._homes: dict[str, Home] = {}
        self._everything = True
        self._changes: list[Changed] = []
        self._queue: list[str] = []
        self._looking = self._asked = False
        self._began = 0.0
        self._soon = self._timer(self._look)
        self._next = self._timer(self._step)
        self._next.setInterval(0)
        self._soon.setInterval(_FIRST_MS)  # The page that opens first comes first.
        context.runner.changed.connect(self._note)

    def _timer(self, act: Any) -> QTimer:  # noqa: ANN401 - a method
        made = QTimer(self)
        made.setSingleShot(True)
        made.timeout.connect(act)
        return made

    def begin(self, *, at_once: bool = False) -> None:
        """Look soon or at once, unless that is under way."""
        if self._looking:
            self._asked = True
        elif at_once:
            self._soon.start(0)
        elif not self._soon.isActive():
            self._soon.start()

    def _note(self, changed: Changed) -> None:
        self._everything = self._everything or changed.everything
        if not self._everything:
            self._changes.append(changed)
        self.begin()

    def _look(self) -> None:
        self._looking, self._asked, self._began = True, False, time.monotonic()
        context = self._context
        context.query(today.standing, context.desk, context.today, then=self._stood)

    def _stood(self, standing: Standing) -> None:
        self.standing = standing
        self.seen.emit()
        context, changes = self._context, self._changes
        self._changes = []
        if self._everything:
            self._everything = False
            self._homes = {}
            context.query(today.everywhere, context.desk, context.today, then=self._assess)
        elif changes:
            every = Changed(
                changes[-1].change_set,
                frozenset().union(*(each.people for each in changes)),
                frozenset().union(*(each.households for each in changes)),
            )
            context.query(today.touched, every, context.today, then=self._assess)
        else:
            self._assess([])

    def _assess(self, homes: list[str]) -> None:
        self._queue = homes
        self._step()

    def _step(self) -> None:
        context = self._context
        if self._queue:
            chosen, self._queue = self._queue[:_AT_ONCE], self._queue[_AT_ONCE:]
            context.query(today.homes, context.desk, context.today, chosen, then=self._assessed)
        else:
            context.query(today.claiming, context.desk, context.today, dict(self._homes), then=self._done)

    def _assessed(self, found: dict[str, Home | None]) -> None:
        for home, due in found.items():
            if due:
                self._homes[home] = due
            else:
                self._homes.pop(home, None)
        self._next.start()

    def _done(self, claiming: Claiming) -> None:
        self.claiming = claiming
        self._looking = False
        took = (time.monotonic() - self._began) * 1000
        self._soon.setInterval(int(min(max(took * _REST, _SHORTEST_MS), _LONGEST_MS)))
        self.seen.emit()
        if self._asked:
            self.begin()
