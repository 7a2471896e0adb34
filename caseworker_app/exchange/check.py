"""One cell to one value: what has one meaning is normalised, what has none is refused with a code."""

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from caseworker_app.domain import codes, identity, money
from caseworker_app.exchange.read import Cell

_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_TENTH = re.compile(r"\d{4}\.1")
"""As a number 2024.10 reads 2024.1: nobody can tell October from January."""
_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_DAY_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)")
_MONTH = re.compile(r"(\d{4})[-./年](\d{1,2})月?")
_MONTH_DIGITS = re.compile(r"(\d{4})(\d\d)")
_OFFICIAL = re.compile(r"\d{4}-\d\d-\d\d|\d{8}|\d{4}年\d\d月|\d{6}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+\d+")
_MOBILE = re.compile(r"1\d{10}")
_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8}")
_AMOUNT = re.compile(r"[¥￥]?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?)(元|元/月)?")
_HOUR = re.compile(r"(?<=[\d日])[\sT]+\d{1,2}:\d\d(:\d\d(\.\d+)?)?\s*$")
_UNTIL_NOW = frozenset({"至今", "到今", "目前", "现在", "至现在", "至目前"})
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_LARGEST_EXACT = 10**15
_LARGEST_AMOUNT = 10**13


class Refused(Exception):
    """A cell that has no single meaning; `code` says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Taken:
    """The value of a cell and, when it had to be normalised, how."""

    value: object
    correction: str = ""


def _tight(text: str) -> str:
    """Return the text in half width without any space or invisible character."""
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):  # As nearly every cell is.
        return text
    return _SPACES.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def _how(raw: Cell, value: str) -> str:
    """Name the normalisation that led from the cell to the value."""
    if not isinstance(raw, str):
        return "number_as_text"
    if raw == value:
        return ""
    return "spaces" if _SPACES.sub("", _INVISIBLE.sub("", raw)) == value else "full_width"


def as_text(raw: Cell) -> str:
    """Return a cell as it reads: whole numbers without a point, days as ISO."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return raw.date().isoformat() if isinstance(raw, datetime) else str(raw)


def text(raw: Cell) -> Taken:
    """Free text: line breaks become spaces, outer and invisible spaces go."""
    value = _SPACES.sub(" ", _INVISIBLE.sub("", as_text(raw))).strip()
    return Taken(value, _how(raw, value) and "spaces")


def name(raw: Cell) -> Taken:
    """A person's name: no spaces inside, half-width letters, one kind of middle dot."""
    value = re.sub("[•・‧●.．]", "·", _tight(as_text(raw)))
    if not value or value.isdigit():
        raise Refused("name.none")
    return Taken(value, _how(raw, value))


def digits(raw: Cell) -> Taken:
    """A number that is a name (household number …): never a quantity, and never one that Excel has rounded."""
    if isinstance(raw, float | int) and abs(raw) >= _LARGEST_EXACT:
        raise Refused("number.rounded")
    value = _tight(as_text(raw))
    if _SCIENTIFIC.fullmatch(value):
        raise Refused("number.rounded")
    return Taken(value, _how(raw, value))


def identity_number(raw: Cell) -> Taken:
    """A citizen identity number as `identity.IdentityNumber`; a rounded one is never guessed."""
    if isinstance(raw, float | int) and not isinstance(raw, bool) and raw >= _LARGEST_EXACT:
        raise Refused("identity.rounded")
    value = _tight(as_text(raw)).upper().lstrip("'")
    if _SCIENTIFIC.fullmatch(value):
        raise Refused("identity.rounded")
    try:
        found = identity.parse(value)
    except ValueError as error:
        raise Refused(f"identity.{error}") from None
    plain = as_text(raw)
    return Taken(found, "" if plain == value else "lower_case_x" if plain.upper() == value else "full_width")


def phone(raw: Cell) -> Taken:
    """A mobile or landline number."""
    value = _tight(as_text(raw)).removeprefix("+86")
    if _MOBILE.fullmatch(plain := value.replace("-", "")):
        value = plain
    if not _PHONE.fullmatch(value):
        raise Refused("phone.form")
    return Taken(value, _how(raw, value))


