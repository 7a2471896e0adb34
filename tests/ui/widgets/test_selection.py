"""Cells of a table selected, typed into, copied, pasted, filled and added up by key."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from caseworker_app.read_models.cells import Edit
from ui.models.windowed import Column, Mark, WindowedTableModel
from ui.widgets.table import DataTable

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
COUNT = 3000


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    name: str
    phone: str = ""
    sex: str = ""
    wage: int | None = None


COLUMNS = (
    Column("姓名", 90, lambda row: row.name),
    Column(
        "电话",
        120,
        lambda row: f"{row.phone[:3]}****" if row.phone else "—",
        field="person.phone",
        edit=lambda row: row.phone,
    ),
    Column("性别", 90, lambda row: row.sex, field="person.sex"),
    Column("工资", 90, lambda row: str(row.wage or "—"), amount=lambda row: row.wage, right=True),
)


class Sheet:
    """A table over rows in memory, and what was typed into it."""

    def __init__(self, bot: QtBot) -> None:
        self.rows = {f"r{number}": Row(f"r{number}", f"人{number}") for number in range(COUNT)}
        self.typed: list[tuple[list[Edit], str]] = []
        self.left: list[tuple[int, int]] = []
        self.opened: list[str] = []
        model = WindowedTableModel(COLUMNS, self._fetch)
        self.table = DataTable(model, "人员")
        model.setParent(self.table)
        self.model = model
        bot.addWidget(self.table)
        self.table.cells.typed.connect(lambda edits, action: self.typed.append((edits, action)))
        self.table.cells.left_out.connect(lambda fixed, beyond: self.left.append((fixed, beyond)))
        self.table.opened.connect(self.opened.append)
        self.table.resize(800, 400)
        model.set_ids(list(self.rows))
        self.table.show()
        self.table.activateWindow()
        bot.waitUntil(self.table.isActiveWindow)
        self.table.setFocus()
        self.at(0, 0)

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self.rows[each] for each in ids])

    def at(self, row: int, column: int) -> None:
        self.table.setCurrentIndex(self.model.index(row, column))

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, times: int = 1
    ) -> None:
        for _time in range(times):
            QTest.keyClick(
                QApplication.activePopupWidget() or QApplication.focusWidget() or self.table, key, modifier
            )

    def write(self, words: str) -> None:
        for letter in words:
            QTest.keyClicks(QApplication.focusWidget() or self.table, letter)

    def here(self) -> tuple[int, int]:
        current = self.table.currentIndex()
        return current.row(), current.column()

    def clip(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def told(self) -> list[tuple[str, str, str]]:
        return [(edit.row, edit.field, edit.text) for edit in self.typed[-1][0]]


@pytest.fixture
def sheet(qtbot: QtBot) -> Iterator[Sheet]:
    yield Sheet(qtbot)
    QGuiApplication.clipboard().clear()


def test_typing_edits_a_cell_and_enter_goes_down(sheet: Sheet) -> None:
    sheet.at(3, 1)
    sheet.write("13900001234")
    sheet.key(Key.Key_Return)
    assert sheet.typed == [([Edit("r3", "person.phone", "13900001234", "r3")], "cells.edit")]
    assert sheet.here() == (4, 1)
    assert sheet.model.index(3, 1).data() == "13900001234"
    assert sheet.opened == []


def test_f2_begins_with_the_whole_value_and_escape_leaves_it(sheet: Sheet) -> None:
    sheet.rows["r2"] = replace(sheet.rows["r2"], phone="13900001234")
    sheet.model.refresh()
    sheet.at(2, 1)
    sheet.key(Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "13900001234"
    assert editor.accessibleName() == "手机号码" or editor.accessibleName()
    sheet.write("99")
    sheet.key(Key.Key_Escape)
    assert sheet.typed == []
    sheet.key(Key.Key_F2)
    sheet.key(Key.Key_Tab)
    assert sheet.typed == []
    assert sheet.here() == (2, 2)


@pytest.mark.parametrize("preedit", ["", "nv"])
def test_what_an_input_method_commits_begins_an_edit(sheet: Sheet, preedit: str) -> None:
    sheet.at(1, 2)
    if preedit:
        QApplication.sendEvent(sheet.table, QInputMethodEvent(preedit, []))
    event = QInputMethodEvent()
    event.setCommitString("女")
    QApplication.sendEvent(sheet.table, event)
    sheet.key(Key.Key_Return)
    assert sheet.told() == [("r1", "person.sex", "女")]


def test_a_code_is_found_by_the_first_letters_of_its_pinyin(sheet: Sheet) -> None:
    sheet.at(1, 2)
    sheet.write("nan")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    sheet.key(Key.Key_Down)
    sheet.key(Key.Key_Return)
    assert sheet.told() == [("r1", "person.sex", "男")]
    assert sheet.here() == (2, 2)


def test_enter_opens_and_typing_leaves_a_cell_that_is_worked_out(sheet: Sheet) -> None:
    sheet.at(5, 0)
    sheet.write("x")
    sheet.key(Key.Key_Return)
    assert sheet.opened == ["r5"]
    sheet.key(Key.Key_F2)
    assert QApplication.focusWidget() is sheet.table


def test_tab_goes_through_a_row_and_then_leaves(sheet: Sheet) -> None:
    sheet.key(Key.Key_Tab, times=3)
    assert sheet.here() == (0, 3)
    sheet.key(Key.Key_Backtab)
    assert sheet.here() == (0, 2)
    sheet.key(Key.Key_Home)
    assert sheet.here() == (0, 0)
    sheet.key(Key.Key_End, CONTROL)
    assert sheet.here() == (COUNT - 1, 3)
    assert sheet.table.selected() == [f"r{COUNT - 1}"]
    sheet.key(Key.Key_Home, CONTROL)
    assert sheet.table.selected() == ["r0"]


def test_shift_and_arrows_select_cells_and_their_rows_are_told(sheet: Sheet) -> None:
    sheet.at(2, 1)
    sheet.key(Key.Key_Down, SHIFT, times=2)
    sheet.key(Key.Key_Right, SHIFT)
    assert sheet.table.selected() == ["r2", "r3", "r4"]
    assert sheet.table.cells.columns() == [1, 2]
    sheet.key(Key.Key_Space, SHIFT)
    assert sheet.table.cells.columns() == [0, 1, 2, 3]


def test_a_copy_shows_what_the_screen_shows(sheet: Sheet) -> None:
    sheet.rows["r1"] = replace(sheet.rows["r1"], phone="13900001234", sex="女")
    sheet.model.refresh()
    sheet.at(0, 0)
    sheet.key(Key.Key_Down, SHIFT)
    sheet.key(Key.Key_Right, SHIFT, times=2)
    sheet.key(Key.Key_C, CONTROL)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "人0\t\t\r\n人1\t139****\t女"
    assert "<td" in data.html()


def test_a_paste_goes_cell_by_cell_over_rows_not_read_yet(sheet: Sheet) -> None:
    sheet.at(1500, 1)
    lines = [f"1390000{number:04d}\t女" for number in range(200)]
    sheet.clip("\r\n".join(lines) + "\r\n")
    sheet.key(Key.Key_V, CONTROL)
    edits, action = sheet.typed[0]
    assert action == "cells.paste"
    assert len(edits) == 400
    assert (edits[0].row, edits[-1].row) == ("r1500", "r1699")
    assert (edits[-2].text, edits[-1].text) == ("13900000199", "女")
    assert len(sheet.table.selected()) == 200


def test_one_copied_cell_fills_the_range_and_one_row_its_rows(sheet: Sheet) -> None:
    sheet.at(2, 2)
    sheet.key(Key.Key_Down, SHIFT, times=2)
    sheet.clip("女")
    sheet.key(Key.Key_V, CONTROL)
    assert sheet.told() == [(f"r{number}", "person.sex", "女") for number in (2, 3, 4)]


def test_what_cannot_be_pasted_is_told(sheet: Sheet) -> None:
    sheet.at(COUNT - 1, 0)
    sheet.clip("别人\t13900001234\n多出\t13900001235")
    sheet.key(Key.Key_V, CONTROL)
    assert sheet.told() == [(f"r{COUNT - 1}", "person.phone", "13900001234")]
    assert sheet.left == [(1, 1)]


def test_fill_down_and_clear(sheet: Sheet) -> None:
    sheet.rows["r4"] = replace(sheet.rows["r4"], phone="13900001234")
    sheet.model.refresh()
    sheet.at(4, 1)
    sheet.key(Key.Key_Down, SHIFT, times=2)
    sheet.key(Key.Key_D, CONTROL)
    assert sheet.told() == [(f"r{number}", "person.phone", "13900001234") for number in (5, 6)]
    assert sheet.typed[-1][1] == "cells.fill"
    sheet.at(5, 2)
    sheet.key(Key.Key_Up, times=1)
    sheet.at(4, 1)
    sheet.key(Key.Key_Delete)
    assert sheet.told() == [("r4", "person.phone", "")]


def test_a_refused_cell_keeps_what_was_typed_and_is_told_again_with_its_row(sheet: Sheet) -> None:
    sheet.model.mark([("r7", "person.phone", Mark("12", "不是电话号码"))])
    sheet.model.mark([("r7", "person.sex", Mark("女", "还没写入"))])
    cell = sheet.model.index(7, 1)
    assert cell.data() == "12"
    assert "不是电话号码" in cell.data(Qt.ItemDataRole.ToolTipRole)
    assert "不是电话号码" in cell.data(Qt.ItemDataRole.AccessibleTextRole)
    assert sheet.table.cells.next_problem()
    assert sheet.here() == (7, 1)
    sheet.key(Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "12"
    sheet.key(Key.Key_A, CONTROL)
    sheet.write("13900001234")
    sheet.key(Key.Key_Return)
    assert sheet.told() == [("r7", "person.phone", "13900001234"), ("r7", "person.sex", "女")]
    assert sheet.table.problems() == []


def test_amounts_of_selected_rows_are_added_up(qtbot: QtBot, sheet: Sheet) -> None:
    for number, wage in ((0, 350000), (1, 700000), (2, None)):
        sheet.rows[f"r{number}"] = replace(sheet.rows[f"r{number}"], wage=wage)
    sheet.model.refresh()
    with qtbot.waitSignal(sheet.table.cells.totalled):
        sheet.key(Key.Key_Down, SHIFT, times=2)
    assert "10,500" in sheet.table.cells.totals()
    assert "5,250" in sheet.table.cells.totals()


def test_finding_goes_to_rows_that_were_not_read(sheet: Sheet) -> None:
    answers: list[bool] = []
    sheet.table.cells.find("人2718", answers.append)
    assert sheet.here() == (2718, 0)
    sheet.table.cells.find("人2718", answers.append)
    sheet.table.cells.find("谁也不是", answers.append)
    assert answers == [True, True, False]


def test_a_double_click_edits_or_opens(sheet: Sheet) -> None:
    def spot(row: int, column: int) -> QPoint:
        return sheet.table.visualRect(sheet.model.index(row, column)).center()

    view = sheet.table.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot(2, 0))
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=spot(2, 0))
    assert sheet.opened == ["r2"]
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot(2, 2))
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=spot(2, 2))
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    assert sheet.opened == ["r2"]


def test_a_refused_cell_is_heard(sheet: Sheet) -> None:
    sheet.model.mark([("r0", "person.sex", Mark("公", "只能填男或女"))])
    interface = QAccessible.queryAccessibleInterface(sheet.table)
    found = [
        interface.child(number).text(QAccessible.Text.Name)
        for number in range(interface.childCount())
        if "只能填男或女" in interface.child(number).text(QAccessible.Text.Name)
    ]
    assert found == ["性别 公 只能填男或女"]
