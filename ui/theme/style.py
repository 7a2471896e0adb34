"""Puts fonts, palette and style sheet of a theme on the application."""
# ruff: noqa: E501 - a rule of the style sheet stays on one line

from functools import cache
from importlib import resources

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import tokens

_FONTS = ("NotoSansSC-Regular.ttf", "NotoSansSC-SemiBold.ttf")
_current = tokens.LIGHT
_percent = 100


def current() -> tokens.Tokens:
    """Return the theme that is on."""
    return _current


def px(length: float) -> int:
    """Return a length of the design, drawn at 100 %, in the font size that is on.

    Every length passes through here once: fonts, rows, the gaps of `row` and `column`, fixed widths, painted shapes.
    """
    return round(length * _percent / 100)


def load_fonts() -> None:
    """Make the bundled fonts known, so that the window is right on a machine without any Chinese font."""
    folder = resources.files("caseworker_app") / "fonts"
    for name in _FONTS:
        if QFontDatabase.addApplicationFont(str(folder / name)) < 0:
            raise FileNotFoundError(name)


def font(size: int = tokens.TEXT, *, strong: bool = False) -> QFont:
    """Return a font of the window, its size as at 100 %."""
    return _font(px(size), strong=strong)


def metrics(size: int = tokens.TEXT, *, strong: bool = False) -> QFontMetrics:
    """Return the measures of a font, made once: a table asks for them at every cell."""
    return _metrics(px(size), strong=strong)


@cache
def ink(colour: str) -> QColor:
    """Return a colour ready to paint with, made once."""
    return QColor(colour)


@cache
def _metrics(pixels: int, *, strong: bool) -> QFontMetrics:
    return QFontMetrics(_font(pixels, strong=strong))


@cache
def _font(pixels: int, *, strong: bool) -> QFont:
    made = QFont(list(tokens.FAMILIES))
    made.setPixelSize(pixels)
    if strong:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def _palette(theme: tokens.Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for each, colour in (
        (role.Window, theme.ground),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.header),
        (role.Button, theme.surface),
        (role.Text, theme.text),
        (role.WindowText, theme.text),
        (role.ButtonText, theme.text),
        (role.PlaceholderText, theme.secondary),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
        (role.ToolTipBase, theme.text),
        (role.ToolTipText, theme.surface),
    ):
        palette.setColor(each, QColor(colour))
    palette.setColor(QPalette.ColorGroup.Disabled, role.ButtonText, QColor(theme.secondary))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Text, QColor(theme.secondary))
    return palette


def _chevron(theme: tokens.Tokens) -> str:
    """Return the arrow of lists to choose from, as a style sheet can name it."""
    return str(resources.files("ui.theme") / f"chevron-{theme.name}.svg").replace("\\", "/")


def _tick(theme: tokens.Tokens) -> str:
    """Return the tick of a checked box, as a style sheet can name it."""
    return str(resources.files("ui.theme") / f"tick-{theme.name}.svg").replace("\\", "/")


RING = 2
"""How wide the ring around what has the focus is, at any size of text."""


