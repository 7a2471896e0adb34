"""Rosters: claims of an item, a village and a round that go up together, and what their two papers say."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from caseworker_app.domain import claim as life
from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.worker import age_on
from caseworker_app.exchange import write
from caseworker_app.read_models.claims import ClaimRow, RosterLine, RosterRow, RosterSheet
from caseworker_app.use_cases import claims, workdays
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import ZH, label
from db.queries import claims as claim_queries
from db.queries import rosters as queries
from db.tables import Roster

_NOT_YET = frozenset({"draft", "returned", "appealed"})


def candidates(
    connection: Connection, item: str, cycle: str, on: date, *, village: str = ""
) -> list[ClaimRow]:
    """Return the claims that wait for a roster: checked by the village and on none yet, or with a payment that failed."""
    listed = {
        claim
        for roster in queries.rows(connection)
        if (roster.item, roster.cycle) == (item, cycle)
        for claim in roster.claims
    }
    rows = claim_queries.rows(connection, queries.candidates(connection, item, cycle), on)
    return [
        row
        for row in rows
        if row.state not in _NOT_YET
        and not row.rival
        and (row.id not in listed or row.state == "payment_failed")
        and row.village_code.startswith(village)
    ]


def waiting(connection: Connection, on: date) -> list[tuple[str, str, int, int]]:
    """Return item, cycle, count and fen of the claims that wait for a roster."""
    every = claim_queries.rows(connection, claim_queries.ids(connection), on)
    found = []
    for item, cycle in dict.fromkeys((row.item, row.cycle) for row in every):
        rows = candidates(connection, item, cycle, on)
        if rows:
            found.append((item, cycle, len(rows), sum(row.amount for row in rows)))
    return found


def make(
    desk: Desk, item: str, cycle: str, on: date, *, village: str = "", round_: str = ""
) -> tuple[Changed, list[str]]:
    """Gather the claims that wait into a roster for each village; return the numbers of the rosters.

    Raises ExpectedError `roster.nobody`, `day.future`.
    """
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())
    named = round_ or claims.round_of(desk.pack, item, cycle, on)
    with desk.units("roster.make", item=claims.item_name(desk.pack, item)) as unit:
        by_village: dict[str, list[str]] = {}
        for row in candidates(unit.connection, item, cycle, on, village=village):
            by_village.setdefault(row.village_code, []).append(row.id)
        if not by_village:
            raise ExpectedError("roster.nobody", item=claims.item_name(desk.pack, item))
        made = []
        for code, ids in sorted(by_village.items()):
            prefix = life.number(item, cycle, code, 0)[:-4] + "R"
            given = [
                int(number.removeprefix(prefix)) for number in queries.numbers_like(unit.connection, prefix)
            ]
            made.append(f"{prefix}{max(given, default=0) + 1:02d}")
            unit.insert(
                Roster,
                number=made[-1],
                item=item,
                cycle=cycle,
                round=named,
                village_code=code,
                made_on=on,
                claims=ids,
            )
        unit.name(made[0], sum(map(len, by_village.values())))
        return unit.commit(), made


def _found(connection: Connection, number: str) -> RosterRow:
    roster = queries.by_number(connection, number)
    if roster is None:
        raise ExpectedError("roster.none", number=number)
    return roster


def claims_of(connection: Connection, number: str) -> list[str]:
    """Return the numbers of the claims on a roster; ExpectedError `roster.none`."""
    return queries.numbers(connection, _found(connection, number).claims)


def _town(code: str) -> tuple[str, str]:
    path = [each.name for each in divisions.path(code)]
    return (path[3] if len(path) > 3 else ""), (path[4] if len(path) > 4 else "")


def _place(code: str, text: str) -> tuple[str, str, str]:
    path = [each.name for each in divisions.path(code)] if code else []
    found = [*path[:3], "", "", ""][:3]
    return (found[0], found[1], found[2]) if path else (text, "", "")


def sheet(
    connection: Connection, desk: Desk, number: str, printed_on: date, *, identity_shown: bool = False
) -> RosterSheet:
    """Return what a roster and its notice print: amounts from the stored answers, the rest from the ledger.

    The notice carries identity numbers, masked, where it is asked for or the item does.
    Raises ExpectedError `roster.none`.
    """
    roster = _found(connection, number)
    rule = desk.pack.items.get(roster.item)
    stored = queries.claims(connection, roster.claims)
    lines = _lines(connection, [row for row in stored if row.state not in life.DEAD], roster.made_on)
    names = [each.name for each in divisions.path(roster.village_code)]
    notice = claims.flow_of(desk.pack, roster.item).notice("village_publicised")
    shown_from, shown_to = _shown(connection, desk, roster, printed_on)
    days = ""
    if notice:
        days = f"{notice.days} 个工作日" if notice.working else f"{notice.days} 天"
    return RosterSheet(
        roster.number,
        claims.item_name(desk.pack, roster.item),
        "".join(names[2:4]) or "".join(names),
        "" if desk.pack.document.draft else desk.pack.document.title,
        rule.department if rule else "",
        "".join(names[3:]) or "".join(names),
        roster.cycle,
        roster.round,
        roster.made_on,
        printed_on,
        shown_from,
        shown_to,
        days,
        desk.officer,
        identity_shown or bool(rule and rule.process.notice_identity),
        lines,
    )


def _shown(
    connection: Connection, desk: Desk, roster: RosterRow, printed_on: date
) -> tuple[date | None, date | None]:
    """Return from when to when the notice stands: as it was posted, else as if posted on the day of printing."""
    notice = claims.flow_of(desk.pack, roster.item).notice("village_publicised")
    if notice is None:
        return None, None
    posted = printed_on
    for claim in claim_queries.lives(connection, queries.numbers(connection, roster.claims)).values():
        steps = [life.Step(step.state, step.on) for step in claim.steps]
        if day := life.posted_on(steps):
            posted = min(posted, day)
    return posted, workdays.calendar(connection).last_of(posted, notice.days, working=notice.working)


def _lines(connection: Connection, rows: Sequence[Any], on: date) -> tuple[RosterLine, ...]:
    whose = queries.whose(connection, [row.beneficiary for row in rows], on)
    spells = queries.spells(
        connection, {stretch["spell"] for row in rows for stretch in row.answer["stretches"]}
    )
    failed = claim_queries.payments(connection, [row.id for row in rows])
    lines = []
    for row in rows:
        of = whose.get(row.beneficiary)
        answer = row.answer
        summary = claims.summary(answer)
        town, village = _town(of.village_code if of else "")
        place = spells.get(summary.spell)
        province, city, county = _place(place.place_code, place.place_text) if place else ("", "", "")
        last = failed.get(row.id, [])
        lines.append(
            RosterLine(
                row.number,
                town,
                village,
                of.group if of else "",
                of.household_no if of else "",
                of.head if of else "",
                of.name if of else answer["beneficiary"]["name"],
                label("sex", of.sex, ZH) if of and of.sex else "",
                age_on(of.born, on) if of and of.born else None,
                of.identity_number if of else "",
                _category(of),
                ("本人" if of.relation == "head" else label("relation", of.relation, ZH)) if of else "",
                of.phone if of else "",
                province,
                city,
                county,
                "".join((province, city if city != province else "", county)),
                place.employer if place else "",
                (place.trade or label("industry", place.industry, ZH)) if place else "",
                f"{summary.first:%Y.%m.%d}" if summary.first else "",
                f"{summary.last:%Y.%m.%d}" if summary.last else "",
                summary.months,
                summary.standard,
                row.amount,
                of.card_bank if of else "",
                of.card_number if of else "",
                last[-1].reason if last and last[-1].outcome == "failed" else "",
            )
        )
    return tuple(lines)


def _category(of: queries.Whose | None) -> str:
    if of is None:
        return ""
    if of.monitored_kind:
        return label("monitored_kind", of.monitored_kind, ZH)
    return label("household_kind", of.household_kind, ZH) if of.household_kind else ""


_COLUMNS: tuple[tuple[str, str, str, int], ...] = (
    ("申领编号", "number", "text", 170),
    ("乡镇", "town", "text", 90),
    ("村", "village", "text", 90),
    ("组", "group", "text", 60),
    ("户编号", "household_no", "text", 150),
    ("户主姓名", "head", "text", 80),
    ("姓名", "name", "text", 80),
    ("身份证号", "identity_number", "text", 160),
    ("人员类别", "category", "text", 110),
    ("联系电话", "phone", "text", 110),
    ("务工地点", "place", "text", 170),
    ("开始时间", "first", "text", 90),
    ("结束时间", "last", "text", 90),
    ("金额", "amount", "money", 90),
    ("开户行", "card_bank", "text", 120),
    ("卡号", "card_number", "text", 170),
    ("发放结果", "", "text", 90),
    ("失败原因", "", "text", 150),
    ("发放日期", "", "text", 100),
)


def write_workbook(path: Path, sheets: Sequence[RosterSheet]) -> int:
    """Write rosters for the bank, with the columns it answers in; return how many lines. ExpectedError `workbook.not_written`."""
    heads = [write.Head(title, kind, width) for title, _field, kind, width in _COLUMNS]
    lines = [
        [getattr(line, field) if field else "" for _title, field, _kind, _width in _COLUMNS]
        for sheet in sheets
        for line in sheet.lines
    ]
    return write.write_list(path, f"{sheets[0].item_name}发放清单", heads, [lines])
