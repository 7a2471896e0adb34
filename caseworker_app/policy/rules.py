"""A pack's blocks compiled once into closures over what is known: three-valued tests, measures and amounts.

A test answers True, False or None (unknown). A measure and an amount answer from and to: what holds surely, and
what could hold at most once everything missing is known. Reasons are not built here but for what is shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from caseworker_app.domain.divisions import Distance
from caseworker_app.domain.spans import (
    DAYS_A_MONTH,
    Cycle,
    Months,
    add_months,
    month_end,
)
from caseworker_app.domain.worker import FARMING
from caseworker_app.policy import schema as s
from caseworker_app.policy import vocabulary
from caseworker_app.policy.facts import (
    EngagedFacts,
    HouseholdFacts,
    InsuranceFacts,
    OrganisationFacts,
    PersonFacts,
    SpellFacts,
)
from caseworker_app.policy.vocabulary import CODE, CODES, DAY, FACTS, MONEY, NUMBER, TEXT, Fact

UNBOUNDED = 1 << 60
"""As much as nobody knows."""

Part = tuple[date, date]
Answer = bool | None


@dataclass(slots=True)
class Seen:
    """Whom and when an assessment is about; `first` and `last` are the days of the cycle that have come."""

    on: date
    cycle: Cycle
    first: date
    last: date
    household: HouseholdFacts | None
    person: PersonFacts | None
    organisation: OrganisationFacts | None
    facts: dict[str, Fact]
    categories: "tuple[s.CategoryTest, ...]" = ()
    record: Any = None
    job: SpellFacts | None = None
    month_limit: int | None = None
    """What is left of a limit on months."""
    memo: dict[Any, Any] = field(default_factory=dict)

    @property
    def home(self) -> str:
        """The village of the household."""
        return self.household.home if self.household else ""


def seen(
    on: date,
    cycle: Cycle,
    household: HouseholdFacts | None,
    person: PersonFacts | None,
    organisation: OrganisationFacts | None,
    facts: dict[str, Fact],
    categories: tuple[s.CategoryTest, ...] = (),
) -> Seen:
    """Begin an assessment."""
    last = cycle.span.last
    return Seen(
        on, cycle, cycle.span.first, min(last, on), household, person, organisation, facts, categories
    )


# -- figures -------------------------------------------------------------------------------------------

Figure = Callable[[Seen], int | None]


def reference_day(seen: Seen) -> date:
    """Return the day whose dated values hold for a cycle."""
    return seen.on if seen.cycle.span.last == s.END else seen.cycle.span.last


def figure(value: s.Value) -> Figure:
    """Return how a figure is read; None while it is not known."""
    if value.parameter is not None:
        parameter, times = value.parameter, value.times

        def entered(seen: Seen) -> int | None:
            found = parameter.at(reference_day(seen))
            return None if found is None else int(found * times)

        return entered
    if value.fact:
        read, factor = fact_value(value.fact), value.times

        def recorded(seen: Seen) -> int | None:
            found = read(seen, seen.last)
            return None if found is None else int(found * factor)

        return recorded
    fixed = (value.fixed or 0) if value.times == 1 else int((value.fixed or 0) * value.times)
    return lambda _seen: fixed


def most_of(value: s.Value) -> int:
    """Return the most a figure can be while it is not known."""
    if value.parameter is not None and value.parameter.most is not None:
        return int(value.parameter.most * value.times)
    return UNBOUNDED


# -- facts ---------------------------------------------------------------------------------------------

_HOLDERS = {"person": "person", "household": "household", "organisation": "organisation", "job": "job"}


def fact_value(name: str) -> Callable[[Seen, date], Any]:
    """Return how a fact is read: from the person, household, organisation, job or record it is of."""
    holder = _HOLDERS.get(name.partition(".")[0], "record")
    built_in = FACTS.get(name)

    def read(seen: Seen, day: date) -> Any:  # noqa: ANN401 - as the fact has it
        owner = getattr(seen, holder)
        return None if owner is None else (built_in or seen.facts[name]).read(owner, day)

    return read


def moment(when: s.Moment, seen: Seen) -> date:
    """Return the day a test asks for."""
    if isinstance(when, date):
        return when
    if when == s.CYCLE_FIRST:
        return seen.cycle.span.first
    return seen.last if when == s.CYCLE_LAST else seen.on


def months_since(day: date, on: date) -> int:
    """Return the whole months from a day to another: 15 Jan to 15 Jul is 6."""
    months = (on.year - day.year) * 12 + on.month - day.month
    return months - (add_months(day, months) > on)


Check = Callable[[Seen], Answer]


def _within(bounds: s.Bounds, low: int, high: int, seen: Seen) -> Answer:
    """Whether something from low to high lies between bounds."""
    answer: Answer = True
    for value, upper in ((bounds.at_least, False), (bounds.at_most, True)):
        if value is None:
            continue
        limit = figure(value)(seen)
        if limit is None:
            answer = None
        elif (low > limit) if upper else (high < limit):
            return False
        elif (high > limit) if upper else (low < limit):
            answer = None
    return answer


def bounded(bounds: s.Bounds) -> Callable[[int, int, Seen], Answer]:
    """Return whether something from low to high lies between bounds, quickly where they are fixed."""
    ends = [
        None if value is None else value.fixed if value.parameter is None and not value.fact else "?"
        for value in (bounds.at_least, bounds.at_most)
    ]
    if "?" in ends:
        return lambda low, high, seen: _within(bounds, low, high, seen)
    least = ends[0] if isinstance(ends[0], int) else -UNBOUNDED
    most = ends[1] if isinstance(ends[1], int) else UNBOUNDED

    def fixed(low: int, high: int, _seen: Seen) -> Answer:
        if low >= least and high <= most:
            return True
        return False if high < least or low > most else None

    return fixed


def _fact_check(test: s.FactTest, kind: str) -> Check:
    read = fact_value(test.fact)
    when = test.moment
    any_of, none_of = frozenset(test.any_of), frozenset(test.none_of)

    def codes(seen: Seen) -> Answer:
        value = read(seen, moment(when, seen))
        if value is None:
            return None
        held = {value} if isinstance(value, str) else set(value)
        return bool(held & any_of) if any_of else not held & none_of

    def yes(seen: Seen) -> Answer:
        value = read(seen, moment(when, seen))
        return None if value is None else value == test.yes

    if kind in (CODE, CODES, TEXT):
        return codes
    if kind in (NUMBER, MONEY):
        inside = bounded(test.bounds)

        def number(seen: Seen) -> Answer:
            value = read(seen, moment(when, seen))
            return None if value is None else inside(value, value, seen)

        return number
    return _day_check(test) if kind == DAY else yes


def _day_check(test: s.FactTest) -> Check:
    read, when = fact_value(test.fact), test.moment
    longest = figure(test.since.at_most) if test.since.at_most is not None else None
    least = bounded(s.Bounds(test.since.at_least))

    def day(seen: Seen) -> Answer:
        at = moment(when, seen)
        value = read(seen, at)
        if test.yes is not None:
            return (value is not None) == test.yes
        if value is None:
            return None
        if (
            value > at
            or (test.not_before and value < test.not_before)
            or (test.not_after and value > test.not_after)
        ):
            return False
        answer: Answer = True
        if longest is not None:
            # 'Within two years' ends with the anniversary: the day after it is more.
            limit = longest(seen)
            if limit is None:
                answer = None
            elif add_months(value, limit) < at:
                return False
        if test.since.at_least is None:
            return answer
        months = months_since(value, at)
        passed = least(months, months, seen)
        return answer if passed else passed

    return day


def category(test: s.CategoryTest, household: HouseholdFacts | None, day: date, seen: Seen) -> Answer:
    """Whether a household is of one of the kinds a test names, on a day."""
    if household is None:
        return None
    kind = household.kind_on(day)
    if kind in test.household_kinds:
        return True
    if (
        household.monitored_kind
        and household.monitored_kind in test.monitored_kinds
        and (household.identified_on is None or household.identified_on <= day)
        and (
            test.resolved_counts or household.resolved_on is None or household.resolved_on > min(day, seen.on)
        )
    ):
        return True
    answer: Answer = False if kind or not test.household_kinds else None
    for flag in test.flags:
        marked = FACTS[f"household.{flag}"].read(household, day)
        if marked:
            return True
        if marked is None:
            answer = None
    return answer


def _category_check(test: s.CategoryTest) -> Check:
    when = test.moment
    return lambda seen: category(test, seen.household, moment(when, seen), seen)


def _several_check(test: s.Several, facts: dict[str, Fact]) -> Check:
    checks = tuple(check_of(each, facts) for each in test.tests)
    if test.how == "all":
        least = len(checks)
    elif test.how == "any":
        least = test.least
    else:
        least = 1

    def some(seen: Seen) -> Answer:
        sure = maybe = 0
        for check in checks:
            answer = check(seen)
            if answer:
                sure += 1
            elif answer is None:
                maybe += 1
        return True if sure >= least else None if sure + maybe >= least else False

    def none(seen: Seen) -> Answer:
        answer = some(seen)
        return None if answer is None else not answer

    return none if test.how == "none" else some


def _measure_check(test: s.MeasureTest, facts: dict[str, Fact]) -> Check:
    measured = measure_of(test.quantity, facts)
    inside = bounded(test.bounds)

    def check(seen: Seen) -> Answer:
        low, high = measured(seen)
        return inside(low, high, seen)

    return check


def check_of(test: s.Test, facts: dict[str, Fact]) -> Check:
    """Compile a test."""
    if isinstance(test, s.FactTest):
        return _fact_check(test, facts[test.fact].kind)
    if isinstance(test, s.CategoryTest):
        return _category_check(test)
    if isinstance(test, s.Several):
        return _several_check(test, facts)
    return _measure_check(test, facts)


# -- jobs ----------------------------------------------------------------------------------------------

_DIGITS = {"outside_province": 2, "outside_city": 4, "outside_county": 6, "outside_township": 9}
STEP_DIGITS = {
    Distance.CROSS_COUNTY.value: _DIGITS["outside_county"],
    Distance.CROSS_PROVINCE.value: _DIGITS["outside_province"],
}
JobCheck = Callable[[SpellFacts, Seen], Answer]


@lru_cache(maxsize=1 << 14)
def outside(place: str, home: str, digits: int) -> Answer:
    """Whether a place lies outside the home's division of so many digits, as far as its code tells."""
    shared = min(len(place), len(home), digits)
    if place[:shared] != home[:shared]:
        return True
    return False if shared == digits else None


