"""Who is entitled to what: facts gathered once, then the pack's items assessed over them."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from caseworker_app.domain.spans import Cycle
from caseworker_app.policy.assess import Entitlement, State, assess
from caseworker_app.policy.facts import Claimed, HouseholdFacts
from caseworker_app.policy.pack import Item, Pack
from db.queries import facts


def _answers(
    item: Item,
    households: Sequence[HouseholdFacts],
    cycle: Cycle,
    on: date,
    claimed: Claimed,
    people: frozenset[str] | None,
) -> Iterator[Entitlement]:
    for household in households:
        if item.beneficiary == "household":
            yield assess(item, household, None, cycle, on, claimed)
            continue
        for person in household.members:
            if people is None or person.id in people:
                yield assess(item, household, person, cycle, on, claimed)


def assess_all(
    connection: Connection,
    pack: Pack,
    on: date,
    *,
    item: str = "",
    cycle: str = "",
    households: Sequence[str] | None = None,
    people: Sequence[str] | None = None,
) -> list[Entitlement]:
    """Assess the pack's items (one, if named) for everybody or for the chosen, as of a day.

    Raises ExpectedError `assess.item` and `assess.cycle`.
    """
    items = [pack.item(item)] if item else list(pack.items.values())
    if people is not None and households is None:
        households = sorted(set(facts.household_of(connection, people, on).values()))
    known = facts.households(connection, on, households)
    claimed = facts.claimed(connection)
    chosen = None if people is None else frozenset(people)
    answers: list[Entitlement] = []
    for each in items:
        period = each.cycle.named(cycle) if cycle else each.cycle.at(on)
        answers.extend(_answers(each, known, period, on, claimed, chosen))
    return answers


def claimable(
    connection: Connection, pack: Pack, on: date, *, item: str = "", cycle: str = ""
) -> list[Entitlement]:
    """Return what is due to somebody and not yet claimed (免申即享)."""
    return [
        answer
        for answer in assess_all(connection, pack, on, item=item, cycle=cycle)
        if answer.state is State.ELIGIBLE
    ]
