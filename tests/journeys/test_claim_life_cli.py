"""Claims from filing to the money and back, from the command line."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from PIL import Image

from caseworker_app import wording
from tests.printouts.reading import joined, texts

wording.use(wording.ZH)  # Before the commands are imported: their help is worded then.
from caseworker_app.cli.shared import commands  # noqa: E402
from tests.journeys.test_cli import Ask, asking  # noqa: E402

ON = "2024-11-30"


@pytest.fixture
def ask(sample_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a way to ask a copy of the sample's ledger."""
    return asking(Path(shutil.copytree(sample_ledger, tmp_path / "ledger")), monkeypatch)


@pytest.fixture
def filed(ask: Ask) -> list[str]:
    """Return three claims the village has checked."""
    people = [
        each["beneficiary"]["id_number"]
        for each in ask("assess", "--item", "JF-5", "--cycle", "2024", "--on", ON)
        if each["state"] == "eligible" and not each["missing"]
    ][:3]
    named = [part for person in people for part in ("--worker", person)]
    numbers = ask("claim", "file", "--item", "JF-5", "--cycle", "2024", *named, "--on", ON)["numbers"]
    ask("claim", "advance", *numbers, "--to", "village_checked", "--on", ON)
    return list(numbers)


def test_papers_objections_roster_and_money(ask: Ask, filed: list[str], tmp_path: Path) -> None:
    first, second, third = filed
    missing = ask("claim", "evidence", first)["missing"]
    assert missing["required"] == ["身份证复印件", "一卡通复印件"]
    assert (missing["of_choice"], "务工证明" in missing["choice"]) == (1, True)
    photo = tmp_path / "务工证明.jpg"
    Image.new("RGB", (60, 40), "white").save(photo)
    ask("claim", "evidence", first, "--paper", "务工证明", "--photo", photo, "--on", ON)
    for number in filed:
        given = [
            part for paper in ("身份证复印件", "一卡通复印件", "劳动合同") for part in ("--paper", paper)
        ]
        assert ask("claim", "evidence", number, *given, "--on", ON)["missing"]["of_choice"] == 0
    shown = ask("claim", "show", first)
    assert [bool(each["attachment"]) for each in shown["papers"]] == [True, False, False, False]
    assert shown["papers_missing"] == {"required": [], "of_choice": 0}

    ask("claim", "advance", *filed, "--to", "village_publicised", "--on", ON)
    ask("claim", "object", first, "--words", "他一直在家", "--by", "村民", "--on", ON)
    looked = ask("claim", "advance", *filed, "--to", "submitted", "--on", ON, "--dry-run")
    assert [each["possible"] for each in looked] == [False, True, True]
    assert all(each["message"] for each in looked if not each["possible"])
    assert ask("claim", "advance", *filed, "--to", "submitted", "--on", ON, "--possible")["numbers"] == [
        second,
        third,
    ]
    resolved = ask("claim", "resolve", first, "--outcome", "dismissed", "--answer", "有工资流水", "--on", ON)
    assert resolved["state"] == "village_publicised"
    ask("claim", "advance", first, "--to", "submitted", "--on", ON)

    made = ask("claim", "roster", "--item", "JF-5", "--cycle", "2024", "--on", ON)["rosters"]
    assert sum(row["count"] for row in ask("claim", "roster", "--list")) == 3
    papers = {}
    for kind in ("roster", "notice"):
        target = tmp_path / f"{kind}.pdf"
        assert ask("print", kind, *made, "-o", target, "--on", ON)["missing_characters"] == []
        papers[kind] = "".join(joined(page) for page in texts(target.read_bytes()))
    target = tmp_path / "发放清单.xlsx"
    assert ask("print", "roster", "--item", "JF-5", "-o", target)["rosters"] == sorted(made)
    assert target.stat().st_size > 0
    identity = shown["answer"]["beneficiary"]["id_number"]
    assert identity in papers["roster"]
    assert identity not in papers["notice"]

    for step in ("township_approved", "county_approved"):
        ask("claim", "advance", *filed, "--to", step, "--on", ON)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ("申领编号", "金额", "结果", "失败原因"),
        (first, "", "成功", ""),
        (second, "", "失败", "卡已销户"),
    ):
        sheet.append(list(line))
    file = tmp_path / "回单.xlsx"
    book.save(file)
    assert ask("claim", "pay", file, "--dry-run")["change_set"] is None
    taken = ask("claim", "pay", file, "--on", ON)
    assert [row["outcome"] for row in taken["rows"]] == ["paid", "failed"]
    ask("claim", "pay", "--number", third, "--on", ON)
    states = {row["number"]: row["state"] for row in ask("claim", "list")}
    assert states == {first: "paid", second: "payment_failed", third: "paid"}
    again = ask("claim", "roster", "--item", "JF-5", "--cycle", "2024", "--on", ON)["rosters"]
    assert len(again) == 1
    ask("claim", "pay", "--number", second, "--on", ON)
    target = tmp_path / "打包.pdf"
    assert ask("print", "bundle", "--worker", identity, "-o", target)["numbers"] == [first]


def test_refusals_say_what_to_do(ask: Ask, filed: list[str], tmp_path: Path) -> None:
    ask("claim", "advance", *filed, "--to", "village_publicised", "--on", ON)

    def refused(*arguments: object) -> str:
        result = CliRunner().invoke(commands, [*map(str, arguments)])
        assert result.exit_code != 0
        return str(result.exception)

    assert "claim.papers" in refused("claim", "advance", filed[0], "--to", "submitted", "--on", ON)
    assert "claim.objection_none" in refused(
        "claim", "resolve", filed[0], "--outcome", "dismissed", "--answer", "无", "--on", ON
    )
    assert "roster.none" in refused("print", "roster", "X", "-o", tmp_path / "a.pdf")
    assert "claim.none" in refused("claim", "evidence", "X")


def test_the_calendar_of_working_days_is_taken_in(ask: Ask, tmp_path: Path) -> None:
    assert ask("claim", "workdays")["years"] == ["2023", "2024", "2025", "2026"]
    file = tmp_path / "2027.csv"
    file.write_text("2027-01-01,休\n2027-01-03,班\n", encoding="utf-8")
    assert ask("claim", "workdays", file)["years"][-1] == "2027"


def test_facts_of_work_are_recorded(ask: Ask) -> None:
    person = ask("assess", "--item", "JF-5", "--cycle", "2024", "--on", ON)[0]["beneficiary"]["id_number"]
    ask("record", "organisation", "--name", "某某车间", "--kind", "workshop")
    ask("record", "head-count", "--organisation", "某某车间", "--month", "2024-06", "--number", "30")
    assert [(row["name"], row["people"]) for row in ask("organisations")] == [("某某车间", 30)]
    given = ("--worker", person)
    assert ask("record", "certificate", *given, "--kind", "skill_level", "--issued-on", "2024-05-06")[
        "change_set"
    ]
    ask("record", "loan", *given, "--kind", "other", "--amount", "50000", "--granted-on", "2024-05-06")
    ask(
        "record",
        "business",
        *given,
        "--name",
        "小店",
        "--kind",
        "individual",
        "--registered-on",
        "2024-01-02",
    )
    ask(
        "record",
        "post",
        "--name",
        "保洁员",
        "--kind",
        "rural_cleaner",
        "--village",
        "640106100207",
        "--quota",
        "2",
    )
