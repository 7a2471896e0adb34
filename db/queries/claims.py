"""Claims as lists and papers ask for them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import aliased

from caseworker_app.read_models.claims import ClaimRow, ClaimStepLine
from db.queries.dated import holds, live
from db.tables import Claim, ClaimStep, Household, Membership, Person


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
    for start in range(0, len(claims), 400):
        statement = (
            select(
                Claim.__table__,
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
                row.name or row.head or "",
                row.identity_number or "",
                row.household_no or row.person_household or "",
                row.village_code or row.person_village or "",
                row.amount,
                row.filed_on,
            )
    return [found[claim] for claim in claims if claim in found]


def by_number(connection: Connection, number: str) -> Any | None:  # noqa: ANN401 - a row
    """Return the claim with this number as stored, or None."""
    return connection.execute(
        select(Claim.__table__).where(live(Claim), Claim.number == number)
    ).one_or_none()


def steps(connection: Connection, claim: str) -> list[ClaimStepLine]:
    """Return the steps a claim has taken, oldest first."""
    chosen = (
        select(ClaimStep.__table__).where(ClaimStep.claim_id == claim, live(ClaimStep)).order_by(ClaimStep.id)
    )
    return [ClaimStepLine(row.state, row.on, row.officer, row.reason) for row in connection.execute(chosen)]


def states_on(connection: Connection, on: date) -> dict[str, str]:
    """Return the state each claim had at the end of a day, from its steps."""
    chosen = select(ClaimStep.claim_id, ClaimStep.state).where(live(ClaimStep), ClaimStep.on <= on)
    return {row.claim_id: row.state for row in connection.execute(chosen.order_by(ClaimStep.id))}


def numbers_like(connection: Connection, prefix: str) -> list[str]:
    """Return all numbers ever given that begin so, voided ones too."""
    return list(connection.execute(select(Claim.number).where(Claim.number.startswith(prefix))).scalars())
