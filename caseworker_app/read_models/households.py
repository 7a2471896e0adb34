"""What the list and the page of a household show."""

from dataclasses import dataclass
from datetime import date

from caseworker_app.read_models.people import HistoryLine, MemberLine


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One line of the list of households on a day."""

    id: str
    household_no: str
    village_code: str
    group: str
    head: str
    head_identity_number: str
    kind: str
    monitored_kind: str
    resolved_on: date | None
    members: int
    workers: int
    employed: int
    phone: str


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """Everything known of one household on a day."""

    row: HouseholdRow
    identified_on: date | None
    risks: tuple[str, ...]
    relocated: bool
    members: tuple[MemberLine, ...]
    history: tuple[HistoryLine, ...]
