"""The service package: how many services of each kind a worker is owed and has had."""

from dataclasses import dataclass

KINDS = ("policy_briefing", "job_referral", "career_guidance", "skills_training")


NOT_UNWILLING, WILLING = "not_unwilling", "willing"
OWED_TO = (NOT_UNWILLING, WILLING)
"""Whom a package is owed to among those able to work: all who have not declined, or only those in work or willing."""
CALENDAR_YEAR, EPISODE = "calendar_year", "episode"
PERIODS = (CALENDAR_YEAR, EPISODE)
"""What a package is owed in: every year, or every stretch without work since the last job ended."""


def runs(period: str, *, working: bool, farming: bool) -> bool:
    """Whether somebody is in the middle of a period of the package."""
    return period == CALENDAR_YEAR or not (working or farming)


def is_owed(owed_to: str, period: str, intention: str | None, *, working: bool, farming: bool) -> bool:
    """Whether somebody able to work is owed the package; `intention` None when not asked yet."""
    if not runs(period, working=working, farming=farming):
        return False
    if owed_to == WILLING:
        return working or intention not in (None, "none")
    return intention != "none"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of service: how many are owed and how many were done."""

    kind: str
    owed: int
    done: int

    @property
    def lacking(self) -> int:
        """How many are still owed."""
        return max(self.owed - self.done, 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """The parts of one worker's package in the order of the pack."""

    parts: tuple[Part, ...]
    further: int = 0
    """Services that count beside those owed: the N of 131×N."""

    @property
    def complete(self) -> bool:
        """Whether nothing is owed any more."""
        return not any(part.lacking for part in self.parts)

    @property
    def lacking(self) -> tuple[Part, ...]:
        """The parts that are still owed."""
        return tuple(part for part in self.parts if part.lacking)
