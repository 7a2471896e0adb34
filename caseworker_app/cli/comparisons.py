"""Outside lists held against the ledger."""

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
    in_session,
    json_option,
    numbers_option,
)
from caseworker_app.read_models.comparisons import Compared, Found
from caseworker_app.use_cases import compare
from caseworker_app.use_cases.comparison_text import difference_text, found_text
from caseworker_app.wording import _, label


def _plain(kind: str, each: Found) -> dict[str, Any]:
    return {
        "id": each.person or None,
        "name": each.name,
        "id_number": each.identity_number or None,
        "household_no": each.household_no,
        "village": output.village(each.village_code) if each.village_code else "",
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
                output.village(each.village_code),
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
@numbers_option
@json_option
@in_session
def compare_(
    session: Session,
    files: tuple[Path, ...],
    kind: str,
    as_of: date | None,
    dry_run: bool,
    show_numbers: bool,
    as_json: bool,
) -> None:
    """Compare the ledger with lists."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            compared = compare.prepare(
                connection, opened, files, kind, as_of=as_of, progress=output.progress()
            )
        change_set = None if dry_run else compare.commit(opened, compared).change_set
    if as_json:
        output.emit(_json(compared, change_set))
        return
    _text(compared, numbers=show_numbers)
    if dry_run:
        click.echo(_("Looked through only; nothing was written."))
