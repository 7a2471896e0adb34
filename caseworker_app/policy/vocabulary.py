"""The facts that packs may ask for by name: of what kind they are, and how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from caseworker_app.domain.spans import Span, add_months, months_between
from caseworker_app.domain.worker import FARMING, age_on
from caseworker_app.policy.facts import (
    EngagedFacts,
    HouseholdFacts,
    OrganisationFacts,
    PersonFacts,
    SpellFacts,
    value_on,
)

CODE, CODES, NUMBER, MONEY, DAY, YES_NO, TEXT = "code", "codes", "number", "money", "day", "yes_no", "text"
KINDS = (CODE, CODES, NUMBER, MONEY, DAY, YES_NO, TEXT)

Read = Callable[[Any, date], Any]
"""From a record and a day to a value; None when it is not known."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: whose it is, its kind, its code list, and how it is read."""

    name: str
    of: str
    kind: str
    codes: str
    read: Read
    fixed: bool = False
    """Whether nothing but the calendar can change it."""
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The words of a fact, and of its codes, that a pack declared."""


def _age(person: PersonFacts, day: date) -> int | None:
    return None if person.born is None else age_on(person.born, day)


def _dated(attribute: str) -> Read:
    def read(record: PersonFacts | HouseholdFacts, day: date) -> str | None:
        return value_on(record.attributes.get(attribute, ()), day) or None

    return read


def _yes(attribute: str) -> Read:
    def read(record: PersonFacts | HouseholdFacts, day: date) -> bool | None:
        return {"yes": True, "no": False}.get(value_on(record.attributes.get(attribute, ()), day))

    return read


def _some(attribute: str) -> Read:
    def read(record: PersonFacts | HouseholdFacts, day: date) -> tuple[str, ...] | None:
        value = value_on(record.attributes.get(attribute, ()), day)
        return tuple(each.strip() for each in value.split(",")) if value else None

    return read


def _day(attribute: str) -> Read:
    def read(record: PersonFacts | HouseholdFacts, day: date) -> date | None:
        try:
            return date.fromisoformat(value_on(record.attributes.get(attribute, ()), day))
        except ValueError:
            return None

    return read


def _number(attribute: str) -> Read:
    def read(record: PersonFacts | HouseholdFacts, day: date) -> int | None:
        value = value_on(record.attributes.get(attribute, ()), day)
        return int(value) if value.lstrip("-").isdigit() else None

    return read


BY_KIND: dict[str, Callable[[str], Read]] = {
    CODE: _dated,
    CODES: _some,
    NUMBER: _number,
    MONEY: _number,
    DAY: _day,
    YES_NO: _yes,
    TEXT: _dated,
}


def _student(person: PersonFacts, day: date) -> bool:
    return bool(value_on(person.attributes.get("schooling", ()), day))


def _working(person: PersonFacts, day: date) -> bool:
    return any(
        each.kind != FARMING and each.started_on <= day and (each.ended_on is None or each.ended_on >= day)
        for each in person.spells
    )


def _members_working(household: HouseholdFacts, day: date) -> int:
    return sum(_working(each, day) for each in household.members)


def _monitored_kind(household: HouseholdFacts, day: date) -> str:
    known = household.identified_on is None or household.identified_on <= day
    return household.monitored_kind if known else ""


def _resolved(household: HouseholdFacts, day: date) -> bool:
    return household.resolved_on is not None and household.resolved_on <= day


def _field(name: str) -> Read:
    def read(record: Any, day: date) -> Any:  # noqa: ANN401, ARG001 - any record's field
        value = getattr(record, name)
        return None if value == "" else value

    return read


def _past(name: str) -> Read:
    """Return a day that counts only when it has come."""

    def read(record: Any, day: date) -> date | None:  # noqa: ANN401 - any record
        value: date | None = getattr(record, name)
        return value if value is not None and value <= day else None

    return read


def _closed(record: Any, day: date) -> bool:  # noqa: ANN401 - a business or organisation
    return record.closed_on is not None and record.closed_on <= day


def _held(record: Any, day: date) -> bool:  # noqa: ANN401 - insurance, post or engagement
    return (record.since is None or record.since <= day) and (record.until is None or record.until >= day)


def _term(record: Any, day: date) -> int | None:  # noqa: ANN401, ARG001 - a loan
    """Return the months from the first day until the day it is due."""
    if record.granted_on is None or record.until is None or record.until <= record.granted_on:
        return None
    first: date = record.granted_on
    last: date = record.until
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (add_months(first, months) > last)


def _overdue(record: Any, day: date) -> bool:  # noqa: ANN401 - a loan
    return (
        record.until is not None
        and record.until < day
        and (record.repaid_on is None or record.repaid_on > day)
    )


def _repaid(record: Any, day: date) -> bool:  # noqa: ANN401 - a loan
    return record.repaid_on is not None and record.repaid_on <= day


def _lasted(spell: SpellFacts, day: date) -> int:
    last = min(spell.ended_on or day, day)
    return months_between(Span(spell.started_on, last)).months if spell.started_on <= last else 0


def _person(read: Read) -> Read:
    def of_engaged(engaged: EngagedFacts, day: date) -> Any:  # noqa: ANN401 - as it reads
        return read(engaged.person, day)

    return of_engaged


_ALL = (
    Fact("person.age", "person", NUMBER, "", _age, fixed=True),
    Fact("person.born", "person", DAY, "", _field("born"), fixed=True),
    Fact("person.sex", "person", CODE, "sex", _field("sex"), fixed=True),
    Fact("person.relation", "person", CODE, "relation", _field("relation")),
    Fact("person.disabled", "person", YES_NO, "", lambda person, _day: bool(person.disability)),
    Fact("person.student", "person", YES_NO, "", _student),
    Fact("person.working", "person", YES_NO, "", _working),
    Fact("person.schooling", "person", CODE, "schooling", _dated("schooling")),
    Fact("person.education", "person", CODE, "education", _dated("education")),
    Fact("person.labour_skill", "person", CODE, "labour_skill", _dated("labour_skill")),
    Fact("person.health", "person", CODES, "health", _some("health")),
    Fact("person.hardship", "person", CODES, "hardship", _some("hardship")),
    Fact("person.graduated_on", "person", DAY, "", _day("graduated_on")),
    Fact("person.unemployed_since", "person", DAY, "", _day("registered_unemployed_on")),
    Fact("household.kind", "household", CODE, "household_kind", lambda home, day: home.kind_on(day) or None),
    Fact("household.monitored_kind", "household", CODE, "monitored_kind", _monitored_kind),
    Fact("household.identified_on", "household", DAY, "", _past("identified_on")),
    Fact("household.risk_resolved", "household", YES_NO, "", _resolved),
    Fact("household.relocated", "household", YES_NO, "", _yes("relocated")),
    Fact("household.low_income", "household", YES_NO, "", _yes("low_income")),
    Fact("household.minimum_living", "household", YES_NO, "", _yes("minimum_living")),
    Fact("household.destitute", "household", YES_NO, "", _yes("destitute")),
    Fact("household.members", "household", NUMBER, "", lambda home, _day: len(home.members)),
    Fact("household.members_working", "household", NUMBER, "", _members_working),
    Fact("organisation.kind", "organisation", CODE, "organisation_kind", _field("kind")),
    Fact("organisation.size", "organisation", CODE, "organisation_size", _field("size")),
    Fact("organisation.level", "organisation", CODE, "organisation_level", _field("level")),
    Fact("organisation.certified_on", "organisation", DAY, "", _past("certified_on")),
    Fact("organisation.opened_on", "organisation", DAY, "", _past("opened_on")),
    Fact("organisation.closed", "organisation", YES_NO, "", _closed),
    Fact("business.kind", "business", CODE, "business_kind", _field("kind")),
    Fact("business.first", "business", YES_NO, "", _field("first")),
    Fact("business.registered_on", "business", DAY, "", _past("registered_on")),
    Fact("business.closed", "business", YES_NO, "", _closed),
    Fact("business.employed", "business", NUMBER, "", _field("employed")),
    Fact("certificate.kind", "certificate", CODE, "certificate_kind", _field("kind")),
    Fact("certificate.level", "certificate", TEXT, "", _field("level")),
    Fact("certificate.trade", "certificate", TEXT, "", _field("trade")),
    Fact("certificate.course", "certificate", TEXT, "", _field("course")),
    Fact("certificate.issued_on", "certificate", DAY, "", _past("issued_on")),
    Fact("certificate.cost", "certificate", MONEY, "", _field("cost")),
    Fact("loan.kind", "loan", CODE, "loan_kind", _field("kind")),
    Fact("loan.purpose", "loan", TEXT, "", _field("purpose")),
    Fact("loan.amount", "loan", MONEY, "", _field("amount")),
    Fact("loan.rate", "loan", NUMBER, "", _field("rate")),
    Fact("loan.interest_paid", "loan", MONEY, "", _field("interest_paid")),
    Fact("loan.granted_on", "loan", DAY, "", _past("granted_on")),
    Fact("loan.term", "loan", NUMBER, "", _term),
    Fact("loan.overdue", "loan", YES_NO, "", _overdue),
    Fact("loan.repaid", "loan", YES_NO, "", _repaid),
    Fact("insurance.kind", "insurance", CODE, "insurance_kind", _field("kind")),
    Fact("insurance.payer", "insurance", CODE, "payer", _field("payer")),
    Fact("insurance.since", "insurance", DAY, "", _past("since")),
    Fact("insurance.held", "insurance", YES_NO, "", _held),
    Fact("insurance.paid", "insurance", MONEY, "", _field("paid")),
    Fact("post.kind", "post", CODE, "post_kind", _field("kind")),
    Fact("post.since", "post", DAY, "", _past("since")),
    Fact("post.held", "post", YES_NO, "", _held),
    Fact("job.kind", "job", CODE, "spell_kind", _field("kind")),
    Fact("job.channel", "job", CODE, "channel", _field("channel")),
    Fact("job.industry", "job", CODE, "industry", _field("industry")),
    Fact("job.trade", "job", TEXT, "", _field("trade")),
    Fact("job.employer", "job", TEXT, "", _field("employer")),
    Fact("job.wage", "job", MONEY, "", _field("wage")),
    Fact("job.contract", "job", YES_NO, "", _field("contract")),
    Fact("job.insured", "job", YES_NO, "", _field("insured")),
    Fact("job.point_to_point", "job", YES_NO, "", _field("point_to_point")),
    Fact("job.months", "job", NUMBER, "", _lasted),
)
FACTS: dict[str, Fact] = {each.name: each for each in _ALL}

RECORDS = {
    "business": "businesses",
    "certificate": "certificates",
    "loan": "loans",
    "insurance": "insurances",
    "post": "posts",
}


def records(owner: PersonFacts | OrganisationFacts, about: str) -> tuple[Any, ...]:
    """Return the records of a kind that a person or organisation has."""
    return getattr(owner, RECORDS[about], ())


def own(name: str, kind: str, label: str, labels: Mapping[str, str]) -> Fact:
    """Return a fact that a pack names itself: an attribute of people or households."""
    of, _, attribute = name.partition(".")
    return Fact(name, of, kind, "", BY_KIND[kind](attribute), label=label, labels=labels)
