"""Every list of the domain on made-up ledgers, at twelve past month ends, against a slow derivation in plain Python.

The derivation below is written from the words of the domain and reads the rows as they were made up: who was a
member, what somebody was and did on a day. It shares no code with the queries.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from caseworker_app import wording
from caseworker_app.domain import codes
from caseworker_app.policy.answer import State
from caseworker_app.use_cases import entitlements, lists
from caseworker_app.use_cases.desk import Desk
from db.queries import households, workers
from db.tables import (
    Comparison,
    ComparisonResult,
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Person,
    PersonAttribute,
    Record,
    Reply,
    ServiceRecord,
    Spell,
)

DAY = timedelta(days=1)
ENDS = tuple(date(2023 + (number > 12), (number - 1) % 12 + 1, 1) - DAY for number in range(13, 25))
"""The last days of twelve months: 2023-12-31 … 2024-11-30."""
HOMES = 36
VILLAGES = ("640106100207", "640106100208")
PLACES = ("", "64", "6401", "640106", "640106100", "640104", "640324", "33", "3301", "330110", "350582")
LOSSES = ("laid_off", "closed", "contract_ended", "wage_arrears", "illness", "family", "other")
Row = dict[str, Any]


def later(day: date, months: int) -> date:
    """Return the same day some months later or earlier, or that month's last."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    before = wording.language()
    wording.use(wording.ZH)
    yield
    wording.use(before)


# -- what is made up -----------------------------------------------------------------------------------


@dataclass
class One:
    """One person as made up: only what stands in the ledger, nothing that was voided."""

    name: str
    born: date | None
    number: str | None
    phone: str
    memberships: list[Row] = field(default_factory=list)
    attributes: list[Row] = field(default_factory=list)
    spells: list[Row] = field(default_factory=list)
    intentions: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)


@dataclass
class Made:
    """A made-up ledger: people and households by their ids."""

    people: dict[str, One] = field(default_factory=dict)
    homes: dict[str, Row] = field(default_factory=dict)
    compared: list[Row] = field(default_factory=list)
    """Results of comparisons: kind of list, day it stands for, person, what it says, how that was answered."""


def a_day(random: Random) -> date:
    """Return a day, often one at which an answer turns: about a month end, or a limit before or after one."""
    if random.random() < 0.4:
        return date(2022, 6, 1) + random.randrange(1000) * DAY
    end = random.choice(ENDS)
    turns = (end, end - 7 * DAY, end - 30 * DAY, end + 60 * DAY, later(end + DAY, -3), later(end + DAY, -33))
    return random.choice(turns) + random.randint(-1, 1) * DAY


def dated(random: Random, values: Iterable[str]) -> list[Row]:
    """Return dated values one after the other, with or without gaps, the first and last with open ends or not."""
    rows: list[Row] = []
    values = list(values)
    starts = sorted({a_day(random) for _ in values})
    for value, start in zip(values, starts, strict=False):
        if rows and rows[-1]["until"] is None:
            rows[-1]["until"] = start - random.choice((1, 1, 1, 20)) * DAY
            if rows[-1]["since"] and rows[-1]["until"] < rows[-1]["since"]:
                rows.pop()
        rows.append({"value": value, "since": start, "until": None})
    if rows and random.random() < 0.6:
        rows[0]["since"] = None
    if rows and random.random() < 0.1:
        rows[-1]["until"] = max(a_day(random), rows[-1]["since"] or date.min)
    return rows


def a_birth(random: Random) -> date | None:
    chance = random.random()
    if chance < 0.06:
        return None
    if chance < 0.4:  # About a birthday that counts.
        end = random.choice(ENDS)
        year = end.year - random.choice((16, 16, 50, 60, 60))
        return (
            date(year, end.month, min(end.day, monthrange(year, end.month)[1])) + random.randint(-1, 1) * DAY
        )
    if chance < 0.45:
        return random.choice((date(1964, 2, 29), date(2008, 2, 29), date(1974, 2, 28)))
    return date(2024, 6, 30) - random.randint(365, 80 * 365) * DAY


