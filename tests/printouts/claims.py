"""Made-up claims to print; no person, place or employer in them exists."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from caseworker_app.read_models.claims import ClaimForm, MemberOnForm, SpellOnForm

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

JOB = SpellOnForm(
    started_on=date(2024, 1, 1),
    ended_on=date(2024, 9, 30),
    counted_from=date(2024, 1, 1),
    counted_to=date(2024, 9, 30),
    place="东海省 云城市 山阳县",
    distance="跨省",
    employer="某电子厂",
    trade="装配工",
    wage=520000,
    contract=True,
    channel="组织",
)

CLAIM = ClaimForm(
    form="travel_award",
    title=("某市某区脱贫人口（监测对象）", "外出务工一次性交通奖补申请表"),
    number="JF5-2024-000137-0001",
    item="外出务工一次性交通奖补",
    cycle="2024",
    cycle_first=date(2023, 10, 1),
    cycle_last=date(2024, 9, 30),
    printed_on=date(2024, 11, 22),
    filed_on=date(2024, 11, 20),
    unit="良田镇和顺新村",
    name="王建平",
    sex="男",
    ethnicity="汉族",
    age=36,
    identity_number="990106198804121510",
    phone="18900002206",
    head="王建国",
    relation="之子",
    household_no="99012045377812",
    address="良田镇和顺新村 4 组",
    household_kind="脱贫户",
    monitored_kind="脱贫不稳定户",
    spells=(JOB,),
    distance="跨省",
    months="9 个月",
    arithmetic="满 6 个月档",
    standard="跨省满 6 个月，1,400 元",
    amount=140000,
    card_holder="王建平",
    card_bank="某农商银行",
    card_number="6229000000000000137",
    evidence_required=("身份证复印件", "一卡通复印件"),
    evidence_any_of=("劳动合同", "工资流水（3 个月以上）", "务工证明", "往返车票"),
    citation="某区 2024 年 11 月 12 日行动方案第二部分第（六）条",
    levels=("village", "township", "county"),
    notes=(
        "本表一式三份，村、镇、区各一份。",
        "务工月数按对月对日累计，零天每 30 天折 1 个月，重叠时间不重复计算",
    ),
)

UNKNOWN = replace(
    CLAIM,
    name="",
    sex="",
    ethnicity="",
    age=None,
    identity_number="",
    phone="",
    head="",
    relation="",
    household_no="",
    address="",
    household_kind="",
    monitored_kind="",
    spells=(),
    distance="",
    months="",
    arithmetic="",
    standard="",
    card_holder="",
    card_bank="",
    card_number="",
    citation="",
    notes=(),
)


def _identity(random: Random) -> str:
    """Return a number of valid form in a region that does not exist."""
    born = date(1965, 1, 1) + timedelta(days=random.randrange(14000))
    stem = f"99{random.randrange(10**4):04d}{born:%Y%m%d}{random.randrange(1000):03d}"
    check = sum(int(digit) * weight for digit, weight in zip(stem, _WEIGHTS, strict=True)) % 11
    return stem + "10X98765432"[check]


def claims(count: int, seed: int = 1) -> list[ClaimForm]:
    """Return so many different claims, the same for the same seed."""
    random = Random(seed)
    result = []
    for serial in range(1, count + 1):
        family = random.choice("王马李张杨刘陈何海田")
        name = family + "".join(random.choices("建国平福成林秀英芳梅伟强军霞丽", k=random.choice((1, 2))))
        jobs = []
        start = date(2023, 10, 1) + timedelta(days=random.randrange(60))
        for index in range(random.choice((1, 1, 1, 2, 3, 5))):
            end = start + timedelta(days=random.randrange(20, 70))
            job = replace(JOB, started_on=start, ended_on=end, counted_from=start, counted_to=end)
            trade = ("电子", "服装", "建筑", "物流")[index % 4]
            employer = f"云城{random.choice('华兴荣达')}{random.choice('盛通')}{trade}有限公司"
            jobs.append(
                replace(
                    job,
                    employer=employer,
                    wage=random.randrange(3000, 8000) * 100,
                    channel=random.choice(("自主", "组织", "点对点")),
                    contract=random.choice((True, False, None)),
                )
            )
            start = end + timedelta(days=random.randrange(1, 20))
        result.append(
            replace(
                CLAIM,
                number=f"JF5-2024-000137-{serial:04d}",
                name=name,
                head=random.choice((name, family + "大山")),
                identity_number=_identity(random),
                phone=f"199{random.randrange(10**8):08d}",
                household_no=f"9901{random.randrange(10**10):010d}",
                age=random.randrange(18, 60),
                sex=random.choice("男女"),
                ethnicity=random.choice(("汉族", "回族", "维吾尔族")),
                monitored_kind=random.choice(("", "脱贫不稳定户", "边缘易致贫户", "突发严重困难户")),
                address=f"良田镇和顺新村 {random.randrange(1, 12)} 组",
                spells=tuple(jobs),
                months=f"{random.randrange(3, 12)} 个月",
                amount=random.choice((40000, 60000, 100000, 140000)),
                card_holder=name,
                card_number=f"6229{random.randrange(10**15):015d}",
            )
        )
    return result


def household(count: int, *, jobs: int = 1, paid: int | None = None) -> ClaimForm:
    """Return a claim of a household with so many members of so many jobs, paid `paid` fen in all."""
    random = Random(count)
    members = []
    for serial in range(count):
        spells = tuple(
            replace(
                JOB,
                counted_from=date(2023, 10, 8) + timedelta(days=100 * index),
                counted_to=date(2024, 1, 5) + timedelta(days=100 * index),
                employer=f"云城{'华兴荣达盛通'[index]}{serial}电子科技有限公司",
            )
            for index in range(jobs)
        )
        income = random.randrange(10000, 60000) * 100
        due = income // 1000000 * 100000
        name = f"王{'建国平福成林秀英芳'[serial]}{'山川'[serial % 2]}"
        relation = ("户主", "配偶", "之子", "之女", "之儿媳", "之女婿", "之孙子", "之兄弟姐妹", "其他")[
            serial
        ]
        members.append(MemberOnForm(name, _identity(random), relation, spells, income, due, due))
    due = sum(member.due for member in members)
    if paid is not None:
        shares = [member.due * paid // due for member in members]
        shares[0] += paid - sum(shares)
        members = [replace(member, paid=share) for member, share in zip(members, shares, strict=True)]
    return replace(
        CLAIM,
        form="income_award",
        title=("某市某区脱贫人口（监测对象）", "务工收入奖励申请表"),
        number="JF6-2024-000137-0001",
        item="务工收入奖励",
        name=members[0].name if members else "",
        identity_number=members[0].identity_number if members else "",
        head=members[0].name if members else "",
        relation="本人",
        spells=(),
        distance="",
        months="",
        arithmetic="",
        standard="",
        amount=due if paid is None else paid,
        card_holder=members[0].name if members else "",
        evidence_required=("身份证复印件", "户口簿复印件", "一卡通复印件"),
        evidence_any_of=("工资流水", "工资花名册", "单位收入证明", "经营流水", "村组证明"),
        citation="某区 2024 年 11 月 12 日行动方案第二部分第（七）条",
        notes=(
            "本表一户一表，一式三份，村、镇、区各一份。",
            "收入按月工资乘以周期内务工月数计算，有按月记录的以记录为准。",
        ),
        members=tuple(members),
    )
