"""The rows of the monthly workbook: everything derived from the ledger as of a day, a block of households at a time."""

import pickle
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy import Connection

from caseworker_app.check_words import finding_text, titles
from caseworker_app.domain import claim as life
from caseworker_app.domain import divisions, package
from caseworker_app.domain.divisions import Distance, distance
from caseworker_app.domain.findings import Finding
from caseworker_app.domain.spans import Span, clip_all, cumulative
from caseworker_app.domain.worker import FARMING, UNWILLING, Status, age_on, is_worker, status_on
from caseworker_app.error_words import field_text, table_text, value_text
from caseworker_app.read_models.households import HouseholdRow
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
_IN_MEMORY = 1024**2
_BLOCK = 1000
"""Households at a time: as many as the facts of which fit into little memory."""


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


# A workbook says the same few words a million times.


@lru_cache(maxsize=4096)
def _label(list_name: str, code: str | None) -> str:
    return label(list_name, code, ZH)


@lru_cache(maxsize=4096)
def _labels(list_name: str, codes: str) -> str:
    return "、".join(_label(list_name, code) for code in codes.split(",") if code)


@lru_cache(maxsize=4096)
def _names(code: str) -> Mapping[str, str]:
    """Return what the divisions above a place and it itself are called, by level."""
    return {each.level: each.name for each in divisions.path(code)}


_full_name = lru_cache(maxsize=4096)(divisions.full_name)


def _work(spell: Any) -> Values:  # noqa: ANN401 - a row
    if spell is None:
        return {}
    named = _names(spell.place_code)
    return {
        "started_on": spell.started_on,
        "ended_on": spell.ended_on,
        "work_province": named.get("province", ""),
        "work_city": named.get("city", ""),
        "work_county": named.get("county", ""),
        "work_place": _full_name(spell.place_code) or spell.place_text,
        "employer": spell.employer,
        "industry": _label("industry", spell.industry),
        "trade": spell.trade,
        "channel": _label("channel", spell.channel),
        "point_to_point": _yes_no(spell.point_to_point),
        "wage": spell.wage,
        "contract": _yes_no(spell.contract),
        "insured": _yes_no(spell.insured),
    }


class _Aside:
    """Rows put aside until their turn comes: in a file without a name, so that many take little memory."""

    def __init__(self) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - given back with this
        self._places: dict[str, int] = {}

    def put(self, key: str, values: Values) -> None:
        """Put a row aside."""
        self._places[key] = self._file.tell()
        pickle.dump(values, self._file)

    def take(self, keys: Iterable[str]) -> Iterator[Values]:
        """Give the rows of these keys, those without one left out."""
        for key in keys:
            if key in self._places:
                self._file.seek(self._places[key])
                yield pickle.load(self._file)  # noqa: S301 - what was put into it above
        self._file.close()


