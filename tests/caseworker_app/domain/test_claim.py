"""Which step of a claim may follow which, and how long a notice stands."""

from datetime import date

import pytest

from caseworker_app.domain import claim, workdays
from caseworker_app.domain.claim import Flow, Notice, Step
from caseworker_app.domain.errors import ExpectedError

CALENDAR = workdays.calendar()


@pytest.mark.parametrize(
    ("posted", "days", "working", "last"),
    [
        (date(2024, 11, 12), 5, True, date(2024, 11, 19)),
        (date(2024, 9, 29), 5, True, date(2024, 10, 11)),  # The holiday week rests.
        (date(2024, 9, 30), 5, True, date(2024, 10, 12)),  # The Saturday is worked.
        (date(2024, 9, 30), 5, False, date(2024, 10, 5)),
        (date(2025, 1, 24), 1, True, date(2025, 1, 26)),  # A worked Sunday.
        (date(2031, 1, 31), 1, True, date(2031, 2, 3)),  # A year nobody knows yet: Monday to Friday.
        (date(2024, 11, 12), 0, True, date(2024, 11, 12)),
    ],
)
def test_a_notice_ends_after_its_days(posted: date, days: int, working: bool, last: date) -> None:
    assert CALENDAR.last_of(posted, days, working=working) == last


def test_a_calendar_is_read_as_toml_or_as_lines() -> None:
    lines = workdays.parse("日期,类型\n2027-01-01,休\n2027年1月3日,班\n", "a.csv")
    assert lines == {"2027": {"rest": ["2027-01-01"], "work": ["2027-01-03"]}}
    made = workdays.calendar(lines)
    assert not made.working(date(2027, 1, 1))
    assert made.working(date(2027, 1, 3))
    assert not made.working(date(2024, 10, 1))  # What came with the program stays.
    toml = workdays.parse('[2027]\nrest = ["2027-01-01/2027-01-03"]\n', "a.toml")
    assert workdays.of(toml).rest == {date(2027, 1, day) for day in (1, 2, 3)}


@pytest.mark.parametrize(
    "content", ["", "2027-01-01,也许", '[2027]\nrest = ["2026-01-01"]', "=", "2027-13-01,休"]
)
def test_a_file_that_is_no_calendar_is_refused(content: str) -> None:
    with pytest.raises(ExpectedError, match=r"workdays\.form"):
        workdays.parse(content, "a.toml")


def test_the_way_of_an_item_has_the_notices_it_asks_for() -> None:
    way = claim.flow((), {"village": Notice(5, True), "county": Notice(7, False)})
    assert way.steps == (
        "draft",
        "village_checked",
        "village_publicised",
        "submitted",
        "township_approved",
        "county_approved",
        "county_publicised",
        "paid",
    )
    assert way.notice("county_publicised") == Notice(7, False)
    assert way.notice("county_approved") is None
    assert claim.flow(("submitted", "county_approved"), {}).steps == (
        "draft",
        "submitted",
        "county_approved",
        "paid",
    )


def test_what_is_paid_ends_and_what_failed_can_be_paid_again() -> None:
    assert claim.steps_from("county_approved")[:2] == ("paid", "payment_failed")
    assert "paid" in claim.steps_from("payment_failed")
    assert claim.steps_from("paid") == ("payment_failed",)
    assert claim.steps_from("withdrawn") == ()
    assert claim.steps_from("rejected") == ("appealed",)
    assert claim.steps_from("appealed") == ("submitted", "rejected", "withdrawn")


def test_every_step_that_is_offered_leads_somewhere_known() -> None:
    way = claim.flow((), {level: Notice(3, True) for level in claim.PUBLICISED})
    met, waiting = set(), {"draft"}
    while waiting:
        state = waiting.pop()
        met.add(state)
        waiting |= set(claim.steps_from(state, way, "county_publicised")) - met
    assert met == {*way.steps, "returned", "rejected", "withdrawn", "objection", "appealed", "payment_failed"}


def test_an_objection_leads_back_to_where_it_was_raised_and_posts_nothing_anew() -> None:
    steps = [
        Step("village_checked", date(2024, 11, 1)),
        Step("village_publicised", date(2024, 11, 4)),
        Step("objection", date(2024, 11, 5)),
    ]
    assert claim.before_objection(steps) == "village_publicised"
    back = [*steps, Step("village_publicised", date(2024, 11, 8))]
    assert claim.posted_on(back) == date(2024, 11, 4)
    again = [*back, Step("returned", date(2024, 11, 9)), Step("village_publicised", date(2024, 11, 11))]
    assert claim.posted_on(again) == date(2024, 11, 11)


def test_any_of_a_list_of_papers_counts_so_many() -> None:
    assert claim.lacking(["a", "x"], ["a", "b"], ["x", "y", "z"], 2) == (["b"], 1)
    assert claim.lacking(["b", "a", "x", "z"], ["a", "b"], ["x", "y", "z"], 2) == ([], 0)
    assert claim.lacking([], [], ["x"], 2) == ([], 1)


@pytest.mark.parametrize(
    ("state", "target", "up"),
    [
        ("village_publicised", "submitted", True),
        ("village_checked", "village_publicised", False),
        ("submitted", "township_approved", False),
        ("draft", "county_approved", True),
        ("returned", "draft", False),
    ],
)
def test_papers_are_asked_for_when_a_claim_goes_up(state: str, target: str, up: bool) -> None:
    assert claim.goes_up(state, target) is up


def test_a_way_without_steps_is_everybodys() -> None:
    assert Flow().following("village_publicised") == "submitted"
    assert Flow().following("paid") == ""
