"""An entitlement in words: what each condition asks and what was found, and one sentence why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from caseworker_app.domain import divisions, money
from caseworker_app.domain.spans import Months
from caseworker_app.policy.answer import Entitlement, Missing, Outcome, Reason, State
from caseworker_app.policy.applied import Change, Kind
from caseworker_app.policy.schema import BEGINNING, EVER, Item, Step
from caseworker_app.policy.vocabulary import FACTS, MONEY, Fact
from caseworker_app.wording import (
    LANGUAGES,
    ZH,
    _,
    _n,
    joined,
    label,
    language,
    months_text,
    speaking,
)

Values = dict[str, Any]


def _clauses(parts: Iterable[str]) -> str:
    """Return parts of one sentence."""
    return ("，" if language() == ZH else ", ").join(parts)


# -- facts and measures --------------------------------------------------------------------------------


def fact_text(name: str) -> str:
    """Return the name of a fact; one the pack declared has its own words."""
    return {
        "person.age": _("Age"),
        "person.born": _("Date of birth"),
        "person.sex": _("Sex"),
        "person.relation": _("Relation to head"),
        "person.disabled": _("Disabled"),
        "person.student": _("At school"),
        "person.working": _("In work"),
        "person.schooling": _("Schooling"),
        "person.education": _("Education"),
        "person.labour_skill": _("Labour skill"),
        "person.health": _("Health"),
        "person.hardship": _("Kind of hardship"),
        "person.graduated_on": _("Graduated on"),
        "person.unemployed_since": _("Registered unemployed since"),
        "household.kind": _("Household kind"),
        "household.monitored_kind": _("Monitored kind"),
        "household.identified_on": _("Identified on"),
        "household.risk_resolved": _("Risk resolved"),
        "household.relocated": _("Relocated"),
        "household.low_income": _("Low-income household"),
        "household.minimum_living": _("Minimum living allowance"),
        "household.destitute": _("Extremely poor"),
        "household.members": _("Members of the household"),
        "household.members_working": _("Members in work"),
        "organisation.kind": _("Kind of organisation"),
        "organisation.size": _("Size of organisation"),
        "organisation.level": _("Level as certified"),
        "organisation.certified_on": _("Certified on"),
        "organisation.opened_on": _("Opened on"),
        "organisation.closed": _("Organisation closed"),
        "business.kind": _("Kind of business"),
        "business.first": _("First business"),
        "business.registered_on": _("Business registered on"),
        "business.closed": _("Business closed"),
        "business.employed": _("People the business employs"),
        "certificate.kind": _("Kind of certificate"),
        "certificate.level": _("Level of certificate"),
        "certificate.trade": _("Trade of certificate"),
        "certificate.course": _("Course"),
        "certificate.issued_on": _("Certificate issued on"),
        "certificate.cost": _("Cost of training"),
        "loan.kind": _("Kind of loan"),
        "loan.purpose": _("Purpose of loan"),
        "loan.amount": _("Amount of loan"),
        "loan.rate": _("Interest rate"),
        "loan.interest_paid": _("Interest paid"),
        "loan.granted_on": _("Loan granted on"),
        "loan.term": _("Term of loan in months"),
        "loan.overdue": _("Loan overdue"),
        "loan.repaid": _("Loan repaid"),
        "insurance.kind": _("Kind of insurance"),
        "insurance.payer": _("Who pays the insurance"),
        "insurance.since": _("Insured since"),
        "insurance.held": _("Insurance in force"),
        "insurance.paid": _("Contribution paid"),
        "post.kind": _("Kind of post"),
        "post.since": _("Post held since"),
        "post.held": _("Post held"),
        "job.kind": _("Kind of work"),
        "job.channel": _("Channel"),
        "job.industry": _("Industry"),
        "job.trade": _("Trade"),
        "job.employer": _("Employer"),
        "job.wage": _("Monthly wage"),
        "job.contract": _("Labour contract"),
        "job.insured": _("Insured"),
        "job.point_to_point": _("Point-to-point transport"),
        "job.months": _("Months of this job"),
    }.get(name, name)


def measure_text(measure: str) -> str:
    """Return the name of something counted."""
    return {
        "months": _("Months of work"),
        "income": _("Wage income"),
        "idle_months": _("Months without work"),
        "people": _("People who count"),
        "people_percent": _("Share of people"),
        "head_count": _("Head-count"),
        "head_percent": _("Share of head-count"),
        "insurance_paid": _("Insurance paid"),
        "records": _("Records"),
        "fact": _("Figure"),
    }.get(measure, measure)


def record_text(about: str) -> str:
    """Return the name of a kind of record."""
    return {
        "business": _("Business"),
        "certificate": _("Certificate"),
        "loan": _("Loan"),
        "insurance": _("Insurance"),
        "post": _("Public post"),
    }[about]


def _yes_no(value: bool) -> str:
    return label("yes_no", "yes" if value else "no")


def _value_text(name: str, value: Any, labels: Values) -> str:  # noqa: ANN401 - as the fact has it
    fact = FACTS.get(name)
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return joined(_value_text(name, each, labels) for each in value)
    if isinstance(value, int):
        return (
            _("{amount} yuan").format(amount=money.shown(value))
            if fact is not None and fact.kind == MONEY
            else str(value)
        )
    return label(fact.codes, value) if fact is not None and fact.codes else str(labels.get(value, value))


def _amount_text(value: int | None, unit: str) -> str:
    if value is None:
        return _("not known")
    if unit in ("fen", "money"):
        return _("{amount} yuan").format(amount=money.shown(value))
    if unit == "months":
        return _n("{count} month", "{count} months", value).format(count=value)
    return str(value)


def _bounds_text(required: Values, unit: str) -> str:
    parts = []
    if "at_least" in required:
        parts.append(_("at least {value}").format(value=_amount_text(required["at_least"], unit)))
    if "at_most" in required:
        parts.append(_("at most {value}").format(value=_amount_text(required["at_most"], unit)))
    return _clauses(parts)


# -- what is asked -------------------------------------------------------------------------------------


def _kinds(values: Values) -> str:
    parts = [label("household_kind", each) for each in values["household_kinds"]]
    parts += [label("monitored_kind", each) for each in values["monitored_kinds"]]
    parts += [fact_text(f"household.{each}") for each in values.get("flags", ())]
    return joined(parts)


def _fact_required(required: Values) -> str:
    name, labels = required["fact"], required.get("labels", {})
    parts = []
    if required["any_of"]:
        parts.append(joined(_value_text(name, each, labels) for each in required["any_of"]))
    if required["none_of"]:
        parts.append(
            _("not {values}").format(
                values=joined(_value_text(name, each, labels) for each in required["none_of"])
            )
        )
    if required["yes"] is not None:
        parts.append(_yes_no(required["yes"]))
    since = required["since"]
    if "at_least" in since:
        parts.append(_("at least {value} ago").format(value=_amount_text(since["at_least"], "months")))
    if "at_most" in since:
        parts.append(_("no longer than {value} ago").format(value=_amount_text(since["at_most"], "months")))
    if required["not_before"]:
        parts.append(_("not before {day}").format(day=required["not_before"]))
    if required["not_after"]:
        parts.append(_("not after {day}").format(day=required["not_after"]))
    fact = FACTS.get(name)
    bounds = _bounds_text(required, "fen" if fact is not None and fact.kind == MONEY else "number")
    return _clauses([*parts, bounds] if bounds else parts)


def over_text(over: str) -> str:
    """Return for which time a limit or exclusion is."""
    return {
        "cycle": _("in a cycle"),
        "year": _("in a calendar year"),
        "ever": _("ever"),
        "same_work": _("for the same job"),
    }[over]


def _places(values: Iterable[str]) -> str:
    return joined(divisions.full_name(each) or each for each in values)


def condition_text(reason: Reason) -> str:
    """Return the name of a condition."""
    if reason.condition == "fact":
        return str(reason.required.get("label") or fact_text(reason.required["fact"]))
    if reason.condition in ("measure", "counted", "members"):
        fact = reason.required.get("fact")
        return fact_text(fact) if fact else measure_text(reason.required["measure"])
    if reason.condition == "several":
        return {
            "all": _("All of these"),
            "any": _("One of these"),
            "none": _("None of these"),
        }[reason.required["how"]]
    return {
        "household_category": _("Household kind"),
        "place": _("Place of work"),
        "months": _("Months of work"),
        "income": _("Wage income"),
        "household_cap": _("Household limit"),
        "person_cap": _("Limit for one person"),
        "organisation_cap": _("Limit for one organisation"),
        "exclusion": _("Also given by")
        if reason.required.get("effect") == "warn"
        else _("Not together with"),
        "not_claimed": _("Not claimed before"),
        "cycle": _("Cycle"),
        "valid": _("In force"),
        "filing": _("Time of filing"),
        "about": record_text(reason.required["record"]) if "record" in reason.required else "",
    }[reason.condition]


def _months_required(required: Values) -> str:
    if required.get("places"):
        return _("{places}, at least {months} months").format(
            places=_places(required["places"]), months=required["tier"]
        )
    if not required["distance"]:
        return _bounds_text({"at_least": required["tier"]}, "months")
    return _("{distance}, at least {months} months").format(
        distance=label("distance", required["distance"]), months=required["tier"]
    )


def _cap_required(required: Values) -> str:
    most, unit = required["cap"], required["unit"]
    if unit == "fen" and most is not None and required["over"] == "cycle":
        return _("at most {amount} yuan a household").format(amount=money.shown(most))
    amount = (
        _n("{count} time", "{count} times", most).format(count=most) if unit == "times" and most else None
    )
    return _("at most {amount} {over}").format(
        amount=amount or _amount_text(most, unit), over=over_text(required["over"])
    )


def _filing_required(required: Values) -> str:
    rounds = [
        _("{name} {first} to {last}").format(name=name, first=first, last=last)
        for name, first, last in required["rounds"]
    ]
    return joined(rounds) or _("by {day}").format(day=required["last"])


def _asked(reason: Reason) -> str:
    required = reason.required
    match reason.condition:
        case "fact":
            return _fact_required(required)
        case "household_category":
            return _kinds(required)
        case "several":
            return joined(f"{condition_text(each)} {required_text(each)}" for each in reason.parts)
        case "measure":
            return _bounds_text(required, required["unit"])
        case "counted" | "members":
            asked = _bounds_text(required, required["unit"]) if required["at_least"] else _("counted")
            return f"{asked} × {required['times']}" if required.get("times") else asked
        case "place":
            return (
                _places(required["places"])
                if required.get("places")
                else _("outside the county or the province")
            )
        case "months":
            return _months_required(required)
        case "income":
            return _("at least {amount} yuan in the cycle").format(amount=money.shown(required["at_least"]))
        case _:
            return _asked_of_claims(reason)


def _asked_of_claims(reason: Reason) -> str:
    required = reason.required
    match reason.condition:
        case "household_cap" | "person_cap" | "organisation_cap":
            return _cap_required(required)
        case "exclusion":
            return _("{items} {over}").format(
                items=joined(required["items"]), over=over_text(required["over"])
            )
        case "not_claimed":
            return _("once only") if required.get("repeat") == EVER else _("once in a cycle")
        case "valid":
            return _("until {day}").format(day=required["until"])
        case "filing":
            return _filing_required(required)
        case "about":
            return _("one on record")
        case _:
            return _("begins {day}").format(day=required["first"])


def required_text(reason: Reason) -> str:
    """Return what a condition asks, in the pack's words where it has any."""
    return reason.text or _asked(reason)


