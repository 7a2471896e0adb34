"""Households made, split and given another head, and people moved between them.

A membership is never rewritten: it ends the day before and another begins. A household with members keeps
exactly one head on every day; where that was not so before, it is let be.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import func, or_, select

from caseworker_app.domain import divisions, identity, relations
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.relations import HEAD
from caseworker_app.exchange import check
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.propose import refuse_sent
from caseworker_app.use_cases.typed import clean, known
from db.queries.dated import holds, live
from db.tables import Household, HouseholdAttribute, Membership, Monitoring, Person, PersonAttribute
from db.unit_of_work import UnitOfWork

_DAY = timedelta(days=1)
_NUMBER_FIRST = "N"
_LONGEST_NUMBER = 30


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be entered; without an identity number birth date and sex are told apart from it.

    `since` None: member as far back as known.
    """

    name: str
    identity_number: str = ""
    born: date | None = None
    sex: str = ""
    ethnicity: str = ""
    phone: str = ""
    labour_skill: str = ""
    schooling: str = ""
    since: date | None = None


class Member(Protocol):
    """What `suggested` asks of a member; `MemberLine` is one."""

    @property
    def id(self) -> str:
        """The person."""

    @property
    def relation(self) -> str:
        """What the person is to the head."""

    @property
    def sex(self) -> str:
        """The person's sex."""


def suggested(members: Sequence[Member], new_head: str, among: Collection[str] = ()) -> dict[str, str]:
    """Return what each member is to a new head, '' where it has to be said; all, or those `among`."""
    own = next(member for member in members if member.id == new_head)
    old_sex = next((member.sex for member in members if member.relation == HEAD), "")
    return {
        member.id: relations.to_new_head(member.relation, member.sex, own.relation, own.sex, old_sex)
        for member in members
        if member.id != new_head and (not among or member.id in among)
    }


def check_day(desk: Desk, on: date) -> None:
    """Refuse a day that has not come; ExpectedError `day.future`."""
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())


def members_on(unit: UnitOfWork, household: str, on: date) -> list[Any]:
    """Return the memberships of a household on a day, each with the person's id, name and sex."""
    chosen = (
        select(
            Person.id,
            Person.name,
            Person.sex,
            Membership.id.label("membership"),
            Membership.household_id,
            Membership.relation,
            Membership.since,
            Membership.until,
            Membership.end_reason,
        )
        .join(Membership, Membership.person_id == Person.id)
        .where(live(Person), holds(Membership, on))
        .order_by(Membership.id)
    )
    return list(unit.connection.execute(chosen.where(Membership.household_id == household)))


def held_on(unit: UnitOfWork, person: str, on: date) -> Any:  # noqa: ANN401 - a row as `members_on` gives
    """Return the membership of a person on a day; ExpectedError `person.not_here`."""
    chosen = select(Membership.household_id).where(Membership.person_id == person, holds(Membership, on))
    household = unit.connection.execute(chosen).scalars().first()
    found = [each for each in members_on(unit, household, on) if each.id == person] if household else []
    if not found:
        raise ExpectedError("person.not_here", day=on.isoformat())
    return found[0]


def number_of(unit: UnitOfWork, household: str) -> str:
    """Return the number of a household."""
    return str(
        unit.connection.execute(select(Household.household_no).where(Household.id == household)).scalar_one()
    )


def _stretches(unit: UnitOfWork, household: str) -> list[Any]:
    chosen = (
        select(Membership.relation, Membership.since, Membership.until)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.household_id == household, live(Membership), live(Person))
    )
    return list(unit.connection.execute(chosen))


def _heads(stretches: Sequence[Any], on: date) -> int:
    """Return how many heads there are on a day; 1 for a household that nobody lives in."""
    here = [
        each
        for each in stretches
        if (each.since is None or each.since <= on) and (each.until is None or each.until >= on)
    ]
    return sum(each.relation == HEAD for each in here) if here else 1


@contextmanager
def heads_kept(unit: UnitOfWork, on: date, households: Collection[str]) -> Iterator[None]:
    """Refuse what leaves a household with no head or two from a day on; ExpectedError `household.head_missing`, `household.two_heads`."""
    before = {household: _stretches(unit, household) for household in households}
    yield
    for household, stretches in before.items():
        after = _stretches(unit, household)
        turns = {each.since for each in after if each.since}
        turns |= {each.until + _DAY for each in after if each.until}
        for day in sorted({on, *(each for each in turns if each > on)}):
            heads = _heads(after, day)
            if heads != 1 and _heads(stretches, day) == 1:
                raise ExpectedError(
                    "household.two_heads" if heads else "household.head_missing",
                    household_no=number_of(unit, household),
                    day=day.isoformat(),
                )


