"""What is half filled in when the window changes its look, and papers described anew."""

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QListWidget, QMessageBox

from caseworker_app import settings
from caseworker_app.domain.clock import Clock
from caseworker_app.use_cases import attachments
from caseworker_app.wording import _, label
from tests.conftest import clock
from tests.journeys.test_pages import person_page
from tests.journeys.test_window import CONTROL, Key, Officer, county, sit, speak_chinese  # noqa: F401 - fixtures
from ui.theme import look, style
from ui.widgets.photos import PhotoViewer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
_CLOCK: Clock = clock


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    yield
    settings.write("theme", settings.BY_KEY["theme"].default)
    look.dress(qapp)


@contextmanager
def answering(words: str) -> Iterator[list[str]]:
    """Press the button of these words in the question that comes up; tell what was asked."""
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox) and not asked:
            asked.append(f"{box.text()} {box.informativeText()}")
            next(each for each in box.buttons() if each.text() == words).click()

    timer = QTimer()
    timer.setInterval(10)
    timer.timeout.connect(answer)
    timer.start()
    yield asked
    timer.stop()


def choose_colours(officer: Officer, theme: str) -> None:
    officer.window.go("settings")
    officer.settle()
    box = officer.the(QComboBox, _("Colours"))
    box.setCurrentIndex(box.findData(theme))


def test_a_form_half_filled_is_not_lost_unasked(county: Officer) -> None:  # noqa: F811
    person_page(county)
    county.key(Key.Key_R, CONTROL)
    county.fill(_("Content of the service"), "讲了交通补贴")
    before = county.window
    with answering(_("Change later")) as asked:
        choose_colours(county, "dark")
        county.see(lambda: asked)
    county.settle()
    assert county.window is before
    assert style.current().name == "light"
    person_page(county)
    assert county.the(QLineEdit, _("Content of the service")).text() == "讲了交通补贴"
    # Nor is it when the window is closed: that is asked too, and it stays.
    with answering(_("Go on filling in")) as asked:
        assert not county.window.close()
    assert asked
    assert county.the(QLineEdit, _("Content of the service")).text() == "讲了交通补贴"
    with answering(_("Change now")) as asked:
        county.window.renew()
        county.see(lambda: asked)
        county.see(lambda: county.window is not before)
    county.settle()
    assert style.current().name == "dark"


def test_nothing_is_asked_when_nothing_is_lost(county: Officer) -> None:  # noqa: F811
    person_page(county)
    county.key(Key.Key_R, CONTROL)
    before = county.window
    with answering(_("Change now")) as asked:
        choose_colours(county, "dark")
        county.see(lambda: county.window is not before)
    assert not asked
    county.settle()


def test_a_photo_is_described_anew_while_it_is_looked_at(county: Officer, tmp_path: Path) -> None:  # noqa: F811
    person_page(county)
    desk, person = county.opened.desk, county.window.page("person")._person
    file = tmp_path / "合同.png"
    Image.effect_noise((300, 200), 30).save(file)
    county.opened.runner.write(
        lambda _progress: attachments.attach(desk, [file], person=person, kind="ticket")
    )
    county.settle()
    county.choose_tab(_("Papers"))
    county.the(QListWidget, _("Papers")).setFocus()
    county.key(Key.Key_Return)
    assert isinstance(county.front, PhotoViewer)
    county.key(Key.Key_F2)
    kind = county.the(QComboBox, _("Kind of paper"))
    kind.setCurrentIndex(kind.findData("contract"))
    county.fill(_("What it shows"), "昆山电子厂合同")
    county.key(Key.Key_Return)
    county.settle()
    wanted = f"{label('attachment_kind', 'contract')} · 昆山电子厂合同"
    assert county.reads(wanted)
    county.key(Key.Key_Escape)
    papers = county.the(QListWidget, _("Papers"))
    assert papers.item(0).text() == wanted
    papers.setFocus()
    county.key(Key.Key_F2)
    county.fill(_("What it shows"), "")
    assert county.has(QLineEdit, _("What it shows"))
    county.key(Key.Key_Escape)
    papers.setFocus()
    county.key(Key.Key_Delete)
    assert county.count(_("Papers")) == 0


def test_a_window_that_was_exchanged_is_let_go(county: Officer) -> None:  # noqa: F811
    for page in ("today", "claims", "round", "checks", "journal"):
        county.window.go(page)
        county.settle()
    person_page(county)
    gone = weakref.ref(county.window), weakref.ref(county.opened.watch)
    county.window.renew()
    county.see(lambda: county.window is not gone[0]())
    county.settle()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [each() for each in gone] == [None, None]
