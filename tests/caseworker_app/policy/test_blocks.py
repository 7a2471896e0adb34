"""Every block a pack can be made of, in two invented places."""

from datetime import date
from pathlib import Path
from random import Random

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import cases, explain, needs, pack
from caseworker_app.policy.answer import State
from caseworker_app.policy.assess import assess_subject, cycle_of
from caseworker_app.policy.facts import Claimed
from caseworker_app.policy.verdicts import verdict
from tests.caseworker_app.policy import made_up

PACKS = Path(__file__).parents[2] / "samples" / "packs"


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


@pytest.mark.parametrize("name", made_up.EVERY)
def test_the_quick_verdict_is_that_of_the_whole_answer(name: str, whole: bool) -> None:
    random = Random(7)
    rules = made_up.with_figures(name)
    seen = set()
    for number in range(200 if whole else 20):
        on = date(2024, 1, 1) + random.randrange(500) * made_up.DAY
        for item in rules.items.values():
            subject = made_up.subject(random, f"somebody-{number}", item)
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
            assert explain.as_json(answer, item)["why"]
            seen.add((item.id, state))
    assert len(seen) >= len(rules.items)


@pytest.mark.parametrize("name", made_up.EVERY)
def test_what_came_later_does_not_change_the_answer_of_an_old_day(name: str, whole: bool) -> None:
    random = Random(11)
    rules = made_up.with_figures(name)
    for number in range(200 if whole else 20):
        on = date(2024, 1, 1) + random.randrange(500) * made_up.DAY
        for item in rules.items.values():
            subject = made_up.subject(random, f"somebody-{number}", item)
            cycle = cycle_of(item, subject, on, item.cycle.at(on))
            if cycle is None:
                continue
            answer = assess_subject(item, subject, cycle, on, Claimed())
            later = made_up.known_later(random, subject, on, item)
            assert assess_subject(item, later, cycle, on, Claimed()) == answer, (item.id, number)
