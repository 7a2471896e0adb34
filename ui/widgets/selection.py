"""The cells selected in a table: copied, pasted, filled down, emptied, searched and added up, as in a spreadsheet.

What is typed is told as edits (`read_models.cells.Edit`) whose `row` is the id of the table's row. A row that was
refused keeps what was typed; when one of its cells is put right, the whole row is told again.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QObject,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication

from caseworker_app.domain import money
from caseworker_app.read_models.cells import Edit
from caseworker_app.wording import _
from ui.models.windowed import Mark, WindowedTableModel
from ui.widgets import clipboard

if TYPE_CHECKING:
    from ui.widgets.table import DataTable

_TOTAL_MS = 120
_MOST_ADDED = 2000
_SEARCHED = 500


class Cells(QObject):
    """The cells of one table.

    Signals: typed(list, str) with edits and the action; left_out(int, int) with how many pasted cells stand in
    columns that cannot be typed into and how many rows found no place; totalled() when `totals` says something else.
    """

    typed = Signal(object, str)
    left_out = Signal(int, int)
    totalled = Signal()

    def __init__(self, table: "DataTable", model: WindowedTableModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._totals = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TOTAL_MS)
        self._timer.timeout.connect(self._add_up)

    # -- where -------------------------------------------------------------------------------

    def rows(self) -> list[int]:
        """Return the rows that the selection touches, from the top."""
        parts = self._table.selectionModel().selection().toList()
        if len(parts) == 1:  # Everything selected is one part, of any length.
            return list(range(parts[0].top(), parts[0].bottom() + 1))
        return sorted({row for part in parts for row in range(part.top(), part.bottom() + 1)})

    def shown_columns(self) -> list[int]:
        """Return the columns that are not hidden, as they stand from the left."""
        header = self._table.horizontalHeader()
        ordered = (header.logicalIndex(place) for place in range(header.count()))
        return [column for column in ordered if not header.isSectionHidden(column)]

    def columns(self) -> list[int]:
        """Return the columns that the selection touches, as they stand from the left."""
        touched = {
            column
            for part in self._table.selectionModel().selection().toList()
            for column in range(part.left(), part.right() + 1)
        }
        return [column for column in self.shown_columns() if column in touched]

    def step(self, down: int, right: int = 0) -> bool:
        """Move the current cell; False, and nothing, where the table ends."""
        current, columns = self._table.currentIndex(), self.shown_columns()
        if not current.isValid() or current.column() not in columns:
            return False
        row, place = current.row() + down, columns.index(current.column()) + right
        if not (0 <= row < self._model.rowCount() and 0 <= place < len(columns)):
            return False
        self._table.setCurrentIndex(self._model.index(row, columns[place]))
        return True

    def select(self, top: int, bottom: int, columns: Sequence[int]) -> None:
        """Select the cells of some rows and columns."""
        chosen = QItemSelection()
        for column in columns:
            chosen.select(self._model.index(top, column), self._model.index(bottom, column))
        self._table.setCurrentIndex(self._model.index(top, columns[0]))
        self._table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # -- out and in --------------------------------------------------------------------------

    def copy(self) -> None:
        """Put what the selected cells show on the clipboard; numbers that are masked stay masked."""
        numbers, columns = self.rows(), self.columns()
        picked = self._table.selectionModel()
        whole = picked.selection().count() == 1
        root = QModelIndex()

        def shown(number: int, column: int, row: Any) -> str:  # noqa: ANN401 - rows of any kind
            if not whole and not picked.isSelected(self._model.index(number, column, root)):
                return ""
            known, mark = self._model.columns[column], self._model.mark_at(number, column)
            return known.shown(row, mark) if mark else known.said(row)

        def put(rows: list[Any]) -> None:
            texts = [
                [shown(number, column, row) for column in columns]
                for number, row in zip(numbers, rows, strict=True)
                if row is not None
            ]
            data = QMimeData()
            data.setText(clipboard.written(texts))
            data.setHtml(clipboard.table_of(texts))
            QGuiApplication.clipboard().setMimeData(data)

        if numbers and columns:
            self._model.fetch_rows(numbers, put)

    def paste(self) -> None:
        """Type what is on the clipboard into the cells from the first selected one on."""
        text = QGuiApplication.clipboard().text()
        rows, columns = self.rows(), self.columns()
        if not text or not rows or not columns:
            return
        texts, column = self._table.arrange(clipboard.parse(text), columns[0])
        if len(texts) == 1 and len(texts[0]) == 1:
            texts = [texts[0] * len(columns)] * len(rows)
        elif len(texts) == 1:
            texts = texts * len(rows)
        self._put(texts, rows[0], column, "cells.paste")

    def _put(self, texts: clipboard.Rows, top: int, first: int, action: str) -> None:
        """Type texts into cells from a row and column on, as far as the table goes."""
        self._table.make_room(top + len(texts))
        columns = self.shown_columns()
        columns = columns[columns.index(first) :][: max(map(len, texts))]
        fitting = texts[: self._model.rowCount() - top]
        numbers = list(range(top, top + len(fitting)))

        def put(rows: list[Any]) -> None:
            edits: list[Edit] = []
            fixed = 0
            for number, row, line in zip(numbers, rows, fitting, strict=True):
                for column, text in zip(columns, line, strict=False):
                    edit = self._edit(number, column, row, text)
                    fixed += edit is None and row is not None and self._differs(column, row, text)
                    edits += [edit] if edit else []
            self.select(top, top + len(fitting) - 1, columns)
            self.tell(edits, action)
            if fixed or len(texts) > len(fitting):
                self.left_out.emit(fixed, len(texts) - len(fitting))

        self._model.fetch_rows(numbers, put)

    def _differs(self, column: int, row: Any, text: str) -> bool:  # noqa: ANN401 - rows of any kind
        """Whether a text was meant for a cell that cannot be typed into."""
        known = self._model.columns[column]
        return not known.field and bool(text.strip()) and text.strip() != known.said(row)

    def _edit(self, number: int, column: int, row: Any, text: str) -> Edit | None:  # noqa: ANN401 - rows of any kind
        """Return the edit of a cell, None where it says this already or cannot be typed into."""
        known = self._model.columns[column]
        if row is None or not known.field:
            return None
        if self._model.mark_at(number, column) is None and text.strip() in (
            known.typed(row),
            known.said(row),
        ):
            return None
        return Edit(known.record_of(row), known.field, text, row.id)

    def type(self, number: int, column: int, text: str) -> None:
        """Type a text into one cell."""

        def put(rows: list[Any]) -> None:
            if edit := self._edit(number, column, rows[0], text):
                self.tell([edit], "cells.edit")
            elif self._model.mark_at(number, column):
                self._model.mark([(self._model.ids()[number], self._model.columns[column].field, None)])

        self._model.fetch_rows([number], put)

    def fill(self) -> None:
        """Say in every selected cell what the first of its column says; a single row takes it from the row above."""
        numbers, columns = self.rows(), self.columns()
        if len(numbers) == 1 and numbers[0] > 0:
            numbers = [numbers[0] - 1, *numbers]
        if len(numbers) < 2:
            return

        def put(rows: list[Any]) -> None:
            first = rows[0]
            if first is None:
                return
            texts = {column: self._typed(numbers[0], column, first) for column in columns}
            self._tell_each(numbers[1:], rows[1:], texts, "cells.fill")

        self._model.fetch_rows(numbers, put)

    def _typed(self, number: int, column: int, row: Any) -> str:  # noqa: ANN401 - rows of any kind
        mark = self._model.mark_at(number, column)
        return mark.text if mark else self._model.columns[column].typed(row)

    def clear(self) -> None:
        """Empty the selected cells."""
        numbers, texts = self.rows(), dict.fromkeys(self.columns(), "")
        self._model.fetch_rows(numbers, lambda rows: self._tell_each(numbers, rows, texts, "cells.clear"))

    def _tell_each(
        self, numbers: Sequence[int], rows: Sequence[Any], texts: dict[int, str], action: str
    ) -> None:
        edits = (
            self._edit(number, column, row, text)
            for number, row in zip(numbers, rows, strict=True)
            for column, text in texts.items()
        )
        self.tell([edit for edit in edits if edit], action)

    def tell(self, edits: list[Edit], action: str) -> None:
        """Tell what was typed, with what stands unwritten in the same rows, and show it until it is written."""
        if not edits:
            return
        said = {(edit.row, edit.field) for edit in edits}
        rows = dict.fromkeys(edit.row for edit in edits)
        standing = [
            edit for row in rows for edit in self._standing(row) if (edit.row, edit.field) not in said
        ]
        everything = [*edits, *standing]
        self._model.mark((edit.row, edit.field, Mark(edit.text)) for edit in everything)
        self.typed.emit(everything, action)

    def _standing(self, row: str) -> list[Edit]:
        """Return what was typed into the cells of a row and refused."""
        number = self._model.position(row)
        found = self._model.row(number) if number >= 0 else None
        if found is None:
            return []
        return [
            Edit(column.record_of(found), column.field, mark.text, row)
            for index, column in enumerate(self._model.columns)
            if column.field and (mark := self._model.mark_at(number, index))
        ]

    def mark(self, marks: Iterable[tuple[Edit, Mark | None]]) -> None:
        """Show at the cells of edits what was typed and what is wrong with it."""
        self._model.mark((edit.row, edit.field, mark) for edit, mark in marks)

    def discard(self) -> None:
        """Take back what was typed and not written."""
        self._model.clear_marks()

    def next_problem(self) -> bool:
        """Go to the next cell with a problem, from the top again after the last; False when there is none."""
        wrong = self._model.wrong()
        if not wrong:
            return False
        current = self._table.currentIndex()
        here = (current.row(), current.column())
        row, column = next((place for place in wrong if place > here), wrong[0])
        self._table.setCurrentIndex(self._model.index(row, column))
        self._table.scrollTo(self._model.index(row, column))
        self._table.setFocus()
        return True

    # -- searching and adding up -------------------------------------------------------------

    def find(self, text: str, found: Callable[[bool], None], *, forward: bool = True) -> None:
        """Go to the next row whose cell in the current column holds a text, over all rows, read as needed."""
        count, current = self._model.rowCount(), self._table.currentIndex()
        if not count or not text.strip():
            found(False)
            return
        column = max(current.column(), 0)
        start, wanted = max(current.row(), 0), text.strip().casefold()
        step = 1 if forward else -1
        order = [(start + step * far) % count for far in range(1, count + 1)]

        def search(done: int) -> None:
            numbers = order[done : done + _SEARCHED]
            if not numbers:
                found(False)
                return

            def look(rows: list[Any]) -> None:
                for number, row in zip(numbers, rows, strict=True):
                    if row is not None and wanted in self._model.columns[column].said(row).casefold():
                        self._table.setCurrentIndex(self._model.index(number, column))
                        found(True)
                        return
                search(done + _SEARCHED)

            self._model.fetch_rows(numbers, look)

        search(0)

    def totals(self) -> str:
        """Return sum and mean of the amounts in the selected rows, '' for one row or none."""
        return self._totals

    def changed(self) -> None:
        """Add up anew, once the selection has come to rest."""
        if self._totals:
            self._totals = ""
            self.totalled.emit()
        self._timer.start()

    def _add_up(self) -> None:
        numbers = self.rows()
        columns = [column for column in self._model.columns if column.amount]
        if len(numbers) < 2 or len(numbers) > _MOST_ADDED or not columns:
            return

        def add(rows: list[Any]) -> None:
            if self.rows() != numbers:
                return
            parts = []
            for column in columns:
                known = [
                    fen
                    for row in rows
                    if row is not None and column.amount and (fen := column.amount(row)) is not None
                ]
                if known:
                    parts.append(
                        _("{column}: total {total}, mean {mean}").format(
                            column=_(column.header),
                            total=money.shown(sum(known)),
                            mean=money.shown(round(sum(known) / len(known))),
                        )
                    )
            self._totals = " · ".join(parts)
            self.totalled.emit()

        self._model.fetch_rows(numbers, add)
