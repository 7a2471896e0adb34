from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app.domain import codes, worker
from caseworker_app.domain.worker import Situation, Status

births = st.dates(date(1930, 1, 1), date(2024, 11, 30))
asked = st.dates(date(2024, 11, 30), date(2028, 12, 31))
skills = st.sampled_from(["", *codes.code_list("labour_skill").codes])
schoolings = st.sampled_from(["", "senior_2", "army"])
AGES = (16, 59)


def slow_age(born: date, on: date) -> int:
    """Count the birthdays since birth; somebody born on 29 February has his on 1 March in other years."""
    leap_day = (born.month, born.day) == (2, 29)
    age, day = 0, born + timedelta(days=1)
    while day <= on:
        plain_year = (date(day.year, 3, 1) - timedelta(days=1)).day == 28
        birthday = (3, 1) if leap_day and plain_year else (born.month, born.day)
        age += (day.month, day.day) == birthday
        day += timedelta(days=1)
    return age


@given(st.dates(date(1990, 1, 1), date(2024, 11, 30)), asked)
def test_age_counts_birthdays(born: date, on: date) -> None:
    assert worker.age_on(born, on) == slow_age(born, on)


@pytest.mark.parametrize(
    ("on", "age"), [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2024, 2, 29), 16)]
)
def test_age_of_a_leap_day_child(on: date, age: int) -> None:
    assert worker.age_on(date(2008, 2, 29), on) == age


@given(births, asked, st.integers(0, 80))
def test_born_by_is_the_border_of_an_age(born: date, on: date, age: int) -> None:
    assert (worker.age_on(born, on) >= age) == (born <= worker.born_by(on, age))


@given(births | st.none(), asked, skills, schoolings, st.booleans(), st.booleans())
def test_everybody_has_one_status(
    born: date | None, on: date, skill: str, schooling: str, working: bool, farming: bool
) -> None:
    situation = Situation(born, skill, schooling, working, farming)
    status = worker.status_on(situation, on, AGES)
    able = worker.is_worker(situation, on, AGES)
    assert (status is Status.EMPLOYED) == working
    if status is Status.UNEMPLOYED:
        assert able
        assert not farming
    if able and not working:
        assert status is (Status.FARMING if farming else Status.UNEMPLOYED)
    if schooling and not working:
        assert status is (Status.IN_ARMY if schooling == "army" else Status.AT_SCHOOL)


@given(births, asked, skills, schoolings)
def test_a_worker_is_of_age_able_and_not_at_school(born: date, on: date, skill: str, schooling: str) -> None:
    wanted = (
        16 <= slow_age(born, on) <= AGES[1] and skill in ("ordinary", "skilled", "weak") and not schooling
    )
    assert (
        worker.is_worker(Situation(born, skill, schooling, working=False, farming=False), on, AGES) == wanted
    )


def test_what_is_not_known_is_said_so() -> None:
    for situation in (
        Situation(None, "ordinary", "", False, False),
        Situation(date(1990, 1, 1), "", "", False, False),
    ):
        assert worker.status_on(situation, date(2024, 11, 30), AGES) is Status.UNKNOWN
        assert not worker.is_worker(situation, date(2024, 11, 30), AGES)


def test_every_status_has_a_label() -> None:
    assert {status.value for status in Status} == set(codes.code_list("status").codes)