# -- what was found ------------------------------------------------------------------------------------


def _category_found(found: Values) -> str:
    flags = [fact_text(f"household.{each}") for each in found.get("flags", ())]
    if not found["kind"]:
        return _clauses([_("household kind not entered"), *flags])
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
    return _clauses(parts + flags)


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


def _counted_found(reason: Reason) -> str:
    required, found = reason.required, reason.found
    measure = required["measure"]
    if measure == "income":
        return _incomes(found)
    if measure == "months":
        if not found["spans"]:
            return _("none in this cycle")
        return f"{_spans(found['spans'])} = {months_text(found['months'])}"
    if found["low"] == found["high"]:
        text = _amount_text(found["low"], required["unit"])
        return f"{text}%" if measure.endswith("_percent") else text
    return _("{low} or more, not known exactly").format(low=_amount_text(found["low"], required["unit"]))


def _cap_found(reason: Reason) -> str:
    required, found = reason.required, reason.found
    if found.get("lifted"):
        return _("lifted")
    if required["unit"] == "fen" and not found["used"]:
        return _("{amount} yuan before the limit").format(amount=money.shown(found["uncapped"]))
    return _("{used} used, {left} left").format(
        used=_amount_text(found["used"], required["unit"]), left=_amount_text(found["left"], required["unit"])
    )


