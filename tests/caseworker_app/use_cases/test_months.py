"""Closing a month: what blocks it, who accepts it, and what happens to its figures after."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from caseworker_app import sample
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import read, seal
from caseworker_app.use_cases import checks, imports, months, templates, uploads, work
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases.desk import Desk
from db.queries import workers
from db.tables import MonthClose, Person, Upload
from tests.caseworker_app.use_cases.looking import content, rows, taken_back

ON = date(2024, 11, 30)
MONTH = "2024-11"
VILLAGE = "640106100207"


class Clock:
    """A clock that is set."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 4, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a village's and a township's ledger with the sample; copy them, never open them."""
    made = {}
    for scope in (VILLAGE, VILLAGE[:9]):
        made[scope] = tmp_path_factory.mktemp("months") / scope
        desk, _code = desks.new(made[scope], "mountain-river", scope, "周", clock=Clock(ON))
        with desk.ledger.reader() as connection:
            prepared = imports.prepare(connection, sample.bundled(), desk.scope, ON)
        imports.commit(desk, prepared)
        desk.close()
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock(ON)


@pytest.fixture
def desk(ledgers: dict[str, Path], tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    folder = shutil.copytree(ledgers[VILLAGE], tmp_path / "village")
    opened = desks.open_with_password(folder, "mountain-river", clock)
    yield opened
    opened.close()


@pytest.fixture
def town(ledgers: dict[str, Path], tmp_path: Path) -> Iterator[Desk]:
    folder = shutil.copytree(ledgers[VILLAGE[:9]], tmp_path / "town")
    opened = desks.open_with_password(folder, "mountain-river", Clock(ON))
    yield opened
    opened.close()


def someone(desk: Desk, name: str = "workers") -> str:
    with desk.ledger.reader() as connection:
        return workers.ids(connection, name, desk.asked(ON))[0]


def plant(desk: Desk) -> None:
    """Give somebody another birth date than the identity number says."""
    person = someone(desk)
    born = rows(desk, Person, id=person)[0]["born"]
    with desk.units("person.contact") as unit:
        unit.update(Person, person, born=born - timedelta(days=1))
        unit.commit()


def look(desk: Desk, month: str = MONTH) -> months.Checked:
    with desk.ledger.reader() as connection:
        return months.checked(connection, desk, month)


def state(desk: Desk, place: str = VILLAGE, month: str = MONTH) -> str:
    with desk.ledger.reader() as connection:
        return next(each.state for each in months.standings(connection, desk, month) if each.place == place)


def refusal(act: object) -> str:
    with pytest.raises(ExpectedError) as refused:
        act()  # type: ignore[operator]
    return refused.value.code


def test_what_blocks_is_put_right_or_explained_before_a_month_is_closed(desk: Desk, tmp_path: Path) -> None:
    assert look(desk).blocking == ()
    plant(desk)
    (blocking,) = look(desk).blocking
    assert (blocking.check, blocking.person) == ("identity_born", someone(desk))
    before = content(desk)
    assert refusal(lambda: months.close(desk, MONTH)) == "month.blocked"
    assert content(desk) == before
    checks.exempt(desk, blocking.id, "户口本登记如此，已核实")
    assert look(desk).blocking == ()
    assert [each.reason for each in look(desk).exempt] == ["户口本登记如此，已核实"]
    taken_back(desk, lambda: months.close(desk, MONTH))
    assert state(desk) == "closed"
    path = tmp_path / "a.xlsx"
    uploads.write_month(desk, MONTH, path)
    sheets = {each.name: each.rows for each in read.read(path)}
    assert any("户口本登记如此，已核实" in str(cell) for row in sheets["封面"] for cell in row)
    assert any("户口本登记如此，已核实" in row for row in sheets["数据检查"])
    assert refusal(lambda: months.close(desk, MONTH)) == "month.closed_already"


def test_the_workbook_of_a_closed_month_stays_as_it_was_written(desk: Desk, tmp_path: Path) -> None:
    months.close(desk, MONTH)
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    uploads.write_month(desk, MONTH, first)
    work.record_spell(
        desk, someone(desk, "unemployed"), "wage", date(2024, 11, 1), employer="新厂", place_code="640106"
    )
    uploads.write_month(desk, MONTH, second)
    assert second.read_bytes() == first.read_bytes()
    assert seal.verify(read.read(second)).manifest["closed"] is True
    assert len(rows(desk, Upload)) == 1


def test_corrections_after_the_closing_are_told_once_in_the_next_month(
    desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    months.close(desk, MONTH)
    closed = rows(desk, MonthClose)[0]["figures"]["villages"][VILLAGE]
    person = someone(desk, "unemployed")
    work.record_spell(desk, person, "wage", date(2024, 11, 20), employer="新厂", place_code="640106")
    clock.day = date(2024, 12, 28)
    path = tmp_path / "dec.xlsx"
    uploads.write_month(desk, "2024-12", path)
    sheet = openpyxl.load_workbook(path)["关账后更正"]
    told = {row[3]: row[1:] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]}
    assert told["已就业·合计"] == (
        MONTH,
        "和顺新村",
        "已就业·合计",
        str(closed["employed"]),
        str(closed["employed"] + 1),
    )
    assert rows(desk, MonthClose)[0]["figures"]["villages"][VILLAGE] == closed
    months.close(desk, "2024-12")
    clock.day = date(2025, 1, 28)
    counts = uploads.write_month(desk, "2025-01", tmp_path / "jan.xlsx")
    assert counts["关账后更正"] == 0


def test_a_month_stands_for_the_day_it_was_closed_on(desk: Desk, clock: Clock) -> None:
    clock.day = date(2024, 11, 25)
    months.close(desk, MONTH)
    work.record_spell(
        desk, someone(desk, "unemployed"), "wage", date(2024, 11, 24), employer="厂", place_code="640106"
    )
    clock.day = date(2024, 12, 2)
    with desk.ledger.reader() as connection:
        assert uploads.days_of(connection, desk, MONTH, VILLAGE)[1] == date(2024, 11, 25)
        found = uploads.corrections(connection, desk, VILLAGE, "2024-12")
    assert {each.figure for each in found} >= {"employed", "unemployed"}


def test_a_township_accepts_or_returns_what_a_village_closed(town: Desk) -> None:
    assert refusal(lambda: months.accept(town, MONTH, VILLAGE)) == "month.not_closed"
    assert refusal(lambda: months.accept(town, MONTH, VILLAGE[:9])) == "month.not_below"
    assert refusal(lambda: months.accept(town, MONTH, "110101001001")) == "upload.place"
    closed_below(town)
    assert state(town) == "closed"
    assert refusal(lambda: months.return_(town, MONTH, VILLAGE, " ")) == "month.reason_missing"
    months.return_(town, MONTH, VILLAGE, "缺三户")
    assert state(town) == "returned"
    assert refusal(lambda: months.accept(town, MONTH, VILLAGE)) == "month.not_closed"
    closed_below(town)
    taken_back(town, lambda: months.accept(town, MONTH, VILLAGE))
    assert state(town) == "accepted"
    with town.ledger.reader() as connection:
        steps = next(
            each for each in months.standings(connection, town, MONTH) if each.place == VILLAGE
        ).steps
    assert [(step.state, step.level) for step in steps] == [
        ("closed", "village"),
        ("returned", "township"),
        ("closed", "village"),
        ("accepted", "township"),
    ]


def closed_below(town: Desk) -> None:
    """Let the village's closing arrive."""
    with town.units("month.close") as unit:
        unit.insert(
            MonthClose,
            month=MONTH,
            village_code=VILLAGE,
            level="village",
            state="closed",
            on=ON,
            officer="村",
            figures={"day": ON.isoformat()},
        )
        unit.commit()


def test_a_returned_month_is_open_again(desk: Desk, tmp_path: Path) -> None:
    months.close(desk, MONTH)
    uploads.write_month(desk, MONTH, tmp_path / "a.xlsx")
    with desk.units("month.return") as unit:
        unit.insert(
            MonthClose,
            month=MONTH,
            village_code=VILLAGE,
            level="township",
            state="returned",
            on=ON,
            officer="镇",
            reason="缺三户",
        )
        unit.commit()
    uploads.write_month(desk, MONTH, tmp_path / "b.xlsx")
    assert len(rows(desk, Upload)) == 2
    months.close(desk, MONTH)
    assert state(desk) == "closed"


def test_the_reporting_day_counts_down(desk: Desk, clock: Clock) -> None:
    desks.set_number(desk, "reporting_day", 31)
    assert months.reporting(desk, MONTH) == (date(2024, 11, 30), 0)
    clock.day = date(2024, 12, 3)
    assert months.reporting(desk, MONTH)[1] == -3
    desks.set_number(desk, "reporting_day", 5)
    assert months.reporting(desk, "2024-12") == (date(2024, 12, 5), 2)


def test_a_template_is_shown_once_and_filled_from_then_on(desk: Desk, tmp_path: Path) -> None:
    file, target = tmp_path / "县里的表.xlsx", tmp_path / "填好.xlsx"
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet["A1"] = "{{单位}} 已就业 {{已就业·合计}} 人"
    for column, header in enumerate(("序号", "姓名", "证件号码", "联系电话", "就业状态"), 1):
        sheet.cell(2, column, header)
    # What nobody can fill in is said when the template is shown, not month after month.
    for place in ("已就业", "劳动力.电话号", "务工.姓名"):
        sheet["H1"] = f"{{{{{place}}}}}"
        book.save(file)
        assert refusal(lambda: templates.add(desk, file, "县表")) == "template.unknown_place"
    sheet["H1"] = None
    book.save(file)
    taken_back(desk, lambda: templates.add(desk, file, "县表", rows="劳动力")[0])
    file.unlink()
    with desk.ledger.reader() as connection:
        (kept,) = templates.kept(connection)
        wanted = workers.ids(connection, "workforce", desk.asked(ON))
        employed = len(workers.ids(connection, "employed", desk.asked(ON)))
    assert (kept.name, kept.source, kept.shape.header_row) == ("县表", "劳动力", 2)
    assert templates.fill(desk, "县表", MONTH, target) == len(wanted)
    filled = openpyxl.load_workbook(target)["Sheet"]
    assert filled["A1"].value.endswith(f"已就业 {employed} 人")
    assert filled.max_row == 2 + len(wanted)
    templates.take_out(desk, "县表")
    assert refusal(lambda: templates.fill(desk, "县表", MONTH, target)) == "template.none"