def inside_of(place: str, places: Iterable[str]) -> Answer:
    """Whether a place lies in one of some divisions, as far as its code tells."""
    answer: Answer = False
    for each in places:
        if place.startswith(each):
            return True
        if each.startswith(place):
            answer = None
    return answer


def _held_during(record: InsuranceFacts, spell: SpellFacts, seen: Seen) -> bool:
    last = min(spell.ended_on or seen.on, seen.on)
    return (record.since is None or record.since <= last) and (
        record.until is None or record.until >= spell.started_on
    )


def has_contract(spell: SpellFacts, seen: Seen) -> Answer:
    """Whether a job has a labour contract."""
    if spell.contract:
        return True
    person = seen.person
    for each in person.contracts if person else ():
        if (each.spell == spell.id or not each.spell) and (
            each.signed_on is None or each.signed_on <= seen.on
        ):
            return True
    return spell.contract


def is_insured(spell: SpellFacts, seen: Seen) -> Answer:
    """Whether there is any insurance during a job."""
    if spell.insured:
        return True
    person = seen.person
    if any(_held_during(each, spell, seen) for each in (person.insurances if person else ())):
        return True
    return spell.insured


def insurances_held(spell: SpellFacts, seen: Seen) -> set[str]:
    """Return the kinds of insurance that a person held during a job."""
    person = seen.person
    return {each.kind for each in (person.insurances if person else ()) if _held_during(each, spell, seen)}


