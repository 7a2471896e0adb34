"""What was proposed about a person or household and waits for the owner's answer, beside the values that stand."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from caseworker_app.domain import divisions
from caseworker_app.read_models.todos import ProposalLine
from caseworker_app.use_cases import proposals
from caseworker_app.wording import _
from db.queries import problems as queries
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
        self._context, self._tables = context, tables
        self.setAccessibleName(title)
        self.hide()

    def show_about(self, record: str) -> None:
        """Ask what is proposed about a person or household."""

        def read(connection: Any) -> list[ProposalLine]:  # noqa: ANN401 - a connection, known below the window
            found = queries.proposals(connection, waiting=True, about=record)
            return [each for each in found if not self._tables or each.table in self._tables]

        self._context.query(read, then=self._show, latest=f"proposed.{'.'.join(self._tables)}")

    def _show(self, found: list[ProposalLine]) -> None:
        clear(self._place)
        for each in found:
            said = text(proposals.text(each), wrap=True, select=True)
            by = _("{officer}, {day}").format(officer=each.officer, day=each.on.isoformat())
            said.setSizePolicy(said.sizePolicy().Policy.Expanding, said.sizePolicy().verticalPolicy())
            line = QWidget()
            line.setLayout(row(said, text(by, "secondary"), space=12))
            self._place.addWidget(line)
        self.setVisible(bool(found))
