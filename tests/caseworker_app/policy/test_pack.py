"""What a clerk may get wrong in a pack is named by file and key; what is right is taken as written."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import cases, pack
from caseworker_app.policy.schema import CategoryTest

CONTENT = (pack.bundled_folder(pack.DEFAULT) / "pack.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", pack.bundled())
def test_every_case_of_a_shipped_pack_holds(name: str) -> None:
    results = cases.run(pack.load(name), pack.bundled_folder(name))
    assert results
    assert [result for result in results if result.difference] == []


def carried() -> list[tuple[str, str, list[str]]]:
    """Return the packs' rows and their items as the documentation has them."""
    text = (Path(__file__).parents[3] / "docs" / "packs.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    found = [row for row in rows if len(row) == 3 and row[0].strip("`") in pack.bundled()]
    return [
        (name.strip("`"), row, [each.split()[0] for each in items.split(" · ")]) for name, row, items in found
    ]


def test_every_item_of_the_five_packs_is_carried_by_a_row() -> None:
    told = {(name, item) for name, _row, items in carried() for item in items}
    five = {name for name, _row, _items in carried()}
    assert len(five) == 5
    assert told == {(name, item) for name in five for item in pack.load(name).items}


@pytest.mark.parametrize(("name", "row", "items"), carried())
def test_every_row_is_an_item_that_is_given_and_is_not(name: str, row: str, items: list[str]) -> None:
    text = (pack.bundled_folder(name) / "cases.toml").read_text(encoding="utf-8")
    states: dict[str, set[str]] = {}
    for case in tomllib.loads(text)["case"]:
        states.setdefault(case["item"], set()).add(case["expect"]["state"])
    assert any(item.startswith(row) for item in items)
    for item in items:
        assert pack.load(name).item(item).clause
        assert {"eligible", "not_eligible"} <= states[item]


def test_a_case_that_does_not_hold_says_the_difference(tmp_path: Path) -> None:
    folder = pack.bundled_folder(pack.DEFAULT)
    text = (folder / "cases.toml").read_text(encoding="utf-8").split("[[case]]")[1]
    (tmp_path / "cases.toml").write_text(
        "[[case]]" + text.replace('amount = "1400"', 'amount = "1399"'), "utf-8"
    )
    (result,) = cases.run(pack.load(), tmp_path)
    assert result.difference == "amount: 1399 ≠ 1400.00"


