"""A county may change a form file, and is told exactly what is wrong with it."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from caseworker_app.domain.errors import ExpectedError
from printouts import layout
from printouts.form import FIELDS, FORMS, render
from printouts.layout import filled
from tests.printouts.claims import CLAIM
from tests.printouts.reading import texts

TRAVEL = (FORMS / "travel_award.toml").read_text(encoding="utf-8")
Edit = Callable[[str], str]


def _edit(old: str, new: str) -> Edit:
    assert old in TRAVEL
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("edit", "key", "expected"),
    [
        (_edit("top = 38", ""), "page.top", "a number"),
        (_edit("top = 38", 'top = "38"'), "page.top", "a number"),
        (_edit("top = 38", "top = -1"), "page.top", "not below 0"),
        (_edit("top = 38", "top = true"), "page.top", "a number"),
        (_edit("top = 38", "top = 38\ntopp = 1"), "page.topp", "no such key"),
        (_edit("columns = [22.5, 24", "columns = [0, 24"), "page.columns", "above 0"),
        (_edit("columns = [22.5, 24", "columns = [82.5, 24"), "page.columns", "not above 210"),
        (_edit("bottom = 266", "bottom = 200"), "page.bottom", "room for all rows"),
        (_edit('face = "serif"', 'face = "kai"'), "header.face", "serif | sans | bold"),
        (_edit("least = 8,", "least = 18,"), "kinds.label.least", "not above `size`"),
        (
            _edit('kind = "label", text = "姓', 'kind = "lable", text = "姓'),
            "rows[0].boxes[0].kind",
            "label | field",
        ),
        (_edit('text = "{name}"', 'text = "{nmae}"'), "rows[0].boxes[1].text", "'nmae'"),
        (_edit('text = "{name}"', 'text = "{name"'), "rows[0].boxes[1].text", "{field}"),
        (_edit('text = "{name}"', "text = 3"), "rows[0].boxes[1].text", "a text"),
        (
            _edit('text = "{name}", align = "center"', 'text = "{name}", align = "mid"'),
            "rows[0].boxes[1].align",
            "left",
        ),
        (_edit("columns = 3 }", "columns = 4 }"), "rows[3].boxes[3].columns", "at most 0"),
        (_edit("columns = 3 }", "columns = 0 }"), "rows[3].boxes[1].columns", "a whole number from 1"),
        (_edit("columns = 3 }", "columns = 2 }"), "rows[3].boxes", "all 6 columns"),
        (_edit("rows = 4", "rows = 40"), "rows[4].boxes[0].rows", "rows that exist"),
        (_edit("x = 52, y = -2.6", 'x = "52", y = -2.6'), "rows[11].boxes[1].marks[1].x", "a number"),
        (_edit("[notes]", "[nots]"), "notes", "a table"),
        (_edit("[page]", "[page"), "", "line"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, edit: Edit, key: str, expected: str) -> None:
    path = tmp_path / "county.toml"
    path.write_text(edit(TRAVEL), encoding="utf-8")
    with pytest.raises(ExpectedError) as caught:
        layout.read(path, FIELDS)
    assert caught.value.code == "form.invalid"
    assert caught.value.values["file"] == "county.toml"
    assert caught.value.values["key"] == key
    assert expected in str(caught.value.values["expected"])


def test_a_county_changes_a_form_without_python(tmp_path: Path) -> None:
    changed = TRAVEL.replace('"代　　办"', '"委托代办"').replace("从事工种", "工　　种")
    (tmp_path / "travel_award.toml").write_text(changed, encoding="utf-8")
    target = BytesIO()
    render([replace(CLAIM, name="李芳")], target, folders=(tmp_path, FORMS))
    (page,) = texts(target.getvalue())
    assert "委托代办" in page
    assert "从事工种" not in page
    assert "李芳" in page


def test_every_form_that_is_shipped_can_be_read() -> None:
    for path in FORMS.glob("*.toml"):
        assert layout.read(path, FIELDS).rows


def test_no_place_and_no_amount_stands_in_a_form() -> None:
    for path in FORMS.glob("*.toml"):
        said = path.read_text(encoding="utf-8")
        assert not [word for word in ("银川", "金凤", "1400", "1,400", "600 元", "JF") if word in said]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{name}", "王平"),
        ("{phone}", ""),
        ("电话 {phone:6}", "电话 ______"),
        ("{kind?甲} {kind?乙}", "☑甲 ☐乙"),
        ("{phone|kind?甲}", "☑甲"),
        ("{name|kind?甲}", "☐甲"),
        ("{kind?别的=丙/甲}", "☑别的"),
        ("{list?二} {list?三}", "☑二 ☐三"),
        ("{list}", "一、二"),
        ("☐ 手填", "☐ 手填"),
    ],
)
def test_placeholders(text: str, result: str) -> None:
    known: dict[str, layout.Fact] = {"name": "王平", "phone": "", "kind": "甲", "list": ("一", "二")}
    assert filled(text, known) == result
