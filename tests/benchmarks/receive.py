"""Receiving the workbooks of many villages, against reading the same files and inserting the same rows, bare.

`python -m tests.benchmarks.receive FOLDER [VILLAGES] [HOUSEHOLDS]` makes the workbooks in FOLDER unless they are there,
and tells seconds of processor and clock, and memory, as one line of JSON. Ours is everything from the files to a
ledger that knows where each field comes from; the floor reads cells with the bare reader and inserts records.
"""

import json
import multiprocessing
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import python_calamine

from caseworker_app import sample
from caseworker_app.domain import divisions, lines
from caseworker_app.exchange import read
from caseworker_app.exchange.parts import RECORDS_SHEET
from caseworker_app.exchange.seal import verify
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import imports, receive, uploads
from db import engine
from db.tables import RECORDS
from tests.benchmarks import clock

_PASSWORD = "mountain-river"
_COUNTY = "640106"
_AT_ONCE = 4


def _village(source: Path, folder: Path, number: int, code: str) -> None:
    """Make of one ledger that of another village: other ids, numbers and devices, the same facts."""
    shutil.copytree(source, folder)
    opened = desks.open_with_password(folder, _PASSWORD, clock)
    key = opened.ledger.opened.data_key
    opened.close()
    raw = engine.connect(folder / engine.DATABASE, key)
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    mark = f"{number + 16:02x}"
    for name, table in RECORDS.items():
        for column in table.__table__.c:
            leads = any(each.column.table.name in RECORDS for each in column.foreign_keys)
            if column.name in ("id", "beneficiary") or leads:
                cursor.execute(
                    f'UPDATE "{name}" SET "{column.name}" = ? || substr("{column.name}", 3)', (mark,)
                )
    cursor.execute("UPDATE search_number SET person_id = ? || substr(person_id, 3)", (mark,))
    cursor.execute("UPDATE change_set SET device = ? || substr(device, 3)", (mark,))
    cursor.execute("UPDATE household SET village_code = ?, household_no = ? || household_no", (code, mark))
    cursor.execute("UPDATE person SET identity_number = ? || substr(identity_number, 3)", (mark,))
    cursor.execute("UPDATE setting SET value = ? WHERE key = 'scope'", (json.dumps(code),))
    raw.close()


def workbooks(folder: Path, villages: int, households: int) -> list[Path]:
    """Return what the villages sent, made if it is not there."""
    files = [folder / f"{number:02}.xlsx" for number in range(villages)]
    if all(file.exists() for file in files):
        return files
    source = folder / "source"
    desk, _code = desks.new(source, _PASSWORD, _COUNTY, "员", clock=clock)
    (folder / "files").mkdir(parents=True)
    with desk.ledger.reader() as connection:
        given = sample.write(folder / "files", households, 1)
        prepared = imports.prepare(connection, given, desk.scope, desk.today())
    imports.commit(desk, prepared)
    desk.close()
    codes = [
        village.code for town in divisions.children(_COUNTY) for village in divisions.children(town.code)
    ]
    for number, file in enumerate(files):
        _village(source, folder / f"v{number}", number, codes[number])
        own = desks.open_with_password(folder / f"v{number}", _PASSWORD, clock)
        uploads.write_month(own, "2024-11", file)
        own.close()
        shutil.rmtree(folder / f"v{number}")
    return files


def _bare_reads(files: list[Path]) -> int:
    """Read every cell with the reader library and nothing else."""
    cells = 0
    for file in files:
        book = python_calamine.CalamineWorkbook.from_path(str(file))
        for sheet in book.sheets_metadata:
            for row in book.get_sheet_by_name(sheet.name).iter_rows():
                cells += len(row)
    return cells


def _rows(files: list[Path]) -> dict[str, list[tuple[object, ...]]]:
    """Return the records of these workbooks as bare rows."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for start in range(0, len(files), _AT_ONCE):
        for sheets in read.read_all(files[start : start + _AT_ONCE]):
            manifest = verify(sheets).manifest
            records = next(sheet for sheet in sheets if sheet.name == RECORDS_SHEET).rows
            for block in lines.decode(records, manifest["vectors"]).blocks:
                for line in block.lines():
                    values = [
                        each if not isinstance(each, list | dict) else json.dumps(each)
                        for each in line.fields.values()
                    ]
                    found.setdefault(line.table, []).append((line.id, *values, "", "", ""))
    return found


def _bare_inserts(target: Path, rows: dict[str, list[tuple[object, ...]]]) -> None:
    """Insert the records with one statement a table and nothing else, encrypted and as durable as ours."""
    target.unlink(missing_ok=True)
    plain = engine.connect(target, bytes(32))
    plain.execute("BEGIN")
    for name, several in rows.items():
        width = len(several[0])
        columns = ", ".join(["id TEXT PRIMARY KEY", *(f"c{at}" for at in range(1, width))])
        plain.execute(f'CREATE TABLE "{name}" ({columns})')
        plain.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * width)})', several)
    plain.execute("COMMIT")
    plain.close()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of clock and of processor that work takes, its children's too."""

    def used() -> float:
        own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

    begun, before = time.perf_counter(), used()
    work()
    return time.perf_counter() - begun, used() - before


def main() -> None:
    """Measure."""
    folder = Path(sys.argv[1])
    villages, households = (int(each) for each in (sys.argv[2:] + ["40", "500"][len(sys.argv) - 2 :]))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["CASEWORKER_HOME"] = str(folder / "home")
    files = [folder / f"{number:02}.xlsx" for number in range(villages)]
    if not all(file.exists() for file in files):
        # In a process of its own: what making them takes is not ours to count.
        making = multiprocessing.get_context("spawn").Process(
            target=workbooks, args=(folder, villages, households)
        )
        making.start()
        making.join()
    shutil.rmtree(folder / "county", ignore_errors=True)
    desk, _code = desks.new(folder / "county", _PASSWORD, _COUNTY, "县", clock=clock)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told_of: list[int] = []
    ours = _timed(
        lambda: receive.receive(desk, files, progress=lambda done, _total, _what: told_of.append(done))
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    desk.close()
    reads = _timed(lambda: _bare_reads(files))
    rows = _rows(files)
    inserts = _timed(lambda: _bare_inserts(folder / "bare.db", rows))
    told = {
        "villages": villages,
        "records": sum(map(len, rows.values())),
        "ours": {"clock": ours[0], "processor": ours[1]},
        "floor": {"clock": reads[0] + inserts[0], "processor": reads[1] + inserts[1]},
        "reads": reads,
        "inserts": inserts,
        "progress": len(told_of),
        "before": before,
        "memory": memory,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
