"""Policy packs of a ledger: adopted, their local figures entered, and what another one would change."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app.domain import money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import cases, pack, reader
from caseworker_app.policy.answer import State
from caseworker_app.policy.pack import Pack, Parameter
from caseworker_app.use_cases import entitlements
from caseworker_app.use_cases.desk import Desk, packed
from db.queries import packs as queries
from db.queries.dated import live
from db.tables import AdoptedPack, Setting

Values = dict[str, Any]


def folder_of(name: str) -> Path:
    """Return the folder of a pack: one named, or one that comes with the program; ExpectedError `pack.missing`."""
    folder = Path(name)
    return folder if (folder / pack.FILE).exists() else pack.bundled_folder(name)


def digest(texts: Mapping[str, str]) -> str:
    """Return what tells one wording of a pack from another."""
    return hashlib.sha256(json.dumps(dict(sorted(texts.items())), ensure_ascii=False).encode()).hexdigest()


def adopt(desk: Desk, folder: Path, on: date) -> Changed:
    """Follow a pack from now on: its texts are copied into the ledger.

    Raises ExpectedError `pack.*`, and `pack.cases_differ` when a case of it does not hold.
    """
    rules = pack.read_folder(folder)
    differing = [each for each in cases.run(rules, folder) if each.difference]
    if differing:
        raise ExpectedError("pack.cases_differ", count=len(differing), case=differing[0].name)
    texts = pack.texts(folder)
    with desk.units("pack.adopt", name=rules.name) as unit:
        unit.insert(
            AdoptedPack,
            place=rules.id,
            digest=digest(texts),
            texts=texts,
            adopted_on=on,
            officer=desk.officer,
        )
        _write(unit, "pack", rules.id)
        changed = unit.commit()
    desk.pack = packed(desk.ledger, rules.id)
    return changed


def _write(unit: Any, key: str, value: Any) -> None:  # noqa: ANN401 - a unit of work
    present = unit.connection.execute(
        select(Setting.id).where(live(Setting), Setting.key == key)
    ).scalar_one_or_none()
    if present:
        unit.update(Setting, present, value=value)
    else:
        unit.insert(Setting, key=key, value=value)


# -- figures of the place ------------------------------------------------------------------------------


def _between(parameter: Parameter, value: int) -> bool:
    return (parameter.least is None or parameter.least <= value) and (
        parameter.most is None or value <= parameter.most
    )


def _limits(parameter: Parameter) -> tuple[str, str]:
    def said(value: int | None) -> str:
        if value is None:
            return ""
        if parameter.kind == "number":
            return str(value)
        return money.yuan(value) if parameter.kind in ("money", "ladder") else f"{Decimal(value) / 100}%"

    return said(parameter.least), said(parameter.most)


def _steps(text: str) -> list[list[str]]:
    """Return the steps of a ladder typed as '5=20000 10=50000'."""
    found = []
    for part in text.replace(",", " ").replace("，", " ").replace(";", " ").replace("；", " ").split():
        at_least, equals, amount = part.replace("：", "=").replace(":", "=").partition("=")
        if not equals or not at_least.isdigit():
            raise ValueError(text)
        found.append([at_least, money.yuan(money.fen(amount))])
    if not found:
        raise ValueError(text)
    return found


def _typed(parameter: Parameter, text: str) -> Any:  # noqa: ANN401 - as the kind has it
    """Return what was typed as it is stored; ExpectedError `parameter.form`, `parameter.range`."""
    stored: Any
    try:
        if parameter.kind == "ladder":
            stored = _steps(text)
        elif parameter.kind == "money":
            stored = money.yuan(money.fen(text))
        elif parameter.kind == "percent":
            stored = str(Decimal(text.strip().rstrip("%％")))
        else:
            stored = str(int(text.strip()))
        value = reader.entered_value(parameter.kind, stored)
    except (ValueError, InvalidOperation):
        raise ExpectedError("parameter.form", name=parameter.name) from None
    amounts = [amount for _at_least, amount in value] if parameter.kind == "ladder" else [value]
    if not all(_between(parameter, each) for each in amounts):
        least, most = _limits(parameter)
        raise ExpectedError("parameter.range", name=parameter.name, least=least, most=most)
    return stored


def set_parameter(desk: Desk, key: str, text: str, since: date | None = None) -> Changed:
    """Enter a figure of this place, holding from a day on (from the beginning when None); the older ones stay.

    Raises ExpectedError `parameter.none`, `parameter.form`, `parameter.range`.
    """
    parameter = desk.pack.parameters.get(key)
    if parameter is None:
        raise ExpectedError("parameter.none", key=key)
    stored = _typed(parameter, text)
    begins = since.isoformat() if since else None
    with desk.units("parameter.set", name=parameter.name) as unit:
        known = queries.entered(unit.connection, desk.pack.id).get(key, [])
        values = [
            {"from": day.isoformat() if day else None, "value": value}
            for day, value in known
            if (day.isoformat() if day else None) != begins
        ]
        values.append({"from": begins, "value": stored})
        values.sort(key=lambda each: each["from"] or "")
        _write(unit, f"{queries.PREFIX}{desk.pack.id}.{key}", values)
        unit.name(parameter.name)
        changed = unit.commit()
    desk.pack = packed(desk.ledger, desk.pack.id)
    return changed


# -- what another pack would change --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """What one beneficiary gets of one item under either pack, in fen; None when it cannot be told."""

    item: str
    item_name: str
    cycle: str
    beneficiary_kind: str
    beneficiary: str
    name: str
    household_no: str
    village_code: str
    before: int | None
    after: int | None

    @property
    def gain(self) -> int:
        """How much more it is; less than nothing when it is less."""
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Who gains and who loses, and what both packs cost, in fen."""

    differences: tuple[Difference, ...]
    cost_before: int
    cost_after: int
    undecided: int
    """How many answers cannot be told under the new pack."""

    @property
    def gaining(self) -> tuple[Difference, ...]:
        """Those who get more."""
        return tuple(each for each in self.differences if each.gain > 0)

    @property
    def losing(self) -> tuple[Difference, ...]:
        """Those who get less."""
        return tuple(each for each in self.differences if each.gain < 0)

    @property
    def cost(self) -> int:
        """What the new pack costs more."""
        return self.cost_after - self.cost_before


