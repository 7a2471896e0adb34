"""What the monthly workbook shows of people, a block of households at a time; and the workbooks written before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from db import journal
from db.queries import blocks
from db.queries.dated import holds, live
from db.tables import (
    BOOKKEEPING,
    RECORDS,
    Change,
    ChangeSet,
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Monitoring,
    MonthClose,
    Person,
    PersonAttribute,
    Post,
    PostHolding,
    ServiceRecord,
    Spell,
    Upload,
    UploadContent,
)


def people(connection: Connection, on: date, households: Sequence[str]) -> list[Any]:
    """Return everybody of these households on a day with household and relation, in order of village and household."""
    statement = (
        select(
            Person.__table__,
            Membership.relation,
            Household.id.label("household"),
            Household.household_no,
            Household.village_code,
            Household.group_name,
            Household.phone.label("household_phone"),
        )
        .join(Membership, and_(Membership.person_id == Person.id, holds(Membership, on)))
        .join(Household, Household.id == Membership.household_id)
        .where(live(Person))
    )
    found = blocks.rows(connection, statement, Household.id, households)
    return sorted(found, key=lambda row: (row.village_code, row.household_no, row.id))


class Facts:
    """What is known of some people and their households on a day, in one query a table."""

    def __init__(
        self, connection: Connection, on: date, people_: Sequence[str], households: Sequence[str]
    ) -> None:
        held = select(PersonAttribute.person_id, PersonAttribute.attribute, PersonAttribute.value)
        held = held.where(holds(PersonAttribute, on))
        self.attributes: dict[str, dict[str, str]] = defaultdict(dict)
        for person, attribute, value in blocks.rows(connection, held, PersonAttribute.person_id, people_):
            self.attributes[person][attribute] = value
        kinds = select(HouseholdAttribute.household_id, HouseholdAttribute.value).where(
            HouseholdAttribute.attribute == "kind", holds(HouseholdAttribute, on)
        )
        self.kinds: dict[str, str] = {
            row.household_id: row.value
            for row in blocks.rows(connection, kinds, HouseholdAttribute.household_id, households)
        }
        watched = select(Monitoring.__table__).where(
            live(Monitoring), or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= on)
        )
        self.monitored: dict[str, Any] = {
            row.household_id: row
            for row in blocks.rows(connection, watched, Monitoring.household_id, households)
        }
        jobs = select(Spell.__table__).where(live(Spell), Spell.started_on <= on).order_by(Spell.started_on)
        self.spells: dict[str, list[Any]] = defaultdict(list)
        for row in blocks.rows(connection, jobs, Spell.person_id, people_):
            self.spells[row.person_id].append(row)
        wishes = select(Intention.__table__).where(holds(Intention, on))
        self.intentions: dict[str, Any] = {
            row.person_id: row for row in blocks.rows(connection, wishes, Intention.person_id, people_)
        }


def services(connection: Connection, people_: Sequence[str], first: date, last: date) -> list[Any]:
    """Return the services to these people in a period, oldest first."""
    chosen = select(ServiceRecord.__table__).where(live(ServiceRecord), ServiceRecord.on.between(first, last))
    found = blocks.rows(connection, chosen, ServiceRecord.person_id, people_)
    return sorted(found, key=lambda row: (row.on, row.id))


def posts(connection: Connection, people_: Sequence[str]) -> dict[str, Any]:
    """Return by job the public post that these people hold through it."""
    chosen = (
        select(Post.name, Post.kind, Post.quota, PostHolding.spell_id, PostHolding.months_before)
        .join(PostHolding, PostHolding.post_id == Post.id)
        .where(live(Post), live(PostHolding))
    )
    return {row.spell_id: row for row in blocks.rows(connection, chosen, PostHolding.person_id, people_)}


def heads(connection: Connection, households: Sequence[str], on: date) -> dict[str, str]:
    """Return the identity number of the head of each of these households."""
    chosen = (
        select(Membership.household_id, Person.identity_number)
        .join(Person, Person.id == Membership.person_id)
        .where(live(Person), holds(Membership, on), Membership.relation == "head")
    )
    return {
        household: number or ""
        for household, number in blocks.rows(connection, chosen, Membership.household_id, households)
    }


# -- what changed since ----------------------------------------------------------------------------

_TOLD = (
    "household",
    "household_attribute",
    "monitoring",
    "person",
    "person_attribute",
    "membership",
    "spell",
    "intention",
    "service_record",
    "claim",
    "claim_step",
)
"""Whose changes are told to people; the others travel unseen."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One field of one record that changed, or a record that came or went; whose it is."""

    table: str
    kind: str
    name: str
    household_no: str
    village_code: str
    field: str = ""
    before: object = None
    after: object = None


