"""One household on one page: what holds of it, its members, what is due to it, papers, history.

Everything is changed where it stands, saved at once and undoable.
"""

from typing import Any

from PySide6.QtWidgets import QSizePolicy

from caseworker_app.domain import divisions, identity
from caseworker_app.domain.findings import Finding
from caseworker_app.policy.answer import State
from caseworker_app.read_models.households import HouseholdRow
from caseworker_app.read_models.pages import MonitoringLine
from caseworker_app.use_cases import pages
from caseworker_app.use_cases.pages import HouseholdSheet
from caseworker_app.wording import _, label
from ui.actions import BY_ID, more_button, tip
from ui.context import Context
from ui.screens.households.monitoring import MonitoringForm
from ui.screens.households.parts import FactsPart, MembersPart, SharesPart
from ui.theme import style, tokens
from ui.widgets.basics import Pill, button, clear, column, row, text
from ui.widgets.entitlement_part import ClaimPart
from ui.widgets.findings import Findings
from ui.widgets.history import HistoryTable
from ui.widgets.household_forms import HeadForm, NewHouseholdForm, NewPersonForm, SplitForm
from ui.widgets.parts import Part
from ui.widgets.photos import PhotoStrip
from ui.widgets.record_page import RecordPage


def _village(entry: HouseholdRow) -> str:
    found = divisions.find(entry.village_code)
    return f"{found.name if found else ''} {entry.group}".strip()


