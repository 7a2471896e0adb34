"""A new record that a level above proposes, written by the village that accepts it: as its kind is recorded there."""

from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import select

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange.take_work import same_spell
from caseworker_app.read_models.todos import DATED, ProposalLine
from caseworker_app.use_cases import cells, households, monitoring, work
from caseworker_app.use_cases.facts_of_work import SHAPES
from db import journal
from db.queries.dated import live
from db.tables import RECORDS, Membership, Monitoring, Person, Record, Spell
from db.unit_of_work import UnitOfWork

Values = dict[str, Any]


def write(unit: UnitOfWork, line: ProposalLine, today: date) -> None:
    """Write a record under the id it was proposed with; one that is on record already is not written twice.

    Raises ExpectedError `proposal.lacks` for one that rests on something not in this ledger, and where the days clash
    what its kind raises: `spell.overlaps`, `monitoring.open`, `household.head_missing`, `household.two_heads`,
    `person.number_taken`.
    """
    table = RECORDS[line.table]
    columns = table.__table__.c
    if table is Person:
        _enter(unit, line, today)
        return
    values = {name: journal.typed(table, name, each) for name, each in line.value.items() if name in columns}
    _check_there(unit, table, values)
    if table is Membership:
        _move(unit, values, line)
    elif line.table in DATED:
        owner = values.get("person_id") or values["household_id"]
        said = {name: value for name, value in values.items() if name not in ("since", "until")}
        on = values.get("since") or line.on
        how: Values = {"record": _free(unit, table, line), "dated": values.get("since") is not None}
        cells.begin(unit, table, owner, said, on, attribute=line.attribute, **how)
    elif (present := _present(unit, table, values)) is not None:
        told = {name: value for name, value in values.items() if value not in (None, "")}
        unit.update(table, present, **told)
    else:
        _check_days(unit, table, values)
        unit.insert(table, **values, **({"id": record} if (record := _free(unit, table, line)) else {}))


def _enter(unit: UnitOfWork, line: ProposalLine, today: date) -> None:
    """Enter somebody into the household that is named."""
    home, relation = line.value["household_id"], line.value["relation"]
    _check_there(unit, Membership, {"household_id": home})
    told = {each.name: line.value.get(each.name) for each in fields(households.NewPerson)}
    days = {name: date.fromisoformat(told[name]) if told[name] else None for name in ("born", "since")}
    new = households.NewPerson(**{**told, **days, "identity_number": told["identity_number"] or ""})
    with households.heads_kept(unit, new.since or line.on, (home,)):
        households.enter(unit, new, home, relation, today)


def _check_there(unit: UnitOfWork, table: type[Record], values: Values) -> None:
    for key in table.__table__.foreign_keys:
        name, target = key.parent.name, RECORDS.get(key.column.table.name)
        if target is None or not values.get(name):
            continue
        there = select(target.id).where(target.id == values[name], live(target))
        if unit.connection.execute(there).first() is None:
            raise ExpectedError("proposal.lacks", table=table.__tablename__, field=name)


def _free(unit: UnitOfWork, table: type[Record], line: ProposalLine) -> str:
    """Return the id a record was proposed with, '' when it was written before and taken back."""
    taken = unit.connection.execute(select(table.id).where(table.id == line.record)).first()
    return "" if taken else line.record


def _present(unit: UnitOfWork, table: type[Record], values: Values) -> str | None:
    """Return the record that says this already, or whose place a second one takes."""
    columns = table.__table__.c
    if table is Spell:
        own = select(table.__table__).where(live(table), columns.person_id == values["person_id"])
        found = (row.id for row in unit.connection.execute(own) if same_spell(row._asdict(), values))
        return next(found, None)
    shape = SHAPES.get(table.__tablename__)
    names = shape.unique if shape and shape.unique else values.keys() - {"officer"}
    same = (columns[name] == values[name] for name in names if not isinstance(values[name], list))
    return unit.connection.execute(select(columns.id).where(live(table), *same)).scalars().first()


def _check_days(unit: UnitOfWork, table: type[Record], values: Values) -> None:
    if table is Spell:
        work.refuse_overlap(unit, values["person_id"], values["started_on"], values.get("ended_on"))
    if table is Monitoring and values.get("resolved_on") is None:
        household = values["household_id"]
        monitoring.refuse_open(unit, household, households.number_of(unit, household))


def _move(unit: UnitOfWork, values: Values, line: ProposalLine) -> None:
    """Let somebody belong to another household from the proposed day on."""
    on = values.get("since") or line.on
    held = households.held_on(unit, values["person_id"], on)
    with households.heads_kept(unit, on, (held.household_id, values["household_id"])):
        households.turn(unit, held, on, values["household_id"], values["relation"], "moved")
