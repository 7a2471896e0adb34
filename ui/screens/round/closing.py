"""The months of the places below: who has closed, and accepting or returning what they closed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.use_cases import months
from caseworker_app.use_cases.months import Standing, Step
from caseworker_app.wording import _, label
from ui.context import Context
from ui.widgets.basics import Card, Field, button, clear, column, row, text
from ui.widgets.lines import Ruled, fill


def step_words(step: Step) -> str:
    """Return a step in the closing of a month: who did what, when and why."""
    words = _("{day} {state} · {officer}").format(
        day=step.on.isoformat(), state=label("month_state", step.state), officer=step.officer
    )
    return f"{words} · {step.reason}" if step.reason else words


class ClosingCard(QWidget):
    """A line for each place below with what can be done about its month; nothing in a village's own ledger."""

    def __init__(self, context: Context, again: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._again = context, again
        self._month = ""
        self._returning = ""
        self._rows = QVBoxLayout()
        self.reason = QLineEdit()
        self.reason.returnPressed.connect(self._return)
        self._field = Field(_("Why it goes back"), self.reason)
        self._form = QWidget()
        self._form.setLayout(
            row(self._field, button(_("Return month"), self._return), button(_("Cancel"), self._leave), None)
        )
        self._form.hide()
        card = Card(text(_("Months of the villages"), "section"), self._rows, self._form, space=8)
        self.setLayout(column(card, space=0))
        self.hide()

    def show_month(self, month: str, standings: Sequence[Standing]) -> None:
        """Show how a month stands at each place below."""
        self._month = month
        self.setVisible(bool(standings))
        clear(self._rows)
        rows = [self._line(each) for each in standings]
        heads = [_("Village"), _("State"), _("Last step"), ""]
        table = Ruled(heads)
        fill(table, rows, 2)
        self._rows.addWidget(table)

    def _line(self, each: Standing) -> tuple[str | QWidget, ...]:
        accept = button(_("Accept"), partial(self._accept, each.place), link=True)
        accept.setAccessibleName(_("Accept the month of {place}").format(place=each.name))
        back = button(_("Return"), partial(self._ask, each.place), link=True)
        back.setAccessibleName(_("Return the month of {place}").format(place=each.name))
        offered = {"closed": [accept, back], "accepted": [back]}.get(each.state, [])
        ways = QWidget()
        ways.setLayout(row(*offered, space=10))
        last = step_words(each.last) if each.last else _("not closed yet")
        return each.name, label("month_state", each.state), last, ways

    def _done(self, _changed: Changed) -> None:
        self._leave()
        self._context.messages.done(_("It goes down with the next feedback."), self._context.undo)
        self._again()

    def _accept(self, place: str) -> None:
        context, month = self._context, self._month
        context.runner.write(lambda _progress: months.accept(context.desk, month, place), self._done)

    def _ask(self, place: str) -> None:
        self._returning = place
        self._form.show()
        self.reason.setFocus()

    def _leave(self) -> None:
        self._field.wrong("")
        self.reason.clear()
        self._form.hide()

    def _return(self) -> None:
        context, month, place, reason = self._context, self._month, self._returning, self.reason.text()

        def refused(error: ExpectedError) -> None:
            self._field.wrong(error_text(error))

        def work(_progress: Any) -> Changed:  # noqa: ANN401 - the runner's progress
            return months.return_(context.desk, month, place, reason)

        context.runner.write(work, self._done, refused)
