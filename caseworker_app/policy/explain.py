"""An entitlement in words: what each condition asks and what was found, and one sentence why."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from caseworker_app.domain import money
from caseworker_app.domain.spans import Months
from caseworker_app.policy.assess import Entitlement, Outcome, Reason, State
from caseworker_app.policy.pack import Item
from caseworker_app.wording import ZH, _, _n, joined, label, language, months_text

Values = dict[str, Any]


def _clauses(parts: Iterable[str]) -> str:
    """Return parts of one sentence."""
    return ("，" if language() == ZH else ", ").join(parts)


def _kinds(values: Values) -> str:
    parts = [label("household_kind", each) for each in values["household_kinds"]] + [
        label("monitored_kind", each) for each in values["monitored_kinds"]
    ]
    return joined(parts)


def _category_found(found: Values) -> str:
    if not found["kind"]:
        return _("household kind not entered")
    parts = [label("household_kind", found["kind"])]
    if found["monitored_kind"]:
        parts.append(label("monitored_kind", found["monitored_kind"]))
        if found["identified_on"]:
            parts.append(_("identified {month}").format(month=f"{found['identified_on']:%Y-%m}"))
        parts.append(
            _("risk resolved {day}").format(day=found["resolved_on"])
            if found["resolved_on"]
            else _("risk not resolved")
        )
    return _clauses(parts)


def _spans(spans: tuple[tuple[date, date], ...]) -> str:
    shown = joined(_("{first} to {last}").format(first=first, last=last) for first, last in spans[:3])
    return shown + ("…" if len(spans) > 3 else "")


def _months_found(found: Values) -> str:
    if not found["spans"]:
        return _("none in this cycle")
    county, province = found["cross_county"], found["cross_province"]
    parts = [f"{_spans(found['spans'])} = {months_text(county)}"]
    if province.months or province.days:
        parts.append(_("of which outside the province {months}").format(months=months_text(province)))
    return _clauses(parts)


def _incomes(found: Values) -> str:
    named = [(name, income) for name, income, _due in found["incomes"] if income != 0]
    if not named:
        return _("no wage income in this cycle")
    return _clauses(
        _("{name} not known").format(name=name)
        if income is None
        else _("{name} {amount} yuan").format(name=name, amount=money.shown(income))
        for name, income in named
    )


def condition_text(reason: Reason) -> str:
    """Return the name of a condition."""
    names = {
        "household_category": _("Household kind"),
        "place": _("Place of work"),
        "months": _("Months of work"),
        "income": _("Wage income"),
        "household_cap": _("Household limit"),
        "not_claimed": _("Not claimed before"),
        "cycle": _("Cycle"),
    }
    return names[reason.condition]


def required_text(reason: Reason) -> str:
    """Return what a condition asks."""
    required = reason.required
    match reason.condition:
        case "household_category":
            return _kinds(required)
        case "place":
            return _("outside the county or the province")
        case "months":
            return _("{distance}, at least {months} months").format(
                distance=label("distance", required["distance"]), months=required["tier"]
            )
        case "income":
            return _("at least {amount} yuan in the cycle").format(amount=money.shown(required["at_least"]))
        case "household_cap":
            return _("at most {amount} yuan a household").format(amount=money.shown(required["cap"]))
        case "not_claimed":
            return _("once in a cycle")
        case _:
            return _("begins {day}").format(day=required["first"])


def found_text(reason: Reason) -> str:
    """Return what the ledger says about a condition."""
    found = reason.found
    match reason.condition:
        case "household_category":
            return _category_found(found)
        case "place":
            if not found["spells"]:
                return _("no work in this cycle")
            if reason.outcome is Outcome.UNKNOWN:
                return _("place of work not entered")
            return label("distance", found["distance"])
        case "months":
            return _months_found(found)
        case "income":
            return _incomes(found)
        case "household_cap":
            return _("{amount} yuan before the limit").format(amount=money.shown(found["uncapped"]))
        case "not_claimed":
            return (
                _("claimed as {number}").format(number=found["number"])
                if found["number"]
                else _("none in this ledger or the workbooks received")
            )
        case _:
            return _("asked on {day}").format(day=found["on"])


def missing_text(field: str) -> str:
    """Return what has to be entered, and where."""
    return {
        "spell.place": _("place of work (province, city, county)"),
        "spell.wage": _("monthly wage"),
        "household.kind": _("household kind"),
    }[field]


def _months_of(entitlement: Entitlement) -> Months:
    reason = next(each for each in entitlement.reasons if each.condition == "months")
    found = reason.found[
        "cross_province"
        if entitlement.tier and entitlement.tier.distance == "cross_province"
        else "cross_county"
    ]
    assert isinstance(found, Months)
    return found


def missing_sentence(entitlement: Entitlement) -> str:
    """Return what has to be entered before the amount and every share are known."""
    what = joined(dict.fromkeys(missing_text(each.field) for each in entitlement.missing))
    return _("Not entered: {what}. At most {amount} yuan.").format(
        what=what, amount=money.shown(entitlement.amount_max or 0)
    )


def why(entitlement: Entitlement) -> str:
    """Return one sentence: why this answer."""
    if entitlement.claimed:
        return _("Claimed as {number}.").format(number=entitlement.claimed)
    if entitlement.state is State.UNKNOWN:
        return missing_sentence(entitlement)
    if entitlement.state is State.ELIGIBLE:
        if entitlement.tier:
            return _("{distance} for {months}, the {tier}-month rung.").format(
                distance=label("distance", entitlement.tier.distance),
                months=months_text(_months_of(entitlement)),
                tier=entitlement.tier.at_least,
            )
        paid = [share for share in entitlement.members if share.paid]
        text = _n(
            "{count} member reached an income rung.", "{count} members reached an income rung.", len(paid)
        ).format(count=len(paid))
        capped = next(
            (
                each
                for each in entitlement.reasons
                if each.condition == "household_cap" and each.found["reached"]
            ),
            None,
        )
        if capped:
            text += " " + _("{uncapped} yuan in all, limited to {cap} yuan a household.").format(
                uncapped=money.shown(capped.found["uncapped"]), cap=money.shown(capped.required["cap"])
            )
        return text
    failed = next((each for each in entitlement.reasons if each.outcome is Outcome.FAILED), None)
    sentence = ""
    if failed:
        sentence = _("{condition}: {found}.").format(
            condition=condition_text(failed), found=found_text(failed)
        )
    if (
        failed
        and failed.condition in ("place", "months", "income")
        and entitlement.on > entitlement.cycle.span.last
    ):
        sentence += _("The cycle ended on {day}.").format(day=entitlement.cycle.span.last)
    return sentence


def _plain(value: Any) -> Any:  # noqa: ANN401 - anything a reason holds
    if isinstance(value, Months):
        return {"months": value.months, "days": value.days}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _yuan(amount: int | None) -> str | None:
    return None if amount is None else money.yuan(amount)


def as_json(entitlement: Entitlement, item: Item, exclusive_with: tuple[str, ...] = ()) -> Values:
    """Return the answer with stable keys: for scripts, and as it is stored with a claim; money in yuan."""
    return {
        "item": entitlement.item,
        "item_name": item.name,
        "cycle": entitlement.cycle.name,
        "cycle_first": entitlement.cycle.span.first.isoformat(),
        "cycle_last": entitlement.cycle.span.last.isoformat(),
        "on": entitlement.on.isoformat(),
        "beneficiary": {
            "kind": entitlement.beneficiary_kind,
            "id": entitlement.beneficiary,
            "id_number": entitlement.identity_number or None,
            "household_no": entitlement.household_no,
            "name": entitlement.name,
        },
        "state": entitlement.state.value,
        "amount": _yuan(entitlement.amount),
        "amount_max": _yuan(entitlement.amount_max),
        "why": why(entitlement),
        "members": [
            {
                "id": share.person,
                "name": share.name,
                "id_number": share.identity_number,
                "income": _yuan(share.income),
                "due": _yuan(share.due),
                "paid": _yuan(share.paid),
            }
            for share in entitlement.members
        ],
        "reasons": [
            {
                "clause": reason.clause,
                "condition": reason.condition,
                "label": condition_text(reason),
                "required": required_text(reason),
                "found": found_text(reason),
                "outcome": reason.outcome.value,
                "records": list(reason.records),
                "values": _plain(list(reason.found.items())),
            }
            for reason in entitlement.reasons
        ],
        "stretches": [
            {
                "spell": stretch.spell,
                "first": stretch.first.isoformat(),
                "last": stretch.last.isoformat(),
                "months": stretch.months.months,
                "days": stretch.months.days,
                "distance": stretch.distance.value,
                "income": _yuan(stretch.income),
            }
            for stretch in entitlement.stretches
        ],
        "tier": {
            "distance": entitlement.tier.distance,
            "at_least": entitlement.tier.at_least,
            "amount": _yuan(entitlement.tier.amount),
        }
        if entitlement.tier
        else None,
        "missing": [
            {"field": each.field, "record": each.record, "who": each.who, "label": missing_text(each.field)}
            for each in entitlement.missing
        ],
        "exclusive_with": list(exclusive_with),
    }
