"""Dresses the application as the settings of this installation say."""

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from caseworker_app import settings, wording
from ui.theme import style
from ui.theme.tokens import THEMES

_NAME = "qt-words"


def dress(app: QApplication) -> None:
    """Put theme, font size and the words of Qt's own dialogs on the application; again whenever they change."""
    style.apply(app, THEMES[str(settings.read("theme"))], int(settings.read("font_size")))
    QLocale.setDefault(QLocale(wording.language()))
    for before in app.findChildren(QTranslator, _NAME):
        app.removeTranslator(before)
        before.deleteLater()
    translator = QTranslator(app)
    translator.setObjectName(_NAME)
    if translator.load(
        f"qtbase_{wording.language()}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        app.installTranslator(translator)
