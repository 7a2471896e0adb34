"""Forms that change people and households, in place: somebody new, a move, a split, another head, a departure.

    NewPersonForm(context, household, head)      NewHouseholdForm(context)
    MoveForm(context, person, members)           LeaveForm(context, person, members)
    SplitForm(context, household, members)       HeadForm(context, household, members)

`members` are the household's, as its page has them; `person` is the id of one of them.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QGridLayout, QLineEdit, QSizePolicy, QWidget

from caseworker_app.domain import codes, divisions, identity
from caseworker_app.domain.relations import HEAD
from caseworker_app.exchange import check
from caseworker_app.read_models.duplicates import Side
from caseworker_app.read_models.households import HouseholdRow
from caseworker_app.read_models.people import MemberLine
from caseworker_app.use_cases import duplicates, households, people
from caseworker_app.use_cases.households import NewPerson
from caseworker_app.wording import _, label
from db.queries import duplicates as duplicate_queries
from db.queries import households as household_queries
from ui.context import Context
from ui.theme import style
from ui.widgets.basics import Field, button, clear, column, row, text
from ui.widgets.day_edit import DayEdit
from ui.widgets.facts import FactForm, choices

_PAUSE_MS = 250
_OFFERED = 8
_A_ROW = 4


def _open_choice(list_name: str, only: Sequence[str] = ()) -> QComboBox:
    """Return a list to choose a code from, with nothing chosen yet."""
    box = choices(list_name, only)
    box.setPlaceholderText(_("Please choose"))
    box.setCurrentIndex(-1)
    return box


def _optional_choice(list_name: str) -> QComboBox:
    box = choices(list_name)
    box.insertItem(0, _("not known"), "")
    box.setCurrentIndex(0)
    return box


def _code(box: QComboBox) -> str:
    return str(box.currentData() or "")


def _part(*parts: QWidget | int | None) -> QWidget:
    made = QWidget()
    made.setLayout(row(*parts, space=12))
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return made


class _Wrong(Exception):
    """What was typed cannot be saved; the words say what to do."""


def _day(edit: DayEdit) -> date:
    try:
        day = edit.day()
    except ValueError:
        day = None
    if day is None:
        raise _Wrong(_("The day is not complete, for example 2024-10-31."))
    return day


class _Form(FactForm):
    """A form whose `job` gives what is written, or raises what is wrong."""

    said = ""

    def __init__(self, context: Context, title: str) -> None:
        super().__init__(context, title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def job(self) -> Callable[[], object]:
        """Return the writing, with what was typed; to be given by each form."""
        raise _Wrong(self.said)

    def save(self) -> None:
        """Write what was typed, or say what is wrong."""
        try:
            job = self.job()
        except _Wrong as wrong:
            self.wrong(str(wrong))
            return
        self.run(job, self.said)


# -- somebody new --------------------------------------------------------------------------------


class PersonFields(QWidget):
    """What is entered of a new person. Signals: changed() when name, number or birth date are other ones."""

    changed = Signal()

    def __init__(self, relation: QComboBox | None, phone: QLineEdit | None) -> None:
        super().__init__()
        self.name, self.number = QLineEdit(), QLineEdit()
        self._number = Field(_("Identity number"), self.number)
        self.number.setMinimumWidth(style.px(180))
        self.born, self.since = DayEdit(None, optional=True), DayEdit(None, optional=True)
        self.born.setPlaceholderText("1990-10-31")
        self.since.setPlaceholderText(_("as far as known"))
        self.sex, self.ethnicity = _optional_choice("sex"), _optional_choice("ethnicity")
        self.skill, self.schooling = _optional_choice("labour_skill"), _optional_choice("schooling")
        self.phone = phone
        first = [Field(_("Name"), self.name), self._number]
        if relation:
            first.append(Field(_("Relation to head"), relation))
        second = [Field(_("Labour skill"), self.skill), Field(_("At school"), self.schooling)]
        if phone:
            second.append(Field(_("Telephone"), phone))
        self.setLayout(
            column(
                _part(
                    *first,
                    Field(_("Born"), self.born),
                    Field(_("Sex"), self.sex),
                    Field(_("Ethnicity"), self.ethnicity),
                    None,
                ),
                _part(*second, Field(_("Member since"), self.since), None),
                space=8,
            )
        )
        self.name.textChanged.connect(lambda _typed: self.changed.emit())
        self.number.textChanged.connect(self._read_number)
        self.born.day_changed.connect(lambda _day: self.changed.emit())

    def _read_number(self, typed: str) -> None:
        """Take birth date and sex from a sound number; say what is wrong with one that is whole."""
        found = None
        try:
            found = identity.parse("".join(typed.split()).upper())
        except ValueError:
            whole = len("".join(typed.split())) >= 18
            self._number.wrong(
                _("It does not agree with its check digit. Check the original.") if whole else ""
            )
        else:
            self._number.wrong("")
            self.born.set_day(found.born)
            self.sex.setCurrentIndex(self.sex.findData(found.sex))
        self.born.setEnabled(found is None)
        self.sex.setEnabled(found is None)
        self.changed.emit()

    def asked(self) -> tuple[str, str, date | None]:
        """Return name, number and birth date as far as they are typed, to look for the same person."""
        try:
            name, born = str(check.name(self.name.text()).value), self.born.day()
        except (check.Refused, ValueError):
            name, born = "", None
        return name, "".join(self.number.text().split()).upper(), born

    def person(self) -> NewPerson:
        """Return what was entered."""
        try:
            born, since = self.born.day(), self.since.day()
        except ValueError:
            raise _Wrong(_("The day is not complete, for example 2024-10-31.")) from None
        return NewPerson(
            self.name.text(),
            self.number.text(),
            born,
            _code(self.sex),
            _code(self.ethnicity),
            self.phone.text() if self.phone else "",
            _code(self.skill),
            _code(self.schooling),
            since,
        )


class _EnteringForm(_Form):
    """A form with a new person, who is looked for in the ledger first."""

    def __init__(
        self, context: Context, title: str, relation: QComboBox | None, phone: QLineEdit | None
    ) -> None:
        super().__init__(context, title)
        self.fields = PersonFields(relation, phone)
        self.somebody_else = QCheckBox(_("It is somebody else"))
        self._alike, self._lines = QWidget(), column(space=0)
        caption = text(_("Perhaps here already:"), "section")
        self._alike.setLayout(column(caption, self._lines, self.somebody_else, space=4))
        self._alike.hide()
        self._found: list[tuple[Side, tuple[str, ...]]] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(lambda: self._look(lambda: None))
        self.fields.changed.connect(self._pause.start)
        self.setFocusProxy(self.fields.name)

    def _look(self, then: Callable[[], None]) -> None:
        """Look for somebody like this, show who was found, and go on."""

        def shown(found: list[tuple[Side, tuple[str, ...]]]) -> None:
            if [side.id for side, _why in found] != [side.id for side, _why in self._found]:
                self._found = found
                self._show_alike()
            then()

        name, number, born = self.fields.asked()
        self.context.query(duplicate_queries.like, name, number, born, self.context.today, then=shown)

    def _show_alike(self) -> None:
        self.somebody_else.setChecked(False)
        clear(self._lines)
        for side, why in self._found[:_OFFERED]:
            reasons = "、".join(map(duplicates.reason_text, why))
            number = identity.masked(side.identity_number)
            said = f"{number} {side.household_no} {side.head}".strip() + f" · {reasons}"
            go = partial(self.context.navigator.go, "person", person=side.id)
            open_ = button(_("Open {name}").format(name=side.name), go, link=True)
            self._lines.addWidget(_part(open_, text(said, "secondary"), None))
        self._alike.setVisible(bool(self._found))

    def save(self) -> None:
        """Enter the person unless somebody like this is here and nobody said that it is somebody else."""
        self._pause.stop()

        def go() -> None:
            if self._found and not self.somebody_else.isChecked():
                self.wrong(_("Open the record that is here already, or tick that it is somebody else."))
                self.somebody_else.setFocus()
            else:
                super(_EnteringForm, self).save()

        self._look(go)


class NewPersonForm(_EnteringForm):
    """Enter somebody into a household."""

    def __init__(self, context: Context, household: str, head: str) -> None:
        self.relation = _open_choice("relation")
        self.phone = QLineEdit()
        super().__init__(
            context, _("New person · household of {head}").format(head=head or "—"), self.relation, self.phone
        )
        self._household = household
        self.said = _("Recorded: {what}").format(what=_("new person"))
        self.build(self.fields, self._alike)

    def job(self) -> Callable[[], object]:
        """Enter the person."""
        if not _code(self.relation):
            raise _Wrong(_("Choose what the person is to the head."))
        person = self.fields.person()
        return partial(people.new_person, self.context.desk, self._household, person, _code(self.relation))


class NewHouseholdForm(_EnteringForm):
    """Enter a household with its head."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _("New household"), None, None)
        self.village = QComboBox()
        self.village.setEditable(True)
        self.village.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for division in _villages(context.desk.scope):
            self.village.addItem(division.name, division.code)
        completer = QCompleter(self.village.model(), self.village)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.village.setCompleter(completer)
        if edit := self.village.lineEdit():
            edit.setPlaceholderText(_("Please choose"))
        if self.village.count() > 1:
            self.village.setCurrentIndex(-1)
        self.group, self.household_no, self.phone = QLineEdit(), QLineEdit(), QLineEdit()
        self.household_no.setPlaceholderText(_("made when empty"))
        self.said = _("Recorded: {what}").format(what=_("new household"))
        home = _part(
            Field(_("Village"), self.village),
            Field(_("Group"), self.group),
            Field(_("Household number"), self.household_no),
            Field(_("Telephone"), self.phone),
            None,
        )
        self.build(home, text(_("Its head"), "secondary"), self.fields, self._alike)

    def job(self) -> Callable[[], object]:
        """Enter the household."""
        village = _code(self.village)
        if not village or self.village.currentText() != self.village.itemText(self.village.currentIndex()):
            raise _Wrong(_("Choose the village from the list."))
        return partial(
            households.new_household,
            self.context.desk,
            village,
            self.group.text(),
            self.fields.person(),
            phone=self.phone.text(),
            household_no=self.household_no.text(),
        )


