"""What does not agree in a record: each finding with its field, and a place to explain it.

part = Findings(context, to_field)        # to_field(found) goes to the field, None where the page cannot
part.read(people=[person])                # or households=[household]; shows itself when there is something
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from caseworker_app.check_words import finding_text, severity_text
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.findings import STOP, Finding
from caseworker_app.error_words import error_text
from caseworker_app.use_cases import checks
from caseworker_app.wording import _, _n
from db.queries import checks as queries
from ui.context import Context
from ui.widgets.basics import Card, Pill, button, clear, column, row, text

ToField = Callable[[Finding], None]
TONES = {STOP: "stop"}


def tone(found: Finding) -> str:
    """Return the tone of a finding."""
    return "quiet" if found.exemption else TONES.get(found.severity, "attention")


def weight(found: Finding) -> str:
    """Return how grave a finding is, or that it was explained."""
    return _("explained") if found.exemption else severity_text(found.severity)


class FindingLine(QWidget):
    """One finding: its sentence, the way to its field, and its explanation."""

    def __init__(self, context: Context, found: Finding, to_field: ToField | None = None) -> None:
        super().__init__()
        self._context, self._found = context, found
        ways: list[QWidget] = []
        if to_field and not found.exemption:
            ways.append(button(_("Go to the field"), partial(to_field, found), link=True))
        if found.exemption:
            ways.append(button(_("Count it again"), self._take_back, link=True))
        else:
            ways.append(button(_("Explain and exempt"), self._open, link=True))
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(_("Why the record stands as it is"))
        self._reason.returnPressed.connect(self._explain)
        self._reason.setAccessibleName(_("Explanation"))
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        ways_on = row(self._reason, button(_("Exempt"), self._explain), button(_("Cancel"), self._close))
        self._form = QWidget()
        self._form.setLayout(column(ways_on, self._wrong, space=4))
        self._form.hide()
        sentence = finding_text(found)
        said = text(sentence, wrap=True, select=True)
        parts: list[Any] = [row(Pill(weight(found), tone(found)), said, *ways, space=10)]
        said.setSizePolicy(said.sizePolicy().Policy.Expanding, said.sizePolicy().verticalPolicy())
        if found.exemption:
            parts.append(text(_("Explained: {reason}").format(reason=found.reason), "muted", wrap=True))
        self.setLayout(column(*parts, self._form, space=4))
        self.setAccessibleName(sentence)

    def _open(self) -> None:
        self._form.show()
        self._reason.setFocus()

    def _close(self) -> None:
        self._form.hide()

    def _explain(self) -> None:
        reason, desk = self._reason.text(), self._context.desk

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            self._context.messages.done(_("Explained; it is not counted any more."), self._context.undo)

        self._context.runner.write(
            lambda _progress: checks.exempt(desk, self._found.id, reason), done, self._refused
        )

    def _refused(self, error: ExpectedError) -> None:
        self._wrong.setText(error_text(error))
        self._wrong.show()

    def _take_back(self) -> None:
        desk = self._context.desk

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            self._context.messages.done(_("Explanation taken back; it counts again."), self._context.undo)

        self._context.runner.write(lambda _progress: checks.unexempt(desk, self._found.id), done)


class Findings(QWidget):
    """The findings of a record in a card; nothing when all agrees."""

    def __init__(self, context: Context, to_field: ToField | None = None) -> None:
        super().__init__()
        self._context, self._to_field = context, to_field
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)
        self.found: list[Finding] = []
        self.setVisible(False)

    def read(self, *, people: Sequence[str] | None = None, households: Sequence[str] | None = None) -> None:
        """Fetch the findings of these people or households and show them."""
        asked = self._context.desk.asked(self._context.today)
        self._context.query(
            queries.findings, asked, people=people, households=households, then=self.show_findings
        )

    def show_findings(self, found: Sequence[Finding]) -> None:
        """Show findings, those explained last."""
        clear(self._place)
        self.found = sorted(found, key=lambda each: (bool(each.exemption), each.severity != STOP))
        open_ = sum(not each.exemption for each in found)
        self.setVisible(bool(found))
        if not found:
            return
        title = (
            _n("{count} thing does not agree", "{count} things do not agree", open_).format(count=open_)
            if open_
            else _("Everything that does not agree was explained")
        )
        lines = [FindingLine(self._context, each, self._to_field) for each in self.found]
        self._place.addWidget(Card(text(title, "section"), *lines))
