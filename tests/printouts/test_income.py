"""The form of a household lists its members, all of them, legibly, with the sums that were decided."""

from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.money import capital, shown
from caseworker_app.read_models.claims import ClaimForm
from caseworker_app.wording import on_paper
from printouts import layout
from printouts.form import FIELDS, FORMS, _Filler, _listed, facts, read_layout, render
from printouts.layout import Placed
from printouts.page import Sheet
from tests.printouts.claims import CLAIM, household
from tests.printouts.reading import joined, places, texts

INCOME = (FORMS / "income_award.toml").read_text(encoding="utf-8")
LONG_NAME = "买买提·吐尔逊江·阿卜杜热合曼"
_MANY_JOBS = household(6, jobs=5, paid=600000)
LONG = replace(
    _MANY_JOBS,
    name=LONG_NAME,
    address="东海省云城市山阳县良田镇和顺新村（易地搬迁安置区）二期 12 号楼 3 单元 1502 室 4 组",
    card_holder=LONG_NAME,
    card_bank="东海省云城市山阳县农村商业银行股份有限公司良田支行",
    members=tuple(
        replace(
            member,
            name=f"{LONG_NAME}{serial}",
            relation="之兄弟姐妹的配偶",
            income=12345678,
            spells=tuple(
                replace(
                    spell,
                    place="内蒙古自治区 锡林郭勒盟 西乌珠穆沁旗",
                    employer=f"云城经济技术开发区某某某某某精密电子科技股份有限公司第{serial}{index}厂",
                )
                for index, spell in enumerate(member.spells)
            ),
        )
        for serial, member in enumerate(_MANY_JOBS.members)
    ),
)


def _pdf(*forms: ClaimForm) -> bytes:
    target = BytesIO()
    assert render(forms, target, invariant=True) == []
    return target.getvalue()


def _grids(claim: ClaimForm) -> list[list[Placed]]:
    """Return the boxes of every page of a claim."""
    filler, plan = _Filler(Sheet(BytesIO(), "", "")), read_layout(claim.form)
    pages = filler.shared(plan, claim.levels, _listed(claim, facts(claim)))
    return [filler.grid(plan, page) for page, _ in pages]


def _said(claim: ClaimForm) -> list[list[tuple[Placed, str]]]:
    """Return the boxes of every page with what stands in them."""
    pdf, result = _pdf(claim), []
    for page, boxes in enumerate(_grids(claim)):
        characters = places(pdf, page)
        result.append(
            [
                (
                    box,
                    "".join(
                        character
                        for character, left, top, right, bottom in characters
                        if box.x <= (left + right) / 2 < box.x + box.wide
                        and box.y <= (top + bottom) / 2 < box.y + box.high
                    ),
                )
                for box in boxes
            ]
        )
    return result


@pytest.mark.parametrize(("count", "sheets"), [(1, 1), (3, 1), (6, 1), (7, 2), (9, 2)])
def test_every_member_is_listed_once_with_everything_known(count: int, sheets: int) -> None:
    claim = household(count, paid=600000)
    pages = texts(_pdf(claim))
    assert len(pages) == sheets
    rows = [
        [said for box, said in page if box.entry == entry]
        for page in _said(claim)
        for entry in sorted({box.entry for box, _ in page if box.entry is not None})
    ]
    assert rows == [
        [
            member.name,
            member.identity_number,
            member.relation,
            joined(f"{member.spells[0].place}{member.spells[0].employer}"),
            "2023.10.8—2024.1.5",
            shown(member.income),
            shown(member.due),
            shown(member.paid),
        ]
        for member in claim.members
    ]
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共{sheets}页" in joined(page)
        for value in (claim.name, claim.identity_number, claim.household_no, claim.phone, claim.number):
            assert value in page
        assert ("续表" in page) == (number > 1)


