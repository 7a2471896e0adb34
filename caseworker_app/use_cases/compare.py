"""Outside lists held against the ledger: who agrees, who differs in what, whom the list does not know.

A comparison changes no fact; what differs is to be looked at by somebody.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from caseworker_app import wording
from caseworker_app.domain import codes, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.worker import Status
from caseworker_app.exchange import comparison, read, write
from caseworker_app.exchange.comparison import Listed
from caseworker_app.read_models.comparisons import (
    AGREES,
    DIFFERS,
    SUGGESTED,
    UNKNOWN_THERE,
    Compared,
    Difference,
    Found,
    ResultLine,
)
from caseworker_app.use_cases import national
from caseworker_app.use_cases.comparison_text import sheet_row
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.national import NATIONAL
from caseworker_app.wording import label
from db.queries import comparisons, workers
from db.queries.comparisons import Known
from db.tables import Comparison, ComparisonResult

Progress = Callable[[int, int, str], None]
_ENDED = ("停", "终止", "退", "注销", "吊销", "休学", "毕业", "离校", "结业", "肄业", "未参", "未登记")
_NOT_PAID = ("失败", "待", "未", "退")
_NO = "否"
_RESIDENT = "居民"
_LONGEST = 200
_DAY = timedelta(days=1)
_WITHOUT_WORK = (Status.UNEMPLOYED, Status.FARMING, Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What the ledger says of everybody a list could be about."""

    status: Mapping[str, str]
    employer: Mapping[str, str]
    facts: Mapping[str, Any]
    on: date


_Judge = Callable[[str, Sequence[Listed], _Ledger], list[Difference]]


def _active(row: Listed, on: date) -> bool:
    """Whether what a row tells still held on the day."""
    until = row.told.get("until")
    state = str(row.told.get("state", ""))
    ended = state == _NO or any(word in state for word in _ENDED)
    return not ended and (until is None or (until.year, until.month) >= (on.year, on.month))


def _yes(value: object) -> str:
    return "" if value is None else "yes" if value else "no"


def _insured(person: str, rows: Sequence[Listed], ledger: _Ledger) -> list[Difference]:
    """Insured by an employer: there is a job, it is insured, and with that employer."""
    rows = [row for row in rows if _RESIDENT not in str(row.told.get("what", ""))]
    active = [row for row in rows if _active(row, ledger.on)]
    ours = ledger.facts.get(person)
    if not active:
        return [Difference("spell.insured", "yes", "no")] if rows and ours else []
    if person not in ledger.facts:
        return [Difference("status", ledger.status.get(person, ""), Status.EMPLOYED)]
    found = [] if ours else [Difference("spell.insured", _yes(ours), "yes")]
    theirs = [str(row.told["employer"]) for row in active if row.told.get("employer")]
    employer = ledger.employer.get(person, "")
    if employer and theirs and not any(employer in each or each in employer for each in theirs):
        found.append(Difference("spell.employer", employer, theirs[0]))
    return found


def _unemployed(person: str, rows: Sequence[Listed], ledger: _Ledger) -> list[Difference]:
    """Registered as unemployed: without work that day, and able to work."""
    status = ledger.status.get(person, "")
    if not any(_active(row, ledger.on) for row in rows) or status in _WITHOUT_WORK:
        return []
    return [Difference("status", status, Status.UNEMPLOYED)]


def _business(person: str, rows: Sequence[Listed], ledger: _Ledger) -> list[Difference]:
    """Registered as in business: a business or self-employment is on record."""
    names = ledger.facts.get(person)
    active = [row for row in rows if _active(row, ledger.on)]
    if bool(names) == bool(active):
        return []
    theirs = str(active[0].told.get("employer", "yes")) if active else ""
    return [Difference("business.name", next(filter(None, names or ()), "yes" if names else ""), theirs)]


