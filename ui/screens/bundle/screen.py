"""A household's bundle: all that it and its members can claim, have claimed or lack something for, in one view and one print run."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from caseworker_app.domain import money
from caseworker_app.policy import explain
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.use_cases import claimable, claims
from caseworker_app.use_cases.claimable import Bundle
from caseworker_app.wording import _, _n, label
from ui.context import Context
from ui.papers import preview_forms
from ui.widgets.basics import Pill, button, clear, column, row, text
from ui.widgets.decided_amount import DecidedAmount
from ui.widgets.lines import lines, scrolled


class BundleScreen(QWidget):
    """Everything due to one household."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._household = ""
        self.bundle: Bundle | None = None
        self._decided: dict[tuple[str, str], DecidedAmount] = {}
        self._title, self._summary = text("", "page"), text("", "muted")
        self._print = button(_("Print all forms"), self.print_forms, icon="print")
        self._file = button(_("Claim all and print"), self.file_all, primary=True)
        head = QWidget()
        head.setObjectName("pagehead")
        head.setLayout(
            row(
                button(_("Back"), context.navigator.back, link=True, icon="back", tip="Esc"),
                self._title,
                self._summary,
                None,
                button(_("Open household"), self._open, link=True),
                self._print,
                self._file,
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        inside.setLayout(column(self._place, None, margins=(16, 12, 16, 12)))
        self.setLayout(column(head, scrolled(inside, _("Bundle")), space=0))
        context.runner.changed.connect(lambda _changed: self._changed())

    def _changed(self) -> None:
        if self.isVisible():
            self.reload()

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `household`
        """Show the bundle of a household."""
        self._household = arguments["household"]
        self.reload()

    def status(self) -> str:
        """Return what can be claimed."""
        amount = self.bundle.amount if self.bundle else 0
        return _("{amount} yuan").format(amount=money.shown(amount))

    def reload(self) -> None:
        """Ask for everything of the household."""
        context = self._context
        context.query(
            claimable.bundle, context.desk, self._household, context.today, then=self._show, latest="bundle"
        )

    def _show(self, bundle: Bundle | None) -> None:
        if bundle is None:
            self._context.navigator.back()
            return
        if bundle.household != self._household:
            return
        self.bundle = bundle
        self._title.setText(_("Bundle of {head}").format(head=bundle.head))
        offers = len(bundle.offers)
        words = _n("{count} to claim, {amount} yuan", "{count} to claim, {amount} yuan", offers).format(
            count=offers, amount=money.shown(bundle.amount)
        )
        self._summary.setText(f"{bundle.household_no} · {words}")
        self._file.setEnabled(bool(offers))
        self._print.setEnabled(bool(bundle.claims))
        clear(self._place)
        self._decided.clear()
        self._section(_("To claim"), bundle.offers, _("Nothing is left to claim."))
        unknown = tuple(each for each in bundle.answers if each.state is State.UNKNOWN)
        self._section(_("Something is missing"), unknown, _("Nothing is missing."))
        self._place.addWidget(text(_("Claimed"), "section"))
        pack = self._context.desk.pack
        rows = [
            (
                each.number,
                each.name,
                claims.item_name(pack, each.item),
                money.shown(each.amount),
                Pill(label("claim_state", each.state), "accent"),
                button(
                    _("Preview form"), partial(preview_forms, self._context, [each.number], self), link=True
                ),
            )
            for each in bundle.claims
        ]
        heads = [_("Claim number"), _("Name"), _("Item"), _("Yuan"), _("State"), ""]
        self._place.addWidget(lines(heads, rows, _("Nothing has been claimed yet."), 2, right=(3,)))
        self._context.refresh_status()

    def _section(self, title: str, answers: tuple[Entitlement, ...], empty: str) -> None:
        pack = self._context.desk.pack
        self._place.addWidget(text(title, "section"))
        rows = [
            (
                each.name,
                pack.item(each.item).name,
                self._yuan(each),
                each.cycle.name,
                explain.why(each),
            )
            for each in answers
        ]
        heads = [_("Name"), _("Item"), _("Yuan"), _("Cycle"), _("Why")]
        self._place.addWidget(lines(heads, rows, empty, 4, right=(2,)))

    def _yuan(self, answer: Entitlement) -> str | DecidedAmount:
        """Return what an entitlement comes to, or where the reviewer enters it."""
        if answer.decided_by_reviewer:
            field = DecidedAmount(answer)
            self._decided[answer.item, answer.beneficiary] = field
            return field
        return "" if answer.amount is None else money.shown(answer.amount)

    def _open(self) -> None:
        self._context.navigator.go("household", household=self._household)

    def file_all(self) -> None:
        """File everything that can be claimed as one step, and show the forms; what the reviewer left open stays."""
        if self.bundle is None:
            return
        context = self._context
        amounts = {key: field.amount() for key, field in self._decided.items() if field.text().strip()}
        grouped: dict[tuple[str, str], list[str]] = {}
        offers = [
            each
            for each in self.bundle.offers
            if not each.decided_by_reviewer or (each.item, each.beneficiary) in amounts
        ]
        if not offers:
            context.messages.tell(_("Enter the amount the reviewer decided first."))
            return
        for each in offers:
            grouped.setdefault((each.item, each.cycle.name), []).append(each.beneficiary)
        wanted = [(item, cycle, whose) for (item, cycle), whose in grouped.items()]

        def filed(result: tuple[Any, list[str]]) -> None:
            numbers = result[1]
            words = _n("{count} claim filed: {number}", "{count} claims filed", len(numbers))
            context.messages.done(words.format(number=numbers[0], count=len(numbers)), context.undo)
            preview_forms(context, numbers, self)

        said = {key: amount or 0 for key, amount in amounts.items()}
        context.runner.write(
            lambda _progress: claims.file_all(context.desk, wanted, context.today, said), filed
        )

    def print_forms(self) -> None:
        """Show the forms of everything that was claimed."""
        if self.bundle and self.bundle.claims:
            preview_forms(self._context, [each.number for each in self.bundle.claims], self)
