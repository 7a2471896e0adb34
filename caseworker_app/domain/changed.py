"""What a change touched, so that each screen refetches just what it shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changed:
    """Ids touched by one change set; `everything` after an import or an undo too large to list.

    `proposed` records belong to a village: what would change in them was put to it, and stands as it was.
    """

    change_set: str = ""
    people: frozenset[str] = field(default_factory=frozenset)
    households: frozenset[str] = field(default_factory=frozenset)
    claims: frozenset[str] = field(default_factory=frozenset)
    everything: bool = False
    proposed: int = 0

    @classmethod
    def joined(cls, several: "Iterable[Changed]") -> "Changed":
        """Return what several changes touched together, named by the last."""
        parts = list(several)
        return cls(
            parts[-1].change_set if parts else "",
            frozenset().union(*(part.people for part in parts)),
            frozenset().union(*(part.households for part in parts)),
            frozenset().union(*(part.claims for part in parts)),
            any(part.everything for part in parts),
            sum(part.proposed for part in parts),
        )

    def touches_person(self, person: str) -> bool:
        """Whether what is shown of this person may have changed."""
        return self.everything or person in self.people
