"""The one way a field is changed by typed text: a cell of the grid, a paste, a fill, a value put right on a page.

A field has a key (`person.phone`); what is typed is read like a cell of a workbook, checked against the rest of
the ledger and written with its row, or refused at the cell. A value that holds from a day on begins anew and what
stood before ends the day before.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from caseworker_app.domain import divisions, identity, money
from caseworker_app.domain.identity import IdentityNumber
from caseworker_app.domain.worker import LOWER_AGE, age_on
from caseworker_app.error_words import attribute_text, cell_text, field_text
from caseworker_app.exchange import check as reading
from caseworker_app.exchange.check import Refused
from caseworker_app.read_models.cells import Applied, Edit, Problem
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.propose import add, propose
from caseworker_app.use_cases.typed import one_line
from caseworker_app.wording import label, labels
from db.queries import blocks, owners
from db.queries.dated import holds, live, under_way
from db.states import VOIDED
from db.tables import (
    BOOKKEEPING,
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Person,
    PersonAttribute,
    Record,
    ServiceRecord,
    Spell,
)
from db.unit_of_work import UnitOfWork

Values = dict[str, Any]
Table = type[Record]

_DAY = timedelta(days=1)
_HIGHEST_WAGE = 100_000_00
_PLAIN_KINDS = frozenset(
    {"text", "name", "identity", "phone", "card", "digits", "day", "last_day", "money", "place"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field that can be typed: where it stands, and of which kind it is.

    `kind` is text, name, identity, phone, card, digits, day, last_day, money, place, truth or the name of a code list;
    `attribute` is what a dated fact is called; `needed` fields cannot be emptied.
    """

    key: str
    table: Table
    column: str
    kind: str
    needed: bool = False
    attribute: str = ""

    @property
    def code_list(self) -> str:
        """The code list its values are from, '' for none."""
        return "yes_no" if self.kind == "truth" else "" if self.kind in _PLAIN_KINDS else self.kind

    @property
    def title(self) -> str:
        """What the field is called."""
        return (
            attribute_text(self.attribute)
            if self.attribute
            else field_text(self.table.__tablename__, self.column)
        )


def _fields(prefix: str, table: Table, kinds: str) -> Iterator[Field]:
    """Give the fields of a table, described as `column:kind`, with ! where it is needed."""
    for part in kinds.split():
        column, _colon, kind = part.partition(":")
        name = column.removesuffix("!")
        stands = "place_text" if kind == "place" else name
        yield Field(
            f"{prefix}.{name.removesuffix('_text')}", table, stands, kind, needed=column.endswith("!")
        )


FIELDS: dict[str, Field] = {
    each.key: each
    for each in (
        *_fields(
            "person",
            Person,
            "name!:name identity_number:identity sex:sex born:day ethnicity:ethnicity phone:phone "
            "card_holder:text card_bank:text card_number:card",
        ),
        *(
            Field(f"person.{name}", PersonAttribute, "value", name, attribute=name)
            for name in ("education", "schooling", "health", "labour_skill")
        ),
        *_fields("membership", Membership, "relation!:relation"),
        *_fields("household", Household, "group_name:text phone:phone"),
        Field("household.kind", HouseholdAttribute, "value", "household_kind", attribute="kind"),
        Field("household.relocated", HouseholdAttribute, "value", "yes_no", attribute="relocated"),
        Field("household.low_income", HouseholdAttribute, "value", "yes_no", attribute="low_income"),
        *_fields(
            "spell",
            Spell,
            "kind!:spell_kind started_on!:day ended_on:last_day place_text:place employer:text "
            "industry:industry trade:text channel:channel wage:money contract:truth insured:truth "
            "point_to_point:truth",
        ),
        *_fields("intention", Intention, "kind!:intention place_text:place trade:text wage:money"),
        *_fields(
            "service",
            ServiceRecord,
            "kind!:service_kind on!:day outcome!:service_outcome vacancy:text note:text",
        ),
    )
}

_OF_NEW_ROWS: dict[str, Field] = {
    each.key: each
    for each in (
        Field("link.identity_number", Person, "identity_number", "identity"),
        Field("link.name", Person, "name", "name"),
        Field("link.household_no", Household, "household_no", "digits"),
        Field("intention.since", Intention, "since", "day", needed=True),
    )
}


