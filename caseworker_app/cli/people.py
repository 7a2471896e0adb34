"""People and households that change, and people who are in the ledger twice."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import click
from sqlalchemy import Connection, select

from caseworker_app.cli import output
from caseworker_app.cli.facts import record
from caseworker_app.cli.shared import (
    Code,
    Day,
    Session,
    commands,
    done,
    happened_option,
    household_id,
    in_session,
    json_option,
    numbers_option,
    on_option,
    person_id,
)
from caseworker_app.domain import divisions
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import action_text, table_text
from caseworker_app.read_models.duplicates import DROP, KEEP, Comparison, Side
from caseworker_app.use_cases import duplicates, households, people, twins
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.households import NewPerson
from caseworker_app.wording import _, _n
from db.queries import duplicates as queries
from db.queries import twins as twin_queries
from db.queries.dated import live
from db.tables import Person


def who(connection: Connection, text: str) -> str:
    """Return the id of a person named by identity number or by the id that JSON answers give; ExpectedError `person.none`."""
    if re.fullmatch("[0-9a-f]{32}", text.strip()):
        chosen = select(Person.id).where(Person.id == text.strip(), live(Person))
        if found := connection.execute(chosen).scalar_one_or_none():
            return str(found)
    return person_id(connection, text)


def _told(connection: Connection, stated: Sequence[str]) -> dict[str, str]:
    """Return relations stated as NUMBER=RELATION by person."""
    told = {}
    relation = Code("relation")
    for each in stated:
        number, _equals, value = each.rpartition("=")
        told[who(connection, number)] = relation.convert(value, None, None)
    return told


member_option = click.option(
    "--worker",
    "number",
    required=True,
    metavar="ID_NUMBER",
    help=_("Identity number, or id, of the person."),
)
household_option = click.option(
    "--household", "household_no", required=True, metavar="NUMBER", help=_("Household number.")
)
relation_option = click.option(
    "--relation", required=True, type=Code("relation"), help=_("Relation to the head.")
)
new_head_option = click.option(
    "--new-head",
    default="",
    metavar="ID_NUMBER",
    help=_("Who is head of those who stay, when the head goes."),
)
told_option = click.option(
    "--told",
    "stated",
    multiple=True,
    metavar="ID_NUMBER=RELATION",
    help=_("What a member is to the new head, where it is not certain; may be repeated."),
)
_PERSON = (
    click.option("--name", required=True, help=_("Name.")),
    click.option("--id-number", "identity_number", default="", help=_("Identity number.")),
    click.option("--born", type=Day(), help=_("Birth date, without an identity number.")),
    click.option("--sex", default="", type=Code("sex"), help=_("Sex, without an identity number.")),
    click.option("--ethnicity", default="", type=Code("ethnicity"), help=_("Ethnicity.")),
    click.option("--labour-skill", default="", type=Code("labour_skill"), help=_("Labour skill.")),
    click.option("--schooling", default="", type=Code("schooling"), help=_("At school.")),
    click.option("--since", type=Day(), help=_("Member since; as far back as known if left out.")),
    click.option(
        "--somebody-else", is_flag=True, help=_("Enter it although somebody in the ledger is like it.")
    ),
)


def _person_options(command: Any) -> Any:  # noqa: ANN401 - a function to be a command
    for option in reversed(_PERSON):
        command = option(command)
    return command


def _unlike(opened: Desk, new: NewPerson, *, somebody_else: bool) -> None:
    """Refuse somebody who may be in the ledger already; ExpectedError `person.like`."""
    if somebody_else:
        return
    with opened.ledger.reader() as connection:
        found = queries.like(connection, new.name, new.identity_number, new.born, opened.today())
    if found:
        said = "、".join(f"{side.name}（{side.household_no}）" for side, _why in found[:3])
        raise ExpectedError("person.like", people=said)


@record.command("person", help=_("Enter a person into a household."))
@household_option
@relation_option
@click.option("--phone", default="", help=_("Telephone."))
@_person_options
@json_option
@in_session
def record_person(
    session: Session,
    /,
    household_no: str,
    relation: str,
    somebody_else: bool,
    as_json: bool,
    **person: Any,  # noqa: ANN401 - the fields of a person
) -> None:
    """Enter a person."""
    new = NewPerson(**person)
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            household = household_id(connection, household_no)
        _unlike(opened, new, somebody_else=somebody_else)
        changed = people.new_person(opened, household, new, relation)
    said = action_text("person.new", {"name": new.name})
    done(changed, f"{said}。", as_json=as_json, people=sorted(changed.people), household=household)


@record.command("household", help=_("Enter a household with its head."))
@click.option("--village", required=True, metavar="CODE", help=_("Division code of the village."))
@click.option("--group", default="", help=_("Village group."))
@click.option("--number", default="", help=_("Household number; one is made when left out."))
@click.option("--phone", default="", help=_("Telephone of the household."))
@_person_options
@json_option
@in_session
def record_household(
    session: Session,
    /,
    village: str,
    group: str,
    number: str,
    phone: str,
    somebody_else: bool,
    as_json: bool,
    **person: Any,  # noqa: ANN401 - the fields of the head
) -> None:
    """Enter a household."""
    head = NewPerson(**person)
    with session.desk() as opened:
        _unlike(opened, head, somebody_else=somebody_else)
        changed = households.new_household(opened, village, group, head, phone=phone, household_no=number)
        (household,) = changed.households
        with opened.ledger.reader() as connection:
            (side,) = queries.sides(connection, sorted(changed.people), opened.today()).values()
    said = action_text("household.new", {"name": head.name})
    done(
        changed,
        f"{said} {side.household_no}",
        as_json=as_json,
        household=household,
        household_no=side.household_no,
        people=sorted(changed.people),
    )


@record.command("move", help=_("Move a person to another household."))
@member_option
@household_option
@relation_option
@new_head_option
@told_option
@happened_option
@json_option
@in_session
def record_move(
    session: Session,
    number: str,
    household_no: str,
    relation: str,
    new_head: str,
    stated: tuple[str, ...],
    on: date | None,
    as_json: bool,
) -> None:
    """Move a person."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            person, household = who(connection, number), household_id(connection, household_no)
            heir = who(connection, new_head) if new_head else ""
            told = _told(connection, stated)
        changed = households.move(
            opened, person, household, relation, on or opened.today(), new_head=heir, told=told
        )
    done(
        changed,
        _("Moved to household {number}.").format(number=household_no),
        as_json=as_json,
        people=[person],
    )


