"""Outside lists held against the ledger: matching, what differs, what is only suggested, and what becomes of it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from caseworker_app.domain import money
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.comparisons import Difference
from caseworker_app.use_cases import compare, lists, people, problems, undo, work
from caseworker_app.use_cases.desk import Desk
from db.queries import comparisons, workers
from tests.caseworker_app.use_cases.looking import taken_back
from tests.exchange.lists import INSURED, SAMPLES, UNEMPLOYED, compared, facts, of, person, sheet

TRUTH: dict[str, Any] = json.loads((SAMPLES / "truth.json").read_text("utf-8"))
WORKING, IDLE = "640106196207039712", "640106200212159558"
"""海秀, who was in work on 2024-09-30, and 海娜敏, who was not."""


@pytest.fixture
def desk(sample_desk: Desk) -> Desk:
    return sample_desk


def names(desk: Desk, *numbers: str) -> list[str]:
    with desk.ledger.reader() as connection:
        found = comparisons.by_number(connection, numbers)
    return [found[number].name for number in numbers]


@pytest.mark.parametrize(
    ("file", "kind", "truth"),
    [(INSURED, "insured", "insured"), (UNEMPLOYED, "unemployed", "registered_unemployed")],
)
def test_everybody_of_a_sample_list_is_found_and_nobody_else(
    desk: Desk, file: Path, kind: str, truth: str
) -> None:
    before = facts(desk)
    found = compared(desk, file, kind)
    named = [each.identity_number for each in found.found if each.result in ("agrees", "differs")]
    assert sorted(named) == sorted(TRUTH["comparison"][truth])
    assert found.as_of == date(2024, 9, 30)
    assert found.absent == ()
    with desk.ledger.reader() as connection:
        rows = workers.rows(
            connection, [person(desk, number) for number in named], desk.asked(date(2024, 9, 30))
        )
    status = {row.identity_number: row.status for row in rows}
    wrong = (
        {"employed", "out_of_age", "at_school", "unable"} if kind == "unemployed" else set(status.values())
    )
    differing = {each.identity_number for each in found.found if each.result == "differs"}
    assert differing == {number for number in named if status[number] in wrong}
    taken_back(desk, lambda: compare.commit(desk, found))
    assert facts(desk) == before


def test_who_is_insured_where_he_works_agrees(desk: Desk, tmp_path: Path) -> None:
    header = ("姓名", "身份证号码", "参保单位", "参保状态")
    (name,) = names(desk, IDLE)
    file = sheet(tmp_path / "参保.xlsx", [header, (name, IDLE, "甲公司", "正常参保")])
    on = date(2024, 11, 1)
    assert of(compared(desk, file, "insured", as_of=on), IDLE).differences == (
        Difference("status", "unemployed", "employed"),
    )
    work.record_spell(desk, person(desk, IDLE), "wage", date(2024, 10, 1), employer="甲公司", insured=True)
    assert of(compared(desk, file, "insured", as_of=on), IDLE).result == "agrees"
    stopped = sheet(tmp_path / "停保.xlsx", [header, (name, IDLE, "甲公司", "暂停缴费")])
    assert of(compared(desk, stopped, "insured", as_of=on), IDLE).differences == (
        Difference("spell.insured", "yes", "no"),
    )
    other = sheet(tmp_path / "别处.xlsx", [header, (name, IDLE, "乙公司", "正常参保")])
    assert of(compared(desk, other, "insured", as_of=on), IDLE).differences == (
        Difference("spell.employer", "甲公司", "乙公司"),
    )


def test_a_list_is_known_by_its_columns_whatever_their_order_and_names(desk: Desk, tmp_path: Path) -> None:
    (name,) = names(desk, WORKING)
    book = tmp_path / "失业名册.xlsx"
    rows = [
        ("良田镇失业登记花名册（截至2024年9月）",),
        (),
        ("登记日期", "失业\n原因", "身份证件号码（必填）", "人员姓名"),
        ("2024.8.1", "合同到期", f"'{WORKING.lower()}", f"{name[0]} {name[1:]}"),
        ("合计", "1人"),
    ]
    found = compared(desk, sheet(book, rows), "unemployed")
    assert (found.as_of, found.rows) == (date(2024, 9, 30), 1)
    assert of(found, WORKING).differences == (Difference("status", "employed", "unemployed"),)
    text = tmp_path / "失业登记_20240930.csv"
    text.write_bytes(f'姓名,身份证号\n{name},="{WORKING}"\n'.encode("gb18030"))
    assert of(compared(desk, text, "unemployed"), WORKING).row == 2


def test_a_list_of_another_kind_is_refused(desk: Desk, tmp_path: Path) -> None:
    for file, kind in ((INSURED, "unemployed"), (UNEMPLOYED, "death"), (INSURED, "national")):
        with pytest.raises(ExpectedError) as refused:
            compared(desk, file, kind)
        assert refused.value.code == "comparison.not_recognised"
    nobody = sheet(tmp_path / "参保.xlsx", [("姓名", "参保状态"), ("海秀", "正常参保")])
    with pytest.raises(ExpectedError):
        compared(desk, nobody, "insured")


def test_name_and_birth_date_only_suggest(desk: Desk, tmp_path: Path) -> None:
    (name,) = names(desk, WORKING)
    swapped = WORKING[:14] + WORKING[15] + WORKING[14] + WORKING[16:]
    file = sheet(
        tmp_path / "失业登记.xlsx",
        [
            ("姓名", "身份证号", "失业原因", "出生日期"),
            (name, swapped, "合同到期", None),
            (name, float(int(WORKING[:15] + "000")), "合同到期", None),
            (name, None, "合同到期", "1962-07-03"),
            (name, None, "合同到期", "1962-07-04"),
            ("无此人", "110101199003074557", "合同到期", None),
        ],
    )
    found = compared(desk, file, "unemployed", as_of=date(2024, 9, 30))
    suggested = [each for each in found.found if each.result == "suggested"]
    assert [(each.identity_number, each.row) for each in suggested] == [(WORKING, row) for row in (2, 3, 4)]
    assert [each.name for each in found.absent] == [name, "无此人"]
    assert found.counts["suggested"] == 3
    assert found.counts["not_here"] == 2
    assert not [
        each
        for each in found.found
        if each.result in ("agrees", "differs") and each.identity_number == WORKING
    ]


def test_deaths_schools_businesses_and_payments_say_what_differs(desk: Desk, tmp_path: Path) -> None:
    (name,) = names(desk, IDLE)

    def said(kind: str, header: str, told: object, *, word: str = "姓名") -> tuple[Difference, ...]:
        rows = [(word, "身份证号", header), (name, IDLE, told)]
        file = sheet(tmp_path / f"{kind}.xlsx", rows)
        return of(compared(desk, file, kind, as_of=date(2024, 11, 20)), IDLE).differences

    assert said("death", "死亡日期", "2024-11-05") == (Difference("membership.until", "", "2024-11-05"),)
    assert said("school", "年级", "高一") == (Difference("person_attribute.schooling", "", "senior_1"),)
    assert said("business", "市场主体名称", "海秀百货店", word="经营者") == (
        Difference("business.name", "", "海秀百货店"),
    )
    assert said("paid", "补贴金额（元）", "1,400") == (Difference("payment.amount", "", money.yuan(140000)),)
    people.leave(desk, person(desk, IDLE), date(2024, 11, 5), "death")
    assert said("death", "死亡日期", "2024-11-05") == ()
    assert said("death", "死亡日期", "2024-11-06") == (
        Difference("membership.until", "2024-11-05", "2024-11-06"),
    )
    assert said("school", "年级", "高一") == (Difference("membership.until", "2024-11-05", ""),)


def waiting(desk: Desk) -> list[str]:
    with desk.ledger.reader() as connection:
        return [line.identity_number for line in comparisons.waiting(connection)]


def mismatched(desk: Desk, on: date) -> dict[str, str]:
    with desk.ledger.reader() as connection:
        asked = desk.asked(on)
        found = lists.ids(connection, desk.pack, "mismatched", asked)
        return {
            row.identity_number: why
            for row, why in lists.told(connection, desk.pack, found, asked, "mismatched")
        }


def test_what_differs_waits_until_it_is_answered_and_the_newer_list_counts(
    desk: Desk, tmp_path: Path
) -> None:
    first = compared(desk, UNEMPLOYED, "unemployed")
    compare.commit(desk, first)
    on = date(2024, 11, 30)
    listed = mismatched(desk, on)
    assert set(listed) == {each.identity_number for each in first.found if each.result == "differs"}
    assert WORKING in listed
    assert all(listed.values())
    assert mismatched(desk, date(2024, 9, 29)) == {}

    with desk.ledger.reader() as connection:
        line = next(each for each in comparisons.waiting(connection) if each.identity_number == WORKING)
    with pytest.raises(ExpectedError) as refused:
        problems.answer(desk, line.id, "as_it_is", "")
    assert refused.value.code == "todo.reason_missing"
    taken_back(desk, lambda: problems.answer(desk, line.id, "as_it_is", "登记后又上班"))
    assert WORKING not in mismatched(desk, on)
    with pytest.raises(ExpectedError) as refused:
        problems.answer(desk, line.id, "fixed", "")
    assert refused.value.code == "todo.gone"

    # The same list again: what was explained stays explained, since when stays known.
    book = openpyxl.load_workbook(UNEMPLOYED)
    book.active.delete_rows(4, 3)
    newer = tmp_path / "失业登记名单202410.xlsx"
    book.save(newer)
    second = compared(desk, newer, "unemployed")
    compare.commit(desk, second)
    assert second.as_of == date(2024, 10, 31)
    again = {each.identity_number for each in second.found if each.result == "differs"}
    assert again
    assert set(waiting(desk)) == again - {WORKING}
    with desk.ledger.reader() as connection:
        assert {line.since for line in comparisons.waiting(connection)} <= {
            date(2024, 9, 30),
            date(2024, 10, 31),
        }
        assert [line.newest for line in comparisons.comparisons(connection)] == [True, False]
    undo.undo(desk)
    assert set(waiting(desk)) == set(listed) - {WORKING}


def test_what_the_ledger_says_by_now_is_seen_to_be_put_right(desk: Desk) -> None:
    compare.commit(desk, compared(desk, INSURED, "insured"))
    with desk.ledger.reader() as connection:
        found = problems.todos(connection, desk)
        line = next(each for each in comparisons.waiting(connection) if each.ours == "unemployed")
    assert not any(each.gone for each in found)
    work.record_spell(desk, line.person, "wage", date(2024, 9, 20), ended_on=date(2024, 9, 30), insured=True)
    with desk.ledger.reader() as connection:
        gone = [each.id for each in problems.todos(connection, desk) if each.gone]
    assert gone == [line.id]


def test_a_list_of_thousands_is_compared_within_seconds(desk: Desk, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [("姓名", "身份证号", "失业原因")]
    rows += [("某某", f"11010119{index:010d}", "") for index in range(3000)]
    (name,) = names(desk, WORKING)
    rows.append((name, WORKING, "合同到期"))
    found = compared(desk, sheet(tmp_path / "失业登记.xlsx", rows), "unemployed", as_of=date(2024, 9, 30))
    assert of(found, WORKING).result == "differs"


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        ("death", ("死者姓名", "死者身份证号", "死亡日期"), ("{name}", "{number}", "2024-11-05")),
        ("death", ("逝者姓名", "性别", "证件号码", "火化时间"), ("{name}", "女", "{number}", "")),
        ("school", ("学生姓名", "身份证件号", "学校名称"), ("{name}", "{number}", "银川大学")),
        ("business", ("字号", "经营者", "经营者身份证号码", "状态"), ("面馆", "{name}", "{number}", "存续")),
        ("insured", ("个人编号", "姓名", "社会保障号码", "缴费状态"), ("1", "{name}", "{number}", "缴费")),
        ("insured", ("社会保障号", "单位名称"), ("{number}", "某厂")),
        ("paid", ("户名", "身份证号", "实发金额", "发放状态"), ("{name}", "{number}", "800", "已发放")),
    ],
)
def test_whose_name_and_number_it_is_may_be_said_in_the_header(
    desk: Desk, tmp_path: Path, kind: str, header: tuple[str, ...], row: tuple[str, ...]
) -> None:
    (name,) = names(desk, IDLE)
    cells = [each.format(name=name, number=IDLE) for each in row]
    file = sheet(tmp_path / "名单.xlsx", [header, cells])
    assert of(compared(desk, file, kind), IDLE).result == "differs"


def test_what_a_list_says_is_not_or_no_more_counts_for_nothing(desk: Desk, tmp_path: Path) -> None:
    (name,) = names(desk, IDLE)
    (working,) = names(desk, WORKING)
    for kind, header, state, who, number in (
        ("paid", "发放状态", "发放失败", name, IDLE),
        ("paid", "发放状态", "待发放", name, IDLE),
        ("unemployed", "是否登记失业人员", "否", working, WORKING),
        ("insured", "参保状态", "未参保", name, IDLE),
    ):
        file = sheet(tmp_path / f"{kind}补贴失业.xlsx", [("姓名", "身份证号", header), (who, number, state)])
        assert of(compared(desk, file, kind), number).result == "agrees", (kind, state)


def test_nobody_on_a_list_is_passed_over(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ("序号", "姓名", "身份证号", "死亡日期"),
        (1, "无号人", "", "2024-11-05"),
        (2, "", "64010619900101", "2024-11-05"),
        ("合计", "2人"),
        ("以上人员均已核实",),
    ]
    found = compared(desk, sheet(tmp_path / "死亡.xlsx", rows), "death")
    assert [(each.row, each.name, each.identity_number) for each in found.absent] == [
        (2, "无号人", ""),
        (3, "", "64010619900101"),
    ]
