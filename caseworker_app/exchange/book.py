"""A sealed workbook: rows are taken one by one, summed up for the seal, and put together at the end.

Taking many rows needs little memory: they wait in a file without a name. The workbook is made by XlsxWriter with
everything but the rows of its sheets; those are spliced in, as text that needs no further thought. The same rows,
kept in the ledger with their seal, give the same workbook again.
"""

import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from xml.sax.saxutils import escape

from caseworker_app.domain import codes
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import parts, seal
from caseworker_app.exchange.parts import RECORDS_SHEET, SEAL_SHEET
from caseworker_app.exchange.read import column_letters
from caseworker_app.exchange.seal import BETWEEN, Summing, Sums
from caseworker_app.exchange.write import Column, Formats, SheetForm, safe

COVER = "封面"
_LINE = "填报单位（盖章）：{unit}    填报人：{officer}    统计时点：{day}    填报日期：{written}"
_WIDEST_ON_A_PAGE = 26
_IN_MEMORY = 1024**2
"""Bytes of rows of a sheet kept in memory; those of most sheets of a village fit."""
_BREAK = "\x03"
"""Stands for a line break inside a cell while its row waits on a line of its own."""
_COVER_FIRST, _COVER_WIDTH = 3, 62
_CAREFUL = 15_000
_STRANGE = re.compile("[\x00\x02-\x09\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What a row may hold only between its cells, or not at all."""
_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")
_EDGES = re.compile(f" {BETWEEN}|{BETWEEN} ")
_PART = 1 << 16
_EPOCH = date(1899, 12, 30).toordinal()
_COMPRESSION = 4
_TO_COME = b"seal-to-come"
"""Stands for the seal in the properties until everything else is written."""
_MARK = b"\x04"
"""Begins the rows of the next sheet among rows that are kept."""
Row = Mapping[str, Any]
CoverLine = tuple[str] | tuple[str, str]
"""A heading, or a name with its value."""


class Rows:
    """The rows of one sheet, waiting."""

    def __init__(self, head: Sequence[str]) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - given back by `close`
        self._summing = Summing()
        for row in head:
            self._summing.add(row)
        self.count = 0

    def add(self, cells: Sequence[str]) -> None:
        """Take the next row."""
        joined = BETWEEN.join(cells)
        reading = " ".join(joined.split())
        if _EDGES.search(reading):  # Where a cell begins or ends with a blank, cell by cell.
            reading = seal.row_text(cells)
        self.take(joined.replace("\n", _BREAK), reading)

    def take(self, joined: str, reading: str) -> None:
        """Take the next row as it waits and as it reads."""
        self._summing.add(reading.rstrip(BETWEEN))
        self._file.write(joined.encode() + b"\n")
        self.count += 1

    def put_back(self, line: bytes) -> None:
        """Take the next row as it waited once; it was summed up then."""
        self._file.write(line + b"\n")
        self.count += 1

    def sums(self) -> Sums:
        """Return the sums of the sheet with its head."""
        return self._summing.sums()

    def parts(self) -> Iterator[bytes]:
        """Give the rows as they wait, many at a time."""
        self._file.seek(0)
        while part := self._file.read(_PART):
            yield part + self._file.readline()

    def close(self) -> None:
        """Give the room back."""
        self._file.close()


class _Shape:
    """How the values of a row become the cells of a sheet."""

    def __init__(self, form: SheetForm) -> None:
        self.fields = [each.field for each in form.columns]
        kinds = list(enumerate(form.columns))
        self.numbers = [index for index, each in kinds if each.field == "number"]
        self.texts = [index for index, each in kinds if each.kind == "text"]
        self.amounts = [index for index, each in kinds if each.kind == "money"]


class Draft:
    """A workbook being put together; `close` it in the end."""

    def __init__(self, forms: Sequence[SheetForm], names: Mapping[str, str]) -> None:
        self.forms, self.names = tuple(forms), dict(names)
        self.cover: list[CoverLine] = []
        self._sheets = {form.rows: Rows(_head(form, names)) for form in forms}
        self._shapes = {form.rows: _Shape(form) for form in forms}
        self._records = Rows([])
        self._seal: list[list[str]] = []
        self._packed: IO[bytes] | None = None

    # -- taking rows -------------------------------------------------------------------------

    def add(self, sheet: str, values: Row) -> None:
        """Put a row at the end of a sheet."""
        rows, shape = self._sheets[sheet], self._shapes[sheet]
        cells = [
            each if each.__class__ is str else "" if each is None else str(each)
            for each in map(values.get, shape.fields)
        ]
        for index in shape.amounts:
            if cells[index]:
                cells[index] = seal.number(int(cells[index]) / 100)
        for index in shape.numbers:
            cells[index] = str(rows.count + 1)
        joined = BETWEEN.join(cells)
        reading = " ".join(joined.split())
        strange = joined.count(BETWEEN) >= len(cells) or _STRANGE.search(joined)
        if reading == joined and not strange and len(joined) <= _CAREFUL and not _EDGES.search(joined):
            rows.take(joined, joined)  # As nearly all are.
            return
        for index in shape.texts:
            cells[index] = cells[index].strip()
        if strange or len(joined) > _CAREFUL:
            cells = [safe(cell) for cell in cells]
        rows.add(cells)

    def record(self, cells: Sequence[str]) -> None:
        """Put a row at the end of the hidden sheet that the program itself reads; its cells are JSON."""
        joined = BETWEEN.join(cells)
        if _STRANGE.search(joined):
            # What no workbook can hold stands as JSON's own escape.
            cells = [_STRANGE.sub(lambda found: f"\\u{ord(found[0]):04x}", cell) for cell in cells]
        self._records.add(cells)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows each sheet has."""
        return {form.name: self._sheets[form.rows].count for form in self.forms}

    @property
    def records(self) -> int:
        """Return how many records there are."""
        return self._records.count

    # -- sealing -----------------------------------------------------------------------------

    def _sums(self) -> dict[str, Sums]:
        return {
            **{form.name: self._sheets[form.rows].sums() for form in self.forms},
            RECORDS_SHEET: self._records.sums(),
        }

    def seal(
        self,
        cover: Sequence[CoverLine],
        manifest: Mapping[str, Any],
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> str:
        """Write the cover, sign everything, and return the digest of all but the cover, which shows it.

        What is signed names the bytes of the parts too, so they are put together here. ExpectedError `seal.no_key` and
        `workbook.not_written`.
        """
        sums = self._sums()
        digest = seal.content_digest(sums)
        shown = f"{digest[:4]} {digest[4:8]} {digest[8:12]} {digest[12:16]}".upper()
        self.cover = [
            *cover,
            ("印签",),
            ("数据印签", shown),
            ("设备指纹", seal.fingerprint(seal.public_key())),
        ]
        sums = {COVER: seal.sums(_cover_rows(self.names["book"], self.cover)), **sums}
        said = {**manifest, "content": digest, "records": self.records}

        def sign(written: Mapping[str, str]) -> None:
            self._seal = seal.seal_rows({**said, "parts": parts.digest(written)}, sums)

        try:
            self._pack(progress, sign)
        except OSError as error:
            raise ExpectedError("workbook.not_written", file=self.names["book"]) from error
        return digest

    # -- kept in the ledger ------------------------------------------------------------------

    def kept(self) -> IO[bytes]:
        """Return a file with everything from which `again` makes the same workbook."""
        told = {
            "forms": [asdict(form) for form in self.forms],
            "names": self.names,
            "cover": self.cover,
            "seal": self._seal,
        }
        packing = zlib.compressobj(_COMPRESSION)
        kept: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - given back by the caller
        for part in json.JSONEncoder(ensure_ascii=False).iterencode(told):
            kept.write(packing.compress(part.encode()))
        kept.write(packing.compress(b"\n"))
        for rows in (*self._sheets.values(), self._records):
            kept.write(packing.compress(_MARK + b"\n"))
            for some in rows.parts():
                kept.write(packing.compress(some))
        kept.write(packing.flush())
        kept.seek(0)
        return kept

    @classmethod
    def again(cls, kept: Iterable[bytes]) -> "Draft":
        """Return the workbook that was kept, seal and all."""
        lines = _unpacked(kept)
        told = json.loads(next(lines))
        forms = [
            SheetForm(**{**form, "columns": tuple(Column(**each) for each in form["columns"])})
            for form in told["forms"]
        ]
        made = cls(forms, told["names"])
        made.cover = [tuple(line) for line in told["cover"]]
        made._seal = told["seal"]
        waiting = iter((*made._sheets.values(), made._records))
        rows: Rows | None = None
        for line in lines:
            if line == _MARK:
                rows = next(waiting)
            elif rows is not None:
                rows.put_back(line)
        return made

    # -- putting together --------------------------------------------------------------------

    def save(
        self, path: Path, password: str = "", progress: Callable[[int, int], None] = lambda _d, _t: None
    ) -> Path:
        """Write the workbook beside its name, encrypted when a password is given; return the draft to be renamed.

        ExpectedError `workbook.not_written`.
        """
        draft = path.with_name(path.name + ".part")
        try:
            packed = self._packed or self._pack(progress)
            packed.seek(0)
            with draft.open("wb") as stream:
                if password:
                    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415 - loaded where it is used

                    OOXMLFile(packed).encrypt(password, stream)
                else:
                    shutil.copyfileobj(packed, stream)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ExpectedError("workbook.not_written", file=str(path)) from error
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return draft

    def _pack(
        self, progress: Callable[[int, int], None], sign: Callable[[Mapping[str, str]], None] | None = None
    ) -> IO[bytes]:
        """Put the file together, the seal last: `sign` makes it of the digests of all other parts."""
        self._packed = packed = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - given back by `close`
        skeleton = BytesIO()
        _skeleton(skeleton, self)
        # In the order of the sheets: the cover first, complete as it is.
        spliced: dict[str, tuple[Iterable[bytes], int, int, SheetForm | None]] = {}
        for number, form in enumerate(self.forms, 2):
            rows = self._sheets[form.rows]
            spliced[_part(number)] = (rows.parts(), _depth(form), rows.count, form)
        last = len(self.forms) + 2
        spliced[_part(last)] = (self._records.parts(), 0, self._records.count, None)
        total = sum(count for _parts, _first, count, _form in spliced.values())
        seal_part, done = _part(last + 1), 0
        digests: dict[str, str] = {}
        with (
            zipfile.ZipFile(skeleton) as source,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as target,
        ):
            for item in source.infolist():
                name = item.filename
                if name in (seal_part, parts.PROPERTY_PART):
                    continue
                content = source.read(item)
                made = hashlib.sha256()
                with target.open(_member(name), "w", force_zip64=True) as sheet:
                    told = _spliced(content.decode(), *spliced[name]) if name in spliced else ((content, 0),)
                    for part, count in told:
                        made.update(part)
                        sheet.write(part)
                        if count:
                            done += count
                            progress(done, total)
                digests[name] = made.hexdigest()
            if sign:
                sign(digests)
            with target.open(_member(seal_part), "w", force_zip64=True) as sheet:
                content = source.read(seal_part)
                for part, _count in _spliced(
                    content.decode(), map(_line, self._seal), 0, len(self._seal), None
                ):
                    sheet.write(part)
            named = seal.property_text(self._seal).encode()
            target.writestr(
                _member(parts.PROPERTY_PART), source.read(parts.PROPERTY_PART).replace(_TO_COME, named)
            )
        return packed

    def close(self) -> None:
        """Give all room back."""
        for rows in (*self._sheets.values(), self._records):
            rows.close()
        if self._packed:
            self._packed.close()


def _unpacked(kept: Iterable[bytes]) -> Iterator[bytes]:
    """Give the lines that were packed, little by little."""
    packing = zlib.decompressobj()
    left = b""
    for piece in kept:
        *whole, left = (left + packing.decompress(piece)).split(b"\n")
        yield from whole


def _part(number: int) -> str:
    """Return the part of a sheet by its number."""
    return f"xl/worksheets/sheet{number}.xml"


def _member(name: str) -> zipfile.ZipInfo:
    """Return the entry of a part, the same whenever it is written."""
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


# -- what stands above the rows --------------------------------------------------------------------


def _depth(form: SheetForm) -> int:
    """Return how many rows stand above the data."""
    return 4 if any(column.group for column in form.columns) else 3


def _head(form: SheetForm, names: Mapping[str, str]) -> list[str]:
    """Return how the rows above the data read."""
    rows = [[form.title.format(**names)], [_LINE.format(**names)]]
    if _depth(form) == 3:
        rows.append([column.header for column in form.columns])
    else:
        groups = [column.group for column in form.columns]
        rows.append(
            [
                ("" if index and groups[index - 1] == group else group) if group else column.header
                for index, (group, column) in enumerate(zip(groups, form.columns, strict=True))
            ]
        )
        rows.append([column.header if column.group else "" for column in form.columns])
    return [seal.row_text([safe(cell) for cell in row]) for row in rows]


def _cover_rows(title: str, cover: Sequence[CoverLine]) -> list[list[str]]:
    return [[], ["", safe(title)], [], *(["", *map(safe, line)] for line in cover)]


def _skeleton(stream: BytesIO, draft: Draft) -> None:
    """Write the workbook without its rows; of each sheet one row of empty cells, which shows their formats."""
    import xlsxwriter  # noqa: PLC0415 - loaded where it is used

    with xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        written = date.fromisoformat(draft.names["written"])
        book.set_properties(
            {
                "title": safe(draft.names["book"]),
                "author": safe(draft.names["officer"]),
                "created": datetime(written.year, written.month, written.day),  # noqa: DTZ001 - a day, not an instant
            }
        )
        formats = Formats(book)
        _write_cover(book, draft, formats)
        for form, count in zip(draft.forms, draft.counts.values(), strict=True):
            _write_sheet(book, form, count, draft.names, formats)
        for name in (RECORDS_SHEET, SEAL_SHEET):
            book.add_worksheet(name).very_hidden()
        book.set_custom_property(seal.PROPERTY, _TO_COME.decode())


def _write_cover(book: Any, draft: Draft, formats: Formats) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    sheet = book.add_worksheet(COVER)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 2)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 2, _COVER_WIDTH)
    sheet.set_row(1, 36)
    sheet.merge_range(1, 1, 1, 2, safe(draft.names["book"]), formats.title)
    for number, line in enumerate(draft.cover, _COVER_FIRST):
        if len(line) == 1:
            sheet.set_row(number, 26)
            sheet.merge_range(number, 1, number, 2, safe(line[0]), formats.heading)
            continue
        label, value = line
        lines = sum(
            -(-len(part.encode("gb18030", "replace")) // _COVER_WIDTH) or 1 for part in value.split("\n")
        )
        sheet.set_row(number, max(20, 15 * lines + 4))
        sheet.write_string(number, 1, safe(label), formats.header)
        sheet.write_string(number, 2, safe(value), formats.words)
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页 共 &N 页")


def _write_header(sheet: Any, form: SheetForm, formats: Formats, top: int) -> None:  # noqa: ANN401
    """Write the header, two rows deep where columns share a group."""
    grouped = any(column.group for column in form.columns)
    start = 0
    while start < len(form.columns):
        group = form.columns[start].group
        end = start
        while group and end + 1 < len(form.columns) and form.columns[end + 1].group == group:
            end += 1
        if group:
            if end > start:
                sheet.merge_range(top, start, top, end, group, formats.header)
            else:
                sheet.write_string(top, start, group, formats.header)
            for index in range(start, end + 1):
                sheet.write_string(top + 1, index, form.columns[index].header, formats.header)
        elif grouped:
            sheet.merge_range(top, start, top + 1, start, form.columns[start].header, formats.header)
        else:
            sheet.write_string(top, start, form.columns[start].header, formats.header)
        start = end + 1
    sheet.set_row(top, 28 if not grouped else 20)
    if grouped:
        sheet.set_row(top + 1, 30)


def _write_sheet(
    book: Any,  # noqa: ANN401 - xlsxwriter is untyped
    form: SheetForm,
    count: int,
    names: Mapping[str, str],
    formats: Formats,
) -> None:
    sheet = book.add_worksheet(form.name)
    last = len(form.columns) - 1
    sheet.set_row(0, 30)
    wide = len(form.columns) > _WIDEST_ON_A_PAGE
    title = formats.wide_title if wide else formats.title
    sheet.merge_range(0, 0, 0, last, safe(form.title.format(**names)), title)
    sheet.merge_range(1, 0, 1, last, safe(_LINE.format(**names)), formats.line)
    _write_header(sheet, form, formats, 2)
    first = _depth(form)
    for index, column in enumerate(form.columns):
        sheet.set_column(index, index, column.width, formats.columns[column.kind])
        sheet.write_blank(first, index, None, getattr(formats, column.kind))
        _offer(sheet, column, first, index, first + count + 200)
    # Numbers that are names stay text: the green corners of Excel would ask to change that.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(last)}{first + count + 200}"})
    sheet.autofilter(first - 1, 0, first + max(count, 1) - 1, last)
    frozen = next(
        (
            index + 1
            for index, column in enumerate(form.columns)
            if column.header in ("姓名", "户主姓名", "村")
        ),
        0,
    )
    sheet.freeze_panes(first, frozen if frozen <= 6 else 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    # A wide sheet goes over two pages side by side, the running number on both, rather than too small to read.
    sheet.fit_to_pages(2 if wide else 1, 0)
    sheet.repeat_columns(0)
    sheet.repeat_rows(2, first - 1)
    sheet.set_footer("&C第 &P 页 共 &N 页")


def _offer(sheet: Any, column: Column, first: int, index: int, last: int) -> None:  # noqa: ANN401
    """Let a column of codes take nothing but their labels."""
    labels = codes.code_list(column.choices).labels("zh_CN") if column.choices else ()
    if labels and len(",".join(labels)) <= 255:
        rule = {
            "validate": "list",
            "source": list(labels),
            "error_title": "请从下拉中选择",
            "error_message": f"「{column.header}」只能填下拉中的值。",
        }
        sheet.data_validation(first, index, last, index, rule)


# -- the rows --------------------------------------------------------------------------------------


def _line(cells: Sequence[str]) -> bytes:
    """Return a row as rows wait."""
    return BETWEEN.join(cells).replace("\n", _BREAK).encode() + b"\n"


def _escaped(rows: str) -> str:
    """Return rows as XML; what reads like a workbook's own escape of a character is not one."""
    rows = escape(rows)
    return _ESCAPE.sub(r"_x005F\g<0>", rows) if "_x" in rows else rows


@lru_cache(maxsize=4096)
def _day(iso: str) -> str:
    """Return a day as workbooks count it."""
    return str(date.fromisoformat(iso).toordinal() - _EPOCH)


def _spliced(
    sheet: str, waiting: Iterable[bytes], first: int, count: int, form: SheetForm | None
) -> Iterator[tuple[bytes, int]]:
    """Give a sheet of the skeleton with its rows, many at a time, and how many they are."""
    styles = dict(re.findall(rf'<c r="([A-Z]+){first + 1}" s="(\d+)"/>', sheet))
    if count:
        sheet = re.sub(rf'<row r="{first + 1}"[^>]*>.*?</row>', "", sheet, count=1)
    before, after = sheet.split("</sheetData>") if "</sheetData>" in sheet else sheet.split("<sheetData/>")
    opening = "" if "</sheetData>" in sheet else "<sheetData>"
    # How far a sheet goes may be left out; a wrong word about it would hide rows from some readers.
    extent = (
        f'<dimension ref="A1:{column_letters(len(form.columns) - 1)}{first + max(count, 1)}"/>'
        if form
        else ""
    )
    before = re.sub(r'<dimension ref="[^"]*"/>', extent, before, count=1)
    yield (before + opening).encode(), 0
    kinds = [column.kind for column in form.columns] if form else []
    cell = _Cells(styles, kinds)
    number = first + 1
    for part in waiting:
        lines = _escaped(part.decode()).split("\n")[:-1]
        rows = [cell.row(str(at), line.split(BETWEEN)) for at, line in enumerate(lines, number)]
        number += len(rows)
        yield "".join(rows).encode(), len(rows)
    yield ("</sheetData>" + after).encode(), 0


class _Cells:
    """Writes rows of one sheet: what stands around each cell's text is put together once."""

    def __init__(self, styles: Mapping[str, str], kinds: Sequence[str]) -> None:
        self._styles = styles
        self._days = [index for index, kind in enumerate(kinds) if kind == "day"]
        self._around: list[tuple[str, str, str, str]] = []
        for kind in kinds:
            self._column(kind)

    def _column(self, kind: str) -> None:
        letters = column_letters(len(self._around))
        style = f' s="{self._styles[letters]}"' if letters in self._styles else ""
        if kind in ("text", "exact"):
            keep = ' xml:space="preserve"' if kind == "exact" else ""
            around = f'"{style} t="inlineStr"><is><t{keep}>', "</t></is></c>"
        else:
            around = f'"{style}><v>', "</v></c>"
        self._around.append((f'<c r="{letters}', *around, f'"{style}/>' if style else ""))

    def row(self, number: str, cells: list[str]) -> str:
        """Return one row; `cells` are escaped."""
        while len(self._around) < len(cells):
            self._column("exact")
        for index in self._days:
            if cells[index]:
                cells[index] = _day(cells[index])
        inside = "".join(
            [
                f"{a}{number}{b}{cell}{c}" if cell else f"{a}{number}{d}" if d else ""
                for (a, b, c, d), cell in zip(self._around, cells, strict=False)
            ]
        )
        return f'<row r="{number}">{inside.replace(_BREAK, chr(10)) if _BREAK in inside else inside}</row>'
