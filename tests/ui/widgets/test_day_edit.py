"""Days as people type them; a mistake is never turned into another day."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.widgets.day_edit import DayEdit

TODAY = date(2024, 11, 22)


@pytest.mark.parametrize("typed", ["2024.3.5", "2024-03-05", "20240305", "2024年3月5日", "2024/3/5"])
def test_a_day_is_taken_as_people_type_it(qtbot: QtBot, typed: str) -> None:
    edit = DayEdit(TODAY)
    qtbot.addWidget(edit)
    told: list[date] = []
    edit.day_changed.connect(told.append)
    edit.setText(typed)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.day() == date(2024, 3, 5)
    assert edit.text() == "2024-03-05"
    assert told == [date(2024, 3, 5)]


@pytest.mark.parametrize("typed", ["2024.2.30", "昨天", "2024.13.5"])
def test_what_is_no_day_stays_as_typed_and_is_marked(qtbot: QtBot, typed: str) -> None:
    edit = DayEdit(TODAY)
    qtbot.addWidget(edit)
    told: list[date] = []
    edit.day_changed.connect(told.append)
    edit.setText(typed)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == typed
    assert edit.property("invalid")
    assert "2024-10-31" in edit.accessibleDescription()
    assert told == []
    with pytest.raises(ValueError, match=typed):
        edit.day()
    edit.setText("2024.3.5")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert not edit.property("invalid")


def test_arrow_keys_move_by_a_day_and_an_optional_day_may_be_empty(qtbot: QtBot) -> None:
    edit = DayEdit(date(2024, 3, 1))
    qtbot.addWidget(edit)
    QTest.keyClick(edit, Qt.Key.Key_Down)
    assert edit.day() == date(2024, 2, 29)
    optional = DayEdit(None, optional=True)
    qtbot.addWidget(optional)
    assert optional.day() is None
