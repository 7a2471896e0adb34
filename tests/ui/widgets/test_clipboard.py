"""Cells as Excel and WPS copy and paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.widgets import clipboard

CELL = st.text(st.sampled_from('甲a1 \t\n"\r,'), max_size=6).map(lambda text: text.replace("\r", ""))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("甲\t乙\r\n丙\t丁\r\n", [["甲", "乙"], ["丙", "丁"]]),
        ("甲\t\n\t丁", [["甲", ""], ["", "丁"]]),
        ('"两\n行"\t乙', [["两\n行", "乙"]]),
        ('"说""好"""\t乙', [['说"好"', "乙"]]),
        ('"没有关上\t乙\n丙', [['"没有关上', "乙"], ["丙"]]),
        ('他"说\t乙', [['他"说', "乙"]]),
        ("甲\r乙", [["甲"], ["乙"]]),
        ("", [[""]]),
        ("\n", [[""]]),
        ("甲\n\n乙\n", [["甲"], [""], ["乙"]]),
    ],
)
def test_copied_text_is_read_cell_by_cell(text: str, rows: list[list[str]]) -> None:
    assert clipboard.parse(text) == rows


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1)
    )
)
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    text = clipboard.written(rows)
    # A single empty last row is indistinguishable from the end of the row before.
    assert clipboard.parse(text + "\r\n") == rows


def test_numbers_that_are_names_stay_text_in_a_table() -> None:
    table = clipboard.table_of([["640106198501011234", "0951", "3500", "0.5", "a<b"]])
    assert table.count("mso-number-format") == 3
    assert "a&lt;b" in table
