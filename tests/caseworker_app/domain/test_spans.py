"""Months counted by hand, day after day, against the arithmetic of `spans`."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app.domain import spans
from caseworker_app.domain.spans import Cycle, Months, Span

DAY = timedelta(days=1)
days = st.dates(date(2019, 11, 1), date(2025, 3, 31))


@st.composite
def span(draw: st.DrawFn) -> Span:
    first = draw(days)
    return Span(first, first + draw(st.integers(0, 500)) * DAY)


def slow_months(first: date, last: date) -> tuple[int, int]:
    """Walk the days; a month is full when the next day bears the first's number or its month is short."""
    months = left = 0
    day = first
    while day <= last:
        left += 1
        day += DAY
        month_ends = (day + DAY).month != day.month
        if day.day == first.day or (month_ends and day.day < first.day):
            months, left = months + 1, 0
    return months, left


def slow_stretches(several: Sequence[Span]) -> list[tuple[date, date]]:
    """Put every day into a set and read the unbroken runs off it."""
    covered = {
        each.first + number * DAY for each in several for number in range((each.last - each.first).days + 1)
    }
    return [
        (
            day,
            next(
                end
                for end in (day + number * DAY for number in range(len(covered)))
                if end + DAY not in covered
            ),
        )
        for day in sorted(covered)
        if day - DAY not in covered
    ]


@given(span())
def test_months_are_those_of_the_calendar(each: Span) -> None:
    assert spans.months_between(each) == Months(*slow_months(each.first, each.last))


@pytest.mark.parametrize(
    ("first", "last", "months", "left"),
    [
        ("2024-01-15", "2024-07-14", 6, 0),
        ("2024-01-15", "2024-07-13", 5, 29),
        ("2024-01-31", "2024-02-27", 0, 28),
        ("2024-01-31", "2024-02-28", 1, 0),
        ("2024-01-31", "2024-02-29", 1, 1),
        ("2023-01-31", "2023-02-27", 1, 0),
        ("2024-02-29", "2025-02-27", 12, 0),
        ("2023-10-01", "2024-09-30", 12, 0),
        ("2024-05-05", "2024-05-05", 0, 1),
    ],
)
def test_months_at_the_edges(first: str, last: str, months: int, left: int) -> None:
    assert spans.months_between(Span(date.fromisoformat(first), date.fromisoformat(last))) == Months(
        months, left
    )


@given(st.lists(span(), max_size=5))
def test_overlapping_stretches_are_merged_first(several: list[Span]) -> None:
    assert [(each.first, each.last) for each in spans.merged(several)] == slow_stretches(several)


@given(st.lists(span(), max_size=4))
def test_left_over_days_are_summed_before_they_make_months(several: list[Span]) -> None:
    parts = [slow_months(first, last) for first, last in slow_stretches(several)]
    months, left = sum(part[0] for part in parts), sum(part[1] for part in parts)
    while left >= 30:
        months, left = months + 1, left - 30
    assert spans.cumulative(several) == Months(months, left)
    assert spans.cumulative(reversed(several)) == Months(months, left)


@given(st.lists(span(), min_size=1, max_size=4))
def test_the_longest_stretch_stands_alone(several: list[Span]) -> None:
    best = spans.longest(several)
    alone = [spans.cumulative([Span(*each)]) for each in slow_stretches(several)]
    assert best in alone
    assert all(best.fraction >= each.fraction for each in alone)


def test_nothing_worked_is_nothing() -> None:
    assert spans.cumulative([]) == spans.longest([]) == Months(0, 0)


@given(span(), span())
def test_clipping_keeps_the_days_in_the_window(each: Span, window: Span) -> None:
    inside = [
        day
        for number in range((each.last - each.first).days + 1)
        if window.covers(day := each.first + number * DAY)
    ]
    clipped = each.clipped(window)
    assert ([clipped.first, clipped.last] if clipped else []) == ([inside[0], inside[-1]] if inside else [])


@given(st.lists(span(), max_size=4), span())
def test_parts_inside_a_window_are_never_longer(several: list[Span], window: Span) -> None:
    parts = spans.clip_all(several, window)
    assert all(window.covers(part.first) and window.covers(part.last) for part in parts)
    assert len(spans.merged(parts)) <= max(len(several), 0)


def test_a_span_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="2024"):
        Span(date(2024, 2, 1), date(2024, 1, 31))


@given(days, st.integers(0, 60))
def test_a_day_the_month_lacks_becomes_its_last(day: date, months: int) -> None:
    later = spans.add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == min(day.day, spans.month_end(later).day)


@given(days, st.sampled_from([(10, 1), (1, 1), (4, 1)]))
def test_every_day_lies_in_one_cycle_of_a_year(day: date, starts: tuple[int, int]) -> None:
    cycle = Cycle.containing(day, *starts)
    assert cycle.span.covers(day)
    assert (cycle.span.first.month, cycle.span.first.day) == starts
    assert spans.months_between(cycle.span) == Months(12, 0)
    assert cycle.name == str(cycle.span.last.year)
    assert Cycle.containing(cycle.span.last + DAY, *starts).span.first == cycle.span.last + DAY


def test_a_cycle_is_named_by_the_year_it_ends_in() -> None:
    assert Cycle.ending(2024, 10, 1) == Cycle("2024", Span(date(2023, 10, 1), date(2024, 9, 30)))


@given(st.integers(0, 40), st.integers(0, 200), st.integers(0, 40), st.integers(0, 200))
def test_months_add_as_thirtieths(one: int, one_days: int, two: int, two_days: int) -> None:
    together = Months.normal(one, one_days) + Months.normal(two, two_days)
    assert together.fraction == one + two + Fraction(one_days + two_days, 30)
    assert together.days < 30
