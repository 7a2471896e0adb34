"""The bundled fonts: which one draws a character, how wide it is, where a Chinese line may break."""

import re
import threading
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import Literal

from reportlab.pdfbase import pdfmetrics, ttfonts

Face = Literal["serif", "sans", "bold"]
FACES: tuple[Face, ...] = ("serif", "sans", "bold")

TICKED, UNTICKED = "☑", "☐"
BOXES = TICKED + UNTICKED
"""No bundled font has these: they are drawn as lines, one em wide."""
LINES = ""
"""The font name of characters that are drawn as lines."""
SUBSTITUTE = "〓"

ASCENT = 0.88
"""Height of a Chinese character above its baseline, in ems."""
LEADING = 1.25
"""From line to line, in ems."""

_COMPLETE = "NotoSansSC-Regular"
_CHAINS: dict[Face, tuple[str, ...]] = {
    "serif": ("NotoSerifSC-Regular", _COMPLETE),
    "sans": (_COMPLETE,),
    "bold": ("NotoSansSC-SemiBold", _COMPLETE),
}

_OPENING = "（《〈「『【〔〖“‘￥¥①②③④⑤⑥⑦⑧⑨"
_CLOSING = "）》〉」』】〕〗”’。，、；：！？…—·～％%"
_TIE = "\u2060"
"""Ties its neighbours together in the making of lines; never drawn."""
_UNIT = (
    rf"[{_OPENING}]*"
    rf"(?:[{BOXES}][^ \u3000\u00a0\n{_TIE}，。；{BOXES}]*|[!-~]+|[^ \u3000\u00a0\n{_TIE}])[{_CLOSING}]*"
)
_CHUNK = re.compile(rf"\n|[ \u3000]|{_UNIT}(?:[\u00a0{_TIE}]+{_UNIT})*|[\u00a0{_TIE}]")
"""What no line break may part."""

_lock = threading.Lock()
_registered = False


def _whole_to_unicode(fontname: str, subset: list[int]) -> str:
    """Return reportlab's ToUnicode map with characters beyond the BMP as UTF-16 pairs.

    reportlab 5.1 writes U+2CB6D as <2CB6D>, which readers take for U+2CB6: 𬭎 copies as Ⲷ. A map that is
    already right has no five-digit target and passes unchanged.
    """
    return re.sub(
        r"(?<=> <)[0-9A-F]{5,6}(?=>)",
        lambda code: chr(int(code[0], 16)).encode("utf-16-be").hex().upper(),
        _reportlab_to_unicode(fontname, subset),
    )


_reportlab_to_unicode = ttfonts.makeToUnicodeCMap


def _register() -> None:
    """Read the fonts once, at the first character (0.1 s)."""
    global _registered
    with _lock:
        if _registered:
            return
        ttfonts.makeToUnicodeCMap = _whole_to_unicode
        folder = files("caseworker_app") / "fonts"
        for name in dict.fromkeys(name for chain in _CHAINS.values() for name in chain):
            pdfmetrics.registerFont(ttfonts.TTFont(name, str(folder / f"{name}.ttf"), shapable=False))
        _registered = True


class _Face(dict[str, tuple[str, float, bool]]):
    """For each character its font, width in ems and whether any font has it; filled as they are met."""

    def __init__(self, face: Face) -> None:
        self._chain = _CHAINS[face]

    def __missing__(self, character: str) -> tuple[str, float, bool]:
        _register()
        self[character] = found = self._find(character)
        return found

    def _find(self, character: str) -> tuple[str, float, bool]:
        if character in BOXES:
            return LINES, 1.0, True
        for wanted in (character, SUBSTITUTE):
            code = 0x20 if wanted == "\u00a0" else ord(wanted)
            for name in self._chain:
                metrics = pdfmetrics.getFont(name).face
                if code in metrics.charToGlyph:
                    return name, metrics.charWidths[code] / 1000, wanted == character
        raise LookupError(SUBSTITUTE)


_faces: dict[Face, _Face] = {face: _Face(face) for face in FACES}


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of a line that one font draws, 〓 standing for what no font has, and their width in ems."""

    font: str
    text: str
    width: float


def runs(text: str, face: Face) -> tuple[list[Run], list[str]]:
    """Split a line into runs of one font each; return also the characters that no font has."""
    glyphs = _faces[face]
    result, missing = [], []
    for name, group in groupby(text, lambda character: glyphs[character][0]):
        run, wide = "", 0.0
        for character in group:
            _, step, known = glyphs[character]
            wide += step
            if not known:
                missing.append(character)
            run += character if known else SUBSTITUTE
        result.append(Run(name, run, wide))
    return result, missing


def width(text: str, face: Face, size: float) -> float:
    """Return how wide a line is, in points."""
    glyphs = _faces[face]
    return sum([glyphs[character][1] for character in text]) * size


def whole(text: str) -> str:
    """Return a text that no line break will part, unless it is wider than a whole line."""
    return _TIE.join(text.replace(" ", "\u00a0").replace("\u3000", "\u00a0"))


def _chunks(text: str, face: Face) -> list[tuple[str, float]]:
    """Return what may not be parted by a line break, with widths in ems."""
    chunks = [chunk.replace(_TIE, "") for chunk in _CHUNK.findall(text)]
    return [(chunk, width(chunk, face, 1)) for chunk in chunks]


def wrap(text: str, face: Face, size: float, limit: float) -> list[str]:
    """Break a text into lines: closing punctuation starts none, opening ends none, words stay whole."""
    return _wrap(_chunks(text, face), face, limit / size)


def _wrap(chunks: list[tuple[str, float]], face: Face, limit: float) -> list[str]:
    """Put chunks into lines of so many ems."""
    glyphs = _faces[face]
    lines, line, used = [], "", 0.0
    limit += 0.001
    for chunk, wide in chunks:
        if chunk != "\n" and used + wide <= limit:
            line, used = line + chunk, used + wide
            continue
        if line or chunk == "\n":
            lines.append(line)
            line, used = "", 0.0
        if chunk in "\n \u3000":
            continue
        for character in chunk:  # a chunk wider than the whole line breaks anywhere
            step = glyphs[character][1]
            if line and used + step > limit:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + character, used + step
    return [each.rstrip(" \u3000") for each in [*lines, line]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text broken into lines at the size at which it fits."""

    size: float
    lines: tuple[str, ...]

    @property
    def high(self) -> float:
        """Height of the lines in points."""
        return (len(self.lines) * LEADING - LEADING + 1) * self.size


def fit(text: str, face: Face, wide: float, high: float, size: float, least: float) -> Fitted:
    """Return the text at the largest size from `size` to `least` that fits; smaller still rather than cut it.

    A text that nearly fits on one line shrinks a little instead of leaving a character or two on a second.
    """
    chunks = _chunks(text, face)
    ems = sum(step for _, step in chunks)
    if size * ems <= wide or (max(0.85 * size, least) * ems <= wide and "\n" not in text):
        size = min(size, wide / ems) if ems else size
    # A number or a word shrinks, as far as it may, rather than break.
    size = min(size, max(least, wide / max([step for _, step in chunks if step], default=1)))
    while True:
        fitted = Fitted(size, tuple(_wrap(chunks, face, wide / size)))
        if fitted.high <= high or size <= 1:
            return fitted
        size = max(least, size - 0.25) if size > least else size * 0.95
