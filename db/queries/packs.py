"""Which policy pack a ledger follows, and the figures of its place."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from db.queries.dated import live
from db.tables import AdoptedPack, Setting

PREFIX = "parameter."
"""Settings that hold a local figure: its values, each with the day it holds from."""


def adopted(connection: Connection, place: str) -> Any:  # noqa: ANN401 - a row, or None
    """Return what was last adopted for a place: its texts, digest, day and officer; None when nothing was."""
    return connection.execute(
        select(
            AdoptedPack.id, AdoptedPack.texts, AdoptedPack.digest, AdoptedPack.adopted_on, AdoptedPack.officer
        )
        .where(live(AdoptedPack), AdoptedPack.place == place)
        .order_by(AdoptedPack.id.desc())
        .limit(1)
    ).one_or_none()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def entered(connection: Connection, place: str) -> dict[str, list[tuple[date | None, Any]]]:
    """Return the local figures of a place as they were entered: key → (from, value)."""
    prefix = f"{PREFIX}{place}."
    rows: Mapping[str, Any] = {
        row.key: row.value
        for row in connection.execute(
            select(Setting.key, Setting.value).where(live(Setting), Setting.key.startswith(prefix))
        )
    }
    return {
        key.removeprefix(prefix): [(_day(each["from"]), each["value"]) for each in values]
        for key, values in rows.items()
    }
