"""The monthly workbook, the closing of months, and a county's own templates."""

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from caseworker_app.check_words import finding_text, severity_text
from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Session,
    commands,
    done,
    in_session,
    json_option,
    out_option,
    village_option,
)
from caseworker_app.domain import divisions
from caseworker_app.domain.findings import Finding
from caseworker_app.use_cases import months, templates, uploads
from caseworker_app.use_cases.months import Standing
from caseworker_app.wording import _, label

_FILE_PASSWORD = "CASEWORKER_FILE_PASSWORD"  # noqa: S105 - the name of the variable
month_option = click.option("--month", required=True, metavar="YYYY-MM", help=_("The month."))


def _password() -> str:
    """Return the password for a workbook from its variable, else ask for it twice; it is never an argument."""
    given = os.environ.get(_FILE_PASSWORD)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError(
            _("No password was given. Set the variable CASEWORKER_FILE_PASSWORD or type it at a terminal.")
        )
    return str(click.prompt(_("Password"), hide_input=True, confirmation_prompt=True, err=True))


def _list(session: Session, *, as_json: bool) -> None:
    with session.desk() as opened, opened.ledger.reader() as connection:
        found = uploads.past(connection)
    if as_json:
        output.emit([output.plain(each) for each in found])
        return
    heads = [_("Number"), _("Month"), _("Place"), _("Written on"), _("Officer"), _("Seal"), _("File")]
    output.table(
        heads,
        [
            (
                each.id,
                each.month,
                divisions.called(each.place),
                each.written_on,
                each.officer,
                each.seal,
                each.file_name,
            )
            for each in found
        ],
    )


@commands.command("upload", help=_("Write the monthly workbook, or one of those written before again."))
@click.option("--month", default="", metavar="YYYY-MM", help=_("The month."))
@village_option
@click.option("--encrypt", is_flag=True, help=_("Protect it with a password; Excel and WPS ask for it."))
@click.option(
    "--again", default="", metavar="ID", help=_("Write this workbook again as it was written then.")
)
@click.option("--list", "listed", is_flag=True, help=_("List the workbooks written before."))
@click.option(
    "-o",
    "--out",
    "target",
    type=click.Path(path_type=Path),
    help=_("The file to write; named after place and month if left out."),
)
@json_option
@in_session
def upload(
    session: Session,
    month: str,
    village: str,
    encrypt: bool,
    again: str,
    listed: bool,
    target: Path | None,
    as_json: bool,
) -> None:
    """Write the monthly workbook."""
    if listed:
        _list(session, as_json=as_json)
        return
    if target and target.suffix.lower() != ".xlsx":
        raise click.UsageError(_("The monthly workbook is an .xlsx file. Let the name end in .xlsx."))
    if bool(month) == bool(again):
        raise click.UsageError(_("Name a month with --month, or a workbook written before with --again."))
    secret = _password() if encrypt else ""
    with session.desk() as opened:
        place = village or opened.scope
        if again:
            with opened.ledger.reader() as connection:
                past = uploads.one(connection, again)
            month, place = past.month, past.place
        path = target or Path(uploads.default_name(opened, month, place))
        show, stands = output.progress(), False
        if again:
            counts = uploads.write_again(opened, again, path, password=secret, progress=show)
        else:
            with opened.ledger.reader() as connection:
                stands = bool(uploads.standing_upload(connection, month, place))
            counts = uploads.write_month(opened, month, path, village=village, password=secret, progress=show)
    if as_json:
        output.emit({"file": str(path), "month": month, "village": place, "sheets": counts})
    else:
        click.echo(_("Written: {file}").format(file=path))
        if stands:
            click.echo(uploads.stands_text(month))
        output.table([_("Sheet"), _("Rows")], list(counts.items()))


@commands.group("month", help=_("Check and close months, and answer those that others closed."))
def month_() -> None:
    """Hold what is done with months."""


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "id": each.id,
        "check": each.check,
        "severity": each.severity,
        "person": each.person or None,
        "household": each.household,
        "name": each.name,
        "household_no": each.household_no,
        "text": finding_text(each),
        "exemption": each.reason or None,
    }


