"""A TOML file read so that every table knows its file and the line of each of its keys."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caseworker_app.domain.errors import ExpectedError

_WORDS = {
    "str": "text",
    "int": "number",
    "bool": "yes_or_no",
    "date": "day",
    "list": "list",
    "dict": "table",
}


@dataclass(slots=True)
class Located:
    """A table of a file: its values, and for each key the file and line where it stands."""

    values: dict[str, Any]
    file: str
    line: int
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)
    local: dict[str, str] = field(default_factory=dict)
    """Keys whose value a setting decided, and the setting."""

    def get(self, key: str) -> Any:  # noqa: ANN401 - TOML values
        """Return a value, or None."""
        return self.values.get(key)

    def place(self, key: str) -> tuple[str, int]:
        """Return the file and line of a key, or of the table when the key is not there."""
        return self.lines.get(key, (self.file, self.line))


class _Scanner:
    """Finds the line of every key in a text that tomllib has already accepted."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.lines: dict[tuple[str | int, ...], int] = {}
        self._counts: dict[tuple[str | int, ...], int] = {}

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def _space(self, *, newlines: bool = True) -> None:
        text, end = self._text, len(self._text)
        while self._at < end:
            sign = text[self._at]
            if sign == "#":
                while self._at < end and text[self._at] != "\n":
                    self._at += 1
            elif sign in " \t" or (newlines and sign in "\r\n"):
                self._at += 1
            else:
                return

    def _string(self) -> str:
        text = self._text
        quote = text[self._at]
        mark = quote * 3 if text.startswith(quote * 3, self._at) else quote
        self._at += len(mark)
        start = self._at
        while not text.startswith(mark, self._at):
            self._at += 2 if text[self._at] == "\\" and quote == '"' else 1
        found = text[start : self._at]
        self._at += len(mark)
        while len(mark) == 3 and text.startswith(quote, self._at):  # Quotes may touch the closing ones.
            self._at += 1
        return found

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._space(newlines=False)
            if self._text[self._at] in "\"'":
                parts.append(self._string())
            else:
                start = self._at
                while self._text[self._at] not in " \t=.]":
                    self._at += 1
                parts.append(self._text[start : self._at])
            self._space(newlines=False)
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _value(self, path: tuple[str | int, ...]) -> None:
        sign = self._text[self._at]
        if sign in "\"'":
            self._string()
        elif sign == "[":
            self._at += 1
            number = 0
            while True:
                self._space()
                if self._text[self._at] == "]":
                    self._at += 1
                    return
                self.lines[*path, number] = self._line()
                self._value((*path, number))
                number += 1
                self._space()
                if self._text[self._at] == ",":
                    self._at += 1
        elif sign == "{":
            self._at += 1
            while True:
                self._space()
                if self._text[self._at] == "}":
                    self._at += 1
                    return
                self._pair(path)
                self._space()
                if self._text[self._at] == ",":
                    self._at += 1
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}#\r\n":
                self._at += 1

    def _note(self, path: tuple[str | int, ...], keys: list[str], line: int) -> tuple[str | int, ...]:
        for key in keys:
            path = (*path, key)
            self.lines.setdefault(path, line)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _pair(self, path: tuple[str | int, ...]) -> None:
        line = self._line()
        target = self._note(path, self._key(), line)
        self._at += 1  # The equals sign.
        self._space(newlines=False)
        self._value(target)

    def scan(self) -> dict[tuple[str | int, ...], int]:
        """Return the line of every key, by its path."""
        here: tuple[str | int, ...] = ()
        while True:
            self._space()
            if self._at >= len(self._text):
                return self.lines
            line = self._line()
            if self._text.startswith("[[", self._at):
                self._at += 2
                keys = self._key()
                parent = self._note((), keys[:-1], line)
                path = (*parent, keys[-1])
                self.lines.setdefault(path, line)
                number = self._counts.get(path, 0)
                self._counts[path] = number + 1
                here = (*path, number)
                self.lines[here] = line
                self._at += 2
            elif self._text[self._at] == "[":
                self._at += 1
                here = self._note((), self._key(), line)
                self.lines[here] = line
                self._at += 1
            else:
                self._pair(here)


