"""What items ask for beside jobs: wages, contracts, insurances, certificates, businesses, loans, posts held.

`SHAPES` says for each kind which values it has and how they are typed; window and command line both read it.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from caseworker_app.domain import codes, divisions, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import check
from caseworker_app.use_cases import propose
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean
from db.queries import work_facts as queries
from db.queries.dated import live
from db.tables import (
    Business,
    Certificate,
    Contract,
    Engagement,
    HeadCount,
    Insurance,
    Loan,
    Organisation,
    Person,
    Post,
    PostHolding,
    Record,
    Wage,
)
from db.unit_of_work import UnitOfWork

TEXT, DAY, MONTH, MONEY, COUNT, YES_NO, RATE, VILLAGE = (
    "text",
    "day",
    "month",
    "money",
    "count",
    "yes_no",
    "rate",
    "village",
)
ORGANISATION, POST = "organisation_id", "post_id"


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a fact: its column, how it is typed (a kind above, or a code list), whether it must be there."""

    name: str
    kind: str = TEXT
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of fact: its table, whether it is of a person, its values, and which two days are in order."""

    table: type[Record]
    personal: bool
    fields: tuple[Field, ...]
    order: tuple[str, str] | None = None
    unique: tuple[str, ...] = ()
    """The columns by which a second one replaces the first."""


SHAPES: dict[str, Shape] = {
    "wage": Shape(
        Wage,
        True,
        (Field("month", MONTH, True), Field("amount", MONEY, True), Field("by_bank", YES_NO)),
        unique=("spell_id", "month"),
    ),
    "contract": Shape(
        Contract,
        True,
        (Field("signed_on", DAY, True), Field("until", DAY), Field(ORGANISATION)),
        ("signed_on", "until"),
    ),
    "insurance": Shape(
        Insurance,
        True,
        (
            Field("kind", "insurance_kind", True),
            Field("payer", "payer", True),
            Field("since", DAY, True),
            Field("until", DAY),
            Field("paid", MONEY),
            Field(ORGANISATION),
        ),
        ("since", "until"),
    ),
    "certificate": Shape(
        Certificate,
        True,
        (
            Field("kind", "certificate_kind", True),
            Field("trade"),
            Field("level"),
            Field("number"),
            Field("issued_on", DAY, True),
            Field("course"),
            Field("cost", MONEY),
        ),
    ),
    "business": Shape(
        Business,
        True,
        (
            Field("name", TEXT, True),
            Field("kind", "business_kind", True),
            Field("first", YES_NO),
            Field("registered_on", DAY, True),
            Field("closed_on", DAY),
            Field("employed", COUNT),
        ),
        ("registered_on", "closed_on"),
    ),
    "loan": Shape(
        Loan,
        True,
        (
            Field("kind", "loan_kind", True),
            Field("purpose"),
            Field("amount", MONEY, True),
            Field("rate", RATE),
            Field("interest_paid", MONEY),
            Field("granted_on", DAY, True),
            Field("until", DAY),
            Field("repaid_on", DAY),
        ),
        ("granted_on", "until"),
    ),
    "engagement": Shape(
        Engagement,
        True,
        (
            Field(ORGANISATION, TEXT, True),
            Field("role", "engagement_role", True),
            Field("since", DAY),
            Field("until", DAY),
        ),
        ("since", "until"),
    ),
    "post_holding": Shape(
        PostHolding, True, (Field(POST, TEXT, True), Field("months_before", COUNT)), unique=("spell_id",)
    ),
    "organisation": Shape(
        Organisation,
        False,
        (
            Field("name", TEXT, True),
            Field("kind", "organisation_kind", True),
            Field("credit_code"),
            Field("size", "organisation_size"),
            Field("level", "organisation_level"),
            Field("village_code", VILLAGE),
            Field("certified_on", DAY),
            Field("opened_on", DAY),
            Field("closed_on", DAY),
            Field("contact"),
            Field("phone"),
            Field("account"),
            Field("note"),
        ),
        ("opened_on", "closed_on"),
    ),
    "head_count": Shape(
        HeadCount,
        False,
        (
            Field(ORGANISATION, TEXT, True),
            Field("month", MONTH, True),
            Field("kind"),
            Field("number", COUNT, True),
        ),
        unique=("organisation_id", "month", "kind"),
    ),
    "post": Shape(
        Post,
        False,
        (
            Field("name", TEXT, True),
            Field("kind", "post_kind", True),
            Field("village_code", VILLAGE, True),
            Field("quota", COUNT, True),
            Field("since", DAY),
            Field("until", DAY),
        ),
        ("since", "until"),
    ),
}
PERSONAL = tuple(kind for kind, shape in SHAPES.items() if shape.personal)
_BEFOREHAND = frozenset({"until"})
"""Days that may lie ahead."""


def _month(typed: str) -> str:
    day = check.first_day(typed).value
    assert isinstance(day, date)
    return f"{day:%Y-%m}"


def _count(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit()):
        raise ValueError(typed)
    return int(typed)


def _village(typed: str) -> str:
    code = typed if divisions.find(typed) else divisions.resolve_place(typed)
    if not code:
        raise ValueError(typed)
    return code


_READ: dict[str, Callable[[str], Any]] = {
    TEXT: clean,
    DAY: lambda typed: check.first_day(typed).value,
    MONTH: _month,
    MONEY: money.fen,
    COUNT: _count,
    YES_NO: lambda typed: check.yes_no(typed).value,
    RATE: lambda typed: money.fen(typed.removesuffix("%")),
    VILLAGE: _village,
}


def _code(list_name: str, typed: str) -> str:
    listed = codes.code_list(list_name)
    found = typed if typed in listed.codes else listed.parse(typed)
    if found is None:
        raise ValueError(typed)
    return found


def read(kind: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed as values; ExpectedError `fact.missing`, `fact.value` name the field."""
    values: dict[str, Any] = {}
    for field in SHAPES[kind].fields:
        text = typed.get(field.name, "").strip()
        if not text:
            if field.needed:
                raise ExpectedError("fact.missing", table=kind, field=field.name)
            continue
        try:
            reader = _READ.get(field.kind)
            values[field.name] = reader(text) if reader else _code(field.kind, text)
        except (ValueError, check.Refused) as error:
            raise ExpectedError("fact.value", table=kind, field=field.name, value=text) from error
    return values


