"""People entered into a household, and people who left theirs for good: by death, marriage, departure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import households
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.households import NewPerson
from caseworker_app.use_cases.propose import put_new, refuse_sent
from caseworker_app.wording import labels
from db.queries import owners
from db.queries.dated import live
from db.tables import Household, Intention, Membership, Person, Spell
from db.unit_of_work import UnitOfWork

_DAY = timedelta(days=1)
DEATH = "death"
LEAVE_REASONS = (DEATH, "married_out", "moved_out", "emigrated", "imprisoned", "missing", "other")
"""Why somebody leaves the ledger; the other reasons of the list are written by what is done to a household."""


def new_person(desk: Desk, household: str, new: NewPerson, relation: str) -> Changed:
    """Enter somebody into a household, or propose that to the village that owns it.

    Raises ExpectedError `household.none`, `household.two_heads`, `household.head_missing`, `day.future` and those
    of `households.enter`.
    """
    if new.since:
        households.check_day(desk, new.since)
    with desk.units("person.new") as unit:
        known = select(Household.id).where(Household.id == household, live(Household))
        if unit.connection.execute(known).first() is None:
            raise ExpectedError("household.none")
        village = owners.elsewhere(unit.connection, desk.scope, [household]).get(household)
        if village:
            told = households.read(unit, new, relation, desk.today())
            member = {"household_id": household, "relation": relation, "since": new.since}
            skill = {"labour_skill": new.labour_skill, "schooling": new.schooling}
            put_new(desk, unit, Person, [(village, {**told, **member, **skill})])
        else:
            with households.heads_kept(unit, new.since or desk.today(), (household,)):
                households.enter(unit, new, household, relation, desk.today())
        unit.name(new.name.strip())
        return replace(unit.commit(), proposed=int(bool(village)))


def leave(
    desk: Desk,
    person: str,
    on: date,
    reason: str,
    *,
    new_head: str = "",
    told: Mapping[str, str] | None = None,
) -> Changed:
    """Let a person belong to no household from a day on; with death the job and the wishes end too.

    Raises ExpectedError `household.head_leaves` when the head goes and nobody is named who follows,
    `relation.missing`, `membership.since`, `membership.later`, `death.later_job`, `household.head_missing`,
    `person.not_here`, `code.unknown`, `day.future`. `told`: what those who stay are to the new head.
    """
    households.check_day(desk, on)
    if reason not in LEAVE_REASONS:
        raise ExpectedError("code.unknown", value=reason, allowed=labels("leave_reason", LEAVE_REASONS))
    with desk.units("person.leave", reason=reason) as unit:
        held = households.held_on(unit, person, on)
        refuse_sent(desk, unit, [held.membership])
        later = select(func.min(Membership.since)).where(
            Membership.person_id == person, live(Membership), Membership.since > on
        )
        if day := unit.connection.execute(later).scalar_one():
            raise ExpectedError("membership.later", name=held.name, day=day.isoformat())
        with households.heads_kept(unit, on, (held.household_id,)):
            staying = households.members_on(unit, held.household_id, on)
            households.succeed(unit, {person}, staying, on, new_head, told or {})
            households.end(unit, held, on, reason)
        if reason == DEATH:
            _end_work(unit, person, held.name, on)
        unit.name(held.name)
        return unit.commit()


def _end_work(unit: UnitOfWork, person: str, name: str, on: date) -> None:
    """End what was under way when somebody died; ExpectedError `death.later_job`."""
    open_ = select(Spell.id, Spell.started_on).where(
        Spell.person_id == person, live(Spell), or_(Spell.ended_on.is_(None), Spell.ended_on > on)
    )
    for row in unit.connection.execute(open_).all():
        if row.started_on > on:
            raise ExpectedError("death.later_job", name=name, day=row.started_on.isoformat())
        unit.update(Spell, row.id, ended_on=on, end_reason="other", came_home=False)
    wanted = select(Intention.id, Intention.since).where(
        Intention.person_id == person, live(Intention), or_(Intention.until.is_(None), Intention.until >= on)
    )
    for intention, since in unit.connection.execute(wanted).all():
        if since is not None and since >= on:
            unit.void(Intention, intention)
        else:
            unit.update(Intention, intention, until=on - _DAY)
