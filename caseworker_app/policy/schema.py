"""What a pack can say: a small number of blocks that items are put together from."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from caseworker_app.domain import package
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.spans import Cycle, Span, add_months, month_end
from caseworker_app.policy.vocabulary import FACTS, Fact

PERSON, HOUSEHOLD, ORGANISATION = "person", "household", "organisation"
BENEFICIARIES = (PERSON, HOUSEHOLD, ORGANISATION)


# -- the pack ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """The document a pack carries; a draft is never printed as the legal basis."""

    title: str
    short: str
    issued: date
    number: str = ""
    effective: date | None = None
    until: date | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class ServicePackage:
    """How many services of each kind are owed in a period, and which others count beside them."""

    clause: str
    name: str
    owed: dict[str, int]
    owed_to: str = package.NOT_UNWILLING
    period: str = package.CALENDAR_YEAR
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerRule:
    """Who is of working age, who is an older worker, and how long a job lasts before it is stable."""

    lower_age: int
    upper_age: int
    older_from: int
    stable_months: int


@dataclass(frozen=True, slots=True)
class PostRule:
    """How long a public post may be held, and how long before its end it is listed."""

    most_months: int
    near_months: int
    ending_days: int


@dataclass(frozen=True, slots=True)
class LeftBehindRule:
    """Ages of children and elders whom those working away leave behind."""

    child_below: int
    elder_from: int


@dataclass(frozen=True, slots=True)
class PackSetting:
    """What the document leaves open and this place has decided (本区口径)."""

    key: str
    value: str
    allowed: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder: from so much on (months, fen, people), this much; places restrict the jobs that count."""

    at_least: "Value"
    amount: "Value | None" = None
    percent: "Value | None" = None
    """In hundredths of a percent."""
    distance: str = ""
    places: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()

    @property
    def placed(self) -> bool:
        """Whether only jobs in some places count."""
        return bool(self.distance or self.places)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of this place, asked once: amount, number, or a whole ladder; dated, each value holding from its day."""

    key: str
    name: str
    kind: str
    explanation: str
    clause: str = ""
    least: int | None = None
    most: int | None = None
    values: tuple[tuple[date | None, Any], ...] = ()
    """Oldest first: fen, a number, or steps (at least, fen)."""

    def at(self, day: date) -> Any:  # noqa: ANN401 - as the kind has it
        """Return the value that holds on a day, None when it was never entered."""
        found = None
        for since, value in self.values:
            if since is None or since <= day:
                found = value
        return found


@dataclass(frozen=True, slots=True)
class Value:
    """A figure: written in the pack, or so many times a local parameter or a recorded fact."""

    fixed: int | None = None
    parameter: Parameter | None = None
    fact: str = ""
    times: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class OwnFact:
    """A fact the program does not know by itself: an attribute of people or households that the pack names."""

    name: str
    kind: str
    label: str
    labels: dict[str, str] = field(default_factory=dict)
    """Code → its word, where the fact is one or several of a list."""


# -- cycles --------------------------------------------------------------------------------------------

YEAR, HALF, QUARTER, MONTH, EVER, EPISODE = "year", "half", "quarter", "month", "ever", "episode"
CYCLES = (YEAR, HALF, QUARTER, MONTH, EVER, EPISODE)
_EXAMPLES = {
    YEAR: "2024",
    HALF: "2024H1",
    QUARTER: "2024Q3",
    MONTH: "2024-05",
    EVER: EVER,
    EPISODE: "2024-05-01",
}
_YEAR_NAME = re.compile(r"\d{4}")
_PARTS = {HALF: (6, "H"), QUARTER: (3, "Q")}
BEGINNING, END = date(1900, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class CycleRule:
    """What a claim is for: a year that starts on some day, a part of one, once ever, or a stretch without work."""

    name: str
    month: int
    day: int
    first: int
    kind: str = YEAR

    def named(self, name: str) -> Cycle:
        """Return a cycle by its name (2024, 2024H1, 2024Q3, 2024-05, ever); ExpectedError `assess.cycle` for none of ours."""
        try:
            found = self._parsed(name)
        except ValueError:
            found = None
        if found is None or found.span.last.year < self.first:
            raise ExpectedError(
                "assess.cycle", cycle=name, first=self.first or BEGINNING.year, example=_EXAMPLES[self.kind]
            )
        return found

    def knows(self, name: str) -> bool:
        """Whether a cycle has this name."""
        try:
            self.named(name)
        except ExpectedError:
            return False
        return True

    def _parsed(self, name: str) -> Cycle | None:
        if self.kind == EVER:
            return Cycle(EVER, Span(BEGINNING, END)) if name == EVER else None
        if self.kind == EPISODE:
            return Cycle(name, Span(date.fromisoformat(name), END))
        if self.kind == YEAR:
            if not _YEAR_NAME.fullmatch(name) or int(name) < self.first:
                return None
            return Cycle.ending(int(name), self.month, self.day)
        if self.kind == MONTH:
            first = date.fromisoformat(f"{name}-01")
            return Cycle(name, Span(first, month_end(first)))
        length, letter = _PARTS[self.kind]
        year, found, number = name.partition(letter)
        if not found or not 1 <= int(number) <= 12 // length:
            return None
        first = date(int(year), (int(number) - 1) * length + 1, 1)
        return Cycle(name, Span(first, month_end(add_months(first, length - 1))))

    def around(self, on: date) -> Cycle:
        """Return the cycle in which a day lies; an episode is the beneficiary's and is not known here."""
        if self.kind in (EVER, EPISODE):
            return Cycle(EVER, Span(BEGINNING, END))
        if self.kind == YEAR:
            return Cycle.containing(on, self.month, self.day)
        if self.kind == MONTH:
            return Cycle(f"{on:%Y-%m}", Span(on.replace(day=1), month_end(on)))
        length, letter = _PARTS[self.kind]
        number = (on.month - 1) // length
        first = date(on.year, number * length + 1, 1)
        return Cycle(f"{on.year}{letter}{number + 1}", Span(first, month_end(add_months(first, length - 1))))

    def before(self, cycle: Cycle) -> Cycle:
        """Return the cycle before one."""
        return self.around(date.fromordinal(cycle.span.first.toordinal() - 1))

    def after(self, cycle: Cycle) -> Cycle | None:
        """Return the cycle after one; None where there is none."""
        if cycle.span.last == END:
            return None
        return self.around(date.fromordinal(cycle.span.last.toordinal() + 1))

    def at(self, on: date) -> Cycle:
        """Return the cycle people ask about on a day: the last complete one, else the one running."""
        running = self.around(on)
        if running.span.last == END:
            return running
        last = self.before(running)
        if last.span.last.year >= self.first:
            return last
        while running.span.last.year < self.first:
            following = self.after(running)
            assert following is not None
            running = following
        return running


