"""A change, and the facts as they would be with it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from caseworker_app.domain.spans import add_months
from caseworker_app.policy import schema as s
from caseworker_app.policy.facts import (
    EngagedFacts,
    HouseholdFacts,
    InsuranceFacts,
    PersonFacts,
    PostFacts,
    SpellFacts,
    Subject,
    WageFacts,
)

DAY_AFTER = timedelta(days=1)


class Kind(StrEnum):
    """What is changed."""

    WAIT = "wait"
    WORK = "work"
    LEAVE = "leave"
    FACT = "fact"
    PROOF = "proof"
    PEOPLE = "people"
    HEAD_COUNT = "head_count"
    RECORD = "record"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: until which day (wait, work, leave, people), or which fact of which record becomes what.

    A figure is one of the place, not of the beneficiary: applied to his facts it changes nothing.
    """

    kind: Kind
    until: date | None = None
    fact: str = ""
    record: str = ""
    value: Any = None
    place: str = ""
    """work: a step's distance or place, '' for anywhere."""


# -- applying ------------------------------------------------------------------------------------------


def _with_person(subject: Subject, person: PersonFacts) -> Subject:
    """Return a beneficiary with one of its people changed."""
    household = subject.household
    if household is not None:
        household = replace(
            household, members=tuple(person if each.id == person.id else each for each in household.members)
        )
    own = person if subject.person is not None and subject.person.id == person.id else subject.person
    return Subject(subject.kind, household, own, subject.organisation)


def _person(subject: Subject, name: str) -> PersonFacts | None:
    if subject.person is not None and name in ("", subject.person.id):
        return subject.person
    members = subject.household.members if subject.household else ()
    return next((each for each in members if each.id == name), members[0] if members and not name else None)


FIELDS = {
    "organisation.kind": "kind",
    "organisation.size": "size",
    "organisation.level": "level",
    "organisation.certified_on": "certified_on",
    "organisation.opened_on": "opened_on",
    "business.kind": "kind",
    "business.first": "first",
    "business.registered_on": "registered_on",
    "business.employed": "employed",
    "certificate.kind": "kind",
    "certificate.level": "level",
    "certificate.trade": "trade",
    "certificate.course": "course",
    "certificate.issued_on": "issued_on",
    "certificate.cost": "cost",
    "loan.kind": "kind",
    "loan.purpose": "purpose",
    "loan.amount": "amount",
    "loan.rate": "rate",
    "loan.interest_paid": "interest_paid",
    "loan.granted_on": "granted_on",
    "loan.overdue": "repaid_on",
    "loan.repaid": "repaid_on",
    "insurance.kind": "kind",
    "insurance.payer": "payer",
    "insurance.since": "since",
    "insurance.paid": "paid",
    "post.kind": "kind",
}
"""Facts that are a field of their record and may be entered."""
_DATED = {
    "person.student": "schooling",
    "person.unemployed_since": "registered_unemployed_on",
}
OF_JOBS = frozenset(
    {"kind", "channel", "industry", "trade", "employer", "wage", "contract", "insured", "point_to_point"}
)
"""Facts of a job that one to come may be chosen by."""
DERIVED = frozenset(
    {
        "person.working",
        "household.members",
        "household.members_working",
        "household.identified_on",
        "household.risk_resolved",
        "person.disabled",
        "person.relation",
    }
)
LISTS = {
    "business": "businesses",
    "certificate": "certificates",
    "loan": "loans",
    "insurance": "insurances",
    "post": "posts",
}


def _stored(value: Any) -> str:  # noqa: ANN401 - as the fact has it
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def _set_attribute(owner: Any, fact: str, value: Any) -> Any:  # noqa: ANN401 - a person or household
    name = _DATED.get(fact, fact.partition(".")[2])
    stored = "" if fact == "person.student" else _stored(value)
    return replace(owner, attributes={**owner.attributes, name: ((stored, None, None),)})