def field(key: str) -> Field:
    """Return a field that is typed, also one that only new rows have."""
    return FIELDS.get(key) or _OF_NEW_ROWS[key]


# -- one cell ----------------------------------------------------------------------------------


def read(typed: Field, text: str) -> Values:
    """Return what a typed text says, by column; Refused says why it says nothing."""
    columns = typed.table.__table__.c
    cleaned = one_line(text)
    if not cleaned:
        if typed.needed:
            raise Refused("cell.missing")
        empty: Values = {typed.column: None if columns[typed.column].nullable else ""}
        return {**empty, "place_code": ""} if typed.kind == "place" else empty
    if typed.kind == "text":
        most = getattr(columns[typed.column].type, "length", None) or 1000
        if len(cleaned) > most:
            raise Refused("text.long", most=most)
        return {typed.column: cleaned}
    if typed.kind == "place":
        return _place(typed, cleaned)
    if typed.kind == "identity":
        return _identity(cleaned)
    if typed.kind == "card":
        return {typed.column: _card(cleaned)}
    if typed.kind == "money":
        wage = reading.amount(cleaned).value
        assert isinstance(wage, int)
        if not 0 < wage <= _HIGHEST_WAGE:
            raise Refused("wage.range", most=money.shown(_HIGHEST_WAGE))
        return {typed.column: wage}
    readers = {"day": "first_day", "truth": "yes_no"}
    reader = (
        reading.code("yes_no")
        if typed.kind == "yes_no"
        else reading.reader(readers.get(typed.kind, typed.kind))
    )
    return {typed.column: reader(cleaned).value}


def _place(typed: Field, text: str) -> Values:
    code = divisions.resolve_place(text)
    if not code and typed.table is Spell:
        raise Refused("place.unknown")
    return {"place_text": text[:200], "place_code": code}


def _identity(text: str) -> Values:
    number = reading.identity_number(text).value
    assert isinstance(number, IdentityNumber)
    said: Values = {"identity_number": number.number, "born": number.born, "sex": number.sex}
    return {**said, "disability": number.disability} if number.disability else said


def _card(text: str) -> str:
    digits = str(reading.digits(text).value)
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 23):
        raise Refused("card.digits")
    return digits


def shown(typed: Field, row: Values) -> str:
    """Return a value as it is typed: labels, days, plain yuan."""
    value = row.get(typed.column)
    if typed.kind == "place":
        return str(value or divisions.full_name(row.get("place_code") or ""))
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return label("yes_no", "yes" if value else "no")
    if isinstance(value, date):
        return value.isoformat()
    if typed.kind == "money":
        return money.shown(value).replace(",", "")
    return labels(typed.code_list, str(value).split(",")) if typed.code_list else str(value)


# -- the records behind the cells --------------------------------------------------------------


def mappings(connection: Connection, statement: Any, column: Any, wanted: Iterable[str]) -> Iterator[Values]:  # noqa: ANN401 - a select and a column
    """Give the rows of a statement where a column is one of many values."""
    for row in blocks.rows(connection, statement, column, wanted):
        yield row._asdict()


def _by_owner(connection: Connection, typed: Field, whose: Iterable[str], on: date) -> dict[str, Values]:
    """Return the row that holds for each person (or household) on a day."""
    table: Any = typed.table
    owner = _owner(table)
    chosen = select(table.__table__).where(under_way(table, on) if table is Spell else holds(table, on))
    if typed.attribute:
        chosen = chosen.where(table.attribute == typed.attribute)
    order = table.started_on if table is Spell else table.since
    rows = mappings(connection, chosen.order_by(order), table.__table__.c[owner], whose)
    return {row[owner]: row for row in rows}


def _owner(table: Table) -> str:
    return "household_id" if table is HouseholdAttribute else "person_id"


def _households(connection: Connection, people: Iterable[str], on: date) -> dict[str, str]:
    chosen = select(Membership.person_id, Membership.household_id).where(holds(Membership, on))
    return {
        row["person_id"]: row["household_id"]
        for row in mappings(connection, chosen, Membership.person_id, people)
    }


