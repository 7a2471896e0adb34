"""Where facts that only a policy asks for are entered, beside the answer that waits for them."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from caseworker_app.policy.answer import Missing
from caseworker_app.policy.vocabulary import CODES, DAY
from caseworker_app.use_cases import pack_facts
from caseworker_app.wording import _
from ui.context import Context
from ui.theme import style
from ui.widgets.basics import Field, button, column, row, text


class AskedFacts(QWidget):
    """One field for each fact that is missing; what is saved is asked anew at once."""

    def __init__(self, context: Context, missing: Sequence[Missing]) -> None:
        super().__init__()
        self._context = context
        known = pack_facts.facts(context.desk.pack)
        self._fields: list[tuple[pack_facts.Asked, str, QComboBox | QLineEdit]] = []
        fields = row(space=12)
        for each in missing:
            if each.field in known:
                asked = known[each.field]
                entry = self._entry(asked)
                entry.setAccessibleName(asked.title)
                self._fields.append((asked, each.record, entry))
                fields.addWidget(Field(asked.title, entry))
        fields.addWidget(button(_("Enter"), self.save))
        fields.addStretch(1)
        words = text(_("Asked by this policy only:"), "secondary")
        self.setLayout(column(words, fields, space=4))
        self.setVisible(bool(self._fields))

    def _entry(self, asked: pack_facts.Asked) -> QComboBox | QLineEdit:
        if asked.choices and asked.kind != CODES:
            box = QComboBox()
            box.addItem("", "")
            for code, words in asked.choices.items():
                box.addItem(words, code)
            return box
        line = QLineEdit()
        line.setFixedWidth(style.px(180))
        line.setPlaceholderText("2024-06-30" if asked.kind == DAY else "、".join(asked.choices.values()))
        line.returnPressed.connect(self.save)
        return line

    def save(self) -> None:
        """Enter what was chosen or typed, all of it as one change."""
        context = self._context
        said = [
            (asked, owner, entry.currentData() if isinstance(entry, QComboBox) else entry.text().strip())
            for asked, owner, entry in self._fields
        ]
        chosen = [(asked, owner, words) for asked, owner, words in said if words]
        if not chosen:
            return
        titles = "、".join(dict.fromkeys(asked.title for asked, _owner, _words in chosen))

        def saved(_changed: object) -> None:
            context.messages.done(_("Saved: {what}").format(what=titles), context.undo)

        facts = [(asked.name, owner, words) for asked, owner, words in chosen]
        context.runner.write(lambda _progress: pack_facts.enter_all(context.desk, facts), saved)
