"""The smallest set of changes that would make an answer eligible, or that nothing can any more.

What may change is the future and what is on record: somebody may work on from tomorrow, a day may be waited for,
a fact or paper may be entered or come about. What has happened stays: past work and wages, birth dates, claims, and
time that has run out. The search takes the first condition that does not hold and tries all that could mend it, fewest
changes first, so every set it finds was applied and assessed; only when nothing helps does it wait for what is on
record for later days.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, timedelta
from functools import partial
from heapq import heappop, heappush
from typing import Any

from caseworker_app.domain.codes import code_list
from caseworker_app.domain.divisions import Distance
from caseworker_app.domain.spans import DAYS_A_MONTH, Cycle, add_months
from caseworker_app.policy import amounts, rules
from caseworker_app.policy import schema as s
from caseworker_app.policy.answer import State
from caseworker_app.policy.applied import (
    DAY_AFTER,
    DERIVED,
    FIELDS,
    LISTS,
    OF_JOBS,
    Change,
    Kind,
    applied,
    paid_by_bank,
)
from caseworker_app.policy.assess import assess_subject
from caseworker_app.policy.decide import amount_of, checks_of, ended
from caseworker_app.policy.facts import (
    BusinessFacts,
    CertificateFacts,
    Claimed,
    HouseholdFacts,
    InsuranceFacts,
    LoanFacts,
    PersonFacts,
    PostFacts,
    Subject,
)
from caseworker_app.policy.rules import Seen
from caseworker_app.policy.verdicts import verdict
from caseworker_app.policy.vocabulary import CODE, CODES, DAY, MONEY, NUMBER, TEXT, YES_NO, Fact

_NODES = 300
_DEPTH = 6
_LATER = 12
_SUMS = (10_000, 1_000_000)
_FAR = 3660
"""No longer than ten years are waited for."""


@dataclass(frozen=True, slots=True)
class _Node:
    subject: Subject
    on: date
    changes: tuple[Change, ...]


# -- what could mend a test ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Search:
    """What the options of one assessment are made for."""

    item: s.Item
    cycle: Cycle
    claimed: Claimed
    subject: Subject
    on: date
    record: str = ""
    """The business, certificate, loan, insurance or post it is about."""

    def seen(self) -> Seen:
        """Return the facts as a test meets them."""
        seen = rules.seen(
            self.on,
            self.cycle,
            self.subject.household,
            self.subject.person,
            self.subject.organisation,
            self.item.facts,
        )
        if self.record:
            records = rules.records_by(seen, self.item.about)
            seen.record = next((each for each in records if each.id == self.record), None)
        return seen

    @property
    def end(self) -> date:
        """The last day that can still come for this cycle."""
        far = self.on + timedelta(days=_FAR)
        last = self.item.process.last_day(self.cycle, self.on)
        return min(far, last) if last is not None else far


Options = list[tuple[Change, ...]]


def _settable(fact: Fact) -> bool:
    if fact.fixed or fact.name in DERIVED:
        return False
    of = fact.name.partition(".")[0]
    return of in ("person", "household") or fact.name in FIELDS


def _wanted(test: s.FactTest, fact: Fact, seen: Seen) -> Any:  # noqa: ANN401 - as the fact has it
    """Return a value with which a test holds, None when there is none."""
    if fact.kind in (CODE, CODES, TEXT):
        if test.any_of:
            return test.any_of[0]
        known = code_list(fact.codes).codes if fact.codes else tuple(fact.labels)
        return next((each for each in known if each not in test.none_of), None)
    if fact.name in ("loan.overdue", "loan.repaid"):  # Paid back it can be, and not be taken back.
        return seen.on if test.yes == (fact.name == "loan.repaid") else None
    if fact.kind == YES_NO:
        return test.yes
    if fact.kind in (NUMBER, MONEY):
        bound = test.bounds.at_least or test.bounds.at_most
        return rules.figure(bound)(seen) if bound is not None else None
    if test.yes or test.since.at_most is not None or test.not_before is not None:
        return seen.on
    return None


def _fact_options(test: s.FactTest, seen: Seen, search: _Search) -> Options:
    fact = search.item.facts[test.fact]
    if rules.moment(test.moment, seen) < seen.on:
        return []
    value = rules.fact_value(test.fact)(seen, seen.on)
    if fact.kind == DAY and value is not None:
        return _wait_for(test, value, seen)
    if fact.name == "person.age":
        return _come_of_age(test, seen)
    if fact.name == "household.members_working" and seen.household is not None and seen.household.members:
        person = next(
            (each for each in seen.household.members if each.born is None), seen.household.members[0]
        )
        return [(_work_change(s.Work(), person.id, seen.on + DAY_AFTER, "", seen, 1),)]
    if not _settable(fact):
        return []
    wanted = _wanted(test, fact, seen)
    if wanted is None:
        return []
    record = getattr(seen.record, "id", "") if fact.of in LISTS else ""
    return [(Change(Kind.FACT, fact=test.fact, record=record, value=wanted),)]


def _wait_for(test: s.FactTest, value: date, seen: Seen) -> Options:
    """Return the day on which so many months will have passed."""
    if test.since.at_least is None:
        return []
    months = rules.figure(test.since.at_least)(seen)
    if months is None:
        return []
    return [(Change(Kind.WAIT, until=add_months(value, months)),)]


def _come_of_age(test: s.FactTest, seen: Seen) -> Options:
    person, least = seen.person, test.bounds.at_least
    years = rules.figure(least)(seen) if least is not None else None
    if person is None or person.born is None or years is None:
        return []
    day = add_months(person.born, years * 12)
    if day.day != person.born.day:  # Born on 29 February: of age on 1 March.
        day += DAY_AFTER
    return [(Change(Kind.WAIT, until=day),)] if day > seen.on else []


def _category_options(test: s.CategoryTest, seen: Seen) -> Options:
    if rules.moment(test.moment, seen) < seen.on or seen.household is None:
        return []
    identified = seen.household.identified_on
    if seen.household.monitored_kind in test.monitored_kinds and identified and identified > seen.on:
        return [(Change(Kind.WAIT, until=identified),)]
    found = [Change(Kind.FACT, fact="household.kind", value=each) for each in test.household_kinds[:1]]
    found += [
        Change(Kind.FACT, fact="household.monitored_kind", value=each) for each in test.monitored_kinds[:1]
    ]
    if seen.household.monitored_kind in test.monitored_kinds:
        found.insert(
            0, Change(Kind.FACT, fact="household.monitored_kind", value=seen.household.monitored_kind)
        )
    found += [Change(Kind.FACT, fact=f"household.{each}", value=True) for each in test.flags]
    return [(each,) for each in found]


def _several_options(test: s.Several, seen: Seen, search: _Search) -> Options:
    if test.how == "none":
        return [
            option
            for each in test.tests
            if rules.check_of(each, search.item.facts)(seen) is not False
            for option in _negated(each, seen, search)
        ]
    lacking = [each for each in test.tests if rules.check_of(each, search.item.facts)(seen) is not True]
    return [option for each in lacking for option in options_for(each, seen, search)]


def _negated(test: s.Test, seen: Seen, search: _Search) -> Options:
    if not isinstance(test, s.FactTest):
        return []
    if test.yes is not None:
        return _fact_options(replace(test, yes=not test.yes), seen, search)
    if test.any_of:
        return _fact_options(replace(test, any_of=(), none_of=test.any_of), seen, search)
    return []


def options_for(test: s.Test, seen: Seen, search: _Search) -> Options:
    """Return the changes each of which could mend a test, or bring it nearer."""
    if isinstance(test, s.FactTest):
        return _fact_options(test, seen, search)
    if isinstance(test, s.CategoryTest):
        return _category_options(test, seen)
    if isinstance(test, s.Several):
        return _several_options(test, seen, search)
    least = test.bounds.at_least
    goal = rules.figure(least)(seen) if least is not None else None
    if goal is None or (
        test.bounds.at_most is not None
        and rules.measure_of(test.quantity, search.item.facts)(seen)[0] >= goal
    ):
        return []
    return _more(test.quantity, goal, seen, search)


# -- more of something counted -------------------------------------------------------------------------


def _place_for(distance: str, places: tuple[str, ...], work: s.Work, home: str) -> str:
    """Return a place of work that fits: one that is asked for, else one in another province, county or town."""
    if places:
        return places[0]
    if work.places:
        return work.places[0]
    away = {
        Distance.CROSS_PROVINCE.value: "outside_province",
        Distance.CROSS_COUNTY.value: "outside_county",
    }.get(distance, work.away)
    if away == "any" and not work.not_places:
        return home
    digits = {"outside_city": 4, "outside_county": 6, "outside_township": 9}.get(away, 2)
    base = home[:digits]
    for number in range(1, 90):
        tail = f"{number:0{len(base)}d}"[-2:]
        place = base[:-2] + tail if len(base) >= 2 else tail
        if place != base and rules.inside_of(place, work.not_places) is False:
            return place
    return ""


def _codes_of(tests: Iterable[s.Test], seen: Seen, *, held: bool = True) -> dict[str, Any]:
    """Return what a job has to be so that the tests on it hold, or do not."""
    found: dict[str, Any] = {}
    for test in tests:
        if isinstance(test, s.Several):
            inner = test.tests if test.how != "any" else test.tests[: test.least]
            found |= _codes_of(inner, seen, held=held != (test.how == "none"))
        elif isinstance(test, s.FactTest) and test.fact.partition(".")[2] in OF_JOBS:
            if not held:
                test = replace(
                    test,
                    any_of=test.none_of,
                    none_of=test.any_of,
                    yes=None if test.yes is None else not test.yes,
                )
            found[test.fact.partition(".")[2]] = _wanted(test, seen.facts[test.fact], seen)
    return found


def _work_change(work: s.Work, person: str, until: date, place: str, seen: Seen, wage: int) -> Change:
    distance, places = ("", (place,)) if place.isdigit() else (place, ())
    found = _place_for(distance, places, work, seen.home)
    return Change(
        Kind.WORK,
        until=until,
        record=person,
        value={"work": work, "place": found, "wage": wage, "codes": _codes_of(work.tests, seen)},
        place=place,
    )


def _first_day(low: date, high: date, holds: Callable[[date], bool]) -> date | None:
    """Return the first day on which something holds that goes on to hold, None when it never does."""
    if low > high or not holds(high):
        return None
    while low < high:
        middle = date.fromordinal((low.toordinal() + high.toordinal()) // 2)
        if holds(middle):
            high = middle
        else:
            low = middle + DAY_AFTER
    return low


def _measured(
    quantity: s.Quantity, search: _Search, changes: tuple[Change, ...], placed: s.Step | None
) -> int:
    """Return what a quantity surely comes to after changes."""
    subject, on = applied(search.subject, search.on, changes)
    after = replace(search, subject=subject, on=on)
    seen = after.seen()
    seen.categories = categories_of(search.item)
    if placed is not None and (placed.distance or placed.places):
        (rung,) = amounts.rungs_of(quantity, (placed,), search.item.facts)(seen)
        return rung.low
    return rules.measure_of(quantity, search.item.facts)(seen)[0]


def categories_of(item: s.Item) -> tuple[s.CategoryTest, ...]:
    """Return the tests of an item on the kind of household."""
    return checks_of(item)[1]


def _more(
    quantity: s.Quantity, goal: int, seen: Seen, search: _Search, step: s.Step | None = None
) -> Options:
    """Return what could bring a quantity to a goal."""
    measure = quantity.measure
    if measure in ("months", "income"):
        return _more_work(quantity, goal, seen, search, step)
    if measure == "idle_months":
        return _more_idle(quantity, goal, seen, search)
    if measure in ("people", "people_percent") and quantity.people is not None:
        return _more_people(quantity, goal, seen, search)
    if measure == "insurance_paid":
        return _more_insurance(quantity, goal, seen, search)
    if measure == "head_count":
        return [(Change(Kind.HEAD_COUNT, fact=quantity.group, value=goal),)] if seen.last == seen.on else []
    if measure == "records":
        return [(_record_change(quantity.record, quantity.tests, seen, search),)]
    if measure == "fact":
        fact = search.item.facts[quantity.fact]
        if not _settable(fact):
            return []
        record = getattr(seen.record, "id", "") if fact.of in LISTS else ""
        return [(Change(Kind.FACT, fact=quantity.fact, record=record, value=max(goal, 1)),)]
    return []


def _more_work(quantity: s.Quantity, goal: int, seen: Seen, search: _Search, step: s.Step | None) -> Options:
    found = _gaps(quantity, goal, seen, search, step)
    if _measured(quantity, search, (), step) >= goal:
        return found
    found += _proofs(quantity, goal, seen, search, step)
    if quantity.work.from_identification and rules.counted_from(seen) is not None:
        for test in categories_of(search.item):  # As one of these kinds, the days before would count too.
            without = s.CategoryTest(test.household_kinds, (), test.flags, test.resolved_counts, test.moment)
            found += _category_options(without, seen)
    last = search.end if quantity.work.span != "cycle" else min(search.cycle.span.last, search.end)
    if search.on < last:
        found += _work_on(quantity, goal, last, seen, search, step)
    return found


def _work_on(
    quantity: s.Quantity, goal: int, last: date, seen: Seen, search: _Search, step: s.Step | None
) -> Options:
    """Return until when to go on in the job there is, or to work in a new one."""
    begin = search.on + DAY_AFTER
    work = quantity.work

    def enough(change: Change) -> bool:
        return _measured(quantity, search, (change,), step) >= goal

    found: Options = []
    waited = _first_day(begin, last, lambda until: enough(Change(Kind.WAIT, until=until)))
    if waited is not None:
        found.append((Change(Kind.WAIT, until=waited),))
    members = seen.household.members if seen.household else ()
    person = seen.person or (members[0] if members else None)
    if person is None or work.of_record:
        return found
    place = (step.distance or (step.places[0] if step.places else "")) if step else ""
    if quantity.measure == "months":
        day = _first_day(
            begin, last, lambda until: enough(_work_change(work, person.id, until, place, seen, 1))
        )
        return [*found, (_work_change(work, person.id, day, place, seen, 1),)] if day else found
    until = min(last, add_months(search.on, 1))
    lacking = max(goal - _measured(quantity, search, (), step), 1)
    for factor in (1, 2, 10, 40):  # So high a wage that what is left of the time suffices.
        change = _work_change(work, person.id, until, place, seen, lacking * factor)
        if enough(change):
            return [*found, (change,)]
    return found


def _proofs(quantity: s.Quantity, goal: int, seen: Seen, search: _Search, step: s.Step | None) -> Options:
    """Return the papers that would make past jobs count, longest jobs first."""
    work = quantity.work
    person = seen.person
    if person is None:
        return []
    bare = replace(
        work, contract=False, insured=False, insurances=(), insurances_least=0, papers=(), papers_least=0
    )
    able = rules.jobs_of(bare, search.item.facts)(seen)
    chosen: list[Change] = []
    if work.papers_least:
        lacking = [each for each in work.papers if each not in rules.papers_held(seen)]
        count = work.papers_least - len(rules.papers_held(seen) & set(work.papers))
        chosen += [
            Change(Kind.PROOF, fact="person.papers", value=_paper(person.id, each))
            for each in lacking[: max(count, 0)]
        ]
    for job in sorted(able, key=lambda each: each.first.toordinal() - each.last.toordinal()):
        before = len(chosen)
        spell = job.spell
        if work.contract and rules.has_contract(spell, seen) is not True:
            chosen.append(
                Change(Kind.PROOF, fact="spell.contract", record=spell.id, value=_paper(person.id, ""))
            )
        if work.insured and rules.is_insured(spell, seen) is not True:
            chosen.append(
                Change(Kind.PROOF, fact="spell.insured", record=spell.id, value=_paper(person.id, ""))
            )
        held = rules.insurances_held(spell, seen) & set(work.insurances)
        if len(held) < work.insurances_least:
            kinds = tuple(each for each in work.insurances if each not in held)[
                : work.insurances_least - len(held)
            ]
            chosen.append(
                Change(
                    Kind.PROOF, fact="person.insurances", record=spell.id, value=_paper(person.id, "", kinds)
                )
            )
        if (len(chosen) > before or chosen) and _measured(quantity, search, tuple(chosen), step) >= goal:
            return [tuple(chosen)]
    return []


def _paper(person: str, kind: str = "", kinds: tuple[str, ...] = (), **given: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return whose paper it is, of which kind, and what it says of the job."""
    return {"person": person, "kind": kind, "kinds": kinds, "given": given}


