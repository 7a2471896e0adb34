"""What a ledger holds for a place, with where each field comes from: read from the records and the journal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Table, literal, or_, select
from sqlalchemy.sql.selectable import Select

from caseworker_app.domain import lines
from caseworker_app.domain.kinds import BY_TABLE, KINDS, Kind
from caseworker_app.domain.lines import Dot, Head, Heads, Line, Origin, State
from db.tables import (
    BOOKKEEPING,
    RECORDS,
    Change,
    ChangeSet,
    Claim,
    ComparisonResult,
    Conflict,
    Holding,
    Household,
    Membership,
    Received,
)

VOIDED = "voided"
_BLOCK = 500
_WINDOW = 4000
_SIGNED = 200
_GIVING_WAY = frozenset({"head_count", "wage", "roster"})
"""Tables of which one record may give way to another of its key: that it stands is then no fact of its own."""
Where = ColumnElement[bool] | None


@dataclass(slots=True)
class Journal:
    """The change sets of this ledger: the dot and place of each, and how far each device came."""

    dots: dict[str, tuple[Dot, int]] = field(default_factory=dict)
    heads: Heads = field(default_factory=dict)


def read_journal(connection: Connection) -> Journal:
    """Return every change set's dot, and of each device its last serial with the trail before it."""
    found = Journal()
    chains: dict[str, list[tuple[int, str]]] = defaultdict(list)
    signed: dict[str, list[list[Any]]] = defaultdict(list)
    chosen = select(
        ChangeSet.id,
        ChangeSet.device,
        ChangeSet.serial,
        ChangeSet.position,
        ChangeSet.chain,
        ChangeSet.officer,
        ChangeSet.made_at,
    )
    for row in connection.execute(chosen.order_by(ChangeSet.position)):
        found.dots[row.id] = ((row.device, row.serial), row.position)
        chains[row.device].append((row.serial, row.chain))
        by, day = signed[row.device], row.made_at.date().isoformat()
        if not by or by[-1][1:] != [row.officer, day]:
            by.append([row.serial, row.officer, day])
    for device, each in chains.items():
        serial, chain = each[-1]
        trail = "".join(mark[:4] for _serial, mark in each[-_WINDOW:])
        first = each[-_WINDOW:][0][0]
        found.heads[device] = Head(serial, chain, first, trail, signed[device][-_SIGNED:])
    return found


def taken_in(connection: Connection, village: str, *, down: bool = False) -> Heads:
    """Return how far the devices of others are known here for a village, from what was received."""
    known: Heads = {}
    chosen = select(Received.vector).where(
        Received.voided_in.is_(None),
        Received.kind == ("feedback" if down else "upload"),
        or_(Received.village_code.startswith(village), literal(village).startswith(Received.village_code)),
    )
    vectors: list[Any] = list(connection.execute(chosen).scalars())
    for vector in vectors:
        # What comes down to a township names no village where it concerns all of them: they know it too.
        for place in [each for each in vector if village.startswith(each)] if down else [village]:
            known = lines.joined(known, lines.heads(vector.get(place, {})))
    return known


@dataclass(frozen=True, slots=True)
class _Shape:
    """How rows of a table become fields."""

    kind: Kind
    table: Table
    names: tuple[str, ...]
    days: tuple[int, ...]
    columns: tuple[Any, ...]


@cache
def shape(kind: Kind) -> _Shape:
    """Return the columns of a kind that travel, and which of them are days."""
    table = RECORDS[kind.table].__table__
    assert isinstance(table, Table)
    columns = [each for each in table.c if each.name not in BOOKKEEPING and each.name not in kind.omit]
    days = tuple(at for at, each in enumerate(columns) if isinstance(each.type, Date))
    bookkeeping = (table.c.id, table.c.made_in, table.c.changed_in, table.c.voided_in)
    names = tuple(each.name for each in columns)
    return _Shape(kind, table, names, days, (*columns, *bookkeeping))


