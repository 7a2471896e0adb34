"""What the page of a person and that of a household have in common: parts behind tabs, a form in place, papers, forms."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from caseworker_app.wording import _
from ui.context import Context
from ui.widgets.basics import clear
from ui.widgets.entitlement_part import print_claims
from ui.widgets.facts import FactForm
from ui.widgets.parts import Part, Parts
from ui.widgets.photos import FileDrop


class RecordPage(QWidget):
    """The page of one record. `sheet` is what it shows, None until that has been read; the part of papers is "papers"."""

    def __init__(self, context: Context, parts: list[Part]) -> None:
        super().__init__()
        self.context = context
        self.sheet: Any = None
        self.form_place = QVBoxLayout()
        self.parts = Parts(parts, _("Parts of this page"))
        FileDrop(self, self._dropped)

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("Saved at once, can be undone · F2 changes · Ctrl+PgDn next part · Esc back")

    def open_form(self, form: FactForm) -> None:
        """Put a form in place, instead of one that is open."""
        self.close_form()
        form.finished.connect(self.close_form)
        self.form_place.addWidget(form)
        form.setFocus()

    def close_form(self) -> None:
        """Take the form away."""
        clear(self.form_place)

    def attach(self) -> None:
        """Choose photos of papers to attach."""
        self.parts.choose("papers")
        self.parts.part("papers").choose()

    def _dropped(self, files: list[Any]) -> None:
        if self.sheet is not None:
            self.parts.choose("papers")
            self.parts.part("papers").offer(files)

    def print_forms(self) -> None:
        """Show the forms of every live claim that the page shows."""
        if self.sheet is not None:
            print_claims(self.context, self.sheet.claims, self)
