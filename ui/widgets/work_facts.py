"""Facts of work beside jobs: a form made from what a kind of fact has, and a card that lists, adds and voids them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from caseworker_app.domain import money
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text, field_text, table_text, value_text
from caseworker_app.read_models.work_facts import WorkFact
from caseworker_app.use_cases import facts_of_work
from caseworker_app.use_cases.facts_of_work import SHAPES, Field
from caseworker_app.wording import _
from db.queries import work_facts as queries
from ui.context import Context
from ui.widgets import basics
from ui.widgets.basics import Card, button, clear, column, row, text
from ui.widgets.facts import FactForm, choices
from ui.widgets.lines import Ruled, fill

_A_ROW = 4
_PLAIN = ("text", "day", "month", "money", "count", "yes_no", "rate", "village")
_HINTS = {
    "day": "2024-05-31",
    "month": "2024-05",
    "money": "4200",
    "rate": "3.45%",
}


def value_shown(kind: str, name: str, value: object) -> str:
    """Return a value of a fact as pages show it."""
    return value_text(kind, name, value)


def fact_words(fact: WorkFact) -> str:
    """Return a fact in one line."""
    parts = [str(fact.values["person_id"])] if fact.values.get("person_id") else []
    for field in SHAPES[fact.kind].fields:
        said = value_shown(fact.kind, field.name, fact.values.get(field.name))
        if said:
            parts.append(f"{field_text(fact.kind, field.name)} {said}")
    return " · ".join(parts)


def _typed(fact: WorkFact | None, field: Field) -> str:
    """Return what the editor of a field begins with."""
    value = fact.values.get(field.name) if fact else None
    if value is None:
        return ""
    if field.kind == "money":
        return money.yuan(value)
    return str(value)


class WorkFactForm(FactForm):
    """Record one fact, or correct an organisation or post."""

    def __init__(
        self,
        context: Context,
        kind: str,
        *,
        person: str = "",
        fixed: dict[str, str] | None = None,
        fact: WorkFact | None = None,
    ) -> None:
        title = _("Record · {what}") if fact is None else _("Correct · {what}")
        super().__init__(context, title.format(what=table_text(kind)))
        self._kind, self._person, self._fixed, self._fact = kind, person, fixed or {}, fact
        self.editors: dict[str, QLineEdit | QComboBox] = {}
        self._fields: dict[str, basics.Field] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        shown = [field for field in SHAPES[kind].fields if field.name not in self._fixed]
        for index, field in enumerate(shown):
            editor = self._editor(field)
            words = field_text(kind, field.name)
            placed = basics.Field(
                _("{field} (needed)").format(field=words) if field.needed else words, editor
            )
            self.editors[field.name], self._fields[field.name] = editor, placed
            grid.addWidget(placed, index // _A_ROW, index % _A_ROW)
        holder = QWidget()
        holder.setLayout(grid)
        self.build(holder)
        if any(name in self.editors for name in ("organisation_id", "post_id")):
            context.query(_names, then=self._complete, latest="work_facts.names")

    def _editor(self, field: Field) -> QLineEdit | QComboBox:
        if field.kind in _PLAIN and field.kind != "yes_no":
            line = QLineEdit(_typed(self._fact, field))
            line.setPlaceholderText(_HINTS.get(field.kind, ""))
            return line
        box = choices(field.kind)
        box.insertItem(0, "", "")
        present = self._fact.values.get(field.name) if self._fact else None
        if isinstance(present, bool):
            present = "yes" if present else "no"
        box.setCurrentIndex(max(box.findData(present), 0))
        return box

    def _complete(self, names: tuple[list[str], list[str]]) -> None:
        for name, known in zip(("organisation_id", "post_id"), names, strict=True):
            editor = self.editors.get(name)
            if isinstance(editor, QLineEdit):
                completer = QCompleter(known, editor)
                completer.setFilterMode(Qt.MatchFlag.MatchContains)
                editor.setCompleter(completer)

    def typed(self) -> dict[str, str]:
        """Return what was typed."""
        said = dict(self._fixed)
        for name, editor in self.editors.items():
            said[name] = editor.text() if isinstance(editor, QLineEdit) else str(editor.currentData() or "")
        return said

    def save(self) -> None:
        """Record the fact."""
        typed = self.typed()
        for placed in self._fields.values():
            placed.wrong("")
        try:
            facts_of_work.read(self._kind, typed)
        except ExpectedError as error:
            wrong = str(error.values.get("field", ""))
            if wrong in self._fields:
                self._fields[wrong].wrong(error_text(error))
                self.editors[wrong].setFocus()
            else:
                self.wrong(error_text(error))
            return
        desk = self.context.desk
        job: Callable[[], object]
        if self._fact is None:
            job = partial(facts_of_work.record, desk, self._kind, typed, person=self._person)
        else:
            job = partial(facts_of_work.change, desk, self._kind, self._fact.id, typed)
        self.run(job, _("Recorded: {what}").format(what=table_text(self._kind)))


def _names(connection: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 - a connection, known below the window
    organisations = [each.name for each in queries.organisations(connection)]
    return organisations, [each.name for each in queries.posts(connection)]


class WorkFactVoid(FactForm):
    """Take a fact out of the ledger, with the reason."""

    def __init__(self, context: Context, fact: WorkFact) -> None:
        super().__init__(context, _("Void · {what}").format(what=table_text(fact.kind)))
        self._fact = fact
        self.reason = QLineEdit()
        self.build(text(fact_words(fact), "secondary", wrap=True), basics.Field(_("Reason"), self.reason))

    def save(self) -> None:
        """Void it."""
        fact = self._fact
        self.run(
            partial(facts_of_work.void, self.context.desk, fact.kind, fact.id, self.reason.text()),
            _("Voided: {what}").format(what=table_text(fact.kind)),
        )


class WorkFacts(QWidget):
    """The facts of work of one person or organisation: listed, added, voided with a reason."""

    def __init__(self, context: Context, title: str, kinds: Sequence[str], empty: str) -> None:
        super().__init__()
        self._context = context
        self._empty = empty
        self._person, self._fixed = "", dict[str, str]()
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Kind of fact"))
        for each in kinds:
            self.kind.addItem(table_text(each), each)
        self._add = button(_("Add"), self.add)
        self._form = QVBoxLayout()
        self._list = QVBoxLayout()
        self.setLayout(
            column(row(text(title, "section"), None, self.kind, self._add), self._form, self._list, space=8)
        )

    def show_facts(self, facts: Sequence[WorkFact], *, person: str = "", **fixed: str) -> None:
        """Show these facts; what is added belongs to the person, or has the fixed values."""
        if (person, fixed) != (self._person, self._fixed):
            clear(self._form)
        self._person, self._fixed = person, fixed
        clear(self._list)
        if not facts:
            self._list.addWidget(text(self._empty, "muted", wrap=True))
            return
        table = Ruled([_("Kind"), _("What is recorded"), ""])
        fill(
            table,
            [
                (
                    table_text(fact.kind),
                    fact_words(fact),
                    button(_("Void"), partial(self._void, fact), link=True),
                )
                for fact in facts
            ],
            1,
        )
        self._list.addWidget(Card(table, margins=(0, 0, 0, 0)))

    def add(self) -> None:
        """Open the form of the chosen kind."""
        kind = str(self.kind.currentData())
        own = {field.name for field in SHAPES[kind].fields}
        fixed = {name: value for name, value in self._fixed.items() if name in own}
        self._open(WorkFactForm(self._context, kind, person=self._person, fixed=fixed))

    def _void(self, fact: WorkFact) -> None:
        self._open(WorkFactVoid(self._context, fact))

    def _open(self, form: FactForm) -> None:
        clear(self._form)
        place = self._form
        form.finished.connect(lambda: clear(place))
        place.addWidget(form)
        first = form.findChild(QLineEdit)
        (first or form).setFocus()
