"""One claim beside the board: its papers to tick off, objections, payments and the steps it took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from caseworker_app.domain import codes, money
from caseworker_app.policy import explain
from caseworker_app.read_models.attachments import AttachmentLine
from caseworker_app.read_models.claims import (
    ClaimLife,
    ClaimStepLine,
    EvidenceLine,
    ObjectionLine,
    PaymentLine,
)
from caseworker_app.use_cases import claims
from caseworker_app.wording import _, label
from db.queries import attachments as attachment_queries
from db.queries import claims as queries
from ui.context import Context
from ui.papers import preview_forms
from ui.screens.claims.shared import note, state_tone
from ui.widgets.basics import Field, Pill, button, clear, column, row, text
from ui.widgets.facts import FactForm
from ui.widgets.lines import scrolled


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the panel shows of one claim."""

    life: ClaimLife
    beneficiary_kind: str
    beneficiary: str
    why: str
    until: date | None
    steps: tuple[str, ...]
    evidence: tuple[EvidenceLine, ...]
    objections: tuple[ObjectionLine, ...]
    payments: tuple[PaymentLine, ...]
    photos: tuple[AttachmentLine, ...]


def _read(connection: Any, context: Context, number: str) -> Sheet | None:  # noqa: ANN401 - a connection
    found = queries.by_number(connection, number)
    life = queries.lives(connection, [number]).get(number)
    if found is None or life is None:
        return None
    personal = found.beneficiary_kind == "person"
    return Sheet(
        life,
        found.beneficiary_kind,
        found.beneficiary,
        str(explain.told(found.answer).get("why", "")),
        claims.shown_until(context.desk, connection, life),
        claims.possible_steps(context.desk, life),
        tuple(queries.evidence(connection, life.id)),
        tuple(queries.objections(connection, life.id)),
        tuple(queries.payments(connection, [life.id]).get(life.id, [])),
        tuple(
            attachment_queries.lines(
                connection,
                people=[found.beneficiary] if personal else [],
                households=[] if personal else [found.beneficiary],
            )
        ),
    )


class ObjectionForm(FactForm):
    """Record an objection."""

    def __init__(self, context: Context, number: str) -> None:
        super().__init__(context, _("Record objection"))
        self._number = number
        self.words = QLineEdit()
        self.by = QLineEdit()
        self.build(Field(_("What is objected"), self.words), Field(_("By whom (may stay empty)"), self.by))

    def save(self) -> None:
        """Record it."""
        if not self.words.text().strip():
            self.wrong(_("Say why: it is kept with the claim."))
            self.words.setFocus()
            return
        context = self.context
        job = partial(
            claims.object_to, context.desk, self._number, self.words.text(), context.today, by=self.by.text()
        )
        self.run(job, _("Recorded: {what}").format(what=_("objection")))


class ResolveForm(FactForm):
    """Resolve the objections."""

    def __init__(self, context: Context, number: str) -> None:
        super().__init__(context, _("Resolve objection"))
        self._number = number
        self.outcome = QComboBox()
        for code in codes.code_list("objection_outcome").codes:
            self.outcome.addItem(label("objection_outcome", code), code)
        self.answer = QLineEdit()
        self.build(Field(_("Outcome"), self.outcome), Field(_("What was found"), self.answer))

    def save(self) -> None:
        """Resolve them."""
        if not self.answer.text().strip():
            self.wrong(_("Say why: it is kept with the claim."))
            self.answer.setFocus()
            return
        context = self.context
        job = partial(
            claims.resolve,
            context.desk,
            self._number,
            str(self.outcome.currentData()),
            self.answer.text(),
            context.today,
        )
        self.run(job, label("objection_outcome", str(self.outcome.currentData())))


