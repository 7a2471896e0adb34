"""What was done passes; what went wrong stays."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from ui import messages
from ui.messages import MessageDoor


@pytest.fixture
def door(qtbot: QtBot) -> MessageDoor:
    window = QWidget()
    window.resize(1000, 600)
    qtbot.addWidget(window)
    window.show()
    door = MessageDoor(window)
    window.door = door  # type: ignore[attr-defined]
    return door


def test_every_message_is_told_to_listeners(door: MessageDoor) -> None:
    said: list[tuple[str, str]] = []
    door.said.connect(lambda kind, words: said.append((kind, words)))
    error = ExpectedError("workbook.not_written", file="七月.xlsx")
    door.done("已登记")
    door.error(error)
    assert said == [("done", "已登记"), ("error", error_text(error))]
    assert "七月.xlsx" in said[1][1]


def test_what_was_done_passes_and_what_went_wrong_stays(
    door: MessageDoor, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_SHOWN_MS", 1)
    door.tell("请先选择一名劳动力")
    door.done("已登记")
    with qtbot.waitSignal(door.shown()[-1].gone):
        pass
    assert [toast.words.text() for toast in door.shown()] == ["请先选择一名劳动力"]
    door.shown()[0].close_button.click()
    assert door.shown() == []


def test_undo_stands_in_the_message_and_takes_it_away(door: MessageDoor) -> None:
    undone: list[int] = []
    door.done("已登记", lambda: undone.append(1))
    toast = door.shown()[0]
    assert toast.undo is not None
    toast.undo.click()
    assert undone == [1]
    assert door.shown() == []


def test_a_hint_is_no_error_and_gives_way_to_the_next(door: MessageDoor) -> None:
    door.error(ExpectedError("undo.nothing"))
    door.tell("请先选择一名劳动力")
    door.tell("请先选择申领")
    assert [(toast.kind, toast.words.text()) for toast in door.shown()] == [
        ("error", error_text(ExpectedError("undo.nothing"))),
        ("tell", "请先选择申领"),
    ]


def test_the_same_error_does_not_pile_up_and_long_ones_stay_in_the_window(door: MessageDoor) -> None:
    for _number in range(3):
        door.warn("身份证号码末三位为 000，可能被 Excel 截断，请核对原件后补录。" * 6)
    door.warn("另一件事")
    toasts = door.shown()
    assert len(toasts) == 2
    window = toasts[0].parentWidget()
    assert window is not None
    for toast in toasts:
        assert window.rect().contains(toast.geometry())
    assert toasts[0].geometry().bottom() < toasts[1].geometry().top()
    assert toasts[0].words.height() >= toasts[0].words.heightForWidth(toasts[0].words.width())


def test_what_was_only_proposed_is_not_called_done(door: MessageDoor, qtbot: QtBot) -> None:
    undone: list[bool] = []
    door.instead("put to the village")
    door.done("Saved", lambda: undone.append(True))
    assert [(each.kind, each.words.text()) for each in door.shown()] == [("tell", "put to the village")]
    door.done("Saved")
    assert door.shown()[-1].words.text() == "Saved"
    with qtbot.waitSignal(door.said) as said:
        door.instead("put to another village")
    assert said.args == ["tell", "put to another village"]
