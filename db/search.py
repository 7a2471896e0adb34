"""The keys by which people are found: the readings of their names, and their numbers from the end.

They are made from the facts and nothing else: written in the same transaction (`refresh`), made anew after
an upgrade (`rebuild`), held against the facts by `verify` (`unsound`).
"""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import cast

from sqlalchemy import Connection, Table, delete, func, select

from caseworker_app.domain import pinyin
from db import bulk
from db.queries.dated import live
from db.tables import Household, Membership, Person, SearchName, SearchNumber

DEPEND_ON = {
    "person": frozenset({"name", "identity_number", "phone"}),
    "membership": frozenset({"person_id", "household_id", "relation"}),
    "household": frozenset({"phone"}),
}
"""The fields that decide how somebody is found; a household's phone leads to its head."""

Keys = list[dict[str, str]]
_TABLES: tuple[type[SearchName] | type[SearchNumber], ...] = (SearchName, SearchNumber)
_BLOCK = 500
_MANY = 5000


def _blocks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BLOCK):
        yield ids[start : start + _BLOCK]


def backwards(number: str) -> str:
    """Return a number as tails are looked up: from its end, without spaces and dashes."""
    joined = number if number.isalnum() else "".join(filter(str.isalnum, number))
    return joined[::-1].upper()[:30]


@lru_cache(20_000)
def _read(name: str) -> tuple[dict[str, str], ...]:
    """Return the keys of a name; names repeat."""
    return tuple(
        {
            "pinyin": reading.pinyin,
            "initials": reading.initials,
            "given": reading.given,
            "folded": pinyin.fold(reading.pinyin),
        }
        for reading in pinyin.readings(name)
    )


def _made(connection: Connection, people: Sequence[str]) -> tuple[Keys, Keys]:
    """Return the keys of these people, names and numbers; none for those who are voided."""
    persons = connection.execute(
        select(Person.id, Person.name, Person.identity_number, Person.phone).where(
            Person.id.in_(people), live(Person)
        )
    ).all()
    numbers = {row.id: {row.identity_number or "", row.phone} for row in persons}
    heads = (
        select(Membership.person_id, Household.phone)
        .join(Household, Household.id == Membership.household_id)
        .where(Membership.person_id.in_(people), Membership.relation == "head", Household.phone != "")
        .where(live(Membership), live(Household))
    )
    for person, phone in connection.execute(heads):
        if person in numbers:
            numbers[person].add(phone)
    named = [{"person_id": row.id, **keys} for row in persons for keys in _read(row.name)]
    numbered = [
        {"person_id": person, "reversed": each}
        for person, own in numbers.items()
        for each in sorted({backwards(number) for number in own} - {""})
    ]
    return named, numbered


def _write(connection: Connection, people: Sequence[str]) -> None:
    for block in _blocks(people):
        for table, keys in zip(_TABLES, _made(connection, block), strict=True):
            bulk.insert_rows(connection, cast("Table", table.__table__), keys)


def refresh(connection: Connection, people: Collection[str], new: Collection[str] = ()) -> None:
    """Make the keys of these people anew; the new ones have none yet."""
    if (
        len(people) > _MANY
        and len(people) * 2 > connection.execute(select(func.count(Person.id))).scalar_one()
    ):
        rebuild(connection)
        return
    for block in _blocks(sorted(set(people).difference(new))):
        for table in _TABLES:
            connection.execute(delete(table).where(table.person_id.in_(block)))
    _write(connection, sorted(people))


def rebuild(connection: Connection) -> None:
    """Make all keys anew, their indexes last: filling them key by key takes several times as long."""
    indexes = [index for table in _TABLES for index in table.metadata.tables[table.__tablename__].indexes]
    for index in indexes:
        index.drop(connection)
    for table in _TABLES:
        connection.execute(delete(table))
    _write(connection, connection.execute(select(Person.id).order_by(Person.id)).scalars().all())
    for index in indexes:
        index.create(connection)


def unsound(connection: Connection) -> int:
    """Return how many people have other keys than they should."""
    wrong = 0
    for block in _blocks(connection.execute(select(Person.id).order_by(Person.id)).scalars().all()):
        differing: set[str] = set()
        for table, keys in zip(_TABLES, _made(connection, block), strict=True):
            columns = [column for column in table.__table__.c if column.name != "id"]
            stored = sorted(
                map(tuple, connection.execute(select(*columns).where(table.person_id.in_(block))))
            )
            made = sorted(tuple(each[column.name] for column in columns) for each in keys)
            if stored != made:
                differing |= {row[0] for row in set(stored) ^ set(made)} or {"twice"}
        wrong += len(differing)
    return wrong


def heads(connection: Connection, households: Collection[str]) -> set[str]:
    """Return who is or was head of these households, and so is found by their phone."""
    found: set[str] = set()
    for block in _blocks(sorted(households)):
        found.update(
            connection.execute(
                select(Membership.person_id).where(
                    Membership.household_id.in_(block), Membership.relation == "head", live(Membership)
                )
            ).scalars()
        )
    return found
