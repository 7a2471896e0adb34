"""Assessment against a slow reading of the two rules, made anew here and counted day by day."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app.domain.spans import Cycle
from caseworker_app.policy import pack
from caseworker_app.policy.answer import Entitlement, Outcome, State
from caseworker_app.policy.assess import assess
from caseworker_app.policy.decide import split
from caseworker_app.policy.facts import (
    Claimed,
    ClaimFacts,
    HouseholdFacts,
    PersonFacts,
    SpellFacts,
    Subject,
    WageFacts,
)
from caseworker_app.policy.pack import Item
from caseworker_app.policy.verdicts import verdict

DAY = timedelta(days=1)
HOME = "640106100207"
PLACES = ("", "64", "6401", "640106", "640106100", "640106101201", "640104", "640202", "320583", "33", "3301")
WAGES = (None, 180000, 250000, 333333, 420000, 500000, 999999, 1000000)
HOUSEHOLDS_A_SEED = 250


# -- making up households ------------------------------------------------------------------------------


def made_up_spell(random: Random, number: int) -> SpellFacts:
    first = date(2023, 6, 1) + random.randrange(640) * DAY
    last = (
        None
        if random.random() < 0.15
        else first + random.choice((0, 27, 30, 58, 89, 90, 91, 183, 240, 400)) * DAY
    )
    if random.random() < 0.4:  # As the exports have it: whole months.
        first = first.replace(day=1)
        last = last and (last.replace(day=1) + 31 * DAY).replace(day=1) - DAY
    kind = "farming" if random.random() < 0.1 else "wage"
    wages: tuple[WageFacts, ...] = ()
    if random.random() < 0.3:
        months = {f"{first + each * 31 * DAY:%Y-%m}" for each in range(random.randrange(1, 9))}
        wages = tuple(WageFacts(month, random.choice((0, 250000, 612345))) for month in sorted(months))
    place, wage = random.choice(PLACES), random.choice(WAGES)
    return SpellFacts(f"spell-{number}", first, last, kind, place, wage, wages=wages)


def made_up_household(random: Random) -> HouseholdFacts:
    members = []
    for member in range(random.choice((1, 1, 2, 3, 4))):
        spells = [
            made_up_spell(random, member * 10 + number) for number in range(random.choice((0, 1, 1, 2, 3)))
        ]
        if random.random() < 0.5:  # Mostly known well: else almost every answer is unknown.
            spells = [
                replace(each, wage=each.wage or 300000, place_code=each.place_code or "640104")
                for each in spells
            ]
        spells.sort(key=lambda each: each.started_on)
        members.append(PersonFacts(f"person-{member}", f"成员{member}", "", tuple(spells)))
    monitored = random.choice(("", "", "unstable", "marginal", "sudden"))
    some_day = date(2023, 9, 1) + random.randrange(500) * DAY
    return HouseholdFacts(
        "household",
        "1",
        members[0].name,
        HOME,
        random.choice(("lifted_out", "lifted_out", "ordinary", "")),
        monitored,
        random.choice((None, some_day)) if monitored else None,
        random.choice((None, None, some_day)) if monitored else None,
        tuple(members),
    )


TEXT = (pack.bundled_folder(pack.DEFAULT) / "pack.toml").read_text("utf-8")


@dataclass(frozen=True)
class Slow:
    """One item as its file says it, read without the program's reader."""

    months: bool
    tiers: tuple[tuple[str, int, int], ...]
    """Distance, months or fen, fen."""
    cap: int
    continuous: bool
    away: str
    resolved: bool


