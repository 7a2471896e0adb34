"""Two records of one person made one, field by field as somebody chose; or told apart for good."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from caseworker_app import wording
from caseworker_app.domain import claim as life
from caseworker_app.domain import divisions, identity, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import attribute_text, field_text, value_text
from caseworker_app.read_models.duplicates import DROP, KEEP, WITH_NUMBER, Comparison, Difference
from caseworker_app.use_cases import problems
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.give_way import fold
from caseworker_app.use_cases.households import heads_kept
from caseworker_app.use_cases.typed import clean
from caseworker_app.wording import _, label
from db.queries import blocks, owners, twins
from db.queries import duplicates as queries
from db.queries.dated import live
from db.tables import (
    BOOKKEEPING,
    RECORDS,
    Claim,
    Contract,
    Engagement,
    Exemption,
    Intention,
    Membership,
    Person,
    PersonAttribute,
    PostHolding,
    Record,
    ServiceRecord,
    Spell,
    Wage,
)
from db.unit_of_work import UnitOfWork

_DAY = timedelta(days=1)
_KEPT_OF_A_JOB = ("ended_on", "end_reason", "came_home")
"""What an empty value says something of: the job goes on."""
_MOVED = frozenset({Membership, PersonAttribute, Intention, Spell, ServiceRecord, Exemption})
"""Tables whose rows are moved by rules of their own."""
_OF_SPELLS = (Wage, Contract, Engagement, PostHolding)
Span = tuple[date, date]


def reason_text(reason: str) -> str:
    """Return why two people may be one."""
    return {
        "number": _("one identity number, perhaps written otherwise"),
        "person_no": _("the same person number"),
        "name_born": _("same name and birth date"),
        "pinyin_born": _("names read alike, same birth date"),
        "near_born": _("names differ in one character, same birth date"),
        "name_phone": _("same name and telephone"),
        "name": _("same name"),
    }[reason]


def difference_text(difference: Difference) -> str:
    """Return what a line of the side by side is called."""
    if isinstance(difference.drop, dict):
        return _("Job since {day}").format(day=difference.drop["started_on"])
    if difference.table == "person_attribute":
        return attribute_text(difference.name)
    return field_text(difference.table, difference.name)


def side_text(difference: Difference, value: object) -> str:
    """Return what one side of a line says, numbers masked as far as they can still be told apart."""
    if isinstance(value, tuple):
        return f"{value[0]} {label('relation', value[1])}".strip()
    if isinstance(value, dict):
        return _job_text(value)
    if difference.table == "person_attribute":
        return "、".join(label(difference.name, part) for part in str(value).split(",") if part)
    said = value_text(difference.table, difference.name, value)
    if difference.name not in _MASKS:
        return said
    sides = [str(each) for each in (difference.keep, difference.drop) if each]
    return identity.masked_apart(_MASKS[difference.name], said, sides)


_MASKS = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}


def _job_text(job: Mapping[str, Any]) -> str:
    parts = (
        f"{job['started_on']} – {job['ended_on'] or _('now')}",
        label("spell_kind", job["kind"]),
        job["place_text"],
        job["employer"],
        money.shown(job["wage"]) if job["wage"] is not None else "",
    )
    return " ".join(part for part in parts if part)


def _chosen(comparison: Comparison, choices: Mapping[str, str]) -> dict[str, str]:
    """Return which side each field is taken from; ExpectedError `duplicate.choose`, `duplicate.choice`."""
    known = {difference.field for difference in comparison.differences}
    for field, side in choices.items():
        if side not in (KEEP, DROP) or field not in known:
            raise ExpectedError("duplicate.choice", choice=f"{field}={side}")
    taken = {
        difference.field: (
            WITH_NUMBER
            if difference.taken == WITH_NUMBER
            else choices.get(difference.field) or difference.taken
        )
        for difference in comparison.differences
    }
    lacking = [each for each in comparison.differences if not taken[each.field]]
    if lacking:
        raise ExpectedError("duplicate.choose", fields="、".join(map(difference_text, lacking)))
    number = taken.get("identity_number", KEEP)
    return {field: number if side == WITH_NUMBER else side for field, side in taken.items()}


def merge(desk: Desk, keep: str, drop: str, choices: Mapping[str, str]) -> Changed:
    """Make two records of one person one: `keep` stays with all that was under `drop`, which is voided.

    `choices` names 'keep' or 'drop' for each field that differs, as `queries.compare` lists them. Where the two
    tell of the same days otherwise, what was chosen holds and the rest keeps the days around it.
    The village that sent `drop` is told: it is on that village's list still.

    Raises ExpectedError `duplicate.gone`, `duplicate.choose` (with the fields), `duplicate.choice`,
    `duplicate.both_claimed`, `household.head_missing`, `household.two_heads`.
    """
    with desk.units("person.merge") as unit:
        comparison = queries.compare(unit.connection, keep, drop, desk.today()) if keep != drop else None
        if comparison is None:
            raise ExpectedError("duplicate.gone")
        taken = _chosen(comparison, choices)
        with heads_kept(unit, date.min, homes_of(unit, (keep, drop))):
            join(unit, comparison, taken)
        fold(desk, unit, {comparison.drop.household: comparison.keep.household})
        if village := owners.elsewhere(unit.connection, desk.scope, (drop,)).get(drop):
            said = _told(comparison, desk.today())
            problems.raise_all(desk, unit, [problems.by_hand(desk, village, said, person=drop)])
        name = unit.connection.execute(select(Person.name).where(Person.id == keep)).scalar_one()
        unit.name(name)
        return unit.commit()


def _told(comparison: Comparison, on: date) -> str:
    """Return what the village is told whose record gave way."""
    keep, drop = comparison.keep, comparison.drop
    with wording.speaking(wording.ZH):
        return _(
            "{name} ({number}) is on your list and a second time in {village}, household {household}; here the two "
            "were made one on {day}, as the latter. Take the person off your list if that is right; if not, say why."
        ).format(
            name=drop.name,
            number=identity.masked(drop.identity_number),
            village=divisions.called(keep.village_code),
            household=keep.household_no,
            day=on.isoformat(),
        )


def homes_of(unit: UnitOfWork, people: Iterable[str]) -> set[str]:
    """Return every household that these people belong or belonged to."""
    own = select(Membership.household_id).where(live(Membership))
    return {row.household_id for row in blocks.rows(unit.connection, own, Membership.person_id, people)}


def join(unit: UnitOfWork, comparison: Comparison, taken: Mapping[str, str]) -> None:
    """Put all that is under one of two records of a person under the other; ExpectedError `duplicate.both_claimed`."""
    keep, drop = comparison.keep.id, comparison.drop.id
    _move_claims(unit, keep, drop)
    _lay_over(unit, Membership, keep, drop, taken["household"])
    _move_dated(unit, keep, drop, taken)
    _move_spells(unit, keep, drop, taken)
    _move_services(unit, keep, drop)
    _move_exemptions(unit, keep, drop)
    _move_rest(unit, keep, drop)
    other = unit.connection.execute(select(Person.__table__).where(Person.id == drop)).mappings().one()
    unit.void(Person, drop)
    values = {
        each.name: other[each.name]
        for each in comparison.differences
        if each.table == "person" and taken[each.field] == DROP
    }
    if values:
        unit.update(Person, keep, **values)


def dismiss(desk: Desk, one: str, other: str, reason: str) -> Changed:
    """Say that two people are two, and why; they are not listed again. ExpectedError `duplicate.reason_missing`, `duplicate.gone`."""
    if not reason.strip():
        raise ExpectedError("duplicate.reason_missing")
    with desk.units("duplicate.dismiss") as unit:
        chosen = select(Person.id, Person.name).where(Person.id.in_((one, other)), live(Person))
        names = {row.id: row.name for row in unit.connection.execute(chosen)}
        if len(names) != 2:
            raise ExpectedError("duplicate.gone")
        if not queries.told_apart(unit.connection, one, other):
            unit.insert(
                Exemption,
                check=queries.CHECK,
                person_id=one,
                household_id=None,
                other=other,
                reason=clean(reason),
                on=desk.today(),
                officer=desk.officer,
            )
        unit.name(names[one])
        return unit.commit()


def _rows(unit: UnitOfWork, table: type[Record], person: str) -> list[Any]:
    columns = table.__table__.c
    chosen = select(table.__table__).where(columns.person_id == person, live(table)).order_by(columns.id)
    return list(unit.connection.execute(chosen))


def _span(row: Any) -> Span:  # noqa: ANN401 - a dated row
    return row.since or date.min, row.until or date.max


def _outside(span: Span, covers: Iterable[Span]) -> list[Span]:
    """Return the parts of a stretch of days that none of the others covers."""
    parts = [span]
    for first, last in covers:
        left: list[Span] = []
        for start, stop in parts:
            if last < start or first > stop:
                left.append((start, stop))
                continue
            if start < first:
                left.append((start, first - _DAY))
            if stop > last:
                left.append((last + _DAY, stop))
        parts = left
    return parts


def _lay_over(
    unit: UnitOfWork,
    table: type[Record],
    keep: str,
    drop: str,
    side: str,
    only: tuple[str, Sequence[str]] | None = None,
) -> None:
    """Give one person the dated rows of two: those of the side chosen as they are, the other's on the days around."""
    mine, theirs = (
        [row for row in _rows(unit, table, person) if only is None or getattr(row, only[0]) in only[1]]
        for person in (keep, drop)
    )
    chosen, rest = (mine, theirs) if side == KEEP else (theirs, mine)
    for row in theirs:
        unit.update(table, row.id, person_id=keep)
    covers = {_span(row): row for row in chosen}
    for row in rest:
        parts = _outside(_span(row), covers)
        if not parts:
            unit.void(table, row.id)
            continue
        for number, (start, stop) in enumerate(parts):
            values: dict[str, Any] = {
                "since": None if start == date.min else start,
                "until": None if stop == date.max else stop,
            }
            if table is Membership and stop != _span(row)[1]:
                values["end_reason"] = "moved"
            if number == 0:
                unit.update(table, row.id, **values)
            else:
                own = {
                    name: value
                    for name, value in row._mapping.items()  # noqa: SLF001 - SQLAlchemy's public way to a row's values
                    if name not in ("id", "made_in", "changed_in", "voided_in")
                }
                unit.insert(table, **{**own, "person_id": keep, **values})