def _villages(scope: str) -> list[divisions.Division]:
    """Return the villages of a ledger's area."""
    here = divisions.find(scope)
    if here is not None and len(scope) == 12:
        return [here]
    below = divisions.children(scope)
    return [
        village
        for each in below
        for village in ([each] if len(scope) == 9 else divisions.children(each.code))
    ]


# -- who is head, and what the others are --------------------------------------------------------


class Succession(QWidget):
    """Who is head of some members, and what each of them is to the head; certain relations stand there already."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self._members: Sequence[MemberLine] = ()
        self._among: list[MemberLine] = []
        self.head = QComboBox()
        self.head.setPlaceholderText(_("Please choose"))
        self.head.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.relations: dict[str, QComboBox] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        places = QWidget()
        places.setLayout(self._grid)
        self.setLayout(column(_part(Field(caption, self.head), None), places, space=8))
        self.head.currentIndexChanged.connect(lambda _index: self._relate())

    def offer(self, members: Sequence[MemberLine], among: Collection[str]) -> None:
        """Show these members to choose a head from; whoever was chosen stays chosen."""
        self._members, self._among = members, [each for each in members if each.id in among]
        before = _code(self.head)
        self.head.blockSignals(True)
        self.head.clear()
        for member in self._among:
            self.head.addItem(f"{member.name}（{label('relation', member.relation)}）", member.id)
        alone = 0 if len(self._among) == 1 else -1
        self.head.setCurrentIndex(self.head.findData(before) if before in among else alone)
        self.head.blockSignals(False)
        self._relate()

    def _relate(self) -> None:
        clear(self._grid)
        self.relations = {}
        chosen = _code(self.head)
        if not chosen:
            return
        suggested = households.suggested(self._members, chosen)
        codes_ = [code for code in codes.code_list("relation").codes if code != HEAD]
        others = [member for member in self._among if member.id != chosen]
        for number, member in enumerate(others):
            box = _open_choice("relation", codes_)
            box.setCurrentIndex(box.findData(suggested[member.id]) if suggested[member.id] else -1)
            self.relations[member.id] = box
            self._grid.addWidget(Field(member.name, box), number // _A_ROW, number % _A_ROW)
        self._grid.setColumnStretch(_A_ROW, 1)

    def told(self) -> tuple[str, dict[str, str]]:
        """Return the head chosen and the relations."""
        head = _code(self.head)
        if not head:
            raise _Wrong(_("Choose who is the head."))
        told = {person: _code(box) for person, box in self.relations.items()}
        if lacking := [member.name for member in self._among if told.get(member.id) == ""]:
            raise _Wrong(_("Choose what {names} is to the new head.").format(names="、".join(lacking)))
        return head, told


class HeadForm(_Form):
    """Make another member the head."""

    def __init__(self, context: Context, household: str, members: Sequence[MemberLine]) -> None:
        super().__init__(context, _("Change head"))
        self._household = household
        old = next((member.id for member in members if member.relation == HEAD), "")
        self.day = DayEdit(context.today)
        self.succession = Succession(_("New head"))
        self.succession.offer(members, {member.id for member in members})
        if old:  # Stays in the list of relations, and is no choice.
            self.succession.head.removeItem(self.succession.head.findData(old))
        self.said = _("Recorded: {what}").format(what=_("new head"))
        self.build(_part(Field(_("From this day on"), self.day), None), self.succession)
        self.setFocusProxy(self.succession.head)

    def job(self) -> Callable[[], object]:
        """Change the head."""
        day = _day(self.day)
        head, told = self.succession.told()
        return partial(households.change_head, self.context.desk, self._household, head, day, told)


class _GoingForm(_Form):
    """A form in which one member goes; who is head of the others is asked when the head goes."""

    def __init__(self, context: Context, title: str, person: str, members: Sequence[MemberLine]) -> None:
        own = next(member for member in members if member.id == person)
        super().__init__(context, title.format(who=own.name))
        self.person = person
        self.day = DayEdit(context.today)
        staying = {member.id for member in members if member.id != person}
        self.succession = Succession(_("Head of those who stay"))
        self._succeeded = own.relation == HEAD and bool(staying)
        if self._succeeded:
            self.succession.offer(members, staying)
        else:
            self.succession.hide()

    def heirs(self) -> dict[str, Any]:
        """Return who follows the head, where the head goes."""
        if not self._succeeded:
            return {}
        head, told = self.succession.told()
        return {"new_head": head, "told": told}


class LeaveForm(_GoingForm):
    """Record that somebody died or left the village."""

    def __init__(self, context: Context, person: str, members: Sequence[MemberLine]) -> None:
        super().__init__(context, _("Record departure · {who}"), person, members)
        self.reason = _open_choice("leave_reason", people.LEAVE_REASONS)
        self.said = _("Recorded: {what}").format(what=_("departure"))
        fields = _part(Field(_("Gone since"), self.day), Field(_("Reason"), self.reason), None)
        hint = _("Everything recorded stays. With a death the job and the wish for work end too.")
        self.build(fields, self.succession, text(hint, "secondary", wrap=True))
        self.setFocusProxy(self.reason)

    def job(self) -> Callable[[], object]:
        """Record the departure."""
        day = _day(self.day)
        if not _code(self.reason):
            raise _Wrong(_("Choose the reason for the departure."))
        return partial(people.leave, self.context.desk, self.person, day, _code(self.reason), **self.heirs())


class MoveForm(_GoingForm):
    """Move somebody to another household, looked for by number or name."""

    def __init__(self, context: Context, person: str, members: Sequence[MemberLine]) -> None:
        super().__init__(context, _("Move to another household · {who}"), person, members)
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Number, or a name in it"))
        self.household = QComboBox()
        self.household.setMinimumWidth(style.px(260))
        self.household.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.household.setPlaceholderText(_("None found yet"))
        self.relation = _open_choice("relation")
        self.said = _("Recorded: {what}").format(what=_("move"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self.search.textChanged.connect(lambda _typed: self._pause.start())
        fields = _part(
            Field(_("Look for the household"), self.search),
            Field(_("Household found"), self.household),
            Field(_("Relation to its head"), self.relation),
            Field(_("From this day on"), self.day),
            None,
        )
        self.build(fields, self.succession)
        self.setFocusProxy(self.search)

    def _look(self) -> None:
        typed = self.search.text().strip()
        asked = self.context.desk.asked(self.context.today)

        def found(connection: Any) -> list[HouseholdRow]:  # noqa: ANN401 - a connection, known below the window
            chosen = household_queries.ids(connection, asked, text=typed)[:_OFFERED] if typed else []
            return household_queries.rows(connection, chosen, asked)

        self.context.query(found, then=self._offer, latest="move.households")

    def _offer(self, found: list[HouseholdRow]) -> None:
        self.household.clear()
        for entry in found:
            self.household.addItem(f"{entry.household_no} {entry.head} {entry.group}".strip(), entry.id)
        self.household.setCurrentIndex(0 if found else -1)  # Beside a placeholder none is chosen by itself.

    def job(self) -> Callable[[], object]:
        """Move the person."""
        day = _day(self.day)
        if not _code(self.household):
            raise _Wrong(_("Look for the household by its number or the name of somebody in it."))
        if not _code(self.relation):
            raise _Wrong(_("Choose what the person is to the head."))
        return partial(
            households.move,
            self.context.desk,
            self.person,
            _code(self.household),
            _code(self.relation),
            day,
            **self.heirs(),
        )


class SplitForm(_Form):
    """Make a household of its own of some members."""

    def __init__(self, context: Context, household: str, members: Sequence[MemberLine]) -> None:
        super().__init__(context, _("Split household"))
        self._household, self._members = household, members
        self.ticks: dict[str, QCheckBox] = {}
        for member in members:
            tick = QCheckBox(f"{member.name}（{label('relation', member.relation)}）")
            tick.toggled.connect(lambda _on: self._ticked())
            self.ticks[member.id] = tick
        self.day = DayEdit(context.today)
        self.household_no = QLineEdit()
        self.household_no.setPlaceholderText(_("made when empty"))
        self.going = Succession(_("Head of the new household"))
        self.staying = Succession(_("Head of those who stay"))
        self.said = _("Recorded: {what}").format(what=_("split household"))
        who = QWidget()
        who.setLayout(column(text(_("Who leaves"), "secondary"), _part(*self.ticks.values(), None), space=4))
        fields = _part(
            Field(_("From this day on"), self.day), Field(_("Household number"), self.household_no), None
        )
        self.build(who, fields, self.going, self.staying)
        self._ticked()
        if members:
            self.setFocusProxy(next(iter(self.ticks.values())))

    def _ticked(self) -> None:
        going = {person for person, tick in self.ticks.items() if tick.isChecked()}
        staying = self.ticks.keys() - going
        head = next((member.id for member in self._members if member.relation == HEAD), "")
        self.going.offer(self._members, going)
        self.going.setVisible(bool(going))
        self.staying.offer(self._members, staying)
        self.staying.setVisible(head in going and bool(staying))

    def job(self) -> Callable[[], object]:
        """Split the household."""
        day = _day(self.day)
        going = [person for person, tick in self.ticks.items() if tick.isChecked()]
        if not going:
            raise _Wrong(_("Tick who leaves the household."))
        if len(going) == len(self.ticks):
            raise _Wrong(_("Somebody has to stay. To change the head, use “Change head”."))
        head, told = self.going.told()
        stay = self.staying.told() if not self.staying.isHidden() else ("", {})
        return partial(
            households.split,
            self.context.desk,
            self._household,
            going,
            head,
            day,
            household_no=self.household_no.text(),
            told=told,
            remaining_head=stay[0],
            remaining=stay[1],
        )
