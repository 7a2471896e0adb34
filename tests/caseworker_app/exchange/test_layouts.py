"""Every workbook this field exchanges is known by its content, in any order of columns and however it is dressed up."""

from datetime import date
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from caseworker_app import sample
from caseworker_app.exchange import plan, read, recognise
from caseworker_app.exchange.read import Cell, Sheet
from caseworker_app.exchange.state import State
from caseworker_app.read_models.imports import CELL_CLASSES, FilePreview

SAMPLES = Path(__file__).parents[2] / "samples"
PEOPLE = sample.PEOPLE_HEADERS
TODAY = date(2024, 11, 30)
Who = dict[str, str]


def words(text: str) -> list[str]:
    return text.split()


LIST_2021 = words(
    """
    省 市 县 乡 村 户编号 人口编号 姓名 性别 出生日期 证件类型 证件号码 民族 户联系电话 成员联系电话 年度
    与户主关系 文化程度 在校生状况 劳动技能 务工时间（月） 健康状况 政治面貌 务工企业名称 是否享受低保 就业渠道
    务工所在地 户主姓名 户主证件号码
    """
)
COMPACT = words(
    """
    序号 数据日期 县(市、区、旗) 乡(镇) 行政村 自然村 户编号 人编号 姓名 证件号码 人数 与户主关系 民族
    文化程度 在校生状况 健康状况 劳动技能 务工时间（月） 致贫原因1 户联系电话 人联系电话 首次识别时间 户类型
    易返贫致贫户(监测对象)类型 风险是否消除
    """
)
OLDER = [
    "序号",
    "县",
    "镇(乡)",
    "村",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "与户主关系",
    "劳动能力\n页面（劳动技能）",
    "是否参加新农合\n页面（…）",
    "联系电话",
    "开户银行名称",
    "银行卡号",
    "务工状况",
]
HOUSEHOLDS = words(
    """
    县(市、区、旗) 乡(镇) 行政村 户编号 户主姓名 户类型 监测对象类别 家庭人口数 农户联系电话
    """
)
MEMBERS = words(
    """
    户编号 姓名 性别 证件号码 与户主关系 民族 文化程度 在校生情况 健康状况 劳动技能 务工时长(月)
    """
)
MONITORING = [
    [
        "序号",
        "县",
        "乡(镇)",
        "行政村",
        "户编号",
        "姓名",
        "证件号码",
        "与户主关系",
        "联系电话",
        "务工信息",
        "",
        "",
        "",
        "",
        "月收入",
        "是否参保",
    ],
    ["", "", "", "", "", "", "", "", "", "开始时间", "结束时间", "所在省", "所在县", "务工企业名称", "", ""],
]
NEWLY = [
    ["序号", "姓名\n（必填）", "身份证号\n（必填）", "联系电话", "就业信息", "", ""],
    ["", "", "", "", "就业单位", "就业时间", "所属行业\n(就业形式为单位就业时必填)"],
]
WILLING = words(
    """
    序号 行政村 户编号 姓名 性别 年龄 证件号码 人员类别 联系电话 意愿地区（省/市） 意愿工种 期望月薪 备注
    """
)
MIGRANT = words(
    """
    公民身份号码 姓名 出生日期 性别 民族 务工地所在省 文化程度 联系手机 就业形式 是否为返乡农民工
    """
)
RESOURCES = words(
    """
    序号 姓名 身份证号 年龄 性别 民族 联系电话 文化程度 就业情况 是否打算外出就业 外出就业意向 填报人
    """
)
UNEMPLOYED = words(
    """
    序号 姓名 性别 年龄 文化程度 身份证号 户籍性质 技能特长 失业时间 求职意向 培训意向 联系电话
    """
)
PAID = words(
    """
    年度 批次 补贴类型 姓名 身份证号 银行账号 村组 申报金额 实发金额 发放状态
    """
)

LAYOUTS: list[tuple[str, list[list[str]]]] = [
    ("national_people", [LIST_2021]),
    ("national_people", [COMPACT]),
    ("national_people", [OLDER]),
    ("national_people", [MEMBERS]),
    ("national_households", [HOUSEHOLDS]),
    ("employment_ledger", MONITORING),
    ("village_spells", NEWLY),
    ("willing", [WILLING]),
    ("person_facts", [MIGRANT]),
    ("labour_resources", [RESOURCES]),
    ("person_facts", [UNEMPLOYED]),
    ("person_facts", [PAID]),
]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    """Return the people of a small population."""
    return read.read(sample.write(tmp_path_factory.mktemp("files"), 12, seed=3)[0])[0]


