"""The find box of the top bar: type, choose with the arrow keys, Enter opens."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem

from caseworker_app.domain import identity
from caseworker_app.wording import _
from db.queries import find
from ui.actions import BY_ID, Actions
from ui.context import Context
from ui.theme import style

_WAIT_MS = 120
_ROW = 30


class Finder(QLineEdit):
    """Finds people, and actions by their name."""

    def __init__(self, context: Context, actions: Actions) -> None:
        super().__init__()
        self._context = context
        self._actions = actions
        self._generation = 0
        self.setObjectName("find")
        self.setFixedWidth(style.px(520))
        self.setPlaceholderText(
            _("Find people, households, actions…   {keys}").format(keys=BY_ID["find"].shortcut)
        )
        self.setAccessibleName(_("Find people and households"))
        self.setClearButtonEnabled(True)
        self.found = QListWidget(self)
        self.found.setWindowFlags(Qt.WindowType.ToolTip)
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.setAccessibleName(_("Found"))
        self.found.itemClicked.connect(self._choose)
        self.found.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._search)
        self.textEdited.connect(lambda _typed: self._timer.start())
        self.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the list when the box is left."""
        if event.type() == QEvent.Type.FocusOut:
            self.found.hide()
        return super().eventFilter(watched, event)

    def _search(self) -> None:
        typed = self.text().strip()
        if not typed:
            self.found.hide()
            return
        self._generation += 1
        generation = self._generation
        asked = self._context.desk.asked(self._context.today)
        self._context.query(find.find, typed, asked, then=lambda rows: self._show(rows, typed, generation))

    def _show(self, rows: list[tuple[str, str, str, str]], typed: str, generation: int) -> None:
        if generation != self._generation or not self.hasFocus():
            return
        self.found.clear()
        in_household = _("household {number}")
        for person, name, number, household_no in rows:
            item = QListWidgetItem(
                f"{name}    {identity.masked(number)}    {in_household.format(number=household_no)}"
            )
            item.setData(Qt.ItemDataRole.UserRole, ("person", person))
            self.found.addItem(item)
        for declared, made in self._actions.bound():
            if made.isEnabled() and typed.lower() in made.text().lower():
                item = QListWidgetItem(
                    _("Do: {action}    {keys}").format(action=made.text(), keys=declared.shortcut)
                )
                item.setData(Qt.ItemDataRole.UserRole, ("action", declared.id))
                self.found.addItem(item)
        if not self.found.count():
            item = QListWidgetItem(_("Nobody and nothing found for “{typed}”.").format(typed=typed))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.found.addItem(item)
        self.found.setCurrentRow(0)
        self.found.setGeometry(
            self.mapToGlobal(self.rect().bottomLeft()).x(),
            self.mapToGlobal(self.rect().bottomLeft()).y() + 2,
            self.width(),
            style.px(_ROW) * min(self.found.count(), 10) + 8,
        )
        self.found.show()

    def _choose(self, item: QListWidgetItem) -> None:
        data: Any = item.data(Qt.ItemDataRole.UserRole)
        if not data:
            return
        self.found.hide()
        self.clear()
        if data[0] == "person":
            self._context.navigator.go("person", person=data[1])
        else:
            self._actions.get(data[1]).trigger()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move in the list, Enter opens, Esc leaves."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.found.isVisible():
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.found.setCurrentRow(min(max(self.found.currentRow() + step, 0), self.found.count() - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.found.isVisible() and (item := self.found.currentItem()) is not None:
                self._choose(item)
            else:
                self._search()
        elif event.key() == Qt.Key.Key_Escape:
            self.found.hide()
            self.clear()
            self.clearFocus()
        else:
            super().keyPressEvent(event)
