"""Cells with one meaning are read however they are written; cells with none are refused, never guessed."""

from calendar import monthrange
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app.domain import codes
from caseworker_app.domain.identity import IdentityNumber, check_digit
from caseworker_app.exchange import check

days = st.dates(date(1901, 1, 1), date(2099, 12, 31))
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
WAYS = (
    "{y}-{m:02d}-{d:02d}",
    "{y}{m:02d}{d:02d}",
    "{y}.{m}.{d}",
    "{y}/{m}/{d}",
    "{y}年{m}月{d}日",
    "{y} 年 {m} 月 {d} 日",
    " {y}-{m}-{d}\u200b",
    "{y}．{m}．{d}",
)
MONTH_WAYS = ("{y}年{m:02d}月", "{y}{m:02d}", "{y}.{m}", "{y}-{m}", "{y}/{m}", "{y}年{m}月")


def refusal(reader: Any, raw: Any) -> str:
    with pytest.raises(check.Refused) as error:
        reader(raw)
    return error.value.code


@given(days, st.sampled_from(WAYS), st.sampled_from([None, FULL_WIDTH, CHINESE]))
def test_a_day_is_read_however_it_is_written(day: date, way: str, script: dict[int, str] | None) -> None:
    written = way.format(y=day.year, m=day.month, d=day.day)
    written = written.translate(script) if script else written
    assert check.first_day(written).value == check.last_day(written).value == day


@given(days, st.sampled_from(MONTH_WAYS))
def test_a_month_alone_means_its_first_or_its_last_day(day: date, way: str) -> None:
    written = way.format(y=day.year, m=day.month)
    assert check.first_day(written).value == day.replace(day=1)
    assert check.last_day(written).value == day.replace(day=monthrange(day.year, day.month)[1])


@given(days)
def test_a_date_cell_is_its_day(day: date) -> None:
    assert check.first_day(day).value == check.last_day(datetime.combine(day, time(13))).value == day


@pytest.mark.parametrize(
    ("raw", "day"), [(2024.3, 3), (2024.11, 11), (202403.0, 3), (202410, 10), ("2024.1", 1), ("2024.10", 10)]
)
def test_a_month_that_a_sheet_keeps_as_a_number(raw: Any, day: int) -> None:
    assert check.first_day(raw).value == date(2024, day, 1)


@pytest.mark.parametrize("official", ["2024-03-05", "20240305", "2024年03月", "202403"])
def test_what_the_national_system_writes_needs_no_correction(official: str) -> None:
    assert check.first_day(official).correction == ""


@pytest.mark.parametrize(
    "raw", ["2024-03-01 00:00:00", "2024/3/1 10:05", "2024-03-01T00:00:00.000", "2024年3月1日 0:00"]
)
def test_a_day_with_its_hour_is_that_day(raw: str) -> None:
    assert check.first_day(raw).value == check.last_day(raw).value == date(2024, 3, 1)


def test_until_now_is_no_last_day() -> None:
    assert check.last_day(" 至今").value is None
    assert refusal(check.first_day, "至今") == "date.form"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2024.13", "date.none"),
        ("20230229", "date.none"),
        ("2024-04-31", "date.none"),
        ("1024年3月", "date.none"),
        ("3月", "date.form"),
        ("去年", "date.form"),
        ("2024-3-5-6", "date.form"),
        ("24.3.5", "date.form"),
        ("2024-3-5 午", "date.form"),
        ("2024 12:30", "date.form"),
        (True, "date.form"),
        (45356.5, "date.form"),
        (2024.1, "date.ambiguous"),
    ],
)
def test_what_is_no_day_is_refused(raw: Any, code: str) -> None:
    assert refusal(check.first_day, raw) == code


