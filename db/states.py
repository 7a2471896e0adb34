"""What a ledger holds for a place, with where each field comes from: read from the records and the journal."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, String, Table, literal, or_, select, type_coerce
from sqlalchemy.sql.selectable import Select

from caseworker_app.domain import lines
from caseworker_app.domain.kinds import BY_TABLE, KINDS, Kind
from caseworker_app.domain.lines import Block, Dot, Head, Heads, Line, Origin, State
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
_AT_ONCE = 1000
"""Records read together: few enough for any ledger to be gone through in little memory."""
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
class Shape:
    """How rows of a table become fields."""

    kind: Kind
    table: Table
    names: tuple[str, ...]
    days: tuple[int, ...]
    columns: tuple[Any, ...]


@cache
def shape(kind: Kind) -> Shape:
    """Return the columns of a kind that travel, and which of them are days, which travel as the file has them."""
    table = RECORDS[kind.table].__table__
    assert isinstance(table, Table)
    columns = [each for each in table.c if each.name not in BOOKKEEPING and each.name not in kind.omit]
    days = tuple(at for at, each in enumerate(columns) if isinstance(each.type, Date))
    names = tuple(each.name for each in columns)
    told = [
        type_coerce(each, String).label(each.name) if at in days else each for at, each in enumerate(columns)
    ]
    return Shape(kind, table, names, days, (*told, table.c.id, table.c.made_in, table.c.voided_in))


def _origins(
    journal_: Journal,
    made_in: str,
    changed: dict[str, str],
    holding: Any,  # noqa: ANN401 - a row
) -> dict[str, Origin]:
    """Return where the fields of a record come from: the journal after its holding, before that the holding."""
    if holding is None:
        made: dict[str, Origin] = {"*": (journal_.dots[made_in][0],)}
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
    for block in blocks(connection, kind, journal_, ids, where):
        yield from zip(block.lines(), block.villages, strict=True)


def blocks(
    connection: Connection,
    kind: Kind,
    journal_: Journal,
    ids: Any = None,  # noqa: ANN401 - ids, or a query for them
    where: Where = None,
) -> Iterator[Block]:
    """Give the records of a kind as `read` does, some at a time; `villages` are those known from what was received."""
    own = shape(kind)
    chosen = select(*own.columns).order_by(own.table.c.id)
    if where is not None:
        chosen = chosen.where(where)
    if isinstance(ids, list):
        for start in range(0, len(ids), _BLOCK):
            some = ids[start : start + _BLOCK]
            rows = connection.execute(chosen.where(own.table.c.id.in_(some))).all()
            if rows:
                yield _block(connection, own, journal_, rows, partial(_in, some))
        return
    if ids is not None:
        chosen = chosen.where(own.table.c.id.in_(ids))
    last = ""
    while rows := connection.execute(chosen.where(own.table.c.id > last).limit(_AT_ONCE)).all():
        first, last = rows[0].id, rows[-1].id
        yield _block(connection, own, journal_, rows, partial(_between, first, last))
        if len(rows) < _AT_ONCE:
            return


def _in(ids: Sequence[str], column: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped column
    return column.in_(ids)  # type: ignore[no-any-return]


def _between(first: str, last: str, column: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped column
    return column.between(first, last)  # type: ignore[no-any-return]


def _block(
    connection: Connection, own: Shape, journal_: Journal, rows: Sequence[Any], among: Callable[[Any], Any]
) -> Block:
    """Return rows as a block; `among` says of a column that it names one of them."""
    kind, width = own.kind, len(own.names)
    changes = (
        select(Change.record, Change.change_set, Change.before)
        .where(Change.table == kind.table, among(Change.record))
        .order_by(Change.id)
    )
    holdings = select(Holding.record, Holding.village_code, Holding.change_set, Holding.origins).where(
        Holding.table == kind.table, among(Holding.record)
    )
    open_ = (
        select(Conflict.record, Conflict.field, Conflict.theirs, Conflict.written)
        .where(Conflict.table == kind.table, Conflict.decided == "", Conflict.voided_in.is_(None))
        .where(among(Conflict.record))
        .order_by(Conflict.id)
    )
    changed: dict[str, dict[str, str]] = defaultdict(dict)
    last: dict[str, str] = {}
    omit = BOOKKEEPING - {"voided_in"} | kind.omit
    for change in connection.execute(changes):
        for name in change.before:
            if name not in omit:
                changed[change.record][VOIDED if name == "voided_in" else name] = change.change_set
                last[change.record] = change.change_set
    held = {row.record: row for row in connection.execute(holdings)}
    others: dict[str, dict[str, list[tuple[Any, Origin]]]] = {}
    for row in connection.execute(open_):
        told = (row.theirs, lines.dots_of(row.written["theirs"]["origin"]))
        others.setdefault(row.record, {}).setdefault(row.field, []).append(told)
    *columns, ids, made_in, voided = map(list, zip(*rows, strict=True))
    assert len(columns) == width
    made: dict[str, dict[str, Origin]] = {}
    origins = []
    for record, step, gone in zip(ids, made_in, voided, strict=True):
        if record in last and gone is None and kind.table not in _GIVING_WAY:
            changed[record][VOIDED] = last[record]  # Who edits a record says that it stands.
        if record in changed or record in held:
            origins.append(_origins(journal_, step, changed.get(record, {}), held.get(record)))
            continue
        if (own_ := made.get(step)) is None:
            own_ = made[step] = {"*": (journal_.dots[step][0],)}
        origins.append(own_)
    return Block(
        kind.table,
        [*own.names, VOIDED],
        ids,
        [held[record].village_code if record in held else "" for record in ids],
        [*columns, [step is not None for step in voided]],
        origins,
        {record: others[record] for record in ids if record in others} if others else {},
    )


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


_PARENTS = ("household_id", "person_id", "claim_id", "organisation_id", "beneficiary", "comparison_id")
_LED_TO = frozenset({"household", "person", "claim", "organisation", "comparison"})


def _place_all(block: Block, villages: dict[str, str]) -> None:
    """Say of records of a level's ledger of which village they are: by what was received, themselves or their parents."""
    ways = [block.column("village_code")] if "village_code" in block.names else []
    parents = [block.column(name) for name in _PARENTS if name in block.names]
    for at, record in enumerate(block.ids):
        found = block.villages[at] or villages.get(record, "") or (ways[0][at] if ways else "") or ""
        if not found:
            found = next((villages[each[at]] for each in parents if each[at] in villages), "")
        block.villages[at] = found
    if block.table in _LED_TO:
        villages.update(zip(block.ids, block.villages, strict=True))


