"""New records that a township makes for somebody of a village: proposed, taken in by the village, and held once by both."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from caseworker_app.domain import lines
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.kinds import KINDS
from caseworker_app.error_words import error_text
from caseworker_app.read_models.cells import Edit, NewRow
from caseworker_app.use_cases import (
    bulk,
    cells,
    entries,
    facts_of_work,
    imports,
    monitoring,
    pack_facts,
    people,
    problems,
    undo,
    void,
    work,
)
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.households import NewPerson
from caseworker_app.use_cases.proposals import withdraw
from caseworker_app.wording import ZH, label, speaking
from db import states
from db.tables import Engagement, Household, Membership, Person, PersonAttribute, ServiceRecord, Spell, Wage
from tests.caseworker_app.use_cases.looking import content, rows
from tests.caseworker_app.use_cases.test_imports import PEOPLE
from tests.exchange.test_owners import TODAY, down, one, proposals, sent  # noqa: F401 - a fixture
from tests.exchange.test_receive import TOWN, Machines, machines, villages  # noqa: F401 - fixtures of the machines

DAY = date(2024, 11, 20)
_CERTIFICATE = {"kind": "skill_level", "issued_on": "2024-11-01", "trade": "焊工"}


def idle(desk: Desk) -> Any:
    """Return a worker who never had a job."""
    with desk.ledger.reader() as connection:
        busy = set(connection.execute(select(Spell.person_id)).scalars())
    grown = Person.born.between(date(1965, 1, 1), date(2000, 1, 1))
    return one(desk, Person, grown, Person.id.not_in(busy))


def facts(desk: Desk) -> set[str]:
    """Return everything villages own, as it travels."""
    with desk.ledger.reader() as connection:
        journal_ = states.read_journal(connection)
        return {
            lines.canonical([line.table, line.id, line.fields])
            for kind in KINDS
            if kind.owner == "village" and kind.table != "reply"
            for line, _village in states.read(connection, kind, journal_)
        }


def answer(machines: Machines, outcome: str, reason: str = "") -> None:  # noqa: F811
    """Answer everything that is proposed to the village."""
    village = machines.desks["laptop"]
    with machines.at("laptop"):
        for each in proposals(village):
            problems.answer(village, each.id, outcome, reason)


def test_new_records_reach_the_village_and_come_back_once(sent: Machines) -> None:  # noqa: F811
    town, village = sent.desks["town"], sent.desks["laptop"]
    person, spell = idle(town), one(town, Spell, Spell.ended_on.is_(None))
    home = one(town, Household)
    before = facts(town)
    acts: list[Callable[[], Changed]] = [
        lambda: work.record_service(town, [person.id], "job_referral", DAY, vacancy="甲厂焊工"),
        lambda: work.record_spell(town, person.id, "wage", DAY, place_text="宁夏银川市", employer="甲厂"),
        lambda: work.record_intention(town, person.id, "train", DAY),
        lambda: wage(town, spell.person_id, "4200"),
        lambda: facts_of_work.record(town, "certificate", _CERTIFICATE, person=person.id),
        lambda: monitoring.record(town, home.id, "sudden", DAY, ["illness"]),
        lambda: pack_facts.enter(town, "person.hardship", person.id, "disabled", since=DAY),
    ]
    with sent.at("town"):
        for act in acts:
            changed = act()
            assert (changed.proposed, bool(changed.people | changed.households)) == (1, True)
        # Said again it waits once; said otherwise it is what is said last.
        assert acts[0]().change_set == ""
        wage(town, spell.person_id, "4300")
    assert facts(town) == before
    down(sent, "down.xlsx")
    down(sent, "twice.xlsx")
    with speaking(ZH):
        assert {each.what for each in proposals(village)} == {
            "建议新增服务：服务类别 岗位推荐、服务日期 2024-11-20、服务结果 已完成、推荐岗位 甲厂焊工",
            "建议新增务工经历：就业形式 务工、开始日期 2024-11-20、务工地点 宁夏银川市、务工单位 甲厂",
            "就业意愿：现为空，建议自 2024-11-20 起改为参加培训",
            "建议新增月工资：月份 2024-11、实发工资 4,300",
            "建议新增证书：证书类型 职业技能等级证书、工种 焊工、发证日期 2024-11-01",
            "建议新增监测信息：监测对象类别 突发严重困难户、识别监测时间 2024-11-20、致贫返贫风险 因病",
            "就业困难类别：现为空，建议自 2024-11-20 起改为残疾人",
        }
    answer(sent, "accepted")
    up = sent.send("laptop", "again.xlsx")
    assert [sent.receive("town", up)[0].file.standing for _again in range(2)] == ["ahead", "same"]
    assert facts(village) == facts(town)
    assert len(facts(town)) == len(before) + len(acts)
    for desk in (village, town):
        assert proposals(desk) == []
        own = {"person_id": person.id}
        (service,) = rows(desk, ServiceRecord, on=DAY, **own)
        assert (service["vacancy"], service["officer"]) == ("甲厂焊工", "officer town")
        (job,) = rows(desk, Spell, **own)
        assert (job["started_on"], job["employer"]) == (DAY, "甲厂")
        (paid,) = rows(desk, Wage, spell_id=spell.id, month="2024-11")
        assert paid["amount"] == 430000


def wage(desk: Desk, person: str, amount: str) -> Changed:
    return facts_of_work.record(desk, "wage", {"month": "2024-11", "amount": amount}, person=person)


def test_what_the_village_declines_or_the_township_takes_back_is_nowhere(sent: Machines) -> None:  # noqa: F811
    town, village = sent.desks["town"], sent.desks["laptop"]
    person = idle(town)
    before = facts(town)
    with sent.at("town"):
        work.record_service(town, [person.id], "career_guidance", DAY)
        work.record_service(town, [person.id], "policy_briefing", DAY)
    down(sent, "early.xlsx")
    with sent.at("town"):
        (gone,) = [each for each in proposals(town) if "Policy briefing" in each.what]
        withdraw(town, gone.id)
        (left,) = proposals(town)
        with pytest.raises(ExpectedError, match=r"proposal\.not_owner"):
            problems.answer(town, left.id, "accepted")
    down(sent, "down.xlsx")
    sent.receive("laptop", sent.folder / "early.xlsx")  # An older one brings back nothing.
    (left,) = proposals(village)
    with sent.at("laptop"):
        with pytest.raises(ExpectedError, match=r"todo\.reason_missing"):
            problems.answer(village, left.id, "declined")
        problems.answer(village, left.id, "declined", "当日外出")
        with pytest.raises(ExpectedError, match=r"todo\.gone"):
            problems.answer(village, left.id, "accepted")
    sent.receive("town", sent.send("laptop", "again.xlsx"))
    down(sent, "after.xlsx")
    assert (proposals(town), proposals(village)) == ([], [])
    assert facts(town) == facts(village) == before
    with sent.at("town"):
        work.record_service(town, [person.id], "career_guidance", DAY)
        (again,) = proposals(town)
        withdraw(town, again.id)
    assert proposals(town) == []


def test_a_dated_value_begins_on_its_day_and_what_stood_is_kept(sent: Machines) -> None:  # noqa: F811
    """The grid of the township says it; the village keeps what held before, and what it wrote of a later day."""
    town, village = sent.desks["town"], sent.desks["laptop"]
    ordinary = (PersonAttribute.value == "ordinary", PersonAttribute.until.is_(None))
    held = one(town, PersonAttribute, *ordinary)
    other = one(town, PersonAttribute, *ordinary, PersonAttribute.id != held.id)
    before = facts(town)
    with sent.at("town"):
        for row in (held, other):
            applied = cells.apply(town, [Edit(row.person_id, "person.labour_skill", "技能劳动力")], on=DAY)
            assert (applied.problems, applied.proposed) == ((), 1)
    assert facts(town) == before
    with sent.at("laptop"):
        cells.apply(village, [Edit(other.person_id, "person.labour_skill", "弱劳动力或半劳动力")], on=TODAY)
    down(sent, "down.xlsx")
    with sent.at("laptop"):
        for each in proposals(village):
            problems.answer(village, each.id, "accepted")
            undo.undo(village)
            problems.answer(village, each.id, "accepted")
    sent.receive("town", sent.send("laptop", "again.xlsx"))
    for desk in (village, town):
        assert proposals(desk) == []
        assert dated(desk, held.person_id) == [
            (held.since, DAY - timedelta(1), held.value),
            (DAY, None, "skilled"),
        ]
        assert dated(desk, other.person_id) == [
            (other.since, DAY - timedelta(1), other.value),
            (DAY, TODAY - timedelta(1), "skilled"),
            (TODAY, None, "weak"),
        ]


def dated(desk: Desk, person: str) -> list[Any]:
    found = rows(desk, PersonAttribute, person_id=person, attribute="labour_skill")
    return sorted(
        ((each["since"], each["until"], each["value"]) for each in found),
        key=lambda each: each[0] or date.min,
    )


def test_what_the_village_wrote_itself_meanwhile_is_not_written_twice(sent: Machines) -> None:  # noqa: F811
    town, village = sent.desks["town"], sent.desks["laptop"]
    person, spell = idle(town), one(town, Spell, Spell.ended_on.is_(None))
    with sent.at("town"):
        work.record_service(town, [person.id], "career_guidance", DAY)
        work.record_spell(town, person.id, "wage", DAY, place_text="宁夏银川市", wage=500000)
        wage(town, spell.person_id, "4200")
    with sent.at("laptop"):
        work.record_service(village, [person.id], "career_guidance", DAY)
        work.record_spell(
            village, person.id, "wage", date(2024, 11, 18), place_text="宁夏银川市", employer="乙厂"
        )
        wage(village, spell.person_id, "4100")
    down(sent, "down.xlsx")
    answer(sent, "accepted")
    for desk in (village, town):
        assert len(rows(village, ServiceRecord, person_id=person.id, on=DAY)) == 1
        (job,) = rows(village, Spell, person_id=person.id)
        assert (job["employer"], job["wage"], job["started_on"]) == ("乙厂", 500000, DAY)
        assert [each["amount"] for each in rows(village, Wage, spell_id=spell.id)] == [420000]
        sent.receive("town", sent.send("laptop", "again.xlsx"))
        assert proposals(desk) == []


def test_what_clashes_with_the_villages_own_is_refused_with_what_to_do(sent: Machines) -> None:  # noqa: F811
    town, village = sent.desks["town"], sent.desks["laptop"]
    person, spell = idle(town), one(town, Spell, Spell.ended_on.is_(None))
    with sent.at("town"):
        work.record_spell(town, person.id, "wage", DAY, place_text="宁夏银川市")
        wage(town, spell.person_id, "4200")
    down(sent, "down.xlsx")
    with sent.at("laptop"):
        work.record_spell(village, person.id, "wage", date(2024, 10, 1), place_text="宁夏吴忠市")
        void.void(village, "spell", spell.id, "录错")
        before = content(village)
        refused = {}
        for each in proposals(village):
            with pytest.raises(ExpectedError) as error:
                problems.answer(village, each.id, "accepted")
            refused[error.value.code] = error_text(error.value)
    assert content(village) == before
    assert set(refused) == {"spell.overlaps", "proposal.lacks"}
    assert "Job" in refused["proposal.lacks"]


def test_everything_a_township_enters_for_people_of_a_village_is_proposed(sent: Machines) -> None:  # noqa: F811
    """Rows typed in a sheet, many at once, telephones; what rests on an organisation of its own stays the township's."""
    town = sent.desks["town"]
    person, spell = idle(town), one(town, Spell, Spell.ended_on.is_(None))
    link = {"link.identity_number": person.identity_number}
    before = facts(town)
    sheets = {
        "service": {"service.kind": "职业指导", "service.on": "2024-11-20"},
        "spell": {"spell.started_on": "2024-11-20", "spell.place": "宁夏银川市"},
        "intention": {"intention.kind": "参加培训", "intention.since": "2024-11-20"},
        "contact": {"person.phone": "13900000009"},
    }
    with sent.at("town"):
        for kind, row in sheets.items():
            applied = entries.enter(town, kind, [NewRow(link | row)])
            assert (applied.problems, applied.landed, applied.proposed) == ((), 1, 1)
        everybody = [person.id, spell.person_id]
        assert bulk.apply(town, everybody, bulk.ServiceChange("policy_briefing", DAY)).proposed == 2
        assert bulk.apply(town, everybody, bulk.IntentionChange("nearby", DAY)).proposed == 2
        assert facts(town) == before
        facts_of_work.record(town, "organisation", {"name": "县劳务公司", "kind": "enterprise"})
        told = {"organisation_id": "县劳务公司", "role": "sent_out"}
        assert facts_of_work.record(town, "engagement", told, person=person.id).proposed == 0
    # Four by sheets, of which the wish then says something else, two services and one wish more.
    assert len(proposals(town)) == 7
    assert len(rows(town, Engagement)) == 1


