"""The page of one household."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from caseworker_app.domain import divisions, identity
from caseworker_app.read_models.households import HouseholdPage, HouseholdRow
from caseworker_app.wording import _, _n, label, labels
from db.queries import households as queries
from ui.context import Context
from ui.theme import style, tokens
from ui.widgets.basics import Pill, button, clear, column, row, text
from ui.widgets.history import history_lines
from ui.widgets.lines import lines, scrolled
from ui.widgets.table import STATUS_TONES


def _village(entry: HouseholdRow) -> str:
    found = divisions.find(entry.village_code)
    return f"{found.name if found else ''} {entry.group}".strip()


def _category(entry: HouseholdRow) -> str:
    return label("monitored_kind", entry.monitored_kind) or label("household_kind", entry.kind)


class HouseholdScreen(QWidget):
    """The page of one household."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._household = ""
        inside = QWidget()
        inside.setObjectName("ground")
        self._place = QVBoxLayout(inside)
        self._place.setContentsMargins(style.px(16), style.px(12), style.px(16), style.px(12))
        self._place.setSpacing(style.px(10))
        self.setLayout(column(scrolled(inside, _("Household")), space=0))
        context.runner.changed.connect(self._changed)

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `household`
        """Show a household."""
        self._household = arguments["household"]
        self.reload()

    def status(self) -> str:
        """Return the words for the status bar."""
        return _("Changes are saved at once and can be undone")

    def _changed(self, _changed: Any) -> None:  # noqa: ANN401 - a Changed
        if self._household and self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Fetch the household and show it."""
        self._context.query(
            queries.page, self._household, self._context.desk.asked(self._context.today), then=self._show
        )

    def _show(self, page: HouseholdPage) -> None:
        clear(self._place)
        go = self._context.navigator.go
        entry = page.row
        title = text(_("Household of {head}").format(head=entry.head))
        title.setFont(style.font(tokens.PAGE, strong=True))
        bar = row(
            button(_("Households"), self._context.navigator.back, link=True, icon="back", tip="Esc"),
            title,
            text(
                f"{entry.household_no} · {_village(entry)} · {identity.masked_phone(entry.phone)}",
                "muted",
                select=True,
            ),
            space=8,
        )
        if category := _category(entry):
            bar.addWidget(Pill(category, "attention" if entry.monitored_kind else "quiet"))
        if page.relocated:
            bar.addWidget(Pill(_("relocated"), "quiet"))
        bar.addStretch(1)
        self._place.addLayout(bar)
        if entry.monitored_kind:
            since = f"{page.identified_on:%Y-%m}" if page.identified_on else _("not known")
            state = (
                _("risk resolved {day}").format(day=entry.resolved_on)
                if entry.resolved_on
                else _("risk not resolved")
            )
            words = _("Monitored since {since}, {state}. Risks: {risks}").format(
                since=since, state=state, risks=labels("risk", page.risks) or "—"
            )
            self._place.addWidget(text(words, "muted"))
        members = [
            (
                button(member.name, partial(go, "person", person=member.id), link=True),
                label("relation", member.relation),
                label("sex", member.sex),
                identity.masked(member.identity_number),
                member.born.isoformat() if member.born else "",
                Pill(label("status", member.status), STATUS_TONES.get(member.status, "quiet")),
            )
            for member in page.members
        ]
        self._place.addWidget(
            text(_n("{count} member", "{count} members", len(members)).format(count=len(members)), "section")
        )
        heads = [_("Name"), _("Relation"), _("Sex"), _("Identity number"), _("Born"), _("Status")]
        self._place.addWidget(lines(heads, members, "", 5))
        self._place.addWidget(text(_("History"), "section"))
        self._place.addWidget(history_lines(page.history))
        self._place.addStretch(1)
