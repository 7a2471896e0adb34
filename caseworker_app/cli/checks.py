"""The data checks: what does not agree, and findings that are explained."""

from typing import Any

import click

from caseworker_app.check_words import finding_text, severity_text, titles
from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Session,
    commands,
    done,
    in_session,
    json_option,
    on_option,
    village_option,
)
from caseworker_app.domain import divisions
from caseworker_app.domain.findings import Finding
from caseworker_app.use_cases import checks
from caseworker_app.wording import _
from db.queries import checks as queries


def _plain(found: Finding) -> dict[str, Any]:
    return {
        "id": found.id,
        "check": found.check,
        "severity": found.severity,
        "name": found.name,
        "person": found.person or None,
        "household": found.household,
        "household_no": found.household_no,
        "village": divisions.called(found.village_code),
        "field": found.field,
        "text": finding_text(found),
        "exempt": bool(found.exemption),
        "reason": found.reason,
    }


@commands.group("checks", invoke_without_command=True, help=_("Show what does not agree in the ledger."))
@on_option
@village_option
@click.option("--exempt", "exempt_too", is_flag=True, help=_("Show those that were explained too."))
@json_option
@click.pass_context
def checks_(context: click.Context, on: Any, village: str, exempt_too: bool, as_json: bool) -> None:  # noqa: ANN401
    """Show the findings."""
    if context.invoked_subcommand:
        return
    session = context.find_object(Session)
    assert session is not None
    with session.desk() as opened, opened.ledger.reader() as connection:
        asked = opened.asked(on or opened.today())
        found = list(queries.each_finding(connection, asked, village=village))
    counts = queries.counts(found)
    shown = [each for each in found if exempt_too or not each.exemption]
    if as_json:
        output.emit({"counts": counts, "findings": [_plain(each) for each in shown]})
        return
    output.table(
        [_("Name"), _("Household number"), _("Village"), _("Weight"), _("What does not agree")],
        [
            [
                each.name,
                each.household_no,
                divisions.called(each.village_code),
                severity_text(each.severity),
                finding_text(each),
            ]
            for each in shown
        ],
    )
    for code, count in counts.items():
        click.echo(_("{list}: {count}").format(list=titles()[code], count=count))


@checks_.command("exempt", help=_("Explain a finding; it is not counted any more."))
@click.argument("finding", metavar="ID")
@click.option("--reason", required=True, help=_("Why it stands as it is."))
@json_option
@in_session
def exempt(session: Session, finding: str, reason: str, as_json: bool) -> None:
    """Exempt a finding."""
    with session.desk() as opened:
        changed = checks.exempt(opened, finding, reason)
    done(changed, _("Explained; it is not counted any more."), as_json=as_json, finding=finding)


@checks_.command("unexempt", help=_("Take an explanation back; the finding counts again."))
@click.argument("finding", metavar="ID")
@json_option
@in_session
def unexempt(session: Session, finding: str, as_json: bool) -> None:
    """Take an exemption back."""
    with session.desk() as opened:
        changed = checks.unexempt(opened, finding)
    done(changed, _("Explanation taken back; it counts again."), as_json=as_json, finding=finding)
