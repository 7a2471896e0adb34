"""Claims of many villages: those for one person twice are all found, no others, and wait until someone decides."""

from datetime import date

from db.ids import new_id
from db.queries import claims as queries
from db.tables import RECORDS
from tests.exchange.ledgers import TOWNSHIP, Memory

CYCLE, ITEM = "2024", "JF-5"


def village(number: int, people: list[str]) -> bytes:
    """Return what a village sends in which each of these people has one claim."""
    code = f"{TOWNSHIP}{200 + number}"
    ledger = Memory(code, f"laptop {number}")
    day = date(2024, 11, 1)
    with ledger.units("claim.file") as unit:
        home = unit.insert(
            RECORDS["household"], household_no=f"{code}01", village_code=code, group_name="", phone=""
        )
        ids = unit.insert_many(
            RECORDS["person"],
            [{"name": "某", "identity_number": each, "sex": "male", "born": None} for each in people],
        )
        unit.insert_many(
            RECORDS["membership"],
            [
                {"person_id": each, "household_id": home, "relation": "child", "since": None, "until": None}
                for each in ids
            ],
        )
        claims = unit.insert_many(
            RECORDS["claim"],
            [
                {
                    "number": f"{ITEM}-{code}-{at:04d}",
                    "pack": "jinfeng",
                    "item": ITEM,
                    "cycle": CYCLE,
                    "beneficiary_kind": "person",
                    "beneficiary": each,
                    "amount": 100_000,
                    "state": "submitted",
                    "filed_on": day,
                    "assessed_on": day,
                    "answer": {},
                }
                for at, each in enumerate(ids)
            ],
        )
        unit.insert_many(
            RECORDS["claim_step"],
            [
                {
                    "claim_id": each,
                    "state": "submitted",
                    "on": day,
                    "officer": "x",
                    "number": 1,
                    "level": "village",
                }
                for each in claims
            ],
        )
        unit.commit()
    return ledger.sent()


def test_every_repeat_is_found_and_none_that_is_none(whole: bool) -> None:
    villages, each, planted = (20, 500, 100) if whole else (5, 60, 12)
    numbers = [[f"{new_id()[-12:]}{at:06d}" for at in range(each)] for _ in range(villages)]
    for at in range(planted):
        source, target = at % villages, (at + 1) % villages
        numbers[target][at * 2 // villages] = numbers[source][each - 1 - at // villages]
    town = Memory(TOWNSHIP, "town")
    twins = 0
    for at, people in enumerate(numbers):
        twins += len([table for table, _id in town.receive(village(at, people)).twins if table == "person"])
    assert twins == planted

    counted: dict[str, int] = {}
    for people in numbers:
        for number in people:
            counted[number] = counted.get(number, 0) + 1
    by_id = {person.id: person.identity_number for person in town.live("person")}
    claims = town.live("claim")
    assert len(claims) == villages * each
    assert {claim.state for claim in claims} == {"submitted"}
    lives = town.read(lambda connection: queries.lives(connection, [claim.number for claim in claims]))
    found = {claim.number for claim in claims if lives[claim.number].rival}
    assert found == {claim.number for claim in claims if counted[by_id[claim.beneficiary]] == 2}
    assert len(found) == 2 * planted

    # Decided by a person: the one goes, the other is free again.
    one = next(claim for claim in claims if claim.number in found)
    other = lives[one.number].rival
    with town.units("claim.advance") as unit:
        unit.update(RECORDS["claim"], one.id, state="rejected")
        unit.commit()
    after = town.read(lambda connection: queries.lives(connection, [other]))
    assert after[other].rival == ""
