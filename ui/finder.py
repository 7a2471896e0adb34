"""The find box of the top bar: a few keys find a person, a household, a claim or an action; Enter goes there.

Empty, it offers who was opened last and everything that can be done here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from caseworker_app.domain import divisions, identity, pinyin
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.read_models.find import Found, FoundHousehold, FoundPerson, Rank
from caseworker_app.read_models.people import WorkerRow
from caseworker_app.wording import _, label
from db.queries import find, workers
from db.queries.workers import Asked
from ui.actions import BY_ID, Actions
from ui.context import Context
from ui.theme import style, tokens

_WAIT_MS = 40
_PEOPLE, _ACTIONS, _RECENT = 10, 5, 6
_ROW, _HEADING, _SHOWN = 32, 26, 14
_LINE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: its words from left to right and what Enter does; a heading does nothing."""

    title: str
    detail: str = ""
    hint: str = ""
    act: Callable[[], None] | None = None


def _place(village_code: str, group: str) -> str:
    village = divisions.find(village_code)
    return f"{village.name if village else village_code} {group}".strip()


def _joined(*words: str) -> str:
    return "　".join(word for word in words if word)


def _why(person: FoundPerson) -> str:
    """Return why somebody was found, where the line does not show it by itself."""
    if person.rank is Rank.PHONE_TAIL:
        return _("Phone {number}").format(number=identity.masked_phone(person.phone))
    if person.rank is Rank.HOUSEHOLD_PHONE_TAIL:
        return _("Household phone {number}").format(number=identity.masked_phone(person.household_phone))
    if person.rank in (Rank.IDENTITY_TAIL, Rank.IDENTITY_BEGINS):
        return _("Identity number")
    if person.rank in (Rank.SOUND, Rank.GIVEN_SOUND):
        return _("Sounds the same")
    if person.rank >= Rank.NEAR:
        return _("Sounds alike")
    return ""


def matching(typed: str, titles: Sequence[tuple[str, str]]) -> list[str]:
    """Return the ids of actions by their title, its pinyin or initials: those that begin so first."""
    wanted, letters = typed.strip().lower(), pinyin.letters(typed)
    found: list[tuple[int, str]] = []
    for action, title in titles:
        ways = [way for each in pinyin.spellings(title) for way in (each.pinyin, each.initials)]
        if title.lower().startswith(wanted) or (letters and any(way.startswith(letters) for way in ways)):
            found.append((0, action))
        elif wanted in title.lower() or (len(letters) > 1 and any(letters in way for way in ways)):
            found.append((1, action))
    return [action for _rank, action in sorted(found, key=lambda each: each[0])]


def _answer(
    connection: Any,  # noqa: ANN401 - as the reader gives it
    typed: str,
    asked: Asked,
    titles: Sequence[tuple[str, str]],
) -> tuple[Found, list[str]]:
    return find.find(connection, typed, asked, _PEOPLE), matching(typed, titles)


