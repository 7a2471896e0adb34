"""The difference list with the national system: person, field, ours, theirs, since when; kept until both are equal."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from caseworker_app import sample
from caseworker_app.read_models.comparisons import Compared
from caseworker_app.use_cases import compare, work
from caseworker_app.use_cases.desk import Desk
from db.queries import comparisons
from tests.exchange.lists import compared, facts, of, person

WHO, IDLE = "640106196207039712", "640106200212159558"
PEOPLE, SPELLS, WISHES = sample.bundled()


@pytest.fixture
def desk(sample_desk: Desk) -> Desk:
    return sample_desk


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Return a way to make a copy of an export in which cells of a person read otherwise; None takes the row out."""

    def copy(source: Path, number: str, cells: dict[str, str] | None, exported: str = "") -> Path:
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        target = folder / (source.name.replace("20241012", exported) if exported else source.name)
        shutil.copyfile(source, target)
        target.chmod(0o644)
        book = openpyxl.load_workbook(target)
        sheet: Worksheet = book.active
        if exported:
            sheet["A2"] = f"导出时间：{exported[:4]}-{exported[4:6]}-{exported[6:]}"
        heads = {str(cell.value): cell.column for cell in sheet[3]}
        row = next(row for row in sheet.iter_rows() if row[heads["证件号码"] - 1].value == number)
        if cells is None:
            sheet.delete_rows(row[0].row)
        for head, value in (cells or {}).items():
            row[heads[head] - 1].value = value
        book.save(target)
        return target

    return copy


def said(found: Compared) -> set[tuple[str, str, str, str]]:
    return {
        (each.name, difference.field, difference.ours, difference.theirs)
        for each in found.found
        for difference in each.differences
    }


def test_exports_that_are_the_ledger_differ_in_nothing(desk: Desk) -> None:
    found = compared(desk, [PEOPLE, SPELLS, WISHES], "national")
    assert said(found) == set()
    assert found.counts["agrees"] == 457
    assert found.counts["unknown_there"] == found.counts["not_here"] == 0
    assert found.as_of == date(2024, 10, 12)


def test_every_planted_difference_is_listed_and_nothing_else(
    desk: Desk, changed: Callable[..., Path]
) -> None:
    people = changed(PEOPLE, WHO, {"文化程度": "初中", "户联系电话": "13900000001", "姓名": "海绣"})
    spells = changed(SPELLS, WHO, {"务工月收入": "2600", "务工企业名称": "别处公司", "姓名": "海秀"})
    before = facts(desk)
    found = compared(desk, [people, spells, WISHES], "national")
    assert said(found) == {
        ("海秀", "person.name", "海秀", "海绣"),
        ("海秀", "person_attribute.education", "primary", "junior"),
        ("海秀", "household.phone", "13492655486", "13900000001"),
        ("海秀", "spell.wage", "180000", "260000"),
        ("海秀", "spell.employer", "杭州某服饰有限公司", "别处公司"),
    }
    compare.commit(desk, found)
    assert facts(desk) == before


def test_what_was_recorded_after_the_export_differs_too(desk: Desk) -> None:
    work.record_card(desk, person(desk, WHO), phone="13912345678")
    work.record_spell(desk, person(desk, IDLE), "wage", date(2024, 9, 1), employer="甲公司")
    assert said(compared(desk, [PEOPLE, SPELLS], "national")) == {
        ("海娜敏", "spell", "2024-09-01– 甲公司", "")
    }


def test_jobs_people_and_wishes_on_one_side_only_are_listed(desk: Desk, changed: Callable[..., Path]) -> None:
    people = changed(PEOPLE, IDLE, None)
    spells = changed(SPELLS, WHO, {"证件号码": IDLE, "姓名": "海娜敏"})
    found = compared(desk, [people, spells], "national")
    assert of(found, IDLE).result == "differs"
    (job,) = of(found, IDLE).differences
    assert (job.field, job.ours) == ("spell", "")
    assert "杭州某服饰有限公司" in job.theirs
    (gone,) = of(found, WHO).differences
    assert (gone.field, gone.theirs) == ("spell", "")
    only = compared(desk, [people, SPELLS], "national")
    assert of(only, IDLE).result == "unknown_there"
    assert only.counts["unknown_there"] == 1


def waiting(desk: Desk) -> set[tuple[str, str, date | None]]:
    with desk.ledger.reader() as connection:
        return {(line.name, line.field, line.since) for line in comparisons.waiting(connection)}


def test_a_difference_stays_until_both_say_the_same(desk: Desk, changed: Callable[..., Path]) -> None:
    def compare_now(*files: Path) -> None:
        compare.commit(desk, compared(desk, list(files), "national"))

    october = date(2024, 10, 12)
    compare_now(changed(PEOPLE, WHO, {"文化程度": "初中"}), SPELLS)
    assert waiting(desk) == {("海秀", "person_attribute.education", october)}
    # A month later another difference; the first is known since it was seen first.
    later = changed(SPELLS, WHO, {"务工月收入": "2600"}, "20241112")
    compare_now(changed(PEOPLE, WHO, {"文化程度": "初中"}, "20241112"), later)
    november = date(2024, 11, 12)
    assert waiting(desk) == {
        ("海秀", "person_attribute.education", october),
        ("海秀", "spell.wage", november),
    }
    # The exports of people alone say nothing of jobs.
    compare_now(changed(PEOPLE, WHO, {}, "20241122"))
    assert waiting(desk) == {("海秀", "spell.wage", november)}
    compare_now(changed(SPELLS, WHO, {}, "20241128"))
    assert waiting(desk) == set()
