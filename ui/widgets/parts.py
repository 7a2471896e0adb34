"""The parts of a page behind tabs, each made when it is first shown.

parts = Parts([Part("papers", _("Papers"), make, fills=True)], _("Parts of this page"))
parts.shown.connect(self._fill)        # the part is there then: parts.part(key)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from ui.widgets.basics import TabStrip, column
from ui.widgets.lines import scrolled


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its key, what its tab says, how it is made, and whether it fills the room there is."""

    key: str
    title: str
    make: Callable[[], QWidget]
    fills: bool = False


class Parts(QWidget):
    """Tabs over the part that is chosen. Signals: shown(str) with the key, when a part is chosen."""

    shown = Signal(str)

    def __init__(self, parts: Sequence[Part], name: str) -> None:
        super().__init__()
        self._parts = {part.key: part for part in parts}
        self._made: dict[str, QWidget] = {}
        self._areas: dict[str, QWidget] = {}
        self.tabs = TabStrip([(part.key, part.title) for part in parts], name)
        self.tabs.chosen.connect(self._show)
        self._stack = QStackedWidget()
        self.setLayout(column(self.tabs, self._stack, space=10))

    def part(self, key: str) -> Any:  # noqa: ANN401 - the widget that `make` gives
        """Return a part, making it if needed."""
        if key not in self._made:
            self._made[key] = self._parts[key].make()
            inside = QWidget()
            inside.setObjectName("ground")
            stretch = 0 if self._parts[key].fills else None
            inside.setLayout(column(self._made[key], stretch, space=0, margins=(0, 0, 0, 12)))
            self._areas[key] = scrolled(inside, self._parts[key].title)
            self._stack.addWidget(self._areas[key])
        return self._made[key]

    def made(self, key: str) -> Any | None:  # noqa: ANN401 - the widget that `make` gave
        """Return a part if it has been shown before."""
        return self._made.get(key)

    def current(self) -> str:
        """Return the key of the part that is chosen."""
        return self.tabs.current()

    def choose(self, key: str) -> None:
        """Show a part."""
        self.tabs.choose(key)

    def turn(self, by: int) -> None:
        """Show the next part or the one before, and give its tab the keys."""
        self.tabs.turn(by)
        self.take_keys()

    def take_keys(self) -> None:
        """Give the tab of the part that is chosen the keys."""
        next(each for each in self.tabs.findChildren(QPushButton) if each.isChecked()).setFocus()

    def _show(self, key: str) -> None:
        self.part(key)
        self._stack.setCurrentWidget(self._areas[key])
        self.shown.emit(key)
