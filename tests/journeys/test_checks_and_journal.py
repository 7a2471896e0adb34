"""Data checks and the journal: explained, opened, and an old step taken back, in the window and by command."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QLineEdit

from caseworker_app.check_words import titles
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import households, undo, work
from caseworker_app.use_cases.households import NewPerson
from caseworker_app.wording import _, _n
from tests.conftest import PASSWORD, clock
from tests.journeys.test_people_cli import Shell, shell  # noqa: F401 - a fixture
from tests.journeys.test_window import (  # noqa: F401 - fixtures of the window
    CONTROL,
    SHIFT,
    Key,
    Officer,
    sit,
    speak_chinese,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

VILLAGE = "640106100207"


def fill(folder: Path) -> None:
    """Enter 马国强, a job with a wage far too high, a phone number and a service."""
    desk = desks.open_with_password(folder, PASSWORD, clock)
    head = NewPerson(
        "马国强", born=date(1985, 1, 2), sex="male", phone="13800000001", labour_skill="ordinary"
    )
    (person,) = households.new_household(desk, VILLAGE, "1组", head).people
    work.record_spell(
        desk, person, "flexible", date(2024, 3, 1), place_text="浙江省杭州市余杭区", wage=40_000_00
    )
    work.record_service(desk, [person], "contact", date(2024, 10, 1))
    desk.close()


@pytest.fixture
def officer(sit: Callable[[Path], Officer], empty_ledger: Path, tmp_path: Path) -> Officer:  # noqa: F811
    """Return an officer at the window of that ledger."""
    folder = Path(shutil.copytree(empty_ledger, tmp_path / "ledger"))
    fill(folder)
    return sit(folder).enter()


def test_a_finding_is_explained_with_the_keyboard_and_counts_again_after_undo(officer: Officer) -> None:
    officer.key(Key.Key_K, CONTROL | SHIFT)
    assert officer.window.current_page() == "checks"
    checks = [row[4] for row in officer.rows()]
    assert titles()["wage_high"] in checks
    for _step in range(checks.index(titles()["wage_high"])):
        officer.key(Key.Key_Down)
    before = officer.content()
    officer.press(_("Explain and exempt"))
    officer.key(Key.Key_Return)
    assert officer.reads("请写明为什么维持原样")
    assert officer.content() == before
    assert isinstance(officer.focus(), QLineEdit)
    officer.type("驾驶大型货车")
    officer.key(Key.Key_Return)
    assert titles()["wage_high"] not in [row[4] for row in officer.rows()]
    officer.window.page("checks").tabs.choose("exempt")
    officer.settle()
    assert [row[4] for row in officer.rows()] == [titles()["wage_high"]]
    assert officer.reads("驾驶大型货车")
    assert officer.window.actions_.get("undo").text() == "撤销：说明并豁免 马国强"
    officer.key(Key.Key_Z, CONTROL)
    assert officer.window.actions_.get("redo").text() == "重做：说明并豁免 马国强"
    assert officer.content() == before
    officer.window.page("checks").tabs.choose("open")
    officer.settle()
    assert titles()["wage_high"] in [row[4] for row in officer.rows()]
    officer.key(Key.Key_Return)
    assert officer.window.current_page() == "person"


def test_what_is_shown_of_the_findings_is_exported(officer: Officer, tmp_path: Path) -> None:
    officer.key(Key.Key_K, CONTROL | SHIFT)
    shown = officer.rows()
    file = tmp_path / "检查.xlsx"
    with officer.naming(file):
        officer.key(Key.Key_E, CONTROL)
    officer.settle()
    officer.see(file.exists)
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert [[each or "" for each in row] for row in rows[-len(shown) :]] == shown


def test_an_old_step_is_taken_back_with_what_stands_on_it(officer: Officer) -> None:
    officer.key(Key.Key_J, CONTROL | SHIFT)
    assert officer.window.current_page() == "journal"
    steps = [row[1] for row in officer.rows()]
    assert steps == ["登记服务 马国强", "登记务工 马国强", "新增农户 马国强", steps[-1]]
    officer.key(Key.Key_Down)
    officer.key(Key.Key_Down)
    assert officer.reads("138****0001")
    assert not officer.reads("13800000001")
    officer.press(_n("Undo it with this step", "Undo it with these {count} steps", 2).format(count=2))
    assert [row[2] for row in officer.rows()] == ["已撤销", "已撤销", "已撤销", "有效"]
    for _step in range(3):
        officer.key(Key.Key_Y, CONTROL)
    assert [row[2] for row in officer.rows()] == ["有效"] * 4
    officer.window.page("journal").filter.setText("务工")
    officer.settle()
    assert [row[1] for row in officer.rows()] == ["登记务工 马国强"]


def test_what_the_first_step_set_is_said_in_words(officer: Officer) -> None:
    officer.key(Key.Key_J, CONTROL | SHIFT)
    officer.key(Key.Key_End, CONTROL)
    assert officer.reads("金凤区")
    assert not officer.reads("scope")
    assert not officer.reads("640106")


def test_findings_and_steps_from_the_command_line(
    empty_ledger: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shell: Shell,  # noqa: F811
) -> None:
    folder = Path(shutil.copytree(empty_ledger, tmp_path / "checked"))
    fill(folder)
    monkeypatch.setenv("CASEWORKER_LEDGER", str(folder))
    on = ("--on", "2024-11-30")
    found = shell.ask("checks", *on)
    one = next(each for each in found["findings"] if each["check"] == "wage_high")
    assert found["counts"]["wage_high"] == 1
    assert (one["name"], one["exempt"], one["field"]) == ("马国强", False, "spell.wage")
    shell.ask("checks", "exempt", one["id"], "--reason", "驾驶大型货车")
    assert "wage_high" not in shell.ask("checks", *on)["counts"]
    kept = [each for each in shell.ask("checks", "--exempt", *on)["findings"] if each["exempt"]]
    assert [(each["id"], each["reason"]) for each in kept] == [(one["id"], "驾驶大型货车")]
    shell.ask("checks", "unexempt", one["id"])
    assert shell.ask("checks", *on) == found
    assert shell.ask("checks", "--village", "640106999", *on)["findings"] == []
    assert "月收入过高: 1" in shell.say("checks", *on).replace("：", ": ")

    steps = shell.ask("journal", "list", "--text", "马国强")
    assert [step["action"] for step in steps] == [
        "check.unexempt",
        "check.exempt",
        "service.record",
        "spell.record",
        "household.new",
    ]
    first = steps[-1]["number"]
    needed = shell.ask("journal", "show", first)["needed"]
    # The explanation was taken back: nothing of it is left that would stand on the household.
    assert [step["number"] for step in needed] == [step["number"] for step in steps[2:-1]]
    undone = shell.ask("undo", first, "--with-later")
    assert (undone["undone"], len(undone["also"])) == (steps[-1]["id"], 2)
    effects = [step["in_effect"] for step in shell.ask("journal", "list", "--text", "马国强")]
    assert effects == [True, True, False, False, False]
    desk = desks.open_with_password(folder, PASSWORD, clock)
    assert undo.redo(desk)[1].values["of"] == "household.new"
    desk.close()
