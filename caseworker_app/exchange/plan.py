"""From recognised sheets and the ledger to what an import would write: pure, nothing is written here."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from caseworker_app.domain import codes, divisions, identity
from caseworker_app.domain.identity import IdentityNumber
from caseworker_app.domain.worker import spell_key
from caseworker_app.exchange import check
from caseworker_app.exchange.read import Cell, Sheet, column_letters
from caseworker_app.exchange.recognise import Column, Recognised
from caseworker_app.read_models.imports import (
    CELL_CLASSES,
    KINDS,
    Correction,
    Count,
    FieldChange,
    FilePreview,
    Problem,
)

Values = dict[str, Any]
Progress = Callable[[int, int], None]

_DAY = timedelta(days=1)
_LONG_NUMBER = re.compile(r"\d{11,}[Xx]?")
_PROGRESS_EVERY = 1000
_PLACE = ("place.county", "place.town", "place.village")
_SPELL_CELLS = {"kind": "spell.channel", "place_code": "workplace.county", "place_text": "workplace.county"}
"""Where the fields of a spell stand that no cell gives alone."""
KIND_OF_CHANNEL = {
    "public_post": "public_post",
    "workshop": "workshop",
    "flexible": "flexible",
    "self_employed": "self_employed",
    "work_relief": "work_relief",
}


@dataclass(slots=True)
class HouseholdState:
    """A household as the ledger holds it, or as this import will make it."""

    id: str
    values: Values
    attributes: dict[str, Values] = field(default_factory=dict)
    monitoring: Values | None = None
    known: bool = True
    changed: bool = False


@dataclass(slots=True)
class PersonState:
    """A person as the ledger holds him, or as this import will make him."""

    id: str
    values: Values
    household_no: str = ""
    membership: Values | None = None
    left: Values | None = None
    """The last membership of somebody who belongs to no household any more."""
    attributes: dict[str, Values] = field(default_factory=dict)
    spells: list[Values] = field(default_factory=list)
    intention: Values | None = None
    known: bool = True
    changed: bool = False


@dataclass(slots=True)
class State:
    """The part of the ledger an import is compared with."""

    households: dict[str, HouseholdState] = field(default_factory=dict)
    people: dict[str, PersonState] = field(default_factory=dict)


@dataclass(slots=True)
class Writes:
    """What an import would write: new rows by table, and changes by table and record."""

    inserts: dict[str, list[Values]] = field(default_factory=dict)
    updates: dict[str, dict[str, Values]] = field(default_factory=dict)

    def insert(self, table: str, values: Values) -> None:
        """Plan a new row, its id already given."""
        self.inserts.setdefault(table, []).append(values)

    def update(self, table: str, record: str, values: Values) -> None:
        """Plan a change to a row, which may be one this import makes."""
        self.updates.setdefault(table, {}).setdefault(record, {}).update(values)


@dataclass(slots=True)
class _Cell:
    """One read cell: its place, its value, and how it was normalised."""

    index: int
    value: Any
    correction: str


class _Refusal(Exception):
    """The row cannot be taken; `index` is the cell that says why, None the row itself."""

    def __init__(self, index: int | None, code: str, **values: object) -> None:
        super().__init__(code)
        self.index = index
        self.code = code
        self.values = values


def _masked(raw: Cell) -> str:
    """Return what stands in a cell without giving anybody away: every long run of digits is masked."""
    text = check.as_text(raw)
    hidden = _LONG_NUMBER.sub(lambda found: _hidden(found[0]), text)
    return hidden[:60]


def _hidden(number: str) -> str:
    return identity.masked(number) if len(number) >= 15 else identity.masked_phone(number)


@dataclass(slots=True)
class _Tally:
    """Counts of one sheet."""

    cells: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CELL_CLASSES, 0))
    problems: list[Problem] = field(default_factory=list)
    corrections: dict[str, tuple[int, str]] = field(default_factory=dict)
    changes: list[FieldChange] = field(default_factory=list)
    rows: int = 0


@dataclass(slots=True)
class _ColumnReader:
    """A column and how it is read; `read` keeps what was read before, since values repeat."""

    column: Column
    read: Callable[[Cell], check.Taken]
    before: dict[Any, list[_Cell] | check.Refused] = field(default_factory=dict)

    def cells(self, index: int, raw: Cell) -> list[_Cell] | check.Refused:
        """Return the cell that was read, alone in a list that is never changed, or why it was refused."""
        key = raw if type(raw) is str else (type(raw), raw)  # 1, 1.0 and True are different cells.
        result = self.before.get(key)
        if result is None:
            try:
                taken = self.read(raw)
                result = [_Cell(index, taken.value, taken.correction)]
            except check.Refused as error:
                result = error
            self.before[key] = result
        return result


_Readers = dict[int, _ColumnReader]
"""Per place in the row, what reads it."""


def _read_row(
    row: list[Cell], filled: list[int], readers: _Readers
) -> tuple[dict[str, list[_Cell]], dict[int, check.Refused]]:
    """Read the cells of a row: values by field, and refusals by place."""
    cells: dict[str, list[_Cell]] = {}
    refused: dict[int, check.Refused] = {}
    for index in filled:
        reader = readers.get(index)
        if reader is None:
            continue
        found = reader.cells(index, row[index])
        if isinstance(found, check.Refused):
            refused[index] = found
            continue
        name = reader.column.field
        cells[name] = [*cells[name], *found] if name in cells else found
    return cells, refused


def _require_filled(
    cells: dict[str, list[_Cell]], refused: dict[int, check.Refused], readers: _Readers
) -> None:
    """Refuse a row that lacks a cell it cannot do without, for the reason that cell was refused if it was."""
    for index, reader in readers.items():
        if reader.column.filled and reader.column.field not in cells:
            error = refused.pop(index, None)
            raise _Refusal(index, error.code if error else "cell.missing", **(error.values if error else {}))


class Planner:
    """Compares sheets with the ledger, one after the other, and gathers what would be written."""

    def __init__(self, state: State, scope: str, today: date, new_id: Callable[[], str]) -> None:
        self.state = state
        self.scope = scope
        self.today = today
        self.new_id = new_id
        self.writes = Writes()
        self.totals = {kind: Count() for kind in KINDS}
        self._outside: dict[str, set[str]] = {"households": set(), "people": set()}
        self._by_person_no = {
            person.values["person_no"]: person
            for person in state.people.values()
            if person.values["person_no"]
        }
        self._villages: dict[tuple[str, ...], str | None] = {}
        self._seen: set[str] = set()
        self._met: dict[str, set[str]] = {"households": set(), "people": set()}

    # -- one sheet ---------------------------------------------------------------------------

    def sheet(
        self, file_name: str, sheet: Sheet, found: Recognised, progress: Progress = lambda _done, _total: None
    ) -> FilePreview:
        """Plan every row of a sheet and account for every cell of it."""
        tally = _Tally()
        self._seen.clear()
        take = {"people": self._person_row, "spells": self._spell_row, "intentions": self._intention_row}[
            found.layout.record
        ]
        exported = found.exported_on or self.today
        readers: _Readers = {
            index: _ColumnReader(column, check.reader(column.kind))
            for index, column in sorted(found.places.items())
        }
        for number in range(found.header_row + 1, len(sheet.rows)):
            if number % _PROGRESS_EVERY == 0:
                progress(number, len(sheet.rows))
            row = sheet.rows[number]
            filled = [index for index, cell in enumerate(row) if cell != ""]
            if not filled:
                continue
            tally.rows += 1
            self._row(take, tally, sheet.name, number, row, filled, found, readers, exported)
        corrections = tuple(
            Correction(code, count, sample) for code, (count, sample) in sorted(tally.corrections.items())
        )
        cells = {"in": sum(tally.cells.values()), **tally.cells}
        return FilePreview(
            file_name,
            sheet.name,
            found.layout.name,
            found.header_row + 1,
            tally.rows,
            cells,
            tuple(tally.problems),
            corrections,
            tuple(tally.changes),
        )

    def _row(
        self,
        take: Callable[..., None],
        tally: _Tally,
        sheet: str,
        number: int,
        row: list[Cell],
        filled: list[int],
        found: Recognised,
        readers: _Readers,
        exported: date,
    ) -> None:
        cells, refused = _read_row(row, filled, readers)

        def problem(index: int | None, code: str, values: dict[str, object]) -> None:
            column = found.headers.get(index, "") if index is not None else ""
            address = f"{column_letters(index)}{number + 1}" if index is not None else ""
            shown = _masked(row[index]) if index is not None and index < len(row) else ""
            tally.problems.append(Problem(sheet, number + 1, column, address, code, shown, values))

        outside = self._place(cells)
        context = _Row(sheet, number + 1, cells, exported, tally)
        try:
            if outside is None:
                raise _Refusal(_index(cells, "place.village"), "place.unknown_village")
            if outside:
                self._count_outside(found.layout.record, cells)
                tally.cells["ignored"] += len(filled)
                return
            _require_filled(cells, refused, readers)
            take(context)
        except _Refusal as refusal:
            problem(refusal.index, refusal.code, refusal.values)
            tally.cells["refused"] += len(filled)
            self.totals[found.layout.record].refused += 1
        else:
            self._tally_cells(context, row, len(filled), len(refused))
        for index, error in refused.items():
            problem(index, error.code, error.values)
        for index, since in context.newer.items():
            problem(index, "ledger.newer", {"day": since.isoformat()})

    def _tally_cells(self, taken: "_Row", row: list[Cell], filled: int, refused: int) -> None:
        """Put every cell of a row that was taken into its class."""
        cells = taken.tally.cells
        cells["refused"] += refused
        kept = 0
        for cell in (each for same_field in taken.cells.values() for each in same_field):
            if cell.index < 0:  # The village's code stands in no cell.
                continue
            kept += 1
            if cell.index in taken.newer:
                cells["refused"] += 1
            elif cell.index in taken.unchanged:
                cells["unchanged"] += 1
            elif cell.correction:
                cells["corrected"] += 1
                first = (0, _masked(row[cell.index]))
                count, sample = taken.tally.corrections.get(cell.correction, first)
                taken.tally.corrections[cell.correction] = (count + 1, sample)
            else:
                cells["accepted"] += 1
        cells["ignored"] += filled - kept - refused

    def _place(self, cells: dict[str, list[_Cell]]) -> bool | None:
        """Find the village; return whether it is outside the scope, None when it is not known."""
        names = tuple(str(_value(cells, level, "")) for level in _PLACE)
        if names not in self._villages:
            code = divisions.resolve_village(*names)
            if code is None and self.scope:
                code = divisions.resolve_village(*names, within=self.scope)
            self._villages[names] = code
        code = self._villages[names]
        if code is None:
            return None
        cells["place.code"] = [_Cell(-1, code, "")]
        return not code.startswith(self.scope)

    def _count_outside(self, record: str, cells: dict[str, list[_Cell]]) -> None:
        if record != "people":
            self.totals[record].out_of_scope += 1
            return
        self._outside["people"].add(
            str(
                _value(
                    cells,
                    "person.identity_number",
                    _value(cells, "person.person_no", len(self._outside["people"])),
                )
            )
        )
        self._outside["households"].add(str(_value(cells, "household.household_no", "")))
        for kind, seen in self._outside.items():
            self.totals[kind].out_of_scope = len(seen)

    # -- people ------------------------------------------------------------------------------

    def _person_row(self, row: "_Row") -> None:
        number = row.value("person.identity_number")
        assert isinstance(number, IdentityNumber)
        if number.number in self._seen:
            raise _Refusal(row.index("person.identity_number"), "row.duplicate")
        born = row.value("person.born")
        if born is not None and born != number.born:
            raise _Refusal(row.index("person.born"), "person.born_differs")
        if row.value("monitoring.resolved") and row.value("monitoring.resolved_on") is None:
            raise _Refusal(row.index("monitoring.resolved"), "monitoring.resolved_without_day")
        self._seen.add(number.number)
        household = self._household(row)
        person = self.state.people.get(number.number)
        changed_before = person.changed if person else False
        fields = {
            "name": row.value("person.name"),
            "identity_number": number.number,
            "person_no": row.value("person.person_no", ""),
            "sex": row.value("person.sex") or number.sex,
            "born": number.born,
            "ethnicity": row.value("person.ethnicity", ""),
            "phone": row.value("person.phone", ""),
            "disability": number.disability,
        }
        if person is None:
            person = PersonState(self.new_id(), fields, household.values["household_no"], known=False)
            self.state.people[number.number] = person
            if fields["person_no"]:
                self._by_person_no[fields["person_no"]] = person
            self.writes.insert("person", {"id": person.id, **fields})
            self.totals["people"].new += 1
        elif not person.known:  # A further file of this import names somebody it makes.
            self._fill(person, "person", fields)
        else:
            row.same("person.identity_number")
            row.same("person.born")
            self._compare(
                row,
                person,
                "person",
                {name: value for name, value in fields.items() if value not in ("", None)},
            )
        self._membership(row, person, household)
        for attribute in ("education", "schooling", "health", "labour_skill"):
            self._attribute(row, person, "person", attribute, row.value(f"person_attribute.{attribute}"))
        if person.known:
            self._count_known("people", number.number, changed_before=changed_before, changed=person.changed)

    def _household(self, row: "_Row") -> HouseholdState:
        number = row.value("household.household_no")
        household = self.state.households.get(number)
        fields = {
            "village_code": row.value("place.code"),
            "phone": row.value("household.phone", ""),
            "group_name": row.value("household.group_name", ""),
        }
        changed_before = household.changed if household else False
        if household is None:
            household = HouseholdState(self.new_id(), {"household_no": number, **fields}, known=False)
            self.state.households[number] = household
            self.writes.insert("household", {"id": household.id, **household.values})
            self.totals["households"].new += 1
        elif household.known:
            row.same("household.household_no")
            if fields["village_code"] == household.values["village_code"]:
                for level in _PLACE:
                    row.same(level)
            self._compare(
                row, household, "household", {name: value for name, value in fields.items() if value}
            )
        else:
            self._fill(household, "household", fields)
        self._attribute(row, household, "household", "kind", row.value("household_attribute.kind"))
        relocated = row.value("household_attribute.relocated")
        self._attribute(
            row,
            household,
            "household",
            "relocated",
            None if relocated is None else "yes" if relocated else "no",
        )
        self._monitoring(row, household)
        if household.known:
            self._count_known("households", number, changed_before=changed_before, changed=household.changed)
        return household

    def _count_known(self, kind: str, key: str, *, changed_before: bool, changed: bool) -> None:
        """Count a record of the ledger once, however many rows name it."""
        count = self.totals[kind]
        if key not in self._met[kind]:
            self._met[kind].add(key)
            count.changed += changed
            count.unchanged += not changed
        elif changed and not changed_before:
            count.changed += 1
            count.unchanged -= 1

    def _fill(self, state: HouseholdState | PersonState, table: str, fields: Values) -> None:
        """Complete a record this import makes with what a further row says of it."""
        missing = {
            name: value
            for name, value in fields.items()
            if value not in (None, "") and state.values.get(name) in (None, "")
        }
        if missing:
            state.values.update(missing)
            self.writes.update(table, state.id, missing)

    def _compare(self, row: "_Row", state: HouseholdState | PersonState, table: str, fields: Values) -> None:
        """Plan the fields that the file says differently; mark the cells that agree."""
        differing = {}
        for name, value in fields.items():
            before = state.values.get(name)
            if before == value:
                row.same(f"{table}.{name}")
            elif row.older_than(state.values):
                row.keep(f"{table}.{name}", state.values["touched_on"])
            else:
                differing[name] = value
                row.change(
                    table,
                    state.values.get("name") or state.values.get("household_no", ""),
                    name,
                    before,
                    value,
                )
        if differing:
            state.changed = True
            state.values.update(differing)
            self.writes.update(table, state.id, differing)

    def _membership(self, row: "_Row", person: PersonState, household: HouseholdState) -> None:
        relation = row.value("membership.relation")
        present = person.membership
        if present and present["household_id"] == household.id:
            if present["relation"] == relation:
                row.same("membership.relation")
                return
            if row.older_than(present):
                row.keep("membership.relation", present["touched_on"])
                return
            row.change("membership", person.values["name"], "relation", present["relation"], relation)
            self.writes.update("membership", present["id"], {"relation": relation})
            present["relation"] = relation
            person.changed = True
            return
        recorded = present or person.left
        if recorded and row.older_than(recorded):  # Moved, or gone, by hand and later than the file knows.
            row.keep("household.household_no", recorded["touched_on"])
            return
        since = row.exported if person.left else None
        if present:  # Moved to another household: the old membership ends, nothing is lost.
            since = row.exported
            self.writes.update("membership", present["id"], {"until": since - _DAY})
            row.change(
                "membership",
                person.values["name"],
                "household",
                person.household_no,
                household.values["household_no"],
            )
            person.changed = True
        person.household_no = household.values["household_no"]
        person.membership = {
            "id": self.new_id(),
            "person_id": person.id,
            "household_id": household.id,
            "relation": relation,
            "since": since,
            "until": None,
        }
        self.writes.insert("membership", dict(person.membership))

    def _attribute(
        self, row: "_Row", state: HouseholdState | PersonState, owner: str, attribute: str, value: str | None
    ) -> None:
        """Plan a dated value: a new one ends the old one the day before the export."""
        if value is None:
            return
        table = f"{owner}_attribute"
        present = state.attributes.get(attribute)
        if present and present["value"] == value:
            if state.known:
                row.same(f"{table}.{attribute}")
            return
        since = None
        if present and present["since"] is not None and present["since"] > row.exported:
            row.keep(f"{table}.{attribute}", present["since"])
            return
        if present:
            row.change(
                table,
                state.values.get("name") or state.values.get("household_no", ""),
                attribute,
                present["value"],
                value,
            )
            state.changed = True
            if present["since"] == row.exported:
                self.writes.update(table, present["id"], {"value": value})
                present["value"] = value
                return
            since = row.exported
            self.writes.update(table, present["id"], {"until": since - _DAY})
        elif state.known:
            state.changed = True
            row.change(
                table, state.values.get("name") or state.values.get("household_no", ""), attribute, "", value
            )
        fresh = {
            "id": self.new_id(),
            f"{owner}_id": state.id,
            "attribute": attribute,
            "value": value,
            "since": since,
            "until": None,
        }
        state.attributes[attribute] = fresh
        self.writes.insert(table, dict(fresh))

    def _monitoring(self, row: "_Row", household: HouseholdState) -> None:
        kind = row.value("monitoring.kind")
        if kind is None:
            return
        order = {each: index for index, each in enumerate(codes.code_list("risk").codes)}
        risks = sorted({cell.value for cell in row.cells.get("monitoring.risks", [])}, key=order.__getitem__)
        fields = {
            "kind": kind,
            "identified_on": row.value("monitoring.identified_on"),
            "resolved_on": row.value("monitoring.resolved_on"),
        }
        if risks:
            fields["risks"] = risks
        present = household.monitoring
        if present is None:
            household.monitoring = {"id": self.new_id(), "household_id": household.id, "risks": [], **fields}
            self.writes.insert("monitoring", dict(household.monitoring))
            if household.known:
                household.changed = True
                row.change("monitoring", household.values["household_no"], "kind", "", kind)
            return
        differing = {name: value for name, value in fields.items() if value not in (None, present[name])}
        for name in fields:
            if name not in differing and household.known:
                row.same(f"monitoring.{name}")
        if household.known and (row.value("monitoring.resolved") is False) == (
            present["resolved_on"] is None
        ):
            row.same("monitoring.resolved")
        if differing:
            if household.known:
                household.changed = True
                for name, value in differing.items():
                    row.change("monitoring", household.values["household_no"], name, present[name], value)
            present.update(differing)
            self.writes.update("monitoring", present["id"], differing)

    # -- spells and intentions ---------------------------------------------------------------

    def _linked(self, row: "_Row") -> PersonState:
        """Find the person a row belongs to; refuse when unknown or when the name is another's."""
        number = row.value("link.identity_number")
        person = self.state.people.get(number.number)
        if person is None:
            raise _Refusal(row.index("link.identity_number"), "person.unknown")
        if row.value("link.name") not in (None, person.values["name"]):
            raise _Refusal(row.index("link.name"), "person.name_differs", known=person.values["name"])
        if row.value("link.household_no") not in (None, person.household_no):
            raise _Refusal(row.index("link.household_no"), "person.household_differs")
        if person.known:
            for link in ("identity_number", "name", "household_no", "person_no"):
                row.same(f"link.{link}")
            for level in _PLACE:
                row.same(level)
        return person

    def _spell_row(self, row: "_Row") -> None:
        person = self._linked(row)
        first, last = row.value("spell.started_on"), row.value("spell.ended_on")
        if last is not None and last < first:
            raise _Refusal(row.index("spell.ended_on"), "spell.end_before_start")
        province, city, county = (
            row.value(f"workplace.{level}", "") for level in ("province", "city", "county")
        )
        channel = row.value("spell.channel", "")
        fields = {
            "started_on": first,
            "ended_on": last,
            "kind": KIND_OF_CHANNEL.get(channel, "wage"),
            "place_code": divisions.resolve_place(province=province, city=city, county=county),
            "place_text": province + city + county,
            "employer": row.value("spell.employer", ""),
            "industry": row.value("spell.industry", ""),
            "channel": channel,
            "wage": row.value("spell.wage"),
            "point_to_point": row.value("spell.point_to_point"),
        }
        for spell in person.spells:
            if same_spell(spell, fields):
                self._change_spell(row, person, spell, fields)
                return
        for spell in person.spells:
            if spell["started_on"] <= (last or date.max) and first <= (spell["ended_on"] or date.max):
                raise _Refusal(
                    row.index("spell.started_on"), "spell.overlaps", since=spell["started_on"].isoformat()
                )
        fresh = {"id": self.new_id(), "person_id": person.id, **fields}
        person.spells.append(fresh)
        self.writes.insert("spell", dict(fresh))
        self.totals["spells"].new += 1

    def _change_spell(self, row: "_Row", person: PersonState, spell: Values, fields: Values) -> None:
        if spell["id"] in self._seen:
            raise _Refusal(row.index("spell.started_on"), "row.duplicate")
        self._seen.add(spell["id"])
        if "made" not in spell and not person.known:
            raise _Refusal(row.index("spell.started_on"), "row.duplicate")
        differing = {name: value for name, value in fields.items() if value not in (None, "", spell[name])}
        if differing and row.older_than(spell):
            for name in differing:
                row.keep(_SPELL_CELLS.get(name, f"spell.{name}"), spell["touched_on"])
            differing = {}
        for name, value in fields.items():
            if value == spell[name]:
                row.same(f"spell.{name}")
        if fields["place_text"] == spell["place_text"]:
            for level in ("province", "city", "county"):
                row.same(f"workplace.{level}")
        if differing:
            for name, value in differing.items():
                row.change("spell", person.values["name"], name, spell[name], value)
            spell.update(differing)
            self.writes.update("spell", spell["id"], differing)
            self.totals["spells"].changed += 1
        else:
            self.totals["spells"].unchanged += 1

    def _intention_row(self, row: "_Row") -> None:
        person = self._linked(row)
        present = person.intention
        count = self.totals["intentions"]
        if present and present["kind"] != "go_out" and row.older_than(present):
            raise _Refusal(
                row.index("intention.planned"), "ledger.newer", day=present["touched_on"].isoformat()
            )
        if not row.value("intention.planned"):
            if present and present["kind"] == "go_out" and present.get("made"):
                self.writes.update("intention", present["id"], {"until": row.exported - _DAY})
                row.change("intention", person.values["name"], "kind", "go_out", "")
                person.intention = None
                count.changed += 1
            else:
                row.same("intention.planned")
                count.unchanged += 1
            return
        text = row.value("intention.place_text", "")
        fields = {
            "place_text": text,
            "place_code": divisions.resolve_place(text),
            "trade": row.value("intention.trade", ""),
        }
        if present and present["kind"] == "go_out":
            if not present.get("made"):
                raise _Refusal(row.index("link.identity_number"), "row.duplicate")
            row.same("intention.planned")
            differing = {name: value for name, value in fields.items() if value not in ("", present[name])}
            for name in fields:
                if name not in differing:
                    row.same(f"intention.{name}")
            if differing and row.older_than(present):
                for name in differing:
                    row.keep(f"intention.{name}", present["touched_on"])
                count.unchanged += 1
            elif differing:
                for name, value in differing.items():
                    row.change("intention", person.values["name"], name, present[name], value)
                present.update(differing)
                self.writes.update("intention", present["id"], differing)
                count.changed += 1
            else:
                count.unchanged += 1
            return
        if present and present.get("made"):
            self.writes.update(
                "intention",
                present["id"],
                {"until": max(row.exported - _DAY, present["since"] or row.exported - _DAY)},
            )
        fresh = {
            "id": self.new_id(),
            "person_id": person.id,
            "kind": "go_out",
            "since": row.exported,
            "until": None,
            **fields,
        }
        person.intention = fresh
        self.writes.insert("intention", dict(fresh))
        count.new += 1