def a_spell(random: Random) -> Row:
    started = a_day(random)
    ended = None
    if random.random() < 0.7:
        ended = started + random.randint(0, 500) * DAY if random.random() < 0.6 else a_day(random)
    if ended and ended < started:
        started, ended = ended, started
    kind = random.choice(
        ("wage", "wage", "flexible", "public_post", "public_post", "farming", "self_employed")
    )
    lost = random.random() < 0.15
    if lost:  # About a week before a month end, the job lost.
        ended = random.choice(ENDS) - random.randint(0, 9) * DAY
        started = min(started, ended)
    if kind == "public_post" and not lost and random.random() < 0.4:
        started = later(random.choice(ENDS) + DAY, -random.choice((32, 33, 34))) + random.randint(-2, 2) * DAY
        ended = None if ended is None or ended < started else ended
    return {
        "kind": kind,
        "started_on": started,
        "ended_on": ended,
        "place_code": random.choice(PLACES),
        "wage": random.choice((None, 300000, 450000)),
        "contract": random.choice((None, True, True, False)),
        "insured": random.choice((None, True, False)),
        "employer": "某公司",
        "end_reason": random.choice((*LOSSES, "spring_festival", "visit", "")) if ended else "",
        "came_home": lost or random.choice((None, True, True, False)) if ended else None,
    }


def a_person(random: Random, number: int) -> One:
    one = One(
        f"人{number}",
        a_birth(random),
        None if random.random() < 0.08 else f"64010619700101{number:04d}",
        random.choice(("", "13900000000")),
    )
    if random.random() < 0.92:
        skills = random.choices(
            codes.code_list("labour_skill").codes, (6, 3, 2, 1, 1), k=random.choice((1, 1, 2))
        )
        one.attributes += [{"attribute": "labour_skill", **row} for row in dated(random, skills)]
    if random.random() < 0.15:
        schools = random.choice((["senior_2"], ["senior_2", ""], ["", "army"]))
        one.attributes += [{"attribute": "schooling", **row} for row in dated(random, schools)]
    one.spells = [a_spell(random) for _ in range(random.choice((0, 0, 1, 1, 2, 3)))]
    wishes = random.choices(codes.code_list("intention").codes, k=random.choice((0, 0, 1, 1, 2)))
    one.intentions = [{"kind": row.pop("value"), **row} for row in dated(random, wishes)]
    for _ in range(random.choice((0, 0, 1, 4, 12, 20))):
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
        one.services.append(
            {
                "kind": kind,
                "on": a_day(random),
                "outcome": random.choice(("done", "done", "done", "declined", "not_reached")),
                "vacancy": random.choice(("保安", "缝纫", "电焊", "家政")) if kind == "job_referral" else "",
            }
        )
    return one


