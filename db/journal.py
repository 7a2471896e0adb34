"""The journal: one mechanism read for audit, undo, history, upload and merge."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Date, DateTime, and_, func, insert, select, update

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.journal import ChangeSetLine
from caseworker_app.read_models.people import HistoryLine
from db.tables import BOOKKEEPING, RECORDS, Change, ChangeSet, Record

if TYPE_CHECKING:
    from db.unit_of_work import UnitOfWork

Values = dict[str, Any]
_Shape = tuple[str, str, tuple[str, ...]]

FIRST_LINK = "0" * 64
STANDING = frozenset({"ledger.new", "upload.write"})
"""Actions that undo passes over: what they did stands outside the ledger too."""


def plain(value: object) -> object:
    """Return a value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def typed(table: type[Record], name: str, value: Any) -> Any:  # noqa: ANN401 - columns of any type
    """Return a value kept by `plain` as its column has it."""
    kind = table.__table__.c[name].type
    if value is not None and isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value is not None and isinstance(kind, Date) else value


def append_header(connection: Connection, header: Values) -> None:
    """Write the change set before the rows that point to it."""
    last = select(func.coalesce(func.max(ChangeSet.position), 0))
    serial = select(func.coalesce(func.max(ChangeSet.serial), 0)).where(ChangeSet.device == header["device"])
    header["position"] = connection.execute(last).scalar_one() + 1
    header["serial"] = connection.execute(serial).scalar_one() + 1
    connection.execute(insert(ChangeSet).values(**header, counts={}, chain=""))


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
    columns = (Change.number, Change.table, Change.record, Change.kind, Change.before)
    for row in connection.execute(
        select(*columns).where(Change.change_set == change_set).order_by(Change.number)
    ):
        yield tuple(row)


