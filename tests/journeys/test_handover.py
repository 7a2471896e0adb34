"""A ledger changes hands: the next officer's name, the page both sign, another password."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import handover, work
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _
from db import journal
from db.queries import workers
from printouts.handover import handover_sheet
from tests.conftest import PASSWORD
from tests.journeys.test_cli import command, refused, within
from tests.journeys.test_window import Officer, all_shown, county, sit, speak_chinese  # noqa: F401 - its fixtures
from tests.printouts.reading import joined, texts
from ui.widgets.pdf_preview import PdfPreview

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

NEW = "another-mountain"


def test_the_page_tells_what_the_lists_tell_and_what_follows_has_the_new_name(sample_desk: Desk) -> None:
    changed, told = handover.hand_over(sample_desk, " 周晓燕 ")
    assert changed.change_set
    assert (told.gives, told.takes, sample_desk.officer) == ("田野", "周晓燕", "周晓燕")
    target = BytesIO()
    assert handover_sheet(told, target) == []
    (page,) = texts(target.getvalue())
    for words in ("交接单", "农户120 户", "在册人口457 人", "已就业36 人", "移交人：田野", "接收人：周晓燕"):
        assert joined(words) in joined(page), words
    with sample_desk.ledger.reader() as connection:
        person = workers.ids(connection, "workforce", sample_desk.asked(sample_desk.today()))[0]
    work.record_service(sample_desk, [person], "contact", sample_desk.today())
    with sample_desk.ledger.reader() as connection:
        assert journal.recent(connection)[0].officer == "周晓燕"


def test_only_who_knows_the_password_changes_it(sample_desk: Desk) -> None:
    for present, new, code in (
        ("wrong", NEW, "ledger.wrong_password"),
        (PASSWORD, "short", "ledger.password_short"),
    ):
        with pytest.raises(ExpectedError) as error:
            desks.set_password(sample_desk, present, new)
        assert error.value.code == code
    folder = sample_desk.ledger.folder
    desks.set_password(sample_desk, PASSWORD, NEW)
    sample_desk.close()
    with pytest.raises(ExpectedError):
        desks.open_with_password(folder, PASSWORD)
    desks.open_with_password(folder, NEW).close()


def test_it_is_done_in_the_window(county: Officer) -> None:  # noqa: F811 - the fixture
    county.window.go("settings")
    county.settle()
    county.fill(_("Next officer"), "周晓燕")
    county.press(_("Hand over"))
    county.see(lambda: all_shown(county.window, PdfPreview) or isinstance(county.front, PdfPreview))
    county.front.close()
    assert county.opened.desk.officer == "周晓燕"
    for name, words in (("Present password", PASSWORD), ("New password (at least 6 characters)", NEW)):
        county.fill(_(name), words)
    county.fill(_("Password again"), "something else")
    county.press(_("Change the password"))
    assert county.window.page("settings").refused.isVisible()
    county.fill(_("Password again"), NEW)
    county.press(_("Change the password"))
    county.settle()
    assert not county.window.page("settings").refused.isVisible()
    assert not county.window.page("settings").fresh.text()


def test_it_is_done_on_the_command_line(
    sample_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWORKER_NEW_PASSWORD", NEW)
    folder = Path(shutil.copytree(sample_ledger, tmp_path / "ledger"))
    sheet = tmp_path / "交接单.pdf"
    said = command("--ledger", folder, "hand-over", "--to", "周晓燕", "-o", sheet).stdout.decode()
    assert "周晓燕" in said
    assert "周晓燕" in joined(texts(sheet.read_bytes())[0])
    refused(within("--ledger", folder, "password", password="wrong"), 3)
    assert command("--ledger", folder, "password").returncode == 0
    assert within("--ledger", folder, "list", "households", password=NEW).returncode == 0
