"""Facts that policies ask of people and households and nothing else of the ledger says: entered by name, dated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from caseworker_app.domain import codes, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import explain
from caseworker_app.policy.pack import Pack
from caseworker_app.policy.schema import PERSON
from caseworker_app.policy.vocabulary import CODE, CODES, DAY, FACTS, MONEY, NUMBER, YES_NO
from caseworker_app.use_cases import propose
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean
from caseworker_app.wording import label
from db.queries.dated import live
from db.tables import Household, HouseholdAttribute, Person, PersonAttribute
from db.unit_of_work import UnitOfWork

_DAY = timedelta(days=1)
_ATTRIBUTES = {"person.unemployed_since": "registered_unemployed_on"}
"""Facts whose attribute has another name."""
_KNOWN = (
    "person.hardship",
    "person.graduated_on",
    "person.unemployed_since",
    "household.low_income",
    "household.relocated",
    "household.minimum_living",
    "household.destitute",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that can be entered: its kind, what it is called, and its codes with their words."""

    name: str
    kind: str
    title: str
    choices: dict[str, str]

    @property
    def of_person(self) -> bool:
        """Whether it is a fact of a person; else of a household."""
        return self.name.partition(".")[0] == PERSON

    @property
    def attribute(self) -> str:
        """The attribute it is kept as."""
        return _ATTRIBUTES.get(self.name, self.name.partition(".")[2])


def facts(pack: Pack) -> dict[str, Asked]:
    """Return what can be entered, the pack's own facts last."""
    found = {}
    for name in _KNOWN:
        fact = FACTS[name]
        listed = codes.code_list(fact.codes).codes if fact.codes else ()
        choices = {code: label(fact.codes, code) for code in listed}
        found[name] = Asked(name, fact.kind, explain.fact_text(name), choices)
    for own in pack.facts.values():
        found[own.name] = Asked(own.name, own.kind, own.label, own.labels)
    return {
        name: Asked(name, each.kind, each.title, {"yes": label("yes_no", "yes"), "no": label("yes_no", "no")})
        if each.kind == YES_NO
        else each
        for name, each in found.items()
    }


def _chosen(asked: Asked, text: str) -> str:
    code = text if text in asked.choices else ""
    code = code or next((code for code, words in asked.choices.items() if words == text), "")
    if not code and asked.kind == YES_NO:
        code = codes.code_list("yes_no").parse(text) or ""
    if not code and asked.choices:
        raise ValueError(text)
    return code or text


def _kept(asked: Asked, text: str) -> str:
    """Return a value as it is kept; ValueError when it is none of its kind."""
    if asked.kind == CODES:
        parts = [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")]
        return ",".join(dict.fromkeys(_chosen(asked, part) for part in parts if part))
    if asked.kind in (CODE, YES_NO):
        return _chosen(asked, text)
    if asked.kind == DAY:
        return date.fromisoformat(text).isoformat()
    if asked.kind == MONEY:
        return str(money.fen(text))
    return str(int(text)) if asked.kind == NUMBER else text


def enter(desk: Desk, name: str, owner: str, text: str, *, since: date | None = None) -> Changed:
    """Say a fact of a person or household from a day on; as `enter_all`."""
    return enter_all(desk, [(name, owner, text)], since=since)


def enter_all(desk: Desk, said: Sequence[tuple[str, str, str]], *, since: date | None = None) -> Changed:
    """Say facts, each (name, whose, what), from a day on as one change; the first that is said holds for the time before too.

    Raises ExpectedError `asked.none`, `asked.value` (with what is possible), `asked.form`, `asked.later`, `day.future`, `asked.whose`.
    """
    if since is not None and since > desk.today():
        raise ExpectedError("day.future", day=since.isoformat())
    known = facts(desk.pack)
    read = []
    for name, owner, text in said:
        if name not in known:
            raise ExpectedError("asked.none", fact=name, facts="、".join(known))
        read.append((known[name], owner, _read(known[name], text)))
    titles = "、".join(dict.fromkeys(asked.title for asked, _owner, _value in read))
    with desk.units("asked.record", fact=titles) as unit:
        done = [_enter(desk, unit, asked, owner, value, since) for asked, owner, value in read]
        unit.name(done[0][0], 1)
        return replace(unit.commit(), proposed=sum(put for _name, put in done))


def _read(asked: Asked, text: str) -> str:
    """Return what was typed as it is kept; ExpectedError `asked.value`, `asked.form`."""
    said = clean(text, most=200)
    try:
        if not said:
            raise ValueError(said)
        return _kept(asked, said)
    except ValueError:
        if asked.choices:
            choices = "、".join(asked.choices.values())
            raise ExpectedError("asked.value", fact=asked.title, value=said, choices=choices) from None
        raise ExpectedError("asked.form", fact=asked.title, value=said, kind=asked.kind) from None


def _enter(
    desk: Desk, unit: UnitOfWork, asked: Asked, owner: str, value: str, since: date | None
) -> tuple[str, int]:
    """Write a dated fact; return of whom, and 1 when it was put to a village. ExpectedError `asked.later`, `asked.whose`."""
    table, key, whose = (
        (PersonAttribute, "person_id", Person)
        if asked.of_person
        else (HouseholdAttribute, "household_id", Household)
    )
    chosen = select(table.__table__).where(
        live(table), table.__table__.c[key] == owner, table.__table__.c.attribute == asked.attribute
    )
    rows = sorted(unit.connection.execute(chosen).all(), key=lambda row: row.since or date.min)
    there = select(whose.__table__).where(live(whose), whose.__table__.c.id == owner)
    record = unit.connection.execute(there).one_or_none()
    if record is None:
        raise ExpectedError("asked.whose")
    name = str(record.name if asked.of_person else record.household_no)
    last = rows[-1] if rows else None
    begins = since
    told = {key: owner, "attribute": asked.attribute, "value": value, "until": None}
    if last is not None:
        begins = since or desk.today()
        if begins < (last.since or date.min):
            raise ExpectedError("asked.later", fact=asked.title, day=last.since.isoformat())
    own, proposed = propose.apart(desk, unit, table, [{**told, "since": begins}])
    if own and last is not None and last.since == begins:
        unit.update(table, last.id, value=value, until=None)
    elif own:
        if last is not None and begins is not None:
            unit.update(table, last.id, until=begins - _DAY)
        unit.insert_many(table, own)
    return name, proposed
