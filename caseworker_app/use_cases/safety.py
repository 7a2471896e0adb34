"""Whether the ledger is whole, and the copies kept of it."""

import shutil
from dataclasses import dataclass
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
