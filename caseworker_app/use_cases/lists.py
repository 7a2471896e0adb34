"""The lists of people with what is due to each: one block of rows at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from caseworker_app.domain.package import Progress
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.policy.pack import Pack
from caseworker_app.policy.schema import ORGANISATION
from caseworker_app.read_models.households import HouseholdRow
from caseworker_app.read_models.people import WorkerRow
from caseworker_app.use_cases import entitlements, reasons
from caseworker_app.use_cases.reasons import WAITING
from db.queries import columns, facts, households, workers
from db.queries.workers import Asked


@dataclass(frozen=True, slots=True)
class Due:
    """What is due to one person, in fen: to be claimed, claimed, and how many facts are missing."""

    claimable: int = 0
    claimed: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class ListedWorker:
    """A line of a list: the worker and what is due."""

    worker: WorkerRow
    due: Due
    reason: str = ""
    """Why the person is on the list, in words."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """The values of further columns, by their names in `db.queries.columns`."""

    @property
    def id(self) -> str:
        """Return the person's id."""
        return self.worker.id

    @property
    def status(self) -> str:
        """Return the status on the day asked about."""
        return self.worker.status

    @property
    def package(self) -> Progress | None:
        """Return the service package."""
        return self.worker.package


def _share(answer: Entitlement, person: str) -> tuple[int, int, int]:
    if answer.beneficiary_kind == "person":
        amount = answer.amount or 0
    else:
        amount = next((share.paid or 0 for share in answer.members if share.person == person), 0)
    if answer.claimed:
        return 0, 1, 0
    if answer.state is State.ELIGIBLE:
        return amount, 0, 0
    mine = {
        each.field for each in answer.missing if each.who == person or answer.beneficiary_kind == "person"
    }
    return 0, 0, len(mine) if answer.state is State.UNKNOWN else 0


def due(connection: Connection, pack: Pack, people: Sequence[str], on: date) -> dict[str, Due]:
    """Return what is due to each of these people as of a day, household items by their share."""
    wanted = set(people)
    found = {person: [0, 0, 0] for person in people}
    for answer in entitlements.assess_all(connection, pack, on, people=people, all_answers=False):
        whose = (
            [answer.beneficiary]
            if answer.beneficiary_kind == "person"
            else [share.person for share in answer.members]
        )
        for person in wanted.intersection(whose):
            for index, part in enumerate(_share(answer, person)):
                found[person][index] += part
    return {person: Due(*parts) for person, parts in found.items()}


def blocked(
    connection: Connection, pack: Pack, on: date, people: Sequence[str] | None = None
) -> dict[str, list[str]]:
    """Return whose claims wait for which facts (`policy.assess.Missing.field`), for everybody or for these."""
    homes = None if people is None else sorted(set(facts.household_of(connection, people, on).values()))
    found: dict[str, list[str]] = {}
    for answer in entitlements.waiting(connection, pack, on, households=homes):
        note_missing(answer, found)
    return found


def note_missing(answer: Entitlement, found: dict[str, list[str]]) -> None:
    """Add to the members whose record decides which facts it lacks; a household's are everybody's who could claim."""
    if answer.beneficiary_kind == ORGANISATION:
        return
    for each in answer.missing:
        whose = [each.who]
        if each.field.startswith("household."):
            shares = [share.person for share in answer.members if share.due != 0]
            whose = [answer.beneficiary] if answer.beneficiary_kind == "person" else shares
        for person in whose:
            fields = found.setdefault(person, [])
            if each.field not in fields:
                fields.append(each.field)


def ids(
    connection: Connection,
    pack: Pack,
    name: str,
    asked: Asked,
    **narrowed: Any,  # noqa: ANN401 - text, village, filters and order, as `workers.ids` takes them
) -> list[str]:
    """Return the ids of everybody on a list, in order; incomplete records put first those whose claims wait."""
    found = workers.ids(connection, name, asked, **narrowed)
    if name == "incomplete" and (waiting := blocked(connection, pack, asked.on)):
        everybody = workers.ids(connection, "people", asked, **narrowed)
        listed = set(found)
        rest = [each for each in everybody if each in listed and each not in waiting]
        found = [each for each in everybody if each in waiting] + rest
    return found


def counts(connection: Connection, pack: Pack, names: Sequence[str], asked: Asked) -> dict[str, int]:
    """Return how many are on each list."""
    found = workers.counts(connection, [name for name in names if name != "incomplete"], asked)
    return {name: found[name] if name in found else len(ids(connection, pack, name, asked)) for name in names}


def told(
    connection: Connection,
    pack: Pack,
    people: Sequence[str],
    asked: Asked,
    name: str,
    *,
    waiting: bool = False,
) -> list[tuple[WorkerRow, str]]:
    """Return these people in the order given, each with the reason why he is on this list."""
    found = workers.rows(connection, people, asked, waiting=waiting or name in WAITING)
    why = reasons.told(connection, name, found, asked)
    if name == "incomplete":
        for person, fields in blocked(connection, pack, asked.on, people).items():
            why[person] = reasons.clauses(reasons.blocked_text(fields), why.get(person, ""))
    return [(row, why.get(row.id, "")) for row in found]


def rows(
    connection: Connection,
    pack: Pack,
    people: Sequence[str],
    asked: Asked,
    *,
    name: str = "",
    waiting: bool = False,
    more: Sequence[str] = (),
    owed_too: bool = True,
) -> list[ListedWorker]:
    """Return the lines of these people in the order given: why they are on this list, further columns, what is due.

    To know what is due takes longer than all the rest: it is left out where nobody looks at it.
    """
    owed = due(connection, pack, people, asked.on) if owed_too else {}
    known = columns.details(connection, columns.WORKERS, more, columns.people(asked), people, asked)
    return [
        ListedWorker(row, owed.get(row.id, Due()), why, known.get(row.id, {}))
        for row, why in told(connection, pack, people, asked, name, waiting=waiting)
    ]


@dataclass(frozen=True, slots=True)
class ListedHousehold:
    """A line of the list of households: the household, and the values of further columns."""

    household: HouseholdRow
    more: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Return the household's id."""
        return self.household.id


def household_rows(
    connection: Connection, chosen: Sequence[str], asked: Asked, *, more: Sequence[str] = ()
) -> list[ListedHousehold]:
    """Return the lines of these households in the order given."""
    known = columns.details(connection, columns.HOUSEHOLDS, more, columns.households(), chosen, asked)
    return [ListedHousehold(row, known.get(row.id, {})) for row in households.rows(connection, chosen, asked)]
