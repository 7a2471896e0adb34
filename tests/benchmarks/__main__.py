"""How long the program takes, as ratios to a floor measured in the same run: `python -m tests.benchmarks`.

Ours and the floor are timed in turn, so that whatever else the machine does slows both; the median of
several turns is shown. Only the ratios travel from one machine to another.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import python_calamine
from sqlalchemy import Connection, event

from caseworker_app import sample
from caseworker_app.policy import pack
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import imports
from caseworker_app.use_cases.desk import Desk
from db import engine
from db.queries import workers
from tests.benchmarks import clock

PASSWORD = "only-for-measuring"
HOUSEHOLDS_A_WORKER = 0.42
TURNS = 5
PAGE = 100
_IMPORTED = 20_000
"""A larger ledger is imported once, not timed: that would take a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One line of the table, in seconds."""

    what: str
    ours: float
    floor: float


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes, without a garbage collection left over from before."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turn(what: str, ours: Callable[[], object], floor: Callable[[], object]) -> Timed:
    """Time both in turn, after one turn that does not count."""
    ours()
    floor()
    turns = [(seconds(ours), seconds(floor)) for _ in range(TURNS)]
    return Timed(what, *(statistics.median(each) for each in zip(*turns, strict=True)))


# -- import: against reading with the bare library and inserting the bare cells ------------------------


def bare_rows(file: Path) -> list[list[Any]]:
    """Read a workbook with the reader library alone, in this process."""
    return list(python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).iter_rows())


def bare_insert(database: Path, rows: Sequence[Sequence[Any]]) -> None:
    """Put the cells into one encrypted table without key, index or journal."""
    connection = engine.connect(database, bytes(32))
    width = len(rows[0])
    connection.execute(f"CREATE TABLE cell ({', '.join(f'c{number}' for number in range(width))})")
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO cell VALUES ({', '.join('?' * width)})", rows)
    connection.execute("COMMIT")
    connection.close()


def timed_import(folder: Path, file: Path) -> list[Timed]:
    """Time looking through and writing the people export, each time into an empty ledger."""
    numbers = count()
    ledgers = iter([new_ledger(folder / f"empty-{number}") for number in range(TURNS + 1)])
    parts: dict[str, list[float]] = {"reading": [], "checking": [], "writing": []}

    def ours() -> None:
        desk = next(ledgers)
        with desk.ledger.reader() as connection:
            prepared = imports.prepare(connection, [file], desk.scope, desk.today())
        begun = time.perf_counter()
        imports.commit(desk, prepared)
        parts["writing"].append(time.perf_counter() - begun)
        parts["reading"].append(prepared.preview.read_seconds)
        parts["checking"].append(prepared.preview.check_seconds)
        desk.close()

    def floor() -> None:
        bare_insert(folder / f"floor-{next(numbers)}.db", bare_rows(file))

    whole = in_turn("import the people export", ours, floor)
    return [
        whole,
        *(Timed(f"… {name}", statistics.median(each[1:]), whole.floor) for name, each in parts.items()),
    ]


# -- lists: against the same statements on a bare cursor -----------------------------------------------


@contextmanager
def statements(desk: Desk) -> Iterator[list[tuple[str, Any]]]:
    """Note every statement with its values while the block runs."""
    noted: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: object, sql: str, values: Any, _context: object, _many: bool) -> None:
        noted.append((sql, values))

    event.listen(desk.ledger.engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(desk.ledger.engine, "before_cursor_execute", note)


def timed_query(desk: Desk, what: str, ask: Callable[[Connection], object]) -> Timed:
    """Time a question against its own statements on a bare cursor, rows fetched and thrown away."""

    def ours() -> None:
        with desk.ledger.reader() as connection:
            ask(connection)

    with statements(desk) as noted:
        ours()
    noted = [(sql, values) for sql, values in noted if sql != "BEGIN"]
    raw = desk.ledger.engine.raw_connection()
    cursor = raw.cursor()

    def floor() -> None:
        for sql, values in noted:
            cursor.execute(sql, values).fetchall()

    timed = in_turn(f"{what} ({len(noted)} statements)", ours, floor)
    raw.close()
    return timed


def timed_lists(desk: Desk) -> list[Timed]:
    """Time opening the workforce list and showing its first and last lines."""
    asked = desk.asked(desk.today())
    with desk.ledger.reader() as connection:
        found = workers.ids(connection, "workforce", asked)
    return [
        timed_query(
            desk, "open the workforce list", lambda connection: workers.ids(connection, "workforce", asked)
        ),
        timed_query(
            desk, f"its first {PAGE} lines", lambda connection: workers.rows(connection, found[:PAGE], asked)
        ),
        timed_query(
            desk, f"its last {PAGE} lines", lambda connection: workers.rows(connection, found[-PAGE:], asked)
        ),
    ]


# -- entitlements: against the statements that fetch what they read ------------------------------------


def assessed(ledger: Path) -> None:
    """Print what assessing this ledger takes, as it is and with records of every kind written into a copy."""
    for words, more in (("as imported", []), ("with records of every kind", ["--filled"])):
        command = [sys.executable, "-m", "tests.benchmarks.assess", str(ledger), PASSWORD, *more]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = json.loads(told)
        ours, floor, people = found["ours"], found["floor"], found["people"]
        _say(f"\nAssessing, {words}, in processor time, the best of several turns:\n")
        _say("| what | ours, ms | floor, ms | ratio |\n|---|---:|---:|---:|")
        _say(
            f"| everybody, every item | {ours * 1000:,.0f} | {floor * 1000:,.0f} | {ours / floor:.2f} "
            f"(turns {', '.join(f'{each:.2f}' for each in found['turns'])}) |"
        )
        _say(f"| one person, every reason, median | {statistics.median(people) * 1000:,.1f} | | |")
        _say(f"| … the worst of {len(people)} | {people[-1] * 1000:,.1f} | | |")
        _say(f"| Today: what is due | {found['household'] * found['households'] * 1000:,.0f} | | |")
        _say(f"| whose claims wait for a fact | {found['blocked'] * 1000:,.0f} | | |")
        _say(
            f"\nEverybody: at most {(found['memory'] - found['before']) / 1024:,.0f} MiB above the opened ledger."
        )


# -- the window: whole processes, against one that paints a bare label ---------------------------------


def window_run(*arguments: str) -> list[float]:
    """Start a process that paints and return the seconds it tells."""
    command = [sys.executable, "-m", "tests.benchmarks.window", *arguments]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return [float(each) for each in told.split()]


def timed_window(ledger: Path) -> list[Timed]:
    """Time the start until the unlock window is painted, and from unlocking until rows are."""
    turns = [(*window_run("label"), *window_run("program", str(ledger), PASSWORD)) for _ in range(TURNS + 1)][
        1:
    ]
    label, unlock, rows = (statistics.median(each) for each in zip(*turns, strict=True))
    return [
        Timed("start until the unlock window is painted", unlock, label),
        Timed("from unlocking until the main window is painted with rows", rows, label),
    ]


# -- a morning's work: what blocks the event loop, and seconds against floors --------------------------


def worked(ledger: Path) -> None:
    """Print what a morning's work in the window of this ledger shows."""
    command = [sys.executable, "-m", "tests.benchmarks.work", str(ledger), PASSWORD]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    found = json.loads(told.splitlines()[-1])
    every = sorted(block for blocks in found["blocks"].values() for block in blocks)
    _say("\n| interaction | times | longest block, median, ms | at most, ms |\n|---|---:|---:|---:|")
    for kind, blocks in found["blocks"].items():
        _say(
            f"| {kind} | {len(blocks)} | {statistics.median(blocks) * 1000:,.0f} | {max(blocks) * 1000:,.0f} |"
        )
    p99 = every[min(round(len(every) * 0.99), len(every) - 1)]
    _say(f"| all, p99 | {len(every)} | {p99 * 1000:,.0f} | {every[-1] * 1000:,.0f} |")
    _say("\n| what | ours, ms | floor, ms | ratio |\n|---|---:|---:|---:|")
    for what, (ours, floor) in found["compared"].items():
        _say(f"| {what} | {ours * 1000:,.1f} | {floor * 1000:,.1f} | {ours / floor:.2f} |")
    _say(f"\nAt most {found['memory'] / 1024:,.0f} MiB in the whole process.")


