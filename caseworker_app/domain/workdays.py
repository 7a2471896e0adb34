"""Working days: Monday to Friday, but for the days the State Council moves, kept by year in a file."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

from caseworker_app.domain.errors import ExpectedError

_DAY = timedelta(days=1)
_WEEKEND = 5
Year = Mapping[str, list[str]]
"""`rest` and `work` of a year: days, or first/last of a stretch, as text."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """The calendar: which days rest, which weekend days are worked, and for which years this is known."""

    rest: frozenset[date]
    work: frozenset[date]
    years: tuple[int, ...]

    def working(self, day: date) -> bool:
        """Whether a day is worked; of a year that is not known, Monday to Friday are."""
        return day in self.work or (day.weekday() < _WEEKEND and day not in self.rest)

    def last_of(self, posted: date, days: int, *, working: bool) -> date:
        """Return the last of so many days of a notice; the day of posting itself does not count."""
        last = posted
        while days:
            last += _DAY
            days -= not working or self.working(last)
        return last


def _days(texts: Iterable[str]) -> list[date]:
    found = []
    for text in texts:
        first, _, last = text.partition("/")
        day, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        while day <= end:
            found.append(day)
            day += _DAY
    return found


def parse(content: str, file: str) -> dict[str, dict[str, list[str]]]:
    """Read a calendar by year: TOML as the bundled one, or lines of a day and 休 or 班; ExpectedError `workdays.form`."""
    try:
        years = _toml(content) if "=" in content else _lines(content)
        of(years)
    except (ValueError, TypeError, AttributeError, tomllib.TOMLDecodeError) as error:
        raise ExpectedError("workdays.form", file=file) from error
    if not years:
        raise ExpectedError("workdays.form", file=file)
    return years


def _toml(content: str) -> dict[str, dict[str, list[str]]]:
    years = tomllib.loads(content)
    for year, entries in years.items():
        for day in _days([*entries.get("rest", []), *entries.get("work", [])]):
            if str(day.year) != year:
                raise ValueError(year, day)
    return {
        year: {kind: list(entries.get(kind, [])) for kind in ("rest", "work")}
        for year, entries in years.items()
    }


def _lines(content: str) -> dict[str, dict[str, list[str]]]:
    years: dict[str, dict[str, list[str]]] = {}
    for line in content.replace("\t", ",").replace("，", ",").splitlines():
        day, _, kind = (part.strip() for part in line.partition(","))
        if not day or not day[0].isdigit():
            continue
        parts = [
            int(part)
            for part in day.replace("年", "-")
            .replace("月", "-")
            .replace("日", "")
            .replace("/", "-")
            .split("-")
        ]
        held = date(*parts)
        entry = {"休": "rest", "班": "work"}[kind[0]] if kind[:1] in "休班" and kind else ""
        if not entry:
            raise ValueError(line)
        years.setdefault(str(held.year), {"rest": [], "work": []})[entry].append(held.isoformat())
    return years


def of(years: Mapping[str, Year]) -> Workdays:
    """Return the calendar of these years."""
    return Workdays(
        frozenset(day for entries in years.values() for day in _days(entries.get("rest", []))),
        frozenset(day for entries in years.values() for day in _days(entries.get("work", []))),
        tuple(sorted(int(year) for year in years)),
    )


@cache
def bundled() -> dict[str, dict[str, list[str]]]:
    """Return the years that come with the program."""
    file = resources.files("caseworker_app.domain") / "workdays.toml"
    return parse(file.read_text(encoding="utf-8"), "workdays.toml")


def calendar(own: Mapping[str, Year] | None = None) -> Workdays:
    """Return the calendar in force: what was imported goes before what comes with the program."""
    return of({**bundled(), **(own or {})})
