"""Households and people change on a day: what was before stays true of the days before."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.households import HouseholdPage
from caseworker_app.read_models.people import PersonPage
from caseworker_app.use_cases import households, people, undo, work
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.households import NewPerson
from db.queries import households as household_queries
from db.queries import workers
from db.queries.dated import live
from db.tables import HouseholdAttribute, Membership, Monitoring, Person
from tests.caseworker_app.use_cases.looking import content, taken_back

TODAY = date(2024, 11, 30)
BEFORE, ON = date(2024, 9, 30), date(2024, 10, 1)
DAY = timedelta(days=1)
VILLAGE = "640106100207"


class Book:
    """A ledger with three households, read through the doors that the window uses."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.people: dict[str, str] = {}
        first = self.household("马国强", date(1970, 3, 5), "male")
        self.first = first
        self.add(first, "田玉花", date(1972, 4, 6), "female", "spouse")
        self.add(first, "马小军", date(1995, 5, 7), "male", "son")
        self.add(first, "杨丽", date(1996, 6, 8), "female", "daughter_in_law")
        self.add(first, "马思远", date(2018, 7, 9), "male", "grandson")
        self.second = self.household("王建国", date(1965, 1, 2), "male")
        self.add(self.second, "李梅", date(1966, 2, 3), "female", "spouse")
        self.alone = self.household("周老五", date(1950, 8, 1), "male")

    def household(self, name: str, born: date, sex: str, **more: Any) -> str:
        changed = households.new_household(
            self.desk,
            VILLAGE,
            "1组",
            NewPerson(name, born=born, sex=sex, labour_skill="ordinary"),
            **more,
        )
        (household,) = changed.households
        (self.people[name],) = changed.people
        return household

    def add(self, household: str, name: str, born: date, sex: str, relation: str) -> Changed:
        new = NewPerson(name, born=born, sex=sex, labour_skill="ordinary")
        changed = people.new_person(self.desk, household, new, relation)
        (self.people[name],) = changed.people
        return changed

    def members(self, household: str, on: date) -> dict[str, str]:
        with self.desk.ledger.reader() as connection:
            found = workers.members(connection, household, self.desk.asked(on))
        return {member.name: member.relation for member in found}

    def page(self, name: str, on: date = TODAY) -> PersonPage | None:
        with self.desk.ledger.reader() as connection:
            return workers.page(connection, self.people[name], self.desk.asked(on))

    def home(self, household: str, on: date = TODAY) -> HouseholdPage:
        with self.desk.ledger.reader() as connection:
            return household_queries.page(connection, household, self.desk.asked(on))

    def on_list(self, name: str, on: date) -> set[str]:
        with self.desk.ledger.reader() as connection:
            found = set(workers.ids(connection, name, self.desk.asked(on)))
        return {name for name, person in self.people.items() if person in found}

    def lived_in(self, on: date, kind: str = "all") -> list[str]:
        with self.desk.ledger.reader() as connection:
            return household_queries.ids(connection, self.desk.asked(on), kind=kind)


@pytest.fixture
def book(desk: Desk) -> Book:
    return Book(desk)


def refused(code: str, act: Callable[[], object], book: Book) -> dict[str, object]:
    before = content(book.desk)
    with pytest.raises(ExpectedError) as caught:
        act()
    assert caught.value.code == code
    assert content(book.desk) == before
    return caught.value.values


# -- entering ------------------------------------------------------------------------------------


def test_a_household_gets_a_number_of_this_device_when_none_is_given(book: Book) -> None:
    numbers = [book.home(each).row.household_no for each in (book.first, book.second, book.alone)]
    assert numbers == ["N100207-001", "N100207-002", "N100207-003"]
    given_ = book.household(
        "赵六", date(1980, 1, 1), "male", household_no="６４０１ 06-9", phone="13800000001"
    )
    assert book.home(given_).row.household_no == "640106-9"
    assert book.home(given_).row.phone == "13800000001"
    refused(
        "household.number_taken",
        lambda: book.household("赵七", date(1980, 1, 1), "male", household_no="N100207-001"),
        book,
    )
    refused(
        "household.village",
        lambda: households.new_household(
            book.desk, "110101001001", "", NewPerson("赵七", born=BEFORE, sex="male")
        ),
        book,
    )


def test_a_number_undone_is_not_given_again(book: Book) -> None:
    undo.undo(book.desk)
    again = book.household("周老六", date(1950, 8, 1), "male")
    assert book.home(again).row.household_no == "N100207-004"


