"""Who is owed what, and why: facts and a pack in, an entitlement with its reasons out. Pure.

The same pack, facts and day always give the same answer, and nothing after that day counts. A
missing fact is unknown, never false: unknown neither pays nor rejects. `verdict` and `assess` decide in
one place; the second also says why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from caseworker_app.domain import money
from caseworker_app.domain.divisions import Distance
from caseworker_app.domain.spans import Cycle, Months, Span
from caseworker_app.policy import rules, vocabulary
from caseworker_app.policy import schema as s
from caseworker_app.policy.facts import (
    Claimed,
    ClaimFacts,
    HouseholdFacts,
    OrganisationFacts,
    PersonFacts,
    Subject,
)
from caseworker_app.policy.rules import UNBOUNDED, Answer, Check, Pay, Seen
from caseworker_app.policy.schema import Item
from caseworker_app.policy.vocabulary import FACTS, Fact

Values = dict[str, Any]


class Outcome(StrEnum):
    """What became of one condition."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class State(StrEnum):
    """The answer as a whole."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition: where it is written, what it asks, what was found and in which records."""

    clause: str
    condition: str
    required: Values
    found: Values
    outcome: Outcome
    records: tuple[str, ...] = ()
    local: bool = False
    """Whether this is the place's own reading (本区口径) rather than the document's word."""
    text: str = ""
    """The requirement in the pack's words, where it has any."""
    warns: bool = False
    """Whether it only warns (原则上)."""
    parts: "tuple[Reason, ...]" = ()
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that decides and is not known: which field of which record."""

    field: str
    record: str
    who: str


@dataclass(frozen=True, slots=True)
class Share:
    """One member's part of a household item, in fen; `due` None while it cannot be told."""

    person: str
    name: str
    identity_number: str
    income: int | None
    due: int | None
    paid: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One part of a spell inside the cycle: its days, months, distance and, where known, its income in fen."""

    spell: str
    first: date
    last: date
    months: Months
    distance: Distance
    income: int | None
    recorded: int = 0
    """What of the income was recorded by month; the rest is estimated from the monthly wage."""


@dataclass(frozen=True, slots=True)
class Tier:
    """The step that holds: `at_least` months, fen or people, `amount` in fen."""

    distance: str
    at_least: int
    amount: int
    places: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What an item gives a beneficiary as of a day; amounts in fen."""

    item: str
    cycle: Cycle
    on: date
    beneficiary_kind: str
    beneficiary: str
    name: str
    identity_number: str
    household_no: str
    state: State
    amount: int | None
    amount_max: int | None
    """None: nobody can say how much it may become."""
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...] = ()
    members: tuple[Share, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    tier: Tier | None = None
    claimed: str = ""
    """Number of the live claim that already took this up."""
    amount_min: int | None = None
    """The reviewer decides between this and `amount_max`; `amount` is None then."""
    file_from: date | None = None
    file_by: date | None = None
    paid_by: date | None = None
    months: int = 0
    """Months that count towards a limit on months."""
    record: str = ""
    """The business, certificate, loan, insurance or post it is about."""
    exclusive_with: tuple[str, ...] = ()

    @property
    def decided_by_reviewer(self) -> bool:
        """Whether the reviewer enters the amount, between `amount_min` and `amount_max`."""
        return self.amount_min is not None and self.state is State.ELIGIBLE

    @property
    def warnings(self) -> tuple[Reason, ...]:
        """What does not bar and is to be looked at."""
        return tuple(each for each in self.reasons if each.warns and each.outcome is not Outcome.PASSED)


def outcome_of(answer: Answer) -> Outcome:
    """Return a three-valued answer as an outcome."""
    return Outcome.UNKNOWN if answer is None else Outcome.PASSED if answer else Outcome.FAILED


# -- an item, compiled ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Rule:
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


def _rule(item: Item) -> _Rule:
    found = item.memo.get("rule")
    if found is None:
        found = item.memo["rule"] = _Rule(
            tuple((each, rules.check_of(each.test, item.facts)) for each in item.conditions),
            tuple(rules.pay_of(each.amount, item.facts) for each in item.amounts),
            tuple(rules.check_of(each.unless, item.facts) if each.unless else None for each in item.caps),
            tuple(found for each in item.conditions for found in _categories(each.test)),
        )
    kept: _Rule = found
    return kept


def checks_of(item: Item) -> tuple[tuple[tuple[s.Condition, Check], ...], tuple[s.CategoryTest, ...]]:
    """Return an item's conditions with their checks, and its tests on the kind of household."""
    rule = _rule(item)
    return rule.checks, rule.categories


def amount_of(item: Item, seen: Seen) -> list[s.Amount]:
    """Return the amounts that are counted for a cycle, from whatever they are wrapped in."""
    return _chosen_amount(item.amount_in(seen.cycle, seen.on).amount, seen)


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
class _Decision:
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


def _holds(condition: s.Condition, seen: Seen) -> bool:
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


def _limits(item: Item, rule: _Rule, subject: Subject, seen: Seen, claimed: Claimed) -> list[_Limit]:
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


def _conditions(rule: _Rule, seen: Seen, *, quick: bool) -> list[Answer]:
    answers: list[Answer] = []
    for condition, check in rule.checks:
        answer = check(seen) if _holds(condition, seen) else True
        answers.append(answer)
        if quick and answer is False and not condition.warns:
            break
    return answers


def _state(rule: _Rule, answers: Sequence[Answer], high: int, *, sure: bool) -> State:
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


def _pay(decision: _Decision, item: Item, seen: Seen) -> None:
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


def _cap(decision: _Decision) -> None:
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


def _one(
    item: Item, rule: _Rule, subject: Subject, seen: Seen, claimed: Claimed, *, quick: bool
) -> _Decision:
    """Decide conditions, amount and limits for the beneficiary or one of its records."""
    decision = _Decision(State.NOT_ELIGIBLE, record=seen.record)
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
    item: Item, rule: _Rule, subject: Subject, seen: Seen, claimed: Claimed, *, quick: bool
) -> _Decision:
    """Decide for each record the item is about; the best holds, or all together."""
    found = []
    for record in rules.records_by(seen, item.about):
        seen.record = record
        found.append(_one(item, rule, subject, seen, claimed, quick=quick))
    seen.record = None
    if not found:
        return _Decision(State.NOT_ELIGIBLE)
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


