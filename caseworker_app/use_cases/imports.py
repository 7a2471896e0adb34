"""Spreadsheets in: read, recognise, compare, preview; then write everything as one change set."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from caseworker_app import error_words, wording
from caseworker_app.collector import uncollected
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import plan, read, recognise
from caseworker_app.exchange.answer import Mark, target_name
from caseworker_app.exchange.answer import write as write_answer
from caseworker_app.exchange.parts import SEAL_SHEET
from caseworker_app.exchange.read import Sheet
from caseworker_app.exchange.recognise import Recognised
from caseworker_app.exchange.state import HouseholdState, PersonState, State, Values, Writes
from caseworker_app.read_models.imports import ImportPreview
from caseworker_app.use_cases import mappings, propose
from caseworker_app.use_cases.desk import Desk
from db import engine, journal
from db.ids import new_ids
from db.queries import import_state
from db.tables import (
    RECORDS,
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
    Spell,
)
from db.unit_of_work import UnitOfWork

Progress = Callable[[int, int, str], None]
"""Told how far of how much, and what is being done; raising from it cancels."""

_MANY = 1000
"""After so many records the database looks anew at how large its tables are."""

_ORDER = (
    "household",
    "household_attribute",
    "monitoring",
    "person",
    "membership",
    "person_attribute",
    "spell",
    "intention",
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An import that has been looked through: what it would write, and at which position of the journal."""

    preview: ImportPreview
    writes: Writes
    position: int
    files: tuple[Path, ...]
    found: tuple[tuple[str, Sheet, Recognised], ...]
    password: str = ""
    exported_on: date | None = None
    """The day of the oldest export, where all of them are exports."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the files are called."""
        return tuple(file.name for file in self.files)


@dataclass(frozen=True, slots=True)
class Read:
    """Workbooks that were read: the sheets of each file."""

    files: tuple[Path, ...]
    contents: tuple[tuple[Sheet, ...], ...]
    seconds: float
    password: str = ""


def ledger_state(connection: Connection) -> State:
    """Return the part of the ledger that workbooks are compared with."""
    state = State()
    households: dict[str, HouseholdState] = {}
    people: dict[str, PersonState] = {}
    for row in import_state.live_rows(connection, Household, touched=True):
        household = HouseholdState(row.pop("id"), row)
        households[household.id] = state.households[row["household_no"]] = household
    for row in import_state.live_rows(connection, HouseholdAttribute, open_ended=True):
        households[row["household_id"]].attributes[row["attribute"]] = row
    for row in import_state.live_rows(connection, Monitoring, touched=True):
        households[row["household_id"]].monitoring = row
    for row in import_state.live_rows(connection, Person, touched=True):
        person = PersonState(row.pop("id"), row)
        people[person.id] = person
        if row["identity_number"]:
            state.people[row["identity_number"]] = person
    # Of households received twice under one number both have members.
    by_id = {household.id: household.values["household_no"] for household in households.values()}
    for row in import_state.live_rows(connection, Membership, touched=True):
        _belong(people[row["person_id"]], row, by_id[row["household_id"]])
    for row in import_state.live_rows(connection, PersonAttribute, open_ended=True):
        people[row["person_id"]].attributes[row["attribute"]] = row
    for row in import_state.live_rows(connection, Spell, touched=True):
        people[row["person_id"]].spells.append({**row, "made": True})
    for row in import_state.live_rows(connection, Intention, open_ended=True, touched=True):
        people[row["person_id"]].intention = {**row, "made": True}
    return state


def _belong(person: PersonState, membership: dict[str, Any], household_no: str) -> None:
    """Tell where somebody belongs, or belonged last."""
    if membership["until"] is None:
        person.membership, person.left, person.household_no = membership, None, household_no
    elif person.membership is None and (person.left is None or membership["until"] > person.left["until"]):
        person.left, person.household_no = membership, household_no


