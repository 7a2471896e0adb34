"""One verified file that holds the ledger and its key slots, and the way back from it."""

import io
import os
import zipfile
from pathlib import Path

from sqlalchemy import Engine
from sqlcipher3 import dbapi2

from caseworker_app.domain.errors import ExpectedError


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


def copy_database(engine: Engine, target: Path, data_key: bytes) -> None:
    """Copy the live ledger, encrypted with the same key, verify the copy, then give it its name."""
    draft = target.with_suffix(".part")
    draft.unlink(missing_ok=True)
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
    database = target.with_suffix(".db-part")
    draft = target.with_suffix(".part")
    try:
        copy_database(engine, database, data_key)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
            archive.write(database, "ledger.db")
            archive.write(folder / "keys.json", "keys.json")
        with draft.open("rb+") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
    except (OSError, dbapi2.OperationalError) as error:
        draft.unlink(missing_ok=True)
        raise ExpectedError("backup.not_written", file=str(target)) from error
    finally:
        database.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> None:
    """Put a backup into a new or empty folder; ExpectedError `backup.damaged` or `ledger.folder_not_empty`."""
    if folder.exists() and any(folder.iterdir()):
        raise ExpectedError("ledger.folder_not_empty", folder=str(folder))
    try:
        with zipfile.ZipFile(io.BytesIO(source.read_bytes())) as archive:
            parts = {name: archive.read(name) for name in ("ledger.db", "keys.json")}
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ExpectedError("backup.damaged") from error
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in parts.items():
        (folder / name).write_bytes(content)
