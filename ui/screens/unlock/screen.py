"""Before the ledger is open: make a new one, or unlock the one there is."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFileDialog,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from caseworker_app.domain import divisions
from caseworker_app.domain.clock import Clock
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.wording import _
from ui.runner import Runner
from ui.theme import style, tokens
from ui.widgets.basics import Card, Field, button, column, row, text

if TYPE_CHECKING:
    from caseworker_app.use_cases.desk import Desk

_WIDTH = 460


def _desks() -> ModuleType:
    """Return the use cases of opening; the ledger's libraries load when they are first needed, not before this window shows."""
    from caseworker_app.use_cases import desk  # noqa: PLC0415

    return desk


class ScopeChooser(QWidget):
    """The place the ledger is for: province, city, county, township, village; the last two may stay open."""

    def __init__(self) -> None:
        super().__init__()
        self._boxes: list[QComboBox] = []
        names = (_("Province"), _("City"), _("County"), _("Township"), _("Village"))
        first, second = row(space=8), row(space=8)
        for index, name in enumerate(names):
            box = QComboBox()
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            box.setAccessibleName(name)
            completer = QCompleter(box.model(), box)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            box.setCompleter(completer)
            box.currentIndexChanged.connect(lambda _row, index=index: self._chosen(index))
            self._boxes.append(box)
            (first if index < 3 else second).addWidget(Field(name, box), 1)
        self.setLayout(column(first, second, space=8))
        self._fill(0, "")

    def _fill(self, index: int, parent: str) -> None:
        box = self._boxes[index]
        box.blockSignals(True)
        box.clear()
        box.addItem(_("the whole place") if index > 2 else "", "")
        for division in divisions.children(parent) if parent or index == 0 else ():
            box.addItem(division.name, division.code)
        box.blockSignals(False)

    def _chosen(self, index: int) -> None:
        code = str(self._boxes[index].currentData() or "")
        for later in range(index + 1, len(self._boxes)):
            self._fill(later, code if later == index + 1 else "")

    def code(self) -> str:
        """Return the code of the narrowest place chosen; '' above a county."""
        codes = [str(box.currentData() or "") for box in self._boxes]
        return next((code for code in reversed(codes[2:]) if code), "")

    def unknown(self) -> str:
        """Return what was typed into a box and is not on its list; '' when every box is settled."""
        typed = (
            box.currentText() for box in self._boxes if box.currentText() != box.itemText(box.currentIndex())
        )
        return next(typed, "")

    def choose(self, code: str) -> None:
        """Choose a place by its code."""
        for index, division in enumerate(divisions.path(code)):
            self._boxes[index].setCurrentIndex(self._boxes[index].findData(division.code))


