"""Claimable: what is due and not claimed, or will be, added up by item and by village; one line opens the bundle."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from caseworker_app.domain import money
from caseworker_app.policy import explain
from caseworker_app.read_models.claims import Preview
from caseworker_app.use_cases import claimable, claims
from caseworker_app.use_cases.claimable import Offer
from caseworker_app.wording import _, _n
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.screens.claims.shared import SumList, cannot_text, show_ids, village_name
from ui.theme import style
from ui.widgets.basics import EmptyState, column, row
from ui.widgets.lines import scrolled
from ui.widgets.table import DataTable
from ui.words import N_

_OFFERS = (
    Column(N_("Name"), 110, lambda offer: offer.answer.name),
    Column(N_("Item"), 150, lambda offer: offer.item_name),
    Column(N_("Amount (yuan)"), 96, lambda offer: money.shown(offer.answer.amount or 0), right=True),
    Column(N_("Cycle"), 64, lambda offer: offer.answer.cycle.name),
    Column(N_("File by"), 92, lambda offer: offer.answer.file_by.isoformat() if offer.answer.file_by else ""),
    Column(N_("Village"), 100, lambda offer: village_name(offer.village)),
    Column(N_("Household number"), 140, lambda offer: offer.answer.household_no, paint="muted"),
    Column(
        N_("Why"), 340, lambda offer: explain.why(offer.answer), tip=lambda offer: explain.why(offer.answer)
    ),
)
_COMING = (
    _OFFERS[0],
    Column(N_("Due by"), 96, lambda offer: offer.due.isoformat() if offer.due else ""),
    *_OFFERS[1:],
)


class OffersPart(QWidget):
    """A list of offers beside its sums."""

    def __init__(
        self, context: Context, empty: str, name: str, *, ahead: bool, selected: Callable[[], None]
    ) -> None:
        super().__init__()
        self._context = context
        self._ahead = ahead
        self._offers: dict[str, Offer] = {}
        self._typed = ""
        self.by_item = SumList(_("Item"))
        self.by_village = SumList(_("Village"))
        for each in (self.by_item, self.by_village):
            each.chosen.connect(lambda _key: self.narrow(self._typed))
        self.model = WindowedTableModel(_COMING if ahead else _OFFERS, self._fetch, self)
        self.table = DataTable(self.model, name)
        self.table.set_empty(EmptyState("claims", empty))
        self.table.opened.connect(self._open)
        self.table.picked.connect(lambda _ids: selected())
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(column(self.by_item, self.by_village, None, space=12, margins=(16, 12, 4, 12)))
        side = scrolled(inside, _("Sums"))
        side.setFixedWidth(style.px(310))
        whole = row(side, self.table, space=8)
        whole.setStretchFactor(self.table, 1)
        self.setLayout(whole)

    def read(self, then: Callable[[Sequence[Offer]], None]) -> None:
        """Ask what is due, and show it."""

        def arrived(offers: Sequence[Offer]) -> None:
            self._offers = {offer.id: offer for offer in offers}
            self.by_item.show_sums(claimable.sums(offers))
            self.by_village.show_sums(claimable.sums(offers, by_village=True))
            self.narrow(self._typed)
            then(offers)

        asked = claimable.coming if self._ahead else claimable.now
        self._context.query(
            asked,
            self._context.desk,
            self._context.today,
            then=arrived,
            latest=f"claims.{'coming' if self._ahead else 'offers'}",
        )

    def narrow(self, typed: str) -> None:
        """Show those of the chosen item and village whose name or number has what was typed."""
        self._typed = typed
        item, village = self.by_item.current(), self.by_village.current()
        show_ids(
            self.table,
            self.model,
            [
                key
                for key, offer in self._offers.items()
                if item in ("", offer.answer.item)
                and village in ("", offer.village)
                and (typed in offer.answer.name or typed in offer.answer.household_no)
            ],
        )

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._offers[each] for each in ids if each in self._offers])

    def chosen(self) -> list[Offer]:
        """Return the offers that are selected."""
        return [self._offers[each] for each in self.table.selected() if each in self._offers]

    def total(self) -> int:
        """Return what is selected comes to, in fen."""
        return sum(offer.answer.amount or 0 for offer in self.chosen())

    def _open(self, key: str) -> None:
        answer = self._offers[key].answer
        if answer.beneficiary_kind == "person":
            self._context.navigator.go("person", person=answer.beneficiary, item=answer.item)
        elif answer.beneficiary_kind == "household":
            self._context.navigator.go("household", household=answer.beneficiary)

    def file(self, refused: Callable[[str, Callable[[], None]], None]) -> None:
        """Claim what is selected as one step; when some cannot be claimed, say who and why first."""
        context = self._context
        grouped: dict[tuple[str, str], list[str]] = {}
        for offer in self.chosen():
            grouped.setdefault((offer.answer.item, offer.answer.cycle.name), []).append(
                offer.answer.beneficiary
            )
        wanted = [(item, cycle, whose) for (item, cycle), whose in grouped.items()]

        def looked(previews: list[Preview]) -> None:
            cannot = {each.number for each in previews if each.why}
            possible = [
                (item, cycle, [each for each in whose if each not in cannot]) for item, cycle, whose in wanted
            ]
            possible = [each for each in possible if each[2]]
            if cannot:
                refused(cannot_text(previews), lambda: self._write(possible))
            else:
                self._write(possible)

        context.query(_preview, context, wanted, then=looked, latest="claims.preview")

    def _write(self, wanted: Sequence[tuple[str, str, Sequence[str]]]) -> None:
        if wanted:
            context = self._context
            context.runner.write(
                lambda _progress: claims.file_all(context.desk, wanted, context.today), self._said
            )

    def _said(self, result: tuple[Any, list[str]]) -> None:
        numbers = result[1]
        words = _n("{count} claim filed: {number}", "{count} claims filed", len(numbers))
        self._context.messages.done(words.format(number=numbers[0], count=len(numbers)), self._context.undo)


def _preview(connection: Any, context: Context, wanted: Any) -> list[Preview]:  # noqa: ANN401 - as `claims` takes them
    return claims.preview_filing(context.desk, connection, wanted, context.today)
