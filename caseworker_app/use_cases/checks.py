"""Findings of the data checks explained: exempted with a reason, and taken back."""

from sqlalchemy import select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.findings import checks
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean
from db.queries.checks import findings
from db.queries.dated import live
from db.tables import Exemption, Person
from db.unit_of_work import UnitOfWork


def exempt(desk: Desk, finding: str, reason: str) -> Changed:
    """Record why a finding stands as it is; it is then listed apart and not counted.

    Raises ExpectedError `check.none` for what is not found today, `check.reason_missing`,
    `check.exempt_already`, `text.long`.
    """
    reason = clean(reason)
    if not reason:
        raise ExpectedError("check.reason_missing")
    check, record, other = (*finding.split(":"), "", "")[:3]
    with desk.units("check.exempt") as unit:
        of_person = _is_person(unit, record)
        asked = desk.asked(desk.today())
        found = (
            findings(unit.connection, asked, people=[record])
            if of_person
            else findings(unit.connection, asked, households=[record])
        )
        one = next((each for each in found if each.id == finding), None)
        if check not in checks() or one is None:
            raise ExpectedError("check.none")
        if one.exemption:
            raise ExpectedError("check.exempt_already")
        unit.insert(
            Exemption,
            check=check,
            person_id=record if of_person else None,
            household_id=None if of_person else record,
            other=other,
            reason=reason,
            on=desk.today(),
            officer=desk.officer,
        )
        unit.name(one.name)
        return unit.commit()


def unexempt(desk: Desk, finding: str) -> Changed:
    """Take an exemption back, so that the finding counts again; ExpectedError `check.none`."""
    check, record, other = (*finding.split(":"), "", "")[:3]
    with desk.units("check.unexempt") as unit:
        of_person = _is_person(unit, record)
        chosen = select(Exemption.id).where(
            live(Exemption),
            Exemption.check == check,
            (Exemption.person_id if of_person else Exemption.household_id) == record,
            Exemption.other == other,
        )
        present = unit.connection.execute(chosen).scalars().first()
        if present is None:
            raise ExpectedError("check.none")
        unit.void(Exemption, present)
        unit.name(_name(unit, record) if of_person else "")
        return unit.commit()


def _name(unit: UnitOfWork, person: str) -> str:
    return str(unit.connection.execute(select(Person.name).where(Person.id == person)).scalar_one())


def _is_person(unit: UnitOfWork, record: str) -> bool:
    return unit.connection.execute(select(Person.id).where(Person.id == record)).first() is not None
