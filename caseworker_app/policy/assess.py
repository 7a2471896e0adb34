"""Who is owed what, and why: facts and a pack in, an entitlement with its reasons out. Pure.

The same pack, facts and day always give the same answer, and nothing after that day counts. A
missing fact is unknown, never false: unknown neither pays nor rejects.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from caseworker_app.domain.divisions import Distance, distance
from caseworker_app.domain.spans import Cycle, Months, Span, cumulative, longest, merged, months_between
from caseworker_app.domain.worker import FARMING
from caseworker_app.policy.facts import Claimed, HouseholdFacts, PersonFacts, SpellFacts
from caseworker_app.policy.pack import IncomeLadder, Item, MonthsLadder, Tier

Values = dict[str, Any]


class Outcome(StrEnum):
    """What became of one condition."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class State(StrEnum):
    """The answer as a whole."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition: where it is written, what it asks, what was found and in which records."""

    clause: str
    condition: str
    required: Values
    found: Values
    outcome: Outcome
    records: tuple[str, ...] = ()
    local: bool = False
    """Whether this is the place's own reading (本区口径) rather than the document's word."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that decides and is not known: which field of which record."""

    field: str
    record: str
    who: str


@dataclass(frozen=True, slots=True)
class Share:
    """One member's part of a household item, in fen; `due` None while it cannot be told."""

    person: str
    name: str
    identity_number: str
    income: int | None
    due: int | None
    paid: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One part of a spell inside the cycle: its days, months, distance and, where known, its income in fen."""

    spell: str
    first: date
    last: date
    months: Months
    distance: Distance
    income: int | None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What an item gives a beneficiary as of a day; amounts in fen."""

    item: str
    cycle: Cycle
    on: date
    beneficiary_kind: str
    beneficiary: str
    name: str
    identity_number: str
    household_no: str
    state: State
    amount: int | None
    amount_max: int | None
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...] = ()
    members: tuple[Share, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    tier: Tier | None = None
    claimed: str = ""
    """Number of the live claim that already took this up."""


@dataclass(slots=True)
class _Measured:
    """What a ladder gives: surely (`low`) and at most (`high`), with reasons and what is missing."""

    low: int
    high: int
    reasons: list[Reason] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    members: tuple[Share, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    tier: Tier | None = None


def _category(item: Item, household: HouseholdFacts, on: date) -> Reason:
    rule = item.category
    required = {"household_kinds": rule.household_kinds, "monitored_kinds": rule.monitored_kinds}
    identified = household.identified_on is None or household.identified_on <= on
    resolved = household.resolved_on is not None and household.resolved_on <= on
    monitored = bool(household.monitored_kind) and identified
    found = {
        "kind": household.kind,
        "monitored_kind": household.monitored_kind if monitored else "",
        "identified_on": household.identified_on,
        "resolved_on": household.resolved_on if resolved else None,
    }
    if household.kind in rule.household_kinds or (
        monitored
        and household.monitored_kind in rule.monitored_kinds
        and (rule.resolved_counts or not resolved)
    ):
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.FAILED if household.kind else Outcome.UNKNOWN
    return Reason(rule.clause, "household_category", required, found, outcome, (household.id,))


def _stretch(spell: SpellFacts, home: str, window: Span) -> Stretch | None:
    """Return the part of a spell inside the window, or None."""
    first, last = max(spell.started_on, window.first), min(spell.ended_on or window.last, window.last)
    if last < first or spell.kind == FARMING:
        return None
    months = months_between(Span(first, last))
    income = None
    if spell.wage is not None:
        income = int(spell.wage * months.fraction)
    return Stretch(spell.id, first, last, months, distance(spell.place_code, home), income)


def _stretches(person: PersonFacts, home: str, window: Span) -> tuple[Stretch, ...]:
    return tuple(found for spell in person.spells if (found := _stretch(spell, home, window)))


def _could_leave_province(spell: SpellFacts, home: str) -> bool:
    return spell.place_code[:2] in ("", home[:2]) and not spell.place_code


def _best(tiers: tuple[Tier, ...], months: dict[Distance, Months]) -> Tier | None:
    reached = [tier for tier in tiers if tier.distance and months[tier.distance].months >= tier.at_least]
    return max(reached, key=lambda tier: tier.amount, default=None)


def _measure_months(
    ladder: MonthsLadder, item: Item, household: HouseholdFacts, person: PersonFacts, window: Span
) -> _Measured:
    stretches = _stretches(person, household.home, window)
    count = longest if ladder.continuous else cumulative
    province = [Span(each.first, each.last) for each in stretches if each.distance is Distance.CROSS_PROVINCE]
    county = [
        Span(each.first, each.last) for each in stretches if each.distance is Distance.CROSS_COUNTY
    ] + province
    unknown = [each for each in stretches if each.distance is Distance.UNKNOWN]
    months = {Distance.CROSS_COUNTY: count(county), Distance.CROSS_PROVINCE: count(province)}
    tier = _best(ladder.tiers, months)
    low = high = tier.amount if tier else 0
    if unknown:
        spells = {spell.id: spell for spell in person.spells}
        could = [Span(each.first, each.last) for each in unknown]
        far = [
            Span(each.first, each.last)
            for each in unknown
            if _could_leave_province(spells[each.spell], household.home)
        ]
        possible = _best(
            ladder.tiers,
            {Distance.CROSS_COUNTY: count(county + could), Distance.CROSS_PROVINCE: count(province + far)},
        )
        high = max(low, possible.amount if possible else 0)
    undecided = high > low
    away = [
        each.spell for each in stretches if each.distance in (Distance.CROSS_COUNTY, Distance.CROSS_PROVINCE)
    ]
    farthest = (
        Distance.CROSS_PROVINCE
        if province
        else Distance.CROSS_COUNTY
        if county
        else Distance.UNKNOWN
        if unknown
        else Distance.WITHIN_COUNTY
    )
    place_outcome = Outcome.PASSED if away else Outcome.UNKNOWN if unknown else Outcome.FAILED
    least = min(ladder.tiers, key=lambda each: each.at_least).at_least
    reasons = [
        Reason(
            item.clause,
            "place",
            {"distances": (Distance.CROSS_COUNTY, Distance.CROSS_PROVINCE)},
            {"distance": farthest, "spells": len(stretches), "window_last": window.last},
            place_outcome,
            tuple(away),
        ),
        Reason(
            item.clause,
            "months",
            {
                "at_least": least,
                "tier": tier.at_least if tier else least,
                "distance": tier.distance if tier else Distance.CROSS_COUNTY,
            },
            {
                "cross_county": months[Distance.CROSS_COUNTY],
                "cross_province": months[Distance.CROSS_PROVINCE],
                "continuous": ladder.continuous,
                "spans": tuple((each.first, each.last) for each in merged(county)),
            },
            Outcome.UNKNOWN if undecided and not low else Outcome.PASSED if tier else Outcome.FAILED,
            tuple(away),
        ),
    ]
    missing = [Missing("spell.place", each.spell, person.id) for each in unknown] if undecided else []
    return _Measured(low, high, reasons, missing, stretches=stretches, tier=tier)


def _counts_for_income(ladder: IncomeLadder, stretch: Stretch, spell: SpellFacts, home: str) -> bool | None:
    """Whether a job counts under the place's reading of 'going out'; None when its place is not known well enough."""
    if ladder.away == "any" or stretch.distance in (Distance.CROSS_COUNTY, Distance.CROSS_PROVINCE):
        return True
    if stretch.distance is Distance.UNKNOWN:
        return None
    if ladder.away == "outside_county":
        return False
    return spell.place_code[:9] != home[:9] if len(spell.place_code) >= 9 else None


def _award(ladder: IncomeLadder, income: int) -> Tier | None:
    return max(
        (tier for tier in ladder.tiers if income >= tier.at_least),
        key=lambda tier: tier.at_least,
        default=None,
    )


def split(cap: int, dues: list[int]) -> list[int]:
    """Share a cap in proportion to what is due, in fen, by largest remainder; earlier members win ties."""
    total = sum(dues)
    if total <= cap:
        return list(dues)
    shares = [cap * due // total for due in dues]
    by_remainder = sorted(range(len(dues)), key=lambda index: (-(cap * dues[index] % total), index))
    for index in by_remainder[: cap - sum(shares)]:
        shares[index] += 1
    return shares


def _measure_income(
    ladder: IncomeLadder, item: Item, household: HouseholdFacts, window: Span, *, owed: bool
) -> _Measured:
    missing: list[Missing] = []
    rows: list[tuple[PersonFacts, int, int, int | None]] = []
    all_stretches: list[Stretch] = []
    top = max(tier.amount for tier in ladder.tiers)
    for person in household.members:
        income, high = 0, 0
        spells = {spell.id: spell for spell in person.spells}
        gaps: list[Missing] = []
        for stretch in _stretches(person, household.home, window):
            counts = _counts_for_income(ladder, stretch, spells[stretch.spell], household.home)
            all_stretches.append(stretch)
            if counts and stretch.income is not None:
                income += stretch.income
            elif counts is not False:
                gaps.append(Missing("spell.wage" if counts else "spell.place", stretch.spell, person.id))
        tier = _award(ladder, income)
        low = tier.amount if tier else 0
        high = top if gaps else low
        if high > low:
            missing.extend(gaps)
        rows.append((person, low, high, income if not gaps or high == low else None))
    cap = item.household_cap
    low = sum(row[1] for row in rows)
    high = sum(row[2] for row in rows)
    capped_low, capped_high = (low, high) if cap is None else (min(low, cap), min(high, cap))
    settled = all(row[1] == row[2] for row in rows)
    dues = [row[1] if owed else 0 for row in rows]
    paid = split(cap, dues) if cap is not None else dues
    members = tuple(
        Share(
            person.id,
            person.name,
            person.identity_number,
            income,
            due if one_low == one_high else None,
            pay if settled else None,
        )
        for (person, one_low, one_high, income), due, pay in zip(rows, dues, paid, strict=True)
    )
    best = max((row[3] or 0 for row in rows), default=0)
    reasons = [
        Reason(
            item.clause,
            "income",
            {"at_least": min(tier.at_least for tier in ladder.tiers), "away": ladder.away},
            {
                "incomes": tuple(
                    (person.name, income, due)
                    for (person, _, _, income), due in zip(rows, dues, strict=True)
                    if income or income is None
                ),
                "best": best,
                "window_last": window.last,
            },
            Outcome.PASSED if low else Outcome.UNKNOWN if high else Outcome.FAILED,
            tuple(stretch.spell for stretch in all_stretches),
        )
    ]
    if cap is not None and high:
        reasons.append(
            Reason(
                item.clause,
                "household_cap",
                {"cap": cap},
                {"uncapped": low, "reached": low > cap},
                Outcome.PASSED,
            )
        )
    if capped_low == capped_high and settled:
        missing = []
    return _Measured(
        capped_low,
        capped_high if not settled else capped_low,
        reasons,
        missing,
        members,
        tuple(all_stretches),
    )


def assess(
    item: Item,
    household: HouseholdFacts,
    person: PersonFacts | None,
    cycle: Cycle,
    on: date,
    claimed: Claimed,
) -> Entitlement:
    """Return what `item` gives this person (or household, when `person` is None) for a cycle, as known on a day."""
    beneficiary = person.id if person else household.id
    category = _category(item, household, on)
    reasons = [category]
    if on < cycle.span.first:
        measured = _Measured(
            0, 0, [Reason(item.clause, "cycle", {"first": cycle.span.first}, {"on": on}, Outcome.FAILED)]
        )
    else:
        window = Span(cycle.span.first, min(cycle.span.last, on))
        if isinstance(item.ladder, MonthsLadder):
            assert person is not None
            measured = _measure_months(item.ladder, item, household, person, window)
        else:
            measured = _measure_income(
                item.ladder, item, household, window, owed=category.outcome is not Outcome.FAILED
            )
    reasons += measured.reasons
    missing = list(measured.missing)
    claim = claimed.find(item.id, cycle.name, beneficiary, on) if item.once else None
    if item.once:
        outcome = Outcome.FAILED if claim else Outcome.PASSED
        reasons.append(
            Reason(
                item.clause,
                "not_claimed",
                {},
                {"number": claim.number if claim else ""},
                outcome,
                (claim.id,) if claim else (),
            )
        )
    if category.outcome is Outcome.UNKNOWN:
        missing.insert(0, Missing("household.kind", household.id, household.household_no))
    if category.outcome is Outcome.FAILED or claim or not measured.high:
        state, amount, most = State.NOT_ELIGIBLE, 0, 0
        missing = []
    elif category.outcome is Outcome.UNKNOWN or measured.low != measured.high:
        state, most = State.UNKNOWN, measured.high
        amount = None
    else:
        state, amount, most = State.ELIGIBLE, measured.low, measured.low
    return Entitlement(
        item.id,
        cycle,
        on,
        item.beneficiary,
        beneficiary,
        person.name if person else household.head,
        person.identity_number if person else "",
        household.household_no,
        state,
        amount,
        most,
        tuple(reasons),
        tuple(missing),
        measured.members,
        measured.stretches,
        measured.tier,
        claim.number if claim else "",
    )
