"""What a person decides in an import: whose a damaged number is, what the columns of an unknown sheet are."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from caseworker_app import sample, wording
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import imports, mappings, undo
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import workers
from tests.conftest import PASSWORD

wording.use(wording.ZH)  # Before the commands are imported: their help is worded then.
from caseworker_app.cli import files  # noqa: E402, F401
from caseworker_app.cli.shared import commands  # noqa: E402

SHEET = Path(__file__).parents[2] / "samples" / "和顺新村外出务工台账2024（最终版）(1).xlsx"
DAMAGED = {6, 11, 16, 21, 26, 31, 36, 41, 46, 51, 56, 61}
STRANGE = ["编码", "叫什么", "身份信息", "哪天去的", "哪天回的", "在哪里", "一个月挣多少"]
MAPPED = {
    "叫什么": "person.name",
    "身份信息": "person.identity_number",
    "哪天去的": "spell.started_on",
    "哪天回的": "spell.ended_on",
    "在哪里": "workplace.text",
    "一个月挣多少": "spell.wage",
}


def prepare(desk: Desk, file: Path, layout: str = "") -> imports.Prepared:
    with desk.ledger.reader() as connection:
        return imports.prepare(connection, [file], desk.scope, desk.today(), layout=layout)


def confirm(
    desk: Desk, prepared: imports.Prepared, chosen: frozenset[tuple[str, str, int]]
) -> imports.Prepared:
    with desk.ledger.reader() as connection:
        return imports.confirm(connection, prepared, desk.scope, desk.today(), chosen)


def content(desk: Desk) -> str:
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def test_a_damaged_number_is_refused_at_its_cell_with_the_one_person_it_fits(sample_desk: Desk) -> None:
    prepared = prepare(sample_desk, SHEET)
    proposed = {each.row: each for each in prepared.preview.files[0].problems if each.proposal}
    assert set(proposed) == DAMAGED
    names = {cell.row: cell.value for cell in openpyxl.load_workbook(SHEET).active["D"]}
    for row, problem in proposed.items():
        assert problem.proposal
        assert problem.column == "身份证号码"
        assert problem.proposal.name == "".join(str(names[row]).split())
        assert problem.proposal.number not in repr(problem.value)


def test_nothing_proposed_is_written_until_it_is_confirmed(sample_desk: Desk) -> None:
    prepared = prepare(sample_desk, SHEET)
    imports.commit(sample_desk, prepared)
    without = content(sample_desk)
    undo.undo(sample_desk)
    prepared = prepare(sample_desk, SHEET)
    chosen = imports.proposals(prepared.preview, {6, 16})
    assert {row for _file, _sheet, row in chosen} == {6, 16}
    confirmed = confirm(sample_desk, prepared, chosen)
    left = {each.row for each in confirmed.preview.files[0].problems if each.proposal}
    assert left == DAMAGED - {6, 16}
    before, after = (each.preview.totals["spells"] for each in (prepared, confirmed))
    assert (after.refused, after.new) == (before.refused - 2, 0)
    assert after.changed + after.unchanged == before.changed + before.unchanged + 2
    imports.commit(sample_desk, confirmed)
    assert content(sample_desk) != without
    everything = confirm(sample_desk, prepared, imports.proposals(prepared.preview))
    assert not [each for each in everything.preview.files[0].problems if each.proposal]


def test_a_sound_number_that_ends_in_zeros_is_asked_about_only_when_somebody_else_is_meant(
    sample_desk: Desk, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(sample.bundled()[1])
    number = str(book.active["G4"].value)
    book.active["G4"] = number[:15] + "000"  # As text: only the person tells that it was rounded.
    book.save(tmp_path / "x.xlsx")
    problems = prepare(sample_desk, tmp_path / "x.xlsx").preview.files[0].problems
    assert [(each.cell, bool(each.proposal)) for each in problems] == [("G4", True)]


@pytest.fixture
def strange(sample_desk: Desk, tmp_path: Path) -> Path:
    """Return a sheet nobody knows, with two jobs of people of the ledger."""
    with sample_desk.ledger.reader() as connection:
        asked = sample_desk.asked(sample_desk.today())
        found = workers.rows(connection, workers.ids(connection, "unemployed", asked)[:2], asked)
    book = openpyxl.Workbook()
    book.active.append(["我们村自己的表"])
    book.active.append(STRANGE)
    for number, each in enumerate(found):
        book.active.append(
            [number, each.name, each.identity_number, "2010.3", "2010年4月", "浙江省杭州市余杭区", "3,500元"]
        )
    path = tmp_path / "自编表.xlsx"
    book.save(path)
    return path


def test_columns_mapped_once_are_known_from_then_on(sample_desk: Desk, strange: Path) -> None:
    with pytest.raises(ExpectedError) as refused:
        prepare(sample_desk, strange)
    assert refused.value.code == "import.not_recognised"
    ((sheet,),) = imports.look([strange]).contents
    assert mappings.header_rows(sheet) == (1, 1)
    columns = mappings.columns(sheet, 1, 1)
    assert [each.header for each in columns] == STRANGE
    assert "*" in columns[2].samples[0]
    mappings.save(sample_desk, "自编", "spells", MAPPED)
    prepared = prepare(sample_desk, strange)
    (preview,) = prepared.preview.files
    assert (preview.layout, preview.header_row, preview.rows, preview.problems) == ("自编", 2, 2, ())
    assert prepared.preview.totals["spells"].new == 2
    assert {row["wage"] for row in prepared.writes.inserts["spell"]} == {350_000}
    assert prepare(sample_desk, strange, "自编").preview.totals == prepared.preview.totals
    undo.undo(sample_desk)
    with pytest.raises(ExpectedError):
        prepare(sample_desk, strange)
    undo.redo(sample_desk)
    mappings.forget(sample_desk, "自编")
    with pytest.raises(ExpectedError):
        prepare(sample_desk, strange)


@pytest.mark.parametrize(
    ("name", "record", "columns", "code"),
    [
        (" ", "spells", MAPPED, "mapping.name"),
        ("national_people", "spells", MAPPED, "mapping.name"),
        ("自编", "jobs", MAPPED, "mapping.record"),
        ("自编", "spells", {**MAPPED, "在哪里": "spell.where"}, "mapping.field"),
        ("自编", "spells", {"叫什么": "person.name"}, "mapping.lacking"),
        ("自编", "people", MAPPED, "mapping.lacking"),
    ],
)
def test_a_mapping_that_says_too_little_is_refused(
    sample_desk: Desk, name: str, record: str, columns: dict[str, str], code: str
) -> None:
    before = content(sample_desk)
    with pytest.raises(ExpectedError) as refused:
        mappings.save(sample_desk, name, record, columns)
    assert refused.value.code == code
    assert content(sample_desk) == before


@pytest.fixture
def ask(sample_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a way to run commands on the sample's ledger, which is closed before."""
    wording.use(wording.ZH)
    sample_desk.close()
    monkeypatch.setenv("CASEWORKER_LEDGER", str(sample_desk.ledger.folder))
    monkeypatch.setenv("CASEWORKER_PASSWORD", PASSWORD)

    def ask(*arguments: object, status: int = 0) -> Any:
        result = CliRunner().invoke(commands, [*map(str, arguments)], catch_exceptions=False)
        assert result.exit_code == status, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.output

    return ask


def test_from_the_command_line(ask: Callable[..., Any], strange: Path, tmp_path: Path) -> None:
    answer = tmp_path / "退回.xlsx"
    told = ask("import", SHEET, "--dry-run", "--confirm", 6, "--answer", answer, "--json")
    rows = {each["row"] for each in told["files"][0]["problems"] if each["proposal"]}
    assert rows == DAMAGED - {6}
    assert told["answers"] == [str(answer)]
    sheet = openpyxl.load_workbook(answer).active
    assert sheet["E11"].comment
    assert not sheet["E6"].comment
    assert ask("import", SHEET, "--accept-proposals", "--json")["totals"]["spells"]["refused"] == 7
    given = [part for header, field in MAPPED.items() for part in ("--column", f"{header}={field}")]
    ask("layout", "save", "自编", "--record", "spells", *given)
    listed = ask("layout", "list", "--json")
    assert [each["name"] for each in listed if each["mapped"]] == ["自编"]
    assert ask("import", strange, "--layout", "自编", "--json")["totals"]["spells"]["new"] == 2
    assert "person.name" in ask("layout", "fields")
    ask("layout", "forget", "自编")
