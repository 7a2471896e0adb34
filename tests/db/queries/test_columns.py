"""Every column of the lists sorted, filtered and counted by the database, against plain sorting of what is shown."""

from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest

from caseworker_app.domain import codes, pinyin
from caseworker_app.domain.worker import age_on
from caseworker_app.use_cases.desk import Desk
from db.queries import columns, households, workers
from db.queries.columns import HOUSEHOLDS, WORKERS, Column, Filter, Sort
from tests.db.queries.test_workers import keep, make_up

ON = date(2024, 9, 30)
Values = dict[str, dict[str, Any]]


@pytest.fixture
def made_up(desk: Desk) -> Desk:
    """Return a ledger of people whose jobs, facts and wishes change over time."""
    random = Random(7)
    keep(desk, [make_up(random) for _number in range(60)])
    return desk


def known(desk: Desk, on: date) -> Values:
    """Return every value of everybody."""
    with desk.ledger.reader() as connection:
        asked = desk.asked(on)
        everybody = workers.ids(connection, "people", asked)
        return columns.details(connection, WORKERS, WORKERS, columns.people(asked), everybody, asked)


def place_of(column: Column, key: str, value: Any) -> Any:
    """Return what a value sorts by: codes as their list has them, names as they are read."""
    if column.codes:
        order = codes.code_list(column.codes).codes
        return order.index(value) if value in order else None
    if key in ("name", "head"):
        return pinyin.readings(value)[0] if value else None
    return value if value != "" else None


def test_values_are_those_of_the_rows(sample_desk: Desk, made_up: Desk) -> None:
    for desk, on in ((sample_desk, sample_desk.today()), (made_up, ON), (made_up, date(2024, 2, 29))):
        values = known(desk, on)
        with desk.ledger.reader() as connection:
            asked = desk.asked(on)
            for row in workers.rows(connection, list(values), asked):
                said = values[row.id]
                assert said["name"] == row.name
                assert said["head"] == (row.head or None)
                assert said["status"] == row.status
                assert said["since"] == row.since
                assert said["wage"] == row.wage
                assert said["household_no"] == row.household_no
                assert said["intention"] == row.intention
                assert said["lacking"] == (
                    sum(part.lacking for part in row.package.parts) if row.package else None
                )
                assert (said["place"] or "") == row.place_code[:4]
                born = said["born"]
                assert said["age"] == (age_on(born, on) if born else None)


@pytest.mark.parametrize("down", [False, True])
def test_every_column_sorts_as_it_reads(sample_desk: Desk, down: bool) -> None:
    asked = sample_desk.asked(sample_desk.today())
    values = known(sample_desk, sample_desk.today())
    with sample_desk.ledger.reader() as connection:
        plain = workers.ids(connection, "people", asked)
        for key in sorted(set(WORKERS) - {"place"}):
            found = workers.ids(connection, "people", asked, order=[Sort(key, down)])
            places = {each: place_of(WORKERS[key], key, values[each][key]) for each in plain}
            have = [each for each in plain if places[each] is not None]
            ranks = {place: rank for rank, place in enumerate(sorted({places[each] for each in have}))}
            slow = sorted(have, key=lambda each: -ranks[places[each]] if down else ranks[places[each]])
            assert found == slow + [each for each in plain if places[each] is None], key


def test_two_columns_sort_one_after_the_other(sample_desk: Desk) -> None:
    asked = sample_desk.asked(sample_desk.today())
    values = known(sample_desk, sample_desk.today())
    with sample_desk.ledger.reader() as connection:
        found = workers.ids(connection, "people", asked, order=[Sort("sex"), Sort("age", down=True)])
    pairs = [(values[each]["sex"] == "female", -values[each]["age"]) for each in found]
    assert pairs == sorted(pairs)
    assert len(set(pairs)) > 50


