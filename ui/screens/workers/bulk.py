"""One fact for everybody selected: what it would do is said with names before it is done."""

from collections.abc import Callable, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QStackedWidget, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.use_cases import bulk
from caseworker_app.use_cases.bulk import BulkChange, GroupChange, IntentionChange, Preview, ServiceChange
from caseworker_app.wording import _, _n, joined, label
from ui.context import Context
from ui.widgets.basics import Field, column, row, text
from ui.widgets.day_edit import DayEdit
from ui.widgets.facts import SERVICE_KINDS, FactForm, choices
from ui.words import N_

_LOOK_MS = 200
_NAMED = 12
KINDS = (
    ("service", N_("Service")),
    ("contact", N_("Contact")),
    ("group", N_("Group")),
    ("intention", N_("Intention")),
)


def skipped_words(reason: str, count: int) -> str:
    """Return why some are left out."""
    sentences: dict[str, Callable[[], str]] = {
        "same": lambda: _n(
            "{count} has this on record already", "{count} have this on record already", count
        ),
        "too_young": lambda: _n("{count} is under 16", "{count} are under 16", count),
        "not_here": lambda: _n(
            "{count} was not here on that day", "{count} were not here on that day", count
        ),
    }
    return sentences[reason]().format(count=count)


class BulkForm(FactForm):
    """Records a service, a contact, the village group or what is wanted for several workers."""

    def __init__(self, context: Context, people: Sequence[str]) -> None:
        super().__init__(
            context,
            _n("Record for {count} worker", "Record for {count} workers", len(people)).format(
                count=len(people)
            ),
        )
        self._people = list(people)
        self._question = 0
        self._lands = 0
        self._kind = KINDS[0][0]
        self._tabs: dict[str, QPushButton] = {}
        bar = row(space=4)
        for kind, title in KINDS:
            made = QPushButton(_(title))
            made.setProperty("tab", True)
            made.setCheckable(True)
            made.setAutoExclusive(True)
            made.setAutoDefault(False)
            made.setAccessibleName(_(title))
            made.clicked.connect(partial(self.choose, kind))
            bar.addWidget(made)
            self._tabs[kind] = made
        bar.addStretch(1)
        kinds = QWidget()
        kinds.setLayout(bar)
        kinds.setAccessibleName(_("What is recorded"))
        self.service = choices("service_kind", [kind for kind in SERVICE_KINDS if kind != "contact"])
        self.words = QLineEdit()
        self.note = QLineEdit()
        self.group = QLineEdit()
        self.group.setPlaceholderText(_("For example 3组"))
        self.wish = choices("intention")
        self.place = QLineEdit()
        self.place.setPlaceholderText(_("Province, city, county"))
        self.day = DayEdit(context.today)
        self.outcome = choices("service_outcome")
        self._words = Field(_("Content of the service"), self.words)
        self._fields = QStackedWidget()
        self._pages: dict[str, int] = {}
        for kind, parts in (
            ("service", (Field(_("Kind of service"), self.service), self._words)),
            ("contact", (Field(_("What was said"), self.note),)),
            ("group", (Field(_("Village group of their households"), self.group),)),
            ("intention", (Field(_("Intention"), self.wish), Field(_("Where to"), self.place))),
        ):
            page = QWidget()
            page.setLayout(column(*parts, None))
            self._pages[kind] = self._fields.addWidget(page)
        self._outcome = Field(_("Outcome"), self.outcome)
        self._day = Field(_("Day"), self.day)
        dated = QWidget()
        dated.setLayout(row(self._day, self._outcome, None, space=12))
        self.says = text("", wrap=True)
        self.says.setAccessibleName(_("What will be recorded"))
        self.names = text("", "secondary", wrap=True)
        self.left_out = text("", "secondary", wrap=True)
        self.build(kinds, self._fields, dated, self.says, self.names, self.left_out)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look)
        for edit in (self.words, self.note, self.group, self.place, self.day):
            edit.textChanged.connect(lambda _typed: self._look.start())
        for box in (self.service, self.wish, self.outcome):
            box.currentIndexChanged.connect(lambda _index: self._chosen())
        self.choose("service")

    def choose(self, kind: str) -> None:
        """Choose what is recorded."""
        self._kind = kind
        self._tabs[kind].setChecked(True)
        self._fields.setCurrentIndex(self._pages[kind])
        self._outcome.setVisible(kind in ("service", "contact"))
        self._day.setVisible(kind != "group")
        first: dict[str, QWidget] = {
            "service": self.service,
            "contact": self.note,
            "group": self.group,
            "intention": self.wish,
        }
        first[kind].setFocus()
        self._chosen()

    def _chosen(self) -> None:
        referral = self.service.currentData() == "job_referral"
        self.words.setPlaceholderText(
            _("Which vacancy: employer and job") if referral else _("In a few words (may stay empty)")
        )
        self._look.start()

    def change(self) -> BulkChange:
        """Return what is to be recorded; ValueError while the day is not complete."""
        if self._kind == "group":
            return GroupChange(self.group.text())
        day = self.day.day()
        assert day is not None
        if self._kind == "intention":
            return IntentionChange(str(self.wish.currentData()), day, self.place.text())
        outcome = str(self.outcome.currentData())
        if self._kind == "contact":
            return ServiceChange("contact", day, note=self.note.text(), outcome=outcome)
        kind, typed = str(self.service.currentData()), self.words.text()
        vacancy, note = (typed, "") if kind == "job_referral" else ("", typed)
        return ServiceChange(kind, day, vacancy, note, outcome)

    def _what(self, change: BulkChange) -> str:
        """Return in words what is recorded."""
        if isinstance(change, GroupChange):
            return _("group {group}").format(group=change.group.strip() or "—")
        if isinstance(change, IntentionChange):
            parts = (label("intention", change.kind), change.place_text.strip())
        else:
            parts = (label("service_kind", change.kind), (change.vacancy or change.note).strip())
        return "：".join(part for part in parts if part)

    def look(self) -> None:
        """Ask what would be recorded, and for whom."""
        self._question += 1
        question = self._question
        try:
            change = self.change()
        except ValueError:
            self._say_nothing(_("The day is not complete, for example 2024-10-31."))
            return

        def shown(found: Preview) -> None:
            if shiboken6.isValid(self) and question == self._question:
                self._show(found, change)

        def refused(error: ExpectedError) -> None:
            if shiboken6.isValid(self) and question == self._question:
                self._say_nothing(error_text(error))

        self.context.query(bulk.preview, self.context.desk, self._people, change, then=shown, failed=refused)

    def _say_nothing(self, words: str) -> None:
        self._lands = 0
        self.says.setText(words)
        self.names.clear()
        self.left_out.clear()
        self._save.setEnabled(False)

    def _show(self, found: Preview, change: BulkChange) -> None:
        """Say for whom it lands, and who is left out why."""
        self._lands = len(found.lands)
        self.says.setText(
            _n(
                "Will be recorded for {count} person: {what}",
                "Will be recorded for {count} people: {what}",
                self._lands,
            ).format(count=self._lands, what=self._what(change))
        )
        self.names.setText(_named([name for _person, name in found.lands]))
        reasons = dict.fromkeys(each.reason for each in found.skipped)
        lines = []
        for reason in reasons:
            names = [each.name for each in found.skipped if each.reason == reason]
            lines.append(
                _("{why}, left out: {names}").format(
                    why=skipped_words(reason, len(names)), names=_named(names)
                )
            )
        self.left_out.setText("\n".join(lines))
        self._save.setText(
            _n("Record for {count} person", "Record for {count} people", self._lands).format(
                count=self._lands
            )
        )
        self._save.setAccessibleName(self._save.text())
        self._save.setEnabled(bool(self._lands))

    def save(self) -> None:
        """Record it for everybody for whom it lands."""
        try:
            change = self.change()
        except ValueError:
            self.wrong(_("The day is not complete, for example 2024-10-31."))
            return
        words = _n(
            "Recorded for {count} person: {what}", "Recorded for {count} people: {what}", self._lands
        ).format(count=self._lands, what=self._what(change))
        self.run(partial(bulk.apply, self.context.desk, self._people, change), words)


def _named(names: Sequence[str]) -> str:
    """Return some names, and how many more there are."""
    shown = joined(names[:_NAMED])
    if len(names) > _NAMED:
        return _("{some} and {count} more").format(some=shown, count=len(names) - _NAMED)
    return shown
