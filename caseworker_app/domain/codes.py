"""The code lists: stored codes, their labels in two languages, and the spellings they are read from."""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict


class Entry(TypedDict):
    """One code as `codes.toml` describes it."""

    zh: str
    en: str
    also: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list of codes, in display order."""

    name: str
    entries: dict[str, Entry]
    _by_spelling: dict[str, str]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in display order."""
        return tuple(self.entries)

    def label(self, code: str, language: str) -> str:
        """The label of a code; a code that is not in the list stands for itself."""
        entry = self.entries.get(code)
        if entry is None:
            return code
        return entry["zh"] if language.startswith("zh") else entry["en"]

    def labels(self, language: str) -> tuple[str, ...]:
        """All labels in display order."""
        return tuple(self.label(code, language) for code in self.entries)

    def parse(self, text: str) -> str | None:
        """The code that a cell's text means, or None."""
        return self._by_spelling.get(_spelling(text))


def code_list(name: str) -> CodeList:
    """The list of this name."""
    return _lists()[name]


def names() -> tuple[str, ...]:
    """The names of all lists."""
    return tuple(_lists())


def spellings(entry: Entry) -> tuple[str, ...]:
    """Every spelling an entry is read from."""
    return entry["zh"], entry["en"], *entry.get("also", ())


def _spelling(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@cache
def _lists() -> dict[str, CodeList]:
    tables: dict[str, dict[str, Entry]] = tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text("utf-8")
    )
    return {
        name: CodeList(
            name,
            entries,
            {_spelling(text): code for code, entry in entries.items() for text in spellings(entry)},
        )
        for name, entries in tables.items()
    }
