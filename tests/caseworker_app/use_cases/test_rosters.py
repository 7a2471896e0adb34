"""Rosters gather claims, their papers say what the ledger knows, and what the bank says comes back."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy.answer import State
from caseworker_app.read_models.claims import RosterSheet
from caseworker_app.use_cases import claims, entitlements, payments, rosters, undo
from caseworker_app.use_cases.desk import Desk
from db.queries import claims as queries
from printouts import roster

ON = date(2024, 11, 30)
PAPERS = ("身份证复印件", "一卡通复印件", "务工证明")
KINDS: tuple[roster.Kind, ...] = ("pay_list", "notice")
UP = ("village_publicised", "submitted", "township_approved", "county_approved")


@pytest.fixture
def numbers(sample_desk: Desk) -> list[str]:
    """Return four claims the village has checked, and one that is a draft."""
    with sample_desk.ledger.reader() as connection:
        answers = entitlements.claimable(connection, sample_desk.pack, ON, item="JF-5")
    due = [answer.beneficiary for answer in answers if answer.state is State.ELIGIBLE and not answer.missing]
    found = claims.file(sample_desk, "JF-5", due[:5], ON)[1]
    claims.advance(sample_desk, found[:4], "village_checked", ON)
    return found


def approve(desk: Desk, numbers: list[str]) -> None:
    """Bring claims to where they wait for their money."""
    for number in numbers:
        claims.add_papers(desk, number, PAPERS, ON)
    for step in UP:
        claims.advance(desk, numbers, step, ON)


def states(desk: Desk, numbers: list[str]) -> list[str]:
    """Return the states of claims."""
    with desk.ledger.reader() as connection:
        lives = queries.lives(connection, numbers)
    return [lives[number].state for number in numbers]


def results(folder: Path, *rows: tuple[object, ...], heads: tuple[str, ...] = ()) -> Path:
    """Write a bank's workbook, its header on the third row."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["补贴发放结果"])
    sheet.append([])
    sheet.append(
        list(heads or ("序号", "申领编号", "户名", "金额（元）", "发放状态", "失败原因", "发放日期"))
    )
    for number, row in enumerate(rows, 1):
        sheet.append([number, *row])
    target = folder / "结果.xlsx"
    book.save(target)
    return target


def prepared(desk: Desk, file: Path) -> payments.Prepared:
    """Look through a workbook of results."""
    with desk.ledger.reader() as connection:
        return payments.prepare(connection, desk, file)


def text(sheets: list[RosterSheet], kind: roster.Kind) -> str:
    """Return what a paper says."""
    target = BytesIO()
    assert roster.render(sheets, kind, target) == []
    with pypdfium2.PdfDocument(target.getvalue()) as paper:
        return "\n".join(page.get_textpage().get_text_bounded() for page in paper)


def test_a_roster_gathers_what_was_checked_and_each_claim_once(sample_desk: Desk, numbers: list[str]) -> None:
    _changed, made = rosters.make(sample_desk, "JF-5", "2024", ON)
    with sample_desk.ledger.reader() as connection:
        listed = [claim for each in made for claim in rosters.claims_of(connection, each)]
    assert sorted(listed) == sorted(numbers[:4])
    with pytest.raises(ExpectedError, match=r"roster\.nobody"):
        rosters.make(sample_desk, "JF-5", "2024", ON)
    undo.undo(sample_desk)
    assert rosters.make(sample_desk, "JF-5", "2024", ON)[1] != made  # A number is never given twice.


def test_a_roster_is_for_one_village(sample_desk: Desk, numbers: list[str]) -> None:
    with sample_desk.ledger.reader() as connection:
        rows = queries.rows(connection, queries.ids(connection), ON)
    village = next(row.village_code for row in rows if row.number == numbers[0])
    _changed, made = rosters.make(sample_desk, "JF-5", "2024", ON, village=village, round_="第一批")
    assert len(made) == 1
    with sample_desk.ledger.reader() as connection:
        sheet = rosters.sheet(connection, sample_desk, made[0], ON)
    assert sheet.round == "第一批"
    assert {line.village for line in sheet.lines} == {sheet.lines[0].village}


