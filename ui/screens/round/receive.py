"""What was received this month: who sent, who has not, and what is wrong; workbooks are received here."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QSizePolicy, QWidget

from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.spans import month_end
from caseworker_app.error_words import cells_text, error_text, progress_text
from caseworker_app.read_models.received import DeviceLine, VillageLine
from caseworker_app.use_cases import devices, receive
from caseworker_app.use_cases.receive import Outcome
from caseworker_app.wording import _, _n, label
from db.queries import received as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.runner import Cancelled, Job
from ui.theme import style
from ui.widgets.basics import EmptyState, ProgressPanel, button, clear, column, row, text
from ui.widgets.lines import lines, scrolled
from ui.widgets.table import DataTable
from ui.words import N_

_ENROLLED_FIRST = ("receive.enrolment", "receive.device_second")
_FILES = "Excel / WPS / CSV (*.xlsx *.xlsm *.xls *.ods *.et *.csv)"
_RESULT_HIGH = 300
_WORDS = 3
"""The column of the results that wraps."""


def _sent(line: VillageLine) -> str:
    if line.received_on:
        return line.received_on.isoformat()
    return (
        _("carried forward from {month}").format(month=line.carried_from)
        if line.carried_from
        else _("not sent")
    )


def _wrong(line: VillageLine) -> str:
    parts = []
    if line.conflicts:
        parts.append(
            _n("{count} to decide", "{count} to decide between", line.conflicts).format(count=line.conflicts)
        )
    if line.devices_unknown:
        parts.append(_("device to be confirmed"))
    return "，".join(parts)


COLUMNS = (
    Column(N_("Place"), 150, lambda line: line.village),
    Column(N_("Sent"), 160, _sent),
    Column(N_("Officer"), 90, lambda line: line.officer),
    Column(N_("Standing"), 140, lambda line: label("standing", line.standing) if line.standing else ""),
    Column(N_("Seal"), 110, lambda line: label("seal", line.seal) if line.seal else ""),
    Column(N_("Month closed"), 90, lambda line: label("month_state", line.month_state)),
    Column(N_("To look at"), 220, _wrong, tip=_wrong),
    Column(N_("Households"), 80, lambda line: str(line.households or ""), right=True),
    Column(N_("File"), 190, lambda line: line.file_name, paint="muted", tip=lambda line: line.file_name),
)


class ReceivePart(QWidget):
    """The villages of a month and what each sent; below, what became of the workbooks just received."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._month = context.today.replace(day=1)
        self._found: dict[str, VillageLine] = {}
        self._seen: dict[str, DeviceLine] = {}
        self._outcomes: list[Outcome] = []
        self._job: Job | None = None
        self.setAcceptDrops(True)
        self._shown_month = text("", "section")
        self._summary = text("", "muted")
        self.choose_button = button(_("Receive workbooks"), self.ask_files, primary=True, icon="import")
        self.progress = ProgressPanel()
        self.progress.cancelled.connect(self.cancel)
        self.progress.hide()
        self.model = WindowedTableModel(COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("Who sent"))
        self._empty = EmptyState(
            "import",
            _("Drop the workbooks of the villages here, or choose them: several at once, in any order."),
            _("Receive workbooks"),
            self.ask_files,
        )
        self.table.set_empty(self._empty)
        self._place = column(space=8)
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(column(self._place, None))
        self._result = scrolled(inside, _("What became of the workbooks"))
        self._result.setFixedHeight(style.px(_RESULT_HIGH))
        self._result.hide()
        earlier = button("‹", partial(self.turn_month, -1), tip=_("The month before"))
        later = button("›", partial(self.turn_month, 1), tip=_("The month after"))
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setLayout(
            column(
                row(earlier, self._shown_month, later, 8, self._summary, None, self.choose_button, space=8),
                self.progress,
                self.table,
                self._result,
                space=10,
            )
        )
        context.runner.changed.connect(self._changed)
        context.runner.crashed.connect(self._end)

    def open(self, **_arguments: Any) -> None:  # noqa: ANN401 - none are taken
        """Show the month."""
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def status(self) -> str:
        """Return who has not sent."""
        lacking = [line.village for line in self._found.values() if not line.sent]
        if not self._found or not lacking:
            return ""
        return _("Not sent: {villages}").format(
            villages="、".join(lacking[:12]) + ("…" if lacking[12:] else "")
        )

    def _changed(self, _changed: object) -> None:
        if self.isVisible():
            self.reload()

    # -- the month ---------------------------------------------------------------------------

    def turn_month(self, by: int) -> None:
        """Show the month before or after; none that has not begun."""
        wanted = month_end(self._month) if by > 0 else self._month
        day = date.fromordinal(wanted.toordinal() + (1 if by > 0 else -1)).replace(day=1)
        if day <= self._context.today:
            self._month = day
            self.reload()

    def reload(self) -> None:
        """Read the month."""
        desk, month = self._context.desk, f"{self._month:%Y-%m}"

        def read(connection: Any) -> Any:  # noqa: ANN401 - a connection, known below the window
            return queries.month(connection, desk.scope, month), queries.devices(
                connection, desk.units.device
            )

        self._context.query(read, then=self._show, latest="round.received")

    def _show(self, found: tuple[list[VillageLine], list[DeviceLine]]) -> None:
        self._found = {line.id: line for line in found[0]}
        self._seen = {line.device: line for line in found[1] if line.state == "seen"}
        self._shown_month.setText(_("{year}-{month}").format(year=self._month.year, month=self._month.month))
        self.model.set_ids(list(self._found))
        sent = sum(bool(line.sent) for line in self._found.values())
        waiting = sum(line.conflicts for line in self._found.values())
        words = [
            self._counted(len(self._found)),
            _("{count} sent").format(count=sent),
            _("{count} not sent").format(count=len(self._found) - sent),
        ]
        if waiting:
            words.append(_n("{count} to decide", "{count} to decide between", waiting).format(count=waiting))
        self._summary.setText(" · ".join(words) if self._found else "")
        self._tell()
        self._context.refresh_status()

    def _counted(self, count: int) -> str:
        if len(self._context.desk.scope) < divisions.TOWN:
            return _n("{count} township", "{count} townships", count).format(count=count)
        return _n("{count} village", "{count} villages", count).format(count=count)

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._found[each] for each in ids if each in self._found])

    # -- receiving ---------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Receive the files dropped."""
        self.receive([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def ask_files(self) -> None:
        """Ask which workbooks came."""
        chosen, _filter = QFileDialog.getOpenFileNames(self, _("Receive workbooks"), "", _FILES)
        if chosen:
            self.receive([Path(each) for each in chosen])

    def receive(self, files: Sequence[Path], password: str = "") -> None:
        """Take in workbooks; those without a sound seal wait to be looked at."""
        desk, month = self._context.desk, f"{self._month:%Y-%m}"

        def work(progress: Any) -> tuple[Changed, list[Outcome]]:  # noqa: ANN401 - the runner's progress
            outcomes: list[Outcome] = []
            try:
                outcomes.extend(
                    receive.receive_each(desk, files, month=month, password=password, progress=progress)
                )
            except Cancelled:
                if not outcomes:
                    raise
            return Changed.joined(each.changed for each in outcomes if each.changed.change_set), outcomes

        self.choose_button.setEnabled(False)
        self.progress.begin(progress_text("receive.reading"))
        self._job = self._context.runner.write(
            work, self._received, self._failed, self._report, cancelled=self._end
        )

    def _report(self, done: int, total: int, what: str) -> None:
        self.progress.show_progress(done, total, progress_text(what))

    def cancel(self) -> None:
        """Stop; what was received before stays received."""
        if self._job:
            self._job.cancel()

    def _end(self, *_told: object) -> None:
        self.progress.end()
        self.choose_button.setEnabled(True)

    def _failed(self, error: ExpectedError) -> None:
        self._end()
        self._context.messages.error(error)

    def _received(self, result: tuple[Changed, list[Outcome]]) -> None:
        self._end()
        self._outcomes = result[1]
        self._turn_to({each.file.month for each in result[1] if each.file.month})
        taken = sum(each.file.taken for each in self._outcomes)
        words = _n("{count} workbook received", "{count} workbooks received", taken).format(count=taken)
        if left := len(self._outcomes) - taken:
            self._context.messages.tell(_("{done}, {count} wait: see below").format(done=words, count=left))
        else:
            self._context.messages.done(words)
        self.reload()

    def _turn_to(self, months: set[str]) -> None:
        """Show the month the workbooks are of: nobody looks for October's in November."""
        day = date.fromisoformat(f"{max(months)}-01") if months else self._month
        if f"{self._month:%Y-%m}" not in months and day <= self._context.today:
            self._month = day

    # -- what became of them -----------------------------------------------------------------

    def _tell(self) -> None:
        """Say of each workbook just received how it stands, and what is to be done about it."""
        clear(self._place)
        self._result.setVisible(bool(self._outcomes))
        if not self._outcomes:
            return
        rows = [self._told(each) for each in self._outcomes]
        heads = [_("File"), _("Village"), _("Standing"), _("What to know"), ""]
        self._place.addWidget(lines(heads, rows, "", _WORDS))

    def _told(self, outcome: Outcome) -> list[str | QWidget]:
        file = outcome.file
        where = " ".join(
            part for part in (divisions.called(file.village) if file.village else "", file.month) if part
        )
        how = " · ".join(
            part
            for part in (label("standing", file.standing) if file.standing else "", label("seal", file.seal))
            if part
        )
        counts = "  ".join(f"{cells_text(kind)} {count}" for kind, count in file.cells.items() if count)
        words = [error_text(ExpectedError(each.code, **each.values)) for each in file.problems]
        if outcome.prepared is not None and file.preview:
            changes = sum(len(each.changes) for each in file.preview.files)
            words.append(
                _n("{count} value would change.", "{count} values would change.", changes).format(
                    count=changes
                )
            )
        return [file.file, where, how, "\n".join([counts, *words]).strip(), self._action(outcome)]

    def _action(self, outcome: Outcome) -> QWidget | str:
        file = outcome.file
        if outcome.prepared is not None:
            return button(_("Take in"), partial(self.take_in, outcome), link=True)
        if outcome.path and any(each.code in receive.LOCKED for each in file.problems):
            return button(_("Enter password"), partial(self.unlock, outcome.path), link=True)
        if any(each.code in _ENROLLED_FIRST for each in file.problems):
            go = partial(self._context.navigator.go, "round", part="devices", file=outcome.path)
            return button(_("Enrol device"), go, link=True)
        if any(each.code == "receive.device_new" for each in file.problems) and file.device in self._seen:
            return button(_("Fingerprint is right"), partial(self.confirm, outcome), link=True)
        if file.conflicts:
            go = partial(self._context.navigator.go, "round", part="conflicts")
            return button(_("Decide"), go, link=True)
        return ""

    def unlock(self, path: Path) -> None:
        """Ask for the password of a workbook and receive it."""
        said = _("Password of {file}").format(file=path.name)
        password, given = QInputDialog.getText(self, _("Enter password"), said, QLineEdit.EchoMode.Password)
        if given and password:
            self.receive([path], password)

    def _replace(self, before: Outcome, after: Outcome) -> None:
        self._outcomes = [after if each is before else each for each in self._outcomes]
        self.reload()

    def take_in(self, outcome: Outcome) -> None:
        """Write what a plain or edited sheet says as one's own entry."""
        desk = self._context.desk

        def work(progress: Any) -> tuple[Changed, Outcome]:  # noqa: ANN401 - the runner's progress
            after = receive.accept(desk, outcome, progress)
            return after.changed, after

        def done(result: tuple[Changed, Outcome]) -> None:
            self._context.messages.done(
                _("Taken in: {file}").format(file=outcome.file.file), self._context.undo
            )
            self._replace(outcome, result[1])

        self._context.runner.write(work, done)

    def confirm(self, outcome: Outcome) -> None:
        """Enrol a device after its fingerprint was read aloud."""
        desk, seen = self._context.desk, self._seen[outcome.file.device]

        def done(_changed: object) -> None:
            self._context.messages.done(_("Device enrolled"), self._context.undo)
            self.reload()

        self._context.runner.write(lambda _progress: devices.confirm(desk, [seen.id]), done)
