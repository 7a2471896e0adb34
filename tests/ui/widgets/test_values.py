"""Values of the journal and of a preview are read, not decoded."""

from collections.abc import Iterator

import pytest

from caseworker_app import wording
from ui.widgets.values import field_words, value_words


@pytest.fixture(autouse=True)
def speak_chinese() -> Iterator[None]:
    before = wording.language()
    wording.use(wording.ZH)
    yield
    wording.use(before)


@pytest.mark.parametrize(
    ("table", "field", "value", "words"),
    [
        ("membership", "relation", "daughter", "之女"),
        ("membership", "relation", "head", "户主"),
        ("spell", "wage", 350000, "3,500"),
        ("spell", "wage", "350000", "3,500"),
        ("spell", "insured", True, "是"),
        ("spell", "insured", "False", "否"),
        ("spell", "employer", "", "—"),
        ("person", "phone", "13800001234", "138****1234"),
        ("household_attribute", "value", "ordinary", "一般农户"),
        ("person_attribute", "labour_skill", "ordinary", "普通劳动力"),
        ("spell", "started_on", "2024-03-05", "2024-03-05"),
    ],
)
def test_a_value_is_said_in_words(table: str, field: str, value: object, words: str) -> None:
    assert value_words(table, field, value) == words


def test_a_field_is_named_with_its_record() -> None:
    assert "started_on" not in field_words("spell", "started_on")
    assert "labour_skill" not in field_words("person_attribute", "labour_skill")
