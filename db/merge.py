"""Join what another ledger sent with what this one holds: by what each knew, never by clocks.

Field by field: what the other side had seen and changed since is taken, what this side has seen and changed since
stays, and what both wrote without knowing of each other stands side by side as a `Conflict` until a person decides.
Any order of the same states gives the same ledger; a state twice equals once.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select

from caseworker_app.domain import lines
from caseworker_app.domain.claim import LEVELS
from caseworker_app.domain.kinds import BY_TABLE, KINDS, Kind
from caseworker_app.domain.lines import Block, Head, Heads, Line, Origin, Settled, State
from db import bulk, states
from db.states import VOIDED, Journal
from db.tables import RECORDS, Change, Claim, ClaimStep, Conflict, Holding, Received
from db.unit_of_work import UnitOfWork

Values = dict[str, Any]
Progress = Callable[[int, int, str], None]

_BLOCK = 500
_MANY = 5000
_KEYS = {
    "household": ("household_no",),
    "person": ("identity_number",),
    "claim": ("number",),
    "head_count": ("organisation_id", "month", "kind"),
    "wage": ("spell_id", "month"),
    "roster": ("number",),
}
"""What is unique among live records of a table."""
_TWINS = frozenset({"household", "person", "claim"})
"""Records of one key that stand side by side; of the others the first id stands, what the other says is a conflict."""
_HOLDING = cast("Table", Holding.__table__)
_RANK = {level: rank for rank, level in enumerate(LEVELS.values())}


@dataclass(slots=True)
class Merged:
    """What became of a state: how it stands to what was held, its cells, what is to be decided."""

    standing: str = "same"
    cells: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)
    twins: list[tuple[str, str]] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)
    """Devices of which two copies write under one name."""


def _diverged(ours: Head, theirs: Head) -> int:
    """Return the first serial at which two accounts of one device differ, 0 when none is seen."""
    for serial in range(
        max(1, min(ours.first or ours.serial, theirs.first or theirs.serial)),
        1 + min(ours.serial, theirs.serial),
    ):
        one, other = ours.mark(serial), theirs.mark(serial)
        if one and other and one != other:
            return serial
    return 0


def _named(branch: str, serial: int) -> str:
    """Return the name of a serial on a branch: before it parts it is its trunk's."""
    name, *parts = branch.split("~")
    for part in parts:
        if serial < int(part.partition(".")[0]):
            break
        name = f"{name}~{part}"
    return name


def _branch(name: str, head: Head, held: Heads) -> str:
    """Return the name under which an account of a device is known here.

    Two copies that write under one name are told apart by their trails; the second is named by the place where it
    parts and its trail there, so that every further state of that copy gets the same.
    """
    base = name.partition("~")[0]
    alike = {each: own for each, own in held.items() if each.partition("~")[0] == base and own.chain}
    parted = {each: _diverged(own, head) for each, own in alike.items()}
    same = sorted(each for each, serial in parted.items() if not serial)
    if not alike or name in same or not head.chain:
        return name
    if same:
        return same[0]
    nearest = max(sorted(parted), key=lambda each: parted[each])
    serial = parted[nearest]
    return f"{_named(nearest, serial)}~{serial}.{head.mark(serial)}"


def _branched(state: State, known: dict[str, Heads]) -> list[str]:
    """Name in a state what two copies of a device wrote as this ledger names it; return those devices."""
    found: list[str] = []
    for village, heads in state.vectors.items():
        held, renamed = dict(known[village]), {}
        for name, head in heads.items():
            renamed[name] = _branch(name, head, held)
            held.setdefault(renamed[name], head)
            if renamed[name] != name and renamed[name] not in known[village]:
                found.append(name)
        if all(name == other for name, other in renamed.items()):
            continue
        own: Heads = {}
        for name, head in heads.items():
            branch = renamed[name]
            own = lines.joined(own, {branch: head})
            while "~" in branch:
                branch, _mark, part = branch.rpartition("~")
                own = lines.joined(own, {branch: Head(int(part.partition(".")[0]) - 1)})
        state.vectors[village] = own
        for block in state.blocks:
            _rename_all(block, village, renamed)
    return found


