"""The answer workbook: every planted fault marked at its cell in Chinese, nothing else touched, ready to come back."""

import warnings
import zipfile
from collections.abc import Callable
from copy import copy
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from caseworker_app import sample, wording
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import answer, read
from caseworker_app.read_models.imports import CELL_CLASSES
from caseworker_app.use_cases import imports
from caseworker_app.use_cases.desk import Desk

HEADERS = sample.PEOPLE_HEADERS
ROWS = 500
FIRST = 4


def always(value: object) -> Callable[[str], Any]:
    return lambda _text: value


FAULTS: list[tuple[str, Callable[[str], Any]]] = [
    ("证件号码", float),
    ("证件号码", lambda text: f"{text[:17]}{'1' if text[17] != '1' else '2'}"),
    ("证件号码", lambda text: text[:-1]),
    ("证件号码", always("6.40106E+17")),
    ("证件号码", always(None)),
    ("姓名", always(None)),
    ("姓名", always("123")),
    ("村", always("没有这个村")),
    ("户编号", always(64010600000001234.0)),
    ("与户主关系", always("朋友")),
    ("性别", always("火")),
    ("民族", always("火星")),
    ("文化程度", always("很高")),
    ("户联系电话", always("没有")),
    ("出生日期", always("20241301")),
]
"""Fifteen kinds, each where a sound cell stands."""
PLANTED = 60


def prepare(desk: Desk, file: Path) -> imports.Prepared:
    with desk.ledger.reader() as connection:
        return imports.prepare(connection, [file], desk.scope, desk.today())


def cells(sheet: Worksheet) -> dict[str, tuple[object, ...]]:
    """Return everything that can be seen of every cell."""
    return {
        cell.coordinate: (
            cell.value,
            cell.data_type,
            cell.number_format,
            copy(cell.font),
            copy(cell.border),
            copy(cell.alignment),
            copy(cell.fill),
            cell.comment and cell.comment.text,
        )
        for row in sheet.iter_rows()
        for cell in row
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """Return a sound workbook of 500 rows, the same with faults, and the sound values by cell."""
    folder = tmp_path_factory.mktemp("files")
    book = openpyxl.load_workbook(sample.write(folder, 200, seed=9)[0])
    sheet = book.active
    sheet.delete_rows(FIRST + ROWS, sheet.max_row)
    sheet["B2"] = "=SUM(1,2)"
    sheet["B2"].comment = Comment("原有批注", "王")
    sheet["A1"].font = Font(bold=True, size=20)
    sheet.column_dimensions["H"].width = 33
    sheet["AK9"] = 0.1 + 0.2
    book.create_sheet("说明")["A1"] = date(2024, 3, 5)
    sound = folder / "sound.xlsx"
    book.save(sound)
    random = Random(4)
    right: dict[str, Any] = {}
    rows = random.sample(range(FIRST, FIRST + ROWS), PLANTED)
    for number, row in enumerate(rows):
        header, change = FAULTS[number % len(FAULTS)]
        cell = sheet.cell(row, HEADERS.index(header) + 1)
        right[cell.coordinate] = cell.value
        if number % 7 == 0:
            cell.fill = PatternFill("solid", fgColor="FF00FF00")
        text = str(cell.value)
        cell.value = change(text.replace("X", "0"))
    faulty = folder / "faulty.xlsx"
    book.save(faulty)
    return sound, faulty, right


def test_every_fault_is_marked_at_its_cell_and_nothing_else_is_touched(
    desk: Desk, planted: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    wording.use(wording.EN)  # The window's language is not the workbook's.
    try:
        _sound, faulty, right = planted
        prepared = prepare(desk, faulty)
        (preview,) = prepared.preview.files
        assert preview.rows == ROWS
        assert sorted(each.cell for each in preview.problems) == sorted(right)
        assert preview.cells["in"] == sum(preview.cells[name] for name in CELL_CLASSES)
        (written,) = imports.answer(prepared, tmp_path / "answer.xlsx", "田野")
    finally:
        wording.use(wording.ZH)
    before, after = openpyxl.load_workbook(faulty), openpyxl.load_workbook(written)
    assert after.sheetnames == before.sheetnames
    for sheet in before:
        was, now = cells(sheet), cells(after[sheet.title])
        assert was.keys() == now.keys()
        marked = {address for address in was if was[address] != now[address]}
        assert marked == (set(right) if sheet.title == before.active.title else set())
        for address in marked:
            assert now[address][:6] == was[address][:6], "only the fill and the comment"
            comment = str(now[address][7])
            assert any("\u4e00" <= letter <= "\u9fff" for letter in comment)
            assert "identity" not in comment
    assert after.active.column_dimensions["H"].width == 33
    assert read.read(written) == read.read(faulty)


def test_the_corrected_answer_changes_exactly_those_values(
    desk: Desk, planted: tuple[Path, Path, dict[str, Any]], tmp_path: Path
) -> None:
    sound, faulty, right = planted
    prepared = prepare(desk, faulty)
    imports.commit(desk, prepared)
    (written,) = imports.answer(prepared, tmp_path / "answer.xlsx", "田野")
    book = openpyxl.load_workbook(written)
    for address, value in right.items():
        book.active[address] = value
    corrected = tmp_path / "corrected.xlsx"
    book.save(corrected)
    again = prepare(desk, corrected)
    (preview,) = again.preview.files
    assert not preview.problems
    refused_rows = {each.row for each in prepared.preview.files[0].problems}
    assert {each.row for each in preview.changes} <= refused_rows
    imports.commit(desk, again)
    whole = prepare(desk, sound)
    assert not whole.preview.writes
    assert not whole.preview.files[0].problems
    names = again.preview.totals["people"]
    assert names.new + names.changed <= PLANTED


def test_of_several_answers_none_takes_the_place_of_a_file_that_is_there(desk: Desk, tmp_path: Path) -> None:
    rows = list(openpyxl.load_workbook(sample.bundled()[0]).active.iter_rows(values_only=True))
    sources = []
    for name in ("甲", "乙"):
        lines = [["" if cell is None else str(cell) for cell in row] for row in rows]
        lines[5][HEADERS.index("性别")] = "火"
        sources.append(tmp_path / f"{name}.csv")
        sources[-1].write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines), "utf-8")
    (tmp_path / "退回 乙.xlsx").write_bytes(b"mine")
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, sources, desk.scope, desk.today())
    written = imports.answer(prepared, tmp_path / "退回.xlsx", "田野")
    assert [each.name for each in written] == ["退回.xlsx", "退回 乙 (2).xlsx"]
    assert (tmp_path / "退回 乙.xlsx").read_bytes() == b"mine"


