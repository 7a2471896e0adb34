"""One verified file that holds the ledger and its key slots, and the way back from it."""

import io
import os
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlcipher3 import dbapi2

from caseworker_app.domain.errors import ExpectedError
from db import keys


def _key(connection: object, data_key: bytes) -> None:
    connection.execute(f"PRAGMA key=\"x'{data_key.hex()}'\"")  # type: ignore[attr-defined]


def check_database(path: Path, data_key: bytes) -> None:
    """Open a copy and check its pages; ExpectedError `backup.damaged`."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    try:
        _key(connection, data_key)
        if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise ExpectedError("backup.damaged")
    except dbapi2.DatabaseError as error:
        raise ExpectedError("backup.damaged") from error
    finally:
        connection.close()


def _workshop(target: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a folder of our own beside the target, on the same disk: nothing that is there is touched."""
    return tempfile.TemporaryDirectory(prefix=".caseworker-", dir=target.parent, ignore_cleanup_errors=True)


def copy_database(engine: Engine, target: Path, data_key: bytes) -> None:
    """Copy the live ledger, encrypted with the same key, verify the copy, then give it its name."""
    with _workshop(target) as folder:
        draft = Path(folder) / "ledger.db"
        copy = dbapi2.connect(str(draft), isolation_level=None)
        try:
            _key(copy, data_key)
            raw = engine.raw_connection()
            try:
                raw.driver_connection.backup(copy)  # type: ignore[union-attr]
            finally:
                raw.close()
        finally:
            copy.close()
        check_database(draft, data_key)
        draft.replace(target)


def write(engine: Engine, folder: Path, data_key: bytes, target: Path) -> None:
    """Write ledger and key slots as one file; it appears only when whole and verified."""
    try:
        with _workshop(target) as work:
            database, draft = Path(work) / "ledger.db", Path(work) / "backup"
            copy_database(engine, database, data_key)
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
                archive.write(database, "ledger.db")
                archive.write(folder / "keys.json", "keys.json")
            with draft.open("rb+") as stream:
                os.fsync(stream.fileno())
            draft.replace(target)
    except (OSError, dbapi2.OperationalError) as error:
        raise ExpectedError("backup.not_written", file=str(target)) from error


def make_private(folder: Path) -> None:
    """Make a folder, or take an empty one, for its owner only; some media know no owners."""
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        folder.chmod(0o700)


def unpack(source: Path, folder: Path) -> None:
    """Put a backup into a new or empty folder; ExpectedError `backup.damaged` or `ledger.*`."""
    with keys.disk_errors():
        if folder.exists() and any(folder.iterdir()):
            raise ExpectedError("ledger.folder_not_empty", folder=str(folder))
    try:
        with zipfile.ZipFile(io.BytesIO(source.read_bytes())) as archive:
            parts = {name: archive.read(name) for name in ("ledger.db", "keys.json")}
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ExpectedError("backup.damaged") from error
    with keys.disk_errors():
        make_private(folder)
        for name in ("keys.json", "ledger.db"):  # The ledger last: with it the folder is whole.
            keys.write_whole(folder / name, parts[name])
