"""A policy pack as pages: its items with clauses and amounts, this place's readings and figures, and what another would change."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from caseworker_app.domain import money
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import error_text
from caseworker_app.policy import pack as policy
from caseworker_app.use_cases import pack_reader, packs
from caseworker_app.use_cases.pack_reader import ItemSheet
from caseworker_app.use_cases.packs import WhatIf
from caseworker_app.wording import _, _n
from ui.context import Context
from ui.theme import style
from ui.widgets.basics import Card, Field, Pill, TabStrip, button, clear, column, row, text
from ui.widgets.day_edit import DayEdit
from ui.widgets.lines import Ruled, fill, lines, scrolled

_SHOWN = 200


def _scroll(place: QVBoxLayout, name: str) -> QWidget:
    inside = QWidget()
    inside.setLayout(column(place, None, margins=(16, 12, 16, 12)))
    return scrolled(inside, name)


def _place() -> QVBoxLayout:
    made = QVBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(style.px(10))
    return made


class ReaderPart(QWidget):
    """The items of the pack, one of them in full."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._sheets: list[ItemSheet] = []
        self._current = 0
        self._list, self._page = _place(), _place()
        side = _scroll(self._list, _("Items"))
        side.setFixedWidth(style.px(340))
        whole = row(side, _scroll(self._page, _("Item")), space=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def show_pack(self) -> None:
        """Show the items of the pack in use."""
        self._sheets = pack_reader.sheets(self._context.desk.pack, self._context.today)
        clear(self._list)
        table = Ruled([_("Item"), _("For")], choosing=True)
        fill(table, [(f"{each.id} {each.name}", each.whose) for each in self._sheets], 0)
        self._current = min(self._current, max(len(self._sheets) - 1, 0))
        table.go(self._current)
        table.went.connect(self._went)
        self._list.addWidget(Card(table, margins=(0, 0, 0, 0)))
        self._show_item()

    def _went(self, number: int) -> None:
        self._current = number
        self._show_item()

    def _show_item(self) -> None:
        clear(self._page)
        if not self._sheets:
            return
        sheet = self._sheets[self._current]
        title = row(text(f"{sheet.id} {sheet.name}", "section"), Pill(sheet.whose, "accent"), None)
        if sheet.draft:
            title.insertWidget(2, Pill(_("not in force yet"), "attention"))
        self._page.addLayout(title)
        document = self._context.desk.pack.document
        source = _("{document}, {clause}").format(document=document.title, clause=sheet.clause)
        self._page.addWidget(text(source, "secondary", wrap=True, select=True))
        parts = [
            (_("Amount"), sheet.amount),
            (_("Cycle"), sheet.cycle),
            (_("Limits"), "；".join(sheet.limits)),
            (_("Papers"), sheet.papers),
            (_("Steps"), sheet.way),
            (_("In charge, fund, when"), sheet.source),
        ]
        self._page.addWidget(
            lines([_("Part"), _("What it says")], [(name, words) for name, words in parts if words], "", 1)
        )
        asked = [(each.clause, each.name, each.required) for each in sheet.asked]
        self._page.addWidget(text(_("What is asked"), "section"))
        self._page.addWidget(
            lines([_("Clause"), _("Condition"), _("Required")], asked, _("Nothing beside the amount."), 2)
        )


class SettingsPart(QWidget):
    """Readings and figures of the place, entered here."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._place = _place()
        self.setLayout(column(_scroll(self._place, _("Figures of this place")), space=0))

    def show_pack(self) -> None:
        """Show readings and figures."""
        clear(self._place)
        pack, today = self._context.desk.pack, self._context.today
        self._place.addWidget(text(_("Figures of this place"), "section"))
        if not pack.parameters:
            self._place.addWidget(Card(text(_("This pack asks for no figures."), "muted")))
        for parameter in pack.parameters.values():
            self._place.addWidget(self._figure(parameter.key, packs_shown(pack, parameter.key, today)))
        self._place.addWidget(text(_("This place's own readings"), "section"))
        rows = [(each.explanation,) for each in pack.settings.values()]
        self._place.addWidget(lines([_("Reading")], rows, _("The document leaves nothing open."), 0))

    def _figure(self, key: str, shown: str) -> QWidget:
        parameter = self._context.desk.pack.parameters[key]
        typed, day = QLineEdit(), DayEdit(None, optional=True)
        typed.setFixedWidth(style.px(160))
        typed.setPlaceholderText("5=20000 10=50000" if parameter.kind == "ladder" else "")
        value = Field(_("New value"), typed)
        state = Pill(shown, "good") if shown else Pill(_("not entered"), "attention")
        save = button(_("Enter"), partial(self._save, key, typed, day, value))
        words = column(
            row(text(parameter.name, "section"), state, None),
            text(parameter.explanation, "secondary", wrap=True),
            space=4,
        )
        side = row(value, Field(_("Holds from"), day), save, space=8)
        whole = row(space=16)
        whole.addLayout(words, 1)
        whole.addLayout(side)
        return Card(whole)

    def _save(self, key: str, typed: QLineEdit, day: DayEdit, field: Field) -> None:
        context = self._context
        try:
            since = day.day()
        except ValueError:
            field.wrong(_("The day is not complete, for example 2024-10-31."))
            return
        field.wrong("")

        def failed(error: ExpectedError) -> None:
            field.wrong(error_text(error))

        context.runner.write(
            lambda _progress: packs.set_parameter(context.desk, key, typed.text(), since),
            lambda _changed: context.messages.done(
                _("Entered: {what}").format(what=context.desk.pack.parameters[key].name), context.undo
            ),
            failed,
        )


def packs_shown(pack: policy.Pack, key: str, on: Any) -> str:  # noqa: ANN401 - a day
    """Return the figure that holds on a day, '' when none was entered."""
    parameter = pack.parameters[key]
    value = parameter.at(on)
    return "" if value is None else packs.parameter_shown(parameter, value)


class WhatIfPart(QWidget):
    """What another pack would change: who gains, who loses, what it costs."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.other = QComboBox()
        self._other = Field(_("Compare the pack in use with"), self.other)
        self._run = button(_("Run both packs"), self.compare, primary=True)
        self._found = _place()
        self._adopt = button(
            _("Follow this pack from now on"), self.adopt, tip=_("What was claimed stays; undo takes it back")
        )
        self._adopt.setEnabled(False)
        self.other.currentIndexChanged.connect(lambda _index: self._adopt.setEnabled(False))
        head = row(self._other, self._run, self._adopt, None, space=12, margins=(16, 12, 16, 0))
        self.setLayout(column(head, _scroll(self._found, _("What would change")), space=0))

    def show_pack(self) -> None:
        """Offer the packs that come with the program."""
        if not self.other.count():
            for name in policy.bundled():
                loaded = policy.load(name)
                self.other.addItem(f"{loaded.name} · {loaded.document.short}", name)

    def compare(self) -> None:
        """Run both packs over the ledger."""
        new = policy.load(str(self.other.currentData()))
        clear(self._found)
        self._found.addWidget(text(_("Running both packs over the ledger…"), "muted"))
        self._context.query(
            packs.what_if, self._context.desk.pack, new, self._context.today, then=self._show, latest="packs"
        )

    def adopt(self) -> None:
        """Follow the pack that was compared."""
        context, name = self._context, str(self.other.currentData())

        def said(_changed: object) -> None:
            context.messages.done(
                _("From now on: {name}").format(name=context.desk.pack.document.short), context.undo
            )
            context.navigator.go("packs")

        context.runner.write(
            lambda _progress: packs.adopt(context.desk, policy.bundled_folder(name), context.today), said
        )

    def _show(self, found: WhatIf) -> None:
        clear(self._found)
        self._adopt.setEnabled(True)
        more = found.cost_after - found.cost_before
        self._found.addLayout(
            row(
                _figure_card(_("Costs now"), money.shown(found.cost_before)),
                _figure_card(_("Would cost"), money.shown(found.cost_after)),
                _figure_card(_("Difference"), f"{'+' if more > 0 else ''}{money.shown(more)}"),
                _figure_card(_("Gain"), str(len(found.gaining))),
                _figure_card(_("Lose"), str(len(found.losing))),
                _figure_card(_("Cannot be told yet"), str(found.undecided)),
                None,
                space=12,
            )
        )
        rows = [
            (
                each.name,
                each.household_no,
                each.item_name,
                _yuan(each.before),
                _yuan(each.after),
                _yuan(each.gain),
            )
            for each in sorted(found.differences, key=lambda each: -abs(each.gain))[:_SHOWN]
        ]
        if (rest := len(found.differences) - _SHOWN) > 0:
            words = _n(
                "The largest differences; {count} more.", "The largest differences; {count} more.", rest
            )
            self._found.addWidget(text(words.format(count=rest), "secondary"))
        heads = [_("Name"), _("Household number"), _("Item"), _("Now"), _("Then"), _("Difference")]
        self._found.addWidget(lines(heads, rows, _("Nothing would change for anybody."), 2))


def _figure_card(name: str, figure: str) -> Card:
    number = text(figure, "large")
    number.setAccessibleName(f"{name} {figure}")
    return Card(text(name, "secondary"), number, space=4)


def _yuan(amount: int | None) -> str:
    return "" if amount is None else money.shown(amount)


class PacksScreen(QWidget):
    """The pack in use."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._title = text("", "page")
        self._summary = text("", "muted")
        head = QWidget()
        head.setObjectName("pagehead")
        back = button(_("Back"), context.navigator.back, link=True, icon="back", tip="Esc")
        head.setLayout(row(back, self._title, self._summary, None, margins=(16, 10, 16, 10), space=12))
        self.tabs = TabStrip(
            [
                ("reader", _("Items")),
                ("settings", _("Figures and readings")),
                ("what-if", _("What if")),
            ],
            _("Policies"),
        )
        self.tabs.chosen.connect(lambda _key: self.reload())
        strip = QWidget()
        strip.setObjectName("tabs")
        strip.setLayout(row(self.tabs, None, margins=(16, 4, 16, 6)))
        self.parts: dict[str, ReaderPart | SettingsPart | WhatIfPart] = {
            "reader": ReaderPart(context),
            "settings": SettingsPart(context),
            "what-if": WhatIfPart(context),
        }
        self._stack = QStackedWidget()
        for part in self.parts.values():
            self._stack.addWidget(part)
        self.setLayout(column(head, strip, self._stack, space=0))
        context.runner.changed.connect(lambda _changed: self._changed())

    def _changed(self) -> None:
        if self.isVisible() and self.tabs.current() == "settings":
            self.reload()

    def open(self, **arguments: Any) -> None:  # noqa: ANN401 - `part` may name a tab
        """Show the pack in use."""
        if "part" in arguments:
            self.tabs.choose(arguments["part"])
        self.reload()

    def status(self) -> str:
        """Return how many items there are."""
        count = len(self._context.desk.pack.items)
        return _n("{count} item", "{count} items", count).format(count=count)

    def reload(self) -> None:
        """Show the part that is chosen."""
        pack = self._context.desk.pack
        self._title.setText(_("Policies of {name}").format(name=pack.name))
        issued = _("issued {day}").format(day=pack.document.issued)
        self._summary.setText(f"{pack.document.short} · {issued}")
        part = self.parts[self.tabs.current()]
        self._stack.setCurrentWidget(part)
        part.show_pack()