def national(
    path: Path, desk: Desk, person: str, exported: str, *, home: str = "", education: str = "大专"
) -> Path:
    """Write an export of the national system that says somebody's schooling, and the household they live in."""
    own, member = (
        one(desk, Person, Person.id == person),
        one(desk, Membership, Membership.person_id == person),
    )
    at = one(desk, Household, Household.id == (home or member.household_id))
    relation = label("relation", member.relation, ZH)
    book = openpyxl.Workbook()
    for row in (
        ("人员信息",),
        (f"导出时间：{exported}",),
        (*PEOPLE[:6], *PEOPLE[6:8], "文化程度"),
        (
            "金凤区",
            "良田镇",
            "和顺新村",
            at.household_no,
            own.name,
            own.identity_number,
            relation,
            "",
            education,
        ),
    ):
        book.active.append(row)
    book.save(path)
    return path


def import_at(machines: Machines, file: Path) -> tuple[imports.Prepared, Changed]:  # noqa: F811
    town = machines.desks["town"]
    with machines.at("town"):
        with town.ledger.reader() as connection:
            prepared = imports.prepare(connection, [file], TOWN, town.today())
        return prepared, imports.commit(town, prepared)


def test_what_a_newer_export_says_of_a_villages_people_is_proposed(sent: Machines) -> None:  # noqa: F811
    """Dated values and moves too; the village's answer holds, and the next import does not ask once more."""
    town, village = sent.desks["town"], sent.desks["laptop"]
    held = one(
        town, PersonAttribute, PersonAttribute.attribute == "education", PersonAttribute.value != "college"
    )
    member = one(town, Membership, Membership.relation != "head", Membership.person_id != held.person_id)
    other = one(town, Household, Household.id != member.household_id)
    before = facts(town)
    # What the township received is of the day it was received: an export of before then says nothing newer.
    older = national(sent.folder / "旧.xlsx", town, held.person_id, "2024-11-01")
    shown, changed = import_at(sent, older)
    assert [each.code for each in shown.preview.files[0].problems] == ["ledger.newer"]
    assert (changed.proposed, changed.change_set) == (0, "")
    newer = national(sent.folder / "新.xlsx", town, held.person_id, "2024-12-02")
    moved = national(
        sent.folder / "迁.xlsx", town, member.person_id, "2024-12-02", home=other.id, education=""
    )
    for _again in range(2):
        assert import_at(sent, newer)[1].proposed == 1
        assert import_at(sent, moved)[1].proposed == 1
    assert facts(town) == before
    down(sent, "down.xlsx")
    with speaking(ZH), sent.at("laptop"):
        found = {each.person: each for each in proposals(village)}
        assert "大专" in found[held.person_id].what
        assert "建议自 2024-12-02 起改为" + other.household_no in found[member.person_id].what
        problems.answer(village, found[member.person_id].id, "accepted")
        problems.answer(village, found[held.person_id].id, "declined", "已核对毕业证")
    sent.receive("town", sent.send("laptop", "again.xlsx"))
    assert facts(town) == facts(village)
    for desk in (town, village):
        stretches = rows(desk, Membership, person_id=member.person_id)
        assert [(each["household_id"], each["until"]) for each in stretches] == [
            (member.household_id, date(2024, 12, 1)),
            (other.id, None),
        ]
    assert import_at(sent, newer)[1].proposed == 0
    assert (
        import_at(sent, national(sent.folder / "新.xlsx", town, held.person_id, "2024-12-09"))[1].proposed
        == 0
    )
    otherwise = national(sent.folder / "新.xlsx", town, held.person_id, "2024-12-09", education="本科及以上")
    assert import_at(sent, otherwise)[1].proposed == 1


