"""The main window around an opened ledger: everything is wired together here."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox

from caseworker_app import settings, wording
from caseworker_app.domain.changed import Changed
from caseworker_app.error_words import action_text, proposed_text
from caseworker_app.use_cases import undo
from caseworker_app.use_cases.desk import Desk, place_name
from caseworker_app.wording import _, joined
from db import journal
from ui.actions import BY_ID, CELL_PAGES, IN_CELLS, TABLE
from ui.context import Context
from ui.crash_window import CrashGuard
from ui.finder import Finder
from ui.main_window import RAIL, MainWindow
from ui.messages import MessageDoor
from ui.runner import Runner
from ui.theme import look
from ui.watch import Watch

_SIZE = (1366, 768)
_FIRST = "workers"
"""The room a ledger opens in for the first time."""


def _round(context: Context) -> Any:  # noqa: ANN401 - a page
    from ui.screens.round.screen import RoundScreen  # noqa: PLC0415 - pages are loaded when first shown

    return RoundScreen(context)


class Opened:
    """The main window around an opened ledger, everything bound to it."""

    def __init__(self, desk: Desk, runner: Runner, guard: CrashGuard) -> None:
        self.desk = desk
        self._guard = guard
        self._build(runner)
        self.window.restore(str(settings.read("window")))
        before = str(settings.read("page"))
        self.window.go(before if before in RAIL else _FIRST)

    def _build(self, runner: Runner) -> None:
        """Make the window and wire everything to it."""
        desk = self.desk
        place, above = place_name(desk)
        self.runner = runner
        self.window = MainWindow(place, f"{above} · {desk.today():%Y}年{desk.today().month}月", desk.officer)
        self.window.resize(*_SIZE)
        self.messages = MessageDoor(self.window)
        self.context = Context(
            desk,
            runner,
            self.messages,
            self.window,
            desk.today(),
            self.undo,
            self.window.refresh_status,
            self.refresh_last,
        )
        self._register()
        self._register_policy()
        self._bind()
        self.window.put_finder(self.finder)
        self._menu(self.window.menu)
        runner.failed.connect(self.messages.error)
        runner.crashed.connect(self._guard.report)
        runner.changed.connect(lambda _changed: self.refresh_last())
        runner.changed.connect(self._tell_proposed)
        runner.writing.connect(self.window.saving)
        self.window.closing.connect(self.close)
        self.window.may_lose = self._leave
        self.window.renewing.connect(self._renew_soon)
        self.refresh_last()
        self.watch.begin()

    def _tell_proposed(self, changed: Changed) -> None:
        """Say that something was put to the village that owns it, and is not changed here."""
        if changed.proposed:
            self.messages.instead(proposed_text(changed))

    def _renew_soon(self) -> None:
        # What asked for it returns first, and what is under way is told where it was asked.
        QTimer.singleShot(0, self.window, self._renew)

    def _renew(self) -> None:
        """Exchange the window for one in the look and language set now: same ledger, same page, same place."""
        if self.runner.busy:
            self.runner.idle.connect(self._renew, Qt.ConnectionType.SingleShotConnection)
            return
        if (begun := self.window.begun()) and not self._give_up(
            begun,
            _(
                "Changing the window now would lose it. Otherwise it changes the next time the ledger is opened."
            ),
            (_("Change now"), _("Change later")),
        ):
            return
        old, app = self.window, QApplication.instance()
        assert isinstance(app, QApplication)
        place, where = old.state(), old.where()
        old.closing.disconnect(self.close)
        old.may_lose = None
        self.runner.close()
        wording.use(str(settings.read("language")))
        look.dress(app)
        self._build(Runner())
        self.window.restore(place)
        self.window.arrive(where)
        self.window.show()
        old.close()
        old.deleteLater()

    def _leave(self, begun: list[str]) -> bool:
        words = _("Close it and lose this"), _("Go on filling in")
        return self._give_up(begun, _("Closing the ledger now would lose it."), words)

    def _give_up(self, begun: list[str], why: str, words: tuple[str, str]) -> bool:
        """Ask whether what is half filled in may be lost."""
        asking = QMessageBox(self.window)
        asking.setIcon(QMessageBox.Icon.Question)
        asking.setWindowTitle(_("Half filled in"))
        asking.setText(_("Not saved yet: {forms}").format(forms=joined(name for name in begun if name)))
        asking.setInformativeText(why)
        now = asking.addButton(words[0], QMessageBox.ButtonRole.DestructiveRole)
        later = asking.addButton(words[1], QMessageBox.ButtonRole.RejectRole)
        asking.setDefaultButton(later)
        asking.setEscapeButton(later)
        asking.exec()
        asking.deleteLater()
        return asking.clickedButton() is now

    def resize_text(self, step: int) -> None:
        """Make all text a size larger (1) or smaller (-1), or as it was made (0)."""
        sizes = [int(size) for size in settings.BY_KEY["font_size"].allowed]
        now = int(settings.read("font_size"))
        wanted = sizes[min(max(sizes.index(now) + step, 0), len(sizes) - 1)] if step else sizes[0]
        if wanted != now:
            settings.write("font_size", wanted)
            self.window.renew()

    def _register(self) -> None:
        context = self.context
        self.watch = Watch(context, self.window)
        self.watch.seen.connect(self._show_badges)

        def today() -> Any:  # noqa: ANN401
            from ui.screens.today.screen import TodayScreen  # noqa: PLC0415

            return TodayScreen(context, self.watch)

        def workers() -> Any:  # noqa: ANN401 - a page
            from ui.screens.workers.screen import WorkersScreen  # noqa: PLC0415 - pages are loaded when first shown

            return WorkersScreen(context)

        def person() -> Any:  # noqa: ANN401
            from ui.screens.person.screen import PersonScreen  # noqa: PLC0415

            return PersonScreen(context)

        def households() -> Any:  # noqa: ANN401
            from ui.screens.households.screen import HouseholdsScreen  # noqa: PLC0415

            return HouseholdsScreen(context)

        def household() -> Any:  # noqa: ANN401
            from ui.screens.households.page import HouseholdScreen  # noqa: PLC0415

            return HouseholdScreen(context)

        def claims() -> Any:  # noqa: ANN401
            from ui.screens.claims.screen import ClaimsScreen  # noqa: PLC0415

            return ClaimsScreen(context)

        def exchange() -> Any:  # noqa: ANN401
            from ui.screens.exchange.screen import ExchangeScreen  # noqa: PLC0415

            return ExchangeScreen(context)

        def duplicates() -> Any:  # noqa: ANN401
            from ui.screens.duplicates.screen import DuplicatesScreen  # noqa: PLC0415

            return DuplicatesScreen(context)

        def settings_() -> Any:  # noqa: ANN401
            from ui.screens.settings.screen import SettingsScreen  # noqa: PLC0415

            return SettingsScreen(context)

        def journal_() -> Any:  # noqa: ANN401
            from ui.screens.journal.screen import JournalScreen  # noqa: PLC0415

            return JournalScreen(context)

        def checks() -> Any:  # noqa: ANN401
            from ui.screens.checks.screen import ChecksScreen  # noqa: PLC0415

            return ChecksScreen(context)

        def entry() -> Any:  # noqa: ANN401
            from ui.screens.entry.screen import EntryScreen  # noqa: PLC0415

            return EntryScreen(context)

        for name, factory in (
            ("today", today),
            ("workers", workers),
            ("person", person),
            ("households", households),
            ("household", household),
            ("claims", claims),
            ("exchange", exchange),
            ("round", partial(_round, context)),
            ("duplicates", duplicates),
            ("settings", settings_),
            ("journal", journal_),
            ("entry", entry),
            ("checks", checks),
        ):
            self.window.register(name, factory)

    def _register_policy(self) -> None:
        """Register the pages around subsidies."""
        context = self.context

        def organisations() -> Any:  # noqa: ANN401 - a page
            from ui.screens.organisations.screen import OrganisationsScreen  # noqa: PLC0415 - as above

            return OrganisationsScreen(context)

        def packs() -> Any:  # noqa: ANN401
            from ui.screens.packs.screen import PacksScreen  # noqa: PLC0415

            return PacksScreen(context)

        def bundle() -> Any:  # noqa: ANN401
            from ui.screens.bundle.screen import BundleScreen  # noqa: PLC0415

            return BundleScreen(context)

        for name, factory in (("organisations", organisations), ("packs", packs), ("bundle", bundle)):
            self.window.register(name, factory)

    def _show_badges(self) -> None:
        """Show on the rail what has waited too long and what can be claimed."""
        if self.watch.standing:
            self.window.badge("today", self.watch.standing.urgent)
        if self.watch.claiming:
            self.window.badge("claims", self.watch.claiming.offers.count)

    def _bind(self) -> None:
        window, bind = self.window, self.window.actions_.bind
        self.finder = Finder(self.context, window.actions_)
        bind("find", self.finder.open)
        bind("checks", lambda: window.go("checks"))
        bind("journal", lambda: window.go("journal"))
        bind("packs", lambda: window.go("packs"))
        bind("organisations", lambda: window.go("organisations"))
        bind("undo", self.undo)
        bind("redo", self.redo)
        bind("import", lambda: window.go("exchange", part="import"))
        bind("upload", lambda: window.go("round", part="upload"))
        bind("duplicates", lambda: window.go("duplicates"))
        bind("rows.enter", lambda: window.go("entry"))
        bind("filter", lambda: self._on_page("focus_filter"))
        bind("bulk.record", lambda: self._on_page("record_bulk"))
        bind("list.export", lambda: self._on_page("export"))
        bind("service.record", lambda: self._on_page("record_service"))
        bind("return.record", lambda: self._on_page("record_return"))
        bind("spell.record", lambda: self._on_page("record_spell"))
        bind("intention.record", lambda: self._on_page("record_intention"))
        bind("claim.print", lambda: self._on_page("print_forms"))
        bind("person.new", lambda: self._on_page("new_person"))
        bind("household.new", lambda: window.go("household", new=True))
        bind("person.move", lambda: self._on_page("record_move"))
        bind("person.leave", lambda: self._on_page("record_departure"))
        bind("household.split", lambda: self._on_page("split"))
        bind("household.head", lambda: self._on_page("change_head"))
        bind("household.monitoring", lambda: self._on_page("record_monitoring"))
        bind("attachment.attach", lambda: self._on_page("attach"))
        bind("part.next", lambda: self._turn(1))
        bind("part.previous", lambda: self._turn(-1))
        bind("text.larger", lambda: self.resize_text(1)).setShortcuts(
            [QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")]
        )
        bind("text.smaller", lambda: self.resize_text(-1))
        bind("text.normal", lambda: self.resize_text(0))
        bind("help", self.show_keys)
        bind("quit", self._quit)

    def _on_page(self, act: str) -> None:
        # An action that belongs to some pages is off on all others, so that the page has it.
        getattr(self.window.page(self.window.current_page()), act)()

    def _quit(self) -> None:
        self.window.close()

    def _turn(self, by: int) -> None:
        page = self.window.page(self.window.current_page())
        (getattr(page, "parts", None) or page.tabs).turn(by)

    def _menu(self, menu: QMenu) -> None:
        for declared, made in self.window.actions_.bound():
            if declared.id in ("page.today", "find", "undo", "help"):
                menu.addSeparator()
            menu.addAction(made)

    def show_keys(self) -> None:
        """Tell the keys of this screen."""
        page = self.window.current_page()
        keys = [
            (each.shortcut, each.title)
            for each in TABLE
            if each.shortcut and (not each.pages or page in each.pages)
        ]
        keys += IN_CELLS if page in CELL_PAGES else ()
        self.messages.tell("　".join(f"{key} {_(title)}" for key, title in keys))

    def undo(self) -> None:
        """Take back the last step in effect."""

        def done(result: Any) -> None:  # noqa: ANN401 - Changed and its line
            line = result[1]
            self.messages.done(_("Undone: {step}").format(step=action_text(line.action, line.values)))

        self.runner.write(lambda _progress: undo.undo(self.desk), done)

    def redo(self) -> None:
        """Bring back what the last undo took."""

        def done(result: Any) -> None:  # noqa: ANN401 - Changed and its line
            line = result[1]
            self.messages.done(
                _("Redone: {step}").format(
                    step=action_text(str(line.values.get("of", line.action)), line.values)
                )
            )

        self.runner.write(lambda _progress: undo.redo(self.desk), done)

    def refresh_last(self) -> None:
        """Show the last step at the bottom right, and name in the menu what undo and redo would do."""

        def found(connection: Any) -> Any:  # noqa: ANN401 - a connection, known below the window
            return journal.next_undo(connection), journal.next_redo(connection)

        def shown(lines: Any) -> None:  # noqa: ANN401 - two lines of the journal
            back, again = lines
            step = action_text(back.action, back.values) if back else ""
            self.window.show_last(
                _("Last step: {step}").format(step=step) if back else "", self.undo if back else None
            )
            self._name("undo", _("Undo: {what}").format(what=step) if back else "")
            of = str(again.values.get("of", "")) if again else ""
            self._name("redo", _("Redo: {what}").format(what=action_text(of, again.values)) if again else "")

        self.context.query(found, then=shown)

    def _name(self, action: str, words: str) -> None:
        """Say in the menu what an action would do now."""
        self.window.actions_.get(action).setText(words or _(BY_ID[action].title))

    def close(self) -> None:
        """Remember where the window stood, finish what is under way and give the ledger back."""
        settings.write("window", self.window.state())
        if self.window.current_page() in RAIL:
            settings.write("page", self.window.current_page())
        self.runner.close()
        self.desk.close()
