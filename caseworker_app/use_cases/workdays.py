"""The calendar of working days a ledger counts public notices by."""

from pathlib import Path

from sqlalchemy import Connection, select

from caseworker_app.domain import workdays
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.workdays import Workdays
from caseworker_app.use_cases.desk import Desk
from db.queries.dated import live
from db.tables import Setting

KEY = "workdays"


def calendar(connection: Connection) -> Workdays:
    """Return the calendar in force: the bundled years, and those this ledger took in."""
    chosen = select(Setting.value).where(live(Setting), Setting.key == KEY)
    own = connection.execute(chosen).scalar_one_or_none()
    return workdays.calendar(own if isinstance(own, dict) else None)


def take_in(desk: Desk, file: Path) -> tuple[Changed, Workdays]:
    """Take in a calendar from a file, its years instead of what was known of them; ExpectedError `workdays.form`."""
    try:
        content = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ExpectedError("workdays.form", file=file.name) from error
    years = workdays.parse(content, file.name)
    with desk.units("setting.change", name=KEY) as unit:
        chosen = select(Setting.id, Setting.value).where(live(Setting), Setting.key == KEY)
        present = unit.connection.execute(chosen).first()
        if present:
            unit.update(Setting, present.id, value={**present.value, **years})
        else:
            unit.insert(Setting, key=KEY, value=years)
        changed = unit.commit()
    with desk.ledger.reader() as connection:
        return changed, calendar(connection)
