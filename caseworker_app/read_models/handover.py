"""What one officer hands over to the next, on one page."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Handover:
    """The state of a ledger on the day it changes hands."""

    unit: str
    place: str
    on: date
    gives: str
    takes: str
    state: tuple[tuple[str, str], ...]
    """What the ledger holds: what, how many."""
    open: tuple[tuple[str, str], ...]
    """What is under way or waits: what, how many or until when."""
    steps: int
    """Steps in the journal, by which both can tell later that this was the state."""
