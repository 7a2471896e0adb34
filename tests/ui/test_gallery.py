"""The kit as a whole: every page draws in both themes, and every control has a name."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from tests.ui import gallery
from ui.theme import style, tokens


@pytest.mark.parametrize("name", gallery.pages())
def test_every_control_has_a_name_for_screen_readers(qtbot: QtBot, name: str) -> None:
    page = gallery.pages()[name]()
    qtbot.addWidget(page)
    page.show()
    gallery.settle(30)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and not isinstance(widget, QScrollBar)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_every_page_is_drawn_in_both_themes(tmp_path: Path, qapp: QApplication) -> None:
    try:
        written = gallery.save(tmp_path)
    finally:
        style.apply(qapp, tokens.LIGHT)
    assert len(written) == len(gallery.pages()) * len(tokens.THEMES)
    for path in written:
        image = QImage(str(path))
        assert not image.isNull()
        colours = {
            image.pixelColor(x, y).name()
            for x in range(0, image.width(), 7)
            for y in range(0, image.height(), 7)
        }
        assert len(colours) > 2, path.name
