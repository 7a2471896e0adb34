"""The seal of a workbook: a signature over the values of its cells, which another program may save anew.

What is signed is how a cell reads, not how a file stores it: numbers trimmed, days as ISO, runs of blanks as one. So
WPS and LibreOffice keep the seal when they save the workbook, and a value that somebody edited breaks it. Beside the
signed digest of each sheet stand short marks of its rows and columns, by which the edited cell is found.
"""

import base64
import hashlib
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caseworker_app import paths
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange.parts import RECORDS_SHEET, SEAL_SHEET
from caseworker_app.exchange.read import Cell, Sheet, column_letters

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PROPERTY = "caseworker_seal"
_NAME, _FORMAT = "caseworker", "1"
_PIECE = 15_000
"""Characters to a cell: below what any spreadsheet program keeps of a text, though it may count each twice."""
_BLOCK = 16
"""Rows that share the marks of their columns: of two edits in one block, more cells than two may be named."""
BETWEEN, _BETWEEN = "\x01", b"\x01"
"""Stands between the cells of a row; no cell of a workbook can hold it."""
_UNEVEN = re.compile(rf"[^\S ]|  | {BETWEEN}|{BETWEEN} |\A | \Z")
"""Blanks that `canonical` would take out; most rows have none, and are read as they are."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What the seal of a workbook says: sound, broken (with the cells edited, '' for a whole sheet) or absent."""

    state: str
    edited: tuple[tuple[str, str], ...] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict)
    public_key: str = ""

    @property
    def device(self) -> str:
        """Return the device that sealed it, as it says itself; '' where there is no seal."""
        return str(self.manifest.get("device", ""))

    @property
    def fingerprint(self) -> str:
        """Return what is read aloud to know the device by; '' where there is no seal."""
        return fingerprint(self.public_key) if self.public_key else ""


@dataclass(frozen=True, slots=True)
class Sums:
    """The digest of a sheet, and the marks by which an edited cell is found."""

    digest: str
    marks: bytes


# -- how a cell reads ------------------------------------------------------------------------------


def number(value: float) -> str:
    """Return a number as every program gives it back: to 15 digits, without noughts at its end."""
    return format(value + 0.0, ".15g")


def canonical(cell: Cell | None) -> str:
    """Return how a cell reads, whichever program saved it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return " ".join(cell.replace(BETWEEN, "�").split())
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, int | float):
        return number(cell)
    if isinstance(cell, datetime):
        whole = cell.hour == cell.minute == cell.second == 0
        return cell.date().isoformat() if whole else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def row_text(row: Sequence[Cell | None]) -> str:
    """Return how a row reads; cells empty at its end do not count."""
    joined = BETWEEN.join([cell if cell.__class__ is str else canonical(cell) for cell in row])
    if joined.count(BETWEEN) != len(row) - 1 or _UNEVEN.search(joined):
        joined = BETWEEN.join(map(canonical, row))
    return joined.rstrip(BETWEEN)


class Summing:
    """Sums up a sheet row by row; `skip` tells of rows that are empty."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._marks: list[bytes] = []
        self._block: list[bytes] = []
        self._empty = 0

    def add(self, row: str) -> None:
        """Take the next row as `row_text` reads it; empty ones at the end of a sheet do not count."""
        if not row:
            self._empty += 1
            return
        for _number in range(self._empty):
            self._take(b"")
        self._empty = 0
        self._take(_read(row))

    def _take(self, row: bytes) -> None:
        self._block.append(row)
        if len(self._block) == _BLOCK:
            self._close()

    def _close(self) -> None:
        if self._block:
            self._hash.update(b"\n".join((*self._block, b"")))
            self._marks.append(_block_marks(self._block))
            self._block = []

    def sums(self) -> Sums:
        """Return the sums of all rows taken."""
        self._close()
        return Sums(self._hash.hexdigest(), b"".join(self._marks))


