"""Kill the program at random moments of receiving: each workbook is in the ledger whole, or was never received."""

import shutil
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from caseworker_app.domain import lines
from caseworker_app.domain.kinds import KINDS
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import receive
from caseworker_app.use_cases.desk import Desk
from db import journal, states
from db.tables import RECORDS, Base, Holding
from tests.conftest import PASSWORD, clock
from tests.exchange.test_receive import TOWN, Machines, villages  # noqa: F401 - its fixtures
from tests.faults import child
from tests.faults.test_kill import PATIENCE, Victim, open_after

KILLS = 6
Sent = tuple[Path, list[Path], list[tuple[int, ...]], str]


def held(desk: Desk) -> tuple[int, ...]:
    """Return how many records of each kind there are, and of how many it is known whose they are."""
    tables: list[type[Base]] = [*(RECORDS[kind.table] for kind in KINDS), RECORDS["received"], Holding]
    with desk.ledger.reader() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        )


def content(desk: Desk) -> str:
    """Return a hash of all records that travel but receipts."""
    with desk.ledger.reader() as connection:
        journal_ = states.read_journal(connection)
        return lines.digest(
            line
            for kind in KINDS
            if kind.table != "received"
            for line, _village in states.read(connection, kind, journal_)
        )


def begun(wanted: str, messages: list[str]) -> bool:
    """Whether the victim came so far."""
    return any(each.startswith(wanted) for each in messages)


def head(desk: Desk) -> int:
    with desk.ledger.reader() as connection:
        return journal.head(connection)


@pytest.fixture(scope="module")
def sent(
    villages: dict[str, Path],  # noqa: F811 - the fixture
    tmp_path_factory: pytest.TempPathFactory,
) -> Sent:
    """Return a township's ledger, what its villages sent, and what it holds after none, one and all of them."""
    machines = Machines(tmp_path_factory.mktemp("machines"))
    machines.new("town", TOWN).close()
    files = []
    for number, folder in enumerate(villages.values()):
        machines.open(f"laptop-{number}", folder)
        files.append(machines.send(f"laptop-{number}", f"{number}.xlsx"))
        machines.desks[f"laptop-{number}"].close()
    folder = machines.folder / "town"
    copy = Path(shutil.copytree(folder, machines.folder / "unharmed"))
    desk = desks.open_with_password(copy, PASSWORD, clock)
    stages = [held(desk)]
    for file in files:
        assert receive.receive(desk, [file])[0].file.taken
        stages.append(held(desk))
    after = content(desk)
    desk.close()
    return folder, files, stages, after


def test_a_workbook_is_received_whole_or_not_at_all(sent: Sent, tmp_path: Path, whole: bool) -> None:
    folder, files, stages, content_of_all = sent
    random = Random(20241202)
    seen: set[int] = set()
    for number in range(500 if whole else KILLS):
        own = Path(shutil.copytree(folder, tmp_path / f"ledger-{number}"))
        victim = Victim(child.receive_files, own, files)
        wanted = random.choice(("receive.writing", "receive.writing", "received 1", "received 2", "opened"))
        victim.listen(PATIENCE, partial(begun, wanted))
        victim.listen(random.uniform(0, 1.5))
        told = victim.kill()
        done = sum(each.startswith("received") for each in told)
        desk = open_after(own)
        found = held(desk)
        assert found in stages
        assert stages.index(found) >= done
        assert head(desk) == 1 + stages.index(found)
        seen.add(stages.index(found))
        # What was cut off can be received again, and nothing comes twice.
        for outcome in receive.receive(desk, files):
            assert outcome.file.taken
        assert content(desk) == content_of_all
        desk.close()
        shutil.rmtree(own)
    assert len(seen) > 1
