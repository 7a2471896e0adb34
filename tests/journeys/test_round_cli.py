"""The month from the command line: checks, closing, the workbook with its password, again, and a county's template."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from caseworker_app import wording
from caseworker_app.cli.run import run
from caseworker_app.exchange import read, seal
from tests.journeys.test_cli import VILLAGE, Ask, ask, command, folder, refused, within

__all__ = ["ask", "folder"]  # Fixtures.

MONTH = ("--month", "2024-11")
SECRET = "三江源-2024"


def test_a_month_is_checked_closed_written_and_written_again(ask: Ask, tmp_path: Path) -> None:
    checked = ask("month", "check", *MONTH)
    assert checked["blocking"] == []
    assert {each["severity"] for each in checked["attention"]} == {"attention"}
    assert ask("month", "close", *MONTH)["change_set"]
    shown = ask("month", "show", *MONTH)
    assert shown["due"] == "2024-11-25"
    states = {place["village"]: place["state"] for place in shown["places"]}
    assert states["640106"] == "closed"
    assert states[VILLAGE] == "open"
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    told = ask("upload", *MONTH, "-o", first)
    assert told["sheets"]["农户"] == 120
    (kept,) = ask("upload", "--list")
    assert (kept["month"], kept["officer"]) == ("2024-11", "田野")
    again = ask("upload", "--again", kept["id"], "-o", second)
    assert again == {**told, "file": str(second)}
    assert second.read_bytes() == first.read_bytes()


def test_a_password_comes_from_its_variable(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    given = ("--ledger", folder, "upload", *MONTH, "--village", VILLAGE, "--encrypt", "-o", target, "--json")
    assert "CASEWORKER_FILE_PASSWORD" in refused(within(*given), 2)
    result = command(*given, CASEWORKER_FILE_PASSWORD=SECRET)
    assert json.loads(result.stdout)["village"] == VILLAGE
    found = seal.verify(read.read(target, password=SECRET))
    assert (found.state, found.manifest["village"]) == ("sound", VILLAGE)


def test_what_cannot_be_done_is_said(folder: Path, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    wording.use(wording.ZH)
    ask("month", "close", *MONTH)
    capsys.readouterr()
    cases: tuple[tuple[tuple[str, ...], int, str], ...] = (
        (("month", "close", *MONTH), 1, "已经关账"),
        (("month", "accept", *MONTH, "--village", VILLAGE), 1, "尚未"),
        (("month", "return", *MONTH, "--village", "640106", "--reason", "x"), 1, "自己的范围"),
        (("upload", "--again", "zz"), 1, "zz"),
        (("upload",), 2, "--month"),
        (("template", "fill", "没有", *MONTH, "-o", "/tmp/x.xlsx"), 1, "没有名为"),
    )
    for arguments, status, says in cases:
        assert run(arguments) == status, arguments
        said = capsys.readouterr()
        assert said.out == ""
        assert says in said.err


def test_a_template_is_kept_listed_and_filled(ask: Ask, tmp_path: Path) -> None:
    file, target = tmp_path / "县表.xlsx", tmp_path / "填好.xlsx"
    book: Any = openpyxl.Workbook()
    book["Sheet"].append(["{{单位}}台账"])
    book["Sheet"].append(["户编号", "户主姓名", "户主证件号码", "户联系电话"])
    book.save(file)
    assert ask("template", "add", file, "--name", "农户表")["header_row"] == 2
    (kept,) = ask("template", "list")
    assert (kept["name"], kept["rows"], kept["columns"], kept["places"]) == ("农户表", "农户", 4, ["单位"])
    filled = ask("template", "fill", "农户表", *MONTH, "--village", VILLAGE, "-o", target)
    sheet = openpyxl.load_workbook(target)["Sheet"]
    assert sheet.max_row == 2 + filled["rows"]
    assert sheet["A1"].value.endswith("和顺新村台账")
    assert ask("template", "take-out", "农户表")["change_set"]
    assert ask("template", "list") == []


def test_a_device_is_introduced_by_a_file_and_enrolled(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "设备.xlsx"
    told = ask("device", "introduce", "-o", file)
    assert ask("device", "enrol", file, "--fingerprint", told["fingerprint"], "--name", "区里电脑")[
        "change_set"
    ]
    (line,) = ask("device", "list")
    assert (line["name"], line["fingerprint"], line["state"]) == ("区里电脑", told["fingerprint"], "enrolled")
    book = openpyxl.load_workbook(file)
    assert [name for name in book.sheetnames if book[name].sheet_state == "visible"] == ["封面"]


def test_the_cover_of_a_level_names_the_villages_that_have_not_closed(ask: Ask, tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    ask("upload", *MONTH, "-o", target)
    cover = openpyxl.load_workbook(target)["封面"]
    told = dict(row[1:3] for row in cover.iter_rows(values_only=True))
    assert "和顺新村" in told["未关账的村"].split("、")