def _set_household(household: HouseholdFacts, fact: str, value: Any, on: date) -> HouseholdFacts:  # noqa: ANN401
    if fact == "household.monitored_kind":
        found = household.identified_on if household.monitored_kind == value else None
        return replace(household, monitored_kind=value, identified_on=found or on, resolved_on=None)
    if fact == "household.kind":
        attributes = {**household.attributes, "kind": ((value, on, None),)}
        return replace(household, kind=value, attributes=attributes)
    found_household: HouseholdFacts = _set_attribute(household, fact, value)
    return found_household


def _set_record(owner: Any, change: Change, about: str) -> Any:  # noqa: ANN401 - a person or organisation
    name = LISTS[about]
    records = tuple(
        replace(each, **{FIELDS[change.fact]: change.value}) if each.id == change.record else each
        for each in getattr(owner, name)
    )
    return replace(owner, **{name: records})


def _fact_set(subject: Subject, change: Change, on: date) -> Subject:
    of = change.fact.partition(".")[0]
    if of == "household" and subject.household is not None:
        return Subject(
            subject.kind,
            _set_household(subject.household, change.fact, change.value, on),
            subject.person,
            subject.organisation,
        )
    if of == "organisation" and subject.organisation is not None:
        field = FIELDS[change.fact]
        return replace(subject, organisation=replace(subject.organisation, **{field: change.value}))
    if of in LISTS:
        if subject.organisation is not None:
            return replace(subject, organisation=_set_record(subject.organisation, change, of))
        assert subject.person is not None
        return _with_person(subject, _set_record(subject.person, change, of))
    assert subject.person is not None
    return _with_person(subject, _set_attribute(subject.person, change.fact, change.value))


def paid_by_bank(first: date, last: date, wage: int) -> tuple[WageFacts, ...]:
    """Return a wage for every month of a stretch, paid through a bank."""
    begins, months = first.replace(day=1), []
    while begins <= last:
        months.append(WageFacts(f"{begins:%Y-%m}", wage, True))
        begins = add_months(begins, 1)
    return tuple(months)


def _job(change: Change, on: date, name: str) -> SpellFacts:
    """Return a job from the day after, as good as anybody can prove."""
    assert change.until is not None
    work: s.Work = change.value["work"]
    begun, wage = on + DAY_AFTER, change.value["wage"]
    job = SpellFacts(
        name,
        begun,
        change.until,
        work.kinds[0] if work.kinds else "wage",
        change.value["place"],
        wage,
        contract=True,
        insured=True,
        wages=paid_by_bank(begun, change.until, wage) if work.by_bank or work.recorded_only else (),
    )
    return replace(job, **change.value["codes"])


def _worked(subject: Subject, change: Change, on: date) -> Subject:
    person = _person(subject, change.record)
    assert person is not None
    work: s.Work = change.value["work"]
    job = _job(change, on, f"new-{len(person.spells)}")
    insurances = person.insurances
    if work.insurances:
        insurances += tuple(
            InsuranceFacts(f"new-{kind}", kind, "employer", job.started_on, None, None, person.id)
            for kind in work.insurances
        )
    papers = person.papers + tuple((kind, None) for kind in work.papers[: work.papers_least])
    return _with_person(
        subject, replace(person, spells=(*person.spells, job), insurances=insurances, papers=papers)
    )


def _proved(subject: Subject, change: Change) -> Subject:
    person = _person(subject, change.value["person"])
    assert person is not None
    if change.fact == "person.papers":
        return _with_person(subject, replace(person, papers=(*person.papers, (change.value["kind"], None))))
    if change.fact == "person.insurances":
        spell = next(each for each in person.spells if each.id == change.record)
        added = tuple(
            InsuranceFacts(f"new-{kind}", kind, "employer", spell.started_on, None, None, person.id)
            for kind in change.value["kinds"]
        )
        return _with_person(subject, replace(person, insurances=(*person.insurances, *added)))
    if change.value["given"]:
        spells = tuple(
            replace(each, **change.value["given"]) if each.id == change.record else each
            for each in person.spells
        )
        return _with_person(subject, replace(person, spells=spells))
    proof = {"contract": True} if change.fact == "spell.contract" else {"insured": True}
    spells = tuple(
        replace(
            each, contract=proof.get("contract", each.contract), insured=proof.get("insured", each.insured)
        )
        if each.id == change.record
        else each
        for each in person.spells
    )
    return _with_person(subject, replace(person, spells=spells))