def _rename_all(block: Block, village: str, renamed: dict[str, str]) -> None:
    """Name devices in the records of a village as this ledger names them."""
    made: dict[int, dict[str, Origin]] = {}
    for at, origins in enumerate(block.origins):
        if block.villages[at] == village:
            if id(origins) not in made:
                made[id(origins)] = {each: _rename(dots, renamed) for each, dots in origins.items()}
            block.origins[at] = made[id(origins)]
            if own := block.others.get(block.ids[at]):
                block.others[block.ids[at]] = {
                    each: [(value, _rename(dots, renamed)) for value, dots in several]
                    for each, several in own.items()
                }


def _rename(origin: Origin, renamed: dict[str, str]) -> Origin:
    return tuple(sorted({(_named(renamed.get(device, device), serial), serial) for device, serial in origin}))


def standing(ours: Heads, theirs: Heads) -> str:
    """Return how one account of a village stands to another: ahead, same, stale or forked."""
    ahead = any(
        device not in ours or head.serial > ours[device].serial
        for device, head in theirs.items()
        if head.serial
    )
    behind = any(
        device not in theirs or head.serial > theirs[device].serial
        for device, head in ours.items()
        if head.serial
    )
    return {(True, False): "ahead", (False, False): "same", (False, True): "stale", (True, True): "forked"}[
        ahead, behind
    ]


def _overall(standings: Iterable[str]) -> str:
    found = set(standings)
    return next((each for each in ("forked", "ahead", "stale") if each in found), "same")


def stands(connection: Connection, vectors: dict[str, Heads], scope: str, *, down: bool) -> str:
    """Return how a state stands to what this ledger holds."""
    journal_ = states.read_journal(connection)
    found = []
    for village, theirs in vectors.items():
        received = states.taken_in(connection, village, down=down)
        # Of a level's own change sets only those that the sender knows say how a village stands.
        own = {
            device: head
            for device, head in journal_.heads.items()
            if device in theirs or (village == scope and not down)
        }
        found.append(standing(lines.joined(own, received), theirs))
    return _overall(found)


def apply(
    unit: UnitOfWork,
    state: State,
    scope: str,
    told: Values,
    progress: Progress = lambda _done, _total, _what: None,
) -> Merged:
    """Write a received state into a unit of work with the `Received` row that `told` begins; return what became of it."""
    return _Merge(unit, state, scope, told, progress).run()


