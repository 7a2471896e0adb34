"""The difference list with the national system: its exports held against the ledger, kept until both say the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from caseworker_app.domain import money
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.identity import IdentityNumber
from caseworker_app.exchange import plan, read, recognise, rows
from caseworker_app.exchange.read import Sheet
from caseworker_app.exchange.recognise import Recognised
from caseworker_app.exchange.state import Values
from caseworker_app.read_models.comparisons import (
    AGREES,
    DIFFERS,
    UNKNOWN_THERE,
    Compared,
    Difference,
    Found,
)
from caseworker_app.read_models.imports import FieldChange, FilePreview, Problem
from caseworker_app.use_cases import imports
from caseworker_app.use_cases.desk import Desk
from db.ids import new_id
from db.queries import comparisons, workers

Progress = Callable[[int, int, str], None]
NATIONAL = "national"
_OF_HOUSEHOLD = ("household", "household_attribute", "monitoring")
_SEVERAL = ("spell", "intention")
"""Kinds of which somebody has several."""
_IDENTITY = ("person.identity_number", "link.identity_number")
_NUMBERS = ("household.household_no", "link.household_no")
_RECORD_OF = {
    "spell": "spells",
    "intention": "intentions",
    "household": "people",
    "household_attribute": "people",
    "monitoring": "people",
    "person": "people",
    "person_attribute": "people",
    "membership": "people",
}
"""Which kind of sheet tells of a field, by its table."""


@dataclass(slots=True)
class _Seen:
    """What the exports told of: which kinds of records, people by kind, and where each row belongs."""

    kinds: set[str] = field(default_factory=set)
    people: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[tuple[str, str, int], tuple[str, str]] = field(default_factory=dict)
    """File, sheet and row → identity number and household number."""


def _recognised(files: Sequence[Path], password: str) -> list[tuple[str, Sheet, Recognised]]:
    found = []
    for file, sheets in zip(files, read.read_all(files, password=password), strict=True):
        matches = [
            (file.name, sheet, match)
            for sheet in sheets
            if (match := recognise.recognise(sheet, file.name)) and match.layout.name.startswith(NATIONAL)
        ]
        if not matches:
            raise ExpectedError("comparison.not_recognised", file=file.name, list=NATIONAL)
        found += matches
    return found


def _note_rows(seen: _Seen, file: str, sheet: Sheet, match: Recognised) -> int:
    """Remember whom each row is of; return how many rows there are."""
    grid = rows.grid(sheet.rows, match)
    people = seen.people.setdefault(match.layout.record, set())
    for number, values in zip(grid.numbers, grid.values, strict=True):
        named = dict(zip(grid.names, values, strict=True))
        who = next((named[key] for key in _IDENTITY if isinstance(named.get(key), IdentityNumber)), None)
        home = next((named[key] for key in _NUMBERS if named.get(key)), "")
        seen.rows[file, sheet.name, number + 1] = (who.number if who else "", str(home))
        if who:
            people.add(who.number)
    seen.kinds.add(match.layout.record)
    return len(grid.numbers)


@dataclass(slots=True)
class _Gathered:
    """Differences by person or household of the ledger, in the order they were met."""

    people: dict[str, str]
    """Id by identity number, and for households by number, as the ledger had them before."""
    homes: dict[str, str]
    belongs: dict[str, str]
    """Household number by identity number."""
    by_person: dict[str, list[tuple[int, Difference]]] = field(default_factory=dict)
    by_household: dict[str, list[tuple[int, Difference]]] = field(default_factory=dict)
    first: dict[tuple[str, str], str] = field(default_factory=dict)
    """What the ledger says, where rows of one export contradict each other."""

    def add(self, number: str, household_no: str, row: int, difference: Difference) -> None:
        """Note a difference of a person, or of a household, that the ledger knows."""
        table = difference.field.partition(".")[0]
        if table in _OF_HOUSEHOLD and household_no in self.homes:
            home = self.homes[household_no]
            self.by_household.setdefault(home, []).append((row, difference))
        elif table not in _OF_HOUSEHOLD and number in self.people:
            self.by_person.setdefault(self.people[number], []).append((row, difference))

    def change(self, number: str, household_no: str, each: FieldChange) -> None:
        """Note a value the export says differently."""
        name = f"{each.kind}.{each.field}"
        ours = each.before
        if each.kind not in _SEVERAL:
            owner = household_no if each.kind in _OF_HOUSEHOLD else number
            ours = self.first.setdefault((owner, name), each.before)
        if ours != each.after:
            self.add(number, household_no, each.row, Difference(name, ours, each.after))

    def problem(self, number: str, household_no: str, each: Problem) -> None:
        """Note what the import would refuse because the ledger says something else."""
        if each.code == "person.name_differs":
            difference = Difference("person.name", str(each.values["known"]), each.value)
        elif each.code == "person.household_differs":
            ours = self.belongs.get(number, "")
            difference = Difference("membership.household", ours, each.value)
        elif each.code == "spell.overlaps":
            difference = Difference("spell.started_on", str(each.values["since"]), each.value)
        else:
            return
        self.add(number, household_no, each.row, difference)


def _job(spell: Values) -> str:
    """Return a job in a few words."""
    until = spell["ended_on"].isoformat() if spell["ended_on"] else ""
    days = f"{spell['started_on'].isoformat()}–{until}"
    wage = money.yuan(spell["wage"]) if spell.get("wage") else ""
    return " ".join(part for part in (days, spell["place_text"], spell["employer"], wage) if part)


def _new_there(planner: plan.Planner, gathered: _Gathered) -> None:
    """Note jobs and wishes of known people that only the export has."""
    known = {person: number for number, person in gathered.people.items()}
    for spell in planner.writes.inserts.get("spell", ()):
        if spell["person_id"] in known:
            gathered.add(known[spell["person_id"]], "", 0, Difference("spell", "", _job(spell)))
    for wish in planner.writes.inserts.get("intention", ()):
        if wish["person_id"] in known:
            words = " ".join(part for part in (wish["place_text"], wish["trade"]) if part)
            gathered.add(known[wish["person_id"]], "", 0, Difference("intention", "", words or "yes"))


def _only_here(connection: Connection, desk: Desk, seen: _Seen, gathered: _Gathered, on: date) -> set[str]:
    """Note who is in work here and has no job there; return whom the export of people does not know at all."""
    villages = _villages(connection, seen)
    asked = desk.asked(on)
    jobs = dict(workers.spell_lines(connection, workers.ids(connection, "employed", asked)))
    homes = comparisons.by_id(connection, jobs)
    for person, job in jobs.items():
        who = homes[person]
        if (
            "spells" in seen.kinds
            and who.village_code in villages
            and who.identity_number not in seen.people["spells"]
            and who.identity_number
        ):
            told = _job(
                {
                    "started_on": job.started_on,
                    "ended_on": job.ended_on,
                    "place_text": job.place_text,
                    "employer": job.employer,
                    "wage": job.wage,
                }
            )
            gathered.add(who.identity_number, "", 0, Difference("spell", told, ""))
    if "people" not in seen.kinds:
        return set()
    here = comparisons.by_id(connection, workers.ids(connection, "people", asked)).values()
    return {
        each.id
        for each in here
        if each.village_code in villages and each.identity_number not in seen.people["people"]
    }


def _villages(connection: Connection, seen: _Seen) -> set[str]:
    """Return the villages the exports tell of."""
    numbers = {number for people in seen.people.values() for number in people}
    return {each.village_code for each in comparisons.by_number(connection, numbers).values()}


def _heads(connection: Connection, households: Sequence[str]) -> dict[str, Any]:
    return {each.id: each for each in comparisons.homes(connection, households)}


def _still(
    connection: Connection, seen: _Seen, villages: set[str]
) -> list[tuple[str, str, str, int | None, Difference]]:
    """Return what the list before had of records that these exports do not tell of: it stays."""
    before = comparisons.newest(connection, NATIONAL)
    if before is None:
        return []
    return [
        (
            line.person,
            line.household,
            line.village_code,
            line.row,
            Difference(line.field, line.ours, line.theirs),
        )
        for line in comparisons.results(connection, before.id)
        if line.field
        and (_RECORD_OF[line.field.partition(".")[0]] not in seen.kinds or line.village_code not in villages)
    ]


def prepare(
    connection: Connection,
    desk: Desk,
    files: Sequence[Path],
    *,
    as_of: date | None = None,
    password: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> Compared:
    """Hold exports of the national system against the ledger, field by field; nothing is written.

    Raises ExpectedError `workbook.*` and `comparison.not_recognised`.
    """
    progress(0, len(files), "import.reading")
    sheets = _recognised(files, password)
    on = as_of or max((match.exported_on for *_rest, match in sheets if match.exported_on), default=None)
    on = on or desk.today()
    state = imports.ledger_state(connection)
    gathered = _Gathered(
        {number: each.id for number, each in state.people.items()},
        {number: each.id for number, each in state.households.items()},
        {number: each.household_no for number, each in state.people.items()},
    )
    seen = _Seen()
    count = unread = 0
    absent: list[Found] = []
    for kind in dict.fromkeys(match.layout.record for *_rest, match in plan.in_order(sheets)):
        # What one export says is no fact yet when the next is looked through.
        planner = plan.Planner(imports.ledger_state(connection), desk.scope, desk.today(), new_id)
        for file, sheet, match in sheets:
            if match.layout.record != kind:
                continue
            count += _note_rows(seen, file, sheet, match)
            # As if exported at the end of time: what was recorded here since differs no less.
            preview = planner.sheet(
                file,
                sheet,
                replace(match, exported_on=date.max),
                lambda done, total: progress(done, total, "compare.comparing"),
            )
            unread += _noted(gathered, seen, file, preview)
        _new_there(planner, gathered)
        absent += _absent(planner)
    missing = _only_here(connection, desk, seen, gathered, on)
    return Compared(
        NATIONAL,
        tuple(file.name for file in files),
        "",
        on,
        count,
        tuple(_found(connection, seen, gathered, missing)),
        tuple(absent),
        unread,
    )


def _noted(gathered: _Gathered, seen: _Seen, file: str, preview: FilePreview) -> int:
    """Take the differences of one sheet; return how many of its cells have no meaning."""
    for change in preview.changes:
        gathered.change(*seen.rows.get((file, change.sheet, change.row), ("", "")), change)
    for problem in preview.problems:
        gathered.problem(*seen.rows.get((file, problem.sheet, problem.row), ("", "")), problem)
    return preview.cells["refused"]


def _absent(planner: plan.Planner) -> list[Found]:
    """Return the people whom only the export knows."""
    return [
        Found("", "", "", str(person["name"]), str(person["identity_number"]), "", None, "")
        for person in planner.writes.inserts.get("person", ())
    ]


def _found(connection: Connection, seen: _Seen, gathered: _Gathered, missing: set[str]) -> list[Found]:
    """Return everybody with what differs, with whom the exports agree, and what stays from the list before."""
    villages = _villages(connection, seen)
    by_person: dict[str, list[tuple[int | None, Difference]]] = {
        person: list(found) for person, found in gathered.by_person.items()
    }
    by_household: dict[str, list[tuple[int | None, Difference]]] = {
        home: list(found) for home, found in gathered.by_household.items()
    }
    for person, household, _village, row, difference in _still(connection, seen, villages):
        target = by_person.setdefault(person, []) if person else by_household.setdefault(household, [])
        target.append((row, difference))
    told = {number for people in seen.people.values() for number in people}
    people = comparisons.by_number(connection, told)
    known = comparisons.by_id(connection, {*by_person, *missing, *(each.id for each in people.values())})
    found = []
    for each in known.values():
        differences = by_person.get(each.id, [])
        result = DIFFERS if differences else UNKNOWN_THERE if each.id in missing else AGREES
        found.append(
            Found(
                each.id,
                each.household,
                each.village_code,
                each.name,
                each.identity_number,
                each.household_no,
                next((row for row, _each in differences if row), None),
                result,
                tuple(difference for _row, difference in differences),
            )
        )
    heads = _heads(connection, list(by_household))
    for home, differences in by_household.items():
        head = heads[home]
        found.append(
            Found(
                "",
                home,
                head.village_code,
                head.name,
                "",
                head.household_no,
                next((row for row, _each in differences if row), None),
                DIFFERS,
                tuple(difference for _row, difference in differences),
            )
        )
    return found