class HouseholdScreen(RecordPage):
    """The page of one household."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, self._parts(context))
        self._household = ""
        self._made, self._act = "", ""
        self._entering = False
        self.sheet: HouseholdSheet | None = None
        self._head = row(space=8)
        self._problems = Findings(context, self._to_field)
        self.parts.shown.connect(self._show_part)
        self.setLayout(
            column(
                self._head,
                self._problems,
                self.form_place,
                self.parts,
                space=10,
                margins=(16, 12, 16, 0),
            )
        )
        context.runner.changed.connect(self._changed)

    def _parts(self, context: Context) -> list[Part]:
        return [
            Part("members", _("Members"), lambda: MembersPart(context)),
            Part("facts", _("Facts"), lambda: FactsPart(context, self._open_monitoring)),
            Part("entitlements", _("Entitlements"), lambda: SharesPart(context)),
            Part("claims", _("Claims"), lambda: ClaimPart(context)),
            Part("papers", _("Papers"), lambda: PhotoStrip(context), fills=True),
            Part("history", _("History"), HistoryTable, fills=True),
        ]

    # -- as the frame asks -------------------------------------------------------------------

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `household`, `part` to choose a part
        """Show a household."""
        self._made = ""
        if arguments.get("new"):
            self._enter()
            return
        if arguments["household"] != self._household:
            self._household = arguments["household"]
            self.sheet, self._entering = None, False
            self.parts.show()
            if facts := self.parts.made("facts"):
                facts.facts.leave()
            self.close_form()
            self.parts.choose("members")
        if part := arguments.get("part"):
            self.parts.choose(part)
        self._act = str(arguments.get("act", ""))
        self.reload()
        self.parts.take_keys()

    def _changed(self, changed: Any) -> None:  # noqa: ANN401 - a Changed
        if self._entering and len(changed.households) == 1:
            self._made = next(iter(changed.households))
        page = self.sheet.page if self.sheet else None
        if page and (
            changed.everything
            or self._household in changed.households
            or changed.people & {member.id for member in page.members}
        ):
            self.reload()

    def reload(self) -> None:
        """Fetch everything of the household and show it."""
        self.context.query(
            pages.household,
            self.context.desk,
            self._household,
            self.context.today,
            then=self._show,
            latest="household",
        )
        self._problems.read(households=[self._household])

    def _show(self, sheet: HouseholdSheet) -> None:
        if sheet.page.row.id != self._household:
            return
        self.sheet = sheet
        self._show_head(sheet)
        self.parts.tabs.count(
            {
                "members": len(sheet.page.members),
                "entitlements": sum(answer.state is not State.NOT_ELIGIBLE for answer in sheet.answers),
                "claims": len(sheet.claims),
                "papers": len(sheet.papers),
                "history": len(sheet.history),
            }
        )
        self._show_part(self.parts.current())
        if self._act == "person.new":  # Asked for on another page.
            self.new_person()
        self._act = ""

    def _show_head(self, sheet: HouseholdSheet) -> None:
        clear(self._head)
        page, entry = sheet.page, sheet.page.row
        title = text(_("Household of {head}").format(head=entry.head), select=True)
        title.setFont(style.font(tokens.PAGE, strong=True))
        self._head.addWidget(
            button(_("Back"), self.context.navigator.back, link=True, icon="back", tip=_("Back  Esc"))
        )
        self._head.addWidget(title)
        if entry.kind:
            self._head.addWidget(Pill(label("household_kind", entry.kind), "quiet"))
        if entry.monitored_kind:
            word = label("monitored_kind", entry.monitored_kind)
            self._head.addWidget(
                Pill(_("{kind}, risk resolved").format(kind=word), "quiet")
                if entry.resolved_on
                else Pill(word, "attention")
            )
        if page.relocated:
            self._head.addWidget(Pill(_("relocated"), "quiet"))
        said = " · ".join(
            part for part in (entry.household_no, _village(entry), identity.masked_phone(entry.phone)) if part
        )
        words = text(said, "muted", wrap=True, select=True)
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._head.addWidget(words, 1)
        for act, does in (("person.new", self.new_person), ("household.monitoring", self.record_monitoring)):
            self._head.addWidget(button(_(BY_ID[act].title), does, tip=tip(act)))
        more = (
            ("household.split", self.split),
            ("household.head", self.change_head),
            ("attachment.attach", self.attach),
        )
        self._head.addWidget(more_button([(act, does) for act, does in more]))

    # -- parts -------------------------------------------------------------------------------

    def _show_part(self, key: str) -> None:
        sheet = self.sheet
        if sheet is None:
            return
        part = self.parts.part(key)
        if key == "claims":
            part.show_claims(sheet.claims)
        elif key == "papers":
            part.show_papers(sheet.papers, household=self._household)
        elif key == "history":
            part.show_history(sheet.history)
        else:
            part.show_household(sheet)

    def _to_field(self, found: Finding) -> None:
        """Go to the field a check found fault with, on the person's page where it is a person's."""
        if found.person:
            self.context.navigator.go("person", person=found.person, field=found.field, record=found.other)
        elif found.field.startswith("monitoring."):
            self.record_monitoring()
        else:
            self.parts.choose("facts")
            fields = self.parts.part("facts").facts.fields
            if found.field in fields:
                fields[found.field].edit()

    # -- forms in place ----------------------------------------------------------------------

    def _enter(self) -> None:
        """Show the form of a new household, and nothing else."""
        self._household, self.sheet, self._entering = "", None, True
        clear(self._head)
        self._problems.show_findings(())
        self.parts.hide()
        form = NewHouseholdForm(self.context)
        self.open_form(form)
        self.form_place.addStretch(1)
        form.finished.connect(self._entered)

    def _entered(self) -> None:
        """Go to the household that was made, or back."""
        self._entering = False
        self.context.navigator.back()
        if self._made:
            self.context.navigator.go("household", household=self._made)

    def new_person(self) -> None:
        """Open the form for a new member."""
        if self.sheet is not None:
            self.open_form(NewPersonForm(self.context, self._household, self.sheet.page.row.head))

    def split(self) -> None:
        """Open the form that makes a household of its own of some members."""
        if self.sheet is not None:
            self.open_form(SplitForm(self.context, self._household, self.sheet.page.members))

    def change_head(self) -> None:
        """Open the form that makes another member the head."""
        if self.sheet is not None:
            self.open_form(HeadForm(self.context, self._household, self.sheet.page.members))

    def record_monitoring(self) -> None:
        """Open the form for monitoring, on the stretch that goes on if there is one."""
        if self.sheet is not None:
            self._open_monitoring(next((line for line in self.sheet.monitored if not line.resolved_on), None))

    def _open_monitoring(self, stretch: MonitoringLine | None) -> None:
        if self.sheet is not None:
            head = self.sheet.page.row.head
            self.open_form(MonitoringForm(self.context, self._household, head, stretch))
