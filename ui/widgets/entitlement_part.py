"""The entitlements of a person as cards, the reasons of the chosen one beside them; and what has been claimed."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from caseworker_app.domain import money
from caseworker_app.policy import explain
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.policy.applied import Change
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.use_cases import claims, entitlements
from caseworker_app.wording import _, label
from ui.actions import tip
from ui.context import Context
from ui.papers import preview_forms
from ui.theme import style, tokens
from ui.widgets.asked_facts import AskedFacts
from ui.widgets.basics import Card, Pill, button, clear, column, row, text
from ui.widgets.decided_amount import DecidedAmount
from ui.widgets.entitlement import EntitlementCard, ReasonTable
from ui.widgets.lines import lines

_ORDER = {State.ELIGIBLE: 0, State.UNKNOWN: 1, State.NOT_ELIGIBLE: 2}


class EntitlementPart(QWidget):
    """Cards of entitlements; the chosen one argues its case."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._answers: Sequence[Entitlement] = ()
        self._chosen = ("", "")
        self._told: QLabel | None = None
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)

    def show_answers(self, answers: Sequence[Entitlement]) -> None:
        """Show these entitlements; the one that was chosen stays so."""
        self._answers = sorted(answers, key=lambda each: _ORDER[each.state])
        self._fill()

    def choose(self, item: str, beneficiary: str = "") -> None:
        """Open the reasons of an item."""
        self._chosen = (item, beneficiary)
        self._fill()

    def _fill(self) -> None:
        clear(self._place)
        self._told = None
        if not self._answers:
            self._place.addWidget(Card(text(_("The policy pack has no item for them."), "muted")))
            return
        item, beneficiary = self._chosen
        chosen = next(
            (each for each in self._answers if each.item == item and beneficiary in ("", each.beneficiary)),
            self._answers[0],
        )
        cards = column(space=10)
        for answer in self._answers:
            card = EntitlementCard(self._context.desk.pack.item(answer.item), answer)
            card.mark(chosen=answer is chosen)
            card.setFixedWidth(style.px(300))
            card.chosen.connect(partial(self._take, answer.item, answer.beneficiary))
            cards.addWidget(card)
        cards.addStretch(1)
        whole = row(space=12)
        whole.addLayout(cards)
        whole.addWidget(self._reasons(chosen), 1)
        self._place.addLayout(whole)

    def _take(self, item: str, beneficiary: str) -> None:
        self.choose(item, beneficiary)
        for card in self.findChildren(EntitlementCard):
            if card.isVisibleTo(self) and card.property("chosen"):
                card.setFocus()

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
            decided = DecidedAmount(answer) if answer.decided_by_reviewer else None
            if decided:
                decided.returnPressed.connect(partial(self.file_claim, answer, decided))
                bar.addWidget(decided)
            bar.addWidget(button(_("Claim"), partial(self.file_claim, answer, decided), primary=True))
        note = text("", wrap=True, select=True)
        note.setObjectName("note")
        self._tell(answer, note)
        parts: list[Any] = [bar, note, AskedFacts(self._context, answer.missing), ReasonTable(answer)]
        parts.append(text(explain.ladder_text(item), "secondary", wrap=True))
        required, any_of = "、".join(item.paper.evidence_required), "、".join(item.paper.evidence_any_of)
        evidence = _("Papers: {required}").format(required=required)
        if any_of:
            evidence = _("Papers: {required}; any one of: {any_of}").format(required=required, any_of=any_of)
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

    def _tell(self, answer: Entitlement, note: QLabel) -> None:
        """Say in plain lines what the answer is, why, and what to do or what would change it."""
        self._told = note
        if answer.claimed:
            note.setText(explain.why(answer))
            return
        said = [explain.verdict_text(answer), explain.why(answer)]
        note.setText("\n".join(filter(None, [*said, explain.next_text(answer)])))
        if answer.state is not State.NOT_ELIGIBLE:
            return
        context = self._context
        facts = context.desk.pack.item(answer.item).facts

        def found(changes: Sequence[Change] | None) -> None:
            if self._told is note:  # Somebody may have gone on to another item.
                note.setText("\n".join([*said, explain.changes_text(changes, facts)]))

        context.query(
            entitlements.what_would_change,
            context.desk.pack,
            answer,
            then=found,
            latest=f"entitlement.change.{id(self)}",
        )

    def file_claim(self, answer: Entitlement, decided: DecidedAmount | None = None) -> None:
        """File the claim and show its form."""
        context = self._context
        amount = decided.amount() if decided else None

        def filed(result: tuple[Any, list[str]]) -> None:
            context.messages.done(_("Claim filed: {number}").format(number=result[1][0]), context.undo)
            preview_forms(context, result[1], self)

        context.runner.write(
            lambda _progress: claims.file(
                context.desk,
                answer.item,
                [answer.beneficiary],
                context.today,
                cycle=answer.cycle.name,
                amount=amount,
            ),
            filed,
        )


class ClaimPart(QWidget):
    """What has been claimed, as a small table."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)

    def show_claims(self, found: Sequence[ClaimRow]) -> None:
        """Show these claims."""
        clear(self._place)
        context = self._context
        rows = [
            (
                claim.number,
                claim.name,
                context.desk.pack.item(claim.item).name,
                _("{amount} yuan").format(amount=money.shown(claim.amount)),
                claim.filed_on.isoformat(),
                Pill(label("claim_state", claim.state), "accent"),
                button(_("Preview form"), partial(preview_forms, context, [claim.number], self), link=True),
            )
            for claim in found
        ]
        heads = [_("Claim number"), _("Name"), _("Item"), _("Amount"), _("Filed on"), _("State"), ""]
        nothing = _("Nothing has been claimed yet: choose an entitlement and press Claim.")
        self._place.addWidget(lines(heads, rows, nothing, 2))


def print_claims(context: Context, found: Sequence[ClaimRow], parent: QWidget) -> None:
    """Show the forms of every live claim."""
    numbers = [claim.number for claim in found if claim.state not in ("withdrawn", "rejected")]
    if numbers:
        preview_forms(context, numbers, parent)
    else:
        context.messages.tell(_("Nothing has been claimed yet: choose an entitlement and press Claim."))


def _yuan(amount: int | None) -> str:
    return _("not known") if amount is None else money.shown(amount)
