"""Policy packs: one place's rules as data, read strictly so that a mistake is named by file and key."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from caseworker_app.domain import codes, money, package
from caseworker_app.domain.divisions import Distance
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.spans import Cycle

DEFAULT = "jinfeng"


@dataclass(frozen=True, slots=True)
class Document:
    """The document a pack carries."""

    title: str
    short: str
    issued: date


@dataclass(frozen=True, slots=True)
class ServicePackage:
    """How many services of each kind are owed in a period."""

    clause: str
    name: str
    owed: dict[str, int]
    owed_to: str

    def window(self, on: date) -> tuple[date, date]:
        """Return the first and last day of the period around a day."""
        return date(on.year, 1, 1), date(on.year, 12, 31)


@dataclass(frozen=True, slots=True)
class CycleRule:
    """When a cycle starts and which is the first."""

    name: str
    month: int
    day: int
    first: int

    def named(self, name: str) -> Cycle:
        """Return a cycle by its end year; ExpectedError `assess.cycle` for none of ours."""
        if not (name.isdigit() and len(name) == 4) or int(name) < self.first:
            raise ExpectedError("assess.cycle", cycle=name, first=self.first)
        return Cycle.ending(int(name), self.month, self.day)

    def at(self, on: date) -> Cycle:
        """Return the cycle people ask about on a day: the last complete one, else the one running."""
        running = Cycle.containing(on, self.month, self.day)
        last = Cycle.ending(int(running.name) - 1, self.month, self.day)
        return (
            last
            if int(last.name) >= self.first
            else Cycle.ending(max(int(running.name), self.first), self.month, self.day)
        )


@dataclass(frozen=True, slots=True)
class PackSetting:
    """What the document leaves open and this place has decided (本区口径)."""

    key: str
    value: str
    allowed: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class HouseholdCategory:
    """The household is of one of these kinds, or monitored as one of these."""

    clause: str
    household_kinds: tuple[str, ...]
    monitored_kinds: tuple[str, ...]
    resolved_counts: bool


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung: from so much on, this amount; `at_least` is months or fen."""

    distance: Distance | None
    at_least: int
    amount: int


@dataclass(frozen=True, slots=True)
class MonthsLadder:
    """So much for so many months so far away; the rung that is best for the person holds."""

    continuous: bool
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class IncomeLadder:
    """So much for so much wage income in the cycle."""

    away: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What the application form of an item says."""

    form: str
    title: tuple[str, ...]
    evidence_required: tuple[str, ...]
    evidence_any_of: tuple[str, ...]
    levels: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One entitlement of a pack."""

    id: str
    name: str
    clause: str
    beneficiary: str
    cycle: CycleRule
    department: str
    fund: str
    deadline: str
    category: HouseholdCategory
    once: bool
    ladder: MonthsLadder | IncomeLadder
    household_cap: int | None
    paper: Paper


@dataclass(frozen=True, slots=True)
class Pack:
    """One place's rules."""

    id: str
    name: str
    code: str
    document: Document
    upper_age: int
    package: ServicePackage
    settings: dict[str, PackSetting]
    items: dict[str, Item]

    def item(self, item: str) -> Item:
        """Return an item; ExpectedError `assess.item` when the pack has none of this id."""
        if item not in self.items:
            raise ExpectedError("assess.item", item=item, items="、".join(self.items))
        return self.items[item]


