"""What a level would write over its village's own records: proposed to the owner, never written."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app.domain.kinds import BY_TABLE
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import blocks
from db.queries.dated import live
from db.tables import Holding, Proposal, Reply
from db.unit_of_work import UnitOfWork

Values = dict[str, Any]
_VILLAGE = 12


def owned_elsewhere(connection: Connection, scope: str, records: Iterable[str]) -> dict[str, str]:
    """Return the village of each of these records that a village of this level sent, and so owns."""
    if len(scope) == _VILLAGE:
        return {}
    chosen = select(Holding.record, Holding.table, Holding.village_code)
    return {
        row.record: row.village_code
        for row in blocks.rows(connection, chosen, Holding.record, records)
        if row.table in BY_TABLE and BY_TABLE[row.table].owner == "village"
    }


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