class _Painter(QStyledItemDelegate):
    """Paints a line: its title, what tells it from others, and at the right why it is there or its keys.

    What was typed is marked where the words hold it.
    """

    mark = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line, or the heading of a group."""
        theme, line, area = style.current(), index.data(_LINE), option.rect
        inner = area.adjusted(style.px(12), 0, -style.px(12), 0)
        painter.save()
        if line.act is None:
            self._words(painter, inner, line.title, theme.secondary, tokens.SMALL)
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, style.ink(theme.accent_soft))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), style.ink(theme.accent))
        hint = style.metrics(tokens.SMALL).horizontalAdvance(line.hint)
        self._words(painter, inner, line.hint, theme.secondary, tokens.SMALL, Qt.AlignmentFlag.AlignRight)
        inner.setRight(inner.right() - hint - (style.px(12) if hint else 0))
        self._words(painter, inner, line.title, theme.text, tokens.TEXT)
        title = style.metrics(tokens.TEXT).horizontalAdvance(line.title)
        inner.setLeft(inner.left() + max(title, style.px(64)) + style.px(16))
        self._words(painter, inner, line.detail, theme.secondary, tokens.SMALL)
        painter.restore()

    def _words(
        self,
        painter: QPainter,
        area: QRect,
        words: str,
        colour: str,
        size: int,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(style.font(size))
        painter.setPen(style.ink(colour))
        shown = style.metrics(size).elidedText(words, Qt.TextElideMode.ElideRight, max(area.width(), 0))
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        before, marked, _after = shown.partition(self.mark) if self.mark else ("", "", "")
        if marked and side is Qt.AlignmentFlag.AlignLeft:
            painter.setPen(style.ink(style.current().accent))
            area = area.adjusted(style.metrics(size).horizontalAdvance(before), 0, 0, 0)
            painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), marked)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a line or a heading."""
        return QSize(0, style.px(_ROW if index.data(_LINE).act else _HEADING))


