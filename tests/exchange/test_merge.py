"""Histories of villages and their township, made at random: whatever arrives when, one ledger comes of it."""

import random

import pytest

from db import journal
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
    villages, edits, every, orders = (6, 1000, 250, 200) if whole else (2, 60, 15, 6)
    sent = history(seed, villages, edits, every)
    ends, chance = set(), random.Random(seed)
    decided = set()
    for _ in range(orders):
        order = sent + chance.choices(sent, k=len(sent) // 2)
        chance.shuffle(order)
        ledger, conflicts = arrive(empty, order)
        assert ledger.read(journal.broken_link) is None
        ends.add(ledger.content())
        decided.add(conflicts)
    assert len(ends) == 1