def _existing(connection: Connection, table: Table, ids: Iterable[str]) -> dict[str, Values]:
    rows = mappings(connection, select(table.__table__).where(live(table)), table.__table__.c.id, ids)
    return {row["id"]: row for row in rows}


def _found(connection: Connection, typed: Field, records: set[str], on: date) -> dict[str, Values]:
    """Return the row each record means: itself, or what holds for this person on the day.

    A dated fact that was never said is a row without an id; a record that is not there is left out.
    """
    if typed.table in (HouseholdAttribute, Household):
        own = set(_existing(connection, Household, records))
        homes = _households(connection, records - own, on) | {each: each for each in own}
        if typed.table is Household:
            rows = _existing(connection, Household, set(homes.values()))
            return {record: rows[home] for record, home in homes.items() if home in rows}
        held = _by_owner(connection, typed, set(homes.values()), on)
        return {record: held.get(home) or _blank(typed, home) for record, home in homes.items()}
    if typed.table is PersonAttribute:
        people = _existing(connection, Person, records)
        held = _by_owner(connection, typed, people, on)
        return {person: held.get(person) or _blank(typed, person) for person in people}
    rows = _existing(connection, typed.table, records)
    missing = records - set(rows)
    if missing and typed.table not in (Person, ServiceRecord):
        rows |= _by_owner(connection, typed, missing, on)
        if typed.key == "intention.kind":
            people = _existing(connection, Person, missing - set(rows))
            rows |= {person: _blank(typed, person) for person in people}
    return rows


def _blank(typed: Field, owner: str) -> Values:
    row: Values = {column.name: None if column.nullable else "" for column in typed.table.__table__.c}
    row |= {"id": "", _owner(typed.table): owner}
    return row | {"attribute": typed.attribute} if typed.attribute else row


def present(connection: Connection, cells: Sequence[tuple[str, str]], on: date) -> list[str]:
    """Return what cells (record, field) say on a day, as it is typed."""
    found = {
        key: _found(connection, FIELDS[key], {record for record, each in cells if each == key}, on)
        for key in {key for _record, key in cells}
    }
    return [shown(FIELDS[key], found[key].get(record, {})) for record, key in cells]


# -- what edits would write --------------------------------------------------------------------


@dataclass(slots=True)
class _Row:
    """A row that is changed: what it says, what it will say, which edit says so, and whether it begins on a day."""

    table: Table
    before: Values
    after: Values
    said: dict[str, int] = dataclasses.field(default_factory=dict)
    begins: bool = False

    def changed(self) -> Values:
        """Return the columns that will say something else."""
        return {name: value for name, value in self.after.items() if value != self.before[name]}


