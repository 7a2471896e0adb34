"""The tokens of the window: every colour, size and space it uses."""

from dataclasses import dataclass

SPACE = (4, 8, 12, 16, 24, 32)
RADIUS = 6
ROW = 31
HEADER_ROW = 33
TEXT, SMALL, SECTION, PAGE = 13, 12, 16, 20
FAMILIES = ("Noto Sans SC", "Microsoft YaHei", "Source Han Sans SC")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme; each `…_soft` is the ground behind text of that colour."""

    name: str
    ground: str
    surface: str
    header: str
    line: str
    line_strong: str
    text: str
    secondary: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    good: str
    good_soft: str
    attention: str
    attention_soft: str
    attention_line: str
    stop: str
    stop_soft: str
    quiet_soft: str
    selection: str
    rail: str
    rail_text: str
    rail_selected: str
    rail_mark: str
    rail_badge: str
    on_rail: str
    toast: str
    on_toast: str
    toast_link: str


LIGHT = Tokens(
    name="light",
    ground="#f5f6f8",
    surface="#ffffff",
    header="#f8f9fb",
    line="#e3e6eb",
    line_strong="#c8ced8",
    text="#1f2328",
    secondary="#5f6875",
    accent="#1668dc",
    accent_hover="#0f56ba",
    on_accent="#ffffff",
    accent_soft="#e6f0fd",
    good="#1a7f4b",
    good_soft="#e8f6ee",
    attention="#9a4e07",
    attention_soft="#fdf0e0",
    attention_line="#e0a468",
    stop="#c62f2f",
    stop_soft="#fde8e8",
    quiet_soft="#eef0f3",
    selection="#e6effc",
    rail="#10233f",
    rail_text="#b6c2d4",
    rail_selected="#1c3a63",
    rail_mark="#4c8dff",
    rail_badge="#d93a3a",
    on_rail="#ffffff",
    toast="#1f2328",
    on_toast="#ffffff",
    toast_link="#7db2ff",
)

DARK = Tokens(
    name="dark",
    ground="#16181c",
    surface="#1e2126",
    header="#23272d",
    line="#30343b",
    line_strong="#4a505a",
    text="#e6e8eb",
    secondary="#9aa3af",
    accent="#4c8dff",
    accent_hover="#6aa1ff",
    on_accent="#0b1220",
    accent_soft="#182741",
    good="#4cc38a",
    good_soft="#17352a",
    attention="#f0a04b",
    attention_soft="#3b2a15",
    attention_line="#8a5f2e",
    stop="#ff7b72",
    stop_soft="#43211f",
    quiet_soft="#2a2e35",
    selection="#22375a",
    rail="#0d1420",
    rail_text="#9fabbd",
    rail_selected="#1d3050",
    rail_mark="#4c8dff",
    rail_badge="#d93a3a",
    on_rail="#ffffff",
    toast="#3a3f48",
    on_toast="#ffffff",
    toast_link="#8fbcff",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
"""Themes by the name the settings keep."""

TONES = ("accent", "good", "attention", "stop", "quiet")
"""What a pill may say by colour; its word says it too."""


def tone(theme: Tokens, name: str) -> tuple[str, str]:
    """Return the text colour and the ground of a tone."""
    if name == "quiet":
        return theme.secondary, theme.quiet_soft
    return str(getattr(theme, name)), str(getattr(theme, f"{name}_soft"))
