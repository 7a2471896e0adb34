"""What the pages of people and households show beside their lists: since when a fact holds, and papers' history."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app.read_models.pages import MonitoringLine
from caseworker_app.read_models.people import HistoryLine
from db import journal
from db.queries.dated import holds, live
from db.tables import Attachment, HouseholdAttribute, Monitoring, PersonAttribute


def since(
    connection: Connection, on: date, *, person: str = "", household: str = ""
) -> dict[str, date | None]:
    """Return since when each dated fact of a person, or of a household, holds."""
    table: Any = PersonAttribute if person else HouseholdAttribute
    owner = table.person_id if person else table.household_id
    chosen = select(table.attribute, table.since).where(owner == (person or household), holds(table, on))
    return {row.attribute: row.since for row in connection.execute(chosen)}


def paper_history(connection: Connection, *, person: str = "", household: str = "") -> list[HistoryLine]:
    """Return every change to the photos of a person, or of a household."""
    owner = Attachment.person_id == person if person else Attachment.household_id == household
    return journal.history(
        connection, Attachment, list(connection.execute(select(Attachment.id).where(owner)).scalars())
    )


def monitored(connection: Connection, household: str) -> list[MonitoringLine]:
    """Return the stretches in which a household was monitored, newest first."""
    chosen = (
        select(Monitoring.__table__)
        .where(Monitoring.household_id == household, live(Monitoring))
        .order_by(Monitoring.identified_on.desc(), Monitoring.id.desc())
    )
    return [
        MonitoringLine(row.id, row.kind, row.identified_on, row.resolved_on, tuple(row.risks))
        for row in connection.execute(chosen)
    ]
