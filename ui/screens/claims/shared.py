"""What the parts of the page of claims share."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QRectF, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from caseworker_app.domain import divisions, money
from caseworker_app.error_words import error_text
from caseworker_app.read_models.claims import Preview
from caseworker_app.use_cases.claimable import Sum
from caseworker_app.wording import _, _n, label
from ui.models.windowed import WindowedTableModel
from ui.theme import style, tokens
from ui.widgets.basics import Card, clear, paint_pill, text
from ui.widgets.lines import Ruled, fill
from ui.widgets.table import DataTable

TONES = {
    "paid": "good",
    "returned": "attention",
    "objection": "attention",
    "appealed": "attention",
    "payment_failed": "stop",
    "rejected": "stop",
    "withdrawn": "quiet",
    "draft": "quiet",
}
_TOLD = 5
"""How many of those who cannot are named."""


def state_tone(state: str) -> str:
    """Return the tone of a claim's state."""
    return TONES.get(state, "accent")


def paint_words(painter: QPainter, area: QRectF, words: str, tone: str) -> None:
    """Paint a word on its ground at the left of a cell."""
    width = QFontMetrics(style.font(tokens.SMALL)).horizontalAdvance(words) + style.px(16)
    place = QRectF(area.left(), area.center().y() - style.px(10), min(width, area.width()), style.px(20))
    paint_pill(painter, place, words, tone)


def paint_state(painter: QPainter, area: QRectF, state: str) -> None:
    """Paint the state of a claim."""
    paint_words(painter, area, label("claim_state", state), state_tone(state))


def village_name(code: str) -> str:
    """Return the name of a village."""
    found = divisions.find(code)
    return found.name if found else ""


def show_ids(table: DataTable, model: WindowedTableModel, ids: Sequence[str]) -> None:
    """Show another list and keep every row selected that is still on it."""
    before = table.selected()
    same = list(ids) == model.ids()
    model.set_ids(ids)
    if same or not ids:
        return
    rows = [place for each in before if (place := model.position(each)) >= 0] or [0]
    chosen = QItemSelection()
    last = len(model.columns) - 1
    for place in rows:
        chosen.select(model.index(place, 0), model.index(place, last))
    table.setCurrentIndex(model.index(rows[0], 0))
    table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def cannot_text(previews: Sequence[Preview]) -> str:
    """Return who cannot, and why, the first few by name."""
    refused = [each for each in previews if each.why]
    said = [
        f"{each.name or each.number}：{error_text(each.why)}"
        for each in refused[:_TOLD]
        if each.why is not None
    ]
    if (more := len(refused) - _TOLD) > 0:
        said.append(_n("… and {count} more", "… and {count} more", more).format(count=more))
    return "\n".join(said)


class SumList(QWidget):
    """Sums below each other, the first of all; choosing one narrows a list. Signals: chosen(str) with its key, '' for all."""

    chosen = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._keys: list[str] = [""]
        self._current = ""
        self._table: Ruled | None = None
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setLayout(self._place)

    def show_sums(self, sums: Sequence[Sum]) -> None:
        """Show these sums; the one that was chosen stays so while it is there."""
        clear(self._place)
        self._keys = ["", *(each.key for each in sums)]
        if self._current not in self._keys:
            self._current = ""
        table = Ruled([self._title, _("Count"), _("Yuan")], choosing=True, right=(1, 2))
        whole = Sum("", _("All"), sum(each.count for each in sums), sum(each.amount for each in sums))
        fill(table, [(each.name, str(each.count), money.shown(each.amount)) for each in (whole, *sums)], 0)
        table.go(self._keys.index(self._current))
        table.went.connect(self._went)
        self._table = table
        self._place.addWidget(Card(table, margins=(0, 0, 0, 0)))

    def current(self) -> str:
        """Return the key of the sum that is chosen, '' for all."""
        return self._current

    def _went(self, number: int) -> None:
        self._current = self._keys[number]
        self.chosen.emit(self._current)


def note(words: str) -> QWidget:
    """Return a sentence on the ground of a hint."""
    said = text(words, wrap=True)
    said.setObjectName("note")
    return said
