"""Imports into a real ledger: one change set, the same file twice, cancelled, undone, overtaken."""

from collections.abc import Callable
from datetime import date
from itertools import groupby
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from caseworker_app import sample
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.imports import CELL_CLASSES, ImportPreview
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import imports, safety, undo, work
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import workers


def prepare(desk: Desk, files: list[Path]) -> imports.Prepared:
    with desk.ledger.reader() as connection:
        return imports.prepare(connection, files, desk.scope, desk.today())


def state(desk: Desk) -> tuple[int, str]:
    with desk.ledger.reader() as connection:
        return journal.head(connection), journal.content_hash(connection)


def changed_copy(
    source: Path, folder: Path, change: Callable[[openpyxl.worksheet.worksheet.Worksheet], None]
) -> Path:
    book = openpyxl.load_workbook(source)
    change(book.active)
    book.save(folder / source.name)
    return folder / source.name


def conserved(preview: ImportPreview) -> bool:
    return all(each.cells["in"] == sum(each.cells[name] for name in CELL_CLASSES) for each in preview.files)


def test_an_export_that_is_a_web_page_is_taken_like_the_workbook(desk: Desk, tmp_path: Path) -> None:
    as_pages = []
    for file in sample.bundled():
        rows = openpyxl.load_workbook(file).active.iter_rows(values_only=True)
        lines = ("".join(f"<td>{'' if cell is None else cell}</td>" for cell in row) for row in rows)
        page = tmp_path / file.with_suffix(".xls").name
        page.write_bytes(f"<table><tr>{'</tr><tr>'.join(lines)}</tr></table>".encode("gb18030"))
        as_pages.append(page)
    assert prepare(desk, as_pages).preview.totals == prepare(desk, sample.bundled()).preview.totals


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_files_again_change_nothing(desk: Desk, tmp_path: Path, seed: int) -> None:
    files = sample.write(tmp_path / "files", 70, seed=seed)
    first = prepare(desk, files)
    imports.commit(desk, first)
    before = state(desk)
    again = prepare(desk, files)
    assert not again.preview.writes
    assert conserved(again.preview)
    for kind, count in again.preview.totals.items():
        assert (count.new, count.changed, count.refused, count.unchanged) == (
            0,
            0,
            0,
            first.preview.totals[kind].new,
        )
    for each, fresh in zip(again.preview.files, first.preview.files, strict=True):
        assert (each.cells["accepted"], each.cells["corrected"], each.cells["refused"]) == (0, 0, 0)
        assert each.cells["unchanged"] == fresh.cells["accepted"]
    imports.commit(desk, again)
    assert state(desk) == before


def test_one_change_set_one_undo(desk: Desk) -> None:
    empty = state(desk)
    imports.commit(desk, prepare(desk, sample.bundled()))
    full = state(desk)
    assert full[0] == empty[0] + 1
    undo.undo(desk)
    assert state(desk)[1] == empty[1]
    undo.redo(desk)
    assert state(desk)[1] == full[1]
    assert safety.verify(desk).sound


