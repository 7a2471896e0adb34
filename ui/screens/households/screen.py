"""The list of households."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from caseworker_app.domain import divisions, identity
from caseworker_app.use_cases import lists
from caseworker_app.use_cases.lists import ListedHousehold
from caseworker_app.wording import _, _n
from db.queries import households as queries
from db.queries.columns import HOUSEHOLDS
from db.queries.workers import Asked
from ui.actions import tip
from ui.context import Context
from ui.models.windowed import Column
from ui.widgets.basics import EmptyState, button, column
from ui.widgets.list_head import ListFrame, ListSpec, fact
from ui.words import N_


def _village(entry: ListedHousehold) -> str:
    found = divisions.find(entry.household.village_code)
    return f"{found.name if found else ''} {entry.household.group}".strip()


def _fact(key: str, header: str, width: int, *, right: bool = False, field: str = "") -> Column:
    return fact(key, header, width, HOUSEHOLDS, right=right, field=field)


COLUMNS = (
    Column(N_("Household number"), 150, lambda entry: entry.household.household_no, key="household_no"),
    Column(N_("Head"), 120, lambda entry: entry.household.head, key="head"),
    Column(
        N_("Identity number"),
        170,
        lambda entry: identity.masked(entry.household.head_identity_number),
        paint="muted",
        key="identity_number",
    ),
    Column(N_("Village"), 150, _village, key="village"),
    _fact("group", N_("Group"), 80, field="household.group_name"),
    _fact("household_kind", N_("Household kind"), 120, field="household.kind"),
    _fact("monitored_kind", N_("Monitored as"), 130),
    _fact("relocated", N_("Relocated"), 90, field="household.relocated"),
    _fact("members", N_("Members"), 70, right=True),
    _fact("workers", N_("Workers"), 70, right=True),
    _fact("employed", N_("In work"), 70, right=True),
    Column(
        N_("Telephone"),
        130,
        lambda entry: identity.masked_phone(entry.household.phone),
        key="phone",
        field="household.phone",
        edit=lambda entry: entry.household.phone,
        mask=identity.masked_phone,
    ),
)
EMPTY = {
    "all": N_("No households yet. Import the county's exports to fill the ledger."),
    "lifted_out": N_("No household is recorded as lifted out of poverty."),
    "monitored": N_("No household is monitored on this day."),
    "no-worker": N_("Somebody is in work in every household that has a worker."),
}
SPEC = ListSpec(
    "households",
    N_("Households"),
    (
        ("all", N_("All")),
        ("lifted_out", N_("Lifted out of poverty")),
        ("monitored", N_("Monitored")),
        ("no-worker", N_("Nobody in work")),
    ),
    N_("Filter: number, name, end of identity number"),
    COLUMNS,
    (
        "household_no",
        "head",
        "identity_number",
        "village",
        "household_kind",
        "monitored_kind",
        "members",
        "workers",
        "employed",
        "phone",
    ),
    HOUSEHOLDS,
    queries.values,
)


class HouseholdsScreen(QWidget):
    """The list of households."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context

        def bring_in() -> None:
            context.navigator.go("exchange", part="import")

        self.list = ListFrame(
            context,
            SPEC,
            self._asked,
            self._fetch,
            head=(
                button(_("Export"), self.export, tip=tip("list.export")),
                button(_("Import workbooks"), bring_in, icon="import"),
            ),
        )
        self.table, self.model, self.tabs = self.list.table, self.list.model, self.list.tabs
        everybody = EMPTY["all"]
        self._empty = EmptyState("households", _(everybody), _("Import workbooks"), bring_in)
        self.table.set_empty(self._empty)
        self.table.opened.connect(lambda household: context.navigator.go("household", household=household))
        self.table.picked.connect(lambda _ids: context.refresh_status())
        self.list.asked.connect(self.reload)
        self.setLayout(column(self.list, space=0))
        context.runner.changed.connect(lambda _changed: self.reload())

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `list` may be given
        """Show the list."""
        if "list" in arguments:
            self.tabs.choose(arguments["list"])
        elif not self.model.ids():
            self.reload()
        self.table.setFocus()

    def status(self) -> str:
        """Return how many are selected of how many."""
        return self.list.status()

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.list.focus_filter()

    def export(self) -> None:
        """Write the list as it is shown."""
        asked = self._asked()
        self.list.export(
            lambda connection, ids, more: lists.household_rows(connection, ids, asked, more=more)
        )

    def _asked(self) -> Asked:
        return self._context.desk.asked(self._context.today)

    def reload(self) -> None:
        """Fetch the ids of the list and the counts of all lists."""
        asked, view = self._asked(), self.list.view()

        def found(connection: Any) -> Any:  # noqa: ANN401 - a connection, known below the window
            counts = {key: len(queries.ids(connection, asked, kind=key)) for key, _title in SPEC.tabs}
            shown = queries.ids(
                connection, asked, text=view.text, kind=view.list, filters=view.filters, order=view.order
            )
            return shown, counts

        self._context.query(found, then=self._show, latest="households")

    def _show(self, found: tuple[list[str], dict[str, int]]) -> None:
        ids, counts = found
        selected = self.table.selected()
        self._empty.say(
            _("No household matches.") if self.list.narrowed() else _(EMPTY[self.list.view().list])
        )
        self.model.set_ids(ids)
        self.tabs.count(counts)
        self.list.summary.setText(
            _n("{count} household", "{count} households", counts["all"]).format(count=counts["all"])
        )
        if selected:
            self.table.select_id(selected[0])
        elif ids:
            self.table.selectRow(0)
        self._context.refresh_status()

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        self._context.query(lists.household_rows, ids, self._asked(), more=self.list.wanted(), then=arrived)