def _decide(item: Item, subject: Subject, seen: Seen, claimed: Claimed, *, quick: bool) -> _Decision:
    rule = _rule(item)
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
        return _Decision(State.NOT_ELIGIBLE)
    if not begun:
        decision = _Decision(State.NOT_ELIGIBLE, answers=_conditions(rule, seen, quick=False))
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


# -- the quick way -------------------------------------------------------------------------------------

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
    rule = _rule(item)
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


def _paid(item: Item, quick: _Quick, pay: Pay, seen: Seen) -> tuple[int, int, bool]:
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
    low, high, sure = _paid(item, quick, pay, seen)
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
    seen = rules.seen(on, cycle, None, None, None, item.facts, _rule(item).categories)
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
    decision = _decide(item, subject, seen, claimed, quick=True)
    if decision.state is State.NOT_ELIGIBLE:
        return _NO
    return decision.state, decision.low, decision.high


# -- reasons -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Told:
    """Reasons and missing facts as they are gathered."""

    reasons: list[Reason] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)


def _owner(name: str, seen: Seen) -> tuple[str, str]:
    """Return the record a fact is of, and whose it is."""
    of = name.partition(".")[0]
    if of == "household" and seen.household is not None:
        return seen.household.id, seen.household.household_no
    if of == "organisation" and seen.organisation is not None:
        return seen.organisation.id, seen.organisation.name
    if of == "job" and seen.job is not None:
        return seen.job.id, seen.person.id if seen.person else ""
    if of not in ("person", "household", "organisation", "job") and seen.record is not None:
        return seen.record.id, seen.person.id if seen.person else ""
    return (seen.person.id, seen.person.id) if seen.person is not None else ("", "")


def _bounds(bounds: s.Bounds, seen: Seen) -> Values:
    return {
        key: rules.figure(value)(seen)
        for key, value in (("at_least", bounds.at_least), ("at_most", bounds.at_most))
        if value is not None
    }


def parameters_missing(values: Sequence[s.Value | None], seen: Seen) -> list[Missing]:
    """Return the local parameters among figures that nobody has entered."""
    day = rules.reference_day(seen)
    return [
        Missing("parameter", each.parameter.key, "")
        for each in values
        if each is not None and each.parameter is not None and each.parameter.at(day) is None
    ]


def _fact_reason(test: s.FactTest, seen: Seen, answer: Answer) -> tuple[Reason, list[Missing]]:
    day = rules.moment(test.moment, seen)
    value = rules.fact_value(test.fact)(seen, day)
    record, who = _owner(test.fact, seen)
    fact = seen.facts[test.fact]
    required: Values = {
        "fact": test.fact,
        "label": fact.label,
        "labels": dict(fact.labels),
        "any_of": test.any_of,
        "none_of": test.none_of,
        "yes": test.yes,
        "not_before": test.not_before,
        "not_after": test.not_after,
        "since": _bounds(test.since, seen),
        **_bounds(test.bounds, seen),
    }
    found: Values = {"value": value, "day": day}
    missing = parameters_missing(
        [test.bounds.at_least, test.bounds.at_most, test.since.at_least, test.since.at_most], seen
    )
    if value is None and answer is None:
        missing.append(Missing(test.fact, record, who))
    return Reason("", "fact", required, found, outcome_of(answer), (record,) if record else ()), missing


