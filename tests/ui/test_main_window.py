"""The frame by key, by name and by what it remembers."""

from typing import Any, ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.main_window import RAIL, MainWindow


class Page(QWidget):
    made: ClassVar[list[str]] = []

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.opened: list[dict[str, Any]] = []
        self.box = QLineEdit()
        self.box.setAccessibleName("box")
        layout = QVBoxLayout(self)
        layout.addWidget(self.box)
        Page.made.append(name)

    def open(self, **arguments: Any) -> None:
        self.opened.append(arguments)
        self.box.setFocus()

    def status(self) -> str:
        return f"status of {self.name}"


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    Page.made = []
    made = MainWindow("和顺新村", "良田镇 · 2024年11月", "周")
    for name in (*RAIL, "person"):
        made.register(name, lambda name=name: Page(name))  # type: ignore[misc]
    made.actions_.bind("return.record", lambda: None)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.go("workers")
    return made


def test_pages_are_made_when_first_shown(window: MainWindow, qtbot: QtBot) -> None:
    assert Page.made == ["workers"]
    window.go("claims")
    window.go("workers")
    assert Page.made == ["workers", "claims"]


def test_ctrl_and_a_number_opens_a_room(window: MainWindow, qtbot: QtBot) -> None:
    for number, name in enumerate(RAIL, 1):
        QTest.keyClick(window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
        assert window.current_page() == name
        chosen = [each.text() for each in window.findChildren(QAbstractButton) if each.isChecked()]
        assert len(chosen) == 1


def test_esc_returns_to_the_page_before_with_what_it_showed(window: MainWindow, qtbot: QtBot) -> None:
    window.go("workers", list="zeroing")
    window.go("person", person="p1")
    box = window.page("person").box
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert window.current_page() == "workers"
    assert window.page("workers").opened[-1] == {"list": "zeroing"}
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.current_page() == "workers"


def test_a_form_keeps_esc_for_itself(window: MainWindow, qtbot: QtBot) -> None:
    class Form(QWidget):
        left = False

        def keyPressEvent(self, event: QKeyEvent) -> None:
            if event.key() == Qt.Key.Key_Escape:
                self.left = True

    window.go("person", person="p1")
    form = Form(window.page("person"))
    box = QLineEdit(form)
    form.show()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert form.left
    assert window.current_page() == "person"


def test_actions_follow_the_page(window: MainWindow) -> None:
    assert not window.actions_.get("return.record").isEnabled()
    window.go("person", person="p1")
    assert window.actions_.get("return.record").isEnabled()


def test_a_count_is_part_of_the_name_of_a_room(window: MainWindow) -> None:
    window.badge("claims", 31)
    names = [each.accessibleName() for each in window.findChildren(QAbstractButton)]
    assert any(name.endswith(" 31") for name in names)
    window.badge("claims", 0)
    names = [each.accessibleName() for each in window.findChildren(QAbstractButton)]
    assert not any("31" in name for name in names)


def test_the_status_bar_tells_the_page_and_the_last_step(window: MainWindow, qtbot: QtBot) -> None:
    undone: list[int] = []
    window.show_last("上一步：登记服务", lambda: undone.append(1))
    texts = [label.text() for label in window.findChildren(QLabel)]
    assert "status of workers" in texts
    assert "上一步：登记服务" in texts
    undo = next(each for each in window.findChildren(QAbstractButton) if "Ctrl+Z" in each.text())
    undo.click()
    assert undone == [1]
    window.show_last("", None)
    assert undo.isHidden()


def test_saving_is_said_in_words_and_by_shape(window: MainWindow) -> None:
    def words() -> list[str]:
        return [label.text() for label in window.findChildren(QLabel)]

    assert "● 已保存" in words()
    window.saving(under_way=True)
    assert any(word.startswith("○") for word in words())


def test_the_window_remembers_its_size(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(window.minimumWidth(), 700)
    state = window.state()
    other = MainWindow("和顺新村", "良田镇", "周")
    qtbot.addWidget(other)
    assert other.restore(state)
    assert other.size() == window.size()
    assert not other.restore("nonsense")


def test_tab_reaches_the_rail_and_the_page(window: MainWindow, qtbot: QtBot) -> None:
    reached: set[str] = set()
    for _step in range(30):
        held = QApplication.focusWidget()
        if held is not None:
            reached.add(held.accessibleName())
        window.focusNextChild()
    assert {"box", "今日", "周"} <= reached
