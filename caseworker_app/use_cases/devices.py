"""Which devices may write for a village: enrolled by file and fingerprint, a second one named and not taken silently."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from caseworker_app import wording
from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import read, seal
from caseworker_app.exchange.book import Draft
from caseworker_app.exchange.seal import Seal
from caseworker_app.read_models.received import DeviceLine, FileProblem, Introduced
from caseworker_app.use_cases import uploads
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean
from caseworker_app.wording import ZH
from db.queries import received as queries
from db.tables import Device
from db.unit_of_work import UnitOfWork

_SHOWN = 8
"""Characters of a device id that people are told."""
_DIGITS = {"village": divisions.VILLAGE, "township": divisions.TOWN, "county": divisions.COUNTY}


def short(device: str) -> str:
    """Return a device id as people are told it."""
    return device[-_SHOWN:]


def place_named(place: str) -> str:
    """Return a place by its names from the county down; its code where it is not known."""
    return "".join(each.name for each in divisions.path(place)[2:]) or place


def admitted(
    connection: Connection, desk: Desk, place: str, found: Seal
) -> tuple[bool, str, tuple[FileProblem, ...]]:
    """Say whether a sealed workbook is taken from its device, as what the device is noted, and what to know of it.

    The first device of a place is taken and named until its fingerprint is confirmed; a second one is not taken
    before somebody enrols it.
    """
    told = {"device": short(found.device), "fingerprint": found.fingerprint}
    if found.device == desk.units.device and found.public_key == seal.public_key():
        return True, "", ()
    known = queries.device_rows(connection, place)
    own = next((row for row in known if row.device == found.device), None)
    if own is not None and own.state == "refused":
        return False, "", (FileProblem("receive.device_refused", told),)
    if own is not None and own.public_key == found.public_key:
        return True, "", () if own.state == "enrolled" else (FileProblem("receive.device_new", told),)
    same = next((row for row in known if row.public_key == found.public_key and row.state != "refused"), None)
    if own is None and same is not None:
        # The same installation after a restore: its key is known, its device is new.
        return True, same.state, (FileProblem("receive.device_again", told),)
    if own is None and not any(row.state != "refused" for row in known):
        return True, "seen", (FileProblem("receive.device_new", told),)
    return False, "", (FileProblem("receive.device_second", told),)


def note(unit: UnitOfWork, desk: Desk, place: str, found: Seal, state: str, name: str = "") -> None:
    """Remember a device of a place in a state."""
    known = [row for row in queries.device_rows(unit.connection, place) if row.device == found.device]
    values = {
        "public_key": found.public_key,
        "fingerprint": found.fingerprint,
        "state": state,
        "enrolled_on": desk.today() if state == "enrolled" else None,
    }
    if known:
        unit.update(Device, known[0].id, **values, **({"name": clean(name)} if name else {}))
    else:
        unit.insert(Device, village_code=place, device=found.device, name=clean(name), **values)


def sender(manifest: Mapping[str, Any]) -> str:
    """Return the place whose device sealed a workbook: a level's own ledger signs for what is below it."""
    digits = _DIGITS.get(str(manifest.get("level", "")), divisions.VILLAGE)
    return str(manifest.get("village", ""))[:digits]


def _sealed(file: Path, password: str) -> Seal:
    found = seal.verify(read.read(file, password=password))
    if not found.device or not found.public_key:
        raise ExpectedError("device.not_sealed", file=file.name)
    return found


def look(desk: Desk, file: Path, *, password: str = "") -> Introduced:
    """Say whose device sealed a workbook, and which others write for that place; nothing is written.

    Raises ExpectedError `device.not_sealed` and `workbook.*`.
    """
    found = _sealed(file, password)
    place = sender(found.manifest)
    with desk.ledger.reader() as connection:
        known = queries.devices(connection, desk.units.device)
    others = tuple(
        each
        for each in known
        if each.village_code == place and each.state != "refused" and each.device != found.device
    )
    officer = str(found.manifest.get("officer", ""))
    return Introduced(place, found.device, found.fingerprint, officer, others)


