"""Provinces, cities, counties, towns and villages: codes, names, and finding one by the name people write."""

import lzma
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

Level = Literal["province", "city", "county", "town", "village"]

_DATA = Path(__file__).parent / "division_data"
COUNTY, TOWN, VILLAGE = 6, 9, 12
"""Digits of the code of a place of each level that keeps a ledger."""
_LEVELS: dict[int, Level] = {2: "province", 4: "city", COUNTY: "county", TOWN: "town", VILLAGE: "village"}
_LENGTHS = tuple(_LEVELS)

# City levels that exist only in the code table and are never spoken.
_UNSPOKEN = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "县")
_FILLERS = (
    *("中华人民共和国", "中国", *_UNSPOKEN, "省直辖县", "自治区直辖县", "直辖"),
    *("自治区", "自治州", "回族", "壮族", "维吾尔", "省", "市", "区", "州"),
)
_SEPARATORS = " -—_/\\|·,.,、;:>"
_PEOPLES = (
    "柯尔克孜|维吾尔|哈萨克|达斡尔|塔吉克|鄂温克|鄂伦春|蒙古|布依|朝鲜|土家|哈尼|傈僳|拉祜|东乡|纳西|景颇|仫佬|"
    "布朗|撒拉|毛南|仡佬|锡伯|保安|裕固|独龙|回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|各"
)
_AUTONOMOUS = re.compile(
    f"(?:(?:{_PEOPLES})族|蒙古|藏|维吾尔|哈萨克|柯尔克孜|鄂伦春|鄂温克|达斡尔)*自治(?P<kind>区|州|县|旗)$"
)
_PROVINCE_ENDS = ("特别行政区", "回族自治区", "壮族自治区", "维吾尔自治区", "自治区", "省", "市")
_CITY_ENDS = ("地区", "市", "盟", "州")
_COUNTY_ENDS = ("新区", "林区", "特区", "市", "县", "区", "旗")
_TOWN_ENDS = ("街道办事处", "街道", "办事处", "民族乡", "地区", "苏木", "镇", "乡")
_VILLAGE_ENDS = ("社区", "嘎查", "村")

_VILLAGE_COMMITTEE = re.compile(
    "(?:村民委员会|村委员会|村民委员|村民委会|村委会会|村委会|村委|嘎查委员会|嘎查委会)$"
)
_RESIDENT_COMMITTEE = re.compile(
    "(?:(?:社区)?(?:居民委员会|居民委员|居民委会|居委会|居委)|社区(?:委员会|家委会|管委会|村委会|村民委员会))$"
)


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division: a code of 2, 4, 6, 9 or 12 digits and its spoken name."""

    code: str
    name: str
    level: Level


class Distance(StrEnum):
    """How far from the home county a place of work lies."""

    WITHIN_COUNTY = "within_county"
    CROSS_COUNTY = "cross_county"
    CROSS_PROVINCE = "cross_province"
    UNKNOWN = "unknown"


def find(code: str) -> Division | None:
    """The division with this code, or None."""
    level = _LEVELS.get(len(code))
    name = _names(code).get(code) if level else None
    return Division(code, name, level) if level and name else None


def children(code: str = "") -> tuple[Division, ...]:
    """The divisions directly below this code (all provinces for ''), in code order."""
    below = _below_counties() if len(code) < 6 else _below_province(code[:2])
    return tuple(division for child in below.get(code, ()) if (division := find(child)))


def path(code: str) -> tuple[Division, ...]:
    """The divisions from the province down to this code; empty when the code is not known."""
    if find(code) is None:
        return ()
    prefixes = (code[:length] for length in _LENGTHS if length <= len(code))
    return tuple(division for prefix in prefixes if (division := find(prefix)))


def called(code: str) -> str:
    """What the division with this code is called; the code itself where nobody knows it."""
    found = find(code)
    return found.name if found else code


def full_name(code: str, separator: str = "") -> str:
    """The spoken names from the province down, without city levels that are never spoken."""
    names: list[str] = []
    for division in path(code):
        if not (division.level == "city" and division.name in _UNSPOKEN) and division.name not in names[-1:]:
            names.append(division.name)
    return separator.join(names)


def spoken_village(name: str) -> str:
    """A village's name as spoken: '和顺新村村民委员会' is '和顺新村', '东厂社区居委会' is '东厂社区'."""
    if base := _RESIDENT_COMMITTEE.sub("", name):
        if base != name:
            return base.removesuffix("社区") + "社区"
        if match := _VILLAGE_COMMITTEE.search(name):
            base = name[: match.start()]
            if match[0].startswith("嘎查") or base.endswith("嘎查"):
                return base.removesuffix("嘎查") + "嘎查"
            return base.removesuffix("村") + "村" if base else name
    return name


