"""The monthly round, receiving: workbooks in, who sent and who has not, conflicts and devices."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from caseworker_app import error_words
from caseworker_app.cli import output
from caseworker_app.cli.shared import (
    Session,
    commands,
    done,
    in_session,
    json_option,
    numbers_option,
    out_option,
    village_option,
    with_file_password,
)
from caseworker_app.domain import divisions, identity
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.received import CELLS, ConflictLine, FileProblem, ReceivedFile
from caseworker_app.use_cases import conflicts, devices, receive
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _, label
from db.queries import conflicts as conflict_queries
from db.queries import received as queries

_MASKS: dict[str, Callable[[str], str]] = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}


def problem_text(problem: FileProblem) -> str:
    """Return a problem of a workbook as a sentence."""
    return error_words.error_text(ExpectedError(problem.code, **problem.values))


def _conflict(line: ConflictLine, *, numbers: bool) -> dict[str, Any]:
    def value(given: Any) -> Any:  # noqa: ANN401 - JSON values
        hidden = not numbers and line.field in _MASKS and isinstance(given, str) and given
        return _MASKS[line.field](given) if hidden else output.plain(given, line.field)

    return {
        "id": line.id,
        "village": line.village_code,
        "record": {
            "table": line.table,
            "id": line.record,
            "name": line.name,
            "household_no": line.household_no,
        },
        "field": line.field,
        "text": conflicts.title(line),
        "base": value(line.base),
        "ours": value(line.ours),
        "theirs": value(line.theirs),
        "written": {
            side: {name: line.written.get(side, {}).get(name, "") for name in ("officer", "on")}
            for side in conflicts.CHOICES
        },
        "decided": line.decided,
    }


def _problems(file: ReceivedFile) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"code": each.code, "message": problem_text(each), **each.values} for each in file.problems
    ]
    if file.preview:
        found += [
            {
                "code": problem.code,
                "message": error_words.problem_line(problem),
                "sheet": problem.sheet,
                "row": problem.row,
                "column": problem.column,
                "cell": problem.cell,
            }
            for each in file.preview.files
            for problem in each.problems
        ]
    return found


def _changes(file: ReceivedFile) -> list[dict[str, Any]]:
    """Return what the sheets say otherwise than the ledger, of a workbook taken in as the receiver's entry."""
    return [
        {
            "sheet": change.sheet,
            "row": change.row,
            "name": change.name,
            "field": change.field,
            "before": change.before,
            "after": change.after,
        }
        for each in (file.preview.files if file.preview else ())
        for change in each.changes
    ]


def _json(file: ReceivedFile, *, numbers: bool) -> dict[str, Any]:
    return {
        "file": file.file,
        "kind": file.kind,
        "seal": file.seal,
        "device": file.device,
        "fingerprint": file.fingerprint,
        "village": file.village,
        "month": file.month,
        "officer": file.officer,
        "standing": file.standing,
        "taken": file.taken,
        "cells": {
            "in": sum(file.cells.values()),
            **{name: file.cells.get(name, 0) for name in CELLS},
            **file.cells,
        },
        "conflicts": [_conflict(each, numbers=numbers) for each in file.conflicts],
        "changes": _changes(file),
        "problems": _problems(file),
    }


def _tell(file: ReceivedFile) -> None:
    parts = [
        file.file,
        divisions.called(file.village) if file.village else "",
        file.month,
        label("seal", file.seal),
        label("standing", file.standing) if file.standing else "",
    ]
    click.echo(" · ".join(part for part in parts if part))
    counts = "  ".join(
        f"{error_words.cells_text(kind)} {count}" for kind, count in file.cells.items() if count
    )
    if counts:
        click.echo(f"  {counts}")
    for problem in _problems(file):
        click.echo(f"  {problem['message']}")


@commands.command("receive", help=_("Receive workbooks that villages or the level above sent."))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("Only say what the workbooks are."))
@click.option("--month", default="", metavar="YYYY-MM", help=_("The month of a plain sheet."))
@village_option
@numbers_option
@json_option
@in_session
def receive_(
    session: Session,
    files: tuple[Path, ...],
    dry_run: bool,
    month: str,
    village: str,
    show_numbers: bool,
    as_json: bool,
) -> None:
    """Take in workbooks, each by itself; plain and edited ones as the receiver's own entry."""
    show = output.progress()

    def work(desk: Desk, password: str) -> Sequence[ReceivedFile]:
        if dry_run:
            return receive.look(desk, files, password=password, progress=show)
        outcomes = receive.receive(
            desk, files, take_plain=True, month=month, village=village, password=password, progress=show
        )
        locked = [
            each for outcome in outcomes for each in outcome.file.problems if each.code in receive.LOCKED
        ]
        if locked and len(locked) == len(outcomes):
            raise ExpectedError(locked[0].code, **locked[0].values)
        return [each.file for each in outcomes]

    with session.desk() as desk:
        found = with_file_password(lambda password: work(desk, password))
    if as_json:
        output.emit([_json(each, numbers=show_numbers) for each in found])
    else:
        for each in found:
            _tell(each)