def _category_reason(test: s.CategoryTest, seen: Seen, answer: Answer) -> tuple[Reason, list[Missing]]:
    day = rules.moment(test.moment, seen)
    household = seen.household
    required: Values = {
        "household_kinds": test.household_kinds,
        "monitored_kinds": test.monitored_kinds,
        "flags": test.flags,
    }
    if household is None:
        found: Values = {
            "kind": "",
            "monitored_kind": "",
            "identified_on": None,
            "resolved_on": None,
            "flags": (),
        }
        return Reason("", "household_category", required, found, Outcome.UNKNOWN), [
            Missing("household.kind", "", seen.person.id if seen.person else "")
        ]
    known = household.identified_on is None or household.identified_on <= day
    resolved = household.resolved_on is not None and household.resolved_on <= min(day, seen.on)
    monitored = bool(household.monitored_kind) and known
    marked = {flag: FACTS[f"household.{flag}"].read(household, day) for flag in test.flags}
    found = {
        "kind": household.kind_on(day),
        "monitored_kind": household.monitored_kind if monitored else "",
        "identified_on": household.identified_on,
        "resolved_on": household.resolved_on if resolved else None,
        "flags": tuple(flag for flag, yes in marked.items() if yes),
    }
    missing = []
    if answer is None:
        if not found["kind"] and test.household_kinds:
            missing.append(Missing("household.kind", household.id, household.household_no))
        missing += [
            Missing(f"household.{flag}", household.id, household.household_no)
            for flag, yes in marked.items()
            if yes is None
        ]
    return Reason("", "household_category", required, found, outcome_of(answer), (household.id,)), missing


def _several_reason(test: s.Several, item: Item, seen: Seen, answer: Answer) -> tuple[Reason, list[Missing]]:
    parts, missing = [], []
    for each in test.tests:
        part, lacking = _test_reason(each, item, seen)
        parts.append(part)
        missing += lacking
    reason = Reason(
        "",
        "several",
        {"how": test.how, "least": test.least},
        {},
        outcome_of(answer),
        tuple(dict.fromkeys(record for part in parts for record in part.records)),
        parts=tuple(parts),
    )
    return reason, missing if answer is None else []


def _gaps(jobs: Sequence[rules.Job], seen: Seen) -> list[Missing]:
    """Return what is missing of jobs that might count."""
    found = []
    for job in jobs:
        for gap in job.gaps:
            record = job.spell.id if gap.startswith(("spell.", "job.")) else ""
            if gap.startswith("job."):
                gap = gap.replace("job.", "spell.")
            found.append(Missing(gap, record, seen.person.id if seen.person else ""))
    return found


@dataclass(slots=True)
class _Counted:
    """What a quantity came to: from and to, in which records, and what is missing."""

    low: int
    high: int
    found: Values
    records: tuple[str, ...] = ()
    missing: list[Missing] = field(default_factory=list)


def _count_jobs(quantity: s.Quantity, item: Item, seen: Seen) -> _Counted:
    """Count months, income or months without a job, over the members where no one person is asked about."""
    low, high = _measure(quantity, item)(seen)
    jobs_of = _jobs(quantity.work, item)
    whole = seen.person
    people = [whole] if whole or seen.household is None else list(seen.household.members)
    records: list[str] = []
    missing: list[Missing] = []
    parts: list[tuple[date, date]] = []
    incomes: list[tuple[str, int | None]] = []
    for person in people:
        seen.person = person
        jobs = jobs_of(seen)
        missing += _gaps(jobs, seen)
        records += [job.spell.id for job in jobs]
        parts += [(job.first, job.last) for job in jobs if job.sure]
        if quantity.measure == "income":
            income, lacking = _income_of(jobs, quantity.work, seen)
            missing += lacking
            if income or income is None:
                incomes.append((person.name if person else "", income))
    seen.person = whole
    found: Values = {
        "low": low,
        "high": None if high >= UNBOUNDED else high,
        "spans": tuple(rules.united(parts)),
        "months": rules.months_of(parts, continuous=quantity.work.continuous),
        "continuous": quantity.work.continuous,
        "incomes": tuple((name, income, None) for name, income in incomes),
        "window_last": seen.last,
    }
    return _Counted(low, high, found, tuple(records), missing if low != high else [])


def _income_of(jobs: Sequence[rules.Job], work: s.Work, seen: Seen) -> tuple[int | None, list[Missing]]:
    total, missing, sure = 0, [], True
    for job in jobs:
        income = rules.income_of(job, work)
        if not job.sure:
            sure = False
            continue
        total += income.total
        if income.gap:
            sure = False
            missing.append(Missing(income.gap, job.spell.id, seen.person.id if seen.person else ""))
    return (total if sure else None), missing


_Block = TypeVar("_Block")
_Made = TypeVar("_Made")