def _place_checks(work: s.Work) -> list[tuple[str, JobCheck]]:
    found: list[tuple[str, JobCheck]] = []
    if work.away != "any":
        digits = _DIGITS[work.away]
        found.append(("spell.place", lambda spell, seen: outside(spell.place_code, seen.home, digits)))
    if work.places:
        found.append(("spell.place", lambda spell, _seen: inside_of(spell.place_code, work.places)))
    if work.not_places:

        def elsewhere(spell: SpellFacts, _seen: Seen) -> Answer:
            answer = inside_of(spell.place_code, work.not_places)
            return None if answer is None else not answer

        found.append(("spell.place", elsewhere))
    return found


def _insurances_check(work: s.Work) -> JobCheck:
    wanted, least = frozenset(work.insurances), work.insurances_least

    def insurances(spell: SpellFacts, seen: Seen) -> Answer:
        held = insurances_held(spell, seen)
        if len(held & wanted) >= least:
            return True
        return None if not held and spell.insured is not False else False

    return insurances


def _by_bank(spell: SpellFacts, _seen: Seen) -> Answer:
    ways = {each.by_bank for each in spell.wages}
    return True if True in ways else None if None in ways or not ways else False


def papers_held(seen: Seen) -> set[str]:
    """Return the kinds of paper on file on the day of asking."""
    person = seen.person
    return {kind for kind, day in (person.papers if person else ()) if day is None or day <= seen.on}


def _papers_check(work: s.Work) -> JobCheck:
    papers, least = frozenset(work.papers), work.papers_least
    return lambda _spell, seen: len(papers_held(seen) & papers) >= least