def sums(rows: Iterable[Sequence[Cell | None]]) -> Sums:
    """Return the sums of a sheet that was read."""
    summing = Summing()
    for row in rows:
        summing.add(row_text(row))
    return summing.sums()


def _read(row: str) -> bytes:
    return row.encode("utf-8", "surrogatepass")


def _mark(words: bytes) -> bytes:
    return zlib.crc32(words).to_bytes(4, "big")


def _block_marks(block: Sequence[bytes]) -> bytes:
    """Return the marks of some rows: how many rows and columns, a mark for each row and each column."""
    columns = list(map(b"\n".join, zip_longest(*(row.split(_BETWEEN) for row in block), fillvalue=b"")))
    head = bytes((len(block),)) + len(columns).to_bytes(2, "big")
    return b"".join((head, *map(_mark, block), *map(_mark, columns)))


# -- the cells of the hidden sheets ----------------------------------------------------------------


def pieces(text: str) -> list[str]:
    """Return a text cut so that each part fits into a cell."""
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)] or [""]


def compact(value: object) -> str:
    """Return a value as JSON in the one way there is to write it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal_rows(manifest: Mapping[str, Any], sheets: Mapping[str, Sums]) -> list[list[str]]:
    """Return the rows of the seal's sheet: who signs, what is signed, and the marks of every sheet."""
    private = _key()
    said = compact({**manifest, "sheets": {name: each.digest for name, each in sheets.items()}})
    signature = base64.b64encode(private.sign(said.encode("utf-8", "surrogatepass"))).decode("ascii")
    public = private.public_key().public_bytes_raw().hex()
    return [
        [_NAME, _FORMAT, public, signature],
        pieces(said),
        *([name, *pieces(base64.b64encode(each.marks).decode("ascii"))] for name, each in sheets.items()),
    ]


def property_text(rows: Sequence[Sequence[str]]) -> str:
    """Return what the workbook's own property says of its seal: whose it is, and the signature."""
    return " ".join(rows[0][2:4])


def content_digest(sheets: Mapping[str, Sums]) -> str:
    """Return one digest over the values of these sheets."""
    return hashlib.sha256(compact({name: each.digest for name, each in sheets.items()}).encode()).hexdigest()


# -- verifying -------------------------------------------------------------------------------------


