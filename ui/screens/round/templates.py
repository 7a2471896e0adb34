"""A county's own workbooks: shown once, looked at, kept under a name, and filled with a month's rows from then on."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from caseworker_app.domain import divisions
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text, progress_text
from caseworker_app.use_cases import templates
from caseworker_app.use_cases.templates import Shown, Template
from caseworker_app.wording import _, _n
from db.queries import feedback as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.runner import Job
from ui.theme import style
from ui.widgets.basics import Card, Field, ProgressPanel, button, clear, column, row, text
from ui.widgets.lines import Ruled, fill, scrolled
from ui.widgets.table import DataTable

_FILES = "Excel (*.xlsx)"
_TOP_HEIGHT = 240
_HEADERS = 20
"""Rows that may be the header."""


def _letters(number: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


class _Line:
    """One row of the template's top."""

    def __init__(self, number: int, cells: Sequence[str]) -> None:
        self.id, self.cells = str(number), cells


def _cell(at: int) -> Callable[[_Line], str]:
    return lambda line: line.cells[at]


class _Top(DataTable):
    """The top of a sheet as it stands in the file; columns that are filled say with what."""

    def __init__(self, shown: Shown) -> None:
        filled = dict(shown.columns)
        width = max(map(len, shown.glance.rows), default=0)
        columns = [Column(_("Row"), 50, lambda line: line.id, paint="muted", right=True)]
        for at in range(width):
            ours = filled.get(at + 1)
            head = f"{_letters(at + 1)} ← {ours}" if ours else _letters(at + 1)
            columns.append(Column(head, 140 if ours else 90, _cell(at), tip=_cell(at)))
        lines = {str(number): _Line(number, cells) for number, cells in enumerate(shown.glance.rows, 1)}
        model = WindowedTableModel(
            tuple(columns), lambda ids, arrived: arrived([lines[each] for each in ids])
        )
        super().__init__(model, _("Top of the template"), opens=True)
        model.setParent(self)
        model.set_ids(list(lines))
        self.setFixedHeight(style.px(_TOP_HEIGHT))
        self.freeze(1)
        if shown.shape and shown.shape.header_row:
            self.select_id(str(shown.shape.header_row))


