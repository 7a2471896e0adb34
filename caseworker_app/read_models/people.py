"""What the lists and the page of a person show."""

from dataclasses import dataclass
from datetime import date

from caseworker_app.domain.package import Progress


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One line of the list of workers on a day; codes, fen and dates, no words."""

    id: str
    name: str
    identity_number: str
    household: str
    household_no: str
    head: str
    village_code: str
    group: str
    status: str
    intention: str | None
    since: date | None
    place_code: str
    place_text: str
    employer: str
    wage: int | None
    package: Progress | None
    waiting_days: int | None = None


@dataclass(frozen=True, slots=True)
class SpellLine:
    """One employment spell."""

    id: str
    kind: str
    started_on: date
    ended_on: date | None
    place_code: str
    place_text: str
    employer: str
    industry: str
    trade: str
    channel: str
    wage: int | None
    contract: bool | None
    insured: bool | None
    point_to_point: bool | None
    end_reason: str
    came_home: bool | None


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service record."""

    id: str
    kind: str
    on: date
    outcome: str
    vacancy: str
    note: str
    officer: str


@dataclass(frozen=True, slots=True)
class IntentionLine:
    """One intention and how long it stood."""

    id: str
    kind: str
    since: date | None
    until: date | None
    place_code: str
    place_text: str
    trade: str
    wage: int | None


@dataclass(frozen=True, slots=True)
class AwayLine:
    """Somebody who works outside the home county, for those left behind."""

    person: str
    name: str
    relation: str
    place_code: str
    place_text: str


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member of a household on a day."""

    id: str
    name: str
    identity_number: str
    relation: str
    born: date | None
    sex: str
    status: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change to a field, as the journal holds it."""

    change_set: str
    made_at: str
    officer: str
    action: str
    table: str
    record: str
    change: str
    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything known of one person on a day."""

    row: WorkerRow
    sex: str
    born: date | None
    age: int | None
    ethnicity: str
    education: str
    schooling: str
    health: tuple[str, ...]
    labour_skill: str
    phone: str
    relation: str
    household_kind: str
    monitored_kind: str
    relocated: bool
    is_worker: bool
    card_holder: str
    card_bank: str
    card_number: str
    spells: tuple[SpellLine, ...]
    services: tuple[ServiceLine, ...]
    intentions: tuple[IntentionLine, ...]
    members: tuple[MemberLine, ...]
    history: tuple[HistoryLine, ...]
    left_on: date | None = None
    left_reason: str = ""