def _located(
    value: Any,  # noqa: ANN401 - TOML values
    path: tuple[str | int, ...],
    file: str,
    lines: dict[tuple[str | int, ...], int],
    above: int,
) -> Any:  # noqa: ANN401 - TOML values
    line = lines.get(path, above)
    if isinstance(value, dict):
        return Located(
            {key: _located(each, (*path, key), file, lines, line) for key, each in value.items()},
            file,
            line,
            {key: (file, lines.get((*path, key), line)) for key in value},
        )
    if isinstance(value, list):
        return [_located(each, (*path, number), file, lines, line) for number, each in enumerate(value)]
    return value


def parse(text: str, file: str) -> Located:
    """Read TOML; ExpectedError `pack.syntax` says where it breaks."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExpectedError("pack.syntax", file=file, problem=str(error)) from error
    found = _located(content, (), file, _Scanner(text.replace("\r\n", "\n") + "\n").scan(), 1)
    assert isinstance(found, Located)
    return found


def read(file: Path) -> Located:
    """Read a TOML file; ExpectedError `pack.missing`, `pack.syntax`."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ExpectedError("pack.missing", folder=str(file.parent)) from None
    except UnicodeDecodeError as error:
        raise ExpectedError("pack.syntax", file=str(file), problem="UTF-8") from error
    return parse(text, str(file))


_NAMED = {"item": "id", "setting": "key", "parameter": "key", "fact": "name"}
"""Lists of a pack whose entries have a name by which a child refines those of its parent."""


def settled(table: Located, chosen: dict[str, str], where: str = "") -> None:
    """Put the value of a setting in every place that names one; ExpectedError `pack.value_unknown`, `pack.key_missing`."""
    for key, value in table.values.items():
        if isinstance(value, Located) and "setting" in value.values:
            table.local[key] = str(value.get("setting"))
            table.values[key] = _chosen(value, chosen, f"{where}.{key}".strip("."))
            value = table.values[key]
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Located):
                settled(each, chosen, f"{where}.{key}".strip("."))


def _chosen(value: Located, chosen: dict[str, str], where: str) -> Any:  # noqa: ANN401 - TOML values
    table = Table(value, where)
    name = table.take("setting", str)
    if name not in chosen:
        raise table.unknown("setting", name, tuple(chosen))
    if not table.has("when"):
        table.end()
        return chosen[name]
    cases = table.table("when")
    table.end()
    if chosen[name] not in cases.keys():  # noqa: SIM118 - a method of Table
        raise cases.fail(chosen[name], "key_missing")
    return cases.raw(chosen[name])