def found_text(reason: Reason) -> str:
    """Return what the ledger says about a condition."""
    found = reason.found
    match reason.condition:
        case "fact":
            value = found["value"]
            return (
                _("not entered")
                if value is None
                else _value_text(reason.required["fact"], value, reason.required.get("labels", {}))
            )
        case "household_category":
            return _category_found(found)
        case "several":
            return joined(f"{condition_text(each)} {found_text(each)}" for each in reason.parts)
        case "measure" | "counted":
            return _counted_found(reason)
        case "members":
            return _clauses(
                f"{name} {_amount_text(value, reason.required['unit'])}"
                for name, value, _due in found["incomes"]
            ) or _("none in this cycle")
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
        case _:
            return _found_of_claims(reason)


def _found_of_claims(reason: Reason) -> str:
    found = reason.found
    match reason.condition:
        case "household_cap" | "person_cap" | "organisation_cap":
            return _cap_found(reason)
        case "exclusion":
            if not found["number"]:
                return _("none in this ledger or the workbooks received")
            return _("{item} claimed as {number}, {amount} yuan").format(
                item=found["item"], number=found["number"], amount=money.shown(found["amount"])
            )
        case "not_claimed":
            return (
                _("claimed as {number}").format(number=found["number"])
                if found["number"]
                else _("none in this ledger or the workbooks received")
            )
        case "about":
            return _("none on record")
        case _:
            return _("asked on {day}").format(day=found["on"])


