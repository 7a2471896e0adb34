"""Who is entitled to what: facts gathered once, then the pack's items assessed over them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from caseworker_app.collector import uncollected
from caseworker_app.domain.spans import Cycle
from caseworker_app.policy import needs
from caseworker_app.policy.answer import Entitlement, Share, State
from caseworker_app.policy.applied import Change
from caseworker_app.policy.assess import assess_subject, cycle_of, name_of, shares, subjects
from caseworker_app.policy.changes import smallest
from caseworker_app.policy.decide import claim_of
from caseworker_app.policy.facts import Claimed, HouseholdFacts, OrganisationFacts, Subject
from caseworker_app.policy.pack import Item, Pack
from caseworker_app.policy.schema import EPISODE, ORGANISATION, PERSON
from caseworker_app.policy.verdicts import Decided
from caseworker_app.policy.verdicts import verdicts as quick
from db.queries import facts


class Verdict(NamedTuple):
    """An answer without its reasons: whose, of which item and cycle, from and to in fen."""

    item: str
    cycle: Cycle
    subject: Subject
    state: State
    low: int
    high: int
    claimed: bool = False
    """Whether it was taken up already; asked for by `standing` only."""
    answer: Entitlement | None = None
    """The whole answer where it cannot be told yet, for what is missing; made by `standing` only."""

    @property
    def amount(self) -> int:
        """Return what is due, in fen; 0 where the reviewer decides."""
        return self.low if self.low == self.high else 0

    @property
    def name(self) -> str:
        """Return the name of the beneficiary."""
        return name_of(self.subject)


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of those asked about, and what was claimed before."""

    households: Sequence[HouseholdFacts]
    organisations: Sequence[OrganisationFacts]
    claimed: Claimed


def gather(
    connection: Connection,
    items: Collection[Item],
    on: date,
    *,
    households: Sequence[str] | None = None,
    organisations: Sequence[str] | None = None,
) -> Known:
    """Fetch what these items look at: for everybody, or for the chosen households or organisations."""
    wanted = needs.of(items)
    everybody = households is None and organisations is None
    of_people = any(each.beneficiary != ORGANISATION for each in items)
    of_organisations = any(each.beneficiary == ORGANISATION for each in items)
    homes = (
        facts.households(connection, on, households, wanted) if of_people and organisations is None else []
    )
    firms = (
        facts.organisations(connection, on, organisations, wanted)
        if of_organisations and (everybody or organisations is not None)
        else []
    )
    whom = None
    if not everybody:
        whom = [*(each.id for each in firms), *(each.id for each in homes)]
        whom += [each.id for home in homes for each in home.members]
    return Known(homes, firms, facts.claimed(connection, wanted, whom))


def _asked(
    items: Collection[Item], known: Known, on: date, cycle: str, people: frozenset[str] | None
) -> Iterator[tuple[Item, Cycle, Sequence[Subject]]]:
    """Return for each item and cycle whom it is asked for, those of a household one after another."""
    whom: dict[str, list[Subject]] = {}
    for item in items:
        period = item.cycle.named(cycle) if cycle else item.cycle.at(on)
        if item.beneficiary not in whom:
            asked = subjects(item, known.households, known.organisations)
            if people is not None and item.beneficiary == PERSON:
                asked = [each for each in asked if each.id in people]
            whom[item.beneficiary] = asked
        if item.cycle.kind != EPISODE:
            yield item, period, whom[item.beneficiary]
            continue
        for subject in whom[item.beneficiary]:
            own = cycle_of(item, subject, on, period)
            if own is not None:
                yield item, own, [subject]


def verdicts(
    connection: Connection, pack: Pack, on: date, *, cycle: str = "", as_if_unclaimed: bool = False
) -> list[Verdict]:
    """Assess all items (those that have the cycle, if one is named) for everybody, without reasons: the quick way.

    Who is not named is not eligible. Raises ExpectedError `assess.cycle`.
    """
    items = _items(pack, "", cycle)
    with uncollected():
        known = gather(connection, items, on)
        claimed = Claimed() if as_if_unclaimed else known.claimed
        return _possible(items, replace(known, claimed=claimed), on, cycle)


