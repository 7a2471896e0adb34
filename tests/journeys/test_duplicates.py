"""Duplicates and changes of households through the real window, with the keyboard where it matters."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QRadioButton
from sqlalchemy import select

from caseworker_app.domain import identity
from caseworker_app.read_models.duplicates import Pair, Side
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import duplicates, households, people, work
from caseworker_app.use_cases.households import NewPerson
from caseworker_app.wording import _, label
from db.ids import new_id
from db.queries import duplicates as queries
from db.queries import households as household_queries
from db.queries import workers
from db.tables import Household, Membership, Person
from tests.conftest import PASSWORD, clock
from tests.journeys.test_window import (  # noqa: F401 - fixtures of the window
    CONTROL,
    SHIFT,
    Key,
    Officer,
    reading,
    sit,
    speak_chinese,
    spoken,
)
from ui.screens.duplicates.screen import COLUMNS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

VILLAGE = "640106100207"
BORN = date(1985, 1, 2)


def number(serial: int) -> str:
    first = f"640106{BORN:%Y%m%d}{serial:03d}"
    return first + identity.check_digit(first)


@pytest.fixture
def twice(sit: Callable[[Path], Officer], empty_ledger: Path, tmp_path: Path) -> Officer:  # noqa: F811
    """Return an officer at a ledger in which 马国强 is three times under two spellings."""
    folder = Path(shutil.copytree(empty_ledger, tmp_path / "ledger"))
    desk = desks.open_with_password(folder, PASSWORD, clock)
    people_ = (("马国强", "13800000001", number(13)), ("马国墙", "", ""), ("马国强", "13800000002", ""))
    home = ""
    for day, (name, phone, number_) in enumerate(people_, 1):
        head = NewPerson(name, number_, BORN, "male", phone=phone, labour_skill="ordinary")
        made = households.new_household(desk, VILLAGE, "1组", head)
        (home,) = made.households
        work.record_service(desk, sorted(made.people), "contact", date(2024, 10, day))
    wife = NewPerson("田玉花", born=date(1986, 1, 1), sex="female")
    people.new_person(desk, home, wife, "spouse")
    desk.close()
    return sit(folder).enter()


def test_two_people_of_two_villages_are_listed_with_both() -> None:
    first = Side("a", "马国强", "", BORN, "male", "", "", "", "", VILLAGE, "")
    for other, words in ((VILLAGE, "和顺新村"), ("640106100200", "和顺新村 / 园子村")):
        pair = Pair("p", first, replace(first, village_code=other), ("name_born",))
        assert COLUMNS[-1].text(pair) == words


def test_two_records_are_merged_with_the_keyboard_and_taken_apart_again(twice: Officer) -> None:
    before = twice.content()
    twice.key(Key.Key_D, CONTROL | SHIFT)
    assert twice.window.current_page() == "duplicates"
    assert [row[:3] for row in twice.rows()] == [
        ["马国强", "马国强", duplicates.reason_text("name_born")],
        ["马国强", "马国墙", duplicates.reason_text("pinyin_born")],
        ["马国墙", "马国强", duplicates.reason_text("pinyin_born")],
    ]
    assert not [each for each in reading(twice.window) if number(13) in each]
    # Enter goes to what has to be chosen, and Merge says what is lacking.
    twice.key(Key.Key_Return)
    assert isinstance(twice.focus(), QRadioButton)
    assert spoken(twice.focus()).startswith("联系电话")
    twice.press(_("Merge"))
    assert twice.reads("联系电话、农户")
    assert twice.content() == before
    twice.key(Key.Key_Space)
    twice.key(Key.Key_Right)
    assert spoken(twice.focus()).startswith("联系电话 138****0002")
    twice.key(Key.Key_Tab)
    assert spoken(twice.focus()).startswith("农户")
    twice.key(Key.Key_Space)
    twice.key(Key.Key_Right)
    twice.press(_("Merge"))
    assert twice.messages("done")[-1] == _("Merged: {who}").format(who="马国强")
    assert len(twice.rows()) == 1
    with twice.opened.desk.ledger.reader() as connection:
        (person,) = workers.person_ids(connection, number(13))
        page = workers.page(connection, person, twice.opened.desk.asked(date(2024, 11, 30)))
    assert page is not None
    assert (page.phone, page.row.household_no, len(page.services)) == ("13800000002", "N100207-003", 2)
    twice.key(Key.Key_Z, CONTROL)
    assert twice.content() == before
    assert len(twice.rows()) == 3


def test_a_merge_that_cannot_be_says_why_beside_the_records(twice: Officer) -> None:
    before = twice.content()
    twice.key(Key.Key_D, CONTROL | SHIFT)
    twice.settle()
    twice.click(twice.the(QPushButton, _("Take all from here")))
    twice.press(_("Merge"))
    # 田玉花 would be left without a head.
    assert twice.reads("没有户主")
    assert twice.content() == before


def test_two_people_are_told_apart_with_a_reason(twice: Officer) -> None:
    twice.key(Key.Key_D, CONTROL | SHIFT)
    assert len(twice.rows()) == 3
    twice.press(_("Not the same person"))
    twice.key(Key.Key_Return)
    assert twice.reads("请写明理由")
    twice.fill(_("How you know that they are two people"), "堂兄弟，两人都见过")
    twice.key(Key.Key_Return)
    assert len(twice.rows()) == 2
    assert twice.last_step().startswith(_("Tell two people apart"))
    twice.key(Key.Key_Z, CONTROL)
    assert len(twice.rows()) == 3


def test_nobody_twice_says_what_belongs_here(
    sit: Callable[[Path], Officer],  # noqa: F811
    sample_ledger: Path,
    tmp_path: Path,
) -> None:
    officer = sit(Path(shutil.copytree(sample_ledger, tmp_path / "ledger"))).enter()
    officer.key(Key.Key_D, CONTROL | SHIFT)
    for _pair in officer.rows():
        officer.press(_("Not the same person"))
        officer.fill(_("How you know that they are two people"), "两人都见过")
        officer.key(Key.Key_Return)
    assert officer.reads(
        _("Nobody seems to be in the ledger twice. Who is entered or imported is looked at here.")
    )
    assert not officer.the(QPushButton, _("Merge")).isEnabled()


@pytest.fixture
def same(sit: Callable[[Path], Officer], empty_ledger: Path, tmp_path: Path) -> Officer:  # noqa: F811
    """Return an officer at a ledger in which three people are twice, one of them under another name."""
    folder = Path(shutil.copytree(empty_ledger, tmp_path / "ledger"))
    desk = desks.open_with_password(folder, PASSWORD, clock)
    for serial, (name, other) in enumerate(
        (("马国强", "马国强"), ("田玉花", "田玉花"), ("陈明", "陈民")), 11
    ):
        head = NewPerson(name, number(serial), labour_skill="ordinary")
        (home,) = households.new_household(desk, VILLAGE, "1组", head).households
        with desk.units("receive.file") as unit:
            columns = Household.__table__
            row = unit.connection.execute(select(columns).where(columns.c.id == home)).mappings().one()
            told = {each: row[each] for each in ("household_no", "village_code", "group_name", "phone")}
            beside = new_id()
            unit.insert(Household, id=beside, twin=beside, **told)
            person = new_id()
            unit.insert(
                Person,
                id=person,
                twin=person,
                name=other,
                identity_number=number(serial),
                born=BORN,
                sex="male" if serial % 2 else "female",
            )
            unit.insert(
                Membership, person_id=person, household_id=beside, relation="head", since=None, until=None
            )
            unit.name(other)
            unit.commit()
    desk.close()
    return sit(folder).enter()


def test_all_that_is_surely_the_same_is_merged_at_once(same: Officer) -> None:
    before = same.content()
    same.key(Key.Key_D, CONTROL | SHIFT)
    assert len(same.rows()) == 3
    same.press(_("Merge what is surely the same …"))
    # How many, who is left and why; nothing is written yet.
    assert same.reads("2 对确定是同一人")
    assert same.reads("陈明 / 陈民")
    assert same.content() == before
    same.press("合并 2 对")
    assert same.messages("done")[-1] == "已合并 2 对"
    assert len(same.rows()) == 1
    with same.opened.desk.ledger.reader() as connection:
        homes = select(Household.id).where(Household.voided_in.is_(None))
        assert len(connection.execute(homes).all()) == 4
    same.key(Key.Key_Z, CONTROL)
    assert same.content() == before
    assert len(same.rows()) == 3


def test_somebody_who_is_here_already_is_seen_before_being_entered_again(twice: Officer) -> None:
    with twice.opened.desk.ledger.reader() as connection:
        (person,) = workers.person_ids(connection, number(13))
    twice.window.go("person", person=person)
    twice.settle()
    twice.key(Key.Key_N, CONTROL)
    before = twice.content()
    twice.fill(_("Name"), "马国强")
    twice.fill(_("Born"), "1985-01-02")
    for name, code in (
        (_("Sex"), label("sex", "male")),
        (_("Relation to head"), label("relation", "sibling")),
    ):
        box = twice.the(QComboBox, name)
        box.setCurrentIndex(box.findText(code))
    twice.press(_("Save"))
    assert twice.reads("请打开已有的档案")
    assert twice.content() == before
    twice.key(Key.Key_Space)
    assert twice.the(QCheckBox, _("It is somebody else")).isChecked()
    twice.press(_("Save"))
    assert twice.content() != before
    twice.key(Key.Key_Z, CONTROL)
    assert twice.content() == before


def test_the_head_dies_and_another_follows(twice: Officer) -> None:
    twice.window.go("duplicates")
    with twice.opened.desk.ledger.reader() as connection:
        everybody = workers.ids(connection, "people", twice.opened.desk.asked(date(2024, 11, 30)))
        found = {
            side.id: side
            for side in queries.sides(connection, everybody, date(2024, 11, 30)).values()
            if side.household_no == "N100207-003" and side.relation == "head"
        }
    (head,) = found
    before = twice.content()
    twice.window.go("person", person=head)
    twice.settle()
    twice.window.actions_.get("person.leave").trigger()
    twice.settle()
    box = twice.the(QComboBox, _("Reason"))
    box.setCurrentIndex(box.findData("death"))
    assert twice.the(QComboBox, _("Head of those who stay")).currentText().startswith("田玉花")
    twice.press(_("Save"))
    assert twice.last_step() == "登记离户 马国强"
    with twice.opened.desk.ledger.reader() as connection:
        members = workers.members(
            connection, found[head].household, twice.opened.desk.asked(date(2024, 11, 30))
        )
    assert [(each.name, each.relation) for each in members] == [("田玉花", "head")]
    twice.key(Key.Key_Z, CONTROL)
    assert twice.content() == before


def test_a_household_is_made_joined_and_split_on_its_page(twice: Officer) -> None:
    before = twice.content()
    twice.window.actions_.get("household.new").trigger()
    twice.settle()
    village = twice.the(QComboBox, _("Village"))
    village.setCurrentIndex(village.findData(VILLAGE))
    twice.fill(_("Name"), "周明")
    twice.fill(_("Identity number"), number(57).lower())
    twice.settle()
    assert not twice.the(QLineEdit, _("Born")).isEnabled()
    assert twice.the(QLineEdit, _("Born")).text() == BORN.isoformat()
    twice.press(_("Save"))
    assert twice.last_step() == "新增农户 周明"
    assert twice.window.current_page() == "household"
    assert twice.reads("N100207-004")

    def members(household_no: str) -> dict[str, str]:
        on = date(2024, 11, 30)
        with twice.opened.desk.ledger.reader() as connection:
            found = household_queries.by_number(connection, household_no)
            assert found
            lines = workers.members(connection, found, twice.opened.desk.asked(on))
        return {line.name: line.relation for line in lines}

    with twice.opened.desk.ledger.reader() as connection:
        home = household_queries.by_number(connection, "N100207-003")
        asked = twice.opened.desk.asked(date(2024, 11, 30))
        wife = workers.members(connection, home or "", asked)[1].id
    twice.window.go("person", person=wife)
    twice.settle()
    twice.window.actions_.get("person.move").trigger()
    twice.settle()
    twice.fill(_("Look for the household"), "周明")
    twice.settle()
    assert twice.the(QComboBox, _("Household found")).currentText().startswith("N100207-004 周明")
    relation = twice.the(QComboBox, _("Relation to its head"))
    relation.setCurrentIndex(relation.findData("spouse"))
    twice.press(_("Save"))
    assert members("N100207-004") == {"周明": "head", "田玉花": "spouse"}
    with twice.opened.desk.ledger.reader() as connection:
        home = household_queries.by_number(connection, "N100207-004")
    twice.window.go("household", household=home)
    twice.settle()
    twice.window.actions_.get("household.head").trigger()
    twice.settle()
    head = twice.the(QComboBox, _("New head"))
    head.setCurrentIndex(head.findText("田玉花", Qt.MatchFlag.MatchStartsWith))
    twice.settle()
    assert twice.the(QComboBox, "周明").currentData() == "spouse"
    twice.press(_("Save"))
    assert members("N100207-004") == {"周明": "spouse", "田玉花": "head"}
    twice.window.actions_.get("household.split").trigger()
    twice.settle()
    twice.press(_("Save"))
    assert twice.reads(_("Tick who leaves the household."))
    twice.the(QCheckBox, "周明").setChecked(True)
    twice.settle()
    assert twice.the(QComboBox, _("Head of the new household")).currentText().startswith("周明")
    twice.press(_("Save"))
    assert members("N100207-004") == {"田玉花": "head"}
    assert members("N100207-005") == {"周明": "head"}
    twice.key(Key.Key_Z, CONTROL, times=4)
    assert twice.content() == before
