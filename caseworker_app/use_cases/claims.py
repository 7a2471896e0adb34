"""Claims: filed from an entitlement, moved along their life, printed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from caseworker_app.domain import claim as life
from caseworker_app.domain import divisions, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.spans import Months
from caseworker_app.domain.worker import age_on
from caseworker_app.policy import explain
from caseworker_app.policy.assess import Entitlement, State
from caseworker_app.read_models.claims import ClaimForm, MemberOnForm, SpellOnForm
from caseworker_app.read_models.people import MemberLine, SpellLine
from caseworker_app.use_cases import entitlements
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import ZH, label, months_text
from db.queries import claims as queries
from db.queries import workers
from db.tables import Claim, ClaimStep, Household
from db.unit_of_work import UnitOfWork


def _next_serial(unit: UnitOfWork, prefix: str) -> int:
    given = [int(number.rpartition("-")[2]) for number in queries.numbers_like(unit.connection, prefix)]
    return max(given, default=0) + 1


def _village(unit: UnitOfWork, household_no: str) -> str:
    return str(
        unit.connection.execute(
            select(Household.village_code).where(
                Household.household_no == household_no, Household.voided_in.is_(None)
            )
        ).scalar_one()
    )


def file(
    desk: Desk, item: str, beneficiaries: Sequence[str], on: date, *, cycle: str = ""
) -> tuple[Changed, list[str]]:
    """File claims of one item for people (or households, as the item has it); as `file_all`."""
    return file_all(desk, [(item, cycle, beneficiaries)], on)


def file_all(
    desk: Desk, chosen: Sequence[tuple[str, str, Sequence[str]]], on: date
) -> tuple[Changed, list[str]]:
    """File claims entitled on a day, each (item, cycle, beneficiaries), as one change; return their numbers.

    Raises ExpectedError `claim.before_issue`, `claim.not_eligible` (with the reason), `claim.unknown`
    (with what is missing), `claim.exists`, `day.future`.
    """
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())
    if on < desk.pack.document.issued:
        raise ExpectedError("claim.before_issue", issued=desk.pack.document.issued.isoformat())
    rules = "、".join(dict.fromkeys(desk.pack.item(item).name for item, _cycle, _whose in chosen))
    with desk.units("claim.file", item=rules) as unit:
        numbers: list[str] = []
        names: list[str] = []
        for item, cycle, beneficiaries in chosen:
            found, given = _file_item(desk, unit, item, cycle, beneficiaries, on)
            names += found
            numbers += given
        unit.name(names[0] if len(names) == 1 else rules, len(numbers))
        return unit.commit(), numbers


def _file_item(
    desk: Desk, unit: UnitOfWork, item: str, cycle: str, beneficiaries: Sequence[str], on: date
) -> tuple[list[str], list[str]]:
    """File claims of one item; return the names and the numbers."""
    rule = desk.pack.item(item)
    people = beneficiaries if rule.beneficiary == "person" else None
    households_ = beneficiaries if rule.beneficiary == "household" else None
    answers = entitlements.assess_all(
        unit.connection, desk.pack, on, item=item, cycle=cycle, people=people, households=households_
    )
    found = {answer.beneficiary: answer for answer in answers}
    numbers: list[str] = []
    serials: dict[str, int] = {}
    for beneficiary in beneficiaries:
        answer = found.get(beneficiary)
        if answer is None:
            raise ExpectedError("person.not_here", day=on.isoformat())
        _refuse_unless_eligible(answer)
        village = _village(unit, answer.household_no)
        prefix = life.number(item, answer.cycle.name, village, 0)[:-4]
        serials[prefix] = serials.get(prefix) or _next_serial(unit, prefix)
        numbers.append(f"{prefix}{serials[prefix]:04d}")
        serials[prefix] += 1
        try:
            claim = unit.insert(
                Claim,
                number=numbers[-1],
                pack=desk.pack.id,
                item=item,
                cycle=answer.cycle.name,
                beneficiary_kind=answer.beneficiary_kind,
                beneficiary=beneficiary,
                amount=answer.amount,
                state="draft",
                filed_on=on,
                assessed_on=on,
                answer=explain.as_json(answer, rule),
            )
        except IntegrityError as error:
            raise ExpectedError("claim.exists", name=answer.name) from error
        unit.insert(ClaimStep, claim_id=claim, state="draft", on=on, officer=desk.officer, reason="")
    return [found[each].name for each in beneficiaries], numbers


def _refuse_unless_eligible(answer: Entitlement) -> None:
    if answer.claimed:
        raise ExpectedError("claim.exists", name=answer.name, number=answer.claimed)
    if answer.state is State.NOT_ELIGIBLE:
        raise ExpectedError("claim.not_eligible", name=answer.name, why=explain.why(answer))
    if (
        answer.state is State.UNKNOWN or answer.missing
    ):  # A limit may be reached while the shares are not known.
        raise ExpectedError("claim.unknown", name=answer.name, why=explain.missing_sentence(answer))


def advance(desk: Desk, numbers: Sequence[str], state: str, on: date, reason: str = "") -> Changed:
    """Move claims one step, all or none; ExpectedError as `_step`, and `day.future`, `claim.reason_missing`."""
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())
    if state in ("returned", "rejected", "objection", "withdrawn") and not reason.strip():
        raise ExpectedError("claim.reason_missing")
    with desk.units("claim.advance", state=state) as unit:
        for number in numbers:
            _step(unit, number, state, on, desk.officer, reason.strip())
        unit.name(numbers[0] if len(numbers) == 1 else "", len(numbers))
        return unit.commit()


def _step(unit: UnitOfWork, number: str, state: str, on: date, officer: str, reason: str) -> None:
    """Take one step; ExpectedError `claim.none`, `claim.step` (with what is possible), `claim.step_before`."""
    claim = queries.by_number(unit.connection, number)
    if claim is None:
        raise ExpectedError("claim.none", number=number)
    possible = life.steps_from(claim.state)
    if state not in possible:
        raise ExpectedError("claim.step", state=claim.state, possible=list(possible))
    taken = queries.steps(unit.connection, claim.id)
    if taken and on < taken[-1].on:
        raise ExpectedError("claim.step_before", day=taken[-1].on.isoformat())
    unit.update(Claim, claim.id, state=state)
    unit.insert(ClaimStep, claim_id=claim.id, state=state, on=on, officer=officer, reason=reason)


def _how_sent(spell: SpellLine) -> str:
    """Return 外出方式 as the form's boxes call it."""
    if spell.point_to_point:
        return "点对点"
    return "自主" if spell.point_to_point is False else ""