def _once(item: Item, block: _Block, make: Callable[[_Block, dict[str, Fact]], _Made]) -> _Made:
    """Return what is compiled of a block of an item, compiled once."""
    key = (make, id(block))
    found = item.memo.get(key)
    if found is None:
        found = item.memo[key] = (block, make(block, item.facts))  # The block is kept: its id stays its own.
    kept: _Made = found[1]
    return kept


def _measure(quantity: s.Quantity, item: Item) -> rules.Measure:
    return _once(item, quantity, rules.measure_of)


def _jobs(work: s.Work, item: Item) -> rules.Jobs:
    return _once(item, work, rules.jobs_of)


def _rungs(amount: s.Ladder, facts: dict[str, Fact]) -> rules.Rungs:
    return rules.rungs_of(amount.quantity, amount.steps, facts)


def _count_people(quantity: s.Quantity, item: Item, seen: Seen) -> _Counted:
    low, high = _measure(quantity, item)(seen)
    assert quantity.people is not None
    people = _once(item, quantity.people, rules.people_of)(seen)
    among = _once(item, quantity.of, rules.people_of)(seen) if quantity.of else []
    found: Values = {
        "low": low,
        "high": high,
        "people": sum(each.sure for each in people),
        "maybe": sum(not each.sure for each in people),
        "of": len(among) if quantity.of else None,
        "names": tuple(each.engaged.person.name for each in people if each.sure),
    }
    missing = [
        Missing("engagement.facts", each.engaged.id, each.engaged.person.id)
        for each in (*people, *among)
        if not each.sure
    ]
    return _Counted(
        low, high, found, tuple(each.engaged.id for each in people), missing if low != high else []
    )


def _count_other(quantity: s.Quantity, item: Item, seen: Seen) -> _Counted:
    low, high = _measure(quantity, item)(seen)
    found: Values = {"low": low, "high": None if high >= UNBOUNDED else high}
    records: tuple[str, ...] = ()
    missing: list[Missing] = []
    if quantity.measure in ("head_count", "head_percent") and seen.organisation is not None:
        for group in filter(None, (quantity.group, quantity.of_group)):
            known = rules.head_count(seen.organisation, group, seen)
            found[f"month_{group}"] = known[0] if known else ""
            if known is None:
                missing.append(Missing("head_count", group, seen.organisation.name))
        records = (seen.organisation.id,)
    elif quantity.measure == "insurance_paid":
        parts = rules.insurance_parts(quantity, seen, None)
        records = tuple(row.id for row, _paid in parts)
        missing = [Missing("insurance.paid", row.id, row.person) for row, paid in parts if paid is None]
    elif quantity.measure == "records":
        records = tuple(each.id for each in rules.records_by(seen, quantity.record))
        if low != high:
            missing = [Missing(f"{quantity.record}.kind", each, "") for each in records]
    elif quantity.measure == "fact":
        record, who = _owner(quantity.fact, seen)
        records = (record,) if record else ()
        if low != high:
            missing = [Missing(quantity.fact, record, who)]
    return _Counted(low, high, found, records, missing if low != high else [])


def _count(quantity: s.Quantity, item: Item, seen: Seen) -> _Counted:
    if quantity.measure in ("months", "income", "idle_months"):
        return _count_jobs(quantity, item, seen)
    if quantity.measure in ("people", "people_percent"):
        return _count_people(quantity, item, seen)
    return _count_other(quantity, item, seen)


def _test_reason(test: s.Test, item: Item, seen: Seen) -> tuple[Reason, list[Missing]]:
    """Return why a test has the answer it has; only what is shown is built."""
    answer = _once(item, test, rules.check_of)(seen)
    if isinstance(test, s.FactTest):
        return _fact_reason(test, seen, answer)
    if isinstance(test, s.CategoryTest):
        return _category_reason(test, seen, answer)
    if isinstance(test, s.Several):
        return _several_reason(test, item, seen, answer)
    counted = _count(test.quantity, item, seen)
    required: Values = {
        "measure": test.quantity.measure,
        "fact": test.quantity.fact,
        "unit": test.quantity.in_unit,
        "away": test.quantity.work.away,
        **_bounds(test.bounds, seen),
    }
    reason = Reason("", "measure", required, counted.found, outcome_of(answer), counted.records)
    missing = counted.missing + parameters_missing([test.bounds.at_least, test.bounds.at_most], seen)
    return reason, missing if answer is None else []


def _condition_reasons(item: Item, decision: _Decision, seen: Seen, told: _Told) -> None:
    rule = _rule(item)
    for (condition, _check), answer in zip(rule.checks, decision.answers, strict=True):
        if not _holds(condition, seen):
            continue
        reason, missing = _test_reason(condition.test, item, seen)
        told.reasons.append(
            replace(
                reason,
                clause=condition.clause,
                text=condition.text,
                warns=condition.warns,
                outcome=outcome_of(answer),
                local=bool(condition.local),
                settings=condition.local,
            )
        )
        if answer is None and not condition.warns:
            told.missing += missing


