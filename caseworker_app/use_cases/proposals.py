"""Values that a level above proposes: accepted, which writes them, or declined with a reason."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from caseworker_app.domain import divisions, identity
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import attribute_text, column_text, field_text, table_text, value_text
from caseworker_app.policy.vocabulary import FACTS
from caseworker_app.read_models.todos import DATED, NEW, ProposalLine
from caseworker_app.use_cases import accepting
from caseworker_app.use_cases.cells import FIELDS
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.propose import whose
from caseworker_app.wording import _, joined, labels
from db import journal
from db.queries import owners
from db.queries import problems as queries
from db.states import VOIDED
from db.tables import RECORDS, Holding, Household, Person, Proposal
from db.unit_of_work import UnitOfWork

Reply = Callable[[Desk, UnitOfWork, str, str, str, str], None]
_HIDDEN = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}


_UNSAID = frozenset(
    {"person_id", "household_id", "spell_id", "place_code", "officer", "attribute", "came_home"}
)
"""Columns of a new record that say nothing of their own, or stand beside it."""


def _words(table: str, field: str, value: Any, attribute: str = "") -> str:  # noqa: ANN401 - values of any field
    """Return a value in words, numbers masked."""
    if field == VOIDED:
        return _("taken out") if value else _("stands")
    if value in (None, "", []):
        return _("empty")
    if attribute:
        return _fact_words(attribute, str(value))
    words = value_text(table, field, value)
    return _HIDDEN[field](words) if field in _HIDDEN else words


def _fact_words(attribute: str, value: str) -> str:
    """Return the value of a dated fact in words; of one that only a pack asks for as it is kept."""
    listed = next((each.code_list for each in FIELDS.values() if each.attribute == attribute), "")
    if not listed and (fact := FACTS.get(f"person.{attribute}")):
        listed = fact.codes
    if value in ("yes", "no"):
        listed = "yes_no"
    return labels(listed, value.split(",")) if listed else value


def _all_words(line: ProposalLine) -> str:
    """Return what a new record says, field by field."""
    parts = []
    for column in RECORDS[line.table].__table__.columns:
        field, value = column.name, line.value.get(column.name)
        if field in _UNSAID or value in (None, "", []):
            continue
        words = line.names.get(value, "") if field.endswith("_id") else _words(line.table, field, value)
        if words:
            parts.append(f"{column_text(f'{line.table}.{field}')} {words}")
    if line.table == "person":
        for table, field in (("membership", "relation"), ("membership", "since")):
            if value := line.value.get(field):
                parts.append(f"{column_text(f'{table}.{field}')} {value_text(table, field, value)}")
        parts += [
            f"{attribute_text(attribute)} {_fact_words(attribute, line.value[attribute])}"
            for attribute in ("labour_skill", "schooling")
            if line.value.get(attribute)
        ]
    return joined(parts)


def _saying(line: ProposalLine, said: Mapping[str, Any]) -> str:
    """Return what stands, or would stand, of what a new dated record is about."""
    parts = []
    for field in DATED[line.table]:
        value = said.get(field)
        if field == "household_id" and value:
            parts.append(line.names.get(value, _("another household")))
        elif value not in (None, ""):
            parts.append(_words(line.table, field, value, line.attribute))
    return joined(parts) or _("empty")


def present(line: ProposalLine) -> str:
    """Return what stands in words; of a new record that takes no other's place nothing."""
    if line.field != NEW:
        return _words(line.table, line.field, line.present, _attribute(line))
    return _saying(line, {DATED[line.table][0]: line.present}) if line.table in DATED else ""


def proposed(line: ProposalLine) -> str:
    """Return what is proposed in words."""
    if line.field != NEW:
        return _words(line.table, line.field, line.value, _attribute(line))
    return _saying(line, line.value) if line.table in DATED else _all_words(line)


def _attribute(line: ProposalLine) -> str:
    return line.attribute if line.field == "value" else ""


def name(line: ProposalLine) -> str:
    """Return what is proposed about in a few words."""
    if line.attribute and line.field in (NEW, VOIDED, "value"):
        return attribute_text(line.attribute)
    return table_text(line.table) if line.field in (NEW, VOIDED) else field_text(line.table, line.field)


def text(line: ProposalLine) -> str:
    """Return a proposal in words, beside the value that stands."""
    if line.field == NEW and line.table not in DATED:
        return _("{record} is proposed as new: {said}").format(record=name(line), said=proposed(line))
    since = line.value.get("since") if line.field == NEW else None
    words = (
        _("{field}: {present} here, {value} is proposed from {day} on")
        if since
        else _("{field}: {present} here, {value} is proposed")
    )
    return words.format(field=name(line), present=present(line), value=proposed(line), day=since)


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
    return ExpectedError("proposal.not_owner", village=divisions.called(line.village_code))


def about(line: ProposalLine) -> list[str]:
    """Return the records whose owner answers: what is changed, or of what there would be a new record."""
    return whose(line.value) if line.field == NEW else [line.record]


def _show(unit: UnitOfWork, line: ProposalLine) -> None:
    """Let the pages of the person or household look anew."""
    for table, record in ((Person, line.person), (Household, line.household)):
        if record:
            unit.touch(table, [{"id": record}])


def answer(desk: Desk, proposal: str, outcome: str, reason: str, reply: Reply) -> Changed:
    """Accept or decline a proposal; accepting writes the value in the same change set.

    Raises ExpectedError `todo.gone`, `todo.reason_missing`, `proposal.not_owner` for what a village answers, and
    what `accepting.write` does for a new record.
    """
    accepted = outcome == "accepted"
    with desk.units("proposal.accept" if accepted else "proposal.decline") as unit:
        own = next(iter(queries.proposals(unit.connection, record=proposal)), None)
        if own is None:
            raise ExpectedError("todo.gone")
        if owners.elsewhere(unit.connection, desk.scope, about(own)):
            raise _not_owner(own)
        waiting = queries.proposals(unit.connection, village=own.village_code, waiting=True)
        several = next((each for each in together(waiting) if proposal in {line.id for line in each}), [own])
        for line in several:
            reply(desk, unit, line.id, line.village_code, outcome, reason)
            table = RECORDS[line.table]
            _show(unit, line)
            if accepted and line.field == NEW:
                accepting.write(unit, line, desk.today())
            elif accepted and line.field == VOIDED:
                unit.void(table, line.record)
            elif accepted:
                unit.update(table, line.record, **{line.field: journal.typed(table, line.field, line.value)})
        unit.name(own.name or own.household_no)
        return unit.commit()


def withdraw(desk: Desk, proposal: str) -> Changed:
    """Take back what was proposed here and waits for an answer; ExpectedError `todo.gone`, `proposal.not_owner`."""
    with desk.units("proposal.withdraw") as unit:
        waiting = together(queries.proposals(unit.connection, waiting=True))
        several = next((each for each in waiting if proposal in {line.id for line in each}), None)
        if several is None:
            raise ExpectedError("todo.gone")
        ids = [line.id for line in several]
        if unit.connection.execute(select(Holding.record).where(Holding.record.in_(ids))).first():
            raise _not_owner(several[0])  # It came down from the level above.
        for line in several:
            unit.void(Proposal, line.id)
            _show(unit, line)
        unit.name(several[0].name or several[0].household_no)
        return unit.commit()