def enrol_file(
    desk: Desk, file: Path, *, fingerprint: str = "", name: str = "", password: str = ""
) -> Changed:
    """Enrol the device that sealed a workbook for the place the workbook is of.

    Raises ExpectedError `device.not_sealed`, `device.fingerprint` when another one was read aloud, `receive.elsewhere`
    and `workbook.*`.
    """
    found = _sealed(file, password)
    return enrol(desk, sender(found.manifest), found, fingerprint=fingerprint, name=name)


def enrol(desk: Desk, place: str, found: Seal, *, fingerprint: str = "", name: str = "") -> Changed:
    """Enrol a device for a place; ExpectedError `device.fingerprint` and `receive.elsewhere`."""
    if fingerprint and _digits(fingerprint) != _digits(found.fingerprint):
        raise ExpectedError("device.fingerprint", fingerprint=found.fingerprint)
    if not place.startswith(desk.scope) and not desk.scope.startswith(place):
        raise ExpectedError("receive.elsewhere", place=place_named(place))
    with desk.units("device.enrol") as unit:
        note(unit, desk, place, found, "enrolled", name)
        unit.name(clean(name) or short(found.device))
        return unit.commit()


def confirm(desk: Desk, ids: Sequence[str], name: str = "") -> Changed:
    """Enrol devices that were seen, after their fingerprints were compared; ExpectedError `device.none`."""
    return _set(desk, ids, "device.enrol", "enrolled", name)


def refuse(desk: Desk, ids: Sequence[str]) -> Changed:
    """Take nothing from these devices any more; ExpectedError `device.none`."""
    return _set(desk, ids, "device.refuse", "refused")


def _set(desk: Desk, ids: Sequence[str], action: str, state: str, name: str = "") -> Changed:
    with desk.units(action) as unit:
        rows = queries.devices_named(unit.connection, ids)
        if not rows or len(rows) < len(set(ids)):
            raise ExpectedError("device.none", device="、".join(ids))
        for row in rows:
            enrolled = desk.today() if state == "enrolled" else row.enrolled_on
            called = clean(name) or row.name
            unit.update(Device, row.id, state=state, enrolled_on=enrolled, name=called)
        unit.name(clean(name) or rows[0].name or short(rows[0].device), len(rows))
        return unit.commit()


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


# -- this device -----------------------------------------------------------------------------------


def own_line(desk: Desk) -> DeviceLine:
    """Return this installation as the level above sees it; ExpectedError `seal.no_key`."""
    device = desk.units.device
    told = seal.fingerprint(seal.public_key())
    return DeviceLine("", desk.scope, device, "", told, "", None, "", own=True)


def default_name(desk: Desk) -> str:
    """Return the file name an enrolment is offered under."""
    return f"{divisions.path(desk.scope)[-1].name}_设备登记_{desk.today():%Y%m%d}.xlsx"


def introduce(desk: Desk, path: Path) -> None:
    """Write the sealed workbook by which the level above enrols this device; it holds nothing of anybody.

    Raises ExpectedError `seal.no_key` and `workbook.not_written`.
    """
    unit, today = uploads.unit_name(desk.scope), desk.today().isoformat()
    names = {"book": f"{unit}设备登记", "officer": desk.officer, "written": today}
    with wording.speaking(ZH), closing(Draft((), names)) as draft:
        draft.seal(
            [
                ("填报单位", unit),
                ("填报人", desk.officer),
                ("填报日期", today),
                ("设备编号", short(desk.units.device)),
                ("登记办法",),
                ("上级怎么办", "在台账「报送」的「设备」页由文件登记，电话核对设备指纹一致后确认。"),
            ],
            {
                "format": 1,
                "kind": "enrolment",
                "village": desk.scope,
                "level": uploads.level_of(desk.scope),
                "device": desk.units.device,
                "officer": desk.officer,
            },
        )
        made = draft.save(path)
    try:
        made.replace(path)
    except OSError as error:
        raise ExpectedError("workbook.not_written", file=str(path)) from error
    finally:
        made.unlink(missing_ok=True)
