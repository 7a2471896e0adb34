"""Rosters, and what their papers say of the people on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.orm import aliased

from caseworker_app.domain.claim import DEAD
from caseworker_app.read_models.claims import RosterRow
from db.queries import blocks
from db.queries.dated import holds, live
from db.tables import Claim, Household, HouseholdAttribute, Membership, Monitoring, Person, Roster, Spell


def rows(connection: Connection) -> list[RosterRow]:
    """Return all rosters, newest first."""
    chosen = select(Roster.__table__).where(live(Roster)).order_by(Roster.made_on.desc(), Roster.id.desc())
    return [_row(row) for row in connection.execute(chosen)]


def by_number(connection: Connection, number: str) -> RosterRow | None:
    """Return the roster of this number."""
    chosen = select(Roster.__table__).where(live(Roster), Roster.number == number)
    row = connection.execute(chosen).one_or_none()
    return _row(row) if row else None


def _row(row: Any) -> RosterRow:  # noqa: ANN401 - a row
    return RosterRow(
        row.id,
        row.number,
        row.item,
        row.cycle,
        row.round,
        row.village_code,
        row.made_on,
        tuple(row.claims),
    )


def numbers_like(connection: Connection, prefix: str) -> list[str]:
    """Return all numbers ever given that begin so, voided ones too."""
    return list(connection.execute(select(Roster.number).where(Roster.number.startswith(prefix))).scalars())


def candidates(connection: Connection, item: str, cycle: str) -> list[str]:
    """Return the ids of live claims of an item and cycle in the order of their numbers."""
    chosen = (
        select(Claim.id)
        .where(live(Claim), Claim.item == item, Claim.cycle == cycle, Claim.state.not_in({*DEAD, "paid"}))
        .order_by(Claim.number)
    )
    return list(connection.execute(chosen).scalars())


def numbers(connection: Connection, claims: Iterable[str]) -> list[str]:
    """Return the numbers of claims in the order given."""
    ids = list(claims)
    found = {
        row.id: row.number
        for row in blocks.rows(connection, select(Claim.id, Claim.number).where(live(Claim)), Claim.id, ids)
    }
    return [found[claim] for claim in ids if claim in found]


def claims(connection: Connection, ids: Iterable[str]) -> list[Any]:
    """Return claims as stored, in the order given."""
    wanted = list(ids)
    found = {row.id: row for row in blocks.rows(connection, select(Claim.__table__), Claim.id, wanted)}
    return [found[claim] for claim in wanted if claim in found]


def payable(connection: Connection, identities: Iterable[str]) -> dict[str, list[str]]:
    """Return by identity number (of a household, its head's) the claims that are not dead and have gone up."""
    people = {
        row.id: row.identity_number
        for row in blocks.rows(
            connection,
            select(Person.id, Person.identity_number).where(live(Person)),
            Person.identity_number,
            identities,
        )
    }
    headed = select(Membership.household_id, Membership.person_id).where(
        Membership.relation == "head", live(Membership)
    )
    whose = people | {
        row.household_id: people[row.person_id]
        for row in blocks.rows(connection, headed, Membership.person_id, people)
    }
    chosen = select(Claim.beneficiary, Claim.number).where(
        live(Claim), Claim.state.not_in({*DEAD, "draft", "village_checked", "village_publicised"})
    )
    found: dict[str, list[str]] = {}
    for row in blocks.rows(connection, chosen, Claim.beneficiary, whose):
        found.setdefault(whose[row.beneficiary], []).append(row.number)
    return found


def villages(connection: Connection, household_nos: Iterable[str]) -> dict[str, str]:
    """Return the village of households, by their numbers."""
    chosen = select(Household.household_no, Household.village_code).where(live(Household))
    found = blocks.rows(connection, chosen, Household.household_no, household_nos)
    return {row.household_no: row.village_code for row in found}


def spells(connection: Connection, ids: Iterable[str]) -> dict[str, Any]:
    """Return jobs as stored, by id."""
    return {row.id: row for row in blocks.rows(connection, select(Spell.__table__), Spell.id, ids)}


@dataclass(frozen=True, slots=True)
class Whose:
    """What papers say of somebody: of a household, its head."""

    person: str
    name: str
    identity_number: str
    sex: str
    born: date | None
    phone: str
    card_holder: str
    card_bank: str
    card_number: str
    relation: str
    household: str
    household_no: str
    village_code: str
    group: str
    head: str
    household_kind: str
    monitored_kind: str


def whose(connection: Connection, beneficiaries: Iterable[str], on: date) -> dict[str, Whose]:
    """Return by person, or by household, what papers say of them on a day."""
    headship, head, kind, monitored = (
        aliased(Membership),
        aliased(Person),
        aliased(HouseholdAttribute),
        aliased(Monitoring),
    )
    chosen = (
        select(
            Person.id,
            Person.name,
            Person.identity_number,
            Person.sex,
            Person.born,
            Person.phone,
            Person.card_holder,
            Person.card_bank,
            Person.card_number,
            Membership.relation,
            Household.id.label("household"),
            Household.household_no,
            Household.village_code,
            Household.group_name,
            head.name.label("head"),
            kind.value.label("kind"),
            monitored.kind.label("monitored"),
        )
        .join(Membership, and_(Membership.person_id == Person.id, holds(Membership, on)))
        .join(Household, Household.id == Membership.household_id)
        .outerjoin(
            headship,
            and_(headship.household_id == Household.id, headship.relation == "head", holds(headship, on)),
        )
        .outerjoin(head, head.id == headship.person_id)
        .outerjoin(kind, and_(kind.household_id == Household.id, kind.attribute == "kind", holds(kind, on)))
        .outerjoin(
            monitored,
            and_(
                monitored.household_id == Household.id,
                monitored.voided_in.is_(None),
                or_(monitored.identified_on.is_(None), monitored.identified_on <= on),
                or_(monitored.resolved_on.is_(None), monitored.resolved_on > on),
            ),
        )
        .where(live(Person))
    )
    ids = list(beneficiaries)
    found: dict[str, Whose] = {}
    for row in blocks.rows(connection, chosen, Person.id, ids):
        found[row.id] = _whose(row)
    heads = chosen.where(Membership.relation == "head")
    for row in blocks.rows(connection, heads, Household.id, [each for each in ids if each not in found]):
        found[row.household] = _whose(row)
    return found


def _whose(row: Any) -> Whose:  # noqa: ANN401 - a row
    return Whose(
        row.id,
        row.name,
        row.identity_number or "",
        row.sex,
        row.born,
        row.phone,
        row.card_holder,
        row.card_bank,
        row.card_number,
        row.relation,
        row.household,
        row.household_no,
        row.village_code,
        row.group_name,
        row.head or "",
        row.kind or "",
        row.monitored or "",
    )
