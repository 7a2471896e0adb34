"""Settings: whose ledger it is, its days and limits, the look of the window, the rules in use, safety."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from caseworker_app import settings
from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.package import CALENDAR_YEAR
from caseworker_app.error_words import error_text
from caseworker_app.read_models.handover import Handover
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import handover, safety
from caseworker_app.wording import _, joined, label
from ui import papers
from ui.context import Context
from ui.theme import style, tokens
from ui.widgets.basics import Card, Field, button, column, row, text
from ui.widgets.lines import lines, scrolled


def _number(value: int, least: int, most: int) -> QLineEdit:
    box = QLineEdit(str(value))
    box.setValidator(QIntValidator(least, most, box))
    box.setFixedWidth(style.px(100))
    return box


class SettingsScreen(QWidget):
    """What can be set; each change is saved at once."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(row(text(_("Settings"), "page"), None, margins=(16, 10, 16, 10)))
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(
            column(
                self._ledger(),
                self._window(),
                self._safety(),
                self._rules(),
                None,
                space=12,
                margins=(16, 12, 16, 12),
            )
        )
        self.setLayout(column(head, scrolled(inside, _("Settings")), space=0))

    def open(self, **_arguments: Any) -> None:  # noqa: ANN401 - none are needed
        """Nothing to prepare."""

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("Changes are saved at once and can be undone")

    def _ledger(self) -> QWidget:
        desk = self._context.desk
        self.officer = QLineEdit(desk.officer)
        self.officer.setFixedWidth(style.px(180))
        self.officer.editingFinished.connect(self._change_officer)
        self.next = QLineEdit()
        self.next.setFixedWidth(style.px(180))
        self.next.setPlaceholderText(_("Name of who takes over"))
        self.next.returnPressed.connect(self.hand_over)
        reporting, limit = _number(desk.reporting_day, 1, 31), _number(desk.zeroing_limit, 1, 365)
        reporting.editingFinished.connect(lambda: self._set("reporting_day", int(reporting.text())))
        figures = _number(desk.figures_day, 1, 31)
        figures.editingFinished.connect(lambda: self._set("figures_day", int(figures.text())))
        limit.editingFinished.connect(lambda: self._set("zeroing_limit", int(limit.text())))
        contact, older = (
            _number(desk.contact_limit, 1, 365),
            _number(desk.older_from or desk.pack.worker.older_from, 16, 99),
        )
        contact.editingFinished.connect(lambda: self._set("contact_limit", int(contact.text())))
        older.editingFinished.connect(lambda: self._set_older(int(older.text())))
        return Card(
            text(_("This ledger"), "section"),
            text(
                f"{divisions.full_name(desk.scope)}（{desk.scope}） · {desk.ledger.folder}",
                "muted",
                select=True,
                wrap=True,
            ),
            row(
                Field(_("Officer"), self.officer),
                Field(_("Reporting day of the month"), reporting),
                Field(_("Day the figures stand for"), figures),
                Field(_("Days until somebody waiting counts as late"), limit),
                None,
                space=16,
            ),
            row(
                Field(_("Days without contact until it is overdue"), contact),
                Field(_("Age from which a worker counts as older"), older),
                None,
                space=16,
            ),
            row(Field(_("Next officer"), self.next), None),
            row(
                button(_("Hand over"), self.hand_over, tip=_("Prints what is handed over, for both to sign")),
                text(_("What was done before keeps its signature. Change the password afterwards."), "muted"),
                None,
                space=12,
            ),
        )

    def _window(self) -> QWidget:
        language, theme, size = QComboBox(), QComboBox(), QComboBox()
        for code, name in (("zh_CN", "简体中文"), ("en", "English")):
            language.addItem(name, code)
        for code, name in ((tokens.LIGHT.name, _("Light")), (tokens.DARK.name, _("Dark"))):
            theme.addItem(name, code)
        for percent in settings.BY_KEY["font_size"].allowed:
            size.addItem(f"{percent} %", percent)
        for box, key in ((language, "language"), (theme, "theme"), (size, "font_size")):
            box.setCurrentIndex(box.findData(settings.read(key)))
            box.currentIndexChanged.connect(partial(self._choose, box, key))
        return Card(
            text(_("This window"), "section"),
            row(
                Field(_("Language"), language),
                Field(_("Colours"), theme),
                Field(_("Size of text"), size, "Ctrl++  Ctrl+-  Ctrl+0"),
                None,
                space=16,
            ),
        )

    def _safety(self) -> QWidget:
        return Card(
            text(_("Safety"), "section"),
            text(
                _(
                    "The ledger is encrypted. A backup is one file; keep it on another stick. "
                    "Without password and recovery code nobody can open it."
                ),
                "muted",
                wrap=True,
            ),
            row(
                button(_("Back up…"), self.back_up, icon="save"),
                button(_("Check the ledger"), self.verify, icon="check"),
                None,
            ),
            self._password(),
        )

    def _password(self) -> QWidget:
        self.present, self.fresh, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        for box in (self.present, self.fresh, self.again):
            box.setEchoMode(QLineEdit.EchoMode.Password)
            box.setFixedWidth(style.px(180))
            box.returnPressed.connect(self.change_password)
        self.refused = text("", "error", wrap=True)
        self.refused.hide()
        whole = QWidget()
        whole.setLayout(
            column(
                row(
                    Field(_("Present password"), self.present),
                    Field(_("New password (at least 6 characters)"), self.fresh),
                    Field(_("Password again"), self.again),
                    None,
                    space=16,
                ),
                row(button(_("Change the password"), self.change_password), self.refused, None, space=12),
                space=8,
            )
        )
        return whole

    def change_password(self) -> None:
        """Give the ledger another password."""
        desk, context = self._context.desk, self._context
        present, fresh = self.present.text(), self.fresh.text()
        if fresh != self.again.text():
            self._refuse(_("The two passwords differ. Type the same one twice."))
            return

        def changed(_nothing: object) -> None:
            for box in (self.present, self.fresh, self.again):
                box.clear()
            self.refused.hide()
            context.messages.done(_("The password is changed. The recovery code stays as it is."))

        context.runner.write(
            lambda _progress: desks.set_password(desk, present, fresh),
            changed,
            lambda error: self._refuse(error_text(error)),
        )

    def _refuse(self, words: str) -> None:
        self.refused.setText(words)
        self.refused.show()

    def _rules(self) -> QWidget:
        pack = self._context.desk.pack
        items = [
            (item.id, item.name, item.clause, item.department, item.fund) for item in pack.items.values()
        ]
        owed = joined(f"{label('service_kind', kind)} {count}" for kind, count in pack.package.owed.items())
        own = [(setting.explanation,) for setting in pack.settings.values()]
        return Card(
            text(_("Rules in use: {name}").format(name=pack.name), "section"),
            text(f"{pack.document.title} · {pack.document.issued}", "muted", wrap=True),
            text(
                (
                    _("Service package: {owed} ({clause}), each calendar year")
                    if pack.package.period == CALENDAR_YEAR
                    else _("Service package: {owed} ({clause}), each time somebody loses work")
                ).format(owed=owed, clause=pack.package.clause),
                "muted",
            ),
            lines([_("Item"), _("Item name"), _("Written in"), _("Department"), _("Fund")], items, "", 3),
            lines([_("This place's own reading, not the document's word")], own, "", 0),
        )

    def _change_officer(self) -> None:
        name = self.officer.text().strip()
        context = self._context
        if name and name != context.desk.officer:
            context.runner.write(
                lambda _progress: desks.set_officer(context.desk, name),
                lambda _changed: context.messages.done(_("Saved: {what}").format(what=name), context.undo),
            )

    def hand_over(self) -> None:
        """Give the ledger to the next officer and show the page that both sign."""
        context, name = self._context, self.next.text().strip()

        def done(result: tuple[Changed, Handover]) -> None:
            self.officer.setText(context.desk.officer)
            self.next.clear()
            context.messages.done(_("Handed over to {name}.").format(name=name), context.undo)
            papers.preview_handover(context, result[1], self)

        context.runner.write(lambda _progress: handover.hand_over(context.desk, name), done)

    def _set(self, key: str, value: int) -> None:
        context = self._context
        if getattr(context.desk, key) != value:
            context.runner.write(
                lambda _progress: desks.set_number(context.desk, key, value),
                lambda _changed: context.messages.done(_("Saved: {what}").format(what=value), context.undo),
            )

    def _set_older(self, age: int) -> None:
        """Keep an age of this place's own; what the pack says anyway follows the pack."""
        self._set("older_from", 0 if age == self._context.desk.pack.worker.older_from else age)

    def _choose(self, box: QComboBox, key: str, _index: int) -> None:
        settings.write(key, box.currentData())
        self._context.navigator.renew()

    def back_up(self) -> None:
        """Ask for a file name and back up there."""
        offered = (
            f"{divisions.path(self._context.desk.scope)[-1].name}_{self._context.today:%Y%m%d}.caseworker"
        )
        chosen, _filter = QFileDialog.getSaveFileName(
            self, _("Back up"), offered, "Caseworker (*.caseworker)"
        )
        if chosen:
            context, path = self._context, Path(chosen)
            context.runner.write(
                lambda _progress: safety.back_up(context.desk, path),
                lambda _nothing: context.messages.done(
                    _("Backed up and verified: {file}").format(file=path.name)
                ),
            )

    def verify(self) -> None:
        """Check every page, key and link."""
        context = self._context

        def told(found: safety.Verified) -> None:
            if found.sound:
                context.messages.done(
                    _("The ledger is whole: {count} steps in the journal.").format(count=found.change_sets)
                )
            else:
                context.messages.warn(
                    _("The ledger is damaged. Restore the last backup and tell whoever helps you.")
                )

        context.runner.read(lambda: safety.verify(context.desk), told)
