"""Photos of papers as pages show them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """One photo or scan, without its bytes; `owner` names the person or the household's number."""

    id: str
    person: str
    household: str
    owner: str
    kind: str
    title: str
    taken_on: date | None
    media_type: str
    size: int
    digest: str