def test_a_text_file_comes_back_as_a_workbook_of_the_same_values(desk: Desk, tmp_path: Path) -> None:
    rows = openpyxl.load_workbook(sample.bundled()[0]).active.iter_rows(values_only=True)
    lines = [["" if cell is None else str(cell) for cell in row] for row in rows]
    lines[5][HEADERS.index("性别")] = "火"
    lines[6][HEADERS.index("务工时间（月）")] = "=1+1"
    source = tmp_path / "人员.csv"
    source.write_bytes("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode("gb18030"))
    prepared = prepare(desk, source)
    (written,) = imports.answer(prepared, tmp_path / "人员（退回）.xlsx", "田野")
    assert [sheet.rows for sheet in read.read(written)] == [sheet.rows for sheet in read.read(source)]
    sheet = openpyxl.load_workbook(written).active
    assert sheet.cell(6, HEADERS.index("性别") + 1).comment
    again = prepare(desk, written)
    assert [each.cell for each in again.preview.files[0].problems] == [
        each.cell for each in prepared.preview.files[0].problems
    ]


def test_a_web_page_of_numbers_keeps_every_digit(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(sample.bundled()[0])
    book.active["L5"] = 640106197305068458
    book.active["AK5"] = 0.1 + 0.2
    source = tmp_path / "a.xlsx"
    book.save(source)
    digits = [sheet.rows[4][11] for sheet in read.read(source)]
    named = source.rename(tmp_path / "a.xls")  # What its name says it is not, so its values come back.
    answer.write(named, [answer.Mark("x", 5, "L5", "核对")], tmp_path / "b.xlsx")
    assert [sheet.rows[4][11] for sheet in read.read(tmp_path / "b.xlsx")] == digits


def test_a_row_is_marked_at_its_first_cell_and_merged_cells_at_theirs(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = "合并"
    book.active.merge_cells("B2:C3")
    book.active["B5"] = 640106197305068458
    source = tmp_path / "a.xlsx"
    book.save(source)
    target = tmp_path / "b.xlsx"
    marks = [
        answer.Mark("Sheet", 5, "", "整行"),
        answer.Mark("Sheet", 3, "C3", "合并"),
        answer.Mark("Sheet", 8, "D8", "空"),
    ]
    answer.write(source, marks, target, signed="田野")
    sheet = openpyxl.load_workbook(target).active
    noted = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert noted == {"B5": "整行", "B2": "合并", "D8": "空"}
    assert read.read(source)[0].rows == read.read(target)[0].rows


def test_what_is_sent_back_never_overwrites_what_was_sent(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ExpectedError) as refused:
        answer.write(sample.bundled()[0], [], sample.bundled()[0])
    assert refused.value.code == "answer.same_file"
    with pytest.raises(ExpectedError) as refused:
        imports.answer(prepare(desk, sample.bundled()[0]), tmp_path / "x.xlsx", "田野")
    assert refused.value.code == "answer.nothing"


def rich(path: Path) -> Path:
    """Write a workbook with everything that a library reading and writing whole workbooks loses."""
    book = xlsxwriter.Workbook(path)
    sheet, other = book.add_worksheet("台账"), book.add_worksheet("图表")
    text = book.add_format({"num_format": "@"})
    sheet.set_column("C:C", 22, text)
    sheet.write_row(0, 0, ("序号", "姓名", "身份证号码", "务工开始时间", "月工资", "年收入"))
    sheet.write_row(1, 0, (1, "海娜敏", "640106200212159558", "2025.3", "很多"))
    sheet.write_row(2, 0, (2, "海娜秀", "", "2025.3", "3500"))
    sheet.write_formula("F3", "=E3*12", None, 42000)
    sheet.write_comment("B2", "原来的批注")
    sheet.insert_textbox("H5", "请本周五前填报")
    sheet.conditional_format("F2:F9", {"type": "data_bar", "data_bar_2010": True})
    sheet.add_sparkline("G2", {"range": "台账!E2:E3"})
    sheet.set_footer("&C第 &P 页")
    other.write_column(0, 0, (1, 2, 3))
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=图表!$A$1:$A$3"})
    other.insert_chart("C2", chart)
    book.close()
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_values_of_formulas_charts_boxes_and_bars_stay(tmp_path: Path) -> None:
    source = rich(tmp_path / "台账.xlsx")
    marks = [
        answer.Mark("台账", 2, "E2", "不是金额"),
        answer.Mark("台账", 2, "B2", "核对"),
        answer.Mark("台账", 3, "C3", "没有填写"),
        answer.Mark("台账", 12, "C12", "空行"),
    ]
    answer.write(source, marks, tmp_path / "退回.xlsx", signed="田野 & 王")
    before, after = parts(source), parts(tmp_path / "退回.xlsx")
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {
        "xl/worksheets/sheet1.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/styles.xml",
    }
    assert before.keys() == after.keys()
    sheet = after["xl/worksheets/sheet1.xml"].decode()
    assert "<f>E3*12</f><v>42000</v>" in sheet
    assert "x14:sparklineGroups" in sheet
    assert sheet.count("x14:dataBar") == before["xl/worksheets/sheet1.xml"].decode().count("x14:dataBar")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = openpyxl.load_workbook(tmp_path / "退回.xlsx")["台账"]
    noted = {each.coordinate: each.comment.text for row in opened for each in row if each.comment}
    assert noted == {"B2": "原来的批注\n核对", "E2": "不是金额", "C3": "没有填写", "C12": "空行"}
    assert {each for row in opened for each in row if each.fill.fgColor.rgb == "FFFFC7CE"} == {
        opened[address] for address in noted
    }
    assert opened["C3"].number_format == opened["C12"].number_format == "@"
    assert [each.rows for each in read.read(source)] == [
        each.rows for each in read.read(tmp_path / "退回.xlsx")
    ]


def test_a_sheet_without_notes_gets_its_first(tmp_path: Path) -> None:
    source = rich(tmp_path / "台账.xlsx")
    target = tmp_path / "退回.xlsx"
    answer.write(source, [answer.Mark("图表", 2, "A2", "核对\n<此格>")], target)
    before, after = parts(source), parts(target)
    assert len(after.keys() - before.keys()) == 2
    assert after["xl/charts/chart1.xml"] == before["xl/charts/chart1.xml"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert openpyxl.load_workbook(target)["图表"]["A2"].comment.text == "核对\n<此格>"


def test_an_answer_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    source = rich(tmp_path / "台账.xlsx")
    with pytest.raises(ExpectedError) as refused:
        answer.write(source, [answer.Mark("台账", 2, "E2", "核对")], tmp_path / "没有" / "退回.xlsx")
    assert refused.value.code == "workbook.not_written"