def test_a_broken_case_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExpectedError) as missing:
        cases.run(pack.load(), tmp_path)
    assert missing.value.code == "pack.no_cases"
    (tmp_path / "cases.toml").write_text('[[case]]\nname = "x"\n', encoding="utf-8")
    with pytest.raises(ExpectedError) as broken:
        cases.run(pack.load(), tmp_path)
    assert (broken.value.code, broken.value.values["key"]) == ("pack.key_missing", "case.x.expect")
    (tmp_path / "cases.toml").write_text(
        '[[case]]\nname = "x"\nitem = "JF-5"\non = 2024-11-30\nhousehold = {}\nmembers = []\nexpect = {}\n',
        "utf-8",
    )
    with pytest.raises(ExpectedError) as broken:
        cases.run(pack.load(), tmp_path)
    assert (broken.value.code, broken.value.values["case"]) == ("pack.case", "x")


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ('id = "jinfeng"\n', "", "key_missing", "pack.id"),
        ("upper_age = 59", 'upper_age = "59"', "key_kind", "worker.upper_age"),
        ("upper_age = 59", "upper_age = 59\ncolour = 1", "key_unknown", "worker.colour"),
        ("issued = 2024-11-12", 'issued = "2024-11-12"', "key_kind", "document.issued"),
        ("career_guidance = 1", "career_guidance = -1", "value_unknown", "package.owed.career_guidance"),
        ("career_guidance = 1, ", "", "key_missing", "package.owed.career_guidance"),
        ('period = "calendar_year"', 'period = "quarter"', "value_unknown", "package.period"),
        ('starts = "10-01"', 'starts = "10/01"', "month_day", "cycle.award.starts"),
        ('starts = "10-01"', 'starts = "02-29"', "month_day", "cycle.award.starts"),
        ('value = "cumulative"', 'value = "both"', "value_unknown", "setting.months.value"),
        ('cycle = "award"', 'cycle = "yearly"', "value_unknown", "item.JF-5.cycle"),
        ('beneficiary = "person"', 'beneficiary = "employer"', "value_unknown", "item.JF-5.beneficiary"),
        ('who = "assisted"', 'who = "everybody"', "value_unknown", "item.JF-5.condition[1].who"),
        ('who = "assisted"', 'clause = "x"', "test_missing", "item.JF-5.condition[1].fact"),
        (
            '["unstable", "marginal"',
            '["unstable", "marginel"',
            "value_unknown",
            "who.assisted.monitored_kinds",
        ),
        (
            'resolved_risk = { setting = "resolved_risk" }',
            'resolved_risk = "maybe"',
            "value_unknown",
            "who.assisted.resolved_risk",
        ),
        ('measure = "months"', 'measure = "moons"', "value_unknown", "item.JF-5.amount[1].measure"),
        (
            'counting = { setting = "months" }',
            'counting = { setting = "moons" }',
            "value_unknown",
            "item.amount.work.counting.setting",
        ),
        (
            'counting = { setting = "months" }',
            'counting = "continous"',
            "value_unknown",
            "item.JF-5.amount[1].work.counting",
        ),
        ('away = { setting = "away" }', 'away = "abroad"', "value_unknown", "item.JF-6.amount[1].work.away"),
        (
            'distance = "cross_county", at_least = 3',
            'distance = "far", at_least = 3',
            "value_unknown",
            "item.JF-5.amount[1].tiers[1].distance",
        ),
        (
            'at_least = 3, amount = "400"',
            'at_least = 3, amount = "4oo"',
            "key_amount",
            "item.JF-5.amount[1].tiers[1].amount",
        ),
        (
            'at_least = 3, amount = "400"',
            "at_least = 3, amount = 400",
            "key_kind",
            "item.JF-5.amount[1].tiers[1].amount",
        ),
        ('amount = "6000"', 'amount = "6000.001"', "key_amount", "item.JF-6.cap[1].amount"),
        ('split = "proportional"', 'split = "even"', "value_unknown", "item.JF-6.cap[1].split"),
        (
            'levels = ["village", "township", "county"]',
            "levels = [1]",
            "key_kind",
            "item.JF-5.paper.levels",
        ),
        ('fund = "乡村振兴衔接资金"\n', "", "key_missing", "item.JF-5.fund"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(old: str, new: str, code: str, key: str) -> None:
    assert old in CONTENT
    with pytest.raises(ExpectedError) as error:
        pack.parse(CONTENT.replace(old, new, 1), "somewhere/pack.toml")
    assert error.value.code == f"pack.{code}"
    assert error.value.values["file"] == "somewhere/pack.toml"
    assert error.value.values["key"] == key
    written = CONTENT.replace(old, new, 1).splitlines()
    line = error.value.values["line"]
    assert isinstance(line, int)
    last = key.rpartition(".")[2].partition("[")[0]
    named = f"{last} =" in written[line - 1] or f"{last}]" in written[line - 1]
    assert named or code in ("key_missing", "test_missing")


def test_a_table_where_a_list_of_tables_belongs_is_named() -> None:
    with pytest.raises(ExpectedError) as error:
        pack.parse(
            CONTENT.replace('{ distance = "cross_county", at_least = 3, amount = "400" },', '"400",'), "p"
        )
    assert (error.value.code, error.value.values["key"]) == ("pack.key_kind", "item.JF-5.amount[1].tiers")


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("[pack\n", encoding="utf-8")
    with pytest.raises(ExpectedError) as error:
        pack.read_folder(tmp_path)
    assert error.value.code == "pack.syntax"
    assert "line 1" in str(error.value.values["problem"])


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ExpectedError) as error:
        pack.read_folder(tmp_path)
    assert error.value.code == "pack.missing"
    with pytest.raises(ExpectedError) as error:
        pack.load("atlantis")
    assert error.value.code == "pack.missing"


def test_a_setting_turns_the_rule_it_is_named_in() -> None:
    item = pack.parse(CONTENT, "p").item("JF-5")
    assert item.quantity is not None
    assert not item.quantity.work.continuous
    assert item.amounts[0].local == ("months",)
    turned = CONTENT.replace('value = "cumulative"', 'value = "continuous"').replace(
        'value = "excluded"', 'value = "included"'
    )
    turned = turned.replace('value = "any"', 'value = "outside_county"')
    read = pack.parse(turned, "p")
    months, income = read.item("JF-5").quantity, read.item("JF-6").quantity
    assert months is not None
    assert income is not None
    assert months.work.continuous
    assert income.work.away == "outside_county"
    test = read.item("JF-6").conditions[0].test
    assert isinstance(test, CategoryTest)
    assert test.resolved_counts


def test_an_item_or_cycle_it_does_not_have_is_refused() -> None:
    read = pack.load()
    with pytest.raises(ExpectedError) as error:
        read.item("XX-1")
    assert error.value.code == "assess.item"
    rule = next(iter(read.items.values())).cycle
    for name in ("2023", "24", "next", ""):
        with pytest.raises(ExpectedError) as error:
            rule.named(name)
        assert error.value.code == "assess.cycle"


@pytest.mark.parametrize(
    ("on", "name"),
    [
        ("2024-05-01", "2024"),
        ("2024-10-01", "2024"),
        ("2025-09-30", "2024"),
        ("2025-10-01", "2025"),
        ("2023-11-01", "2024"),
    ],
)
def test_the_cycle_people_ask_about_is_the_last_complete_one(on: str, name: str) -> None:
    rule = pack.load().item("JF-5").cycle
    assert rule.at(date.fromisoformat(on)).name == name
