"""A4 sheets: text that never loses a character, rules, tick boxes, codes, the foot of the page."""

import threading
from datetime import date
from itertools import groupby
from typing import BinaryIO, Literal

from reportlab import rl_config
from reportlab.graphics.barcode import qrencoder
from reportlab.pdfgen.canvas import Canvas

from caseworker_app.wording import on_paper
from printouts import fonts
from printouts.fonts import Face, Fitted, Run

Align = Literal["left", "center", "right"]

MM = 72 / 25.4
WIDTH, HEIGHT = 210.0, 297.0

# Base 85 is for seven-bit mail: it costs a fifth of the size and more of the time.
rl_config.useA85 = 0

# Making a font's subset moves a read position in the font, which all documents share.
_saving = threading.Lock()


class Sheet:
    """A PDF being written; lengths are millimetres from the top left of an A4 page, sizes are points."""

    def __init__(
        self, target: BinaryIO, title: str, author: str, *, invariant: bool = False, landscape: bool = False
    ) -> None:
        """Start a document; `invariant` writes the same bytes for the same content, whatever the day."""
        self.wide, self.high = (HEIGHT, WIDTH) if landscape else (WIDTH, HEIGHT)
        self._canvas = Canvas(
            target,
            pagesize=(self.wide * MM, self.high * MM),
            pageCompression=1,
            invariant=int(invariant),
            lang="zh-CN",
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setCreator("caseworker")
        self.missing: dict[str, None] = {}
        """Characters that no font has, in the order met."""

    def line(
        self,
        text: str,
        x: float,
        baseline: float,
        face: Face,
        size: float,
        align: Align = "left",
        spacing: float = 0,
    ) -> None:
        """Write one line with its left end, middle or right end at `x`."""
        runs, missing = fonts.runs(text, face)
        self.missing.update(dict.fromkeys(missing))
        left, y = x * MM, (self.high - baseline) * MM
        if align != "left":
            wide = sum(run.width for run in runs) * size + spacing * (len(text) - 1)
            left -= wide if align == "right" else wide / 2
        for drawn, group in groupby(runs, lambda run: run.font == fonts.LINES):
            left = (self._boxes if drawn else self._text)(list(group), left, y, size, spacing)

    def _text(self, runs: list[Run], x: float, y: float, size: float, spacing: float) -> float:
        """Write runs of text; return where they end. One text object for all, since starting one is slow."""
        text = self._canvas.beginText(x, y)
        if spacing:
            text.setCharSpace(spacing)
        for run in runs:
            text.setFont(run.font, size)
            text.textOut(run.text)
            x += run.width * size + spacing * len(run.text)
        if spacing:
            text.setCharSpace(0)
        self._canvas.drawText(text)
        return x

    def _boxes(self, runs: list[Run], x: float, y: float, size: float, spacing: float) -> float:
        """Draw tick boxes; return where they end."""
        for box in "".join(run.text for run in runs):
            self._tick_box(box, x, y, size)
            x += size + spacing
        return x

    def _tick_box(self, box: str, x: float, y: float, size: float) -> None:
        """Draw a tick box one em wide as lines, over an invisible character that can be copied."""
        canvas = self._canvas
        canvas.addLiteral(f"/Span <</ActualText <FEFF{ord(box):04X}>>> BDC")
        canvas.setFont("NotoSansSC-Regular", size)
        canvas.drawString(x, y, "□", mode=3)
        canvas.addLiteral("EMC")
        # In steps of the box's side; through reportlab's own drawing this took a fifth of a page's time.
        side, left, bottom = 0.76 * size, x + 0.11 * size, y - 0.02 * size
        tick = "1.9 w 3 9 m 7 4 l 14 13.6 l S" if box == fonts.TICKED else ""
        scale = side / 17
        canvas.addLiteral(
            f"q {scale:.4f} 0 0 {scale:.4f} {left:.3f} {bottom:.3f} cm 1.1 w 0 0 17 17 re S {tick} Q"
        )

    def lines(self, fitted: Fitted, x: float, top: float, face: Face, align: Align) -> None:
        """Write fitted lines one below the other, the characters of the first touching `top`."""
        for index, text in enumerate(fitted.lines):
            self.line(
                text,
                x,
                top + (fonts.ASCENT + index * fonts.LEADING) * fitted.size / MM,
                face,
                fitted.size,
                align,
            )

    def frame(self, x: float, y: float, wide: float, high: float, weight: float = 0.6) -> None:
        """Draw a rectangle, `weight` points thick."""
        self._canvas.setLineWidth(weight)
        self._canvas.rect(x * MM, (self.high - y - high) * MM, wide * MM, high * MM)

    def rule(self, x: float, y: float, to_x: float, to_y: float, weight: float = 0.6) -> None:
        """Draw a straight line, `weight` points thick."""
        self._canvas.setLineWidth(weight)
        self._canvas.line(x * MM, (self.high - y) * MM, to_x * MM, (self.high - to_y) * MM)

    def qr(self, text: str, x: float, y: float, side: float) -> None:
        """Draw a QR code; black modules of a row that touch are one rectangle."""
        code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
        code.addData(text)
        code.version = code.calculate_version()
        code.makeImpl(
            False, 0
        )  # readers take any mask; trying all eight for the best takes most of a page's time
        unit = side / code.getModuleCount() * MM
        path = []
        for row, modules in enumerate(code.modules):
            column = 0
            for black, group in groupby(modules):
                wide = len(list(group))
                if black:
                    path.append(f"{column} {row} {wide} 1 re")
                column += wide
        self._canvas.saveState()
        self._canvas.transform(unit, 0, 0, -unit, x * MM, (self.high - y) * MM)
        self._canvas.addLiteral(" ".join((*path, "f")))
        self._canvas.restoreState()

    def footer(
        self, unit: str, printed_on: date, number: int, total: int, side: float, bottom: float
    ) -> None:
        """Write unit and day of printing at the left, the page's number at the right."""
        left = f"{unit} · {on_paper(printed_on)}打印" if unit else f"{on_paper(printed_on)}打印"
        right = f"第 {number} 页　共 {total} 页"
        room = (self.wide - 2 * side) * MM - fonts.width(right, "serif", 8) - 12
        self._canvas.setFillGray(0.35)
        self.line(left, side, self.high - bottom, "serif", fonts.fit(left, "serif", room, 8, 8, 5).size)
        self.line(right, self.wide - side, self.high - bottom, "serif", 8, "right")
        self._canvas.setFillGray(0)

    def begin_stamp(self, name: str) -> None:
        """Draw from here into a fixed part that is stored once."""
        self._canvas.beginForm(name)

    def end_stamp(self) -> None:
        """Draw on the page again."""
        self._canvas.endForm()

    def stamp(self, name: str) -> None:
        """Put the fixed part of that name on the page."""
        self._canvas.doForm(name)

    def next_page(self) -> None:
        """End this page."""
        self._canvas.showPage()

    def save(self) -> list[str]:
        """Write the document; return the characters that no font has."""
        with _saving:
            self._canvas.save()
        return list(self.missing)
