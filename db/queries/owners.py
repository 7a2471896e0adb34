"""Who owns records: what a village sent is the village's, whoever holds it."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from caseworker_app.domain import divisions
from caseworker_app.domain.kinds import BY_TABLE
from db.queries import blocks
from db.tables import Holding


def nothing_sent(connection: Connection, scope: str) -> bool:
    """Whether everything here is this level's own: a village's ledger, or one that has received nothing."""
    if len(scope) == divisions.VILLAGE:
        return True
    return connection.execute(select(Holding.record).limit(1)).first() is None


def elsewhere(connection: Connection, scope: str, records: Iterable[str]) -> dict[str, str]:
    """Return the village of each of these records that a village of this level sent, and so owns."""
    if nothing_sent(connection, scope):
        return {}
    chosen = select(Holding.record, Holding.table, Holding.village_code)
    return {
        row.record: row.village_code
        for row in blocks.rows(connection, chosen, Holding.record, records)
        if row.table in BY_TABLE and BY_TABLE[row.table].owner == "village"
    }
