"""What makes a table a grid over the ledger: what is typed is written, what is refused is told, a column is searched.

layout.addWidget(GridBar(context, table, lambda: day))     # above the table; seen when it has something to say
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from caseworker_app.read_models.cells import Applied, Edit
from caseworker_app.use_cases import cells
from caseworker_app.wording import _, _n
from ui.context import Context
from ui.models.windowed import MARK_ROLE, Mark
from ui.theme import style
from ui.widgets.basics import button, column, row, text
from ui.widgets.table import DataTable


class ProblemBar(QWidget):
    """How many rows of a table have a problem, what is wrong with the cell one is on, and the way to the next."""

    def __init__(self, table: DataTable) -> None:
        super().__init__()
        self._table = table
        self._landed = 0
        self.setObjectName("problembar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._done = text("", "secondary")
        self._words = text("", "error")
        self._next = button(_("Next problem"), table.cells.next_problem, link=True)
        self.discards = button(_("Discard what was not written"), table.cells.discard, link=True)
        self.setLayout(
            row(self._done, self._words, self._next, None, self.discards, margins=(16, 4, 16, 4), space=12)
        )
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._refresh)
        table.selectionModel().currentChanged.connect(lambda *_cells: self._timer.start())
        table.model().dataChanged.connect(lambda *_cells: self._timer.start())
        table.model().modelReset.connect(self._timer.start)
        self.hide()

    def say(self, landed: int) -> None:
        """Tell how many rows were written besides those with problems."""
        self._landed = landed
        self._timer.start()

    def _refresh(self) -> None:
        """Show the problem one stands on, else how many there are."""
        rows = len({place[0] for place in self._table.problems()})
        if self.parentWidget() is not None:
            self.setVisible(rows > 0)
        here = str(self._table.currentIndex().data(MARK_ROLE) or "")
        many = _n("{count} row has a problem", "{count} rows have a problem", rows).format(count=rows)
        done = _n("{count} row written", "{count} rows written", self._landed).format(count=self._landed)
        self._done.setText(done)
        self._done.setVisible(self._landed > 0)
        self._words.setText(" · ".join(part for part in (many, here) if part))


class FindBar(QWidget):
    """Finds in the column one stands in: Enter goes on, Shift+Enter back, Esc returns to the table."""

    def __init__(self, table: DataTable) -> None:
        super().__init__()
        self._table = table
        self.setObjectName("problembar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._box = QLineEdit()
        self._box.setFixedWidth(style.px(220))
        self._box.installEventFilter(self)
        self._where = text("", "secondary")
        self._said = text("", "secondary")
        self.setLayout(
            row(
                self._where,
                self._box,
                button(_("Next"), lambda: self._find(forward=True), link=True, tip="Enter"),
                button(_("Previous"), lambda: self._find(forward=False), link=True, tip="Shift+Enter"),
                self._said,
                None,
                button(_("Close"), self._close, link=True, tip="Esc"),
                margins=(16, 4, 16, 4),
                space=12,
            )
        )
        table.find_asked.connect(self._open)
        self.hide()

    def _open(self) -> None:
        header = self._table.model().headerData(
            max(self._table.currentIndex().column(), 0), Qt.Orientation.Horizontal
        )
        self._where.setText(_("Find in “{column}”").format(column=header))
        self._box.setAccessibleName(self._where.text())
        self._said.setText("")
        self.show()
        self._box.setFocus()
        self._box.selectAll()

    def _close(self) -> None:
        self.hide()
        self._table.setFocus()

    def _find(self, *, forward: bool) -> None:
        self._table.cells.find(self._box.text(), self._found, forward=forward)

    def _found(self, found: bool) -> None:
        self._said.setText("" if found else _("Nothing like this in the column."))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Esc in the box."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._find(forward=not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
        return super().eventFilter(watched, event)


class GridBar(QWidget):
    """Writes what is typed into the cells of a table to the ledger, for the day the list is for."""

    def __init__(self, context: Context, table: DataTable, on: Callable[[], date]) -> None:
        super().__init__()
        self._context = context
        self._table = table
        self._on = on
        self._problems = ProblemBar(table)
        self.setLayout(column(self._problems, FindBar(table), space=0))
        table.cells.typed.connect(self._write)
        table.cells.left_out.connect(self._left_out)
        table.cells.totalled.connect(context.refresh_status)

    def _write(self, edits: list[Edit], action: str) -> None:
        desk, on = self._context.desk, min(self._on(), self._context.today)

        def job(_progress: object) -> tuple[Any, Applied]:
            applied = cells.apply(desk, edits, action=action, on=on)
            return applied.changed, applied

        self._context.runner.write(job, partial(self._written, edits, action))

    def _written(self, edits: list[Edit], action: str, result: tuple[Any, Applied]) -> None:
        applied = result[1]
        wrong = {problem.index: problem.message for problem in applied.problems}
        faulty = {edits[index].row for index in wrong}
        waits = _("Not written yet: another cell of this row has a problem.")
        unchanged = (
            not applied.changed.change_set or applied.proposed
        )  # Nothing will be read back, which takes other marks away.
        self._table.cells.mark(
            (edit, Mark(edit.text, wrong.get(index, waits)) if edit.row in faulty else None)
            for index, edit in enumerate(edits)
            if edit.row in faulty or unchanged
        )
        self._problems.say(applied.landed if wrong else 0)
        if applied.proposed:
            said = _n(
                "{count} row belongs to a village: the change was put to it as a proposal; what stands stays.",
                "{count} rows belong to villages: the changes were put to them as proposals; what stands stays.",
                applied.proposed,
            )
            self._context.messages.done(said.format(count=applied.proposed), self._context.undo)
        elif action != "cells.edit" and applied.changed.change_set:
            words = _n("{count} row written", "{count} rows written", applied.landed)
            self._context.messages.done(words.format(count=applied.landed), self._context.undo)

    def _left_out(self, fixed: int, beyond: int) -> None:
        """Say which pasted cells found no place."""
        parts = []
        if fixed:
            parts.append(
                _n(
                    "{count} pasted cell stands in a column that is worked out; it was left as it is.",
                    "{count} pasted cells stand in columns that are worked out; they were left as they are.",
                    fixed,
                ).format(count=fixed)
            )
        if beyond:
            parts.append(
                _n(
                    "{count} pasted row goes beyond the end of the list; it was left out.",
                    "{count} pasted rows go beyond the end of the list; they were left out.",
                    beyond,
                ).format(count=beyond)
            )
        self._context.messages.warn(" ".join(parts))
