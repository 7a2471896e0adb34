"""What was received in a month, by village; which devices write for whom."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select

from caseworker_app.domain import divisions
from caseworker_app.read_models.received import DeviceLine, VillageLine
from db.queries.dated import live
from db.tables import Conflict, Device, Holding, Household, MonthClose, Received

_UPLOADS = ("upload", "plain")


def device_rows(connection: Connection, place: str) -> list[Any]:
    """Return the devices noted for a place."""
    return list(
        connection.execute(select(Device.__table__).where(live(Device), Device.village_code == place))
    )


def devices_named(connection: Connection, ids: Sequence[str]) -> list[Any]:
    """Return the devices of these ids, or whose own ids end so."""
    named = or_(Device.id.in_(ids), *(Device.device.endswith(each, autoescape=True) for each in ids))
    return list(connection.execute(select(Device.__table__).where(live(Device), named)))


def devices(connection: Connection, own: str) -> list[DeviceLine]:
    """Return every device with the last month it sent, by place."""
    last = select(Received.device, func.max(Received.month).label("month")).where(live(Received))
    sent = {row.device: row.month for row in connection.execute(last.group_by(Received.device))}
    chosen = select(Device.__table__).where(live(Device)).order_by(Device.village_code, Device.id)
    return [
        DeviceLine(
            row.id,
            row.village_code,
            row.device,
            row.name,
            row.fingerprint,
            row.state,
            row.enrolled_on,
            sent.get(row.device, ""),
            row.device == own,
        )
        for row in connection.execute(chosen)
    ]


def _own(statement: Any) -> Any:  # noqa: ANN401 - a query
    """Leave out receipts that came from another level."""
    return statement.where(live(Received), Received.id.not_in(select(Holding.record)))


def villages(connection: Connection, scope: str) -> list[str]:
    """Return who sends to this ledger: all that is below it, and who else below sent or is known of.

    Who never sent is among them: that is who has to be asked. To a county its townships send, and those villages that
    did so themselves.
    """
    found = set(
        connection.execute(select(Household.village_code).where(live(Household)).distinct()).scalars()
    )
    found |= set(connection.execute(select(Device.village_code).where(live(Device))).scalars())
    sent = _own(select(Received.village_code).where(Received.kind.in_(_UPLOADS)))
    direct = set(connection.execute(sent).scalars())
    found |= direct
    if len(scope) < divisions.TOWN:
        found = {each[: divisions.TOWN] for each in found if len(each) >= divisions.TOWN} | direct
    else:
        found = {each for each in found if len(each) == divisions.VILLAGE}
    if len(scope) < divisions.VILLAGE:
        found |= {each.code for each in divisions.children(scope)}
    own = () if len(scope) == divisions.VILLAGE else (scope,)
    return sorted(each for each in found if each.startswith(scope) and each not in own)


def month(connection: Connection, scope: str, month_: str) -> list[VillageLine]:
    """Return how each village stands in a month: the newest workbook of it, else since when its figures are carried."""
    rows = connection.execute(
        _own(
            select(Received.__table__).where(Received.kind.in_(_UPLOADS), Received.month <= month_)
        ).order_by(Received.id)
    ).all()
    by_village: dict[str, list[Any]] = {}
    for row in rows:
        by_village.setdefault(row.village_code, []).append(row)
    open_ = Counter(
        connection.execute(
            select(Conflict.village_code).where(live(Conflict), Conflict.decided == "")
        ).scalars()
    )
    unknown = Counter(
        connection.execute(select(Device.village_code).where(live(Device), Device.state == "seen")).scalars()
    )
    closings = select(MonthClose.village_code, MonthClose.state).where(
        live(MonthClose), MonthClose.month == month_
    )
    states = {row.village_code: row.state for row in connection.execute(closings.order_by(MonthClose.id))}
    homes = (
        select(Household.village_code, func.count()).where(live(Household)).group_by(Household.village_code)
    )
    households = {row[0]: row[1] for row in connection.execute(homes)}
    found = []
    for village in villages(connection, scope):
        own = by_village.get(village, [])
        now = [row for row in own if row.month == month_]
        # A repeat or an older workbook says nothing of how the month stands.
        telling = [row for row in now if row.standing not in ("same", "stale")] or now
        last = telling[-1] if telling else None
        name = divisions.find(village)
        found.append(
            VillageLine(
                village,
                name.name if name else village,
                len(now),
                last.received_on if last else None,
                last.officer if last else "",
                last.standing if last else "",
                last.seal if last else "",
                last.file_name if last else "",
                "" if last else max((row.month for row in own), default=""),
                sum(count for place, count in open_.items() if place.startswith(village)),
                unknown[village],
                states.get(village, "open"),
                sum(count for place, count in households.items() if place.startswith(village)),
            )
        )
    return found
