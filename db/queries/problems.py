"""Problems and proposals that went down to villages, and how they were answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, union_all
from sqlalchemy.orm import aliased

from caseworker_app.read_models.todos import DATED, NEW, ProblemLine, ProposalLine
from db.queries import blocks
from db.queries.dated import live
from db.states import VOIDED
from db.tables import (
    RECORDS,
    Household,
    Membership,
    Organisation,
    Person,
    Post,
    Problem,
    Proposal,
    Record,
    Reply,
)


def _problems() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Problem.__table__,
            Person.name,
            Household.household_no,
            Reply.outcome,
            Reply.reason,
            Reply.on.label("answered_on"),
        )
        .outerjoin(Person, Person.id == Problem.person_id)
        .outerjoin(Household, Household.id == Problem.household_id)
        .outerjoin(Reply, and_(Reply.about == Problem.id, live(Reply)))
        .where(live(Problem))
        .order_by(Problem.village_code, Problem.raised_on, Problem.file_name, Problem.row, Problem.id)
    )


def _problem(row: Any) -> ProblemLine:  # noqa: ANN401 - a row
    return ProblemLine(
        row.id,
        row.village_code,
        row.month,
        row.file_name,
        row.sheet,
        row.row,
        row.column,
        row.code,
        row.message,
        row.person_id or "",
        row.household_id or "",
        row.name or "",
        row.household_no or "",
        row.raised_on,
        row.officer,
        row.outcome or "",
        row.reason or "",
        row.answered_on,
    )


def problems(
    connection: Connection, *, village: str = "", month: str = "", waiting: bool = False
) -> list[ProblemLine]:
    """Return the problems of a place and month, those that wait only if asked."""
    chosen = _problems()
    if village:
        chosen = chosen.where(Problem.village_code.startswith(village))
    if month:
        chosen = chosen.where(Problem.month == month)
    if waiting:
        chosen = chosen.where(Reply.id.is_(None))
    return list({row.id: _problem(row) for row in connection.execute(chosen)}.values())


def problem(connection: Connection, record: str) -> ProblemLine | None:
    """Return one problem, None when it is not there."""
    row = connection.execute(_problems().where(Problem.id == record)).first()
    return _problem(row) if row else None


def _owners(connection: Connection, rows: Iterable[Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return person, household and present values of the records that are proposed about, by record."""
    by_table: dict[str, list[str]] = {}
    found: dict[str, tuple[str, str, dict[str, Any]]] = {}
    for row in rows:
        if row.field == NEW:
            person = row.value.get("person_id") or ""
            home = "" if person else row.value.get("household_id") or ""
            found[row.record] = (person, home, row.value)
        else:
            by_table.setdefault(row.table, []).append(row.record)
    for name, records in by_table.items():
        table = RECORDS[name].__table__
        for row in blocks.rows(connection, select(table), table.c.id, records):
            values = row._asdict()
            person = values["id"] if name == "person" else values.get("person_id") or ""
            household = values["id"] if name == "household" else values.get("household_id") or ""
            found[values["id"]] = (person, household, values)
    return found


def proposals(
    connection: Connection,
    *,
    village: str = "",
    waiting: bool = False,
    record: str = "",
    about: str = "",
) -> list[ProposalLine]:
    """Return the proposals of a place (or one), those that wait and those about a person or household only if asked."""
    chosen = (
        select(
            Proposal.__table__,
            Reply.outcome,
            Reply.reason.label("answer"),
            Reply.on.label("answered_on"),
        )
        .outerjoin(Reply, and_(Reply.about == Proposal.id, live(Reply)))
        .where(live(Proposal))
        .order_by(Proposal.village_code, Proposal.on, Proposal.id)
    )
    if village:
        chosen = chosen.where(Proposal.village_code.startswith(village))
    if waiting:
        chosen = chosen.where(Reply.id.is_(None))
    if record:
        chosen = chosen.where(Proposal.id == record)
    if about:
        chosen = chosen.where(_concerns(about))
    rows: Sequence[Any] = connection.execute(chosen).all()
    owners = _owners(connection, rows)
    if about:
        rows = [row for row in rows if about in owners.get(row.record, ())[:2]]
        owners = {row.record: owners[row.record] for row in rows}
    names = _names(connection, [person for person, _home, _values in owners.values()])
    numbers = _numbers(connection, [home for _person, home, _values in owners.values()])
    new = [row for row in rows if row.field == NEW]
    standing = _standing(connection, new)
    homes = [
        {"household_id": standing[row.id]} for row in new if row.table == "membership" and row.id in standing
    ]
    pointed = _pointed(connection, [*homes, *(row.value for row in new)])
    found = []
    for row in rows:
        person, home, values = owners.get(row.record, ("", "", {}))
        name, number = names.get(person, ("", ""))
        if row.field == NEW:
            present = standing.get(row.id)
        else:
            present = values.get("voided_in") is not None if row.field == VOIDED else values.get(row.field)
        found.append(
            ProposalLine(
                row.id,
                row.village_code,
                row.table,
                row.record,
                row.field,
                row.was,
                row.value,
                present,
                person,
                home,
                name,
                numbers.get(home, number),
                row.on,
                row.officer,
                row.reason,
                row.outcome or "",
                row.answer or "",
                row.answered_on,
                values.get("attribute", ""),
                pointed if row.field == NEW else {},
            )
        )
    return found


