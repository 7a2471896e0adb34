"""What an archive may be before a reader library sees it: sizes, names and markup; nothing is unpacked to disk.

Runs in the reader's child process, where a mistake of its own harms nobody either.
"""

import hashlib
import html
import re
import zipfile
import zlib
from posixpath import join, normpath
from typing import IO
from xml.etree import ElementTree as Tree

MB = 1024**2
LARGEST_INFLATED = 1024 * MB
MOST_CELLS = 20_000_000
WIDEST = 16_384
_LONGEST = 1_048_576
_MOST_FORMULAS = 1_000_000

_SMALL = 16 * MB
_LARGEST_RATIO = 150
_MOST_PARTS = 20_000
_CHUNK = MB
_OVERLAP = 64
_MARKUP = (".xml", ".rels", ".vml")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
# Old OpenOffice names a document type in it, and nothing reads it as markup here.
_MANIFEST = "META-INF/manifest.xml"
_DECLARES = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
_ROW = re.compile(rb'row\b[^>]{0,400}?\br="(\d{1,20})"')
_WIDE = re.compile(rb' r="([A-Z]{2,3})\d')
_WIDE_AND_FILLED = re.compile(rb' r="([A-Z]{2,3})\d+"[^>]{0,200}>\s*<(?:\w+:)?(?:v|is|f)\b')
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]{0,400})>\s*<(?:\w+:)?f\b(?:[^>]{0,400}/>|[^>]{0,400}>([^<]*)</(?:\w+:)?f>)"
    rb"\s*(</|<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*>\s*</)"
)
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUES = (b"v", b"is", b"f")
_PREFIXED = re.compile(rb"<\w+:worksheet\b")
_ODF_CELLS = "content.xml"
BOOK, BOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ODF_FORMULA = re.compile(rb"<table:table-cell\b[^>]{0,200}?\btable:formula=[^>]{0,9000}>")
_BEFORE_A = 64
_LONGEST_CELL = 64 * 1024

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)

Formulas = dict[tuple[int, int], str]
"""The formulas without a value of a sheet, by row and column from 0."""


class Unfit(Exception):
    """A file that is not read; `code` says why, and the parent process, which knows its name, says it as ExpectedError."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def members(stream: IO[bytes]) -> list[zipfile.ZipInfo]:
    """Return the parts of an archive that may be looked into.

    Raises Unfit `workbook.damaged`, `.none`, `.encrypted`, `.unsafe` or `.too_large` from its table of
    contents alone.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            about = {name: _start(archive, name) for name in ("mimetype", _MANIFEST) if name in names}
    except _BROKEN as error:
        raise Unfit("workbook.damaged") from error
    if any(part.flag_bits & 1 for part in parts) or b"encryption-data" in about.get(_MANIFEST, b""):
        raise Unfit("workbook.protected")
    # Letters and slides are archives too.
    if not any(name == _ODF_CELLS or name.lower().startswith(("xl/", "xl\\")) for name in names) or (
        b"spreadsheet" not in about.get("mimetype", b"spreadsheet")
    ):
        raise Unfit("workbook.none")
    if len(set(names)) < len(names) or any(map(_leads_out, names)):
        raise Unfit("workbook.unsafe")
    inflated = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    bomb = inflated > _SMALL and inflated / packed > _LARGEST_RATIO
    if bomb or inflated > LARGEST_INFLATED or len(parts) > _MOST_PARTS:
        raise Unfit("workbook.too_large")
    return parts


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_CHUNK)


def _leads_out(name: str) -> bool:
    return ".." in re.split(r"[/\\]", name) or name.startswith(("/", "\\")) or ":" in name or "\0" in name


def digests(stream: IO[bytes], parts: list[zipfile.ZipInfo]) -> dict[str, str]:
    """Inflate every part once and return the SHA-256 of each; Unfit `workbook.damaged` or `.too_large`."""
    found = {}
    try:
        with zipfile.ZipFile(stream) as archive:
            for part in parts:
                size, made = 0, hashlib.sha256()
                with archive.open(part) as inside:
                    while chunk := inside.read(_CHUNK):
                        size += len(chunk)
                        if size > part.file_size:
                            raise Unfit("workbook.too_large")
                        made.update(chunk)
                found[part.filename] = made.hexdigest()
    except _BROKEN as error:
        raise Unfit("workbook.damaged") from error
    return found


def look_through(stream: IO[bytes], parts: list[zipfile.ZipInfo]) -> dict[str, Formulas]:
    """Inflate every part once, hold it against what it declared, and return the formulas without a value by sheet.

    Raises Unfit `workbook.damaged`, `.unsafe` or `.too_large`.
    """
    found = {}
    try:
        with zipfile.ZipFile(stream) as archive:
            for part in parts:
                if formulas := _look_at(archive, part):
                    found[part.filename] = formulas
            if _ODF_CELLS in found:
                return _of_tables(archive)
            return _by_sheet(archive, found) if found else {}
    except _BROKEN as error:
        raise Unfit("workbook.damaged") from error


