"""A county's own workbook filled: its styles, its foot and everything else stay."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Border, Font, PatternFill, Side

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import template

ROWS = [
    {"name": f"人{number}", "identity_number": f"64010619850101{number:04d}", "age": 40, "wage": 350000}
    for number in range(5)
]
NAMES = {"单位": "甲村", "月份": "2024年11月"}
THIN = Side(style="thin", color="FF0000")


def county_sheet() -> bytes:
    """Return a workbook as a county sends it: title, header, two open rows, a foot, and a sheet of its own."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "台账"
    sheet["A1"] = "{{单位}}务工台账（{{ 月份 }}）"
    sheet.merge_cells("A1:E1")
    for column, header in enumerate(("序号", "姓 名", "身份证号", "证件号码（必填）", "月收入(元)"), 1):
        cell = sheet.cell(2, column, header)
        cell.font = Font(bold=True)
    for row in (3, 4):
        for column in range(1, 6):
            cell = sheet.cell(row, column)
            cell.border = Border(left=THIN, bottom=THIN)
            cell.fill = PatternFill("solid", fgColor="FFFFCC")
        sheet.cell(row, 1).value = row - 2
        sheet.row_dimensions[row].height = 33
    sheet["A5"] = "填表人："
    sheet["D5"] = "=COUNTA(B3:B4)"
    sheet.merge_cells("A5:B5")
    sheet.row_dimensions[5].height = 44
    book.create_sheet("说明")["A1"] = "=1+1"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def filled(content: bytes, tmp_path: Path, rows: list[dict[str, Any]] = ROWS, **more: Any) -> Any:
    shape = template.look(content, "a.xlsx", **more)
    target = tmp_path / "out.xlsx"
    template.fill(content, shape, NAMES, lambda _sheet: rows, target)
    return openpyxl.load_workbook(target)


def test_headers_are_found_and_the_rows_take_the_style_of_the_first(tmp_path: Path) -> None:
    book = filled(county_sheet(), tmp_path)
    sheet = book["台账"]
    assert sheet["A1"].value == "甲村务工台账（2024年11月）"
    assert [sheet.cell(row, 1).value for row in range(3, 8)] == [1, 2, 3, 4, 5]
    assert [sheet.cell(row, 2).value for row in range(3, 8)] == [row["name"] for row in ROWS]
    number = sheet["D7"]
    assert (number.value, number.data_type, number.number_format) == ("640106198501010004", "s", "@")
    assert sheet["E7"].value == 3500
    assert sheet["E7"].fill.fgColor.rgb == "00FFFFCC"
    assert sheet["C7"].border.left.color.rgb == "00FF0000"
    assert sheet.row_dimensions[7].height == 33


def test_what_stands_at_the_foot_moves_down_whole(tmp_path: Path) -> None:
    sheet = filled(county_sheet(), tmp_path)["台账"]
    assert sheet["A8"].value == "填表人："
    assert "A8:B8" in {str(each) for each in sheet.merged_cells.ranges}
    assert "A5:B5" not in {str(each) for each in sheet.merged_cells.ranges}
    assert sheet.row_dimensions[8].height == 44


def test_fewer_rows_than_open_ones_leave_the_rest_as_they_are(tmp_path: Path) -> None:
    book = filled(county_sheet(), tmp_path, ROWS[:1])
    assert book["台账"]["B3"].value == "人0"
    assert book["台账"]["B4"].value is None
    assert book["台账"]["A5"].value == "填表人："
    assert book["说明"]["A1"].value == "=1+1"


def test_a_row_of_places_is_repeated_and_no_data_becomes_a_formula(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["{{单位}}", "本月"])
    sheet.append(["{{劳动力.姓名}}", "{{劳动力.证件号码}}", "联系 {{劳动力.联系电话}}", "{{劳动力.年龄}}"])
    sheet.append(["合计"])
    content = BytesIO()
    book.save(content)
    rows = [{"name": "=1+1", "identity_number": "001", "phone": "139", "age": 40}, *ROWS[:1]]
    found = filled(content.getvalue(), tmp_path, rows)["Sheet"]
    assert [[cell.value for cell in row] for row in found.iter_rows()] == [
        ["甲村", "本月", None, None],
        ["=1+1", "001", "联系 139", 40],
        ["人0", "640106198501010000", "联系 ", 40],
        ["合计", None, None, None],
    ]
    assert found["A2"].data_type == found["B2"].data_type == "s"


def test_days_are_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["姓名", "证件号码", "开始时间", "结束时间"])
    content = BytesIO()
    book.save(content)
    rows = [{"name": "甲", "identity_number": "1", "started_on": date(2024, 3, 5)}]
    cell = filled(content.getvalue(), tmp_path, rows)["Sheet"]["C2"]
    assert (cell.is_date, cell.value.date()) == (True, date(2024, 3, 5))


def test_what_cannot_be_filled_is_said(tmp_path: Path) -> None:
    content = county_sheet()
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"sheet": "没有"}, "template.no_sheet"),
        ({"rows": "没有"}, "template.no_rows"),
    )
    for more, code in cases:
        with pytest.raises(ExpectedError) as refused:
            template.look(content, "a.xlsx", **more)
        assert refused.value.code == code
    with pytest.raises(ExpectedError) as damaged:
        template.look(b"PK\x03\x04", "a.xlsx")
    assert damaged.value.code == "workbook.damaged"
    book, odd = openpyxl.Workbook(), openpyxl.Workbook()
    odd["Sheet"]["A1"] = "{{天气}}"
    with pytest.raises(ExpectedError) as nothing:
        template.look(as_bytes(book), "a.xlsx")
    assert nothing.value.code == "template.no_place"
    with pytest.raises(ExpectedError) as unknown:
        filled(as_bytes(odd), tmp_path)
    assert unknown.value.code == "template.unknown_place"
    assert not (tmp_path / "out.xlsx").exists()


def as_bytes(book: Any) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()