def sheet(theme: tokens.Tokens) -> str:
    """Return the style sheet of a theme."""
    return f"""
* {{ outline: 0; }}
QWidget {{ color: {theme.text}; }}
QMainWindow, #ground, QScrollArea {{ background: {theme.ground}; border: 0; }}
#surface, #topbar, #pagehead, #tabs, #statusbar {{ background: {theme.surface}; }}
#topbar {{ border-bottom: 1px solid {theme.line}; }}
#statusbar {{ border-top: 1px solid {theme.line}; }}
#tabs {{ border-bottom: 1px solid {theme.line}; }}
#card {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: {px(tokens.RADIUS + 2)}px; }}
#card[chosen="true"] {{ border: 2px solid {theme.accent}; }}
#card[tone="attention"] {{ border: 1px solid {theme.attention_line}; }}
#card:focus {{ border: 2px solid {theme.accent}; background: {theme.accent_soft}; }}
#side {{ background: {theme.surface}; border-left: 1px solid {theme.line}; }}
QScrollArea {{ border: {RING}px solid transparent; }}
#room {{ border: 0; }}
#side:focus, QScrollArea:focus {{ border: {RING}px solid {theme.accent}; }}
#note {{ background: {theme.quiet_soft}; border-radius: {px(tokens.RADIUS)}px; padding: {px(8)}px {px(12)}px; }}
QLabel[role="page"] {{ font-size: {px(tokens.PAGE)}px; font-weight: 600; }}
QLabel[role="section"] {{ font-size: {px(tokens.SECTION - 2)}px; font-weight: 600; }}
QLabel[role="large"] {{ font-size: {px(tokens.PAGE + 1)}px; font-weight: 600; }}
QLabel[role="secondary"] {{ color: {theme.secondary}; font-size: {px(tokens.SMALL)}px; }}
QLabel[role="muted"] {{ color: {theme.secondary}; }}
QLabel[role="error"] {{ color: {theme.stop}; font-size: {px(tokens.SMALL)}px; }}
QLabel[role="good"] {{ color: {theme.good}; font-size: {px(tokens.SMALL)}px; }}
QPushButton {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; border-radius: {px(tokens.RADIUS)}px; padding: 0 {px(12)}px; min-height: {px(30)}px; }}
QPushButton:hover {{ border-color: {theme.accent}; color: {theme.accent}; }}
QPushButton:focus {{ border: 2px solid {theme.accent}; padding: 0 {px(12) - 1}px; min-height: {px(30) - 2}px; }}
QPushButton:disabled {{ color: {theme.secondary}; background: {theme.quiet_soft}; border-color: {theme.line}; }}
QPushButton[primary="true"] {{ background: {theme.accent}; color: {theme.on_accent}; border: 1px solid {theme.accent}; }}
QPushButton[primary="true"]:hover {{ background: {theme.accent_hover}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {theme.text}; }}
QPushButton[primary="true"]:disabled {{ background: {theme.quiet_soft}; color: {theme.secondary}; border-color: {theme.line}; }}
QPushButton[link="true"] {{ background: transparent; border: 0; color: {theme.accent}; padding: 0 2px; min-height: {px(22)}px; }}
QPushButton[link="true"]:hover {{ text-decoration: underline; }}
#statusbar QPushButton[link="true"] {{ font-size: {px(tokens.SMALL)}px; }}
QPushButton[link="true"]:focus {{ border: 2px solid {theme.accent}; padding: 0; min-height: {px(22) - 4}px; }}
QPushButton[tab="true"] {{ background: transparent; border: 0; color: {theme.secondary}; padding: 0 {px(10)}px; min-height: {px(28)}px; }}
QPushButton[tab="true"]:hover {{ color: {theme.accent}; }}
QPushButton[tab="true"]:checked {{ background: {theme.accent_soft}; color: {theme.accent}; font-weight: 600; }}
QPushButton[chip="true"] {{ background: {theme.accent_soft}; border: 1px solid {theme.accent_soft}; border-radius: {px(13)}px; color: {theme.accent}; padding: 0 {px(10)}px; min-height: {px(24)}px; font-size: {px(tokens.SMALL)}px; }}
QPushButton[chip="true"]:hover, QPushButton[chip="true"]:focus {{ border-color: {theme.accent}; }}
QPushButton[tab="true"]:focus {{ border: 2px solid {theme.accent}; padding: 0 {px(10) - 2}px; min-height: {px(28) - 4}px; }}
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; border-radius: {px(tokens.RADIUS)}px; padding: 0 {px(10)}px; min-height: {px(30)}px; selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
QPlainTextEdit {{ padding: {px(6)}px {px(8)}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus {{ border: 2px solid {theme.accent}; padding: 0 {px(10) - 1}px; min-height: {px(30) - 2}px; }}
QLineEdit[invalid="true"] {{ border: 1px solid {theme.stop}; border-bottom: 2px solid {theme.stop}; }}
QLineEdit[invalid="true"]:focus {{ border: 2px solid {theme.stop}; }}
QComboBox::drop-down {{ border: 0; width: {px(24)}px; }}
QComboBox::down-arrow {{ image: url({_chevron(theme)}); width: {px(14)}px; height: {px(14)}px; }}
QComboBox QAbstractItemView {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; selection-background-color: {theme.accent_soft}; selection-color: {theme.text}; padding: {px(4)}px; }}
#find {{ background: {theme.ground}; border: 1px solid {theme.line}; }}
#find:focus {{ background: {theme.surface}; border: 2px solid {theme.accent}; }}
QTableView {{ background: {theme.surface}; border: 0; gridline-color: transparent; selection-background-color: {theme.selection}; selection-color: {theme.text}; }}
QTableView:focus {{ border: 0; }}
QTableView[framed="true"], QTableView[framed="true"]:focus {{ border: 1px solid {theme.line}; border-radius: {px(tokens.RADIUS)}px; }}
QHeaderView {{ background: {theme.header}; border: 0; }}
QHeaderView::section {{ background: {theme.header}; color: {theme.secondary}; border: 0; border-bottom: 1px solid {theme.line}; padding: 0 {px(8)}px; font-size: {px(tokens.SMALL)}px; }}
QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; padding-left: {px(3)}px; }}
QScrollBar:horizontal {{ background: transparent; height: {px(10)}px; margin: 0; }}
QScrollBar::handle {{ background: {theme.line_strong}; border-radius: {px(4)}px; min-height: {px(32)}px; min-width: {px(32)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
QMenu {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(6)}px {px(28)}px {px(6)}px {px(12)}px; border-radius: {px(4)}px; }}
QMenu::item:selected {{ background: {theme.accent_soft}; color: {theme.accent}; }}
QMenu::item:disabled {{ color: {theme.secondary}; }}
QMenu::separator {{ height: 1px; background: {theme.line}; margin: {px(4)}px {px(8)}px; }}
QToolTip {{ background: {theme.text}; color: {theme.surface}; border: 0; padding: {px(4)}px {px(8)}px; }}
QProgressBar {{ background: {theme.quiet_soft}; border: 0; border-radius: {px(3)}px; max-height: {px(6)}px; min-height: {px(6)}px; text-align: center; }}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: {px(3)}px; }}
#toast {{ background: {theme.toast}; border: 1px solid {theme.toast}; border-radius: {px(tokens.RADIUS)}px; }}
#toast QLabel {{ color: {theme.on_toast}; }}
#toast QPushButton {{ color: {theme.toast_link}; background: transparent; border: 0; font-weight: 600; padding: 0 {px(8)}px; }}
#toast QPushButton:hover {{ text-decoration: underline; }}
#toast QPushButton:focus {{ border: 2px solid {theme.toast_link}; padding: 0 {px(8) - 2}px; }}
#toast[tone="error"] {{ background: {theme.stop_soft}; border: 1px solid {theme.stop}; }}
#toast[tone="error"] QLabel {{ color: {theme.text}; }}
#toast[tone="error"] QPushButton {{ color: {theme.stop}; }}
#toast[tone="error"] QPushButton:focus {{ border: 2px solid {theme.stop}; }}
#officer {{ background: {theme.accent_soft}; color: {theme.accent}; border: 0; border-radius: {px(14)}px; min-width: {px(28)}px; min-height: {px(28)}px; font-weight: 600; }}
#officer::menu-indicator {{ image: none; }}
#officer:focus {{ border: 2px solid {theme.accent}; min-width: {px(28) - 4}px; min-height: {px(28) - 4}px; }}
QListWidget {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; padding: {px(4)}px; }}
QListWidget::item {{ padding: {px(4)}px {px(8)}px; min-height: {px(22)}px; color: {theme.text}; }}
QListWidget::item:selected {{ background: {theme.accent_soft}; color: {theme.text}; }}
QCheckBox {{ spacing: {px(8)}px; }}
QCheckBox::indicator, QListWidget::indicator {{ width: {px(14)}px; height: {px(14)}px; border: 1px solid {theme.secondary}; border-radius: {px(3)}px; background: {theme.surface}; }}
QCheckBox::indicator:checked, QListWidget::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent}; image: url({_tick(theme)}); }}
QCheckBox::indicator:disabled {{ border-color: {theme.line_strong}; }}
QCheckBox:focus {{ color: {theme.accent}; }}
QCheckBox::indicator:focus {{ border: 2px solid {theme.accent}; width: {px(14) - 2}px; height: {px(14) - 2}px; }}
QListWidget:focus {{ border: 1px solid {theme.accent}; }}
"""


def apply(app: QApplication, theme: tokens.Tokens, percent: int = 100) -> None:
    """Dress the whole application in a theme and a font size."""
    global _current, _percent
    _current, _percent = theme, percent
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(sheet(theme))
