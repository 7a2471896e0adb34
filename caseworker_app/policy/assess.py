"""Who is owed what, and why: facts and a pack in, an entitlement with its reasons out. Pure.

The same pack, facts and day always give the same answer, and nothing after that day counts. A
missing fact is unknown, never false: unknown neither pays nor rejects. `verdict` and `assess` decide in
one place; the second also says why.
"""

from collections.abc import Callable, Sequence
from datetime import date

from caseworker_app.domain.spans import Cycle, Span
from caseworker_app.policy import amounts, rules
from caseworker_app.policy import schema as s
from caseworker_app.policy.answer import Entitlement, Outcome, Reason, Share, State, Stretch
from caseworker_app.policy.decide import Decision, chosen_amount, decide, in_order, rule_of, split
from caseworker_app.policy.facts import (
    Claimed,
    HouseholdFacts,
    OrganisationFacts,
    PersonFacts,
    Subject,
)
from caseworker_app.policy.reasons import (
    Told,
    amount_reasons,
    cap_reasons,
    claim_reasons,
    condition_reasons,
    jobs_in,
    measure_in,
    time_reasons,
)
from caseworker_app.policy.rules import UNBOUNDED, Seen
from caseworker_app.policy.schema import Item


def _shares(item: Item, decision: Decision, seen: Seen) -> tuple[Share, ...]:
    if not item.each_member or not decision.members:
        return ()
    failed = False in [
        answer
        for (condition, _check), answer in zip(rule_of(item).checks, decision.answers, strict=True)
        if not condition.warns
    ]
    quantity = s.counted(decision.dated.amount) if decision.dated else None
    dues = [0 if failed else each.low for each in decision.members]
    limit = next(
        (each for each in decision.limits if each.cap.amount is not None and each.left is not None), None
    )
    paid: list[int | None] = [*dues]
    if limit is not None and limit.left is not None and sum(dues) > limit.left:
        if limit.cap.split == "proportional":
            paid = [*split(limit.left, dues)]
        elif limit.cap.split == "filing_order":
            paid = [*in_order(limit.left, dues)]
        else:
            paid = [None for _ in dues]
    shares = []
    for member, due, pays in zip(decision.members, dues, paid, strict=True):
        seen.person = member.person
        income = None
        if quantity is not None:
            low, high = measure_in(quantity, item)(seen)
            income = low if low == high or member.low == member.high else None
        shares.append(
            Share(
                member.person.id,
                member.person.name,
                member.person.identity_number,
                income,
                due if member.low == member.high else None,
                pays if decision.settled else None,
            )
        )
    seen.person = None
    return tuple(shares)


def _stretches(item: Item, decision: Decision, seen: Seen) -> tuple[Stretch, ...]:
    """Return the jobs that the amount counted, or might."""
    if decision.dated is None:
        return ()
    works = {
        id(quantity.work): quantity.work
        for amount in chosen_amount(decision.dated.amount, seen)
        if (quantity := s.counted(amount)) and quantity.measure in ("months", "income")
    }
    whole = seen.person
    people = [whole] if whole is not None else list(seen.household.members) if seen.household else []
    found: dict[str, Stretch] = {}
    for work in works.values():
        for person in people:
            seen.person = person
            for job in jobs_in(work, item)(seen):
                income = rules.income_of(job, work)
                found.setdefault(
                    job.spell.id,
                    Stretch(
                        job.spell.id,
                        job.first,
                        job.last,
                        amounts.stretch_months(job.first, job.last),
                        amounts.distance_of(job.spell, seen.home),
                        None if income.gap else income.total,
                        income.recorded,
                    ),
                )
    seen.person = whole
    return tuple(found.values())


def _used_months(item: Item, decision: Decision, seen: Seen) -> int:
    """Return the months an amount counts, for limits on months."""
    if decision.dated is None or not any(each.cap.months is not None for each in decision.limits):
        return 0
    for amount in chosen_amount(decision.dated.amount, seen):
        quantity = s.counted(amount)
        if isinstance(amount, s.Rate) and quantity is not None and quantity.measure == "months":
            months = measure_in(quantity, item)(seen)[0]
            at_most = rules.figure(amount.at_most)(seen) if amount.at_most is not None else None
            limits = [each for each in (at_most, seen.month_limit) if each is not None]
            return min([months, *limits])
    if item.about == "insurance" and decision.record is not None:
        held = [rules.insured_in(each, seen) for each in decision.records or [decision.record]]
        months = rules.months_of([part for part in held if part], continuous=False).months
        return months if seen.month_limit is None else min(months, seen.month_limit)
    return 0


