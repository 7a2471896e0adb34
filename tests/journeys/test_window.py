"""The whole job through the real window: keys and clicks in, what can be read on it out."""

import json
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot
from sqlalchemy import text as sql

from caseworker_app import paths, sample, start, wording
from caseworker_app.domain import pinyin
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.policy.explain import record_text
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import work
from caseworker_app.window import Opened
from caseworker_app.wording import _, _n, label
from db import journal
from db.engine import WRITES
from tests.conftest import PASSWORD, clock
from tests.printouts.reading import joined, texts
from ui.actions import TABLE
from ui.crash_window import CrashWindow
from ui.main_window import MainWindow
from ui.models.windowed import WindowedTableModel
from ui.widgets.basics import Card, TabStrip
from ui.widgets.entitlement import EntitlementCard
from ui.widgets.lines import Ruled
from ui.widgets.pdf_preview import PdfPreview
from ui.widgets.table import DataTable

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""What Qt's off-screen platform says of itself."""

TRUTH: dict[str, Any] = json.loads((Path(__file__).parents[1] / "samples" / "truth.json").read_text("utf-8"))
VILLAGE = TRUTH["by_village"]["和顺新村"]
AWARDED = next(
    person
    for household in TRUTH["entitlements_cycle_2024"]
    for person in household["people"]
    if person["travel"] == 1400
)
"""Somebody to whom 1,400 yuan are due for travel."""
NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
PATIENCE = 20_000
_UI_TIMER_MS = 1000
"""Timers shorter than this are the window's own pauses; longer ones let messages pass."""
Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Kind = TypeVar("Kind", bound=QWidget)


def spoken(widget: QWidget) -> str:
    """Return the name a screen reader says for a widget."""
    if isinstance(widget, QComboBox):  # On Linux Qt tells the chosen text here and the name as its label.
        return widget.accessibleName()
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def all_shown(root: QWidget, kind: type[Kind]) -> list[Kind]:
    """Return the widgets of a kind that can be seen."""
    return [each for each in root.findChildren(kind) if each.isVisible()]


