"""What a change touched, so that each screen refetches just what it shows."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changed:
    """Ids touched by one change set; `everything` after an import or an undo too large to list."""

    change_set: str = ""
    people: frozenset[str] = field(default_factory=frozenset)
    households: frozenset[str] = field(default_factory=frozenset)
    claims: frozenset[str] = field(default_factory=frozenset)
    everything: bool = False

    def touches_person(self, person: str) -> bool:
        """Whether what is shown of this person may have changed."""
        return self.everything or person in self.people
