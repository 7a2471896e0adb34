"""Working in cells as in Excel, through the real window: a sheet pasted in, values edited in place, all undone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from sqlalchemy import select

from caseworker_app.domain import money
from caseworker_app.wording import _
from db.queries import workers
from db.queries.dated import live
from db.tables import Household, Membership, Person, Spell
from tests.journeys.test_window import (  # noqa: F401 - fixtures are found by their names
    CONTROL,
    SHIFT,
    Key,
    Officer,
    county,
    sit,
    speak_chinese,
)
from ui.models.windowed import MARK_ROLE, WindowedTableModel
from ui.widgets import clipboard
from ui.widgets.table import DataTable

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
TODAY = date(2024, 11, 30)
HEADERS = ("姓名", "身份证号码", "务工开始时间", "务工结束时间", "务工地点", "务工企业名称", "月收入")
ROWS = 200


@pytest.fixture(autouse=True)
def _empty_clipboard() -> Iterator[None]:
    yield
    QGuiApplication.clipboard().clear()


def rows(officer: Officer, table: Any, **values: Any) -> list[dict[str, Any]]:
    chosen = select(table.__table__).where(live(table)).filter_by(**values)
    with officer.opened.desk.ledger.reader() as connection:
        return [dict(row) for row in connection.execute(chosen.order_by(table.id)).mappings()]


def people(officer: Officer) -> list[dict[str, Any]]:
    """Return people old enough to have worked in 2019, when nobody of the sample did."""
    return [each for each in rows(officer, Person) if each["born"] and each["born"].year < 2000]


FAULTS: dict[int, tuple[int, object, str]] = {
    3: (1, None, "校验不符，请核对原件"),
    20: (1, 640106198501011000, "可能被 Excel 截断"),
    41: (2, "2019-02-30", "「开始日期」"),
    77: (3, "2018年12月", "「结束日期」早于"),
    101: (6, "面议", "金额"),
    150: (4, "火星基地", "省、市、县"),
    199: (0, "别人", "台账里这个身份证号码是"),
}
"""By row: the column that is wrong, what stands there (None: two digits exchanged), and what is said of it."""


def workbook(officer: Officer, file: Path) -> Worksheet:
    """Make a workbook of 200 jobs, 7 of them wrong in different ways."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADERS)
    for number, person in enumerate(people(officer)[:ROWS]):
        line: list[object] = [
            person["name"],
            person["identity_number"],
            date(2019, 3, 1 + number % 28),
            "2019-11-30",
            "浙江省杭州市余杭区",
            "顺达\n服装厂" if number == 5 else "顺达服装厂",
            4200 + number,
        ]
        if number in FAULTS:
            column, wrong, _words = FAULTS[number]
            swapped = (
                person["identity_number"][:16] + person["identity_number"][17] + person["identity_number"][16]
            )
            line[column] = wrong if wrong is not None else swapped
        sheet.append(line)
    book.save(file)
    again = openpyxl.load_workbook(file).active
    assert again is not None
    return again


def as_copied(sheet: Worksheet) -> str:
    """Return the cells of a sheet as Excel puts them on the clipboard."""

    def shown(value: object) -> str:
        if isinstance(value, date):
            return f"{value:%Y/%m/%d}"
        if isinstance(value, int) and value >= 10**11:
            return f"{value:.5E}"
        return "" if value is None else str(value)

    return (
        clipboard.written([[shown(cell) for cell in line] for line in sheet.iter_rows(values_only=True)])
        + "\r\n"
    )


def wrong_cells(table: DataTable) -> dict[tuple[str, str], str]:
    """Return what is said at each cell with a problem, by the name in its row and its header."""
    model = table.model()
    names = {
        column: str(model.headerData(column, Qt.Orientation.Horizontal))
        for column in range(model.columnCount())
    }
    return {
        (str(model.index(row, 1).data()), names[column]): str(message)
        for row in range(model.rowCount())
        for column in names
        if (message := model.index(row, column).data(MARK_ROLE))
    }