def test_the_pay_list_says_all_and_the_notice_hides_what_is_private(
    sample_desk: Desk, numbers: list[str]
) -> None:
    _changed, made = rosters.make(sample_desk, "JF-5", "2024", ON)
    with sample_desk.ledger.reader() as connection:
        sheets = [rosters.sheet(connection, sample_desk, each, ON) for each in made]
        asked = [rosters.sheet(connection, sample_desk, each, ON, identity_shown=True) for each in made]
    lines = [line for sheet in sheets for line in sheet.lines]
    assert len(lines) == 4
    full, notice, masked = text(sheets, "pay_list"), text(sheets, "notice"), text(asked, "notice")
    for line in lines:
        assert line.identity_number in full
        assert line.name in notice
        assert line.identity_number not in notice
        assert line.identity_number not in masked
        assert line.identity_number[-4:] in masked
        assert line.identity_number[-4:] not in notice
    assert "关于金凤区" in notice.replace("\n", "")
    assert numbers[4] not in full


def test_a_draft_is_printed_nowhere_as_the_basis(sample_desk: Desk, numbers: list[str]) -> None:
    _changed, made = rosters.make(sample_desk, "JF-5", "2024", ON)
    rules = sample_desk.pack
    for draft in (False, True):
        sample_desk.pack = replace(rules, document=replace(rules.document, draft=draft))
        with sample_desk.ledger.reader() as connection:
            sheets = [rosters.sheet(connection, sample_desk, each, ON) for each in made]
        for kind in ("notice", "pay_list"):
            words = text(sheets, kind).replace("\r", "").replace("\n", "")
            assert (rules.document.title[:12] in words) == (not draft)
        assert (rules.document.short in claims.form(sample_desk, numbers[0], ON).citation) == (not draft)


def test_a_notice_carries_masked_numbers_where_the_item_asks(sample_desk: Desk, numbers: list[str]) -> None:
    _changed, made = rosters.make(sample_desk, "JF-5", "2024", ON)
    rule = sample_desk.pack.item("JF-5")
    asking = replace(rule, process=replace(rule.process, notice_identity=True))
    sample_desk.pack = replace(sample_desk.pack, items={**sample_desk.pack.items, "JF-5": asking})
    with sample_desk.ledger.reader() as connection:
        sheets = [rosters.sheet(connection, sample_desk, each, ON) for each in made]
    notice = text(sheets, "notice")
    for line in (line for sheet in sheets for line in sheet.lines):
        assert line.identity_number not in notice
        assert line.identity_number[-4:] in notice


def test_a_notice_file_cannot_ask_for_what_is_private(tmp_path: Path) -> None:
    content = (roster.LISTS / "notice.toml").read_text(encoding="utf-8")
    for field in ("card_number", "identity_number", "phone", "nonsense"):
        (tmp_path / "notice.toml").write_text(content.replace('"masked_identity"', f'"{field}"'), "utf-8")
        with pytest.raises(ExpectedError, match=r"form\.invalid"):
            roster.read_plan("notice", tmp_path)
    (tmp_path / "notice.toml").write_text(content.replace("{unit}（盖章）", "{nobody}"), "utf-8")
    with pytest.raises(ExpectedError, match=r"form\.invalid"):
        roster.read_plan("notice", tmp_path)


def test_a_long_roster_goes_over_pages_and_numbers_every_line(sample_desk: Desk, numbers: list[str]) -> None:
    _changed, made = rosters.make(sample_desk, "JF-5", "2024", ON)
    with sample_desk.ledger.reader() as connection:
        sheet = rosters.sheet(connection, sample_desk, made[0], ON)
    for count in (1, 16, 17, 18, 19, 20, 40):
        many = replace(sheet, lines=sheet.lines[:1] * count)
        for kind in KINDS:
            said = text([many], kind)
            assert said.count(sheet.lines[0].name) >= count
            assert "合" in said
    assert numbers


