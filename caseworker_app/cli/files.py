"""Workbooks in and out, and papers."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from caseworker_app import error_words
from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Session,
    commands,
    in_session,
    json_option,
    out_option,
    with_file_password,
    write_file,
)
from caseworker_app.domain import identity
from caseworker_app.exchange import recognise
from caseworker_app.read_models.imports import ImportPreview
from caseworker_app.use_cases import claims, imports, mappings
from caseworker_app.wording import _, _n
from printouts import form

_PROBLEMS_SHOWN = 20


def _import_json(preview: ImportPreview) -> dict[str, Any]:
    return {
        "files": [
            {
                "file": each.file,
                "sheet": each.sheet,
                "layout": each.layout,
                "header_row": each.header_row,
                "rows": each.rows,
                "cells": each.cells,
                "outside": list(each.outside),
                "corrections": [asdict(correction) for correction in each.corrections],
                "problems": [
                    {
                        "sheet": problem.sheet,
                        "row": problem.row,
                        "column": problem.column,
                        "cell": problem.cell,
                        "code": problem.code,
                        "message": error_words.problem_line(problem),
                        "value": problem.value,
                        "proposal": problem.proposal
                        and {
                            "name": problem.proposal.name,
                            "born": problem.proposal.born,
                            "id_number": identity.masked(problem.proposal.number),
                        },
                    }
                    for problem in each.problems
                ],
            }
            for each in preview.files
        ],
        "unread": [{"file": file, "sheet": sheet} for file, sheet in preview.unread],
        "totals": {kind: asdict(count) for kind, count in preview.totals.items()},
    }


def _import_text(preview: ImportPreview, outcome: str) -> None:
    for each in preview.files:
        click.echo(f"{each.file} · {each.sheet} · {error_words.layout_text(each.layout)}")
        counts = "  ".join(
            f"{error_words.cells_text(kind)} {count}" for kind, count in each.cells.items() if count
        )
        click.echo(
            _("  header in row {header}, {rows} rows: {cells}").format(
                header=each.header_row, rows=each.rows, cells=counts
            )
        )
        for problem in each.problems[:_PROBLEMS_SHOWN]:
            click.echo(f"  {problem.cell:>6}  {error_words.problem_line(problem)}")
        if (more := len(each.problems) - _PROBLEMS_SHOWN) > 0:
            click.echo(_("  … and {count} more problems; --json lists them all.").format(count=more))
        if each.outside:
            words = _n(
                "{count} row is of somebody this ledger does not know, in a sheet without villages: it is left out.",
                "{count} rows are of people this ledger does not know, in a sheet without villages: they are left out.",
                len(each.outside),
            )
            click.echo(f"  {words.format(count=len(each.outside))}")
        for correction in each.corrections:
            click.echo(
                f"  {correction.column} · {error_words.correction_text(correction.code)} {correction.count}"
                f" ({correction.before} → {correction.after})"
            )
    if preview.unread:
        click.echo(error_words.unread_text(preview.unread))
    columns = ("new", "changed", "unchanged", "refused", "out_of_scope")
    output.table(
        ["", *map(error_words.cells_text, columns)],
        [
            [error_words.cells_text(kind), *(getattr(count, each) for each in columns)]
            for kind, count in preview.totals.items()
        ],
    )
    click.echo(outcome)


@commands.command(
    "import",
    help=_(
        "Import workbooks; every cell is accounted for. CASEWORKER_FILE_PASSWORD opens those behind a password; else it is asked."
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--layout",
    default="",
    metavar="NAME",
    help=_("Read as this layout; `caseworker layout list` names them."),
)
@click.option("--dry-run", is_flag=True, help=_("Only say what would be done."))
@click.option(
    "--answer",
    "target",
    type=click.Path(path_type=Path),
    metavar="OUT.xlsx",
    help=_("Write the sender's file back with what is to be settled marked."),
)
@click.option(
    "--confirm",
    "rows",
    type=int,
    multiple=True,
    metavar="ROW",
    help=_("Take the identity number proposed for this row; may be given several times."),
)
@click.option("--accept-proposals", is_flag=True, help=_("Take every identity number that is proposed."))
@json_option
@in_session
def import_(
    session: Session,
    files: tuple[Path, ...],
    layout: str,
    dry_run: bool,
    target: Path | None,
    rows: tuple[int, ...],
    accept_proposals: bool,
    as_json: bool,
) -> None:
    """Import workbooks as one change set."""
    show = output.progress()
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            prepared = with_file_password(
                lambda given: imports.prepare(
                    connection,
                    files,
                    opened.scope,
                    opened.today(),
                    layout=layout,
                    password=given,
                    progress=show,
                )
            )
            confirmed = imports.proposals(prepared.preview, None if accept_proposals else rows)
            if confirmed:
                prepared = imports.confirm(
                    connection, prepared, opened.scope, opened.today(), confirmed, show
                )
        answers = (
            imports.answer(prepared, target, opened.officer) if target and prepared.preview.problems else []
        )
        if dry_run:
            outcome = _("Looked through only; nothing was written.")
        elif (changed := imports.commit(opened, prepared, show)).change_set:
            outcome = _("Imported. One undo takes all of it back.")
            if changed.proposed:
                outcome = f"{outcome}\n{error_words.proposed_text(changed)}"
        else:
            outcome = _("Nothing new was written; there is nothing to undo.")
    if as_json:
        output.emit({**_import_json(prepared.preview), "answers": [str(each) for each in answers]})
    else:
        _import_text(prepared.preview, outcome)
        for each in answers:
            click.echo(_("Written: {file}").format(file=each))


@commands.group("layout", help=_("Known layouts of workbooks, and columns mapped by hand."))
def layout_() -> None:
    """Hold the layouts."""


@layout_.command("list", help=_("List the layouts that are known and those that were mapped."))
@json_option
@in_session
def list_layouts(session: Session, as_json: bool) -> None:
    """List layouts."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        mapped = mappings.remembered(connection)
    found = [(each, True) for each in mapped] + [(each, False) for each in recognise.layouts()]
    if as_json:
        output.emit(
            [
                {
                    "name": each.name,
                    "title": each.title,
                    "record": each.record,
                    "mapped": own,
                    "columns": [{"field": one.field, "headers": list(one.headers)} for one in each.columns],
                }
                for each, own in found
            ]
        )
    else:
        output.table(
            [_("Layout"), _("What it is"), _("A row is")],
            [
                (each.name, error_words.layout_text(each.name), error_words.record_text(each.record))
                for each, _own in found
            ],
        )