class _Merge:
    """One state on its way in."""

    def __init__(self, unit: UnitOfWork, state: State, scope: str, told: Values, progress: Progress) -> None:
        self.unit, self.state, self.scope, self.told, self.progress = unit, state, scope, told, progress
        self.connection: Connection = unit.connection
        self.journal: Journal = states.read_journal(self.connection)
        self.result = Merged()
        self.known: dict[str, Heads] = {}
        """By village what this ledger knows."""
        self.holdings: dict[str, tuple[str, str, dict[str, Origin]]] = {}
        self.fresh: list[Block] = []
        """Records of which nothing was held: where their fields come from is written as it came."""
        self.held_before: list[str] = []
        self.conflicts: list[Values] = []
        self.opened: dict[str, list[tuple[str, str, Any]]] = defaultdict(list)
        self.claims: set[str] = set()
        """Claims held before whose steps may be others now."""
        self.steps: dict[str, tuple[int, int, str, str]] = {}
        """The last step of each claim in this state, for claims that are new."""

    def run(self) -> Merged:
        """Take the state in."""
        down = self.state.down
        for village in self.state.vectors:
            received = states.taken_in(self.connection, village, down=down)
            self.known[village] = lines.joined(self.journal.heads, received)
        self.result.branches = _branched(self.state, self.known)
        how = stands(self.connection, self.state.vectors, self.scope, down=down)
        self.result.standing = "forked" if self.result.branches else how
        by_table: dict[str, list[Block]] = defaultdict(list)
        for block in self.state.blocks:
            by_table[block.table].append(block)
        for block in by_table.get("claim_step", ()):
            for line in block.lines():
                if not line.fields[VOIDED]:
                    claim = line.fields["claim_id"]
                    before = self.steps.get(claim, (-1, -1, "", ""))
                    self.steps[claim] = max(before, _place(line.fields, line.id))
        done, count = 0, self.state.count
        if count > _MANY:
            self.unit.touch_everything()
        for kind in KINDS:
            for block in by_table.pop(kind.table, ()):
                self._take(kind, block)
                done += len(block.ids)
                self.progress(done, count, "receive.writing")
        for several in by_table.values():
            for unknown in several:
                self.result.cells["ignored"] += len(unknown.ids) * len(unknown.names)
        self._note()
        return self.result

    def _take(self, kind: Kind, incoming: Block) -> None:
        present = set(
            bulk.present(self.connection, cast("Table", RECORDS[kind.table].__table__), incoming.ids)
        )
        self.held_before.extend(present)
        fresh = incoming
        if present:
            fresh = incoming.only([record not in present for record in incoming.ids])
            known = incoming.only([record in present for record in incoming.ids])
            self._join(kind, known)
        if fresh.ids:
            if kind.table == "claim_step":
                self.claims.update(fresh.column("claim_id"))
            self._insert(kind, fresh)

    def _join(self, kind: Kind, known: Block) -> None:
        """Join records that are held with those that came."""
        held = {line.id: line for line in self._held(kind, known.ids)}
        changes: dict[str, Values] = {}
        for line in known.lines():
            if changed := self._settle(held[line.id], line):
                changes[line.id] = changed
        if changes:
            self._change(kind, changes)

    def _held(self, kind: Kind, ids: list[str]) -> Iterable[Line]:
        for line, village in states.read(self.connection, kind, self.journal, ids):
            line.village = village
            yield line

    def _settle(self, mine: Line, line: Line) -> Values:
        """Join one held record with the incoming one; return the fields to write."""
        cells = self.result.cells
        if (
            mine.fields == line.fields
            and mine.origins == line.origins
            and not mine.others
            and not line.others
        ):
            cells["unchanged"] += len(line.fields)
            return {}
        ours_known, theirs_known = self.known[line.village], self.state.vectors[line.village]
        changed: Values = {}
        origins = dict(mine.origins)
        joined = False
        for name, value in line.fields.items():
            if name not in mine.fields:
                cells["ignored"] += 1
                continue
            theirs = line.origin(name)
            ours = mine.origin(name)
            own = mine.fields[name]
            if theirs == ours and name not in mine.others and name not in line.others:
                # A record that gave way to another of its key is voided here under the dot that made it.
                cells["unchanged" if value == own else "stale"] += 1
                continue
            settled = lines.settle(
                [(own, ours), *mine.others.get(name, ())],
                [(value, theirs), *line.others.get(name, ())],
                ours_known,
                theirs_known,
            )
            if settled.origin != ours:
                origins[name] = settled.origin
                joined = True
            if settled.value != own:
                changed[name] = settled.value
            if value == own == settled.value:
                cells["unchanged"] += 1
            elif settled.value == value:
                cells["accepted"] += 1
            elif any(value == other for other, _origin in settled.others):
                cells["conflict"] += 1
            else:
                cells["stale"] += 1
            if settled.others or name in mine.others:
                self._open(mine, line, name, settled)
        if changed or joined:
            self._hold(line.table, line.id, line.village, origins)
        return changed

    def _hold(self, table: str, record: str, village: str, origins: dict[str, Origin]) -> None:
        self.holdings[record] = (table, village, origins)

    def _open(self, mine: Line | None, line: Line, name: str, settled: Settled) -> None:
        """Remember which values of a field are still to be decided between."""
        for value, origin in settled.others:
            self.conflicts.append(
                {
                    "village_code": line.village,
                    "table": line.table,
                    "record": line.id,
                    "field": name,
                    "ours": settled.value,
                    "theirs": value,
                    "written": {
                        "ours": self._who(line.village, settled.origin),
                        "theirs": self._who(line.village, origin),
                    },
                }
            )
        self.opened[line.id].append((line.table, name, mine))

    def _who(self, village: str, origin: Origin) -> Values:
        device, serial = origin[0]
        for heads in (self.known[village], self.state.vectors[village]):
            if (head := heads.get(device)) and head.serial >= serial:
                signed = [each for each in head.by if each[0] <= serial]
                if signed:
                    return {
                        "origin": [list(dot) for dot in origin],
                        "officer": signed[-1][1],
                        "on": signed[-1][2],
                    }
        return {"origin": [list(dot) for dot in origin], "officer": "", "on": ""}

    def _change(self, kind: Kind, changes: dict[str, Values]) -> None:
        table = RECORDS[kind.table]
        groups: dict[tuple[str, ...], list[tuple[str, Values]]] = defaultdict(list)
        turned: dict[bool, list[str]] = defaultdict(list)
        for record, values in changes.items():
            own = dict(values)
            if VOIDED in own:
                turned[own.pop(VOIDED)].append(record)
            if own:
                typed = states.typed(kind, own)
                groups[tuple(sorted(typed))].append((record, typed))
        # What leaves first: a number may go from one record to another.
        self._turn(table, turned[True], "void")
        self._stand_apart(
            kind, [record for group in groups.values() for record, _values in group] + turned[False], changes
        )
        for group in groups.values():
            self.unit.update_many(table, group)
        self._turn(table, turned[False], "revive")
        if kind.table == "claim_step":
            self.claims.update(
                self.connection.execute(
                    select(ClaimStep.claim_id).where(ClaimStep.id.in_(list(changes)))
                ).scalars()
            )

    def _turn(self, table: type[Any], records: Sequence[str], kind: str) -> None:
        if not records:
            return
        rows = {
            row.id: row
            for start in range(0, len(records), _BLOCK)
            for row in self.connection.execute(
                select(table.id, table.voided_in, table.changed_in).where(
                    table.id.in_(records[start : start + _BLOCK])
                )
            )
        }
        to = self.unit.id if kind == "void" else None
        self.unit.restore(
            table,
            [
                (
                    record,
                    kind,
                    {"voided_in": rows[record].voided_in, "changed_in": rows[record].changed_in},
                    {"voided_in": to, "changed_in": self.unit.id},
                )
                for record in records
            ],
        )

    def _stand_apart(self, kind: Kind, records: Sequence[str], changes: dict[str, Values]) -> None:
        """Let changed records stand as twins where their new key is another's already."""
        names = _KEYS.get(kind.table)
        if not names or kind.table not in _TWINS:
            return
        touched = [each for each in records if changes[each].keys() & {*names, VOIDED}]
        if not touched:
            return
        table = RECORDS[kind.table]
        columns = table.__table__.c
        for record in touched:
            row = (
                self.connection.execute(select(table.__table__).where(columns.id == record)).mappings().one()
            )
            key = [changes[record].get(name, row[name]) for name in names]
            taken = select(columns.id).where(
                *(columns[name] == value for name, value in zip(names, key, strict=True)),
                columns.id != record,
            )
            if kind.table != "claim":
                taken = taken.where(columns.voided_in.is_(None))
            if row["twin"] == "" and self.connection.execute(taken.limit(1)).first():
                self.unit.update(table, record, twin=record)
                self.result.twins.append((kind.table, record))

    def _insert(self, kind: Kind, fresh: Block) -> None:
        """Write records of which nothing is held: there is nothing to compare."""
        columns = states.stored(self.connection, kind, fresh)
        columns["id"] = fresh.ids
        columns["voided_in"] = [self.unit.id if voided else None for voided in fresh.column(VOIDED)]
        self.fresh.append(fresh)
        self.result.cells["accepted"] += len(fresh.ids) * len(fresh.names)
        if fresh.others:
            for line in fresh.lines():
                for name, several in line.others.items():
                    self._open(None, line, name, Settled(line.fields[name], line.origin(name), several))
        if kind.table == "claim":
            columns["state"] = [self.steps.get(claim, (0, 0, "", "draft"))[3] for claim in fresh.ids]
        if kind.table in _KEYS:
            wanted = ("id", "voided_in", *_KEYS[kind.table])
            wanted += ("item", "beneficiary", "cycle") if kind.table == "claim" else ()
            rows = [
                dict(zip(wanted, values, strict=True))
                for values in zip(*(columns[name] for name in wanted), strict=True)
            ]
            if kind.table in _TWINS:
                self._twins(kind, rows)
                columns["twin"] = [row["twin"] for row in rows]
            else:
                self._yield(kind, rows)
                columns["voided_in"] = [row["voided_in"] for row in rows]
        self.unit.insert_stored(RECORDS[kind.table], columns)

    def _taken(self, kind: Kind, rows: Sequence[Values]) -> dict[tuple[Any, ...], Any]:
        """Return the live record that has the key of each of these rows, where there is one."""
        names = _KEYS[kind.table]
        columns = RECORDS[kind.table].__table__.c
        values = sorted({row[names[0]] for row in rows if row[names[0]] is not None})
        found: dict[tuple[Any, ...], Any] = {}
        for start in range(0, len(values), _MANY):
            chosen = select(RECORDS[kind.table].__table__).where(
                columns[names[0]].in_(values[start : start + _MANY])
            )
            if kind.table != "claim":  # The number of a voided claim is not given again.
                chosen = chosen.where(columns.voided_in.is_(None))
            for row in self.connection.execute(chosen).mappings():
                found[tuple(row[name] for name in names)] = row
        return found

    def _twins(self, kind: Kind, rows: list[Values]) -> None:
        """Mark new records whose number is another's already: both stand until a person decides."""
        names = _KEYS[kind.table]
        taken: dict[tuple[Any, ...], Any] = dict(self._taken(kind, rows))
        rivals = self._claimed(rows) if kind.table == "claim" else set()
        for row in sorted(rows, key=lambda each: str(each["id"])):
            row["twin"] = ""
            key = tuple(row[name] for name in names)
            if (row["voided_in"] and kind.table != "claim") or key[0] is None:
                continue
            more = (row["item"], row["beneficiary"], row["cycle"]) if kind.table == "claim" else None
            if key in taken or more in rivals:
                row["twin"] = row["id"]
                self.result.twins.append((kind.table, row["id"]))
            taken.setdefault(key, row)
            if more:
                rivals.add(more)

    def _claimed(self, rows: Sequence[Values]) -> set[tuple[str, str, str]]:
        """Return which items are claimed for which beneficiary and cycle, of those in these rows."""
        whose = sorted({row["beneficiary"] for row in rows})
        found: set[tuple[str, str, str]] = set()
        for start in range(0, len(whose), _MANY):
            chosen = select(Claim.item, Claim.beneficiary, Claim.cycle).where(
                Claim.beneficiary.in_(whose[start : start + _MANY]), Claim.voided_in.is_(None)
            )
            found.update((row.item, row.beneficiary, row.cycle) for row in self.connection.execute(chosen))
        return found

    def _yield(self, kind: Kind, rows: list[Values]) -> None:
        """Of two records with one key let the first id stand; where the other says otherwise a person decides."""
        names = _KEYS[kind.table]
        taken: dict[tuple[Any, ...], Any] = dict(self._taken(kind, rows))
        away: list[str] = []
        for row in sorted(rows, key=lambda each: str(each["id"])):
            if row["voided_in"]:
                continue
            key = tuple(row[name] for name in names)
            other = taken.get(key)
            if other is None or other["id"] == row["id"]:
                taken[key] = row
                continue
            if other["id"] < row["id"]:
                row["voided_in"] = self.unit.id
            else:
                away.append(other["id"])
                taken[key] = row
        # That a record gives way is no fact of its own: its origins stay.
        for line, village in states.read(self.connection, kind, self.journal, away):
            if line.id not in self.holdings:
                self.held_before.append(line.id)
                self._hold(kind.table, line.id, village or self.scope, line.origins)
        self._turn(RECORDS[kind.table], away, "void")

    def _note(self) -> None:
        """Write what was received, where its fields come from, and what is to be decided."""
        unit, connection = self.unit, self.connection
        vector = {
            village: {device: list(head) for device, head in heads.items()}
            for village, heads in self.state.vectors.items()
        }
        unit.insert(
            Received,
            **{
                **self.told,
                "vector": vector,
                "standing": self.result.standing,
                "cells": dict(self.result.cells),
            },
        )
        before = [each for each in self.held_before if each in self.holdings]
        for start in range(0, len(before), _MANY):
            gone = delete(Holding).where(Holding.record.in_(before[start : start + _MANY]))
            connection.execute(gone)
        self._keep_holdings()
        self._decide_anew()
        self._claim_states()

    def _keep_holdings(self) -> None:
        """Write where the fields of received records come from: most of one change set say the same."""
        told: dict[tuple[tuple[str, Origin], ...], str] = {}

        def text(origins: dict[str, Origin]) -> str:
            key = tuple(origins.items())
            if key not in told:
                told[key] = lines.canonical(lines.spread(origins))
            return told[key]

        rows = [
            (record, table, village, self.unit.id, text(origins))
            for record, (table, village, origins) in self.holdings.items()
        ]
        for block in self.fresh:
            texts = {id(each): text(each) for each in {id(each): each for each in block.origins}.values()}
            rows += zip(
                block.ids,
                repeat(block.table),
                block.villages,
                repeat(self.unit.id),
                [texts[id(each)] for each in block.origins],
            )
        bulk.insert(
            self.connection, _HOLDING, ("record", "table", "village_code", "change_set", "origins"), rows
        )

    def _decide_anew(self) -> None:
        """Open what is newly to be decided, and close what was settled elsewhere."""
        wanted = {
            (row["record"], row["field"], lines.canonical(row["theirs"])): row for row in self.conflicts
        }
        fields = {(record, name) for record, each in self.opened.items() for _table, name, _mine in each}
        records = list(self.opened)
        for start in range(0, len(records), _BLOCK):
            chosen = select(Conflict.__table__).where(
                Conflict.record.in_(records[start : start + _BLOCK]),
                Conflict.decided == "",
                Conflict.voided_in.is_(None),
            )
            for row in self.connection.execute(chosen).all():
                if (row.record, row.field) not in fields:
                    continue
                same = wanted.pop((row.record, row.field, lines.canonical(row.theirs)), None)
                if same is None:
                    self.unit.update(Conflict, row.id, decided="settled")
                else:
                    self.unit.update(Conflict, row.id, ours=same["ours"], written=same["written"])
        rows = [
            {**row, "base": self._base(row), "decided": "", "on": None, "officer": "", "reason": ""}
            for row in wanted.values()
        ]
        self.result.conflicts = self.unit.insert_many(Conflict, rows)

    def _base(self, row: Values) -> Any:  # noqa: ANN401 - a field's value
        """Return what a field said before it was last changed here, None where the journal does not know."""
        changes = select(Change.before).where(Change.table == row["table"], Change.record == row["record"])
        for before in self.connection.execute(changes.order_by(Change.id.desc())).scalars():
            if row["field"] in before:
                return before[row["field"]]
        return None

    def _claim_states(self) -> None:
        """Let claims that were held before stand where their last step left them."""
        claims = sorted(self.claims)
        for start in range(0, len(claims), _BLOCK):
            block = claims[start : start + _BLOCK]
            last: dict[str, tuple[int, int, str, str]] = {}
            steps = select(ClaimStep.__table__).where(
                ClaimStep.claim_id.in_(block), ClaimStep.voided_in.is_(None)
            )
            for step in self.connection.execute(steps).mappings():
                last[step["claim_id"]] = max(
                    last.get(step["claim_id"], (-1, -1, "", "")), _place(step, step["id"])
                )
            held = select(Claim.id, Claim.state).where(Claim.id.in_(block))
            present = {row.id: row.state for row in self.connection.execute(held)}
            changed = [
                (claim, {"state": place[3]})
                for claim, place in last.items()
                if claim in present and present[claim] != place[3]
            ]
            self.unit.update_many(Claim, changed)


