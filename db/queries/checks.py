"""The data checks over the ledger: facts fetched a block of households at a time, rules applied to each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from caseworker_app.domain import findings as rules
from caseworker_app.domain.findings import Finding, Home, Job, Member, Watch
from db.queries.dated import holds, live
from db.queries.workers import Asked
from db.tables import (
    Exemption,
    Household,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
    ServiceRecord,
    Spell,
)

_BLOCK = 300


def findings(
    connection: Connection,
    asked: Asked,
    people: Sequence[str] | None = None,
    households: Sequence[str] | None = None,
) -> list[Finding]:
    """Return what does not agree on a day: of these people, of these households with their members, or of all."""
    if people is not None:
        wanted = set(people)
        own = select(Membership.household_id).where(holds(Membership, asked.on))
        households = list(
            dict.fromkeys(connection.execute(own.where(Membership.person_id.in_(people))).scalars())
        )
        return [each for each in each_finding(connection, asked, households) if each.person in wanted]
    return list(each_finding(connection, asked, households))


def homes(connection: Connection, village: str = "") -> Sequence[str]:
    """Return the ids of the households that are checked, in order of village and number."""
    chosen = select(Household.id).where(live(Household))
    if village:
        chosen = chosen.where(Household.village_code.startswith(village))
    ordered = chosen.order_by(Household.village_code, Household.household_no)
    return connection.execute(ordered).scalars().all()


def each_finding(
    connection: Connection, asked: Asked, households: Sequence[str] | None = None, village: str = ""
) -> Iterator[Finding]:
    """Give the findings of these households, all when None, in order of village and number."""
    if households is None:
        households = homes(connection, village)
    exempt = _exemptions(connection)
    for start in range(0, len(households), _BLOCK):
        for home in _homes(connection, households[start : start + _BLOCK], asked.on):
            for found in rules.examine(home, asked.on):
                explained = exempt.get(found.id)
                yield replace(found, exemption=explained[0], reason=explained[1]) if explained else found


def counts(found: Sequence[Finding]) -> dict[str, int]:
    """Return how many findings each check has, those explained left out, in the order of the checks."""
    number: dict[str, int] = defaultdict(int)
    for each in found:
        if not each.exemption:
            number[each.check] += 1
    return {code: number[code] for code in rules.checks() if code in number}


def _exemptions(connection: Connection) -> dict[str, tuple[str, str]]:
    chosen = select(
        Exemption.id,
        Exemption.check,
        Exemption.person_id,
        Exemption.household_id,
        Exemption.other,
        Exemption.reason,
    )
    return {
        f"{row.check}:{row.person_id or row.household_id}:{row.other}": (row.id, row.reason)
        for row in connection.execute(chosen.where(live(Exemption)))
    }


def _rows(connection: Connection, statement: Select[*tuple[Any, ...]]) -> Iterable[Any]:
    return connection.execute(statement).all()


def _homes(connection: Connection, block: Sequence[str], on: date) -> Iterator[Home]:
    """Give the households of a block with the facts that the rules ask for."""
    belonging = (Membership.household_id.in_(block), holds(Membership, on))
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    for person, attribute, value in _rows(
        connection,
        select(PersonAttribute.person_id, PersonAttribute.attribute, PersonAttribute.value)
        .join(Membership, Membership.person_id == PersonAttribute.person_id)
        .where(*belonging, holds(PersonAttribute, on)),
    ):
        facts[person][attribute] = value
    jobs: dict[str, list[Job]] = defaultdict(list)
    columns = (
        Spell.person_id,
        Spell.id,
        Spell.kind,
        Spell.started_on,
        Spell.ended_on,
        Spell.place_code,
        Spell.place_text,
        Spell.employer,
        Spell.industry,
        Spell.channel,
        Spell.wage,
        Spell.point_to_point,
        Spell.end_reason,
        Spell.came_home,
    )
    for person, *job in _rows(
        connection,
        select(*columns)
        .join(Membership, Membership.person_id == Spell.person_id)
        .where(*belonging, live(Spell), Spell.started_on <= on)
        .order_by(Spell.started_on, Spell.id),
    ):
        jobs[person].append(Job(*job))
    members: dict[str, list[Member]] = defaultdict(list)
    for row in _rows(
        connection,
        select(
            Membership.household_id,
            Person.id,
            Person.name,
            Membership.relation,
            Person.identity_number,
            Person.sex,
            Person.born,
            Person.phone,
        )
        .join(Person, Person.id == Membership.person_id)
        .where(*belonging, live(Person))
        .order_by(Membership.id),
    ):
        own = row[1:]
        members[row.household_id].append(Member(*(*own, facts[row.id], tuple(jobs[row.id]))))
    watches: dict[str, list[Watch]] = defaultdict(list)
    for row in _rows(
        connection,
        select(
            Monitoring.household_id,
            Monitoring.id,
            Monitoring.identified_on,
            Monitoring.resolved_on,
            Monitoring.risks,
        ).where(
            live(Monitoring),
            Monitoring.household_id.in_(block),
            or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= on),
        ),
    ):
        watches[row.household_id].append(
            Watch(row.id, row.identified_on, row.resolved_on, tuple(row.risks or ()))
        )
    last_service = (
        select(Membership.household_id, func.max(ServiceRecord.on))
        .join(ServiceRecord, ServiceRecord.person_id == Membership.person_id)
        .where(*belonging, live(ServiceRecord), ServiceRecord.on <= on)
        .group_by(Membership.household_id)
    )
    helped = {household: day for household, day in _rows(connection, last_service)}  # noqa: C416 - rows, not pairs
    own_columns = (Household.id, Household.household_no, Household.village_code, Household.phone)
    homes: dict[str, Any] = {
        row.id: row for row in _rows(connection, select(*own_columns).where(Household.id.in_(block)))
    }
    for household in block:
        if household in homes:
            family, watched = tuple(members[household]), tuple(watches[household])
            yield Home(*(*homes[household], family, watched, helped.get(household)))