def close_header(connection: Connection, header: Values, counts: dict[str, int]) -> None:
    """Complete the change set with what it did and its link in the chain."""
    before = select(ChangeSet.chain).where(ChangeSet.position == header["position"] - 1)
    previous = connection.execute(before).scalar_one_or_none() or FIRST_LINK
    chain = _link(previous, header, counts, _changes(connection, header["id"]))
    connection.execute(
        update(ChangeSet)
        .where(ChangeSet.id == header["id"])
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


def _lines(connection: Connection, limit: int) -> list[ChangeSetLine]:
    chosen = select(ChangeSet.__table__).order_by(ChangeSet.position.desc()).limit(limit)
    rows = connection.execute(chosen).mappings().all()
    undone_by: dict[str, str] = {}
    for row in rows:  # Newest first: an undo that was itself undone does not count.
        if row["undoes"] and row["id"] not in undone_by:
            undone_by[row["undoes"]] = row["id"]
    return [
        ChangeSetLine(
            row["id"],
            row["serial"],
            row["action"],
            row["values"],
            row["officer"],
            row["made_at"],
            row["undoes"],
            undone_by.get(row["id"]),
        )
        for row in rows
    ]


def recent(connection: Connection, limit: int = 200) -> list[ChangeSetLine]:
    """Return the last change sets, newest first."""
    return _lines(connection, limit)


def next_undo(connection: Connection) -> ChangeSetLine | None:
    """Return the newest change set that is in effect, no undo itself and not standing."""
    lines = (line for line in _lines(connection, 2000) if line.action not in STANDING)
    return next((line for line in lines if not line.undoes and not line.undone_by), None)


def next_redo(connection: Connection) -> ChangeSetLine | None:
    """Return the undo that redo would take back: the newest in effect, if nothing else was done since."""
    for line in _lines(connection, 2000):
        if line.action in STANDING:
            continue
        if line.undoes and not line.undone_by:
            original = connection.execute(
                select(ChangeSet.undoes).where(ChangeSet.id == line.undoes)
            ).scalar_one()
            if original is None:
                return line
        elif not line.undoes and not line.undone_by:
            return None
    return None


def _moved_on(connection: Connection, change_set: str) -> ExpectedError:
    row = connection.execute(
        select(ChangeSet.action, ChangeSet.values).where(ChangeSet.id == change_set)
    ).one_or_none()
    return ExpectedError(
        "undo.moved_on", action=row.action if row else "", who=row.values.get("name", "") if row else ""
    )


def _check_dependents(connection: Connection, table: type[Record], change_set: str) -> None:
    """Refuse to void rows that live rows of other change sets point to."""
    for other in RECORDS.values():
        for key in other.__table__.foreign_keys:
            if key.column.table is not table.__table__:
                continue
            parent = table.__table__
            chosen = (
                select(other.__table__.c.made_in)
                .join(parent, key.parent == parent.c.id)
                .where(parent.c.made_in == change_set, parent.c.voided_in.is_(None))
                .where(other.__table__.c.voided_in.is_(None), other.__table__.c.made_in != change_set)
                .limit(1)
            )
            if dependent := connection.execute(chosen).scalar_one_or_none():
                raise _moved_on(connection, dependent)
    if table.__tablename__ in ("person", "household"):  # A claim names either, so it has no foreign key.
        owner, claim = table.__table__, RECORDS["claim"].__table__.c
        claimed = (
            select(claim.made_in)
            .join(owner, owner.c.id == claim.beneficiary)
            .where(owner.c.made_in == change_set, claim.voided_in.is_(None), claim.made_in != change_set)
            .limit(1)
        )
        if dependent := connection.execute(claimed).scalar_one_or_none():
            raise _moved_on(connection, dependent)


def _void_inserted(unit: "UnitOfWork", change_set: str) -> None:
    connection = unit.connection
    for table in RECORDS.values():
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
    rows = connection.execute(
        select(Change.table, Change.record, Change.before)
        .where(Change.change_set == undoes)
        .order_by(Change.number.desc())  # Of several changes to one record, the first says it.
    )
    return {(row.table, row.record): row.before.get("changed_in", undoes) for row in rows}


def _layers(connection: Connection, change_set: str) -> list[dict[_Shape, list[tuple[str, Values]]]]:
    """Return the changes to take back, last first, in layers that hold a record once, grouped by shape."""
    layers: list[dict[_Shape, list[tuple[str, Values]]]] = []
    depth: Counter[tuple[str, str]] = Counter()
    chosen = select(Change.table, Change.record, Change.kind, Change.before)
    for row in connection.execute(
        chosen.where(Change.change_set == change_set).order_by(Change.number.desc())
    ):
        layer = depth[row.table, row.record]
        depth[row.table, row.record] += 1
        if layer == len(layers):
            layers.append({})
        shape = (row.table, row.kind, tuple(sorted(row.before)))
        layers[layer].setdefault(shape, []).append((row.record, row.before))
    return layers


def _in_effect(connection: Connection, change_set: str) -> bool:
    """Whether no undo of this change set is in effect."""
    undos = connection.execute(select(ChangeSet.id).where(ChangeSet.undoes == change_set)).scalars().all()
    return not any(_in_effect(connection, each) for each in undos)


_OPPOSITE = {"update": "update", "void": "revive", "revive": "void"}


def undo(unit: "UnitOfWork", change_set: str) -> None:
    """Write the opposite of a change set into `unit`.

    Raises ExpectedError `undo.moved_on` when a record it touched was changed since or is relied on
    by later work, and `undo.already` when it is not in effect.
    """
    connection = unit.connection
    header = connection.execute(select(ChangeSet.undoes).where(ChangeSet.id == change_set)).one()
    if not _in_effect(connection, change_set):
        raise ExpectedError("undo.already")
    left = _expected_touch(connection, header.undoes)
    for number, layer in enumerate(_layers(connection, change_set)):
        for (name, kind, fields), entries in layer.items():
            table = RECORDS[name]
            columns = table.__table__.c
            prepared = []
            for start in range(0, len(entries), 500):
                block = dict(entries[start : start + 500])
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
    if header.undoes is None:
        _void_inserted(unit, change_set)


def history(connection: Connection, table: type[Record], records: list[str]) -> list[HistoryLine]:
    """Return every change to the fields of these records of one table, newest first."""
    name = table.__tablename__
    current = {
        row["id"]: dict(row)
        for row in connection.execute(
            select(table.__table__).where(table.__table__.c.id.in_(records))
        ).mappings()
    }
    headers: dict[str, Any] = {}

    def header(change_set: str) -> Any:  # noqa: ANN401 - a row
        if change_set not in headers:
            headers[change_set] = (
                connection.execute(select(ChangeSet.__table__).where(ChangeSet.id == change_set))
                .mappings()
                .one()
            )
        return headers[change_set]

    lines: list[tuple[int, HistoryLine]] = []
    chosen = (
        select(Change.__table__)
        .where(Change.table == name, Change.record.in_(records))
        .order_by(Change.id.desc())
    )
    for row in connection.execute(chosen).mappings():
        made = header(row["change_set"])
        after_all = current[row["record"]]
        for field, before in row["before"].items():
            after = plain(after_all[field])
            after_all[field] = before
            if field not in BOOKKEEPING:
                line = HistoryLine(
                    row["change_set"],
                    made["made_at"].isoformat(" "),
                    made["officer"],
                    made["action"],
                    name,
                    row["record"],
                    "update",
                    field,
                    before,
                    after,
                )
                lines.append((made["position"], line))
        if row["kind"] != "update":
            line = HistoryLine(
                row["change_set"],
                made["made_at"].isoformat(" "),
                made["officer"],
                made["action"],
                name,
                row["record"],
                row["kind"],
                "",
                None,
                None,
            )
            lines.append((made["position"], line))
    for record, first in current.items():
        made = header(first["made_in"])
        line = HistoryLine(
            made["id"],
            made["made_at"].isoformat(" "),
            made["officer"],
            made["action"],
            name,
            record,
            "insert",
            "",
            None,
            None,
        )
        lines.append((made["position"], line))
    return [line for _, line in sorted(lines, key=lambda each: -each[0])]


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