def _gaps(quantity: s.Quantity, goal: int, seen: Seen, search: _Search, step: s.Step | None) -> Options:
    """Return what is not known of past jobs that might count, as good as it can be."""
    work, person = quantity.work, seen.person
    if person is None:
        return []
    found = []
    for job in rules.jobs_of(work, search.item.facts)(seen):
        gaps = [*job.gaps]
        if quantity.measure == "income":
            gaps.append(rules.income_of(job, work).gap)
        if step is not None and amounts.step_fits(step, job.spell, seen.home) is None:
            gaps.append("spell.place")
        given: dict[str, Any] = {}
        for gap in gaps:
            if gap == "spell.place":
                distance, places = (step.distance, step.places) if step else ("", ())
                given["place_code"] = _place_for(distance, places, work, seen.home)
            elif gap == "spell.wage":
                given["wage"] = goal * DAYS_A_MONTH
            elif gap == "spell.wages":
                given["wages"] = paid_by_bank(job.first, job.last, goal)
            elif gap.partition(".")[2] in OF_JOBS and gap.partition(".")[0] == "job":
                given |= _codes_of(work.tests, seen)
        found += [
            Change(Kind.PROOF, fact=gap, record=job.spell.id, value=_paper(person.id, **given))
            for gap in dict.fromkeys(gaps)
            if gap and given
        ]
    return [tuple(found)] if found else []


