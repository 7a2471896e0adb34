"""Made-up beneficiaries of every kind, whatever a pack may ask of them, and what of them may still change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from caseworker_app.domain.codes import code_list
from caseworker_app.policy import pack
from caseworker_app.policy.applied import Change, Kind, applied
from caseworker_app.policy.facts import (
    BusinessFacts,
    CertificateFacts,
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
    Subject,
    WageFacts,
)
from caseworker_app.policy.pack import Pack
from caseworker_app.policy.schema import HOUSEHOLD, ORGANISATION, PERSON, Item
from caseworker_app.policy.vocabulary import FACTS, YES_NO, Fact

SAMPLES = Path(__file__).parents[2] / "samples" / "packs"
FIGURES = {"money": "600", "number": "3", "percent": "50", "ladder": [("1", "20000"), ("5", "50000")]}
EVERY = ["qingyang", "lanshan", *pack.bundled()]
DAY = timedelta(days=1)
HOME = "990106100207"
PLACES = ("990106", "990105", "320583", "65", "540102")
INSURANCES = ("pension", "medical", "unemployment", "work_injury", "accident")
JOBS = ("wage", "wage", "flexible", "self_employed", "public_post", "farming")
POSTS = ("rural_cleaner", "urban_cleaner")
LOANS = ("startup_person", "startup_partners", "small_firm", "stabilise_jobs")
CERTIFICATES = ("special_skill", "skill_level", "training")
COURSES = ("", "新型学徒制")
LEVELS = ("", "高级工", "初级工")
FLAGS = ("relocated", "low_income", "minimum_living", "destitute")
ROLES = ("employed", "sent_out", "taught", "trained")


@cache
def with_figures(name: str) -> Pack:
    """Return a pack with all its local figures entered."""
    folder = SAMPLES / name if (SAMPLES / name).exists() else pack.bundled_folder(name)
    figures = {
        key: [(None, str(max(600, (each.least or 0) // 100)) if each.kind == "money" else FIGURES[each.kind])]
        for key, each in pack.read_folder(folder).parameters.items()
    }
    return pack.from_texts(pack.texts(folder), figures)


def some_day(random: Random, first: int = 2023) -> date:
    """Return a day of about two years."""
    return date(first, 1, 1) + random.randrange(700) * DAY


def always(value: str) -> tuple[Dated, ...]:
    """Return a value that holds on every day."""
    return ((value, None, None),)


def job(random: Random, name: str, begun: date) -> SpellFacts:
    """Return a job from a day on, some of them with an end."""
    return SpellFacts(
        name,
        begun,
        random.choice((None, begun + random.randrange(300) * DAY)),
        random.choice(JOBS),
        random.choice(PLACES),
        random.choice((200000, 400000)),
        contract=random.choice((True, False)),
        insured=random.choice((True, False)),
        industry=random.choice(("construction", "mining")),
    )


def insurance(random: Random, name: str, since: date, person: str = "") -> InsuranceFacts:
    """Return an insurance from a day on."""
    kind, payer = random.choice(INSURANCES), random.choice(("person", "employer"))
    return InsuranceFacts(name, kind, payer, since, None, 90000, person)


def certificate(random: Random, name: str, issued: date) -> CertificateFacts:
    """Return a certificate of a day."""
    kind, level = random.choice(CERTIFICATES), random.choice(LEVELS)
    return CertificateFacts(name, kind, level, issued, course=random.choice(COURSES), cost=150000)


def business(random: Random, name: str, registered: date) -> BusinessFacts:
    """Return a business registered on a day."""
    return BusinessFacts(
        name,
        random.choice(("micro_firm", "individual")),
        random.choice((True, False)),
        registered,
        random.choice((None, None, registered + 90 * DAY)),
        random.choice((0, 3)),
    )


def loan(random: Random, name: str, granted: date) -> LoanFacts:
    """Return a loan granted on a day."""
    due = random.choice((None, granted + 365 * DAY))
    amount = random.choice((10000000, 30000000))
    return LoanFacts(name, random.choice(LOANS), amount, granted, due, None, 400, random.choice((0, 9000)))


def _own(random: Random, facts: dict[str, Fact], of: str) -> Iterator[tuple[str, tuple[Dated, ...]]]:
    """Return values of the facts that a pack declared itself."""
    for name, fact in facts.items():
        if name in FACTS or fact.of != of:
            continue
        if fact.labels:
            yield name.partition(".")[2], always(random.choice(tuple(fact.labels)))
        else:
            yield (
                name.partition(".")[2],
                always(random.choice(("yes", "no")) if fact.kind == YES_NO else str(random.randrange(5))),
            )


def person(random: Random, name: str, facts: dict[str, Fact]) -> PersonFacts:
    """Return somebody with whatever a pack may ask for."""
    spells = sorted(
        (job(random, f"{name}-job-{each}", some_day(random)) for each in range(random.choice((0, 1, 1, 2)))),
        key=lambda each: each.started_on,
    )
    attributes = {
        "hardship": always(random.choice(("older", "disabled", "none"))),
        "labour_skill": always(random.choice(("ordinary", "none"))),
        "graduated_on": always(some_day(random, 2021).isoformat()),
        **dict(_own(random, facts, PERSON)),
    }
    return PersonFacts(
        name,
        "甲",
        "",
        tuple(spells),
        "head",
        date(1960, 1, 1) + random.randrange(18000) * DAY,
        "male",
        random.choice(("", "", "44")),
        attributes,
        tuple(ContractFacts("c", "", some_day(random), None) for _ in range(random.choice((0, 0, 1)))),
        tuple(insurance(random, f"i-{each}", some_day(random)) for each in range(random.randrange(3))),
        tuple(certificate(random, "certificate", some_day(random)) for _ in range(random.choice((0, 1)))),
        tuple(business(random, "business", some_day(random)) for _ in range(random.choice((0, 1)))),
        tuple(loan(random, "loan", some_day(random)) for _ in range(random.choice((0, 1)))),
        tuple(
            PostFacts("post", random.choice(POSTS), each.id, each.started_on, each.ended_on)
            for each in spells
            if each.kind == "public_post"
        )[:1],
        tuple((kind, None) for kind in random.sample(("contract", "payslip"), random.randrange(3))),
    )


def household(random: Random, name: str, facts: dict[str, Fact], members: int = 1) -> HouseholdFacts:
    """Return a household with so many members."""
    flags = {each: always(random.choice(("yes", "no", "no"))) for each in FLAGS}
    return HouseholdFacts(
        name,
        "1",
        "甲",
        HOME,
        random.choice(("lifted_out", "ordinary", "ordinary")),
        random.choice(("", "", "marginal")),
        None,
        None,
        tuple(person(random, f"{name}-person-{each}", facts) for each in range(members)),
        {**flags, **dict(_own(random, facts, HOUSEHOLD))},
    )


def engaged(random: Random, name: str, facts: dict[str, Fact], since: date) -> EngagedFacts:
    """Return somebody of an organisation since a day."""
    home = household(random, name, facts)
    return EngagedFacts(name, random.choice(ROLES), since, None, "", home.members[0], home)


def organisation(random: Random, name: str, facts: dict[str, Fact]) -> OrganisationFacts:
    """Return an organisation with people and figures, half of them of kinds that packs ask for."""
    people = tuple(
        engaged(random, f"{name}-{each}", facts, some_day(random)) for each in range(random.randrange(4))
    )
    kinds = (
        "workshop",
        "studio",
        "agency",
        "enterprise",
        random.choice(code_list("organisation_kind").codes),
    )
    return OrganisationFacts(
        name,
        "某单位",
        random.choice(kinds),
        place_code="990106",
        home=HOME,
        size=random.choice(("micro", "large")),
        level=random.choice(("national", "county", "city")),
        certified_on=some_day(random),
        opened_on=some_day(random),
        people=people,
        head_counts={("2024-06", "all"): 20},
        insurances=tuple(
            insurance(random, f"i-{each.id}", some_day(random), each.person.id) for each in people[:2]
        ),
        loans=tuple(loan(random, "loan", some_day(random)) for _ in range(random.choice((0, 1)))),
    )


def subject(random: Random, name: str, item: Item) -> Subject:
    """Return a beneficiary of the kind an item is for."""
    if item.beneficiary == ORGANISATION:
        return Subject(ORGANISATION, organisation=organisation(random, name, item.facts))
    home = household(random, name, item.facts)
    return Subject(PERSON, home, home.members[0]) if item.beneficiary == PERSON else Subject(HOUSEHOLD, home)


# -- what may still change -----------------------------------------------------------------------------


def _with_person(whom: Subject, after: PersonFacts) -> Subject:
    assert whom.household is not None
    own = after if whom.person is not None else None
    return Subject(whom.kind, replace(whom.household, members=(after,)), own)


def _facts_set(random: Random, whom: Subject, on: date, item: Item) -> Subject:
    """Set facts of a person and household that can be entered on the day."""
    moves = [
        Change(Kind.FACT, fact="household.kind", value="lifted_out"),
        *(Change(Kind.FACT, fact=f"household.{each}", value=random.choice((True, False))) for each in FLAGS),
        Change(Kind.FACT, fact="person.graduated_on", value=on),
        Change(Kind.FACT, fact="person.hardship", value=random.choice(("older", "disabled", "lifted_out"))),
        Change(Kind.FACT, fact="person.labour_skill", value="skilled"),
    ]
    for name, fact in item.facts.items():
        if name not in FACTS and fact.of in (PERSON, HOUSEHOLD):
            values: tuple[Any, ...] = tuple(fact.labels) or (True, False)
            moves.append(
                Change(Kind.FACT, fact=name, value=random.choice(values if fact.kind != "number" else (0, 9)))
            )
    moves = [each for each in moves if whom.person is not None or not each.fact.startswith("person.")]
    return applied(whom, on, random.sample(moves, random.randrange(4)))[0]


def _person_later(random: Random, whom: PersonFacts, on: date) -> PersonFacts:
    """Give somebody a job from tomorrow, papers of jobs past, and records from today on."""
    if random.random() < 0.5:
        months = sorted({f"{on + DAY * each:%Y-%m}" for each in range(1, 400)})
        later = replace(
            job(random, "later", on + DAY),
            ended_on=None,
            contract=True,
            insured=True,
            point_to_point=random.choice((True, False)),
            wages=tuple(WageFacts(month, 400000, True) for month in months),
        )
        whom = replace(whom, spells=(*whom.spells, later))
        if later.kind == "public_post":
            post = PostFacts("post-later", random.choice(POSTS), later.id, later.started_on, None)
            whom = replace(whom, posts=(*whom.posts, post))
    if random.random() < 0.3:
        proved = tuple(replace(each, contract=True, insured=True) for each in whom.spells)
        whom = replace(whom, spells=proved, papers=(*whom.papers, ("contract", None), ("payslip", None)))
    if random.random() < 0.3:
        whom = replace(whom, businesses=(*whom.businesses, business(random, "business-later", on)))
    if random.random() < 0.3:
        whom = replace(whom, certificates=(*whom.certificates, certificate(random, "certificate-later", on)))
    if random.random() < 0.3:
        whom = replace(whom, loans=(*whom.loans, loan(random, "loan-later", on)))
    if random.random() < 0.4:
        added = tuple(insurance(random, f"i-later-{each}", on) for each in range(3))
        whom = replace(whom, insurances=(*whom.insurances, *added))
    return whom


def known_later(random: Random, whom: Subject, on: date, item: Item) -> Subject:
    """Add what only came about after a day: jobs, records, people; and let jobs that ran on that day end."""
    day = on + random.randrange(1, 90) * DAY

    def ended(one: PersonFacts) -> PersonFacts:
        spells = tuple(
            replace(each, ended_on=day) if each.ended_on is None and each.started_on <= on else each
            for each in one.spells
        )
        later = job(random, "later", day + DAY)
        insured = insurance(random, "i-later", day)
        return replace(
            one,
            spells=(*spells, later),
            insurances=(*one.insurances, insured),
            businesses=(*one.businesses, business(random, "business-later", day)),
            certificates=(*one.certificates, certificate(random, "certificate-later", day)),
            loans=(*one.loans, loan(random, "loan-later", day)),
            papers=(*one.papers, ("contract", day)),
        )

    if whom.organisation is not None:
        return replace(
            whom, organisation=_organisation_later(random, whom.organisation, day, item.facts, same=True)
        )
    assert whom.household is not None
    return _with_person(whom, ended(whom.household.members[0]))


def _organisation_later(
    random: Random, whom: OrganisationFacts, on: date, facts: dict[str, Fact], *, same: bool = False
) -> OrganisationFacts:
    """Let an organisation engage people who work on, insure them, borrow, and be certified."""
    added = []
    for each in range(random.choice((0, 1, 3, 12))):
        one = engaged(random, f"later-{each}", facts, on)
        assert one.household is not None
        work = SpellFacts(f"later-job-{each}", on, None, "wage", "320583", 400000, True, True)
        insured = tuple(InsuranceFacts(f"l-{each}-{kind}", kind, "employer", on, None) for kind in INSURANCES)
        after = replace(one.person, spells=(*one.person.spells, work), insurances=insured)
        home = replace(one.household, kind="lifted_out", members=(after,))
        added.append(replace(one, person=after, household=home))
    rows = tuple(
        InsuranceFacts(f"i-{each.id}", "pension", "employer", on, None, 90000, each.person.id)
        for each in added
    )
    whom = replace(whom, people=(*whom.people, *added), insurances=(*whom.insurances, *rows))
    if random.random() < 0.3:
        whom = replace(whom, loans=(*whom.loans, loan(random, "loan-later", on)))
    if not same and random.random() < 0.3:
        whom = replace(whom, level=random.choice(("national", "county")), size="micro")
    return whom


def near(random: Random, whom: Subject, on: date, item: Item) -> tuple[Subject, date]:
    """Change at random what may change: the future, what is on record, the day of asking."""
    if random.random() < 0.5:
        on += random.randrange(1, 120) * DAY
    if whom.organisation is not None:
        whom = replace(whom, organisation=_organisation_later(random, whom.organisation, on, item.facts))
    else:
        assert whom.household is not None
        whom = _facts_set(random, whom, on, item)
        assert whom.household is not None
        whom = _with_person(whom, _person_later(random, whom.household.members[0], on))
    if random.random() < 0.7:
        on += random.randrange(1, 250) * DAY
    return whom, on