def _move_dated(unit: UnitOfWork, keep: str, drop: str, taken: Mapping[str, str]) -> None:
    attributes = {row.attribute for person in (keep, drop) for row in _rows(unit, PersonAttribute, person)}
    for attribute in sorted(attributes):
        side = taken.get(attribute, KEEP)
        _lay_over(unit, PersonAttribute, keep, drop, side, ("attribute", (attribute,)))
    _lay_over(unit, Intention, keep, drop, taken.get("intention", KEEP))


def _move_spells(unit: UnitOfWork, keep: str, drop: str, taken: Mapping[str, str]) -> None:
    """Move the jobs; the same job is not doubled, of two that overlap the one chosen stays."""
    kept = {row.id: row for row in queries.spells(unit.connection, keep)}
    for other in queries.spells(unit.connection, drop):
        side = taken.get(f"job:{other.id}", KEEP)
        same = next((each for each in kept.values() if queries.same_job(each, other)), None)
        rivals = [each for each in kept.values() if queries.overlap(each, other)]
        if same is not None:
            one, two = queries.job_values(same), queries.job_values(other)
            first, second = (one, two) if side == KEEP else (two, one)
            filled = {
                name: second[name] if value in ("", None) and name not in _KEPT_OF_A_JOB else value
                for name, value in first.items()
            }
            unit.update(Spell, same.id, **filled)
            _give_up(unit, other.id, same.id)
        elif rivals and side == KEEP:
            _give_up(unit, other.id, rivals[0].id)
        else:
            for each in rivals:
                _give_up(unit, each.id, other.id)
                del kept[each.id]
            unit.update(Spell, other.id, person_id=keep)


