"""Writes a list as it is shown: columns, rows and order; asked for and told in place, above the table."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QStackedWidget, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import progress_text
from caseworker_app.exchange.write import Head
from caseworker_app.use_cases import export
from caseworker_app.wording import _, _n
from db.queries.columns import Column as Known
from ui.context import Context
from ui.models.windowed import Column
from ui.runner import Job
from ui.widgets.basics import ProgressPanel, button, column, row, text

PRIVATE = ("identity_number", "phone")
"""Columns that are masked unless their whole numbers are asked for."""
Reader = Callable[[Any, Sequence[str], Sequence[str]], Sequence[Any]]
"""Reads rows: (connection, ids, names of further columns)."""


def cells(
    columns: Sequence[Column], known: Mapping[str, Known], rows: Sequence[Any], *, whole: bool
) -> list[list[object]]:
    """Return rows as a workbook holds them: amounts, counts and days as such, everything else as its words."""

    def cell(shown: Column, line: Any) -> object:  # noqa: ANN401 - rows of any kind
        if whole and shown.key in PRIVATE:
            return line.more.get(shown.key) or ""
        return line.more.get(shown.key) if kind(shown, known) != "text" else shown.said(line)

    return [[cell(shown, line) for shown in columns] for line in rows]


def kind(shown: Column, known: Mapping[str, Known]) -> str:
    """Return how the cells of a column are written."""
    described = known.get(shown.key)
    if described is None or described.kind not in ("money", "count", "day") or shown.paint == "package":
        return "text"
    return described.kind


def _width(shown: Column) -> int:
    """Return the width of a column in a workbook: what is painted small in the window stands there in words."""
    return shown.width * 2 if shown.paint == "package" else shown.width


class ExportBar(QWidget):
    """What will be written, with its choices; then how far it is. Signals: finished() when done or left."""

    finished = Signal()

    def __init__(
        self,
        context: Context,
        title: str,
        columns: Sequence[Column],
        known: Mapping[str, Known],
        ids: Sequence[str],
        read: Reader,
    ) -> None:
        super().__init__()
        self._context, self._title, self._read = context, title, read
        self._columns, self._known, self._ids = list(columns), known, list(ids)
        self._job: Job | None = None
        self.setAccessibleName(_("Export"))
        self.whole = QCheckBox(_("With whole identity numbers and telephones"))
        self.whole.setVisible(any(each.key in PRIVATE for each in columns))
        rows = _n("{count} row", "{count} rows", len(ids)).format(count=len(ids))
        shown = _n("{count} column", "{count} columns", len(columns)).format(count=len(columns))
        self.save = button(_("Save as…"), self._choose, primary=True, tip="Enter")
        asks = QWidget()
        asks.setLayout(
            row(
                text(_("Export what is shown: {rows}, {columns}").format(rows=rows, columns=shown)),
                self.whole,
                None,
                button(_("Cancel"), self.finished.emit, tip="Esc"),
                self.save,
                space=12,
            )
        )
        self._panel = ProgressPanel()
        self._panel.cancelled.connect(self._stop)
        self._stack = QStackedWidget()
        self._stack.addWidget(asks)
        self._stack.addWidget(self._panel)
        self.setLayout(column(self._stack, margins=(16, 2, 16, 8)))

    def _choose(self) -> None:
        name = f"{self._title}_{self._context.today:%Y%m%d}.xlsx"
        chosen, _filter = QFileDialog.getSaveFileName(self, _("Export"), name, "Excel (*.xlsx)")
        if chosen:
            path = Path(chosen)
            self._write(path if path.suffix.lower() == ".xlsx" else path.with_name(path.name + ".xlsx"))

    def _write(self, path: Path) -> None:
        """Write beside the window's own work; what is shown is what was shown when it was asked for."""
        columns, known, read, whole = self._columns, self._known, self._read, self.whole.isChecked()
        ids, desk, title = self._ids, self._context.desk, self._title
        keys = [each.key for each in columns if each.key in known]
        context = self._context

        def titled() -> tuple[str, Sequence[Head]]:
            return title, [Head(_(each.header), kind(each, known), _width(each)) for each in columns]

        def work(progress: Any) -> int:  # noqa: ANN401 - reports how far it is
            with desk.ledger.reader() as connection:
                return export.write_list(
                    connection,
                    path,
                    titled,
                    ids,
                    lambda connection, some: cells(columns, known, read(connection, some, keys), whole=whole),
                    progress,
                )

        def done(count: int) -> None:
            words = _n("Exported {count} row to {file}", "Exported {count} rows to {file}", count)
            context.messages.done(words.format(count=count, file=path.name))
            self._leave()

        def failed(error: ExpectedError) -> None:
            context.messages.error(error)
            self._leave()

        self._stack.setCurrentWidget(self._panel)
        self._job = context.runner.long_read(work, done, self._told, failed, cancelled=self._leave)

    def _told(self, done: int, total: int, what: str) -> None:
        self._panel.show_progress(done, total, progress_text(what))

    def _stop(self) -> None:
        if self._job:
            self._job.cancel()

    def _leave(self) -> None:
        if shiboken6.isValid(self):
            self.finished.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Save with Enter, leave with Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._job is None:
            self._choose()
        elif event.key() == Qt.Key.Key_Escape:
            self._stop() if self._job else self.finished.emit()
        else:
            super().keyPressEvent(event)
