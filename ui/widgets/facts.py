"""Forms that record one fact about a worker, in place: a service, a job, its end, an intention."""

from collections.abc import Callable, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QPushButton, QWidget

from caseworker_app.domain import codes, divisions, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.use_cases import work
from caseworker_app.wording import _, _n, label
from ui.context import Context
from ui.theme import style
from ui.widgets.basics import Card, Field, button, column, row, text
from ui.widgets.day_edit import DayEdit

_JOB_KEPT = ("spring_festival", "farming_season", "visit")
"""Reasons to be at home that end no job."""
SERVICE_KINDS = ("policy_briefing", "job_referral", "career_guidance", "skills_training", "contact", "other")


def choices(list_name: str, only: Sequence[str] = ()) -> QComboBox:
    """Return a list to choose a code from."""
    box = QComboBox()
    for code in only or codes.code_list(list_name).codes:
        box.addItem(label(list_name, code), code)
    return box


class FactForm(Card):
    """A form that is saved with Enter and left with Esc. Signals: finished() when saved or left."""

    finished = Signal()

    def __init__(self, context: Context, title: str) -> None:
        super().__init__(space=10)
        self.context = context
        self._title = text(title, "section")
        self.setAccessibleName(title)
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        self._save = button(_("Save"), self.save, primary=True, tip="Enter")
        self._leave = button(_("Cancel"), self.finished.emit, tip="Esc")
        self._begun_from: list[object] | None = None
        context.runner.crashed.connect(self._take_again)

    def showEvent(self, event: QShowEvent) -> None:
        """Remember what it begins with."""
        super().showEvent(event)
        if self._begun_from is None:
            self._begun_from = self._entered()

    def _entered(self) -> list[object]:
        return [
            *(box.text() for box in self.findChildren(QLineEdit)),
            *(box.currentIndex() for box in self.findChildren(QComboBox)),
            *(box.isChecked() for box in self.findChildren(QAbstractButton)),
        ]

    def begun(self) -> bool:
        """Whether something was typed or chosen that is not saved."""
        return self._begun_from not in (None, self._entered())

    def _take_again(self) -> None:
        """Let what is typed be saved once more after a fault of ours."""
        self._save.setEnabled(True)

    def build(self, *parts: QWidget) -> None:
        """Lay out the fields between title and buttons."""
        box = self.box()
        box.addWidget(self._title)
        for part in parts:
            box.addWidget(part)
        box.addWidget(self._wrong)
        box.addLayout(row(None, self._leave, self._save))

    def wrong(self, words: str) -> None:
        """Say what is wrong and keep everything typed."""
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def save(self) -> None:
        """Record the fact; to be given by each form."""
        raise ValueError(self._title.text())

    def run(self, work_: Callable[[], object], words: str) -> None:
        """Write in the background; say it and close when done, say what is wrong otherwise."""
        self._save.setEnabled(False)
        self.wrong("")

        context = self.context

        def done(result: object) -> None:
            if isinstance(result, Changed) and not result.change_set:
                context.messages.done(_("Nothing changed: the ledger says that already."))
            else:
                context.messages.done(words, context.undo)
            if shiboken6.isValid(self):
                self._save.setEnabled(True)
                self.finished.emit()

        def failed(error: ExpectedError) -> None:
            if shiboken6.isValid(self):
                self._save.setEnabled(True)
                holder = QApplication.focusWidget()
                if holder is None or not self.isAncestorOf(holder):  # It was on the button.
                    self._save.setFocus()
                self.wrong(error_text(error))
            else:
                context.messages.error(error)

        context.runner.write(lambda _progress: work_(), done, failed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves, Esc leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.save()
        elif event.key() == Qt.Key.Key_Escape:
            self.finished.emit()
        else:
            super().keyPressEvent(event)


class ServiceForm(FactForm):
    """Record a service: a digit for the kind, the words, Enter."""

    def __init__(self, context: Context, people: Sequence[tuple[str, str]]) -> None:
        who = (
            people[0][1]
            if len(people) == 1
            else _n("{count} worker", "{count} workers", len(people)).format(count=len(people))
        )
        super().__init__(context, _("Record service · {who}").format(who=who))
        self._people = [person for person, _name in people]
        self._kind = ""
        self._buttons: dict[str, QPushButton] = {}
        lines = [row(space=6), row(space=6), row(space=6)]
        for number, kind in enumerate(SERVICE_KINDS, 1):
            made = QPushButton(f"{number} {label('service_kind', kind)}")
            made.setProperty("tab", True)
            made.setCheckable(True)
            made.setAutoExclusive(True)
            made.setAutoDefault(False)
            made.setAccessibleName(label("service_kind", kind))
            made.clicked.connect(partial(self.choose, kind))
            self._buttons[kind] = made
            lines[(number - 1) // 2].addWidget(made)
        for line in lines:
            line.addStretch(1)
        kinds = QWidget()
        kinds.setLayout(column(*lines, space=4))
        kinds.setAccessibleName(_("Kind of service"))
        self.words = QLineEdit()
        self._words = Field(_("Content of the service"), self.words)
        self.day = DayEdit(context.today)
        self.outcome = choices("service_outcome")
        below = QWidget()
        below.setLayout(row(Field(_("Day"), self.day), Field(_("Outcome"), self.outcome), None, space=12))
        self.build(kinds, self._words, below)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def choose(self, kind: str) -> None:
        """Choose the kind and go on to the words."""
        self._kind = kind
        self._buttons[kind].setChecked(True)
        referral = kind == "job_referral"
        self.words.setPlaceholderText(
            _("Which vacancy: employer and job") if referral else _("In a few words (may stay empty)")
        )
        self.words.setFocus()

    def save(self) -> None:
        """Record the service for everybody chosen."""
        if not self._kind:
            self.wrong(_("Choose the kind of service: press 1 to 6."))
            self.setFocus()
            return
        try:
            day = self.day.day()
        except ValueError:
            self.wrong(_("The day is not complete, for example 2024-10-31."))
            return
        assert day is not None
        typed = self.words.text()
        vacancy, note = (typed, "") if self._kind == "job_referral" else ("", typed)
        job = partial(
            work.record_service,
            self.context.desk,
            self._people,
            self._kind,
            day,
            vacancy=vacancy,
            note=note,
            outcome=str(self.outcome.currentData()),
        )
        self.run(job, _("Recorded: {what}").format(what=label("service_kind", self._kind)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit chooses the kind."""
        number = event.key() - Qt.Key.Key_0
        if 1 <= number <= len(SERVICE_KINDS):
            self.choose(SERVICE_KINDS[number - 1])
        else:
            super().keyPressEvent(event)


class ReturnForm(FactForm):
    """Record that the job ended, and why; `working` tells whether one is under way."""

    def __init__(self, context: Context, person: str, name: str, *, working: bool) -> None:
        super().__init__(context, _("Record return · {who}").format(who=name))
        self._person = person
        ending = [code for code in codes.code_list("end_reason").codes if code not in _JOB_KEPT]
        self.reason = choices("end_reason", ending)
        self.reason.setPlaceholderText(_("Please choose"))
        self.reason.setCurrentIndex(-1)
        self.day = DayEdit(context.today)
        self.home = choices("yes_no")
        fields = QWidget()
        fields.setLayout(
            row(
                Field(_("Last day"), self.day),
                Field(_("Reason"), self.reason),
                Field(_("Came home"), self.home),
                None,
                space=12,
            )
        )
        hint = text(
            _(
                "At Spring Festival, for the harvest or a visit the job goes on: nothing needs to be recorded."
            ),
            "secondary",
            wrap=True,
        )
        self.build(fields, hint)
        if not working:
            self.wrong(error_text(ExpectedError("spell.none", day=context.today.isoformat())))

    def save(self) -> None:
        """End the job."""
        try:
            day = self.day.day()
        except ValueError:
            day = None
        if day is None:
            self.wrong(_("The day is not complete, for example 2024-10-31."))
            return
        if self.reason.currentIndex() < 0:
            self.wrong(_("Choose the reason for the return."))
            self.reason.setFocus()
            return
        home = self.home.currentData() == "yes"
        job = partial(
            work.record_return,
            self.context.desk,
            self._person,
            day,
            str(self.reason.currentData()),
            came_home=home,
        )
        self.run(job, _("Recorded: {what}").format(what=_("return")))


class SpellForm(FactForm):
    """Record a job."""

    def __init__(self, context: Context, person: str, name: str) -> None:
        super().__init__(context, _("Record job · {who}").format(who=name))
        self._person = person
        self.kind = choices("spell_kind")
        self.first = DayEdit(context.today)
        self.last = DayEdit(None, optional=True)
        self.place = QLineEdit()
        self.place.setPlaceholderText(_("Province, city, county"))
        self.place_field = Field(_("Place of work"), self.place)
        self.employer = QLineEdit()
        self.trade = QLineEdit()
        self.channel = choices("channel")
        self.channel.insertItem(0, _("not known"), "")
        self.channel.setCurrentIndex(0)
        self.wage = QLineEdit()
        self.wage.setFixedWidth(style.px(110))
        self.contract = choices("yes_no")
        self.contract.insertItem(0, _("not known"), None)
        self.contract.setCurrentIndex(0)
        self.insured = choices("yes_no")
        self.insured.insertItem(0, _("not known"), None)
        self.insured.setCurrentIndex(0)
        one, two = QWidget(), QWidget()
        upper = row(
            Field(_("Kind"), self.kind),
            Field(_("First day"), self.first),
            Field(_("Last day"), self.last),
            self.place_field,
            space=12,
        )
        upper.setStretchFactor(self.place_field, 1)
        one.setLayout(upper)
        employer = Field(_("Employer"), self.employer)
        lower = row(
            employer,
            Field(_("Trade"), self.trade),
            Field(_("Channel"), self.channel),
            Field(_("Yuan a month"), self.wage),
            Field(_("Contract"), self.contract),
            Field(_("Insured"), self.insured),
            space=12,
        )
        lower.setStretchFactor(employer, 1)
        two.setLayout(lower)
        self.place.textChanged.connect(self._recognise)
        self.build(one, two)

    def _recognise(self, typed: str) -> None:
        code = divisions.resolve_place(typed) if typed.strip() else ""
        self.place_field.wrong(
            ""
            if not typed.strip() or len(code) == 6
            else _("The county is not recognised yet, for example 浙江省杭州市余杭区.")
        )

    def save(self) -> None:
        """Record the job."""
        try:
            first, last = self.first.day(), self.last.day()
            wage = money.fen(self.wage.text()) if self.wage.text().strip() else None
        except ValueError:
            self.wrong(_("A day or the wage is not complete, for example 2024-10-31 and 4200."))
            return
        assert first is not None

        def known(box: QComboBox) -> bool | None:
            return None if box.currentData() is None else box.currentData() == "yes"

        job = partial(
            work.record_spell,
            self.context.desk,
            self._person,
            str(self.kind.currentData()),
            first,
            ended_on=last,
            place_text=self.place.text().strip(),
            employer=self.employer.text(),
            trade=self.trade.text().strip(),
            channel=str(self.channel.currentData()),
            wage=wage,
            contract=known(self.contract),
            insured=known(self.insured),
        )
        self.run(job, _("Recorded: {what}").format(what=_("job")))


class IntentionForm(FactForm):
    """Record what somebody wants."""

    def __init__(self, context: Context, person: str, name: str) -> None:
        super().__init__(context, _("Record intention · {who}").format(who=name))
        self._person = person
        self.kind = choices("intention")
        self.day = DayEdit(context.today)
        self.place = QLineEdit()
        self.trade = QLineEdit()
        fields = QWidget()
        fields.setLayout(
            row(
                Field(_("Intention"), self.kind),
                Field(_("Asked on"), self.day),
                Field(_("Where to"), self.place),
                Field(_("Trade"), self.trade),
                space=12,
            )
        )
        self.build(fields)

    def save(self) -> None:
        """Record the intention."""
        try:
            day = self.day.day()
        except ValueError:
            day = None
        if day is None:
            self.wrong(_("The day is not complete, for example 2024-10-31."))
            return
        job = partial(
            work.record_intention,
            self.context.desk,
            self._person,
            str(self.kind.currentData()),
            day,
            place_text=self.place.text(),
            trade=self.trade.text(),
        )
        self.run(job, _("Recorded: {what}").format(what=_("intention")))


__all__ = ["FactForm", "IntentionForm", "ReturnForm", "ServiceForm", "SpellForm", "choices"]