def cells(view: QAbstractItemView, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> list[list[str]]:
    """Return what a table says, row by row."""
    model = view.model()
    columns = range(model.columnCount() if isinstance(view, QTableView) else 1)
    return [
        [str(model.index(row, column).data(role) or "") for column in columns]
        for row in range(model.rowCount())
    ]


def reading(root: QWidget) -> list[str]:
    """Return everything that can be read on a widget, hovered over or heard."""
    found = [root.windowTitle()]
    for each in (root, *root.findChildren(QWidget)):
        if not each.isVisible():
            continue
        found += [spoken(each), each.accessibleDescription(), each.toolTip()]
        if isinstance(each, QLabel | QAbstractButton):
            found.append(each.text())
        elif isinstance(each, QLineEdit):
            found += [each.displayText(), each.placeholderText()]
        elif isinstance(each, QComboBox):
            found += [each.itemText(index) for index in range(each.count())]
        elif isinstance(each, QPlainTextEdit):
            found.append(each.toPlainText())
        elif isinstance(each, QMenu):
            found += [action.text() for action in each.actions()]
        elif isinstance(each, QAbstractItemView):
            if isinstance(each, QTableView):
                model = each.model()
                heads = range(model.columnCount())
                found += [str(model.headerData(index, Qt.Orientation.Horizontal) or "") for index in heads]
            for role in (
                Qt.ItemDataRole.DisplayRole,
                Qt.ItemDataRole.ToolTipRole,
                Qt.ItemDataRole.AccessibleTextRole,
            ):
                found += [cell for row in cells(each, role) for cell in row]
    return [each for each in found if each]


class Officer:
    """Hands and eyes at the window."""

    def __init__(self, bot: QtBot, program: start.Program) -> None:
        self.bot = bot
        self.program = program
        self.strokes = 0
        self.crashes: list[str] = []
        program.guard.caught.connect(self.crashes.append)

    # -- eyes --------------------------------------------------------------------------------

    @property
    def opened(self) -> Opened:
        assert self.program.main is not None
        return self.program.main

    @property
    def window(self) -> MainWindow:
        return self.opened.window

    @property
    def front(self) -> QWidget:
        """The window that is worked in: a dialog, else the main one."""
        own = self.program.main.window if self.program.main else self.program.unlock
        return QApplication.activeModalWidget() or own

    def paper(self) -> PdfPreview:
        """Return the paper that is looked at."""
        found = self.front
        assert isinstance(found, PdfPreview)
        return found

    def see(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        self.bot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def settle(self) -> None:
        """Wait until nothing is under way and no pause of the window's own runs."""

        def quiet() -> bool:
            QApplication.processEvents()
            tops = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
            timers = [timer for top in tops for timer in top.findChildren(QTimer)]
            return not self.program.runner.busy and not any(
                each.isActive() and each.isSingleShot() and each.interval() < _UI_TIMER_MS for each in timers
            )

        self.see(quiet)
        self.see(quiet)  # What the last answer put on the page is shown by events of its own.
        self.attend()

    def attend(self) -> None:
        """Give the keys to the window in front: off-screen nobody does once a list or a window has gone."""
        if QApplication.activePopupWidget() is None and not self.front.isActiveWindow():
            self.front.activateWindow()
            self.see(self.front.isActiveWindow)

    def the(self, kind: type[Kind], name: str = "", root: QWidget | None = None) -> Kind:
        """Return the one visible widget of a kind whose name or words are, or begin with, these."""
        found = [
            each
            for each in all_shown(root or self.front, kind)
            if spoken(each).startswith(name) or (isinstance(each, QLabel) and each.text().startswith(name))
        ]
        exact = [each for each in found if spoken(each) == name]
        assert exact or found, (
            f"{kind.__name__} {name!r} not among {[spoken(each) for each in all_shown(root or self.front, kind)]}"
        )
        return (exact or found)[0]

    def has(self, kind: type[Kind], name: str) -> bool:
        return any(spoken(each).startswith(name) for each in all_shown(self.front, kind))

    def reads(self, words: str, root: QWidget | None = None) -> bool:
        """Whether a visible label says this."""
        return any(words in each.text() for each in all_shown(root or self.front, QLabel))

    def table(self) -> DataTable:
        """Return the table on the page."""
        (found,) = all_shown(self.window, DataTable)
        return found

    def rows(self, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> list[list[str]]:
        """Return every row of the table on the page, once all have arrived."""
        table = self.table()
        cells(table)
        self.settle()
        return cells(table, role)

    def names(self) -> list[str]:
        return [each[0] for each in self.rows()]

    def here(self) -> list[str]:
        """Return the row the keys act on."""
        current = self.table().currentIndex().row()
        return self.rows()[current]

    def count(self, tab: str) -> int:
        """Return the number a tab shows."""
        words = self.tab(tab).text()
        return int(words.removeprefix(tab).strip())

    def tab(self, title: str) -> QPushButton:
        for strip in all_shown(self.front, TabStrip):
            for each in strip.findChildren(QPushButton):
                if re.fullmatch(re.escape(title) + r"( \d+)?", each.text()):
                    return each
        raise AssertionError(title)

    def last_step(self) -> str:
        """Return the last step as the status bar has it."""
        begins = _("Last step: {step}").format(step="")
        found = [each.text() for each in all_shown(self.window, QLabel) if each.text().startswith(begins)]
        return found[0].removeprefix(begins) if found else ""

    def messages(self, kind: str) -> list[str]:
        return [each.words.text() for each in self.opened.messages.shown() if each.kind == kind]

    def content(self) -> str:
        """Return the hash of everything the ledger says."""
        with self.opened.desk.ledger.reader() as connection:
            return journal.content_hash(connection)

    # -- hands -------------------------------------------------------------------------------

    def focus(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.front

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, times: int = 1
    ) -> None:
        """Press a key where the focus is."""
        self.attend()
        for _time in range(times):
            self.strokes += 1
            QTest.keyClick(self.focus(), key, modifier)
        self.settle()

    def type(self, words: str) -> None:
        """Type words where the focus is: through the input method, as Chinese is."""
        event = QInputMethodEvent()
        event.setCommitString(words)
        QApplication.sendEvent(self.focus(), event)

    def fill(self, name: str, words: str, root: QWidget | None = None) -> None:
        """Click into a box and type, in place of what it held."""
        box = self.the(QLineEdit, name, root)
        QTest.mouseClick(box, Qt.MouseButton.LeftButton)
        box.setFocus()  # A click gives it where windows are managed.
        QTest.keyClick(box, Key.Key_A, CONTROL)
        if words.isascii():
            QTest.keyClicks(box, words)
        else:
            self.type(words)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        assert widget.isVisible()
        assert widget.isEnabled()
        QTest.mouseClick(
            widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or widget.rect().center()
        )
        self.settle()

    def press(self, name: str, root: QWidget | None = None) -> None:
        """Press a button by what it is called."""
        self.click(self.the(QPushButton, name, root))

    def choose_tab(self, title: str) -> None:
        wanted = self.tab(title)
        if wanted.isVisible():
            self.click(wanted)
            return
        self.press(_("More ▾"))  # There is no room for every tab: the rest stand in a menu.
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        menu.setActiveAction(next(each for each in menu.actions() if each.text() == wanted.text()))
        QTest.keyClick(menu, Key.Key_Return)
        self.settle()

    @contextmanager
    def naming(self, *files: Path) -> Iterator[None]:
        """Answer the file dialog that comes up with these names, as typed."""
        answered: list[QFileDialog] = []

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog) or answered:
                return
            answered.append(dialog)
            box = dialog.findChild(QLineEdit, "fileNameEdit")
            assert isinstance(box, QLineEdit)
            box.setText(" ".join(f'"{each}"' for each in files) if len(files) > 1 else str(files[0]))
            QTest.keyClick(box, Key.Key_Return)

        timer = QTimer()
        timer.setInterval(10)
        timer.timeout.connect(answer)
        timer.start()
        try:
            yield
        finally:
            timer.stop()
        assert answered, "no file dialog came up"

    def unlock(self, password: str = PASSWORD) -> None:
        self.fill(_("Password"), password, self.program.unlock)
        self.key(Key.Key_Return)

    def enter(self) -> "Officer":
        """Unlock and wait for the main window."""
        self.unlock()
        self.see(lambda: self.program.main)
        self.settle()
        return self

    def find(self, typed: str) -> None:
        """Open somebody's page through the find box."""
        self.key(Key.Key_K, CONTROL)
        QTest.keyClicks(self.focus(), typed)
        self.see(lambda: self.has(QListWidget, _("Found")))
        self.key(Key.Key_Return)
        assert self.window.current_page() == "person"

    def import_files(self, *files: Path) -> QWidget:
        """Look files through on the import page."""
        self.key(Key.Key_O, CONTROL)
        page: QWidget = self.window.page("exchange").importing
        self.window.page("exchange").importing.look_through(list(files))
        self.settle()
        return page


@pytest.fixture(autouse=True)
def speak_chinese() -> Iterator[None]:
    before = wording.language()
    wording.use(wording.ZH)
    yield
    wording.use(before)


@pytest.fixture
def sit(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Path], Officer]]:
    """Return a way to start the program on a ledger's folder; nothing may have crashed at the end."""
    monkeypatch.setenv("CASEWORKER_HOME", str(tmp_path / "home"))  # What a window remembers is its own.
    start.start_log()
    start.dress(qapp)
    seated: list[Officer] = []

    def begin(folder: Path) -> Officer:
        seated.append(Officer(qtbot, start.Program(folder, clock)))
        seated[-1].settle()
        return seated[-1]

    yield begin
    for officer in seated:
        program = officer.program
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QDialog | QMenu):
                top.close()
        if program.main:
            program.main.window.may_lose = None
            program.main.window.close()
            program.main.window.deleteLater()
        else:
            program.runner.close()
            program.unlock.close()
        program.unlock.deleteLater()
        program.guard.remove()
    log = logging.getLogger("caseworker")
    for handler in list(log.handlers):
        handler.close()
        log.removeHandler(handler)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [crash for officer in seated for crash in officer.crashes] == []


