"""Assessing a whole ledger, against the bare statements that fetch what is read for it.

`python -m tests.benchmarks.assess LEDGER PASSWORD [--filled]` tells seconds of the processor and memory as one line of
JSON. The floor runs the very statements of ours on a bare cursor, values and all, and throws the rows away. Both are
run in turn and the best of each is told: other work on the machine only ever adds. `--filled` first writes contracts,
insurances, wages, certificates, businesses, organisations and claims into a copy of the ledger.
"""

import argparse
import gc
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, select

from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import entitlements, lists, today
from caseworker_app.use_cases.desk import Desk
from db.queries import facts, workers
from db.tables import (
    Business,
    Certificate,
    Claim,
    Contract,
    Engagement,
    Insurance,
    Organisation,
    Spell,
    Wage,
)
from tests.benchmarks import clock

_TURNS = 4
_PEOPLE = 150
_HOUSEHOLDS = 200
"""As many as the window asks for at once."""
_STEPS = 60


def processor(work: Callable[[], object]) -> float:
    """Return the seconds of the processor that something takes."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _peak() -> int:
    """Return the most memory this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _held() -> int:
    """Return the memory this process has now, in KiB; unlocking had more for a moment."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() // 1024


@contextmanager
def _statements(desk: Desk) -> Iterator[list[tuple[str, Any]]]:
    """Note every statement with its values while the block runs."""
    noted: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: object, sql: str, values: Any, _context: object, _many: bool) -> None:
        if sql != "BEGIN":
            noted.append((sql, values))

    event.listen(desk.ledger.engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(desk.ledger.engine, "before_cursor_execute", note)


def _everybody(desk: Desk) -> dict[str, Any]:
    """Time verdicts and amounts of everybody for every item."""
    on = desk.today()

    def ours() -> None:
        with desk.ledger.reader() as connection:
            entitlements.verdicts(connection, desk.pack, on)

    before = _held()
    with _statements(desk) as noted:
        ours()
    memory = _peak()
    raw = desk.ledger.engine.raw_connection()
    cursor = raw.cursor()

    def floor() -> None:
        for sql, values in noted:
            cursor.execute(sql, values).fetchall()

    turns = [(processor(floor), processor(ours)) for _ in range(_TURNS)]
    raw.close()
    return {
        "ours": min(each[1] for each in turns),
        "floor": min(each[0] for each in turns),
        "turns": [each[1] / each[0] for each in turns],
        "before": before,
        "memory": memory,
    }


def _one_by_one(desk: Desk) -> list[float]:
    """Time all items with all reasons for single people, from the ledger to the answer, the best of a few turns of each."""
    on = desk.today()
    with desk.ledger.reader() as connection:
        people = workers.ids(connection, "workforce", desk.asked(on))

        def asked(person: str) -> None:
            entitlements.assess_all(connection, desk.pack, on, people=[person])

        asked(people[0])
        chosen = people[:: max(len(people) // _PEOPLE, 1)]
        return sorted(min(_timed(asked, each) for _ in range(3)) for each in chosen)


def _timed(work: Callable[[str], None], whom: str) -> float:
    begun = time.process_time()
    work(whom)
    return time.process_time() - begun


def _due(desk: Desk) -> tuple[float, int]:
    """Time some of the steps in which the page of the day looks at everybody; return seconds a household, and how many."""
    on = desk.today()
    with desk.ledger.reader() as connection:
        every = today.everywhere(connection, desk, on)
        starts = range(0, len(every), _HOUSEHOLDS)
        chosen = [every[each : each + _HOUSEHOLDS] for each in starts[:: max(len(starts) // _STEPS, 1)]]
        today.homes(connection, desk, on, chosen[0])
        seconds = sum(processor(partial(today.homes, connection, desk, on, part)) for part in chosen)
    return seconds / sum(map(len, chosen)), len(every)


def _blocked(desk: Desk) -> float:
    """Time whose claims wait for which facts, over everybody."""
    with desk.ledger.reader() as connection:
        return min(
            processor(lambda: lists.blocked(connection, desk.pack, desk.today())) for _turn in range(2)
        )


# -- a ledger in which every item finds something ------------------------------------------------------


def _fill(desk: Desk) -> None:
    """Write records of every kind for a part of those who have jobs, and claims of a twentieth."""
    with desk.ledger.reader() as connection:
        rows = connection.execute(select(Spell.person_id, Spell.id, Spell.started_on)).all()
        homes = facts.household_of(connection, [row[0] for row in rows], desk.today())
    jobs = [(person, spell, begun) for person, spell, begun in rows if person in homes]
    since, day = date(2024, 1, 1), date(2024, 5, 20)
    firms = [{"name": f"单位{each}", "kind": "enterprise", "size": "small"} for each in jobs[::200]]
    with desk.units("ledger.new", name="measuring") as unit:
        firm = unit.insert_many(Organisation, firms)
        unit.insert_many(
            Engagement,
            [
                {"organisation_id": firm[each % len(firm)], "person_id": person, "spell_id": spell}
                | {"role": "employed", "since": begun}
                for each, (person, spell, begun) in enumerate(jobs[::10])
            ],
        )
        unit.insert_many(
            Contract,
            [{"person_id": who, "spell_id": job, "signed_on": begun} for who, job, begun in jobs[::3]],
        )
        unit.insert_many(
            Insurance,
            [
                {"person_id": who, "organisation_id": firm[0], "kind": kind, "payer": "employer"}
                | {"since": since, "paid": 90000}
                for who, _job, _begun in jobs[::4]
                for kind in ("pension", "medical", "unemployment", "work_injury")
            ],
        )
        unit.insert_many(
            Wage,
            [
                {"person_id": who, "spell_id": job, "month": f"2024-0{month}", "amount": 350000}
                for who, job, _begun in jobs[::10]
                for month in range(1, 7)
            ],
        )
        unit.insert_many(
            Certificate,
            [{"person_id": who, "kind": "special_skill", "issued_on": day} for who, *_job in jobs[::5]],
        )
        unit.insert_many(
            Business,
            [
                {"person_id": who, "name": "店", "kind": "individual", "registered_on": day}
                for who, *_job in jobs[::20]
            ],
        )
        whom = list(dict.fromkeys(who for who, *_job in jobs))[::20]
        unit.insert_many(
            Claim,
            [
                {
                    "number": f"M-{number}",
                    "pack": desk.pack.id,
                    "item": next(iter(desk.pack.items)),
                    "cycle": "2024",
                }
                | {"beneficiary_kind": "person", "beneficiary": who, "amount": 60000, "state": "submitted"}
                | {"filed_on": day, "assessed_on": day, "answer": {"members": [], "stretches": []}}
                for number, who in enumerate(whom)
            ],
        )
        unit.commit()


def main() -> None:
    """Measure one ledger."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.assess")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("password")
    parser.add_argument("--filled", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledger = asked.ledger
        if asked.filled:
            ledger = Path(shutil.copytree(ledger, Path(folder) / "ledger"))
        desk = desks.open_with_password(ledger, asked.password, clock)
        if asked.filled:
            _fill(desk)
        told = _everybody(desk)
        told["people"] = _one_by_one(desk)
        told["household"], told["households"] = _due(desk)
        told["blocked"] = _blocked(desk)
        desk.close()
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
