"""What happens to identity numbers between an identity card and a cell, one function a kind."""

from collections.abc import Callable
from random import Random

LOOKALIKES = {"0": "OoQ〇○", "1": "lI|", "X": "×✕Хχ"}


def rounded(sound: str, random: Random) -> str | float:
    """Excel keeps fifteen digits, other programs the nearest double; a copy as text keeps the noughts."""
    return random.choice([float(sound[:15] + "000"), float(sound), int(sound[:15] + "000")])


def scientific(sound: str, random: Random) -> str:
    return f"{float(sound):.{random.choice((2, 4, 5, 5, 5, 14))}E}"


def letters(sound: str, random: Random) -> str:
    return "".join(random.choice(LOOKALIKES[each]) if each in LOOKALIKES else each for each in sound)


def old(sound: str, _random: Random) -> str | int:
    return int(sound[:6] + sound[8:17]) if _random.random() < 0.3 else sound[:6] + sound[8:17]


def swapped(sound: str, random: Random) -> str:
    places = [place for place in range(17) if sound[place] != sound[place + 1]]
    place = random.choice(places)
    return sound[:place] + sound[place + 1] + sound[place] + sound[place + 2 :]


def wrong(sound: str, random: Random) -> str:
    place = random.randrange(17)
    return sound[:place] + random.choice("0123456789".replace(sound[place], "")) + sound[place + 1 :]


def missing(sound: str, random: Random) -> str:
    place = random.randrange(18)
    return sound[:place] + sound[place + 1 :]


def extra(sound: str, random: Random) -> str:
    place = random.randrange(19)
    return sound[:place] + random.choice("0123456789") + sound[place:]


DAMAGES: dict[str, Callable[[str, Random], str | int | float]] = {
    each.__name__: each for each in (rounded, scientific, letters, old, swapped, wrong, missing, extra)
}


def can_happen(kind: str, sound: str) -> bool:
    """A number with an X stays text in a spreadsheet, and the old ones were of people of the last century."""
    if kind in ("rounded", "scientific"):
        return not sound.endswith("X")
    return kind != "old" or sound[6:8] == "19"


def dressed(raw: str | float, random: Random) -> str | float:
    """Put the odd space, full width or apostrophe around what is damaged already."""
    if not isinstance(raw, str) or random.random() < 0.7:
        return raw
    full = raw.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    return random.choice([f" {raw}\u200b", f"'{raw}", f"{raw[:6]} {raw[6:]}", full, raw.lower()])
