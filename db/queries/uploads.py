"""Everything the monthly workbook shows of people, in one query a table."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from db.queries.dated import holds, live
from db.tables import (
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
    ServiceRecord,
    Spell,
    Upload,
)


def people(connection: Connection, on: date, village: str) -> list[Any]:
    """Return everybody of a place on a day with household and relation, in order of village and household."""
    statement = (
        select(
            Person.__table__,
            Membership.relation,
            Household.id.label("household"),
            Household.household_no,
            Household.village_code,
            Household.group_name,
            Household.phone.label("household_phone"),
        )
        .join(Membership, and_(Membership.person_id == Person.id, holds(Membership, on)))
        .join(Household, Household.id == Membership.household_id)
        .where(live(Person), Household.village_code.startswith(village))
        .order_by(Household.village_code, Household.household_no, Person.id)
    )
    return list(connection.execute(statement))


def person_attributes(connection: Connection, on: date) -> dict[str, dict[str, str]]:
    """Return what is dated of everybody on a day."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(
        select(PersonAttribute.person_id, PersonAttribute.attribute, PersonAttribute.value).where(
            holds(PersonAttribute, on)
        )
    ):
        found[row.person_id][row.attribute] = row.value
    return found


def household_kinds(connection: Connection, on: date) -> dict[str, str]:
    """Return the kind of every household on a day."""
    chosen = select(HouseholdAttribute.household_id, HouseholdAttribute.value).where(
        HouseholdAttribute.attribute == "kind", holds(HouseholdAttribute, on)
    )
    return {row.household_id: row.value for row in connection.execute(chosen)}


def monitored(connection: Connection, on: date) -> dict[str, Any]:
    """Return the monitoring of every household identified by a day."""
    chosen = select(Monitoring.__table__).where(
        live(Monitoring), or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= on)
    )
    return {row.household_id: row for row in connection.execute(chosen)}


def spells(connection: Connection, on: date) -> dict[str, list[Any]]:
    """Return everybody's jobs begun by a day, oldest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(
        select(Spell.__table__).where(live(Spell), Spell.started_on <= on).order_by(Spell.started_on)
    ):
        found[row.person_id].append(row)
    return found


def intentions(connection: Connection, on: date) -> dict[str, Any]:
    """Return what everybody wants on a day."""
    return {
        row.person_id: row
        for row in connection.execute(select(Intention.__table__).where(holds(Intention, on)))
    }


def services(connection: Connection, people_: Sequence[str], first: date, last: date) -> list[Any]:
    """Return the services to these people in a period, oldest first."""
    chosen = set(people_)
    statement = (
        select(ServiceRecord.__table__)
        .where(live(ServiceRecord), ServiceRecord.on.between(first, last))
        .order_by(ServiceRecord.on, ServiceRecord.id)
    )
    return [row for row in connection.execute(statement) if row.person_id in chosen]


def last(connection: Connection, month: str) -> Any | None:  # noqa: ANN401 - a row
    """Return the last workbook written for a month, or None."""
    chosen = select(Upload.__table__).where(live(Upload), Upload.month == month).order_by(Upload.id.desc())
    return connection.execute(chosen).first()
