"""An empty sheet for jobs, services, wishes, telephones and cards: typed or pasted, checked at the cell, entered at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from caseworker_app.read_models.cells import Applied, Edit, NewRow, Problem
from caseworker_app.use_cases import cells, entries
from caseworker_app.wording import _, _n
from ui.context import Context
from ui.models.windowed import Column, Mark, WindowedTableModel
from ui.widgets.basics import TabStrip, button, column, row, text
from ui.widgets.fact_field import MASKS
from ui.widgets.grid import FindBar, ProblemBar
from ui.widgets.table import DataTable
from ui.words import N_

KINDS = (
    ("spell", N_("Jobs")),
    ("service", N_("Services")),
    ("intention", N_("Intentions")),
    ("contact", N_("Telephones and cards")),
)
_CHECK_MS = 200
_BLANK_ROWS = 40
_WIDTHS = {
    "identity": 160,
    "place": 200,
    "card": 170,
    "day": 100,
    "last_day": 100,
    "money": 90,
    "digits": 120,
    "phone": 120,
}
_WIDE = {"spell.employer": 180, "service.vacancy": 200, "service.note": 200, "person.card_bank": 150}


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row of the sheet as it was typed."""

    id: str
    values: dict[str, str]


def _column(name: str) -> Column:
    typed = cells.field(name)
    mask = MASKS.get(typed.kind)

    def raw(draft: DraftRow) -> str:
        return draft.values.get(name, "")

    return Column(
        typed.title,
        _WIDE.get(name) or _WIDTHS.get(typed.kind, 90),
        (lambda draft: mask(raw(draft))) if mask else raw,
        right=typed.kind == "money",
        field=name,
        edit=raw,
        mask=mask,
    )


class SheetTable(DataTable):
    """The grid of a sheet: it grows, and puts what was copied with its headers under the right ones.

    Signals: rows_wanted(int) when so many rows are needed.
    """

    rows_wanted = Signal(int)

    def __init__(self, model: WindowedTableModel, name: str, kind: str) -> None:
        super().__init__(model, name, opens=False)
        self._kind = kind

    def arrange(self, rows: list[list[str]], first: int) -> tuple[list[list[str]], int]:
        """Put rows that were copied with a header row into the order of the sheet."""
        found = entries.by_header(self._kind, rows[0])
        if not found or len(rows) < 2:
            return rows, first
        ordered = [
            [index for index, each in found.items() if each == name] for name in entries.KINDS[self._kind]
        ]
        texts = [
            ["".join(line[index] for index in places if index < len(line)) for places in ordered]
            for line in rows[1:]
        ]
        return texts, self.cells.shown_columns()[0]

    def make_room(self, rows: int) -> None:
        """Ask for so many rows."""
        self.rows_wanted.emit(rows)


