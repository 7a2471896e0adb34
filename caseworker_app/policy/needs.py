"""Which records an item looks at, so that only those are fetched for everybody."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from caseworker_app.policy import schema as s
from caseworker_app.policy.vocabulary import RECORDS, Fact

ALL = frozenset(
    {
        "attributes",
        "businesses",
        "certificates",
        "contracts",
        "flags",
        "insurances",
        "loans",
        "organisations",
        "papers",
        "posts",
        "shares",
        "spells_claimed",
        "wages",
    }
)
"""Everything that is not always fetched."""
_ALWAYS = frozenset(
    {"household.kind", "household.monitored_kind", "household.identified_on", "household.risk_resolved"}
)


def _blocks(value: Any) -> Iterator[Any]:  # noqa: ANN401 - any block of a pack
    if isinstance(value, tuple | list):
        for each in value:
            yield from _blocks(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _blocks(each)
    elif is_dataclass(value) and not isinstance(
        value, Fact | s.Parameter | s.CycleRule | s.Paper | s.Process
    ):
        yield value
        for part in fields(value):
            if part.name not in ("facts", "memo"):
                yield from _blocks(getattr(value, part.name))


def _of_fact(name: str) -> Iterator[str]:
    of, _, which = name.partition(".")
    if of in RECORDS:
        yield RECORDS[of]
    elif of == "person":
        if which not in ("age", "born", "sex", "relation", "disabled", "working"):
            yield "attributes"
    elif of == "household" and name not in _ALWAYS:
        yield "flags"


def _of_work(work: s.Work) -> Iterator[str]:
    if work.contract:
        yield "contracts"
    if work.insured or work.insurances_least:
        yield "insurances"
    if work.papers_least:
        yield "papers"
    if work.by_bank or work.recorded_only:
        yield "wages"


def _of_quantity(quantity: s.Quantity) -> Iterator[str]:
    if quantity.measure == "income":
        yield "wages"
    if quantity.measure == "insurance_paid":
        yield "insurances"
    if quantity.fact:
        yield from _of_fact(quantity.fact)
    if quantity.record:
        yield RECORDS[quantity.record]


def _of_item(item: s.Item) -> Iterator[str]:
    if item.about:
        yield RECORDS[item.about]
    if item.beneficiary == s.ORGANISATION:
        yield "organisations"
    if item.cycle.kind == s.EPISODE:
        yield "attributes"
    if item.caps or item.exclusions:
        yield "shares"


def _of_block(block: Any) -> Iterator[str]:  # noqa: ANN401 - any block of a pack
    if isinstance(block, s.FactTest | s.Value | s.ByFact) and block.fact:
        yield from _of_fact(block.fact)
    elif isinstance(block, s.CategoryTest) and block.flags:
        yield "flags"
    elif isinstance(block, s.Work):
        yield from _of_work(block)
    elif isinstance(block, s.Quantity):
        yield from _of_quantity(block)
    elif isinstance(block, s.Item):
        yield from _of_item(block)
    elif isinstance(block, s.Exclusion) and block.over == "same_work":
        yield "spells_claimed"


def of(items: Iterable[s.Item]) -> frozenset[str]:
    """Return what these items look at beside people, households and jobs."""
    return frozenset().union(*map(_found, items))


def _found(item: s.Item) -> frozenset[str]:
    """Return what one item looks at, found once."""
    if "needs" not in item.memo:
        item.memo["needs"] = frozenset(need for block in _blocks(item) for need in _of_block(block))
    found: frozenset[str] = item.memo["needs"]
    return found
