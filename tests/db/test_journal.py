"""The journal through its public doors: undo, redo, history, and tampering found."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import undo
from caseworker_app.use_cases.desk import Desk
from db import engine, journal
from db.tables import Household, HouseholdAttribute, Membership, Person, Spell
from db.unit_of_work import UnitOfWork

HOUSEHOLD = {"village_code": "640106100207", "group_name": "1组", "phone": ""}
PERSON = {
    "name": "马秀兰",
    "person_no": "",
    "sex": "female",
    "born": date(1985, 1, 1),
    "ethnicity": "HU",
    "phone": "",
}


def insert_person(unit: UnitOfWork, **values: Any) -> str:
    own = {
        **PERSON,
        "identity_number": None,
        "disability": "",
        "card_holder": "",
        "card_bank": "",
        "card_number": "",
    }
    return unit.insert(Person, **{**own, **values})


def content(desk: Desk) -> str:
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def sound(desk: Desk) -> bool:
    with desk.ledger.reader() as connection:
        return journal.broken_link(connection) is None


class Play:
    """Makes random changes, each one change set, to records made before in the same play."""

    def __init__(self, desk: Desk, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.desk = desk
        self.draw = draw
        self.people: list[str] = []
        self.spells: list[str] = []
        self.voided: set[str] = set()

    def change(self) -> None:
        """Make one change set of an insert and up to three more changes."""
        with self.desk.units("play") as unit:
            self.insert(unit)
            for _ in range(self.draw(st.integers(1, 3))):
                self.draw(
                    st.sampled_from(
                        [self.insert, self.insert_spell, self.update, self.update_spells, self.void]
                    )
                )(unit)
            unit.commit()

    def insert(self, unit: UnitOfWork) -> None:
        household = unit.insert(Household, household_no=f"{unit.id}{len(self.people)}"[-30:], **HOUSEHOLD)
        self.people.append(insert_person(unit))
        unit.insert(
            Membership,
            person_id=self.people[-1],
            household_id=household,
            relation="head",
            since=None,
            until=None,
        )

    def insert_spell(self, unit: UnitOfWork) -> None:
        if self.people:
            person = self.draw(st.sampled_from(self.people))
            started = self.draw(st.dates(date(2024, 1, 1), date(2024, 6, 1)))
            self.spells.append(
                unit.insert(
                    Spell, person_id=person, kind="wage", started_on=started, ended_on=None, wage=None
                )
            )

    def update(self, unit: UnitOfWork) -> None:
        if self.people:
            unit.update(Person, self.draw(st.sampled_from(self.people)), **self.draw(NEW_VALUES))

    def update_spells(self, unit: UnitOfWork) -> None:
        wage = self.draw(st.sampled_from([None, 180000, 500000]))
        unit.update_many(
            Spell, [(spell, {"wage": wage, "contract": wage is not None}) for spell in self.spells]
        )

    def void(self, unit: UnitOfWork) -> None:
        if left := [spell for spell in self.spells if spell not in self.voided]:
            spell = self.draw(st.sampled_from(left))
            self.voided.add(spell)
            unit.void(Spell, spell)


NEW_VALUES = st.fixed_dictionaries(
    {"phone": st.sampled_from(["", "13900000001", "0951-123456"])},
    optional={
        "name": st.sampled_from(["马秀兰", "马兰"]),
        "born": st.sampled_from([None, date(1990, 2, 28)]),
    },
)


@settings(max_examples=25)
@given(data=st.data())
def test_undo_and_redo_walk_back_and_forth_over_the_same_contents(desk: Desk, data: st.DataObject) -> None:
    play = Play(desk, data.draw)
    states = [content(desk)]
    for _ in range(data.draw(st.integers(1, 6))):
        play.change()
        states.append(content(desk))
    at = len(states) - 1
    walk = data.draw(st.lists(st.booleans(), max_size=10))
    for forward in [*walk, *[False] * len(states), *[True] * len(states)]:
        if forward and at < len(states) - 1:
            undo.redo(desk)
            at += 1
        elif forward:
            with pytest.raises(ExpectedError) as error:
                undo.redo(desk)
            assert error.value.code == "redo.nothing"
        elif at:
            undo.undo(desk)
            at -= 1
        assert content(desk) == states[at]
    assert sound(desk)


def test_nothing_is_redone_over_a_new_change(desk: Desk) -> None:
    with desk.units("one") as unit:
        person = insert_person(unit)
        unit.commit()
    with desk.units("two") as unit:
        unit.update(Person, person, phone="13900000001")
        unit.commit()
    undo.undo(desk)
    with desk.units("three") as unit:
        unit.update(Person, person, name="马兰")
        unit.commit()
    with pytest.raises(ExpectedError) as error:
        undo.redo(desk)
    assert error.value.code == "redo.nothing"


def test_an_older_change_is_taken_back_by_id_unless_the_record_moved_on(desk: Desk) -> None:
    with desk.units("one") as unit:
        first, second = insert_person(unit), insert_person(unit)
        made = unit.commit().change_set
    with desk.units("phone") as unit:
        unit.update(Person, first, phone="13900000001")
        phone = unit.commit().change_set
    with desk.units("name", name="乙") as unit:
        unit.update(Person, second, name="乙")
        unit.commit()
    before = content(desk)
    with pytest.raises(ExpectedError) as error:
        undo.undo(desk, made)
    assert error.value.code == "undo.moved_on"
    assert content(desk) == before
    changed, line = undo.undo(desk, phone)
    assert line.action == "phone"
    assert changed.people == {first}
    with pytest.raises(ExpectedError) as again:
        undo.undo(desk, phone)
    assert again.value.code == "undo.already"


def test_what_later_work_stands_on_is_not_taken_away(desk: Desk) -> None:
    with desk.units("one") as unit:
        person = insert_person(unit)
        made = unit.commit().change_set
    with desk.units("job") as unit:
        unit.insert(
            Spell, person_id=person, kind="wage", started_on=date(2024, 1, 1), ended_on=None, wage=None
        )
        job = unit.commit().change_set
    with pytest.raises(ExpectedError) as error:
        undo.undo(desk, made)
    assert error.value.code == "undo.moved_on"
    undo.undo(desk, job)
    undo.undo(desk, made)
    assert sound(desk)


def test_what_was_not_committed_leaves_no_trace(desk: Desk) -> None:
    before = content(desk)
    with desk.ledger.reader() as connection:
        head = journal.head(connection)
    with desk.units("forgotten") as unit:
        insert_person(unit)
    with pytest.raises(KeyError), desk.units("failed") as unit:  # noqa: PT012 - it fails half-way
        insert_person(unit)
        unit.update(Person, "nobody", phone="1")
    with desk.units("nothing") as unit:
        assert unit.commit() == Changed()
    with desk.ledger.reader() as connection:
        assert journal.head(connection) == head
    assert content(desk) == before


def test_an_update_that_says_nothing_new_makes_no_change_set(desk: Desk) -> None:
    with desk.units("one") as unit:
        person = insert_person(unit)
        unit.commit()
    with desk.units("same") as unit:
        assert not unit.update(Person, person, phone="", name="马秀兰")
        assert unit.commit() == Changed()


def test_history_tells_every_value_there_was(desk: Desk) -> None:
    with desk.units("one") as unit:
        person = insert_person(unit)
        unit.commit()
    for phone in ("13900000001", "13900000002"):
        with desk.units("phone") as unit:
            unit.update(Person, person, phone=phone)
            unit.commit()
    undo.undo(desk)
    with desk.ledger.reader() as connection:
        lines = journal.history(connection, Person, [person])
    assert [(line.action, line.field, line.before, line.after) for line in lines] == [
        ("undo", "phone", "13900000002", "13900000001"),
        ("phone", "phone", "13900000001", "13900000002"),
        ("phone", "phone", "", "13900000001"),
        ("one", "", None, None),
    ]
    assert {line.officer for line in lines} == {desk.officer}


IN_THIRD = "WHERE change_set = (SELECT id FROM change_set WHERE position = 3)"
TAMPERING = (
    "UPDATE change_set SET officer = '别人' WHERE position = 3",
    "UPDATE change_set SET made_at = '2024-01-01 00:00:00.000000' WHERE position = 3",
    "UPDATE change_set SET \"values\" = '{}' WHERE position = 3",
    "UPDATE change_set SET counts = '{}' WHERE position = 3",
    "UPDATE change_set SET chain = (SELECT chain FROM change_set WHERE position = 2) WHERE position = 3",
    f"UPDATE change SET before = '{{}}' {IN_THIRD}",
    f"UPDATE change SET record = 'other' {IN_THIRD}",
    f"UPDATE change SET kind = 'void' {IN_THIRD}",
    f"DELETE FROM change {IN_THIRD}",
    "INSERT INTO change SELECT 999, id, 9, 'person', 'x', 'update', '{}' FROM change_set WHERE position = 3",
    "DELETE FROM change_set WHERE position = 3",
    "UPDATE change_set SET position = 9 WHERE position = 3",
)


@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampering_is_found_where_it_was_done(desk: Desk, tampering: str) -> None:
    with desk.units("one") as unit:
        person = insert_person(unit)
        unit.commit()
    for number in range(3):
        with desk.units("phone", name=f"第{number}次") as unit:
            unit.update(Person, person, phone=f"1390000000{number}")
            unit.commit()
    assert sound(desk)
    raw = desk.ledger.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.execute(tampering)
    assert cursor.rowcount == 1
    raw.close()
    with desk.ledger.reader() as connection:
        assert journal.broken_link(connection) == 3


def test_what_a_change_touched_is_told(desk: Desk) -> None:
    with desk.units("family") as unit:
        person = insert_person(unit)
        household = unit.insert(Household, household_no="64010600000001", **HOUSEHOLD)
        unit.insert(
            Membership, person_id=person, household_id=household, relation="head", since=None, until=None
        )
        changed = unit.commit()
    assert (set(changed.people), set(changed.households)) == ({person}, {household})
    assert not changed.everything
    with desk.units("kind") as unit:
        unit.insert(
            HouseholdAttribute,
            household_id=household,
            attribute="kind",
            value="ordinary",
            since=None,
            until=None,
        )
        assert unit.commit().households == {household}


# -- an old step, and what stands on it -------------------------------------------------------------


def needed(desk: Desk, change_set: str) -> list[str]:
    with desk.ledger.reader() as connection:
        return [line.action for line in journal.dependents(connection, change_set)]


def a_family(desk: Desk) -> tuple[str, str, str]:
    """Make a person with a job and return the change set, the person and the job's change set."""
    with desk.units("family") as unit:
        person = insert_person(unit)
        made = unit.commit().change_set
    with desk.units("job") as unit:
        unit.insert(
            Spell, person_id=person, kind="wage", started_on=date(2024, 1, 1), ended_on=None, wage=None
        )
        job = unit.commit().change_set
    return made, person, job


