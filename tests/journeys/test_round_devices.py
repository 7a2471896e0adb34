"""Devices enrolled by file and fingerprint, and a county's template shown, filled and taken out, in the real window."""

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from caseworker_app.domain.clock import Clock
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import devices
from caseworker_app.wording import _, label
from tests.conftest import PASSWORD, clock
from tests.exchange.test_receive import (  # noqa: F401 - its fixtures
    TOWN,
    Machines,
    machines,
    villages,
)
from tests.journeys.test_window import Key, Officer, county, sit, speak_chinese  # noqa: F401 - its fixtures

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
_CLOCK: Clock = clock


@pytest.fixture
def town(sit: Callable[[Path], Officer], tmp_path: Path) -> Officer:  # noqa: F811 - the fixture
    """Return an officer of the township at the page of devices."""
    made, _code = desks.new(tmp_path / "township", PASSWORD, TOWN, "田镇", clock=_CLOCK)
    made.close()
    officer = sit(Path(shutil.copytree(tmp_path / "township", tmp_path / "at"))).enter()
    officer.window.go("round", part="devices")
    officer.settle()
    return officer


def introduced(machines: Machines, name: str) -> tuple[Path, str]:  # noqa: F811 - the fixture
    """Return the file by which a laptop is enrolled, and the fingerprint its officer reads aloud."""
    with machines.at(name):
        file = machines.folder / f"{name}.xlsx"
        devices.introduce(machines.desks[name], file)
        return file, devices.own_line(machines.desks[name]).fingerprint


def choose(officer: Officer, file: Path) -> None:
    with officer.naming(file):
        officer.press(_("Enrol from a file"))
    officer.settle()


def test_a_laptop_is_enrolled_by_its_file_and_its_workbook_then_taken_as_known(
    town: Officer,
    machines: Machines,  # noqa: F811
) -> None:
    file, aloud = introduced(machines, "laptop")
    other, spoken = introduced(machines, "copy")
    choose(town, file)
    assert town.reads(aloud)
    town.fill(_("Fingerprint read aloud"), spoken)
    town.press(_("Enrol device"))
    assert town.rows() == []
    assert town.reads("电话")
    town.fill(_("Fingerprint read aloud"), aloud.replace(" ", ""))
    town.fill(_("Name of the device"), "村委会电脑")
    town.press(_("Enrol device"))
    (row,) = town.rows()
    assert row[1:4] == ["村委会电脑", aloud, label("device_state", "enrolled")]

    (outcome,) = machines.receive("town", machines.send("laptop", "a.xlsx"))
    assert outcome.file.taken
    choose(town, other)
    town.key(Key.Key_Escape)
    assert not town.has(QPushButton, _("Cancel"))
    choose(town, other)
    assert town.reads("村委会电脑")  # A second device is not taken silently.
    town.press(_("Enrol device"))
    assert len(town.rows()) == 2
    town.press(_("Take nothing more from it"))
    assert sorted(row[3] for row in town.rows()) == sorted(
        label("device_state", state) for state in ("enrolled", "refused")
    )
    assert not town.crashes


def test_a_workbook_without_a_seal_enrols_nobody(town: Officer, tmp_path: Path) -> None:
    file = tmp_path / "plain.xlsx"
    book = openpyxl.Workbook()
    book.save(file)
    choose(town, file)
    assert file.name in town.messages("error")[-1]
    assert not town.has(QPushButton, _("Enrol device"))


def test_a_device_shows_its_fingerprint_and_writes_its_file(town: Officer, tmp_path: Path) -> None:
    shown = town.the(QLabel, _("Fingerprint of this device")).text()
    file = tmp_path / "本机.xlsx"
    with town.naming(file):
        town.press(_("Write enrolment file"))
    town.see(file.exists)
    assert devices.look(town.opened.desk, file).fingerprint == shown


def template(file: Path) -> Path:
    """Write a county's own workbook: a sheet to be left alone, and one with two rows above its header."""
    book = openpyxl.Workbook()
    book.active.title = "说明"
    sheet = book.create_sheet("农户")
    sheet["A1"] = "{{单位}}农户名册"
    sheet.append(["（样表）"])
    sheet.append(["序号", "户编号", "户主姓名", "户主证件号码", "备忘"])
    book.save(file)
    return file


def test_a_template_is_shown_kept_filled_and_taken_out(county: Officer, tmp_path: Path) -> None:  # noqa: F811
    county.window.go("round", part="templates")
    county.settle()
    with county.naming(template(tmp_path / "县表.xlsx")):
        county.press(_("Show a template"))
    county.settle()
    assert county.reads("「农户」第 3 行表头以下")
    assert county.rows()[2][1:3] == ["序号", "户编号"]
    county.the(QLineEdit, _("Remember as")).clear()
    county.press(_("Keep template"))
    assert county.has(QPushButton, _("Keep template"))
    county.fill(_("Remember as"), "农户名册")
    county.press(_("Keep template"))
    assert county.reads("农户名册")
    target = tmp_path / "填好.xlsx"
    with county.naming(target):
        county.press(_("Fill {name} and save it").format(name="农户名册"))
    county.see(target.exists)
    county.settle()
    sheet = openpyxl.load_workbook(target)["农户"]
    assert sheet["A1"].value == "金凤区农户名册"
    assert sheet["A4"].value == 1
    assert sheet["B4"].value
    county.press(_("Take out {name}").format(name="农户名册"))
    assert county.reads(_("No template is kept yet. Show the workbook the county asks for."))
    assert not county.crashes
