"""What happens to claims on their way: papers, objections, rosters, money."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from caseworker_app import error_words
from caseworker_app.cli import output
from caseworker_app.cli.claims import claim
from caseworker_app.cli.files import print_
from caseworker_app.cli.shared import (
    Code,
    Session,
    done,
    happened_option,
    household_id,
    in_session,
    json_option,
    on_option,
    out_option,
    person_id,
    village_option,
    with_file_password,
    write_file,
)
from caseworker_app.domain import codes, divisions, money
from caseworker_app.domain.claim import DEAD
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import attachments, claims, payments, rosters, workdays
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _, _n, label
from db.queries import attachments as attachment_queries
from db.queries import claims as claim_queries
from db.queries import rosters as roster_queries
from printouts import form, roster


@claim.command(
    "evidence", help=_("Note papers handed in with a claim; without --paper, say which are missing.")
)
@click.argument("number")
@click.option("--paper", "papers", multiple=True, help=_("A paper as the item names it; may be given again."))
@click.option("--photo", type=click.Path(path_type=Path), help=_("A photo or scan of the paper."))
@click.option("--note", default="", help=_("Note."))
@happened_option
@json_option
@in_session
def claim_evidence(
    session: Session,
    number: str,
    papers: tuple[str, ...],
    photo: Path | None,
    note: str,
    on: date | None,
    as_json: bool,
) -> None:
    """Note papers."""
    with session.desk() as opened:
        change = None
        if papers:
            attached = _attach(opened, number, photo, papers[0], on) if photo else ""
            done_ = claims.add_papers(
                opened, number, papers, on or opened.today(), attachment=attached, note=note
            )
            change = done_.change_set or None
        with opened.ledger.reader() as connection:
            life = claim_queries.lives(connection, [number]).get(number)
            if life is None:
                raise ExpectedError("claim.none", number=number)
            present = [output.plain(each) for each in claim_queries.evidence(connection, life.id)]
        required, more = claims.lacking_papers(opened.pack, life)
        rule = opened.pack.items.get(life.item)
        choice = list(rule.paper.evidence_any_of) if rule else []
    if as_json:
        missing = {"required": required, "of_choice": more, "choice": choice}
        output.emit({"change_set": change, "number": number, "papers": present, "missing": missing})
        return
    lacking = {"papers": "、".join(required), "more": more, "choice": "、".join(choice)}
    if required or more:
        click.echo(_("Still missing: {papers}").format(papers=error_words.papers_text(lacking)))
    else:
        click.echo(_("All papers are there."))


def _attach(opened: Desk, number: str, photo: Path, kind: str, on: date | None) -> str:
    """Keep a photo with whom the claim is for; return its id."""
    with opened.ledger.reader() as connection:
        found = claim_queries.by_number(connection, number)
    if found is None:
        raise ExpectedError("claim.none", number=number)
    person = found.beneficiary if found.beneficiary_kind == "person" else ""
    household = found.beneficiary if found.beneficiary_kind == "household" else ""
    known = codes.code_list("attachment_kind").parse(kind.removesuffix("复印件")) or "other"
    attachments.attach(
        opened, [photo], person=person, household=household, kind=known, title=kind, taken_on=on
    )
    with opened.ledger.reader() as connection:
        lines = attachment_queries.lines(
            connection, people=[person] if person else [], households=[household] if household else []
        )
    return lines[0].id


@claim.command("object", help=_("Record an objection to a claim that is shown in public."))
@click.argument("number")
@click.option("--words", required=True, help=_("What is objected."))
@click.option("--by", default="", help=_("By whom; may stay empty."))
@happened_option
@json_option
@in_session
def claim_object(session: Session, number: str, words: str, by: str, on: date | None, as_json: bool) -> None:
    """Record an objection."""
    with session.desk() as opened:
        changed = claims.object_to(opened, number, words, on or opened.today(), by=by)
    text = _("{number}: {state}").format(number=number, state=label("claim_state", "objection"))
    done(changed, text, as_json=as_json, number=number, state="objection")


@claim.command("resolve", help=_("Resolve the objections to a claim."))
@click.argument("number")
@click.option(
    "--outcome",
    required=True,
    type=Code("objection_outcome"),
    help=_("Dismissed, and it goes on; or upheld."),
)
@click.option("--answer", required=True, help=_("What was found."))
@click.option(
    "--to",
    "state",
    default="rejected",
    type=click.Choice(["rejected", "returned", "withdrawn"]),
    show_default=True,
    help=_("Where an upheld objection takes the claim."),
)
@happened_option
@json_option
@in_session
def claim_resolve(
    session: Session, number: str, outcome: str, answer: str, state: str, on: date | None, as_json: bool
) -> None:
    """Resolve objections."""
    with session.desk() as opened:
        changed = claims.resolve(opened, number, outcome, answer, on or opened.today(), state=state)
        with opened.ledger.reader() as connection:
            after = claim_queries.lives(connection, [number])[number].state
    text = _("{number}: {state}").format(number=number, state=label("claim_state", after))
    done(changed, text, as_json=as_json, number=number, state=after)


@claim.command(
    "roster", help=_("Gather claims that wait into rosters, one a village; --list shows those made.")
)
@click.option("--item", default="", help=_("Item of the pack."))
@click.option("--cycle", default="", help=_("Cycle by its end year, such as 2024."))
@click.option("--round", "round_", default="", help=_("Name of the round; as the item has it if left out."))
@village_option
@click.option("--list", "listing", is_flag=True, help=_("Show the rosters made."))
@happened_option
@json_option
@in_session
def claim_roster(
    session: Session,
    item: str,
    cycle: str,
    round_: str,
    village: str,
    listing: bool,
    on: date | None,
    as_json: bool,
) -> None:
    """Make or list rosters."""
    with session.desk() as opened:
        day = on or opened.today()
        if not listing:
            if not item:
                raise click.UsageError(_("Name the item with --item, or use --list."))
            named = cycle or opened.pack.item(item).cycle.at(day).name
            changed, made = rosters.make(opened, item, named, day, village=village, round_=round_)
            done(
                changed, _("Rosters: {numbers}").format(numbers=" ".join(made)), as_json=as_json, rosters=made
            )
            return
        with opened.ledger.reader() as connection:
            found = [
                row
                for row in roster_queries.rows(connection)
                if item in ("", row.item)
                and cycle in ("", row.cycle)
                and row.village_code.startswith(village)
            ]
    if as_json:
        output.emit([{**output.plain(row), "count": len(row.claims)} for row in found])
        return
    output.table(
        [_("Roster"), _("Village"), _("Round"), _("Made on"), _("Claims")],
        [
            [
                row.number,
                divisions.called(row.village_code),
                row.round,
                row.made_on.isoformat(),
                str(len(row.claims)),
            ]
            for row in found
        ],
    )


@claim.command("pay", help=_("Take in the results of payments from a bank's workbook, or of one claim."))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--number", default="", help=_("Record one claim instead of a file."))
@click.option("--failed", default="", metavar="REASON", help=_("Why this claim could not be paid."))
@click.option("--dry-run", is_flag=True, help=_("Only say what would be done."))
@happened_option
@json_option
@in_session
def claim_pay(
    session: Session,
    file: Path | None,
    number: str,
    failed: str,
    dry_run: bool,
    on: date | None,
    as_json: bool,
) -> None:
    """Take in payment results."""
    if (file is None) == (not number):
        raise click.UsageError(_("Name a workbook, or a claim with --number."))
    with session.desk() as opened:
        day = on or opened.today()
        if file is None:
            changed = payments.record(opened, number, day, failed=failed)
            state = "payment_failed" if failed else "paid"
            text = _("{number}: {state}").format(number=number, state=label("claim_state", state))
            done(changed, text, as_json=as_json, number=number, state=state)
            return
        asked = file

        def look(password: str) -> payments.Prepared:
            with opened.ledger.reader() as connection:
                return payments.prepare(connection, opened, asked, password=password)

        prepared = with_file_password(look)
        change = None if dry_run else payments.take(opened, prepared, day).change_set
    _paid(prepared, change, as_json=as_json)


def _paid(prepared: payments.Prepared, change: str | None, *, as_json: bool) -> None:
    if as_json:
        output.emit(
            {
                "change_set": change,
                "file": prepared.file,
                "sheet": prepared.sheet,
                "header_row": prepared.header_row,
                "totals": payments.totals(prepared.lines),
                "rows": [
                    {
                        **output.plain(line),
                        "code": line.why or None,
                        "message": error_words.payment_text(line.why) if line.why else "",
                    }
                    for line in prepared.lines
                ],
            }
        )
        return
    output.table(
        [_("Row"), _("Claim number"), _("Name"), _("Amount"), _("Outcome"), _("Reason")],
        [
            [
                str(line.row),
                line.number,
                line.name,
                money.shown(line.amount),
                label("payment_outcome", line.outcome) if line.outcome and not line.why else "",
                error_words.payment_text(line.why) if line.why else line.reason,
            ]
            for line in prepared.lines
        ],
    )
    sums = payments.totals(prepared.lines)
    click.echo(_("Paid {paid} yuan, failed {failed} yuan.").format(paid=sums["paid"], failed=sums["failed"]))


@claim.command("workdays", help=_("Say the calendar of working days, or take one in from a file."))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@json_option
@in_session
def claim_workdays(session: Session, file: Path | None, as_json: bool) -> None:
    """Show or take in the calendar."""
    with session.desk() as opened:
        change = None
        if file is None:
            with opened.ledger.reader() as connection:
                calendar = workdays.calendar(connection)
        else:
            changed, calendar = workdays.take_in(opened, file)
            change = changed.change_set or None
    years = [str(year) for year in calendar.years]
    if as_json:
        output.emit({"change_set": change, "years": years})
    else:
        click.echo(_("Working days are known for {years}.").format(years="、".join(years)))


_ITEM = click.option("--item", default="", help=_("All rosters of this item instead of numbers."))


def _chosen(connection: Connection, numbers: tuple[str, ...], item: str, village: str) -> list[str]:
    """Return the rosters named, or those of an item and village; ExpectedError `roster.nobody`."""
    if numbers:
        return list(dict.fromkeys(each.strip().upper() for each in numbers))
    if not item:
        raise click.UsageError(_("Name rosters by their numbers, or an item with --item."))
    found = [
        row.number
        for row in roster_queries.rows(connection)
        if row.item == item and row.village_code.startswith(village)
    ]
    if not found:
        raise ExpectedError("roster.nobody", item=item)
    return sorted(found)


def _print(
    session: Session,
    numbers: tuple[str, ...],
    chosen: tuple[str, str],
    target: Path,
    kind: roster.Kind,
    on: date | None,
    *,
    identity: bool,
    as_json: bool,
) -> None:
    with session.desk() as opened, opened.ledger.reader() as connection:
        sheets = [
            rosters.sheet(connection, opened, number, on or opened.today(), identity_shown=identity)
            for number in _chosen(connection, numbers, *chosen)
        ]
    if target.suffix.lower() == ".xlsx" and kind == "pay_list":
        rosters.write_workbook(target, sheets)
        lacking = []
    else:
        lacking = write_file(target, lambda stream: roster.render(sheets, kind, stream))
    if as_json:
        output.emit(
            {
                "file": str(target),
                "rosters": [sheet.number for sheet in sheets],
                "missing_characters": lacking,
            }
        )
    else:
        click.echo(_("Written: {file}").format(file=target))


@print_.command(
    "roster",
    help=_("Print rosters in full, to be signed and stamped; to a name in .xlsx, the list for the bank."),
)
@click.argument("numbers", nargs=-1)
@_ITEM
@village_option
@out_option
@on_option
@json_option
@in_session
def print_roster(
    session: Session,
    numbers: tuple[str, ...],
    item: str,
    village: str,
    target: Path,
    on: date | None,
    as_json: bool,
) -> None:
    """Print pay lists."""
    _print(session, numbers, (item, village), target, "pay_list", on, identity=False, as_json=as_json)


@print_.command("notice", help=_("Print the public notice of rosters, without what is private."))
@click.argument("numbers", nargs=-1)
@_ITEM
@village_option
@click.option("--identity", is_flag=True, help=_("With identity numbers, their middle hidden."))
@out_option
@on_option
@json_option
@in_session
def print_notice(
    session: Session,
    numbers: tuple[str, ...],
    item: str,
    village: str,
    identity: bool,
    target: Path,
    on: date | None,
    as_json: bool,
) -> None:
    """Print notices."""
    _print(session, numbers, (item, village), target, "notice", on, identity=identity, as_json=as_json)


@print_.command("bundle", help=_("Print the forms of every live claim of a person or household."))
@click.option("--worker", default="", metavar="ID_NUMBER", help=_("Identity number of the worker."))
@click.option("--household", default="", metavar="NO", help=_("Household number."))
@out_option
@json_option
@in_session
def print_bundle(session: Session, worker: str, household: str, target: Path, as_json: bool) -> None:
    """Print a bundle."""
    if bool(worker) == bool(household):
        raise click.UsageError(_("Name a worker or a household, not both."))
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            whose = person_id(connection, worker) if worker else household_id(connection, household)
            rows = claim_queries.rows(
                connection, claims.of_bundle(connection, opened, whose, opened.today()), opened.today()
            )
        numbers = [row.number for row in rows if row.state not in DEAD]
        if not numbers:
            raise ExpectedError("claim.nothing")
        papers = [claims.form(opened, number, opened.today()) for number in numbers]
    lacking = write_file(target, lambda stream: form.render(papers, stream))
    if as_json:
        output.emit({"file": str(target), "numbers": numbers, "missing_characters": lacking})
    else:
        click.echo(
            _n("Written: {count} form in {file}", "Written: {count} forms in {file}", len(numbers)).format(
                count=len(numbers), file=target
            )
        )
