"""Organisations, posts, and what people have beside their jobs: wages, contracts, insurances, certificates, businesses, loans."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, or_, select

from caseworker_app.read_models.work_facts import OrganisationRow, PostRow, WorkFact
from db.queries.dated import live
from db.tables import (
    Business,
    Certificate,
    Contract,
    Engagement,
    HeadCount,
    Insurance,
    Loan,
    Organisation,
    Person,
    Post,
    PostHolding,
    Record,
    Spell,
    Wage,
)

_OF_PEOPLE: tuple[type[Record], ...] = (
    Wage,
    Contract,
    Insurance,
    Certificate,
    Business,
    Loan,
    Engagement,
    PostHolding,
)
_OF_ORGANISATIONS: tuple[type[Record], ...] = (HeadCount, Engagement, Insurance, Loan)


def _facts(connection: Connection, tables: Iterable[type[Record]], column: str, owner: str) -> list[WorkFact]:
    found: list[WorkFact] = []
    for table in tables:
        columns = table.__table__.c
        chosen = select(table.__table__).where(live(table), columns[column] == owner)
        for row in connection.execute(chosen.order_by(columns.id.desc())).mappings():
            values = {
                name: value
                for name, value in row.items()
                if name not in ("id", "made_in", "changed_in", "voided_in", column)
            }
            found.append(WorkFact(row["id"], table.__tablename__, values))
    return found


def _named(connection: Connection, facts: list[WorkFact]) -> list[WorkFact]:
    """Return facts with the names of what they point to instead of ids."""
    tables: dict[str, tuple[type[Record], Any]] = {
        "organisation_id": (Organisation, Organisation.name),
        "person_id": (Person, Person.name),
        "post_id": (Post, Post.name),
        "spell_id": (Spell, Spell.employer),
    }
    names: dict[str, str] = {}
    for column, (table, name) in tables.items():
        ids = {fact.values[column] for fact in facts if fact.values.get(column)}
        chosen = select(table.__table__.c.id, name).where(table.__table__.c.id.in_(ids))
        names.update({row[0]: row[1] for row in connection.execute(chosen)})
    return [
        WorkFact(
            fact.id,
            fact.kind,
            {
                key: names.get(value, "") if key in tables and value else value
                for key, value in fact.values.items()
            },
        )
        for fact in facts
    ]


def of_person(connection: Connection, person: str) -> list[WorkFact]:
    """Return what is on record of a person beside jobs, by kind, newest first."""
    return _named(connection, _facts(connection, _OF_PEOPLE, "person_id", person))


def of_organisation(connection: Connection, organisation: str) -> list[WorkFact]:
    """Return head-counts, people, insurances and loans of an organisation, newest first."""
    return _named(connection, _facts(connection, _OF_ORGANISATIONS, "organisation_id", organisation))


def organisations(connection: Connection, text: str = "") -> list[OrganisationRow]:
    """Return the organisations, those whose name or credit code has what was typed, by name."""
    newest = (
        select(HeadCount.organisation_id, func.max(HeadCount.month).label("month"))
        .where(live(HeadCount), HeadCount.kind == "all")
        .group_by(HeadCount.organisation_id)
        .subquery()
    )
    chosen = (
        select(Organisation.__table__, HeadCount.number.label("people"), HeadCount.month.label("month"))
        .outerjoin(newest, newest.c.organisation_id == Organisation.id)
        .outerjoin(
            HeadCount,
            (HeadCount.organisation_id == Organisation.id)
            & (HeadCount.month == newest.c.month)
            & (HeadCount.kind == "all")
            & HeadCount.voided_in.is_(None),
        )
        .where(live(Organisation))
        .order_by(Organisation.name)
    )
    if text:
        chosen = chosen.where(
            or_(Organisation.name.contains(text, autoescape=True), Organisation.credit_code.startswith(text))
        )
    return [
        OrganisationRow(
            row.id,
            row.name,
            row.kind,
            row.credit_code,
            row.size,
            row.level,
            row.village_code,
            row.certified_on,
            row.opened_on,
            row.closed_on,
            row.contact,
            row.phone,
            row.account,
            row.note,
            row.people,
            row.month or "",
        )
        for row in connection.execute(chosen)
    ]


def organisation_ids(connection: Connection, name_or_code: str) -> list[str]:
    """Return the ids of the organisations of this name or credit code."""
    chosen = select(Organisation.id).where(
        live(Organisation), or_(Organisation.name == name_or_code, Organisation.credit_code == name_or_code)
    )
    return list(connection.execute(chosen).scalars())


def posts(connection: Connection) -> list[PostRow]:
    """Return the public posts and how many hold each."""
    held = (
        select(PostHolding.post_id, func.count().label("holders"))
        .where(live(PostHolding))
        .group_by(PostHolding.post_id)
        .subquery()
    )
    chosen = (
        select(Post.__table__, held.c.holders)
        .outerjoin(held, held.c.post_id == Post.id)
        .where(live(Post))
        .order_by(Post.village_code, Post.name)
    )
    return [
        PostRow(
            row.id, row.name, row.kind, row.village_code, row.quota, row.since, row.until, row.holders or 0
        )
        for row in connection.execute(chosen)
    ]


def post_ids(connection: Connection, name: str, village: str) -> list[str]:
    """Return the ids of the posts of this name, in this village when one is named."""
    chosen = select(Post.id).where(live(Post), Post.name == name)
    if village:
        chosen = chosen.where(Post.village_code == village)
    return list(connection.execute(chosen).scalars())


def job_in(connection: Connection, person: str, first: date, last: date, kind: str = "") -> str:
    """Return the newest job of a person that touches these days, of a kind if named; '' when there is none."""
    chosen = (
        select(Spell.id)
        .where(
            live(Spell),
            Spell.person_id == person,
            Spell.started_on <= last,
            or_(Spell.ended_on.is_(None), Spell.ended_on >= first),
        )
        .order_by(Spell.started_on.desc())
    )
    if kind:
        chosen = chosen.where(Spell.kind == kind)
    return connection.execute(chosen).scalars().first() or ""
