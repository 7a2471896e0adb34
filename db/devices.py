"""Under which device a ledger is written here: a copy or a backup put back takes another one.

Every change set is known elsewhere by its device and serial. So one that left this installation must never be made
a second time: what was reached is remembered beside the ledger's folder, in the installation.
"""

import hashlib
import json
from typing import Any

from sqlalchemy import Connection, select

from caseworker_app import paths
from db import keys
from db.ids import new_id
from db.tables import ChangeSet

_FILE = "ledgers.json"


def _read() -> dict[str, Any]:
    try:
        found = json.loads((paths.config() / _FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _first(connection: Connection) -> str | None:
    return connection.execute(select(ChangeSet.id).where(ChangeSet.position == 1)).scalar_one_or_none()


def _chain(connection: Connection, device: str, serial: int) -> str:
    chosen = select(ChangeSet.chain).where(ChangeSet.device == device, ChangeSet.serial == serial)
    return connection.execute(chosen).scalar_one_or_none() or ""


def known(connection: Connection, installation: str) -> str:
    """Return the device this ledger is written under: a new one where it does not hold what was reached with the last.

    Each ledger of an installation has one of its own: a village's and its township's may stand on one computer.
    """
    ledger = _first(connection)
    told = _read().get(ledger) if ledger else None
    own = hashlib.sha256(f"{installation} {ledger or ''}".encode()).hexdigest()[:32]
    try:
        device, serial, chain = told or (own, 0, "")
    except (TypeError, ValueError):
        return own
    if serial and _chain(connection, device, serial) != chain:
        device = new_id()
    return str(device)


def remember(connection: Connection, device: str) -> None:
    """Note how far this ledger has come under its device."""
    ledger = _first(connection)
    if ledger is None:
        return
    last = (
        select(ChangeSet.serial, ChangeSet.chain)
        .where(ChangeSet.device == device)
        .order_by(ChangeSet.serial.desc())
    )
    row = connection.execute(last.limit(1)).one_or_none()
    reached = [device, row.serial, row.chain] if row else [device, 0, ""]
    found = _read()
    if found.get(ledger) != reached:
        found[ledger] = reached
        keys.write_whole(paths.config() / _FILE, json.dumps(found).encode("ascii"))
