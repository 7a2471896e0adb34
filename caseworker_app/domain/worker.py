"""What a person is on a day: worker or not, in work or not. Derived, never stored."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ABLE_SKILLS = ("ordinary", "skilled", "weak")
LOWER_AGE = 16
"""Nobody younger may be given work."""
FARMING = "farming"
UNWILLING = "none"


class Status(StrEnum):
    """就业状态 of one person on one day."""

    EMPLOYED = "employed"
    FARMING = "farming"
    UNEMPLOYED = "unemployed"
    AT_SCHOOL = "at_school"
    IN_ARMY = "in_army"
    UNABLE = "unable"
    OUT_OF_AGE = "out_of_age"
    UNKNOWN = "unknown"


def age_on(born: date, on: date) -> int:
    """Return the age in whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def born_by(on: date, age: int) -> date:
    """Return the latest birth date of somebody who is `age` on `on`."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:  # 29 February: in other years the birthday is counted from 1 March.
        return date(on.year - age, 2, 28)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the ledger knows of one person on one day; None or '' where it does not know."""

    born: date | None
    labour_skill: str
    schooling: str
    working: bool
    farming: bool


def is_worker(situation: Situation, on: date, ages: tuple[int, int]) -> bool:
    """Whether the person is a 劳动力: of working age (both ends included), able, not at school."""
    return (
        situation.born is not None
        and ages[0] <= age_on(situation.born, on) <= ages[1]
        and situation.labour_skill in ABLE_SKILLS
        and not situation.schooling
    )


def status_on(situation: Situation, on: date, ages: tuple[int, int]) -> Status:
    """Return the status; work counts at any age, everything else asks who could work."""
    if situation.working:
        return Status.EMPLOYED
    if situation.schooling:
        return Status.IN_ARMY if situation.schooling == "army" else Status.AT_SCHOOL
    if situation.born is None or not situation.labour_skill:
        return Status.FARMING if situation.farming else Status.UNKNOWN
    if situation.labour_skill not in ABLE_SKILLS:
        return Status.UNABLE
    if not ages[0] <= age_on(situation.born, on) <= ages[1]:
        return Status.OUT_OF_AGE
    return Status.FARMING if situation.farming else Status.UNEMPLOYED


def spell_key(started_on: date, place_code: str, place_text: str) -> tuple[int, int, str]:
    """Return what is the same in two sightings of one spell: its start month and its county."""
    return started_on.year, started_on.month, place_code[:6] or place_text
