"""The pages of a person and a household: facts changed where they stand, photos of papers, history."""

from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QPushButton

from caseworker_app.error_words import attribute_text, field_text
from caseworker_app.exchange import photo
from caseworker_app.use_cases import attachments
from caseworker_app.wording import _, _n, label
from db.queries import attachments as attachment_queries
from db.queries import workers
from tests.journeys.test_window import (
    AWARDED,
    CONTROL,
    SHIFT,
    Key,
    Officer,
    all_shown,
    county,
    sit,
    speak_chinese,
)
from ui.widgets.fact_field import FactField
from ui.widgets.lines import Ruled
from ui.widgets.photos import PhotoViewer

__all__ = ["county", "sit", "speak_chinese"]  # Fixtures.

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def skill() -> str:
    return attribute_text("labour_skill")


def field(officer: Officer, title: str) -> FactField:
    """Return the field of this name on the page."""
    return officer.the(FactField, title)


def write(officer: Officer, title: str, words: str) -> None:
    """Go to a field, open it with F2 and type."""
    field(officer, title).setFocus()
    officer.key(Key.Key_F2)
    box = all_shown(field(officer, title), QLineEdit)[0]
    box.selectAll()
    if words.isascii():
        QTest.keyClicks(box, words)
    else:
        typed = QInputMethodEvent()
        typed.setCommitString(words)
        QApplication.sendEvent(box, typed)


def change(officer: Officer, title: str, words: str) -> None:
    """Type into a field and press Enter."""
    write(officer, title, words)
    officer.key(Key.Key_Return)


def awarded(officer: Officer) -> str:
    with officer.opened.desk.ledger.reader() as connection:
        return workers.person_ids(connection, AWARDED["id"])[0]


def person_page(officer: Officer, part: str = "Entitlements") -> None:
    officer.window.go("person", person=awarded(officer))
    officer.settle()
    officer.choose_tab(_(part))


# -- facts changed where they stand ----------------------------------------------------------------


def test_telephone_and_labour_skill_are_changed_where_they_stand(county: Officer) -> None:
    person_page(county, "Facts")
    before = county.content()
    phone = field_text("person", "phone")
    change(county, phone, "13812345678")
    assert field(county, phone).words() == "138****5678"
    assert county.messages("done") == [_("Changed: {what}").format(what=phone)]
    assert county.focus() is field(county, phone)
    change(county, skill(), label("labour_skill", "skilled"))
    today = date(2024, 11, 30).isoformat()
    said = _("{value}, since {day}").format(value=label("labour_skill", "skilled"), day=today)
    assert field(county, skill()).words() == said
    county.choose_tab(_("History"))
    assert any("138****5678" in row[-1] for row in county.rows())
    county.key(Key.Key_Z, CONTROL)
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == before
    county.choose_tab(_("Facts"))
    assert field(county, phone).words() != "138****5678"


def test_a_fact_that_holds_from_a_day_on_asks_since_when(county: Officer) -> None:
    person_page(county, "Facts")
    write(county, skill(), label("labour_skill", "weak"))
    county.fill(_("Since"), "2024-10-01")
    county.key(Key.Key_Return)
    assert (
        field(county, skill()).words().endswith(_("{value}, since {day}").format(value="", day="2024-10-01"))
    )


def test_a_wrong_identity_number_is_refused_at_its_field(county: Officer) -> None:
    person_page(county, "Facts")
    number = field_text("person", "identity_number")
    assert AWARDED["id"] not in field(county, number).words()
    before = county.content()
    wrong = AWARDED["id"][:-1] + ("0" if AWARDED["id"][-1] != "0" else "1")
    change(county, number, wrong)
    assert county.content() == before
    (said,) = [
        each.text() for each in all_shown(field(county, number), QLabel) if each.property("role") == "error"
    ]
    assert "校验不符" in said
    assert county.focus().text() == wrong  # type: ignore[attr-defined]
    county.key(Key.Key_Escape)
    assert not field(county, number).editing
    assert county.focus() is field(county, number)
    assert county.window.current_page() == "person"


def test_the_wage_of_a_job_is_changed_in_its_row(county: Officer) -> None:
    person_page(county, "Jobs and intentions")
    before = county.content()
    change(county, field_text("spell", "wage"), "6100")
    assert county.reads(_("{amount} yuan a month").format(amount="6,100"))
    assert field(county, field_text("spell", "wage")).words() == _("{amount} yuan").format(amount="6,100")
    change(county, field_text("spell", "ended_on"), "1999-01-01")
    assert "「" in field(county, field_text("spell", "ended_on")).findChildren(QLabel)[-1].text()
    county.key(Key.Key_Escape)
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == before


