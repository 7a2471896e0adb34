"""Claims: filed from an entitlement, moved along their life, printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from caseworker_app.domain import claim as life
from caseworker_app.domain import divisions, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.spans import Months
from caseworker_app.domain.workdays import Workdays
from caseworker_app.domain.worker import age_on
from caseworker_app.policy import explain
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.policy.pack import Pack, Paper
from caseworker_app.policy.schema import HOUSEHOLD, ORGANISATION, PERSON
from caseworker_app.read_models.claims import ClaimForm, ClaimLife, MemberOnForm, Preview, SpellOnForm
from caseworker_app.read_models.people import MemberLine, SpellLine
from caseworker_app.use_cases import entitlements, workdays
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean, known
from caseworker_app.wording import ZH, label, months_text
from db.queries import claims as queries
from db.queries import work_facts, workers
from db.queries.dated import live
from db.tables import Attachment, Claim, ClaimStep, Evidence, Household, Objection
from db.unit_of_work import UnitOfWork

Amounts = Mapping[tuple[str, str], int]
"""What a reviewer decided, in fen, by item and beneficiary."""
_UNDECIDED: Amounts = MappingProxyType({})


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
    desk: Desk,
    item: str,
    beneficiaries: Sequence[str],
    on: date,
    *,
    cycle: str = "",
    amount: int | None = None,
) -> tuple[Changed, list[str]]:
    """File claims of one item for people, households or organisations, as the item has it; as `file_all`.

    `amount` is what the reviewer decided for each of them.
    """
    amounts = {} if amount is None else {(item, each): amount for each in beneficiaries}
    return file_all(desk, [(item, cycle, beneficiaries)], on, amounts)


def file_all(
    desk: Desk,
    chosen: Sequence[tuple[str, str, Sequence[str]]],
    on: date,
    amounts: Amounts = _UNDECIDED,
) -> tuple[Changed, list[str]]:
    """File claims entitled on a day, each (item, cycle, beneficiaries), as one change; return their numbers.

    `amounts` is what the reviewer decided, where the item leaves it to him. Raises ExpectedError
    `claim.before_issue`, `claim.not_eligible` (with the reason), `claim.unknown` (with what is missing),
    `claim.exists`, `claim.amount`, `day.future`.
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
            found, given = _file_item(desk, unit, item, cycle, beneficiaries, on, amounts)
            names += found
            numbers += given
        unit.name(names[0] if len(names) == 1 else rules, len(numbers))
        return unit.commit(), numbers


def _file_item(
    desk: Desk,
    unit: UnitOfWork,
    item: str,
    cycle: str,
    beneficiaries: Sequence[str],
    on: date,
    amounts: Amounts,
) -> tuple[list[str], list[str]]:
    """File claims of one item; return the names and the numbers."""
    rule = desk.pack.item(item)
    answers = _assessed(unit.connection, desk, item, cycle, beneficiaries, on)
    found = {answer.beneficiary: answer for answer in answers}
    taken = _taken(unit.connection, item, answers)
    numbers: list[str] = []
    serials: dict[str, int] = {}
    for beneficiary in beneficiaries:
        answer = found.get(beneficiary)
        if answer is None:
            raise ExpectedError("person.not_here", day=on.isoformat())
        _refuse_unless_eligible(answer, taken)
        village = _village(unit, answer.household_no) if answer.household_no else desk.scope
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
                amount=_amount(answer, amounts),
                state="draft",
                filed_on=on,
                assessed_on=on,
                answer=explain.stored(answer, rule),
            )
        except IntegrityError as error:
            raise ExpectedError("claim.exists", name=answer.name) from error
        unit.insert(
            ClaimStep,
            claim_id=claim,
            state="draft",
            on=on,
            officer=desk.officer,
            reason="",
            number=1,
            level=life.LEVELS[len(desk.scope)],
        )
    return [found[each].name for each in beneficiaries], numbers


def _assessed(
    connection: Connection, desk: Desk, item: str, cycle: str, beneficiaries: Sequence[str], on: date
) -> list[Entitlement]:
    """Return what one item gives these people, households or organisations."""
    kind = desk.pack.item(item).beneficiary
    return entitlements.assess_all(
        connection,
        desk.pack,
        on,
        item=item,
        cycle=cycle,
        people=beneficiaries if kind == PERSON else None,
        households=beneficiaries if kind == HOUSEHOLD else None,
        organisations=beneficiaries if kind == ORGANISATION else None,
    )


