"""The monthly workbook: written from the ledger as of a day, sealed, kept, and written again as it was."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from caseworker_app import wording
from caseworker_app.collector import seldom_collected
from caseworker_app.domain import divisions, lines, money
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.spans import month_end
from caseworker_app.exchange import write
from caseworker_app.exchange.book import CoverLine, Draft
from caseworker_app.use_cases import problems
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.month_rows import FIGURES, MonthRows, each_change
from caseworker_app.wording import ZH, _
from db import contents, states
from db.queries import uploads as queries
from db.tables import Upload

Values = dict[str, Any]
Progress = Callable[[int, int, str], None]
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_EXEMPTIONS_SHOWN = 30
SHORTEST_PASSWORD = 6
CLOSED = frozenset({"closed", "accepted"})
"""States of a month whose figures stand."""


def _quiet(_done: int, _total: int, _what: str) -> None:
    """Tell nobody how far it is."""


def first_day(month: str) -> date:
    """Return the first day of a month; ExpectedError `upload.month` for no month."""
    match = _MONTH.fullmatch(month)
    if not match:
        raise ExpectedError("upload.month", month=month)
    return date(int(match[1]), int(match[2]), 1)


def month_days(month: str, today: date, figures_day: int = 31) -> tuple[date, date]:
    """Return the first day of a month and the day its figures stand for, or today while that is to come.

    Raises ExpectedError `upload.month` for no month and `upload.month_future` for one not begun.
    """
    first = first_day(month)
    if first > today:
        raise ExpectedError("upload.month_future", month=month)
    return first, min(first.replace(day=min(figures_day, month_end(first).day)), today)


def place_of(desk: Desk, village: str) -> str:
    """Return the place asked for, the ledger's own when none; ExpectedError `upload.place` for one outside it."""
    place = village or desk.scope
    if not place.startswith(desk.scope) or divisions.find(place) is None:
        raise ExpectedError("upload.place", village=village)
    return place


def level_of(place: str) -> str:
    """Return the level a place is of: village, township or county."""
    return {12: "village", 9: "township"}.get(len(place), "county")


def unit_name(place: str) -> str:
    """Return what the place is called as the unit that reports."""
    found = divisions.path(place)
    return "".join(each.name for each in found[3:]) or found[-1].name


def shown_month(month: str) -> str:
    """Return a month as papers write it."""
    first = first_day(month)
    return f"{first.year}年{first.month}月"


def default_name(desk: Desk, month: str, village: str = "") -> str:
    """Return the file name a month's workbook is offered under; ExpectedError `upload.place`."""
    path = divisions.path(place_of(desk, village))
    return f"{path[-1].name}_就业月报送_{month.replace('-', '')}.xlsx"


# -- the state of months ---------------------------------------------------------------------------


def standing(steps: Sequence[Any]) -> str:
    """Return how a month of a place stands after these steps: open, closed, accepted or returned."""
    return str(steps[-1].state) if steps else "open"


