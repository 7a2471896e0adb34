"""The parts of a person's page: facts, household, jobs and intentions, services and contacts."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from caseworker_app.domain import money
from caseworker_app.read_models.people import IntentionLine, ServiceLine, SpellLine
from caseworker_app.use_cases import facts_of_work
from caseworker_app.use_cases.pages import ABLE, REACHED, WHO, PersonSheet
from caseworker_app.wording import _, label
from db.queries import work_facts
from ui.context import Context
from ui.widgets.basics import button, clear, column, row, text
from ui.widgets.fact_field import Facts
from ui.widgets.members import member_lines
from ui.widgets.proposed import Proposed
from ui.widgets.records import Records
from ui.widgets.timeline import spell_words
from ui.widgets.work_facts import WorkFacts

_SPELL = (
    "spell.kind",
    "spell.started_on",
    "spell.ended_on",
    "spell.place",
    "spell.employer",
    "spell.trade",
    "spell.industry",
    "spell.channel",
    "spell.wage",
    "spell.contract",
    "spell.insured",
    "spell.point_to_point",
)
_INTENTION = ("intention.kind", "intention.place", "intention.trade", "intention.wage")
_SERVICE = ("service.kind", "service.on", "service.outcome", "service.vacancy", "service.note")


class FactsPart(QWidget):
    """Who they are, what work they are able to do, and how they are reached and paid."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._cards = (
            Facts(context, _("Particulars"), WHO),
            Facts(context, _("Schooling and work ability"), ABLE),
            Facts(context, _("Telephone and bank card"), REACHED),
        )
        whole = row(space=12)
        for card in self._cards:
            side = column(card, None)
            whole.addLayout(side, 1)
        self._proposed = Proposed(context)
        self.setLayout(column(self._proposed, whole, space=12))

    def show_person(self, sheet: PersonSheet) -> None:
        """Show the facts, and what is proposed beside them."""
        for card in self._cards:
            card.show_facts(sheet.facts)
        self._proposed.show_lines(sheet.proposed)

    def reveal(self, *, shown: bool) -> None:
        """Show numbers in full, or masked again."""
        for card in self._cards:
            card.reveal(shown=shown)

    def edit(self, key: str) -> None:
        """Open the editor of a fact."""
        for card in self._cards:
            if key in card.fields:
                card.fields[key].edit()

    def leave(self) -> None:
        """Leave every editor."""
        for card in self._cards:
            card.leave()


class HouseholdPart(QWidget):
    """The members of the household, each a link."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)

    def show_person(self, sheet: PersonSheet) -> None:
        """Show the members."""
        clear(self._place)
        page = sheet.page
        go = self._context.navigator.go
        opening = row(
            text(_("Household {number}").format(number=page.row.household_no), "section"),
            button(_("Open household"), lambda: go("household", household=page.row.household), link=True),
            button(_("Bundle"), lambda: go("bundle", household=page.row.household), link=True),
            None,
        )
        self._place.addLayout(opening)
        self._place.addWidget(member_lines(self._context, page.members))


class JobsPart(QWidget):
    """Jobs and intentions, each changed where it stands."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.jobs = Records(
            context,
            "spell",
            "",
            [_("First day"), _("Last day"), _("Kind"), _("Job"), _("Why it ended")],
            _SPELL,
            _("No job recorded yet. Ctrl+J records one."),
            stretch=3,
            lines=_spell_line,
        )
        self._wishes = Records(
            context,
            "intention",
            _("Intentions"),
            [_("Since"), _("Until"), _("Intention"), _("Where to and what")],
            _INTENTION,
            _("Not asked yet. Ctrl+I records an intention."),
            stretch=3,
            lines=_intention_line,
        )
        self._context = context
        self.work = WorkFacts(
            context,
            _("Work facts"),
            facts_of_work.PERSONAL,
            _("No wages by month, contracts, insurances, certificates, businesses, loans or posts yet."),
        )
        self._proposed = Proposed(context, "spell", "intention", *facts_of_work.PERSONAL)
        self.setLayout(column(self._proposed, self.jobs, self._wishes, self.work, space=12))

    def show_person(self, sheet: PersonSheet) -> None:
        """Show jobs, the newest first, intentions and facts of work, and what is proposed beside them."""
        person = sheet.page.row.id
        self._context.query(
            work_facts.of_person,
            person,
            then=lambda facts: self.work.show_facts(facts, person=person),
            latest="person.work",
        )
        self._proposed.show_lines(sheet.proposed)
        self.jobs.show_records(list(reversed(sheet.page.spells)))
        self._wishes.show_records(sheet.page.intentions)


def _spell_line(spell: SpellLine) -> tuple[str, ...]:
    return (
        spell.started_on.isoformat(),
        spell.ended_on.isoformat() if spell.ended_on else _("now"),
        label("spell_kind", spell.kind),
        spell_words(spell),
        label("end_reason", spell.end_reason),
    )


def _intention_line(wish: IntentionLine) -> tuple[str, ...]:
    wage = _("{amount} yuan a month").format(amount=money.shown(wish.wage)) if wish.wage else ""
    return (
        wish.since.isoformat() if wish.since else "",
        wish.until.isoformat() if wish.until else _("now"),
        label("intention", wish.kind),
        " ".join(part for part in (wish.place_text, wish.trade, wage) if part),
    )


class ServicesPart(QWidget):
    """Services, contacts and notes, each changed where it stands."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._services = Records(
            context,
            "service_record",
            "",
            [_("Day"), _("Service"), _("Outcome"), _("Content of the service"), _("Officer")],
            _SERVICE,
            _("No service yet. Ctrl+R records one."),
            stretch=3,
            lines=_service_line,
        )
        self._proposed = Proposed(context, "service_record")
        self.setLayout(column(self._proposed, self._services, space=12))

    def show_person(self, sheet: PersonSheet) -> None:
        """Show services, the newest first, and what is proposed beside them."""
        self._proposed.show_lines(sheet.proposed)
        self._services.show_records(sheet.page.services)


def _service_line(service: ServiceLine) -> tuple[str, ...]:
    return (
        service.on.isoformat(),
        label("service_kind", service.kind),
        label("service_outcome", service.outcome),
        " · ".join(part for part in (service.vacancy, service.note) if part),
        service.officer,
    )
