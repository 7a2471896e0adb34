"""Lists for any day, pages and history."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import click
from sqlalchemy import Connection

from caseworker_app import error_words
from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Session,
    commands,
    household_id,
    in_session,
    json_option,
    numbers_option,
    on_option,
    village_option,
)
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.people import HistoryLine, PersonPage
from caseworker_app.use_cases import entitlements, lists, proposals
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _, label
from db import journal
from db.queries import claims as claim_queries
from db.queries import find as find_queries
from db.queries import households, workers
from db.queries import problems as problem_queries
from db.tables import Claim

PEOPLE_LISTS = (
    "people",
    "workers",
    "employed",
    "unemployed",
    "willing",
    "returned",
    "zeroing",
    "package-due",
    "contact-overdue",
    "unstable",
    "posts-ending",
    "older",
    "left-behind",
    "uninsured",
    "incomplete",
    "mismatched",
)
HOUSEHOLD_LISTS = {"households": "all", "no-worker-households": "no-worker"}
LISTS = (*HOUSEHOLD_LISTS, *PEOPLE_LISTS, "claimable")
_HISTORY_SHOWN = 20
_FOUND = 200


def _claimable(connection: Connection, opened: Desk, on: date, village: str) -> list[dict[str, Any]]:
    asked = opened.asked(on)
    homes = {
        row.household_no: row.village_code
        for row in households.rows(connection, households.ids(connection, asked, village=village), asked)
    }
    return [
        output.entitled(answer, opened.pack.item(answer.item).name, homes[answer.household_no])
        for answer in entitlements.claimable(connection, opened.pack, on)
        if answer.household_no in homes
    ]


def _list_rows(
    connection: Connection, opened: Desk, name: str, on: date, village: str, text: str = ""
) -> list[dict[str, Any]]:
    asked = opened.asked(on)
    if name == "claimable":
        return _claimable(connection, opened, on, village)
    if name in HOUSEHOLD_LISTS:
        chosen = households.ids(connection, asked, text=text, village=village, kind=HOUSEHOLD_LISTS[name])
        found = [output.household(row) for row in households.rows(connection, chosen, asked)]
        if name == "no-worker-households":
            found = [{**row, "reason": output.nobody_works(row["workers"])} for row in found]
        return found
    people = lists.ids(connection, opened.pack, name, asked, text=text, village=village)
    return [
        {**output.worker(row), "reason": why}
        for row, why in lists.told(connection, opened.pack, people, asked, name)
    ]


@commands.command("list", help=_("Show a list for any day."))
@click.argument("name", type=click.Choice(LISTS), metavar="NAME")
@on_option
@village_option
@numbers_option
@json_option
@in_session
def list_(
    session: Session, name: str, on: date | None, village: str, show_numbers: bool, as_json: bool
) -> None:
    """Show a list."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        rows = _list_rows(connection, opened, name, on or opened.today(), village)
    if as_json:
        output.emit(rows)
    else:
        output.list_table(name, rows, numbers=show_numbers)


