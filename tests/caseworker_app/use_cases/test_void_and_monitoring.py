"""Wrong records voided with their reason, and households monitored for their risks."""

from datetime import date

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import monitoring, undo, void
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import households, pages, workers

DAY = date(2024, 11, 30)


def stored(desk: Desk) -> str:
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def code(error: pytest.ExceptionInfo[ExpectedError]) -> str:
    return error.value.code


def test_a_job_is_voided_with_a_reason_and_undo_brings_it_back(sample_desk: Desk) -> None:
    asked = sample_desk.asked(DAY)
    with sample_desk.ledger.reader() as connection:
        person = workers.ids(connection, "employed", asked)[0]
        spells = dict(workers.spell_lines(connection, [person]))
    spell, before = spells[person].id, stored(sample_desk)
    with pytest.raises(ExpectedError) as refused:
        void.void(sample_desk, "spell", spell, " \n ")
    assert code(refused) == "void.reason_missing"
    with pytest.raises(ExpectedError) as refused:
        void.void(sample_desk, "spell", spell, "长" * 201)
    assert code(refused) == "text.long"
    assert stored(sample_desk) == before
    assert void.void(sample_desk, "spell", spell, "重复登记").people == {person}
    with sample_desk.ledger.reader() as connection:
        assert spell not in {line.id for _person, line in workers.spell_lines(connection, [person])}
        assert journal.recent(connection, 1)[0].values["reason"] == "重复登记"
    with pytest.raises(ExpectedError) as refused:
        void.void(sample_desk, "spell", spell, "重复登记")
    assert code(refused) == "void.gone"
    undo.undo(sample_desk)
    assert stored(sample_desk) == before


def test_a_household_is_monitored_once_at_a_time(sample_desk: Desk) -> None:
    asked = sample_desk.asked(DAY)
    with sample_desk.ledger.reader() as connection:
        watched = set(households.ids(connection, asked, kind="monitored"))
        free = next(
            each
            for each in households.ids(connection, asked)
            if each not in watched and not pages.monitored(connection, each)
        )
    before = stored(sample_desk)
    first = date(2024, 5, 1)
    assert monitoring.record(sample_desk, free, "sudden", first, ["illness", "illness"]).households == {free}
    with sample_desk.ledger.reader() as connection:
        (line,) = pages.monitored(connection, free)
        assert (line.kind, line.identified_on, line.resolved_on, line.risks) == (
            "sudden",
            first,
            None,
            ("illness",),
        )
        assert free in households.ids(connection, asked, kind="monitored")
    with pytest.raises(ExpectedError) as refused:
        monitoring.record(sample_desk, free, "marginal", DAY, [])
    assert code(refused) == "monitoring.open"
    with pytest.raises(ExpectedError) as refused:
        monitoring.record(
            sample_desk, free, "sudden", first, ["illness"], resolved_on=date(2024, 4, 1), stretch=line.id
        )
    assert code(refused) == "monitoring.days"
    monitoring.record(sample_desk, free, "sudden", first, ["illness"], resolved_on=DAY, stretch=line.id)
    monitoring.record(sample_desk, free, "marginal", DAY, ["schooling"])
    with sample_desk.ledger.reader() as connection:
        assert [each.kind for each in pages.monitored(connection, free)] == ["marginal", "sudden"]
    for _step in range(3):
        undo.undo(sample_desk)
    assert stored(sample_desk) == before


@pytest.mark.parametrize(
    ("kind", "day", "risks", "expected"),
    [
        ("poor", DAY, [], "code.unknown"),
        ("sudden", DAY, ["bad luck"], "code.unknown"),
        ("sudden", date(2024, 12, 1), [], "day.future"),
    ],
)
def test_what_is_said_of_monitoring_is_checked(
    sample_desk: Desk, kind: str, day: date, risks: list[str], expected: str
) -> None:
    with sample_desk.ledger.reader() as connection:
        household = households.ids(connection, sample_desk.asked(DAY))[0]
    with pytest.raises(ExpectedError) as refused:
        monitoring.record(sample_desk, household, kind, day, risks)
    assert code(refused) == expected
