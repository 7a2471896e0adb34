"""Comparisons with outside lists: the newest of each kind, what it found, and what of that still waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from caseworker_app.read_models.comparisons import OPEN, ComparisonLine, ResultLine
from db.queries import blocks
from db.queries.dated import holds, live, under_way
from db.tables import (
    Business,
    Claim,
    Comparison,
    ComparisonResult,
    Household,
    Insurance,
    Membership,
    Payment,
    Person,
    PersonAttribute,
    Reply,
    Spell,
)

AS_IT_IS = "as_it_is"
DEATH = "death"


def _newest(table: Any, on: date | None = None) -> ColumnElement[bool]:  # noqa: ANN401 - a table or its alias
    """No later comparison of the kind: by the day the list stands for, then by the day it was made."""
    later = aliased(Comparison)
    conditions = [
        later.kind == table.kind,
        later.voided_in.is_(None),
        tuple_(func.coalesce(later.as_of, later.compared_on), later.compared_on, later.id)
        > tuple_(func.coalesce(table.as_of, table.compared_on), table.compared_on, table.id),
    ]
    if on:
        conditions.append(func.coalesce(later.as_of, later.compared_on) <= on)
    return ~exists().where(*conditions)


def _answered(result: Any, kind: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    """Answered itself, or explained when an earlier list of the kind said the same."""
    reply, before, list_before = aliased(Reply), aliased(ComparisonResult), aliased(Comparison)
    itself = exists().where(reply.about == result.id, reply.voided_in.is_(None))
    explained = exists().where(
        before.person_id == result.person_id,
        before.field == result.field,
        before.theirs == result.theirs,
        before.voided_in.is_(None),
        list_before.id == before.comparison_id,
        list_before.voided_in.is_(None),
        list_before.kind == kind,
        reply.about == before.id,
        reply.outcome == AS_IT_IS,
        reply.voided_in.is_(None),
    )
    return or_(itself, explained)


def mismatched(on: date) -> ColumnElement[bool]:
    """Differ from an outside list, and nobody has answered it: as the newest list of each kind up to a day says."""
    waiting = (
        select(ComparisonResult.person_id)
        .join(Comparison, Comparison.id == ComparisonResult.comparison_id)
        .where(
            live(ComparisonResult),
            live(Comparison),
            ComparisonResult.result.in_(OPEN),
            func.coalesce(Comparison.as_of, Comparison.compared_on) <= on,
            _newest(Comparison, on),
            ~_answered(ComparisonResult, Comparison.kind),
        )
    )
    return Person.id.in_(waiting)


def _line(row: Any) -> ComparisonLine:  # noqa: ANN401 - a row
    return ComparisonLine(
        row.id, row.kind, row.file_name, row.as_of, row.compared_on, row.officer, row.counts, bool(row.newest)
    )


def comparisons(connection: Connection) -> list[ComparisonLine]:
    """Return all comparisons, the latest first."""
    chosen = (
        select(Comparison.__table__, _newest(Comparison).label("newest"))
        .where(live(Comparison))
        .order_by(Comparison.compared_on.desc(), Comparison.id.desc())
    )
    return [_line(row) for row in connection.execute(chosen)]


def newest(connection: Connection, kind: str) -> ComparisonLine | None:
    """Return the comparison of a kind that counts, None when there is none."""
    chosen = select(Comparison.__table__, _newest(Comparison).label("newest")).where(
        live(Comparison), Comparison.kind == kind, _newest(Comparison)
    )
    row = connection.execute(chosen).first()
    return _line(row) if row else None


def _results() -> Select[*tuple[Any, ...]]:
    own = aliased(Reply)
    return (
        select(
            ComparisonResult.__table__,
            Comparison.kind,
            Comparison.as_of,
            Person.name,
            Person.identity_number,
            Household.household_no,
            own.outcome,
            own.reason,
            _answered(ComparisonResult, Comparison.kind).label("answered"),
        )
        .join(Comparison, Comparison.id == ComparisonResult.comparison_id)
        .outerjoin(Person, Person.id == ComparisonResult.person_id)
        .outerjoin(Household, Household.id == ComparisonResult.household_id)
        .outerjoin(own, and_(own.about == ComparisonResult.id, own.voided_in.is_(None)))
        .where(live(ComparisonResult), live(Comparison))
        .order_by(ComparisonResult.village_code, Household.household_no, Person.name, ComparisonResult.id)
    )


def _result(row: Any) -> ResultLine:  # noqa: ANN401 - a row
    return ResultLine(
        row.id,
        row.comparison_id,
        row.kind,
        row.as_of,
        row.person_id or "",
        row.household_id or "",
        row.name or "",
        row.identity_number or "",
        row.household_no or "",
        row.village_code,
        row.row,
        row.result,
        row.field,
        row.ours,
        row.theirs,
        row.since,
        row.outcome or (AS_IT_IS if row.answered else ""),
        row.reason or "",
    )


def results(connection: Connection, comparison: str) -> list[ResultLine]:
    """Return what a comparison found, in the order of the villages and households."""
    chosen = _results().where(ComparisonResult.comparison_id == comparison)
    return list({row.id: _result(row) for row in connection.execute(chosen)}.values())


def waiting(
    connection: Connection,
    *,
    village: str = "",
    people: Sequence[str] | None = None,
    on: date | None = None,
) -> list[ResultLine]:
    """Return what still waits of the newest comparison of each kind (up to a day), of a place or of these people."""
    chosen = _results().where(
        _newest(Comparison, on),
        ComparisonResult.result.in_(OPEN),
        ~_answered(ComparisonResult, Comparison.kind),
    )
    if on:
        chosen = chosen.where(func.coalesce(Comparison.as_of, Comparison.compared_on) <= on)
    if village:
        chosen = chosen.where(ComparisonResult.village_code.startswith(village))
    if people is None:
        return [_result(row) for row in connection.execute(chosen)]
    return [_result(row) for row in blocks.rows(connection, chosen, ComparisonResult.person_id, people)]


def result(connection: Connection, record: str) -> ResultLine | None:
    """Return one result, None when it is not there."""
    row = connection.execute(_results().where(ComparisonResult.id == record)).first()
    return _result(row) if row else None


# -- what the ledger says ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the ledger and where he belongs or belonged last; `left` the last day there, with the reason."""

    id: str
    name: str
    identity_number: str
    born: date | None
    household: str
    household_no: str
    village_code: str
    left: date | None
    why: str


