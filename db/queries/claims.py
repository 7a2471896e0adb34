"""Claims as lists and papers ask for them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import aliased

from caseworker_app.domain.claim import DEAD
from caseworker_app.read_models.claims import (
    ClaimLife,
    ClaimRow,
    ClaimStepLine,
    EvidenceLine,
    ObjectionLine,
    PaymentLine,
)
from db.queries import blocks
from db.queries.dated import holds, live
from db.tables import (
    Claim,
    ClaimStep,
    Evidence,
    Household,
    Membership,
    Objection,
    Organisation,
    Payment,
    Person,
)

_PLAIN = (
    Claim.id,
    Claim.number,
    Claim.item,
    Claim.cycle,
    Claim.state,
    Claim.beneficiary_kind,
    Claim.beneficiary,
    Claim.amount,
    Claim.filed_on,
    Claim.twin,
)
"""A claim without its stored answer, which is long."""


def ids(
    connection: Connection, *, state: str = "", item: str = "", beneficiaries: Sequence[str] | None = None
) -> list[str]:
    """Return the ids of claims, newest first."""
    chosen = select(Claim.id).where(live(Claim)).order_by(Claim.filed_on.desc(), Claim.number.desc())
    if state:
        chosen = chosen.where(Claim.state == state)
    if item:
        chosen = chosen.where(Claim.item == item)
    if beneficiaries is not None:
        chosen = chosen.where(Claim.beneficiary.in_(beneficiaries))
    return list(connection.execute(chosen).scalars())


def rows(connection: Connection, claims: Sequence[str], on: date) -> list[ClaimRow]:
    """Return the lines of these claims in the order given."""
    headship, head, own = aliased(Membership), aliased(Person), aliased(Membership)
    person_home, household = aliased(Household), aliased(Household)
    found: dict[str, ClaimRow] = {}
    since = _since(connection, claims)
    rivals = _rivals(connection, blocks.rows(connection, select(*_PLAIN), Claim.id, claims))
    for start in range(0, len(claims), 400):
        statement = (
            select(
                *_PLAIN,
                Organisation.name.label("firm"),
                Organisation.village_code.label("firm_village"),
                Person.name,
                Person.identity_number,
                person_home.household_no.label("person_household"),
                person_home.village_code.label("person_village"),
                household.household_no,
                household.village_code,
                head.name.label("head"),
            )
            .outerjoin(Person, Person.id == Claim.beneficiary)
            .outerjoin(own, and_(own.person_id == Person.id, holds(own, on)))
            .outerjoin(person_home, person_home.id == own.household_id)
            .outerjoin(household, household.id == Claim.beneficiary)
            .outerjoin(
                headship,
                and_(headship.household_id == household.id, headship.relation == "head", holds(headship, on)),
            )
            .outerjoin(head, head.id == headship.person_id)
            .outerjoin(Organisation, Organisation.id == Claim.beneficiary)
            .where(Claim.id.in_(claims[start : start + 400]))
        )
        for row in connection.execute(statement):
            found[row.id] = ClaimRow(
                row.id,
                row.number,
                row.item,
                row.cycle,
                row.state,
                row.beneficiary_kind,
                row.beneficiary,
                row.name or row.head or row.firm or "",
                row.identity_number or "",
                row.household_no or row.person_household or "",
                row.village_code or row.person_village or row.firm_village or "",
                row.amount,
                row.filed_on,
                since.get(row.id, row.filed_on),
                rivals.get(row.id, ""),
            )
    return [found[claim] for claim in claims if claim in found]


def _since(connection: Connection, claims: Sequence[str]) -> dict[str, date]:
    """Return since when each claim is in its state: the day of its last step."""
    chosen = select(ClaimStep.claim_id, ClaimStep.on).where(live(ClaimStep)).order_by(ClaimStep.id)
    found = blocks.rows(connection, chosen, ClaimStep.claim_id, claims)
    return {row.claim_id: row.on for row in found}


def by_number(connection: Connection, number: str) -> Any | None:  # noqa: ANN401 - a row
    """Return the claim with this number as stored, or None."""
    return connection.execute(
        select(Claim.__table__).where(live(Claim), Claim.number == number).order_by(Claim.twin)
    ).first()


def steps(connection: Connection, claim: str) -> list[ClaimStepLine]:
    """Return the steps a claim has taken, oldest first."""
    chosen = (
        select(ClaimStep.__table__).where(ClaimStep.claim_id == claim, live(ClaimStep)).order_by(ClaimStep.id)
    )
    return [
        ClaimStepLine(row.state, row.on, row.officer, row.reason, row.number, row.level)
        for row in connection.execute(chosen)
    ]


def states_on(connection: Connection, on: date) -> dict[str, str]:
    """Return the state each claim had at the end of a day, from its steps."""
    chosen = select(ClaimStep.claim_id, ClaimStep.state).where(live(ClaimStep), ClaimStep.on <= on)
    return {row.claim_id: row.state for row in connection.execute(chosen.order_by(ClaimStep.id))}


def numbers_like(connection: Connection, prefix: str) -> list[str]:
    """Return all numbers ever given that begin so, voided ones too."""
    return list(connection.execute(select(Claim.number).where(Claim.number.startswith(prefix))).scalars())


def lives(connection: Connection, numbers: Sequence[str]) -> dict[str, ClaimLife]:
    """Return by number everything a next step of these claims depends on."""
    name = Claim.answer["beneficiary"]["name"].as_string().label("name")
    found = blocks.rows(connection, select(*_PLAIN, name).where(live(Claim)), Claim.number, numbers)
    ids = [row.id for row in found]
    taken: dict[str, list[ClaimStepLine]] = {}
    chosen = select(ClaimStep.__table__).where(live(ClaimStep)).order_by(ClaimStep.id)
    for row in blocks.rows(connection, chosen, ClaimStep.claim_id, ids):
        line = ClaimStepLine(row.state, row.on, row.officer, row.reason, row.number, row.level)
        taken.setdefault(row.claim_id, []).append(line)
    papers: dict[str, list[str]] = {}
    held = select(Evidence.claim_id, Evidence.kind).where(live(Evidence))
    for claim, kind in blocks.rows(connection, held, Evidence.claim_id, ids):
        papers.setdefault(claim, []).append(kind)
    opened = select(Objection.claim_id).where(live(Objection), Objection.resolved_on.is_(None))
    objections = Counter(claim for (claim,) in blocks.rows(connection, opened, Objection.claim_id, ids))
    rivals = _rivals(connection, found)
    return {
        row.number: ClaimLife(
            row.id,
            row.number,
            row.item,
            row.cycle,
            row.state,
            row.name or "",
            row.amount,
            tuple(taken.get(row.id, ())),
            frozenset(papers.get(row.id, ())),
            objections[row.id],
            rivals.get(row.id, ""),
        )
        for row in sorted(found, key=lambda row: row.twin, reverse=True)
    }


def _rivals(connection: Connection, claims: Sequence[Any]) -> dict[str, str]:
    """Return for claims the number of another live one of the same item, cycle and beneficiary."""
    alive = [row for row in claims if row.state not in DEAD]
    whose = same_beneficiaries(connection, {row.beneficiary for row in alive})
    others = select(Claim.id, Claim.number, Claim.item, Claim.cycle, Claim.beneficiary).where(
        live(Claim), Claim.state.not_in(DEAD)
    )
    alike: dict[tuple[str, str, str], list[Any]] = {}
    for row in blocks.rows(connection, others, Claim.beneficiary, whose):
        alike.setdefault((row.item, row.cycle, whose[row.beneficiary]), []).append(row)
    return {
        row.id: other.number
        for row in alive
        for other in alike[row.item, row.cycle, whose[row.beneficiary]]
        if other.id != row.id
    }


def same_beneficiaries(connection: Connection, beneficiaries: Iterable[str]) -> dict[str, str]:
    """Return who these are, by the id of every record of them: a number is one person or household, however often received."""
    ids = list(beneficiaries)
    known: dict[str, str] = {}
    for table, column in ((Person, Person.identity_number), (Household, Household.household_no)):
        held = blocks.rows(connection, select(column).where(live(table)), table.__table__.c.id, ids)
        numbers = {number for (number,) in held if number}
        every = select(table.__table__.c.id, column).where(live(table))
        known.update(dict(tuple(row) for row in blocks.rows(connection, every, column, numbers)))
    return known | {each: each for each in ids if each not in known}


def claimed_by(connection: Connection, item: str, cycle: str, beneficiaries: Iterable[str]) -> dict[str, str]:
    """Return the number of the live claim of an item and cycle for each of these who has one, under any record."""
    whose = same_beneficiaries(connection, beneficiaries)
    chosen = select(Claim.beneficiary, Claim.number).where(
        live(Claim), Claim.state.not_in(DEAD), Claim.item == item, Claim.cycle == cycle
    )
    taken = {
        whose[beneficiary]: number
        for beneficiary, number in blocks.rows(connection, chosen, Claim.beneficiary, whose)
    }
    return {each: taken[identity] for each, identity in whose.items() if identity in taken}


def evidence(connection: Connection, claim: str) -> list[EvidenceLine]:
    """Return the papers of a claim, oldest first."""
    chosen = select(Evidence.__table__).where(live(Evidence), Evidence.claim_id == claim)
    return [
        EvidenceLine(row.id, row.kind, row.attachment_id or "", row.on, row.note)
        for row in connection.execute(chosen.order_by(Evidence.id))
    ]


def objections(connection: Connection, claim: str) -> list[ObjectionLine]:
    """Return the objections to a claim, oldest first."""
    chosen = select(Objection.__table__).where(live(Objection), Objection.claim_id == claim)
    return [
        ObjectionLine(row.id, row.raised_on, row.by, row.words, row.resolved_on, row.outcome, row.answer)
        for row in connection.execute(chosen.order_by(Objection.id))
    ]


def payments(connection: Connection, claims: Iterable[str]) -> dict[str, list[PaymentLine]]:
    """Return by claim what the bank said of its money, oldest first."""
    chosen = select(Payment.__table__).where(live(Payment)).order_by(Payment.id)
    found: dict[str, list[PaymentLine]] = {}
    for row in blocks.rows(connection, chosen, Payment.claim_id, claims):
        line = PaymentLine(row.id, row.amount, row.paid_on, row.outcome, row.reason, row.file_name)
        found.setdefault(row.claim_id, []).append(line)
    return found