def _paid(person: str, rows: Sequence[Listed], ledger: _Ledger) -> list[Difference]:
    """Paid before: the same amount was paid by the ledger's own record."""
    ours: Sequence[int] = ledger.facts.get(person, ())
    found = []
    for row in rows:
        if any(word in str(row.told.get("state", "")) for word in _NOT_PAID):
            continue
        amount = row.told.get("amount")
        if not ours or (amount is not None and amount not in ours):
            theirs = " ".join(
                part
                for part in (str(row.told.get("what", "")), money.yuan(amount) if amount is not None else "")
                if part
            )
            found.append(Difference("payment.amount", "、".join(map(money.yuan, ours)), theirs or "yes"))
    return found


def _death(person: str, rows: Sequence[Listed], ledger: _Ledger) -> list[Difference]:
    """Dead: the membership ended by death, on that day where the list names it."""
    known: Known = ledger.facts[person]
    days = [row.told["since"] for row in rows if row.told.get("since")]
    died = _died(known)
    if died and (not days or died in days):
        return []
    ours = died.isoformat() if died else ""
    return [Difference("membership.until", ours, days[0].isoformat() if days else "yes")]


def _school(person: str, rows: Sequence[Listed], ledger: _Ledger) -> list[Difference]:
    """At school: so says the ledger, and where the list names a class, the same."""
    ours = ledger.facts.get(person, "")
    active = [row for row in rows if _active(row, ledger.on)]
    if not active:
        return [Difference("person_attribute.schooling", ours, "")] if ours else []
    words = str(active[0].told.get("what", ""))
    theirs = codes.code_list("schooling").parse(words) if words else None
    if ours and theirs in (None, ours):
        return []
    return [Difference("person_attribute.schooling", ours, theirs or words or "yes")]


_JUDGES: dict[str, _Judge] = {
    "insured": _insured,
    "unemployed": _unemployed,
    "business": _business,
    "paid": _paid,
    "death": _death,
    "school": _school,
}


def _ledger(connection: Connection, desk: Desk, kind: str, on: date, people: Iterable[Known]) -> _Ledger:
    known = {each.id: each for each in people}
    facts: Mapping[str, Any] = {}
    if kind == "insured":
        facts = comparisons.insured(connection, on)
    elif kind == "business":
        facts = comparisons.businesses(connection, on)
    elif kind == "paid":
        facts = comparisons.payments(connection, on)
    elif kind == "death":
        facts = known
    elif kind == "school":
        facts = comparisons.schooling(connection, on)
    lines = workers.rows(connection, list(known), desk.asked(on)) if kind in ("insured", "unemployed") else []
    return _Ledger(
        {each.id: each.status for each in lines}, {each.id: each.employer for each in lines}, facts, on
    )


def settled(connection: Connection, desk: Desk, lines: Sequence[ResultLine]) -> set[str]:
    """Return those of these results of which the ledger says by now what the list said."""
    found = set()
    for kind, on in {(line.kind, line.as_of or desk.today()) for line in lines if line.kind in _JUDGES}:
        own = [
            line for line in lines if line.person and (line.kind, line.as_of or desk.today()) == (kind, on)
        ]
        people = comparisons.by_id(connection, {line.person for line in own})
        ledger = _ledger(connection, desk, kind, on, people.values())
        found |= {line.id for line in own if _says_so(line, people.get(line.person), ledger)}
    return found


def _says_so(line: ResultLine, known: Known | None, ledger: _Ledger) -> bool:
    if known is None:
        return False
    ours, theirs = ledger.facts.get(line.person), line.theirs
    if line.field in ("person.name", "person.identity_number"):
        return theirs in (known.name, known.identity_number)
    if line.field == "status":
        unemployed = ledger.status.get(line.person, "") in _WITHOUT_WORK
        return unemployed if line.kind == "unemployed" else line.person in ledger.facts
    if line.field == "spell.employer":
        employer = ledger.employer.get(line.person, "")
        return bool(employer) and (employer in theirs or theirs in employer)
    if line.field == "membership.until":
        died = _died(known)
        return died is not None and theirs in ("yes", died.isoformat())
    if line.field == "spell.insured":
        return bool(ours) == (theirs == "yes")
    if line.field == "person_attribute.schooling":
        return bool(ours) if theirs == "yes" else (ours or "") == theirs
    return line.field == "business.name" and bool(ours) == bool(theirs)


