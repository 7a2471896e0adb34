"""Rows entered as on a sheet: what is sound lands as one change, what is not is told at its cell."""

from datetime import date, timedelta
from typing import Any

import pytest

from caseworker_app import wording
from caseworker_app.domain import divisions
from caseworker_app.read_models.cells import NewRow
from caseworker_app.use_cases import cells, entries, undo, work
from caseworker_app.use_cases.desk import Desk
from db.queries import workers
from db.tables import Household, Intention, Membership, Person, ServiceRecord, Spell
from tests.caseworker_app.use_cases.looking import content, rows

TODAY = date(2024, 11, 30)


@pytest.fixture(autouse=True)
def _chinese() -> None:
    wording.use(wording.ZH)


def people(desk: Desk, name: str = "unemployed") -> list[dict[str, Any]]:
    """Return people of a list who never had a job."""
    with desk.ledger.reader() as connection:
        ids = workers.ids(connection, name, desk.asked(TODAY))
    return [rows(desk, Person, id=each)[0] for each in ids if not rows(desk, Spell, person_id=each)]


def spell(person: dict[str, Any], **values: str) -> NewRow:
    own = {
        "link.identity_number": person["identity_number"],
        "link.name": person["name"],
        "spell.started_on": "2024.3.5",
        "spell.place": "浙江省杭州市余杭区",
        "spell.wage": "4,200",
    }
    return NewRow({**own, **{name.replace("__", "."): text for name, text in values.items()}})


def found(desk: Desk, kind: str, *given: NewRow) -> list[tuple[int, str, str]]:
    with desk.ledger.reader() as connection:
        return [(each.index, each.field, each.code) for each in entries.check(connection, desk, kind, given)]


def test_jobs_are_entered_as_one_change_and_undone_as_one(sample_desk: Desk) -> None:
    some, before = people(sample_desk)[:4], content(sample_desk)
    entered = entries.enter(sample_desk, "spell", [spell(each) for each in some])
    assert (entered.landed, entered.problems) == (4, ())
    assert entered.changed.people == {each["id"] for each in some}
    made = rows(sample_desk, Spell, person_id=some[0]["id"])[0]
    assert (made["kind"], made["started_on"], made["wage"]) == ("wage", date(2024, 3, 5), 420000)
    assert made["place_code"] == "330110"
    undo.undo(sample_desk)
    assert content(sample_desk) == before


def test_faulty_rows_stay_out_and_the_others_land(sample_desk: Desk) -> None:
    one, two, three, four = people(sample_desk)[:4]
    given = [
        spell(one),
        spell(two, spell__wage="很多"),
        NewRow({}),
        spell(three, spell__ended_on="2024-01-01"),
        spell(four, link__name="别人"),
        spell(one),
        spell(one, spell__started_on="2024-05-01", spell__place="江苏省苏州市昆山市"),
        NewRow({"spell.started_on": "2024-05-01"}),
        spell(two, link__identity_number=two["identity_number"][:17] + "*"),
    ]
    entered = entries.enter(sample_desk, "spell", given)
    assert entered.landed == 1
    assert [(each.index, each.field, each.code) for each in entered.problems] == [
        (1, "spell.wage", "money.form"),
        (3, "spell.ended_on", "spell.end_before_start"),
        (4, "link.name", "person.name_differs"),
        (5, "spell.started_on", "spell.known"),
        (6, "spell.started_on", "spell.overlaps"),
        (7, "link.identity_number", "cell.missing"),
        (8, "link.identity_number", "identity.characters"),
    ]
    assert "2024-03-05" in entered.problems[3].message


def test_looking_through_says_what_entering_would(sample_desk: Desk) -> None:
    one, two = people(sample_desk)[:2]
    given = [spell(one), spell(two, spell__place="很远")]
    before = content(sample_desk)
    assert found(sample_desk, "spell", *given) == [(1, "spell.place", "place.unknown")]
    assert content(sample_desk) == before


def test_somebody_is_named_by_name_where_that_is_one_person(sample_desk: Desk) -> None:
    everybody = rows(sample_desk, Person)
    names = [each["name"] for each in everybody]
    single = next(each for each in everybody if names.count(each["name"]) == 1)
    several = next(each for each in everybody if names.count(each["name"]) > 1)
    home = rows(sample_desk, Membership, person_id=several["id"])[0]["household_id"]
    number = rows(sample_desk, Household, id=home)[0]["household_no"]
    phone = {"person.phone": "13900001234"}
    named = [
        NewRow({"link.name": single["name"], **phone}),
        NewRow({"link.name": several["name"], **phone}),
        NewRow({"link.name": several["name"], "link.household_no": number, **phone}),
        NewRow({"link.name": "查无此人", **phone}),
        NewRow({"link.name": single["name"]}),
    ]
    entered = entries.enter(sample_desk, "contact", named)
    assert [(each.index, each.code) for each in entered.problems] == [
        (1, "person.several"),
        (3, "person.unknown"),
        (4, "cell.missing"),
    ]
    for person in (single, several):
        assert rows(sample_desk, Person, id=person["id"])[0]["phone"] == "13900001234"


