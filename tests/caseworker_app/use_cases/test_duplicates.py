"""People who are in the ledger twice are found, made one field by field, or told apart."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app.domain import identity
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text, field_text
from caseworker_app.read_models.duplicates import Comparison
from caseworker_app.read_models.people import PersonPage
from caseworker_app.use_cases import duplicates, households, people, undo, work
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.households import NewPerson
from db.queries import claims as claim_queries
from db.queries import duplicates as queries
from db.queries import workers
from db.tables import Attachment, Claim, Exemption, Person, PersonAttribute
from tests.caseworker_app.use_cases.looking import content, taken_back

VILLAGE = "640106100207"
TODAY = date(2024, 11, 30)
BORN = date(1985, 1, 2)
PLACE = "浙江省杭州市余杭区"


def number(serial: int, born: date = BORN) -> str:
    first = f"640106{born:%Y%m%d}{serial:03d}"
    return first + identity.check_digit(first)


class Book:
    """A ledger read through the doors that the window uses."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def head(self, name: str, born: date = BORN, **more: Any) -> str:
        """Enter somebody as head of a household of their own."""
        new = NewPerson(name, born=born, sex=more.pop("sex", "male"), labour_skill="ordinary", **more)
        (person,) = households.new_household(self.desk, VILLAGE, "1组", new).people
        return person

    def change(self, person: str, **values: Any) -> None:
        with self.desk.units("import") as unit:
            unit.update(Person, person, **values)
            unit.commit()

    def found(self) -> dict[frozenset[str], tuple[str, ...]]:
        with self.desk.ledger.reader() as connection:
            return {
                frozenset((pair.first.id, pair.second.id)): pair.reasons
                for pair in queries.pairs(connection, TODAY)
            }

    def like(self, name: str, number_: str = "", born: date | None = None) -> dict[str, tuple[str, ...]]:
        with self.desk.ledger.reader() as connection:
            return {side.id: why for side, why in queries.like(connection, name, number_, born, TODAY)}

    def compare(self, keep: str, drop: str) -> Comparison | None:
        with self.desk.ledger.reader() as connection:
            return queries.compare(connection, keep, drop, TODAY)

    def page(self, person: str, on: date = TODAY) -> PersonPage | None:
        with self.desk.ledger.reader() as connection:
            return workers.page(connection, person, self.desk.asked(on))


@pytest.fixture
def book(desk: Desk) -> Book:
    return Book(desk)


def refused(code: str, act: Callable[[], object], book: Book) -> ExpectedError:
    before = content(book.desk)
    with pytest.raises(ExpectedError) as caught:
        act()
    assert caught.value.code == code
    assert content(book.desk) == before
    return caught.value


# -- found ---------------------------------------------------------------------------------------


def test_the_shipped_sample_has_nobody_twice_under_one_number(sample_desk: Desk) -> None:
    book = Book(sample_desk)
    assert not [pair for pair, why in book.found().items() if "number" in why]


def test_one_number_written_otherwise(book: Book) -> None:
    whole = book.head("马国强", identity_number=number(12))
    old, rounded, other = book.head("马国强甲"), book.head("马国强乙"), book.head("陈明")
    book.change(old, identity_number=number(12)[:6] + number(12)[8:17], born=None)
    book.change(rounded, identity_number=number(12)[:15] + "000", born=None)
    book.change(other, identity_number=number(345), born=None)
    assert book.found() == {
        frozenset((whole, old)): ("number",),
        frozenset((whole, rounded)): ("number",),
    }


def test_one_name_and_birth_date_or_telephone(book: Book) -> None:
    one, two = book.head("马国强"), book.head("马国强", identity_number=number(12))
    three = book.head("马国强", date(1970, 1, 1), phone="13800000001")
    four = book.head("马国强", date(1971, 1, 1), phone="13800000001")
    book.head("王建", date(1972, 1, 1), phone="13800000001")
    assert book.found() == {
        frozenset((one, two)): ("name_born",),
        frozenset((three, four)): ("name_phone",),
    }


def test_names_that_are_nearly_alike(book: Book) -> None:
    one = book.head("马秀英", sex="female")
    left_out = book.head("马英", sex="female")
    other = book.head("马秀芳", sex="female")
    book.head("马秀英", date(1985, 1, 3), sex="female")
    book.head("马秀荣", sex="male")
    assert book.found() == {
        frozenset((one, left_out)): ("near_born",),
        frozenset((one, other)): ("near_born",),
    }


