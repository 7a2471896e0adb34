"""A village's messy sheet in the window: proposals taken one by one, the file sent back, unknown columns mapped once."""

from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPushButton

from caseworker_app.wording import _
from tests.journeys.test_window import Officer, county, sit, speak_chinese  # noqa: F401 - its fixtures

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SHEET = Path(__file__).parents[1] / "samples" / "和顺新村外出务工台账2024（最终版）(1).xlsx"


def test_proposals_are_taken_one_by_one_and_the_rest_goes_back(
    county: Officer,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    county.import_files(SHEET)
    before = county.content()
    assert county.reads("19 处问题")
    county.press(_("Row {row}: take {name}").format(row=6, name="虎堃芳"))
    assert county.reads("18 处问题")
    assert not county.has(QPushButton, "第 6 行")
    target = tmp_path / "退回.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(target), ""))
    county.press(_("Make the answer workbook"))
    county.see(target.exists)
    county.settle()
    sheet = openpyxl.load_workbook(target).active
    assert sheet["E11"].comment
    assert not sheet["E6"].comment
    county.press(_("Take all {count} proposals").format(count=11))
    assert county.reads("7 处问题")
    assert county.content() == before
    county.press(_("Write, leave {count} to be settled").format(count=7))
    assert county.content() != before


def test_columns_nobody_knows_are_mapped_once(county: Officer, tmp_path: Path) -> None:  # noqa: F811
    book = openpyxl.Workbook()
    book.active.append(["叫什么", "身份信息", "哪天去的", "哪天回的", "在哪里"])
    book.active.append(["海秀", "640106196207039712", "2010.3", "2010.4", "浙江省杭州市余杭区"])
    file = tmp_path / "自编表.xlsx"
    book.save(file)
    county.import_files(file)
    for column, field in (
        ("叫什么", "person.name"),
        ("身份信息", "person.identity_number"),
        ("哪天回的", "spell.ended_on"),
        ("在哪里", "workplace.text"),
    ):
        box = county.the(QComboBox, _("Field of column {column}").format(column=column))
        box.setCurrentIndex(box.findData(field))
    county.press(_("Remember and go on"))
    assert county.reads("还没有选定对应的列")
    box = county.the(QComboBox, _("Field of column {column}").format(column="哪天去的"))
    box.setCurrentIndex(box.findData("spell.started_on"))
    county.fill(_("Remember as"), "自编")
    county.press(_("Remember and go on"))
    assert county.reads("自编")
    assert county.has(QPushButton, _("Write to the ledger"))
    county.press(_("Cancel"))
    county.import_files(file)
    assert county.reads("自编")


def test_a_file_behind_a_password_is_opened_with_it(county: Officer, tmp_path: Path) -> None:  # noqa: F811
    locked = tmp_path / "加密.xlsx"
    with SHEET.open("rb") as plain, locked.open("wb") as stream:
        OOXMLFile(plain).encrypt("qiujian", stream)
    county.import_files(locked)
    assert county.reads(_("The file is protected with a password"))
    county.fill(_("Password of the file"), "wrong")
    county.press(_("Open"))
    assert county.has(QLineEdit, _("Password of the file"))
    county.fill(_("Password of the file"), "qiujian")
    county.press(_("Open"))
    assert county.reads("19 处问题")