def test_what_stands_on_a_step_is_told_newest_first_and_all_the_way(desk: Desk) -> None:
    made, person, job = a_family(desk)
    with desk.units("wage") as unit:
        spell = unit.connection.execute(Spell.__table__.select()).one().id
        unit.update(Spell, spell, wage=400_000)
        wage = unit.commit().change_set
    with desk.units("phone") as unit:
        unit.update(Person, person, phone="13900000001")
        unit.commit()
    with desk.units("elsewhere") as unit:
        insert_person(unit)
        unit.commit()
    assert needed(desk, made) == ["phone", "wage", "job"]
    assert needed(desk, job) == ["wage"]
    assert needed(desk, wage) == []
    undo.undo(desk, wage)
    assert needed(desk, made) == ["phone", "job"]
    assert needed(desk, job) == []


def test_an_old_step_is_taken_back_with_what_stands_on_it_and_brought_back(desk: Desk) -> None:
    first = content(desk)
    made, person, _job = a_family(desk)
    with desk.units("phone") as unit:
        unit.update(Person, person, phone="13900000001")
        unit.commit()
    last = content(desk)
    changed, lines = undo.undo_with_dependents(desk, made)
    assert [line.action for line in lines] == ["phone", "job", "family"]
    assert changed.people == {person}
    assert content(desk) == first
    for _ in lines:
        undo.redo(desk)
    assert content(desk) == last
    assert sound(desk)