def _taken(connection: Connection, item: str, answers: Sequence[Entitlement]) -> dict[tuple[str, str], str]:
    """Return by cycle and beneficiary the number of a live claim under any record of the same person or household."""
    by_cycle: dict[str, list[str]] = {}
    for answer in answers:
        by_cycle.setdefault(answer.cycle.name, []).append(answer.beneficiary)
    return {
        (cycle, beneficiary): number
        for cycle, beneficiaries in by_cycle.items()
        for beneficiary, number in queries.claimed_by(connection, item, cycle, beneficiaries).items()
    }


def _amount(answer: Entitlement, amounts: Amounts) -> int:
    """Return what is claimed, in fen; ExpectedError `claim.amount` where the reviewer has to decide it within limits."""
    if not answer.decided_by_reviewer:
        return answer.amount or 0
    least, most = answer.amount_min or 0, answer.amount_max or 0
    decided = amounts.get((answer.item, answer.beneficiary))
    if decided is None or not least <= decided <= most:
        raise ExpectedError(
            "claim.amount", name=answer.name, least=money.shown(least), most=money.shown(most)
        )
    return decided


def _refuse_unless_eligible(answer: Entitlement, taken: dict[tuple[str, str], str]) -> None:
    if number := answer.claimed or taken.get((answer.cycle.name, answer.beneficiary), ""):
        raise ExpectedError("claim.exists", name=answer.name, number=number)
    if answer.state is State.NOT_ELIGIBLE:
        raise ExpectedError("claim.not_eligible", name=answer.name, why=explain.why(answer))
    if (
        answer.state is State.UNKNOWN or answer.missing
    ):  # A limit may be reached while the shares are not known.
        raise ExpectedError("claim.unknown", name=answer.name, why=explain.missing_sentence(answer))


def flow_of(pack: Pack, item: str) -> life.Flow:
    """Return the way a claim of an item goes; everybody's way for an item the pack does not have any more."""
    rule = pack.items.get(item)
    if rule is None:
        return life.Flow()
    process = rule.process
    shown = {each.level: life.Notice(each.days, each.working) for each in process.publicity}
    return life.flow(process.steps, shown)


def lacking_papers(pack: Pack, claim: ClaimLife) -> tuple[list[str], int]:
    """Return the papers a claim still needs: those required, and how many more of the choice."""
    rule = pack.items.get(claim.item)
    if rule is None:
        return [], 0
    paper = rule.paper
    return life.lacking(claim.papers, paper.evidence_required, paper.evidence_any_of, paper.evidence_least)


def possible_steps(desk: Desk, claim: ClaimLife) -> tuple[str, ...]:
    """Return the states this claim may go to; a double one can only be taken out."""
    before = life.before_objection([life.Step(step.state, step.on) for step in claim.steps])
    found = life.steps_from(claim.state, flow_of(desk.pack, claim.item), before)
    if claim.rival:
        found = tuple(step for step in found if step in ("returned", "draft", "rejected", "withdrawn"))
    return found


def shown_until(desk: Desk, connection: Connection, claim: ClaimLife) -> date | None:
    """Return the last day of the public notice a claim stands in; None when it stands in none."""
    return _shown_until(desk.pack, workdays.calendar(connection), claim)


def shown_all(desk: Desk, connection: Connection, found: Sequence[ClaimLife]) -> dict[str, date]:
    """Return by number the last day of the public notice each of these claims stands in."""
    calendar = workdays.calendar(connection)
    days = {claim.number: _shown_until(desk.pack, calendar, claim) for claim in found}
    return {number: day for number, day in days.items() if day}


def _shown_until(pack: Pack, calendar: Workdays, claim: ClaimLife) -> date | None:
    notice = flow_of(pack, claim.item).notice(claim.state)
    posted = life.posted_on([life.Step(step.state, step.on) for step in claim.steps])
    if notice is None or posted is None:
        return None
    return calendar.last_of(posted, notice.days, working=notice.working)


