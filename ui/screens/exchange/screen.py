"""Spreadsheets in, with a preview before anything is written; and the monthly workbook out."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.use_cases import uploads
from caseworker_app.wording import _
from ui.context import Context
from ui.screens.exchange.importing import ImportPart
from ui.theme import style
from ui.widgets.basics import (
    Card,
    Field,
    TabStrip,
    button,
    clear,
    column,
    row,
    text,
)
from ui.widgets.lines import lines, scrolled


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
