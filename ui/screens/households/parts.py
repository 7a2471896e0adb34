"""The parts of a household's page: members, what holds of it, what is due to it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from caseworker_app.domain import money
from caseworker_app.policy import explain
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.read_models.pages import MonitoringLine
from caseworker_app.use_cases.pages import HOME, HouseholdSheet
from caseworker_app.wording import _, label, labels
from ui.context import Context
from ui.widgets.basics import Pill, button, clear, column, row, text
from ui.widgets.entitlement import standing
from ui.widgets.entitlement_part import EntitlementPart
from ui.widgets.fact_field import Facts
from ui.widgets.lines import lines
from ui.widgets.members import member_lines
from ui.widgets.proposed import Proposed


class MembersPart(QWidget):
    """The members, each a link."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)

    def show_household(self, sheet: HouseholdSheet) -> None:
        """Show the members."""
        clear(self._place)
        self._place.addWidget(member_lines(self._context, sheet.page.members))


class FactsPart(QWidget):
    """What holds of the household, and when it was monitored for which risks."""

    def __init__(self, context: Context, change: Callable[[MonitoringLine], None]) -> None:
        super().__init__()
        self._change = change
        self.facts = Facts(context, _("Household"), HOME)
        self._monitored = column(space=6)
        whole = row(space=12)
        whole.addLayout(column(self.facts, None), 1)
        whole.addLayout(self._monitored, 2)
        self._proposed = Proposed(context)
        self.setLayout(column(self._proposed, whole, space=12))

    def show_household(self, sheet: HouseholdSheet) -> None:
        """Show the facts, and what is proposed beside them."""
        self._proposed.show_lines(sheet.proposed)
        self.facts.show_facts(sheet.facts)
        clear(self._monitored)
        rows = [
            (
                label("monitored_kind", line.kind),
                line.identified_on.isoformat() if line.identified_on else _("not known"),
                line.resolved_on.isoformat() if line.resolved_on else _("not resolved"),
                labels("risk", line.risks) or "—",
                button(_("Change"), partial(self._change, line), link=True),
            )
            for line in sheet.monitored
        ]
        heads = [_("Monitored kind"), _("Identified on"), _("Risk resolved on"), _("Risks"), ""]
        self._monitored.addWidget(text(_("Monitoring"), "section"))
        self._monitored.addWidget(lines(heads, rows, _("This household has never been monitored."), 3))
        self._monitored.addStretch(1)


class SharesPart(QWidget):
    """What the household is entitled to, and below it its members."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._own, self._members = EntitlementPart(context), QVBoxLayout()
        self.setLayout(column(self._own, self._members, space=12))

    def show_household(self, sheet: HouseholdSheet) -> None:
        """Show the entitlements."""
        self._own.show_answers([each for each in sheet.answers if each.beneficiary_kind == "household"])
        clear(self._members)
        rows = [
            self._share(answer)
            for answer in sheet.answers
            if answer.beneficiary_kind == "person" and answer.state is not State.NOT_ELIGIBLE
        ]
        heads = [_("Name"), _("Item"), _("Amount"), "", _("Why")]
        self._members.addWidget(text(_("What members are entitled to"), "section"))
        self._members.addWidget(lines(heads, rows, _("No member is entitled to anything at present."), 4))

    def _share(self, answer: Entitlement) -> tuple[str | QWidget, ...]:
        go = self._context.navigator.go
        return (
            button(
                answer.name, partial(go, "person", person=answer.beneficiary, item=answer.item), link=True
            ),
            self._context.desk.pack.item(answer.item).name,
            _("{amount} yuan").format(amount=money.shown(answer.amount)) if answer.amount else "—",
            Pill(*standing(answer)),
            explain.why(answer),
        )