class Sheet(QWidget):
    """The sheet of one kind of rows. Signals: counted() when more or fewer of its rows can be entered."""

    counted = Signal()

    def __init__(self, context: Context, kind: str, title: str) -> None:
        super().__init__()
        self._context = context
        self.setAccessibleName(title)
        self._kind = kind
        self._drafts: dict[str, DraftRow] = {}
        self._made = 0
        self._question = 0
        self.faulty = 0
        self.model = WindowedTableModel([_column(name) for name in entries.KINDS[kind]], self._fetch, self)
        self.table = SheetTable(self.model, title, kind)
        self.table.freeze(2)
        self.table.rows_wanted.connect(self._grow)
        self.table.cells.typed.connect(self._typed)
        self._problems = ProblemBar(self.table)
        self._problems.discards.hide()
        self.setLayout(column(self._problems, FindBar(self.table), self.table, space=0))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK_MS)
        self._timer.timeout.connect(self._check)
        self._grow(_BLANK_ROWS)
        self.table.setCurrentIndex(self.model.index(0, 0))

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._drafts[each] for each in ids])

    def _grow(self, rows: int) -> None:
        """Have so many rows and some blank ones below."""
        ids = list(self.model.ids())
        if rows + _BLANK_ROWS // 2 <= len(ids):
            return
        while len(ids) < rows + _BLANK_ROWS:
            self._made += 1
            ids.append(str(self._made))
            self._drafts[ids[-1]] = DraftRow(ids[-1], {})
        here = self.table.currentIndex()
        self.model.set_ids(ids)
        if here.isValid():
            self.table.setCurrentIndex(self.model.index(here.row(), here.column()))

    def filled(self) -> list[DraftRow]:
        """Return the rows in which something was typed, from the top."""
        return [draft for each in self.model.ids() if any((draft := self._drafts[each]).values.values())]

    def begun(self) -> bool:
        """Whether something was typed that is not entered."""
        return bool(self.filled())

    def _typed(self, edits: list[Edit], _action: str) -> None:
        for edit in edits:
            values = {**self._drafts[edit.row].values, edit.field: edit.text.strip()}
            self._drafts[edit.row] = DraftRow(edit.row, values)
        self.model.refresh(frozenset(edit.row for edit in edits))
        self._grow(max(self.model.position(edit.row) for edit in edits) + 1)
        self._timer.start()
        self.counted.emit()

    # -- checking and entering -----------------------------------------------------------------

    def _check(self) -> None:
        self._question += 1
        drafts, question = self.filled(), self._question

        def checked(problems: list[Problem]) -> None:
            if question == self._question:
                self._show(drafts, problems)

        self._context.query(entries.check, self._context.desk, self._kind, _new(drafts), then=checked)

    def _show(self, drafts: Sequence[DraftRow], problems: Sequence[Problem], landed: int = 0) -> None:
        """Mark the cells that have a problem."""
        self.model.clear_marks()
        named = ((drafts[problem.index], problem) for problem in problems)
        self.model.mark(
            (draft.id, problem.field, Mark(draft.values.get(problem.field, ""), problem.message))
            for draft, problem in named
        )
        self.faulty = len({problem.index for problem in problems})
        self._problems.say(landed)
        self.counted.emit()

    def enter(self) -> None:
        """Enter the rows that are sound; the others stay with their marks."""
        self._timer.stop()
        self._question += 1
        drafts, desk, kind = self.filled(), self._context.desk, self._kind

        def job(_progress: object) -> tuple[Any, Applied]:
            entered = entries.enter(desk, kind, _new(drafts))
            return entered.changed, entered

        self._context.runner.write(job, partial(self._entered, drafts))

    def _entered(self, drafts: Sequence[DraftRow], result: tuple[Any, Applied]) -> None:
        entered = result[1]
        faulty = {problem.index for problem in entered.problems}
        landed = {draft.id for index, draft in enumerate(drafts) if index not in faulty}
        self.model.set_ids([each for each in self.model.ids() if each not in landed])
        self._grow(len(faulty))
        self._show(drafts, entered.problems, entered.landed)
        self.table.setCurrentIndex(self.model.index(0, 0))
        self.table.cells.next_problem()
        self.table.setFocus()
        if entered.landed:
            words = _n("{count} row entered", "{count} rows entered", entered.landed)
            self._context.messages.done(words.format(count=entered.landed), self._context.undo)


def _new(drafts: Sequence[DraftRow]) -> list[NewRow]:
    return [NewRow(draft.values) for draft in drafts]


class EntryScreen(QWidget):
    """The sheets, one a kind of rows."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._enter = button(_("Enter rows"), lambda: self.sheet().enter(), primary=True)
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(
            row(
                button(_("Back"), context.navigator.back, link=True, icon="back", tip="Esc"),
                text(_("Enter rows"), "page"),
                text(
                    _("Type, or copy in Excel or WPS and paste with Ctrl+V; a header row is recognised."),
                    "muted",
                ),
                None,
                self._enter,
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        self.tabs = TabStrip([(kind, _(title)) for kind, title in KINDS], _("Kinds of rows"))
        self.tabs.chosen.connect(self._choose)
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, None, margins=(16, 4, 16, 6)))
        self._stack = QStackedWidget()
        self._sheets = {kind: Sheet(context, kind, _(title)) for kind, title in KINDS}
        for sheet in self._sheets.values():
            self._stack.addWidget(sheet)
            sheet.counted.connect(self._count)
        self.setLayout(column(head, strip, self._stack, space=0))
        self._count()

    def sheet(self) -> Sheet:
        """Return the sheet that is shown."""
        return self._sheets[self.tabs.current()]

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `kind` may be given
        """Show the sheet of a kind of rows."""
        if "kind" in arguments:
            self.tabs.choose(arguments["kind"])
        self.sheet().table.setFocus()

    def _choose(self, kind: str) -> None:
        self._stack.setCurrentWidget(self._sheets[kind])
        self._sheets[kind].table.setFocus()
        self._count()

    def _count(self) -> None:
        sheet = self.sheet()
        sound = len(sheet.filled()) - sheet.faulty
        self._enter.setText(
            _n("Enter {count} row", "Enter {count} rows", sound).format(count=sound)
            if sound > 0
            else _("Enter rows")
        )
        self._enter.setAccessibleName(self._enter.text())
        self._enter.setEnabled(sound > 0)
        self._context.refresh_status()

    def status(self) -> str:
        """Return how many rows are filled and how many have a problem."""
        sheet = self.sheet()
        return _("{filled} rows filled · {faulty} with problems").format(
            filled=len(sheet.filled()), faulty=sheet.faulty
        )
