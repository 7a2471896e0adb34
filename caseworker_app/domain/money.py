"""Exact money: whole fen in, yuan as text out."""

import re
from decimal import Decimal

_YUAN = re.compile(r"[+-]?\d+(\.\d{1,2})?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def fen(yuan: str | int | Decimal) -> int:
    """Return fen for an amount in yuan with at most two decimals; ValueError for anything else."""
    text = str(yuan).replace(",", "").replace("，", "").strip()
    if not _YUAN.fullmatch(text):
        raise ValueError(text)
    return int(Decimal(text) * 100)


def yuan(amount: int) -> str:
    """Return fen as plain yuan with two decimals: 140000 → '1400.00'."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 100)
    return f"{sign}{whole}.{rest:02d}"


def shown(amount: int) -> str:
    """Return fen as people read yuan: thousands apart, fen only where there are any."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 100)
    return f"{sign}{whole:,}" + (f".{rest:02d}" if rest else "")


def _group(number: int) -> str:
    """Return a number below ten thousand in capital numerals, without leading zero."""
    text, pending = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if pending and text else "") + _DIGITS[digit] + _PLACES[place]
            pending = False
        else:
            pending = True
    return text


def capital(amount: int) -> str:
    """Return fen (0 ≤ amount < 10^16 yuan) in capital numerals as cheques and claim forms ask (支付结算办法 附一)."""
    if not 0 <= amount < 10**18:
        raise ValueError(amount)
    whole, rest = divmod(amount, 100)
    text, gap = "", False
    groups = [whole // 10000**index % 10000 for index in range(4)]
    for index in range(3, -1, -1):
        value = groups[index]
        if value:
            text += ("零" if text and (gap or value < 1000) else "") + _group(value) + _GROUPS[index]
            gap = False
        elif text:
            gap = True
    text = f"{text}元" if text else ""
    jiao, fen_ = divmod(rest, 10)
    if not rest:
        return (text or "零元") + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif text:
        text += "零"
    return text + (_DIGITS[fen_] + "分" if fen_ else "")