def _check_step(desk: Desk, calendar: Workdays, claim: ClaimLife, state: str, on: date) -> None:
    """Raise why a claim cannot take a step, as `advance` says."""
    possible = possible_steps(desk, claim)
    if state not in possible:
        if claim.rival and state not in life.DEAD:
            raise ExpectedError("claim.double", number=claim.number, other=claim.rival)
        raise ExpectedError("claim.step", state=claim.state, possible=list(possible))
    if claim.steps and on < claim.steps[-1].on:
        raise ExpectedError("claim.step_before", day=claim.steps[-1].on.isoformat())
    way = flow_of(desk.pack, claim.item)
    if claim.state == "objection" and state in way.steps and claim.open_objections:
        raise ExpectedError("claim.objection_open", number=claim.number)
    if life.goes_up(claim.state, state):
        _check_papers(desk.pack, claim)
    if state != way.following(claim.state):
        return
    last = _shown_until(desk.pack, calendar, claim)
    if last and on <= last:
        raise ExpectedError("claim.publicity", number=claim.number, last=last.isoformat())
    if life.goes_up(claim.state, state):
        _check_round(desk.pack, claim, on)


def check_step(desk: Desk, connection: Connection, claim: ClaimLife, state: str, on: date) -> None:
    """Raise ExpectedError as `advance` when a claim cannot take a step on a day."""
    _check_step(desk, workdays.calendar(connection), claim, state, on)


def _check_papers(pack: Pack, claim: ClaimLife) -> None:
    missing, more = lacking_papers(pack, claim)
    if missing or more:
        choice = "、".join(pack.items[claim.item].paper.evidence_any_of) if more else ""
        raise ExpectedError(
            "claim.papers", number=claim.number, papers="、".join(missing), more=more, choice=choice
        )


def _check_round(pack: Pack, claim: ClaimLife, on: date) -> None:
    rule = pack.items.get(claim.item)
    if rule is None or not rule.cycle.knows(claim.cycle):  # The pack has changed since it was filed.
        return
    process = rule.process
    cycle = rule.cycle.named(claim.cycle)
    rounds = process.filing(cycle, on)
    if rounds and not any(span.first <= on <= span.last for _name, span, _paid in rounds):
        _name, span, _paid = next((each for each in rounds if on <= each[1].last), rounds[-1])
        if on > span.last:
            raise ExpectedError(
                "claim.round_closed", first=span.first.isoformat(), last=span.last.isoformat()
            )
        raise ExpectedError("claim.round_later", first=span.first.isoformat(), last=span.last.isoformat())
    last = process.last_day(cycle, on)
    if last and on > last:
        raise ExpectedError("claim.deadline", last=last.isoformat())


def round_of(pack: Pack, item: str, cycle: str, on: date) -> str:
    """Return the name of the filing round of an item that a day falls into, '' when it has none."""
    rule = pack.items.get(item)
    if rule is None or not rule.cycle.knows(cycle):
        return ""
    found = rule.process.filing(rule.cycle.named(cycle), on)
    return next((name for name, span, _paid in found if span.first <= on <= span.last), "")


def preview_steps(
    desk: Desk, connection: Connection, numbers: Sequence[str], state: str, on: date
) -> list[Preview]:
    """Return for each claim whether it can take a step on a day, and why not."""
    calendar, lives = workdays.calendar(connection), queries.lives(connection, numbers)
    found = []
    for number in numbers:
        claim = lives.get(number)
        why = None
        try:
            if claim is None:
                raise ExpectedError("claim.none", number=number)
            _check_step(desk, calendar, claim, state, on)
        except ExpectedError as error:
            why = error
        found.append(Preview(number, claim.name if claim else "", claim.amount if claim else 0, why))
    return found


def preview_filing(
    desk: Desk,
    connection: Connection,
    chosen: Sequence[tuple[str, str, Sequence[str]]],
    on: date,
    amounts: Amounts = _UNDECIDED,
) -> list[Preview]:
    """Return for each of these, as `file_all` takes them, whether a claim can be filed, and why not; `number` is the beneficiary."""
    previews = []
    for item, cycle, beneficiaries in chosen:
        answers = _assessed(connection, desk, item, cycle, beneficiaries, on)
        taken = _taken(connection, item, answers)
        found = {answer.beneficiary: answer for answer in answers}
        for beneficiary in beneficiaries:
            answer, why = found.get(beneficiary), None
            try:
                if answer is None:
                    raise ExpectedError("person.not_here", day=on.isoformat())
                _refuse_unless_eligible(answer, taken)
                _amount(answer, amounts)
            except ExpectedError as error:
                why = error
            previews.append(
                Preview(
                    beneficiary, answer.name if answer else "", (answer.amount if answer else 0) or 0, why
                )
            )
    return previews