# -- reasons of an amount ------------------------------------------------------------------------------


def _chosen_amount(amount: s.Amount, seen: Seen) -> list[s.Amount]:
    """Return the amounts that are counted, from whatever they are wrapped in."""
    if isinstance(amount, s.Limited):
        return _chosen_amount(amount.amount, seen)
    if isinstance(amount, s.Sum):
        return [found for each in amount.parts for found in _chosen_amount(each, seen)]
    if isinstance(amount, s.ByFact):
        code = rules.fact_value(amount.fact)(seen, seen.on)
        return _chosen_amount(amount.cases[code], seen) if code in amount.cases else []
    return [amount]


def _values_in(amount: s.Amount) -> list[s.Value | None]:
    """Return every figure of an amount."""
    if isinstance(amount, s.Limited):
        return [amount.ceiling, *_values_in(amount.amount)]
    if isinstance(amount, s.Sum):
        return [found for each in amount.parts for found in _values_in(each)]
    if isinstance(amount, s.ByFact):
        return [found for each in amount.cases.values() for found in _values_in(each)]
    if isinstance(amount, s.Fixed):
        return [amount.amount]
    if isinstance(amount, s.Range):
        return [amount.least, amount.most]
    if isinstance(amount, s.Rate):
        return [amount.rate, amount.at_most]
    found: list[s.Value | None] = [
        value for step in amount.steps for value in (step.at_least, step.amount, step.percent)
    ]
    if isinstance(amount, s.Ladder) and amount.parameter is not None:
        found.append(s.Value(parameter=amount.parameter))
    return found


def _facts_in(amount: s.Amount) -> list[str]:
    """Return the facts an amount rests on."""
    found = [each.fact for each in _values_in(amount) if each is not None and each.fact]
    if isinstance(amount, s.Limited):
        return found + _facts_in(amount.amount)
    if isinstance(amount, s.Sum):
        return found + [name for each in amount.parts for name in _facts_in(each)]
    return [*found, amount.fact] if isinstance(amount, s.ByFact) else found


def _tier(amount: s.Amount, item: Item, seen: Seen) -> Tier | None:
    """Return the step of a ladder that holds."""
    if isinstance(amount, s.Ladder) and amount.parameter is not None:
        steps = amount.parameter.at(rules.reference_day(seen)) or ()
        low = _measure(amount.quantity, item)(seen)[0]
        best = (
            max((pays, at_least) for at_least, pays in steps if low >= at_least)
            if any(low >= at_least for at_least, _pays in steps)
            else None
        )
        return Tier("", best[1], best[0]) if best else None
    if not isinstance(amount, s.Ladder):
        return None
    reached = [
        rung
        for rung in _once(item, amount, _rungs)(seen)
        if rung.at_least is not None and rung.amount is not None and rung.low >= rung.at_least
    ]
    best_rung = max(reached, key=lambda rung: (rung.amount or 0, rung.at_least or 0), default=None)
    if best_rung is None:
        return None
    step = best_rung.step
    return Tier(step.distance, best_rung.at_least or 0, best_rung.amount or 0, step.places, step.not_places)


def _months_at(
    amount: s.Ladder, jobs: Sequence[rules.Job], distance: str, seen: Seen
) -> list[tuple[date, date]]:
    step = s.Step(s.Value(0), distance=distance)
    del amount
    return [
        (job.first, job.last)
        for job in jobs
        if job.sure and rules.step_fits(step, job.spell, seen.home) is True
    ]


