"""What waits today: the lists that ask for something with their first lines, and how far the month has come."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from caseworker_app.domain import divisions, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.spans import Cycle, month_end
from caseworker_app.policy import explain
from caseworker_app.policy.answer import State
from caseworker_app.policy.pack import Pack
from caseworker_app.read_models.today import Card, Claiming, Home, Offer, Ring, Standing, Waiting
from caseworker_app.read_models.todos import Todo
from caseworker_app.use_cases import entitlements, lists, problems, reasons, safety
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.entitlements import Verdict
from caseworker_app.wording import _n
from db.queries import facts, households, uploads, workers
from db.queries.workers import Asked

SHOWN = 5
"""Lines of each card."""
_ROUND_DAYS = 60


def _card(connection: Connection, pack: Pack, name: str, people: Sequence[str], asked: Asked) -> Card:
    told = lists.told(connection, pack, people[:SHOWN], asked, name)
    return Card(len(people), tuple(Waiting(row.id, "person", row.name, why) for row, why in told))


def _todos(found: Sequence[Todo]) -> Card:
    """Return what came back from above or differs from a list and is not put right yet."""
    waiting = [each for each in found if not each.gone]
    lines = tuple(
        Waiting(
            each.person or each.household or each.id,
            "person" if each.person else "household" if each.household else "todos",
            each.name or each.household_no or divisions.called(each.village_code),
            each.what,
        )
        for each in waiting[:SHOWN]
    )
    return Card(len(waiting), lines)


def reporting_day(day: int, on: date) -> date:
    """Return this month's day of reporting; its last day where it has no such day."""
    return on.replace(day=min(day, month_end(on).day))


def standing(connection: Connection, desk: Desk, on: date) -> Standing:
    """Return how the lists stand on a day."""
    asked, pack = desk.asked(on), desk.pack
    counts = workers.counts(connection, ("people", "owed", "package-due", "able", "working"), asked)
    waiting = workers.ids(connection, "zeroing", asked)
    days = workers.waiting_days(connection, waiting, asked)
    late = sum(each > asked.zeroing_limit for each in days.values())
    found = {
        "zeroing": waiting,
        "contact-overdue": workers.ids(connection, "contact-overdue", asked),
        "posts-ending": workers.ids(connection, "posts-ending", asked),
        "returned": workers.ids(connection, "returned-lately", asked),
    }
    cards = {name: _card(connection, pack, name, people, asked) for name, people in found.items()}
    urgent = {"zeroing": late, "contact-overdue": len(found["contact-overdue"])}
    cards |= {name: Card(cards[name].count, cards[name].lines, count) for name, count in urgent.items()}
    cards["todos"] = _todos(problems.todos(connection, desk))
    upload = uploads.last(connection, f"{on:%Y-%m}")
    return Standing(
        counts["people"],
        Ring(counts["owed"] - counts["package-due"], counts["owed"]),
        Ring(counts["working"], counts["able"]),
        cards,
        reporting_day(desk.reporting_day, on),
        upload.written_on if upload else None,
        upload.file_name if upload else "",
        safety.backed_up(desk),
    )


def everywhere(connection: Connection, desk: Desk, on: date) -> list[str]:
    """Return every household, in order."""
    return households.ids(connection, desk.asked(on))


def touched(connection: Connection, changed: Changed, on: date) -> list[str]:
    """Return the households that a change may have given or taken something."""
    theirs = set(facts.household_of(connection, sorted(changed.people), on).values())
    return sorted(theirs | changed.households)


def homes(connection: Connection, desk: Desk, on: date, chosen: Sequence[str]) -> dict[str, Home | None]:
    """Return what is due to these households; None for those without offers, claims or facts that claims wait for."""
    known: dict[str, list[Verdict]] = {}
    for each in entitlements.standing(connection, desk.pack, on, chosen):
        assert each.subject.household is not None
        known.setdefault(each.subject.household.id, []).append(each)
    return {home: _home(home, known[home]) if home in known else None for home in chosen}


def _home(household: str, known: Sequence[Verdict]) -> Home | None:
    waits: dict[str, list[str]] = {}
    for each in known:
        if each.answer is not None:
            lists.note_missing(each.answer, waits)
    offers = tuple(
        Offer(each.subject.id, each.subject.kind, each.name, each.amount, each.item, household)
        for each in known
        if each.state is State.ELIGIBLE
    )
    claimed = sum(each.claimed for each in known)
    return Home(offers, claimed, tuple(waits)) if offers or claimed or waits else None


def _waiting(connection: Connection, pack: Pack, on: date, offers: Sequence[Offer]) -> tuple[Waiting, ...]:
    """Return lines for these offers with the reason of each: reasons are made for what is shown alone."""
    answers = {
        (answer.item, answer.beneficiary): answer
        for answer in entitlements.assess_all(
            connection, pack, on, households=sorted({offer.household for offer in offers})
        )
    }
    found = []
    for offer in offers:
        answer = answers.get((offer.item, offer.beneficiary))
        reason = reasons.clauses(
            f"{pack.item(offer.item).name} {money.shown(offer.amount)}",
            explain.why(answer).rstrip("。.") if answer else "",
        )
        found.append(Waiting(offer.beneficiary, offer.kind, offer.name, reason))
    return tuple(found)


def claiming(connection: Connection, desk: Desk, on: date, known: Mapping[str, Home]) -> Claiming:
    """Return how claims and records stand on a day, from what is due to each household."""
    asked = desk.asked(on)
    offers = sorted(
        (offer for home in known.values() for offer in home.offers), key=lambda offer: -offer.amount
    )
    claimed = sum(home.claimed for home in known.values())
    waits = [who for home in known.values() for who in home.waits]
    lacking = workers.ids(connection, "incomplete", asked)
    blocked = set(waits)
    incomplete = waits + [each for each in lacking if each not in blocked]
    people = workers.counts(connection, ("people",), asked)["people"]
    return Claiming(
        Ring(claimed, claimed + len(offers)),
        Ring(people - len(incomplete), people),
        Card(len(offers), _waiting(connection, desk.pack, on, offers[:SHOWN])),
        sum(offer.amount for offer in offers),
        _card(connection, desk.pack, "incomplete", incomplete, asked),
        _rounds(desk.pack, on, offers),
    )


def _rounds(pack: Pack, on: date, offers: Sequence[Offer]) -> tuple[Waiting, ...]:
    """Return the rounds of claims that soon give way to the next, and how many have not claimed."""
    found = []
    for item in pack.items.values():
        rule = item.cycle
        last = Cycle.containing(on, rule.month, rule.day).span.last
        left = sum(offer.item == item.id for offer in offers)
        if left and last <= on + timedelta(days=_ROUND_DAYS):
            words = _n(
                "round {cycle} ends {day}, {count} claim not filed",
                "round {cycle} ends {day}, {count} claims not filed",
                left,
            ).format(cycle=rule.at(on).name, day=reasons.day_text(last, on), count=left)
            found.append(Waiting(item.id, "claims", item.name, words))
    return tuple(found)