def _more_idle(quantity: s.Quantity, goal: int, seen: Seen, search: _Search) -> Options:
    """Return until when to wait without a job, after leaving the one there is."""

    def until(before: tuple[Change, ...]) -> date | None:
        return _first_day(
            search.on,
            search.end,
            lambda day: _measured(quantity, search, (*before, Change(Kind.WAIT, until=day)), None) >= goal,
        )

    day = until(())
    if day is not None:
        return [(Change(Kind.WAIT, until=day),)]
    if seen.person is None:
        return []
    leave = Change(Kind.LEAVE, until=search.on, record=seen.person.id)
    day = until((leave,))
    return [(leave, Change(Kind.WAIT, until=day))] if day is not None else []


def _more_insurance(quantity: s.Quantity, goal: int, seen: Seen, search: _Search) -> Options:
    """Return an insurance paid for somebody who counts."""
    if seen.last < seen.on:
        return []
    name = _new_name(seen, "insurance")
    kind = quantity.kinds[0] if quantity.kinds else ""
    payer = quantity.payers[0] if quantity.payers else ""
    insured = [""]
    if quantity.people is not None:
        counted = rules.people_of(quantity.people, search.item.facts)(seen)
        insured = [each.engaged.person.id for each in counted if each.sure]
    for person in insured:
        row = InsuranceFacts(name, kind, payer, search.on, None, max(goal, 1), person)
        change = Change(Kind.RECORD, fact="insurance", record=name, value=row)
        if _measured(quantity, search, (change,), None) >= goal:
            return [(change,)]
    more = s.Quantity("people", people=quantity.people)
    return _more_people(more, len(insured) + 1, seen, search) if quantity.people is not None else []