def _place(step: Any, record: str) -> tuple[int, int, str, str]:  # noqa: ANN401 - a row or fields
    """Return the place of a step in the life of its claim, and the state it leads to."""
    return step["number"], _RANK.get(step["level"], -1), record, step["state"]


def decide(
    unit: UnitOfWork,
    conflict: str,
    choice: str,
    on: date,
    officer: str,
    reason: str,
    value: Any = None,  # noqa: ANN401 - a field's value
) -> None:
    """Write what a person decided of a conflict: 'ours' stays, 'theirs' takes its place, or a `value` of its own.

    What is decided against is known to this ledger and so never comes back with the same workbook.
    """
    connection = unit.connection
    row = connection.execute(select(Conflict.__table__).where(Conflict.id == conflict)).mappings().one()
    kind = BY_TABLE[row["table"]]
    chosen = {"ours": row["ours"], "theirs": row["theirs"], "value": value}[choice]
    if choice != "ours":
        journal_ = states.read_journal(connection)
        line, village = next(iter(states.read(connection, kind, journal_, [row["record"]])))
        write(unit, kind, row["record"], row["field"], chosen)
        if choice == "theirs":
            origins = {**line.origins, row["field"]: lines.dots_of(row["written"]["theirs"]["origin"])}
            connection.execute(delete(Holding).where(Holding.record == row["record"]))
            connection.execute(
                insert(Holding).values(
                    record=row["record"],
                    table=row["table"],
                    village_code=village or row["village_code"],
                    change_set=unit.id,
                    origins=lines.spread(origins),
                )
            )
    told = {"decided": choice, "on": on, "officer": officer, "reason": reason}
    unit.update(Conflict, conflict, **told)
    rest = select(Conflict.id).where(
        Conflict.record == row["record"],
        Conflict.field == row["field"],
        Conflict.decided == "",
        Conflict.voided_in.is_(None),
    )
    for other in connection.execute(rest).scalars().all():
        unit.update(Conflict, other, ours=chosen)


def write(unit: UnitOfWork, kind: Kind, record: str, name: str, value: Any) -> None:  # noqa: ANN401 - a field's value
    """Write one field of a record as it travels."""
    table = RECORDS[kind.table]
    if name == VOIDED:
        if value:
            unit.void(table, record)
        else:
            row = (
                unit.connection.execute(select(table.__table__).where(table.__table__.c.id == record))
                .mappings()
                .one()
            )
            if row["voided_in"] is not None:
                present = {"voided_in": row["voided_in"], "changed_in": row["changed_in"]}
                unit.restore(table, [(record, "revive", present, {"voided_in": None, "changed_in": unit.id})])
        return
    unit.update(table, record, **states.typed(kind, {name: value}))


__all__ = ["Merged", "apply", "decide", "standing", "stands", "write"]
