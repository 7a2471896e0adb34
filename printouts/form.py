"""Application forms: a page a claim, more for a long list, everything the ledger knows filled in."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, NamedTuple

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.money import capital, shown, yuan
from caseworker_app.read_models.claims import ClaimForm, MemberOnForm, SpellOnForm
from caseworker_app.wording import on_paper
from printouts import fonts, layout
from printouts.layout import Box, Fact, Layout, Mark, Placed, Row, Style
from printouts.page import MM, WIDTH, Sheet

FORMS = Path(__file__).parent / "forms"

_JOBS = 3
"""How many jobs of a person a form lists; the rest are counted."""
_PAD_X, _PAD_Y = 1.5, 0.7
_TITLE_SPACING = 0.04


def _by_job(spells: Sequence[SpellOnForm], say: Callable[[SpellOnForm], str], between: str = "　") -> str:
    """Return what each job says, numbered when the jobs differ."""
    texts = [say(spell) for spell in spells]
    if len(set(texts)) < 2:
        return "".join(texts[:1])
    listed = between.join(f"{'①②③'[index]}{text or '____'}" for index, text in enumerate(texts[:_JOBS]))
    return listed + (f"{between}{fonts.whole(f'等 {len(texts)} 段')}" if len(texts) > _JOBS else "")


def _wage(spell: SpellOnForm) -> str:
    """Return the monthly wage of a job."""
    return "" if spell.wage is None else fonts.whole(f"{shown(spell.wage)} 元")


def _period(spell: SpellOnForm) -> str:
    """Return the first and last day of a job, and the part that counts where it is not the whole."""
    text = f"{on_paper(spell.started_on)} 至 {on_paper(spell.ended_on) or '今'}"
    later, earlier = spell.counted_from != spell.started_on, spell.counted_to != spell.ended_on
    if later and earlier:
        text += f"（计 {on_paper(spell.counted_from)} 至 {on_paper(spell.counted_to)}）"
    elif later:
        text += f"（自 {on_paper(spell.counted_from)} 起计）"
    elif earlier:
        text += f"（计至 {on_paper(spell.counted_to)}）"
    return fonts.whole(text)


def _periods(claim: ClaimForm) -> str:
    """Return the days of every job, each kept on one line, and the months they make."""
    total = f"累计 {claim.months}" if claim.months else ""
    if total and claim.arithmetic:
        total += f"（{claim.arithmetic}）"
    return "　".join(filter(None, (_by_job(claim.spells, _period), total)))


def _explanations(claim: ClaimForm) -> str:
    """Return the notes, numbered, the citation last."""
    notes = [*claim.notes, f"依据：{claim.citation}" if claim.citation else ""]
    numbered = [f"{index}.\u00a0{note.rstrip('。；')}。" for index, note in enumerate(filter(None, notes), 1)]
    return f"说明：{''.join(numbered)}" if numbered else ""


def _card(claim: ClaimForm) -> str:
    """Return the card's number in groups of four when it is all digits, as banks print it."""
    number = claim.card_number
    return re.sub(r"(\d{4})(?=\d)", "\\1\u00a0", number) if number.isdigit() else number


def _applicants(claim: ClaimForm) -> str:
    """Return how many members are listed, and how many are owed something where not all are."""
    owed = sum(member.due > 0 for member in claim.members)
    text = f"{len(claim.members)} 人" if claim.members else ""
    return text if owed == len(claim.members) else f"{text}（其中应奖 {owed} 人）"


def _limited(claim: ClaimForm) -> str:
    """Return the sentence that says that the household's limit was applied, where it was."""
    due = sum(member.due for member in claim.members)
    if due <= claim.amount:
        return ""
    return f"应奖合计 {shown(due)} 元，超过每户限额，按限额 {shown(claim.amount)} 元奖励。"


def _total(amounts: Sequence[int]) -> str:
    """Return the sum of what is listed."""
    return shown(sum(amounts)) if amounts else ""