def _more_people(quantity: s.Quantity, goal: int, seen: Seen, search: _Search) -> Options:
    people = quantity.people
    organisation = search.subject.organisation
    if people is None or organisation is None or seen.last < seen.on:
        return []
    home = HouseholdFacts("new", "", "", organisation.home or organisation.place_code, "", "", None, None, ())
    person = PersonFacts("new", "", "")
    made = Subject(s.PERSON, home, person)
    inner = replace(search, subject=made)
    for test in people.tests:
        for option in options_for(test, inner.seen(), inner)[:1]:
            made, _on = applied(made, search.on, option)
            inner = replace(search, subject=made)
    months = rules.figure(people.months)(seen) if people.months is not None else 0

    def engaging(count: int, until: date | None = None) -> Change:
        return Change(
            Kind.PEOPLE,
            until=until,
            fact="people",
            value={
                "people": people,
                "count": count,
                "months": months or 0,
                "household": made.household,
                "person": made.person,
                "place": _place_for("", (), people.work or s.Work(), home.home),
            },
        )

    def enough(count: int, until: date | None) -> bool:
        return _measured(quantity, search, (engaging(count, until),), None) >= goal

    counts = [*range(1, 41), 60, 100, 200]
    if quantity.measure == "people":
        counts = [max(goal - _measured(quantity, search, (), None), 1)]
    last = min(search.cycle.span.last, search.end)
    for until in (None, last):  # Some count only once they have worked on for a time.
        for count in counts:
            if enough(count, until):
                day = until and _first_day(search.on, until, partial(enough, count))
                return [(engaging(count, day),)]
    return []