@pytest.fixture(scope="session")
def village_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an empty ledger for a village; copy it, never open it."""
    folder = tmp_path_factory.mktemp("ledgers") / "village"
    desk, _code = desks.new(folder, PASSWORD, VILLAGE["code"], "田野", clock=clock)
    desk.close()
    return folder


@pytest.fixture
def county(sit: Callable[[Path], Officer], sample_ledger: Path, tmp_path: Path) -> Officer:
    """Return an officer at the window of a copy of the sample's ledger."""
    return sit(Path(shutil.copytree(sample_ledger, tmp_path / "ledger"))).enter()


@pytest.fixture
def village(sit: Callable[[Path], Officer], village_ledger: Path, tmp_path: Path) -> Officer:
    """Return an officer at the window of an empty village ledger."""
    return sit(Path(shutil.copytree(village_ledger, tmp_path / "ledger"))).enter()


# -- the first start -------------------------------------------------------------------------------


def choose_place(officer: Officer, *names: str) -> None:
    for box, name in zip(("Province", "City", "County", "Township", "Village"), names, strict=False):
        combo = officer.the(QComboBox, _(box))
        edit = combo.lineEdit()
        assert edit is not None
        edit.setFocus()
        QTest.keyClick(edit, Key.Key_A, CONTROL)
        officer.type(name)
        officer.key(Key.Key_Return)
        assert combo.currentData(), name


PLACE = ("宁夏回族自治区", "银川市", "金凤区", "良田镇", "和顺新村")


def test_a_first_start_makes_a_ledger_and_enters_it(sit: Callable[[Path], Officer], tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    officer = sit(folder)
    choose_place(officer, *PLACE)
    officer.fill(_("Officer"), "田野")
    officer.fill(_("Password (at least 6 characters)"), PASSWORD)
    officer.fill(_("Password again"), PASSWORD)
    officer.press(_("Make ledger"))
    code = officer.the(QLabel, _("Recovery code")).text()
    groups = [
        each.text()
        for each in all_shown(officer.front, QLabel)
        if re.fullmatch(r"[0-9A-Z]+(-[0-9A-Z]+)+", each.text())
    ]
    assert len(groups) == 1, code
    going_on = officer.the(QPushButton, _("Go on"))
    assert not going_on.isEnabled()
    officer.press(_("Print or save the sheet"))
    preview = officer.paper()
    (page,) = texts(preview.paper.content)
    assert joined(groups[0]).replace("-", "") in joined(page).replace("-", "")
    assert "和顺新村" in page
    officer.key(Key.Key_Escape)
    assert officer.front is officer.program.unlock
    assert officer.program.main is None
    officer.click(officer.the(QCheckBox, _("I have printed it or written it down")), QPoint(10, 10))
    officer.click(going_on)
    assert officer.window.isVisible()
    assert not officer.program.unlock.isVisible()
    assert officer.reads("和顺新村", officer.window)
    assert officer.count(_("All")) == 0


@pytest.mark.parametrize(
    ("place", "first", "second", "said"),
    [
        (PLACE, PASSWORD, PASSWORD + "s", "The two passwords differ. Type the same one twice."),
        (PLACE[:2], PASSWORD, PASSWORD, "Choose at least the county the ledger is for."),
        (PLACE, "short", "short", "The password is shorter than 6 characters. Choose a longer one."),
    ],
)
def test_what_is_wrong_at_the_first_start_is_said_and_nothing_made(
    sit: Callable[[Path], Officer],
    tmp_path: Path,
    place: tuple[str, ...],
    first: str,
    second: str,
    said: str,
) -> None:
    folder = tmp_path / "ledger"
    officer = sit(folder)
    choose_place(officer, *place)
    officer.fill(_("Officer"), "田野")
    officer.fill(_("Password (at least 6 characters)"), first)
    officer.fill(_("Password again"), second)
    officer.press(_("Make ledger"))
    assert officer.reads(_(said))
    assert not folder.exists()
    assert officer.the(QPushButton, _("Make ledger")).isEnabled()
    assert officer.the(QLineEdit, _("Officer")).text() == "田野"


def test_a_ledger_needs_its_officer(sit: Callable[[Path], Officer], tmp_path: Path) -> None:
    officer = sit(tmp_path / "ledger")
    choose_place(officer, *PLACE)
    officer.fill(_("Password (at least 6 characters)"), PASSWORD)
    officer.fill(_("Password again"), PASSWORD)
    officer.press(_("Make ledger"))
    assert officer.reads(error_text(ExpectedError("officer.missing")))
    assert not (tmp_path / "ledger").exists()


def test_a_village_typed_by_half_is_not_taken_for_its_township(
    sit: Callable[[Path], Officer], tmp_path: Path
) -> None:
    officer = sit(tmp_path / "ledger")
    choose_place(officer, *PLACE[:4])
    edit = officer.the(QComboBox, _("Village")).lineEdit()
    assert edit is not None
    edit.setFocus()
    QTest.keyClick(edit, Key.Key_A, CONTROL)
    officer.type("和顺某村")
    officer.fill(_("Officer"), "田野")
    officer.fill(_("Password (at least 6 characters)"), PASSWORD)
    officer.fill(_("Password again"), PASSWORD)
    officer.press(_("Make ledger"))
    assert not (tmp_path / "ledger").exists()
    assert officer.reads("和顺某村")


# -- spreadsheets in -------------------------------------------------------------------------------


def card(root: QWidget, title: str) -> list[str]:
    """Return the words of the card with this title."""
    for each in all_shown(root, Card):
        words = [label_.text() for label_ in all_shown(each, QLabel)]
        if words and words[0] == title:
            return words[1:]
    raise AssertionError(title)


def new(root: QWidget) -> dict[str, int]:
    """Return how many would be new, as the preview says."""
    names = {"households": "Households", "people": "People", "spells": "Jobs", "intentions": "Intentions"}
    return {kind: int(re.findall(r"\d+", card(root, _(name))[0])[0]) for kind, name in names.items()}


def outside(root: QWidget, name: str) -> int:
    """Return how many of a kind are of other places, as the preview says."""
    pattern = re.escape(_("{count} of other places")).replace(r"\{count\}", r"(\d+)")
    found = re.search(pattern, card(root, _(name))[1])
    return int(found[1]) if found else 0


def assert_every_cell_is_accounted_for(root: QWidget) -> None:
    begins = _(
        "Cells accounted for: {in_} read = {accepted} accepted + {corrected} normalised + {unchanged} unchanged "
        "+ {ignored} not kept + {refused} to be settled"
    ).partition("{")[0]
    (words,) = (each.text() for each in all_shown(root, QLabel) if each.text().startswith(begins))
    read, *parts = map(int, re.findall(r"\d+", words))
    assert read == sum(parts) > 0


def test_a_village_takes_its_own_in_and_out_and_in_again(village: Officer) -> None:
    before = village.content()
    page = village.import_files(*sample.bundled())
    counts = new(page)
    assert (counts["households"], counts["people"]) == (VILLAGE["households"], VILLAGE["people"])
    assert outside(page, "Households") == TRUTH["households"] - VILLAGE["households"]
    assert outside(page, "People") == TRUTH["people"] - VILLAGE["people"]
    assert counts["spells"] + outside(page, "Jobs") == TRUTH["spells"]
    assert counts["intentions"] + outside(page, "Intentions") == TRUTH["planned"]
    assert_every_cell_is_accounted_for(page)
    assert village.content() == before
    assert village.last_step() == ""
    village.key(Key.Key_Space)  # The button that writes has the focus.
    assert village.window.current_page() == "workers"
    people = {
        person["id"]
        for household in TRUTH["entitlements_cycle_2024"]
        if household["village"] == "和顺新村"
        for person in household["people"]
    }
    for name, title in (
        ("employed", "In work"),
        ("unemployed", "Out of work"),
        ("willing", "Willing to go out"),
    ):
        assert village.count(_(title)) == len(people & set(TRUTH["lists"][name]))
    written = village.content()
    assert village.last_step().startswith(_("Import"))
    village.key(Key.Key_2, CONTROL)
    assert len(village.rows()) == VILLAGE["households"]
    village.key(Key.Key_Z, CONTROL)
    assert village.rows() == []
    assert village.content() == before
    village.key(Key.Key_Y, CONTROL)
    assert len(village.rows()) == VILLAGE["households"]
    assert village.content() == written
    page = village.import_files(*sample.bundled())
    assert set(new(page).values()) == {0}
    assert not village.the(QPushButton, _("Nothing new to write")).isEnabled()


def test_a_county_takes_everything(
    sit: Callable[[Path], Officer], empty_ledger: Path, tmp_path: Path
) -> None:
    officer = sit(Path(shutil.copytree(empty_ledger, tmp_path / "ledger"))).enter()
    officer.key(Key.Key_5, CONTROL)
    officer.press(_("Import workbooks"))
    with officer.naming(*sample.bundled()):
        officer.press(_("Choose workbooks"))
    page = officer.window
    assert new(page) == {
        "households": TRUTH["households"],
        "people": TRUTH["people"],
        "spells": TRUTH["spells"],
        "intentions": TRUTH["planned"],
    }
    assert_every_cell_is_accounted_for(page)
    officer.press(_("Cancel"))
    assert officer.has(QPushButton, _("Choose workbooks"))
    assert officer.last_step() == ""


def test_cancel_while_reading_leaves_the_ledger_as_it_was(village: Officer, tmp_path: Path) -> None:
    before = village.content()
    files = sample.write(tmp_path / "large", 1200, 7)
    village.key(Key.Key_O, CONTROL)
    village.window.page("exchange").importing.look_through(files)
    village.see(lambda: village.has(QPushButton, _("Cancel")))
    assert village.program.runner.busy
    assert not village.has(QPushButton, _("Nothing new to write"))
    village.press(_("Cancel"))
    assert village.has(QPushButton, _("Choose workbooks"))
    assert village.messages("error") == []
    assert village.content() == before


def test_files_that_cannot_be_read_are_named_and_change_nothing(village: Officer, tmp_path: Path) -> None:
    people = sample.bundled()[0]
    cut, picture, empty = (tmp_path / name for name in ("半截.xlsx", "照片.xlsx", "空.xlsx"))
    cut.write_bytes(people.read_bytes()[:-4000])
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(400))
    empty.write_bytes(b"")
    before = village.content()
    for file, code in ((cut, "damaged"), (picture, "none"), (empty, "empty")):
        village.import_files(file)
        said = error_text(ExpectedError(f"workbook.{code}", file=file.name))
        assert village.messages("error")[-1] == said
        assert file.name in said
        assert village.has(QPushButton, _("Choose workbooks"))
    assert len(village.messages("error")) == 3
    village.import_files(people, cut)
    assert village.content() == before
    assert village.last_step() == ""
    for _number in range(len(village.messages("error"))):
        village.press(_("Close"))
    assert village.messages("error") == []
    assert new(village.import_files(people))["people"] == VILLAGE["people"]