def test_a_wrong_record_is_voided_with_its_reason(county: Officer) -> None:
    person_page(county, "Jobs and intentions")
    before, jobs = county.content(), county.count(_("Jobs and intentions"))
    county.press(_("Void this record"))
    county.press(_("Void"))
    assert county.reads("须写明原因")
    county.fill(_("What is wrong with it"), "重复登记")
    county.key(Key.Key_Return)
    assert county.count(_("Jobs and intentions")) == jobs - 1
    assert county.last_step().startswith(_("Void record"))
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == before


def test_tab_saves_and_goes_on_and_what_is_unchanged_writes_nothing(county: Officer) -> None:
    person_page(county, "Facts")
    step = county.last_step()
    name = field_text("person", "card_holder")
    field(county, name).setFocus()
    county.key(Key.Key_Return)
    county.key(Key.Key_Return)
    assert county.last_step() == step
    write(county, name, "马国强")
    county.key(Key.Key_Tab)
    assert field(county, name).words() == "马国强"
    assert not field(county, name).editing


def test_keys_go_through_the_parts_and_one_tab_stop_holds_a_table(county: Officer) -> None:
    person_page(county)
    seen = []
    for _step in range(8):
        seen.append(
            next(
                each.text()
                for each in all_shown(county.window.page("person").parts.tabs, QPushButton)
                if each.isChecked()
            )
        )
        county.key(Key.Key_PageDown, CONTROL)
    assert len(set(seen)) == 8
    county.choose_tab(_("Household"))
    (table,) = all_shown(county.window.page("person"), Ruled)
    table.setFocus()
    stops = [each for each in table.findChildren(QPushButton) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == []
    county.key(Key.Key_Down)
    other = table.accessibleDescription()
    assert other
    county.key(Key.Key_Return)
    assert county.window.current_page() == "person"
    name = other.split("，")[0].split()[-1]
    county.see(lambda: county.reads(name))


# -- papers ----------------------------------------------------------------------------------------


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    file = tmp_path / "合同.jpg"
    Image.effect_noise((2400, 1800), 40).save(file, quality=95)
    return file


def drop(officer: Officer, *files: Path) -> None:
    """Drop files on the page as a file manager does."""
    told = QMimeData()
    told.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    held = (Qt.DropAction.CopyAction, told, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    page = officer.window.page(officer.window.current_page())
    over = QDragEnterEvent(QPoint(50, 50), *held)
    QApplication.sendEvent(page, over)
    assert over.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(50, 50), *held))
    officer.settle()


def test_a_photo_is_dropped_seen_saved_and_taken_back(
    county: Officer, contract: Path, tmp_path: Path
) -> None:
    person_page(county)
    before = county.content()
    drop(county, contract)
    kind = county.the(QComboBox, _("Kind of paper"))
    kind.setCurrentIndex(kind.findData("contract"))
    county.press(_("Save"))
    assert county.messages("done") == [
        _n("{count} photo attached", "{count} photos attached", 1).format(count=1)
    ]
    assert county.count(_("Papers")) == 1
    papers = county.the(QListWidget, _("Papers"))
    assert papers.item(0).text() == label("attachment_kind", "contract")
    assert not papers.item(0).icon().isNull()
    papers.setFocus()
    papers.setCurrentRow(0)
    county.key(Key.Key_Return)
    viewer = county.front
    assert isinstance(viewer, PhotoViewer)
    county.settle()
    shown = county.the(QLabel, label("attachment_kind", "contract"))
    (picture,) = [each for each in all_shown(viewer, QLabel) if not each.pixmap().isNull()]
    assert shown.isVisible()
    fitted = picture.width()
    assert county.focus() is viewer
    county.key(Key.Key_Plus)
    assert picture.width() > fitted
    county.key(Key.Key_0)
    assert picture.width() == fitted
    target = tmp_path / "copy.jpg"
    with county.naming(target):
        county.press(_("Save a copy"))
    county.settle()
    assert photo.digest(target.read_bytes()) == photo.read(contract).digest
    county.key(Key.Key_Escape)
    assert county.front is county.window
    county.key(Key.Key_Z, CONTROL)
    assert county.count(_("Papers")) == 0
    assert county.reads("还没有材料照片")
    assert county.content() == before


