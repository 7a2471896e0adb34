"""How much an item pays: amounts compiled into closures that say at least, at most, and whether that is sure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from caseworker_app.domain.divisions import Distance, distance
from caseworker_app.domain.spans import (
    DAYS_A_MONTH,
    Months,
    Span,
    months_between,
)
from caseworker_app.policy import schema as s
from caseworker_app.policy.facts import (
    SpellFacts,
)
from caseworker_app.policy.rules import (
    STEP_DIGITS,
    UNBOUNDED,
    Answer,
    Job,
    Jobs,
    Measure,
    Seen,
    fact_value,
    figure,
    income_measure,
    inside_of,
    jobs_of,
    length_of,
    measure_of,
    months_measure,
    most_of,
    outside,
    reference_day,
)
from caseworker_app.policy.vocabulary import Fact

Amounts = tuple[int, int, bool]
"""From, to, and whether that is all that is to be known (a range left to the reviewer is)."""
Pay = Callable[[Seen], Amounts]


def _sure(low: int, high: int) -> Amounts:
    return low, min(high, UNBOUNDED), low == high


def _fixed(value: s.Value) -> Pay:
    read = figure(value)

    def pay(seen: Seen) -> Amounts:
        amount = read(seen)
        return (0, most_of(value), False) if amount is None else (amount, amount, True)

    return pay


def step_work(step: s.Step) -> tuple[str, ...]:
    """Return what tells the jobs of one step from those of another."""
    return step.distance, *step.places, "", *step.not_places


def step_fits(step: s.Step, spell: SpellFacts, home: str) -> Answer:
    """Whether a job lies where a step asks."""
    answer: Answer = True
    if step.distance:
        answer = outside(spell.place_code, home, STEP_DIGITS[step.distance])
    if step.places and answer is not False:
        there = inside_of(spell.place_code, step.places)
        answer = there if answer else (False if there is False else None)
    if step.not_places and answer is not False:
        there = inside_of(spell.place_code, step.not_places)
        answer = False if there else (None if there is None else answer)
    return answer


Fits = Callable[[SpellFacts, str], Answer]


def fits_of(step: s.Step) -> Fits:
    """Compile whether a job lies where a step asks."""
    if not step.distance or step.places or step.not_places:
        return lambda spell, home: step_fits(step, spell, home)
    digits = STEP_DIGITS[step.distance]
    return lambda spell, home: outside(spell.place_code, home, digits)


@dataclass(slots=True)
class Rung:
    """One step as it was measured: from and to, and what it pays."""

    step: s.Step
    low: int
    high: int
    at_least: int | None
    amount: int | None


def _placed(quantity: s.Quantity, step: s.Step, jobs: Jobs) -> Measure:
    """Measure only the jobs that lie where a step asks."""
    work, fits = quantity.work, fits_of(step)

    def here(seen: Seen) -> list[Job]:
        found = []
        home = seen.home
        for job in jobs(seen):
            answer = fits(job.spell, home)
            if answer is True:
                found.append(job)
            elif answer is None:
                found.append(Job(job.spell, job.first, job.last, False, (*job.gaps, "spell.place")))
        return found

    return income_measure(work, here) if quantity.measure == "income" else months_measure(work, here)


Rungs = Callable[[Seen], list[Rung]]


def rungs_of(quantity: s.Quantity, steps: tuple[s.Step, ...], facts: dict[str, Fact]) -> Rungs:
    """Compile the steps of a ladder: each measured over the jobs it asks for."""
    jobs = jobs_of(quantity.work, facts)
    measures: dict[tuple[str, ...], Measure] = {}
    for step in steps:
        key = step_work(step)
        if key not in measures:
            measures[key] = _placed(quantity, step, jobs) if step.placed else measure_of(quantity, facts)
    figures = [
        (
            step,
            step_work(step),
            figure(step.at_least),
            figure(step.amount) if step.amount is not None else None,
        )
        for step in steps
    ]

    def rungs(seen: Seen) -> list[Rung]:
        measured = {key: measure(seen) for key, measure in measures.items()}
        return [
            Rung(step, *measured[key], at_least(seen), amount(seen) if amount else None)
            for step, key, at_least, amount in figures
        ]

    return rungs


def _ladder(amount: s.Ladder, facts: dict[str, Fact]) -> Pay:
    if amount.parameter is not None:
        return _entered_ladder(amount, amount.parameter, facts)
    if all(
        each.at_least.fixed is not None and each.amount is not None and each.amount.fixed is not None
        for each in amount.steps
    ):
        return _plain_ladder(amount, facts)
    rungs = rungs_of(amount.quantity, amount.steps, facts)

    def pay(seen: Seen) -> Amounts:
        low = high = 0
        for rung in rungs(seen):
            assert rung.step.amount is not None
            most = most_of(rung.step.amount) if rung.amount is None else rung.amount
            if rung.at_least is None:
                high = max(high, most)
                continue
            if rung.low >= rung.at_least:
                low = max(low, rung.amount or 0)
            if rung.high >= rung.at_least:
                high = max(high, most)
        return _sure(low, high)

    return pay


def _plain_ladder(amount: s.Ladder, facts: dict[str, Fact]) -> Pay:
    """Climb a ladder whose figures all stand in the pack: the quick way, for assessing everybody."""
    quantity = amount.quantity
    jobs = jobs_of(quantity.work, facts)
    groups: dict[tuple[str, ...], tuple[Fits, Measure, list[tuple[int, int]]]] = {}
    for step in amount.steps:
        key = step_work(step)
        if key not in groups:
            groups[key] = (
                fits_of(step),
                _placed(quantity, step, jobs) if step.placed else measure_of(quantity, facts),
                [],
            )
        assert step.amount is not None
        groups[key][2].append(
            (
                int((step.at_least.fixed or 0) * step.at_least.times),
                int((step.amount.fixed or 0) * step.amount.times),
            )
        )

    def pay(seen: Seen) -> Amounts:
        best = 0, 0
        for _fits, measure, steps in groups.values():
            best = _climbed(best, measure(seen), steps)
        return *best, best[0] == best[1]

    def months_pay(seen: Seen) -> Amounts:
        """Climb with one job, as most have: its months are the same on every step that it fits."""
        found = jobs(seen) if seen.person is not None else ()
        if len(found) != 1:
            return pay(seen)
        job, home = found[0], seen.home
        months, days = length_of(job.first, job.last)
        months += days // DAYS_A_MONTH
        best = 0, 0
        for fits, _measure, steps in groups.values():
            here = fits(job.spell, home)
            reached = months if here and job.sure else 0, 0 if here is False else months
            best = _climbed(best, reached, steps)
        return *best, best[0] == best[1]

    return months_pay if quantity.measure == "months" else pay


def _climbed(
    best: tuple[int, int], counted: tuple[int, int], steps: list[tuple[int, int]]
) -> tuple[int, int]:
    """Return the best of what was reached before and what the steps pay for so much, from and to."""
    low, high = best
    for at_least, pays in steps:
        if counted[1] >= at_least and pays > high:
            high = pays
        if counted[0] >= at_least and pays > low:
            low = pays
    return low, high


def _entered_ladder(amount: s.Ladder, parameter: s.Parameter, facts: dict[str, Fact]) -> Pay:
    measured = measure_of(amount.quantity, facts)

    def pay(seen: Seen) -> Amounts:
        steps = parameter.at(reference_day(seen))
        low, high = measured(seen)
        if steps is None:
            most = UNBOUNDED if parameter.most is None else parameter.most
            return (0, most, False) if high else (0, 0, True)
        return _sure(
            max((pays for at_least, pays in steps if low >= at_least), default=0),
            max((pays for at_least, pays in steps if high >= at_least), default=0),
        )

    return pay


def share_of(base: int, steps: list[tuple[int, int]], *, slices: bool) -> int:
    """Return the share of a sum: the whole at the highest step reached, or slice by slice; percents in hundredths."""
    if not slices:
        percent = max((each for each in steps if base >= each[0]), default=(0, 0))[1]
        return base * percent // 10000
    total = 0
    ordered = sorted(steps)
    for number, (at_least, percent) in enumerate(ordered):
        upper = ordered[number + 1][0] if number + 1 < len(ordered) else base
        if base > at_least:
            total += (min(base, upper) - at_least) * percent
    return total // 10000


def _share(amount: s.Share, facts: dict[str, Fact]) -> Pay:
    measured = measure_of(amount.quantity, facts)
    figures = [
        (figure(step.at_least), figure(step.percent)) for step in amount.steps if step.percent is not None
    ]

    def pay(seen: Seen) -> Amounts:
        low, high = measured(seen)
        steps = []
        for at_least, percent in figures:
            begins, points = at_least(seen), percent(seen)
            if begins is None or points is None:
                return 0, UNBOUNDED if high else 0, not high
            steps.append((begins, points))
        if high >= UNBOUNDED:
            return 0, UNBOUNDED, False
        ends = {
            low,
            high,
            *(edge for begins, _ in steps for edge in (begins - 1, begins) if low <= edge <= high),
        }
        shares = [share_of(base, steps, slices=amount.slices) for base in ends]
        return _sure(min(shares), max(shares))

    return pay


def _range(amount: s.Range) -> Pay:
    least, most = figure(amount.least), figure(amount.most)

    def pay(seen: Seen) -> Amounts:
        low, high = least(seen), most(seen)
        if low is None or high is None:
            return 0, most_of(amount.most) if high is None else high, False
        return low, high, True

    return pay


def _rate(amount: s.Rate, facts: dict[str, Fact]) -> Pay:
    measured, rate = measure_of(amount.quantity, facts), figure(amount.rate)
    at_most = figure(amount.at_most) if amount.at_most is not None else None
    months = amount.quantity.measure == "months"

    def pay(seen: Seen) -> Amounts:
        low, high = measured(seen)
        if at_most is not None:
            limit = at_most(seen)
            if limit is None:
                low = 0
            else:
                low, high = min(low, limit), min(high, limit)
        if months and seen.month_limit is not None:
            low, high = min(low, seen.month_limit), min(high, seen.month_limit)
        each = rate(seen)
        if each is None:
            most = most_of(amount.rate)
            return (0, min(high * most, UNBOUNDED), False) if high else (0, 0, True)
        return _sure(low * each, min(high * each, UNBOUNDED))

    return pay


def _sum(amount: s.Sum, facts: dict[str, Fact]) -> Pay:
    parts = [pay_of(each, facts) for each in amount.parts]

    def pay(seen: Seen) -> Amounts:
        found = [part(seen) for part in parts]
        return (
            sum(each[0] for each in found),
            min(sum(each[1] for each in found), UNBOUNDED),
            all(each[2] for each in found),
        )

    return pay


def _by_fact(amount: s.ByFact, facts: dict[str, Fact]) -> Pay:
    read = fact_value(amount.fact)
    cases = {code: pay_of(each, facts) for code, each in amount.cases.items()}

    def pay(seen: Seen) -> Amounts:
        code = read(seen, seen.on)
        if code is not None:
            return cases[code](seen) if code in cases else (0, 0, True)
        found = [case(seen) for case in cases.values()]
        return 0, max(each[1] for each in found), not any(each[1] for each in found)

    return pay


def _limited(amount: s.Limited, facts: dict[str, Fact]) -> Pay:
    inner = pay_of(amount.amount, facts)
    ceiling = figure(amount.ceiling) if amount.ceiling is not None else None

    def pay(seen: Seen) -> Amounts:
        low, high, sure = inner(seen)
        if amount.percent is not None:
            low = int(low * amount.percent / 100)
            high = high if high >= UNBOUNDED else int(high * amount.percent / 100)
        if ceiling is not None:
            limit = ceiling(seen)
            if limit is None:
                return 0, high, not high
            sure = sure or low >= limit
            low, high = min(low, limit), min(high, limit)
        low += amount.half
        low -= low % amount.rounding
        if high < UNBOUNDED:
            high += amount.half
            high -= high % amount.rounding
        return low, high, sure

    return pay


def pay_of(amount: s.Amount, facts: dict[str, Fact]) -> Pay:
    """Compile how much."""
    if isinstance(amount, s.Fixed):
        return _fixed(amount.amount)
    if isinstance(amount, s.Ladder):
        return _ladder(amount, facts)
    if isinstance(amount, s.Share):
        return _share(amount, facts)
    if isinstance(amount, s.Range):
        return _range(amount)
    if isinstance(amount, s.Rate):
        return _rate(amount, facts)
    if isinstance(amount, s.Sum):
        return _sum(amount, facts)
    if isinstance(amount, s.ByFact):
        return _by_fact(amount, facts)
    return _limited(amount, facts)


def distance_of(spell: SpellFacts, home: str) -> Distance:
    """Return how far a job lies from home."""
    return distance(spell.place_code, home)


def stretch_months(first: date, last: date) -> Months:
    """Return one stretch in months."""
    return months_between(Span(first, last))
