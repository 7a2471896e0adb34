"""Who is entitled to what, and the claims made of it."""

from collections.abc import Sequence
from datetime import date

import click

from caseworker_app import error_words
from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Code,
    Session,
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
from caseworker_app.policy.assess import Entitlement
from caseworker_app.use_cases import claims, entitlements
from caseworker_app.wording import _, label
from db.queries import claims as claim_queries


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
@click.option("--cycle", default="", help=_("Cycle by its end year, such as 2024."))
@on_option
@json_option
@in_session
def assess(
    session: Session, item: str, worker: str, household: str, cycle: str, on: date | None, as_json: bool
) -> None:
    """Assess the pack's items."""
    if worker and household:
        raise click.UsageError(_("Name a worker or a household, not both."))
    with session.desk() as opened, opened.ledger.reader() as connection:
        people = [person_id(connection, worker)] if worker else None
        homes = [household_id(connection, household)] if household else None
        answers = entitlements.assess_all(
            connection,
            opened.pack,
            on or opened.today(),
            item=item,
            cycle=cycle,
            people=people,
            households=homes,
        )
        pack = opened.pack
    if as_json:
        output.emit([explain.as_json(answer, pack.item(answer.item)) for answer in answers])
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
@click.option("--cycle", default="", help=_("Cycle by its end year, such as 2024."))
@happened_option
@json_option
@in_session
def claim_file(
    session: Session,
    item: str,
    people: tuple[str, ...],
    homes: tuple[str, ...],
    cycle: str,
    on: date | None,
    as_json: bool,
) -> None:
    """File claims."""
    with session.desk() as opened:
        personal = opened.pack.item(item).beneficiary == "person"
        if not (people if personal else homes) or (homes if personal else people):
            raise click.UsageError(
                _("This item is for workers: name them with --worker.")
                if personal
                else _("This item is for households: name them with --household.")
            )
        with opened.ledger.reader() as connection:
            chosen = [person_id(connection, each) for each in people] or [
                household_id(connection, each) for each in homes
            ]
        changed, numbers = claims.file(
            opened, item, list(dict.fromkeys(chosen)), on or opened.today(), cycle=cycle
        )
    done(changed, _("Filed: {numbers}").format(numbers=" ".join(numbers)), as_json=as_json, numbers=numbers)


@claim.command("advance", help=_("Move a claim one step."))
@click.argument("number")
@click.option("--to", "state", required=True, type=Code("claim_state"), help=_("The next state."))
@click.option(
    "--reason", default="", help=_("Why; needed for a return, a refusal, an objection or a withdrawal.")
)
@happened_option
@json_option
@in_session
def claim_advance(
    session: Session, number: str, state: str, reason: str, on: date | None, as_json: bool
) -> None:
    """Move a claim."""
    with session.desk() as opened:
        changed = claims.advance(opened, [number], state, on or opened.today(), reason)
    text = _("{number}: {state}").format(number=number, state=label("claim_state", state))
    done(changed, text, as_json=as_json, number=number, state=state)


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
    if as_json:
        output.emit({**row, "steps": steps, "answer": found.answer})
        return
    click.echo(f"{row['number']}  {row['name']}  {row['amount']}  {found.answer['why']}")
    output.table(
        [_("Day"), _("State"), _("Officer"), _("Reason")],
        [
            [step["on"], label("claim_state", step["state"]), step["officer"], step["reason"]]
            for step in steps
        ],
    )
