"""Workbooks that others sent: sealed ones merged by their records, edited and plain ones taken in through the preview."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from caseworker_app.domain import lines
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import read, recognise, seal
from caseworker_app.exchange.parts import RECORDS_SHEET, SEAL_SHEET
from caseworker_app.exchange.read import Arrived, Sheet
from caseworker_app.exchange.seal import Seal
from caseworker_app.read_models.received import FileProblem, ReceivedFile
from caseworker_app.use_cases import devices, imports, mappings, twins
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.imports import Prepared, Read
from caseworker_app.use_cases.problems import raise_cells
from db import engine, journal, merge
from db.queries import conflicts, received
from db.queries import twins as twin_queries
from db.tables import Household, Membership, Received
from db.unit_of_work import UnitOfWork

Values = dict[str, Any]
Progress = Callable[[int, int, str], None]
_MANY = 1000
_NAMED = 12
"""Edited cells that are named; of more the rest is counted."""
_KINDS = ("upload", "feedback")
_ENROLMENT = "enrolment"
LOCKED = frozenset({"workbook.encrypted", "workbook.password_wrong"})
"""Problems of a workbook that a password settles."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one workbook; `prepared` waits to be taken in as the receiver's own entry."""

    file: ReceivedFile
    changed: Changed
    prepared: Prepared | None = None
    path: Path | None = None


@dataclass(slots=True)
class _Book:
    """One workbook on its way in."""

    path: Path
    sheets: tuple[Sheet, ...]
    read: Read
    seal: Seal
    month: str
    village: str
    number: int = 1
    """Which it is of those that came together."""

    @property
    def sealed_records(self) -> bool:
        """Whether its records are as they were sealed."""
        manifest = self.seal.manifest
        touched = {sheet for sheet, _cell in self.seal.edited}
        return bool(manifest) and manifest.get("kind") in _KINDS and not touched & {RECORDS_SHEET, SEAL_SHEET}

    @property
    def enrolment(self) -> bool:
        """Whether it only introduces a device."""
        return self.seal.state == "sound" and self.seal.manifest.get("kind") == _ENROLMENT

    def line(self, **values: Any) -> ReceivedFile:  # noqa: ANN401 - fields of the line
        """Return what is told of it."""
        told = ReceivedFile(
            file=self.path.name,
            kind=str(self.seal.manifest.get("kind", "")) if self.sealed_records else "plain",
            seal=self.seal.state,
            device=self.seal.device,
            fingerprint=self.seal.fingerprint,
            village=self.village,
            month=self.month,
            officer=str(self.seal.manifest.get("officer", "")),
            standing="",
            cells={},
            conflicts=(),
            problems=(),
            taken=False,
            public_key=self.seal.public_key,
        )
        return replace(told, **values)


