"""Cells of a workbook marked inside its archive: a fill and a comment each, every other part as it was.

No library that reads and writes whole workbooks keeps all of one: values of formulas, charts, letters in boxes,
lists of other sheets would be lost. What is unusual here is left to such a library (`Unusual`).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import basename, dirname, join, normpath, relpath
from xml.sax.saxutils import escape, quoteattr

from caseworker_app.exchange import guard
from caseworker_app.exchange.read import column_letters

Texts = Mapping[tuple[int, str], list[str]]
"""What is to be said, by row and address; '' for the first filled cell of the row."""

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument"
_STYLES, _CONTENT = "xl/styles.xml", "[Content_Types].xml"
_FILL = '<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/><bgColor indexed="64"/></patternFill></fill>'
_TAG = re.compile(r"<(/?)(?:\w+:)?(\w+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>")
_ROW = re.compile(r"<row\b([^>]*?)(/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(r"<c\b([^>]*?)(/>|>(.*?)</c>)", re.DOTALL)
_XF = re.compile(r"<xf\b[^>]*?(?:/>|>.*?</xf>)", re.DOTALL)
_MERGED = re.compile(r'<mergeCell\b[^>]*\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_COLUMN = re.compile(r"<col\b([^>]*)/?>")
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d+)")
_AFTER_NOTES = frozenset(
    [
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    ]
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
WIDTH, _LINE, _SHORTEST, _LETTERS_A_LINE = 225, 13.5, 45, 22

_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>'
)
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{number}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;width:{width}pt;height:{height}pt;'
    'z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def height(words: str) -> float:
    """Return how high in points a comment `WIDTH` points wide must be for words."""
    return max(_SHORTEST, _LINE * (2 + sum(1 + len(each) // _LETTERS_A_LINE for each in words.split("\n"))))


class Unusual(Exception):
    """The archive is written in a way this module does not know."""


def mark(source: Path, marks: Mapping[str, Texts], target: Path, signed: str) -> None:
    """Write a copy of an .xlsx with the cells of each sheet marked; raises Unusual before anything is written."""
    try:
        made = _marked(source.read_bytes(), marks, signed)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError) as error:
        raise Unusual from error
    target.write_bytes(made)


def _marked(content: bytes, marks: Mapping[str, Texts], signed: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = _Book(archive)
        titles = guard.sheets(io.BytesIO(content))
        for title, texts in marks.items():
            if title not in titles:
                raise Unusual
            _Sheet(book, titles[title]).mark(texts, signed)
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as answer:
            for part in archive.infolist():
                answer.writestr(part, book.changed.pop(part.filename, b"") or archive.read(part))
            for name, text in book.changed.items():
                answer.writestr(name, text)
    return made.getvalue()


def _given(attributes: str, name: str) -> str:
    match = re.search(rf"""(?<![\w:]){name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", attributes)
    return (match[1] or match[2] or "") if match else ""


def _with(attributes: str, **values: object) -> str:
    for name, value in values.items():
        attributes = re.sub(rf"""\s(?<![\w:]){name}\s*=\s*(?:"[^"]*"|'[^']*')""", "", attributes)
        attributes = f'{attributes.rstrip()} {name}="{value}"'
    return attributes


def _before(text: str, end: str, more: str) -> str:
    """Put something before the last end tag of a part."""
    place = text.rfind(end)
    if place < 0:
        raise Unusual
    return text[:place] + more + text[place:]


class _Book:
    """The parts of an archive that all sheets share, and what is changed of all of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = set(archive.namelist())
        self.changed: dict[str, bytes] = {}
        self._styles: dict[int, int] = {}

    def text(self, name: str, otherwise: str = "") -> str:
        """Return a part as it is by now."""
        if name not in self.changed and name not in self.names:
            return otherwise
        raw = self.changed.get(name) or self._archive.read(name)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Unusual from None
        if "<!--" in text or "<![CDATA[" in text:
            raise Unusual
        return text

    def put(self, name: str, text: str) -> None:
        """Change or add a part."""
        self.names.add(name)
        self.changed[name] = text.encode()

    def fresh(self, pattern: str) -> str:
        """Return a name that no part has."""
        return next(name for number in range(1, 10**6) if (name := pattern.format(number)) not in self.names)

    def marked(self, style: int) -> int:
        """Return the style that is another one with the fill."""
        if style not in self._styles:
            text = self.text(_STYLES)
            if not self._styles:
                text, self._fill = _added(text, "fills", "fill", _FILL)
            begin, end = _inside(text, "cellXfs")
            known = _XF.findall(text, begin, end)
            if style >= len(known):
                raise Unusual
            tag = _TAG.match(known[style])
            if tag is None:
                raise Unusual
            attributes = _with(tag[3], fillId=self._fill, applyFill=1)
            made = f"<xf{attributes}{tag[4]}>{known[style][tag.end() :]}"
            text, self._styles[style] = _added(text, "cellXfs", "xf", made)
            self.put(_STYLES, text)
        return self._styles[style]

    def declare(self, part: str, kind: str) -> None:
        """Name a part and what it is in the table of contents."""
        text = self.text(_CONTENT)
        if 'Extension="vml"' not in text:
            more = f'<Default Extension="vml" ContentType="{_TYPES}.vmlDrawing"/>'
            text = _before(text, "</Types>", more)
        text = _before(text, "</Types>", f'<Override PartName="/{part}" ContentType="{_TYPES}.{kind}"/>')
        self.put(_CONTENT, text)


def _inside(text: str, name: str) -> tuple[int, int]:
    """Return where the content of an element of which there is one begins and ends."""
    begin = re.search(rf"<{name}(?:\s[^>]*[^/>])?>", text)
    end = text.find(f"</{name}>")
    if begin is None or end < 0:
        raise Unusual
    return begin.end(), end


def _added(text: str, parent: str, child: str, more: str) -> tuple[str, int]:
    """Return a part with one more child at the end of an element, and the place of it."""
    begin, end = _inside(text, parent)
    count = sum(tag[2] == child and not tag[1] for tag in _top(text[begin:end]))
    text = text[:end] + more + text[end:]
    head = text.rfind("<", 0, begin)
    tag = _TAG.match(text, head)
    if tag is None:
        raise Unusual
    return f"{text[:head]}<{parent}{_with(tag[3], count=count + 1)}>{text[begin:]}", count


def _top(text: str) -> Iterator[re.Match[str]]:
    """Give the start tags of the elements that stand in no other."""
    depth = 0
    for tag in _TAG.finditer(text):
        if depth == 0 and not tag[1]:
            yield tag
        depth += -1 if tag[1] else 0 if tag[4] else 1


class _Sheet:
    """One sheet being marked."""

    def __init__(self, book: _Book, part: str) -> None:
        self._book = book
        self._part = part
        self._relations = join(dirname(part), "_rels", f"{basename(part)}.rels")
        self._text = book.text(part)
        place = self._text.rfind("</sheetData>")
        if "<worksheet" not in self._text or place < 0 or _MAIN not in self._text:
            raise Unusual
        self._place = place
        self._merged = [
            (*_at(f"{each[1]}{each[2]}"), *_at(f"{each[3]}{each[4]}"))
            for each in _MERGED.finditer(self._text, place)
        ]
        self._columns = [
            (int(_given(each[1], "min")), int(_given(each[1], "max")), int(_given(each[1], "style") or 0))
            for each in _COLUMN.finditer(self._text, 0, max(self._text.find("<sheetData"), 0))
        ]

    def mark(self, texts: Texts, signed: str) -> None:
        """Fill the cells and say at them what is to be said."""
        rows = self._rows({row for row, _address in texts})
        notes: dict[str, list[str]] = {}
        for (row, address), words in texts.items():
            notes.setdefault(self._anchor(address or self._first_filled(rows.get(row), row)), []).extend(
                words
            )
        by_row: dict[int, list[int]] = {}
        for address in notes:
            row, column = _at(address)
            by_row.setdefault(row, []).append(column)
        self._fill(by_row)
        self._note({each: "\n".join(dict.fromkeys(words)) for each, words in notes.items()}, signed)

    def _rows(self, wanted: set[int]) -> dict[int, re.Match[str]]:
        found = {}
        for row in _ROW.finditer(self._text, 0, self._place):
            number = _given(row[1], "r")
            if not number:
                raise Unusual
            if int(number) in wanted:
                found[int(number)] = row
        return found

    def _first_filled(self, row: re.Match[str] | None, number: int) -> str:
        for cell in _CELL.finditer(row[3] or "") if row else ():
            if cell[3]:
                return _given(cell[1], "r")
        return f"A{number}"

    def _anchor(self, address: str) -> str:
        """Return the cell, or the first of the merged cells it is one of."""
        row, column = _at(address)
        for top, left, bottom, right in self._merged:
            if top <= row <= bottom and left <= column <= right:
                return f"{column_letters(left - 1)}{top}"
        return address

    # -- the fill --------------------------------------------------------------------------------

    def _fill(self, wanted: Mapping[int, list[int]]) -> None:
        pieces: list[str] = []
        done = self._text.index("<sheetData")
        pieces.append(self._text[:done])
        left = sorted(wanted, reverse=True)
        if _TAG.match(self._text, done) is None or self._text.startswith("<sheetData/", done):
            raise Unusual
        for row in _ROW.finditer(self._text, done, self._place):
            number = int(_given(row[1], "r") or 0)
            while left and left[-1] < number:
                pieces.append(self._text[done : row.start()])
                done = row.start()
                pieces.append(self._row(left[-1], "", "", wanted[left.pop()]))
            if left and left[-1] == number:
                pieces.append(self._text[done : row.start()])
                pieces.append(self._row(number, row[1], row[3] or "", wanted[left.pop()]))
                done = row.end()
        pieces.append(self._text[done : self._place])
        pieces += [self._row(number, "", "", wanted[number]) for number in reversed(left)]
        pieces.append(self._text[self._place :])
        self._text = "".join(pieces)

    def _row(self, number: int, attributes: str, inside: str, columns: list[int]) -> str:
        """Return a row with cells filled; one that is not there is put where it belongs."""
        wanted = set(columns)
        cells: list[tuple[int, str]] = []
        for cell in _CELL.finditer(inside):
            row, column = _at(_given(cell[1], "r"))
            if row != number:
                raise Unusual
            whole = cell[0]
            if column in wanted:
                wanted.discard(column)
                style = self._book.marked(int(_given(cell[1], "s") or 0))
                whole = f"<c{_with(cell[1], s=style)}{cell[0][2 + len(cell[1]) :]}"
            cells.append((column, whole))
        if _CELL.sub("", inside).strip():
            raise Unusual
        own = (
            int(_given(attributes, "s") or 0) if _given(attributes, "customFormat") in ("1", "true") else None
        )
        for column in wanted:
            style = self._book.marked(own if own is not None else self._style_of(column))
            cells.append((column, f'<c r="{column_letters(column - 1)}{number}" s="{style}"/>'))
        given = _without(attributes, "spans") if attributes else f' r="{number}"'
        return f"<row{given}>{''.join(cell for _column, cell in sorted(cells))}</row>"

    def _style_of(self, column: int) -> int:
        return next((style for low, high, style in self._columns if low <= column <= high), 0)

    # -- what is said ------------------------------------------------------------------------------

    def _note(self, words: Mapping[str, str], signed: str) -> None:
        book = self._book
        comments, drawing = self._related("/comments"), self._related("/vmlDrawing")
        if comments and not drawing:
            raise Unusual
        if not comments:
            comments = book.fresh("xl/comments{}.xml")
            book.put(
                comments,
                f'<comments xmlns="{_MAIN}"><authors></authors><commentList></commentList></comments>',
            )
            book.declare(comments, "spreadsheetml.comments+xml")
            self._relate(comments, "comments")
        if not drawing:
            drawing = book.fresh("xl/drawings/vmlDrawing{}.vml")
            book.put(drawing, _DRAWING)
            self._draw(self._relate(drawing, "vmlDrawing"))
        book.put(self._part, self._text)
        said = book.text(comments)
        if "<comments" not in said or "<authors/>" in said:
            raise Unusual
        said, author = _added(said, "authors", "author", f"<author>{escape(signed)}</author>")
        said = re.sub(r"<authors [^>]*>", "<authors>", said).replace(
            "<commentList/>", "<commentList></commentList>"
        )
        there = set(re.findall(r'<comment\b[^>]*\bref="([A-Z]+\d+)"', said))
        fresh = {each: text for each, text in words.items() if each not in there}
        for address in words.keys() & there:
            said = _further(said, address, _run(words[address], "\n"))
        made = "".join(
            f'<comment ref="{address}" authorId="{author}"><text>{_run(text)}</text></comment>'
            for address, text in fresh.items()
        )
        said = _before(said, "</commentList>", made)
        book.put(comments, said)
        self._shapes(drawing, fresh)

    def _shapes(self, drawing: str, notes: Mapping[str, str]) -> None:
        text = self._book.text(drawing)
        more = "" if "_x0000_t202" in text else _SHAPE_TYPE
        number = max([1024, *map(int, re.findall(r"_x0000_s(\d+)", text))])
        if more:
            more = more.replace(
                "<v:shapetype ",
                '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ',
            )
        for address, words in notes.items():
            number += 1
            row, column = _at(address)
            more += _SHAPE.format(
                number=number,
                width=WIDTH,
                height=height(words),
                row=row - 1,
                column=column - 1,
            )
        self._book.put(drawing, _before(text, "</xml>", more))

    def _related(self, kind: str) -> str:
        """Return the part of a kind that the sheet has, '' for none."""
        for tag in _TAG.finditer(self._book.text(self._relations)):
            if tag[2] == "Relationship" and _given(tag[3], "Type").endswith(kind):
                target = _given(tag[3], "Target")
                found = (
                    target.lstrip("/")
                    if target.startswith("/")
                    else normpath(join(dirname(self._part), target))
                )
                if found not in self._book.names:
                    raise Unusual
                if kind != "/vmlDrawing" or f'"{_given(tag[3], "Id")}"' in self._notes_drawing():
                    return found
        return ""

    def _notes_drawing(self) -> str:
        """Return the tag that names the drawing of notes; a picture in the page's head has one of its own."""
        match = re.search(r"<legacyDrawing\b[^>]*>", self._text[self._place :])
        return match[0] if match else ""

    def _relate(self, part: str, kind: str) -> str:
        empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        text = self._book.text(self._relations, empty)
        name = next(each for number in range(1, 10**6) if f'"{(each := f"rIdNote{number}")}"' not in text)
        target = relpath(part, dirname(self._part))
        more = f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target={quoteattr(target)}/>'
        self._book.put(self._relations, _before(text, "</Relationships>", more))
        return name

    def _draw(self, relation: str) -> None:
        """Name the drawing of notes where it belongs among what follows the cells."""
        begin = self._place_of_tail()
        tail = self._text[begin:]
        place = next(
            (tag.start() for tag in _top(tail) if tag[2] in _AFTER_NOTES), tail.rfind("</worksheet>")
        )
        if place < 0:
            raise Unusual
        made = f'<legacyDrawing xmlns:r="{_OFFICE}" r:id="{relation}"/>'
        self._text = self._text[: begin + place] + made + self._text[begin + place :]

    def _place_of_tail(self) -> int:
        return self._text.rfind("</sheetData>") + len("</sheetData>")


def _without(attributes: str, name: str) -> str:
    return re.sub(rf"""\s{name}\s*=\s*(?:"[^"]*"|'[^']*')""", "", attributes)


def _at(address: str) -> tuple[int, int]:
    """Return row and column from 1."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise Unusual
    return int(match[2]), guard.column_index(match[1].encode()) + 1


def _run(words: str, before: str = "") -> str:
    return f'<r><t xml:space="preserve">{before}{escape(_NOT_XML.sub("", words))}</t></r>'


def _further(comments: str, address: str, run: str) -> str:
    """Return the comments with more in the one at a cell, which may say it already."""
    there = re.search(rf'<comment\b[^>]*\bref="{address}"[^>]*>.*?<text>(.*?)</text>', comments, re.DOTALL)
    if there is None:
        raise Unusual
    said = there[1]
    if run.partition(">\n")[2].removesuffix("</t></r>") in said:
        return comments
    before = said if not said or "<r>" in said else f"<r>{said}</r>"
    return comments[: there.start(1)] + before + run + comments[there.end(1) :]