def _retell(unit: UnitOfWork, held: Any, on: date, reason: str) -> bool:  # noqa: ANN401 - a row as `members_on` gives
    """Take back a membership that began this very day, and say why the one before ended; False when there is none."""
    before = select(Membership.id).where(
        Membership.person_id == held.id, live(Membership), Membership.until == on - _DAY
    )
    found = unit.connection.execute(before).scalars().first()
    if found is None:
        return False
    unit.void(Membership, held.membership)
    unit.update(Membership, found, end_reason=reason)
    return True


def end(unit: UnitOfWork, held: Any, on: date, reason: str) -> None:  # noqa: ANN401 - a row as `members_on` gives
    """End a membership the day before; ExpectedError `membership.since` for one that only began on this day."""
    if held.since is None or held.since < on:
        unit.update(Membership, held.membership, until=on - _DAY, end_reason=reason)
    elif not _retell(unit, held, on, reason):
        raise ExpectedError("membership.since", name=held.name, day=held.since.isoformat())


def turn(
    unit: UnitOfWork,
    held: Any,  # noqa: ANN401 - a row as `members_on` gives
    on: date,
    household: str,
    relation: str,
    reason: str,
) -> None:
    """Let a membership go on from a day in another household or as something else, for the rest of its days."""
    if (held.household_id, held.relation) == (household, relation):
        return
    if held.since == on and held.household_id == household:
        unit.update(Membership, held.membership, relation=relation)
        return
    end(unit, held, on, reason)
    unit.insert(
        Membership,
        person_id=held.id,
        household_id=household,
        relation=relation,
        since=on,
        until=held.until,
        end_reason=held.end_reason,
    )


def _stated(members: Sequence[Any], new_head: str, told: Mapping[str, str]) -> dict[str, str]:
    """Return what each member is to the new head; ExpectedError `relation.missing`, `code.unknown`."""
    stated = {}
    for member in members:
        if member.id == new_head:
            stated[member.id] = HEAD
            continue
        relation = told.get(member.id) or suggested(members, new_head)[member.id]
        if relation in ("", HEAD):
            raise ExpectedError("relation.missing", name=member.name)
        known("relation", relation)
        stated[member.id] = relation
    return stated


def succeed(
    unit: UnitOfWork,
    leaving: Collection[str],
    members: Sequence[Any],
    on: date,
    new_head: str,
    told: Mapping[str, str],
) -> None:
    """Give a household that its head leaves another one; ExpectedError `household.head_leaves`, `relation.missing`."""
    left = [member for member in members if member.id not in leaving]
    head = next((member for member in members if member.relation == HEAD), None)
    if not left or head is None or head.id not in leaving:
        return
    if new_head not in {member.id for member in left}:
        raise ExpectedError("household.head_leaves", name=head.name)
    stated = _stated(members, new_head, {**dict.fromkeys(leaving, "other"), **told})
    for member in left:
        turn(unit, member, on, member.household_id, stated[member.id], "head_changed")


def next_number(unit: UnitOfWork, village_code: str) -> str:
    """Return a household number made on this device: N, village within its county, count: N100207-001."""
    first = f"{_NUMBER_FIRST}{village_code[6:12]}-"
    chosen = select(Household.household_no).where(Household.household_no.startswith(first, autoescape=True))
    given = [number.removeprefix(first) for number in unit.connection.execute(chosen).scalars()]
    return f"{first}{max((int(each) for each in given if each.isdigit()), default=0) + 1:03d}"


def _household(unit: UnitOfWork, village_code: str, group: str, phone: str, household_no: str) -> str:
    number = str(check.digits(household_no).value)[:_LONGEST_NUMBER] or next_number(unit, village_code)
    taken = select(func.count()).where(Household.household_no == number, live(Household))
    if unit.connection.execute(taken).scalar_one():
        raise ExpectedError("household.number_taken", household_no=number)
    return unit.insert(
        Household,
        household_no=number,
        village_code=village_code,
        group_name=clean(group),
        phone=phone_number(phone),
    )