class _Table:
    """A TOML table that is read key by key; what is missing, of the wrong kind or left over is named."""

    def __init__(self, file: str, where: str, content: dict[str, Any]) -> None:
        self.file = file
        self.where = where
        self._left = dict(content)

    def fail(self, key: str, problem: str, **values: object) -> ExpectedError:
        return ExpectedError(
            f"pack.{problem}", file=self.file, key=f"{self.where}.{key}".lstrip("."), **values
        )

    def take(self, key: str, kind: type, default: Any = None) -> Any:  # noqa: ANN401 - TOML values
        if key not in self._left:
            if default is not None:
                return default
            raise self.fail(key, "key_missing")
        value = self._left.pop(key)
        if type(value) is not kind:
            raise self.fail(key, "key_kind", kind=kind.__name__)
        return value

    def table(self, key: str) -> "_Table":
        return _Table(self.file, f"{self.where}.{key}".lstrip("."), self.take(key, dict))

    def tables(self, key: str) -> "list[_Table]":
        entries = self.take(key, list, [])
        if not all(isinstance(entry, dict) for entry in entries):
            raise self.fail(key, "key_kind", kind="dict")
        return [
            _Table(self.file, f"{self.where}.{key}[{number}]".lstrip("."), entry)
            for number, entry in enumerate(entries, 1)
        ]

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(str(each) for each in self.take(key, list, []))

    def codes(self, key: str, list_name: str) -> tuple[str, ...]:
        values = self.texts(key)
        for value in values:
            if value not in codes.code_list(list_name).codes:
                raise self.fail(key, "value_unknown", value=value)
        return values

    def amount(self, key: str) -> int:
        try:
            return money.fen(self.take(key, str))
        except ValueError:
            raise self.fail(key, "key_amount") from None

    def chosen(self, key: str, settings: dict[str, PackSetting], known: tuple[str, ...]) -> str:
        """Return one of the known values, written here or in the setting this key points to."""
        value = self._left.pop(key, None)
        if isinstance(value, dict) and value.get("setting") in settings:
            value = settings[value["setting"]].value
        if not isinstance(value, str):
            raise self.fail(key, "key_missing")
        if value not in known:
            raise self.fail(key, "value_unknown", value=value)
        return value

    def end(self) -> None:
        if self._left:
            raise self.fail(next(iter(self._left)), "key_unknown")


def _cycle(table: _Table) -> CycleRule:
    starts = table.take("starts", str)
    try:
        day = date.fromisoformat(f"2001-{starts}")  # No leap year: a cycle starts on a day every year has.
    except ValueError:
        raise table.fail("starts", "value_unknown", value=starts) from None
    rule = CycleRule(table.take("name", str), day.month, day.day, table.take("first", int))
    table.end()
    return rule


def _settings(tables: list[_Table]) -> dict[str, PackSetting]:
    settings = {}
    for table in tables:
        setting = PackSetting(
            table.take("key", str),
            table.take("value", str),
            table.texts("allowed"),
            table.take("explanation", str),
        )
        if setting.value not in setting.allowed:
            raise table.fail("value", "value_unknown", value=setting.value)
        table.end()
        settings[setting.key] = setting
    return settings


def _conditions(
    item: _Table, clause: str, settings: dict[str, PackSetting]
) -> tuple[HouseholdCategory, bool]:
    category, once = None, False
    for table in item.tables("condition"):
        kind = table.take("kind", str)
        if kind == "household_category":
            category = HouseholdCategory(
                table.take("clause", str, clause),
                table.codes("household_kinds", "household_kind"),
                table.codes("monitored_kinds", "monitored_kind"),
                table.chosen("resolved_risk", settings, ("excluded", "included")) == "included",
            )
        elif kind == "not_claimed":
            once = True
        else:
            raise table.fail("kind", "value_unknown", value=kind)
        table.end()
    if category is None:
        raise item.fail("condition", "key_missing")
    return category, once


def _ladder(table: _Table, settings: dict[str, PackSetting]) -> MonthsLadder | IncomeLadder:
    if table.take("kind", str) != "ladder":
        raise table.fail("kind", "value_unknown", value=table.where)
    measure = table.take("measure", str)
    if measure not in ("months", "income"):
        raise table.fail("measure", "value_unknown", value=measure)
    tiers = []
    for tier in table.tables("tiers"):
        if measure == "months":
            distance = tier.take("distance", str)
            if distance not in {Distance.CROSS_COUNTY.value, Distance.CROSS_PROVINCE.value}:
                raise tier.fail("distance", "value_unknown", value=distance)
            tiers.append(Tier(Distance(distance), tier.take("at_least", int), tier.amount("amount")))
        else:
            tiers.append(Tier(None, tier.amount("at_least"), tier.amount("amount")))
        tier.end()
    if not tiers:
        raise table.fail("tiers", "key_missing")
    if measure == "months":
        counting = table.chosen("counting", settings, ("cumulative", "continuous"))
        table.end()
        return MonthsLadder(counting == "continuous", tuple(tiers))
    away = table.chosen("away", settings, ("any", "outside_township", "outside_county"))
    table.end()
    return IncomeLadder(away, tuple(tiers))


