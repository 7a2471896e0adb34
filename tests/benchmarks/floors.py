"""What the window is measured against: a plain SQLite file under Qt's own models."""

import time
from pathlib import Path

from PySide6.QtSql import QSqlDatabase, QSqlQuery, QSqlQueryModel
from PySide6.QtWidgets import QTableView
from sqlalchemy import and_, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import aliased

from db.engine import Ledger
from db.queries import workers
from db.queries.dated import holds, live
from db.tables import Household, Membership, Person, Spell

_PLAIN = "plain"


def plain_copy(ledger: Ledger, file: Path) -> Path:
    """Write the ledger as a plain SQLite file; it holds made-up people only."""
    file.unlink(missing_ok=True)
    raw = ledger.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute(f"ATTACH DATABASE '{file}' AS plain KEY ''")
    cursor.execute("SELECT sqlcipher_export('plain')")
    cursor.execute("DETACH DATABASE plain")
    raw.close()
    return file


def same_columns(asked: workers.Asked) -> str:
    """Return one statement for the workforce list with the columns that it shows."""
    own, headship, head, job = aliased(Membership), aliased(Membership), aliased(Person), aliased(Spell)
    at_work = and_(
        job.person_id == Person.id,
        job.voided_in.is_(None),
        job.started_on <= asked.on,
        job.ended_on.is_(None) | (job.ended_on >= asked.on),
    )
    chosen = (
        select(
            Person.name,
            head.name,
            Household.group_name,
            job.started_on,
            job.place_code,
            job.employer,
            job.wage,
        )
        .select_from(Person)
        .join(own, and_(own.person_id == Person.id, holds(own, asked.on)))
        .join(Household, Household.id == own.household_id)
        .outerjoin(
            headship,
            and_(
                headship.household_id == Household.id,
                headship.relation == "head",
                headship.voided_in.is_(None),
            ),
        )
        .outerjoin(head, head.id == headship.person_id)
        .outerjoin(job, at_work)
        .where(live(Person), workers.LISTS["workforce"](asked))
        .order_by(Household.village_code, Household.household_no, Person.born)
    )
    return str(chosen.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


def opened(file: Path) -> QSqlDatabase:
    """Return Qt's own connection to a plain file."""
    if QSqlDatabase.contains(_PLAIN):
        return QSqlDatabase.database(_PLAIN)
    database = QSqlDatabase.addDatabase("QSQLITE", _PLAIN)
    database.setDatabaseName(str(file))
    assert database.open()
    return database


def first_rows(file: Path, asked: workers.Asked) -> float:
    """Return the seconds until a QSqlQueryModel's first rows are painted in a QTableView."""
    database, statement = opened(file), same_columns(asked)
    view, model = QTableView(), QSqlQueryModel()
    view.resize(1000, 600)
    view.setModel(model)
    view.show()
    begun = time.perf_counter()
    model.setQuery(statement, database)
    assert model.rowCount() > 0, model.lastError().text()
    view.viewport().repaint()
    return time.perf_counter() - begun


def point_lookup(file: Path, name: str, view: QTableView) -> float:
    """Return the seconds of one lookup by an exact name and one repaint."""
    query = QSqlQuery(opened(file))
    query.prepare("SELECT id FROM person WHERE name = ? LIMIT 1")
    begun = time.perf_counter()
    query.bindValue(0, name)
    query.exec()
    query.next()
    view.viewport().repaint()
    return time.perf_counter() - begun