def receive_each(
    desk: Desk,
    files: Sequence[Path],
    *,
    take_plain: bool = False,
    month: str = "",
    village: str = "",
    password: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> Iterator[Outcome]:
    """Take in workbooks, each in one change set; what is wrong with one keeps no other from being taken.

    A sealed workbook is merged. One that was edited or never sealed is looked through, and written as the receiver's
    own entry with `take_plain`, otherwise when `accept` says so. `month` and `village` say of a plain sheet what it
    does not say itself. What was given is in the ledger, also when `progress` stops the rest.
    """
    for number, book in enumerate(_read(desk, files, password, progress)):
        progress(number, len(files), "receive.writing")
        if isinstance(book, Outcome):
            yield book
            continue
        if not book.sealed_records:
            book.month, book.village = _month(book, month, desk), village
        book.number = number + 1
        outcome = _receive(desk, book, progress)
        yield accept(desk, outcome, progress) if take_plain and outcome.prepared is not None else outcome
    progress(len(files), len(files), "receive.writing")


def _month(book: _Book, month: str, desk: Desk) -> str:
    """Return the month an edited workbook was sealed for; of a plain sheet the one that is said, or today's."""
    return str(book.seal.manifest.get("month", "")) or month or f"{desk.today():%Y-%m}"


def receive(desk: Desk, files: Sequence[Path], **how: Any) -> list[Outcome]:  # noqa: ANN401 - as `receive_each` takes them
    """Take in workbooks as `receive_each` does, and return what became of all."""
    return list(receive_each(desk, files, **how))


def look(
    desk: Desk,
    files: Sequence[Path],
    *,
    password: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> list[ReceivedFile]:
    """Say of workbooks what they are and how they stand to what is held; nothing is written."""
    found = []
    for book in _read(desk, files, password, progress):
        if isinstance(book, Outcome):
            found.append(book.file)
        elif book.enrolment:
            found.append(_introduced(book))
        elif book.sealed_records:
            with desk.ledger.reader() as connection:
                found.append(_looked(connection, desk, book))
        else:
            found.append(_plain(desk, book, _edited(book) or (FileProblem("receive.plain"),)).file)
    return found


def _looked(connection: Connection, desk: Desk, book: _Book) -> ReceivedFile:
    _taken, _state, problems = _admitted(connection, desk, book)
    vectors = {village: lines.heads(each) for village, each in book.seal.manifest["vectors"].items()}
    down = book.seal.manifest["kind"] == "feedback"
    how = merge.stands(connection, vectors, desk.scope, down=down)
    return book.line(standing=how, problems=(*problems, *_edited(book)))


def _read(desk: Desk, files: Sequence[Path], password: str, progress: Progress) -> Iterator[_Book | Outcome]:
    """Give the workbooks, the next read while the one before is written; of one that cannot be read what is wrong."""
    arriving = read.read_each(files, password=password)
    with closing(arriving), ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(next, arriving, None)
        for number, file in enumerate(files):
            progress(number, len(files), "receive.reading")
            found = coming.result()
            coming = ahead.submit(next, arriving, None)
            try:
                if isinstance(found, ExpectedError):
                    raise found
                assert found is not None
                yield _book(desk, file, found, password)
            except ExpectedError as error:
                yield Outcome(_unread(file, error), Changed(), path=file)


def _unread(file: Path, error: ExpectedError) -> ReceivedFile:
    problem = FileProblem(error.code, dict(error.values))
    return ReceivedFile(file.name, "", "absent", "", "", "", "", "", "", {}, (), (problem,), taken=False)


def _book(desk: Desk, file: Path, arrived: Arrived, password: str) -> _Book:
    found = seal.verify(arrived.sheets, as_sealed=arrived.as_sealed)
    manifest = found.manifest
    month = str(manifest.get("month", "")) or f"{desk.today():%Y-%m}"
    sheets = tuple(arrived.sheets)
    book = _Book(
        file, sheets, Read((file,), (sheets,), 0.0, password), found, month, str(manifest.get("village", ""))
    )
    if arrived.as_sealed and not book.sealed_records:
        # Whoever sealed it has not signed what stands in it, or it is none of ours: all of it is looked through.
        return _book(desk, file, Arrived(read.read(file, password=password), as_sealed=False), password)
    return book


def _edited(book: _Book) -> tuple[FileProblem, ...]:
    """Name the cells that were edited after the workbook was sealed."""
    if book.seal.state != "broken":
        return ()
    named = [f"{sheet}!{cell}" if cell else sheet for sheet, cell in book.seal.edited]
    more = max(len(named) - _NAMED, 0)
    told = {"cells": "、".join(named[:_NAMED]) + ("…" if more else ""), "count": len(named), "more": more}
    return (FileProblem("receive.edited" if book.sealed_records else "receive.edited_records", told),)


def _introduced(book: _Book) -> ReceivedFile:
    """Say of a workbook that introduces a device what it is for."""
    place = devices.sender(book.seal.manifest)
    told = {
        "place": devices.place_named(place),
        "device": devices.short(book.seal.device),
        "fingerprint": book.seal.fingerprint,
    }
    return book.line(
        kind=_ENROLMENT, month="", village=place, problems=(FileProblem("receive.enrolment", told),)
    )


def _admitted(connection: Connection, desk: Desk, book: _Book) -> tuple[bool, str, tuple[FileProblem, ...]]:
    """Say whether a sealed workbook may be taken: it is of our place, and its device is known or the first."""
    manifest = book.seal.manifest
    place, down = book.village, manifest["kind"] == "feedback"
    ours = place == desk.scope if down else place.startswith(desk.scope)
    if not ours:
        return False, "", (FileProblem("receive.elsewhere", {"place": devices.place_named(place)}),)
    return devices.admitted(connection, desk, devices.sender(manifest), book.seal)


def _receive(desk: Desk, book: _Book, progress: Progress) -> Outcome:
    if book.enrolment:
        return Outcome(_introduced(book), Changed(), path=book.path)
    if not book.sealed_records:
        return _plain(desk, book, _edited(book) or (FileProblem("receive.plain"),))
    with desk.ledger.reader() as connection:
        taken, noted, problems = _admitted(connection, desk, book)
    problems = (*problems, *_edited(book))
    if not taken:
        return Outcome(book.line(problems=problems), Changed(), path=book.path)
    try:
        outcome = _merged(desk, book, noted, problems, progress)
    except ExpectedError as error:
        if not error.code.startswith("receive."):
            raise
        problem = FileProblem(error.code, dict(error.values))
        return Outcome(book.line(problems=(problem, *problems)), Changed(), path=book.path)
    if book.seal.state != "broken":
        return outcome
    # The records are as they were sealed; what was edited beside them is looked through like any sheet.
    if outcome.file.standing in ("stale", "same"):
        told = tuple(
            FileProblem("receive.edited_stale", each.values) if each.code == "receive.edited" else each
            for each in outcome.file.problems
        )
        return replace(outcome, file=replace(outcome.file, problems=told))
    sheets = _edited_rows(desk, book)
    beside = _plain(desk, replace_sheets(book, sheets), ())
    return replace(outcome, file=replace(outcome.file, preview=beside.file.preview), prepared=beside.prepared)


def replace_sheets(book: _Book, sheets: tuple[Sheet, ...]) -> _Book:
    """Return a workbook with other sheets."""
    contents = Read(book.read.files, (sheets,), book.read.seconds, book.read.password)
    return _Book(book.path, sheets, contents, book.seal, book.month, book.village)


def _edited_rows(desk: Desk, book: _Book) -> tuple[Sheet, ...]:
    """Return the sheets with their headers and the rows that were edited; all other rows are known by the records."""
    rows: dict[str, set[int]] = {}
    for name, cell in book.seal.edited:
        rows.setdefault(name, set()).add(int("".join(filter(str.isdigit, cell)) or 0) - 1)
    found: list[Sheet] = []
    with desk.ledger.reader() as connection:
        remembered = mappings.remembered(connection)
    for sheet in book.sheets:
        edited = rows.get(sheet.name)
        if not edited or -1 in edited:
            if edited:
                found.append(sheet)
            continue
        match = recognise.recognise(sheet, book.path.name, "", remembered)
        if match:
            keep = set(range(match.last_header_row + 1)) | edited
            found.append(Sheet(sheet.name, [row if at in keep else [] for at, row in enumerate(sheet.rows)]))
    return tuple(found)


def _merged(
    desk: Desk, book: _Book, noted: str, problems: tuple[FileProblem, ...], progress: Progress
) -> Outcome:
    """Merge the records of a sealed workbook as one change set."""
    manifest = book.seal.manifest
    kind, digest = str(manifest["kind"]), _digest(manifest)
    records = next(sheet for sheet in book.sheets if sheet.name == RECORDS_SHEET)
    state = lines.decode(records.rows, manifest["vectors"], down=kind == "feedback")
    told: Values = {
        "kind": kind,
        "file_name": book.path.name[:200],
        "village_code": book.village,
        "month": book.month,
        "device": book.seal.device,
        "officer": str(manifest.get("officer", ""))[:80],
        "digest": digest,
        "seal": book.seal.state,
        "received_on": desk.today(),
    }
    try:
        with desk.units("receive.file", file=book.path.name, village=book.village) as unit:
            result = merge.apply(unit, state, desk.scope, told, progress)
            if noted:
                devices.note(unit, desk, devices.sender(manifest), book.seal, noted)
            unit.name(book.path.name)
            # Of many workbooks at once the first, second, fourth, eighth …: as much as was held before them came since.
            if state.count > _MANY and book.number.bit_count() == 1:
                engine.survey(unit.connection)
            changed = unit.commit()
    except (IntegrityError, KeyError, TypeError, ValueError) as error:
        raise ExpectedError("receive.damaged") from error
    with desk.ledger.reader() as connection:
        waiting = tuple(conflicts.conflicts(connection, ids=result.conflicts))
    found = list(problems)
    if result.branches:
        found.append(FileProblem("receive.branches", {"device": devices.short(result.branches[0])}))
    if waiting:
        found.append(FileProblem("receive.conflicts", {"count": len(waiting)}))
    # What this level had only imported gives way to what the owner sent; the rest waits for a person's eye.
    given, taken = twins.take_over(desk, [record for name, record in result.twins if name == "person"])
    if taken:
        found.append(FileProblem("receive.taken_over", {"count": taken}))
    with desk.ledger.reader() as connection:
        beside = twin_queries.standing(connection, result.twins)
    if beside:
        found.append(FileProblem("receive.twins", {"count": beside}))
    line = book.line(
        standing=result.standing,
        cells=dict(result.cells),
        conflicts=waiting,
        problems=tuple(found),
        taken=True,
    )
    return Outcome(line, Changed.joined((given, changed)), path=book.path)


def _digest(manifest: Any) -> str:  # noqa: ANN401 - the manifest as JSON
    """Return one digest of a workbook's values: the one its sender keeps it under, else that of all its sheets."""
    return str(manifest.get("content", "")) or seal.content_digest(
        {name: seal.Sums(each, b"") for name, each in manifest["sheets"].items()}
    )


def _plain(desk: Desk, book: _Book, problems: tuple[FileProblem, ...]) -> Outcome:
    """Look through a workbook like any sheet that is imported."""
    shown = tuple(sheet for sheet in book.sheets if sheet.name not in (RECORDS_SHEET, SEAL_SHEET))
    try:
        with desk.ledger.reader() as connection:
            contents = Read(book.read.files, (shown,), book.read.seconds, book.read.password)
            prepared = imports.recognised(connection, contents, desk.scope, desk.today())
            if not book.village:
                book.village = desk.scope if len(desk.scope) == 12 else _village_of(connection, prepared)
    except ExpectedError as error:
        problem = FileProblem(error.code, dict(error.values))
        return Outcome(book.line(standing="plain", problems=(problem, *problems)), Changed(), path=book.path)
    cells: Counter[str] = Counter()
    for each in prepared.preview.files:
        cells.update(each.cells)
    line = book.line(standing="plain", cells=dict(cells), problems=problems, preview=prepared.preview)
    return Outcome(line, Changed(), prepared, book.path)


def _village_of(connection: Connection, prepared: Prepared) -> str:
    """Return the one village whose households a sheet is about, '' for none or several."""
    inserts = prepared.writes.inserts
    codes = {row["village_code"] for row in inserts.get("household", ())}
    homes = {row["household_id"] for row in inserts.get("membership", ())}
    homes |= set(prepared.writes.updates.get("household", ()))
    people = {row["person_id"] for name in ("spell", "intention") for row in inserts.get(name, ())}
    people |= set(prepared.writes.updates.get("person", ()))
    some = sorted(homes)[:_MANY]
    codes |= set(
        connection.execute(select(Household.village_code).where(Household.id.in_(some)).distinct()).scalars()
    )
    lived = (
        select(Household.village_code)
        .join(Membership, Membership.household_id == Household.id)
        .where(Membership.person_id.in_(sorted(people)[:_MANY]))
    )
    codes |= set(connection.execute(lived.distinct()).scalars())
    return codes.pop() if len(codes) == 1 else ""


def accept(desk: Desk, outcome: Outcome, progress: Progress = lambda _done, _total, _what: None) -> Outcome:
    """Take in what was looked through, as the receiver's own entry; ExpectedError `import.moved_on`."""
    prepared, file = outcome.prepared, outcome.file
    if prepared is None:
        return outcome
    if prepared.position != _head(desk):
        # Another workbook of the same round came in between: the same sheets are looked through again.
        contents = Read(
            prepared.files, (tuple(sheet for _name, sheet, _match in prepared.found),), 0.0, prepared.password
        )
        with desk.ledger.reader() as connection:
            prepared = imports.recognised(connection, contents, desk.scope, desk.today())
    with desk.units("receive.plain", file=file.file, village=file.village) as unit:
        proposed = imports.write(desk, unit, prepared, progress)
        if not file.taken:
            _note_plain(unit, desk, file)
        if file.village and file.village != desk.scope:
            raise_cells(desk, unit, prepared.preview.files, file.village, file.month)
        unit.name(file.file)
        changed = replace(unit.commit(), proposed=proposed)
    return Outcome(replace(file, taken=True, preview=prepared.preview), changed, path=outcome.path)


def _head(desk: Desk) -> int:
    with desk.ledger.reader() as connection:
        return journal.head(connection)


def _note_plain(unit: UnitOfWork, desk: Desk, file: ReceivedFile) -> None:
    unit.insert(
        Received,
        kind="plain",
        file_name=file.file[:200],
        village_code=file.village,
        month=file.month,
        device=file.device,
        officer=file.officer,
        vector={},
        digest="",
        standing="plain",
        seal=file.seal,
        cells=file.cells,
        received_on=desk.today(),
    )


def table(connection: Connection, desk: Desk, month: str) -> list[Any]:
    """Return how every village stands in a month."""
    return received.month(connection, desk.scope, month)
