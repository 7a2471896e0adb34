"""The whole job from the command line; the real command where statuses and encodings matter."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from caseworker_app import sample, wording
from caseworker_app.domain import money
from caseworker_app.policy import pack as packs
from caseworker_app.use_cases import desk as desks
from db import engine, journal, keys
from tests.conftest import COUNTY, PASSWORD
from tests.printouts.reading import joined, texts

wording.use(wording.ZH)  # Before the commands are imported: their help is worded then.
from caseworker_app.cli import lists  # noqa: E402
from caseworker_app.cli.run import run  # noqa: E402
from caseworker_app.cli.shared import commands  # noqa: E402

TRUTH: dict[str, Any] = json.loads((Path(__file__).parents[1] / "samples" / "truth.json").read_text("utf-8"))
ON = TRUTH["lists"]["on"]
VILLAGE = "640106100207"
RARE = "64010619930620027X"
"""王𬭎远, whose name has a character beyond the basic plane: five months in another province."""
Ask = Callable[..., Any]


def command(
    *arguments: object, password: str = PASSWORD, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the real command."""
    environment = {**os.environ, "CASEWORKER_PASSWORD": password, **variables}
    given = [sys.executable, "-m", "caseworker_app", *map(str, arguments)]
    return subprocess.run(given, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False)


def within(*arguments: object, password: str = PASSWORD) -> subprocess.CompletedProcess[bytes]:
    """Run a command within this process, where another of its test runs in a process of its own."""
    wording.use(wording.ZH)  # As a new process begins.
    out, err = BytesIO(), BytesIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(TextIOWrapper(out, "utf-8", write_through=True)),
        redirect_stderr(TextIOWrapper(err, "utf-8", write_through=True)),
    ):
        patch.setenv("CASEWORKER_PASSWORD", password)
        status = run([*map(str, arguments)])
        return subprocess.CompletedProcess([], status, out.getvalue(), err.getvalue())


def refused(result: subprocess.CompletedProcess[bytes], status: int) -> str:
    """Return the message of a refused command: on stderr, Chinese, no traceback, nothing on stdout."""
    message = result.stderr.decode("utf-8")
    assert (result.returncode, result.stdout) == (status, b""), message
    assert "Traceback" not in message
    assert any("\u4e00" <= each <= "\u9fff" for each in message)
    return message