def _proof_checks(work: s.Work) -> list[tuple[str, JobCheck]]:
    found: list[tuple[str, JobCheck]] = []
    if work.contract:
        found.append(("spell.contract", has_contract))
    if work.insured:
        found.append(("spell.insured", is_insured))
    if work.insurances_least:
        found.append(("person.insurances", _insurances_check(work)))
    if work.by_bank:
        found.append(("spell.wages", _by_bank))
    if work.papers_least:
        found.append(("person.papers", _papers_check(work)))
    return found


def _long_check(value: s.Value) -> JobCheck:
    long = figure(value)

    def lasts(spell: SpellFacts, seen: Seen) -> Answer:
        least, last = long(seen), min(spell.ended_on or seen.last, seen.last)
        if least is None:
            return None
        return last >= spell.started_on and _whole([(spell.started_on, last)]) >= least

    return lasts


def _asked_check(test: s.Test, facts: dict[str, Fact]) -> JobCheck:
    check = check_of(test, facts)

    def asked(spell: SpellFacts, seen: Seen) -> Answer:
        seen.job = spell
        answer = check(seen)
        seen.job = None
        return answer

    return asked


def _job_checks(work: s.Work, facts: dict[str, Fact]) -> tuple[tuple[str, JobCheck], ...]:
    """Return what is asked of a job: the field that answers it, and the answer."""
    kinds = frozenset(work.kinds)
    found: list[tuple[str, JobCheck]] = [
        ("spell.kind", (lambda spell, _seen: spell.kind in kinds))
        if kinds
        else ("spell.kind", lambda spell, _seen: spell.kind != FARMING)
    ]
    found += _place_checks(work) + _proof_checks(work)
    if work.each_at_least is not None:
        found.append(("parameter", _long_check(work.each_at_least)))
    found += [(_field_of(test), _asked_check(test, facts)) for test in work.tests]
    return tuple(found)


def _field_of(test: s.Test) -> str:
    if isinstance(test, s.FactTest):
        return test.fact
    if isinstance(test, s.Several):
        return _field_of(test.tests[0])
    return "job.kind"


@dataclass(slots=True)
class Job:
    """A job that counts, or might: its part inside the window, and the fields that would tell."""

    spell: SpellFacts
    first: date
    last: date
    sure: bool
    gaps: tuple[str, ...] = ()


def window(work: s.Work, seen: Seen) -> Part | None:
    """Return the days that count."""
    first, last = seen.first, seen.last
    if work.span == "ever":
        first = s.BEGINNING
    elif work.span == "last_months" and work.last_months:
        first = add_months(date.fromordinal(last.toordinal() + 1), -work.last_months)
    if work.from_identification and seen.household is not None:
        first = max(first, counted_from(seen) or first)
    return (first, last) if first <= last else None


def counted_from(seen: Seen) -> date | None:
    """Return the day of identification where only it makes the household one of those meant."""
    household = seen.household
    if household is None or household.identified_on is None:
        return None
    for test in seen.categories:
        without = s.CategoryTest(test.household_kinds, (), test.flags, test.resolved_counts, test.moment)
        if category(without, household, moment(test.moment, seen), seen):
            return None
    return household.identified_on


Jobs = Callable[[Seen], list[Job]]


def _judged(
    spell: SpellFacts, checks: tuple[tuple[str, JobCheck], ...], seen: Seen
) -> tuple[str, ...] | None:
    """Return the fields that would tell whether a job counts, none when it surely does; None when it does not."""
    gaps: list[str] = []
    for name, check in checks:
        answer = check(spell, seen)
        if answer is False:
            return None
        if answer is None:
            gaps.append(name)
    return tuple(gaps)


