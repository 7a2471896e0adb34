"""The life of a claim: which step may follow which, how long it is shown in public, which papers go up with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

STEPS = (
    "draft",
    "village_checked",
    "village_publicised",
    "submitted",
    "township_approved",
    "county_approved",
    "paid",
)
DEAD = frozenset({"withdrawn", "rejected"})
PUBLICISED = {
    "village": "village_publicised",
    "township": "township_publicised",
    "county": "county_publicised",
}
LEVELS = {12: "village", 9: "township", 6: "county"}
"""The level of a ledger by the digits of its scope."""
NEEDS_REASON = frozenset({"returned", "rejected", "objection", "withdrawn", "appealed", "payment_failed"})
NOTICE_PHOTO = "公示照片"
"""The kind of the photo of a notice, which any claim may have."""


def level_of(state: str) -> str:
    """Return the level that takes a claim to a state; that of the village before it goes up."""
    return {"township": "township", "county": "county", "paid": "county", "payment": "county"}.get(
        state.partition("_")[0], "village"
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """How many days a level shows a claim in public, and whether only working days count."""

    days: int
    working: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps of an item's claims in order, and the public notices on the way."""

    steps: tuple[str, ...] = STEPS
    notices: Mapping[str, Notice] = field(default_factory=dict)

    def following(self, state: str) -> str:
        """Return the next step along the way, '' after the last."""
        place = self.steps.index(state) + 1 if state in self.steps else len(self.steps)
        return self.steps[place] if place < len(self.steps) else ""

    def notice(self, state: str) -> Notice | None:
        """Return the notice that a state stands for; None when it is none or lasts no day."""
        for level, publicised in PUBLICISED.items():
            if state == publicised and (found := self.notices.get(level)) and found.days:
                return found
        return None


def flow(steps: Sequence[str], notices: Mapping[str, Notice]) -> Flow:
    """Return the way of an item: the steps it names, else those of everybody with the notices it asks for."""
    named = list(steps) or list(STEPS)
    if not steps:
        for level in ("township", "county"):
            if level in notices:
                named.insert(named.index(f"{level}_approved") + 1, PUBLICISED[level])
    if named[0] != "draft":
        named.insert(0, "draft")
    if named[-1] != "paid":
        named.append("paid")
    return Flow(tuple(named), notices)


def steps_from(state: str, way: Flow | None = None, before: str = "") -> tuple[str, ...]:
    """Return the states that may follow; empty when the claim has ended.

    `before` is the state in which an objection was raised or a payment failed, to which the claim comes back.
    """
    way = way or Flow()
    following = way.following(state)
    onward = (following,) if following else ()
    if state == "objection":
        return (before or "village_publicised", "returned", "rejected", "withdrawn")
    if state == "payment_failed":
        return ("paid", "returned", "rejected")
    if state == "paid":
        return ("payment_failed",)
    if state == "returned":
        return ("draft", "withdrawn")
    if state == "rejected":
        return ("appealed",)
    if state == "appealed":
        return ("submitted", "rejected", "withdrawn")
    if state == "withdrawn" or state not in way.steps:
        return ()
    if state == "draft":
        return (*onward, "withdrawn")
    failing = ("payment_failed",) if following == "paid" else ()
    if level_of(state) == "village" and state != "submitted":
        shown = ("objection",) if state in PUBLICISED.values() else ("returned",)
        return (*onward, *failing, *shown, "withdrawn")
    objecting = () if state == "submitted" else ("objection",)
    return (*onward, *failing, "returned", "rejected", *objecting)


def goes_up(state: str, target: str) -> bool:
    """Whether a step takes the claim out of the village, so that its papers have to be there."""
    return target == "submitted" or (
        level_of(state) == "village" and state != "submitted" and level_of(target) != "village"
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One step taken."""

    state: str
    on: date


def before_objection(steps: Sequence[Step]) -> str:
    """Return the state in which the last objection was raised."""
    return next((step.state for step in reversed(steps) if step.state not in ("objection", "")), "")


def posted_on(steps: Sequence[Step]) -> date | None:
    """Return the day on which the notice now shown was posted; coming back from an objection posts nothing anew."""
    if not steps or steps[-1].state not in PUBLICISED.values():
        return None
    state, day = steps[-1].state, steps[-1].on
    for step in reversed(steps):
        if step.state == state:
            day = step.on
        elif step.state != "objection":
            break
    return day


def lacking(
    present: Collection[str], required: Sequence[str], any_of: Sequence[str], least: int
) -> tuple[list[str], int]:
    """Return the required papers that are not there, and how many more of `any_of` are needed."""
    missing = [paper for paper in required if paper not in present]
    there = sum(paper in present for paper in any_of)
    return missing, max(min(least, len(any_of)) - there, 0)


def number(item: str, cycle: str, village_code: str, serial: int) -> str:
    """Return a claim number that can be read aloud: item, cycle, village within its county, count."""
    return f"{item.replace('-', '')}-{cycle}-{village_code[6:12] or village_code}-{serial:04d}"
