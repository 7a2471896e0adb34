"""The lists of people for any day, and the rows and pages that show them; nothing here is stored."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from caseworker_app.domain import package
from caseworker_app.domain.spans import Months, Span, begun_by, clip_all, cumulative
from caseworker_app.domain.worker import (
    ABLE_SKILLS,
    FARMING,
    UNWILLING,
    Situation,
    Status,
    age_on,
    born_by,
    is_worker,
    status_on,
)
from caseworker_app.policy.schema import LeftBehindRule, PostRule, ServicePackage, WorkerRule
from caseworker_app.read_models.people import (
    AwayLine,
    IntentionLine,
    MemberLine,
    PersonPage,
    ServiceLine,
    SpellLine,
    WorkerRow,
)
from db import journal
from db.queries import blocks, columns, comparisons
from db.queries.dated import holds, live, under_way
from db.tables import (
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
    ServiceRecord,
    Spell,
)

_DAY = timedelta(days=1)
_SHORTEST_MONTH = 28
LATELY = timedelta(days=7)
NOT_REACHED = "not_reached"
LOSS_OF_WORK = ("laid_off", "closed", "contract_ended", "wage_arrears", "illness", "family", "other")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list depends on: the day, the rules of the pack, the limits of the place."""

    on: date
    worker: WorkerRule
    posts: PostRule
    left_behind: LeftBehindRule
    package: ServicePackage
    zeroing_limit: int
    contact_limit: int
    older_from: int

    @property
    def ages(self) -> tuple[int, int]:
        """The first and last age of working life."""
        return self.worker.lower_age, self.worker.upper_age


def _working(asked: Asked) -> ColumnElement[bool]:
    return exists().where(Spell.person_id == Person.id, Spell.kind != FARMING, under_way(Spell, asked.on))


def _farming(asked: Asked) -> ColumnElement[bool]:
    return exists().where(Spell.person_id == Person.id, Spell.kind == FARMING, under_way(Spell, asked.on))


def _worker(asked: Asked) -> ColumnElement[bool]:
    able = exists().where(
        PersonAttribute.person_id == Person.id,
        PersonAttribute.attribute == "labour_skill",
        PersonAttribute.value.in_(ABLE_SKILLS),
        holds(PersonAttribute, asked.on),
    )
    at_school = exists().where(
        PersonAttribute.person_id == Person.id,
        PersonAttribute.attribute == "schooling",
        PersonAttribute.value != "",
        holds(PersonAttribute, asked.on),
    )
    return and_(_of_working_age(asked), able, ~at_school)


def _intends(asked: Asked, *kinds: str) -> ColumnElement[bool]:
    chosen = exists().where(Intention.person_id == Person.id, holds(Intention, asked.on))
    return chosen.where(Intention.kind.in_(kinds)) if kinds else chosen


def _unwilling(asked: Asked) -> ColumnElement[bool]:
    return _intends(asked, UNWILLING)


def _able(asked: Asked) -> ColumnElement[bool]:
    """In work or known to want it."""
    return or_(_working(asked), and_(_intends(asked), ~_unwilling(asked)))


def _looked_after(asked: Asked) -> ColumnElement[bool]:
    return _able(asked) if asked.package.owed_to == package.WILLING else ~_unwilling(asked)


def _owed(asked: Asked) -> ColumnElement[bool]:
    """Whom the package is owed to, as `package.is_owed` says."""
    if asked.package.period == package.EPISODE:
        return and_(~_working(asked), ~_farming(asked), _looked_after(asked))
    return _looked_after(asked)


def _lacking(asked: Asked) -> ColumnElement[bool]:
    def done(kind: str) -> Any:  # noqa: ANN401 - a scalar subquery
        counted = func.count(func.distinct(ServiceRecord.vacancy)) if kind == "job_referral" else func.count()
        return (
            select(counted)
            .where(
                ServiceRecord.person_id == Person.id,
                ServiceRecord.kind == kind,
                ServiceRecord.outcome == "done",
                columns.in_period(asked, Person.id),
                live(ServiceRecord),
            )
            .correlate(Person)
            .scalar_subquery()
        )

    return or_(*(done(kind) < owed for kind, owed in asked.package.owed.items() if owed))