@given(st.integers(0, 10**9))
def test_an_amount_is_read_to_the_fen(fen: int) -> None:
    yuan = Decimal(fen) / 100
    ways = [
        f"{yuan:.2f}",
        f"{yuan:,.2f}",
        f"￥{yuan:.2f}元",
        f"¥{yuan:,.2f}",
        f" {yuan:.2f} 元/月",
        f"{yuan:.2f}".translate(FULL_WIDTH),
    ]
    assert {check.amount(way).value for way in ways} == {fen}
    assert check.amount(fen / 100).value == fen
    if fen % 100 == 0:
        assert check.amount(fen // 100).value == check.amount(f"{fen // 100:,}").value == fen


@pytest.mark.parametrize(
    "raw",
    [
        "面议",
        "150元/天",
        "3000-4500",
        "4000以上",
        "-5",
        -5,
        "3.505",
        3.505,
        "1e3",
        "3,5",
        "1,2,3",
        "35,00",
        "",
        True,
        date(2024, 1, 1),
        float("nan"),
        float("inf"),
        1e300,
        "9" * 20,
    ],
)
def test_what_is_no_amount_is_refused(raw: Any) -> None:
    assert refusal(check.amount, raw) == "money.form"


def sound_number(digits: str) -> str:
    return digits + check_digit(digits)


@given(st.dates(date(1930, 1, 1), date(2024, 1, 1)), st.integers(0, 999))
def test_an_identity_number_is_read_however_it_is_written(born: date, serial: int) -> None:
    number = sound_number(f"640106{born:%Y%m%d}{serial:03d}")
    ways = [
        number,
        number.lower(),
        f" {number} ",
        f"'{number}",
        f"{number[:6]} {number[6:14]} {number[14:]}",
        number.translate(FULL_WIDTH),
    ]
    for way in ways:
        found = check.identity_number(way).value
        assert isinstance(found, IdentityNumber)
        assert (found.number, found.born) == (number, born)


@given(st.integers(10**17, 10**18 - 1))
def test_a_number_that_excel_kept_as_a_quantity_is_never_guessed(number: int) -> None:
    for raw in (number, float(number), f"{float(number):.5E}", f"{float(number):.0E}"):
        assert refusal(check.identity_number, raw) in ("identity.rounded", "identity.length")
    assert refusal(check.identity_number, float(number)) == "identity.rounded"
    assert refusal(check.digits, float(number)) == "number.rounded"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("马 秀兰", "马秀兰"),
        ("白\u3000霞华", "白霞华"),
        ("阿依莎•马合木提", "阿依莎·马合木提"),
        ("ＡＢ", "AB"),
    ],
)
def test_names_are_written_one_way(raw: str, value: str) -> None:
    taken = check.name(raw)
    assert (taken.value, bool(taken.correction)) == (value, True)


@pytest.mark.parametrize("raw", [" ", "123", 5.0, "\u200b"])
def test_what_is_no_name_is_refused(raw: Any) -> None:
    assert refusal(check.name, raw) == "name.none"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("13712623368", "13712623368"),
        (13712623368.0, "13712623368"),
        ("+8613712623368", "13712623368"),
        ("0951-5012345", "0951-5012345"),
        ("138-0013-8000", "13800138000"),
    ],
)
def test_telephone_numbers(raw: Any, value: str) -> None:
    assert check.phone(raw).value == value


@pytest.mark.parametrize("raw", ["1371262336", "12345", "无", "23712623368"])
def test_what_is_no_telephone_number_is_refused(raw: str) -> None:
    assert refusal(check.phone, raw) == "phone.form"


@pytest.mark.parametrize("name", codes.names())
def test_every_spelling_of_a_code_is_read(name: str) -> None:
    for code, entry in codes.code_list(name).entries.items():
        for spelling in codes.spellings(entry):
            assert check.code(name)(f" {spelling} ").value == code


def test_several_codes_in_one_cell() -> None:
    for raw in ("残疾,长期慢性病", "长期慢性病、残疾", "长期慢性病 残疾；残疾"):
        assert check.reader("health")(raw).value == "chronic,disabled"
    assert refusal(check.reader("health"), "残疾,好") == "code.unknown"


cells = (
    st.text(max_size=30)
    | st.text("0123456789年月日.-/元,xX ０１２〇一", max_size=20)
    | st.integers()
    | st.floats(allow_nan=True)
    | st.booleans()
    | st.dates()
    | st.datetimes()
)


@pytest.mark.parametrize("kind", [*check.READERS, "sex", "industry"])
@given(raw=cells)
def test_whatever_stands_in_a_cell_is_taken_or_refused(kind: str, raw: Any) -> None:
    try:
        value = check.reader(kind)(raw).value
    except check.Refused as refused:
        value = refused.code
    assert value is not None