def phone_number(phone: str) -> str:
    """Return a telephone number as it is kept; ExpectedError `phone.form`."""
    try:
        return str(check.phone(phone).value) if phone.strip() else ""
    except check.Refused:
        raise ExpectedError("phone.form") from None


def _identity(number: str) -> identity.IdentityNumber:
    try:
        found = check.identity_number(number).value
    except check.Refused:
        raise ExpectedError("person.number_wrong") from None
    assert isinstance(found, identity.IdentityNumber)
    return found


def read(unit: UnitOfWork, new: NewPerson, relation: str, today: date) -> dict[str, Any]:
    """Return what is told of somebody as the columns of a person.

    Raises ExpectedError `person.name_missing`, `person.number_wrong`, `person.number_taken`,
    `person.born_missing`, `person.not_born`, `phone.form`, `code.unknown`.
    """
    try:
        name = clean(str(check.name(new.name).value))
    except check.Refused:
        raise ExpectedError("person.name_missing") from None
    for list_name, code in (
        ("relation", relation),
        ("sex", new.sex),
        ("ethnicity", new.ethnicity),
        ("labour_skill", new.labour_skill),
        ("schooling", new.schooling),
    ):
        if code:
            known(list_name, code)
    number, born, sex, disability = "", new.born, new.sex, ""
    if new.identity_number.strip():
        sound = _identity(new.identity_number)
        number, born, sex, disability = sound.number, sound.born, sound.sex, sound.disability
        taken = select(Person.name).where(Person.identity_number == number, live(Person))
        if owner := unit.connection.execute(taken).scalars().first():
            raise ExpectedError("person.number_taken", name=owner)
    if born is None or not sex:
        raise ExpectedError("person.born_missing", name=name)
    if born > today or (new.since is not None and new.since < born):
        raise ExpectedError("person.not_born", name=name, day=born.isoformat())
    return {
        "name": name,
        "identity_number": number or None,
        "person_no": "",
        "sex": sex,
        "born": born,
        "ethnicity": new.ethnicity,
        "phone": phone_number(new.phone),
        "disability": disability,
        "card_holder": "",
        "card_bank": "",
        "card_number": "",
    }


def enter(unit: UnitOfWork, new: NewPerson, household: str, relation: str, today: date) -> str:
    """Enter somebody as a member and return the id; ExpectedError as `read`."""
    person = unit.insert(Person, **read(unit, new, relation, today))
    unit.insert(
        Membership,
        person_id=person,
        household_id=household,
        relation=relation,
        since=new.since,
        until=None,
        end_reason="",
    )
    for attribute, value in (("labour_skill", new.labour_skill), ("schooling", new.schooling)):
        if value:
            unit.insert(
                PersonAttribute,
                person_id=person,
                attribute=attribute,
                value=value,
                since=new.since,
                until=None,
            )
    return person


def new_household(
    desk: Desk, village_code: str, group: str, head: NewPerson, *, phone: str = "", household_no: str = ""
) -> Changed:
    """Enter a household with its head; without a number it is given one of this device.

    Raises ExpectedError `household.village`, `household.number_taken` and those of `enter`.
    """
    village = divisions.find(village_code)
    if village is None or len(village_code) != 12 or not village_code.startswith(desk.scope):
        raise ExpectedError("household.village", village=village.name if village else village_code)
    if head.since:
        check_day(desk, head.since)
    with desk.units("household.new") as unit:
        household = _household(unit, village_code, group, phone, household_no)
        enter(unit, head, household, HEAD, desk.today())
        unit.name(head.name.strip())
        return unit.commit()


def move(
    desk: Desk,
    person: str,
    household: str,
    relation: str,
    on: date,
    *,
    new_head: str = "",
    told: Mapping[str, str] | None = None,
) -> Changed:
    """Let a person belong to another household from a day on.

    Raises ExpectedError `membership.same`, `membership.since`, `household.none`, `household.head_leaves` when the
    head goes and nobody is named who follows, `relation.missing`, `household.head_missing`, `household.two_heads`,
    `person.not_here`, `day.future`. `told`: what those who stay are to the new head.
    """
    check_day(desk, on)
    known("relation", relation)
    with desk.units("person.move") as unit:
        held = held_on(unit, person, on)
        refuse_sent(desk, unit, [held.membership, household])
        if held.household_id == household:
            raise ExpectedError("membership.same", name=held.name)
        there = select(Household.id).where(Household.id == household, live(Household))
        if unit.connection.execute(there).first() is None:
            raise ExpectedError("household.none")
        with heads_kept(unit, on, (held.household_id, household)):
            staying = members_on(unit, held.household_id, on)
            succeed(unit, {person}, staying, on, new_head, told or {})
            turn(unit, held, on, household, relation, "moved")
        unit.name(held.name)
        return unit.commit()


