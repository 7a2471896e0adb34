"""Results of payments: a bank's spreadsheet in, looked through, then written as one change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from caseworker_app.domain import codes, money
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import check, read
from caseworker_app.read_models.claims import ClaimLife, PaidLine, PaymentLine
from caseworker_app.use_cases import claims
from caseworker_app.use_cases.desk import Desk
from db.queries import claims as queries
from db.queries import rosters
from db.tables import Payment

_HEADER_ROWS = 10
_HEADERS: dict[str, tuple[str, ...]] = {
    "number": ("申领编号", "申请编号", "业务编号", "编号", "claim number"),
    "identity": ("身份证号", "身份证号码", "证件号码", "公民身份号码", "identity number"),
    "name": ("姓名", "户名", "收款人", "name"),
    "amount": ("金额", "发放金额", "实发金额", "补贴金额", "应发金额", "交易金额", "金额(元)", "amount"),
    "outcome": (
        "发放结果",
        "发放状态",
        "支付结果",
        "打卡结果",
        "处理结果",
        "交易状态",
        "结果",
        "状态",
        "是否发放成功",
        "是否成功",
        "outcome",
    ),
    "reason": ("失败原因", "退票原因", "退汇原因", "原因", "备注", "reason"),
    "paid_on": ("发放日期", "支付日期", "到账日期", "交易日期", "打卡日期", "发放时间", "paid on"),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a workbook of results would write."""

    file: str
    sheet: str
    header_row: int
    lines: tuple[PaidLine, ...]

    @property
    def ready(self) -> tuple[PaidLine, ...]:
        """The lines that can be written."""
        return tuple(line for line in self.lines if line.claim and not line.why)


def _header(cell: object) -> str:
    tight = "".join(str(cell).split()).lower().replace("（", "(").replace("）", ")")
    for kind, names in _HEADERS.items():
        if tight in {"".join(name.split()) for name in names}:
            return kind
    return ""


def _columns(row: Sequence[object]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(row):
        kind = _header(cell)
        if kind and kind not in found:
            found[kind] = index
    return found


def _recognised(sheets: Sequence[read.Sheet]) -> tuple[read.Sheet, int, dict[str, int]] | None:
    """Return the sheet, row and columns of results: who, and whether paid."""
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:_HEADER_ROWS]):
            columns = _columns(row)
            if "outcome" in columns and ({"number", "identity"} & columns.keys()):
                return sheet, number, columns
    return None


def _outcome(cell: object) -> str | None:
    text = str(cell).strip()
    answer = codes.code_list("yes_no").parse(text)
    if answer:
        return "paid" if answer == "yes" else "failed"
    return codes.code_list("payment_outcome").parse(text)


def prepare(connection: Connection, desk: Desk, file: Path, *, password: str = "") -> Prepared:
    """Look through a workbook of results by its content; ExpectedError `payment.none`, `workbook.*`."""
    found = _recognised(read.read(file, password=password))
    if found is None:
        raise ExpectedError("payment.none", file=file.name)
    sheet, header, columns = found
    raw = [
        (number, {kind: row[index] if index < len(row) else "" for kind, index in columns.items()})
        for number, row in enumerate(sheet.rows[header + 1 :], header + 2)
        if any(str(cell).strip() for cell in row)
    ]
    numbers = [str(cells.get("number", "")).strip().upper() for _row, cells in raw]
    people = {str(cells.get("identity", "")).strip().upper() for _row, cells in raw} - {""}
    by_identity = rosters.payable(connection, people)
    lives = queries.lives(
        connection,
        sorted({*filter(None, numbers), *(each for found in by_identity.values() for each in found)}),
    )
    written = queries.payments(connection, [each.id for each in lives.values()])
    lines = [
        _line(desk, number, cells, lives, by_identity, written) for number, cells in raw if not _total(cells)
    ]
    return Prepared(file.name, sheet.name, header + 1, tuple(_once(lines)))


def _total(cells: Mapping[str, object]) -> bool:
    """Whether a row is the sum below the list."""
    return (
        "合计" in f"{cells.get('number', '')}{cells.get('name', '')}"
        and not str(cells.get("outcome", "")).strip()
    )


def _once(lines: Sequence[PaidLine]) -> list[PaidLine]:
    seen: set[str] = set()
    found = []
    for line in lines:
        found.append(line.refused("payment.twice") if line.claim in seen else line)
        if line.claim and not line.why:
            seen.add(line.claim)
    return found


