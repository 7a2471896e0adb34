"""Colours that can be read, figures that align, characters that exist, Qt's own words in Chinese."""

import time

import pytest
from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QRawFont
from PySide6.QtWidgets import QApplication

from ui import icons
from ui.theme import style, tokens
from ui.theme.tokens import THEMES, TONES, Tokens

_TEXT, _SHAPE = 4.5, 3.0


def luminance(colour: str) -> float:
    ink = QColor(colour)
    parts = (ink.redF(), ink.greenF(), ink.blueF())
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_text_can_be_read_on_every_ground_it_stands_on(theme: Tokens) -> None:
    pairs = [
        (ink, ground)
        for ink in (theme.text, theme.secondary)
        for ground in (theme.ground, theme.surface, theme.header, theme.selection, theme.accent_soft)
    ]
    pairs += [tokens.tone(theme, tone) for tone in TONES]
    pairs += [(theme.accent, theme.surface), (theme.accent, theme.ground), (theme.on_accent, theme.accent)]
    pairs += [(theme.on_accent, theme.accent_hover), (theme.stop, theme.surface), (theme.good, theme.surface)]
    pairs += [
        (theme.rail_text, theme.rail),
        (theme.on_rail, theme.rail_selected),
        (theme.on_rail, theme.rail_badge),
    ]
    pairs += [(theme.on_toast, theme.toast), (theme.toast_link, theme.toast), (theme.text, theme.stop_soft)]
    weak = {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < _TEXT}
    assert weak == {}


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_marks_and_bars_stand_out(theme: Tokens) -> None:
    pairs = [
        (theme.secondary, theme.attention_soft),
        (theme.accent, theme.attention_soft),
        (theme.rail_mark, theme.rail),
    ]
    assert {pair for pair in pairs if contrast(*pair) < _SHAPE} == set()


@pytest.mark.parametrize("strong", [False, True])
def test_the_bundled_font_is_used_and_its_figures_are_equally_wide(*, strong: bool) -> None:
    font = style.font(strong=strong)
    assert QFontInfo(font).family() == "Noto Sans SC"
    widths = {QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"}
    assert len(widths) == 1


def test_the_signs_the_window_uses_exist_in_the_font() -> None:
    font = QRawFont.fromFont(style.font())
    missing = [sign for sign in "政荐导训●○·…—「」→¥" if not font.supportsCharacter(ord(sign))]
    assert missing == []


def test_fonts_load_fast_enough_for_the_start() -> None:
    before = time.perf_counter()
    style.load_fonts()
    assert time.perf_counter() - before < 0.5


def test_icons_are_drawn_for_every_scaling() -> None:
    for ratio in (1.0, 1.25, 1.5, 2.0):
        drawn = icons.pixmap("workers", "#1668dc", 20, ratio)
        assert drawn.width() == round(20 * ratio)
        assert drawn.devicePixelRatio() == ratio
        assert not drawn.toImage().allGray()


def test_qt_brings_its_own_words_in_chinese(qapp: QApplication) -> None:
    translator = QTranslator(qapp)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    assert translator.load("qtbase_zh_CN", folder)
    assert translator.translate("QPlatformTheme", "Cancel") == "取消"
