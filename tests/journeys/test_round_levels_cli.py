"""A county, its township and a village by real commands: what the county says reaches the village, the answer the county."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from caseworker_app import sample, wording
from tests.conftest import PASSWORD

wording.use(wording.ZH)  # Before the commands are imported: their help is worded then.
from caseworker_app.cli.run import run  # noqa: E402
from caseworker_app.cli.shared import commands  # noqa: E402

COUNTY, TOWN, VILLAGE = "640106", "640106100", "640106100207"
MONTH, NEXT = "2024-11", "2024-12"
At = Callable[..., Any]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """Return a way to run a command in the ledger of a place, on a machine of its own, and read its JSON."""
    wording.use(wording.ZH)
    monkeypatch.setenv("CASEWORKER_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)

    def command(place: str, *arguments: object) -> Any:
        home = tmp_path / f"home-{place}"
        home.mkdir(exist_ok=True)
        monkeypatch.setenv("CASEWORKER_HOME", str(home))
        monkeypatch.setenv("CASEWORKER_LEDGER", str(tmp_path / place))
        result = CliRunner().invoke(commands, [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    for place in (COUNTY, TOWN, VILLAGE):
        command(place, "new", "--scope", place, "--officer", f"{place}经办")
    command(VILLAGE, "import", *sample.bundled())
    return command


def up(at: At, number: int, month: str = MONTH) -> None:
    """Send a month from the village to the township, and on to the county."""
    at(VILLAGE, "upload", "--month", month, "-o", f"v{number}.xlsx")
    assert at(TOWN, "receive", f"v{number}.xlsx")[0]["conflicts"] == []
    at(TOWN, "upload", "--month", month, "-o", f"t{number}.xlsx")
    (told,) = at(COUNTY, "receive", f"t{number}.xlsx")
    assert (told["taken"], told["conflicts"]) == (True, [])


def down(at: At, number: int) -> dict[str, Any]:
    """Send feedback from the county to the township, and on to the village; return the county's."""
    told: dict[str, Any] = at(COUNTY, "feedback", "--township", TOWN, "-o", f"ct{number}.xlsx")
    (received,) = at(TOWN, "receive", f"ct{number}.xlsx")
    assert (received["kind"], received["standing"], received["conflicts"]) == ("feedback", "ahead", [])
    at(TOWN, "feedback", "--village", VILLAGE, "-o", f"tv{number}.xlsx")
    (received,) = at(VILLAGE, "receive", f"tv{number}.xlsx")
    assert (received["kind"], received["standing"], received["conflicts"]) == ("feedback", "ahead", [])
    return told


def test_what_a_county_says_reaches_the_village_and_the_answer_the_county(at: At, tmp_path: Path) -> None:
    up(at, 1)
    at(VILLAGE, "month", "close", "--month", MONTH)
    at(TOWN, "month", "close", "--month", MONTH)
    up(at, 2)
    # To a county its townships send, not each village.
    told = at(COUNTY, "received", "--month", MONTH)
    assert [(each["village_code"], each["sent"]) for each in told if each["sent"]] == [(TOWN, 2)]
    assert {len(each["village_code"]) for each in told} == {len(TOWN)}
    people = [each for each in at(COUNTY, "list", "workers", "--on", "2024-11-30") if each["name"]]
    at(
        COUNTY,
        "todo",
        "raise",
        "--village",
        VILLAGE,
        "--message",
        "请核实务工地点",
        "--worker",
        people[0]["id_number"],
    )
    at(COUNTY, "todo", "raise", "--village", TOWN, "--message", "请补报乡镇汇总说明")
    service = ("--worker", people[0]["id_number"], "--kind", "career_guidance", "--on", "2024-11-28")
    assert at(COUNTY, "record", "service", *service)["proposed"] == 1
    (said,) = at(COUNTY, "show", people[0]["id_number"])["proposed"]
    assert "职业指导" in said
    at(COUNTY, "month", "accept", "--month", MONTH, "--village", TOWN)
    told = down(at, 1)
    assert told["village"] == TOWN
    # One receipt a workbook of the township; the problems of the village with its name.
    book = openpyxl.load_workbook(tmp_path / "ct1.xlsx")
    assert [cell.value for cell in book["需整改问题"][3]][1] == "村"
    rows = [[cell.value for cell in row] for row in book["需整改问题"].iter_rows(min_row=4)]
    assert {row[1] for row in rows if row[9] == "请核实务工地点"} == {"和顺新村"}
    receipts = [[cell.value for cell in row] for row in book["回执"].iter_rows(min_row=4)]
    assert [(row[3], row[-2]) for row in receipts] == [("t1.xlsx", "已接收"), ("t2.xlsx", "已接收")]
    assert at(TOWN, "month", "show", "--month", MONTH)["places"][0]["state"] == "accepted"
    # Its own at the township, the village's at both, each said once.
    assert {each["text"] for each in at(TOWN, "todo", "list")} >= {"请核实务工地点", "请补报乡镇汇总说明"}
    waiting = at(VILLAGE, "todo", "list")
    assert [each["text"] for each in waiting].count("请核实务工地点") == 1
    assert "请补报乡镇汇总说明" not in {each["text"] for each in waiting}
    assert len({(each["text"], each["person"], each["household_no"]) for each in waiting}) == len(waiting)

    # The village puts right, the township answers its own, and the county sees both, and that all was opened.
    for each in waiting:
        outcome = "accepted" if each["kind"] == "proposal" else "as_it_is"
        at(VILLAGE, "todo", "answer", each["id"], "--outcome", outcome, "--reason", "已入户核实")
    (own,) = [each for each in at(TOWN, "todo", "list") if each["text"] == "请补报乡镇汇总说明"]
    at(TOWN, "todo", "answer", own["id"], "--outcome", "fixed")
    up(at, 3, NEXT)
    assert at(COUNTY, "todo", "list") == []
    assert at(TOWN, "todo", "list") == []
    for place in (COUNTY, TOWN, VILLAGE):
        (held,) = at(place, "show", people[0]["id_number"])["services"]
        assert (held["on"], held["kind"], held["officer"]) == (
            "2024-11-28",
            "career_guidance",
            f"{COUNTY}经办",
        )
    told = down(at, 2)
    assert [each["opened_on"] is not None for each in told["earlier"]] == [True]
    assert at(VILLAGE, "todo", "list") == []
    again = at(TOWN, "receive", "ct1.xlsx")[0]
    assert (again["standing"], again["conflicts"]) == ("stale", [])


def test_whom_a_feedback_goes_to_has_to_be_said_once(at: At, capsys: pytest.CaptureFixture[str]) -> None:
    at(COUNTY, "verify")
    for arguments in (
        ["feedback", "-o", "x.xlsx"],
        ["feedback", "--village", VILLAGE, "--township", TOWN, "-o", "x.xlsx"],
    ):
        assert run(arguments) == 2
        assert "--township" in capsys.readouterr().err
    assert run(["feedback", "--township", COUNTY, "-o", "x.xlsx"]) == 1
    assert not Path("x.xlsx").exists()
