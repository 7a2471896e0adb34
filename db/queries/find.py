"""Find people, households and claims by what somebody types: Chinese, pinyin, initials, numbers and their tails.

Every reason to be found is a `Rank` and a question to an index. They are asked best first until there are
enough, so that nobody ever stands above somebody found for a better reason. Who belongs to no household on
the day is not found, as on every list.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache, partial
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from caseworker_app.domain import pinyin
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.read_models.find import Found, FoundHousehold, FoundPerson, Rank
from db.queries import claims as claim_queries
from db.queries.dated import holds, live
from db.queries.workers import Asked
from db.search import backwards
from db.tables import Claim, Household, Membership, Person, SearchName, SearchNumber

Values = dict[str, Any]
Question = Select[*tuple[Any, ...]]
Tiers = Iterator[tuple[str, Values]]

OTHERS = 5
"""So many households and so many claims are found at most."""
_TAIL = 3
_IDENTITY_BEGINS = 6
_LAST = "\U0010ffff"
_SPLITS = 4
_WHOLE = 3
"""From so many characters on it is a name or how a given name begins, no part from its middle."""

_ON: Any = bindparam("on", type_=Date)
_TYPED: Any = bindparam("typed")
_END: Any = bindparam("end")
_LIKE: Any = bindparam("like")
_SEVERAL: Any = bindparam("several", expanding=True)
_headship, _head = aliased(Membership), aliased(Person)
_OF_HEAD = and_(_headship.household_id == Household.id, _headship.relation == "head", holds(_headship, _ON))


def _begins(column: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped column
    # Few begin so: told, because a ledger that was never surveyed would be read from end to end.
    return and_(func.unlikely(column >= _TYPED), func.unlikely(column < _END))


def _like(column: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped column
    found: ColumnElement[bool] = column.like(_LIKE, escape="\\")
    return found


def _columns(rank: Any) -> Question:  # noqa: ANN401 - a rank or what tells it
    told = literal_column(str(int(rank))) if isinstance(rank, Rank) else rank
    return select(
        Person.id,
        Person.name,
        func.coalesce(Person.identity_number, "").label("identity_number"),
        Person.phone,
        Membership.relation,
        Household.id.label("household"),
        Household.household_no,
        Household.phone.label("household_phone"),
        func.coalesce(_head.name, "").label("head"),
        Household.village_code,
        Household.group_name.label("group"),
        told.label("rank"),
    ).where(live(Person))


def _people(source: Any, rank: Any) -> Question:  # noqa: ANN401 - a table, a rank or what tells it
    chosen = _columns(rank).select_from(source)
    if source is SearchName:
        chosen = chosen.join(Person, Person.name == SearchName.name)
    elif source is not Person:
        chosen = chosen.join(Person, Person.id == source.person_id)
    return (
        chosen.join(Membership, and_(Membership.person_id == Person.id, holds(Membership, _ON)))
        .join(Household, Household.id == Membership.household_id)
        .outerjoin(_headship, _OF_HEAD)
        .outerjoin(_head, _head.id == _headship.person_id)
    )


def _read(rank: Rank, condition: ColumnElement[bool], *order: Any) -> Question:  # noqa: ANN401 - columns
    return _people(SearchName, rank).where(condition).order_by(*order, SearchName.id, Person.id)


def _written(rank: Rank, condition: ColumnElement[bool]) -> Question:
    return _people(Person, rank).where(condition).order_by(Person.name, Person.id)


def _headed(source: Any, condition: ColumnElement[bool]) -> Question:  # noqa: ANN401 - a table
    chosen = _columns(Rank.HEAD).select_from(source)
    if source is not _head:
        chosen = chosen.join(_head, _head.name == SearchName.name)
    return (
        chosen.join(
            _headship,
            and_(_headship.person_id == _head.id, _headship.relation == "head", holds(_headship, _ON)),
        )
        .join(Household, Household.id == _headship.household_id)
        .join(Membership, and_(Membership.household_id == Household.id, holds(Membership, _ON)))
        .join(Person, Person.id == Membership.person_id)
        .where(condition, _head.voided_in.is_(None))
        .order_by(Household.household_no, Person.id)
    )


def _joined(phone: Any) -> Any:  # noqa: ANN401 - columns
    return func.replace(func.replace(phone, "-", ""), " ", "")


def _numbered() -> Question:
    rank = case(
        (or_(Person.identity_number == _TYPED, Person.phone == _TYPED), int(Rank.NUMBER)),
        (_like(Person.identity_number), int(Rank.IDENTITY_TAIL)),
        (_like(_joined(Person.phone)), int(Rank.PHONE_TAIL)),
        (
            and_(Membership.relation == "head", _like(_joined(Household.phone))),
            int(Rank.HOUSEHOLD_PHONE_TAIL),
        ),
    )
    reverse = and_(SearchNumber.reversed >= bindparam("tail"), SearchNumber.reversed < bindparam("tail_end"))
    return _people(SearchNumber, rank).where(reverse, rank.is_not(None)).order_by("rank", Person.id)


@cache
def _questions(*, heads_only: bool = False) -> dict[str, Question]:
    """Return the questions, made once: making one takes longer than asking it."""
    name = SearchName
    made = {
        "pinyin": _read(Rank.NAME, name.pinyin == _TYPED),
        "initials": _read(Rank.INITIALS, name.initials == _TYPED),
        "given": _read(Rank.GIVEN, name.given == _TYPED),
        "pinyin begins": _read(Rank.NAME_BEGINS, _begins(name.pinyin), name.pinyin),
        "initials begin": _read(Rank.INITIALS_BEGIN, _begins(name.initials), name.initials),
        "given begins": _read(Rank.GIVEN_BEGINS, _begins(name.given), name.given),
        "read head": _headed(SearchName, name.pinyin == _TYPED),
        "near": _read(Rank.NEAR, name.folded == _TYPED),
        "near initials": _read(Rank.NEAR_INITIALS, name.initials.in_(_SEVERAL), name.initials),
        "near begins": _read(Rank.NEAR_BEGINS, _begins(name.folded), name.folded),
        "short": _read(Rank.SHORT, and_(_begins(name.initials), _like(name.pinyin)), name.initials),
        "name": _written(Rank.NAME, Person.name == _TYPED),
        "written given": _read(Rank.GIVEN, and_(name.given == _TYPED, _like(Person.name))),
        "name begins": _written(Rank.NAME_BEGINS, _begins(Person.name)),
        "written given begins": _read(
            Rank.GIVEN_BEGINS, and_(_begins(name.given), _like(Person.name)), name.given
        ),
        "head": _headed(_head, _head.name == _TYPED),
        # Any name is beyond '': so the index of names is read, not the table.
        "part": _written(Rank.PART, and_(Person.name > "", _like(Person.name))),
        "sound": _read(Rank.SOUND, name.pinyin.in_(_SEVERAL), name.pinyin),
        "given sound": _read(Rank.GIVEN_SOUND, name.given.in_(_SEVERAL), name.given),
        "near sound": _read(Rank.NEAR, name.folded.in_(_SEVERAL), name.folded),
        "tail": _numbered(),
        "identity begins": _written(Rank.IDENTITY_BEGINS, _begins(Person.identity_number)),
        "household": _people(Person, Rank.HOUSEHOLD)
        .where(live(Household), Household.household_no == _TYPED)
        .order_by(Person.id),
    }
    if heads_only:
        made = {key: asked.where(Membership.relation == "head") for key, asked in made.items()}
    return made


def _range(text: str) -> Values:
    return {"typed": text, "end": text + _LAST}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _mixed_up_initials(initials: str) -> list[str]:
    """Return initials as others may have them: without the h of zh, ch, sh, and n for l."""
    plain = pinyin.without_h(initials)
    swapped = {plain, plain.replace("n", "l"), plain.replace("l", "n")}
    return sorted(swapped - {initials})


def _of_letters(typed: str) -> Tiers:
    exact, beginning = {"typed": typed}, _range(typed)
    yield "pinyin", exact
    yield "initials", exact
    yield "given", exact
    yield "pinyin begins", beginning
    yield "initials begin", beginning
    yield "given begins", beginning
    yield "read head", exact
    folded = pinyin.fold(typed)
    yield "near", {"typed": folded}
    if others := _mixed_up_initials(typed):
        yield "near initials", {"several": others}
    yield "near begins", _range(folded)
    for split in islice(pinyin.splits(typed), _SPLITS):
        initials = "".join(each[0] for each in split)
        yield "short", {**_range(initials), "like": "%".join(map(_escaped, split)) + "%"}


def _of_characters(typed: str) -> Tiers:
    spoken = pinyin.spellings(typed)
    usual = spoken[0].pinyin if spoken else typed
    escaped = _escaped(typed)
    yield "name", {"typed": typed}
    yield "written given", {"typed": usual, "like": f"%{escaped}"}
    yield "name begins", _range(typed)
    yield "written given begins", {**_range(usual), "like": f"_%{escaped}%"}
    yield "head", {"typed": typed}
    if len(typed) < _WHOLE:
        yield "part", {"like": f"%{escaped}%"}
    read = [each.pinyin for each in pinyin.readings(typed)]
    yield "sound", {"several": read}
    yield "given sound", {"several": [each.pinyin for each in spoken]}
    yield "near sound", {"several": sorted({pinyin.fold(each) for each in read})}


def _of_digits(typed: str) -> Tiers:
    if len(typed) >= _TAIL:
        tail = backwards(typed)
        yield "tail", {"typed": typed, "like": f"%{typed}", "tail": tail, "tail_end": tail + _LAST}
    if len(typed) >= _IDENTITY_BEGINS:
        yield "identity begins", _range(typed)
    yield "household", {"typed": typed}


def _person(row: Any) -> FoundPerson:  # noqa: ANN401 - a row of `_columns`
    return FoundPerson(
        row.id,
        row.name,
        row.identity_number,
        row.phone,
        row.relation,
        row.household,
        row.household_no,
        row.household_phone,
        row.head,
        row.village_code,
        row.group,
        Rank(row.rank),
    )


def _found(
    connection: Connection, tiers: Tiers, asked: Asked, limit: int, *, heads_only: bool = False
) -> list[FoundPerson]:
    questions = _questions(heads_only=heads_only)
    found: dict[str, FoundPerson] = {}
    for key, values in tiers:
        with connection.execute(questions[key], {**values, "on": asked.on}) as rows:
            # A name that is read in several ways comes several times: only as many are taken as are needed.
            while len(found) < limit and (block := rows.fetchmany(limit)):
                for row in block:
                    if row.id not in found and len(found) < limit:
                        found[row.id] = _person(row)
        if len(found) >= limit:
            break
    return list(found.values())


_NOT_ITSELF = frozenset({Rank.HEAD, Rank.HOUSEHOLD})
_OF_HEADS = frozenset(
    {"pinyin", "initials", "pinyin begins", "initials begin", "near", "name", "name begins", "sound", "tail"}
)


@cache
def _homes() -> Question:
    columns = (Household.id, Household.household_no, func.coalesce(_head.name, ""))
    return (
        select(*columns, Household.village_code, Household.group_name, Household.phone)
        .outerjoin(_headship, _OF_HEAD)
        .outerjoin(_head, _head.id == _headship.person_id)
        .where(live(Household), _begins(Household.household_no))
        .order_by(Household.household_no)
        .limit(OTHERS)
    )


def _by_number(connection: Connection, number: str, asked: Asked) -> list[FoundHousehold]:
    rows = connection.execute(_homes(), {**_range(number), "on": asked.on})
    return [FoundHousehold(*row) for row in rows]


def _under(head: FoundPerson) -> FoundHousehold:
    return FoundHousehold(
        head.household, head.household_no, head.name, head.village_code, head.group, head.household_phone
    )


@cache
def _claimed() -> tuple[Question, Question]:
    chosen = select(Claim.id).where(live(Claim)).order_by(Claim.number).limit(OTHERS)
    return chosen.where(_begins(Claim.number)), chosen.where(_like(Claim.number))


def _claims(connection: Connection, typed: str, asked: Asked) -> list[ClaimRow]:
    """Return claims by the beginning or the end of their number."""
    number = typed.upper()
    begins, ends = _claimed()
    found = [row.id for row in connection.execute(begins, _range(number))]
    if not found and len(number) >= _TAIL and number[-_TAIL:].isdigit():
        found = [row.id for row in connection.execute(ends, {"like": f"%{_escaped(number)}"})]
    return claim_queries.rows(connection, found, asked.on)


def find(connection: Connection, typed: str, asked: Asked, limit: int = 20) -> Found:
    """Return who and what somebody may mean, the best first in each group."""
    wanted = unicodedata.normalize("NFKC", typed).strip()
    joined = "".join(wanted.upper().replace("-", " ").split())
    if not joined:
        return Found()
    if joined.rstrip("X").isdecimal():
        tiers, number = partial(_of_digits, joined), wanted
    elif joined.isascii():
        tiers = partial(_of_letters, pinyin.letters(wanted))
        number = wanted if any(map(str.isdecimal, wanted)) else ""
    else:
        tiers, number = partial(_of_characters, "".join(wanted.split())), ""
    people = _found(connection, tiers(), asked, limit)
    heads = [person for person in people if person.relation == "head" and person.rank not in _NOT_ITSELF]
    if len(people) == limit and len(heads) < OTHERS:  # There may be more among those who did not fit.
        named = (tier for tier in tiers() if tier[0] in _OF_HEADS)
        heads = _found(connection, named, asked, OTHERS, heads_only=True)
    homes = _by_number(connection, number, asked) if number else []
    homes += [_under(head) for head in heads]
    return Found(
        tuple(people),
        tuple({home.id: home for home in homes}.values())[:OTHERS],
        tuple(_claims(connection, wanted, asked)) if number else (),
    )
