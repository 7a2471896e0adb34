"""What was proposed about a person or household and waits for the owner's answer, beside the values that stand."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtWidgets import QWidget

from caseworker_app.domain import divisions
from caseworker_app.read_models.todos import ProposalLine
from caseworker_app.use_cases import proposals
from caseworker_app.wording import _
from ui.context import Context
from ui.widgets.basics import Card, button, clear, column, row, text


class Proposed(Card):
    """A line for each value or new record that is proposed, of some tables if named; hidden while nothing is."""

    def __init__(self, context: Context, *tables: str) -> None:
        self._place = column(space=6)
        go = partial(context.navigator.go, "round", part="todos", kind="proposal")
        answers = len(context.desk.scope) == divisions.VILLAGE
        title = _("Proposed values") if answers else _("Proposed, the village has not answered yet")
        super().__init__(
            row(text(title, "section"), None, button(_("To the answers"), go, link=True)),
            self._place,
            space=8,
        )
        self._tables = tables
        self.setAccessibleName(title)
        self.hide()

    def show_lines(self, proposed: Iterable[ProposalLine]) -> None:
        """Show what of these is about the tables named."""
        found = [each for each in proposed if not self._tables or each.table in self._tables]
        clear(self._place)
        for each in found:
            said = text(proposals.text(each), wrap=True, select=True)
            by = _("{officer}, {day}").format(officer=each.officer, day=each.on.isoformat())
            said.setSizePolicy(said.sizePolicy().Policy.Expanding, said.sizePolicy().verticalPolicy())
            line = QWidget()
            line.setLayout(row(said, text(by, "secondary"), space=12))
            self._place.addWidget(line)
        self.setVisible(bool(found))
