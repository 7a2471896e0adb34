"""What a level would write over its village's own records: proposed to the owner, never written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from caseworker_app.domain import divisions, lines
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.kinds import BY_TABLE
from caseworker_app.read_models.todos import DATED, NEW
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.ids import new_id
from db.queries import blocks, owners
from db.queries.dated import live
from db.states import VOIDED
from db.tables import RECORDS, Holding, Proposal, Record, Reply
from db.unit_of_work import UnitOfWork

Values = dict[str, Any]
_WHOSE = ("person_id", "household_id", "organisation_id")
"""Columns that say whose a new record is, the nearest first."""
_ONE = {
    "person": ("name", "identity_number", "born"),
    "person_attribute": ("person_id", "attribute"),
    "household_attribute": ("household_id", "attribute"),
    "intention": ("person_id",),
    "membership": ("person_id",),
    "monitoring": ("household_id",),
    "spell": ("person_id", "started_on"),
    "wage": ("spell_id", "month"),
    "head_count": ("organisation_id", "month", "kind"),
    "post_holding": ("spell_id",),
}
"""By what two new records that wait are about one thing; of others, whatever they say beside who entered them."""
_BEGUN = frozenset({"since", "officer"})
"""What differs when the same is said again on another day, or by another officer."""


def change(
    desk: Desk,
    unit: UnitOfWork,
    table: type[Record],
    changes: Sequence[tuple[str, Values]],
    *,
    again: bool = True,
) -> int:
    """Change records, all naming the same columns; those of a village are put to it. Return how many are put so.

    What was declined is put once more only `again`. That a dated value ends is said by the new one in its place.
    """
    sent = owners.elsewhere(unit.connection, desk.scope, [record for record, _values in changes])
    unit.update_many(table, [each for each in changes if each[0] not in sent])
    if not sent:
        return 0
    name, columns = table.__tablename__, table.__table__
    rows = {
        row.id: row._mapping  # noqa: SLF001 - SQLAlchemy's public way to a row's values
        for row in blocks.rows(unit.connection, select(columns), columns.c.id, sent)
    }
    said_no = set() if again else _declined(unit, sent)
    begun = _begun(unit, name, again=again) if name in DATED else set()
    proposed = 0
    for record, values in changes:
        if record not in sent or (values.keys() == {"until"} and _about(name, rows[record]) in begun):
            continue
        before = rows[record]
        new = {
            field: value
            for field, value in values.items()
            if before[field] != value
            and (record, field, lines.canonical(journal.plain(value))) not in said_no
        }
        propose(desk, unit, sent[record], name, record, dict(before), new)
        proposed += bool(new)
    return proposed


def _begun(unit: UnitOfWork, name: str, *, again: bool) -> set[tuple[Any, ...]]:
    """Return of what a new dated value waits, or was declined where that is not put again."""
    found = _new(unit, name)
    if not again:
        found += _new(unit, name, live(Proposal), _answered("declined"))
    return {_about(name, row.value) for row in found}


def _declined(unit: UnitOfWork, records: Iterable[str]) -> set[tuple[str, str, str]]:
    """Return what villages declined of these records: record, field and value."""
    chosen = select(Proposal.record, Proposal.field, Proposal.value).where(
        live(Proposal), _answered("declined")
    )
    return {
        (row.record, row.field, lines.canonical(row.value))
        for row in blocks.rows(unit.connection, chosen, Proposal.record, records)
    }


def take_out(desk: Desk, unit: UnitOfWork, table: type[Record], record: str) -> int:
    """Void a record, or propose that to the village that owns it; return 1 when it is put so."""
    sent = owners.elsewhere(unit.connection, desk.scope, [record])
    if record not in sent:
        unit.void(table, record)
        return 0
    columns = table.__table__
    row = unit.connection.execute(select(columns).where(columns.c.id == record)).mappings().one()
    before = {**row, VOIDED: False}
    propose(desk, unit, sent[record], table.__tablename__, record, before, {VOIDED: True})
    return 1


def refuse_sent(desk: Desk, unit: UnitOfWork, records: Iterable[str]) -> None:
    """Refuse what changes several records of a village at once; ExpectedError `owner.village`."""
    for village in owners.elsewhere(unit.connection, desk.scope, records).values():
        raise ExpectedError("owner.village", village=divisions.called(village))


def propose(
    desk: Desk, unit: UnitOfWork, village: str, table: str, record: str, before: Values, changed: Values
) -> None:
    """Put values of one record to its owner; one that still waits says the new value instead."""
    for field, value in changed.items():
        waiting = select(Proposal.id).where(*_waiting(), Proposal.record == record, Proposal.field == field)
        present = unit.connection.execute(waiting).scalars().first()
        if present:
            unit.update(Proposal, present, value=journal.plain(value), on=desk.today(), officer=desk.officer)
        else:
            _put(desk, unit, [(village, table, record, field, before[field], value)])
    unit.touch(RECORDS[table], [{**before, "id": record}])


def _answered(*outcomes: str) -> ColumnElement[bool]:
    """Return the condition for proposals that were answered, so if said."""
    replies = select(Reply.id).where(Reply.about == Proposal.id, live(Reply))
    return (replies.where(Reply.outcome.in_(outcomes)) if outcomes else replies).exists()


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for what was proposed here and waits for an answer."""
    made_here = ~select(Holding.record).where(Holding.record == Proposal.id).exists()
    return live(Proposal), ~_answered(), made_here


