"""The cases of a pack: situations with the expected result, run by tests and by `pack check`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from caseworker_app.domain import money
from caseworker_app.domain.codes import code_list
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import reader, source
from caseworker_app.policy.answer import Entitlement, Outcome
from caseworker_app.policy.assess import assess_subject, cycle_of
from caseworker_app.policy.facts import (
    BusinessFacts,
    CertificateFacts,
    Claimed,
    ClaimFacts,
    ContractFacts,
    Dated,
    EngagedFacts,
    HouseholdFacts,
    InsuranceFacts,
    LoanFacts,
    OrganisationFacts,
    PersonFacts,
    PostFacts,
    SpellFacts,
    Subject,
    WageFacts,
)
from caseworker_app.policy.schema import HOUSEHOLD, ORGANISATION, PERSON, Item, Pack
from caseworker_app.policy.source import Located, Table

_PERSON_KEYS = ("schooling", "education", "labour_skill", "health", "hardship", "graduated_on")
_HOUSEHOLD_KEYS = ("relocated", "low_income", "minimum_living", "destitute")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: its name, and how the result differs from what was expected ('' when it does not)."""

    name: str
    difference: str


def _money(table: Table, key: str) -> int | None:
    value = table.optional(key, str)
    try:
        return None if value is None else money.fen(value)
    except ValueError:
        raise table.fail(key, "key_amount") from None


