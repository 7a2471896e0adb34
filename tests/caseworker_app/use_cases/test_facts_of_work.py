"""Organisations, wages, insurances and the rest: recorded as typed, checked, taken out again."""

from datetime import date

import pytest
from sqlalchemy import select

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.work_facts import WorkFact
from caseworker_app.use_cases import facts_of_work, undo, work
from caseworker_app.use_cases.desk import Desk
from db.queries import work_facts as queries
from db.tables import Person, Spell

FIRM = {"name": "银川某某服饰有限公司", "kind": "企业", "credit_code": "91640106MA76XXXX1A", "size": "小型"}


@pytest.fixture
def person(sample_desk: Desk) -> str:
    """Return somebody who has been in work since 2024-01."""
    with sample_desk.ledger.reader() as connection:
        chosen = select(Spell.person_id).where(
            Spell.started_on <= date(2024, 3, 1), Spell.ended_on >= date(2024, 6, 30)
        )
        return str(connection.execute(chosen).scalars().first())


def facts(desk: Desk, person: str, kind: str) -> list[WorkFact]:
    """Return the facts of a kind of a person."""
    with desk.ledger.reader() as connection:
        return [fact for fact in queries.of_person(connection, person) if fact.kind == kind]


def test_an_organisation_is_kept_once_with_its_people_by_month(sample_desk: Desk) -> None:
    facts_of_work.record(sample_desk, "organisation", FIRM)
    with pytest.raises(ExpectedError, match=r"organisation\.known"):
        facts_of_work.record(sample_desk, "organisation", FIRM | {"name": "另一个名字"})
    for month, number in (("2024-05", "12"), ("2024年6月", "15"), ("2024-06", "16")):
        facts_of_work.record(
            sample_desk,
            "head_count",
            {"organisation_id": FIRM["credit_code"], "month": month, "number": number},
        )
    with sample_desk.ledger.reader() as connection:
        (row,) = queries.organisations(connection, "服饰")
        counts = queries.of_organisation(connection, row.id)
    assert (row.people, row.month, row.kind, row.size) == (16, "2024-06", "enterprise", "small")
    assert [(fact.values["month"], fact.values["number"]) for fact in counts] == [
        ("2024-06", 16),
        ("2024-05", 12),
    ]
    with pytest.raises(ExpectedError, match=r"fact\.used"):
        facts_of_work.void(sample_desk, "organisation", row.id, "登记错误")
    facts_of_work.change(sample_desk, "organisation", row.id, FIRM | {"size": "中型"})
    with sample_desk.ledger.reader() as connection:
        assert queries.organisations(connection)[0].size == "medium"


def test_a_wage_belongs_to_the_job_of_its_month_and_the_second_replaces_the_first(
    sample_desk: Desk, person: str
) -> None:
    for amount in ("4200", "4,300.50"):
        typed = {"month": "2024-05", "amount": amount.replace(",", ""), "by_bank": "是"}
        facts_of_work.record(sample_desk, "wage", typed, person=person)
    (wage,) = facts(sample_desk, person, "wage")
    assert (wage.values["month"], wage.values["amount"], wage.values["by_bank"]) == ("2024-05", 430050, True)
    with pytest.raises(ExpectedError, match=r"wage\.no_job"):
        facts_of_work.record(sample_desk, "wage", {"month": "2010-01", "amount": "1"}, person=person)
    undo.undo(sample_desk)
    assert facts(sample_desk, person, "wage")[0].values["amount"] == 420000


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("insurance", {"kind": "工伤保险", "payer": "单位", "since": "2024-03-01", "paid": "120.50"}),
        ("certificate", {"kind": "skill_level", "trade": "电工", "issued_on": "2024年5月6日", "cost": "800"}),
        ("business", {"name": "小吃店", "kind": "个体户", "first": "是", "registered_on": "2024-02-01"}),
        (
            "loan",
            {"kind": "个人创业担保贷款", "amount": "100000", "rate": "3.45%", "granted_on": "2024-02-01"},
        ),
        ("contract", {"signed_on": "2024-03-01", "until": "2026-02-28"}),
    ],
)
def test_facts_of_a_person_are_recorded_and_taken_out_with_a_reason(
    sample_desk: Desk, person: str, kind: str, typed: dict[str, str]
) -> None:
    changed = facts_of_work.record(sample_desk, kind, typed, person=person)
    assert person in changed.people
    (fact,) = facts(sample_desk, person, kind)
    with pytest.raises(ExpectedError, match=r"void\.reason_missing"):
        facts_of_work.void(sample_desk, kind, fact.id, " ")
    facts_of_work.void(sample_desk, kind, fact.id, "登记错误")
    assert facts(sample_desk, person, kind) == []
    undo.undo(sample_desk)
    assert facts(sample_desk, person, kind) == [fact]


def test_a_post_is_held_through_a_job_in_a_public_post(sample_desk: Desk, person: str) -> None:
    post = {"name": "和顺新村保洁员", "kind": "保洁员", "village_code": "640106100207", "quota": "2"}
    facts_of_work.record(sample_desk, "post", post)
    holding = {"post_id": post["name"], "months_before": "20"}
    with sample_desk.ledger.reader() as connection:
        idle = (
            connection.execute(select(Person.id).where(Person.id.not_in(select(Spell.person_id))))
            .scalars()
            .first()
        )
    assert idle
    with pytest.raises(ExpectedError, match=r"post\.no_job"):
        facts_of_work.record(sample_desk, "post_holding", holding, person=idle)
    with sample_desk.ledger.reader() as connection:
        adult = (
            connection.execute(
                select(Person.id).where(
                    Person.id.not_in(select(Spell.person_id)), Person.born < date(1990, 1, 1)
                )
            )
            .scalars()
            .first()
        )
    assert adult
    work.record_spell(sample_desk, adult, "public_post", date(2024, 5, 1))
    facts_of_work.record(sample_desk, "post_holding", holding, person=adult)
    (held,) = facts(sample_desk, adult, "post_holding")
    assert (held.values["post_id"], held.values["months_before"]) == (post["name"], 20)
    with sample_desk.ledger.reader() as connection:
        (row,) = queries.posts(connection)
    assert (row.quota, row.holders) == (2, 1)


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("certificate", {"kind": "证"}, r"fact\.value"),
        ("certificate", {}, r"fact\.missing"),
        ("loan", {"kind": "other", "amount": "很多", "granted_on": "2024-01-01"}, r"fact\.value"),
        (
            "loan",
            {"kind": "other", "amount": "1", "granted_on": "2024-02-01", "until": "2024-01-01"},
            r"fact\.days",
        ),
        ("loan", {"kind": "other", "amount": "1", "granted_on": "2025-02-01"}, r"day\.future"),
        ("engagement", {"organisation_id": "没有的", "role": "employed"}, r"organisation\.none"),
        ("wage", {"month": "2031-01", "amount": "1"}, r"day\.future"),
        ("post_holding", {"post_id": "没有的"}, r"post\.none"),
    ],
)
def test_what_cannot_be_is_refused(
    sample_desk: Desk, person: str, kind: str, typed: dict[str, str], code: str
) -> None:
    with pytest.raises(ExpectedError, match=code):
        facts_of_work.record(sample_desk, kind, typed, person=person)