def _look_at(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Formulas:
    name = part.filename
    is_markup = name.lower().endswith(_MARKUP) and name != _MANIFEST
    sheet = _Sheet() if _SHEET.fullmatch(name) else _Tables() if name == _ODF_CELLS else None
    size, tail = 0, b""
    with archive.open(part) as inside:
        while chunk := inside.read(_CHUNK):
            size += len(chunk)
            if size > part.file_size:
                raise Unfit("workbook.too_large")
            text = tail + chunk
            if is_markup and b"!" in text and _DECLARES.search(text):
                raise Unfit("workbook.unsafe")
            tail = sheet.take(text) if sheet else text[-_OVERLAP:]
    return sheet.formulas if sheet else {}


class _Sheet:
    """How far a sheet reaches, and its formulas without a value, from its markup as it passes by."""

    def __init__(self) -> None:
        self.formulas: Formulas = {}
        self._rows = 1
        self._columns = 1  # One letter is never too wide; the reader's own bounds are enough for it.
        self._wide: set[bytes] = set()
        self._mark = b""

    def take(self, text: bytes) -> bytes:
        """Look at a stretch of markup and return its end, the cell that may go on in the next."""
        if not self._mark:
            self._mark = b":" if _PREFIXED.search(text) else b"<"
        last = max(text.rfind(self._mark + each, -_LONGEST_CELL) for each in _VALUES)
        row = text.rfind(self._mark + b"row ", 0, last) if last > 0 else -1
        if row >= 0 and (match := _ROW.match(text, row + 1)):
            self._rows = max(self._rows, int(match[1]))
        # The quick look takes cells without a value for some; only columns not met before are worth the close one.
        if set(_WIDE.findall(text)) - self._wide:
            self._wide |= set(_WIDE_AND_FILLED.findall(text))
            self._columns = max((column_index(each) + 1 for each in self._wide), default=1)
        if self._rows > _LONGEST or self._rows * self._columns > MOST_CELLS:
            # Lines of blank cells far out are harmless; one value there makes the reader fill all between.
            raise Unfit("workbook.too_large")
        if self._mark + b"f" in text:
            self._take_formulas(text)
        return text[max(text.rfind(b"c>"), len(text) - _LONGEST_CELL, 0) :]

    def _take_formulas(self, text: bytes) -> None:
        for attributes, formula, after in _FORMULA.findall(text):
            # An empty text is a value too: `t="str"` with `<v></v>`.
            if after != b"</" and b'"str"' in attributes:
                continue
            if address := _ADDRESS.search(attributes):
                row, column = int(address[2]), column_index(address[1])
                if not 0 < row <= _LONGEST or column >= WIDEST or len(self.formulas) > _MOST_FORMULAS:
                    raise Unfit("workbook.too_large")
                self.formulas[row - 1, column] = "=" + html.unescape(formula.decode("utf-8", "replace"))


class _Tables:
    """Whether an OpenDocument workbook has a formula without a value; where, costs another look."""

    def __init__(self) -> None:
        self.formulas: Formulas = {}

    def take(self, text: bytes) -> bytes:
        """Look at a stretch of markup and return its end, the cell that may go on in the next."""
        if b"table:formula=" in text and any(
            b"office:value-type=" not in cell for cell in _ODF_FORMULA.findall(text)
        ):
            self.formulas[0, 0] = ""
        return text[max(text.rfind(b">"), len(text) - _LONGEST_CELL, 0) :]


def _of_tables(archive: zipfile.ZipFile) -> dict[str, Formulas]:
    """Walk through an OpenDocument workbook for the places of its formulas without a value."""
    found: dict[str, Formulas] = {}
    formulas: Formulas = {}
    row = column = 0
    with archive.open(_ODF_CELLS) as part:
        for event, element in Tree.iterparse(part, ("start", "end")):  # noqa: S314 - as below
            kind = element.tag.rpartition("}")[2]
            given = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
            if kind == "table" and event == "start":
                row, formulas = 0, found.setdefault(given.get("name", ""), {})
            elif kind == "table-row" and event == "start":
                column = 0
            elif kind == "table-row":
                row += _repeated(given, "number-rows-repeated")
                element.clear()
            elif kind in ("table-cell", "covered-table-cell") and event == "start":
                if "formula" in given and "value-type" not in given and row < _LONGEST and column < WIDEST:
                    formulas[row, column] = "=" + given["formula"].partition("=")[2]
                column += _repeated(given, "number-columns-repeated")
    return found


def _repeated(given: dict[str, str], name: str) -> int:
    number = given.get(name, "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 8 else 1


def column_index(letters: bytes) -> int:
    """Return the place from 0 of a column by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - _BEFORE_A
    return number - 1


def _by_sheet(archive: zipfile.ZipFile, by_part: dict[str, Formulas]) -> dict[str, Formulas]:
    """Name the sheets whose parts hold formulas without a value."""
    return {name: by_part[part] for name, part in _sheets(archive).items() if part in by_part}


def sheets(stream: IO[bytes]) -> dict[str, str]:
    """Return the part of each sheet by its name; what the book says of them was looked through before."""
    with zipfile.ZipFile(stream) as archive:
        return _sheets(archive)


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    try:
        book = Tree.fromstring(archive.read(BOOK))  # noqa: S314 - declares nothing: it was looked at
        targets = {
            each.get("Id"): normpath(join("xl", each.get("Target", "")).lstrip("/"))
            for each in Tree.fromstring(archive.read(BOOK_RELATIONS))  # noqa: S314
        }
    except (KeyError, Tree.ParseError):
        return {}
    found = {}
    for each in book.iter():
        relation = next((value for key, value in each.attrib.items() if key.endswith("}id")), None)
        if each.tag.rpartition("}")[2] == "sheet" and relation in targets:
            found[each.get("name", "")] = targets[relation]
    return found