def _check_days(desk: Desk, kind: str, values: Mapping[str, Any]) -> None:
    today = desk.today()
    for field in SHAPES[kind].fields:
        day = values.get(field.name)
        if field.kind == DAY and field.name not in _BEFOREHAND and day and day > today:
            raise ExpectedError("day.future", day=day.isoformat())
        if field.kind == MONTH and day and day > f"{today:%Y-%m}":
            raise ExpectedError("day.future", day=day)
    order = SHAPES[kind].order
    if order and all(values.get(name) for name in order) and values[order[1]] < values[order[0]]:
        raise ExpectedError("fact.days")


def _pointed(unit: UnitOfWork, values: dict[str, Any]) -> None:
    """Replace the names of organisations and posts by their ids; ExpectedError `organisation.none`, `post.none`."""
    if name := values.get(ORGANISATION):
        found = queries.organisation_ids(unit.connection, name)
        if len(found) != 1:
            raise ExpectedError("organisation.none", name=name)
        values[ORGANISATION] = found[0]
    if name := values.get(POST):
        found = queries.post_ids(unit.connection, name, "")
        if len(found) != 1:
            raise ExpectedError("post.none", name=name)
        values[POST] = found[0]


def _with_job(unit: UnitOfWork, kind: str, person: str, values: dict[str, Any], today: date) -> None:
    """Add the job a fact is about; ExpectedError `wage.no_job`, `post.no_job`."""
    if kind == "wage":
        year, month = (int(part) for part in values["month"].split("-"))
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        values["spell_id"] = queries.job_in(unit.connection, person, first, last)
        if not values["spell_id"]:
            raise ExpectedError("wage.no_job", month=values["month"])
    if kind == "post_holding":
        values["spell_id"] = queries.job_in(unit.connection, person, date.min, today, "public_post")
        if not values["spell_id"]:
            raise ExpectedError("post.no_job")
        values.setdefault("months_before", 0)
    if kind == "contract":
        day = values["signed_on"]
        values["spell_id"] = (
            queries.job_in(unit.connection, person, day, values.get("until") or today) or None
        )


