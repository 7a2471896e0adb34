"""Claims of several items at once."""

from datetime import date

import pytest
from sqlalchemy import select

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import explain
from caseworker_app.policy.answer import State
from caseworker_app.policy.assess import assess_subject, subjects
from caseworker_app.policy.facts import Claimed
from caseworker_app.use_cases import claims, entitlements, undo
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import EN, ZH, speaking
from db import journal
from db.queries import claims as queries
from db.tables.records import Spell

ON = date(2024, 11, 30)


def due(desk: Desk, item: str) -> list[str]:
    """Return who can claim an item."""
    with desk.ledger.reader() as connection:
        answers = entitlements.claimable(connection, desk.pack, ON, item=item)
    return [answer.beneficiary for answer in answers if answer.state is State.ELIGIBLE and not answer.missing]


def content(desk: Desk) -> str:
    """Return the hash of what the ledger says."""
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def filed(desk: Desk) -> list[str]:
    """Return the numbers of all claims."""
    with desk.ledger.reader() as connection:
        return sorted(row.number for row in queries.rows(connection, queries.ids(connection), ON))


def test_two_items_are_filed_and_taken_back_as_one_step(sample_desk: Desk) -> None:
    before = content(sample_desk)
    chosen = [("JF-5", "", due(sample_desk, "JF-5")[:2]), ("JF-6", "", due(sample_desk, "JF-6")[:1])]
    _changed, numbers = claims.file_all(sample_desk, chosen, ON)
    assert len(numbers) == 3
    assert filed(sample_desk) == sorted(numbers)
    undo.undo(sample_desk)
    assert filed(sample_desk) == []
    assert content(sample_desk) == before


def test_one_that_cannot_be_filed_keeps_all_back(sample_desk: Desk) -> None:
    person = due(sample_desk, "JF-5")[0]
    with pytest.raises(ExpectedError, match=r"claim\.exists"):
        claims.file_all(
            sample_desk, [("JF-6", "", due(sample_desk, "JF-6")[:1]), ("JF-5", "", [person] * 2)], ON
        )
    assert filed(sample_desk) == []


def stored(desk: Desk, number: str) -> dict[str, object]:
    """Return the answer as it is kept with a claim."""
    with desk.ledger.reader() as connection:
        row = queries.by_number(connection, number)
    assert row is not None
    return dict(row.answer)


def test_paper_speaks_chinese_and_the_screen_what_is_spoken_now(sample_desk: Desk) -> None:
    with speaking(EN):
        _changed, (number,) = claims.file(sample_desk, "JF-5", due(sample_desk, "JF-5")[:1], ON)
        printed = claims.form(sample_desk, number, ON)
        said = explain.told(stored(sample_desk, number))
    assert "跨" in printed.why or "个月" in printed.why
    assert not [line for line in printed.basis.splitlines() if line.isascii()]
    assert str(said["why"]).isascii()
    with speaking(ZH):
        told = explain.told(stored(sample_desk, number))
    assert told["why"] == printed.why
    assert "said" not in told
    assert explain.told({"why": "as it was kept before"}) == {"why": "as it was kept before"}


def test_assessing_as_of_the_day_of_a_claim_repeats_the_stored_answer(sample_desk: Desk) -> None:
    desk = sample_desk
    people, homes = due(desk, "JF-5")[:5], due(desk, "JF-6")[:5]
    _changed, numbers = claims.file_all(desk, [("JF-5", "", people), ("JF-6", "", homes)], ON)
    later = date(2024, 12, 20)
    with desk.units("spell.record") as unit:  # What came after: jobs end, others begin.
        for person in people:
            under_way = select(Spell.id).where(Spell.person_id == person, Spell.ended_on.is_(None))
            for spell in unit.connection.execute(under_way).scalars().all():
                unit.update(Spell, spell, ended_on=later)
            unit.insert(
                Spell,
                person_id=person,
                kind="wage",
                started_on=date(2024, 12, 21),
                place_code="320583",
                wage=600000,
            )
        unit.commit()
    kept = {str(stored(desk, each)["beneficiary"]): stored(desk, each) for each in numbers}
    with desk.ledger.reader() as connection:
        for item in (desk.pack.item("JF-5"), desk.pack.item("JF-6")):
            known = entitlements.gather(connection, [item], ON)
            for subject in subjects(item, known.households, known.organisations):
                if subject.id in (people if item.id == "JF-5" else homes):
                    again = assess_subject(item, subject, item.cycle.at(ON), ON, Claimed())
                    answer = explain.stored(again, item)
                    assert answer == kept.pop(str(answer["beneficiary"]))
    assert not kept
