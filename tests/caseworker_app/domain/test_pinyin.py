import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin.pinyin_dict import pinyin_dict

from caseworker_app.domain import pinyin


def without_tones(marked: str) -> list[str]:
    """Return the syllables of an entry of the dictionary, the usual first, ü as v."""
    found = []
    for each in marked.split(","):
        plain = unicodedata.normalize("NFD", each).replace("u\u0308", "v")
        found.append("".join(letter for letter in plain if not unicodedata.combining(letter)))
    return list(dict.fromkeys(found))


def made() -> str:
    """Return what `pinyin.txt` has to hold: a syllable, who is read so first, who is read so too."""
    usual: dict[str, list[str]] = {}
    further: dict[str, list[str]] = {}
    for code, marked in sorted(pinyin_dict.items()):
        first, *others = without_tones(marked)
        usual.setdefault(first, []).append(chr(code))
        for other in others:
            further.setdefault(other, []).append(chr(code))
    return "".join(
        f"{syllable}\t{''.join(usual.get(syllable, []))}\t{''.join(further.get(syllable, []))}\n"
        for syllable in sorted(usual.keys() | further.keys())
    )


def test_the_readings_are_those_of_the_dictionary() -> None:
    assert pinyin._FILE.read_text("utf-8") == made()


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("单国强", "shanguoqiang"),
        ("仇英", "qiuying"),
        ("解珍", "xiezhen"),
        ("曾乐", "zengle"),
        ("查文斌", "zhawenbin"),
        ("盖天力", "getianli"),
        ("区志明", "ouzhiming"),
        ("任长霞", "renzhangxia"),
        ("华罗庚", "hualuogeng"),
        ("万俟卨", "moqixie"),
        ("尉迟恭", "yuchigong"),
        ("长孙无忌", "zhangsunwuji"),
        ("吕布", "lvbu"),
        ("马国强", "maguoqiang"),
        ("买买提·艾力", "maimaitiaili"),
    ],
)
def test_a_surname_is_read_as_one(name: str, spoken: str) -> None:
    assert pinyin.readings(name)[0].pinyin == spoken


def test_a_name_is_read_in_all_likely_ways() -> None:
    assert {each.pinyin for each in pinyin.readings("单长行")} >= {
        "shanzhangxing",
        "danzhangxing",
        "shanchangxing",
        "shanzhanghang",
    }
    assert [each.pinyin for each in pinyin.readings("马朝阳")][:2] == ["machaoyang", "mazhaoyang"]
    assert pinyin.readings("马国强")[0] == pinyin.Reading("maguoqiang", "mgq", "guoqiang")
    assert pinyin.readings("尉迟敬德")[0].given == "jingde"
    assert max(len(pinyin.readings(chr(each) * 3)) for each in range(0x4E00, 0x9FA6)) == pinyin.MOST


def test_what_has_no_reading_stands_for_itself() -> None:
    assert pinyin.readings("马\U0003106cA")[0] == pinyin.Reading(
        "ma\U0003106ca", "m\U0003106ca", "\U0003106ca"
    )
    assert pinyin.readings("· ") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("niuguoqiang", "liuguoqian"),
        ("zhanguo", "zangguo"),
        ("zhangan", "zanan"),
        ("shichangling", "sicanlin"),
        ("lvnv", "lunu"),
    ],
)
def test_what_is_mixed_up_is_alike(one: str, other: str) -> None:
    assert pinyin.fold(one) == pinyin.fold(other)


@given(st.text("abcghilnosuvz", max_size=12), st.text("abcghilnosuvz", max_size=12))
def test_a_beginning_stays_one_when_folded(beginning: str, rest: str) -> None:
    assert pinyin.fold(beginning + rest).startswith(pinyin.fold(beginning))


def test_typed_pinyin_is_taken_as_it_is_meant() -> None:
    assert pinyin.letters(" Mǎ Guó'qiáng ") == "maguoqiang"
    assert pinyin.letters("LÜ bu") == "lvbu"


def test_words_are_found_by_their_initials() -> None:
    assert "djfw" in {each.initials for each in pinyin.spellings("登记服务")}
    assert "cz" in {each.initials for each in pinyin.spellings("重做")}