def days_of(connection: Connection, desk: Desk, month: str, place: str) -> tuple[date, date]:
    """Return the first day of a month and the day its figures stand for: once it is closed, the day it was closed for.

    Raises ExpectedError `upload.month` and `upload.month_future`.
    """
    first, on = month_days(month, desk.today(), desk.figures_day)
    steps = queries.closings(connection, place, month)
    own = [step for step in steps if step.state == "closed"]
    if standing(steps) in CLOSED and own:
        on = date.fromisoformat(own[-1].figures["day"])
    return first, on


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure of a closed month that the ledger holds otherwise now; amounts in fen."""

    month: str
    village: str
    figure: str
    closed: int
    now: int


def corrections(connection: Connection, desk: Desk, place: str, month: str) -> list[Correction]:
    """Return how months closed before this one differ now from the figures that stand, unless told already."""
    told: dict[str, dict[str, dict[str, int]]] = {}
    by_month: dict[str, list[Any]] = {}
    for step in queries.closings(connection, place):
        by_month.setdefault(step.month, []).append(step)
    for earlier, steps in by_month.items():
        if earlier >= month or standing(steps) not in CLOSED:
            continue
        own = [step for step in steps if step.state == "closed"]
        if own:
            told[earlier] = own[-1].figures.get("villages", {})
            for corrected, villages in own[-1].figures.get("corrected", {}).items():
                for village, figures in villages.items():
                    known = told.setdefault(corrected, {})
                    known[village] = {**known.get(village, {}), **figures}
    found = []
    for earlier in sorted(told)[-12:]:
        first, on = days_of(connection, desk, earlier, place)
        rows = MonthRows(connection, desk, first, on, place)
        rows.take_all(lambda _sheet, _values: None)
        now = rows.summary
        for village in sorted(told[earlier].keys() | now.keys()):
            was, present = told[earlier].get(village, {}), now.get(village, {})
            found += [
                Correction(earlier, village, figure, was.get(figure, 0), present.get(figure, 0))
                for figure in FIGURES
                if was.get(figure, 0) != present.get(figure, 0)
            ]
    return found


# -- gathering -------------------------------------------------------------------------------------


def figure_names() -> dict[str, str]:
    """Return what the figures are called: the headers of the summary."""
    form = next(form for form in write.monthly_forms() if form.rows == "summary")
    return {
        column.field: f"{column.group}·{column.header}" if column.group else column.header
        for column in form.columns
    }


def _shown_figure(figure: str, value: int) -> str:
    return money.yuan(value) if figure == "claims_amount" else str(value)


@dataclass(slots=True)
class _Gathered:
    """A month's workbook before it is sealed, and what the seal says of it."""

    draft: Draft
    cover: list[CoverLine]
    manifest: Values
    vector: dict[str, int]


def _names(desk: Desk, month: str, on: date, place: str) -> dict[str, str]:
    found = {each.level: each.name for each in divisions.path(place)}
    unit, shown = unit_name(place), shown_month(month)
    return {
        "county": found.get("county", ""),
        "town": found.get("town", ""),
        "village": found.get("village", ""),
        "month": shown,
        "unit": unit,
        "officer": desk.officer,
        "day": on.isoformat(),
        "written": desk.today().isoformat(),
        "book": f"{unit}就业监测月报送（{shown}）",
    }


def _gather(
    connection: Connection, desk: Desk, month: str, place: str, draft: Draft, progress: Progress
) -> _Gathered:
    first, on = days_of(connection, desk, month, place)
    rows = MonthRows(connection, desk, first, on, place)
    rows.take_all(draft.add, lambda done, total: progress(done, total, "upload.gathering"))
    earlier = queries.before(connection, month, place)
    changed = queries.changes(connection, earlier.position, place) if earlier else []
    for values in each_change(changed):
        draft.add("changes", values)
    called = figure_names()
    corrected = corrections(connection, desk, place, month)
    for each in corrected:
        draft.add(
            "corrections",
            {
                "month": each.month,
                "village": (found := divisions.find(each.village)) and found.name,
                "figure": called[each.figure],
                "closed": _shown_figure(each.figure, each.closed),
                "now": _shown_figure(each.figure, each.now),
            },
        )
    gathering = states.Gathering(connection, place, desk.scope)
    for cells in lines.encode(gathering.blocks()):
        draft.record(cells)
        progress(0, 0, "upload.gathering")
    vectors = gathering.vectors
    heads = {device: head for each in vectors.values() for device, head in each.items()}
    steps = queries.closings(connection, place, month)
    newest = queries.newest(connection, place)
    manifest = {
        "format": 1,
        "kind": "upload",
        "village": place,
        "month": month,
        "day": on.isoformat(),
        "level": level_of(desk.scope),
        "device": desk.units.device,
        "officer": desk.officer,
        "vectors": vectors,
        "previous": newest.digest if newest else "",
        "closed": standing(steps) in CLOSED,
        "journal": queries.journal_head(connection),
    }
    cover = _cover(draft, rows, standing(steps), earlier, len(corrected))
    if waiting := _not_closed(connection, month, place):
        cover.insert(6, ("未关账的村", "、".join(waiting)))
    return _Gathered(draft, cover, manifest, {device: head.serial for device, head in heads.items()})


