"""What a level tells a village: what was received, how claims were decided, which packs hold, what was opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select
from sqlalchemy.orm import aliased

from caseworker_app.domain import divisions
from db.queries.dated import live
from db.tables import (
    AdoptedPack,
    Claim,
    ClaimStep,
    Holding,
    Household,
    Membership,
    MonthClose,
    Received,
    Upload,
)

FEEDBACK = "feedback"


_SENT_UP = ("upload", "plain")


def received(connection: Connection, village: str) -> list[Any]:
    """Return the workbooks received from a place, sealed and plain ones, oldest first."""
    chosen = (
        select(Received.__table__)
        .where(
            live(Received),
            Received.village_code.startswith(village),
            Received.kind.in_(_SENT_UP),
            Received.id.not_in(select(Holding.record)),  # What another level received is its own to tell.
        )
        .order_by(Received.month, Received.received_on, Received.id)
    )
    return list(connection.execute(chosen))


def closings(connection: Connection, village: str) -> dict[tuple[str, str], Any]:
    """Return the last step in the closing of each month (place, month) of a place."""
    chosen = (
        select(MonthClose.__table__)
        .where(live(MonthClose), MonthClose.village_code.startswith(village))
        .order_by(MonthClose.id)
    )
    return {(row.village_code, row.month): row for row in connection.execute(chosen)}


def decisions(connection: Connection, village: str, levels: Sequence[str]) -> list[Any]:
    """Return the steps that these levels took on the claims of a place, oldest first."""
    own, home = aliased(Membership), aliased(Household)
    place = aliased(Household)
    members = (
        select(own.person_id)
        .join(home, home.id == own.household_id)
        .where(own.voided_in.is_(None), home.village_code.startswith(village))
    )
    chosen = (
        select(ClaimStep.__table__, Claim.id.label("claim"), Claim.number.label("claim_number"))
        .join(Claim, Claim.id == ClaimStep.claim_id)
        .where(
            live(ClaimStep),
            live(Claim),
            ClaimStep.level.in_(levels),
            or_(
                Claim.beneficiary.in_(members),
                Claim.beneficiary.in_(select(place.id).where(place.village_code.startswith(village))),
            ),
        )
        .order_by(ClaimStep.on, Claim.number, ClaimStep.number)
    )
    return list(connection.execute(chosen))


def packs(connection: Connection) -> list[Any]:
    """Return the packs that were adopted, the newest first."""
    chosen = (
        select(AdoptedPack.__table__)
        .where(live(AdoptedPack))
        .order_by(AdoptedPack.adopted_on.desc(), AdoptedPack.id.desc())
    )
    return list(connection.execute(chosen))


@dataclass(frozen=True, slots=True)
class Sent:
    """A feedback that was written for a place, and when it was opened there, None while that was not said."""

    village: str
    month: str
    file_name: str
    written_on: date
    digest: str
    opened_on: date | None


def sent(connection: Connection, village: str = "") -> list[Sent]:
    """Return the feedback written, newest first, each with the day it was opened."""
    chosen = (
        select(Upload.__table__, Received.received_on)
        .outerjoin(
            Received,
            (Received.kind == FEEDBACK) & (Received.digest == Upload.digest) & Received.voided_in.is_(None),
        )
        .where(live(Upload), Upload.kind == FEEDBACK)
        .order_by(Upload.id.desc())
    )
    if village:
        chosen = chosen.where(Upload.village_code == village)
    return [
        Sent(row.village_code, row.month, row.file_name, row.written_on, row.digest, row.received_on)
        for row in connection.execute(chosen)
    ]


def last_month(connection: Connection, village: str) -> str:
    """Return the newest month a place reported, '' when it reported none."""
    chosen = select(Received.month).where(
        live(Received), Received.village_code.startswith(village), Received.kind.in_(_SENT_UP)
    )
    return max(connection.execute(chosen).scalars(), default="")


def villages(connection: Connection) -> list[str]:
    """Return the villages of which there are households or workbooks, in order."""
    homes = select(Household.village_code).where(live(Household)).distinct()
    sent_up = select(Received.village_code).where(live(Received)).distinct()
    return sorted({*connection.execute(homes).scalars(), *connection.execute(sent_up).scalars()})


def places(connection: Connection, scope: str) -> list[str]:
    """Return whom this ledger's place writes feedback to: the townships of a county first, then villages."""
    found = [each for each in villages(connection) if each.startswith(scope) and each != scope]
    towns = {each[: divisions.TOWN] for each in found} if len(scope) < divisions.TOWN else set()
    return [*sorted(towns), *(each for each in found if len(each) > divisions.TOWN)]