class Plan:
    """Edits compared with the ledger: the rows they change, and the problems at their cells."""

    def __init__(self, connection: Connection, edits: dict[int, Edit], on: date, today: date) -> None:
        self.connection = connection
        self.on = on
        self.today = today
        self.rows: dict[tuple[str, str, str], _Row] = {}
        self.problems: list[Problem] = []
        self._edits = edits
        self._take()
        self._check_people()
        self._check_heads()
        self._check_spells()
        self._check_services()

    def refuse(self, index: int, code: str, **values: object) -> None:
        """Note what is wrong at the cell of an edit."""
        self.problems.append(
            Problem(
                index,
                self._edits[index].field,
                code,
                cell_text(FIELDS[self._edits[index].field].title, code, values),
            )
        )

    def _take(self) -> None:
        wanted: dict[str, set[str]] = defaultdict(set)
        for edit in self._edits.values():
            wanted[edit.field].add(edit.record)
        found = {
            key: _found(self.connection, FIELDS[key], records, self.on) for key, records in wanted.items()
        }
        # A wish that begins now takes its place and trade along, so it is met first.
        for index, edit in sorted(self._edits.items(), key=lambda each: each[1].field != "intention.kind"):
            typed = FIELDS[edit.field]
            row = found[edit.field].get(edit.record)
            try:
                values = read(typed, edit.text)
            except Refused as error:
                self.refuse(index, error.code, **error.values)
                continue
            begun = self.rows.get((typed.table.__tablename__, edit.record, typed.attribute))
            if begun is None and row is None:
                gone = typed.table in (Person, Household, ServiceRecord) or typed.attribute
                self.refuse(index, "record.gone" if gone else "record.none")
            else:
                self._say(index, typed, begun or self._row(typed, edit.record, row or {}), values)

    def _row(self, typed: Field, record: str, row: Values) -> _Row:
        begins = bool(typed.attribute) or (typed.key == "intention.kind" and record != row["id"])
        own = row[_owner(typed.table)] if typed.attribute else record if begins else row["id"]
        key = (typed.table.__tablename__, own, typed.attribute)
        if key not in self.rows:
            self.rows[key] = _Row(typed.table, row, dict(row), begins=begins)
        return self.rows[key]

    def _say(self, index: int, typed: Field, row: _Row, values: Values) -> None:
        column = typed.column
        if column in row.said and row.after[column] != values[column]:
            self.refuse(index, "cell.conflict")
            return
        for name, value in values.items():
            if name == column or name not in row.said:
                row.after[name] = value
        row.said[column] = index
        if typed.key == "spell.ended_on" and values[column] is None:
            row.after |= {"end_reason": "", "came_home": None}

    def _of(self, table: Table) -> list[_Row]:
        return [row for row in self.rows.values() if row.table is table and row.changed()]

    # -- what must agree with the rest ---------------------------------------------------------

    def _check_people(self) -> None:
        people = self._of(Person)
        numbers = {
            row.after["identity_number"]: row
            for row in people
            if "identity_number" in row.said and row.after["identity_number"]
        }
        ours = {row.after["id"] for row in people if "identity_number" in row.said}
        chosen = select(Person.id, Person.name, Person.identity_number).where(live(Person))
        taken = {
            other["identity_number"]: other["name"]
            for other in mappings(self.connection, chosen, Person.identity_number, numbers)
            if other["id"] not in ours
        }
        for row in people:
            number = row.after["identity_number"]
            if "identity_number" in row.said and number:
                owner = taken.get(number) or (
                    numbers[number].after["name"] if numbers[number] is not row else ""
                )
                if owner:
                    self.refuse(row.said["identity_number"], "identity.taken", name=owner)
            if "born" in row.said and row.after["born"]:
                if row.after["born"] > self.today:
                    self.refuse(row.said["born"], "day.future", day=row.after["born"].isoformat())
                elif number and len(number) == 18 and identity.parse(number).born != row.after["born"]:
                    self.refuse(row.said["born"], "person.born_differs")

    def _check_heads(self) -> None:
        moved = [row for row in self._of(Membership) if row.after["relation"] == "head"]
        ours = {row.after["id"] for row in self._of(Membership)}
        chosen = (
            select(Membership.id, Membership.household_id, Person.name)
            .join(Person, Person.id == Membership.person_id)
            .where(holds(Membership, self.on), live(Person), Membership.relation == "head")
        )
        homes = {row.after["household_id"] for row in moved}
        heads = {
            row["household_id"]: row["name"]
            for row in mappings(self.connection, chosen, Membership.household_id, homes)
            if row["id"] not in ours
        }
        for row in moved:
            if (head := heads.get(row.after["household_id"])) is not None:
                self.refuse(row.said["relation"], "relation.head_twice", name=head)
            heads[row.after["household_id"]] = self._name(row.after["person_id"])

    def _check_spells(self) -> None:
        touched = {row.after["id"]: row for row in self._of(Spell)}
        people = {row.after["person_id"] for row in touched.values()}
        chosen = select(Person.id, Person.name, Person.born)
        born = {row["id"]: row for row in mappings(self.connection, chosen, Person.id, people)}
        spells: dict[str, list[Values]] = defaultdict(list)
        for spell in mappings(
            self.connection, select(Spell.__table__).where(live(Spell)), Spell.person_id, people
        ):
            row = touched.get(spell["id"])
            spells[spell["person_id"]].append(row.after if row else spell)
        for row in touched.values():
            problem = days_problem(
                row.after, spells[row.after["person_id"]], born[row.after["person_id"]], self.today
            )
            where = row.said.get("ended_on", row.said.get("started_on"))
            if problem and where is not None:
                self.refuse(row.said.get(problem.column, where), problem.code, **problem.values)

    def _check_services(self) -> None:
        for row in self._of(ServiceRecord):
            if row.after["on"] > self.today and "on" in row.said:
                self.refuse(row.said["on"], "day.future", day=row.after["on"].isoformat())
            if row.after["kind"] == "job_referral" and not row.after["vacancy"]:
                where = row.said.get("vacancy", row.said.get("kind"))
                if where is not None:
                    self.refuse(where, "service.vacancy_missing")

    # -- writing -------------------------------------------------------------------------------

    def write(self, desk: Desk, unit: UnitOfWork) -> int:
        """Write every row that changes, or put it to the village that owns it; return how many were put so."""
        groups: dict[tuple[Table, tuple[str, ...]], list[tuple[str, Values]]] = defaultdict(list)
        before = [row.before["id"] for row in self.rows.values() if row.before["id"]]
        begun = [row.after[_owner(row.table)] for row in self.rows.values() if row.begins]
        sent = owners.elsewhere(unit.connection, desk.scope, [*before, *begun])
        proposed = 0
        for row in self.rows.values():
            changed = row.changed()
            record = row.before["id"]
            if changed and row.begins and row.after[_owner(row.table)] in sent:
                proposed += _propose_begun(desk, unit, row, sent, self.on)
            elif changed and record in sent:
                propose(desk, unit, sent[record], row.table.__tablename__, record, row.before, changed)
                proposed += 1
            elif changed and row.begins:
                _begin(unit, row, self.on)
            elif changed:
                groups[row.table, tuple(sorted(changed))].append((row.after["id"], changed))
        for (table, _columns), changes in groups.items():
            unit.update_many(table, changes)
        return proposed

    def who(self) -> str:
        """Return whom the first change concerns."""
        for row in self.rows.values():
            if row.changed():
                if row.table is Person:
                    return str(row.after["name"])
                if person := row.after.get("person_id"):
                    return self._name(person)
                return self._head(
                    row.after["household_id"] if row.table is HouseholdAttribute else row.after["id"]
                )
        return ""

    def _name(self, person: str) -> str:
        return str(self.connection.execute(select(Person.name).where(Person.id == person)).scalar_one())

    def _head(self, household: str) -> str:
        head = (
            select(Person.name)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                Membership.household_id == household,
                Membership.relation == "head",
                holds(Membership, self.on),
                live(Person),
            )
        )
        number = select(Household.household_no).where(Household.id == household)
        return str(self.connection.execute(head).scalar() or self.connection.execute(number).scalar_one())


