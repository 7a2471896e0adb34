"""One fact about one worker, recorded: a service, a job, its end, an intention."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from caseworker_app.domain import divisions, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.worker import LOWER_AGE, age_on
from caseworker_app.exchange import check
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.propose import add, apart, change, refuse_sent
from caseworker_app.use_cases.typed import clean, known
from db.queries import blocks
from db.queries.dated import holds, live
from db.tables import Intention, Membership, Person, ServiceRecord, Spell
from db.unit_of_work import UnitOfWork

_DAY = timedelta(days=1)


_HIGHEST_WAGE = 100_000_00
"""Fen a month; more is a slip of the keyboard (the field's own rule asks above 30,000 yuan)."""


def _wage(wage: int | None) -> int | None:
    if wage is not None and not 0 < wage <= _HIGHEST_WAGE:
        raise ExpectedError("wage.range", most=money.shown(_HIGHEST_WAGE))
    return wage


def _person(unit: UnitOfWork, person: str, on: date, today: date, *, youngest: int = LOWER_AGE) -> str:
    """Return the name of somebody who is in the ledger, and old enough, on that day."""
    if on > today:
        raise ExpectedError("day.future", day=on.isoformat())
    chosen = (
        select(Person.name, Person.born)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.id == person, live(Person), holds(Membership, on))
    )
    found = unit.connection.execute(chosen).first()
    if found is None:
        raise ExpectedError("person.not_here", day=on.isoformat())
    if found.born is not None and age_on(found.born, on) < youngest:
        raise ExpectedError("day.too_young", day=on.isoformat(), name=found.name)
    return str(found.name)


def insert_services(
    desk: Desk,
    unit: UnitOfWork,
    people: Sequence[str],
    kind: str,
    on: date,
    *,
    vacancy: str,
    note: str,
    outcome: str,
) -> int:
    """Write one service to several workers, checked before; return how many were put to villages that own them."""
    return add(
        desk,
        unit,
        ServiceRecord,
        [
            {
                "person_id": person,
                "kind": kind,
                "on": on,
                "vacancy": vacancy,
                "note": note,
                "outcome": outcome,
                "officer": desk.officer,
            }
            for person in people
        ],
    )


def record_service(
    desk: Desk,
    people: Sequence[str],
    kind: str,
    on: date,
    *,
    vacancy: str = "",
    note: str = "",
    outcome: str = "done",
) -> Changed:
    """Record one service to one or several workers as one change.

    Raises ExpectedError `service.vacancy_missing` for a referral without its vacancy,
    `service.repeated` for one that is on record already, `person.not_here`, `day.future`.
    """
    known("service_kind", kind)
    known("service_outcome", outcome)
    vacancy, note = clean(vacancy), clean(note)
    people = list(dict.fromkeys(people))
    if kind == "job_referral" and not vacancy:
        raise ExpectedError("service.vacancy_missing")
    with desk.units("service.record", kind=kind, count=len(people)) as unit:
        names = []
        for person in people:
            names.append(_person(unit, person, on, desk.today()))
            same = select(ServiceRecord.id).where(
                ServiceRecord.person_id == person,
                live(ServiceRecord),
                ServiceRecord.kind == kind,
                ServiceRecord.on == on,
                ServiceRecord.vacancy == vacancy,
                ServiceRecord.outcome == outcome,
                ServiceRecord.note == note,
            )
            if unit.connection.execute(same).first():
                raise ExpectedError("service.repeated", name=names[-1])
        proposed = insert_services(desk, unit, people, kind, on, vacancy=vacancy, note=note, outcome=outcome)
        unit.name(names[0], len(names))
        return replace(unit.commit(), proposed=proposed)


def refuse_overlap(unit: UnitOfWork, person: str, started_on: date, ended_on: date | None) -> None:
    """Refuse a job on days of another one; ExpectedError `spell.overlaps`."""
    others = select(Spell.started_on).where(
        Spell.person_id == person,
        live(Spell),
        Spell.started_on <= (ended_on or date.max),
        or_(Spell.ended_on.is_(None), Spell.ended_on >= started_on),
    )
    if other := unit.connection.execute(others).scalars().first():
        raise ExpectedError("spell.overlaps", since=other.isoformat())


def record_spell(
    desk: Desk,
    person: str,
    kind: str,
    started_on: date,
    *,
    ended_on: date | None = None,
    place_code: str = "",
    place_text: str = "",
    employer: str = "",
    trade: str = "",
    channel: str = "",
    wage: int | None = None,
    contract: bool | None = None,
    insured: bool | None = None,
) -> Changed:
    """Record a job; ExpectedError `spell.end_before_start`, `spell.overlaps`, `spell.place_unknown`, `person.not_here`, `day.future`."""
    known("spell_kind", kind)
    if channel:
        known("channel", channel)
    if ended_on is not None and ended_on < started_on:
        raise ExpectedError("spell.end_before_start")
    if place_text and not place_code:
        place_code = divisions.resolve_place(place_text)
    if place_code and divisions.find(place_code) is None:
        raise ExpectedError("spell.place_unknown", place=place_code)
    with desk.units("spell.record") as unit:
        name = _person(
            unit, person, max(started_on, min(desk.today(), ended_on or desk.today())), desk.today()
        )
        refuse_overlap(unit, person, started_on, ended_on)
        job = {
            "person_id": person,
            "kind": kind,
            "started_on": started_on,
            "ended_on": ended_on,
            "place_code": place_code,
            "place_text": clean(place_text) or divisions.full_name(place_code),
            "employer": clean(employer),
            "trade": clean(trade),
            "channel": channel,
            "wage": _wage(wage),
            "contract": contract,
            "insured": insured,
        }
        proposed = add(desk, unit, Spell, [job])
        unit.name(name)
        return replace(unit.commit(), proposed=proposed)


