"""Kill the program at random moments: what it said was kept is kept, and an import is whole or was never made."""

import multiprocessing
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from caseworker_app import sample
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import imports, safety
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.tables import Household, Intention, Person, ServiceRecord, Spell
from tests.conftest import PASSWORD, clock
from tests.faults import child

KILLS, ALL_KILLS = 10, 250
"""By default, and in the size of the issues: both tests together 500."""
PATIENCE = 60.0
"""Seconds after which a child that says nothing has failed the test."""

# Forked from a server that has everything imported: fifty starts from nothing would cost a minute.
if sys.platform == "win32":
    _CONTEXT = multiprocessing.get_context("spawn")
else:
    _CONTEXT = multiprocessing.get_context("forkserver")
    _CONTEXT.set_forkserver_preload(["tests.faults.child"])


class Victim:
    """A child at work, whose messages are read until it is killed."""

    def __init__(self, target: Callable[..., None], *arguments: object) -> None:
        self.messages: list[str] = []
        self._receiver, sender = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=target, args=(*arguments, sender))
        self._process.start()
        sender.close()

    def listen(self, seconds: float, enough: Callable[[list[str]], bool] = lambda _messages: False) -> None:
        """Take messages until that is enough, the time is up or the child has ended."""
        until = time.monotonic() + seconds
        while not enough(self.messages) and self._receiver.poll(max(until - time.monotonic(), 0)):
            try:
                self.messages.append(self._receiver.recv())
            except EOFError:
                return

    def kill(self) -> list[str]:
        """Kill it, and return all that it said until then."""
        self._process.kill()
        self._process.join(PATIENCE)
        assert self._process.exitcode is not None
        self.listen(PATIENCE)
        self._receiver.close()
        self._process.close()
        return self.messages


def open_after(folder: Path) -> Desk:
    desk = desks.open_with_password(folder, PASSWORD, clock)
    found = safety.verify(desk)
    assert found.sound, found
    return desk


def counts(desk: Desk) -> list[int]:
    tables = (Household, Person, Spell, Intention)
    with desk.ledger.reader() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def notes(desk: Desk) -> list[str]:
    with desk.ledger.reader() as connection:
        return list(connection.execute(select(ServiceRecord.note).order_by(ServiceRecord.id)).scalars())


@pytest.fixture
def kills(whole: bool) -> int:
    """Return how often the program is killed."""
    return ALL_KILLS if whole else KILLS


def test_no_change_that_was_told_is_lost(sample_ledger: Path, kills: int, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sample_ledger, tmp_path / "ledger"))
    random = Random(20241130)
    kept: list[str] = []
    for number in range(kills):
        victim = Victim(child.record, folder, f"start {number}")
        wanted = random.randint(1, 12)  # One more than the changes: the first message says it is open.
        victim.listen(PATIENCE, lambda messages, wanted=wanted: len(messages) >= wanted)  # type: ignore[misc]
        victim.listen(random.uniform(0, 0.02))
        told = [message for message in victim.kill() if message != "opened"]
        assert len(told) >= wanted - 1
        desk = open_after(folder)
        found = notes(desk)
        desk.close()
        expected = kept + told
        assert found[: len(expected)] == expected
        assert len(found) <= len(expected) + 1  # Killed between keeping and telling: kept all the same.
        kept = found
    assert len(kept) > kills


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return a small set of exports."""
    return sample.write(tmp_path_factory.mktemp("files"), 60, seed=9)


@pytest.fixture(scope="module")
def imported(
    files: list[Path], empty_ledger: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[int], float]:
    """Return what an import that nobody kills leaves behind, and how long its writing takes."""
    folder = Path(shutil.copytree(empty_ledger, tmp_path_factory.mktemp("whole") / "ledger"))
    desk = desks.open_with_password(folder, PASSWORD, clock)
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, files, desk.scope, desk.today())
    begun = time.monotonic()
    imports.commit(desk, prepared)
    seconds = time.monotonic() - begun
    found = counts(desk)
    desk.close()
    return found, seconds


def test_an_import_is_whole_or_was_never_made(
    files: list[Path], imported: tuple[list[int], float], kills: int, empty_ledger: Path, tmp_path: Path
) -> None:
    random = Random(20241201)
    seen = set()
    for number in range(kills):
        folder = Path(shutil.copytree(empty_ledger, tmp_path / f"ledger-{number}"))
        victim = Victim(child.import_files, folder, files)
        if number % 5:  # Most of them while it writes.
            victim.listen(PATIENCE, lambda messages: "prepared" in messages)
            assert "prepared" in victim.messages
            # A process of its own is slower than this one, and now and then it is let finish.
            patience = PATIENCE if number % 5 == 4 else random.uniform(0, imported[1] * 4)
            victim.listen(patience, lambda messages: "committed" in messages)
        else:
            victim.listen(PATIENCE, bool)
            victim.listen(random.uniform(0, 0.4))
        told = victim.kill()
        desk = open_after(folder)
        found = counts(desk)
        with desk.ledger.reader() as connection:
            head = journal.head(connection)
        assert (found, head) in (([0, 0, 0, 0], 1), (imported[0], 2))
        if "committed" in told:
            assert found == imported[0]
        seen.add(head)
        if head == 1 and number < 5:  # What was cut off can be done again.
            with desk.ledger.reader() as connection:
                prepared = imports.prepare(connection, files, desk.scope, desk.today())
            imports.commit(desk, prepared)
            assert counts(desk) == imported[0]
        desk.close()
        shutil.rmtree(folder)
    assert seen == {1, 2}
