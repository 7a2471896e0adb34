"""The keys by which people are found: the readings of their names, and their numbers from the end.

They are made from the facts and nothing else: written in the same transaction (`refresh`), made anew after
an upgrade (`rebuild`), held against the facts by `verify` (`unsound`). The readings of a name are kept once for all
who bear it; those of a name that nobody bears any more lead to nobody.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
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

_NAMES, _NUMBERS = (cast("Table", table.__table__) for table in (SearchName, SearchNumber))
_OF_NAMES = ("name", "pinyin", "initials", "given", "folded")
_OF_NUMBERS = ("person_id", "reversed")
_BLOCK = 500
_MANY = 5000

_Rows = list[tuple[str, ...]]


def _blocks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BLOCK):
        yield ids[start : start + _BLOCK]


def backwards(number: str) -> str:
    """Return a number as tails are looked up: from its end, without spaces and dashes."""
    joined = number if number.isalnum() else "".join(filter(str.isalnum, number))
    return joined[::-1].upper()[:30]


@lru_cache(20_000)
def _read(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the keys of a name, as `_OF_NAMES` says."""
    return tuple((name, *reading, pinyin.fold(reading.pinyin)) for reading in pinyin.readings(name))


def _made(connection: Connection, people: Sequence[str] | None = None) -> Iterator[tuple[set[str], _Rows]]:
    """Give the names and the keys of the numbers of these people, or of everybody, in blocks; none of voided ones."""
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
        numbered: _Rows = []
        for person, _name, number, phone in block:
            own = {backwards(each) for each in (number or "", phone, *of_heads.get(person, ()))}
            numbered += [(person, each) for each in sorted(own) if each]
        yield {row.name for row in block}, numbered


def _stored(connection: Connection, names: Sequence[str]) -> dict[str, set[tuple[str, ...]]]:
    """Return the keys that these names have."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for block in _blocks(names):
        chosen = select(*(_NAMES.c[column] for column in _OF_NAMES)).where(_NAMES.c.name.in_(block))
        for row in connection.execute(chosen):
            found.setdefault(row.name, set()).add(tuple(row))
    return found


def _unlike(connection: Connection, names: Sequence[str]) -> list[str]:
    """Return which of these names have other keys than they should, or none."""
    stored = _stored(connection, names)
    return [name for name in names if stored.get(name, set()) != set(_read(name))]


def _insert(connection: Connection, names: Iterable[str], numbered: _Rows) -> None:
    bulk.insert(connection, _NAMES, _OF_NAMES, [keys for name in names for keys in _read(name)])
    bulk.insert(connection, _NUMBERS, _OF_NUMBERS, numbered)


def refresh(connection: Connection, people: Collection[str], new: Collection[str] = ()) -> None:
    """Make the keys of these people anew; the numbers of the new ones have none yet."""
    if (
        len(people) > _MANY
        and len(people) * 2 > connection.execute(select(func.count(Person.id))).scalar_one()
    ):
        rebuild(connection)
        return
    for block in _blocks(sorted(set(people).difference(new))):
        connection.execute(delete(SearchNumber).where(SearchNumber.person_id.in_(block)))
    for block in _blocks(sorted(people)):
        for names, numbered in _made(connection, block):
            anew = _unlike(connection, sorted(names))
            connection.execute(delete(SearchName).where(SearchName.name.in_(anew)))
            _insert(connection, anew, numbered)


def rebuild(connection: Connection) -> None:
    """Make all keys anew, their indexes last: filling them key by key takes several times as long."""
    indexes = [*_NAMES.indexes, *_NUMBERS.indexes]
    for index in indexes:
        index.drop(connection)
    for table in (SearchName, SearchNumber):
        connection.execute(delete(table))
    known: set[str] = set()
    for names, numbered in _made(connection):
        _insert(connection, sorted(names - known), numbered)
        known |= names
    for index in indexes:
        index.create(connection)


def unsound(connection: Connection) -> int:
    """Return how many people have other keys than they should."""
    wrong = 0
    for block in _blocks(connection.execute(select(Person.id).order_by(Person.id)).scalars().all()):
        names: set[str] = set()
        made: _Rows = []
        for named, numbered in _made(connection, block):
            names |= named
            made += numbered
        unlike = _unlike(connection, sorted(names))
        of_names = select(Person.id).where(Person.id.in_(block), Person.name.in_(unlike), live(Person))
        differing = set(connection.execute(of_names).scalars())
        columns = [_NUMBERS.c[name] for name in _OF_NUMBERS]
        stored = sorted(
            map(tuple, connection.execute(select(*columns).where(_NUMBERS.c.person_id.in_(block))))
        )
        if stored != sorted(made):
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