def _given(connection: Connection, rules: Pack, on: date, cycle: str) -> Iterator[entitlements.Verdict]:
    """Return what everybody would get, claimed or not: claims belong to the pack they were filed under."""
    yield from entitlements.verdicts(connection, rules, on, cycle=cycle, as_if_unclaimed=True)


def _amount(found: entitlements.Verdict | None) -> int | None:
    if found is None or found.state is State.NOT_ELIGIBLE:
        return 0
    return found.low if found.state is State.ELIGIBLE else None


def what_if(connection: Connection, old: Pack, new: Pack, on: date, *, cycle: str = "") -> WhatIf:
    """Run two packs over the ledger as of a day: who gains, who loses, what it costs."""
    before = {
        (each.item, each.subject.id, each.cycle.name): each for each in _given(connection, old, on, cycle)
    }
    after = {
        (each.item, each.subject.id, each.cycle.name): each for each in _given(connection, new, on, cycle)
    }
    differences = []
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        was, becomes = _amount(one), _amount(other)
        found = other or one
        if was == becomes or found is None:
            continue
        subject, item = found.subject, (new.items if other else old.items)[key[0]]
        differences.append(
            Difference(
                item.id,
                item.name,
                key[2],
                item.beneficiary,
                key[1],
                found.name,
                subject.household.household_no if subject.household else "",
                subject.household.home if subject.household else "",
                was,
                becomes,
            )
        )
    return WhatIf(
        tuple(differences),
        sum(_amount(each) or 0 for each in before.values()),
        sum(_amount(each) or 0 for each in after.values()),
        sum(each.state is State.UNKNOWN for each in after.values()),
    )


def parameter_shown(parameter: Parameter, value: Any) -> str:  # noqa: ANN401 - as the kind has it
    """Return a figure of the place as people read it."""
    if parameter.kind == "ladder":
        return "；".join(f"{at_least}={money.shown(amount)}" for at_least, amount in value)
    if parameter.kind == "money":
        return money.shown(value)
    return f"{Decimal(value) / 100}%" if parameter.kind == "percent" else str(value)