# -- what is missing, and why --------------------------------------------------------------------------


def missing_text(field: str) -> str:
    """Return what has to be entered."""
    return {
        "spell.place": _("place of work (province, city, county)"),
        "spell.wage": _("monthly wage"),
        "spell.wages": _("wages month by month"),
        "spell.contract": _("labour contract"),
        "spell.insured": _("insurance"),
        "household.kind": _("household kind"),
        "person.insurances": _("kinds of insurance"),
        "parameter": _("a figure of this place"),
        "head_count": _("head-count of the month"),
        "insurance.paid": _("contribution paid"),
        "engagement.facts": _("jobs, contract and household of a worker"),
    }.get(field) or fact_text(field.replace("spell.", "job."))


def where_text(field: str) -> str:
    """Return where it is entered."""
    of = field.partition(".")[0]
    return {
        "spell": _("Jobs, on the person's page"),
        "household": _("Household page"),
        "person": _("Person's page"),
        "parameter": _("Policies: figures of this place"),
        "head_count": _("Organisations: head-count by month"),
        "engagement": _("Organisations: people"),
        "organisation": _("Organisations"),
        "insurance": _("Person's page: insurances"),
        "certificate": _("Person's page: certificates"),
        "business": _("Person's page: business"),
        "loan": _("Person's page: loans"),
        "post": _("Public posts"),
    }.get(of, "")


def _missing_name(missing: Missing, parameters: dict[str, str]) -> str:
    if missing.field == "parameter":
        return parameters.get(missing.record, missing.record)
    return missing_text(missing.field)


def _months_of(entitlement: Entitlement) -> Months:
    reason = next(each for each in entitlement.reasons if each.condition == "months")
    found = reason.found["counted"]
    assert isinstance(found, Months)
    return found


def missing_sentence(entitlement: Entitlement) -> str:
    """Return what has to be entered before the amount and every share are known."""
    what = joined(dict.fromkeys(_missing_name(each, {}) for each in entitlement.missing))
    if entitlement.amount_max is None:
        return _("Not entered: {what}.").format(what=what)
    return _("Not entered: {what}. At most {amount} yuan.").format(
        what=what, amount=money.shown(entitlement.amount_max or 0)
    )


