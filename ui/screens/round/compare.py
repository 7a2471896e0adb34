"""Outside lists held against the ledger: which list, from which file, and what each person's row says."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QFileDialog, QInputDialog, QLineEdit, QWidget

from caseworker_app.domain import codes, divisions
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text, progress_text
from caseworker_app.read_models.comparisons import ComparisonLine, ResultLine
from caseworker_app.read_models.todos import Todo
from caseworker_app.use_cases import compare
from caseworker_app.use_cases.comparison_text import result_text
from caseworker_app.use_cases.receive import LOCKED
from caseworker_app.wording import _, _n, label
from db.queries import comparisons as queries
from ui.context import Context
from ui.models.windowed import Column
from ui.runner import Job
from ui.screens.round.answering import AnswerLine, open_record
from ui.screens.round.todos import day_words
from ui.widgets.basics import ProgressPanel, button, column, row, text
from ui.widgets.held_list import HeldList
from ui.words import N_

_FILES = "Excel / WPS / CSV (*.xlsx *.xlsm *.xls *.ods *.et *.csv)"


def _answer_words(line: ResultLine) -> str:
    if line.outcome:
        return label("reply_outcome", line.outcome)
    return _("waits") if line.waits else ""


COLUMNS = (
    Column(N_("Name"), 90, lambda line: line.name),
    Column(N_("Household number"), 140, lambda line: line.household_no, paint="muted"),
    Column(N_("Village"), 100, lambda line: divisions.called(line.village_code)),
    Column(N_("Row"), 60, lambda line: str(line.row or ""), right=True),
    Column(N_("What came out"), 110, lambda line: label("comparison_result", line.result)),
    Column(N_("What differs"), 520, result_text, tip=result_text),
    Column(N_("First seen"), 90, lambda line: day_words(line.since)),
    Column(N_("How answered"), 90, _answer_words),
)


class ComparePart(QWidget):
    """The newest comparison of each kind of list; a list is compared by choosing its file."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._newest: dict[str, ComparisonLine] = {}
        self._job: Job | None = None
        self._stale = True
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Which list"))
        for code in codes.code_list("comparison_kind").codes:
            self.kind.addItem(label("comparison_kind", code), code)
        self.kind.activated.connect(lambda _index: self._read())
        self.choose_button = button(_("Choose list"), self.ask_files, primary=True, icon="import")
        self.export_button = button(_("Export"), self.ask_where, icon="save")
        self._about = text("", "muted", wrap=True)
        self.progress = ProgressPanel()
        self.progress.cancelled.connect(self.cancel)
        self.progress.hide()
        self.list = HeldList(
            context,
            _("Results of the comparison"),
            COLUMNS,
            [
                ("waiting", _("To settle")),
                ("differs", _("Differs")),
                ("suggested", _("Perhaps the same person")),
                ("unknown_there", _("Not on the list")),
                ("agrees", _("Agrees")),
            ],
            lambda line, tab: line.waits if tab == "waiting" else line.result == tab,
            lambda line: AnswerLine(context, _todo(line)) if line.waits else None,
        )
        self.list.table.opened.connect(self._open)
        self.setLayout(
            column(
                row(
                    text(_("Compare with")), self.kind, self.choose_button, self.export_button, None, space=10
                ),
                self._about,
                self.progress,
                self.list,
                space=8,
            )
        )
        context.runner.changed.connect(self._changed)

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `kind` may be given
        """Show the newest comparison of a kind."""
        if "kind" in arguments:
            self.kind.setCurrentIndex(max(self.kind.findData(arguments["kind"]), 0))
        if self._stale or "kind" in arguments:
            self.reload()
        self.list.table.setFocus()

    def status(self) -> str:
        """Return how many are shown."""
        count = self.list.count()
        return _n("{count} result on this list", "{count} results on this list", count).format(count=count)

    # -- comparing ---------------------------------------------------------------------------------

    def ask_files(self) -> None:
        """Ask which files the list is in."""
        chosen, _filter = QFileDialog.getOpenFileNames(self, _("Choose list"), "", _FILES)
        if chosen:
            self.compare([Path(each) for each in chosen])

    def compare(self, files: Sequence[Path], password: str = "") -> None:
        """Compare the ledger with these files; what differs is written down as to-dos, no fact is changed."""
        context, kind = self._context, str(self.kind.currentData())
        self.choose_button.setEnabled(False)
        self.progress.begin(progress_text("import.reading"))

        def work(progress: Callable[[int, int, str], None]) -> Any:  # noqa: ANN401 - a Compared
            with context.desk.ledger.reader() as connection:
                return compare.prepare(
                    connection, context.desk, files, kind, password=password, progress=progress
                )

        def failed(error: ExpectedError) -> None:
            if error.code in LOCKED:
                self._over()
                self._unlock(files, error_text(error))
            else:
                self._failed(error)

        self._job = context.runner.long_read(work, self._keep, self._report, failed, cancelled=self._over)

    def _unlock(self, files: Sequence[Path], said: str) -> None:
        password, given = QInputDialog.getText(self, _("Enter password"), said, QLineEdit.EchoMode.Password)
        if given and password:
            self.compare(files, password)

    def cancel(self) -> None:
        """Stop comparing; nothing is written then."""
        if self._job:
            self._job.cancel()

    def _report(self, done: int, total: int, what: str) -> None:
        self.progress.show_progress(done, total, progress_text(what))

    def _over(self) -> None:
        self.progress.end()
        self.choose_button.setEnabled(True)

    def _failed(self, error: ExpectedError) -> None:
        self._over()
        self._context.messages.error(error)

    def _keep(self, compared: Any) -> None:  # noqa: ANN401 - a Compared
        context = self._context

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            self._over()
            differing = compared.counts["differs"] + compared.counts["suggested"]
            words = _n(
                "{count} person differs from the list", "{count} people differ from the list", differing
            )
            context.messages.done(words.format(count=differing), context.undo)

        context.runner.write(lambda _progress: compare.commit(context.desk, compared), done, self._failed)

    def ask_where(self) -> None:
        """Ask for a file name and write what differs there."""
        kind = str(self.kind.currentData())
        offered = f"{label('comparison_kind', kind, 'zh_CN')}差异清单.xlsx"
        chosen, _filter = QFileDialog.getSaveFileName(self, _("Export"), offered, "Excel (*.xlsx)")
        if chosen:
            self.export(Path(chosen))

    def export(self, path: Path) -> None:
        """Write what differs as a workbook."""
        context, kind = self._context, str(self.kind.currentData())

        def done(_count: int) -> None:
            context.messages.done(_("Written: {file}").format(file=path.name))

        context.runner.read(lambda: compare.export(context.desk, kind, path), done, context.messages.error)

    # -- results -----------------------------------------------------------------------------------

    def _changed(self, _changed: Any) -> None:  # noqa: ANN401 - a Changed
        self._stale = True
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Ask anew what was compared."""
        self._stale = False
        self._context.query(queries.comparisons, then=self._know, latest="comparisons")

    def _know(self, found: list[ComparisonLine]) -> None:
        self._newest = {each.kind: each for each in found if each.newest}
        self._read()

    def _read(self) -> None:
        newest = self._newest.get(str(self.kind.currentData()))
        self.export_button.setEnabled(newest is not None)
        if newest is None:
            self._about.setText(_("Nothing was compared with this list yet."))
            self._show([])
            return
        words = _(
            "{file}, as of {day}, compared on {compared} by {officer}: {rows} rows, {agrees} agree, {absent} not in the ledger"
        )
        self._about.setText(
            words.format(
                file=newest.file_name,
                day=day_words(newest.as_of),
                compared=day_words(newest.compared_on),
                officer=newest.officer,
                rows=newest.counts.get("rows", 0),
                agrees=newest.counts.get("agrees", 0),
                absent=newest.counts.get("not_here", 0),
            )
        )
        self._context.query(queries.results, newest.id, then=self._show, latest="comparison results")

    def _show(self, found: list[ResultLine]) -> None:
        self.list.empty.say(
            _("Nothing on this list waits.")
            if str(self.kind.currentData()) in self._newest
            else _("Choose the list that came: nothing in the ledger is changed by comparing.")
        )
        self.list.show_rows(found)

    def _open(self, record: str) -> None:
        line = self.list.rows[record]
        open_record(self._context, line.person, line.household)


def _todo(line: ResultLine) -> Todo:
    return Todo(
        line.id,
        "comparison",
        line.village_code,
        line.person,
        line.household,
        line.name,
        line.household_no,
        result_text(line),
        label("comparison_kind", line.kind),
        line.since,
        "",
    )
