"""The list of households."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from caseworker_app.domain import divisions, identity
from caseworker_app.read_models.households import HouseholdRow
from caseworker_app.wording import _, _n, label
from db.queries import households as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.theme import style
from ui.widgets.basics import EmptyState, TabStrip, button, column, row, text
from ui.widgets.table import DataTable
from ui.words import N_

TABS = (("all", N_("All")), ("lifted_out", N_("Lifted out of poverty")), ("monitored", N_("Monitored")))
_FILTER_MS = 180


def _village(entry: HouseholdRow) -> str:
    found = divisions.find(entry.village_code)
    return f"{found.name if found else ''} {entry.group}".strip()


COLUMNS = (
    Column(N_("Household number"), 150, lambda entry: entry.household_no),
    Column(N_("Head"), 120, lambda entry: entry.head),
    Column(
        N_("Identity number"), 170, lambda entry: identity.masked(entry.head_identity_number), paint="muted"
    ),
    Column(N_("Village"), 150, _village),
    Column(N_("Household kind"), 120, lambda entry: label("household_kind", entry.kind)),
    Column(N_("Monitored as"), 130, lambda entry: label("monitored_kind", entry.monitored_kind) or "—"),
    Column(N_("Members"), 70, lambda entry: str(entry.members), right=True),
    Column(N_("Workers"), 70, lambda entry: str(entry.workers), right=True),
    Column(N_("In work"), 70, lambda entry: str(entry.employed), right=True),
    Column(N_("Telephone"), 130, lambda entry: identity.masked_phone(entry.phone)),
)


class HouseholdsScreen(QWidget):
    """The list of households."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._summary = text("", "muted")
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(
            row(
                text(_("Households"), "page"),
                self._summary,
                None,
                button(
                    _("Import workbooks"),
                    lambda: context.navigator.go("exchange", part="import"),
                    icon="import",
                ),
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        self.tabs = TabStrip([(key, _(title)) for key, title in TABS], _("Lists of households"))
        self.tabs.chosen.connect(lambda _key: self.reload())
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter: number, name, end of identity number"))
        self.filter.setAccessibleName(_("Filter here"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(style.px(270))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FILTER_MS)
        self._timer.timeout.connect(self.reload)
        self.filter.textChanged.connect(lambda _typed: self._timer.start())
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, self.filter, margins=(12, 4, 16, 6)))
        self.model = WindowedTableModel(COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("Households"))
        self._empty = EmptyState(
            "households",
            _("No households yet. Import the county's exports to fill the ledger."),
            _("Import workbooks"),
            lambda: context.navigator.go("exchange", part="import"),
        )
        self.table.set_empty(self._empty)
        self.table.opened.connect(lambda household: context.navigator.go("household", household=household))
        self.table.picked.connect(lambda _ids: context.refresh_status())
        self.setLayout(column(head, strip, self.table, space=0))
        context.runner.changed.connect(lambda _changed: self.reload())

    def open(self, **_arguments: Any) -> None:  # noqa: ANN401 - none are needed
        """Show the list."""
        if not self.model.ids():
            self.reload()
        self.table.setFocus()

    def status(self) -> str:
        """Return how many are selected of how many."""
        return _("{selected} selected · {count} on this list").format(
            selected=len(self.table.selected()), count=len(self.model.ids())
        )

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.setFocus()
        self.filter.selectAll()

    def reload(self) -> None:
        """Fetch the ids of the list and the counts of all lists."""
        asked = self._context.desk.asked(self._context.today)

        def found(connection: Any) -> Any:  # noqa: ANN401 - a connection, known below the window
            counts = {key: len(queries.ids(connection, asked, kind=key)) for key, _title in TABS}
            return queries.ids(
                connection, asked, text=self.filter.text().strip(), kind=self.tabs.current()
            ), counts

        self._context.query(found, then=self._show)

    def _show(self, found: tuple[list[str], dict[str, int]]) -> None:
        ids, counts = found
        selected = self.table.selected()
        if self.filter.text() or self.tabs.current() != "all":
            self._empty.say(_("No household matches."))
        self.model.set_ids(ids)
        self.tabs.count(counts)
        self._summary.setText(
            _n("{count} household", "{count} households", counts["all"]).format(count=counts["all"])
        )
        if selected:
            self.table.select_id(selected[0])
        elif ids:
            self.table.selectRow(0)
        self._context.refresh_status()

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        self._context.query(queries.rows, ids, self._context.desk.asked(self._context.today), then=arrived)
