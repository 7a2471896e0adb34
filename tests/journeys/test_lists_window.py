"""The lists in depth, through the window with the keyboard: order, filters, columns, views, export, bulk records."""

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from caseworker_app.domain import pinyin
from caseworker_app.wording import _, _n, label
from tests.journeys.test_window import (  # noqa: F401 - its fixtures
    CONTROL,
    SHIFT,
    Key,
    Kind,
    Officer,
    all_shown,
    county,
    sit,
    speak_chinese,
)
from ui.screens.workers.bulk import BulkForm
from ui.widgets.list_columns import ColumnsBox
from ui.widgets.list_export import ExportBar
from ui.widgets.list_filter import Chips, FilterBox
from ui.widgets.list_head import ViewBox

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def lists(county: Officer) -> Officer:  # noqa: F811 - the fixture
    """Return an officer at the lists of workers."""
    county.window.go("workers")
    county.settle()
    return county


def click(officer: Officer, column: int, *, further: bool = False) -> None:
    """Click on the words of a header."""
    header = officer.table().horizontalHeader()
    spot = QPoint(header.sectionViewportPosition(column) + 12, header.height() // 2)
    QTest.mouseClick(
        header.viewport(),
        Qt.MouseButton.LeftButton,
        SHIFT if further else Qt.KeyboardModifier.NoModifier,
        spot,
    )
    officer.settle()


def column_of(officer: Officer, title: str) -> int:
    model = officer.table().model()
    heads = [model.headerData(number, Qt.Orientation.Horizontal) for number in range(model.columnCount())]
    return heads.index(_(title))


def told(officer: Officer, title: str) -> list[str]:
    """Return what a column says, row by row."""
    place = column_of(officer, title)
    return [row[place] for row in officer.rows()]


def box(officer: Officer, kind: type[Kind]) -> Kind:
    """Return the small box that stands over the window."""
    officer.see(lambda: all_shown(officer.window, kind))
    return all_shown(officer.window, kind)[0]


def narrow(officer: Officer, title: str, *values: str) -> None:
    """Filter a column to some of its values, with the keyboard alone."""
    table = officer.table()
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, column_of(officer, title)))
    officer.key(Key.Key_Down, ALT)
    asked = box(officer, FilterBox)
    for number in range(asked.ticks.count()):
        if asked.ticks.item(number).text().split("  ")[0] in values:
            officer.key(Key.Key_Space)
        officer.key(Key.Key_Down)
    officer.key(Key.Key_Return)
    assert not all_shown(officer.window, FilterBox)
    assert officer.table().hasFocus()


def chips(officer: Officer) -> list[str]:
    return [
        each.text().removesuffix("  ×")
        for each in all_shown(all_shown(officer.window, Chips)[0], QPushButton)
    ][:-1]


def test_two_columns_sort_and_a_third_click_ends_it(lists: Officer) -> None:
    before = lists.names()
    click(lists, column_of(lists, "Status"))
    click(lists, 0, further=True)
    pairs = list(zip(told(lists, "Status"), lists.names(), strict=True))
    order = [label("status", code) for code in ("employed", "farming", "unemployed")]
    ranks = [(order.index(status), pinyin.readings(name)[0].pinyin) for status, name in pairs]
    assert ranks == sorted(ranks)
    click(lists, 0, further=True)
    ranks = [
        (order.index(status), name) for status, name in zip(told(lists, "Status"), lists.names(), strict=True)
    ]
    assert [rank for rank, _name in ranks] == sorted(rank for rank, _name in ranks)
    assert ranks[0][1] == max(
        (name for rank, name in ranks if rank == 0), key=lambda name: pinyin.readings(name)[0].pinyin
    )
    click(lists, 0, further=True)
    click(lists, column_of(lists, "Status"))
    click(lists, column_of(lists, "Status"))
    assert lists.names() == before


def test_filters_stand_as_chips_and_are_taken_away(lists: Officer) -> None:
    everybody = lists.names()
    narrow(lists, "Status", label("status", "employed"))
    assert set(told(lists, "Status")) == {label("status", "employed")}
    group = told(lists, "Group")[0]
    both = [each for each in told(lists, "Group") if each == group]
    narrow(lists, "Group", group)
    assert told(lists, "Group") == both
    assert len(chips(lists)) == 2
    assert group in chips(lists)[1]
    lists.press(chips(lists)[0])
    assert len(chips(lists)) == 1
    lists.press(_("Clear all"))
    assert lists.names() == everybody
    assert not all_shown(lists.window, Chips)