def advance(desk: Desk, numbers: Sequence[str], state: str, on: date, reason: str = "") -> Changed:
    """Move claims one step, all or none.

    Raises ExpectedError `day.future`, `claim.reason_missing`, `claim.none`, `claim.step` (with what is possible),
    `claim.step_before`, `claim.double`, `claim.publicity`, `claim.objection_open`, `claim.papers`,
    `claim.round_later`, `claim.round_closed`, `claim.deadline`, `claim.exists`.
    """
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())
    said = reason.strip()
    if state in life.NEEDS_REASON and not said:
        raise ExpectedError("claim.reason_missing")
    with desk.units("claim.advance", state=state) as unit:
        calendar, lives = workdays.calendar(unit.connection), queries.lives(unit.connection, numbers)
        for number in numbers:
            claim = lives.get(number)
            if claim is None:
                raise ExpectedError("claim.none", number=number)
            _check_step(desk, calendar, claim, state, on)
            if state == "objection":
                unit.insert(Objection, claim_id=claim.id, raised_on=on, by="", words=said)
            elif claim.open_objections:
                _close_objections(unit, claim.id, "upheld", said, on)
            take_step(desk, unit, claim, state, on, said)
        unit.name(numbers[0] if len(numbers) == 1 else "", len(numbers))
        return unit.commit()


def take_step(desk: Desk, unit: UnitOfWork, claim: ClaimLife, state: str, on: date, reason: str) -> None:
    """Write one step, checked before; ExpectedError `claim.exists` when the claim would live beside another."""
    try:
        unit.update(Claim, claim.id, state=state)
    except IntegrityError as error:
        raise ExpectedError("claim.exists", name=claim.name) from error
    unit.insert(
        ClaimStep,
        claim_id=claim.id,
        state=state,
        on=on,
        officer=desk.officer,
        reason=reason,
        number=max((step.number for step in claim.steps), default=0) + 1,
        level=life.LEVELS[len(desk.scope)],
    )


def _one(unit: UnitOfWork, number: str) -> ClaimLife:
    claim = queries.lives(unit.connection, [number]).get(number)
    if claim is None:
        raise ExpectedError("claim.none", number=number)
    return claim


def object_to(desk: Desk, number: str, words: str, on: date, *, by: str = "") -> Changed:
    """Record an objection to a claim shown in public, which stops it; ExpectedError as `advance`."""
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())
    said = clean(words, most=1000)
    if not said:
        raise ExpectedError("claim.reason_missing")
    with desk.units("claim.object") as unit:
        claim = _one(unit, number)
        if claim.state != "objection":
            _check_step(desk, workdays.calendar(unit.connection), claim, "objection", on)
        elif on < claim.steps[-1].on:
            raise ExpectedError("claim.step_before", day=claim.steps[-1].on.isoformat())
        unit.insert(Objection, claim_id=claim.id, raised_on=on, by=clean(by), words=said)
        if claim.state != "objection":
            take_step(desk, unit, claim, "objection", on, said)
        unit.name(number)
        return unit.commit()


def _close_objections(unit: UnitOfWork, claim: str, outcome: str, answer: str, on: date) -> int:
    still_open = [each.id for each in queries.objections(unit.connection, claim) if each.resolved_on is None]
    values = {"resolved_on": on, "outcome": outcome, "answer": answer}
    return unit.update_many(Objection, [(each, values) for each in still_open])


def resolve(
    desk: Desk, number: str, outcome: str, answer: str, on: date, *, state: str = "rejected"
) -> Changed:
    """Resolve the objections to a claim: dismissed, and it goes on where it was; upheld, and it is rejected or returned.

    Raises ExpectedError `claim.objection_none`, `claim.reason_missing`, `code.unknown`, and as `advance`.
    """
    known("objection_outcome", outcome)
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())
    said = clean(answer, most=1000)
    if not said:
        raise ExpectedError("claim.reason_missing")
    with desk.units("claim.resolve") as unit:
        claim = _one(unit, number)
        if not claim.open_objections:
            raise ExpectedError("claim.objection_none", number=number)
        _close_objections(unit, claim.id, outcome, said, on)
        if claim.state == "objection":
            settled = _one(unit, number)
            before = life.before_objection([life.Step(step.state, step.on) for step in settled.steps])
            wanted = state if outcome == "upheld" else before
            _check_step(desk, workdays.calendar(unit.connection), settled, wanted, on)
            take_step(desk, unit, settled, wanted, on, said)
        unit.name(number)
        return unit.commit()


