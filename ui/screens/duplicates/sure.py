"""What is surely one person, before it is merged all at once: how many, and which are left for a person's eye and why."""

from collections import Counter
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text, progress_text
from caseworker_app.read_models.duplicates import Sure
from caseworker_app.use_cases import twins
from caseworker_app.wording import _, _n
from ui.context import Context
from ui.runner import Job
from ui.widgets.basics import Card, ProgressPanel, button, clear, column, row, text
from ui.widgets.lines import lines

_SHOWN = 60
"""Left pairs that are listed here; all of them stand in the list at the left."""


class SurePanel(QWidget):
    """The preview of merging all sure pairs, and the merging itself. Signals: merged(), left()."""

    merged = Signal()
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found = Sure((), ())
        self._job: Job | None = None
        self._place = column(space=8)
        self._wrong = text("", "error", wrap=True)
        self._wrong.hide()
        self.merge_button = button("", self.merge, primary=True)
        self.back_button = button(_("Cancel"), self.left.emit)
        self.progress = ProgressPanel()
        self.progress.cancelled.connect(self.cancel)
        self.progress.hide()
        card = Card(
            self._place, self._wrong, row(self.merge_button, self.back_button, None), self.progress, space=10
        )
        card.setAccessibleName(_("Surely the same person"))
        self.setLayout(column(card, space=0))

    def show_found(self, found: Sure) -> None:
        """Show what would be merged, and what is left."""
        self._found = found
        self._wrong.hide()
        clear(self._place)
        count = len(found.pairs)
        giving = sum(each.gives_way for each in found.pairs)
        self._place.addWidget(
            text(
                _n("{count} pair is surely one person", "{count} pairs are surely one person", count).format(
                    count=count
                ),
                "section",
            )
        )
        for words in self._why(count, giving):
            self._place.addWidget(text(words, "secondary", wrap=True))
        if found.left:
            self._place.addWidget(text(self._counted(), wrap=True))
            rows = [
                [each.first.name, each.first.household_no, twins.left_text(each)]
                for each in found.left[:_SHOWN]
            ]
            heads = [_("Name"), _("Household number"), _("Why it is left")]
            self._place.addWidget(lines(heads, rows, "", 2))
        self.merge_button.setText(_n("Merge {count} pair", "Merge {count} pairs", count).format(count=count))
        self.merge_button.setEnabled(bool(count))
        self.merge_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _why(self, count: int, giving: int) -> list[str]:
        said = []
        if giving:
            said.append(
                _(
                    "{count} were only imported here: what the village itself sent stands for them, and nothing of it is changed."
                ).format(count=giving)
            )
        if count > giving:
            said.append(
                _(
                    "{count} have the same identity number, name, village and household number, and contradict each other in nothing."
                ).format(count=count - giving)
            )
        said.append(_("It is one step: undo takes all of it back."))
        return said

    def _counted(self) -> str:
        kinds = Counter(each.why for each in self._found.left)
        first = {each.why: each for each in reversed(self._found.left)}
        listed = "；".join(f"{twins.left_kind(first[why])} {count}" for why, count in kinds.most_common())
        return _("Left for your eye: {list}").format(list=listed)

    def merge(self) -> None:
        """Merge them all, in the background."""
        context, expected = self._context, len(self._found.pairs)
        self.merge_button.setEnabled(False)
        self.back_button.hide()  # The progress has its own.
        self._wrong.hide()
        self.progress.begin(progress_text("twins.merging"))

        def work(progress: Any) -> tuple[Changed, Sure]:  # noqa: ANN401 - the runner's progress
            return twins.merge_sure(context.desk, expected, progress)

        def done(_result: tuple[Changed, Sure]) -> None:
            self._end()
            words = _n("{count} pair was merged", "{count} pairs were merged", expected)
            context.messages.done(words.format(count=expected), context.undo)
            self.merged.emit()

        def failed(error: ExpectedError) -> None:
            self._end()
            self._wrong.setText(error_text(error))
            self._wrong.show()

        self._job = context.runner.write(work, done, failed, self._report, cancelled=self._end)

    def _report(self, done: int, total: int, what: str) -> None:
        self.progress.show_progress(done, total, progress_text(what))

    def cancel(self) -> None:
        """Stop; the ledger stays as it was."""
        if self._job:
            self._job.cancel()

    def _end(self, *_told: object) -> None:
        self.progress.end()
        self.back_button.show()
        self.merge_button.setEnabled(True)
