"""The lists on made-up ledgers, for several days, against the rows read one person and one day at a time."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from caseworker_app.domain import codes
from caseworker_app.policy import pack
from caseworker_app.use_cases.desk import Desk
from db.queries import workers
from db.tables import Household, Intention, Membership, Person, PersonAttribute, ServiceRecord, Spell

DAY = timedelta(days=1)
FIRST = date(2023, 9, 1)
ASKED = (date(2023, 12, 31), date(2024, 2, 29), date(2024, 6, 30), date(2024, 11, 30), date(2025, 1, 1))
PEOPLE = 120
LISTS = ("workers", "employed", "farming", "unemployed", "willing", "zeroing", "package-due")
Row = dict[str, Any]


@dataclass
class Known:
    """What was made up of one person; rows as they were inserted."""

    born: date
    attributes: list[Row] = field(default_factory=list)
    spells: list[Row] = field(default_factory=list)
    intentions: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)


def some_day(random: Random) -> date:
    return FIRST + random.randrange(500) * DAY


def in_turn(random: Random, values: list[str]) -> list[Row]:
    """Return dated rows, one after the other, the last perhaps without an end, some with gaps between."""
    days = sorted({some_day(random) for _ in values[1:]})
    rows: list[Row] = [{"value": values[0], "since": random.choice((None, FIRST)), "until": None}]
    for value, since in zip(values[1:], days, strict=False):
        rows[-1]["until"] = since - random.choice((1, 1, 1, 20)) * DAY
        rows.append({"value": value, "since": since, "until": None})
    return rows


def make_up(random: Random) -> Known:
    known = Known(date(2024, 6, 30) - random.randint(14 * 365, 64 * 366) * DAY)
    if random.random() < 0.2:  # Close to the border of working age.
        border = random.choice(ASKED)
        known.born = border.replace(year=random.choice((1964, 1965, 2008)), day=min(border.day, 28))
        known.born += random.randint(-1, 4) * DAY
    skills = random.choices(
        codes.code_list("labour_skill").codes, (6, 3, 2, 1, 1), k=random.choice((1, 1, 2))
    )
    known.attributes = [{**row, "attribute": "labour_skill"} for row in in_turn(random, skills)]
    if random.random() < 0.2:
        known.attributes += [
            {**row, "attribute": "schooling"}
            for row in in_turn(random, random.choice((["senior_2", ""], ["", "army"])))
        ]
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        started = some_day(random)
        ended = None if random.random() < 0.2 else started + random.randint(0, 200) * DAY
        kind = "farming" if random.random() < 0.2 else random.choice(("wage", "flexible"))
        known.spells.append({"kind": kind, "started_on": started, "ended_on": ended, "wage": None})
    wishes = random.choices(codes.code_list("intention").codes, k=random.choice((0, 1, 1, 2, 3)))
    if wishes:
        known.intentions = [{"kind": row.pop("value"), **row} for row in in_turn(random, wishes)]
    for _ in range(random.choice((0, 3, 8, 12))):
        kind = random.choice(
            (
                "policy_briefing",
                "job_referral",
                "job_referral",
                "career_guidance",
                "skills_training",
                "contact",
            )
        )
        known.services.append(
            {
                "kind": kind,
                "on": some_day(random),
                "outcome": random.choice(("done", "done", "done", "declined", "not_reached")),
                "vacancy": random.choice(("保安", "缝纫", "电焊", "家政")) if kind == "job_referral" else "",
            }
        )
    return known


def keep(desk: Desk, people: list[Known]) -> dict[str, Known]:
    """Write them into the ledger, with rows beside them that were voided and must not count."""
    found = {}
    with desk.units("made up") as unit:
        for number, known in enumerate(people):
            household = unit.insert(
                Household, household_no=f"640106{number:08d}", village_code="640106100207"
            )
            person = unit.insert(Person, name=f"人{number}", identity_number=None, born=known.born)
            unit.insert(
                Membership, person_id=person, household_id=household, relation="head", since=None, until=None
            )
            for table, rows in (
                (PersonAttribute, known.attributes),
                (Spell, known.spells),
                (Intention, known.intentions),
                (ServiceRecord, known.services),
            ):
                for row in rows:
                    unit.insert(table, person_id=person, **row)
            found[person] = known
        unit.commit()
    with desk.units("by mistake") as unit:
        for person in found:
            unit.void(
                Spell,
                unit.insert(Spell, person_id=person, kind="wage", started_on=FIRST, ended_on=None, wage=None),
            )
            service = unit.insert(
                ServiceRecord, person_id=person, kind="skills_training", on=date(2024, 2, 1)
            )
            unit.void(ServiceRecord, service)
            unit.void(
                Intention, unit.insert(Intention, person_id=person, kind="go_out", since=None, until=None)
            )
        unit.commit()
    return found


# -- one person, one day -------------------------------------------------------------------------------


def holding(rows: list[Row], on: date) -> list[Row]:
    return [row for row in rows if (row["since"] or on) <= on <= (row["until"] or on)]


def birthday(born: date, year: int) -> date:
    """Return the birthday in a year; somebody born on 29 February has it on 1 March in other years."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def is_worker(known: Known, on: date) -> bool:
    birthdays = sum(birthday(known.born, year) <= on for year in range(known.born.year + 1, on.year + 1))
    skill = [row["value"] for row in holding(known.attributes, on) if row["attribute"] == "labour_skill"]
    school = [row["value"] for row in holding(known.attributes, on) if row["attribute"] == "schooling"]
    return (
        16 <= birthdays <= 59
        and any(each in ("ordinary", "skilled", "weak") for each in skill)
        and not any(school)
    )


