"""What two devices of one village wrote differently, with whom it concerns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app.read_models.received import ConflictLine
from db.queries.dated import live
from db.tables import RECORDS, Claim, Conflict, Household, Membership, Person


def conflicts(
    connection: Connection, *, ids: Sequence[str] | None = None, village: str = "", decided: bool = False
) -> list[ConflictLine]:
    """Return what waits to be decided, or all, oldest first; `ids` names some."""
    chosen = select(Conflict.__table__).where(live(Conflict)).order_by(Conflict.village_code, Conflict.id)
    if ids is not None:
        chosen = chosen.where(Conflict.id.in_(ids))
    if village:
        chosen = chosen.where(Conflict.village_code.startswith(village))
    if not decided and ids is None:
        chosen = chosen.where(Conflict.decided == "")
    return [_line(connection, row) for row in connection.execute(chosen).all()]


def waiting(connection: Connection) -> int:
    """Return how many wait to be decided."""
    return len(
        connection.execute(select(Conflict.id).where(live(Conflict), Conflict.decided == "")).scalars().all()
    )


def _line(connection: Connection, row: Any) -> ConflictLine:  # noqa: ANN401 - a row
    name, household_no = _whom(connection, row.table, row.record)
    return ConflictLine(
        row.id,
        row.village_code,
        row.table,
        row.record,
        row.field,
        name,
        household_no,
        row.base,
        row.ours,
        row.theirs,
        row.written,
        row.decided,
    )


def _whom(connection: Connection, table: str, record: str) -> tuple[str, str]:
    """Return the name and the household number of whom a record concerns."""
    columns = RECORDS[table].__table__
    row = connection.execute(select(columns).where(columns.c.id == record)).mappings().one()
    person = record if table == "person" else row.get("person_id")
    household = record if table == "household" else row.get("household_id")
    claim = record if table == "claim" else row.get("claim_id")
    if claim:
        beneficiary = connection.execute(select(Claim.beneficiary).where(Claim.id == claim)).scalar_one()
        person, household = person or beneficiary, household or beneficiary
    named = connection.execute(select(Person.name).where(Person.id == person)).scalar_one_or_none()
    number = select(Household.household_no).where(Household.id == household)
    found = connection.execute(number).scalar_one_or_none()
    if found is None and person:
        home = (
            select(Household.household_no)
            .join(Membership, Membership.household_id == Household.id)
            .where(Membership.person_id == person, live(Membership))
            .order_by(Membership.until.is_(None).desc())
        )
        found = connection.execute(home.limit(1)).scalar_one_or_none()
    if named is None and household:
        head = (
            select(Person.name)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.household_id == household, Membership.relation == "head", live(Membership))
        )
        named = connection.execute(head.limit(1)).scalar_one_or_none()
    if named is None and "name" in row:
        named = row["name"]
    return named or "", found or ""
