"""A month's round: what is checked before, closing it at each level, and when it has to be sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.findings import STOP, Finding
from caseworker_app.domain.lines import canonical
from caseworker_app.domain.spans import month_end
from caseworker_app.use_cases import uploads
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.month_rows import MonthRows
from caseworker_app.use_cases.typed import clean
from caseworker_app.use_cases.uploads import CLOSED, level_of, place_of, shown_month, standing
from db.queries import checks
from db.queries import uploads as queries
from db.tables import MonthClose


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks of a month say: what blocks its closing, what asks for a look, what was explained."""

    blocking: tuple[Finding, ...]
    attention: tuple[Finding, ...]
    exempt: tuple[Finding, ...]


def checked(connection: Connection, desk: Desk, month: str, village: str = "") -> Checked:
    """Run the checks as of the day the month's figures stand for.

    Raises ExpectedError `upload.month`, `upload.month_future` and `upload.place`.
    """
    place = place_of(desk, village)
    _first, on = uploads.days_of(connection, desk, month, place)
    found = list(checks.each_finding(connection, desk.asked(on), village=place))
    told = [each for each in found if not each.exemption]
    return Checked(
        tuple(each for each in told if each.severity == STOP),
        tuple(each for each in told if each.severity != STOP),
        tuple(each for each in found if each.exemption),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the closing of a month."""

    state: str
    level: str
    on: date
    officer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a month stands at one place; `state` is open, closed, accepted or returned."""

    place: str
    name: str
    state: str
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step | None:
        """Return the last step; None while nothing was done."""
        return self.steps[-1] if self.steps else None


def _standing(place: str, rows: Sequence[Any]) -> Standing:
    steps = tuple(Step(row.state, row.level, row.on, row.officer, row.reason) for row in rows)
    return Standing(place, divisions.called(place), standing(rows), steps)


def standings(connection: Connection, desk: Desk, month: str) -> list[Standing]:
    """Return how a month stands at the ledger's own place and, below a township or county, at each of its villages.

    Raises ExpectedError `upload.month`.
    """
    uploads.first_day(month)
    by_place: dict[str, list[Any]] = {}
    for row in queries.month_steps(connection, month, desk.scope):
        by_place.setdefault(row.village_code, []).append(row)
    below = {*queries.villages(connection, desk.scope), *by_place} - {desk.scope}
    return [_standing(place, by_place.get(place, [])) for place in (desk.scope, *sorted(below))]


def reporting(desk: Desk, month: str) -> tuple[date, int]:
    """Return the day by which a month's workbook is to be sent, and how many days are left (below 0: late)."""
    first = uploads.first_day(month)
    due = first.replace(day=min(desk.reporting_day, month_end(first).day))
    return due, (due - desk.today()).days


def close(desk: Desk, month: str) -> Changed:
    """Close a month at the ledger's own place: its figures stand, later corrections are told in the next.

    Raises ExpectedError `upload.month`, `upload.month_future`, `month.closed_already` and `month.blocked`.
    """
    place = desk.scope
    with desk.ledger.reader() as connection:
        if standing(queries.closings(connection, place, month)) in CLOSED:
            raise ExpectedError("month.closed_already", month=shown_month(month))
        blocking = checked(connection, desk, month).blocking
        if blocking:
            raise ExpectedError("month.blocked", month=shown_month(month), count=len(blocking))
        first, on = uploads.days_of(connection, desk, month, place)
        rows = MonthRows(connection, desk, first, on, place)
        rows.take_all(lambda _sheet, _values: None)
        corrected: dict[str, dict[str, dict[str, int]]] = {}
        for each in uploads.corrections(connection, desk, place, month):
            corrected.setdefault(each.month, {}).setdefault(each.village, {})[each.figure] = each.now
    figures = {"day": on.isoformat(), "villages": rows.summary, "corrected": corrected}
    with desk.units("month.close", name=shown_month(month)) as unit:
        unit.insert(
            MonthClose,
            month=month,
            village_code=place,
            level=level_of(place),
            state="closed",
            on=desk.today(),
            officer=desk.officer,
            reason="",
            digest=hashlib.sha256(canonical(figures).encode()).hexdigest(),
            figures=figures,
        )
        return unit.commit()


def accept(desk: Desk, month: str, village: str) -> Changed:
    """Accept what a place below has closed; ExpectedError `upload.place`, `month.not_below`, `month.not_closed`."""
    return _answer(desk, month, village, "")


def return_(desk: Desk, month: str, village: str, reason: str) -> Changed:
    """Give a closed month back, so that it is put right and closed again.

    Raises ExpectedError `upload.place`, `month.not_below`, `month.not_closed`, `month.reason_missing`, `text.long`.
    """
    reason = clean(reason)
    if not reason:
        raise ExpectedError("month.reason_missing")
    return _answer(desk, month, village, reason)


def _answer(desk: Desk, month: str, village: str, reason: str) -> Changed:
    """Accept a month, or return it when there is a reason to."""
    place = place_of(desk, village)
    uploads.first_day(month)
    name = divisions.called(place)
    if place == desk.scope:
        raise ExpectedError("month.not_below", place=name)
    with desk.units(
        "month.return" if reason else "month.accept", name=f"{name} {shown_month(month)}"
    ) as unit:
        steps = queries.closings(unit.connection, place, month)
        level = level_of(desk.scope)
        # Accepted below is waiting here: a county accepts what its township has.
        waiting = bool(steps) and (
            steps[-1].state == "closed" or (steps[-1].state == "accepted" and steps[-1].level != level)
        )
        again = bool(reason) and bool(steps) and steps[-1].state in CLOSED
        if not waiting and not again:
            raise ExpectedError("month.not_closed", place=name, month=shown_month(month))
        unit.insert(
            MonthClose,
            month=month,
            village_code=place,
            level=level,
            state="returned" if reason else "accepted",
            on=desk.today(),
            officer=desk.officer,
            reason=reason,
            digest=steps[-1].digest,
            figures={},
        )
        return unit.commit()
