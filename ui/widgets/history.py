"""The history of a page: when, who, which step, what it changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer

from caseworker_app.domain.clock import local
from caseworker_app.error_words import action_text, table_text
from caseworker_app.read_models.people import HistoryLine
from caseworker_app.wording import _
from ui.models.windowed import Column, WindowedTableModel
from ui.theme import style
from ui.widgets.basics import EmptyState
from ui.widgets.table import DataTable
from ui.widgets.values import field_words, value_words
from ui.words import N_


def _words(line: HistoryLine) -> str:
    if line.change != "update":
        change = {"insert": _("recorded"), "void": _("taken back"), "revive": _("brought back")}[line.change]
        return f"{table_text(line.table)} · {change}"
    before, after = (value_words(line.table, line.field, each) for each in (line.before, line.after))
    return f"{field_words(line.table, line.field)}: {before} → {after}"


def _step(action: str) -> str:
    """Return what a step was; of an undo the journal's lines do not tell what it took back."""
    return {"undo": _("Undo"), "redo": _("Redo")}.get(action) or action_text(action, {})


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table."""

    id: str
    line: HistoryLine


COLUMNS = (
    Column(
        N_("When"),
        150,
        lambda row: local(datetime.fromisoformat(row.line.made_at)).isoformat(" ", "minutes"),
        paint="muted",
    ),
    Column(N_("Officer"), 110, lambda row: row.line.officer),
    Column(N_("Step"), 200, lambda row: _step(row.line.action)),
    Column(N_("What changed"), 420, lambda row: _words(row.line), tip=lambda row: _words(row.line)),
)


class HistoryTable(DataTable):
    """Every change to the fields of a page, newest first, numbers masked."""

    def __init__(self) -> None:
        self._history: Sequence[HistoryLine] = ()
        self._rows = WindowedTableModel(COLUMNS, self._fetch)
        super().__init__(self._rows, _("History"), opens=False)
        self._rows.setParent(self)
        self.setMinimumHeight(style.px(200))
        self.set_empty(EmptyState("undo", _("Nothing has been changed yet.")))

    def show_history(self, history: Sequence[HistoryLine]) -> None:
        """Show these changes."""
        if history != self._history or not self._rows.answered:
            self._history = history
            self._rows.set_ids([str(number) for number in range(len(history))])

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        found = [_Row(each, self._history[int(each)]) for each in ids]
        QTimer.singleShot(0, self, lambda: arrived(found))
