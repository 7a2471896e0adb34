"""Spreadsheets in, with a preview before anything is written; and the monthly workbook out."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import correction_text, error_text, layout_text, problem_words, progress_text
from caseworker_app.read_models.imports import Count, ImportPreview
from caseworker_app.use_cases import imports, uploads
from caseworker_app.wording import _, _n
from ui.context import Context
from ui.runner import Job
from ui.theme import style
from ui.widgets.basics import (
    Card,
    EmptyState,
    Field,
    ProgressPanel,
    TabStrip,
    button,
    clear,
    column,
    row,
    text,
)
from ui.widgets.lines import lines, scrolled
from ui.widgets.values import field_words, value_words

_FILES = "Excel / WPS / CSV (*.xlsx *.xlsm *.xls *.ods *.et *.csv)"
_PROGRESS_AFTER_MS = 400
_SHOWN = 300
_FILE_SHOWN = 14


def _kind_names() -> dict[str, str]:
    return {
        "households": _("Households"),
        "people": _("People"),
        "spells": _("Jobs"),
        "intentions": _("Intentions"),
    }


class ImportPart(QWidget):
    """Choose files, look at what they would do, write."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._prepared: imports.Prepared | None = None
        self._job: Job | None = None
        self.setAcceptDrops(True)
        self._stack = QStackedWidget()
        self._empty = EmptyState(
            "import",
            _(
                "Drop the county's export workbooks here, or choose them. Nothing is written before you have seen what they would do."
            ),
            _("Choose workbooks"),
            self.choose,
        )
        self._progress = ProgressPanel()
        self._progress.cancelled.connect(self.cancel)
        waiting = QWidget()
        waiting.setLayout(column(None, row(None, self._progress, None), None))
        self._progress.setFixedWidth(style.px(520))
        self._preview = QWidget()
        self._preview_box = QVBoxLayout(self._preview)
        self._preview_box.setContentsMargins(0, 0, 0, 0)
        for part in (self._empty, waiting, self._preview):
            self._stack.addWidget(part)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_PROGRESS_AFTER_MS)
        self._late.timeout.connect(lambda: self._stack.setCurrentIndex(1))
        self.setLayout(column(self._stack, space=0))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look through the files dropped."""
        self.look_through([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def choose(self) -> None:
        """Ask for files."""
        chosen, _filter = QFileDialog.getOpenFileNames(self, _("Choose workbooks"), "", _FILES)
        if chosen:
            self.look_through([Path(each) for each in chosen])

    def look_through(self, files: Sequence[Path]) -> None:
        """Read the files and show what they would do; nothing is written."""
        context = self._context
        self._late.start()

        def work(progress: Any) -> imports.Prepared:  # noqa: ANN401 - the runner's progress
            with context.desk.ledger.reader() as connection:
                return imports.prepare(
                    connection, files, context.desk.scope, context.today, progress=progress
                )

        self._job = context.runner.long_read(work, self._show, self._report, self._failed)

    def _report(self, done: int, total: int, what: str) -> None:
        self._progress.show_progress(done, total, progress_text(what))

    def _failed(self, error: ExpectedError) -> None:
        self._late.stop()
        self._stack.setCurrentIndex(2 if self._prepared else 0)
        self._context.messages.error(error)

    def cancel(self) -> None:
        """Stop what is under way; nothing was written."""
        self._late.stop()
        if self._job:
            self._job.cancel()
        self._prepared = None
        self._stack.setCurrentIndex(0)

    # -- preview -----------------------------------------------------------------------------

    def _show(self, prepared: imports.Prepared) -> None:
        self._late.stop()
        self._prepared = prepared
        preview = prepared.preview
        clear(self._preview_box)
        recognised = _("{file} {sheet} ({layout}, header in row {row})")
        names = " · ".join(
            recognised.format(
                file=each.file, sheet=each.sheet, layout=layout_text(each.layout), row=each.header_row
            )
            for each in preview.files
        )
        self._preview_box.addWidget(text(names, "secondary", wrap=True))
        cards = row(space=12)
        kinds = _kind_names()
        for kind, count in preview.totals.items():
            cards.addWidget(self._count_card(kinds[kind], count))
        cards.addWidget(self._problem_card(preview))
        self._preview_box.addLayout(cards)
        self._preview_box.addWidget(text(_cells(preview), "secondary", wrap=True))
        self._detail = QStackedWidget()
        problems = [(file.file, each) for file in preview.files for each in file.problems]
        changes = [(file.file, each) for file in preview.files for each in file.changes]
        several = len({each.file for each in preview.files}) > 1
        file_head = [_("File")] if several else []
        corrections = [each for file in preview.files for each in file.corrections]
        tabs = TabStrip(
            [("problems", _("To be settled")), ("changes", _("Changes")), ("corrections", _("Normalised"))],
            _("Parts of the preview"),
        )
        tabs.count(
            {
                "problems": len(problems),
                "changes": len(changes),
                "corrections": sum(each.count for each in corrections),
            }
        )
        tabs.chosen.connect(
            lambda key: self._detail.setCurrentIndex(["problems", "changes", "corrections"].index(key))
        )
        pages = (
            lines(
                [
                    *file_head,
                    _("Row"),
                    _("Column"),
                    _("Cell"),
                    _("In the cell"),
                    _("What is wrong and what to do"),
                ],
                [
                    (
                        *([_file_name(file)] if several else []),
                        str(each.row),
                        each.column,
                        each.cell,
                        each.value,
                        problem_words(each),
                    )
                    for file, each in problems[:_SHOWN]
                ],
                _("No problem found: every cell can be taken."),
                4 + several,
            ),
            lines(
                [*file_head, _("Row"), _("Who"), _("Field"), _("In the ledger"), _("In the file")],
                [
                    (
                        *([_file_name(file)] if several else []),
                        str(each.row),
                        each.name,
                        field_words(each.kind, each.field),
                        value_words(each.kind, each.field, each.before),
                        value_words(each.kind, each.field, each.after),
                    )
                    for file, each in changes[:_SHOWN]
                ],
                _("No value in the ledger would change."),
                4 + several,
            ),
            lines(
                [_("What"), _("How often"), _("Example")],
                [
                    (
                        each.column,
                        correction_text(each.code),
                        str(each.count),
                        f"{each.before} → {each.after}",
                    )
                    for each in corrections
                ],
                _("Nothing had to be normalised."),
                2,
            ),
        )
        for page, name in zip(pages, (_("To be settled"), _("Changes"), _("Normalised")), strict=True):
            inside = QWidget()
            inside.setObjectName("ground")
            inside.setLayout(column(page, None))
            self._detail.addWidget(scrolled(inside, name))
        self._preview_box.addWidget(tabs)
        self._preview_box.addWidget(self._detail, 1)
        if problems:
            tabs.choose("problems")
        writes = preview.writes
        words = (
            _("Write to the ledger")
            if not preview.problems
            else _("Write, leave {count} to be settled").format(count=preview.problems)
        )
        commit = button(words if writes else _("Nothing new to write"), self.commit, primary=True)
        commit.setEnabled(writes)
        foot = row(
            text(
                _("One undo takes the whole import back. Read {read:.1f} s, checked {check:.1f} s.").format(
                    read=preview.read_seconds, check=preview.check_seconds
                ),
                "secondary",
            ),
            None,
            button(_("Cancel"), self.cancel),
            commit,
        )
        self._preview_box.addLayout(foot)
        self._stack.setCurrentIndex(2)
        commit.setFocus()

    def _count_card(self, name: str, count: Count) -> QWidget:
        new = text(_("{count} new").format(count=count.new), "large")
        rest = [
            _("{count} changed").format(count=count.changed),
            _("{count} unchanged").format(count=count.unchanged),
            *([_("{count} refused").format(count=count.refused)] if count.refused else []),
            *([_("{count} of other places").format(count=count.out_of_scope)] if count.out_of_scope else []),
        ]
        return Card(text(name, "secondary"), new, text(" · ".join(rest), "secondary", wrap=True), space=4)

    def _problem_card(self, preview: ImportPreview) -> QWidget:
        words = _n("{count} problem", "{count} problems", preview.problems).format(count=preview.problems)
        return Card(
            text(_("To be settled"), "secondary"),
            text(words, "large"),
            text(
                _("not written unless settled") if preview.problems else _("nothing stands in the way"),
                "secondary",
                wrap=True,
            ),
            space=4,
        )

    def commit(self) -> None:
        """Write what was previewed."""
        context, prepared = self._context, self._prepared
        if prepared is None:
            return
        self._late.start()

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            self._late.stop()
            self._prepared = None
            self._stack.setCurrentIndex(0)
            new = ", ".join(
                f"{name} {prepared.preview.totals[kind].new}" for kind, name in _kind_names().items()
            )
            context.messages.done(_("Imported: {new}").format(new=new), context.undo)
            context.navigator.go("workers", list="workforce")

        self._job = context.runner.write(
            partial(_commit, context, prepared), done, self._failed, self._report
        )


def _file_name(file: str) -> QWidget:
    """Return a file's name, shortened where it is long."""
    name = Path(file).stem
    half = _FILE_SHOWN // 2
    shown = text(name if len(name) <= _FILE_SHOWN else f"{name[:half]}…{name[-half:]}")
    shown.setToolTip(file)
    return shown


