"""The fewest changes of made-up beneficiaries and every item of every pack: applied, assessed, and tried to be beaten."""

from datetime import date
from random import Random

import pytest

from caseworker_app.domain.spans import Cycle
from caseworker_app.policy import explain, pack
from caseworker_app.policy.answer import State
from caseworker_app.policy.applied import Change, Kind, applied
from caseworker_app.policy.assess import assess_subject, cycle_of
from caseworker_app.policy.changes import smallest
from caseworker_app.policy.facts import Claimed, HouseholdFacts, PersonFacts, Subject
from caseworker_app.policy.pack import Item
from caseworker_app.policy.schema import PERSON
from caseworker_app.policy.verdicts import verdict
from tests.caseworker_app.policy import made_up

NEIGHBOURS = 6


def hold_to_it(
    item: Item, whom: Subject, cycle: Cycle, on: date, found: tuple[Change, ...], said: object
) -> None:
    """Apply changes: all together they make it eligible, and not one of them can be spared."""
    after, day = applied(whom, on, found)
    assert assess_subject(item, after, cycle, day, Claimed()).state is State.ELIGIBLE, said
    assert day >= on
    assert explain.changes_text(found)
    for left_out in range(len(found)):
        less, day = applied(whom, on, found[:left_out] + found[left_out + 1 :])
        assert verdict(item, less, cycle, day, Claimed())[0] is not State.ELIGIBLE, said


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", made_up.EVERY)
def test_the_fewest_changes_once_applied_make_it_eligible_and_where_there_are_none_nothing_near_does(
    name: str, seed: int, whole: bool
) -> None:
    random = Random(seed)
    rules = made_up.with_figures(name)
    flipped = 0
    for number in range(50 if whole else 4):
        on = date(2024, 1, 1) + random.randrange(500) * made_up.DAY
        for item in rules.items.values():
            whom = made_up.subject(random, f"somebody-{number}", item)
            cycle = item.cycle.around(on) if random.random() < 0.6 else item.cycle.at(on)
            own = cycle_of(item, whom, on, cycle)
            if own is None or verdict(item, whom, own, on, Claimed())[0] is not State.NOT_ELIGIBLE:
                continue
            found = smallest(item, whom, own, on, Claimed())
            said = (item.id, number, on, own.name, found)
            if found is not None:
                flipped += 1
                hold_to_it(item, whom, own, on, found, said)
                continue
            for _ in range(NEIGHBOURS):
                near, day = made_up.near(random, whom, on, item)
                assert verdict(item, near, own, day, Claimed())[0] is not State.ELIGIBLE, said
    assert flipped


def test_a_figure_of_the_place_that_is_lacking_is_not_that_nothing_can_change() -> None:
    item = pack.load().item("JF-15")
    whom = Subject(PERSON, HouseholdFacts("h", "1", "甲", made_up.HOME, "", "", None, None, ()))
    whom.person = PersonFacts("p", "甲", "")
    on = date(2024, 6, 1)
    found = smallest(item, whom, item.cycle.at(on), on, Claimed())
    assert found is not None
    assert [each.kind for each in found] == [Kind.RECORD, Kind.FIGURE]
    after, day = applied(whom, on, found)
    answer = assess_subject(item, after, item.cycle.at(on), day, Claimed())
    assert {each.field for each in answer.missing} == {"parameter"}
    assert explain.changes_text(found)
