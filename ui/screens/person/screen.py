"""One person on one page: who, jobs on a time line, entitlements that argue their case, household, services, history."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from caseworker_app.domain import divisions, identity, money
from caseworker_app.domain.spans import Span, clip_all, cumulative
from caseworker_app.policy import explain
from caseworker_app.policy.assess import Entitlement, State
from caseworker_app.policy.pack import IncomeLadder, Item, MonthsLadder
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.read_models.people import PersonPage
from caseworker_app.use_cases import claims, entitlements
from caseworker_app.wording import _, label, months_text
from db.queries import claims as claim_queries
from db.queries import workers as queries
from ui.actions import tip
from ui.context import Context
from ui.papers import preview_forms
from ui.theme import style, tokens
from ui.widgets.basics import Card, Pill, TabStrip, button, clear, column, row, text
from ui.widgets.entitlement import EntitlementCard, ReasonTable
from ui.widgets.facts import CardForm, FactForm, IntentionForm, ReturnForm, ServiceForm, SpellForm
from ui.widgets.history import history_lines
from ui.widgets.lines import lines, scrolled
from ui.widgets.package import PackageCells
from ui.widgets.table import STATUS_TONES
from ui.widgets.timeline import TimeLine, spell_words
from ui.words import N_

TABS = (
    ("entitlements", N_("Entitlements")),
    ("household", N_("Household")),
    ("spells", N_("Jobs and intentions")),
    ("services", N_("Services and contacts")),
    ("claims", N_("Claims")),
    ("history", N_("History")),
)


class PersonScreen(QWidget):
    """The page of one person."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._person = ""
        self._item = ""
        self._page: PersonPage | None = None
        self._answers: Sequence[Entitlement] = ()
        self._claims: Sequence[ClaimRow] = ()
        self._shown_number = False
        self._head = QWidget()
        self._head.setLayout(column(margins=(0, 0, 0, 0)))
        self._form_place = QVBoxLayout()
        self._time_line = TimeLine()
        self._time_line.spell_chosen.connect(self._show_jobs)
        self._worked = text("", "muted")
        self._cells = PackageCells()
        title = text(_("Jobs"), "section")
        time_card = Card(
            row(title, self._worked, None, self._cells, space=12),
            self._time_line,
            margins=(16, 10, 16, 8),
            space=4,
        )
        self.tabs = TabStrip([(key, _(name)) for key, name in TABS], _("Parts of this page"))
        self.tabs.chosen.connect(self._show_part)
        self._parts = QStackedWidget()
        self._places: dict[str, QVBoxLayout] = {}
        for key, name in TABS:
            inside = QWidget()
            inside.setObjectName("ground")
            self._places[key] = QVBoxLayout(inside)
            self._places[key].setContentsMargins(0, 0, 0, style.px(12))
            self._parts.addWidget(scrolled(inside, _(name)))
        self.setLayout(
            column(
                self._head,
                self._form_place,
                time_card,
                self.tabs,
                self._parts,
                space=10,
                margins=(16, 12, 16, 0),
            )
        )
        context.runner.changed.connect(self._changed)

    # -- as the frame asks -------------------------------------------------------------------

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `person`, and `item` to open its reasons
        """Show a person."""
        if arguments["person"] != self._person:
            self._shown_number = False
            self._item = ""
            self.tabs.choose("entitlements")
            self._close_form()
        self._person = arguments["person"]
        self._item = arguments.get("item", self._item)
        self.reload()

    def _show_jobs(self, _spell: str) -> None:
        self.tabs.choose("spells")

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("Changes are saved at once and can be undone")

    def _changed(self, changed: Any) -> None:  # noqa: ANN401 - a Changed
        page = self._page
        if page and (
            changed.everything
            or changed.touches_person(self._person)
            or page.row.household in changed.households
            or changed.people & {each.id for each in page.members}
        ):
            self.reload()

    def reload(self) -> None:
        """Fetch everything of the person and show it."""
        person, desk, today = self._person, self._context.desk, self._context.today
        asked = desk.asked(today)

        def everything(connection: Any) -> Any:  # noqa: ANN401 - a connection, known below the window
            page = queries.page(connection, person, asked)
            if page is None:
                return None
            found = claim_queries.rows(
                connection, claim_queries.ids(connection, beneficiaries=[person, page.row.household]), today
            )
            return page, entitlements.assess_all(connection, desk.pack, today, people=[person]), found

        self._context.query(everything, then=self._show)

    def _show(self, found: tuple[PersonPage, Sequence[Entitlement], Sequence[ClaimRow]] | None) -> None:
        if found is None:
            self._context.navigator.back()
            return
        self._page, self._answers, self._claims = found
        self._show_head(self._page)
        self._show_time_line(self._page)
        self.tabs.count(
            {
                "entitlements": len(self._answers),
                "household": len(self._page.members),
                "spells": len(self._page.spells),
                "services": len(self._page.services),
                "claims": len(self._claims),
                "history": len(self._page.history),
            }
        )
        self._show_part(self.tabs.current())

    # -- head --------------------------------------------------------------------------------

    def _show_head(self, page: PersonPage) -> None:
        layout = self._head.layout()
        assert isinstance(layout, QVBoxLayout)
        clear(layout)
        worker = page.row
        name = text(worker.name, select=True)
        name.setFont(style.font(tokens.PAGE, strong=True))
        number = worker.identity_number if self._shown_number else identity.masked(worker.identity_number)
        phone = page.phone if self._shown_number else identity.masked_phone(page.phone)
        age = _("{age} years").format(age=page.age) if page.age is not None else ""
        relation = (
            _("the head")
            if page.relation == "head"
            else _("{relation} of {head}").format(relation=label("relation", page.relation), head=worker.head)
        )
        place = f"{divisions.path(worker.village_code)[-1].name} {worker.group}".strip()
        first = " ".join(
            part for part in (label("sex", page.sex), age, label("ethnicity", page.ethnicity)) if part
        )
        category = label("monitored_kind", page.monitored_kind) or label(
            "household_kind", page.household_kind
        )
        bar = row(
            button(_("Workers"), self._context.navigator.back, link=True, icon="back", tip="Esc"),
            name,
            text(f"{first} · {number}", "muted", select=True),
            button(
                _("Hide") if self._shown_number else _("Show"),
                self._toggle_number,
                link=True,
                tip=_("Show or hide identity number and phone"),
            ),
            text(f"· {place} · {relation} · {phone}", "muted", select=True),
            space=8,
        )
        if category:
            bar.addWidget(Pill(category, "attention" if page.monitored_kind else "quiet"))
        bar.addWidget(Pill(label("status", worker.status), STATUS_TONES.get(worker.status, "quiet")))
        bar.addStretch(1)
        layout.addLayout(bar)
        acts = row(
            button(_("Record service"), self.record_service, tip=tip("service.record")),
            button(_("Record job"), self.record_spell, tip=tip("spell.record")),
            button(_("Record return"), self.record_return, tip=tip("return.record")),
            button(_("Record intention"), self.record_intention, tip=tip("intention.record")),
            button(_("Telephone and bank card"), self.record_card),
            None,
            space=8,
        )
        layout.addLayout(acts)

    def _toggle_number(self) -> None:
        self._shown_number = not self._shown_number
        if self._page:
            self._show_head(self._page)

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

    # -- forms in place ----------------------------------------------------------------------

    def _open_form(self, make: Callable[[PersonPage], FactForm]) -> None:
        if self._page is None:
            return
        self._close_form()
        form = make(self._page)
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

    def record_card(self) -> None:
        """Open the form for telephone and bank card."""
        self._open_form(
            lambda page: CardForm(
                self._context,
                page.row.id,
                page.row.name,
                holder=page.card_holder,
                bank=page.card_bank,
                number=page.card_number,
                phone=page.phone,
            )
        )

    # -- parts -------------------------------------------------------------------------------

    def _show_part(self, key: str) -> None:
        self._parts.setCurrentIndex([name for name, _title in TABS].index(key))
        if self._page is None:
            return
        place = self._places[key]
        clear(place)
        if key == "entitlements":
            place.addLayout(self._entitlements())
        else:
            part = {
                "household": self._household,
                "spells": self._jobs,
                "services": self._services,
                "claims": self._filed,
                "history": self._history,
            }[key]
            place.addWidget(part(self._page))
        place.addStretch(1)

    def _entitlements(self) -> Any:  # noqa: ANN401 - a layout
        order = {State.ELIGIBLE: 0, State.UNKNOWN: 1, State.NOT_ELIGIBLE: 2}
        answers = sorted(self._answers, key=lambda each: order[each.state])
        chosen = next((each for each in answers if each.item == self._item), answers[0] if answers else None)
        cards = column(space=10)
        for answer in answers:
            card = EntitlementCard(self._context.desk.pack.item(answer.item), answer)
            card.mark(chosen=answer is chosen)
            card.setFixedWidth(style.px(300))
            card.chosen.connect(partial(self._choose, answer.item))
            cards.addWidget(card)
        cards.addStretch(1)
        whole = row(space=12)
        whole.addLayout(cards)
        if chosen:
            whole.addWidget(self._reasons(chosen), 1)
        return whole

    def _choose(self, item: str) -> None:
        self._item = item
        self._show_part("entitlements")

    def _reasons(self, answer: Entitlement) -> QWidget:
        pack = self._context.desk.pack
        item = pack.item(answer.item)
        title = text(item.name, "section")
        title.setFont(style.font(tokens.SECTION, strong=True))
        amount = text(
            _("{amount} yuan").format(amount=money.shown(answer.amount)) if answer.amount else "", "section"
        )
        amount.setFont(style.font(tokens.SECTION, strong=True))
        span = answer.cycle.span
        bar = row(
            title,
            amount,
            Pill(_("cycle {first} to {last}").format(first=span.first, last=span.last)),
            None,
            space=12,
        )
        if answer.claimed:
            bar.addWidget(
                button(
                    _("Preview form"),
                    lambda: preview_forms(self._context, [answer.claimed], self),
                    icon="print",
                    primary=True,
                    tip=tip("claim.print"),
                )
            )
        elif answer.state is State.ELIGIBLE:
            bar.addWidget(button(_("Claim"), partial(self.file_claim, answer), primary=True))
        note = text(explain.why(answer), wrap=True)
        note.setObjectName("note")
        parts: list[Any] = [bar, note, ReasonTable(answer)]
        parts.append(text(_ladder(item), "secondary", wrap=True))
        evidence = _("Papers: {required}; any one of: {any_of}").format(
            required="、".join(item.paper.evidence_required), any_of="、".join(item.paper.evidence_any_of)
        )
        parts.append(text(evidence, "secondary", wrap=True))
        source = _("{document}, {clause} · {department} · {fund}").format(
            document=pack.document.short, clause=item.clause, department=item.department, fund=item.fund
        )
        parts.append(text(source, "secondary", wrap=True))
        own = "；".join(setting.explanation for setting in pack.settings.values())
        parts.append(
            text(_("This place's own reading: {settings}").format(settings=own), "secondary", wrap=True)
        )
        if answer.members:
            shares = [
                (share.name, _yuan(share.income), _yuan(share.due), _yuan(share.paid))
                for share in answer.members
                if share.income or share.due is None
            ]
            if shares:
                parts.append(
                    lines([_("Member"), _("Income"), _("Due"), _("Paid after the limit")], shares, "", 3)
                )
        parts.append(None)
        return Card(*parts, space=10)

    def file_claim(self, answer: Entitlement) -> None:
        """File the claim and show its form."""
        context = self._context

        def filed(result: tuple[Any, list[str]]) -> None:
            context.messages.done(_("Claim filed: {number}").format(number=result[1][0]), context.undo)
            preview_forms(context, result[1], self)

        context.runner.write(
            lambda _progress: claims.file(
                context.desk, answer.item, [answer.beneficiary], context.today, cycle=answer.cycle.name
            ),
            filed,
        )

    def print_forms(self) -> None:
        """Show the forms of every live claim of this person and household."""
        numbers = [claim.number for claim in self._claims if claim.state not in ("withdrawn", "rejected")]
        if numbers:
            preview_forms(self._context, numbers, self)
        else:
            self._context.messages.tell(
                _("Nothing has been claimed yet: choose an entitlement and press Claim.")
            )

    def _household(self, page: PersonPage) -> QWidget:
        go = self._context.navigator.go
        rows = [
            (
                button(member.name, partial(go, "person", person=member.id), link=True),
                label("relation", member.relation),
                identity.masked(member.identity_number),
                member.born.isoformat() if member.born else "",
                Pill(label("status", member.status), STATUS_TONES.get(member.status, "quiet")),
            )
            for member in page.members
        ]
        opening = row(
            text(_("Household {number}").format(number=page.row.household_no), "section"),
            button(_("Open household"), lambda: go("household", household=page.row.household), link=True),
            None,
        )
        whole = QWidget()
        whole.setLayout(
            column(
                opening,
                lines([_("Name"), _("Relation"), _("Identity number"), _("Born"), _("Status")], rows, "", 4),
            )
        )
        return whole

    def _jobs(self, page: PersonPage) -> QWidget:
        jobs = [
            (
                spell.started_on.isoformat(),
                spell.ended_on.isoformat() if spell.ended_on else _("now"),
                label("spell_kind", spell.kind),
                spell_words(spell),
                label("end_reason", spell.end_reason),
            )
            for spell in reversed(page.spells)
        ]
        wishes = [
            (
                each.since.isoformat() if each.since else "",
                each.until.isoformat() if each.until else _("now"),
                label("intention", each.kind),
                " ".join(part for part in (each.place_text, each.trade) if part),
            )
            for each in page.intentions
        ]
        whole = QWidget()
        whole.setLayout(
            column(
                lines(
                    [_("First day"), _("Last day"), _("Kind"), _("Job"), _("Why it ended")],
                    jobs,
                    _("No job recorded yet. Ctrl+J records one."),
                    3,
                ),
                lines(
                    [_("Since"), _("Until"), _("Intention"), _("Where to and what")],
                    wishes,
                    _("Not asked yet. Ctrl+I records an intention."),
                    3,
                ),
            )
        )
        return whole

    def _services(self, page: PersonPage) -> QWidget:
        rows = [
            (
                each.on.isoformat(),
                label("service_kind", each.kind),
                label("service_outcome", each.outcome),
                each.vacancy or each.note,
                each.officer,
            )
            for each in page.services
        ]
        return lines(
            [_("Day"), _("Service"), _("Outcome"), _("Content of the service"), _("Officer")],
            rows,
            _("No service yet. Ctrl+R records one."),
            3,
        )

    def _filed(self, _page: PersonPage) -> QWidget:
        rows = [
            (
                claim.number,
                self._context.desk.pack.item(claim.item).name,
                _("{amount} yuan").format(amount=money.shown(claim.amount)),
                claim.filed_on.isoformat(),
                Pill(label("claim_state", claim.state), "accent"),
                button(
                    _("Preview form"), partial(preview_forms, self._context, [claim.number], self), link=True
                ),
            )
            for claim in self._claims
        ]
        heads = [_("Claim number"), _("Item"), _("Amount"), _("Filed on"), _("State"), ""]
        return lines(
            heads, rows, _("Nothing has been claimed yet: choose an entitlement and press Claim."), 1
        )

    def _history(self, page: PersonPage) -> QWidget:
        return history_lines(page.history)


def _yuan(amount: int | None) -> str:
    return _("not known") if amount is None else money.shown(amount)


def _ladder(item: Item) -> str:
    if isinstance(item.ladder, MonthsLadder):
        tiers = "；".join(
            _("{distance} {months} months {amount} yuan").format(
                distance=label("distance", tier.distance),
                months=tier.at_least,
                amount=money.shown(tier.amount),
            )
            for tier in item.ladder.tiers
        )
    else:
        assert isinstance(item.ladder, IncomeLadder)
        tiers = "；".join(
            _("income {least} yuan: {amount} yuan").format(
                least=money.shown(tier.at_least), amount=money.shown(tier.amount)
            )
            for tier in item.ladder.tiers
        )
    limit = (
        _("; at most {amount} yuan a household").format(amount=money.shown(item.household_cap))
        if item.household_cap
        else ""
    )
    return _("Rungs: {tiers}{limit}").format(tiers=tiers, limit=limit)