def look(
    files: Sequence[Path],
    *,
    password: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> Read:
    """Read workbooks; raises ExpectedError `workbook.*` for one that cannot be read, `import.sealed` for a month's."""
    begun = time.perf_counter()
    files = list(dict.fromkeys(files))
    progress(0, len(files), "import.reading")
    with uncollected():
        contents = read.read_all(files, lambda rows: progress(rows, 0, "import.reading"), password=password)
    for file, sheets in zip(files, contents, strict=True):
        if any(sheet.name == SEAL_SHEET for sheet in sheets):
            raise ExpectedError("import.sealed", file=file.name)
    return Read(
        tuple(files), tuple(tuple(sheets) for sheets in contents), time.perf_counter() - begun, password
    )


def prepare(
    connection: Connection,
    files: Sequence[Path],
    scope: str,
    today: date,
    *,
    layout: str = "",
    password: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> Prepared:
    """Look through workbooks and say what importing them would do; nothing is written.

    Raises ExpectedError `workbook.*` for a file that cannot be read, `import.layout_unknown` for a layout
    nobody knows and `import.not_recognised` for a file in which no sheet has a known one.
    """
    remembered = mappings.remembered(connection)
    if layout and layout not in {each.name for each in (*remembered, *recognise.layouts())}:
        raise ExpectedError("import.layout_unknown", layout=layout)
    contents = look(files, password=password, progress=progress)
    return recognised(connection, contents, scope, today, layout=layout, progress=progress)


def recognised(
    connection: Connection,
    contents: Read,
    scope: str,
    today: date,
    *,
    layout: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> Prepared:
    """Say what importing workbooks that were read would do; raises ExpectedError `import.not_recognised`."""
    remembered = mappings.remembered(connection)
    found = []
    unread: list[tuple[str, str]] = []
    names = _names(contents.files)
    for file, sheets in zip(contents.files, contents.contents, strict=True):
        matches = [
            (names[file], sheet, match)
            for sheet in sheets
            if (match := recognise.recognise(sheet, file.name, layout, remembered))
        ]
        if not matches:
            raise ExpectedError("import.not_recognised", file=file.name)
        found.extend(matches)
        known = [id(sheet) for _name, sheet, _match in matches]
        unread += [(names[file], each.name) for each in sheets if id(each) not in known and _is_table(each)]
    planned = _planned(
        connection, contents.files, tuple(found), scope, today, contents.seconds, progress, contents.password
    )
    return replace(planned, preview=replace(planned.preview, unread=tuple(unread)))


def _names(files: Sequence[Path]) -> dict[Path, str]:
    """Return what each file is called: two of one name are told apart by their folders."""
    alike = [file.name for file in files]
    return {
        file: file.name if alike.count(file.name) == 1 else f"{file.parent.name}/{file.name}"
        for file in files
    }


def _is_table(sheet: Sheet) -> bool:
    """Whether a sheet may hold data: rows of several cells."""
    return sum(len(row) - row.count("") > 1 for row in sheet.rows) > 1


def confirm(
    connection: Connection,
    prepared: Prepared,
    scope: str,
    today: date,
    confirmed: Collection[tuple[str, str, int]],
    progress: Progress = lambda _done, _total, _what: None,
) -> Prepared:
    """Say what an import would do with the proposals somebody confirmed, each by file, sheet and row."""
    if not confirmed:
        return prepared
    planned = _planned(
        connection,
        prepared.files,
        prepared.found,
        scope,
        today,
        prepared.preview.read_seconds,
        progress,
        prepared.password,
        confirmed,
    )
    return replace(planned, preview=replace(planned.preview, unread=prepared.preview.unread))


def proposals(preview: ImportPreview, rows: Collection[int] | None = None) -> frozenset[tuple[str, str, int]]:
    """Return where something is proposed, in these rows only if asked: what `confirm` takes."""
    return frozenset(
        (file.file, problem.sheet, problem.row)
        for file in preview.files
        for problem in file.problems
        if problem.proposal and (rows is None or problem.row in rows)
    )


def _planned(
    connection: Connection,
    files: tuple[Path, ...],
    found: tuple[tuple[str, Sheet, Recognised], ...],
    scope: str,
    today: date,
    read_seconds: float,
    progress: Progress,
    password: str,
    confirmed: Collection[tuple[str, str, int]] = (),
) -> Prepared:
    begun = time.perf_counter()
    with uncollected():
        planner = plan.Planner(ledger_state(connection), scope, today, new_ids(), confirmed)
        previews = [
            planner.sheet(name, sheet, match, lambda done, total: progress(done, total, "import.checking"))
            for name, sheet, match in plan.in_order(list(found))
        ]
    preview = ImportPreview(tuple(previews), planner.totals, read_seconds, time.perf_counter() - begun)
    # What was read is held on to only while something may still be confirmed.
    held = found if confirmed or proposals(preview) else ()
    days = [match.exported_on for _name, _sheet, match in found if match.exported_on]
    exported_on = min(days) if len(days) == len(found) else None
    return Prepared(preview, planner.writes, journal.head(connection), files, held, password, exported_on)


def answer_name(prepared: Prepared) -> str:
    """Return what the answer to the first file with a problem is called."""
    wrong = {file.file for file in prepared.preview.files if file.problems}
    names = _names(prepared.files)
    return next((target_name(source) for source in prepared.files if names[source] in wrong), "")


def answer(prepared: Prepared, target: Path, officer: str) -> list[Path]:
    """Write the sender's files back with what is to be settled marked; return the files written.

    Several files go beside each other: the first as `target`, the others named after it, in no other file's place.
    Raises ExpectedError `answer.nothing` when no cell has a problem, and what `exchange.answer` raises.
    """
    written: list[Path] = []
    names = _names(prepared.files)
    for source in prepared.files:
        with wording.speaking(wording.ZH):
            marks = [
                Mark(problem.sheet, problem.row, problem.cell, error_words.problem_words(problem))
                for file in prepared.preview.files
                if file.file == names[source]
                for problem in file.problems
            ]
        if not marks:
            continue
        more = names[source].removesuffix(source.suffix).replace("/", " ")
        path = target if not written else _free(target.with_name(f"{target.stem} {more}{target.suffix}"))
        write_answer(source, marks, path, signed=officer, password=prepared.password)
        written.append(path)
    if not written:
        raise ExpectedError("answer.nothing")
    return written


def _free(path: Path) -> Path:
    """Return a name that no file has: nobody was asked whether one may be replaced."""
    names = (path.with_stem(f"{path.stem} ({number})") for number in count(2))
    return path if not path.exists() else next(name for name in names if not name.exists())


def commit(desk: Desk, prepared: Prepared, progress: Progress = lambda _done, _total, _what: None) -> Changed:
    """Write a prepared import as one change set; ExpectedError `import.moved_on` when the ledger changed since.

    What would change in the records of a village is put to that village.
    """
    exported = {"exported": prepared.exported_on.isoformat()} if prepared.exported_on else {}
    with (
        uncollected(),
        desk.units("import", files=list(prepared.names), name="、".join(prepared.names), **exported) as unit,
    ):
        proposed = write(desk, unit, prepared, progress)
        return replace(unit.commit(), proposed=proposed)


def write(desk: Desk, unit: UnitOfWork, prepared: Prepared, progress: Progress) -> int:
    """Write a prepared import into a unit of work, and return how many records are changed or made by a proposal only.

    What a village declined is not put to it again. Raises ExpectedError `import.moved_on` when the ledger changed since.
    """
    if journal.head(unit.connection) != prepared.position:
        raise ExpectedError("import.moved_on")
    total = sum(map(len, prepared.writes.inserts.values())) + sum(map(len, prepared.writes.updates.values()))
    done = proposed = 0
    for name in _ORDER:
        rows: Sequence[Values] = prepared.writes.inserts.get(name, [])
        changed = prepared.writes.updates.get(name, {})
        fresh = {row["id"]: row for row in rows} if changed else {}
        later: dict[tuple[str, ...], list[tuple[str, Values]]] = {}
        for record, values in changed.items():
            if record in fresh:
                fresh[record].update(values)
            else:
                later.setdefault(tuple(sorted(values)), []).append((record, values))
        rows, put = propose.apart(desk, unit, RECORDS[name], rows, again=False)
        proposed += put
        for start in range(0, len(rows), 5000):
            progress(done, total, "import.writing")
            unit.insert_many(RECORDS[name], rows[start : start + 5000])
            done += len(rows[start : start + 5000])
        for changes in later.values():
            proposed += propose.change(desk, unit, RECORDS[name], changes, again=False)
            done += len(changes)
    progress(total, total, "import.writing")
    if total > _MANY:
        engine.survey(unit.connection)
    return proposed
