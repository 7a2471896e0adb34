"""Files made to do harm, or broken on their way: each written by a function of its name."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import msoffcrypto.format.ooxml

from caseworker_app import sample

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ODF = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'  # noqa: E501
MB = 1024**2
PASSWORD = "秘密 12"

Content = str | bytes | Iterator[bytes]


def parts(
    rows: str = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>',
    more: Mapping[str, Content] = MappingProxyType({}),
) -> dict[str, Content]:
    """Return the parts of a small sound workbook; `more` are the ones that are not."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        **more,
    }


def archive(path: Path, content: Mapping[str, Content]) -> None:
    """Write parts as an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in content.items():
            if isinstance(text, Iterator):
                with target.open(name, "w", force_zip64=True) as part:
                    for chunk in text:
                        part.write(chunk)
            else:
                target.writestr(name, text)


def book(
    path: Path,
    rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
    more: Mapping[str, Content] = MappingProxyType({}),
) -> None:
    """Write a small workbook."""
    archive(path, parts(rows, more))


def bytes_of(write: Callable[[Path], None], path: Path) -> bytes:
    """Return what a function writes."""
    write(path)
    return path.read_bytes()


def _sample(number: int = 0) -> bytes:
    return sample.bundled()[number].read_bytes()


def _sheet(rows: Iterator[str], before: str = "") -> Iterator[bytes]:
    yield f'{before}<worksheet xmlns="{MAIN}"><sheetData>'.encode()
    for row in rows:
        yield row.encode()
    yield b"</sheetData></worksheet>"


# -- not what the name says ------------------------------------------------------------------------


def nothing_xlsx(path: Path) -> None:
    path.write_bytes(b"")


def picture_xlsx(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40)


def photo_xls(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 40)


def paper_xlsx(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type /Catalog>>\0\xff\xfe endobj\n")


def noise_et(path: Path) -> None:
    path.write_bytes(b"\xfe" + zlib.compress(bytes(range(256)) * 400))


def letter_xlsx(path: Path) -> None:
    archive(path, {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})


def letter_ods(path: Path) -> None:
    text = (
        f"<office:document-content {_ODF}><office:body><office:text/></office:body></office:document-content>"
    )
    archive(path, {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": text})


def archive_xlsx(path: Path) -> None:
    archive(path, {"说明.txt": "没有表格"})


def words_csv(path: Path) -> None:
    path.write_bytes("这里没有表格".encode("gb18030"))


def page_without_table_xls(path: Path) -> None:
    path.write_text("<html><body><p>登录已过期</p></body></html>", "utf-8")


def folder_xlsx(path: Path) -> None:
    path.mkdir()


def dangling_xlsx(path: Path) -> None:
    path.symlink_to(path.with_name("gone.xlsx"))


def pipe_xlsx(path: Path) -> None:
    os.mkfifo(path)


# -- broken on the way -----------------------------------------------------------------------------


def cut_in_half_xlsx(path: Path) -> None:
    path.write_bytes(_sample()[: len(_sample()) // 2])


def cut_at_the_end_xlsx(path: Path) -> None:
    path.write_bytes(_sample()[:-100])


def flipped_xlsx(path: Path) -> None:
    content = bytearray(_sample())
    for place in range(2000, 6000, 7):
        content[place] ^= 0x55
    path.write_bytes(content)


def old_and_hollow_xls(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000))


def circling_xls(path: Path) -> None:
    """A chain of sectors that never ends."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 1, 1, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    path.write_bytes(bytes(header) + struct.pack("<128I", *[1] * 128) + struct.pack("<128I", *range(128)) * 2)


