"""One person on one page: who, jobs on a time line, entitlements that argue their case, papers, history.

Everything is changed where it stands, saved at once and undoable.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from caseworker_app.domain.findings import Finding
from caseworker_app.domain.spans import Span, clip_all, cumulative
from caseworker_app.read_models.people import PersonPage
from caseworker_app.use_cases import pages
from caseworker_app.use_cases.pages import PersonSheet
from caseworker_app.wording import _, months_text
from ui.context import Context
from ui.screens.person.head import PersonHead
from ui.screens.person.parts import FactsPart, HouseholdPart, JobsPart, ServicesPart
from ui.widgets.basics import Card, column, row, text
from ui.widgets.entitlement_part import ClaimPart, EntitlementPart
from ui.widgets.facts import FactForm, IntentionForm, ReturnForm, ServiceForm, SpellForm
from ui.widgets.findings import Findings
from ui.widgets.history import HistoryTable
from ui.widgets.household_forms import LeaveForm, MoveForm
from ui.widgets.package import PackageCells
from ui.widgets.parts import Part
from ui.widgets.photos import PhotoStrip
from ui.widgets.record_page import RecordPage
from ui.widgets.timeline import TimeLine


def _parts(context: Context) -> list[Part]:
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


class PersonScreen(RecordPage):
    """The page of one person."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _parts(context))
        self._person = ""
        self.sheet: PersonSheet | None = None
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
        self.parts.shown.connect(self._show_part)
        self.setLayout(
            column(
                self._head,
                self._problems,
                self.form_place,
                time_card,
                self.parts,
                space=10,
                margins=(16, 12, 16, 0),
            )
        )
        context.runner.changed.connect(self._changed)

    # -- as the frame asks -------------------------------------------------------------------

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `person`; `item`, `part` or `field` (and its `record`) to go there
        """Show a person."""
        if arguments["person"] != self._person:
            self._person = arguments["person"]
            self.sheet = None
            self._head.hide_numbers()
            self._reveal(False)
            if facts := self.parts.made("facts"):
                facts.leave()
            self.parts.choose("entitlements")
            self.close_form()
        if part := arguments.get("part"):
            self.parts.choose(part)
        if item := arguments.get("item"):
            self.parts.part("entitlements").choose(item)
        self._wanted = (str(arguments.get("field", "")), str(arguments.get("record", "")))
        self.reload()
        self.parts.take_keys()

    def _changed(self, changed: Any) -> None:  # noqa: ANN401 - a Changed
        page = self.sheet.page if self.sheet else None
        if page and (
            changed.everything
            or changed.touches_person(self._person)
            or page.row.household in changed.households
            or changed.people & {each.id for each in page.members}
        ):
            self.reload()

    def reload(self) -> None:
        """Fetch everything of the person and show it."""
        self.context.query(
            pages.person,
            self.context.desk,
            self._person,
            self.context.today,
            then=self._show,
            latest="person",
        )
        self._problems.read(people=[self._person])

    def _show(self, sheet: PersonSheet | None) -> None:
        if sheet is None:
            self.context.navigator.back()
            return
        if sheet.page.row.id != self._person:
            return
        self.sheet = sheet
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
        today = self.context.today
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
        sheet = self.sheet
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
            self.context.navigator.go("household", household=found.household, part="facts")
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

    def _form(self, make: Callable[[PersonPage], FactForm]) -> None:
        if self.sheet is not None:
            self.open_form(make(self.sheet.page))

    def record_service(self) -> None:
        """Open the form for a service."""
        self._form(lambda page: ServiceForm(self.context, [(page.row.id, page.row.name)]))

    def record_spell(self) -> None:
        """Open the form for a job."""
        self._form(lambda page: SpellForm(self.context, page.row.id, page.row.name))

    def record_return(self) -> None:
        """Open the form for the end of a job."""
        today = self.context.today

        def form(page: PersonPage) -> ReturnForm:
            working = any(
                spell.started_on <= today and (spell.ended_on is None or spell.ended_on >= today)
                for spell in page.spells
            )
            return ReturnForm(self.context, page.row.id, page.row.name, working=working)

        self._form(form)

    def record_intention(self) -> None:
        """Open the form for an intention."""
        self._form(lambda page: IntentionForm(self.context, page.row.id, page.row.name))

    def record_move(self) -> None:
        """Open the form for a move to another household."""
        self._form(lambda page: MoveForm(self.context, page.row.id, page.members))

    def record_departure(self) -> None:
        """Open the form for death or departure."""
        self._form(lambda page: LeaveForm(self.context, page.row.id, page.members))

    def new_person(self) -> None:
        """Enter somebody into the same household, on its page."""
        if self.sheet is not None:
            self.context.navigator.go("household", household=self.sheet.page.row.household, act="person.new")