def _died(known: Known) -> date | None:
    """Return the day of death: the last day in the household is the one before."""
    return known.left + _DAY if known.left and known.why == comparisons.DEATH else None


def _expected(connection: Connection, desk: Desk, kind: str, ledger: _Ledger) -> set[str]:
    """Return whom the ledger would expect on such a list."""
    if kind == "unemployed":
        return set(workers.ids(connection, "unemployed", desk.asked(ledger.on)))
    if kind == "death":
        return comparisons.deaths(connection)
    return set(ledger.facts)


def _found(known: Known, row: int | None, result: str, differences: Sequence[Difference] = ()) -> Found:
    return Found(
        known.id,
        known.household,
        known.village_code,
        known.name,
        known.identity_number,
        known.household_no,
        row,
        result,
        tuple(differences),
    )


def _suggested(row: Listed, people: Sequence[Known]) -> Found | None:
    """Return who a row may be by name and birth date; a person confirms it, nobody is taken for another."""
    alike = [each for each in people if each.name == row.name and each.born == row.born]
    if row.born is None or len(alike) != 1:
        return None
    number = Difference("person.identity_number", alike[0].identity_number, row.number or row.cut)
    return _found(alike[0], row.row, SUGGESTED, (number,))


def _not_here(row: Listed) -> Found:
    return Found("", "", "", row.name, row.number or row.cut, "", row.row, "")


def _judged(
    connection: Connection, desk: Desk, kind: str, listed: Sequence[Listed], on: date
) -> tuple[list[Found], list[Found]]:
    """Return what the list says of everybody of the ledger, and the rows of those who are not in it."""
    numbers = comparisons.by_number(connection, {row.number for row in listed if row.number})
    by_person: dict[str, list[Listed]] = {}
    loose = []
    for row in listed:
        if known := numbers.get(row.number):
            by_person.setdefault(known.id, []).append(row)
        else:
            loose.append(row)
    named = comparisons.by_name(connection, {row.name for row in loose})
    named = [each for each in named if each.id not in by_person]
    people = {known.id: known for known in numbers.values()}
    ledger = _ledger(connection, desk, kind, on, people.values())
    found: list[Found] = []
    absent: list[Found] = []
    for person, rows in by_person.items():
        known = people[person]
        differences = []
        if all(row.name and row.name != known.name for row in rows):
            differences.append(Difference("person.name", known.name, rows[0].name))
        if kind != "death" and known.left and known.left < on:
            if died := _died(known):
                differences.append(Difference("membership.until", died.isoformat(), ""))
        else:
            differences += _JUDGES[kind](person, rows, ledger)
        found.append(_found(known, rows[0].row, DIFFERS if differences else AGREES, differences))
    for row in loose:
        suggestion = _suggested(row, named)
        (found if suggestion else absent).append(suggestion or _not_here(row))
    missing = _expected(connection, desk, kind, ledger) - {each.person for each in found}
    others = comparisons.by_id(connection, missing).values()
    found += [_found(known, None, UNKNOWN_THERE) for known in others]
    return found, absent


