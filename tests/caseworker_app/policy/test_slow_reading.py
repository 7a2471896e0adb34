"""The other items of Jinfeng against a second reading of the plan: written anew here, day by day, nobody clever.

The two awards of a household are read in `test_assess`; here are training, travel, start-up and insurance of people,
and what agencies, employers, workshops and studios get. Whatever may be unknown is unknown of somebody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pytest

from caseworker_app.policy.assess import assess_subject
from caseworker_app.policy.facts import (
    Claimed,
    EngagedFacts,
    HouseholdFacts,
    InsuranceFacts,
    OrganisationFacts,
    PersonFacts,
    SpellFacts,
    Subject,
)
from caseworker_app.policy.schema import ORGANISATION, PERSON
from caseworker_app.policy.verdicts import verdict
from tests.caseworker_app.policy import made_up
from tests.caseworker_app.policy.test_assess import might_be, months_of_run, whole_months

DAY = timedelta(days=1)
BEGINNING = date(1990, 1, 1)
NOBODY_KNOWS = 1 << 59
Known = bool | None


@dataclass(frozen=True)
class Said:
    state: str
    amount: int | None
    most: int | None


@dataclass(frozen=True)
class Range:
    """What one answer comes to: its conditions, from and to, and whether that is all there is to know."""

    holds: Known
    low: int
    high: int
    sure: bool = True


def every(answers: Iterable[Known]) -> Known:
    found = list(answers)
    return False if False in found else None if None in found else True


def some(answers: Iterable[Known]) -> Known:
    found = list(answers)
    return True if True in found else None if None in found else False


def among(value: str, wanted: Iterable[str]) -> Known:
    return value in set(wanted) if value else None


def at_least(low: int, high: int, least: int) -> Known:
    return True if low >= least else None if high >= least else False


def said(found: Range) -> Said:
    if found.holds is False or not found.high:
        return Said("not_eligible", 0, 0)
    most = None if found.high >= NOBODY_KNOWS else found.high
    if found.holds is None or not found.sure:
        return Said("unknown", None, most)
    return Said("eligible", found.low if found.low == found.high else None, most)


def best_of(found: list[Range]) -> Said:
    """Return the best of several records: sure when one that surely holds is not beaten by any that might."""
    able = [each for each in found if each.holds is not False and each.high]
    if not able:
        return Said("not_eligible", 0, 0)
    low = max((each.low for each in able if each.holds and each.sure), default=0)
    high = max(each.high for each in able)
    unbeaten = any(
        each.holds and each.sure and all(each.low >= other.low and each.high >= other.high for other in able)
        for each in able
    )
    return said(Range(True, low, high, unbeaten))


# -- people --------------------------------------------------------------------------------------------


def lifted(home: HouseholdFacts | None, kinds: tuple[str, ...], flags: tuple[str, ...], on: date) -> Known:
    """Whether a household is out of poverty, monitored as one of these, or marked so."""
    if home is None:
        return None
    identified = home.identified_on is None or home.identified_on <= on
    at_risk = home.resolved_on is None or home.resolved_on > on
    if home.kind == "lifted_out" or (home.monitored_kind in kinds and identified and at_risk):
        return True
    marks: list[Known] = [
        {"yes": True, "no": False}.get(home.attributes[each][0][0]) if each in home.attributes else None
        for each in flags
    ]
    return some([None if not home.kind else False, *marks])


ASSISTED = ("unstable", "marginal", "sudden")
FLAGS = ("relocated", "low_income", "minimum_living", "destitute")


def days_of(spell: SpellFacts, first: date, last: date) -> set[date]:
    begins, ends = max(spell.started_on, first), min(spell.ended_on or last, last)
    return {begins + each * DAY for each in range((ends - begins).days + 1)}


def overlaps(since: date | None, until: date | None, spell: SpellFacts, on: date) -> bool:
    ends = min(spell.ended_on or on, on)
    return (since is None or since <= ends) and (until is None or until >= spell.started_on)


def contracted(person: PersonFacts, spell: SpellFacts, on: date) -> Known:
    papers = any(
        (not each.spell or each.spell == spell.id) and (each.signed_on is None or each.signed_on <= on)
        for each in person.contracts
    )
    return True if papers else spell.contract


def held(person: PersonFacts, spell: SpellFacts, on: date) -> set[str]:
    return {each.kind for each in person.insurances if overlaps(each.since, each.until, spell, on)}


def months_between(
    spells: Iterable[SpellFacts], counts: Callable[[SpellFacts], Known], first: date, last: date
) -> tuple[int, int]:
    """Return the months of the jobs that count surely, and of those that might."""
    sure, might = set[date](), set[date]()
    for spell in spells:
        answer = counts(spell)
        if answer is not False:
            might |= days_of(spell, first, last)
        if answer:
            sure |= days_of(spell, first, last)
    return whole_months(sure, continuous=False), whole_months(might, continuous=False)


def special_skill(whom: Subject, first: date, last: date, on: date) -> Said:
    assert whom.person is not None
    found = []
    for each in whom.person.certificates:
        if each.issued_on is not None and each.issued_on > on:
            continue
        this_year: Known = None
        if each.issued_on is not None:
            issued, back = each.issued_on, last
            a_year_ago = (back.year - 1, back.month, back.day)
            feast = (issued.month, issued.day) == (2, 29) and (back.month, back.day) == (2, 28)
            this_year = issued <= last and ((issued.year, issued.month, issued.day) >= a_year_ago or feast)
        found.append(Range(every([among(each.kind, ["special_skill"]), this_year]), 60000, 60000))
    return best_of(found)


def apprentice(whom: Subject, first: date, last: date, on: date) -> Said:
    assert whom.person is not None
    return best_of(
        [
            Range(
                every(
                    [among(each.course, ["新型学徒制"]), among(each.kind, ["skill_level", "qualification"])]
                ),
                600000,
                1500000,
            )
            for each in whom.person.certificates
            if each.issued_on is None or each.issued_on <= on
        ]
    )


def travel(whom: Subject, first: date, last: date, on: date) -> Said:
    person, home = whom.person, whom.household
    assert person is not None

    def counts(spell: SpellFacts) -> Known:
        kinds = held(person, spell, on) & {"pension", "medical", "unemployment", "work_injury"}
        insured: Known = len(kinds) == 4
        if not insured and not held(person, spell, on) and spell.insured is not False:
            insured = None
        where = might_be_away(spell.place_code)
        return every(
            [spell.kind in ("wage", "workshop"), where, contracted(person, spell, on), insured],
        )

    low, high = months_between(person.spells, counts, first, last)
    holds = every([lifted(home, ("unstable",), FLAGS, on), at_least(low, high, 6)])
    return said(Range(holds, 20000, 80000))


def might_be_away(place: str) -> Known:
    where = might_be(place)
    return False if where == {"home"} else None if "home" in where else True


def start_up(whom: Subject, first: date, last: date, on: date) -> Said:
    assert whom.person is not None
    return best_of(
        [
            Range(each.closed_on is None or each.closed_on > on, 60000, 60000)
            for each in whom.person.businesses
            if each.registered_on is not None and each.registered_on <= on
        ]
    )


def thirtieths(first: date, last: date) -> int:
    months, left = months_of_run(first, last)
    return months * 30 + left


def this_year(row: InsuranceFacts, first: date, on: date) -> int:
    """Return what was paid for the months of an insurance in the cycle, in fen; one with an end is paid up to it."""
    paid = row.paid or 0
    last = min(row.until or on, date(first.year, 12, 31))
    if row.since is None:
        return paid
    begins = max(row.since, first)
    if begins > last:
        return 0
    return paid * thirtieths(begins, last) // thirtieths(row.since, row.until or on)


def own_insurance(whom: Subject, first: date, last: date, on: date) -> Said:
    person = whom.person
    assert person is not None
    low, high = months_between(
        person.spells, lambda each: each.kind in ("flexible", "self_employed"), first, last
    )
    worked = at_least(low, high, 1)
    sure, able = 0, []
    for each in person.insurances:
        if each.since is not None and each.since > on:
            continue
        holds = every([among(each.payer, ["person"]), among(each.kind, ["pension", "medical"]), worked])
        known = each.paid is not None
        most = this_year(each, first, on) // 2 if known else NOBODY_KNOWS
        if holds is not False and most:
            able.append(Range(holds, most if known else 0, most, known))
            sure += most if holds and known else 0
    whole = min(sum(each.high for each in able), NOBODY_KNOWS)
    certain = all(each.holds and each.sure for each in able)
    return said(Range(True, sure, whole, certain))


# -- organisations -------------------------------------------------------------------------------------

Counts = Callable[[EngagedFacts], Known]


def people(
    firm: OrganisationFacts, roles: tuple[str, ...], first: date, last: date, counts: Counts
) -> dict[str, bool]:
    """Return who counts, surely or maybe, each once."""
    found: dict[str, bool] = {}
    for each in firm.people:
        there = (each.since is None or each.since <= last) and (each.until is None or each.until >= first)
        answer = counts(each) if each.role in roles and there else False
        if answer is not False:
            found[each.person.id] = found.get(each.person.id, False) or bool(answer)
    return found


def numbers(found: dict[str, bool]) -> tuple[int, int]:
    return sum(found.values()), len(found)


def spells_of(each: EngagedFacts) -> list[SpellFacts]:
    return [one for one in each.person.spells if not each.spell or one.id == each.spell]


def sending(whom: Subject, first: date, last: date, on: date) -> Said:
    firm = whom.organisation
    assert firm is not None

    def stable(each: EngagedFacts) -> Known:
        def counts(spell: SpellFacts) -> Known:
            insured = True if held(each.person, spell, on) else spell.insured
            return every([spell.kind in ("wage", "workshop"), contracted(each.person, spell, on), insured])

        return at_least(*months_between(spells_of(each), counts, BEGINNING, last), 6)

    low, high = numbers(people(firm, ("sent_out",), first, last, stable))
    holds = every([among(firm.kind, ["agency", "broker"]), at_least(low, high, 1)])
    return said(Range(holds, low * 20000, high * 20000, low == high))


def insurance_back(whom: Subject, first: date, last: date, on: date) -> Said:
    firm = whom.organisation
    assert firm is not None
    hired = people(firm, ("employed",), first, last, lambda _each: True)
    right = some(
        [
            among(firm.size, ["micro", "small", "medium"]),
            among(firm.kind, ["non_profit", "association"]),
        ]
    )
    back, unknown = 0, False
    for name in hired:
        rows = [
            each
            for each in firm.insurances
            if each.person == name and each.payer == "employer" and (each.since or on) <= last
        ]
        dated = [each.since for each in rows if each.since is not None]
        for row in rows:
            if row.since is None:
                unknown = True
                continue
            begun = min(dated)
            month = begun.month + 12
            year_on = date(begun.year + (month - 1) // 12, (month - 1) % 12 + 1, min(begun.day, 28))
            year_on += timedelta(days=max(begun.day - 28, 0))
            if year_on.month != begun.month:  # 29 February has no anniversary.
                year_on = date(year_on.year, 2, 28)
            ends = min(row.until or last, last)
            paid_days = [row.since + each * DAY for each in range((ends - row.since).days + 1)]
            counted = [day for day in paid_days if first <= day < year_on]
            if counted and row.paid is None:
                unknown = True
            elif counted:
                back += (row.paid or 0) * len(counted) // len(paid_days)
    holds = every([right, bool(hired)])
    return said(Range(holds, back, NOBODY_KNOWS if unknown else back, not unknown))


LADDER = ((1, 2000000), (5, 5000000))


def climbed(count: int) -> int:
    return max((pays for least, pays in LADDER if count >= least), default=0)


def absorbing(whom: Subject, first: date, last: date, on: date) -> Said:
    firm = whom.organisation
    assert firm is not None
    others = ("enterprise", "cooperative", "family_farm", "large_grower", "agency", "broker")

    def moved(each: EngagedFacts) -> Known:
        home = each.household
        mark = home.attributes.get("relocated") if home is not None else None
        return {"yes": True, "no": False}.get(mark[0][0]) if mark else None

    taken = people(
        firm, ("employed",), BEGINNING, last, lambda each: lifted(each.household, ("unstable",), FLAGS, on)
    )
    relocated = people(firm, ("employed",), BEGINNING, last, moved)
    poor = people(
        firm,
        ("employed",),
        BEGINNING,
        last,
        lambda each: every([moved(each), lifted(each.household, ASSISTED, (), on)]),
    )
    least = sum(poor.values()) * 100 // max(len(relocated), 1)
    sure_others = sum(sure for name, sure in relocated.items() if name not in poor)
    most = len(poor) * 100 // max(len(poor) + sure_others, 1)
    holds = some(
        [
            every([among(firm.kind, ["workshop"]), at_least(*numbers(taken), 1)]),
            every([among(firm.kind, others), at_least(least, most, 20)]),
        ]
    )
    by_kind = {"workshop": numbers(taken), **dict.fromkeys(others, numbers(relocated))}
    if not firm.kind:
        top = max(climbed(high) for _low, high in by_kind.values())
        return said(Range(holds, 0, top, not top))
    low, high = (climbed(each) for each in by_kind.get(firm.kind, (0, 0)))
    return said(Range(holds, low, high, low == high))


NEEDED = {"national": 15, "province": 10, "county": 5}
PERCENT = {"national": 100, "province": 80, "county": 60}


def _brought_along(firm: OrganisationFacts, first: date, last: date, on: date) -> Known:
    count = numbers(
        people(
            firm,
            ("employed", "taught"),
            first,
            last,
            lambda each: lifted(each.household, ("unstable",), (), on),
        )
    )
    return some(
        every([among(firm.level, [level]), at_least(*count, least)]) for level, least in NEEDED.items()
    )


def studio(whom: Subject, first: date, last: date, on: date) -> Said:
    firm = whom.organisation
    assert firm is not None
    holds = every([among(firm.kind, ["studio"]), _brought_along(firm, BEGINNING, last, on)])
    if not firm.level:
        return said(Range(holds, 0, 30000000, False))
    pays = 300000 * PERCENT.get(firm.level, 0)
    return said(Range(holds, pays, pays))


def teaching(whom: Subject, first: date, last: date, on: date) -> Said:
    firm = whom.organisation
    assert firm is not None

    def stable(each: EngagedFacts) -> Known:
        worked = months_between(spells_of(each), lambda one: one.kind != "farming", first, last)
        return every([lifted(each.household, ("unstable",), (), on), at_least(*worked, 6)])

    low, high = numbers(people(firm, ("taught",), first, last, stable))
    holds = every(
        [
            among(firm.kind, ["studio"]),
            _brought_along(firm, first, last, on),
            at_least(low, high, 1),
        ]
    )
    if not firm.level:
        return said(Range(holds, 0, high * 500000, not high))
    each = 5000 * PERCENT.get(firm.level, 0)
    return said(Range(holds, low * each, high * each, low == high))


Reading = Callable[[Subject, date, date, date], Said]
READINGS: dict[str, Reading] = {
    "JF-1": special_skill,
    "JF-2": apprentice,
    "JF-3": sending,
    "JF-4": travel,
    "JF-7": insurance_back,
    "JF-8": absorbing,
    "JF-9": studio,
    "JF-9B": teaching,
    "JF-15": start_up,
    "JF-19": own_insurance,
}


# -- making up whom to ask for -------------------------------------------------------------------------

HOME = "640106100207"
INSURED = ("pension", "medical", "unemployment", "work_injury")


def forgetful(random: Random, person: PersonFacts) -> PersonFacts:
    """Return somebody of whom some things are not known, and some are as the items ask."""
    spells = tuple(
        replace(
            each,
            place_code=random.choice(("", "64", "640106", "640104", "320583", "320583")),
            contract=random.choice((None, True, True, False)),
            insured=random.choice((None, True, False)),
            started_on=each.started_on - random.choice((0, 0, 300)) * DAY,
        )
        for each in person.spells
    )
    spells = tuple(sorted(spells, key=lambda each: each.started_on))
    insurances = person.insurances
    if random.random() < 0.4:
        whole = tuple(
            replace(made_up.insurance(random, f"all-{kind}", made_up.some_day(random, 2022)), kind=kind)
            for kind in INSURED
        )
        insurances = (*insurances, *whole)
    insurances = tuple(
        replace(
            each,
            paid=random.choice((None, 90000, 90001)),
            payer=random.choice(("", each.payer, "person")),
            since=random.choice((None, each.since, each.since)),
            until=random.choice((None, None, made_up.some_day(random, 2025))),
        )
        for each in insurances
    )
    certificates = tuple(
        replace(
            each,
            id=f"{each.id}-{number}",
            kind=random.choice(("", each.kind, "special_skill", "skill_level")),
            course=random.choice(("", "新型学徒制", "其他")),
            issued_on=random.choice((None, each.issued_on, made_up.some_day(random))),
        )
        for each in person.certificates
        for number in range(random.choice((1, 2)))
    )
    return replace(person, spells=spells, insurances=insurances, certificates=certificates)


def household(random: Random, name: str) -> HouseholdFacts:
    made = made_up.household(random, name, {})
    (member,) = made.members
    identified = random.choice((None, made_up.some_day(random)))
    attributes = {
        key: each for key, each in made.attributes.items() if random.random() < 0.6 or key == "relocated"
    }
    if random.random() < 0.1:
        attributes.pop("relocated", None)
    return replace(
        made,
        home=HOME,
        kind=random.choice(("lifted_out", "lifted_out", "ordinary", "ordinary", "")),
        monitored_kind=random.choice(("", "", "unstable", "sudden")),
        identified_on=identified,
        resolved_on=random.choice((None, None, identified and identified + 90 * DAY)),
        members=(forgetful(random, member),),
        attributes=attributes,
    )


def organisation(random: Random, name: str) -> OrganisationFacts:
    made = made_up.organisation(random, name, {})
    found = []
    for number in range(random.choice((0, 1, 2, 4, 7, 16))):
        home = household(random, f"{name}-{number}")
        (person,) = home.members
        since, until = made_up.some_day(random), random.choice((None, made_up.some_day(random)))
        found.append(
            EngagedFacts(
                f"engaged-{number}",
                random.choice(("employed", "employed", "sent_out", "taught")),
                random.choice((None, since)),
                until,
                random.choice(("", "", *(each.id for each in person.spells))),
                person,
                home if random.random() < 0.9 else None,
            )
        )
    again = tuple(replace(each, id=f"{each.id}-again", role="employed") for each in found[:1])
    rows = tuple(
        replace(
            made_up.insurance(random, f"row-{each.id}", made_up.some_day(random), each.person.id),
            paid=random.choice((90000, 90000, 12345, None if random.random() < 0.2 else 400)),
            until=random.choice((None, made_up.some_day(random, 2024) + 400 * DAY)),
        )
        for each in (*found, *found[:2])
    )
    return replace(
        made,
        kind=random.choice(
            ("", "workshop", "studio", "studio", "agency", "broker", "enterprise", "association")
        ),
        size=random.choice(("", "micro", "large")),
        level=random.choice(("", "national", "province", "county", "county", "city")),
        people=(*found, *again),
        insurances=rows,
    )


@pytest.mark.parametrize("seed", range(8))
def test_every_item_is_that_of_the_second_reading(seed: int, whole: bool) -> None:
    random = Random(seed)
    rules = made_up.with_figures("jinfeng")
    states = set()
    for number in range(20_000 // 8 if whole else 60):
        home = household(random, f"home-{number}")
        firm = organisation(random, f"firm-{number}") if number % 2 or not whole else None
        on = date(2024, 1, 1) + random.randrange(700) * DAY
        for name, reading in READINGS.items():
            item = rules.item(name)
            if item.beneficiary == ORGANISATION and firm is None:
                continue
            whom = (
                Subject(ORGANISATION, organisation=firm)
                if item.beneficiary == ORGANISATION
                else Subject(PERSON, home, home.members[0])
            )
            cycle = item.cycle.at(on)
            first, last = cycle.span.first, min(cycle.span.last, on)
            answer = assess_subject(item, whom, cycle, on, Claimed())
            wanted = reading(whom, first, last, on)
            assert Said(answer.state.value, answer.amount, answer.amount_max) == wanted, (name, number, on)
            quick = verdict(item, whom, cycle, on, Claimed())
            assert quick[0] is answer.state
            states.add((name, answer.state))
    assert len(states) > 2 * len(READINGS)
