"""The monthly workbook: what it shows, its seal and records, its safety in other programs, and writing it again."""

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from caseworker_app import sample
from caseworker_app.domain import lines
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import parts, read, seal, write
from caseworker_app.exchange.read import Sheet
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import imports, uploads, work
from caseworker_app.use_cases.desk import Desk
from db import states
from db.queries import uploads as upload_queries
from db.queries import workers
from db.tables import Household, Person, Problem
from tests.caseworker_app.use_cases.looking import content, rows

ON = date(2024, 11, 30)
VILLAGE = "640106100207"
MONTH = "2024-11"


@pytest.fixture(scope="module")
def village_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uploads") / "village"
    made, _code = desks.new(folder, "mountain-river", VILLAGE, "周", clock=noon)
    with made.ledger.reader() as connection:
        prepared = imports.prepare(connection, sample.bundled(), made.scope, ON)
    imports.commit(made, prepared)
    made.close()
    return folder


def noon() -> datetime:
    return datetime(2024, 11, 30, 4, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def desk(village_ledger: Path, tmp_path: Path) -> Iterator[Desk]:
    folder = shutil.copytree(village_ledger, tmp_path / "ledger")
    opened = desks.open_with_password(folder, "mountain-river", noon)
    yield opened
    opened.close()


def written(desk: Desk, tmp_path: Path, name: str = "月报送.xlsx", **more: str) -> Path:
    path = tmp_path / name
    uploads.write_month(desk, MONTH, path, **more)  # type: ignore[arg-type]
    return path


def sheet(sheets: list[Sheet], name: str) -> list[list[read.Cell]]:
    return next(each.rows for each in sheets if each.name == name)


def converted(file: Path, kind: str) -> Path:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not on this machine")
    home = file.parent / f"office-{kind}"
    command = [office, f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*command, "--outdir", str(file.parent / kind), str(file)], check=True, capture_output=True
    )
    return file.parent / kind / f"{file.stem}.{kind}"


def plant(desk: Desk, **values: str) -> str:
    """Give the first worker values that an import would have normalised; return the identity number."""
    with desk.ledger.reader() as connection:
        person = workers.ids(connection, "workers", desk.asked(ON))[0]
    with desk.units("person.contact") as unit:
        unit.update(Person, person, **values)
        unit.commit()
    return str(rows(desk, Person, id=person)[0]["identity_number"])


def test_it_is_sealed_by_this_device_and_holds_the_full_state(desk: Desk, tmp_path: Path) -> None:
    sheets = read.read(written(desk, tmp_path))
    found = seal.verify(sheets)
    assert (found.state, found.edited, found.public_key) == ("sound", (), seal.public_key())
    said = found.manifest
    assert (said["kind"], said["village"], said["month"], said["level"]) == (
        "upload",
        VILLAGE,
        MONTH,
        "village",
    )
    assert (said["device"], said["officer"], said["day"]) == (desk.units.device, "周", "2024-11-30")
    with desk.ledger.reader() as connection:
        state = states.gather(connection, VILLAGE, desk.scope)
    told = lines.decode(sheet(sheets, parts.RECORDS_SHEET), said["vectors"])
    assert lines.digest(told.records) == lines.digest(
        line for line in state.records if line.table != "upload"
    )
    assert said["records"] == len(sheet(sheets, parts.RECORDS_SHEET))
    assert said["journal"][0] == desk_position(desk) - 1


def desk_position(desk: Desk) -> int:
    with desk.ledger.reader() as connection:
        return int(upload_queries.journal_head(connection)[0])


