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

_TABLES: dict[type[SearchName] | type[SearchNumber], tuple[str, ...]] = {
    SearchName: ("person_id", "pinyin", "initials", "given", "folded"),
    SearchNumber: ("person_id", "reversed"),
}
_BLOCK = 500
_MANY = 5000

_Keys = tuple[list[tuple[str, ...]], list[tuple[str, ...]]]
"""Rows of names and of numbers, as `_TABLES` says."""


def _blocks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BLOCK):
        yield ids[start : start + _BLOCK]


def backwards(number: str) -> str:
    """Return a number as tails are looked up: from its end, without spaces and dashes."""
    joined = number if number.isalnum() else "".join(filter(str.isalnum, number))
    return joined[::-1].upper()[:30]


@lru_cache(20_000)
def _read(name: str) -> tuple[tuple[str, str, str, str], ...]:
    """Return the keys of a name; names repeat."""
    return tuple((*reading, pinyin.fold(reading.pinyin)) for reading in pinyin.readings(name))


def _made(connection: Connection, people: Sequence[str] | None = None) -> Iterator[_Keys]:
    """Give the keys of these people, or of everybody, in blocks; none for those who are voided."""
    persons = select(Person.id, Person.name, Person.identity_number, Person.phone).where(live(Person))
    heads = (
        select(Membership.person_id, Household.phone)
        .join(Household, Household.id == Membership.household_id)
        .where(Membership.relation == "head", Household.phone != "", live(Membership), live(Household))
    )
    if people is not None:
        persons = persons.where(Person.id.in_(people))
        heads = heads.where(Membership.person_id.in_(people))
    of_heads: dict[str, list[str]] = {}
    for person, phone in connection.execute(heads):
        of_heads.setdefault(person, []).append(phone)
    for block in connection.execute(persons).partitions(_MANY):
        named: list[tuple[str, ...]] = []
        numbered: list[tuple[str, ...]] = []
        for person, name, number, phone in block:
            named += [(person, *keys) for keys in _read(name)]
            own = {backwards(each) for each in (number or "", phone, *of_heads.get(person, ()))}
            numbered += [(person, each) for each in sorted(own) if each]
        yield named, numbered


def _write(connection: Connection, people: Sequence[str] | None = None) -> None:
    for made in _made(connection, people):
        for (table, names), keys in zip(_TABLES.items(), made, strict=True):
            bulk.insert(connection, cast("Table", table.__table__), names, keys)


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
    for block in _blocks(sorted(people)):
        _write(connection, block)


def rebuild(connection: Connection) -> None:
    """Make all keys anew, their indexes last: filling them key by key takes several times as long."""
    indexes = [index for table in _TABLES for index in table.metadata.tables[table.__tablename__].indexes]
    for index in indexes:
        index.drop(connection)
    for table in _TABLES:
        connection.execute(delete(table))
    _write(connection)
    for index in indexes:
        index.create(connection)


def unsound(connection: Connection) -> int:
    """Return how many people have other keys than they should."""
    wrong = 0
    for block in _blocks(connection.execute(select(Person.id).order_by(Person.id)).scalars().all()):
        differing: set[str] = set()
        made: _Keys = ([], [])
        for named, numbered in _made(connection, block):
            made[0].extend(named)
            made[1].extend(numbered)
        for (table, names), keys in zip(_TABLES.items(), made, strict=True):
            columns = [table.__table__.c[name] for name in names]
            stored = sorted(
                map(tuple, connection.execute(select(*columns).where(table.person_id.in_(block))))
            )
            if stored != sorted(keys):
                differing |= {row[0] for row in set(stored) ^ set(keys)} or {"twice"}
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
