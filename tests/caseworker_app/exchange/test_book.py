"""A workbook put together from rows: what no workbook can hold, what is long, and what is kept of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from caseworker_app.exchange import parts, read, seal
from caseworker_app.exchange.book import Draft
from caseworker_app.exchange.write import Column, SheetForm

FORM = SheetForm(
    "人员",
    "{unit}人员（{month}）",
    "people",
    (
        Column("序号", "number", "count", 6, "", ""),
        Column("姓名", "name", "text", 12, "", ""),
        Column("开始", "since", "day", 12, "务工", ""),
        Column("月收入", "wage", "money", 12, "务工", ""),
        Column("说明", "note", "text", 30, "", ""),
    ),
)
NAMES = {
    "unit": "甲村",
    "month": "2024年11月",
    "officer": "周",
    "day": "2024-11-30",
    "written": "2024-11-30",
    "book": "甲村月报送",
}
STRANGE = [
    "=1+1",
    "-8",
    "@甲",
    "<b>&amp;</b> ]]>",
    "\ud800孤",
    "\x00\x01\x02\x1f尾",
    "\ufffe\uffff",
    "一\n二\t三",
    "_x0041_",
    "'引",
    " 前后 ",
    "𬭎" * 20_000,
    "长" * 40_000,
]


@pytest.fixture
def draft() -> Iterator[Draft]:
    made = Draft([FORM], NAMES)
    yield made
    made.close()


def saved(draft: Draft, path: Path) -> Path:
    draft.seal([("填报单位", "甲村"), ("小结",), ("说明", "一\n二")], {"kind": "upload", "device": "d"})
    return draft.save(path).rename(path)


def test_strange_values_are_written_and_read_back_sealed(draft: Draft, tmp_path: Path) -> None:
    for number, note in enumerate(STRANGE):
        draft.add(
            "people", {"name": f"人{number}", "since": date(1999, 12, 31), "wage": 123456, "note": note}
        )
    draft.record(["person", "1", "640106", '{"note":"\ud800\ufffe \\u0001"}', " 空格 "])
    path = saved(draft, tmp_path / "a.xlsx")
    sheets = read.read(path)
    assert seal.verify(sheets).state == "sound"
    rows = next(each for each in sheets if each.name == "人员").rows[4:]
    assert [row[0] for row in rows] == list(range(1, len(STRANGE) + 1))
    assert {(row[2], row[3]) for row in rows} == {(date(1999, 12, 31), 1234.56)}
    notes = [row[4] for row in rows]
    assert notes[:4] == STRANGE[:4]
    assert notes[4:8] == ["�孤", "����尾", "��", "一\n二 三"]
    assert notes[9:11] == ["'引", "前后"]
    assert notes[12] == "长" * 31_999 + "…" or len(str(notes[12]).encode("utf-16-le")) <= 2 * 32_767
    hidden = next(each for each in sheets if each.name == parts.RECORDS_SHEET).rows
    assert hidden == [["person", "1", "640106", '{"note":"\\ud800\\ufffe \\u0001"}', " 空格 "]]
    sheet = openpyxl.load_workbook(path)["人员"]
    assert {cell.data_type for cell in sheet["E"][4:]} == {"s"}
    assert sheet.dimensions == f"A1:E{4 + len(STRANGE)}"


def test_a_sheet_without_rows_keeps_its_form(draft: Draft, tmp_path: Path) -> None:
    path = saved(draft, tmp_path / "a.xlsx")
    assert seal.verify(read.read(path)).state == "sound"
    sheet = openpyxl.load_workbook(path)["人员"]
    assert [cell.value for cell in sheet[3]] == ["序号", "姓名", "务工", None, "说明"]
    assert [cell.value for cell in sheet[4]] == [None, None, "开始", "月收入", None]
    assert [cell.value for cell in sheet[5]] == [None] * 5


def test_what_is_kept_gives_the_same_file(draft: Draft, tmp_path: Path) -> None:
    for number, note in enumerate(STRANGE):
        draft.add("people", {"name": f"人{number}", "note": note})
    draft.record(["records 1", "x"])
    first = saved(draft, tmp_path / "a.xlsx")
    with draft.kept() as kept:
        again = Draft.again(iter(lambda: kept.read(7), b""))
    second = again.save(tmp_path / "b.xlsx")
    assert second.read_bytes() == first.read_bytes()
    assert again.counts == draft.counts == {"人员": len(STRANGE)}
    again.close()