def test_an_identity_number_tells_birth_date_and_sex(book: Book) -> None:
    new = NewPerson("马 小 芳", "64010619990507122X", since=ON)
    taken_back(book.desk, lambda: people.new_person(book.desk, book.first, new, "daughter"))
    assert book.members(book.first, ON)["马小芳"] == "daughter"
    assert "马小芳" not in book.members(book.first, BEFORE)
    with book.desk.ledger.reader() as connection:
        (person,) = workers.person_ids(connection, "64010619990507122X")
        page = workers.page(connection, person, book.desk.asked(TODAY))
    assert page is not None
    assert (page.born, page.sex) == (date(1999, 5, 7), "female")


@pytest.mark.parametrize(
    ("code", "new", "relation"),
    [
        ("person.name_missing", NewPerson("  ", born=ON, sex="male"), "son"),
        ("person.born_missing", NewPerson("马一", sex="male"), "son"),
        ("person.born_missing", NewPerson("马一", born=ON), "son"),
        ("person.number_wrong", NewPerson("马一", "640106199905071221"), "son"),
        ("person.not_born", NewPerson("马一", born=date(2024, 12, 1), sex="male"), "son"),
        ("person.not_born", NewPerson("马一", born=ON, sex="male", since=BEFORE), "son"),
        ("household.two_heads", NewPerson("马一", born=ON, sex="male"), "head"),
        ("code.unknown", NewPerson("马一", born=ON, sex="male"), "cousin"),
        ("phone.form", NewPerson("马一", born=ON, sex="male", phone="12"), "son"),
        ("day.future", NewPerson("马一", born=ON, sex="male", since=date(2024, 12, 1)), "son"),
    ],
)
def test_what_cannot_be_entered_is_said(book: Book, code: str, new: NewPerson, relation: str) -> None:
    refused(code, lambda: people.new_person(book.desk, book.first, new, relation), book)


def test_nobody_is_entered_twice_under_one_number(book: Book) -> None:
    new = NewPerson("马小芳", "64010619990507122X")
    people.new_person(book.desk, book.first, new, "daughter")
    values = refused(
        "person.number_taken", lambda: people.new_person(book.desk, book.second, new, "other"), book
    )
    assert values == {"name": "马小芳"}


# -- moving --------------------------------------------------------------------------------------


def test_a_move_begins_on_its_day_and_leaves_the_days_before(book: Book) -> None:
    person = book.people["马小军"]
    taken_back(book.desk, lambda: households.move(book.desk, person, book.second, "other", ON))
    assert "马小军" in book.members(book.first, BEFORE)
    assert "马小军" not in book.members(book.first, ON)
    assert "马小军" not in book.members(book.second, BEFORE)
    assert book.members(book.second, ON)["马小军"] == "other"
    before, after = book.page("马小军", BEFORE), book.page("马小军", ON)
    assert before is not None
    assert after is not None
    assert (before.row.household, before.relation) == (book.first, "son")
    assert (after.row.household, after.relation) == (book.second, "other")
    assert after.left_on is None
    assert book.on_list("workers", BEFORE) == book.on_list("workers", ON)


def test_a_move_recorded_late_ends_where_the_next_began(book: Book) -> None:
    person = book.people["马小军"]
    households.move(book.desk, person, book.second, "other", ON)
    households.move(book.desk, person, book.alone, "nephew", date(2024, 5, 1))
    homes = [
        page.row.household
        for day in (date(2024, 4, 30), date(2024, 5, 1), BEFORE, ON)
        if (page := book.page("马小军", day))
    ]
    assert homes == [book.first, book.alone, book.alone, book.second]


def test_a_head_does_not_move_without_a_successor(book: Book) -> None:
    person = book.people["马国强"]

    def go(**more: Any) -> Changed:
        return households.move(book.desk, person, book.second, "sibling", ON, **more)

    assert refused("household.head_leaves", go, book) == {"name": "马国强"}
    missing = refused("relation.missing", lambda: go(new_head=book.people["马小军"]), book)
    assert missing == {"name": "杨丽"}
    told = {book.people["杨丽"]: "spouse", book.people["马思远"]: "son"}
    taken_back(book.desk, lambda: go(new_head=book.people["马小军"], told=told))
    assert book.members(book.first, ON) == {
        "马小军": "head",
        "田玉花": "mother",
        "杨丽": "spouse",
        "马思远": "son",
    }
    assert book.members(book.first, BEFORE)["马国强"] == "head"
    assert book.members(book.second, ON)["马国强"] == "sibling"


