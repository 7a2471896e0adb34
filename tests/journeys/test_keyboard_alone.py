"""A day's work with the keyboard alone: from the password to the way out, without a mouse and past no widget.

Hands press keys, type words and put text on the clipboard as another program would; eyes read what is shown.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QTableView,
    QWidget,
)

from caseworker_app.wording import _, _n, label
from tests.conftest import PASSWORD
from tests.journeys.test_window import (  # noqa: F401 - fixtures are found by their names
    AWARDED,
    CONTROL,
    SHIFT,
    Key,
    Officer,
    all_shown,
    sit,
    speak_chinese,
    spoken,
)
from ui.screens.today.parts import Line
from ui.widgets.list_export import ExportBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ALT = Qt.KeyboardModifier.AltModifier
FAR = 150
"""More presses of Tab than any page takes."""


@pytest.fixture(autouse=True)
def _empty_clipboard() -> Iterator[None]:
    yield
    QGuiApplication.clipboard().clear()


class Hands:
    """Ten fingers on the keyboard, and the eyes of an officer."""

    def __init__(self, officer: Officer) -> None:
        self.eyes = officer
        self.key = officer.key

    def write(self, words: str) -> None:
        """Type words where the focus is, Chinese through the input method."""
        if words.isascii():
            for letter in words:  # The first may open an editor that takes the others.
                QTest.keyClicks(self.eyes.focus(), letter)
        else:
            self.eyes.type(words)
        self.eyes.settle()

    def replace(self, words: str) -> None:
        """Type words in place of all that stands in a box."""
        self.key(Key.Key_A, CONTROL)
        self.write(words)

    def reach(self, words: str, kind: type[QWidget] = QWidget, *, back: bool = False) -> None:
        """Press Tab until the keys are on a control of this name."""
        seen = []
        for _step in range(FAR):
            here = self.eyes.focus()
            if isinstance(here, kind) and spoken(here).startswith(words):
                return
            seen.append(spoken(here))
            self.key(Key.Key_Backtab if back else Key.Key_Tab)
        raise AssertionError(f"{words!r} is not reached with Tab, only {sorted(set(seen))}")

    def act(self, words: str, *, back: bool = False) -> None:
        """Go to a button with Tab and press it with Space."""
        self.reach(words, QPushButton, back=back)
        self.key(Key.Key_Space)

    def choose(self, words: str) -> None:
        """Choose in the list of codes the keys are on, by its words."""
        box = self.eyes.focus()
        assert isinstance(box, QComboBox)
        steps = box.findText(words) - box.currentIndex()
        assert box.findText(words) >= 0, f"{words!r} is not offered by {spoken(box)!r}"
        # What is chosen may take the box away: the window is made anew in another look.
        self.key(Key.Key_Down if steps > 0 else Key.Key_Up, times=abs(steps))

    def to_column(self, title: str) -> None:
        """Go along the row to the column with this header, from its first cell."""
        table = self.eyes.focus()
        assert isinstance(table, QTableView)
        self.key(Key.Key_Home)
        model = table.model()
        while model.headerData(table.currentIndex().column(), Qt.Orientation.Horizontal) != title:
            before = table.currentIndex().column()
            self.key(Key.Key_Right)
            assert table.currentIndex().column() != before, f"no column {title!r}"

    def at_column(self, title: str) -> list[str]:
        """Return what a column says, row by row."""
        model = self.eyes.table().model()
        heads = [model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())]
        return [row[heads.index(title)] for row in self.eyes.rows()]

    def name_file(self, file: Path, act: Callable[[], None]) -> None:
        """Do what asks for a file, and type its name there."""
        typed: list[QFileDialog] = []

        def type_name() -> None:
            dialog = QApplication.activeModalWidget()
            box = QApplication.focusWidget()
            if isinstance(dialog, QFileDialog) and not typed and isinstance(box, QLineEdit):
                typed.append(dialog)
                QTest.keyClick(box, Key.Key_A, CONTROL)
                QTest.keyClicks(box, str(file))
                QTest.keyClick(box, Key.Key_Return)

        timer = QTimer()
        timer.setInterval(10)
        timer.timeout.connect(type_name)
        timer.start()
        act()
        self.eyes.see(lambda: typed)
        timer.stop()
        self.eyes.settle()


@pytest.fixture
def hands(sit: Callable[[Path], Officer], sample_ledger: Path, tmp_path: Path) -> Hands:  # noqa: F811
    """Return the hands of an officer in front of a locked ledger."""
    return Hands(sit(Path(shutil.copytree(sample_ledger, tmp_path / "ledger"))))


def test_a_day_with_the_keyboard_alone(hands: Hands, tmp_path: Path) -> None:
    officer, key = hands.eyes, hands.key

    # In.
    hands.write(PASSWORD)
    key(Key.Key_Return)
    officer.see(lambda: officer.program.main)
    officer.settle()

    # What waits today, a line opened and left.
    key(Key.Key_1, CONTROL)
    officer.see(lambda: officer.opened.watch.claiming is not None)
    officer.settle()
    key(Key.Key_Down)
    assert isinstance(officer.focus(), Line)
    key(Key.Key_Return)
    assert officer.window.current_page() == "person"
    key(Key.Key_Escape)
    assert officer.window.current_page() == "today"

    # A list, sorted and narrowed from its headers.
    key(Key.Key_3, CONTROL)
    key(Key.Key_PageDown, CONTROL)
    assert officer.tab(_("In work")).isChecked()
    employed = officer.names()
    assert len(employed) == officer.count(_("In work"))
    key(Key.Key_Home, CONTROL)
    key(Key.Key_Down, ALT)
    hands.act(_("↓ Downwards"), back=True)
    hands.reach(_("Workers"), QTableView)
    assert sorted(officer.names()) == sorted(employed)
    assert officer.names() != employed
    hands.to_column(_("Group"))
    key(Key.Key_Down, ALT)
    assert isinstance(officer.focus(), QListWidget)
    key(Key.Key_Space)
    key(Key.Key_Return)
    assert len(set(hands.at_column(_("Group")))) == 1
    assert 0 < len(officer.names()) < len(employed)

    # The view is kept under a name.
    narrowed = officer.names()
    hands.act(_("+ View"), back=True)
    hands.write("就业，按姓名")
    key(Key.Key_Return)
    assert officer.last_step() == f"{_('Save view')} 就业，按姓名"

    # What is shown is exported.
    file = tmp_path / "list.xlsx"
    key(Key.Key_E, CONTROL)
    hands.name_file(file, lambda: key(Key.Key_Return))
    officer.see(lambda: not all_shown(officer.window, ExportBar))
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == narrowed

    # Cells: edited, pasted, filled down, undone and redone.
    key(Key.Key_2, CONTROL)
    before = officer.content()
    hands.act(_("Columns ▾"), back=True)
    lines = officer.focus()
    assert isinstance(lines, QListWidget)
    while lines.currentItem().text() != _("Group"):
        key(Key.Key_Down)
    key(Key.Key_Space)
    key(Key.Key_Return)
    hands.reach(_("Households"), QTableView)
    key(Key.Key_Home, CONTROL)
    hands.to_column(_("Group"))
    key(Key.Key_F2)
    hands.replace("九组")
    key(Key.Key_Return)
    edited = officer.content()
    assert edited != before
    key(Key.Key_Up)
    key(Key.Key_C, CONTROL)
    key(Key.Key_Down)
    key(Key.Key_Down, SHIFT, times=2)
    key(Key.Key_V, CONTROL)
    assert hands.at_column(_("Group"))[:4] == ["九组"] * 4
    hands.to_column(_("Telephone"))
    QGuiApplication.clipboard().setText("13900000001\r\n13900000002\r\n")
    key(Key.Key_V, CONTROL)
    pasted = hands.at_column(_("Telephone"))
    assert [each[-4:] for each in pasted[1:3]] == ["0001", "0002"]
    key(Key.Key_Down, SHIFT, times=3)
    key(Key.Key_D, CONTROL)
    filled = officer.content()
    assert {each[-4:] for each in hands.at_column(_("Telephone"))[1:5]} == {"0001"}
    key(Key.Key_Z, CONTROL, times=3)
    assert officer.content() == edited
    key(Key.Key_Y, CONTROL, times=3)
    assert officer.content() == filled
    key(Key.Key_Z, CONTROL, times=4)
    assert officer.content() == before

    # Found with a few keys; a service recorded; the household behind the person.
    key(Key.Key_K, CONTROL)
    hands.write(AWARDED["id"][-6:])
    key(Key.Key_Return)
    assert officer.window.current_page() == "person"
    key(Key.Key_R, CONTROL)
    key(Key.Key_1)
    hands.reach(_("Content of the service"), QLineEdit)
    hands.write("政策宣讲")
    key(Key.Key_Return)
    assert officer.last_step().startswith(_("Record service"))
    key(Key.Key_PageDown, CONTROL, times=2)
    hands.act(_("Open household"))
    assert officer.window.current_page() == "household"
    key(Key.Key_PageDown, CONTROL)
    key(Key.Key_Escape)
    assert officer.window.current_page() == "person"

    # One fact for several people.
    key(Key.Key_3, CONTROL)
    key(Key.Key_Home, CONTROL)
    key(Key.Key_Down, SHIFT, times=2)
    before = officer.content()
    key(Key.Key_B, CONTROL)
    hands.act(_n("Record for {count} person", "Record for {count} people", 3).format(count=3))
    assert officer.content() != before
    key(Key.Key_Z, CONTROL)
    assert officer.content() == before

    # Somebody entered a second time although the window warns, and the two records made one.
    key(Key.Key_K, CONTROL)
    hands.write(AWARDED["id"][-6:])
    key(Key.Key_Return)
    before = officer.content()
    key(Key.Key_N, CONTROL)
    hands.reach(_("Name"), QLineEdit)
    hands.write(AWARDED["name"])
    hands.reach(_("Born"), QLineEdit)
    hands.replace(AWARDED["id"][6:14])
    hands.reach(_("Sex"), QComboBox)
    hands.choose(label("sex", "male" if int(AWARDED["id"][16]) % 2 else "female"))
    hands.reach(_("Relation to head"), QComboBox)
    hands.choose(label("relation", "other"))
    hands.act(_("Save"))
    assert officer.content() == before
    hands.reach(_("It is somebody else"), QCheckBox)
    key(Key.Key_Space)
    hands.act(_("Save"))
    assert officer.content() != before
    key(Key.Key_D, CONTROL | SHIFT)
    assert len(officer.rows()) == 1
    key(Key.Key_Return)
    for _field in range(FAR):
        if not isinstance(officer.focus(), QRadioButton):
            break
        key(Key.Key_Space)
        key(Key.Key_Tab)
    hands.act(_("Merge"), back=True)
    assert officer.messages("done")[-1] == _("Merged: {who}").format(who=AWARDED["name"])
    assert officer.rows() == []
    key(Key.Key_Z, CONTROL, times=2)
    assert officer.content() == before

    # A finding is explained.
    key(Key.Key_K, CONTROL | SHIFT)
    officer.see(officer.rows)
    findings = len(officer.rows())
    hands.act(_("Explain and exempt"))
    hands.write("本人当面核对过")
    key(Key.Key_Return)
    assert len(officer.rows()) == findings - 1

    # An old step is taken back from the journal.
    key(Key.Key_J, CONTROL | SHIFT)
    service = next(
        at
        for at, row in enumerate(officer.rows())
        if row[1].startswith(_("Record service")) and row[2] == _("in effect")
    )
    assert service > 0, "later steps stand above it"
    key(Key.Key_Down, times=service)
    hands.act(_("Undo this step"))
    assert officer.messages("done")[-1].startswith(_("Undone: {step}").format(step=_("Record service")))

    # A row typed into the entry sheet.
    key(Key.Key_E, CONTROL | SHIFT)
    before = officer.content()
    hands.write(AWARDED["id"])
    key(Key.Key_Tab, times=4)
    hands.write("20190305")
    key(Key.Key_Tab)
    hands.write("20191130")
    key(Key.Key_Tab)
    hands.write("yuhangqu")
    key(Key.Key_Down)
    key(Key.Key_Tab)
    hands.act(_n("Enter {count} row", "Enter {count} rows", 1).format(count=1), back=True)
    assert officer.content() != before

    # Colours and language are changed and the window stays where it is.
    key(Key.Key_6, CONTROL)
    hands.reach(_("Colours"), QComboBox)
    hands.choose(_("Dark"))
    hands.reach("语言", QComboBox)
    hands.choose("English")
    officer.see(lambda: officer.has(QComboBox, "Language"))
    hands.reach("Language", QComboBox)
    hands.choose("简体中文")
    officer.see(lambda: officer.has(QComboBox, "语言"))
    officer.settle()

    # Out.
    QTest.keyClick(officer.focus(), Key.Key_Q, CONTROL)
    officer.see(lambda: not officer.window.isVisible())
