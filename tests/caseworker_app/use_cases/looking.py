"""What tests of use cases look at: the content of a ledger, its rows, and a step taken back and brought again."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from caseworker_app.domain.changed import Changed
from caseworker_app.use_cases import undo
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries.dated import live


def content(desk: Desk) -> str:
    """Return the hash of everything the ledger says."""
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def rows(desk: Desk, table: Any, **values: Any) -> list[dict[str, Any]]:
    """Return the live rows of a table with these values."""
    chosen = select(table.__table__).where(live(table)).filter_by(**values)
    with desk.ledger.reader() as connection:
        return [dict(row) for row in connection.execute(chosen.order_by(table.id)).mappings()]


def taken_back(desk: Desk, act: Callable[[], Changed]) -> Changed:
    """Act, and see that one undo restores all and one redo brings it back."""
    before = content(desk)
    changed = act()
    after = content(desk)
    assert after != before
    undo.undo(desk)
    assert content(desk) == before
    undo.redo(desk)
    assert content(desk) == after
    return changed
