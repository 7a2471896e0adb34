"""Policy packs and made-up data."""

import importlib
from pathlib import Path

import click

from caseworker_app.cli import output
from caseworker_app.cli.shared import commands, json_option
from caseworker_app.policy import cases
from caseworker_app.policy import pack as packs
from caseworker_app.wording import _


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
    folder = Path(path) if Path(path).is_dir() else packs.bundled_folder(path)
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