def _concerns(owner: str) -> ColumnElement[bool]:
    """Return the condition for proposals about a person or household, or about records of theirs."""
    of_theirs = union_all(
        *(
            select(column.table.c.id).where(column == owner)
            for table in RECORDS.values()
            for column in table.__table__.c
            if column.name in ("person_id", "household_id")
        )
    )
    told = (Proposal.value[name].as_string() == owner for name in ("person_id", "household_id"))
    return or_(
        Proposal.record == owner, Proposal.record.in_(of_theirs), and_(Proposal.field == NEW, or_(*told))
    )


def _standing(connection: Connection, rows: Sequence[Any]) -> dict[str, Any]:
    """Return by proposal what stands on the day from which a new dated record would hold."""
    found = {}
    for name, (says, *_more) in DATED.items():
        owner = "household_id" if name == "household_attribute" else "person_id"
        about = [row for row in rows if row.table == name]
        table = RECORDS[name].__table__
        chosen = select(table).where(table.c.voided_in.is_(None))
        held: dict[tuple[str, str], list[Any]] = {}
        for each in blocks.rows(connection, chosen, table.c[owner], {row.value[owner] for row in about}):
            key = (getattr(each, owner), getattr(each, "attribute", ""))
            held.setdefault(key, []).append(each)
        for row in about:
            since = row.value.get("since")
            on = date.fromisoformat(since) if since else row.on
            for each in held.get((row.value[owner], row.value.get("attribute", "")), ()):
                if (each.since or on) <= on <= (each.until or on) and each.id != row.record:
                    found[row.id] = getattr(each, says)
    return found


_NAMED: tuple[tuple[str, type[Record], Any], ...] = (
    ("household_id", Household, Household.household_no),
    ("organisation_id", Organisation, Organisation.name),
    ("post_id", Post, Post.name),
)


def _pointed(connection: Connection, values: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the records that new ones point to are called, by id."""
    found: dict[str, str] = {}
    for column, table, name in _NAMED:
        wanted = {each[column] for each in values if each.get(column)}
        record = table.__table__.c.id
        rows = blocks.rows(connection, select(record, name.label("name")), record, wanted)
        found.update((row.id, row.name) for row in rows)
    return found


def _names(connection: Connection, people: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return name and household number of these people."""
    own = aliased(Membership)
    chosen = (
        select(Person.id, Person.name, Household.household_no)
        .outerjoin(own, and_(own.person_id == Person.id, own.voided_in.is_(None), own.until.is_(None)))
        .outerjoin(Household, Household.id == own.household_id)
    )
    wanted = {person for person in people if person}
    return {
        row.id: (row.name, row.household_no or "")
        for row in blocks.rows(connection, chosen, Person.id, wanted)
    }


def _numbers(connection: Connection, households: Sequence[str]) -> dict[str, str]:
    wanted = {home for home in households if home}
    chosen = select(Household.id, Household.household_no)
    return {row.id: row.household_no for row in blocks.rows(connection, chosen, Household.id, wanted)}


def answered(connection: Connection, about: str) -> bool:
    """Whether there is an answer to a problem, a proposal or a result of a comparison."""
    chosen = select(Reply.id).where(Reply.about == about, live(Reply))
    return connection.execute(chosen).first() is not None