def test_every_sheet_of_the_round_is_there(desk: Desk, tmp_path: Path) -> None:
    path = written(desk, tmp_path)
    book = openpyxl.load_workbook(path)
    visible = [each.title for each in book if each.sheet_state == "visible"]
    assert visible == ["封面", *(form.name for form in write.monthly_forms())]
    assert [each.title for each in book if each.sheet_state == "veryHidden"] == ["_records", "_seal"]
    cover = dict(row[1:3] for row in book["封面"].iter_rows(min_row=4, values_only=True) if row[1] and row[2])
    assert cover["填报单位"].endswith("和顺新村")
    assert (cover["月份"], cover["填报人"], cover["月度状态"]) == ("2024年11月", "周", "未关账")
    assert cover["较上次变化"] == "首次报送"
    assert cover["设备指纹"] == seal.fingerprint(seal.public_key())
    with desk.ledger.reader() as connection:
        for name, title in (
            ("employed", "已就业人员清单"),
            ("unemployed", "未就业人员清单"),
            ("zeroing", "动态清零"),
        ):
            count = len(workers.ids(connection, name, desk.asked(ON)))
            assert cover[f"《{title}》"] == f"{count} 行"
            depth = 4 if title == "未就业人员清单" else 3
            filled = [row for row in book[title].iter_rows(min_row=depth + 1, values_only=True) if row[0]]
            assert [row[0] for row in filled] == list(range(1, count + 1))
    assert any(each.name == seal.PROPERTY for each in book.custom_doc_props.props)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_another_program_keeps_seal_and_records(desk: Desk, tmp_path: Path, kind: str) -> None:
    path = written(desk, tmp_path)
    sheets = read.read(converted(path, kind))
    found = seal.verify(sheets)
    assert (found.state, found.edited) == ("sound", ())
    told = lines.decode(sheet(sheets, parts.RECORDS_SHEET), found.manifest["vectors"])
    again = lines.decode(sheet(read.read(path), parts.RECORDS_SHEET), found.manifest["vectors"])
    assert lines.digest(told.records) == lines.digest(again.records)


def test_one_edited_cell_is_named(desk: Desk, tmp_path: Path) -> None:
    path = written(desk, tmp_path)
    book = openpyxl.load_workbook(path)
    cell = book["劳动力"]["F8"]
    assert cell.value
    cell.value = "别人"
    book.save(path)
    found = seal.verify(read.read(converted(path, "ods")))
    assert (found.state, found.edited) == ("broken", (("劳动力", "F8"),))


def test_what_looks_like_a_formula_stays_text(desk: Desk, tmp_path: Path) -> None:
    number = plant(desk, name="=HYPERLINK(1)", phone="+86-1")
    path = written(desk, tmp_path)
    assert seal.verify(read.read(path)).state == "sound"
    book = openpyxl.load_workbook(path)
    row = next(row for row in book["劳动力"].iter_rows() if any(cell.value == number for cell in row))
    kinds = {cell.value: (cell.data_type, cell.number_format, cell.quotePrefix) for cell in row}
    assert kinds["=HYPERLINK(1)"] == ("s", "@", True)
    assert kinds["+86-1"][0] == kinds[number][0] == "s"


def test_sheets_are_ready_to_use_and_to_print(desk: Desk, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(desk, tmp_path))
    workers_sheet = book["劳动力"]
    assert workers_sheet.freeze_panes == "G5"
    assert workers_sheet.auto_filter.ref.startswith("A4:")
    assert (workers_sheet.page_setup.paperSize, workers_sheet.page_setup.orientation) == (9, "landscape")
    assert workers_sheet.print_title_rows == "$3:$4"
    assert "A3:A4" in {str(each) for each in workers_sheet.merged_cells.ranges}
    rules = workers_sheet.data_validations.dataValidation
    assert rules
    assert all(rule.showErrorMessage and rule.type == "list" for rule in rules)
    relations = next(rule for rule in rules if "J5" in str(rule.sqref))
    assert "户主" in relations.formula1
    assert workers_sheet.column_dimensions["I"].width > 18
    below = workers_sheet.cell(workers_sheet.max_row + 1, 9)
    assert workers_sheet.column_dimensions["I"].number_format == "@" or below.number_format == "@"


def test_a_past_upload_is_written_again_the_same(desk: Desk, tmp_path: Path) -> None:
    first = written(desk, tmp_path, "a.xlsx")
    with desk.ledger.reader() as connection:
        kept = uploads.past(connection)[0]
        person = workers.ids(connection, "unemployed", desk.asked(ON))[0]
    work.record_spell(desk, person, "wage", date(2024, 11, 1), employer="新厂", place_code="640106")
    later = written(desk, tmp_path, "b.xlsx")
    before = content(desk)
    again = tmp_path / "c.xlsx"
    uploads.write_again(desk, kept.id, again)
    assert content(desk) == before
    assert again.read_bytes() == first.read_bytes() != later.read_bytes()
    with zipfile.ZipFile(again) as archive:
        assert archive.testzip() is None
    with pytest.raises(ExpectedError) as refused:
        uploads.write_again(desk, "no-such", again)
    assert refused.value.code == "upload.none"


