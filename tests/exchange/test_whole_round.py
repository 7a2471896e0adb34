"""A month between a village and its township: up, down, put right, up again, closed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from caseworker_app import sample
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.exchange import read, seal
from caseworker_app.read_models.cells import Edit
from caseworker_app.read_models.todos import Todo
from caseworker_app.use_cases import (
    cells,
    compare,
    feedback,
    imports,
    months,
    problems,
    receive,
    undo,
    uploads,
)
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases.desk import Desk
from db.queries import feedback as feedback_queries
from db.queries import problems as queries
from db.queries import workers
from db.tables import Person, Proposal
from tests.caseworker_app.use_cases.looking import content, taken_back
from tests.conftest import PASSWORD, clock
from tests.exchange.lists import SAMPLES, UNEMPLOYED, compared, person

VILLAGE, TOWN = "640106100207", "640106100"
MONTH = "2024-11"


@dataclass
class Round:
    """Two ledgers on two machines."""

    folder: Path
    village: Desk
    town: Desk

    @contextmanager
    def at(self, desk: Desk) -> Iterator[None]:
        """Work on the machine of a ledger: keys are an installation's."""
        with pytest.MonkeyPatch.context() as patch:
            home = self.folder / f"home-{desk.scope}"
            home.mkdir(exist_ok=True)
            patch.setenv("CASEWORKER_HOME", str(home))
            yield

    def up(self, name: str = "up.xlsx") -> receive.Outcome:
        """Let the village send its month and the township receive it."""
        file = self.folder / name
        with self.at(self.village):
            uploads.write_month(self.village, MONTH, file)
        with self.at(self.town):
            return receive.receive(self.town, [file])[0]

    def down(self, name: str = "down.xlsx") -> receive.Outcome:
        """Let the township send its feedback and the village receive it."""
        file = self.folder / name
        with self.at(self.town):
            feedback.write(self.town, VILLAGE, file)
        with self.at(self.village):
            return receive.receive(self.village, [file])[0]


def todos(desk: Desk) -> list[Todo]:
    with desk.ledger.reader() as connection:
        return problems.todos(connection, desk)


@pytest.fixture(scope="module")
def village_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a village's ledger with its part of the sample; copy it, never open it."""
    folder = tmp_path_factory.mktemp("village") / "ledger"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEWORKER_HOME", str(tmp_path_factory.mktemp("village-home")))
        desk, _code = desks.new(folder, PASSWORD, VILLAGE, "马村", clock=clock)
        with desk.ledger.reader() as connection:
            prepared = imports.prepare(connection, sample.bundled(), desk.scope, desk.today())
        imports.commit(desk, prepared)
        desk.close()
    return folder


@pytest.fixture
def month(tmp_path: Path, village_folder: Path) -> Iterator[Round]:
    """Return a village with its people and a township without any."""
    places = {"village": tmp_path / "village", "town": tmp_path / "town"}
    shutil.copytree(village_folder, places["village"])
    opened: dict[str, Desk] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, scope in (("village", VILLAGE), ("town", TOWN)):
            home = tmp_path / f"home-{scope}"
            home.mkdir()
            patch.setenv("CASEWORKER_HOME", str(home))
            if name == "town":
                opened[name], _code = desks.new(places[name], PASSWORD, scope, "田镇", clock=clock)
            else:
                opened[name] = desks.open_with_password(places[name], PASSWORD, clock)
    yield Round(tmp_path, opened["village"], opened["town"])
    for desk in opened.values():
        desk.close()


def working(desk: Desk) -> list[str]:
    """Return the identity numbers of people of the village in work, who are able to."""
    with desk.ledger.reader() as connection:
        asked = desk.asked(desk.today())
        rows = workers.rows(connection, workers.ids(connection, "working", asked), asked)
    return [row.identity_number for row in rows if row.village_code == VILLAGE]


def labour_skill(desk: Desk, number: str, text: str) -> None:
    applied = cells.apply(desk, [Edit(person(desk, number), "person.labour_skill", text)])
    assert not applied.problems


def propose(desk: Desk, number: str, field: str, was: Any, value: Any) -> str:
    """Let a level propose a value to the village."""
    with desk.units("proposal.make") as unit:
        told = {
            "village_code": VILLAGE,
            "table": "person",
            "record": person(desk, number),
            "field": field,
            "was": was,
            "value": value,
            "on": desk.today(),
            "officer": desk.officer,
            "reason": "来电核实",
        }
        (made,) = unit.insert_many(Proposal, [told])
        unit.commit()
    return made