def planner_with(people: Sheet) -> plan.Planner:
    numbers = count()
    planner = plan.Planner(State(), "640106", TODAY, lambda: f"{next(numbers):032d}")
    planned(planner, people)
    return planner


def planned(planner: plan.Planner, sheet: Sheet, name: str = "x.xlsx") -> FilePreview:
    found = recognise.recognise(sheet, name)
    assert found, sheet.rows[:3]
    preview = planner.sheet(name, sheet, found)
    assert preview.cells["in"] == sum(preview.cells[each] for each in CELL_CLASSES)
    return preview


def whos(people: Sheet) -> list[Who]:
    return [dict(zip(PEOPLE, map(str, row), strict=True)) for row in people.rows[3:]]


SAID: dict[str, str] = {
    "开始时间": "2024.3.5", "结束时间": "2024年8月", "所在省": "浙江省", "所在县": "余杭区", "务工企业名称": "某厂",
    "就业单位": "某厂", "就业时间": "202403", "月收入": "3,500元", "是否参保": "是", "联系电话": "13912345678",
    "联系手机": "13912345678", "人联系电话": "13912345678", "意愿地区(省/市)": "浙江省杭州市", "意愿工种": "电工",
    "期望月薪": "5000", "是否打算外出就业": "是", "外出就业意向": "浙江省杭州市", "银行账号": "6222021234567890123",
    "银行卡号": "6222021234567890123", "自然村": "三组", "所属行业": "制造业",
}  # fmt: skip


def cell_of(header: str, who: Who) -> str:
    """Return what stands for somebody under a header."""
    name = recognise.normal_header(header)
    same = {
        "人口编号": "人编号", "身份证号": "证件号码", "公民身份号码": "证件号码", "县(市、区、旗)": "县", "乡(镇)": "乡",
        "镇(乡)": "乡", "行政村": "村", "易返贫致贫户(监测对象)类型": "监测对象类别", "在校生情况": "在校生状况",
        "劳动能力": "劳动技能", "农户联系电话": "户联系电话",
    }  # fmt: skip
    return SAID.get(name, who.get(same.get(name, name), ""))


def sheet_of(headers: list[list[str]], people: list[Who], order: list[int]) -> Sheet:
    """Return a sheet with a title, these headers in this order, its rows, a total and a note, and blank rows after."""
    last = [below or above for above, below in zip(headers[0], headers[-1], strict=True)]
    rows: list[list[Cell]] = [["××乡(镇)台账(2024年9月)"], ["填报单位(盖章)：", "", "填报人："]]
    rows += [[row[place] for place in order] for row in headers]
    rows += [[cell_of(last[place], who) for place in order] for who in people]
    rows += [["合计", *[""] * 4, "12"], [], ["填表说明：1.开始/结束时间填“2025年03月”"], ["", ""], []]
    return Sheet("表", rows)


@pytest.mark.parametrize(("layout", "headers"), LAYOUTS)
def test_a_layout_of_the_field_is_known_and_taken(
    exports: Sheet, layout: str, headers: list[list[str]]
) -> None:
    planner = planner_with(exports)
    before = {kind: count_.new for kind, count_ in planner.totals.items()}
    sheet = sheet_of(headers, whos(exports), list(range(len(headers[0]))))
    preview = planned(planner, sheet)
    assert (preview.layout, preview.header_row) == (layout, 3)
    assert not preview.problems
    assert preview.cells["accepted"] + preview.cells["corrected"] + preview.cells["unchanged"] > 0
    made = {kind: count_.new - before[kind] for kind, count_ in planner.totals.items()}
    people = len(whos(exports))
    assert (made["households"], made["people"]) == (0, 0)
    assert made["spells"] == (people if layout in ("employment_ledger", "village_spells") else 0)
    assert made["intentions"] == (people if layout in ("willing", "labour_resources") else 0)


@pytest.mark.parametrize(("layout", "headers"), [each for each in LAYOUTS if len(each[1]) == 1])
def test_columns_may_stand_in_any_order_and_be_marked_as_required(
    exports: Sheet, layout: str, headers: list[list[str]]
) -> None:
    order = list(range(len(headers[0])))
    Random(5).shuffle(order)
    plain = planned(planner_with(exports), sheet_of(headers, whos(exports), sorted(order)))
    dressed = [[f" *{header}\n（必填）" if "\n" not in header else header for header in headers[0]]]
    turned = planned(planner_with(exports), sheet_of(dressed, whos(exports), order))
    assert turned.layout == plain.layout == layout
    assert turned.cells == plain.cells


