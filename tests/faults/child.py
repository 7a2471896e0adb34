"""What a process that will be killed does: it opens a ledger, works, and tells each durable change."""

from datetime import date
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import imports, receive, work
from db.queries import workers
from tests.conftest import PASSWORD, clock

DAY = date(2024, 11, 30)


def record(folder: Path, started: str, sender: Connection) -> None:
    """Record contacts without end; send each note once the change that holds it is committed."""
    desk = desks.open_with_password(folder, PASSWORD, clock)
    with desk.ledger.reader() as connection:
        people = workers.ids(connection, "workers", desk.asked(DAY))
    sender.send("opened")
    for number in count():
        note = f"{started}-{number}"
        work.record_service(desk, [people[number % len(people)]], "contact", DAY, note=note)
        sender.send(note)


def import_files(folder: Path, files: list[Path], sender: Connection) -> None:
    """Import workbooks; send what is being done, and `committed` once everything is durable."""
    desk = desks.open_with_password(folder, PASSWORD, clock)
    sender.send("opened")
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, files, desk.scope, desk.today())
    sender.send("prepared")
    imports.commit(desk, prepared, lambda done, total, _what: sender.send(f"{done}/{total}"))
    sender.send("committed")


def receive_files(folder: Path, files: list[Path], sender: Connection) -> None:
    """Receive workbooks; send what is being done, and how many are in once each is durable."""
    desk = desks.open_with_password(folder, PASSWORD, clock)
    sender.send("opened")
    received = receive.receive_each(
        desk, files, progress=lambda at, total, what: sender.send(f"{what} {at}/{total}")
    )
    for done, outcome in enumerate(received, 1):
        assert outcome.file.taken
        sender.send(f"received {done}")