def ids(table: DataTable) -> list[str]:
    """Return the ids of the rows in a table."""
    model = table.model()
    assert isinstance(model, WindowedTableModel)
    return model.ids()


def go(table: DataTable, row: int, header: str) -> None:
    """Go to the cell of a row under a header."""
    model = table.model()
    headers = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    table.setCurrentIndex(model.index(row, headers.index(header)))


def test_two_hundred_copied_rows_with_seven_faults(county: Officer, tmp_path: Path) -> None:  # noqa: F811
    sheet = workbook(county, tmp_path / "务工.xlsx")
    before, spells = county.content(), len(rows(county, Spell))
    county.key(Key.Key_E, CONTROL | SHIFT)
    assert county.window.current_page() == "entry"
    table = county.table()
    QGuiApplication.clipboard().setText(as_copied(sheet))
    county.key(Key.Key_V, CONTROL)
    assert county.content() == before, "nothing is written before it is asked for"
    assert len(wrong_cells(table)) == len(FAULTS)
    # Identity numbers are masked on the sheet too, also those with a problem.
    shown = [str(table.model().index(row, 0).data()) for row in range(ROWS)]
    assert all("*" in number for number in shown)
    county.press("录入 193 行")
    assert len(rows(county, Spell)) == spells + 193
    assert any("193" in words for words in county.messages("done"))
    entered = {each["person_id"] for each in rows(county, Spell) if each["started_on"].year == 2019}
    some = people(county)[:ROWS]
    assert {number for number, each in enumerate(some) if each["id"] not in entered} == set(FAULTS)
    made = rows(county, Spell, person_id=some[5]["id"], started_on=date(2019, 3, 6))[0]
    assert (made["employer"], made["wage"], made["place_code"]) == ("顺达 服装厂", 420500, "330110")
    # The seven stay, each marked at its cell with what is wrong; nothing else is left.
    left = wrong_cells(table)
    assert len(left) == len(FAULTS)
    said = sorted(left.items(), key=lambda each: each[0])
    for number, (_column, wrong, words) in FAULTS.items():
        name = str(wrong) if number == 199 else some[number]["name"]
        assert any(place[0] == name and words in message for place, message in said), (name, words, said)
    assert county.reads("7 行有问题")
    # One undo takes all of it back.
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == before
    # What was wrong is put right in its cell and lands alone.
    county.key(Key.Key_Y, CONTROL)
    go(table, 2, _("First day"))
    assert (some[41]["name"], _("First day")) in left
    county.key(Key.Key_F2)
    county.key(Key.Key_A, CONTROL)
    QTest.keyClicks(county.focus(), "2019.2.28")
    county.key(Key.Key_Return)
    county.press("录入 1 行")
    assert len(rows(county, Spell)) == spells + 194


def test_telephones_are_changed_and_pasted_in_the_list_and_undone(county: Officer) -> None:  # noqa: F811
    county.window.go("households")
    county.settle()
    table = county.table()
    homes = ids(table)[:5]

    def phone(number: int) -> str:
        return str(rows(county, Household, id=homes[number])[0]["phone"])

    before = county.content()
    go(table, 0, _("Telephone"))
    county.key(Key.Key_F2)
    editor = county.focus()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == phone(0)
    county.key(Key.Key_A, CONTROL)
    QTest.keyClicks(editor, "13900001234")
    county.key(Key.Key_Return)
    assert phone(0) == "13900001234"
    assert table.currentIndex().row() == 1, "Enter goes down"
    assert county.last_step().startswith(_("Change"))
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == before

    go(table, 1, _("Telephone"))
    QGuiApplication.clipboard().setText("13900000001\r\n123\r\n13900000003\r\n")
    county.key(Key.Key_V, CONTROL)
    assert (phone(1), phone(3)) == ("13900000001", "13900000003")
    assert table.problems() == [(2, table.currentIndex().column())]
    assert county.reads("已录入 2 行")
    assert county.reads("1 行有问题")
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == before
    county.press(_("Next problem"))
    assert table.currentIndex().row() == 2
    assert county.reads("不是电话号码")
    county.press(_("Discard what was not written"))
    assert table.problems() == []
    assert not county.has(QPushButton, _("Next problem"))