@commands.command("received", help=_("Show who sent in a month, who has not, and what is wrong."))
@click.option("--month", default="", metavar="YYYY-MM", help=_("The month; this one if left out."))
@json_option
@in_session
def received_(session: Session, month: str, as_json: bool) -> None:
    """Show the table of a month."""
    with session.desk() as desk, desk.ledger.reader() as connection:
        found = queries.month(connection, desk.scope, month or f"{desk.today():%Y-%m}")
    if as_json:
        output.emit([output.plain(each) for each in found])
        return
    output.table(
        [
            _("Place"),
            _("Sent"),
            _("Officer"),
            _("Standing"),
            _("Seal"),
            _("Month closed"),
            _("Carried from"),
            _("Conflicts"),
        ],
        [
            [
                each.village,
                each.received_on.isoformat() if each.received_on else _("not sent"),
                each.officer,
                label("standing", each.standing) if each.standing else "",
                label("seal", each.seal) if each.seal else "",
                label("month_state", each.month_state),
                each.carried_from,
                str(each.conflicts or ""),
            ]
            for each in found
        ],
    )


@commands.group("conflict", help=_("Values that two devices wrote differently."))
def conflict() -> None:
    """Group the commands about conflicts."""


@conflict.command("list", help=_("List what waits to be decided."))
@click.option("--all", "decided", is_flag=True, help=_("Those decided too."))
@village_option
@numbers_option
@json_option
@in_session
def conflict_list(session: Session, decided: bool, village: str, show_numbers: bool, as_json: bool) -> None:
    """List conflicts."""
    with session.desk() as desk, desk.ledger.reader() as connection:
        found = conflict_queries.conflicts(connection, village=village, decided=decided)
    if as_json:
        output.emit([_conflict(each, numbers=show_numbers) for each in found])
        return
    output.table(
        ["", _("Village"), _("Name"), _("What"), _("Base"), _("Ours"), _("Theirs")],
        [
            [
                each.id,
                divisions.called(each.village_code),
                each.name or each.household_no,
                conflicts.title(each),
                conflicts.shown(each, each.base),
                f"{conflicts.shown(each, each.ours)} ({conflicts.signed(each, 'ours')})",
                f"{conflicts.shown(each, each.theirs)} ({conflicts.signed(each, 'theirs')})",
            ]
            for each in found
        ],
    )


@conflict.command("decide", help=_("Let what stands stay, or take the other value."))
@click.argument("ids", nargs=-1, required=True)
@click.option("--take", "choice", type=click.Choice(conflicts.CHOICES), required=True, help=_("Which value."))
@click.option("--reason", default="", help=_("Why."))
@json_option
@in_session
def conflict_decide(session: Session, ids: tuple[str, ...], choice: str, reason: str, as_json: bool) -> None:
    """Decide conflicts, each as one step."""
    with session.desk() as desk:
        changed = [conflicts.decide(desk, each, choice, reason) for each in ids]
    done(changed[-1], _("Decided: {count}").format(count=len(changed)), as_json=as_json)


@commands.group("device", help=_("Devices that may write for a village."))
def device() -> None:
    """Group the commands about devices."""


@device.command("list", help=_("List devices with their fingerprints."))
@json_option
@in_session
def device_list(session: Session, as_json: bool) -> None:
    """List devices."""
    with session.desk() as desk, desk.ledger.reader() as connection:
        found = queries.devices(connection, desk.units.device)
    if as_json:
        output.emit([output.plain(each) for each in found])
        return
    output.table(
        ["", _("Village"), _("Device"), _("Fingerprint"), _("State"), _("Last month")],
        [
            [
                each.id,
                divisions.called(each.village_code),
                each.name or devices.short(each.device),
                each.fingerprint,
                label("device_state", each.state),
                each.last_month,
            ]
            for each in found
        ],
    )


@device.command("introduce", help=_("Write the file by which the level above enrols this device."))
@out_option
@json_option
@in_session
def device_introduce(session: Session, target: Path, as_json: bool) -> None:
    """Write this device's enrolment."""
    with session.desk() as desk:
        devices.introduce(desk, target)
        own = devices.own_line(desk)
    told = {"file": str(target), "device": devices.short(own.device), "fingerprint": own.fingerprint}
    if as_json:
        output.emit(told)
    else:
        click.echo(_("Written: {file}").format(file=target))
        click.echo(f"{_('Fingerprint')} {own.fingerprint}")


@device.command("enrol", help=_("Enrol the device that sealed a workbook, or one that was seen by its id."))
@click.argument("file", type=str)
@click.option("--fingerprint", default="", help=_("What was read aloud; refused if the file's is another."))
@click.option("--name", default="", help=_("What the device is called here."))
@json_option
@in_session
def device_enrol(session: Session, file: str, fingerprint: str, name: str, as_json: bool) -> None:
    """Enrol a device by file or id."""
    with session.desk() as desk:
        if Path(file).exists():
            changed = with_file_password(
                lambda password: devices.enrol_file(
                    desk, Path(file), fingerprint=fingerprint, name=name, password=password
                )
            )
        else:
            changed = devices.confirm(desk, [file])
    done(changed, _("Enrolled."), as_json=as_json)


@device.command("refuse", help=_("Take nothing from a device any more."))
@click.argument("ids", nargs=-1, required=True)
@json_option
@in_session
def device_refuse(session: Session, ids: tuple[str, ...], as_json: bool) -> None:
    """Refuse devices by their ids."""
    with session.desk() as desk:
        changed = devices.refuse(desk, ids)
    done(changed, _("Refused."), as_json=as_json)
