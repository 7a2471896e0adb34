"""What two devices wrote differently, decided by a person."""

from datetime import date
from typing import Any

from caseworker_app.domain import identity
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import field_text, table_text, value_text
from caseworker_app.read_models.received import ConflictLine
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean
from caseworker_app.wording import _
from db import merge
from db.queries import conflicts as queries

_MASKS = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}
CHOICES = ("ours", "theirs")


def title(line: ConflictLine) -> str:
    """Return what is to be decided in a few words."""
    if line.field == "voided":
        return _("{record}: taken out or not").format(record=table_text(line.table))
    return f"{table_text(line.table)} · {field_text(line.table, line.field)}"


def shown(line: ConflictLine, value: Any) -> str:  # noqa: ANN401 - a field's value
    """Return one of the values in words, numbers masked as far as they can still be told apart."""
    if line.field == "voided":
        return _("taken out") if value else _("stands")
    if value in (None, ""):
        return _("empty")
    words = value_text(line.table, line.field, value)
    if line.field not in _MASKS:
        return words
    others = [
        value_text(line.table, line.field, each) for each in (line.base, line.ours, line.theirs) if each
    ]
    return identity.masked_apart(_MASKS[line.field], words, others)


def signed(line: ConflictLine, side: str) -> str:
    """Return who wrote a side and when, as far as it is known."""
    who = line.written.get(side, {})
    return f"{who.get('officer', '')} {who.get('on', '')}".strip() or _("not known who")


def decide(desk: Desk, conflict: str, choice: str, reason: str = "", on: date | None = None) -> Changed:
    """Let what stands here stay or take the other's; neither comes back with the same workbooks.

    Raises ExpectedError `conflict.none` and `conflict.choice`.
    """
    if choice not in CHOICES:
        raise ExpectedError("conflict.choice", side=choice)
    with desk.units("conflict.decide") as unit:
        found = queries.conflicts(unit.connection, ids=[conflict])
        if not found or found[0].decided:
            raise ExpectedError("conflict.none", conflict=conflict)
        merge.decide(unit, conflict, choice, on or desk.today(), desk.officer, clean(reason))
        unit.name(found[0].name or found[0].household_no)
        return unit.commit()
