"""One user action: one transaction, one change set, and what it touched."""

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import Connection, Engine, Table, bindparam, insert, select, update

from caseworker_app.domain.changed import Changed
from db import bulk, journal, search
from db.ids import new_id
from db.tables import Base, Change, Record

Values = dict[str, Any]

_MANY = 2000
_SOME = 100
"""From so many rows on the way past the toolkit is faster."""
_BLOCK = 500
_LEADING = ("id", "person_id", "household_id", "claim_id", "beneficiary", "beneficiary_kind")
"""Columns that say whose screens a row concerns."""


def _plain(table: type[Base]) -> Table:
    """Return the bare table: what is written needs nothing of what a mapped class adds."""
    return cast("Table", table.__table__)


class UnitOfWork:
    """A transaction that journals what it does; leaving it without `commit` takes everything back."""

    def __init__(self, connection: Connection, header: Values) -> None:
        self.connection = connection
        self.id: str = header["id"]
        self._header = header
        self._begun = False
        self._number = 0
        self._counts: dict[str, int] = {}
        self._touched: dict[str, set[str]] = {"people": set(), "households": set(), "claims": set()}
        self._everything = False
        self._found_anew: dict[str, set[str]] = {table: set() for table in search.DEPEND_ON}
        self._new_people: set[str] = set()

    def __enter__(self) -> Self:
        self.connection.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()  # Rolls back whatever was not committed.

    def _begin_change_set(self) -> None:
        if not self._begun:
            self._begun = True
            journal.append_header(self.connection, self._header)

    def _count(self, table: str, change: str, records: int = 1) -> None:
        key = f"{table}.{change}"
        self._counts[key] = self._counts.get(key, 0) + records

    def touch(self, table: type[Record], rows: Iterable[Any]) -> None:
        """Note whose screens the rows concern."""
        for row in rows:
            if table.__tablename__ in ("person", "household", "claim"):
                self._touched[
                    {"person": "people", "household": "households", "claim": "claims"}[table.__tablename__]
                ].add(row["id"])
            for column, kind in (
                ("person_id", "people"),
                ("household_id", "households"),
                ("claim_id", "claims"),
            ):
                if row.get(column):
                    self._touched[kind].add(row[column])
            if beneficiary := row.get("beneficiary"):
                self._touched["people" if row["beneficiary_kind"] == "person" else "households"].add(
                    beneficiary
                )
        self._everything = self._everything or sum(map(len, self._touched.values())) > _MANY

    def touch_everything(self) -> None:
        """Note that it concerns so many that every screen looks anew."""
        self._everything = True

    def _find_anew(self, table: type[Record], rows: Iterable[Any]) -> None:
        """Note whose search keys depend on these rows."""
        if table.__tablename__ in self._found_anew:
            column = "person_id" if table.__tablename__ == "membership" else "id"
            self._found_anew[table.__tablename__].update(row[column] for row in rows if column in row)

    def insert(self, table: type[Record], **values: Any) -> str:  # noqa: ANN401 - columns of any type
        """Add one record and return its id."""
        return self.insert_many(table, [values])[0]

    def insert_many(self, table: type[Record], rows: Sequence[Values]) -> list[str]:
        """Add records that all name the same columns; an `id` given is kept."""
        if not rows:
            return []
        self._begin_change_set()
        for row in rows:
            if "id" not in row:
                row["id"] = new_id()
        own = {"made_in": self.id, "changed_in": self.id}
        if len(rows) > _SOME:
            bulk.insert_rows(self.connection, _plain(table), rows, own)
        else:
            self.connection.execute(insert(_plain(table)), [{**row, **own} for row in rows])
        self._count(table.__tablename__, "insert", len(rows))
        self._find_anew(table, rows)
        if table.__tablename__ == "person":
            self._new_people.update(row["id"] for row in rows)
        if len(rows) > _MANY:
            self._everything = True
        else:
            self.touch(table, rows)
        return [row["id"] for row in rows]

    def insert_stored(self, table: type[Record], columns: dict[str, list[Any]]) -> None:
        """Add records from values as the file stores them, column by column, their ids among them."""
        self._begin_change_set()
        name, ids = table.__tablename__, columns["id"]
        own = {"made_in": self.id, "changed_in": self.id}
        bulk.insert_columns(self.connection, _plain(table), columns, own)
        self._count(name, "insert", len(ids))
        if name in self._found_anew:
            self._found_anew[name].update(columns["person_id"] if name == "membership" else ids)
        if name == "person":
            self._new_people.update(ids)
        self._everything = self._everything or len(ids) > _MANY
        if not self._everything:
            leading = {each: columns[each] for each in _LEADING if each in columns}
            rows = zip(*leading.values(), strict=True)
            self.touch(table, (dict(zip(leading, row, strict=True)) for row in rows))

    def update(self, table: type[Record], record: str, **values: Any) -> bool:  # noqa: ANN401 - columns of any type
        """Change fields of one record; False when they said that already."""
        return self.update_many(table, [(record, values)]) == 1

    def update_many(self, table: type[Record], changes: Sequence[tuple[str, Values]]) -> int:
        """Change fields of records, all naming the same columns; return how many really changed."""
        columns = table.__table__.c
        changed = 0
        for start in range(0, len(changes), _BLOCK):
            block = dict(changes[start : start + _BLOCK])
            rows = (
                self.connection.execute(select(table.__table__).where(columns.id.in_(block))).mappings().all()
            )
            found = {row["id"]: row for row in rows}
            entries, updates = [], []
            for record, values in block.items():
                row = found[record]
                before = {name: row[name] for name, value in values.items() if row[name] != value}
                if before:
                    entries.append((record, "update", {**before, "changed_in": row["changed_in"]}))
                    updates.append({**values, "b_id": record, "changed_in": self.id})
            if updates:
                self._record(table, entries)
                self._execute_updates(table, updates)
                self.touch(table, (found[entry[0]] for entry in entries))
                if not search.DEPEND_ON.get(table.__tablename__, frozenset()).isdisjoint(updates[0]):
                    self._find_anew(table, [*found.values(), *updates])
            changed += len(updates)
        return changed

    def void(self, table: type[Record], record: str) -> None:
        """Take one record out of the ledger; it stays in the file and can be revived."""
        row = (
            self.connection.execute(select(table.__table__).where(table.__table__.c.id == record))
            .mappings()
            .one()
        )
        if row["voided_in"] is None:
            self._record(table, [(record, "void", {"voided_in": None, "changed_in": row["changed_in"]})])
            self._execute_updates(table, [{"b_id": record, "voided_in": self.id, "changed_in": self.id}])
            self.touch(table, [row])
            self._find_anew(table, [row])

    def restore(self, table: type[Record], entries: Sequence[tuple[str, str, Values, Values]]) -> None:
        """Put back values as an undo does: (record, kind, present values, values to set), the same columns in each."""
        if entries:
            self._record(table, [(record, kind, present) for record, kind, present, _ in entries])
            self._execute_updates(table, [{**values, "b_id": record} for record, _, _, values in entries])
            self._everything = self._everything or len(entries) > _MANY
            self._find_anew(table, [present for _, _, present, _ in entries])
            shown = entries if table.__tablename__ in self._found_anew else entries[: _MANY + 1]
            ids = [record for record, _, _, _ in shown]
            for start in range(0, len(ids), _BLOCK):
                chosen = select(table.__table__).where(table.__table__.c.id.in_(ids[start : start + _BLOCK]))
                rows = self.connection.execute(chosen).mappings().all()
                self.touch(table, rows)
                self._find_anew(table, rows)

    def _execute_updates(self, table: type[Record], updates: list[Values]) -> None:
        names = [name for name in updates[0] if name != "b_id"]
        statement = (
            update(_plain(table))
            .where(table.__table__.c.id == bindparam("b_id"))
            .values({name: bindparam(name) for name in names})
        )
        self.connection.execute(statement, updates)

    def _record(self, table: type[Record], entries: Sequence[tuple[str, str, Values]]) -> None:
        self._begin_change_set()
        rows = []
        for record, kind, before in entries:
            self._number += 1
            rows.append(
                {
                    "change_set": self.id,
                    "number": self._number,
                    "table": table.__tablename__,
                    "record": record,
                    "kind": kind,
                    "before": {name: journal.plain(value) for name, value in before.items()},
                }
            )
            self._count(table.__tablename__, kind)
        self.connection.execute(insert(_plain(Change)), rows)

    def name(self, who: str, count: int = 1) -> None:
        """Note for people whom the change concerned; shown with its undo."""
        self._header["values"] = {**self._header["values"], "name": who, "count": count}

    def commit(self) -> Changed:
        """Close the change set, link it into the chain and make everything durable; empty when nothing changed."""
        if not self._begun:
            return Changed()
        heads = search.heads(self.connection, self._found_anew["household"])
        anew = self._found_anew["person"] | self._found_anew["membership"] | heads
        search.refresh(self.connection, anew, self._new_people)
        journal.close_header(self.connection, self._header, self._counts)
        self.connection.commit()
        if self._everything:
            return Changed(self.id, everything=True)
        people, households, claims = (
            frozenset(self._touched[kind]) for kind in ("people", "households", "claims")
        )
        return Changed(self.id, people, households, claims)


class Units:
    """Makes units of work: `with units("service.record") as unit: … return unit.commit()`."""

    def __init__(self, engine: Engine, device: str, officer: str, clock: Any) -> None:  # noqa: ANN401 - a callable
        self._engine = engine
        self.device = device
        self.officer = officer
        self.clock = clock

    def __call__(self, action: str, /, *, undoes: str | None = None, **values: object) -> UnitOfWork:
        """Begin a unit of work; `values` name the action for people (whom it concerned)."""
        connection = self._engine.connect().execution_options(writes=True)
        header = {
            "id": new_id(),
            "device": self.device,
            "made_at": self.clock(),
            "officer": self.officer,
            "action": action,
            "values": values,
            "undoes": undoes,
        }
        return UnitOfWork(connection, header)