def _why_eligible(entitlement: Entitlement) -> str:
    if entitlement.decided_by_reviewer:
        return _("The reviewer decides, from {least} to {most} yuan.").format(
            least=money.shown(entitlement.amount_min or 0), most=money.shown(entitlement.amount_max or 0)
        )
    tier = entitlement.tier
    if tier and any(each.condition == "months" for each in entitlement.reasons):
        months = months_text(_months_of(entitlement))
        if tier.places or not tier.distance:
            return _("{months} of work, the {tier}-month rung.").format(months=months, tier=tier.at_least)
        return _("{distance} for {months}, the {tier}-month rung.").format(
            distance=label("distance", tier.distance), months=months, tier=tier.at_least
        )
    if entitlement.members:
        return _why_members(entitlement)
    counted = next((each for each in entitlement.reasons if each.condition == "counted"), None)
    if counted:
        return _("{condition}: {found}.").format(condition=condition_text(counted), found=found_text(counted))
    return _("All conditions are met.")


def _why_members(entitlement: Entitlement) -> str:
    paid = [share for share in entitlement.members if share.paid]
    text = _n(
        "{count} member reached an income rung.", "{count} members reached an income rung.", len(paid)
    ).format(count=len(paid))
    capped = next(
        (
            each
            for each in entitlement.reasons
            if each.condition == "household_cap" and each.found["reached"] and not each.found["used"]
        ),
        None,
    )
    if capped:
        text += " " + _("{uncapped} yuan in all, limited to {cap} yuan a household.").format(
            uncapped=money.shown(capped.found["uncapped"]), cap=money.shown(capped.required["cap"])
        )
    return text


def why(entitlement: Entitlement) -> str:
    """Return one sentence: why this answer."""
    if entitlement.claimed:
        return _("Claimed as {number}.").format(number=entitlement.claimed)
    if entitlement.state is State.UNKNOWN:
        return missing_sentence(entitlement)
    if entitlement.state is State.ELIGIBLE:
        return _why_eligible(entitlement)
    failed = next(
        (each for each in entitlement.reasons if each.outcome is Outcome.FAILED and not each.warns), None
    )
    sentence = _("The document names no amount for this case.")
    if failed:
        sentence = _("{condition}: {found}.").format(
            condition=condition_text(failed), found=found_text(failed)
        )
    if (
        failed
        and failed.condition in ("place", "months", "income", "counted")
        and entitlement.on > entitlement.cycle.span.last
    ):
        sentence += "" if language() == ZH else " "
        sentence += _("The cycle ended on {day}.").format(day=entitlement.cycle.span.last)
    return sentence


# -- what would change it ------------------------------------------------------------------------------


def _work_text(change: Change) -> str:
    places = [divisions.full_name(change.value["place"][:2])] if change.place.isdigit() else []
    places += [label("distance", change.place)] if change.place and not places else []
    kinds = change.value["work"].kinds
    if kinds and "wage" not in kinds:
        places.append(label("spell_kind", kinds[0]))
    text = _("work until {day}").format(day=change.until)
    if places:
        text = _("work until {day} ({place})").format(day=change.until, place=_clauses(places))
    if change.value["wage"] <= 1:
        return text
    wage = _("{amount} yuan").format(amount=money.shown(change.value["wage"]))
    return _clauses([text, _("earning {amount} a month").format(amount=wage)])


def _fact_change(change: Change, facts: Mapping[str, Fact]) -> str:
    fact = facts.get(change.fact)
    name = (fact.label if fact else "") or fact_text(change.fact)
    if fact is not None and fact.kind == MONEY and change.value <= 1:  # Whatever it is, above nothing.
        return _("enter: {what}").format(what=name)
    return _("{fact} becomes {value}").format(
        fact=name, value=_value_text(change.fact, change.value, dict(fact.labels) if fact else {})
    )


def _people_change(change: Change) -> str:
    count = change.value["count"]
    people = _n("{count} more person who counts", "{count} more people who count", count).format(count=count)
    return _clauses([people, _("wait until {day}").format(day=change.until)]) if change.until else people