def record_return(desk: Desk, person: str, on: date, reason: str, *, came_home: bool = True) -> Changed:
    """End the job under way because the worker came home or left it; ExpectedError `spell.none`, `person.not_here`, `day.future`.

    At Spring Festival, for the harvest or for a visit with the job kept, the spell does not end.
    """
    known("end_reason", reason)
    with desk.units("spell.return") as unit:
        name = _person(unit, person, on, desk.today())
        if reason in ("spring_festival", "farming_season", "visit"):
            raise ExpectedError("return.job_kept", reason=reason)
        chosen = (
            select(Spell.id)
            .where(
                Spell.person_id == person,
                live(Spell),
                Spell.started_on <= on,
                or_(Spell.ended_on.is_(None), Spell.ended_on >= on),
            )
            .order_by(Spell.started_on.desc())
        )
        spell = unit.connection.execute(chosen).scalars().first()
        if spell is None:
            raise ExpectedError("spell.none", day=on.isoformat())
        ended = {"ended_on": on, "end_reason": reason, "came_home": came_home}
        proposed = change(desk, unit, Spell, [(spell, ended)])
        unit.name(name)
        return replace(unit.commit(), proposed=proposed)


def begin_intention(
    desk: Desk,
    unit: UnitOfWork,
    people: Sequence[str],
    kind: str,
    on: date,
    *,
    place_text: str = "",
    trade: str = "",
    wage: int | None = None,
) -> int:
    """Let what these people wanted before end the day before, and this hold until the next that is known.

    What those of a village want is put to it; return how many. ExpectedError `owner.village` for somebody of this
    level whose wish a village recorded.
    """
    wish = {
        "kind": kind,
        "since": on,
        "until": None,
        "place_text": place_text,
        "place_code": divisions.resolve_place(place_text) if place_text else "",
        "trade": trade,
        "wage": wage,
    }
    rows, proposed = apart(desk, unit, Intention, [{"person_id": person, **wish} for person in people])
    own = [row["person_id"] for row in rows]
    before = select(Intention.id, Intention.since).where(holds(Intention, on))
    held = blocks.rows(unit.connection, before, Intention.person_id, own)
    refuse_sent(desk, unit, [row.id for row in held])
    for row in held:
        if row.since == on:
            unit.void(Intention, row.id)
    unit.update_many(Intention, [(row.id, {"until": on - _DAY}) for row in held if row.since != on])
    later = (
        select(Intention.person_id, func.min(Intention.since))
        .where(live(Intention), Intention.since > on)
        .group_by(Intention.person_id)
    )
    following = dict(blocks.rows(unit.connection, later, Intention.person_id, own))
    for row in rows:
        if row["person_id"] in following:
            row["until"] = following[row["person_id"]] - _DAY
    unit.insert_many(Intention, rows)
    return proposed


def record_intention(
    desk: Desk,
    person: str,
    kind: str,
    on: date,
    *,
    place_text: str = "",
    trade: str = "",
    wage: int | None = None,
) -> Changed:
    """Record what somebody wants from a day on; what was wanted before ends the day before."""
    known("intention", kind)
    with desk.units("intention.record", kind=kind) as unit:
        name = _person(unit, person, on, desk.today())
        place_text, trade, wage = clean(place_text), clean(trade), _wage(wage)
        proposed = begin_intention(
            desk, unit, [person], kind, on, place_text=place_text, trade=trade, wage=wage
        )
        unit.name(name)
        return replace(unit.commit(), proposed=proposed)


def record_card(
    desk: Desk,
    person: str,
    *,
    holder: str | None = None,
    bank: str | None = None,
    number: str | None = None,
    phone: str | None = None,
) -> Changed:
    """Record the bank card and telephone that a claim is paid to and asked on; None leaves a value as it is.

    Raises ExpectedError `card.digits` and `phone.form`.
    """
    digits = str(check.digits(number).value) if number is not None else None
    if digits and not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 23):
        raise ExpectedError("card.digits")
    if phone:
        try:
            phone = str(check.phone(phone).value)
        except check.Refused:
            raise ExpectedError("phone.form") from None
    with desk.units("person.contact") as unit:
        name = _person(unit, person, desk.today(), desk.today(), youngest=0)
        given = {
            "card_holder": None if holder is None else clean(holder),
            "card_bank": None if bank is None else clean(bank),
            "card_number": digits,
            "phone": phone,
        }
        said = {column: value for column, value in given.items() if value is not None}
        proposed = change(desk, unit, Person, [(person, said)])
        unit.name(name)
        return replace(unit.commit(), proposed=proposed)
