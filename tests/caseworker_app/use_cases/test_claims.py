"""Claims of several items at once."""

from datetime import date

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy.assess import State
from caseworker_app.use_cases import claims, entitlements, undo
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import claims as queries

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