def _on_form(stretches: Sequence[dict[str, Any]], spells: dict[str, SpellLine]) -> tuple[SpellOnForm, ...]:
    """Return the jobs that counted: their days from the stored answer, the rest as the ledger has it."""
    found = []
    for stretch in stretches:
        spell = spells.get(stretch["spell"])
        if spell:
            found.append(
                SpellOnForm(
                    spell.started_on,
                    spell.ended_on,
                    date.fromisoformat(stretch["first"]),
                    date.fromisoformat(stretch["last"]),
                    divisions.full_name(spell.place_code, " ") or spell.place_text,
                    label("distance", stretch["distance"], ZH),
                    spell.employer,
                    spell.trade or label("industry", spell.industry, ZH),
                    spell.wage,
                    spell.contract,
                    _how_sent(spell),
                )
            )
    return tuple(found)


def _counted(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the stretches on which the answer rests: those far enough away for its rung, all for an income."""
    tier = answer["tier"]
    far = {
        None: None,
        "cross_county": ("cross_county", "cross_province"),
        "cross_province": ("cross_province",),
    }[tier["distance"] if tier else None]
    return [each for each in answer["stretches"] if far is None or each["distance"] in far]


def _arithmetic(counted: list[dict[str, Any]], answer: dict[str, Any]) -> tuple[str, str]:
    """Return the months that counted, in words, and how they add up."""
    values = next(
        (dict(reason["values"]) for reason in answer["reasons"] if reason["condition"] == "months"), None
    )
    if values is None or not answer["tier"]:
        return "", ""
    months = values["cross_province" if answer["tier"]["distance"] == "cross_province" else "cross_county"]
    parts = [months_text(Months(each["months"], each["days"]), ZH) for each in counted]
    return months_text(Months(months["months"], months["days"]), ZH), " + ".join(parts) if len(
        parts
    ) > 1 else ""


def _standard(answer: dict[str, Any]) -> str:
    tier = answer["tier"]
    if not tier:
        return ""
    return f"{label('distance', tier['distance'], ZH)}满{tier['at_least']}个月，{money.shown(money.fen(tier['amount']))}元"


def _members(
    answer: dict[str, Any], family: Sequence[MemberLine], spells: dict[str, SpellLine], owner: dict[str, str]
) -> tuple[MemberOnForm, ...]:
    relations = {member.id: label("relation", member.relation, ZH) for member in family}
    return tuple(
        MemberOnForm(
            each["name"],
            each["id_number"],
            relations.get(each["id"], ""),
            _on_form(
                [stretch for stretch in answer["stretches"] if owner.get(stretch["spell"]) == each["id"]],
                spells,
            ),
            money.fen(each["income"] or 0),
            money.fen(each["due"] or 0),
            money.fen(each["paid"] or 0),
        )
        for each in answer["members"]
        if each["income"] not in (None, "0.00")
    )


def form(desk: Desk, number: str, printed_on: date) -> ClaimForm:
    """Gather what the application form of a claim prints: its numbers from the stored answer, the rest from the ledger.

    Raises ExpectedError `claim.none` and `person.not_here`.
    """
    with desk.ledger.reader() as connection:
        claim = queries.by_number(connection, number)
        if claim is None:
            raise ExpectedError("claim.none", number=number)
        asked = desk.asked(claim.filed_on)
        person = claim.beneficiary
        if claim.beneficiary_kind == "household":
            person = workers.members(connection, claim.beneficiary, asked)[0].id
        page = workers.page(connection, person, asked)
        if page is None:
            raise ExpectedError("person.not_here", day=claim.filed_on.isoformat())
        spells = {spell.id: spell for spell in page.spells}
        owner = dict.fromkeys(spells, person)
        if claim.beneficiary_kind == "household":
            for member, line in workers.spell_lines(connection, [each.id for each in page.members]):
                spells[line.id], owner[line.id] = line, member
    answer = claim.answer
    rule = desk.pack.item(claim.item)
    counted = _counted(answer)
    months, arithmetic = _arithmetic(counted, answer)
    unit = "".join(each.name for each in divisions.path(page.row.village_code)[3:])
    section, _, article = rule.clause.partition("(")
    return ClaimForm(
        form=rule.paper.form,
        title=rule.paper.title,
        number=claim.number,
        item=claim.item,
        cycle=claim.cycle,
        cycle_first=date.fromisoformat(answer["cycle_first"]),
        cycle_last=date.fromisoformat(answer["cycle_last"]),
        printed_on=printed_on,
        filed_on=claim.filed_on,
        unit=unit,
        name=page.row.name,
        sex=label("sex", page.sex, ZH),
        ethnicity=label("ethnicity", page.ethnicity, ZH),
        age=age_on(page.born, claim.filed_on) if page.born else None,
        identity_number=page.row.identity_number,
        phone=page.phone,
        head=page.row.head,
        relation="本人" if page.relation == "head" else label("relation", page.relation, ZH),
        household_no=page.row.household_no,
        address=f"{unit} {page.row.group}".strip(),
        household_kind=label("household_kind", page.household_kind, ZH),
        monitored_kind=label("monitored_kind", page.monitored_kind, ZH),
        spells=_on_form(counted, spells) if claim.beneficiary_kind == "person" else (),
        distance=label("distance", answer["tier"]["distance"], ZH) if answer["tier"] else "",
        months=months,
        arithmetic=arithmetic,
        standard=_standard(answer),
        amount=claim.amount,
        card_holder=page.card_holder,
        card_bank=page.card_bank,
        card_number=page.card_number,
        evidence_required=rule.paper.evidence_required,
        evidence_any_of=rule.paper.evidence_any_of,
        citation=f"{desk.pack.document.short}第{section}部分第（{article.rstrip(')')}）条",
        levels=rule.paper.levels,
        notes=rule.paper.notes,
        members=_members(answer, page.members, spells, owner),
    )
