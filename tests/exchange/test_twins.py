"""A township that imported what its village imported too: what it only imported gives way, the rest is merged at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from caseworker_app import sample
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange.state import Writes
from caseworker_app.read_models.cells import Edit
from caseworker_app.read_models.duplicates import Sure
from caseworker_app.use_cases import cells, duplicates, imports, problems, safety, twins, undo
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases.desk import Desk
from db.ids import new_id
from db.queries import duplicates as duplicate_queries
from db.queries import twins as queries
from db.tables import Holding, Household, Membership, Person, Proposal, Spell
from tests.caseworker_app.use_cases.looking import content, rows
from tests.conftest import PASSWORD, clock
from tests.exchange.test_owners import down, proposals
from tests.exchange.test_receive import Machines, codes

VILLAGE, TOWN = "640106100207", "640106100"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the folders of a village and its township, each with its part of the sample; copy them, never open them."""
    found = {}
    for scope in (VILLAGE, TOWN):
        folder = tmp_path_factory.mktemp("made") / "ledger"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CASEWORKER_HOME", str(tmp_path_factory.mktemp("home")))
            desk, _code = desks.new(folder, PASSWORD, scope, "马村", clock=clock)
            with desk.ledger.reader() as connection:
                prepared = imports.prepare(connection, sample.bundled(), desk.scope, desk.today())
            imports.commit(desk, prepared)
            desk.close()
        found[scope] = folder
    return found


@pytest.fixture
def machines(tmp_path: Path, made: dict[str, Path]) -> Iterator[Machines]:
    """Return a village and its township, both with the same people from the same export."""
    found = Machines(tmp_path)
    found.open("town", made[TOWN])
    found.open("laptop", made[VILLAGE])
    yield found
    for name, desk in found.desks.items():
        with found.at(name):
            desk.close()


def ids(desk: Desk, table: type[Person | Household | Spell], *, sent: bool = False) -> set[str]:
    with desk.ledger.reader() as connection:
        chosen = select(table.id).where(table.voided_in.is_(None))
        if sent:
            chosen = chosen.where(table.id.in_(select(Holding.record)))
        return set(connection.execute(chosen).scalars())


def sure(desk: Desk) -> Sure:
    with desk.ledger.reader() as connection:
        return queries.sure(connection, desk.scope, desk.today())


def number_pairs(desk: Desk) -> int:
    with desk.ledger.reader() as connection:
        return sum("number" in each.reasons for each in duplicate_queries.pairs(connection, desk.today()))


def edit(machines: Machines, name: str, *edits: Edit) -> None:
    with machines.at(name):
        assert not cells.apply(machines.desks[name], list(edits)).problems


def of_number(desk: Desk, number: str) -> list[str]:
    with desk.ledger.reader() as connection:
        chosen = select(Person.id).where(Person.identity_number == number, Person.voided_in.is_(None))
        return list(connection.execute(chosen).scalars())


def test_what_was_only_imported_gives_way_to_what_the_village_sent(machines: Machines) -> None:
    town, village = machines.desks["town"], machines.desks["laptop"]
    people, spells = len(ids(town, Person)), len(ids(town, Spell))
    own, homes = ids(village, Person), ids(village, Household)
    (outcome,) = machines.receive("town", machines.send("laptop", "a.xlsx"))
    told = {each.code: each.values for each in outcome.file.problems}
    assert told["receive.taken_over"]["count"] == len(own) > 100
    assert "receive.twins" not in told
    assert number_pairs(town) == 0
    # Nobody and nothing is there twice or lost, and whoever is of the village is so as the village keeps them.
    assert (len(ids(town, Person)), len(ids(town, Spell))) == (people, spells)
    assert ids(town, Person, sent=True) == own
    assert ids(town, Household, sent=True) == homes
    with town.ledger.reader() as connection:
        numbers = select(Household.household_no).where(Household.voided_in.is_(None))
        twice = connection.execute(numbers.group_by(Household.household_no).having(func.count() > 1)).all()
        assert twice == []
        assert connection.execute(select(func.count()).select_from(Proposal)).scalar_one() == 0
    before = content(town)
    with machines.at("town"):
        undo.undo(town)
        assert number_pairs(town) == len(own)
        undo.redo(town)
    assert content(town) == before
    assert safety.verify(town).sound
    # The same workbook once more finds nothing to do.
    assert codes(machines.receive("town", machines.folder / "a.xlsx")[0]) == codes(outcome)[:1]


