"""People and households change, and duplicates are merged, from the command line."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from caseworker_app import wording
from caseworker_app.domain import identity
from tests.conftest import PASSWORD

wording.use(wording.ZH)  # Before the commands are imported: their help is worded then.
from caseworker_app.cli.run import run  # noqa: E402
from caseworker_app.cli.shared import commands  # noqa: E402

VILLAGE = "640106100207"
ON = "2024-10-01"


def number(serial: int) -> str:
    first = f"64010619850102{serial:03d}"
    return first + identity.check_digit(first)


class Shell:
    """A terminal at a ledger."""

    def ask(self, *arguments: object) -> Any:
        result = CliRunner().invoke(commands, [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def say(self, *arguments: object) -> str:
        result = CliRunner().invoke(commands, [*map(str, arguments)], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    def household(self, *arguments: object) -> tuple[str, str]:
        made = self.ask("record", "household", "--village", VILLAGE, *arguments)
        (person,) = made["people"]
        return made["household_no"], person

    def show(self, number_: str, on: str) -> Any:
        return self.ask("show", number_, "--on", on)


@pytest.fixture
def shell(empty_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    wording.use(wording.ZH)
    monkeypatch.setenv("CASEWORKER_LEDGER", str(shutil.copytree(empty_ledger, tmp_path / "ledger")))
    monkeypatch.setenv("CASEWORKER_PASSWORD", PASSWORD)
    return Shell()


def test_a_household_grows_splits_and_loses_its_head(shell: Shell) -> None:
    first, head = shell.household("--name", "马国强", "--id-number", number(13))
    assert first == "N100207-001"
    for name, number_, relation in (
        ("田玉花", number(24), "spouse"),
        ("马小军", number(35), "son"),
        ("杨丽", number(46), "daughter_in_law"),
    ):
        shell.ask(
            "record", "person", "--household", first, "--name", name, "--id-number", number_, "--relation", relation,
            "--somebody-else",
        )  # fmt: skip
    split = shell.ask(
        "record", "split", "--household", first, "--worker", number(35), "--worker", number(46),
        "--head", number(35), "--told", f"{number(46)}=配偶", "--on", ON,
    )  # fmt: skip
    assert split["household_no"] == "N100207-002"
    assert shell.show(number(46), ON)["relation"] == "spouse"
    assert shell.show(number(46), "2024-09-30")["household_no"] == first
    shell.ask("record", "head", "--household", first, "--worker", number(24), "--on", ON)
    head_number = number(13)
    assert shell.show(head_number, ON)["relation"] == "spouse"
    shell.ask(
        "record", "move", "--worker", head_number, "--household", split["household_no"], "--relation", "father",
        "--on", "2024-10-10",
    )  # fmt: skip
    assert shell.show(head_number, "2024-10-10")["household_no"] == split["household_no"]
    shell.ask("record", "leave", "--worker", head, "--reason", "death", "--on", "2024-11-01")
    gone = shell.show(head_number, "2024-11-30")
    assert (gone["left_on"], gone["left_reason"]) == ("2024-11-01", "death")


def test_what_cannot_be_done_is_said(
    shell: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _head = shell.household("--name", "马国强", "--id-number", number(13))
    shell.ask(
        "record", "person", "--household", first, "--name", "田玉花", "--born", "1986-01-01", "--sex", "女",
        "--relation", "spouse",
    )  # fmt: skip
    capsys.readouterr()
    for arguments, said in (
        (["record", "leave", "--worker", number(13), "--reason", "death"], "此后由谁任户主"),
        (["record", "household", "--village", VILLAGE, "--name", "马国强", "--born", "1985-01-02", "--sex", "男"], "可能已有此人：马国强"),
        (["record", "move", "--worker", "0" * 32, "--household", first, "--relation", "son"], "号码"),
        (["duplicates", "merge", "--keep", number(13), "--drop", number(13)], "不在台账中"),
    ):  # fmt: skip
        assert run(arguments) == 1
        assert said in capsys.readouterr().err


def test_duplicates_are_listed_compared_merged_and_dismissed(shell: Shell) -> None:
    _first, keep = shell.household("--name", "马国强", "--id-number", number(13), "--phone", "13800000001")
    twin = ("--name", "马国强", "--born", "1985-01-02", "--sex", "男", "--somebody-else")
    _second, drop = shell.household(*twin)
    _third, other = shell.household(*twin)
    listed = shell.ask("duplicates", "list")
    assert {(pair["first"]["id"], pair["second"]["id"]) for pair in listed} == {
        (keep, drop),
        (keep, other),
        (drop, other),
    }
    assert listed[0]["reasons"] == ["name_born"]
    assert number(13) not in shell.say("duplicates", "list")
    shell.ask("duplicates", "dismiss", "--worker", drop, "--other", other, "--reason", "两人都见过")
    assert len(shell.ask("duplicates", "list")) == 2
    compared = shell.ask("duplicates", "compare", "--keep", number(13), "--drop", drop)
    (open_,) = [line["field"] for line in compared["fields"] if line["taken"] is None]
    assert open_ == "household"
    assert number(13) not in shell.say("duplicates", "compare", "--keep", number(13), "--drop", drop)
    shell.ask("duplicates", "merge", "--keep", number(13), "--drop", drop, "--take", "household=drop")
    assert shell.show(number(13), ON)["household_no"] == "N100207-002"
    # Who was told apart from the record merged is told apart from the one that stayed.
    assert shell.ask("duplicates", "list") == []
    shell.ask("undo")
    assert len(shell.ask("duplicates", "list")) == 2