def settings_in(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - TOML values
    """Return the settings that a table and all below it rest on."""
    found: dict[str, None] = {}
    if isinstance(value, Located):
        found.update(dict.fromkeys(value.local.values()))
        for each in value.values.values():
            found.update(dict.fromkeys(settings_in(each)))
    elif isinstance(value, list):
        for each in value:
            found.update(dict.fromkeys(settings_in(each)))
    return tuple(found)


def completed(parent: Located, child: Located) -> Located:
    """Return a child's tables with what only the parent's say."""
    result = Located(dict(parent.values), child.file, child.line, dict(parent.lines))
    for key, value in child.values.items():
        before = result.values.get(key)
        if isinstance(before, Located) and isinstance(value, Located):
            result.values[key] = completed(before, value)
        else:
            result.values[key] = value
        result.lines[key] = child.place(key)
    return result


def refined(parent: Located, child: Located) -> Located:
    """Return a parent's rules as a child has them: its tables and named entries replace or extend key by key."""
    result = completed(
        parent,
        Located(
            {k: v for k, v in child.values.items() if k not in _NAMED}, child.file, child.line, child.lines
        ),
    )
    dropped = set(child.get("without") or ()) if isinstance(child.get("without"), list) else set()
    result.values.pop("without", None)
    for name, by in _NAMED.items():
        entries: dict[Any, Any] = {}
        for number, entry in enumerate([*(parent.get(name) or ()), *(child.get(name) or ())]):
            key = entry.get(by) if isinstance(entry, Located) else None
            if not isinstance(key, str):
                key = number
            entries[key] = completed(entries[key], entry) if key in entries else entry
        kept = [entry for key, entry in entries.items() if key not in dropped]
        if kept or name in child.values or name in parent.values:
            result.values[name] = kept
            result.lines[name] = child.place(name)
    return result


class Table:
    """A table that is read key by key; what is missing, of the wrong kind or left over is named."""

    def __init__(self, content: Located, where: str = "") -> None:
        self.content = content
        self.where = where
        self._left = dict(content.values)

    def fail(self, key: str, problem: str, **values: object) -> ExpectedError:
        """Return the error that names file, line and key."""
        file, line = self.content.place(key)
        return ExpectedError(f"pack.{problem}", file=file, line=line, key=self.path(key), **values)

    def path(self, key: str) -> str:
        """Return a key with the tables it stands in."""
        return f"{self.where}.{key}".strip(".")

    def has(self, key: str) -> bool:
        """Whether a key stands here and was not read yet."""
        return key in self._left

    def keys(self) -> tuple[str, ...]:
        """Return the keys not read yet."""
        return tuple(self._left)

    def raw(self, key: str) -> Any:  # noqa: ANN401 - TOML values
        """Return a value of any kind; None when it is not there."""
        return self._left.pop(key, None)

    def put(self, key: str, value: Any) -> None:  # noqa: ANN401 - TOML values
        """Give a value back that was taken too early."""
        self._left[key] = value

    def take(self, key: str, kind: type, default: Any = None) -> Any:  # noqa: ANN401 - TOML values
        """Return a value of a kind; ExpectedError `pack.key_missing`, `pack.key_kind`."""
        if key not in self._left:
            if default is not None:
                return default
            raise self.fail(key, "key_missing")
        value = self._left.pop(key)
        if type(value) is not kind:
            raise self.fail(key, "key_kind", kind=_WORDS[kind.__name__])
        return value

    def optional(self, key: str, kind: type) -> Any:  # noqa: ANN401 - TOML values
        """Return a value of a kind, None when it is not there; ExpectedError `pack.key_kind`."""
        return self.take(key, kind) if key in self._left else None

    def one_of(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        """Return one of the known words; ExpectedError `pack.value_unknown`."""
        value: str = self.take(key, str, default)
        if value not in known:
            raise self.unknown(key, value, known)
        return value

    def unknown(self, key: str, value: object, known: tuple[str, ...] = ()) -> ExpectedError:
        """Return the error that says a value is none of those possible."""
        return self.fail(key, "value_unknown", value=value, possible="、".join(known))

    def table(self, key: str) -> "Table":
        """Return a table that stands under a key."""
        value = self._left.pop(key, None)
        if value is None:
            raise self.fail(key, "key_missing")
        return self.as_table(key, value)

    def as_table(self, key: str, value: Any) -> "Table":  # noqa: ANN401 - TOML values
        """Return a value as a table; ExpectedError `pack.key_kind`."""
        if not isinstance(value, Located):
            raise self.fail(key, "key_kind", kind="table")
        return Table(value, self.path(key))

    def tables(self, key: str, *, named: str = "") -> "list[Table]":
        """Return the tables of a list, each by its name or number; a single table is a list of one."""
        value = self._left.pop(key, [])
        entries = [value] if isinstance(value, Located) else value
        if not isinstance(entries, list) or not all(isinstance(entry, Located) for entry in entries):
            raise self.fail(key, "key_kind", kind="tables")
        found = []
        for number, entry in enumerate(entries, 1):
            name = entry.get(named) if named else None
            found.append(
                Table(entry, self.path(f"{key}.{name}" if isinstance(name, str) else f"{key}[{number}]"))
            )
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; a single text is a list of one."""
        value = self._left.pop(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise self.fail(key, "key_kind", kind="texts")
        return tuple(values)

    def end(self) -> None:
        """ExpectedError `pack.key_unknown` for a key that nobody asked for."""
        if self._left:
            raise self.fail(next(iter(self._left)), "key_unknown")