def change_head(
    desk: Desk, household: str, person: str, on: date, told: Mapping[str, str] | None = None
) -> Changed:
    """Make another member the head from a day on; `told`: what the others are to the new head, where it is not certain.

    Raises ExpectedError `household.head_already`, `person.not_member`, `relation.missing`, `membership.since`,
    `household.head_missing`, `household.two_heads`, `day.future`.
    """
    check_day(desk, on)
    with desk.units("household.head") as unit:
        members = members_on(unit, household, on)
        refuse_sent(desk, unit, [member.membership for member in members])
        own = next((member for member in members if member.id == person), None)
        if own is None:
            raise ExpectedError("person.not_member", day=on.isoformat())
        if own.relation == HEAD:
            raise ExpectedError("household.head_already", name=own.name)
        stated = _stated(members, person, told or {})
        with heads_kept(unit, on, (household,)):
            for member in members:
                turn(unit, member, on, household, stated[member.id], "head_changed")
        unit.name(own.name)
        return unit.commit()


def split(
    desk: Desk,
    household: str,
    people: Sequence[str],
    new_head: str,
    on: date,
    *,
    household_no: str = "",
    told: Mapping[str, str] | None = None,
    remaining_head: str = "",
    remaining: Mapping[str, str] | None = None,
) -> Changed:
    """Make a household of its own of some members from a day on.

    What holds of the household (kind, relocated …) begins anew that day; its monitoring is carried over with the
    days of identification, which a split does not change. `told`: what the people are to the new head;
    `remaining`: what those who stay are to theirs, where the head leaves.

    Raises ExpectedError `split.nobody`, `split.everybody`, `person.not_member`, `household.head_leaves`,
    `relation.missing`, `household.number_taken`, `membership.since`, `household.head_missing`,
    `household.two_heads`, `day.future`.
    """
    check_day(desk, on)
    going = set(people)
    with desk.units("household.split") as unit:
        members = members_on(unit, household, on)
        refuse_sent(desk, unit, [member.membership for member in members])
        present = {member.id for member in members}
        if not going or new_head not in going:
            raise ExpectedError("split.nobody")
        if not going <= present:
            raise ExpectedError("person.not_member", day=on.isoformat())
        if going == present:
            raise ExpectedError("split.everybody")
        old = unit.connection.execute(select(Household.__table__).where(Household.id == household)).one()
        made = _household(unit, old.village_code, old.group_name, "", household_no)
        with heads_kept(unit, on, (household, made)):
            stated = _stated(members, new_head, {**dict.fromkeys(present - going, "other"), **(told or {})})
            succeed(unit, going, members, on, remaining_head, remaining or {})
            for member in members:
                if member.id in going:
                    turn(unit, member, on, made, stated[member.id], "split")
        _carry_over(unit, household, made, on)
        unit.name(next(member.name for member in members if member.id == new_head), len(going))
        return unit.commit()


def _carry_over(unit: UnitOfWork, household: str, made: str, on: date) -> None:
    held = select(HouseholdAttribute.attribute, HouseholdAttribute.value, HouseholdAttribute.until).where(
        HouseholdAttribute.household_id == household, holds(HouseholdAttribute, on)
    )
    unit.insert_many(
        HouseholdAttribute,
        [
            {**row, "household_id": made, "since": on}
            for row in map(dict, unit.connection.execute(held).mappings())
        ],
    )
    watched = select(
        Monitoring.kind, Monitoring.identified_on, Monitoring.resolved_on, Monitoring.risks
    ).where(
        Monitoring.household_id == household,
        live(Monitoring),
        or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= on),
    )
    unit.insert_many(
        Monitoring,
        [{**row, "household_id": made} for row in map(dict, unit.connection.execute(watched).mappings())],
    )
