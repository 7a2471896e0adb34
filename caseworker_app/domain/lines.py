"""The full state of what a ledger holds for a place, as it travels: records, where each field comes from, what is known.

A change set is named by its dot, (device, serial). A field knows the dots that wrote its value, a state the last
serial of every device it has taken in; from these alone two states of one record are joined, in any order, without
clocks.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, NamedTuple

from caseworker_app.domain.errors import ExpectedError

Dot = tuple[str, int]
Origin = tuple[Dot, ...]
Values = dict[str, Any]

FORMAT = "records 2"
_ONE_BY_ONE = "records 1"
"""The format before: a row a record."""
_CELL = 15_000
_NOT_AT_AN_END = " =+-@'"
"""What a spreadsheet program may take for more than text, or leave out, where a cell begins or ends with it."""
_REST = "*"


class Head(NamedTuple):
    """How far the change sets of a device are known.

    `trail` holds four characters of the chain at each serial from `first` on, by which two ledgers that go under one
    device are told apart; `by` who signed from which serial on, and when: [serial, officer, day].
    """

    serial: int
    chain: str = ""
    first: int = 0
    trail: str = ""
    by: Sequence[Sequence[Any]] = ()

    def mark(self, serial: int) -> str:
        """Return what is known of the chain at a serial, '' for nothing."""
        if serial == self.serial:
            return self.chain[:4]
        at = (serial - self.first) * 4
        return self.trail[at : at + 4] if at >= 0 else ""


Heads = dict[str, Head]


@dataclass(slots=True)
class Line:
    """One record: its fields, and the origin of each; `*` is that of all which are not named.

    `others` are the values of a field that nobody has decided against yet, beside the one that stands.
    """

    table: str
    id: str
    village: str
    fields: Values
    origins: dict[str, Origin]
    others: dict[str, list[tuple[Any, Origin]]] = field(default_factory=dict)

    def origin(self, name: str) -> Origin:
        """Return the dots that wrote a field."""
        return self.origins.get(name) or self.origins[_REST]


@dataclass(slots=True)
class Block:
    """Records of one table, field by field; `origins` may be one object for several records."""

    table: str
    names: list[str]
    ids: list[str] = field(default_factory=list)
    villages: list[str] = field(default_factory=list)
    columns: list[list[Any]] = field(default_factory=list)
    origins: list[dict[str, Origin]] = field(default_factory=list)
    others: dict[str, dict[str, list[tuple[Any, Origin]]]] = field(default_factory=dict)
    """By id the values of fields that nobody has decided against yet."""

    def column(self, name: str) -> list[Any]:
        """Return the values of a field."""
        return self.columns[self.names.index(name)]

    def lines(self) -> Iterator[Line]:
        """Give its records one by one."""
        names, others = self.names, self.others
        for record, village, origins, values in zip(
            self.ids,
            self.villages,
            self.origins,
            zip(*self.columns, strict=True) if self.columns else ((),) * len(self.ids),
            strict=True,
        ):
            yield Line(
                self.table,
                record,
                village,
                dict(zip(names, values, strict=True)),
                origins,
                others.get(record, {}),
            )

    def only(self, wanted: Sequence[bool]) -> "Block":
        """Return those of its records that are wanted."""
        ids, villages = list(compress(self.ids, wanted)), list(compress(self.villages, wanted))
        origins = list(compress(self.origins, wanted))
        columns = [list(compress(column, wanted)) for column in self.columns]
        others = (
            {record: self.others[record] for record in ids if record in self.others} if self.others else {}
        )
        return Block(self.table, self.names, ids, villages, columns, origins, others)

    def extend(self, other: "Block") -> None:
        """Take in records that have the same fields."""
        self.ids += other.ids
        self.villages += other.villages
        self.origins += other.origins
        self.others.update(other.others)
        for column, more in zip(self.columns, other.columns, strict=True):
            column += more


@dataclass(slots=True)
class State:
    """What a ledger holds for a place: what it has taken in of each village, and the records."""

    vectors: dict[str, Heads]
    blocks: list[Block]
    down: bool = False

    @property
    def count(self) -> int:
        """Return how many records there are."""
        return sum(len(block.ids) for block in self.blocks)

    @property
    def records(self) -> list[Line]:
        """Return the records one by one."""
        return [line for block in self.blocks for line in block.lines()]


def canonical(value: object) -> str:
    """Return a value as the one JSON text it has."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def heads(given: Mapping[str, Sequence[Any]]) -> Heads:
    """Return heads as JSON gave them back."""
    return {device: Head(*each) for device, each in given.items()}