@dataclass(frozen=True, slots=True)
class DaysProblem:
    """What is wrong with the days of a job, and at which of its columns."""

    column: str
    code: str
    values: Values


def days_problem(spell: Values, others: Iterable[Values], person: Values, today: date) -> DaysProblem | None:
    """Return what is wrong with the days of a job: order, future, age, or another job at the same time."""
    first, last = spell["started_on"], spell["ended_on"]
    if first > today:
        return DaysProblem("started_on", "day.future", {"day": first.isoformat()})
    if last is not None and last < first:
        return DaysProblem("ended_on", "spell.end_before_start", {})
    if person["born"] is not None and age_on(person["born"], first) < LOWER_AGE:
        return DaysProblem("started_on", "day.too_young", {"day": first.isoformat(), "name": person["name"]})
    for other in others:
        if (
            other["id"] != spell["id"]
            and other["started_on"] <= (last or date.max)
            and first <= (other["ended_on"] or date.max)
        ):
            return DaysProblem("started_on", "spell.overlaps", {"since": other["started_on"].isoformat()})
    return None


def _empty(row: _Row) -> bool:
    """Whether nothing holds any more."""
    return "value" in row.after and not row.after["value"]


def _same_day(row: _Row, on: date) -> bool:
    """Whether what is changed began on this very day."""
    return bool(row.before["id"]) and row.before["since"] == on


