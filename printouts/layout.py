"""Form files: the boxes of a paper form as data, read, checked and placed on the page."""

import math
import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar, get_args

from caseworker_app.domain.errors import ExpectedError
from printouts.fonts import FACES, TICKED, UNTICKED, Face, whole
from printouts.page import WIDTH, Align

PLACEHOLDER = re.compile(
    r"\{(?P<each>\*?)(?P<fields>[a-z_.]+(?:\|[a-z_.]+)*)(?:\?(?P<option>[^{}=]+)(?:=(?P<also>[^{}=]+))?|:(?P<blank>\d+))?\}"
)
T = TypeVar("T")
Fact = str | tuple[str, ...]
"""What is known of a field: a text, or several."""
Upright = Literal["top", "middle", "bottom"]
Pages = Literal["first", "more", "all"]
_ALIGNS: tuple[Align, ...] = get_args(Align)
_UPRIGHTS: tuple[Upright, ...] = get_args(Upright)
_PAGES: tuple[Pages, ...] = get_args(Pages)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text stands in its box: face, size and least size in points, alignment across and down."""

    face: Face
    size: float
    least: float
    align: Align
    upright: Upright


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place of its own in a box: from the left and top, if negative from the right and bottom."""

    text: str
    x: float
    y: float
    align: Align


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its text, free marks, and how many columns and rows it spans."""

    text: str
    marks: tuple[Mark, ...]
    columns: int
    rows: int
    style: Style


@dataclass(frozen=True, slots=True)
class Row:
    """One row: height in millimetres, share of the room left over, the level whose opinion it holds.

    A row with `each` is printed for each entry of that list, `limit` a page at most.
    """

    key: str
    height: float
    most: float
    grow: float
    level: str
    pages: Pages
    each: str
    limit: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its place on the page, in millimetres from the top left, and the entry it is for."""

    box: Box
    x: float
    y: float
    wide: float
    high: float
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole form; lengths in millimetres from the top left of the page."""

    file: str
    columns: tuple[float, ...]
    top: float
    bottom: float
    title_size: float
    title_baselines: tuple[float, ...]
    title_more: str
    qr_side: float
    qr_top: float
    qr_text: str
    header: tuple[str, ...]
    header_baseline: float
    header_style: Style
    notes: str
    notes_bottom: float
    notes_style: Style
    footer_bottom: float
    rows: tuple[Row, ...]

    @property
    def wide(self) -> float:
        """Width of the grid."""
        return sum(self.columns)

    @property
    def left(self) -> float:
        """Left edge of the grid, which stands in the middle of the page."""
        return (WIDTH - self.wide) / 2

    @property
    def table(self) -> Row | None:
        """The row that is printed for each entry of a list."""
        return next((row for row in self.rows if row.each), None)

    def placed(
        self, levels: Sequence[str], entries: int | None = None, high: float = 0, *, more: bool = False
    ) -> list[Placed]:
        """Return the boxes of the first page, or of one more, for a claim that passes these levels.

        The page lists so many entries, each at least `high`, or as many blank ones as the form says.
        """
        held = {row.level for row in self.rows if row.level}
        for level in levels:
            if level not in held:
                raise _problem(self.file, "rows.level", f"a row for {level!r}")
        rows: list[Row] = []
        for row in self.rows:
            if row.each:
                grown = replace(row, height=max(row.height, high), most=max(row.most, high))
                rows += [grown] * (row.limit if entries is None else entries)
            elif row.pages in ("all", "more" if more else "first"):
                rows += [row] if not row.level or not levels or row.level in levels else []
        heights = _heights(rows, self.bottom - self.top)
        edges = [self.left + sum(self.columns[:index]) for index in range(len(self.columns) + 1)]
        result = []
        for index, (row, starts) in enumerate(
            zip(rows, _starts(rows, len(self.columns), self.file), strict=True)
        ):
            y = self.top + sum(heights[:index])
            entry = index - rows.index(row) if row.each else None
            for box, start in zip(row.boxes, starts, strict=True):
                wide = edges[start + box.columns] - edges[start]
                tall = sum(heights[index : index + box.rows])
                result.append(Placed(box, edges[start], y, wide, tall, entry))
        return result


def _problem(file: str, key: str, expected: str) -> ExpectedError:
    """Return the failure that names a form file, the key in it and what should stand there."""
    return ExpectedError("form.invalid", file=file, key=key, expected=expected)


def _heights(rows: Sequence[Row], room: float) -> list[float]:
    """Return how high each row is: those that grow share the room left over, none beyond its most."""
    heights = [row.height for row in rows]
    spare, shares = max(room - sum(heights), 0), sum(row.grow for row in rows)
    growing = [index for index, row in enumerate(rows) if row.grow]
    growing.sort(key=lambda index: (rows[index].most - rows[index].height) / rows[index].grow)
    for index in growing:
        row = rows[index]
        taken = min(spare * row.grow / shares, row.most - row.height)
        heights[index] += taken
        spare, shares = spare - taken, shares - row.grow
    return heights


def _starts(rows: Sequence[Row], columns: int, file: str) -> list[list[int]]:
    """Return the first column of every box, row by row, boxes reaching down from above left free."""
    busy = [[False] * columns for _ in rows]
    result: list[list[int]] = []
    for index, row in enumerate(rows):
        starts = []
        for number, box in enumerate(row.boxes):
            key = f"{row.key}.boxes[{number}]"
            start = busy[index].index(False) if False in busy[index] else columns
            cells = busy[index][start : start + box.columns]
            if len(cells) < box.columns or any(cells):
                raise _problem(file, f"{key}.columns", f"at most {cells.count(False)}, the columns free here")
            below = rows[index + 1 : index + box.rows]
            if len(below) < box.rows - 1 or any(each.level or each.each for each in below):
                raise _problem(
                    file, f"{key}.rows", "rows that exist, belong to no level and are not repeated"
                )
            for each in busy[index : index + box.rows]:
                each[start : start + box.columns] = [True] * box.columns
            starts.append(start)
        if not all(busy[index]):
            raise _problem(file, f"{row.key}.boxes", f"boxes for all {columns} columns")
        result.append(starts)
    return result


class _Table:
    """One table of a form file, taken key by key; a key nobody took is a mistake in the file."""

    def __init__(self, content: object, file: str, path: str, fields: Collection[str]) -> None:
        self.file, self.path, self.fields, self.each = file, path, fields, ""
        if not isinstance(content, dict):
            raise self.problem("", "a table")
        self._content: dict[str, object] = dict(content)

    def problem(self, key: str, expected: str) -> ExpectedError:
        """Return the failure for a key of this table."""
        return _problem(self.file, ".".join(filter(None, (self.path, key))), expected)

    def take(self, key: str, kind: type[T], expected: str, default: T | None = None) -> T:
        """Return the value of a key, which must be of that kind; without a default it must be there."""
        value = self._content.pop(key, default)
        # True is an int to Python, and never what a form means.
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.problem(key, expected)
        return value

    def number(self, key: str, default: float | None = None, *, negative: bool = False) -> float:
        """Return a length or a size."""
        expected = "a number" if negative else "a number not below 0"
        if isinstance(self._content.get(key), int):
            value = float(self.take(key, int, expected))
        else:
            value = self.take(key, float, expected, default)
        if value < 0 and not negative:
            raise self.problem(key, expected)
        return value

    def count(self, key: str) -> int:
        """Return how many columns or rows are spanned or entries listed, 1 when not said."""
        value = self.take(key, int, "a whole number from 1", 1)
        if value < 1:
            raise self.problem(key, "a whole number from 1")
        return value

    def choice(self, key: str, choices: tuple[T, ...], default: T | None = None) -> T:
        """Return one of a few words."""
        value = self._content.pop(key, default)
        if value not in choices:
            raise self.problem(key, " | ".join(map(str, choices)))
        return choices[choices.index(value)]

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text whose placeholders are known fields."""
        return self._checked(key, self.take(key, str, "a text", default))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of such texts."""
        values: list[object] = self.take(key, list, "a list of texts")
        return tuple(self._checked(key, each) for each in values)

    def _checked(self, key: str, value: object) -> str:
        """Return a text after a look at its placeholders."""
        if not isinstance(value, str):
            raise self.problem(key, "a text")
        for match in PLACEHOLDER.finditer(value):
            for field in match["fields"].split("|"):
                # What is known of an entry stands only in the row of its list.
                if field not in self.fields or field.rpartition(".")[0] not in ("", self.each):
                    raise self.problem(key, f"a known field instead of {field!r}")
        if set("{}") & set(PLACEHOLDER.sub("", value)):
            raise self.problem(key, "{field}, {field:8}, {field?option}, {field?option=other} or {*field}")
        return value

    def numbers(self, key: str) -> tuple[float, ...]:
        """Return a list of lengths above 0."""
        values: list[object] = self.take(key, list, "a list of numbers above 0")
        result = [float(each) for each in values if isinstance(each, int | float) and each > 0]
        if not result or len(result) < len(values):
            raise self.problem(key, "a list of numbers above 0")
        return tuple(result)

    def table(self, key: str) -> "_Table":
        """Return a table inside this one."""
        return self._inner(self.take(key, dict, "a table"), key)

    def tables(self, key: str, default: list[object] | None = None) -> list["_Table"]:
        """Return a list of tables inside this one."""
        content = self.take(key, list, "a list of tables", default)
        return [self._inner(each, f"{key}[{index}]") for index, each in enumerate(content)]

    def rest(self) -> dict[str, "_Table"]:
        """Return the tables under all keys not yet taken."""
        return {key: self.table(key) for key in list(self._content)}

    def _inner(self, content: object, key: str) -> "_Table":
        table = _Table(content, self.file, ".".join(filter(None, (self.path, key))), self.fields)
        table.each = self.each
        return table

    def done(self) -> None:
        """Refuse keys that mean nothing here: a misspelt key must not be passed over."""
        for key in self._content:
            raise self.problem(key, "no such key")


def _style(table: _Table, base: Style | None = None) -> Style:
    """Return a style; what a box does not say its kind says."""
    style = Style(
        face=table.choice("face", FACES, base.face if base else None),
        size=table.number("size", base.size if base else None),
        least=table.number("least", base.least if base else None),
        align=table.choice("align", _ALIGNS, base.align if base else None),
        upright=table.choice("upright", _UPRIGHTS, base.upright if base else "middle"),
    )
    if not 0 < style.least <= style.size:
        raise table.problem("least", "a size above 0 and not above `size`")
    return style


def _mark(table: _Table) -> Mark:
    """Return one free mark of a box."""
    mark = Mark(
        table.text("text"),
        table.number("x", 0.0, negative=True),
        table.number("y", 0.0, negative=True),
        table.choice("align", _ALIGNS, "left"),
    )
    table.done()
    return mark


def _box(table: _Table, kinds: dict[str, Style]) -> Box:
    """Return one box."""
    base = kinds[table.choice("kind", tuple(kinds))]
    box = Box(
        text=table.text("text", ""),
        marks=tuple(_mark(each) for each in table.tables("marks", [])),
        columns=table.count("columns"),
        rows=table.count("rows"),
        style=_style(table, base),
    )
    table.done()
    return box


def _row(table: _Table, kinds: dict[str, Style]) -> Row:
    """Return one row."""
    lists = sorted({field.rpartition(".")[0] for field in table.fields})
    table.each = table.choice("each", tuple(lists), "")
    height = table.number("height")
    row = Row(
        key=table.path,
        height=height,
        most=table.number("most", math.inf),
        grow=table.number("grow", 0.0),
        level="" if table.each else table.take("level", str, "a text", ""),
        pages="all" if table.each else table.choice("pages", _PAGES, "first"),
        each=table.each,
        limit=table.count("limit") if table.each else 1,
        boxes=tuple(_box(each, kinds) for each in table.tables("boxes")),
    )
    table.done()
    if row.most < row.height:
        raise table.problem("most", "a height not below `height`")
    return row


def read(path: Path, fields: Collection[str]) -> Layout:
    """Read a form file whose texts may use these fields; an ExpectedError names what is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise _problem(path.name, "", str(problem)) from problem
    top = _Table(content, path.name, "", fields)
    page, title, header, notes, kinds_table = map(top.table, ("page", "title", "header", "notes", "kinds"))
    kinds = {}
    for kind, inner in kinds_table.rest().items():
        kinds[kind] = _style(inner)
        inner.done()
    layout = Layout(
        file=path.name,
        columns=page.numbers("columns"),
        top=page.number("top"),
        bottom=page.number("bottom"),
        qr_side=page.number("qr_side"),
        qr_top=page.number("qr_top"),
        qr_text=page.text("qr_text"),
        footer_bottom=page.number("footer_bottom"),
        title_size=title.number("size"),
        title_baselines=title.numbers("baselines"),
        title_more=title.take("more", str, "a text", ""),
        header=header.texts("texts"),
        header_baseline=header.number("baseline"),
        header_style=_style(header),
        notes=notes.text("text"),
        notes_bottom=notes.number("bottom"),
        notes_style=_style(notes),
        rows=tuple(_row(each, kinds) for each in top.tables("rows")),
    )
    for table in (page, title, header, notes, top):
        table.done()
    if layout.wide > WIDTH:
        raise page.problem("columns", f"columns that together are not above {WIDTH:g}")
    for row in layout.rows:
        if row.each and row is not layout.table:
            raise _problem(layout.file, f"{row.key}.each", "one row with `each` in a form")
    for more in (False, True) if layout.table else (False,):
        boxes = layout.placed((), more=more)
        if max(each.y + each.high for each in boxes) > layout.bottom + 0.001:
            raise page.problem("bottom", "room for all rows below `top`")
    return layout


def filled(text: str, facts: dict[str, Fact]) -> str:
    """Return a text with its placeholders replaced by what is known, or by blanks to write on."""

    def put(match: re.Match[str]) -> str:
        values: tuple[str, ...] = ()
        for field in match["fields"].split("|"):  # the first that is known
            fact = facts[field]
            values = fact if isinstance(fact, tuple) else (fact,) if fact else ()
            if values:
                break
        if match["option"]:
            option = match["option"]
            ticked = bool({option, *(match["also"] or "").split("/")} & set(values))
            return (TICKED if ticked else UNTICKED) + option
        if match["each"]:
            return "　".join(UNTICKED + whole(value) for value in values)
        return "、".join(values) or "_" * int(match["blank"] or 0)

    return PLACEHOLDER.sub(put, text)
