"""Citizen identity numbers (GB 11643): what they say, and how they are masked."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from operator import mul

LENGTH = 18

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_NUMBER = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_DISABILITY_CARD = re.compile(r"([1-9]\d{16}[\dX])([1-7][1-4])(B\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A sound number of 18 characters with the birth date and sex it carries.

    `disability` is the class and level of a disability card (GB 26341 order), else ''.
    """

    number: str
    born: date
    sex: str
    disability: str = ""


def check_digit(first17: str) -> str:
    """Return the check character of GB 11643 (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(map(mul, _WEIGHTS, map(int, first17))) % 11]


def parse(text: str) -> IdentityNumber:
    """Read a number of 18 characters, or a disability card of 20 or 22, already in half-width capitals.

    Raises ValueError with one of 'length', 'characters', 'checksum', 'birth_date'. The region is
    only a hint (abolished counties, residence permits 81–83) and is not checked.
    """
    disability = ""
    if match := _DISABILITY_CARD.fullmatch(text):
        text, disability = match[1], match[2]
    if len(text) != LENGTH:
        raise ValueError("length")
    if not _NUMBER.fullmatch(text):
        raise ValueError("characters")
    if check_digit(text[:17]) != text[17]:
        raise ValueError("checksum")
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise ValueError("birth_date") from None
    return IdentityNumber(text, born, "male" if int(text[16]) % 2 else "female", disability)


def masked(number: str) -> str:
    """Hide the birth date and serial: 640106********1234; nothing of a number too short to hide."""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}" if len(number) >= 15 else "*" * len(number)


def masked_phone(phone: str) -> str:
    """Hide the middle of a telephone number: 138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "*" * len(phone)


def masked_card(card: str) -> str:
    """Show the last four digits of a bank card."""
    return f"{'*' * max(len(card) - 4, 0)}{card[-4:]}" if len(card) > 4 else "*" * len(card)


def masked_apart(mask: Callable[[str], str], value: str, others: Iterable[str]) -> str:
    """Hide a number as `mask` does, but for the digits without which it looks like another one beside it."""
    hidden = mask(value)
    alike = [each for each in others if each != value and mask(each) == hidden]
    if not alike:
        return hidden
    if any(len(each) != len(value) for each in (hidden, *alike)):
        return value
    return "".join(
        own if any(each[at] != own for each in alike) else hidden[at] for at, own in enumerate(value)
    )
