"""The table by key, by what it tells and by what it shows when empty."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.gallery import COLUMNS, package, workers
from ui.models.windowed import WindowedTableModel
from ui.widgets.basics import EmptyState
from ui.widgets.package import PackageCells
from ui.widgets.table import DataTable, package_tone, package_words

PACKAGE = 5


@pytest.fixture
def table(qtbot: QtBot) -> DataTable:
    rows = {row.id: row for row in workers(30)}

    def fetch(ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([rows[each] for each in ids])

    model = WindowedTableModel(COLUMNS, fetch)
    made = DataTable(model, "劳动力")
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    model.set_ids(list(rows))
    made.show()
    return made


def test_enter_opens_the_row_and_control_home_and_end_go_to_the_ends(qtbot: QtBot, table: DataTable) -> None:
    opened: list[str] = []
    table.opened.connect(opened.append)
    table.select_id("worker-7")
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened == ["worker-7", "worker-29", "worker-0"]
    assert not table.select_id("nobody")


def test_selecting_tells_the_ids_in_order(qtbot: QtBot, table: DataTable) -> None:
    picked: list[list[str]] = []
    table.picked.connect(picked.append)
    table.select_id("worker-3")
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert picked[-1] == ["worker-3", "worker-4"]
    assert table.selected() == ["worker-3", "worker-4"]


def test_a_click_on_a_header_asks_for_its_order(qtbot: QtBot, table: DataTable) -> None:
    asked: list[str] = []
    table.head.show([], set(), {"name"})
    table.head.sort_asked.connect(lambda key, _further: asked.append(key))
    table.horizontalHeader().sectionClicked.emit(0)
    table.horizontalHeader().sectionClicked.emit(1)
    assert asked == ["name"]


def test_what_is_painted_is_told_in_words(table: DataTable) -> None:
    cell = table.model().index(1, PACKAGE)
    words = cell.data(Qt.ItemDataRole.ToolTipRole)
    assert words == package_words(workers(2)[1].package)
    assert "岗位推荐 1/3" in words
    assert words in cell.data(Qt.ItemDataRole.AccessibleTextRole)
    interface = QAccessible.queryAccessibleInterface(table)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "劳动力"


@pytest.mark.parametrize(
    ("done", "owed", "tone"), [(0, 3, "quiet"), (1, 3, "attention"), (3, 3, "good"), (4, 3, "good")]
)
def test_the_tone_of_a_part_follows_its_progress(done: int, owed: int, tone: str) -> None:
    assert package_tone(done, owed) == tone


def test_a_package_on_a_page_speaks_too(qtbot: QtBot) -> None:
    cells = PackageCells(package(1, 2, 0, 1))
    qtbot.addWidget(cells)
    assert "岗位推荐 2/3" in cells.accessibleName()
    assert cells.toolTip() == cells.accessibleName()
    cells.show_progress(None)
    assert cells.isHidden()


def test_nothing_is_painted_outside_a_cell(table: DataTable) -> None:
    image = QImage(400, 31, QImage.Format.Format_RGB32)
    for column in range(len(COLUMNS)):
        image.fill(Qt.GlobalColor.magenta)
        option = QStyleOptionViewItem()
        option.rect = QRect(0, 0, 200, 31)
        painter = QPainter(image)
        table.itemDelegate().paint(painter, option, table.model().index(5, column))
        painter.end()
        outside = {image.pixelColor(x, y).name() for x in range(200, 400) for y in range(31)}
        assert outside == {"#ff00ff"}, COLUMNS[column].header


def test_an_empty_list_says_what_belongs_there_and_does_it(qtbot: QtBot) -> None:
    model = WindowedTableModel(COLUMNS, lambda _ids, _arrived: None)
    table = DataTable(model, "劳动力")
    model.setParent(table)
    qtbot.addWidget(table)
    done: list[int] = []
    state = EmptyState("workers", "还没有劳动力。", "导入表格", lambda: done.append(1))
    table.set_empty(state)
    table.show()
    reading = next(each for each in table.findChildren(QLabel) if each.text() == "正在读取…")
    assert not state.isVisible()  # Nothing is known yet: to say that there is nothing would be wrong.
    qtbot.waitUntil(reading.isVisible)
    model.set_ids([])
    assert state.isVisible()
    assert not reading.isVisible()
    button = next(child for child in state.findChildren(QWidget) if child.accessibleName() == "导入表格")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [1]
    model.set_ids(["somebody"])
    assert not state.isVisible()
    assert model.index(0, 0, QModelIndex()).data() == ""


def test_the_name_stays_in_sight_when_scrolled_sideways(table: DataTable) -> None:
    frozen = table._frozen
    assert not frozen.isVisible()
    table.resize(420, 300)
    table.horizontalScrollBar().setValue(200)
    assert frozen.isVisible()
    assert frozen.width() == table.columnWidth(0)
    table.verticalScrollBar().setValue(93)
    assert frozen.verticalScrollBar().value() == 93
    opened: list[str] = []
    table.opened.connect(opened.append)
    spot = frozen.visualRect(table.model().index(4, 0)).center()
    QTest.mouseClick(frozen.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert table.selected() == ["worker-4"]
    QTest.mouseDClick(frozen.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert opened == ["worker-4"]
    table.horizontalScrollBar().setValue(0)
    assert not frozen.isVisible()
