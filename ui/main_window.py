"""The frame: rail, top bar, pages, status bar. What is on a page is the page's own.

window.register("workers", factory)      # made when first shown; it has open(**arguments) and status()
window.go("workers", list="zeroing")     # rail, Ctrl+1…, links; Esc goes back
window.put_finder(box); window.badge("claims", 31); window.show_last(words, undo); window.saving(True)
window.restore(text); text = window.state()   # place and size on the screen, kept by the caller
window.where(); window.arrive(where)          # the page shown and the way back, for a window made anew

Each page stands in a scroll area: what is too large for the screen at a large font size is scrolled to, never cut.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from caseworker_app.wording import _
from ui import icons
from ui.actions import BY_ID, Actions
from ui.theme import style, tokens
from ui.widgets.basics import button, row, text

_SMALLEST = (960, 540)
"""Fits a screen of 1366 × 768 at 125 % with its task bar."""

_SMALLEST_RAIL_FONT = 10
_NARROW = 1000
"""Below this width, as at 100 %, the rail shows its icons only."""

RAIL = ("today", "households", "workers", "claims", "round", "settings")


class Page(Protocol):
    """What the frame asks of a page."""

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - as the page takes them
        """Show what the arguments ask for."""

    def status(self) -> str:
        """Return the words for the left of the status bar."""


class RailButton(QAbstractButton):
    """One room of the window: an icon over its name, with a count where something waits."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._icon = BY_ID[f"page.{name}"].icon
        self._count = 0
        self._narrow = False
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setText(_(BY_ID[f"page.{name}"].title))
        self.setToolTip(f"{self.text()}  {BY_ID[f'page.{name}'].shortcut}")
        self.setAccessibleName(self.text())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return the size of a place on the rail, without its name where the window is narrow."""
        return QSize(style.px(48), style.px(44)) if self._narrow else QSize(style.px(72), style.px(58))

    def narrow(self, narrow: bool) -> None:
        """Show the icon alone, or over its name."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.updateGeometry()
            self.update()

    def count(self, number: int) -> None:
        """Show how many wait; nothing for 0."""
        self._count = number
        self.setAccessibleName(f"{self.text()} {number}" if number else self.text())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, icon, name and count."""
        theme = style.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        if on:
            painter.fillRect(self.rect(), QColor(theme.rail_selected))
            painter.fillRect(QRectF(0, 0, 3, self.height()), QColor(theme.rail_mark))
        elif self.underMouse():
            painter.fillRect(self.rect(), QColor(theme.rail_selected).darker(115))
        ink = theme.on_rail if on else theme.rail_text
        px = style.px
        picture = icons.pixmap(self._icon, ink, px(22), self.devicePixelRatioF())
        painter.drawPixmap(QPointF(self.width() / 2 - px(11), px(11 if self._narrow else 8)), picture)
        painter.setPen(QColor(ink))
        if not self._narrow:
            for size in range(tokens.SMALL, _SMALLEST_RAIL_FONT - 1, -1):
                painter.setFont(style.font(size))
                if painter.fontMetrics().horizontalAdvance(self.text()) <= self.width() - 6:
                    break
            below = QRectF(3, px(32), self.width() - 6, px(20))
            if painter.fontMetrics().horizontalAdvance(self.text()) > below.width():
                below = QRectF(3, px(30), self.width() - 6, px(28))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.text())
        if self._count:
            words = str(self._count) if self._count < 1000 else "999+"
            painter.setFont(style.font(tokens.SMALL - 2))
            width = max(float(px(18)), painter.fontMetrics().horizontalAdvance(words) + float(px(10)))
            left = min(self.width() / 2 + px(4), self.width() - width - 1)
            spot = QRectF(left, px(4), width, px(16))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.rail_badge))
            painter.drawRoundedRect(spot, px(8), px(8))
            painter.setPen(QColor(theme.on_rail))
            painter.drawText(spot, int(Qt.AlignmentFlag.AlignCenter), words)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(theme.on_rail))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.drawRect(self.rect().adjusted(2, 2, -3, -3))
            painter.drawRect(self.rect().adjusted(3, 3, -4, -4))
        painter.end()


class _Line(QLabel):
    """One line of words that gives way where there is no room, elided; the whole of it on hover."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)

    def minimumSizeHint(self) -> QSize:
        """Return no width at all."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what there is room for."""
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()


