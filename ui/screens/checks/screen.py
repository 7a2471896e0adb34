"""The data checks: what does not agree in the whole ledger, by check and village."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QWidget

from caseworker_app.check_words import finding_text, titles
from caseworker_app.domain import divisions
from caseworker_app.domain.findings import Finding, checks
from caseworker_app.wording import _, _n
from db.queries import checks as queries
from ui.actions import tip
from ui.context import Context
from ui.models.windowed import Column
from ui.widgets.basics import button, column, row, text
from ui.widgets.findings import FindingLine, tone, weight
from ui.widgets.held_list import HeldList
from ui.widgets.table import paint_word
from ui.words import N_


def _paint_weight(painter: QPainter, area: QRectF, found: Finding) -> None:
    paint_word(painter, area, weight(found), tone(found))


def _in_tab(found: Finding, tab: str) -> bool:
    if tab == "exempt" or found.exemption:
        return tab == "exempt" and bool(found.exemption)
    return tab in ("open", found.severity)


COLUMNS = (
    Column(N_("Name"), 100, lambda found: found.name),
    Column(N_("Household number"), 150, lambda found: found.household_no, paint="muted"),
    Column(N_("Village"), 110, lambda found: divisions.called(found.village_code)),
    Column(N_("Weight"), 116, weight, paint="weight", tip=weight),
    Column(N_("Data check"), 190, lambda found: titles()[found.check]),
    Column(N_("What does not agree"), 560, finding_text, tip=finding_text),
)


class ChecksScreen(QWidget):
    """The list of findings; Enter opens the record."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._stale = True
        self._summary = text("", "muted")
        head = QWidget()
        head.setObjectName("pagehead")
        back = button(_("Back"), context.navigator.back, link=True, icon="back", tip="Esc")
        head.setLayout(
            row(
                back,
                text(_("Data checks"), "page"),
                self._summary,
                None,
                button(_("Export"), self.export, tip=tip("list.export")),
                margins=(16, 10, 16, 10),
                space=12,
            )
        )
        self.check, self.village = QComboBox(), QComboBox()
        self.check.setAccessibleName(_("Data check"))
        self.village.setAccessibleName(_("Village"))
        for box in (self.check, self.village):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.list = HeldList(
            context,
            _("Data checks"),
            COLUMNS,
            [
                ("open", _("To settle")),
                ("stop", _("Must be corrected")),
                ("attention", _("To be checked")),
                ("exempt", _("Explained")),
            ],
            _in_tab,
            lambda found: FindingLine(context, found, lambda each: self._open(each.id)),
            wanted=self._wanted,
            empty=_("Everything on record agrees."),
            painters={"weight": _paint_weight},
            beside=(self.check, self.village),
            page=True,
        )
        self.tabs = self.list.tabs
        self.list.narrowing.connect(self._offer)
        for box in (self.check, self.village):
            box.activated.connect(lambda _index: self.list.narrow())
        self.list.table.opened.connect(self._open)
        self.setLayout(column(head, self.list, space=0))
        context.runner.changed.connect(self._changed)

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `check` may be given
        """Show the findings as they are now, of one check if asked for."""
        if "check" in arguments:
            self._fill(self.check, arguments["check"], [(arguments["check"], titles()[arguments["check"]])])
        if self._stale:
            self.reload()
        else:
            self.list.narrow()
        self.list.table.setFocus()

    def status(self) -> str:
        """Return how many are shown."""
        count = self.list.count()
        return _n("{count} finding on this list", "{count} findings on this list", count).format(count=count)

    def export(self) -> None:
        """Write the findings that are shown as a workbook."""
        self.list.export("Data checks")

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.list.filter.take()

    def _changed(self, _changed: Any) -> None:  # noqa: ANN401 - a Changed
        self._stale = True
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Check the whole ledger anew."""
        asked = self._context.desk.asked(self._context.today)
        self._context.query(queries.findings, asked, then=self._show, latest="checks")

    def _show(self, found: list[Finding]) -> None:
        self._stale = False
        self._summary.setText(
            _n("{count} thing does not agree", "{count} things do not agree", open_).format(count=open_)
            if (open_ := sum(not each.exemption for each in found))
            else ""
        )
        self.list.empty.say(_("No finding matches.") if found else _("Everything on record agrees."))
        self.list.show_rows(found)

    def _fill(self, box: QComboBox, chosen: str, choices: Sequence[tuple[str, str]]) -> None:
        first = _("All checks") if box is self.check else _("All villages")
        box.clear()
        for code, words in (("", first), *choices):
            box.addItem(words, code)
        box.setCurrentIndex(max(box.findData(chosen), 0))

    def _offer(self) -> None:
        """Offer the checks and villages there are under the tab, each check with its number."""
        check, village = self._chosen()
        numbers = Counter(each.check for each in self.list.here())
        known = [code for code in checks() if numbers[code] or code == check]
        self._fill(self.check, check, [(code, f"{titles()[code]} {numbers[code]}") for code in known])
        villages = sorted({each.village_code for each in self.list.rows.values()})
        self._fill(self.village, village, [(code, divisions.called(code)) for code in villages])

    def _chosen(self) -> tuple[str, str]:
        return str(self.check.currentData() or ""), str(self.village.currentData() or "")

    def _wanted(self, found: Finding) -> bool:
        check, village = self._chosen()
        return check in ("", found.check) and village in ("", found.village_code)

    def _open(self, finding: str) -> None:
        """Open the record of a finding."""
        found = self.list.rows[finding]
        if found.person:
            self._context.navigator.go("person", person=found.person)
        else:
            self._context.navigator.go("household", household=found.household)
