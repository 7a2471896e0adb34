"""Every setting in one table: key, kind, default and what it does."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from caseworker_app import paths

type_names = {"text": str, "count": int, "day": int, "flag": bool}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; `place` is the installation (this laptop) or the ledger (travels with it)."""

    key: str
    kind: Literal["text", "count", "day", "flag"]
    default: str | int | bool
    place: Literal["installation", "ledger"]
    explanation: str
    allowed: tuple[str | int, ...] = ()


TABLE = (
    Setting(
        "language", "text", "zh_CN", "installation", "Language of window and command line", ("zh_CN", "en")
    ),
    Setting("theme", "text", "light", "installation", "Colours of the window", ("light", "dark")),
    Setting(
        "font_size", "count", 100, "installation", "Size of the text in percent", (100, 110, 125, 150, 175)
    ),
    Setting("window", "text", "", "installation", "Place and size of the window"),
    Setting("page", "text", "", "installation", "Room of the window that was open last"),
    Setting("side_width", "count", 332, "installation", "Width of the panel beside the list of workers"),
    Setting("lists", "text", "", "installation", "Columns of the lists, their widths and order"),
    Setting("last_ledger", "text", "", "installation", "Folder of the ledger opened last"),
    Setting("scope", "text", "", "ledger", "Division code the ledger is for: 12, 9 or 6 digits"),
    Setting("officer", "text", "", "ledger", "Name of the officer who keeps the ledger"),
    Setting("pack", "text", "jinfeng", "ledger", "Policy pack in use"),
    Setting(
        "zeroing_limit", "count", 30, "ledger", "Days after which nobody willing may still be without work"
    ),
    Setting(
        "contact_limit",
        "count",
        30,
        "ledger",
        "Days after which somebody to be looked after should have been contacted again",
    ),
    Setting(
        "older_from", "count", 0, "ledger", "Age from which a worker counts as older; 0 as the pack has it"
    ),
    Setting("reporting_day", "day", 25, "ledger", "Day of the month by which the workbook is sent"),
    Setting("figures_day", "day", 31, "ledger", "Day of the month its figures stand for; 31 is its last"),
)
BY_KEY = {setting.key: setting for setting in TABLE}


def checked(key: str, value: object) -> str | int | bool:
    """Return the value if it is of the setting's kind and allowed; ValueError otherwise."""
    setting = BY_KEY[key]
    if (
        type(value) is not type_names[setting.kind]
        or (setting.kind == "day" and isinstance(value, int) and not 1 <= value <= 31)
        or (setting.allowed and value not in setting.allowed)
    ):
        raise ValueError(key, value)
    assert isinstance(value, str | int | bool)
    return value


def _file() -> Path:
    return paths.config() / "settings.json"


def _stored() -> dict[str, object]:
    """Return what the file says; nothing when it is missing or cannot be read."""
    try:
        content = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def read(key: str) -> str | int | bool:
    """Return a setting of the installation; its default where it was never set or what was kept is no good."""
    default = BY_KEY[key].default
    try:
        return checked(key, _stored().get(key, default))
    except ValueError:
        return default


def write(key: str, value: str | int | bool) -> None:
    """Keep a setting of the installation."""
    stored = {**_stored(), key: checked(key, value)}
    draft = _file().with_suffix(".new")
    draft.write_text(json.dumps(stored, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(_file())
