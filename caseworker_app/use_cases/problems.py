"""Problems found in what a village sent, as its officer's to-dos; and how they and other to-dos are answered."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app import wording
from caseworker_app.check_words import finding_text
from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.findings import Finding, checks
from caseworker_app.error_words import problem_words
from caseworker_app.read_models.imports import FilePreview
from caseworker_app.read_models.todos import AT_CELL, BY_HAND, ProblemLine, Todo
from caseworker_app.use_cases import compare, proposals
from caseworker_app.use_cases.comparison_text import result_text
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean
from caseworker_app.wording import _, label
from db.queries import comparisons, owners
from db.queries import problems as queries
from db.queries.checks import each_finding, findings
from db.queries.dated import live
from db.tables import Household, Membership, Person, Problem, Reply
from db.unit_of_work import UnitOfWork

Values = dict[str, Any]
_FIXED, _AS_IT_IS = "fixed", "as_it_is"
_REASONED = (_AS_IT_IS, "declined")
"""Answers that need a reason."""
_LONGEST_CODE = 60


def _check_problems(found: Iterable[Finding], village: str, month: str) -> list[Values]:
    """Return what the data checks find as problems, one for each check and record."""
    said: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], Finding] = {}
    with wording.speaking(wording.ZH):
        for each in found:
            if each.exemption:
                continue
            key = (each.check, each.person or each.household)
            first.setdefault(key, each)
            text = finding_text(each)
            if text not in said.setdefault(key, []):
                said[key].append(text)
    return [
        {
            "village_code": village,
            "month": month,
            "file_name": "",
            "sheet": "",
            "row": None,
            "column": "",
            "code": check[:_LONGEST_CODE],
            "message": "".join(said[check, record]),
            "person_id": each.person or None,
            "household_id": each.household or None,
        }
        for (check, record), each in first.items()
    ]


def problems_of(connection: Connection, desk: Desk, village: str, month: str) -> list[Values]:
    """Return what is wrong with a village's records and was not said before, as new problems of a month."""
    found = _check_problems(
        each_finding(connection, desk.asked(desk.today()), village=village), village, month
    )
    waiting = {
        (each.code, each.person or each.household)
        for each in queries.problems(connection, village=village, waiting=True)
    }
    explained = {
        (each.code, each.person or each.household)
        for each in queries.problems(connection, village=village)
        if each.outcome == _AS_IT_IS
    }
    return [
        each
        for each in found
        if (each["code"], each["person_id"] or each["household_id"]) not in waiting | explained
    ]


def once(lines: Sequence[ProblemLine]) -> list[ProblemLine]:
    """Return problems without those that another level raised again: one check and record is said, and answered, once."""
    said: set[tuple[str, str]] = set()
    found = []
    for each in lines:
        key = (each.code, each.person or each.household)
        if each.code in checks() and not each.outcome:
            if key in said:
                continue
            said.add(key)
        found.append(each)
    return found


def cell_problems(previews: Sequence[FilePreview], village: str, month: str) -> list[Values]:
    """Return the refused cells of a sheet that was read through the preview, as problems at their row and column."""
    with wording.speaking(wording.ZH):
        return [
            {
                "village_code": village,
                "month": month,
                "file_name": preview.file,
                "sheet": each.sheet[:80],
                "row": each.row,
                "column": each.column[:80],
                "code": AT_CELL,
                "message": problem_words(each),
                "person_id": None,
                "household_id": None,
            }
            for preview in previews
            for each in preview.problems
        ]


def raise_all(desk: Desk, unit: UnitOfWork, found: Sequence[Values]) -> int:
    """Write problems within a change set; return how many."""
    told = {"raised_on": desk.today(), "officer": desk.officer}
    unit.insert_many(Problem, [{**each, **told} for each in found])
    return len(found)


