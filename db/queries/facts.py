"""The facts that assessment reads, in one query a table for everybody at once, and only the tables a pack asks for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, func, or_, select

from caseworker_app.domain import money
from caseworker_app.domain.claim import DEAD
from caseworker_app.policy import needs as asked
from caseworker_app.policy.facts import (
    NOTHING,
    BusinessFacts,
    CertificateFacts,
    Claimed,
    ClaimFacts,
    ContractFacts,
    Dated,
    EngagedFacts,
    HouseholdFacts,
    InsuranceFacts,
    LoanFacts,
    OrganisationFacts,
    PersonFacts,
    PostFacts,
    SpellFacts,
    WageFacts,
    value_on,
)
from db.queries import blocks
from db.queries.dated import holds, live
from db.tables import (
    Attachment,
    Business,
    Certificate,
    Claim,
    Contract,
    Engagement,
    HeadCount,
    Household,
    HouseholdAttribute,
    Insurance,
    Loan,
    Membership,
    Monitoring,
    Organisation,
    Person,
    PersonAttribute,
    Post,
    PostHolding,
    Spell,
    Wage,
)

_T = TypeVar("_T")


def _rows(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    column: Any,  # noqa: ANN401 - a mapped column
    chosen: Collection[str] | None,
) -> Iterable[Any]:
    if chosen is None:
        return connection.execute(statement).fetchall()
    return blocks.rows(connection, statement, column, chosen)


def _grouped(rows: Iterable[Any], make: Callable[..., _T]) -> dict[str, tuple[_T, ...]]:
    """Return what is made of rows, by their first column."""
    found: dict[str, list[_T]] = defaultdict(list)
    for owner, *values in rows:
        found[owner].append(make(*values))
    return {owner: tuple(each) for owner, each in found.items()}


def _attributes(rows: Iterable[Any]) -> dict[str, dict[str, tuple[Dated, ...]]]:
    found: dict[str, dict[str, tuple[Dated, ...]]] = defaultdict(dict)
    for owner, name, value, since, until in rows:
        own = found[owner]
        own[name] = (*own[name], (value, since, until)) if name in own else ((value, since, until),)
    return found


class _Records:
    """What people have on record beside their jobs, for those kinds that are needed."""

    def __init__(
        self, connection: Connection, on: date, people: Collection[str] | None, needs: Collection[str]
    ) -> None:
        def asked_for(
            name: str,
            statement: Select[*tuple[Any, ...]],
            column: Any,  # noqa: ANN401 - a mapped column
            make: Callable[..., _T],
        ) -> dict[str, tuple[_T, ...]]:
            return _grouped(_rows(connection, statement, column, people), make) if name in needs else {}

        self.contracts = asked_for(
            "contracts",
            select(
                Contract.person_id,
                Contract.id,
                func.coalesce(Contract.spell_id, ""),
                Contract.signed_on,
                Contract.until,
            ).where(live(Contract)),
            Contract.person_id,
            ContractFacts,
        )
        self.insurances = asked_for(
            "insurances",
            select(
                Insurance.person_id,
                Insurance.id,
                Insurance.kind,
                Insurance.payer,
                Insurance.since,
                Insurance.until,
                Insurance.paid,
                Insurance.person_id.label("whose"),
            ).where(live(Insurance)),
            Insurance.person_id,
            InsuranceFacts,
        )
        self.certificates = asked_for(
            "certificates",
            select(
                Certificate.person_id,
                Certificate.id,
                Certificate.kind,
                Certificate.level,
                Certificate.issued_on,
                Certificate.trade,
                Certificate.course,
                Certificate.cost,
            ).where(live(Certificate)),
            Certificate.person_id,
            CertificateFacts,
        )
        self.businesses = asked_for(
            "businesses",
            select(
                Business.person_id,
                Business.id,
                Business.kind,
                Business.first,
                Business.registered_on,
                Business.closed_on,
                Business.employed,
                Business.name,
            ).where(live(Business)),
            Business.person_id,
            BusinessFacts,
        )
        self.loans = asked_for("loans", _loans(Loan.person_id), Loan.person_id, LoanFacts)
        self.posts = asked_for(
            "posts",
            select(
                PostHolding.person_id,
                PostHolding.id,
                Post.kind,
                PostHolding.spell_id,
                Spell.started_on,
                Spell.ended_on,
                PostHolding.months_before,
            )
            .join(Post, Post.id == PostHolding.post_id)
            .join(Spell, Spell.id == PostHolding.spell_id)
            .where(live(PostHolding), live(Post), live(Spell)),
            PostHolding.person_id,
            PostFacts,
        )
        self.papers = asked_for(
            "papers",
            select(Attachment.person_id, Attachment.kind, Attachment.taken_on).where(
                live(Attachment), Attachment.person_id.is_not(None)
            ),
            Attachment.person_id,
            lambda kind, day: (str(kind), day),
        )
        self.attributes: dict[str, dict[str, tuple[Dated, ...]]] = {}
        if "attributes" in needs:
            statement = (
                select(
                    PersonAttribute.person_id,
                    PersonAttribute.attribute,
                    PersonAttribute.value,
                    PersonAttribute.since,
                    PersonAttribute.until,
                )
                .where(
                    live(PersonAttribute), or_(PersonAttribute.since.is_(None), PersonAttribute.since <= on)
                )
                .order_by(PersonAttribute.since)
            )
            self.attributes = _attributes(_rows(connection, statement, PersonAttribute.person_id, people))


def _loans(owner: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - a mapped column
    return select(
        owner,
        Loan.id,
        Loan.kind,
        Loan.amount,
        Loan.granted_on,
        Loan.until,
        Loan.repaid_on,
        Loan.rate,
        Loan.interest_paid,
        Loan.purpose,
    ).where(live(Loan), owner.is_not(None))


def _spells(
    connection: Connection, on: date, people: Collection[str] | None, *, wages: bool
) -> dict[str, tuple[SpellFacts, ...]]:
    monthly: dict[str, tuple[WageFacts, ...]] = {}
    if wages:
        statement = (
            select(Wage.spell_id, Wage.month, Wage.amount, Wage.by_bank)
            .where(live(Wage), Wage.month <= f"{on:%Y-%m}")
            .order_by(Wage.month)
        )
        monthly = _grouped(_rows(connection, statement, Wage.person_id, people), WageFacts)
    jobs = (
        select(
            Spell.person_id,
            Spell.id,
            Spell.started_on,
            Spell.ended_on,
            Spell.kind,
            Spell.place_code,
            Spell.wage,
            Spell.contract,
            Spell.insured,
            Spell.channel,
            Spell.industry,
            Spell.trade,
            Spell.employer,
            Spell.point_to_point,
        )
        .where(live(Spell), Spell.started_on <= on)
        .order_by(Spell.started_on)
    )
    found = _grouped(_rows(connection, jobs, Spell.person_id, people), SpellFacts)
    if monthly:
        for theirs in found.values():
            for job in theirs:
                job.wages = monthly.get(job.id, ())
    return found


_PERSON = (Person.id, Person.name, Person.identity_number, Person.born, Person.sex, Person.disability)


def _person(values: Sequence[Any], relation: str = "") -> PersonFacts:
    person, name, number, born, sex, disability = values
    return PersonFacts(person, name, number or "", (), relation, born, sex, disability, NOTHING)


def _complete(
    connection: Connection,
    on: date,
    persons: Mapping[str, Sequence[PersonFacts]],
    chosen: Collection[str] | None,
    needs: Collection[str],
) -> None:
    """Give people their jobs and what else they have on record; most have little, so that is what is gone through."""
    for person, jobs in _spells(connection, on, chosen, wages="wages" in needs).items():
        for each in persons.get(person, ()):
            each.spells = jobs
    if set(needs) - {"flags", "wages", "shares"}:
        for name, found in vars(_Records(connection, on, chosen, needs)).items():
            for person, theirs in found.items():
                for each in persons.get(person, ()):
                    setattr(each, name, theirs)


def households(
    connection: Connection,
    on: date,
    chosen: Collection[str] | None = None,
    needs: Collection[str] = asked.ALL,
) -> list[HouseholdFacts]:
    """Return the facts of these households (all when None) as of a day, in order of village and number."""
    attributes = (
        select(
            HouseholdAttribute.household_id,
            HouseholdAttribute.attribute,
            HouseholdAttribute.value,
            HouseholdAttribute.since,
            HouseholdAttribute.until,
        )
        .where(
            live(HouseholdAttribute), or_(HouseholdAttribute.since.is_(None), HouseholdAttribute.since <= on)
        )
        .order_by(HouseholdAttribute.since)
    )
    if "flags" not in needs:
        attributes = attributes.where(HouseholdAttribute.attribute == "kind")
    marked = _attributes(_rows(connection, attributes, HouseholdAttribute.household_id, chosen))
    watched = {
        household: rest
        for household, *rest in _rows(
            connection,
            select(Monitoring.household_id, Monitoring.kind, Monitoring.identified_on, Monitoring.resolved_on)
            .where(live(Monitoring), or_(Monitoring.identified_on.is_(None), Monitoring.identified_on <= on))
            .order_by(Monitoring.identified_on),
            Monitoring.household_id,
            chosen,
        )
    }
    family: dict[str, list[PersonFacts]] = defaultdict(list)
    persons: dict[str, list[PersonFacts]] = defaultdict(list)
    """By id; somebody can stand in two households, as two devices' work leaves him."""
    heads: dict[str, str] = {}
    for household, relation, *values in _rows(
        connection,
        select(Membership.household_id, Membership.relation, *_PERSON)
        .join(Person, Person.id == Membership.person_id)
        .where(holds(Membership, on), live(Person))
        .order_by(Person.id),
        Membership.household_id,
        chosen,
    ):
        person = _person(values, relation)
        persons[person.id].append(person)
        family[household].append(person)
        if relation == "head":
            heads.setdefault(household, person.name)
    _complete(connection, on, persons, None if chosen is None else list(persons), needs)
    own = select(Household.id, Household.household_no, Household.village_code).where(live(Household))
    result = []
    for household, number, village in _rows(
        connection, own.order_by(Household.village_code, Household.household_no), Household.id, chosen
    ):
        dated = marked.get(household, NOTHING)
        kind, identified_on, resolved_on = watched.get(household, ("", None, None))
        result.append(
            HouseholdFacts(
                household,
                number,
                heads.get(household, ""),
                village,
                value_on(dated.get("kind", ()), on),
                kind,
                identified_on,
                resolved_on,
                tuple(family.get(household, ())),
                dated,
            )
        )
    return result


