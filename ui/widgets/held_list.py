"""A list whose rows are read at once: tabs and a filter above the table, what belongs to the chosen row below it.

held = HeldList(context, name, COLUMNS, tabs, belongs, tell)
held.show_rows(rows)        # rows have `id`, `name`, `household_no`; counts them under the tabs
held.narrow()               # after something else was chosen that `wanted` looks at
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QWidget

from caseworker_app import wording
from caseworker_app.exchange.write import Head
from caseworker_app.use_cases import export
from caseworker_app.wording import _, _n
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.widgets.basics import EmptyState, TabStrip, clear, column, row
from ui.widgets.filter_line import FilterLine
from ui.widgets.table import DataTable, Paint


class HeldList(QWidget):
    """Tabs, filter, table and the chosen row's own line. Signals: narrowing() before other rows are shown.

    `belongs(row, tab)` says under which tabs a row stands, `wanted(row)` which of them are shown; `tell(row)` makes
    what is shown below the table, None for nothing.
    """

    narrowing = Signal()

    def __init__(
        self,
        context: Context,
        name: str,
        columns: Sequence[Column],
        tabs: Sequence[tuple[str, str]],
        belongs: Callable[[Any, str], bool],
        tell: Callable[[Any], QWidget | None],
        *,
        wanted: Callable[[Any], bool] = lambda _row: True,
        empty: str = "",
        painters: dict[str, Paint] | None = None,
        beside: Sequence[QWidget] = (),
        page: bool = False,
    ) -> None:
        super().__init__()
        self._context, self._belongs, self._wanted, self._tell = context, belongs, wanted, tell
        self.rows: dict[str, Any] = {}
        self.tabs = TabStrip(tabs, name)
        self._keys = [key for key, _title in tabs]
        self.tabs.chosen.connect(lambda _key: self.narrow())
        self.filter = FilterLine(_("Filter: name, household number"))
        self.filter.rested.connect(self.narrow)
        self.model = WindowedTableModel(columns, self._fetch, self)
        self.table = DataTable(self.model, name, painters)
        self.empty = EmptyState("check", empty)
        self.table.set_empty(self.empty)
        self.table.picked.connect(self._pick)
        self.detail: QWidget | None = None
        self._detail = QWidget()
        self._detail.setObjectName("pagehead")
        self._line = column(margins=(16, 8, 16, 10))
        self._detail.setLayout(self._line)
        self._detail.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._detail.hide()
        strip = QWidget()
        margins = (16, 4, 16, 6) if page else (0, 0, 0, 0)
        strip.setObjectName("tabs" if page else "")
        strip.setLayout(row(self.tabs, None, *beside, self.filter, margins=margins))
        self.setLayout(column(strip, self.table, self._detail, space=0 if page else 8))

    def here(self) -> list[Any]:
        """Return the rows under the tab that is on."""
        tab = self.tabs.current()
        return [each for each in self.rows.values() if self._belongs(each, tab)]

    def show_rows(self, rows: Iterable[Any]) -> None:
        """Show other rows."""
        self.rows = {each.id: each for each in rows}
        self.tabs.count(
            {key: sum(self._belongs(each, key) for each in self.rows.values()) for key in self._keys}
        )
        self.narrow()

    def narrow(self) -> None:
        """Show what is chosen by tab and filter; the row that was chosen stays so while it is there."""
        self.narrowing.emit()
        typed = self.filter.typed()
        ids = [
            each.id
            for each in self.here()
            if self._wanted(each) and (typed in each.name or typed in each.household_no)
        ]
        chosen = self.table.selected()[:1]
        self.model.set_ids(ids)
        if ids and not (chosen and self.table.select_id(chosen[0])):
            self.table.select_id(ids[0])
        self._pick(self.table.selected())
        self._context.refresh_status()

    def count(self) -> int:
        """Return how many rows are shown."""
        return len(self.model.ids())

    def shown(self) -> list[Any]:
        """Return the rows that are shown, in their order."""
        return [self.rows[each] for each in self.model.ids()]

    def export(self, title: str) -> None:
        """Ask for a file name and write what is shown, in its order; the title is one to be translated."""
        with wording.speaking(wording.ZH):
            title = _(title)
        context, lines, columns = self._context, self.shown(), self.model.columns
        offered = f"{title}_{context.today:%Y%m%d}.xlsx"
        chosen, _filter = QFileDialog.getSaveFileName(self, _("Export"), offered, "Excel (*.xlsx)")
        if not chosen:
            return
        path = Path(chosen)

        def work() -> int:
            return export.write_held(
                path,
                lambda: (title, [Head(_(each.header), "text", each.width) for each in columns]),
                lambda: [[each.said(line) for each in columns] for line in lines],
            )

        def done(count: int) -> None:
            words = _n("Exported {count} row to {file}", "Exported {count} rows to {file}", count)
            context.messages.done(words.format(count=count, file=path.name))

        context.runner.read(work, done, context.messages.error)

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self.rows[each] for each in ids if each in self.rows])

    def _pick(self, ids: list[str]) -> None:
        focus: QWidget | None = self._detail.focusWidget()
        if focus and focus.hasFocus():  # It goes with the row.
            self.table.setFocus()
        clear(self._line)
        chosen = self.rows.get(ids[0]) if len(ids) == 1 else None
        self.detail = self._tell(chosen) if chosen is not None else None
        if self.detail:
            self._line.addWidget(self.detail)
        self._detail.setVisible(self.detail is not None)