def raise_cells(
    desk: Desk, unit: UnitOfWork, previews: Sequence[FilePreview], village: str, month: str
) -> int:
    """Raise the refused cells of plain sheets; those that an earlier sheet of the month had and this has not are void."""
    found = cell_problems(previews, village, month)
    now = {(each["sheet"], each["column"], each["message"], each["row"]) for each in found}
    before = {
        (each.sheet, each.column, each.message, each.row): each.id
        for each in queries.problems(unit.connection, village=village, month=month, waiting=True)
        if each.code == AT_CELL
    }
    for key, record in before.items():
        if key not in now:
            unit.void(Problem, record)
    fresh = [
        each for each in found if (each["sheet"], each["column"], each["message"], each["row"]) not in before
    ]
    return raise_all(desk, unit, fresh)


def by_hand(
    desk: Desk, village: str, said: str, *, month: str = "", person: str = "", household: str = ""
) -> Values:
    """Return a problem that no data check found, of this month unless told, as `raise_all` takes it."""
    return {
        "village_code": village,
        "month": month or f"{desk.today():%Y-%m}",
        "code": BY_HAND,
        "message": said,
        "person_id": person or None,
        "household_id": household or None,
    }


def raise_by_hand(
    desk: Desk, village: str, message: str, *, month: str = "", person: str = "", household: str = ""
) -> Changed:
    """Tell a place below that something is wrong, of a person or household if it is of one.

    Raises ExpectedError `upload.place`, `problem.message_missing`, `text.long`.
    """
    said = clean(message)
    if not said:
        raise ExpectedError("problem.message_missing")
    if village == desk.scope or not village.startswith(desk.scope) or divisions.find(village) is None:
        raise ExpectedError("upload.place", village=village)
    with desk.units("problem.raise") as unit:
        raise_all(desk, unit, [by_hand(desk, village, said, month=month, person=person, household=household)])
        unit.name(_who(unit.connection, person, household) or divisions.called(village))
        return unit.commit()


def _who(connection: Connection, person: str, household: str) -> str:
    if person:
        return str(
            connection.execute(select(Person.name).where(Person.id == person)).scalar_one_or_none() or ""
        )
    if household:
        chosen = select(Household.household_no).where(Household.id == household)
        return str(connection.execute(chosen).scalar_one_or_none() or "")
    return ""


# -- what waits ------------------------------------------------------------------------------------


def found_still(connection: Connection, desk: Desk, lines: Sequence[ProblemLine]) -> set[str]:
    """Return those of these problems that stand: a data check finds them still, or no check found them at all."""
    own = checks()
    people = {each.person for each in lines if each.person and each.code in own}
    homes = {each.household for each in lines if each.household and each.code in own}
    if people:
        homes |= set(
            connection.execute(
                select(Membership.household_id).where(live(Membership), Membership.person_id.in_(people))
            ).scalars()
        )
    asked = desk.asked(desk.today())
    found = {
        (each.check, each.person or each.household)
        for each in (findings(connection, asked, households=sorted(homes)) if homes else ())
        if not each.exemption
    }
    return {
        each.id
        for each in lines
        if each.code not in own or (each.code, each.person or each.household) in found
    }


def todos(connection: Connection, desk: Desk, village: str = "") -> list[Todo]:
    """Return everything that waits: problems sent back, proposals, and what differs from outside lists."""
    # What is said to the level above a village goes down with the rest, and is not the village's to answer.
    lines = once(queries.problems(connection, village=village or desk.scope, waiting=True))
    stand = found_still(connection, desk, lines)
    found = [_problem_todo(each, gone=each.id not in stand) for each in lines]
    told = queries.proposals(connection, village=village, waiting=True)
    sent = owners.elsewhere(connection, desk.scope, {own for each in told for own in proposals.about(each)})
    found += [
        Todo(
            each.id,
            "proposal",
            each.village_code,
            each.person,
            each.household,
            each.name,
            each.household_no,
            "；".join(map(proposals.text, (each, *more))),
            each.why,
            each.on,
            each.officer,
            elsewhere=not sent.keys().isdisjoint(proposals.about(each)),
        )
        for each, *more in proposals.together(told)
    ]
    differing = comparisons.waiting(connection, village=village)
    agreeing = compare.settled(connection, desk, differing)
    found += [
        Todo(
            each.id,
            "comparison",
            each.village_code,
            each.person,
            each.household,
            each.name,
            each.household_no,
            result_text(each),
            label("comparison_kind", each.kind),
            each.since or each.as_of,
            "",
            each.id in agreeing,
        )
        for each in differing
    ]
    return found


