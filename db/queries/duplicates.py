"""People who may be in the ledger twice: found by what two records share, and laid side by side."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from caseworker_app.domain import pinyin
from caseworker_app.domain.worker import spell_key
from caseworker_app.read_models.duplicates import (
    DROP,
    KEEP,
    WITH_NUMBER,
    Comparison,
    Difference,
    Pair,
    Side,
)
from db.queries import blocks
from db.queries.dated import holds, live
from db.tables import (
    Attachment,
    Claim,
    Exemption,
    Holding,
    Household,
    Intention,
    Membership,
    Person,
    PersonAttribute,
    SearchName,
    ServiceRecord,
    Spell,
)

CHECK = "duplicate"
"""The check that an exemption names when two people were found to be two."""
REASONS = ("number", "person_no", "name_born", "pinyin_born", "near_born", "name_phone", "name")
"""Why two people may be one, the strongest first."""
_CLOSED = 15
"""Characters of the identity numbers before the second generation."""
_LARGEST = 60
"""People who share a key; more share it by chance (a telephone of the village office, a birth date made up)."""

Key = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class _Typed:
    """Somebody about to be entered."""

    name: str
    identity_number: str
    born: date | None
    id: str = ""
    person_no: str = ""
    sex: str = ""
    phone: str = ""


def number_key(number: str) -> str:
    """Return what two spellings of one identity number share: without century, and without its last digits when Excel took them."""
    return number[:6] + number[8:17] if len(number) >= 18 else number[:_CLOSED]


def _rounded(number: str) -> bool:
    return len(number) == 18 and number.endswith("000")


def near(one: str, other: str) -> bool:
    """Whether two names differ in one character: exchanged, left out or added."""
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 2:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return any(longer[:cut] + longer[cut + 1 :] == shorter for cut in range(len(longer)))


def _same_number(one: str, other: str) -> bool:
    if not one or not other:
        return False
    if _rounded(one) or _rounded(other):
        return one[:_CLOSED] == other[:_CLOSED]
    if len(one) == len(other) == 18:
        return one[:17] == other[:17]
    return number_key(one) == number_key(other)


def _reasons(one: Any, other: Any, readings: dict[str, set[str]]) -> list[str]:  # noqa: ANN401 - rows of people
    """Return why two people may be one."""
    found = []
    if _same_number(one.identity_number or "", other.identity_number or ""):
        found.append("number")
    if one.person_no and one.person_no == other.person_no:
        found.append("person_no")
    if one.born is not None and one.born == other.born:
        numbered = bool(one.identity_number and other.identity_number)
        if one.name == other.name:
            found.append("name_born")
        elif readings[one.id] & readings[other.id]:
            found.append("pinyin_born")
        elif (
            not numbered
            and near(one.name, other.name)
            and (not one.sex or not other.sex or one.sex == other.sex)
        ):
            # Two numbers and two names are two people: twins are named alike.
            found.append("near_born")
    if one.phone and one.phone == other.phone and one.name == other.name:
        found.append("name_phone")
    return found


_COLUMNS = (
    Person.id,
    Person.name,
    Person.identity_number,
    Person.person_no,
    Person.born,
    Person.sex,
    Person.phone,
)


def _groups(people: Sequence[Any], key: Key) -> Iterator[list[Any]]:
    groups: dict[object, list[Any]] = defaultdict(list)
    for person in people:
        if value := key(person):
            groups[value].append(person)
    return (group for group in groups.values() if 1 < len(group) <= _LARGEST)


def _readings(connection: Connection, people: Iterable[str] | None = None) -> dict[str, set[str]]:
    """Return how names are read, as the index of names has it."""
    readings: dict[str, set[str]] = defaultdict(set)
    chosen = (
        select(Person.id, SearchName.pinyin)
        .join(SearchName, SearchName.name == Person.name)
        .where(SearchName.pinyin != "", live(Person))
    )
    rows: Iterable[Any] = (
        connection.execute(chosen)
        if people is None
        else blocks.rows(connection, chosen, Person.id, list(people))
    )
    for person, reading in rows:
        readings[person].add(reading)
    return readings


def apart(connection: Connection) -> set[tuple[str, str]]:
    """Return every two people whom somebody found to be two, either first."""
    chosen = select(Exemption.person_id, Exemption.other).where(live(Exemption), Exemption.check == CHECK)
    told = {(str(row.person_id), row.other) for row in connection.execute(chosen)}
    return told | {(other, one) for one, other in told}


def told_apart(connection: Connection, one: str, other: str) -> bool:
    """Whether somebody found two people to be two."""
    return (one, other) in apart(connection)


_KEYS: tuple[Key, ...] = (
    lambda person: number_key(person.identity_number or ""),
    lambda person: person.person_no,
    lambda person: person.born,
    lambda person: person.phone and (person.phone, person.name),
)


def _keys(people: Iterable[Any]) -> Iterator[Key]:
    """Give what two records of one person may share; the beginnings of numbers only where Excel took an end."""
    yield from _KEYS
    numbers = (person.identity_number or "" for person in people)
    cut = {number[:_CLOSED] for number in numbers if _rounded(number)}
    if cut:
        yield (
            lambda person: (
                (person.identity_number or "")[:_CLOSED]
                if ((person.identity_number or "")[:_CLOSED] in cut)
                else ""
            )
        )


def found(connection: Connection) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return every two people who may be one and were not told apart, with the reasons."""
    people = connection.execute(select(*_COLUMNS).where(live(Person)).order_by(Person.id)).all()
    readings, two = _readings(connection), apart(connection)
    seen: dict[tuple[str, str], tuple[str, ...]] = {}
    for key in _keys(people):
        for group in _groups(people, key):
            for one, other in combinations(group, 2):
                pair = (one.id, other.id)
                if pair in seen or pair in two:
                    continue
                if reasons := _reasons(one, other, readings):
                    seen[pair] = tuple(reasons)
    return seen