# -- what is asked -------------------------------------------------------------------------------------

ON_DAY, CYCLE_FIRST, CYCLE_LAST = "day", "cycle_first", "cycle_last"
MOMENTS = (ON_DAY, CYCLE_FIRST, CYCLE_LAST)
Moment = str | date
"""The day for which a fact is asked: the day of asking, an end of the cycle, or a day of the calendar."""

AWAY = ("any", "outside_township", "outside_county", "outside_city", "outside_province")


@dataclass(frozen=True, slots=True)
class Bounds:
    """From this to that, both included; None is open."""

    at_least: Value | None = None
    at_most: Value | None = None


@dataclass(frozen=True, slots=True)
class FactTest:
    """One fact is one of these, between these, within so many months, or simply yes or no."""

    fact: str
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    bounds: Bounds = Bounds()
    since: Bounds = Bounds()
    """Whole months that have passed since a day."""
    not_before: date | None = None
    not_after: date | None = None
    yes: bool | None = None
    moment: Moment = ON_DAY


@dataclass(frozen=True, slots=True)
class CategoryTest:
    """The household is of one of these kinds, monitored as one of these, or marked as one of these."""

    household_kinds: tuple[str, ...]
    monitored_kinds: tuple[str, ...]
    flags: tuple[str, ...] = ()
    resolved_counts: bool = False
    moment: Moment = ON_DAY


