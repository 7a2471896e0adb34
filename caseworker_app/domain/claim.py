"""The life of a claim: which step may follow which."""

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

_BRANCHES: dict[str, tuple[str, ...]] = {
    "draft": ("village_checked", "withdrawn"),
    "village_checked": ("village_publicised", "returned", "withdrawn"),
    "village_publicised": ("submitted", "objection", "withdrawn"),
    "objection": ("village_publicised", "rejected", "withdrawn"),
    "submitted": ("township_approved", "returned", "rejected"),
    "township_approved": ("county_approved", "returned", "rejected", "objection"),
    "county_approved": ("paid", "returned", "rejected", "objection"),
    "returned": ("draft", "withdrawn"),
}


def steps_from(state: str) -> tuple[str, ...]:
    """Return the states that may follow; empty when the claim has ended."""
    return _BRANCHES.get(state, ())


def number(item: str, cycle: str, village_code: str, serial: int) -> str:
    """Return a claim number that can be read aloud: item, cycle, village within its county, count."""
    return f"{item.replace('-', '')}-{cycle}-{village_code[6:12] or village_code}-{serial:04d}"
