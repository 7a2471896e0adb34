"""Records of one identity number that are surely one person, by what they say and by who owns them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select

from caseworker_app.domain import identity
from caseworker_app.domain.kinds import BY_TABLE
from caseworker_app.read_models.duplicates import Comparison, Difference, LeftPair, Side, Sure, SurePair
from db.queries import blocks, owners
from db.queries.dated import live
from db.queries.duplicates import apart, compare, sides
from db.tables import RECORDS, Change, ChangeSet, Claim, Membership, Person

_NOT_BY_HAND = ("import", "person.take_over", "person.merge_sure")


def child_tables(column: str) -> list[tuple[str, Table]]:
    """Return the tables whose rows name a person or household in this column."""
    return [
        (name, cast("Table", table.__table__))
        for name, table in RECORDS.items()
        if column in table.__table__.c
    ]


def _not_by_hand(connection: Connection) -> set[str]:
    """Return the change sets by which nobody entered anything: imports, records that gave way, and what took those back."""
    chosen = select(ChangeSet.id, ChangeSet.action, ChangeSet.values["of"].as_string().label("of"))
    return {
        row.id
        for row in connection.execute(chosen)
        if (row.of if row.action in ("undo", "redo") else row.action) in _NOT_BY_HAND
    }


def _only_imported(connection: Connection, scope: str, column: str, whose: Collection[str]) -> set[str]:
    """Return the people, or households, of whom all that is recorded came in by imports made here, untouched since."""
    imports = _not_by_hand(connection)
    told: dict[str, str] = {}
    """Whose each record is."""
    by_hand: set[str] = set()
    own = RECORDS[column.removesuffix("_id")].__table__
    for name, table in (*child_tables(column), ("", own)):
        if name and BY_TABLE[name].owner != "village":
            continue
        key = table.c[column] if name else table.c.id
        chosen = select(
            table.c.id, key.label("whose"), table.c.made_in, table.c.changed_in, table.c.voided_in
        )
        for row in blocks.rows(connection, chosen, key, whose):
            told[row.id] = row.whose
            if not {row.made_in, row.changed_in, row.voided_in or row.made_in} <= imports:
                by_hand.add(row.whose)
    changes = select(Change.record, Change.change_set)
    for row in blocks.rows(connection, changes, Change.record, told):
        if row.change_set not in imports:
            by_hand.add(told[row.record])
    claims = select(Claim.beneficiary).where(live(Claim))
    by_hand.update(row.beneficiary for row in blocks.rows(connection, claims, Claim.beneficiary, whose))
    sent = owners.elsewhere(connection, scope, [*told, *whose])
    by_hand.update(told[record] for record in sent)
    return set(whose) - by_hand


def _groups(connection: Connection, people: Collection[str] | None) -> list[list[Any]]:
    """Return the live people who share a sound identity number; those only that one of `people` shares, if told."""
    columns = (Person.id, Person.name, Person.identity_number)
    if people is None:
        repeated = (
            select(Person.identity_number)
            .where(live(Person), Person.identity_number.is_not(None))
            .group_by(Person.identity_number)
            .having(func.count() > 1)
        )
        rows: Iterable[Any] = connection.execute(
            select(*columns).where(live(Person), Person.identity_number.in_(repeated))
        )
    else:
        own = blocks.rows(connection, select(Person.identity_number), Person.id, people)
        numbers = {row.identity_number for row in own if row.identity_number}
        rows = blocks.rows(connection, select(*columns).where(live(Person)), Person.identity_number, numbers)
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.identity_number].append(row)
    found = [
        sorted(each, key=lambda row: str(row.id)) for number, each in sorted(groups.items()) if _sound(number)
    ]
    return [each for each in found if len(each) > 1]


def _sound(number: str) -> bool:
    try:
        identity.parse(number)
    except ValueError:
        return False
    return len(number) == 18 and not number.endswith("000")


_NUMBERS = {"person": "identity_number", "household": "household_no"}


def standing(connection: Connection, received: Iterable[tuple[str, str]]) -> int:
    """Return how many of these received records (table, id) share their number with another that stands."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for name, record in received:
        by_table[name].append(record)
    waiting = len(by_table.pop("claim", ()))
    for name, records in by_table.items():
        table = RECORDS[name].__table__
        number = table.c[_NUMBERS[name]].label("number")
        numbers = {
            row.id: row.number
            for row in blocks.rows(connection, select(table.c.id, number), table.c.id, records)
        }
        alive = select(table.c.id, number).where(table.c.voided_in.is_(None))
        stand: dict[str, set[str]] = defaultdict(set)
        for row in blocks.rows(connection, alive, table.c[_NUMBERS[name]], numbers.values()):
            stand[row.number].add(row.id)
        waiting += sum(bool(stand[numbers[record]] - {record}) for record in records)
    return waiting


