"""What is due before anybody asks, what will be and when, and one household's bundle."""

from datetime import date

from caseworker_app.domain.spans import add_months
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.use_cases import claimable, claims, entitlements
from caseworker_app.use_cases.desk import Desk

ON = date(2024, 11, 30)


def test_sums_by_item_and_by_village_come_to_the_same(sample_desk: Desk) -> None:
    with sample_desk.ledger.reader() as connection:
        offers = claimable.now(connection, sample_desk, ON)
    total = sum(offer.answer.amount or 0 for offer in offers)
    by_item, by_village = claimable.sums(offers), claimable.sums(offers, by_village=True)
    assert sum(each.amount for each in by_item) == sum(each.amount for each in by_village) == total > 0
    assert sum(each.count for each in by_item) == sum(each.count for each in by_village) == len(offers)
    assert {each.key for each in by_item} <= set(sample_desk.pack.items)
    assert all(each.name for each in by_village)


def test_what_will_be_due_is_due_on_its_day_and_not_a_month_before(sample_desk: Desk) -> None:
    with sample_desk.ledger.reader() as connection:
        coming = claimable.coming(connection, sample_desk, ON, months=3)
        assert coming
        for offer in [each for each in coming if each.due and each.due > ON][:20]:
            assert offer.due is not None

            def state(day: date, answer: Entitlement = offer.answer) -> State:
                personal = answer.beneficiary_kind == "person"
                (found,) = entitlements.assess_all(
                    connection,
                    sample_desk.pack,
                    day,
                    item=answer.item,
                    cycle=answer.cycle.name,
                    people=[answer.beneficiary] if personal else None,
                    households=None if personal else [answer.beneficiary],
                )
                return found.state

            assert state(offer.due) is State.ELIGIBLE
            assert state(add_months(offer.due, -1)) is not State.ELIGIBLE


def test_a_bundle_holds_all_of_one_household_and_what_was_claimed(sample_desk: Desk) -> None:
    with sample_desk.ledger.reader() as connection:
        offer = next(
            each
            for each in claimable.now(connection, sample_desk, ON)
            if each.answer.beneficiary_kind == "person"
        )
        household = claimable.household_of(connection, offer.answer, ON)
        before = claimable.bundle(connection, sample_desk, household, ON)
    assert before is not None
    assert offer.answer.beneficiary in {each.beneficiary for each in before.offers}
    claims.file(sample_desk, offer.answer.item, [offer.answer.beneficiary], ON, cycle=offer.answer.cycle.name)
    with sample_desk.ledger.reader() as connection:
        after = claimable.bundle(connection, sample_desk, household, ON)
        assert claimable.bundle(connection, sample_desk, "0" * 32, ON) is None
        assert offer.id not in {each.id for each in claimable.now(connection, sample_desk, ON)}
    assert after is not None
    assert before.amount - after.amount == offer.answer.amount
    assert len(after.claims) == 1
