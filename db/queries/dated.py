"""What held on a day, as conditions for queries."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from db.tables import Record


def live(table: type[Record]) -> ColumnElement[bool]:
    """Rows that were not voided."""
    return table.__table__.c.voided_in.is_(None)


def holds(table: Any, on: date) -> ColumnElement[bool]:  # noqa: ANN401 - a table or its alias
    """Rows of a dated table that hold on a day; an open end reaches as far as anybody knows."""
    return and_(
        table.voided_in.is_(None),
        or_(table.since.is_(None), table.since <= on),
        or_(table.until.is_(None), table.until >= on),
    )


def under_way(table: Any, on: date) -> ColumnElement[bool]:  # noqa: ANN401 - a table or its alias
    """Spells that cover a day."""
    return and_(
        table.voided_in.is_(None), table.started_on <= on, or_(table.ended_on.is_(None), table.ended_on >= on)
    )