def _known() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Person.id,
            Person.name,
            Person.identity_number,
            Person.born,
            Membership.household_id,
            Household.household_no,
            Household.village_code,
            Membership.until,
            Membership.end_reason,
        )
        .join(Membership, and_(Membership.person_id == Person.id, live(Membership)))
        .join(Household, Household.id == Membership.household_id)
        .where(live(Person))
    )


def _last(rows: Iterable[Any]) -> dict[str, Known]:
    """Return each person with the last of his memberships."""
    found: dict[str, Known] = {}
    for row in rows:
        before = found.get(row.id)
        if before and (before.left is None or (row.until is not None and row.until < before.left)):
            continue
        found[row.id] = Known(
            row.id,
            row.name,
            row.identity_number or "",
            row.born,
            row.household_id,
            row.household_no,
            row.village_code,
            row.until,
            row.end_reason,
        )
    return found


def by_number(connection: Connection, numbers: Iterable[str]) -> dict[str, Known]:
    """Return the people with these identity numbers, by number; of two records with one number the earlier."""
    rows = blocks.rows(connection, _known(), Person.identity_number, numbers)
    found: dict[str, Known] = {}
    for each in sorted(_last(rows).values(), key=lambda each: each.id):
        found.setdefault(each.identity_number, each)
    return found


def by_name(connection: Connection, names: Iterable[str]) -> list[Known]:
    """Return the people with these names."""
    return list(_last(blocks.rows(connection, _known(), Person.name, names)).values())


