"""Why somebody is on a list, in a few words with numbers."""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Connection

from caseworker_app.domain import divisions, money
from caseworker_app.domain.package import Progress
from caseworker_app.domain.spans import begun_by
from caseworker_app.domain.worker import FARMING, age_on
from caseworker_app.error_words import field_text
from caseworker_app.policy import explain
from caseworker_app.read_models.people import SpellLine, WorkerRow
from caseworker_app.use_cases.comparison_text import result_text
from caseworker_app.wording import ZH, _, _n, joined, label, language, months_text
from db.queries import comparisons, workers
from db.queries.workers import LOSS_OF_WORK, Asked

_Rows = Sequence[WorkerRow]
Reasons = dict[str, str]


def clauses(*parts: str) -> str:
    """Return parts of one sentence, empty ones left out."""
    return ("，" if language() == ZH else ", ").join(part for part in parts if part)


def day_text(day: date, on: date) -> str:
    """Return a day as short as it can be told beside `on`: without its year where that is the same."""
    return f"{day:%m-%d}" if day.year == on.year else day.isoformat()


def place_text(code: str, text: str) -> str:
    """Return a place without the levels nobody says."""
    return divisions.full_name(code) or text


def lacking_text(progress: Progress | None) -> str:
    """Return what is still owed of a package: 还差 2 次岗位推荐、1 次技能培训."""
    if progress is None or progress.complete:
        return ""
    owed = _("{count} × {kind}")
    parts = [
        owed.format(count=part.lacking, kind=label("service_kind", part.kind)) for part in progress.lacking
    ]
    return _("still owed: {what}").format(what=joined(parts))


def _had(progress: Progress | None) -> tuple[str, ...]:
    """Return how often jobs were put to somebody, and that nobody advised him yet."""
    if progress is None:
        return ()
    done = {part.kind: part.done for part in progress.parts}
    referred = done.get("job_referral", 0)
    words = _n("{count} referral", "{count} referrals", referred).format(count=referred)
    return (
        words if referred else _("no referral yet"),
        "" if done.get("career_guidance", 1) else _("no guidance yet"),
    )


def _waited(days: int, *, known: bool) -> str:
    if not known:
        return _("no job on record")
    return _n("out of work for {count} day", "out of work for {count} days", days).format(count=days)


