"""Which devices write for which place: this one and its enrolment file; others enrolled by file and fingerprint."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QPushButton, QSizePolicy, QWidget

from caseworker_app.domain import divisions
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.read_models.received import DeviceLine, Introduced
from caseworker_app.use_cases import devices, receive
from caseworker_app.wording import _, _n, label
from db.queries import received as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.screens.round.todos import day_words
from ui.theme import style
from ui.widgets.basics import Card, EmptyState, Field, button, clear, column, row, text
from ui.widgets.table import DataTable, paint_word
from ui.words import N_

_FILES = "Excel / WPS (*.xlsx *.ods *.xls)"
_LEAST_HIGH = 140
_TONES = {"seen": "attention", "enrolled": "good", "refused": "stop"}


def _called(line: DeviceLine) -> str:
    words = line.name or devices.short(line.device)
    return _("{name} (this device)").format(name=words) if line.own else words


def _state(line: DeviceLine) -> str:
    return label("device_state", line.state)


def _paint_state(painter: QPainter, area: QRectF, line: DeviceLine) -> None:
    paint_word(painter, area, _state(line), _TONES[line.state])


COLUMNS = (
    Column(N_("Place"), 150, lambda line: divisions.called(line.village_code)),
    Column(N_("Device"), 200, _called, tip=_called),
    Column(N_("Fingerprint"), 280, lambda line: line.fingerprint),
    Column(N_("State"), 100, _state, paint="state", tip=_state),
    Column(N_("Enrolled on"), 110, lambda line: day_words(line.enrolled_on)),
    Column(N_("Last month"), 100, lambda line: line.last_month),
)


class DevicesPart(QWidget):
    """The device at hand above, those of others below; the one chosen is confirmed or refused under the list."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found: dict[str, DeviceLine] = {}
        self._file: tuple[Path, str] | None = None
        self._village = len(context.desk.scope) == divisions.VILLAGE
        self._summary = text("", "muted")
        self.model = WindowedTableModel(COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("Devices"), {"state": _paint_state})
        self.table.set_empty(
            EmptyState(
                "check",
                _(
                    "No other device is known yet. The first one that sends is shown here; its fingerprint is "
                    "read aloud on the telephone before it counts as enrolled."
                ),
            )
        )
        self.table.setMinimumHeight(style.px(_LEAST_HIGH))
        self.table.picked.connect(self._pick)
        self.table.opened.connect(lambda _id: self._into())
        self._detail = QWidget()
        self._detail.setObjectName("pagehead")
        self._line = column(margins=(16, 8, 16, 10))
        self._detail.setLayout(self._line)
        self._detail.hide()
        self.name, self.aloud = QLineEdit(), QLineEdit()
        for box in (self.name, self.aloud):
            box.setFixedWidth(style.px(240))
            box.returnPressed.connect(self.enrol)
        self._said, self._others = text("", "section"), text("", "muted", wrap=True)
        self._fingerprint = text("", "large", select=True)
        self._aloud = Field(
            _("Fingerprint read aloud"), self.aloud, _("Optional: typed here, it is compared for you.")
        )
        self._form = Card(
            self._said,
            row(text(_("Fingerprint"), "secondary"), self._fingerprint, None, space=12),
            self._others,
            row(
                Field(_("Name of the device"), self.name, _("For example: the second laptop of the village")),
                self._aloud,
                None,
                space=16,
            ),
            row(
                button(_("Enrol device"), self.enrol),
                button(_("Cancel"), self._leave),
                None,
                space=10,
            ),
        )
        self._form.hide()
        choose = button(_("Enrol from a file"), self.ask_file, primary=not self._village, icon="import")
        head = row(text(_("Devices of others"), "section"), self._summary, None, choose, space=12)
        self.setLayout(column(self._own(), head, self._form, self.table, self._detail, space=10))
        context.runner.changed.connect(self._changed)

    def _own(self) -> QWidget:
        own = devices.own_line(self._context.desk)
        fingerprint = text(own.fingerprint, "large", select=True)
        fingerprint.setAccessibleName(_("Fingerprint of this device"))
        write = button(
            _("Write enrolment file"), self.ask_where, primary=self._village, icon="save", tip="*.xlsx"
        )
        told = _("Device {device} of {place}").format(
            device=devices.short(own.device), place=divisions.called(own.village_code)
        )
        what = _(
            "The level above enrols this device from its enrolment file and has the fingerprint read aloud on "
            "the telephone. The file holds nothing of anybody."
        )
        return Card(
            row(text(_("This device"), "section"), text(told, "muted"), None, write, space=12),
            row(text(_("Fingerprint"), "secondary"), fingerprint, None, space=12),
            text(what, "muted", wrap=True),
        )

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `file` may be one that introduces a device
        """Show the devices."""
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if file := arguments.get("file"):
            self.look(file)

    def status(self) -> str:
        """Return how many there are."""
        return _n("{count} device", "{count} devices", len(self._found)).format(count=len(self._found))

    def _changed(self, _changed: object) -> None:
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Read the devices anew."""
        own = self._context.desk.units.device
        self._context.query(queries.devices, own, then=self._show, latest="round.devices")

    def _show(self, found: list[DeviceLine]) -> None:
        self._found = {line.id: line for line in found}
        waiting = sum(line.state == "seen" for line in found)
        words = _n("{count} device to be confirmed", "{count} devices to be confirmed", waiting)
        self._summary.setText(words.format(count=waiting) if waiting else "")
        chosen = self.table.selected()[:1]
        self.model.set_ids(list(self._found))
        if found and not (chosen and self.table.select_id(chosen[0])):
            self.table.select_id(found[0].id)
        self._pick(self.table.selected())
        self._context.refresh_status()

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._found[each] for each in ids if each in self._found])

    # -- the one chosen ----------------------------------------------------------------------

    def _pick(self, ids: list[str]) -> None:
        clear(self._line)
        line = self._found.get(ids[0]) if len(ids) == 1 else None
        self._detail.setVisible(line is not None and self._form.isHidden())
        if line is None:
            return
        confirm = button(_("Fingerprint is right"), partial(self.confirm, line), primary=self._village)
        again = button(_("Enrol again"), partial(self.confirm, line))
        refuse = button(_("Take nothing more from it"), partial(self.refuse, line), link=True)
        ways = {"seen": [refuse, confirm], "enrolled": [refuse], "refused": [again]}[line.state]
        told = {
            "seen": _("Have {fingerprint} read aloud on the telephone. Is it the same?"),
            "enrolled": _("Enrolled with fingerprint {fingerprint}."),
            "refused": _("Nothing is taken from it any more. Fingerprint {fingerprint}."),
        }[line.state]
        said = text(told.format(fingerprint=line.fingerprint), wrap=True)
        head = text(f"{divisions.called(line.village_code)} · {_called(line)}", "section")
        told_of = QWidget()
        told_of.setLayout(column(head, said, space=2))
        told_of.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._line.addLayout(row(told_of, *ways, space=10))

    def _into(self) -> None:
        """Go to what can be done with the device chosen."""
        if ways := self._detail.findChildren(QPushButton):
            ways[-1].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the form with Esc."""
        if event.key() == Qt.Key.Key_Escape and not self._form.isHidden():
            self._leave()
            self.table.setFocus()
        else:
            super().keyPressEvent(event)

    def confirm(self, line: DeviceLine) -> None:
        """Enrol a device whose fingerprint was read aloud."""
        desk = self._context.desk
        self._context.runner.write(lambda _progress: devices.confirm(desk, [line.id]), self._enrolled)

    def _enrolled(self, _changed: object) -> None:
        self._context.messages.done(_("Device enrolled"), self._context.undo)
        self._leave()

    def refuse(self, line: DeviceLine) -> None:
        """Take nothing from a device any more."""
        context = self._context

        def done(_changed: object) -> None:
            context.messages.done(_("Nothing more is taken from it."), context.undo)

        context.runner.write(lambda _progress: devices.refuse(context.desk, [line.id]), done)

    # -- from a file -------------------------------------------------------------------------

    def ask_file(self) -> None:
        """Ask for a workbook that the device sealed."""
        chosen, _filter = QFileDialog.getOpenFileName(self, _("Enrol from a file"), "", _FILES)
        if chosen:
            self.look(Path(chosen))

    def look(self, file: Path, password: str = "") -> None:
        """Show whose device sealed a workbook, and ask before it is enrolled."""
        context = self._context

        def failed(error: ExpectedError) -> None:
            if error.code in receive.LOCKED:
                self._unlock(file)
            else:
                context.messages.error(error)

        def found(device: Introduced) -> None:
            self._file = (file, password)
            self._introduce(device)

        context.runner.read(lambda: devices.look(context.desk, file, password=password), found, failed)

    def _unlock(self, file: Path) -> None:
        said = _("Password of {file}").format(file=file.name)
        password, given = QInputDialog.getText(self, _("Enter password"), said, QLineEdit.EchoMode.Password)
        if given and password:
            self.look(file, password)

    def _introduce(self, device: Introduced) -> None:
        self._said.setText(
            _("{place}, device {device}, signed by {officer}").format(
                place=divisions.called(device.place),
                device=devices.short(device.device),
                officer=device.officer,
            )
        )
        self._fingerprint.setText(device.fingerprint)
        names = "、".join(f"{_called(each)} ({_state(each)})" for each in device.others)
        self._others.setText(
            _(
                "Already writing for this place: {devices}. This one would be one more; ask on the telephone "
                "who works on it, and give it a name."
            ).format(devices=names)
            if device.others
            else _("Have the fingerprint read aloud on the telephone before you enrol the device.")
        )
        self._aloud.wrong("")
        self.aloud.clear()
        self.name.clear()
        self._form.show()
        self._detail.hide()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        self._file = None
        self._form.hide()
        self._pick(self.table.selected())

    def enrol(self) -> None:
        """Enrol the device of the file that was looked at."""
        if self._file is None:
            return
        desk, (file, password) = self._context.desk, self._file
        name, aloud = self.name.text(), self.aloud.text()

        def failed(error: ExpectedError) -> None:
            if error.code == "device.fingerprint":
                self._aloud.wrong(error_text(error))
            else:
                self._context.messages.error(error)

        self._context.runner.write(
            lambda _progress: devices.enrol_file(desk, file, fingerprint=aloud, name=name, password=password),
            self._enrolled,
            failed,
        )

    # -- this device -------------------------------------------------------------------------

    def ask_where(self) -> None:
        """Ask for a file name and write this device's enrolment there."""
        offered = devices.default_name(self._context.desk)
        chosen, _filter = QFileDialog.getSaveFileName(
            self, _("Write enrolment file"), offered, "Excel (*.xlsx)"
        )
        if chosen:
            self.introduce(Path(chosen))

    def introduce(self, path: Path) -> None:
        """Write the file by which the level above enrols this device."""
        context = self._context

        def done(_nothing: object) -> None:
            context.messages.done(_("Written: {file}").format(file=path.name))

        context.runner.read(lambda: devices.introduce(context.desk, path), done, context.messages.error)