def _new(unit: UnitOfWork, name: str, *how: ColumnElement[bool]) -> list[Any]:
    """Return the new records of a table that are proposed, those that wait if nothing else is said."""
    chosen = select(Proposal.id, Proposal.value).where(Proposal.table == name, Proposal.field == NEW)
    return list(unit.connection.execute(chosen.where(*(how or _waiting()))))


def _put(desk: Desk, unit: UnitOfWork, told: Sequence[tuple[str, str, str, str, Any, Any]]) -> None:
    """Write proposals, each (village, table, record, field, value there was, value)."""
    unit.insert_many(
        Proposal,
        [
            {
                "village_code": village,
                "table": table,
                "record": record,
                "field": field,
                "was": journal.plain(was),
                "value": journal.plain(value),
                "on": desk.today(),
                "officer": desk.officer,
            }
            for village, table, record, field, was, value in told
        ],
    )


# -- new records -----------------------------------------------------------------------------------


def whose(values: Mapping[str, Any]) -> list[str]:
    """Return of whom a new record is: person, household, organisation, the nearest first."""
    return [values[name] for name in _WHOSE if values.get(name)]


def add(desk: Desk, unit: UnitOfWork, table: type[Record], rows: Sequence[Values]) -> int:
    """Add records that all name the same columns; those of what a village sent are put to it. Return how many are put so."""
    own, proposed = apart(desk, unit, table, rows)
    unit.insert_many(table, own)
    return proposed


def apart(
    desk: Desk, unit: UnitOfWork, table: type[Record], rows: Sequence[Values], *, again: bool = True
) -> tuple[Sequence[Values], int]:
    """Put new records of what villages sent to them, declined ones only `again`; return the other rows, and how many were put.

    One that points to what only this level keeps, a job or organisation of its own, stays this level's.
    """
    if owners.nothing_sent(unit.connection, desk.scope):
        return rows, 0
    pointing = _pointing(table)
    about = {row[name] for row in rows for name in pointing if row.get(name)}
    sent = owners.elsewhere(unit.connection, desk.scope, about)
    if not sent:
        return rows, 0
    own: list[Values] = []
    put: list[tuple[str, Values]] = []
    for row in rows:
        village = next((sent[each] for each in whose(row) if each in sent), "")
        known = all(
            not row.get(name) or sent.get(row[name]) == village or name == "household_id" or comes_down
            for name, comes_down in pointing.items()
        )
        if village and known:
            put.append((village, row))
        else:
            own.append(row)
    if not again and put:
        name = table.__tablename__
        said_no = {_whole(name, row.value) for row in _new(unit, name, live(Proposal), _answered("declined"))}
        put = [each for each in put if _whole(name, _plain(each[1])) not in said_no]
    if put:
        put_new(desk, unit, table, put)
    return own, len(put)


def _pointing(table: type[Record]) -> dict[str, bool]:
    """Return the columns of a table that point to records, and whether those come down to villages."""
    found = {}
    for key in table.__table__.foreign_keys:
        kind = BY_TABLE.get(key.column.table.name)
        if kind:
            found[key.parent.name] = kind.travels(down=True)
    return found


def put_new(desk: Desk, unit: UnitOfWork, table: type[Record], put: Sequence[tuple[str, Values]]) -> None:
    """Propose new records, each with its village; one about the same thing that still waits says the new values instead.

    That of a person says also in which household, as what and since when they are a member, and their labour skill.
    """
    name = table.__tablename__
    waiting = {_about(name, row.value): (row.id, row.value) for row in _new(unit, name)}
    fresh: dict[Any, tuple[str, str, Values]] = {}
    for village, row in put:
        values = _plain(row)
        key = _about(name, values)
        if key not in waiting:
            fresh[key] = (village, row.get("id") or new_id(), values)
        elif _said(waiting[key][1]) != _said(values):
            told = {"value": values, "on": desk.today(), "officer": desk.officer}
            unit.update(Proposal, waiting[key][0], **told)
    _put(
        desk,
        unit,
        [(village, name, record, NEW, None, values) for village, record, values in fresh.values()],
    )
    unit.touch(Proposal, [row for _village, row in put])


def _about(name: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what tells whether two new records are about one thing."""
    own = _ONE.get(name)
    if own:
        return tuple(values.get(each) for each in own)
    return tuple(sorted((each, str(value)) for each, value in values.items() if each != "officer"))


def _plain(row: Mapping[str, Any]) -> Values:
    """Return a new record as a proposal keeps it."""
    return {name: journal.plain(value) for name, value in row.items() if name != "id"}


def _said(values: Mapping[str, Any]) -> Values:
    return {name: value for name, value in values.items() if name not in _BEGUN}


def _whole(name: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what tells whether two new records say the same of one thing."""
    return (*_about(name, values), lines.canonical(_said(values)))