def phone(desk: Desk, number: str) -> str:
    with desk.ledger.reader() as connection:
        return str(
            connection.execute(select(Person.phone).where(Person.identity_number == number)).scalar_one()
        )


def test_what_is_wrong_goes_down_is_put_right_and_closes_above(month: Round) -> None:
    village, town = month.village, month.town
    ill, other = working(village)[:2]
    with month.at(village):
        labour_skill(village, ill, "丧失劳动力")
    assert month.up().file.standing == "ahead"

    # The township: a problem by hand, two proposals and a list that came.
    with month.at(town):
        problems.raise_by_hand(town, VILLAGE, "花名册缺户主签字", month=MONTH, person=person(town, other))
        kept = propose(town, other, "phone", phone(town, other), "13900000001")
        declined = propose(town, ill, "phone", phone(town, ill), "13900000002")
        compare.commit(town, compared(town, UNEMPLOYED, "unemployed"))
    outcome = month.down()
    assert (outcome.file.kind, outcome.file.standing, outcome.file.taken) == ("feedback", "ahead", True)

    found = todos(village)
    by_kind = {
        kind: [each for each in found if each.kind == kind] for kind in ("problem", "proposal", "comparison")
    }
    assert {each.what for each in by_kind["problem"]} >= {"花名册缺户主签字"}
    (ours,) = [each for each in by_kind["problem"] if each.person == person(village, ill)]
    assert "劳动" in ours.what
    assert {each.id for each in by_kind["proposal"]} == {kept, declined}
    with town.ledger.reader() as connection:
        there = {each.id for each in problems.todos(connection, town, VILLAGE) if each.kind == "comparison"}
    assert {each.id for each in by_kind["comparison"]} == there
    assert there

    # The village puts right, accepts, declines, explains.
    with month.at(village):
        labour_skill(village, ill, "普通劳动力")
        assert next(each for each in todos(village) if each.id == ours.id).gone
        by_hand = next(each.id for each in by_kind["problem"] if each.what == "花名册缺户主签字")
        taken_back(village, lambda: problems.answer(village, by_hand, "fixed"))
        taken_back(village, lambda: problems.answer(village, kept, "accepted"))
        assert phone(village, other) == "13900000001"
        with pytest.raises(ExpectedError) as refused:
            problems.answer(village, declined, "declined")
        assert refused.value.code == "todo.reason_missing"
        before = phone(village, ill)
        problems.answer(village, declined, "declined", "号码不是本人")
        assert phone(village, ill) == before
        explained = min(there)
        problems.answer(village, explained, "as_it_is", "已在外务工")

    # Up again: all of it is closed above, and the feedback is known to have been opened.
    with town.ledger.reader() as connection:
        assert [each.opened_on for each in feedback_queries.sent(connection, VILLAGE)] == [None]
    assert month.up("again.xlsx").file.standing == "ahead"
    left = [each for each in todos(town) if each.village_code == VILLAGE]
    assert {each.kind for each in left} == {"comparison"}
    assert {each.id for each in left} == there - {explained}
    with town.ledger.reader() as connection:
        answers = {each.id: each for each in queries.proposals(connection)}
        assert (answers[kept].outcome, answers[kept].present) == ("accepted", "13900000001")
        assert (answers[declined].outcome, answers[declined].reason) == ("declined", "号码不是本人")
        raised = {each.id: each.outcome for each in queries.problems(connection, village=VILLAGE)}
        assert set(raised.values()) == {"fixed"}
        assert [each.opened_on for each in feedback_queries.sent(connection, VILLAGE)] == [village.today()]
    # Nothing was raised twice by the next feedback.
    month.down("down-again.xlsx")
    with town.ledger.reader() as connection:
        assert {each.id for each in queries.problems(connection, village=VILLAGE)} == set(raised)


def test_the_same_feedback_twice_changes_nothing(month: Round) -> None:
    month.up()
    with month.at(month.town):
        problems.raise_by_hand(month.town, VILLAGE, "请补报")
    month.down()
    before = content(month.village)
    with month.at(month.village):
        again = receive.receive(month.village, [month.folder / "down.xlsx"])[0]
    assert again.file.standing == "same"
    assert [each.what for each in todos(month.village)].count("请补报") == 1
    assert content(month.village) == before or again.file.taken


