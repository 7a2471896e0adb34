"""The window before the ledger is open: where a ledger will stand, and a backup restored."""

from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from caseworker_app.use_cases import safety
from caseworker_app.use_cases.desk import Desk
from db import journal
from tests.conftest import PASSWORD, clock
from ui.runner import Runner
from ui.screens.unlock.screen import UnlockWindow


def window(bot: QtBot, runner: Runner, folder: Path) -> UnlockWindow:
    """Return the window at a folder."""
    made = UnlockWindow(runner, folder, clock)
    bot.addWidget(made)
    made.show()
    return made


def says(made: UnlockWindow, words: str) -> bool:
    """Whether a visible label says this."""
    return any(words in each.text() for each in made.findChildren(QLabel) if each.isVisible())


def test_a_new_ledger_says_where_it_will_stand(qtbot: QtBot, runner: Runner, tmp_path: Path) -> None:
    made = window(qtbot, runner, tmp_path / "ledger")
    assert says(made, str(tmp_path / "ledger"))


def test_a_backup_is_restored_into_a_free_folder_and_opened(
    qtbot: QtBot, runner: Runner, tmp_path: Path, sample_desk: Desk
) -> None:
    backup = tmp_path / "stick.caseworker"
    safety.back_up(sample_desk, backup)
    with sample_desk.ledger.reader() as connection:
        content = journal.content_hash(connection)
    made = window(qtbot, runner, sample_desk.ledger.folder)
    made.show_backup(backup)
    assert says(made, f"{sample_desk.ledger.folder}-2")
    made.backup_password.setText("not the password")
    made.restore()
    qtbot.waitUntil(lambda: not runner.busy)
    assert not made.folder.exists()
    made.backup_password.setText(PASSWORD)
    with qtbot.waitSignal(made.opened, timeout=20_000) as opened:
        made.restore()
    desk = opened.args[0]
    with desk.ledger.reader() as connection:
        assert journal.content_hash(connection) == content
    desk.close()