def test_with_a_password_only_the_password_opens_it(desk: Desk, tmp_path: Path) -> None:
    path = written(desk, tmp_path, password="三江源-2024")
    with pytest.raises(ExpectedError) as refused:
        read.read(path)
    assert refused.value.code == "workbook.encrypted"
    assert seal.verify(read.read(path, password="三江源-2024")).state == "sound"
    with pytest.raises(ExpectedError) as short:
        written(desk, tmp_path, password="12")
    assert short.value.code == "upload.password_short"


def test_what_changed_since_the_month_before_is_listed(desk: Desk, tmp_path: Path) -> None:
    uploads.write_month(desk, "2024-10", tmp_path / "oct.xlsx")
    number = plant(desk, phone="13900000001")
    with desk.ledger.reader() as connection:
        person = workers.ids(connection, "unemployed", desk.asked(ON))[0]
    work.record_service(desk, [person], "policy_briefing", ON)
    sheets = read.read(written(desk, tmp_path))
    told = [row[3:] for row in sheet(sheets, "较上次变化")[3:]]
    name = rows(desk, Person, identity_number=number)[0]["name"]
    assert next(row for row in told if row[0] == name and row[3] == "联系电话")[5] == "13900000001"
    assert sum(row[1:3] == ["服务", "新增"] for row in told) == 1
    assert len(told) == 2


def test_the_day_of_the_figures_is_a_setting(desk: Desk, tmp_path: Path) -> None:
    with desk.ledger.reader() as connection:
        person = workers.ids(connection, "unemployed", desk.asked(ON))[0]
    work.record_spell(desk, person, "wage", date(2024, 11, 26), employer="新厂", place_code="640106")
    with_it = uploads.write_month(desk, MONTH, tmp_path / "a.xlsx")
    desks.set_number(desk, "figures_day", 25)
    without = uploads.write_month(desk, MONTH, tmp_path / "b.xlsx")
    assert with_it["已就业人员清单"] == without["已就业人员清单"] + 1
    assert seal.verify(read.read(tmp_path / "b.xlsx")).manifest["day"] == "2024-11-25"
    assert uploads.month_days("2024-02", ON, 31)[1] == date(2024, 2, 29)


def test_a_file_that_cannot_be_written_leaves_the_ledger_as_it_was(desk: Desk, tmp_path: Path) -> None:
    before = content(desk)
    with pytest.raises(ExpectedError) as refused:
        uploads.write_month(desk, MONTH, tmp_path / "none" / "a.xlsx")
    assert refused.value.code == "workbook.not_written"
    assert content(desk) == before


def test_each_upload_names_the_one_before(desk: Desk, tmp_path: Path) -> None:
    first = seal.verify(read.read(written(desk, tmp_path, "a.xlsx"))).manifest
    second = seal.verify(read.read(written(desk, tmp_path, "b.xlsx"))).manifest
    assert (first["previous"], second["previous"]) == ("", first["content"])


def test_a_household_without_people_is_in_the_records(desk: Desk, tmp_path: Path) -> None:
    with desk.units("household.new") as unit:
        unit.insert(Household, household_no="H-empty", village_code=VILLAGE)
        unit.commit()
    sheets = read.read(written(desk, tmp_path))
    told = lines.decode(sheet(sheets, parts.RECORDS_SHEET), {})
    assert "H-empty" in {line.fields["household_no"] for line in told.records if line.table == "household"}


def test_problems_put_right_are_answered_when_the_month_goes_up(desk: Desk, tmp_path: Path) -> None:
    with desk.ledger.reader() as connection:
        person = workers.ids(connection, "workers", desk.asked(ON))[0]
    with desk.units("receive.file") as unit:
        problem = unit.insert(
            Problem,
            village_code=VILLAGE,
            month="2024-10",
            code="identity_born",
            message="出生日期与身份证号码不符",
            person_id=person,
            raised_on=ON,
        )
        unit.commit()
    sheets = read.read(written(desk, tmp_path))
    replies = [
        line.fields
        for line in lines.decode(sheet(sheets, parts.RECORDS_SHEET), {}).records
        if line.table == "reply"
    ]
    assert [(each["about"], each["outcome"]) for each in replies] == [(problem, "fixed")]