def _new_name(seen: Seen, about: str) -> str:
    """Return the id of a record made anew, unlike those there are."""
    owner: Any = seen.organisation if seen.person is None else seen.person
    return f"new-{len(getattr(owner, LISTS[about], ()))}"


def _record_change(about: str, tests: tuple[s.Test, ...], seen: Seen, search: _Search) -> Change:
    """Return a record made anew, as the tests on it ask."""
    on = seen.on
    name = _new_name(seen, about)
    record: Any = {
        "business": BusinessFacts(name, "", None, on, None),
        "certificate": CertificateFacts(name, "", "", on, cost=100),
        "loan": LoanFacts(name, "", 100, on, interest_paid=100),
        "insurance": InsuranceFacts(name, "", "", on, None, 100),
        "post": PostFacts(name, "", f"{name}-job", on, None),
    }[about]
    inner = search.seen()
    inner.record = record
    for test in (each for each in tests for _round in range(_DEPTH)):
        if rules.check_of(test, search.item.facts)(inner) is True:
            continue
        for option in options_for(test, inner, search)[:1]:
            for change in option:
                if change.kind is Kind.FACT and change.fact in FIELDS and change.record == name:
                    inner.record = replace(inner.record, **{FIELDS[change.fact]: change.value})
    return Change(Kind.RECORD, fact=about, record=name, value=inner.record)