def test_twins_with_numbers_of_their_own_are_two(book: Book) -> None:
    book.head("马小龙", identity_number=number(11))
    book.head("马小虎", identity_number=number(13))
    assert book.found() == {}


def test_names_that_are_read_alike(book: Book) -> None:
    one = book.head("马秀兰", identity_number=number(12))
    two = book.head("马绣岚", identity_number=number(14))
    assert book.found() == {frozenset((one, two)): ("pinyin_born",)}


def test_who_has_a_number_stands_first(book: Book) -> None:
    without = book.head("马国强")
    numbered = book.head("马国强", identity_number=number(12))
    with book.desk.ledger.reader() as connection:
        (pair,) = queries.pairs(connection, TODAY)
    assert (pair.first.id, pair.second.id) == (numbered, without)
    assert (pair.first.household_no, pair.first.head, pair.first.relation) == (
        "N100207-002",
        "马国强",
        "head",
    )


def test_who_is_like_somebody_about_to_be_entered(book: Book) -> None:
    one = book.head("马秀英", identity_number=number(12))
    book.head("王建国", date(1970, 1, 1))
    assert book.like("马秀英", born=BORN) == {one: ("name_born",)}
    assert book.like("马秀荣", born=BORN) == {one: ("near_born",)}
    assert book.like("某某", number(12), BORN) == {one: ("number",)}
    assert book.like("马秀英") == {one: ("name",)}
    # Of one county, and no more: neither the name nor the number is like anybody's.
    assert book.like("某某", "640106197011130244") == {}
    assert book.like("马秀英", born=date(1999, 1, 1)) == {}
    assert book.like("") == {}


# -- told apart ----------------------------------------------------------------------------------


def test_two_people_told_apart_are_not_listed_again(book: Book) -> None:
    one, two = book.head("马国强"), book.head("马国强")
    refused("duplicate.reason_missing", lambda: duplicates.dismiss(book.desk, one, two, "  "), book)
    refused("duplicate.gone", lambda: duplicates.dismiss(book.desk, one, "0" * 32, "两人"), book)
    taken_back(book.desk, lambda: duplicates.dismiss(book.desk, two, one, "堂兄弟，两人都见过"))
    assert book.found() == {}
    assert not duplicates.dismiss(book.desk, one, two, "同上").change_set


# -- made one ------------------------------------------------------------------------------------


def test_what_differs_has_to_be_chosen(book: Book) -> None:
    one = book.head("马国强", phone="13800000001", identity_number=number(13))
    two = book.head("马国祥", phone="13800000002", ethnicity="HU")
    error = refused("duplicate.choose", lambda: duplicates.merge(book.desk, one, two, {}), book)
    assert field_text("person", "name") in error_text(error)
    assert field_text("person", "ethnicity") not in error_text(error)
    refused("duplicate.choice", lambda: duplicates.merge(book.desk, one, two, {"wage": "keep"}), book)
    refused("duplicate.choice", lambda: duplicates.merge(book.desk, one, two, {"name": "both"}), book)
    refused("duplicate.gone", lambda: duplicates.merge(book.desk, one, one, {}), book)
    choices = {"name": "drop", "phone": "keep", "household": "keep"}
    taken_back(book.desk, lambda: duplicates.merge(book.desk, one, two, choices))
    page = book.page(one)
    assert page is not None
    assert (page.row.name, page.phone, page.ethnicity) == ("马国祥", "13800000001", "HU")
    assert (page.row.identity_number, page.row.household_no) == (number(13), "N100207-001")
    assert book.page(two) is None
    assert book.found() == {}
    refused("duplicate.gone", lambda: duplicates.merge(book.desk, one, two, choices), book)


def test_birth_date_and_sex_go_with_the_number(book: Book) -> None:
    one = book.head("马国强", sex="female", born=date(1999, 9, 9))
    two = book.head("马国强", identity_number=number(13))
    duplicates.merge(book.desk, one, two, {"household": "keep"})
    page = book.page(one)
    assert page is not None
    assert (page.row.identity_number, page.born, page.sex) == (number(13), BORN, "male")