def sides(connection: Connection, people: Sequence[str], on: date) -> dict[str, Side]:
    """Return who these people are and where they belong on a day, or belonged last."""
    chosen = (
        select(
            Membership.person_id,
            Membership.household_id,
            Membership.relation,
            Membership.since,
            Membership.until,
        )
        .where(live(Membership))
        .order_by(Membership.since, Membership.id)
    )
    homes: dict[str, Any] = {}
    present: set[str] = set()
    for row in blocks.rows(connection, chosen, Membership.person_id, people):
        here = (row.since is None or row.since <= on) and (row.until is None or row.until >= on)
        if here or row.person_id not in present:
            homes[row.person_id] = row
        if here:
            present.add(row.person_id)
    head = aliased(Person)
    housed = (
        select(Household.id, Household.household_no, Household.village_code, head.name.label("head"))
        .outerjoin(
            Membership,
            and_(
                Membership.household_id == Household.id,
                Membership.relation == "head",
                holds(Membership, on),
            ),
        )
        .outerjoin(head, head.id == Membership.person_id)
    )
    lived_in = sorted({home.household_id for home in homes.values()})
    houses = {row.id: row for row in blocks.rows(connection, housed, Household.id, lived_in)}
    told = {}
    for row in blocks.rows(connection, select(*_COLUMNS), Person.id, people):
        home = homes.get(row.id)
        house = houses[home.household_id] if home else None
        told[row.id] = Side(
            row.id,
            row.name,
            row.identity_number or "",
            row.born,
            row.sex,
            row.phone,
            house.id if house else "",
            home.relation if home else "",
            house.household_no if house else "",
            house.village_code if house else "",
            (house.head or "") if house else "",
        )
    return told


def pairs(connection: Connection, on: date) -> list[Pair]:
    """Return every two people who may be one, the likeliest first.

    Of two stands first who has a number, then whom the village itself sent, then who is longer here.
    """
    reasons = found(connection)
    people = sorted({person for pair in reasons for person in pair})
    who = sides(connection, people, on)
    sent = {row.record for row in blocks.rows(connection, select(Holding.record), Holding.record, people)}
    made = []
    for pair, why in reasons.items():
        first, second = sorted(
            (who[each] for each in pair),
            key=lambda side: (not side.identity_number, side.id not in sent, side.id),
        )
        made.append(Pair(f"{first.id}|{second.id}", first, second, why))
    return sorted(made, key=lambda pair: (REASONS.index(pair.reasons[0]), pair.first.village_code, pair.id))


def like(
    connection: Connection, name: str, identity_number: str, born: date | None, on: date
) -> list[tuple[Side, tuple[str, ...]]]:
    """Return who in the ledger may be the person about to be entered, and why; the likeliest first.

    A name alone, without a birth date, finds everybody of that name.
    """
    shared = [Person.name == name] if name else []
    if born is not None:
        shared.append(Person.born == born)
    if len(identity_number) >= _CLOSED:
        shared.append(Person.identity_number.startswith(identity_number[:6], autoescape=True))
    if not shared:
        return []
    candidates = connection.execute(select(*_COLUMNS).where(live(Person), or_(*shared))).all()
    typed = _Typed(name=name, identity_number=identity_number, born=born)
    readings = _readings(connection, [each.id for each in candidates])
    readings[typed.id] = {reading.pinyin for reading in pinyin.readings(name)}
    hits = {
        each.id: tuple(why)
        for each in candidates
        if (
            why := _reasons(typed, each, readings) or (["name"] if born is None and each.name == name else [])
        )
    }
    who = sides(connection, list(hits), on)
    return [
        (who[person], hits[person]) for person in sorted(hits, key=lambda each: REASONS.index(hits[each][0]))
    ]


_FIELDS = (
    "name",
    "identity_number",
    "born",
    "sex",
    "person_no",
    "ethnicity",
    "phone",
    "disability",
    "card_holder",
    "card_bank",
    "card_number",
)
"""The fields of a person, as they stand side by side."""
_BY_NUMBER = ("born", "sex")
"""Fields that an identity number tells by itself."""


def _taken(keep: object, drop: object) -> str:
    """Return which of two values is taken unless somebody chooses; '' when that has to be chosen."""
    return KEEP if keep == drop or not drop else DROP if not keep else ""