def strings_that_are_not_there_xlsx(path: Path) -> None:
    book(
        path,
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        more={"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"/>'},
    )


def sheet_that_is_not_there_xlsx(path: Path) -> None:
    content = parts()
    del content["xl/worksheets/sheet1.xml"]
    archive(path, content)


def no_sheet_xlsx(path: Path) -> None:
    book(path, more={"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets/></workbook>'})


def torn_markup_xlsx(path: Path) -> None:
    book(path, '<row r="1"><c r="A1"><v>1</c></row')


def unknown_compression_xlsx(path: Path) -> None:
    content = bytes_of(book, path)
    place = content.rindex(b"PK\x01\x02")
    path.write_bytes(content[: place + 10] + b"\x63\0" + content[place + 12 :])


# -- made to do harm -------------------------------------------------------------------------------


def bomb_xlsx(path: Path) -> None:
    book(path, more={"xl/worksheets/sheet1.xml": (bytes(MB) for _ in range(300))})


def bomb_that_lies_xlsx(path: Path) -> None:
    """Two hundred megabytes declared as one hundred bytes."""
    book(path, more={"xl/worksheets/sheet1.xml": (bytes(MB) for _ in range(200))})
    content = path.read_bytes().replace(struct.pack("<Q", 200 * MB), struct.pack("<Q", 100))
    path.write_bytes(content.replace(struct.pack("<I", 200 * MB), struct.pack("<I", 100)))


def bombs_in_bombs_xlsx(path: Path) -> None:
    inner = zlib.compress(bytes(8 * MB), 9)
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as target:
        for number in range(40):
            target.writestr(f"{number}.zip", inner)
    book(
        path,
        '<row r="1"><c r="A1"><v>1</c>',
        more={f"xl/embeddings/{n}.zip": nested.getvalue() for n in range(40)},
    )


def one_place_many_names_xlsx(path: Path) -> None:
    """The same megabytes under a thousand names."""
    book(path, more={"xl/media/a.bin": bytes(2 * MB)})
    content = path.read_bytes()
    first, end = content.index(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    last = content.rindex(b"PK\x01\x02")
    entry = content[last:end]
    entries = b"".join(entry.replace(b"a.bin", f"{n:05}".encode()) for n in range(1000))
    count = content[end + 10 : end + 12]
    number = struct.pack("<H", struct.unpack("<H", count)[0] + 1000)
    directory = content[first:end] + entries
    tail = content[end : end + 8] + number * 2 + struct.pack("<I", len(directory)) + content[end + 16 :]
    path.write_bytes(content[:first] + directory + tail)


_LAUGHS = '<!DOCTYPE l [<!ENTITY a "笑">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def billion_laughs_xlsx(path: Path) -> None:
    text = f'{_LAUGHS}]><sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'
    book(path, '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', more={"xl/sharedStrings.xml": text})


def billion_laughs_quoted_xlsx(path: Path) -> None:
    """One long text, and a cell after the other that says it."""
    text = f'<sst xmlns="{MAIN}"><si><t>{"笑" * 300_000}</t></si></sst>'
    rows = (f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 100_000))
    book(path, more={"xl/sharedStrings.xml": text, "xl/worksheets/sheet1.xml": _sheet(rows)})


def billion_laughs_ods(path: Path) -> None:
    text = f"{_LAUGHS}]><office:document-content {_ODF}>&j;</office:document-content>"
    archive(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": text})


def file_of_others_xlsx(path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>'
    text = f'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    book(path, more={"xl/worksheets/sheet1.xml": text})


def entity_in_wide_letters_xlsx(path: Path) -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE s [<!ENTITY x "y">]><worksheet xmlns="{MAIN}"/>'
    book(path, more={"xl/worksheets/sheet1.xml": text.encode("utf-16")})


def path_that_leads_out_xlsx(path: Path) -> None:
    book(path, more={"xl/../../../../home/someone/.profile": "x"})


def path_from_the_root_xlsx(path: Path) -> None:
    book(path, more={"/etc/cron.d/x": "x"})


def path_of_windows_xlsx(path: Path) -> None:
    book(path, more={"C:\\Windows\\x.dll": "x"})


def two_of_one_name_xlsx(path: Path) -> None:
    book(path, more={"xl/worksheets/sheetX.xml": f'<worksheet xmlns="{MAIN}"/>'})
    path.write_bytes(path.read_bytes().replace(b"sheetX.xml", b"sheet1.xml"))


def far_corner_xlsx(path: Path) -> None:
    book(path, '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')


def far_corner_unsaid_xlsx(path: Path) -> None:
    """The corner, in a row that says nothing of its place."""
    book(path, '<row><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>2</v></c></row>')


def far_column_and_rows_xlsx(path: Path) -> None:
    book(path, '<row r="1"><c r="ZZ1"><v>1</v></c></row><row r="90000"><c r="A90000"><v>2</v></c></row>')


def place_that_cannot_be_xlsx(path: Path) -> None:
    book(path, '<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row>')


def far_corner_ods(path: Path) -> None:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    text = (
        f'<office:document-content {_ODF}><office:body><office:spreadsheet><table:table table:name="x">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    archive(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": text})


def million_blank_rows_xlsx(path: Path) -> None:
    rows = (
        "".join(
            f'<row r="{n}" ht="12"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>'
            for n in range(first, first + 1024)
        )
        for first in range(1, 1_048_576, 1024)
    )
    book(path, more={"xl/worksheets/sheet1.xml": _sheet(rows)})


def deep_formulas_xlsx(path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><f>{"(" * 4000}A{n + 1}{")" * 4000}</f></c></row>' for n in range(1, 1001)
    )
    book(path, rows)


def deep_markup_xlsx(path: Path) -> None:
    book(path, "<a>" * 1_000_000)


def deep_markup_ods(path: Path) -> None:
    text = f"<office:document-content {_ODF}>{'<table:table>' * 500_000}"
    archive(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": text})


def huge_strings_xlsx(path: Path) -> None:
    def strings() -> Iterator[bytes]:
        yield f'<sst xmlns="{MAIN}" count="2000000000" uniqueCount="2000000000">'.encode()
        for number in range(400):
            yield b"".join(b"<si><t>%d</t></si>" % (number * 1000 + each) for each in range(1000))
        yield b"</sst>"

    book(path, more={"xl/sharedStrings.xml": strings()})


def half_letters_xlsx(path: Path) -> None:
    """Escapes of half a character."""
    book(path, '<row r="1"><c r="A1" t="inlineStr"><is><t>_xD800_&#xD800;_xDC00_</t></is></c></row>')


def half_letters_csv(path: Path) -> None:
    path.write_bytes(b"\xff\xfe" + "姓名,".encode("utf-16-le") + b"\x00\xd8\x2c\x00")


def zeros_csv(path: Path) -> None:
    path.write_bytes(b"a,b\n\0\0,\0\n")


def wide_csv(path: Path) -> None:
    path.write_text("," * 200_000, "utf-8")


def long_cell_csv(path: Path) -> None:
    path.write_text('姓名,"' + "x" * 20 * MB, "utf-8")


def spans_xls(path: Path) -> None:
    path.write_text("<table>" + "<tr><td rowspan=9999 colspan=9999>x" * 3000, "utf-8")


def nested_tables_xls(path: Path) -> None:
    path.write_text("<table><tr><td>" * 200_000, "utf-8")


def unclosed_tags_xls(path: Path) -> None:
    path.write_text("<table><tr><td>" + "<a " * 300_000, "utf-8")


def unclosed_remarks_xls(path: Path) -> None:
    path.write_text("<table>" + "<!--<![" * 300_000, "utf-8")


# -- behind a password -----------------------------------------------------------------------------


def locked_xlsx(path: Path) -> None:
    locked = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(_sample(2))).encrypt(PASSWORD, locked)
    path.write_bytes(locked.getvalue())


def locked_for_ever_xlsx(path: Path) -> None:
    """A key that takes hours to work out."""
    content = bytes_of(locked_xlsx, path)
    rest = b' saltSize="16" blockSize="16" keyBits="256"\n'
    said = b'spinCount="100000"' + rest + b"    "
    assert content.count(said) == 1
    path.write_bytes(content.replace(said, b'spinCount="1000000000"' + rest))


def locked_parts_xlsx(path: Path) -> None:
    content = bytearray(bytes_of(book, path))
    for place in range(len(content) - 4):
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1
    path.write_bytes(content)


def locked_ods(path: Path) -> None:
    entry = (
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
    )
    manifest = f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entry}</manifest:manifest>'
    archive(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": os.urandom(400),
        },
    )


FILES: dict[str, Callable[[Path], None]] = {
    ".".join(name.rsplit("_", 1)): write
    for name, write in list(globals().items())
    if name.endswith(("_xlsx", "_xls", "_ods", "_et", "_csv"))
}
"""Each by the name it goes under."""