def changes(connection: Connection, position: int, place: str) -> list[ChangeLine]:
    """Return what changed in a place after a position of the journal: of each field the value then and now."""
    found = []
    for table in _TOLD:
        found += list(_changes(connection, table, position, place))
    return found


def _changes(connection: Connection, name: str, position: int, place: str) -> Iterator[ChangeLine]:
    table = RECORDS[name].__table__
    later = select(ChangeSet.id).where(ChangeSet.position > position)
    made = select(table).where(table.c.made_in.in_(later), table.c.voided_in.is_(None)).order_by(table.c.id)
    new = [dict(row) for row in connection.execute(made).mappings()]
    first: dict[str, dict[str, Any]] = defaultdict(dict)
    steps = (
        select(Change.record, Change.before)
        .join(ChangeSet, ChangeSet.id == Change.change_set)
        .where(Change.table == name, ChangeSet.position > position)
        .order_by(Change.id.desc())
    )
    for record, before in connection.execute(steps):
        first[record].update(before)
    old = select(table).where(table.c.made_in.not_in(later))
    present = {row.id: row._asdict() for row in blocks.rows(connection, old, table.c.id, first)}
    whose = _whose(connection, name, [*new, *present.values()], place)
    for row in new:
        if row["id"] in whose:
            yield ChangeLine(name, "insert", *whose[row["id"]])
    for record, before in first.items():
        if record not in present or record not in whose:
            continue
        now = present[record]
        if "voided_in" in before and (before["voided_in"] is None) != (now["voided_in"] is None):
            yield ChangeLine(name, "void" if now["voided_in"] else "revive", *whose[record])
            continue
        for field, was in before.items():
            after = journal.plain(now[field])
            if field not in BOOKKEEPING and was != after:
                yield ChangeLine(name, "update", *whose[record], field, was, after)


def _whose(
    connection: Connection, table: str, rows: Sequence[dict[str, Any]], place: str
) -> dict[str, tuple[str, str, str]]:
    """Return by record the name, household number and village of whom it is about; those of other places are left out."""
    claims = {}
    if table == "claim_step":
        claim = RECORDS["claim"].__table__
        chosen = select(claim.c.id, claim.c.beneficiary)
        claims = {
            row.id: row.beneficiary
            for row in blocks.rows(connection, chosen, claim.c.id, {row["claim_id"] for row in rows})
        }
    about: dict[str, str] = {}
    for row in rows:
        about[row["id"]] = (
            row.get("person_id")
            or row.get("household_id")
            or row.get("beneficiary")
            or claims.get(row.get("claim_id", ""))
            or row["id"]
        )
    homes = select(Household.id, Household.household_no, Household.village_code)
    by_home: dict[str, Any] = {
        row.id: row for row in blocks.rows(connection, homes, Household.id, set(about.values()))
    }
    of_people = (
        select(Person.id, Person.name, Household.household_no, Household.village_code)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Household, Household.id == Membership.household_id)
        .order_by(Membership.until.is_(None), Membership.until)
    )
    by_person: dict[str, Any] = {
        row.id: row for row in blocks.rows(connection, of_people, Person.id, set(about.values()))
    }
    found = {}
    for record, owner in about.items():
        person = by_person.get(owner)
        home = person or by_home.get(owner)
        if home and (home.village_code or "").startswith(place):
            found[record] = (person.name if person else "", home.household_no, home.village_code)
    return found


def journal_head(connection: Connection) -> list[Any]:
    """Return how many change sets there are and the last link of their chain: what holds the journal fast elsewhere."""
    chosen = select(ChangeSet.position, ChangeSet.chain).order_by(ChangeSet.position.desc()).limit(1)
    row = connection.execute(chosen).first()
    return [row.position, row.chain] if row else [0, ""]


# -- workbooks written before ----------------------------------------------------------------------


def last(connection: Connection, month: str, place: str = "") -> Any | None:  # noqa: ANN401 - a row
    """Return the last workbook written for a month (of one place where one is named), or None."""
    own = (live(Upload), Upload.month == month, Upload.kind == "upload")
    chosen = select(Upload.__table__).where(*own).order_by(Upload.id.desc())
    if place:
        chosen = chosen.where(Upload.village_code == place)
    return connection.execute(chosen.limit(1)).first()