class Finder(QLineEdit):
    """Finds people, households, claims and actions."""

    def __init__(self, context: Context, actions: Actions) -> None:
        super().__init__()
        self._context = context
        self._actions = actions
        self._question = 0
        self._answered = 0
        self._entered = False
        self._recent: list[str] = []
        self.setObjectName("find")
        self.setPlaceholderText(
            _("Find people, households, actions…   {keys}").format(keys=BY_ID["find"].shortcut)
        )
        self.setAccessibleName(_("Find people and households"))
        self.setClearButtonEnabled(True)
        self.found = QListWidget(self)
        self.found.setWindowFlags(Qt.WindowType.ToolTip)
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.setAccessibleName(_("Found"))
        self._painter = _Painter(self.found)
        self.found.setItemDelegate(self._painter)
        self.found.itemClicked.connect(self._choose)
        self.found.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._search)
        self.textEdited.connect(lambda _typed: self._timer.start())
        self.installEventFilter(self)

    def open(self) -> None:
        """Take the keys and show what is offered."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        self._search()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the list when the box is left."""
        if event.type() == QEvent.Type.FocusOut:
            self._close()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show what is offered."""
        super().mousePressEvent(event)
        if self.found.isHidden():
            self._search()

    def _close(self) -> None:
        self._question += 1
        self._entered = False
        self._timer.stop()
        self.found.hide()

    # -- asking ------------------------------------------------------------------------------

    def _search(self) -> None:
        self._timer.stop()
        self._entered = False
        self._question += 1
        question, typed = self._question, self.text().strip()
        asked = self._context.desk.asked(self._context.today)
        titles = [
            (declared.id, made.text())
            for declared, made in self._actions.bound()
            if made.isEnabled() and declared.id != "find"
        ]
        if typed:
            self._context.query(
                _answer,
                typed,
                asked,
                titles,
                then=lambda answer: self._show(self._lines(*answer), typed, question),
            )
        else:
            self._context.query(
                workers.rows,
                list(self._recent),
                asked,
                then=lambda rows: self._show(self._offered(rows, titles), typed, question),
            )

    def _offered(self, rows: Sequence[WorkerRow], titles: Sequence[tuple[str, str]]) -> list[Line]:
        recent = [
            Line(
                row.name,
                _joined(identity.masked(row.identity_number), row.head, _place(row.village_code, row.group)),
                "",
                partial(self._open_person, row.id),
            )
            for row in rows
        ]
        return [
            *self._group(_("Opened last"), recent),
            *self._group(_("Do here"), [self._action_line(action) for action, _title in titles]),
        ]

    def _lines(self, found: Found, actions: Sequence[str]) -> list[Line]:
        groups = [
            (_("People"), [self._person_line(each) for each in found.people]),
            (_("Households"), [self._household_line(each) for each in found.households]),
            (_("Claims"), [self._claim_line(each) for each in found.claims]),
            (_("Do here"), [self._action_line(each) for each in actions[:_ACTIONS]]),
        ]
        return [line for name, lines in groups for line in self._group(name, lines)]

    def _group(self, name: str, lines: Sequence[Line]) -> list[Line]:
        return [Line(name), *lines] if lines else []

    def _person_line(self, person: FoundPerson) -> Line:
        under = _("Head {name}").format(name=person.head) if person.head else ""
        home = label("relation", "head") if person.relation == "head" else under
        detail = _joined(
            identity.masked(person.identity_number), home, _place(person.village_code, person.group)
        )
        return Line(person.name, detail, _why(person), partial(self._open_person, person.id))

    def _household_line(self, home: FoundHousehold) -> Line:
        return Line(
            home.head or home.household_no,
            _joined(
                _("Household {number}").format(number=home.household_no),
                _place(home.village_code, home.group),
            ),
            "",
            partial(self._context.navigator.go, "household", household=home.id),
        )

    def _claim_line(self, claim: ClaimRow) -> Line:
        go = self._context.navigator.go
        act: Callable[[], None] = (
            partial(go, "person", person=claim.beneficiary, item=claim.item)
            if claim.beneficiary_kind == "person"
            else partial(go, "household", household=claim.beneficiary)
        )
        return Line(claim.number, claim.name, label("claim_state", claim.state), act)

    def _action_line(self, action: str) -> Line:
        made = self._actions.get(action)
        return Line(made.text(), "", BY_ID[action].shortcut, made.trigger)

    def _open_person(self, person: str) -> None:
        self._recent = [person, *(each for each in self._recent if each != person)][:_RECENT]
        self._context.navigator.go("person", person=person)

    # -- showing -----------------------------------------------------------------------------

    def _show(self, lines: Sequence[Line], typed: str, question: int) -> None:
        if question != self._question or not self.hasFocus():
            return
        self._answered = question
        if not lines:
            lines = [Line(_("Nobody and nothing found for “{typed}”.").format(typed=typed))]
        self.found.setUpdatesEnabled(False)
        self._painter.mark = typed
        self.found.clear()
        for line in lines:
            item = QListWidgetItem(line.title)
            item.setData(_LINE, line)
            words = " ".join(each for each in (line.title, line.detail, line.hint) if each)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            if line.act is None:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.found.addItem(item)
        self._place_list(lines)
        self._step(1, -1)
        self.found.setUpdatesEnabled(True)
        self.found.show()
        if self._entered and (item := self.found.currentItem()) is not None:
            self._choose(item)

    def _place_list(self, lines: Sequence[Line]) -> None:
        heights = [style.px(_ROW if line.act else _HEADING) for line in lines[:_SHOWN]]
        corner = self.mapToGlobal(self.rect().bottomLeft())
        self.found.setGeometry(corner.x(), corner.y() + 2, self.width(), sum(heights) + style.px(12))

    def _step(self, step: int, start: int) -> None:
        """Choose the next line that does something, past the headings; stay where there is none."""
        row = start + step
        while 0 <= row < self.found.count():
            if self.found.item(row).data(_LINE).act:
                self.found.setCurrentRow(row)
                break
            row += step
        if self.found.currentRow() == 1:
            self.found.scrollToTop()

    def _choose(self, item: QListWidgetItem) -> None:
        line: Any = item.data(_LINE)
        if line is None or line.act is None:
            return
        self.clear()
        self.clearFocus()
        line.act()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move in the list, Enter opens, Esc leaves."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if self.found.isHidden():
                self._search()
            else:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1, self.found.currentRow())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
            self._close()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        """Open what is chosen; where the answer to the last key is still to come, the best of that."""
        item = self.found.currentItem()
        answered = self._answered == self._question and not self._timer.isActive()
        if self.found.isVisible() and answered:
            if item is not None:
                self._choose(item)
        else:
            self._search()
            self._entered = True