def test_moves_that_cannot_be_are_refused(book: Book) -> None:
    desk, person = book.desk, book.people["马小军"]

    def move(household: str, relation: str, on: date) -> Callable[[], Changed]:
        return lambda: households.move(desk, person, household, relation, on)

    refused("membership.same", move(book.first, "son", ON), book)
    refused("household.none", move("0" * 32, "son", ON), book)
    refused("household.two_heads", move(book.second, "head", ON), book)
    refused("day.future", move(book.second, "son", date(2024, 12, 1)), book)
    people.new_person(desk, book.first, NewPerson("马小芳", born=BEFORE, sex="female", since=ON), "daughter")
    (book.people["马小芳"],) = set(members_ids(book)) - set(book.people.values())
    newborn = book.people["马小芳"]
    refused("membership.since", lambda: households.move(desk, newborn, book.second, "other", ON), book)
    refused("membership.since", lambda: people.leave(desk, newborn, ON, "death"), book)


def members_ids(book: Book) -> list[str]:
    with book.desk.ledger.reader() as connection:
        return [each.id for each in workers.members(connection, book.first, book.desk.asked(TODAY))]


def test_several_changes_of_one_day_leave_the_last_of_them(book: Book) -> None:
    desk, wife, son = book.desk, book.people["田玉花"], book.people["马小军"]
    households.change_head(desk, book.first, wife, ON)
    taken_back(book.desk, lambda: households.move(desk, son, book.second, "other", ON))
    taken_back(book.desk, lambda: households.move(desk, son, book.alone, "nephew", ON))
    assert "马小军" not in {**book.members(book.first, ON), **book.members(book.second, ON)}
    assert book.members(book.alone, ON)["马小军"] == "nephew"
    taken_back(book.desk, lambda: people.leave(desk, son, ON, "moved_out"))
    page = book.page("马小军")
    assert page is not None
    assert (page.left_on, page.left_reason, page.row.household) == (ON, "moved_out", book.first)
    assert faults(book) == []


def test_the_last_of_a_household_may_go_and_the_empty_household_is_listed_no_more(book: Book) -> None:
    person = book.people["周老五"]
    taken_back(book.desk, lambda: households.move(book.desk, person, book.second, "other", ON))
    assert book.alone in book.lived_in(BEFORE)
    assert book.alone not in book.lived_in(ON)
    assert book.members(book.alone, ON) == {}
    assert book.home(book.alone, BEFORE).row.head == "周老五"


# -- another head --------------------------------------------------------------------------------


def test_the_relations_to_a_new_head_are_known_or_asked_for(book: Book) -> None:
    wife = book.people["田玉花"]
    taken_back(book.desk, lambda: households.change_head(book.desk, book.first, wife, ON))
    assert book.members(book.first, ON) == {
        "田玉花": "head",
        "马国强": "spouse",
        "马小军": "son",
        "杨丽": "daughter_in_law",
        "马思远": "grandson",
    }
    assert book.members(book.first, BEFORE)["马国强"] == "head"
    assert book.home(book.first, ON).row.head == "田玉花"
    son = book.people["马小军"]
    refused("relation.missing", lambda: households.change_head(book.desk, book.first, son, TODAY), book)
    # Twice on one day restates the day, and does not begin a membership of no days.
    told = {book.people["杨丽"]: "spouse", book.people["马思远"]: "son"}
    taken_back(book.desk, lambda: households.change_head(book.desk, book.first, son, ON, told))
    assert book.members(book.first, ON)["田玉花"] == "mother"


def test_heads_that_cannot_be_are_refused(book: Book) -> None:
    def change(person: str, **told: str) -> Callable[[], Changed]:
        stated = {book.people[name]: relation for name, relation in told.items()}
        return lambda: households.change_head(book.desk, book.first, book.people[person], ON, stated)

    refused("household.head_already", change("马国强"), book)
    refused("person.not_member", change("李梅"), book)
    refused("relation.missing", change("田玉花", 马小军="head"), book)
    refused("code.unknown", change("田玉花", 马小军="cousin"), book)


# -- a split -------------------------------------------------------------------------------------


def told_of_the_household(book: Book) -> None:
    with book.desk.units("import") as unit:
        unit.insert(
            HouseholdAttribute,
            household_id=book.first,
            attribute="kind",
            value="lifted_out",
            since=None,
            until=None,
        )
        unit.insert(
            Monitoring,
            household_id=book.first,
            kind="marginal",
            identified_on=date(2023, 2, 1),
            resolved_on=None,
            risks=["illness"],
        )
        unit.commit()