@layout_.command("fields", help=_("List the fields a column can fill, by what a row is."))
@json_option
def list_fields(as_json: bool) -> None:
    """List fields."""
    found = {record: mappings.targets(record) for record in mappings.RECORDS}
    if as_json:
        output.emit(
            {
                record: [{"field": each, "name": error_words.column_text(each)} for each in fields]
                for record, fields in found.items()
            }
        )
    else:
        for record, fields in found.items():
            click.echo(f"{record}: {error_words.record_text(record)}")
            for each in fields:
                click.echo(f"  {each}  {error_words.column_text(each)}")


@layout_.command(
    "save", help=_("Map the columns of a sheet once: HEADER=FIELD, two-row headers as UPPER·LOWER.")
)
@click.argument("name")
@click.option(
    "--record", required=True, type=click.Choice(mappings.RECORDS), help=_("What a row of the sheet is.")
)
@click.option(
    "--column",
    "given",
    multiple=True,
    required=True,
    metavar="HEADER=FIELD",
    help=_("Which column fills which field."),
)
@in_session
def save_layout(session: Session, name: str, record: str, given: tuple[str, ...]) -> None:
    """Remember a mapping."""
    columns = {}
    for each in given:
        header, equals, field = each.rpartition("=")
        if not equals:
            raise click.UsageError(_("“{value}” is not HEADER=FIELD.").format(value=each))
        columns["·".join(recognise.normal_header(part) for part in header.split("·"))] = field.strip()
    with session.desk() as opened:
        mappings.save(opened, name, record, columns)
    click.echo(_("Remembered: {name}").format(name=name))


@layout_.command("forget", help=_("Forget columns mapped by hand."))
@click.argument("name")
@in_session
def forget_layout(session: Session, name: str) -> None:
    """Forget a mapping."""
    with session.desk() as opened:
        mappings.forget(opened, name)
    click.echo(_("Forgotten: {name}").format(name=name))


@commands.group("print", help=_("Print papers as PDF."))
def print_() -> None:
    """Hold the papers."""


@print_.command("claim", help=_("Print the application forms of claims, several in one PDF."))
@click.argument("numbers", nargs=-1, required=True)
@out_option
@json_option
@in_session
def print_claim(session: Session, numbers: tuple[str, ...], target: Path, as_json: bool) -> None:
    """Print application forms."""
    numbers = tuple(dict.fromkeys(number.strip().upper() for number in numbers))
    with session.desk() as opened:
        papers = [claims.form(opened, number, opened.today()) for number in numbers]
    lacking = write_file(target, lambda stream: form.render(papers, stream))
    if as_json:
        output.emit({"file": str(target), "numbers": list(numbers), "missing_characters": lacking})
    else:
        click.echo(_("Written: {file}").format(file=target))