def joined(one: Mapping[str, Head], other: Mapping[str, Head]) -> Heads:
    """Return what is known by either."""
    found = dict(one)
    for device, head in other.items():
        if device not in found or found[device].serial < head.serial:
            found[device] = head
    return found


def spread(origins: dict[str, Origin]) -> dict[str, Any]:
    """Return origins as they are kept in JSON: one dot as [device, serial], several as a list of such."""
    return {
        name: list(dots[0]) if len(dots) == 1 else [list(dot) for dot in dots]
        for name, dots in origins.items()
    }


def gathered(given: Mapping[str, Any]) -> dict[str, Origin]:
    """Return origins from JSON."""
    return {name: dots_of(each) for name, each in given.items()}


def dots_of(given: Sequence[Any]) -> Origin:
    """Return an origin from JSON."""
    if isinstance(given[0], str):
        return ((given[0], given[1]),)
    return tuple((device, serial) for device, serial in given)


def digest(records: Iterable[Line]) -> str:
    """Return a hash over records, in whatever order they are."""
    made = hashlib.sha256()
    for line in sorted(records, key=lambda each: (each.table, each.id)):
        made.update(canonical([line.table, line.id, line.fields]).encode())
    return made.hexdigest()


def encode(held: State | Iterable[Block]) -> Iterator[list[str]]:
    """Give the rows of the hidden sheet: the name of the format, then one row a block of records.

    Each says its table and how many records it holds, then as JSON all of them; a text too long for a cell goes on
    in the next.
    """
    yield [FORMAT]
    for block in held.blocks if isinstance(held, State) else held:
        devices: dict[str, int] = {}

        def short(origin: Origin, devices: dict[str, int] = devices) -> list[int]:
            return [
                part
                for device, serial in origin
                for part in (devices.setdefault(device, len(devices)), serial)
            ]

        told: list[dict[str, list[int]]] = []
        known: dict[tuple[tuple[str, Origin], ...], int] = {}
        which = []
        for origins in block.origins:
            key = tuple(origins.items())
            number = known.get(key)
            if number is None:
                number = known[key] = len(told)
                told.append({name: short(origin) for name, origin in key})
            which.append(number)
        others = {
            record: {
                name: [[value, short(origin)] for value, origin in several] for name, several in own.items()
            }
            for record, own in block.others.items()
        }
        columns = [_squeezed(column) for column in block.columns]
        text = json.dumps(
            [
                block.names,
                block.ids,
                _squeezed(block.villages),
                columns,
                told,
                _squeezed(which),
                others,
                list(devices),
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        yield [block.table, str(len(block.ids)), *_cut(text)]


def _squeezed(column: list[Any]) -> list[Any]:
    """Return a column as one value where all are the same."""
    same = column.count(column[0]) == len(column) and len(set(map(type, column))) == 1
    return column[:1] if same else column


def _spread_out(column: list[Any], count: int) -> list[Any]:
    """Return what `_squeezed` gave as it was; ValueError where it is of another length."""
    if len(column) not in (1, count):
        raise ValueError
    return column * count if len(column) != count else column


def _cut(text: str) -> list[str]:
    """Return a text cut for cells, none of which begins or ends with what may be read as something else."""
    pieces, start = [], 0
    while len(text) - start > _CELL:
        end = start + _CELL
        while end > start + 1 and (text[end] in _NOT_AT_AN_END or text[end - 1] in _NOT_AT_AN_END):
            end -= 1
        pieces.append(text[start:end])
        start = end
    return [*pieces, text[start:]]


def decode(rows: Iterable[Sequence[Any]], vectors: Mapping[str, Any], *, down: bool = False) -> State:
    """Return the state that `encode` gave, a block a table; ExpectedError `receive.newer` and `receive.damaged`."""
    parts = (row for row in rows if row and row[0])
    try:
        first = next(parts)
        known = {FORMAT: _blocks, _ONE_BY_ONE: _one_by_one}
        if first[0] not in known:
            raise ExpectedError("receive.newer", format=str(first[0])[:40])
        joined_: dict[tuple[str, ...], Block] = {}
        for block in known[first[0]](first, parts):
            held = joined_.setdefault((block.table, *block.names), block)
            if held is not block:
                held.extend(block)
        read = {village: heads(each) for village, each in vectors.items()}
        return State(read, list(joined_.values()), down)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, StopIteration) as error:
        raise ExpectedError("receive.damaged") from error


def _long(told: Sequence[int], devices: Sequence[str]) -> Origin:
    return tuple((devices[told[at]], told[at + 1]) for at in range(0, len(told), 2))


def _blocks(_first: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Block]:
    for row in rows:
        names, ids, villages, columns, told, which, others, devices = json.loads("".join(row[2:]))
        count = len(ids)
        if len(names) != len(columns) or str(count) != str(row[1]):
            raise ValueError
        origins = [{name: _long(each, devices) for name, each in own.items()} for own in told]
        yield Block(
            row[0],
            names,
            ids,
            _spread_out(villages, count),
            [_spread_out(column, count) for column in columns],
            [origins[number] for number in _spread_out(which, count)],
            {
                record: {
                    name: [(value, _long(origin, devices)) for value, origin in several]
                    for name, several in own.items()
                }
                for record, own in others.items()
            },
        )


def _one_by_one(first: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Block]:
    """Give the records of the format before, each as a block."""
    head = json.loads("".join(first[3:]))
    devices, fields = head["devices"], head["fields"]
    for row in rows:
        told = json.loads("".join(row[3:]))
        names = fields[row[0]]
        if len(names) != len(told[0]):
            raise ValueError
        origins = {name: _long(each, devices) for name, each in told[1].items()}
        block = Block(row[0], names, [row[1]], [row[2]], [[value] for value in told[0]], [origins])
        if len(told) > 2:
            block.others[row[1]] = {
                name: [(value, _long(each, devices)) for value, each in several]
                for name, several in told[2].items()
            }
        yield block


def covers(known: Mapping[str, Head], dot: Dot) -> bool:
    """Whether what is known takes in a change set."""
    head = known.get(dot[0])
    return head is not None and head.serial >= dot[1]


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of one field: the value that stands with its origin, and those that were not decided against."""

    value: Any
    origin: Origin
    others: list[tuple[Any, Origin]]


def settle(
    ours: Sequence[tuple[Any, Origin]],
    theirs: Sequence[tuple[Any, Origin]],
    ours_known: Mapping[str, Head],
    theirs_known: Mapping[str, Head],
) -> Settled:
    """Join two states of a field; the first of each are the values that stand.

    A dot lives on when both have it, or when one has it and the other does not know it; a value with a living dot
    stays. Where each side has left behind what the other keeps, both stay.
    """
    mine = {dot for _value, origin in ours for dot in origin}
    yours = {dot for _value, origin in theirs for dot in origin}
    alive = mine & yours
    alive |= {dot for dot in mine - yours if not covers(theirs_known, dot)}
    alive |= {dot for dot in yours - mine if not covers(ours_known, dot)}
    if not alive:
        alive = mine | yours
    kept: dict[str, tuple[Any, set[Dot]]] = {}
    for value, origin in (*ours[:1], *theirs[:1], *ours[1:], *theirs[1:]):
        if living := alive.intersection(origin):
            kept.setdefault(canonical(value), (value, set()))[1].update(living)
    candidates = [(value, tuple(sorted(dots))) for value, dots in kept.values()]
    value, origin = candidates[0]
    return Settled(value, origin, candidates[1:])
