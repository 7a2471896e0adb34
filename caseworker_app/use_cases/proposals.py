"""Values that a level above proposes: accepted, which writes them, or declined with a reason."""

from collections.abc import Callable
from typing import Any

from caseworker_app.domain import identity
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import field_text, value_text
from caseworker_app.read_models.todos import ProposalLine
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _
from db import journal
from db.queries import problems as queries
from db.tables import RECORDS
from db.unit_of_work import UnitOfWork

Reply = Callable[[Desk, UnitOfWork, str, str, str, str], None]
_HIDDEN = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}


def shown(table: str, field: str, value: Any) -> str:  # noqa: ANN401 - values of any field
    """Return a value in words, numbers masked."""
    if value in (None, ""):
        return _("empty")
    words = value_text(table, field, value)
    return _HIDDEN[field](words) if field in _HIDDEN else words


def text(line: ProposalLine) -> str:
    """Return a proposal in words, beside the value that stands."""
    return _("{field}: {present} here, {value} is proposed").format(
        field=field_text(line.table, line.field),
        present=shown(line.table, line.field, line.present),
        value=shown(line.table, line.field, line.value),
    )


def answer(desk: Desk, about: str, outcome: str, reason: str, reply: Reply) -> Changed:
    """Accept or decline a proposal; accepting writes the value in the same change set.

    Raises ExpectedError `todo.gone` and `todo.reason_missing`.
    """
    accepted = outcome == "accepted"
    with desk.units("proposal.accept" if accepted else "proposal.decline") as unit:
        line = next(iter(queries.proposals(unit.connection, record=about)), None)
        if line is None:
            raise ExpectedError("todo.gone")
        reply(desk, unit, about, line.village_code, outcome, reason)
        if accepted:
            table = RECORDS[line.table]
            if line.field == "voided":
                unit.void(table, line.record)
            else:
                unit.update(table, line.record, **{line.field: journal.typed(table, line.field, line.value)})
        unit.name(line.name or line.household_no)
        return unit.commit()