def _line(
    desk: Desk,
    row: int,
    cells: Mapping[str, object],
    lives: dict[str, ClaimLife],
    by_identity: dict[str, list[str]],
    written: dict[str, list[PaymentLine]],
) -> PaidLine:
    number = str(cells.get("number", "")).strip().upper()
    whose = str(cells.get("identity", "")).strip().upper()
    line = PaidLine(row, number, str(cells.get("name", "")).strip(), "", 0, "", "", None, "")
    try:
        amount = int(str(check.amount(_cell(cells, "amount")).value)) if _cell(cells, "amount") else None
        day = check.first_day(_cell(cells, "paid_on")).value if _cell(cells, "paid_on") else None
    except check.Refused as refused:
        return line.refused(f"payment.{refused.code.partition('.')[0]}")
    outcome = _outcome(cells["outcome"])
    if outcome is None:
        return line.refused("payment.outcome")
    possible = [number] if number else by_identity.get(whose, [])
    possible = [each for each in possible if each in lives]
    if len(possible) > 1 and amount is not None:
        possible = [each for each in possible if lives[each].amount == amount]
    if len(possible) != 1:
        return line.refused("payment.several" if possible else "payment.claim")
    claim = lives[possible[0]]
    reason = str(cells.get("reason", "")).strip() if outcome == "failed" else ""
    paid_on = day if isinstance(day, date) else None
    line = PaidLine(row, claim.number, claim.name, claim.id, claim.amount, outcome, reason[:200], paid_on, "")
    if amount is not None and amount != claim.amount:
        return line.refused("payment.amount")
    if paid_on and paid_on > desk.today():
        return line.refused("payment.date")
    before = written.get(claim.id, [])
    if before and (before[-1].outcome, before[-1].paid_on) == (outcome, paid_on):
        return line.refused("payment.known")
    target = "paid" if outcome == "paid" else "payment_failed"
    if claim.state == "payment_failed" and target == "payment_failed":
        return line
    if target not in claims.possible_steps(desk, claim):
        return line.refused("payment.state")
    return line


def _cell(cells: Mapping[str, object], kind: str) -> str | int | float | date:
    value = cells.get(kind, "")
    return value if isinstance(value, str | int | float | date) else str(value)


def take(desk: Desk, prepared: Prepared, on: date) -> Changed:
    """Write the lines that can be written: what failed returns to the list with the reason.

    Raises ExpectedError `payment.nothing`, `day.future`, and as `claims.advance`.
    """
    if on > desk.today():
        raise ExpectedError("day.future", day=on.isoformat())
    ready = prepared.ready
    if not ready:
        raise ExpectedError("payment.nothing", file=prepared.file)
    with desk.units("payment.take") as unit:
        lives = queries.lives(unit.connection, [line.number for line in ready])
        unit.insert_many(
            Payment,
            [
                {
                    "claim_id": line.claim,
                    "person_id": None,
                    "amount": line.amount,
                    "paid_on": line.paid_on,
                    "outcome": line.outcome,
                    "reason": line.reason,
                    "file_name": prepared.file[:200],
                }
                for line in ready
            ],
        )
        for line in ready:
            claim = lives[line.number]
            target = "paid" if line.outcome == "paid" else "payment_failed"
            if target != claim.state:
                claims.check_step(desk, unit.connection, claim, target, on)
                claims.take_step(desk, unit, claim, target, on, line.reason)
        unit.name(prepared.file, len(ready))
        return unit.commit()


def record(desk: Desk, number: str, on: date, *, failed: str = "") -> Changed:
    """Record that one claim was paid, or why it was not; ExpectedError as `take`."""
    with desk.ledger.reader() as connection:
        claim = queries.lives(connection, [number]).get(number)
    if claim is None:
        raise ExpectedError("claim.none", number=number)
    outcome = "failed" if failed else "paid"
    line = PaidLine(0, number, claim.name, claim.id, claim.amount, outcome, failed, on, "")
    return take(desk, Prepared("", "", 0, (line,)), on)


def totals(lines: Sequence[PaidLine]) -> dict[str, str]:
    """Return what was paid and what failed, in yuan."""
    return {
        outcome: money.yuan(sum(line.amount for line in lines if line.outcome == outcome and not line.why))
        for outcome in ("paid", "failed")
    }