def organisations(
    connection: Connection,
    on: date,
    chosen: Collection[str] | None = None,
    needs: Collection[str] = asked.ALL,
) -> list[OrganisationFacts]:
    """Return the facts of these organisations (all when None) as of a day, with the people they have to do with."""
    engaged = list(
        _rows(
            connection,
            select(
                Engagement.organisation_id,
                Engagement.id,
                Engagement.role,
                Engagement.since,
                Engagement.until,
                func.coalesce(Engagement.spell_id, ""),
                Engagement.person_id,
            )
            .where(live(Engagement))
            .order_by(Engagement.id),
            Engagement.organisation_id,
            chosen,
        )
    )
    people = sorted({row[-1] for row in engaged})
    homes = household_of(connection, people, on)
    known = {each.id: each for each in households(connection, on, sorted(set(homes.values())), needs)}
    persons = {member.id: member for home in known.values() for member in home.members}
    strangers = [each for each in people if each not in persons]
    if strangers:
        alone = {
            row[0]: (_person(row),)
            for row in _rows(connection, select(*_PERSON).where(live(Person)), Person.id, strangers)
        }
        _complete(connection, on, alone, list(alone), needs)
        persons |= {person: each[0] for person, each in alone.items()}
    staff: dict[str, list[EngagedFacts]] = defaultdict(list)
    for organisation, record, role, since, until, spell, person in engaged:
        if person in persons:
            staff[organisation].append(
                EngagedFacts(
                    record, role, since, until, spell, persons[person], known.get(homes.get(person, ""))
                )
            )
    counts: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for organisation, month, kind, number in _rows(
        connection,
        select(HeadCount.organisation_id, HeadCount.month, HeadCount.kind, HeadCount.number).where(
            live(HeadCount), HeadCount.month <= f"{on:%Y-%m}"
        ),
        HeadCount.organisation_id,
        chosen,
    ):
        counts[organisation][month, kind] = number
    paid = _grouped(
        _rows(
            connection,
            select(
                Insurance.organisation_id,
                Insurance.id,
                Insurance.kind,
                Insurance.payer,
                Insurance.since,
                Insurance.until,
                Insurance.paid,
                Insurance.person_id,
            ).where(live(Insurance), Insurance.organisation_id.is_not(None)),
            Insurance.organisation_id,
            chosen,
        ),
        InsuranceFacts,
    )
    loans = _grouped(_rows(connection, _loans(Loan.organisation_id), Loan.organisation_id, chosen), LoanFacts)
    result = []
    for row in _rows(
        connection,
        select(
            Organisation.id,
            Organisation.name,
            Organisation.kind,
            Organisation.credit_code,
            Organisation.village_code,
            Organisation.place_code,
            Organisation.size,
            Organisation.level,
            Organisation.certified_on,
            Organisation.opened_on,
            Organisation.closed_on,
        )
        .where(live(Organisation))
        .order_by(Organisation.name, Organisation.id),
        Organisation.id,
        chosen,
    ):
        firm = OrganisationFacts(*row)
        firm.people = tuple(staff.get(firm.id, ()))
        firm.head_counts = counts.get(firm.id, {})
        firm.insurances, firm.loans = paid.get(firm.id, ()), loans.get(firm.id, ())
        result.append(firm)
    return result


