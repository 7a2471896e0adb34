"""Each data check at the value where it begins to speak, and at its neighbour where it does not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from caseworker_app import check_words, wording
from caseworker_app.domain import identity
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.findings import ATTENTION, STOP, Finding
from caseworker_app.domain.findings import checks as all_checks
from caseworker_app.use_cases import checks, undo
from caseworker_app.use_cases.cells import FIELDS
from caseworker_app.use_cases.desk import Desk
from db.queries import checks as queries
from db.tables import (
    Exemption,
    Household,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
    ServiceRecord,
    Spell,
)
from db.unit_of_work import UnitOfWork

TODAY = date(2024, 11, 30)
HOME = "640106100207"
SOUND_JOB: dict[str, Any] = {
    "kind": "wage",
    "started_on": date(2024, 1, 1),
    "ended_on": None,
    "place_code": "330110",
    "place_text": "浙江省杭州市余杭区",
    "employer": "余杭某服饰有限公司",
    "industry": "manufacturing",
    "channel": "out_work",
    "wage": 400_000,
    "point_to_point": False,
}


def number(born: date, sex: str, serial: int = 12) -> str:
    """Return a sound identity number that says this."""
    first = f"640106{born:%Y%m%d}{serial:02}{1 if sex == 'male' else 2}"
    return first + identity.check_digit(first)


@dataclass
class Somebody:
    """A member about whom nothing is wrong, unless said otherwise."""

    relation: str = "head"
    sex: str = "male"
    born: date | None = date(1980, 5, 1)
    identity_number: str | None = "sound"
    phone: str = "13900000001"
    facts: dict[str, str] = field(
        default_factory=lambda: {"education": "junior", "health": "healthy", "labour_skill": "ordinary"}
    )
    jobs: list[dict[str, Any]] = field(default_factory=list)
    served_on: date | None = None


@dataclass
class Family:
    """A household of such people."""

    members: list[Somebody] = field(default_factory=lambda: [Somebody()])
    phone: str = "13900000009"
    watch: dict[str, Any] | None = None


SERIALS = iter(range(10, 10_000))


def write(unit: UnitOfWork, family: Family) -> tuple[str, list[str]]:
    serial = next(SERIALS)
    household = unit.insert(
        Household, household_no=f"6401{serial:010}", village_code=HOME, group_name="1组", phone=family.phone
    )
    if family.watch:
        unit.insert(Monitoring, household_id=household, kind="unstable", **family.watch)
    people = []
    for place, each in enumerate(family.members):
        known = each.identity_number
        if known == "sound":
            known = number(each.born or date(1980, 5, 1), each.sex, next(SERIALS) % 90 + 10)
        person = unit.insert(
            Person,
            name=f"马兰{place}",
            identity_number=known,
            person_no="",
            sex=each.sex,
            born=each.born,
            ethnicity="HU",
            phone=each.phone,
            disability="",
            card_holder="",
            card_bank="",
            card_number="",
        )
        people.append(person)
        unit.insert(
            Membership,
            person_id=person,
            household_id=household,
            relation=each.relation,
            since=None,
            until=None,
        )
        for attribute, value in each.facts.items():
            unit.insert(
                PersonAttribute, person_id=person, attribute=attribute, value=value, since=None, until=None
            )
        for job in each.jobs:
            unit.insert(Spell, person_id=person, **{**SOUND_JOB, **job})
        if each.served_on:
            unit.insert(ServiceRecord, person_id=person, kind="contact", on=each.served_on)
    return household, people


def found(desk: Desk, family: Family) -> tuple[list[Finding], str, list[str]]:
    with desk.units("play") as unit:
        household, people = write(unit, family)
        unit.commit()
    with desk.ledger.reader() as connection:
        return queries.findings(connection, desk.asked(TODAY), households=[household]), household, people


def one(**own: Any) -> Family:
    return Family([Somebody(**own)])


def with_facts(**facts: str) -> Callable[..., Family]:
    def make(**own: Any) -> Family:
        return one(
            facts={"education": "junior", "health": "healthy", "labour_skill": "ordinary", **facts}, **own
        )

    return make


def job(**own: Any) -> Family:
    return one(jobs=[own])


def pair(relation: str, **own: Any) -> Family:
    return Family([Somebody(), Somebody(relation=relation, **own)])


def watched(**own: Any) -> Family:
    since = {"identified_on": date(2024, 6, 1), "resolved_on": None, "risks": ["illness"], **own}
    return Family([Somebody(served_on=TODAY)], watch=since)


STUDENT = {"education": "", "schooling": "senior_1", "health": "healthy", "labour_skill": "none"}
OLD, TOO_OLD = date(1954, 12, 1), date(1954, 11, 30)
CASES: tuple[tuple[str, Family, Family], ...] = (
    ("identity_unsound", one(identity_number="640106198005010019"), one()),
    ("identity_born", one(identity_number=number(date(1980, 5, 2), "male", 77)), one()),
    (
        "identity_sex",
        one(sex="female", identity_number=number(date(1980, 5, 1), "male", 78)),
        one(sex="female"),
    ),
    ("identity_missing", one(identity_number=None), one()),
    ("born_missing", one(born=None), one()),
    ("born_range", one(born=date(1903, 11, 30)), one(born=date(1903, 12, 1))),
    ("head_missing", one(relation="son"), one()),
    ("head_several", pair("head"), pair("sibling")),
    (
        "spouse_several",
        Family([Somebody(), Somebody("spouse", "female"), Somebody("spouse", "female")]),
        pair("spouse", sex="female"),
    ),
    ("spouse_sex", pair("spouse"), pair("spouse", sex="female")),
    (
        "spouse_young",
        pair("spouse", sex="female", born=date(2006, 12, 1)),
        pair("spouse", sex="female", born=date(2006, 11, 30)),
    ),
    ("child_age", pair("son", born=date(1995, 4, 30)), pair("son", born=date(1995, 5, 1))),
    ("parent_age", pair("father", born=date(1965, 5, 2)), pair("father", born=date(1965, 5, 1))),
    ("relation_unknown", pair("friend"), pair("other")),
    (
        "relation_sex",
        pair("son", sex="female", born=date(2000, 1, 1)),
        pair("daughter", sex="female", born=date(2000, 1, 1)),
    ),
    ("education_and_schooling", with_facts(schooling="senior_1")(), with_facts(schooling="army")()),
    ("education_missing", with_facts(education="")(), with_facts()()),
    ("phone_form", Family(phone="1390000000"), Family(phone="0951-1234567")),
    ("phone_form", one(phone="139000000011"), one(phone="")),
    ("phone_missing", Family([Somebody(phone="")], phone=""), Family(phone="")),
    ("place_missing", job(place_code="", place_text=""), job()),
    (
        "unable_working",
        with_facts(labour_skill="lost")(jobs=[{}]),
        with_facts(labour_skill="weak")(jobs=[{}]),
    ),
    (
        "weak_away",
        with_facts(labour_skill="weak")(jobs=[{}]),
        with_facts(labour_skill="weak")(jobs=[{"place_code": "640106"}]),
    ),
    (
        "student_working",
        one(facts=STUDENT, jobs=[{}]),
        one(facts=STUDENT, jobs=[{"ended_on": date(2024, 11, 29)}]),
    ),
    (
        "young_at_start",
        one(born=date(2008, 1, 2), jobs=[{}]),
        one(born=date(2008, 1, 1), jobs=[{}]),
    ),
    ("post_away", job(kind="public_post"), job(kind="public_post", place_code="640106")),
    ("post_away", job(channel="workshop"), job(channel="workshop", place_code="640106")),
    ("place_vague", job(place_code="3301"), job()),
    ("job_incomplete", job(employer=""), job(kind="self_employed", employer="")),
    ("job_incomplete", job(point_to_point=None), job(point_to_point=None, ended_on=date(2024, 11, 29))),
    ("wage_high", job(wage=30_000_01), job(wage=30_000_00)),
    ("wage_low", job(wage=399_99), job(wage=400_00)),
    (
        "end_ahead",
        job(ended_on=date(2024, 12, 1), end_reason="laid_off"),
        job(ended_on=date(2024, 11, 30), end_reason="laid_off"),
    ),
    ("end_unexplained", job(ended_on=date(2024, 8, 30)), job(ended_on=date(2024, 8, 29))),
    (
        "end_unexplained",
        job(ended_on=date(2024, 11, 1)),
        job(ended_on=date(2024, 11, 1), end_reason="family"),
    ),
    (
        "job_overlap",
        one(jobs=[{"ended_on": date(2024, 5, 1)}, {"started_on": date(2024, 5, 1)}]),
        one(jobs=[{"ended_on": date(2024, 4, 30)}, {"started_on": date(2024, 5, 1)}]),
    ),
    (
        "post_old",
        one(born=TOO_OLD, jobs=[{"kind": "public_post", "place_code": "640106"}]),
        one(born=OLD, jobs=[{"kind": "public_post", "place_code": "640106"}]),
    ),
    (
        "post_young",
        one(born=date(2008, 12, 1), jobs=[{"kind": "public_post", "place_code": "640106"}]),
        one(born=date(2008, 11, 30), jobs=[{"kind": "public_post", "place_code": "640106"}]),
    ),
    (
        "risk_no_work",
        watched(risks=["unstable_work"]),
        Family(
            [Somebody(jobs=[{}])],
            watch={"identified_on": None, "resolved_on": None, "risks": ["unstable_work"]},
        ),
    ),
    (
        "risk_no_labour",
        Family(
            [Somebody(facts={"labour_skill": "none", "education": "junior"})],
            watch={"identified_on": None, "resolved_on": None, "risks": ["unstable_work"]},
        ),
        watched(risks=["unstable_work"]),
    ),
    (
        "monitored_no_help",
        Family(watch={"identified_on": date(2024, 10, 31), "resolved_on": None, "risks": []}),
        Family(watch={"identified_on": date(2024, 11, 1), "resolved_on": None, "risks": []}),
    ),
    (
        "monitored_no_help",
        Family(
            [Somebody(served_on=date(2024, 5, 31))],
            watch={"identified_on": date(2024, 6, 1), "resolved_on": None, "risks": []},
        ),
        watched(),
    ),
    (
        "resolved_early",
        watched(resolved_on=date(2024, 11, 30)),
        watched(identified_on=date(2024, 5, 30), resolved_on=date(2024, 11, 30)),
    ),
    ("resolved_before", watched(resolved_on=date(2024, 5, 31)), watched(resolved_on=date(2024, 6, 1))),
    (
        "healthy_unable",
        with_facts(labour_skill="weak")(born=date(1963, 12, 1)),
        with_facts(labour_skill="weak")(born=date(1963, 11, 30)),
    ),
    (
        "healthy_unable",
        with_facts(labour_skill="none")(),
        with_facts(labour_skill="none", health="disabled")(),
    ),
)


@pytest.mark.parametrize(
    ("check", "wrong", "right"), CASES, ids=[f"{case[0]}-{place}" for place, case in enumerate(CASES)]
)
def test_a_check_speaks_at_its_limit_and_not_beside_it(
    desk: Desk, check: str, wrong: Family, right: Family
) -> None:
    hits = [each for each in found(desk, wrong)[0] if each.check == check]
    assert hits
    assert check not in {each.check for each in found(desk, right)[0]}
    assert {each.severity for each in hits} <= {STOP, ATTENTION}
    for language in wording.LANGUAGES:
        wording.use(language)
        assert "{" not in check_words.finding_text(hits[0])
    wording.use(wording.ZH)


def test_every_check_has_a_case_a_name_and_a_sentence_and_a_field() -> None:
    known = set(all_checks())
    assert {case[0] for case in CASES} == known
    assert set(check_words.titles()) == set(check_words.sentences()) == known
    tables = {table.__tablename__: table for table in (Monitoring,)}
    for each in all_checks().values():
        table, _dot, column = each.field.partition(".")
        assert (
            each.field in FIELDS
            or (table in tables and column in tables[table].__table__.c)
            or each.field == "spell.end_reason"
        ), each


def test_nothing_is_said_of_a_family_in_order(desk: Desk) -> None:
    members = [
        Somebody(jobs=[{}]),
        Somebody("spouse", "female", date(1982, 2, 1)),
        Somebody("son", "male", date(2008, 1, 1), facts=STUDENT),
        Somebody(
            "mother",
            "female",
            date(1955, 3, 1),
            facts={"education": "primary", "health": "chronic", "labour_skill": "none"},
        ),
    ]
    assert found(desk, Family(members))[0] == []


def test_an_explained_finding_is_listed_with_its_reason_and_not_counted_until_undone(desk: Desk) -> None:
    before, _household, people = found(desk, job(wage=50_000_00))
    key = next(each.id for each in before if each.check == "wage_high")

    def now() -> list[Finding]:
        with desk.ledger.reader() as connection:
            return queries.findings(connection, desk.asked(TODAY), people=people)

    changed = checks.exempt(desk, key, "  驾驶大型货车，\n工资单已看 ")
    assert changed.people == frozenset(people)
    explained = next(each for each in now() if each.id == key)
    assert (explained.reason, bool(explained.exemption)) == ("驾驶大型货车， 工资单已看", True)
    assert "wage_high" not in queries.counts(now())
    with pytest.raises(ExpectedError) as again:
        checks.exempt(desk, key, "再说明")
    assert again.value.code == "check.exempt_already"
    undo.undo(desk)
    assert queries.counts(now())["wage_high"] == 1
    undo.redo(desk)
    assert "wage_high" not in queries.counts(now())
    checks.unexempt(desk, key)
    assert queries.counts(now())["wage_high"] == 1


def test_a_finding_of_a_household_is_explained_there(desk: Desk) -> None:
    before, household, _people = found(desk, Family([Somebody(phone="")], phone=""))
    checks.exempt(desk, before[0].id, "山区无信号")
    with desk.ledger.reader() as connection:
        now = queries.findings(connection, desk.asked(TODAY), households=[household])
        row = connection.execute(Exemption.__table__.select()).one()
    assert queries.counts(now) == {}
    assert (row.person_id, row.household_id, row.on, row.officer) == (None, household, TODAY, desk.officer)


@pytest.mark.parametrize(
    ("key", "reason", "code"),
    [
        ("wage_high:nobody:", "已核实", "check.none"),
        ("no_such_check", "已核实", "check.none"),
        ("wage_high:nobody:", "  ", "check.reason_missing"),
        ("wage_high:nobody:", "长" * 201, "text.long"),
    ],
)
def test_what_cannot_be_explained_is_refused(desk: Desk, key: str, reason: str, code: str) -> None:
    with pytest.raises(ExpectedError) as error:
        checks.exempt(desk, key, reason)
    assert error.value.code == code
    with pytest.raises(ExpectedError) as error:
        checks.unexempt(desk, key)
    assert error.value.code == "check.none"


def test_the_sample_gives_the_findings_it_was_made_with(sample_desk: Desk) -> None:
    with sample_desk.ledger.reader() as connection:
        asked = sample_desk.asked(TODAY)
        everybody = queries.findings(connection, asked)
        chosen = list(dict.fromkeys(each.person for each in everybody if each.person))[:7]
        some = queries.findings(connection, asked, people=chosen)
        village = everybody[0].village_code
        there = list(queries.each_finding(connection, asked, village=village))
    # Nothing in it contradicts itself; ages within families were drawn at random, and reasons are not in the exports.
    assert {each.severity for each in everybody} == {ATTENTION}
    assert some == [each for each in everybody if each.person in chosen]
    assert there == [each for each in everybody if each.village_code == village]
