"""What a township changes of its village's own records in the window: put to the village, never written over it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from caseworker_app import sample
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text, proposed_text
from caseworker_app.exchange.state import Writes
from caseworker_app.read_models.cells import Edit
from caseworker_app.use_cases import (
    bulk,
    cells,
    feedback,
    households,
    imports,
    people,
    problems,
    undo,
    void,
    work,
)
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.proposals import withdraw
from db.tables import Household, Membership, Person, Spell
from tests.caseworker_app.use_cases.looking import content, rows
from tests.exchange.test_receive import (  # noqa: F401 - fixtures of the machines
    TOWN,
    VILLAGE,
    Machines,
    machines,
    villages,
)

TODAY = date(2024, 11, 30)


@pytest.fixture
def sent(machines: Machines) -> Machines:  # noqa: F811
    """Return a township that received its village, and the village, where one job is under way."""
    laptop = machines.desks["laptop"]
    with machines.at("laptop"):
        assert not cells.apply(laptop, [Edit(one(laptop, Spell).id, "spell.ended_on", "")]).problems
    machines.receive("town", machines.send("laptop", "a.xlsx"))
    return machines


def one(desk: Desk, table: type[Any], *where: Any) -> Any:
    with desk.ledger.reader() as connection:
        chosen = select(table.__table__).where(table.voided_in.is_(None), *where).order_by(table.id)
        return connection.execute(chosen.limit(1)).one()


def down(machines: Machines, file: str) -> None:  # noqa: F811
    """Let the township write its feedback, and the village receive it."""
    with machines.at("town"):
        feedback.write(machines.desks["town"], VILLAGE, machines.folder / file)
    assert machines.receive("laptop", machines.folder / file)[0].file.taken


def proposals(desk: Desk) -> list[Any]:
    with desk.ledger.reader() as connection:
        return [each for each in problems.todos(connection, desk) if each.kind == "proposal"]


def test_what_is_changed_above_is_put_to_the_village_and_stands_when_it_accepts(sent: Machines) -> None:
    town, village = sent.desks["town"], sent.desks["laptop"]
    spell = one(town, Spell, Spell.ended_on.is_(None))
    gone = one(town, Spell, Spell.id != spell.id, Spell.ended_on.is_not(None))
    home = one(town, Membership, Membership.person_id == spell.person_id).household_id
    acts: list[Callable[[], Changed]] = [
        lambda: work.record_card(town, spell.person_id, bank="宁夏银行"),
        lambda: work.record_return(town, spell.person_id, TODAY, "laid_off"),
        lambda: void.void(town, "spell", gone.id, "录错"),
        lambda: bulk.apply(town, [spell.person_id], bulk.GroupChange("九组")),
    ]
    with sent.at("town"):
        for act in acts:
            changed = act()
            assert changed.proposed == 1
            assert "建议" in proposed_text(changed) or "proposal" in proposed_text(changed)
    # Nothing of the village's own is otherwise above, and undo takes a proposal back.
    assert one(town, Spell, Spell.id == spell.id).ended_on is None
    assert one(town, Spell, Spell.id == gone.id)
    assert one(town, Household, Household.id == home).group_name != "九组"
    with sent.at("town"):
        undo.undo(town)
        assert len(proposals(town)) == 3
        undo.redo(town)
    # Who proposed does not answer, and may take it back.
    (bank,) = [each for each in proposals(town) if "宁夏银行" in each.what]
    with sent.at("town"):
        with pytest.raises(ExpectedError) as refused:
            problems.answer(town, bank.id, "accepted")
        assert refused.value.code == "proposal.not_owner"
        withdraw(town, bank.id)
        assert len(proposals(town)) == 3
        undo.undo(town)
    down(sent, "down.xlsx")
    found = {each.what.partition("：")[0].partition(":")[0]: each for each in proposals(village)}
    assert len(found) == 4
    with sent.at("laptop"):
        for each in found.values():
            problems.answer(village, each.id, "accepted")
    assert proposals(village) == []
    ended = one(village, Spell, Spell.id == spell.id)
    assert (ended.ended_on, ended.end_reason, ended.came_home) == (TODAY, "laid_off", True)
    assert one(village, Person, Person.id == spell.person_id).card_bank == "宁夏银行"
    assert one(village, Household, Household.id == home).group_name == "九组"
    assert rows(village, Spell, id=gone.id) == []
    # Up again: the township holds what the village accepted, and nothing waits any more.
    sent.receive("town", sent.send("laptop", "again.xlsx"))
    assert proposals(town) == []
    assert one(town, Spell, Spell.id == spell.id).ended_on == TODAY


def test_what_changes_several_records_of_a_village_is_refused_with_what_to_do(sent: Machines) -> None:
    town = sent.desks["town"]
    member = one(town, Membership, Membership.relation != "head", Membership.until.is_(None))
    other = one(town, Household, Household.id != member.household_id)
    before = content(town)
    acts: list[Callable[[], Changed]] = [
        lambda: households.move(town, member.person_id, other.id, "son", TODAY),
        lambda: households.change_head(town, member.household_id, member.person_id, TODAY),
        lambda: people.leave(town, member.person_id, TODAY, "moved_out"),
    ]
    with sent.at("town"):
        for act in acts:
            with pytest.raises(ExpectedError) as refused:
                act()
            assert (refused.value.code, refused.value.values["village"]) == ("owner.village", "和顺新村")
            assert "和顺新村" in error_text(refused.value)
    assert content(town) == before


def test_what_a_sheet_says_otherwise_of_a_villages_job_is_proposed(sent: Machines) -> None:
    """What an import would change in a village's job is put to the village."""
    town, village = sent.desks["town"], sent.desks["laptop"]
    spell = one(town, Spell, Spell.wage.is_not(None))
    with sent.at("town"):
        with town.ledger.reader() as connection:
            prepared = imports.prepare(connection, [sample.bundled()[1]], TOWN, town.today())
        told = replace(prepared, writes=Writes({}, {"spell": {spell.id: {"wage": 876500}}}))
        assert imports.commit(town, told).proposed == 1
    assert one(town, Spell, Spell.id == spell.id).wage == spell.wage
    (todo,) = proposals(town)
    assert "8,765" in todo.what
    down(sent, "down.xlsx")
    with sent.at("laptop"):
        problems.answer(village, todo.id, "accepted")
    assert one(village, Spell, Spell.id == spell.id).wage == 876500
