"""What an import is compared with, in one query a table."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app.domain.clock import local_day
from db.tables import ChangeSet, Record


def live_rows(
    connection: Connection, table: type[Record], *, open_ended: bool = False, touched: bool = False
) -> Iterator[dict[str, Any]]:
    """Give the live rows of a table as mappings; of a dated table only those without an end, if asked.

    With `touched` each has `touched_on`: the local day a person last changed it by hand, else None.
    """
    columns = [
        column for column in table.__table__.c if column.name not in ("made_in", "changed_in", "voided_in")
    ]
    chosen = select(*columns).where(table.__table__.c.voided_in.is_(None))
    if open_ended:
        chosen = chosen.where(table.__table__.c.until.is_(None))
    if touched:
        last = ChangeSet.id == table.__table__.c.changed_in
        chosen = chosen.add_columns(ChangeSet.made_at, ChangeSet.action).join(ChangeSet, last)
    for found in connection.execute(chosen).mappings():
        row = dict(found)
        if touched:
            made_at = row.pop("made_at")
            row["touched_on"] = (
                None if row.pop("action") in ("import", "receive.plain") else local_day(made_at)
            )
        yield row