class MonthRows:
    """Gives the rows of a month for a place; its figures and what the checks found hold once `take_all` has run."""

    def __init__(self, connection: Connection, desk: Desk, first: date, on: date, place: str) -> None:
        self._connection, self._desk = connection, desk
        self._first, self._on, self._place = first, on, place
        self._asked = desk.asked(on)
        waiting = workers.ids(connection, "zeroing", self._asked, village=place)
        self._days = workers.waiting_days(connection, waiting, self._asked)
        self._waiting = waiting
        self._returned = set(workers.ids(connection, "returned", self._asked, village=place))
        self._late = _Aside()
        self._villages: dict[str, Counter[str]] = {}
        self._awards: dict[str, int] = {}
        self._titles = titles()
        self._packages: dict[tuple[int, ...], Values] = {}
        self.exempt: list[Finding] = []
        """What the checks found and somebody explained."""
        self.open: Counter[str] = Counter()
        """How many findings nobody explained, by severity."""

    # -- everything --------------------------------------------------------------------------

    def take_all(self, take: Take, progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        """Hand every row to `take`, in the order of village and household number."""
        self._claims(take)
        households = household_queries.ids(self._connection, self._asked, village=self._place)
        for start in range(0, len(households), _BLOCK):
            progress(start, len(households))
            self._block(take, households[start : start + _BLOCK])
            # Now, while what was read of these is at hand: a ledger's pages cost more to read than its rows.
            self._check(take, households[start : start + _BLOCK])
        lived_in = set(households)
        homes = checks.homes(self._connection, self._place)
        self._check(take, [each for each in homes if each not in lived_in])
        for person in self._late.take(self._waiting):
            take("zeroing", person)
        for code in sorted(self._villages):
            take("summary", self._summary(code))
        for finding in self.exempt:
            take("checks", _finding(finding, self._titles))
        progress(len(households), len(households))

    @property
    def summary(self) -> dict[str, dict[str, int]]:
        """Return the figures of each village."""
        return {code: self._figures(code) for code in sorted(self._villages)}

    def counted(self) -> Counter[str]:
        """Return the figures of the whole place."""
        total: Counter[str] = Counter()
        for figures in self._villages.values():
            total.update(figures)
        return total

    def _check(self, take: Take, households: Sequence[str]) -> None:
        """Hand over what the checks find in these households; what was explained waits until the end."""
        for finding in checks.each_finding(self._connection, self._asked, households):
            if finding.exemption:
                self.exempt.append(finding)
            else:
                self.open[finding.severity] += 1
                take("checks", _finding(finding, self._titles))

    # -- people and households ---------------------------------------------------------------

    def _block(self, take: Take, households: Sequence[str]) -> None:
        connection, on = self._connection, self._on
        rows = queries.people(connection, on, households)
        ids = [row.id for row in rows]
        facts = queries.Facts(connection, on, ids, households)
        services = queries.services(connection, ids, self._first, on)
        people = [self._known(row, facts) for row in rows]
        shown = [each["id"] for each in people if self._is_shown(each)]
        progress = workers.progress(connection, shown, self._asked)
        incomes = self._incomes({row.household for row in rows if row.id in facts.spells})
        families: dict[str, list[tuple[Any, Values]]] = defaultdict(list)
        by_id: dict[str, Values] = {}
        for row, person in zip(rows, people, strict=True):
            families[row.household].append((row, person))
            by_id[row.id] = person
            if row.id in progress:
                person |= self._package(progress[row.id])
                person |= self._person(row, person, facts, incomes)
            self._count(person)
            self._list(take, person)
        for home in self._homes(households, families, facts):
            take("households", self._household(home, facts.monitored.get(home.id)))
        for service in services:
            take("services", _service(service, by_id[service.person_id]))
        posts = queries.posts(connection, ids)
        for person in by_id.values():
            if person["spell"] is not None and person["spell"].kind == "public_post":
                take("posts", self._post(person, facts.spells.get(person["id"], []), posts))

    def _incomes(self, households: Collection[str]) -> dict[str, int | None]:
        """Return the incomes of the members of these households: those in which somebody ever had a job."""
        incomes: dict[str, int | None] = {}
        for item in self._desk.pack.items.values():
            if item.measure == "income" and households:
                for share in entitlements.member_shares(self._connection, item, self._on, sorted(households)):
                    incomes[share.person] = share.income
        return incomes

    def _homes(
        self,
        households: Sequence[str],
        families: Mapping[str, Sequence[tuple[Any, Values]]],
        facts: queries.Facts,
    ) -> Iterator[HouseholdRow]:
        """Give the lines of these households, in their order."""
        left = [each for each in households if each not in families]
        empty = {row.id: row for row in household_queries.rows(self._connection, left, self._asked)}
        for household in households:
            if household in empty:
                yield empty[household]
                continue
            family = families[household]
            own, watched = family[0][0], facts.monitored.get(household)
            head = next((row for row, _person in family if row.relation == "head"), None)
            yield HouseholdRow(
                household,
                own.household_no,
                own.village_code,
                own.group_name,
                head.name if head else "",
                (head.identity_number or "") if head else "",
                facts.kinds.get(household, ""),
                watched.kind if watched else "",
                watched.resolved_on if watched else None,
                len(family),
                sum(person["is_worker"] for _row, person in family),
                sum(person["working"] for _row, person in family),
                own.household_phone,
            )

    def _household(self, row: HouseholdRow, watched: Any) -> Values:  # noqa: ANN401 - a row
        names = _names(row.village_code)
        resolved = watched and watched.resolved_on is not None and watched.resolved_on <= self._on
        return {
            "county": names.get("county", ""),
            "town": names.get("town", ""),
            "village": names.get("village", ""),
            "group": row.group,
            "household_no": row.household_no,
            "head": row.head,
            "head_identity_number": row.head_identity_number,
            "household_kind": _label("household_kind", row.kind),
            "monitored_kind": _label("monitored_kind", row.monitored_kind),
            "identified": f"{watched.identified_on:%Y%m}" if watched and watched.identified_on else "",
            "resolved": _yes_no(bool(resolved)) if watched else "",
            "members": row.members,
            "workers": row.workers,
            "employed": row.employed,
            "phone": row.phone,
        }

    def _known(self, row: Any, facts: queries.Facts) -> Values:  # noqa: ANN401 - a row
        """Return what decides on which sheets a person stands and in which figures he counts."""
        on, own, held = self._on, facts.spells.get(row.id, ()), facts.attributes[row.id]
        situation = workers.situation(row.born, held, own, on)
        before = workers.situation(row.born, held, own, self._first - _DAY) if own else situation
        working = [
            each for each in own if each.kind != FARMING and (each.ended_on is None or each.ended_on >= on)
        ]
        watched, intention = facts.monitored.get(row.household), facts.intentions.get(row.id)
        return {
            "id": row.id,
            "village_code": row.village_code,
            "village": _names(row.village_code).get("village", ""),
            "household_no": row.household_no,
            "name": row.name,
            "identity_number": row.identity_number or "",
            "status_code": status_on(situation, on, self._asked.ages),
            "is_worker": is_worker(situation, on, self._asked.ages),
            "working": situation.working,
            "spell": working[-1] if working else None,
            "change": "新增务工"
            if situation.working and not before.working
            else "离岗"
            if before.working and not situation.working
            else "",
            "intention_code": intention.kind if intention else None,
            "waiting": self._days.get(row.id),
            "monitored": bool(watched and (watched.resolved_on is None or watched.resolved_on > on)),
            "lifted_out": facts.kinds.get(row.household) == "lifted_out",
            "package_owed": package.is_owed(
                self._asked.package.owed_to,
                self._asked.package.period,
                intention.kind if intention else None,
                working=situation.working,
                farming=situation.farming,
            ),
        }

    def _is_shown(self, person: Values) -> bool:
        """Whether any sheet lists a person."""
        return (
            person["is_worker"]
            or person["working"]
            or person["status_code"] is Status.UNEMPLOYED
            or person["intention_code"] == "go_out"
            or person["waiting"] is not None
            or person["id"] in self._returned
        )

    def _package(self, progress: package.Progress) -> Values:
        """Return what is said of a service package; there are few that differ."""
        done = tuple([part.done for part in progress.parts])
        if done not in self._packages:
            self._packages[done] = {
                "complete": progress.complete,
                **{part.kind: part.done for part in progress.parts},
                **{f"owed_{part.kind}": part.owed for part in progress.parts},
                "lacking": "、".join(
                    f"{_label('service_kind', part.kind)} {part.lacking}" for part in progress.lacking
                ),
                "package": "是" if progress.complete else "否",
            }
        return self._packages[done]

    def _person(
        self,
        row: Any,  # noqa: ANN401 - a row
        person: Values,
        facts: queries.Facts,
        incomes: Mapping[str, int | None],
    ) -> Values:
        """Return what else the sheets say of a person."""
        on, own, held = self._on, facts.spells.get(row.id, ()), facts.attributes[row.id]
        over = [each for each in own if each.ended_on and each.ended_on < on]
        last = max(over, key=lambda each: each.ended_on, default=None)
        worked = clip_all(
            [Span(each.started_on, min(each.ended_on or on, on)) for each in own if each.kind != FARMING],
            Span(date(on.year, 1, 1), on),
        )
        names, watched = _names(row.village_code), facts.monitored.get(row.household)
        kind_label = _label("household_kind", facts.kinds.get(row.household, ""))
        watched_label = _label("monitored_kind", watched.kind) if watched else ""
        status: Status = person["status_code"]
        return {
            "county": names.get("county", ""),
            "town": names.get("town", ""),
            "group": row.group_name,
            "person_no": row.person_no,
            "sex": _label("sex", row.sex),
            "age": age_on(row.born, on) if row.born else None,
            "relation": _label("relation", row.relation),
            "ethnicity": _label("ethnicity", row.ethnicity),
            "education": _label("education", held.get("education")),
            "health": _labels("health", held.get("health", "")),
            "labour_skill": _label("labour_skill", held.get("labour_skill")),
            "phone": row.phone or row.household_phone,
            "household_kind": kind_label,
            "monitored_kind": watched_label,
            "category": watched_label or kind_label,
            "status": _label("status", status.value),
            "months_this_year": months_text(cumulative(worked), ZH) if worked else "",
            "cycle_income": incomes.get(row.id) or None,
            "travel_award": self._awards.get(row.id),
            "since": last.ended_on + _DAY if last and status is Status.UNEMPLOYED else None,
            "end_reason": _label("end_reason", last.end_reason) if last and last.end_reason else "",
            "last_work": f"{_full_name(last.place_code) or last.place_text} {last.employer}".strip()
            if last
            else "",
            **_wish(facts.intentions.get(row.id)),
            **_work(person["spell"]),
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
            shown = {key: value for key, value in person.items() if key != "spell"}
            self._late.put(person["id"], {**shown, "late": f"超期 {late} 天" if late > 0 else "未超期"})

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
        figures["lifted_out_workers"] += able and person["lifted_out"]
        figures["monitored_workers"] += able and person["monitored"]
        figures["newly_employed"] += person["change"] == "新增务工"
        figures["newly_out"] += person["change"] == "离岗"
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
        figures = self._figures(code)
        owed, done = figures["package_owed"], figures["package_done"]
        return {
            "village": divisions.called(code),
            **figures,
            "package_rate": f"{done * 100 // owed}%" if owed else "",
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
        return {}
    parts = (_label("intention", intention.kind), intention.place_text, intention.trade)
    return {
        "intention": "，".join(part for part in parts if part),
        "wanted_place": intention.place_text,
        "wanted_trade": intention.trade,
        "wanted_wage": intention.wage,
        "wanted_since": intention.since,
    }


def _finding(finding: Finding, named: Mapping[str, str]) -> Values:
    found = divisions.find(finding.village_code)
    return {
        "village": found.name if found else "",
        "household_no": finding.household_no,
        "name": finding.name,
        "check": named[finding.check],
        "severity": "须更正或说明" if finding.severity == "stop" else "提醒核实",
        "found": finding_text(finding),
        "exempt": "已说明" if finding.exemption else "",
        "reason": finding.reason,
    }


def _service(row: Any, person: Values) -> Values:  # noqa: ANN401 - a row
    return {
        **{key: person[key] for key in ("village", "household_no", "name", "identity_number")},
        "on": row.on,
        "kind": _label("service_kind", row.kind),
        "outcome": _label("service_outcome", row.outcome),
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
