"""The head of a person's page: who it is, what can be done."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QSizePolicy, QWidget

from caseworker_app.domain import divisions, identity
from caseworker_app.read_models.people import PersonPage
from caseworker_app.wording import _, label
from ui.actions import BY_ID, more_button, tip
from ui.context import Context
from ui.theme import style, tokens
from ui.widgets.basics import Pill, button, clear, column, row, text
from ui.widgets.table import STATUS_TONES

Act = tuple[str, Callable[[], None]]
"""An action of the table, and what it does here."""


class PersonHead(QWidget):
    """Name, particulars with the numbers masked, and the actions."""

    def __init__(
        self, context: Context, acts: Sequence[Act], more: Sequence[Act], reveal: Callable[[bool], None]
    ) -> None:
        super().__init__()
        self._context = context
        self._reveal = reveal
        self._shown = False
        self._page: PersonPage | None = None
        self._who = row(space=8)
        buttons = [button(_(BY_ID[act].title), does, tip=tip(act)) for act, does in acts]
        bar = row(space=8)
        bar.addLayout(self._who, 1)
        for each in (*buttons, more_button(more)):
            bar.addWidget(each)
        self.setLayout(column(bar, space=0))

    def hide_numbers(self) -> None:
        """Mask the numbers again."""
        self._shown = False

    def show_person(self, page: PersonPage) -> None:
        """Show who it is."""
        self._page = page
        clear(self._who)
        worker = page.row
        name = text(worker.name, select=True)
        name.setFont(style.font(tokens.PAGE, strong=True))
        number = worker.identity_number if self._shown else identity.masked(worker.identity_number)
        phone = page.phone if self._shown else identity.masked_phone(page.phone)
        age = _("{age} years").format(age=page.age) if page.age is not None else ""
        relation = (
            _("the head")
            if page.relation == "head"
            else _("{relation} of {head}").format(relation=label("relation", page.relation), head=worker.head)
        )
        place = f"{divisions.path(worker.village_code)[-1].name} {worker.group}".strip()
        first = " ".join(
            part for part in (label("sex", page.sex), age, label("ethnicity", page.ethnicity)) if part
        )
        category = label("monitored_kind", page.monitored_kind) or label(
            "household_kind", page.household_kind
        )
        self._who.addWidget(
            button(_("Back"), self._context.navigator.back, link=True, icon="back", tip=_("Back  Esc"))
        )
        self._who.addWidget(name)
        if page.left_on:
            left = _("Gone since {day}: {reason}") if page.left_reason else _("Gone since {day}")
            reason = label("leave_reason", page.left_reason)
            self._who.addWidget(Pill(left.format(day=page.left_on, reason=reason), "attention"))
        else:
            tone = STATUS_TONES.get(worker.status, "quiet")
            self._who.addWidget(Pill(label("status", worker.status), tone))
        if page.left_on:
            left = _("gone since {day}: {reason}").format(
                day=page.left_on, reason=label("leave_reason", page.left_reason)
            )
            self._who.addWidget(Pill(left, "attention"))
        if category:
            self._who.addWidget(Pill(category, "attention" if page.monitored_kind else "quiet"))
        self._who.addWidget(text(" · ".join(part for part in (first, number) if part), "muted", select=True))
        words = text(
            " · ".join(part for part in (place, relation, phone) if part), "muted", wrap=True, select=True
        )
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._who.addWidget(
            button(
                _("Hide") if self._shown else _("Show"),
                self._toggle,
                link=True,
                tip=_("Show or hide identity number and phone"),
            )
        )
        self._who.addWidget(words, 1)

    def _toggle(self) -> None:
        self._shown = not self._shown
        self._reveal(self._shown)
        if self._page:
            self.show_person(self._page)
