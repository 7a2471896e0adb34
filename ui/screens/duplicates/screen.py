"""People who may be in the ledger twice: the list, and two records side by side, merged field by field or told apart."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QRadioButton, QWidget

from caseworker_app.domain import divisions, identity
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text, table_text
from caseworker_app.read_models.duplicates import (
    DROP,
    KEEP,
    WITH_NUMBER,
    Comparison,
    Difference,
    Pair,
    Side,
    Sure,
)
from caseworker_app.use_cases import duplicates
from caseworker_app.wording import _, _n, label
from db.queries import duplicates as queries
from db.queries import twins as twin_queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.screens.duplicates.sure import SurePanel
from ui.theme import style
from ui.widgets.basics import Card, EmptyState, button, clear, column, row, text
from ui.widgets.lines import scrolled
from ui.widgets.table import DataTable
from ui.words import N_

_LIST_WIDTH, _LIST_MOST = 500, 600


def _why(pair: Pair) -> str:
    return "、".join(map(duplicates.reason_text, pair.reasons))


def _village(pair: Pair) -> str:
    """Return the village of the two; both where each has its own."""
    return " / ".join(
        dict.fromkeys(map(divisions.called, (pair.first.village_code, pair.second.village_code)))
    )


COLUMNS = (
    Column(N_("Name"), 90, lambda pair: pair.first.name),
    Column(N_("Perhaps the same as"), 100, lambda pair: pair.second.name),
    Column(N_("Why"), 200, _why, tip=_why),
    Column(N_("Village"), 100, _village, paint="muted", tip=_village),
)


class Choice(QWidget):
    """One line of the side by side: two values, and which of them stays."""

    def __init__(self, difference: Difference, changed: Callable[[], None]) -> None:
        super().__init__()
        self.difference = difference
        self.title = duplicates.difference_text(difference)
        said = {side: self._said(getattr(difference, side)) for side in (KEEP, DROP)}
        self.parts: dict[str, QWidget] = {}
        self.buttons: dict[str, QRadioButton] = {}
        self.result = text("", wrap=True)
        self._group = QButtonGroup(self)
        open_ = difference.differs and difference.taken != WITH_NUMBER
        for side, words in said.items():
            if not open_:
                self.parts[side] = text(words or "—", "" if words else "muted", wrap=True)
                continue
            made = QRadioButton(words or "—")
            made.setAccessibleName(f"{self.title} {words or '—'}")
            made.setChecked(difference.taken == side)
            made.toggled.connect(lambda _on: changed())
            self._group.addButton(made)
            self.parts[side] = self.buttons[side] = made

    def _said(self, value: object) -> str:
        return duplicates.side_text(self.difference, value)

    def chosen(self) -> str:
        """Return the side chosen; '' while nothing is."""
        if not self.buttons:
            return KEEP if not self.difference.differs else self.difference.taken
        return next((side for side, made in self.buttons.items() if made.isChecked()), "")

    def show_result(self, number: str) -> None:
        """Say what will stand there; `number` is the side whose identity number is taken."""
        side = self.chosen()
        side = number if side == WITH_NUMBER else side
        words = self._said(getattr(self.difference, side)) or "—" if side else _("Please choose")
        self.result.setText(words)
        self.result.setProperty("role", "" if side else "error")
        self.result.style().unpolish(self.result)
        self.result.style().polish(self.result)


class DuplicatesScreen(QWidget):
    """The pairs at the left, the two records of one at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._pairs: dict[str, Pair] = {}
        self._shown: Comparison | None = None
        self._choices: list[Choice] = []
        self._wanted = ""
        self._summary = text("", "muted")
        self._found = Sure((), ())
        self.sure_button = button(_("Merge what is surely the same …"), self.show_sure)
        self.sure_button.hide()
        self.merge_button = button(_("Merge"), self.merge, primary=True)
        self.dismiss_button = button(_("Not the same person"), self._ask_reason)
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(
            row(
                text(_("Possible duplicates"), "page"),
                self._summary,
                None,
                self.sure_button,
                self.dismiss_button,
                self.merge_button,
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        self.model = WindowedTableModel(COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("Possible duplicates"))
        self.table.setFixedWidth(min(style.px(_LIST_WIDTH), _LIST_MOST))
        self._empty = EmptyState("workers", _("Looking for people who are here twice …"))
        self.table.set_empty(self._empty)
        self.table.picked.connect(lambda _ids: self._picked())
        self.table.opened.connect(lambda _id: self._into())
        self._reason = QLineEdit()
        self._reason.setAccessibleName(_("How you know that they are two people"))
        self._reason.setPlaceholderText(_("How you know, for example: both were seen at home"))
        self._reason.returnPressed.connect(self.dismiss)
        self._bar = QWidget()
        self._bar.setLayout(
            row(
                self._reason,
                button(_("Confirm: two people"), self.dismiss),
                button(_("Cancel"), self._bar.hide),
                margins=(0, 0, 0, 0),
            )
        )
        self._bar.hide()
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        self._place = column(space=10)
        self.sure = SurePanel(context)
        self.sure.left.connect(self._leave_sure)
        self.sure.merged.connect(self._leave_sure)
        self.sure.hide()
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(
            column(self.sure, self._bar, self._wrong, self._place, None, space=10, margins=(16, 12, 16, 12))
        )
        below = QWidget()
        below.setLayout(row(self.table, scrolled(inside, _("Side by side")), space=0))
        self.setLayout(column(head, below, space=0))
        self._enable()
        context.runner.changed.connect(self._changed)

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `person` may name one of a pair
        """Show the list."""
        self._wanted = arguments.get("person", "")
        self.reload()
        self.table.setFocus()

    def status(self) -> str:
        """Return how many pairs there are."""
        return _n("{count} pair to look at", "{count} pairs to look at", len(self._pairs)).format(
            count=len(self._pairs)
        )

    def _changed(self, _changed: object) -> None:
        """Look again after a change while this is looked at."""
        if self.isVisible():
            self._shown = None
            self.reload()

    # -- the list ----------------------------------------------------------------------------

    def reload(self) -> None:
        """Look for the pairs."""
        today, scope = self._context.today, self._context.desk.scope

        def read(connection: Any) -> tuple[list[Pair], Sure]:  # noqa: ANN401 - a connection, known below the window
            return queries.pairs(connection, today), twin_queries.sure(connection, scope, today)

        self._context.query(read, then=self._show, latest="duplicates")

    def _show(self, told: tuple[list[Pair], Sure]) -> None:
        found, self._found = told
        self.sure_button.setVisible(bool(self._found.pairs))
        if not self.sure.isHidden():
            self.sure.show_found(self._found)
        position = self.table.currentIndex().row()
        selected = self.table.selected()
        self._pairs = {pair.id: pair for pair in found}
        self._empty.say(
            _("Nobody seems to be in the ledger twice. Who is entered or imported is looked at here.")
        )
        self.model.set_ids(list(self._pairs))
        self._summary.setText(self.status() if found else "")
        wanted = next(
            (pair.id for pair in found if self._wanted in (pair.first.id, pair.second.id)),
            selected[0] if selected else "",
        )
        if found and not (wanted and self.table.select_id(wanted)):
            self.table.select_id(found[min(max(position, 0), len(found) - 1)].id)
        self._compare()
        self._context.refresh_status()

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._pairs[each] for each in ids])

    def _pair(self) -> Pair | None:
        selected = self.table.selected()
        return self._pairs.get(selected[0]) if selected else None

    # -- all that is sure --------------------------------------------------------------------

    def show_sure(self) -> None:
        """Show what would be merged all at once, in the place of the two records."""
        self._lay_out(None)
        self._turn(sure=True)
        self.sure.show_found(self._found)

    def _leave_sure(self) -> None:
        self._turn(sure=False)
        self.table.setFocus()
        self._shown = None
        self._compare()

    def _turn(self, *, sure: bool) -> None:
        self.sure.setVisible(sure)
        for made in (self.merge_button, self.dismiss_button):
            made.setVisible(not sure)

    # -- side by side ------------------------------------------------------------------------

    def _picked(self) -> None:
        if not self.sure.isHidden() and self.table.hasFocus():
            self._turn(sure=False)
        self._compare()

    def _compare(self) -> None:
        if not self.sure.isHidden():
            return
        pair = self._pair()
        if pair is None:
            self._lay_out(None)
            return
        if self._shown and (self._shown.keep.id, self._shown.drop.id) == (pair.first.id, pair.second.id):
            return

        def shown(found: Comparison | None) -> None:
            if (now := self._pair()) and now.id == pair.id:
                self._lay_out(found)

        self._context.query(
            queries.compare,
            pair.first.id,
            pair.second.id,
            self._context.today,
            then=shown,
            latest="duplicates.pair",
        )

    def _lay_out(self, found: Comparison | None) -> None:
        self._shown = found
        self._bar.hide()
        self._say("")
        clear(self._place)
        self._choices = []
        self._enable()
        if found is None:
            return
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.px(16))
        grid.setVerticalSpacing(style.px(8))
        for place, width in ((0, 0), (1, 3), (2, 3), (3, 3)):
            grid.setColumnStretch(place, width)
        for place, part in enumerate(
            (
                text(_("Field"), "secondary"),
                self._who(found.keep),
                self._who(found.drop),
                text(_("Result"), "section"),
            )
        ):
            grid.addWidget(part, 0, place, Qt.AlignmentFlag.AlignTop)
        self._choices = [Choice(each, self._chosen) for each in found.differences]
        grid.addWidget(text("", "secondary"), 1, 0)
        for place, side in ((1, KEEP), (2, DROP)):
            take = button(_("Take all from here"), partial(self.take_all, side), link=True)
            take.setVisible(any(each.buttons for each in self._choices))
            grid.addWidget(take, 1, place, Qt.AlignmentFlag.AlignLeft)
        for number, choice in enumerate(self._choices, 2):
            parts = (text(choice.title, "secondary"), choice.parts[KEEP], choice.parts[DROP], choice.result)
            for place, part in enumerate(parts):
                grid.addWidget(part, number, place)
        for number, (table, mine, theirs) in enumerate(found.counts, 2 + len(self._choices)):
            together = _("{count} together, what is the same once").format(count=mine + theirs)
            words = (table_text(table), str(mine), str(theirs), together if mine + theirs else "—")
            for place, said in enumerate(words):
                grid.addWidget(text(said, "muted", wrap=place == 3), number, place)
        card = Card()
        card.setAccessibleName(_("Side by side"))
        card.box().addLayout(grid)
        for choice in self._choices:
            choice.setParent(card)
            choice.hide()
        self._place.addWidget(card)
        self._chosen()

    def _who(self, side: Side) -> QWidget:
        made = QWidget()
        go = partial(self._context.navigator.go, "person", person=side.id)
        village = (
            divisions.called(side.village_code) if len(self._context.desk.scope) < divisions.VILLAGE else ""
        )
        where = f"{village} {side.household_no} {label('relation', side.relation)}".strip()
        made.setLayout(
            column(
                row(button(side.name, go, link=True), None),
                text(identity.masked(side.identity_number) or _("no identity number"), "secondary"),
                text(where, "secondary", wrap=True),
                space=0,
            )
        )
        return made

    def _chosen(self) -> None:
        """Show what would stand in each field."""
        number = next(
            (each.chosen() for each in self._choices if each.difference.field == "identity_number"), KEEP
        )
        for choice in self._choices:
            choice.show_result(number)

    def take_all(self, side: str) -> None:
        """Take every field that differs from one side; an empty value is not taken over one that is there."""
        for choice in self._choices:
            if side in choice.buttons and getattr(choice.difference, side) not in ("", None):
                choice.buttons[side].setChecked(True)

    def _into(self) -> None:
        """Go from the list to the first field that has to be chosen, else to Merge."""
        waiting = next((each for each in self._choices if each.buttons and not each.chosen()), None)
        if waiting:
            waiting.buttons[KEEP].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.merge_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _enable(self) -> None:
        for made in (self.merge_button, self.dismiss_button):
            made.setEnabled(self._shown is not None)

    def _say(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    # -- what is done here -------------------------------------------------------------------

    def merge(self) -> None:
        """Make the two one, as chosen."""
        found = self._shown
        if found is None:
            return
        if lacking := [each.title for each in self._choices if not each.chosen()]:
            self._say(_("Choose which is right: {fields}").format(fields="、".join(lacking)))
            self._into()
            return
        choices = {each.difference.field: each.chosen() for each in self._choices if each.buttons}
        job = partial(duplicates.merge, self._context.desk, found.keep.id, found.drop.id, choices)
        self._write(job, _("Merged: {who}").format(who=found.keep.name))

    def _ask_reason(self) -> None:
        self._say("")
        self._bar.show()
        self._reason.setFocus()

    def dismiss(self) -> None:
        """Tell the two apart, with the reason typed."""
        found = self._shown
        if found is None:
            return
        job = partial(
            duplicates.dismiss, self._context.desk, found.keep.id, found.drop.id, self._reason.text()
        )
        self._write(job, _("Told apart: {who}").format(who=f"{found.keep.name}、{found.drop.name}"))

    def _write(self, job: Callable[[], object], words: str) -> None:
        def done(_changed: object) -> None:
            self._reason.clear()
            self._context.messages.done(words, self._context.undo)
            self.table.setFocus()

        def failed(error: ExpectedError) -> None:
            self._say(error_text(error))

        self._context.runner.write(lambda _progress: job(), done, failed)
