"""The monthly workbook: every sheet derived from the ledger as of the month's last day."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from caseworker_app.domain import claim as life
from caseworker_app.domain import divisions, package
from caseworker_app.domain.divisions import Distance, distance
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.spans import Span, clip_all, cumulative, month_end
from caseworker_app.domain.worker import FARMING, UNWILLING, Status, age_on, is_worker, status_on
from caseworker_app.exchange import write
from caseworker_app.policy.pack import IncomeLadder, MonthsLadder
from caseworker_app.use_cases import entitlements
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import ZH, label, months_text
from db.queries import claims as claim_queries
from db.queries import households as household_queries
from db.queries import uploads as queries
from db.queries import workers
from db.tables import Upload

Values = dict[str, Any]
Progress = Callable[[int, int, str], None]
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DAY = timedelta(days=1)


def month_days(month: str, today: date) -> tuple[date, date]:
    """Return the first day of a month and the day its figures stand for: its last, or today while it runs.

    Raises ExpectedError `upload.month` for no month and `upload.month_future` for one not begun.
    """
    match = _MONTH.fullmatch(month)
    if not match:
        raise ExpectedError("upload.month", month=month)
    first = date(int(match[1]), int(match[2]), 1)
    if first > today:
        raise ExpectedError("upload.month_future", month=month)
    return first, min(month_end(first), today)


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def _work(spell: Any) -> Values:  # noqa: ANN401 - a row
    if spell is None:
        return {}
    named = {each.level: each.name for each in divisions.path(spell.place_code)}
    return {
        "started_on": spell.started_on,
        "ended_on": spell.ended_on,
        "work_province": named.get("province", ""),
        "work_city": named.get("city", ""),
        "work_county": named.get("county", ""),
        "work_place": divisions.full_name(spell.place_code) or spell.place_text,
        "employer": spell.employer,
        "industry": label("industry", spell.industry, ZH),
        "trade": spell.trade,
        "channel": label("channel", spell.channel, ZH),
        "point_to_point": _yes_no(spell.point_to_point),
        "wage": spell.wage,
        "contract": _yes_no(spell.contract),
        "insured": _yes_no(spell.insured),
    }


class _Gathered:
    """Everybody of one place as of one day, with what each sheet asks of them."""

    def __init__(self, connection: Connection, desk: Desk, first: date, on: date, village: str) -> None:
        self.desk, self.on = desk, on
        asked = desk.asked(on)
        rows = queries.people(connection, on, village)
        ids = [row.id for row in rows]
        attributes, spells = queries.person_attributes(connection, on), queries.spells(connection, on)
        kinds, monitored, intentions = (
            queries.household_kinds(connection, on),
            queries.monitored(connection, on),
            queries.intentions(connection, on),
        )
        progress = workers.progress(connection, ids, asked)
        waiting = set(workers.ids(connection, "zeroing", asked, village=village))
        days = workers.waiting_days(connection, list(waiting), asked)
        answers = entitlements.assess_all(connection, desk.pack, on)
        incomes = {
            share.person: share.income
            for answer in answers
            if isinstance(desk.pack.item(answer.item).ladder, IncomeLadder)
            for share in answer.members
        }
        claims = claim_queries.rows(connection, claim_queries.ids(connection), on)
        states = claim_queries.states_on(connection, on)
        self.claims = [
            replace(claim, state=states[claim.id])
            for claim in claims
            if claim.village_code.startswith(village) and claim.id in states
        ]
        self.live_claims = [claim for claim in self.claims if claim.state not in life.DEAD]
        awards = {
            claim.beneficiary: claim.amount
            for claim in self.claims
            if claim.state == "paid" and isinstance(desk.pack.item(claim.item).ladder, MonthsLadder)
        }
        year = Span(date(on.year, 1, 1), on)
        self.people: list[Values] = []
        for row in rows:
            own = spells.get(row.id, [])
            situation = workers.situation(row.born, attributes[row.id], own, on)
            before = workers.situation(row.born, attributes[row.id], own, first - _DAY)
            now = next(
                (
                    each
                    for each in reversed(own)
                    if each.kind != FARMING and (each.ended_on is None or each.ended_on >= on)
                ),
                None,
            )
            last = max(
                (each for each in own if each.ended_on and each.ended_on < on),
                key=lambda each: each.ended_on,
                default=None,
            )
            worked = [
                Span(each.started_on, min(each.ended_on or on, on)) for each in own if each.kind != FARMING
            ]
            names = {each.level: each.name for each in divisions.path(row.village_code)}
            watched = monitored.get(row.household)
            kind = kinds.get(row.household, "")
            status = status_on(situation, on, asked.upper_age)
            intention = intentions.get(row.id)
            person: Values = {
                "id": row.id,
                "household": row.household,
                "village_code": row.village_code,
                "county": names.get("county", ""),
                "town": names.get("town", ""),
                "village": names.get("village", ""),
                "group": row.group_name,
                "household_no": row.household_no,
                "person_no": row.person_no,
                "name": row.name,
                "sex": label("sex", row.sex, ZH),
                "age": age_on(row.born, on) if row.born else None,
                "identity_number": row.identity_number or "",
                "relation": label("relation", row.relation, ZH),
                "ethnicity": label("ethnicity", row.ethnicity, ZH),
                "education": label("education", attributes[row.id].get("education"), ZH),
                "health": "、".join(
                    label("health", part, ZH)
                    for part in attributes[row.id].get("health", "").split(",")
                    if part
                ),
                "labour_skill": label("labour_skill", attributes[row.id].get("labour_skill"), ZH),
                "phone": row.phone or row.household_phone,
                "household_kind": label("household_kind", kind, ZH),
                "monitored_kind": label("monitored_kind", watched.kind, ZH) if watched else "",
                "category": label("monitored_kind", watched.kind, ZH)
                if watched
                else label("household_kind", kind, ZH),
                "status": label("status", status.value, ZH),
                "status_code": status,
                "is_worker": is_worker(situation, on, asked.upper_age),
                "working": situation.working,
                "worked_before": before.working,
                "spell": now,
                "months_this_year": months_text(cumulative(clip_all(worked, year)), ZH)
                if clip_all(worked, year)
                else "",
                "cycle_income": incomes.get(row.id) or None,
                "travel_award": awards.get(row.id),
                "change": "新增务工"
                if situation.working and not before.working
                else "离岗"
                if before.working and not situation.working
                else "",
                "since": last.ended_on + _DAY if last and status is Status.UNEMPLOYED else None,
                "end_reason": label("end_reason", last.end_reason, ZH) if last and last.end_reason else "",
                "last_work": f"{divisions.full_name(last.place_code) or last.place_text} {last.employer}".strip()
                if last
                else "",
                "intention_code": intention.kind if intention else None,
                "intention": "，".join(
                    part
                    for part in (
                        label("intention", intention.kind, ZH),
                        intention.place_text,
                        intention.trade,
                    )
                    if part
                )
                if intention
                else "",
                "wanted_place": intention.place_text if intention else "",
                "wanted_trade": intention.trade if intention else "",
                "wanted_wage": intention.wage if intention else None,
                "wanted_since": intention.since if intention else None,
                "waiting": days.get(row.id),
                "monitored": bool(watched and (watched.resolved_on is None or watched.resolved_on > on)),
                "lifted_out": kind == "lifted_out",
                "package_owed": package.is_owed(
                    asked.owed_to, intention.kind if intention else None, working=situation.working
                ),
                "progress": progress[row.id],
                **{part.kind: part.done for part in progress[row.id].parts},
                "package": "是" if progress[row.id].complete else "否",
                **_work(now),
            }
            self.people.append(person)


def _numbered(rows: Sequence[Values]) -> list[Values]:
    return [{**row, "number": number} for number, row in enumerate(rows, 1)]


def _services(connection: Connection, people: Sequence[Values], first: date, on: date) -> list[Values]:
    by_id = {person["id"]: person for person in people}
    return [
        {
            **{
                key: by_id[row.person_id][key]
                for key in ("village", "household_no", "name", "identity_number")
            },
            "on": row.on,
            "kind": label("service_kind", row.kind, ZH),
            "outcome": label("service_outcome", row.outcome, ZH),
            "vacancy": row.vacancy,
            "note": row.note,
            "officer": row.officer,
        }
        for row in queries.services(connection, list(by_id), first, on)
    ]


def _households(connection: Connection, desk: Desk, on: date, village: str) -> list[Values]:
    asked = desk.asked(on)
    monitored = queries.monitored(connection, on)
    rows = []
    for row in household_queries.rows(
        connection, household_queries.ids(connection, asked, village=village), asked
    ):
        names = {each.level: each.name for each in divisions.path(row.village_code)}
        watched = monitored.get(row.id)
        rows.append(
            {
                "county": names.get("county", ""),
                "town": names.get("town", ""),
                "village": names.get("village", ""),
                "group": row.group,
                "household_no": row.household_no,
                "head": row.head,
                "head_identity_number": row.head_identity_number,
                "household_kind": label("household_kind", row.kind, ZH),
                "monitored_kind": label("monitored_kind", row.monitored_kind, ZH),
                "identified": f"{watched.identified_on:%Y%m}" if watched and watched.identified_on else "",
                "resolved": _yes_no(watched.resolved_on is not None and watched.resolved_on <= on)
                if watched
                else "",
                "members": row.members,
                "workers": row.workers,
                "employed": row.employed,
                "phone": row.phone,
            }
        )
    return rows


def _summary(gathered: _Gathered) -> list[Values]:
    """Return one line a village."""
    desk, lines = gathered.desk, []
    for code in sorted({person["village_code"] for person in gathered.people}):
        people = [person for person in gathered.people if person["village_code"] == code]
        able = [person for person in people if person["is_worker"]]
        employed = [person for person in people if person["working"]]
        away = Counter(distance(person["spell"].place_code, code) for person in employed)
        kinds = Counter(person["spell"].kind for person in employed)
        out = [person for person in people if person["status_code"] is Status.UNEMPLOYED]
        owed = [person for person in able if person["package_owed"]]
        done = [person for person in owed if person["progress"].complete]
        claims = [claim for claim in gathered.live_claims if claim.village_code == code]
        waiting = [person["waiting"] for person in people if person["waiting"] is not None]
        lines.append(
            {
                "village": people[0]["village"],
                "lifted_out_workers": sum(person["lifted_out"] for person in able),
                "monitored_workers": sum(person["monitored"] for person in able),
                "employed": len(employed),
                "employed_province": away[Distance.CROSS_PROVINCE],
                "employed_county": away[Distance.CROSS_COUNTY],
                "employed_near": away[Distance.WITHIN_COUNTY],
                "employed_unknown": away[Distance.UNKNOWN],
                "employed_post": kinds["public_post"],
                "employed_workshop": kinds["workshop"],
                "employed_flexible": kinds["flexible"],
                "employed_self": kinds["self_employed"],
                "unemployed": len(out),
                "unemployed_willing": sum(
                    person["intention_code"] not in (None, UNWILLING) for person in out
                ),
                "unemployed_unwilling": sum(person["intention_code"] == UNWILLING for person in out),
                "unemployed_unasked": sum(person["intention_code"] is None for person in out),
                "newly_employed": sum(person["change"] == "新增务工" for person in people),
                "newly_out": sum(person["change"] == "离岗" for person in people),
                "package_owed": len(owed),
                "package_done": len(done),
                "package_rate": f"{len(done) * 100 // len(owed)}%" if owed else "",
                "claims": len(claims),
                "claims_amount": sum(claim.amount for claim in claims),
                "zeroing": len(waiting),
                "zeroing_late": sum(days > desk.zeroing_limit for days in waiting),
            }
        )
    return lines


def _digest(tables: dict[str, list[Values]]) -> str:
    """Return a hash over the values that are shown, whatever bytes the file has."""
    content = {
        form.rows: [
            [str(row.get(column.field, "") or "") for column in form.columns] for row in tables[form.rows]
        ]
        for form in write.monthly_forms()
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _tables(
    connection: Connection, desk: Desk, first: date, on: date, village: str
) -> dict[str, list[Values]]:
    gathered = _Gathered(connection, desk, first, on, village)
    people = gathered.people
    wanted = [person for person in people if person["intention_code"] == "go_out"]
    watched = [person for person in people if person["lifted_out"] or person["monitored"]]
    head = label("relation", "head", ZH)
    heads = {each["household_no"]: each["identity_number"] for each in people if each["relation"] == head}
    claims = [
        {
            "claim_number": claim.number,
            "item_name": desk.pack.item(claim.item).name,
            "cycle": claim.cycle,
            "household_no": claim.household_no,
            "name": claim.name,
            "identity_number": claim.identity_number or heads.get(claim.household_no, ""),
            "amount": claim.amount,
            "filed_on": claim.filed_on,
            "state": label("claim_state", claim.state, ZH),
        }
        for claim in gathered.claims
    ]
    tables = {
        "households": _households(connection, desk, on, village),
        "workers": [person for person in people if person["is_worker"] or person["working"]],
        "monitoring": [person for person in watched if person["is_worker"] or person["working"]],
        "services": _services(connection, people, first, on),
        "employed": [person for person in people if person["working"]],
        "unemployed": [person for person in people if person["status_code"] is Status.UNEMPLOYED],
        "willing": wanted,
        "claims": claims,
        "summary": _summary(gathered),
    }
    return {name: _numbered(rows) for name, rows in tables.items()}


def default_name(desk: Desk, month: str, village: str = "") -> str:
    """Return the file name a month's workbook is offered under."""
    path = divisions.path(village or desk.scope)
    return f"{path[-1].name}_就业月报送_{month.replace('-', '')}.xlsx"


