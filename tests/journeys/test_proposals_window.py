"""What a township records for somebody of a village, through the real windows of both: proposed, and taken in once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from caseworker_app.use_cases import work
from caseworker_app.wording import _
from tests.exchange.test_owners import down, sent  # noqa: F401 - a fixture
from tests.exchange.test_proposed_records import DAY, idle
from tests.exchange.test_receive import Machines, machines, villages  # noqa: F401 - fixtures of the machines
from tests.journeys.test_window import (  # noqa: F401 - fixtures of the window
    Key,
    Officer,
    record,
    sit,
    speak_chinese,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def at_window(machines: Machines, name: str, sit: Callable[[Path], Officer]) -> Officer:  # noqa: F811
    """Close a ledger, and open it in the window."""
    machines.desks.pop(name).close()
    return sit(machines.folder / name).enter()


def test_what_a_township_records_is_proposed_and_the_village_takes_it_in(
    sent: Machines,  # noqa: F811
    sit: Callable[[Path], Officer],  # noqa: F811
) -> None:
    person = idle(sent.desks["town"])
    with sent.at("town"):
        work.record_service(sent.desks["town"], [person.id], "career_guidance", DAY, note="面谈")
    down(sent, "down.xlsx")

    town = at_window(sent, "town", sit)
    town.window.go("person", person=person.id, part="services")
    town.settle()
    assert town.reads(_("Proposed, the village has not answered yet"))
    record(town, Key.Key_2, "甲厂 焊工")
    assert "建议" in town.messages("tell")[-1]
    assert not town.messages("done")
    assert town.reads("服务类别 岗位推荐")
    assert town.reads("服务类别 职业指导")
    assert town.reads(_("No service yet. Ctrl+R records one."))
    town.press(_("To the answers"))
    assert [row[0] for row in town.rows()] == [person.name] * 2
    town.table().setFocus()
    assert town.has(QPushButton, _("Withdraw"))
    assert not town.has(QPushButton, _("Decline"))
    town.press(_("Withdraw"))
    assert len(town.rows()) == 1

    village = at_window(sent, "laptop", sit)
    village.window.go("person", person=person.id, part="services")
    village.settle()
    assert village.reads("服务类别 职业指导")
    village.press(_("To the answers"))
    village.rows()
    village.press(_("Accept proposal"))
    assert village.messages("done")[-1] == _("Answered.")
    assert village.rows() == []
    village.window.go("person", person=person.id, part="services")
    village.settle()
    assert not village.reads(_("Proposed values"))
    assert not village.reads(_("No service yet. Ctrl+R records one."))
