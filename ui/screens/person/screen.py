"""One person on one page: who, jobs on a time line, entitlements that argue their case, papers, history.

Everything is changed where it stands, saved at once and undoable.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from caseworker_app.domain.findings import Finding
from caseworker_app.domain.spans import Span, clip_all, cumulative
from caseworker_app.read_models.people import PersonPage
from caseworker_app.use_cases import pages
from caseworker_app.use_cases.pages import PersonSheet
from caseworker_app.wording import _, months_text
from ui.context import Context
from ui.screens.person.head import PersonHead
from ui.screens.person.parts import FactsPart, HouseholdPart, JobsPart, ServicesPart
from ui.widgets.basics import Card, clear, column, row, text
from ui.widgets.entitlement_part import ClaimPart, EntitlementPart, print_claims
from ui.widgets.facts import FactForm, IntentionForm, ReturnForm, ServiceForm, SpellForm
from ui.widgets.findings import Findings
from ui.widgets.history import HistoryTable
from ui.widgets.household_forms import LeaveForm, MoveForm
from ui.widgets.package import PackageCells
from ui.widgets.parts import Part, Parts
from ui.widgets.photos import FileDrop, PhotoStrip
from ui.widgets.timeline import TimeLine


class PersonScreen(QWidget):
    """The page of one person."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._person = ""
        self._sheet: PersonSheet | None = None
        self._head = PersonHead(
            context,
            [
                ("service.record", self.record_service),
                ("spell.record", self.record_spell),
                ("return.record", self.record_return),
            ],
            [
                ("intention.record", self.record_intention),
                ("attachment.attach", self.attach),
                ("person.new", self.new_person),
                ("person.move", self.record_move),
                ("person.leave", self.record_departure),
            ],
            self._reveal,
        )
        self._form_place = QVBoxLayout()
        self._problems = Findings(context, self._to_field)
        self._wanted = ("", "")
        self._time_line = TimeLine()
        self._time_line.spell_chosen.connect(self._show_job)
        self._worked = text("", "muted")
        self._cells = PackageCells()
        time_card = Card(
            row(text(_("Jobs"), "section"), self._worked, None, self._cells, space=12),
            self._time_line,
            margins=(16, 10, 16, 8),
            space=4,
        )
        self.parts = Parts(self._parts(), _("Parts of this page"))
        self.parts.shown.connect(self._show_part)
        self.setLayout(
            column(
                self._head,
                self._problems,
                self._form_place,
                time_card,
                self.parts,
                space=10,
                margins=(16, 12, 16, 0),
            )
        )
        FileDrop(self, self._dropped)
        context.runner.changed.connect(self._changed)

    def _parts(self) -> list[Part]:
        context = self._context
        return [
            Part("entitlements", _("Entitlements"), lambda: EntitlementPart(context)),
            Part("facts", _("Facts"), lambda: FactsPart(context)),
            Part("household", _("Household"), lambda: HouseholdPart(context)),
            Part("spells", _("Jobs and intentions"), lambda: JobsPart(context)),
            Part("services", _("Services and contacts"), lambda: ServicesPart(context)),
            Part("claims", _("Claims"), lambda: ClaimPart(context)),
            Part("papers", _("Papers"), lambda: PhotoStrip(context), fills=True),
            Part("history", _("History"), HistoryTable, fills=True),
        ]

    # -- as the frame asks -------------------------------------------------------------------

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `person`; `item`, `part` or `field` (and its `record`) to go there
        """Show a person."""
        if arguments["person"] != self._person:
            self._person = arguments["person"]
            self._sheet = None
            self._head.hide_numbers()
            self._reveal(False)
            if facts := self.parts.made("facts"):
                facts.leave()
            self.parts.choose("entitlements")
            self._close_form()
        if part := arguments.get("part"):
            self.parts.choose(part)
        if item := arguments.get("item"):
            self.parts.part("entitlements").choose(item)
        self._wanted = (str(arguments.get("field", "")), str(arguments.get("record", "")))
        self.reload()
        self.parts.take_keys()

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("Saved at once, can be undone · F2 changes · Ctrl+PgDn next part · Esc back")

    def next_part(self) -> None:
        """Show the next part."""
        self.parts.turn(1)

    def previous_part(self) -> None:
        """Show the part before."""
        self.parts.turn(-1)

    def _changed(self, changed: Any) -> None:  # noqa: ANN401 - a Changed
        page = self._sheet.page if self._sheet else None
        if page and (
            changed.everything
            or changed.touches_person(self._person)
            or page.row.household in changed.households
            or changed.people & {each.id for each in page.members}
        ):
            self.reload()

    def reload(self) -> None:
        """Fetch everything of the person and show it."""
        self._context.query(
            pages.person, self._context.desk, self._person, self._context.today, then=self._show
        )
        self._problems.read(people=[self._person])

    def _show(self, sheet: PersonSheet | None) -> None:
        if sheet is None:
            self._context.navigator.back()
            return
        if sheet.page.row.id != self._person:
            return
        self._sheet = sheet
        self._head.show_person(sheet.page)
        self._show_time_line(sheet.page)
        self.parts.tabs.count(
            {
                "entitlements": len(sheet.answers),
                "household": len(sheet.page.members),
                "spells": len(sheet.page.spells),
                "services": len(sheet.page.services),
                "claims": len(sheet.claims),
                "papers": len(sheet.papers),
                "history": len(sheet.history),
            }
        )
        self._show_part(self.parts.current())
        (field, record), self._wanted = self._wanted, ("", "")
        if field:
            self._edit(field, record)

    def _show_time_line(self, page: PersonPage) -> None:
        today = self._context.today
        able = page.is_worker or page.row.status == "employed"
        self._time_line.show_person(page.spells, page.services, today, gaps=able)
        year = Span(date(today.year - 1, today.month, 1), today)
        worked = clip_all(
            [
                Span(spell.started_on, min(spell.ended_on or today, today))
                for spell in page.spells
                if spell.started_on <= today
            ],
            year,
        )
        self._worked.setText(
            _("in the last year {months} in work").format(months=months_text(cumulative(worked)))
        )
        self._cells.show_progress(page.row.package)

    # -- parts -------------------------------------------------------------------------------

    def _show_part(self, key: str) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        part = self.parts.part(key)
        if key == "entitlements":
            part.show_answers(sheet.answers)
        elif key == "claims":
            part.show_claims(sheet.claims)
        elif key == "papers":
            part.show_papers(sheet.papers, person=self._person)
        elif key == "history":
            part.show_history(sheet.history)
        else:
            part.show_person(sheet)

    def _show_job(self, spell: str) -> None:
        self.parts.choose("spells")
        self.parts.part("spells").jobs.choose(spell)

    def _to_field(self, found: Finding) -> None:
        """Go to the field a check found fault with."""
        if found.field.startswith(("household.", "monitoring.")):
            self._context.navigator.go("household", household=found.household, part="facts")
        else:
            self._edit(found.field, found.other)

    def _edit(self, field: str, record: str) -> None:
        if field.startswith("spell."):
            self.parts.choose("spells")
            self.parts.part("spells").jobs.edit(record, field)
        else:
            self.parts.choose("facts")
            self.parts.part("facts").edit(field)

    def _reveal(self, shown: bool) -> None:
        if facts := self.parts.made("facts"):
            facts.reveal(shown=shown)

    # -- forms in place ----------------------------------------------------------------------

    def _open_form(self, make: Callable[[PersonPage], FactForm]) -> None:
        if self._sheet is None:
            return
        self._close_form()
        form = make(self._sheet.page)
        form.finished.connect(self._close_form)
        self._form_place.addWidget(form)
        form.setFocus()

    def _close_form(self) -> None:
        clear(self._form_place)

    def record_service(self) -> None:
        """Open the form for a service."""
        self._open_form(lambda page: ServiceForm(self._context, [(page.row.id, page.row.name)]))

    def record_spell(self) -> None:
        """Open the form for a job."""
        self._open_form(lambda page: SpellForm(self._context, page.row.id, page.row.name))

    def record_return(self) -> None:
        """Open the form for the end of a job."""
        today = self._context.today

        def form(page: PersonPage) -> ReturnForm:
            working = any(
                spell.started_on <= today and (spell.ended_on is None or spell.ended_on >= today)
                for spell in page.spells
            )
            return ReturnForm(self._context, page.row.id, page.row.name, working=working)

        self._open_form(form)

    def record_intention(self) -> None:
        """Open the form for an intention."""
        self._open_form(lambda page: IntentionForm(self._context, page.row.id, page.row.name))

    def record_move(self) -> None:
        """Open the form for a move to another household."""
        self._open_form(lambda page: MoveForm(self._context, page.row.id, page.members))

    def record_departure(self) -> None:
        """Open the form for death or departure."""
        self._open_form(lambda page: LeaveForm(self._context, page.row.id, page.members))

    def new_person(self) -> None:
        """Enter somebody into the same household, on its page."""
        if self._sheet is not None:
            self._context.navigator.go(
                "household", household=self._sheet.page.row.household, act="person.new"
            )

    def attach(self) -> None:
        """Choose photos of papers to attach."""
        self.parts.choose("papers")
        self.parts.part("papers").choose()

    def _dropped(self, files: list[Any]) -> None:
        if self._sheet is not None:
            self.parts.choose("papers")
            self.parts.part("papers").offer(files)

    def print_forms(self) -> None:
        """Show the forms of every live claim of this person and household."""
        if self._sheet is not None:
            print_claims(self._context, self._sheet.claims, self)