def same_job(one: Any, other: Any) -> bool:  # noqa: ANN401 - rows of spells
    """Whether two records are one job."""
    first, second = (spell_key(each.started_on, each.place_code, each.place_text) for each in (one, other))
    return first == second


def overlap(one: Any, other: Any) -> bool:  # noqa: ANN401 - rows of spells
    """Whether two jobs were held on the same day."""
    return (one.ended_on is None or one.ended_on >= other.started_on) and (
        other.ended_on is None or other.ended_on >= one.started_on
    )


def spells(connection: Connection, person: str) -> list[Any]:
    """Return the jobs of a person, first to last."""
    chosen = select(Spell.__table__).where(Spell.person_id == person, live(Spell))
    return list(connection.execute(chosen.order_by(Spell.started_on, Spell.id)))


_OF_A_JOB = (
    "kind",
    "started_on",
    "ended_on",
    "place_code",
    "place_text",
    "employer",
    "trade",
    "channel",
    "industry",
    "wage",
    "contract",
    "insured",
    "point_to_point",
    "end_reason",
    "came_home",
)


def job_values(spell: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of a spell
    """Return what a job says, without whose it is."""
    return {name: getattr(spell, name) for name in _OF_A_JOB}


def _jobs(connection: Connection, keep: str, drop: str) -> list[Difference]:
    """Return the jobs of which only one of two records can be kept: the same job told otherwise, or overlapping."""
    kept = spells(connection, keep)
    found_ = []
    for other in spells(connection, drop):
        rival = next((each for each in kept if same_job(each, other)), None)
        rival = rival or next((each for each in kept if overlap(each, other)), None)
        if rival is not None and job_values(rival) != job_values(other):
            found_.append(
                Difference(f"job:{other.id}", "spell", "", job_values(rival), job_values(other), "")
            )
    return found_


def _held(connection: Connection, person: str, on: date) -> dict[str, str]:
    chosen = select(PersonAttribute.attribute, PersonAttribute.value).where(
        PersonAttribute.person_id == person, holds(PersonAttribute, on)
    )
    return {row.attribute: row.value for row in connection.execute(chosen)}


def _wish(connection: Connection, person: str, on: date) -> str:
    chosen = select(Intention.kind).where(Intention.person_id == person, holds(Intention, on))
    return str(connection.execute(chosen).scalars().first() or "")


def compare(connection: Connection, keep: str, drop: str, on: date) -> Comparison | None:
    """Lay two people side by side as of a day; None when one of them is not in the ledger (any more)."""
    rows = {
        row.id: row
        for row in connection.execute(
            select(Person.__table__).where(Person.id.in_((keep, drop)), live(Person))
        )
    }
    if len(rows) != 2:
        return None
    mine, theirs = rows[keep], rows[drop]
    told = []
    for field in _FIELDS:
        one, other = getattr(mine, field), getattr(theirs, field)
        numbered = mine.identity_number or theirs.identity_number
        taken = WITH_NUMBER if numbered and field in _BY_NUMBER else _taken(one, other)
        if one or other:
            told.append(Difference(field, "person", field, one, other, taken))
    who = sides(connection, [keep, drop], on)
    homes = [
        (f"{who[each].household_no} {who[each].head}".strip(), who[each].relation) for each in (keep, drop)
    ]
    # One household that is here twice is one, where both have its number, village and head.
    places = [(who[each].household_no, who[each].village_code) for each in (keep, drop)]
    same_home = places[0] == places[1] and homes[0] == homes[1]
    home = KEEP if same_home or not who[drop].household else DROP if not who[keep].household else ""
    told.append(Difference("household", "membership", "household_id", homes[0], homes[1], home))
    held = _held(connection, keep, on), _held(connection, drop, on)
    for attribute in sorted(held[0].keys() | held[1].keys()):
        one, other = held[0].get(attribute, ""), held[1].get(attribute, "")
        told.append(Difference(attribute, "person_attribute", attribute, one, other, _taken(one, other)))
    one, other = _wish(connection, keep, on), _wish(connection, drop, on)
    if one or other:
        told.append(Difference("intention", "intention", "kind", one, other, _taken(one, other)))
    told += _jobs(connection, keep, drop)
    return Comparison(who[keep], who[drop], tuple(told), _counts(connection, keep, drop))


def _counts(connection: Connection, keep: str, drop: str) -> tuple[tuple[str, int, int], ...]:
    """Return how much is recorded under each of two people."""

    def counted(table: Any, whose: Any) -> dict[str, int]:  # noqa: ANN401 - a table and its column
        chosen = select(whose, func.count()).where(whose.in_((keep, drop)), live(table)).group_by(whose)
        return {row[0]: row[1] for row in connection.execute(chosen)}

    columns = [(table, table.person_id) for table in (Spell, ServiceRecord, Intention, Attachment)]
    told = []
    for table, whose in (*columns, (Claim, Claim.beneficiary)):
        numbers = counted(table, whose)
        told.append((table.__tablename__, numbers.get(keep, 0), numbers.get(drop, 0)))
    return tuple(told)