def works(known: Known, on: date, *, farming: bool = False) -> bool:
    return any(
        row["started_on"] <= on <= (row["ended_on"] or on)
        for row in known.spells
        if (row["kind"] == "farming") == farming
    )


def wants(known: Known, on: date) -> bool:
    return any(row["kind"] != "none" for row in holding(known.intentions, on))


def package_begins(known: Known, desk: Desk, on: date) -> date:
    """Walk back to the year's first day, or to the last day on which there was a job."""
    day = on
    if desk.pack.package.period == "calendar_year":
        return date(on.year, 1, 1)
    while day >= FIRST and not works(known, day - DAY):
        day -= DAY
    return day


def lacks(known: Known, desk: Desk, on: date) -> bool:
    begins = package_begins(known, desk, on)
    done = [row for row in known.services if row["outcome"] == "done" and begins <= row["on"] <= on]
    for kind, owed in desk.pack.package.owed.items():
        had = [
            row["vacancy"] if kind == "job_referral" else number
            for number, row in enumerate(done)
            if row["kind"] == kind
        ]
        if len(set(had)) < owed:
            return True
    return False


def runs(known: Known, desk: Desk, on: date) -> bool:
    out_of_work = not works(known, on) and not works(known, on, farming=True)
    return desk.pack.package.period == "calendar_year" or out_of_work


def on_list(name: str, known: Known, desk: Desk, on: date) -> bool:
    worker, working, farming = is_worker(known, on), works(known, on), works(known, on, farming=True)
    unwilling = any(row["kind"] == "none" for row in holding(known.intentions, on))
    return {
        "workers": worker,
        "employed": working,
        "farming": worker and farming and not working,
        "unemployed": worker and not working and not farming,
        "willing": any(row["kind"] == "go_out" for row in holding(known.intentions, on)),
        "zeroing": worker and not working and not farming and wants(known, on),
        "package-due": worker and runs(known, desk, on) and not unwilling and lacks(known, desk, on),
    }[name]


def waited(known: Known, on: date) -> int:
    """Walk back day by day as long as work was wanted and there was none; 0 where it was always so."""
    day = on
    while wants(known, day - DAY) and not works(known, day - DAY):
        day -= DAY
        if day < FIRST - DAY:
            return 0
    return (on - day).days


# -- the tests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "rules"), [*((seed, pack.DEFAULT) for seed in range(6)), (6, "jilin"), (7, "jilin")]
)
def test_every_list_on_every_day(desk: Desk, seed: int, rules: str) -> None:
    random = Random(seed)
    desk.pack = pack.load(rules)
    people = keep(desk, [make_up(random) for _ in range(PEOPLE)])
    with desk.ledger.reader() as connection:
        for on in ASKED:
            asked = desk.asked(on)
            counted = workers.counts(connection, LISTS, asked)
            for name in LISTS:
                wanted = {person for person, known in people.items() if on_list(name, known, desk, on)}
                found = workers.ids(connection, name, asked)
                assert len(found) == len(set(found)) == counted[name]
                assert set(found) == wanted, (name, on)
            waiting = workers.ids(connection, "zeroing", asked)
            days = workers.waiting_days(connection, waiting, asked)
            assert days == {person: waited(people[person], on) for person in waiting}, on
            assert [days[person] for person in waiting] == sorted(days.values(), reverse=True)


