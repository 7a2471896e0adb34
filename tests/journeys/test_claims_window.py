"""Claims in depth, through the window: the board, papers, objections, rosters, money, bundles, policies, organisations."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton

from caseworker_app.use_cases import claimable, claims
from caseworker_app.wording import _, _n, label
from db.queries import claims as queries
from db.queries import facts
from tests.caseworker_app.use_cases.test_claim_amounts import away
from tests.journeys.test_window import (  # noqa: F401 - its fixtures
    CONTROL,
    SHIFT,
    STATE,
    Key,
    Officer,
    all_shown,
    choose_step,
    county,
    sit,
    speak_chinese,
)
from ui.widgets.decided_amount import DecidedAmount
from ui.widgets.pdf_preview import PdfPreview
from ui.widgets.work_facts import WorkFactForm

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ON = date(2024, 11, 30)


def filed(officer: Officer, count: int = 3) -> list[str]:
    """File claims of one item; return their numbers."""
    desk = officer.opened.desk
    with desk.ledger.reader() as connection:
        offers = [each for each in claimable.now(connection, desk, ON) if each.answer.item == "JF-5"]
    whose = [each.answer.beneficiary for each in offers if not each.answer.missing][:count]
    return claims.file(desk, "JF-5", whose, ON, cycle="2024")[1]


def states(officer: Officer, numbers: list[str]) -> list[str]:
    """Return the states of claims in the ledger."""
    with officer.opened.desk.ledger.reader() as connection:
        lives = queries.lives(connection, numbers)
    return [lives[number].state for number in numbers]


def board(officer: Officer) -> None:
    """Open the board."""
    officer.window.go("claims", part="filed")
    officer.settle()


def tick(officer: Officer, paper: str) -> None:
    """Tick a paper with the keyboard; the keys stay on it."""
    box = officer.the(QCheckBox, paper)
    if not box.hasFocus():
        box.setFocus()
    officer.key(Key.Key_Space)
    assert officer.the(QCheckBox, paper).hasFocus()


def select_all(officer: Officer) -> None:
    """Select every row of the table."""
    officer.table().setFocus()
    officer.key(Key.Key_Home, CONTROL)
    officer.key(Key.Key_Down, SHIFT, times=len(officer.rows()) - 1)
    officer.settle()


def test_many_move_on_those_that_cannot_are_named_and_the_selection_stays(county: Officer) -> None:  # noqa: F811
    numbers = filed(county)
    claims.advance(county.opened.desk, numbers, "village_checked", ON)
    claims.advance(county.opened.desk, numbers, "village_publicised", ON)
    papers = county.opened.desk.pack.item("JF-5").paper
    claims.add_papers(
        county.opened.desk, numbers[0], [*papers.evidence_required, *papers.evidence_any_of], ON
    )
    board(county)
    select_all(county)
    choose_step(county, "submitted")
    assert county.reads(numbers[1])  # Why it cannot, by name.
    assert states(county, numbers) == ["village_publicised"] * 3
    count = _n("{count} claim", "{count} claims", 1).format(count=1)
    county.press(_("Confirm: {state}, {count}").format(state=label("claim_state", "submitted"), count=count))
    assert states(county, numbers) == ["submitted", "village_publicised", "village_publicised"]
    assert len(county.table().selected()) == 3
    assert label("claim_state", "submitted") in {row[STATE] for row in county.rows()}


def test_papers_are_ticked_off_beside_the_board(county: Officer) -> None:  # noqa: F811
    (number,) = filed(county, 1)
    board(county)
    before = county.rows()[0][STATE + 2]
    assert "3" in before
    tick(county, "身份证复印件")
    with county.opened.desk.ledger.reader() as connection:
        assert queries.lives(connection, [number])[number].papers == {"身份证复印件"}
    assert county.rows()[0][STATE + 2] != before
    tick(county, "身份证复印件")
    with county.opened.desk.ledger.reader() as connection:
        assert queries.lives(connection, [number])[number].papers == frozenset()


def test_an_objection_is_recorded_and_resolved_beside_the_board(county: Officer) -> None:  # noqa: F811
    numbers = filed(county, 1)
    for step in ("village_checked", "village_publicised"):
        claims.advance(county.opened.desk, numbers, step, ON)
    board(county)
    county.press(_("Record objection"))
    county.fill(_("What is objected"), "他一直在家")
    county.key(Key.Key_Return)
    assert states(county, numbers) == ["objection"]
    county.press(_("Resolve objection"))
    county.fill(_("What was found"), "有工资流水")
    county.key(Key.Key_Return)
    assert states(county, numbers) == ["village_publicised"]


def test_rosters_are_made_and_the_banks_results_taken_in(county: Officer, tmp_path: Path) -> None:  # noqa: F811
    numbers = filed(county, 2)
    desk = county.opened.desk
    claims.advance(desk, numbers, "village_checked", ON)
    county.window.go("claims", part="rosters")
    county.settle()
    county.press(_("Make rosters by village"))
    assert county.rows()
    county.press(_("Print notice"))
    preview = county.paper()
    assert isinstance(preview, PdfPreview)
    county.key(Key.Key_Escape)
    for number in numbers:
        paper = desk.pack.item("JF-5").paper
        claims.add_papers(desk, number, [*paper.evidence_required, *paper.evidence_any_of], ON)
    for step in ("village_publicised", "submitted", "township_approved", "county_approved"):
        claims.advance(desk, numbers, step, ON)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ("申领编号", "结果", "失败原因"),
        (numbers[0], "成功", ""),
        (numbers[1], "失败", "卡已销户"),
    ):
        sheet.append(list(line))
    file = tmp_path / "回单.xlsx"
    book.save(file)
    county.window.page("claims").rosters.look_through(file)
    county.settle()
    assert county.reads("卡已销户")
    county.press(_n("Record {count} result", "Record {count} results", 2).format(count=2))
    assert states(county, numbers) == ["paid", "payment_failed"]
    assert not county.messages("error")


def test_a_households_bundle_is_claimed_and_printed_at_once(county: Officer) -> None:  # noqa: F811
    desk = county.opened.desk
    with desk.ledger.reader() as connection:
        offers = claimable.now(connection, desk, ON)
        household = next(
            each.answer.beneficiary for each in offers if each.answer.beneficiary_kind == "household"
        )
        bundle = claimable.bundle(connection, desk, household, ON)
    assert bundle is not None
    county.window.go("bundle", household=household)
    county.settle()
    county.press(_("Claim all and print"))
    assert isinstance(county.front, PdfPreview)
    county.key(Key.Key_Escape)
    with desk.ledger.reader() as connection:
        after = claimable.bundle(connection, desk, household, ON)
    assert after is not None
    assert len(after.claims) == len(bundle.offers)
    assert after.offers == ()


def claimed(officer: Officer, person: str) -> dict[str, int]:
    """Return what somebody has claimed of each item, in fen."""
    with officer.opened.desk.ledger.reader() as connection:
        ids = queries.ids(connection, beneficiaries=[person])
        return {each.item: each.amount for each in queries.rows(connection, ids, ON)}


def test_the_reviewers_amount_is_entered_at_the_person_and_in_the_bundle(county: Officer) -> None:  # noqa: F811
    one, other = away(county.opened.desk, 2)
    county.window.go("person", person=one, item="JF-4")
    county.settle()
    field = county.the(DecidedAmount)
    assert "200" in field.placeholderText()
    assert "800" in field.placeholderText()
    for typed in ("", "199.99", "800.01", "五百"):
        field.setText(typed)
        county.press(_("Claim"))
        assert claimed(county, one) == {}
    field.setText("500.50")
    county.press(_("Claim"))
    assert claimed(county, one) == {"JF-4": 50050}
    county.key(Key.Key_Escape)

    with county.opened.desk.ledger.reader() as connection:
        home = facts.household_of(connection, [other], ON)[other]
    county.window.go("bundle", household=home)
    county.settle()
    county.press(_("Claim all and print"))  # What is left open stays.
    assert "JF-4" not in claimed(county, other)
    assert "JF-5" in claimed(county, other)
    county.key(Key.Key_Escape)
    county.the(DecidedAmount).setText("800")
    county.press(_("Claim all and print"))
    assert claimed(county, other)["JF-4"] == 80000


def test_what_will_be_due_comes_with_its_day(county: Officer) -> None:  # noqa: F811
    county.window.go("claims", part="coming")
    county.settle()
    assert county.rows()
    for row in county.rows():
        assert date.fromisoformat(row[1]) >= ON


def test_a_pack_is_read_as_pages_and_compared(county: Officer) -> None:  # noqa: F811
    county.window.go("packs")
    county.settle()
    pack = county.opened.desk.pack
    item = next(iter(pack.items.values()))
    assert county.reads(f"{item.id} {item.name}")
    assert county.reads(item.clause)
    county.choose_tab(_("Figures and readings"))
    assert county.reads(next(iter(pack.settings.values())).explanation)
    county.choose_tab(_("What if"))
    county.press(_("Run both packs"))
    assert county.reads(_("Would cost"))
    box = county.the(QComboBox, _("Compare the pack in use with"))
    box.setCurrentIndex(box.findData("chongxin"))
    county.press(_("Run both packs"))
    county.press(_("Follow this pack from now on"))
    assert county.opened.desk.pack.id == "chongxin"
    assert not county.messages("error")


def test_an_organisation_is_entered_with_its_head_count(county: Officer) -> None:  # noqa: F811
    county.window.go("organisations")
    county.settle()
    (button,) = [each for each in all_shown(county.window, QPushButton) if each.property("primary")][:1]
    county.click(button)
    county.fill(_("{field} (needed)").format(field=_("Name of the organisation")), "某某车间")
    county.key(Key.Key_Return)
    assert county.reads("“")  # The kind is missing, and said so.
    (made,) = all_shown(county.window, WorkFactForm)
    box = made.editors["kind"]
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData("workshop"))
    county.press(_("Save"))
    assert [row[0] for row in county.rows()] == ["某某车间"]
