import csv
import io
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app import sample
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import read, recognise, texts


def refusal(path: Path) -> str:
    with pytest.raises(ExpectedError) as error:
        read.read(path)
    assert error.value.values["file"] == path.name
    return error.value.code


@given(st.integers(0, 16383))
def test_columns_have_the_letters_of_a_spreadsheet(index: int) -> None:
    assert read.column_letters(index) == openpyxl.utils.get_column_letter(index + 1)


def test_several_files_are_read_in_the_order_given(tmp_path: Path) -> None:
    text = tmp_path / "list.csv"
    text.write_text("姓名,电话\n马兰,1\n", encoding="utf-8")
    people, spells, _ = sample.bundled()
    found = read.read_all([spells, text, people])
    assert [[sheet.name for sheet in sheets] for sheets in found] == [["Sheet"], ["list"], ["监测对象信息"]]
    assert [len(sheets[0].rows) for sheets in found] == [212, 2, 460]
    assert found[0] == read.read(spells)


def test_the_file_that_cannot_be_read_is_the_one_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("[Content_Types].xml", "nothing")
    for files in ([*sample.bundled(), broken], [broken, *sample.bundled()]):
        with pytest.raises(ExpectedError) as error:
            read.read_all(files)
        assert error.value.values["file"] == "broken.xlsx"


def test_the_address_of_a_cell_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "offset.xlsx"
    book = openpyxl.Workbook()
    book.active["C4"] = "这里"
    book.active["D6"] = date(2024, 3, 5)
    book.active["C6"] = 12
    book.create_sheet("第二")["A1"] = "x"
    book.save(path)
    first, second = read.read(path)
    assert first.rows[3][2] == "这里"
    assert first.rows[5][2] == 12
    assert str(first.rows[5][3]).startswith("2024-03-05")
    assert (second.name, second.rows) == ("第二", [["x"]])


def test_formulas_are_not_run(tmp_path: Path) -> None:
    path = tmp_path / "formula.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["=1+1", '=HYPERLINK("http://example.org")', "文字"])
    book.save(path)
    (sheet,) = read.read(path)
    assert sheet.rows == [["=1+1", '=HYPERLINK("http://example.org")', "文字"]]
    assert [isinstance(cell, read.Uncalculated) for cell in sheet.rows[0]] == [True, True, False]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_text_files_with_wrapped_digits(tmp_path: Path, encoding: str) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows(
        [["姓名", "证件号码"], ["马兰", '="640106198501010011"'], ["带,逗号", '"x"']]
    )
    path = tmp_path / "people.csv"
    path.write_bytes(stream.getvalue().encode(encoding))
    (sheet,) = read.read(path)
    assert sheet.rows == [["姓名", "证件号码"], ["马兰", "640106198501010011"], ["带,逗号", '"x"']]