def _attribute(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _attributes(table: Table, of: str, keys: tuple[str, ...], pack: Pack) -> Mapping[str, tuple[Dated, ...]]:
    own = tuple(name.partition(".")[2] for name in pack.facts if name.startswith(f"{of}."))
    found = {key: _attribute(table.raw(key)) for key in (*keys, *own) if table.has(key)}
    if of == PERSON and table.has("unemployed_since"):
        found["registered_unemployed_on"] = _attribute(table.raw("unemployed_since"))
    return {key: ((value, None, None),) for key, value in found.items()}


def _wages(table: Table, *, by_bank: bool | None) -> tuple[WageFacts, ...]:
    if not table.has("wages"):
        return ()
    months = table.table("wages")
    return tuple(WageFacts(month, _money(months, month) or 0, by_bank) for month in sorted(months.keys()))


def _spell(table: Table, name: str) -> SpellFacts:
    by_bank = table.optional("by_bank", bool)
    found = SpellFacts(
        name,
        table.take("from", date),
        table.optional("to", date),
        table.take("kind", str, "wage"),
        table.take("place", str, ""),
        _money(table, "wage"),
        table.optional("contract", bool),
        table.optional("insured", bool),
        table.take("channel", str, ""),
        table.take("industry", str, ""),
        table.take("trade", str, ""),
        table.take("employer", str, ""),
        table.optional("point_to_point", bool),
        _wages(table, by_bank=by_bank),
    )
    table.end()
    return found


def _insurance(table: Table, name: str, person: str) -> InsuranceFacts:
    found = InsuranceFacts(
        name,
        table.take("kind", str),
        table.take("payer", str, "employer"),
        table.optional("from", date),
        table.optional("to", date),
        _money(table, "paid"),
        person,
    )
    table.end()
    return found


def _contract(table: Table, name: str, spells: tuple[SpellFacts, ...]) -> ContractFacts:
    number = table.optional("spell", int)
    found = ContractFacts(
        name,
        spells[number - 1].id if number else "",
        table.optional("signed", date),
        table.optional("until", date),
    )
    table.end()
    return found


def _certificate(table: Table, name: str) -> CertificateFacts:
    found = CertificateFacts(
        name,
        table.take("kind", str),
        table.take("level", str, ""),
        table.optional("issued", date),
        table.take("trade", str, ""),
        table.take("course", str, ""),
        _money(table, "cost"),
    )
    table.end()
    return found


def _business(table: Table, name: str) -> BusinessFacts:
    found = BusinessFacts(
        name,
        table.take("kind", str, ""),
        table.optional("first", bool),
        table.optional("registered", date),
        table.optional("closed", date),
        table.optional("employed", int),
    )
    table.end()
    return found


def _loan(table: Table, name: str) -> LoanFacts:
    found = LoanFacts(
        name,
        table.take("kind", str),
        _money(table, "amount") or 0,
        table.optional("granted", date),
        table.optional("until", date),
        table.optional("repaid", date),
        table.optional("rate", int),
        _money(table, "interest_paid"),
        table.take("purpose", str, ""),
    )
    table.end()
    return found


def _post(table: Table, name: str, spells: tuple[SpellFacts, ...]) -> PostFacts:
    number = table.take("spell", int, 1)
    found = PostFacts(
        name,
        table.take("kind", str, ""),
        spells[number - 1].id if spells else "",
        table.optional("from", date),
        table.optional("to", date),
        table.take("months_before", int, 0),
    )
    table.end()
    return found


def _person(table: Table, name: str, pack: Pack) -> PersonFacts:
    spells = tuple(_spell(each, f"{name}-spell-{n}") for n, each in enumerate(table.tables("spells"), 1))
    found = PersonFacts(
        name,
        table.take("name", str, name),
        "",
        tuple(sorted(spells, key=lambda each: each.started_on)),
        table.take("relation", str, ""),
        table.optional("born", date),
        table.take("sex", str, ""),
        "1" if table.take("disabled", bool, False) else "",
        _attributes(table, PERSON, _PERSON_KEYS, pack),
        tuple(
            _contract(each, f"{name}-contract-{n}", spells)
            for n, each in enumerate(table.tables("contracts"))
        ),
        tuple(
            _insurance(each, f"{name}-insurance-{n}", name)
            for n, each in enumerate(table.tables("insurances"))
        ),
        tuple(
            _certificate(each, f"{name}-certificate-{n}")
            for n, each in enumerate(table.tables("certificates"))
        ),
        tuple(_business(each, f"{name}-business-{n}") for n, each in enumerate(table.tables("businesses"))),
        tuple(_loan(each, f"{name}-loan-{n}") for n, each in enumerate(table.tables("loans"))),
        tuple(_post(each, f"{name}-post-{n}", spells) for n, each in enumerate(table.tables("posts"))),
        tuple((kind, None) for kind in table.texts("papers")),
    )
    table.raw("claimed")
    table.end()
    return found


def _household(
    table: Table | None, members: tuple[PersonFacts, ...], pack: Pack, name: str
) -> HouseholdFacts:
    if table is None:
        return HouseholdFacts(name, name, members[0].name if members else "", "", "", "", None, None, members)
    found = HouseholdFacts(
        name,
        name,
        members[0].name if members else "",
        table.take("home", str, ""),
        table.take("kind", str, ""),
        table.take("monitored", str, ""),
        table.optional("identified", date),
        table.optional("resolved", date),
        members,
        _attributes(table, HOUSEHOLD, _HOUSEHOLD_KEYS, pack),
    )
    table.end()
    return found


def _engaged(table: Table, number: int, pack: Pack) -> EngagedFacts:
    role, since, until = (
        table.one_of("role", code_list("engagement_role").codes, "employed"),
        table.optional("since", date),
        table.optional("until", date),
    )
    home = table.table("household") if table.has("household") else None
    person = _person(table, f"worker-{number}", pack)
    household = _household(home, (person,), pack, f"worker-household-{number}") if home else None
    spell = person.spells[0].id if len(person.spells) == 1 else ""
    return EngagedFacts(f"engaged-{number}", role, since, until, spell, person, household)


def _repeated(tables: list[Table]) -> list[Table]:
    """Return tables, each as often as its `times` says: twenty workers alike are one line."""
    found = []
    for table in tables:
        times = table.take("times", int, 1)
        found += [Table(_copy(table), table.where) for _ in range(times)]
    return found


def _copy(table: Table) -> Located:
    values = {key: value for key, value in table.content.values.items() if key != "times"}
    return replace(table.content, values=values)


def _organisation(table: Table, pack: Pack) -> OrganisationFacts:
    counts = {}
    if table.has("head_counts"):
        months = table.table("head_counts")
        for month in months.keys():  # noqa: SIM118 - a method of Table
            groups = months.table(month)
            for group in groups.keys():  # noqa: SIM118 - a method of Table
                counts[month, group] = groups.take(group, int)
    people = tuple(_engaged(each, n, pack) for n, each in enumerate(_repeated(table.tables("people")), 1))
    insurances = [each for engaged in people for each in engaged.person.insurances]
    insurances += [
        _insurance(each, f"insurance-{n}", each.take("person", str, ""))
        for n, each in enumerate(table.tables("insurances"))
    ]
    found = OrganisationFacts(
        "organisation",
        table.take("name", str, "organisation"),
        table.take("kind", str, ""),
        "",
        table.take("home", str, ""),
        table.take("place", str, ""),
        table.take("size", str, ""),
        table.take("level", str, ""),
        table.optional("certified", date),
        table.optional("opened", date),
        table.optional("closed", date),
        people,
        counts,
        tuple(insurances),
        tuple(_loan(each, f"loan-{n}") for n, each in enumerate(table.tables("loans"))),
    )
    table.end()
    return found


def _subject(case: Table, item: Item, pack: Pack) -> Subject:
    if item.beneficiary == ORGANISATION:
        return Subject(ORGANISATION, organisation=_organisation(case.table("organisation"), pack))
    members = tuple(_person(each, f"member-{n}", pack) for n, each in enumerate(case.tables("members"), 1))
    household = _household(case.table("household"), members, pack, "household")
    asked = case.take("ask", int, 1)
    if item.beneficiary == HOUSEHOLD:
        return Subject(HOUSEHOLD, household)
    return Subject(PERSON, household, members[asked - 1])


def _claimed(case: Table, pack: Pack, subject: Subject, cycle: str, on: date) -> Claimed:
    claimed = Claimed()
    for number, table in enumerate(case.tables("claims"), 1):
        by = table.raw("by")
        whose = subject.id if by is None else f"member-{by}" if isinstance(by, int) else str(by)
        item = table.take("item", str)
        name = table.take("cycle", str, cycle)
        span = pack.item(item).cycle.named(name).span
        share = table.optional("share", str)
        claimed.add(
            ClaimFacts(
                f"claim-{number}",
                f"N-{number}",
                item,
                name,
                whose,
                _money(table, "amount") or 0,
                table.take("on", date, on),
                table.take("months", int, 0),
                (),
                ((subject.id, money.fen(share)),) if share else (),
                span.first,
                span.last,
            )
        )
        table.end()
    for number, member in enumerate(case.content.values.get("members") or (), 1):
        for taken in member.get("claimed") or ():
            claimed.add(ClaimFacts("claim", "", taken, cycle, f"member-{number}", 0, on))
    return claimed


def _parameters(case: Table, pack: Pack) -> dict[str, list[tuple[date | None, Any]]]:
    if not case.has("parameters"):
        return {}
    table = case.table("parameters")
    found: dict[str, list[tuple[date | None, Any]]] = {}
    for key in table.keys():  # noqa: SIM118 - a method of Table
        if key not in pack.parameters:
            raise table.unknown(key, key, tuple(pack.parameters))
        found[key] = [(None, table.raw(key))]
    return found


def run_case(pack: Pack, case: Table) -> Entitlement:
    """Assess the situation of one case; ExpectedError `pack.*`, `assess.*`."""
    parameters = _parameters(case, pack)
    if parameters:
        pack = reader.with_entered(pack, parameters)
    item = pack.item(case.take("item", str))
    on = case.take("on", date)
    name = case.optional("cycle", str)
    cycle = item.cycle.named(name) if name else item.cycle.at(on)
    subject = _subject(case, item, pack)
    claimed = _claimed(case, pack, subject, cycle.name, on)
    return assess_subject(item, subject, cycle_of(item, subject, on, cycle) or cycle, on, claimed)


def _found(answer: Entitlement) -> dict[str, Any]:
    return {
        "state": answer.state.value,
        "amount": answer.amount,
        "amount_min": answer.amount_min,
        "amount_max": answer.amount_max,
        "due": [share.due for share in answer.members],
        "paid": [share.paid for share in answer.members],
        "missing": list(dict.fromkeys(each.field for each in answer.missing)),
        "warns": len(answer.warnings),
        "months": answer.months,
        "exclusive_with": list(answer.exclusive_with),
        "fails": [
            str(each.required.get("fact") or each.required.get("measure") or each.condition)
            for each in answer.reasons
            if each.outcome is Outcome.FAILED and not each.warns
        ],
    }


def _difference(answer: Entitlement, expected: Table) -> str:
    found = _found(answer)
    parts = []
    for key in expected.keys():  # noqa: SIM118 - a method of Table
        if key not in found:
            raise expected.unknown(key, key, tuple(found))
        value = expected.raw(key)
        if key in ("due", "paid"):
            wanted: Any = [money.fen(each) for each in value]
        else:
            wanted = money.fen(value) if key.startswith("amount") else value
        if found[key] != wanted:
            got = found[key]
            shown = money.yuan(got) if isinstance(got, int) and key.startswith("amount") else got
            parts.append(f"{key}: {value} ≠ {shown}")
    return "; ".join(parts)


def run(pack: Pack, folder: Path) -> list[CaseResult]:
    """Run every case of a pack's folder; ExpectedError `pack.no_cases`, or `pack.*` naming what is wrong in a case."""
    file = folder / "cases.toml"
    if not file.exists():
        raise ExpectedError("pack.no_cases", file=str(file))
    top = Table(source.read(file))
    results = []
    for case in top.tables("case", named="name"):
        name = case.take("name", str)
        expected = case.table("expect")
        try:
            answer = run_case(pack, case)
            results.append(CaseResult(name, _difference(answer, expected)))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ExpectedError("pack.case", file=str(file), case=name, problem=repr(error)) from error
        case.end()
    top.end()
    if not results:
        raise ExpectedError("pack.no_cases", file=str(file))
    return results