def asking(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a way to run commands on a ledger within this process and read their JSON."""
    monkeypatch.setenv("CASEWORKER_LEDGER", str(folder))
    monkeypatch.setenv("CASEWORKER_PASSWORD", PASSWORD)

    def ask(*arguments: object) -> Any:
        result = CliRunner().invoke(commands, [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return ask


@pytest.fixture(autouse=True)
def _chinese() -> None:
    wording.use(wording.ZH)


@pytest.fixture
def folder(sample_ledger: Path, tmp_path: Path) -> Path:
    """Return a copy of the sample's ledger."""
    return Path(shutil.copytree(sample_ledger, tmp_path / "ledger"))


@pytest.fixture
def ask(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a way to ask a copy of the sample's ledger."""
    return asking(folder, monkeypatch)


def content(folder: Path) -> str:
    """Return the hash of everything a ledger says."""
    desk = desks.open_with_password(folder, PASSWORD)
    try:
        with desk.ledger.reader() as connection:
            return journal.content_hash(connection)
    finally:
        desk.close()


def numbers(rows: list[dict[str, Any]]) -> set[str]:
    return {row["id_number"] for row in rows}


# -- the job ---------------------------------------------------------------------------------------


def test_a_county_from_new_ledger_to_second_import(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    sheet = tmp_path / "恢复码.pdf"
    ordered = ("new", "--scope", COUNTY, "--officer", "田野", "--recovery-sheet", sheet, "--json")
    # A console of another encoding gets UTF-8 all the same.
    made = json.loads(command("--ledger", ledger, *ordered, PYTHONIOENCODING="ascii", LC_ALL="C").stdout)
    assert made["place"] == "银川市金凤区"
    assert joined(made["recovery_code"].replace("-", "")) in joined(texts(sheet.read_bytes())[0]).replace(
        "-", ""
    )
    files = sample.bundled()
    looked = json.loads(within("--ledger", ledger, "import", *files, "--dry-run", "--json").stdout)
    first = json.loads(command("--ledger", ledger, "import", *files, "--json").stdout)
    assert looked == first
    none = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0, "out_of_scope": 0}
    expected = {
        kind: TRUTH[name]
        for kind, name in (("households",) * 2, ("people",) * 2, ("spells",) * 2, ("intentions", "planned"))
    }
    assert first["totals"] == {kind: {**none, "new": count} for kind, count in expected.items()}
    before = content(ledger)
    assert "无需撤销" in within("--ledger", ledger, "import", *files).stdout.decode()
    second = json.loads(within("--ledger", ledger, "import", *files, "--json").stdout)
    assert second["totals"] == {kind: {**none, "unchanged": count} for kind, count in expected.items()}
    assert content(ledger) == before
    for each in [*first["files"], *second["files"]]:
        cells = dict(each["cells"])
        assert cells.pop("in") == sum(cells.values())
        promised = {"file", "sheet", "layout", "header_row", "rows", "cells", "problems"}
        assert set(each) == promised | {"corrections", "outside"}


def test_a_village_takes_its_own_and_counts_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = asking(tmp_path / "ledger", monkeypatch)
    ask("new", "--scope", VILLAGE, "--officer", "田野")
    own = TRUTH["by_village"]["和顺新村"]
    totals = ask("import", *sample.bundled())["totals"]
    for kind in ("households", "people"):
        assert totals[kind]["new"] == own[kind]
        assert totals[kind]["out_of_scope"] == TRUTH[kind] - own[kind]
    for kind, name in (("spells", "spells"), ("intentions", "planned")):
        assert totals[kind]["new"] + totals[kind]["out_of_scope"] == TRUTH[name]
    here = {
        person["id"]
        for household in TRUTH["entitlements_cycle_2024"]
        if household["village"] == "和顺新村"
        for person in household["people"]
    }
    for name in ("employed", "unemployed", "willing"):
        assert numbers(ask("list", name, "--on", ON)) == set(TRUTH["lists"][name]) & here


def test_lists_are_those_of_the_truth(ask: Ask) -> None:
    for name in ("employed", "unemployed", "willing"):
        assert numbers(ask("list", name, "--on", ON)) == set(TRUTH["lists"][name])
    for name, kind in (("households", "households"), ("people", "people")):
        rows = ask("list", name, "--on", ON)
        assert len(rows) == TRUTH[kind]
        assert {"id", "name", "id_number", "household_no", "village"} <= set(rows[0])
    days = [row["days"] for row in ask("list", "zeroing", "--on", ON)]
    assert days
    assert days == sorted(days, reverse=True)
    assert (
        len(ask("list", "people", "--on", ON, "--village", VILLAGE))
        == TRUTH["by_village"]["和顺新村"]["people"]
    )


def test_every_list_answers_and_its_lines_say_why(ask: Ask) -> None:
    silent = ("households", "people", "workers", "employed")
    for name in lists.LISTS:
        rows = ask("list", name, "--on", ON)
        for row in rows:
            assert {"id", "name", "id_number", "household_no", "village"} <= set(row), name
            assert name in silent or row["reason"], name
    overdue = {row["id"] for row in ask("list", "contact-overdue", "--on", ON)}
    waiting = ask("list", "zeroing", "--on", ON)
    assert {row["id"] for row in waiting} <= overdue
    ask("record", "service", "--worker", waiting[0]["id_number"], "--kind", "contact", "--on", ON)
    assert waiting[0]["id"] not in {row["id"] for row in ask("list", "contact-overdue", "--on", ON)}
    homes = ask("list", "no-worker-households", "--on", ON)
    assert homes
    assert all(row["workers"] > 0 and row["employed"] == 0 for row in homes)


def test_entitlements_are_those_of_the_truth(ask: Ask) -> None:
    travel = {
        each["beneficiary"]["id_number"]: each
        for each in ask("assess", "--item", "JF-5", "--cycle", "2024", "--on", ON)
    }
    award = {
        each["beneficiary"]["household_no"]: each
        for each in ask("assess", "--item", "JF-6", "--cycle", "2024", "--on", ON)
    }

    def yuan(amount: str | None) -> int:
        return money.fen(amount or "0")

    due = 0
    for household in TRUTH["entitlements_cycle_2024"]:
        answer = award[household["household"]]
        assert yuan(answer["amount"]) == household["award"] * 100
        assert (answer["state"] == "eligible") == (household["award"] > 0)
        shares = {each["id_number"]: each for each in answer["members"]}
        assert sum(yuan(share["paid"]) for share in shares.values()) == household["award"] * 100
        for person in household["people"]:
            assert yuan(travel[person["id"]]["amount"]) == person["travel"] * 100
            assert (travel[person["id"]]["state"] == "eligible") == (person["travel"] > 0)
            if household["award"]:
                assert yuan(shares[person["id"]]["due"]) == person["award"] * 100
                assert yuan(shares[person["id"]]["income"]) == person["income"] * 100
        due += (household["award"] > 0) + sum(person["travel"] > 0 for person in household["people"])
    assert len(ask("list", "claimable", "--on", ON)) == due


def test_services_complete_the_package(ask: Ask) -> None:
    on = ("--on", ON)
    row = ask("list", "package-due", *on)[0]
    assert row["lacking"] == {
        "policy_briefing": 1,
        "job_referral": 3,
        "career_guidance": 1,
        "skills_training": 1,
    }
    worker = ("--worker", row["id_number"])
    for kind in ("policy_briefing", "职业指导", "skills_training"):
        ask("record", "service", *worker, "--kind", kind, *on)
    for day, vacancy in (
        ("20", "宁夏某食品公司 包装工"),
        ("21", "某家政公司 保洁"),
        ("22", "宁夏某食品公司 包装工"),
    ):
        ask(
            "record",
            "service",
            *worker,
            "--kind",
            "job_referral",
            "--vacancy",
            vacancy,
            "--on",
            f"2024-11-{day}",
        )
    ask("undo")
    ask("redo")
    assert next(each for each in ask("list", "package-due", *on) if each["id"] == row["id"])["lacking"] == {
        "job_referral": 1
    }
    ask("record", "service", *worker, "--kind", "job_referral", "--vacancy", "某物流公司 分拣", *on)
    assert row["id"] not in {each["id"] for each in ask("list", "package-due", *on)}
    assert len(ask("show", row["id_number"], *on)["services"]) == 7


def test_facts_change_the_lists(ask: Ask) -> None:
    willing = next(row for row in ask("list", "willing", "--on", ON) if row["status"] == "unemployed")
    worker = ("--worker", willing["id_number"])
    job = (
        "--from",
        "2024-11-05",
        "--place",
        "浙江省杭州市余杭区",
        "--wage",
        "4200",
        "--employer",
        "某电子厂",
        "--contract",
    )
    ask("record", "spell", *worker, *job)
    assert willing["id_number"] in numbers(ask("list", "employed", "--on", ON))
    ask("record", "return", *worker, "--reason", "企业裁员", "--on", "2024-11-20")
    assert willing["id_number"] in numbers(ask("list", "returned", "--on", ON))
    ask("record", "intention", *worker, "--kind", "none", "--on", "2024-11-21")
    assert willing["id_number"] not in numbers(ask("list", "zeroing", "--on", ON))
    ask("record", "contact", *worker, "--bank", "黄河农村商业银行", "--card", "6229 4700 0000 1234")
    ask("record", "contact", *worker, "--phone", "13900001234")
    page = ask("show", willing["id_number"], "--on", ON)
    assert page["spells"][-1]["wage"] == "4200.00"
    assert (page["card_bank"], page["card_number"], page["phone"]) == (
        "黄河农村商业银行",
        "6229470000001234",
        "13900001234",
    )
    assert {line["action"] for line in ask("history", willing["id_number"])} >= {
        "import",
        "spell.record",
        "spell.return",
        "person.contact",
    }
    home = ask("show", willing["household_no"], "--on", ON)
    assert willing["id_number"] in numbers(home["members"])
    assert numbers(ask("find", willing["id_number"][-6:])["people"]) >= {willing["id_number"]}


def test_one_person_named_in_two_ways_gets_one_service(ask: Ask) -> None:
    spellings = ("--worker", RARE, "--worker", RARE.lower())
    answer = ask("record", "service", *spellings, "--kind", "contact", "--on", ON)
    assert len(answer["people"]) == 1
    assert len([each for each in ask("show", RARE, "--on", ON)["services"] if each["kind"] == "contact"]) == 1


def test_history_hides_numbers_until_asked(ask: Ask) -> None:
    phones, cards = ("13900001234", "13900005678"), ("6229470000001234", "6229470000005678")
    for phone, card in zip(phones, cards, strict=True):
        ask("record", "contact", "--worker", RARE, "--phone", phone, "--card", card)

    def shown(*arguments: str) -> str:
        return CliRunner().invoke(commands, [*arguments], catch_exceptions=False).output

    for hidden in (shown("history", RARE), shown("show", RARE)):
        assert not any(number in hidden for number in (*phones, *cards))
        assert "5678" in hidden
    assert all(number in shown("history", RARE, "--show-numbers") for number in (*phones, *cards))


def test_claims_from_filing_to_paper(ask: Ask, folder: Path, tmp_path: Path) -> None:
    before = content(folder)
    filed = ask("claim", "file", "--item", "JF-5", "--worker", RARE, "--cycle", "2024", "--on", ON)["numbers"]
    head = ask("show", RARE, "--on", ON)["household_no"]
    filed += ask("claim", "file", "--item", "JF-6", "--household", head, "--cycle", "2024", "--on", ON)[
        "numbers"
    ]
    shown = ask("claim", "show", filed[0])
    assert (shown["amount"], shown["state"], shown["answer"]["amount"]) == ("1000.00", "draft", "1000.00")
    target = tmp_path / "申请表.pdf"
    assert ask("print", "claim", *filed, filed[0], "-o", target)["missing_characters"] == []
    pages = [joined(page) for page in texts(target.read_bytes())]
    assert len(pages) == 2
    for word in ("王𬭎远", RARE, "1,000", filed[0]):
        assert word in pages[0]
    assert "6,000" in pages[1]
    ask("claim", "advance", filed[0], "--to", "village_checked", "--on", ON)
    assert [row["state"] for row in ask("claim", "list", "--item", "JF-5")] == ["village_checked"]
    assert (
        ask("assess", "--item", "JF-5", "--worker", RARE, "--cycle", "2024", "--on", ON)[0]["state"]
        == "not_eligible"
    )
    head_name = ask("claim", "show", filed[1])["name"]
    undone = [ask("undo")["text"] for _ in range(3)]
    assert undone == [f"撤销：办理申领 {filed[0]}", f"撤销：申领 {head_name}", "撤销：申领 王𬭎远"]
    assert content(folder) == before


def test_the_monthly_workbook_opens_with_the_same_rows(ask: Ask, tmp_path: Path) -> None:
    target = tmp_path / "月报.xlsx"
    counts = ask("upload", "--month", "2024-11", "--village", VILLAGE, "-o", target)["sheets"]
    book = openpyxl.load_workbook(BytesIO(target.read_bytes()))
    cells = [cell for row in book["农户"].iter_rows(values_only=True) for cell in row]
    assert counts["农户"] == TRUTH["by_village"]["和顺新村"]["households"]
    heads = {row["id_number"] for row in ask("list", "households", "--on", ON, "--village", VILLAGE)}
    assert heads <= set(cells)
    assert set(counts) <= set(book.sheetnames)


def test_backup_and_restore_keep_everything(ask: Ask, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "备份.ledger-backup"
    ask("backup", "-o", file)
    assert ask("backup", "verify", file)["sound"]
    assert ask("verify")["sound"]
    elsewhere = tmp_path / "restored"
    assert "密码不对" in refused(within("--ledger", elsewhere, "restore", file, password="not-this-one"), 3)
    assert not elsewhere.exists()
    assert command("--ledger", elsewhere, "restore", file).returncode == 0
    assert content(elsewhere) == content(folder)
    assert "已经存在" in refused(command("--ledger", folder, "backup", "-o", file), 1)


def test_tables_hide_identity_numbers_until_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking(folder, monkeypatch)
    hidden = CliRunner().invoke(commands, ["list", "employed", "--on", ON], catch_exceptions=False).output
    whole = (
        CliRunner()
        .invoke(commands, ["list", "employed", "--on", ON, "--show-numbers"], catch_exceptions=False)
        .output
    )
    assert not any(number in hidden for number in TRUTH["lists"]["employed"])
    assert all(number in whole for number in TRUTH["lists"]["employed"])
    assert "已就业: 36" in whole.replace("：", ": ")
    for arguments in (
        ["list", "households"],
        ["list", "zeroing"],
        ["list", "package-due"],
        ["list", "claimable"],
        ["find", "马"],
        ["show", RARE],
        ["history", RARE],
        ["assess", "--worker", RARE],
        ["claim", "list"],
        ["import", *map(str, sample.bundled())],
        ["pack", "list"],
    ):
        result = CliRunner().invoke(commands, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        assert RARE not in result.output


def test_packs_are_checked_with_their_cases(tmp_path: Path) -> None:
    assert command("pack", "check", packs.DEFAULT).returncode == 0
    changed = Path(shutil.copytree(packs.bundled_folder(packs.DEFAULT), tmp_path / "pack"))
    rules = (changed / "pack.toml").read_text("utf-8")
    (changed / "pack.toml").write_text(rules.replace('amount = "1400', 'amount = "1500', 1), "utf-8")
    result = within("pack", "check", changed)
    assert result.returncode == 1
    assert "不一致" in result.stdout.decode()
    assert "pack.toml" in refused(within("pack", "check", tmp_path), 1)


# -- what is refused -------------------------------------------------------------------------------


def _no_sheets() -> bytes:
    book = openpyxl.Workbook()
    book.create_chartsheet("图表")
    del book["Sheet"]
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: sample.bundled()[0].read_bytes()[:20_000], "已损坏"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "不是表格文件"),
        (lambda: b"", "0 字节"),
        (_no_sheets, "没有能读的工作表"),
    ],
    ids=["truncated", "picture", "empty", "no sheets"],
)
def test_a_broken_workbook_is_named_and_writes_nothing(
    folder: Path, tmp_path: Path, made: Callable[[], bytes], says: str
) -> None:
    before = content(folder)
    file = tmp_path / "名单.xlsx"
    file.write_bytes(made())
    ask = command if says == "已损坏" else within
    message = refused(ask("--ledger", folder, "import", file, sample.bundled()[0]), 1)
    assert says in message
    assert "名单.xlsx" in message
    assert content(folder) == before


def test_a_wrong_password_is_refused(folder: Path) -> None:
    assert "密码不对" in refused(command("--ledger", folder, "list", "people", password="wrong-one"), 3)


def test_a_ledger_open_elsewhere_is_refused(folder: Path) -> None:
    desk = desks.open_with_password(folder, PASSWORD)
    try:
        assert "正在别处打开" in refused(command("--ledger", folder, "list", "people"), 4)
    finally:
        desk.close()


def _alter(folder: Path, statement: str) -> None:
    connection = engine.connect(folder / engine.DATABASE, keys.with_password(folder, PASSWORD).data_key)
    connection.execute(statement)
    connection.close()


def test_a_newer_ledger_is_refused_and_not_touched(folder: Path) -> None:
    _alter(folder, "UPDATE alembic_version SET version_num = '9999'")
    before = (folder / engine.DATABASE).read_bytes()
    assert "更新版本" in refused(command("--ledger", folder, "list", "people"), 4)
    assert (folder / engine.DATABASE).read_bytes() == before


def test_a_damaged_page_is_found(folder: Path) -> None:
    _alter(folder, "PRAGMA wal_checkpoint(TRUNCATE)")
    with (folder / engine.DATABASE).open("r+b") as stream:
        stream.seek(40 * 4096 + 100)
        stream.write(b"\0" * 64)
    result = command("--ledger", folder, "verify")
    assert result.returncode == 4, result.stderr.decode()
    assert "已损坏" in result.stderr.decode()


def test_wrong_use_is_said_in_chinese(folder: Path, tmp_path: Path) -> None:
    assert "不是日期" in refused(command("--ledger", folder, "list", "people", "--on", "2024-13-01"), 2)
    assert "--ledger" in refused(within("list", "people"), 2)
    assert "CASEWORKER_PASSWORD" in refused(
        subprocess.run(
            [sys.executable, "-m", "caseworker_app", "--ledger", str(folder), "list", "people"],
            env={name: value for name, value in os.environ.items() if name != "CASEWORKER_PASSWORD"},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        ),
        2,
    )
    assert "没有台账" in refused(within("--ledger", tmp_path / "none", "list", "people"), 1)
    assert "政策宣介" in refused(
        within("--ledger", folder, "record", "service", "--worker", RARE, "--kind", "tea"), 2
    )
    assert "没有选项" in refused(within("--ledger", folder, "list", "people", "--nothing"), 2)
    workbook = tmp_path / "月报.pdf"
    assert ".xlsx" in refused(within("--ledger", folder, "upload", "--month", "2024-11", "-o", workbook), 2)
    assert not workbook.exists()
    assert "UTF-8" in refused(command("--ledger", folder, "find", "\udcff"), 2)
    english = command("--lang", "en", "--ledger", tmp_path / "none", "list", "people")
    assert b"There is no ledger" in english.stderr


def test_what_the_state_does_not_allow_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asking(folder, monkeypatch)
    before = content(folder)
    month = TRUTH["entitlements_cycle_2024"][0]["people"][0]["id"]
    for arguments, says in (
        (("record", "service", "--worker", RARE, "--kind", "job_referral"), "没有填岗位"),
        (("record", "service", "--worker", RARE, "--kind", "contact", "--on", "2999-01-01"), "还没有到"),
        (("record", "service", "--worker", "640106190001010000", "--kind", "contact"), "无记录"),
        (("record", "return", "--worker", RARE, "--reason", "spring_festival", "--on", ON), "春节"),
        (("claim", "file", "--item", "JF-5", "--worker", month, "--cycle", "2024", "--on", ON), "不符合条件"),
        (("claim", "file", "--item", "JF-99", "--worker", month), "JF-5"),
        (("claim", "advance", "JF5-2024-100207-0001", "--to", "paid"), "没有编号"),
        (("upload", "--month", "2024-13"), "2024-11"),
        (("upload", "--month", "2024-11", "--village", "110101"), "范围"),
        (("upload", "--month", "2024-11", "-o", "/nowhere/月报.xlsx"), "没有写成"),
        (("redo",), "没有可以重做"),
    ):
        assert run(arguments) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert says in said.err
    assert content(folder) == before


def test_a_full_disk_is_said_and_nothing_is_half_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [
        ("--worker", each) for each in numbers(asking(folder, monkeypatch)("list", "workers", "--on", ON))
    ]
    before = content(folder)
    connect = engine.connect

    def connect_to_full_disk(path: Path, data_key: bytes) -> Any:
        connection = connect(path, data_key)
        connection.execute("PRAGMA max_page_count=1")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "connect", connect_to_full_disk)
        facts = ("--kind", "contact", "--on", ON, "--note", "满" * 200)
        assert run(["record", "service", *(each for pair in people for each in pair), *facts]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "磁盘已满" in said.err
    assert content(folder) == before


def test_our_own_fault_is_logged_without_anybodys_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    asking(folder, monkeypatch)
    # The import linter, run by another test of this process, switches off every logger there is.
    monkeypatch.setattr(logging.getLogger("caseworker"), "disabled", False)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(RARE)

    monkeypatch.setattr("db.queries.workers.ids", fail)
    assert run(["list", "people"]) == 5
    said = capsys.readouterr()
    assert said.out == ""
    assert "程序出错了" in said.err
    log = (home / "log" / "caseworker.log").read_text("utf-8")
    assert "RuntimeError at" in log
    assert RARE not in log + said.err