# -- searching -----------------------------------------------------------------------------------------


def _conditions_of(item: s.Item) -> tuple[s.Test, ...]:
    return tuple(each.test for each in item.conditions if not each.warns)


def _amount_options(seen: Seen, search: _Search) -> Options:
    """Return what would bring the amount above nothing."""
    found = _case_options(search.item.amount_in(search.cycle, search.on).amount, seen, search)
    for amount in amount_of(search.item, seen):
        if isinstance(amount, s.Ladder | s.Share):
            steps = amount.steps
            if isinstance(amount, s.Ladder) and amount.parameter is not None:
                entered = amount.parameter.at(rules.reference_day(seen)) or ()
                steps = tuple(s.Step(s.Value(at_least)) for at_least, _pays in entered)
            for step in steps:
                goal = rules.figure(step.at_least)(seen)
                if goal is None:
                    continue
                found += _more(amount.quantity, max(goal, 1), seen, search, step)
                if isinstance(amount, s.Share):  # A share of a fen may be nothing.
                    for much in _SUMS:
                        found += _more(amount.quantity, goal + much, seen, search, step)
        elif isinstance(amount, s.Rate):
            found += _more(amount.quantity, 1, seen, search)
    return found


def _case_options(amount: s.Amount, seen: Seen, search: _Search) -> Options:
    """Return what would make an amount that hangs on a fact be one of those there are."""
    if isinstance(amount, s.Limited):
        return _case_options(amount.amount, seen, search)
    if isinstance(amount, s.Sum):
        return [option for each in amount.parts for option in _case_options(each, seen, search)]
    if not isinstance(amount, s.ByFact) or rules.fact_value(amount.fact)(seen, seen.on) in amount.cases:
        return []
    return _fact_options(s.FactTest(amount.fact, tuple(amount.cases)), seen, search)


