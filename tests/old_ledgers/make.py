"""Make the ledger that stands for a revision, once, before the next migration is written.

Run it as `python -m tests.old_ledgers.make`. What is made is kept for ever and opened by
tests/db/test_upgrade.py; it is never made anew.
"""

import sys
from datetime import date
from pathlib import Path

from caseworker_app import sample
from caseworker_app.use_cases import claims, entitlements, imports, work
from caseworker_app.use_cases import desk as desks
from db import upgrade
from tests.conftest import clock

PASSWORD = "for-the-old-ledgers"
OFFICER = "田野"
ITEM = "JF-5"
_DAY = date(2024, 11, 28)


def make(folder: Path) -> None:
    """Write a small ledger with a bit of everything."""
    desk, _code = desks.new(folder, PASSWORD, "640106100207", OFFICER, clock=clock)
    with desk.ledger.reader() as connection:
        prepared = imports.prepare(connection, sample.bundled(), desk.scope, desk.today())
    imports.commit(desk, prepared)
    with desk.ledger.reader() as connection:
        due = entitlements.claimable(connection, desk.pack, _DAY, item=ITEM)[0]
    work.record_service(desk, [due.beneficiary], "policy_briefing", _DAY, note="村部")
    work.record_card(
        desk,
        due.beneficiary,
        holder=due.name,
        bank="黄河银行",
        number="6229470000000000000",
        phone="13900000000",
    )
    _changed, (number,) = claims.file(desk, ITEM, [due.beneficiary], _DAY)
    claims.advance(desk, [number], "village_checked", _DAY)
    desk.close()
    (folder / "ledger.lock").unlink(missing_ok=True)


if __name__ == "__main__":
    target = Path(__file__).parent / upgrade.HEAD
    if target.exists():
        sys.exit(f"{target} exists and is kept as it is")
    make(target)
