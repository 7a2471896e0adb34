"""The journal: every step, who made it and when, what it changed, and taking it back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from caseworker_app.domain import divisions
from caseworker_app.domain.clock import local
from caseworker_app.error_words import action_text, actions, table_text
from caseworker_app.read_models.journal import ChangeSetLine
from caseworker_app.read_models.people import HistoryLine
from caseworker_app.use_cases import undo
from caseworker_app.wording import _, _n
from db import journal
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.theme import style
from ui.widgets.basics import Card, EmptyState, button, clear, column, row, text
from ui.widgets.filter_line import FilterLine
from ui.widgets.lines import scrolled
from ui.widgets.table import DataTable, paint_word
from ui.widgets.values import field_words, value_words
from ui.words import N_

_DETAIL_WIDTH = 420
_SHOWN = 120
_NEEDED_SHOWN = 8
_SILENT = frozenset({"answer", "definition", "device", "digest", "previous", "public_key", "vector"})
_SILENT_KINDS = ("upload", "received")
"""Values that say nothing to a person."""


def _when(instant: datetime) -> str:
    return local(instant).isoformat(" ", "minutes")


def _step(line: ChangeSetLine) -> str:
    return action_text(line.action, line.values)


def _state(line: ChangeSetLine) -> str:
    return _("undone") if line.undone_by else _("in effect")


def _paint_state(painter: QPainter, area: QRectF, line: ChangeSetLine) -> None:
    paint_word(painter, area, _state(line), "quiet" if line.undone_by else "good")


COLUMNS = (
    Column(N_("When"), 140, lambda line: _when(line.made_at), paint="muted"),
    Column(N_("Step"), 270, _step),
    Column(N_("State"), 90, _state, paint="state", tip=_state),
    Column(N_("Officer"), 90, lambda line: line.officer),
)


class JournalScreen(QWidget):
    """All steps at the left, the one chosen at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._step = ""
        self._summary = text("", "muted")
        head = QWidget()
        head.setObjectName("pagehead")
        back = button(_("Back"), context.navigator.back, link=True, icon="back", tip="Esc")
        head.setLayout(
            row(back, text(_("Journal"), "page"), self._summary, None, margins=(16, 10, 16, 10), space=12)
        )
        self.officer = QComboBox()
        self.officer.setAccessibleName(_("Officer"))
        self.officer.addItem(_("All officers"), "")
        self.officer.activated.connect(lambda _index: self.reload())
        self.filter = FilterLine(_("Filter: step or name"))
        self.filter.rested.connect(self.reload)
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.officer, self.filter, None, margins=(16, 4, 16, 6)))
        self.model = WindowedTableModel(COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("Journal"), {"state": _paint_state})
        self._empty = EmptyState("undo", _("Nothing has been done in this ledger yet."))
        self.table.set_empty(self._empty)
        self.table.picked.connect(self._pick)
        inside = QWidget()
        inside.setObjectName("surface")
        self._place = QVBoxLayout(inside)
        self._place.setContentsMargins(16, 12, 16, 12)
        self._place.setSpacing(10)
        detail = scrolled(inside, _("Details of the step"))
        detail.setObjectName("side")
        detail.setFixedWidth(style.px(_DETAIL_WIDTH))
        detail.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayout(column(head, strip, row(self.table, detail, space=0), space=0))
        context.runner.changed.connect(self._changed)

    def open(self, **_arguments: Any) -> None:  # noqa: ANN401 - none are needed
        """Show the journal as it is now."""
        self.reload()
        self.table.setFocus()

    def status(self) -> str:
        """Return how many steps are shown."""
        count = len(self.model.ids())
        return _n("{count} step", "{count} steps", count).format(count=count)

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.take()

    def _changed(self, _changed: Any) -> None:  # noqa: ANN401 - a Changed
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Fetch the ids of the steps that match."""
        officer, typed = str(self.officer.currentData() or ""), self.filter.typed()
        meant = [code for code, words in actions().items() if typed and typed.casefold() in words.casefold()]

        def found(connection: Any) -> Any:  # noqa: ANN401 - a connection, known below the window
            return journal.step_ids(connection, officer, typed, meant), journal.officers(connection)

        self._context.query(found, then=self._show, latest="journal")

    def _show(self, found: tuple[list[str], list[str]]) -> None:
        ids, officers = found
        for name in officers:
            if self.officer.findData(name) < 0:
                self.officer.addItem(name, name)
        if self.filter.text():
            self._empty.say(_("No step matches."))
        chosen = self._step
        self.model.set_ids(ids)
        self._summary.setText(self.status())
        if not (chosen and self.table.select_id(chosen)) and ids:
            self.table.select_id(ids[0])
        if not ids:
            clear(self._place)
        self._context.refresh_status()
        if self._step == chosen:
            self._read()

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        self._context.query(journal.steps, ids, then=arrived)

    def _pick(self, ids: list[str]) -> None:
        if ids and ids[0] != self._step:
            self._step = ids[0]
            self._read()

    def _read(self) -> None:
        step = self._step
        if not step:
            return

        def found(connection: Any) -> Any:  # noqa: ANN401
            line = journal.line(connection, step)
            takes_back = line is not None and not line.undone_by and line.action not in journal.STANDING
            needed = journal.dependents(connection, step) if takes_back else []
            return line, takes_back, needed, journal.details(connection, step)

        def shown(result: Any) -> None:  # noqa: ANN401
            if step == self._step and result[0] is not None:
                self._show_step(*result)

        self._context.query(found, then=shown, latest="journal.step")

    def _show_step(
        self,
        line: ChangeSetLine,
        takes_back: bool,
        needed: list[ChangeSetLine],
        details: list[HistoryLine],
    ) -> None:
        clear(self._place)
        self._place.addWidget(text(_step(line), "section", wrap=True, select=True))
        said = _("Step {number}, {when}, {officer}: {state}").format(
            number=line.position, when=_when(line.made_at), officer=line.officer, state=_state(line)
        )
        self._place.addWidget(text(said, "muted", wrap=True))
        if takes_back and not needed:
            self._place.addLayout(row(button(_("Undo this step"), self._undo, icon="undo"), None))
        elif takes_back:
            self._place.addWidget(self._needed(needed))
        elif not line.undone_by:
            self._place.addWidget(
                text(
                    _("What this step did stands outside the ledger too; it is not undone."),
                    "muted",
                    wrap=True,
                )
            )
        self._place.addWidget(text(_("What it changed"), "section"))
        if not details:
            self._place.addWidget(text(_("Nothing that can be shown here."), "muted"))
        for words in _details(details):
            self._place.addWidget(text(words, wrap=True, select=True))
        self._place.addStretch(1)

    def _needed(self, needed: list[ChangeSetLine]) -> QWidget:
        """Return the later steps that stand on this one, and the button that takes all of them back."""
        words = [
            text(_("Later steps stand on this one. They are undone before it, the newest first:"), wrap=True)
        ]
        words += [
            text(f"{_when(each.made_at)}  {_step(each)}", "muted", wrap=True)
            for each in needed[:_NEEDED_SHOWN]
        ]
        if (more := len(needed) - _NEEDED_SHOWN) > 0:
            words.append(text(_n("and {count} more step", "and {count} more steps", more).format(count=more)))
        title = _n("Undo it with this step", "Undo it with these {count} steps", len(needed))
        act = button(title.format(count=len(needed)), self._undo_all, icon="undo")
        return Card(*words, row(act, None))

    def _undo(self) -> None:
        step = self._step

        def done(result: Any) -> None:  # noqa: ANN401 - Changed and its line
            self._context.messages.done(_("Undone: {step}").format(step=_step(result[1])))

        self._context.runner.write(lambda _progress: undo.undo(self._context.desk, step), done)

    def _undo_all(self) -> None:
        step = self._step

        def done(result: Any) -> None:  # noqa: ANN401 - Changed and the lines
            lines = result[1]
            words = _n(
                "Undone: {step} and {count} later step",
                "Undone: {step} and {count} later steps",
                len(lines) - 1,
            )
            self._context.messages.done(words.format(step=_step(lines[-1]), count=len(lines) - 1))

        self._context.runner.write(
            lambda _progress: undo.undo_with_dependents(self._context.desk, step), done
        )


def _silent(line: HistoryLine) -> bool:
    kind = line.field == "kind" and line.table in _SILENT_KINDS
    return kind or line.field.endswith("_id") or line.field in _SILENT


def _new_value(line: HistoryLine) -> str:
    """Return a value of a new record in words."""
    if (line.table, line.field) == ("setting", "key"):
        return _setting(str(line.after))
    if line.table == "setting" and isinstance(line.after, dict | list):
        return ""
    if line.table == "setting" and divisions.find(str(line.after)):
        return divisions.full_name(str(line.after))
    return value_words(line.table, line.field, line.after)


def _setting(key: str) -> str:
    """Return what a setting is called."""
    names = {
        "scope": _("Place"),
        "officer": _("Officer"),
        "pack": _("Policies"),
        "zeroing_limit": _("Days until somebody waiting counts as late"),
        "contact_limit": _("Days without contact until it is overdue"),
        "older_from": _("Age from which a worker counts as older"),
        "reporting_day": _("Reporting day of the month"),
        "figures_day": _("Day the figures stand for"),
        "template": _("Template"),
    }
    return names.get(key) or names.get(key.partition(".")[0], key)


def _details(details: Sequence[HistoryLine]) -> list[str]:
    """Return what a step changed, a line for a field; of a new record one line with all of them."""
    changes = {"insert": _("recorded"), "void": _("taken back"), "revive": _("brought back")}
    words: list[str] = []
    fresh: dict[str, int] = {}
    for line in details:
        if line.change == "insert" and not line.field:
            fresh[line.record] = len(words)
            words.append(f"{table_text(line.table)} · {changes['insert']}")
        elif line.change == "insert":
            if not _silent(line):
                words[fresh[line.record]] += f"  {_new_value(line)}".rstrip()
        elif line.change != "update":
            words.append(f"{table_text(line.table)} · {changes[line.change]}")
        else:
            before, after = (value_words(line.table, line.field, each) for each in (line.before, line.after))
            words.append(f"{field_words(line.table, line.field)}: {before} → {after}")
    return words[:_SHOWN]