def test_services_are_checked_as_when_recorded_one_by_one(sample_desk: Desk) -> None:
    one, two = people(sample_desk)[:2]
    work.record_service(sample_desk, [one["id"]], "policy_briefing", date(2024, 11, 5))

    def service(person: dict[str, Any], kind: str, on: str, vacancy: str = "") -> NewRow:
        return NewRow(
            {
                "link.identity_number": person["identity_number"],
                "service.kind": kind,
                "service.on": on,
                "service.vacancy": vacancy,
            }
        )

    given = [
        service(one, "政策宣讲", "2024-11-05"),
        service(two, "岗位推荐", "2024-11-06"),
        service(two, "岗位推荐", "2024-11-06", "缝纫工"),
        service(two, "技能培训", "2024-12-06"),
        service(two, "陪聊", "2024-11-06"),
    ]
    entered = entries.enter(sample_desk, "service", given)
    assert [(each.index, each.field, each.code) for each in entered.problems] == [
        (0, "service.on", "service.repeated"),
        (1, "service.vacancy", "service.vacancy_missing"),
        (3, "service.on", "day.future"),
        (4, "service.kind", "code.unknown"),
    ]
    made = rows(sample_desk, ServiceRecord, person_id=two["id"])
    assert [(each["kind"], each["vacancy"], each["outcome"]) for each in made] == [
        ("job_referral", "缝纫工", "done")
    ]


def test_a_wish_begins_on_its_day(sample_desk: Desk) -> None:
    person = people(sample_desk, "willing")[0]
    row = {"link.identity_number": person["identity_number"], "intention.kind": "就近就业"}
    entered = entries.enter(
        sample_desk,
        "intention",
        [NewRow({**row, "intention.since": "2024-11-10"}), NewRow({**row, "intention.since": "2024-11-10"})],
    )
    assert [(each.index, each.code) for each in entered.problems] == [(1, "row.duplicate")]
    wishes = sorted(rows(sample_desk, Intention, person_id=person["id"]), key=lambda each: str(each["since"]))
    assert wishes[-1]["since"] == date(2024, 11, 10)
    assert wishes[-2]["until"] == date(2024, 11, 9)
    entries.enter(sample_desk, "intention", [NewRow(row)])
    assert rows(sample_desk, Intention, person_id=person["id"], since=TODAY)


def test_who_was_not_here_on_the_day_is_refused(sample_desk: Desk) -> None:
    person = people(sample_desk)[0]
    member = rows(sample_desk, Membership, person_id=person["id"])[0]
    with sample_desk.units("person.contact") as unit:
        unit.update(Membership, member["id"], until=date(2024, 2, 1))
        unit.commit()
    assert found(sample_desk, "spell", spell(person, spell__ended_on="2024-06-01")) == [
        (0, "spell.started_on", "person.not_here")
    ]
    assert found(sample_desk, "contact", NewRow({"link.name": person["name"], "person.phone": "13900001234"}))


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            ["姓名", "身份证号", "务工开始时间", "月收入"],
            ["link.name", "link.identity_number", "spell.started_on", "spell.wage"],
        ),
        (["马国强", "640106198501011234", "2024-03-05"], []),
        (["序号", "公民身份号码", "务工单位"], [None, "link.identity_number", "spell.employer"]),
        (
            ["姓名", "务工所在省", "务工所在市", "务工所在县"],
            ["link.name", "spell.place", "spell.place", "spell.place"],
        ),
    ],
)
def test_a_copied_header_row_is_recognised(headers: list[str], fields: list[str | None]) -> None:
    expected = {index: name for index, name in enumerate(fields) if name}
    assert entries.by_header("spell", headers) == expected


def test_every_field_of_a_sheet_is_its_own_header() -> None:
    for kind, names in entries.KINDS.items():
        titles = [cells.field(name).title for name in names]
        assert entries.by_header(kind, titles) == dict(enumerate(names))


def test_a_day_is_taken_as_it_is_typed_and_places_have_their_codes(sample_desk: Desk) -> None:
    person = people(sample_desk)[0]
    day = (TODAY - timedelta(days=1)).strftime("%Y年%m月%d日")
    assert entries.enter(sample_desk, "spell", [spell(person, spell__started_on=day)]).landed == 1
    assert divisions.full_name(rows(sample_desk, Spell, person_id=person["id"])[0]["place_code"])
