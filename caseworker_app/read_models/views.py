"""What the window shows of saved views."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ViewLine:
    """One saved view of a list; the definition is the window's own."""

    id: str
    name: str
    definition: dict[str, Any]
