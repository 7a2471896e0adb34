"""What goes back to a village or township: receipt, problems, proposals, decisions, comparisons and packs, as a sealed workbook."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from caseworker_app import wording
from caseworker_app.domain import divisions, lines
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.findings import checks
from caseworker_app.exchange import write as forms
from caseworker_app.exchange.book import CoverLine, Draft
from caseworker_app.use_cases import problems, proposals, uploads
from caseworker_app.use_cases.comparison_text import sheet_row
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import ZH, label
from db import contents, states
from db.queries import claims as claim_queries
from db.queries import comparisons
from db.queries import feedback as queries
from db.queries import problems as problem_queries
from db.queries.uploads import journal_head, villages
from db.tables import Received, Upload

Values = dict[str, Any]
Progress = Callable[[int, int, str], None]
_LEVELS = {9: ("township", "county"), 6: ("township", "county")}
"""Whose decisions a level passes down."""
_SEALS = {"sound": "完好", "broken": "已改动", "absent": "无"}
_STANDINGS = {
    "ahead": "已接收",
    "same": "与此前报送相同",
    "stale": "早于已收报送，未采用",
    "forked": "存在分歧，待核定",
    "plain": "普通表格，已核对录入",
}
_STATES = {"closed": "已关账", "accepted": "已接收", "returned": "已退回"}


def _quiet(_done: int, _total: int, _what: str) -> None:
    """Tell nobody how far it is."""


def default_name(village: str, month: str) -> str:
    """Return the file name a feedback is offered under."""
    return f"{divisions.path(village)[-1].name}_反馈_{month.replace('-', '')}.xlsx"


def month_of(connection: Connection, desk: Desk, village: str) -> str:
    """Return the month a feedback answers: the newest the place reported, else this one."""
    return queries.last_month(connection, village) or f"{desk.today():%Y-%m}"


def _place(desk: Desk, village: str) -> str:
    place = uploads.place_of(desk, village)
    if place == desk.scope:
        raise ExpectedError("feedback.own", village=village)
    return place


def _forms(place: str) -> tuple[forms.SheetForm, ...]:
    """Return the sheets of a feedback; a village need not be told in each row that it is its own."""
    found = forms.forms("feedback.toml")
    if len(place) != divisions.VILLAGE:
        return found
    return tuple(
        replace(form, columns=tuple(each for each in form.columns if each.field != "village"))
        for form in found
    )


def _receipts(connection: Connection, village: str, add: Callable[[str, Values], None]) -> int:
    steps = queries.closings(connection, village)
    found = queries.received(connection, village)
    for row in found:
        step = steps.get((row.village_code, row.month))
        add(
            "receipts",
            {
                "village": divisions.called(row.village_code),
                "month": row.month,
                "file": row.file_name,
                "officer": row.officer,
                "received_on": row.received_on,
                "seal": _SEALS.get(row.seal, row.seal),
                "standing": _STANDINGS.get(row.standing, row.standing),
                **row.cells,
                "state": _STATES.get(step.state, step.state) if step else "未关账",
                "reason": step.reason if step else "",
            },
        )
    return len(found)


def _problems(connection: Connection, village: str, add: Callable[[str, Values], None]) -> int:
    found = problems.once(problem_queries.problems(connection, village=village))
    for each in found:
        add(
            "problems",
            {
                "village": divisions.called(each.village_code),
                "month": each.month,
                "file": each.file_name,
                "sheet": each.sheet,
                "row": each.row,
                "column": each.column,
                "household_no": each.household_no,
                "name": each.name,
                "message": each.message,
                "raised_on": each.raised_on,
                "officer": each.officer,
                "state": label("reply_outcome", each.outcome) or "待整改",
                "reason": each.reason,
            },
        )
    return sum(not each.outcome for each in found)


def _proposals(connection: Connection, village: str, add: Callable[[str, Values], None]) -> None:
    for each in problem_queries.proposals(connection, village=village):
        add(
            "proposals",
            {
                "village": divisions.called(each.village_code),
                "household_no": each.household_no,
                "name": each.name,
                "field": proposals.name(each),
                "present": proposals.present(each),
                "value": proposals.proposed(each),
                "why": each.why,
                "on": each.on,
                "officer": each.officer,
                "state": label("reply_outcome", each.outcome) or "待答复",
                "reason": each.reason,
            },
        )


def _decisions(connection: Connection, desk: Desk, village: str, add: Callable[[str, Values], None]) -> None:
    steps = queries.decisions(connection, village, _LEVELS[len(desk.scope)])
    ids = list(dict.fromkeys(step.claim for step in steps))
    claims = {row.id: row for row in claim_queries.rows(connection, ids, desk.today())}
    for step in steps:
        claim = claims.get(step.claim)
        if claim is None:
            continue
        item = desk.pack.items.get(claim.item)
        add(
            "decisions",
            {
                "village": divisions.called(claim.village_code),
                "claim": claim.number,
                "item": item.name if item else claim.item,
                "cycle": claim.cycle,
                "household_no": claim.household_no,
                "name": claim.name,
                "amount": claim.amount,
                "state": label("claim_state", step.state),
                "on": step.on,
                "officer": step.officer,
                "reason": step.reason,
            },
        )


def _comparisons(connection: Connection, village: str, add: Callable[[str, Values], None]) -> int:
    waiting = 0
    for comparison in comparisons.comparisons(connection):
        if not comparison.newest:
            continue
        found = [
            each
            for each in comparisons.results(connection, comparison.id)
            if each.village_code.startswith(village)
        ]
        for each in sorted(found, key=lambda each: (not each.waits, not each.field)):
            waiting += each.waits
            add("comparisons", sheet_row(each))
    return waiting


def _packs(connection: Connection, add: Callable[[str, Values], None]) -> None:
    for row in queries.packs(connection):
        add(
            "packs",
            {
                "place": row.place,
                "adopted_on": row.adopted_on,
                "officer": row.officer,
                "digest": row.digest[:16],
                "files": "、".join(sorted(row.texts)),
            },
        )


def _names(desk: Desk, village: str, month: str) -> dict[str, str]:
    unit = uploads.unit_name(village)
    own = divisions.find(desk.scope)
    shown = uploads.shown_month(month)
    return {
        "unit": own.name if own else desk.scope,
        "village": unit,
        "month": shown,
        "officer": desk.officer,
        "day": desk.today().isoformat(),
        "written": desk.today().isoformat(),
        "book": f"{unit}报送反馈（{shown}）",
    }


def raise_found(desk: Desk, village: str, month: str) -> int:
    """Raise what must be corrected in a place's records and was not said before; return how many are new."""
    with desk.units("problem.raise") as unit:
        found = [
            each
            for own in (
                [village] if len(village) == divisions.VILLAGE else villages(unit.connection, village)
            )
            for each in problems.problems_of(unit.connection, desk, own, month)
            if checks()[each["code"]].severity == "stop"
        ]
        problems.raise_all(desk, unit, found)
        unit.name(divisions.called(village), len(found))
        unit.commit()
    return len(found)


