"""The monthly round: who sent and who has not, what goes up, what two laptops wrote differently, outside lists."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from caseworker_app.domain import divisions
from caseworker_app.wording import _
from ui.actions import tip
from ui.context import Context
from ui.widgets.basics import TabStrip, button, column, row, text
from ui.widgets.table import DataTable
from ui.words import N_


def _received(context: Context) -> QWidget:
    from ui.screens.round.receive import ReceivePart  # noqa: PLC0415 - parts are loaded when first shown

    return ReceivePart(context)


def _conflicting(context: Context) -> QWidget:
    from ui.screens.round.conflicts import ConflictPart  # noqa: PLC0415 - likewise

    return ConflictPart(context)


def _uploaded(context: Context) -> QWidget:
    from ui.screens.round.upload import UploadPart  # noqa: PLC0415 - likewise

    return UploadPart(context)


def _todos(context: Context) -> QWidget:
    from ui.screens.round.todos import TodoPart  # noqa: PLC0415 - likewise

    return TodoPart(context)


def _compared(context: Context) -> QWidget:
    from ui.screens.round.compare import ComparePart  # noqa: PLC0415 - likewise

    return ComparePart(context)


def _devices(context: Context) -> QWidget:
    from ui.screens.round.devices import DevicesPart  # noqa: PLC0415 - likewise

    return DevicesPart(context)


def _templates(context: Context) -> QWidget:
    from ui.screens.round.templates import TemplatesPart  # noqa: PLC0415 - likewise

    return TemplatesPart(context)


PARTS: tuple[tuple[str, str, Callable[[Context], QWidget]], ...] = (
    ("received", N_("Received"), _received),
    ("upload", N_("Monthly workbook"), _uploaded),
    ("conflicts", N_("To decide between"), _conflicting),
    ("todos", N_("To-dos"), _todos),
    ("compare", N_("Outside lists"), _compared),
    ("templates", N_("County's templates"), _templates),
    ("devices", N_("Devices"), _devices),
)
"""The parts of the page: key, title, and how each is made when it is first shown.

A part may have `open(**arguments)`, called when it is turned to, and `status()`, the words for the status bar.
"""


class _Stack(QStackedWidget):
    """Parts one over the other, as high as the one that is shown needs, not the highest of all."""

    def minimumSizeHint(self) -> QSize:
        """Return what the part that is shown needs."""
        shown = self.currentWidget()
        return shown.minimumSizeHint() if shown else super().minimumSizeHint()


class RoundScreen(QWidget):
    """Tabs over the parts of the round."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._made: dict[str, QWidget] = {}
        head = QWidget()
        head.setObjectName("pagehead")
        importing = button(
            _("Import workbooks"), lambda: context.navigator.go("exchange"), icon="import", tip=tip("import")
        )
        head.setLayout(row(text(_("Import and report"), "page"), None, importing, margins=(16, 10, 16, 10)))
        self.tabs = TabStrip([(key, _(title)) for key, title, _make in PARTS], _("Import and report"))
        self._stack = _Stack()
        self.tabs.chosen.connect(self._turn)
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, margins=(16, 4, 16, 6)))
        if (
            len(context.desk.scope) == divisions.VILLAGE
        ):  # Nobody is below a village that would send anything.
            self.tabs.start("upload")
        self.setLayout(column(head, strip, row(self._stack, margins=(16, 12, 16, 12)), space=0))

    def part(self, key: str) -> Any:  # noqa: ANN401 - each part has ways of its own
        """Return a part, made when it is first asked for."""
        if key not in self._made:
            self._made[key] = next(make for each, _title, make in PARTS if each == key)(self._context)
            for table in self._made[key].findChildren(DataTable):
                table.setProperty("framed", True)
            self._stack.addWidget(self._made[key])
        return self._made[key]

    def _turn(self, key: str, **arguments: Any) -> None:  # noqa: ANN401 - as the part takes them
        part = self.part(key)
        self._stack.setCurrentWidget(part)
        self._stack.updateGeometry()
        if hasattr(part, "open"):
            part.open(**arguments)
        self._context.refresh_status()

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `part`, and what that part takes
        """Show a part."""
        key = arguments.pop("part", "") or self.tabs.current()
        self.tabs.choose(key)
        if arguments:
            self._turn(key, **arguments)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_filter(self) -> None:
        """Go to the filter of a part that is a list."""
        held = getattr(self._made.get(self.tabs.current()), "list", None)
        if held is not None:
            held.filter.take()

    def status(self) -> str:
        """Return the words for the status bar."""
        part = self._made.get(self.tabs.current())
        return str(part.status()) if part is not None and hasattr(part, "status") else ""
