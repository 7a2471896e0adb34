"""Sound workbooks, broken in ways that a seed decides: outside, and within the parts of an archive."""

import io
import zipfile
from functools import cache
from pathlib import Path
from random import Random

from caseworker_app import sample

_SAMPLES = Path(__file__).parents[2] / "samples"
_WORDS = (
    b"0", b"-1", b"1", b"4294967295", b"18446744073709551616", b"1e308", b"-1e400", b"NaN", b"XFD1048576", b"A0",
    b"s", b"b", b"d", b"e", b"str", b"inlineStr", b"date", b"true", b"\xff\xfe", b"&#0;", b"&#xD800;", b"]]>",
    b"<![CDATA[", b"<!--", b"/>", b"<c>", b"</row>", b"2958466", b"-0.5", b"\xe9\xa9\xac", b"\0", b"=1+1", b"'",
)  # fmt: skip


@cache
def bases() -> tuple[tuple[str, bytes], ...]:
    """Return sound files of every kind, with the ending of their names."""
    files = [*sample.bundled(), *sorted(_SAMPLES.glob("*.xlsx")), *sorted((_SAMPLES / "reading").iterdir())]
    found = [(file.suffix, file.read_bytes()) for file in files]
    table = "<table><tr><th>姓名</th><th colspan=2>证件号码</th></tr><tr><td>马兰</td><td x:num>64</td></tr></table>"
    text = '姓名,证件号码\r\n马兰,="640106198501010012"\r\n"马\n英",640106\r\n'
    return (
        *found,
        (".xls", table.encode()),
        (".csv", text.encode("gb18030")),
        (".csv", text.encode("utf-16")),
    )


def mutated(seed: int) -> tuple[str, bytes]:
    """Return a broken file by its number, and the ending of its name."""
    random = Random(seed)
    suffix, content = random.choice(bases())
    inside = content.startswith(b"PK") and random.random() < 0.7
    return suffix, _inside(content, random) if inside else _bytes(
        content, random, random.choice((1, 1, 3, 30))
    )


def _inside(content: bytes, random: Random) -> bytes:
    """Break the text of one or two parts, and pack them soundly again."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        names = before.namelist()
        # Where the cells are, three times as often.
        likely = [
            name for name in names if "sheet" in name or "content" in name or "haredS" in name
        ] * 3 + names
        chosen = {random.choice(likely) for _ in range(2)}
        for info in before.infolist():
            part, name = before.read(info), info.filename
            after.writestr(info, _bytes(part, random, random.choice((1, 2, 10))) if name in chosen else part)
    return written.getvalue()


def _bytes(content: bytes, random: Random, times: int) -> bytes:
    changed = bytearray(content)
    for _ in range(times):
        place = random.randrange(len(changed) + 1)
        until = min(place + random.choice((1, 1, 4, 40, 4000)), len(changed))
        how = random.randrange(6)
        if how == 0:
            changed[place:until] = bytes(random.randrange(256) for _ in range(until - place))
        elif how == 1:
            changed[place:until] = random.choice(_WORDS)
        elif how == 2:
            changed[place:until] = b""
        elif how == 3:
            changed[place:place] = changed[place:until] * random.choice((1, 2, 50))
        elif how == 4:
            _number(changed, place, random)
        elif random.random() < 0.2:
            del changed[place:]
    return bytes(changed)


def _number(changed: bytearray, place: int, random: Random) -> None:
    """Put another word where the next value in quotes or between tags stands."""
    opening = next((at for at in range(place, min(place + 400, len(changed))) if changed[at] in b'">'), None)
    if opening is not None:
        closing = next(
            (at for at in range(opening + 1, min(opening + 200, len(changed))) if changed[at] in b'"<'), None
        )
        if closing is not None:
            changed[opening + 1 : closing] = random.choice(_WORDS)
