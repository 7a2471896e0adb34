"""Spreadsheets in: chosen, looked through, shown with everything that would happen, and written when confirmed."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import (
    correction_text,
    error_text,
    layout_text,
    problem_words,
    progress_text,
    unread_text,
)
from caseworker_app.read_models.imports import Count, ImportPreview, Problem
from caseworker_app.use_cases import imports
from caseworker_app.wording import _, _n
from ui.context import Context
from ui.runner import Job
from ui.screens.exchange.mapping import MappingPart
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
_EMPTY, _WAITING, _PREVIEW, _MAPPING, _LOCKED = range(5)


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
        self._contents: imports.Read | None = None
        self._confirmed: frozenset[tuple[str, str, int]] = frozenset()
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
        self._mapping = QWidget()
        self._mapping_box = column()
        self._mapping.setLayout(self._mapping_box)
        for part in (self._empty, waiting, self._preview, self._mapping, self._password_page()):
            self._stack.addWidget(part)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_PROGRESS_AFTER_MS)
        self._late.timeout.connect(lambda: self._stack.setCurrentIndex(_WAITING))
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

    def look_through(self, files: Sequence[Path], password: str = "") -> None:
        """Read the files and show what they would do; nothing is written."""
        self._files = tuple(files)
        self._contents = None
        self._confirmed = frozenset()

        def work(progress: Any) -> tuple[imports.Read, imports.Prepared | ExpectedError]:  # noqa: ANN401 - the runner's progress
            contents = imports.look(files, password=password, progress=progress)
            return contents, self._recognise(contents, progress)

        self._run(work, self._looked)

    def _run(self, work: Any, then: Any) -> None:  # noqa: ANN401 - what a job does and what follows
        self._late.start()
        self._job = self._context.runner.long_read(work, then, self._report, self._failed)

    def _recognise(self, contents: imports.Read, progress: Any) -> imports.Prepared | ExpectedError:  # noqa: ANN401 - the runner's progress
        """Say what the files would do, or that a person must say what their columns are."""
        context = self._context
        try:
            with context.desk.ledger.reader() as connection:
                return imports.recognised(
                    connection, contents, context.desk.scope, context.today, progress=progress
                )
        except ExpectedError as error:
            if error.code != "import.not_recognised":
                raise
            return error

    def _looked(self, found: tuple[imports.Read, imports.Prepared | ExpectedError]) -> None:
        self._contents, outcome = found
        if isinstance(outcome, ExpectedError):
            self._late.stop()
            unknown = [
                number
                for number, file in enumerate(self._contents.files)
                if file.name == outcome.values.get("file")
            ]
            self._map(_only(self._contents, unknown), error_text(outcome))
        else:
            self._contents = None
            self._show(outcome)

    # -- columns nobody knows, and files behind a password ------------------------------------

    def _map(self, contents: imports.Read, told: str) -> None:
        """Let a person say what the columns are."""
        clear(self._mapping_box)
        part = MappingPart(self._context, contents, told, self._mapped, self.cancel)
        self._mapping_box.addWidget(part)
        self._stack.setCurrentIndex(_MAPPING)
        part.use.setFocus()

    def _mapped(self, name: str) -> None:
        contents = self._contents
        if contents is None:
            return
        self._context.messages.done(_("Remembered: {name}").format(name=name), self._context.undo)
        self._run(lambda progress: (contents, self._recognise(contents, progress)), self._looked)

    def adjust(self) -> None:
        """Map the columns of what was recognised anew; it is read again rather than held all the while."""
        if self._prepared is None:
            return
        files, password = self._prepared.files, self._prepared.password

        def work(progress: Any) -> imports.Read:  # noqa: ANN401 - the runner's progress
            return imports.look(files, password=password, progress=progress)

        self._run(work, self._adjust)

    def _adjust(self, contents: imports.Read) -> None:
        self._late.stop()
        self._contents = contents
        told = _("Choose the field of each column; the mapping is used before the layouts that are known.")
        self._map(contents, told)

    def _password_page(self) -> QWidget:
        page = QWidget()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setFixedWidth(style.px(280))
        self.password.returnPressed.connect(self._unlock)
        self._locked = Field(_("Password of the file"), self.password)
        card = Card(
            text(_("The file is protected with a password"), "section"),
            self._locked,
            row(None, button(_("Cancel"), self.cancel), button(_("Open"), self._unlock, primary=True)),
            space=12,
        )
        page.setLayout(column(None, row(None, card, None), None))
        return page

    def _unlock(self) -> None:
        self.look_through(self._files, self.password.text())
        self.password.clear()

    def _report(self, done: int, total: int, what: str) -> None:
        self._progress.show_progress(done, total, progress_text(what))

    def _failed(self, error: ExpectedError) -> None:
        self._late.stop()
        if error.code in ("workbook.encrypted", "workbook.password_wrong"):
            self._locked.wrong(error_text(error) if error.code == "workbook.password_wrong" else "")
            self._stack.setCurrentIndex(_LOCKED)
            self.password.setFocus()
            return
        self._stack.setCurrentIndex(_PREVIEW if self._prepared else _EMPTY)
        self._context.messages.error(error)

    def begun(self) -> bool:
        """Whether something was looked through that is not written."""
        return self._prepared is not None or self._contents is not None

    def cancel(self) -> None:
        """Stop what is under way; nothing was written."""
        self._late.stop()
        if self._job:
            self._job.cancel()
        self._prepared = self._contents = None
        self._stack.setCurrentIndex(_EMPTY)

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
        adjust = button(_("Map columns"), self.adjust, link=True)
        named = text(names, "secondary", wrap=True)
        head = row(named, adjust, space=16)
        head.setStretch(0, 1)
        self._preview_box.addLayout(head)
        cards = row(space=12)
        kinds = _kind_names()
        for kind, count in preview.totals.items():
            cards.addWidget(self._count_card(kinds[kind], count))
        cards.addWidget(self._problem_card(preview))
        self._preview_box.addLayout(cards)
        self._preview_box.addWidget(text(_cells(preview), "secondary", wrap=True))
        if left_out := sum(len(file.outside) for file in preview.files):
            words = _n(
                "{count} row is of somebody this ledger does not know, in a sheet without villages: it is left out.",
                "{count} rows are of people this ledger does not know, in a sheet without villages: they are left out.",
                left_out,
            )
            self._preview_box.addWidget(text(words.format(count=left_out), "secondary", wrap=True))
        if preview.unread:
            self._preview_box.addWidget(text(unread_text(preview.unread), wrap=True))
        self._detail = QStackedWidget()
        # It scrolls by itself: what it would like to be high must not make the whole page scroll.
        self._detail.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        problems = [(file.file, each) for file in preview.files for each in file.problems]
        changes = [(file.file, each) for file in preview.files for each in file.changes]
        several = len({each.file for each in preview.files}) > 1
        file_head = [_("File")] if several else []
        proposed = any(each.proposal for _file, each in problems)
        proposed_head = [_("Proposal")] if proposed else []
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
                    *proposed_head,
                ],
                [
                    (
                        *([_file_name(file)] if several else []),
                        str(each.row),
                        each.column,
                        each.cell,
                        each.value,
                        problem_words(each),
                        *([self._proposal(file, each)] if proposed else []),
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
                [_("Column"), _("What"), _("How often"), _("Example")],
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
                3,
            ),
        )
        names_of = (_("To be settled"), _("Changes"), _("Normalised"))
        counts = (len(problems), len(changes), len(corrections))
        for page, name, found in zip(pages, names_of, counts, strict=True):
            inside = QWidget()
            inside.setObjectName("ground")
            words = _("The first {shown} of {count} are shown here.").format(shown=_SHOWN, count=found)
            more = [text(words, "secondary")] if found > _SHOWN else []
            inside.setLayout(column(page, *more, None))
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
            *self._further(preview),
            button(_("Cancel"), self.cancel),
            commit,
        )
        self._preview_box.addLayout(foot)
        self._stack.setCurrentIndex(_PREVIEW)
        commit.setFocus()

    def _proposal(self, file: str, problem: Problem) -> QWidget:
        """Return the way to take the one person a damaged number fits."""
        if problem.proposal is None:
            return text("")
        name = problem.proposal.name
        made = button(
            _("Take {name}").format(name=name),
            partial(self.confirm, frozenset({(file, problem.sheet, problem.row)})),
            link=True,
        )
        made.setAccessibleName(_("Row {row}: take {name}").format(row=problem.row, name=name))
        return made

    def _further(self, preview: ImportPreview) -> list[QWidget]:
        """Return what else can be done with the problems: take all proposals, send the file back."""
        found: list[QWidget] = []
        proposed = imports.proposals(preview)
        if len(proposed) > 1:
            words = _("Take all {count} proposals").format(count=len(proposed))
            found.append(button(words, partial(self.confirm, proposed)))
        if preview.problems:
            found.append(button(_("Make the answer workbook"), self.ask_answer))
        return found

    def confirm(self, chosen: frozenset[tuple[str, str, int]]) -> None:
        """Take what is proposed for these rows, and show what the import would do then."""
        context, prepared = self._context, self._prepared
        if prepared is None:
            return
        confirmed = self._confirmed = self._confirmed | chosen

        def work(progress: Any) -> imports.Prepared:  # noqa: ANN401 - the runner's progress
            with context.desk.ledger.reader() as connection:
                return imports.confirm(
                    connection, prepared, context.desk.scope, context.today, confirmed, progress
                )

        self._run(work, self._show)

    def ask_answer(self) -> None:
        """Ask where the sender's file goes back to, and write it there."""
        if self._prepared is None:
            return
        offered = imports.answer_name(self._prepared)
        chosen, _filter = QFileDialog.getSaveFileName(
            self, _("Make the answer workbook"), offered, "Excel (*.xlsx *.xlsm)"
        )
        if chosen:
            self.answer(Path(chosen))

    def answer(self, target: Path) -> None:
        """Write the sender's file back with what is to be settled marked."""
        context, prepared = self._context, self._prepared
        if prepared is None:
            return

        def done(written: list[Path]) -> None:
            names = "、".join(each.name for each in written)
            context.messages.done(_("Written: {file}").format(file=names))

        context.runner.read(
            lambda: imports.answer(prepared, target, context.desk.officer), done, context.messages.error
        )

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
            self._prepared = self._contents = None
            self._stack.setCurrentIndex(_EMPTY)
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
    return imports.commit(context.desk, prepared, progress)


def _cells(preview: ImportPreview) -> str:
    total = {
        key: sum(file.cells[key] for file in preview.files)
        for key in ("in", "accepted", "corrected", "unchanged", "ignored", "refused")
    }
    return _(
        "Cells accounted for: {in_} read = {accepted} accepted + {corrected} normalised + {unchanged} unchanged "
        "+ {ignored} not kept + {refused} to be settled"
    ).format(in_=total["in"], **{key: value for key, value in total.items() if key != "in"})


def _only(contents: imports.Read, chosen: Sequence[int]) -> imports.Read:
    """Return what was read of some of the files."""
    return imports.Read(
        tuple(contents.files[number] for number in chosen),
        tuple(contents.contents[number] for number in chosen),
        contents.seconds,
        contents.password,
    )
