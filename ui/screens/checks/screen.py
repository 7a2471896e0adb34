"""The data checks: what does not agree in the whole ledger, by check and village."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QWidget

from caseworker_app.check_words import finding_text, titles
from caseworker_app.domain import divisions
from caseworker_app.domain.findings import STOP, Finding, checks
from caseworker_app.wording import _, _n
from db.queries import checks as queries
from ui.context import Context
from ui.models.windowed import Column, WindowedTableModel
from ui.widgets.basics import EmptyState, TabStrip, button, column, row, text
from ui.widgets.findings import FindingLine, tone, weight
from ui.widgets.table import DataTable, paint_word
from ui.words import N_

_FILTER_MS = 180


def _village(code: str) -> str:
    found = divisions.find(code)
    return found.name if found else code


def _paint_weight(painter: QPainter, area: QRectF, found: Finding) -> None:
    paint_word(painter, area, weight(found), tone(found))


COLUMNS = (
    Column(N_("Name"), 100, lambda found: found.name),
    Column(N_("Household number"), 150, lambda found: found.household_no, paint="muted"),
    Column(N_("Village"), 110, lambda found: _village(found.village_code)),
    Column(N_("Weight"), 90, weight, paint="weight", tip=weight),
    Column(N_("Data check"), 190, lambda found: titles()[found.check]),
    Column(N_("What does not agree"), 560, finding_text, tip=finding_text),
)


class ChecksScreen(QWidget):
    """The list of findings; Enter opens the record."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found: dict[str, Finding] = {}
        self._stale = True
        self._summary = text("", "muted")
        head = QWidget()
        head.setObjectName("pagehead")
        back = button(_("Back"), context.navigator.back, link=True, icon="back", tip="Esc")
        head.setLayout(
            row(back, text(_("Data checks"), "page"), self._summary, None, margins=(16, 10, 16, 10), space=12)
        )
        self.tabs = TabStrip(
            [
                ("open", _("To settle")),
                ("stop", _("Must be corrected")),
                ("attention", _("To be checked")),
                ("exempt", _("Explained")),
            ],
            _("Lists of findings"),
        )
        self.tabs.chosen.connect(lambda _key: self._choose())
        self.check, self.village = QComboBox(), QComboBox()
        self.check.setAccessibleName(_("Data check"))
        self.village.setAccessibleName(_("Village"))
        for box in (self.check, self.village):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _index: self._choose())
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter: name, household number"))
        self.filter.setAccessibleName(_("Filter here"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(180)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FILTER_MS)
        self._timer.timeout.connect(self._choose)
        self.filter.textChanged.connect(lambda _typed: self._timer.start())
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, None, self.check, self.village, self.filter, margins=(12, 4, 16, 6)))
        self.model = WindowedTableModel(COLUMNS, self._fetch, self)
        self.table = DataTable(self.model, _("Data checks"), {"weight": _paint_weight})
        self._empty = EmptyState("check", _("Everything on record agrees."))
        self.table.set_empty(self._empty)
        self.table.opened.connect(self._open)
        self.table.picked.connect(self._pick)
        self._detail = QWidget()
        self._detail.setObjectName("pagehead")
        self._line = column(margins=(16, 8, 16, 10))
        self._detail.setLayout(self._line)
        self._detail.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._detail.hide()
        self.setLayout(column(head, strip, self.table, self._detail, space=0))
        context.runner.changed.connect(self._changed)

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `check` may be given
        """Show the findings as they are now, of one check if asked for."""
        if "check" in arguments:
            self._fill(self.check, arguments["check"], [(arguments["check"], titles()[arguments["check"]])])
        if self._stale:
            self.reload()
        else:
            self._choose()
        self.table.setFocus()

    def status(self) -> str:
        """Return how many are shown."""
        count = len(self.model.ids())
        return _n("{count} finding on this list", "{count} findings on this list", count).format(count=count)

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.setFocus()
        self.filter.selectAll()

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
        self._found = {each.id: each for each in found}
        open_ = [each for each in found if not each.exemption]
        stop = sum(each.severity == STOP for each in open_)
        self.tabs.count(
            {
                "open": len(open_),
                "stop": stop,
                "attention": len(open_) - stop,
                "exempt": len(found) - len(open_),
            }
        )
        self._summary.setText(
            _n("{count} thing does not agree", "{count} things do not agree", len(open_)).format(
                count=len(open_)
            )
        )
        self._choose()

    def _fill(self, box: QComboBox, chosen: str, choices: Sequence[tuple[str, str]]) -> None:
        first = _("All checks") if box is self.check else _("All villages")
        box.clear()
        for code, words in (("", first), *choices):
            box.addItem(words, code)
        box.setCurrentIndex(max(box.findData(chosen), 0))

    def _in_tab(self, found: Finding) -> bool:
        tab = self.tabs.current()
        if tab == "exempt" or found.exemption:
            return tab == "exempt" and bool(found.exemption)
        return tab in ("open", found.severity)

    def _choose(self) -> None:
        """Show what is chosen by tab, check, village and filter."""
        here = [each for each in self._found.values() if self._in_tab(each)]
        check, village = str(self.check.currentData() or ""), str(self.village.currentData() or "")
        numbers = Counter(each.check for each in here)
        self._fill(
            self.check,
            check,
            [
                (code, f"{titles()[code]} {numbers[code]}")
                for code in checks()
                if numbers[code] or code == check
            ],
        )
        villages = sorted({each.village_code for each in self._found.values()})
        self._fill(self.village, village, [(code, _village(code)) for code in villages])
        typed = self.filter.text().strip()
        ids = [
            each.id
            for each in here
            if (not check or each.check == check)
            and (not village or each.village_code == village)
            and (not typed or typed in each.name or typed in each.household_no)
        ]
        chosen = self.table.selected()[:1]
        self._empty.say(_("No finding matches.") if self._found else _("Everything on record agrees."))
        self.model.set_ids(ids)
        if ids and not (chosen and self.table.select_id(chosen[0])):
            self.table.select_id(ids[0])
        self._pick(self.table.selected())
        self._context.refresh_status()

    def _fetch(self, ids: Sequence[str], arrived: Callable[[Sequence[Any]], None]) -> None:
        arrived([self._found[each] for each in ids if each in self._found])

    def _pick(self, ids: list[str]) -> None:
        focus: QWidget | None = self._detail.focusWidget()
        if focus and focus.hasFocus():  # It goes with the finding.
            self.table.setFocus()
        while (item := self._line.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        found = self._found.get(ids[0]) if len(ids) == 1 else None
        if found:
            line = FindingLine(self._context, found, lambda each: self._open(each.id))
            self._line.addWidget(line)
        self._detail.setVisible(found is not None)

    def _open(self, finding: str) -> None:
        """Open the record of a finding."""
        found = self._found[finding]
        if found.person:
            self._context.navigator.go("person", person=found.person)
        else:
            self._context.navigator.go("household", household=found.household)