# -- lists -----------------------------------------------------------------------------------------


def test_the_lists_count_what_the_truth_counts(county: Officer) -> None:
    lists = TRUTH["lists"]
    for name, title in (
        ("employed", "In work"),
        ("unemployed", "Out of work"),
        ("willing", "Willing to go out"),
    ):
        assert county.count(_(title)) == len(lists[name])
        county.choose_tab(_(title))
        assert len(county.rows()) == len(lists[name])
    assert county.count(_("To be zeroed")) == len(set(lists["unemployed"]) & set(lists["willing"]))
    county.choose_tab(_("Returned"))
    assert county.rows() == []
    assert county.reads(_("Nobody came home because the work was lost."))


def at_work(on: date) -> int:
    """Return how many had a job on a day, read from the export itself."""
    sheet = openpyxl.load_workbook(sample.bundled()[1]).worksheets[0]
    heads, *rows = list(sheet.iter_rows(min_row=3, values_only=True))
    number, first, last = (heads.index(name) for name in ("证件号码", "开始时间", "结束时间"))
    month = f"{on:%Y年%m月}"
    return len({row[number] for row in rows if row[number] and str(row[first]) <= month <= str(row[last])})


def test_another_day_gives_other_lists(county: Officer) -> None:
    for typed, day in (("2024.3.5", date(2024, 3, 5)), ("20231130", date(2023, 11, 30))):
        county.fill(_("Day the list is for"), typed)
        county.key(Key.Key_Return)
        assert county.the(QLineEdit, _("Day the list is for")).text() == day.isoformat()
        assert county.count(_("In work")) == at_work(day) != len(TRUTH["lists"]["employed"])
    county.key(Key.Key_Up)
    assert county.the(QLineEdit, _("Day the list is for")).text() == "2023-12-01"
    assert county.count(_("In work")) == at_work(date(2023, 12, 1))


