"""Jobs on the scale of months: where they stand, by pointer and by key."""

from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.gallery import ON, SERVICES, SPELLS, spell
from ui.widgets.timeline import TimeLine

WIDTH = 1200


@pytest.fixture
def line(qtbot: QtBot) -> TimeLine:
    made = TimeLine()
    qtbot.addWidget(made)
    made.show_person(SPELLS, SERVICES, ON, gaps=True)
    made.resize(WIDTH, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    return made


def test_jobs_at_the_same_time_lie_apart(line: TimeLine) -> None:
    bars = [line._bar(each) for each in SPELLS]
    present = [bar for bar in bars if bar is not None]
    assert len(present) == len(SPELLS)
    for number, one in enumerate(present):
        for other in present[number + 1 :]:
            assert not one.intersects(other)
    assert line.sizeHint().height() > TimeLine().sizeHint().height()


def test_a_bar_spans_its_days(line: TimeLine) -> None:
    bar = line._bar(SPELLS[2])
    assert bar is not None
    assert abs(bar.left() - line._x(date(2024, 1, 1))) < 1
    assert abs(bar.right() - line._x(date(2024, 10, 1))) < 2


def test_a_job_before_the_scale_is_not_drawn(line: TimeLine) -> None:
    assert line._bar(spell(9, date(2020, 1, 1), date(2021, 1, 1))) is None


def test_clicking_a_bar_chooses_it(qtbot: QtBot, line: TimeLine) -> None:
    chosen: list[str] = []
    line.spell_chosen.connect(chosen.append)
    bar = line._bar(SPELLS[2])
    assert bar is not None
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=bar.center().toPoint())
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(3, line.height() - 2))
    assert chosen == ["spell-3"]


def test_arrow_keys_go_from_job_to_job_and_enter_opens(qtbot: QtBot, line: TimeLine) -> None:
    chosen: list[str] = []
    line.spell_chosen.connect(chosen.append)
    line.activateWindow()
    line.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Left)
    assert "2024-01-01" in line.accessibleName()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert chosen == ["spell-4", "spell-3"]


def test_every_job_is_told_to_screen_readers(line: TimeLine) -> None:
    for each in SPELLS:
        assert each.started_on.isoformat() in line.accessibleDescription()
