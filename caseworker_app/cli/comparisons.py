"""Outside lists held against the ledger, feedback to villages, and the to-dos that come of both."""

from datetime import date
from pathlib import Path
from typing import Any

import click

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
    numbers_option,
    person_id,
    village_option,
    with_file_password,
)
from caseworker_app.domain import divisions
from caseworker_app.read_models.comparisons import Compared, Found
from caseworker_app.read_models.todos import Todo
from caseworker_app.use_cases import compare, feedback, problems, proposals
from caseworker_app.use_cases.comparison_text import difference_text, found_text
from caseworker_app.wording import _, label
from db.queries import feedback as feedback_queries


def _plain(kind: str, each: Found) -> dict[str, Any]:
    return {
        "id": each.person or None,
        "name": each.name,
        "id_number": each.identity_number or None,
        "household_no": each.household_no,
        "village": divisions.called(each.village_code) if each.village_code else "",
        "village_code": each.village_code,
        "row": each.row,
        "result": each.result,
        "text": found_text(kind, each.result, each.differences),
        "differences": [
            {
                "field": difference.field,
                "ours": difference.ours,
                "theirs": difference.theirs,
                "text": difference_text(kind, difference.field, difference.ours, difference.theirs),
            }
            for difference in each.differences
        ],
    }


def _json(compared: Compared, change_set: str | None) -> dict[str, Any]:
    return {
        "kind": compared.kind,
        "files": list(compared.files),
        "as_of": compared.as_of.isoformat(),
        "change_set": change_set,
        "counts": compared.counts,
        "results": [_plain(compared.kind, each) for each in compared.found],
        "not_here": [
            {"row": each.row, "name": each.name, "id_number": each.identity_number or None}
            for each in compared.absent
        ],
    }


def _text(compared: Compared, *, numbers: bool) -> None:
    output.table(
        [_("Name"), _("Identity number"), _("Household number"), _("Village"), _("What differs")],
        [
            [
                each.name,
                output.number_shown(each.identity_number, whole=numbers),
                each.household_no,
                divisions.called(each.village_code),
                found_text(compared.kind, each.result, each.differences),
            ]
            for each in compared.found
            if each.differences
        ],
    )
    click.echo(
        _("{list} as of {day}: {rows} rows").format(
            list=label("comparison_kind", compared.kind),
            day=compared.as_of.isoformat(),
            rows=compared.counts["rows"],
        )
    )
    for name in ("agrees", "differs", "suggested", "unknown_there"):
        click.echo(
            _("{list}: {count}").format(list=label("comparison_result", name), count=compared.counts[name])
        )
    click.echo(_("On the list and not in the ledger: {count}").format(count=compared.counts["not_here"]))


