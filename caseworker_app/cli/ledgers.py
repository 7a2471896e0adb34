"""A ledger made, backed up, restored and verified; the last change undone."""

import tempfile
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from caseworker_app import error_words
from caseworker_app.cli import output
from caseworker_app.cli.shared import Session, commands, done, in_session, json_option, password, write_file
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import pack as packs
from caseworker_app.read_models.journal import ChangeSetLine
from caseworker_app.use_cases import desk, safety, undo
from caseworker_app.wording import _
from db import journal
from printouts import recovery

DAMAGED = 4


@commands.command("new", help=_("Make an encrypted ledger; prints its recovery code, once."))
@click.option(
    "--scope", required=True, help=_("Division code: 12 digits a village, 9 a township, 6 a county.")
)
@click.option("--officer", required=True, help=_("Who keeps the ledger."))
@click.option("--pack", default=packs.DEFAULT, show_default=True, help=_("Policy pack."))
@click.option(
    "--recovery-sheet", type=click.Path(path_type=Path), help=_("Also write the recovery sheet as PDF.")
)
@json_option
@in_session
def new(
    session: Session, scope: str, officer: str, pack: str, recovery_sheet: Path | None, as_json: bool
) -> None:
    """Make a ledger."""
    opened, code = desk.new(session.place(), password(new=True), scope, officer, pack)
    try:
        place = "".join(reversed(desk.place_name(opened)))
        # The code first: it is kept nowhere else, whatever becomes of the sheet.
        if as_json:
            output.emit(
                {
                    "ledger": str(session.place()),
                    "scope": scope,
                    "place": place,
                    "officer": opened.officer,
                    "pack": opened.pack.id,
                    "recovery_code": code,
                }
            )
        else:
            click.echo(_("Ledger of {place} made in {folder}.").format(place=place, folder=session.place()))
            click.echo(_("Recovery code: {code}").format(code=code))
            click.echo(_("Write it down now and lock it away: it is not kept anywhere and not shown again."))
        if recovery_sheet:
            today, who = opened.today(), opened.officer
            write_file(
                recovery_sheet, lambda stream: recovery.recovery_sheet(code, place, who, today, stream)
            )
    finally:
        opened.close()


@commands.command("undo", help=_("Take back the last change, or the one with this number in the journal."))
@click.argument("number", type=int, required=False)
@click.option("--with-later", is_flag=True, help=_("Take back what stands on it too, the newest first."))
@json_option
@in_session
def undo_(session: Session, number: int | None, with_later: bool, as_json: bool) -> None:
    """Undo."""
    with session.desk() as opened:
        change_set = _numbered(opened, number) if number is not None else ""
        if with_later and change_set:
            changed, lines = undo.undo_with_dependents(opened, change_set)
        else:
            changed, line = undo.undo(opened, change_set)
            lines = [line]
    line = lines[-1]
    texts = [error_words.action_text("undo", {**each.values, "of": each.action}) for each in lines]
    more = {"also": [each.id for each in lines[:-1]]} if with_later else {}
    text = "\n".join(texts)
    done(changed, text, as_json=as_json, undone=line.id, action=line.action, text=texts[-1], **more)


def _numbered(opened: desk.Desk, number: int) -> str:
    """Return the id of the step with this number; ExpectedError `undo.nothing`."""
    with opened.ledger.reader() as connection:
        line = journal.at_position(connection, number)
    if line is None:
        raise ExpectedError("undo.nothing")
    return line.id


@commands.group("journal", help=_("The steps made in the ledger."))
def journal_() -> None:
    """Hold the commands of the journal."""


def _step_json(line: ChangeSetLine) -> dict[str, object]:
    return {
        "number": line.position,
        "id": line.id,
        "made_at": line.made_at.isoformat(" "),
        "officer": line.officer,
        "action": line.action,
        "text": error_words.action_text(line.action, line.values),
        "in_effect": not line.undone_by,
    }