def test_a_split_carries_over_what_holds_of_the_household(book: Book) -> None:
    told_of_the_household(book)
    going = [book.people[name] for name in ("马小军", "杨丽", "马思远")]
    told = {book.people["杨丽"]: "spouse", book.people["马思远"]: "son"}

    def act() -> Changed:
        return households.split(book.desk, book.first, going, book.people["马小军"], ON, told=told)

    changed = taken_back(book.desk, act)
    (made,) = changed.households - {book.first}
    assert book.members(made, ON) == {"马小军": "head", "杨丽": "spouse", "马思远": "son"}
    assert book.members(book.first, ON) == {"马国强": "head", "田玉花": "spouse"}
    assert book.members(made, BEFORE) == {}
    assert len(book.members(book.first, BEFORE)) == 5
    assert made in book.lived_in(ON, "lifted_out")
    assert made in book.lived_in(ON, "monitored")
    assert made not in book.lived_in(BEFORE)
    assert made not in book.lived_in(BEFORE, "monitored")
    page = book.home(made)
    assert page.row.household_no == "N100207-004"
    assert (page.row.village_code, page.row.group, page.row.kind) == (VILLAGE, "1组", "lifted_out")
    assert (page.row.monitored_kind, page.identified_on, page.risks) == (
        "marginal",
        date(2023, 2, 1),
        ("illness",),
    )


def test_a_split_with_the_head_asks_who_is_head_of_those_who_stay(book: Book) -> None:
    going = [book.people["马国强"], book.people["田玉花"]]

    def act(**more: Any) -> Changed:
        return households.split(book.desk, book.first, going, going[0], ON, household_no="88", **more)

    refused("household.head_leaves", act, book)
    refused("household.head_leaves", lambda: act(remaining_head=going[1]), book)
    son = book.people["马小军"]
    stay = {book.people["杨丽"]: "spouse", book.people["马思远"]: "son"}
    changed = taken_back(book.desk, lambda: act(remaining_head=son, remaining=stay))
    (made,) = changed.households - {book.first}
    assert book.members(made, ON) == {"马国强": "head", "田玉花": "spouse"}
    assert book.members(book.first, ON) == {"马小军": "head", "杨丽": "spouse", "马思远": "son"}


def test_splits_that_cannot_be_are_refused(book: Book) -> None:
    def act(*names: str, head: str) -> Callable[[], Changed]:
        going = [book.people[name] for name in names]
        return lambda: households.split(book.desk, book.first, going, book.people[head], ON)

    refused("split.nobody", act(head="马小军"), book)
    refused("split.nobody", act("杨丽", head="马小军"), book)
    refused("person.not_member", act("马小军", "李梅", head="马小军"), book)
    refused("split.everybody", act("马国强", "田玉花", "马小军", "杨丽", "马思远", head="马小军"), book)
    refused("relation.missing", act("马小军", "杨丽", head="马小军"), book)


# -- leaving -------------------------------------------------------------------------------------


def test_a_death_ends_job_and_wish_and_the_page_says_so(book: Book) -> None:
    person = book.people["马小军"]
    work.record_spell(book.desk, person, "wage", date(2024, 3, 1), place_text="浙江省杭州市余杭区")
    work.record_intention(book.desk, person, "go_out", date(2024, 2, 1))
    taken_back(book.desk, lambda: people.leave(book.desk, person, ON, "death"))
    assert "马小军" in book.on_list("employed", BEFORE)
    assert "马小军" not in book.on_list("people", ON)
    page, earlier = book.page("马小军"), book.page("马小军", BEFORE)
    assert page is not None
    assert earlier is not None
    assert (page.left_on, page.left_reason) == (ON, "death")
    assert (page.spells[0].ended_on, page.spells[0].came_home) == (ON, False)
    assert page.intentions[0].until == BEFORE
    assert page.row.household == book.first
    assert any(line.action == "person.leave" for line in page.history)
    assert earlier.left_on is None
    assert earlier.row.intention == "go_out"


def test_departure_leaves_the_job_as_it_is(book: Book) -> None:
    person = book.people["马小军"]
    work.record_spell(book.desk, person, "wage", date(2024, 3, 1), place_text="浙江省杭州市余杭区")
    people.leave(book.desk, person, ON, "moved_out")
    page = book.page("马小军")
    assert page is not None
    assert page.spells[0].ended_on is None
    assert page.left_reason == "moved_out"


