"""How Chinese names are read: pinyin without tones, surnames as surnames, and what is commonly mixed up."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

MOST = 8
"""So many readings of a name are kept at most."""
_LONGEST = 20
_FILE = Path(__file__).parent / "pinyin.txt"

# Read so as a surname; the other readings of the character follow, because not every family agrees.
_SURNAMES = dict(
    re.findall(
        "(.)([a-z]+)",
        "单shan 仇qiu 解xie 曾zeng 查zha 盖ge 区ou 朴piao 乐yue 缪miao 洗xian 种chong 重chong 员yun "
        "贠yun 覃qin 翟zhai 卜bu 召shao 折she 繁po 薄bo 郇xun 佴nai 乜nie 隗kui 祭zhai 能nai 牟mu 阚kan "
        "句gou 适kuo 秘bi 藏zang 都du 镡tan 逢pang",
    )
)
_COMPOUND: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        re.findall(
            "..",
            "欧阳司马上官诸葛东方皇甫慕容夏侯公孙轩辕令狐宇文鲜于申屠太叔濮阳淳于钟离端木百里"
            "呼延独孤南宫西门闻人赫连司徒司空仲孙公冶宗政公羊第五拓跋纳兰完颜",
        ),
        (),
    ),
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
    "长孙": ("zhang", "sun"),
    "单于": ("chan", "yu"),
    "澹台": ("tan", "tai"),
}


class Reading(NamedTuple):
    """One way to read a name: all of it, its initials, and the given name alone."""

    pinyin: str
    initials: str
    given: str


@cache
def _table() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    later: dict[str, list[str]] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        syllable, first, others = line.split("\t")
        found.update(dict.fromkeys(first, (syllable,)))
        for character in others:
            later.setdefault(character, []).append(syllable)
    for character, syllables in later.items():
        found[character] += tuple(syllables)
    return found


def syllables(character: str) -> tuple[str, ...]:
    """Return how a character is read, the usual way first, ü as v; what has no reading stands for itself."""
    return _table().get(character) or (character.lower(),)


def _spoken(ways: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Read as usual, then with one character read otherwise, then with two; each once, not too many."""
    usual = tuple([each[0] for each in ways])
    several = [place for place, each in enumerate(ways) if len(each) > 1]
    if not several:
        return [usual]
    found = [usual]
    for changed in (1, 2):
        for places in combinations(several, changed):
            for others in product(*(ways[place][1:] for place in places)):
                spoken = list(usual)
                for place, other in zip(places, others, strict=True):
                    spoken[place] = other
                found.append(tuple(spoken))
        if len(found) >= MOST:
            break
    return found[:MOST]


def _characters(words: str) -> str:
    return words[:_LONGEST] if words.isalnum() else "".join(filter(str.isalnum, words))[:_LONGEST]


def readings(name: str) -> list[Reading]:
    """Return the ways to read a person's name, the likeliest first."""
    characters = _characters(name)
    if not characters:
        return []
    ways = [syllables(each) for each in characters]
    surname = 2 if len(characters) > 2 and characters[:2] in _COMPOUND else 1
    known = (_SURNAMES.get(characters[0], ""),) if surname == 1 else _COMPOUND[characters[:2]]
    for place, first in enumerate(known):
        if first:
            ways[place] = (first, *(each for each in ways[place] if each != first))
    return [
        Reading("".join(spoken), "".join([each[0] for each in spoken]), "".join(spoken[surname:]))
        for spoken in _spoken(ways)
    ]


def spellings(words: str) -> list[Reading]:
    """Return the ways to read words that are no name."""
    return [
        Reading("".join(spoken), "".join([each[0] for each in spoken]), "")
        for spoken in _spoken([syllables(each) for each in _characters(words)])
    ]


def letters(typed: str) -> str:
    """Return typed pinyin as readings are kept: small letters without tones, spaces and apostrophes, ü as v."""
    plain = unicodedata.normalize("NFKD", typed.lower().replace("ü", "v"))
    return "".join(each for each in plain if each.isalnum())


_MIXED_UP = re.compile("([zcs])h*|(n)g*|v")


def fold(pinyin: str) -> str:
    """Make alike what is mixed up: zh/z, ch/c, sh/s, ng/n, n/l, ü/u; a beginning stays a beginning."""
    return _MIXED_UP.sub(lambda found: found[1] or ("l" if found[2] else "u"), pinyin)


def without_h(initials: str) -> str:
    """Return initials with zh, ch and sh as z, c and s."""
    return re.sub("([zcs])h", r"\1", initials)


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(
        syllable[:end]
        for ways in _table().values()
        for syllable in ways
        for end in range(1, len(syllable) + 1)
    )


def splits(typed: str) -> list[list[str]]:
    """Return the ways to split letters into as few beginnings of syllables as possible: m guo q."""
    known: list[list[list[str]]] = [[[]]]
    for end in range(1, len(typed) + 1):
        ways = [
            [*way, typed[start:end]]
            for start in range(max(0, end - 6), end)
            if typed[start:end] in _beginnings()
            for way in known[start]
        ]
        fewest = min(map(len, ways), default=0)
        known.append([way for way in ways if len(way) == fewest])
    return known[-1]
