"""Finding people: made-up questions of every kind, against a ranking made by reading everybody."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from caseworker_app.domain import pinyin
from caseworker_app.read_models.find import FoundPerson, Rank
from caseworker_app.use_cases.desk import Desk
from db.ids import new_id
from db.queries import find
from db.tables import Household, Membership, Person
from db.unit_of_work import UnitOfWork

A_HOUSEHOLD = 4
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
    "单仇解查盖区华冼乐朴翟覃缪牛宁聂雷虎海哈纳锁妥撒"
)
COMPOUND = ("欧阳", "司马", "尉迟", "万俟", "上官", "长孙")
GIVEN = (
    "国军伟强勇平刚杰涛明龙志华文德贵林学海成建斌超波辉永健世广义兴良山仁宁福生元全胜祥才发武新利清飞彬富顺信子康星光天达安岩中茂进有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆磊民友"
    "秀娟英慧巧美娜静淑惠珠翠雅芝玉萍红娥玲芬芳燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹霞香月莺媛艳瑞凡佳嘉琼勤珍贞莉桂娣行朝长重佑曾查任奇祖占少召调降传弹盛冯"
)


@dataclass(slots=True)
class Known:
    """One made-up person."""

    id: str
    name: str
    identity_number: str
    phone: str
    household: int
    surname: int = 1


def made_up(random: Random) -> Known:
    surname = random.choice(COMPOUND) if random.random() < 0.01 else random.choice(SURNAMES)
    given = "".join(random.choices(GIVEN, k=1 if random.random() < 0.15 else 2))
    born = f"{random.randint(1950, 2010)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    identity_number = f"640106{born}{random.randrange(1000):03d}{random.choice('0123456789X')}"
    return Known(
        new_id(),
        surname + given,
        identity_number,
        f"139{random.randrange(10**8):08d}" if random.random() < 0.7 else "",
        0,
        len(surname),
    )


def write(unit: UnitOfWork, people: list[Known], phones: list[str]) -> None:
    homes = [
        {"id": new_id(), "household_no": f"77{number:08d}", "village_code": "640106100207", "phone": phone}
        for number, phone in enumerate(phones)
    ]
    unit.insert_many(Household, homes)
    unit.insert_many(
        Person,
        [
            {"id": each.id, "name": each.name, "identity_number": each.identity_number, "phone": each.phone}
            for each in people
        ],
    )
    unit.insert_many(
        Membership,
        [
            {
                "person_id": each.id,
                "household_id": homes[each.household]["id"],
                "relation": "son" if number % A_HOUSEHOLD else "head",
            }
            for number, each in enumerate(people)
        ],
    )


def populated(desk: Desk, count: int, seed: int = 7) -> tuple[list[Known], list[str]]:
    """Fill a ledger; return everybody, heads first in each household, and the households' phones."""
    random = Random(seed)
    unique = {each.identity_number: each for each in (made_up(random) for _ in range(count + 2000))}
    people = list(unique.values())[:count]
    for number, each in enumerate(people):
        each.household = number // A_HOUSEHOLD
    phones = [f"138{random.randrange(10**8):08d}" for _ in range(-(-count // A_HOUSEHOLD))]
    with desk.units("made up") as unit:
        write(unit, people, phones)
        unit.commit()
    return people, phones


# -- the ranks again, one person at a time ---------------------------------------------------------------


def alike(text: str) -> str:
    """Make alike what is mixed up."""
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("v", "u")):
        text = text.replace(one, other)
    return re.sub("ng*", "l", text)


def of_letters(
    typed: str, own: list[pinyin.Reading], heads: list[pinyin.Reading]
) -> Iterator[tuple[Rank, bool]]:
    yield Rank.NAME, any(each.pinyin == typed for each in own)
    yield Rank.INITIALS, any(each.initials == typed for each in own)
    yield Rank.GIVEN, any(each.given == typed for each in own)
    yield Rank.NAME_BEGINS, any(each.pinyin.startswith(typed) for each in own)
    yield Rank.INITIALS_BEGIN, any(each.initials.startswith(typed) for each in own)
    yield Rank.GIVEN_BEGINS, any(each.given.startswith(typed) for each in own)
    yield Rank.HEAD, any(each.pinyin == typed for each in heads)
    yield Rank.NEAR, any(alike(each.pinyin) == alike(typed) for each in own)
    plain = re.sub("([zcs])h", r"\1", typed)
    others = {plain, plain.replace("n", "l"), plain.replace("l", "n")}
    yield Rank.NEAR_INITIALS, any(each.initials in others for each in own)
    yield Rank.NEAR_BEGINS, any(alike(each.pinyin).startswith(alike(typed)) for each in own)
    yield Rank.SHORT, True


def of_characters(typed: str, person: Known, head: Known) -> Iterator[tuple[Rank, bool]]:
    given = person.name[person.surname :]
    yield Rank.NAME, person.name == typed
    yield Rank.GIVEN, given == typed
    yield Rank.NAME_BEGINS, person.name.startswith(typed)
    yield Rank.GIVEN_BEGINS, given.startswith(typed)
    yield Rank.HEAD, head.name == typed
    yield Rank.PART, len(typed) < 3 and typed in person.name
    sounds = {each.pinyin for each in pinyin.readings(typed)}
    own = pinyin.readings(person.name)
    yield Rank.SOUND, any(each.pinyin in sounds for each in own)
    yield Rank.GIVEN_SOUND, any(each.given in {way.pinyin for way in pinyin.spellings(typed)} for each in own)
    yield Rank.NEAR, any(alike(each.pinyin) in {alike(way) for way in sounds} for each in own)


def of_digits(typed: str, person: Known, phone: str, *, is_head: bool) -> Iterator[tuple[Rank, bool]]:
    yield Rank.NUMBER, typed in (person.identity_number, person.phone)
    yield Rank.IDENTITY_TAIL, person.identity_number.endswith(typed)
    yield Rank.PHONE_TAIL, person.phone.endswith(typed)
    yield Rank.HOUSEHOLD_PHONE_TAIL, is_head and phone.endswith(typed)
    yield Rank.IDENTITY_BEGINS, len(typed) >= 6 and person.identity_number.startswith(typed)


def slow_rank(typed: str, person: Known, head: Known, phone: str) -> Rank | None:
    """Return why somebody is found, read from the person alone; None when there is no reason."""
    if typed.rstrip("X").isdecimal():
        reasons = of_digits(typed, person, phone, is_head=person is head)
    elif typed.isascii():
        reasons = of_letters(typed, pinyin.readings(person.name), pinyin.readings(head.name))
    else:
        reasons = of_characters(typed, person, head)
    return next((rank for rank, holds in reasons if holds), None)


# -- what is typed ----------------------------------------------------------------------------------------

MIXED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
OFFICIAL = {
    **dict(zip("单仇解曾查盖区任华", "shan qiu xie zeng zha ge ou ren hua".split(), strict=True)),  # noqa: SIM905
    "万俟": "moqi",
    "尉迟": "yuchi",
    "长孙": "zhangsun",
}


def mixed_up(random: Random, spoken: str) -> str:
    """Return pinyin as somebody says it who does not tell zh from z, ng from n or n from l."""
    ways = [pair for pair in MIXED if pair[0] in spoken] + [pair[::-1] for pair in MIXED if pair[1] in spoken]
    for one, other in random.sample(ways, min(len(ways), 2)):
        if other not in spoken or one not in other:
            spoken = spoken.replace(one, other, 1)
    swap = {"n": "l", "l": "n"}
    return re.sub("(?:^|(?<=[ng]))[nl](?=[aeiuv])", lambda found: swap[found[0]], spoken, count=1)


def questions(random: Random, people: list[Known]) -> dict[str, Iterator[tuple[str, Known]]]:
    """Return endless questions of every kind, each with who is meant."""

    def ask(
        how: Callable[[Known], str], fits: Callable[[Known], bool] = lambda _each: True
    ) -> Iterator[tuple[str, Known]]:
        while True:
            person = random.choice(people)
            if fits(person) and (typed := how(person)):
                yield typed, person

    def usual(person: Known) -> pinyin.Reading:
        return pinyin.readings(person.name)[0]

    def prefix(person: Known) -> str:
        spoken = usual(person).pinyin
        return spoken[: random.randint(4, max(4, len(spoken) - 1))]

    def surname(person: Known) -> str:
        return person.name[: person.surname]

    def head(person: Known) -> Known:
        return people[person.household * A_HOUSEHOLD]

    return {
        "exact name": ask(lambda each: each.name),
        "initials": ask(lambda each: usual(each).initials),
        "full pinyin": ask(lambda each: usual(each).pinyin),
        "pinyin prefix": ask(prefix),
        "polyphone": ask(
            lambda each: random.choice(pinyin.readings(each.name)[1:]).pinyin,
            lambda each: len(pinyin.readings(each.name)) > 1,
        ),
        "surname reading": ask(
            lambda each: OFFICIAL[surname(each)] + usual(each).given, lambda each: surname(each) in OFFICIAL
        ),
        "mix-up": ask(lambda each: mixed_up(random, usual(each).pinyin)),
        "given name": ask(lambda each: each.name[each.surname :]),
        "identity tail": ask(lambda each: each.identity_number[-random.choice((4, 6, 8)) :]),
        "phone tail": ask(
            lambda each: each.phone[-random.choice((4, 6, 8)) :], lambda each: bool(each.phone)
        ),
        "head's name": ask(
            lambda each: random.choice((head(each).name, pinyin.readings(head(each).name)[0].pinyin))
        ),
    }


def check(
    found: list[FoundPerson],
    typed: str,
    meant: Known,
    people: dict[str, Known],
    heads: list[Known],
    phones: list[str],
) -> None:
    """The right person is among the first five unless five others are found for as good a reason, and below no worse."""

    def rank(person: Known) -> Rank | None:
        return slow_rank(typed, person, heads[person.household], phones[person.household])

    right = rank(meant)
    assert right is not None, (typed, meant.name)
    ranks = [rank(people[each.id]) for each in found]
    assert ranks == [each.rank for each in found], (typed, meant.name)
    assert ranks == sorted(ranks, key=lambda each: each or 99), (typed, meant.name)
    place = next((number for number, each in enumerate(found) if each.id == meant.id), None)
    above = ranks[:place]
    assert all(each and each <= right for each in above), (typed, meant.name, right)
    if place is None or place >= 5:
        assert len(above) >= 5, (typed, meant.name, right)


def test_the_right_person_is_among_the_first_five(desk: Desk, whole: bool) -> None:
    count, each_kind = (200_000, 1000) if whole else (8000, 60)
    people, phones = populated(desk, count)
    by_id, heads = {each.id: each for each in people}, people[::A_HOUSEHOLD]
    asked = desk.asked(desk.today())
    with desk.ledger.reader() as connection:
        for asking in questions(Random(11), people).values():
            for typed, meant in islice(asking, each_kind):
                found = find.find(connection, typed, asked, 6)
                check(list(found.people), typed, meant, by_id, heads, phones)