def test_filter_open_and_return_to_the_same_row(county: Officer) -> None:
    everybody = county.names()
    county.key(Key.Key_F, CONTROL)
    QTest.keyClicks(county.focus(), AWARDED["id"][-4:])
    county.settle()
    assert AWARDED["name"] in county.names()
    assert 0 < len(county.names()) < 5
    county.key(Key.Key_A, CONTROL)
    county.key(Key.Key_Backspace)
    assert county.names() == everybody
    table = county.table()
    county.click(table.viewport(), table.visualRect(table.model().index(3, 0)).center())
    county.key(Key.Key_Down, times=4)
    assert county.table().currentIndex().row() == 7
    before = county.here()
    county.key(Key.Key_Return)
    assert county.window.current_page() == "person"
    assert county.reads(before[0])
    county.key(Key.Key_Escape)
    assert county.window.current_page() == "workers"
    assert county.here() == before
    county.key(Key.Key_Down)
    assert county.table().currentIndex().row() == 8


def test_a_click_on_the_head_sorts_by_name(county: Officer) -> None:
    before = county.names()
    header = county.table().horizontalHeader()
    spot = QPoint(header.sectionViewportPosition(0) + 20, header.height() // 2)
    county.click(header.viewport(), spot)
    upwards = county.names()
    assert [pinyin.readings(name)[0] for name in upwards] == sorted(
        pinyin.readings(name)[0] for name in before
    )
    assert upwards != before
    county.click(header.viewport(), spot)
    assert county.names()[0] == upwards[-1]
    county.click(header.viewport(), spot)
    assert county.names() == before


# -- services --------------------------------------------------------------------------------------


def packages(officer: Officer) -> list[str]:
    """Return the service package of every row of the list, in words."""
    model = officer.table().model()
    assert isinstance(model, WindowedTableModel)
    place = [_(column.header) for column in model.columns].index(_("Services 1-3-1-1"))
    return [row[place] for row in officer.rows(Qt.ItemDataRole.ToolTipRole)]


"""The column of the four small cells."""


def package_of(officer: Officer) -> str:
    """Return the package of the row the keys act on, as a screen reader has it."""
    table = officer.table()
    model = table.model()
    heads = [model.headerData(each, Qt.Orientation.Horizontal) for each in range(model.columnCount())]
    row = table.currentIndex().row()
    return officer.rows(Qt.ItemDataRole.ToolTipRole)[row][heads.index(_("Services 1-3-1-1"))]


def record(officer: Officer, kind: Qt.Key, words: str = "") -> int:
    """Record a service to what is selected; return the keystrokes besides the words."""
    officer.strokes = 0
    officer.key(Key.Key_R, CONTROL)
    officer.key(kind)
    officer.type(words)
    officer.key(Key.Key_Return)
    return officer.strokes


def test_a_service_takes_five_keys_at_most_and_is_seen_at_once(county: Officer) -> None:
    county.choose_tab(_("Services due"))
    due = county.count(_("Services due"))
    assert due == len(county.rows())
    county.table().setFocus()
    county.key(Key.Key_Down, times=2)
    name = county.here()[0]
    referral = label("service_kind", "job_referral")
    assert f"{referral} 0/3" in package_of(county)
    assert record(county, Key.Key_2, "昆山某电子厂 装配工") <= 5
    assert county.here()[0] == name
    assert f"{referral} 1/3" in package_of(county)
    assert county.last_step() == f"{_('Record service')} {name}"
    for kind, words in (
        (Key.Key_2, "余杭某服饰有限公司 缝纫工"),
        (Key.Key_2, "兴庆某家政公司 保洁员"),
        (Key.Key_1, "入户宣讲"),
        (Key.Key_3, ""),
    ):
        assert record(county, kind, words) <= 5
        assert county.here()[0] == name
    assert county.count(_("Services due")) == due
    record(county, Key.Key_4, "家政服务培训")
    assert county.count(_("Services due")) == due - 1 == len(county.rows())
    county.press(_("Undo Ctrl+Z"))
    assert county.count(_("Services due")) == due == len(county.rows())
    county.key(Key.Key_Z, CONTROL)
    county.key(Key.Key_Z, CONTROL)
    county.key(Key.Key_Z, CONTROL)
    county.key(Key.Key_Z, CONTROL)
    assert county.last_step() == f"{_('Record service')} {name}"
    county.key(Key.Key_Z, CONTROL)
    assert county.last_step().startswith(_("Import"))
    assert not [each for each in packages(county) if "1/" in each]


def test_a_referral_without_its_vacancy_is_refused_in_place(county: Officer) -> None:
    before = county.content()
    county.key(Key.Key_R, CONTROL)
    county.key(Key.Key_2)
    county.fill(_("Day"), "2024-11-20")
    county.key(Key.Key_Return)
    assert county.reads(error_text(ExpectedError("service.vacancy_missing")))
    assert county.messages("error") == []
    assert county.the(QLineEdit, _("Day")).text() == "2024-11-20"
    assert county.content() == before
    county.fill(_("Content of the service"), "某物流公司 分拣")
    county.key(Key.Key_Return)
    assert county.last_step() == f"{_('Record service')} {county.here()[0]}"
    assert county.content() != before
    # The same once more is refused too, and the words stay.
    county.key(Key.Key_R, CONTROL)
    county.key(Key.Key_2)
    county.type("某物流公司 分拣")
    county.fill(_("Day"), "2024-11-20")
    county.key(Key.Key_Return)
    assert county.reads(error_text(ExpectedError("service.repeated", name=county.here()[0])))
    assert county.the(QLineEdit, _("Content of the service")).text() == "某物流公司 分拣"
    county.key(Key.Key_Escape)
    assert not county.has(QLineEdit, _("Content of the service"))
    assert county.window.current_page() == "workers"


def test_three_workers_get_a_service_at_once(county: Officer) -> None:
    county.choose_tab(_("Services due"))
    before = county.content()
    county.table().setFocus()
    county.key(Key.Key_Home, CONTROL)
    county.key(Key.Key_Down, SHIFT, times=2)
    first = county.names()[0]
    assert record(county, Key.Key_1, "集中宣讲政策") <= 5
    briefing = label("service_kind", "policy_briefing")
    told = [f"{briefing} 1/1" in each for each in packages(county)]
    assert told == [True] * 3 + [False] * (len(told) - 3)
    assert county.last_step() == f"{_('Record service')} " + _n(
        "{name}, {count} person", "{name}, {count} people", 3
    ).format(name=first, count=3)
    county.key(Key.Key_Z, CONTROL)
    assert not [each for each in packages(county) if f"{briefing} 1/1" in each]
    assert county.content() == before


# -- claims ----------------------------------------------------------------------------------------

TRAVEL, INCOME = "外出务工交通奖补", "务工收入奖励"


def travel_card(officer: Officer) -> EntitlementCard:
    return officer.the(EntitlementCard, TRAVEL)


def test_what_is_due_is_claimed_printed_and_taken_back(county: Officer, tmp_path: Path) -> None:
    before = county.content()
    county.find(AWARDED["id"])
    assert county.reads(AWARDED["name"])
    shown = travel_card(county)
    assert _("Can be claimed") in spoken(shown)
    assert county.reads("1,400", shown)
    county.click(shown)
    assert county.reads(_("Condition"))
    assert county.reads(_("In the ledger"))
    claim = county.the(QPushButton, _("Claim"))
    QTest.mouseClick(claim, Qt.MouseButton.LeftButton)
    county.settle()
    preview = county.paper()
    (page,) = (joined(each) for each in texts(preview.paper.content))
    assert AWARDED["name"] in page
    assert AWARDED["id"] in page
    assert "人民币壹仟肆佰元整" in page
    target = tmp_path / "申请表.pdf"
    with county.naming(target):
        county.press(_("Save as PDF…"))
    assert target.read_bytes() == preview.paper.content
    county.key(Key.Key_Escape)
    assert county.front is county.window
    assert _("Claimed") in spoken(travel_card(county))
    assert not [each for each in all_shown(county.window, QPushButton) if each.text() == _("Claim")]
    filed = county.content()
    county.key(Key.Key_P, CONTROL)
    assert county.paper().paper.content
    county.key(Key.Key_Escape)
    assert county.content() == filed
    county.key(Key.Key_Z, CONTROL)
    assert _("Can be claimed") in spoken(travel_card(county))
    assert county.content() == before


def test_what_is_not_due_says_why_and_what_would_change_it(county: Officer) -> None:
    county.find(AWARDED["id"])
    county.click(county.the(EntitlementCard, "企业新型学徒制培训补贴"))
    (note,) = (each.text() for each in all_shown(county.window, QLabel) if each.objectName() == "note")
    verdict, why, change = note.splitlines()
    assert verdict == _("Not entitled as of {day}.").format(day="2024-11-30")
    assert why.startswith(record_text("certificate"))
    assert _("a new record: {what}").format(what=record_text("certificate")) in change


def test_two_hasty_presses_make_one_claim(county: Officer) -> None:
    county.find(AWARDED["id"])
    county.click(travel_card(county))
    claim = county.the(QPushButton, _("Claim"))
    for _time in range(2):
        QTest.mouseClick(claim, Qt.MouseButton.LeftButton)
    county.settle()
    county.key(Key.Key_Escape)
    county.key(Key.Key_4, CONTROL)
    assert county.count(_("Claimed")) == 1


def choose_step(officer: Officer, step: str) -> None:
    """Move the selected claims on by the menu of the steps that are possible."""
    officer.press(_("Move on"))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [each.text() for each in menu.actions()]
    for _time in range(words.index(label("claim_state", step)) + 1):
        QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)
    officer.settle()