@dataclass(frozen=True, slots=True)
class MeasureTest:
    """Something counted lies between these."""

    quantity: "Quantity"
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Several:
    """All, any or none of several tests hold; `least` of them for any."""

    how: str
    tests: "tuple[Test, ...]"
    least: int = 1


Test = FactTest | CategoryTest | MeasureTest | Several


@dataclass(frozen=True, slots=True)
class Condition:
    """A test an item asks: where it is written, in the pack's words, whether it bars or only warns, from when to when."""

    test: Test
    clause: str
    text: str = ""
    warns: bool = False
    local: tuple[str, ...] = ()
    """The settings that it rests on."""
    since: date | None = None
    until: date | None = None


# -- what is counted -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Work:
    """Which jobs count and what proves them."""

    kinds: tuple[str, ...] = ()
    away: str = "any"
    places: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()
    contract: bool = False
    insured: bool = False
    insurances: tuple[str, ...] = ()
    insurances_least: int = 0
    by_bank: bool = False
    papers: tuple[str, ...] = ()
    papers_least: int = 0
    each_at_least: Value | None = None
    tests: tuple[Test, ...] = ()
    continuous: bool = False
    span: str = "cycle"
    last_months: int | None = None
    from_identification: bool = False
    recorded_only: bool = False
    of_record: bool = False
    """Only the job through which the post that the item is about is held."""
    local: tuple[str, ...] = ()


SPANS = ("cycle", "ever", "last_months")


@dataclass(frozen=True, slots=True)
class People:
    """Which people of an organisation count: their part in it, what holds for them, how long they have worked."""

    roles: tuple[str, ...] = ()
    tests: tuple[Test, ...] = ()
    work: Work | None = None
    months: Value | None = None
    span: str = "cycle"


MEASURES = (
    "months",
    "income",
    "idle_months",
    "people",
    "people_percent",
    "head_count",
    "head_percent",
    "insurance_paid",
    "records",
    "fact",
    "one",
)
PEOPLE_SPANS = ("day", "cycle", "ever")


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that is counted: months or income of jobs, months without any, people, a recorded figure."""

    measure: str
    work: Work = Work()
    people: People | None = None
    of: People | None = None
    group: str = ""
    of_group: str = ""
    fact: str = ""
    record: str = ""
    tests: tuple[Test, ...] = ()
    kinds: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    most_months: int | None = None
    """Of each person's insurance, no more than so many months from the first count."""
    in_unit: str = "number"
    """months, fen or number."""


# -- how much ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fixed:
    """So much, whatever else."""

    amount: Value


@dataclass(frozen=True, slots=True)
class Ladder:
    """From so much on, this much; the step that is best for the beneficiary holds."""

    quantity: Quantity
    steps: tuple[Step, ...] = ()
    parameter: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """So many percent of something in money: the whole at the step's rate, or slice by slice."""

    quantity: Quantity
    steps: tuple[Step, ...]
    slices: bool = False
    percent_of: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """From this to that: the reviewer decides."""

    least: Value
    most: Value


@dataclass(frozen=True, slots=True)
class Rate:
    """So much for each: person, month, percent."""

    quantity: Quantity
    rate: Value
    at_most: Value | None = None
    """Of the quantity, no more than this counts."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Several amounts together."""

    parts: "tuple[Amount, ...]"


@dataclass(frozen=True, slots=True)
class ByFact:
    """Another amount for each value of a fact, such as the level of a studio or the province of work."""

    fact: str
    cases: "dict[str, Amount]"


