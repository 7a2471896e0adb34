"""Change sets as people read them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChangeSetLine:
    """One change set: who did what, when, and whether it was undone since."""

    id: str
    serial: int
    action: str
    values: dict[str, object]
    officer: str
    made_at: datetime
    undoes: str | None
    undone_by: str | None
    position: int
    """Its place in the ledger's chain: the number it is called by, whatever device made it."""