def record(desk: Desk, kind: str, typed: Mapping[str, str], *, person: str = "") -> Changed:
    """Record one fact as typed; a second for the same month takes the place of the first.

    Raises ExpectedError `fact.missing`, `fact.value`, `fact.days`, `day.future`, `organisation.none`,
    `organisation.known`, `post.none`, `post.no_job`, `wage.no_job`, `person.none`.
    """
    shape = SHAPES[kind]
    values = read(kind, typed)
    _check_days(desk, kind, values)
    with desk.units("fact.record", table=kind) as unit:
        _pointed(unit, values)
        name = str(values.get("name", ""))
        if shape.personal:
            found = unit.connection.execute(
                select(Person.name).where(Person.id == person, live(Person))
            ).scalar_one_or_none()
            if found is None:
                raise ExpectedError("person.none")
            name = found
            values["person_id"] = person
            _with_job(unit, kind, person, values, desk.today())
        if kind == "organisation":
            _only_one(unit, values)
        if kind == "head_count":
            values.setdefault("kind", "all")
        proposed = _write(desk, unit, shape, values)
        unit.name(name)
        return replace(unit.commit(), proposed=proposed)


def _only_one(unit: UnitOfWork, values: Mapping[str, Any]) -> None:
    for key in ("credit_code", "name"):
        if values.get(key) and queries.organisation_ids(unit.connection, str(values[key])):
            raise ExpectedError("organisation.known", name=values[key])


def _write(desk: Desk, unit: UnitOfWork, shape: Shape, values: dict[str, Any]) -> int:
    columns = shape.table.__table__.c
    if shape.unique:
        chosen = select(columns.id).where(
            live(shape.table), *(columns[name] == values[name] for name in shape.unique)
        )
        if present := unit.connection.execute(chosen).scalars().first():
            return propose.change(desk, unit, shape.table, [(present, values)])
    return propose.add(desk, unit, shape.table, [values])


def change(desk: Desk, kind: str, fact: str, typed: Mapping[str, str]) -> Changed:
    """Correct values of an organisation or post; ExpectedError as `record`, and `void.gone`."""
    shape = SHAPES[kind]
    values = {field.name: None if field.kind == DAY else "" for field in shape.fields} | read(kind, typed)
    _check_days(desk, kind, values)
    with desk.units("fact.record", table=kind) as unit:
        _present(unit, shape.table, fact)
        proposed = propose.change(desk, unit, shape.table, [(fact, values)])
        unit.name(str(values["name"]))
        return replace(unit.commit(), proposed=proposed)


def _present(unit: UnitOfWork, table: type[Record], fact: str) -> Any:  # noqa: ANN401 - a row
    row = unit.connection.execute(
        select(table.__table__).where(table.__table__.c.id == fact, live(table))
    ).first()
    if row is None:
        raise ExpectedError("void.gone")
    return row


def void(desk: Desk, kind: str, fact: str, reason: str) -> Changed:
    """Take a fact out of the ledger; ExpectedError `void.reason_missing`, `void.gone`, `fact.used`."""
    table = SHAPES[kind].table
    said = clean(reason)
    if not said:
        raise ExpectedError("void.reason_missing")
    with desk.units("record.void", table=kind, reason=said) as unit:
        row = _present(unit, table, fact)
        if kind in ("organisation", "post"):
            _check_unused(unit, kind, fact)
        owner = getattr(row, "person_id", None)
        name = str(getattr(row, "name", ""))
        if owner:
            name = unit.connection.execute(select(Person.name).where(Person.id == owner)).scalar_one()
        proposed = propose.take_out(desk, unit, table, fact)
        unit.name(name)
        return replace(unit.commit(), proposed=proposed)


def _check_unused(unit: UnitOfWork, kind: str, fact: str) -> None:
    used: Sequence[tuple[type[Record], str]] = (
        [(PostHolding, POST)]
        if kind == "post"
        else [(each, ORGANISATION) for each in (HeadCount, Engagement, Contract, Insurance, Loan, Business)]
    )
    for table, column in used:
        columns = table.__table__.c
        if unit.connection.execute(select(columns.id).where(live(table), columns[column] == fact)).first():
            raise ExpectedError("fact.used")


__all__ = ["PERSONAL", "SHAPES", "Field", "Shape", "change", "read", "record", "void"]
