"""Every block a pack can be made of, in two invented places; and the fewest changes, applied and assessed."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import cases, changes, explain, needs, pack
from caseworker_app.policy.assess import State, assess_subject, cycle_of, verdict
from caseworker_app.policy.changes import Change, Kind, applied, smallest
from caseworker_app.policy.facts import (
    BusinessFacts,
    CertificateFacts,
    Claimed,
    ContractFacts,
    HouseholdFacts,
    InsuranceFacts,
    LoanFacts,
    PersonFacts,
    PostFacts,
    SpellFacts,
    Subject,
)
from caseworker_app.policy.schema import ORGANISATION, PERSON, Item

PACKS = Path(__file__).parents[2] / "samples" / "packs"
DAY = timedelta(days=1)
HOME = "990106100207"


@pytest.mark.parametrize("name", ["qingyang", "lanshan"])
def test_every_case_of_an_invented_place_holds(name: str) -> None:
    results = cases.run(pack.read_folder(PACKS / name), PACKS / name)
    assert [each for each in results if each.difference] == []


def test_a_child_says_only_what_differs() -> None:
    parent, child = pack.read_folder(PACKS / "qingyang"), pack.read_folder(PACKS / "lanshan")
    assert child.parents == ("qingyang",)
    assert set(child.items) == set(parent.items) - {"QY-18"} | {"LS-1"}
    assert child.item("QY-4").clause == parent.item("QY-4").clause
    assert child.item("QY-4").name != parent.item("QY-4").name
    assert child.settings["counting"].explanation == parent.settings["counting"].explanation
    assert child.worker == parent.worker
    assert (parent.document.draft, child.document.draft) == (True, False)


def test_a_mistake_of_the_parent_is_named_in_the_parents_file(tmp_path: Path) -> None:
    for name in ("qingyang", "lanshan"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.toml").write_text(
            (PACKS / name / "pack.toml").read_text("utf-8").replace('rate = "600"', 'rate = "6oo"'), "utf-8"
        )
    with pytest.raises(ExpectedError) as error:
        pack.read_folder(tmp_path / "lanshan")
    values = error.value.values
    assert error.value.code == "pack.key_amount"
    assert str(values["file"]).endswith("qingyang/pack.toml")
    line = values["line"]
    assert isinstance(line, int)
    assert "6oo" in (tmp_path / "qingyang" / "pack.toml").read_text("utf-8").splitlines()[line - 1]


def test_a_pack_that_refines_itself_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    folder.mkdir()
    text = (PACKS / "lanshan" / "pack.toml").read_text("utf-8").replace('"qingyang"', '"round"')
    (folder / "pack.toml").write_text(text, "utf-8")
    with pytest.raises(ExpectedError) as error:
        pack.read_folder(folder)
    assert error.value.code == "pack.circle"


def test_a_ledger_keeps_the_texts_of_a_pack_and_its_parents() -> None:
    texts = pack.texts(PACKS / "lanshan")
    assert list(texts) == [
        "lanshan/pack.toml",
        "lanshan/cases.toml",
        "qingyang/pack.toml",
        "qingyang/cases.toml",
    ]
    kept, read = pack.from_texts(texts), pack.read_folder(PACKS / "lanshan")
    assert kept == read


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('fact = "organisation.level"', 'fact = "person.age"', "fact_kind"),
        ('fact = "organisation.kind"', 'fact = "person.education"', "fact_here"),
        ('fact = "person.student"', 'fact = "person.studnt"', "value_unknown"),
        ('share = "66"', 'share = "66"', ""),
        ("at_least = 20\n", "", "key_missing"),
        ('places = ["65", "5401"]', 'places = ["6"]', "place_code"),
        ('over = "ever"\nmonths = 24', 'over = "ever"\nmonths = 24\ntimes = 2', "cap_one"),
        ('items = ["QY-3"]', 'items = ["QY-33"]', "value_unknown"),
        ("from = 2024-01-01\nclause", "clause", "amount_twice"),
        ('opens = "10-08"', 'opens = "10-32"', "month_day"),
        ('parameter = "share"', 'parameter = "allowance"', "parameter_kind"),
        ('name = "household.land"', 'name = "firm.land"', "fact_name"),
        ('id = "QY-18"', 'id = "QY-17"', "item_twice"),
        ('who = "relocated"', 'clause = "x"', "test_missing"),
        ('measure = "people"\npeople = "stable"', 'measure = "income"', "value_unknown"),
        ('{ at_least = "10000", percent = 5 }', '{ at_least = "10000", percent = 5, places = ["65"] }', ""),
        ('is = ["micro", "small", "medium"]', 'is = ["tiny"]', "value_unknown"),
        ("papers_least = 2\n", "papers_least = 9\n", "value_unknown"),
    ],
)
def test_each_mistake_has_its_code(old: str, new: str, code: str) -> None:
    text = (PACKS / "qingyang" / "pack.toml").read_text("utf-8")
    if not code:
        pack.parse(text.replace(old, new, 1), "p")
        return
    assert old in text
    with pytest.raises(ExpectedError) as error:
        pack.parse(text.replace(old, new, 1), "p")
    assert error.value.code == f"pack.{code}"
    assert isinstance(error.value.values["line"], int)


def test_only_the_records_that_are_asked_for_are_fetched() -> None:
    rules = pack.read_folder(PACKS / "qingyang")
    assert needs.of([rules.item("QY-4")]) == {"wages"}
    assert needs.of([rules.item("QY-9")]) == {"attributes", "businesses"}
    assert needs.of([rules.item("QY-1")]) == {"flags", "papers", "shares", "spells_claimed"}
    assert "organisations" in needs.of([rules.item("QY-6")])
    assert needs.of(rules.items.values()) <= needs.ALL


# -- the fewest changes --------------------------------------------------------------------------------


def made_up(random: Random, number: int) -> tuple[HouseholdFacts, PersonFacts]:
    """Return somebody with whatever a pack may ask for, some of it missing."""

    def some_day(first: int = 2023) -> date:
        return date(first, 1, 1) + random.randrange(700) * DAY

    spells = []
    for each in range(random.choice((0, 1, 1, 2))):
        begun = some_day()
        spells.append(
            SpellFacts(
                f"spell-{each}",
                begun,
                random.choice((None, begun + random.randrange(300) * DAY)),
                random.choice(("wage", "wage", "flexible", "public_post", "farming")),
                random.choice(("990106", "990105", "320583", "65", "540102")),
                random.choice((200000, 400000)),
                contract=random.choice((True, False)),
                insured=random.choice((True, False)),
                industry=random.choice(("construction", "mining")),
            )
        )
    spells.sort(key=lambda each: each.started_on)
    marks: dict[str, tuple[tuple[str, date | None, date | None], ...]] = {
        "veteran": ((random.choice(("yes", "no")), None, None),),
        "talent": ((random.choice(("a", "b")), None, None),),
        "hardship": ((random.choice(("older", "disabled")), None, None),),
        "graduated_on": ((some_day(2021).isoformat(), None, None),),
    }
    person = PersonFacts(
        f"person-{number}",
        "甲",
        "",
        tuple(spells),
        "head",
        date(1960, 1, 1) + random.randrange(18000) * DAY,
        "male",
        random.choice(("", "", "44")),
        marks,
        tuple(ContractFacts("c", "", some_day(), None) for _ in range(random.choice((0, 0, 1)))),
        tuple(
            InsuranceFacts(f"i-{kind}", kind, random.choice(("person", "employer")), some_day(), None, 90000)
            for kind in random.sample(("pension", "medical"), random.randrange(3))
        ),
        tuple(
            CertificateFacts("cert", random.choice(("training", "skill_level")), "", some_day(), cost=150000)
            for _ in range(random.choice((0, 1)))
        ),
        tuple(
            BusinessFacts("b", "micro_firm", random.choice((True, False)), some_day(), None)
            for _ in range(random.choice((0, 1)))
        ),
        tuple(
            LoanFacts(
                "l", "startup_person", random.choice((10000000, 30000000)), some_day(), None, None, 400, 9000
            )
            for _ in range(random.choice((0, 1)))
        ),
        tuple(
            PostFacts("post", "rural_cleaner", each.id, each.started_on, each.ended_on)
            for each in spells
            if each.kind == "public_post"
        )[:1],
        tuple((kind, None) for kind in random.sample(("contract", "payslip"), random.randrange(3))),
    )
    flags = {
        name: ((random.choice(("yes", "no")), None, None),)
        for name in ("relocated", "low_income", "minimum_living")
    }
    household = HouseholdFacts(
        f"household-{number}",
        "1",
        "甲",
        HOME,
        random.choice(("lifted_out", "ordinary", "ordinary")),
        random.choice(("", "", "marginal")),
        None,
        None,
        (person,),
        {**flags, "land": ((str(random.randrange(5)), None, None),)},
    )
    return household, person


def _figures(item_pack: pack.Pack) -> pack.Pack:
    return changes_pack(item_pack, {"allowance": "600", "share": "50", "months_needed": "3"})


def changes_pack(rules: pack.Pack, figures: dict[str, str]) -> pack.Pack:
    texts = pack.texts(PACKS / rules.id)
    return pack.from_texts(texts, {key: [(None, value)] for key, value in figures.items()})


def neighbourhood(random: Random, subject: Subject, on: date) -> tuple[Subject, date]:
    """Change something at random that may change: the future, what is on record, the day of asking."""
    moves = [
        Change(Kind.FACT, fact="household.kind", value="lifted_out"),
        Change(Kind.FACT, fact="household.low_income", value=True),
        Change(Kind.FACT, fact="household.relocated", value=True),
        Change(Kind.FACT, fact="person.veteran", value=True),
        Change(Kind.FACT, fact="person.talent", value="a"),
        Change(Kind.FACT, fact="person.graduated_on", value=on),
        Change(Kind.WAIT, until=on + random.randrange(1, 200) * DAY),
    ]
    moves = [each for each in moves if subject.person is not None or not each.fact.startswith("person.")]
    subject, on = applied(subject, on, random.sample(moves, random.randrange(1, 4)))
    if subject.person is not None and random.random() < 0.5:
        begun = on + DAY
        on = on + random.randrange(20, 250) * DAY
        job = SpellFacts(
            "later", begun, None, "wage", random.choice(("320583", "990105")), 300000, True, True
        )
        person = replace(subject.person, spells=(*subject.person.spells, job))
        assert subject.household is not None
        subject = Subject(subject.kind, replace(subject.household, members=(person,)), person)
    return subject, on


def subjects_of(item: Item, household: HouseholdFacts, person: PersonFacts) -> Subject:
    return (
        Subject(PERSON, household, person) if item.beneficiary == PERSON else Subject("household", household)
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_fewest_changes_once_applied_make_it_eligible_and_where_there_are_none_nothing_does(
    seed: int, whole: bool
) -> None:
    random = Random(seed)
    rules = _figures(pack.read_folder(PACKS / "qingyang"))
    flipped = hopeless = 0
    for number in range(50 if whole else 12):
        household, person = made_up(random, number)
        on = date(2024, 1, 1) + random.randrange(500) * DAY
        for item in rules.items.values():
            if item.beneficiary == ORGANISATION:
                continue
            subject = subjects_of(item, household, person)
            cycle = item.cycle.around(on) if random.random() < 0.6 else item.cycle.at(on)
            own = cycle_of(item, subject, on, cycle)
            if own is None or verdict(item, subject, own, on, Claimed())[0] is not State.NOT_ELIGIBLE:
                continue
            found = smallest(item, subject, own, on, Claimed())
            if found is None:
                hopeless += 1
                for _ in range(6):
                    near, day = neighbourhood(random, subject, on)
                    state = verdict(item, near, own, day, Claimed())[0]
                    assert state is not State.ELIGIBLE, (item.id, number, on, own.name)
                continue
            flipped += 1
            after, day = applied(subject, on, found)
            answer = assess_subject(item, after, own, day, Claimed())
            assert answer.state is State.ELIGIBLE, (item.id, number, found)
            assert explain.changes_text(found)
            for left_out in range(len(found)):  # Not one of them could be spared.
                fewer = found[:left_out] + found[left_out + 1 :]
                less, day = applied(subject, on, fewer)
                assert verdict(item, less, own, day, Claimed())[0] is not State.ELIGIBLE, (
                    item.id,
                    number,
                    found,
                )
    assert flipped > 20
    assert hopeless > 5
    assert changes.Kind.WAIT.value == "wait"


def test_the_quick_verdict_is_that_of_the_whole_answer() -> None:
    random = Random(7)
    rules = _figures(pack.read_folder(PACKS / "qingyang"))
    seen = set()
    for number in range(60):
        household, person = made_up(random, number)
        on = date(2024, 1, 1) + random.randrange(500) * DAY
        for item in rules.items.values():
            if item.beneficiary == ORGANISATION:
                continue
            subject = subjects_of(item, household, person)
            cycle = cycle_of(item, subject, on, item.cycle.at(on))
            if cycle is None:
                continue
            state, low, high = verdict(item, subject, cycle, on, Claimed())
            answer = assess_subject(item, subject, cycle, on, Claimed())
            assert (answer.state, answer.amount_max or 0) == (
                state,
                high if state is not State.NOT_ELIGIBLE else 0,
            )
            assert answer.amount in (low, None)
            assert answer == assess_subject(item, subject, cycle, on, Claimed())
            assert explain.as_json(answer, item)["why"]
            seen.add((item.id, state))
    assert len(seen) > 15
