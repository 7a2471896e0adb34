"""What an import is compared with, in one query a table."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from db.tables import (
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
    Record,
    Spell,
)


def live_rows(
    connection: Connection, table: type[Record], *, open_ended: bool = False
) -> Iterator[dict[str, Any]]:
    """Give the live rows of a table as mappings; of a dated table only those without an end, if asked."""
    columns = [
        column for column in table.__table__.c if column.name not in ("made_in", "changed_in", "voided_in")
    ]
    chosen = select(*columns).where(table.__table__.c.voided_in.is_(None))
    if open_ended:
        chosen = chosen.where(table.__table__.c.until.is_(None))
    for row in connection.execute(chosen).mappings():
        yield dict(row)


TABLES = (Household, HouseholdAttribute, Monitoring, Person, Membership, PersonAttribute, Spell, Intention)
