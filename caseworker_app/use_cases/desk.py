"""The opened ledger as a use case meets it: whose it is, for which place, under which pack."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, select

from caseworker_app import settings
from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.clock import Clock, local_day, utc_now
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import pack
from caseworker_app.policy.pack import Pack
from db import engine, keys
from db.engine import Ledger
from db.queries import packs
from db.queries.dated import live
from db.queries.workers import Asked
from db.tables import Setting
from db.unit_of_work import UnitOfWork, Units

_SHORTEST = 6


@dataclass(slots=True)
class Desk:
    """An unlocked ledger with what its settings say."""

    ledger: Ledger
    scope: str
    officer: str
    pack: Pack
    zeroing_limit: int
    reporting_day: int
    figures_day: int
    contact_limit: int
    older_from: int
    """0: as the pack has it."""

    @property
    def units(self) -> Units:
        """Makes units of work signed by the officer."""
        return self.ledger.units(self.officer)

    def today(self) -> date:
        """Return the local day."""
        return local_day(self.ledger.clock())

    def asked(self, on: date) -> Asked:
        """Return what the lists depend on, for a day."""
        rules = self.pack
        return Asked(
            on,
            rules.worker,
            rules.posts,
            rules.left_behind,
            rules.package,
            self.zeroing_limit,
            self.contact_limit,
            self.older_from or rules.worker.older_from,
        )

    def close(self) -> None:
        """Give the ledger back."""
        self.ledger.close()


_NUMBERS = ("zeroing_limit", "reporting_day", "figures_day", "contact_limit", "older_from")


def _stored(connection: Connection) -> dict[str, object]:
    return {
        row.key: row.value
        for row in connection.execute(select(Setting.key, Setting.value).where(live(Setting)))
    }


def _read_settings(ledger: Ledger) -> dict[str, str | int | bool]:
    with ledger.reader() as connection:
        stored = _stored(connection)
    keys = ("scope", "officer", "pack", *_NUMBERS)
    return {key: settings.checked(key, stored.get(key, settings.BY_KEY[key].default)) for key in keys}


def packed(ledger: Ledger, name: str) -> Pack:
    """Return the pack a ledger follows, as it was adopted and with the figures of its place; ExpectedError `pack.*`."""
    with ledger.reader() as connection:
        adopted, entered = packs.adopted(connection, name), packs.entered(connection, name)
    if adopted is not None:
        return pack.from_texts(adopted.texts, entered)
    return pack.read_folder(pack.bundled_folder(name), entered) if entered else pack.load(name)


def at(ledger: Ledger) -> Desk:
    """Sit down at an unlocked ledger."""
    said = _read_settings(ledger)
    return Desk(
        ledger,
        str(said["scope"]),
        str(said["officer"]),
        packed(ledger, str(said["pack"])),
        *(int(said[key]) for key in _NUMBERS),
    )


def reread(desk: Desk) -> None:
    """Take up what the settings say now, after an undo or redo changed them."""
    said = _read_settings(desk.ledger)
    desk.officer = str(said["officer"])
    desk.pack = packed(desk.ledger, str(said["pack"]))
    for key in _NUMBERS:
        setattr(desk, key, int(said[key]))


def _write(unit: UnitOfWork, key: str, value: str | int | bool) -> None:
    present = unit.connection.execute(
        select(Setting.id).where(live(Setting), Setting.key == key)
    ).scalar_one_or_none()
    if present:
        unit.update(Setting, present, value=settings.checked(key, value))
    else:
        unit.insert(Setting, key=key, value=settings.checked(key, value))


def new(
    folder: Path,
    password: str,
    scope: str,
    officer: str,
    pack_name: str = pack.DEFAULT,
    clock: Clock = utc_now,
) -> tuple[Desk, str]:
    """Make a ledger for a village, township or county; return it open and the recovery code to print.

    Raises ExpectedError `scope.unknown`, `officer.missing`, `pack.missing` or `ledger.*`.
    """
    if len(scope) not in (6, 9, 12) or divisions.find(scope) is None:
        raise ExpectedError("scope.unknown", scope=scope)
    if not officer.strip():
        raise ExpectedError("officer.missing")
    pack.load(pack_name)
    ledger, code = engine.create(folder, password, clock)
    with ledger.units(officer.strip())("ledger.new", name=divisions.find(scope).name) as unit:  # type: ignore[union-attr]
        for key, value in (("scope", scope), ("officer", officer.strip()), ("pack", pack_name)):
            _write(unit, key, value)
        unit.commit()
    return at(ledger), code


def open_with_password(folder: Path, password: str, clock: Clock = utc_now) -> Desk:
    """Open a ledger; ExpectedError `ledger.*`."""
    return at(engine.open_with_password(folder, password, clock))


def open_with_recovery_code(folder: Path, code: str, new_password: str, clock: Clock = utc_now) -> Desk:
    """Open a ledger with its printed code and give it a new password; ExpectedError `ledger.*`."""
    if len(new_password) < _SHORTEST:
        raise ExpectedError("ledger.password_short")
    ledger = engine.open_with_recovery_code(folder, code, clock)
    keys.set_password(folder, ledger.opened, new_password)
    return at(ledger)


def set_password(desk: Desk, present: str, new: str) -> None:
    """Give the ledger another password; the recovery code stays.

    Raises ExpectedError `ledger.wrong_password` and `ledger.password_short`.
    """
    keys.with_password(desk.ledger.folder, present)
    if len(new) < _SHORTEST:
        raise ExpectedError("ledger.password_short")
    keys.set_password(desk.ledger.folder, desk.ledger.opened, new)


def set_officer(desk: Desk, officer: str) -> Changed:
    """Hand the ledger over to another officer; what was done before keeps its signature."""
    if not officer.strip():
        raise ExpectedError("officer.missing")
    with desk.units("officer.change", name=officer.strip()) as unit:
        _write(unit, "officer", officer.strip())
        changed = unit.commit()
    desk.officer = officer.strip()
    return changed


def set_number(desk: Desk, key: str, value: int) -> Changed:
    """Change a numeric setting of the ledger; ValueError outside its range."""
    with desk.units("setting.change", name=key) as unit:
        _write(unit, key, value)
        changed = unit.commit()
    setattr(desk, key, value)
    return changed


def place_name(desk: Desk) -> tuple[str, str]:
    """Return the name of the ledger's place and of the place above it."""
    path = divisions.path(desk.scope)
    return path[-1].name, path[-2].name if len(path) > 1 else ""
