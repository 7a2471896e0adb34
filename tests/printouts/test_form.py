"""An application form says everything the ledger knows, on one page, inside its boxes."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdfium2 import PdfDocument

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.money import capital
from caseworker_app.read_models.claims import ClaimForm
from caseworker_app.wording import on_paper
from printouts.form import FIELDS, FORMS, facts, read_layout, render
from tests.printouts.claims import CLAIM, JOB, UNKNOWN, claims
from tests.printouts.reading import joined, places, texts

LONG_NAME = "买买提·吐尔逊江·阿卜杜热合曼"
LONG = replace(
    CLAIM,
    unit="云城市山阳县良田镇和顺新村村民委员会就业服务站",
    name=LONG_NAME,
    head=LONG_NAME,
    relation="之兄弟媳妇",
    address="东海省云城市山阳县良田镇和顺新村（易地搬迁安置区）二期 12 号楼 3 单元 1502 室 4 组",
    spells=tuple(
        replace(
            JOB,
            started_on=date(2023, 8, serial),
            counted_from=date(2023, 10, 1),
            place=f"内蒙古自治区 锡林郭勒盟 西乌珠穆沁旗 {serial}",
            employer=f"云城经济技术开发区某某某某某精密电子科技股份有限公司第 {serial} 厂",
            trade=f"流水线装配操作工 {serial}",
            wage=500000 + serial,
        )
        for serial in range(1, 6)
    ),
    arithmetic="2023年10月1日至2024年5月4日 7 个月 4 天；5月4日至9月30日 4 个月 27 天；重叠的日子只算一次",
    standard="跨省务工累计满 6 个月的，每人每年一次性交通奖补 1,400 元，与区内外务工交通补贴不重复享受",
    amount=12345678901,
    card_holder=LONG_NAME,
    card_bank="东海省云城市山阳县农村商业银行股份有限公司良田支行",
    evidence_any_of=(
        *CLAIM.evidence_any_of,
        "村级务工证明（村支书和驻村第一书记共同签字）",
        "社会保险参保证明",
    ),
)


def _pdf(*forms: ClaimForm, invariant: bool = False) -> bytes:
    target = BytesIO()
    assert render(forms, target, invariant=invariant) == []
    return target.getvalue()


def test_a_page_says_everything_that_is_known() -> None:
    many = claims(25)
    pages = texts(_pdf(*many))
    assert len(pages) == len(many)
    plain = re.findall(r"\{([a-z_]+)(?::\d+)?\}", (FORMS / "travel_award.toml").read_text(encoding="utf-8"))
    for claim, page in zip(many, pages, strict=True):
        said = joined(page)
        assert claim.identity_number in page
        assert claim.phone in page
        assert claim.household_no in page
        values = [
            *(str(facts(claim)[field]).replace("\u2060", "") for field in plain),
            *claim.title,
            *claim.evidence_required,
            *claim.evidence_any_of,
            capital(claim.amount),
            claim.card_number,
        ]
        for value in values:
            assert joined(value) in said, value
        for spell in claim.spells[:3]:
            for value in (spell.employer, spell.place, spell.trade, on_paper(spell.started_on)):
                assert joined(value) in said, value
        if len(claim.spells) > 3:
            assert f"等{len(claim.spells)}段" in said
            assert on_paper(claim.spells[3].started_on) not in said


def test_ticks_say_what_the_claim_says() -> None:
    said = joined(texts(_pdf(CLAIM))[0])
    for ticked in ("☑脱贫不稳定户", "☑跨省", "☑组织", "☑已签"):
        assert ticked in said
    assert said.count("☑") == 4
    plain = replace(
        CLAIM, monitored_kind="", distance="跨县（区）", spells=(replace(JOB, contract=None, channel=""),)
    )
    said = joined(texts(_pdf(plain))[0])
    assert "☑脱贫户" in said
    assert "☑跨县（区）" in said
    assert said.count("☑") == 2


def test_what_is_not_known_is_left_to_the_hand() -> None:
    (page,) = texts(_pdf(UNKNOWN))
    assert "None" not in page
    assert "☑" not in page
    assert "户名 ____" in page
    assert "{" not in page


def test_only_the_counted_part_of_a_job_is_claimed() -> None:
    job = replace(JOB, started_on=date(2023, 5, 1), ended_on=None, counted_from=date(2023, 10, 1))
    said = facts(replace(CLAIM, spells=(job,)))["periods"]
    assert joined(str(said).replace("\u2060", "")) == (
        "2023年5月1日至今（计2023年10月1日至2024年9月30日）累计9个月（满6个月档）"
    )


@pytest.mark.parametrize("claim", [CLAIM, LONG, *claims(8, seed=7)], ids=lambda claim: claim.number)
def test_texts_stay_inside_their_boxes(claim: ClaimForm) -> None:
    pdf = _pdf(claim)
    plan = read_layout(claim.form)
    boxes = plan.placed(claim.levels)
    foot = max(box.y + box.high for box in boxes)
    for character, left, top, right, bottom in places(pdf):
        assert left >= plan.left - 0.1, character
        assert right <= plan.left + plan.wide + 0.1, character
        assert top >= 10
        assert bottom <= 297 - plan.footer_bottom + 1.5
        if plan.top <= top and bottom <= foot:
            inside = [
                box
                for box in boxes
                if box.x <= left and right <= box.x + box.wide and box.y <= top and bottom <= box.y + box.high
            ]
            assert len(inside) == 1, (character, left, top)


def test_long_values_are_printed_whole_and_smaller() -> None:
    said = joined(texts(_pdf(LONG))[0])
    for value in (
        LONG_NAME,
        LONG.address,
        LONG.spells[2].employer,
        LONG.arithmetic,
        LONG.standard,
        LONG.card_bank,
    ):
        assert joined(value) in said
    assert "①5,000.01元　②5,000.02元".replace("　", "") in said

    def height(claim: ClaimForm, character: str) -> float:
        return max(bottom - top for each, _, top, _, bottom in places(_pdf(claim)) if each == character)

    assert height(LONG, "曼") < 0.8 * height(replace(CLAIM, name="曼"), "曼")


def test_a_character_no_font_has_is_reported_once() -> None:
    target = BytesIO()
    strange = replace(CLAIM, name="王\U0002a6d3", head="王\U0002a6d3")
    assert render([strange, CLAIM, strange], target) == ["\U0002a6d3"]
    assert "王〓" in texts(target.getvalue())[0]


def test_a_claim_prints_the_opinions_of_its_levels() -> None:
    pages = texts(_pdf(CLAIM, replace(CLAIM, levels=("village", "county"))))
    assert "审核意见" in pages[0]
    assert "审核意见" not in pages[1]
    assert pages[1].count("（公章）") == 2
    plan = read_layout(CLAIM.form)
    for levels in (CLAIM.levels, ("village", "county"), ("county",)):
        assert max(box.y + box.high for box in plan.placed(levels)) == pytest.approx(plan.bottom)
    with pytest.raises(ExpectedError) as caught:
        _pdf(replace(CLAIM, levels=("village", "province")))
    assert caught.value.values["file"] == "travel_award.toml"


def test_the_same_claims_make_the_same_file() -> None:
    assert _pdf(*claims(5), invariant=True) == _pdf(*claims(5), invariant=True)


def test_the_file_says_what_it_is() -> None:
    document = PdfDocument(_pdf(CLAIM))
    assert document.get_metadata_value("Title") == "".join(CLAIM.title)
    assert document.get_metadata_value("Author") == CLAIM.unit
    assert b"zh-CN" in _pdf(CLAIM)
    assert [round(size) for size in document[0].get_size()] == [595, 842]


def test_a_batch_stores_the_fixed_part_once() -> None:
    one, many = len(_pdf(*claims(1))), len(_pdf(*claims(101)))
    assert (many - one) / 100 < 4000


def test_no_claims_and_unknown_forms_are_refused() -> None:
    with pytest.raises(ValueError, match="no claims"):
        render([], BytesIO())
    for name in ("no_such_form", "../travel_award"):
        with pytest.raises(ExpectedError) as caught:
            render([replace(CLAIM, form=name)], BytesIO())
        assert caught.value.code == "form.unknown"


def test_every_fact_has_a_field_name() -> None:
    assert facts(CLAIM).keys() >= FIELDS