def test_the_first_page_says_what_the_household_claims() -> None:
    claim = household(4, paid=600000)
    (page,) = texts(_pdf(claim))
    said = joined(page)
    values = [
        *claim.title,
        claim.address,
        "4人",
        f"{on_paper(claim.cycle_first)}至{on_paper(claim.cycle_last)}",
        "☑脱贫不稳定户",
        "¥6,000.00",
        f"人民币{capital(claim.amount)}",
        claim.card_holder,
        claim.card_bank,
        claim.card_number,
        *claim.evidence_required,
        *claim.evidence_any_of,
        *(note.rstrip("。") for note in claim.notes),
        claim.citation,
        "代办人",
        "核实意见",
        "审核意见",
        "审定意见",
    ]
    for value in values:
        assert joined(value) in said, value
    assert said.count("（公章）") == 3
    assert said.count("☑") == 1
    assert "{" not in page
    assert "None" not in page


def test_the_limit_of_the_household_is_named_where_it_was_applied() -> None:
    whole, limited = household(3), household(3, paid=600000)
    due = sum(member.due for member in whole.members)
    assert due > 600000
    for claim, note, paid in (
        (whole, "", shown(due)),
        (limited, f"应奖合计{shown(due)}元，超过每户限额，按限额6,000元奖励。", "6,000"),
    ):
        (page,) = _said(claim)
        said = [text for _, text in page]
        start = said.index("户合计")
        assert said[start : start + 5] == ["户合计", note, shown(due), paid, "申请金额"]


def test_members_below_the_first_step_are_listed_and_told_apart() -> None:
    claim = household(3)
    claim = replace(claim, members=(*claim.members[:2], replace(claim.members[2], due=0, paid=0)))
    assert facts(claim)["applicants"] == "3 人（其中应奖 2 人）"
    assert claim.members[2].identity_number in texts(_pdf(claim))[0]


def test_a_page_says_how_many_follow() -> None:
    first, second = texts(_pdf(household(9, paid=600000)))
    assert "其余 3 人见下页" in first
    assert "见下页" not in second
    assert "户 合 计" in second
    assert "核实意见" not in second
    assert second.count("（公章）") == 1


@pytest.mark.parametrize(("claim", "sheets"), [(household(6, jobs=3, paid=600000), 2), (LONG, 2)])
def test_many_jobs_make_rows_higher_and_pages_more_rather_than_letters_small(
    claim: ClaimForm, sheets: int
) -> None:
    pages = texts(_pdf(claim))
    assert len(pages) == sheets
    said = "".join(map(joined, pages))
    for member in claim.members:
        for spell in member.spells[:3]:
            assert joined(f"{spell.place}{spell.employer}") in said
    for page in range(sheets):
        size = min(
            bottom - top
            for character, _, top, _, bottom in places(_pdf(claim), page)
            if character in "城科技有限公司"
        )
        assert size > 5.5 * 0.75 * 25.4 / 72


@pytest.mark.parametrize(
    "claim",
    [LONG, *(household(count, jobs=jobs) for count in (1, 3, 6, 9) for jobs in (1, 2, 4))],
    ids=lambda claim: f"{len(claim.members)}-{len(claim.members[0].spells)}-{len(claim.name)}",
)
def test_texts_stay_inside_their_boxes(claim: ClaimForm) -> None:
    pdf, plan, grids = _pdf(claim), read_layout(claim.form), _grids(claim)
    assert len(grids) == len(texts(pdf))
    for page, boxes in enumerate(grids):
        foot = max(box.y + box.high for box in boxes)
        assert foot <= plan.bottom + 0.1
        for character, left, top, right, bottom in places(pdf, page):
            assert left >= plan.left - 0.1, character
            assert right <= plan.left + plan.wide + 0.1, character
            if plan.top <= top and bottom <= foot:
                inside = [
                    box
                    for box in boxes
                    if box.x <= left
                    and right <= box.x + box.wide
                    and box.y <= top
                    and bottom <= box.y + box.high
                ]
                assert len(inside) == 1, (page, character, left, top)


def test_long_values_are_printed_whole_and_further_jobs_counted() -> None:
    said = "".join(joined(page) for page in texts(_pdf(LONG)))
    for member in LONG.members:
        for value in (member.name, member.relation, member.spells[2].employer, "123,456.78"):
            assert joined(value) in said, value
        assert member.spells[3].employer not in said
    assert said.count("等5段") == 2 * len(LONG.members)
    assert LONG.address.replace(" ", "") in said


