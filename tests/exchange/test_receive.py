"""Workbooks of several laptops at a township: merged, held back, taken through the preview, decided by a person."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from caseworker_app import sample
from caseworker_app.domain import divisions
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange.parts import RECORDS_SHEET
from caseworker_app.read_models.cells import Edit
from caseworker_app.use_cases import (
    cells,
    conflicts,
    devices,
    duplicates,
    imports,
    receive,
    safety,
    undo,
    uploads,
)
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases.desk import Desk
from db.queries import conflicts as conflict_queries
from db.queries import duplicates as duplicate_queries
from db.queries import received as queries
from db.tables import Membership, Person, Proposal
from tests.conftest import PASSWORD, clock

VILLAGE, OTHER, TOWN = "640106100207", "640106100200", "640106100"
MONTH = "2024-11"


class Machines:
    """Ledgers on machines of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desks: dict[str, Desk] = {}

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """Work at a machine: device and keys are an installation's."""
        with pytest.MonkeyPatch.context() as patch:
            home = self.folder / f"home-{name}"
            home.mkdir(exist_ok=True)
            patch.setenv("CASEWORKER_HOME", str(home))
            yield

    def new(self, name: str, scope: str) -> Desk:
        """Return a new ledger on a machine of its own."""
        with self.at(name):
            self.desks[name], _code = desks.new(
                self.folder / name, PASSWORD, scope, f"officer {name}", clock=clock
            )
        return self.desks[name]

    def open(self, name: str, folder: Path) -> Desk:
        """Return a copy of a ledger opened on a machine."""
        shutil.copytree(folder, self.folder / name)
        with self.at(name):
            self.desks[name] = desks.open_with_password(self.folder / name, PASSWORD, clock)
        return self.desks[name]

    def send(self, name: str, file: str) -> Path:
        """Let a machine write its month."""
        with self.at(name):
            uploads.write_month(self.desks[name], MONTH, self.folder / file)
        return self.folder / file

    def receive(self, name: str, *files: Path, take_plain: bool = False) -> list[receive.Outcome]:
        """Let a machine receive workbooks."""
        with self.at(name):
            return receive.receive(self.desks[name], files, take_plain=take_plain)


@pytest.fixture(scope="module")
def villages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the folders of two villages with their parts of the sample; copy them, never open them."""
    made = {}
    for village in (VILLAGE, OTHER):
        folder = tmp_path_factory.mktemp("village") / "ledger"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CASEWORKER_HOME", str(tmp_path_factory.mktemp("home")))
            desk, _code = desks.new(folder, PASSWORD, village, "马村", clock=clock)
            with desk.ledger.reader() as connection:
                prepared = imports.prepare(connection, sample.bundled(), desk.scope, desk.today())
            imports.commit(desk, prepared)
            desk.close()
        made[village] = folder
    return made


@pytest.fixture
def machines(tmp_path: Path, villages: dict[str, Path]) -> Iterator[Machines]:
    """Return a township, its village, and a copy of the village's ledger on another laptop."""
    found = Machines(tmp_path)
    found.new("town", TOWN)
    found.open("laptop", villages[VILLAGE])
    found.open("copy", villages[VILLAGE])
    yield found
    for name, desk in found.desks.items():
        with found.at(name):
            desk.close()


def people(desk: Desk) -> list[Person]:
    with desk.ledger.reader() as connection:
        chosen = select(Person.__table__).where(Person.voided_in.is_(None)).order_by(Person.id)
        return list(connection.execute(chosen))  # type: ignore[arg-type]


def phone(desk: Desk, person: str) -> str:
    return next(each.phone for each in people(desk) if each.id == person)


def set_phone(machines: Machines, name: str, person: str, number: str) -> None:
    with machines.at(name):
        applied = cells.apply(machines.desks[name], [Edit(person, "person.phone", number)])
    assert not applied.problems


def codes(outcome: receive.Outcome) -> list[str]:
    return [each.code for each in outcome.file.problems]


def accounted(outcome: receive.Outcome) -> int:
    return sum(outcome.file.cells.values())


