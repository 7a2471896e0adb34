"""Organisations and public posts: a list, and beside it head-counts, people and money of the chosen one."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from caseworker_app.domain import divisions
from caseworker_app.read_models.work_facts import OrganisationRow, PostRow, WorkFact
from caseworker_app.use_cases import facts_of_work
from caseworker_app.wording import _, _n, label
from db.queries import work_facts as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.theme import style
from ui.widgets.basics import EmptyState, TabStrip, button, clear, column, row, text
from ui.widgets.facts import FactForm
from ui.widgets.filter_line import FilterLine
from ui.widgets.lines import scrolled
from ui.widgets.table import DataTable
from ui.widgets.work_facts import WorkFactForm, WorkFacts, WorkFactVoid, fact_words
from ui.words import N_


def _place(code: str) -> str:
    found = divisions.find(code)
    return found.name if found else ""


_COLUMNS = (
    Column(N_("Organisation"), 240, lambda each: each.name),
    Column(N_("Kind"), 130, lambda each: label("organisation_kind", each.kind)),
    Column(N_("Credit code"), 160, lambda each: each.credit_code, paint="muted"),
    Column(N_("People"), 70, lambda each: "" if each.people is None else str(each.people), right=True),
    Column(N_("Month"), 80, lambda each: each.month),
    Column(N_("Village"), 100, lambda each: _place(each.village_code)),
    Column(N_("Contact person"), 100, lambda each: each.contact),
)
_POSTS = (
    Column(N_("Public post"), 240, lambda each: each.name),
    Column(N_("Kind"), 150, lambda each: label("post_kind", each.kind)),
    Column(N_("Village"), 120, lambda each: _place(each.village_code)),
    Column(N_("Quota"), 80, lambda each: str(each.quota), right=True),
    Column(N_("Holders"), 80, lambda each: str(each.holders), right=True),
    Column(N_("Since"), 110, lambda each: each.since.isoformat() if each.since else ""),
    Column(N_("Until"), 110, lambda each: each.until.isoformat() if each.until else ""),
)
_KINDS = ("organisation", "post")


def _read(connection: Any) -> tuple[list[OrganisationRow], list[PostRow]]:  # noqa: ANN401 - a connection
    return queries.organisations(connection), queries.posts(connection)


class OrganisationsScreen(QWidget):
    """Organisations and posts."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._rows: dict[str, OrganisationRow | PostRow] = {}
        self._shown: WorkFact | None = None
        self._new = button(_("New organisation"), self.new, primary=True, icon="plus")
        head = QWidget()
        head.setObjectName("pagehead")
        self._summary = text("", "muted")
        head.setLayout(
            row(
                button(_("Back"), context.navigator.back, link=True, icon="back", tip="Esc"),
                text(_("Organisations"), "page"),
                self._summary,
                None,
                self._new,
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        self.tabs = TabStrip(
            [("organisation", _("Organisations")), ("post", _("Public posts"))], _("Organisations")
        )
        self.tabs.chosen.connect(lambda _key: self._show_tab())
        self.filter = FilterLine(_("Filter: name or credit code"))
        self.filter.rested.connect(self._show_tab)
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, self.filter, margins=(16, 4, 16, 6)))
        self.models = {
            kind: WindowedTableModel(columns, self._fetch, self)
            for kind, columns in zip(_KINDS, (_COLUMNS, _POSTS), strict=True)
        }
        self.tables = {kind: DataTable(model, kind) for kind, model in self.models.items()}
        self.tables["organisation"].setAccessibleName(_("Organisations"))
        self.tables["post"].setAccessibleName(_("Public posts"))
        self.tables["organisation"].set_empty(
            EmptyState(
                "households",
                _("No employer, agency, studio or workshop yet."),
                _("New organisation"),
                self.new,
            )
        )
        self.tables["post"].set_empty(
            EmptyState("households", _("No public post yet."), _("New post"), self.new)
        )
        self._stack = QStackedWidget()
        for table in self.tables.values():
            table.picked.connect(lambda _ids: self._pick())
            self._stack.addWidget(table)
        self._facts = WorkFacts(
            context,
            _("Head-counts and people"),
            ("head_count",),
            _("Nothing recorded yet. People are added on their own page."),
        )
        self._top = QVBoxLayout()
        self._form = QVBoxLayout()
        inside = QWidget()
        inside.setObjectName("surface")
        inside.setLayout(column(self._top, self._form, self._facts, None, margins=(16, 12, 16, 12)))
        side = scrolled(inside, _("Chosen one"))
        side.setObjectName("side")
        side.setFixedWidth(style.px(400))
        body = row(self._stack, side, space=0)
        body.setStretchFactor(self._stack, 1)
        self.setLayout(column(head, strip, body, space=0))
        context.runner.changed.connect(lambda _changed: self._changed())

    def _changed(self) -> None:
        if self.isVisible():
            self.reload()

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `part` may name a tab
        """Show the lists."""
        if "part" in arguments:
            self.tabs.choose(arguments["part"])
        self.reload()
        self._table().setFocus()

    def status(self) -> str:
        """Return how many there are."""
        count = len(self.models[self.tabs.current()].ids())
        return _n("{count} line", "{count} lines", count).format(count=count)

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.take()

    def _table(self) -> DataTable:
        return self.tables[self.tabs.current()]

    def reload(self) -> None:
        """Ask for organisations and posts."""
        self._context.query(_read, then=self._show, latest="organisations")

    def _show(self, found: tuple[list[OrganisationRow], list[PostRow]]) -> None:
        organisations, posts = found
        self._rows = {each.id: each for each in organisations}
        self._rows |= {each.id: each for each in posts}
        self.tabs.count({"organisation": len(organisations), "post": len(posts)})
        people = sum(each.people or 0 for each in organisations)
        self._summary.setText(
            _n("{count} person employed", "{count} people employed", people).format(count=people)
        )
        self._show_tab()

    def _show_tab(self) -> None:
        kind, typed = self.tabs.current(), self.filter.typed()
        self._stack.setCurrentWidget(self._table())
        self._new.setText(_("New organisation") if kind == "organisation" else _("New post"))
        wanted = OrganisationRow if kind == "organisation" else PostRow
        ids = [
            key
            for key, each in self._rows.items()
            if isinstance(each, wanted)
            and (typed in each.name or (isinstance(each, OrganisationRow) and typed in each.credit_code))
        ]
        self.models[kind].set_ids(ids)
        if ids and not self._table().selected():
            self._table().selectRow(0)
        self._pick()
        self._context.refresh_status()

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._rows[each] for each in ids if each in self._rows])

    def _pick(self) -> None:
        chosen = self._table().selected()
        found = self._rows.get(chosen[0]) if len(chosen) == 1 else None
        if self._shown is None or found is None or found.id != self._shown.id:
            clear(self._form)
        clear(self._top)
        self._facts.setVisible(isinstance(found, OrganisationRow))
        if found is None:
            self._shown = None
            self._top.addWidget(text(_("Select one line to see more."), "muted"))
            return
        kind = "organisation" if isinstance(found, OrganisationRow) else "post"
        self._shown = WorkFact(found.id, kind, asdict(found))
        self._top.addWidget(text(found.name, "section"))
        self._top.addWidget(text(fact_words(self._shown), "secondary", wrap=True, select=True))
        self._top.addLayout(
            row(
                button(_("Correct"), self._correct, link=True), button(_("Void"), self._void, link=True), None
            )
        )
        if isinstance(found, OrganisationRow):
            self._context.query(
                queries.of_organisation, found.id, then=self._show_facts, latest="organisations.facts"
            )

    def _show_facts(self, facts: list[WorkFact]) -> None:
        if self._shown is not None:
            self._facts.show_facts(
                [each for each in facts if each.kind in facts_of_work.SHAPES],
                organisation_id=str(self._shown.values["name"]),
            )

    def new(self) -> None:
        """Open the form of a new organisation or post."""
        self._open(WorkFactForm(self._context, self.tabs.current()))

    def _correct(self) -> None:
        if self._shown is not None:
            self._open(WorkFactForm(self._context, self._shown.kind, fact=self._shown))

    def _void(self) -> None:
        if self._shown is not None:
            self._open(WorkFactVoid(self._context, self._shown))

    def _open(self, form: FactForm) -> None:
        clear(self._form)
        place = self._form
        form.finished.connect(lambda: clear(place))
        place.addWidget(form)
        (form.findChild(QLineEdit) or form).setFocus()
