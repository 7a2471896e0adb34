"""Policy packs and made-up data."""

import importlib
from datetime import date
from pathlib import Path

import click

from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Day,
    Session,
    commands,
    done,
    happened_option,
    in_session,
    json_option,
    on_option,
)
from caseworker_app.domain import money
from caseworker_app.policy import cases, reader
from caseworker_app.policy import pack as packs
from caseworker_app.use_cases import packs as use_cases
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _
from db.queries import packs as pack_queries


@commands.group("pack", help=_("Policy packs."))
def pack() -> None:
    """Hold what is done with packs."""


@pack.command("list", help=_("List the packs that come with the program."))
@json_option
def pack_list(as_json: bool) -> None:
    """List packs."""
    found = [packs.load(name) for name in packs.bundled()]
    if as_json:
        output.emit(
            [
                {
                    "id": each.id,
                    "name": each.name,
                    "code": each.code,
                    "document": each.document.title,
                    "issued": each.document.issued.isoformat(),
                    "items": [
                        {"id": item.id, "name": item.name, "beneficiary": item.beneficiary}
                        for item in each.items.values()
                    ],
                }
                for each in found
            ]
        )
    else:
        output.table(
            [_("Pack"), _("Name"), _("Document"), _("Items")],
            [[each.id, each.name, each.document.short, "、".join(each.items)] for each in found],
        )


@pack.command("check", help=_("Read a pack strictly and run its cases; status 1 when one differs."))
@click.argument("path")
@json_option
def pack_check(path: str, as_json: bool) -> None:
    """Check a pack."""
    folder = use_cases.folder_of(path)
    results = cases.run(packs.read_folder(folder), folder)
    differing = [each for each in results if each.difference]
    if as_json:
        output.emit(
            {
                "pack": path,
                "cases": [{"name": each.name, "difference": each.difference} for each in results],
                "differing": len(differing),
            }
        )
    else:
        for each in differing:
            click.echo(_("differs: {name}: {difference}").format(name=each.name, difference=each.difference))
        click.echo(
            _("{count} cases run, {differing} differ.").format(count=len(results), differing=len(differing))
        )
    if differing:
        raise click.exceptions.Exit(1)


@pack.command("use", help=_("Follow a pack from now on: its texts are copied into the ledger."))
@click.argument("path")
@happened_option
@json_option
@in_session
def pack_use(session: Session, path: str, on: date | None, as_json: bool) -> None:
    """Adopt a pack."""
    with session.desk() as opened:
        changed = use_cases.adopt(opened, use_cases.folder_of(path), on or opened.today())
        rules = opened.pack
    text = _("The ledger follows {name} from now on.").format(name=rules.name)
    done(changed, text, as_json=as_json, pack=rules.id, items=list(rules.items))


@pack.command("parameters", help=_("List the figures of this place that the pack asks for."))
@json_option
@in_session
def pack_parameters(session: Session, as_json: bool) -> None:
    """List local figures."""
    with session.desk() as opened:
        found = list(opened.pack.parameters.values())
    if as_json:
        output.emit(
            [
                {
                    "key": each.key,
                    "name": each.name,
                    "kind": each.kind,
                    "explanation": each.explanation,
                    "clause": each.clause,
                    "values": [
                        {
                            "from": since.isoformat() if since else None,
                            "value": use_cases.parameter_shown(each, value),
                        }
                        for since, value in each.values
                    ],
                }
                for each in found
            ]
        )
        return
    output.table(
        [_("Key"), _("Name"), _("Value"), _("From")],
        [
            [each.key, each.name, use_cases.parameter_shown(each, value), since.isoformat() if since else ""]
            for each in found
            for since, value in each.values
        ]
        + [[each.key, each.name, _("not entered"), ""] for each in found if not each.values],
    )