@pytest.mark.parametrize(("seed", "rules"), [(0, pack.DEFAULT), (1, pack.DEFAULT), (2, "jilin")])
def test_a_line_says_what_its_list_says(desk: Desk, seed: int, rules: str) -> None:
    random = Random(seed)
    desk.pack = pack.load(rules)
    people = keep(desk, [make_up(random) for _ in range(PEOPLE)])
    with desk.ledger.reader() as connection:
        for on in ASKED:
            everybody = workers.ids(connection, "people", desk.asked(on))
            lines = workers.rows(connection, everybody, desk.asked(on))
            assert [line.id for line in lines] == everybody
            for line in lines:
                known = people[line.id]
                assert (line.status == "employed") == on_list("employed", known, desk, on)
                assert (line.status == "unemployed") == on_list("unemployed", known, desk, on)
                assert (line.package is not None) == (is_worker(known, on) and runs(known, desk, on))
                if line.package:
                    assert line.package.complete == (not lacks(known, desk, on))


def test_a_package_begins_anew_with_each_loss_of_work(desk: Desk) -> None:
    desk.pack = pack.load("jilin")
    job = {"kind": "wage", "started_on": date(2024, 1, 1), "ended_on": date(2024, 6, 30), "wage": None}
    services = [
        {"kind": kind, "on": day, "outcome": "done", "vacancy": vacancy}
        for kind, day, vacancy in (
            ("career_guidance", date(2023, 12, 1), ""),
            ("skills_training", date(2024, 6, 30), ""),  # The last day in work is not yet out of work.
            ("skills_training", date(2024, 7, 1), ""),
            ("job_referral", date(2024, 7, 2), "保安"),
            ("job_referral", date(2024, 8, 2), "保安"),
            ("job_referral", date(2024, 9, 2), "缝纫"),
            ("other", date(2024, 9, 3), ""),
            ("policy_briefing", date(2024, 9, 3), ""),
        )
    ]
    skill = {"attribute": "labour_skill", "value": "ordinary", "since": None, "until": None}
    (person,) = keep(desk, [Known(date(1980, 1, 1), [skill], [job], [], services)])
    with desk.ledger.reader() as connection:

        def had(on: date) -> dict[str, int] | None:
            (line,) = workers.rows(connection, [person], desk.asked(on))
            if line.package is None:
                return None
            return {part.kind: part.done for part in line.package.parts} | {"further": line.package.further}

        empty = {
            "policy_briefing": 0,
            "job_referral": 0,
            "career_guidance": 0,
            "skills_training": 0,
            "further": 0,
        }
        assert had(date(2023, 12, 31)) == {**empty, "career_guidance": 1}
        assert had(date(2024, 6, 30)) is None
        assert had(date(2024, 7, 1)) == {**empty, "skills_training": 1}
        assert had(date(2024, 9, 30)) == {
            **empty, "skills_training": 1, "job_referral": 2, "policy_briefing": 1, "further": 2,
        }  # fmt: skip


def test_a_list_is_narrowed_by_name_number_and_village(sample_desk: Desk) -> None:
    asked = sample_desk.asked(sample_desk.today())
    with sample_desk.ledger.reader() as connection:
        everybody = workers.rows(connection, workers.ids(connection, "people", asked), asked)
        one = everybody[100]
        for text in (one.name, one.identity_number, one.identity_number[-6:], one.household_no):
            found = workers.rows(connection, workers.ids(connection, "people", asked, text=text), asked)
            assert one in found
            assert all(
                text in line.name or line.identity_number.endswith(text) or line.household_no == text
                for line in found
            )
        village = workers.ids(connection, "people", asked, village=one.village_code)
        assert village == [line.id for line in everybody if line.village_code == one.village_code]
        assert workers.ids(connection, "people", asked, text="100%") == []


def test_the_first_lines_of_a_broad_list_are_those_of_the_whole(sample_desk: Desk) -> None:
    asked = sample_desk.asked(date(2024, 11, 30))
    with sample_desk.ledger.reader() as connection:
        for name in workers.BROAD:
            assert workers.first_ids(connection, name, asked, 40) == workers.ids(connection, name, asked)[:40]


def test_lists_counted_together_are_counted_as_each_alone(sample_desk: Desk) -> None:
    asked = sample_desk.asked(date(2024, 11, 30))
    with sample_desk.ledger.reader() as connection:
        together = workers.counts(connection, list(workers.LISTS), asked)
        assert together == {name: len(workers.ids(connection, name, asked)) for name in workers.LISTS}
