"""A month goes up through the window: what blocks it, closing it, its workbook, and one written before."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.exchange import read, seal
from caseworker_app.use_cases import months
from caseworker_app.wording import _, _n, label
from db.queries import workers
from db.tables import MonthClose, Person, Upload
from tests.caseworker_app.use_cases.looking import rows
from tests.journeys.test_window import (
    CONTROL,
    Key,
    Officer,
    all_shown,
    county,
    sit,
    speak_chinese,
    village,
    village_ledger,
)
from ui.screens.round.upload import UploadPart
from ui.widgets.basics import Pill

__all__ = ["county", "sit", "speak_chinese", "village", "village_ledger"]  # Fixtures.

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
MONTH = "2024-11"
VILLAGE = "640106100207"


def at_month(officer: Officer) -> UploadPart:
    """Go to the month's workbook."""
    officer.key(Key.Key_M, CONTROL)
    officer.settle()
    assert officer.window.current_page() == "round"
    part = officer.window.page("round").part("upload")
    assert isinstance(part, UploadPart)
    return part


def plant(officer: Officer) -> str:
    """Give somebody another birth date than the identity number says; return the name."""
    desk = officer.opened.desk
    with desk.ledger.reader() as connection:
        person = workers.ids(connection, "workers", desk.asked(desk.today()))[0]
    found = rows(desk, Person, id=person)[0]
    with desk.units("person.contact") as unit:
        unit.update(Person, person, born=found["born"] - timedelta(days=1))
        unit.commit()
    return str(found["name"])


def month_state(officer: Officer) -> list[str]:
    return [row["state"] for row in rows(officer.opened.desk, MonthClose)]


def state_shown(officer: Officer) -> str:
    return all_shown(officer.window.page("round"), Pill)[0].accessibleName()


def test_a_month_is_settled_closed_written_and_written_again(county: Officer, tmp_path: Path) -> None:
    name = plant(county)
    part = at_month(county)
    blocked = _n("{count} finding blocks the closing", "{count} findings block the closing", 1)
    assert county.reads(blocked.format(count=1))
    assert state_shown(county) == label("month_state", "open")
    assert not county.the(QPushButton, _("Close month")).isEnabled()
    county.press(name)
    assert county.window.current_page() == "person"
    county.key(Key.Key_Escape)
    county.settle()
    county.press(_("Explain and exempt"), part)
    county.fill(_("Explanation"), "身份证登记有误，已报派出所", part)
    county.press(_("Exempt"), part)
    assert county.reads(_("Nothing blocks the closing"))
    county.press(_("Close month"))
    county.settle()
    assert month_state(county) == ["closed"]
    assert state_shown(county) == label("month_state", "closed")
    first, second = tmp_path / "月报送.xlsx", tmp_path / "again.xlsx"
    with county.naming(first):
        county.press(_("Write monthly workbook"))
    assert county.reads(_("Written: {file}").format(file=first.name))
    county.settle()
    sheets = read.read(first)
    assert seal.verify(sheets).state == "sound"
    words = [str(cell) for row in sheets[0].rows for cell in row]
    assert "已关账" in words
    assert any("身份证登记有误" in word for word in words)
    written = rows(county.opened.desk, Upload)[0]
    again = _("Write again {month}, {day}").format(month=MONTH, day=written["written_on"])
    with county.naming(second):
        county.press(again)
    assert county.reads(_("Written: {file}").format(file=second.name))
    assert second.read_bytes() == first.read_bytes()
    assert len(rows(county.opened.desk, Upload)) == 1


def test_a_short_password_is_said_at_its_field_and_a_good_one_locks_the_file(
    county: Officer, tmp_path: Path
) -> None:
    at_month(county)
    target = tmp_path / "月报送.xlsx"
    county.fill(_("Password of the workbook"), "12")
    with county.naming(target):
        county.press(_("Write monthly workbook"))
    assert county.reads(error_text(ExpectedError("upload.password_short", least=6)))
    assert not target.exists()
    county.fill(_("Password of the workbook"), "三江源-2024")
    with county.naming(target):
        county.press(_("Write monthly workbook"))
    assert county.reads(_("Written: {file}").format(file=target.name))
    assert county.the(QLineEdit, _("Password of the workbook")).text() == ""
    assert seal.verify(read.read(target, password="三江源-2024")).state == "sound"


def test_what_a_village_closed_is_accepted_or_returned_with_a_reason(county: Officer) -> None:
    desk = county.opened.desk
    with desk.units("month.close") as unit:
        values = {"village_code": VILLAGE, "level": "village", "state": "closed", "on": desk.today()}
        unit.insert(MonthClose, month=MONTH, officer="村干部", figures={"day": "2024-11-30"}, **values)
        unit.commit()
    part = at_month(county)
    place = next(each.name for each in standings(county, months.standings) if each.place == VILLAGE)
    county.press(_("Return the month of {place}").format(place=place), part)
    county.press(_("Return month"), part)
    assert county.reads(error_text(ExpectedError("month.reason_missing")), part)
    county.fill(_("Why it goes back"), "缺3户", part)
    county.press(_("Return month"), part)
    county.settle()
    assert month_state(county) == ["closed", "returned"]
    assert any("缺3户" in each.text() for each in all_shown(part, QLabel))
    county.key(Key.Key_Z, CONTROL)
    county.settle()
    county.press(_("Accept the month of {place}").format(place=place), part)
    county.settle()
    assert month_state(county) == ["closed", "accepted"]


def standings(officer: Officer, ask: Callable[..., list[months.Standing]]) -> list[months.Standing]:
    desk = officer.opened.desk
    with desk.ledger.reader() as connection:
        return ask(connection, desk, MONTH)