_DERIVED: dict[str, Callable[[ClaimForm], Fact]] = {
    "amount_figures": lambda claim: f"¥{Decimal(yuan(claim.amount)):,}",
    "amount_capital": lambda claim: f"人民币{capital(claim.amount)}",
    "card_grouped": _card,
    "places": lambda claim: _by_job(claim.spells, lambda spell: spell.place),
    "employers": lambda claim: _by_job(claim.spells, lambda spell: spell.employer),
    "trades": lambda claim: _by_job(claim.spells, lambda spell: spell.trade),
    "wages": lambda claim: _by_job(claim.spells, _wage),
    "channels": lambda claim: tuple({spell.channel for spell in claim.spells if spell.channel}),
    "contracts": lambda claim: tuple(
        {"是" if spell.contract else "否" for spell in claim.spells if spell.contract is not None}
    ),
    "periods": _periods,
    "explanations": _explanations,
    "applicants": _applicants,
    "limited": _limited,
    "due_total": lambda claim: _total([member.due for member in claim.members]),
    "paid_total": lambda claim: _total([member.paid for member in claim.members]),
}


def _workplace(spell: SpellOnForm) -> str:
    """Return where and for whom somebody works."""
    return " ".join(filter(None, (spell.place, spell.employer)))


def _counted(spell: SpellOnForm) -> str:
    """Return the part of a job that counts, short enough for a column."""
    days = [f"{day.year}.{day.month}.{day.day}" for day in (spell.counted_from, spell.counted_to)]
    return fonts.whole("—".join(days))


_MEMBER: dict[str, Callable[[MemberOnForm], str]] = {
    "members.name": lambda member: member.name.strip(),
    "members.identity_number": lambda member: member.identity_number.strip(),
    "members.relation": lambda member: member.relation,
    "members.workplaces": lambda member: _by_job(member.spells, _workplace, "\n"),
    "members.counted": lambda member: _by_job(member.spells, _counted, "\n"),
    "members.income": lambda member: shown(member.income),
    "members.due": lambda member: shown(member.due),
    "members.paid": lambda member: shown(member.paid),
}
_OF_A_PAGE = "rest"
"""The field that says what the next page lists."""
_LISTS = {"spells", "members"}
FIELDS = frozenset(
    {field.name for field in fields(ClaimForm)} - _LISTS | _DERIVED.keys() | _MEMBER.keys() | {_OF_A_PAGE}
)
"""What a form file may write between braces; with a point, in the row printed for each entry of a list."""


def facts(claim: ClaimForm) -> dict[str, Fact]:
    """Return everything a form can print of a claim; '' or () where nothing is known."""
    result: dict[str, Fact] = dict.fromkeys((_OF_A_PAGE, *_MEMBER), "")
    for field in fields(ClaimForm):
        value = getattr(claim, field.name)
        if isinstance(value, tuple):
            result[field.name] = value
        elif isinstance(value, date):
            result[field.name] = on_paper(value)
        else:
            result[field.name] = "" if value is None else str(value).strip()
    return result | {name: derive(claim) for name, derive in _DERIVED.items()}


def _listed(claim: ClaimForm, known: dict[str, Fact]) -> list[dict[str, Fact]]:
    """Return for each member what is known of the claim and of this member."""
    return [known | {name: say(member) for name, say in _MEMBER.items()} for member in claim.members]


class _Page(NamedTuple):
    """Everything that says where the boxes of a page stand; `high` is the least height of its entries."""

    file: str
    levels: tuple[str, ...]
    entries: int | None
    high: float
    more: bool