def write_month(
    desk: Desk,
    month: str,
    path: Path,
    *,
    village: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> dict[str, int]:
    """Write a month's workbook for the ledger's place (or one village of it) and note that it was written.

    Returns the number of rows a sheet. Raises ExpectedError `upload.month`, `upload.month_future`,
    `upload.place` and `workbook.not_written`.
    """
    place = village or desk.scope
    found = divisions.path(place)
    if not place.startswith(desk.scope) or not found:
        raise ExpectedError("upload.place", village=village)
    first, on = month_days(month, desk.today())
    progress(0, 3, "upload.gathering")
    with desk.ledger.reader() as connection:
        tables = _tables(connection, desk, first, on, place)
    names = {each.level: each.name for each in found}
    shown_month = f"{first.year}年{first.month}月"
    unit = "".join(each.name for each in found[3:]) or found[-1].name
    texts = {
        "county": names.get("county", ""),
        "town": names.get("town", ""),
        "village": names.get("village", ""),
        "month": shown_month,
        "unit": unit,
        "officer": desk.officer,
        "day": on.isoformat(),
        "written": desk.today().isoformat(),
        "book": f"{unit}就业监测月报送（{shown_month}）",
    }
    digest = _digest(tables)
    counts = {form.name: len(tables[form.rows]) for form in write.monthly_forms()}
    owed = [row for row in tables["workers"] if row["is_worker"] and row["package_owed"]]
    cover = [
        ("填报单位", unit),
        ("月份", shown_month),
        ("统计时点", on.isoformat()),
        ("填报人", desk.officer),
        ("填报日期", desk.today().isoformat()),
        *((name, f"{count} 行") for name, count in counts.items()),
        ("服务包（应服务／已完成）", f"{len(owed)} 人 ／ {sum(row['progress'].complete for row in owed)} 人"),
        ("数据校验码", digest[:16]),
    ]
    progress(1, 3, "upload.writing")
    write.write_monthly(path, cover, tables, texts)
    with desk.units("upload.write", name=shown_month) as unit_of_work:
        unit_of_work.insert(
            Upload,
            month=month,
            village_code=place,
            written_on=desk.today(),
            file_name=path.name,
            digest=digest,
            counts=counts,
        )
        unit_of_work.commit()
    progress(3, 3, "upload.writing")
    return counts


__all__ = ["default_name", "month_days", "package", "write_month"]
