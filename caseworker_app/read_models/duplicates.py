"""What the list of possible duplicates and the side by side of two people show."""

from dataclasses import dataclass
from datetime import date

KEEP, DROP = "keep", "drop"
WITH_NUMBER = "number"
"""Taken from whoever's identity number is taken: birth date and sex."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two people who may be the same; the household is the last one known."""

    id: str
    name: str
    identity_number: str
    born: date | None
    sex: str
    phone: str
    household: str
    relation: str
    household_no: str
    village_code: str
    head: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who may be the same, and why; the first has more to be kept."""

    id: str
    first: Side
    second: Side
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two people: what each says, and which is taken unless somebody chooses; '' has to be chosen.

    A household is told as (number and head, relation), a job as the values of its record.

    `field` is what `duplicates.merge` takes as key of its choices; `table` and `name` tell how the values are said.
    """

    field: str
    table: str
    name: str
    keep: object
    drop: object
    taken: str

    @property
    def differs(self) -> bool:
        """Whether the two say different things."""
        return self.keep != self.drop


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two people side by side: every field, and how much is recorded under each."""

    keep: Side
    drop: Side
    differences: tuple[Difference, ...]
    counts: tuple[tuple[str, int, int], ...]
    """Table, how many of the first, how many of the second."""


@dataclass(frozen=True, slots=True)
class SurePair:
    """Two records that are surely one person; `gives_way` when what was only imported here gives way to the village's own."""

    keep: Side
    drop: Side
    gives_way: bool


@dataclass(frozen=True, slots=True)
class LeftPair:
    """Two records of one identity number that a person has to look at, and why; with the fields that contradict."""

    first: Side
    second: Side
    why: str
    fields: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Sure:
    """Which records of one identity number are surely one person, and which are left for a person's eye."""

    pairs: tuple[SurePair, ...]
    left: tuple[LeftPair, ...]