def _not_closed(connection: Connection, month: str, place: str) -> list[str]:
    """Return the villages below that have not closed a month; of a village itself none."""
    if level_of(place) == "village":
        return []
    states_ = {row.village_code: row.state for row in queries.month_steps(connection, month, place)}
    return [
        divisions.called(village)
        for village in queries.villages(connection, place)
        if states_.get(village, "open") not in CLOSED
    ]


def _cover(draft: Draft, rows: MonthRows, state: str, earlier: Any, corrected: int) -> list[CoverLine]:  # noqa: ANN401 - a row
    names, total, stops = draft.names, rows.counted(), rows.open["stop"]
    closed = {"closed": "已关账", "accepted": "已关账，上级已接收", "returned": "上级退回，未关账"}
    changes = f"{draft.counts['较上次变化']} 项（与 {earlier.month} 报送相比）" if earlier else "首次报送"
    exempt = [f"{each.name or each.household_no}：{each.reason}" for each in rows.exempt]
    more = len(exempt) - _EXEMPTIONS_SHOWN
    told = exempt[:_EXEMPTIONS_SHOWN] + ([f"……另有 {more} 项，见「数据检查」"] if more > 0 else [])
    return [
        ("填报单位", names["unit"]),
        ("月份", names["month"]),
        ("统计时点", names["day"]),
        ("填报人", names["officer"]),
        ("填报日期", names["written"]),
        ("月度状态", closed.get(state, "未关账")),
        ("本月情况",),
        ("已就业／未就业", f"{total['employed']} 人 ／ {total['unemployed']} 人"),
        ("服务包（应服务／已完成）", f"{total['package_owed']} 人 ／ {total['package_done']} 人"),
        ("动态清零（待清零／超期）", f"{total['zeroing']} 人 ／ {total['zeroing_late']} 人"),
        ("较上次变化", changes),
        *([("对已关账月份的更正", f"{corrected} 项，见「关账后更正」")] if corrected else ()),
        ("数据检查",),
        (
            "检查结果",
            f"须更正或说明 {stops} 项，提醒核实 {rows.open.total() - stops} 项，已说明 {len(exempt)} 项",
        ),
        *([("说明（免检原因）", "\n".join(told))] if told else ()),
        ("各表行数",),
        *((f"《{name}》", f"{count} 行") for name, count in draft.counts.items()),
    ]


# -- writing ---------------------------------------------------------------------------------------


def write_month(
    desk: Desk,
    month: str,
    path: Path,
    *,
    village: str = "",
    password: str = "",
    progress: Progress = _quiet,
) -> dict[str, int]:
    """Write a month's workbook for the ledger's place (or one village of it) and keep it, so that it can be written again.

    Of a closed month whose workbook was written after the closing, that workbook is written again: its figures stand.
    Returns the number of rows a sheet. Raises ExpectedError `upload.month`, `upload.month_future`, `upload.place`,
    `upload.password_short`, `seal.no_key` and `workbook.not_written`.
    """
    place = place_of(desk, village)
    first_day(month)
    _check_password(password)
    with desk.ledger.reader() as connection:
        kept = standing_upload(connection, month, place)
    if kept:
        return write_again(desk, kept, path, password=password, progress=progress)
    problems.settle(desk, place)
    with desk.ledger.reader() as connection:
        _first, on = days_of(connection, desk, month, place)
    with (
        seldom_collected(),
        wording.speaking(ZH),
        closing(Draft(write.monthly_forms(), _names(desk, month, on, place))) as draft,
    ):
        with desk.ledger.reader() as connection:
            gathered = _gather(connection, desk, month, place, draft, progress)
        digest = draft.seal(
            gathered.cover,
            gathered.manifest,
            lambda done, total: progress(done, total, "upload.writing"),
        )
        with in_place(draft.save(path, password), path), draft.kept() as content:
            _keep(desk, month, place, path, digest, gathered, content)
        progress(draft.records, draft.records, "upload.writing")
        return draft.counts


