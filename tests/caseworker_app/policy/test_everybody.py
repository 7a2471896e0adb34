"""The verdicts of many at once are those of each alone, with and without claims, for every item of every pack."""

from dataclasses import replace
from random import Random

import pytest

from caseworker_app.policy.answer import State
from caseworker_app.policy.assess import assess_subject, cycle_of
from caseworker_app.policy.facts import Claimed, ClaimFacts, Subject
from caseworker_app.policy.schema import HOUSEHOLD, ORGANISATION, PERSON, Item
from caseworker_app.policy.verdicts import verdict, verdicts
from tests.caseworker_app.policy.made_up import DAY, EVERY, household, organisation, some_day, with_figures

HOUSES = 12


def everybody(random: Random, item: Item) -> list[Subject]:
    """Return whom an item could be for: the members of households one after another."""
    if item.beneficiary == ORGANISATION:
        return [
            Subject(ORGANISATION, organisation=organisation(random, f"o-{each}", item.facts))
            for each in range(HOUSES)
        ]
    homes = [household(random, f"h-{each}", item.facts, random.randrange(4)) for each in range(HOUSES)]
    homes = [
        replace(each, kind="", attributes={}) if not number % 5 else each for number, each in enumerate(homes)
    ]
    if item.beneficiary == HOUSEHOLD:
        return [Subject(HOUSEHOLD, each) for each in homes]
    return [Subject(PERSON, each, member) for each in homes for member in each.members]


def claims_of(random: Random, item: Item, whom: list[Subject]) -> Claimed:
    """Return claims for this item and those that it is limited by or not given together with."""
    found = Claimed()
    items = [item.id]
    items += [each for cap in item.caps for each in cap.items]
    items += [each for exclusion in item.exclusions for each in exclusion.items]
    for number, subject in enumerate(random.sample(whom, len(whom) // 3)):
        filed = some_day(random)
        cycle = item.cycle.around(filed)
        found.add(
            ClaimFacts(
                f"c-{number}",
                f"N-{number}",
                random.choice(items),
                cycle.name,
                subject.id,
                random.choice((10000, 60000, 100000000)),
                filed,
                months=random.randrange(30),
                cycle_first=cycle.span.first,
                cycle_last=cycle.span.last,
            )
        )
    return found


@pytest.mark.parametrize("name", EVERY)
def test_many_at_once_are_judged_as_each_alone(name: str, whole: bool) -> None:
    random = Random(name)
    states = set()
    for item in with_figures(name).items.values():
        for _turn in range(20 if whole else 6):
            whom = everybody(random, item)
            on = some_day(random) + random.randrange(400) * DAY
            cycle = random.choice((item.cycle.at(on), item.cycle.around(on)))
            claimed = random.choice((Claimed(), claims_of(random, item, whom)))
            if item.cycle.kind == "episode":
                whom = [each for each in whom if (cycle_of(item, each, on, cycle) or cycle) == cycle]
            for subject, decided in zip(whom, verdicts(item, whom, cycle, on, claimed), strict=True):
                answer = assess_subject(item, subject, cycle, on, claimed)
                state, low, high = decided
                assert decided == verdict(item, subject, cycle, on, claimed)
                assert state is answer.state, (item.id, on, cycle.name, subject)
                if state is State.NOT_ELIGIBLE:
                    assert (low, high) == (0, 0)
                elif answer.amount is not None or answer.amount_min is not None:
                    assert low == (answer.amount if answer.amount is not None else answer.amount_min)
                    assert high == answer.amount_max
                states.add((item.beneficiary, state))
    assert len({state for _kind, state in states}) >= 2
