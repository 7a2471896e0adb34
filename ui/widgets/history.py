"""The history of a page: when, who, which step, what it changed."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from caseworker_app.domain.clock import local
from caseworker_app.error_words import action_text, table_text
from caseworker_app.read_models.people import HistoryLine
from caseworker_app.wording import _
from ui.widgets.lines import lines
from ui.widgets.values import field_words, value_words

_SHOWN = 200


def _words(line: HistoryLine) -> str:
    if line.change != "update":
        change = {"insert": _("recorded"), "void": _("taken back"), "revive": _("brought back")}[line.change]
        return f"{table_text(line.table)} · {change}"
    before, after = (value_words(line.table, line.field, each) for each in (line.before, line.after))
    return f"{field_words(line.table, line.field)}: {before} → {after}"


def _step(action: str) -> str:
    """Return what a step was; of an undo the journal's lines do not tell what it took back."""
    return {"undo": _("Undo"), "redo": _("Redo")}.get(action) or action_text(action, {})


def history_lines(history: Sequence[HistoryLine]) -> QWidget:
    """Return the changes, newest first, numbers masked."""
    shown = [
        (
            local(datetime.fromisoformat(line.made_at)).isoformat(" ", "minutes"),
            line.officer,
            _step(line.action),
            _words(line),
        )
        for line in history[:_SHOWN]
    ]
    return lines(
        [_("When"), _("Officer"), _("Step"), _("What changed")], shown, _("Nothing has been changed yet."), 3
    )