@dataclass(frozen=True, slots=True)
class Limited:
    """An amount with a ceiling, scaled or rounded."""

    amount: "Amount"
    ceiling: Value | None = None
    percent: Fraction | None = None
    rounding: int = 1
    """Down to a multiple of so many fen …"""
    half: int = 0
    """… after this was added: half of it, where the nearest is meant."""


Amount = Fixed | Ladder | Share | Range | Rate | Sum | ByFact | Limited


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """An amount and the day from which it holds."""

    since: date | None
    amount: Amount
    clause: str
    local: tuple[str, ...] = ()


# -- how often, together with what ---------------------------------------------------------------------

PER = (PERSON, HOUSEHOLD, ORGANISATION)
OVER = ("cycle", "year", "ever")
SPLITS = ("proportional", "filing_order", "chosen")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so much, so many months or so often, for one or all of a household, over a time and a group of items."""

    clause: str
    per: str
    over: str
    items: tuple[str, ...]
    amount: Value | None = None
    months: Value | None = None
    times: Value | None = None
    split: str = "proportional"
    text: str = ""
    warns: bool = False
    unless: "Test | None" = None
    """For whom the limit is lifted."""
    local: tuple[str, ...] = ()


EFFECTS = ("bar", "higher", "warn")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Not together with these items in a cycle, a year, ever, or for the same job."""

    clause: str
    items: tuple[str, ...]
    over: str
    effect: str
    per: str = PERSON
    text: str = ""
    local: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """What the items are called, in their order."""


EXCLUDED_OVER = (*OVER, "same_work")


# -- how it goes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Round:
    """A filing round: from day to day of the year the cycle ends in or the next one, and paid by when."""

    name: str
    opens: tuple[int, int]
    closes: tuple[int, int]
    paid_by: tuple[int, int] | None
    next_year: bool

    def days(self, cycle: Cycle, on: date) -> tuple[Span, date | None]:
        """Return the days of the round of a cycle, and by when it is paid."""
        year = (on.year if cycle.span.last == END else cycle.span.last.year) + self.next_year
        first = date(year, *self.opens)
        last = date(year + (self.closes < self.opens), *self.closes)
        paid = None
        if self.paid_by:
            paid = date(last.year + (self.paid_by < self.closes), *self.paid_by)
        return Span(first, last), paid


@dataclass(frozen=True, slots=True)
class Publicity:
    """How long a level shows a claim in public."""

    level: str
    days: int
    working: bool


@dataclass(frozen=True, slots=True)
class Process:
    """The steps of a claim, its public notices, rounds and deadlines."""

    steps: tuple[str, ...] = ()
    publicity: tuple[Publicity, ...] = ()
    rounds: tuple[Round, ...] = ()
    file_within_months: int | None = None
    file_within_days: int | None = None
    clause: str = ""
    notice_identity: bool = False
    """Whether the public notice carries identity numbers, masked."""

    @property
    def ends(self) -> bool:
        """Whether there is a last day to file."""
        return bool(self.rounds) or self.file_within_months is not None or self.file_within_days is not None

    def filing(self, cycle: Cycle, on: date) -> tuple[tuple[str, Span, date | None], ...]:
        """Return the rounds of a cycle with their days, earliest first; empty when there are none."""
        rounds = [(each.name, *each.days(cycle, on)) for each in self.rounds]
        return tuple(sorted(rounds, key=lambda each: each[1].first))

    def last_day(self, cycle: Cycle, on: date) -> date | None:
        """Return the last day on which a claim for a cycle can be filed; None when there is none."""
        days = [span.last for _name, span, _paid in self.filing(cycle, on)]
        if (
            self.file_within_months is not None or self.file_within_days is not None
        ) and cycle.span.last != END:
            after = add_months(
                date.fromordinal(cycle.span.last.toordinal() + 1), self.file_within_months or 0
            )
            days.append(date.fromordinal(after.toordinal() - 1 + (self.file_within_days or 0)))
        return max(days, default=None)


