"""One fact recorded."""

from datetime import date
from typing import Any

import click

from caseworker_app import error_words
from caseworker_app.cli.shared import (
    Code,
    Day,
    Session,
    Yuan,
    commands,
    done,
    happened_option,
    household_id,
    in_session,
    json_option,
    person_id,
    worker_option,
)
from caseworker_app.use_cases import pack_facts, work
from caseworker_app.wording import _, label


@commands.group("record", help=_("Record one fact, with the same checks as the window."))
def record() -> None:
    """Hold the kinds of fact."""


@record.command("service", help=_("Record a service to one or several workers."))
@click.option(
    "--worker",
    "numbers",
    required=True,
    multiple=True,
    metavar="ID_NUMBER",
    help=_("Identity number of the worker."),
)
@click.option("--kind", required=True, type=Code("service_kind"), help=_("Kind of service."))
@click.option("--vacancy", default="", help=_("The vacancy referred to: employer and job."))
@click.option("--note", default="", help=_("Note."))
@click.option("--outcome", default="done", type=Code("service_outcome"), help=_("What came of it."))
@happened_option
@json_option
@in_session
def record_service(
    session: Session,
    numbers: tuple[str, ...],
    kind: str,
    vacancy: str,
    note: str,
    outcome: str,
    on: date | None,
    as_json: bool,
) -> None:
    """Record a service."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            people = list(dict.fromkeys(person_id(connection, number) for number in numbers))
        changed = work.record_service(
            opened, people, kind, on or opened.today(), vacancy=vacancy, note=note, outcome=outcome
        )
    done(
        changed,
        _("Recorded: {what}.").format(what=label("service_kind", kind)),
        as_json=as_json,
        people=people,
    )


@record.command("spell", help=_("Record a job."))
@worker_option
@click.option("--kind", default="wage", type=Code("spell_kind"), show_default=True, help=_("Kind of work."))
@click.option("--from", "first", required=True, type=Day(), help=_("First day."))
@click.option("--to", "last", type=Day(), help=_("Last day; left out while it goes on."))
@click.option("--place", default="", help=_("Province, city and county in words."))
@click.option("--place-code", default="", help=_("Division code of the place."))
@click.option("--employer", default="", help=_("Employer."))
@click.option("--trade", default="", help=_("Trade."))
@click.option("--channel", default="", type=Code("channel"), help=_("Channel."))
@click.option("--wage", type=Yuan(), help=_("Monthly wage in yuan."))
@click.option("--contract/--no-contract", default=None, help=_("Whether there is a contract."))
@click.option("--insured/--not-insured", default=None, help=_("Whether insured."))
@json_option
@in_session
def record_spell(
    session: Session,
    /,
    number: str,
    kind: str,
    first: date,
    last: date | None,
    as_json: bool,
    **facts: Any,  # noqa: ANN401 - the other fields of a job
) -> None:
    """Record a job."""
    facts["place_text"] = facts.pop("place")
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            person = person_id(connection, number)
        changed = work.record_spell(opened, person, kind, first, ended_on=last, **facts)
    done(
        changed,
        _("Recorded: {what}.").format(what=error_words.table_text("spell")),
        as_json=as_json,
        people=[person],
    )


@record.command("return", help=_("Record the end of a job: the worker came home or left it."))
@worker_option
@click.option("--reason", required=True, type=Code("end_reason"), help=_("Why the job ended."))
@click.option("--stayed", is_flag=True, help=_("Left a job nearby; was not away from home."))
@happened_option
@json_option
@in_session
def record_return(
    session: Session, number: str, reason: str, stayed: bool, on: date | None, as_json: bool
) -> None:
    """Record the end of a job."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            person = person_id(connection, number)
        changed = work.record_return(opened, person, on or opened.today(), reason, came_home=not stayed)
    done(
        changed,
        _("Recorded: {what}.").format(what=label("end_reason", reason)),
        as_json=as_json,
        people=[person],
    )


@record.command("fact", help=_("Enter a fact that a policy asks for, of a worker or a household."))
@click.option("--worker", "number", default="", metavar="ID_NUMBER", help=_("Identity number of the worker."))
@click.option("--household", "home", default="", metavar="NO", help=_("Household number."))
@click.option("--fact", "name", required=True, help=_("The fact by its name, such as person.hardship."))
@click.option("--value", required=True, help=_("What it is: a code or its word, yes or no, a day, a figure."))
@click.option(
    "--since", type=Day(), help=_("From which day on; the first entry holds for the time before too.")
)
@json_option
@in_session
def record_fact(
    session: Session, number: str, home: str, name: str, value: str, since: date | None, as_json: bool
) -> None:
    """Enter a fact."""
    if bool(number) == bool(home):
        raise click.UsageError(_("Name one worker or one household."))
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            owner = person_id(connection, number) if number else household_id(connection, home)
        changed = pack_facts.enter(opened, name, owner, value, since=since)
    done(changed, _("Recorded: {what}.").format(what=name), as_json=as_json)


@record.command("intention", help=_("Record what a worker wants."))
@worker_option
@click.option("--kind", required=True, type=Code("intention"), help=_("Wish for work."))
@click.option("--place", default="", help=_("Where to."))
@click.option("--trade", default="", help=_("Trade."))
@click.option("--wage", type=Yuan(), help=_("Monthly wage hoped for, in yuan."))
@happened_option
@json_option
@in_session
def record_intention(
    session: Session,
    number: str,
    kind: str,
    place: str,
    trade: str,
    wage: int | None,
    on: date | None,
    as_json: bool,
) -> None:
    """Record an intention."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            person = person_id(connection, number)
        changed = work.record_intention(
            opened, person, kind, on or opened.today(), place_text=place, trade=trade, wage=wage
        )
    done(
        changed,
        _("Recorded: {what}.").format(what=label("intention", kind)),
        as_json=as_json,
        people=[person],
    )


@record.command("contact", help=_("Record telephone and bank card; what is left out stays as it is."))
@worker_option
@click.option("--phone", help=_("Telephone."))
@click.option("--holder", help=_("Card holder."))
@click.option("--bank", help=_("Bank."))
@click.option("--card", help=_("Number of the bank card."))
@json_option
@in_session
def record_contact(
    session: Session,
    number: str,
    phone: str | None,
    holder: str | None,
    bank: str | None,
    card: str | None,
    as_json: bool,
) -> None:
    """Record telephone and bank card."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            person = person_id(connection, number)
        changed = work.record_card(opened, person, holder=holder, bank=bank, number=card, phone=phone)
    done(
        changed,
        _("Recorded: {what}.").format(what=_("telephone and bank card")),
        as_json=as_json,
        people=[person],
    )
