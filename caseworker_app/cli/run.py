"""How a command begins and ends."""

import gettext
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

import click

from caseworker_app import error_words, paths, wording
from caseworker_app.cli import (
    attachments,
    checks,
    claim_life,
    claims,
    comparisons,
    exchange_round,
    facts,
    facts_of_work,
    files,
    handing_over,
    ledgers,
    lists,
    packs,
    people,
    uploads,
)
from caseworker_app.cli.shared import commands
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.wording import _

STATUS = {
    "ledger.wrong_password": 3,
    "ledger.wrong_recovery": 3,
    "ledger.recovery_mistyped": 3,
    "ledger.damaged": 4,
    "ledger.in_use": 4,
    "ledger.newer": 4,
    "ledger.keys_damaged": 4,
    "ledger.busy": 4,
}
"""Exit status of a failure; every other ExpectedError is 1, a wrong use of the command 2."""
OURS = 5
_PACKAGES = ("caseworker_app", "db", "printouts", "ui")
_COMMANDS = (
    attachments,
    checks,
    claim_life,
    claims,
    comparisons,
    exchange_round,
    facts,
    facts_of_work,
    files,
    handing_over,
    ledgers,
    lists,
    packs,
    people,
    uploads,
)
"""Each adds its commands by being imported."""

log = logging.getLogger("caseworker")


def _shape(error: BaseException) -> str:
    """Return the kinds of error and the places in our code: no values, so no personal data."""
    links: list[str] = []
    link: BaseException | None = error
    while link is not None:
        frames = [
            f"{frame.f_globals['__name__']}:{line}"
            for frame, line in traceback.walk_tb(link.__traceback__)
            if str(frame.f_globals.get("__name__", "")).split(".")[0] in _PACKAGES
        ]
        links.append(f"{type(link).__name__} at {' < '.join(reversed(frames)) or '?'}")
        link = link.__cause__ or link.__context__
    return "; from ".join(links)


def _note(error: BaseException) -> Path:
    """Write our fault into the log and return where that is."""
    path = paths.logs() / "caseworker.log"
    handler = RotatingFileHandler(path, maxBytes=500_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.propagate = False
    try:
        log.error("%s", _shape(error))
    finally:
        log.removeHandler(handler)
        handler.close()
    return path


def _speak() -> None:
    """Write UTF-8 whatever the console is set to, and let the command line library speak our language."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    gettext.bindtextdomain("caseworker", str(wording.FOLDER))
    gettext.textdomain("caseworker")
    os.environ["LANGUAGE"] = wording.language()


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status."""
    _speak()
    if any("\ud800" <= each <= "\udfff" for argument in arguments for each in argument):
        click.echo(_("What was typed is not UTF-8. Set the terminal to UTF-8 and type it again."), err=True)
        return 2
    try:
        result = commands.main(args=list(arguments), prog_name="caseworker", standalone_mode=False)
    except click.Abort:
        click.echo(_("Stopped. Nothing was written."), err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ExpectedError as error:
        click.echo(error_words.error_text(error), err=True)
        return STATUS.get(error.code, 1)
    except Exception as error:  # noqa: BLE001 - the last door: whatever is left is our fault
        path = _note(error)
        click.echo(
            _("The program made a mistake; the ledger is as it was. What to send us is in {file}.").format(
                file=path
            ),
            err=True,
        )
        return OURS
    return result if isinstance(result, int) else 0
