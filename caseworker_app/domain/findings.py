"""What does not agree in the facts of a household: the rules of the data checks.

The numbers and codes a rule goes by stand in `checks.toml`, the sentences in `check_words`.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from caseworker_app.domain import codes, identity
from caseworker_app.domain.divisions import Distance, distance
from caseworker_app.domain.spans import add_months
from caseworker_app.domain.worker import ABLE_SKILLS, FARMING, age_on

STOP, ATTENTION = "stop", "attention"


@dataclass(frozen=True, slots=True)
class Job:
    """One spell of work, as far as the checks ask."""

    id: str
    kind: str
    started_on: date
    ended_on: date | None
    place_code: str
    place_text: str
    employer: str
    industry: str
    channel: str
    wage: int | None
    point_to_point: bool | None
    end_reason: str
    came_home: bool | None

    def under_way(self, on: date) -> bool:
        """Whether the job covers a day."""
        return self.started_on <= on and (self.ended_on is None or self.ended_on >= on)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the household with the jobs begun by the day."""

    id: str
    name: str
    relation: str
    identity_number: str | None
    sex: str
    born: date | None
    phone: str
    facts: Mapping[str, str]
    jobs: tuple[Job, ...] = ()

    def working(self, on: date) -> list[Job]:
        """Return the jobs under way other than farming."""
        return [job for job in self.jobs if job.kind != FARMING and job.under_way(on)]


