"""Rosters and public notices: the same lines twice, in full to be signed, and masked to be shown."""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from caseworker_app.domain import identity
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.money import capital, shown
from caseworker_app.read_models.claims import RosterLine, RosterSheet
from caseworker_app.wording import on_paper
from printouts import fonts
from printouts.fonts import Face, Fitted
from printouts.page import MM, Align, Sheet

LISTS = Path(__file__).parent / "lists"
Kind = Literal["pay_list", "notice"]

_MARGIN, _FOOT = 12.0, 9.5
_PAD = 0.8
_HEAD_HIGH = 7.0

FIELDS: dict[str, Callable[[RosterLine], str]] = {
    "serial": lambda _line: "",
    "blank": lambda _line: "",
    "number": lambda line: line.number,
    "town": lambda line: line.town,
    "village": lambda line: line.village,
    "group": lambda line: line.group,
    "place_of_home": lambda line: f"{line.village}{line.group}",
    "household_no": lambda line: line.household_no,
    "head": lambda line: line.head,
    "name": lambda line: line.name,
    "sex": lambda line: line.sex,
    "age": lambda line: "" if line.age is None else str(line.age),
    "identity_number": lambda line: line.identity_number,
    "masked_identity": lambda line: identity.masked(line.identity_number),
    "category": lambda line: line.category,
    "relation": lambda line: line.relation,
    "phone": lambda line: line.phone,
    "province": lambda line: line.province,
    "city": lambda line: line.city,
    "county": lambda line: line.county,
    "place": lambda line: line.place,
    "employer": lambda line: line.employer,
    "trade": lambda line: line.trade,
    "first": lambda line: line.first,
    "last": lambda line: line.last,
    "period": lambda line: "—".join(filter(None, (line.first, line.last))),
    "months": lambda line: line.months,
    "standard": lambda line: line.standard,
    "amount": lambda line: shown(line.amount),
    "card_bank": lambda line: line.card_bank,
    "card_number": lambda line: line.card_number,
    "note": lambda line: line.note,
}
"""What a column may say of a line."""
_PRIVATE = frozenset({"identity_number", "phone", "card_bank", "card_number"})
"""What no notice says, whatever its file asks for."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, header above it, field and width in millimetres."""

    head: str
    group: str
    field: str
    wide: float
    align: Align


@dataclass(frozen=True, slots=True)
class Plan:
    """How a list is printed, as its file says."""

    landscape: bool
    title: tuple[str, ...]
    line: tuple[str, ...]
    intro: str
    row_height: float
    total: bool
    foot: tuple[str, ...]
    notes: str
    close: tuple[str, ...]
    columns: tuple[Column, ...]


_PLACES = frozenset(
    {
        "title",
        "item",
        "unit",
        "cycle",
        "round",
        "made_on",
        "printed_on",
        "number",
        "count",
        "total",
        "capital",
        "basis",
        "department",
        "officer",
        "shown",
    }
)


def read_plan(kind: str, folder: Path = LISTS) -> Plan:
    """Read the file of a list; ExpectedError `form.invalid` names what is wrong, `form.unknown` that there is none."""
    path = folder / f"{kind}.toml"
    if not path.is_file():
        raise ExpectedError("form.unknown", form=kind)

    def wrong(key: str, expected: str) -> ExpectedError:
        return ExpectedError("form.invalid", file=path.name, key=key, expected=expected)

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise wrong("", str(error)) from error
    columns = []
    for index, each in enumerate(content.get("columns", []), 1):
        field, align = each.get("field", ""), each.get("align", "left")
        if field not in FIELDS or (kind == "notice" and field in _PRIVATE):
            raise wrong(f"columns[{index}].field", "、".join(sorted(FIELDS.keys() - _PRIVATE)))
        if align not in get_args(Align) or not isinstance(each.get("wide"), int | float):
            raise wrong(f"columns[{index}]", "align, wide")
        columns.append(Column(each.get("head", ""), each.get("group", ""), field, float(each["wide"]), align))
    if not columns:
        raise wrong("columns", "columns")
    try:
        plan = Plan(
            landscape=content["orientation"] == "landscape",
            title=tuple(content["title"]),
            line=tuple(content["line"]),
            intro=str(content["intro"]),
            row_height=float(content["row_height"]),
            total=bool(content["total"]),
            foot=tuple(content["foot"]),
            notes=str(content["notes"]),
            close=tuple(content["close"]),
            columns=tuple(columns),
        )
    except KeyError as error:
        raise wrong(str(error.args[0]), "a value") from error
    for text in (*plan.title, *plan.line, plan.intro, *plan.foot, plan.notes, *plan.close):
        for place in re.findall(r"\{(\w*)\}", text):
            if place not in _PLACES:
                raise wrong(text, "、".join(sorted(_PLACES)))
    return plan