class MainWindow(QMainWindow):
    """The frame around the pages. Signals: closing() before it closes; renewing() when look or language changed."""

    closing = Signal()
    renewing = Signal()

    def __init__(self, place: str, above: str, officer: str) -> None:
        super().__init__()
        self.actions_ = Actions(self)
        self._factories: dict[str, Callable[[], QWidget]] = {}
        self._pages: dict[str, QWidget] = {}
        self._scrolled: dict[str, QScrollArea] = {}
        self._trail: list[tuple[str, dict[str, Any]]] = []
        self._current: tuple[str, dict[str, Any]] = ("", {})
        self._stack = QStackedWidget()
        self._rail = {name: RailButton(name) for name in RAIL}
        self.setWindowTitle(_("Caseworker · {place}").format(place=place))
        self.setMinimumSize(*_SMALLEST)
        self._status, self._last = _Line("secondary"), _Line("secondary")
        self._take_back: Callable[[], None] | None = None
        self.may_lose: Callable[[list[str]], bool] | None = None
        """Asks whether what is half filled in may be lost; with None it is."""
        self._undo = button(_("Undo Ctrl+Z"), self._undo_last, link=True)
        self._undo.hide()
        central = QWidget()
        central.setObjectName("ground")
        whole = QHBoxLayout(central)
        whole.setSpacing(0)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._make_rail())
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._make_top(place, above, officer))
        right.addWidget(self._stack, 1)
        right.addWidget(self._make_status())
        whole.addLayout(right, 1)
        self.setCentralWidget(central)
        for name in RAIL:
            self.actions_.bind(f"page.{name}", partial(self.go, name))

    # -- parts -------------------------------------------------------------------------------

    def _make_rail(self) -> QWidget:
        rail = QWidget()
        rail.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        rail.setAccessibleName(_("Rooms"))
        rail.setAutoFillBackground(True)
        palette = rail.palette()
        palette.setColor(rail.backgroundRole(), QColor(style.current().rail))
        rail.setPalette(palette)
        rail.setStyleSheet(f"background: {style.current().rail};")
        layout = QVBoxLayout(rail)
        layout.setSpacing(0)
        layout.setContentsMargins(0, 8, 0, 8)
        for name, made in self._rail.items():
            made.clicked.connect(lambda _checked=False, name=name: self.go(name))
            layout.addWidget(made)
        layout.addStretch(1)
        return rail

    def _make_top(self, place: str, above: str, officer: str) -> QWidget:
        top = QWidget()
        top.setObjectName("topbar")
        top.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        top.setFixedHeight(style.px(48))
        name = text(place)
        name.setFont(style.font(tokens.TEXT + 1, strong=True))
        self.above = _Line("muted")
        self.above.setText(above)
        self.finder = QWidget()
        self._saved = text("", "good")
        self._saved.setToolTip(_("Every change is saved at once."))
        self.saving(under_way=False)
        self.person = QToolButton()
        self.person.setText(officer[:1])
        self.person.setAccessibleName(officer)
        self.person.setToolTip(officer)
        self.person.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.person.setObjectName("officer")
        self.menu = QMenu(self.person)
        self.person.setMenu(self.menu)
        left, self._middle, right = QWidget(), QHBoxLayout(), QWidget()
        beside = row(name, self.above, space=12)
        beside.setStretchFactor(self.above, 1)
        left.setLayout(beside)
        self.above.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        right.setLayout(row(None, self._saved, self.person, space=16))
        for side in (left, right):
            side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = row(space=12, margins=(16, 0, 16, 0))
        layout.addWidget(left, 1)
        layout.addLayout(self._middle, 2)
        layout.addWidget(right, 1)
        top.setLayout(layout)
        return top

    def put_finder(self, finder: QWidget) -> None:
        """Place the find box in the middle of the top bar, as wide as there is room for."""
        finder.setMinimumWidth(style.px(160))
        finder.setMaximumWidth(style.px(520))
        self._middle.addWidget(finder)

    def saving(self, under_way: bool) -> None:
        """Show whether a change is being written or everything is saved."""
        self._saved.setText(_("○ Saving…") if under_way else _("● Saved"))

    def _make_status(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("statusbar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(style.px(26))
        bar.setLayout(row(self._status, None, self._last, self._undo, space=8, margins=(16, 0, 16, 0)))
        return bar

    # -- pages -------------------------------------------------------------------------------

    def register(self, name: str, factory: Callable[[], QWidget]) -> None:
        """Give the frame a page, made when first shown."""
        self._factories[name] = factory

    def page(self, name: str) -> Any:  # noqa: ANN401 - a widget that is a Page
        """Return a page, making it if needed."""
        if name not in self._pages:
            self._pages[name] = self._factories[name]()
            area = QScrollArea()
            area.setObjectName("room")
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            area.setWidgetResizable(True)
            area.setWidget(self._pages[name])
            self._scrolled[name] = area
            self._stack.addWidget(area)
        return self._pages[name]

    def _show(self, name: str, arguments: dict[str, Any]) -> None:
        shown = self.page(name)
        self._current = (name, arguments)
        self._stack.setCurrentWidget(self._scrolled[name])
        if name in self._rail:
            self._rail[name].setChecked(True)
        self.actions_.on_page(name)
        shown.open(**arguments)
        self.refresh_status()

    def go(self, page: str, **arguments: Any) -> None:  # noqa: ANN401 - as the page takes them
        """Show a page; Esc returns from it."""
        if self._current[0] and self._current[0] != page:
            self._trail.append(self._current)
        if page in self._rail:
            self._trail.clear()
        self._show(page, arguments)

    def back(self) -> None:
        """Return to the page before, on the row that was open."""
        if self._trail:
            self._show(*self._trail.pop())

    def where(self) -> tuple[list[tuple[str, dict[str, Any]]], tuple[str, dict[str, Any]]]:
        """Return the way back and the page shown, for `arrive`."""
        return self._trail, self._current

    def arrive(self, where: tuple[list[tuple[str, dict[str, Any]]], tuple[str, dict[str, Any]]]) -> None:
        """Show the page another window showed, with its way back."""
        self._trail = list(where[0])
        self._show(*where[1])

    def begun(self) -> list[str]:
        """Return the names of what is half filled in: of every part that says so by `begun()`."""
        return [
            part.accessibleName()
            for part in self.findChildren(QWidget)
            if not part.isHidden() and hasattr(part, "begun") and part.begun()
        ]

    def renew(self) -> None:
        """Ask for a window in the look and language that are set now."""
        self.renewing.emit()

    def current_page(self) -> str:
        """Return the name of the page that is shown."""
        return self._current[0]

    def refresh_status(self) -> None:
        """Show what the page says of itself at the bottom."""
        if self._current[0]:
            self._status.setText(self.page(self._current[0]).status())

    def badge(self, name: str, count: int) -> None:
        """Show how many wait in a room."""
        self._rail[name].count(count)

    def show_last(self, words: str, undo: Callable[[], None] | None) -> None:
        """Show the last step and its undo at the bottom right."""
        self._last.setText(words)
        self._undo.setVisible(undo is not None)
        self._take_back = undo

    def _undo_last(self) -> None:
        if self._take_back:
            self._take_back()

    # -- the window itself -------------------------------------------------------------------

    def state(self) -> str:
        """Return the place and size of the window, for `restore`."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def restore(self, state: str) -> bool:
        """Take the place and size it had; False, and nothing, when that is none."""
        return self.restoreGeometry(QByteArray.fromBase64(state.encode("ascii")))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the rail's names where there is room for them."""
        super().resizeEvent(event)
        tall = len(self._rail) * style.px(58) + style.px(16) > self.height()
        for made in self._rail.values():
            made.narrow(tall or self.width() < style.px(_NARROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Esc, unless a form or a box has taken it for itself."""
        if event.key() == Qt.Key.Key_Escape:
            self.back()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window closes, unless what is half filled in is to be kept."""
        if self.may_lose and (begun := self.begun()) and not self.may_lose(begun):
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)