def by_id(connection: Connection, people: Iterable[str]) -> dict[str, Known]:
    """Return these people, by id."""
    return _last(blocks.rows(connection, _known(), Person.id, people))


def insured(connection: Connection, on: date) -> dict[str, bool | None]:
    """Return everybody with a job under way or an insurance on a day: whether insured, None where it is not known."""
    found: dict[str, bool | None] = {}
    jobs = select(Spell.person_id, Spell.insured).where(under_way(Spell, on), Spell.kind != "farming")
    for person, said in connection.execute(jobs):
        found[person] = found.get(person) or said
    papers = select(Insurance.person_id).where(holds(Insurance, on), ~Insurance.kind.startswith("resident"))
    return {**found, **{row.person_id: True for row in connection.execute(papers)}}


def businesses(connection: Connection, on: date) -> dict[str, list[str]]:
    """Return everybody in business for himself on a day, with the names of what is recorded."""
    found: dict[str, list[str]] = {}
    chosen = select(Business.person_id, Business.name).where(
        live(Business),
        or_(Business.registered_on.is_(None), Business.registered_on <= on),
        or_(Business.closed_on.is_(None), Business.closed_on >= on),
    )
    jobs = select(Spell.person_id, Spell.employer).where(under_way(Spell, on), Spell.kind == "self_employed")
    for person, name in [*connection.execute(chosen), *connection.execute(jobs)]:
        found.setdefault(person, []).append(name)
    return found


def payments(connection: Connection, until: date) -> dict[str, list[int]]:
    """Return the amounts paid until a day, in fen, by person; a household's to each of its members."""
    member = aliased(Membership)
    shared = (
        select(member.person_id, Claim.amount)
        .join(member, and_(member.household_id == Claim.beneficiary, member.voided_in.is_(None)))
        .where(live(Claim), Claim.state == "paid", Claim.filed_on <= until)
    )
    own = select(Claim.beneficiary, Claim.amount).where(
        live(Claim), Claim.state == "paid", Claim.beneficiary_kind == "person", Claim.filed_on <= until
    )
    banked = select(Payment.person_id, Payment.amount).where(
        live(Payment), Payment.outcome == "paid", Payment.person_id.is_not(None)
    )
    found: dict[str, list[int]] = {}
    for person, amount in [
        *connection.execute(shared),
        *connection.execute(own),
        *connection.execute(banked),
    ]:
        found.setdefault(person, []).append(amount)
    return found


def deaths(connection: Connection) -> set[str]:
    """Return who is recorded as dead."""
    chosen = select(Membership.person_id).where(live(Membership), Membership.end_reason == DEATH)
    return set(connection.execute(chosen).scalars())


def schooling(connection: Connection, on: date) -> dict[str, str]:
    """Return who is at school on a day, and where in it."""
    chosen = select(PersonAttribute.person_id, PersonAttribute.value).where(
        PersonAttribute.attribute == "schooling",
        PersonAttribute.value.not_in(("", "army")),
        holds(PersonAttribute, on),
    )
    return {row.person_id: row.value for row in connection.execute(chosen)}


@dataclass(frozen=True, slots=True)
class Home:
    """A household under the name of its head."""

    id: str
    household_no: str
    village_code: str
    name: str


def homes(connection: Connection, households: Iterable[str]) -> list[Home]:
    """Return these households."""
    head = aliased(Membership)
    chosen = (
        select(Household.id, Household.household_no, Household.village_code, Person.name)
        .outerjoin(
            head,
            and_(
                head.household_id == Household.id,
                head.relation == "head",
                head.voided_in.is_(None),
                head.until.is_(None),
            ),
        )
        .outerjoin(Person, Person.id == head.person_id)
    )
    found = blocks.rows(connection, chosen, Household.id, households)
    return [Home(row.id, row.household_no, row.village_code, row.name or "") for row in found]
