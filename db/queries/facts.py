"""The facts that assessment reads, in one query a table for everybody at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from caseworker_app.domain.claim import DEAD
from caseworker_app.policy.facts import Claimed, ClaimFacts, HouseholdFacts, PersonFacts, SpellFacts
from db.queries import blocks
from db.queries.dated import holds, live
from db.tables import Claim, Household, HouseholdAttribute, Membership, Monitoring, Person, Spell


def _rows(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    column: Any,  # noqa: ANN401 - a mapped column
    chosen: Sequence[str] | None,
) -> list[Any]:
    if chosen is None:
        return list(connection.execute(statement))
    return blocks.rows(connection, statement, column, chosen)


def households(connection: Connection, on: date, chosen: Sequence[str] | None = None) -> list[HouseholdFacts]:
    """Return the facts of these households (all when None) as of a day, in order of village and number."""
    kinds = {
        row.household_id: row.value
        for row in _rows(
            connection,
            select(HouseholdAttribute.household_id, HouseholdAttribute.value).where(
                HouseholdAttribute.attribute == "kind", holds(HouseholdAttribute, on)
            ),
            HouseholdAttribute.household_id,
            chosen,
        )
    }
    watched = {
        row.household_id: row
        for row in _rows(
            connection,
            select(
                Monitoring.household_id, Monitoring.kind, Monitoring.identified_on, Monitoring.resolved_on
            ).where(
                live(Monitoring), or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= on)
            ),
            Monitoring.household_id,
            chosen,
        )
    }
    family: dict[str, list[Any]] = defaultdict(list)
    for row in _rows(
        connection,
        select(Membership.household_id, Membership.relation, Person.id, Person.name, Person.identity_number)
        .join(Person, Person.id == Membership.person_id)
        .where(holds(Membership, on), live(Person))
        .order_by(Person.id),
        Membership.household_id,
        chosen,
    ):
        family[row.household_id].append(row)
    spells: dict[str, list[SpellFacts]] = defaultdict(list)
    people = None if chosen is None else [row.id for rows in family.values() for row in rows]
    for row in _rows(
        connection,
        select(
            Spell.person_id,
            Spell.id,
            Spell.started_on,
            Spell.ended_on,
            Spell.kind,
            Spell.place_code,
            Spell.wage,
        )
        .where(live(Spell), Spell.started_on <= on)
        .order_by(Spell.started_on),
        Spell.person_id,
        people,
    ):
        spells[row.person_id].append(
            SpellFacts(row.id, row.started_on, row.ended_on, row.kind, row.place_code, row.wage)
        )
    result = []
    own = select(Household.id, Household.household_no, Household.village_code).where(live(Household))
    for row in _rows(
        connection, own.order_by(Household.village_code, Household.household_no), Household.id, chosen
    ):
        rows = family.get(row.id, [])
        head = next((each.name for each in rows if each.relation == "head"), "")
        monitored = watched.get(row.id)
        result.append(
            HouseholdFacts(
                row.id,
                row.household_no,
                head,
                row.village_code,
                kinds.get(row.id, ""),
                monitored.kind if monitored else "",
                monitored.identified_on if monitored else None,
                monitored.resolved_on if monitored else None,
                tuple(
                    PersonFacts(
                        each.id, each.name, each.identity_number or "", tuple(spells.get(each.id, ()))
                    )
                    for each in rows
                ),
            )
        )
    return result


def claimed(connection: Connection) -> Claimed:
    """Return all live claims."""
    found = Claimed()
    chosen = select(
        Claim.id, Claim.number, Claim.item, Claim.cycle, Claim.beneficiary, Claim.amount, Claim.filed_on
    )
    for row in connection.execute(chosen.where(live(Claim), Claim.state.not_in(DEAD))):
        found.add(
            ClaimFacts(row.id, row.number, row.item, row.cycle, row.beneficiary, row.amount, row.filed_on)
        )
    return found


def household_of(connection: Connection, people: Sequence[str], on: date) -> dict[str, str]:
    """Return the household each person belongs to on a day."""
    statement = select(Membership.person_id, Membership.household_id).where(holds(Membership, on))
    return {
        row.person_id: row.household_id for row in _rows(connection, statement, Membership.person_id, people)
    }