def test_a_village_group_is_filled_over_five_people_and_undone(county: Officer) -> None:  # noqa: F811
    county.window.go("workers", list="workforce")
    county.settle()
    table = county.table()
    people_here = ids(table)[:5]

    def groups() -> set[str]:
        homes = [rows(county, Membership, person_id=each)[0]["household_id"] for each in people_here]
        return {rows(county, Household, id=home)[0]["group_name"] for home in homes}

    before = county.content()
    go(table, 0, _("Group"))
    county.type("九组")
    county.key(Key.Key_Return)
    once = county.content()
    assert once != before
    go(table, 0, _("Group"))
    county.key(Key.Key_Down, SHIFT, times=4)
    county.key(Key.Key_D, CONTROL)
    assert groups() == {"九组"}
    assert table.selected() == people_here, "the selection stays"
    assert county.last_step().startswith(_("Fill down"))
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == once
    county.key(Key.Key_Z, CONTROL)
    assert county.content() == before


def test_the_sum_of_the_selected_rows_stands_below(county: Officer) -> None:  # noqa: F811
    county.window.go("workers", list="employed")
    county.settle()
    table = county.table()
    with county.opened.desk.ledger.reader() as connection:
        found = workers.rows(connection, ids(table)[:3], county.opened.desk.asked(TODAY))
    wages = [each.wage for each in found if each.wage is not None]
    assert wages
    table.setCurrentIndex(table.model().index(0, 0))
    county.key(Key.Key_Down, SHIFT, times=2)
    county.see(lambda: county.reads(f"合计 {money.shown(sum(wages))}"))


def test_a_new_row_is_typed_with_the_keyboard_alone(county: Officer) -> None:  # noqa: F811
    member = next(each for each in people(county) if rows(county, Membership, person_id=each["id"]))
    county.key(Key.Key_E, CONTROL | SHIFT)
    table = county.table()
    QTest.keyClicks(table, member["identity_number"][:1])
    QTest.keyClicks(county.focus(), member["identity_number"][1:])
    county.key(Key.Key_Tab, times=4)
    assert table.currentIndex().column() == 4
    QTest.keyClicks(table, "2")
    QTest.keyClicks(county.focus(), "0190305")
    county.key(Key.Key_Tab)
    QTest.keyClicks(table, "2")
    QTest.keyClicks(county.focus(), "0191130")
    county.key(Key.Key_Tab)
    QTest.keyClicks(table, "y")
    QTest.keyClicks(county.focus(), "uhangqu")
    county.key(Key.Key_Down)
    county.key(Key.Key_Tab)
    assert table.model().index(0, 6).data() == "浙江省杭州市余杭区"
    before = len(rows(county, Spell))
    button = county.the(QPushButton, "录入 1 行")
    button.setFocus()
    county.key(Key.Key_Space)
    assert len(rows(county, Spell)) == before + 1


def test_a_column_is_searched_from_its_own_bar(county: Officer) -> None:  # noqa: F811
    county.window.go("workers", list="workforce")
    county.settle()
    table = county.table()
    names = county.names()
    wanted = names[-1]
    go(table, 0, _("Name"))
    county.key(Key.Key_F, CONTROL | SHIFT)
    box = county.focus()
    assert isinstance(box, QLineEdit)
    county.type(wanted)
    county.key(Key.Key_Return)
    assert names[table.currentIndex().row()] == wanted
    assert table.currentIndex().row() == names.index(wanted)
    county.key(Key.Key_A, CONTROL)
    county.type("查无此人")
    county.key(Key.Key_Return)
    assert county.reads(_("Nothing like this in the column."))
    county.key(Key.Key_Escape)
    assert county.focus() is table
    assert county.window.current_page() == "workers"
    county.key(Key.Key_F1)
    assert any("Ctrl+D" in words for words in county.messages("tell"))
