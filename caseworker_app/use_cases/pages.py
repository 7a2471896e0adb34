"""Everything that the page of a person or a household shows, read at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from caseworker_app.policy.answer import Entitlement
from caseworker_app.read_models.attachments import AttachmentLine
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.read_models.households import HouseholdPage
from caseworker_app.read_models.pages import Fact, MonitoringLine
from caseworker_app.read_models.people import HistoryLine, PersonPage
from caseworker_app.read_models.todos import ProposalLine
from caseworker_app.use_cases import cells, entitlements
from caseworker_app.use_cases.desk import Desk
from db.queries import attachments, claims, households, pages, problems, workers

WHO = (
    "person.name",
    "person.identity_number",
    "person.sex",
    "person.born",
    "person.ethnicity",
    "membership.relation",
)
ABLE = ("person.labour_skill", "person.schooling", "person.education", "person.health")
REACHED = ("person.phone", "person.card_holder", "person.card_bank", "person.card_number")
HOME = (
    "household.group_name",
    "household.phone",
    "household.kind",
    "household.relocated",
    "household.low_income",
)


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """The page of a person."""

    page: PersonPage
    facts: dict[str, Fact]
    answers: tuple[Entitlement, ...]
    claims: tuple[ClaimRow, ...]
    papers: tuple[AttachmentLine, ...]
    history: tuple[HistoryLine, ...]
    proposed: tuple[ProposalLine, ...]
    """What is proposed and waits for an answer."""


@dataclass(frozen=True, slots=True)
class HouseholdSheet:
    """The page of a household; `answers` are its own and its members'."""

    page: HouseholdPage
    monitored: tuple[MonitoringLine, ...]
    facts: dict[str, Fact]
    answers: tuple[Entitlement, ...]
    claims: tuple[ClaimRow, ...]
    papers: tuple[AttachmentLine, ...]
    history: tuple[HistoryLine, ...]
    proposed: tuple[ProposalLine, ...]
    """What is proposed and waits for an answer."""


def _facts(
    connection: Connection, keys: Sequence[str], record: str, since: dict[str, date | None], on: date
) -> dict[str, Fact]:
    said = cells.present(connection, [(record, key) for key in keys], on)
    return {
        key: Fact(record, text, since.get(cells.FIELDS[key].attribute))
        for key, text in zip(keys, said, strict=True)
    }


def _newest_first(history: Iterable[HistoryLine]) -> tuple[HistoryLine, ...]:
    return tuple(sorted(history, key=lambda line: line.made_at, reverse=True))


def person(connection: Connection, desk: Desk, person: str, on: date) -> PersonSheet | None:
    """Return the page of a person as of a day; None when not a member yet."""
    page = workers.page(connection, person, desk.asked(on))
    if page is None:
        return None
    home = page.row.household
    return PersonSheet(
        page,
        _facts(connection, (*WHO, *ABLE, *REACHED), person, pages.since(connection, on, person=person), on),
        tuple(entitlements.assess_all(connection, desk.pack, on, people=[person])),
        tuple(claims.rows(connection, claims.ids(connection, beneficiaries=[person, home]), on)),
        tuple(attachments.lines(connection, people=[person], households=[home])),
        _newest_first((*page.history, *pages.paper_history(connection, person=person))),
        tuple(problems.proposals(connection, waiting=True, about=person)),
    )


def household(connection: Connection, desk: Desk, household: str, on: date) -> HouseholdSheet:
    """Return the page of a household as of a day."""
    page = households.page(connection, household, desk.asked(on))
    members = [member.id for member in page.members]
    return HouseholdSheet(
        page,
        tuple(pages.monitored(connection, household)),
        _facts(connection, HOME, household, pages.since(connection, on, household=household), on),
        tuple(entitlements.assess_all(connection, desk.pack, on, households=[household])),
        tuple(claims.rows(connection, claims.ids(connection, beneficiaries=[household, *members]), on)),
        tuple(attachments.lines(connection, people=members, households=[household])),
        _newest_first((*page.history, *pages.paper_history(connection, household=household))),
        tuple(problems.proposals(connection, waiting=True, about=household)),
    )
