"""From any older ledger to today's tables; a newer ledger is refused and never touched."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from caseworker_app.domain.errors import ExpectedError
from db import backup, keys, search

HEAD = "0004"
REVISIONS = ("0001", "0002", "0003", "0004")
"""All revisions, oldest first, so that opening an up-to-date ledger needs no Alembic; a test holds them to the scripts."""


def revision(connection: Connection) -> str:
    """Return the revision of the ledger; ExpectedError `ledger.damaged` when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        raise ExpectedError("ledger.damaged")
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def to_head(engine: Engine) -> None:
    """Run the migrations that are missing, all or none, with foreign keys checked afterwards."""
    # Alembic takes a third of a second to import and is needed only here.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        # Batch migrations rebuild tables: with foreign keys on, children would be deleted silently.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
        connection = connection.execution_options(writes=True)
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                search.rebuild(connection)
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise ExpectedError("ledger.damaged")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def from_revision(engine: Engine, found: str, folder: Path, opened: keys.Opened) -> None:
    """Upgrade an older ledger after a verified backup beside it; ExpectedError `ledger.newer`."""
    if found not in REVISIONS:
        raise ExpectedError("ledger.newer")
    backup.copy_database(engine, folder / f"before-upgrade-from-{found}.db", opened.data_key)
    to_head(engine)