def verify(sheets: Sequence[Sheet], *, as_sealed: bool = False) -> Seal:
    """Return what the seal of a workbook says of its sheets, as our reader gives them.

    `as_sealed`: the reader found the bytes of all other parts to be those that the seal tells; who tells it is what
    remains to be seen.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - loaded where it is used
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    told = next((each for each in sheets if each.name == SEAL_SHEET), None)
    if told is None:
        lost = any(each.name == RECORDS_SHEET for each in sheets)
        return Seal("broken", ((SEAL_SHEET, ""),)) if lost else Seal("absent")
    rows = [[cell if isinstance(cell, str) else canonical(cell) for cell in row] for row in told.rows]
    rows = [row for row in rows if any(row)]
    try:
        name, _version, public, signature = rows[0][:4]
        said = "".join(rows[1])
        manifest = json.loads(said)
        sealed = {str(sheet): str(digest) for sheet, digest in manifest["sheets"].items()}
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            base64.b64decode(signature), said.encode("utf-8", "surrogatepass")
        )
        marks = {row[0]: base64.b64decode("".join(row[1:])) for row in rows[2:]}
    except (InvalidSignature, ValueError, IndexError, KeyError, TypeError, AttributeError):
        return Seal("broken", ((SEAL_SHEET, ""),))
    if name != _NAME:
        return Seal("broken", ((SEAL_SHEET, ""),))
    if as_sealed:
        return Seal("sound", (), manifest, public)
    found = {each.name: each for each in sheets if each.name != SEAL_SHEET}
    edited: list[tuple[str, str]] = [(each, "") for each in sealed if each not in found]
    for sheet in found.values():
        if sheet.name not in sealed:
            edited += [(sheet.name, "")] if any(any(cell != "" for cell in row) for row in sheet.rows) else []
            continue
        texts = [row_text(row) for row in sheet.rows]
        while texts and not texts[-1]:
            texts.pop()
        summing = Summing()
        for text in texts:
            summing.add(text)
        if summing.sums().digest != sealed[sheet.name]:
            cells = _edited(marks.get(sheet.name, b""), texts)
            edited += [(sheet.name, cell) for cell in cells or [""]]
    return Seal("broken" if edited else "sound", tuple(edited), manifest, public)


@dataclass(frozen=True, slots=True)
class _Block:
    rows: list[bytes]
    columns: list[bytes]


def _blocks(marks: bytes) -> list[_Block]:
    found = []
    at = 0
    while at + 3 <= len(marks):
        rows, width = marks[at], int.from_bytes(marks[at + 1 : at + 3], "big")
        words = [marks[start : start + 4] for start in range(at + 3, at + 3 + 4 * (rows + width), 4)]
        found.append(_Block(words[:rows], words[rows:]))
        at += 3 + 4 * (rows + width)
    return found


def _edited(marks: bytes, texts: Sequence[str]) -> list[str]:
    """Return the cells that do not read as they were sealed; where rows were put in or out, the first cell of each."""
    sealed = _blocks(marks)
    was = [mark for block in sealed for mark in block.rows]
    read = list(map(_read, texts))
    now = list(map(_mark, read))
    differing = [index for index, mark in enumerate(now) if index >= len(was) or was[index] != mark]
    left = Counter(was)
    strange = []
    for index, mark in enumerate(now):
        if left[mark]:
            left[mark] -= 1
        else:
            strange.append(index)
    if len(was) != len(now) or len(differing) > len(strange):
        return [f"A{index + 1}" for index in strange]
    cells = []
    by_block: dict[int, list[int]] = {}
    for index in differing:
        by_block.setdefault(index // _BLOCK, []).append(index)
    for number_, rows in by_block.items():
        block, top = sealed[number_], number_ * _BLOCK
        here = _blocks(_block_marks(read[top : top + _BLOCK]))[0].columns
        width = max(len(here), len(block.columns))
        columns = [
            index for index in range(width) if here[index : index + 1] != block.columns[index : index + 1]
        ]
        cells += [f"{column_letters(index)}{row + 1}" for row in rows for index in columns or [0]]
    return cells


# -- the key of this installation ------------------------------------------------------------------


def _key() -> "Ed25519PrivateKey":
    """Return the key this installation signs with, made at its first use; it is part of no ledger and no backup.

    ExpectedError `seal.no_key` where it cannot be kept.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - loaded where it is used
        Ed25519PrivateKey,
    )

    file = paths.config() / "device.key"
    try:
        with suppress(ValueError, FileNotFoundError):
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text("ascii").strip()))
        if file.exists():
            file.replace(file.with_name("device.key.broken"))
        made = Ed25519PrivateKey.generate()
        _keep(file, made.private_bytes_raw().hex())
    except OSError as error:
        raise ExpectedError("seal.no_key", file=str(file)) from error
    return made


def _keep(file: Path, text: str) -> None:
    """Write a file that only its owner reads, and that is there whole or not at all."""
    draft = file.with_name(file.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def public_key() -> str:
    """Return the public key of this installation, in hexadecimal; ExpectedError `seal.no_key`."""
    return _key().public_key().public_bytes_raw().hex()


def fingerprint(public: str) -> str:
    """Return what tells one device from another when read aloud: six groups of four digits."""
    digits = f"{int.from_bytes(hashlib.sha256(bytes.fromhex(public)).digest(), 'big') % 10**24:024d}"
    return " ".join(digits[start : start + 4] for start in range(0, 24, 4))
