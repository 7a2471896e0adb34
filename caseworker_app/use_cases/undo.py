"""Undo and redo, by name, from the journal."""

from sqlalchemy.exc import IntegrityError

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.journal import ChangeSetLine
from caseworker_app.use_cases.desk import Desk, reread
from db import journal
from db.queries import uploads

_CLOSING = "month.close"


def undo(desk: Desk, change_set: str = "") -> tuple[Changed, ChangeSetLine]:
    """Take back a change set, the newest in effect unless one is named.

    Raises ExpectedError `undo.nothing`, `undo.already`, or `undo.moved_on` and `undo.taken` when later
    work stands on it, `undo.month_told` for the closing of a month whose workbook was written since.
    """
    with desk.ledger.reader() as connection:
        newest = journal.next_undo(connection)
        line = journal.line(connection, change_set) if change_set else newest
        closed = uploads.told_since(connection, line.id) if line and line.action == _CLOSING else ""
    if line is None or line.undoes or line.action in journal.STANDING:
        raise ExpectedError("undo.nothing")
    if closed:  # What went up stands; only who received it gives the month back.
        raise ExpectedError("undo.month_told", month=closed)
    values = {**line.values, "of": line.action}
    if newest and newest.id == line.id:
        values[journal.NEWEST] = True
    return _write(desk, "undo", line.id, values), line


def redo(desk: Desk) -> tuple[Changed, ChangeSetLine]:
    """Bring back what the last undo took; ExpectedError `redo.nothing`."""
    with desk.ledger.reader() as connection:
        line = journal.next_redo(connection)
    if line is None:
        raise ExpectedError("redo.nothing")
    values = {name: value for name, value in line.values.items() if name != journal.NEWEST}
    return _write(desk, "redo", line.id, values), line


def undo_with_dependents(desk: Desk, change_set: str) -> tuple[Changed, list[ChangeSetLine]]:
    """Take back a change set and all that stands on it, the newest first, each a step that redo brings back.

    Raises ExpectedError as `undo`; what was taken back before a refusal stays so, and is in the journal.
    """
    with desk.ledger.reader() as connection:
        needed = [each.id for each in journal.dependents(connection, change_set)]
    done = [undo(desk, each) for each in [*needed, change_set]]
    return Changed.joined(changed for changed, _line in done), [line for _changed, line in done]


def _write(desk: Desk, action: str, undoes: str, values: dict[str, object]) -> Changed:
    try:
        with desk.units(action, undoes=undoes, **values) as unit:
            journal.undo(unit, undoes)
            changed = unit.commit()
    except IntegrityError:
        # A number that was free again has been given to another record since.
        raise ExpectedError("undo.taken") from None
    if not (changed.people or changed.households or changed.claims):  # What concerns nobody may be a setting.
        reread(desk)
    return changed
