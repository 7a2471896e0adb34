"""Subsidies: what can be claimed before anybody asks, what will be, what was claimed and how far it is, rosters."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QLineEdit, QSizePolicy, QStackedWidget, QWidget

from caseworker_app.domain import claim as life
from caseworker_app.domain import money
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.use_cases import claimable
from caseworker_app.use_cases.claimable import Offer
from caseworker_app.wording import _, _n
from ui.actions import tip
from ui.context import Context
from ui.papers import preview_forms
from ui.screens.claims.board import BoardPart
from ui.screens.claims.offers import OffersPart
from ui.screens.claims.rosters import RostersPart
from ui.widgets.basics import TabStrip, button, column, row, text
from ui.widgets.filter_line import FilterLine


class _Asking(QWidget):
    """A bar that says who cannot and why, takes a reason where one is needed, and waits to be confirmed."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._words = text("", "secondary", wrap=True, select=True)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(_("Reason"))
        self.reason.setAccessibleName(_("Reason"))
        self._wrong = text("", "error")
        self._go = button("", self._confirm, primary=True)
        self._act: Callable[[str], None] = lambda _reason: None
        self._needed = False
        bar = row(self.reason, self._wrong, self._go, button(_("Cancel"), self.hide))
        self.setLayout(column(self._words, bar, margins=(16, 8, 16, 8)))
        self.hide()

    def ask(self, words: str, title: str, act: Callable[[str], None], *, reason: bool) -> None:
        """Show what is asked; without a title there is nothing to confirm."""
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._act, self._needed = act, reason
        self._wrong.setText("")
        self.reason.setVisible(reason and bool(title))
        self._go.setVisible(bool(title))
        self._go.setText(title)
        self._go.setAccessibleName(title)
        self.show()
        (self.reason if reason else self._go).setFocus()

    def _confirm(self) -> None:
        if self._needed and not self.reason.text().strip():
            self._wrong.setText(_("Say why: it is kept with the claim."))
            self.reason.setFocus()
            return
        self.hide()
        self._act(self.reason.text())
        self.reason.clear()


