"""Facts of work recorded from the command line: one command a kind, its options as the kind has values."""

from collections.abc import Callable

import click

from caseworker_app.cli import output
from caseworker_app.cli.facts import record
from caseworker_app.cli.shared import Session, commands, done, in_session, json_option, person_id
from caseworker_app.error_words import field_text, table_text
from caseworker_app.use_cases import facts_of_work
from caseworker_app.wording import _, label
from db.queries import work_facts as queries

_NAMES = {"post_holding": "post-holder", "head_count": "head-count"}
_OPTIONS = {"organisation_id": "organisation", "post_id": "post", "village_code": "village"}


def _command(kind: str) -> Callable[..., None]:
    shape = facts_of_work.SHAPES[kind]

    def run(session: Session, as_json: bool, of_worker: str = "", **typed: str | None) -> None:
        given = {name: value for name, value in typed.items() if value is not None}
        with session.desk() as opened:
            person = ""
            if shape.personal:
                with opened.ledger.reader() as connection:
                    person = person_id(connection, of_worker)
            changed = facts_of_work.record(opened, kind, given, person=person)
        done(changed, _("Recorded: {what}.").format(what=table_text(kind)), as_json=as_json)

    return run


def _add(kind: str) -> None:
    shape = facts_of_work.SHAPES[kind]
    made = in_session(json_option(_command(kind)))
    for field in reversed(shape.fields):
        option = _OPTIONS.get(field.name, field.name.replace("_", "-"))
        made = click.option(
            f"--{option}", field.name, required=field.needed, help=field_text(kind, field.name)
        )(made)
    if shape.personal:
        made = click.option(
            "--worker",
            "of_worker",
            required=True,
            metavar="ID_NUMBER",
            help=_("Identity number of the worker."),
        )(made)
    record.command(_NAMES.get(kind, kind), help=_("Record: {what}.").format(what=table_text(kind)))(made)


for _kind in facts_of_work.SHAPES:
    _add(_kind)


@commands.command("organisations", help=_("List employers, agencies, studios and workshops."))
@click.option("--find", "text", default="", help=_("Part of the name, or the credit code."))
@json_option
@in_session
def organisations(session: Session, text: str, as_json: bool) -> None:
    """List organisations."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        rows = queries.organisations(connection, text)
    if as_json:
        output.emit([output.plain(row) for row in rows])
        return
    output.table(
        [_("Name"), _("Kind"), _("Credit code"), _("People"), _("Month")],
        [
            [
                row.name,
                label("organisation_kind", row.kind),
                row.credit_code,
                "" if row.people is None else str(row.people),
                row.month,
            ]
            for row in rows
        ],
    )
