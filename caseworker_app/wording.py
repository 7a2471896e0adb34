"""From codes to sentences, for screen, paper, workbook and command line alike.

English stands in the code, Simplified Chinese in `locale/zh_CN`. Paper and workbooks are Chinese
whatever the screen speaks: they ask for `label(…, ZH)`.
"""

import gettext
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from pathlib import Path

from caseworker_app.domain import codes
from caseworker_app.domain.spans import Months

ZH = "zh_CN"
EN = "en"
LANGUAGES = (ZH, EN)
FOLDER = Path(__file__).parent / "locale"

_language = ZH
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use(language: str) -> None:
    """Speak this language from now on: 'zh_CN' or 'en'."""
    global _language, _catalogue
    if language not in LANGUAGES:
        raise ValueError(language)
    _language = language
    _catalogue = (
        gettext.NullTranslations()
        if language == EN
        else gettext.translation("caseworker", FOLDER, [language])
    )


_aside: ContextVar[tuple[str, gettext.NullTranslations] | None] = ContextVar("aside", default=None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language here only, while the window goes on in its own: for workbooks, written beside it."""
    told = gettext.NullTranslations()
    if language != EN:
        told = gettext.translation("caseworker", FOLDER, [language])
    token = _aside.set((language, told))
    try:
        yield
    finally:
        _aside.reset(token)


def _spoken() -> tuple[str, gettext.NullTranslations]:
    return _aside.get() or (_language, _catalogue)


def language() -> str:
    """Return the language spoken."""
    return _spoken()[0]


def _(message: str) -> str:
    """Return the message in the language spoken."""
    return _spoken()[1].gettext(message)


def _n(one: str, many: str, count: int) -> str:
    """Return the form of the message that fits the count."""
    return _spoken()[1].ngettext(one, many, count)


def label(list_name: str, code: str | None, language: str | None = None) -> str:
    """Return the label of a code, in the language spoken unless one is asked for; '' for no code."""
    return codes.code_list(list_name).label(code, language or _spoken()[0]) if code else ""


def joined(parts: Iterable[str], language: str | None = None) -> str:
    """Return parts listed as the language lists them."""
    return ("、" if (language or _spoken()[0]) == ZH else ", ").join(parts)


def labels(list_name: str, values: Iterable[str], language: str | None = None) -> str:
    """Return several labels joined as the field joins them."""
    tongue = language or _spoken()[0]
    return joined((label(list_name, value, tongue) for value in values), tongue)


def on_paper(day: date | None) -> str:
    """Return a day as papers write it: 2024年10月31日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def months_text(months: Months, language: str | None = None) -> str:
    """Return months and left-over days in words."""
    if (language or _spoken()[0]) == ZH:
        return f"{months.months} 个月" + (f" {months.days} 天" if months.days else "")
    return f"{months.months} months" + (f" {months.days} days" if months.days else "")
