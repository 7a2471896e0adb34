"""The lists of people with what is due to each: one block of rows at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from caseworker_app.domain.package import Progress
from caseworker_app.policy.assess import Entitlement, State
from caseworker_app.policy.pack import Pack
from caseworker_app.read_models.people import WorkerRow
from caseworker_app.use_cases import entitlements
from db.queries import workers
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
    for answer in entitlements.assess_all(connection, pack, on, people=people):
        whose = (
            [answer.beneficiary]
            if answer.beneficiary_kind == "person"
            else [share.person for share in answer.members]
        )
        for person in wanted.intersection(whose):
            for index, part in enumerate(_share(answer, person)):
                found[person][index] += part
    return {person: Due(*parts) for person, parts in found.items()}


def rows(
    connection: Connection, pack: Pack, people: Sequence[str], asked: Asked, *, waiting: bool = False
) -> list[ListedWorker]:
    """Return the lines of these people in the order given."""
    owed = due(connection, pack, people, asked.on)
    return [
        ListedWorker(row, owed.get(row.id, Due()))
        for row in workers.rows(connection, people, asked, waiting=waiting)
    ]
