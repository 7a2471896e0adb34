"""Made-up sheets with planted faults: every cell stands in the class that the fault calls for."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random

import pytest

from caseworker_app import sample
from caseworker_app.domain.identity import check_digit
from caseworker_app.exchange import plan, read, recognise
from caseworker_app.exchange.state import State
from caseworker_app.read_models.imports import CELL_CLASSES, FilePreview

Rows = list[list[read.Cell]]
TODAY = date(2024, 11, 30)
PEOPLE, SPELLS = sample.PEOPLE_HEADERS, sample.SPELL_HEADERS
KEPT = {
    "people": {
        column
        for column in PEOPLE
        if column not in ("证件类型", "务工所在地", "务工时间（月）", "工资性收入", "人均纯收入（元）")
    },
    "spells": {"县", "乡", "行政村", "户编号", "人编号", "姓名", "证件号码", *SPELLS[11:21]},
}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows]:
    """Return the rows of people and of jobs, without titles and headers."""
    files = sample.write(tmp_path_factory.mktemp("files"), 60, seed=21)
    people, spells, _intentions = (sheets[0].rows[3:] for sheets in read.read_all(files))
    return people, spells


@dataclass
class Expected:
    """What a sheet must come to."""

    cells: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[int, str, str]] = field(default_factory=list)


def whole_row(expected: Expected, row: list[read.Cell], outcome: str) -> None:
    expected.cells[outcome] += sum(cell != "" for cell in row)


def good_row(expected: Expected, headers: tuple[str, ...], kept: set[str], row: list[read.Cell]) -> None:
    for header, cell in zip(headers, row, strict=True):
        if cell != "":
            expected.cells["accepted" if header in kept else "ignored"] += 1


def planned(sheet_rows: Rows, headers: tuple[str, ...], planner: plan.Planner) -> FilePreview:
    sheet = read.Sheet("表", [["标题"], [], list(headers), *sheet_rows])
    found = recognise.recognise(sheet, "x.xlsx")
    assert found
    return planner.sheet("x.xlsx", sheet, found)


def new_planner(scope: str = "640106") -> plan.Planner:
    numbers = count()
    return plan.Planner(State(), scope, TODAY, lambda: f"{next(numbers):032d}")


def check(preview: FilePreview, expected: Expected, rows: Rows) -> None:
    assert {name: preview.cells[name] for name in CELL_CLASSES} == {
        name: expected.cells[name] for name in CELL_CLASSES
    }
    assert preview.cells["in"] == sum(preview.cells[name] for name in CELL_CLASSES)
    assert preview.cells["in"] == sum(cell != "" for row in rows for cell in row)
    assert sorted((each.row, each.column, each.code) for each in preview.problems) == sorted(
        expected.problems
    )
    for each in preview.problems:
        assert each.cell.endswith(str(each.row)) if each.column else each.cell == ""


# Faults of one cell that is not needed: it is refused and the row taken.
CELL_FAULTS: list[tuple[str, read.Cell, str]] = [
    ("性别", "火", "code.unknown"),
    ("民族", "火星", "code.unknown"),
    ("文化程度", "很高", "code.unknown"),
    ("健康状况", "健康,好", "code.unknown"),
    ("劳动技能", "有", "code.unknown"),
    ("户联系电话", "没有", "phone.form"),
    ("户类型", "富户", "code.unknown"),
    ("是否易地扶贫搬迁户", "也许", "code.unknown"),
    ("出生日期", "20241301", "date.none"),
]
# Faults of a cell that is needed, or that make the row untrustworthy: the whole row is refused.
ROW_FAULTS: list[tuple[str, read.Cell, str]] = [
    ("证件号码", 6.40106198501011e17, "identity.rounded"),
    ("证件号码", "6.40106E+17", "identity.rounded"),
    ("证件号码", "64010619850101001", "identity.length"),
    ("证件号码", "", "cell.missing"),
    ("姓名", "", "cell.missing"),
    ("姓名", "12", "name.none"),
    ("户编号", "", "cell.missing"),
    ("户编号", 64010600000001234.0, "number.rounded"),
    ("与户主关系", "朋友", "code.unknown"),
    ("村", "没有这个村", "place.unknown_village"),
    ("出生日期", "19000101", "person.born_differs"),
]
CORRECTED: list[tuple[str, Callable[[str], str]]] = [
    ("证件号码", lambda text: text[:6] + " " + text[6:]),
    ("证件号码", lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
    ("姓名", lambda text: text[0] + "\u3000" + text[1:]),
    ("出生日期", lambda text: f"{text[:4]}.{int(text[4:6])}.{int(text[6:])}"),
    ("户编号", lambda text: f" {text}"),
    ("户联系电话", lambda text: f"{text[:3]} {text[3:]}"),
]


@pytest.mark.parametrize("seed", range(12))
def test_people_with_planted_faults(exports: tuple[Rows, Rows], seed: int) -> None:
    random = Random(seed)
    rows: Rows = []
    expected = Expected()
    taken: Rows = []
    for original in exports[0]:
        row = list(original)
        number = len(rows) + 4
        what = random.choice(("good", "good", "good", "cell", "row", "corrected", "outside", "twice"))
        if what == "cell":
            column, value, code = random.choice(CELL_FAULTS)
            row[PEOPLE.index(column)] = value
            good_row(expected, PEOPLE, KEPT["people"] - {column}, row)
            expected.cells["ignored"] -= 1
            expected.cells["refused"] += 1
            expected.problems.append((number, column, code))
        elif what == "row":
            column, value, code = random.choice(ROW_FAULTS)
            row[PEOPLE.index(column)] = value
            whole_row(expected, row, "refused")
            expected.problems.append((number, column, code))
        elif what == "corrected":
            column, change = random.choice(CORRECTED)
            row[PEOPLE.index(column)] = change(str(row[PEOPLE.index(column)]))
            good_row(expected, PEOPLE, KEPT["people"], row)
            expected.cells["accepted"] -= 1
            expected.cells["corrected"] += 1
        elif what == "outside":
            row[:3] = ["利通区", "金积镇", "秦坝关村"]
            whole_row(expected, row, "ignored")
        elif what == "twice" and taken:
            row = list(random.choice(taken))
            whole_row(expected, row, "refused")
            expected.problems.append((number, "证件号码", "row.repeated"))
        else:
            good_row(expected, PEOPLE, KEPT["people"], row)
            taken.append(row)
        rows.append(row)
        if random.random() < 0.1:
            rows.append([""] * len(PEOPLE))
    check(planned(rows, PEOPLE, new_planner()), expected, rows)


@pytest.mark.parametrize("seed", range(8))
def test_jobs_with_planted_faults(exports: tuple[Rows, Rows], seed: int) -> None:
    random = Random(seed)
    people, spells = exports
    planner = new_planner()
    planned(people, PEOPLE, planner)
    rows: Rows = []
    expected = Expected()
    for original in spells:
        row = list(original)
        number = len(rows) + 4
        what = random.choice(
            ("good", "good", "wage", "backwards", "no end", "name", "unknown", "household", "twice")
        )
        column, code = {
            "wage": ("务工月收入", "money.form"),
            "backwards": ("结束时间", "spell.end_before_start"),
            "no end": ("结束时间", "date.none"),
            "name": ("姓名", "person.name_differs"),
            "unknown": ("证件号码", "person.unknown"),
            "household": ("户编号", "person.household_differs"),
        }.get(what, ("", ""))
        if what in ("good", "twice"):
            good_row(expected, SPELLS, KEPT["spells"], row)
        elif what == "wage":
            row[SPELLS.index(column)] = "面议"
            good_row(expected, SPELLS, KEPT["spells"] - {column}, row)
            expected.cells["ignored"] -= 1
            expected.cells["refused"] += 1
        else:
            row[SPELLS.index(column)] = {
                "backwards": "2020年01月",
                "no end": "2024年13月",
                "name": "别人",
                "unknown": "64010619900101001" + check_digit("64010619900101001"),
                "household": "64010699999999",
            }[what]
            whole_row(expected, row, "refused")
        if code:
            expected.problems.append((number, column, code))
        rows.append(row)
        if what == "twice":
            again = list(row)
            again[SPELLS.index("务工月收入")] = "1"
            whole_row(expected, again, "refused")
            expected.problems.append((len(rows) + 4, "", "row.repeated"))
            rows.append(again)
            elsewhere = list(row)
            elsewhere[SPELLS.index("务工所在省") : SPELLS.index("务工所在县") + 1] = [
                "湖南省",
                "长沙市",
                "岳麓区",
            ]
            whole_row(expected, elsewhere, "refused")
            expected.problems.append((len(rows) + 4, "开始时间", "spell.overlaps"))
            rows.append(elsewhere)
    check(planned(rows, SPELLS, planner), expected, rows)


def test_a_masked_value_stands_beside_a_problem(exports: tuple[Rows, Rows]) -> None:
    row = list(exports[0][0])
    place = PEOPLE.index("证件号码")
    sound = str(row[place])
    row[place] = sound[:17] + ("1" if sound[17] != "1" else "2")
    (problem,) = planned([row], PEOPLE, new_planner()).problems
    assert (problem.code, problem.cell, problem.column) == ("identity.checksum", "L4", "证件号码")
    assert problem.value == sound[:6] + "********" + str(row[place])[14:]


def test_a_row_that_repeats_a_refused_one_is_taken(exports: tuple[Rows, Rows]) -> None:
    right = list(exports[0][0])
    wrong = list(right)
    wrong[PEOPLE.index("与户主关系")] = "朋友"
    problems = planned([wrong, right, right], PEOPLE, new_planner()).problems
    assert [(each.row, each.code) for each in problems] == [(4, "code.unknown"), (6, "row.repeated")]
    assert problems[1].values["earlier"] == 5


def test_whatever_order_the_files_come_in_people_come_first(exports: tuple[Rows, Rows]) -> None:
    found = []
    for headers, rows in ((SPELLS, exports[1]), (PEOPLE, exports[0])):
        sheet = read.Sheet("表", [list(headers), *rows])
        match = recognise.recognise(sheet, "x.xlsx")
        assert match
        found.append(("x.xlsx", sheet, match))
    planner = new_planner()
    previews = [planner.sheet(*each) for each in plan.in_order(found)]
    assert [each.layout for each in previews] == ["national_people", "national_spells"]
    assert all(each.cells["refused"] == 0 for each in previews)


@pytest.mark.parametrize("scope", ["640106100207", "640106100", "640106"])
def test_only_the_scope_is_written(scope: str) -> None:
    planner = new_planner(scope)
    people, spells, intentions = (sheets[0] for sheets in read.read_all(sample.bundled()))
    previews = []
    for sheet in (people, spells, intentions):
        match = recognise.recognise(sheet, "x.xlsx")
        assert match
        previews.append(planner.sheet("x.xlsx", sheet, match))
    inside = {"640106100207": (45, 172), "640106100": (81, 315), "640106": (120, 457)}[scope]
    households, persons = planner.totals["households"], planner.totals["people"]
    assert (households.new, persons.new) == inside
    assert (households.out_of_scope, persons.out_of_scope) == (120 - inside[0], 457 - inside[1])
    assert len(planner.writes.inserts["household"]) == inside[0]
    assert all(str(row["village_code"]).startswith(scope) for row in planner.writes.inserts["household"])
    for preview, sheet in zip(previews, (people, spells, intentions), strict=True):
        assert preview.cells["in"] == sum(preview.cells[name] for name in CELL_CLASSES)
        assert preview.cells["in"] == sum(
            cell != "" for row in sheet.rows[preview.header_row :] for cell in row
        )
        assert preview.cells["refused"] == 0


def test_examples_and_numbers_of_columns_are_no_rows(exports: tuple[Rows, Rows]) -> None:
    headers = ("序号", *PEOPLE)
    numbers: Rows = [[f"({number})" for number in range(len(headers))]]
    rows: Rows = [*numbers, ["示例", *exports[0][1]], [1, *exports[0][0]]]
    planner = new_planner()
    assert not planned(rows, headers, planner).problems
    assert planner.totals["people"].new == 1


def test_rows_that_are_only_numbered_are_ignored(exports: tuple[Rows, Rows]) -> None:
    headers = ("序号", *PEOPLE)
    rows: Rows = [[1, *exports[0][0]], [2, *[""] * len(PEOPLE)], [3, *[""] * len(PEOPLE)]]
    found = planned(rows, headers, new_planner())
    assert not found.problems
    assert found.cells["in"] == sum(found.cells[name] for name in CELL_CLASSES)
    assert found.cells["refused"] == 0
