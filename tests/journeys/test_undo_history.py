"""Many steps of every kind, taken back one by one to the first content, and brought back to the last."""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Select, select

from caseworker_app.domain import codes
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.read_models.cells import Edit
from caseworker_app.use_cases import (
    cells,
    checks,
    claims,
    duplicates,
    entitlements,
    households,
    people,
    safety,
    undo,
    work,
)
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.households import NewPerson
from db import journal, search
from db.queries import checks as check_queries
from db.queries import duplicates as duplicate_queries
from db.queries.dated import holds, live
from db.tables import Claim, Exemption, Household, Membership, Record, ServiceRecord, Spell
from tests.conftest import PASSWORD, clock

_MEMORY = Path("/dev/shm")


@pytest.fixture
def quick_desk(sample_ledger: Path) -> Iterator[Desk]:
    """Return an open copy of the sample in memory, where there is such a place: each step waits for its disk."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        shutil.copytree(sample_ledger, Path(folder) / "ledger")
        desk = desks.open_with_password(Path(folder) / "ledger", PASSWORD, clock)
        yield desk
        desk.close()


class _NothingThere(Exception):
    """There is nothing yet that could be done this to."""


class Officer:
    """Does what officers do, at random, through the use cases; what is refused is not a step."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.random = random.Random(seed)
        self.today = desk.today()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._known: dict[str, list[str]] = {}
        self._findings: list[str] = []

    def work(self, steps: int) -> None:
        """Make this many steps."""
        acts = {
            self.serve: 20,
            self.serve_many: 4,
            self.contact: 8,
            self.wish: 8,
            self.begin_job: 14,
            self.end_job: 8,
            self.edit: 18,
            self.paste: 4,
            self.file_claim: 1,
            self.advance_claim: 4,
            self.set_limit: 2,
            self.hand_over: 1,
            self.explain: 3,
            self.take_back_explanation: 1,
            self.enter_person: 4,
            self.let_go: 1,
            self.move: 2,
            self.split: 1,
            self.change_head: 2,
            self.tell_apart: 1,
            self.merge: 1,
        }
        names, weights = list(acts), list(acts.values())
        while self.done.total() < steps:
            act = self.random.choices(names, weights)[0]
            try:
                change_set = act()
            except (ExpectedError, _NothingThere) as error:
                self.refused[f"{act.__name__} {error}"] += 1
                continue
            if change_set:
                self.done[act.__name__] += 1
                if self.done.total() % 50 == 0:
                    self._known.clear()

    # -- what there is ---------------------------------------------------------------------------

    def _ids(self, kind: str, chosen: Select[str]) -> list[str]:
        if kind not in self._known:
            with self.desk.ledger.reader() as connection:
                self._known[kind] = sorted(connection.execute(chosen).scalars())
        return self._known[kind]

    def _any(self, table: type[Record]) -> str:
        chosen = select(table.__table__.c.id).where(live(table))
        return self._one(self._ids(table.__tablename__, chosen))

    def _one(self, of: list[str]) -> str:
        if not of:
            raise _NothingThere
        return self.random.choice(of)

    def person(self) -> str:
        """Return somebody of a household today."""
        chosen = select(Membership.person_id).where(holds(Membership, self.today))
        return self.random.choice(self._ids("members", chosen))

    def day(self, most: int = 300) -> date:
        """Return one of the last days."""
        return self.today - timedelta(self.random.randrange(most))

    def code(self, name: str) -> str:
        """Return a code of a list."""
        return self.random.choice(codes.code_list(name).codes)

    # -- what is done ----------------------------------------------------------------------------

    def serve(self) -> str:
        return work.record_service(
            self.desk,
            [self.person()],
            self.code("service_kind"),
            self.day(),
            vacancy=self.random.choice(["余杭 缝纫工", "兴庆 保洁员"]),
            note=str(self.random.random()),
        ).change_set

    def serve_many(self) -> str:
        chosen = [self.person() for _ in range(12)]
        kind, on = self.random.choice(["contact", "policy_briefing"]), self.day(30)
        return work.record_service(self.desk, chosen, kind, on, note=str(self.random.random())).change_set

    def contact(self) -> str:
        number = f"1{self.random.randrange(10**9, 10**10)}"
        return work.record_card(self.desk, self.person(), phone=number, holder="马秀兰").change_set

    def wish(self) -> str:
        return work.record_intention(
            self.desk, self.person(), self.code("intention"), self.day(), place_text="浙江省杭州市"
        ).change_set

    def begin_job(self) -> str:
        started = self.day(600)
        return work.record_spell(
            self.desk,
            self.person(),
            self.code("spell_kind"),
            started,
            ended_on=self.random.choice([None, min(started + timedelta(40), self.today)]),
            wage=self.random.randrange(1000, 9000) * 100,
        ).change_set

    def end_job(self) -> str:
        return work.record_return(
            self.desk, self.person(), self.day(60), self.random.choice(["laid_off", "family", "closed"])
        ).change_set

    def _edit(self) -> Edit:
        field, text = self.random.choice(
            [
                ("person.phone", f"1{self.random.randrange(10**9, 10**10)}"),
                ("person.education", self.random.choice(["初中", "高中", "小学"])),
                (
                    "person.labour_skill",
                    self.random.choice(["普通劳动力", "技能劳动力", "弱劳动力或半劳动力"]),
                ),
                ("person.health", self.random.choice(["健康", "残疾", "长期慢性病"])),
                ("person.name", self.random.choice(["马兰", "单雄", "李秀英"])),
                ("spell.employer", f"第{self.random.randrange(99)}建筑公司"),
                ("spell.wage", str(self.random.randrange(1000, 9000))),
                ("household.phone", f"0951-{self.random.randrange(10**6, 10**7)}"),
                ("service.note", f"备注{self.random.randrange(99)}"),
            ]
        )
        table = {"spell": Spell, "household": Household, "service": ServiceRecord}.get(field.split(".")[0])
        return Edit(self._any(table) if table else self.person(), field, text)

    def edit(self) -> str:
        return cells.apply(self.desk, [self._edit()]).changed.change_set

    def paste(self) -> str:
        edits = [self._edit() for _ in range(8)]
        return cells.apply(self.desk, edits, action="cells.paste").changed.change_set

    def file_claim(self) -> str:
        with self.desk.ledger.reader() as connection:
            due = entitlements.claimable(connection, self.desk.pack, self.today)
        whose = {each.beneficiary: each.item for each in due if each.amount}
        beneficiary = self._one(sorted(whose))
        return claims.file(self.desk, whose[beneficiary], [beneficiary], self.today)[0].change_set

    def advance_claim(self) -> str:
        claim = self._any(Claim)
        with self.desk.ledger.reader() as connection:
            number = connection.execute(select(Claim.number).where(Claim.id == claim)).scalar_one()
        state = self.random.choice(["village_checked", "village_publicised", "submitted", "returned"])
        return claims.advance(self.desk, [number], state, self.today, "已核对").change_set

    def set_limit(self) -> str:
        return desks.set_number(self.desk, "zeroing_limit", self.random.randrange(20, 60)).change_set

    def hand_over(self) -> str:
        return desks.set_officer(self.desk, self.random.choice(["田野", "周晓燕", "李静"])).change_set

    def explain(self) -> str:
        if not self._findings:
            with self.desk.ledger.reader() as connection:
                found = check_queries.findings(connection, self.desk.asked(self.today))
            self._findings = [each.id for each in found if not each.exemption]
            self.random.shuffle(self._findings)
        return checks.exempt(self.desk, self._findings.pop(), "已入户核实").change_set

    def take_back_explanation(self) -> str:
        with self.desk.ledger.reader() as connection:
            row = connection.execute(select(Exemption).where(Exemption.id == self._any(Exemption))).one()
        return checks.unexempt(
            self.desk, f"{row.check}:{row.person_id or row.household_id}:{row.other}"
        ).change_set

    def enter_person(self) -> str:
        new = NewPerson("马小兰", born=self.day(9000), sex="female", since=self.day(200))
        relation = self.random.choice(["daughter", "sibling", "other"])
        return people.new_person(self.desk, self._any(Household), new, relation).change_set

    def let_go(self) -> str:
        reason = self.random.choice(["moved_out", "married_out", "death"])
        return people.leave(self.desk, self.person(), self.day(20), reason).change_set

    def move(self) -> str:
        return households.move(
            self.desk, self.person(), self._any(Household), "other", self.day(20)
        ).change_set

    def split(self) -> str:
        person = self.person()
        with self.desk.ledger.reader() as connection:
            own = select(Membership.household_id).where(
                Membership.person_id == person, holds(Membership, self.today)
            )
            household = connection.execute(own).scalars().first() or ""
        return households.split(self.desk, household, [person], person, self.day(20)).change_set

    def change_head(self) -> str:
        person = self.person()
        with self.desk.ledger.reader() as connection:
            rows = connection.execute(
                select(Membership.person_id, Membership.household_id).where(holds(Membership, self.today))
            ).all()
        household = next((row.household_id for row in rows if row.person_id == person), "")
        told = {row.person_id: "other" for row in rows if row.household_id == household}
        told.pop(person, None)
        return households.change_head(self.desk, household, person, self.day(20), told).change_set

    def tell_apart(self) -> str:
        return duplicates.dismiss(self.desk, self.person(), self.person(), "同名不同人").change_set

    def merge(self) -> str:
        keep, drop = self.person(), self.person()
        with self.desk.ledger.reader() as connection:
            compared = duplicate_queries.compare(connection, keep, drop, self.today)
        if compared is None or keep == drop:
            return ""
        return duplicates.merge(
            self.desk, keep, drop, {each.field: "keep" for each in compared.differences}
        ).change_set


