"""The seal: kept by whoever saves the workbook anew, broken by an edited cell, which is named."""

import shutil
import stat
import subprocess
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app import paths
from caseworker_app.exchange import parts, read, seal
from caseworker_app.exchange.read import Cell, Sheet

ROWS: list[list[Cell]] = [
    ["姓名", "证件号码", "月收入", "开始时间", "说明"],
    ["田小七", "640106198501010011", 3500.5, date(2024, 3, 5), "=1+1"],
    ["𬭎一", "640106196001010022", 0.1 + 0.2, date(1999, 12, 31), "第一行\n第二行"],
    ["", "", "", "", ""],
    ["马·阿依莎", "001", 12, date(2024, 11, 30), "两个  空格"],
]
ROWS += [[f"第{number}人", f"{number:018d}", number * 100, date(2024, 1, 1), "'@+-"] for number in range(60)]
MANIFEST = {"kind": "upload", "device": "0192", "village": "640106100207", "month": "2024-11"}


def sealed(file: Path, rows: Sequence[Sequence[Cell]] = ROWS) -> Path:
    """Write rows and their seal as a workbook."""
    said = seal.seal_rows(MANIFEST, {"劳动力": seal.sums(rows)})
    with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet, hidden = book.add_worksheet("劳动力"), book.add_worksheet(parts.SEAL_SHEET)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(row, column, cell, day)
                elif cell != "":
                    sheet.write(row, column, cell)
        for row, texts in enumerate(said):
            hidden.write_row(row, 0, texts)
        hidden.very_hidden()
        book.set_custom_property(seal.PROPERTY, seal.property_text(said))
    return file


def as_sheets(rows: Sequence[Sequence[Cell]], said: Sequence[Sequence[Cell]]) -> list[Sheet]:
    """Return rows and seal as the reader gives them."""
    return [
        Sheet("劳动力", [list(row) for row in rows]),
        Sheet(parts.SEAL_SHEET, [list(row) for row in said]),
    ]


def edited(change: Callable[[list[list[Cell]]], object]) -> tuple[tuple[str, str], ...]:
    """Return what is named after a change to sealed rows."""
    said = seal.seal_rows(MANIFEST, {"劳动力": seal.sums(ROWS)})
    rows = [list(row) for row in ROWS]
    change(rows)
    found = seal.verify(as_sheets(rows, said))
    assert found.state == "broken"
    return found.edited


def converted(file: Path, kind: str) -> Path:
    """Let LibreOffice save a workbook in another format."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not on this machine")
    into = file.parent / kind
    home = file.parent / f"office-{kind}"
    command = [office, f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(into), str(file)], check=True, capture_output=True)
    return into / f"{file.stem}.{kind}"


def test_a_workbook_as_it_was_written_is_sound(tmp_path: Path) -> None:
    found = seal.verify(read.read(sealed(tmp_path / "a.xlsx")))
    assert (found.state, found.edited, found.device) == ("sound", (), "0192")
    assert found.public_key == seal.public_key()
    assert found.manifest["village"] == "640106100207"


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_another_program_that_saves_it_keeps_the_seal(tmp_path: Path, kind: str) -> None:
    found = seal.verify(read.read(converted(sealed(tmp_path / "月报送.xlsx"), kind)))
    assert (found.state, found.edited) == ("sound", ())


def test_an_edited_cell_is_named_after_another_program_saved_it(tmp_path: Path) -> None:
    file = converted(sealed(tmp_path / "a.xlsx"), "xlsx")
    book = openpyxl.load_workbook(file)
    book["劳动力"]["B7"] = "640106198501010012"
    book.save(file)
    found = seal.verify(read.read(converted(file, "ods")))
    assert (found.state, found.edited) == ("broken", (("劳动力", "B7"),))


def test_a_value_that_reads_the_same_is_no_edit() -> None:
    said = seal.seal_rows(MANIFEST, {"劳动力": seal.sums(ROWS)})
    rows = [list(row) for row in ROWS]
    rows[1][2], rows[4][4], rows[2][4] = "3500.5", "两个 空格 ", "第一行 第二行"
    rows.append(["", "", ""])
    rows[5].append("")
    assert seal.verify(as_sheets(rows, said)).state == "sound"


def put(row: int, column: int, value: Cell) -> Callable[[list[list[Cell]]], None]:
    """Return the change of one cell."""

    def change(rows: list[list[Cell]]) -> None:
        rows[row][column] = value

    return change


@given(st.integers(0, len(ROWS) - 1), st.integers(0, 4), st.integers(min_value=10**6))
def test_one_edited_cell_is_the_one_named(row: int, column: int, value: int) -> None:
    assert edited(put(row, column, value)) == (("劳动力", f"{read.column_letters(column)}{row + 1}"),)


def test_edits_in_several_places_are_all_named() -> None:
    def change(rows: list[list[Cell]]) -> None:
        rows[1][0] = "别人"
        rows[40][3] = date(2020, 1, 1)
        rows[1].append("多出来的")

    assert edited(change) == (("劳动力", "A2"), ("劳动力", "F2"), ("劳动力", "D41"))


def test_rows_put_in_and_taken_out_are_named_by_row_or_sheet() -> None:
    assert edited(lambda rows: rows.insert(3, ["新来的", "1"])) == (("劳动力", "A4"),)
    assert edited(lambda rows: rows.pop(10)) == (("劳动力", ""),)
    assert edited(lambda rows: rows.reverse()) == (("劳动力", ""),)


def test_a_sheet_that_came_or_went_is_named() -> None:
    said = seal.seal_rows(MANIFEST, {"劳动力": seal.sums(ROWS), "封面": seal.sums([["甲"]])})
    sheets = [*as_sheets(ROWS, said), Sheet("说明", [["另有一人"]]), Sheet("Sheet3", [])]
    assert set(seal.verify(sheets).edited) == {("封面", ""), ("说明", "")}


def test_what_was_signed_cannot_be_replaced() -> None:
    said = seal.seal_rows(MANIFEST, {"劳动力": seal.sums(ROWS)})
    forged = [list(row) for row in said]
    forged[1] = [forged[1][0].replace("640106100207", "640106100208")]
    assert seal.verify(as_sheets(ROWS, forged)) == seal.Seal("broken", ((parts.SEAL_SHEET, ""),))
    cut = [said[0]]
    assert seal.verify(as_sheets(ROWS, cut)).state == "broken"


def test_without_a_seal_it_is_absent_and_with_only_our_records_broken() -> None:
    plain = Sheet("Sheet1", [["姓名"]])
    assert seal.verify([plain]) == seal.Seal("absent")
    assert seal.verify([plain, Sheet(parts.RECORDS_SHEET, [["records 1"]])]).state == "broken"


def test_the_key_is_made_once_and_only_its_owner_reads_it() -> None:
    first = seal.public_key()
    file = paths.config() / "device.key"
    assert seal.public_key() == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(seal.fingerprint(first).replace(" ", "")) == 24


def test_a_key_that_cannot_be_read_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORKER_HOME", str(tmp_path))
    first = seal.public_key()
    (tmp_path / "config" / "device.key").write_text("no key", encoding="ascii")
    assert seal.public_key() != first
    assert (tmp_path / "config" / "device.key.broken").read_text(encoding="ascii") == "no key"
