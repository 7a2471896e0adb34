"""Whose claims may wait for a fact: the few households that have to be assessed to know."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, func, or_, select

from caseworker_app.domain.spans import Span
from caseworker_app.domain.worker import FARMING
from db.queries.dated import holds, live
from db.tables import Household, HouseholdAttribute, Membership, Spell


def households(connection: Connection, on: date, windows: Sequence[Span], place_digits: int) -> list[str]:
    """Return the households of unknown kind, or with a job in a window whose wage or place is not known well enough."""
    in_a_window = or_(
        *(
            (Spell.started_on <= window.last) & or_(Spell.ended_on.is_(None), Spell.ended_on >= window.first)
            for window in windows
        )
    )
    vague = or_(Spell.wage.is_(None), func.length(Spell.place_code) < place_digits)
    jobs = (
        select(Membership.household_id)
        .join(Spell, Spell.person_id == Membership.person_id)
        .where(holds(Membership, on), live(Spell), Spell.kind != FARMING, in_a_window, vague)
    )
    known = select(HouseholdAttribute.household_id).where(
        HouseholdAttribute.attribute == "kind",
        HouseholdAttribute.value != "",
        holds(HouseholdAttribute, on),
    )
    chosen = select(Household.id).where(
        live(Household), or_(Household.id.in_(jobs), Household.id.not_in(known))
    )
    return list(connection.execute(chosen).scalars())
