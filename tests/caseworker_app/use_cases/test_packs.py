"""Packs of a ledger: adopted, their figures entered, and what another one would change."""

from datetime import date
from pathlib import Path

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import explain, pack
from caseworker_app.policy.answer import State
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import entitlements, packs, undo
from caseworker_app.use_cases.desk import Desk
from db.tables import (
    Certificate,
    Claim,
    Contract,
    Engagement,
    HeadCount,
    Household,
    Insurance,
    Membership,
    Organisation,
    Person,
    PersonAttribute,
    Spell,
    Wage,
)
from tests.conftest import PASSWORD

PLACES = Path(__file__).parents[2] / "samples" / "packs"
ON = date(2024, 11, 30)


def test_an_adopted_pack_is_followed_and_taken_back(desk: Desk) -> None:
    before = desk.pack
    packs.adopt(desk, PLACES / "lanshan", ON)
    assert desk.pack.id == "lanshan"
    assert "LS-1" in desk.pack.items
    folder = desk.ledger.folder
    desk.close()
    again = desks.open_with_password(folder, PASSWORD)
    assert again.pack == desk.pack
    undo.undo(again)
    desks.reread(again)
    assert again.pack.id == before.id
    again.close()


def test_a_pack_whose_cases_do_not_hold_is_not_adopted(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "wrong"
    folder.mkdir()
    for name in ("pack.toml", "cases.toml"):
        text = (PLACES / "qingyang" / name).read_text("utf-8")
        (folder / name).write_text(text.replace('amount = "1550"', 'amount = "1"'), "utf-8")
    with pytest.raises(ExpectedError, match=r"pack\.cases_differ"):
        packs.adopt(desk, folder, ON)
    with pytest.raises(ExpectedError, match=r"pack\.missing"):
        packs.folder_of("atlantis")


def test_a_figure_of_the_place_holds_from_its_day(desk: Desk) -> None:
    packs.adopt(desk, PLACES / "qingyang", ON)
    packs.set_parameter(desk, "allowance", "600")
    packs.set_parameter(desk, "allowance", "650.50", date(2025, 1, 1))
    packs.set_parameter(desk, "absorption", "5=20000 10=50000")
    packs.set_parameter(desk, "share", "66.67%")
    allowance = desk.pack.parameters["allowance"]
    assert [allowance.at(day) for day in (ON, date(2025, 1, 1))] == [60000, 65050]
    assert desk.pack.parameters["absorption"].at(ON) == ((5, 2000000), (10, 5000000))
    assert desk.pack.parameters["share"].at(ON) == 6667
    assert packs.parameter_shown(desk.pack.parameters["absorption"], ((5, 2000000),)) == "5=20,000"
    packs.set_parameter(desk, "allowance", "700")
    assert desk.pack.parameters["allowance"].at(ON) == 70000
    undo.undo(desk)
    desks.reread(desk)
    assert desk.pack.parameters["allowance"].at(ON) == 60000


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("nothing", "1", "parameter.none"),
        ("allowance", "sixhundred", "parameter.form"),
        ("allowance", "99.99", "parameter.range"),
        ("allowance", "2000.01", "parameter.range"),
        ("absorption", "5", "parameter.form"),
        ("absorption", "5=20000 10=100000.01", "parameter.range"),
        ("months_needed", "3.5", "parameter.form"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(desk: Desk, key: str, text: str, code: str) -> None:
    packs.adopt(desk, PLACES / "qingyang", ON)
    with pytest.raises(ExpectedError) as error:
        packs.set_parameter(desk, key, text)
    assert error.value.code == code


def test_what_if_says_who_gains_who_loses_and_what_it_costs(sample_desk: Desk, tmp_path: Path) -> None:
    folder = pack.bundled_folder(pack.DEFAULT)
    text = (folder / "pack.toml").read_text("utf-8")
    changed = text.replace(
        '{ distance = "cross_province", at_least = 6, amount = "1400" }',
        '{ distance = "cross_province", at_least = 6, amount = "1500" }',
    ).replace('{ at_least = "10000", amount = "1000" },', '{ at_least = "10000", amount = "900" },')
    assert changed != text
    old, new = sample_desk.pack, pack.parse(changed, "pack.toml")
    with sample_desk.ledger.reader() as connection:
        same = packs.what_if(connection, old, old, ON)
        found = packs.what_if(connection, old, new, ON)
        before = entitlements.verdicts(connection, old, ON)
        after = entitlements.verdicts(connection, new, ON)
    assert same.differences == ()
    assert same.cost == 0
    assert found.gaining
    assert {each.gain for each in found.gaining if each.item == "JF-5"} == {10000}
    assert all(each.item == "JF-6" for each in found.losing)
    given = [sum(each.low for each in rows if each.state is State.ELIGIBLE) for rows in (before, after)]
    assert (found.cost_before, found.cost_after) == tuple(given)
    assert found.cost == sum(
        each.gain for each in found.differences if each.before is not None and each.after is not None
    )


def test_facts_of_every_table_reach_the_answer(desk: Desk) -> None:
    """What stands in the tables of work is what the rules are asked over, for people and organisations."""
    packs.adopt(desk, PLACES / "qingyang", ON)
    packs.set_parameter(desk, "months_needed", "6")
    with desk.units("ledger.new", name="x") as unit:
        home = unit.insert(Household, household_no="1", village_code="640106100207")
        person = unit.insert(Person, name="甲", identity_number=None, born=date(1990, 1, 1))
        unit.insert(Membership, person_id=person, household_id=home, relation="head")
        unit.insert(PersonAttribute, person_id=person, attribute="hardship", value="disabled,older")
        spell = unit.insert(
            Spell, person_id=person, kind="wage", started_on=date(2023, 1, 1), place_code="320583", wage=None
        )
        for month, amount in (("2023-01", 500000), ("2023-02", 700000)):
            unit.insert(Wage, person_id=person, spell_id=spell, month=month, amount=amount, by_bank=True)
        unit.insert(Contract, person_id=person, spell_id=spell, signed_on=date(2023, 1, 1))
        firm = unit.insert(Organisation, name="某公司", kind="enterprise", size="small")
        unit.insert(
            Insurance,
            person_id=person,
            organisation_id=firm,
            kind="pension",
            payer="employer",
            since=date(2023, 1, 1),
            until=date(2023, 12, 31),
            paid=365000,
        )
        unit.insert(HeadCount, organisation_id=firm, month="2023-12", kind="all", number=5)
        unit.insert(
            Certificate, person_id=person, kind="special_skill", issued_on=date(2023, 5, 1), cost=90000
        )
        agency = unit.insert(Organisation, name="某中介", kind="agency")
        unit.insert(Engagement, organisation_id=agency, person_id=person, spell_id=spell, role="sent_out")
        unit.commit()
    with desk.ledger.reader() as connection:

        def answer(item: str) -> tuple[str, int | None]:
            (found,) = [
                each
                for each in entitlements.assess_all(connection, desk.pack, ON, item=item, cycle="2023")
                if each.name in ("甲", "某公司", "某中介") and each.state is not State.NOT_ELIGIBLE
            ]
            return found.state.value, found.amount

        assert answer("QY-10") == ("eligible", 90000)
        assert answer("QY-15") == ("eligible", 365000)
        assert answer("QY-4") == ("unknown", None)
        sent = entitlements.assess_all(connection, desk.pack, ON, item="QY-6", cycle="2023")
        assert {each.name: each.state.value for each in sent}["某中介"] == "unknown"
        only = entitlements.assess_all(
            connection, desk.pack, ON, item="QY-15", cycle="2023", organisations=[firm]
        )
        assert [each.name for each in only] == ["某公司"]
        found = entitlements.assess_all(connection, desk.pack, ON, item="QY-9", people=[person])
        changes = entitlements.what_would_change(connection, desk.pack, found[0])
        assert changes
        assert explain.changes_text(changes)


def test_a_claim_under_another_record_of_one_identity_number_counts(desk: Desk) -> None:
    """Two villages may both have somebody: what the one claimed is claimed for the other too."""
    packs.adopt(desk, PLACES / "qingyang", ON)
    with desk.units("ledger.new", name="x") as unit:
        people = []
        for number in ("1", "2"):
            home = unit.insert(Household, household_no=number, village_code="640106100207")
            person = unit.insert(
                Person, name="甲", identity_number="640106199001010011", twin="" if number == "1" else "t"
            )
            unit.insert(Membership, person_id=person, household_id=home, relation="head")
            unit.insert(
                Certificate, person_id=person, kind="training", issued_on=date(2023, 5, 1), cost=90000
            )
            people.append(person)
        unit.insert(
            Claim,
            number="QY10-1",
            pack="qingyang",
            item="QY-10",
            cycle="2023",
            beneficiary_kind="person",
            beneficiary=people[0],
            amount=90000,
            state="paid",
            filed_on=date(2024, 1, 1),
            assessed_on=date(2024, 1, 1),
            answer={},
        )
        unit.commit()
    with desk.ledger.reader() as connection:
        found = entitlements.assess_all(connection, desk.pack, ON, item="QY-10", cycle="2023")
    assert {each.claimed for each in found} == {"QY10-1"}
    assert [each.beneficiary for each in found] == people
