"""Outside lists and to-dos through the real window: compared, answered, told to a village, taken back."""

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from PySide6.QtWidgets import QComboBox, QInputDialog, QLineEdit, QPushButton

from caseworker_app import sample
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import problems
from caseworker_app.wording import _, label
from tests.conftest import PASSWORD, clock
from tests.exchange.lists import INSURED, UNEMPLOYED
from tests.journeys.test_window import (  # noqa: F401 - fixtures of the window
    CONTROL,
    NUMBER,
    Key,
    Officer,
    reading,
    sit,
    speak_chinese,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

VILLAGE = "640106100207"


@pytest.fixture
def officer(sit: Callable[[Path], Officer], sample_ledger: Path, tmp_path: Path) -> Officer:  # noqa: F811
    """Return an officer of the county at the page of outside lists."""
    folder = Path(shutil.copytree(sample_ledger, tmp_path / "ledger"))
    desk = desks.open_with_password(folder, PASSWORD, clock)
    problems.raise_by_hand(desk, VILLAGE, "户主电话为空，请补录", month="2024-11")
    desk.close()
    found = sit(folder).enter()
    found.window.go("round", part="compare", kind="unemployed")
    found.settle()
    return found


def compare(officer: Officer, file: Path) -> None:
    with officer.naming(file):
        officer.press(_("Choose list"))
    officer.settle()


def test_a_list_is_compared_and_its_results_are_answered_with_a_reason(officer: Officer) -> None:
    before = officer.content()
    assert officer.reads(_("Choose the list that came: nothing in the ledger is changed by comparing."))
    compare(officer, UNEMPLOYED)
    assert officer.messages("done")[-1] == "11 人与名单不一致"
    assert officer.count(_("To settle")) == len(officer.rows()) == 11
    assert officer.count(_("Agrees")) == 16
    assert "截至 2024-09-30" in "".join(reading(officer.window))
    assert not [each for each in reading(officer.window) if NUMBER.search(each)]
    first = officer.rows()[0]
    assert "名单为已登记失业" in first[5]
    # Nothing is said without a reason where nothing is changed.
    officer.press(_("Right as it is"))
    officer.press(_("Give answer"))
    assert officer.reads(_("The reason is missing. Say why it stays as it is."))
    officer.fill(_("Reason"), "登记后又就业")
    officer.key(Key.Key_Return)
    assert officer.messages("done")[-1] == _("Answered.")
    assert officer.count(_("To settle")) == 10
    assert first[0] not in [row[0] for row in officer.rows() if row[1] == first[1]]
    officer.choose_tab(_("Differs"))
    assert label("reply_outcome", "as_it_is") in [row[7] for row in officer.rows()]
    officer.key(Key.Key_Z, CONTROL)
    assert officer.count(_("To settle")) == 11
    officer.key(Key.Key_Z, CONTROL)
    assert officer.content() == before


def test_a_list_of_another_kind_changes_nothing_and_says_why(officer: Officer) -> None:
    before = officer.content()
    compare(officer, INSURED)
    (words,) = officer.messages("error")
    assert words.startswith(INSURED.name)
    assert label("comparison_kind", "unemployed") in words
    assert officer.the(QPushButton, _("Choose list")).isEnabled()
    assert officer.content() == before


def test_who_differs_is_on_the_list_of_workers_and_among_the_to_dos(officer: Officer) -> None:
    compare(officer, UNEMPLOYED)
    names = {row[0] for row in officer.rows()}
    officer.window.go("workers", list="mismatched")
    officer.settle()
    assert set(officer.names()) == names
    officer.window.go("round", part="todos")
    officer.settle()
    assert officer.count(_("To settle")) == 12
    officer.choose_tab(_("To be corrected"))
    (problem,) = officer.rows()
    assert "户主电话为空，请补录" in problem
    officer.press(_("Put right"))
    assert officer.count(_("To be corrected")) == 0
    officer.choose_tab(_("Differing from lists"))
    assert set(officer.names()) == names
    officer.fill(_("Filter here"), officer.rows()[0][1])
    officer.settle()
    shown = officer.here()
    officer.table().setFocus()
    officer.key(Key.Key_Return)
    assert officer.window.current_page() == "person"
    assert officer.reads(shown[0])
    officer.window.go("today")
    officer.settle()
    assert officer.reads(_("To-dos of the round"))


def test_a_village_is_told_and_its_feedback_written(officer: Officer, tmp_path: Path) -> None:
    compare(officer, UNEMPLOYED)
    officer.window.go("round", part="todos")
    officer.settle()
    box = officer.the(QComboBox, _("Village"))
    box.setCurrentIndex(box.findData(VILLAGE))
    box.activated.emit(box.currentIndex())
    officer.fill(_("What this village has to correct"), "请补报就业证明")
    officer.press(_("Raise problem"))
    assert officer.messages("done")[-1] == _("Raised; it goes down with the next feedback.")
    assert officer.the(QLineEdit, _("What this village has to correct")).text() == ""
    file = tmp_path / "反馈.xlsx"
    with officer.naming(file):
        officer.press(_("Write feedback"))
    officer.settle()
    officer.see(file.exists)
    assert officer.reads("反馈.xlsx")
    assert officer.reads(_("not opened yet"))
    book = openpyxl.load_workbook(file)
    told = [cell.value for cell in book["需整改问题"]["I"]]
    assert {"户主电话为空，请补录", "请补报就业证明"} <= set(told)


def test_what_differs_is_exported_for_correcting_either_side(officer: Officer, tmp_path: Path) -> None:
    assert not officer.the(QPushButton, _("Export")).isEnabled()
    compare(officer, UNEMPLOYED)
    file = tmp_path / "差异.xlsx"
    with officer.naming(file):
        officer.press(_("Export"))
    officer.see(file.exists)
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert rows[0][:5] == ("名单", "名单时点", "村", "户编号", "姓名")
    assert [row[6] for row in rows[1:12]] == ["不一致"] * 11
    assert {row[6] for row in rows[12:]} == {"名单中无此人"}


def test_a_list_behind_a_password_is_opened_with_it(
    officer: Officer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / UNEMPLOYED.name
    with UNEMPLOYED.open("rb") as source, locked.open("wb") as target:
        OOXMLFile(source).encrypt("246810", target)
    asked: list[str] = []
    given = iter([("135", True), ("246810", True)])

    def answer(_parent: object, _title: str, said: str, _echo: object) -> tuple[str, bool]:
        asked.append(said)
        return next(given)

    monkeypatch.setattr(QInputDialog, "getText", answer)
    compare(officer, locked)
    officer.settle()
    assert ["密码不对" in each for each in asked] == [False, True]
    assert officer.messages("done")[-1] == "11 人与名单不一致"
    assert not officer.messages("error")


def test_exports_that_agree_say_so(officer: Officer) -> None:
    officer.window.go("round", part="compare", kind="national")
    officer.settle()
    compare(officer, sample.bundled()[0])
    assert officer.reads(_("Nothing on this list waits."))
    assert "457 人一致" in "".join(reading(officer.window))