def only_travel(county: Officer) -> None:
    """Narrow what can be claimed to one item."""
    sums = county.window.page("claims").offers.by_item
    (table,) = all_shown(sums, Ruled)
    table.setFocus()
    for _step in range(10):
        if TRAVEL in table.accessibleDescription():
            break
        county.key(Key.Key_Down)
    county.settle()


STATE = 2
"""The column of a claim's state."""


def test_a_batch_is_claimed_moved_on_and_returned_with_a_reason(county: Officer) -> None:
    county.key(Key.Key_4, CONTROL)
    only_travel(county)
    offers = len(county.rows())
    due = [person for household in TRUTH["entitlements_cycle_2024"] for person in household["people"]]
    assert offers == sum(person["travel"] > 0 for person in due)
    county.table().setFocus()
    county.key(Key.Key_Home, CONTROL)
    county.key(Key.Key_Down, SHIFT, times=2)
    chosen = county.names()[:3]
    county.press(_("Claim selected"))
    assert len(county.rows()) == offers - 3
    assert not county.messages("error")
    county.choose_tab(_("Claimed"))
    assert sorted(row[1] for row in county.rows()) == sorted(chosen)
    assert {row[STATE] for row in county.rows()} == {label("claim_state", "draft")}
    county.table().setFocus()
    county.key(Key.Key_Home, CONTROL)
    county.key(Key.Key_Down, SHIFT, times=2)
    choose_step(county, "village_checked")
    assert {row[STATE] for row in county.rows()} == {label("claim_state", "village_checked")}
    county.table().setFocus()
    county.key(Key.Key_Home, CONTROL)
    number = county.here()[0]
    choose_step(county, "returned")
    assert {row[STATE] for row in county.rows()} == {label("claim_state", "village_checked")}
    going_on = county.the(
        QPushButton,
        _("Confirm: {state}, {count}").format(
            state=label("claim_state", "returned"),
            count=_n("{count} claim", "{count} claims", 1).format(count=1),
        ),
    )
    county.click(going_on)
    assert county.reads(_("Say why: it is kept with the claim."))
    county.fill(_("Reason"), "缺银行流水")
    county.click(going_on)
    states = {row[0]: row[STATE] for row in county.rows()}
    assert states.pop(number) == label("claim_state", "returned")
    assert set(states.values()) == {label("claim_state", "village_checked")}
    county.key(Key.Key_Z, CONTROL)
    assert {row[STATE] for row in county.rows()} == {label("claim_state", "village_checked")}