# -- the month out: against streaming the same cells with the bare writer ------------------------------


def uploaded(ledger: Path) -> None:
    """Print how long the monthly workbook of this ledger takes, and how much memory."""
    command = [sys.executable, "-m", "tests.benchmarks.upload", str(ledger), PASSWORD]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(told)
    ours, floor, more = found["ours"], found["floor"], found["memory"] - found["before"]
    _say("\n| what | ours, ms | floor, ms | ratio |\n|---|---:|---:|---:|")
    _say(f"| write the monthly workbook | {ours * 1000:,.0f} | {floor * 1000:,.0f} | {ours / floor:.2f} |")
    _say(f"\n{found['rows']:,} rows; at most {more / 1024:,.0f} MiB above the opened ledger.")


# -- the month in: against bare reads and bare inserts --------------------------------------------------


def received(folder: Path, villages: int = 40, households: int = 500) -> None:
    """Print how long receiving the workbooks of many villages takes, and how much memory."""
    command = [sys.executable, "-m", "tests.benchmarks.receive", str(folder), str(villages), str(households)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(told)
    _say("\n| what | ours, s | floor, s | ratio |\n|---|---:|---:|---:|")
    for kind in ("processor", "clock"):
        ours, floor = found["ours"][kind], found["floor"][kind]
        _say(f"| receive {villages} villages, {kind} | {ours:,.1f} | {floor:,.1f} | {ours / floor:.2f} |")
    more = found["memory"] - found["before"]
    _say(
        f"\n{found['records']:,} records; at most {found['memory'] / 1024:,.0f} MiB, {more / 1024:,.0f} of it new."
    )


# -- the run -------------------------------------------------------------------------------------------


def new_ledger(folder: Path) -> Desk:
    """Return an empty ledger for the county of the shipped pack."""
    return desks.new(folder, PASSWORD, pack.load().code, "measuring", clock=clock)[0]


def measure(size: int, folder: Path) -> None:
    """Print the table for a ledger of about so many workers."""
    files = sample.write(folder / "files", round(size * HOUSEHOLDS_A_WORKER), seed=1)
    lines = timed_import(folder, files[0]) if size <= _IMPORTED else []
    desk = new_ledger(folder / "ledger")
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, files, desk.scope, desk.today())
    imports.commit(desk, prepared)
    with desk.ledger.reader() as connection:
        found = workers.counts(connection, ["workers", "people"], desk.asked(desk.today()))
    lines += timed_lists(desk)
    desk.close()
    _say(f"\n{found['workers']:,} workers, {found['people']:,} people\n")
    _say("| what | ours, ms | floor, ms | ratio |\n|---|---:|---:|---:|")
    for line in lines:
        _say(
            f"| {line.what} | {line.ours * 1000:,.1f} | {line.floor * 1000:,.1f} | {line.ours / line.floor:.2f} |"
        )


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure the sizes asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--workers", type=int, nargs="+", default=[1000, 10000, 100000], help="sizes of the ledger"
    )
    parser.add_argument(
        "--ledger", type=Path, help="assessing and the window, on a ledger made by an earlier run"
    )
    asked = parser.parse_args()
    sizes = asked.workers
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CASEWORKER_HOME"] = str(Path(folder) / "home")
        if asked.ledger:
            assessed(asked.ledger)
            worked(asked.ledger)
            uploaded(asked.ledger)
            return
        for size in sizes:
            measure(size, Path(folder) / str(size))
            assessed(Path(folder) / str(size) / "ledger")
            worked(Path(folder) / str(size) / "ledger")
            uploaded(Path(folder) / str(size) / "ledger")
        received(Path(folder) / "villages")
        _say("\n| what | ours, ms | bare QLabel, ms | ratio |\n|---|---:|---:|---:|")
        for line in timed_window(Path(folder) / str(sizes[-1]) / "ledger"):
            _say(
                f"| {line.what} | {line.ours * 1000:,.0f} | {line.floor * 1000:,.0f} | {line.ours / line.floor:.2f} |"
            )


if __name__ == "__main__":
    main()