@journal_.command("list", help=_("List the steps, newest first."))
@click.option("--officer", default="", help=_("Only of this officer."))
@click.option("--text", default="", help=_("Only with this in the step's name."))
@click.option("--limit", type=int, default=100, show_default=True, help=_("At most this many."))
@json_option
@in_session
def journal_list(session: Session, officer: str, text: str, limit: int, as_json: bool) -> None:
    """List steps."""
    meant = [code for code, words in error_words.actions().items() if text and text in words]
    with session.desk() as opened, opened.ledger.reader() as connection:
        ids = journal.step_ids(connection, officer, text, meant)[:limit]
        rows = [_step_json(line) for line in journal.steps(connection, ids)]
    if as_json:
        output.emit(rows)
        return
    state = {True: _("in effect"), False: _("undone")}
    output.table(
        [_("Number"), _("When"), _("Officer"), _("Step"), _("State")],
        [
            [row["number"], row["made_at"], row["officer"], row["text"], state[bool(row["in_effect"])]]
            for row in rows
        ],
    )


@journal_.command("show", help=_("Show what stands on a step and must be undone before it."))
@click.argument("number", type=int)
@json_option
@in_session
def journal_show(session: Session, number: int, as_json: bool) -> None:
    """Show what stands on a step."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        line = journal.at_position(connection, number)
        if line is None:
            raise ExpectedError("undo.nothing")
        needed = [_step_json(each) for each in journal.dependents(connection, line.id)]
    if as_json:
        output.emit({**_step_json(line), "needed": needed})
        return
    for row in (_step_json(line), *needed):
        click.echo(f"{row['number']}  {row['made_at']}  {row['officer']}  {row['text']}")


@commands.command("redo", help=_("Bring back what the last undo took."))
@json_option
@in_session
def redo(session: Session, as_json: bool) -> None:
    """Redo."""
    with session.desk() as opened:
        changed, line = undo.redo(opened)
    text = error_words.action_text("redo", line.values)
    done(changed, text, as_json=as_json, redone=line.undoes, action=line.values.get("of"), text=text)


@commands.group(
    "backup", invoke_without_command=True, help=_("Write a verified backup as one file; or verify one.")
)
@click.option(
    "-o",
    "--out",
    "target",
    type=click.Path(path_type=Path),
    help=_("The file to write; named after place and time if left out."),
)
@json_option
@click.pass_context
def backup(context: click.Context, target: Path | None, as_json: bool) -> None:
    """Back up the ledger."""
    if context.invoked_subcommand:
        return
    session = context.find_object(Session)
    assert session is not None
    with session.desk() as opened:
        moment = opened.ledger.clock() + timedelta(hours=8)
        path = target or Path(f"{desk.place_name(opened)[0]}_{moment:%Y%m%d-%H%M}.caseworker")
        safety.back_up(opened, path)
    if as_json:
        output.emit({"file": str(path), "bytes": path.stat().st_size})
    else:
        click.echo(_("Backed up and verified: {file}").format(file=path))


@backup.command("verify", help=_("Open a backup with its password and check it; nothing is restored."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def backup_verify(file: Path, as_json: bool) -> None:
    """Verify a backup."""
    with tempfile.TemporaryDirectory() as folder:
        safety.restore(file, Path(folder) / "ledger", password())
    if as_json:
        output.emit({"file": str(file), "sound": True})
    else:
        click.echo(_("The backup is sound: {file}").format(file=file))


@commands.command(
    "restore", help=_("Put a backup into the folder named by --ledger, which must be new or empty.")
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@in_session
def restore(session: Session, file: Path, as_json: bool) -> None:
    """Restore a backup."""
    safety.restore(file, session.place(), password())
    if as_json:
        output.emit({"ledger": str(session.place()), "file": str(file)})
    else:
        click.echo(_("Restored into {folder}.").format(folder=session.place()))


@commands.command(
    "verify", help=_("Check pages, foreign keys and the journal's chain; status 4 when damaged.")
)
@json_option
@in_session
def verify(session: Session, as_json: bool) -> None:
    """Verify the ledger."""
    with session.desk() as opened:
        found = safety.verify(opened)
    if as_json:
        output.emit({"sound": found.sound, **asdict(found)})
    elif found.sound:
        click.echo(_("The ledger is sound: {count} change sets.").format(count=found.change_sets))
    if not found.sound:
        click.echo(error_words.error_text(ExpectedError("ledger.damaged")), err=True)
        raise click.exceptions.Exit(DAMAGED)
