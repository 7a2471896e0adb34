"""A list as every page of lists has it: title, tabs and saved views, filters, the table and its columns.

self.list = ListFrame(context, SPEC, self._asked, self._fetch)
self.list.asked.connect(self.reload)              # another list, filter, order or day is asked for
view = self.list.view()                           # list, text, filters and order for the query of ids
self.list.show_ids(ids); self.list.tabs.count(counts)
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QObject,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QSplitter, QWidget

from caseworker_app import settings
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.read_models.views import ViewLine
from caseworker_app.use_cases import views as use_cases
from caseworker_app.wording import ZH, _, speaking
from db.queries import columns as known_columns
from db.queries import views as queries
from db.queries.columns import Filter, Sort
from db.queries.workers import Asked
from ui.context import Context
from ui.models.windowed import Column, Fetch, WindowedTableModel
from ui.theme import style
from ui.widgets.basics import Field, TabStrip, button, clear, column, row, text
from ui.widgets.filter_line import FilterLine
from ui.widgets.grid import GridBar
from ui.widgets.list_columns import ColumnsBox, Layout, View
from ui.widgets.list_export import ExportBar, Reader
from ui.widgets.list_filter import Chips, FilterBox, Popup, filter_words, value_words
from ui.widgets.table import DataTable, Paint

_REMEMBER_MS = 300
_VIEW = "view:"

Tally = Callable[..., Mapping[str, int]]
"""Counts the values of a column: (connection, list, asked, column, *, text, filters)."""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What one page of lists is made of: its tabs, its columns, which are shown at first, and how values are counted."""

    screen: str
    title: str
    tabs: Sequence[tuple[str, str]]
    hint: str
    columns: Sequence[Column]
    shown: Sequence[str]
    known: Mapping[str, known_columns.Column]
    tally: Tally


def fact(
    key: str,
    header: str,
    width: int,
    known: Mapping[str, known_columns.Column],
    *,
    right: bool = False,
    field: str = "",
) -> Column:
    """Return a column that shows what `db.queries.columns` knows; its rows have it in `more`.

    With a `field` of `use_cases.cells` it can be typed into.
    """
    described = known[key]
    return Column(
        header, width, lambda row: value_words(key, described, row.more.get(key)), right, key=key, field=field
    )


