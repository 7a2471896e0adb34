import time

import pytest

from caseworker_app.domain import divisions
from caseworker_app.domain.divisions import Distance, Division

VILLAGES = [
    ("640106100207", "良田镇", "和顺新村"),
    ("640106100200", "良田镇", "园子村"),
    ("640106101201", "丰登镇", "西新村"),
]


def test_a_code_finds_its_division_at_every_level() -> None:
    assert divisions.find("64") == Division("64", "宁夏回族自治区", "province")
    assert divisions.find("6401") == Division("6401", "银川市", "city")
    assert divisions.find("640106") == Division("640106", "金凤区", "county")
    assert divisions.find("640106100") == Division("640106100", "良田镇", "town")
    assert divisions.find("640106100207") == Division("640106100207", "和顺新村", "village")


@pytest.mark.parametrize(
    "code", ["", "6", "99", "640199", "640106999", "990000000000", "../../etcabc", "金凤"]
)
def test_an_unknown_code_finds_nothing(code: str) -> None:
    assert divisions.find(code) is None
    assert divisions.path(code) == ()
    assert divisions.full_name(code) == ""


def test_children_are_the_next_level_in_code_order() -> None:
    assert [division.level for division in divisions.children()] == ["province"] * 34
    towns = divisions.children("640106")
    assert {"良田镇", "丰登镇"} <= {town.name for town in towns}
    assert list(towns) == sorted(towns, key=lambda town: town.code)
    assert Division("640106100207", "和顺新村", "village") in divisions.children("640106100")
    assert divisions.children("640106100207") == ()
    assert divisions.children("81") == ()


def test_path_and_full_name_run_from_the_province_down() -> None:
    assert [division.code for division in divisions.path("640106100207")] == [
        "64", "6401", "640106", "640106100", "640106100207",
    ]  # fmt: skip
    assert divisions.full_name("640106100207") == "宁夏回族自治区银川市金凤区良田镇和顺新村"
    assert divisions.full_name("110105", " ") == "北京市 朝阳区"
    assert divisions.full_name("441900") == "广东省东莞市"


@pytest.mark.parametrize(
    ("official", "spoken"),
    [
        ("和顺新村", "和顺新村"),
        ("和顺新村村民委员会", "和顺新村"),
        ("三教村委会", "三教村"),
        ("新华村村委会", "新华村"),
        ("东厂社区居委会", "东厂社区"),
        ("德一居民委员会", "德一社区"),
        ("巴音嘎查村民委员会", "巴音嘎查"),
        ("居委会", "居委会"),
    ],
)
def test_village_names_are_the_spoken_ones(official: str, spoken: str) -> None:
    assert divisions.spoken_village(official) == spoken


@pytest.mark.parametrize(("code", "town", "village"), VILLAGES)
def test_a_village_resolves_from_the_names_of_an_export(code: str, town: str, village: str) -> None:
    stem = town.removesuffix("镇")
    assert divisions.resolve_village("金凤区", town, village) == code
    assert divisions.resolve_village("金凤", stem, village.removesuffix("村")) == code
    assert divisions.resolve_village(" 金凤区\n", town, f"{village}村民委员会") == code
    assert divisions.resolve_village("宁夏银川市金凤区", town, village) == code
    assert divisions.resolve_village("", town, village, within="640106") == code
    assert divisions.resolve_village("", "", village, within=code[:9]) == code


