"""Every kind of record that travels between ledgers: who owns it, which way it flows, how its place is found.

A kind added later travels by adding its line here, parents before children; nothing else names tables.
"""

from dataclasses import dataclass
from typing import Literal

Owner = Literal["village", "level", "both"]
Flow = Literal["up", "down", "both"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: `via` is the column that leads to its place, `omit` are fields that do not travel.

    `only` names for a direction the one value of a field whose records travel that way.
    """

    table: str
    owner: Owner
    flows: Flow
    via: str
    omit: frozenset[str] = frozenset()
    only: tuple[tuple[str, str, str], ...] = ()

    def travels(self, *, down: bool) -> bool:
        """Whether records of this kind are in what goes this way."""
        return self.flows in ("both", "down" if down else "up")


def _up(table: str, via: str, omit: frozenset[str] = frozenset()) -> Kind:
    return Kind(table, "village", "up", via, omit)


def _down(table: str, via: str) -> Kind:
    return Kind(table, "level", "down", via)


KINDS: tuple[Kind, ...] = (
    _up("household", "village_code"),
    _up("household_attribute", "household_id"),
    _up("monitoring", "household_id"),
    _up("person", "membership"),
    _up("person_attribute", "person_id"),
    _up("membership", "household_id"),
    _up("spell", "person_id"),
    _up("intention", "person_id"),
    _up("service_record", "person_id"),
    _up("exemption", "person_id household_id"),
    _up("attachment", "person_id household_id"),
    _up("organisation", "village_code"),
    _up("engagement", "person_id"),
    _up("head_count", "organisation_id"),
    _up("wage", "person_id"),
    _up("contract", "person_id"),
    _up("insurance", "person_id"),
    _up("certificate", "person_id"),
    _up("business", "person_id"),
    _up("loan", "person_id organisation_id"),
    _down("post", "village_code"),
    _up("post_holding", "person_id"),
    # The state of a claim is that of its last step, wherever the step was made.
    _up("claim", "beneficiary", frozenset({"state"})),
    Kind("claim_step", "both", "both", "claim_id"),
    _up("evidence", "claim_id"),
    Kind("objection", "both", "both", "claim_id"),
    Kind("payment", "both", "both", "claim_id"),
    Kind("month_close", "both", "both", "village_code"),
    # Receipts: what went up is told down, and that a feedback was opened is told up.
    Kind(
        "received",
        "both",
        "both",
        "village_code",
        frozenset({"vector"}),
        (("up", "kind", "feedback"), ("down", "kind", "upload")),
    ),
    _down("problem", "village_code"),
    _down("proposal", "village_code"),
    _down("comparison", ""),
    _down("comparison_result", "village_code"),
    _down("roster", "village_code"),
    _down("adopted_pack", ""),
    _up("reply", "village_code"),
)

BY_TABLE = {kind.table: kind for kind in KINDS}
