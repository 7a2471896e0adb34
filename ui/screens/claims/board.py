"""The board of claims: tabs by state with the longest wait, what each waits for, and steps for many at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from caseworker_app.domain import claim as life
from caseworker_app.domain import codes, identity, money
from caseworker_app.read_models.claims import ClaimLife, ClaimRow, Preview
from caseworker_app.use_cases import claims
from caseworker_app.wording import _, _n, label
from db.queries import claims as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.papers import preview_forms
from ui.screens.claims.detail import ClaimDetail
from ui.screens.claims.shared import cannot_text, paint_state, paint_words, show_ids, village_name
from ui.theme import style
from ui.widgets.basics import EmptyState, TabStrip, clear, column, row
from ui.widgets.table import DataTable
from ui.words import N_

_LONG, _TOO_LONG = 15, 30
"""Days in one state from which a wait shows."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One claim on the board."""

    id: str
    claim: ClaimRow
    item_name: str
    days: int
    waits: str
    steps: tuple[str, ...]


def _paint_state(painter: QPainter, area: QRectF, filed: Filed) -> None:
    paint_state(painter, area, filed.claim.state)


def _age_tone(filed: Filed) -> str:
    if filed.claim.state in (*life.DEAD, "paid"):
        return "quiet"
    return "stop" if filed.days >= _TOO_LONG else "attention" if filed.days >= _LONG else "quiet"


def _age(filed: Filed) -> str:
    return _n("{count} day", "{count} days", filed.days).format(count=filed.days)


def _paint_age(painter: QPainter, area: QRectF, filed: Filed) -> None:
    paint_words(painter, area, _age(filed), _age_tone(filed))


_COLUMNS = (
    Column(N_("Claim number"), 166, lambda filed: filed.claim.number),
    Column(N_("Name"), 78, lambda filed: filed.claim.name),
    Column(N_("State"), 112, lambda filed: label("claim_state", filed.claim.state), paint="state"),
    Column(N_("In this state"), 80, _age, paint="age"),
    Column(N_("Waits for"), 200, lambda filed: filed.waits, tip=lambda filed: filed.waits),
    Column(N_("Item"), 130, lambda filed: filed.item_name),
    Column(N_("Amount (yuan)"), 92, lambda filed: money.shown(filed.claim.amount), right=True),
    Column(N_("Village"), 90, lambda filed: village_name(filed.claim.village_code)),
    Column(N_("Cycle"), 60, lambda filed: filed.claim.cycle),
    Column(N_("Filed on"), 92, lambda filed: filed.claim.filed_on.isoformat()),
    Column(
        N_("Identity or household number"),
        150,
        lambda filed: (
            identity.masked(filed.claim.identity_number)
            if filed.claim.identity_number
            else filed.claim.household_no
        ),
        paint="muted",
    ),
)


def _waits(context: Context, claim: ClaimLife, until: date | None, today: date) -> str:
    """Return what keeps a claim where it is."""
    if claim.rival:
        return _("also claimed as {number}: decide which").format(number=claim.rival)
    if claim.open_objections:
        return _n("{count} objection open", "{count} objections open", claim.open_objections).format(
            count=claim.open_objections
        )
    if until and until >= today:
        return _("in public until {day}").format(day=until.isoformat())
    if life.level_of(claim.state) == "village" and claim.state not in ("submitted", *life.DEAD):
        required, more = claims.lacking_papers(context.desk.pack, claim)
        if required or more:
            count = len(required) + more
            return _n("{count} paper missing", "{count} papers missing", count).format(count=count)
    if claim.state in life.NEEDS_REASON and claim.steps:
        return claim.steps[-1].reason
    following = claims.flow_of(context.desk.pack, claim.item).following(claim.state)
    return _("next: {state}").format(state=label("claim_state", following)) if following else ""


def _read(connection: Any, context: Context) -> list[Filed]:  # noqa: ANN401 - a connection, known below the window
    today = context.today
    rows = queries.rows(connection, queries.ids(connection), today)
    lives = queries.lives(connection, [each.number for each in rows])
    shown = claims.shown_all(context.desk, connection, list(lives.values()))
    return [
        Filed(
            each.id,
            each,
            claims.item_name(context.desk.pack, each.item),
            (today - each.since).days,
            _waits(context, lives[each.number], shown.get(each.number), today),
            claims.possible_steps(context.desk, lives[each.number]),
        )
        for each in rows
    ]