def jobs_of(work: s.Work, facts: dict[str, Fact]) -> Jobs:
    """Compile which jobs count; those that fail are left out, those not known well enough are not sure."""
    checks = _job_checks(work, facts)
    plain = len(checks) == 1 and not work.kinds and not work.of_record
    same, same_days = object(), object()

    def jobs(seen: Seen) -> list[Job]:
        """Return the jobs of whom is asked about, found once for each after another."""
        person, memo = seen.person, seen.memo
        if person is None or not person.spells:
            return []
        known = memo.get(same)
        if known is not None and known[0] is person and known[1] is seen.record:
            kept: list[Job] = known[2]
            return kept
        if work.from_identification:
            days = window(work, seen)
        elif same_days in memo:
            days = memo[same_days]
        else:
            days = memo[same_days] = window(work, seen)
        found = counted(person, days, seen) if days is not None else []
        memo[same] = (person, seen.record, found)
        return found

    def counted(person: PersonFacts, days: Part, seen: Seen) -> list[Job]:
        begin, end = days
        if plain:
            return [
                Job(
                    spell,
                    max(begin, spell.started_on),
                    end if spell.ended_on is None or spell.ended_on > end else spell.ended_on,
                    True,
                )
                for spell in person.spells
                if spell.kind != FARMING
                and spell.started_on <= end
                and (spell.ended_on is None or spell.ended_on >= begin)
            ]
        found = []
        for spell in person.spells:
            last = spell.ended_on
            if spell.started_on > end or (last is not None and last < begin):
                continue
            if work.of_record and spell.id != getattr(seen.record, "spell", ""):
                continue
            gaps = _judged(spell, checks, seen)
            if gaps is not None:
                last = end if last is None or last > end else last
                found.append(Job(spell, max(spell.started_on, begin), last, not gaps, gaps))
        return found

    return jobs


# -- months --------------------------------------------------------------------------------------------


def _united(parts: list[Part]) -> list[Part]:
    result: list[Part] = []
    for first, last in sorted(parts):
        if result and first.toordinal() <= result[-1][1].toordinal() + 1:
            if last > result[-1][1]:
                result[-1] = (result[-1][0], last)
        else:
            result.append((first, last))
    return result


@lru_cache(maxsize=1 << 16)
def length_of(first: date, last: date) -> tuple[int, int]:
    """Return the months of a stretch, each from a day to the day before, and the days left over."""
    after = date.fromordinal(last.toordinal() + 1)
    months = (after.year - first.year) * 12 + after.month - first.month
    begun = add_months(first, months)
    if begun > after:
        months -= 1
        begun = add_months(first, months)
    return months, after.toordinal() - begun.toordinal()


def months_of(parts: list[Part], *, continuous: bool) -> Months:
    """Return stretches in months: overlapping ones merged, then added up or the longest taken."""
    if not parts:
        return Months()
    lengths = [length_of(*parts[0])] if len(parts) == 1 else [length_of(*each) for each in _united(parts)]
    if continuous:
        return max(Months.normal(*each) for each in lengths)
    return Months.normal(sum(each[0] for each in lengths), sum(each[1] for each in lengths))


def _whole(parts: list[Part], *, continuous: bool = False) -> int:
    if not parts:
        return 0
    if len(parts) == 1:
        months, days = length_of(*parts[0])
        return months + days // DAYS_A_MONTH
    return months_of(parts, continuous=continuous).months


united = _united


# -- income --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Income:
    """The income of one job in the window: what was recorded by month, and what is estimated of the rest."""

    recorded: int
    estimated: int
    recorded_months: tuple[str, ...]
    parts: tuple[Part, ...]
    """The stretches that are estimated."""
    gap: str = ""
    """The field that is missing for the rest."""

    @property
    def total(self) -> int:
        """Both together."""
        return self.recorded + self.estimated