def test_the_arrow_keys_go_from_photo_to_photo(county: Officer, contract: Path, tmp_path: Path) -> None:
    ticket = tmp_path / "车票.png"
    Image.effect_noise((300, 200), 30).save(ticket)
    desk, person = county.opened.desk, awarded(county)
    attachments.attach(desk, [contract], person=person, kind="contract")
    attachments.attach(desk, [ticket], person=person, kind="ticket")
    person_page(county, "Papers")
    county.the(QListWidget, _("Papers")).setFocus()
    county.key(Key.Key_Return)
    assert county.reads("1 / 2")
    assert county.front.windowTitle() == label("attachment_kind", "ticket")
    county.key(Key.Key_Right)
    assert county.reads("2 / 2")
    assert county.front.windowTitle() == label("attachment_kind", "contract")
    county.key(Key.Key_Escape)
    assert county.window.current_page() == "person"


def test_a_file_that_is_no_photo_is_refused_in_its_form(county: Officer, tmp_path: Path) -> None:
    bad = tmp_path / "名单.xlsx"
    bad.write_bytes(b"PK\x03\x04")
    person_page(county)
    before = county.content()
    drop(county, bad)
    county.press(_("Save"))
    assert county.reads("名单.xlsx")
    assert county.content() == before
    county.key(Key.Key_Escape)
    assert county.window.current_page() == "person"


def test_photos_are_chosen_through_the_file_dialog(county: Officer, contract: Path) -> None:
    person_page(county)
    with county.naming(contract):
        county.key(Key.Key_A, CONTROL | SHIFT)
    county.press(_("Save"))
    assert county.count(_("Papers")) == 1
    county.the(QListWidget, _("Papers")).setFocus()
    county.key(Key.Key_Return)
    county.press(_("Take out"))
    assert county.count(_("Papers")) == 0


# -- household -------------------------------------------------------------------------------------


def household_page(officer: Officer) -> str:
    person_page(officer, "Household")
    officer.press(_("Open household"))
    return str(officer.window.page("household")._household)


def test_the_group_of_a_household_is_changed_and_seen_in_the_list(county: Officer) -> None:
    household = household_page(county)
    county.choose_tab(_("Facts"))
    change(county, field_text("household", "group_name"), "九组")
    county.window.go("households")
    county.settle()
    county.table().select_id(household)
    assert any("九组" in words for words in county.here())


def test_monitoring_is_resolved_on_a_day(county: Officer) -> None:
    household_page(county)
    before = county.content()
    county.press(_("Record monitoring"))
    county.fill(field_text("monitoring", "resolved_on"), "2024-11-20")
    county.press(_("Save"))
    county.choose_tab(_("Facts"))
    assert county.reads("2024-11-20")
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == before


def test_a_household_shows_the_papers_of_its_members(county: Officer, contract: Path) -> None:
    household_page(county)
    members = county.count(_("Members"))
    assert members == len(county.window.page("household").sheet.page.members)
    desk = county.opened.desk
    person = next(
        member.id
        for member in county.window.page("household").sheet.page.members
        if member.identity_number == AWARDED["id"]
    )
    county.opened.runner.write(
        lambda _progress: attachments.attach(desk, [contract], person=person, kind="ticket")
    )
    county.settle()
    county.choose_tab(_("Papers"))
    assert county.count(_("Papers")) == 1
    item = county.the(QListWidget, _("Papers")).item(0)
    assert AWARDED["name"] in item.text()
    with desk.ledger.reader() as connection:
        assert len(attachment_queries.lines(connection, people=[person])) == 1


def test_a_new_household_is_entered_and_opened(county: Officer) -> None:
    county.key(Key.Key_N, CONTROL | SHIFT)
    village = county.the(QComboBox, field_text("household", "village_code"))
    village.setCurrentIndex(0)
    county.fill(field_text("person", "name"), "新户主")
    county.fill(field_text("person", "born"), "1980-05-06")
    sex = county.the(QComboBox, field_text("person", "sex"))
    sex.setCurrentIndex(sex.findData("female"))
    county.press(_("Save"))
    county.see(lambda: county.reads(_("Household of {head}").format(head="新户主")))
    assert county.count(_("Members")) == 1
    county.key(Key.Key_N, CONTROL)
    assert county.has(QLineEdit, field_text("person", "name"))
