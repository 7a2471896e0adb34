"""What was received this month: who sent, who has not, and what is wrong."""

from PySide6.QtWidgets import QWidget

from caseworker_app.wording import _
from ui.context import Context
from ui.widgets.basics import button, column, row


class ReceivePart(QWidget):
    """The villages of a month and what each sent; workbooks are received here."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.choose_button = button(_("Receive workbooks"), self.ask_files, primary=True)
        self.setLayout(column(row(None, self.choose_button)))

    def ask_files(self) -> None:
        """Ask which workbooks came."""
