"""The page of the day: what waits, line by line, and the way from each line to its record and back."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from caseworker_app.domain import money
from caseworker_app.use_cases import entitlements, lists, work
from caseworker_app.wording import _, label
from tests.journeys.test_window import (
    CONTROL,
    Key,
    Officer,
    all_shown,
    county,
    sit,
    speak_chinese,
    spoken,
    village,
    village_ledger,
)
from ui.main_window import RailButton
from ui.screens.today.parts import Line
from ui.screens.today.screen import KINDS, WaitingCard
from ui.widgets.basics import Pill

__all__ = ["county", "sit", "speak_chinese", "village", "village_ledger"]  # Fixtures.

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
TITLES = {kind.key: kind.title for kind in KINDS}


def today(officer: Officer) -> Officer:
    """Go to the page of the day and wait until everything was looked through."""
    officer.key(Key.Key_1, CONTROL)
    officer.see(lambda: officer.opened.watch.claiming is not None)
    officer.settle()
    return officer


@contextmanager
def seen_again(officer: Officer) -> Iterator[None]:
    """Do something, then wait until the page has seen it: the lists first, then what is due."""
    seen: list[int] = []
    link = officer.opened.watch.seen.connect(lambda: seen.append(1))
    yield
    officer.see(lambda: len(seen) >= 2)
    officer.settle()
    officer.opened.watch.seen.disconnect(link)


def card(officer: Officer, key: str) -> WaitingCard:
    return officer.the(WaitingCard, _(TITLES[key]))


def count(officer: Officer, key: str) -> int:
    """Return the number at the head of a card."""
    words = [spoken(each) for each in all_shown(card(officer, key), Pill)]
    found = re.match(r"\d+", words[0]) if words else None
    return int(found[0]) if found else 0


def badge(officer: Officer, room: str) -> int:
    """Return the count on the rail."""
    words = next(
        each.accessibleName()
        for each in all_shown(officer.window, RailButton)
        if each.accessibleName().startswith(room)
    )
    found = re.search(r"(\d+)$", words)
    return int(found[0]) if found else 0


def on_list(officer: Officer, name: str) -> list[str]:
    """Return who is on a list, as the ledger answers."""
    desk = officer.opened.desk
    with desk.ledger.reader() as connection:
        return lists.ids(connection, desk.pack, name, desk.asked(desk.today()))


def test_counts_are_those_of_the_lists(county: Officer) -> None:
    today(county)
    for key in ("zeroing", "contact-overdue", "incomplete"):
        assert count(county, key) == len(on_list(county, key))
    desk = county.opened.desk
    with desk.ledger.reader() as connection:
        due = entitlements.claimable(connection, desk.pack, desk.today())
    assert count(county, "offers") == len(due) == badge(county, _("Subsidies")) > 0
    amount = money.shown(sum(answer.amount or 0 for answer in due))
    assert county.reads(amount)
    late = sum("超期" in why for why in reasons(county, "zeroing"))
    assert badge(county, _("Today")) == late + len(on_list(county, "contact-overdue"))
    for key, name in (("zeroing", "To be zeroed"), ("contact-overdue", "Contact overdue")):
        county.key(Key.Key_1, CONTROL)
        waiting = count(county, key)
        (everything,) = [each for each in all_shown(card(county, key), QPushButton) if each.text()]
        county.click(everything)
        assert county.window.current_page() == "workers"
        assert len(county.rows()) == waiting, name


def reasons(officer: Officer, name: str) -> list[str]:
    desk = officer.opened.desk
    with desk.ledger.reader() as connection:
        asked = desk.asked(desk.today())
        people = lists.ids(connection, desk.pack, name, asked)
        return [why for _row, why in lists.told(connection, desk.pack, people, asked, name)]


def test_arrows_go_over_all_lines_enter_opens_and_esc_returns_to_the_line(county: Officer) -> None:
    today(county)
    every = all_shown(county.window, Line)
    assert len(every) > 10
    walked = [county.focus()]
    for _step in range(len(every) - 1):
        county.key(Key.Key_Down)
        walked.append(county.focus())
    assert {id(each) for each in walked} == {id(each) for each in every}
    county.key(Key.Key_Down)
    assert county.focus() is walked[-1]
    county.key(Key.Key_Home)
    county.key(Key.Key_Down)
    here = spoken(county.focus())
    county.key(Key.Key_Return)
    assert county.window.current_page() == "person"
    assert county.reads(here.split()[0])
    county.key(Key.Key_Escape)
    assert county.window.current_page() == "today"
    assert spoken(county.focus()) == here


def test_every_kind_of_line_leads_somewhere(county: Officer) -> None:
    today(county)
    for key, pages in (
        ("zeroing", {"person"}),
        ("contact-overdue", {"person"}),
        ("offers", {"person", "household"}),
        ("month", {"round"}),
    ):
        county.key(Key.Key_1, CONTROL)
        line = all_shown(card(county, key), Line)[0]
        line.setFocus()
        county.key(Key.Key_Return)
        assert county.window.current_page() in pages, key
    county.key(Key.Key_1, CONTROL)
    all_shown(card(county, "offers"), Line)[0].setFocus()
    county.key(Key.Key_R)
    assert county.window.current_page() == "claims"
    county.key(Key.Key_1, CONTROL)
    county.press(_("Check and write the workbook of month {month}").format(month=11))
    assert county.window.current_page() == "round"


def test_a_service_recorded_on_a_line_takes_it_away_and_undo_brings_it_back(county: Officer) -> None:
    today(county)
    line = all_shown(card(county, "contact-overdue"), Line)[0]
    here, waiting, urgent = spoken(line), count(county, "contact-overdue"), badge(county, _("Today"))
    who = on_list(county, "contact-overdue")[0]
    line.setFocus()
    county.key(Key.Key_R)
    assert not isinstance(county.focus(), Line)
    county.key(Key.Key_5)
    QTest.keyClicks(county.focus(), "ok")
    with seen_again(county):
        county.key(Key.Key_Return)
    assert county.last_step().startswith(_("Record service"))
    assert who not in on_list(county, "contact-overdue")
    assert here not in [spoken(each) for each in all_shown(card(county, "contact-overdue"), Line)]
    assert count(county, "contact-overdue") == waiting - 1
    assert badge(county, _("Today")) == urgent - 1
    assert isinstance(county.focus(), Line), "the keys go on at the next line"
    with seen_again(county):
        county.key(Key.Key_Z, CONTROL)
    assert count(county, "contact-overdue") == waiting
    assert badge(county, _("Today")) == urgent


def test_a_claim_filed_falls_from_the_badge(county: Officer) -> None:
    today(county)
    due = badge(county, _("Subsidies"))
    county.key(Key.Key_4, CONTROL)
    county.choose_tab(_("To claim"))
    county.rows()
    county.table().setFocus()
    county.key(Key.Key_Home, CONTROL)
    with seen_again(county):
        county.press(_("Claim selected"))
    assert badge(county, _("Subsidies")) == due - 1


def test_an_empty_ledger_asks_for_an_import(village: Officer) -> None:
    village.key(Key.Key_1, CONTROL)
    village.see(lambda: village.opened.watch.standing is not None)
    village.settle()
    assert village.reads(_("The ledger is empty. Import the county's exports to fill it."))
    village.press(_("Import workbooks"))
    assert village.window.current_page() == "exchange"


def test_a_backup_is_told_and_a_card_without_lines_says_what_belongs_there(
    sit: Callable[[Path], Officer], sample_ledger: Path, tmp_path: Path
) -> None:
    officer = today(sit(Path(shutil.copytree(sample_ledger, tmp_path / "ledger"))).enter())
    assert officer.reads(_("no backup of this ledger yet"))
    assert officer.reads(_("Nobody lost work and came home within 7 days."))
    page = officer.window
    officer.key(Key.Key_6, CONTROL)
    with officer.naming(tmp_path / "copy.caseworker"):
        officer.press(_("Back up"))
    assert page.current_page() == "settings"
    desk = officer.opened.desk
    person = on_list(officer, "employed")[0]
    with seen_again(officer):
        officer.opened.runner.write(
            lambda _progress: work.record_return(desk, person, desk.today().replace(day=28), "laid_off")
        )
    officer.key(Key.Key_1, CONTROL)
    assert officer.reads(_("last backup {when}").format(when="2024-11-30 12:00"))
    (line,) = all_shown(card(officer, "returned"), Line)
    assert label("end_reason", "laid_off") in spoken(line)
    assert "11-28" in spoken(line)