def _ladder_reasons(amount: s.Ladder, dated: s.DatedAmount, item: Item, seen: Seen, told: _Told) -> None:
    """Say why a ladder over months came to its step: where the jobs were, and how long they lasted."""
    quantity = amount.quantity
    jobs = _jobs(quantity.work, item)(seen)
    tier = _tier(amount, item, seen)
    continuous = quantity.work.continuous
    low, high, _known = _once(item, amount, rules.pay_of)(seen)
    undecided = high > low
    placed = any(step.placed for step in amount.steps)
    unknown = [
        job
        for job in jobs
        if placed and any(rules.step_fits(step, job.spell, seen.home) is None for step in amount.steps)
    ]
    away = [
        job
        for job in jobs
        if job.sure and any(rules.step_fits(step, job.spell, seen.home) for step in amount.steps)
    ]
    least = min(
        (value for step in amount.steps if (value := rules.figure(step.at_least)(seen)) is not None),
        default=0,
    )
    if placed:
        distances = [rules.distance_of(job.spell, seen.home) for job in away or jobs]
        farthest = next(
            (
                each
                for each in (Distance.CROSS_PROVINCE, Distance.CROSS_COUNTY, Distance.UNKNOWN)
                if each in distances
            ),
            Distance.WITHIN_COUNTY,
        )
        told.reasons.append(
            Reason(
                dated.clause,
                "place",
                {
                    "distances": tuple(
                        dict.fromkeys(step.distance for step in amount.steps if step.distance)
                    ),
                    "places": tuple(dict.fromkeys(place for step in amount.steps for place in step.places)),
                },
                {"distance": farthest, "spells": len(jobs), "window_last": seen.last},
                Outcome.PASSED if away else Outcome.UNKNOWN if unknown else Outcome.FAILED,
                tuple(job.spell.id for job in away),
            )
        )
    county = _months_at(amount, jobs, Distance.CROSS_COUNTY, seen)
    province = _months_at(amount, jobs, Distance.CROSS_PROVINCE, seen)
    every = [(job.first, job.last) for job in away]
    held = (
        s.Step(s.Value(0), distance=tier.distance, places=tier.places, not_places=tier.not_places)
        if tier
        else None
    )
    counted = [
        (job.first, job.last) for job in away if held is None or rules.step_fits(held, job.spell, seen.home)
    ]
    told.reasons.append(
        Reason(
            dated.clause,
            "months",
            {
                "at_least": least,
                "tier": tier.at_least if tier else least,
                "distance": tier.distance if tier else (Distance.CROSS_COUNTY.value if placed else ""),
                "places": tier.places if tier else (),
            },
            {
                "cross_county": rules.months_of(county if placed else every, continuous=continuous),
                "cross_province": rules.months_of(province, continuous=continuous),
                "counted": rules.months_of(counted, continuous=continuous),
                "continuous": continuous,
                "spans": tuple(rules.united(every)),
                "window_last": seen.last,
            },
            Outcome.UNKNOWN if undecided and not low else Outcome.PASSED if tier else Outcome.FAILED,
            tuple(job.spell.id for job in away),
            local=bool(dated.local),
            settings=dated.local,
        )
    )
    if undecided:
        told.missing += _gaps([job for job in jobs if not job.sure], seen)
        told.missing += [
            Missing("spell.place", job.spell.id, seen.person.id if seen.person else "") for job in unknown
        ]
        told.missing += parameters_missing(_values_in(amount), seen)


def _times(amount: s.Amount, dated: s.DatedAmount, seen: Seen) -> str:
    """Return by what a count is multiplied, where that is one figure: 200, 30%, 2/3."""
    if isinstance(amount, s.Rate):
        rate = rules.figure(amount.rate)(seen)
        return "" if rate is None else money.shown(rate)
    if isinstance(dated.amount, s.Limited) and dated.amount.percent is not None:
        return s.share_text(dated.amount.percent)
    if isinstance(amount, s.Share) and len(amount.steps) == 1 and amount.steps[0].percent is not None:
        points = rules.figure(amount.steps[0].percent)(seen)
        return "" if points in (None, 100 * 100) else s.share_text(Fraction(points, 100))
    return ""


def _quantity_reason(
    amount: s.Amount, quantity: s.Quantity, dated: s.DatedAmount, item: Item, seen: Seen, told: _Told
) -> None:
    """Say what an amount counted."""
    counted = _count(quantity, item, seen)
    least = 0
    if isinstance(amount, s.Ladder | s.Share):
        least = min(
            (value for step in amount.steps if (value := rules.figure(step.at_least)(seen)) is not None),
            default=0,
        )
    low, high, sure = _once(item, amount, rules.pay_of)(seen)
    told.reasons.append(
        Reason(
            dated.clause,
            "counted",
            {
                "measure": quantity.measure,
                "unit": quantity.in_unit,
                "at_least": least,
                "away": quantity.work.away,
                "fact": quantity.fact,
                "times": _times(amount, dated, seen),
            },
            counted.found,
            Outcome.PASSED if low else Outcome.UNKNOWN if high else Outcome.FAILED,
            counted.records,
            local=bool(dated.local),
            settings=dated.local,
        )
    )
    if not sure or low != high:
        told.missing += counted.missing


def _amount_reasons(decision: _Decision, item: Item, seen: Seen, told: _Told) -> Tier | None:
    dated = decision.dated
    if dated is None:
        return None
    tier = None
    if item.each_member:
        _member_reasons(decision, dated, item, seen, told)
    else:
        for amount in _chosen_amount(dated.amount, seen):
            quantity = s.counted(amount)
            by_months = isinstance(amount, s.Ladder) and quantity is not None and quantity.measure == "months"
            if by_months and seen.person is not None and isinstance(amount, s.Ladder) and amount.steps:
                _ladder_reasons(amount, dated, item, seen, told)
                tier = tier or _tier(amount, item, seen)
                continue
            if quantity is not None and quantity.measure != "one":
                _quantity_reason(amount, quantity, dated, item, seen, told)
            tier = tier or _tier(amount, item, seen)
    if not decision.sure:
        told.missing += parameters_missing(_values_in(dated.amount), seen)
        for name in dict.fromkeys(_facts_in(dated.amount)):
            if rules.fact_value(name)(seen, seen.on) is None:
                told.missing.append(Missing(name, *_owner(name, seen)))
    return tier


