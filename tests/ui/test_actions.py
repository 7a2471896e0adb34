"""One table for menu, buttons, shortcuts, palette and help."""

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from ui import icons
from ui.actions import BY_ID, TABLE, Action, Actions, tip
from ui.main_window import RAIL


def test_ids_and_shortcuts_are_unique() -> None:
    shortcuts = [action.shortcut for action in TABLE if action.shortcut]
    assert len(set(shortcuts)) == len(shortcuts)
    assert len(BY_ID) == len(TABLE)


@pytest.mark.parametrize("action", TABLE, ids=lambda action: action.id)
def test_every_action_has_words_an_icon_that_exists_and_a_key_qt_knows(action: Action) -> None:
    assert action.title
    assert not icons.pixmap(action.icon, "#000000", 18).isNull()
    keys = QKeySequence(action.shortcut)
    assert keys.toString() == action.shortcut
    assert action.shortcut in tip(action.id)


def test_every_room_of_the_rail_has_its_number() -> None:
    for number, name in enumerate(RAIL, 1):
        assert BY_ID[f"page.{name}"].shortcut == f"Ctrl+{number}"


def test_actions_are_on_where_they_belong(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    told: list[str] = []
    everywhere = actions.bind("find", lambda: told.append("find"))
    here = actions.bind("return.record", lambda: told.append("return"))
    button = actions.button("return.record")
    qtbot.addWidget(button)
    assert everywhere.isEnabled()
    assert not here.isEnabled()
    assert not button.isEnabled()
    actions.on_page("person")
    assert here.isEnabled()
    assert button.isEnabled()
    button.click()
    actions.on_page("workers")
    assert not button.isEnabled()
    assert told == ["return"]


def test_a_menu_is_filled_from_the_table(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    undo, redo = actions.bind("undo", lambda: None), actions.bind("redo", lambda: None)
    menu = QMenu(window)
    actions.fill(menu, ["undo", "", "redo"])
    assert menu.actions()[0] is undo
    assert menu.actions()[1].isSeparator()
    assert menu.actions()[2] is redo
