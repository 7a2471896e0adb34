"""Every page for everybody: by keyboard alone, read aloud, at the largest font, without telling colours apart."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from caseworker_app import settings, wording
from caseworker_app.screenshots import settle, steps
from caseworker_app.use_cases import work
from caseworker_app.use_cases.desk import Desk
from caseworker_app.window import Opened
from caseworker_app.wording import _
from db.queries import workers
from ui.crash_window import CrashGuard
from ui.main_window import RAIL
from ui.runner import Runner
from ui.theme import look, style
from ui.widgets.basics import EmptyState, Pill
from ui.widgets.table import DataTable

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
_SCREEN = (1366, 768)
_PATIENCE, _ROWS = 600, 5
_LARGEST = 175


@pytest.fixture
def sit(qapp: QApplication) -> Iterator[Callable[[Desk], Opened]]:
    """Return a way to open the window of a desk; settings are as they were at the end."""
    seated: list[Opened] = []

    def begin(desk: Desk, percent: int = 100) -> Opened:
        settings.write("font_size", percent)
        look.dress(qapp)
        seated.append(Opened(desk, Runner(), CrashGuard()))
        seated[-1].window.resize(*_SCREEN)
        seated[-1].window.show()
        settle(seated[-1].runner)
        return seated[-1]

    yield begin
    for each in seated:
        each.window.close()
        each.window.deleteLater()
    # Before the rest is dressed: a window that goes would be dressed anew, each of its parts.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for key in ("font_size", "theme", "language", "window", "page"):
        settings.write(key, settings.BY_KEY[key].default)
    wording.use(wording.ZH)
    look.dress(qapp)


def pages(opened: Opened) -> Iterator[str]:
    """Go through every screen there is a picture of."""
    asked = opened.desk.asked(opened.desk.today())
    with opened.desk.ledger.reader() as connection:
        person = workers.ids(connection, "workforce", asked)[0]
        found = workers.page(connection, person, asked)
    assert found
    for name, step in steps(opened.window, person, found.row.household):
        step()
        settle(opened.runner)
        yield name


def controls(root: QWidget) -> list[QWidget]:
    """Return what takes the focus and is no part of another control."""
    return [
        each
        for each in root.findChildren(QWidget)
        if each.isVisible()
        and each.isEnabled()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(each.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit | QAbstractItemView)
    ]


def spoken(widget: QWidget) -> str:
    """Return the name a screen reader says; of a box to choose from, the name that was given to it."""
    if isinstance(
        widget, QComboBox
    ):  # On Linux Qt tells the chosen text as its name, and the label beside it.
        return widget.accessibleName()
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def value(widget: QWidget) -> str:
    """Return what somebody could mistake for a name."""
    return widget.currentText() if isinstance(widget, QComboBox) else ""


def what(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} {spoken(widget)}".strip()


Seen = tuple[int, list[str]]
"""How much was looked at, and what is wrong of it."""


def every_control_says_what_it_is(opened: Opened) -> Seen:
    found = controls(opened.window)
    return len(found), [
        what(each) for each in found if not spoken(each).strip() or spoken(each) == value(each)
    ]


def in_group(widget: QWidget) -> bool:
    """Whether the arrow keys lead here from the chosen part of a group, as Qt has it for what excludes each other."""
    return isinstance(widget, QAbstractButton) and widget.autoExclusive() and not widget.isChecked()


def tab_reaches_every_control_and_comes_back(opened: Opened) -> Seen:
    wanted = set(controls(opened.window))
    opened.finder.setFocus()
    reached: list[QWidget] = [opened.finder]
    while len(reached) < _PATIENCE:
        QTest.keyClick(reached[-1], Qt.Key.Key_Tab)
        reached.append(opened.window.focusWidget())
        if reached[-1] is opened.finder:
            break
    else:
        return len(reached), [f"does not come back from {what(reached[-1])}"]
    return len(reached), [what(each) for each in wanted - set(reached) if not in_group(each)]


def the_focus_can_be_seen(opened: Opened) -> Seen:
    found = [each for each in controls(opened.window) if each is not opened.finder]
    unseen = []
    for each in found:
        opened.finder.setFocus()
        without = each.grab().toImage()
        each.setFocus(Qt.FocusReason.TabFocusReason)
        if each.hasFocus() and each.grab().toImage() == without:
            unseen.append(what(each))
    return len(found), unseen


def a_screen_reader_hears_every_cell_with_its_column(opened: Opened) -> Seen:
    silent: list[str] = []
    heard = 0
    for table in opened.window.findChildren(DataTable):
        model = table.model()
        if not table.isVisible():
            continue
        if not spoken(table):
            silent.append("a table without a name")
        for column in range(model.columnCount()):
            header = str(model.headerData(column, Qt.Orientation.Horizontal))
            for row in range(min(model.rowCount(), _ROWS)):
                said = str(model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole))
                heard += 1
                if header not in said:
                    silent.append(f"{header} {row}: {said}")
    return heard, silent


def nothing_is_told_by_colour_alone(opened: Opened) -> Seen:
    words = [spoken(pill) for pill in opened.window.findChildren(Pill) if pill.isVisible()]
    return len(words), [said for said in words if not said.strip()]


def test_every_page_is_for_everybody(sit: Callable[[Desk], Opened], sample_desk: Desk) -> None:
    looks: dict[Callable[[Opened], Seen], int] = {
        every_control_says_what_it_is: 200,
        tab_reaches_every_control_and_comes_back: 200,
        the_focus_can_be_seen: 200,
        a_screen_reader_hears_every_cell_with_its_column: 200,
        nothing_is_told_by_colour_alone: 10,
    }
    opened = sit(sample_desk)
    seen = dict.fromkeys(looks, 0)
    wrong: list[str] = []
    for name in pages(opened):
        for look_at in looks:
            number, found = look_at(opened)
            seen[look_at] += number
            wrong += [f"{look_at.__name__}: {name}: {each}" for each in found]
    assert wrong == []
    assert [each.__name__ for each, least in looks.items() if seen[each] <= least] == []


def test_every_list_without_rows_says_what_belongs_there(sit: Callable[[Desk], Opened], desk: Desk) -> None:
    opened = sit(desk)
    bare: list[str] = []
    seen = 0
    for name in (*RAIL, "duplicates", "checks", "journal"):
        opened.window.go(name)
        settle(opened.runner)
        tables = [each for each in opened.window.findChildren(DataTable) if each.isVisible()]
        # Who has not sent anything yet is listed all the same.
        filled = any(table.model().rowCount() for table in tables)
        for table in tables:
            if not table.model().rowCount():
                seen += 1
                words = [each.text() for each in table.empty.findChildren(QLabel)] if table.empty else []
                if not (table.empty and table.empty.isVisible() and any(words)):
                    bare.append(f"{name}: {spoken(table)}")
        empty = [each for each in opened.window.findChildren(EmptyState) if each.isVisible()]
        if name not in ("settings", "journal") and not empty and not filled:
            bare.append(name)
    assert seen > 3
    assert bare == []


def test_the_largest_text_is_scrolled_to_and_not_cut_off(
    sit: Callable[..., Opened], sample_desk: Desk
) -> None:
    opened = sit(sample_desk, _LARGEST)
    window = opened.window
    cut: list[str] = []
    for name in pages(opened):
        assert (window.width(), window.height()) == _SCREEN, name
        parts: list[QAbstractButton | QLabel] = []
        parts += window.findChildren(QAbstractButton)
        parts += window.findChildren(QLabel)
        cut += [
            f"{name}: {type(each).__name__} {each.text()}"
            for each in parts
            if each.isVisible()
            and each.sizePolicy().horizontalPolicy()
            is not QSizePolicy.Policy.Ignored  # gives way, told on hover
            and (each.width(), each.height())
            != (
                max(each.width(), each.minimumSizeHint().width()),
                max(each.height(), style.font().pixelSize() if each.text() else 0),
            )
        ]
    assert cut == []


def test_text_grows_and_shrinks_by_key_and_the_page_stays(
    sit: Callable[[Desk], Opened], sample_desk: Desk
) -> None:
    opened = sit(sample_desk)
    opened.window.go("households")
    settle(opened.runner)
    small, before = style.font().pixelSize(), opened.window
    QTest.keyClick(opened.window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    settle(opened.runner)
    assert opened.window is not before
    assert opened.window.current_page() == "households"
    assert style.font().pixelSize() == small + 1
    assert opened.window.page("households").model.ids()
    QTest.keyClick(opened.window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    settle(opened.runner)
    assert style.font().pixelSize() == small


def test_theme_and_language_change_at_once_around_the_same_ledger(
    sit: Callable[[Desk], Opened], sample_desk: Desk
) -> None:
    opened = sit(sample_desk)
    opened.window.go("settings")
    for label, data in ((_("Colours"), "dark"), (_("Language"), "en")):
        (box,) = [
            each
            for each in opened.window.page("settings").findChildren(QComboBox)
            if each.accessibleName() == label
        ]
        box.setCurrentIndex(box.findData(data))
        settle(opened.runner)
        assert opened.window.current_page() == "settings"
    assert style.current().name == "dark"
    assert opened.window.windowTitle().startswith("Caseworker")
    opened.window.go("workers", list="workforce")
    settle(opened.runner)
    person, before = opened.window.page("workers").model.ids()[0], journal_length(opened)
    opened.runner.write(
        lambda _progress: work.record_service(
            opened.desk, [person], "career_guidance", opened.desk.today(), note="政策"
        )
    )
    settle(opened.runner)
    assert journal_length(opened) == before + 1


def journal_length(opened: Opened) -> int:
    with opened.desk.ledger.reader() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM change_set").scalar_one())


def test_the_window_opens_where_it_was_left(sit: Callable[[Desk], Opened], sample_desk: Desk) -> None:
    opened = sit(sample_desk)
    opened.window.resize(1000, 700)
    opened.window.go("claims")
    settle(opened.runner)
    opened.window.close()
    again = Opened(sample_desk, Runner(), CrashGuard())
    assert again.window.current_page() == "claims"
    assert again.window.height() == 700
    settle(again.runner)
    again.window.close()
    again.window.deleteLater()
