"""Facts that only a policy asks for: entered by name, dated, refused when they do not fit."""

from datetime import date
from pathlib import Path

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy.answer import Entitlement
from caseworker_app.use_cases import entitlements, pack_facts, packs, undo
from caseworker_app.use_cases.desk import Desk
from db.queries import facts
from db.tables import Household, Membership, Person, Spell

PLACES = Path(__file__).parents[2] / "samples" / "packs"
ON = date(2024, 11, 30)


@pytest.fixture
def somebody(desk: Desk) -> tuple[str, str]:
    """Follow the made-up pack and insert one household of one; return the household and the person."""
    packs.adopt(desk, PLACES / "qingyang", ON)
    with desk.units("made up") as unit:
        home = unit.insert(Household, household_no="1", village_code="640106100207")
        person = unit.insert(Person, name="甲", identity_number=None, born=date(1990, 1, 1))
        unit.insert(Membership, person_id=person, household_id=home, relation="head")
        unit.insert(Spell, person_id=person, kind="wage", started_on=date(2024, 1, 1), wage=500000)
        unit.commit()
    return home, person


def value(desk: Desk, name: str, owner: str, on: date) -> object:
    """Return what the rules read of a fact on a day."""
    of_person = pack_facts.facts(desk.pack)[name].of_person
    with desk.ledger.reader() as connection:
        (found,) = facts.households(connection, on, needs=("attributes", "flags"))
    of = found.members[0] if of_person else found
    fact = next(iter(desk.pack.items.values())).facts[name]
    assert of.id == owner
    return fact.read(of, on)


@pytest.mark.parametrize(
    ("name", "typed", "read"),
    [
        ("person.veteran", "是", True),
        ("person.veteran", "no", False),
        ("person.hardship", "disabled、older", ("disabled", "older")),
        ("person.graduated_on", "2024-06-30", date(2024, 6, 30)),
        ("person.unemployed_since", "2024-07-01", date(2024, 7, 1)),
        ("person.talent", "a", "a"),
        ("household.minimum_living", "yes", True),
        ("household.low_income", "否", False),
    ],
)
def test_what_is_entered_is_what_the_rules_read(
    desk: Desk, somebody: tuple[str, str], name: str, typed: str, read: object
) -> None:
    owner = somebody[name.startswith("person.")]
    assert value(desk, name, owner, ON) is None
    pack_facts.enter(desk, name, owner, typed)
    assert value(desk, name, owner, ON) == read
    assert value(desk, name, owner, date(2023, 1, 1)) == read  # The first that is said holds for before too.
    undo.undo(desk)
    assert value(desk, name, owner, ON) is None


def test_a_fact_changes_from_a_day_on(desk: Desk, somebody: tuple[str, str]) -> None:
    home = somebody[0]
    pack_facts.enter(desk, "household.destitute", home, "否")
    pack_facts.enter(desk, "household.destitute", home, "是", since=date(2024, 5, 1))
    days = (date(2024, 4, 30), date(2024, 5, 1))
    assert [value(desk, "household.destitute", home, day) for day in days] == [False, True]
    pack_facts.enter(desk, "household.destitute", home, "否", since=date(2024, 5, 1))
    assert [value(desk, "household.destitute", home, day) for day in days] == [False, False]
    with pytest.raises(ExpectedError) as error:
        pack_facts.enter(desk, "household.destitute", home, "是", since=date(2024, 4, 30))
    assert (error.value.code, error.value.values["day"]) == ("asked.later", "2024-05-01")


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("person.colour", "red", "asked.none"),
        ("person.veteran", "perhaps", "asked.value"),
        ("person.veteran", " ", "asked.value"),
        ("person.talent", "z", "asked.value"),
        ("person.hardship", "disabled, tired", "asked.value"),
        ("person.graduated_on", "2024-02-30", "asked.form"),
    ],
)
def test_what_does_not_fit_is_refused(
    desk: Desk, somebody: tuple[str, str], name: str, typed: str, code: str
) -> None:
    with pytest.raises(ExpectedError) as error:
        pack_facts.enter(desk, name, somebody[1], typed)
    assert error.value.code == code


def test_nobody_and_tomorrow_are_refused(desk: Desk, somebody: tuple[str, str]) -> None:
    with pytest.raises(ExpectedError, match=r"asked\.whose"):
        pack_facts.enter(desk, "person.veteran", "nobody", "是")
    with pytest.raises(ExpectedError, match=r"day\.future"):
        pack_facts.enter(desk, "person.veteran", somebody[1], "是", since=date(2999, 1, 1))


def test_an_answer_that_waited_for_it_is_given(desk: Desk, somebody: tuple[str, str]) -> None:
    def answer() -> Entitlement:
        with desk.ledger.reader() as connection:
            (found,) = entitlements.assess_all(connection, desk.pack, ON, item="QY-9", people=[somebody[1]])
        return found

    before = {each.field for each in answer().missing}
    for name in before & set(pack_facts.facts(desk.pack)):
        asked = pack_facts.facts(desk.pack)[name]
        pack_facts.enter(desk, name, somebody[asked.of_person], next(iter(asked.choices), "2024-06-30"))
        assert name not in {each.field for each in answer().missing}