def income_of(job: Job, work: s.Work) -> Income:
    """Return the income of a job: its recorded months win, the other days at the monthly wage, down to the fen."""
    spell = job.spell
    if not spell.wages:
        if work.recorded_only or work.by_bank:
            return Income(0, 0, (), ((job.first, job.last),), "spell.wages")
        if spell.wage is None:
            return Income(0, 0, (), ((job.first, job.last),), "spell.wage")
        months, days = length_of(job.first, job.last)
        estimated = spell.wage * (months * DAYS_A_MONTH + days) // DAYS_A_MONTH
        return Income(0, estimated, (), ((job.first, job.last),))
    recorded, taken, months_taken, unclear = 0, [], [], False
    for wage in spell.wages:
        begin = date(int(wage.month[:4]), int(wage.month[5:7]), 1)
        first = max(begin, spell.started_on)
        last = month_end(begin)
        if spell.ended_on is not None and spell.ended_on < last:
            last = spell.ended_on
        if first > last or first < job.first or last > job.last:
            continue  # Not wholly inside: it is estimated by days, as every other day.
        taken.append((first, last))
        if work.by_bank and wage.by_bank is not True:
            unclear = unclear or wage.by_bank is None
            continue
        months_taken.append(wage.month)
        recorded += wage.amount
    rest = _without((job.first, job.last), taken)
    if work.recorded_only or work.by_bank:
        return Income(recorded, 0, tuple(months_taken), (), "spell.wages" if unclear else "")
    if rest and spell.wage is None:
        return Income(recorded, 0, tuple(months_taken), tuple(rest), "spell.wage")
    length = [length_of(*each) for each in rest]
    thirtieths = sum(months * DAYS_A_MONTH + days for months, days in length)
    return Income(recorded, (spell.wage or 0) * thirtieths // DAYS_A_MONTH, tuple(months_taken), tuple(rest))


def _without(whole: Part, taken: list[Part]) -> list[Part]:
    """Return what is left of a stretch."""
    rest, begin = [], whole[0]
    for first, last in sorted(taken):
        if begin < first:
            rest.append((begin, date.fromordinal(first.toordinal() - 1)))
        begin = max(begin, date.fromordinal(last.toordinal() + 1))
    if begin <= whole[1]:
        rest.append((begin, whole[1]))
    return rest


def income_measure(work: s.Work, jobs: Jobs) -> "Measure":
    """Return the wage income of jobs, in fen: at least and at most."""

    def one(seen: Seen) -> tuple[int, int]:
        low, gap = 0, False
        for job in jobs(seen):
            if not job.sure:
                gap = True
                continue
            spell = job.spell
            if not spell.wages and spell.wage is not None and not work.recorded_only and not work.by_bank:
                months, days = length_of(job.first, job.last)
                low += spell.wage * (months * DAYS_A_MONTH + days) // DAYS_A_MONTH
                continue
            found = income_of(job, work)
            low += found.total
            gap = gap or bool(found.gap)
        return low, UNBOUNDED if gap else low

    return over_members(one)


def over_members(one: "Measure") -> "Measure":
    """Return the sum of a measure over the members where no one person is asked about."""

    def measured(seen: Seen) -> tuple[int, int]:
        if seen.person is not None or seen.household is None:
            return one(seen)
        low = high = 0
        for person in seen.household.members:
            seen.person = person
            part = one(seen)
            low, high = low + part[0], high + part[1]
        seen.person = None
        return low, min(high, UNBOUNDED)

    return measured


# -- measures ------------------------------------------------------------------------------------------

Measure = Callable[[Seen], tuple[int, int]]


def months_measure(work: s.Work, jobs: Jobs) -> Measure:
    """Return the months of jobs: at least and at most."""

    def measured(seen: Seen) -> tuple[int, int]:
        found = jobs(seen)
        if not found:
            return 0, 0
        sure = [(job.first, job.last) for job in found if job.sure]
        low = _whole(sure, continuous=work.continuous)
        if len(sure) == len(found):
            return low, low
        return low, _whole([(job.first, job.last) for job in found], continuous=work.continuous)

    return over_members(measured)


def _idle_measure(work: s.Work, facts: dict[str, Fact]) -> Measure:
    jobs = jobs_of(replace(work, span="ever"), facts)

    def measured(seen: Seen) -> tuple[int, int]:
        found = jobs(seen)
        low = _idle(found, seen)
        high = low if all(job.sure for job in found) else _idle([job for job in found if job.sure], seen)
        return low, high

    return over_members(measured)


def idle_since(jobs: list[Job], seen: Seen) -> date:
    """Return the day since which somebody has no job; a day after the last one counted while there is one."""
    if not jobs:
        born = seen.person.born if seen.person else None
        return born or s.BEGINNING
    return date.fromordinal(max(job.last for job in jobs).toordinal() + 1)


def _idle(jobs: list[Job], seen: Seen) -> int:
    since = idle_since(jobs, seen)
    if any(job.spell.ended_on is None or job.spell.ended_on > seen.last for job in jobs):
        return 0
    return _whole([(since, seen.last)]) if since <= seen.last else 0


@dataclass(slots=True)
class Counted:
    """Somebody of an organisation who counts, or might."""

    engaged: EngagedFacts
    sure: bool
    months: int


People = Callable[[Seen], list[Counted]]


def _only_spell(engaged: EngagedFacts) -> PersonFacts:
    """Return a person with the one job that was recorded with the organisation, else with all."""
    if not engaged.spell:
        return engaged.person
    return replace(
        engaged.person, spells=tuple(each for each in engaged.person.spells if each.id == engaged.spell)
    )


def _working_check(people: s.People, facts: dict[str, Fact]) -> Callable[[Seen], tuple[Answer, int]]:
    """Compile whether somebody has worked as long as asked, and how many months."""
    if people.work is None and people.months is None:
        return lambda _seen: (True, 0)
    jobs = jobs_of(people.work or s.Work(), facts)
    continuous = bool(people.work and people.work.continuous)
    needed = figure(people.months if people.months is not None else s.Value(0))

    def worked(seen: Seen) -> tuple[Answer, int]:
        mine = jobs(seen)
        low = _whole([(job.first, job.last) for job in mine if job.sure], continuous=continuous)
        high = _whole([(job.first, job.last) for job in mine], continuous=continuous)
        least = needed(seen)
        if not mine or (least is not None and high < least):
            return False, low
        if least is None or low < least or not any(job.sure for job in mine):
            return None, low
        return True, low

    return worked


def people_of(people: s.People, facts: dict[str, Fact]) -> People:
    """Compile which people of an organisation count, each once."""
    roles = frozenset(people.roles)
    checks = tuple(check_of(each, facts) for each in people.tests)
    working = _working_check(people, facts)

    def one(engaged: EngagedFacts, around: Seen) -> tuple[Answer, int]:
        person = _only_spell(engaged)
        inner = Seen(
            around.on, around.cycle, around.first, around.last, engaged.household, person, None, around.facts
        )
        answers = [check(inner) for check in checks]
        worked, months = working(inner)
        answers.append(worked)
        return (False if False in answers else None if None in answers else True), months

    def counted(seen: Seen) -> list[Counted]:
        begin = {"cycle": seen.first, "day": seen.last, "ever": s.BEGINNING}[people.span]
        found: dict[str, Counted] = {}
        for engaged in seen.organisation.people if seen.organisation else ():
            if (
                (roles and engaged.role not in roles)
                or (engaged.since is not None and engaged.since > seen.last)
                or (engaged.until is not None and engaged.until < begin)
            ):
                continue
            answer, months = one(engaged, seen)
            known = found.get(engaged.person.id)
            if answer is not False and (known is None or (answer and not known.sure)):
                found[engaged.person.id] = Counted(engaged, bool(answer), months)
        return list(found.values())

    return counted


def _people_measure(quantity: s.Quantity, facts: dict[str, Fact]) -> Measure:
    assert quantity.people is not None
    counted = people_of(quantity.people, facts)

    def number(seen: Seen) -> tuple[int, int]:
        found = counted(seen)
        return sum(each.sure for each in found), len(found)

    if quantity.measure == "people" or quantity.of is None:
        return number
    among = people_of(quantity.of, facts)

    def percent(seen: Seen) -> tuple[int, int]:
        all_of = {each.engaged.person.id: each.sure for each in among(seen)}
        part = [each for each in counted(seen) if each.engaged.person.id in all_of]
        sure = sum(each.sure and all_of[each.engaged.person.id] for each in part)
        if not all_of:
            return 0, 0
        others = sum(all_of.values()) - sure
        high = len(part) * 100 // max(len(part) + max(others - (len(part) - sure), 0), 1)
        return sure * 100 // len(all_of), high

    return percent


def head_count(organisation: OrganisationFacts, group: str, seen: Seen) -> tuple[str, int] | None:
    """Return the latest month of the cycle with a figure for a group, and the figure."""
    first, last = f"{seen.first:%Y-%m}", f"{seen.last:%Y-%m}"
    known = [
        (month, number)
        for (month, kind), number in organisation.head_counts.items()
        if kind == group and first <= month <= last
    ]
    return max(known, default=None)


def _head_measure(quantity: s.Quantity) -> Measure:
    def measured(seen: Seen) -> tuple[int, int]:
        if seen.organisation is None:
            return 0, UNBOUNDED
        part = head_count(seen.organisation, quantity.group, seen)
        if quantity.measure == "head_count":
            return (part[1], part[1]) if part else (0, UNBOUNDED)
        whole = head_count(seen.organisation, quantity.of_group, seen)
        if part is None or whole is None or not whole[1]:
            return 0, 100
        percent = part[1] * 100 // whole[1]
        return percent, percent

    return measured


def insurance_parts(
    quantity: s.Quantity, seen: Seen, chosen: set[str] | None
) -> list[tuple[InsuranceFacts, int | None]]:
    """Return the insurances that count with what was paid for their days inside the window, in fen."""
    organisation = seen.organisation
    found: list[tuple[InsuranceFacts, int | None]] = []
    begun: dict[str, date] = {}
    rows = sorted(organisation.insurances if organisation else (), key=lambda each: each.since or s.BEGINNING)
    for row in rows:
        if (
            (quantity.kinds and row.kind not in quantity.kinds)
            or (quantity.payers and row.payer not in quantity.payers)
            or (chosen is not None and row.person not in chosen)
            or (row.since is not None and row.since > seen.last)
        ):
            continue
        if row.since is None:
            found.append((row, None))
            continue
        first, last = max(row.since, seen.first), min(row.until or seen.last, seen.last)
        start = begun.setdefault(row.person, row.since)
        if quantity.most_months is not None:
            last = min(last, date.fromordinal(add_months(start, quantity.most_months).toordinal() - 1))
        if first > last:
            continue
        if row.paid is None:
            found.append((row, None))
        else:
            days = (min(row.until or seen.last, seen.last) - row.since).days + 1
            counted = (last - first).days + 1
            found.append((row, row.paid * counted // days))
    return found


def _insurance_measure(quantity: s.Quantity, facts: dict[str, Fact]) -> Measure:
    chosen = people_of(quantity.people, facts) if quantity.people else None

    def measured(seen: Seen) -> tuple[int, int]:
        people = chosen(seen) if chosen else None
        sure = None if people is None else {each.engaged.person.id for each in people if each.sure}
        parts = insurance_parts(quantity, seen, sure)
        low = sum(paid or 0 for _row, paid in parts)
        unknown = any(paid is None for _row, paid in parts) or (
            people is not None and any(not each.sure for each in people)
        )
        return low, UNBOUNDED if unknown else low

    return measured


_STARTS = {
    "business": "registered_on",
    "certificate": "issued_on",
    "loan": "granted_on",
    "insurance": "since",
    "post": "since",
}


def records_by(seen: Seen, about: str) -> list[Any]:
    """Return the records of a kind that had begun by the day of asking."""
    owner = seen.organisation if seen.person is None else seen.person
    if owner is None:
        return []
    start = _STARTS[about]
    return [
        each
        for each in vocabulary.records(owner, about)
        if getattr(each, start) is None or getattr(each, start) <= seen.on
    ]


def _records_measure(quantity: s.Quantity, facts: dict[str, Fact]) -> Measure:
    checks = tuple(check_of(each, facts) for each in quantity.tests)

    def measured(seen: Seen) -> tuple[int, int]:
        low = high = 0
        kept = seen.record
        for record in records_by(seen, quantity.record):
            seen.record = record
            answers = [check(seen) for check in checks]
            if False not in answers:
                high += 1
                low += None not in answers
        seen.record = kept
        return low, high

    return over_members(measured)


def insured_in(record: InsuranceFacts, seen: Seen) -> Part | None:
    """Return the days of an insurance that lie in the cycle; one without an end is paid up to the day of asking."""
    first = max(record.since or seen.cycle.span.first, seen.cycle.span.first)
    last = min(record.until or seen.on, seen.cycle.span.last)
    return (first, last) if first <= last else None


def _contributed(seen: Seen) -> tuple[int, int]:
    """Measure what was paid for an insurance in the cycle: its part of the whole by months, within a limit on months."""
    record = seen.record
    if record is None or record.paid is None:
        return 0, UNBOUNDED
    if record.since is None:
        return record.paid, record.paid
    part = insured_in(record, seen)
    if part is None:
        return 0, 0
    whole, counted = (_thirtieths(record.since, record.until or seen.on), _thirtieths(*part))
    if seen.month_limit is not None:
        counted = min(counted, seen.month_limit * DAYS_A_MONTH)
    paid = record.paid * counted // whole
    return paid, paid


def _thirtieths(first: date, last: date) -> int:
    months, days = length_of(first, last)
    return months * DAYS_A_MONTH + days


def _fact_measure(quantity: s.Quantity) -> Measure:
    if quantity.fact == "insurance.paid":
        return _contributed
    read = fact_value(quantity.fact)

    def measured(seen: Seen) -> tuple[int, int]:
        value = read(seen, seen.last)
        return (0, UNBOUNDED) if value is None else (value, value)

    return measured


def measure_of(quantity: s.Quantity, facts: dict[str, Fact]) -> Measure:
    """Compile what is counted: from and to, in months, fen or a number."""
    measure = quantity.measure
    if measure == "months":
        return months_measure(quantity.work, jobs_of(quantity.work, facts))
    if measure == "income":
        return income_measure(quantity.work, jobs_of(quantity.work, facts))
    if measure == "idle_months":
        return _idle_measure(quantity.work, facts)
    if measure in ("people", "people_percent"):
        return _people_measure(quantity, facts)
    if measure in ("head_count", "head_percent"):
        return _head_measure(quantity)
    if measure == "insurance_paid":
        return _insurance_measure(quantity, facts)
    if measure == "records":
        return _records_measure(quantity, facts)
    if measure == "fact":
        return _fact_measure(quantity)
    return lambda _seen: (1, 1)
