"""Subsidies: what can be claimed by whom before anybody asks, and what was claimed and how far it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QStackedWidget, QWidget

from caseworker_app.domain import claim as life
from caseworker_app.domain import divisions, identity, money
from caseworker_app.policy import explain
from caseworker_app.policy.assess import Entitlement, State
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.use_cases import claims, entitlements
from caseworker_app.wording import _, _n, label
from db.queries import claims as queries
from ui.actions import tip
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.papers import preview_forms
from ui.theme import style, tokens
from ui.widgets.basics import EmptyState, TabStrip, button, column, paint_pill, row, text
from ui.widgets.table import DataTable
from ui.words import N_


@dataclass(frozen=True, slots=True)
class Offer:
    """One entitlement on the list of what can be claimed."""

    id: str
    answer: Entitlement
    item_name: str


@dataclass(frozen=True, slots=True)
class Filed:
    """One claim on the list of what was claimed."""

    id: str
    claim: ClaimRow
    item_name: str


def _paint_state(painter: QPainter, area: QRectF, filed: Filed) -> None:
    words = label("claim_state", filed.claim.state)
    width = QFontMetrics(style.font(tokens.SMALL)).horizontalAdvance(words) + style.px(16)
    tone = {
        "paid": "good",
        "returned": "attention",
        "objection": "attention",
        "rejected": "stop",
        "withdrawn": "quiet",
    }.get(filed.claim.state, "accent")
    paint_pill(
        painter, QRectF(area.left(), area.center().y() - style.px(10), width, style.px(20)), words, tone
    )


def _village(code: str) -> str:
    found = divisions.find(code)
    return found.name if found else ""


OFFERS = (
    Column(N_("Name"), 150, lambda offer: offer.answer.name),
    Column(N_("Household number"), 150, lambda offer: offer.answer.household_no, paint="muted"),
    Column(N_("Item"), 150, lambda offer: offer.item_name),
    Column(N_("Cycle"), 64, lambda offer: offer.answer.cycle.name),
    Column(N_("Amount (yuan)"), 110, lambda offer: money.shown(offer.answer.amount or 0), right=True),
    Column(
        N_("Why"), 560, lambda offer: explain.why(offer.answer), tip=lambda offer: explain.why(offer.answer)
    ),
)
FILED = (
    Column(N_("Claim number"), 200, lambda filed: filed.claim.number),
    Column(N_("Name"), 150, lambda filed: filed.claim.name),
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
    Column(N_("Village"), 110, lambda filed: _village(filed.claim.village_code)),
    Column(N_("Item"), 150, lambda filed: filed.item_name),
    Column(N_("Cycle"), 64, lambda filed: filed.claim.cycle),
    Column(N_("Amount (yuan)"), 110, lambda filed: money.shown(filed.claim.amount), right=True),
    Column(N_("Filed on"), 100, lambda filed: filed.claim.filed_on.isoformat()),
    Column(N_("State"), 130, lambda filed: label("claim_state", filed.claim.state), paint="state"),
)


class ClaimsScreen(QWidget):
    """What can be claimed and what was claimed."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._offers: dict[str, Offer] = {}
        self._filed: dict[str, Filed] = {}
        self._summary = text("", "muted")
        self._file = button(_("Claim selected"), self.file_selected, primary=True)
        self._advance = button(_("Move on"), self._offer_steps, tip=_("Move the selected claims one step"))
        self._print = button(_("Print forms"), self.print_selected, icon="print", tip=tip("claim.print"))
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(
            row(
                text(_("Subsidies"), "page"),
                self._summary,
                None,
                self._print,
                self._advance,
                self._file,
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        item_tabs = [
            (f"item:{item.id}", _("To claim: {item}").format(item=item.name))
            for item in context.desk.pack.items.values()
        ]
        self.tabs = TabStrip(
            [("offers", _("To claim")), *item_tabs, ("filed", _("Claimed"))], _("Lists of subsidies")
        )
        self.tabs.chosen.connect(lambda _key: self._show_tab())
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter: name or household number"))
        self.filter.setAccessibleName(_("Filter here"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(style.px(230))
        self.filter.textChanged.connect(lambda _typed: self._show_tab())
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, self.filter, margins=(12, 4, 16, 6)))
        self.offers = WindowedTableModel(OFFERS, self._fetch_offers, self)
        self.offer_table = DataTable(self.offers, _("To claim"))
        self.offer_table.set_empty(
            EmptyState("claims", _("Nobody is entitled to anything that is not claimed yet."))
        )
        self.offer_table.opened.connect(self._open_offer)
        self.filed = WindowedTableModel(FILED, self._fetch_filed, self)
        self.filed_table = DataTable(self.filed, _("Claimed"), {"state": _paint_state})
        self.filed_table.set_empty(
            EmptyState(
                "claims",
                _("Nothing has been claimed yet. Choose a line under “To claim” and press Claim selected."),
            )
        )
        self.filed_table.opened.connect(
            lambda claim: preview_forms(context, [self._filed[claim].claim.number], self)
        )
        for table in (self.offer_table, self.filed_table):
            table.picked.connect(lambda _ids: self._enable())
        self._stack = QStackedWidget()
        self._stack.addWidget(self.offer_table)
        self._stack.addWidget(self.filed_table)
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(_("Reason"))
        self._reason.setAccessibleName(_("Reason"))
        self._reason_wrong = text("", "error")
        self._reason_bar = QWidget()
        self._reason_bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._reason_go = button(_("Move on"), self._advance_with_reason, primary=True)
        self._reason_bar.setLayout(
            row(
                self._reason,
                self._reason_wrong,
                self._reason_go,
                button(_("Cancel"), self._reason_bar.hide),
                margins=(16, 8, 16, 8),
            )
        )
        self._reason_bar.hide()
        self._waiting: tuple[list[str], str] = ([], "")
        self.setLayout(column(head, strip, self._reason_bar, self._stack, space=0))
        context.runner.changed.connect(lambda _changed: self._changed())

    def _changed(self) -> None:
        """Follow a change while this is looked at; what was hidden is fetched when it is opened."""
        if self.isVisible():
            self.reload()

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `part` may name a tab
        """Show the lists."""
        if "part" in arguments:
            self.tabs.choose(arguments["part"])
        self.reload()
        self._table().setFocus()

    def status(self) -> str:
        """Return how many are selected and what they come to."""
        table = self._table()
        selected = table.selected()
        if table is self.offer_table:
            total = sum(self._offers[each].answer.amount or 0 for each in selected)
        else:
            total = sum(self._filed[each].claim.amount for each in selected)
        return _("{selected} selected · {amount} yuan").format(
            selected=len(selected), amount=money.shown(total)
        )

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.setFocus()
        self.filter.selectAll()

    def _table(self) -> DataTable:
        return self.filed_table if self.tabs.current() == "filed" else self.offer_table

    # -- data --------------------------------------------------------------------------------

    def reload(self) -> None:
        """Assess everybody and fetch the claims."""
        desk, today = self._context.desk, self._context.today

        def everything(connection: Any) -> Any:  # noqa: ANN401 - a connection, known below the window
            answers = entitlements.claimable(connection, desk.pack, today)
            return answers, queries.rows(connection, queries.ids(connection), today)

        self._context.query(everything, then=self._show, latest="claims")

    def _show(self, found: tuple[list[Entitlement], list[ClaimRow]]) -> None:
        answers, filed = found
        pack = self._context.desk.pack
        offers = [
            Offer(f"{each.item}|{each.beneficiary}", each, pack.item(each.item).name)
            for each in answers
            if each.state is State.ELIGIBLE
        ]
        self._offers = {offer.id: offer for offer in offers}
        self._filed = {entry.id: Filed(entry.id, entry, pack.item(entry.item).name) for entry in filed}
        total = sum(each.amount or 0 for each in answers)
        sentence = _n(
            "{count} to claim, {amount} yuan", "{count} to claim, {amount} yuan", len(offers)
        ).format(count=len(offers), amount=money.shown(total))
        claimed = sum(entry.amount for entry in filed if entry.state not in life.DEAD)
        self._summary.setText(
            sentence + " · " + _("claimed {amount} yuan").format(amount=money.shown(claimed))
        )
        counts = {"offers": len(offers), "filed": len(filed)}
        counts.update({f"item:{item}": sum(each.item == item for each in answers) for item in pack.items})
        self.tabs.count(counts)
        self._show_tab()

    def _show_tab(self) -> None:
        key = self.tabs.current()
        typed = self.filter.text().strip()
        self._stack.setCurrentWidget(self._table())
        if key == "filed":
            chosen = [
                each
                for each, filed in self._filed.items()
                if typed in filed.claim.name or typed in filed.claim.household_no
            ]
            self._keep(self.filed_table, self.filed, chosen)
        else:
            item = key.partition(":")[2]
            chosen = [
                each
                for each, offer in self._offers.items()
                if item in ("", offer.answer.item)
                and (typed in offer.answer.name or typed in offer.answer.household_no)
            ]
            self._keep(self.offer_table, self.offers, chosen)
        self._enable()

    def _keep(self, table: DataTable, model: WindowedTableModel, ids: list[str]) -> None:
        selected = table.selected()
        model.set_ids(ids)
        if not (selected and table.select_id(selected[0])) and ids:
            table.selectRow(0)

    def _fetch_offers(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._offers[each] for each in ids])

    def _fetch_filed(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._filed[each] for each in ids])

    def _enable(self) -> None:
        filed = self.tabs.current() == "filed"
        selected = bool(self._table().selected())
        self._file.setVisible(not filed)
        self._file.setEnabled(selected)
        self._print.setVisible(filed)
        self._print.setEnabled(selected)
        self._advance.setVisible(filed)
        self._advance.setEnabled(selected)
        self._context.refresh_status()

    # -- what is done here -------------------------------------------------------------------

    def _open_offer(self, offer: str) -> None:
        answer = self._offers[offer].answer
        if answer.beneficiary_kind == "person":
            self._context.navigator.go("person", person=answer.beneficiary, item=answer.item)
        else:
            self._context.navigator.go("household", household=answer.beneficiary)

    def file_selected(self) -> None:
        """File the selected entitlements as one step."""
        context = self._context
        by_item: dict[tuple[str, str], list[str]] = {}
        for each in self.offer_table.selected():
            answer = self._offers[each].answer
            by_item.setdefault((answer.item, answer.cycle.name), []).append(answer.beneficiary)
        chosen = [(item, cycle, beneficiaries) for (item, cycle), beneficiaries in by_item.items()]
        context.runner.write(
            lambda _progress: claims.file_all(context.desk, chosen, context.today), self._said_filed
        )

    def _said_filed(self, result: tuple[Any, list[str]]) -> None:
        numbers = result[1]
        words = _n("{count} claim filed: {number}", "{count} claims filed", len(numbers))
        self._context.messages.done(words.format(number=numbers[0], count=len(numbers)), self._context.undo)

    def print_forms(self) -> None:
        """Show the forms of the selected claims."""
        self.print_selected()

    def print_selected(self) -> None:
        """Show the forms of the selected claims."""
        numbers = (
            [self._filed[each].claim.number for each in self.filed_table.selected()]
            if self.tabs.current() == "filed"
            else []
        )
        if numbers:
            preview_forms(self._context, numbers, self)
        else:
            self._context.messages.tell(_("Select claims under “Claimed” first."))

    def _offer_steps(self) -> None:
        """Offer the steps that every selected claim can take."""
        chosen = [self._filed[each].claim for each in self.filed_table.selected()]
        possible = [
            step
            for step in life.steps_from(chosen[0].state)
            if all(step in life.steps_from(each.state) for each in chosen)
        ]
        if not possible:
            self._context.messages.tell(_("The selected claims have no step in common."))
            return
        menu = QMenu(self)
        for step in possible:
            menu.addAction(label("claim_state", step), partial(self._take_step, step))
        menu.popup(self._advance.mapToGlobal(self._advance.rect().bottomLeft()))

    def _take_step(self, step: str) -> None:
        numbers = [self._filed[each].claim.number for each in self.filed_table.selected()]
        if step not in ("returned", "rejected", "objection", "withdrawn"):
            self._move(numbers, step, "")
            return
        self._waiting = (numbers, step)
        count = _n("{count} claim", "{count} claims", len(numbers)).format(count=len(numbers))
        self._reason_go.setText(
            _("Confirm: {state}, {count}").format(state=label("claim_state", step), count=count)
        )
        self._reason_go.setAccessibleName(self._reason_go.text())
        self._reason_wrong.setText("")
        self._reason_bar.show()
        self._reason.setFocus()

    def _advance_with_reason(self) -> None:
        if not self._reason.text().strip():
            self._reason_wrong.setText(_("Say why: it is kept with the claim."))
            self._reason.setFocus()
            return
        self._reason_bar.hide()
        self._move(*self._waiting, self._reason.text())
        self._reason.clear()

    def _move(self, numbers: list[str], step: str, reason: str) -> None:
        context = self._context
        context.runner.write(
            partial(_advance, context, numbers, step, reason),
            lambda _changed: context.messages.done(label("claim_state", step), context.undo),
        )


def _advance(context: Context, numbers: list[str], step: str, reason: str, _progress: Any) -> Any:  # noqa: ANN401
    return claims.advance(context.desk, numbers, step, context.today, reason)
