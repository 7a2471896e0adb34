"""The journal: one mechanism read for audit, undo, history, upload and merge."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.journal import ChangeSetLine
from caseworker_app.read_models.people import HistoryLine
from db.tables import BOOKKEEPING, RECORDS, Change, ChangeSet, Record

if TYPE_CHECKING:
    from db.unit_of_work import UnitOfWork

Values = dict[str, Any]
_Shape = tuple[str, str, tuple[str, ...]]

_STEP = cast("Table", ChangeSet.__table__)
_CHANGE = cast("Table", Change.__table__)
FIRST_LINK = "0" * 64
_BLOCK = 500
_TOP = 2**62
STANDING = frozenset({"ledger.new", "upload.write", "receive.file"})
"""Actions that undo passes over: what they did stands outside the ledger too."""


# Asked for every change, so they are put together once.
_CHANGES = (
    select(_CHANGE.c.number, _CHANGE.c.table, _CHANGE.c.record, _CHANGE.c.kind, _CHANGE.c.before)
    .where(_CHANGE.c.change_set == bindparam("change_set"))
    .order_by(_CHANGE.c.number)
)
_CHAIN = select(_STEP.c.chain).where(_STEP.c.position == bindparam("place"))
_UNDOS = select(_STEP.c.id).where(_STEP.c.undoes == bindparam("change_set"))
_HEADER = select(_STEP.c.undoes, _STEP.c.counts).where(_STEP.c.id == bindparam("change_set"))


def plain(value: object) -> object:
    """Return a value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def typed(table: type[Record], name: str, value: Any) -> Any:  # noqa: ANN401 - columns of any type
    """Return a value kept by `plain` as its column has it."""
    kind = table.__table__.c[name].type
    if value is not None and isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value is not None and isinstance(kind, Date) else value


@cache
def _last() -> Select[int, int]:
    """Return the query for the last place in the chain and the last number of a device."""
    serial = select(func.coalesce(func.max(_STEP.c.serial), 0)).where(_STEP.c.device == bindparam("device"))
    return select(
        func.coalesce(func.max(_STEP.c.position), 0).label("position"),
        serial.scalar_subquery().label("serial"),
    )


def append_header(connection: Connection, header: Values) -> None:
    """Write the change set before the rows that point to it."""
    last = connection.execute(_last(), {"device": header["device"]}).one()
    header["position"], header["serial"] = last.position + 1, last.serial + 1
    connection.execute(insert(_STEP).values(**header, counts={}, chain=""))


