"""Relations to a new head: what is certain is known, what is not is left to be said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app.domain import codes
from caseworker_app.domain.relations import HEAD, to_new_head

RELATIONS = codes.code_list("relation").codes


@pytest.mark.parametrize(
    ("relation", "sex", "new_head", "new_sex", "old_sex", "expected"),
    [
        ("head", "male", "spouse", "female", "male", "spouse"),
        ("father", "male", "spouse", "female", "male", "husbands_father"),
        ("mother", "female", "spouse", "male", "female", "wifes_mother"),
        ("husbands_father", "male", "spouse", "male", "female", "father"),
        ("son", "male", "spouse", "female", "male", "son"),
        ("sibling", "male", "spouse", "female", "male", ""),
        ("head", "male", "son", "male", "male", "father"),
        ("spouse", "female", "son", "male", "male", "mother"),
        ("head", "female", "daughter", "female", "female", "mother"),
        ("daughter", "female", "son", "male", "male", "sibling"),
        ("daughter_in_law", "female", "son", "male", "male", ""),
        ("grandson", "male", "son", "male", "male", ""),
        ("father", "male", "son", "male", "male", "grandfather"),
        ("mother", "female", "son", "male", "female", "mothers_mother"),
        ("head", "male", "father", "male", "male", "son"),
        ("spouse", "female", "father", "male", "male", "daughter_in_law"),
        ("son", "male", "mother", "female", "male", "grandson"),
        ("daughter", "female", "mother", "female", "female", "daughters_daughter"),
        ("mother", "female", "father", "male", "male", "spouse"),
        ("grandmother", "female", "mother", "female", "male", "husbands_mother"),
        ("grandmother", "female", "father", "male", "male", "mother"),
        ("sibling", "female", "father", "male", "male", "daughter"),
        ("head", "female", "sibling", "male", "female", "sibling"),
        ("son", "male", "sibling", "male", "male", "nephew"),
        ("son", "male", "sibling", "male", "female", ""),
        ("spouse", "female", "daughter_in_law", "female", "male", "husbands_mother"),
        ("head", "male", "son_in_law", "male", "male", "wifes_father"),
        ("son", "male", "uncle", "male", "male", ""),
        ("son", "male", "head", "male", "male", "son"),
    ],
)
def test_relations_are_restated(
    relation: str, sex: str, new_head: str, new_sex: str, old_sex: str, expected: str
) -> None:
    assert to_new_head(relation, sex, new_head, new_sex, old_sex) == expected


SEXES = st.sampled_from(["male", "female", ""])


@given(st.sampled_from(RELATIONS), SEXES, st.sampled_from(RELATIONS), SEXES, SEXES)
def test_a_relation_is_known_or_left_open_and_nobody_else_is_head(
    relation: str, sex: str, new_head: str, new_sex: str, old_sex: str
) -> None:
    found = to_new_head(relation, sex, new_head, new_sex, old_sex)
    assert found in ("", *RELATIONS)
    assert new_head == HEAD or found != HEAD
