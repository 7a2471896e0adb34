"""An item compiled once, and the decision about one beneficiary: amounts, limits, what was claimed, in what state."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from caseworker_app.domain.spans import Cycle
from caseworker_app.policy import amounts, rules
from caseworker_app.policy import schema as s
from caseworker_app.policy.amounts import Pay
from caseworker_app.policy.answer import State
from caseworker_app.policy.facts import (
    Claimed,
    ClaimFacts,
    PersonFacts,
    Subject,
)
from caseworker_app.policy.rules import UNBOUNDED, Answer, Check, Seen
from caseworker_app.policy.schema import Item


@dataclass(slots=True)
class Rule:
    """An item's tests and amounts as closures."""

    checks: tuple[tuple[s.Condition, Check], ...]
    pays: tuple[Pay, ...]
    lifted: tuple[Check | None, ...]
    """For each limit, for whom it is lifted."""
    categories: tuple[s.CategoryTest, ...]


def _categories(test: s.Test) -> tuple[s.CategoryTest, ...]:
    if isinstance(test, s.CategoryTest):
        return (test,)
    if isinstance(test, s.Several) and test.how != "none":
        return tuple(found for each in test.tests for found in _categories(each))
    return ()


def rule_of(item: Item) -> Rule:
    """Return an item compiled; it is compiled once."""
    found = item.memo.get("rule")
    if found is None:
        found = item.memo["rule"] = Rule(
            tuple((each, rules.check_of(each.test, item.facts)) for each in item.conditions),
            tuple(amounts.pay_of(each.amount, item.facts) for each in item.amounts),
            tuple(rules.check_of(each.unless, item.facts) if each.unless else None for each in item.caps),
            tuple(found for each in item.conditions for found in _categories(each.test)),
        )
    kept: Rule = found
    return kept


def checks_of(item: Item) -> tuple[tuple[tuple[s.Condition, Check], ...], tuple[s.CategoryTest, ...]]:
    """Return an item's conditions with their checks, and its tests on the kind of household."""
    rule = rule_of(item)
    return rule.checks, rule.categories


def amount_of(item: Item, seen: Seen) -> list[s.Amount]:
    """Return the amounts that are counted for a cycle, from whatever they are wrapped in."""
    return chosen_amount(item.amount_in(seen.cycle, seen.on).amount, seen)


# -- deciding ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Member:
    """What a member of a household is due, from and to."""

    person: PersonFacts
    low: int
    high: int


@dataclass(slots=True)
class _Limit:
    """One limit as it was met: how much of it is left, in fen, months or times; None when it does not apply."""

    cap: s.Cap
    most: int | None
    used: int
    lifted: Answer
    claims: tuple[ClaimFacts, ...]

    @property
    def left(self) -> int | None:
        """Return what is left; None without a limit."""
        if self.most is None or self.lifted or self.cap.warns:
            return None
        return max(self.most - self.used, 0)


@dataclass(slots=True)
class Decision:
    """The verdict, and what the reasons are made of."""

    state: State
    low: int = 0
    high: int = 0
    sure: bool = True
    uncapped: int = 0
    whole: int = 0
    """At most, before what was claimed of another item counts towards it."""
    settled: bool = True
    answers: list[Answer] = field(default_factory=list)
    members: list[_Member] = field(default_factory=list)
    limits: list[_Limit] = field(default_factory=list)
    excluded: list[tuple[s.Exclusion, ClaimFacts | None, bool]] = field(default_factory=list)
    claim: ClaimFacts | None = None
    late: date | None = None
    record: Any = None
    records: list[Any] = field(default_factory=list)
    """What is added up, where an item is given for each record."""
    pay: Pay | None = None
    dated: s.DatedAmount | None = None


def holds(condition: s.Condition, seen: Seen) -> bool:
    """Whether a condition is one of the rules of this day and cycle."""
    if condition.since is None and condition.until is None:
        return True
    day = rules.reference_day(seen)
    return (condition.since is None or condition.since <= day) and (
        condition.until is None or day <= condition.until
    )