def _staffed(subject: Subject, change: Change, on: date) -> Subject:
    """Return an organisation with so many more people of whom everything asked holds."""
    organisation = subject.organisation
    assert organisation is not None
    people: s.People = change.value["people"]
    home = change.value["household"]
    added = []
    for number in range(change.value["count"]):
        name = f"new-{len(organisation.people) + number}"
        spells: tuple[SpellFacts, ...] = ()
        begun = add_months(on, -change.value["months"]) if change.value["months"] else on
        work = people.work or s.Work()
        spells = (
            SpellFacts(
                f"{name}-job",
                begun,
                None,
                work.kinds[0] if work.kinds else "wage",
                change.value["place"],
                1,
                contract=True,
                insured=True,
            ),
        )
        insurances = tuple(
            InsuranceFacts(f"{name}-{kind}", kind, "employer", begun, None, None, name)
            for kind in work.insurances
        )
        person = replace(change.value["person"], id=name, spells=spells, insurances=insurances)
        added.append(
            EngagedFacts(name, people.roles[0] if people.roles else "employed", on, None, "", person, home)
        )
    return replace(subject, organisation=replace(organisation, people=(*organisation.people, *added)))


def _counted(subject: Subject, change: Change, on: date) -> Subject:
    organisation = subject.organisation
    assert organisation is not None
    counts = {**organisation.head_counts, (f"{on:%Y-%m}", change.fact): change.value}
    return replace(subject, organisation=replace(organisation, head_counts=counts))


def _recorded(subject: Subject, change: Change) -> Subject:
    owner: Any = subject.organisation or subject.person
    name = LISTS[change.fact]
    record = change.value
    owner = replace(owner, **{name: (*getattr(owner, name), record)})
    if isinstance(record, PostFacts) and subject.person is not None and record.since is not None:
        home = subject.household.home if subject.household else ""  # A post is held through a job.
        job = SpellFacts(
            record.spell, record.since, None, "public_post", home, 1, contract=True, insured=True
        )
        owner = replace(owner, spells=(*owner.spells, job))
    if subject.organisation is not None:
        return replace(subject, organisation=owner)
    return _with_person(subject, owner)


def _left(subject: Subject, change: Change) -> Subject:
    """Return a beneficiary whose jobs all end on a day."""
    person = _person(subject, change.record)
    assert person is not None
    spells = tuple(
        replace(each, ended_on=change.until)
        if change.until is not None and (each.ended_on is None or each.ended_on > change.until)
        else each
        for each in person.spells
    )
    return _with_person(subject, replace(person, spells=spells))


def applied(subject: Subject, on: date, changes: Iterable[Change]) -> tuple[Subject, date]:
    """Return the facts and the day of asking after changes: what a later assessment would see."""
    for change in changes:
        match change.kind:
            case Kind.WAIT:
                on = max(on, change.until or on)
            case Kind.WORK:
                subject = _worked(subject, change, on)
                on = max(on, change.until or on)
            case Kind.LEAVE:
                subject = _left(subject, change)
            case Kind.FACT:
                subject = _fact_set(subject, change, on)
            case Kind.PROOF:
                subject = _proved(subject, change)
            case Kind.PEOPLE:
                subject = _staffed(subject, change, on)
                on = max(on, change.until or on)
            case Kind.HEAD_COUNT:
                subject = _counted(subject, change, on)
            case Kind.RECORD:
                subject = _recorded(subject, change)
    return subject, on