def test_a_view_is_kept_over_a_restart(
    lists: Officer,
    sit: Callable[[Path], Officer],  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    folder = lists.opened.desk.ledger.folder
    narrow(lists, "Status", label("status", "unemployed"))
    click(lists, 0)
    shown = lists.names()
    lists.press(_("Columns ▾"))
    chosen = box(lists, ColumnsBox)
    for number in range(chosen.lines.count()):
        if chosen.lines.item(number).text() == _("Age"):
            chosen.lines.setCurrentRow(number)
            lists.key(Key.Key_Space)
    lists.key(Key.Key_Return)
    assert len(told(lists, "Age")) == len(shown)
    lists.press(_("+ View"))
    assert box(lists, ViewBox).name.hasFocus()
    lists.type("未就业，按姓名")
    lists.key(Key.Key_Return)
    assert lists.last_step() == _("Save view") + " 未就业，按姓名"
    lists.choose_tab(_("All"))
    assert len(lists.names()) > len(shown)
    lists.window.close()
    again = sit(Path(shutil.copytree(folder, tmp_path / "carried"))).enter()
    again.window.go("workers")
    again.settle()
    assert len(again.names()) > len(shown)
    again.choose_tab("未就业，按姓名")
    assert again.names() == shown
    assert len(told(again, "Age")) == len(shown)
    again.key(Key.Key_Z, CONTROL)
    again.see(
        lambda: not [each for each in all_shown(again.window, QPushButton) if each.text() == "未就业，按姓名"]
    )
    again.see(lambda: again.table().model().rowCount() > len(shown))


def test_what_is_shown_is_exported(lists: Officer, tmp_path: Path) -> None:
    narrow(lists, "Status", label("status", "employed"))
    click(lists, 0)
    shown = lists.rows()
    file = tmp_path / "就业.xlsx"
    lists.key(Key.Key_E, CONTROL)
    assert box(lists, ExportBar).save.hasFocus()
    with lists.naming(file):
        lists.key(Key.Key_Return)
    lists.see(lambda: not all_shown(lists.window, ExportBar))
    sheet = openpyxl.load_workbook(file).worksheets[0]
    head, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    model = lists.table().model()
    assert head == [
        model.headerData(number, Qt.Orientation.Horizontal) for number in range(model.columnCount())
    ]
    assert [row[0] for row in rows] == [row[0] for row in shown]
    assert [row[3] for row in rows] == [row[3] for row in shown]
    packages = {str(row[7]) for row in rows if row[7]}
    assert packages, "painted cells are words"
    assert all(label("service_kind", "job_referral") in each for each in packages)
    assert {type(row[6]) for row in rows} <= {int, float, type(None)}, "wages are numbers"
    assert sheet.freeze_panes == "B2"
    assert list(tmp_path.glob("*.part")) == []


def test_one_fact_for_several_is_looked_at_first_and_undone_at_once(lists: Officer) -> None:
    lists.choose_tab(_("Out of work"))
    before = lists.content()
    table = lists.table()
    table.setFocus()
    lists.key(Key.Key_Home, CONTROL)
    names = lists.names()[:3]
    lists.key(Key.Key_B, CONTROL)
    assert not all_shown(lists.window, BulkForm), "one is not several"
    lists.key(Key.Key_Down, SHIFT, times=2)
    lists.key(Key.Key_B, CONTROL)
    form = box(lists, BulkForm)
    says = _n("Will be recorded for {count} person: {what}", "Will be recorded for {count} people: {what}", 3)
    what = label("service_kind", "policy_briefing")
    assert lists.reads(says.format(count=3, what=what), form)
    assert all(lists.reads(name, form) for name in names)
    lists.press(_n("Record for {count} person", "Record for {count} people", 3).format(count=3), form)
    assert lists.content() != before
    assert lists.last_step().startswith(_("Record service"))
    lists.key(Key.Key_B, CONTROL)
    form = box(lists, BulkForm)
    assert lists.reads(
        _n("{count} has this on record already", "{count} have this on record already", 3).format(count=3),
        form,
    )
    lists.key(Key.Key_Escape)
    lists.key(Key.Key_Z, CONTROL)
    assert lists.content() == before
