"""Open, create and unlock an encrypted ledger."""

import json
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from caseworker_app import paths
from caseworker_app.domain.clock import Clock, utc_now
from caseworker_app.domain.errors import ExpectedError
from db import backup, devices, keys, upgrade
from db.ids import new_id
from db.unit_of_work import Units

DATABASE = "ledger.db"
_LOCK = "ledger.lock"
_HOLDER = "ledger.holder"
WRITES = "writes"
_LARGE = 10_000

# The driver looks for what None might adapt itself to, in vain and at the cost of the rest of the row, unless it
# is told: an empty dictionary gives None for None without a step of Python.
dbapi2.register_adapter(type(None), {}.get)


def connect(path: Path, data_key: bytes) -> Any:  # noqa: ANN401 - sqlcipher3 is untyped
    """Open the file with its raw key; the key never passes through a URL that could be logged."""
    connection = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA key=\"x'{data_key.hex()}'\"")
    for pragma in (
        "cipher_log_level=NONE",
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        "trusted_schema=OFF",
        "busy_timeout=10000",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    return connection


def survey(connection: Connection) -> None:
    """Let the database look at how many rows each index leads to, so that it asks large tables the short way."""
    connection.exec_driver_sql("PRAGMA analysis_limit=400")
    connection.exec_driver_sql("ANALYZE")
    # A table that is small today will grow: the database would go through all of it for ever, the journal first.
    connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < ?", (_LARGE,))
    connection.exec_driver_sql("ANALYZE sqlite_schema")


def make_engine(path: Path, data_key: bytes) -> Engine:
    """Return an engine whose writers take the write lock at once and whose readers never do."""
    engine = create_engine(
        "sqlite://", module=dbapi2, creator=lambda: connect(path, data_key), poolclass=QueuePool, pool_size=4
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN"
        )

    @event.listens_for(engine, "handle_error")
    def handle_error(context: ExceptionContext) -> None:
        if code := _known(context.original_exception):
            raise ExpectedError(code) from context.original_exception

    return engine


_KNOWN = {
    sqlite3.SQLITE_NOTADB: "ledger.damaged",
    sqlite3.SQLITE_CORRUPT: "ledger.damaged",
    sqlite3.SQLITE_FULL: "ledger.disk_full",
    sqlite3.SQLITE_READONLY: "ledger.read_only",
    sqlite3.SQLITE_CANTOPEN: "ledger.read_only",
    sqlite3.SQLITE_IOERR: "ledger.disk_error",
    sqlite3.SQLITE_BUSY: "ledger.busy",
}


def _known(error: BaseException | None) -> str | None:
    """Return the code of what the disk or the file did to us; None when the fault is ours."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int) and code & 0xFF in _KNOWN:
        return _KNOWN[code & 0xFF]
    return "ledger.damaged" if "not a database" in str(error) else None


@contextmanager
def known_errors() -> Iterator[None]:
    """Turn what the disk or the file may do to us into errors the user can act on; the rest is our fault."""
    try:
        yield
    except (DBAPIError, dbapi2.Error) as error:
        code = _known(error.orig if isinstance(error, DBAPIError) else error)
        if code is None:
            raise
        raise ExpectedError(code) from error


def device() -> str:
    """Return the id of this installation, made at its first use; it is not part of any ledger.

    A file that says nothing is put aside: an installation that was restored or broken is another device.
    """
    with keys.disk_errors():
        file = paths.config() / "device.json"
        if file.exists():
            with suppress(ValueError, KeyError, TypeError):
                known = json.loads(file.read_text(encoding="ascii"))["device"]
                if isinstance(known, str) and known:
                    return known
            file.replace(file.with_suffix(".broken"))
        made = new_id()
        keys.write_whole(file, json.dumps({"device": made}).encode("ascii"))
        return made


@dataclass(slots=True)
class Ledger:
    """An unlocked ledger; `close` it before the program ends."""

    folder: Path
    opened: keys.Opened
    engine: Engine
    lock: filelock.BaseFileLock
    clock: Clock
    device: str = ""
    """Under which it is written here; '' until it is known."""

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """Give a connection for reading, one snapshot from its first query to its end."""
        with known_errors(), self.engine.connect() as connection:
            yield connection

    def units(self, officer: str) -> Units:
        """Return the maker of units of work that sign with this officer and this device."""
        return Units(self.engine, self.device or device(), officer, self.clock)

    def remember(self) -> None:
        """Note how far it has come, before anything of it leaves this installation."""
        with keys.disk_errors(), self.reader() as connection:
            devices.remember(connection, self.device or device())

    def close(self) -> None:
        """Give the file and its lock back."""
        if self.device:
            with suppress(ExpectedError):  # It is read anew from the ledger when it is opened again.
                self.remember()
        self.engine.dispose()
        with suppress(OSError):
            (self.folder / _HOLDER).unlink(missing_ok=True)
        self.lock.release()


def _take_lock(folder: Path) -> filelock.BaseFileLock:
    """Take the ledger for this process; ExpectedError `ledger.in_use` names who has it, where that is known."""
    lock, holder = filelock.FileLock(folder / _LOCK, timeout=0), folder / _HOLDER
    with keys.disk_errors():
        try:
            lock.acquire()
        except filelock.Timeout:
            name = ""
            with suppress(OSError, ValueError):
                name = holder.read_text(encoding="utf-8")
            raise ExpectedError("ledger.in_use", holder=name) from None
    # Only a name for others: a full disk must not keep anybody from reading, or from backing up.
    with suppress(OSError):
        holder.unlink(missing_ok=True)
        holder.write_text(f"{socket.gethostname()} · {os.getpid()}", encoding="utf-8")
    return lock


def create(folder: Path, password: str, clock: Clock = utc_now) -> tuple[Ledger, str]:
    """Make an empty ledger in a new or empty folder; return it open, with its recovery code.

    Raises ExpectedError `ledger.exists`, `ledger.folder_not_empty` or `ledger.password_short`.
    """
    with keys.disk_errors():
        if (folder / DATABASE).exists():
            raise ExpectedError("ledger.exists", folder=str(folder))
        if folder.exists() and any(folder.iterdir()):
            raise ExpectedError("ledger.folder_not_empty", folder=str(folder))
        if len(password) < 6:
            raise ExpectedError("ledger.password_short")
        backup.make_private(folder)
    lock = _take_lock(folder)
    try:
        opened, code = keys.create(folder, password)
        engine = make_engine(folder / DATABASE, opened.data_key)
        with known_errors():
            upgrade.to_head(engine)
    except BaseException:
        lock.release()
        raise
    return Ledger(folder, opened, engine, lock, clock, new_id()), code


def _open(folder: Path, unlock: Callable[[], keys.Opened], clock: Clock) -> Ledger:
    with keys.disk_errors():
        if not (folder / DATABASE).exists():
            raise ExpectedError("ledger.missing", folder=str(folder))
    opened = unlock()
    lock = _take_lock(folder)
    engine = make_engine(folder / DATABASE, opened.data_key)
    ledger = Ledger(folder, opened, engine, lock, clock)
    try:
        with known_errors():
            with engine.connect() as connection:
                connection.execute(text("SELECT count(*) FROM sqlite_master"))
                revision = upgrade.revision(connection)
            if revision != upgrade.HEAD:
                upgrade.from_revision(engine, revision, folder, opened)
        with ledger.reader() as connection:
            ledger.device = devices.known(connection, device())
    except BaseException:
        ledger.close()
        raise
    return ledger


def open_with_password(folder: Path, password: str, clock: Clock = utc_now) -> Ledger:
    """Open a ledger; ExpectedError `ledger.missing`, `.wrong_password`, `.in_use`, `.damaged` or `.newer`."""
    return _open(folder, lambda: keys.with_password(folder, password), clock)


def open_with_recovery_code(folder: Path, code: str, clock: Clock = utc_now) -> Ledger:
    """Open a ledger with its printed recovery code; errors as with the password."""
    return _open(folder, lambda: keys.with_recovery_code(folder, code), clock)
