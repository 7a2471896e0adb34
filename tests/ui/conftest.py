"""The window's parts speak Chinese, dressed in the light theme."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from caseworker_app import wording
from ui.runner import Runner
from ui.theme import style, tokens

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let pass what Qt's off-screen platform says of itself at small windows and lists that drop down."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: QApplication) -> None:
    style.load_fonts()
    style.apply(qapp, tokens.LIGHT)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    before = wording.language()
    wording.use(wording.ZH)
    yield
    wording.use(before)


@pytest.fixture
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()