def test_a_head_who_dies_is_followed_by_another(book: Book) -> None:
    head, wife = book.people["马国强"], book.people["田玉花"]
    refused("household.head_leaves", lambda: people.leave(book.desk, head, ON, "death"), book)
    taken_back(book.desk, lambda: people.leave(book.desk, head, ON, "death", new_head=wife))
    assert book.members(book.first, ON)["田玉花"] == "head"
    assert "马国强" not in book.members(book.first, ON)
    taken_back(book.desk, lambda: people.leave(book.desk, book.people["周老五"], ON, "death"))
    assert book.alone not in book.lived_in(ON)


def test_leaving_that_cannot_be_is_refused(book: Book) -> None:
    desk, person = book.desk, book.people["马小军"]
    refused("code.unknown", lambda: people.leave(desk, person, ON, "split"), book)
    refused("day.future", lambda: people.leave(desk, person, date(2024, 12, 1), "death"), book)
    work.record_spell(desk, person, "wage", date(2024, 11, 1), place_text="浙江省杭州市余杭区")
    refused("death.later_job", lambda: people.leave(desk, person, ON, "death"), book)
    households.move(desk, person, book.second, "other", date(2024, 11, 15))
    refused("membership.later", lambda: people.leave(desk, person, ON, "moved_out"), book)
    people.leave(desk, person, TODAY, "moved_out")
    refused("person.not_here", lambda: people.leave(desk, person, TODAY, "death"), book)


# -- whatever happens ----------------------------------------------------------------------------


def faults(book: Book) -> list[str]:
    """Return every day on which somebody has two households or a household not one head."""
    with book.desk.ledger.reader() as connection:
        rows = connection.execute(
            select(
                Membership.person_id,
                Membership.household_id,
                Membership.relation,
                Membership.since,
                Membership.until,
            )
            .join(Person, Person.id == Membership.person_id)
            .where(live(Membership), live(Person))
        ).all()
    days = {ON, TODAY} | {row.since for row in rows if row.since} | {row.until for row in rows if row.until}
    found = []
    for day in sorted(days):
        here = [
            row
            for row in rows
            if (row.since is None or row.since <= day) and (row.until is None or row.until >= day)
        ]
        found += [f"{day} twice" for row in here if sum(row.person_id == each.person_id for each in here) > 1]
        for household in {row.household_id for row in here}:
            heads = sum(row.household_id == household and row.relation == "head" for row in here)
            found += [f"{day} {heads} heads"] if heads != 1 else []
    found += [
        f"{row.since} – {row.until}" for row in rows if row.since and row.until and row.until < row.since
    ]
    return found


RELATIONS = ("son", "daughter", "other", "sibling", "head")


@settings(max_examples=15)
@given(data=st.data())
def test_everybody_has_one_household_and_every_household_one_head(
    opened: Callable[[Path], Desk], empty_ledger: Path, data: st.DataObject
) -> None:
    book = Book(opened(empty_ledger))
    homes = [book.first, book.second, book.alone]
    everybody = list(book.people.values())
    start, steps = content(book.desk), 0
    for _step in range(data.draw(st.integers(1, 10))):
        on = date(2024, 1, 1) + timedelta(days=data.draw(st.integers(0, 12)) * 25)
        person, heir = data.draw(st.sampled_from(everybody)), data.draw(st.sampled_from(everybody))
        household = data.draw(st.sampled_from(homes))
        told = {each: data.draw(st.sampled_from(RELATIONS[:-1])) for each in everybody}
        kind = data.draw(st.sampled_from(["move", "split", "head", "leave"]))
        try:
            if kind == "move":
                relation = data.draw(st.sampled_from(RELATIONS))
                changed = households.move(
                    book.desk, person, household, relation, on, new_head=heir, told=told
                )
            elif kind == "split":
                going = data.draw(st.lists(st.sampled_from(everybody), min_size=1, max_size=3))
                changed = households.split(
                    book.desk, household, going, going[0], on, told=told, remaining_head=heir, remaining=told
                )
                homes += sorted(changed.households - set(homes))
            elif kind == "head":
                changed = households.change_head(book.desk, household, person, on, told)
            else:
                reason = data.draw(st.sampled_from(["death", "moved_out"]))
                changed = people.leave(book.desk, person, on, reason, new_head=heir, told=told)
        except ExpectedError:
            continue
        steps += bool(changed.change_set)
        assert faults(book) == []
    for _step in range(steps):
        undo.undo(book.desk)
    assert content(book.desk) == start
