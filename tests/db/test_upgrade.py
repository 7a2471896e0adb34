import shutil
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import db
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import safety
from caseworker_app.use_cases.desk import Desk
from db import upgrade
from db.queries import claims, households, workers
from db.tables import Base
from tests.conftest import clock
from tests.old_ledgers.make import ITEM, OFFICER, PASSWORD

OLD = Path(__file__).parent.parent / "old_ledgers"


def test_the_migrations_make_the_tables_of_the_program(desk: Desk) -> None:
    with desk.ledger.reader() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_revisions_are_those_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(db.__path__[0]) / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == upgrade.REVISIONS
    assert scripts.get_heads() == [upgrade.HEAD] == [upgrade.REVISIONS[-1]]


def test_every_revision_has_an_old_ledger() -> None:
    assert sorted(folder.name for folder in OLD.iterdir() if (folder / "ledger.db").exists()) == list(
        upgrade.REVISIONS
    )


def test_every_old_ledger_opens_whole(tmp_path: Path) -> None:
    for revision in upgrade.REVISIONS:
        folder = Path(shutil.copytree(OLD / revision, tmp_path / revision))
        desk = desks.open_with_password(folder, PASSWORD, clock)
        try:
            assert desk.officer == OFFICER
            assert safety.verify(desk).sound
            with desk.ledger.reader() as connection:
                assert upgrade.revision(connection) == upgrade.HEAD
                assert households.count(connection) == 45
                counts = workers.counts(
                    connection, ["people", "employed", "willing"], desk.asked(desk.today())
                )
                assert counts == {"people": 172, "employed": 12, "willing": 14}
                (claim,) = claims.rows(connection, claims.ids(connection), desk.today())
            assert (claim.item, claim.state) == (ITEM, "village_checked")
        finally:
            desk.close()
