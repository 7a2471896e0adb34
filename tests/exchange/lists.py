"""Outside lists made up for tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import select

from caseworker_app.read_models.comparisons import Compared, Found
from caseworker_app.use_cases import compare
from caseworker_app.use_cases.desk import Desk
from db.queries.dated import live
from db.tables import Household, Membership, Person, Spell

SAMPLES = Path(__file__).parents[1] / "samples"
INSURED, UNEMPLOYED = SAMPLES / "社保参保比对名单202409.xlsx", SAMPLES / "失业登记名单202409.xlsx"


def sheet(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write a list as somebody would."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def compared(desk: Desk, files: Path | list[Path], kind: str, **options: Any) -> Compared:
    """Return what a list says, without writing it."""
    chosen = [files] if isinstance(files, Path) else files
    with desk.ledger.reader() as connection:
        return compare.prepare(connection, desk, chosen, kind, **options)


def of(found: Compared, number: str) -> Found:
    """Return what a comparison says of one person."""
    return next(each for each in found.found if each.identity_number == number)


def person(desk: Desk, number: str) -> str:
    """Return the id of a person."""
    with desk.ledger.reader() as connection:
        return str(
            connection.execute(
                select(Person.id).where(Person.identity_number == number, live(Person))
            ).scalar_one()
        )


def facts(desk: Desk) -> list[list[tuple[Any, ...]]]:
    """Return the facts of the ledger, which no comparison may change."""
    with desk.ledger.reader() as connection:
        return [
            [tuple(row) for row in connection.execute(select(table.__table__).order_by(table.id))]
            for table in (Person, Household, Membership, Spell)
        ]