def test_two_laptops_of_one_village_are_merged_and_a_person_decides(machines: Machines) -> None:
    town, laptop = machines.desks["town"], machines.desks["laptop"]
    both, only = (person.id for person in people(laptop)[:2])
    set_phone(machines, "laptop", both, "13900000001")
    set_phone(machines, "copy", both, "13900000002")
    set_phone(machines, "copy", only, "13900000003")
    first, second = machines.send("laptop", "a.xlsx"), machines.send("copy", "b.xlsx")

    (taken,) = machines.receive("town", first)
    assert (taken.file.standing, taken.file.seal, codes(taken)) == ("ahead", "sound", ["receive.device_new"])
    (held,) = machines.receive("town", second)
    assert (held.file.taken, codes(held)) == (False, ["receive.device_second"])
    assert phone(town, only) != "13900000003"

    with machines.at("town"):
        with pytest.raises(ExpectedError, match=r"device\.fingerprint"):
            devices.enrol_file(town, second, fingerprint="1234")
        devices.enrol_file(town, second, fingerprint=held.file.fingerprint, name="备用电脑")
    (forked,) = machines.receive("town", second)
    assert (forked.file.standing, len(forked.file.conflicts)) == ("forked", 1)
    assert accounted(forked) == accounted(taken)
    assert forked.file.cells["conflict"] == 1
    assert phone(town, both) == "13900000001"
    assert phone(town, only) == "13900000003"
    line = forked.file.conflicts[0]
    assert (line.ours, line.theirs, line.base) == ("13900000001", "13900000002", None)
    assert {line.written[side]["officer"] for side in ("ours", "theirs")} == {"马村"}

    with machines.at("town"):
        conflicts.decide(town, line.id, "theirs", "电话核实")
    assert phone(town, both) == "13900000002"
    for again in machines.receive("town", first, second, first):
        assert not again.file.conflicts
        assert again.file.cells.get("accepted", 0) == 0
    with town.ledger.reader() as connection:
        assert conflict_queries.waiting(connection) == 0
    assert safety.verify(town).sound


def test_what_was_decided_reaches_both_laptops(machines: Machines) -> None:
    town = machines.desks["town"]
    person = people(town)[0].id if people(town) else people(machines.desks["laptop"])[0].id
    set_phone(machines, "laptop", person, "13900000001")
    set_phone(machines, "copy", person, "13900000002")
    files = [machines.send("laptop", "a.xlsx"), machines.send("copy", "b.xlsx")]
    machines.receive("town", files[0])
    with machines.at("town"):
        devices.enrol_file(town, files[1])
    (forked,) = machines.receive("town", files[1])
    with machines.at("town"):
        conflicts.decide(town, forked.file.conflicts[0].id, "theirs")
        uploads.write_month(town, MONTH, machines.folder / "t.xlsx", village=VILLAGE)
    for name in ("laptop", "copy"):
        (outcome,) = machines.receive(name, machines.folder / "t.xlsx")
        assert outcome.file.taken, codes(outcome)
        assert phone(machines.desks[name], person) == "13900000002"


def test_an_edited_workbook_is_merged_and_its_cell_waits_as_the_receivers_entry(machines: Machines) -> None:
    town = machines.desks["town"]
    file = machines.send("laptop", "a.xlsx")
    book = openpyxl.load_workbook(file)
    sheet = book["劳动力"]
    header = next(row for row in sheet.iter_rows() if any("联系电话" in str(cell.value) for cell in row))
    at = next(cell.column for cell in header if "联系电话" in str(cell.value))
    cell = sheet.cell(header[0].row + 3, at)
    cell.value = "13911112222"
    book.save(file)
    (outcome,) = machines.receive("town", file)
    assert (outcome.file.seal, outcome.file.standing, outcome.file.taken) == ("broken", "ahead", True)
    edited = next(each for each in outcome.file.problems if each.code == "receive.edited")
    assert edited.values["cells"] == f"劳动力!{cell.coordinate}"
    assert "13911112222" not in {person.phone for person in people(town)}
    # Once more it is a repeat: one sentence says which cell, and that it is not taken.
    (again,) = machines.receive("town", file)
    assert codes(again)[1:] == ["receive.edited_stale"]
    assert again.file.problems[1].values["cells"] == f"劳动力!{cell.coordinate}"
    # Edited where the program reads, it is a sheet like any other, of the month it was sealed for.
    records = next(each for each in book.worksheets if each.title == RECORDS_SHEET)
    records.cell(5, 3).value = "x"
    book.save(file)
    with machines.at("town"):
        (looked,) = receive.receive(town, [file], month="2024-09")
    assert (looked.file.standing, looked.file.month) == ("plain", MONTH)
    assert codes(looked) == ["receive.edited_records"]