def test_values_are_counted_and_chosen(sample_desk: Desk, made_up: Desk) -> None:
    for desk, on in ((sample_desk, sample_desk.today()), (made_up, ON)):
        values = known(desk, on)
        asked = desk.asked(on)
        with desk.ledger.reader() as connection:
            for key in (key for key, column in WORKERS.items() if column.kind in ("code", "flag")):
                flag = WORKERS[key].kind == "flag"
                said = {
                    person: {True: "yes", False: "no", None: ""}[row[key]] if flag else row[key] or ""
                    for person, row in values.items()
                }
                counts = workers.values(connection, "people", asked, key)
                assert counts == dict(Counter(said.values())), key
                for value in counts:
                    found = workers.ids(connection, "people", asked, filters=[Filter(key, (value,))])
                    assert set(found) == {person for person, each in said.items() if each == value}, key
                some = tuple(list(counts)[:2])
                found = workers.ids(connection, "people", asked, filters=[Filter(key, some)])
                assert len(found) == sum(counts[value] for value in some)


def test_a_range_takes_both_its_ends(sample_desk: Desk) -> None:
    values = known(sample_desk, sample_desk.today())
    asked = sample_desk.asked(sample_desk.today())
    kinds = {key for key, column in WORKERS.items() if column.kind in ("day", "money", "count")}
    with sample_desk.ledger.reader() as connection:
        for key in sorted(kinds - {"last_contact"}):  # No service is in the sample.
            have = sorted(row[key] for row in values.values() if row[key] is not None)
            low, high = have[len(have) // 4], have[-len(have) // 4]
            for narrowed in (Filter(key, low=low), Filter(key, high=high), Filter(key, low=low, high=high)):
                first, last = narrowed.low or have[0], narrowed.high or have[-1]
                found = workers.ids(connection, "people", asked, filters=[narrowed])
                assert set(found) == {
                    person
                    for person, row in values.items()
                    if row[key] is not None and first <= row[key] <= last
                }, key


def test_filters_hold_together_and_texts_are_taken_as_they_are(sample_desk: Desk) -> None:
    values = known(sample_desk, sample_desk.today())
    asked = sample_desk.asked(sample_desk.today())
    some = next(iter(values.values()))["name"][0]
    with sample_desk.ledger.reader() as connection:
        both = [Filter("name", contains=some), Filter("sex", ("male",))]
        found = workers.ids(connection, "people", asked, filters=both)
        assert workers.ids(connection, "people", asked, filters=[Filter("name", contains="%")]) == []
        counted = workers.values(connection, "people", asked, "sex", filters=both)
    assert set(found) == {
        person for person, row in values.items() if some in row["name"] and row["sex"] == "male"
    }
    assert counted["male"] == len(found)
    assert "female" in counted, "the values of a column are those its own filter hides too"


def test_the_list_of_households_sorts_and_narrows(sample_desk: Desk) -> None:
    asked = sample_desk.asked(sample_desk.today())
    with sample_desk.ledger.reader() as connection:
        plain = households.ids(connection, asked)
        values = columns.details(connection, HOUSEHOLDS, HOUSEHOLDS, columns.households(), plain, asked)
        for row in households.rows(connection, plain, asked):
            said = values[row.id]
            assert (said["members"], said["workers"], said["employed"]) == (
                row.members,
                row.workers,
                row.employed,
            )
            assert (said["head"] or "", said["identity_number"] or "") == (row.head, row.head_identity_number)
            assert (said["household_kind"] or "") == row.kind
        for key, column in HOUSEHOLDS.items():
            places = {each: place_of(column, key, values[each][key]) for each in plain}
            found = households.ids(connection, asked, order=[Sort(key)])
            have = sorted((each for each in plain if places[each] is not None), key=lambda each: places[each])
            assert found == have + [each for each in plain if places[each] is None], key
            if column.kind == "code":
                counts = households.values(connection, "all", asked, key)
                for value, count in counts.items():
                    assert len(households.ids(connection, asked, filters=[Filter(key, (value,))])) == count
        small = households.ids(connection, asked, filters=[Filter("members", high=2)])
        assert set(small) == {each for each in plain if values[each]["members"] <= 2}