def test_an_unknown_or_ambiguous_village_does_not_resolve() -> None:
    assert divisions.resolve_village("金凤区", "良田镇", "没有村") is None
    assert divisions.resolve_village("金凤区", "没有镇", "园子村") is None
    assert divisions.resolve_village("", "良田镇", "园子村") is None
    assert divisions.resolve_village("金凤区", "良田镇", "") is None
    assert divisions.resolve_village("金凤区", "良田镇", "园子村", within="640106101") is None
    assert divisions.resolve_village("鼓楼区", "", "没有村") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("宁夏回族自治区石嘴山市大武口区", "640202"),
        ("宁夏石嘴山大武口", "640202"),
        ("宁夏 银川 兴庆区 某某街1号", "640104"),
        ("宁夏自治区银川市", "6401"),
        ("宁夏回族区银川市", "6401"),
        ("西藏拉萨市", "5401"),
        ("内蒙古呼和浩特", "1501"),
        ("内蒙包头", "1502"),
        ("广西南宁", "4501"),
        ("新疆喀什", "6531"),
        ("新疆巴音郭楞州", "6528"),
        ("江苏苏州昆山", "320583"),
        ("江苏省苏州市昆山市某电子厂", "320583"),
        ("江苏省昆山市", "320583"),
        ("昆山市", "320583"),
        ("浙江-杭州-余杭", "330110"),
        ("福建泉州晋江", "350582"),
        ("北京市朝阳区", "110105"),
        ("北京朝阳", "110105"),
        ("北京市市辖区朝阳区", "110105"),
        ("北京市北京市朝阳区", "110105"),
        ("上海市浦东新区", "310115"),
        ("上海浦东", "310115"),
        ("重庆市县云阳县", "500235"),
        ("重庆云阳", "500235"),
        ("天津市河北区", "120105"),
        ("吉林吉林", "2202"),
        ("吉林省吉林市船营区", "220204"),
        ("湖南长沙", "4301"),
        ("湖南省长沙县", "430121"),
        ("河南省济源市", "419001"),
        ("湖北省省直辖县级行政区划仙桃市", "429004"),
        ("新疆石河子", "659001"),
        ("新疆伊犁州伊宁市", "654002"),
        ("甘肃临夏州东乡县", "622926"),
        ("青海省海南州共和县", "632521"),
        ("广东省东莞市虎门镇", "441900"),
        ("广东", "44"),
        ("海南", "46"),
        ("香港特别行政区", "81"),
        ("640106", "640106"),
        ("朝阳区", ""),
        ("本村", ""),
        ("", ""),
    ],
)
def test_a_place_resolves_from_one_string(text: str, code: str) -> None:
    assert divisions.resolve_place(text) == code


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        (("宁夏回族自治区", "银川市", "金凤区"), "640106"),
        (("宁夏", "银川", "金凤"), "640106"),
        (("北京市", "市辖区", "海淀区"), "110108"),
        (("北京市", "北京市", "海淀区"), "110108"),
        (("江苏", "", "昆山"), "320583"),
        (("", "苏州", "昆山"), "320583"),
        (("吉林", "吉林", ""), "2202"),
        (("江苏省", "苏州市", "江苏省苏州市昆山市"), "320583"),
        (("广东省", "东莞市", "东莞市"), "441900"),
        (("浙江省", "", ""), "33"),
        (("", "", ""), ""),
    ],
)
def test_a_place_resolves_from_three_columns(columns: tuple[str, str, str], code: str) -> None:
    province, city, county = columns
    assert divisions.resolve_place(province=province, city=city, county=county) == code


def test_every_county_resolves_from_its_full_name() -> None:
    counties = [
        county
        for province in divisions.children()
        for city in divisions.children(province.code)
        for county in divisions.children(city.code)
    ]
    assert len(counties) > 2900
    missed = [
        county
        for county in counties
        if divisions.resolve_place(divisions.full_name(county.code)) != county.code
    ]
    assert missed == []


def test_every_city_resolves_without_its_endings() -> None:
    cities = [city for province in divisions.children() for city in divisions.children(province.code)]
    missed = []
    for city in cities:
        if city.name not in ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"):
            province = divisions.find(city.code[:2])
            assert province is not None
            text = province.name.removesuffix("省") + city.name.removesuffix("市")
            if divisions.resolve_place(text)[:4] != city.code:
                missed.append(text)
    assert missed == []


def test_ten_thousand_places_resolve_quickly() -> None:
    divisions.resolve_place("宁夏")
    start = time.perf_counter()
    for number in range(10_000):
        divisions.resolve_place(f"江苏省苏州市昆山市{number}号")
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("work", "home", "expected"),
    [
        ("640106", "640106", Distance.WITHIN_COUNTY),
        ("640106100207", "640106", Distance.WITHIN_COUNTY),
        ("640104", "640106", Distance.CROSS_COUNTY),
        ("640202", "640106100207", Distance.CROSS_COUNTY),
        ("6402", "640106", Distance.CROSS_COUNTY),
        ("320583", "640106", Distance.CROSS_PROVINCE),
        ("3205", "640106", Distance.CROSS_PROVINCE),
        ("32", "640106", Distance.CROSS_PROVINCE),
        ("6401", "640106", Distance.UNKNOWN),
        ("64", "640106", Distance.UNKNOWN),
        ("", "640106", Distance.UNKNOWN),
        ("640106", "", Distance.UNKNOWN),
    ],
)
def test_distance_tells_only_what_the_codes_tell(work: str, home: str, expected: Distance) -> None:
    assert divisions.distance(work, home) is expected


def test_a_place_that_nobody_knows_is_called_by_its_code() -> None:
    assert divisions.called("640106") == "金凤区"
    assert divisions.called("999999999999") == "999999999999"
