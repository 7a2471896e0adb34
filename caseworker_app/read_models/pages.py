"""A fact as a page shows it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Fact:
    """What a field says: of which record, as it is typed, and since when."""

    record: str
    text: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class MonitoringLine:
    """One stretch of being monitored."""

    id: str
    kind: str
    identified_on: date | None
    resolved_on: date | None
    risks: tuple[str, ...]
