"""Values that two devices of one village wrote differently: base, ours and theirs, who wrote them; a person decides."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.read_models.received import ConflictLine
from caseworker_app.use_cases import conflicts
from caseworker_app.wording import _, _n
from db.queries import conflicts as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.theme import style
from ui.widgets.basics import Card, EmptyState, button, clear, column, row, text
from ui.widgets.table import DataTable
from ui.words import N_

_DETAIL_WIDTH = 420


def _side(name: str) -> Callable[[ConflictLine], str]:
    return lambda line: conflicts.shown(line, getattr(line, name))


COLUMNS = (
    Column(N_("Village"), 110, lambda line: divisions.called(line.village_code)),
    Column(N_("Name"), 90, lambda line: line.name),
    Column(N_("Household number"), 150, lambda line: line.household_no, paint="muted"),
    Column(N_("What"), 170, conflicts.title, tip=conflicts.title),
    Column(N_("Ours"), 150, _side("ours"), tip=_side("ours")),
    Column(N_("Theirs"), 150, _side("theirs"), tip=_side("theirs")),
)


class ConflictPart(QWidget):
    """What waits at the left, the two values of one side by side at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found: dict[str, ConflictLine] = {}
        self.model = WindowedTableModel(COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("To decide between"))
        self._empty = EmptyState(
            "check", _("No two devices wrote one value differently. There is nothing to decide.")
        )
        self.table.set_empty(self._empty)
        self.table.picked.connect(lambda _ids: self._lay_out())
        self.table.opened.connect(lambda _id: self._into())
        self.reason = QLineEdit()
        self.reason.setAccessibleName(_("Why"))
        self.reason.setPlaceholderText(_("How you know, for example: asked the officer on the telephone"))
        self._card = Card(space=12)
        self._card.setFixedWidth(style.px(_DETAIL_WIDTH))
        self._place = column(space=8)
        self.keep_button = button(_("Keep what stands"), partial(self.decide, "ours"))
        self.take_button = button(_("Take the other"), partial(self.decide, "theirs"), primary=True)
        self._card.box().addLayout(self._place)
        self._card.box().addWidget(self.reason)
        self._card.box().addLayout(row(None, self.keep_button, self.take_button))
        self._card.box().addStretch(1)
        self.setLayout(row(self.table, self._card, space=12))
        self._lay_out()
        context.runner.changed.connect(self._changed)

    def open(self, **_arguments: Any) -> None:  # noqa: ANN401 - none are taken
        """Show what waits."""
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def status(self) -> str:
        """Return how many wait."""
        if not self._found:
            return ""
        return _n("{count} to decide", "{count} to decide between", len(self._found)).format(
            count=len(self._found)
        )

    def _changed(self, _changed: object) -> None:
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Read what waits."""
        self._context.query(queries.conflicts, then=self._show, latest="round.conflicts")

    def _show(self, found: list[ConflictLine]) -> None:
        position = max(self.table.currentIndex().row(), 0)
        self._found = {line.id: line for line in found}
        self.model.set_ids(list(self._found))
        if found:
            self.table.select_id(found[min(position, len(found) - 1)].id)
        self._lay_out()
        self._context.refresh_status()

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._found[each] for each in ids if each in self._found])

    def _line(self) -> ConflictLine | None:
        selected = self.table.selected()
        return self._found.get(selected[0]) if selected else None

    def _lay_out(self) -> None:
        clear(self._place)
        line = self._line()
        self._card.setVisible(line is not None)
        if line is None:
            return
        self._place.addWidget(
            text(f"{line.name or line.household_no} · {conflicts.title(line)}", "section", wrap=True)
        )
        self._place.addWidget(text(divisions.called(line.village_code), "secondary"))
        for title, value, who in (
            (_("Before"), line.base, ""),
            (_("Ours, stands until decided"), line.ours, conflicts.signed(line, "ours")),
            (_("Theirs"), line.theirs, conflicts.signed(line, "theirs")),
        ):
            self._place.addWidget(text(title, "secondary"))
            self._place.addWidget(text(conflicts.shown(line, value), wrap=True))
            if who:
                self._place.addWidget(text(_("Written by {who}").format(who=who), "secondary", wrap=True))

    def _into(self) -> None:
        self.reason.setFocus(Qt.FocusReason.TabFocusReason)

    def decide(self, choice: str) -> None:
        """Write what was decided of the one shown."""
        line = self._line()
        if line is None:
            return
        desk, reason = self._context.desk, self.reason.text()

        def done(_changed: Changed) -> None:
            self.reason.clear()
            said = conflicts.shown(line, getattr(line, choice))
            self._context.messages.done(_("Decided: {what}").format(what=said), self._context.undo)
            self.table.setFocus()

        self._context.runner.write(lambda _progress: conflicts.decide(desk, line.id, choice, reason), done)