class UnlockWindow(QWidget):
    """Unlocks a ledger or makes one. Signals: opened(Desk)."""

    opened = Signal(object)

    def __init__(self, runner: Runner, folder: Path, clock: Clock) -> None:
        super().__init__()
        self._runner = runner
        runner.crashed.connect(self._settle)
        self._clock = clock
        self._desk: Desk | None = None
        self._handed_over = False
        self.folder = folder
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(_("Caseworker"))
        self.resize(max(760, style.px(_WIDTH) + 80), style.px(640))
        self._targets: list[QLabel] = []
        self._source = self._before = folder
        self.stack = QStackedWidget()
        self._wrong = text("", "error", wrap=True)
        for page in (
            self._unlock_page(),
            self._new_page(),
            self._code_page(),
            self._recover_page(),
            self._restore_page(),
        ):
            page.setFixedWidth(style.px(_WIDTH))
            self.stack.addWidget(page)
        title = text(_("Employment ledger"), "page")
        title.setFont(style.font(tokens.PAGE + 4, strong=True))
        self._place = text("", "muted", wrap=True)
        centre = QWidget()
        centre.setFixedWidth(style.px(_WIDTH))
        centre.setLayout(column(title, self._place, 8, self.stack, self._wrong, space=8))
        self.setLayout(column(None, row(None, centre, None), None))
        self.show_folder(folder)

    # -- pages -------------------------------------------------------------------------------

    def _unlock_page(self) -> QWidget:
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.returnPressed.connect(self.unlock)
        self.open_button = button(_("Open ledger"), self.unlock, primary=True)
        return Card(
            Field(_("Password"), self.password),
            row(self.open_button, None),
            row(
                button(_("Open with recovery code"), lambda: self._turn_to(3), link=True),
                button(_("Restore a backup…"), self.choose_backup, link=True),
                None,
                space=16,
            ),
            row(
                button(_("Another ledger…"), self._choose_folder, link=True),
                button(_("New ledger…"), self.begin_new, link=True),
                None,
                space=16,
            ),
            None,
            space=12,
        )

    def _new_page(self) -> QWidget:
        self.scope = ScopeChooser()
        self.officer = QLineEdit()
        self.first, self.second = QLineEdit(), QLineEdit()
        for each in (self.first, self.second):
            each.setEchoMode(QLineEdit.EchoMode.Password)
        self.make_button = button(_("Make ledger"), self.make, primary=True)
        return Card(
            text(_("New ledger"), "section"),
            text(
                _("For one village, a township or a county. Everything stays on this computer, encrypted."),
                "muted",
                wrap=True,
            ),
            self.scope,
            Field(_("Officer"), self.officer),
            row(
                Field(_("Password (at least 6 characters)"), self.first),
                Field(_("Password again"), self.second),
                space=8,
            ),
            self._target(),
            row(
                self.make_button,
                button(_("I have a ledger…"), self._choose_folder, link=True),
                button(_("Restore a backup…"), self.choose_backup, link=True),
                None,
            ),
            None,
            space=10,
        )

    def _code_page(self) -> QWidget:
        self.code = text("", "section", wrap=True, select=True)
        self.code.setFont(style.font(tokens.SECTION, strong=True))
        self.code.setAccessibleName(_("Recovery code"))
        self.kept = QCheckBox(_("I have printed it or written it down"))
        self.go_on = button(_("Go on"), self._hand_over, primary=True)
        self.go_on.setEnabled(False)
        self.kept.toggled.connect(self.go_on.setEnabled)
        return Card(
            text(_("Recovery code"), "section"),
            text(
                _(
                    "If the password is forgotten, only this code opens the ledger. It is shown once and kept nowhere: "
                    "print it and keep it where papers are safe."
                ),
                "muted",
                wrap=True,
            ),
            self.code,
            row(button(_("Print or save the sheet"), self.preview_code, icon="print"), None),
            self.kept,
            row(self.go_on, None),
            None,
            space=12,
        )

    def _recover_page(self) -> QWidget:
        self.typed_code, self.new_password = QLineEdit(), QLineEdit()
        self.new_password.setEchoMode(QLineEdit.EchoMode.Password)
        return Card(
            text(_("Open with recovery code"), "section"),
            Field(_("Recovery code"), self.typed_code),
            Field(_("New password (at least 6 characters)"), self.new_password),
            row(
                button(_("Open ledger"), self.recover, primary=True),
                button(_("Back"), lambda: self._turn_to(0), link=True),
                None,
            ),
            None,
            space=12,
        )

    def _restore_page(self) -> QWidget:
        self._backup = text("", "muted", wrap=True)
        self.backup_password = QLineEdit()
        self.backup_password.setEchoMode(QLineEdit.EchoMode.Password)
        self.backup_password.returnPressed.connect(self.restore)
        self.restore_button = button(_("Restore"), self.restore, primary=True)
        return Card(
            text(_("Restore a backup"), "section"),
            self._backup,
            Field(_("Password of the backed up ledger"), self.backup_password),
            self._target(),
            row(self.restore_button, button(_("Back"), self._leave_restore, link=True), None),
            None,
            space=12,
        )

    def _target(self) -> QWidget:
        """Return the line that says where the ledger will stand, with the way to another place."""
        where = text("", "secondary", wrap=True)
        self._targets.append(where)
        line = QWidget()
        line.setLayout(row(where, button(_("Elsewhere…"), self._choose_place, link=True)))
        where.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        return line

    # -- turning -----------------------------------------------------------------------------

    def _turn_to(self, page: int) -> None:
        self._wrong.clear()
        self.stack.setCurrentIndex(page)

    def show_folder(self, folder: Path) -> None:
        """Offer to unlock the ledger of a folder, or to make one there."""
        self._stand(folder)
        there = (folder / "ledger.db").exists()
        self._place.setText(str(folder) if there else "")
        self._turn_to(0 if there else 1)
        (self.password if there else self.officer).setFocus()

    def _stand(self, folder: Path) -> None:
        """Take a folder as the ledger's and say where that is."""
        self.folder = folder
        for each in self._targets:
            each.setText(_("Kept in {folder}").format(folder=folder))

    def _free(self, wanted: Path) -> Path:
        """Return the folder, or one beside it that is still free."""
        number, free = 1, wanted
        while free.exists():
            number += 1
            free = wanted.with_name(f"{wanted.name}-{number}")
        return free

    def begin_new(self) -> None:
        """Make a further ledger beside this one."""
        self.show_folder(self._free(self.folder))

    def choose_backup(self) -> None:
        """Ask which backup is to be restored."""
        chosen, _filter = QFileDialog.getOpenFileName(
            self, _("Restore a backup"), str(self.folder.parent), "Caseworker (*.caseworker)"
        )
        if chosen:
            self.show_backup(Path(chosen))

    def show_backup(self, source: Path) -> None:
        """Offer to restore a backup into a folder that is free."""
        self._source = source
        self._before = self.folder
        self._backup.setText(_("From {file}; the file itself stays as it is.").format(file=source))
        self._stand(self._free(self.folder))
        self._place.clear()
        self._turn_to(4)
        self.backup_password.setFocus()

    def _leave_restore(self) -> None:
        self.show_folder(self._before)

    def _choose_place(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("Where the ledger is to be kept"), str(self.folder.parent)
        )
        if chosen:
            self._stand(self._free(Path(chosen) / self.folder.name))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Folder of the ledger"), str(self.folder.parent))
        if chosen:
            self.show_folder(Path(chosen))

    # -- acts --------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Take the keys again."""
        self.unsetCursor()
        for each in (self.open_button, self.make_button, self.restore_button):
            each.setEnabled(True)

    def _wait(self, work: Callable[[], object], then: Callable[[object], None]) -> None:
        self._wrong.clear()
        self.setCursor(Qt.CursorShape.BusyCursor)
        for each in (self.open_button, self.make_button, self.restore_button):
            each.setEnabled(False)

        def done(result: object) -> None:
            self._settle()
            then(result)

        def failed(error: ExpectedError) -> None:
            self._settle()
            self._wrong.setText(error_text(error))
            self.password.selectAll()

        self._runner.write(lambda _progress: work(), done, failed)

    def unlock(self) -> None:
        """Open the ledger with the password typed."""
        password = self.password.text()
        self._wait(lambda: _desks().open_with_password(self.folder, password, self._clock), self._open)

    def recover(self) -> None:
        """Open the ledger with the recovery code and give it a new password."""
        code, password = self.typed_code.text(), self.new_password.text()
        self._wait(
            lambda: _desks().open_with_recovery_code(self.folder, code, password, self._clock), self._open
        )

    def restore(self) -> None:
        """Put the backup into its folder and open it."""
        source, folder, password = self._source, self.folder, self.backup_password.text()

        def work() -> object:
            from caseworker_app.use_cases import safety  # noqa: PLC0415 - the ledger's libraries load behind this window

            safety.restore(source, folder, password)
            return _desks().open_with_password(folder, password, self._clock)

        self._wait(work, self._open)

    def make(self) -> None:
        """Make the ledger as chosen."""
        if typed := self.scope.unknown():
            self._wrong.setText(
                _("“{typed}” is not on the list. Choose a place from it.").format(typed=typed)
            )
            return
        if not self.scope.code():
            self._wrong.setText(_("Choose at least the county the ledger is for."))
            return
        if self.first.text() != self.second.text():
            self._wrong.setText(_("The two passwords differ. Type the same one twice."))
            return
        scope, officer, password = self.scope.code(), self.officer.text(), self.first.text()
        self._wait(lambda: _desks().new(self.folder, password, scope, officer, clock=self._clock), self._made)

    def _made(self, made: object) -> None:
        assert isinstance(made, tuple)
        self._desk, code = made
        self.code.setText(code)
        self._turn_to(2)

    def preview_code(self) -> None:
        """Show the sheet of the recovery code, to print or save."""
        # The PDF writer is loaded when the first paper is asked for.
        from printouts import recovery  # noqa: PLC0415
        from ui.widgets.pdf_preview import PdfPreview  # noqa: PLC0415

        assert self._desk is not None
        target = BytesIO()
        recovery.recovery_sheet(
            self.code.text(),
            divisions.full_name(self._desk.scope),
            self._desk.officer,
            self._desk.today(),
            target,
        )
        PdfPreview(target.getvalue(), _("Recovery code"), self).open()

    def _hand_over(self) -> None:
        assert self._desk is not None
        self._open(self._desk)

    def _open(self, desk: object) -> None:
        self._handed_over = True
        self.opened.emit(desk)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give a ledger that was made but not entered back."""
        if self._desk and not self._handed_over:
            self._desk.close()
        super().closeEvent(event)
