"""The sheet with a ledger's recovery code, to be printed once and locked away."""

import re
from collections.abc import Sequence
from datetime import date
from typing import BinaryIO

from caseworker_app.wording import on_paper
from printouts import fonts
from printouts.page import MM, WIDTH, Sheet

_SIDE = 25.0
_GROUP, _GROUPS_A_LINE = 4, 3
_CODE_SIZE = 30.0
_SPACING = 0.12

_WHAT_FOR = (
    "忘记台账密码时，用本页恢复码可以打开台账，并设置新密码。",
    "没有密码、也没有恢复码，台账和它的备份谁也打不开，软件的开发者也不能。",
)
_HOW_TO_KEEP = (
    "打印后当场核对一遍，装入信封，封口处签字并写明日期。",
    "放在上锁的柜子里，与电脑分开存放，由单位指定的人保管。",
    "不拍照，不用微信、短信、邮件发送，不抄在电脑里。凭恢复码就能看到台账里全部人员的信息。",
    "工作交接时，把本页当面交给接手的人，双方在下面登记。",
    "重新生成恢复码后，换成新的一页。此前做的备份仍要用旧码打开，旧页等那些备份不再需要时销毁。",
)
_HOW_TO_USE = (
    "打开台账，在输入密码的地方选“用恢复码打开”，逐组输入；大小写、空格和短横都不影响。",
    "也可以用扫码枪扫右边的二维码直接录入。",
)


def groups(code: str) -> list[str]:
    """Return the code in the groups it is written in, or in fours when it is written without."""
    parts = [part for part in re.split(r"[^0-9A-Za-z]+", code) if part]
    if len(parts) > 1:
        return parts
    return [code[start : start + _GROUP] for start in range(0, len(code), _GROUP)]


def _paragraphs(sheet: Sheet, heading: str, texts: Sequence[str], top: float, wide: float) -> float:
    """Write a heading and its numbered sentences; return where they end."""
    sheet.line(heading, _SIDE, top + 5, "bold", 13)
    top += 9
    for number, text in enumerate(texts, 1):
        fitted = fonts.fit(text, "serif", (wide - 7) * MM, 40 * MM, 12, 9)
        sheet.line(f"{number}.", _SIDE, top + fonts.ASCENT * 12 / MM, "serif", 12)
        sheet.lines(fitted, _SIDE + 7, top, "serif", "left")
        top += fitted.high / MM + 2.4
    return top + 4


def recovery_sheet(
    code: str, unit: str, officer: str, printed_on: date, target: BinaryIO, *, invariant: bool = False
) -> list[str]:
    """Write one page with the recovery code; return the characters that no font has."""
    sheet = Sheet(target, "台账恢复码", unit, invariant=invariant)
    wide = WIDTH - 2 * _SIDE
    sheet.line("台账恢复码", WIDTH / 2, 32, "bold", 24, "center", 2)
    about = f"{unit}　　打印人：{officer or '____________'}　　{on_paper(printed_on)}"
    sheet.line(about, WIDTH / 2, 41, "serif", fonts.fit(about, "serif", wide * MM, 12, 11, 7).size, "center")

    parts = groups(code)
    lines = [parts[start : start + _GROUPS_A_LINE] for start in range(0, len(parts), _GROUPS_A_LINE)]
    column = wide / _GROUPS_A_LINE
    longest = max((fonts.width(part, "bold", 1) + _SPACING * len(part) for part in parts), default=1)
    size = min(_CODE_SIZE, (column - 6) * MM / longest)
    high = 8 + 15 * len(lines)
    sheet.frame(_SIDE, 48, wide, high, 1)
    for row, line in enumerate(lines):
        for index, part in enumerate(line):
            x, baseline = _SIDE + column * (index + 0.5), 48 + 4 + 15 * (row + 0.5)
            sheet.line(part, x, baseline + 0.36 * size / MM, "bold", size, "center", _SPACING * size)
    sheet.line("请逐字核对", WIDTH - _SIDE, 48 + high + 5, "serif", 9, "right")

    top = 59.0 + high
    top = _paragraphs(sheet, "用在什么时候", _WHAT_FOR, top, wide)
    side = 36.0
    sheet.qr(code, WIDTH - _SIDE - side, top + 2, side)
    top = max(_paragraphs(sheet, "怎样使用", _HOW_TO_USE, top, wide - side - 8), top + side + 8)
    top = _paragraphs(sheet, "怎样保管", _HOW_TO_KEEP, top, wide)

    heads = ("保管人（签字）", "交出日期", "接收人（签字）", "监交人（签字）")
    column = wide / len(heads)
    for row in range(4):
        for index, head in enumerate(heads):
            sheet.frame(_SIDE + column * index, top + 9 * row, column, 9, 0.5)
            if not row:
                sheet.line(head, _SIDE + column * (index + 0.5), top + 6, "sans", 10.5, "center")
    sheet.footer(unit, printed_on, 1, 1, _SIDE, 10)
    sheet.next_page()
    return sheet.save()