@record.command("split", help=_("Make a household of its own of some members."))
@household_option
@click.option(
    "--worker",
    "numbers",
    required=True,
    multiple=True,
    metavar="ID_NUMBER",
    help=_("Who leaves; may be repeated."),
)
@click.option("--head", required=True, metavar="ID_NUMBER", help=_("Head of the new household."))
@click.option("--number", "new_number", default="", help=_("Household number; one is made when left out."))
@told_option
@new_head_option
@click.option(
    "--remaining",
    multiple=True,
    metavar="ID_NUMBER=RELATION",
    help=_("What somebody who stays is to the new head there; may be repeated."),
)
@happened_option
@json_option
@in_session
def record_split(
    session: Session,
    household_no: str,
    numbers: tuple[str, ...],
    head: str,
    new_number: str,
    stated: tuple[str, ...],
    new_head: str,
    remaining: tuple[str, ...],
    on: date | None,
    as_json: bool,
) -> None:
    """Split a household."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            household = household_id(connection, household_no)
            going = [who(connection, number) for number in numbers]
            first = who(connection, head)
            heir = who(connection, new_head) if new_head else ""
            told, staying = _told(connection, stated), _told(connection, remaining)
        changed = households.split(
            opened,
            household,
            going,
            first,
            on or opened.today(),
            household_no=new_number,
            told=told,
            remaining_head=heir,
            remaining=staying,
        )
        with opened.ledger.reader() as connection:
            made = queries.sides(connection, [first], opened.today())[first]
    done(
        changed,
        _("New household {number}.").format(number=made.household_no),
        as_json=as_json,
        household=made.household,
        household_no=made.household_no,
        people=going,
    )


@record.command("head", help=_("Make another member the head of a household."))
@household_option
@member_option
@told_option
@happened_option
@json_option
@in_session
def record_head(
    session: Session,
    household_no: str,
    number: str,
    stated: tuple[str, ...],
    on: date | None,
    as_json: bool,
) -> None:
    """Change the head."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            household, person = household_id(connection, household_no), who(connection, number)
            told = _told(connection, stated)
        changed = households.change_head(opened, household, person, on or opened.today(), told)
    done(changed, _("The head was changed."), as_json=as_json, household=household, people=[person])