PAGE = """<html><head><style>td {mso-number-format:"\\@"}</style></head><body>
<table><tr><th rowspan=2>姓名</th><th colspan="2">证件</th></tr><tr><td>类型</td><td>号码</td></tr>
<tr><td>马兰</td><td>身份证<br>（本人）</td><td>640106198501010011</td><tr><td>李&nbsp;&amp;&nbsp;四<td><td>2</table>
<table><tr><td></td></tr></table><table><tr><td>第二张</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_web_page_under_the_name_of_a_workbook(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes(PAGE.encode(encoding))
    first, second = read.read(path)
    assert first.rows == [
        ["姓名", "证件", ""],
        ["", "类型", "号码"],
        ["马兰", "身份证\n（本人）", "640106198501010011"],
        ["李\xa0&\xa0四", "", "2"],
    ]
    assert (second.name, second.rows) == ("导出 2", [["第二张"]])


def test_tab_text_under_the_name_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes("姓名\t证件号码\n马兰\t640106198501010011\n".encode("utf-16"))
    (sheet,) = read.read(path)
    assert sheet.rows == [["姓名", "证件号码"], ["马兰", "640106198501010011"]]


@given(st.text(st.sampled_from("<>/ tabletrdh=\"'2&;!-x\n"), max_size=300))
def test_no_page_takes_the_reader_down(text: str) -> None:
    with suppress(ExpectedError):
        assert all(
            any(any(row) for row in rows) for _name, rows in texts.tables(io.BytesIO(f"<{text}".encode()))
        )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<table>" + "<tr><td rowspan=9999 colspan=9999>x" * 3000, "workbook.too_large"),
        ("<table><tr><td rowspan=" + "9" * 10_000 + ">x</table>", ""),
        ("<html><body>没有表格</body></html>", "workbook.none"),
        ("姓名,电话\n" + "x" * 200_000 + ",1\n", "workbook.damaged"),
    ],
)
def test_text_made_to_do_harm(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "harm.xls"
    path.write_text(text, encoding="utf-8")
    if code:
        assert refusal(path) == code
    else:
        assert read.read(path)[0].rows == [["x"]]


def test_files_that_are_no_workbook(tmp_path: Path) -> None:
    whole = sample.bundled()[0].read_bytes()
    contents = {
        "empty.xlsx": (b"", "workbook.empty"),
        "picture.xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "workbook.none"),
        "cut.xlsx": (whole[: len(whole) // 2], "workbook.damaged"),
        "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "workbook.damaged"),
        "words.txt": ("没有表格".encode(), "workbook.none"),
    }
    for name, (content, code) in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert (name, refusal(path)) == (name, code)
    assert refusal(tmp_path / "nowhere.xlsx") == "workbook.missing"


def test_an_archive_of_something_else_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "archive.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "x")
    assert refusal(path) == "workbook.none"


def test_a_bomb_is_refused_without_unpacking_it(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(300):
                sheet.write(bytes(1024**2))
    assert refusal(path) == "workbook.too_large"


def test_a_cell_at_the_far_corner_does_not_take_the_program_down(tmp_path: Path) -> None:
    path = tmp_path / "corner.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.active["XFD1048576"] = "y"
    book.save(path)
    assert refusal(path) in ("workbook.damaged", "workbook.too_large")


def test_stopping_while_reading(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def progress(rows: int) -> None:
        raise Stop(rows)

    with pytest.raises(Stop):
        read.read(sample.bundled()[0], progress)


@pytest.mark.parametrize(
    ("number", "layout"), [(0, "national_people"), (1, "national_spells"), (2, "national_intentions")]
)
def test_a_layout_is_known_by_its_content_alone(number: int, layout: str) -> None:
    (sheet,) = read.read(sample.bundled()[number])
    found = recognise.recognise(sheet, "renamed.xlsx")
    assert found
    assert (found.layout.name, found.header_row) == (layout, 2)
    assert found.exported_on == (date(2024, 10, 12) if number < 2 else None)
    dated = recognise.recognise(sheet, sample.bundled()[number].name)
    assert dated
    assert dated.exported_on == date(2024, 10, 12)


def test_columns_may_stand_in_any_order_under_dressed_up_headers() -> None:
    (sheet,) = read.read(sample.bundled()[0])
    header: list[read.Cell] = [f"*{cell}\n（必填）" for cell in reversed(sheet.rows[2])]
    turned = read.Sheet("x", [header, *(list(reversed(row)) for row in sheet.rows[3:6])])
    found = recognise.recognise(turned, "x.xlsx")
    assert found
    assert (found.layout.name, found.header_row) == ("national_people", 0)
    assert len(found.places) == len(recognise.recognise(sheet, "x.xlsx").places)  # type: ignore[union-attr]


def test_an_unknown_sheet_is_not_recognised() -> None:
    assert recognise.recognise(read.Sheet("x", [["姓名", "电话"], ["马兰", "1"]]), "x.xlsx") is None


def test_a_cell_at_the_far_corner_is_refused_and_a_million_blank_rows_are_not_kept(tmp_path: Path) -> None:
    for name, row, column in (("far", 1_048_575, 16_383), ("long", 1_048_575, 2), ("wide", 3, 16_383)):
        with xlsxwriter.Workbook(str(tmp_path / f"{name}.xlsx")) as book:
            sheet = book.add_worksheet()
            sheet.write_string(0, 0, "a")
            sheet.write_string(row, column, "z")
            sheet.set_row(row, 12)
    with pytest.raises(ExpectedError) as refused:
        read.read(tmp_path / "far.xlsx")
    assert refused.value.code in ("workbook.damaged", "workbook.too_large")
    long = read.read(tmp_path / "long.xlsx")[0].rows
    assert len(long) == 1_048_576
    assert not any(long[1:-1])
    assert read.read(tmp_path / "wide.xlsx")[0].rows[3][16_383] == "z"