def recorded(book: Book) -> tuple[str, str]:
    """Return two records of one person with something of everything under both."""
    one, two = book.head("马国强"), book.head("马国强", identity_number=number(13))
    desk = book.desk
    for person, employer in ((one, ""), (two, "纺织厂")):
        work.record_spell(
            desk, person, "wage", date(2024, 3, 1), place_text=PLACE, employer=employer, wage=400000
        )
        work.record_service(desk, [person], "policy_briefing", date(2024, 10, 1))
    work.record_spell(desk, two, "wage", date(2023, 3, 1), ended_on=date(2023, 9, 1), place_text=PLACE)
    work.record_service(desk, [two], "contact", date(2024, 10, 2))
    work.record_intention(desk, one, "nearby", date(2024, 5, 1))
    work.record_intention(desk, two, "go_out", date(2024, 1, 1))
    with desk.units("import") as unit:
        unit.insert(
            Attachment,
            person_id=two,
            household_id=None,
            kind="other",
            title="",
            taken_on=None,
            media_type="image/jpeg",
            size=1,
            digest="",
        )
        for person, other in ((one, two), (two, "f" * 32)):
            unit.insert(
                Exemption,
                check="duplicate" if person == one else "phone",
                person_id=person,
                household_id=None,
                other=other if person == one else "",
                reason="",
                on=TODAY,
                officer="",
            )
        unit.insert(
            PersonAttribute,
            person_id=two,
            attribute="schooling",
            value="senior_3",
            since=date(2001, 9, 1),
            until=date(2003, 6, 30),
        )
        unit.commit()
    return one, two


def claimed(book: Book, person: str, number_: str, state: str = "draft") -> None:
    with book.desk.units("import") as unit:
        unit.insert(
            Claim,
            number=number_,
            pack="pack",
            item="travel",
            cycle="2024",
            beneficiary_kind="person",
            beneficiary=person,
            amount=100,
            state=state,
            filed_on=TODAY,
            assessed_on=TODAY,
            answer={},
        )
        unit.commit()


def test_everything_recorded_under_both_is_under_the_one(book: Book) -> None:
    one, two = recorded(book)
    claimed(book, two, "1")
    comparison = book.compare(one, two)
    assert comparison is not None
    assert {table: (mine, theirs) for table, mine, theirs in comparison.counts} == {
        "spell": (1, 2),
        "service_record": (1, 2),
        "intention": (1, 1),
        "attachment": (0, 1),
        "claim": (0, 1),
    }
    (job,) = [each for each in comparison.differences if each.field.startswith("job:")]
    choices = {"household": "drop", "intention": "keep", job.field: "keep"}
    changed = taken_back(book.desk, lambda: duplicates.merge(book.desk, one, two, choices))
    assert {one, two} <= changed.people
    page = book.page(one)
    assert page is not None
    assert [(spell.started_on, spell.employer) for spell in page.spells] == [
        (date(2023, 3, 1), ""),
        (date(2024, 3, 1), "纺织厂"),
    ]
    assert [service.kind for service in page.services] == ["contact", "policy_briefing"]
    assert [(each.kind, each.since, each.until) for each in page.intentions] == [
        ("nearby", date(2024, 5, 1), None),
        ("go_out", date(2024, 1, 1), date(2024, 4, 30)),
    ]
    assert page.row.household_no == "N100207-002"
    with book.desk.ledger.reader() as connection:
        assert claim_queries.ids(connection, beneficiaries=[one])
        journal_ = {
            table.__tablename__: [
                row.person_id
                for row in connection.execute(table.__table__.select().where(table.voided_in.is_(None)))
            ]
            for table in (Attachment, Exemption)
        }
    assert journal_ == {"attachment": [one], "exemption": [one]}


def test_of_two_jobs_that_overlap_the_one_chosen_stays(book: Book) -> None:
    one, two = book.head("马国强"), book.head("马国强", identity_number=number(13))
    work.record_spell(book.desk, one, "wage", date(2024, 2, 1), place_text=PLACE)
    work.record_spell(book.desk, two, "wage", date(2024, 4, 1), place_text="宁夏银川市金凤区")
    comparison = book.compare(one, two)
    assert comparison is not None
    (job,) = [each.field for each in comparison.differences if each.field.startswith("job:")]
    error = refused(
        "duplicate.choose", lambda: duplicates.merge(book.desk, one, two, {"household": "keep"}), book
    )
    assert "2024-04-01" in error_text(error)
    for side, expected in (("keep", date(2024, 2, 1)), ("drop", date(2024, 4, 1))):
        choices = {"household": "keep", job: side}
        taken_back(book.desk, partial(duplicates.merge, book.desk, one, two, choices))
        page = book.page(one)
        assert page is not None
        assert [spell.started_on for spell in page.spells] == [expected]
        undo.undo(book.desk)