def claim_of(item: Item, beneficiary: str, cycle: Cycle, claimed: Claimed, on: date) -> ClaimFacts | None:
    """Return the claim by which an item was taken up already, as far as it may not be again."""
    if not claimed.claims:
        return None
    if item.repeat == "ever":
        return next((each for each in claimed.of(beneficiary, on) if each.item == item.id), None)
    return claimed.find(item.id, cycle.name, beneficiary, on)


def _overlaps(claim: ClaimFacts, cycle: Cycle, over: str, on: date) -> bool:
    """Whether a claim falls into the same time."""
    if over in ("ever", "same_work"):
        return True
    if over == "year":
        year = on.year if cycle.span.last == s.END else cycle.span.last.year
        last = claim.cycle_last
        return (claim.filed_on if last is None or last == s.END else last).year == year
    if claim.cycle == cycle.name:
        return True
    if claim.cycle_first is None or claim.cycle_last is None:
        return False
    return claim.cycle_first <= cycle.span.last and claim.cycle_last >= cycle.span.first


def _claims_of(per: str, subject: Subject, claimed: Claimed, on: date) -> list[ClaimFacts]:
    """Return what a person, a whole household or an organisation has claimed."""
    if not claimed.claims:
        return []
    if per == s.ORGANISATION or subject.organisation is not None:
        return claimed.of(subject.id, on)
    household = subject.household
    if per == s.PERSON and subject.person is not None:
        own = claimed.of(subject.person.id, on)
        for claim in claimed.of(household.id, on) if household else ():
            share = next((fen for person, fen in claim.shares if person == subject.person.id), None)
            if share:
                own = [*own, replace(claim, amount=share)]
        return own
    if household is None:
        return claimed.of(subject.id, on)
    found = claimed.of(household.id, on)
    for member in household.members:
        found = found + claimed.of(member.id, on)
    return found


def _limits(item: Item, rule: Rule, subject: Subject, seen: Seen, claimed: Claimed) -> list[_Limit]:
    found = []
    for cap, lifted in zip(item.caps, rule.lifted, strict=True):
        value = cap.amount or cap.months or cap.times
        assert value is not None
        claims = tuple(
            each
            for each in _claims_of(cap.per, subject, claimed, seen.on)
            if each.item in cap.items and _overlaps(each, seen.cycle, cap.over, seen.on)
        )
        if cap.months is not None:
            used = sum(each.months for each in claims) + _months_before(seen, cap)
        elif cap.times is not None:
            used = len(claims)
        else:
            used = sum(each.amount for each in claims)
        found.append(_Limit(cap, rules.figure(value)(seen), used, lifted(seen) if lifted else False, claims))
    return found


def _months_before(seen: Seen, cap: s.Cap) -> int:
    """Return the months of a post that were used before the ledger began."""
    before = getattr(seen.record, "months_before", None)
    return int(before) if before is not None and cap.over == "ever" else 0


def _conditions(rule: Rule, seen: Seen, *, quick: bool) -> list[Answer]:
    answers: list[Answer] = []
    for condition, check in rule.checks:
        answer = check(seen) if holds(condition, seen) else True
        answers.append(answer)
        if quick and answer is False and not condition.warns:
            break
    return answers


def _state(rule: Rule, answers: Sequence[Answer], high: int, *, sure: bool) -> State:
    barring = [
        answer
        for (condition, _check), answer in zip(rule.checks, answers, strict=False)
        if not condition.warns
    ]
    if False in barring or not high:
        return State.NOT_ELIGIBLE
    return State.UNKNOWN if None in barring or not sure else State.ELIGIBLE