def test_the_feedback_is_read_by_people_and_sealed(month: Round) -> None:
    month.up()
    with month.at(month.village):
        months.close(month.village, MONTH)
    month.up("closed.xlsx")
    with month.at(month.town):
        months.return_(month.town, MONTH, VILLAGE, "签字不全")
        compare.commit(month.town, compared(month.town, UNEMPLOYED, "unemployed"))
    month.down()
    file = month.folder / "down.xlsx"
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[:3] == ["封面", "回执", "需整改问题"]
    assert {book[name].sheet_state for name in ("_records", "_seal")} == {"veryHidden"}
    receipt = [[cell.value for cell in row] for row in book["回执"].iter_rows(min_row=4)]
    assert [row[2] for row in receipt] == ["up.xlsx", "closed.xlsx"]
    assert {row[-2] for row in receipt} == {"已退回"}
    assert {row[-1] for row in receipt} == {"签字不全"}
    rows = [[cell.value for cell in row] for row in book["比对结果"].iter_rows(min_row=4)]
    assert rows[0][6] == "不一致"
    sheets = read.read(file)
    assert seal.verify(sheets).state == "sound"
    with month.village.ledger.reader() as connection:
        assert months.standings(connection, month.village, MONTH)[0].state == "returned"


def test_a_month_whose_workbook_went_up_is_opened_again_only_by_who_received_it(month: Round) -> None:
    village, town = month.village, month.town

    def state() -> str:
        with village.ledger.reader() as connection:
            return months.standings(connection, village, MONTH)[0].state

    with month.at(village):
        taken_back(village, lambda: months.close(village, MONTH))  # Nobody was told yet.
        assert state() == "closed"
    month.up()
    before = content(village)
    with month.at(village):
        with pytest.raises(ExpectedError) as refused:
            undo.undo(village)
        assert (refused.value.code, refused.value.values["month"]) == ("undo.month_told", MONTH)
        assert "returned" in error_text(refused.value)
    assert (state(), content(village)) == ("closed", before)
    with month.at(town):
        months.return_(town, MONTH, VILLAGE, "签字不全")
    month.down()
    assert state() == "returned"
    with month.at(village):
        months.close(village, MONTH)
        assert state() == "closed"
        undo.undo(village)
        assert state() == "returned"
        months.close(village, MONTH)
    assert month.up("again.xlsx").file.standing == "ahead"
    with town.ledger.reader() as connection:
        (line,) = [each for each in months.standings(connection, town, MONTH) if each.place == VILLAGE]
    assert line.state == "closed"


def test_refused_cells_of_a_plain_sheet_come_back_at_their_cell_and_close_with_the_next(
    month: Round, tmp_path: Path
) -> None:
    month.up()
    with month.town.ledger.reader() as connection:
        assert queries.problems(connection, village=VILLAGE) == []
    source = sample.bundled()[1]
    plain = tmp_path / source.name
    shutil.copyfile(source, plain)
    plain.chmod(0o644)
    book = openpyxl.load_workbook(plain)
    sheet = book.active
    heads = {str(cell.value): cell.column for cell in sheet[3]}
    for number in range(sheet.max_row, 3, -1):
        if sheet.cell(number, 3).value != "和顺新村":
            sheet.delete_rows(number)
    row = 5
    right = sheet.cell(row, heads["务工月收入"]).value
    sheet.cell(row, heads["务工月收入"]).value = "很多"
    book.save(plain)
    with month.at(month.town):
        outcome = receive.receive(month.town, [plain], take_plain=True, month=MONTH, village=VILLAGE)[0]
    assert outcome.file.taken
    with month.town.ledger.reader() as connection:
        (raised,) = queries.problems(connection, village=VILLAGE)
    assert (raised.row, raised.column, raised.code) == (row, "务工月收入", "cell")
    month.down()
    (todo,) = [each for each in todos(month.village) if each.kind == "problem"]
    assert f"第 {row} 行" in todo.place or f"row {row}" in todo.place
    sheet.cell(row, heads["务工月收入"]).value = right
    book.save(plain)
    with month.at(month.town):
        receive.receive(month.town, [plain], take_plain=True, month=MONTH, village=VILLAGE)
    assert [each for each in todos(month.town) if each.kind == "problem"] == []
    month.down("closed.xlsx")
    assert [each for each in todos(month.village) if each.kind == "problem"] == []


def test_feedback_goes_only_to_villages_below(month: Round) -> None:
    for desk, village in ((month.village, VILLAGE), (month.town, TOWN), (month.town, "640106101201")):
        with pytest.raises(ExpectedError) as refused:
            feedback.write(desk, village, month.folder / "none.xlsx")
        assert refused.value.code in ("feedback.own", "upload.place")
    assert not (month.folder / "none.xlsx").exists()
    assert SAMPLES.exists()
    assert month.town.today() == date(2024, 11, 30)
