"""What the page of the day shows."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits: a person, a household or, for a round of claims, nobody by name; and why, in words."""

    record: str
    kind: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Card:
    """How many wait for one thing, and the first of them; `urgent` are those who have waited too long."""

    count: int = 0
    lines: tuple[Waiting, ...] = ()
    urgent: int = 0


@dataclass(frozen=True, slots=True)
class Ring:
    """So many of so many."""

    done: int
    of: int

    @property
    def percent(self) -> int:
        """Return the share in whole percent; never 100 before all is done, 100 where there is nothing to do."""
        return self.done * 100 // self.of if self.of else 100


@dataclass(frozen=True, slots=True)
class Standing:
    """How the lists stand today, and this month's round."""

    people: int
    package: Ring
    work: Ring
    cards: dict[str, Card]
    reporting: date
    written_on: date | None
    file_name: str
    backed_up: datetime | None

    @property
    def urgent(self) -> int:
        """Return how many lines have waited too long."""
        return sum(card.urgent for card in self.cards.values())


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody can claim, in fen."""

    beneficiary: str
    kind: str
    name: str
    amount: int
    item: str
    household: str


@dataclass(frozen=True, slots=True)
class Home:
    """What is due to one household: offers, how many were claimed, and whose records claims wait for."""

    offers: tuple[Offer, ...]
    claimed: int
    waits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claiming:
    """How claims and records stand today; the amount is fen."""

    claims: Ring
    records: Ring
    offers: Card
    amount: int
    incomplete: Card
    rounds: tuple[Waiting, ...]