class BoardPart(QWidget):
    """Claims by state. Signals: asking(str, str, object): words and title of what is to be confirmed, and what does it with a reason."""

    asking = Signal(str, str, object)

    def __init__(self, context: Context, selected: Callable[[], None]) -> None:
        super().__init__()
        self._context = context
        self._filed: dict[str, Filed] = {}
        self._typed = ""
        self._state = ""
        self._selected = selected
        self._strip_place = QVBoxLayout()
        self._strip_place.setContentsMargins(0, 0, 0, 0)
        self.model = WindowedTableModel(_COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("Claimed"), {"state": _paint_state, "age": _paint_age})
        self.table.set_empty(
            EmptyState(
                "claims",
                _("Nothing has been claimed yet. Choose a line under “To claim” and press Claim selected."),
            )
        )
        self.table.opened.connect(
            lambda claim: preview_forms(context, [self._filed[claim].claim.number], self)
        )
        self.table.picked.connect(lambda _ids: self._picked())
        self.detail = ClaimDetail(context)
        self.detail.setFixedWidth(style.px(336))
        body = row(self.table, self.detail, space=0)
        body.setStretchFactor(self.table, 1)
        self.setLayout(column(self._strip_place, body, space=0))

    def read(self, then: Callable[[Sequence[ClaimRow]], None]) -> None:
        """Ask for all claims, and show them."""

        def arrived(found: list[Filed]) -> None:
            self._filed = {each.id: each for each in found}
            self._show_strip()
            self.narrow(self._typed)
            self._picked()
            then([each.claim for each in found])

        self._context.query(_read, self._context, then=arrived, latest="claims.filed")

    def _show_strip(self) -> None:
        clear(self._strip_place)
        by_state: dict[str, list[Filed]] = {}
        for each in self._filed.values():
            by_state.setdefault(each.claim.state, []).append(each)
        if self._state not in by_state:
            self._state = ""
        tabs = [("", _("All states {count}").format(count=len(self._filed)))]
        for state in codes.code_list("claim_state").codes:
            if held := by_state.get(state):
                words = f"{label('claim_state', state)} {len(held)}"
                longest = max(each.days for each in held)
                if longest and state not in (*life.DEAD, "paid"):
                    words += " · " + _n("{count} day", "{count} days", longest).format(count=longest)
                tabs.append((state, words))
        strip = TabStrip(tabs, _("States of claims"))
        strip.choose(self._state)
        strip.chosen.connect(self._choose)
        holder = QWidget()
        holder.setObjectName("tabs")
        holder.setLayout(row(strip, None, margins=(12, 2, 16, 4)))
        holder.setVisible(bool(self._filed))
        self._strip_place.addWidget(holder)

    def _choose(self, state: str) -> None:
        self._state = state
        self.narrow(self._typed)

    def narrow(self, typed: str) -> None:
        """Show those of the chosen state whose name or number has what was typed."""
        self._typed = typed
        show_ids(
            self.table,
            self.model,
            [
                key
                for key, filed in self._filed.items()
                if self._state in ("", filed.claim.state)
                and any(
                    typed in each for each in (filed.claim.name, filed.claim.household_no, filed.claim.number)
                )
            ],
        )

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._filed[each] for each in ids if each in self._filed])

    def _picked(self) -> None:
        chosen = self.chosen()
        self.detail.show_claim(chosen[0].claim.number if len(chosen) == 1 else "", len(chosen))
        self._selected()

    def chosen(self) -> list[Filed]:
        """Return the claims that are selected."""
        return [self._filed[each] for each in self.table.selected() if each in self._filed]

    def numbers(self) -> list[str]:
        """Return the numbers of the claims that are selected."""
        return [each.claim.number for each in self.chosen()]

    def total(self) -> int:
        """Return what is selected comes to, in fen."""
        return sum(each.claim.amount for each in self.chosen())

    # -- steps -------------------------------------------------------------------------------

    def offer_steps(self, place: QPoint) -> None:
        """Offer the steps that selected claims can take, with how many can where not all can."""
        chosen = self.chosen()
        counts: dict[str, int] = {}
        for each in chosen:
            for step in each.steps:
                counts[step] = counts.get(step, 0) + 1
        if not counts:
            self._context.messages.tell(_("The selected claims can take no further step."))
            return
        menu = QMenu(self)
        for step, count in counts.items():
            words = label("claim_state", step)
            if count < len(chosen):
                words = _("{state}: {count} of {all}").format(state=words, count=count, all=len(chosen))
            menu.addAction(words, partial(self._take, step))
        menu.popup(place)

    def _take(self, step: str) -> None:
        numbers, context = self.numbers(), self._context

        def looked(previews: list[Preview]) -> None:
            possible = [each.number for each in previews if not each.why]
            if len(possible) == len(previews) and step not in life.NEEDS_REASON:
                self._move(possible, step, "")
                return
            count = _n("{count} claim", "{count} claims", len(possible)).format(count=len(possible))
            title = _("Confirm: {state}, {count}").format(state=label("claim_state", step), count=count)
            self.asking.emit(cannot_text(previews), title if possible else "", (step, possible))

        context.query(_look, context, numbers, step, then=looked, latest="claims.preview")

    def confirmed(self, asked: tuple[str, list[str]], reason: str) -> None:
        """Take the step that was asked about."""
        step, numbers = asked
        self._move(numbers, step, reason)

    def _move(self, numbers: list[str], step: str, reason: str) -> None:
        context = self._context
        context.runner.write(
            lambda _progress: claims.advance(context.desk, numbers, step, context.today, reason),
            lambda _changed: context.messages.done(label("claim_state", step), context.undo),
        )


def _look(connection: Any, context: Context, numbers: list[str], step: str) -> list[Preview]:  # noqa: ANN401
    return claims.preview_steps(context.desk, connection, numbers, step, context.today)