def _unemployed(_connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    return {
        row.id: clauses(
            _waited((asked.on - row.since).days if row.since else 0, known=row.since is not None),
            *_had(row.package),
        )
        for row in rows
    }


def _zeroing(_connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    found = {}
    for row in rows:
        days = row.waiting_days or 0
        past = days - asked.zeroing_limit
        late = _n("{count} day past the limit", "{count} days past the limit", past).format(count=past)
        waited = _n("waiting for {count} day", "waiting for {count} days", days).format(count=days)
        found[row.id] = clauses(waited, late if past > 0 else "", *_had(row.package))
    return found


def _willing(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    wishes = workers.wishes(connection, [row.id for row in rows], asked.on)
    found = {}
    for row in rows:
        wish = wishes.get(row.id)
        if wish is None:  # Left the list since it was read.
            continue
        since = _("since {day}").format(day=day_text(wish.since, asked.on)) if wish.since else ""
        wage = _("{amount} yuan a month").format(amount=money.shown(wish.wage)) if wish.wage else ""
        place = place_text(wish.place_code, wish.place_text)
        trade = label("trade", wish.trade) if wish.trade else ""
        found[row.id] = clauses(label("intention", wish.kind), place, trade, wage, since)
    return found


def _jobs(connection: Connection, rows: _Rows) -> dict[str, list[SpellLine]]:
    found: dict[str, list[SpellLine]] = {row.id: [] for row in rows}
    for person, job in workers.spell_lines(connection, list(found)):
        if job.kind != FARMING:
            found[person].append(job)
    return found


def _now(jobs: Sequence[SpellLine], on: date) -> list[SpellLine]:
    return [job for job in jobs if job.started_on <= on and (job.ended_on is None or job.ended_on >= on)]


def _returned(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    found = {}
    for person, jobs in _jobs(connection, rows).items():
        job = max(
            (
                each
                for each in jobs
                if each.came_home
                and each.end_reason in LOSS_OF_WORK
                and each.ended_on
                and each.ended_on < asked.on
            ),
            key=lambda each: each.ended_on or date.min,
            default=None,
        )
        if job is None:  # Left the list since it was read.
            continue
        ended = job.ended_on or asked.on
        came = _("came home {day} from {place}") if job.place_code or job.place_text else _("came home {day}")
        found[person] = clauses(
            came.format(day=day_text(ended, asked.on), place=place_text(job.place_code, job.place_text)),
            label("end_reason", job.end_reason),
            _n("{count} day ago", "{count} days ago", (asked.on - ended).days).format(
                count=(asked.on - ended).days
            ),
        )
    return found


def _package_due(_connection: Connection, rows: _Rows, _asked: Asked) -> Reasons:
    return {row.id: lacking_text(row.package) for row in rows}


def _overdue(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    last = workers.last_contacts(connection, [row.id for row in rows], asked.on)
    found = {}
    for row in rows:
        if row.id not in last:
            found[row.id] = _("no contact on record")
            continue
        days = (asked.on - last[row.id]).days
        words = _n("last contact {day}, {count} day ago", "last contact {day}, {count} days ago", days)
        found[row.id] = words.format(day=day_text(last[row.id], asked.on), count=days)
    return found


def _unstable(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    stable = begun_by(asked.on, asked.worker.stable_months)
    found = {}
    for person, jobs in _jobs(connection, rows).items():
        now = _now(jobs, asked.on)
        fresh = [job.started_on for job in now if job.started_on > stable]
        begun = _("began {day}, less than {months} months")
        found[person] = clauses(
            begun.format(day=day_text(min(fresh), asked.on), months=asked.worker.stable_months)
            if fresh
            else "",
            _("no contract") if any(job.contract is False for job in now) else "",
        )
    return found


def _posts_ending(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    people = [row.id for row in rows]
    ends = workers.post_ends(connection, people, asked)
    held = workers.post_months(connection, people, asked.on)
    found = {}
    for person in people:
        if person not in held:  # Left the list since it was read.
            continue
        months = held[person]
        long = _("{months} in public posts, at most {most} months").format(
            months=months_text(months), most=asked.posts.most_months
        )
        found[person] = clauses(
            _("public post ends {day}").format(day=day_text(ends[person], asked.on))
            if person in ends
            else "",
            long if months.months >= asked.posts.near_months else "",
        )
    return found


def _uninsured(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    found = {}
    for person, jobs in _jobs(connection, rows).items():
        where = next((job.employer for job in _now(jobs, asked.on) if job.insured is False), "")
        found[person] = clauses(_("not insured"), where)
    return found


def _older(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    born = workers.births(connection, [row.id for row in rows])
    return {
        row.id: clauses(
            _("{age} years").format(age=age_on(born[row.id], asked.on)), label("status", row.status)
        )
        for row in rows
        if row.id in born
    }


def _left_behind(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    born = workers.births(connection, [row.id for row in rows])
    away = workers.away(connection, [row.household for row in rows], asked)
    works = _("{name} works in {place}")
    found = {}
    for row in rows:
        who = {
            each.person: works.format(name=each.name, place=place_text(each.place_code, each.place_text))
            for each in away[row.household]
        }
        age = _("{age} years").format(age=age_on(born[row.id], asked.on)) if row.id in born else ""
        found[row.id] = clauses(age, joined(who.values()))
    return found


def lacks_text(fields: Sequence[str]) -> str:
    """Return what a record lacks, the most pressing first."""
    return _("not entered: {what}").format(what=joined(field_text("person", field) for field in fields))


def blocked_text(fields: Sequence[str]) -> str:
    """Return which facts a claim waits for."""
    return _("a claim waits for: {what}").format(what=joined(map(explain.missing_text, fields)))


def _incomplete(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    lacks = workers.lacking(connection, [row.id for row in rows], asked)
    return {row.id: lacks_text(lacks[row.id]) if lacks[row.id] else "" for row in rows}


def _mismatched(connection: Connection, rows: _Rows, asked: Asked) -> Reasons:
    found: Reasons = {}
    for line in comparisons.waiting(connection, people=[row.id for row in rows], on=asked.on):
        said = f"{label('comparison_kind', line.kind)} · {result_text(line)}"
        found[line.person] = "；".join(filter(None, (found.get(line.person), said)))
    return found


_TOLD: dict[str, Callable[[Connection, _Rows, Asked], Reasons]] = {
    "unemployed": _unemployed,
    "willing": _willing,
    "returned": _returned,
    "zeroing": _zeroing,
    "package-due": _package_due,
    "contact-overdue": _overdue,
    "unstable": _unstable,
    "posts-ending": _posts_ending,
    "uninsured": _uninsured,
    "older": _older,
    "left-behind": _left_behind,
    "incomplete": _incomplete,
    "mismatched": _mismatched,
}
"""The lists that say why; on the others the status is the reason."""
WAITING = ("zeroing",)


def told(connection: Connection, name: str, rows: _Rows, asked: Asked) -> Reasons:
    """Return why each of these people is on a list; nothing for lists that need no words."""
    return _TOLD[name](connection, rows, asked) if name in _TOLD and rows else {}