def _origins(
    journal_: Journal,
    row: Any,  # noqa: ANN401 - a row
    changed: dict[str, str],
    holding: Any,  # noqa: ANN401 - a row
) -> dict[str, Origin]:
    """Return where the fields of a record come from: the journal after its holding, before that the holding."""
    if holding is None:
        made: dict[str, Origin] = {"*": (journal_.dots[row.made_in][0],)}
        position = 0
    else:
        made = lines.gathered(holding.origins)
        position = journal_.dots[holding.change_set][1]
    for name, change_set in changed.items():
        dot, place = journal_.dots[change_set]
        if place > position:
            made[name] = (dot,)
    return made


def read(
    connection: Connection,
    kind: Kind,
    journal_: Journal,
    ids: Any = None,  # noqa: ANN401 - ids, or a query for them
    where: Where = None,
) -> Iterator[tuple[Line, str]]:
    """Give the records of a kind, each with its village where that is known from what was received.

    `ids` is a list of ids or a query for them; None is the whole table.
    """
    if isinstance(ids, list):
        for start in range(0, len(ids), _BLOCK):
            yield from _read(connection, kind, journal_, ids[start : start + _BLOCK], where)
    else:
        yield from _read(connection, kind, journal_, ids, where)


def _read(
    connection: Connection,
    kind: Kind,
    journal_: Journal,
    ids: Any,  # noqa: ANN401 - ids, or a query for them
    where: Where,
) -> Iterator[tuple[Line, str]]:
    own = shape(kind)
    chosen = select(*own.columns)
    changes = select(Change.record, Change.change_set, Change.before).where(Change.table == kind.table)
    holdings = select(Holding.record, Holding.village_code, Holding.change_set, Holding.origins).where(
        Holding.table == kind.table
    )
    open_ = select(Conflict.record, Conflict.field, Conflict.theirs, Conflict.written).where(
        Conflict.table == kind.table, Conflict.decided == "", Conflict.voided_in.is_(None)
    )
    if ids is not None:
        chosen = chosen.where(own.table.c.id.in_(ids))
        changes = changes.where(Change.record.in_(ids))
        holdings = holdings.where(Holding.record.in_(ids))
        open_ = open_.where(Conflict.record.in_(ids))
    if where is not None:
        chosen = chosen.where(where)
    changed: dict[str, dict[str, str]] = defaultdict(dict)
    last: dict[str, str] = {}
    omit = BOOKKEEPING - {"voided_in"} | kind.omit
    for change in connection.execute(changes.order_by(Change.id)):
        for name in change.before:
            if name not in omit:
                changed[change.record][VOIDED if name == "voided_in" else name] = change.change_set
                last[change.record] = change.change_set
    held = {row.record: row for row in connection.execute(holdings)}
    others: dict[str, dict[str, list[tuple[Any, Origin]]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(open_.order_by(Conflict.id)):
        others[row.record][row.field].append((row.theirs, lines.dots_of(row.written["theirs"]["origin"])))
    names = own.names
    for row in connection.execute(chosen.order_by(own.table.c.id)):
        values = list(row[: len(names)])
        for at in own.days:
            if values[at] is not None:
                values[at] = values[at].isoformat()
        fields = dict(zip(names, values, strict=True))
        fields[VOIDED] = row.voided_in is not None
        if row.id in last and row.voided_in is None and kind.table not in _GIVING_WAY:
            changed[row.id][VOIDED] = last[row.id]  # Who edits a record says that it stands.
        holding = held.get(row.id)
        origins = _origins(journal_, row, changed.get(row.id, {}), holding)
        line = Line(kind.table, row.id, "", fields, origins)
        if row.id in others:
            line.others = {name: list(each) for name, each in others[row.id].items()}
        yield line, holding.village_code if holding else ""


def _people(place: str) -> Select[Any]:
    return (
        select(Membership.person_id)
        .join(Household, Household.id == Membership.household_id)
        .where(Household.village_code.startswith(place))
    )


def _of(kind: Kind, place: str) -> Select[Any]:
    """Return the query for the ids of a kind's records that belong to a place."""
    table = RECORDS[kind.table].__table__
    if kind.via == "village_code":
        # What names no village, or one above, concerns every village below.
        column = table.c.village_code
        return select(table.c.id).where(or_(column.startswith(place), literal(place).startswith(column)))
    if kind.via == "membership":
        return _people(place)
    if kind.via == "":
        if kind.table == "comparison":
            return select(ComparisonResult.comparison_id).where(
                ComparisonResult.village_code.startswith(place)
            )
        return select(table.c.id)
    if kind.via == "beneficiary":
        homes = _of(BY_TABLE["household"], place)
        return select(Claim.id).where(
            or_(Claim.beneficiary.in_(_people(place)), Claim.beneficiary.in_(homes))
        )
    parents = [
        table.c[column].in_(_of(BY_TABLE[column.removesuffix("_id")], place)) for column in kind.via.split()
    ]
    return select(table.c.id).where(or_(*parents))


def _village(line: Line, villages: dict[str, str]) -> str:
    """Return the village of a record of a level's ledger from its own field or its parents."""
    fields = line.fields
    if fields.get("village_code"):
        return str(fields["village_code"])
    for name in ("household_id", "person_id", "claim_id", "organisation_id", "beneficiary", "comparison_id"):
        if fields.get(name) in villages:
            return villages[fields[name]]
    return ""


def _homes(connection: Connection) -> dict[str, str]:
    """Return the village of each person: that of the household of the last membership."""
    chosen = (
        select(Membership.person_id, Household.village_code)
        .join(Household, Household.id == Membership.household_id)
        .order_by(Membership.until.is_(None), Membership.until, Membership.id)
    )
    return {row.person_id: row.village_code for row in connection.execute(chosen)}


def gather(connection: Connection, place: str, scope: str, *, down: bool = False) -> State:
    """Return what the ledger of a scope holds for a place of it: what goes up, or what goes down to a village."""
    journal_ = read_journal(connection)
    villages: dict[str, str] = {} if len(place) == 12 else _homes(connection)
    records: list[Line] = []
    for kind in KINDS:
        if not kind.travels(down=down):
            continue
        table = RECORDS[kind.table].__table__
        where = None
        for direction, name, value in kind.only:
            if direction == ("down" if down else "up"):
                where = table.c[name] == value
        # The scope's own ledger has nothing else.
        ids = None if place == scope else _of(kind, place)
        for line, known in read(connection, kind, journal_, ids, where):
            line.village = (
                place if len(place) == 12 else known or villages.get(line.id) or _village(line, villages)
            )
            villages[line.id] = line.village
            records.append(line)
    return State(_vectors(connection, journal_, records, place, scope, down=down), records, down)


def _vectors(
    connection: Connection, journal_: Journal, records: Iterable[Line], place: str, scope: str, *, down: bool
) -> dict[str, Heads]:
    """Return what is known of each village; a device of a level's ledger counts where it wrote something."""
    wrote: dict[str, set[str]] = {place: set()} if len(place) == 12 else {}
    for line in records:
        devices = wrote.setdefault(line.village, set())
        for origin in line.origins.values():
            devices.update(device for device, _serial in origin)
    vectors = {}
    for village, devices in wrote.items():
        own = {
            device: head
            for device, head in journal_.heads.items()
            if device in devices or (village == scope and not down)
        }
        vectors[village] = lines.joined(own, taken_in(connection, village, down=down))
    return vectors


def known(connection: Connection, journal_: Journal, village: str, *, down: bool = False) -> Heads:
    """Return every change set that this ledger knows of a village: its own and what was received."""
    return lines.joined(journal_.heads, taken_in(connection, village, down=down))


def typed_rows(kind: Kind, found: Sequence[Line]) -> Iterator[dict[str, Any]]:
    """Give the fields of records as their columns have them; a field they do not know is left out."""
    own = shape(kind)
    days = [own.names[at] for at in own.days]
    read_days: dict[str, date] = {}
    for line in found:
        fields = line.fields
        values = {name: fields[name] for name in own.names if name in fields}
        for name in days:
            if told := values.get(name):
                day = read_days.get(told)
                if day is None:
                    day = read_days[told] = date.fromisoformat(told)
                values[name] = day
        values["id"] = line.id
        yield values


__all__ = ["VOIDED", "Journal", "State", "gather", "known", "read", "read_journal", "taken_in", "typed_rows"]