@pack.command("set", help=_("Enter a figure of this place; a ladder like “5=20000 10=50000”."))
@click.argument("key")
@click.argument("value")
@click.option("--from", "since", type=Day(), help=_("The day it holds from; from the beginning if left out."))
@json_option
@in_session
def pack_set(session: Session, key: str, value: str, since: date | None, as_json: bool) -> None:
    """Enter a local figure."""
    with session.desk() as opened:
        changed = use_cases.set_parameter(opened, key, value, since)
        name = opened.pack.parameters[key].name
    done(changed, _("Recorded: {what}.").format(what=name), as_json=as_json, key=key)


def _rules(opened: Desk, name: str) -> packs.Pack:
    """Return a pack by its folder or name; a dot is the one the ledger follows."""
    if name == ".":
        return opened.pack
    with opened.ledger.reader() as connection:
        rules = packs.read_folder(use_cases.folder_of(name))
        return reader.with_entered(rules, pack_queries.entered(connection, rules.id))


@pack.command(
    "what-if", help=_("Say who gains and who loses under another pack; “.” is the one the ledger follows.")
)
@click.argument("old")
@click.argument("new")
@click.option("--cycle", default="", help=_("Cycle by its name, such as 2024."))
@on_option
@json_option
@in_session
def pack_what_if(session: Session, old: str, new: str, cycle: str, on: date | None, as_json: bool) -> None:
    """Compare two packs over the ledger."""
    with session.desk() as opened:
        before, after = _rules(opened, old), _rules(opened, new)
        with opened.ledger.reader() as connection:
            found = use_cases.what_if(connection, before, after, on or opened.today(), cycle=cycle)
    if as_json:
        output.emit(
            {
                "gaining": len(found.gaining),
                "losing": len(found.losing),
                "cost_before": money.yuan(found.cost_before),
                "cost_after": money.yuan(found.cost_after),
                "cost": money.yuan(found.cost),
                "undecided": found.undecided,
                "differences": [
                    {
                        "item": each.item,
                        "cycle": each.cycle,
                        "beneficiary": {
                            "kind": each.beneficiary_kind,
                            "id": each.beneficiary,
                            "household_no": each.household_no,
                            "name": each.name,
                        },
                        "before": None if each.before is None else money.yuan(each.before),
                        "after": None if each.after is None else money.yuan(each.after),
                    }
                    for each in found.differences
                ],
            }
        )
        return
    unknown = _("not known")
    output.table(
        [_("Item"), _("Cycle"), _("Name"), _("Household number"), _("Before"), _("After")],
        [
            [
                each.item,
                each.cycle,
                each.name,
                each.household_no,
                unknown if each.before is None else money.shown(each.before),
                unknown if each.after is None else money.shown(each.after),
            ]
            for each in found.differences
        ],
    )
    click.echo(
        _("{gaining} gain, {losing} lose; {before} yuan become {after} yuan.").format(
            gaining=len(found.gaining),
            losing=len(found.losing),
            before=money.shown(found.cost_before),
            after=money.shown(found.cost_after),
        )
    )


@commands.command("sample", help=_("Write made-up workbooks in the field's layouts."))
@click.option("--households", "count", required=True, type=click.IntRange(1), help=_("How many households."))
@click.option(
    "--seed", default=1, show_default=True, type=int, help=_("The same seed gives the same people.")
)
@click.option(
    "-o",
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=_("The folder to write into."),
)
@json_option
def sample(count: int, seed: int, folder: Path, as_json: bool) -> None:
    """Write made-up workbooks."""
    # Made-up people are needed here only, and the demo brings the window's libraries with it.
    files = importlib.import_module("caseworker_app.sample").write(folder, count, seed)
    if as_json:
        output.emit({"files": [str(each) for each in files]})
    else:
        for each in files:
            click.echo(str(each))


@commands.command("demo", help=_("Do the main job on sample data and keep everything it makes."))
@click.option(
    "-o",
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=_("The folder to write into."),
)
def demo(folder: Path) -> None:
    """Run the demonstration."""
    importlib.import_module("caseworker_app.demo").run(folder)