class _Filler:
    """Draws boxes; remembers how texts fit, since the claims of a batch share many."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._fitted: dict[tuple[object, ...], fonts.Fitted] = {}
        self._stamps: dict[_Page, str] = {}
        self._grids: dict[_Page, list[Placed]] = {}

    def fit(self, text: str, style: Style, wide: float, high: float) -> fonts.Fitted:
        """Return the text broken and shrunk into so many millimetres."""
        key = (text, style, wide, high)
        if key not in self._fitted:
            self._fitted[key] = fonts.fit(text, style.face, wide * MM, high * MM, style.size, style.least)
        return self._fitted[key]

    def text(self, text: str, placed: Placed, style: Style) -> None:
        """Write a text into its box."""
        fitted = self.fit(text, style, *_inside(placed))
        high = fitted.high / MM
        top = {
            "top": placed.y + _PAD_Y,
            "middle": placed.y + (placed.high - high) / 2,
            "bottom": placed.y + placed.high - _PAD_Y - high,
        }[style.upright]
        x = {"left": _PAD_X, "center": placed.wide / 2, "right": placed.wide - _PAD_X}[style.align]
        self.sheet.lines(fitted, placed.x + x, top, style.face, style.align)

    def mark(self, mark: Mark, text: str, placed: Placed, style: Style) -> None:
        """Write a free mark into its box."""
        fitted = self.fit(text, style, placed.wide - abs(mark.x) - _PAD_X, placed.high - abs(mark.y))
        x = placed.x + (mark.x if mark.x >= 0 else placed.wide + mark.x)
        top = placed.y + (mark.y if mark.y >= 0 else placed.high + mark.y - fitted.high / MM)
        self.sheet.lines(fitted, x, top, style.face, mark.align)

    def box(self, placed: Placed, known: dict[str, Fact] | None) -> None:
        """Write the fixed texts of a box, or with facts the texts that hold some."""
        box = placed.box
        if box.text and ("{" in box.text) == (known is not None):
            self.text(layout.filled(box.text, known or {}), placed, box.style)
        for mark in box.marks:
            if ("{" in mark.text) == (known is not None):
                self.mark(mark, layout.filled(mark.text, known or {}), placed, box.style)

    def header(self, plan: Layout, known: dict[str, Fact]) -> None:
        """Write the line over the grid: the first text at the left, the last at the right, the gaps alike."""
        style = plan.header_style
        texts = [layout.filled(text, known) for text in plan.header]
        gaps = max(len(texts) - 1, 1)
        ems = [fonts.width(text, style.face, 1) for text in texts]
        size = min(style.size, (plan.wide - 4 * gaps) * MM / max(sum(ems), 1))
        gap = (plan.wide - sum(ems) * size / MM) / gaps
        x = plan.left
        for text, wide in zip(texts, ems, strict=True):
            self.sheet.line(text, x, plan.header_baseline, style.face, size)
            x += wide * size / MM + gap

    def grid(self, plan: Layout, page: _Page) -> list[Placed]:
        """Return the boxes of a page."""
        if page not in self._grids:
            self._grids[page] = plan.placed(page.levels, page.entries, page.high, more=page.more)
        return self._grids[page]

    def needed(self, row: Row, plan: Layout, known: dict[str, Fact]) -> float:
        """Return how high the row of an entry must be for every text to be legible."""
        high = row.height
        for placed in self.grid(plan, _Page(plan.file, (), 1, 0, more=False)):
            if placed.entry is not None and placed.box.text:
                style, (wide, _) = placed.box.style, _inside(placed)
                text = layout.filled(placed.box.text, known)
                lines = fonts.wrap(text, style.face, style.least, wide * MM)
                high = max(high, fonts.Fitted(style.least, tuple(lines)).high / MM + 2 * _PAD_Y)
        return math.ceil(high * 2) / 2

    def shared(
        self, plan: Layout, levels: tuple[str, ...], listed: Sequence[dict[str, Fact]]
    ) -> list[tuple[_Page, Sequence[dict[str, Fact]]]]:
        """Share the entries of the table out over pages, on each as many as are legible there."""
        row = plan.table
        if row is None or not listed:
            return [(_Page(plan.file, levels, None, 0, more=False), ())]
        heights = [self.needed(row, plan, known) for known in listed]
        pages: list[tuple[_Page, Sequence[dict[str, Fact]]]] = []
        while listed:
            count = min(row.limit, len(listed))
            page = _Page(plan.file, levels, count, max(heights[:count]), more=bool(pages))
            while (beyond := _foot(self.grid(plan, page)) - plan.bottom) > 0.001:
                if count == 1:  # shrinks below what is legible rather than be cut
                    page = page._replace(high=page.high - beyond)
                    break
                count -= 1
                page = page._replace(entries=count, high=max(heights[:count]))
            pages.append((page, listed[:count]))
            listed, heights = listed[count:], heights[count:]
        return pages

    def title(self, plan: Layout, lines: Sequence[str], after: str) -> None:
        """Write the title and what comes after it in the middle, clear of the code at the right."""
        room = plan.wide - 2 * (plan.qr_side + 3)
        baselines = plan.title_baselines[-len(lines) :]
        texts = [*lines[: len(baselines) - 1], "".join([*lines[len(baselines) - 1 :], after])]
        widest = max(fonts.width(text, "bold", 1) + _TITLE_SPACING * len(text) for text in texts)
        size = min(plan.title_size, room * MM / max(widest, 1))
        for text, baseline in zip(texts, baselines, strict=True):
            self.sheet.line(text, WIDTH / 2, baseline, "bold", size, "center", _TITLE_SPACING * size)

    def fixed(self, boxes: Sequence[Placed], plan: Layout) -> None:
        """Draw what is the same on every page with these boxes."""
        for placed in boxes:
            self.sheet.frame(placed.x, placed.y, placed.wide, placed.high, 0.5)
            self.box(placed, None)
        self.sheet.frame(plan.left, plan.top, plan.wide, _foot(boxes) - plan.top, 0.9)

    def claim(self, claim: ClaimForm, plan: Layout) -> None:
        """Draw what one claim says, on as many pages as its table takes."""
        known = facts(claim)
        rest = _listed(claim, known) if plan.table else []
        pages = self.shared(plan, claim.levels, rest)
        for number, (page, listed) in enumerate(pages, 1):
            rest = rest[len(listed) :]
            known[_OF_A_PAGE] = f"其余 {len(rest)} 人见下页。" if rest else ""
            boxes = self.grid(plan, page)
            if page not in self._stamps:
                self._stamps[page] = f"grid{len(self._stamps)}"
                self.sheet.begin_stamp(self._stamps[page])
                self.fixed(boxes, plan)
                self.sheet.end_stamp()
            self.sheet.stamp(self._stamps[page])
            self.title(plan, claim.title, plan.title_more if page.more else "")
            self.header(plan, known)
            for placed in boxes:
                self.box(placed, known if placed.entry is None or not listed else listed[placed.entry])
            if not page.more:
                self.notes(plan, known, _foot(boxes))
            code = layout.filled(plan.qr_text, known)
            if code:
                self.sheet.qr(code, plan.left + plan.wide - plan.qr_side, plan.qr_top, plan.qr_side)
            self.sheet.footer(claim.unit, claim.printed_on, number, len(pages), plan.left, plan.footer_bottom)
            self.sheet.next_page()

    def notes(self, plan: Layout, known: dict[str, Fact], foot: float) -> None:
        """Write the notes below the grid, which ends at `foot`."""
        below = Box("", (), 1, 1, plan.notes_style)
        room = Placed(below, plan.left - _PAD_X, foot, plan.wide + 2 * _PAD_X, plan.notes_bottom - foot)
        self.text(layout.filled(plan.notes, known), room, plan.notes_style)


def _inside(placed: Placed) -> tuple[float, float]:
    """Return the room for the text of a box."""
    return placed.wide - 2 * _PAD_X, placed.high - 2 * _PAD_Y


def _foot(boxes: Sequence[Placed]) -> float:
    """Return where the grid ends."""
    return max(placed.y + placed.high for placed in boxes)


def read_layout(name: str, folders: Sequence[Path] = (FORMS,)) -> Layout:
    """Return the form of that name from the first folder that has it."""
    for folder in folders:
        path = folder / f"{name}.toml"
        # A name comes from a pack, which may come from elsewhere: it must not lead out of the folder.
        if re.fullmatch(r"[a-z0-9_]+", name) and path.is_file():
            return layout.read(path, FIELDS)
    raise ExpectedError("form.unknown", form=name)


def render(
    forms: Sequence[ClaimForm],
    target: BinaryIO,
    *,
    folders: Sequence[Path] = (FORMS,),
    invariant: bool = False,
) -> list[str]:
    """Write the claims into a PDF; return the characters that no font has, which print as 〓."""
    if not forms:
        raise ValueError("no claims to print")
    sheet = Sheet(target, "".join(forms[0].title), forms[0].unit, invariant=invariant)
    filler = _Filler(sheet)
    plans: dict[str, Layout] = {}
    for claim in forms:
        if claim.form not in plans:
            plans[claim.form] = read_layout(claim.form, folders)
        filler.claim(claim, plans[claim.form])
    return sheet.save()
