"""The columns of the lists as expressions: what each shows, by what it sorts and how it is filtered, all in the database.

    columns.conditions(WORKERS, filters, asked); columns.ordering(WORKERS, order, asked)   # for a statement of ids
    columns.details(connection, WORKERS, keys, statement, ids, asked)                      # what the columns show

The statements they are put into read people (or households) with their membership and household.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    SQLColumnExpression,
    and_,
    case,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from caseworker_app.domain import codes, package
from caseworker_app.domain.worker import ABLE_SKILLS, FARMING, Status, born_by
from db.queries import blocks
from db.queries.dated import holds, live, under_way
from db.tables import (
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
    SearchName,
    ServiceRecord,
    Spell,
)

if TYPE_CHECKING:
    from db.queries.workers import Asked

Kind = Literal["text", "code", "day", "money", "count", "flag"]
Expression = SQLColumnExpression[Any]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a column is narrowed to: some of its values ('' is the unknown), a text within, or from and to."""

    column: str
    values: tuple[str, ...] = ()
    contains: str = ""
    low: date | int | None = None
    high: date | int | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """One column of an order."""

    column: str
    down: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, its value on a day, what it sorts by if not the value, and its code list."""

    kind: Kind
    value: Callable[["Asked"], Expression]
    order: Callable[["Asked"], Expression] | None = None
    codes: str = ""


def conditions(
    columns: Mapping[str, Column], filters: Iterable[Filter], asked: "Asked"
) -> list[ColumnElement[bool]]:
    """Return the filters as conditions."""
    found: list[ColumnElement[bool]] = []
    for each in filters:
        column = columns[each.column]
        value = column.value(asked)
        if each.values:
            known = [_stored(column, code) for code in each.values if code]
            chosen: list[ColumnElement[bool]] = [value.in_(known)] if known else []
            if "" in each.values:
                chosen += [value.is_(None)] if column.kind == "flag" else [func.coalesce(value, "") == ""]
            found.append(or_(*chosen))
        if each.contains:
            found.append(value.contains(each.contains, autoescape=True))
        if each.low is not None:
            found.append(value >= each.low)
        if each.high is not None:
            found.append(value <= each.high)
    return found


def _stored(column: Column, code: str) -> str | bool:
    return code == "yes" if column.kind == "flag" else code


def ordering(columns: Mapping[str, Column], order: Iterable[Sort], asked: "Asked") -> list[Expression]:
    """Return the order as expressions; the unknown stand last, upwards and downwards."""
    found: list[Expression] = []
    for each in order:
        column = columns[each.column]
        value = (column.order or column.value)(asked)
        if column.codes and column.order is None:
            ranks = {code: rank for rank, code in enumerate(codes.code_list(column.codes).codes)}
            value = case(ranks, value=value)
        elif column.kind in ("text", "code"):
            value = func.nullif(value, "")
        found.append((value.desc() if each.down else value.asc()).nulls_last())
    return found


def tally(
    connection: Connection, columns: Mapping[str, Column], key: str, chosen: Select[Any], asked: "Asked"
) -> dict[str, int]:
    """Return the values of a column among the rows chosen with how many have each; '' is the unknown."""
    column = columns[key]
    value: Any = column.value(asked).label("value")
    statement = chosen.with_only_columns(value, func.count(), maintain_column_froms=True).group_by(value)
    found: dict[str, int] = {}
    for each, count in connection.execute(statement):
        name = {True: "yes", False: "no", None: ""}[each] if column.kind == "flag" else each or ""
        found[name] = found.get(name, 0) + count
    return found


def details(
    connection: Connection,
    columns: Mapping[str, Column],
    keys: Iterable[str],
    statement: Select[Any],
    ids: Sequence[str],
    asked: "Asked",
) -> dict[str, dict[str, Any]]:
    """Return the values of these columns by id; the statement chooses ids."""
    names = [key for key in dict.fromkeys(keys) if key in columns]
    if not names:
        return {}
    (own,) = statement.selected_columns
    reading = statement.add_columns(*(columns[key].value(asked) for key in names))
    found: dict[str, dict[str, Any]] = {}
    for row in blocks.rows(connection, reading, own, ids):
        found[row[0]] = dict(zip(names, row[1:], strict=True))
    return found


# -- people ------------------------------------------------------------------------------------------


def _attribute(name: str) -> Callable[["Asked"], Expression]:
    def value(asked: "Asked") -> Expression:
        chosen = select(PersonAttribute.value).where(
            PersonAttribute.person_id == Person.id,
            PersonAttribute.attribute == name,
            holds(PersonAttribute, asked.on),
        )
        return chosen.limit(1).correlate(Person).scalar_subquery()

    return value


def _household_attribute(name: str) -> Callable[["Asked"], Expression]:
    def value(asked: "Asked") -> Expression:
        chosen = select(HouseholdAttribute.value).where(
            HouseholdAttribute.household_id == Household.id,
            HouseholdAttribute.attribute == name,
            holds(HouseholdAttribute, asked.on),
        )
        return chosen.limit(1).correlate(Household).scalar_subquery()

    return value


def _monitored(asked: "Asked") -> Expression:
    chosen = select(Monitoring.kind).where(
        Monitoring.household_id == Household.id,
        live(Monitoring),
        or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= asked.on),
        or_(Monitoring.resolved_on.is_(None), Monitoring.resolved_on > asked.on),
    )
    return chosen.order_by(Monitoring.identified_on.desc()).limit(1).correlate(Household).scalar_subquery()


def _spell(attribute: Any) -> Callable[["Asked"], Expression]:  # noqa: ANN401 - a column of Spell
    """Return the value of the job under way, the latest begun where there are several."""

    def value(asked: "Asked") -> Expression:
        chosen = select(attribute).where(Spell.person_id == Person.id, under_way(Spell, asked.on))
        return chosen.order_by(Spell.started_on.desc()).limit(1).correlate(Person).scalar_subquery()

    return value


def _place(asked: "Asked") -> Expression:
    """Return province and city of the place of work: the finest by which a list is looked through."""
    return func.substr(_spell(Spell.place_code)(asked), 1, 4)


def _works(asked: "Asked", *, farming: bool) -> ColumnElement[bool]:
    kind = Spell.kind == FARMING if farming else Spell.kind != FARMING
    chosen = select(Spell.id).where(Spell.person_id == Person.id, kind, under_way(Spell, asked.on))
    return chosen.correlate(Person).exists()


def _status(asked: "Asked") -> Expression:
    """Return the status as `domain.worker.status_on` derives it."""
    schooling = func.coalesce(_attribute("schooling")(asked), "")
    skill = func.coalesce(_attribute("labour_skill")(asked), "")
    youngest, oldest = born_by(asked.on, asked.ages[0]), born_by(asked.on, asked.ages[1] + 1)
    farming = _works(asked, farming=True)
    return case(
        (_works(asked, farming=False), Status.EMPLOYED),
        (schooling == "army", Status.IN_ARMY),
        (schooling != "", Status.AT_SCHOOL),
        (
            or_(Person.born.is_(None), skill == ""),
            case((farming, Status.FARMING), else_=Status.UNKNOWN),
        ),
        (skill.not_in(ABLE_SKILLS), Status.UNABLE),
        (or_(Person.born > youngest, Person.born <= oldest), Status.OUT_OF_AGE),
        (farming, Status.FARMING),
        else_=Status.UNEMPLOYED,
    )


def _since(asked: "Asked") -> Expression:
    """Return the first day of the job under way, or the day after the last one of somebody without work."""
    lost = (
        select(func.max(Spell.ended_on))
        .where(Spell.person_id == Person.id, live(Spell), Spell.ended_on < asked.on)
        .correlate(Person)
        .scalar_subquery()
    )
    return func.coalesce(
        _spell(Spell.started_on)(asked),
        # A day's sum is the database's own: what is shown is the day after the last one of work.
        case((_status(asked) == Status.UNEMPLOYED, func.date(lost, "+1 day"))),
        type_=Date,
    )


def _age(asked: "Asked") -> Expression:
    day = extract("month", Person.born) * 100 + extract("day", Person.born)
    short = case((day > asked.on.month * 100 + asked.on.day, 1), else_=0)
    return case((Person.born.is_not(None), asked.on.year - extract("year", Person.born) - short))


def in_period(asked: "Asked", person: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """Return which services count towards the package: of the year up to the day, or since the last job ended."""
    if asked.package.period == package.CALENDAR_YEAR:
        return ServiceRecord.on.between(asked.on.replace(month=1, day=1), asked.on)
    last = (
        select(func.coalesce(func.max(Spell.ended_on), date.min))
        .where(Spell.person_id == person, live(Spell), Spell.kind != FARMING, Spell.ended_on < asked.on)
        .correlate(Person, ServiceRecord)
        .scalar_subquery()
    )
    return and_(ServiceRecord.on <= asked.on, ServiceRecord.on > last)


def _lacking(asked: "Asked") -> Expression:
    """Return how many services a worker is still owed; nothing for who is no worker or is owed none."""
    total: Any = 0
    for kind, owed in asked.package.owed.items():
        counted = func.count(func.distinct(ServiceRecord.vacancy)) if kind == "job_referral" else func.count()
        done = (
            select(case((counted < owed, owed - counted), else_=0))
            .where(
                ServiceRecord.person_id == Person.id,
                ServiceRecord.kind == kind,
                ServiceRecord.outcome == "done",
                in_period(asked, Person.id),
                live(ServiceRecord),
            )
            .correlate(Person)
            .scalar_subquery()
        )
        total = total + done
    running = _is_worker(asked)
    if asked.package.period == package.EPISODE:
        running = and_(running, ~_works(asked, farming=False), ~_works(asked, farming=True))
    return case((running, total))


def _is_worker(asked: "Asked") -> ColumnElement[bool]:
    youngest, oldest = born_by(asked.on, asked.ages[0]), born_by(asked.on, asked.ages[1] + 1)
    return and_(
        Person.born <= youngest,
        Person.born > oldest,
        _attribute("labour_skill")(asked).in_(ABLE_SKILLS),
        func.coalesce(_attribute("schooling")(asked), "") == "",
    )


def _intention(asked: "Asked") -> Expression:
    chosen = select(Intention.kind).where(Intention.person_id == Person.id, holds(Intention, asked.on))
    return chosen.order_by(Intention.since.desc()).limit(1).correlate(Person).scalar_subquery()


def _last_contact(asked: "Asked") -> Expression:
    chosen = select(func.max(ServiceRecord.on)).where(
        ServiceRecord.person_id == Person.id,
        live(ServiceRecord),
        ServiceRecord.outcome != "not_reached",
        ServiceRecord.on <= asked.on,
    )
    return chosen.correlate(Person).scalar_subquery()


def _reading(name: Expression) -> Expression:
    """Return the first reading of a name, by which it sorts as in a dictionary; the name where it has none."""
    reading = select(SearchName.pinyin).where(SearchName.name == name).order_by(SearchName.id).limit(1)
    return func.coalesce(reading.correlate_except(SearchName).scalar_subquery(), name)


def _of_head(value: Callable[[Any], Expression]) -> Callable[["Asked"], Expression]:
    """Return a value of the head of the household."""

    def of_head(asked: "Asked") -> Expression:
        head, headship = aliased(Person), aliased(Membership)
        chosen = (
            select(value(head))
            .join(headship, headship.person_id == head.id)
            .where(
                headship.household_id == Household.id,
                headship.relation == "head",
                holds(headship, asked.on),
                head.voided_in.is_(None),
            )
        )
        return chosen.limit(1).correlate(Household).scalar_subquery()

    return of_head


_HEAD = Column("text", _of_head(lambda head: head.name), _of_head(lambda head: _reading(head.name)))
_KIND = Column("code", _household_attribute("kind"), codes="household_kind")
_MONITORED = Column("code", _monitored, codes="monitored_kind")
_NUMBER = Column("text", lambda _asked: Household.household_no)
_VILLAGE = Column("code", lambda _asked: Household.village_code)
_GROUP = Column(
    "code",
    lambda _asked: case((Household.group_name != "", Household.group_name), else_=Household.village_code),
)
"""The group, or the village where no group is known: what the lists show."""

WORKERS: dict[str, Column] = {
    "name": Column("text", lambda _asked: Person.name, lambda _asked: _reading(Person.name)),
    "head": _HEAD,
    "village": _VILLAGE,
    "group": _GROUP,
    "household_no": _NUMBER,
    "status": Column("code", _status, codes="status"),
    "since": Column("day", _since),
    "place": Column("code", _place, _spell(Spell.place_code)),
    "wage": Column("money", _spell(Spell.wage)),
    "lacking": Column("count", _lacking),
    "age": Column("count", _age),
    "sex": Column("code", lambda _asked: Person.sex, codes="sex"),
    "ethnicity": Column("code", lambda _asked: Person.ethnicity, codes="ethnicity"),
    "born": Column("day", lambda _asked: Person.born),
    "education": Column("code", _attribute("education"), codes="education"),
    "labour_skill": Column("code", _attribute("labour_skill"), codes="labour_skill"),
    "relation": Column("code", lambda _asked: Membership.relation, codes="relation"),
    "household_kind": _KIND,
    "monitored_kind": _MONITORED,
    "identity_number": Column("text", lambda _asked: Person.identity_number),
    "phone": Column("text", lambda _asked: Person.phone),
    "intention": Column("code", _intention, codes="intention"),
    "spell_kind": Column("code", _spell(Spell.kind), codes="spell_kind"),
    "employer": Column("text", _spell(Spell.employer)),
    "trade": Column("code", _spell(Spell.trade)),
    "channel": Column("code", _spell(Spell.channel), codes="channel"),
    "contract": Column("flag", _spell(Spell.contract)),
    "insured": Column("flag", _spell(Spell.insured)),
    "last_contact": Column("day", _last_contact),
}
"""The columns of the lists of people that the database knows."""


def people(asked: "Asked") -> Select[str]:
    """Return everybody with membership and household, for `details`."""
    return (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .join(Household, Household.id == Membership.household_id)
        .where(live(Person), holds(Membership, asked.on))
    )


# -- households --------------------------------------------------------------------------------------


def _members(
    condition: Callable[["Asked"], ColumnElement[bool]] | None = None,
) -> Callable[["Asked"], Expression]:
    """Return how many members of a household are so."""

    def value(asked: "Asked") -> Expression:
        chosen = (
            select(func.count())
            .select_from(Membership)
            .join(Person, and_(Person.id == Membership.person_id, live(Person)))
            .where(Membership.household_id == Household.id, holds(Membership, asked.on))
        )
        if condition:
            chosen = chosen.where(condition(asked))
        return chosen.correlate(Household).scalar_subquery()

    return value


HOUSEHOLDS: dict[str, Column] = {
    "household_no": _NUMBER,
    "head": _HEAD,
    "identity_number": Column("text", _of_head(lambda head: head.identity_number)),
    "village": _VILLAGE,
    "group": _GROUP,
    "household_kind": _KIND,
    "monitored_kind": _MONITORED,
    "relocated": Column("code", _household_attribute("relocated"), codes="yes_no"),
    "members": Column("count", _members()),
    "workers": Column("count", _members(_is_worker)),
    "employed": Column("count", _members(lambda asked: _works(asked, farming=False))),
    "phone": Column("text", lambda _asked: Household.phone),
}
"""The columns of the list of households that the database knows."""


def households() -> Select[str]:
    """Return all households, for `details`."""
    return select(Household.id).where(live(Household))
