"""The list of workers with its tabs, and beside it the worker that is selected."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from caseworker_app import settings
from caseworker_app.domain import divisions, identity, money
from caseworker_app.read_models.people import PersonPage
from caseworker_app.use_cases import entitlements, lists
from caseworker_app.wording import _, _n, joined, label
from db.queries import workers as queries
from db.queries.columns import WORKERS
from ui.actions import BY_ID, tip
from ui.context import Context
from ui.models.windowed import BLOCK, Column
from ui.screens.workers.bulk import BulkForm
from ui.screens.workers.lists import BY_KEY, LISTS, OPEN, WorkerList
from ui.theme import style, tokens
from ui.widgets.basics import EmptyState, Pill, button, clear, column, paint_pill, row, text
from ui.widgets.day_edit import DayEdit
from ui.widgets.entitlement import EntitlementCard
from ui.widgets.facts import ServiceForm, SpellForm
from ui.widgets.list_head import ListFrame, ListSpec, fact
from ui.widgets.package import PackageCells
from ui.widgets.table import STATUS_TONES
from ui.words import N_

_IN_ROW = ("name", "head", "group", "status", "since", "place", "wage", "lacking", "identity_number")
"""Columns that every row has without being asked for."""
_FEWEST = 2
"""So many are selected at least to record for all of them."""


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


def _fact(key: str, header: str, width: int, *, right: bool = False, field: str = "") -> Column:
    return fact(key, header, width, WORKERS, right=right, field=field)


COLUMNS = (
    Column(N_("Name"), 92, lambda row: row.worker.name, key="name"),
    Column(N_("Why on this list"), 300, lambda row: row.reason, key="reason", tip=lambda row: row.reason),
    Column(N_("Head"), 76, lambda row: row.worker.head, paint="muted", key="head"),
    Column(
        N_("Group"),
        72,
        _village,
        key="group",
        field="household.group_name",
        edit=lambda row: row.worker.group,
    ),
    Column(N_("Status"), 80, lambda row: label("status", row.status), paint="status", key="status"),
    Column(N_("Since"), 92, _waiting, key="since"),
    Column(
        N_("Place of work"),
        160,
        _place,
        tip=lambda row: f"{_place(row)} {row.worker.employer}".strip(),
        key="place",
        field="spell.place",
    ),
    Column(
        N_("Wage"),
        70,
        lambda row: money.shown(row.worker.wage) if row.worker.wage else "—",
        right=True,
        amount=lambda row: row.worker.wage,
        key="wage",
        field="spell.wage",
    ),
    Column(N_("Services 1-3-1-1"), 182, lambda _row: "", paint="package", key="lacking"),
    Column(N_("Entitled to"), 100, lambda row: due_words(row)[0], paint="due", key="due"),
    _fact("age", N_("Age"), 60, right=True),
    _fact("sex", N_("Sex"), 52, field="person.sex"),
    _fact("ethnicity", N_("Ethnicity"), 76, field="person.ethnicity"),
    _fact("born", N_("Born"), 96, field="person.born"),
    _fact("education", N_("Education"), 96, field="person.education"),
    _fact("labour_skill", N_("Ability to work"), 110, field="person.labour_skill"),
    _fact("relation", N_("Relation"), 84, field="membership.relation"),
    _fact("household_kind", N_("Household kind"), 110, field="household.kind"),
    _fact("monitored_kind", N_("Monitored as"), 120),
    _fact("household_no", N_("Household number"), 150),
    _fact("village", N_("Village"), 110),
    Column(
        N_("Identity number"),
        160,
        lambda row: identity.masked(row.worker.identity_number),
        paint="muted",
        key="identity_number",
    ),
    Column(
        N_("Telephone"),
        120,
        lambda row: identity.masked_phone(row.more.get("phone") or ""),
        key="phone",
        field="person.phone",
        edit=lambda row: row.more.get("phone") or "",
        mask=identity.masked_phone,
    ),
    _fact("intention", N_("Intention"), 100, field="intention.kind"),
    _fact("spell_kind", N_("Kind of work"), 110, field="spell.kind"),
    _fact("employer", N_("Employer"), 160, field="spell.employer"),
    _fact("trade", N_("Trade"), 90, field="spell.trade"),
    _fact("channel", N_("Channel"), 110, field="spell.channel"),
    _fact("contract", N_("Contract"), 70, field="spell.contract"),
    _fact("insured", N_("Insured"), 70, field="spell.insured"),
    _fact("last_contact", N_("Last contact"), 100),
)
SPEC = ListSpec(
    "workers",
    N_("Workers"),
    [(each.key, each.title) for each in LISTS],
    N_("Filter: name, end of identity number or phone"),
    COLUMNS,
    ("name", "head", "group", "status", "since", "place", "wage", "lacking", "due"),
    WORKERS,
    queries.values,
)


class PersonPanel(QScrollArea):
    """The selected worker beside the list: who, status, services, entitlements."""

    def __init__(self, context: Context, record: Callable[[], None]) -> None:
        super().__init__()
        self._context = context
        self._record = record
        self.setObjectName("side")
        self.setMinimumWidth(style.px(280))
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
            _("Open page"),
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
            sentence = _("still owed: {what}").format(what=lacking) if lacking else _("package complete")
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
        self._wanted = ""
        self._day = DayEdit(self._on)
        self._day.setAccessibleName(_("Day the list is for"))
        self._day.day_changed.connect(self._ask_day)
        self._resolver = button("", self.resolve, primary=True)
        self._exporter = button(_("Export"), self.export, tip=tip("list.export"))
        self._bulk = button(_("Bulk record"), self.record_bulk, tip=tip("bulk.record"))
        entering = button(_("Enter rows"), lambda: context.navigator.go("entry"), tip=tip("rows.enter"))
        self._bulk.setEnabled(False)
        self._panel = PersonPanel(context, self.record_service)
        self.list = ListFrame(
            context,
            SPEC,
            self._asked,
            self._fetch,
            head=(text(_("As of"), "muted"), self._day, self._exporter, self._bulk, entering, self._resolver),
            painters={"due": _paint_due},
            beside=self._panel,
        )
        self.table, self.model, self.tabs = self.list.table, self.list.model, self.list.tabs
        self._side()
        self._empty = EmptyState(
            "workers",
            _(BY_KEY["workforce"].empty),
            _("Import workbooks"),
            lambda: context.navigator.go("exchange"),
        )
        self.table.set_empty(self._empty)
        self.table.opened.connect(lambda person: context.navigator.go("person", person=person))
        self.table.picked.connect(self._picked)
        self.list.asked.connect(self.reload)
        self._counted: queries.Asked | None = None
        self._name, self._begun = "", False
        self._panel_timer = QTimer(self)
        self._panel_timer.setSingleShot(True)
        self._panel_timer.setInterval(30)
        self._panel_timer.timeout.connect(self._show_selected)
        self.setLayout(column(self.list, space=0))
        self._show_action()
        context.runner.changed.connect(self._changed)

    def _side(self) -> None:
        """Give the panel the width it had, and remember another."""
        width = style.px(int(settings.read("side_width")))
        self.list.body.setSizes([10_000, width])
        keeper = QTimer(self)
        keeper.setSingleShot(True)
        keeper.setInterval(300)
        keeper.timeout.connect(
            lambda: settings.write("side_width", round(self._panel.width() * 100 / style.px(100)))
        )
        self.list.body.splitterMoved.connect(lambda *_place: keeper.start())

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
        return self.list.status()

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.list.focus_filter()

    # -- data --------------------------------------------------------------------------------

    def _asked(self) -> queries.Asked:
        return self._context.desk.asked(self._on)

    def _shown(self) -> WorkerList:
        """Return the list that is on, also behind a saved view."""
        return BY_KEY[self.list.view().list]

    def _show_action(self) -> None:
        """Show the reasons of the list and the one action that resolves a line of it."""
        shown = self._shown()
        self.list.extra(*(("reason",) if shown.reasons else ()))
        opens = shown.action == OPEN
        words = _("Open page") if opens else _(BY_ID[shown.action].title)
        self._resolver.setText(words)
        self._resolver.setAccessibleName(words)
        self._resolver.setToolTip(_("Enter") if opens else tip(shown.action))

    def reload(self) -> None:
        """Fetch the ids of the list and the counts of all lists."""
        selected = self.table.selected()
        self._wanted = self._wanted or (selected[0] if selected else "")
        self._show_action()
        view = self.list.view()
        self._context.query(
            lists.ids,
            self._context.desk.pack,
            view.list,
            self._asked(),
            text=view.text,
            filters=view.filters,
            order=view.order,
            then=partial(self._show_ids, view.list),
            latest="workers",
        )
        if (
            view.list in queries.BROAD
            and not view.order
            and not self.list.narrowed()
            and not self._at(view.list)
        ):
            # Somebody looks at the first lines of a long list long before all of it is known.
            self._context.query(
                queries.first_ids,
                view.list,
                self._asked(),
                BLOCK,
                then=partial(self._show_first, view.list),
                latest="workers.first",
            )

    def _at(self, name: str) -> bool:
        """Whether this list is shown already."""
        return self._name == name and bool(self.model.ids())

    def _show_first(self, name: str, ids: list[str]) -> None:
        """Show the beginning of a list, unless all of it has come first or another list is asked for."""
        view = self.list.view()
        if view.list != name or view.order or self.list.narrowed() or self._at(name) or self._wanted:
            return
        self._name, self._begun = name, True
        self.model.set_ids(ids)

    def _show_ids(self, name: str, ids: list[str]) -> None:
        begun, self._begun = self._begun and self._name == name, False
        self._name = name
        self._resolver.setEnabled(bool(ids))
        self._empty.say(_("Nobody matches the filter.") if self.list.narrowed() else _(self._shown().empty))
        if begun:
            self.model.go_on(ids)
        else:
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
        """Count every list, a look at the ledger after another, unless nothing changed; after the rows looked at."""
        asked = self._asked()
        if self._counted != asked:
            self._counted = asked
            self._count_next(asked, [each.key for each in LISTS], {})

    def _count_next(self, asked: queries.Asked, names: list[str], found: dict[str, int]) -> None:
        if self._counted is not asked:
            return
        if not names:
            self._show_counts(found)
            return
        together = [name for name in names if name in queries.OF_WORKERS] or names[:1]
        others = [name for name in names if name not in together]
        self._context.query(
            lists.counts,
            self._context.desk.pack,
            together,
            asked,
            then=lambda counts: self._count_next(asked, others, found | counts),
        )

    def _show_counts(self, counts: dict[str, int]) -> None:
        self.tabs.count(counts)
        parts = [
            _n("{count} person", "{count} people", counts["workforce"]).format(count=counts["workforce"]),
            f"{label('status', 'employed')} {counts['employed']}",
            f"{label('status', 'unemployed')} {counts['unemployed']}",
            _("to be zeroed {count}").format(count=counts["zeroing"]),
        ]
        self.list.summary.setText(" · ".join(parts))

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        self._context.query(
            lists.rows,
            self._context.desk.pack,
            ids,
            self._asked(),
            name=self._name,  # Not the one asked for since: these are the rows of the list that is shown.
            more=[key for key in self.list.wanted() if key not in _IN_ROW],
            owed_too=self._shows_due(),
            then=arrived,
        )

    def _shows_due(self) -> bool:
        return any(each.key == "due" for each in self.model.columns)

    def _changed(self, changed: Any) -> None:  # noqa: ANN401 - a Changed
        self._counted = None
        self.model.refresh(None if changed.everything else changed.people)
        self.reload()

    def _ask_day(self, day: date) -> None:
        self._on = day
        self.reload()

    # -- the selected worker -----------------------------------------------------------------

    def _picked(self, ids: list[str]) -> None:
        self._bulk.setEnabled(len(ids) >= _FEWEST)
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

    def export(self) -> None:
        """Write the list as it is shown."""
        pack, asked, name = self._context.desk.pack, self._asked(), self.list.view().list
        due = self._shows_due()
        self.list.export(
            lambda connection, ids, more: lists.rows(
                connection, pack, ids, asked, name=name, more=more, owed_too=due
            )
        )

    def record_bulk(self) -> None:
        """Record one fact for everybody selected, looked at first."""
        ids = self.table.selected()
        if len(ids) < _FEWEST:
            self._context.messages.tell(
                _("Select at least 2 workers first: Shift and an arrow key, or Ctrl and a click.")
            )
            return
        form = BulkForm(self._context, ids)
        form.finished.connect(self._form_done)
        self._panel.show_form(form)
        form.service.setFocus()

    def resolve(self) -> None:
        """Do what resolves a line of this list."""
        resolve = {"service.record": self.record_service, "spell.record": self.record_spell, OPEN: self._open}
        resolve[self._shown().action]()

    def _open(self) -> None:
        """Open the worker the keys act on."""
        if found := self.table.selected():
            self._context.navigator.go("person", person=found[0])
        else:
            self._context.messages.tell(_("Select a worker first."))

    def record_spell(self) -> None:
        """Record a job of the worker the keys act on, above the list."""
        found = self.model.row(self.table.currentIndex().row()) if self.table.selected() else None
        if found is None:
            self._context.messages.tell(_("Select a worker first."))
            return
        form = SpellForm(self._context, found.id, found.worker.name)
        form.finished.connect(self._job_done)
        self.list.show_below(form)
        form.place.setFocus()

    def _job_done(self) -> None:
        self.list.show_below(None)
        self.table.setFocus()

    def _form_done(self) -> None:
        self._show_selected()
        self.table.setFocus()
