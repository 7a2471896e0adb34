"""Values in words where history shows them: nobody's number in full, whichever field a proposal is about."""

import pytest

from caseworker_app.wording import ZH, speaking
from ui.widgets.values import value_words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13900000009", "139****0009"),
        ("640106196202196321", "640106********6321"),
        ("64010619620219632X", "640106********632X"),
        ("甲厂焊工", "甲厂焊工"),
        ("2024-11", "2024-11"),
        (True, "是"),
        (None, "—"),
        (
            {"person_id": "01a2", "name": "马新生", "identity_number": "640106202311020016"},
            "姓名 马新生、身份证号码 640106********0016",
        ),
    ],
)
def test_what_is_proposed_or_disputed_shows_no_number(value: object, shown: str) -> None:
    with speaking(ZH):
        assert value_words("proposal", "value", value) == shown
        assert value_words("conflict", "ours", value) == shown


def test_a_card_is_masked_too() -> None:
    assert "62284800" not in value_words("proposal", "value", "6228480012345678901")
