"""Blocks near what is seen, asked for once, and asked again when they changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from ui.models.windowed import BLOCK, KEPT_BLOCKS, ROW_ROLE, Column, WindowedTableModel

Arrived = Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class Row:
    id: str
    name: str = ""


COLUMNS = (
    Column("Name", 90, lambda row: row.name),
    Column("号", 60, lambda row: row.id, right=True, tip=lambda row: f"number {row.id}"),
)


class Source:
    """Answers when told to, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], Arrived]] = []

    def fetch(self, ids: Sequence[str], arrived: Arrived) -> None:
        self.asked.append((list(ids), arrived))

    def answer(self, number: int = -1, word: str = "") -> None:
        ids, arrived = self.asked[number]
        arrived([Row(each, f"{word}{each}") for each in ids])


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def model(source: Source) -> Iterator[WindowedTableModel]:
    made = WindowedTableModel(COLUMNS, source.fetch)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(made, mode)
    yield made
    tester.deleteLater()


@pytest.fixture
def large(source: Source) -> WindowedTableModel:
    """Return a model without its tester, which looks at every row of a long list."""
    return WindowedTableModel(COLUMNS, source.fetch)


def ids(count: int) -> list[str]:
    return [f"id-{number}" for number in range(count)]


def shown(model: WindowedTableModel, row: int) -> Any:
    return model.index(row, 0).data()


def test_only_the_block_that_is_looked_at_is_asked_for_and_only_once(
    large: WindowedTableModel, source: Source
) -> None:
    large.set_ids(ids(100_000))
    assert large.rowCount() == 100_000
    for row in range(54_300, 54_330):
        assert shown(large, row) == ""
    assert [asked for asked, _arrived in source.asked] == [ids(100_000)[54_300:54_400]]
    source.answer()
    assert shown(large, 54_310) == "id-54310"


def test_few_blocks_are_kept(large: WindowedTableModel, source: Source) -> None:
    large.set_ids(ids(BLOCK * 40))
    for block in range(40):
        shown(large, block * BLOCK)
        source.answer()
    source.asked.clear()
    assert shown(large, 39 * BLOCK) != ""
    assert source.asked == []
    assert shown(large, (39 - KEPT_BLOCKS) * BLOCK) == ""
    assert len(source.asked) == 1


def test_a_change_asks_only_for_the_blocks_that_hold_it(model: WindowedTableModel, source: Source) -> None:
    model.set_ids(ids(300))
    for block in range(3):
        shown(model, block * BLOCK)
        source.answer()
    source.asked.clear()
    model.refresh(frozenset({"id-150", "somebody else"}))
    assert [asked[0] for asked, _arrived in source.asked] == ["id-100"]
    assert shown(model, 150) == "id-150"
    source.answer(word="new ")
    assert shown(model, 150) == "new id-150"
    assert shown(model, 50) == "id-50"


def test_an_answer_from_before_a_change_is_not_believed(model: WindowedTableModel, source: Source) -> None:
    model.set_ids(ids(10))
    shown(model, 0)
    before = len(source.asked) - 1
    model.refresh(frozenset({"id-3"}))
    asked = len(source.asked)
    source.answer(before, "old ")
    assert shown(model, 3) == ""
    assert len(source.asked) == asked
    source.answer(-1, "new ")
    assert shown(model, 3) == "new id-3"


def test_an_answer_for_an_older_list_is_dropped(model: WindowedTableModel, source: Source) -> None:
    model.set_ids(ids(10))
    shown(model, 0)
    late = len(source.asked) - 1
    model.set_ids(["other"])
    source.answer(late)
    assert shown(model, 0) == ""


def test_the_same_list_again_keeps_what_is_seen_until_it_is_read_anew(
    model: WindowedTableModel, source: Source
) -> None:
    model.set_ids(ids(10))
    shown(model, 0)
    source.answer()
    model.set_ids(ids(10))
    assert shown(model, 3) == "id-3"
    source.answer(word="new ")
    assert shown(model, 3) == "new id-3"
    model.set_ids(["id-3", "id-99"])
    assert shown(model, 0) == "new id-3"
    assert shown(model, 1) == ""
    source.answer(word="newer ")
    assert shown(model, 0) == "newer id-3"


def test_a_row_that_is_gone_meanwhile_shows_nothing(model: WindowedTableModel, source: Source) -> None:
    model.set_ids(ids(2))
    shown(model, 0)
    source.asked[-1][1]([Row("id-1", "here")])
    assert shown(model, 0) == ""
    assert shown(model, 1) == "here"


def test_cells_speak_for_screen_readers(model: WindowedTableModel, source: Source) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    model.set_ids(ids(2))
    assert "读取" in model.index(0, 0).data(role)
    source.answer()
    assert model.index(1, 1).data(role) == "号 number id-1"
    assert model.index(1, 1).data(ROW_ROLE) == Row("id-1", "id-1")
    assert model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole) == "number id-1"
    assert model.index(1, 1).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight.value
    assert model.position("id-1") == 1
    assert model.position("nobody") == -1
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None


def test_a_list_goes_on_behind_its_beginning_without_being_read_again(
    large: WindowedTableModel, source: Source
) -> None:
    large.set_ids(ids(BLOCK))
    shown(large, 10)
    source.answer()
    source.asked.clear()
    large.go_on(ids(BLOCK * 3))
    assert large.rowCount() == BLOCK * 3
    assert shown(large, 10) == "id-10"
    assert source.asked == []
    large.go_on([f"other-{number}" for number in range(BLOCK * 4)])
    shown(large, 10)
    assert source.asked[-1][0][10] == "other-10"