def prepare(
    connection: Connection,
    desk: Desk,
    files: Sequence[Path],
    kind: str,
    *,
    as_of: date | None = None,
    password: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> Compared:
    """Hold lists of one kind against the ledger; nothing is written.

    Raises ExpectedError `workbook.*` and `comparison.not_recognised`.
    """
    if kind == NATIONAL:
        there = national.prepare(connection, desk, files, as_of=as_of, password=password, progress=progress)
        return counted(replace(there, digest=digest(files), found=_ordered(there.found)))
    progress(0, len(files), "import.reading")
    sheets = []
    for file, contents in zip(files, read.read_all(files, password=password), strict=True):
        matches = [
            (file.name, sheet, match)
            for sheet in contents
            if (match := comparison.find(kind, sheet, file.name))
        ]
        if not matches:
            raise ExpectedError("comparison.not_recognised", file=file.name, list=kind)
        sheets += matches
    on = as_of or comparison.as_of(sheets, desk.today())
    listed = [row for _file, sheet, match in sheets for row in comparison.rows(sheet, match)]
    progress(0, 0, "compare.comparing")
    found, absent = _judged(connection, desk, kind, listed, on)
    return counted(
        Compared(
            kind,
            tuple(file.name for file in files),
            digest(files),
            on,
            len(listed),
            _ordered(found),
            tuple(absent),
            sum(len(row.unread) for row in listed),
        )
    )


def _ordered(found: Iterable[Found]) -> tuple[Found, ...]:
    return tuple(sorted(found, key=lambda each: (each.village_code, each.household_no, each.name)))


def digest(files: Sequence[Path]) -> str:
    """Return the digest of what the files hold."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()


def counted(compared: Compared) -> Compared:
    """Return a comparison with its counts."""
    counts = {"rows": compared.rows}
    counts |= {
        name: sum(each.result == name for each in compared.found)
        for name in (AGREES, DIFFERS, UNKNOWN_THERE, SUGGESTED)
    }
    counts |= {"not_here": len(compared.absent), "unread": compared.unread}
    return replace(compared, counts=counts)


def commit(desk: Desk, compared: Compared) -> Changed:
    """Write what a comparison found as one change set; an older comparison of the kind counts no more."""
    name = "、".join(compared.files)
    with desk.units("comparison.make", name=name, list=compared.kind) as unit:
        before = comparisons.newest(unit.connection, compared.kind)
        seen = {
            (each.person or each.household, each.field): each.since
            for each in (comparisons.results(unit.connection, before.id) if before else ())
        }
        made = unit.insert(
            Comparison,
            kind=compared.kind,
            file_name=name[:_LONGEST],
            digest=compared.digest,
            as_of=compared.as_of,
            compared_on=desk.today(),
            officer=desk.officer,
            counts=compared.counts,
        )
        unit.insert_many(
            ComparisonResult,
            [
                {
                    "comparison_id": made,
                    "village_code": each.village_code,
                    "person_id": each.person or None,
                    "household_id": each.household or None,
                    "row": each.row,
                    "result": each.result,
                    "field": difference.field,
                    "ours": difference.ours[:_LONGEST],
                    "theirs": difference.theirs[:_LONGEST],
                    "since": seen.get((each.person or each.household, difference.field)) or compared.as_of
                    if difference.field
                    else None,
                }
                for each in compared.found
                if compared.kind != NATIONAL or each.result != AGREES  # Who agrees is counted, not listed.
                for difference in each.differences or (Difference("", "", ""),)
            ],
        )
        return unit.commit()


_HEADS = (
    ("kind", "名单", "text", 130),
    ("as_of", "名单时点", "day", 90),
    ("village", "村", "text", 100),
    ("household_no", "户编号", "text", 140),
    ("name", "姓名", "text", 90),
    ("identity_number", "证件号码", "text", 160),
    ("result", "结果", "text", 100),
    ("field", "项目", "text", 120),
    ("ours", "台账所载", "text", 200),
    ("theirs", "名单所载", "text", 200),
    ("since", "首次发现", "day", 90),
    ("state", "答复", "text", 90),
    ("reason", "说明", "text", 200),
)


def export(desk: Desk, kind: str, path: Path) -> int:
    """Write what the newest comparison of a kind found, for correcting either side; return how many rows.

    Raises ExpectedError `comparison.none` and `workbook.not_written`.
    """
    with desk.ledger.reader() as connection, wording.speaking(wording.ZH):
        newest = comparisons.newest(connection, kind)
        if newest is None:
            raise ExpectedError("comparison.none", list=kind)
        found = [each for each in comparisons.results(connection, newest.id) if each.result != AGREES]
        told = [
            [row[key] for key, *_rest in _HEADS]
            for row in map(sheet_row, sorted(found, key=lambda each: (not each.waits, not each.field)))
        ]
        heads = [write.Head(head, cells, width) for _key, head, cells, width in _HEADS]
        return write.write_list(path, f"{label('comparison_kind', kind)}差异清单", heads, [told])
