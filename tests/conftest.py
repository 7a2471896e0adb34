"""A home of its own for every run, and ledgers that are made once and copied for each test."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from caseworker_app import sample, wording
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import imports
from caseworker_app.use_cases.desk import Desk
from db import engine, keys

# Without a display too: Qt reads this when the first window is made.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PASSWORD = "mountain-river"
COUNTY = "640106"

# Two workers share the machine with whatever else runs there: how long an example took says nothing.
settings.register_profile(
    "ledger", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("ledger")


def clock() -> datetime:
    """Stand still at noon of 2024-11-30 in the ledger's own time."""
    return datetime(2024, 11, 30, 4, tzinfo=UTC).replace(tzinfo=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make acceptance` ask for the sizes of the issues, which take minutes."""
    parser.addoption("--whole", action="store_true", help="the sizes the issues ask for")


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether the sizes of the issues are asked for."""
    return bool(request.config.getoption("--whole"))


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep every test out of the real home."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEWORKER_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def derived_once() -> Iterator[None]:
    """Remember what each password and salt came to: Argon2 is slow on purpose, and copies of a ledger share theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_slot_key", cache(keys._slot_key))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what statements were compiled to from ledger to ledger: it is half of a first answer, a thousand times a run."""
    make = engine.make_engine
    first = make(tmp_path_factory.mktemp("engine") / "none.db", bytes(32))
    first.connect().close()
    first.dispose()

    def make_sharing(path: Path, data_key: bytes) -> Engine:
        made = make(path, data_key)
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "make_engine", make_sharing)
        yield


@pytest.fixture(autouse=True)
def english() -> None:
    """Begin every test in English, whatever the test before it spoke."""
    wording.use(wording.EN)


@pytest.fixture(scope="session")
def made_ledger(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder of an empty ledger for a county and its recovery code."""
    folder = tmp_path_factory.mktemp("ledgers") / "empty"
    desk, code = desks.new(folder, PASSWORD, COUNTY, "田野", clock=clock)
    desk.close()
    return folder, code


@pytest.fixture(scope="session")
def empty_ledger(made_ledger: tuple[Path, str]) -> Path:
    """Return the folder of an empty ledger for a county; copy it, never open it."""
    return made_ledger[0]


@pytest.fixture(scope="session")
def sample_ledger(tmp_path_factory: pytest.TempPathFactory, empty_ledger: Path) -> Path:
    """Return the folder of a ledger holding the shipped sample; copy it, never open it."""
    folder = tmp_path_factory.mktemp("ledgers") / "sample"
    shutil.copytree(empty_ledger, folder)
    desk = desks.open_with_password(folder, PASSWORD, clock)
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, sample.bundled(), desk.scope, desk.today())
    imports.commit(desk, prepared)
    desk.close()
    return folder


@pytest.fixture
def opened(tmp_path: Path, made_ledger: tuple[Path, str]) -> Iterator[Callable[[Path], Desk]]:
    """Return a way to open a copy of a shared ledger; every copy is closed at the end.

    They are opened with their recovery code: a password takes a quarter of a second, a thousand times a run.
    """
    desks_open: list[Desk] = []

    def open_copy(folder: Path) -> Desk:
        copy = tmp_path / f"ledger-{len(desks_open)}"
        shutil.copytree(folder, copy)
        desks_open.append(desks.at(engine.open_with_recovery_code(copy, made_ledger[1], clock)))
        return desks_open[-1]

    yield open_copy
    for desk in desks_open:
        desk.close()


@pytest.fixture
def desk(opened: Callable[[Path], Desk], empty_ledger: Path) -> Desk:
    """Return an open empty ledger for a county."""
    return opened(empty_ledger)


@pytest.fixture
def sample_desk(opened: Callable[[Path], Desk], sample_ledger: Path) -> Desk:
    """Return an open ledger holding the shipped sample."""
    return opened(sample_ledger)
