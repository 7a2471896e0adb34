import re
from decimal import Decimal

import cn2an
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caseworker_app.domain import money

amounts = st.integers(0, 10**14)


@given(st.integers(-(10**15), 10**15))
def test_yuan_and_fen_are_each_others_way_back(amount: int) -> None:
    assert money.fen(money.yuan(amount)) == amount
    assert money.fen(Decimal(money.yuan(amount))) == amount
    assert money.fen(money.shown(amount)) == amount


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1e3", "--3", "3 500", ".5", "5.", "1,4.005"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text.replace(",", "")) or "^$"):
        money.fen(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1400", 140000), ("1,400.5", 140050), ("1，400", 140000), (" 0.01 ", 1), ("-3.10", -310)],
)
def test_amounts_people_write(text: str, amount: int) -> None:
    assert money.fen(text) == amount


@pytest.mark.parametrize(
    ("amount", "shown"), [(140000, "1,400"), (133333, "1,333.33"), (-5, "-0.05"), (0, "0")]
)
def test_amounts_as_people_read_them(amount: int, shown: str) -> None:
    assert money.shown(amount) == shown


@given(amounts)
@example(10)
@example(1)
@example(100_000_00)
@example(10_05)
@example(107_000_53)
@example(100_010_00)
@example(1_0000_0001_00)
def test_capital_numerals_agree_with_another_library(amount: int) -> None:
    assert money.capital(amount) == cn2an.an2cn(money.yuan(amount), "rmb")


@pytest.mark.parametrize(
    ("amount", "capital"),
    [
        (0, "零元整"),
        (140000, "壹仟肆佰元整"),
        (133333, "壹仟叁佰叁拾叁元叁角叁分"),
        (28, "贰角捌分"),
        (600005, "陆仟元零伍分"),
        (1010_00, "壹仟零壹拾元整"),
        (20030000_00, "贰仟零叁万元整"),
    ],
)
def test_capital_numerals(amount: int, capital: str) -> None:
    assert money.capital(amount) == capital


@pytest.mark.parametrize("amount", [-1, 10**18])
def test_amounts_that_have_no_capital_numerals(amount: int) -> None:
    with pytest.raises(ValueError, match=str(amount)):
        money.capital(amount)
