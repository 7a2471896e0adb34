"""Ledgers in memory: as many as a history needs, copied like folders are, each with a device of its own."""

import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.pool import StaticPool

from caseworker_app.domain import lines
from caseworker_app.domain.kinds import KINDS
from caseworker_app.domain.lines import State
from db import merge, states
from db.ids import new_id
from db.merge import Merged
from db.tables import RECORDS, Base, Change, Conflict
from db.unit_of_work import Units

TOWNSHIP = "640106101"
VILLAGES = tuple(f"{TOWNSHIP}{number}" for number in range(201, 207))


class Memory:
    """A ledger in memory, of a scope, on a device."""

    def __init__(self, scope: str, device: str, source: "Memory | None" = None, drift: int = 0) -> None:
        self.scope, self.device = scope, device
        self.raw = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        if source:
            source.raw.backup(self.raw)
        self.engine: Engine = create_engine("sqlite://", creator=lambda: self.raw, poolclass=StaticPool)
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        if not source:
            Base.metadata.create_all(self.engine)
        self.raw.execute("PRAGMA foreign_keys=ON")

        def clock() -> datetime:
            # Nothing may hang on it: it is years off, and runs backwards.
            self.drift -= random.Random(self.drift).randint(-50_000, 60_000)
            return datetime(2024, 11, 30, 4, tzinfo=UTC).replace(tzinfo=None) + timedelta(seconds=self.drift)

        self.drift = drift
        self.units = Units(self.engine, device, f"officer {device}", clock)

    def copy(self, device: str = "", drift: int = 0) -> "Memory":
        """Return a copy, on another device when one is named."""
        return Memory(self.scope, device or self.device, self, drift)

    def read(self, query: Callable[[Connection], Any]) -> Any:
        """Return what a query says."""
        with self.engine.connect() as connection:
            return query(connection)

    def sent(self, place: str = "", *, down: bool = False) -> bytes:
        """Return the state for a place as it travels."""
        with self.engine.connect() as connection:
            state = states.gather(connection, place or self.scope, self.scope, down=down)
        vectors = {
            village: {name: list(head) for name, head in each.items()}
            for village, each in state.vectors.items()
        }
        return lines.canonical([vectors, list(lines.encode(state))]).encode()

    def receive(self, told: bytes, *, down: bool = False) -> Merged:
        """Take a state in."""
        import json

        vectors, rows = json.loads(told)
        state: State = lines.decode(rows, vectors, down=down)
        village = next(iter(vectors)) if len(vectors) == 1 else TOWNSHIP
        with self.units("receive.file") as unit:
            merged = merge.apply(
                unit,
                state,
                self.scope,
                {
                    "kind": "feedback" if down else "upload",
                    "file_name": "x.xlsx",
                    "village_code": village,
                    "month": "2024-11",
                    "device": "",
                    "officer": "",
                    "digest": "",
                    "seal": "sound",
                    "received_on": date(2024, 11, 30),
                },
            )
            unit.commit()
        return merged

    def decide(self) -> int:
        """Decide every conflict by its values alone, as the same person would; return how many there were."""
        decided = 0
        while rows := self.read(
            lambda connection: connection.execute(
                select(Conflict).where(Conflict.decided == "").order_by(Conflict.id).limit(1)
            ).all()
        ):
            row = rows[0]
            side = "theirs" if lines.canonical(row.theirs) > lines.canonical(row.ours) else "ours"
            with self.units("conflict.decide") as unit:
                merge.decide(unit, row.id, side, date(2024, 11, 30), "x", "")
                unit.commit()
            decided += 1
        return decided

    def content(self) -> str:
        """Return a hash of all records that travel, voided or not."""

        def own(connection: Connection) -> str:
            journal_ = states.read_journal(connection)
            return lines.digest(
                line
                for kind in KINDS
                if kind.table != "received"
                for line, _village in states.read(connection, kind, journal_)
            )

        return str(self.read(own))

    def values(self) -> dict[tuple[str, str], dict[str, str]]:
        """Return what every record that travels says."""

        def own(connection: Connection) -> dict[tuple[str, str], dict[str, str]]:
            journal_ = states.read_journal(connection)
            return {
                (line.table, line.id): {name: lines.canonical(value) for name, value in line.fields.items()}
                for kind in KINDS
                if kind.table != "received"
                for line, _village in states.read(connection, kind, journal_)
            }

        return dict(self.read(own))

    def replaced(self) -> dict[tuple[str, str, str], list[str]]:
        """Return the values that the journal keeps of each field, oldest first."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for row in self.read(lambda connection: connection.execute(select(Change).order_by(Change.id)).all()):
            for name, value in row.before.items():
                key = (row.table, row.record, "voided" if name == "voided_in" else name)
                found.setdefault(key, []).append(
                    lines.canonical(value is not None if name == "voided_in" else value)
                )
        return found

    def live(self, table: str) -> list[Any]:
        """Return the live rows of a table."""
        columns = RECORDS[table].__table__
        return list(
            self.read(
                lambda connection: connection.execute(
                    select(columns).where(columns.c.voided_in.is_(None)).order_by(columns.c.id)
                ).all()
            )
        )


class Hand:
    """Somebody who edits a ledger at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def begin(self, ledger: Memory, households: int = 8) -> None:
        """Enter some households with their people and jobs."""
        for number in range(households):
            with ledger.units("household.add") as unit:
                home = unit.insert(
                    RECORDS["household"],
                    household_no=f"{ledger.scope}{number:04d}",
                    village_code=ledger.scope,
                    group_name="",
                    phone="",
                )
                for member in range(self.random.randint(1, 4)):
                    self._person(unit, home, "head" if member == 0 else "child")
                unit.commit()

    def _person(self, unit: Any, home: str, relation: str) -> None:
        person = unit.insert(
            RECORDS["person"],
            name=self.random.choice("马王李张杨") + self.random.choice("国强秀英伟"),
            identity_number=new_id()[-18:],
            sex="male",
            born=date(1980, 1, 1) + timedelta(self.random.randint(0, 9000)),
        )
        unit.insert(
            RECORDS["membership"],
            person_id=person,
            household_id=home,
            relation=relation,
            since=None,
            until=None,
        )
        unit.insert(
            RECORDS["person_attribute"],
            person_id=person,
            attribute="labour_skill",
            value="ordinary",
            since=None,
            until=None,
        )

    def edit(self, ledger: Memory) -> None:
        """Do one thing at random, as an officer would."""
        pick = self.random.random()
        if pick < 0.15:
            with ledger.units("household.add") as unit:
                home = unit.insert(
                    RECORDS["household"],
                    household_no=new_id()[-12:],
                    village_code=ledger.scope,
                    group_name="",
                    phone="",
                )
                self._person(unit, home, "head")
                unit.commit()
        elif pick < 0.4:
            person = self.random.choice(ledger.live("person"))
            with ledger.units("spell.add") as unit:
                unit.insert(
                    RECORDS["spell"],
                    person_id=person.id,
                    kind="wage",
                    started_on=date(2023, 1, 1) + timedelta(self.random.randint(0, 600)),
                    wage=self.random.randint(1000, 9000) * 100,
                )
                unit.commit()
        elif pick < 0.9:
            table, fields = self.random.choice(
                (
                    (
                        "person",
                        {
                            "phone": str(self.random.randint(1, 5)),
                            "name": self.random.choice(("马国", "李英", "王伟")),
                        },
                    ),
                    (
                        "household",
                        {"group_name": self.random.choice("一二三"), "phone": str(self.random.randint(1, 5))},
                    ),
                    (
                        "spell",
                        {
                            "employer": self.random.choice("甲乙丙"),
                            "wage": self.random.randint(1, 5) * 100_000,
                        },
                    ),
                    ("person_attribute", {"value": self.random.choice(("ordinary", "skilled", "weak"))}),
                )
            )
            rows = ledger.live(table)
            if rows:
                name = self.random.choice(list(fields))
                with ledger.units("cell.edit") as unit:
                    unit.update(RECORDS[table], self.random.choice(rows).id, **{name: fields[name]})
                    unit.commit()
        elif rows := ledger.live("spell"):
            with ledger.units("spell.void") as unit:
                unit.void(RECORDS["spell"], self.random.choice(rows).id)
                unit.commit()
