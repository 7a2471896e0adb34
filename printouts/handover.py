"""The page on which one officer hands the ledger over to the next."""

from collections.abc import Sequence
from typing import BinaryIO

from caseworker_app.read_models.handover import Handover
from caseworker_app.wording import on_paper
from printouts import fonts
from printouts.page import MM, WIDTH, Sheet

_SIDE = 22.0
_WIDE = WIDTH - 2 * _SIDE
_HIGH = 8.5
_GOES_TOO = (
    "☐ 台账电脑（开机密码、台账密码已当面更换）",
    "☐ 备份 U 盘",
    "☐ 恢复码页（封存，已在页上登记）",
    "☐ 纸质申领材料、公示照片、走访记录",
    "☐ 上级下发的文件和反馈表",
)


def _table(sheet: Sheet, heading: str, lines: Sequence[tuple[str, str]], top: float) -> float:
    """Write pairs of what and how much in two columns; return where they end."""
    sheet.line(heading, _SIDE, top + 5, "bold", 13)
    top += 8
    half = _WIDE / 2
    rows = -(-len(lines) // 2)
    for number, (what, much) in enumerate([*lines, *[("", "")] * (len(lines) % 2)]):
        left, y = _SIDE + half * (number // rows), top + _HIGH * (number % rows)
        sheet.frame(left, y, half, _HIGH, 0.5)
        baseline = y + _HIGH / 2 + 0.36 * 11 / MM
        sheet.line(what, left + 3, baseline, "serif", 11)
        sheet.line(
            much,
            left + half - 3,
            baseline,
            "sans",
            fonts.fit(much, "sans", half / 2 * MM, 12, 11, 7).size,
            "right",
        )
    return top + _HIGH * rows + 6


def handover_sheet(told: Handover, target: BinaryIO, *, invariant: bool = False) -> list[str]:
    """Write one page that both officers sign; return the characters that no font has."""
    sheet = Sheet(target, "就业服务台账交接单", told.unit, invariant=invariant)
    sheet.line("就业服务台账交接单", WIDTH / 2, 28, "bold", 22, "center", 2)
    about = f"{told.unit}（{told.place}）　　{on_paper(told.on)}"
    size = fonts.fit(about, "serif", _WIDE * MM, 12, 12, 7).size
    sheet.line(about, WIDTH / 2, 38, "serif", size, "center")
    top = _table(sheet, "一、台账现状", told.state, 44)
    top = _table(sheet, "二、在办和待办", told.open, top)
    sheet.line("三、一并移交", _SIDE, top + 5, "bold", 13)
    top += 8
    for number, text in enumerate(_GOES_TOO):
        sheet.line(text, _SIDE + 3, top + 6 + 7 * number, "serif", 11)
    top += 7 * len(_GOES_TOO) + 6
    proof = f"以上数字由台账在交接当日生成，当时操作记录共 {told.steps} 步；此后的每一步都记在接收人名下。"
    sheet.line(proof, _SIDE, top + 4, "serif", fonts.fit(proof, "serif", _WIDE * MM, 12, 10.5, 7).size)
    top += 10
    column = _WIDE / 3
    for index, (head, name) in enumerate((("移交人", told.gives), ("接收人", told.takes), ("监交人", ""))):
        left = _SIDE + column * index
        sheet.frame(left, top, column, 30, 0.6)
        sheet.line(f"{head}：{name}", left + 3, top + 7, "sans", 11)
        sheet.line("（签字）", left + column - 3, top + 18, "serif", 10.5, "right")
        sheet.line("年　　月　　日", left + column - 3, top + 26, "serif", 10.5, "right")
    sheet.footer(told.unit, told.on, 1, 1, _SIDE, 10)
    sheet.next_page()
    return sheet.save()