def _homes(connection: Connection) -> dict[str, str]:
    """Return the village of each person: that of the household of the last membership."""
    chosen = (
        select(Membership.person_id, Household.village_code)
        .join(Household, Household.id == Membership.household_id)
        .order_by(Membership.until.is_(None), Membership.until, Membership.id)
    )
    # A village is one object, however many live in it.
    codes: dict[str, str] = {}
    return {person: codes.setdefault(code, code) for person, code in connection.execute(chosen)}


class Gathering:
    """What the ledger of a scope holds for a place of it: what goes up, or what goes down to a village.

    The records pass by in blocks; when all did, `vectors` says what is known of each village.
    """

    def __init__(self, connection: Connection, place: str, scope: str, *, down: bool = False) -> None:
        self._connection, self._place, self._scope, self._down = connection, place, scope, down
        self._journal = read_journal(connection)
        self._wrote: dict[str, set[str]] = {place: set()} if len(place) == 12 else {}

    def blocks(self) -> Iterator[Block]:
        """Give the records of every kind that travels this way."""
        connection, place = self._connection, self._place
        villages: dict[str, str] = {} if len(place) == 12 else _homes(connection)
        for kind in KINDS:
            if not kind.travels(down=self._down):
                continue
            table = RECORDS[kind.table].__table__
            where = None
            for direction, name, value in kind.only:
                if direction == ("down" if self._down else "up"):
                    where = table.c[name] == value
            # The scope's own ledger has nothing else.
            ids = None if place == self._scope else _of(kind, place)
            for block in blocks(connection, kind, self._journal, ids, where):
                if len(place) == 12:
                    block.villages = [place] * len(block.ids)
                else:
                    _place_all(block, villages)
                self._note(block)
                yield block

    def _note(self, block: Block) -> None:
        """Note who wrote what of each village."""
        seen: set[tuple[str, int]] = set()
        for village, origins in zip(block.villages, block.origins, strict=True):
            if (key := (village, id(origins))) in seen:
                continue
            seen.add(key)
            devices = self._wrote.setdefault(village, set())
            for origin in origins.values():
                devices.update(device for device, _serial in origin)

    @property
    def vectors(self) -> dict[str, Heads]:
        """Return what is known of each village; a device of a level's ledger counts where it wrote something."""
        found = {}
        for village, devices in self._wrote.items():
            own = {
                device: head
                for device, head in self._journal.heads.items()
                if device in devices or (village == self._scope and not self._down)
            }
            found[village] = lines.joined(own, taken_in(self._connection, village, down=self._down))
        return found


def gather(connection: Connection, place: str, scope: str, *, down: bool = False) -> State:
    """Return all of a `Gathering` at once."""
    gathering = Gathering(connection, place, scope, down=down)
    found = list(gathering.blocks())
    return State(gathering.vectors, found, down)


def known(connection: Connection, journal_: Journal, village: str, *, down: bool = False) -> Heads:
    """Return every change set that this ledger knows of a village: its own and what was received."""
    return lines.joined(journal_.heads, taken_in(connection, village, down=down))


def typed(kind: Kind, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as their columns have them; one they do not know is left out."""
    own = shape(kind)
    days = {own.names[at] for at in own.days}
    return {
        name: date.fromisoformat(fields[name]) if name in days and fields[name] else fields[name]
        for name in own.names
        if name in fields
    }


def stored(connection: Connection, kind: Kind, block: Block) -> dict[str, list[Any]]:
    """Return the fields of a block as the file stores them, by column; one its table does not know is left out.

    ValueError for a day that is none.
    """
    own, dialect = shape(kind), connection.dialect
    found = {}
    for at, name in enumerate(own.names):
        if name not in block.names:
            continue
        values = block.column(name)
        if at in own.days:
            days = {each: date.fromisoformat(each).isoformat() for each in set(values) - {None, ""}}
            values = [days.get(each) for each in values]
        elif process := own.table.c[name].type.dialect_impl(dialect).bind_processor(dialect):
            values = list(map(process, values))
        found[name] = values
    return found


__all__ = [
    "VOIDED",
    "Gathering",
    "Journal",
    "State",
    "blocks",
    "gather",
    "known",
    "read",
    "read_journal",
    "stored",
    "taken_in",
    "typed",
]