def same_spell(one: Values, other: Values) -> bool:
    """Whether two sightings are one spell."""
    first, second = (
        spell_key(each["started_on"], each["place_code"], each["place_text"]) for each in (one, other)
    )
    return first == second


@dataclass(slots=True)
class _Row:
    """One row being taken: its cells by field, and which of them say what the ledger says already."""

    sheet: str
    number: int
    cells: dict[str, list[_Cell]]
    exported: date
    tally: _Tally
    unchanged: set[int] = field(default_factory=set)
    newer: dict[int, date] = field(default_factory=dict)
    """Cells whose value the ledger does not take, because it has a later one: since when."""

    def older_than(self, recorded: Values) -> bool:
        """Whether somebody recorded this by hand on the day of the export or later."""
        touched = recorded.get("touched_on")
        return touched is not None and bool(touched >= self.exported)

    def keep(self, name: str, since: date) -> None:
        """Leave the ledger's later value and mark the cells of the field."""
        self.newer.update((cell.index, since) for cell in self.cells.get(name, ()))

    def value(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - cells of any type
        """Return the first value of a field."""
        found = self.cells.get(name)
        return found[0].value if found else default

    def index(self, name: str) -> int | None:
        """Return where the field stands."""
        return _index(self.cells, name)

    def same(self, name: str) -> None:
        """Mark the cells of a field as saying nothing new."""
        self.unchanged.update(cell.index for cell in self.cells.get(name, ()))

    def change(self, kind: str, who: str, name: str, before: object, after: object) -> None:
        """Note a value that the file says differently."""
        self.tally.changes.append(
            FieldChange(self.sheet, self.number, kind, who, name, _plain(before), _plain(after))
        )


def _plain(value: object) -> str:
    return (
        ""
        if value is None
        else value.isoformat()
        if isinstance(value, date)
        else ",".join(value)
        if isinstance(value, list)
        else str(value)
    )


def _value(cells: dict[str, list[_Cell]], name: str, default: Any = None) -> Any:  # noqa: ANN401 - cells of any type
    found = cells.get(name)
    return found[0].value if found else default


def _index(cells: dict[str, list[_Cell]], name: str) -> int | None:
    found = cells.get(name)
    return found[0].index if found else None


def in_order(found: list[tuple[str, Sheet, Recognised]]) -> Iterator[tuple[str, Sheet, Recognised]]:
    """Give people before what hangs on them, whatever order the files were chosen in."""
    order = {"people": 0, "spells": 1, "intentions": 2}
    yield from sorted(found, key=lambda each: order[each[2].layout.record])
