"""One to-do with its answers: what is to be done, the way to the record, and put right, accepted or explained."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.read_models.todos import Todo
from caseworker_app.use_cases import problems, proposals
from caseworker_app.wording import _
from ui.context import Context
from ui.widgets.basics import Pill, button, column, row, text


def kind_words(todo: Todo) -> str:
    """Return what kind of to-do it is."""
    return {
        "problem": _("To be corrected"),
        "proposal": _("Proposed value"),
        "comparison": _("Differs from a list"),
    }[todo.kind]


def open_record(context: Context, person: str, household: str) -> None:
    """Open the page of the person or household a to-do is about."""
    if person:
        context.navigator.go("person", person=person)
    elif household:
        context.navigator.go("household", household=household)


class AnswerLine(QWidget):
    """A to-do in full with its one action, and a place for the reason where nothing is changed."""

    def __init__(self, context: Context, todo: Todo) -> None:
        super().__init__()
        self._context, self._todo = context, todo
        proposed = todo.kind == "proposal"
        self.accept = button(
            _("Accept proposal") if proposed else _("Put right"),
            partial(self._answer, "accepted" if proposed else "fixed"),
        )
        self.explain = button(_("Decline") if proposed else _("Right as it is"), self._ask, link=True)
        ways: list[QWidget] = [self.accept, self.explain]
        if todo.elsewhere:  # The owner answers; who proposed may take it back.
            self.withdraw = button(_("Withdraw"), self._withdraw)
            ways = [self.withdraw]
        if todo.person or todo.household:
            self.record = button(
                _("Open record"), partial(open_record, context, todo.person, todo.household), link=True
            )
            ways.insert(0, self.record)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(_("Why it stays as it is"))
        self.reason.setAccessibleName(_("Reason"))
        self.reason.returnPressed.connect(self._refuse)
        self.say = button(_("Give answer"), self._refuse)
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        self._form = QWidget()
        self._form.setLayout(
            column(row(self.reason, self.say, button(_("Cancel"), self._close)), self._wrong, space=4)
        )
        self._form.hide()
        said = text(todo.what, wrap=True, select=True)
        said.setSizePolicy(said.sizePolicy().Policy.Expanding, said.sizePolicy().verticalPolicy())
        parts: list[Any] = [row(Pill(kind_words(todo), "attention"), said, *ways, space=10)]
        by = _("raised by {name}").format(name=todo.by) if todo.by else ""
        told = "  ".join(part for part in (todo.place, by) if part)
        if told:
            parts.append(text(told, "muted", wrap=True))
        if todo.gone:
            parts.append(
                text(
                    _("The ledger shows that it is put right: it closes with the next upload."),
                    "muted",
                    wrap=True,
                )
            )
        self.setLayout(column(*parts, self._form, space=4))
        self.setAccessibleName(todo.what)

    def _withdraw(self) -> None:
        context, todo = self._context, self._todo

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            context.messages.done(_("Withdrawn."), context.undo)

        context.runner.write(lambda _progress: proposals.withdraw(context.desk, todo.id), done)

    def _ask(self) -> None:
        self._form.show()
        self.reason.setFocus()

    def _close(self) -> None:
        self._form.hide()

    def _refuse(self) -> None:
        self._answer("declined" if self._todo.kind == "proposal" else "as_it_is")

    def _answer(self, outcome: str) -> None:
        context, todo, reason = self._context, self._todo, self.reason.text()

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            context.messages.done(_("Answered."), context.undo)

        context.runner.write(
            lambda _progress: problems.answer(context.desk, todo.id, outcome, reason), done, self._refused
        )

    def _refused(self, error: ExpectedError) -> None:
        self._form.show()
        self._wrong.setText(error_text(error))
        self._wrong.show()