def test_what_cells_say_is_written_one_way(exports: Sheet) -> None:
    planner = planner_with(exports)
    who = whos(exports)[0]
    preview = planned(planner, sheet_of(MONITORING, [who], list(range(16))))
    (spell,) = planner.writes.inserts["spell"]
    assert (spell["started_on"], spell["ended_on"]) == (date(2024, 3, 5), date(2024, 8, 31))
    assert (spell["wage"], spell["insured"], spell["place_code"]) == (350_000, True, "330110")
    corrections = {
        (each.code, each.column): (each.count, each.before, each.after) for each in preview.corrections
    }
    assert corrections == {
        ("date", "务工信息"): corrections["date", "务工信息"],
        ("money", "月收入"): (1, "3,500元", "3500.00"),
    }
    assert corrections["date", "务工信息"] in (
        (1, "2024.3.5", "2024-03-05"),
        (2, "2024.3.5", "2024-03-05"),
    )


def test_households_and_members_in_two_sheets_are_joined_by_the_household_number(exports: Sheet) -> None:
    numbers = count()
    planner = plan.Planner(State(), "640106", TODAY, lambda: f"{next(numbers):032d}")
    people = whos(exports)
    heads = [who for who in people if who["与户主关系"] == "户主"]
    sheets = [
        sheet_of([MEMBERS], people, list(range(len(MEMBERS)))),
        sheet_of([HOUSEHOLDS], heads, list(range(len(HOUSEHOLDS)))),
    ]
    found: list[Any] = [("x.xlsx", sheet, recognise.recognise(sheet, "x.xlsx")) for sheet in sheets]
    previews = [planner.sheet(*each) for each in plan.in_order(found)]
    assert [each.layout for each in previews] == ["national_households", "national_people"]
    assert not any(each.problems for each in previews)
    assert (planner.totals["households"].new, planner.totals["people"].new) == (len(heads), len(people))
    # Without the sheet of households nobody knows where they live, unless the ledger is one village's.
    alone = plan.Planner(State(), "640106", TODAY, lambda: f"{next(numbers):032d}")
    assert {each.code for each in planned(alone, sheets[0]).problems} == {"household.no_village"}
    village = plan.Planner(State(), "640106100207", TODAY, lambda: f"{next(numbers):032d}")
    assert not planned(village, sheets[0]).problems


def test_the_person_list_as_text_says_what_the_export_says(exports: Sheet) -> None:
    planner = planner_with(read.read(sample.bundled()[0])[0])
    before = planner.totals["people"].new
    (sheet,) = read.read(SAMPLES / "人员信息_20241012.csv")
    preview = planned(planner, sheet, "人员信息_20241012.csv")
    assert (preview.layout, preview.rows, preview.problems) == ("national_people", 111, ())
    assert planner.totals["people"].new == before


@pytest.mark.parametrize(
    "headers",
    [
        [
            "单位名称",
            "统一社会信用代码",
            "姓名",
            "公民身份号码",
            "险种",
            "参保状态",
            "首次参保年月",
            "缴费截止年月",
        ],
        ["序号", "姓名", "身份证号", "登记失业时间", "失业原因", "求职意向"],
        [
            "企业名称",
            "招聘岗位",
            "招聘人数",
            "月薪（元）",
            "工作地点",
            "性别要求",
            "年龄要求",
            "联系人",
            "联系电话",
            "有效期至",
        ],
        ["序号", "村", "脱贫人口劳动力总数", "监测对象劳动力总数", "已就业", "未就业"],
    ],
)
def test_lists_of_other_things_are_not_taken_for_one(headers: list[str]) -> None:
    rows: list[list[Cell]] = [["标题"], list(headers), ["1"] * len(headers)]
    assert recognise.recognise(Sheet("表", rows), "x.xlsx") is None


def test_a_header_repeated_on_every_page_is_no_row(exports: Sheet) -> None:
    sheet = sheet_of([MEMBERS], whos(exports)[:4], list(range(len(MEMBERS))))
    sheet.rows.insert(5, list(sheet.rows[2]))
    preview = planned(planner_with(exports), sheet)
    assert (preview.rows, preview.problems) == (4, ())


def test_a_formula_without_a_value_is_a_problem_where_the_cell_is_kept(exports: Sheet) -> None:
    sheet = sheet_of([MEMBERS], whos(exports)[:1], list(range(len(MEMBERS))))
    sheet.rows[3][MEMBERS.index("民族")] = read.Uncalculated("=A1")
    sheet.rows[3][MEMBERS.index("务工时长(月)")] = read.Uncalculated("=A1")
    (problem,) = planned(planner_with(exports), sheet).problems
    assert (problem.code, problem.column) == ("cell.formula_without_value", "民族")