def _commit(context: Context, prepared: imports.Prepared, progress: Any) -> Any:  # noqa: ANN401 - the runner's progress
    return imports.commit(context.desk.units, prepared, progress)


def _cells(preview: ImportPreview) -> str:
    total = {
        key: sum(file.cells[key] for file in preview.files)
        for key in ("in", "accepted", "corrected", "unchanged", "ignored", "refused")
    }
    return _(
        "Cells accounted for: {in_} read = {accepted} accepted + {corrected} normalised + {unchanged} unchanged "
        "+ {ignored} not kept + {refused} to be settled"
    ).format(in_=total["in"], **{key: value for key, value in total.items() if key != "in"})


class UploadPart(QWidget):
    """Write a month's workbook."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.month = QLineEdit(f"{context.today:%Y-%m}")
        self.month.setFixedWidth(style.px(120))
        self._month = Field(_("Month"), self.month)
        self._result = QVBoxLayout()
        self._go = button(_("Write monthly workbook"), self.ask_where, primary=True)
        card = Card(
            text(_("Monthly workbook"), "section"),
            text(
                _(
                    "Households, workers, jobs, services, the three lists, claims and the summary, all from the ledger: nothing to fill in."
                ),
                "muted",
                wrap=True,
            ),
            row(
                self._month,
                text(_("Figures as of the month's last day, or today while it runs"), "secondary"),
                None,
                space=16,
            ),
            row(self._go, None),
            self._result,
            space=12,
        )
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(column(card, None))
        self.setLayout(column(scrolled(inside, _("Monthly workbook")), space=0))
        context.runner.crashed.connect(self._take_again)

    def _take_again(self) -> None:
        """Let it be tried once more after a fault of ours."""
        self._go.setEnabled(True)

    def ask_where(self) -> None:
        """Ask for a file name and write there."""
        offered = uploads.default_name(self._context.desk, self.month.text().strip())
        chosen, _filter = QFileDialog.getSaveFileName(
            self, _("Write monthly workbook"), offered, "Excel (*.xlsx)"
        )
        if chosen:
            self.write(Path(chosen))

    def write(self, path: Path) -> None:
        """Write the workbook in the background."""
        context, month = self._context, self.month.text().strip()
        self._go.setEnabled(False)
        self._month.wrong("")

        def done(counts: dict[str, int]) -> None:
            self._go.setEnabled(True)
            clear(self._result)
            self._result.addWidget(text(_("Written: {file}").format(file=path.name), "section"))
            rows = [(name, str(count)) for name, count in counts.items()]
            self._result.addWidget(lines([_("Sheet"), _("Rows")], rows, "", 0))
            opening = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(path.parent)))
            self._result.addLayout(row(button(_("Open its folder"), opening, icon="folder"), None))
            context.messages.done(_("Written: {file}").format(file=path.name))
            context.refresh_last()

        def failed(error: ExpectedError) -> None:
            self._go.setEnabled(True)
            if error.code.startswith("upload.month"):
                self._month.wrong(error_text(error))
            else:
                context.messages.error(error)

        context.runner.write(
            lambda progress: uploads.write_month(context.desk, month, path, progress=progress), done, failed
        )


class ExchangeScreen(QWidget):
    """Import and the monthly workbook."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.importing = ImportPart(context)
        self.upload = UploadPart(context)
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(row(text(_("Import and report"), "page"), None, margins=(16, 10, 16, 10)))
        self.tabs = TabStrip(
            [("import", _("Import workbooks")), ("upload", _("Monthly workbook"))], _("Import and report")
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.importing)
        self._stack.addWidget(self.upload)
        self.tabs.chosen.connect(lambda key: self._stack.setCurrentIndex(0 if key == "import" else 1))
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, margins=(12, 4, 16, 6)))
        self.setLayout(column(head, strip, row(self._stack, margins=(16, 12, 16, 12)), space=0))

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `part`: import or upload
        """Show a part."""
        if "part" in arguments:
            self.tabs.choose(arguments["part"])
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("Nothing is written before you confirm")
