"""Whether the ledger is whole, and the copies kept of it."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases.desk import Desk
from db import backup, journal, keys, search
from db.queries import attachments


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked: pages, foreign keys, the journal's chain, photos, by what people are found; each empty, 0 or None when sound."""

    pages: str
    foreign_keys: int
    broken_link: int | None
    damaged_photos: int
    wrong_search_keys: int
    change_sets: int

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        wrong = self.pages or self.foreign_keys or self.damaged_photos or self.wrong_search_keys
        return not wrong and self.broken_link is None


def verify(desk: Desk) -> Verified:
    """Check every page (its code of authentication too), every foreign key, the journal's chain, every photo and search key."""
    with desk.ledger.reader() as connection:
        pages = [str(row[0]) for row in connection.execute(text("PRAGMA cipher_integrity_check"))]
        pages += [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
        orphans = len(connection.execute(text("PRAGMA foreign_key_check")).all())
        return Verified(
            "; ".join(pages[:5]),
            orphans,
            journal.broken_link(connection),
            len(attachments.damaged(connection)),
            search.unsound(connection),
            journal.head(connection),
        )


def back_up(desk: Desk, target: Path) -> None:
    """Write ledger and key slots as one verified file; ExpectedError `backup.not_written`, `backup.exists`."""
    if target.exists():
        raise ExpectedError("backup.exists", file=str(target))
    backup.write(desk.ledger.engine, desk.ledger.folder, desk.ledger.opened.data_key, target)
    with suppress(OSError):  # The backup is there; only its day is not remembered.
        _note(desk).write_text(desk.ledger.clock().isoformat(), encoding="ascii")


def _note(desk: Desk) -> Path:
    """Return the file that tells the last backup: beside the ledger, as a backup is no change to it."""
    return desk.ledger.folder / "last-backup"


def backed_up(desk: Desk) -> datetime | None:
    """Return the instant of the last backup of this folder's ledger; None when there was none."""
    try:
        return datetime.fromisoformat(_note(desk).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def restore(source: Path, folder: Path, password: str) -> None:
    """Put a backup into a new folder and check that its password opens it.

    Raises ExpectedError `backup.damaged`, `ledger.folder_not_empty` and `ledger.wrong_password`;
    nothing is left in the folder then.
    """
    backup.unpack(source, folder)
    try:
        opened = keys.with_password(folder, password)
        backup.check_database(folder / "ledger.db", opened.data_key)
    except ExpectedError:
        shutil.rmtree(folder)
        raise
