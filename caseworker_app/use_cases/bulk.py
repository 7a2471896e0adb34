"""One fact recorded for many people at once: looked at first, then one change set and one undo.

change = ServiceChange("job_referral", on, vacancy="…"); shown = preview(connection, desk, people, change)
apply(desk, people, change)                 # records it for everybody who is in `shown.lands`
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.worker import LOWER_AGE, age_on
from caseworker_app.use_cases import propose
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean, known
from caseworker_app.use_cases.work import begin_intention, insert_services
from db.queries import blocks
from db.queries.dated import holds, live
from db.tables import Household, Intention, Membership, Person, ServiceRecord

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ServiceChange:
    """A service, a contact among them, on a day."""

    kind: str
    on: date
    vacancy: str = ""
    note: str = ""
    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class IntentionChange:
    """What they want from a day on."""

    kind: str
    on: date
    place_text: str = ""


@dataclass(frozen=True, slots=True)
class GroupChange:
    """The village group of their households."""

    group: str


BulkChange = ServiceChange | IntentionChange | GroupChange


@dataclass(frozen=True, slots=True)
class Skipped:
    """Somebody for whom nothing is recorded, and the code of the reason."""

    person: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """For whom a change lands (person and name), and for whom it does not."""

    lands: tuple[tuple[str, str], ...]
    skipped: tuple[Skipped, ...]


def _day(desk: Desk, change: BulkChange) -> date:
    return desk.today() if isinstance(change, GroupChange) else change.on


def _checked(desk: Desk, change: BulkChange) -> BulkChange:
    """Return the change as it is kept; raise what would be refused for everybody."""
    if isinstance(change, GroupChange):
        return GroupChange(clean(change.group))
    if change.on > desk.today():
        raise ExpectedError("day.future", day=change.on.isoformat())
    if isinstance(change, IntentionChange):
        known("intention", change.kind)
        return IntentionChange(change.kind, change.on, clean(change.place_text))
    known("service_kind", change.kind)
    known("service_outcome", change.outcome)
    if change.kind == "job_referral" and not clean(change.vacancy):
        raise ExpectedError("service.vacancy_missing")
    return ServiceChange(change.kind, change.on, clean(change.vacancy), clean(change.note), change.outcome)


def _said_already(connection: Connection, people: Sequence[str], change: BulkChange) -> set[str]:
    """Return for whom the ledger says it already."""
    if isinstance(change, ServiceChange):
        chosen = select(ServiceRecord.person_id).where(
            live(ServiceRecord),
            ServiceRecord.kind == change.kind,
            ServiceRecord.on == change.on,
            ServiceRecord.vacancy == change.vacancy,
            ServiceRecord.outcome == change.outcome,
            ServiceRecord.note == change.note,
        )
        return {row.person_id for row in blocks.rows(connection, chosen, ServiceRecord.person_id, people)}
    if isinstance(change, IntentionChange):
        chosen = select(Intention.person_id).where(
            holds(Intention, change.on),
            Intention.kind == change.kind,
            Intention.place_text == change.place_text,
        )
        return {row.person_id for row in blocks.rows(connection, chosen, Intention.person_id, people)}
    return set()


def preview(connection: Connection, desk: Desk, people: Sequence[str], change: BulkChange) -> Preview:
    """Return for whom a change lands and who is skipped why, nothing written.

    Raises ExpectedError for what holds for everybody: `day.future`, `service.vacancy_missing`, `code.unknown`, `text.long`.
    """
    people = list(dict.fromkeys(people))
    change = _checked(desk, change)
    on = _day(desk, change)
    members = (
        select(Person.id, Person.name, Person.born, Household.group_name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Household, Household.id == Membership.household_id)
        .where(live(Person), holds(Membership, on))
    )
    present = {row.id: row for row in blocks.rows(connection, members, Person.id, people)}
    names = {
        row.id: row.name for row in blocks.rows(connection, select(Person.id, Person.name), Person.id, people)
    }
    already = _said_already(connection, people, change)
    lands, skipped = [], []
    for person in people:
        row = present.get(person)
        if row is None:
            reason = "not_here"
        elif isinstance(change, GroupChange):
            reason = "same" if row.group_name == change.group else ""
        elif row.born is not None and age_on(row.born, on) < LOWER_AGE:
            reason = "too_young"
        else:
            reason = "same" if person in already else ""
        if reason:
            skipped.append(Skipped(person, names.get(person, ""), reason))
        else:
            lands.append((person, names[person]))
    return Preview(tuple(lands), tuple(skipped))


def apply(desk: Desk, people: Sequence[str], change: BulkChange) -> Changed:
    """Record a change for everybody it lands for; ExpectedError `bulk.nobody` and those of `preview`."""
    actions = {
        ServiceChange: "service.record",
        IntentionChange: "intention.record",
        GroupChange: "household.group",
    }
    kind = {} if isinstance(change, GroupChange) else {"kind": change.kind}
    with desk.units(actions[type(change)], **kind) as unit:
        shown = preview(unit.connection, desk, people, change)
        change = _checked(desk, change)
        chosen = [person for person, _name in shown.lands]
        if not chosen:
            raise ExpectedError("bulk.nobody")
        if isinstance(change, ServiceChange):
            proposed = insert_services(
                desk,
                unit,
                chosen,
                change.kind,
                change.on,
                vacancy=change.vacancy,
                note=change.note,
                outcome=change.outcome,
            )
        elif isinstance(change, IntentionChange):
            proposed = begin_intention(
                desk, unit, chosen, change.kind, change.on, place_text=change.place_text
            )
        else:
            homes = select(Membership.household_id).where(holds(Membership, desk.today()))
            found = {
                row.household_id for row in blocks.rows(unit.connection, homes, Membership.person_id, chosen)
            }
            grouped = [(home, {"group_name": change.group}) for home in sorted(found)]
            proposed = propose.change(desk, unit, Household, grouped)
        unit.name(shown.lands[0][1], len(chosen))
        return replace(unit.commit(), proposed=proposed)