def _propose_begun(desk: Desk, unit: UnitOfWork, row: _Row, sent: dict[str, str], on: date) -> int:
    """Put to its village what would begin on a day, or that what held ends; return how many records."""
    record, same_day = row.before["id"], _same_day(row, on)
    if not _empty(row) and not (same_day and record in sent):
        fresh = {name: value for name, value in row.after.items() if name not in BOOKKEEPING}
        return add(desk, unit, row.table, [{**fresh, "since": on if record else None, "until": None}])
    if record not in sent:
        _begin(unit, row, on)
        return 0
    changed = row.changed()
    if _empty(row):
        changed = {VOIDED: True} if same_day else {"until": on - _DAY}
    before = {**row.before, VOIDED: False}
    propose(desk, unit, sent[record], row.table.__tablename__, record, before, changed)
    return 1


def _begin(unit: UnitOfWork, row: _Row, on: date, record: str = "", *, dated: bool = False) -> None:
    """End what held the day before and begin anew; what began on this very day is put right instead.

    The first that is said holds for the time before too, unless its day was said (`dated`).
    """
    table: Any = row.table
    empty = _empty(row)
    if _same_day(row, on):
        if empty:
            unit.void(row.table, row.before["id"])
        else:
            unit.update(row.table, row.before["id"], **row.changed())
        return
    if row.before["id"]:
        unit.update(row.table, row.before["id"], until=on - _DAY)
    if empty:
        return
    owner = _owner(row.table)
    same = [live(row.table), table.__table__.c[owner] == row.after[owner]]
    if "attribute" in row.after:
        same.append(table.attribute == row.after["attribute"])
    later = unit.connection.execute(select(func.min(table.since)).where(*same, table.since > on)).scalar_one()
    known_before = (
        dated or "value" not in row.after or unit.connection.execute(select(table.id).where(*same)).first()
    )
    fresh = {name: value for name, value in row.after.items() if name not in BOOKKEEPING}
    unit.insert(
        row.table,
        **{
            **fresh,
            **({"id": record} if record else {}),
            "since": on if known_before else None,
            "until": later - _DAY if later else None,
        },
    )


def begin(
    unit: UnitOfWork,
    table: Table,
    owner: str,
    values: Values,
    on: date,
    *,
    attribute: str = "",
    record: str = "",
    dated: bool = False,
) -> None:
    """Let a wish or dated fact begin on a day; what held before ends the day before."""
    typed = Field("", table, "value" if attribute else "kind", "text", attribute=attribute)
    before = _by_owner(unit.connection, typed, [owner], on).get(owner) or _blank(typed, owner)
    _begin(unit, _Row(table, before, {**before, **values}, begins=True), on, record, dated=dated)


# -- the doors ---------------------------------------------------------------------------------


def check(
    connection: Connection, desk: Desk, edits: Sequence[Edit], *, on: date | None = None
) -> list[Problem]:
    """Return the problems at the cells, in the order of the edits; nothing is written."""
    plan = Plan(connection, dict(enumerate(edits)), on or desk.today(), desk.today())
    return sorted(plan.problems, key=lambda each: each.index)


def apply(
    desk: Desk, edits: Sequence[Edit], *, action: str = "cells.edit", on: date | None = None
) -> Applied:
    """Write what is sound as one change; a row with a problem stays as it was, whole."""
    left = dict(enumerate(edits))
    problems: list[Problem] = []
    with desk.units(action) as unit:
        plan = Plan(unit.connection, left, on or desk.today(), desk.today())
        while plan.problems:  # What is sound can rest on what is not: a head that did not give way.
            problems += plan.problems
            bad = {_row_of(left[each.index]) for each in plan.problems}
            left = {index: edit for index, edit in left.items() if _row_of(edit) not in bad}
            plan = Plan(unit.connection, left, on or desk.today(), desk.today())
        landed = len({_row_of(edit) for edit in left.values()})
        if who := plan.who():
            unit.name(who, landed)
        proposed = plan.write(desk, unit)
        changed = unit.commit()
    return Applied(changed, landed, tuple(sorted(problems, key=lambda each: each.index)), proposed)


def _row_of(edit: Edit) -> str:
    return edit.row or edit.record
