"""Why: a decision told condition by condition, with what was required, what was found and what is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

from caseworker_app.domain import money
from caseworker_app.domain.divisions import Distance
from caseworker_app.policy import amounts, rules
from caseworker_app.policy import schema as s
from caseworker_app.policy.answer import Missing, Outcome, Reason, Tier, Values, outcome_of
from caseworker_app.policy.decide import Decision, chosen_amount, holds, rule_of
from caseworker_app.policy.rules import UNBOUNDED, Answer, Seen
from caseworker_app.policy.schema import Item
from caseworker_app.policy.vocabulary import FACTS, Fact


@dataclass(slots=True)
class Told:
    """Reasons and missing facts as they are gathered."""

    reasons: list[Reason] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)


def _owner(name: str, seen: Seen) -> tuple[str, str]:
    """Return the record a fact is of, and whose it is."""
    of = name.partition(".")[0]
    if of == "household" and seen.household is not None:
        return seen.household.id, seen.household.household_no
    if of == "organisation" and seen.organisation is not None:
        return seen.organisation.id, seen.organisation.name
    if of == "job" and seen.job is not None:
        return seen.job.id, seen.person.id if seen.person else ""
    if of not in ("person", "household", "organisation", "job") and seen.record is not None:
        return seen.record.id, seen.person.id if seen.person else ""
    return (seen.person.id, seen.person.id) if seen.person is not None else ("", "")


def _bounds(bounds: s.Bounds, seen: Seen) -> Values:
    return {
        key: rules.figure(value)(seen)
        for key, value in (("at_least", bounds.at_least), ("at_most", bounds.at_most))
        if value is not None
    }


def parameters_missing(values: Sequence[s.Value | None], seen: Seen) -> list[Missing]:
    """Return the local parameters among figures that nobody has entered."""
    day = rules.reference_day(seen)
    return [
        Missing("parameter", each.parameter.key, "")
        for each in values
        if each is not None and each.parameter is not None and each.parameter.at(day) is None
    ]


def _fact_reason(test: s.FactTest, seen: Seen, answer: Answer) -> tuple[Reason, list[Missing]]:
    day = rules.moment(test.moment, seen)
    value = rules.fact_value(test.fact)(seen, day)
    record, who = _owner(test.fact, seen)
    fact = seen.facts[test.fact]
    required: Values = {
        "fact": test.fact,
        "label": fact.label,
        "labels": dict(fact.labels),
        "any_of": test.any_of,
        "none_of": test.none_of,
        "yes": test.yes,
        "not_before": test.not_before,
        "not_after": test.not_after,
        "since": _bounds(test.since, seen),
        **_bounds(test.bounds, seen),
    }
    found: Values = {"value": value, "day": day}
    missing = parameters_missing(
        [test.bounds.at_least, test.bounds.at_most, test.since.at_least, test.since.at_most], seen
    )
    if value is None and answer is None:
        missing.append(Missing(test.fact, record, who))
    return Reason("", "fact", required, found, outcome_of(answer), (record,) if record else ()), missing


def _category_reason(test: s.CategoryTest, seen: Seen, answer: Answer) -> tuple[Reason, list[Missing]]:
    day = rules.moment(test.moment, seen)
    household = seen.household
    required: Values = {
        "household_kinds": test.household_kinds,
        "monitored_kinds": test.monitored_kinds,
        "flags": test.flags,
    }
    if household is None:
        found: Values = {
            "kind": "",
            "monitored_kind": "",
            "identified_on": None,
            "resolved_on": None,
            "flags": (),
        }
        return Reason("", "household_category", required, found, Outcome.UNKNOWN), [
            Missing("household.kind", "", seen.person.id if seen.person else "")
        ]
    known = household.identified_on is None or household.identified_on <= day
    resolved = household.resolved_on is not None and household.resolved_on <= min(day, seen.on)
    monitored = bool(household.monitored_kind) and known
    marked = {flag: FACTS[f"household.{flag}"].read(household, day) for flag in test.flags}
    found = {
        "kind": household.kind_on(day),
        "monitored_kind": household.monitored_kind if monitored else "",
        "identified_on": household.identified_on,
        "resolved_on": household.resolved_on if resolved else None,
        "flags": tuple(flag for flag, yes in marked.items() if yes),
    }
    missing = []
    if answer is None:
        if not found["kind"] and test.household_kinds:
            missing.append(Missing("household.kind", household.id, household.household_no))
        missing += [
            Missing(f"household.{flag}", household.id, household.household_no)
            for flag, yes in marked.items()
            if yes is None
        ]
    return Reason("", "household_category", required, found, outcome_of(answer), (household.id,)), missing


def _several_reason(test: s.Several, item: Item, seen: Seen, answer: Answer) -> tuple[Reason, list[Missing]]:
    parts, missing = [], []
    for each in test.tests:
        part, lacking = _test_reason(each, item, seen)
        parts.append(part)
        missing += lacking
    reason = Reason(
        "",
        "several",
        {"how": test.how, "least": test.least},
        {},
        outcome_of(answer),
        tuple(dict.fromkeys(record for part in parts for record in part.records)),
        parts=tuple(parts),
    )
    return reason, missing if answer is None else []


def _gaps(jobs: Sequence[rules.Job], seen: Seen) -> list[Missing]:
    """Return what is missing of jobs that might count."""
    found = []
    for job in jobs:
        for gap in job.gaps:
            record = job.spell.id if gap.startswith(("spell.", "job.")) else ""
            if gap.startswith("job."):
                gap = gap.replace("job.", "spell.")
            found.append(Missing(gap, record, seen.person.id if seen.person else ""))
    return found


@dataclass(slots=True)
class _Counted:
    """What a quantity came to: from and to, in which records, and what is missing."""

    low: int
    high: int
    found: Values
    records: tuple[str, ...] = ()
    missing: list[Missing] = field(default_factory=list)


def _count_jobs(quantity: s.Quantity, item: Item, seen: Seen) -> _Counted:
    """Count months, income or months without a job, over the members where no one person is asked about."""
    low, high = measure_in(quantity, item)(seen)
    jobs_of = jobs_in(quantity.work, item)
    whole = seen.person
    people = [whole] if whole or seen.household is None else list(seen.household.members)
    records: list[str] = []
    missing: list[Missing] = []
    parts: list[tuple[date, date]] = []
    incomes: list[tuple[str, int | None]] = []
    for person in people:
        seen.person = person
        jobs = jobs_of(seen)
        missing += _gaps(jobs, seen)
        records += [job.spell.id for job in jobs]
        parts += [(job.first, job.last) for job in jobs if job.sure]
        if quantity.measure == "income":
            income, lacking = _income_of(jobs, quantity.work, seen)
            missing += lacking
            if income or income is None:
                incomes.append((person.name if person else "", income))
    seen.person = whole
    found: Values = {
        "low": low,
        "high": None if high >= UNBOUNDED else high,
        "spans": tuple(rules.united(parts)),
        "months": rules.months_of(parts, continuous=quantity.work.continuous),
        "continuous": quantity.work.continuous,
        "incomes": tuple((name, income, None) for name, income in incomes),
        "window_last": seen.last,
    }
    return _Counted(low, high, found, tuple(records), missing if low != high else [])


def _income_of(jobs: Sequence[rules.Job], work: s.Work, seen: Seen) -> tuple[int | None, list[Missing]]:
    total, missing, sure = 0, [], True
    for job in jobs:
        income = rules.income_of(job, work)
        if not job.sure:
            sure = False
            continue
        total += income.total
        if income.gap:
            sure = False
            missing.append(Missing(income.gap, job.spell.id, seen.person.id if seen.person else ""))
    return (total if sure else None), missing


_Block = TypeVar("_Block")
_Made = TypeVar("_Made")


def _once(item: Item, block: _Block, make: Callable[[_Block, dict[str, Fact]], _Made]) -> _Made:
    """Return what is compiled of a block of an item, compiled once."""
    key = (make, id(block))
    found = item.memo.get(key)
    if found is None:
        found = item.memo[key] = (block, make(block, item.facts))  # The block is kept: its id stays its own.
    kept: _Made = found[1]
    return kept


def measure_in(quantity: s.Quantity, item: Item) -> rules.Measure:
    """Return how a quantity of an item is measured; compiled once."""
    return _once(item, quantity, rules.measure_of)


def jobs_in(work: s.Work, item: Item) -> rules.Jobs:
    """Return how the jobs that an item counts are found; compiled once."""
    return _once(item, work, rules.jobs_of)


def _rungs(amount: s.Ladder, facts: dict[str, Fact]) -> amounts.Rungs:
    return amounts.rungs_of(amount.quantity, amount.steps, facts)


def _count_people(quantity: s.Quantity, item: Item, seen: Seen) -> _Counted:
    low, high = measure_in(quantity, item)(seen)
    assert quantity.people is not None
    people = _once(item, quantity.people, rules.people_of)(seen)
    among = _once(item, quantity.of, rules.people_of)(seen) if quantity.of else []
    found: Values = {
        "low": low,
        "high": high,
        "people": sum(each.sure for each in people),
        "maybe": sum(not each.sure for each in people),
        "of": len(among) if quantity.of else None,
        "names": tuple(each.engaged.person.name for each in people if each.sure),
    }
    missing = [
        Missing("engagement.facts", each.engaged.id, each.engaged.person.id)
        for each in (*people, *among)
        if not each.sure
    ]
    return _Counted(
        low, high, found, tuple(each.engaged.id for each in people), missing if low != high else []
    )


def _count_other(quantity: s.Quantity, item: Item, seen: Seen) -> _Counted:
    low, high = measure_in(quantity, item)(seen)
    found: Values = {"low": low, "high": None if high >= UNBOUNDED else high}
    records: tuple[str, ...] = ()
    missing: list[Missing] = []
    if quantity.measure in ("head_count", "head_percent") and seen.organisation is not None:
        for group in filter(None, (quantity.group, quantity.of_group)):
            known = rules.head_count(seen.organisation, group, seen)
            found[f"month_{group}"] = known[0] if known else ""
            if known is None:
                missing.append(Missing("head_count", group, seen.organisation.name))
        records = (seen.organisation.id,)
    elif quantity.measure == "insurance_paid":
        parts = rules.insurance_parts(quantity, seen, None)
        records = tuple(row.id for row, paid in parts)
        missing = [Missing("insurance.paid", row.id, row.person) for row, paid in parts if paid is None]
    elif quantity.measure == "records":
        records = tuple(each.id for each in rules.records_by(seen, quantity.record))
        if low != high:
            missing = [Missing(f"{quantity.record}.kind", each, "") for each in records]
    elif quantity.measure == "fact":
        record, who = _owner(quantity.fact, seen)
        records = (record,) if record else ()
        if low != high:
            missing = [Missing(quantity.fact, record, who)]
    return _Counted(low, high, found, records, missing if low != high else [])


def _count(quantity: s.Quantity, item: Item, seen: Seen) -> _Counted:
    if quantity.measure in ("months", "income", "idle_months"):
        return _count_jobs(quantity, item, seen)
    if quantity.measure in ("people", "people_percent"):
        return _count_people(quantity, item, seen)
    return _count_other(quantity, item, seen)


def _test_reason(test: s.Test, item: Item, seen: Seen) -> tuple[Reason, list[Missing]]:
    """Return why a test has the answer it has; only what is shown is built."""
    answer = _once(item, test, rules.check_of)(seen)
    if isinstance(test, s.FactTest):
        return _fact_reason(test, seen, answer)
    if isinstance(test, s.CategoryTest):
        return _category_reason(test, seen, answer)
    if isinstance(test, s.Several):
        return _several_reason(test, item, seen, answer)
    counted = _count(test.quantity, item, seen)
    required: Values = {
        "measure": test.quantity.measure,
        "fact": test.quantity.fact,
        "unit": test.quantity.in_unit,
        "away": test.quantity.work.away,
        **_bounds(test.bounds, seen),
    }
    reason = Reason("", "measure", required, counted.found, outcome_of(answer), counted.records)
    missing = counted.missing + parameters_missing([test.bounds.at_least, test.bounds.at_most], seen)
    return reason, missing if answer is None else []


def condition_reasons(item: Item, decision: Decision, seen: Seen, told: Told) -> None:
    """Tell the conditions: what each requires, and what was found."""
    rule = rule_of(item)
    for (condition, _check), answer in zip(rule.checks, decision.answers, strict=True):
        if not holds(condition, seen):
            continue
        reason, missing = _test_reason(condition.test, item, seen)
        told.reasons.append(
            replace(
                reason,
                clause=condition.clause,
                text=condition.text,
                warns=condition.warns,
                outcome=outcome_of(answer),
                local=bool(condition.local),
                settings=condition.local,
            )
        )
        if answer is None and not condition.warns:
            told.missing += missing


# -- reasons of an amount ------------------------------------------------------------------------------


def _values_in(amount: s.Amount) -> list[s.Value | None]:
    """Return every figure of an amount."""
    if isinstance(amount, s.Limited):
        return [amount.ceiling, *_values_in(amount.amount)]
    if isinstance(amount, s.Sum):
        return [found for each in amount.parts for found in _values_in(each)]
    if isinstance(amount, s.ByFact):
        return [found for each in amount.cases.values() for found in _values_in(each)]
    if isinstance(amount, s.Fixed):
        return [amount.amount]
    if isinstance(amount, s.Range):
        return [amount.least, amount.most]
    if isinstance(amount, s.Rate):
        return [amount.rate, amount.at_most]
    found: list[s.Value | None] = [
        value for step in amount.steps for value in (step.at_least, step.amount, step.percent)
    ]
    if isinstance(amount, s.Ladder) and amount.parameter is not None:
        found.append(s.Value(parameter=amount.parameter))
    return found


def _facts_in(amount: s.Amount) -> list[str]:
    """Return the facts an amount rests on."""
    found = [each.fact for each in _values_in(amount) if each is not None and each.fact]
    if isinstance(amount, s.Limited):
        return found + _facts_in(amount.amount)
    if isinstance(amount, s.Sum):
        return found + [name for each in amount.parts for name in _facts_in(each)]
    return [*found, amount.fact] if isinstance(amount, s.ByFact) else found


def _tier(amount: s.Amount, item: Item, seen: Seen) -> Tier | None:
    """Return the step of a ladder that holds."""
    if isinstance(amount, s.Ladder) and amount.parameter is not None:
        steps = amount.parameter.at(rules.reference_day(seen)) or ()
        low = measure_in(amount.quantity, item)(seen)[0]
        best = (
            max((pays, at_least) for at_least, pays in steps if low >= at_least)
            if any(low >= at_least for at_least, _pays in steps)
            else None
        )
        return Tier("", best[1], best[0]) if best else None
    if not isinstance(amount, s.Ladder):
        return None
    reached = [
        rung
        for rung in _once(item, amount, _rungs)(seen)
        if rung.at_least is not None and rung.amount is not None and rung.low >= rung.at_least
    ]
    best_rung = max(reached, key=lambda rung: (rung.amount or 0, rung.at_least or 0), default=None)
    if best_rung is None:
        return None
    step = best_rung.step
    return Tier(step.distance, best_rung.at_least or 0, best_rung.amount or 0, step.places, step.not_places)


def _months_at(
    amount: s.Ladder, jobs: Sequence[rules.Job], distance: str, seen: Seen
) -> list[tuple[date, date]]:
    step = s.Step(s.Value(0), distance=distance)
    del amount
    return [
        (job.first, job.last)
        for job in jobs
        if job.sure and amounts.step_fits(step, job.spell, seen.home) is True
    ]


def _ladder_reasons(amount: s.Ladder, dated: s.DatedAmount, item: Item, seen: Seen, told: Told) -> None:
    """Say why a ladder over months came to its step: where the jobs were, and how long they lasted."""
    quantity = amount.quantity
    jobs = jobs_in(quantity.work, item)(seen)
    tier = _tier(amount, item, seen)
    continuous = quantity.work.continuous
    low, high, _known = _once(item, amount, amounts.pay_of)(seen)
    undecided = high > low
    placed = any(step.placed for step in amount.steps)
    unknown = [
        job
        for job in jobs
        if placed and any(amounts.step_fits(step, job.spell, seen.home) is None for step in amount.steps)
    ]
    away = [
        job
        for job in jobs
        if job.sure and any(amounts.step_fits(step, job.spell, seen.home) for step in amount.steps)
    ]
    least = min(
        (value for step in amount.steps if (value := rules.figure(step.at_least)(seen)) is not None),
        default=0,
    )
    if placed:
        distances = [amounts.distance_of(job.spell, seen.home) for job in away or jobs]
        farthest = next(
            (
                each
                for each in (Distance.CROSS_PROVINCE, Distance.CROSS_COUNTY, Distance.UNKNOWN)
                if each in distances
            ),
            Distance.WITHIN_COUNTY,
        )
        told.reasons.append(
            Reason(
                dated.clause,
                "place",
                {
                    "distances": tuple(
                        dict.fromkeys(step.distance for step in amount.steps if step.distance)
                    ),
                    "places": tuple(dict.fromkeys(place for step in amount.steps for place in step.places)),
                },
                {"distance": farthest, "spells": len(jobs), "window_last": seen.last},
                Outcome.PASSED if away else Outcome.UNKNOWN if unknown else Outcome.FAILED,
                tuple(job.spell.id for job in away),
            )
        )
    county = _months_at(amount, jobs, Distance.CROSS_COUNTY, seen)
    province = _months_at(amount, jobs, Distance.CROSS_PROVINCE, seen)
    every = [(job.first, job.last) for job in away]
    held = (
        s.Step(s.Value(0), distance=tier.distance, places=tier.places, not_places=tier.not_places)
        if tier
        else None
    )
    counted = [
        (job.first, job.last) for job in away if held is None or amounts.step_fits(held, job.spell, seen.home)
    ]
    told.reasons.append(
        Reason(
            dated.clause,
            "months",
            {
                "at_least": least,
                "tier": tier.at_least if tier else least,
                "distance": tier.distance if tier else (Distance.CROSS_COUNTY.value if placed else ""),
                "places": tier.places if tier else (),
            },
            {
                "cross_county": rules.months_of(county if placed else every, continuous=continuous),
                "cross_province": rules.months_of(province, continuous=continuous),
                "counted": rules.months_of(counted, continuous=continuous),
                "continuous": continuous,
                "spans": tuple(rules.united(every)),
                "window_last": seen.last,
            },
            Outcome.UNKNOWN if undecided and not low else Outcome.PASSED if tier else Outcome.FAILED,
            tuple(job.spell.id for job in away),
            local=bool(dated.local),
            settings=dated.local,
        )
    )
    if undecided:
        told.missing += _gaps([job for job in jobs if not job.sure], seen)
        told.missing += [
            Missing("spell.place", job.spell.id, seen.person.id if seen.person else "") for job in unknown
        ]
        told.missing += parameters_missing(_values_in(amount), seen)


def _times(amount: s.Amount, dated: s.DatedAmount, seen: Seen) -> str:
    """Return by what a count is multiplied, where that is one figure: 200, 30%, 2/3."""
    if isinstance(amount, s.Rate):
        rate = rules.figure(amount.rate)(seen)
        return "" if rate is None else money.shown(rate)
    if isinstance(dated.amount, s.Limited) and dated.amount.percent is not None:
        return s.share_text(dated.amount.percent)
    if isinstance(amount, s.Share) and len(amount.steps) == 1 and amount.steps[0].percent is not None:
        points = rules.figure(amount.steps[0].percent)(seen)
        return "" if points in (None, 100 * 100) else s.share_text(Fraction(points, 100))
    return ""


def _quantity_reason(
    amount: s.Amount, quantity: s.Quantity, dated: s.DatedAmount, item: Item, seen: Seen, told: Told
) -> None:
    """Say what an amount counted."""
    counted = _count(quantity, item, seen)
    least = 0
    if isinstance(amount, s.Ladder | s.Share):
        least = min(
            (value for step in amount.steps if (value := rules.figure(step.at_least)(seen)) is not None),
            default=0,
        )
    low, high, sure = _once(item, amount, amounts.pay_of)(seen)
    told.reasons.append(
        Reason(
            dated.clause,
            "counted",
            {
                "measure": quantity.measure,
                "unit": quantity.in_unit,
                "at_least": least,
                "away": quantity.work.away,
                "fact": quantity.fact,
                "times": _times(amount, dated, seen),
            },
            counted.found,
            Outcome.PASSED if low else Outcome.UNKNOWN if high else Outcome.FAILED,
            counted.records,
            local=bool(dated.local),
            settings=dated.local,
        )
    )
    if not sure or low != high:
        told.missing += counted.missing


def amount_reasons(decision: Decision, item: Item, seen: Seen, told: Told) -> Tier | None:
    """Tell how the amount came about; return the tier reached, if it goes by tiers."""
    dated = decision.dated
    if dated is None:
        return None
    tier = None
    if item.each_member:
        _member_reasons(decision, dated, item, seen, told)
    else:
        for amount in chosen_amount(dated.amount, seen):
            quantity = s.counted(amount)
            by_months = isinstance(amount, s.Ladder) and quantity is not None and quantity.measure == "months"
            if by_months and seen.person is not None and isinstance(amount, s.Ladder) and amount.steps:
                _ladder_reasons(amount, dated, item, seen, told)
                tier = tier or _tier(amount, item, seen)
                continue
            if quantity is not None and quantity.measure != "one":
                _quantity_reason(amount, quantity, dated, item, seen, told)
            tier = tier or _tier(amount, item, seen)
    if not decision.sure:
        told.missing += parameters_missing(_values_in(dated.amount), seen)
        for name in dict.fromkeys(_facts_in(dated.amount)):
            if rules.fact_value(name)(seen, seen.on) is None:
                told.missing.append(Missing(name, *_owner(name, seen)))
    return tier


def _member_reasons(decision: Decision, dated: s.DatedAmount, item: Item, seen: Seen, told: Told) -> None:
    """Say what each member of a household is due."""
    quantity = s.counted(dated.amount)
    if quantity is None:
        return
    steps = [
        amount.steps for amount in chosen_amount(dated.amount, seen) if isinstance(amount, s.Ladder | s.Share)
    ]
    least = min(
        (
            value
            for each in steps
            for step in each
            if (value := rules.figure(step.at_least)(seen)) is not None
        ),
        default=0,
    )
    lines: list[tuple[str, int | None, int]] = []
    records: list[str] = []
    missing: list[Missing] = []
    spans: list[tuple[date, date]] = []
    for member in decision.members:
        seen.person = member.person
        counted = _count(quantity, item, seen)
        records += counted.records
        spans += counted.found.get("spans", ())
        income = counted.low if counted.low == counted.high or member.low == member.high else None
        if income or income is None:
            lines.append((member.person.name, income, member.low))
        if member.low != member.high:
            missing += counted.missing
    seen.person = None
    told.reasons.append(
        Reason(
            dated.clause,
            "income" if quantity.measure == "income" else "members",
            {
                "at_least": least,
                "away": quantity.work.away,
                "measure": quantity.measure,
                "unit": quantity.in_unit,
            },
            {
                "incomes": tuple(lines),
                "best": max((income or 0 for _name, income, _due in lines), default=0),
                "window_last": seen.last,
            },
            Outcome.PASSED
            if any(each.low for each in decision.members)
            else Outcome.UNKNOWN
            if any(each.high for each in decision.members)
            else Outcome.FAILED,
            tuple(records),
            local=bool(dated.local),
            settings=dated.local,
        )
    )
    if not decision.settled:
        told.missing += missing


# -- reasons of limits and of what was claimed ---------------------------------------------------------

_CAP_NAMES = {s.HOUSEHOLD: "household_cap", s.PERSON: "person_cap", s.ORGANISATION: "organisation_cap"}


def cap_reasons(decision: Decision, seen: Seen, told: Told) -> None:
    """Tell the limits, and what earlier claims used of them."""
    for limit in decision.limits:
        cap = limit.cap
        unit = "fen" if cap.amount is not None else "months" if cap.months is not None else "times"
        left = None if limit.most is None else max(limit.most - limit.used, 0)
        reached = unit == "fen" and left is not None and decision.uncapped > left
        if limit.most is None:
            outcome = Outcome.UNKNOWN
        elif limit.lifted or left or (unit == "fen" and not limit.used):
            outcome = Outcome.PASSED
        else:
            outcome = Outcome.FAILED
        if cap.warns and reached:
            outcome = Outcome.FAILED
        if unit == "fen" and outcome is Outcome.PASSED and not decision.high and not limit.used:
            continue
        told.reasons.append(
            Reason(
                cap.clause,
                _CAP_NAMES[cap.per],
                {"cap": limit.most, "unit": unit, "over": cap.over, "items": cap.items},
                {
                    "uncapped": decision.uncapped,
                    "reached": reached,
                    "used": limit.used,
                    "left": left,
                    "lifted": bool(limit.lifted),
                    "numbers": tuple(each.number for each in limit.claims),
                },
                outcome,
                tuple(each.id for each in limit.claims),
                local=bool(cap.local),
                text=cap.text,
                warns=cap.warns,
                settings=cap.local,
            )
        )
        value = cap.amount or cap.months or cap.times
        told.missing += parameters_missing([value], seen)


def claim_reasons(item: Item, decision: Decision, told: Told) -> None:
    """Tell what was claimed that stands against this item, and whether it was claimed itself."""
    for exclusion, claim, bars in decision.excluded:
        higher = exclusion.effect == "higher" and claim is not None and claim.amount >= decision.whole
        told.reasons.append(
            Reason(
                exclusion.clause,
                "exclusion",
                {"items": exclusion.names, "over": exclusion.over, "effect": exclusion.effect},
                {
                    "number": claim.number if claim else "",
                    "item": exclusion.names[exclusion.items.index(claim.item)] if claim else "",
                    "amount": claim.amount if claim else 0,
                },
                Outcome.PASSED if claim is None else Outcome.FAILED,
                (claim.id,) if claim else (),
                local=bool(exclusion.local),
                text=exclusion.text,
                warns=claim is not None and not (bars or higher),
                settings=exclusion.local,
            )
        )
    claim = decision.claim
    told.reasons.append(
        Reason(
            item.clause,
            "not_claimed",
            {"repeat": item.repeat},
            {"number": claim.number if claim else ""},
            Outcome.FAILED if claim else Outcome.PASSED,
            (claim.id,) if claim else (),
        )
    )


def time_reasons(item: Item, decision: Decision, seen: Seen, told: Told) -> tuple[date | None, ...]:
    """Say whether it is the time; return from when, until when it is filed, and by when it is paid."""
    cycle, on = seen.cycle, seen.on
    if on < cycle.span.first:
        told.reasons.append(
            Reason(item.clause, "cycle", {"first": cycle.span.first}, {"on": on}, Outcome.FAILED)
        )
    if item.until is not None and rules.reference_day(seen) > item.until:
        told.reasons.append(
            Reason(
                item.clause, "valid", {"until": item.until}, {"on": rules.reference_day(seen)}, Outcome.FAILED
            )
        )
    process = item.process
    if not process.ends:
        return None, None, None
    rounds = process.filing(cycle, on)
    last = process.last_day(cycle, on)
    current = next((each for each in rounds if each[1].last >= on), None)
    told.reasons.append(
        Reason(
            process.clause,
            "filing",
            {"rounds": tuple((name, span.first, span.last) for name, span, paid in rounds), "last": last},
            {"on": on, "late": decision.late is not None},
            Outcome.FAILED if decision.late is not None else Outcome.PASSED,
        )
    )
    if current is None:
        return None, last, None
    return current[1].first, current[1].last, current[2]
