"""Records taken out of the ledger because they are wrong: they stay in the file, with the reason."""

from dataclasses import replace

from sqlalchemy import select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.propose import take_out
from caseworker_app.use_cases.typed import clean
from db.queries.dated import live
from db.tables import Intention, Person, Record, ServiceRecord, Spell

_KINDS: dict[str, type[Record]] = {table.__tablename__: table for table in (Spell, Intention, ServiceRecord)}


def void(desk: Desk, kind: str, record: str, reason: str) -> Changed:
    """Take a job, a wish or a service out of the ledger; ExpectedError `void.reason_missing`, `void.gone`, `text.long`."""
    table = _KINDS[kind]
    said = clean(reason)
    if not said:
        raise ExpectedError("void.reason_missing")
    with desk.units("record.void", table=kind, reason=said) as unit:
        columns = table.__table__.c
        owner = (
            select(Person.name)
            .join(table, columns.person_id == Person.id)
            .where(columns.id == record, live(table))
        )
        name = unit.connection.execute(owner).scalar_one_or_none()
        if name is None:
            raise ExpectedError("void.gone")
        proposed = take_out(desk, unit, table, record)
        unit.name(name)
        return replace(unit.commit(), proposed=proposed)
