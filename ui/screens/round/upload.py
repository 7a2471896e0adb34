"""A month going up: its checks with the way to each record, closing it, writing its workbook, and those written before."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from caseworker_app.domain import divisions
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.findings import Finding
from caseworker_app.error_words import error_text, progress_text
from caseworker_app.use_cases import months, uploads
from caseworker_app.use_cases.months import Checked, Standing
from caseworker_app.use_cases.uploads import PastUpload
from caseworker_app.wording import _, _n, label
from ui.context import Context
from ui.runner import Job
from ui.screens.round.closing import ClosingCard, step_words
from ui.theme import style
from ui.widgets.basics import Card, Field, Pill, ProgressPanel, button, clear, column, row, show_part, text
from ui.widgets.findings import FindingLine
from ui.widgets.lines import Ruled, fill, lines, scrolled

_SHOWN = 50
TONES = {"open": "quiet", "closed": "good", "accepted": "good", "returned": "stop"}
_Looked = tuple[Checked, list[Standing], list[PastUpload], str]


def _look(connection: Any, desk: Any, month: str) -> _Looked:  # noqa: ANN401 - as `Context.query` gives them
    return (
        months.checked(connection, desk, month),
        months.standings(connection, desk, month),
        uploads.past(connection),
        uploads.standing_upload(connection, month, desk.scope),
    )


class UploadPart(QWidget):
    """The month at this ledger's own place, from its checks to its workbook."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._job: Job | None = None
        self.month = QLineEdit(f"{context.today:%Y-%m}")
        self.month.setFixedWidth(style.px(120))
        self.month.editingFinished.connect(self.reload)
        self._month = Field(_("Month"), self.month)
        self._month.setFixedWidth(style.px(260))
        self._pill = Pill()
        self._due, self._answer = text("", "secondary"), text("", "muted", wrap=True)
        self._checks_title = text("", "section")
        self._checks = QVBoxLayout()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setFixedWidth(style.px(180))
        self._password = Field(
            _("Password of the workbook"), self.password, _("Leave empty to write it without a password.")
        )
        self._close = button(_("Close month"), self.close_month)
        self._go = button(_("Write monthly workbook"), self.ask_where, primary=True)
        self._stands = text("", "secondary", wrap=True)
        self._stands.hide()
        self._progress = ProgressPanel()
        self._progress.hide()
        self._progress.cancelled.connect(self._cancel)
        self._result, self._past = QVBoxLayout(), QVBoxLayout()
        self.closing = ClosingCard(context, self.reload)
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(column(*self._cards(), None, space=12))
        self.setLayout(column(scrolled(inside, _("Monthly workbook")), space=0))
        context.runner.crashed.connect(self._take_again)
        context.runner.changed.connect(lambda _changed: self.reload() if self.isVisible() else None)

    def _cards(self) -> tuple[QWidget, ...]:
        about = _(
            "Households, workers, jobs, services, the three lists, claims and the summary, all from the ledger: nothing to fill in."
        )
        standing = QWidget()
        standing.setLayout(column(row(self._pill, self._due, None, space=10), self._answer, None, space=4))
        head = row(self._month, standing, space=16)
        return (
            Card(text(_("Monthly workbook"), "section"), text(about, "muted", wrap=True), head, space=12),
            Card(self._checks_title, self._checks, space=8),
            Card(
                text(_("Close and send"), "section"),
                text(
                    _(
                        "Closing lets the figures stand; corrections go into the next month. An edited cell breaks the seal."
                    ),
                    "muted",
                    wrap=True,
                ),
                row(self._password, None),
                row(self._close, self._go, None, space=10),
                self._stands,
                self._progress,
                self._result,
                space=12,
            ),
            self.closing,
            Card(text(_("Written before"), "section"), self._past, space=8),
        )

    # -- reading -----------------------------------------------------------------------------

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `month` may be given
        """Show the month as it stands now."""
        if arguments.get("month"):
            self.month.setText(arguments["month"])
        self.reload()

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("A workbook can be written again as it was at any time")

    def reload(self) -> None:
        """Read the month anew."""
        self._month.wrong("")
        context = self._context
        context.query(
            _look, context.desk, self._chosen(), then=self._show, failed=self._refused, latest="upload"
        )

    def _chosen(self) -> str:
        return self.month.text().strip()

    def _refused(self, error: ExpectedError) -> None:
        if error.code.startswith("upload.month"):
            self._month.wrong(error_text(error))
        elif error.code == "upload.password_short":
            self._password.wrong(error_text(error))
        else:
            self._context.messages.error(error)

    def _show(self, looked: _Looked) -> None:
        checked, standings, past, stands = looked
        self._stands.setText(uploads.stands_text(self._chosen()) if stands else "")
        self._stands.setVisible(bool(stands))
        own = standings[0]
        self._pill.say(label("month_state", own.state), TONES[own.state])
        due, left = months.reporting(self._context.desk, self._chosen())
        late = (
            _n("late by {count} day", "late by {count} days", -left)
            if left < 0
            else _n("{count} day left", "{count} days left", left)
        )
        self._due.setText(
            _("To be sent by {day}, {left}").format(day=due.isoformat(), left=late.format(count=abs(left)))
        )
        self._answer.setText(step_words(own.last) if own.last else "")
        closed = own.state in uploads.CLOSED
        self._close.setEnabled(not closed and not checked.blocking)
        self._close.setToolTip(
            _("First put right or explain what blocks it") if checked.blocking and not closed else ""
        )
        self._show_checks(checked)
        self.closing.show_month(self._chosen(), standings[1:])
        self._show_past(past)

    def _show_checks(self, checked: Checked) -> None:
        clear(self._checks)
        count = len(checked.blocking)
        self._checks_title.setText(
            _n("{count} finding blocks the closing", "{count} findings block the closing", count).format(
                count=count
            )
            if count
            else _("Nothing blocks the closing")
        )
        rest = _("{open} to be looked at, {exempt} explained with a reason that the level above sees").format(
            open=len(checked.attention), exempt=len(checked.exempt)
        )
        ways = button(_("All findings"), partial(self._context.navigator.go, "checks"), link=True)
        for found in (*checked.blocking[:_SHOWN], *checked.exempt[: _SHOWN - min(count, _SHOWN)]):
            who = button(found.name or found.household_no, partial(self._open_record, found), link=True)
            self._checks.addLayout(row(who, FindingLine(self._context, found), space=10))
        self._checks.addLayout(row(text(rest, "secondary"), ways, None, space=10))

    def _open_record(self, found: Finding) -> None:
        if found.person:
            self._context.navigator.go("person", person=found.person)
        else:
            self._context.navigator.go("household", household=found.household)

    def _show_past(self, past: list[PastUpload]) -> None:
        clear(self._past)
        rows: list[tuple[str | QWidget, ...]] = []
        for each in past[:_SHOWN]:
            again = button(_("Write again"), partial(self.ask_again, each), link=True)
            again.setAccessibleName(
                _("Write again {month}, {day}").format(month=each.month, day=each.written_on)
            )
            place = divisions.find(each.place)
            rows.append(
                (
                    each.month,
                    place.name if place else each.place,
                    each.written_on.isoformat(),
                    each.officer,
                    each.seal.upper(),
                    each.file_name,
                    again if each.again else "",
                )
            )
        heads = [_("Month"), _("Place"), _("Written on"), _("Officer"), _("Seal"), _("File"), ""]
        if not rows:
            self._past.addWidget(text(_("No workbook was written yet."), "muted"))
            return
        table = Ruled(heads)
        fill(table, rows, 5)
        self._past.addWidget(table)

    # -- acting ------------------------------------------------------------------------------

    def _take_again(self) -> None:
        """Let it be tried once more after a fault of ours."""
        self._go.setEnabled(True)
        self._progress.end()

    def close_month(self) -> None:
        """Close the month; the workbook is written next."""
        context, month = self._context, self._chosen()

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            context.messages.done(_("Month closed. Write the workbook and send it."), context.undo)
            self.reload()

        context.runner.write(lambda _progress: months.close(context.desk, month), done, self._refused)

    def ask_where(self) -> None:
        """Ask for a file name and write there."""
        offered = uploads.default_name(self._context.desk, self._chosen())
        if path := self._ask(offered):
            self.write(path)

    def ask_again(self, past: PastUpload) -> None:
        """Ask for a file name and write a workbook again there."""
        if path := self._ask(past.file_name):
            self.write(path, past.id)

    def _ask(self, offered: str) -> Path | None:
        title = _("Write monthly workbook")
        chosen, _filter = QFileDialog.getSaveFileName(self, title, offered, "Excel (*.xlsx)")
        return Path(chosen) if chosen else None

    def write(self, path: Path, again: str = "") -> None:
        """Write the workbook in the background, or one written before once more."""
        context, month, secret = self._context, self._chosen(), self.password.text()
        self._go.setEnabled(False)
        self._month.wrong("")
        self._password.wrong("")
        self._progress.begin(progress_text("upload.gathering"))

        def work(progress: Any) -> dict[str, int]:  # noqa: ANN401 - the runner's progress
            if again:
                return uploads.write_again(context.desk, again, path, password=secret, progress=progress)
            return uploads.write_month(context.desk, month, path, password=secret, progress=progress)

        def done(counts: dict[str, int]) -> None:
            self._ended()
            self.password.clear()
            clear(self._result)
            self._result.addWidget(text(_("Written: {file}").format(file=path.name), "section"))
            rows = [(name, str(count)) for name, count in counts.items()]
            self._result.addWidget(lines([_("Sheet"), _("Rows")], rows, "", 0))
            opening = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(path.parent)))
            self._result.addLayout(row(button(_("Open its folder"), opening, icon="folder"), None))
            context.messages.done(_("Written: {file}").format(file=path.name))
            context.refresh_last()
            self.reload()

        def failed(error: ExpectedError) -> None:
            self._ended()
            self._refused(error)

        self._job = context.runner.write(work, done, failed, self._report, cancelled=self._ended)

    def _report(self, done: int, total: int, what: str) -> None:
        self._progress.show_progress(done, total, progress_text(what))

    def _cancel(self) -> None:
        if self._job:
            self._job.cancel()

    def _ended(self) -> None:
        self._progress.end()
        self._go.setEnabled(True)
        show_part(self._progress, shown=False)
