"""What the commands share: the ledger they open, their options, and how they answer."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, TypeVar

import click
from sqlalchemy import Connection

from caseworker_app import wording
from caseworker_app.cli import output
from caseworker_app.domain import codes, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.error_words import proposed_text
from caseworker_app.use_cases import desk
from caseworker_app.use_cases.desk import Desk
from caseworker_app.wording import _
from db.queries import households, workers

_PASSWORD = "CASEWORKER_PASSWORD"  # noqa: S105 - the name of the variable
_FILE_PASSWORD = "CASEWORKER_FILE_PASSWORD"  # noqa: S105 - as above
T = TypeVar("T")


class Day(click.ParamType[date, str]):
    """A day written as ISO 8601 has it."""

    name = "YYYY-MM-DD"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day."""
        if isinstance(value, date):
            return value
        try:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            self.fail(_("“{value}” is not a day. Write it like 2024-11-30.").format(value=value), param, ctx)


class Code(click.ParamType[str, str]):
    """A value of a code list: its code or its label."""

    def __init__(self, list_name: str) -> None:
        self.list = codes.code_list(list_name)
        self.name = "|".join(self.list.codes)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code."""
        # '' is an option left out.
        found = value if value in ("", *self.list.codes) else self.list.parse(value)
        if found is None:
            allowed = "、".join(
                f"{code} {self.list.label(code, wording.language())}" for code in self.list.codes
            )
            self.fail(
                _("“{value}” is not known. Choose from: {allowed}").format(value=value, allowed=allowed),
                param,
                ctx,
            )
        return found


class Yuan(click.ParamType[int, str]):
    """An amount of money in yuan, kept in fen."""

    name = "YUAN"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return fen."""
        if isinstance(value, int):
            return value
        try:
            return money.fen(value)
        except ValueError:
            self.fail(
                _("“{value}” is not an amount in yuan. Write it like 3500 or 3500.50.").format(value=value),
                param,
                ctx,
            )


@dataclass(slots=True)
class Session:
    """What was chosen before the command."""

    folder: Path | None

    def place(self) -> Path:
        """Return the ledger's folder; usage error when none was named."""
        if self.folder is None:
            raise click.UsageError(
                _("No ledger was named. Use --ledger FOLDER or the variable CASEWORKER_LEDGER.")
            )
        return self.folder

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open the ledger for one command."""
        opened = desk.open_with_password(self.place(), password())
        try:
            yield opened
        finally:
            opened.close()


in_session = click.make_pass_decorator(Session)
json_option = click.option("--json", "as_json", is_flag=True, help=_("Answer with one JSON document."))
on_option = click.option("--on", type=Day(), help=_("The day asked about; today if left out."))
happened_option = click.option("--on", type=Day(), help=_("The day it happened; today if left out."))
numbers_option = click.option(
    "--show-numbers", is_flag=True, help=_("Show the numbers of identity, telephone and card in full.")
)
village_option = click.option("--village", default="", metavar="CODE", help=_("Only this village."))
out_option = click.option(
    "-o", "--out", "target", required=True, type=click.Path(path_type=Path), help=_("The file to write.")
)
worker_option = click.option(
    "--worker", "number", required=True, metavar="ID_NUMBER", help=_("Identity number of the worker.")
)


def password(*, new: bool = False) -> str:
    """Return the password from its variable, else ask for it at the terminal; it is never an argument."""
    given = os.environ.get(_PASSWORD)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError(
            _("No password was given. Set the variable CASEWORKER_PASSWORD or type it at a terminal.")
        )
    return str(click.prompt(_("Password"), hide_input=True, confirmation_prompt=new, err=True))


def with_file_password(work: Callable[[str], T]) -> T:
    """Do what reads files with the password from its variable, or ask for it when a file wants one."""
    try:
        return work(os.environ.get(_FILE_PASSWORD, ""))
    except ExpectedError as error:
        if error.code not in ("workbook.encrypted", "workbook.password_wrong") or not sys.stdin.isatty():
            raise
        asked = _("Password of {file}").format(file=error.values["file"])
    return work(str(click.prompt(asked, hide_input=True, err=True)))


def person_id(connection: Connection, number: str) -> str:
    """Return the id of the person with this identity number; ExpectedError `person.none`."""
    found = workers.person_ids(connection, number.strip().upper())
    if not found:
        raise ExpectedError("person.none")
    return found[0]


def household_id(connection: Connection, number: str) -> str:
    """Return the id of the household with this number; ExpectedError `person.none`."""
    found = households.by_number(connection, number.strip())
    if found is None:
        raise ExpectedError("person.none")
    return found


def write_file(target: Path, fill: Callable[[BinaryIO], list[str]]) -> list[str]:
    """Write a file that appears only when whole; ExpectedError `file.not_written`."""
    draft = target.with_name(target.name + ".part")
    try:
        with draft.open("wb") as stream:
            lacking = fill(stream)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ExpectedError("file.not_written", file=str(target)) from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if lacking:
        click.echo(
            _("No font has these characters; they print as 〓: {characters}").format(
                characters=" ".join(lacking)
            ),
            err=True,
        )
    return lacking


def _proposed(changed: Changed) -> dict[str, int]:
    return {"proposed": changed.proposed} if changed.proposed else {}


def done(changed: Changed, message: str, *, as_json: bool, **more: object) -> None:
    """Answer a command that wrote a change set."""
    if as_json:
        output.emit({"change_set": changed.change_set or None, **_proposed(changed), **more})
    elif changed.proposed:
        click.echo(proposed_text(changed))
    else:
        click.echo(message if changed.change_set else _("Nothing changed: the ledger says that already."))


@click.group(
    help=_("An offline ledger of workers, the services owed to them and the subsidies they are entitled to.")
)
@click.option(
    "--ledger", type=click.Path(path_type=Path), envvar="CASEWORKER_LEDGER", help=_("Folder of the ledger.")
)
@click.option("--lang", type=click.Choice(wording.LANGUAGES), help=_("Language of messages."))
@click.version_option(
    package_name="caseworker",
    message=_("%(prog)s, version %(version)s"),
    help=_("Show the version and exit."),
)
@click.pass_context
def commands(context: click.Context, ledger: Path | None, lang: str | None) -> None:  # noqa: ARG001 - `main` took the language
    """Keep what comes before the command."""
    context.obj = Session(ledger)
