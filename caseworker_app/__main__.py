"""The way in: the window when no command is given, else the command line.

Worker processes import this module again, so it imports nothing before `main` runs.
"""

import multiprocessing
import sys
from pathlib import Path

_TAKING_A_VALUE = ("--ledger", "--lang")


def _asked(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return the options before the command, and the command with all that follows it."""
    given: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        name, equals, value = rest[0].partition("=")
        if name not in _TAKING_A_VALUE or (not equals and len(rest) < 2):
            break
        given[name] = value if equals else rest[1]
        rest = rest[1 if equals else 2 :]
    return given, rest


def _language(wanted: str) -> str:
    """Return the language asked for, else that of the settings, else Chinese."""
    from caseworker_app import settings, wording  # noqa: PLC0415 - not in worker processes

    try:
        chosen = wanted or str(settings.read("language"))
    except (ValueError, OSError):  # Settings that cannot be read must not keep anybody out.
        chosen = wording.ZH
    return chosen if chosen in wording.LANGUAGES else wording.ZH


def main() -> None:
    """Start the program."""
    multiprocessing.freeze_support()
    from caseworker_app import wording  # noqa: PLC0415 - not in worker processes

    given, rest = _asked(sys.argv[1:])
    language = _language(given.get("--lang", ""))
    # What follows has words in it from its import on.
    wording.use(language)
    if rest or given.get("--lang", language) != language:
        from caseworker_app.cli.run import run as run_command  # noqa: PLC0415 - not before the language is known

        sys.exit(run_command(sys.argv[1:]))
    from caseworker_app.start import run  # noqa: PLC0415 - the window and its libraries, for nobody else

    sys.exit(run(Path(given["--ledger"]) if "--ledger" in given else None))


if __name__ == "__main__":
    main()
