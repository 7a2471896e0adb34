"""What waits for the officer: problems sent back, values proposed, and what differs from outside lists."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from caseworker_app.domain import divisions
from caseworker_app.error_words import progress_text
from caseworker_app.read_models.todos import Todo
from caseworker_app.use_cases import feedback, problems
from caseworker_app.wording import _, _n
from db.queries import feedback as queries
from ui.context import Context
from ui.models.windowed import Column
from ui.screens.round.answering import AnswerLine, kind_words, open_record
from ui.widgets.basics import ProgressPanel, button, column, row, show_part, text
from ui.widgets.held_list import HeldList
from ui.words import N_


def day_words(day: date | None) -> str:
    """Return a day as grids show it."""
    return day.isoformat() if day else ""


COLUMNS = (
    Column(N_("Name"), 90, lambda todo: todo.name),
    Column(N_("Household number"), 140, lambda todo: todo.household_no, paint="muted"),
    Column(N_("Village"), 100, lambda todo: divisions.called(todo.village_code)),
    Column(N_("Kind"), 110, kind_words),
    Column(N_("First seen"), 90, lambda todo: day_words(todo.since)),
    Column(N_("What is to be done"), 460, lambda todo: todo.what, tip=lambda todo: todo.what),
    Column(N_("Where"), 220, lambda todo: todo.place, tip=lambda todo: todo.place),
)


class TodoPart(QWidget):
    """The list of to-dos; each is answered below the list. A level above also writes its feedback here."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._stale = True
        self.list = HeldList(
            context,
            _("To-dos"),
            COLUMNS,
            [
                ("all", _("To settle")),
                ("problem", _("To be corrected")),
                ("proposal", _("Proposed values")),
                ("comparison", _("Differing from lists")),
            ],
            lambda todo, tab: tab in ("all", todo.kind),
            partial(AnswerLine, context),
            empty=_("Nothing waits for an answer."),
        )
        self.list.table.opened.connect(self._open)
        down = () if len(context.desk.scope) == divisions.VILLAGE else (self._down(),)
        self.setLayout(column(*down, self.list, space=8))
        context.runner.changed.connect(self._changed)

    # -- down to the villages ----------------------------------------------------------------------

    def _down(self) -> QWidget:
        """Return what writes the feedback of a village, with what became of the last."""
        self.village = QComboBox()
        self.village.setAccessibleName(_("Village"))
        self.village.activated.connect(lambda _index: self._read_sent())
        self.write_button = button(_("Write feedback"), self.ask_where)
        self.sent = text("", "muted")
        self.message = QLineEdit()
        self.message.setPlaceholderText(_("What this village has to correct"))
        self.message.setAccessibleName(_("What this village has to correct"))
        self.message.returnPressed.connect(self.raise_problem)
        self.progress = ProgressPanel()
        self.progress.hide()
        made = QWidget()
        made.setLayout(
            column(
                row(
                    text(_("Feedback to")),
                    self.village,
                    self.message,
                    button(_("Raise problem"), self.raise_problem),
                    self.write_button,
                    space=10,
                ),
                self.sent,
                self.progress,
                space=4,
            )
        )
        return made

    def _know_villages(self, villages: list[str]) -> None:
        chosen = self.village.currentData()
        self.village.clear()
        for code in villages:
            self.village.addItem(divisions.called(code), code)
        self.village.setCurrentIndex(max(self.village.findData(chosen), 0))
        self._read_sent()

    def raise_problem(self) -> None:
        """Tell the village chosen what has to be corrected."""
        context, village, said = self._context, str(self.village.currentData() or ""), self.message.text()

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            self.message.clear()
            context.messages.done(_("Raised; it goes down with the next feedback."), context.undo)

        context.runner.write(lambda _progress: problems.raise_by_hand(context.desk, village, said), done)

    def ask_where(self) -> None:
        """Ask for a file name and write the feedback there."""
        village = str(self.village.currentData() or "")
        offered = feedback.default_name(village, f"{self._context.today:%Y-%m}")
        chosen, _filter = QFileDialog.getSaveFileName(self, _("Write feedback"), offered, "Excel (*.xlsx)")
        if chosen:
            self.write(village, Path(chosen))

    def write(self, village: str, path: Path) -> None:
        """Write the feedback of a village in the background."""
        context = self._context
        self.write_button.setEnabled(False)
        self.progress.begin(progress_text("upload.gathering"))

        def over() -> None:
            self.write_button.setEnabled(True)
            self.progress.end()

        def done(_counts: dict[str, int]) -> None:
            over()
            context.messages.done(_("Written: {file}").format(file=path.name))
            context.refresh_last()
            self.reload()

        def failed(error: Any) -> None:  # noqa: ANN401 - an ExpectedError
            over()
            context.messages.error(error)

        context.runner.write(
            lambda progress: feedback.write(context.desk, village, path, progress=progress), done, failed
        )

    def _read_sent(self) -> None:
        village = str(self.village.currentData() or "")
        self._context.query(queries.sent, village, then=self._show_sent, latest="feedback sent")

    def _show_sent(self, sent: list[queries.Sent]) -> None:
        newest = next(iter(sent), None)
        show_part(self.sent, shown=newest is not None)
        if newest is None:
            return
        opened = (
            _("opened on {day}").format(day=newest.opened_on.isoformat())
            if newest.opened_on
            else _("not opened yet")
        )
        self.sent.setText(
            _("Last feedback: {file}, written on {day}, {opened}").format(
                file=newest.file_name, day=newest.written_on.isoformat(), opened=opened
            )
        )

    # -- what waits --------------------------------------------------------------------------------

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `kind` may be given
        """Show what waits, of one kind if asked for."""
        if "kind" in arguments:
            self.list.tabs.choose(arguments["kind"])
        if self._stale:
            self.reload()
        self.list.table.setFocus()

    def status(self) -> str:
        """Return how many are shown."""
        count = self.list.count()
        return _n("{count} to-do on this list", "{count} to-dos on this list", count).format(count=count)

    def _changed(self, _changed: Any) -> None:  # noqa: ANN401 - a Changed
        self._stale = True
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Ask anew what waits."""
        self._context.query(problems.todos, self._context.desk, then=self._show, latest="todos")
        if len(self._context.desk.scope) != divisions.VILLAGE:
            scope = self._context.desk.scope
            self._context.query(queries.places, scope, then=self._know_villages, latest="villages")

    def _show(self, found: list[Todo]) -> None:
        self._stale = False
        self.list.show_rows(found)

    def _open(self, record: str) -> None:
        todo = self.list.rows[record]
        open_record(self._context, todo.person, todo.household)
