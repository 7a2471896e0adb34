"""Comparisons, feedback and to-dos from the command line: stable keys, exit statuses, nothing written by a refusal."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from caseworker_app import sample, wording
from tests.conftest import PASSWORD
from tests.exchange.lists import INSURED, SAMPLES, UNEMPLOYED

wording.use(wording.ZH)  # Before the commands are imported: their help is worded then.
from caseworker_app.cli.run import run  # noqa: E402
from caseworker_app.cli.shared import commands  # noqa: E402

TRUTH: dict[str, Any] = json.loads((SAMPLES / "truth.json").read_text("utf-8"))
VILLAGE = "640106100207"
Ask = Callable[..., Any]


@pytest.fixture
def ask(sample_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a way to run commands on a copy of the sample's ledger and read their JSON."""
    wording.use(wording.ZH)
    monkeypatch.setenv("CASEWORKER_LEDGER", str(shutil.copytree(sample_ledger, tmp_path / "ledger")))
    monkeypatch.setenv("CASEWORKER_PASSWORD", PASSWORD)

    def run_command(*arguments: object) -> Any:
        result = CliRunner().invoke(commands, [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run_command


def test_every_person_of_a_list_has_one_result(ask: Ask, tmp_path: Path) -> None:
    found = ask("compare", INSURED, "--kind", "insured", "-o", tmp_path / "差异.xlsx")
    assert set(found) == {"kind", "files", "as_of", "change_set", "counts", "results", "not_here"}
    assert (found["kind"], found["as_of"], found["files"]) == ("insured", "2024-09-30", [INSURED.name])
    assert found["counts"]["rows"] == len(TRUTH["comparison"]["insured"])
    assert len({each["id"] for each in found["results"]}) == len(found["results"])
    listed = [each for each in found["results"] if each["result"] in ("agrees", "differs")]
    assert sorted(each["id_number"] for each in listed) == sorted(TRUTH["comparison"]["insured"])
    assert {"id", "name", "id_number", "household_no", "village", "village_code"} <= set(listed[0])
    for each in listed:
        assert bool(each["differences"]) == (each["result"] == "differs")
        assert each["text"]
    assert openpyxl.load_workbook(tmp_path / "差异.xlsx").active.max_row > 1


def test_what_differs_is_listed_until_it_is_answered(ask: Ask) -> None:
    dry = ask("compare", UNEMPLOYED, "--kind", "unemployed", "--dry-run")
    assert dry["change_set"] is None
    assert ask("list", "mismatched", "--on", "2024-11-30") == []
    found = ask("compare", UNEMPLOYED, "--kind", "unemployed")
    differing = {each["id_number"] for each in found["results"] if each["result"] == "differs"}
    assert found["results"] == dry["results"]
    listed = ask("list", "mismatched", "--on", "2024-11-30")
    assert {each["id_number"] for each in listed} == differing
    assert all("失业登记名单" in each["reason"] for each in listed)
    waiting = ask("todo", "list")
    assert {each["kind"] for each in waiting} == {"comparison"}
    assert len(waiting) == len(differing)
    ask("todo", "answer", waiting[0]["id"], "--outcome", "as_it_is", "--reason", "已核实")
    assert len(ask("list", "mismatched", "--on", "2024-11-30")) == len(differing) - 1
    ask("undo")
    assert len(ask("todo", "list", "--village", waiting[0]["village_code"])) > 0
    assert len(ask("todo", "list")) == len(differing)


def test_the_national_exports_differ_from_their_own_ledger_in_nothing(ask: Ask) -> None:
    found = ask("compare", *sample.bundled(), "--kind", "national")
    assert found["counts"]["agrees"] == 457
    assert [each for each in found["results"] if each["differences"]] == []


def test_feedback_tells_what_was_raised(ask: Ask, tmp_path: Path) -> None:
    number = TRUTH["comparison"]["insured"][0]
    ask("todo", "raise", "--village", VILLAGE, "--message", "请核实联系电话", "--worker", number)
    told = ask("feedback", "--village", VILLAGE, "-o", tmp_path / "反馈.xlsx")
    assert set(told) == {"file", "month", "village", "sheets", "earlier"}
    assert told["sheets"]["需整改问题"] == 1
    assert told["earlier"] == []
    again = ask("feedback", "--village", VILLAGE, "-o", tmp_path / "反馈二.xlsx")
    assert [each["opened_on"] for each in again["earlier"]] == [None]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("compare", INSURED, "--kind", "death"), 1),
        (("compare", "missing.xlsx", "--kind", "death"), 1),
        (("compare", INSURED, "--kind", "nonsense"), 2),
        (("feedback", "--village", "640106", "-o", "x.xlsx"), 1),
        (("feedback", "--village", "110101001001", "-o", "x.xlsx"), 1),
        (("feedback", "--village", VILLAGE, "-o", "x.pdf"), 2),
        (("todo", "answer", "nothing", "--outcome", "fixed"), 1),
        (("todo", "answer", "nothing", "--outcome", "accepted"), 1),
        (("todo", "raise", "--village", VILLAGE, "--message", " "), 1),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(
    ask: Ask, arguments: tuple[object, ...], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ask("todo", "list")
    capsys.readouterr()
    assert run([str(each) for each in arguments]) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert any("\u4e00" <= each <= "\u9fff" for each in said.err)
    assert "Traceback" not in said.err
    assert ask("todo", "list") == before
