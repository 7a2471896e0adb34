"""Who is entitled to what, and the claims made of it."""

from collections.abc import Sequence
from datetime import date

import click
from sqlalchemy import Connection

from caseworker_app import error_words
from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Code,
    Session,
    Yuan,
    commands,
    done,
    happened_option,
    household_id,
    in_session,
    json_option,
    on_option,
    person_id,
)
from caseworker_app.domain import money
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import explain
from caseworker_app.policy.answer import Entitlement, State
from caseworker_app.read_models.claims import Preview
from caseworker_app.use_cases import claims, entitlements
from caseworker_app.wording import _, label
from db.queries import claims as claim_queries
from db.queries import work_facts


def organisation_id(connection: Connection, name: str) -> str:
    """Return the id of an organisation by its name or credit code; ExpectedError `organisation.none`."""
    found = work_facts.organisation_ids(connection, name.strip())
    if len(found) != 1:
        raise ExpectedError("organisation.none", name=name, count=len(found))
    return found[0]


def _assess_table(answers: Sequence[Entitlement]) -> None:
    output.table(
        [_("Item"), _("Cycle"), _("Name"), _("Household number"), _("Answer"), _("Amount"), _("Why")],
        [
            [
                answer.item,
                answer.cycle.name,
                answer.name,
                answer.household_no,
                error_words.entitlement_text(answer.state),
                "" if answer.amount is None else money.shown(answer.amount),
                explain.why(answer),
            ]
            for answer in answers
        ],
    )


@commands.command("assess", help=_("Say who is entitled to what, and why."))
@click.option("--item", default="", help=_("Only this item of the pack."))
@click.option("--worker", default="", metavar="ID_NUMBER", help=_("Only this worker."))
@click.option("--household", default="", metavar="NO", help=_("Only this household."))
@click.option("--organisation", default="", metavar="NAME", help=_("Only this organisation."))
@click.option("--cycle", default="", help=_("Cycle by its end year, such as 2024."))
@on_option
@json_option
@in_session
def assess(
    session: Session,
    item: str,
    worker: str,
    household: str,
    organisation: str,
    cycle: str,
    on: date | None,
    as_json: bool,
) -> None:
    """Assess the pack's items."""
    if bool(worker) + bool(household) + bool(organisation) > 1:
        raise click.UsageError(_("Name a worker, a household or an organisation, not several."))
    with session.desk() as opened, opened.ledger.reader() as connection:
        people = [person_id(connection, worker)] if worker else None
        homes = [household_id(connection, household)] if household else None
        firms = [organisation_id(connection, organisation)] if organisation else None
        answers = entitlements.assess_all(
            connection,
            opened.pack,
            on or opened.today(),
            item=item,
            cycle=cycle,
            people=people,
            households=homes,
            organisations=firms,
        )
        pack = opened.pack
        changes: dict[int, list[explain.Values] | None] = {}
        if people or homes or firms:  # For everybody it would take too long.
            changes = {
                number: explain.changes_json(
                    entitlements.what_would_change(connection, pack, answer), pack.item(answer.item).facts
                )
                for number, answer in enumerate(answers)
                if answer.state is State.NOT_ELIGIBLE
            }
    if as_json:
        output.emit(
            [
                explain.as_json(answer, pack.item(answer.item))
                | ({"changes": changes[number]} if number in changes else {})
                for number, answer in enumerate(answers)
            ]
        )
    else:
        _assess_table(answers)


@commands.group("claim", help=_("File claims and move them along."))
def claim() -> None:
    """Hold the steps of claims."""


@claim.command("file", help=_("File claims for those who are entitled."))
@click.option("--item", required=True, help=_("Item of the pack."))
@click.option(
    "--worker", "people", multiple=True, metavar="ID_NUMBER", help=_("Identity number of the worker.")
)
@click.option("--household", "homes", multiple=True, metavar="NO", help=_("Household number."))
@click.option(
    "--organisation", "firms", multiple=True, metavar="NAME", help=_("Organisation by name or credit code.")
)
@click.option("--cycle", default="", help=_("Cycle by its end year, such as 2024."))
@click.option(
    "--amount", type=Yuan(), help=_("What the reviewer decided, in yuan, where the item leaves it open.")
)
@happened_option
@json_option
@in_session
def claim_file(
    session: Session,
    item: str,
    people: tuple[str, ...],
    homes: tuple[str, ...],
    firms: tuple[str, ...],
    cycle: str,
    amount: int | None,
    on: date | None,
    as_json: bool,
) -> None:
    """File claims."""
    with session.desk() as opened:
        kind = opened.pack.item(item).beneficiary
        given = {"person": people, "household": homes, "organisation": firms}
        if not given.pop(kind) or any(given.values()):
            raise click.UsageError(
                {
                    "person": _("This item is for workers: name them with --worker."),
                    "household": _("This item is for households: name them with --household."),
                    "organisation": _("This item is for organisations: name them with --organisation."),
                }[kind]
            )
        with opened.ledger.reader() as connection:
            chosen = [person_id(connection, each) for each in people]
            chosen += [household_id(connection, each) for each in homes]
            chosen += [organisation_id(connection, each) for each in firms]
        changed, numbers = claims.file(
            opened, item, list(dict.fromkeys(chosen)), on or opened.today(), cycle=cycle, amount=amount
        )
    done(changed, _("Filed: {numbers}").format(numbers=" ".join(numbers)), as_json=as_json, numbers=numbers)