def contradicting(found: Comparison) -> tuple[Difference, ...]:
    """Return the fields in which one of two records contradicts the other; two records of one household do not."""
    return tuple(each for each in found.differences if not each.taken and each.field != "household")


def sure(connection: Connection, scope: str, on: date, people: Collection[str] | None = None) -> Sure:
    """Return which people of one number are surely one, and which a person has to look at; of some only if told.

    Surely one are two records of one sound identity number, name and village: when what was only imported here meets
    what the village itself sent, or when both belong to the same household and nothing in them contradicts.
    """
    groups = _groups(connection, people)
    ids = [row.id for group in groups for row in group]
    who, sent, told_apart = (
        sides(connection, ids, on),
        owners.elsewhere(connection, scope, ids),
        apart(connection),
    )
    ours = [each for each in ids if each not in sent]
    imported = _only_imported(connection, scope, "person_id", ours)
    homes = {who[each].household for each in ours if who[each].household}
    homes -= owners.elsewhere(connection, scope, homes).keys()
    home_imported = _only_imported(connection, scope, "household_id", homes)
    claims = select(Claim.beneficiary).where(live(Claim))
    claimed = {row.beneficiary for row in blocks.rows(connection, claims, Claim.beneficiary, ids)}
    pairs: list[SurePair] = []
    left: list[LeftPair] = []
    for group in groups:
        if any((one.id, other.id) in told_apart for one in group for other in group if one is not other):
            continue
        # Whom the village sent stays, else who is here longer.
        first, second, *more = (
            who[row.id] for row in sorted(group, key=lambda row: (row.id not in sent, row.id))
        )
        gives_way = (
            first.id in sent
            and second.id in imported
            and (second.household in home_imported or second.household == first.household)
        )
        both_claimed = {first.id, second.id} <= claimed
        why, fields = _left(connection, first, second, on, gives_way=gives_way, both_claimed=both_claimed)
        if more:
            why, fields = "several", ()
        if why:
            left.append(LeftPair(first, second, why, fields))
        else:
            pairs.append(SurePair(first, second, gives_way))
    return _whole_households(connection, pairs, left)


def _left(
    connection: Connection, first: Side, second: Side, on: date, *, gives_way: bool, both_claimed: bool
) -> tuple[str, tuple[Difference, ...]]:
    """Return why two records are left for a person's eye, '' when they are surely one."""
    if first.name != second.name:
        return "name", ()
    if not first.village_code or first.village_code != second.village_code:
        return "village", ()
    if gives_way:
        return "", ()
    if (first.household_no, first.relation) != (second.household_no, second.relation):
        return "household", ()
    if both_claimed:
        return "claims", ()
    compared = compare(connection, first.id, second.id, on)
    fields = contradicting(compared) if compared else ()
    return ("differs", fields) if fields else ("", ())


def _whole_households(connection: Connection, pairs: list[SurePair], left: list[LeftPair]) -> Sure:
    """Leave the head of a household of whom others are to be looked at: it would have none."""
    dropped = {pair.drop.id for pair in pairs}
    homes = {pair.drop.household for pair in pairs if pair.drop.household != pair.keep.household}
    members = (
        select(Membership.household_id, Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(live(Membership), live(Person))
    )
    others = {
        row.household_id
        for row in blocks.rows(connection, members, Membership.household_id, homes)
        if row.person_id not in dropped
    }
    kept = []
    for pair in pairs:
        if pair.drop.relation == "head" and pair.drop.household in others:
            left.append(LeftPair(pair.keep, pair.drop, "head"))
        else:
            kept.append(pair)
    return Sure(tuple(kept), tuple(left))
