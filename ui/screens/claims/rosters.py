"""Rosters: which claims wait for one, those made and their two papers, and the bank's results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from caseworker_app.domain import money
from caseworker_app.error_words import payment_text
from caseworker_app.read_models.claims import RosterRow
from caseworker_app.use_cases import claims, payments, rosters
from caseworker_app.wording import _, _n, label
from db.queries import rosters as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.papers import preview_rosters
from ui.screens.claims.shared import show_ids, village_name
from ui.widgets.basics import Card, EmptyState, button, clear, column, row, text
from ui.widgets.lines import Ruled, fill, scrolled
from ui.widgets.table import DataTable
from ui.words import N_

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Made:
    """One roster of the list."""

    id: str
    roster: RosterRow
    item_name: str


_COLUMNS = (
    Column(N_("Roster"), 200, lambda made: made.roster.number),
    Column(N_("Item"), 150, lambda made: made.item_name),
    Column(N_("Cycle"), 70, lambda made: made.roster.cycle),
    Column(N_("Round"), 110, lambda made: made.roster.round),
    Column(N_("Village"), 120, lambda made: village_name(made.roster.village_code)),
    Column(N_("Made on"), 100, lambda made: made.roster.made_on.isoformat()),
    Column(N_("Claims"), 80, lambda made: str(len(made.roster.claims)), right=True),
)


def _read(
    connection: Any,  # noqa: ANN401 - a connection, known below the window
    context: Context,
    today: date,
) -> tuple[list[Made], list[tuple[str, str, int, int]]]:
    made = [
        Made(each.id, each, claims.item_name(context.desk.pack, each.item))
        for each in queries.rows(connection)
    ]
    return made, rosters.waiting(connection, today)


class RostersPart(QWidget):
    """Rosters made, above them the claims that wait for one."""

    def __init__(self, context: Context, selected: Callable[[], None]) -> None:
        super().__init__()
        self._context = context
        self._made: dict[str, Made] = {}
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        self.model = WindowedTableModel(_COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("Rosters"))
        self.table.set_empty(
            EmptyState("claims", _("No roster yet. Claims come onto one once the village has checked them."))
        )
        self.table.opened.connect(lambda _id: self.preview(notice=False))
        self.table.picked.connect(lambda _ids: selected())
        top = QWidget()
        top.setLayout(column(self._place, margins=(16, 8, 16, 8)))
        self.setLayout(column(top, self.table, space=0))

    def read(self, then: Callable[[int], None]) -> None:
        """Ask for rosters and for what waits."""

        def arrived(found: tuple[list[Made], list[tuple[str, str, int, int]]]) -> None:
            made, waiting = found
            self._made = {each.id: each for each in made}
            show_ids(self.table, self.model, list(self._made))
            self._show_waiting(waiting)
            then(len(made))

        self._context.query(_read, self._context, self._context.today, then=arrived, latest="claims.rosters")

    def _show_waiting(self, waiting: Sequence[tuple[str, str, int, int]]) -> None:
        clear(self._place)
        bar = row(
            text(_("Waiting for a roster"), "section"),
            None,
            button(_("Take in payment results"), self._ask_results, icon="import"),
        )
        self._place.addLayout(bar)
        if not waiting:
            self._place.addWidget(
                text(_("No claim waits: all that were checked are on a roster."), "muted", wrap=True)
            )
            return
        table = Ruled([_("Item"), _("Cycle"), _("Count"), _("Yuan"), ""], right=(2, 3))
        rows: list[Sequence[str | QWidget]] = []
        for item, cycle, count, amount in waiting:
            name = claims.item_name(self._context.desk.pack, item)
            make = button(
                _("Make rosters by village"),
                partial(self._make, item, cycle),
                link=True,
            )
            rows.append((name, cycle, str(count), money.shown(amount), make))
        fill(table, rows, 0)
        self._place.addWidget(Card(table, margins=(0, 0, 0, 0)))

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._made[each] for each in ids if each in self._made])

    def numbers(self) -> list[str]:
        """Return the numbers of the rosters that are selected."""
        return [self._made[each].roster.number for each in self.table.selected() if each in self._made]

    def preview(self, *, notice: bool) -> None:
        """Show the paper of the rosters that are selected."""
        if numbers := self.numbers():
            preview_rosters(self._context, numbers, self, notice=notice)

    def _make(self, item: str, cycle: str) -> None:
        context = self._context

        def said(result: tuple[Any, list[str]]) -> None:
            made = result[1]
            several = _n(
                "{count} roster made, one a village", "{count} rosters made, one a village", len(made)
            )
            words = _("Roster {number} made") if len(made) == 1 else several
            context.messages.done(words.format(number=made[0], count=len(made)), context.undo)

        context.runner.write(lambda _progress: rosters.make(context.desk, item, cycle, context.today), said)

    # -- results -----------------------------------------------------------------------------

    def _ask_results(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(
            self, _("Take in payment results"), "", _("Workbooks") + " (*.xlsx *.xls *.csv *.et *.ods)"
        )
        if chosen:
            self.look_through(Path(chosen))

    def look_through(self, file: Path) -> None:
        """Show what a workbook of results says before it is written."""
        self._context.query(
            payments.prepare, self._context.desk, file, then=self._show_results, latest="claims.results"
        )

    def _show_results(self, prepared: payments.Prepared) -> None:
        clear(self._place)
        sums = payments.totals(prepared.lines)
        ready = len(prepared.ready)
        words = _("{file}: paid {paid} yuan, failed {failed} yuan").format(
            file=prepared.file, paid=sums["paid"], failed=sums["failed"]
        )
        take = button(
            _n("Record {count} result", "Record {count} results", ready).format(count=ready),
            lambda: self._take(prepared),
            primary=True,
        )
        take.setEnabled(bool(ready))
        leave = button(_("Cancel"), lambda: self.read(lambda _count: None))
        self._place.addLayout(row(text(words, "section"), None, leave, take))
        table = Ruled([_("Row"), _("Claim number"), _("Name"), _("Yuan"), _("Outcome"), _("Reason")])
        fill(
            table,
            [
                (
                    str(line.row),
                    line.number,
                    line.name,
                    money.shown(line.amount),
                    label("payment_outcome", line.outcome)
                    if line.outcome and not line.why
                    else _("left out"),
                    payment_text(line.why) if line.why else line.reason,
                )
                for line in sorted(prepared.lines, key=lambda line: not line.why)[:_SHOWN]
            ],
            5,
        )
        inside = scrolled(Card(table, margins=(0, 0, 0, 0)), words)
        inside.setMaximumHeight(360)
        self._place.addWidget(inside)

    def _take(self, prepared: payments.Prepared) -> None:
        context = self._context

        def said(_changed: object) -> None:
            words = _n("Recorded: {count} result", "Recorded: {count} results", len(prepared.ready))
            context.messages.done(words.format(count=len(prepared.ready)), context.undo)

        context.runner.write(lambda _progress: payments.take(context.desk, prepared, context.today), said)
