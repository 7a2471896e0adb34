"""Rows entered as on a sheet: jobs, services, wishes, telephones and cards of people named in each row.

Every cell is read and checked as `cells` does; a row lands whole or not at all, all that land are one change.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app.domain import codes
from caseworker_app.domain.worker import LOWER_AGE, age_on
from caseworker_app.error_words import cell_text
from caseworker_app.exchange import recognise
from caseworker_app.exchange.check import Refused
from caseworker_app.exchange.take_work import KIND_OF_CHANNEL, same_spell
from caseworker_app.read_models.cells import Applied, NewRow, Problem
from caseworker_app.use_cases import cells, propose
from caseworker_app.use_cases.cells import Values
from caseworker_app.use_cases.desk import Desk
from db.queries.dated import live
from db.tables import Household, Intention, Membership, Person, ServiceRecord, Spell
from db.unit_of_work import UnitOfWork

LINK = ("link.identity_number", "link.name", "link.household_no")
KINDS: dict[str, tuple[str, ...]] = {
    "spell": (
        *LINK,
        *(
            f"spell.{name}"
            for name in (
                *("kind", "started_on", "ended_on", "place", "employer", "industry"),
                *("trade", "channel", "wage", "contract", "insured"),
            )
        ),
    ),
    "service": (*LINK, *(f"service.{name}" for name in ("kind", "on", "vacancy", "outcome", "note"))),
    "intention": (*LINK, *(f"intention.{name}" for name in ("kind", "since", "place", "trade", "wage"))),
    "contact": (*LINK, *(f"person.{name}" for name in ("phone", "card_holder", "card_bank", "card_number"))),
}
"""The kinds of rows and their fields, in the order of a sheet."""

_BLANKS: dict[str, Values] = {"spell": {"end_reason": "", "came_home": None, "point_to_point": None}}
_DAYS = {"spell": "spell.started_on", "service": "service.on", "intention": "intention.since"}
_HEADERS = {
    "spell.place": ("务工地点", "务工地", "工作地点", "就业地点", "务工所在地"),
    "spell.started_on": ("开始日期", "起始日期", "务工开始时间", "开始时间"),
    "spell.ended_on": ("结束日期", "务工结束时间", "结束时间"),
    "spell.employer": ("务工单位", "工作单位", "单位", "企业名称"),
    "spell.wage": ("月工资", "工资", "月收入", "工资(元/月)", "月收入(元)"),
    "service.on": ("服务日期", "日期"),
    "intention.since": ("登记日期", "日期"),
    "person.phone": ("手机", "手机号", "电话", "联系方式", "本人电话"),
    "person.card_number": ("卡号", "银行卡号", "一卡通号", "一卡通账号"),
    "person.card_bank": ("开户行", "开户银行"),
    "person.card_holder": ("户名", "持卡人", "开户人"),
}


def by_header(kind: str, headers: Sequence[str]) -> dict[int, str]:
    """Return which field stands in which column of a copied header row; empty when the row is no header.

    A place may stand in several columns: province, city and county.
    """
    known: dict[str, str] = {}
    for name in KINDS[kind]:
        typed = cells.field(name)
        for words in (typed.title, *_HEADERS.get(name, ())):
            known.setdefault(recognise.normal_header(words), name)
    for layout in recognise.layouts():
        for column in layout.columns:
            name = "spell.place" if column.field.startswith("workplace.") else column.field
            if name in KINDS[kind]:
                known.update((header, name) for header in column.headers if header not in known)
    found: dict[int, str] = {}
    for index, words in enumerate(headers):
        name = known.get(recognise.normal_header(words), "")
        if name and (name == "spell.place" or name not in found.values()):
            found[index] = name
    return found if len(found) > 1 else {}


@dataclass(slots=True)
class _Entry:
    """A row that was read: whose it is, its values by column, and which field each column came from."""

    index: int
    person: Values
    values: Values = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)


class _Sheet:
    """Rows compared with the ledger: those that can be entered, and the problems at the cells of the others."""

    def __init__(self, connection: Connection, desk: Desk, kind: str, rows: Sequence[NewRow]) -> None:
        self.connection = connection
        self.today = desk.today()
        self.kind = kind
        self.sound: list[_Entry] = []
        self.problems: list[Problem] = []
        check: dict[str, Callable[[_Entry], bool]] = {
            "spell": self._spell,
            "service": self._service,
            "intention": self._intention,
            "contact": self._contact,
        }
        read = [entry for entry in self._read(rows) if entry is not None]
        self._people = [entry.person["id"] for entry in read]
        self._homes = self._rows(Membership)
        self._known = (
            self._rows({"spell": Spell, "service": ServiceRecord}[kind])
            if kind in ("spell", "service")
            else {}
        )
        self._begun: set[tuple[str, date]] = set()
        for entry in read:
            if self._belongs(entry) and check[kind](entry):
                self.sound.append(entry)

    def _refuse(self, index: int, at: str, code: str, **values: object) -> bool:
        self.problems.append(Problem(index, at, code, cell_text(cells.field(at).title, code, values)))
        return False

    def _rows(self, table: Any) -> dict[str, list[Values]]:  # noqa: ANN401 - a table
        found: dict[str, list[Values]] = defaultdict(list)
        chosen = select(table.__table__).where(live(table))
        for row in cells.mappings(self.connection, chosen, table.person_id, set(self._people)):
            found[row["person_id"]].append(row)
        return found

    # -- reading -----------------------------------------------------------------------------

    def _read(self, rows: Sequence[NewRow]) -> list[_Entry | None]:
        texts = [{name: row.values.get(name, "").strip() for name in KINDS[self.kind]} for row in rows]
        links = [self._link_values(index, each) for index, each in enumerate(texts)]
        people = self._find([link for link in links if link])
        return [
            self._entry(index, each, link, people) if link and any(each.values()) else None
            for index, (each, link) in enumerate(zip(texts, links, strict=True))
        ]

    def _link_values(self, index: int, texts: dict[str, str]) -> Values | None:
        """Read who a row is about; None when that cannot be read or the row is empty."""
        if not any(texts.values()):
            return None
        read: Values = {}
        for name in LINK:
            try:
                read |= cells.read(cells.field(name), texts[name]) if texts[name] else {}
            except Refused as error:
                self._refuse(index, name, error.code, **error.values)
                return None
        if not read:
            self._refuse(index, LINK[0], "cell.missing")
            return None
        return read

    def _find(self, links: Sequence[Values]) -> dict[str, list[Values]]:
        """Return the people who have one of the numbers or names, by both, each with the households they belong to."""
        found: dict[str, list[Values]] = defaultdict(list)
        for column, named in ((Person.identity_number, "identity_number"), (Person.name, "name")):
            wanted = {link[named] for link in links if link.get(named)}
            chosen = select(Person.id, Person.name, Person.born, Person.identity_number).where(live(Person))
            for row in cells.mappings(self.connection, chosen, column, wanted):
                found[row[named]].append(row)
        everybody = {row["id"]: row for rows in found.values() for row in rows}
        homes: dict[str, set[str]] = defaultdict(set)
        chosen_homes = (
            select(Membership.person_id, Household.household_no)
            .join(Household, Household.id == Membership.household_id)
            .where(live(Membership), live(Household))
        )
        for row in cells.mappings(self.connection, chosen_homes, Membership.person_id, everybody):
            homes[row["person_id"]].add(row["household_no"])
        for rows in found.values():
            for row in rows:
                row["homes"] = homes[row["id"]]
        return found

    def _person(self, index: int, link: Values, people: dict[str, list[Values]]) -> Values | None:
        number, name, home = (link.get(each) for each in ("identity_number", "name", "household_no"))
        if number:
            known = people.get(number)
            if not known:
                self._refuse(index, LINK[0], "person.unknown")
            elif name and known[0]["name"] != name:
                self._refuse(index, LINK[1], "person.name_differs", known=known[0]["name"])
            elif home and home not in known[0]["homes"]:
                self._refuse(index, LINK[2], "person.household_differs")
            else:
                return known[0]
            return None
        found = [each for each in people.get(name or "", ()) if not home or home in each["homes"]]
        if len(found) == 1:
            return found[0]
        at = LINK[1] if name else LINK[0]
        if found:
            self._refuse(index, at, "person.several", count=len(found))
        else:
            self._refuse(index, at, "person.unknown" if name else "cell.missing")
        return None

    def _entry(
        self, index: int, texts: dict[str, str], link: Values, people: dict[str, list[Values]]
    ) -> _Entry | None:
        person = self._person(index, link, people)
        before = len(self.problems)
        entry = _Entry(index, person or {})
        for name in KINDS[self.kind][len(LINK) :]:
            typed = cells.field(name)
            try:
                entry.values |= cells.read(typed, texts[name] or self._default(name, texts))
            except Refused as error:
                self._refuse(index, name, error.code, **error.values)
            entry.fields[typed.column] = name
        return entry if person and len(self.problems) == before else None

    def _default(self, name: str, texts: dict[str, str]) -> str:
        """Return what an empty cell of a needed field means."""
        if name == "spell.kind":
            channel = codes.code_list("channel").parse(texts["spell.channel"]) or ""
            return codes.code_list("spell_kind").label(KIND_OF_CHANNEL.get(channel, "wage"), "zh_CN")
        if name == "service.outcome":
            return codes.code_list("service_outcome").label("done", "zh_CN")
        return self.today.isoformat() if name == "intention.since" else ""

    # -- what must agree with the rest ---------------------------------------------------------

    def _belongs(self, entry: _Entry) -> bool:
        """Whether the person belonged to a household on the day the row is about."""
        at = _DAYS.get(self.kind, LINK[0])
        day = entry.values[cells.field(at).column] if self.kind in _DAYS else self.today
        if day > self.today:
            return self._refuse(entry.index, at, "day.future", day=day.isoformat())
        last = entry.values.get("ended_on") or self.today
        met = max(day, min(self.today, last)) if self.kind == "spell" else day
        if not any(
            (home["since"] is None or home["since"] <= met)
            and (home["until"] is None or home["until"] >= met)
            for home in self._homes[entry.person["id"]]
        ):
            return self._refuse(entry.index, at, "person.not_here", day=met.isoformat())
        born = entry.person["born"]
        if self.kind in ("service", "intention") and born is not None and age_on(born, day) < LOWER_AGE:
            return self._refuse(
                entry.index, at, "day.too_young", day=day.isoformat(), name=entry.person["name"]
            )
        return True

    def _spell(self, entry: _Entry) -> bool:
        known = self._known[entry.person["id"]]
        fresh = {**_BLANKS["spell"], **entry.values, "id": f"new {entry.index}"}
        for spell in known:
            if same_spell(spell, fresh):
                return self._refuse(
                    entry.index, "spell.started_on", "spell.known", since=spell["started_on"].isoformat()
                )
        if problem := cells.days_problem(fresh, known, entry.person, self.today):
            return self._refuse(entry.index, entry.fields[problem.column], problem.code, **problem.values)
        known.append(fresh)
        return True

    def _service(self, entry: _Entry) -> bool:
        if entry.values["kind"] == "job_referral" and not entry.values["vacancy"]:
            return self._refuse(entry.index, "service.vacancy", "service.vacancy_missing")
        known = self._known[entry.person["id"]]
        if any(all(other[name] == value for name, value in entry.values.items()) for other in known):
            return self._refuse(entry.index, "service.on", "service.repeated")
        known.append(dict(entry.values))
        return True

    def _intention(self, entry: _Entry) -> bool:
        begins = (entry.person["id"], entry.values["since"])
        if begins in self._begun:
            return self._refuse(entry.index, "intention.since", "row.duplicate")
        self._begun.add(begins)
        return True

    def _contact(self, entry: _Entry) -> bool:
        if not any(entry.values.values()):
            return self._refuse(entry.index, "person.phone", "cell.missing")
        return True

    # -- writing -------------------------------------------------------------------------------

    def write(self, desk: Desk, unit: UnitOfWork) -> int:
        """Write the rows that can be entered; return how many were put to villages that own the people."""
        owned = [{**entry.values, "person_id": entry.person["id"]} for entry in self.sound]
        if self.kind == "spell":
            spells = [{**_BLANKS["spell"], "place_code": "", **each} for each in owned]
            return propose.add(desk, unit, Spell, spells)
        if self.kind == "service":
            return propose.add(
                desk, unit, ServiceRecord, [{**each, "officer": desk.officer} for each in owned]
            )
        if self.kind == "intention":
            begun = [{**each, "until": None} for each in sorted(owned, key=lambda each: each["since"])]
            here, proposed = propose.apart(desk, unit, Intention, begun)
            for each in here:
                told = {name: value for name, value in each.items() if name not in ("since", "until")}
                cells.begin(unit, Intention, each["person_id"], told, each["since"])
            return proposed
        of_person: dict[str, Values] = defaultdict(dict)
        for entry in self.sound:
            of_person[entry.person["id"]].update({name: each for name, each in entry.values.items() if each})
        alike: dict[tuple[str, ...], list[tuple[str, Values]]] = defaultdict(list)
        for person, values in of_person.items():
            alike[tuple(sorted(values))].append((person, values))
        return sum(propose.change(desk, unit, Person, changes) for changes in alike.values())


def check(connection: Connection, desk: Desk, kind: str, rows: Sequence[NewRow]) -> list[Problem]:
    """Return the problems at the cells of new rows; empty rows have none, and nothing is written."""
    return _Sheet(connection, desk, kind, rows).problems


def enter(desk: Desk, kind: str, rows: Sequence[NewRow]) -> Applied:
    """Enter the rows that are sound as one change; the others are told with what is wrong at their cells."""
    with desk.units("rows.enter") as unit:
        sheet = _Sheet(unit.connection, desk, kind, rows)
        proposed = 0
        if sheet.sound:
            proposed = sheet.write(desk, unit)
            unit.name(sheet.sound[0].person["name"], len(sheet.sound))
        changed = replace(unit.commit(), proposed=proposed)
    wrong = tuple(sorted(sheet.problems, key=lambda each: each.index))
    return Applied(changed, len(sheet.sound), wrong, proposed)