def _facts(sheet: RosterSheet) -> dict[str, str]:
    period = "＿＿＿＿年＿＿月＿＿日至＿＿＿＿年＿＿月＿＿日"
    if sheet.shown_from and sheet.shown_to:
        period = (
            f"{on_paper(sheet.shown_from)}至{on_paper(sheet.shown_to)}（{sheet.shown_days}，张贴当日不计）"
        )
    return {
        "title": sheet.title,
        "item": sheet.item_name,
        "unit": sheet.unit,
        "cycle": f"{sheet.cycle}年度" if sheet.cycle.isdigit() else sheet.cycle,
        "round": sheet.round,
        "made_on": on_paper(sheet.made_on),
        "printed_on": on_paper(sheet.printed_on),
        "number": sheet.number,
        "count": str(len(sheet.lines)),
        "total": shown(sheet.total),
        "capital": capital(sheet.total),
        "basis": f"根据《{sheet.document}》，" if sheet.document else "",
        "department": sheet.department,
        "officer": sheet.officer,
        "shown": period,
    }


class _Printer:
    """Draws one list over as many pages as it takes."""

    def __init__(self, sheet: Sheet, plan: Plan, content: RosterSheet) -> None:
        self.sheet, self.plan, self.content = sheet, plan, content
        self.facts = _facts(content)
        room = sheet.wide - 2 * _MARGIN
        columns = [each for each in plan.columns if each.field != "masked_identity" or content.identity]
        share = room / sum(each.wide for each in columns)
        self.columns = [(each, each.wide * share) for each in columns]
        self.top = _MARGIN
        self.bottom = sheet.high - _FOOT - 6
        self._fitted: dict[tuple[str, float, float, Face, float], Fitted] = {}

    def fit(self, text: str, wide: float, high: float, face: Face, size: float) -> Fitted:
        key = (text, wide, high, face, size)
        if key not in self._fitted:
            self._fitted[key] = fonts.fit(text, face, (wide - 2 * _PAD) * MM, (high - 0.6) * MM, size, 4.5)
        return self._fitted[key]

    def cell(
        self,
        text: str,
        x: float,
        y: float,
        wide: float,
        high: float,
        align: Align,
        face: Face = "serif",
        size: float = 9,
    ) -> None:
        """Draw a box with its text."""
        self.sheet.frame(x, y, wide, high, 0.5)
        if text:
            fitted = self.fit(text, wide, high, face, size)
            at = {"left": x + _PAD, "center": x + wide / 2, "right": x + wide - _PAD}[align]
            self.sheet.lines(fitted, at, y + (high - fitted.high / MM) / 2, face, align)

    def paragraph(self, text: str, face: Face, size: float, most: float = 120) -> None:
        """Write a text over the whole width and go below it."""
        room = self.sheet.wide - 2 * _MARGIN
        for part in text.split("\n"):
            fitted = fonts.fit(part, face, room * MM, most * MM, size, size - 2)
            self.sheet.lines(fitted, _MARGIN, self.top, face, "left")
            self.top += fitted.high / MM + 1.2

    def head(self) -> None:
        """Write what stands above the table on the first page."""
        self.top = _MARGIN + 4
        room = (self.sheet.wide - 2 * _MARGIN) * MM
        for line in self.plan.title:
            text = line.format_map(self.facts)
            size = fonts.fit(text, "bold", room, 12 * MM, 18, 11).size
            self.sheet.line(text, self.sheet.wide / 2, self.top + 4, "bold", size, "center")
            self.top += 9
        if self.plan.intro:
            self.paragraph(self.plan.intro.format_map(self.facts), "serif", 12)
            self.top += 1
        if self.plan.line:
            texts = [line.format_map(self.facts) for line in self.plan.line]
            step = (self.sheet.wide - 2 * _MARGIN) / len(texts)
            for index, text in enumerate(texts):
                last = index == len(texts) - 1
                at = self.sheet.wide - _MARGIN if last else _MARGIN + index * step
                self.sheet.line(text, at, self.top + 3.5, "serif", 10.5, "right" if last else "left")
            self.top += 6

    def heads(self) -> None:
        """Write the headers of the table."""
        grouped = any(column.group for column, _wide in self.columns)
        high = _HEAD_HIGH * (2 if grouped else 1)
        x = _MARGIN
        for group, members in groupby(self.columns, lambda each: each[0].group):
            listed = list(members)
            wide = sum(each for _column, each in listed)
            if group:
                self.cell(group, x, self.top, wide, high / 2, "center", "sans", 9)
            for column, each in listed:
                top, tall = (self.top + high / 2, high / 2) if group else (self.top, high)
                self.cell(column.head, x, top, each, tall, "center", "sans", 9)
                x += each
        self.top += high

    def row(self, serial: int, line: RosterLine) -> None:
        """Write one line."""
        x, high = _MARGIN, self.plan.row_height
        for column, wide in self.columns:
            text = str(serial) if column.field == "serial" else FIELDS[column.field](line)
            self.cell(text, x, self.top, wide, high, column.align)
            x += wide
        self.top += high

    def sum(self) -> None:
        """Write what all lines come to."""
        places = [index for index, (column, _wide) in enumerate(self.columns) if column.field == "amount"]
        if not places:
            return
        at, high, x = places[0], self.plan.row_height, _MARGIN
        before = sum(wide for _column, wide in self.columns[:at])
        self.cell("合　计", x, self.top, before, high, "center", "sans", 9.5)
        wide = self.columns[at][1]
        self.cell(shown(self.content.total), x + before, self.top, wide, high, "right")
        if rest := sum(each for _column, each in self.columns[at + 1 :]):
            self.cell("", x + before + wide, self.top, rest, high, "left")
        self.top += high

    def tail_high(self) -> float:
        """Return how much room the end of the list takes."""
        notes = 11 if self.plan.notes else 0
        return (
            (self.plan.row_height if self.plan.total else 0)
            + notes
            + (9 if self.plan.foot else 0)
            + 8 * len(self.plan.close)
            + 2
        )

    def tail(self) -> None:
        """Write sum, notes, signatures and issuer."""
        if self.plan.total:
            self.sum()
        self.top += 2
        if self.plan.notes:
            self.paragraph(self.plan.notes.format_map(self.facts), "serif", 9, 10)
        if self.plan.foot:
            step = (self.sheet.wide - 2 * _MARGIN) / len(self.plan.foot)
            for index, text in enumerate(self.plan.foot):
                said = text.format_map(self.facts)
                self.sheet.line(said, _MARGIN + index * step, self.top + 5, "serif", 10.5)
            self.top += 9
        for text in self.plan.close:
            said = text.format_map(self.facts)
            self.sheet.line(said, self.sheet.wide - _MARGIN - 6, self.top + 6, "serif", 12, "right")
            self.top += 8

    def pages(self) -> list[list[tuple[int, RosterLine]]]:
        """Share the lines out over pages, so that the end stands with at least one line."""
        numbered = list(enumerate(self.content.lines, 1))
        self.head()
        heads = _HEAD_HIGH * (2 if any(column.group for column, _wide in self.columns) else 1)
        first = self.bottom - self.top - heads
        later = self.bottom - _MARGIN - heads
        found: list[list[tuple[int, RosterLine]]] = []
        room = first
        while True:
            fits = int(room / self.plan.row_height)
            ending = int((room - self.tail_high()) / self.plan.row_height)
            if len(numbered) <= max(ending, 0) or (not numbered and found):
                found.append(numbered)
                return found
            taken = min(fits, len(numbered) - 1) or 1
            found.append(numbered[:taken])
            numbered = numbered[taken:]
            room = later

    def write(self) -> None:
        """Write all pages."""
        pages = self.pages()
        for number, page in enumerate(pages, 1):
            if number > 1:
                self.sheet.next_page()
                self.top = _MARGIN
            self.heads()
            for serial, line in page:
                self.row(serial, line)
            if number == len(pages):
                self.tail()
            unit = f"{self.content.unit} · {self.content.number}"
            self.sheet.footer(unit, self.content.printed_on, number, len(pages), _MARGIN, _FOOT)
        self.sheet.next_page()


def render(
    sheets: Sequence[RosterSheet],
    kind: Kind,
    target: BinaryIO,
    *,
    folder: Path = LISTS,
    invariant: bool = False,
) -> list[str]:
    """Write rosters, or their notices, into a PDF; return the characters that no font has."""
    if not sheets:
        raise ValueError("no rosters to print")
    plan = read_plan(kind, folder)
    title = plan.title[0].format_map(_facts(sheets[0]))
    page = Sheet(target, title, sheets[0].unit, invariant=invariant, landscape=plan.landscape)
    for content in sheets:
        _Printer(page, plan, content).write()
    return page.save()