@dataclass(frozen=True, slots=True)
class Paper:
    """What the application form of an item says."""

    form: str
    title: tuple[str, ...]
    evidence_required: tuple[str, ...]
    evidence_any_of: tuple[str, ...]
    levels: tuple[str, ...]
    notes: tuple[str, ...]
    evidence_least: int = 1
    """How many of `evidence_any_of` are needed."""


ABOUT = ("business", "certificate", "loan", "insurance", "post")
CHOOSE = ("best", "each")
REPEATS = ("cycle", "ever")


@dataclass(frozen=True, slots=True)
class Item:
    """One entitlement of a pack."""

    id: str
    name: str
    clause: str
    beneficiary: str
    cycle: CycleRule
    department: str
    fund: str
    deadline: str
    conditions: tuple[Condition, ...]
    amounts: tuple[DatedAmount, ...]
    caps: tuple[Cap, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    repeat: str = "cycle"
    about: str = ""
    choose: str = "best"
    each_member: bool = False
    process: Process = Process()
    paper: Paper = Paper("", (), (), (), (), ())
    issued: date = BEGINNING
    until: date | None = None
    draft: bool = False
    facts: dict[str, Fact] = field(default_factory=lambda: FACTS, repr=False, compare=False)
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was compiled of it."""

    def amount_in(self, cycle: Cycle, on: date) -> DatedAmount:
        """Return the amount of a cycle: the newest that began by the cycle's end (the day of asking when it has none)."""
        day = on if cycle.span.last == END else cycle.span.last
        found = self.amounts[0]
        for each in self.amounts:
            if each.since is None or each.since <= day:
                found = each
        return found

    @property
    def amount(self) -> Amount:
        """The newest amount."""
        return self.amounts[-1].amount

    @property
    def quantity(self) -> Quantity | None:
        """What the newest amount counts, where it counts one thing."""
        return counted(self.amount)

    @property
    def measure(self) -> str:
        """What the newest amount counts (months, income …), '' where it counts nothing or several things."""
        quantity = self.quantity
        return quantity.measure if quantity else ""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The ladder of the newest amount."""
        amount = self.amount
        while isinstance(amount, Limited):
            amount = amount.amount
        return amount.steps if isinstance(amount, Ladder | Share) else ()


def counted(amount: Amount) -> Quantity | None:
    """Return what an amount counts, where it counts one thing."""
    while isinstance(amount, Limited):
        amount = amount.amount
    return amount.quantity if isinstance(amount, Ladder | Share | Rate) else None


@dataclass(frozen=True, slots=True)
class Pack:
    """One place's rules."""

    id: str
    name: str
    code: str
    document: Document
    worker: WorkerRule
    posts: PostRule
    left_behind: LeftBehindRule
    package: ServicePackage
    settings: dict[str, PackSetting]
    parameters: dict[str, Parameter]
    facts: dict[str, OwnFact]
    items: dict[str, Item]
    parents: tuple[str, ...] = ()
    content: Any = field(default=None, repr=False, compare=False)
    """The tables it was read from, for reading it again with other figures of the place."""

    def item(self, item: str) -> Item:
        """Return an item; ExpectedError `assess.item` when the pack has none of this id."""
        if item not in self.items:
            raise ExpectedError("assess.item", item=item, items="、".join(self.items))
        return self.items[item]


def share_text(percent: Fraction) -> str:
    """Return a percentage as it is written: 30%, 66.67%; a part that has no two decimals as such, 2/3."""
    return f"{float(percent):g}%" if (percent * 100).denominator == 1 else str(percent / 100)


def scaled(value: Value, percent: Fraction) -> Value:
    """Return so many percent of a figure."""
    return replace(value, times=value.times * percent / 100)
