"""Each character is drawn by a font that has it, lines break as in Chinese, texts shrink to fit."""

from io import BytesIO

import pytest
from reportlab.pdfbase import pdfmetrics

from printouts import fonts
from printouts.fonts import FACES, Face
from printouts.page import Sheet
from tests.printouts.reading import texts

NOWHERE = "\U0002a6d3"
"""An Extension B character that none of the bundled fonts has."""


def _printed(text: str, face: Face) -> tuple[str, list[str]]:
    """Print a text in lines; return it as read back, and the characters reported as missing."""
    target = BytesIO()
    sheet = Sheet(target, "title", "unit")
    sheet.lines(fonts.fit(text, face, 480, 700, 12, 12), 20, 20, face, "left")
    sheet.next_page()
    missing = sheet.save()
    return texts(target.getvalue())[0].strip().replace("\n", ""), missing


@pytest.mark.parametrize("face", FACES)
def test_rare_characters_are_drawn_and_copied_as_themselves(face: Face) -> None:
    text = "王𬭎㐂 · 马龑𫖯 640X"
    assert _printed(text, face) == (text, [])


def test_a_rare_character_falls_back_to_the_complete_font() -> None:
    common = pdfmetrics.getFont(fonts.runs("王", "serif")[0][0].font).face.charToGlyph
    complete = pdfmetrics.getFont(fonts.runs("王", "sans")[0][0].font).face.charToGlyph
    rare = chr(min(code for code in complete if code >= 0x4E00 and code not in common))
    runs, missing = fonts.runs(f"王{rare}", "serif")
    assert [(run.font, run.text) for run in runs] == [
        ("NotoSerifSC-Regular", "王"),
        ("NotoSansSC-Regular", rare),
    ]
    assert not missing


@pytest.mark.parametrize("face", FACES)
def test_a_character_no_font_has_is_marked_and_reported(face: Face) -> None:
    assert _printed(f"王{NOWHERE}平", face) == ("王〓平", [NOWHERE])


def test_more_characters_than_one_font_subset_holds() -> None:
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 700)) + "𬭎"
    assert _printed(text, "sans") == (text, [])


def test_tick_boxes_are_drawn_and_can_be_copied() -> None:
    assert _printed("☑跨省 ☐跨县（区）", "serif") == ("☑跨省 ☐跨县（区）", [])


@pytest.mark.parametrize(
    ("text", "ems", "lines"),
    [
        ("一二三四五", 4, ["一二三四", "五"]),
        ("一二三四。五", 4, ["一二三", "四。五"]),
        ("一二三（四）五", 4, ["一二三", "（四）五"]),
        ("一二abcd三", 4, ["一二", "abcd三"]),
        ("一\n二", 4, ["一", "二"]),
        ("一二三 ☐四五", 4, ["一二三", "☐四五"]),
        ("一二　三四", 2, ["一二", "三四"]),
        ("abcdefgh", 2, ["abc", "def", "gh"]),
        ("", 4, [""]),
        (f"一二{fonts.whole('三 四')}", 3, ["一二", "三\u00a0四"]),
    ],
)
def test_lines_break_where_chinese_lines_do(text: str, ems: int, lines: list[str]) -> None:
    assert fonts.wrap(text, "sans", 10, ems * 10) == lines


@pytest.mark.parametrize("width", range(12, 200, 7))
def test_no_character_is_lost_in_breaking(width: int) -> None:
    text = "（以上）情况属实，“本周期”内☐未享受☐已享受；abc 12,345.00\u00a0元。！！》〉、①②"
    assert "".join(fonts.wrap(text, "serif", 10, width)).replace(" ", "") == text.replace(" ", "")


def test_a_text_shrinks_between_its_sizes_and_below_rather_than_being_cut() -> None:
    assert fonts.fit("一二三", "sans", 100, 12, 10, 6).size == 10
    assert fonts.fit("一二三四五", "sans", 45, 30, 10, 6) == fonts.Fitted(9, ("一二三四五",))
    for count in (20, 60, 400):
        fitted = fonts.fit("长" * count, "sans", 60, 30, 10, 6)
        assert "".join(fitted.lines) == "长" * count
        assert fitted.high <= 30
        assert max(fonts.width(line, "sans", fitted.size) for line in fitted.lines) <= 60.1
    assert fonts.fit("长" * 20, "sans", 60, 30, 10, 6).size >= 6
