"""Histories of villages and their township, made at random: whatever arrives when, one ledger comes of it."""

import random
from datetime import date

import pytest
from sqlalchemy import select

from caseworker_app.domain import lines
from db import journal, merge
from db.tables import RECORDS, Conflict
from tests.exchange.ledgers import TOWNSHIP, VILLAGES, Hand, Memory


def history(seed: int, villages: int, edits: int, every: int) -> list[bytes]:
    """Let villages work for a while, with clones, restored copies and clocks that lie; return what they sent."""
    chance, hand = random.Random(seed), Hand(seed)
    sent: list[bytes] = []
    for village in VILLAGES[:villages]:
        first = Memory(village, f"{village}-0", drift=chance.randint(-(10**8), 10**8))
        hand.begin(first)
        copies, kept = [first], first.copy()
        for done in range(edits):
            ledger = chance.choice(copies)
            hand.edit(ledger)
            event = chance.random()
            if event < 1.5 / edits and len(copies) < 3:
                # A copied or a restored folder is another device; a cloned disk is not, and nobody knows.
                source = chance.choice((ledger, kept))
                copies.append(source.copy(chance.choice((f"{village}-{len(copies)}", source.device)), done))
            elif event < 5 / edits:
                kept = ledger.copy()
            elif event < 8 / edits and sent:
                # Copies hear of each other now and then, by an older workbook.
                mine = [each for each in sent if village.encode() in each[:40]]
                if mine:
                    ledger.receive(chance.choice(mine))
            if done % every == every - 1:
                sent.append(ledger.sent())
        sent.extend(copy.sent() for copy in copies)
    return sent


@pytest.fixture
def empty() -> Memory:
    return Memory(TOWNSHIP, "township")


def arrive(empty: Memory, order: list[bytes]) -> tuple[Memory, int]:
    """Let workbooks arrive in an order; hold each to its account of cells."""
    ledger = empty.copy()
    for told in order:
        merged = ledger.receive(told)
        assert sum(merged.cells.values()) > 0
    return ledger, ledger.decide()


@pytest.mark.parametrize("seed", range(3))
def test_any_order_ends_in_one_ledger(seed: int, empty: Memory, whole: bool) -> None:
    villages, edits, every, orders = (6, 1000, 250, 70) if whole else (2, 40, 10, 5)
    sent = history(seed, villages, edits, every)
    ends, chance, ledger = set(), random.Random(seed), empty
    for _ in range(orders):
        # Some come twice, and what was lost on the way is made good at the end.
        order = sent + chance.choices(sent, k=len(sent) // 2)
        chance.shuffle(order)
        ledger, _conflicts = arrive(empty, order)
        assert ledger.read(journal.broken_link) is None
        ends.add(ledger.content())
    assert len(ends) == 1
    # What is known already, or was decided, is not changed by the same workbooks once more.
    before = ledger.content()
    for told in sent:
        merged = ledger.receive(told)
        assert not merged.conflicts
        assert merged.cells["accepted"] == 0
    assert ledger.content() == before


def test_no_value_is_replaced_that_the_journal_does_not_keep(empty: Memory) -> None:
    ledger = empty.copy()
    seen: dict[tuple[str, str, str], list[str]] = {}
    for told in history(5, 2, 40, 10):
        ledger.receive(told)
        for record, fields in ledger.values().items():
            for name, value in fields.items():
                said = seen.setdefault((*record, name), [])
                if not said or said[-1] != value:
                    said.append(value)
    kept = ledger.replaced()
    replaced = {key: said[:-1] for key, said in seen.items() if len(said) > 1}
    assert replaced
    assert {key: kept[key] for key in replaced} == replaced


def test_a_clone_nobody_knows_of_is_told_apart_and_loses_nothing(empty: Memory) -> None:
    hand, village = Hand(11), VILLAGES[0]
    first = Memory(village, "one")
    hand.begin(first, 2)
    clone = first.copy()
    person = first.live("person")[0].id
    for ledger, number in ((first, "1"), (clone, "2"), (first, "3")):
        with ledger.units("cell.edit") as unit:
            unit.update(RECORDS["person"], person, phone=number)
            unit.commit()
    for order in ((first, clone), (clone, first)):
        town = empty.copy()
        town.receive(order[0].sent())
        merged = town.receive(order[1].sent())
        assert (merged.standing, merged.branches, len(merged.conflicts)) == ("forked", ["one"], 1)
        assert {town.read(lambda c: c.execute(select(Conflict.ours, Conflict.theirs)).one())} <= {
            ("3", "2"),
            ("2", "3"),
        }
        again = town.receive(order[1].sent())
        assert not again.conflicts


@pytest.mark.parametrize("choice", ["ours", "theirs"])
@pytest.mark.parametrize("edited_first", [True, False])
def test_what_one_takes_out_and_the_other_edits_is_decided_by_a_person(
    empty: Memory, choice: str, edited_first: bool
) -> None:
    hand, village = Hand(3), VILLAGES[0]
    one = Memory(village, "one")
    hand.begin(one, 2)
    other = one.copy("other")
    person = one.live("person")[0].id
    with one.units("person.void") as unit:
        unit.void(RECORDS["person"], person)
        unit.commit()
    with other.units("cell.edit") as unit:
        unit.update(RECORDS["person"], person, phone="2")
        unit.commit()
    workbooks = [other.sent(), one.sent()] if edited_first else [one.sent(), other.sent()]
    town = empty.copy()
    town.receive(workbooks[0])
    merged = town.receive(workbooks[1])
    assert (merged.standing, len(merged.conflicts)) == ("forked", 1)
    row = town.read(lambda c: c.execute(select(Conflict.field, Conflict.ours, Conflict.theirs)).one())
    assert tuple(row) == ("voided", not edited_first, edited_first)
    # Until it is decided the record stands as it was held; the edit is kept either way.
    assert (person in {each.id for each in town.live("person")}) == edited_first
    with town.units("conflict.decide") as unit:
        (waiting,) = merged.conflicts
        merge.decide(unit, waiting, choice, date(2024, 11, 30), "x", "")
        unit.commit()
    stands = edited_first == (choice == "ours")
    assert (person in {each.id for each in town.live("person")}) == stands
    assert lines.canonical("2") == town.values()["person", person]["phone"]
    # What was decided against does not come back with the same workbooks.
    for told in workbooks:
        assert not town.receive(told).conflicts
    assert (person in {each.id for each in town.live("person")}) == stands


def test_who_knew_of_the_edit_takes_out_without_a_question(empty: Memory) -> None:
    hand, village = Hand(4), VILLAGES[0]
    one = Memory(village, "one")
    hand.begin(one, 2)
    person = one.live("person")[0].id
    town = empty.copy()
    with one.units("cell.edit") as unit:
        unit.update(RECORDS["person"], person, phone="2")
        unit.commit()
    town.receive(one.sent())
    other = one.copy("other")
    with other.units("person.void") as unit:
        unit.void(RECORDS["person"], person)
        unit.commit()
    assert not town.receive(other.sent()).conflicts
    assert person not in {each.id for each in town.live("person")}
    # Both edit, nobody takes out: nothing is to be decided about its standing.
    home = one.live("household")[0].id
    with one.units("cell.edit") as unit:
        unit.update(RECORDS["household"], home, phone="3")
        unit.commit()
    assert not town.receive(one.sent()).conflicts