def resolve_village(county: str, town: str, village: str, *, within: str = "") -> str | None:
    """The 12-digit code for three names of an export, or None when not found or ambiguous."""
    return _resolve_village(_clean(county), _clean(town), _clean(village), within)


def resolve_place(text: str = "", *, province: str = "", city: str = "", county: str = "") -> str:
    """The longest known code (2, 4 or 6 digits, or '') of a place given in columns or in one string."""
    return _resolve_place(text, province, city, county)


def distance(work_code: str, home_code: str) -> Distance:
    """How far the place of work is from the home county, as far as the two codes tell."""
    work, home = work_code[:6], home_code[:6]
    if len(work) < 2 or len(home) < 2:
        return Distance.UNKNOWN
    if work[:2] != home[:2]:
        return Distance.CROSS_PROVINCE
    shared = min(len(work), len(home))
    if work[:shared] != home[:shared]:
        return Distance.CROSS_COUNTY
    return Distance.WITHIN_COUNTY if shared == 6 else Distance.UNKNOWN


def _clean(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _read(name: str) -> dict[str, str]:
    file = _DATA / name
    if not file.exists():
        return {}
    text = lzma.decompress(file.read_bytes()).decode() if file.suffix == ".xz" else file.read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.partition("\t")[0]: line.partition("\t")[2] for line in lines}


@cache
def _supplement() -> dict[str, str]:
    return _read("supplement.txt")


@cache
def _county_names() -> dict[str, str]:
    extra = {code: name for code, name in _supplement().items() if len(code) <= 6}
    return dict(sorted((_read("counties.txt.xz") | extra).items()))


@cache
def _province_names(province: str) -> dict[str, str]:
    extra = {c: name for c, name in _supplement().items() if len(c) > 6 and c.startswith(province)}
    known = province in _county_names()
    return dict(sorted((_read(f"{province}.txt.xz") | extra).items())) if known else {}


def _names(code: str) -> dict[str, str]:
    return _county_names() if len(code) <= 6 else _province_names(code[:2])


def _by_parent(codes: Iterable[str]) -> dict[str, list[str]]:
    below: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        below[code[: {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}[len(code)]]].append(code)
    return dict(below)


@cache
def _below_counties() -> dict[str, list[str]]:
    return _by_parent(_county_names())


@cache
def _below_province(province: str) -> dict[str, list[str]]:
    return _by_parent(_province_names(province))


def _without_end(name: str, ends: tuple[str, ...], shortest: int = 1) -> str:
    for end in ends:
        if name.endswith(end) and len(name) - len(end) >= shortest:
            return name.removesuffix(end)
    return name


@cache
def _short_forms(code: str, name: str) -> frozenset[str]:
    """What people write instead of the full name of a province, city or county."""
    if len(code) == 2:
        stem = _without_end(name, _PROVINCE_ENDS)
        forms = {stem, stem + "自治区", stem.removesuffix("古")} if name.endswith("自治区") else {stem}
    elif match := _AUTONOMOUS.search(name):
        stem = name[: match.start()] or name.partition("自治")[0].removesuffix("族")
        forms = {stem, stem + match["kind"], stem + "自治" + match["kind"]}
    else:
        forms = {_without_end(name, _CITY_ENDS if len(code) == 4 else _COUNTY_ENDS, shortest=2)}
    return frozenset(form for form in forms if len(form) >= 2 and form != name)


