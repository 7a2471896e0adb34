"""The Chinese catalogue: extract, update, compile, and list what lacks a translation.

`make wording` (or `python -m tests.wording_catalogue`) brings `caseworker.po` up to date with the
source, keeps every translation, compiles `caseworker.mo` and prints the messages still without
Chinese. Fill them in the .po and run it again, or give a JSON file of {message: Chinese} (a plural
by its singular): `python -m tests.wording_catalogue --fill FILE.json`.
"""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "caseworker_app" / "locale" / "zh_CN" / "LC_MESSAGES"
PO, MO = FOLDER / "caseworker.po", FOLDER / "caseworker.mo"
PACKAGES = ("caseworker_app", "db", "printouts", "ui")
_OURS = {"_": None, "N_": None, "_n": (1, 2)}
_CLICKS = {"_": None, "ngettext": (1, 2)}
_NO_DAY = datetime(2024, 1, 1, tzinfo=UTC)
"""The files carry no day of their making, so that they differ only where words do."""


def _found() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Give every message with its file; the command line library's own are ours to translate too."""
    places = [(ROOT / package, package, _OURS) for package in PACKAGES]
    for folder, name, keywords in [*places, (Path(click.__file__).parent, "click", _CLICKS)]:
        for file, _line, message, _comments, context in extract_from_dir(
            str(folder), [("**.py", "python")], keywords=keywords
        ):
            yield f"{name}/{file}", message, context


def extracted() -> Catalog:
    """Return the catalogue of what the source says today, without translations."""
    catalog = Catalog(fuzzy=False)
    for file, message, context in _found():
        catalog.add(message, locations=[(file, 1)], context=context)
    return catalog


def stored() -> Catalog:
    """Return the catalogue as the .po has it."""
    with PO.open("rb") as stream:
        return read_po(stream, locale="zh_CN")


def compiled() -> Catalog:
    """Return the catalogue as the .mo has it."""
    with MO.open("rb") as stream:
        return read_mo(stream)


def by_message(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the Chinese by the English, in all their forms."""
    return {forms(message.id): forms(message.string) for message in catalog if message.id}


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the forms of a message: one, or singular and plural."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def translated(message: Message) -> bool:
    """Whether every form of a message has its Chinese."""
    return all(forms(message.string))


def lacking(catalog: Catalog) -> list[Message]:
    """Return the messages without Chinese."""
    return [message for message in catalog if message.id and not translated(message)]


def update(words: dict[str, str] | None = None) -> Catalog:
    """Bring .po and .mo up to date with the source, adding the translations given."""
    catalog = stored() if PO.exists() else Catalog(locale="zh_CN")
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.project, catalog.version, catalog.fuzzy, catalog.header_comment = "caseworker", "1", False, ""
    catalog.msgid_bugs_address, catalog.last_translator, catalog.language_team = "", "", "zh_CN"
    catalog.creation_date = catalog.revision_date = _NO_DAY
    for message in catalog:
        given = (words or {}).get(forms(message.id)[0])
        if message.id and given is not None:
            message.string = given if isinstance(message.id, str) else (given,)
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalog, width=0, sort_output=True, include_lineno=False)
    PO.write_bytes(text.getvalue())
    with MO.open("wb") as stream:
        write_mo(stream, catalog)
    return catalog


def main(arguments: list[str]) -> int:
    """Update everything and say what is missing; 1 when something is."""
    words = (
        json.loads(Path(arguments[1]).read_text(encoding="utf-8")) if arguments[:1] == ["--fill"] else None
    )
    missing = lacking(update(words))
    for message in missing:
        click.echo(f"{', '.join(sorted({file for file, _ in message.locations}))}: {message.id!r}")
    click.echo(f"{len(missing)} to translate in {PO.relative_to(ROOT)}")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
