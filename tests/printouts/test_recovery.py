"""The recovery sheet shows the code so that it can be copied by hand without a mistake."""

from datetime import date
from io import BytesIO

from printouts.recovery import groups, recovery_sheet
from tests.printouts.reading import joined, places, texts

CODE = "EA4Y-T44C-T5QV-1Q3H-CXHC-ZB70-506R-3T2D-1"


def _pdf(code: str = CODE, officer: str = "海建国") -> bytes:
    target = BytesIO()
    assert recovery_sheet(code, "良田镇和顺新村", officer, date(2024, 11, 22), target) == []
    return target.getvalue()


def test_one_page_with_the_code_and_what_it_is_for() -> None:
    (page,) = texts(_pdf())
    assert CODE.replace("-", "") in joined(page)
    for said in ("台账恢复码", "良田镇和顺新村", "海建国", "2024年11月22日", "怎样保管", "第 1 页"):
        assert joined(said) in joined(page)


def test_the_code_is_large_and_everything_on_the_page() -> None:
    characters = places(_pdf())
    assert max(bottom - top for each, _, top, _, bottom in characters if each == "E") > 6
    for _, left, top, right, bottom in characters:
        assert 20 <= left <= right <= 190
        assert 20 <= top <= bottom <= 289


def test_a_code_without_groups_is_shown_in_fours() -> None:
    assert groups("ABCDEFGHJ") == ["ABCD", "EFGH", "J"]
    assert groups("AB CD-EF") == ["AB", "CD", "EF"]
    assert "____" in texts(_pdf("ABCDEFGHJ", officer=""))[0]