def write(
    desk: Desk,
    village: str,
    path: Path,
    *,
    month: str = "",
    password: str = "",
    progress: Progress = _quiet,
) -> dict[str, int]:
    """Write what goes back to a village or township and keep it; what the data checks find in its records is raised first.

    Returns the number of rows a sheet. Raises ExpectedError `upload.month`, `upload.place`, `feedback.own`,
    `upload.password_short`, `seal.no_key` and `workbook.not_written`.
    """
    place = _place(desk, village)
    if password and len(password) < uploads.SHORTEST_PASSWORD:
        raise ExpectedError("upload.password_short", least=uploads.SHORTEST_PASSWORD)
    with desk.ledger.reader() as connection:
        month = month or month_of(connection, desk, place)
        uploads.first_day(month)
    progress(0, 0, "upload.gathering")
    raise_found(desk, place, month)
    with (
        wording.speaking(ZH),
        closing(Draft(_forms(place), _names(desk, place, month))) as draft,
    ):
        with desk.ledger.reader() as connection:
            cover, manifest = _gather(connection, desk, place, month, draft)
        digest = draft.seal(cover, manifest)
        made = draft.save(path, password, lambda done, total: progress(done, total, "upload.writing"))
        with uploads.in_place(made, path), draft.kept() as content:
            _keep(desk, place, month, path, digest, draft.counts, content, manifest)
        progress(1, 1, "upload.writing")
        return draft.counts


def _how(place: str) -> CoverLine:
    if len(place) == divisions.VILLAGE:
        return ("村里怎么办", "在台账「导入报送」页接收本文件，逐项整改后随下次月报送一并上报。")
    return (
        "乡镇怎么办",
        "在台账「导入报送」页接收本文件；各村的事项随乡镇给村的反馈一并下发，答复随月报送上报。",
    )


def _gather(
    connection: Connection, desk: Desk, village: str, month: str, draft: Draft
) -> tuple[list[CoverLine], Values]:
    """Fill the sheets and the hidden records; return the cover and what the seal says."""
    receipts = _receipts(connection, village, draft.add)
    open_problems = _problems(connection, village, draft.add)
    _proposals(connection, village, draft.add)
    _decisions(connection, desk, village, draft.add)
    waiting = _comparisons(connection, village, draft.add)
    _packs(connection, draft.add)
    state = states.gather(connection, village, desk.scope, down=True)
    for cells in lines.encode(state):
        draft.record(cells)
    before = next(iter(queries.sent(connection, village)), None)
    manifest = {
        "format": 1,
        "kind": queries.FEEDBACK,
        "village": village,
        "month": month,
        "day": desk.today().isoformat(),
        "level": uploads.level_of(desk.scope),
        "device": desk.units.device,
        "officer": desk.officer,
        "vectors": state.vectors,
        "previous": before.digest if before else "",
        "journal": journal_head(connection),
    }
    names = draft.names
    cover: list[CoverLine] = [
        ("反馈单位", names["unit"]),
        ("收文单位", names["village"]),
        ("月份", names["month"]),
        ("反馈人", names["officer"]),
        ("反馈日期", names["written"]),
        ("本次反馈",),
        ("已收到报送", f"{receipts} 份，见「回执」"),
        ("待整改问题", f"{open_problems} 项，见「需整改问题」"),
        ("待核实比对", f"{waiting} 项，见「比对结果」"),
        ("使用方法",),
        _how(village),
        ("各表行数",),
        *((name, f"{count} 行") for name, count in draft.counts.items()),
    ]
    return cover, manifest


def _keep(
    desk: Desk,
    village: str,
    month: str,
    path: Path,
    digest: str,
    counts: Mapping[str, int],
    content: IO[bytes],
    manifest: Values,
) -> None:
    with desk.units("feedback.write", name=divisions.path(village)[-1].name) as unit:
        made = unit.insert(
            Upload,
            month=month,
            village_code=village,
            written_on=desk.today(),
            file_name=path.name[:200],
            digest=digest,
            counts=dict(counts),
            kind=queries.FEEDBACK,
            device=desk.units.device,
            vector={},
            previous=manifest["previous"],
        )
        contents.keep(unit.connection, made, content)
        unit.update_many(
            Received,
            [
                (row.id, {"feedback_on": desk.today()})
                for row in queries.received(unit.connection, village)
                if row.feedback_on is None
            ],
        )
        unit.commit()
    desk.ledger.remember()
