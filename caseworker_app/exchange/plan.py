"""From recognised sheets and the ledger to what an import would write: pure, nothing is written here."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

from caseworker_app.domain import clinic, divisions, identity
from caseworker_app.exchange import check, rows, take_people, take_work
from caseworker_app.exchange.read import Cell, Sheet, column_letters
from caseworker_app.exchange.recognise import RECORDS, Recognised
from caseworker_app.exchange.rows import Book, Corrected, Grid, OutOfScope, Refusal, Row, Tally, masked
from caseworker_app.exchange.state import State, Values, Writes
from caseworker_app.exchange.take_people import PLACE
from caseworker_app.read_models.imports import Correction, Count, FilePreview, Problem, Proposal

Progress = Callable[[int, int], None]
Confirmed = Collection[tuple[str, str, int]]
"""Whose proposals somebody confirmed: file, sheet and row."""

_PROGRESS_EVERY = 1000
_IDENTITY = ("person.identity_number", "link.identity_number")
_CHECKS: dict[str, Callable[[Book, Row], list[Refusal]]] = {
    "households": take_people.check_household,
    "people": take_people.check_person,
    "facts": lambda _book, _row: [],
    "spells": take_work.check_spell,
    "intentions": take_work.check_intention,
}
_TAKES: dict[str, Callable[[Book, Row], object]] = {
    "households": take_people.take_household,
    "people": take_people.take_person,
    "facts": take_people.take_facts,
    "spells": take_work.take_spell,
    "intentions": take_work.take_intention,
}
_END = "spell.ended_on"
_COUNTED = {"facts": "people"}
_Odd = Mapping[int, rows.Odd]
_NOTHING: _Odd = {}


class Planner:
    """Compares sheets with the ledger, one after the other, and gathers what would be written."""

    def __init__(
        self,
        state: State,
        scope: str,
        today: date,
        new_id: Callable[[], str],
        confirmed: Confirmed = (),
    ) -> None:
        self.book = Book(state, scope, today, new_id)
        self._confirmed = confirmed
        self._villages: dict[tuple[str, ...], str | None] = {}

    @property
    def writes(self) -> Writes:
        """What would be written."""
        return self.book.writes

    @property
    def totals(self) -> dict[str, Count]:
        """How many records of each kind are new, changed, unchanged, refused or of other places."""
        return self.book.totals

    def sheet(
        self, file_name: str, sheet: Sheet, found: Recognised, progress: Progress = lambda _done, _total: None
    ) -> FilePreview:
        """Plan every row of a sheet and account for every cell of it."""
        self.book.seen.clear()
        self.book.told.clear()
        self.book.said.clear()
        return _SheetPlan(self, file_name, sheet, found).run(progress)

    def village(self, names: tuple[str, ...]) -> str | None:
        """Return the code of a village by the names of county, town and village, None when it is not known."""
        if names not in self._villages:
            code = divisions.resolve_village(*names)
            if code is None and self.book.scope:
                code = divisions.resolve_village(*names, within=self.book.scope)
            self._villages[names] = code
        return self._villages[names]

    def confirmed(self, file: str, sheet: str, row: int) -> bool:
        """Whether somebody confirmed what is proposed for a row."""
        return (file, sheet, row) in self._confirmed


class _SheetPlan:
    """One sheet being planned."""

    def __init__(self, planner: Planner, file_name: str, sheet: Sheet, found: Recognised) -> None:
        self.planner = planner
        self.book = planner.book
        self.file_name = file_name
        self.sheet = rows.spread(sheet, found.last_header_row)
        self.found = found
        self.tally = Tally()
        self.exported = found.exported_on or planner.book.today
        self.records = (found.layout.record, *found.layout.also)
        self.counted = _COUNTED.get(found.layout.record, found.layout.record)
        self.outside: list[int] = []
        self._known: clinic.KnownPeople | None = None

    def run(self, progress: Progress) -> FilePreview:
        """Plan every row."""
        grid = rows.grid(self.sheet.rows, self.found)
        self.needed = [
            (name, grid.places[name][0]) for name in sorted(self.found.layout.filled) if name in grid.places
        ]
        self.name_of = {index: name for name, places in grid.places.items() for index in places}
        given = self.found.layout.given
        self.several = [name for name, places in grid.places.items() if len(places) > 1]
        for done, (number, values) in enumerate(zip(grid.numbers, grid.values, strict=True)):
            if done % _PROGRESS_EVERY == 0:
                progress(done, len(grid.numbers))
            named = dict(zip(grid.names, values, strict=True))
            if given:
                named.update(given)
            self._row(number, named, grid)
        tally, found = self.tally, self.found
        tally.rows = len(grid.numbers)
        return FilePreview(
            self.file_name,
            self.sheet.name,
            found.layout.name,
            found.header_row + 1,
            tally.rows,
            {"in": sum(tally.cells.values()), **tally.cells},
            tuple(tally.problems),
            tuple(tally.corrections[key] for key in sorted(tally.corrections)),
            tuple(tally.changes),
            tuple(self.outside),
        )

    def _row(self, number: int, values: Values, grid: Grid) -> None:
        raw = self.sheet.rows[number]
        filled = len(raw) - raw.count("")
        odd = grid.odd.get(number, _NOTHING)
        if not odd and all(values[name] is None for name in grid.places):
            self.tally.cells["ignored"] += (
                filled  # A row that is numbered and not filled in, words beside the table.
            )
            return
        refused = {index: each for index, each in odd.items() if isinstance(each, check.Refused)}
        row = Row(self.sheet.name, number + 1, values, grid.places, self.exported, self.tally)
        faults: list[Refusal] = []
        if not self._place(row, faults):
            self.tally.cells["ignored"] += filled
            self._count_outside(row)
            return
        odd = self._heal(row, raw, odd, refused)
        for name, index in self.needed:
            if values.get(name) is None and not any(fault.index == index for fault in faults):
                error = refused.pop(index, None) or check.Refused("cell.missing")
                faults.append(Refusal(index, error.code, **error.values))
        if (end := grid.places.get(_END, (-1,))[0]) in refused:
            # Without its last day a job that has ended would be taken for one that goes on.
            if self.records[0] == "spells":
                error = refused.pop(end)
                faults.append(Refusal(end, error.code, **error.values))
            else:
                values["spell.started_on"] = None
        if refused:
            row.unread = frozenset(map(self.name_of.__getitem__, refused))
        for record in self.records:
            faults.extend(_CHECKS[record](self.book, row))
        if not faults:
            faults.extend(self._take(row, filled))
        if not faults:
            self.book.seen.update(dict.fromkeys(row.says, row.number))
        if faults:
            self.tally.cells["refused"] += filled
            self.book.totals[self.counted].refused += 1
        elif not self.outside or self.outside[-1] != row.number:
            self._tally_cells(row, raw, filled, odd, refused)
        if faults or refused or row.newer or row.refused:
            self._report(row, raw, faults, refused)

    def _take(self, row: Row, filled: int) -> list[Refusal]:
        """Plan what the row says; what it says beside its own record is refused at its cell alone."""
        for record in self.records:
            try:
                _TAKES[record](self.book, row)
            except OutOfScope:
                self.outside.append(row.number)
                self.book.totals[self.counted].out_of_scope += 1
                self.tally.cells["ignored"] += filled
                return []
            except Refusal as refusal:
                if record == self.records[0]:
                    return [refusal]
                name = self.name_of.get(refusal.index, "") if refusal.index is not None else ""
                row.refused[name] = refusal
        return []

    # -- where the row is of ---------------------------------------------------------------------

    def _place(self, row: Row, faults: list[Refusal]) -> bool:
        """Find the village of the row; False when it is outside the scope."""
        if "place.village" in row.places:
            values = row.values
            names = tuple(values.get(level) or "" for level in PLACE)
            if not names[2]:
                return True
            code = self.planner.village(names)
            if code is None:
                faults.append(Refusal(row.index("place.village"), "place.unknown_village"))
                return True
            row.village = code
            return code.startswith(self.book.scope)
        if self.found.layout.record in ("people", "households"):
            household = self.book.state.households.get(row.value("household.household_no", ""))
            if household:
                row.village = household.values["village_code"]
            elif len(self.book.scope) == 12:
                row.village = self.book.scope
            elif row.value("household.household_no"):
                faults.append(Refusal(row.index("household.household_no"), "household.no_village"))
        return True

    def _count_outside(self, row: Row) -> None:
        totals, outside = self.book.totals, self.book.outside
        if self.found.layout.record not in ("people", "households"):
            totals[self.counted].out_of_scope += 1
            return
        if self.found.layout.record == "people":
            own = row.value("person.identity_number") or row.value("person.person_no", len(outside["people"]))
            outside["people"].add(str(own))
        outside["households"].add(str(row.value("household.household_no", "")))
        for kind, seen in outside.items():
            totals[kind].out_of_scope = len(seen)

    # -- identity numbers ------------------------------------------------------------------------

    def _heal(self, row: Row, raw: list[Cell], odd: _Odd, refused: dict[int, check.Refused]) -> _Odd:
        """Propose whose a damaged identity number is, and take what somebody confirmed."""
        for name in _IDENTITY:
            number = row.values.get(name)
            index = row.places[name][0] if name in row.places else None
            if index is None or (index not in refused and not self._is_doubtful(number)):
                continue
            proposal = self._proposal(row, raw[index]) if index < len(raw) else None
            if proposal is None:
                continue
            if self.planner.confirmed(self.file_name, self.sheet.name, row.number):
                refused.pop(index, None)
                row.values[name] = identity.parse(proposal.number)
                odd = {**odd, index: Corrected("confirmed", identity.masked(proposal.number))}
                continue
            code = refused[index].code if index in refused else "identity.rounded"
            row.values[name] = None
            refused[index] = check.Refused(code, proposal=proposal)
        return odd

    def _is_doubtful(self, number: Any) -> bool:  # noqa: ANN401 - an identity number or None
        """Whether a sound number may be a rounded one that passes the checksum: nobody has it, and it ends so."""
        return (
            number is not None
            and number.number.endswith("000")
            and number.number not in self.book.state.people
        )

    def _proposal(self, row: Row, raw: Cell) -> Proposal | None:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            return None
        if self._known is None:
            self._known = clinic.KnownPeople(
                clinic.Known(person.id, number, person.values["name"])
                for number, person in self.book.state.people.items()
            )
        damaged = clinic.Damaged(
            raw,
            str(row.value("person.name") or row.value("link.name", "")),
            row.value("person.born"),
            row.value("person.sex", ""),
        )
        found = clinic.propose(damaged, self._known)
        if found is None:
            return None
        born = identity.parse(found.person.number).born
        return Proposal(found.person.number, found.person.name, born.isoformat(), found.kind)

    # -- what became of the cells ----------------------------------------------------------------

    def _tally_cells(
        self,
        row: Row,
        raw: list[Cell],
        filled: int,
        odd: _Odd,
        refused: dict[int, check.Refused],
    ) -> None:
        """Put every cell of a row that was taken into its class."""
        cells = self.tally.cells
        values, places = row.values, row.places
        kept = len(values) - list(values.values()).count(None)
        for name in self.several:
            if values[name] is not None:
                kept += len(values[name]) - 1
        if self.found.layout.given:
            kept -= sum(name not in places for name in self.found.layout.given)
        if not (odd or row.unchanged or row.unused or row.newer or row.refused):
            cells["accepted"] += kept
            cells["ignored"] += filled - kept
            return

        def count(names: Collection[str]) -> int:
            return sum(
                len(values[name]) if len(places[name]) > 1 else 1
                for name in names
                if name in places and values.get(name) is not None
            )

        refusals = {*row.newer, *row.refused}
        at_cells = count(refusals)
        unused = count(row.unused - refusals)
        same = count(row.unchanged - refusals - row.unused)
        corrected = 0
        for index, each in odd.items():
            name = self.name_of[index]
            if isinstance(each, Corrected) and name not in refusals | row.unused | row.unchanged:
                corrected += 1
                self._correct(index, each, raw[index])
        cells["refused"] += len(refused) + at_cells
        cells["unchanged"] += same
        cells["corrected"] += corrected
        cells["accepted"] += kept - at_cells - unused - same - corrected
        cells["ignored"] += filled - kept - len(refused) + unused

    def _correct(self, index: int, how: Corrected, raw: Cell) -> None:
        column = self.found.headers.get(index, "")
        key = (how.code, column)
        first = self.tally.corrections.get(key)
        self.tally.corrections[key] = Correction(
            how.code,
            column,
            first.count + 1 if first else 1,
            first.before if first else masked(raw),
            first.after if first else how.after,
        )

    def _report(
        self, row: Row, raw: list[Cell], faults: list[Refusal], refused: dict[int, check.Refused]
    ) -> None:
        """Say everything that is wrong with the row, from left to right."""
        found: list[tuple[int | None, str, dict[str, object]]] = [
            *((fault.index, fault.code, fault.values) for fault in faults),
            *((index, error.code, error.values) for index, error in refused.items()),
            *((fault.index, fault.code, fault.values) for fault in row.refused.values()),
        ]
        for name, since in row.newer.items():
            found.extend(
                (index, "ledger.newer", {"day": since.isoformat()})
                for index in row.places[name]
                if index < len(raw) and raw[index] != ""
            )
        for index, code, values in sorted(found, key=lambda each: -1 if each[0] is None else each[0]):
            given = dict(values)
            proposal = given.pop("proposal", None)
            self.tally.problems.append(
                Problem(
                    row.sheet,
                    row.number,
                    self.found.headers.get(index, "") if index is not None else "",
                    f"{column_letters(index)}{row.number}" if index is not None else "",
                    code,
                    masked(raw[index]) if index is not None and index < len(raw) else "",
                    given,
                    proposal if isinstance(proposal, Proposal) else None,
                )
            )


def in_order(found: list[tuple[str, Sheet, Recognised]]) -> Iterator[tuple[str, Sheet, Recognised]]:
    """Give people before what hangs on them and older exports before newer, whatever order the files were chosen in."""
    order = list(RECORDS)
    yield from sorted(
        found, key=lambda each: (order.index(each[2].layout.record), each[2].exported_on or date.max)
    )