@contextmanager
def in_place(made: Path, path: Path) -> Iterator[None]:
    """Put a file that was made where it was asked for once the block is through; ExpectedError `workbook.not_written`."""
    try:
        yield
        made.replace(path)
    except OSError as error:
        raise ExpectedError("workbook.not_written", file=str(path)) from error
    finally:
        made.unlink(missing_ok=True)


def _check_password(password: str) -> None:
    if password and len(password) < SHORTEST_PASSWORD:
        raise ExpectedError("upload.password_short", least=SHORTEST_PASSWORD)


def _keep(
    desk: Desk,
    month: str,
    place: str,
    path: Path,
    digest: str,
    gathered: _Gathered,
    content: IO[bytes],
) -> None:
    with desk.units("upload.write", name=shown_month(month)) as unit:
        made = unit.insert(
            Upload,
            month=month,
            village_code=place,
            written_on=desk.today(),
            file_name=path.name[:200],
            digest=digest,
            counts=gathered.draft.counts,
            kind="upload",
            device=desk.units.device,
            vector=gathered.vector,
            previous=gathered.manifest["previous"],
        )
        contents.keep(unit.connection, made, content)
        unit.commit()
    desk.ledger.remember()


def standing_upload(connection: Connection, month: str, place: str) -> str:
    """Return the workbook of a closed month that stands, '' where the month is open or was not written since."""
    steps = queries.closings(connection, place, month)
    own = [step for step in steps if step.state == "closed"]
    if standing(steps) not in CLOSED or not own:
        return ""
    for row in queries.past(connection, place):
        if row.month == month and row.kind == "upload" and row.position > own[-1].position and row.kept:
            return str(row.id)
    return ""


def stands_text(month: str) -> str:
    """Return what is to be known of the workbook of a closed month."""
    return _(
        "Month {month} is closed: this is the workbook written after closing, as it was. "
        "What was corrected since goes into the next month's."
    ).format(month=month)


def write_again(
    desk: Desk, upload: str, path: Path, *, password: str = "", progress: Progress = _quiet
) -> dict[str, int]:
    """Write a workbook again as it was written then, the same in every value and in its seal.

    Raises ExpectedError `upload.none`, `upload.password_short` and `workbook.not_written`.
    """
    _check_password(password)
    with desk.ledger.reader() as connection:
        found = queries.kept(connection, upload) if upload else ""
        if not found:
            raise ExpectedError("upload.none", upload=upload)
        again = Draft.again(contents.pieces(connection, found))
    with closing(again) as draft:
        made = draft.save(path, password, lambda done, total: progress(done, total, "upload.writing"))
        with in_place(made, path):
            return draft.counts


@dataclass(frozen=True, slots=True)
class PastUpload:
    """A workbook written before; `again` whether it can be written again."""

    id: str
    month: str
    place: str
    written_on: date
    officer: str
    file_name: str
    seal: str
    again: bool


def one(connection: Connection, upload: str) -> PastUpload:
    """Return a workbook written before by its number or the beginning of it; ExpectedError `upload.none`."""
    found = [each for each in past(connection) if upload and each.id.startswith(upload)]
    if len(found) != 1:
        raise ExpectedError("upload.none", upload=upload)
    return found[0]


def past(connection: Connection, place: str = "") -> list[PastUpload]:
    """Return the workbooks written, newest first."""
    return [
        PastUpload(
            row.id,
            row.month,
            row.village_code,
            row.written_on,
            row.officer,
            row.file_name,
            row.digest[:16],
            row.kept > 0,
        )
        for row in queries.past(connection, place)
        if row.kind == "upload"
    ]
