"""The small parts every page is made of.

`text`, `button`, `row`, `column` make and lay out; `Card`, `Pill`, `TabStrip`, `EmptyState`, `ProgressPanel` and
`Field` (a control with its label and, when wrong, the reason below) are placed as they are. Every control has a
name for screen readers: what it shows, or what is given.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from caseworker_app.wording import _, _n
from ui import icons
from ui.theme import style, tokens

_PROGRESS_AFTER_MS = 400
_FORETELL_AFTER = 2.0
_TAB_SIDE = 11
_SMOOTH, _NO_PEN = QPainter.RenderHint.Antialiasing, Qt.PenStyle.NoPen
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


def text(content: str = "", role: str = "", *, wrap: bool = False, select: bool = False) -> QLabel:
    """Return a label in one of the roles of the style sheet: page, section, large, secondary, muted, error."""
    label = QLabel(content)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    label.setWordWrap(wrap)
    if select:
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return label


def button(
    title: str,
    act: Callable[[], Any] | None = None,
    *,
    primary: bool = False,
    link: bool = False,
    icon: str = "",
    tip: str = "",
) -> QPushButton:
    """Return a button; one primary a screen, links for small ways onward."""
    made = QPushButton(title)
    made.setProperty("primary", primary)
    made.setProperty("link", link)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAccessibleName(title or tip)
    made.setAutoDefault(False)
    if tip:
        made.setToolTip(tip)
    if icon:
        theme = style.current()
        made.setIcon(
            icons.icon(
                icon, theme.on_accent if primary else theme.accent if link else theme.text, style.px(18)
            )
        )
        made.setIconSize(QSize(style.px(18), style.px(18)))
    if act:
        made.clicked.connect(lambda: act())  # noqa: PLW0108 - or Qt hands `checked` to a default argument
    return made


def row(
    *parts: QWidget | int | None, space: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Lay parts out in a row: widgets, fixed gaps (int) and stretches (None)."""
    layout = QHBoxLayout()
    _fill(layout, parts, space, margins)
    return layout