def before(connection: Connection, month: str, place: str) -> Any | None:  # noqa: ANN401 - a row
    """Return the last workbook of an earlier month for a place with its position in the journal, or None."""
    chosen = (
        select(Upload.__table__, ChangeSet.position)
        .join(ChangeSet, ChangeSet.id == Upload.made_in)
        .where(live(Upload), Upload.month < month, Upload.village_code == place, Upload.kind == "upload")
        .order_by(Upload.month.desc(), ChangeSet.position.desc())
    )
    return connection.execute(chosen.limit(1)).first()


def newest(connection: Connection, place: str) -> Any | None:  # noqa: ANN401 - a row
    """Return the last workbook written for a place whatever its month, or None."""
    own = (live(Upload), Upload.village_code == place, Upload.kind == "upload")
    chosen = select(Upload.__table__).where(*own)
    return connection.execute(chosen.order_by(Upload.id.desc()).limit(1)).first()


def past(connection: Connection, place: str = "", limit: int = 200) -> list[Any]:
    """Return the workbooks written, newest first, with the officer who wrote each and the bytes kept of it."""
    chosen = (
        select(
            Upload.__table__,
            ChangeSet.officer,
            ChangeSet.position,
            func.coalesce(func.length(UploadContent.content), 0).label("kept"),
        )
        .join(ChangeSet, ChangeSet.id == Upload.made_in)
        .outerjoin(UploadContent, UploadContent.upload_id == Upload.id)
        .where(live(Upload))
        .order_by(ChangeSet.position.desc())
    )
    if place:
        chosen = chosen.where(Upload.village_code == place)
    return list(connection.execute(chosen.limit(limit)))


def kept(connection: Connection, upload: str) -> str:
    """Return the id of a workbook written before that is kept, '' for none; `upload` may be the beginning of its id."""
    chosen = (
        select(Upload.id)
        .join(UploadContent, UploadContent.upload_id == Upload.id)
        .where(live(Upload), Upload.id.startswith(upload, autoescape=True))
    )
    found = connection.execute(chosen.limit(2)).scalars().all()
    return found[0] if len(found) == 1 else ""


# -- the closing of months -------------------------------------------------------------------------


def closings(connection: Connection, place: str, month: str = "") -> list[Any]:
    """Return the steps in the closing of a place's months (or of one), oldest first, with their positions."""
    chosen = (
        select(MonthClose.__table__, ChangeSet.position)
        .join(ChangeSet, ChangeSet.id == MonthClose.made_in)
        .where(live(MonthClose), MonthClose.village_code == place)
        .order_by(MonthClose.month, ChangeSet.position, MonthClose.id)
    )
    if month:
        chosen = chosen.where(MonthClose.month == month)
    return list(connection.execute(chosen))


def told_since(connection: Connection, change_set: str) -> str:
    """Return the month that this change set closed, if its workbook was written since or the level above answered; else ''."""
    step = connection.execute(
        select(MonthClose.month, MonthClose.village_code, ChangeSet.position)
        .join(ChangeSet, ChangeSet.id == MonthClose.made_in)
        .where(MonthClose.made_in == change_set, live(MonthClose))
    ).first()
    if step is None:
        return ""
    written = any(
        row.month == step.month and row.kind == "upload" and row.position > step.position
        for row in past(connection, step.village_code)
    )
    answered = any(
        row.position > step.position for row in closings(connection, step.village_code, step.month)
    )
    return str(step.month) if written or answered else ""


def month_steps(connection: Connection, month: str, scope: str) -> list[Any]:
    """Return the steps in the closing of one month at every place of a scope, oldest first."""
    chosen = (
        select(MonthClose.__table__)
        .join(ChangeSet, ChangeSet.id == MonthClose.made_in)
        .where(live(MonthClose), MonthClose.month == month, MonthClose.village_code.startswith(scope))
        .order_by(ChangeSet.position, MonthClose.id)
    )
    return list(connection.execute(chosen))


def villages(connection: Connection, scope: str) -> list[str]:
    """Return the villages of a scope that have households."""
    chosen = (
        select(Household.village_code)
        .where(live(Household), Household.village_code.startswith(scope))
        .distinct()
        .order_by(Household.village_code)
    )
    return list(connection.execute(chosen).scalars())
