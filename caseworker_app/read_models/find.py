"""What the find box shows."""

from dataclasses import dataclass
from enum import IntEnum

from caseworker_app.read_models.claims import ClaimRow


class Rank(IntEnum):
    """Why somebody was found, the best reason first."""

    NUMBER = 1
    """This is the whole number."""
    NAME = 2
    """The name is so written or so read."""
    INITIALS = 3
    GIVEN = 4
    """The given name is so written or so read."""
    NAME_BEGINS = 5
    INITIALS_BEGIN = 6
    GIVEN_BEGINS = 7
    IDENTITY_TAIL = 8
    PHONE_TAIL = 9
    HOUSEHOLD_PHONE_TAIL = 10
    HEAD = 11
    """The head of the household is so called."""
    IDENTITY_BEGINS = 12
    HOUSEHOLD = 13
    """The household has this number."""
    PART = 14
    """The name holds these characters."""
    SOUND = 15
    """Written otherwise, read the same."""
    GIVEN_SOUND = 16
    NEAR = 17
    """Read the same but for what is commonly mixed up."""
    NEAR_INITIALS = 18
    NEAR_BEGINS = 19
    SHORT = 20
    """Each syllable begins so."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody found, with the household of the day."""

    id: str
    name: str
    identity_number: str
    phone: str
    relation: str
    household: str
    household_no: str
    household_phone: str
    head: str
    village_code: str
    group: str
    rank: Rank


@dataclass(frozen=True, slots=True)
class FoundHousehold:
    """A household found, under its head."""

    id: str
    household_no: str
    head: str
    village_code: str
    group: str
    phone: str


@dataclass(frozen=True, slots=True)
class Found:
    """Everything found, the best first in each group."""

    people: tuple[FoundPerson, ...] = ()
    households: tuple[FoundHousehold, ...] = ()
    claims: tuple[ClaimRow, ...] = ()