def paper_kinds(pack: Pack, item: str) -> tuple[str, ...]:
    """Return the papers a claim of an item may have: those the pack names, and the photo of its notice."""
    rule = pack.items.get(item)
    named = (*rule.paper.evidence_required, *rule.paper.evidence_any_of) if rule else ()
    return (*dict.fromkeys(named), life.NOTICE_PHOTO)


def add_papers(
    desk: Desk,
    number: str,
    kinds: Sequence[str],
    on: date,
    *,
    attachment: str = "",
    note: str = "",
) -> Changed:
    """Note papers handed in with a claim, and the photo of one.

    Raises ExpectedError `claim.none`, `claim.paper_kind`, `photo.none`, `day.future`.
    """
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())
    with desk.units("claim.papers") as unit:
        claim = _one(unit, number)
        allowed = paper_kinds(desk.pack, claim.item)
        for kind in kinds:
            if kind not in allowed:
                raise ExpectedError("claim.paper_kind", paper=kind, papers="、".join(allowed))
        if (
            attachment
            and not unit.connection.execute(
                select(Attachment.id).where(Attachment.id == attachment, live(Attachment))
            ).first()
        ):
            raise ExpectedError("photo.none")
        present = {(line.kind, line.attachment) for line in queries.evidence(unit.connection, claim.id)}
        for kind in dict.fromkeys(kinds):
            if (kind, attachment) not in present:
                unit.insert(
                    Evidence,
                    claim_id=claim.id,
                    kind=kind,
                    attachment_id=attachment or None,
                    on=on,
                    note=clean(note),
                )
        unit.name(number)
        return unit.commit()


def remove_paper(desk: Desk, number: str, paper: str) -> Changed:
    """Take a paper off a claim again; ExpectedError `claim.none`, `void.gone`."""
    with desk.units("claim.papers") as unit:
        claim = _one(unit, number)
        if paper not in {line.id for line in queries.evidence(unit.connection, claim.id)}:
            raise ExpectedError("void.gone")
        unit.void(Evidence, paper)
        unit.name(number)
        return unit.commit()


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
    }.get(tier["distance"] if tier else None)
    return [each for each in answer["stretches"] if far is None or each["distance"] in far]


def _arithmetic(counted: list[dict[str, Any]], answer: dict[str, Any]) -> tuple[str, str]:
    """Return the months that counted, in words, and how they add up."""
    values = next(
        (dict(reason["values"]) for reason in answer["reasons"] if reason["condition"] == "months"), None
    )
    if values is None or not answer["tier"] or "cross_county" not in values:
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
    if tier["amount"] is None or tier["distance"] not in ("cross_county", "cross_province"):
        return ""
    distance = label("distance", tier["distance"], ZH)
    return f"{distance}满{tier['at_least']}个月，{money.shown(money.fen(tier['amount']))}元"


def item_name(pack: Pack, item: str) -> str:
    """Return what an item is called; its id when the pack does not have it any more."""
    return pack.items[item].name if item in pack.items else item


def of_bundle(connection: Connection, desk: Desk, whose: str, on: date) -> list[str]:
    """Return the ids of the claims of a person, or of a household and all its members, newest first."""
    people = [member.id for member in workers.members(connection, whose, desk.asked(on))]
    return queries.ids(connection, beneficiaries=[whose, *people])


@dataclass(frozen=True, slots=True)
class Summary:
    """The work a claim rests on in one line: the last job that counted, from when to when, months, rung."""

    spell: str
    first: date | None
    last: date | None
    months: str
    standard: str


def summary(answer: dict[str, Any]) -> Summary:
    """Return what lists say of the stored answer of a claim."""
    counted = _counted(answer)
    days = [date.fromisoformat(each[end]) for each in counted for end in ("first", "last")]
    return Summary(
        max(counted, key=lambda each: str(each["last"]))["spell"] if counted else "",
        min(days, default=None),
        max(days, default=None),
        _arithmetic(counted, answer)[0],
        _standard(answer),
    )


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


_GENERAL = "general"
"""The form of items whose pack names none."""
_LEVELS = ("village", "township", "county")


def _basis(answer: dict[str, Any]) -> str:
    """Return what each condition found, a line each."""
    lines = [
        f"{reason['label']}：{reason['found']}"
        for reason in answer["reasons"]
        if reason["outcome"] == "passed" and reason["found"] and reason["condition"] != "not_claimed"
    ]
    return "\n".join(dict.fromkeys(lines))


