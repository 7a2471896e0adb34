"""The editor of a cell by the kind of its field: a day, a code with type-ahead, a place by name or pinyin, text.

    editor = make(parent, "spell.place")     # a QLineEdit: its text() is what was typed

Labels and places are found by any part of their words and by the first letters of their pinyin.
"""

from datetime import date
from functools import cache

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QCompleter, QLineEdit, QWidget

from caseworker_app.domain import codes, divisions
from caseworker_app.use_cases import cells
from caseworker_app.wording import label, language
from ui.widgets.day_edit import DayEdit

_KEYS = Qt.ItemDataRole.UserRole
_TAKING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_MOST_SHOWN = 10
_SUGGESTED = {"spell.trade": "trade", "intention.trade": "trade"}
"""Code lists whose labels are offered where anything may be typed."""


def make(parent: QWidget, field: str) -> QLineEdit:
    """Return the editor of a field; its name for screen readers is the field's."""
    typed = cells.field(field)
    editor: QLineEdit
    if typed.kind in ("day", "last_day"):
        editor = DayEdit(None, optional=True)
        editor.setMinimumWidth(0)
        editor.setMaximumWidth(16777215)
    else:
        editor = QLineEdit()
    editor.setParent(parent)
    editor.setAccessibleName(typed.title)
    if typed.kind == "money":
        editor.setAlignment(Qt.AlignmentFlag.AlignRight)
    if typed.kind == "place":
        editor.setCompleter(_Offers(_places(), editor))
    elif offered := typed.code_list or _SUGGESTED.get(field):
        editor.setCompleter(_Offers(_labels(offered, language()), editor))
    return editor


def put(editor: QLineEdit, text: str) -> None:
    """Let an editor begin with a text."""
    if isinstance(editor, DayEdit):
        try:
            editor.set_day(date.fromisoformat(text) if text else None)
        except ValueError:  # What was typed and refused stays as it was typed.
            editor.setText(text)
    else:
        editor.setText(text)
    editor.setProperty("before", editor.text())


class _Offers(QCompleter):
    """Offers the words whose keys hold what was typed; takes the words, not the keys."""

    def __init__(self, words: QStandardItemModel, parent: QLineEdit) -> None:
        super().__init__(words, parent)
        self.setCompletionRole(int(_KEYS))
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setMaxVisibleItems(_MOST_SHOWN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter and Tab take the offer that is chosen and end the editing, as in a spreadsheet."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TAKING:
            popup, editor = self.popup(), self.widget()
            if watched is popup and isinstance(editor, QLineEdit):
                if (chosen := popup.currentIndex()).isValid():
                    editor.setText(self.pathFromIndex(chosen))
                popup.hide()
                QApplication.sendEvent(
                    editor, QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
                )
                return True
        return super().eventFilter(watched, event)

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:  # noqa: N802 - Qt's name
        """Return the words that are taken for an offer."""
        return str(index.data(Qt.ItemDataRole.DisplayRole))


def _model(words: dict[str, str]) -> QStandardItemModel:
    model = QStandardItemModel(len(words), 1)
    for number, (shown, keys) in enumerate(words.items()):
        item = QStandardItem(shown)
        item.setData(keys, int(_KEYS))
        model.setItem(number, item)
    return model


def _pinyin(words: str) -> str:
    """Return words with the first letters of their pinyin and the pinyin itself."""
    from caseworker_app.domain import pinyin  # noqa: PLC0415 - the readings are loaded when first typed

    spoken = [pinyin.syllables(each)[0] for each in words if each.isalnum()]
    return f"{words} {''.join(each[0] for each in spoken)} {''.join(spoken)}"


@cache
def _labels(name: str, tongue: str) -> QStandardItemModel:
    listed = codes.code_list(name)
    return _model(
        {
            label(name, code, tongue): " ".join(map(_pinyin, codes.spellings(entry)))
            for code, entry in listed.entries.items()
        }
    )


@cache
def _places() -> QStandardItemModel:
    counties = (
        county
        for province in divisions.children()
        for city in divisions.children(province.code)
        for county in divisions.children(city.code)
    )
    return _model({name: _pinyin(name) for county in counties if (name := divisions.full_name(county.code))})