class ClaimDetail(QWidget):
    """The panel of the one claim that is selected."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("side")
        self._context = context
        self._number = ""
        self._sheet: Sheet | None = None
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        inside.setObjectName("surface")
        inside.setLayout(column(self._place, None, margins=(16, 12, 16, 12)))
        self.setLayout(column(scrolled(inside, _("Claim")), space=0))

    def show_claim(self, number: str, count: int) -> None:
        """Show the claim of this number; '' when none or several are selected."""
        if number != self._number or not number:
            clear(self._place)
            self._sheet = None
        self._number = number
        if number:
            self._context.query(_read, self._context, number, then=self._show, latest="claims.detail")
        else:
            words = (
                _("Select one claim to see its papers and steps.")
                if count < 2
                else _("Several claims are selected: “Move on” takes all that can.")
            )
            self._place.addWidget(text(words, "muted", wrap=True))

    def _show(self, sheet: Sheet | None) -> None:
        if sheet is None or sheet.life.number != self._number:
            return
        if sheet == self._sheet:
            return
        self._sheet = sheet
        held: QWidget | None = self.window().focusWidget()
        focused = held.objectName() if held and self.isAncestorOf(held) else ""
        clear(self._place)
        life, context = sheet.life, self._context
        add = self._place.addWidget
        self._place.addLayout(
            row(
                text(life.name, "section"),
                Pill(label("claim_state", life.state), state_tone(life.state)),
                None,
            )
        )
        name = claims.item_name(context.desk.pack, life.item)
        add(
            text(
                f"{name} · {life.cycle} · " + _("{amount} yuan").format(amount=money.shown(life.amount)),
                wrap=True,
            )
        )
        add(text(life.number, "secondary", select=True))
        if sheet.why:
            add(note(sheet.why))
        links = row(
            button(
                _("Preview form"),
                partial(preview_forms, context, [life.number], self),
                icon="print",
                link=True,
            ),
            None,
        )
        if sheet.beneficiary_kind in ("person", "household"):
            links.insertWidget(0, button(_("Open"), partial(self._open, sheet), link=True))
        self._place.addLayout(links)
        if life.rival:
            add(
                text(
                    _(
                        "Claim {number} is for the same item, cycle and beneficiary. Withdraw or reject one of them."
                    ).format(number=life.rival),
                    "error",
                    wrap=True,
                )
            )
        if sheet.until:
            add(
                text(
                    _("In public until {day}; it can go on from the day after.").format(day=sheet.until),
                    wrap=True,
                )
            )
        self._show_papers(sheet, focused)
        self._show_objections(sheet)
        self._show_money(sheet.payments)
        self._show_steps(life.steps)

    def _open(self, sheet: Sheet) -> None:
        go = self._context.navigator.go
        if sheet.beneficiary_kind == "person":
            go("person", person=sheet.beneficiary, part="claims")
        else:
            go("household", household=sheet.beneficiary)

    def _show_papers(self, sheet: Sheet, focused: str) -> None:
        context, life = self._context, sheet.life
        rule = context.desk.pack.items.get(life.item)
        self._place.addWidget(text(_("Papers"), "section"))
        required, more = claims.lacking_papers(context.desk.pack, life)
        if rule is not None:
            said = (
                _("All papers are there.")
                if not required and not more
                else _("Still missing: {required} required, {more} of the choice.").format(
                    required=len(required), more=more
                )
            )
            self._place.addWidget(text(said, "secondary", wrap=True))
        held = {each.kind: each for each in sheet.evidence}
        choice = rule.paper.evidence_any_of if rule else ()
        for kind in claims.paper_kinds(context.desk.pack, life.item):
            words = _("{paper} (choice)").format(paper=kind) if kind in choice else kind
            if any(each.kind == kind and each.attachment for each in sheet.evidence):
                words = _("{paper} · photo").format(paper=words)
            box = QCheckBox(words)
            box.setChecked(kind in held)
            box.clicked.connect(lambda there, kind=kind: self._tick(sheet, kind, there))
            self._place.addWidget(box)
            box.setObjectName(f"paper:{kind}")
            if box.objectName() == focused:
                box.show()  # What is not shown yet cannot have the keys.
                box.setFocus()

    def _tick(self, sheet: Sheet, kind: str, there: bool) -> None:
        context, number = self._context, sheet.life.number
        if there:
            photo = next((each.id for each in sheet.photos if _shows(each, kind)), "")
            context.runner.write(
                lambda _progress: claims.add_papers(
                    context.desk, number, [kind], context.today, attachment=photo
                ),
                lambda _changed: context.messages.done(_("Noted: {paper}").format(paper=kind), context.undo),
            )
        elif held := [each.id for each in sheet.evidence if each.kind == kind]:
            context.runner.write(
                lambda _progress: claims.remove_paper(context.desk, number, held[0]),
                lambda _changed: context.messages.done(
                    _("Taken off: {paper}").format(paper=kind), context.undo
                ),
            )

    def _show_objections(self, sheet: Sheet) -> None:
        if not sheet.objections and "objection" not in sheet.steps:
            return
        bar = row(text(_("Objections"), "section"), None)
        if "objection" in sheet.steps:
            bar.addWidget(button(_("Record objection"), partial(self._form, ObjectionForm), link=True))
        if sheet.life.open_objections:
            bar.addWidget(button(_("Resolve objection"), partial(self._form, ResolveForm), link=True))
        self._place.addLayout(bar)
        self._form_place = QVBoxLayout()
        self._place.addLayout(self._form_place)
        for each in sheet.objections:
            outcome = label("objection_outcome", each.outcome) if each.outcome else _("open")
            who = f"（{each.by}）" if each.by else ""
            self._place.addWidget(
                text(
                    f"{each.raised_on} {each.words}{who} · {outcome} {each.answer}".strip(),
                    "secondary",
                    wrap=True,
                )
            )

    def _form(self, make: type[ObjectionForm | ResolveForm]) -> None:
        clear(self._form_place)
        form = make(self._context, self._number)
        place = self._form_place
        form.finished.connect(lambda: clear(place))
        place.addWidget(form)
        form.setFocus()

    def _show_money(self, payments: Sequence[PaymentLine]) -> None:
        if not payments:
            return
        self._place.addWidget(text(_("Payments"), "section"))
        for each in payments:
            day = each.paid_on.isoformat() if each.paid_on else ""
            words = f"{day} {label('payment_outcome', each.outcome)} {money.shown(each.amount)} {each.reason}"
            self._place.addWidget(text(words.strip(), "secondary", wrap=True))

    def _show_steps(self, steps: Sequence[ClaimStepLine]) -> None:
        self._place.addWidget(text(_("Steps taken"), "section"))
        for each in reversed(steps):
            words = f"{each.on} {label('claim_state', each.state)} · {each.officer}"
            if each.reason:
                words += f"\n{each.reason}"
            self._place.addWidget(text(words, "secondary", wrap=True))


def _shows(photo: AttachmentLine, kind: str) -> bool:
    """Whether a photo among the papers is of this kind of paper."""
    return (
        photo.title == kind
        or codes.code_list("attachment_kind").parse(kind.removesuffix("复印件")) == photo.kind
    )
