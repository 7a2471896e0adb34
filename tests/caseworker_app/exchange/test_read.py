import csv
import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from caseworker_app import sample
from caseworker_app.domain import clinic
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import guard, read, recognise, texts
from tests.caseworker_app.exchange import hostile

READING = Path(__file__).parents[2] / "samples" / "reading"


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


def test_a_formula_is_what_was_last_calculated_and_known_when_nobody_did(tmp_path: Path) -> None:
    path = tmp_path / "formulas.xlsx"
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"x"</f><v>x</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1" t="str"><f>""</f><v/></c>'
        '<c r="E1" s="0"><f t="shared" si="0"/></c><c r="F1"><f>A1&lt;2</f><v/></c><c r="G1"><f ca="1">NOW()</f></c>'
    )
    hostile.book(path, f'<row r="3">{cells.replace("1", "3")}</row><row r="9"><c r="Z9"><f>A1</f></c></row>')
    rows = read.read(path)[0].rows
    assert rows[2] == [2, "x", "", "", "=", "=A3<2", "=NOW()"]
    assert [isinstance(cell, read.Uncalculated) for cell in rows[2]] == [False] * 4 + [True] * 3
    assert (len(rows), rows[8][25], rows[3]) == (9, "=A1", [])


def test_formulas_without_a_value_are_found_in_a_large_sheet(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    places = {number: f"=B{number}*12" for number in range(1, 40_000, 997)}
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("大")
        for number in range(1, 40_001):
            sheet.write_string(number - 1, 0, "马兰马兰马兰" * (number % 5))
            if number in places:
                sheet.write_formula(number - 1, 2, places[number], None, "")
            else:
                sheet.write_formula(number - 1, 2, places.get(number, "=1"), None, 7)
    content: dict[str, hostile.Content] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content[name] = archive.read(name).replace(b' t="str"><f>B', b"><f>B").replace(b"<v></v>", b"")
    hostile.archive(path, content)
    rows = read.read(path)[0].rows
    found = {
        number: row[2]
        for number, row in enumerate(rows, 1)
        if len(row) > 2 and isinstance(row[2], read.Uncalculated)
    }
    assert found == places
    assert rows[1][2] == 7


def test_formulas_of_an_open_document(tmp_path: Path) -> None:
    path = tmp_path / "formulas.ods"
    path.write_bytes((READING / "1904.ods").read_bytes())
    assert read.read(path)[0].rows[0][-1] == "a"
    with zipfile.ZipFile(path) as archive:
        content: dict[str, hostile.Content] = {name: archive.read(name) for name in archive.namelist()}
        text = archive.read("content.xml").decode()
    cell = 'table:formula="of:=[.A1]" office:value-type="string"'
    assert text.count(cell) == 1
    before, after = text.split(cell)
    after = after[after.index(">") :].replace("<text:p>a</text:p>", "", 1)
    content["content.xml"] = (before + cell.split()[0] + after).encode()
    hostile.archive(path, content)
    last = read.read(path)[0].rows[0][-1]
    assert isinstance(last, read.Uncalculated)
    assert last.startswith("=[.A1]")


@pytest.mark.parametrize("name", ["1904.xls", "1904.ods"])
def test_days_and_number_cells_are_what_they_were(tmp_path: Path, name: str) -> None:
    """Counted from 1904, as workbooks of old Macintoshes do, in the formats of old programs too."""
    row = read.read(READING / name)[0].rows[0]
    assert row[4:7] == [date(2024, 3, 5), date(2024, 3, 6), time(3, 4)]
    assert isinstance(row[8], float)
    assert clinic.is_rounded(row[8])
    path = tmp_path / "1904.xlsx"
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    days = [
        datetime.fromisoformat("2024-03-05T06:07"),
        date(2024, 3, 6),
        time(3, 4),
        timedelta(hours=30),
        True,
        640106198501010012,
        "x",
    ]
    for _ in range(700):
        book.active.append(days)
    book.save(path)
    rows = read.read(path)[0].rows
    assert len(rows) == 700
    assert all(row == [*days[:5], float("640106198501010000"), "x"] for row in rows)
    assert [type(cell).__name__ for cell in rows[0]][:5] == ["datetime", "date", "time", "timedelta", "bool"]


def test_cells_that_are_equal_and_not_the_same_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "equal.xlsx"
    book = openpyxl.Workbook()
    for cell in (1, True, "1", 0, False, "0", ""):
        book.active.append([cell, "是"])
    book.save(path)
    cells = [row[0] for row in read.read(path)[0].rows]
    assert [(type(cell), cell) for cell in cells] == [
        (float, 1.0), (bool, True), (str, "1"), (float, 0.0), (bool, False), (str, "0"), (str, "")
    ]  # fmt: skip


def test_blank_rows_and_columns_keep_their_places(tmp_path: Path) -> None:
    path = tmp_path / "holes.xlsx"
    places = {(0, 1): "a", (2, 0): "b", (600, 3): "c", (601, 2): "d", (5000, 1): "e"}
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for (row, column), text in places.items():
            sheet.write_string(row, column, text)
    rows = read.read(path)[0].rows
    found = {
        (number, place): cell
        for number, row in enumerate(rows)
        for place, cell in enumerate(row)
        if cell != ""
    }
    assert found == places
    assert [number for number, row in enumerate(rows) if row] == [0, 2, 600, 601, 5000]


def test_a_workbook_behind_a_password(tmp_path: Path) -> None:
    locked = tmp_path / "locked.xlsx"
    hostile.locked_xlsx(locked)
    for path, password in ((locked, hostile.PASSWORD), (READING / "locked.xls", "Password1234_")):
        assert refusal(path) == "workbook.encrypted"
        with pytest.raises(ExpectedError) as error:
            read.read(path, password="falsch")
        assert error.value.code == "workbook.password_wrong"
        sheets = read.read(path, password=password)
        assert any(any(row) for row in sheets[0].rows)
        assert read.read_all([sample.bundled()[2], path], password=password)[1] == sheets
    assert read.read(locked, password=hostile.PASSWORD) == read.read(sample.bundled()[2])


def test_what_everybody_may_open_needs_no_password(tmp_path: Path) -> None:
    path = tmp_path / "shared.xlsx"
    opened = io.BytesIO()
    OOXMLFile(io.BytesIO(sample.bundled()[2].read_bytes())).encrypt("VelvetSweatshop", opened)
    path.write_bytes(opened.getvalue())
    assert read.read(path) == read.read(sample.bundled()[2])


def test_a_workbook_of_the_strict_kind_and_one_under_another_ending(tmp_path: Path) -> None:
    plain = sample.bundled()[1]
    with zipfile.ZipFile(plain) as archive:
        content = {
            name: archive.read(name)
            .replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            .replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006",
                b"http://purl.oclc.org/ooxml/officeDocument",
            )
            for name in archive.namelist()
        }
    strict = tmp_path / "strict.xlsx"
    hostile.archive(strict, content)
    renamed = tmp_path / "renamed.xls"
    renamed.write_bytes(plain.read_bytes())
    assert read.read(strict) == read.read(renamed) == read.read(plain)


def test_text_with_line_breaks_in_cells(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes('姓名,备注\r\n马兰,"第一行\n第二行"\r\n\r\n马英,"a\u2028b"\r\n'.encode("utf-16"))
    assert read.read(path)[0].rows == [["姓名", "备注"], ["马兰", "第一行\n第二行"], [], ["马英", "a\u2028b"]]


def test_a_number_cell_of_a_web_page_is_a_number(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    cells = '<td x:num="6.4010619850101E+17">640106198501010000</td><td x:num>12.5</td><td x:num>无</td><td>12.5</td>'
    path.write_text(f"<table><tr>{cells}</tr></table>", "utf-8")
    assert read.read(path)[0].rows == [[6.4010619850101e17, 12.5, "无", "12.5"]]


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
    with suppress(guard.Unfit):
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
