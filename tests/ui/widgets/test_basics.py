"""The small parts: what they say, and when."""

import time

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.basics import EmptyState, Field, Pill, ProgressPanel, TabStrip, button, row


def test_progress_appears_late_and_foretells(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    panel = ProgressPanel()
    qtbot.addWidget(panel)
    panel._late.setInterval(1)
    panel.begin("正在读取")
    assert panel.isHidden()
    qtbot.waitUntil(panel.isVisible)
    now[0] += 1
    panel.show_progress(10, 100, "正在读取")
    assert panel._left.text() == ""
    now[0] += 9
    panel.show_progress(50, 100, "正在读取")
    assert "10" in panel._left.text()
    assert "50 / 100" in panel._bar.accessibleDescription()
    now[0] += 990
    panel.show_progress(50, 100, "正在读取")
    assert "17" in panel._left.text()
    panel.show_progress(1, 100, "正在核对")
    assert panel._left.text() == ""
    panel.end()
    assert panel.isHidden()


def test_work_that_is_done_at_once_shows_no_progress(qtbot: QtBot) -> None:
    panel = ProgressPanel()
    qtbot.addWidget(panel)
    panel.begin("正在读取")
    panel.end()
    assert not panel._late.isActive()
    assert panel.isHidden()


def test_cancel_is_told(qtbot: QtBot) -> None:
    panel = ProgressPanel()
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.cancelled):
        panel._cancel.click()


def test_a_field_says_what_is_wrong_to_eye_and_ear(qtbot: QtBot) -> None:
    field = Field("月收入", QLineEdit(), "元")
    qtbot.addWidget(field)
    assert field.control.accessibleName() == "月收入"
    assert field.control.accessibleDescription() == "元"
    field.wrong("请填数字")
    assert field.control.property("invalid")
    assert field.control.accessibleDescription() == "请填数字"
    field.wrong("")
    assert not field.control.property("invalid")
    assert field.control.accessibleDescription() == "元"


def test_tabs_tell_their_key_and_count(qtbot: QtBot) -> None:
    tabs = TabStrip([("all", "全部"), ("due", "待办")])
    qtbot.addWidget(tabs)
    chosen: list[str] = []
    tabs.chosen.connect(chosen.append)
    tabs.count({"due": 3, "unknown": 1})
    made = tabs.findChildren(QPushButton)
    assert made[1].accessibleName() == "待办 3"
    made[1].click()
    tabs.choose("all")
    assert chosen == ["due", "all"]
    assert tabs.current() == "all"


def test_a_pill_without_a_word_is_not_there(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    pill = Pill("")
    place.setLayout(row(pill))
    assert pill.isHidden()
    pill.say("可申领", "accent")
    assert not pill.isHidden()
    assert pill.accessibleName() == "可申领"


def test_a_part_that_is_not_placed_yet_is_no_window(qtbot: QtBot) -> None:
    pill = Pill("可申领", "accent")
    qtbot.addWidget(pill)
    assert not pill.isVisible()


def test_a_button_gives_its_act_no_arguments(qtbot: QtBot) -> None:
    told: list[str] = []

    def act(word: str = "none") -> None:
        told.append(word)

    made = button("导出", act)
    qtbot.addWidget(made)
    made.click()
    assert told == ["none"]


def test_an_empty_state_changes_its_line(qtbot: QtBot) -> None:
    state = EmptyState("workers", "还没有劳动力。")
    qtbot.addWidget(state)
    state.say("没有符合筛选的人。")
    assert state._sentence.text() == "没有符合筛选的人。"