def shares(item: Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed) -> tuple[Share, ...]:
    """Return what each member of a household is due and of which income, without the reasons."""
    seen = rules.seen(on, cycle, subject.household, subject.person, subject.organisation, item.facts)
    return _shares(item, decide(item, subject, seen, claimed, quick=False), seen)


def assess_subject(item: Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed) -> Entitlement:
    """Return what `item` gives a beneficiary for a cycle, as known on a day, with every reason."""
    seen = rules.seen(on, cycle, subject.household, subject.person, subject.organisation, item.facts)
    decision = decide(item, subject, seen, claimed, quick=False)
    told = Told()
    if item.about and decision.record is None:
        told.reasons.append(
            Reason(item.clause, "about", {"record": item.about}, {"records": 0}, Outcome.FAILED)
        )
    else:
        condition_reasons(item, decision, seen, told)
    begins, by, paid_by = time_reasons(item, decision, seen, told)
    tier = amount_reasons(decision, item, seen, told)
    cap_reasons(decision, seen, told)
    claim_reasons(item, decision, told)
    members = _shares(item, decision, seen)
    stretches = _stretches(item, decision, seen)
    missing = tuple(dict.fromkeys(told.missing))
    low_range, amount, most = None, None, decision.high
    if decision.state is State.NOT_ELIGIBLE:
        amount, most, missing = 0, 0, ()
    elif decision.state is State.ELIGIBLE:
        amount = decision.low
        if decision.low != decision.high:
            low_range, amount = decision.low, None
        if decision.settled:
            missing = ()
    return Entitlement(
        item.id,
        cycle,
        on,
        item.beneficiary,
        subject.id,
        name_of(subject),
        subject.person.identity_number if subject.person else "",
        subject.household.household_no if subject.household else "",
        decision.state,
        amount,
        None if most >= UNBOUNDED else most,
        tuple(told.reasons),
        missing,
        members,
        stretches,
        tier,
        decision.claim.number if decision.claim else "",
        low_range,
        begins,
        by,
        paid_by,
        _used_months(item, decision, seen),
        decision.record.id if decision.record is not None else "",
    )


def name_of(subject: Subject) -> str:
    """Return the name of a beneficiary."""
    if subject.organisation is not None:
        return subject.organisation.name
    if subject.person is not None:
        return subject.person.name
    return subject.household.head if subject.household else ""


def assess(
    item: Item,
    household: HouseholdFacts,
    person: PersonFacts | None,
    cycle: Cycle,
    on: date,
    claimed: Claimed,
) -> Entitlement:
    """Return what `item` gives this person (or household, when `person` is None) for a cycle, as known on a day."""
    kind = s.PERSON if person is not None else s.HOUSEHOLD
    return assess_subject(item, Subject(kind, household, person), cycle, on, claimed)


def subjects(
    item: Item, households: Sequence[HouseholdFacts], organisations: Sequence[OrganisationFacts]
) -> list[Subject]:
    """Return everybody whom an item could be for."""
    if item.beneficiary == s.ORGANISATION:
        return [Subject(s.ORGANISATION, organisation=each) for each in organisations]
    if item.beneficiary == s.HOUSEHOLD:
        return [Subject(s.HOUSEHOLD, household) for household in households]
    return [Subject(s.PERSON, household, person) for household in households for person in household.members]


def cycle_of(item: Item, subject: Subject, on: date, cycle: Cycle) -> Cycle | None:
    """Return the cycle of a beneficiary: for an episode the stretch without a job, None when there is none."""
    if item.cycle.kind != s.EPISODE or cycle.name != s.EVER:
        return cycle
    if subject.person is None:
        return None
    seen = rules.seen(on, cycle, subject.household, subject.person, None, item.facts)
    jobs = jobs_in(_EVER, item)(seen)
    if any(job.spell.ended_on is None or job.spell.ended_on >= on for job in jobs):
        return None
    since = rules.idle_since(jobs, seen) if jobs else None
    registered = item.facts["person.unemployed_since"].read(subject.person, on)
    if since is None:
        since = registered
    return Cycle(since.isoformat(), Span(since, s.END)) if since is not None and since <= on else None


_EVER = s.Work(span="ever")

Assess = Callable[[Item, Subject, Cycle, date, Claimed], Entitlement]
