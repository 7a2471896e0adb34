"""The history of a page: when, who, which step, what it changed."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from caseworker_app.domain import identity
from caseworker_app.domain.clock import local
from caseworker_app.error_words import action_text, field_text, table_text
from caseworker_app.read_models.people import HistoryLine
from caseworker_app.wording import _
from ui.widgets.lines import lines

_SHOWN = 200
_HIDDEN = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}


def _value(field: str, value: object) -> str:
    if value is None or value == "":
        return "—"
    hide = _HIDDEN.get(field)
    return hide(str(value)) if hide else str(value)


def _words(line: HistoryLine) -> str:
    if line.change != "update":
        change = {"insert": _("recorded"), "void": _("taken back"), "revive": _("brought back")}[line.change]
        return f"{table_text(line.table)} · {change}"
    before, after = _value(line.field, line.before), _value(line.field, line.after)
    return f"{table_text(line.table)} · {field_text(line.table, line.field)}: {before} → {after}"


def history_lines(history: Sequence[HistoryLine]) -> QWidget:
    """Return the changes, newest first, numbers masked."""
    shown = [
        (
            local(datetime.fromisoformat(line.made_at)).isoformat(" ", "minutes"),
            line.officer,
            action_text(line.action, {}),
            _words(line),
        )
        for line in history[:_SHOWN]
    ]
    return lines(
        [_("When"), _("Officer"), _("Step"), _("What changed")], shown, _("Nothing has been changed yet."), 3
    )
