"""Finding people, households and actions with a few keys, hands never off the keyboard."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget

from caseworker_app.use_cases import desk as desks
from caseworker_app.wording import _
from db.tables import Household, Membership, Person
from tests.conftest import PASSWORD, clock
from tests.journeys.test_window import (  # noqa: F401 - fixtures of the window
    CONTROL,
    Key,
    Officer,
    sit,
    speak_chinese,
)
from ui.finder import matching

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

VILLAGE = "640106100207"


@pytest.fixture
def officer(sit: Callable[[Path], Officer], empty_ledger: Path, tmp_path: Path) -> Officer:  # noqa: F811
    """Return an officer at a ledger of two households."""
    folder = Path(shutil.copytree(empty_ledger, tmp_path / "ledger"))
    desk = desks.open_with_password(folder, PASSWORD, clock)
    with desk.units("made up") as unit:
        for number, phone, members in (
            ("7700000001", "13812345678", ("马国强", "单桂兰")),
            ("7700000002", "", ("马小龙",)),
        ):
            home = unit.insert(Household, household_no=number, village_code=VILLAGE, phone=phone)
            for place, name in enumerate(members):
                person = unit.insert(Person, name=name, identity_number=None)
                relation = "spouse" if place else "head"
                unit.insert(Membership, person_id=person, household_id=home, relation=relation)
        unit.commit()
    desk.close()
    return sit(folder).enter()


def look_for(officer: Officer, typed: str) -> list[str]:
    """Press Ctrl+K, type, and return what a screen reader says of each line."""
    officer.key(Key.Key_K, CONTROL)
    QTest.keyClicks(officer.focus(), typed)
    officer.settle()
    return lines(officer)


def lines(officer: Officer) -> list[str]:
    found = officer.the(QListWidget, _("Found"))
    return [
        found.item(row).data(Qt.ItemDataRole.AccessibleTextRole) or found.item(row).text()
        for row in range(found.count())
    ]


def chosen(officer: Officer) -> str:
    return officer.the(QListWidget, _("Found")).currentItem().text()


def test_four_keys_and_enter_open_a_person(officer: Officer) -> None:
    told = look_for(officer, "mgq")
    assert told[0] == _("People")
    assert told[1].startswith("马国强")
    assert chosen(officer) == "马国强"
    officer.key(Key.Key_Return)
    assert officer.window.current_page() == "person"
    assert officer.reads("马国强")


def test_enter_does_not_wait_for_the_list(officer: Officer) -> None:
    officer.key(Key.Key_K, CONTROL)
    box = officer.focus()
    QTest.keyClicks(box, "sgl")
    QTest.keyClick(box, Key.Key_Return)
    officer.settle()
    assert officer.window.current_page() == "person"
    assert officer.reads("单桂兰")


def test_arrows_pass_from_group_to_group_and_enter_opens_the_household(officer: Officer) -> None:
    told = look_for(officer, "maguoqiang")
    assert [each for each in told if each in (_("People"), _("Households"))] == [
        _("People"),
        _("Households"),
    ]
    home = told.index(_("Households")) + 1
    found = officer.the(QListWidget, _("Found"))
    while found.currentRow() < home:
        before = found.currentRow()
        officer.key(Key.Key_Down)
        assert found.currentRow() > before
    officer.key(Key.Key_Up)
    assert chosen(officer) == "单桂兰"  # Found under her head; the heading between is passed over.
    officer.key(Key.Key_Down)
    officer.key(Key.Key_Return)
    assert officer.window.current_page() == "household"


@pytest.mark.parametrize(
    ("typed", "page"), [("7700000002", "person"), ("5678", "person"), ("马小龙", "person")]
)
def test_numbers_tails_and_names_find(officer: Officer, typed: str, page: str) -> None:
    officer.key(Key.Key_K, CONTROL)
    officer.type(typed)
    officer.settle()
    told = lines(officer)
    assert _("People") in told
    assert _("Households") in told
    officer.key(Key.Key_Return)
    assert officer.window.current_page() == page


def test_an_action_is_found_by_the_initials_of_its_words(officer: Officer) -> None:
    told = look_for(officer, "drbg")
    assert told == [_("Do here"), f"{_('Import workbooks')} Ctrl+O"]
    officer.key(Key.Key_Return)
    assert officer.window.current_page() == "exchange"


def test_nothing_found_is_said_and_esc_leaves(officer: Officer) -> None:
    assert look_for(officer, "qqqq") == [_("Nobody and nothing found for “{typed}”.").format(typed="qqqq")]
    officer.key(Key.Key_Return)
    officer.key(Key.Key_Escape)
    assert not officer.has(QListWidget, _("Found"))
    assert not officer.opened.finder.text()


def test_an_empty_box_offers_who_was_opened_last_and_what_can_be_done(officer: Officer) -> None:
    look_for(officer, "mgq")
    officer.key(Key.Key_Return)
    told = look_for(officer, "")
    assert told[0] == _("Opened last")
    assert told[1].startswith("马国强")
    assert _("Do here") in told
    officer.key(Key.Key_Escape)
    officer.key(Key.Key_Escape)
    assert officer.window.current_page() != "person"


def test_actions_that_begin_so_come_first() -> None:
    titles = [("a", "批量登记"), ("b", "登记服务"), ("c", "Undo")]
    assert matching("dj", titles) == ["b", "a"]
    assert matching("dengji", titles) == ["b", "a"]
    assert matching("登记", titles) == ["b", "a"]
    assert matching("und", titles) == ["c"]
    assert matching("xyz", titles) == []