def test_what_a_file_says_differently_is_shown_and_taken(sample_desk: Desk, tmp_path: Path) -> None:
    def change(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet["R4"] = "弱劳动力"
        sheet["I4"] = "女" if sheet["I4"].value == "男" else "男"

    file = changed_copy(sample.bundled()[0], tmp_path, change)
    prepared = prepare(sample_desk, [file])
    assert conserved(prepared.preview)
    assert prepared.preview.totals["people"].changed == 1
    assert prepared.preview.totals["people"].unchanged == 456
    shown = {each.field: (each.before, each.after) for each in prepared.preview.files[0].changes}
    assert shown == {"labour_skill": ("ordinary", "weak"), "sex": ("male", "female")}
    before = state(sample_desk)
    imports.commit(sample_desk, prepared)
    assert not prepare(sample_desk, [file]).preview.writes
    undo.undo(sample_desk)
    assert state(sample_desk)[1] == before[1]


def test_a_value_that_changed_was_another_before_the_day_of_the_export(
    sample_desk: Desk, tmp_path: Path
) -> None:
    file = changed_copy(sample.bundled()[0], tmp_path, lambda sheet: sheet.__setitem__("R6", "丧失劳动力"))
    imports.commit(sample_desk, prepare(sample_desk, [file]))
    with sample_desk.ledger.reader() as connection:
        for on, expected in ((date(2024, 10, 11), True), (date(2024, 10, 12), False)):
            found = workers.ids(connection, "workers", sample_desk.asked(on), text="640106200212159558")
            assert (len(found) == 1) == expected, on


def test_cancelling_leaves_the_ledger_as_it_was(desk: Desk) -> None:
    class Cancelled(Exception):
        pass

    def cancel(done: int, _total: int, _what: str) -> None:
        if done:
            raise Cancelled

    before = state(desk)
    prepared = prepare(desk, sample.bundled())
    with pytest.raises(Cancelled):
        imports.commit(desk, prepared, cancel)
    assert state(desk) == before
    imports.commit(desk, prepared)
    assert state(desk)[0] == before[0] + 1


def test_a_preview_that_was_overtaken_is_not_written(desk: Desk) -> None:
    prepared = prepare(desk, sample.bundled())
    desks.set_number(desk, "zeroing_limit", 20)
    before = state(desk)
    with pytest.raises(ExpectedError) as error:
        imports.commit(desk, prepared)
    assert error.value.code == "import.moved_on"
    assert state(desk) == before


def test_an_import_that_later_work_stands_on_is_not_taken_back(sample_desk: Desk) -> None:
    with sample_desk.ledger.reader() as connection:
        person = workers.ids(connection, "workers", sample_desk.asked(sample_desk.today()))[0]
        imported = journal.head(connection)
        change_set = next(line.id for line in journal.recent(connection) if line.action == "import")
    work.record_service(sample_desk, [person], "contact", sample_desk.today())
    with pytest.raises(ExpectedError) as error:
        undo.undo(sample_desk, change_set)
    assert error.value.code == "undo.moved_on"
    assert state(sample_desk)[0] == imported + 1


def test_a_workbook_of_something_else_is_not_taken(desk: Desk, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "电话"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(ExpectedError) as error:
        prepare(desk, [*sample.bundled(), tmp_path / "other.xlsx"])
    assert (error.value.code, error.value.values["file"]) == ("import.not_recognised", "other.xlsx")


PEOPLE = (
    "县",
    "乡",
    "村",
    "户编号",
    "姓名",
    "证件号码",
    "与户主关系",
    "民族",
    "户联系电话",
    "联系电话",
    "文化程度",
)
PLACED = ("金凤区", "良田镇", "园子村", "64013795742288")
KNOWN = ("海杰玉", "640106196202196321", "配偶")


def people_file(path: Path, *rows: tuple[str, ...], exported: str = "") -> Path:
    book = openpyxl.Workbook()
    for row in (("人员信息",), (f"导出时间：{exported}" if exported else "",), PEOPLE, *rows):
        book.active.append(row)
    book.save(path)
    return path


def taken(desk: Desk, *files: Path) -> imports.Prepared:
    prepared = prepare(desk, list(files))
    assert conserved(prepared.preview)
    imports.commit(desk, prepared)
    return prepared


def codes(prepared: imports.Prepared) -> list[tuple[str, str]]:
    return [(each.cell, each.code) for file in prepared.preview.files for each in file.problems]


def test_somebody_else_under_a_known_number_replaces_nobody(sample_desk: Desk, tmp_path: Path) -> None:
    before = state(sample_desk)
    other = (*PLACED[:3], "64010000000009", "赵六", KNOWN[1], "户主")
    elsewhere = (*PLACED, "赵六", KNOWN[1], "之子")
    for row in (other, elsewhere):
        assert codes(taken(sample_desk, people_file(tmp_path / "人员.xlsx", row))) == [
            ("E4", "person.name_differs")
        ]
    assert state(sample_desk) == before
    renamed = taken(sample_desk, people_file(tmp_path / "人员.xlsx", (*PLACED, "海洁玉", *KNOWN[1:])))
    assert [(each.before, each.after) for each in renamed.preview.files[0].changes] == [("海杰玉", "海洁玉")]


def test_an_older_export_replaces_nothing_that_a_newer_one_said(sample_desk: Desk, tmp_path: Path) -> None:
    row = (*PLACED, *KNOWN)
    newer = people_file(
        tmp_path / "新.xlsx", (*row, "汉族", "", "13900000020", "高中"), exported="2024-11-20"
    )
    older = people_file(
        tmp_path / "旧.xlsx", (*row, "回族", "", "13900000008", "小学"), exported="2024-08-01"
    )
    taken(sample_desk, newer)
    before = state(sample_desk)
    found = taken(sample_desk, older)
    assert codes(found) == [(cell, "ledger.newer") for cell in ("H4", "J4", "K4")]
    assert state(sample_desk) == before
    assert not codes(taken(sample_desk, newer))
    again = people_file(tmp_path / "新.xlsx", (*row, "汉族", "", "13900000021"), exported="2024-11-20")
    assert [each.after for each in taken(sample_desk, again).preview.files[0].changes] == ["13900000021"]


def test_two_exports_in_one_go_end_with_the_newer(sample_desk: Desk, tmp_path: Path) -> None:
    row = (*PLACED, "钱七", "640106198001011238", "之子")
    newer = people_file(tmp_path / "新.xlsx", (*row, "汉族", "", "13900000020"), exported="2024-11-20")
    older = people_file(tmp_path / "旧.xlsx", (*row, "回族", "", "13900000008"), exported="2024-08-01")
    found = taken(sample_desk, newer, older)
    assert [(each.field, each.after) for file in found.preview.files for each in file.changes] == [
        ("ethnicity", "HA"),
        ("phone", "13900000020"),
    ]


def test_rows_of_one_household_that_contradict_each_other_are_marked(
    sample_desk: Desk, tmp_path: Path
) -> None:
    other_village = ("金凤区", "丰登镇", "西新村", PLACED[3])
    file = people_file(
        tmp_path / "人员.xlsx",
        (*PLACED, *KNOWN, "", "13900000001"),
        (*PLACED, "海娜敏", "640106200212159558", "之子", "", "13900000002"),
        (*other_village, "海娜秀", "640106199910260623", "之女", "", "13900000001"),
    )
    marked = [("I5", "cell.conflict"), ("C6", "cell.conflict")]
    assert codes(taken(sample_desk, file)) == marked
    before = state(sample_desk)
    assert codes(taken(sample_desk, file)) == marked
    assert state(sample_desk) == before


def test_a_sheet_that_nobody_knows_is_named(sample_desk: Desk, tmp_path: Path) -> None:
    file = people_file(tmp_path / "人员.xlsx", (*PLACED, *KNOWN))
    book = openpyxl.load_workbook(file)
    for title, rows in (
        ("花名册", [("姓名", "家庭情况"), ("海娜敏", "在家")]),
        ("说明", [("本表一式三份",), ("请如实填写",)]),
        ("空表", []),
    ):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(file)
    assert prepare(sample_desk, [file]).preview.unread == (("人员.xlsx", "花名册"),)


HOUSEHOLD = ("县", "乡", "村", "户编号", "监测对象类别", "识别监测时间", "风险是否已消除", "消除监测时间")


def monitored(path: Path, exported: str, *said: str) -> Path:
    book = openpyxl.Workbook()
    for row in (("户信息",), (f"导出时间：{exported}",), HOUSEHOLD, (*PLACED, *said)):
        book.active.append(row)
    book.save(path)
    return path


def test_a_risk_that_came_back_is_one_again_unless_an_export_is_older(
    sample_desk: Desk, tmp_path: Path
) -> None:
    resolved = ("边缘易致贫户", "202301", "是", "202406")
    again = ("边缘易致贫户", "202301", "否", "")
    taken(sample_desk, monitored(tmp_path / "一.xlsx", "2024-10-20", *resolved))
    assert codes(taken(sample_desk, monitored(tmp_path / "旧.xlsx", "2024-05-01", *again))) == [
        ("G4", "ledger.newer")
    ]
    found = taken(sample_desk, monitored(tmp_path / "新.xlsx", "2024-11-20", *again))
    assert [(each.field, each.after) for each in found.preview.files[0].changes] == [("resolved_on", "")]
    assert not prepare(sample_desk, [tmp_path / "新.xlsx"]).preview.writes


def test_who_has_an_education_alone_is_at_school_no_more(sample_desk: Desk, tmp_path: Path) -> None:
    def written(name: str, exported: str, education: str, schooling: str) -> Path:
        book = openpyxl.Workbook()
        headers = (*PEOPLE[:7], "文化程度", "在校生状况")
        row = (*PLACED, "海娜敏", "640106200212159558", "之子", education, schooling)
        for each in (("人员信息",), (f"导出时间：{exported}",), headers, row):
            book.active.append(each)
        book.save(tmp_path / name)
        return tmp_path / name

    def at_school() -> bool:
        with sample_desk.ledger.reader() as connection:
            asked = sample_desk.asked(sample_desk.today())
            return not workers.ids(connection, "workers", asked, text="640106200212159558")

    assert not at_school()
    taken(sample_desk, written("在校.xlsx", "2024-10-20", "", "本科三年级"))
    assert at_school()
    assert codes(taken(sample_desk, written("错.xlsx", "2024-11-01", "大专", "不知道"))) == [
        ("I4", "code.unknown")
    ]
    assert at_school()
    found = taken(sample_desk, written("毕业.xlsx", "2024-11-20", "大专", ""))
    assert ("schooling", "") in [(each.field, each.after) for each in found.preview.files[0].changes]
    assert not at_school()
    assert not prepare(sample_desk, [tmp_path / "毕业.xlsx"]).preview.writes


def test_two_files_of_one_name_are_told_apart(sample_desk: Desk, tmp_path: Path) -> None:
    files = []
    for folder, relation in (("甲村", "配偶"), ("乙村", "朋友")):
        (tmp_path / folder).mkdir()
        row = (*PLACED, *KNOWN[:2], relation)
        files.append(people_file(tmp_path / folder / "人员.xlsx", row))
    prepared = prepare(sample_desk, [*files, files[0]])
    assert [each.file for each in prepared.preview.files] == ["甲村/人员.xlsx", "乙村/人员.xlsx"]
    assert [len(each.problems) for each in prepared.preview.files] == [0, 1]
    (written,) = imports.answer(prepared, tmp_path / "退回.xlsx", "田野")
    assert openpyxl.load_workbook(written).active["G4"].comment


def test_a_monthly_workbook_is_received_and_not_imported(sample_desk: Desk, tmp_path: Path) -> None:
    file = people_file(tmp_path / "月报送.xlsx", (*PLACED, *KNOWN))
    book = openpyxl.load_workbook(file)
    book.create_sheet("_seal")["A1"] = "{}"
    book.save(file)
    with pytest.raises(ExpectedError) as error:
        prepare(sample_desk, [file])
    assert (error.value.code, error.value.values) == ("import.sealed", {"file": "月报送.xlsx"})


def test_the_telephone_of_the_household_is_no_news_of_its_people(sample_desk: Desk, tmp_path: Path) -> None:
    with sample_desk.ledger.reader() as connection:
        known = imports.ledger_state(connection).people[KNOWN[1]]
        phone = imports.ledger_state(connection).households[PLACED[3]].values["phone"]
    assert not known.values["phone"]
    assert phone
    file = people_file(tmp_path / "人员.xlsx", (*PLACED, *KNOWN, "", "", phone))
    prepared = prepare(sample_desk, [file])
    assert not prepared.preview.writes
    assert conserved(prepared.preview)


def test_what_is_merged_over_the_members_of_a_household_is_said_of_each(desk: Desk, tmp_path: Path) -> None:
    """As villages keep their lists: number and kind of the household once, over all its rows."""

    def merge(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        titles = [cell.value for cell in sheet[3]]
        number = titles.index("户编号") + 1
        homes = groupby(range(4, sheet.max_row + 1), lambda row: sheet.cell(row, number).value)
        for first, *others in [list(rows) for _home, rows in homes]:
            for title in ("户编号", "户类型", "村") if others else ():
                column = get_column_letter(titles.index(title) + 1)
                sheet.merge_cells(f"{column}{first}:{column}{others[-1]}")

    whole = prepare(desk, sample.bundled()[:1])
    merged = prepare(desk, [changed_copy(sample.bundled()[0], tmp_path, merge)])
    assert merged.preview.totals == whole.preview.totals
    assert merged.preview.files[0].problems == whole.preview.files[0].problems
    assert conserved(merged.preview)
    said = [dict(row, id="", person_id="") for row in whole.writes.inserts["person"]]
    assert [dict(row, id="", person_id="") for row in merged.writes.inserts["person"]] == said