@record.command("leave", help=_("Record that a person died or left the village."))
@member_option
@click.option(
    "--reason",
    required=True,
    type=click.Choice(people.LEAVE_REASONS),
    help=_("Why the person belongs to no household any more."),
)
@new_head_option
@told_option
@happened_option
@json_option
@in_session
def record_leave(
    session: Session,
    number: str,
    reason: str,
    new_head: str,
    stated: tuple[str, ...],
    on: date | None,
    as_json: bool,
) -> None:
    """Record a departure."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            person = who(connection, number)
            heir = who(connection, new_head) if new_head else ""
            told = _told(connection, stated)
        changed = people.leave(opened, person, on or opened.today(), reason, new_head=heir, told=told)
    done(changed, _("The departure is recorded."), as_json=as_json, people=[person])


@commands.group("duplicates", help=_("People who may be in the ledger twice."))
def duplicates_group() -> None:
    """Hold the commands on duplicates."""


def _side(side: Side) -> dict[str, Any]:
    return {
        "id": side.id,
        "name": side.name,
        "id_number": side.identity_number or None,
        "born": output.plain(side.born),
        "household_no": side.household_no,
        "village": divisions.called(side.village_code),
        "village_code": side.village_code,
    }


@duplicates_group.command("list", help=_("List who may be in the ledger twice, and why."))
@on_option
@numbers_option
@json_option
@in_session
def list_duplicates(session: Session, on: date | None, show_numbers: bool, as_json: bool) -> None:
    """List the pairs."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        found = queries.pairs(connection, on or opened.today())
    if as_json:
        output.emit(
            [
                {"first": _side(pair.first), "second": _side(pair.second), "reasons": list(pair.reasons)}
                for pair in found
            ]
        )
        return
    cells = [
        [
            *(
                cell
                for side in (pair.first, pair.second)
                for cell in (
                    side.name,
                    output.number_shown(side.identity_number, whole=show_numbers),
                    side.household_no,
                    side.id,
                )
            ),
            "、".join(map(duplicates.reason_text, pair.reasons)),
        ]
        for pair in found
    ]
    heads = [_("Name"), _("Identity number"), _("Household number"), _("Id")]
    output.table([*heads, *heads, _("Why")], cells)


def _pair(connection: Connection, opened: Desk, keep: str, drop: str) -> Comparison:
    found = queries.compare(connection, who(connection, keep), who(connection, drop), opened.today())
    if found is None:
        raise ExpectedError("duplicate.gone")
    return found


keep_option = click.option(
    "--keep", required=True, metavar="PERSON", help=_("Who stays: identity number or id.")
)
drop_option = click.option(
    "--drop", required=True, metavar="PERSON", help=_("Who is merged into it: identity number or id.")
)