def _give_up(unit: UnitOfWork, spell: str, instead: str) -> None:
    """Take out a job another tells of; wages, contracts and posts of it are the other's, a month's wage once."""
    unit.void(Spell, spell)
    for table in _OF_SPELLS:
        columns = table.__table__.c
        rows = unit.connection.execute(select(table.__table__).where(columns.spell_id == spell, live(table)))
        months = (
            select(columns.month).where(columns.spell_id == instead, live(table)) if table is Wage else None
        )
        paid = set(unit.connection.execute(months).scalars()) if months is not None else set()
        for row in rows.mappings().all():
            if row.get("month") in paid:
                unit.void(table, row["id"])
            else:
                unit.update(table, row["id"], spell_id=instead)


def _move_services(unit: UnitOfWork, keep: str, drop: str) -> None:
    def said(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row
        return row.kind, row.on, row.outcome, row.vacancy, row.note

    present = {said(row) for row in _rows(unit, ServiceRecord, keep)}
    for row in _rows(unit, ServiceRecord, drop):
        if said(row) in present:
            unit.void(ServiceRecord, row.id)
        else:
            unit.update(ServiceRecord, row.id, person_id=keep)


def _move_rest(unit: UnitOfWork, keep: str, drop: str) -> None:
    """Move whatever else names the person; what both say in the same words once."""
    for table in (RECORDS[name] for name, _columns in twins.child_tables("person_id")):
        if table in _MOVED:
            continue
        said = {_said(row) for row in _rows(unit, table, keep)}
        for row in _rows(unit, table, drop):
            if _said(row) in said:
                unit.void(table, row.id)
            else:
                unit.update(table, row.id, person_id=keep)


def _said(row: Any) -> tuple[str, ...]:  # noqa: ANN401 - a row
    """Return what a record says, without whose it is."""
    own = row._mapping  # noqa: SLF001 - SQLAlchemy's public way to a row's values
    return tuple(str(own[name]) for name in own if name not in BOOKKEEPING and name != "person_id")


def _move_exemptions(unit: UnitOfWork, keep: str, drop: str) -> None:
    chosen = select(Exemption.id, Exemption.person_id, Exemption.other).where(
        live(Exemption), or_(Exemption.person_id == drop, Exemption.other == drop)
    )
    for row in unit.connection.execute(chosen).all():
        one = keep if row.person_id == drop else row.person_id
        other = keep if row.other == drop else row.other
        if one == other:
            unit.void(Exemption, row.id)
        else:
            unit.update(Exemption, row.id, person_id=one, other=other)


def _move_claims(unit: UnitOfWork, keep: str, drop: str) -> None:
    """Move the claims; ExpectedError `duplicate.both_claimed` where one item was taken up under both."""
    chosen = select(Claim.id, Claim.item, Claim.cycle, Claim.state, Claim.number, Claim.beneficiary).where(
        Claim.beneficiary.in_((keep, drop)), live(Claim)
    )
    rows = unit.connection.execute(chosen).all()
    alive = {
        (row.item, row.cycle): row.number
        for row in rows
        if row.beneficiary == keep and row.state not in life.DEAD
    }
    for row in rows:
        if row.beneficiary != drop:
            continue
        if row.state not in life.DEAD and (row.item, row.cycle) in alive:
            raise ExpectedError("duplicate.both_claimed", number=alive[row.item, row.cycle], other=row.number)
        unit.update(Claim, row.id, beneficiary=keep)