def column(
    *parts: QWidget | QLayout | int | None, space: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Lay parts out one below the other: widgets, layouts, fixed gaps (int) and stretches (None)."""
    layout = QVBoxLayout()
    _fill(layout, parts, space, margins)
    return layout


def _fill(
    layout: QHBoxLayout | QVBoxLayout, parts: Sequence[Any], space: int, margins: tuple[int, int, int, int]
) -> None:
    layout.setSpacing(style.px(space))
    layout.setContentsMargins(*(style.px(each) for each in margins))
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(style.px(part))
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        inner = item.layout()
        if inner is not None:
            clear(inner)
        elif (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def show_part(part: QWidget, *, shown: bool) -> None:
    """Show or hide a part; one that is not placed yet is not shown, or it would be a window of its own."""
    if part.parentWidget() is not None or not shown:
        part.setVisible(shown)


class Card(QFrame):
    """A surface with a line around it."""

    def __init__(
        self,
        *parts: QWidget | QLayout | int | None,
        margins: tuple[int, int, int, int] = (16, 12, 16, 12),
        space: int = 8,
    ) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setLayout(column(*parts, space=space, margins=margins))

    def box(self) -> QVBoxLayout:
        """Return the layout inside."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        return layout


class Pill(QWidget):
    """A word on a soft ground of its tone."""

    def __init__(self, content: str = "", tone: str = "quiet") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(content, tone)

    def say(self, content: str, tone: str = "quiet") -> None:
        """Show another word."""
        self._content, self._tone = content, tone
        self.setAccessibleName(content)
        show_part(self, shown=bool(content))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the word with its ground."""
        return QSize(
            QFontMetrics(style.font(tokens.SMALL)).horizontalAdvance(self._content) + style.px(14),
            style.px(20),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and word."""
        painter = QPainter(self)
        paint_pill(painter, QRectF(self.rect()), self._content, self._tone)
        painter.end()


def paint_pill(painter: QPainter, area: QRectF, content: str, tone: str, *, strong: bool = False) -> None:
    """Paint a word centred on a soft ground."""
    ink, ground = tokens.tone(style.current(), tone)
    painter.save()
    painter.setRenderHint(_SMOOTH)
    painter.setPen(_NO_PEN)
    painter.setBrush(style.ink(ground))
    painter.drawRoundedRect(area, style.px(4), style.px(4))
    painter.setPen(style.ink(ink))
    painter.setFont(style.font(tokens.SMALL, strong=strong))
    painter.drawText(area, _CENTRE, content)
    painter.restore()


class TabStrip(QWidget):
    """Tabs with counts. Signals: chosen(str) with the key of the tab."""

    chosen = Signal(str)

    def __init__(self, tabs: Sequence[tuple[str, str]], name: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name or _("Lists"))
        self._titles = dict(tabs)
        self._buttons: dict[str, QPushButton] = {}
        layout = row(space=4)
        for key, title in tabs:
            made = QPushButton(title)
            made.setProperty("tab", True)
            made.setCheckable(True)
            made.setAutoExclusive(True)
            made.setAutoDefault(False)
            made.setAccessibleName(title)
            made.setCursor(Qt.CursorShape.PointingHandCursor)
            made.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            layout.addWidget(made)
            self._buttons[key] = made
        layout.addStretch(1)
        self.setLayout(layout)
        self._make_room()
        if tabs:
            self._buttons[tabs[0][0]].setChecked(True)

    def current(self) -> str:
        """Return the key of the tab that is on."""
        return next((key for key, made in self._buttons.items() if made.isChecked()), "")

    def start(self, key: str) -> None:
        """Turn a tab on before anything is shown."""
        self._buttons[key].setChecked(True)

    def choose(self, key: str) -> None:
        """Turn a tab on, saying so."""
        self.start(key)
        self.chosen.emit(key)

    def turn(self, by: int) -> None:
        """Turn the next tab on or the one before."""
        keys = list(self._buttons)
        self.choose(keys[(keys.index(self.current()) + by) % len(keys)])

    def _make_room(self) -> None:
        """Keep room for each title as it is when its tab is on, which is stronger."""
        strong = QFontMetrics(style.font(tokens.TEXT, strong=True))
        for made in self._buttons.values():
            made.setMinimumWidth(strong.horizontalAdvance(made.text()) + style.px(2 * _TAB_SIDE))

    def count(self, counts: dict[str, int]) -> None:
        """Show how many stand under each tab."""
        for key, number in counts.items():
            if key in self._buttons:
                self._buttons[key].setText(f"{self._titles[key]} {number:,}")
                self._buttons[key].setAccessibleName(self._buttons[key].text())
        self._make_room()


class EmptyState(QWidget):
    """What belongs here in one line, and the one button that does it."""

    def __init__(
        self, icon: str, sentence: str, action: str = "", act: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        picture = QLabel()
        picture.setPixmap(
            icons.pixmap(icon, style.current().line_strong, style.px(56), self.devicePixelRatioF())
        )
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence = text(sentence, "muted", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = column(None, picture, self._sentence, space=12)
        if action and act:
            layout.addLayout(row(None, button(action, act, primary=True), None))
        layout.addStretch(2)
        self.setLayout(layout)

    def say(self, sentence: str) -> None:
        """Change the line."""
        self._sentence.setText(sentence)


class ProgressPanel(QWidget):
    """What is happening, how far, how long it will take, and Cancel. Signals: cancelled().

    `begin` shows it once the work has taken 0.4 s, `end` hides it; whoever shows it otherwise need not call them.
    """

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._what = text("", "muted")
        self._left = text("", "secondary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        self._cancel = button(_("Cancel"), self.cancelled.emit)
        self._stage, self._since = "", 0.0
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_PROGRESS_AFTER_MS)
        self._late.timeout.connect(self.show)
        words = row(self._what, None, self._left, space=16)
        self.setLayout(column(words, row(self._bar, self._cancel, space=16), space=8))

    def begin(self, what: str = "") -> None:
        """Show it soon, unless the work is done by then."""
        self.hide()
        self.show_progress(0, 0, what)
        self._late.start()

    def end(self) -> None:
        """Hide it."""
        self._late.stop()
        self.hide()

    def show_progress(self, done: int, total: int, what: str) -> None:
        """Show how far it is; `total` 0 while that is not known."""
        if what != self._stage or not done:
            self._stage, self._since = what, time.monotonic()
        counted = f"  {done:,} / {total:,}" if total else f"  {done:,}" if done else ""
        self._what.setText(what + counted)
        self._left.setText(self._foretell(done, total))
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.setAccessibleDescription(f"{self._what.text()} {self._left.text()}".strip())

    def _foretell(self, done: int, total: int) -> str:
        taken = time.monotonic() - self._since
        if not 0 < done < total or taken < _FORETELL_AFTER:
            return ""
        seconds = round(taken / done * (total - done))
        if seconds < 90:
            return _n("about {count} second left", "about {count} seconds left", seconds).format(
                count=seconds
            )
        minutes = round(seconds / 60)
        return _n("about {count} minute left", "about {count} minutes left", minutes).format(count=minutes)


class Field(QWidget):
    """A control with its label above and, when something is wrong, the reason below."""

    def __init__(self, label: str, control: QWidget, hint: str = "") -> None:
        super().__init__()
        self.control = control
        control.setAccessibleName(label)
        caption = text(label, "secondary")
        caption.setBuddy(control)
        self._below = text(hint, "secondary", wrap=True)
        self._hint = hint
        self._below.setVisible(bool(hint))
        if hint:
            control.setAccessibleDescription(hint)
        self.setLayout(column(caption, control, self._below, None, space=4))

    def wrong(self, reason: str) -> None:
        """Mark the control as wrong, or as right again when no reason is given."""
        self.control.setProperty("invalid", bool(reason))
        self._below.setText(reason or self._hint)
        self._below.setProperty("role", "error" if reason else "secondary")
        self._below.setVisible(bool(reason or self._hint))
        self.control.setAccessibleDescription(reason or self._hint)
        for widget in (self.control, self._below):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
