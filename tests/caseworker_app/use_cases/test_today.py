"""What is due today comes from verdicts alone, and is what the whole answers say."""

from datetime import date

from sqlalchemy import Connection

from caseworker_app.domain.changed import Changed
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.read_models.today import Home
from caseworker_app.use_cases import claims, entitlements, lists, today
from caseworker_app.use_cases.desk import Desk
from db.queries import facts, workers
from db.tables import Household, Membership, Person

ON = date(2024, 11, 30)
Due = tuple[set[tuple[str, str, str, int]], int, set[str]]


def from_answers(answers: list[Entitlement]) -> Due:
    """Return what is due, how many were claimed and whose records claims wait for, from whole answers."""
    waits: dict[str, list[str]] = {}
    for each in answers:
        if each.state is State.UNKNOWN:
            lists.note_missing(each, waits)
    offers = {
        (each.item, each.beneficiary, each.name, each.amount or 0)
        for each in answers
        if each.state is State.ELIGIBLE
    }
    return offers, sum(bool(each.claimed) for each in answers), set(waits)


def seen(connection: Connection, desk: Desk) -> dict[str, Home]:
    every = today.everywhere(connection, desk, ON)
    return {home: due for home, due in today.homes(connection, desk, ON, every).items() if due}


def test_what_is_due_to_households_is_what_the_whole_answers_say(sample_desk: Desk) -> None:
    with sample_desk.ledger.reader() as connection:
        due = entitlements.claimable(connection, sample_desk.pack, ON)
    for item in ("JF-5", "JF-6"):
        some = [each for each in due if each.item == item][:3]
        claims.file(sample_desk, item, [each.beneficiary for each in some], ON, cycle=some[0].cycle.name)
    with sample_desk.ledger.reader() as connection:
        found = seen(connection, sample_desk)
        every = today.everywhere(connection, sample_desk, ON)
        answers = entitlements.assess_all(connection, sample_desk.pack, ON, households=every)
        standing = today.claiming(connection, sample_desk, ON, found)
    offers = {
        (offer.item, offer.beneficiary, offer.name, offer.amount)
        for home in found.values()
        for offer in home.offers
    }
    claimed = sum(home.claimed for home in found.values())
    waits = {who for home in found.values() for who in home.waits}
    assert (offers, claimed, waits) == from_answers(answers)
    assert claimed == 6
    assert {offer.household for home in found.values() for offer in home.offers} <= set(found)
    assert standing.offers.count == len(offers) > today.SHOWN
    assert standing.amount == sum(each[3] for each in offers)
    assert standing.claims.done == 6
    shown = standing.offers.lines
    assert len(shown) == today.SHOWN
    assert all(line.name and len(line.reason) > len("务工收入奖励 1,000.00") for line in shown)


def test_what_a_list_shows_as_due_is_each_ones_part_of_the_whole_answers(sample_desk: Desk) -> None:
    with sample_desk.ledger.reader() as connection:
        for item in ("JF-5", "JF-6"):
            due = entitlements.claimable(connection, sample_desk.pack, ON, item=item)[0]
            claims.file(sample_desk, item, [due.beneficiary], ON, cycle=due.cycle.name)
    with sample_desk.ledger.reader() as connection:
        people = workers.ids(connection, "workforce", sample_desk.asked(ON))
        shown = lists.due(connection, sample_desk.pack, people, ON)
        answers = entitlements.assess_all(connection, sample_desk.pack, ON, people=people)
    wanted = dict.fromkeys(people, 0)
    taken = dict.fromkeys(people, 0)
    for answer in answers:
        parts = {each.person: each.paid or 0 for each in answer.members}
        if answer.beneficiary_kind == "person":
            parts = {answer.beneficiary: answer.amount or 0}
        for person in parts.keys() & wanted.keys():
            taken[person] += bool(answer.claimed)
            wanted[person] += parts[person] if answer.state is State.ELIGIBLE else 0
    assert {person: each.claimable for person, each in shown.items()} == wanted
    assert {person: each.claimed for person, each in shown.items()} == taken
    assert sum(wanted.values()) > 0 < sum(taken.values())
    assert any(each.missing for each in shown.values())


def test_a_claim_under_another_record_of_the_number_counts_for_one_household_as_for_all(
    sample_desk: Desk,
) -> None:
    with sample_desk.ledger.reader() as connection:
        due = entitlements.claimable(connection, sample_desk.pack, ON, item="JF-5")[0]
        home = facts.household_of(connection, [due.beneficiary], ON)[due.beneficiary]
    claims.file(sample_desk, "JF-5", [due.beneficiary], ON, cycle=due.cycle.name)
    with sample_desk.units("ledger.new", name="x") as unit:
        other = unit.insert(Household, household_no="twin", village_code="640106100207")
        again = unit.insert(Person, name=due.name, identity_number=due.identity_number, twin="2")
        unit.insert(Membership, person_id=again, household_id=other, relation="head")
        unit.commit()
    with sample_desk.ledger.reader() as connection:
        everybody = facts.claimed(connection)
        for whom in ([again], [due.beneficiary]):
            alone = facts.claimed(connection, whom=whom)
            assert alone.of(whom[0], ON) == everybody.of(whom[0], ON) != []
        assert not facts.claimed(connection, whom=[home]).of(due.beneficiary, ON)
        (answer,) = entitlements.assess_all(connection, sample_desk.pack, ON, item="JF-5", people=[again])
    assert answer.claimed


def test_only_households_that_a_change_touched_are_looked_at_again(sample_desk: Desk) -> None:
    with sample_desk.ledger.reader() as connection:
        every = today.everywhere(connection, sample_desk, ON)
        members = entitlements.assess_all(connection, sample_desk.pack, ON, item="JF-5", households=every[:1])
        changed = Changed("x", people=frozenset({members[0].beneficiary}))
        assert today.touched(connection, changed, ON) == every[:1]
