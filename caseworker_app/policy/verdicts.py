"""The quick way: eligible or not and how much, without reasons; for everybody at once too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from caseworker_app.domain.spans import Cycle
from caseworker_app.policy import rules, vocabulary
from caseworker_app.policy import schema as s
from caseworker_app.policy.amounts import Pay
from caseworker_app.policy.answer import State
from caseworker_app.policy.decide import claim_of, decide, rule_of
from caseworker_app.policy.facts import (
    Claimed,
    HouseholdFacts,
    Subject,
)
from caseworker_app.policy.rules import UNBOUNDED, Answer, Check, Seen
from caseworker_app.policy.schema import Item

Decided = tuple[State, int, int]
"""A verdict: the state and the amount, from and to in fen."""

_NO: Decided = (State.NOT_ELIGIBLE, 0, 0)


@dataclass(frozen=True, slots=True)
class _Quick:
    """What decides an item of conditions, amounts and simple limits, with nothing that only reasons need."""

    of_home: tuple[Check, ...]
    """Tests that have one answer for a whole household."""
    of_each: tuple[Check, ...]
    pays: tuple[Pay, ...]
    limits: tuple[tuple[bool, rules.Figure], ...]
    """Whether it limits the amount (else the times), and the figure."""
    by_jobs: bool
    """Whether nothing is paid for whom has no job."""
    only_with_jobs: bool
    """Whether nothing at all is due to whom has no job."""


def _of_home(test: s.Test) -> bool:
    """Whether a test looks at nothing but the household and the day."""
    if isinstance(test, s.FactTest):
        ends = (test.bounds.at_least, test.bounds.at_most, test.since.at_least, test.since.at_most)
        return test.fact.startswith("household.") and not any(each is not None and each.fact for each in ends)
    if isinstance(test, s.Several):
        return all(_of_home(each) for each in test.tests)
    return isinstance(test, s.CategoryTest)


def _above_nothing(value: s.Value | None) -> bool:
    return value is not None and value.fixed is not None and value.fixed * value.times > 0


def _of_jobs(quantity: s.Quantity) -> bool:
    return quantity.measure in ("months", "income")


def _paid_by_jobs(amount: s.Amount) -> bool:
    """Whether an amount is nothing for whom has no job at all."""
    if isinstance(amount, s.Limited):
        return _paid_by_jobs(amount.amount)
    if isinstance(amount, s.Sum):
        return all(_paid_by_jobs(each) for each in amount.parts)
    if isinstance(amount, s.ByFact):
        return all(_paid_by_jobs(each) for each in amount.cases.values())
    if isinstance(amount, s.Ladder):
        return (
            _of_jobs(amount.quantity)
            and amount.parameter is None
            and all(_above_nothing(step.at_least) for step in amount.steps)
        )
    return isinstance(amount, s.Share | s.Rate) and _of_jobs(amount.quantity)


def _asks_for_jobs(condition: s.Condition) -> bool:
    """Whether a condition cannot hold for whom has no job at all."""
    test = condition.test
    return (
        isinstance(test, s.MeasureTest) and _of_jobs(test.quantity) and _above_nothing(test.bounds.at_least)
    )


def _plain(item: Item) -> bool:
    """Whether conditions, an amount and limits on it are all there is to an item: most of what is asked of everybody."""
    return not (
        item.about
        or any(each.since or each.until for each in item.conditions if not each.warns)
        or any(cap.months is not None or cap.unless for cap in item.caps if not cap.warns)
    )


def _quick(item: Item) -> _Quick | None:
    """Return what decides an item quickly; None for one that takes more."""
    if "quick" not in item.memo:
        item.memo["quick"] = _compiled(item) if _plain(item) else None
    found: _Quick | None = item.memo["quick"]
    return found


def _compiled(item: Item) -> _Quick:
    rule = rule_of(item)
    barring = [(condition, check) for condition, check in rule.checks if not condition.warns]
    by_jobs = all(_paid_by_jobs(each.amount) for each in item.amounts)
    return _Quick(
        tuple(check for condition, check in barring if _of_home(condition.test)),
        tuple(check for condition, check in barring if not _of_home(condition.test)),
        rule.pays,
        tuple(
            (cap.amount is not None, rules.figure(value))
            for cap in item.caps
            if not cap.warns and (value := cap.amount or cap.times) is not None
        ),
        by_jobs,
        by_jobs or any(_asks_for_jobs(condition) for condition, _check in barring),
    )


def _all_hold(checks: Sequence[Check], seen: Seen) -> Answer:
    answer: Answer = True
    for check in checks:
        one = check(seen)
        if one is False:
            return False
        if one is None:
            answer = None
    return answer


def _open(item: Item, cycle: Cycle, on: date) -> bool:
    """Whether it is the time for an item: the cycle has begun, the item still holds, the last day has not passed."""
    if on < cycle.span.first or (
        item.until is not None and (on if cycle.span.last == s.END else cycle.span.last) > item.until
    ):
        return False
    if not item.process.ends:
        return True
    last = item.process.last_day(cycle, on)
    return last is None or on <= last


def paid(item: Item, quick: _Quick, pay: Pay, seen: Seen) -> tuple[int, int, bool]:
    """Return what is paid before limits: for the beneficiary, or for the members of a household together."""
    if not item.each_member or seen.household is None:
        return pay(seen)
    low = high = 0
    sure = True
    for person in seen.household.members:
        if quick.by_jobs and not person.spells:
            continue
        seen.person = person
        part = pay(seen)
        low, high, sure = low + part[0], high + part[1], sure and part[2]
    seen.person = None
    return low, min(high, UNBOUNDED), sure


def _decided(item: Item, quick: _Quick, pay: Pay, seen: Seen, known: Answer) -> Decided:
    """Return the verdict, once it is known what holds for the household."""
    own = _all_hold(quick.of_each, seen) if quick.of_each else True
    if own is False:
        return _NO
    low, high, sure = paid(item, quick, pay, seen)
    for of_amount, limit in quick.limits:
        most = limit(seen)
        if most is None:
            sure = False
        elif of_amount:
            low, high = min(low, most), min(high, most)
            sure = sure or low == high
        elif not most:
            return _NO
    if not high:
        return _NO
    return (State.ELIGIBLE if known and own and sure else State.UNKNOWN), low, high


def _claimed_nothing(subject: Subject, claimed: Claimed) -> bool:
    """Whether nobody of a household, or no organisation, has claimed anything that limits or excludes could count."""
    known = claimed.by_beneficiary
    household = subject.household
    if household is None:
        return subject.id not in known
    return household.id not in known and not any(each.id in known for each in household.members)


def verdict(item: Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed) -> Decided:
    """Return the state and the amount, from and to, without reasons."""
    return verdicts(item, [subject], cycle, on, claimed)[0]


def verdicts(
    item: Item, subjects: Sequence[Subject], cycle: Cycle, on: date, claimed: Claimed
) -> list[Decided]:
    """Return the verdict of each of many, those of a household one after another: for assessing everybody."""
    if not _open(item, cycle, on):
        return [_NO] * len(subjects)
    quick = _quick(item)
    if item.about:
        records = vocabulary.RECORDS[item.about]
        return [
            _slowly(item, each, cycle, on, claimed)
            if getattr(each.person or each.organisation, records, ())
            else _NO
            for each in subjects
        ]
    if quick is None:
        return [_slowly(item, each, cycle, on, claimed) for each in subjects]
    pay = quick.pays[item.amounts.index(item.amount_in(cycle, on))]
    seen = rules.seen(on, cycle, None, None, None, item.facts, rule_of(item).categories)
    counts = bool((item.exclusions or item.caps) and claimed.claims)
    found = []
    home: HouseholdFacts | None = None
    known: Answer = None
    claims = begun = False
    for subject in subjects:
        person = subject.person
        if quick.only_with_jobs and person is not None and not person.spells:
            found.append(_NO)
            continue
        if not begun or subject.household is None or subject.household is not home:
            # What is one for a household is asked once.
            begun, home = True, subject.household
            seen.household, seen.person, seen.organisation = home, person, subject.organisation
            claims = counts and not _claimed_nothing(subject, claimed)
            known = _all_hold(quick.of_home, seen)
        if known is False:
            found.append(_NO)
        elif claims:
            found.append(_slowly(item, subject, cycle, on, claimed))
        elif claimed.claims and claim_of(item, subject.id, cycle, claimed, on) is not None:
            found.append(_NO)
        else:
            seen.person = person
            found.append(_decided(item, quick, pay, seen, known))
    return found


def _slowly(item: Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed) -> Decided:
    """Return the verdict of an item that takes more than its conditions, or is limited by what was claimed."""
    seen = rules.seen(on, cycle, subject.household, subject.person, subject.organisation, item.facts)
    decision = decide(item, subject, seen, claimed, quick=True)
    if decision.state is State.NOT_ELIGIBLE:
        return _NO
    return decision.state, decision.low, decision.high
