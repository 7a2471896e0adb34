"""One fact for many people: who it lands for, who is left out why, one undo."""

from datetime import timedelta

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import bulk, undo, work
from caseworker_app.use_cases.bulk import GroupChange, IntentionChange, Preview, ServiceChange
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import workers


def looked_at(desk: Desk, people: list[str], change: bulk.BulkChange) -> Preview:
    with desk.ledger.reader() as connection:
        return bulk.preview(connection, desk, people, change)


def content(desk: Desk) -> str:
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def on_list(desk: Desk, name: str) -> list[str]:
    with desk.ledger.reader() as connection:
        return workers.ids(connection, name, desk.asked(desk.today()))


def test_a_service_lands_where_it_is_new_and_is_undone_at_once(sample_desk: Desk) -> None:
    people = on_list(sample_desk, "unemployed")[:10]
    child = next(each for each in on_list(sample_desk, "people") if too_young(sample_desk, each))
    change = ServiceChange("job_referral", sample_desk.today(), vacancy="某某鞋业 针车工")
    work.record_service(sample_desk, people[:2], change.kind, change.on, vacancy=change.vacancy)
    before = content(sample_desk)
    shown = looked_at(sample_desk, [*people, child, people[0], "nobody"], change)
    assert [person for person, _name in shown.lands] == people[2:]
    assert {each.person: each.reason for each in shown.skipped} == {
        people[0]: "same",
        people[1]: "same",
        child: "too_young",
        "nobody": "not_here",
    }
    assert content(sample_desk) == before
    changed = bulk.apply(sample_desk, [*people, child], change)
    assert changed.people == set(people[2:])
    assert looked_at(sample_desk, people, change).lands == ()
    with pytest.raises(ExpectedError, match=r"bulk\.nobody"):
        bulk.apply(sample_desk, people, change)
    undo.undo(sample_desk)
    assert content(sample_desk) == before


def too_young(desk: Desk, person: str) -> bool:
    with desk.ledger.reader() as connection:
        page = workers.page(connection, person, desk.asked(desk.today()))
    return page is not None and page.age is not None and page.age < 16


def test_what_is_wanted_ends_what_was_wanted_before(sample_desk: Desk) -> None:
    people = on_list(sample_desk, "unemployed")[:5]
    today = sample_desk.today()
    work.record_intention(sample_desk, people[0], "nearby", today - timedelta(days=20))
    work.record_intention(sample_desk, people[1], "nearby", today)
    before = content(sample_desk)
    change = IntentionChange("go_out", today, "福建省泉州市晋江市")
    bulk.apply(sample_desk, people, change)
    asked = sample_desk.asked(today)
    with sample_desk.ledger.reader() as connection:
        for person in people:
            page = workers.page(connection, person, asked)
            assert page is not None
            assert (page.intentions[0].kind, page.intentions[0].place_code) == ("go_out", "350582")
            assert all(each.until is not None and each.until < today for each in page.intentions[1:])
    assert [each.reason for each in looked_at(sample_desk, people, change).skipped] == ["same"] * 5
    undo.undo(sample_desk)
    assert content(sample_desk) == before


def test_a_group_is_given_to_the_households(sample_desk: Desk) -> None:
    people = on_list(sample_desk, "workforce")[:8]
    before = content(sample_desk)
    changed = bulk.apply(sample_desk, people, GroupChange(" 3组 "))
    with sample_desk.ledger.reader() as connection:
        rows = workers.rows(connection, people, sample_desk.asked(sample_desk.today()))
    assert {row.group for row in rows} == {"3组"}
    assert changed.households == {row.household for row in rows}
    assert len(looked_at(sample_desk, people, GroupChange("3组")).skipped) == len(people)
    undo.undo(sample_desk)
    assert content(sample_desk) == before


def test_what_nobody_can_have_is_refused_before(sample_desk: Desk) -> None:
    people = on_list(sample_desk, "unemployed")[:3]
    today = sample_desk.today()
    for change, code in (
        (ServiceChange("job_referral", today), "service.vacancy_missing"),
        (ServiceChange("contact", today + timedelta(days=1)), "day.future"),
        (ServiceChange("feast", today), "code.unknown"),
        (IntentionChange("feast", today), "code.unknown"),
        (GroupChange("组" * 300), "text.long"),
    ):
        with pytest.raises(ExpectedError) as refused:
            looked_at(sample_desk, people, change)
        assert refused.value.code == code
