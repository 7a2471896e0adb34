"""What was recorded after an export was made outlives that export being imported again."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from caseworker_app import sample
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy.answer import State
from caseworker_app.read_models.people import MemberLine
from caseworker_app.use_cases import claims, entitlements, households, imports, people, undo, uploads, work
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import workers

ON = date(2024, 11, 30)
VILLAGE = "640106100207"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made, _code = desks.new(
        tmp_path / "ledger",
        "secret-1",
        VILLAGE,
        "周",
        clock=lambda: datetime(2024, 11, 30, 4, tzinfo=UTC).replace(tzinfo=None),
    )
    bring_in(made)
    yield made
    made.close()


def bring_in(desk: Desk) -> imports.Prepared:
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, sample.bundled(), desk.scope, ON)
    imports.commit(desk, prepared)
    return prepared


def ids(desk: Desk, name: str, on: date = ON) -> list[str]:
    with desk.ledger.reader() as connection:
        return workers.ids(connection, name, desk.asked(on))


def page_spells(desk: Desk, person: str) -> list[date | None]:
    with desk.ledger.reader() as connection:
        page = workers.page(connection, person, desk.asked(ON))
    assert page is not None
    return [spell.ended_on for spell in page.spells]


def test_a_return_recorded_after_the_export_stands(desk: Desk) -> None:
    person = ids(desk, "employed")[0]
    work.record_return(desk, person, date(2024, 11, 15), "laid_off")
    assert person in ids(desk, "returned")
    again = bring_in(desk)
    assert date(2024, 11, 15) in page_spells(desk, person)
    assert person in ids(desk, "returned")
    codes = [problem.code for file in again.preview.files for problem in file.problems]
    assert codes == ["ledger.newer"]
    for file in again.preview.files:
        assert file.cells["in"] == sum(count for name, count in file.cells.items() if name != "in")


def test_an_answer_recorded_after_the_export_stands(desk: Desk) -> None:
    person = ids(desk, "willing")[0]
    work.record_intention(desk, person, "none", date(2024, 11, 10))
    again = bring_in(desk)
    assert person not in ids(desk, "willing")
    assert again.preview.totals["intentions"].refused == 1


def test_a_wish_of_an_earlier_day_ends_where_the_next_begins(desk: Desk) -> None:
    person = ids(desk, "willing")[0]
    work.record_intention(desk, person, "nearby", date(2024, 6, 1))
    assert person in ids(desk, "willing")
    assert person not in ids(desk, "willing", date(2024, 7, 1))


def test_an_import_that_claims_stand_on_is_not_undone(desk: Desk) -> None:
    with desk.ledger.reader() as connection:
        due = entitlements.claimable(connection, desk.pack, ON, item="JF-5")
        import_set = next(line for line in journal.recent(connection) if line.action == "import")
    assert due[0].state is State.ELIGIBLE
    claims.file(desk, "JF-5", [due[0].beneficiary], ON)
    with pytest.raises(ExpectedError) as refused:
        undo.undo(desk, import_set.id)
    assert refused.value.code == "undo.moved_on"


def test_a_change_of_officer_undone_signs_with_the_old_name_again(desk: Desk) -> None:
    desks.set_officer(desk, "李")
    undo.undo(desk)
    assert desk.officer == "周"


def test_the_month_counts_claims_as_they_stood(desk: Desk, tmp_path: Path) -> None:
    with desk.ledger.reader() as connection:
        due = entitlements.claimable(connection, desk.pack, ON, item="JF-5")
    _changed, numbers = claims.file(desk, "JF-5", [answer.beneficiary for answer in due[:3]], ON)
    claims.advance(desk, [numbers[0]], "withdrawn", ON, "重复")
    claims.advance(desk, numbers[1:], "village_checked", ON)
    path = tmp_path / "month.xlsx"
    uploads.write_month(desk, "2024-11", path)
    book = openpyxl.load_workbook(path)
    head, line = list(book["汇总"].iter_rows(min_row=4, max_row=5, values_only=True))
    assert line[head.index("人次")] == 2
    states = {row[1]: row[9] for row in book["申领"].iter_rows(min_row=4, values_only=True)}
    assert states == {numbers[0]: "已撤回", numbers[1]: "村级已核实", numbers[2]: "村级已核实"}
    received = [row for row in book["务工监测台账"].iter_rows(min_row=5, values_only=True) if row[34]]
    assert not received


@pytest.mark.parametrize("wage", [-500, 0, 10**20])
def test_a_wage_nobody_earns_is_refused(desk: Desk, wage: int) -> None:
    person = ids(desk, "unemployed")[0]
    with pytest.raises(ExpectedError) as refused:
        work.record_spell(desk, person, "wage", ON, wage=wage)
    assert refused.value.code == "wage.range"


def test_one_worker_named_twice_gets_one_service(desk: Desk) -> None:
    person = ids(desk, "unemployed")[0]
    work.record_service(desk, [person, person], "policy_briefing", ON)
    with desk.ledger.reader() as connection:
        page = workers.page(connection, person, desk.asked(ON))
    assert page is not None
    assert len(page.services) == 1


def test_who_left_moved_or_became_head_after_the_export_stays_so(desk: Desk) -> None:
    asked = desk.asked(ON)
    with desk.ledger.reader() as connection:
        rows = workers.rows(connection, ids(desk, "people"), asked)
        sizes = Counter(row.household for row in rows)
        changing, other = [home for home, _size in sizes.most_common(2)]
        members = workers.members(connection, changing, asked)
        elsewhere = workers.members(connection, other, asked)
    gone, moving = elsewhere[-1].id, elsewhere[-2].id
    told = {member.id: "other" for member in members}
    households.change_head(desk, changing, members[1].id, date(2024, 11, 20), told)
    people.leave(desk, gone, date(2024, 11, 20), "death")
    households.move(desk, moving, changing, "other", date(2024, 11, 20))
    before = {member.id: member.relation for member in members_of(desk, changing)}
    again = bring_in(desk)
    assert {member.id: member.relation for member in members_of(desk, changing)} == before
    assert gone not in ids(desk, "people")
    codes = {problem.code for file in again.preview.files for problem in file.problems}
    assert "ledger.newer" in codes
    for file in again.preview.files:
        assert file.cells["in"] == sum(count for name, count in file.cells.items() if name != "in")


def members_of(desk: Desk, household: str) -> tuple[MemberLine, ...]:
    with desk.ledger.reader() as connection:
        return workers.members(connection, household, desk.asked(ON))