def test_a_plain_sheet_is_the_receivers_own_entry_and_undone_at_once(machines: Machines) -> None:
    town = machines.desks["town"]
    files = sample.bundled()
    (outcome,) = machines.receive("town", next(each for each in files if "监测" in each.name))
    assert (outcome.file.standing, outcome.file.seal, outcome.file.taken) == ("plain", "absent", False)
    assert not people(town)
    with machines.at("town"):
        taken = receive.accept(town, outcome)
        assert taken.file.taken
        assert people(town)
        with town.ledger.reader() as connection:
            assert connection.execute(select(Person.made_in).distinct()).scalars().all() == [
                taken.changed.change_set
            ]
        undo.undo(town)
    assert not people(town)


def test_what_is_wrong_with_one_keeps_no_other_from_being_taken(
    machines: Machines, villages: dict[str, Path], tmp_path: Path
) -> None:
    machines.open("other", villages[OTHER])
    good = [machines.send("laptop", "a.xlsx"), machines.send("other", "c.xlsx")]
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(good[0].read_bytes()[:5000])
    strange = tmp_path / "strange.xlsx"
    openpyxl.Workbook().save(strange)
    machines.new("far", "640106101201")
    enrolment = tmp_path / "enrolment.xlsx"
    with machines.at("laptop"):
        devices.introduce(machines.desks["laptop"], enrolment)
    far = machines.send("far", "far.xlsx")
    outcomes = machines.receive("town", good[0], broken, strange, far, enrolment, good[1])
    assert [each.file.taken for each in outcomes] == [True, False, False, False, False, True]
    assert [codes(each)[0] for each in outcomes[1:5]] == [
        "workbook.damaged",
        "import.not_recognised",
        "receive.elsewhere",
        "receive.enrolment",
    ]
    assert outcomes[3].file.problems[0].values["place"] == "金凤区丰登镇西新村"
    with machines.desks["town"].ledger.reader() as connection:
        lines = queries.month(connection, TOWN, MONTH)
        later = queries.month(connection, TOWN, "2024-12")
    assert {line.village_code for line in lines if line.sent} == {VILLAGE, OTHER}
    # Who never sent is told with them.
    assert {line.village_code for line in lines} == {each.code for each in divisions.children(TOWN)}
    assert {line.carried_from for line in later if line.village_code in (VILLAGE, OTHER)} == {MONTH}


def test_what_a_village_owns_is_proposed_not_written(machines: Machines) -> None:
    town = machines.desks["town"]
    machines.receive("town", machines.send("laptop", "a.xlsx"))
    person = people(town)[0]
    with machines.at("town"):
        applied = cells.apply(town, [Edit(person.id, "person.phone", "13911112222")])
        cells.apply(town, [Edit(person.id, "person.phone", "13911113333")])
    assert (applied.proposed, applied.problems) == (1, ())
    assert phone(town, person.id) == person.phone
    with town.ledger.reader() as connection:
        proposed = connection.execute(select(Proposal.field, Proposal.was, Proposal.value)).all()
    assert [tuple(each) for each in proposed] == [("phone", person.phone, "13911113333")]


def test_one_person_in_two_villages_is_found_merged_and_taken_back(
    machines: Machines, villages: dict[str, Path]
) -> None:
    machines.open("other", villages[OTHER])
    town, other = machines.desks["town"], machines.desks["other"]
    with other.ledger.reader() as connection:
        members = select(Membership.person_id).where(Membership.relation != "head").order_by(Membership.id)
        member = connection.execute(members).scalars().first()
    mine = people(machines.desks["laptop"])[0]
    theirs = next(each for each in people(other) if each.id == member)
    with machines.at("other"):
        applied = cells.apply(
            other,
            [
                Edit(theirs.id, "person.name", mine.name),
                Edit(theirs.id, "person.identity_number", str(mine.identity_number)),
            ],
        )
    assert not applied.problems
    outcomes = machines.receive("town", machines.send("laptop", "a.xlsx"), machines.send("other", "c.xlsx"))
    assert "receive.twins" in codes(outcomes[1])
    with town.ledger.reader() as connection:
        pairs = duplicate_queries.pairs(connection, town.today())
    pair = next(each for each in pairs if {each.first.id, each.second.id} == {mine.id, theirs.id})
    assert pair.reasons[0] == "number"
    with town.ledger.reader() as connection:
        compared = duplicate_queries.compare(connection, mine.id, theirs.id, town.today())
    assert compared is not None
    choices = {each.field: "keep" for each in compared.differences if each.differs and each.taken != "number"}
    with machines.at("town"):
        duplicates.merge(town, mine.id, theirs.id, choices)
        assert theirs.id not in {person.id for person in people(town)}
        undo.undo(town)
    assert {mine.id, theirs.id} <= {person.id for person in people(town)}
    assert safety.verify(town).sound
