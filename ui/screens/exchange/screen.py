"""Spreadsheets in, with a preview before anything is written."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from caseworker_app.wording import _
from ui.context import Context
from ui.screens.exchange.importing import ImportPart
from ui.widgets.basics import button, column, row, text


class ExchangeScreen(QWidget):
    """Workbooks coming in."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.importing = ImportPart(context)
        head = QWidget()
        head.setObjectName("pagehead")
        to_round = button(_("Import and report"), lambda: context.navigator.go("round"), link=True)
        head.setLayout(row(text(_("Import workbooks"), "page"), None, to_round, margins=(16, 10, 16, 10)))
        self.setLayout(column(head, row(self.importing, margins=(16, 12, 16, 12)), space=0))

    def open(self, **_arguments: Any) -> None:  # noqa: ANN401 - none are needed
        """Nothing to prepare."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("Nothing is written before you confirm")