def test_claims_follow_a_change_only_while_they_are_looked_at(
    county: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.key(Key.Key_4, CONTROL)
    before = county.count(_("To claim"))
    screen = county.window.page("claims")
    reloads: list[int] = []
    whole = screen.reload

    def counted() -> None:
        reloads.append(1)
        whole()

    monkeypatch.setattr(screen, "reload", counted)
    county.find(AWARDED["id"])
    county.click(travel_card(county))
    county.press(_("Claim"))
    county.key(Key.Key_Escape)
    assert reloads == []
    county.key(Key.Key_4, CONTROL)
    assert county.count(_("To claim")) == before - 1
    assert county.count(_("Claimed")) == 1


# -- the month out ---------------------------------------------------------------------------------


def test_the_month_is_written_as_a_workbook(county: Officer, tmp_path: Path) -> None:
    target = tmp_path / "月报送.xlsx"
    county.key(Key.Key_M, CONTROL)
    county.fill(_("Month"), "2024-13")
    with county.naming(target):
        county.press(_("Write monthly workbook"))
    assert county.reads(error_text(ExpectedError("upload.month", month="2024-13")))
    assert not target.exists()
    county.fill(_("Month"), "2024-11")
    with county.naming(target):
        county.press(_("Write monthly workbook"))
    assert county.reads(_("Written: {file}").format(file=target.name))
    words = [each.text() for each in all_shown(county.window, QLabel)]
    book = openpyxl.load_workbook(target)
    counted = 0
    for sheet in book.worksheets:
        if sheet.title not in words:
            continue
        told = int(words[words.index(sheet.title) + 1])
        numbered = [row[0] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
        assert numbered == list(range(1, told + 1)), sheet.title
        counted += 1
    assert counted >= 8
    households = [row[0] for row in book["农户"].iter_rows(values_only=True) if isinstance(row[0], int)]
    assert len(households) == TRUTH["households"]


# -- doors that stay shut --------------------------------------------------------------------------


def test_a_wrong_password_is_said_and_can_be_put_right(
    sit: Callable[[Path], Officer], village_ledger: Path, tmp_path: Path
) -> None:
    officer = sit(Path(shutil.copytree(village_ledger, tmp_path / "ledger")))
    officer.unlock("not-the-one")
    assert officer.reads(error_text(ExpectedError("ledger.wrong_password")))
    assert officer.program.main is None
    assert officer.the(QPushButton, _("Open ledger")).isEnabled()
    assert officer.enter().count(_("All")) == 0


_HOLDER = """
import sys
from pathlib import Path
from caseworker_app.use_cases import desk
opened = desk.open_with_password(Path(sys.argv[1]), sys.argv[2])
print("open", flush=True)
sys.stdin.read()
opened.close()
"""


def test_a_ledger_open_elsewhere_is_left_to_whoever_has_it(
    sit: Callable[[Path], Officer], village_ledger: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(village_ledger, tmp_path / "ledger"))
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, folder, PASSWORD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().split() == [b"open"]
        officer = sit(folder)
        officer.unlock()
        begins, _holder, ends = error_text(ExpectedError("ledger.in_use", holder="|")).partition("|")
        assert officer.reads(begins)
        assert officer.reads(ends)
        assert officer.reads(str(holder.pid))
        assert officer.program.unlock.isVisible()
        holder.communicate()
    assert officer.enter().count(_("All")) == 0


def test_a_newer_ledger_is_never_touched(
    sit: Callable[[Path], Officer], village_ledger: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(village_ledger, tmp_path / "ledger"))
    desk = desks.open_with_password(folder, PASSWORD, clock)
    with desk.ledger.engine.connect().execution_options(**{WRITES: True}) as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    desk.close()
    before = (folder / "ledger.db").read_bytes()
    officer = sit(folder)
    officer.unlock()
    assert officer.reads(error_text(ExpectedError("ledger.newer")))
    assert officer.program.unlock.isVisible()
    assert officer.program.main is None
    assert (folder / "ledger.db").read_bytes() == before


# -- forms in place --------------------------------------------------------------------------------


def test_a_return_asks_for_a_reason_that_ends_a_job(county: Officer) -> None:
    county.find(AWARDED["id"])
    county.key(Key.Key_R, CONTROL | SHIFT)
    reason = county.the(QComboBox, _("Reason"))
    offered = [reason.itemText(index) for index in range(reason.count())]
    assert label("end_reason", "visit") not in offered
    assert label("end_reason", "laid_off") in offered
    before = county.content()
    county.press(_("Save"))
    assert county.reads(_("Choose the reason for the return."))
    assert county.content() == before


# -- faults of ours --------------------------------------------------------------------------------


def test_a_fault_of_ours_shows_what_helps_and_gives_nobody_away(
    county: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = county.here()[0]
    before = county.content()

    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError(name, AWARDED["id"], "13800001234")

    with monkeypatch.context() as patch:
        patch.setattr(work, "record_service", broken)
        record(county, Key.Key_1, "某句话")
    window = county.front
    assert isinstance(window, CrashWindow)
    told = county.the(QPlainTextEdit, _("Details")).toPlainText()
    assert "RuntimeError" in told
    assert "tests/journeys/test_window.py" in told
    shown = "\n".join([*reading(window), told])
    for secret in (name, AWARDED["id"], "13800001234", "某句话", str(county.opened.desk.ledger.folder)):
        assert secret not in shown
    county.press(_("Copy details"))
    assert QApplication.clipboard().text() == told
    county.press(_("Go on"))
    assert county.crashes == [told]
    county.crashes.clear()
    assert county.front is county.window
    assert county.content() == before
    # What was typed is still there, and now it goes through.
    assert county.the(QLineEdit, _("Content of the service")).text() == "某句话"
    county.press(_("Save"))
    assert county.last_step() == f"{_('Record service')} {name}"
    log = (paths.logs() / "caseworker.log").read_text("utf-8")
    assert "RuntimeError" in log
    for secret in (AWARDED["id"], "13800001234", "某句话", name):
        assert secret not in log


# -- every screen ----------------------------------------------------------------------------------


def screens(officer: Officer) -> Iterator[tuple[str, QWidget]]:
    """Go through every screen of the main window with its tabs, forms, papers and lists."""
    officer.window.page("workers")
    officer.find(AWARDED["id"])
    officer.click(travel_card(officer))
    officer.press(_("Claim"))
    yield "preview", officer.front
    officer.key(Key.Key_Escape)
    for title in (
        "Entitlements",
        "Facts",
        "Household",
        "Jobs and intentions",
        "Services and contacts",
        "Claims",
        "Papers",
        "History",
    ):
        officer.choose_tab(_(title))
        yield f"person {title}", officer.window
    for key, modifier in (
        (Key.Key_R, CONTROL),
        (Key.Key_R, CONTROL | SHIFT),
        (Key.Key_J, CONTROL),
        (Key.Key_I, CONTROL),
    ):
        officer.key(key, modifier)
        yield f"form {key.name}", officer.window
    officer.choose_tab(_("Household"))
    officer.press(_("Open household"))
    for title in ("Members", "Facts", "Entitlements", "Claims", "Papers", "History"):
        officer.choose_tab(_(title))
        yield f"household {title}", officer.window
    officer.key(Key.Key_2, CONTROL)
    officer.rows()
    yield "households", officer.window
    officer.key(Key.Key_3, CONTROL)
    for title in (
        "All",
        "In work",
        "Out of work",
        "Willing to go out",
        "Returned",
        "To be zeroed",
        "Services due",
    ):
        officer.choose_tab(_(title))
        officer.rows()
        yield f"workers {title}", officer.window
    officer.key(Key.Key_R, CONTROL)
    officer.key(Key.Key_2)
    officer.key(Key.Key_Return)
    yield "form refused", officer.window
    officer.key(Key.Key_Escape)
    officer.key(Key.Key_4, CONTROL)
    yield "offers", officer.window
    officer.choose_tab(_("Claimed"))
    yield "claims", officer.window
    officer.import_files(*sample.bundled())
    yield "import", officer.window
    officer.key(Key.Key_M, CONTROL)
    yield "upload", officer.window
    officer.key(Key.Key_6, CONTROL)
    yield "settings", officer.window
    officer.press(_("Check the ledger"))
    officer.key(Key.Key_F1)
    yield "keys", officer.window
    officer.key(Key.Key_K, CONTROL)
    QTest.keyClicks(officer.focus(), AWARDED["id"][:8])
    officer.settle()
    yield "found", officer.the(QListWidget, _("Found"))
    officer.key(Key.Key_Escape)
    officer.window.menu.popup(QPoint())  # A click would wait inside Qt until the menu closes.
    yield "menu", officer.window.menu
    officer.window.menu.close()


def doors(officer: Officer) -> Iterator[tuple[str, QWidget]]:
    """Go through the pages before a ledger is open."""
    window = officer.program.unlock
    yield "unlock", window
    officer.press(_("Open with recovery code"))
    yield "recover", window
    officer.press(_("Back"))
    officer.press(_("New ledger…"))
    yield "new", window


@pytest.fixture
def at_the_door(sit: Callable[[Path], Officer], sample_ledger: Path, tmp_path: Path) -> Officer:
    return sit(Path(shutil.copytree(sample_ledger, tmp_path / "ledger")))


def all_screens(officer: Officer) -> Iterator[tuple[str, QWidget]]:
    yield from doors(officer)
    officer.program.unlock.show_folder(officer.program.unlock.folder.with_name("ledger"))
    officer.enter()
    yield from screens(officer)


def controls(root: QWidget) -> list[QWidget]:
    """Return what takes the focus and is no part of another control."""
    return [
        each
        for each in root.findChildren(QWidget)
        if each.isVisible()
        and each.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(each.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit | QAbstractItemView)
    ]


ALLOWED = re.compile(
    r"Excel|WPS|PDF|CSV|Ctrl|Shift|Esc|Enter|PgDn|PgUp|English|JF-?\d|\bxlsx?\b|（自定义）监测对象信息 \(22\)\.xlsx|\bSheet\b"
)


def test_every_screen_names_its_controls_hides_numbers_and_speaks_chinese(at_the_door: Officer) -> None:
    officer = at_the_door
    nameless: list[str] = []
    unmasked: list[str] = []
    foreign: list[str] = []
    folder = officer.program.unlock.folder
    seen = []
    for name, root in all_screens(officer):
        seen.append(name)
        nameless += [f"{name}: {type(each).__name__}" for each in controls(root) if not spoken(each).strip()]
        for words in reading(root):
            unmasked += [f"{name}: {found}" for found in NUMBER.findall(words)]
            rest = ALLOWED.sub("", words.replace(str(folder), ""))
            if re.search(r"[A-Za-z]{3,}", rest):
                foreign.append(f"{name}: {words}")
    assert len(seen) > 30
    found = {"without a name": nameless, "unmasked": unmasked, "not Chinese": foreign}
    assert {what: sorted(set(where)) for what, where in found.items() if where} == {}
    log = paths.logs() / "caseworker.log"
    assert not NUMBER.search(log.read_text("utf-8"))


def test_the_identity_number_is_shown_when_asked_and_hidden_for_the_next(county: Officer) -> None:
    county.find(AWARDED["id"])
    assert not county.reads(AWARDED["id"])
    county.press(_("Show"))
    assert county.reads(AWARDED["id"])
    county.press(_("Hide"))
    assert not county.reads(AWARDED["id"])
    county.press(_("Show"))
    county.choose_tab(_("Household"))
    other = next(
        person
        for household in TRUTH["entitlements_cycle_2024"]
        for person in household["people"]
        if AWARDED in household["people"] and person != AWARDED
    )
    county.find(other["id"])
    assert not any(NUMBER.search(words) for words in reading(county.window))


def test_every_shortcut_means_one_thing() -> None:
    keys = [each.shortcut for each in TABLE if each.shortcut]
    assert len(keys) == len(set(keys))
