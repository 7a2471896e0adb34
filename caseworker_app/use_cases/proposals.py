"""Values that a level above proposes: accepted, which writes them, or declined with a reason."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from caseworker_app.domain import divisions, identity
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import field_text, table_text, value_text
from caseworker_app.read_models.todos import ProposalLine
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _
from db import journal
from db.queries import owners
from db.queries import problems as queries
from db.states import VOIDED
from db.tables import RECORDS, Holding, Proposal
from db.unit_of_work import UnitOfWork

Reply = Callable[[Desk, UnitOfWork, str, str, str, str], None]
_HIDDEN = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}


def shown(table: str, field: str, value: Any) -> str:  # noqa: ANN401 - values of any field
    """Return a value in words, numbers masked."""
    if field == VOIDED:
        return _("taken out") if value else _("stands")
    if value in (None, ""):
        return _("empty")
    words = value_text(table, field, value)
    return _HIDDEN[field](words) if field in _HIDDEN else words


def name(table: str, field: str) -> str:
    """Return what is proposed about in a few words."""
    return table_text(table) if field == VOIDED else field_text(table, field)


def text(line: ProposalLine) -> str:
    """Return a proposal in words, beside the value that stands."""
    return _("{field}: {present} here, {value} is proposed").format(
        field=name(line.table, line.field),
        present=shown(line.table, line.field, line.present),
        value=shown(line.table, line.field, line.value),
    )


def together(lines: Sequence[ProposalLine]) -> list[list[ProposalLine]]:
    """Return proposals as they are answered: those about one record of a person, told on one day by one officer, at once.

    The end of a job is three of its fields; each field of a person or household is a proposal by itself.
    """
    found: dict[tuple[object, ...], list[ProposalLine]] = {}
    for each in lines:
        own = (each.id,) if each.table in ("person", "household") else (each.record, each.on, each.officer)
        found.setdefault(own, []).append(each)
    return list(found.values())


def _not_owner(line: ProposalLine) -> ExpectedError:
    found = divisions.find(line.village_code)
    return ExpectedError("proposal.not_owner", village=found.name if found else line.village_code)


def answer(desk: Desk, about: str, outcome: str, reason: str, reply: Reply) -> Changed:
    """Accept or decline a proposal; accepting writes the value in the same change set.

    Raises ExpectedError `todo.gone`, `todo.reason_missing`, and `proposal.not_owner` for what a village answers.
    """
    accepted = outcome == "accepted"
    with desk.units("proposal.accept" if accepted else "proposal.decline") as unit:
        own = next(iter(queries.proposals(unit.connection, record=about)), None)
        if own is None:
            raise ExpectedError("todo.gone")
        if owners.elsewhere(unit.connection, desk.scope, [own.record]):
            raise _not_owner(own)
        waiting = queries.proposals(unit.connection, village=own.village_code, waiting=True)
        several = next((each for each in together(waiting) if about in {line.id for line in each}), [own])
        for line in several:
            reply(desk, unit, line.id, line.village_code, outcome, reason)
            table = RECORDS[line.table]
            if accepted and line.field == VOIDED:
                unit.void(table, line.record)
            elif accepted:
                unit.update(table, line.record, **{line.field: journal.typed(table, line.field, line.value)})
        unit.name(own.name or own.household_no)
        return unit.commit()


def withdraw(desk: Desk, about: str) -> Changed:
    """Take back what was proposed here and waits for an answer; ExpectedError `todo.gone`, `proposal.not_owner`."""
    with desk.units("proposal.withdraw") as unit:
        waiting = together(queries.proposals(unit.connection, waiting=True))
        several = next((each for each in waiting if about in {line.id for line in each}), None)
        if several is None:
            raise ExpectedError("todo.gone")
        ids = [line.id for line in several]
        if unit.connection.execute(select(Holding.record).where(Holding.record.in_(ids))).first():
            raise _not_owner(several[0])  # It came down from the level above.
        for line in several:
            unit.void(Proposal, line.id)
        unit.name(several[0].name or several[0].household_no)
        return unit.commit()