def _shares(members: Any) -> tuple[tuple[str, int], ...]:  # noqa: ANN401 - of a stored answer
    return tuple(
        (str(each["id"]), money.fen(each["paid"]))
        for each in members or ()
        if each.get("paid") not in (None, "0.00")
    )


_LIVE_CLAIMS = (live(Claim), Claim.state.not_in(DEAD))


def claimed(
    connection: Connection, needs: Collection[str] = asked.ALL, whom: Collection[str] | None = None
) -> Claimed:
    """Return all live claims, or those of these beneficiaries; each also under the other records of its identity number."""
    found = Claimed()
    if connection.execute(select(Claim.id).where(*_LIVE_CLAIMS).limit(1)).first() is None:
        return found
    same = _same_people(connection, whom)
    theirs = None if whom is None else sorted({*whom, *(each for group in same.values() for each in group)})
    answer = Claim.answer
    statement = select(
        Claim.id,
        Claim.number,
        Claim.item,
        Claim.cycle,
        Claim.beneficiary,
        Claim.amount,
        Claim.filed_on,
        answer["cycle_first"].as_string(),
        answer["cycle_last"].as_string(),
        answer["months"].as_integer(),
    ).where(*_LIVE_CLAIMS)
    shares, spells = _stored(connection, needs, theirs)
    for claim, number, item, cycle, beneficiary, amount, filed_on, first, last, months in _rows(
        connection, statement, Claim.beneficiary, theirs
    ):
        for whose in same.get(beneficiary, (beneficiary,)):
            found.add(
                ClaimFacts(
                    claim,
                    number,
                    item,
                    cycle,
                    whose,
                    amount,
                    filed_on,
                    months or 0,
                    spells.get(claim, ()),
                    shares.get(claim, ()),
                    date.fromisoformat(first) if first else None,
                    date.fromisoformat(last) if last else None,
                )
            )
    return found


