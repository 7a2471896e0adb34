"""Stretches of days, months as the rules of this field count them, and award cycles."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Self

DAYS_A_MONTH = 30
_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later; a day the month lacks becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= 28:  # Every month has it; assessing everybody asks this very often.
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def begun_by(on: date, months: int) -> date:
    """Return the latest first day of a stretch that has lasted so many months at the end of `on`."""
    after = on + _DAY
    first = add_months(after, -months)
    while add_months(first + _DAY, months) <= after:  # Month ends clamp: several days come to the same one.
        first += _DAY
    return first


def month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError((self.first, self.last))

    def clipped(self, window: "Span") -> "Span | None":
        """Return the part inside `window`, or None."""
        first, last = max(self.first, window.first), min(self.last, window.last)
        return Span(first, last) if first <= last else None

    def covers(self, day: date) -> bool:
        """Whether `day` lies in the stretch."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """Whole months and left-over days, 30 of which make a further month."""

    months: int = 0
    days: int = 0

    @classmethod
    def normal(cls, months: int, days: int) -> Self:
        """Carry every 30 days into a month."""
        return cls(months + days // DAYS_A_MONTH, days % DAYS_A_MONTH)

    def __add__(self, other: "Months") -> "Months":
        return Months.normal(self.months + other.months, self.days + other.days)

    @property
    def fraction(self) -> Fraction:
        """Months with their days as thirtieths, exact."""
        return self.months + Fraction(self.days, DAYS_A_MONTH)


def months_between(span: Span) -> Months:
    """Return a stretch in months, each from a day to the day before (15 Jan – 14 Jul is 6), and days left over."""
    after = span.last + _DAY
    months = (after.year - span.first.year) * 12 + after.month - span.first.month
    if add_months(span.first, months) > after:
        months -= 1
    return Months(months, (after - add_months(span.first, months)).days)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the stretches in order, overlapping and adjoining ones made one."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.first <= result[-1].last + _DAY:
            if span.last > result[-1].last:
                result[-1] = Span(result[-1].first, span.last)
        else:
            result.append(span)
    return result


def cumulative(spans: Iterable[Span]) -> Months:
    """Return the sum of merged stretches, days left over added up before they make months."""
    parts = [months_between(span) for span in merged(spans)]
    return Months.normal(sum(part.months for part in parts), sum(part.days for part in parts))


def longest(spans: Iterable[Span]) -> Months:
    """Return the longest unbroken stretch."""
    return max(
        (Months.normal(part.months, part.days) for part in map(months_between, merged(spans))),
        default=Months(),
    )


def clip_all(spans: Sequence[Span], window: Span) -> list[Span]:
    """Return the parts of the stretches that lie inside the window."""
    return [part for span in spans if (part := span.clipped(window))]


@dataclass(frozen=True, slots=True)
class Cycle:
    """A year of a rule, named by the year it ends in ('2024' = 2023-10-01 … 2024-09-30)."""

    name: str
    span: Span

    @classmethod
    def ending(cls, year: int, month: int, day: int) -> Self:
        """Return the cycle of `year` for a rule whose years start on `month`/`day`."""
        first_year = year if (month, day) == (1, 1) else year - 1
        first = date(first_year, month, day)
        return cls(str(year), Span(first, add_months(first, 12) - _DAY))

    @classmethod
    def containing(cls, on: date, month: int, day: int) -> Self:
        """Return the cycle in which `on` lies."""
        cycle = cls.ending(on.year, month, day)
        return cycle if on <= cycle.span.last else cls.ending(on.year + 1, month, day)
