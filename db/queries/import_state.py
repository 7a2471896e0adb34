"""What an import is compared with, in one query a table."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app.domain.clock import local_day
from db.tables import ChangeSet, Record


def live_rows(
    connection: Connection, table: type[Record], *, open_ended: bool = False, touched: bool = False
) -> Iterator[dict[str, Any]]:
    """Give the live rows of a table as mappings; of a dated table only those without an end, if asked.

    With `touched` each has `touched_on`: the local day a person last changed it by hand, or where an export or what
    its village sent did (`imported`) the day of that, None where nobody knows.
    """
    columns = [
        column for column in table.__table__.c if column.name not in ("made_in", "changed_in", "voided_in")
    ]
    chosen = select(*columns).where(table.__table__.c.voided_in.is_(None))
    if open_ended:
        chosen = chosen.where(table.__table__.c.until.is_(None))
    exports = _exports(connection) if touched else {}
    if touched:
        changed_in = table.__table__.c.changed_in
        chosen = chosen.add_columns(changed_in.label("touched_in"), ChangeSet.made_at, ChangeSet.action).join(
            ChangeSet, ChangeSet.id == changed_in
        )
    for found in connection.execute(chosen).mappings():
        row = dict(found)
        if touched:
            made_in, made_at = row.pop("touched_in"), row.pop("made_at")
            action = row.pop("action")
            row["imported"] = action in ("import", "receive.plain", "receive.file")
            row["touched_on"] = (
                exports.get(made_in) if action in ("import", "receive.plain") else local_day(made_at)
            )
        yield row


def _exports(connection: Connection) -> dict[str, date]:
    """Return the day of the export by the change set that took it."""
    chosen = select(ChangeSet.id, ChangeSet.values).where(ChangeSet.action == "import")
    return {
        row.id: date.fromisoformat(row.values["exported"])
        for row in connection.execute(chosen)
        if "exported" in row.values
    }
