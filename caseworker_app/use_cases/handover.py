"""Handing a ledger over: what it holds and what waits, and the new officer's name on what follows."""

from sqlalchemy import Connection, func, select

from caseworker_app.domain import divisions, money
from caseworker_app.domain.changed import Changed
from caseworker_app.read_models.handover import Handover
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import safety
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.today import reporting_day
from caseworker_app.wording import ZH, label, on_paper
from db import journal
from db.queries import checks, duplicates, households, uploads, workers
from db.queries.dated import live
from db.tables import Claim

_STATE = (
    ("people", "在册人口"),
    ("workforce", "劳动力"),
    ("employed", "已就业"),
    ("unemployed", "未就业"),
    ("willing", "有意愿外出"),
    ("returned", "返乡回流"),
)
_OPEN = (
    ("zeroing", "待清零"),
    ("package-due", "服务未完成"),
    ("contact-overdue", "超期未联系"),
    ("posts-ending", "公益性岗位将到期"),
)
_ENDED = ("paid", "rejected", "withdrawn")


def _people(count: int) -> str:
    return f"{count} 人"


def _claims(connection: Connection) -> list[tuple[str, str]]:
    chosen = (
        select(Claim.state, func.count(), func.sum(Claim.amount)).where(live(Claim)).group_by(Claim.state)
    )
    return [
        (f"申领：{label('claim_state', state, ZH)}", f"{count} 件　{money.shown(amount)} 元")
        for state, count, amount in connection.execute(chosen)
        if state not in _ENDED
    ]


def hand_over(desk: Desk, takes: str) -> tuple[Changed, Handover]:
    """Give the ledger to another officer; return what was handed over. ExpectedError `officer.missing`."""
    told = sheet(desk, takes.strip())
    return desks.set_officer(desk, takes), told


def sheet(desk: Desk, takes: str) -> Handover:
    """Return what is handed over today to the officer `takes`."""
    today = desk.today()
    asked = desk.asked(today)
    backed_up = safety.backed_up(desk)
    with desk.ledger.reader() as connection:
        counts = workers.counts(connection, [key for key, _name in _STATE + _OPEN], asked)
        state = [("农户", f"{households.count(connection)} 户")]
        state += [(name, _people(counts[key])) for key, name in _STATE]
        found = sum(not each.exemption for each in checks.findings(connection, asked))
        waits = [(name, _people(counts[key])) for key, name in _OPEN]
        waits += [("数据核查待处理", f"{found} 项"), ("可能重复", f"{len(duplicates.found(connection))} 对")]
        waits += _claims(connection)
        upload = uploads.last(connection, f"{today:%Y-%m}")
        steps = journal.head(connection)
    waits.append(("本月报送", on_paper(upload.written_on) if upload else "未报送"))
    waits.append(("报送截止日", on_paper(reporting_day(desk.reporting_day, today))))
    waits.append(("最近备份", on_paper(backed_up.date()) if backed_up else "没有备份"))
    return Handover(
        divisions.full_name(desk.scope),
        desk.scope,
        today,
        desk.officer,
        takes,
        tuple(state),
        tuple(waits),
        steps,
    )