def test_the_village_has_moved_on_and_its_record_stands(machines: Machines) -> None:
    town, village = machines.desks["town"], machines.desks["laptop"]
    with village.ledger.reader() as connection:
        spell = connection.execute(
            select(Spell.__table__).where(Spell.wage.is_not(None)).order_by(Spell.id)
        ).first()
        assert spell is not None
        number = connection.execute(
            select(Person.identity_number).where(Person.id == spell.person_id)
        ).scalar_one()
    edit(
        machines,
        "laptop",
        Edit(spell.id, "spell.wage", "9999"),
        Edit(spell.person_id, "person.phone", "13900001111"),
    )
    machines.receive("town", machines.send("laptop", "a.xlsx"))
    assert of_number(town, str(number)) == [spell.person_id]
    with town.ledger.reader() as connection:
        chosen = select(Spell.id, Spell.wage).where(
            Spell.person_id == spell.person_id, Spell.voided_in.is_(None)
        )
        told = [tuple(each) for each in connection.execute(chosen)]
    assert (spell.id, 999900) in told
    assert len(told) == len(set(told))


def test_a_job_that_only_the_township_imported_is_proposed_to_the_village(machines: Machines) -> None:
    town, village = machines.desks["town"], machines.desks["laptop"]
    with village.ledger.reader() as connection:
        known = select(Person.identity_number).where(Person.id.not_in(select(Spell.person_id)))
        number = str(connection.execute(known.order_by(Person.born).limit(1)).scalar_one())
    (person,) = of_number(town, number)
    job = {
        "id": new_id(),
        "person_id": person,
        "kind": "wage",
        "started_on": date(2020, 3, 1),
        "ended_on": date(2020, 8, 31),
        "employer": "某砖厂",
    }
    with machines.at("town"):
        with town.ledger.reader() as connection:
            prepared = imports.prepare(connection, [sample.bundled()[1]], TOWN, town.today())
        imports.commit(town, replace(prepared, writes=Writes({"spell": [job]}, {})))
    machines.receive("town", machines.send("laptop", "a.xlsx"))
    assert rows(town, Spell, employer="某砖厂") == []
    down(machines, "down.xlsx")
    (todo,) = proposals(village)
    assert "某砖厂" in todo.what
    with machines.at("laptop"):
        problems.answer(village, todo.id, "accepted")
    machines.receive("town", machines.send("laptop", "b.xlsx"))
    for desk in (village, town):
        (held,) = rows(desk, Spell, employer="某砖厂")
        assert (held["person_id"], held["ended_on"]) == (of_number(village, number)[0], date(2020, 8, 31))
        assert proposals(desk) == []
    assert number_pairs(town) == 0


def test_what_was_entered_by_hand_waits_for_a_persons_eye_with_the_reason(machines: Machines) -> None:
    town, village = machines.desks["town"], machines.desks["laptop"]
    with village.ledger.reader() as connection:
        chosen = (
            select(Person.identity_number)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.relation != "head")
            .order_by(Person.id)
        )
        contradicted, renamed, agreeing = connection.execute(chosen.limit(3)).scalars().all()
    edit(machines, "laptop", Edit(of_number(village, str(contradicted))[0], "person.phone", "13900001111"))
    (one,), (two,), (three,) = (of_number(town, str(each)) for each in (contradicted, renamed, agreeing))
    edit(machines, "town", Edit(one, "person.phone", "13900002222"), Edit(two, "person.name", "某某某"))
    edit(machines, "town", Edit(three, "person.card_bank", "宁夏银行"))
    edit(machines, "town", Edit(three, "person.card_bank", ""))
    (outcome,) = machines.receive("town", machines.send("laptop", "a.xlsx"))
    assert {"receive.taken_over", "receive.twins"} <= set(codes(outcome))
    found = sure(town)
    assert {each.why for each in found.left} == {"differs", "name", "head"}
    assert all(twins.left_text(each) for each in found.left)
    assert [each.keep.identity_number for each in found.pairs] == [agreeing]
    (pair,) = found.pairs
    assert not pair.gives_way
    assert pair.drop.id == three
    with machines.at("town"):
        with pytest.raises(ExpectedError) as refused:
            twins.merge_sure(town, expected=2)
        assert refused.value.code == "twins.moved_on"
        changed, _merged = twins.merge_sure(town, expected=1)
        assert changed.change_set
        assert of_number(town, str(agreeing)) == [pair.keep.id]
        with pytest.raises(ExpectedError) as refused:
            twins.merge_sure(town)
        assert refused.value.code == "twins.none"
        undo.undo(town)
    assert len(of_number(town, str(agreeing))) == 2
    assert len(of_number(town, str(contradicted))) == 2


