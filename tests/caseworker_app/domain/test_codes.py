from collections import Counter

import pytest

from caseworker_app.domain import claim, codes, package, worker
from caseworker_app.domain.divisions import Distance

SIZES = {"relation": 28, "ethnicity": 56, "industry": 20, "labour_skill": 5, "monitored_kind": 3, "yes_no": 2}
LISTS = (
    "household_kind monitored_kind relation sex ethnicity education schooling health labour_skill "
    "political_status risk spell_kind channel industry intention service_kind service_outcome status "
    "claim_state objection_outcome payment_outcome distance end_reason leave_reason trade attachment_kind yes_no "
    "organisation_kind organisation_size organisation_level engagement_role insurance_kind payer "
    "certificate_kind business_kind loan_kind post_kind hardship "
    "comparison_kind comparison_result reply_outcome month_state seal standing device_state conflict_choice"
)


def test_all_lists_are_there() -> None:
    assert " ".join(codes.names()) == LISTS
    assert {name: len(codes.code_list(name).codes) for name in SIZES} == SIZES


@pytest.mark.parametrize("name", codes.names())
def test_a_spelling_means_one_code_and_every_label_reads_back(name: str) -> None:
    listed = codes.code_list(name)
    texts = [text for entry in listed.entries.values() for text in codes.spellings(entry)]
    folded = Counter(codes._spelling(text) for text in texts)
    assert [text for text, count in folded.items() if count > 1] == []
    for code, entry in listed.entries.items():
        assert entry["zh"]
        assert entry["en"]
        assert {listed.parse(text) for text in codes.spellings(entry)} == {code}
        assert listed.label(code, "zh_CN") == entry["zh"]
        assert listed.label(code, "en") == entry["en"]
    assert len(set(listed.labels("zh_CN"))) == len(set(listed.labels("en"))) == len(listed.codes)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("relation", "本人", "head"),
        ("relation", "户主", "head"),
        ("relation", "儿子", "son"),
        ("relation", "之女", "daughter"),
        ("relation", "子/婿", None),
        ("ethnicity", "回", "HU"),
        ("ethnicity", "回族", "HU"),
        ("ethnicity", "Uygur", "UG"),
        ("monitored_kind", "边缘户", "marginal"),
        ("education", "中专", "senior"),
        ("schooling", "高一", "senior_1"),
        ("health", "大病", "serious"),
        ("risk", "因自然灾害（洪涝）", "disaster"),
        ("industry", "居民服务和其他服务业", "resident_services"),
        ("distance", "跨县(区)", "cross_county"),
        ("sex", " 男\n", "male"),
        ("sex", "ＦＥＭＡＬＥ", "female"),
        ("yes_no", "是", "yes"),
        ("yes_no", "也许", None),
        ("yes_no", "", None),
    ],
)
def test_a_cell_is_read_as_written_in_the_field(name: str, text: str, code: str | None) -> None:
    assert codes.code_list(name).parse(text) == code


def test_an_unknown_code_is_shown_as_it_is_and_an_unknown_list_is_an_error() -> None:
    assert codes.code_list("sex").label("x", "en") == "x"
    with pytest.raises(KeyError):
        codes.code_list("no_such_list")


def test_the_lists_hold_what_the_rules_speak_of() -> None:
    assert set(codes.code_list("status").codes) == set(worker.Status)
    assert set(codes.code_list("distance").codes) == set(Distance)
    assert set(package.KINDS) <= set(codes.code_list("service_kind").codes)
    assert {*claim.STEPS, *claim.DEAD} <= set(codes.code_list("claim_state").codes)
    assert set(worker.ABLE_SKILLS) <= set(codes.code_list("labour_skill").codes)
