"""Everything a person can do, declared once: menu, button, shortcut, palette and help read this table.

The frame binds an action to what it does (`actions.bind("service.record", act)`) and turns it on where
it belongs: `Action.pages` names the pages that know it, none means all. A screen's button gets its hover
words from `tip(id)`, or is made whole by `actions.button(id)`; `actions.fill(menu, ids)` makes a menu.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from caseworker_app.wording import _
from ui import icons
from ui.theme import style
from ui.widgets.basics import button
from ui.words import N_


@dataclass(frozen=True, slots=True)
class Action:
    """One action: its id, words, icon and shortcut; `pages` where it belongs to some pages only."""

    id: str
    title: str
    icon: str = ""
    shortcut: str = ""
    pages: tuple[str, ...] = ()


IN_PARTS = ("person", "household", "workers", "households", "claims", "round", "checks", "entry")
"""Pages with tabs: parts of a record, or lists."""

TABLE = (
    Action("page.today", N_("Today"), "today", "Ctrl+1"),
    Action("page.households", N_("Households"), "households", "Ctrl+2"),
    Action("page.workers", N_("Workers"), "workers", "Ctrl+3"),
    Action("page.claims", N_("Subsidies"), "claims", "Ctrl+4"),
    Action("page.round", N_("Import and report"), "exchange", "Ctrl+5"),
    Action("page.settings", N_("Settings"), "settings", "Ctrl+6"),
    Action("find", N_("Find people and households"), "search", "Ctrl+K"),
    Action("service.record", N_("Record service"), "services", "Ctrl+R", ("today", "workers", "person")),
    Action("return.record", N_("Record return"), "back", "Ctrl+Shift+R", ("person",)),
    Action("spell.record", N_("Record job"), "plus", "Ctrl+J", ("workers", "person")),
    Action("intention.record", N_("Record intention"), "question", "Ctrl+I", ("person",)),
    Action("claim.print", N_("Print form"), "print", "Ctrl+P", ("person", "claims", "bundle")),
    Action("person.new", N_("New person"), "plus", "Ctrl+N", ("person", "household")),
    Action("household.new", N_("New household"), "households", "Ctrl+Shift+N"),
    Action("person.move", N_("Move to another household"), "households", "", ("person",)),
    Action("person.leave", N_("Death or departure"), "cross", "", ("person",)),
    Action("household.split", N_("Split household"), "households", "", ("household",)),
    Action("household.head", N_("Change head"), "workers", "", ("household",)),
    Action("household.monitoring", N_("Record monitoring"), "alert", "", ("household",)),
    Action("attachment.attach", N_("Add photos"), "plus", "Ctrl+Shift+A", ("person", "household")),
    Action("part.next", N_("Next part of the page"), "down", "Ctrl+PgDown", IN_PARTS),
    Action("part.previous", N_("Part of the page before"), "back", "Ctrl+PgUp", IN_PARTS),
    Action("rows.enter", N_("Enter rows"), "plus", "Ctrl+Shift+E"),
    Action("bulk.record", N_("Bulk record"), "plus", "Ctrl+B", ("workers",)),
    Action("list.export", N_("Export what is shown"), "file", "Ctrl+E", ("workers", "households", "checks")),
    Action(
        "filter",
        N_("Filter here"),
        "search",
        "Ctrl+F",
        ("workers", "households", "claims", "organisations", "journal", "checks", "round"),
    ),
    Action("duplicates", N_("Possible duplicates"), "workers", "Ctrl+Shift+D"),
    Action("checks", N_("Data checks"), "check", "Ctrl+Shift+K"),
    Action("packs", N_("Policies"), "file"),
    Action("organisations", N_("Organisations"), "households"),
    Action("journal", N_("Journal"), "undo", "Ctrl+Shift+J"),
    Action("undo", N_("Undo"), "undo", "Ctrl+Z"),
    Action("redo", N_("Redo"), "undo", "Ctrl+Y"),
    Action("import", N_("Import workbooks"), "import", "Ctrl+O"),
    Action("upload", N_("Monthly workbook"), "exchange", "Ctrl+M"),
    Action("text.larger", N_("Larger text"), "plus", "Ctrl++"),
    Action("text.smaller", N_("Smaller text"), "minus", "Ctrl+-"),
    Action("text.normal", N_("Text as large as it was made"), "search", "Ctrl+0"),
    Action("help", N_("Keys on this screen"), "question", "F1"),
    Action("quit", N_("Close the ledger"), "cross", "Ctrl+Q"),
)
BY_ID = {action.id: action for action in TABLE}

IN_CELLS = (
    ("F2", N_("Edit the cell")),
    ("Ctrl+C", N_("Copy")),
    ("Ctrl+V", N_("Paste")),
    ("Ctrl+D", N_("Fill down")),
    ("Delete", N_("Clear")),
    ("Ctrl+Shift+F", N_("Find in column")),
)
"""The keys of tables that are typed into; a table takes them itself, because elsewhere they mean something else."""
CELL_PAGES = ("workers", "households", "entry")


class Actions:
    """The actions of one window, bound to what they do."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._made: dict[str, QAction] = {}
        self._page = ""

    def bind(self, action: str, act: Callable[[], None]) -> QAction:
        """Give an action what it does and its shortcut in this window."""
        declared = BY_ID[action]
        made = QAction(_(declared.title), self._window)
        made.setObjectName(action)
        if declared.shortcut:
            made.setShortcut(QKeySequence(declared.shortcut))
        if declared.icon:
            made.setIcon(icons.icon(declared.icon, style.current().text))
        made.triggered.connect(lambda _checked=False: act())
        self._window.addAction(made)
        self._made[action] = made
        made.setEnabled(self._belongs(declared))
        return made

    def _belongs(self, declared: Action) -> bool:
        return not declared.pages or self._page in declared.pages

    def on_page(self, page: str) -> None:
        """Turn on what belongs to this page and off what does not."""
        self._page = page
        for name, made in self._made.items():
            made.setEnabled(self._belongs(BY_ID[name]))

    def bound(self) -> list[tuple[Action, QAction]]:
        """Return every bound action with its declaration."""
        return [(BY_ID[name], made) for name, made in self._made.items()]

    def get(self, action: str) -> QAction:
        """Return a bound action."""
        return self._made[action]

    def fill(self, menu: QMenu, actions: Iterable[str]) -> None:
        """Put actions into a menu in this order; '' is a line between them."""
        for action in actions:
            if action:
                menu.addAction(self._made[action])
            else:
                menu.addSeparator()

    def button(self, action: str, *, primary: bool = False) -> QPushButton:
        """Return a button for a bound action, off where the action is off."""
        declared, made = BY_ID[action], self._made[action]
        shown = button(_(declared.title), made.trigger, primary=primary, icon=declared.icon, tip=tip(action))
        shown.setEnabled(made.isEnabled())
        made.enabledChanged.connect(shown.setEnabled)
        return shown


def more_button(acts: Iterable[tuple[str, Callable[[], None]]]) -> QPushButton:
    """Return a button that opens a menu of further actions of a page."""
    made = button(_("More"))
    menu = QMenu(made)
    for action, act in acts:
        words = "\t".join(each for each in (_(BY_ID[action].title), BY_ID[action].shortcut) if each)
        entry = menu.addAction(words)
        entry.triggered.connect(lambda _checked=False, act=act: act())
    made.setMenu(menu)
    return made


def tip(action: str) -> str:
    """Return the words of an action with its shortcut, for hover."""
    declared = BY_ID[action]
    return f"{_(declared.title)}  {declared.shortcut}".strip()
