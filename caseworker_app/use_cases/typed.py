"""What somebody typed, as it is kept: words on one line, codes of their lists."""

from caseworker_app.domain import codes
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import check
from caseworker_app.wording import labels

_LONGEST = 200


def one_line(text: str) -> str:
    """Return words on one line, without invisible characters."""
    return "".join(each for each in str(check.text(text).value) if each.isprintable())


def clean(text: str, *, most: int = _LONGEST) -> str:
    """Return words as `one_line`; ExpectedError `text.long`."""
    cleaned = one_line(text)
    if len(cleaned) > most:
        raise ExpectedError("text.long", most=most)
    return cleaned


def known(list_name: str, code: str) -> None:
    """Raise ExpectedError `code.unknown` for what is no code of the list."""
    allowed = codes.code_list(list_name).codes
    if code not in allowed:
        raise ExpectedError("code.unknown", value=code, allowed=labels(list_name, allowed))