class TemplatesPart(QWidget):
    """The templates that are kept, and above them the one that is being shown."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._file: Path | None = None
        self._job: Job | None = None
        self.show_button = button(_("Show a template"), self.ask_file, primary=True, icon="import")
        about = _(
            "A workbook of the county's own is shown once: which sheet, which header row, or {{places}} in its "
            "cells. From then on it is filled with the month's rows, its looks kept."
        )
        self._kept = QVBoxLayout()
        self.month = QLineEdit(f"{context.today:%Y-%m}")
        self.month.setFixedWidth(style.px(120))
        self._month = Field(_("Month"), self.month)
        self.village = QComboBox()
        self.village.addItem(_("All of {place}").format(place=divisions.called(context.desk.scope)), "")
        village = Field(_("Village"), self.village)
        village.setVisible(len(context.desk.scope) != divisions.VILLAGE)
        self.progress = ProgressPanel()
        self.progress.cancelled.connect(self.cancel)
        self.progress.hide()
        self._result = QVBoxLayout()
        self._showing = self._make_showing()
        self._showing.hide()
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(
            column(
                Card(
                    row(text(_("County's templates"), "section"), None, self.show_button),
                    text(about, "muted", wrap=True),
                ),
                self._showing,
                Card(
                    text(_("Kept templates"), "section"),
                    row(self._month, village, None, space=16),
                    self._kept,
                    self.progress,
                    self._result,
                    space=12,
                ),
                None,
                space=12,
            )
        )
        self.setLayout(column(scrolled(inside, _("County's templates")), space=0))
        context.runner.changed.connect(self._changed)

    def _make_showing(self) -> QWidget:
        self.sheet, self.header, self.rows = QComboBox(), QComboBox(), QComboBox()
        self.header.addItem(_("Found by itself"), 0)
        for number in range(1, _HEADERS + 1):
            self.header.addItem(str(number), number)
        self.rows.addItem(_("Found by itself"), "")
        for name in templates.sources():
            self.rows.addItem(name, name)
        for box in (self.sheet, self.header, self.rows):
            box.activated.connect(lambda _index: self._look())
        self.name = QLineEdit()
        self.name.setFixedWidth(style.px(240))
        self.name.returnPressed.connect(self.keep)
        self._name = Field(_("Remember as"), self.name)
        self._told, self._file_name = text("", wrap=True), text("", "muted")
        self._place = QVBoxLayout()
        self.keep_button = button(_("Keep template"), self.keep)
        return Card(
            row(text(_("How it is filled"), "section"), self._file_name, None, space=12),
            row(
                Field(_("Sheet"), self.sheet),
                Field(_("Last row of the header"), self.header),
                Field(_("Filled with"), self.rows),
                self._name,
                None,
                space=16,
            ),
            self._told,
            self._place,
            row(None, button(_("Cancel"), self._leave), self.keep_button),
            space=10,
        )

    # -- what is kept ------------------------------------------------------------------------

    def open(self, **_arguments: Any) -> None:  # noqa: ANN401 - none are taken
        """Show what is kept."""
        self.reload()

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("A template is kept in the ledger and goes with its backup")

    def _changed(self, _changed: object) -> None:
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Read what is kept."""
        context = self._context
        context.query(templates.kept, then=self._show_kept, latest="round.templates")
        if len(context.desk.scope) != divisions.VILLAGE:
            context.query(queries.villages, then=self._know_villages, latest="round.templates.villages")

    def _know_villages(self, villages: list[str]) -> None:
        chosen = self.village.currentData()
        while self.village.count() > 1:
            self.village.removeItem(1)
        for code in villages:
            self.village.addItem(divisions.called(code), code)
        self.village.setCurrentIndex(max(self.village.findData(chosen), 0))

    def _show_kept(self, found: list[Template]) -> None:
        clear(self._kept)
        if not found:
            self._kept.addWidget(
                text(_("No template is kept yet. Show the workbook the county asks for."), "muted")
            )
            return
        heads = [_("Template"), _("File"), _("Sheet"), _("Filled with"), _("Columns"), ""]
        table = Ruled(heads, right=(4,))
        fill(table, [self._told_of(each) for each in found], 1)
        self._kept.addWidget(table)

    def _told_of(self, kept: Template) -> tuple[str | QWidget, ...]:
        fill_in = button(_("Fill and save"), partial(self.ask_where, kept), link=True)
        fill_in.setAccessibleName(_("Fill {name} and save it").format(name=kept.name))
        out = button(_("Take out"), partial(self.take_out, kept), link=True)
        out.setAccessibleName(_("Take out {name}").format(name=kept.name))
        ways = QWidget()
        ways.setLayout(row(fill_in, out, space=10))
        places = len(kept.shape.places)
        by = kept.source or _n("{count} place", "{count} places", places).format(count=places)
        return kept.name, kept.file, kept.shape.sheet, by, str(len(kept.shape.columns) or ""), ways

    def take_out(self, kept: Template) -> None:
        """Keep a template no longer."""
        context = self._context

        def done(_changed: object) -> None:
            context.messages.done(_("Taken out: {name}").format(name=kept.name), context.undo)

        context.runner.write(lambda _progress: templates.take_out(context.desk, kept.name), done)

    # -- filling -----------------------------------------------------------------------------

    def ask_where(self, kept: Template) -> None:
        """Ask for a file name and fill the template there."""
        village = str(self.village.currentData() or "") or self._context.desk.scope
        offered = f"{divisions.called(village)}_{kept.name}_{self.month.text().strip().replace('-', '')}.xlsx"
        chosen, _filter = QFileDialog.getSaveFileName(self, _("Fill and save"), offered, _FILES)
        if chosen:
            self.fill(kept.name, Path(chosen))

    def fill(self, name: str, path: Path) -> None:
        """Fill a template with the month's rows in the background."""
        desk, month = self._context.desk, self.month.text().strip()
        village = str(self.village.currentData() or "")
        self._month.wrong("")
        clear(self._result)
        self.progress.begin(progress_text("upload.gathering"))

        def done(count: int) -> None:
            self.progress.end()
            words = _n("{count} row went in.", "{count} rows went in.", count).format(count=count)
            opening = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(path.parent)))
            self._result.addLayout(
                row(
                    text(_("Written: {file}").format(file=path.name)),
                    text(words, "muted"),
                    button(_("Open its folder"), opening, link=True),
                    None,
                    space=12,
                )
            )
            self._context.messages.done(_("Written: {file}").format(file=path.name))

        def failed(error: ExpectedError) -> None:
            self.progress.end()
            if error.code.startswith("upload.month"):
                self._month.wrong(error_text(error))
            else:
                self._context.messages.error(error)

        def work(progress: Callable[[int, int, str], None]) -> int:
            return templates.fill(desk, name, month, path, village=village, progress=progress)

        self._job = self._context.runner.long_read(
            work, done, self._report, failed, cancelled=self.progress.end
        )

    def _report(self, done: int, total: int, what: str) -> None:
        self.progress.show_progress(done, total, progress_text(what))

    def cancel(self) -> None:
        """Stop filling; nothing is written then."""
        if self._job:
            self._job.cancel()

    # -- showing a new one -------------------------------------------------------------------

    def ask_file(self) -> None:
        """Ask for the county's workbook."""
        chosen, _filter = QFileDialog.getOpenFileName(self, _("Show a template"), "", _FILES)
        if chosen:
            self.show_file(Path(chosen))

    def show_file(self, file: Path) -> None:
        """Look at a workbook; its sheet, header row and rows are found unless they are said."""
        self._file = file
        self._file_name.setText(file.name)
        self.name.setText(file.stem[:24])
        self.name.setCursorPosition(0)
        self.sheet.clear()
        self.header.setCurrentIndex(0)
        self.rows.setCurrentIndex(0)
        self._look()

    def _look(self, header: int | None = None) -> None:
        file = self._file
        if file is None:
            return
        sheet = str(self.sheet.currentData() or "")
        number = int(self.header.currentData() or 0) if header is None else header
        rows = str(self.rows.currentData() or "")
        self._context.runner.read(
            lambda: templates.show(file, sheet=sheet, header_row=number, rows=rows),
            self._show,
            self._context.messages.error,
        )

    def _show(self, shown: Shown) -> None:
        if not self.sheet.count():
            self.sheet.addItem(_("Found by itself"), "")
            for name in shown.glance.sheets:
                self.sheet.addItem(name, name)
        clear(self._place)
        top = _Top(shown)
        top.opened.connect(self._take_row)
        self._place.addWidget(top)
        self._told.setText(_told(shown))
        self._told.setProperty("role", "error" if shown.why else "")
        self._told.style().polish(self._told)
        self.keep_button.setEnabled(shown.shape is not None)
        self._name.wrong("")
        self._showing.show()

    def _take_row(self, record: str) -> None:
        """Take the row that was opened for the last of the header."""
        self.header.setCurrentIndex(max(self.header.findData(int(record)), 0))
        if not self.sheet.currentData() and self._file:
            self._look(int(record))
        else:
            self._look()

    def _leave(self) -> None:
        self._file = None
        self._showing.hide()
        self.show_button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave what is shown with Esc."""
        if event.key() == Qt.Key.Key_Escape and not self._showing.isHidden():
            self._leave()
        else:
            super().keyPressEvent(event)

    def keep(self) -> None:
        """Keep the template under its name."""
        context, file, name = self._context, self._file, self.name.text()
        if file is None or not self.keep_button.isEnabled():
            return
        sheet, rows = str(self.sheet.currentData() or ""), str(self.rows.currentData() or "")
        number = int(self.header.currentData() or 0)

        def done(_result: object) -> None:
            context.messages.done(_("Template kept: {name}").format(name=name.strip()), context.undo)
            self._leave()

        def failed(error: ExpectedError) -> None:
            if error.code == "template.name":
                self._name.wrong(error_text(error))
            else:
                context.messages.error(error)

        context.runner.write(
            lambda _progress: templates.add(
                context.desk, file, name, sheet=sheet, header_row=number, rows=rows
            ),
            done,
            failed,
        )


def _told(shown: Shown) -> str:
    """Return in one sentence how a template would be filled, or why it cannot be."""
    if shown.why is not None:
        return error_text(shown.why)
    assert shown.shape is not None
    said = []
    if shown.columns:
        said.append(
            _n(
                "Sheet “{sheet}”: {count} column below row {row} is filled with the rows of “{rows}”.",
                "Sheet “{sheet}”: {count} columns below row {row} are filled with the rows of “{rows}”.",
                len(shown.columns),
            ).format(
                sheet=shown.shape.sheet,
                count=len(shown.columns),
                row=shown.shape.header_row,
                rows=shown.source,
            )
        )
    if shown.shape.places:
        said.append(
            _("Places filled in: {places}.").format(
                places="、".join(f"{{{{{place}}}}}" for place in shown.shape.places)
            )
        )
    said.append(_("Enter on a row makes it the last of the header."))
    return " ".join(said)