def test_somebody_new_in_a_household_of_a_village_is_entered_there(sent: Machines) -> None:  # noqa: F811
    town, village = sent.desks["town"], sent.desks["laptop"]
    home = one(town, Household)
    before = facts(town)
    new = NewPerson("马新生", "640106202311020016", since=date(2023, 11, 2), labour_skill="none")
    with sent.at("town"):
        changed = people.new_person(town, home.id, new, "son")
        assert (changed.proposed, changed.households) == (1, frozenset({home.id}))
        assert not people.new_person(town, home.id, new, "son").change_set
    assert facts(town) == before
    down(sent, "down.xlsx")
    with speaking(ZH):
        (todo,) = proposals(village)
    assert (todo.household_no, "640106********0016" in todo.what) == (home.household_no, True)
    assert "与户主关系 之子" in todo.what
    assert "无劳动力" in todo.what
    answer(sent, "accepted")
    sent.receive("town", sent.send("laptop", "again.xlsx"))
    assert facts(town) == facts(village)
    assert len(facts(town)) == len(before) + 3
    for desk in (village, town):
        (born,) = rows(desk, Person, identity_number=new.identity_number)
        (member,) = rows(desk, Membership, person_id=born["id"])
        assert (member["household_id"], member["relation"], member["since"]) == (home.id, "son", new.since)
        assert proposals(desk) == []
