"""Records that give way to others about the same person or household: what only they tell of is kept, the rest is void."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from caseworker_app.domain.kinds import BY_TABLE
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.propose import apart, propose
from db.queries import blocks, owners
from db.queries import duplicates as duplicate_queries
from db.queries import twins as queries
from db.queries.dated import live
from db.tables import (
    BOOKKEEPING,
    RECORDS,
    Claim,
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
from db.unit_of_work import UnitOfWork

_FILLS = {
    "person": ("person_no", "ethnicity", "phone", "disability", "card_holder", "card_bank", "card_number"),
    "household": ("group_name", "phone"),
}
"""Fields in which an empty value of the village's own record may be known from the one that gives way."""
_BY = {PersonAttribute: "attribute", HouseholdAttribute: "attribute"}
"""Dated values of which each attribute stands for itself."""
_SPOKEN = (Membership, PersonAttribute, Intention, HouseholdAttribute, Monitoring)
"""Of what the village's own record tells anything of, the one that gives way tells no more."""

_PUT = (Spell, PersonAttribute, Intention, HouseholdAttribute, Monitoring)
"""What an import tells of people and households beside who belongs where."""


def _void(unit: UnitOfWork, table: type[Record], rows: Sequence[Mapping[str, Any]]) -> None:
    told = [
        (
            row["id"],
            "void",
            {"voided_in": None, "changed_in": row["changed_in"]},
            {"voided_in": unit.id, "changed_in": unit.id},
        )
        for row in rows
    ]
    unit.restore(table, told)


def give_way(desk: Desk, unit: UnitOfWork, pairs: Mapping[str, str], column: str) -> None:
    """Void people, or households, for those that stand in their place.

    What only they tell of is put to the village that owns what stays; what is this level's own moves there.
    """
    if not pairs:
        return
    for name, table in queries.child_tables(column):
        rows = blocks.rows(unit.connection, select(table), table.c[column], [*pairs, *pairs.values()])
        spoken: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            own = getattr(row, column)
            if own not in pairs:
                spoken[own].append(row)
        record = RECORDS[name]
        given_up: list[Any] = []
        moved: list[Any] = []
        for row in rows:
            own = getattr(row, column)
            if own not in pairs or row.voided_in is not None:
                continue
            stands = BY_TABLE[name].owner == "village" and _told(record, row, spoken[pairs[own]])
            (given_up if stands else moved).append(row)
        if record in _PUT:
            put, moved = _put(desk, unit, record, moved, column, pairs)
            given_up += put
        _void(unit, record, [row._mapping for row in given_up])  # noqa: SLF001 - SQLAlchemy's public way
        unit.update_many(record, [(row.id, {column: pairs[getattr(row, column)]}) for row in moved])
    _fill(desk, unit, column.removesuffix("_id"), pairs)


def _put(
    desk: Desk,
    unit: UnitOfWork,
    table: type[Record],
    rows: Sequence[Any],
    column: str,
    pairs: Mapping[str, str],
) -> tuple[list[Any], list[Any]]:
    """Propose what these rows tell as new records of those that stay; return the rows put so, and the others."""
    told = [
        {
            **{name: value for name, value in row._mapping.items() if name not in BOOKKEEPING},  # noqa: SLF001 - SQLAlchemy's public way
            column: pairs[getattr(row, column)],
        }
        for row in rows
    ]
    left = set(map(id, apart(desk, unit, table, told)[0]))
    put = [row for row, each in zip(rows, told, strict=True) if id(each) not in left]
    return put, [row for row, each in zip(rows, told, strict=True) if id(each) in left]


def _told(table: type[Record], row: Any, spoken: Sequence[Any]) -> bool:  # noqa: ANN401 - a row
    """Whether the record that stays says of itself what this row is about; also what it took out counts."""
    if table is Spell:
        return any(
            duplicate_queries.same_job(each, row)
            or (each.voided_in is None and duplicate_queries.overlap(each, row))
            for each in spoken
        )
    name = _BY.get(table)
    return table in _SPOKEN and any(
        name is None or getattr(each, name) == getattr(row, name) for each in spoken
    )


def _fill(desk: Desk, unit: UnitOfWork, name: str, pairs: Mapping[str, str]) -> None:
    """Void the records, and put to the owners of those that stay what these leave empty."""
    table = RECORDS[name]
    columns = table.__table__
    rows = {
        row["id"]: row
        for row in (
            each._mapping  # noqa: SLF001 - SQLAlchemy's public way to a row's values
            for each in blocks.rows(unit.connection, select(columns), columns.c.id, {*pairs, *pairs.values()})
        )
    }
    _void(unit, table, [rows[drop] for drop in pairs])
    sent = owners.elsewhere(unit.connection, desk.scope, pairs.values())
    for drop, keep in pairs.items():
        before = dict(rows[keep])
        values = {
            field: rows[drop][field] for field in _FILLS[name] if rows[drop][field] and not before[field]
        }
        if values and keep in sent:
            propose(desk, unit, sent[keep], name, keep, before, values)
        elif values:
            unit.update(table, keep, **values)


def fold(desk: Desk, unit: UnitOfWork, homes: Mapping[str, str]) -> None:
    """Let households that nobody is left in stand no longer beside those of the same number and village."""
    found = {
        row.id: row
        for row in blocks.rows(
            unit.connection,
            select(Household.__table__).where(live(Household)),
            Household.id,
            {*homes, *homes.values()},
        )
    }
    members = (
        select(Membership.household_id)
        .join(Person, Person.id == Membership.person_id)
        .where(live(Membership), live(Person))
    )
    lived_in = {
        row.household_id for row in blocks.rows(unit.connection, members, Membership.household_id, homes)
    }
    claims = select(Claim.beneficiary).where(live(Claim))
    lived_in |= {row.beneficiary for row in blocks.rows(unit.connection, claims, Claim.beneficiary, homes)}
    empty = {
        drop: keep
        for drop, keep in homes.items()
        if drop != keep
        and drop not in lived_in
        and drop in found
        and keep in found
        and (found[drop].household_no, found[drop].village_code)
        == (found[keep].household_no, found[keep].village_code)
    }
    give_way(desk, unit, empty, "household_id")