def _problem_todo(each: ProblemLine, *, gone: bool) -> Todo:
    cell = _("row {row}, “{column}”").format(row=each.row, column=each.column) if each.row else ""
    return Todo(
        each.id,
        "problem",
        each.village_code,
        each.person,
        each.household,
        each.name,
        each.household_no,
        each.message,
        " · ".join(part for part in (each.file_name, each.sheet, cell) if part),
        each.raised_on,
        each.officer,
        gone,
    )


# -- answers ---------------------------------------------------------------------------------------


def reply(desk: Desk, unit: UnitOfWork, about: str, village: str, outcome: str, reason: str) -> None:
    """Write the answer to a to-do; ExpectedError `todo.reason_missing` and `todo.gone`."""
    if outcome in _REASONED and not reason:
        raise ExpectedError("todo.reason_missing")
    if queries.answered(unit.connection, about):
        raise ExpectedError("todo.gone")
    unit.insert(
        Reply,
        about=about,
        village_code=village,
        outcome=outcome,
        on=desk.today(),
        officer=desk.officer,
        reason=reason,
    )


def _raised_again(connection: Connection, problem: ProblemLine | None) -> list[str]:
    """Return what other levels found of the same record by the same check, and waits too."""
    if problem is None or problem.code not in checks():
        return []
    key = (problem.code, problem.person or problem.household)
    return [
        each.id
        for each in queries.problems(connection, village=problem.village_code, waiting=True)
        if (each.code, each.person or each.household) == key and each.id != problem.id
    ]


def answer(desk: Desk, about: str, outcome: str, reason: str = "") -> Changed:
    """Answer a problem or what differs from a list as put right or right as it is, a proposal as accepted or declined.

    Raises ExpectedError `todo.gone`, `todo.outcome`, `todo.reason_missing`, `text.long`.
    """
    said = clean(reason)
    if outcome in ("accepted", "declined"):
        return proposals.answer(desk, about, outcome, said, reply)
    if outcome not in (_FIXED, _AS_IT_IS):
        raise ExpectedError("todo.outcome")
    with desk.units("todo.answer") as unit:
        problem = queries.problem(unit.connection, about)
        result = None if problem else comparisons.result(unit.connection, about)
        if problem is not None:
            village, name = problem.village_code, problem.name or problem.household_no
        elif result is not None and result.waits:
            village, name = result.village_code, result.name or result.household_no
        else:
            raise ExpectedError("todo.gone")
        reply(desk, unit, about, village, outcome, said)
        for same in _raised_again(unit.connection, problem):
            reply(desk, unit, same, village, outcome, said)
        unit.name(name or divisions.called(village))
        return unit.commit()


def settle(desk: Desk, village: str = "") -> Changed:
    """Answer what the ledger itself shows to be put right, before a village's month goes up."""
    if len(desk.scope) != 12:  # The answer is the village's.
        return Changed()
    with desk.units("todo.settle") as unit:
        lines = [
            each
            for each in queries.problems(unit.connection, village=village, waiting=True)
            if each.code in checks()
        ]
        stand = found_still(unit.connection, desk, lines)
        gone = [(each.id, each.village_code) for each in lines if each.id not in stand]
        differing = comparisons.waiting(unit.connection, village=village)
        agreeing = compare.settled(unit.connection, desk, differing)
        gone += [(each.id, each.village_code) for each in differing if each.id in agreeing]
        for record, place in gone:
            reply(desk, unit, record, place, _FIXED, "")
        unit.name(divisions.called(village or desk.scope), len(gone))
        return unit.commit()