def live_in(random: Random, one: One, homes: list[str], number: int) -> None:
    """Give somebody a household: for ever, until he left, since he came, or one after another."""
    home = homes[number % len(homes)]
    relation = ("head", "spouse", "son", "mother", "daughter_in_law")[number // len(homes) % 5]
    row: Row = {"household_id": home, "relation": relation, "since": None, "until": None}
    chance = random.random()
    if chance < 0.1:
        row["until"] = a_day(random)
    elif chance < 0.2:
        row["since"] = a_day(random)
    one.memberships.append(row)
    if 0.1 < chance < 0.15:
        moved = a_day(random)
        if row["since"] is None or row["since"] < moved:
            row["until"] = moved - random.choice((1, 1, 5)) * DAY
            elsewhere = {
                "household_id": random.choice(homes),
                "relation": "other",
                "since": moved,
                "until": None,
            }
            one.memberships.append(elsewhere)


def make_up(desk: Desk, seed: int) -> Made:
    """Write a ledger, and beside each kind of row some that are voided: they must not count anywhere."""
    random, made = Random(seed), Made()
    with desk.units("made up") as unit:
        for number in range(HOMES):
            values = {
                "household_no": f"640106{number:08d}",
                "village_code": random.choice(VILLAGES),
                "phone": random.choice(("", "", "13800000000")),
            }
            made.homes[unit.insert(Household, **values)] = values
        for home in made.homes:
            if random.random() < 0.9:
                kind = {"attribute": "kind", "value": random.choice(("lifted_out", "ordinary"))}
                unit.insert(HouseholdAttribute, household_id=home, since=None, until=None, **kind)
        people = [a_person(random, number) for number in range(HOMES * 4)]
        kept: dict[type[Record], list[Row]] = {}
        for number, one in enumerate(people):
            live_in(random, one, list(made.homes), number)
            known = {"name": one.name, "born": one.born, "identity_number": one.number, "phone": one.phone}
            person = unit.insert(Person, **known)
            made.people[person] = one
            for table, rows in rows_of(one):
                kept.setdefault(table, []).extend({"person_id": person, **row} for row in rows)
        for table, rows in kept.items():
            unit.insert_many(table, rows)
        unit.commit()
    with desk.units("by mistake") as unit:
        for person in random.sample(list(made.people), HOMES):
            for table, rows in rows_of(a_person(random, 9000)):
                for row in rows[:2]:
                    unit.void(table, unit.insert(table, person_id=person, **row))
        for person in random.sample(list(made.people), 8):  # Whole people too, their rows left standing.
            unit.void(Person, person)
            del made.people[person]
        unit.commit()
    compare_with_lists(desk, Random(seed), made)
    return made


def compare_with_lists(desk: Desk, random: Random, made: Made) -> None:
    """Hold the ledger against lists of several days, one of which is voided."""
    with desk.units("compared") as unit:
        for kind in ("insured", "unemployed"):
            for number, day in enumerate(random.sample(ENDS, 4)):
                told = {"file_name": "", "digest": "", "compared_on": ENDS[-1], "officer": "", "counts": {}}
                comparison = unit.insert(Comparison, kind=kind, as_of=day, **told)
                for person in random.sample(list(made.people), 25):
                    row = {
                        "result": random.choice(
                            ("differs", "differs", "suggested", "agrees", "unknown_there")
                        ),
                        "theirs": random.choice(("yes", "no")),
                    }
                    where = {"person_id": person, "household_id": None, "village_code": VILLAGES[0], "row": 1}
                    where |= {"field": "status", "ours": "", "since": None, "comparison_id": comparison}
                    result = unit.insert(ComparisonResult, **where, **row)
                    answer = random.choice(("", "", "", "fixed", "as_it_is"))
                    if answer:
                        said = {"village_code": VILLAGES[0], "officer": "", "reason": "", "on": day}
                        unit.insert(Reply, about=result, outcome=answer, **said)
                    if number:
                        made.compared.append(
                            {"kind": kind, "day": day, "person": person, "answer": answer, **row}
                        )
                if not number:
                    unit.void(Comparison, comparison)
        unit.commit()


def rows_of(one: One) -> tuple[tuple[type[Record], list[Row]], ...]:
    return (
        (Membership, one.memberships),
        (PersonAttribute, one.attributes),
        (Spell, one.spells),
        (Intention, one.intentions),
        (ServiceRecord, one.services),
    )


# -- the slow derivation -------------------------------------------------------------------------------


def holding(rows: list[Row], on: date) -> list[Row]:
    """Rows in force: both days count, an open end reaches as far as anybody knows."""
    return [row for row in rows if (row["since"] or date.min) <= on <= (row["until"] or date.max)]


def home_of(one: One, on: date) -> str | None:
    return next((row["household_id"] for row in holding(one.memberships, on)), None)


def relation_of(one: One, on: date) -> str:
    return str(holding(one.memberships, on)[0]["relation"])


def age(one: One, on: date) -> int | None:
    """Count the birthdays there were; somebody born on 29 February has it on 1 March in other years."""
    if one.born is None:
        return None
    count = 0
    for year in range(one.born.year + 1, on.year + 1):
        leap = (one.born.month, one.born.day) != (2, 29) or monthrange(year, 2)[1] == 29
        count += (one.born.replace(year=year) if leap else date(year, 3, 1)) <= on
    return count


def fact(one: One, attribute: str, on: date) -> set[str]:
    return {row["value"] for row in holding(one.attributes, on) if row["attribute"] == attribute} - {""}


def is_worker(one: One, on: date) -> bool:
    """劳动力: 16–59, able in some way, not at school."""
    years = age(one, on)
    able = fact(one, "labour_skill", on) & {"ordinary", "skilled", "weak"}
    return years is not None and 16 <= years <= 59 and bool(able) and not fact(one, "schooling", on)


def jobs(one: One, on: date) -> list[Row]:
    """务工经历 under way, from first to last day inclusive; farming at home is none."""
    return [row for row in spells(one, on) if row["kind"] != "farming"]


def spells(one: One, on: date) -> list[Row]:
    return [row for row in one.spells if row["started_on"] <= on <= (row["ended_on"] or date.max)]


def farms(one: One, on: date) -> bool:
    return any(row["kind"] == "farming" for row in spells(one, on))


def wish(one: One, on: date) -> str | None:
    return next((row["kind"] for row in holding(one.intentions, on)), None)


def idle(one: One, on: date) -> bool:
    return is_worker(one, on) and not jobs(one, on) and not farms(one, on)


def lacks(one: One, desk: Desk, on: date) -> bool:
    """Less done this year than the package owes; the same vacancy put to somebody twice is one referral."""
    done = [
        row for row in one.services if row["outcome"] == "done" and date(on.year, 1, 1) <= row["on"] <= on
    ]
    counts = Counter(row["kind"] for row in done if row["kind"] != "job_referral")
    counts["job_referral"] = len({row["vacancy"] for row in done if row["kind"] == "job_referral"})
    return any(counts[kind] < owed for kind, owed in desk.pack.package.owed.items())


def returns(one: One, on: date) -> list[date]:
    """回流: last days of jobs that were lost, with the person home, when there was no work since."""
    found = []
    for job in one.spells:
        ended = job["ended_on"]
        if job["kind"] == "farming" or not ended or ended >= on:
            continue
        if job["came_home"] is not True or job["end_reason"] not in LOSSES:
            continue
        since = [other for other in one.spells if other["kind"] != "farming"]
        worked = any(
            max(other["started_on"], ended + DAY) <= min(other["ended_on"] or date.max, on) for other in since
        )
        if not worked:
            found.append(ended)
    return found


def last_contact(one: One, on: date) -> date | None:
    return max(
        (row["on"] for row in one.services if row["on"] <= on and row["outcome"] != "not_reached"),
        default=None,
    )


def overdue(one: One, on: date) -> bool:
    """Looked after, not reached for more than 30 days, and by then a member and worker for as long."""
    looked_after = is_worker(one, on) and (wish(one, on) != "none" or bool(returns(one, on)))
    before = on - 31 * DAY
    last = last_contact(one, on)
    quiet = last is None or (on - last).days > 30
    return looked_after and quiet and is_worker(one, before) and home_of(one, before) is not None


def short(job: Row, on: date) -> bool:
    """Under 3 months: 15 January – 14 April is 3."""
    third = later(job["started_on"], 3) - DAY
    return on < third


def post_months(one: One, on: date) -> int:
    """Months in public posts, day by day: unbroken stretches, then what is left over in thirties."""
    days: set[date] = set()
    for row in one.spells:
        if row["kind"] == "public_post":
            day = row["started_on"]
            while day <= min(row["ended_on"] or on, on):
                days.add(day)
                day += DAY
    months = left = 0
    for first in sorted(day for day in days if day - DAY not in days):
        last = first
        while last + DAY in days:
            last += DAY
        whole = 0
        while later(first, whole + 1) - DAY <= last:
            whole += 1
        months += whole
        left += (last - later(first, whole)).days + 1
    return months + left // 30


def post_ends(one: One, on: date) -> bool:
    posts = [row for row in spells(one, on) if row["kind"] == "public_post"]
    soon = any(row["ended_on"] and (row["ended_on"] - on).days <= 60 for row in posts)
    return soon or (bool(posts) and post_months(one, on) >= 33)


def outside(place: str, village: str) -> bool:
    """Another province, city or county, as far down as the place is known."""
    levels = [digits for digits in (2, 4, 6) if len(place) >= digits]
    return any(place[:digits] != village[:digits] for digits in levels)


def is_away(made: Made, one: One, on: date) -> bool:
    home = home_of(one, on)
    return home is not None and any(
        outside(job["place_code"], made.homes[home]["village_code"]) for job in jobs(one, on)
    )


def left_behind(made: Made, one: One, on: date) -> bool:
    """A child, an elder, or the other of head and spouse, at home while a member works outside the county."""
    family = [other for other in made.people.values() if home_of(other, on) == home_of(one, on)]
    away = [other for other in family if is_away(made, other, on)]
    if not away or any(other is one for other in away):
        return False
    years = age(one, on)
    relations = {relation_of(other, on) for other in away}
    pair = {"head": "spouse", "spouse": "head"}.get(relation_of(one, on))
    return (years is not None and (years < 16 or years >= 60)) or pair in relations


def unfinished(made: Made, one: One, on: date) -> bool:
    """No identity number, birth date, labour skill (of somebody of working age, not at school) or telephone (of a worker)."""
    years = age(one, on)
    home = made.homes[home_of(one, on) or ""]
    no_skill = (
        years is not None
        and 16 <= years <= 59
        and not fact(one, "labour_skill", on)
        and not fact(one, "schooling", on)
    )
    no_phone = not one.phone and not home["phone"] and is_worker(one, on)
    return not one.number or years is None or no_skill or no_phone


def mismatched(made: Made, person: str, on: date) -> bool:
    """What the newest list of a kind up to the day says otherwise, unless answered, or explained when said before."""
    for kind in ("insured", "unemployed"):
        of_kind = [row for row in made.compared if row["kind"] == kind]
        newest = max((row["day"] for row in of_kind if row["day"] <= on), default=None)
        own = [row for row in of_kind if row["person"] == person]
        explained = {row["theirs"] for row in own if row["answer"] == "as_it_is"}
        for row in own:
            asks = row["day"] == newest and row["result"] in ("differs", "suggested")
            if asks and not row["answer"] and row["theirs"] not in explained:
                return True
    return False


def blocked(desk: Desk, on: date) -> set[str]:
    """Whose facts a claim waits for, asking about everybody."""
    found: set[str] = set()
    with desk.ledger.reader() as connection:
        for answer in entitlements.assess_all(connection, desk.pack, on):
            of_people = answer.beneficiary_kind != "organisation"
            for each in answer.missing if of_people and answer.state is State.UNKNOWN else ():
                if not each.field.startswith("household."):
                    found.add(each.who)
                elif answer.beneficiary_kind == "person":
                    found.add(answer.beneficiary)
                else:
                    found |= {share.person for share in answer.members if share.due != 0}
    return found


def derived(made: Made, desk: Desk) -> dict[str, Callable[[One, date], bool]]:
    """Return every list as a question about one person and one day."""
    wanting = ("go_out", "nearby", "start_up", "train")
    ids = {id(one): person for person, one in made.people.items()}
    return {
        "people": lambda _one, _on: True,
        "workforce": lambda one, on: is_worker(one, on) or bool(jobs(one, on)),
        "workers": is_worker,
        "employed": lambda one, on: bool(jobs(one, on)),
        "working": lambda one, on: is_worker(one, on) and bool(jobs(one, on)),
        "farming": lambda one, on: is_worker(one, on) and farms(one, on) and not jobs(one, on),
        "unemployed": idle,
        "willing": lambda one, on: wish(one, on) == "go_out",
        "returned": lambda one, on: bool(returns(one, on)),
        "returned-lately": lambda one, on: any((on - day).days <= 7 for day in returns(one, on)),
        "zeroing": lambda one, on: idle(one, on) and wish(one, on) in wanting,
        "owed": lambda one, on: is_worker(one, on) and wish(one, on) != "none",
        "able": lambda one, on: is_worker(one, on) and (bool(jobs(one, on)) or wish(one, on) in wanting),
        "package-due": lambda one, on: (
            is_worker(one, on) and wish(one, on) != "none" and lacks(one, desk, on)
        ),
        "contact-overdue": overdue,
        "unstable": lambda one, on: any(short(job, on) or job["contract"] is False for job in jobs(one, on)),
        "posts-ending": post_ends,
        "uninsured": lambda one, on: any(job["insured"] is False for job in jobs(one, on)),
        "older": lambda one, on: is_worker(one, on) and (age(one, on) or 0) >= 50,
        "left-behind": lambda one, on: left_behind(made, one, on),
        "incomplete": lambda one, on: unfinished(made, one, on),
        "mismatched": lambda one, on: mismatched(made, ids[id(one)], on),
    }


# -- the tests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_every_list_at_every_month_end(desk: Desk, seed: int) -> None:
    made = make_up(desk, seed)
    questions = derived(made, desk)
    assert set(questions) == set(workers.LISTS)
    met: Counter[str] = Counter()
    for on in ENDS:
        asked = desk.asked(on)
        here = {person: one for person, one in made.people.items() if home_of(one, on)}
        wanted = {
            name: {person for person, one in here.items() if is_on(one, on)}
            for name, is_on in questions.items()
        }
        with desk.ledger.reader() as connection:
            counted = workers.counts(connection, list(questions), asked)
            for name, people in wanted.items():
                found = workers.ids(connection, name, asked)
                assert len(found) == len(set(found)) == counted[name]
                assert set(found) == people, (name, on)
                met[name] += len(found)
            waits = blocked(desk, on)
            found = lists.ids(connection, desk.pack, "incomplete", asked)
            assert set(found) == wanted["incomplete"] | waits, on
            assert set(found[: len(waits)]) == waits, "what blocks a claim comes first"
            assert lists.counts(connection, desk.pack, ["incomplete"], asked) == {"incomplete": len(found)}
            nobody = {
                home
                for home in made.homes
                if any(is_worker(one, on) for one in here.values() if home_of(one, on) == home)
                and not any(jobs(one, on) for one in here.values() if home_of(one, on) == home)
            }
            assert set(households.ids(connection, asked, kind="no-worker")) == nobody, on
            met["no-worker"] += len(nobody)
    assert [name for name in (*questions, "no-worker") if met[name] < 5] == []


def test_every_line_of_a_list_says_why(desk: Desk) -> None:
    made = make_up(desk, 7)
    for on in ENDS[::3]:
        asked = desk.asked(on)
        with desk.ledger.reader() as connection:
            for name in workers.LISTS:
                people = lists.ids(connection, desk.pack, name, asked)
                told = {row.id: why for row, why in lists.told(connection, desk.pack, people, asked, name)}
                assert list(told) == people
                if name in (
                    "people",
                    "workforce",
                    "workers",
                    "employed",
                    "working",
                    "farming",
                    "owed",
                    "able",
                ):
                    continue
                assert name == "returned-lately" or all(told.values()), name
                if name == "contact-overdue":
                    for person, why in told.items():
                        last = last_contact(made.people[person], on)
                        assert last is None or f"{(on - last).days} 天" in why
                        assert (last is None) == (why == "尚无联系记录")
                if name == "older":
                    assert all(f"{age(made.people[person], on)} 岁" in why for person, why in told.items())
                if name == "left-behind":
                    for person, why in told.items():
                        family = [
                            one
                            for one in made.people.values()
                            if home_of(one, on) == home_of(made.people[person], on)
                        ]
                        assert {one.name for one in family if is_away(made, one, on)} == {
                            part.split("在")[0] for part in why.split("，")[-1].split("、")
                        }