def _content(desk: Desk) -> str:
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def _wrong_keys(desk: Desk) -> int:
    with desk.ledger.reader() as connection:
        return search.unsound(connection)


def test_many_steps_are_taken_back_to_the_first_content_and_brought_back_to_the_last(
    quick_desk: Desk, whole: bool
) -> None:
    steps, look_every = (5000, 500) if whole else (400, 50)
    with quick_desk.ledger.reader() as connection:
        standing = journal.next_undo(connection)
    officer = Officer(quick_desk, seed=20241130)
    contents = {0: _content(quick_desk)}
    for step in range(look_every, steps + 1, look_every):
        officer.work(step)
        contents[step] = _content(quick_desk)
    assert len(set(contents.values())) == len(contents)
    assert min(officer.done[act] for act in ("serve", "edit", "paste", "split", "merge", "let_go")) > 0

    for step in reversed(range(steps)):
        undo.undo(quick_desk)
        if step in contents:
            assert _content(quick_desk) == contents[step], step
    with quick_desk.ledger.reader() as connection:
        assert journal.next_undo(connection) == standing
    assert _wrong_keys(quick_desk) == 0

    for step in range(1, steps + 1):
        undo.redo(quick_desk)
        if step in contents:
            assert _content(quick_desk) == contents[step], step
    assert safety.verify(quick_desk).sound
    with pytest.raises(ExpectedError) as error:
        undo.redo(quick_desk)
    assert error.value.code == "redo.nothing"
