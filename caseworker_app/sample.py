"""Made-up people in the layouts of the three national exports: any number, the same for a seed.

Nobody here exists: names and numbers are drawn at random, identity numbers only satisfy their check digit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from random import Random

import xlsxwriter

from caseworker_app.domain import codes, divisions
from caseworker_app.domain.identity import check_digit
from caseworker_app.domain.spans import add_months
from caseworker_app.domain.worker import age_on
from caseworker_app.policy import pack

EXPORTED = date(2024, 10, 12)
PEOPLE_FILE = "（自定义）监测对象信息 (22).xlsx"
SPELLS_FILE = "（务工月监测）已外出务工信息_20241012.xlsx"
INTENTIONS_FILE = "计划外出务工信息_20241012.xlsx"

PEOPLE_HEADERS = (
    *(
        "县",
        "乡",
        "村",
        "户编号",
        "人编号",
        "户类型",
        "监测对象类别",
        "姓名",
        "性别",
        "出生日期",
        "证件类型",
        "证件号码",
    ),
    *(
        "与户主关系",
        "民族",
        "文化程度",
        "在校生状况",
        "健康状况",
        "劳动技能",
        "户联系电话",
        "务工所在地",
        "务工时间（月）",
    ),
    *(
        "就业渠道（易地搬迁后扶使用）",
        "是否易地扶贫搬迁户",
        "致贫/返贫风险1",
        "致贫/返贫风险2",
        "风险是否已消除",
    ),
    *("识别监测时间", "消除监测时间", "工资性收入", "人均纯收入（元）", "就业帮扶", "公益岗位帮扶"),
)
SPELL_HEADERS = (
    *(
        "县",
        "乡",
        "行政村",
        "户编号",
        "人编号",
        "姓名",
        "证件号码",
        "户类型",
        "监测对象类别",
        "劳动技能",
        "是否已务工",
    ),
    *(
        "开始时间",
        "结束时间",
        "务工所在省",
        "务工所在市",
        "务工所在县",
        "务工企业名称",
        "所属行业",
        "就业渠道",
    ),
    *("是否点对点输送", "务工月收入", "年度交通费补助"),
)
INTENTION_HEADERS = (
    "县",
    "乡",
    "行政村",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "是否计划外出务工",
    "计划务工所在县",
    "务工需求",
)

_SURNAMES = "马王李张杨丁虎海白黄赵陈刘周罗金田哈买沙纳锁单仇"
_MALE = "国军伟强勇平刚杰涛明龙志华文德贵林学海成"
_FEMALE = "秀兰霞燕梅芳敏桂玉花娜丽英红凤莲萍静"
_ETHNICITIES, _ETHNIC_WEIGHTS = ("HU", "HA", "MG", "MA"), (52, 44, 2, 2)
_FAR_COUNTIES = ("320583", "330110", "350582", "440306", "310115", "110108", "610113", "652301")
_EMPLOYERS = (
    "某电子厂",
    "某服饰有限公司",
    "某建筑劳务队",
    "某家政公司",
    "某物业公司",
    "某食品厂",
    "某餐饮店",
)
_INDUSTRIES = ("manufacturing", "construction", "resident_services", "catering", "trade", "transport")
_TRADES = ("缝纫", "保安", "电焊", "家政", "驾驶", "")
_WAGES = (1800, 2500, 3000, 3500, 4200, 5000, 6500)
_EARLIEST = date(2023, 10, 1)


@dataclass(slots=True)
class _Job:
    """One job of whole months."""

    first: date
    last: date
    county: str
    employer: str
    industry: str
    channel: str
    sent: bool
    wage: int

    @property
    def months(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1


@dataclass(slots=True)
class _Person:
    """One member as the exports describe him; codes, not labels."""

    number: str
    name: str
    sex: str
    born: date
    identity_number: str
    relation: str
    education: str
    schooling: str
    health: str
    skill: str
    jobs: list[_Job] = field(default_factory=list)
    wish: tuple[str, str] | None = None


@dataclass(slots=True)
class _Household:
    """One family with the names of its place."""

    place: tuple[str, str, str]
    number: str
    kind: str
    monitored: str
    identified: str
    relocated: bool
    ethnicity: str
    phone: str
    members: list[_Person]


def bundled() -> list[Path]:
    """Return the three exports that come with the program for trying it out."""
    folder = Path(str(resources.files("caseworker_app") / "sample_data"))
    return [folder / name for name in (PEOPLE_FILE, SPELLS_FILE, INTENTIONS_FILE)]


def _villages(county: str) -> list[tuple[str, str, str]]:
    """Return county, town and village by name, those only that the names find again."""
    found = []
    for town in divisions.children(county):
        for village in divisions.children(town.code):
            names = divisions.path(village.code)
            place = (names[-3].name, town.name, divisions.spoken_village(village.name))
            if divisions.resolve_village(*place) == village.code:
                found.append(place)
    return found


def _label(list_name: str, code: str) -> str:
    return codes.code_list(list_name).label(code, "zh_CN") if code else ""


def _yes_no(value: bool) -> str:
    return _label("yes_no", "yes" if value else "no")


class _Maker:
    """Draws families one after the other, all from one generator, so that a seed gives the same again."""

    def __init__(self, seed: int, county: str) -> None:
        self.random = Random(seed)  # noqa: S311 - made-up people, not secrets
        self.county = county
        self.villages = _villages(county)
        self.near = [
            each.code
            for city in divisions.children(county[:2])
            for each in divisions.children(city.code)
            if _findable(each.code)
        ]
        self.serials: dict[date, int] = {}
        self.families = 0

    def _identity_number(self, born: date, sex: str) -> str:
        """Return the next number of that birthday: serials count up, odd for men, so no two are alike."""
        serial = self.serials.get(born, self.random.randrange(0, 200))
        self.serials[born] = serial + 1
        first17 = f"{self.county}{born:%Y%m%d}{serial * 2 + (sex == 'male'):03d}"
        return first17 + check_digit(first17)

    def _born(self, youngest: int, oldest: int) -> date:
        """Return a birthday of somebody of that age on the day of the export; crowded days are left alone."""
        while True:
            born = EXPORTED - timedelta(days=self.random.randint(youngest * 366, oldest * 365 + 364))
            if self.serials.get(born, 0) < 498:
                return born

    def household(self) -> _Household:
        """Draw one family."""
        random = self.random
        self.families += 1
        kind = "lifted_out" if random.random() < 0.6 else "ordinary"
        monitored = (
            ""
            if random.random() < 0.6
            else "unstable"
            if kind == "lifted_out"
            else random.choice(("marginal", "sudden"))
        )
        family = _Household(
            random.choice(self.villages),
            f"{self.county}{self.families:08d}",
            kind,
            monitored,
            f"{random.randint(2021, 2024)}{random.randint(1, 9):02d}" if monitored else "",
            random.random() < 0.35,
            random.choices(_ETHNICITIES, _ETHNIC_WEIGHTS)[0],
            f"13{random.randrange(10**9):09d}",
            [],
        )
        surname = random.choice(_SURNAMES)
        head = self._add(family, surname, "head", "male" if random.random() < 0.85 else "female", 28, 64)
        age = age_on(head.born, EXPORTED)
        if random.random() < 0.9:
            other = "female" if head.sex == "male" else "male"
            self._add(family, random.choice(_SURNAMES), "spouse", other, max(age - 8, 22), age + 4)
        eldest = max(age - 22, 3)
        for _ in range(random.choices((0, 1, 2, 3), (15, 35, 38, 12))[0]):
            relation, sex = ("son", "male") if random.random() < 0.53 else ("daughter", "female")
            self._add(family, surname, relation, sex, max(eldest - 16, 1), eldest)
        if age < 62 and random.random() < 0.35:
            self._add(family, surname, "father", "male", age + 21, age + 30)
        if age < 62 and random.random() < 0.25:
            self._add(family, random.choice(_SURNAMES), "mother", "female", age + 20, age + 28)
        return family

    def _add(
        self, family: _Household, surname: str, relation: str, sex: str, youngest: int, oldest: int
    ) -> _Person:
        random = self.random
        born = self._born(youngest, oldest)
        age = age_on(born, EXPORTED)
        given = "".join(random.choices(_MALE if sex == "male" else _FEMALE, k=random.choice((1, 2, 2))))
        health = random.choices(
            ("healthy", "chronic", "serious", "disabled", "chronic,disabled"), (82, 10, 3, 4, 1)
        )[0]
        schooling = (
            "primary" if 6 <= age < 13 else "senior_2" if 16 <= age < 18 and random.random() < 0.8 else ""
        )
        if age < 16 or age > 75 or schooling:
            skill = "none"
        elif health == "healthy":
            skill = random.choices(("ordinary", "skilled", "weak"), (72, 16, 12))[0]
        else:
            skill = random.choices(("weak", "ordinary", "lost"), (50, 25, 25))[0]
        person = _Person(
            f"{family.number}{len(family.members) + 1:02d}",
            surname + given,
            sex,
            born,
            self._identity_number(born, sex),
            relation,
            ""
            if schooling or age < 16
            else random.choices(
                ("illiterate", "primary", "junior", "senior", "college"), (15, 25, 35, 15, 10)
            )[0],
            schooling,
            health,
            skill,
        )
        if skill in ("ordinary", "skilled") and 18 <= age < 60 and random.random() < 0.72:
            person.jobs = self._jobs()
        elif skill in ("ordinary", "skilled", "weak") and 16 <= age < 60 and random.random() < 0.5:
            person.wish = (
                divisions.full_name(random.choice((*self.near, *_FAR_COUNTIES))),
                random.choice(_TRADES),
            )
        family.members.append(person)
        return person

    def _jobs(self) -> list[_Job]:
        """Draw one or two jobs that do not overlap."""
        random = self.random
        jobs = []
        first = add_months(_EARLIEST, random.randint(0, 7))
        for _ in range(random.choices((1, 2), (65, 35))[0]):
            months = random.randint(1, 9)
            after = add_months(first, months)
            workshop = random.random() < 0.08
            county = (
                self.county
                if workshop
                else random.choices(
                    (self.county, random.choice(self.near), random.choice(_FAR_COUNTIES)), (15, 40, 45)
                )[0]
            )
            channel = (
                "workshop"
                if workshop
                else random.choices(("out_work", "flexible", "public_post", "self_employed"), (84, 8, 5, 3))[
                    0
                ]
            )
            jobs.append(
                _Job(
                    first,
                    after - timedelta(days=1),
                    county,
                    random.choice(_EMPLOYERS),
                    random.choice(_INDUSTRIES),
                    channel,
                    random.random() < 0.3,
                    random.choice(_WAGES),
                )
            )
            first = add_months(after, random.randint(0, 3))
        return jobs


def _findable(code: str) -> bool:
    """Whether the names of a county lead back to it."""
    province, city, county = divisions.path(code)
    return divisions.resolve_place(province=province.name, city=city.name, county=county.name) == code


def _person_rows(family: _Household) -> Iterator[Sequence[str]]:
    for person in family.members:
        job = person.jobs[-1] if person.jobs else None
        yield (
            *family.place,
            family.number,
            person.number,
            _label("household_kind", family.kind),
            _label("monitored_kind", family.monitored),
            person.name,
            _label("sex", person.sex),
            f"{person.born:%Y%m%d}",
            "身份证",
            person.identity_number,
            _label("relation", person.relation),
            _label("ethnicity", family.ethnicity).removesuffix("族"),
            _label("education", person.education),
            _label("schooling", person.schooling),
            ",".join(_label("health", each) for each in person.health.split(",")),
            _label("labour_skill", person.skill),
            family.phone,
            divisions.full_name(job.county) if job else "",
            str(sum(each.months for each in person.jobs)) if job else "",
            "",
            _yes_no(family.relocated),
            _label("risk", "unstable_work") if family.monitored else "",
            "",
            _yes_no(False) if family.monitored else "",
            family.identified,
            "",
            str(sum(each.wage * each.months for each in person.jobs)) if job else "",
            f"{8000 + int(family.number[-4:]) % 9000}.00",
            "",
            "",
        )


def _spell_rows(family: _Household) -> Iterator[Sequence[str]]:
    for person in family.members:
        for job in person.jobs:
            province, city, county = divisions.path(job.county)
            yield (
                *family.place,
                family.number,
                person.number,
                person.name,
                person.identity_number,
                _label("household_kind", family.kind),
                _label("monitored_kind", family.monitored),
                _label("labour_skill", person.skill),
                _yes_no(True),
                f"{job.first:%Y年%m月}",
                f"{job.last:%Y年%m月}",
                province.name,
                city.name,
                county.name,
                county.name.removesuffix("区") + job.employer,
                _label("industry", job.industry),
                _label("channel", job.channel),
                _yes_no(job.sent),
                str(job.wage),
                "0",
            )


def _intention_rows(family: _Household) -> Iterator[Sequence[str]]:
    for person in family.members:
        if person.wish:
            where, trade = person.wish
            yield (
                *family.place,
                family.number,
                person.number,
                person.name,
                person.identity_number,
                _yes_no(True),
                where,
                trade,
            )


class _Workbook:
    """One export being written row by row, all cells text."""

    def __init__(self, path: Path, sheet: str, title: str, stamp: str, headers: Sequence[str]) -> None:
        self.path = path
        self.book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self.sheet = self.book.add_worksheet(sheet)
        self.row = 0
        for cells in ((title,), (stamp,), headers):
            self.add(cells)

    def add(self, cells: Sequence[str]) -> None:
        for column, cell in enumerate(cells):
            if cell:
                self.sheet.write_string(self.row, column, cell)
        self.row += 1


def write(folder: Path, households: int, seed: int, *, county: str = "") -> list[Path]:
    """Write the three exports of so many made-up households, spread over a county's villages.

    The county is that of the shipped policy pack unless another is named; ValueError where it has no
    villages.
    """
    maker = _Maker(seed, county or pack.load().code)
    if not maker.villages:
        raise ValueError(county)
    folder.mkdir(parents=True, exist_ok=True)
    stamp = f"导出时间：{EXPORTED}"
    parts = (
        (
            _Workbook(folder / PEOPLE_FILE, "监测对象信息", "（自定义）监测对象信息", stamp, PEOPLE_HEADERS),
            _person_rows,
        ),
        (
            _Workbook(folder / SPELLS_FILE, "Sheet", "（务工月监测）已外出务工信息", stamp, SPELL_HEADERS),
            _spell_rows,
        ),
        (
            _Workbook(folder / INTENTIONS_FILE, "Sheet", "计划外出务工信息", "", INTENTION_HEADERS),
            _intention_rows,
        ),
    )
    for _ in range(households):
        family = maker.household()
        for workbook, rows in parts:
            for row in rows(family):
                workbook.add(row)
    for workbook, _rows in parts:
        workbook.book.close()
    return [workbook.path for workbook, _rows in parts]