class ListTabs(TabStrip):
    """Tabs of lists and of saved views; those there is no room for stand in a menu. Signals: view_asked()."""

    view_asked = Signal()

    def __init__(self, tabs: Sequence[tuple[str, str]], name: str) -> None:
        super().__init__(tabs, name)
        self._views: list[str] = []
        line = self.layout()
        assert isinstance(line, QHBoxLayout)
        line.takeAt(line.count() - 1)
        self._others = QMenu(self)
        self._more = self._extra(_("More ▾"), self._open_others)
        self.add_view = self._extra(_("+ View"), self.view_asked.emit)
        line.addWidget(self._more)
        line.addWidget(self.add_view)
        line.addStretch(1)

    def _extra(self, title: str, act: Callable[[], object]) -> QPushButton:
        made = QPushButton(title)
        made.setProperty("tab", True)
        made.setAutoDefault(False)
        made.setAccessibleName(title)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.clicked.connect(lambda _checked=False: act())
        return made

    def set_views(self, views: Sequence[ViewLine]) -> None:
        """Show these saved views behind the lists."""
        wanted = {_VIEW + each.id: each.name for each in views}
        line = self.layout()
        assert isinstance(line, QHBoxLayout)
        for key in [key for key in self._views if key not in wanted]:
            made = self._buttons.pop(key)
            self._views.remove(key)
            made.hide()
            made.deleteLater()
        for key, name in wanted.items():
            self._titles[key] = name
            if key not in self._buttons:
                made = self._extra(name, partial(self.chosen.emit, key))
                made.setCheckable(True)
                made.setAutoExclusive(True)
                line.insertWidget(line.indexOf(self._more), made)
                self._buttons[key] = made
                self._views.append(key)
            self._buttons[key].setText(name)
            self._buttons[key].setAccessibleName(name)
        self._place()

    def count(self, counts: dict[str, int]) -> None:
        """Show how many stand under each tab."""
        super().count(counts)
        self._place()

    def choose(self, key: str) -> None:
        """Turn a tab on, saying so."""
        super().choose(key)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many tabs as there is room for."""
        super().resizeEvent(event)
        self._place()

    def minimumSizeHint(self) -> QSize:
        """Give way to a narrow window."""
        return QSize(style.px(200), super().minimumSizeHint().height())

    def _place(self) -> None:
        """Show the tabs there is room for, the one that is on and saved views before the rest."""
        gap = style.px(4)
        room = self.width() - self.add_view.sizeHint().width() - gap
        widths = {
            key: max(made.sizeHint().width(), made.minimumWidth()) + gap
            for key, made in self._buttons.items()
        }
        if sum(widths.values()) > room:
            room -= self._more.sizeHint().width() + gap
        kept: set[str] = set()
        for key in sorted(widths, key=lambda each: each != self.current() and each not in self._views):
            if widths[key] > room:
                break
            kept.add(key)
            room -= widths[key]
        for key, made in self._buttons.items():
            made.setVisible(key in kept)
        self._more.setVisible(len(kept) < len(widths))

    def _open_others(self) -> None:
        """Offer the tabs there was no room for."""
        self._others.clear()
        for key, made in self._buttons.items():
            if made.isHidden():
                self._others.addAction(made.text(), partial(self.choose, key))
        self._others.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))


class ViewBox(Popup):
    """Names a view, or changes the one that is on.

    Signals: named(str); kept() to let the view show what is shown now; deleted().
    """

    named = Signal(str)
    kept = Signal()
    deleted = Signal()

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent, _("View"))
        self.setMinimumWidth(style.px(280))
        self.name = QLineEdit(name)
        self.name.setPlaceholderText(_("For example: group 3, out of work"))
        self.wrong = text("", "error", wrap=True)
        self.wrong.hide()
        inside = column(
            text(_("Change this view") if name else _("Save as a view"), "section"),
            Field(_("Name of the view"), self.name, _("It keeps the list, its filters, order and columns.")),
            self.wrong,
            space=8,
            margins=(12, 10, 12, 12),
        )
        save = button(_("Rename") if name else _("Save"), self._name, primary=not name, tip="Enter")
        if name:
            inside.addLayout(
                row(
                    button(_("Delete"), lambda: self._end(self.deleted)),
                    None,
                    save,
                    button(_("Keep what is shown"), lambda: self._end(self.kept), primary=True),
                )
            )
        else:
            inside.addLayout(row(None, save))
        self.setLayout(inside)

    def _name(self) -> None:
        self.named.emit(self.name.text())

    def _end(self, said: Any) -> None:  # noqa: ANN401 - a signal
        self.close()
        said.emit()

    def refuse(self, words: str) -> None:
        """Say why the name cannot be used."""
        self.wrong.setText(words)
        self.wrong.show()
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Save with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._name()
        else:
            super().keyPressEvent(event)


class ListFrame(QWidget):
    """One page of lists. Signals: asked() when the ids are to be fetched anew."""

    asked = Signal()

    def __init__(
        self,
        context: Context,
        spec: ListSpec,
        asked: Callable[[], Asked],
        fetch: Fetch,
        *,
        head: Sequence[QWidget | int] = (),
        painters: dict[str, Paint] | None = None,
        beside: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._context, self._spec, self._asked = context, spec, asked
        self._by_key = {each.key: each for each in spec.columns}
        self._filters: dict[str, Filter] = {}
        self._order: list[Sort] = []
        self._views: dict[str, ViewLine] = {}
        self._extra: tuple[str, ...] = ()
        self._arranging = False
        self._start = Layout(tuple((key, self._by_key[key].width) for key in spec.shown))
        self._own = self._remembered() or self._start
        self._layout = self._own
        self.summary = text("", "muted")
        bar = QWidget()
        bar.setObjectName("pagehead")
        bar.setLayout(
            row(text(_(spec.title), "page"), self.summary, None, *head, margins=(16, 10, 16, 10), space=12)
        )
        self.tabs = ListTabs([(key, _(title)) for key, title in spec.tabs], _(spec.title))
        self._on = self.tabs.current()
        self.tabs.chosen.connect(self._choose)
        self.tabs.view_asked.connect(self._open_view)
        self.filter = FilterLine(_(spec.hint), 220)
        self.filter.rested.connect(self.asked)
        self.chooser = button(_("Columns ▾"), self._open_columns, tip=_("Show, hide and move columns"))
        strip = QWidget()
        strip.setObjectName("tabs")
        self.chips = Chips()
        self.chips.removed.connect(partial(self._narrow, narrowed=None))
        self.chips.cleared.connect(self._clear)
        line = row(margins=(16, 4, 16, 6))
        line.addWidget(self.tabs, 1)
        line.addWidget(self.filter)
        line.addWidget(self.chooser)
        self._below = column(space=0)
        strip.setLayout(column(line, self.chips, self._below, space=0))
        self.model = WindowedTableModel(self._shown_columns(), fetch, self)
        self.table = DataTable(self.model, _(spec.title), painters)
        self.table.head.sort_asked.connect(self._sort)
        self.table.head.filter_asked.connect(self.open_filter)
        self.table.installEventFilter(self)
        header = self.table.horizontalHeader()
        self._keeper = self._later(_REMEMBER_MS, self._remember)
        header.sectionResized.connect(self._resized)
        self._mover = self._later(0, self._take_moves)
        header.sectionMoved.connect(lambda *_places: None if self._arranging else self._mover.start())
        self.body = QSplitter(Qt.Orientation.Horizontal)
        self.body.setChildrenCollapsible(False)
        self.body.setHandleWidth(1)
        self.body.addWidget(self.table)
        self.body.setStretchFactor(0, 1)
        if beside:
            self.body.addWidget(beside)
        whole = column(bar, strip, GridBar(context, self.table, lambda: asked().on), space=0)
        whole.addWidget(self.body, 1)
        self.setLayout(whole)
        self._arrange()
        self._show_state()
        context.runner.changed.connect(lambda _changed: self._read_views())
        self._read_views()

    def _later(self, pause: int, act: Callable[[], object]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(pause)
        made.timeout.connect(act)
        return made

    # -- what is asked for -------------------------------------------------------------------

    def view(self) -> View:
        """Return list, text, filters, order and columns as they are shown."""
        view = self._views.get(self._on)
        name = View.read(view.definition, self._by_key).list if view else self._on
        return View(
            name, self.filter.typed(), tuple(self._filters.values()), tuple(self._order), self._layout
        )

    def narrowed(self) -> bool:
        """Whether fewer than the whole list are shown."""
        return bool(self.filter.typed() or self._filters)

    def wanted(self) -> list[str]:
        """Return the columns whose values the rows are to have."""
        return [each.key for each in self.model.columns if each.key in self._spec.known]

    def extra(self, *keys: str) -> None:
        """Show these columns too, behind the first, as long as this list is on."""
        if keys != self._extra:
            self._extra = keys
            self._arrange()

    def _choose(self, key: str) -> None:
        """Show a list or a saved view; a list after a view is shown whole."""
        if view := self._views.get(key):
            self._on = key
            self._take(View.read(view.definition, self._by_key))
        elif self._on.startswith(_VIEW):
            self._on = key
            self._take(View(key, layout=self._own))
        else:
            self._on = key
            self.asked.emit()

    def _take(self, view: View) -> None:
        """Show what a view says."""
        self._filters = {each.column: each for each in view.filters}
        self._order = list(view.order)
        self._layout = view.layout or self._own
        self.filter.put(view.text)
        self._arrange()
        self._ask()

    def _ask(self) -> None:
        self._show_state()
        self.asked.emit()

    def _show_state(self) -> None:
        """Show filters and order in header and chips."""
        known = self._spec.known
        self.table.head.show(
            [(each.column, each.down) for each in self._order], set(self._filters), known.keys()
        )
        self.chips.show_filters(
            [
                (key, filter_words(key, known[key], _(self._by_key[key].header), each))
                for key, each in self._filters.items()
            ]
        )

    def _sort(self, key: str, further: bool) -> None:
        """Sort by a column: upwards, downwards, no longer."""
        present = next((each for each in self._order if each.column == key), None)
        others = [each for each in self._order if each.column != key] if further else []
        following = Sort(key) if present is None else None if present.down else Sort(key, down=True)
        if further and present and following:
            self._order = [following if each.column == key else each for each in self._order]
        else:
            self._order = [*others, *([following] if following else [])]
        self._ask()

    def _sort_so(self, key: str, *, down: bool, further: bool) -> None:
        others = [each for each in self._order if each.column != key] if further else []
        self._order = [*others, Sort(key, down)]
        self._ask()

    def _narrow(self, key: str, narrowed: Filter | None) -> None:
        if narrowed:
            self._filters[key] = narrowed
        else:
            self._filters.pop(key, None)
        self._ask()
        self.table.setFocus()

    def _clear(self) -> None:
        self._filters.clear()
        self._ask()
        self.table.setFocus()

    def open_filter(self, key: str) -> None:
        """Open the box that narrows a column."""
        known = self._spec.known.get(key)
        if known is None:
            return
        if known.kind not in ("code", "flag"):
            self._show_filter(key, None)
            return
        view = self.view()
        self._context.query(
            self._spec.tally,
            view.list,
            self._asked(),
            key,
            text=view.text,
            filters=view.filters,
            then=partial(self._show_filter, key),
        )

    def _show_filter(self, key: str, values: Mapping[str, int] | None) -> None:
        header = _(self._by_key[key].header)
        box = FilterBox(self, key, self._spec.known[key], header, self._filters.get(key), values)
        box.sorted.connect(lambda down, further: self._sort_so(key, down=down, further=further))
        box.narrowed.connect(partial(self._narrow, key))
        section = next((place for place, each in enumerate(self.model.columns) if each.key == key), 0)
        bar = self.table.horizontalHeader()
        left = max(bar.sectionViewportPosition(section), 0)
        box.show_below(bar.mapToGlobal(QPoint(left, bar.height())), box.first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the filter of the column the keys act on with Alt and the arrow down."""
        if (
            watched is self.table
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Down
            and event.modifiers() & Qt.KeyboardModifier.AltModifier
        ):
            section = max(self.table.currentIndex().column(), 0)
            self.open_filter(self.model.columns[section].key)
            return True
        return super().eventFilter(watched, event)

    # -- columns -----------------------------------------------------------------------------

    def _shown_columns(self) -> list[Column]:
        """Return the columns in order, those of the list behind the first."""
        keys = [key for key, _width in self._layout.columns]
        keys[1:1] = [key for key in self._extra if key not in keys]
        return [self._by_key[key] for key in keys]

    def _arrange(self) -> None:
        """Show the columns of the layout, with what was selected still selected."""
        columns, widths = self._shown_columns(), dict(self._layout.columns)
        header = self.table.horizontalHeader()
        self._arranging = True
        if columns != self.model.columns:
            selected, current = self.table.selected(), self.table.currentIndex()
            self.model.set_columns(columns)
            self._select(selected, current.row(), current.column())
        for section in range(header.count()):
            header.moveSection(header.visualIndex(section), section)
            each = columns[section]
            header.resizeSection(section, style.px(widths.get(each.key, each.width)))
        self.table.freeze(self._layout.frozen)
        self._arranging = False

    def _select(self, ids: Sequence[str], current: int, section: int) -> None:
        """Select these rows, the keys acting on the cell they acted on."""
        last = self.model.columnCount() - 1
        chosen = QItemSelection()
        for each in ids:
            if (place := self.model.position(each)) >= 0:
                chosen.select(self.model.index(place, 0), self.model.index(place, last))
        if current >= 0:
            self.table.setCurrentIndex(self.model.index(current, min(max(section, 0), last)))
        self.table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _resized(self, *_sizes: int) -> None:
        if not self._arranging:
            self._keeper.start()

    def _take_moves(self) -> None:
        """Take over the order the sections were dragged into."""
        header = self.table.horizontalHeader()
        order = sorted(range(header.count()), key=header.visualIndex)
        self._set_columns([self.model.columns[section].key for section in order], self._layout.frozen)

    def _widths(self) -> dict[str, int]:
        """Return the widths at 100 %; the last column takes what room is left and keeps its own."""
        header = self.table.horizontalHeader()
        one = style.px(100) / 100
        found = dict(self._layout.columns)
        for section in range(header.count() - 1):
            found[self.model.columns[section].key] = round(header.sectionSize(section) / one)
        return found

    def _set_columns(self, keys: Sequence[str], frozen: int) -> None:
        widths = self._widths()
        chosen = [key for key in keys if key not in self._extra or key in dict(self._layout.columns)]
        self._layout = Layout(
            tuple((key, widths.get(key, self._by_key[key].width)) for key in chosen), frozen
        )
        self._arrange()
        self._remember()

    def _open_columns(self) -> None:
        keys = [key for key, _width in self._layout.columns]
        box = ColumnsBox(self, self._spec.columns, keys, self._layout.frozen)
        box.chosen.connect(self._set_columns)
        box.restored.connect(self._restore)
        box.show_below(self.chooser.mapToGlobal(QPoint(0, self.chooser.height())), box.lines)

    def _restore(self) -> None:
        self._layout = self._start
        self._arrange()
        self._remember()

    def _remember(self) -> None:
        """Keep columns and widths of this page on this laptop; a view keeps its own in the ledger."""
        widths = self._widths()
        self._layout = replace(
            self._layout, columns=tuple((key, widths[key]) for key, _width in self._layout.columns)
        )
        if not self._on.startswith(_VIEW):
            self._own = self._layout
            kept = {**_kept(), self._spec.screen: self._own.plain()}
            settings.write("lists", json.dumps(kept, ensure_ascii=False))

    def _remembered(self) -> Layout | None:
        return Layout.read(_kept().get(self._spec.screen), self._by_key)

    # -- saved views -------------------------------------------------------------------------

    def _read_views(self) -> None:
        self._context.query(
            queries.saved, self._spec.screen, then=self._show_views, latest=f"{self._spec.screen}.views"
        )

    def _show_views(self, views: list[ViewLine]) -> None:
        self._views = {_VIEW + each.id: each for each in views}
        self.tabs.set_views(views)
        if self._on.startswith(_VIEW) and self._on not in self._views:
            self.tabs.choose(self._spec.tabs[0][0])

    def _open_view(self) -> None:
        present = self._views.get(self._on)
        box = ViewBox(self, present.name if present else "")
        box.named.connect(partial(self._name_view, box))
        box.kept.connect(self._keep_view)
        box.deleted.connect(self._delete_view)
        spot = self.tabs.add_view.mapToGlobal(QPoint(0, self.tabs.add_view.height()))
        box.show_below(spot, box.name)

    def _name_view(self, box: ViewBox, name: str) -> None:
        """Save what is shown under a name, or give the view that is on another."""
        desk, present = self._context.desk, self._views.get(self._on)
        self._remember()
        definition = self.view().plain()

        def refused(error: ExpectedError) -> None:
            box.refuse(error_text(error))

        def saved(result: Any) -> None:  # noqa: ANN401 - a Changed, and the id of a new view
            box.close()
            self._context.messages.done(
                _("Saved view “{name}”").format(name=name.strip()), self._context.undo
            )
            if isinstance(result, tuple):
                self._wait_for(result[1])

        if present:
            self._context.runner.write(
                lambda _progress: use_cases.rename_view(desk, present.id, name), saved, refused
            )
        else:
            self._context.runner.write(
                lambda _progress: use_cases.save_view(desk, self._spec.screen, name, definition),
                saved,
                refused,
            )

    def _wait_for(self, view: str) -> None:
        """Turn a new view on once its tab is there."""

        def shown(views: list[ViewLine]) -> None:
            self._show_views(views)
            if _VIEW + view in self._views:
                self.tabs.choose(_VIEW + view)

        self._context.query(queries.saved, self._spec.screen, then=shown)

    def _keep_view(self) -> None:
        present = self._views[self._on]
        self._remember()
        definition, desk = self.view().plain(), self._context.desk
        said = _("Saved view “{name}”").format(name=present.name)
        self._context.runner.write(
            lambda _progress: use_cases.change_view(desk, present.id, definition),
            lambda _changed: self._context.messages.done(said, self._context.undo),
        )

    def _delete_view(self) -> None:
        present, desk = self._views[self._on], self._context.desk
        said = _("Deleted view “{name}”").format(name=present.name)
        self._context.runner.write(
            lambda _progress: use_cases.delete_view(desk, present.id),
            lambda _changed: self._context.messages.done(said, self._context.undo),
        )

    # -- below the tabs ----------------------------------------------------------------------

    def show_below(self, part: QWidget | None) -> None:
        """Show a part between tabs and table, such as what is to be exported; None takes it away."""
        clear(self._below)
        if part:
            self._below.addWidget(part)

    def export(self, read: Reader) -> None:
        """Offer to write what is shown as a workbook; `read` gives its rows."""
        view = self.view()
        saved = self._views.get(self._on)
        with speaking(ZH):
            title = saved.name if saved else _(dict(self._spec.tabs)[view.list])
            room = _(self._spec.title)
        bar = ExportBar(
            self._context, f"{room}_{title}", self.model.columns, self._spec.known, self.model.ids(), read
        )
        bar.finished.connect(self._exported)
        self.show_below(bar)
        bar.save.setFocus()

    def _exported(self) -> None:
        self.show_below(None)
        self.table.setFocus()

    def begun(self) -> bool:
        """Whether something was typed into cells that could not be written."""
        return bool(self.table.problems())

    def focus_filter(self) -> None:
        """Go to the filter."""
        self.filter.take()

    def status(self) -> str:
        """Return how many are selected of how many, and their amounts together."""
        words = _("{selected} selected · {count} on this list").format(
            selected=f"{len(self.table.selected()):,}", count=f"{len(self.model.ids()):,}"
        )
        return " · ".join(part for part in (words, self.table.cells.totals()) if part)


def _kept() -> dict[str, Any]:
    """Return what this laptop remembers of the lists; nothing where it cannot be read."""
    try:
        found = json.loads(str(settings.read("lists")) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
