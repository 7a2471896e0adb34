"""The village's own sheet: every planted problem at its row and column, no other row marked, no job twice."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from caseworker_app import sample, wording
from caseworker_app.read_models.imports import CELL_CLASSES
from caseworker_app.use_cases import desk as desks
from tests.conftest import PASSWORD, clock

wording.use(wording.ZH)  # Before the commands are imported: their help is worded then.
from caseworker_app.cli import files  # noqa: E402, F401
from caseworker_app.cli.shared import commands  # noqa: E402

SAMPLES = Path(__file__).parents[2] / "samples"
SHEET = SAMPLES / "和顺新村外出务工台账2024（最终版）(1).xlsx"
TRUTH: dict[str, Any] = json.loads((SAMPLES / "truth.json").read_text("utf-8"))
VILLAGE = "640106100207"
ROWS = 61
Ask = Callable[..., Any]


@pytest.fixture(params=["640106", VILLAGE])
def ask(
    request: pytest.FixtureRequest, tmp_path: Path, empty_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> Ask:
    """Return a way to run commands on a ledger that holds the national exports."""
    wording.use(wording.ZH)
    folder = tmp_path / "ledger"
    if request.param == VILLAGE:
        desk, _code = desks.new(folder, PASSWORD, VILLAGE, "田野", clock=clock)
        desk.close()
    else:
        shutil.copytree(empty_ledger, folder)
    monkeypatch.setenv("CASEWORKER_LEDGER", str(folder))
    monkeypatch.setenv("CASEWORKER_PASSWORD", PASSWORD)

    def ask(*arguments: object) -> Any:
        result = CliRunner().invoke(commands, [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    ask("import", *sample.bundled())
    return ask


def test_every_planted_problem_is_found_and_no_other_row_is_marked(ask: Ask) -> None:
    before = ask("import", "--dry-run", *sample.bundled())["totals"]["spells"]
    (found,) = (answer := ask("import", SHEET))["files"]
    assert (found["layout"], found["header_row"], found["rows"]) == ("village_spells", 2, ROWS)
    planted = sorted((each["row"], each["column"]) for each in TRUTH["village_sheet_problems"])
    assert sorted((each["row"], each["column"]) for each in found["problems"]) == planted
    for problem in found["problems"]:
        assert problem["sheet"] == "Sheet1"
        assert f"第 {problem['row']} 行" in problem["message"]
        assert (
            problem["cell"]
            == {"身份证号码": f"E{problem['row']}", "务工时间": f"L{problem['row']}", "": ""}[
                problem["column"]
            ]
        )
        assert "19730605" not in problem["value"]
    cells = found["cells"]
    assert cells["in"] == 885 == sum(cells[name] for name in CELL_CLASSES)
    spells = answer["totals"]["spells"]
    assert spells["new"] == 0
    assert spells["refused"] == len(planted)
    assert sum(spells.values()) == ROWS
    after = ask("import", "--dry-run", *sample.bundled())["totals"]["spells"]
    assert (after["new"], sum(after.values())) == (0, sum(before.values()))


def test_the_sheet_again_changes_nothing(ask: Ask) -> None:
    ask("import", SHEET)
    again = ask("import", SHEET)
    assert all(count["new"] == count["changed"] == 0 for count in again["totals"].values())
    assert again["files"][0]["cells"]["accepted"] == again["files"][0]["cells"]["corrected"] == 0


def test_total_and_note_rows_are_no_data_and_other_places_are_counted(ask: Ask) -> None:
    (found,) = ask("import", "--dry-run", SHEET)["files"]
    assert max(each["row"] for each in found["problems"]) == ROWS + 3
