"""What a claim comes to: decided by the reviewer within limits, or added up over several records."""

from datetime import date

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import pack
from caseworker_app.use_cases import claims, entitlements, packs
from caseworker_app.use_cases.desk import Desk
from db.queries import claims as queries
from db.tables import (
    Contract,
    Household,
    HouseholdAttribute,
    Insurance,
    Loan,
    Membership,
    Person,
    Spell,
)
from db.unit_of_work import UnitOfWork

ON = date(2024, 11, 30)


def somebody(unit: UnitOfWork, number: str) -> str:
    """Insert a member of a household that was lifted out of poverty."""
    home = unit.insert(Household, household_no=number, village_code="640106100207")
    unit.insert(HouseholdAttribute, household_id=home, attribute="kind", value="lifted_out")
    person = unit.insert(Person, name=f"人{number}", identity_number=None, born=date(1990, 1, 1))
    unit.insert(Membership, person_id=person, household_id=home, relation="head")
    return person


def away(desk: Desk, count: int) -> list[str]:
    """Make people who have worked away for the whole year with contract and insurances."""
    people = []
    with desk.units("made up") as unit:
        for number in range(count):
            person = somebody(unit, str(number))
            first, last = date(2024, 1, 1), date(2024, 9, 30)
            spell = unit.insert(
                Spell, person_id=person, kind="wage", started_on=first, ended_on=last, place_code="320583"
            )
            unit.insert(Contract, person_id=person, spell_id=spell, signed_on=first)
            for kind in ("pension", "medical", "unemployment", "work_injury"):
                unit.insert(Insurance, person_id=person, kind=kind, payer="employer", since=first, until=last)
            people.append(person)
        unit.commit()
    return people


@pytest.mark.parametrize(
    ("entered", "taken"),
    [(20000, True), (80000, True), (50050, True), (19999, False), (80001, False), (0, False), (None, False)],
)
def test_what_the_reviewer_decides_lies_within_the_range(
    desk: Desk, entered: int | None, taken: bool
) -> None:
    (person,) = away(desk, 1)
    if not taken:
        with pytest.raises(ExpectedError) as error:
            claims.file(desk, "JF-4", [person], ON, cycle="2024", amount=entered)
        assert error.value.code == "claim.amount"
        assert (error.value.values["least"], error.value.values["most"]) == ("200", "800")
        return
    _changed, (number,) = claims.file(desk, "JF-4", [person], ON, cycle="2024", amount=entered)
    with desk.ledger.reader() as connection:
        claim = queries.by_number(connection, number)
    assert claim is not None
    assert claim.amount == entered


def test_each_of_many_has_an_amount_of_its_own_and_who_has_none_is_named_before(desk: Desk) -> None:
    people = away(desk, 3)
    amounts = {("JF-4", people[0]): 30000, ("JF-4", people[1]): 80001}
    wanted = [("JF-4", "2024", people)]
    with desk.ledger.reader() as connection:
        previews = claims.preview_filing(desk, connection, wanted, ON, amounts)
    assert [each.why and each.why.code for each in previews] == [None, "claim.amount", "claim.amount"]
    with pytest.raises(ExpectedError):
        claims.file_all(desk, wanted, ON, amounts)
    amounts[("JF-4", people[1])], amounts[("JF-4", people[2])] = 80000, 20000
    _changed, numbers = claims.file_all(desk, wanted, ON, amounts)
    with desk.ledger.reader() as connection:
        lives = queries.lives(connection, numbers)
    assert [lives[number].amount for number in numbers] == [30000, 80000, 20000]


def test_two_loans_are_one_claim_of_the_cycle(desk: Desk) -> None:
    desk.pack = pack.load("jilin")
    packs.adopt(desk, pack.bundled_folder("jilin"), ON)
    packs.set_parameter(desk, "interest_percent", "50")
    with desk.units("made up") as unit:
        person = somebody(unit, "1")
        loan = {"person_id": person, "kind": "startup_person", "amount": 10000000}
        for interest in (100000, 60000):
            unit.insert(Loan, **loan, interest_paid=interest, granted_on=date(2024, 2, 1))
        unit.commit()
    _changed, (number,) = claims.file(desk, "JL-14B", [person], ON, cycle="2024")
    with desk.ledger.reader() as connection:
        claim = queries.by_number(connection, number)
    assert claim is not None
    assert claim.amount == 80000
    with desk.units("made up") as unit:
        unit.insert(Loan, **loan, interest_paid=20000, granted_on=date(2024, 3, 1))
        unit.commit()
    with pytest.raises(
        ExpectedError
    ) as error:  # What came later joins by taking the claim back and filing anew.
        claims.file(desk, "JL-14B", [person], ON, cycle="2024")
    assert (error.value.code, error.value.values["number"]) == ("claim.exists", number)
    claims.advance(desk, [number], "withdrawn", ON, "漏报一笔贷款")
    _changed, (number,) = claims.file(desk, "JL-14B", [person], ON, cycle="2024")
    with desk.ledger.reader() as connection:
        claim = queries.by_number(connection, number)
        (answer,) = entitlements.assess_all(
            connection, desk.pack, ON, item="JL-14B", people=[person], cycle="2024"
        )
    assert claim is not None
    assert claim.amount == 90000
    assert answer.claimed == number