@dataclass(frozen=True, slots=True)
class Watch:
    """One stretch of being monitored."""

    id: str
    identified_on: date | None
    resolved_on: date | None
    risks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """One household as of a day; `helped_on` is the last day anybody of it was served."""

    id: str
    household_no: str
    village_code: str
    phone: str
    members: tuple[Member, ...]
    watches: tuple[Watch, ...] = ()
    helped_on: date | None = None

    @property
    def head(self) -> Member | None:
        """Return the head, where there is exactly one."""
        heads = [each for each in self.members if each.relation == "head"]
        return heads[0] if len(heads) == 1 else None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree: which check, of whom, at which field, with what its sentence names.

    `person` is '' where it is the household's; `other` is the job or the second person it is about.
    """

    check: str
    severity: str
    person: str
    household: str
    other: str
    field: str
    values: Mapping[str, object]
    name: str = ""
    household_no: str = ""
    village_code: str = ""
    exemption: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        """Return what the finding is known by, as long as the facts stay: check, record, other."""
        return ":".join((self.check, self.person or self.household, self.other))


@dataclass(frozen=True, slots=True)
class Check:
    """One check as `checks.toml` describes it."""

    code: str
    severity: str
    field: str
    given: Mapping[str, Any]


@cache
def checks() -> dict[str, Check]:
    """Return every check in the order they are shown in."""
    tables = tomllib.loads(Path(__file__).with_name("checks.toml").read_text("utf-8"))
    return {
        code: Check(code, table.pop("severity"), table.pop("field"), table) for code, table in tables.items()
    }


Hit = tuple[str, str, dict[str, object]]
"""The code of a check, the job or second person it is about, and the values of its sentence."""


def _given(code: str, name: str) -> Any:  # noqa: ANN401 - a number or a list of codes
    return checks()[code].given[name]


# -- one person ------------------------------------------------------------------------------------


def _identity(_home: Home, member: Member, _on: date) -> Iterator[Hit]:
    if not member.identity_number:
        yield "identity_missing", "", {}
        return
    try:
        said = identity.parse(member.identity_number)
    except ValueError:
        yield "identity_unsound", "", {}
        return
    if member.born and said.born != member.born:
        yield "identity_born", "", {"said": said.born, "born": member.born}
    if member.sex and said.sex != member.sex:
        yield "identity_sex", "", {"said_sex": said.sex, "sex": member.sex}


def _born(_home: Home, member: Member, on: date) -> Iterator[Hit]:
    if member.born is None:
        yield "born_missing", "", {}
    elif member.born > on or age_on(member.born, on) > _given("born_range", "oldest"):
        yield "born_range", "", {"born": member.born}


def _relation(home: Home, member: Member, on: date) -> Iterator[Hit]:
    head, relation = home.head, member.relation
    told: dict[str, object] = {"relation": relation, "sex": member.sex}
    if relation not in codes.code_list("relation").codes:
        yield "relation_unknown", "", told
    for sex, opposite in (("male", "female"), ("female", "male")):
        if member.sex == opposite and relation in _given("relation_sex", sex):
            yield "relation_sex", "", told
    if head is None:
        return
    if relation == "spouse":
        if member.sex and member.sex == head.sex:
            yield "spouse_sex", "", {"sex": member.sex}
        youngest = _given("spouse_young", "youngest")
        if member.born and age_on(member.born, on) < youngest:
            yield "spouse_young", "", {"age": age_on(member.born, on)}
    if member.born is None or head.born is None:
        return
    if relation in _given("child_age", "relations"):
        years = age_on(head.born, member.born)
        if years < _given("child_age", "younger_by"):
            yield "child_age", "", {"relation": relation, "years": _given("child_age", "younger_by")}
    if relation in _given("parent_age", "relations"):
        years = age_on(member.born, head.born)
        if years < _given("parent_age", "older_by"):
            yield "parent_age", "", {"relation": relation, "years": _given("parent_age", "older_by")}


def _education(_home: Home, member: Member, _on: date) -> Iterator[Hit]:
    education, schooling = member.facts.get("education", ""), member.facts.get("schooling", "")
    if education and schooling and schooling not in _given("education_and_schooling", "either"):
        yield "education_and_schooling", "", {"education": education, "schooling": schooling}
    if not education and not schooling:
        yield "education_missing", "", {}


def _digits(number: str) -> int:
    return sum(each.isdigit() for each in number)


def _able(home: Home, member: Member, on: date) -> Iterator[Hit]:
    skill, schooling, working = (
        member.facts.get("labour_skill", ""),
        member.facts.get("schooling", ""),
        member.working(on),
    )
    if member.phone and _digits(member.phone) != _given("phone_form", "digits"):
        yield "phone_form", "", {"digits": _digits(member.phone), "right": _given("phone_form", "digits")}
    if working and skill in _given("unable_working", "skills"):
        yield "unable_working", "", {"skill": skill, "since": working[0].started_on}
    if skill in _given("weak_away", "skills"):
        away = [job for job in working if _away(job, home)]
        if away:
            yield "weak_away", "", {"skill": skill, "since": away[0].started_on}
    if working and schooling and schooling not in _given("student_working", "passed_over"):
        yield "student_working", "", {"schooling": schooling, "since": working[0].started_on}
    healthy, given = member.facts.get("health", "") == "healthy", checks()["healthy_unable"].given
    if healthy and member.born and skill in given["skills"] and not schooling:
        age = age_on(member.born, on)
        if given["youngest"] <= age <= given["oldest"]:
            yield "healthy_unable", "", {"skill": skill, "age": age}


# -- one job ---------------------------------------------------------------------------------------


def _away(job: Job, home: Home) -> bool:
    apart = distance(job.place_code, home.village_code)
    return apart in (Distance.CROSS_COUNTY, Distance.CROSS_PROVINCE)


def _job(home: Home, member: Member, job: Job, on: date) -> Iterator[Hit]:
    about: dict[str, object] = {"since": job.started_on}
    kinds = {job.kind, job.channel}
    if member.born:
        begun = age_on(member.born, job.started_on)
        if job.kind != FARMING and begun < _given("young_at_start", "youngest"):
            yield "young_at_start", job.id, {**about, "age": begun}
        if kinds & set(_given("post_old", "kinds")) and job.under_way(on):
            age = age_on(member.born, on)
            if age > _given("post_old", "oldest"):
                yield "post_old", job.id, {**about, "age": age, "most": _given("post_old", "oldest")}
            if age < _given("post_young", "youngest"):
                yield "post_young", job.id, {**about, "age": age}
    if kinds & set(_given("post_away", "kinds")) and _away(job, home):
        yield "post_away", job.id, {**about, "place": job.place_text or job.place_code}
    if job.wage is not None:
        if job.wage > _given("wage_high", "most") * 100:
            yield "wage_high", job.id, {**about, "wage": job.wage, "most": _given("wage_high", "most")}
        if job.wage < _given("wage_low", "least") * 100:
            yield "wage_low", job.id, {**about, "wage": job.wage, "least": _given("wage_low", "least")}
    if job.under_way(on):
        yield from _under_way(job, about)
    if job.ended_on and job.ended_on > on and (job.end_reason or job.came_home):
        yield "end_ahead", job.id, {**about, "until": job.ended_on}


def _under_way(job: Job, about: dict[str, object]) -> Iterator[Hit]:
    if not job.place_code and not job.place_text and job.kind in _given("place_missing", "kinds"):
        yield "place_missing", job.id, about
    placed = job.kind != FARMING and (job.place_code or job.place_text)
    if placed and len(job.place_code) < _given("place_vague", "digits"):
        yield "place_vague", job.id, {**about, "place": job.place_text or job.place_code}
    if job.kind in _given("job_incomplete", "kinds"):
        lacking = [name for name in _given("job_incomplete", "fields") if getattr(job, name) in (None, "")]
        if lacking:
            yield "job_incomplete", job.id, {**about, "fields": tuple(lacking)}


def _last(job: Job) -> date:
    return job.ended_on or date.max


def _jobs(home: Home, member: Member, on: date) -> Iterator[Hit]:
    for job in member.jobs:
        yield from _job(home, member, job, on)
    longest = member.jobs[0] if member.jobs else None
    for job in member.jobs[1:]:
        assert longest is not None
        if _last(longest) >= job.started_on:
            yield "job_overlap", job.id, {"since": job.started_on, "other_since": longest.started_on}
        longest = max(longest, job, key=_last)
    if member.jobs and not member.working(on):
        last = max(member.jobs, key=_last)
        recent = add_months(on, -_given("end_unexplained", "months"))
        if last.kind != FARMING and last.ended_on and recent <= last.ended_on < on and not last.end_reason:
            yield "end_unexplained", last.id, {"since": last.started_on, "until": last.ended_on}


# -- the household ---------------------------------------------------------------------------------


def _family(home: Home, _on: date) -> Iterator[Hit]:
    heads, spouses = (
        [each.name for each in home.members if each.relation == relation] for relation in ("head", "spouse")
    )
    if home.members and not heads:
        yield "head_missing", "", {}
    if len(heads) > 1:
        yield "head_several", "", {"names": tuple(heads)}
    if len(spouses) > 1:
        yield "spouse_several", "", {"names": tuple(spouses)}
    if home.phone and _digits(home.phone) != _given("phone_form", "digits"):
        yield "phone_form", "", {"digits": _digits(home.phone), "right": _given("phone_form", "digits")}
    if home.members and not home.phone and not any(each.phone for each in home.members):
        yield "phone_missing", "", {}


def _watched(home: Home, on: date) -> Iterator[Hit]:
    for watch in home.watches:
        since, until = watch.identified_on, watch.resolved_on
        if since and until and until < since:
            yield "resolved_before", watch.id, {"since": since, "until": until}
        elif since and until and until < add_months(since, months := _given("resolved_early", "months")):
            yield "resolved_early", watch.id, {"since": since, "until": until, "months": months}
        if (until is None or until > on) and (since is None or since <= on):
            yield from _at_risk(home, watch, on)


def _at_risk(home: Home, watch: Watch, on: date) -> Iterator[Hit]:
    if set(watch.risks) & set(_given("risk_no_work", "risks")):
        if not any(job.kind != FARMING for each in home.members for job in each.jobs):
            yield "risk_no_work", watch.id, {}
        skills = [skill for each in home.members if (skill := each.facts.get("labour_skill", ""))]
        if skills and not set(skills) & set(ABLE_SKILLS):
            yield "risk_no_labour", watch.id, {}
    if watch.identified_on is None or any(each.working(on) for each in home.members):
        return
    able = any(each.facts.get("labour_skill", "") in ABLE_SKILLS for each in home.members)
    late = add_months(watch.identified_on, _given("monitored_no_help", "months")) <= on
    if able and late and (home.helped_on is None or home.helped_on < watch.identified_on):
        yield "monitored_no_help", watch.id, {"since": watch.identified_on}


_OF_MEMBER: tuple[Callable[[Home, Member, date], Iterator[Hit]], ...] = (
    _identity,
    _born,
    _relation,
    _education,
    _able,
    _jobs,
)
_OF_HOME: tuple[Callable[[Home, date], Iterator[Hit]], ...] = (_family, _watched)
_PHONE_OF_PERSON = "person.phone"


def examine(home: Home, on: date) -> Iterator[Finding]:
    """Give everything that does not agree in a household on a day, the household's own first."""
    head = home.head or next(iter(home.members), None)
    for rule in _OF_HOME:
        for code, other, values in rule(home, on):
            check = checks()[code]
            yield Finding(
                code,
                check.severity,
                "",
                home.id,
                other,
                check.field,
                values,
                head.name if head else "",
                home.household_no,
                home.village_code,
            )
    for member in home.members:
        for of_member in _OF_MEMBER:
            for code, other, values in of_member(home, member, on):
                check = checks()[code]
                yield Finding(
                    code,
                    check.severity,
                    member.id,
                    home.id,
                    other,
                    _PHONE_OF_PERSON if code == "phone_form" else check.field,
                    values,
                    member.name,
                    home.household_no,
                    home.village_code,
                )