def test_two_jobs_of_one_month_at_places_nobody_knows_are_both_kept(book: Book) -> None:
    one, two = book.head("马国强"), book.head("马国强", identity_number=number(13))
    first, last, next_day = date(2024, 2, 1), date(2024, 2, 10), date(2024, 2, 15)
    work.record_spell(book.desk, one, "wage", first, ended_on=last, place_text="甲工地")
    work.record_spell(book.desk, two, "wage", next_day, place_text="乙工地")
    taken_back(book.desk, partial(duplicates.merge, book.desk, one, two, {"household": "keep"}))
    page = book.page(one)
    assert page is not None
    assert [spell.started_on for spell in page.spells] == [first, next_day]


def test_one_item_taken_up_under_both_stops_the_merge(book: Book) -> None:
    one, two = book.head("马国强"), book.head("马国强", identity_number=number(13))
    claimed(book, one, "1")
    claimed(book, two, "2")
    merge = lambda: duplicates.merge(book.desk, one, two, {"household": "keep"})  # noqa: E731
    error = refused("duplicate.both_claimed", merge, book)
    assert error.values == {"number": "1", "other": "2"}
    with book.desk.units("import") as unit:
        (claim,) = claim_queries.ids(unit.connection, beneficiaries=[two])
        unit.update(Claim, claim, state="withdrawn")
        unit.commit()
    taken_back(book.desk, merge)


def test_a_household_does_not_lose_its_head_by_a_merge(book: Book) -> None:
    one, two = book.head("马国强"), book.head("马国强", identity_number=number(13))
    page = book.page(two)
    assert page is not None
    home = page.row.household
    son = NewPerson("马小军", born=date(2010, 1, 1), sex="male")
    people.new_person(book.desk, home, son, "son")
    refused(
        "household.head_missing", lambda: duplicates.merge(book.desk, one, two, {"household": "keep"}), book
    )
    taken_back(book.desk, lambda: duplicates.merge(book.desk, one, two, {"household": "drop"}))
    page = book.page(one)
    assert page is not None
    assert (page.row.household, page.relation) == (home, "head")


def test_memberships_of_two_records_become_one_line_of_days(book: Book) -> None:
    one, two = book.head("马国强"), book.head("马国强", identity_number=number(13))
    other = book.head("李四", date(1960, 1, 1))
    page = book.page(other)
    assert page is not None
    households.move(book.desk, two, page.row.household, "other", date(2024, 6, 1))
    left = book.compare(one, two)
    assert left is not None
    duplicates.merge(book.desk, one, two, {"household": "drop"})
    homes = [page.row.household_no for day in (date(2024, 5, 31), TODAY) if (page := book.page(one, day))]
    assert homes == ["N100207-002", "N100207-003"]


# -- names ---------------------------------------------------------------------------------------


@given(name=st.text("马王秀英兰", min_size=2, max_size=4), data=st.data())
def test_a_name_is_near_to_itself_with_one_character_otherwise(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    added = name[:place] + "国" + name[place:]
    exchanged = name[:place] + "国" + name[place + 1 :]
    assert queries.near(name, added)
    assert queries.near(added, name)
    assert queries.near(name, exchanged)
    assert not queries.near(name, name)
    assert not queries.near(name, added + "国国")
    assert not queries.near(name, exchanged[::-1] + "国国")


def test_days_are_laid_over_each_other_without_gap_or_overlap(book: Book) -> None:
    one, two = book.head("马国强"), book.head("马国强", identity_number=number(13))
    with book.desk.units("import") as unit:
        for since, until in ((date(2024, 2, 1), date(2024, 3, 31)), (date(2024, 6, 1), date(2024, 7, 31))):
            unit.insert(
                PersonAttribute,
                person_id=one,
                attribute="health",
                value="chronic",
                since=since,
                until=until,
            )
        unit.insert(
            PersonAttribute, person_id=two, attribute="health", value="healthy", since=None, until=None
        )
        unit.commit()

    def health(person: str) -> list[tuple[str, ...]]:
        day, told = date(2024, 1, 15), []
        while day < date(2024, 9, 1):
            page = book.page(person, day)
            assert page is not None
            told.append(page.health)
            day += timedelta(days=31)
        return told

    taken_back(
        book.desk, lambda: duplicates.merge(book.desk, one, two, {"household": "keep", "health": "keep"})
    )
    sick, well = ("chronic",), ("healthy",)
    assert health(one) == [well, sick, sick, well, well, sick, sick, well]