def _stored(
    connection: Connection, needs: Collection[str], whom: Collection[str] | None
) -> tuple[dict[str, tuple[tuple[str, int], ...]], dict[str, tuple[str, ...]]]:
    """Return what stored answers say of each member's share and of the jobs that counted, where a pack asks for it."""
    shares: dict[str, tuple[tuple[str, int], ...]] = {}
    spells: dict[str, tuple[str, ...]] = {}
    if "shares" in needs:
        chosen = select(Claim.id, Claim.answer["members"].as_json()).where(
            *_LIVE_CLAIMS, Claim.beneficiary_kind == "household"
        )
        shares = {
            claim: _shares(members) for claim, members in _rows(connection, chosen, Claim.beneficiary, whom)
        }
    if "spells_claimed" in needs:
        jobs = select(Claim.id, Claim.answer["stretches"].as_json()).where(*_LIVE_CLAIMS)
        spells = {
            claim: tuple(str(each["spell"]) for each in stretches or ())
            for claim, stretches in _rows(connection, jobs, Claim.beneficiary, whom)
        }
    return shares, spells


def _same_people(connection: Connection, whom: Collection[str] | None) -> dict[str, tuple[str, ...]]:
    """Return for each of several records of one identity number all of them: two villages may have one person."""
    known = (live(Person), Person.identity_number.is_not(None), Person.identity_number != "")
    statement = select(Person.identity_number, Person.id).where(*known)
    if whom is None:
        twice = (
            select(Person.identity_number)
            .where(*known)
            .group_by(Person.identity_number)
            .having(func.count() > 1)
        )
        rows: Iterable[Any] = connection.execute(statement.where(Person.identity_number.in_(twice)))
    else:
        numbers = _rows(connection, select(Person.identity_number).where(*known), Person.id, whom)
        rows = blocks.rows(connection, statement, Person.identity_number, sorted({row[0] for row in numbers}))
    groups: dict[str, list[str]] = defaultdict(list)
    for number, person in rows:
        groups[number or ""].append(person)
    return {person: tuple(group) for group in groups.values() if len(group) > 1 for person in group}


def household_of(connection: Connection, people: Sequence[str], on: date) -> dict[str, str]:
    """Return the household each person belongs to on a day."""
    statement = select(Membership.person_id, Membership.household_id).where(holds(Membership, on))
    return dict(tuple(row) for row in _rows(connection, statement, Membership.person_id, people))