def change_text(change: Change, facts: Mapping[str, Fact] = FACTS) -> str:
    """Return one change in words; `facts` are those of the item, the pack's own among them."""
    match change.kind:
        case Kind.WAIT:
            return _("wait until {day}").format(day=change.until)
        case Kind.WORK:
            return _work_text(change)
        case Kind.LEAVE:
            return _("the job ends by {day}").format(day=change.until)
        case Kind.FACT:
            return _fact_change(change, facts)
        case Kind.PROOF:
            kinds = [label("attachment_kind", change.value["kind"])] if change.value["kind"] else []
            kinds += [label("insurance_kind", each) for each in change.value["kinds"]]
            if change.value["given"]:
                return _("enter: {what}").format(what=missing_text(change.fact))
            return _("hand in: {what}").format(what=joined(kinds) or missing_text(change.fact))
        case Kind.PEOPLE:
            return _people_change(change)
        case Kind.FIGURE:
            return _("this place's own figure is entered")
        case Kind.HEAD_COUNT:
            return _("head-count of the month at least {count}").format(count=change.value)
        case _:
            return _("a new record: {what}").format(what=record_text(change.fact))


def changes_text(changes: Sequence[Change] | None, facts: Mapping[str, Fact] = FACTS) -> str:
    """Return what would make it eligible, or that nothing can any more."""
    if changes is None:
        return _("Nothing can change this any more.")
    texts = dict.fromkeys(change_text(each, facts) for each in changes)
    return _("It would be granted with: {changes}.").format(changes=joined(texts))


def verdict_text(entitlement: Entitlement) -> str:
    """Return the answer itself in one plain sentence."""
    if entitlement.state is State.UNKNOWN:
        return _("This cannot be told yet.")
    if entitlement.state is State.NOT_ELIGIBLE:
        return _("Not entitled as of {day}.").format(day=entitlement.on)
    if entitlement.amount is None:
        return _("{least} to {most} yuan can be claimed, as the reviewer decides.").format(
            least=money.shown(entitlement.amount_min or 0), most=money.shown(entitlement.amount_max or 0)
        )
    return _("{amount} yuan can be claimed.").format(amount=money.shown(entitlement.amount))


def next_text(entitlement: Entitlement) -> str:
    """Return what to do next where it is not a question of what would change; '' where there is nothing."""
    if entitlement.state is State.UNKNOWN:
        places = dict.fromkeys(where_text(each.field) for each in entitlement.missing)
        listed = ("；" if language() == ZH else "; ").join(each for each in places if each)
        return _("Enter it here: {where}.").format(where=listed)
    if entitlement.state is not State.ELIGIBLE:
        return ""
    if entitlement.file_by is None:
        return _("It can be filed now.")
    return _("File it by {day}.").format(day=entitlement.file_by)


def _change_json(change: Change, facts: Mapping[str, Fact]) -> Values:
    value = change.value
    return {
        "kind": change.kind.value,
        "until": _plain(change.until),
        "fact": change.fact or None,
        "record": change.record or None,
        "value": value
        if isinstance(value, str | int | bool)
        else value.isoformat()
        if isinstance(value, date)
        else None,
        "label": change_text(change, facts),
    }


def changes_json(changes: Sequence[Change] | None, facts: Mapping[str, Fact] = FACTS) -> list[Values] | None:
    """Return changes with stable keys; None when nothing can change it any more."""
    return None if changes is None else [_change_json(each, facts) for each in changes]


# -- an item as a page says it -------------------------------------------------------------------------


def step_text(step: Step, measure: str) -> str:
    """Return one step of a ladder in words."""
    if step.at_least.fixed is None or step.amount is None or step.amount.fixed is None:
        return _("by the figures of this place")
    amount = money.shown(int(step.amount.fixed * step.amount.times))
    least = int(step.at_least.fixed * step.at_least.times)
    if measure == "months":
        where = label("distance", step.distance) if step.distance else _places(step.places)
        if step.not_places:
            where = _("{place} (but {others})").format(place=where, others=_places(step.not_places))
        return (
            _("{distance} {months} months {amount} yuan")
            .format(distance=where, months=least, amount=amount)
            .strip()
        )
    if measure == "income":
        return _("income {least} yuan: {amount} yuan").format(least=money.shown(least), amount=amount)
    return _("from {least}: {amount} yuan").format(least=least, amount=amount)