def _link(previous: str, header: Values, counts: dict[str, int], changes: Iterator[tuple[Any, ...]]) -> str:
    """Return the hash that ties a change set to all before it."""
    digest = hashlib.sha256(previous.encode())
    parts = [
        header[name]
        for name in ("id", "position", "device", "serial", "officer", "action", "values", "undoes")
    ]
    digest.update(
        json.dumps([*parts, plain(header["made_at"]), counts], ensure_ascii=False, sort_keys=True).encode()
    )
    for change in changes:
        digest.update(json.dumps(change, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def _changes(connection: Connection, change_set: str) -> Iterator[tuple[Any, ...]]:
    for row in connection.execute(_CHANGES, {"change_set": change_set}):
        yield tuple(row)


def close_header(connection: Connection, header: Values, counts: dict[str, int]) -> None:
    """Complete the change set with what it did and its link in the chain."""
    before = connection.execute(_CHAIN, {"place": header["position"] - 1}).scalar_one_or_none()
    previous = before or FIRST_LINK
    chain = _link(previous, header, counts, _changes(connection, header["id"]))
    connection.execute(
        update(_STEP)
        .where(_STEP.c.id == header["id"])
        .values(counts=counts, values=header["values"], chain=chain)
    )


def broken_link(connection: Connection) -> int | None:
    """Return the first position where the chain does not hold, or None."""
    previous = FIRST_LINK
    rows = connection.execute(select(ChangeSet.__table__).order_by(ChangeSet.position)).mappings()
    for position, row in enumerate(rows, 1):
        header = dict(row)
        expected = _link(previous, header, header["counts"], _changes(connection, header["id"]))
        if header["position"] != position or header["chain"] != expected:
            return position
        previous = expected
    return None


def head(connection: Connection) -> int:
    """Return the position of the last change set; 0 for none."""
    return int(connection.execute(select(func.coalesce(func.max(ChangeSet.position), 0))).scalar_one())


@cache
def _steps() -> Select[*tuple[Any, ...]]:
    """Return the query for change sets with the one each takes back, and whether it was itself taken back.

    Only what an action did is undone, and only an undo redone: so nothing stands deeper than a redo.
    """
    step = _STEP
    undo_, redo_, own, original = (step.alias(name) for name in ("undo_", "redo_", "own", "original"))
    undone_by = (
        select(undo_.c.id)
        .where(undo_.c.undoes == step.c.id, ~exists().where(redo_.c.undoes == undo_.c.id))
        .scalar_subquery()
    )
    return select(
        step,
        undone_by.label("undone_by"),
        own.c.position.label("undoes_position"),
        own.c.undoes.label("undoes_undo"),
        own.c["values"].label("undoes_values"),
        original.c.position.label("original_position"),
    ).select_from(
        step.outerjoin(own, own.c.id == step.c.undoes).outerjoin(original, original.c.id == own.c.undoes)
    )


def _line(row: Row[*tuple[Any, ...]]) -> ChangeSetLine:
    return ChangeSetLine(
        row.id,
        row.serial,
        row.action,
        row.values,
        row.officer,
        row.made_at,
        row.undoes,
        row.undone_by,
        row.position,
    )


def recent(connection: Connection, limit: int = 200) -> list[ChangeSetLine]:
    """Return the last change sets, newest first."""
    chosen = _steps().order_by(ChangeSet.position.desc()).limit(limit)
    return [_line(row) for row in connection.execute(chosen)]


def line(connection: Connection, change_set: str) -> ChangeSetLine | None:
    """Return one change set, or None."""
    row = connection.execute(_steps().where(ChangeSet.id == change_set)).one_or_none()
    return _line(row) if row else None


def at_position(connection: Connection, position: int) -> ChangeSetLine | None:
    """Return the change set with this number in the chain, or None."""
    row = connection.execute(_steps().where(ChangeSet.position == position)).one_or_none()
    return _line(row) if row else None


def step_ids(
    connection: Connection, officer: str = "", text: str = "", actions: Iterable[str] = ()
) -> list[str]:
    """Return the ids of all steps, newest first: of an officer, and with a text in the name or of these actions."""
    named = ChangeSet.values["name"].as_string()
    chosen = select(ChangeSet.id).where(ChangeSet.undoes.is_(None)).order_by(ChangeSet.position.desc())
    if officer:
        chosen = chosen.where(ChangeSet.officer == officer)
    if text:
        chosen = chosen.where(or_(named.contains(text, autoescape=True), ChangeSet.action.in_(list(actions))))
    return list(connection.execute(chosen).scalars())


def steps(connection: Connection, ids: Sequence[str]) -> list[ChangeSetLine]:
    """Return these steps in the order given."""
    found = {
        row.id: _line(row)
        for start in range(0, len(ids), _BLOCK)
        for row in connection.execute(_steps().where(ChangeSet.id.in_(ids[start : start + _BLOCK])))
    }
    return [found[each] for each in ids if each in found]


def officers(connection: Connection) -> list[str]:
    """Return everybody who signed a step."""
    return list(
        connection.execute(select(ChangeSet.officer).distinct().order_by(ChangeSet.officer)).scalars()
    )


NEWEST = "newest"
"""Marks, among its values, an undo before which nothing newer than what it took back was in effect."""


@cache
def _below() -> Select[*tuple[Any, ...]]:
    below = _STEP.c.position < bindparam("below")
    return _steps().where(below).order_by(_STEP.c.position.desc()).limit(bindparam("most"))


def _downwards(
    connection: Connection, jump: Callable[[Row[*tuple[Any, ...]]], int]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Give change sets from the newest down; `jump` says below which position the next is to be looked for.

    A long row of undos points to the step before it, so that the thousandth undo is found like the first.
    """
    below = _TOP
    limit = 2
    while rows := connection.execute(_below(), {"below": below, "most": limit}).all():
        limit = min(limit * 4, 1000)
        for row in rows:
            if row.position < below:
                yield row
                below = jump(row)


def next_undo(connection: Connection) -> ChangeSetLine | None:
    """Return the newest change set that is in effect, no undo itself and not standing."""

    def jump(row: Row[*tuple[Any, ...]]) -> int:
        # Since an undo of the newest step, nothing between the two can have come into effect: redo
        # brings back undos in the opposite order, and what was done anew stands above.
        if row.undoes and not row.undoes_undo and not row.undone_by and row.values.get(NEWEST):
            return int(row.undoes_position)
        if row.undoes_undo and row.undoes_values.get(NEWEST):
            return int(row.original_position) + 1
        return int(row.position)

    for row in _downwards(connection, jump):
        if not row.undoes and not row.undone_by and row.action not in STANDING:
            return _line(row)
    return None


def next_redo(connection: Connection) -> ChangeSetLine | None:
    """Return the undo that redo would take back: the newest in effect, if nothing else was done since."""

    def jump(row: Row[*tuple[Any, ...]]) -> int:
        # Nothing else was done between an undo and its redo.
        return int(row.undoes_position if row.undoes_undo else row.position)

    for row in _downwards(connection, jump):
        if row.action in STANDING or row.undone_by or row.undoes_undo:
            continue
        return _line(row) if row.undoes else None
    return None


def _moved_on(connection: Connection, change_set: str) -> ExpectedError:
    row = connection.execute(
        select(ChangeSet.action, ChangeSet.values).where(ChangeSet.id == change_set)
    ).one_or_none()
    return ExpectedError(
        "undo.moved_on", action=row.action if row else "", who=row.values.get("name", "") if row else ""
    )


def _children(table: type[Record]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Return the tables whose rows point to rows of this one, each with how."""
    parent = table.__table__
    for other in RECORDS.values():
        for key in other.__table__.foreign_keys:
            if key.column.table is parent:
                yield cast("Table", other.__table__), key.parent == parent.c.id
    if table.__tablename__ in ("person", "household"):  # A claim names either, so it has no foreign key.
        claim = cast("Table", RECORDS["claim"].__table__)
        yield claim, claim.c.beneficiary == parent.c.id


@cache
def _dependents_of(table: type[Record]) -> list[Select[str]]:
    """Return the queries for a live row of another change set that points to one which a change set made."""
    parent = table.__table__
    change_set: Any = bindparam("change_set")
    return [
        select(child.c.made_in)
        .join(parent, condition)
        .where(parent.c.made_in == change_set, parent.c.voided_in.is_(None))
        .where(child.c.voided_in.is_(None), child.c.made_in != change_set)
        .limit(1)
        for child, condition in _children(table)
    ]


def _check_dependents(connection: Connection, table: type[Record], change_set: str) -> None:
    """Refuse to void rows that live rows of other change sets point to."""
    for chosen in _dependents_of(table):
        if dependent := connection.execute(chosen, {"change_set": change_set}).scalar_one_or_none():
            raise _moved_on(connection, dependent)


def _check_parents(connection: Connection, table: type[Record], revived: list[str]) -> None:
    """Refuse to bring back rows that point to a row which was taken out since."""
    child = table.__table__
    for name, other in RECORDS.items():
        parent = other.__table__
        for key in child.foreign_keys:
            if key.column.table is not parent or name == table.__tablename__:
                continue
            for start in range(0, len(revived), _BLOCK):
                chosen = (
                    select(parent.c.voided_in)
                    .join(child, key.parent == parent.c.id)
                    .where(child.c.id.in_(revived[start : start + _BLOCK]), parent.c.voided_in.is_not(None))
                    .limit(1)
                )
                if gone := connection.execute(chosen).scalar_one_or_none():
                    raise _moved_on(connection, gone)


def _inserted_into(counts: dict[str, int]) -> list[type[Record]]:
    """Return the tables that a change set put rows into."""
    return [table for name, table in RECORDS.items() if f"{name}.insert" in counts]


def _void_inserted(unit: "UnitOfWork", change_set: str, counts: dict[str, int]) -> None:
    connection = unit.connection
    for table in _inserted_into(counts):
        columns = table.__table__.c
        live = and_(columns.made_in == change_set, columns.voided_in.is_(None))
        rows = connection.execute(select(columns.id, columns.changed_in).where(live)).all()
        if not rows:
            continue
        for row in rows:
            if row.changed_in != change_set:
                raise _moved_on(connection, row.changed_in)
        _check_dependents(connection, table, change_set)
        unit.restore(table, [(row.id, "void", {"voided_in": None}, {"voided_in": unit.id}) for row in rows])


def _expected_touch(connection: Connection, undoes: str | None) -> dict[tuple[str, str], str]:
    """Return what `changed_in` an undo left in each record: what stood there before the change it took back."""
    if not undoes:
        return {}
    # Of several changes to one record, the first says it.
    rows = reversed(connection.execute(_CHANGES, {"change_set": undoes}).all())
    return {(row.table, row.record): row.before.get("changed_in", undoes) for row in rows}


def _layers(connection: Connection, change_set: str) -> list[dict[_Shape, list[tuple[str, Values]]]]:
    """Return the changes to take back, last first, in layers that hold a record once, grouped by shape."""
    layers: list[dict[_Shape, list[tuple[str, Values]]]] = []
    depth: Counter[tuple[str, str]] = Counter()
    for row in reversed(connection.execute(_CHANGES, {"change_set": change_set}).all()):
        layer = depth[row.table, row.record]
        depth[row.table, row.record] += 1
        if layer == len(layers):
            layers.append({})
        shape = (row.table, row.kind, tuple(sorted(row.before)))
        layers[layer].setdefault(shape, []).append((row.record, row.before))
    return layers


def _in_effect(connection: Connection, change_set: str) -> bool:
    """Whether no undo of this change set is in effect."""
    undos = connection.execute(_UNDOS, {"change_set": change_set}).scalars().all()
    return not any(_in_effect(connection, each) for each in undos)


_OPPOSITE = {"update": "update", "void": "revive", "revive": "void"}


def undo(unit: "UnitOfWork", change_set: str) -> None:
    """Write the opposite of a change set into `unit`.

    Raises ExpectedError `undo.moved_on` when a record it touched was changed since or is relied on
    by later work, and `undo.already` when it is not in effect.
    """
    connection = unit.connection
    header = connection.execute(_HEADER, {"change_set": change_set}).one()
    if not _in_effect(connection, change_set):
        raise ExpectedError("undo.already")
    left = _expected_touch(connection, header.undoes)
    revived: dict[str, list[str]] = {}
    for number, layer in enumerate(_layers(connection, change_set)):
        for (name, kind, fields), entries in layer.items():
            table = RECORDS[name]
            columns = table.__table__.c
            prepared = []
            for start in range(0, len(entries), _BLOCK):
                block = dict(entries[start : start + _BLOCK])
                rows = connection.execute(select(table.__table__).where(columns.id.in_(block))).mappings()
                for present in rows.all():
                    before = block[present["id"]]
                    expected = left.get((name, present["id"]), header.undoes) if header.undoes else change_set
                    if number == 0 and present["changed_in"] != expected:
                        raise _moved_on(connection, present["changed_in"])
                    values = {field: typed(table, field, before[field]) for field in fields}
                    if kind == "revive":
                        values["voided_in"] = unit.id
                    prepared.append(
                        (present["id"], _OPPOSITE[kind], {field: present[field] for field in fields}, values)
                    )
            unit.restore(table, prepared)
            if kind == "void":
                revived.setdefault(name, []).extend(record for record, *_rest in prepared)
    for name, records in revived.items():
        _check_parents(connection, RECORDS[name], records)
    if header.undoes is None:
        _void_inserted(unit, change_set, header.counts)


def _touching(sources: list[str]) -> Iterator[Select[str]]:
    """Return the queries for change sets that changed what these change sets changed or made."""
    first, later = aliased(Change), aliased(Change)
    before, after = aliased(ChangeSet), aliased(ChangeSet)
    yield (
        select(later.change_set)
        .join(first, and_(first.table == later.table, first.record == later.record))
        .join(before, before.id == first.change_set)
        .join(after, after.id == later.change_set)
        .where(first.change_set.in_(sources), after.position > before.position)
        .distinct()
    )
    for name, table in RECORDS.items():
        columns = table.__table__.c
        yield (
            select(Change.change_set)
            .join(table, and_(Change.table == name, Change.record == columns.id))
            .where(columns.made_in.in_(sources), Change.change_set != columns.made_in)
            .distinct()
        )


def _hanging(sources: list[str]) -> Iterator[Select[str]]:
    """Return the queries for change sets whose live rows point to live rows that these change sets made."""
    for table in RECORDS.values():
        parent = table.__table__
        for child, condition in _children(table):
            yield (
                select(child.c.made_in)
                .join(parent, condition)
                .where(parent.c.made_in.in_(sources), parent.c.voided_in.is_(None))
                .where(child.c.voided_in.is_(None), child.c.made_in != parent.c.made_in)
                .distinct()
            )


def dependents(connection: Connection, change_set: str) -> list[ChangeSetLine]:
    """Return the later change sets that stand on one, and those on them, newest first: to be undone before it."""
    found: dict[str, tuple[int, ChangeSetLine]] = {}
    frontier = [change_set]
    while frontier:
        sources, frontier = frontier[:_BLOCK], frontier[_BLOCK:]
        ids: set[str] = set()
        for chosen in (*_touching(sources), *_hanging(sources)):
            ids.update(connection.execute(chosen).scalars())
        fresh = sorted(ids - found.keys() - {change_set})
        for start in range(0, len(fresh), _BLOCK):
            block = _steps().where(
                ChangeSet.id.in_(fresh[start : start + _BLOCK]), ChangeSet.undoes.is_(None)
            )
            for row in connection.execute(block):
                if not row.undone_by:
                    found[row.id] = (row.position, _line(row))
                    frontier.append(row.id)
    return [each for _position, each in sorted(found.values(), key=lambda pair: -pair[0])]


def history(connection: Connection, table: type[Record], records: list[str]) -> list[HistoryLine]:
    """Return every change to the fields of these records of one table, newest first."""
    lines = list(_history(connection, table, records))
    return [line for _, line in sorted(lines, key=lambda each: -each[0])]


def _history(
    connection: Connection, table: type[Record], records: list[str], *, inserted: str = ""
) -> Iterator[tuple[int, HistoryLine]]:
    """Give the changes of these records with their positions; of rows that `inserted` made, their first values."""
    name = table.__tablename__
    current = {
        row["id"]: dict(row)
        for row in connection.execute(
            select(table.__table__).where(table.__table__.c.id.in_(records))
        ).mappings()
    }
    headers: dict[str, Any] = {}

    def line(
        change_set: str,
        record: str,
        change: str,
        field: str = "",
        before: object = None,
        after: object = None,
    ) -> tuple[int, HistoryLine]:
        if change_set not in headers:
            headers[change_set] = connection.execute(
                select(ChangeSet.position, ChangeSet.made_at, ChangeSet.officer, ChangeSet.action).where(
                    ChangeSet.id == change_set
                )
            ).one()
        made = headers[change_set]
        at = made.made_at.isoformat(" ")
        return made.position, HistoryLine(
            change_set, at, made.officer, made.action, name, record, change, field, before, after
        )

    chosen = (
        select(Change.__table__)
        .where(Change.table == name, Change.record.in_(records))
        .order_by(Change.id.desc())
    )
    for row in connection.execute(chosen).mappings():
        after_all = current[row["record"]]
        for field, before in row["before"].items():
            after = plain(after_all[field])
            after_all[field] = before
            if field not in BOOKKEEPING:
                yield line(row["change_set"], row["record"], "update", field, before, after)
        if row["kind"] != "update":
            yield line(row["change_set"], row["record"], row["kind"])
    for record, first in current.items():
        yield line(first["made_in"], record, "insert")
        if first["made_in"] == inserted:
            for field, value in first.items():
                if field not in BOOKKEEPING and value not in (None, ""):
                    yield line(inserted, record, "insert", field, None, plain(value))


def details(connection: Connection, change_set: str, most: int = 60) -> list[HistoryLine]:
    """Return what a change set did to each record, field by field; of a large one to `most` records of a table."""
    found: list[HistoryLine] = []
    for name, table in RECORDS.items():
        columns = table.__table__.c
        changed = select(Change.record).where(Change.change_set == change_set, Change.table == name)
        made = select(columns.id).where(columns.made_in == change_set)
        ids: dict[str, None] = {}
        for chosen in (made, changed.order_by(Change.number)):
            ids.update(dict.fromkeys(connection.execute(chosen.limit(most)).scalars()))
        if ids:
            lines = _history(connection, table, list(ids)[:most], inserted=change_set)
            found += [line for _, line in lines if line.change_set == change_set]
    return found


def content_hash(connection: Connection) -> str:
    """Return a hash over every live record's own fields, whatever order or change sets they came in."""
    digest = hashlib.sha256()
    for name, table in sorted(RECORDS.items()):
        columns = [column for column in table.__table__.c if column.name not in BOOKKEEPING - {"id"}]
        live = select(*columns).where(table.__table__.c.voided_in.is_(None)).order_by(table.__table__.c.id)
        digest.update(name.encode())
        for row in connection.execute(live):
            digest.update(
                json.dumps([plain(value) for value in row], ensure_ascii=False, sort_keys=True).encode()
            )
    return digest.hexdigest()
