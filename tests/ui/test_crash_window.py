"""A fault of ours is shown without anybody's data, and the program lives on."""

import gc
import logging
import sys
import threading

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ui.crash_window import CrashGuard, CrashWindow, details

NUMBER = "640106198804121510"


def fault() -> Exception:
    """Return a fault that carries somebody's number in message, cause and local names."""
    try:
        try:
            raise KeyError(NUMBER)
        except KeyError as error:
            raise ValueError(f"not a number: {NUMBER}") from error
    except ValueError as error:
        return error


def fail() -> None:
    raise LookupError(NUMBER)


def test_details_name_kinds_places_and_versions_and_no_values() -> None:
    found = details(fault())
    assert "ValueError" in found
    assert "KeyError" in found
    assert "tests/ui/test_crash_window.py:" in found or "ui/test_crash_window.py:" in found
    assert "Qt " in found
    assert NUMBER not in found


@pytest.mark.parametrize(
    "filename",
    ["/home/zhang/app/caseworker_app/start.py", r"C:\Users\张三\app\caseworker_app\start.py"],
)
def test_the_folder_of_a_person_is_not_told(filename: str) -> None:
    error = SyntaxError()
    code = compile("def fail():\n    raise LookupError\n", filename, "exec")
    names: dict[str, object] = {}
    exec(code, names)
    try:
        names["fail"]()  # type: ignore[operator]
    except LookupError as caught:
        error.__cause__ = caught
    found = details(error)
    assert "  caseworker_app/start.py:2 fail" in found
    assert "zhang" not in found
    assert "张三" not in found


def test_the_window_offers_the_details_and_going_on(qtbot: QtBot) -> None:
    window = CrashWindow("kind and place")
    qtbot.addWidget(window)
    buttons = window.findChildren(QPushButton)
    buttons[0].click()
    assert QApplication.clipboard().text() == "kind and place"
    shown = window.findChild(QPlainTextEdit)
    assert shown is not None
    assert shown.isReadOnly()
    with qtbot.waitSignal(window.finished):
        buttons[-1].click()


def test_a_second_fault_does_not_open_a_second_window(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    guard = CrashGuard(parent)
    with caplog.at_level(logging.ERROR, "caseworker"):
        guard.report(fault())
        guard.report(fault())
    windows = parent.findChildren(CrashWindow)
    assert len(windows) == 1
    assert len(caplog.records) == 2
    assert NUMBER not in caplog.text
    windows[0].accept()
    qtbot.waitUntil(lambda: not shiboken6.isValid(windows[0]))
    guard.report(fault())
    assert len(parent.findChildren(CrashWindow)) == 1


def test_a_fault_before_the_main_window_is_shown_too(qtbot: QtBot) -> None:
    def shown() -> list[CrashWindow]:
        return [
            each
            for each in QApplication.topLevelWidgets()
            if isinstance(each, CrashWindow) and each.isVisible()
        ]

    guard = CrashGuard()
    for _time in range(2):
        guard.report(fault())
        gc.collect()
        assert len(shown()) == 1
        shown()[0].accept()
        qtbot.waitUntil(lambda: not shown())


def test_the_hooks_are_taken_over_and_given_back(qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook
    parent = QWidget()
    qtbot.addWidget(parent)
    guard = CrashGuard(parent)
    guard.install()
    try:
        with qtbot.waitSignal(guard.caught) as caught:
            sys.excepthook(ValueError, fault(), None)
        assert "ValueError" in caught.args[0]
        with qtbot.waitSignal(guard.caught):
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
    finally:
        guard.remove()
    assert (sys.excepthook, threading.excepthook) == before