def _member_reasons(decision: _Decision, dated: s.DatedAmount, item: Item, seen: Seen, told: _Told) -> None:
    """Say what each member of a household is due."""
    quantity = s.counted(dated.amount)
    if quantity is None:
        return
    steps = [
        amount.steps
        for amount in _chosen_amount(dated.amount, seen)
        if isinstance(amount, s.Ladder | s.Share)
    ]
    least = min(
        (
            value
            for each in steps
            for step in each
            if (value := rules.figure(step.at_least)(seen)) is not None
        ),
        default=0,
    )
    lines: list[tuple[str, int | None, int]] = []
    records: list[str] = []
    missing: list[Missing] = []
    spans: list[tuple[date, date]] = []
    for member in decision.members:
        seen.person = member.person
        counted = _count(quantity, item, seen)
        records += counted.records
        spans += counted.found.get("spans", ())
        income = counted.low if counted.low == counted.high or member.low == member.high else None
        if income or income is None:
            lines.append((member.person.name, income, member.low))
        if member.low != member.high:
            missing += counted.missing
    seen.person = None
    told.reasons.append(
        Reason(
            dated.clause,
            "income" if quantity.measure == "income" else "members",
            {
                "at_least": least,
                "away": quantity.work.away,
                "measure": quantity.measure,
                "unit": quantity.in_unit,
            },
            {
                "incomes": tuple(lines),
                "best": max((income or 0 for _name, income, _due in lines), default=0),
                "window_last": seen.last,
            },
            Outcome.PASSED
            if any(each.low for each in decision.members)
            else Outcome.UNKNOWN
            if any(each.high for each in decision.members)
            else Outcome.FAILED,
            tuple(records),
            local=bool(dated.local),
            settings=dated.local,
        )
    )
    if not decision.settled:
        told.missing += missing


# -- reasons of limits and of what was claimed ---------------------------------------------------------

_CAP_NAMES = {s.HOUSEHOLD: "household_cap", s.PERSON: "person_cap", s.ORGANISATION: "organisation_cap"}


def _cap_reasons(decision: _Decision, seen: Seen, told: _Told) -> None:
    for limit in decision.limits:
        cap = limit.cap
        unit = "fen" if cap.amount is not None else "months" if cap.months is not None else "times"
        left = None if limit.most is None else max(limit.most - limit.used, 0)
        reached = unit == "fen" and left is not None and decision.uncapped > left
        if limit.most is None:
            outcome = Outcome.UNKNOWN
        elif limit.lifted or left or (unit == "fen" and not limit.used):
            outcome = Outcome.PASSED
        else:
            outcome = Outcome.FAILED
        if cap.warns and reached:
            outcome = Outcome.FAILED
        if unit == "fen" and outcome is Outcome.PASSED and not decision.high and not limit.used:
            continue
        told.reasons.append(
            Reason(
                cap.clause,
                _CAP_NAMES[cap.per],
                {"cap": limit.most, "unit": unit, "over": cap.over, "items": cap.items},
                {
                    "uncapped": decision.uncapped,
                    "reached": reached,
                    "used": limit.used,
                    "left": left,
                    "lifted": bool(limit.lifted),
                    "numbers": tuple(each.number for each in limit.claims),
                },
                outcome,
                tuple(each.id for each in limit.claims),
                local=bool(cap.local),
                text=cap.text,
                warns=cap.warns,
                settings=cap.local,
            )
        )
        value = cap.amount or cap.months or cap.times
        told.missing += parameters_missing([value], seen)


def _claim_reasons(item: Item, decision: _Decision, told: _Told) -> None:
    for exclusion, claim, bars in decision.excluded:
        higher = exclusion.effect == "higher" and claim is not None and claim.amount >= decision.whole
        told.reasons.append(
            Reason(
                exclusion.clause,
                "exclusion",
                {"items": exclusion.names, "over": exclusion.over, "effect": exclusion.effect},
                {
                    "number": claim.number if claim else "",
                    "item": exclusion.names[exclusion.items.index(claim.item)] if claim else "",
                    "amount": claim.amount if claim else 0,
                },
                Outcome.PASSED if claim is None else Outcome.FAILED,
                (claim.id,) if claim else (),
                local=bool(exclusion.local),
                text=exclusion.text,
                warns=claim is not None and not (bars or higher),
                settings=exclusion.local,
            )
        )
    claim = decision.claim
    told.reasons.append(
        Reason(
            item.clause,
            "not_claimed",
            {"repeat": item.repeat},
            {"number": claim.number if claim else ""},
            Outcome.FAILED if claim else Outcome.PASSED,
            (claim.id,) if claim else (),
        )
    )


