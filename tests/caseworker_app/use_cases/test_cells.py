"""Fields changed by typed text: read like a cell of a workbook, checked, written as one change, undone as one."""

from datetime import date

import pytest

from caseworker_app import wording
from caseworker_app.domain import identity
from caseworker_app.read_models.cells import Edit
from caseworker_app.use_cases import cells, undo, work
from caseworker_app.use_cases.desk import Desk
from db.queries import workers
from db.tables import Household, Membership, Person, PersonAttribute, Spell
from tests.caseworker_app.use_cases.looking import content, rows

TODAY = date(2024, 11, 30)


@pytest.fixture(autouse=True)
def _chinese() -> None:
    wording.use(wording.ZH)


def says(desk: Desk, record: str, field: str, on: date = TODAY) -> str:
    with desk.ledger.reader() as connection:
        return cells.present(connection, [(record, field)], on)[0]


def workforce(desk: Desk, name: str = "workforce") -> list[str]:
    with desk.ledger.reader() as connection:
        return workers.ids(connection, name, desk.asked(TODAY))


def test_a_value_is_read_written_and_undone(sample_desk: Desk) -> None:
    person, before = workforce(sample_desk)[0], content(sample_desk)
    applied = cells.apply(sample_desk, [Edit(person, "person.phone", " １３９ 0000\u200b1234 ")])
    assert (applied.landed, applied.problems) == (1, ())
    assert applied.changed.people == {person}
    assert says(sample_desk, person, "person.phone") == "13900001234"
    undo.undo(sample_desk)
    assert content(sample_desk) == before


def test_saying_the_same_again_writes_nothing(sample_desk: Desk) -> None:
    person = workforce(sample_desk)[0]
    keys = ["person.name", "person.sex", "person.born", "person.identity_number", "person.health"]
    edits = [Edit(person, key, says(sample_desk, person, key)) for key in keys]
    assert all(edit.text for edit in edits)
    assert cells.apply(sample_desk, edits).changed.change_set == ""


def test_every_field_says_what_it_can_read_again(sample_desk: Desk) -> None:
    """What a cell shows for editing is itself a text that the cell takes, in both languages."""
    people = workforce(sample_desk, "employed")[:5]
    keys = [key for key in cells.FIELDS if key.split(".")[0] not in ("service", "intention")]
    for language in wording.LANGUAGES:
        wording.use(language)
        edits = [
            Edit(person, key, text)
            for person in people
            for key in keys
            if (text := says(sample_desk, person, key))
        ]
        with sample_desk.ledger.reader() as connection:
            assert cells.check(connection, sample_desk, edits) == []
            assert len(edits) > len(people) * 12


def test_a_fact_that_changes_on_a_day_keeps_what_it_was_before(sample_desk: Desk) -> None:
    person = workforce(sample_desk)[0]
    former = says(sample_desk, person, "person.labour_skill")
    new = "技能" if former != "技能劳动力" else "普通"
    cells.apply(sample_desk, [Edit(person, "person.labour_skill", new)], on=date(2024, 11, 1))
    assert says(sample_desk, person, "person.labour_skill", date(2024, 10, 31)) == former
    assert says(sample_desk, person, "person.labour_skill", date(2024, 11, 1)) != former
    dated = len(rows(sample_desk, PersonAttribute, person_id=person, attribute="labour_skill"))
    cells.apply(sample_desk, [Edit(person, "person.labour_skill", "弱劳动力")], on=date(2024, 11, 1))
    assert says(sample_desk, person, "person.labour_skill") == "弱劳动力或半劳动力"
    assert len(rows(sample_desk, PersonAttribute, person_id=person, attribute="labour_skill")) == dated
    cells.apply(sample_desk, [Edit(person, "person.labour_skill", "")], on=date(2024, 11, 1))
    assert says(sample_desk, person, "person.labour_skill") == ""
    assert says(sample_desk, person, "person.labour_skill", date(2024, 10, 31)) == former


