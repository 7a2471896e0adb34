"""What can be claimed before anybody asks, by item and by village; what will be, and when; one household's bundle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from caseworker_app.domain import divisions
from caseworker_app.domain.claim import DEAD
from caseworker_app.domain.spans import add_months
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.policy.pack import Pack
from caseworker_app.policy.schema import EPISODE
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.use_cases import entitlements
from caseworker_app.use_cases.desk import Desk
from db.queries import claims as claim_queries
from db.queries import facts, rosters, workers

AHEAD = 6
"""How many months ahead is looked for what will be due."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many can claim, and how much in fen, of an item or in a village."""

    key: str
    name: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Something one beneficiary can claim, or will by a day."""

    id: str
    answer: Entitlement
    item_name: str
    village: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that one household and its members are entitled to, and what was claimed of it."""

    household: str
    household_no: str
    head: str
    answers: tuple[Entitlement, ...]
    claims: tuple[ClaimRow, ...]

    @property
    def offers(self) -> tuple[Entitlement, ...]:
        """What can be claimed now."""
        return tuple(each for each in self.answers if each.state is State.ELIGIBLE and not each.claimed)

    @property
    def amount(self) -> int:
        """What that comes to, in fen."""
        return sum(each.amount or 0 for each in self.offers)


def _key(item: str, cycle: str, beneficiary: str) -> str:
    return f"{item}|{cycle}|{beneficiary}"


def _offers(
    connection: Connection, desk: Desk, answers: Iterable[Entitlement], due: date | None = None
) -> list[Offer]:
    found = list(answers)
    homes = rosters.villages(connection, {each.household_no for each in found})
    return [
        Offer(
            _key(each.item, each.cycle.name, each.beneficiary),
            each,
            desk.pack.item(each.item).name,
            homes.get(each.household_no, ""),
            due,
        )
        for each in found
    ]


def now(connection: Connection, desk: Desk, on: date) -> list[Offer]:
    """Return what can be claimed on a day and is not; of items not given together the highest."""
    answers = entitlements.proposed(entitlements.claimable(connection, desk.pack, on))
    return _offers(connection, desk, (each for each in answers if not each.claimed))


def _running(pack: Pack, on: date) -> list[str]:
    """Return the names of the cycles that run on a day."""
    return sorted({item.cycle.around(on).name for item in pack.items.values() if item.cycle.kind != EPISODE})


def coming(connection: Connection, desk: Desk, on: date, *, months: int = AHEAD) -> list[Offer]:
    """Return what will be due if the work goes on, of the cycles that run by then, each with the day by which it is.

    What is reached already in a cycle that still runs stands first, with today.
    """
    known = {each.id for each in now(connection, desk, on)}
    found: list[Offer] = []
    for ahead in range(months + 1):
        day = add_months(on, ahead)
        answers = entitlements.claimable_in(
            connection,
            desk.pack,
            day,
            ("", *_running(desk.pack, day)),
            lambda each: _key(each.item, each.cycle.name, each.subject.id) not in known,
        )
        for offer in _offers(connection, desk, entitlements.proposed(answers), day):
            if offer.id not in known:
                known.add(offer.id)
                found.append(offer)
    return found


def household_of(connection: Connection, answer: Entitlement, on: date) -> str:
    """Return the household of whom an answer is for; '' of an organisation."""
    if answer.beneficiary_kind == "household":
        return answer.beneficiary
    return facts.household_of(connection, [answer.beneficiary], on).get(answer.beneficiary, "")


def sums(offers: Sequence[Offer], *, by_village: bool = False) -> list[Sum]:
    """Return offers added up by item, or by village, the largest first."""
    found: dict[str, list[Offer]] = {}
    for offer in offers:
        found.setdefault(offer.village if by_village else offer.answer.item, []).append(offer)
    return sorted(
        (
            Sum(
                key,
                divisions.called(key) if by_village else each[0].item_name,
                len(each),
                sum(offer.answer.amount or 0 for offer in each),
            )
            for key, each in found.items()
        ),
        key=lambda each: (-each.amount, each.key),
    )


def bundle(connection: Connection, desk: Desk, household: str, on: date) -> Bundle | None:
    """Return everything of one household; None when nobody belongs to it on that day."""
    members = workers.members(connection, household, desk.asked(on))
    if not members:
        return None
    answers = entitlements.assess_all(connection, desk.pack, on, households=[household])
    whose = [household, *(member.id for member in members)]
    claims = claim_queries.rows(connection, claim_queries.ids(connection, beneficiaries=whose), on)
    order = {State.ELIGIBLE: 0, State.UNKNOWN: 1, State.NOT_ELIGIBLE: 2}
    return Bundle(
        household,
        answers[0].household_no if answers else "",
        members[0].name,
        tuple(sorted(answers, key=lambda each: (order[each.state], -(each.amount or 0)))),
        tuple(each for each in claims if each.state not in DEAD),
    )