def test_a_step_in_the_middle_does_not_hide_what_is_still_in_effect(desk: Desk) -> None:
    steps = []
    for number in range(4):
        with desk.units(f"step-{number}") as unit:
            insert_person(unit)
            steps.append(unit.commit().change_set)
    undo.undo(desk, steps[1])
    order = [undo.undo(desk)[1].action for _ in range(3)]
    assert order == ["step-3", "step-2", "step-0"]
    with pytest.raises(ExpectedError) as error:
        undo.undo(desk)
    assert error.value.code == "undo.nothing"
    assert [undo.redo(desk)[1].values["of"] for _ in range(4)] == ["step-0", "step-2", "step-3", "step-1"]
    assert undo.undo(desk)[1].action == "step-3"


def test_what_a_step_voided_does_not_come_back_without_what_it_belongs_to(desk: Desk) -> None:
    made, _person, _job = a_family(desk)
    with desk.units("void") as unit:
        unit.void(Spell, unit.connection.execute(Spell.__table__.select()).one().id)
        voided = unit.commit().change_set
    undo.undo(desk, made)
    before = content(desk)
    with pytest.raises(ExpectedError) as error:
        undo.undo(desk, voided)
    assert error.value.code == "undo.moved_on"
    assert content(desk) == before


def test_a_number_given_to_somebody_else_since_is_not_brought_back(desk: Desk) -> None:
    number = "640106198001010039"
    with desk.units("one") as unit:
        first = insert_person(unit, identity_number=number)
        unit.commit()
    with desk.units("correct") as unit:
        unit.update(Person, first, identity_number=None)
        corrected = unit.commit().change_set
    with desk.units("two") as unit:
        insert_person(unit, identity_number=number)
        unit.commit()
    with pytest.raises(ExpectedError) as error:
        undo.undo(desk, corrected)
    assert error.value.code == "undo.taken"
    assert sound(desk)