def test_a_fact_never_said_holds_as_far_back_as_known(sample_desk: Desk) -> None:
    household = rows(sample_desk, Household)[0]["id"]
    cells.apply(sample_desk, [Edit(household, "household.low_income", "是")])
    assert says(sample_desk, household, "household.low_income", date(2020, 1, 1)) == "是"


@pytest.mark.parametrize(
    ("field", "text", "code", "words"),
    [
        ("person.phone", "12345", "phone.form", "电话号码"),
        ("person.identity_number", "640106198501011238", "identity.checksum", "校验不符，请核对原件"),
        ("person.identity_number", "6.40106E+17", "identity.rounded", "Excel"),
        ("person.name", "", "cell.missing", "没有填写"),
        ("person.sex", "公", "code.unknown", "男、女"),
        ("person.born", "2024-02-30", "date.none", "不存在"),
        ("person.born", "2031-01-01", "day.future", "还没到"),
        ("person.card_number", "62", "card.digits", "银行卡"),
        ("person.card_bank", "行" * 81, "text.long", "80"),
        ("spell.wage", "很多", "money.form", "金额"),
        ("spell.wage", "1000000", "wage.range", "100,000"),
        ("spell.place", "很远的地方", "place.unknown", "省、市、县"),
        ("spell.started_on", "2030-01-01", "day.future", "还没到"),
        ("spell.ended_on", "1990-01", "spell.end_before_start", "早于"),
    ],
)
def test_what_has_no_meaning_is_refused_at_the_cell(
    sample_desk: Desk, field: str, text: str, code: str, words: str
) -> None:
    person, before = workforce(sample_desk, "employed")[0], content(sample_desk)
    applied = cells.apply(sample_desk, [Edit(person, field, text)])
    assert [(each.index, each.field, each.code) for each in applied.problems] == [(0, field, code)]
    assert words in applied.problems[0].message
    assert (applied.landed, content(sample_desk)) == (0, before)


def test_a_message_never_holds_the_number_it_is_about(sample_desk: Desk) -> None:
    people = rows(sample_desk, Person)[:2]
    number = people[0]["identity_number"]
    applied = cells.apply(sample_desk, [Edit(people[1]["id"], "person.identity_number", number)])
    assert applied.problems[0].code == "identity.taken"
    assert people[0]["name"] in applied.problems[0].message
    assert number not in applied.problems[0].message


def test_a_row_lands_whole_or_not_at_all(sample_desk: Desk) -> None:
    one, two = workforce(sample_desk)[:2]
    edits = [
        Edit(one, "person.phone", "13900001234"),
        Edit(one, "person.born", "gestern"),
        Edit(two, "person.phone", "13900005678"),
    ]
    phone = says(sample_desk, one, "person.phone")
    applied = cells.apply(sample_desk, edits)
    assert (applied.landed, [each.index for each in applied.problems]) == (1, [1])
    assert says(sample_desk, one, "person.phone") == phone
    assert says(sample_desk, two, "person.phone") == "13900005678"


def test_a_number_brings_its_birth_date_and_sex_and_must_agree_with_a_typed_one(sample_desk: Desk) -> None:
    person = workforce(sample_desk)[0]
    number = f"64010619850101123{identity.check_digit('64010619850101123')}"
    assert cells.apply(sample_desk, [Edit(person, "person.identity_number", number)]).landed == 1
    assert says(sample_desk, person, "person.born") == "1985-01-01"
    assert says(sample_desk, person, "person.sex") == "男"
    applied = cells.apply(sample_desk, [Edit(person, "person.born", "1985-01-02")])
    assert [each.code for each in applied.problems] == ["person.born_differs"]


def test_a_village_group_is_filled_over_people_of_one_household(sample_desk: Desk) -> None:
    member = next(
        each
        for each in rows(sample_desk, Membership)
        if len(rows(sample_desk, Membership, household_id=each["household_id"])) > 1
    )
    people = [
        each["person_id"] for each in rows(sample_desk, Membership, household_id=member["household_id"])
    ]
    applied = cells.apply(sample_desk, [Edit(person, "household.group_name", "九组") for person in people])
    assert (applied.landed, applied.problems) == (len(people), ())
    assert rows(sample_desk, Household, id=member["household_id"])[0]["group_name"] == "九组"
    two = [Edit(people[0], "household.group_name", "一组"), Edit(people[1], "household.group_name", "二组")]
    assert [(each.index, each.code) for each in cells.apply(sample_desk, two).problems] == [
        (1, "cell.conflict")
    ]


