"""A policy pack as a page reads it: what each item asks, gives, needs and how it goes, in words."""

from dataclasses import dataclass
from datetime import date

from caseworker_app.domain import money
from caseworker_app.policy import explain
from caseworker_app.policy.assess import assess_subject, cycle_of
from caseworker_app.policy.facts import (
    BusinessFacts,
    CertificateFacts,
    Claimed,
    HouseholdFacts,
    InsuranceFacts,
    LoanFacts,
    OrganisationFacts,
    PersonFacts,
    PostFacts,
    Subject,
)
from caseworker_app.policy.pack import Item, Pack
from caseworker_app.policy.schema import (
    EPISODE,
    HOUSEHOLD,
    ORGANISATION,
    PERSON,
    Amount,
    ByFact,
    Cap,
    Fixed,
    Limited,
    Quantity,
    Range,
    Rate,
    Share,
    Sum,
    Value,
    share_text,
)
from caseworker_app.policy.vocabulary import FACTS
from caseworker_app.use_cases.claims import flow_of
from caseworker_app.wording import _, _n, label


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing an item asks: clause, name, what is required."""

    clause: str
    name: str
    required: str


@dataclass(frozen=True, slots=True)
class ItemSheet:
    """One item in words."""

    id: str
    name: str
    clause: str
    whose: str
    amount: str
    cycle: str
    asked: tuple[Asked, ...]
    limits: tuple[str, ...]
    papers: str
    way: str
    source: str
    draft: bool


def _nobody(item: Item, code: str) -> Subject:
    """Return somebody of whom nothing is known, with one record of each kind to ask about."""
    home = f"{code}000000"[:12]
    person = PersonFacts(
        "",
        "",
        "",
        businesses=(BusinessFacts("", "", None, None, None),),
        certificates=(CertificateFacts("", "", "", None),),
        loans=(LoanFacts("", "", 0, None),),
        insurances=(InsuranceFacts("", "", "", None, None),),
        posts=(PostFacts("", "", "", None, None),),
    )
    household = HouseholdFacts("", "", "", home, "", "", None, None, (person,))
    if item.beneficiary == ORGANISATION:
        return Subject(ORGANISATION, organisation=OrganisationFacts("", "", "", home=home))
    if item.beneficiary == HOUSEHOLD:
        return Subject(HOUSEHOLD, household)
    return Subject(PERSON, household, person)


def _asked(item: Item, pack: Pack, on: date) -> tuple[Asked, ...]:
    period = item.cycle.at(on)
    subject = _nobody(item, pack.code)
    if item.cycle.kind == EPISODE:
        period = cycle_of(item, subject, on, period) or period
    answer = assess_subject(item, subject, period, on, Claimed())
    found = [
        Asked(reason.clause, explain.condition_text(reason), explain.required_text(reason))
        for reason in answer.reasons
        if reason.condition not in ("not_claimed", "filing")
    ]
    return tuple(dict.fromkeys(each for each in found if each.required or each.name))


def whose_text(kind: str) -> str:
    """Return for whom an item is."""
    return {PERSON: _("Person"), HOUSEHOLD: _("Household"), ORGANISATION: _("Organisation")}[kind]


def _value(value: Value | None) -> str:
    """Return a figure in words: an amount, or the name of what is taken, and how much of it."""
    if value is None:
        return ""
    if value.fixed is not None:
        return money.shown(int(value.fixed * value.times))
    name = value.parameter.name if value.parameter else explain.fact_text(value.fact)
    if value.times == 1:
        return name
    return f"{name} × {value.times if value.times.denominator == 1 else share_text(value.times * 100)}"


def _percent(value: Value | None) -> str:
    if value is None or value.fixed is None:
        return _value(value)
    return share_text(value.fixed * value.times / 100)


def _yuan(value: Value) -> str:
    """Return a figure of money; what is named says itself that it is one."""
    return _("{amount} yuan").format(amount=_value(value)) if value.fixed is not None else _value(value)


def _number(value: Value) -> str:
    return _value(value) if value.fixed is None else str(int(value.fixed * value.times))


def _case(fact: str, code: str) -> str:
    known = FACTS.get(fact)
    return label(known.codes, code) if known and known.codes else code


def _counted(quantity: Quantity) -> str:
    return explain.fact_text(quantity.fact) if quantity.fact else explain.measure_text(quantity.measure)


def _amount(item: Item) -> str:
    """Return what an item gives in words: its ladder, else the amount as it is built."""
    return explain.ladder_text(item) or _built(item.amount)


def _built(amount: Amount) -> str:
    if isinstance(amount, Fixed):
        return _yuan(amount.amount)
    if isinstance(amount, Range):
        return _("{least} to {most} yuan, as the reviewer decides").format(
            least=_value(amount.least), most=_value(amount.most)
        )
    if isinstance(amount, Rate):
        counted = _counted(amount.quantity)
        if amount.at_most is not None:
            counted = _("{counted} (at most {most})").format(counted=counted, most=_number(amount.at_most))
        return f"{counted} × {_yuan(amount.rate)}"
    if isinstance(amount, Sum):
        return " + ".join(filter(None, map(_built, amount.parts)))
    if isinstance(amount, ByFact):
        cases = [f"{_case(amount.fact, code)} {_built(each)}" for code, each in amount.cases.items()]
        return _("by {fact}: {amounts}").format(fact=explain.fact_text(amount.fact), amounts="；".join(cases))
    if isinstance(amount, Limited):
        built = _built(amount.amount)
        if amount.percent is not None:
            built = f"{built} × {share_text(amount.percent)}"
        if amount.ceiling is not None:
            built = _("{amount}, at most {ceiling}").format(amount=built, ceiling=_yuan(amount.ceiling))
        return built
    if isinstance(amount, Share):
        if len(amount.steps) == 1:
            whole = amount.steps[0].percent
            part = "" if whole == Value(100 * 100) else f" × {_percent(whole)}"
            return f"{_counted(amount.quantity)}{part}"
        steps = "；".join(
            _("from {least}: {amount}").format(least=_yuan(each.at_least), amount=_percent(each.percent))
            for each in amount.steps
        )
        return f"{_counted(amount.quantity)}：{steps}"
    return amount.parameter.name if amount.parameter else _("by the figures of this place")


def _limit(cap: Cap) -> str:
    """Return up to how much, how many months or how often a limit goes."""
    if cap.amount is not None:
        return _yuan(cap.amount)
    value = cap.months or cap.times
    if value is None or value.fixed is None:
        return _value(value)
    count = int(value.fixed * value.times)
    words = (
        _n("{count} month", "{count} months", count)
        if cap.months is not None
        else _n("{count} time", "{count} times", count)
    )
    return words.format(count=count)


def _limits(item: Item) -> tuple[str, ...]:
    said = []
    for cap in item.caps:
        if cap.text:
            said.append(cap.text)
            continue
        most = _limit(cap)
        said.append(
            _("at most {most} for one {whose}, {over}").format(
                most=most, whose=whose_text(cap.per), over=explain.over_text(cap.over)
            )
        )
    for exclusion in item.exclusions:
        beside = (
            _("reminds when {items} is given too")
            if exclusion.effect == "warn"
            else _("not together with {items}")
        )
        words = beside.format(items="、".join(exclusion.names))
        said.append(exclusion.text or words)
    return tuple(said)


def _papers(item: Item) -> str:
    paper = item.paper
    parts = ["、".join(paper.evidence_required)] if paper.evidence_required else []
    if paper.evidence_any_of:
        words = _n("any {count} of: {papers}", "any {count} of: {papers}", paper.evidence_least)
        parts.append(words.format(count=paper.evidence_least, papers="、".join(paper.evidence_any_of)))
    return "；".join(parts)


def _way(pack: Pack, item: Item) -> str:
    way = flow_of(pack, item.id)
    steps = []
    for step in way.steps:
        words = label("claim_state", step)
        if notice := way.notice(step):
            days = (
                _n("{count} working day", "{count} working days", notice.days)
                if notice.working
                else _n("{count} day", "{count} days", notice.days)
            )
            words += f"（{days.format(count=notice.days)}）"
        steps.append(words)
    said = " → ".join(steps)
    for each in item.process.rounds:
        opens, closes = "{}-{}".format(*each.opens), "{}-{}".format(*each.closes)
        said += "；" + _("{round}: filed from {first} to {last}").format(
            round=each.name, first=opens, last=closes
        )
    for count, words in (
        (
            item.process.file_within_months,
            _n("{count} month", "{count} months", item.process.file_within_months or 0),
        ),
        (
            item.process.file_within_days,
            _n("{count} day", "{count} days", item.process.file_within_days or 0),
        ),
    ):
        if count is not None:
            said += "；" + _("filed within {time} after the cycle").format(time=words.format(count=count))
    return said


def sheets(pack: Pack, on: date) -> list[ItemSheet]:
    """Return every item of a pack in words, as it stands on a day."""
    return [
        ItemSheet(
            item.id,
            item.name,
            item.clause,
            whose_text(item.beneficiary),
            _amount(item),
            item.cycle.name,
            _asked(item, pack, on),
            _limits(item),
            _papers(item),
            _way(pack, item),
            " · ".join(part for part in (item.department, item.fund, item.deadline) if part),
            item.draft,
        )
        for item in pack.items.values()
    ]