def _date_parts(raw: Cell) -> tuple[int, int, int | None, str]:
    if isinstance(raw, datetime | date):
        return raw.year, raw.month, raw.day, ""
    if isinstance(raw, float) and _TENTH.fullmatch(str(raw)):
        raise Refused("date.ambiguous", year=int(raw))
    text = as_text(raw)
    value = _tight(_HOUR.sub("", text) if ":" in text else text).translate(_CHINESE_DIGITS)
    correction = "" if isinstance(raw, str) and _OFFICIAL.fullmatch(raw) else "date"
    for pattern in (_DAY, _DAY_DIGITS, _MONTH, _MONTH_DIGITS):
        if match := pattern.fullmatch(value):
            parts = [int(part) for part in match.groups()]
            return parts[0], parts[1], parts[2] if len(parts) > 2 else None, correction
    raise Refused("date.form")


def _date(raw: Cell, *, last_of_month: bool) -> Taken:
    year, month, day, correction = _date_parts(raw)
    try:
        if day is None:
            day = calendar.monthrange(year, month)[1] if last_of_month else 1
        value = date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        raise Refused("date.none") from None
    if not 1900 <= year <= 2100:
        raise Refused("date.none")
    return Taken(value, correction)


def first_day(raw: Cell) -> Taken:
    """A day; a month alone means its first."""
    return _date(raw, last_of_month=False)


def last_day(raw: Cell) -> Taken:
    """A day; a month alone means its last, and 至今 none: it goes on."""
    if isinstance(raw, str) and _tight(raw) in _UNTIL_NOW:
        return Taken(None)
    return _date(raw, last_of_month=True)


def amount(raw: Cell) -> Taken:
    """An amount of money in fen."""
    if isinstance(raw, bool | datetime | date):
        raise Refused("money.form")
    written = str(raw)
    if isinstance(raw, float):
        written = written.removesuffix(".0")  # 0.07 is 7 fen, though 0.07 * 100 is not 7.
    match = _AMOUNT.fullmatch(_tight(written))
    fen = money.fen(match[1]) if match else _LARGEST_AMOUNT
    if match is None or fen >= _LARGEST_AMOUNT:
        raise Refused("money.form")
    return Taken(fen, "" if written == match[1] and "," not in written else "money")


def yes_no(raw: Cell) -> Taken:
    """是 or 否 as a truth value."""
    value = codes.code_list("yes_no").parse(as_text(raw))
    if value is None:
        raise Refused("code.unknown", allowed="是、否")
    return Taken(value == "yes")


def code(list_name: str, *, several: bool = False) -> Callable[[Cell], Taken]:
    """Return the reader of a code list, of several joined codes if asked."""
    known = codes.code_list(list_name)

    def parse(part: str) -> str:
        found = known.parse(part)
        if found is None:
            allowed = "、".join(known.label(each, "zh_CN") for each in known.codes[:8])
            raise Refused("code.unknown", allowed=allowed + ("…" if len(known.codes) > 8 else ""))
        return found

    def read(raw: Cell) -> Taken:
        value = as_text(raw)
        if several:
            order = {each: index for index, each in enumerate(known.codes)}
            parts = sorted(
                {parse(part) for part in re.split(r"[,，、;；\s]+", value.strip()) if part},
                key=order.__getitem__,
            )
            return Taken(",".join(parts))
        found = parse(value)
        return Taken(found, "" if known.label(found, "zh_CN").startswith(value) else "spelling")

    return read


READERS: dict[str, Callable[[Cell], Taken]] = {
    "text": text,
    "name": name,
    "digits": digits,
    "identity": identity_number,
    "phone": phone,
    "first_day": first_day,
    "last_day": last_day,
    "money": amount,
    "yes_no": yes_no,
    "health": code("health", several=True),
    "risk": code("risk"),
}


def reader(kind: str) -> Callable[[Cell], Taken]:
    """Return the reader of a kind of column: one of `READERS`, else the name of a code list."""
    return READERS.get(kind) or code(kind)