def test_the_head_changes_only_when_the_former_gives_way(sample_desk: Desk) -> None:
    head = next(
        each
        for each in rows(sample_desk, Membership, relation="head")
        if len(rows(sample_desk, Membership, household_id=each["household_id"])) > 1
    )
    other = next(
        each
        for each in rows(sample_desk, Membership, household_id=head["household_id"])
        if each["id"] != head["id"]
    )
    claim = Edit(other["person_id"], "membership.relation", "户主")
    assert [each.code for each in cells.apply(sample_desk, [claim]).problems] == ["relation.head_twice"]
    swap = [claim, Edit(head["person_id"], "membership.relation", "配偶")]
    assert cells.apply(sample_desk, swap).landed == 2
    # One that fails keeps the household without a second head: neither lands.
    faulty = [
        Edit(head["person_id"], "membership.relation", "户主"),
        Edit(other["person_id"], "membership.relation", "天使"),
    ]
    applied = cells.apply(sample_desk, faulty)
    assert {each.code for each in applied.problems} == {"code.unknown", "relation.head_twice"}
    assert applied.landed == 0


def test_jobs_do_not_overlap_and_nobody_is_too_young(sample_desk: Desk) -> None:
    spell = rows(sample_desk, Spell)[0]
    person = rows(sample_desk, Person, id=spell["person_id"])[0]
    cells.apply(sample_desk, [Edit(spell["id"], "spell.ended_on", spell["started_on"].isoformat())])
    later = date(2024, 11, 20)
    work.record_spell(sample_desk, person["id"], "wage", later)
    assert says(sample_desk, person["id"], "spell.started_on") == later.isoformat()
    applied = cells.apply(sample_desk, [Edit(spell["id"], "spell.ended_on", "")])
    assert [each.code for each in applied.problems] == ["spell.overlaps"]
    young = person["born"].replace(year=person["born"].year + 15).isoformat()
    applied = cells.apply(sample_desk, [Edit(spell["id"], "spell.started_on", young)])
    assert [each.code for each in applied.problems] == ["day.too_young"]


def test_a_wish_begins_with_its_day_and_ends_the_former(sample_desk: Desk) -> None:
    person = workforce(sample_desk, "willing")[0]
    cells.apply(
        sample_desk, [Edit(person, "intention.kind", "就近就业"), Edit(person, "intention.trade", "缝纫")]
    )
    assert says(sample_desk, person, "intention.kind") == "就近就业"
    assert says(sample_desk, person, "intention.trade") == "缝纫"
    assert says(sample_desk, person, "intention.kind", date(2024, 11, 29)) == "外出务工"
    unasked = next(
        each for each in workforce(sample_desk, "unemployed") if not says(sample_desk, each, "intention.kind")
    )
    applied = cells.apply(sample_desk, [Edit(unasked, "intention.wage", "4200")])
    assert [each.code for each in applied.problems] == ["record.none"]
    both = [Edit(unasked, "intention.wage", "4200"), Edit(unasked, "intention.kind", "外出务工")]
    assert cells.apply(sample_desk, both).landed == 1
    assert says(sample_desk, unasked, "intention.wage") == "4200"


def test_a_record_that_is_gone_is_said(sample_desk: Desk) -> None:
    applied = cells.apply(sample_desk, [Edit("nobody", "person.phone", "13900001234")])
    assert [each.code for each in applied.problems] == ["record.gone"]


def test_thousands_of_cells_are_one_change(sample_desk: Desk) -> None:
    people, before = [each["id"] for each in rows(sample_desk, Person)], content(sample_desk)
    edits = [Edit(person, "person.ethnicity", "回") for person in people]
    assert cells.apply(sample_desk, edits, action="cells.fill").landed == len(people)
    undo.undo(sample_desk)
    assert content(sample_desk) == before
