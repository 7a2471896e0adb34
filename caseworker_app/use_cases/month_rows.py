"""The rows of the monthly workbook: everything derived from the ledger as of a day, a block of households at a time."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from caseworker_app.check_words import finding_text, titles
from caseworker_app.domain import claim as life
from caseworker_app.domain import divisions, package
from caseworker_app.domain.divisions import Distance, distance
from caseworker_app.domain.findings import Finding
from caseworker_app.domain.spans import Span, clip_all, cumulative
from caseworker_app.domain.worker import FARMING, UNWILLING, Status, age_on, is_worker, status_on
from caseworker_app.error_words import field_text, table_text, value_text
from caseworker_app.use_cases import entitlements
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import ZH, label, months_text
from db.queries import checks, workers
from db.queries import claims as claim_queries
from db.queries import households as household_queries
from db.queries import uploads as queries

Values = dict[str, Any]
Take = Callable[[str, Values], None]
"""Takes a row of a sheet."""
_DAY = timedelta(days=1)
_BLOCK = 1000
"""Households at a time: as many as the facts of which fit into little memory."""


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


class MonthRows:
    """Gives the rows of a month for a place; `summary` and `findings` hold once `take_all` has run."""

    def __init__(self, connection: Connection, desk: Desk, first: date, on: date, place: str) -> None:
        self._connection, self._desk = connection, desk
        self._first, self._on, self._place = first, on, place
        self._asked = desk.asked(on)
        waiting = workers.ids(connection, "zeroing", self._asked, village=place)
        self._days = workers.waiting_days(connection, waiting, self._asked)
        self._waiting = dict.fromkeys(waiting)
        self._returned = set(workers.ids(connection, "returned", self._asked, village=place))
        self._late: dict[str, Values] = {}
        self._villages: dict[str, Counter[str]] = {}
        self._awards: dict[str, int] = {}
        self._exempt: list[Finding] = []
        self.open: list[Finding] = []
        """What the checks found and nobody explained."""

    # -- everything --------------------------------------------------------------------------

    def take_all(self, take: Take, progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        """Hand every row to `take`, in the order of village and household number."""
        self._claims(take)
        households = household_queries.ids(self._connection, self._asked, village=self._place)
        for start in range(0, len(households), _BLOCK):
            progress(start, len(households))
            self._block(take, households[start : start + _BLOCK])
        for person in self._waiting:
            if person in self._late:
                take("zeroing", self._late[person])
        for code in sorted(self._villages):
            take("summary", self._summary(code))
        for finding in checks.each_finding(self._connection, self._asked, village=self._place):
            (self._exempt if finding.exemption else self.open).append(finding)
        for finding in (*self.open, *self._exempt):
            take("checks", self._finding(finding))
        progress(len(households), len(households))

    @property
    def summary(self) -> dict[str, dict[str, int]]:
        """Return the figures of each village."""
        return {code: self._figures(code) for code in sorted(self._villages)}

    @property
    def exempt(self) -> Sequence[Finding]:
        """Return what the checks found and somebody explained."""
        return self._exempt

    def counted(self) -> Counter[str]:
        """Return the figures of the whole place."""
        total: Counter[str] = Counter()
        for figures in self._villages.values():
            total.update(figures)
        return total

    # -- people and households ---------------------------------------------------------------

    def _block(self, take: Take, households: Sequence[str]) -> None:
        connection, on = self._connection, self._on
        rows = queries.people(connection, on, households)
        ids = [row.id for row in rows]
        facts = queries.Facts(connection, on, ids, households)
        progress = workers.progress(connection, ids, self._asked)
        incomes = self._incomes(households)
        for row in household_queries.rows(connection, households, self._asked):
            take("households", self._household(row, facts.monitored.get(row.id)))
        by_id: dict[str, Values] = {}
        for row in rows:
            person = self._person(row, facts, progress[row.id], incomes)
            by_id[row.id] = person
            self._count(person)
            self._list(take, person)
        for service in queries.services(connection, ids, self._first, on):
            take("services", _service(service, by_id[service.person_id]))
        posts = queries.posts(connection, ids)
        for person in by_id.values():
            if person["spell"] is not None and person["spell"].kind == "public_post":
                take("posts", self._post(person, facts.spells.get(person["id"], []), posts))

    def _incomes(self, households: Sequence[str]) -> dict[str, int | None]:
        incomes: dict[str, int | None] = {}
        for item in self._desk.pack.items.values():
            if item.measure == "income":
                for answer in entitlements.assess_all(
                    self._connection, self._desk.pack, self._on, item=item.id, households=households
                ):
                    incomes.update({share.person: share.income for share in answer.members})
        return incomes

    def _household(self, row: Any, watched: Any) -> Values:  # noqa: ANN401 - rows
        names = {each.level: each.name for each in divisions.path(row.village_code)}
        resolved = watched and watched.resolved_on is not None and watched.resolved_on <= self._on
        return {
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
            "resolved": _yes_no(bool(resolved)) if watched else "",
            "members": row.members,
            "workers": row.workers,
            "employed": row.employed,
            "phone": row.phone,
        }

    def _person(
        self,
        row: Any,  # noqa: ANN401 - a row
        facts: queries.Facts,
        progress: package.Progress,
        incomes: dict[str, int | None],
    ) -> Values:
        on, own, held = self._on, facts.spells.get(row.id, []), facts.attributes[row.id]
        situation = workers.situation(row.born, held, own, on)
        before = workers.situation(row.born, held, own, self._first - _DAY)
        working = [
            each for each in own if each.kind != FARMING and (each.ended_on is None or each.ended_on >= on)
        ]
        over = [each for each in own if each.ended_on and each.ended_on < on]
        last = max(over, key=lambda each: each.ended_on, default=None)
        worked = clip_all(
            [Span(each.started_on, min(each.ended_on or on, on)) for each in own if each.kind != FARMING],
            Span(date(on.year, 1, 1), on),
        )
        names = {each.level: each.name for each in divisions.path(row.village_code)}
        watched, kind = facts.monitored.get(row.household), facts.kinds.get(row.household, "")
        status = status_on(situation, on, self._asked.ages)
        intention = facts.intentions.get(row.id)
        kind_label = label("household_kind", kind, ZH)
        watched_label = label("monitored_kind", watched.kind, ZH) if watched else ""
        return {
            "id": row.id,
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
            "education": label("education", held.get("education"), ZH),
            "health": "、".join(
                label("health", part, ZH) for part in held.get("health", "").split(",") if part
            ),
            "labour_skill": label("labour_skill", held.get("labour_skill"), ZH),
            "phone": row.phone or row.household_phone,
            "household_kind": kind_label,
            "monitored_kind": watched_label,
            "category": watched_label or kind_label,
            "status": label("status", status.value, ZH),
            "status_code": status,
            "is_worker": is_worker(situation, on, self._asked.ages),
            "working": situation.working,
            "spell": working[-1] if working else None,
            "months_this_year": months_text(cumulative(worked), ZH) if worked else "",
            "cycle_income": incomes.get(row.id) or None,
            "travel_award": self._awards.get(row.id),
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
            **_wish(intention),
            "waiting": self._days.get(row.id) if row.id in self._waiting else None,
            "monitored": bool(watched and (watched.resolved_on is None or watched.resolved_on > on)),
            "lifted_out": kind == "lifted_out",
            "package_owed": package.is_owed(
                self._asked.package.owed_to,
                self._asked.package.period,
                intention.kind if intention else None,
                working=situation.working,
                farming=situation.farming,
            ),
            "complete": progress.complete,
            **{part.kind: part.done for part in progress.parts},
            **{f"owed_{part.kind}": part.owed for part in progress.parts},
            "lacking": "、".join(
                f"{label('service_kind', part.kind, ZH)} {part.lacking}" for part in progress.lacking
            ),
            "package": "是" if progress.complete else "否",
            **_work(working[-1] if working else None),
        }

    def _list(self, take: Take, person: Values) -> None:
        """Put a person on the sheets of those who are like him."""
        if person["is_worker"] or person["working"]:
            take("workers", person)
            if person["lifted_out"] or person["monitored"]:
                take("monitoring", person)
        if person["is_worker"] and person["package_owed"]:
            take("package", person)
        if person["working"]:
            take("employed", person)
        if person["status_code"] is Status.UNEMPLOYED:
            take("unemployed", person)
        if person["intention_code"] == "go_out":
            take("willing", person)
        if person["id"] in self._returned:
            take("returned", person)
        if person["waiting"] is not None:
            limit = self._desk.zeroing_limit
            late = person["waiting"] - limit
            self._late[person["id"]] = {**person, "late": f"超期 {late} 天" if late > 0 else "未超期"}

    def _post(self, person: Values, spells: Sequence[Any], posts: dict[str, Any]) -> Values:
        spell, held = person["spell"], posts.get(person["spell"].id)
        spans = [
            Span(each.started_on, min(each.ended_on or self._on, self._on))
            for each in spells
            if each.kind == "public_post"
        ]
        months = cumulative(spans).months + (held.months_before if held else 0)
        return {
            **person,
            "post": held.name if held else spell.employer or spell.trade,
            "post_kind": label("post_kind", held.kind, ZH) if held else "",
            "quota": held.quota if held else None,
            "months_used": months,
            "months_left": max(self._asked.posts.most_months - months, 0),
        }

    # -- claims ------------------------------------------------------------------------------

    def _claims(self, take: Take) -> None:
        connection, desk, on = self._connection, self._desk, self._on
        states = claim_queries.states_on(connection, on)
        ids = [each for each in claim_queries.ids(connection) if each in states]
        for start in range(0, len(ids), _BLOCK):
            rows = claim_queries.rows(connection, ids[start : start + _BLOCK], on)
            homes = [row.beneficiary for row in rows if row.beneficiary_kind == "household"]
            heads = queries.heads(connection, homes, on)
            for row in rows:
                if not row.village_code.startswith(self._place):
                    continue
                claim = replace(row, state=states[row.id])
                item = desk.pack.items.get(claim.item)
                if claim.state == "paid" and item and item.measure == "months":
                    self._awards[claim.beneficiary] = claim.amount
                figures = self._village(claim.village_code)
                if claim.state not in life.DEAD:
                    figures.update(claims=1, claims_amount=claim.amount)
                take(
                    "claims",
                    {
                        "claim_number": claim.number,
                        "item_name": item.name if item else claim.item,
                        "cycle": claim.cycle,
                        "household_no": claim.household_no,
                        "name": claim.name,
                        "identity_number": claim.identity_number or heads.get(claim.beneficiary, ""),
                        "amount": claim.amount,
                        "filed_on": claim.filed_on,
                        "state": label("claim_state", claim.state, ZH),
                    },
                )

    # -- figures -----------------------------------------------------------------------------

    def _village(self, code: str) -> Counter[str]:
        return self._villages.setdefault(code, Counter())

    def _count(self, person: Values) -> None:
        figures = self._village(person["village_code"])
        able, working = person["is_worker"], person["working"]
        figures.update(
            lifted_out_workers=able and person["lifted_out"],
            monitored_workers=able and person["monitored"],
            newly_employed=person["change"] == "新增务工",
            newly_out=person["change"] == "离岗",
        )
        if working:
            away = distance(person["spell"].place_code, person["village_code"])
            figures["employed"] += 1
            figures[f"employed_{_AWAY[away]}"] += 1
            if (kind := _KINDS.get(person["spell"].kind)) is not None:
                figures[kind] += 1
        if person["status_code"] is Status.UNEMPLOYED:
            wish = person["intention_code"]
            figures["unemployed"] += 1
            figures[
                "unemployed_unasked"
                if wish is None
                else "unemployed_unwilling"
                if wish == UNWILLING
                else "unemployed_willing"
            ] += 1
        if able and person["package_owed"]:
            figures["package_owed"] += 1
            figures["package_done"] += person["complete"]
        if person["waiting"] is not None:
            figures["zeroing"] += 1
            figures["zeroing_late"] += person["waiting"] > self._desk.zeroing_limit

    def _figures(self, code: str) -> dict[str, int]:
        return {name: int(self._villages[code][name]) for name in FIGURES}

    def _summary(self, code: str) -> Values:
        found = divisions.find(code)
        figures = self._figures(code)
        owed, done = figures["package_owed"], figures["package_done"]
        return {
            "village": found.name if found else code,
            **figures,
            "package_rate": f"{done * 100 // owed}%" if owed else "",
        }

    def _finding(self, finding: Finding) -> Values:
        found = divisions.find(finding.village_code)
        return {
            "village": found.name if found else "",
            "household_no": finding.household_no,
            "name": finding.name,
            "check": titles()[finding.check],
            "severity": "须更正或说明" if finding.severity == "stop" else "提醒核实",
            "found": finding_text(finding),
            "exempt": "已说明" if finding.exemption else "",
            "reason": finding.reason,
        }


_AWAY = {
    Distance.CROSS_PROVINCE: "province",
    Distance.CROSS_COUNTY: "county",
    Distance.WITHIN_COUNTY: "near",
    Distance.UNKNOWN: "unknown",
}
_KINDS = {
    "public_post": "employed_post",
    "workshop": "employed_workshop",
    "flexible": "employed_flexible",
    "self_employed": "employed_self",
}
FIGURES = (
    "lifted_out_workers",
    "monitored_workers",
    "employed",
    "employed_province",
    "employed_county",
    "employed_near",
    "employed_unknown",
    "employed_post",
    "employed_workshop",
    "employed_flexible",
    "employed_self",
    "unemployed",
    "unemployed_willing",
    "unemployed_unwilling",
    "unemployed_unasked",
    "newly_employed",
    "newly_out",
    "package_owed",
    "package_done",
    "claims",
    "claims_amount",
    "zeroing",
    "zeroing_late",
)
"""The figures of a month, which stand once it is closed; amounts in fen."""


def _wish(intention: Any) -> Values:  # noqa: ANN401 - a row
    if intention is None:
        return {"intention_code": None}
    parts = (label("intention", intention.kind, ZH), intention.place_text, intention.trade)
    return {
        "intention_code": intention.kind,
        "intention": "，".join(part for part in parts if part),
        "wanted_place": intention.place_text,
        "wanted_trade": intention.trade,
        "wanted_wage": intention.wage,
        "wanted_since": intention.since,
    }


def _service(row: Any, person: Values) -> Values:  # noqa: ANN401 - a row
    return {
        **{key: person[key] for key in ("village", "household_no", "name", "identity_number")},
        "on": row.on,
        "kind": label("service_kind", row.kind, ZH),
        "outcome": label("service_outcome", row.outcome, ZH),
        "vacancy": row.vacancy,
        "note": row.note,
        "officer": row.officer,
    }


def each_change(lines: Sequence[queries.ChangeLine]) -> Iterator[Values]:
    """Give what changed since the workbook before, as its sheet shows it."""
    for line in lines:
        yield {
            "village": (found := divisions.find(line.village_code)) and found.name,
            "household_no": line.household_no,
            "name": line.name,
            "record": table_text(line.table),
            "what": {"insert": "新增", "void": "作废", "revive": "恢复", "update": "修改"}[line.kind],
            "field": field_text(line.table, line.field) if line.field else "",
            "before": value_text(line.table, line.field, line.before) if line.field else "",
            "after": value_text(line.table, line.field, line.after) if line.field else "",
        }