@month_.command("check", help=_("Run the checks of a month: what blocks its closing stands first."))
@month_option
@village_option
@json_option
@in_session
def check(session: Session, month: str, village: str, as_json: bool) -> None:
    """Check a month."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        found = months.checked(connection, opened, month, village)
    if as_json:
        output.emit({name: [_finding(each) for each in getattr(found, name)] for name in _PARTS})
        return
    rows = [
        (
            severity_text(each.severity) if not each.exemption else _("Explained"),
            each.name or each.household_no,
            finding_text(each),
            each.reason,
        )
        for name in _PARTS
        for each in getattr(found, name)
    ]
    output.table([_("Kind"), _("Who"), _("What was found"), _("Reason")], rows)
    click.echo(_("{count} findings block the closing.").format(count=len(found.blocking)))


_PARTS = ("blocking", "attention", "exempt")


@month_.command("close", help=_("Close a month: its figures stand from then on."))
@month_option
@json_option
@in_session
def close(session: Session, month: str, as_json: bool) -> None:
    """Close a month."""
    with session.desk() as opened:
        changed = months.close(opened, month)
    done(changed, _("Closed. Write and send the workbook now."), as_json=as_json, month=month)


@month_.command("accept", help=_("Accept the month of a place below."))
@month_option
@click.option("--village", required=True, metavar="CODE", help=_("The place that closed it."))
@json_option
@in_session
def accept(session: Session, month: str, village: str, as_json: bool) -> None:
    """Accept a month."""
    with session.desk() as opened:
        changed = months.accept(opened, month, village)
    done(changed, _("Accepted. It goes down with the next feedback."), as_json=as_json, month=month)


@month_.command("return", help=_("Give the month of a place below back, with the reason."))
@month_option
@click.option("--village", required=True, metavar="CODE", help=_("The place that closed it."))
@click.option("--reason", required=True, help=_("Why it goes back."))
@json_option
@in_session
def return_(session: Session, month: str, village: str, reason: str, as_json: bool) -> None:
    """Return a month."""
    with session.desk() as opened:
        changed = months.return_(opened, month, village, reason)
    done(changed, _("Returned. It goes down with the next feedback."), as_json=as_json, month=month)


def _standing(each: Standing) -> dict[str, Any]:
    return {
        "village": each.place,
        "name": each.name,
        "state": each.state,
        "steps": [{**asdict(step), "on": step.on.isoformat()} for step in each.steps],
    }


@month_.command("show", help=_("Show how a month stands at every place of the ledger."))
@month_option
@json_option
@in_session
def show(session: Session, month: str, as_json: bool) -> None:
    """Show a month."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            found = months.standings(connection, opened, month)
        due, left = months.reporting(opened, month)
    if as_json:
        places = [_standing(each) for each in found]
        output.emit({"month": month, "due": due.isoformat(), "days_left": left, "places": places})
        return
    output.table(
        [_("Place"), _("State"), _("On"), _("Officer"), _("Reason")],
        [
            (
                each.name,
                label("month_state", each.state),
                each.last.on if each.last else "",
                each.last.officer if each.last else "",
                each.last.reason if each.last else "",
            )
            for each in found
        ],
    )
    click.echo(_("To be sent by {day}.").format(day=due))


@commands.group("template", help=_("A county's own workbooks, filled with the month's rows."))
def template() -> None:
    """Hold what is done with templates."""


def _template(each: templates.Template) -> dict[str, Any]:
    return {
        "name": each.name,
        "file": each.file,
        "sheet": each.shape.sheet,
        "header_row": each.shape.header_row,
        "rows": each.source,
        "columns": len(each.shape.columns),
        "places": list(each.shape.places),
    }


@template.command("add", help=_("Show the program a template once; it is kept in the ledger."))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help=_("What the template is called."))
@click.option("--sheet", default="", help=_("The sheet to fill; found by its headers if left out."))
@click.option("--header-row", default=0, type=click.IntRange(0), help=_("The last row of the headers."))
@click.option("--rows", default="", help=_("Which sheet of the monthly workbook fills it."))
@json_option
@in_session
def add(
    session: Session, file: Path, name: str, sheet: str, header_row: int, rows: str, as_json: bool
) -> None:
    """Keep a template."""
    with session.desk() as opened:
        changed, shape = templates.add(opened, file, name, sheet=sheet, header_row=header_row, rows=rows)
    told = _("Kept: sheet {sheet}, {columns} columns below row {row}, {places} places.").format(
        sheet=shape.sheet, columns=len(shape.columns), row=shape.header_row, places=len(shape.places)
    )
    done(changed, told, as_json=as_json, name=name, sheet=shape.sheet, header_row=shape.header_row)


@template.command("list", help=_("List the templates that are kept."))
@json_option
@in_session
def list_(session: Session, as_json: bool) -> None:
    """List templates."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        found = templates.kept(connection)
    if as_json:
        output.emit([_template(each) for each in found])
        return
    heads = [_("Name"), _("File"), _("Sheet"), _("Header row"), _("Filled with")]
    rows = [(each.name, each.file, each.shape.sheet, each.shape.header_row, each.source) for each in found]
    output.table(heads, rows)


@template.command("fill", help=_("Fill a template with a month's rows, its styles kept."))
@click.argument("name")
@month_option
@village_option
@out_option
@json_option
@in_session
def fill(session: Session, name: str, month: str, village: str, target: Path, as_json: bool) -> None:
    """Fill a template."""
    if target.suffix.lower() != ".xlsx":
        raise click.UsageError(_("The filled template is an .xlsx file. Let the name end in .xlsx."))
    with session.desk() as opened:
        count = templates.fill(opened, name, month, target, village=village, progress=output.progress())
    if as_json:
        output.emit({"file": str(target), "name": name, "month": month, "rows": count})
    else:
        click.echo(_("Written: {file}").format(file=target))


@template.command("take-out", help=_("Keep a template no longer."))
@click.argument("name")
@json_option
@in_session
def take_out(session: Session, name: str, as_json: bool) -> None:
    """Take a template out."""
    with session.desk() as opened:
        changed = templates.take_out(opened, name)
    done(changed, _("Taken out."), as_json=as_json, name=name)