class ClaimsScreen(QWidget):
    """What can be claimed and what was claimed."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._summary = text("", "muted")
        self._totals = (0, 0, 0)
        self._file = button(_("Claim selected"), self.file_selected, primary=True)
        self._advance = button(
            _("Move on"), self._offer_steps, tip=_("Move the selected claims one step"), primary=True
        )
        self._print = button(_("Print forms"), self.print_selected, icon="print", tip=tip("claim.print"))
        self._bundle = button(_("Bundle of the household"), self._open_bundle, link=True)
        self._pay_list = button(_("Print pay list"), lambda: self.rosters.preview(notice=False), icon="print")
        self._notice = button(_("Print notice"), lambda: self.rosters.preview(notice=True), icon="print")
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(
            row(
                text(_("Subsidies"), "page"),
                self._summary,
                None,
                button(_("Policies"), lambda: context.navigator.go("packs"), link=True),
                button(_("Organisations"), lambda: context.navigator.go("organisations"), link=True),
                self._bundle,
                self._print,
                self._notice,
                self._pay_list,
                self._advance,
                self._file,
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        self.tabs = TabStrip(
            [
                ("offers", _("To claim")),
                ("coming", _("Soon")),
                ("filed", _("Claimed")),
                ("rosters", _("Rosters")),
            ],
            _("Lists of subsidies"),
        )
        self.tabs.chosen.connect(lambda _key: self._chosen())
        self.filter = FilterLine(_("Filter: name or household number"))
        self.filter.rested.connect(self._narrow)
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, self.filter, margins=(16, 4, 16, 6)))
        nothing = _("Nobody is entitled to anything that is not claimed yet.")
        self.offers = OffersPart(context, nothing, _("To claim"), ahead=False, selected=self._enable)
        later = _("Nothing more will be due within six months as far as the ledger knows.")
        self.coming = OffersPart(context, later, _("Soon"), ahead=True, selected=self._enable)
        self.board = BoardPart(context, self._enable)
        self.board.asking.connect(self._ask)
        self.rosters = RostersPart(context, self._enable)
        self._parts: dict[str, OffersPart | BoardPart | RostersPart] = {
            "offers": self.offers,
            "coming": self.coming,
            "filed": self.board,
            "rosters": self.rosters,
        }
        self._stack = QStackedWidget()
        for part in self._parts.values():
            self._stack.addWidget(part)
        self._asking = _Asking()
        self.setLayout(column(head, strip, self._asking, self._stack, space=0))
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
        self._part().table.setFocus()

    def status(self) -> str:
        """Return how many are selected and what they come to."""
        part = self._part()
        selected = len(part.table.selected())
        if isinstance(part, RostersPart):
            return _n("{count} roster selected", "{count} rosters selected", selected).format(count=selected)
        return _("{selected} selected · {amount} yuan").format(
            selected=selected, amount=money.shown(part.total())
        )

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.take()

    def _part(self) -> OffersPart | BoardPart | RostersPart:
        return self._parts[self.tabs.current()]

    # -- data --------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask for everything anew; what is far ahead only while it is looked at."""
        self.offers.read(self._show_offers)
        self.board.read(self._show_filed)
        self.rosters.read(lambda count: self.tabs.count({"rosters": count}))
        if self.tabs.current() == "coming":
            self.coming.read(lambda found: self.tabs.count({"coming": len(found)}))

    def _show_offers(self, offers: Sequence[Offer]) -> None:
        self.tabs.count({"offers": len(offers)})
        total = sum(offer.answer.amount or 0 for offer in offers)
        self._totals = (len(offers), total, self._totals[2])
        self._summarise()

    def _show_filed(self, filed: Sequence[ClaimRow]) -> None:
        self.tabs.count({"filed": len(filed)})
        claimed = sum(entry.amount for entry in filed if entry.state not in life.DEAD)
        self._totals = (*self._totals[:2], claimed)
        self._summarise()

    def _summarise(self) -> None:
        count, due, claimed = self._totals
        sentence = _n("{count} to claim, {amount} yuan", "{count} to claim, {amount} yuan", count).format(
            count=count, amount=money.shown(due)
        )
        said = _("claimed {amount} yuan").format(amount=money.shown(claimed))
        self._summary.setText(f"{sentence} · {said}")
        self._enable()

    def _chosen(self) -> None:
        part = self._part()
        self._stack.setCurrentWidget(part)
        self._asking.hide()
        if part is self.coming:
            self.coming.read(lambda found: self.tabs.count({"coming": len(found)}))
        self._narrow()
        self._enable()

    def _narrow(self) -> None:
        part = self._part()
        if not isinstance(part, RostersPart):
            part.narrow(self.filter.typed())

    def _enable(self) -> None:
        if not hasattr(self, "_asking"):
            return
        key = self.tabs.current()
        selected = bool(self._part().table.selected())
        for shown, places in (
            (self._file, ("offers",)),
            (self._bundle, ("offers",)),
            (self._print, ("filed",)),
            (self._advance, ("filed",)),
            (self._pay_list, ("rosters",)),
            (self._notice, ("rosters",)),
        ):
            shown.setVisible(key in places)
            shown.setEnabled(selected)
        self.filter.setVisible(key != "rosters")
        self._context.refresh_status()

    # -- what is done here -------------------------------------------------------------------

    def file_selected(self) -> None:
        """File the selected entitlements as one step."""
        self.offers.file(
            lambda words, act: self._asking.ask(
                words, _("Claim the others"), lambda _reason: act(), reason=False
            )
        )

    def _open_bundle(self) -> None:
        """Open everything of the household of the first line selected."""
        chosen = self.offers.chosen()

        def found(household: str) -> None:
            if household:
                self._context.navigator.go("bundle", household=household)

        if chosen:
            self._context.query(
                claimable.household_of,
                chosen[0].answer,
                self._context.today,
                then=found,
                latest="claims.bundle",
            )

    def _ask(self, words: str, title: str, asked: tuple[str, list[str]]) -> None:
        self._asking.ask(
            words,
            title,
            lambda reason: self.board.confirmed(asked, reason),
            reason=asked[0] in life.NEEDS_REASON,
        )

    def print_forms(self) -> None:
        """Show the forms of the selected claims."""
        self.print_selected()

    def print_selected(self) -> None:
        """Show the forms of the selected claims."""
        numbers = self.board.numbers() if self.tabs.current() == "filed" else []
        if numbers:
            preview_forms(self._context, numbers, self)
        else:
            self._context.messages.tell(_("Select claims under “Claimed” first."))

    def _offer_steps(self) -> None:
        """Offer the steps that selected claims can take."""
        self.board.offer_steps(self._advance.mapToGlobal(self._advance.rect().bottomLeft()))
