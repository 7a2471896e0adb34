from pathlib import Path

import pytest

from caseworker_app import sample
from caseworker_app.domain import divisions, identity
from caseworker_app.exchange import read
from caseworker_app.read_models.imports import Count, ImportPreview
from caseworker_app.use_cases import imports
from caseworker_app.use_cases.desk import Desk


def preview(desk: Desk, files: list[Path]) -> ImportPreview:
    with desk.ledger.reader() as connection:
        return imports.prepare(connection, files, desk.scope, desk.today()).preview


def rows(path: Path) -> list[list[read.Cell]]:
    (sheet,) = read.read(path)
    return [row for row in sheet.rows if any(cell != "" for cell in row)]


def test_every_row_is_taken(desk: Desk, tmp_path: Path) -> None:
    found = preview(desk, sample.write(tmp_path / "files", 80, seed=5))
    assert [(each.layout, each.problems, each.corrections) for each in found.files] == [
        ("national_people", (), ()),
        ("national_spells", (), ()),
        ("national_intentions", (), ()),
    ]
    assert found.totals["households"] == Count(new=80)
    for kind, each in zip(("people", "spells", "intentions"), found.files, strict=True):
        assert found.totals[kind] == Count(new=each.rows)
        assert each.cells["refused"] == 0


def test_a_seed_gives_the_same_again_and_another_gives_others(tmp_path: Path) -> None:
    first = [rows(path) for path in sample.write(tmp_path / "a", 12, seed=3)]
    assert [rows(path) for path in sample.write(tmp_path / "b", 12, seed=3)] == first
    assert [rows(path) for path in sample.write(tmp_path / "c", 12, seed=4)] != first


@pytest.mark.parametrize("written", [True, False], ids=["written", "bundled"])
def test_the_layout_is_the_one_of_the_field(tmp_path: Path, written: bool) -> None:
    files = sample.write(tmp_path, 3, seed=1) if written else sample.bundled()
    assert [path.name for path in files] == [path.name for path in sample.bundled()]
    for path, headers in zip(
        files, (sample.PEOPLE_HEADERS, sample.SPELL_HEADERS, sample.INTENTION_HEADERS), strict=True
    ):
        (sheet,) = read.read(path)
        assert sheet.rows[2] == list(headers)
        assert all(isinstance(cell, str) for row in sheet.rows for cell in row)


def test_people_are_spread_over_the_villages_and_no_two_share_a_number(tmp_path: Path) -> None:
    people, spells, _ = (
        rows(path)[3 if index < 2 else 2 :] for index, path in enumerate(sample.write(tmp_path, 150, seed=2))
    )
    numbers = [str(row[11]) for row in people]
    assert len(set(numbers)) == len(numbers)
    assert all(
        identity.parse(number).born.strftime("%Y%m%d") == row[9]
        for number, row in zip(numbers, people, strict=True)
    )
    places = {tuple(map(str, row[:3])) for row in people}
    assert len(places) > 10
    home = {divisions.resolve_village(*place) for place in places}
    assert None not in home
    far = {
        divisions.distance(
            divisions.resolve_place(province=str(row[13]), city=str(row[14]), county=str(row[15])), "640106"
        )
        for row in spells
    }
    assert far == {
        divisions.Distance.WITHIN_COUNTY,
        divisions.Distance.CROSS_COUNTY,
        divisions.Distance.CROSS_PROVINCE,
    }


def test_another_county_has_its_own_villages(tmp_path: Path) -> None:
    people = rows(sample.write(tmp_path, 3, seed=1, county="620503")[0])[3:]
    assert all((divisions.resolve_village(*map(str, row[:3])) or "").startswith("620503") for row in people)
    with pytest.raises(ValueError, match="000000"):
        sample.write(tmp_path, 3, seed=1, county="000000")