def test_a_step_is_told_field_by_field_and_found_by_officer_and_name(desk: Desk) -> None:
    made, person, _job = a_family(desk)
    desk.officer = "李静"
    with desk.units("phone", name="马秀兰") as unit:
        unit.update(Person, person, phone="13900000001")
        phone = unit.commit().change_set
    with desk.units("phone", name="马兰") as unit:
        unit.update(Person, person, phone="13900000002")
        unit.commit()
    with desk.ledger.reader() as connection:
        changes = [
            (line.change, line.field, line.before, line.after) for line in journal.details(connection, phone)
        ]
        fresh = {line.field: line.after for line in journal.details(connection, made)}
        assert journal.step_ids(connection, officer="李静", text="秀兰") == [phone]
        assert len(journal.step_ids(connection, text="秀兰", actions=["job"])) == 2
        assert [line.id for line in journal.steps(connection, [phone, made])] == [phone, made]
        assert journal.officers(connection) == sorted(["田野", "李静"])
    assert changes == [("update", "phone", "", "13900000001")]
    assert (fresh["name"], fresh["born"]) == ("马秀兰", "1985-01-01")
    assert "phone" not in fresh


def test_an_undo_is_not_undone_by_name(desk: Desk) -> None:
    _made, _person, job = a_family(desk)
    changed, _line = undo.undo(desk, job)
    with pytest.raises(ExpectedError) as error:
        undo.undo(desk, changed.change_set)
    assert error.value.code == "undo.nothing"


def test_after_a_survey_of_a_young_ledger_its_journal_is_still_looked_up_by_index(desk: Desk) -> None:
    with desk.units("person.edit") as unit:
        insert_person(unit)
        unit.commit()
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        asked.append((sql, values))

    with desk.ledger.engine.connect() as connection:
        engine.survey(connection)
        event.listen(connection, "before_cursor_execute", note)
        assert journal.next_undo(connection) is not None
        event.remove(connection, "before_cursor_execute", note)
        plans = [
            str(row[3])
            for sql, values in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert plans
    assert [each for each in plans if each.startswith("SCAN")] == []