def test_one_household_that_is_here_twice_asks_for_no_choice_and_is_left_by_its_last_member(
    machines: Machines,
) -> None:
    """Pair by pair: the members first, then the head; the household that is left behind stands no longer."""
    town = machines.desks["town"]
    machines.receive("town", machines.send("laptop", "a.xlsx"))
    with machines.at("town"):
        undo.undo(town)
    found = sure(town)
    assert (len(found.pairs), found.left) == (number_pairs(town), ())
    home = next(each.drop.household for each in found.pairs if each.drop.relation != "head")
    own = sorted(
        (each for each in found.pairs if each.drop.household == home),
        key=lambda each: each.drop.relation == "head",
    )
    with machines.at("town"):
        for number, each in enumerate(own, 1):
            duplicates.merge(town, each.keep.id, each.drop.id, {})
            assert (home in ids(town, Household)) == (number < len(own))
    assert safety.verify(town).sound


def test_a_village_is_told_whose_person_was_made_one_with_another(machines: Machines) -> None:
    town, village = machines.desks["town"], machines.desks["laptop"]
    machines.receive("town", machines.send("laptop", "a.xlsx"))
    own = ids(town, Person, sent=True)
    with town.ledger.reader() as connection:
        chosen = select(Membership.person_id).where(Membership.relation != "head").order_by(Membership.id)
        people = list(connection.execute(chosen).scalars())
        drop, keep = (
            next(each for each in people if each in own),
            next(each for each in people if each not in own),
        )
        compared = duplicate_queries.compare(connection, keep, drop, town.today())
    assert compared is not None
    with machines.at("town"):
        duplicates.merge(town, keep, drop, {each.field: "keep" for each in compared.differences})
    down(machines, "told.xlsx")
    with village.ledger.reader() as connection:
        (told,) = [each for each in problems.todos(connection, village) if compared.drop.name in each.what]
    assert compared.keep.household_no in told.what
    assert compared.drop.identity_number not in told.what
    assert drop in ids(village, Person)
    with machines.at("laptop"):
        problems.answer(village, told.id, "as_it_is", "两个人，同名")


def test_two_laptops_that_imported_by_themselves_are_merged_at_once(machines: Machines) -> None:
    """Nobody's record gives way then: the two say the same, and somebody asks for it."""
    with machines.at("second"):
        second = machines.new("second", VILLAGE)
        with second.ledger.reader() as connection:
            prepared = imports.prepare(connection, sample.bundled(), VILLAGE, second.today())
        imports.commit(second, prepared)
    laptop = machines.desks["laptop"]
    people, homes, spells = (ids(laptop, table) for table in (Person, Household, Spell))
    outcomes = machines.receive("laptop", machines.send("second", "b.xlsx"))
    assert "receive.twins" in codes(outcomes[0])
    found = sure(laptop)
    assert (len(found.pairs), found.left) == (len(people), ())
    seen: list[tuple[int, int]] = []
    with machines.at("laptop"):
        twins.merge_sure(laptop, len(found.pairs), lambda done, total, _what: seen.append((done, total)))
        assert len(ids(laptop, Person)) == len(people)
        assert len(ids(laptop, Household)) == len(homes)
        assert len(ids(laptop, Spell)) == len(spells)
        assert seen[0] == (0, len(people))
        assert seen[-1] == (len(people), len(people))
        undo.undo(laptop)
        assert len(ids(laptop, Person)) == 2 * len(people)
    assert safety.verify(laptop).sound