def _possible(items: Collection[Item], known: Known, on: date, cycle: str) -> list[Verdict]:
    """Return the verdicts of all who are or might be eligible."""
    return [
        Verdict(item.id, period, subject, *decided)
        for item, period, asked in _asked(items, known, on, cycle, None)
        for subject, decided in zip(asked, quick(item, asked, period, on, known.claimed), strict=True)
        if decided[0] is not State.NOT_ELIGIBLE
    ]


def standing(connection: Connection, pack: Pack, on: date, households: Sequence[str]) -> list[Verdict]:
    """Return what these households are eligible for or have claimed, and with reasons what cannot be told yet."""
    items = _items(pack, "", "")
    known = gather(connection, items, on, households=households)
    found = []
    for item, period, asked in _asked(items, known, on, "", None):
        for subject, decided in _concerned(item, period, asked, on, known.claimed):
            answer = (
                assess_subject(item, subject, period, on, known.claimed)
                if decided[0] is State.UNKNOWN
                else None
            )
            taken = decided[0] is State.NOT_ELIGIBLE
            found.append(Verdict(item.id, period, subject, *decided, taken, answer))
    return found


def _items(pack: Pack, item: str, cycle: str) -> list[Item]:
    """Return the items asked for: one, or those that have the cycle named."""
    if item:
        return [pack.item(item)]
    items = list(pack.items.values())
    if not cycle:
        return items
    chosen = [each for each in items if each.cycle.knows(cycle)]
    if not chosen and items:
        items[0].cycle.named(cycle)  # Says which cycles there are.
    return chosen


def assess_all(
    connection: Connection,
    pack: Pack,
    on: date,
    *,
    item: str = "",
    cycle: str = "",
    households: Sequence[str] | None = None,
    people: Sequence[str] | None = None,
    organisations: Sequence[str] | None = None,
    all_answers: bool = True,
) -> list[Entitlement]:
    """Assess the pack's items (one, if named) for everybody or for the chosen, as of a day.

    Without `all_answers` those are left out to whom nothing is due, may be due or was claimed.
    Raises ExpectedError `assess.item` and `assess.cycle`.
    """
    items = _items(pack, item, cycle)
    if people is not None and households is None:
        households = sorted(set(facts.household_of(connection, people, on).values()))
    known = gather(connection, items, on, households=households, organisations=organisations)
    chosen = None if people is None else frozenset(people)
    answers = [
        assess_subject(each, subject, period, on, known.claimed)
        for each, period, asked in _asked(items, known, on, cycle, chosen)
        for subject in (
            asked
            if all_answers
            else [subject for subject, _decided in _concerned(each, period, asked, on, known.claimed)]
        )
    ]
    return together(pack, answers)


def member_shares(connection: Connection, item: Item, on: date, households: Sequence[str]) -> Iterator[Share]:
    """Give what the members of these households are due by an item and of which income, without the reasons."""
    known = gather(connection, [item], on, households=households)
    for _item, period, asked in _asked([item], known, on, "", None):
        for subject in asked:
            yield from shares(item, subject, period, on, known.claimed)


def _concerned(
    item: Item, period: Cycle, asked: Sequence[Subject], on: date, claimed: Claimed
) -> Iterator[tuple[Subject, Decided]]:
    """Give to whom something is due or may be due, and who is not eligible only because it was claimed."""
    for subject, decided in zip(asked, quick(item, asked, period, on, claimed), strict=True):
        if (
            decided[0] is not State.NOT_ELIGIBLE
            or claim_of(item, subject.id, period, claimed, on) is not None
        ):
            yield subject, decided


def what_would_change(connection: Connection, pack: Pack, answer: Entitlement) -> tuple[Change, ...] | None:
    """Return the fewest changes that would make an answer eligible; None when nothing can any more."""
    item = pack.item(answer.item)
    kind = answer.beneficiary_kind
    if kind == ORGANISATION:
        known = gather(connection, [item], answer.on, organisations=[answer.beneficiary])
    else:
        homes = [answer.beneficiary]
        if kind == PERSON:
            homes = list(facts.household_of(connection, homes, answer.on).values())
        known = gather(connection, [item], answer.on, households=homes)
    for subject in subjects(item, known.households, known.organisations):
        if subject.id == answer.beneficiary:
            return smallest(item, subject, answer.cycle, answer.on, known.claimed)
    return None


