"""What a level would write over its village's own records: proposed to the owner, never written."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from caseworker_app.domain import divisions
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import blocks, owners
from db.queries.dated import live
from db.states import VOIDED
from db.tables import Proposal, Record, Reply
from db.unit_of_work import UnitOfWork

Values = dict[str, Any]


def change(desk: Desk, unit: UnitOfWork, table: type[Record], changes: Sequence[tuple[str, Values]]) -> int:
    """Change records, all naming the same columns; those of a village are put to it. Return how many are put so."""
    sent = owners.elsewhere(unit.connection, desk.scope, [record for record, _values in changes])
    unit.update_many(table, [each for each in changes if each[0] not in sent])
    columns = table.__table__
    rows = {
        row.id: row._mapping  # noqa: SLF001 - SQLAlchemy's public way to a row's values
        for row in blocks.rows(unit.connection, select(columns), columns.c.id, sent)
    }
    proposed = 0
    for record, values in changes:
        if record in sent:
            before = rows[record]
            new = {name: value for name, value in values.items() if before[name] != value}
            propose(desk, unit, sent[record], table.__tablename__, record, dict(before), new)
            proposed += bool(new)
    return proposed


def take_out(desk: Desk, unit: UnitOfWork, table: type[Record], record: str) -> int:
    """Void a record, or propose that to the village that owns it; return 1 when it is put so."""
    sent = owners.elsewhere(unit.connection, desk.scope, [record])
    if record not in sent:
        unit.void(table, record)
        return 0
    propose(desk, unit, sent[record], table.__tablename__, record, {VOIDED: False}, {VOIDED: True})
    return 1


def refuse_sent(desk: Desk, unit: UnitOfWork, records: Iterable[str]) -> None:
    """Refuse what changes several records of a village at once; ExpectedError `owner.village`."""
    for village in owners.elsewhere(unit.connection, desk.scope, records).values():
        found = divisions.find(village)
        raise ExpectedError("owner.village", village=found.name if found else village)


def propose(
    desk: Desk, unit: UnitOfWork, village: str, table: str, record: str, before: Values, changed: Values
) -> None:
    """Put values of one record to its owner; one that still waits says the new value instead."""
    for field, value in changed.items():
        waiting = (
            select(Proposal.id)
            .where(live(Proposal), Proposal.record == record, Proposal.field == field)
            .where(~select(Reply.id).where(Reply.about == Proposal.id, live(Reply)).exists())
        )
        present = unit.connection.execute(waiting).scalars().first()
        if present:
            unit.update(Proposal, present, value=journal.plain(value), on=desk.today(), officer=desk.officer)
        else:
            values = {
                "village_code": village,
                "table": table,
                "record": record,
                "field": field,
                "was": journal.plain(before[field]),
                "value": journal.plain(value),
                "on": desk.today(),
                "officer": desk.officer,
            }
            unit.insert_many(Proposal, [values])