def _options(search: _Search) -> Options:
    """Return what could mend the first thing that does not hold."""
    item, seen = search.item, search.seen()
    seen.categories = categories_of(item)
    if search.on < search.cycle.span.first:
        return [(Change(Kind.WAIT, until=search.cycle.span.first),)]
    if item.about:
        records = rules.records_by(seen, item.about)
        found: Options = []
        for record in records:
            inner = replace(search, record=record.id)
            seen = inner.seen()
            seen.categories = categories_of(item)
            found += _first_failing(inner, seen)
        if not any(each.id.startswith("new-") for each in records):
            tests = tuple(each for each in _conditions_of(item) if _about_record(each, item.about))
            found.append((_record_change(item.about, tests, seen, search),))
        return found
    if item.each_member and seen.household is not None:
        found = _first_failing(search, seen, amount=False)
        if found:
            return found
        for member in seen.household.members:
            seen.person = member
            inner = replace(search, subject=Subject(s.PERSON, seen.household, member))
            found += _amount_options(seen, inner)
        return found
    return _first_failing(search, seen)


def _about_record(test: s.Test, about: str) -> bool:
    if isinstance(test, s.FactTest):
        return test.fact.startswith(f"{about}.")
    return isinstance(test, s.Several) and any(_about_record(each, about) for each in test.tests)


def _first_failing(search: _Search, seen: Seen, *, amount: bool = True) -> Options:
    for condition, check in checks_of(search.item)[0]:
        if condition.warns or check(seen) is True:
            continue
        day = rules.reference_day(seen)
        if (condition.since and day < condition.since) or (condition.until and day > condition.until):
            continue
        return options_for(condition.test, seen, search)
    return _amount_options(seen, search) if amount else []


