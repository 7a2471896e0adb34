from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app.domain import identity


@st.composite
def first17(draw: st.DrawFn) -> tuple[str, date, int]:
    region = draw(st.integers(100000, 839999))
    born = draw(st.dates(date(1900, 1, 1), date(2030, 12, 31)))
    serial = draw(st.integers(0, 999))
    return f"{region}{born:%Y%m%d}{serial:03d}", born, serial


def slow_check(digits: str) -> str:
    """Find the check character as the standard states it: the weighted sum of all 18 is 1 modulo 11."""
    weights = [2**power % 11 for power in range(17, -1, -1)]
    base = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))
    value = next(each for each in range(11) if (base + each) % 11 == 1)
    return "X" if value == 10 else str(value)


@given(first17())
def test_a_sound_number_says_birthday_and_sex(drawn: tuple[str, date, int]) -> None:
    digits, born, serial = drawn
    assert identity.check_digit(digits) == slow_check(digits)
    found = identity.parse(digits + slow_check(digits))
    assert (found.number[:17], found.born, found.sex) == (digits, born, "male" if serial % 2 else "female")
    assert found.disability == ""


@given(first17(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_found(drawn: tuple[str, date, int], place: int, shift: int) -> None:
    digits = drawn[0]
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    with pytest.raises(ValueError, match=r"checksum|characters"):
        identity.parse(wrong + slow_check(digits))


@given(first17(), st.integers(0, 15))
def test_two_neighbours_changed_over_are_found(drawn: tuple[str, date, int], place: int) -> None:
    digits = drawn[0]
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    if swapped != digits:
        with pytest.raises(ValueError, match=r"checksum|characters"):
            identity.parse(swapped + slow_check(digits))


def test_a_disability_card_carries_the_number_and_the_kind() -> None:
    digits = "64010619850101001"
    number = digits + slow_check(digits)
    assert identity.parse(number + "43").disability == "43"
    assert identity.parse(number + "43B1").number == number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "length"),
        ("64010619850101001", "length"),
        ("64010619850101001X9", "length"),
        ("6401061985010１001X", "characters"),
        ("04010619850101001X", "characters"),
        ("64010619850101001x", "characters"),
        ("640106198501010011", "checksum"),
    ],
)
def test_why_a_number_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        identity.parse(text)


@pytest.mark.parametrize("born", ["20230229", "20231301", "19850431", "00000000"])
def test_a_birthday_that_does_not_exist_is_refused(born: str) -> None:
    digits = f"640106{born}001"
    with pytest.raises(ValueError, match="birth_date"):
        identity.parse(digits + slow_check(digits))


@given(first17())
def test_a_masked_number_tells_neither_birthday_nor_serial(drawn: tuple[str, date, int]) -> None:
    number = drawn[0] + slow_check(drawn[0])
    assert identity.masked(number) == number[:6] + "********" + number[14:]


@given(st.text("0123456789", max_size=30))
def test_masks_keep_the_length_or_hide_everything(digits: str) -> None:
    for mask, shown in ((identity.masked, 10), (identity.masked_phone, 7), (identity.masked_card, 4)):
        masked = mask(digits)
        assert sum(each.isdigit() for each in masked) <= shown
        assert masked.endswith(digits[-4:]) or set(masked) <= {"*"}
    assert len(identity.masked(digits)) == len(identity.masked_card(digits)) == len(digits)


def test_numbers_that_look_alike_when_masked_show_the_digits_that_tell_them_apart() -> None:
    one, other = "13911110001", "13912210001"
    assert identity.masked_apart(identity.masked_phone, one, (one, other)) == "139*11*0001"
    assert identity.masked_apart(identity.masked_phone, other, (one, other)) == "139*22*0001"
    assert identity.masked_apart(identity.masked_phone, one, ("13911110002", one)) == "139****0001"
    assert identity.masked_apart(identity.masked_phone, "095112345678", ("0951912345678",)) == "095112345678"