def test_what_failed_returns_to_the_list_and_is_paid_again(
    sample_desk: Desk, numbers: list[str], tmp_path: Path
) -> None:
    rosters.make(sample_desk, "JF-5", "2024", ON)
    approve(sample_desk, numbers[:4])
    with sample_desk.ledger.reader() as connection:
        amounts = {
            number: claim.amount // 100 for number, claim in queries.lives(connection, numbers).items()
        }
    file = results(
        tmp_path,
        (numbers[0], "甲", amounts[numbers[0]], "发放成功", "", "2024-11-29"),
        (numbers[1], "乙", f"{amounts[numbers[1]]:,}.00", "退票", "账号户名不符", ""),
        (numbers[2], "丙", amounts[numbers[2]] + 1, "成功", "", ""),
        (numbers[3], "丁", amounts[numbers[3]], "不清楚", "", ""),
        ("JF5-2024-1-0001", "戊", 400, "成功", "", ""),
        (numbers[0], "甲", amounts[numbers[0]], "发放成功", "", "2024-11-29"),
        ("合计", "", 4000, "", "", ""),
    )
    looked = prepared(sample_desk, file)
    assert [line.why for line in looked.lines] == [
        "",
        "",
        "payment.amount",
        "payment.outcome",
        "payment.claim",
        "payment.twice",
    ]
    payments.take(sample_desk, looked, ON)
    assert states(sample_desk, numbers[:4]) == [
        "paid",
        "payment_failed",
        "county_approved",
        "county_approved",
    ]
    again = prepared(sample_desk, file)
    assert not again.ready
    with pytest.raises(ExpectedError, match=r"payment\.nothing"):
        payments.take(sample_desk, again, ON)
    _changed, made = rosters.make(sample_desk, "JF-5", "2024", ON)
    with sample_desk.ledger.reader() as connection:
        assert [rosters.claims_of(connection, each) for each in made] == [[numbers[1]]]
        assert rosters.sheet(connection, sample_desk, made[0], ON).lines[0].note == "账号户名不符"
    payments.record(sample_desk, numbers[1], ON)
    assert states(sample_desk, [numbers[1]]) == ["paid"]


def test_one_undo_takes_a_whole_file_of_results_back(
    sample_desk: Desk, numbers: list[str], tmp_path: Path
) -> None:
    approve(sample_desk, numbers[:2])
    file = results(tmp_path, *((each, "某", "", "是", "", "") for each in numbers[:2]))
    payments.take(sample_desk, prepared(sample_desk, file), ON)
    assert states(sample_desk, numbers[:2]) == ["paid"] * 2
    undo.undo(sample_desk)
    assert states(sample_desk, numbers[:2]) == ["county_approved"] * 2


def test_results_are_found_by_identity_number_and_amount(
    sample_desk: Desk, numbers: list[str], tmp_path: Path
) -> None:
    approve(sample_desk, numbers[:1])
    with sample_desk.ledger.reader() as connection:
        claim = queries.by_number(connection, numbers[0])
        assert claim is not None
        identity = claim.answer["beneficiary"]["id_number"]
    heads = ("序号", "身份证号码", "姓名", "金额", "支付结果")
    file = results(
        tmp_path, (identity, "某", "", "成功"), ("11010119900101123X", "某", "", "成功"), heads=heads
    )
    looked = prepared(sample_desk, file)
    assert [(line.number, line.why) for line in looked.lines] == [(numbers[0], ""), ("", "payment.claim")]


def test_a_claim_not_approved_is_not_paid(sample_desk: Desk, numbers: list[str], tmp_path: Path) -> None:
    file = results(tmp_path, (numbers[0], "某", "", "成功", "", ""))
    assert [line.why for line in prepared(sample_desk, file).lines] == ["payment.state"]


def test_a_workbook_without_results_is_refused(sample_desk: Desk, tmp_path: Path) -> None:
    file = results(tmp_path, heads=("序号", "姓名", "金额"))
    with pytest.raises(ExpectedError, match=r"payment\.none"):
        prepared(sample_desk, file)


def test_the_list_for_the_bank_comes_back_filled_in(
    sample_desk: Desk, numbers: list[str], tmp_path: Path
) -> None:
    _changed, made = rosters.make(sample_desk, "JF-5", "2024", ON)
    approve(sample_desk, numbers[:4])
    with sample_desk.ledger.reader() as connection:
        sheets = [rosters.sheet(connection, sample_desk, each, ON) for each in made]
    file = tmp_path / "发放清单.xlsx"
    assert rosters.write_workbook(file, sheets) == 4
    book = openpyxl.load_workbook(file)
    sheet = book.active
    assert sheet is not None
    heads = [cell.value for cell in sheet[1]]
    for row in range(2, 6):
        sheet.cell(row, heads.index("发放结果") + 1, "成功" if row < 5 else "失败")
    book.save(file)
    payments.take(sample_desk, prepared(sample_desk, file), ON)
    assert sorted(states(sample_desk, numbers[:4])) == ["paid", "paid", "paid", "payment_failed"]