def test_a_number_is_not_broken_to_a_second_line() -> None:
    claim = household(3, paid=600000)
    claim = replace(
        claim, members=tuple(replace(member, income=123456789, paid=123456) for member in claim.members)
    )
    (page,) = texts(_pdf(claim))
    assert page.count("1,234,567.89") == 3
    assert page.count("1,234.56") == 3


def test_a_text_too_long_for_a_whole_page_shrinks_rather_than_be_cut() -> None:
    claim = household(2)
    endless = replace(claim.members[0], spells=(replace(claim.members[0].spells[0], employer="很" * 1500),))
    claim = replace(claim, members=(endless, claim.members[1]))
    pages = texts(_pdf(claim))
    assert len(pages) == 2
    assert pages[0].count("很") == 1500
    plan = read_layout(claim.form)
    assert max(box.y + box.high for box in _grids(claim)[0]) == pytest.approx(plan.bottom)


def test_without_members_there_are_lines_to_write_on() -> None:
    empty = household(0)
    (boxes,) = _grids(empty)
    assert len({box.y for box in boxes if box.entry is not None}) == 6
    said = joined(texts(_pdf(empty))[0])
    assert "限额" not in said
    assert "户合计申请金额" in said


def test_a_household_and_a_person_share_a_file() -> None:
    pages = texts(_pdf(CLAIM, household(9), CLAIM, household(2)))
    assert [("续表" in page) for page in pages] == [False, False, True, False, False]
    assert _pdf(household(9), household(2)) == _pdf(household(9), household(2))


def test_rows_that_grow_stop_at_their_most_and_the_others_fill_the_page() -> None:
    plan = read_layout("income_award")
    assert plan.table is not None
    for entries in range(1, plan.table.limit + 1):
        for levels in (CLAIM.levels, ("village", "county")):
            boxes = plan.placed(levels, entries)
            assert max(box.y + box.high for box in boxes) == pytest.approx(plan.bottom)
            rows = [box for box in boxes if box.entry is not None and box.x == pytest.approx(plan.left)]
            assert [box.entry for box in rows] == list(range(entries))
            assert all(plan.table.height <= box.high <= plan.table.most + 0.001 for box in rows)
            assert all(one.y + one.high == pytest.approx(other.y) for one, other in pairwise(rows))


@pytest.mark.parametrize(
    ("edit", "key", "expected"),
    [
        (("{members.name}", "{members.nmae}"), "rows[5].boxes[0].text", "'members.nmae'"),
        (('text = "{name}"', 'text = "{members.name}"'), "rows[0].boxes[1].text", "'members.name'"),
        (('each = "members"', 'each = "spells"'), "rows[5].each", "members"),
        (('pages = "all"', 'each = "members"'), "rows[5].each", "one row with `each`"),
        (('pages = "all"', 'pages = "last"'), "rows[0].pages", "first | more | all"),
        (('pages = "all"', "limit = 2"), "rows[0].limit", "no such key"),
        (("limit = 6", "limit = 0"), "rows[5].limit", "a whole number from 1"),
        (("limit = 6", "limit = 16"), "page.bottom", "room for all rows"),
        (("most = 18", "most = 8"), "rows[5].most", "not below `height`"),
        (('height = 24\npages = "more"', 'height = 240\npages = "more"'), "page.bottom", "room for all rows"),
        (('text = "户 合 计"', 'text = "户 合 计", rows = 20'), "rows[6].boxes[0].rows", "rows that exist"),
        (
            ('kind = "head", text = "姓　　名"', 'kind = "head", rows = 2, text = "姓"'),
            "rows[4].boxes[0].rows",
            "are not repeated",
        ),
        (('more = "（续表）"', "more = 2"), "title.more", "a text"),
    ],
)
def test_a_mistake_is_named_with_its_key(
    tmp_path: Path, edit: tuple[str, str], key: str, expected: str
) -> None:
    assert edit[0] in INCOME
    path = tmp_path / "county.toml"
    path.write_text(INCOME.replace(*edit, 1), encoding="utf-8")
    with pytest.raises(ExpectedError) as caught:
        layout.read(path, FIELDS)
    assert caught.value.values["key"] == key
    assert expected in str(caught.value.values["expected"])