def ladder_text(item: Item) -> str:
    """Return the rungs of an item and its limit for a household, '' where it has no ladder."""
    steps = [each for each in item.steps if each.amount is not None]
    if not steps:
        return ""
    tiers = "；".join(step_text(each, item.measure) for each in steps)
    cap = next((each for each in item.caps if each.amount is not None and each.amount.fixed), None)
    limit = (
        _("; at most {amount} yuan a household").format(amount=money.shown(cap.amount.fixed or 0))
        if cap and cap.amount
        else ""
    )
    return _("Rungs: {tiers}{limit}").format(tiers=tiers, limit=limit)


# -- with stable keys ----------------------------------------------------------------------------------


def _plain(value: Any) -> Any:  # noqa: ANN401 - anything a reason holds
    if isinstance(value, Months):
        return {"months": value.months, "days": value.days}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _yuan(amount: int | None) -> str | None:
    return None if amount is None else money.yuan(amount)


def _reason_json(reason: Reason) -> Values:
    return {
        "clause": reason.clause,
        "condition": reason.condition,
        "label": condition_text(reason),
        "required": required_text(reason),
        "found": found_text(reason),
        "outcome": reason.outcome.value,
        "records": list(reason.records),
        "local": reason.local,
        "warns": reason.warns,
        "settings": list(reason.settings),
        "values": _plain(list(reason.found.items())),
        "parts": [_reason_json(each) for each in reason.parts],
    }


def stored(entitlement: Entitlement, item: Item) -> Values:
    """Return the answer as it is kept with a claim: in Chinese, as paper is, its sentences in other languages beside."""
    with speaking(ZH):
        found = as_json(entitlement, item)
    said = {}
    for other in LANGUAGES:
        if other != ZH:
            with speaking(other):
                reasons = [_reason_json(each) for each in entitlement.reasons]
                missing = [_missing_json(each) for each in entitlement.missing]
                said[other] = {"why": why(entitlement), "reasons": reasons, "missing": missing}
    return {**found, "said": said}


def told(answer: Values) -> Values:
    """Return a stored answer in the language spoken, as far as it was kept in it."""
    said: Values = answer.get("said", {}).get(language(), {})
    return {key: each for key, each in answer.items() if key != "said"} | said


def _missing_json(missing: Missing) -> Values:
    return {
        "field": missing.field,
        "record": missing.record,
        "who": missing.who,
        "label": missing_text(missing.field),
        "where": where_text(missing.field),
    }


def as_json(entitlement: Entitlement, item: Item, exclusive_with: tuple[str, ...] = ()) -> Values:
    """Return the answer with stable keys, for scripts; money in yuan."""
    first = entitlement.cycle.span.first
    return {
        "item": entitlement.item,
        "item_name": item.name,
        "cycle": entitlement.cycle.name,
        "cycle_first": None if first == BEGINNING else first.isoformat(),
        "cycle_last": None if first == BEGINNING else entitlement.cycle.span.last.isoformat(),
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
        "amount_min": _yuan(entitlement.amount_min),
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
        "reasons": [_reason_json(reason) for reason in entitlement.reasons],
        "stretches": [
            {
                "spell": stretch.spell,
                "first": stretch.first.isoformat(),
                "last": stretch.last.isoformat(),
                "months": stretch.months.months,
                "days": stretch.months.days,
                "distance": stretch.distance.value,
                "income": _yuan(stretch.income),
                "recorded": _yuan(stretch.recorded),
            }
            for stretch in entitlement.stretches
        ],
        "tier": {
            "distance": entitlement.tier.distance or None,
            "places": list(entitlement.tier.places),
            "at_least": entitlement.tier.at_least,
            "amount": _yuan(entitlement.tier.amount),
        }
        if entitlement.tier
        else None,
        "missing": [_missing_json(each) for each in entitlement.missing],
        "file_from": _plain(entitlement.file_from),
        "file_by": _plain(entitlement.file_by),
        "paid_by": _plain(entitlement.paid_by),
        "months": entitlement.months,
        "record": entitlement.record or None,
        "exclusive_with": list(exclusive_with or entitlement.exclusive_with),
    }