def _fen(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    return int(whole) * 100 + int(f"{rest}00"[:2])


def slowly(raw: dict[str, Any], settings: dict[str, str]) -> Slow:
    amount = raw["amount"]
    months = amount["measure"] == "months"
    return Slow(
        months,
        tuple(
            (
                each.get("distance", ""),
                each["at_least"] if months else _fen(each["at_least"]),
                _fen(each["amount"]),
            )
            for each in amount["tiers"]
        ),
        _fen(raw["cap"][0]["amount"]) if "cap" in raw else 0,
        settings["months"] == "continuous",
        "any" if months else settings["away"],
        settings["resolved_risk"] == "included",
    )


def _variants() -> list[list[tuple[Item, Slow]]]:
    """Return both items under every reading that the settings of the pack allow."""
    raw = tomllib.loads(TEXT)
    by_id = {each["id"]: each for each in raw["item"]}
    found = []
    for months, away, risk in product(
        ("cumulative", "continuous"), ("any", "outside_township", "outside_county"), ("excluded", "included")
    ):
        chosen = {"months": months, "away": away, "resolved_risk": risk}
        text = TEXT
        for key, value in chosen.items():
            before, _, after = text.partition(f'key = "{key}"\nvalue = "')
            text = f'{before}key = "{key}"\nvalue = "{value}{after[after.index(chr(34)) :]}'
        read = pack.parse(text, "pack.toml")
        found.append([(read.item(each), slowly(by_id[each], chosen)) for each in ("JF-5", "JF-6")])
    return found


VARIANTS = _variants()


# -- the slow reading ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    state: str
    amount: int | None
    most: int


def months_of_run(first: date, last: date) -> tuple[int, int]:
    months = left = 0
    day = first
    while day <= last:
        left += 1
        day += DAY
        if day.day == first.day or ((day + DAY).month != day.month and day.day < first.day):
            months, left = months + 1, 0
    return months, left


def runs(days: set[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] + DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def whole_months(days: set[date], *, continuous: bool) -> int:
    parts = [months_of_run(*run) for run in runs(days)]
    if continuous:
        return max((months + left // 30 for months, left in parts), default=0)
    return sum(months for months, _ in parts) + sum(left for _, left in parts) // 30


def worked(spell: SpellFacts, first: date, last: date) -> set[date]:
    if spell.kind == "farming":
        return set()
    return {
        first + number * DAY
        for number in range((last - first).days + 1)
        if spell.started_on <= first + number * DAY <= (spell.ended_on or last)
    }


def might_be(place: str) -> set[str]:
    """Return where a job may have been, as far as its code tells: at home, in another county or province."""
    home = HOME[:6]
    if place[:6] == home:
        return {"home"}
    if home.startswith(place):
        return {"home", "county"} if place else {"home", "county", "province"}
    return {"county"} if place[:2] == home[:2] else {"province"}


def best_rung(rule: Slow, away: set[date], province: set[date]) -> int:
    counted = {
        "cross_county": whole_months(away, continuous=rule.continuous),
        "cross_province": whole_months(province, continuous=rule.continuous),
    }
    return max((pays for place, least, pays in rule.tiers if counted[place] >= least), default=0)


def travel_range(rule: Slow, person: PersonFacts, first: date, last: date) -> tuple[int, int]:
    sure_away, sure_province, may_away, may_province = (set[date]() for _ in range(4))
    for spell in person.spells:
        days, where = worked(spell, first, last), might_be(spell.place_code)
        if "home" not in where:
            sure_away |= days
        if where == {"province"}:
            sure_province |= days
        if where != {"home"}:
            may_away |= days
        if "province" in where:
            may_province |= days
    low = best_rung(rule, sure_away, sure_province)
    return low, max(low, best_rung(rule, may_away, may_province))


def earned(spell: SpellFacts, days: set[date], last: date) -> int | None:
    """Return what a job brought: months on record as they are, the other days by the monthly wage."""
    recorded, left = 0, set(days)
    for wage in spell.wages:
        month = {
            day
            for number in range(31)
            if (day := date.fromisoformat(f"{wage.month}-01") + number * DAY).isoformat()[:7] == wage.month
            and day >= spell.started_on
            and (spell.ended_on is None or day <= spell.ended_on)
        }
        if month and month <= days and max(month) <= last:
            recorded += wage.amount
            left -= month
    if not left:
        return recorded
    if spell.wage is None:
        return None
    parts = [months_of_run(*run) for run in runs(left)]
    return recorded + spell.wage * sum(months * 30 + rest for months, rest in parts) // 30


def income_range(rule: Slow, person: PersonFacts, first: date, last: date) -> tuple[int, int]:
    income, gap = 0, False
    for spell in person.spells:
        days, where, place = worked(spell, first, last), might_be(spell.place_code), spell.place_code
        if not days:
            continue
        counts: bool | None = True
        if rule.away != "any" and "home" in where:
            if where != {"home"}:
                counts = None
            elif rule.away == "outside_county":
                counts = False
            else:
                counts = place[:9] != HOME[:9] if len(place) >= 9 else None
        brought = earned(spell, days, last)
        if counts is None or (counts and brought is None):
            gap = True
        if counts:
            income += brought if brought is not None else earned(replace(spell, wage=0), days, last) or 0
    reached = [pays for _place, least, pays in rule.tiers if least <= income]
    low = max(reached, default=0)
    return low, max(pays for _place, _least, pays in rule.tiers) if gap else low


def category(rule: Slow, household: HouseholdFacts, on: date) -> bool | None:
    since = household.identified_on or date.min
    until = household.resolved_on if household.resolved_on and not rule.resolved else None
    watched = (
        household.monitored_kind in ("unstable", "marginal", "sudden")
        and since <= on
        and (not until or on < until)
    )
    if household.kind == "lifted_out" or watched:
        return True
    return False if household.kind else None


def expected(
    rule: Slow, household: HouseholdFacts, person: PersonFacts | None, cycle: Cycle, on: date
) -> Expected:
    entitled = category(rule, household, on)
    first, last = cycle.span.first, min(cycle.span.last, on)
    if rule.months:
        assert person
        low, high = travel_range(rule, person, first, last)
    else:
        ranges = [income_range(rule, member, first, last) for member in household.members]
        cap = rule.cap
        low, high = (min(cap, sum(each[end] for each in ranges)) for end in (0, 1))
    if entitled is False or not high:
        return Expected("not_eligible", 0, 0)
    if entitled is None or low != high:
        return Expected("unknown", None, high)
    return Expected("eligible", low, low)


# -- the tests -----------------------------------------------------------------------------------------


def check_household_answer(answer: Entitlement, rule: Slow, household: HouseholdFacts, cycle: Cycle) -> None:
    """Hold what each member is due and is paid to the slow reading."""
    last = min(cycle.span.last, answer.on)
    ranges = [income_range(rule, member, cycle.span.first, last) for member in household.members]
    settled = all(low == high for low, high in ranges)
    for share, (low, high) in zip(answer.members, ranges, strict=True):
        assert (share.due == low) if low == high else (share.due is None)
        assert (share.paid is None) == (not settled)
    if settled and answer.state is State.ELIGIBLE:
        assert sum(share.paid or 0 for share in answer.members) == answer.amount


@pytest.mark.parametrize("seed", range(16))
def test_every_answer_is_that_of_the_slow_reading(seed: int, whole: bool) -> None:
    random = Random(seed)
    states = set()
    for number in range(20_000 // 16 if whole else HOUSEHOLDS_A_SEED):
        household = made_up_household(random)
        variant = random.choice(VARIANTS)
        on = date(2023, 10, 1) + random.randrange(760) * DAY
        if household.monitored_kind and random.random() < 0.4:  # On the very day, and the days beside it.
            border = on + random.randint(-1, 1) * DAY
            found, solved = replace(household, identified_on=border), replace(household, resolved_on=border)
            household = random.choice((found, solved))
        for (item, rule), person in zip(variant, (household.members[0], None), strict=True):
            cycle = item.cycle.at(on)
            answer = assess(item, household, person, cycle, on, Claimed())
            wanted = expected(rule, household, person, cycle, on)
            assert Expected(answer.state.value, answer.amount, answer.amount_max or 0) == wanted, (
                number,
                on,
                household,
            )
            kind = "person" if person else "household"
            quick = verdict(item, Subject(kind, household, person), cycle, on, Claimed())
            assert quick[0] is answer.state
            assert quick[0] is not State.ELIGIBLE or quick[1] == answer.amount
            if person is None and wanted.state != "not_eligible":
                check_household_answer(answer, rule, household, cycle)
            states.add((item.id, answer.state))
    assert len(states) == 6


@pytest.mark.parametrize("seed", range(4))
def test_nothing_after_the_day_counts_and_asking_twice_says_the_same(seed: int) -> None:
    random = Random(seed)
    for _ in range(HOUSEHOLDS_A_SEED):
        household = made_up_household(random)
        on = date(2024, 1, 1) + random.randrange(400) * DAY
        seen = replace(
            household,
            resolved_on=household.resolved_on
            if household.resolved_on and household.resolved_on <= on
            else None,
            members=tuple(
                replace(
                    member,
                    spells=tuple(
                        replace(
                            spell,
                            ended_on=spell.ended_on if spell.ended_on and spell.ended_on <= on else None,
                        )
                        for spell in member.spells
                        if spell.started_on <= on
                    ),
                )
                for member in household.members
            ),
        )
        for item, person in [(pack.load().item("JF-5"), 0), (pack.load().item("JF-6"), None)]:
            first, second, third = (
                assess(
                    item,
                    facts,
                    None if person is None else facts.members[person],
                    item.cycle.at(on),
                    on,
                    Claimed(),
                )
                for facts in (household, household, seen)
            )
            assert first == second
            assert (first.state, first.amount, first.amount_max) == (
                third.state,
                third.amount,
                third.amount_max,
            )


def one_member(spells: Iterable[SpellFacts], kind: str = "lifted_out") -> HouseholdFacts:
    return HouseholdFacts(
        "h", "1", "甲", HOME, kind, "", None, None, (PersonFacts("p", "甲", "", tuple(spells)),)
    )


YEAR = SpellFacts("s", date(2023, 10, 1), date(2024, 9, 30), "wage", "320583", 500000)


def answer(
    item_id: str, household: HouseholdFacts, on: date = date(2024, 11, 30), claimed: Claimed | None = None
) -> Entitlement:
    item = pack.load().item(item_id)
    person = household.members[0] if item.beneficiary == "person" else None
    return assess(item, household, person, item.cycle.named("2024"), on, claimed or Claimed())


@pytest.mark.parametrize("item_id", ["JF-5", "JF-6"])
def test_one_reason_a_condition_each_with_its_clause(item_id: str) -> None:
    found = answer(item_id, one_member([YEAR]))
    assert found.state is State.ELIGIBLE
    assert len({reason.condition for reason in found.reasons}) == len(found.reasons)
    assert all(reason.outcome is Outcome.PASSED and reason.clause for reason in found.reasons)
    assert any("s" in reason.records for reason in found.reasons)
    assert not found.missing


@pytest.mark.parametrize(
    ("item_id", "spell", "field"),
    [("JF-5", replace(YEAR, place_code=""), "spell.place"), ("JF-6", replace(YEAR, wage=None), "spell.wage")],
)
def test_what_is_missing_is_named_with_its_record(item_id: str, spell: SpellFacts, field: str) -> None:
    found = answer(item_id, one_member([spell]))
    assert found.state is State.UNKNOWN
    assert [(each.field, each.record, each.who) for each in found.missing] == [(field, "s", "p")]
    nameless = answer(item_id, one_member([YEAR], kind=""))
    assert (nameless.missing[0].field, nameless.missing[0].record) == ("household.kind", "h")


@pytest.mark.parametrize("item_id", ["JF-5", "JF-6"])
def test_what_was_claimed_is_not_due_again_from_that_day_on(item_id: str) -> None:
    household = one_member([YEAR])
    beneficiary = "p" if item_id == "JF-5" else "h"
    claimed = Claimed()
    claimed.add(ClaimFacts("c", "N-1", item_id, "2024", beneficiary, 1, date(2024, 11, 20)))
    after = answer(item_id, household, claimed=claimed)
    assert (after.state, after.amount, after.claimed) == (State.NOT_ELIGIBLE, 0, "N-1")
    assert answer(item_id, household, date(2024, 11, 19), claimed).state is State.ELIGIBLE
    other = Claimed()
    other.add(ClaimFacts("c", "N-2", item_id, "2025", beneficiary, 1, date(2024, 11, 20)))
    assert answer(item_id, household, claimed=other).state is State.ELIGIBLE


def test_before_a_cycle_begins_nothing_is_due() -> None:
    found = answer("JF-5", one_member([replace(YEAR, started_on=date(2022, 1, 1))]), date(2023, 9, 30))
    assert (found.state, found.amount) == (State.NOT_ELIGIBLE, 0)
    assert found.reasons[1].condition == "cycle"


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), max_size=7))
def test_a_cap_is_shared_by_largest_remainder_in_order(cap: int, dues: list[int]) -> None:
    shares = split(cap, dues)
    total = sum(dues)
    if total <= cap:
        assert shares == dues
        return
    exact = [Fraction(cap * due, total) for due in dues]
    assert sum(shares) == cap
    assert all(share in (int(part), int(part) + 1) for share, part in zip(shares, exact, strict=True))
    raised = [
        index for index, (share, part) in enumerate(zip(shares, exact, strict=True)) if share > int(part)
    ]
    rest = [part - int(part) for part in exact]
    for index in raised:
        for other in set(range(len(dues))) - set(raised):
            assert (rest[index], -index) > (rest[other], -other)
