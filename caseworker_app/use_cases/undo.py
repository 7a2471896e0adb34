"""Undo and redo, by name, from the journal."""

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.journal import ChangeSetLine
from caseworker_app.use_cases.desk import Desk, reread
from db import journal


def undo(desk: Desk, change_set: str = "") -> tuple[Changed, ChangeSetLine]:
    """Take back a change set, the newest in effect unless one is named.

    Raises ExpectedError `undo.nothing`, or `undo.moved_on` when later work stands on it.
    """
    with desk.ledger.reader() as connection:
        line = (
            next((each for each in journal.recent(connection, 5000) if each.id == change_set), None)
            if change_set
            else journal.next_undo(connection)
        )
    if line is None or line.action in journal.STANDING:
        raise ExpectedError("undo.nothing")
    with desk.units("undo", undoes=line.id, **{**line.values, "of": line.action}) as unit:
        journal.undo(unit, line.id)
        changed = unit.commit()
    reread(desk)
    return changed, line


def redo(desk: Desk) -> tuple[Changed, ChangeSetLine]:
    """Bring back what the last undo took; ExpectedError `redo.nothing`."""
    with desk.ledger.reader() as connection:
        line = journal.next_redo(connection)
    if line is None:
        raise ExpectedError("redo.nothing")
    with desk.units("redo", undoes=line.id, **line.values) as unit:
        journal.undo(unit, line.id)
        changed = unit.commit()
    reread(desk)
    return changed, line
