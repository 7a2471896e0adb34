"""The ledger handed over: the next officer's name, the page both sign, another password."""

import os
import sys
from dataclasses import asdict
from pathlib import Path

import click

from caseworker_app.cli import output
from caseworker_app.cli.shared import Session, commands, in_session, json_option, password, write_file
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import handover
from caseworker_app.wording import _
from printouts.handover import handover_sheet

_NEW = "CASEWORKER_NEW_PASSWORD"


@commands.command("hand-over", help=_("Hand the ledger over to another officer, with the page both sign."))
@click.option("--to", "takes", required=True, metavar="NAME", help=_("Name of who takes over."))
@click.option("-o", "--out", "target", type=click.Path(path_type=Path), help=_("Also write the page as PDF."))
@json_option
@in_session
def hand_over(session: Session, takes: str, target: Path | None, as_json: bool) -> None:
    """Hand over."""
    with session.desk() as opened:
        _changed, told = handover.hand_over(opened, takes)
    lacking = write_file(target, lambda stream: handover_sheet(told, stream)) if target else []
    if as_json:
        output.emit({**asdict(told), "file": str(target or ""), "missing_characters": lacking})
        return
    click.echo(_("Handed over to {name}.").format(name=told.takes))
    if target:
        click.echo(_("Written: {file}").format(file=target))
    click.echo(_("Change the password now: caseworker password"))


@commands.command(
    "password", help=_("Change the password; the new one from CASEWORKER_NEW_PASSWORD, else asked.")
)
@in_session
def password_(session: Session) -> None:
    """Change the password."""
    present, new = password(), os.environ.get(_NEW)
    if new is None:
        if not sys.stdin.isatty():
            raise click.UsageError(
                _(
                    "No new password was given. Set the variable CASEWORKER_NEW_PASSWORD or type it at a terminal."
                )
            )
        new = str(click.prompt(_("New password"), hide_input=True, confirmation_prompt=True, err=True))
    with session.desk() as opened:
        desks.set_password(opened, present, new)
    click.echo(_("The password is changed. The recovery code stays as it is."))
