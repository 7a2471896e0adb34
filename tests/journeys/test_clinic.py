"""A list whose identity numbers a spreadsheet and tired hands have spoilt: nothing of it lands unconfirmed."""

from datetime import date
from pathlib import Path
from random import Random

import xlsxwriter
from sqlalchemy import select

from caseworker_app.domain import clinic
from caseworker_app.use_cases import imports
from caseworker_app.use_cases.desk import Desk
from db.tables import Person
from tests.caseworker_app.domain.damages import DAMAGES, can_happen, dressed


def people(desk: Desk) -> dict[str, tuple[str, str, str, date]]:
    """Return everybody by id: number, name, phone, birth date."""
    with desk.ledger.reader() as connection:
        rows = connection.execute(
            select(Person.id, Person.identity_number, Person.name, Person.phone, Person.born)
        )
        return {row[0]: tuple(row[1:]) for row in rows}  # type: ignore[misc]


def test_a_list_of_damaged_numbers(sample_desk: Desk, tmp_path: Path) -> None:
    desk, random = sample_desk, Random(5)
    before = people(desk)
    path = tmp_path / "电话更新.xlsx"
    kinds: dict[int, tuple[str, str]] = {}
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, ["姓名", "身份证号码", "联系电话", "出生日期"])
        for row, (key, (number, name, _phone, born)) in enumerate(before.items(), 1):
            possible = [
                each for each in (*clinic.KINDS, "sound") if each == "sound" or can_happen(each, number)
            ]
            kind = possible[row % len(possible)]
            raw = number if kind == "sound" else dressed(DAMAGES[kind](number, random), random)
            kinds[row + 1] = (kind, key)
            sheet.write(row, 0, name)
            if isinstance(raw, str):
                sheet.write_string(row, 1, raw)
            else:
                sheet.write_number(row, 1, raw)
            sheet.write_string(row, 2, f"139{row:08}")
            sheet.write_string(row, 3, born.isoformat())
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, [path], desk.scope, desk.today())
        confirmed = imports.confirm(
            connection, prepared, desk.scope, desk.today(), imports.proposals(prepared.preview)
        )
    (found,) = prepared.preview.files
    flagged = {problem.row: problem for problem in found.problems}
    damaged = {row for row, (kind, _key) in kinds.items() if kind != "sound"}
    assert set(flagged) == damaged
    proposed = {row: problem.proposal for row, problem in flagged.items() if problem.proposal}
    # What is left of 6.40106E+17 tells no birth date.
    assert {kinds[row][0] for row in damaged - set(proposed)} <= {"scientific"}
    assert all(proposal.number == before[kinds[row][1]][0] for row, proposal in proposed.items())

    # Unconfirmed, only what is sound lands; nobody is made and no number changes.
    imports.commit(desk, prepared)
    after = people(desk)
    assert {key: each[0] for key, each in after.items()} == {key: each[0] for key, each in before.items()}
    for row, (kind, key) in kinds.items():
        assert (after[key][2] == f"139{row - 1:08}") == (kind == "sound"), kind
    assert confirmed.preview.files[0].cells["refused"] == sum(row not in proposed for row in damaged) * len(
        ("name", "number", "phone", "born")
    )


def test_what_is_confirmed_lands_with_the_person_proposed(sample_desk: Desk, tmp_path: Path) -> None:
    desk = sample_desk
    key, (number, name, _phone, _born) = next(
        (key, each) for key, each in people(desk).items() if not each[0].endswith("X")
    )
    path = tmp_path / "电话.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, ["姓名", "身份证号码", "联系电话"])
        sheet.write_row(1, 0, [name, float(number), "13900000001"])
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, [path], desk.scope, desk.today())
        confirmed = imports.confirm(
            connection, prepared, desk.scope, desk.today(), imports.proposals(prepared.preview)
        )
    imports.commit(desk, confirmed)
    assert people(desk)[key][:3] == (number, name, "13900000001")
