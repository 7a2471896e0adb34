"""The full state of what a ledger holds for a place, as it travels: records, where each field comes from, what is known.

A change set is named by its dot, (device, serial). A field knows the dots that wrote its value, a state the last
serial of every device it has taken in; from these alone two states of one record are joined, in any order, without
clocks.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from caseworker_app.domain.errors import ExpectedError

Dot = tuple[str, int]
Origin = tuple[Dot, ...]
Values = dict[str, Any]

FORMAT = "records 1"
_CELL = 15_000
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
class State:
    """What a ledger holds for a place: what it has taken in of each village, and the records."""

    vectors: dict[str, Heads]
    records: list[Line]
    down: bool = False


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


def encode(state: State) -> Iterator[list[str]]:
    """Give the rows of the hidden sheet: what its columns mean, then one row a record.

    The first row names the format and holds the devices and the fields of each table in the order of their values;
    a text too long for a cell goes on in the next.
    """
    devices: dict[str, int] = {}
    fields: dict[str, list[str]] = {}
    for line in state.records:
        if line.table not in fields:
            fields[line.table] = list(line.fields)
        for origin in (*line.origins.values(), *(dots for each in line.others.values() for _v, dots in each)):
            for device, _serial in origin:
                devices.setdefault(device, len(devices))
    yield [FORMAT, "id", "village", *_cut(canonical({"devices": list(devices), "fields": fields}))]

    def short(origin: Origin) -> list[Any]:
        return [part for device, serial in origin for part in (devices[device], serial)]

    for line in state.records:
        names = fields[line.table]
        told: list[Any] = [
            [line.fields[name] for name in names],
            {name: short(origin) for name, origin in line.origins.items()},
        ]
        if line.others:
            told.append(
                {
                    name: [[value, short(origin)] for value, origin in each]
                    for name, each in line.others.items()
                }
            )
        yield [line.table, line.id, line.village, *_cut(canonical(told))]


def _cut(text: str) -> list[str]:
    return [text[start : start + _CELL] for start in range(0, len(text), _CELL)]


def decode(rows: Iterable[Sequence[Any]], vectors: Mapping[str, Any], *, down: bool = False) -> State:
    """Return the state that `encode` gave; ExpectedError `receive.newer` and `receive.damaged`."""
    parts = iter(rows)
    try:
        first = next(parts)
        if first[0] != FORMAT:
            raise ExpectedError("receive.newer", format=str(first[0])[:40])
        head = json.loads("".join(first[3:]))
        devices, fields = head["devices"], head["fields"]

        def long(told: list[int]) -> Origin:
            return tuple((devices[told[at]], told[at + 1]) for at in range(0, len(told), 2))

        records = []
        loads = json.loads
        made: dict[tuple[int, ...], Origin] = {}
        for row in parts:
            if not row or not row[0]:
                continue
            told = loads(row[3] if len(row) < 5 else "".join(row[3:]))
            origins = {}
            for name, each in told[1].items():
                key = tuple(each)
                if (origin := made.get(key)) is None:
                    origin = made[key] = long(each)
                origins[name] = origin
            line = Line(row[0], row[1], row[2], dict(zip(fields[row[0]], told[0], strict=True)), origins)
            if len(told) > 2:
                line.others = {
                    name: [(value, long(each)) for value, each in several]
                    for name, several in told[2].items()
                }
            records.append(line)
        return State({village: heads(each) for village, each in vectors.items()}, records, down)
    except (ValueError, KeyError, IndexError, TypeError, StopIteration) as error:
        raise ExpectedError("receive.damaged") from error


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
