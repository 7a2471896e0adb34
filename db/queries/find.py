"""Find people and households by what somebody types."""

from sqlalchemy import Connection, case, or_, select

from db.queries.dated import holds, live
from db.queries.workers import Asked
from db.tables import Household, Membership, Person


def find(
    connection: Connection, typed: str, asked: Asked, limit: int = 20
) -> list[tuple[str, str, str, str]]:
    """Return (person id, name, identity number, household number): exact names first, then beginnings, then the rest."""
    wanted = typed.strip()
    if not wanted:
        return []
    rank = case(
        (Person.name == wanted, 0),
        (Person.identity_number == wanted, 0),
        (Person.name.startswith(wanted, autoescape=True), 1),
        else_=2,
    )
    conditions = [Person.name.contains(wanted, autoescape=True)]
    if any(each.isdigit() for each in wanted):
        upper = wanted.upper()
        conditions += [
            Person.identity_number.startswith(upper),
            Person.identity_number.endswith(upper, autoescape=True),
            Person.phone.endswith(wanted, autoescape=True),
            Household.phone.endswith(wanted, autoescape=True),
            Household.household_no.startswith(wanted),
        ]
    chosen = (
        select(Person.id, Person.name, Person.identity_number, Household.household_no)
        .join(Membership, Membership.person_id == Person.id)
        .join(Household, Household.id == Membership.household_id)
        .where(live(Person), holds(Membership, asked.on), or_(*conditions))
        .order_by(rank, Person.name, Household.household_no)
        .limit(limit)
    )
    return [
        (row.id, row.name, row.identity_number or "", row.household_no) for row in connection.execute(chosen)
    ]
