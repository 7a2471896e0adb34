"""Puts fonts, palette and style sheet of a theme on the application."""
# ruff: noqa: E501 - a rule of the style sheet stays on one line

from importlib import resources

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import tokens

_FONTS = ("NotoSansSC-Regular.ttf", "NotoSansSC-SemiBold.ttf")
_current = tokens.LIGHT


def current() -> tokens.Tokens:
    """Return the theme that is on."""
    return _current


def load_fonts() -> None:
    """Make the bundled fonts known, so that the window is right on a machine without any Chinese font."""
    folder = resources.files("caseworker_app") / "fonts"
    for name in _FONTS:
        if QFontDatabase.addApplicationFont(str(folder / name)) < 0:
            raise FileNotFoundError(name)


def font(size: int = tokens.TEXT, *, strong: bool = False) -> QFont:
    """Return a font of the window in pixels."""
    made = QFont(list(tokens.FAMILIES))
    made.setPixelSize(size)
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
#card {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: {tokens.RADIUS + 2}px; }}
#card[chosen="true"] {{ border: 2px solid {theme.accent}; }}
#card[tone="attention"] {{ border: 1px solid {theme.attention_line}; }}
#card:focus {{ border: 2px solid {theme.accent}; }}
#side {{ background: {theme.surface}; border-left: 1px solid {theme.line}; }}
#note {{ background: {theme.quiet_soft}; border-radius: {tokens.RADIUS}px; padding: 8px 12px; }}
QLabel[role="page"] {{ font-size: {tokens.PAGE}px; font-weight: 600; }}
QLabel[role="section"] {{ font-size: {tokens.SECTION - 2}px; font-weight: 600; }}
QLabel[role="large"] {{ font-size: {tokens.PAGE + 1}px; font-weight: 600; }}
QLabel[role="secondary"] {{ color: {theme.secondary}; font-size: {tokens.SMALL}px; }}
QLabel[role="muted"] {{ color: {theme.secondary}; }}
QLabel[role="error"] {{ color: {theme.stop}; font-size: {tokens.SMALL}px; }}
QLabel[role="good"] {{ color: {theme.good}; font-size: {tokens.SMALL}px; }}
QPushButton {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; border-radius: {tokens.RADIUS}px; padding: 0 12px; min-height: 30px; }}
QPushButton:hover {{ border-color: {theme.accent}; color: {theme.accent}; }}
QPushButton:focus {{ border: 2px solid {theme.accent}; padding: 0 11px; min-height: 28px; }}
QPushButton:disabled {{ color: {theme.secondary}; background: {theme.quiet_soft}; border-color: {theme.line}; }}
QPushButton[primary="true"] {{ background: {theme.accent}; color: {theme.on_accent}; border: 1px solid {theme.accent}; }}
QPushButton[primary="true"]:hover {{ background: {theme.accent_hover}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {theme.text}; }}
QPushButton[primary="true"]:disabled {{ background: {theme.quiet_soft}; color: {theme.secondary}; border-color: {theme.line}; }}
QPushButton[link="true"] {{ background: transparent; border: 0; color: {theme.accent}; padding: 0 2px; min-height: 22px; }}
QPushButton[link="true"]:hover {{ text-decoration: underline; }}
#statusbar QPushButton[link="true"] {{ font-size: {tokens.SMALL}px; }}
QPushButton[link="true"]:focus {{ border: 2px solid {theme.accent}; padding: 0; min-height: 18px; }}
QPushButton[tab="true"] {{ background: transparent; border: 0; color: {theme.secondary}; padding: 0 10px; min-height: 28px; }}
QPushButton[tab="true"]:hover {{ color: {theme.accent}; }}
QPushButton[tab="true"]:checked {{ background: {theme.accent_soft}; color: {theme.accent}; font-weight: 600; }}
QPushButton[tab="true"]:focus {{ border: 2px solid {theme.accent}; padding: 0 8px; min-height: 24px; }}
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; border-radius: {tokens.RADIUS}px; padding: 0 10px; min-height: 30px; selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
QPlainTextEdit {{ padding: 6px 8px; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus {{ border: 2px solid {theme.accent}; padding: 0 9px; min-height: 28px; }}
QLineEdit[invalid="true"] {{ border: 1px solid {theme.stop}; border-bottom: 2px solid {theme.stop}; }}
QLineEdit[invalid="true"]:focus {{ border: 2px solid {theme.stop}; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QComboBox::down-arrow {{ image: url({_chevron(theme)}); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; selection-background-color: {theme.accent_soft}; selection-color: {theme.text}; padding: 4px; }}
#find {{ background: {theme.ground}; border: 1px solid {theme.line}; }}
#find:focus {{ background: {theme.surface}; border: 2px solid {theme.accent}; }}
QTableView {{ background: {theme.surface}; border: 0; gridline-color: transparent; selection-background-color: {theme.selection}; selection-color: {theme.text}; }}
QTableView:focus {{ border: 0; }}
QHeaderView {{ background: {theme.header}; border: 0; }}
QHeaderView::section {{ background: {theme.header}; color: {theme.secondary}; border: 0; border-bottom: 1px solid {theme.line}; padding: 0 8px; font-size: {tokens.SMALL}px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {theme.line_strong}; border-radius: 5px; min-height: 32px; min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
QMenu {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; padding: 4px; }}
QMenu::item {{ padding: 6px 28px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {theme.accent_soft}; color: {theme.accent}; }}
QMenu::item:disabled {{ color: {theme.secondary}; }}
QMenu::separator {{ height: 1px; background: {theme.line}; margin: 4px 8px; }}
QToolTip {{ background: {theme.text}; color: {theme.surface}; border: 0; padding: 4px 8px; }}
QProgressBar {{ background: {theme.quiet_soft}; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; text-align: center; }}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}
#toast {{ background: {theme.toast}; border: 1px solid {theme.toast}; border-radius: {tokens.RADIUS}px; }}
#toast QLabel {{ color: {theme.on_toast}; }}
#toast QPushButton {{ color: {theme.toast_link}; background: transparent; border: 0; font-weight: 600; padding: 0 8px; }}
#toast QPushButton:hover {{ text-decoration: underline; }}
#toast QPushButton:focus {{ border: 2px solid {theme.toast_link}; padding: 0 6px; }}
#toast[tone="error"] {{ background: {theme.stop_soft}; border: 1px solid {theme.stop}; }}
#toast[tone="error"] QLabel {{ color: {theme.text}; }}
#toast[tone="error"] QPushButton {{ color: {theme.stop}; }}
#toast[tone="error"] QPushButton:focus {{ border: 2px solid {theme.stop}; }}
#officer {{ background: {theme.accent_soft}; color: {theme.accent}; border: 0; border-radius: 14px; min-width: 28px; min-height: 28px; font-weight: 600; }}
#officer::menu-indicator {{ image: none; }}
#officer:focus {{ border: 2px solid {theme.accent}; min-width: 24px; min-height: 24px; }}
QListWidget {{ background: {theme.surface}; border: 1px solid {theme.line_strong}; padding: 4px; }}
QListWidget::item {{ padding: 4px 8px; min-height: 22px; color: {theme.text}; }}
QListWidget::item:selected {{ background: {theme.accent_soft}; color: {theme.text}; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {theme.secondary}; border-radius: 3px; background: {theme.surface}; }}
QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent}; image: url({_tick(theme)}); }}
QCheckBox::indicator:disabled {{ border-color: {theme.line_strong}; }}
QCheckBox:focus {{ color: {theme.accent}; }}
"""


def apply(app: QApplication, theme: tokens.Tokens) -> None:
    """Dress the whole application in a theme."""
    global _current
    _current = theme
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(sheet(theme))
