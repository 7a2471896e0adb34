"""The life of claims: papers, notices, objections, returns, appeals, doubles, many at once."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from caseworker_app.domain import claim as life
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy.answer import State
from caseworker_app.policy.schema import Process, Publicity, Round
from caseworker_app.use_cases import claims, entitlements, undo, workdays
from caseworker_app.use_cases.desk import Desk
from db.queries import claims as queries
from db.tables import Claim

ON = date(2024, 11, 30)


def due(desk: Desk, item: str = "JF-5") -> list[str]:
    """Return who can claim an item."""
    with desk.ledger.reader() as connection:
        answers = entitlements.claimable(connection, desk.pack, ON, item=item)
    return [answer.beneficiary for answer in answers if answer.state is State.ELIGIBLE and not answer.missing]


@pytest.fixture
def number(sample_desk: Desk) -> str:
    """Return a claim filed on the 20th."""
    return claims.file(sample_desk, "JF-5", due(sample_desk)[:1], date(2024, 11, 20))[1][0]


def follow(desk: Desk, process: Process) -> None:
    """Let the item of these tests go its way so."""
    item = replace(desk.pack.item("JF-5"), process=process)
    desk.pack = replace(desk.pack, items={**desk.pack.items, "JF-5": item})


@pytest.fixture
def shown(sample_desk: Desk) -> None:
    """Let the village show claims for three working days."""
    follow(sample_desk, Process(publicity=(Publicity("village", 3, working=True),)))


def state(desk: Desk, number: str) -> str:
    """Return the state of a claim."""
    with desk.ledger.reader() as connection:
        return queries.lives(connection, [number])[number].state


def papers(desk: Desk, number: str) -> None:
    """Note every paper the item needs."""
    paper = desk.pack.item("JF-5").paper
    claims.add_papers(desk, number, [*paper.evidence_required, *paper.evidence_any_of], ON)


def walk(desk: Desk, number: str, *steps: str, on: date = ON) -> None:
    """Take steps one after the other."""
    for step in steps:
        claims.advance(desk, [number], step, on, "因故" if step in life.NEEDS_REASON else "")


def test_a_step_knows_its_number_and_level(sample_desk: Desk, number: str) -> None:
    walk(sample_desk, number, "village_checked", "returned", "draft")
    with sample_desk.ledger.reader() as connection:
        steps = queries.lives(connection, [number])[number].steps
    assert [(step.number, step.state, step.level) for step in steps] == [
        (1, "draft", "county"),
        (2, "village_checked", "county"),
        (3, "returned", "county"),
        (4, "draft", "county"),
    ]


@pytest.mark.usefixtures("shown")
def test_a_notice_holds_a_claim_for_its_days(sample_desk: Desk, number: str) -> None:
    papers(sample_desk, number)
    walk(sample_desk, number, "village_checked", "village_publicised", on=date(2024, 11, 22))  # A Friday.
    with pytest.raises(ExpectedError, match=r"claim\.publicity") as refused:
        walk(sample_desk, number, "submitted", on=date(2024, 11, 27))
    assert refused.value.values["last"] == "2024-11-27"
    walk(sample_desk, number, "submitted", on=date(2024, 11, 28))
    assert state(sample_desk, number) == "submitted"


@pytest.mark.usefixtures("shown")
def test_an_imported_calendar_moves_the_end_of_a_notice(
    sample_desk: Desk, number: str, tmp_path: Path
) -> None:
    file = tmp_path / "节假日.csv"
    file.write_text("2024-11-27,休\n2024-11-30,班\n", encoding="utf-8-sig")
    _changed, calendar = workdays.take_in(sample_desk, file)
    assert calendar.working(date(2024, 11, 30))
    walk(sample_desk, number, "village_checked", "village_publicised", on=date(2024, 11, 22))
    with sample_desk.ledger.reader() as connection:
        claim = queries.lives(connection, [number])[number]
        assert claims.shown_until(sample_desk, connection, claim) == date(2024, 11, 28)
    undo.undo(sample_desk)
    undo.undo(sample_desk)
    undo.undo(sample_desk)
    with sample_desk.ledger.reader() as connection:
        assert not workdays.calendar(connection).working(date(2024, 11, 30))


def test_a_claim_goes_up_with_its_papers_only(sample_desk: Desk, number: str) -> None:
    walk(sample_desk, number, "village_checked", "village_publicised")
    with pytest.raises(ExpectedError, match=r"claim\.papers") as refused:
        walk(sample_desk, number, "submitted")
    assert refused.value.values["papers"] == "身份证复印件、一卡通复印件"
    assert refused.value.values["more"] == 1
    claims.add_papers(sample_desk, number, ["身份证复印件", "一卡通复印件"], ON)
    with pytest.raises(ExpectedError, match=r"claim\.papers"):
        walk(sample_desk, number, "submitted")
    claims.add_papers(sample_desk, number, ["务工证明"], ON, note="盖章")
    walk(sample_desk, number, "submitted")


def test_a_paper_the_item_does_not_know_is_refused_and_one_taken_off_lacks_again(
    sample_desk: Desk, number: str
) -> None:
    with pytest.raises(ExpectedError, match=r"claim\.paper_kind"):
        claims.add_papers(sample_desk, number, ["房产证"], ON)
    with pytest.raises(ExpectedError, match=r"photo\.none"):
        claims.add_papers(sample_desk, number, ["务工证明"], ON, attachment="0" * 32)
    papers(sample_desk, number)
    with sample_desk.ledger.reader() as connection:
        first = queries.evidence(connection, queries.lives(connection, [number])[number].id)[0]
    claims.remove_paper(sample_desk, number, first.id)
    with sample_desk.ledger.reader() as connection:
        lacking = claims.lacking_papers(sample_desk.pack, queries.lives(connection, [number])[number])
    assert lacking == ([first.kind], 0)


def test_an_objection_stops_a_claim_until_it_is_dismissed(sample_desk: Desk, number: str) -> None:
    papers(sample_desk, number)
    walk(sample_desk, number, "village_checked", "village_publicised")
    claims.object_to(sample_desk, number, "他一直在家", ON, by="村民")
    claims.object_to(sample_desk, number, "工资不对", ON)
    for step in ("submitted", "village_publicised"):
        with pytest.raises(ExpectedError, match=r"claim\.(step|objection_open)"):
            walk(sample_desk, number, step)
    claims.resolve(sample_desk, number, "dismissed", "有打卡记录", ON)
    assert state(sample_desk, number) == "village_publicised"
    walk(sample_desk, number, "submitted")
    with sample_desk.ledger.reader() as connection:
        claim = queries.lives(connection, [number])[number]
        assert [each.outcome for each in queries.objections(connection, claim.id)] == ["dismissed"] * 2


def test_an_objection_upheld_rejects_and_an_appeal_reopens(sample_desk: Desk, number: str) -> None:
    walk(sample_desk, number, "village_checked", "village_publicised")
    claims.object_to(sample_desk, number, "他一直在家", ON)
    claims.resolve(sample_desk, number, "upheld", "属实", ON)
    assert state(sample_desk, number) == "rejected"
    walk(sample_desk, number, "appealed")
    assert state(sample_desk, number) == "appealed"
    with pytest.raises(ExpectedError, match=r"claim\.papers"):
        walk(sample_desk, number, "submitted")


def test_an_objection_comes_only_while_a_claim_is_shown(sample_desk: Desk, number: str) -> None:
    with pytest.raises(ExpectedError, match=r"claim\.step"):
        claims.object_to(sample_desk, number, "他一直在家", ON)
    with pytest.raises(ExpectedError, match=r"claim\.objection_none"):
        claims.resolve(sample_desk, number, "dismissed", "查无此事", ON)


def test_many_are_looked_through_before_they_move(sample_desk: Desk) -> None:
    numbers = claims.file(sample_desk, "JF-5", due(sample_desk)[:3], ON)[1]
    walk(sample_desk, numbers[0], "village_checked")
    with sample_desk.ledger.reader() as connection:
        found = claims.preview_steps(sample_desk, connection, [*numbers, "X-1"], "village_checked", ON)
    assert [each.why.code if each.why else "" for each in found] == ["claim.step", "", "", "claim.none"]
    claims.advance(sample_desk, [each.number for each in found if not each.why], "village_checked", ON)
    assert {state(sample_desk, number) for number in numbers} == {"village_checked"}


def test_filing_is_looked_through_before_it_is_done(sample_desk: Desk, number: str) -> None:
    everybody = due(sample_desk)
    with sample_desk.ledger.reader() as connection:
        claim = queries.by_number(connection, number)
        assert claim is not None
        chosen = [("JF-5", "", [claim.beneficiary, everybody[0]])]
        found = claims.preview_filing(sample_desk, connection, chosen, ON)
    assert [each.why.code if each.why else "" for each in found] == ["claim.exists", ""]
    assert found[1].amount > 0


def test_two_villages_claiming_one_person_wait_until_one_is_taken_out(sample_desk: Desk, number: str) -> None:
    with sample_desk.ledger.reader() as connection:
        row = queries.by_number(connection, number)
        assert row is not None
    received = {
        column.name: getattr(row, column.name)
        for column in Claim.__table__.columns
        if column.name not in ("id", "made_in", "changed_in", "voided_in")
    }
    with sample_desk.units("import") as unit:
        unit.insert(Claim, **{**received, "number": "JF5-2024-100999-0001", "twin": "f" * 32})
        unit.commit()
    for each in (number, "JF5-2024-100999-0001"):
        with pytest.raises(ExpectedError, match=r"claim\.double"):
            walk(sample_desk, each, "village_checked")
    with sample_desk.ledger.reader() as connection:
        rows = queries.rows(connection, queries.ids(connection), ON)
    assert {row.rival for row in rows} == {number, "JF5-2024-100999-0001"}
    walk(sample_desk, "JF5-2024-100999-0001", "withdrawn")
    walk(sample_desk, number, "village_checked")


def test_an_item_the_pack_lost_keeps_its_claims_moving(sample_desk: Desk, number: str) -> None:
    sample_desk.pack = replace(sample_desk.pack, items={})
    walk(sample_desk, number, "village_checked", "village_publicised", "submitted")
    assert state(sample_desk, number) == "submitted"


def test_a_claim_goes_up_within_a_round_only(sample_desk: Desk, number: str) -> None:
    follow(sample_desk, Process(rounds=(Round("第一批", (11, 1), (11, 25), (12, 31), next_year=False),)))
    papers(sample_desk, number)
    walk(sample_desk, number, "village_checked", "village_publicised", on=date(2024, 11, 20))
    with pytest.raises(ExpectedError, match=r"claim\.round_closed"):
        walk(sample_desk, number, "submitted", on=date(2024, 11, 26))
    assert claims.round_of(sample_desk.pack, "JF-5", "2024", date(2024, 11, 25)) == "第一批"
    walk(sample_desk, number, "submitted", on=date(2024, 11, 25))
    assert state(sample_desk, number) == "submitted"


def test_a_claim_waits_for_its_round_and_ends_with_the_last_day(sample_desk: Desk, number: str) -> None:
    papers(sample_desk, number)
    walk(sample_desk, number, "village_checked", "village_publicised", on=date(2024, 11, 20))
    follow(sample_desk, Process(rounds=(Round("第二批", (12, 1), (12, 25), None, next_year=False),)))
    with pytest.raises(ExpectedError, match=r"claim\.round_later"):
        walk(sample_desk, number, "submitted")
    follow(sample_desk, Process(file_within_months=1))
    with pytest.raises(ExpectedError, match=r"claim\.deadline") as refused:
        walk(sample_desk, number, "submitted")
    assert refused.value.values["last"] == "2024-10-31"
    follow(sample_desk, Process(file_within_days=15))
    with pytest.raises(ExpectedError, match=r"claim\.deadline") as refused:
        walk(sample_desk, number, "submitted")
    assert refused.value.values["last"] == "2024-10-15"


def test_an_item_may_name_its_own_steps(sample_desk: Desk, number: str) -> None:
    follow(sample_desk, Process(steps=("submitted", "county_approved", "paid")))
    papers(sample_desk, number)
    with pytest.raises(ExpectedError, match=r"claim\.step"):
        walk(sample_desk, number, "village_checked")
    walk(sample_desk, number, "submitted", "county_approved", "paid")
    assert state(sample_desk, number) == "paid"