@claim.command("advance", help=_("Move claims one step, all or none."))
@click.argument("numbers", nargs=-1, required=True)
@click.option("--to", "state", required=True, type=Code("claim_state"), help=_("The next state."))
@click.option(
    "--reason", default="", help=_("Why; needed for a return, a refusal, an objection or a withdrawal.")
)
@click.option("--dry-run", is_flag=True, help=_("Only say which can take the step, and why others cannot."))
@click.option("--possible", is_flag=True, help=_("Move those that can take the step and leave the others."))
@happened_option
@json_option
@in_session
def claim_advance(
    session: Session,
    numbers: tuple[str, ...],
    state: str,
    reason: str,
    dry_run: bool,
    possible: bool,
    on: date | None,
    as_json: bool,
) -> None:
    """Move claims."""
    chosen = list(dict.fromkeys(numbers))
    with session.desk() as opened:
        day = on or opened.today()
        if dry_run or possible:
            with opened.ledger.reader() as connection:
                found = claims.preview_steps(opened, connection, chosen, state, day)
            if dry_run:
                _previewed(found, as_json=as_json)
                return
            chosen = [each.number for each in found if not each.why]
        changed = claims.advance(opened, chosen, state, day, reason)
    text = _("{number}: {state}").format(number=" ".join(chosen), state=label("claim_state", state))
    if len(numbers) == 1:
        done(changed, text, as_json=as_json, number=numbers[0], state=state)
    else:
        done(changed, text, as_json=as_json, numbers=chosen, state=state)


def _previewed(found: Sequence[Preview], *, as_json: bool) -> None:
    """Answer who can and who cannot, and why."""
    lines = [
        {
            "number": each.number,
            "name": each.name,
            "amount": money.yuan(each.amount),
            "possible": each.why is None,
            "code": each.why.code if each.why else None,
            "message": error_words.error_text(each.why) if each.why else "",
        }
        for each in found
    ]
    if as_json:
        output.emit(lines)
    else:
        output.table(
            [_("Claim number"), _("Name"), _("Amount"), _("Why")],
            [[line["number"], line["name"], line["amount"], line["message"]] for line in lines],
        )


@claim.command("list", help=_("List claims, newest first."))
@click.option("--state", default="", type=Code("claim_state"), help=_("Only in this state."))
@click.option("--item", default="", help=_("Only this item of the pack."))
@on_option
@json_option
@in_session
def claim_list(session: Session, state: str, item: str, on: date | None, as_json: bool) -> None:
    """List claims."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        chosen = claim_queries.ids(connection, state=state, item=item)
        rows = [output.claim(row) for row in claim_queries.rows(connection, chosen, on or opened.today())]
    if as_json:
        output.emit(rows)
        return
    output.table(
        [_("Claim number"), _("Name"), _("Household number"), _("Amount"), _("State"), _("Filed on")],
        [
            [
                row["number"],
                row["name"],
                row["household_no"],
                row["amount"],
                label("claim_state", row["state"]),
                row["filed_on"],
            ]
            for row in rows
        ],
    )


@claim.command("show", help=_("Show a claim, its steps and the answer it rests on."))
@click.argument("number")
@json_option
@in_session
def claim_show(session: Session, number: str, as_json: bool) -> None:
    """Show a claim."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        found = claim_queries.by_number(connection, number)
        if found is None:
            raise ExpectedError("claim.none", number=number)
        row = output.claim(claim_queries.rows(connection, [found.id], found.filed_on)[0])
        steps = [output.plain(step) for step in claim_queries.steps(connection, found.id)]
        life = claim_queries.lives(connection, [number])[number]
        lacking, more = claims.lacking_papers(opened.pack, life)
        shown = {
            "papers": [output.plain(each) for each in claim_queries.evidence(connection, found.id)],
            "papers_missing": {"required": lacking, "of_choice": more},
            "objections": [output.plain(each) for each in claim_queries.objections(connection, found.id)],
            "payments": [
                output.plain(each)
                for each in claim_queries.payments(connection, [found.id]).get(found.id, [])
            ],
            "public_until": output.plain(claims.shown_until(opened, connection, life)),
            "possible": list(claims.possible_steps(opened, life)),
        }
    if as_json:
        output.emit({**row, "steps": steps, **shown, "answer": explain.told(found.answer)})
        return
    click.echo(f"{row['number']}  {row['name']}  {row['amount']}  {explain.told(found.answer)['why']}")
    output.table(
        [_("Day"), _("State"), _("Officer"), _("Reason")],
        [
            [step["on"], label("claim_state", step["state"]), step["officer"], step["reason"]]
            for step in steps
        ],
    )