def _citation(desk: Desk, clause: str) -> str:
    """Return where an item is written: 二(六) is the sixth of the second part; other clauses stand as they are.

    Nothing for a draft, which is no basis yet.
    """
    if desk.pack.document.draft:
        return ""
    section, _, article = clause.partition("(")
    if section and article.endswith(")"):
        return f"{desk.pack.document.short}第{section}部分第（{article.rstrip(')')}）条"
    return f"{desk.pack.document.short} {clause}".strip()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def form(desk: Desk, number: str, printed_on: date) -> ClaimForm:
    """Gather what the application form of a claim prints: its numbers from the stored answer, the rest from the ledger.

    Raises ExpectedError `claim.none` and `person.not_here`.
    """
    with desk.ledger.reader() as connection:
        claim = queries.by_number(connection, number)
        if claim is None:
            raise ExpectedError("claim.none", number=number)
        common = _common(desk, claim, printed_on)
        if claim.beneficiary_kind == ORGANISATION:
            return replace(common, **_of_organisation(connection, claim))
        asked = desk.asked(claim.filed_on)
        person = claim.beneficiary
        if claim.beneficiary_kind == HOUSEHOLD:
            members = workers.members(connection, claim.beneficiary, asked)
            person = members[0].id if members else ""
        page = workers.page(connection, person, asked) if person else None
        if page is None:
            raise ExpectedError("person.not_here", day=claim.filed_on.isoformat())
        spells = {spell.id: spell for spell in page.spells}
        owner = dict.fromkeys(spells, person)
        if claim.beneficiary_kind == HOUSEHOLD:
            for member, line in workers.spell_lines(connection, [each.id for each in page.members]):
                spells[line.id], owner[line.id] = line, member
    unit = "".join(each.name for each in divisions.path(page.row.village_code)[3:])
    answer = claim.answer
    return replace(
        common,
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
        spells=_on_form(_counted(answer), spells) if claim.beneficiary_kind == PERSON else (),
        card_holder=page.card_holder,
        card_bank=page.card_bank,
        card_number=page.card_number,
        members=_members(answer, page.members, spells, owner),
    )


def _common(desk: Desk, claim: Any, printed_on: date) -> ClaimForm:  # noqa: ANN401 - a row
    """Return what a form says of the claim itself; of whom it is for, only the name."""
    answer, tier = claim.answer, claim.answer["tier"]
    rule = desk.pack.items.get(claim.item)
    paper = rule.paper if rule else Paper("", (), (), (), (), ())
    name = item_name(desk.pack, claim.item)
    months, arithmetic = _arithmetic(_counted(answer), answer)
    distance = (tier or {}).get("distance")
    return ClaimForm(
        form=paper.form or _GENERAL,
        title=paper.title or (desk.pack.name, f"{name}申请表"),
        number=claim.number,
        item=claim.item,
        cycle=claim.cycle,
        cycle_first=_day(answer["cycle_first"]),
        cycle_last=_day(answer["cycle_last"]),
        printed_on=printed_on,
        filed_on=claim.filed_on,
        unit=divisions.full_name(desk.scope),
        name=answer["beneficiary"]["name"],
        sex="",
        ethnicity="",
        age=None,
        identity_number="",
        phone="",
        head="",
        relation="",
        household_no="",
        address="",
        household_kind="",
        monitored_kind="",
        spells=(),
        distance=label("distance", distance, ZH) if distance else "",
        months=months,
        arithmetic=arithmetic,
        standard=_standard(answer),
        amount=claim.amount,
        card_holder="",
        card_bank="",
        card_number="",
        evidence_required=paper.evidence_required,
        evidence_any_of=paper.evidence_any_of,
        citation=_citation(desk, rule.clause if rule else ""),
        levels=paper.levels or _LEVELS,
        notes=paper.notes,
        item_name=name,
        why=str(answer.get("why", "")),
        basis=_basis(answer),
    )


def _of_organisation(connection: Connection, claim: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    """Return what a form says of an organisation, in the places of a person."""
    firm = next((each for each in work_facts.organisations(connection) if each.id == claim.beneficiary), None)
    if firm is None:
        return {}
    return {
        "identity_number": firm.credit_code,
        "phone": firm.phone,
        "head": firm.contact,
        "address": divisions.full_name(firm.village_code) if firm.village_code else "",
        "household_kind": label("organisation_kind", firm.kind, ZH),
        "card_holder": firm.name,
        "card_number": firm.account,
    }
