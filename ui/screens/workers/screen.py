"""The list of workers with its tabs, and beside it the worker that is selected."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from caseworker_app.domain import divisions, identity, money
from caseworker_app.read_models.people import PersonPage
from caseworker_app.use_cases import entitlements, lists
from caseworker_app.wording import _, _n, joined, label
from db.queries import workers as queries
from db.queries.columns import Sort
from ui.actions import tip
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.screens.workers.lists import BY_KEY, LISTS
from ui.theme import style, tokens
from ui.widgets.basics import EmptyState, Pill, TabStrip, button, clear, column, paint_pill, row, text
from ui.widgets.day_edit import DayEdit
from ui.widgets.entitlement import EntitlementCard
from ui.widgets.facts import ServiceForm
from ui.widgets.package import PackageCells
from ui.widgets.table import STATUS_TONES, DataTable
from ui.words import N_

_FILTER_MS = 180


def due_words(row: lists.ListedWorker) -> tuple[str, str]:
    """Return the word and tone of what is due to a worker; empty for nothing."""
    if row.due.claimable:
        return _("{amount} to claim").format(amount=money.shown(row.due.claimable)), "accent"
    if row.due.missing:
        return _n("{count} fact missing", "{count} facts missing", row.due.missing).format(
            count=row.due.missing
        ), "attention"
    return (_("Claimed"), "quiet") if row.due.claimed else ("", "quiet")


def _paint_due(painter: QPainter, area: QRectF, row: lists.ListedWorker) -> None:
    words, tone = due_words(row)
    if words:
        width = QFontMetrics(style.font(tokens.SMALL)).horizontalAdvance(words) + style.px(16)
        paint_pill(
            painter, QRectF(area.left(), area.center().y() - style.px(10), width, style.px(20)), words, tone
        )


def _place(row: lists.ListedWorker) -> str:
    return divisions.full_name(row.worker.place_code, " ") or row.worker.place_text or "—"


def _village(row: lists.ListedWorker) -> str:
    found = divisions.find(row.worker.village_code)
    return row.worker.group or (found.name if found else "")


def _waiting(row: lists.ListedWorker) -> str:
    if row.worker.waiting_days is not None:
        return _n("{count} day", "{count} days", row.worker.waiting_days).format(
            count=row.worker.waiting_days
        )
    return row.worker.since.isoformat() if row.worker.since else "—"


COLUMNS = (
    Column(N_("Name"), 92, lambda row: row.worker.name, sort="name"),
    Column(N_("Head"), 76, lambda row: row.worker.head, paint="muted"),
    Column(N_("Group"), 72, _village, sort="group"),
    Column(N_("Status"), 80, lambda row: label("status", row.status), paint="status"),
    Column(N_("Since"), 92, _waiting),
    Column(N_("Place of work"), 160, _place, tip=lambda row: f"{_place(row)} {row.worker.employer}".strip()),
    Column(
        N_("Wage"),
        70,
        lambda row: money.shown(row.worker.wage) if row.worker.wage else "—",
        right=True,
    ),
    Column(N_("Services 1-3-1-1"), 182, lambda _row: "", paint="package"),
    Column(N_("Entitled to"), 100, lambda row: due_words(row)[0], paint="due"),
)


class PersonPanel(QScrollArea):
    """The selected worker beside the list: who, status, services, entitlements."""

    def __init__(self, context: Context, record: Callable[[], None]) -> None:
        super().__init__()
        self._context = context
        self._record = record
        self.setObjectName("side")
        self.setFixedWidth(style.px(332))
        self.setWidgetResizable(True)
        self.setAccessibleName(_("Selected worker"))
        inside = QWidget()
        inside.setObjectName("surface")
        self._box = QVBoxLayout(inside)
        self._box.setContentsMargins(style.px(16), style.px(14), style.px(16), style.px(16))
        self._box.setSpacing(8)
        self.setWidget(inside)
        self.show_hint()

    def show_hint(self) -> None:
        """Say what this place is for while nobody is selected."""
        clear(self._box)
        self._box.addWidget(EmptyState("workers", _("Select a worker to see the services and what is due.")))

    def show_form(self, form: QWidget) -> None:
        """Put a form in place of the person."""
        clear(self._box)
        self._box.addWidget(form)
        self._box.addStretch(1)

    def show_person(self, page: PersonPage, answers: Sequence[Any]) -> None:
        """Show one person."""
        clear(self._box)
        worker = page.row
        name = text(worker.name)
        name.setFont(style.font(tokens.PAGE - 1, strong=True))
        facts = " ".join(
            part
            for part in (
                label("sex", page.sex),
                _("{age} years").format(age=page.age) if page.age is not None else "",
                label("ethnicity", page.ethnicity),
            )
            if part
        )
        opening = button(
            _("Open"),
            lambda: self._context.navigator.go("person", person=worker.id),
            link=True,
            tip=_("Enter"),
        )
        self._box.addLayout(row(name, text(facts, "muted"), None, opening))
        relation = (
            _("the head")
            if page.relation == "head"
            else _("{relation} of {head}").format(relation=label("relation", page.relation), head=worker.head)
        )
        self._box.addWidget(
            text(
                f"{identity.masked(worker.identity_number)} · {_village_name(worker.village_code, worker.group)} · {relation}",
                "secondary",
                wrap=True,
            )
        )
        pills = row(space=6)
        category = label("monitored_kind", page.monitored_kind) or label(
            "household_kind", page.household_kind
        )
        pills.addWidget(Pill(label("status", worker.status), STATUS_TONES.get(worker.status, "quiet")))
        if category:
            pills.addWidget(Pill(category, "attention" if page.monitored_kind else "quiet"))
        pills.addStretch(1)
        self._box.addLayout(pills)
        last = page.spells[-1] if page.spells else None
        if last:
            until = last.ended_on.isoformat() if last.ended_on else _("now")
            place = divisions.full_name(last.place_code, " ") or last.place_text
            self._box.addWidget(
                text(f"{last.started_on} – {until} {place} {last.employer}", "secondary", wrap=True)
            )
        self._box.addSpacing(6)
        if worker.package:
            lacking = joined(
                f"{label('service_kind', part.kind)} {part.lacking}" for part in worker.package.lacking
            )
            sentence = (
                _("this year, still owed: {what}").format(what=lacking)
                if lacking
                else _("this year, complete")
            )
            self._box.addWidget(text(_("Service package"), "section"))
            self._box.addWidget(text(sentence, "secondary", wrap=True))
            self._box.addWidget(PackageCells(worker.package))
        self._box.addLayout(row(button(_("Record service"), self._record, tip=tip("service.record")), None))
        self._box.addSpacing(6)
        self._box.addWidget(text(_("Entitlements"), "section"))
        for answer in answers:
            card = EntitlementCard(self._context.desk.pack.item(answer.item), answer)
            card.chosen.connect(
                lambda item=answer.item: self._context.navigator.go("person", person=worker.id, item=item)
            )
            self._box.addWidget(card)
        self._box.addStretch(1)


def _village_name(code: str, group: str) -> str:
    found = divisions.find(code)
    return f"{found.name if found else ''} {group}".strip()


class WorkersScreen(QWidget):
    """The list of workers."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._on = context.today
        self._order = "household"
        self._wanted = ""
        self._title = text(_("Workers"), "page")
        self._summary = text("", "muted")
        self._day = DayEdit(self._on)
        self._day.setAccessibleName(_("Day the list is for"))
        self._day.day_changed.connect(self._ask_day)
        self._recorder = button(
            _("Record service"), self.record_service, primary=True, tip=tip("service.record")
        )
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(
            row(
                self._title,
                self._summary,
                None,
                text(_("As of"), "muted"),
                self._day,
                8,
                self._recorder,
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        self.tabs = TabStrip([(each.key, _(each.title)) for each in LISTS], _("Lists of workers"))
        self.tabs.chosen.connect(lambda _key: self.reload())
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter: name, end of identity number or phone"))
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
        self.table = DataTable(self.model, _("Workers"), {"due": _paint_due})
        self._empty = EmptyState(
            "workers",
            _(BY_KEY["workforce"].empty),
            _("Import workbooks"),
            lambda: context.navigator.go("exchange"),
        )
        self.table.set_empty(self._empty)
        self.table.opened.connect(lambda person: context.navigator.go("person", person=person))
        self.table.picked.connect(self._picked)
        self.table.sort_asked.connect(self._sort)
        self._panel = PersonPanel(context, self.record_service)
        self._panel_timer = QTimer(self)
        self._panel_timer.setSingleShot(True)
        self._panel_timer.setInterval(30)
        self._panel_timer.timeout.connect(self._show_selected)
        self.setLayout(column(head, strip, row(self.table, self._panel, space=0), space=0))
        context.runner.changed.connect(self._changed)

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `list`, `select` and `on` may be given
        """Show a list; keep what was selected."""
        if "on" in arguments:
            self._on = arguments["on"]
            self._day.set_day(self._on)
        self._wanted = arguments.get("select", self._wanted)
        if "list" in arguments:
            self.tabs.choose(arguments["list"])
        elif not self.model.ids():
            self.reload()
        self.table.setFocus()

    def status(self) -> str:
        """Return how many are selected of how many."""
        selected = len(self.table.selected())
        return _("{selected} selected · {count} on this list").format(
            selected=selected, count=len(self.model.ids())
        )

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.setFocus()
        self.filter.selectAll()

    # -- data --------------------------------------------------------------------------------

    def _asked(self) -> queries.Asked:
        return self._context.desk.asked(self._on)

    def reload(self) -> None:
        """Fetch the ids of the list and the counts of all lists."""
        selected = self.table.selected()
        self._wanted = self._wanted or (selected[0] if selected else "")
        name = self.tabs.current()
        self._context.query(
            queries.ids,
            name,
            self._asked(),
            text=self.filter.text().strip(),
            order=[] if self._order == "household" else [Sort(self._order)],
            then=self._show_ids,
        )

    def _show_ids(self, ids: list[str]) -> None:
        self._empty.say(
            _("Nobody matches the filter.") if self.filter.text() else _(BY_KEY[self.tabs.current()].empty)
        )
        self.model.set_ids(ids)
        if self._wanted and self.table.select_id(self._wanted):
            self._wanted = ""
        elif ids and not self.table.selected():
            self.table.setCurrentIndex(self.model.index(0, 0))
            self.table.selectRow(0)
        if not ids:
            self._panel.show_hint()
        QTimer.singleShot(0, self._count)
        self._context.refresh_status()

    def _count(self) -> None:
        """Count every list; asked after the rows that are looked at."""
        names = [each.key for each in LISTS]
        self._context.query(queries.counts, names, self._asked(), then=self._show_counts)

    def _show_counts(self, counts: dict[str, int]) -> None:
        self.tabs.count(counts)
        parts = [
            _n("{count} person", "{count} people", counts["workforce"]).format(count=counts["workforce"]),
            f"{label('status', 'employed')} {counts['employed']}",
            f"{label('status', 'unemployed')} {counts['unemployed']}",
            _("to be zeroed {count}").format(count=counts["zeroing"]),
        ]
        self._summary.setText(" · ".join(parts))

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        waiting = self.tabs.current() == "zeroing"
        self._context.query(
            lists.rows, self._context.desk.pack, ids, self._asked(), waiting=waiting, then=arrived
        )

    def _changed(self, changed: Any) -> None:  # noqa: ANN401 - a Changed
        self.model.refresh(None if changed.everything else changed.people)
        self.reload()

    def _ask_day(self, day: date) -> None:
        self._on = day
        self.reload()

    def _sort(self, key: str) -> None:
        self._order = "household" if self._order == key else key
        self.reload()

    # -- the selected worker -----------------------------------------------------------------

    def _picked(self, _ids: list[str]) -> None:
        self._panel_timer.start()
        self._context.refresh_status()

    def _show_selected(self) -> None:
        ids = self.table.selected()
        if not ids:
            return
        asked, pack = self._asked(), self._context.desk.pack
        wanted = ids[0]

        def both(connection: Any) -> Any:  # noqa: ANN401 - a connection, known below the window
            page = queries.page(connection, wanted, asked)
            return page, entitlements.assess_all(connection, pack, asked.on, people=[wanted]) if page else []

        def shown(found: Any) -> None:  # noqa: ANN401 - the pair above
            if found[0] and wanted in self.table.selected()[:1]:
                self._panel.show_person(*found)

        self._context.query(both, then=shown)

    def record_service(self) -> None:
        """Record a service to everybody selected."""
        ids = self.table.selected()
        if not ids:
            self._context.messages.tell(_("Select a worker first."))
            return
        named = []
        for person in ids:
            found = self.model.row(self.model.position(person))
            named.append((person, found.worker.name if found else ""))
        form = ServiceForm(self._context, named)
        form.finished.connect(self._form_done)
        self._panel.show_form(form)
        form.setFocus()

    def _form_done(self) -> None:
        self._show_selected()
        self.table.setFocus()
