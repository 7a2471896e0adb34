"""The identity-number clinic: which one known person a damaged number can only mean.

Pure, and never more than a proposal: what it says is shown beside the cell and written when a person confirms it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Context, Decimal

from caseworker_app.domain import identity

ROUNDED = "rounded"
SCIENTIFIC = "scientific"
LETTERS = "letters"
OLD = "old"
SWAPPED = "swapped"
WRONG = "wrong"
MISSING = "missing"
EXTRA = "extra"
KINDS = (ROUNDED, SCIENTIFIC, LETTERS, OLD, SWAPPED, WRONG, MISSING, EXTRA)
"""What can have happened to a number, in the order it is looked for."""

LARGEST_EXACT = 10**15
"""A number cell keeps fifteen digits; from here on a spreadsheet has changed what was typed."""

_KEPT = 15
_UNSEEN = re.compile(r"[\s'’`\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff-]")
_NAME_NOISE = re.compile(r"[\s·•・‧●.．\u200b-\u200f\u2060\ufeff]")
_SCIENTIFIC = re.compile(r"(\d(?:\.\d+)?)[Ee]\+?17")
_LOOKALIKES = str.maketrans("OoQq〇○lLiI|!×✕✖╳xХхΧχ", "000000" + "111111" + "XXXXXXXXX")
_BIRTH_KNOWN = 14
"""So many leading digits tell the birth date."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A cell that should hold an identity number, as the reader gave it, and what else its row says."""

    raw: str | int | float
    name: str = ""
    born: date | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A person the ledger or an earlier file knows; `key` is whatever the caller finds him by."""

    key: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The one known person a damaged number fits, what happened to it, and what else of the row agrees."""

    person: Known
    kind: str
    agrees: tuple[str, ...]
    """Of 'name', 'born' and 'sex'; a birth date that the digits left alone tell is 'born' too."""


class KnownPeople:
    """The people proposals are made from, found by name."""

    def __init__(self, people: Iterable[Known]) -> None:
        self._by_name: dict[str, list[Known]] = {}
        for person in people:
            if len(person.number) == identity.LENGTH:
                self._by_name.setdefault(_plain_name(person.name), []).append(person)

    def named(self, name: str) -> list[Known]:
        """Return the people of a name, however it is spaced."""
        return self._by_name.get(_plain_name(name), [])


def _plain_name(name: str) -> str:
    return _NAME_NOISE.sub("", unicodedata.normalize("NFKC", name)).upper()


def _plain(raw: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", raw))


def is_rounded(raw: object) -> bool:
    """Whether a number cell, or text made from one, has lost its last digits: the checksum cannot tell."""
    if isinstance(raw, bool):
        return False
    if isinstance(raw, int | float):
        return raw >= LARGEST_EXACT
    return isinstance(raw, str) and _SCIENTIFIC.fullmatch(_plain(raw)) is not None


def is_sound(raw: object) -> bool:
    """Whether a cell is an identity number that can be taken as it stands."""
    try:
        return isinstance(raw, str) and bool(identity.parse(_plain(raw).upper()))
    except ValueError:
        return False


def propose(damaged: Damaged, known: KnownPeople) -> Proposal | None:
    """Return the one known person whose number, name, birth date and sex fit, or None.

    A sound number needs no proposal, unless it ends in 000 and is nobody's: a rounded number passes the
    checksum in one case of eleven, and as text nothing else tells it.
    """
    if is_sound(damaged.raw) and not _plain(str(damaged.raw)).endswith("000"):
        return None
    fitting = []
    for person in known.named(damaged.name) if damaged.name else ():
        if isinstance(damaged.raw, str) and _plain(damaged.raw).upper() == person.number:
            return None
        kind = fit(damaged.raw, person.number)
        if kind and (agrees := _agrees(damaged, person, kind)):
            fitting.append(Proposal(person, kind, agrees))
    # The same person under two keys is one person; two people are a question only a paper answers.
    return fitting[0] if len({each.person.number for each in fitting}) == 1 else None


def _agrees(damaged: Damaged, person: Known, kind: str) -> tuple[str, ...]:
    """Tell what the row and a known person have in common; nothing when they differ or the birth date is not told."""
    try:
        said = identity.parse(person.number)
    except ValueError:
        return ()
    if (damaged.born and damaged.born != said.born) or (damaged.sex and damaged.sex != said.sex):
        return ()
    if kind == SCIENTIFIC and not damaged.born and _digits_left(str(damaged.raw)) < _BIRTH_KNOWN:
        return ()
    return ("name", "born", "sex") if damaged.sex else ("name", "born")


def _digits_left(raw: str) -> int:
    return sum(each.isdigit() for each in _plain(raw).upper().partition("E")[0])


def fit(raw: str | int | float, number: str) -> str:
    """Tell what would have to have happened to `number` to leave `raw`: one of `KINDS`, '' when nothing single would."""
    if isinstance(raw, int | float) and raw >= LARGEST_EXACT:
        return _fit_numeric(raw, number)
    text = _plain(str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw))
    if match := _SCIENTIFIC.fullmatch(text):
        return _fit_scientific(match[1], number)
    return _fit_text(text, number)


def _fit_numeric(raw: float, number: str) -> str:
    """A number cell keeps fifteen digits (Excel), or the nearest double (other programs); an X would have stayed text."""
    if number.endswith("X"):
        return ""
    kept = f"{raw:.{_KEPT - 1}e}".replace(".", "")[:_KEPT]
    return ROUNDED if number[:_KEPT] == kept or float(number) == float(raw) else ""


def _fit_scientific(mantissa: str, number: str) -> str:
    if number.endswith("X"):
        return ""
    shown = Decimal(mantissa)
    digits = len(shown.as_tuple().digits)
    true = Decimal(number).scaleb(1 - identity.LENGTH)
    near = (Context(prec=digits).plus(true), Context(prec=digits, rounding=ROUND_DOWN).plus(true))
    return SCIENTIFIC if shown in near else ""


def _fit_text(text: str, number: str) -> str:
    upper = text.upper()
    if len(upper) in (20, 22):  # A disability card begins with the identity number.
        text, upper = text[: identity.LENGTH], upper[: identity.LENGTH]
    if upper == number:
        return ""
    text = text.translate(_LOOKALIKES).upper()
    if len(text) == identity.LENGTH:
        return _fit_whole(text, number)
    if text == number[:6] + number[8:17] and number[6:8] == "19":
        return OLD
    if len(text) == identity.LENGTH - 1 and _is_one_left_out(text, number):
        return MISSING
    if len(text) == identity.LENGTH + 1 and _is_one_left_out(number, text):
        return EXTRA
    return ""


def _fit_whole(text: str, number: str) -> str:
    if text == number:
        return LETTERS
    if text.endswith("000") and text[:_KEPT] == number[:_KEPT] and not number.endswith("X"):
        return ROUNDED
    differing = [place for place in range(identity.LENGTH) if text[place] != number[place]]
    if len(differing) == 1:
        return WRONG
    if len(differing) == 2:
        first, second = differing
        if text[first] == number[second] and text[second] == number[first]:
            return SWAPPED
    return ""


def _is_one_left_out(shorter: str, longer: str) -> bool:
    same = next((place for place, each in enumerate(shorter) if each != longer[place]), len(shorter))
    return shorter[same:] == longer[same + 1 :]