def split(cap: int, dues: list[int]) -> list[int]:
    """Share a cap in proportion to what is due, in fen, by largest remainder; earlier members win ties."""
    total = sum(dues)
    if total <= cap:
        return list(dues)
    shares = [cap * due // total for due in dues]
    by_remainder = sorted(range(len(dues)), key=lambda index: (-(cap * dues[index] % total), index))
    for index in by_remainder[: cap - sum(shares)]:
        shares[index] += 1
    return shares


def in_order(cap: int, dues: list[int]) -> list[int]:
    """Share a cap in the order of filing: who comes first gets all of his."""
    shares = []
    for due in dues:
        shares.append(min(due, cap))
        cap -= shares[-1]
    return shares


def _pay(decision: Decision, item: Item, seen: Seen) -> None:
    """Note what is paid before limits: for the beneficiary, or member by member."""
    assert decision.pay is not None
    if not item.each_member or seen.household is None:
        decision.low, decision.high, decision.sure = decision.pay(seen)
        decision.settled = decision.sure
        return
    low = high = 0
    sure = True
    for person in seen.household.members:
        seen.person = person
        part = decision.pay(seen)
        decision.members.append(_Member(person, part[0], part[1]))
        low, high, sure = low + part[0], high + part[1], sure and part[2]
    seen.person = None
    decision.low, decision.high, decision.sure, decision.settled = low, min(high, UNBOUNDED), sure, sure


def _cap(decision: Decision) -> None:
    """Hold what is paid to the limits in money and number of times."""
    decision.uncapped = decision.low
    for limit in decision.limits:
        left = limit.left
        if left is None:
            if limit.most is None and not limit.cap.warns:
                decision.sure = False
            continue
        if limit.lifted is None:
            decision.sure = decision.sure and decision.high <= left
            if limit.cap.amount is not None:
                decision.low = min(decision.low, left)
            continue
        if limit.cap.amount is not None:
            decision.low, decision.high = min(decision.low, left), min(decision.high, left)
            decision.sure = decision.sure or decision.low == decision.high
        elif not left:
            decision.low = decision.high = 0


def _month_limit(limits: Sequence[_Limit]) -> int | None:
    return min(
        (each.left for each in limits if each.cap.months is not None and each.left is not None), default=None
    )


def _one(item: Item, rule: Rule, subject: Subject, seen: Seen, claimed: Claimed, *, quick: bool) -> Decision:
    """Decide conditions, amount and limits for the beneficiary or one of its records."""
    decision = Decision(State.NOT_ELIGIBLE, record=seen.record)
    decision.answers = _conditions(rule, seen, quick=quick)
    if quick and _state(rule, decision.answers, 1, sure=True) is State.NOT_ELIGIBLE:
        return decision
    decision.dated = item.amount_in(seen.cycle, seen.on)
    decision.pay = rule.pays[item.amounts.index(decision.dated)] if len(item.amounts) > 1 else rule.pays[0]
    decision.limits = _limits(item, rule, subject, seen, claimed) if item.caps else []
    seen.month_limit = _month_limit(decision.limits) if decision.limits else None
    _pay(decision, item, seen)
    _cap(decision)
    decision.state = _state(rule, decision.answers, decision.high, sure=decision.sure)
    return decision


_RANK = {State.ELIGIBLE: 2, State.UNKNOWN: 1, State.NOT_ELIGIBLE: 0}


def _about(
    item: Item, rule: Rule, subject: Subject, seen: Seen, claimed: Claimed, *, quick: bool
) -> Decision:
    """Decide for each record the item is about; the best holds, or all together."""
    found = []
    for record in rules.records_by(seen, item.about):
        seen.record = record
        found.append(_one(item, rule, subject, seen, claimed, quick=quick))
    seen.record = None
    if not found:
        return Decision(State.NOT_ELIGIBLE)
    best = max(found, key=lambda each: (_RANK[each.state], each.high, each.low))
    seen.record = best.record
    able = [each for each in found if each.state is not State.NOT_ELIGIBLE]
    if not able:
        return best
    sure = [each for each in able if each.state is State.ELIGIBLE]
    if item.choose == "each":
        best.low = sum(each.low for each in sure)
        best.high = min(sum(each.high for each in able), UNBOUNDED)
        best.sure = len(sure) == len(able) and all(each.sure for each in able)
        best.records = [each.record for each in sure]
        _cap(best)
    else:
        # One that surely holds is enough, also of a range, when no other could be better.
        unbeaten = best.sure and all(each.low <= best.low and each.high <= best.high for each in able)
        best.low = max((each.low for each in sure), default=0)
        best.high = max(each.high for each in able)
        best.sure = best.low == best.high or unbeaten
    best.state = State.ELIGIBLE if sure and best.sure else State.UNKNOWN
    return best


def _excluded(
    item: Item, subject: Subject, cycle: Cycle, claimed: Claimed, on: date
) -> list[tuple[s.Exclusion, ClaimFacts | None, bool]]:
    """Return for each exclusion the claim that stands against this item, and whether it bars."""
    found = []
    for exclusion in item.exclusions:
        claims = [
            each
            for each in _claims_of(exclusion.per, subject, claimed, on)
            if each.item in exclusion.items and _overlaps(each, cycle, exclusion.over, on)
        ]
        if exclusion.over == "same_work":
            own = {spell.id for spell in subject.person.spells} if subject.person else set()
            claims = [each for each in claims if not each.spells or own & set(each.spells)]
        claim = max(claims, key=lambda each: each.amount, default=None)
        found.append((exclusion, claim, claim is not None and exclusion.effect == "bar"))
    return found


def decide(item: Item, subject: Subject, seen: Seen, claimed: Claimed, *, quick: bool) -> Decision:
    """Decide about one beneficiary; the quick way stops at what surely bars."""
    rule = rule_of(item)
    seen.categories = rule.categories
    cycle, on = seen.cycle, seen.on
    claim = claim_of(item, subject.id, cycle, claimed, on)
    begun = on >= cycle.span.first
    over = item.until is not None and rules.reference_day(seen) > item.until
    last = item.process.last_day(cycle, on) if item.process.ends else None
    late = last if last is not None and on > last else None
    excluded = _excluded(item, subject, cycle, claimed, on) if item.exclusions else []
    barred = claim is not None or not begun or over or late is not None or any(each[2] for each in excluded)
    if barred and quick:
        return Decision(State.NOT_ELIGIBLE)
    if not begun:
        decision = Decision(State.NOT_ELIGIBLE, answers=_conditions(rule, seen, quick=False))
    elif item.about:
        decision = _about(item, rule, subject, seen, claimed, quick=quick)
    else:
        decision = _one(item, rule, subject, seen, claimed, quick=quick)
    decision.claim, decision.late, decision.excluded = claim, late, excluded
    decision.whole = decision.high
    taken = max(
        (claim.amount for exclusion, claim, _bars in excluded if exclusion.effect == "higher" and claim),
        default=0,
    )
    if taken and decision.high:  # The higher of the two in all: of what was claimed lower, only the rest.
        barred = barred or taken >= decision.high
        decision.low = max(decision.low - taken, 0)
        decision.high -= taken if decision.high < UNBOUNDED else 0
    if barred:
        decision.state = State.NOT_ELIGIBLE
    return decision


def ended(item: Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed) -> bool:
    """Whether nothing can change the answer: claimed, excluded by a claim, too late, or no longer in force."""
    if claim_of(item, subject.id, cycle, claimed, on) is not None:
        return True
    if any(bars for _exclusion, _claim, bars in _excluded(item, subject, cycle, claimed, on)):
        return True
    last = item.process.last_day(cycle, on)
    day = on if cycle.span.last == s.END else cycle.span.last
    return (last is not None and on > last) or (item.until is not None and day > item.until)


def chosen_amount(amount: s.Amount, seen: Seen) -> list[s.Amount]:
    """Return the amounts that are counted, from whatever they are wrapped in."""
    if isinstance(amount, s.Limited):
        return chosen_amount(amount.amount, seen)
    if isinstance(amount, s.Sum):
        return [found for each in amount.parts for found in chosen_amount(each, seen)]
    if isinstance(amount, s.ByFact):
        code = rules.fact_value(amount.fact)(seen, seen.on)
        return chosen_amount(amount.cases[code], seen) if code in amount.cases else []
    return [amount]