@cache
def _forms() -> dict[str, tuple[dict[str, list[str]], dict[str, list[str]]]]:
    """For each place with counties below: full names and short names of everything below it."""
    forms: dict[str, tuple[dict[str, list[str]], dict[str, list[str]]]] = {}
    for code, name in _county_names().items():
        if len(code) == 4 and name in _UNSPOKEN:
            continue
        for above in (length for length in (0, 2, 4) if length < len(code)):
            full, short = forms.setdefault(code[:above], (defaultdict(list), defaultdict(list)))
            full[name].append(code)
            for form in _short_forms(code, name):
                short[form].append(code)
    return forms


def _step(text: str, code: str) -> tuple[str, int]:
    """The place below `code` whose name starts the text, and that name's length, or ('', 0)."""
    full, short = _forms().get(code, ({}, {}))
    for length in range(min(len(text), 15), 1, -1):
        found = full.get(text[:length]) or short.get(text[:length])
        if found:
            highest = [c for c in found if len(c) == len(min(found, key=len))]
            return (highest[0], length) if len(highest) == 1 else ("", 0)
    return "", 0


def _skippable(text: str, code: str) -> int:
    """The length of what may be passed over: a filler, or the name of the place already reached."""
    words = list(_FILLERS)
    for length in (2, 4, 6):
        name = _county_names().get(code[:length])
        if name and len(code) >= length:
            words += [name, *_short_forms(code[:length], name)]
    return max((len(word) for word in words if text.startswith(word)), default=0)


def _walk(text: str, code: str) -> str:
    """Follow the names in the text downwards from a place."""
    while text := text.lstrip(_SEPARATORS):
        below, length = _step(text, code)
        if below:
            code = below
        elif not (length := _skippable(text, code)):
            break
        text = text[length:]
    if len(code) == 4 and len(_below_counties().get(code, ())) == 1:
        return _below_counties()[code][0]
    return code


@lru_cache(maxsize=65536)
def _resolve_place(text: str, province: str, city: str, county: str) -> str:
    code = ""
    for part in (province, city, county, text):
        part = _clean(part)
        code = part if not code and len(part) <= 6 and part in _county_names() else _walk(part, code)
    return code


def _counties(name: str, within: str) -> list[str]:
    counties = [c for c in _county_names() if len(c) == 6 and c.startswith(within[:6])]
    if not name:
        return counties if len(within) >= 2 else []
    exact = [c for c in counties if _county_names()[c] == name]
    loose = exact or [c for c in counties if name in _short_forms(c, _county_names()[c])]
    if not loose and len(code := _walk(name, "")) == 6:
        return [code] if code in counties else []
    return loose


def _choose(codes: list[str], name: str, ends: tuple[str, ...]) -> list[str]:
    """The codes with this name, or failing that those whose name differs in the ending only."""
    exact = [code for code in codes if _names(code)[code] == name]
    stem = _without_end(name, ends)
    return exact or [code for code in codes if _without_end(_names(code)[code], ends) == stem]


@lru_cache(maxsize=65536)
def _resolve_village(county: str, town: str, village: str, within: str) -> str | None:
    def below(codes: list[str]) -> list[str]:
        found = (child for code in codes for child in _below_province(code[:2]).get(code, ()))
        return [child for child in found if child.startswith(within[: len(child)])]

    towns = below(_counties(county, within))
    if town:
        towns = _choose(towns, town, _TOWN_ENDS)
    villages = _choose(below(towns), spoken_village(village), _VILLAGE_ENDS) if village else []
    return villages[0] if len(villages) == 1 else None
