"""A household as 监测对象: identified with its risks, corrected, and the day the risk was resolved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.propose import add, change
from caseworker_app.use_cases.typed import known
from db.queries import pages
from db.queries.dated import live
from db.tables import Household, Monitoring
from db.unit_of_work import UnitOfWork


def refuse_open(unit: UnitOfWork, household: str, number: str, stretch: str = "") -> None:
    """Refuse a second stretch without an end beside any but this one; ExpectedError `monitoring.open`."""
    held = pages.monitored(unit.connection, household)
    if any(line.resolved_on is None for line in held if line.id != stretch):
        raise ExpectedError("monitoring.open", number=number)


def record(
    desk: Desk,
    household: str,
    kind: str,
    identified_on: date | None,
    risks: Sequence[str],
    *,
    resolved_on: date | None = None,
    stretch: str = "",
) -> Changed:
    """Record that a household is monitored, or correct a `stretch` of being so.

    Raises ExpectedError `monitoring.open` when it is monitored already, `monitoring.days` when the risk was resolved
    before it was found, `household.none`, `code.unknown`, `day.future`.
    """
    known("monitored_kind", kind)
    for risk in risks:
        known("risk", risk)
    for day in (identified_on, resolved_on):
        if day is not None and day > desk.today():
            raise ExpectedError("day.future", day=day.isoformat())
    if identified_on and resolved_on and resolved_on < identified_on:
        raise ExpectedError("monitoring.days")
    said = {
        "kind": kind,
        "identified_on": identified_on,
        "resolved_on": resolved_on,
        "risks": list(dict.fromkeys(risks)),
    }
    with desk.units("household.monitoring") as unit:
        number = unit.connection.execute(
            select(Household.household_no).where(Household.id == household, live(Household))
        ).scalar_one_or_none()
        if number is None:
            raise ExpectedError("household.none")
        if resolved_on is None:
            refuse_open(unit, household, number, stretch)
        if stretch:
            proposed = change(desk, unit, Monitoring, [(stretch, said)])
        else:
            proposed = add(desk, unit, Monitoring, [{"household_id": household, **said}])
        unit.name(number)
        return replace(unit.commit(), proposed=proposed)