@duplicates_group.command("compare", help=_("Lay two records side by side."))
@keep_option
@drop_option
@json_option
@in_session
def compare_duplicates(session: Session, keep: str, drop: str, as_json: bool) -> None:
    """Compare two records."""
    with session.desk() as opened, opened.ledger.reader() as connection:
        found = _pair(connection, opened, keep, drop)
    lines = [
        {
            "field": each.field,
            "name": duplicates.difference_text(each),
            "keep": duplicates.side_text(each, each.keep),
            "drop": duplicates.side_text(each, each.drop),
            "taken": each.taken or None,
        }
        for each in found.differences
    ]
    if as_json:
        counts = {table: {KEEP: mine, DROP: theirs} for table, mine, theirs in found.counts}
        output.emit({"keep": _side(found.keep), "drop": _side(found.drop), "fields": lines, "counts": counts})
        return
    output.table(
        [_("Field"), "", KEEP, DROP, _("Taken")],
        [
            [line["field"], line["name"], line["keep"], line["drop"], line["taken"] or _("to be chosen")]
            for line in lines
        ],
    )
    for table, mine, theirs in found.counts:
        click.echo(f"{table_text(table)}: {mine} / {theirs}")


@duplicates_group.command("merge", help=_("Make two records of one person one."))
@keep_option
@drop_option
@click.option(
    "--take",
    "taken",
    multiple=True,
    metavar="FIELD=keep|drop",
    help=_("Which record is right in a field, as “compare” names it; may be repeated."),
)
@json_option
@in_session
def merge_duplicates(session: Session, keep: str, drop: str, taken: tuple[str, ...], as_json: bool) -> None:
    """Merge two records."""
    choices = {field: side for field, _equals, side in (each.rpartition("=") for each in taken)}
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            found = _pair(connection, opened, keep, drop)
        changed = duplicates.merge(opened, found.keep.id, found.drop.id, choices)
    done(changed, _("The two records are one now."), as_json=as_json, people=[found.keep.id])


@duplicates_group.command(
    "merge-sure", help=_("Make one of all records that are surely one person, in one step.")
)
@click.option("--dry-run", is_flag=True, help=_("Only say what would be merged, and what is left and why."))
@numbers_option
@json_option
@in_session
def merge_sure(session: Session, dry_run: bool, show_numbers: bool, as_json: bool) -> None:
    """Merge all twins that are surely one person."""
    with session.desk() as opened:
        if dry_run:
            with opened.ledger.reader() as connection:
                found = twin_queries.sure(connection, opened.scope, opened.today())
            change_set = ""
        else:
            changed, found = twins.merge_sure(opened, progress=output.progress())
            change_set = changed.change_set
    if as_json:
        output.emit(
            {
                "change_set": change_set or None,
                "merged": [
                    {"keep": _side(each.keep), "drop": _side(each.drop), "gives_way": each.gives_way}
                    for each in found.pairs
                ],
                "left": [
                    {
                        "first": _side(each.first),
                        "second": _side(each.second),
                        "why": each.why,
                        "fields": [field.field for field in each.fields],
                        "text": twins.left_text(each),
                    }
                    for each in found.left
                ],
            }
        )
        return
    rows = [
        [
            each.first.name,
            output.number_shown(each.first.identity_number, whole=show_numbers),
            each.first.household_no,
            twins.left_text(each),
        ]
        for each in found.left
    ]
    if rows:
        output.table([_("Name"), _("Identity number"), _("Household number"), _("Why it is left")], rows)
    count = len(found.pairs)
    words = (
        _n("{count} pair would be merged", "{count} pairs would be merged", count)
        if dry_run
        else _n("{count} pair was merged", "{count} pairs were merged", count)
    )
    rest = _n("{count} left to look at", "{count} left to be looked at", len(found.left))
    click.echo(words.format(count=count))
    click.echo(rest.format(count=len(found.left)))


@duplicates_group.command("dismiss", help=_("Say that two records are two people."))
@member_option
@click.option("--other", required=True, metavar="PERSON", help=_("The other: identity number or id."))
@click.option("--reason", required=True, help=_("How you know."))
@json_option
@in_session
def dismiss_duplicates(session: Session, number: str, other: str, reason: str, as_json: bool) -> None:
    """Tell two people apart."""
    with session.desk() as opened:
        with opened.ledger.reader() as connection:
            found = _pair(connection, opened, number, other)
        changed = duplicates.dismiss(opened, found.keep.id, found.drop.id, reason)
    done(
        changed,
        _("They are not listed again."),
        as_json=as_json,
        people=[found.keep.id, found.drop.id],
    )