def _time_reasons(item: Item, decision: _Decision, seen: Seen, told: _Told) -> tuple[date | None, ...]:
    """Say whether it is the time; return from when, until when it is filed, and by when it is paid."""
    cycle, on = seen.cycle, seen.on
    if on < cycle.span.first:
        told.reasons.append(
            Reason(item.clause, "cycle", {"first": cycle.span.first}, {"on": on}, Outcome.FAILED)
        )
    if item.until is not None and rules.reference_day(seen) > item.until:
        told.reasons.append(
            Reason(
                item.clause, "valid", {"until": item.until}, {"on": rules.reference_day(seen)}, Outcome.FAILED
            )
        )
    process = item.process
    if not process.ends:
        return None, None, None
    rounds = process.filing(cycle, on)
    last = process.last_day(cycle, on)
    current = next((each for each in rounds if each[1].last >= on), None)
    told.reasons.append(
        Reason(
            process.clause,
            "filing",
            {"rounds": tuple((name, span.first, span.last) for name, span, _paid in rounds), "last": last},
            {"on": on, "late": decision.late is not None},
            Outcome.FAILED if decision.late is not None else Outcome.PASSED,
        )
    )
    if current is None:
        return None, last, None
    return current[1].first, current[1].last, current[2]


# -- the answer ----------------------------------------------------------------------------------------


def _shares(item: Item, decision: _Decision, seen: Seen) -> tuple[Share, ...]:
    if not item.each_member or not decision.members:
        return ()
    failed = False in [
        answer
        for (condition, _check), answer in zip(_rule(item).checks, decision.answers, strict=True)
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
            low, high = _measure(quantity, item)(seen)
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


def _stretches(item: Item, decision: _Decision, seen: Seen) -> tuple[Stretch, ...]:
    """Return the jobs that the amount counted, or might."""
    if decision.dated is None:
        return ()
    works = {
        id(quantity.work): quantity.work
        for amount in _chosen_amount(decision.dated.amount, seen)
        if (quantity := s.counted(amount)) and quantity.measure in ("months", "income")
    }
    whole = seen.person
    people = [whole] if whole is not None else list(seen.household.members) if seen.household else []
    found: dict[str, Stretch] = {}
    for work in works.values():
        for person in people:
            seen.person = person
            for job in _jobs(work, item)(seen):
                income = rules.income_of(job, work)
                found.setdefault(
                    job.spell.id,
                    Stretch(
                        job.spell.id,
                        job.first,
                        job.last,
                        rules.stretch_months(job.first, job.last),
                        rules.distance_of(job.spell, seen.home),
                        None if income.gap else income.total,
                        income.recorded,
                    ),
                )
    seen.person = whole
    return tuple(found.values())


def _used_months(item: Item, decision: _Decision, seen: Seen) -> int:
    """Return the months an amount counts, for limits on months."""
    if decision.dated is None or not any(each.cap.months is not None for each in decision.limits):
        return 0
    for amount in _chosen_amount(decision.dated.amount, seen):
        quantity = s.counted(amount)
        if isinstance(amount, s.Rate) and quantity is not None and quantity.measure == "months":
            months = _measure(quantity, item)(seen)[0]
            at_most = rules.figure(amount.at_most)(seen) if amount.at_most is not None else None
            limits = [each for each in (at_most, seen.month_limit) if each is not None]
            return min([months, *limits])
    if item.about == "insurance" and decision.record is not None:
        held = [rules.insured_in(each, seen) for each in decision.records or [decision.record]]
        months = rules.months_of([part for part in held if part], continuous=False).months
        return months if seen.month_limit is None else min(months, seen.month_limit)
    return 0


def assess_subject(item: Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed) -> Entitlement:
    """Return what `item` gives a beneficiary for a cycle, as known on a day, with every reason."""
    seen = rules.seen(on, cycle, subject.household, subject.person, subject.organisation, item.facts)
    decision = _decide(item, subject, seen, claimed, quick=False)
    told = _Told()
    if item.about and decision.record is None:
        told.reasons.append(
            Reason(item.clause, "about", {"record": item.about}, {"records": 0}, Outcome.FAILED)
        )
    else:
        _condition_reasons(item, decision, seen, told)
    begins, by, paid_by = _time_reasons(item, decision, seen, told)
    tier = _amount_reasons(decision, item, seen, told)
    _cap_reasons(decision, seen, told)
    _claim_reasons(item, decision, told)
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
    jobs = _jobs(_EVER, item)(seen)
    if any(job.spell.ended_on is None or job.spell.ended_on >= on for job in jobs):
        return None
    since = rules.idle_since(jobs, seen) if jobs else None
    registered = item.facts["person.unemployed_since"].read(subject.person, on)
    if since is None:
        since = registered
    return Cycle(since.isoformat(), Span(since, s.END)) if since is not None and since <= on else None


_EVER = s.Work(span="ever")

Assess = Callable[[Item, Subject, Cycle, date, Claimed], Entitlement]
