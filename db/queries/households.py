"""The list of households for any day and the page of one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from caseworker_app.domain.worker import is_worker
from caseworker_app.read_models.households import HouseholdPage, HouseholdRow
from db import journal
from db.queries import blocks, columns
from db.queries.dated import holds, live
from db.queries.workers import LISTS, Asked, _attributes, _spells, in_work, members, situation
from db.tables import Household, HouseholdAttribute, Membership, Monitoring, Person

KINDS = ("all", "lifted_out", "monitored", "no-worker")
"""`no-worker` has workers, and nobody in work."""


def _nobody_works(asked: Asked) -> ColumnElement[bool]:
    """Have a worker among the members, and nobody in work."""
    members = (Membership.person_id == Person.id, live(Person), holds(Membership, asked.on))
    working = select(Membership.household_id).join(Person, members[0]).where(*members[1:], in_work(asked))
    worker = exists().where(Membership.household_id == Household.id, *members, LISTS["workers"](asked))
    return and_(Household.id.not_in(working), worker)


def _chosen(
    asked: Asked, text: str, village: str, kind: str, filters: Sequence[columns.Filter] = ()
) -> Select[str]:
    lived_in = exists().where(Membership.household_id == Household.id, holds(Membership, asked.on))
    narrowed = columns.conditions(columns.HOUSEHOLDS, filters, asked)
    chosen = select(Household.id).where(live(Household), lived_in, *narrowed)
    if village:
        chosen = chosen.where(Household.village_code.startswith(village))
    if kind == "lifted_out":
        chosen = chosen.where(
            Household.id.in_(
                select(HouseholdAttribute.household_id).where(
                    HouseholdAttribute.attribute == "kind",
                    HouseholdAttribute.value == "lifted_out",
                    holds(HouseholdAttribute, asked.on),
                )
            )
        )
    if kind == "monitored":
        chosen = chosen.where(
            Household.id.in_(
                select(Monitoring.household_id).where(
                    live(Monitoring),
                    or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= asked.on),
                    or_(Monitoring.resolved_on.is_(None), Monitoring.resolved_on > asked.on),
                )
            )
        )
    if kind == "no-worker":
        chosen = chosen.where(_nobody_works(asked))
    if text:
        named = (
            select(Membership.household_id)
            .join(Person, Person.id == Membership.person_id)
            .where(
                holds(Membership, asked.on),
                live(Person),
                or_(
                    Person.name.contains(text, autoescape=True),
                    Person.identity_number.endswith(text, autoescape=True),
                ),
            )
        )
        chosen = chosen.where(
            or_(Household.household_no.contains(text, autoescape=True), Household.id.in_(named))
        )
    return chosen


def ids(
    connection: Connection,
    asked: Asked,
    *,
    text: str = "",
    village: str = "",
    kind: str = "all",
    filters: Sequence[columns.Filter] = (),
    order: Sequence[columns.Sort] = (),
) -> list[str]:
    """Return the ids of the households that somebody lives in, by village and number unless ordered; `kind` is one of `KINDS`."""
    by = columns.ordering(columns.HOUSEHOLDS, order, asked)
    chosen = _chosen(asked, text, village, kind, filters)
    ordered = chosen.order_by(*by, Household.village_code, Household.household_no)
    return list(connection.execute(ordered).scalars())


def values(
    connection: Connection,
    kind: str,
    asked: Asked,
    column: str,
    *,
    text: str = "",
    filters: Sequence[columns.Filter] = (),
) -> dict[str, int]:
    """Return the values of a column on a list with how many have each, as the other filters leave it."""
    others = [each for each in filters if each.column != column]
    chosen = _chosen(asked, text, "", kind, others)
    return columns.tally(connection, columns.HOUSEHOLDS, column, chosen, asked)


def numbers(connection: Connection, households: Sequence[str]) -> dict[str, str]:
    """Return the ids of these households by their numbers."""
    found = blocks.rows(connection, select(Household.household_no, Household.id), Household.id, households)
    return {row.household_no: row.id for row in found}


def count(connection: Connection) -> int:
    """Return how many households there are."""
    return int(
        connection.execute(select(func.count()).select_from(Household).where(live(Household))).scalar_one()
    )


def rows(connection: Connection, households: Sequence[str], asked: Asked) -> list[HouseholdRow]:
    """Return the lines of these households in the order given."""
    own = {
        row.id: row for row in blocks.rows(connection, select(Household.__table__), Household.id, households)
    }
    kinds = {
        row.household_id: row.value
        for row in blocks.rows(
            connection,
            select(HouseholdAttribute.household_id, HouseholdAttribute.value).where(
                HouseholdAttribute.attribute == "kind", holds(HouseholdAttribute, asked.on)
            ),
            HouseholdAttribute.household_id,
            households,
        )
    }
    monitored = {
        row.household_id: row
        for row in blocks.rows(
            connection,
            select(Monitoring.__table__).where(
                live(Monitoring),
                or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= asked.on),
            ),
            Monitoring.household_id,
            households,
        )
    }
    people: dict[str, list[Any]] = {}
    statement = (
        select(
            Membership.household_id,
            Membership.relation,
            Person.id,
            Person.name,
            Person.identity_number,
            Person.born,
        )
        .join(Person, and_(Person.id == Membership.person_id, live(Person)))
        .where(holds(Membership, asked.on))
    )
    for row in blocks.rows(connection, statement, Membership.household_id, households):
        people.setdefault(row.household_id, []).append(row)
    everybody = [row.id for family in people.values() for row in family]
    attributes, spells = _attributes(connection, everybody, asked.on), _spells(connection, everybody)
    lines = []
    for household in households:
        family = people.get(household, [])
        situations = [situation(row.born, attributes[row.id], spells[row.id], asked.on) for row in family]
        head = next((row for row in family if row.relation == "head"), None)
        watched = monitored.get(household)
        lines.append(
            HouseholdRow(
                household,
                own[household].household_no,
                own[household].village_code,
                own[household].group_name,
                head.name if head else "",
                (head.identity_number or "") if head else "",
                kinds.get(household, ""),
                watched.kind if watched else "",
                watched.resolved_on if watched else None,
                len(family),
                sum(is_worker(each, asked.on, asked.ages) for each in situations),
                sum(each.working for each in situations),
                own[household].phone,
            )
        )
    return lines


def page(connection: Connection, household: str, asked: Asked) -> HouseholdPage:
    """Return everything known of a household on a day, with the history of every field."""
    watched = connection.execute(
        select(Monitoring.__table__).where(Monitoring.household_id == household, live(Monitoring))
    ).first()
    relocated = connection.execute(
        select(HouseholdAttribute.value).where(
            HouseholdAttribute.household_id == household,
            HouseholdAttribute.attribute == "relocated",
            holds(HouseholdAttribute, asked.on),
        )
    ).scalar_one_or_none()
    history = journal.history(connection, Household, [household])
    for table in (HouseholdAttribute, Monitoring, Membership):
        records = list(
            connection.execute(
                select(table.__table__.c.id).where(table.__table__.c.household_id == household)
            ).scalars()
        )
        history += journal.history(connection, table, records)
    return HouseholdPage(
        rows(connection, [household], asked)[0],
        watched.identified_on if watched else None,
        tuple(watched.risks) if watched else (),
        relocated == "yes",
        members(connection, household, asked),
        tuple(sorted(history, key=lambda line: line.made_at, reverse=True)),
    )


def by_number(connection: Connection, household_no: str) -> str | None:
    """Return the id of the household with this number."""
    return connection.execute(
        select(Household.id).where(live(Household), Household.household_no == household_no)
    ).scalar_one_or_none()
