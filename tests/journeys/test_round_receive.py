"""The page of the monthly round: workbooks dropped, what became of them, a device confirmed, a conflict decided."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from caseworker_app.domain.clock import Clock
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import uploads
from caseworker_app.wording import _, label
from tests.conftest import PASSWORD, clock
from tests.exchange.test_receive import (  # noqa: F401 - its fixtures
    MONTH,
    TOWN,
    VILLAGE,
    Machines,
    machines,
    people,
    set_phone,
    villages,
)
from tests.journeys.test_window import Officer, sit, speak_chinese  # noqa: F401 - its fixtures
from ui.screens.round.conflicts import ConflictPart
from ui.screens.round.devices import DevicesPart
from ui.screens.round.receive import ReceivePart

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
_CLOCK: Clock = clock


@pytest.fixture
def workbooks(machines: Machines) -> tuple[list[Path], str]:  # noqa: F811 - the fixture
    """Return what two laptops of one village sent, who changed one telephone both, and whose it is."""
    person = people(machines.desks["laptop"])[0].id
    set_phone(machines, "laptop", person, "13900000001")
    set_phone(machines, "copy", person, "13900000002")
    return [machines.send("laptop", "a.xlsx"), machines.send("copy", "b.xlsx")], person


@pytest.fixture
def town(sit: Callable[[Path], Officer], tmp_path: Path) -> Officer:  # noqa: F811 - the fixture
    """Return an officer of the township at the page of the round."""
    made, _code = desks.new(tmp_path / "township", PASSWORD, TOWN, "田镇", clock=_CLOCK)
    made.close()
    officer = sit(Path(shutil.copytree(tmp_path / "township", tmp_path / "at"))).enter()
    officer.window.go("round")
    officer.settle()
    return officer


def press(officer: Officer, words: str) -> None:
    """Press a button that is shown."""
    page = officer.window.page("round")
    shown = [each for each in page.findChildren(QPushButton) if each.isVisible() and each.text() == words]
    assert shown, words
    shown[-1].click()
    officer.settle()


def test_workbooks_are_received_and_what_two_laptops_wrote_is_decided(
    town: Officer, workbooks: tuple[list[Path], str]
) -> None:
    files, person = workbooks
    part = town.window.page("round").part("received")
    assert isinstance(part, ReceivePart)
    part.receive(files)
    town.settle()
    shown = dict(zip((line.village_code for line in part._found.values()), part._found.values(), strict=True))
    assert (shown[VILLAGE].sent, shown[VILLAGE].standing) == (1, "ahead")
    assert [each.file.taken for each in part._outcomes] == [True, False]

    press(town, _("Fingerprint is right"))
    press(town, _("Enrol device"))
    enrolling = town.window.page("round").part("devices")
    assert isinstance(enrolling, DevicesPart)
    assert enrolling._form.isVisible()
    assert label("device_state", "enrolled") in enrolling._others.text()  # The first one, with its name.
    press(town, _("Enrol device"))
    town.window.go("round", part="received")
    part.receive(files[1:])
    town.settle()
    assert part._outcomes[0].file.standing == "forked"
    assert part._found[VILLAGE].conflicts == 1
    assert label("standing", "forked") in [row[3] for row in town.rows()]

    press(town, _("Decide"))
    deciding = town.window.page("round").part("conflicts")
    assert isinstance(deciding, ConflictPart)
    deciding.reason.setText("电话核实")
    press(town, _("Take the other"))
    assert not deciding._found
    assert {each.phone for each in people(town.opened.desk) if each.id == person} == {"13900000002"}
    assert not town.crashes


def test_the_month_that_was_received_is_shown(town: Officer, machines: Machines, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    """In November, October's workbooks come: who sent them is looked for in October."""
    with machines.at("laptop"):
        uploads.write_month(machines.desks["laptop"], "2024-10", tmp_path / "october.xlsx")
    part = town.window.page("round").part("received")
    assert isinstance(part, ReceivePart)
    part.receive([tmp_path / "october.xlsx"])
    town.settle()
    assert town.reads("2024年10月")
    assert part._found[VILLAGE].sent == 1