def _item(table: _Table, cycles: dict[str, CycleRule], settings: dict[str, PackSetting]) -> Item:
    clause = table.take("clause", str)
    cycle = table.take("cycle", str)
    if cycle not in cycles:
        raise table.fail("cycle", "value_unknown", value=cycle)
    beneficiary = table.take("beneficiary", str)
    if beneficiary not in ("person", "household"):
        raise table.fail("beneficiary", "value_unknown", value=beneficiary)
    category, once = _conditions(table, clause, settings)
    ladder = _ladder(table.table("amount"), settings)
    cap = None
    if "cap" in table._left:  # noqa: SLF001 - an optional part of this very table
        part = table.table("cap")
        cap = part.amount("household")
        if part.take("split", str) != "proportional":
            raise part.fail("split", "value_unknown", value="split")
        part.end()
    paper = table.table("paper")
    item = Item(
        table.take("id", str),
        table.take("name", str),
        clause,
        beneficiary,
        cycles[cycle],
        table.take("department", str),
        table.take("fund", str),
        table.take("deadline", str),
        category,
        once,
        ladder,
        cap,
        Paper(
            paper.take("form", str),
            paper.texts("title"),
            paper.texts("evidence_required"),
            paper.texts("evidence_any_of"),
            paper.texts("levels"),
            paper.texts("notes"),
        ),
    )
    paper.end()
    table.end()
    return item


def parse(content: str, file: str) -> Pack:
    """Read a pack; ExpectedError `pack.*` names the file and the key that is wrong."""
    try:
        top = _Table(file, "", tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise ExpectedError("pack.syntax", file=file, problem=str(error)) from error
    head, document, worker, services = (top.table(name) for name in ("pack", "document", "worker", "package"))
    cycle_tables = top.table("cycle")
    cycles = {name: _cycle(cycle_tables.table(name)) for name in list(cycle_tables._left)}  # noqa: SLF001 - free names
    settings = _settings(top.tables("setting"))
    owed = services.take("owed", dict)
    if set(owed) != set(package.KINDS) or not all(
        type(count) is int and count >= 0 for count in owed.values()
    ):
        raise services.fail("owed", "key_kind", kind="count")
    owed_to = services.chosen("owed_to", settings, package.OWED_TO)
    if services.take("period", str) != "calendar_year":
        raise services.fail("period", "value_unknown", value="period")
    items = [_item(table, cycles, settings) for table in top.tables("item")]
    pack = Pack(
        head.take("id", str),
        head.take("name", str),
        head.take("code", str),
        Document(document.take("title", str), document.take("short", str), document.take("issued", date)),
        worker.take("upper_age", int),
        ServicePackage(
            services.take("clause", str),
            services.take("name", str),
            {kind: owed[kind] for kind in package.KINDS},
            owed_to,
        ),
        settings,
        {item.id: item for item in items},
    )
    for table in (head, document, worker, services, top):
        table.end()
    return pack


def read_folder(folder: Path) -> Pack:
    """Read the pack of a folder anywhere; ExpectedError `pack.missing` or `pack.*`."""
    file = folder / "pack.toml"
    if not file.exists():
        raise ExpectedError("pack.missing", folder=str(folder))
    return parse(file.read_text(encoding="utf-8"), str(file))


def bundled_folder(name: str) -> Path:
    """Return the folder of a pack that comes with the program; ExpectedError `pack.missing`."""
    folder = Path(str(resources.files("caseworker_app.policy") / "packs" / name))
    if not (folder / "pack.toml").exists():
        raise ExpectedError("pack.missing", folder=name)
    return folder


def bundled() -> list[str]:
    """Return the ids of the packs that come with the program."""
    folder = Path(str(resources.files("caseworker_app.policy") / "packs"))
    return sorted(each.name for each in folder.iterdir() if (each / "pack.toml").exists())


@cache
def load(name: str = DEFAULT) -> Pack:
    """Return a pack that comes with the program."""
    return read_folder(bundled_folder(name))