@commands.command("compare", help=_("Compare the ledger with outside lists; no fact is changed by it."))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", required=True, type=Code("comparison_kind"), help=_("Which list it is."))
@click.option("--as-of", type=Day(), help=_("The day the list stands for; as the file says if left out."))
@click.option("--dry-run", is_flag=True, help=_("Only say what would be done."))
@click.option(
    "-o",
    "--out",
    "target",
    type=click.Path(path_type=Path),
    help=_("A workbook to write with what differs, for correcting either side."),
)
@numbers_option
@json_option
@in_session
def compare_(
    session: Session,
    files: tuple[Path, ...],
    kind: str,
    as_of: date | None,
    dry_run: bool,
    target: Path | None,
    show_numbers: bool,
    as_json: bool,
) -> None:
    """Compare the ledger with lists."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            compared = with_file_password(
                lambda password: compare.prepare(
                    connection,
                    opened,
                    files,
                    kind,
                    as_of=as_of,
                    password=password,
                    progress=output.progress(),
                )
            )
        change_set = None if dry_run else compare.commit(opened, compared).change_set
        if target and not dry_run:
            compare.export(opened, kind, target)
    if as_json:
        output.emit(_json(compared, change_set))
        return
    _text(compared, numbers=show_numbers)
    if dry_run:
        click.echo(_("Looked through only; nothing was written."))


@commands.command(
    "feedback",
    help=_("Write what goes back to a village or township: receipt, problems, decisions, comparisons."),
)
@click.option("--village", default="", metavar="CODE", help=_("The village it goes to."))
@click.option(
    "--township", default="", metavar="CODE", help=_("The township it goes to, for all its villages.")
)
@click.option("--month", default="", metavar="YYYY-MM", help=_("The month; the newest reported if left out."))
@click.option(
    "-o",
    "--out",
    "target",
    type=click.Path(path_type=Path),
    help=_("The file to write; named after place and month if left out."),
)
@json_option
@in_session
def feedback_(
    session: Session, village: str, township: str, month: str, target: Path | None, as_json: bool
) -> None:
    """Write a feedback."""
    if bool(village) == bool(township):
        raise click.UsageError(_("Name whom it goes to: --village CODE, or --township CODE."))
    village = village or township
    if target and target.suffix.lower() != ".xlsx":
        raise click.UsageError(_("The feedback is an .xlsx file. Let the name end in .xlsx."))
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            before = feedback_queries.sent(connection, village)
            shown = month or feedback.month_of(connection, opened, village)
        path = target or Path(feedback.default_name(village, shown))
        counts = feedback.write(opened, village, path, month=month, progress=output.progress())
    if as_json:
        earlier = [
            {
                "file": each.file_name,
                "month": each.month,
                "written_on": each.written_on.isoformat(),
                "opened_on": output.plain(each.opened_on),
            }
            for each in before
        ]
        output.emit(
            {"file": str(path), "month": shown, "village": village, "sheets": counts, "earlier": earlier}
        )
        return
    click.echo(_("Written: {file}").format(file=path))
    output.table([_("Sheet"), _("Rows")], list(counts.items()))
    for each in before[:1]:
        click.echo(
            _("The feedback before, {file}, was opened on {day}.").format(
                file=each.file_name, day=each.opened_on.isoformat()
            )
            if each.opened_on
            else _("The feedback before, {file}, has not been opened yet.").format(file=each.file_name)
        )


@commands.group("todo", help=_("What came back from above or differs from a list, and its answers."))
def todo_() -> None:
    """Hold the to-dos."""


def _todo(each: Todo) -> dict[str, Any]:
    return {
        "id": each.id,
        "kind": each.kind,
        "person": each.person or None,
        "name": each.name,
        "household_no": each.household_no,
        "village": divisions.called(each.village_code),
        "village_code": each.village_code,
        "text": each.what,
        "place": each.place,
        "since": output.plain(each.since),
        "by": each.by,
        "gone": each.gone,
    }


@todo_.command("list", help=_("Show what waits for an answer."))
@village_option
@json_option
@in_session
def todo_list(session: Session, village: str, as_json: bool) -> None:
    """Show the to-dos."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        found = problems.todos(connection, opened, village)
    if as_json:
        output.emit([_todo(each) for each in found])
        return
    output.table(
        [_("Id"), _("Name"), _("Household number"), _("Village"), _("What is to be done"), _("Where")],
        [
            [
                each.id,
                each.name,
                each.household_no,
                divisions.called(each.village_code),
                each.what,
                each.place,
            ]
            for each in found
        ],
    )


@todo_.command("answer", help=_("Answer a to-do: put right, right as it is, accepted or declined."))
@click.argument("todo", metavar="ID")
@click.option("--outcome", required=True, type=Code("reply_outcome"), help=_("The answer."))
@click.option("--reason", default="", help=_("Why; needed when nothing is changed."))
@json_option
@in_session
def todo_answer(session: Session, todo: str, outcome: str, reason: str, as_json: bool) -> None:
    """Answer a to-do."""
    with session.desk() as opened:
        changed = problems.answer(opened, todo, outcome, reason)
    done(changed, _("Answered."), as_json=as_json, todo=todo)


@todo_.command("withdraw", help=_("Take back a value that was proposed and waits for an answer."))
@click.argument("todo", metavar="ID")
@json_option
@in_session
def todo_withdraw(session: Session, todo: str, as_json: bool) -> None:
    """Withdraw a proposal."""
    with session.desk() as opened:
        changed = proposals.withdraw(opened, todo)
    done(changed, _("Withdrawn."), as_json=as_json, todo=todo)


@todo_.command("raise", help=_("Tell a village what has to be corrected."))
@click.option("--village", required=True, metavar="CODE", help=_("The village or township it goes to."))
@click.option("--message", required=True, help=_("What has to be corrected."))
@click.option("--worker", "number", default="", metavar="ID_NUMBER", help=_("Whom it is about."))
@click.option("--household", default="", metavar="NO", help=_("Which household it is about."))
@json_option
@in_session
def todo_raise(
    session: Session, village: str, message: str, number: str, household: str, as_json: bool
) -> None:
    """Raise a problem."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            who = person_id(connection, number) if number else ""
            home = household_id(connection, household) if household else ""
        changed = problems.raise_by_hand(opened, village, message, person=who, household=home)
    done(changed, _("Raised; it goes down with the next feedback."), as_json=as_json)
