"""A sheet that nobody knows: its columns on the left with examples, our fields beside them, remembered under a name."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import column_text, error_text, record_text
from caseworker_app.use_cases import imports, mappings
from caseworker_app.wording import _
from ui.context import Context
from ui.theme import style
from ui.widgets.basics import Card, Field, button, clear, column, row, text
from ui.widgets.lines import scrolled

_LONGEST = 24
_SEARCHED = 12
_SAMPLES_WIDTH = 420


class MappingPart(QWidget):
    """Say once which column of a sheet is which field."""

    def __init__(
        self,
        context: Context,
        contents: imports.Read,
        told: str,
        remembered: Callable[[str], None],
        left: Callable[[], None],
    ) -> None:
        super().__init__()
        self._context = context
        self._remembered = remembered
        self._sheets = [
            (f"{file.name} · {sheet.name}", sheet)
            for file, sheets in zip(contents.files, contents.contents, strict=True)
            for sheet in sheets
            if sheet.rows
        ]
        self.sheet = QComboBox()
        self.sheet.addItems([name for name, _sheet in self._sheets])
        self.first, self.rows = QComboBox(), QComboBox()
        self.first.addItems([str(number) for number in range(1, _SEARCHED + 1)])
        self.rows.addItems(["1", "2"])
        self.record = QComboBox()
        for record in mappings.RECORDS:
            self.record.addItem(record_text(record), record)
        self.record.setCurrentIndex(mappings.RECORDS.index("spells"))
        self.name = QLineEdit(Path(contents.files[0].name).stem[:_LONGEST] if contents.files else "")
        self.name.setCursorPosition(0)
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        self._table = QWidget()
        self._grid = QVBoxLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.choices: dict[str, QComboBox] = {}
        self.use = button(_("Remember and go on"), self.save, primary=True)
        head = Card(
            text(_("Say once what the columns are"), "section"),
            text(told, "muted", wrap=True),
            row(
                Field(_("Sheet"), self.sheet),
                Field(_("Header begins in row"), self.first),
                Field(_("Rows of the header"), self.rows),
                Field(_("A row is"), self.record),
                Field(_("Remember as"), self.name),
                None,
                space=16,
            ),
            space=10,
        )
        inside = QWidget()
        inside.setObjectName("ground")
        inside.setLayout(column(head, self._table, None, space=12))
        self.setLayout(
            column(
                scrolled(inside, _("Columns")),
                self._wrong,
                row(None, button(_("Cancel"), left), self.use),
                space=10,
            )
        )
        self.sheet.currentIndexChanged.connect(self._guess)
        for box in (self.first, self.rows, self.record):
            box.currentIndexChanged.connect(lambda _index: self._show())
        context.runner.crashed.connect(self._take_again)
        self._guess(0)

    def _take_again(self) -> None:
        self.use.setEnabled(True)

    def _guess(self, index: int) -> None:
        if not self._sheets:
            return
        first, last = mappings.header_rows(self._sheets[index][1])
        for box, number in ((self.first, first), (self.rows, last - first)):
            box.blockSignals(True)
            box.setCurrentIndex(number)
            box.blockSignals(False)
        self._show()

    def _show(self) -> None:
        """Show the columns under the header chosen, each with examples and the field it most likely is."""
        clear(self._grid)
        self.choices.clear()
        sheet = self._sheets[max(self.sheet.currentIndex(), 0)][1]
        first = self.first.currentIndex()
        last = first + self.rows.currentIndex()
        record = str(self.record.currentData())
        fields = mappings.targets(record)
        needed = mappings.needed(record)
        table = QGridLayout()
        table.setHorizontalSpacing(style.px(20))
        table.setVerticalSpacing(style.px(6))
        for place, words in enumerate((_("Column of the sheet"), _("Examples"), _("Our field"))):
            table.addWidget(text(words, "secondary"), 0, place)
        taken: set[str] = set()
        columns = mappings.columns(sheet, first, last) if last < len(sheet.rows) else ()
        for number, each in enumerate(columns, 1):
            box = QComboBox()
            box.addItem(_("Not kept"), "")
            for field in fields:
                name = column_text(field)
                box.addItem(_("{field} (needed)").format(field=name) if field in needed else name, field)
            likely = each.field if each.field in fields and each.field not in taken else ""
            taken.add(likely)
            box.setCurrentIndex(max(box.findData(likely), 0))
            box.setAccessibleName(_("Field of column {column}").format(column=each.shown))
            self.choices[each.header] = box
            table.addWidget(text(each.shown), number, 0)
            samples = text("  ".join(each.samples), "secondary", wrap=True)
            samples.setFixedWidth(style.px(_SAMPLES_WIDTH))
            table.addWidget(samples, number, 1)
            table.addWidget(box, number, 2)
        table.setColumnStretch(3, 1)
        self._grid.addWidget(Card(table))

    def save(self) -> None:
        """Remember the mapping and go on with it."""
        name, record = self.name.text().strip(), str(self.record.currentData())
        chosen = {header: str(box.currentData()) for header, box in self.choices.items() if box.currentData()}
        self.use.setEnabled(False)
        self._wrong.hide()

        def done(_changed: Any) -> None:  # noqa: ANN401 - a Changed
            self.use.setEnabled(True)
            self._remembered(name)

        def failed(error: ExpectedError) -> None:
            self.use.setEnabled(True)
            self._wrong.setText(error_text(error))
            self._wrong.show()

        self._context.runner.write(partial(_save, self._context, name, record, chosen), done, failed)


def _save(context: Context, name: str, record: str, chosen: dict[str, str], _progress: Any) -> Any:  # noqa: ANN401 - the runner's progress
    return mappings.save(context.desk, name, record, chosen)