@commands.command(
    "find",
    help=_(
        "Find people, households and claims by name, pinyin, initials, end of identity number or phone, number."
    ),
)
@click.argument("text")
@on_option
@numbers_option
@json_option
@in_session
def find(session: Session, text: str, on: date | None, show_numbers: bool, as_json: bool) -> None:
    """Find people, households and claims."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        asked = opened.asked(on or opened.today())
        found = find_queries.find(connection, text, asked, _FOUND)
        people = workers.rows(connection, [each.id for each in found.people], asked)
        homes = households.rows(connection, [each.id for each in found.households], asked)
        answer = {
            "people": [output.worker(row) for row in people],
            "households": [output.household(row) for row in homes],
            "claims": [output.claim(row) for row in found.claims],
        }
    if as_json:
        output.emit(answer)
        return
    for name in ("people", "households"):
        output.list_table(name, answer[name], numbers=show_numbers)
    for claim in answer["claims"]:
        _line(claim["number"], claim["name"], claim["amount"], label("claim_state", claim["state"]))


def _claims_of(connection: Connection, beneficiaries: Sequence[str], on: date) -> list[dict[str, Any]]:
    chosen = claim_queries.ids(connection, beneficiaries=beneficiaries)
    return [output.claim(row) for row in claim_queries.rows(connection, chosen, on)]


def _person_json(page: PersonPage) -> dict[str, Any]:
    rest = output.plain(page)
    del rest["row"]
    return {"kind": "person", **output.worker(page.row), **rest}


def _page(
    connection: Connection, opened: Desk, number: str, on: date
) -> tuple[dict[str, Any], tuple[HistoryLine, ...]]:
    """Return everything known of the person or household with this number, and its history."""
    asked = opened.asked(on)
    if people := workers.person_ids(connection, number.strip().upper()):
        page = workers.page(connection, people[0], asked)
        if page is None:
            raise ExpectedError("person.not_here", day=on.isoformat())
        waiting = {"claims": _claims_of(connection, people, on), "proposed": _proposed(connection, people[0])}
        return {**_person_json(page), **waiting}, page.history
    household = household_id(connection, number)
    home = households.page(connection, household, asked)
    rest = output.plain(home)
    del rest["row"]
    row = {**output.household(home.row), "household_kind": home.row.kind}
    return {
        **row,
        "kind": "household",
        **rest,
        "claims": _claims_of(connection, [household], on),
        "proposed": _proposed(connection, household),
    }, home.history


def _proposed(connection: Connection, record: str) -> list[str]:
    """Return in words what is proposed about a person or household and waits for its owner."""
    found = problem_queries.proposals(connection, waiting=True, about=record)
    return [proposals.text(each) for each in found]


def _history_table(lines: Sequence[HistoryLine], *, numbers: bool) -> None:
    changes = {"insert": _("new"), "void": _("taken back"), "revive": _("brought back"), "update": ""}
    output.table(
        [_("When"), _("Officer"), _("What was done"), _("Field"), _("Before"), _("After")],
        [
            [
                line.made_at,
                line.officer,
                error_words.action_text(line.action, {}).rstrip("：: "),
                f"{error_words.field_text(line.table, line.field)} {changes[line.change]}".strip(),
                output.history_cells(line, line.before, numbers=numbers),
                output.history_cells(line, line.after, numbers=numbers),
            ]
            for line in lines
        ],
    )


def _line(*parts: object) -> None:
    click.echo("  ".join(str(part) for part in parts if part))


def _person_text(page: dict[str, Any]) -> None:
    _line(
        label("sex", page["sex"]),
        label("ethnicity", page["ethnicity"]),
        page["born"],
        label("relation", page["relation"]),
        label("labour_skill", page["labour_skill"]),
        label("status", page["status"]),
        label("intention", page["intention"]),
    )
    if page["lacking"]:
        _line(_("Still owed"), output.lacking_text(page["lacking"]))
    for spell in page["spells"]:
        days = f"{spell['started_on']} – {spell['ended_on'] or _('now')}"
        _line(days, label("spell_kind", spell["kind"]), spell["place"], spell["employer"], spell["wage"])
    for service in page["services"]:
        kind, outcome = label("service_kind", service["kind"]), label("service_outcome", service["outcome"])
        _line(service["on"], kind, outcome, service["vacancy"])


def _show_text(page: dict[str, Any], *, numbers: bool) -> None:
    shown = output.number_shown(page["id_number"], whole=numbers)
    _line(
        page["name"],
        shown,
        page["village"],
        page["group"],
        _("Household {number}").format(number=page["household_no"]),
    )
    if page["kind"] == "person":
        _person_text(page)
    else:
        _line(
            label("household_kind", page["household_kind"]), label("monitored_kind", page["monitored_kind"])
        )
    for member in page["members"]:
        number = output.number_shown(member["id_number"], whole=numbers)
        _line(
            label("relation", member["relation"]), member["name"], number, label("status", member["status"])
        )
    for claim in page["claims"]:
        _line(claim["number"], claim["amount"], label("claim_state", claim["state"]))
    for each in page["proposed"]:
        click.echo(each)


@commands.command("show", help=_("Show everything known of a person or a household."))
@click.argument("number", metavar="ID_NUMBER_OR_HOUSEHOLD_NO")
@on_option
@numbers_option
@json_option
@in_session
def show(session: Session, number: str, on: date | None, show_numbers: bool, as_json: bool) -> None:
    """Show a person or household."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        page, history = _page(connection, opened, number, on or opened.today())
    if as_json:
        output.emit(page)
    else:
        _show_text(page, numbers=show_numbers)
        _history_table(history[:_HISTORY_SHOWN], numbers=show_numbers)


@commands.command("history", help=_("Show every change to a person, a household or a claim, newest first."))
@click.argument("number", metavar="ID")
@numbers_option
@json_option
@in_session
def history(session: Session, number: str, show_numbers: bool, as_json: bool) -> None:
    """Show what was changed."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        claim = claim_queries.by_number(connection, number.strip())
        lines = (
            tuple(journal.history(connection, Claim, [claim.id]))
            if claim
            else _page(connection, opened, number, opened.today())[1]
        )
    if as_json:
        output.emit(output.plain(lines))
    else:
        _history_table(lines, numbers=show_numbers)
