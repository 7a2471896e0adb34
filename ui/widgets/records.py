"""Records of one kind below each other; the fields of the chosen one are changed where they stand."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from caseworker_app.use_cases import void
from caseworker_app.wording import _
from ui.context import Context
from ui.widgets.basics import Card, Field, button, clear, column, row, text
from ui.widgets.fact_field import Facts, facts_of
from ui.widgets.facts import FactForm
from ui.widgets.lines import Ruled, fill


class VoidForm(FactForm):
    """Take a wrong record out of the ledger, with the reason."""

    def __init__(self, context: Context, kind: str, record: str, what: str) -> None:
        super().__init__(context, _("Void · {what}").format(what=what))
        self._kind, self._record = kind, record
        self._save.setText(_("Void"))
        self._save.setAccessibleName(_("Void"))
        self.reason = QLineEdit()
        self.build(
            Field(
                _("What is wrong with it"),
                self.reason,
                _("It stays in the history, and undo brings it back."),
            )
        )
        self.setFocusProxy(self.reason)

    def save(self) -> None:
        """Void the record."""
        self.run(
            partial(void.void, self.context.desk, self._kind, self._record, self.reason.text()), _("Voided")
        )


class Records(QWidget):
    """A small table of records, below it the fields of the current one.

    `kind` is the table of the ledger, `lines` makes the texts of a row; `keys` are the fields.
    """

    def __init__(
        self,
        context: Context,
        kind: str,
        title: str,
        heads: Sequence[str],
        keys: Sequence[str],
        empty: str,
        *,
        stretch: int,
        lines: Callable[[Any], Sequence[str]],
    ) -> None:
        super().__init__()
        self._context = context
        self._kind, self._keys = kind, keys
        self._heads, self._empty, self._stretch, self._lines = heads, empty, stretch, lines
        self._records: Sequence[Any] = ()
        self._current = ""
        self._table: Ruled | None = None
        self._top = QVBoxLayout()
        self._below = QVBoxLayout()
        self.facts = Facts(context, "", keys, columns=3)
        self._void = button(_("Void this record"), self._ask, link=True)
        self.facts.box().addLayout(row(None, self._void))
        self.setLayout(
            column(text(title, "section") if title else None, self._top, self.facts, self._below, space=6)
            if title
            else column(self._top, self.facts, self._below, space=6)
        )

    def show_records(self, records: Sequence[Any]) -> None:
        """Show these records; the one that was current stays so."""
        focused = self._table is not None and self._table.hasFocus()
        self._records = records
        clear(self._top)
        self._table = None
        self.facts.setVisible(bool(records))
        if not records:
            self._current = ""
            self._top.addWidget(Card(text(self._empty, "muted")))
            return
        self._table = Ruled(self._heads, choosing=True)
        fill(self._table, [self._lines(record) for record in records], self._stretch)
        self._top.addWidget(Card(self._table))
        ids = [record.id for record in records]
        number = ids.index(self._current) if self._current in ids else 0
        self._table.go(number)
        self._table.went.connect(self._went)
        self._went(number)
        if focused:
            self._table.setFocus()

    def choose(self, record: str) -> None:
        """Make a record current."""
        ids = [each.id for each in self._records]
        if self._table is not None and record in ids:
            self._table.go(ids.index(record))
            self._table.setFocus()

    def edit(self, record: str, key: str) -> None:
        """Open the editor of a field of a record."""
        self.choose(record)
        if key in self.facts.fields:
            self.facts.fields[key].edit()

    def _went(self, number: int) -> None:
        record = self._records[number]
        if record.id != self._current:
            self.facts.leave()
            clear(self._below)
        self._current = record.id
        self.facts.show_facts(facts_of(self._keys, record.id, asdict(record)))

    def _ask(self) -> None:
        clear(self._below)
        record = next(each for each in self._records if each.id == self._current)
        what = " · ".join(part for part in self._lines(record)[:3] if part)
        form = VoidForm(self._context, self._kind, record.id, what)
        form.finished.connect(lambda: clear(self._below))
        self._below.addWidget(form)
        form.setFocus()
