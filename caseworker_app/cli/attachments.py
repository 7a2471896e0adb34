"""Photos of papers: attach them, list them, and write them into files."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Code,
    Day,
    Session,
    commands,
    done,
    household_id,
    in_session,
    json_option,
    out_option,
    person_id,
)
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import attachments
from caseworker_app.wording import _, label
from db.queries import attachments as queries


def _owner(connection: Connection, number: str) -> dict[str, str]:
    """Return the person with this identity number, else the household with this number."""
    try:
        return {"person": person_id(connection, number)}
    except ExpectedError:
        return {"household": household_id(connection, number)}


@commands.command("attach", help=_("Attach photos or a PDF of a paper to a person or a household."))
@click.argument("number", metavar="ID_NUMBER_OR_HOUSEHOLD_NO")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", required=True, type=Code("attachment_kind"), help=_("Kind of paper."))
@click.option("--title", default="", help=_("What it shows."))
@click.option("--taken-on", type=Day(), help=_("The day it was photographed or issued."))
@json_option
@in_session
def attach(
    session: Session,
    number: str,
    files: tuple[Path, ...],
    kind: str,
    title: str,
    taken_on: date | None,
    as_json: bool,
) -> None:
    """Attach photos as one change set."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            owner = _owner(connection, number)
        changed = attachments.attach(opened, files, **owner, kind=kind, title=title, taken_on=taken_on)
    done(changed, _("Attached: {what}.").format(what=label("attachment_kind", kind)), as_json=as_json)


@commands.group("attachment", help=_("Photos of papers that are attached."))
def attachment() -> None:
    """Hold what is done with photos."""


@attachment.command("list", help=_("List the photos of a person or a household."))
@click.argument("number", metavar="ID_NUMBER_OR_HOUSEHOLD_NO")
@json_option
@in_session
def list_(session: Session, number: str, as_json: bool) -> None:
    """List the photos of a person or a household."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        owner = _owner(connection, number)
        found = queries.lines(
            connection,
            people=[owner["person"]] if "person" in owner else [],
            households=[owner["household"]] if "household" in owner else [],
        )
    if as_json:
        output.emit(output.plain(found))
    else:
        output.table(
            [_("Photo"), _("Kind of paper"), _("What it shows"), _("Taken on"), _("Bytes")],
            [
                [line.id, label("attachment_kind", line.kind), line.title, line.taken_on or "", line.size]
                for line in found
            ],
        )


@attachment.command("export", help=_("Write a photo into a file."))
@click.argument("photo")
@out_option
@json_option
@in_session
def export(session: Session, photo: str, target: Path, as_json: bool) -> None:
    """Write a photo into a file."""
    with session.desk() as opened:
        attachments.export(opened, photo, target)
    if as_json:
        output.emit({"file": str(target)})
    else:
        click.echo(_("Written: {file}").format(file=target))