def _merged(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return changes with one waiting only, until the last day."""
    waits = [each.until for each in changes if each.kind is Kind.WAIT and each.until is not None]
    if len(waits) < 2:
        return changes
    last = max(waits)
    kept = [each for each in changes if each.kind is not Kind.WAIT]
    return (*kept, Change(Kind.WAIT, until=last))


_OFTEN = {Kind.WORK: 2, Kind.LEAVE: 1, Kind.FACT: 1, Kind.PROOF: 1}
"""How often the same may be done: a first day of work may be for one condition, and months for the next."""


def _again(before: tuple[Change, ...], option: tuple[Change, ...]) -> bool:
    """Whether an option only does once more what was done before."""

    def what(change: Change) -> tuple[str, ...]:
        paper = str(change.value["kind"] or change.value["kinds"]) if change.kind is Kind.PROOF else ""
        return change.kind, change.record, change.fact, change.place, paper

    done = [what(each) for each in before]
    return any(each.kind in _OFTEN and done.count(what(each)) >= _OFTEN[each.kind] for each in option)


_FIGURE = Change(Kind.FIGURE, fact="parameter")


def _granted(
    item: s.Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed
) -> tuple[Change, ...] | None:
    """Return nothing when it is eligible, that a figure of the place is lacking when only that is; else None."""
    state = verdict(item, subject, cycle, on, claimed)[0]
    if state is State.ELIGIBLE:
        return ()
    if state is State.NOT_ELIGIBLE:
        return None
    missing = assess_subject(item, subject, cycle, on, claimed).missing
    return (_FIGURE,) if missing and all(each.field == "parameter" for each in missing) else None


def _spared(
    item: s.Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed, changes: tuple[Change, ...]
) -> tuple[Change, ...]:
    """Return changes without those that a later one made needless."""
    for change in changes:
        fewer = tuple(each for each in changes if each is not change)
        after, day = applied(subject, on, fewer)
        if _granted(item, after, cycle, day, claimed) is not None:
            return _spared(item, subject, cycle, on, claimed, fewer)
    return changes


def _days(value: Any) -> Iterator[date]:  # noqa: ANN401 - any row of facts
    """Return every day that facts name."""
    if isinstance(value, date):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _days(each)
    elif isinstance(value, Mapping):
        yield from _days(tuple(value.values()))
    elif is_dataclass(value):
        for each in fields(value):
            yield from _days(getattr(value, each.name))


def _known_later(search: _Search) -> Options:
    """Return waiting for what is on record for later days, the next first."""
    subject = search.subject
    days = {*_days((subject.person or subject.household, subject.organisation))}
    if subject.household is not None:
        days |= {*_days(replace(subject.household, members=()))}
    later = sorted(each for each in days if search.on < each <= search.end)
    return [(Change(Kind.WAIT, until=each),) for each in later[:_LATER]]


def _fewest(
    item: s.Item,
    subject: Subject,
    cycle: Cycle,
    on: date,
    claimed: Claimed,
    also: Callable[[_Search], Options],
) -> tuple[Change, ...] | None:
    """Try all that could mend the first thing that does not hold, fewest changes first."""
    waiting = [(0, 0, _Node(subject, on, ()))]
    met = {""}
    expanded = 0
    while waiting and expanded < _NODES:
        count, _order, node = heappop(waiting)
        lacking = _granted(item, node.subject, cycle, node.on, claimed) if count else None
        if lacking is not None:
            return _spared(item, subject, cycle, on, claimed, node.changes) + lacking
        if count >= _DEPTH:
            continue
        expanded += 1
        search = _Search(item, cycle, claimed, node.subject, node.on)
        for option in (*_options(search), *also(search)):
            if _again(node.changes, option):
                continue
            changes = _merged((*node.changes, *option))
            after, day = applied(subject, on, changes)
            key = repr(sorted(map(repr, changes)))
            if key not in met and day <= search.end and (day != node.on or after != node.subject):
                met.add(key)
                heappush(waiting, (len(changes), len(met), _Node(after, day, changes)))
    return None


def smallest(
    item: s.Item, subject: Subject, cycle: Cycle, on: date, claimed: Claimed
) -> tuple[Change, ...] | None:
    """Return the fewest changes that make the answer eligible; empty when it is, None when nothing can any more."""
    if verdict(item, subject, cycle, on, claimed)[0] is State.ELIGIBLE:
        return ()
    if ended(item, subject, cycle, on, claimed):
        return None
    found = _fewest(item, subject, cycle, on, claimed, lambda _search: [])
    return _fewest(item, subject, cycle, on, claimed, _known_later) if found is None else found