def together(pack: Pack, answers: Sequence[Entitlement]) -> list[Entitlement]:
    """Note with each answer which others of the same beneficiary it is not given together with."""
    if not any(item.exclusions for item in pack.items.values()):
        return list(answers)
    against: dict[str, set[str]] = defaultdict(set)
    for item in pack.items.values():
        for exclusion in item.exclusions:
            for other in exclusion.items:
                against[item.id].add(other)
                against[other].add(item.id)
    given: dict[tuple[str, str], Entitlement] = {
        (answer.beneficiary, answer.item): answer
        for answer in answers
        if answer.state is State.ELIGIBLE or answer.claimed
    }
    found = []
    for answer in answers:
        others = tuple(
            other for other in sorted(against[answer.item]) if (answer.beneficiary, other) in given
        )
        mine = answer.state is State.ELIGIBLE or bool(answer.claimed)
        found.append(replace(answer, exclusive_with=others) if others and mine else answer)
    return found


def proposed(answers: Sequence[Entitlement]) -> list[Entitlement]:
    """Return the answers that are proposed: of those not given together the highest."""
    by_key = {(each.beneficiary, each.item): each for each in answers}

    def best(answer: Entitlement) -> bool:
        others = [
            by_key[answer.beneficiary, each]
            for each in answer.exclusive_with
            if (answer.beneficiary, each) in by_key
        ]
        own = answer.amount if answer.amount is not None else answer.amount_max or 0
        return all(
            not other.claimed and (other.amount or other.amount_max or 0, other.item) <= (own, answer.item)
            for other in others
        )

    return [each for each in answers if not each.exclusive_with or best(each)]


def _in_state(
    connection: Connection,
    pack: Pack,
    items: Collection[Item],
    on: date,
    state: State,
    *,
    cycle: str = "",
    households: Sequence[str] | None = None,
) -> list[Entitlement]:
    """Return the answers of one state; reasons are built for these alone."""
    with uncollected():
        known = gather(connection, items, on, households=households)
        answers = [
            assess_subject(pack.item(each.item), each.subject, each.cycle, on, known.claimed)
            for each in _possible(items, known, on, cycle)
            if each.state is state
        ]
    return together(pack, answers)


def claimable(
    connection: Connection, pack: Pack, on: date, *, item: str = "", cycle: str = ""
) -> list[Entitlement]:
    """Return what is due to somebody and not yet claimed (免申即享)."""
    return _in_state(connection, pack, _items(pack, item, cycle), on, State.ELIGIBLE, cycle=cycle)


def claimable_in(
    connection: Connection, pack: Pack, on: date, cycles: Sequence[str], wanted: Callable[[Verdict], bool]
) -> list[Entitlement]:
    """Return what is claimable in several cycles ('' for those asked about on the day) to whom anything wanted is due.

    All of a beneficiary's answers come together, so that those not given together can be weighed.
    """
    found: list[Entitlement] = []
    with uncollected():
        known = gather(connection, list(pack.items.values()), on)
        due = [
            [
                each
                for each in _possible(_items(pack, "", cycle), known, on, cycle)
                if each.state is State.ELIGIBLE
            ]
            for cycle in cycles
        ]
        whose = {each.subject.id for verdicts in due for each in verdicts if wanted(each)}
        for verdicts in due:
            answers = [
                assess_subject(pack.item(each.item), each.subject, each.cycle, on, known.claimed)
                for each in verdicts
                if each.subject.id in whose
            ]
            found += together(pack, answers)
    return found


def waiting(
    connection: Connection, pack: Pack, on: date, *, households: Sequence[str] | None = None
) -> list[Entitlement]:
    """Return what cannot be told yet for lack of a fact: for everybody, or for the chosen households."""
    return _in_state(connection, pack, _items(pack, "", ""), on, State.UNKNOWN, households=households)
