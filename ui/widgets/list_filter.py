"""What a list is narrowed to: the box that opens below a header, and the chips that stand above the table."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from caseworker_app.domain import codes, divisions, money
from caseworker_app.wording import _, joined, label
from db.queries.columns import Column, Filter
from ui.models.windowed import NOTHING
from ui.theme import style
from ui.widgets.basics import Field, button, clear, column, row, text
from ui.widgets.day_edit import DayEdit

_SHOWN = 4
"""So many values are named in a chip, the rest counted."""


def value_words(key: str, known: Column, value: object) -> str:
    """Return a value of a column in words."""
    if value is None or value == "":
        return NOTHING
    if known.kind == "flag":
        return label("yes_no", "yes" if value in (True, "yes") else "no")
    if known.kind == "money" and isinstance(value, int):
        return money.shown(value)
    if known.codes:
        return label(known.codes, str(value))
    if key == "trade":
        return label("trade", str(value))
    if key in ("village", "group"):
        return divisions.called(str(value))
    if key == "place":
        return divisions.full_name(str(value), " ") or str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def filter_words(key: str, known: Column, header: str, narrowed: Filter) -> str:
    """Return a filter as its chip says it."""
    if narrowed.values:
        named = [
            _("unknown") if value == "" else value_words(key, known, value)
            for value in narrowed.values[:_SHOWN]
        ]
        words = joined(named)
        if len(narrowed.values) > _SHOWN:
            words = _("{some} and {count} more").format(some=words, count=len(narrowed.values) - _SHOWN)
        return _("{column}: {values}").format(column=header, values=words)
    if narrowed.contains:
        return _("{column} contains “{text}”").format(column=header, text=narrowed.contains)
    low = value_words(key, known, narrowed.low)
    high = value_words(key, known, narrowed.high)
    if narrowed.high is None:
        return _("{column}: from {low}").format(column=header, low=low)
    if narrowed.low is None:
        return _("{column}: up to {high}").format(column=header, high=high)
    return _("{column}: {low} to {high}").format(column=header, low=low, high=high)


def _rank(key: str, known: Column) -> Callable[[str], Any]:
    """Return how the values of a column stand in the box: codes as their list has them, the unknown last."""
    if known.codes:
        order = {code: rank for rank, code in enumerate(codes.code_list(known.codes).codes)}
        return lambda value: (value == "", order.get(value, len(order)), value)
    return lambda value: (value == "", len(value_words(key, known, value)) if key == "group" else 0, value)


class Popup(QFrame):
    """A small box over the window, below a part of it: Esc, a click or the keys elsewhere close it.

    It is no window of its own, so that it takes no keys from the window and none is lost when it goes.
    """

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("card")
        self.setAccessibleName(name)
        self._before: QWidget | None = None
        self._watches = False

    def show_below(self, spot: QPoint, first: QWidget) -> None:
        """Show it with its corner there, inside the window, the keys in its first part."""
        owner = self.parentWidget()
        assert owner is not None
        edge = style.px(8)
        self.adjustSize()
        corner = owner.mapFromGlobal(spot)
        corner.setX(max(edge, min(corner.x(), owner.width() - self.width() - edge)))
        corner.setY(max(edge, min(corner.y(), owner.height() - self.height() - edge)))
        self.move(corner)
        self._before = QApplication.focusWidget()
        self.show()
        self.raise_()
        first.setFocus()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._look_away)
        application.installEventFilter(self)
        self._watches = True

    def _holds(self, part: QWidget | None) -> bool:
        while part is not None and part is not self:
            part = part.parentWidget()
        return part is self

    def _look_away(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and not self._holds(new):
            self._before = None
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close on a click elsewhere."""
        if (
            event.type() == QEvent.Type.MouseButtonPress
            and isinstance(watched, QWidget)
            and not self._holds(watched)
        ):
            self.close()
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the keys back to where they were."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if self._watches:
            self._watches = False
            application.removeEventFilter(self)
            application.focusChanged.disconnect(self._look_away)
        if self._before is not None and shiboken6.isValid(self._before):
            self._before.setFocus()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class FilterBox(Popup):
    """Sorts by a column or narrows the list to some of it.

    Signals: sorted(bool, bool) for downwards and after the others; narrowed(object) with a Filter, None for no filter.
    """

    sorted = Signal(bool, bool)
    narrowed = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        key: str,
        known: Column,
        header: str,
        present: Filter | None,
        values: Mapping[str, int] | None,
    ) -> None:
        super().__init__(parent, _("Filter “{column}”").format(column=header))
        self._key, self._known = key, known
        self.setMinimumWidth(style.px(250))
        order = row(
            button(_("↑ Upwards"), lambda: self._sort(down=False), link=True),
            button(_("↓ Downwards"), lambda: self._sort(down=True), link=True),
            None,
            button(_("Sort further"), lambda: self._sort(down=False, further=True), link=True),
            space=4,
        )
        self.apply = button(_("Apply"), self._narrow, primary=True, tip="Enter")
        self.wrong = text("", "error", wrap=True)
        self.wrong.hide()
        bottom = row(button(_("No filter"), self._release), None, self.apply)
        inside = column(text(header, "section"), order, space=8, margins=(12, 10, 12, 12))
        self.first: QWidget = self.apply
        self.ticks = QListWidget()
        self.low = self.high = QLineEdit()
        self.contains = QLineEdit()
        if known.kind in ("code", "flag"):
            self._fill(inside, present, values or {})
        elif known.kind == "text":
            self.contains.setText(present.contains if present else "")
            inside.addWidget(Field(_("Contains"), self.contains))
            self.first = self.contains
        else:
            self.low, self.high = self._bounds(present)
            inside.addLayout(row(Field(_("From"), self.low), Field(_("Up to"), self.high)))
            self.first = self.low
        inside.addWidget(self.wrong)
        inside.addLayout(bottom)
        self.setLayout(inside)

    def _fill(self, inside: Any, present: Filter | None, values: Mapping[str, int]) -> None:  # noqa: ANN401 - a layout
        """Put in the values with their counts, ticked where the list shows them."""
        self.ticks.setAccessibleName(_("Values"))
        kept = set(present.values) if present else set()
        for value in sorted({*values, *kept}, key=_rank(self._key, self._known)):
            words = _("unknown") if value == "" else value_words(self._key, self._known, value)
            item = QListWidgetItem(f"{words}  {values.get(value, 0)}")
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if value in kept else Qt.CheckState.Unchecked)
            self.ticks.addItem(item)
        self.ticks.setMinimumHeight(min(self.ticks.sizeHintForRow(0) * self.ticks.count() + 8, style.px(280)))
        self._ticked: QListWidgetItem | None = None
        self.ticks.itemChanged.connect(self._note)
        self.ticks.itemClicked.connect(self._toggle)
        if self.ticks.count():
            self.ticks.setCurrentRow(0)
        inside.addWidget(self.ticks)
        self.first = self.ticks

    def _note(self, item: QListWidgetItem) -> None:
        self._ticked = item

    def _toggle(self, item: QListWidgetItem) -> None:
        """Tick a value where its words are clicked; where its box is, it is ticked already."""
        if self._ticked is not item:
            ticked = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)
        self._ticked = None

    def _bounds(self, present: Filter | None) -> tuple[QLineEdit, QLineEdit]:
        made: list[QLineEdit] = []
        for bound in (present.low, present.high) if present else (None, None):
            if self._known.kind == "day":
                day = DayEdit(bound if isinstance(bound, date) else None, optional=True)
                day.setPlaceholderText("2024-10-31")
                made.append(day)
            else:
                edit = QLineEdit("" if bound is None else value_words(self._key, self._known, bound))
                edit.setFixedWidth(style.px(110))
                made.append(edit)
        return made[0], made[1]

    def _sort(self, *, down: bool, further: bool = False) -> None:
        self.close()
        self.sorted.emit(down, further)

    def _release(self) -> None:
        self.close()
        self.narrowed.emit(None)

    def _bound(self, edit: QLineEdit) -> date | int | None:
        """Return what was typed; ValueError when it is nothing of the kind."""
        if isinstance(edit, DayEdit):
            return edit.day()
        typed = edit.text().strip()
        if not typed:
            return None
        return money.fen(typed.replace(",", "")) if self._known.kind == "money" else int(typed)

    def _narrow(self) -> None:
        ticked = [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in (self.ticks.item(number) for number in range(self.ticks.count()))
            if item.checkState() == Qt.CheckState.Checked
        ]
        try:
            low, high = self._bound(self.low), self._bound(self.high)
        except (ValueError, ArithmeticError):
            self.wrong.setText(
                _("This is not a day, for example 2024-10-31.")
                if self._known.kind == "day"
                else _("Enter a number.")
            )
            self.wrong.show()
            return
        found = Filter(self._key, tuple(ticked), self.contains.text().strip(), low, high)
        self.close()
        self.narrowed.emit(None if found == Filter(self._key) else found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Apply with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._narrow()
        else:
            super().keyPressEvent(event)


class Chips(QWidget):
    """The filters that are on, each with its way out. Signals: removed(str) with a column; cleared()."""

    removed = Signal(str)
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Filters"))
        self._line = row(space=6, margins=(16, 0, 16, 6))
        self.setLayout(self._line)
        self.hide()

    def show_filters(self, filters: Sequence[tuple[str, str]]) -> None:
        """Show filters, each by column and words; nothing is shown when there are none."""
        clear(self._line)
        for key, words in filters:
            made = button(
                f"{words}  ×",
                partial(self.removed.emit, key),
                tip=_("Take the filter “{words}” away").format(words=words),
            )
            made.setProperty("chip", True)
            self._line.addWidget(made)
        self._line.addWidget(button(_("Clear all"), self.cleared.emit, link=True))
        self._line.addStretch(1)
        self.setVisible(bool(filters))

    def minimumSizeHint(self) -> QSize:
        """Give way to a narrow window: chips beyond its edge are cut, not the window widened."""
        return QSize(0, super().minimumSizeHint().height())