def _returned(asked: Asked, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Came home because the work was lost, and has not worked since."""
    later = aliased(Spell)
    again = exists().where(
        later.person_id == Spell.person_id,
        later.voided_in.is_(None),
        later.kind != FARMING,
        later.started_on <= asked.on,
        or_(later.ended_on.is_(None), later.ended_on > Spell.ended_on),
    )
    # Begins with the jobs, of which few ended so.
    lost = select(Spell.person_id).where(
        live(Spell),
        Spell.kind != FARMING,
        Spell.came_home.is_(True),
        Spell.end_reason.in_(LOSS_OF_WORK),
        Spell.ended_on < asked.on,
        ~again.correlate(Spell),
        *conditions,
    )
    return Person.id.in_(lost)


def _overdue(asked: Asked) -> ColumnElement[bool]:
    """Owed the package or returned, a member and worker for longer than the limit, and not reached since."""
    first = asked.on - timedelta(days=asked.contact_limit)
    before = replace(asked, on=first - _DAY)
    reached = exists().where(
        ServiceRecord.person_id == Person.id,
        live(ServiceRecord),
        ServiceRecord.on.between(first, asked.on),
        ServiceRecord.outcome != NOT_REACHED,
    )
    earlier = aliased(Membership)
    here = exists().where(earlier.person_id == Person.id, holds(earlier, before.on))
    return and_(_worker(asked), _worker(before), or_(_looked_after(asked), _returned(asked)), ~reached, here)


def in_work(asked: Asked, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hold a job under way of which this is so; read from the jobs, of which few match."""
    return Person.id.in_(
        select(Spell.person_id).where(Spell.kind != FARMING, under_way(Spell, asked.on), *conditions)
    )


def _unstable(asked: Asked) -> ColumnElement[bool]:
    recent = Spell.started_on > begun_by(asked.on, asked.worker.stable_months)
    return in_work(asked, or_(recent, Spell.contract.is_(False)))


def _post(asked: Asked) -> ColumnElement[bool]:
    """Hold a public post that ends soon, or have held some so early that they may add up (see `_post_ends`)."""
    earliest = aliased(Spell)
    early = exists().where(
        earliest.person_id == Spell.person_id,
        earliest.voided_in.is_(None),
        earliest.kind == "public_post",
        earliest.started_on <= asked.on - timedelta(days=asked.posts.near_months * _SHORTEST_MONTH - 1),
    )
    soon = Spell.ended_on <= asked.on + timedelta(days=asked.posts.ending_days)
    return in_work(asked, Spell.kind == "public_post", or_(soon, early.correlate(Spell)))


def _outside(spell: Any, household: Any) -> ColumnElement[bool]:  # noqa: ANN401 - tables or their aliases
    """Work outside the home county, as `divisions.distance` tells it from the codes."""
    place = func.substr(spell.place_code, 1, 6)
    return and_(func.length(place) >= 2, func.substr(household.village_code, 1, func.length(place)) != place)


def _homes_of_away(asked: Asked) -> Select[str]:
    """Households of which a member works outside the home county on the day."""
    # The jobs are taken out first: without that SQLite goes through all members to find the few who are away.
    job = (
        select(Spell.person_id, Spell.place_code)
        .where(Spell.kind != FARMING, under_way(Spell, asked.on), func.length(Spell.place_code) >= 2)
        .cte("job")
        .prefix_with("MATERIALIZED")
    )
    own, home, who = aliased(Membership), aliased(Household), aliased(Person)
    return (
        select(own.household_id)
        .select_from(job)
        .join(own, and_(own.person_id == job.c.person_id, holds(own, asked.on)))
        .join(who, and_(who.id == own.person_id, who.voided_in.is_(None)))
        .join(home, home.id == own.household_id)
        .where(_outside(job.c, home))
    )


def _left_behind(asked: Asked) -> ColumnElement[bool]:
    """Children, elders, and the spouse of a head (or head of a spouse) at home while a member is away."""
    job, partner, who = aliased(Spell), aliased(Membership), aliased(Person)
    away = and_(job.kind != FARMING, under_way(job, asked.on), _outside(job, Household))
    pair = case(
        (Membership.relation == "head", "spouse"), (Membership.relation == "spouse", "head"), else_=""
    )
    partner_away = (
        exists()
        .where(
            partner.household_id == Membership.household_id,
            partner.relation == pair,
            holds(partner, asked.on),
            who.id == partner.person_id,
            who.voided_in.is_(None),
            job.person_id == partner.person_id,
            away,
        )
        .correlate(Household, Membership)
    )
    return and_(
        Household.id.in_(_homes_of_away(asked)),
        or_(
            Person.born > born_by(asked.on, asked.left_behind.child_below),
            Person.born <= born_by(asked.on, asked.left_behind.elder_from),
            and_(Membership.relation.in_(("head", "spouse")), partner_away),
        ),
        ~exists().where(job.person_id == Person.id, away).correlate(Household, Person),
    )


def _held(asked: Asked, attribute: str) -> ColumnElement[bool]:
    return exists().where(
        PersonAttribute.person_id == Person.id,
        PersonAttribute.attribute == attribute,
        PersonAttribute.value != "",
        holds(PersonAttribute, asked.on),
    )


def _of_working_age(asked: Asked) -> ColumnElement[bool]:
    return and_(
        Person.born <= born_by(asked.on, asked.ages[0]), Person.born > born_by(asked.on, asked.ages[1] + 1)
    )


LACKS: dict[str, Callable[[Asked], ColumnElement[bool]]] = {
    "identity_number": lambda _asked: func.coalesce(Person.identity_number, "") == "",
    "born": lambda _asked: Person.born.is_(None),
    "labour_skill": lambda asked: and_(
        _of_working_age(asked), ~_held(asked, "labour_skill"), ~_held(asked, "schooling")
    ),
    "phone": lambda asked: and_(Person.phone == "", Household.phone == "", _worker(asked)),
}
"""What a record may lack, the most pressing first; facts that stop a claim come before all of these."""


OF_WORKERS: dict[str, Callable[[Asked], ColumnElement[bool]]] = {
    "workers": lambda _asked: true(),
    "farming": lambda asked: and_(_farming(asked), ~_working(asked)),
    "unemployed": lambda asked: and_(~_working(asked), ~_farming(asked)),
    "zeroing": lambda asked: and_(~_working(asked), ~_farming(asked), _intends(asked), ~_unwilling(asked)),
    "owed": _owed,
    "package-due": lambda asked: and_(_owed(asked), _lacking(asked)),
    "older": lambda asked: Person.born <= born_by(asked.on, asked.older_from),
    "working": in_work,
    "able": _able,
}
"""The lists that only workers are on, as what is so of them beside: one look at the workers counts them all."""


def _among_workers(name: str) -> Callable[[Asked], ColumnElement[bool]]:
    return lambda asked: and_(_worker(asked), OF_WORKERS[name](asked))


LISTS: dict[str, Callable[[Asked], ColumnElement[bool]]] = {
    **{name: _among_workers(name) for name in OF_WORKERS},
    "people": lambda _asked: true(),
    "workforce": lambda asked: or_(_worker(asked), _working(asked)),
    "employed": in_work,
    "willing": lambda asked: Person.id.in_(
        select(Intention.person_id).where(holds(Intention, asked.on), Intention.kind == "go_out")
    ),
    "returned": _returned,
    "returned-lately": lambda asked: _returned(asked, Spell.ended_on >= asked.on - LATELY),
    "contact-overdue": _overdue,
    "unstable": _unstable,
    "posts-ending": _post,
    "uninsured": lambda asked: in_work(asked, Spell.insured.is_(False)),
    "left-behind": _left_behind,
    "incomplete": lambda asked: or_(*(lacks(asked) for lacks in LACKS.values())),
    "mismatched": lambda asked: comparisons.mismatched(asked.on),
}
"""Every list of people as a condition on the day asked about; `able` are those in work or known to want it."""

_BY_HOUSEHOLD = (Household.village_code, Household.household_no, Person.born)


BROAD = frozenset({"people", "workforce", "workers"})
"""Lists that most people are on: their first lines are found without a look at everybody."""
_BY_HOMES = frozenset({"left-behind"})
"""Lists that few households are on: they begin with these."""


def _chosen(
    name: str,
    asked: Asked,
    text: str,
    village: str,
    filters: Sequence[columns.Filter] = (),
    *,
    by_homes: bool = False,
) -> Select[str]:
    # Said in a way that no index fits: SQLite would go through the people by identity number, or through the
    # households by village, and so all over the file; as they were entered, what belongs together stands together.
    home: Any = Membership.household_id
    if not (by_homes or village or name in _BY_HOMES):
        home = home.concat("")
    person_live = func.coalesce(Person.voided_in, "") == ""
    conditions = [person_live, holds(Membership, asked.on), LISTS[name](asked)]
    conditions += columns.conditions(columns.WORKERS, filters, asked)
    if village:
        conditions.append(Household.village_code.startswith(village))
    if text:
        conditions.append(
            or_(
                Person.name.contains(text, autoescape=True),
                Person.identity_number.endswith(text, autoescape=True),
                Household.household_no == text,
                Person.phone.endswith(text, autoescape=True),
            )
        )
    return (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .join(Household, Household.id == home)
        .where(*conditions)
    )


def first_ids(connection: Connection, name: str, asked: Asked, count: int) -> list[str]:
    """Return the first of a list that most people are on, in the order of `ids`."""
    chosen = _chosen(name, asked, "", "", by_homes=True)
    return list(connection.execute(chosen.order_by(*_BY_HOUSEHOLD).limit(count)).scalars())


def ids(
    connection: Connection,
    name: str,
    asked: Asked,
    *,
    text: str = "",
    village: str = "",
    filters: Sequence[columns.Filter] = (),
    order: Sequence[columns.Sort] = (),
) -> list[str]:
    """Return the ids of everybody on a list, in order; lists of those who wait put the longest first."""
    chosen = _chosen(name, asked, text, village, filters)
    by = columns.ordering(columns.WORKERS, order, asked)
    found = list(connection.execute(chosen.order_by(*by, *_BY_HOUSEHOLD)).scalars())
    if name == "posts-ending":
        return _post_ends(connection, found, asked)
    if order:
        return found
    if name == "zeroing":
        days = waiting_days(connection, found, asked)
        found.sort(key=lambda person: -days[person])
    if name == "contact-overdue":
        last = last_contacts(connection, found, asked.on)
        found.sort(key=lambda person: last.get(person, date.min))
    return found


def values(
    connection: Connection,
    name: str,
    asked: Asked,
    column: str,
    *,
    text: str = "",
    filters: Sequence[columns.Filter] = (),
) -> dict[str, int]:
    """Return the values of a column on a list with how many have each, as the other filters leave it."""
    others = [each for each in filters if each.column != column]
    chosen = _chosen(name, asked, text, "", others)
    return columns.tally(connection, columns.WORKERS, column, chosen, asked)


def counts(connection: Connection, names: Sequence[str], asked: Asked) -> dict[str, int]:
    """Return how many are on each list."""
    found = {}
    if together := [name for name in names if name in OF_WORKERS]:
        sums = [func.coalesce(func.sum(case((OF_WORKERS[name](asked), 1), else_=0)), 0) for name in together]
        looked = connection.execute(_chosen("workers", asked, "", "").with_only_columns(*sums)).one()
        found = dict(zip(together, looked, strict=True))
    for name in names:
        if name == "posts-ending":
            found[name] = len(ids(connection, name, asked))
        elif name not in found:
            chosen = _chosen(name, asked, "", "").subquery()
            found[name] = connection.execute(select(func.count()).select_from(chosen)).scalar_one()
    return {name: found[name] for name in names}


def _wanting_since(connection: Connection, people: Sequence[str], on: date) -> dict[str, date]:
    """Return since when each has wanted work without a break, whatever kind of it; the unknown are left out."""
    since: dict[str, date | None] = {}
    ended: set[str] = set()
    statement = (
        select(Intention.person_id, Intention.kind, Intention.since, Intention.until)
        .where(live(Intention), or_(Intention.since.is_(None), Intention.since <= on))
        .order_by(Intention.person_id, Intention.since.desc())
    )
    for row in blocks.rows(connection, statement, Intention.person_id, people):
        if row.person_id in ended:
            continue
        start = since.get(row.person_id, on + _DAY)
        if start is None or row.kind == UNWILLING or (row.until and row.until < start - _DAY):
            ended.add(row.person_id)
        else:
            since[row.person_id] = row.since
    return {person: day for person, day in since.items() if day}


def waiting_days(connection: Connection, people: Sequence[str], asked: Asked) -> dict[str, int]:
    """Return for how many days each has wanted work and had none: from the later of wanting and losing it."""
    since = _wanting_since(connection, people, asked.on)
    lost = (
        select(Spell.person_id, func.max(Spell.ended_on))
        .where(live(Spell), Spell.ended_on < asked.on, Spell.kind != FARMING)
        .group_by(Spell.person_id)
    )
    for person, day in blocks.rows(connection, lost, Spell.person_id, people):
        since[person] = max(since.get(person, day + _DAY), day + _DAY)
    return {person: (asked.on - since[person]).days if person in since else 0 for person in people}


def last_contacts(connection: Connection, people: Sequence[str], on: date) -> dict[str, date]:
    """Return the last day each was reached, by whatever service; the never reached are left out."""
    statement = (
        select(ServiceRecord.person_id, func.max(ServiceRecord.on))
        .where(live(ServiceRecord), ServiceRecord.on <= on, ServiceRecord.outcome != NOT_REACHED)
        .group_by(ServiceRecord.person_id)
    )
    return {row[0]: row[1] for row in blocks.rows(connection, statement, ServiceRecord.person_id, people)}


def post_months(connection: Connection, people: Sequence[str], on: date) -> dict[str, Months]:
    """Return how long each has held public posts in all, up to a day; overlapping ones once."""
    spans: dict[str, list[Span]] = defaultdict(list)
    statement = select(Spell.person_id, Spell.started_on, Spell.ended_on).where(
        live(Spell), Spell.kind == "public_post", Spell.started_on <= on
    )
    for person, first, last in blocks.rows(connection, statement, Spell.person_id, people):
        spans[person].append(Span(first, max(first, last or on)))
    return {person: cumulative(clip_all(held, Span(date.min, on))) for person, held in spans.items()}


def post_ends(connection: Connection, people: Sequence[str], asked: Asked) -> dict[str, date]:
    """Return the last day of each one's public post, where it lies within the next days."""
    statement = (
        select(Spell.person_id, func.min(Spell.ended_on))
        .where(
            under_way(Spell, asked.on),
            Spell.kind == "public_post",
            Spell.ended_on <= asked.on + timedelta(days=asked.posts.ending_days),
        )
        .group_by(Spell.person_id)
    )
    return {row[0]: row[1] for row in blocks.rows(connection, statement, Spell.person_id, people)}


def _post_ends(connection: Connection, people: Sequence[str], asked: Asked) -> list[str]:
    """Keep those whose public post ends within the next days or is near the longest that is allowed."""
    ends = post_ends(connection, people, asked)
    held = post_months(connection, people, asked.on)
    return [each for each in people if each in ends or held[each].months >= asked.posts.near_months]


def away(connection: Connection, households: Sequence[str], asked: Asked) -> dict[str, list[AwayLine]]:
    """Return who of these households works outside the home county on a day, and where."""
    job, home, own = aliased(Spell), aliased(Household), aliased(Membership)
    statement = (
        select(own.household_id, Person.id, Person.name, own.relation, job.place_code, job.place_text)
        .select_from(own)
        .join(Person, and_(Person.id == own.person_id, live(Person)))
        .join(home, home.id == own.household_id)
        .join(job, job.person_id == own.person_id)
        .where(holds(own, asked.on), job.kind != FARMING, under_way(job, asked.on), _outside(job, home))
        .order_by(Person.id)
    )
    found: dict[str, list[AwayLine]] = defaultdict(list)
    for row in blocks.rows(connection, statement, own.household_id, households):
        found[row.household_id].append(
            AwayLine(row.id, row.name, row.relation, row.place_code, row.place_text)
        )
    return found


def lacking(connection: Connection, people: Sequence[str], asked: Asked) -> dict[str, list[str]]:
    """Return what each one's record lacks, the most pressing first."""
    found: dict[str, list[str]] = defaultdict(list)
    for field, lacks in LACKS.items():
        statement = (
            select(Person.id)
            .join(Membership, Membership.person_id == Person.id)
            .join(Household, Household.id == Membership.household_id)
            .where(holds(Membership, asked.on), lacks(asked))
        )
        for row in blocks.rows(connection, statement, Person.id, people):
            found[row.id].append(field)
    return found


def births(connection: Connection, people: Sequence[str]) -> dict[str, date]:
    """Return the birth dates that are known."""
    statement = select(Person.id, Person.born).where(Person.born.is_not(None))
    return {row.id: row.born for row in blocks.rows(connection, statement, Person.id, people)}


def wishes(connection: Connection, people: Sequence[str], on: date) -> dict[str, IntentionLine]:
    """Return what each one wants on a day."""
    chosen = select(Intention.__table__).where(holds(Intention, on))
    return {
        row.person_id: _intention_line(row)
        for row in blocks.rows(connection, chosen, Intention.person_id, people)
    }


def progress(connection: Connection, people: Sequence[str], asked: Asked) -> dict[str, package.Progress]:
    """Return each person's service package; distinct vacancies count as referrals."""
    done: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    statement = (
        select(
            ServiceRecord.person_id,
            ServiceRecord.kind,
            func.count(),
            func.count(func.distinct(ServiceRecord.vacancy)),
        )
        .where(
            live(ServiceRecord),
            ServiceRecord.outcome == "done",
            columns.in_period(asked, ServiceRecord.person_id),
        )
        .group_by(ServiceRecord.person_id, ServiceRecord.kind)
    )
    for person, kind, total, vacancies in blocks.rows(connection, statement, ServiceRecord.person_id, people):
        done[person][kind] = vacancies if kind == "job_referral" else total
    return {
        person: package.Progress(
            tuple(package.Part(kind, owed, done[person][kind]) for kind, owed in asked.package.owed.items()),
            sum(done[person][kind] for kind in asked.package.further),
        )
        for person in people
    }


def _attributes(connection: Connection, people: Sequence[str], on: date) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    statement = select(PersonAttribute.person_id, PersonAttribute.attribute, PersonAttribute.value).where(
        holds(PersonAttribute, on)
    )
    for person, attribute, value in blocks.rows(connection, statement, PersonAttribute.person_id, people):
        found[person][attribute] = value
    return found


def _spells(connection: Connection, people: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    statement = select(Spell.__table__).where(live(Spell)).order_by(Spell.started_on)
    for row in blocks.rows(connection, statement, Spell.person_id, people):
        found[row.person_id].append(row)
    return found


def situation(born: date | None, attributes: dict[str, str], spells: Sequence[Any], on: date) -> Situation:
    """Return what is known of a person on a day."""
    now = [
        spell
        for spell in spells
        if spell.started_on <= on and (spell.ended_on is None or spell.ended_on >= on)
    ]
    return Situation(
        born,
        attributes.get("labour_skill", ""),
        attributes.get("schooling", ""),
        working=any(spell.kind != FARMING for spell in now),
        farming=any(spell.kind == FARMING for spell in now),
    )


def rows(
    connection: Connection, people: Sequence[str], asked: Asked, *, waiting: bool = False
) -> list[WorkerRow]:
    """Return the lines of these people in the order given; those who left since are skipped."""
    own, headship, head = aliased(Membership), aliased(Membership), aliased(Person)
    columns = (
        select(
            Person.id,
            Person.name,
            Person.identity_number,
            Person.born,
            Household.id.label("household"),
            Household.household_no,
            Household.village_code,
            Household.group_name,
            head.name.label("head"),
        )
        .select_from(Person)
        .join(own, and_(own.person_id == Person.id, holds(own, asked.on)))
        .join(Household, Household.id == own.household_id)
        .outerjoin(
            headship,
            and_(
                headship.household_id == Household.id, headship.relation == "head", holds(headship, asked.on)
            ),
        )
        .outerjoin(head, head.id == headship.person_id)
    )
    attributes, spells = _attributes(connection, people, asked.on), _spells(connection, people)
    packages = progress(connection, people, asked)
    wanted = select(Intention.person_id, Intention.kind).where(holds(Intention, asked.on))
    intentions = {
        row.person_id: row.kind for row in blocks.rows(connection, wanted, Intention.person_id, people)
    }
    days = waiting_days(connection, people, asked) if waiting else {}
    found: dict[str, WorkerRow] = {}
    for row in blocks.rows(connection, columns, Person.id, people):
        present = situation(row.born, attributes[row.id], spells[row.id], asked.on)
        status = status_on(present, asked.on, asked.ages)
        begun = [spell for spell in spells[row.id] if spell.started_on <= asked.on]
        now = [spell for spell in begun if spell.ended_on is None or spell.ended_on >= asked.on]
        ended = max(
            (spell.ended_on for spell in begun if spell.ended_on and spell.ended_on < asked.on), default=None
        )
        shown = now[-1] if now else None
        since = shown.started_on if shown else ended + _DAY if ended and status is Status.UNEMPLOYED else None
        found[row.id] = WorkerRow(
            row.id,
            row.name,
            row.identity_number or "",
            row.household,
            row.household_no,
            row.head or "",
            row.village_code,
            row.group_name,
            status.value,
            intentions.get(row.id),
            since,
            shown.place_code if shown else "",
            shown.place_text if shown else "",
            shown.employer if shown else "",
            shown.wage if shown else None,
            packages[row.id]
            if is_worker(present, asked.on, asked.ages)
            and package.runs(asked.package.period, working=present.working, farming=present.farming)
            else None,
            days.get(row.id),
        )
    return [found[person] for person in people if person in found]


def person_ids(connection: Connection, identity_number: str) -> list[str]:
    """Return the live people with this identity number."""
    return list(
        connection.execute(
            select(Person.id).where(live(Person), Person.identity_number == identity_number)
        ).scalars()
    )


def members(connection: Connection, household: str, asked: Asked) -> tuple[MemberLine, ...]:
    """Return the members of a household on a day, the head first."""
    statement = (
        select(Person.id, Person.name, Person.identity_number, Person.born, Person.sex, Membership.relation)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.household_id == household, live(Person), holds(Membership, asked.on))
    )
    found = connection.execute(statement).all()
    people = [row.id for row in found]
    attributes, spells = _attributes(connection, people, asked.on), _spells(connection, people)
    lines = [
        MemberLine(
            row.id,
            row.name,
            row.identity_number or "",
            row.relation,
            row.born,
            row.sex,
            status_on(
                situation(row.born, attributes[row.id], spells[row.id], asked.on), asked.on, asked.ages
            ).value,
        )
        for row in found
    ]
    return tuple(
        sorted(
            lines,
            key=lambda line: (line.relation != "head", line.relation != "spouse", line.born or date.max),
        )
    )


def _spell_line(row: Row[*tuple[Any, ...]]) -> SpellLine:
    return SpellLine(
        row.id,
        row.kind,
        row.started_on,
        row.ended_on,
        row.place_code,
        row.place_text,
        row.employer,
        row.industry,
        row.trade,
        row.channel,
        row.wage,
        row.contract,
        row.insured,
        row.point_to_point,
        row.end_reason,
        row.came_home,
    )


def _intention_line(row: Row[*tuple[Any, ...]]) -> IntentionLine:
    return IntentionLine(
        row.id,
        row.kind,
        row.since,
        row.until,
        row.place_code,
        row.place_text,
        row.trade,
        row.wage,
    )


def spell_lines(connection: Connection, people: Sequence[str]) -> list[tuple[str, SpellLine]]:
    """Return the jobs of several people, each with its person."""
    return [
        (person, _spell_line(row)) for person, rows_ in _spells(connection, people).items() for row in rows_
    ]


def _ended(connection: Connection, person: str, on: date) -> Any:  # noqa: ANN401 - a row of memberships or None
    """Return the last membership of somebody who belongs to no household on a day (any more)."""
    chosen = select(Membership.until, Membership.end_reason).where(
        Membership.person_id == person,
        live(Membership),
        or_(Membership.since.is_(None), Membership.since <= on),
    )
    found = connection.execute(chosen).all()
    if any(row.until is None or row.until >= on for row in found):
        return None
    return max(found, key=lambda row: row.until, default=None)


def page(connection: Connection, person: str, asked: Asked) -> PersonPage | None:
    """Return everything known of a person on a day, with the history of every field; None when not a member yet.

    Who has left is shown as on the last day, with the day and reason of leaving.
    """
    ended = _ended(connection, person, asked.on)
    if ended:
        asked = replace(asked, on=ended.until)
    lines = rows(connection, [person], asked)
    if not lines:
        return None
    row = lines[0]
    own = connection.execute(select(Person.__table__).where(Person.id == person)).one()
    attributes = _attributes(connection, [person], asked.on)[person]
    spells = _spells(connection, [person])[person]
    services = connection.execute(
        select(ServiceRecord.__table__)
        .where(ServiceRecord.person_id == person, live(ServiceRecord))
        .order_by(ServiceRecord.on.desc(), ServiceRecord.id.desc())
    ).all()
    intentions = connection.execute(
        select(Intention.__table__)
        .where(Intention.person_id == person, live(Intention))
        .order_by(Intention.since.desc())
    ).all()
    membership = connection.execute(
        select(Membership.__table__).where(Membership.person_id == person, holds(Membership, asked.on))
    ).one()
    held = select(HouseholdAttribute.attribute, HouseholdAttribute.value).where(
        HouseholdAttribute.household_id == row.household, holds(HouseholdAttribute, asked.on)
    )
    kinds = {each.attribute: each.value for each in connection.execute(held)}
    monitored = (
        connection.execute(
            select(Monitoring.kind).where(
                Monitoring.household_id == row.household,
                live(Monitoring),
                or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= asked.on),
            )
        )
        .scalars()
        .first()
    )
    by_person = {
        table: list(
            connection.execute(
                select(table.__table__.c.id).where(table.__table__.c.person_id == person)
            ).scalars()
        )
        for table in (Membership, PersonAttribute, Spell, Intention, ServiceRecord)
    }
    history = journal.history(connection, Person, [person])
    for table, records in by_person.items():
        history += journal.history(connection, table, records)
    present = situation(own.born, attributes, spells, asked.on)
    return PersonPage(
        row,
        own.sex,
        own.born,
        age_on(own.born, asked.on) if own.born else None,
        own.ethnicity,
        attributes.get("education", ""),
        attributes.get("schooling", ""),
        tuple(part for part in attributes.get("health", "").split(",") if part),
        attributes.get("labour_skill", ""),
        own.phone
        or connection.execute(select(Household.phone).where(Household.id == row.household)).scalar_one(),
        membership.relation,
        kinds.get("kind", ""),
        monitored or "",
        kinds.get("relocated") == "yes",
        is_worker(present, asked.on, asked.ages),
        own.card_holder,
        own.card_bank,
        own.card_number,
        tuple(_spell_line(spell) for spell in spells),
        tuple(
            ServiceLine(each.id, each.kind, each.on, each.outcome, each.vacancy, each.note, each.officer)
            for each in services
        ),
        tuple(_intention_line(each) for each in intentions),
        members(connection, row.household, asked),
        tuple(sorted(history, key=lambda line: line.made_at, reverse=True)),
        ended.until + _DAY if ended else None,
        ended.end_reason if ended else "",
    )
