"""A county's own templates: shown once, kept in the ledger, filled from then on with the month's rows."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from caseworker_app import wording
from caseworker_app.domain import divisions
from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import template, write
from caseworker_app.exchange.template import Glance, Shape
from caseworker_app.use_cases import uploads
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.month_rows import FIGURES, MonthRows
from caseworker_app.use_cases.typed import clean
from caseworker_app.wording import ZH
from db.queries import attachments
from db.queries.dated import live
from db.tables import Attachment, AttachmentContent, Setting

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KEY = "template."
_PLACES = ("单位", "县", "乡镇", "村", "月份", "填报人", "统计时点", "填报日期")
"""What a place may be called, beside the figures of the summary and the columns of our sheets."""
_LARGEST = 20 * 1024**2
_LONGEST_NAME = 60
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Template:
    """A template that is kept: its name, its file, and how it is filled."""

    id: str
    name: str
    file: str
    shape: Shape

    @property
    def source(self) -> str:
        """Return what our sheet with its rows is called; '' where it is filled by places only."""
        return next((form.name for form in write.monthly_forms() if form.rows == self.shape.rows), "")


def kept(connection: Connection) -> list[Template]:
    """Return the templates, by name."""
    chosen = (
        select(Attachment.id, Attachment.title, Setting.value)
        .join(Setting, Setting.key == _KEY + Attachment.id)
        .where(live(Attachment), live(Setting))
        .order_by(Attachment.title)
    )
    return [
        Template(row.id, row.title, row.value["file"], _shape(row.value["shape"]))
        for row in connection.execute(chosen)
    ]


def _shape(told: dict[str, Any]) -> Shape:
    columns = tuple((column, field) for column, field in told["columns"])
    return Shape(told["sheet"], told["header_row"], told["rows"], columns, tuple(told["places"]))


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise ExpectedError("workbook.too_large", file=file.name)
        return file.read_bytes()
    except OSError as error:
        raise ExpectedError("workbook.missing", file=file.name) from error


@dataclass(frozen=True, slots=True)
class Shown:
    """A template before it is kept: the top of its sheet, and how it would be filled or why it cannot be yet."""

    glance: Glance
    shape: Shape | None
    why: ExpectedError | None
    columns: tuple[tuple[int, str], ...]
    """The columns that are filled, each with the header of ours that fills it."""
    source: str
    """The name of our sheet with its rows; '' where it is filled by places only."""


def show(file: Path, *, sheet: str = "", header_row: int = 0, rows: str = "") -> Shown:
    """Show a template and how it would be filled.

    Raises ExpectedError `workbook.missing`, `workbook.too_large`, `workbook.damaged` and `template.no_sheet`.
    """
    content = _content(file)
    try:
        shape = template.look(content, file.name, sheet=sheet, header_row=header_row, rows=rows)
    except ExpectedError as error:
        if error.code != "template.no_place":
            raise
        return Shown(template.glance(content, file.name, sheet), None, error, (), "")
    form = next((form for form in write.monthly_forms() if form.rows == shape.rows), None)
    headers = {column.field: column.header for column in form.columns} if form else {}
    return Shown(
        template.glance(content, file.name, shape.sheet),
        shape,
        None,
        tuple((column, headers[field]) for column, field in shape.columns),
        form.name if form else "",
    )


def sources() -> list[str]:
    """Return the names of our sheets whose rows can fill a template."""
    return [form.name for form in write.monthly_forms()]


def look(file: Path, *, sheet: str = "", header_row: int = 0, rows: str = "") -> tuple[bytes, Shape]:
    """Return a template's bytes and how it would be filled.

    Raises ExpectedError `workbook.missing`, `workbook.too_large`, `workbook.damaged` and `template.*`.
    """
    content = _content(file)
    return content, template.look(content, file.name, sheet=sheet, header_row=header_row, rows=rows)


def add(
    desk: Desk, file: Path, name: str, *, sheet: str = "", header_row: int = 0, rows: str = ""
) -> tuple[Changed, Shape]:
    """Keep a template under a name; one of that name is replaced.

    Raises ExpectedError as `look`, `template.name`, and `template.unknown_place`.
    """
    name = clean(name)
    if not name or len(name) > _LONGEST_NAME:
        raise ExpectedError("template.name", most=_LONGEST_NAME)
    content, shape = look(file, sheet=sheet, header_row=header_row, rows=rows)
    if place := template.unknown(shape.places, (*_PLACES, *_figures().values())):
        raise ExpectedError("template.unknown_place", place=place)
    with desk.units("template.add", name=name) as unit:
        for each in kept(unit.connection):
            if each.name == name:
                unit.void(Attachment, each.id)
        made = unit.insert(
            Attachment,
            person_id=None,
            household_id=None,
            kind="other",
            title=name,
            taken_on=None,
            media_type=_XLSX,
            size=len(content),
            digest=hashlib.sha256(content).hexdigest(),
        )
        unit.connection.execute(insert(AttachmentContent).values(attachment_id=made, content=content))
        unit.insert(Setting, key=_KEY + made, value={"file": file.name, "shape": asdict(shape)})
        return unit.commit(), shape


def _figures() -> dict[str, str]:
    """Return what the figures that can be filled in are called."""
    return {figure: shown for figure, shown in uploads.figure_names().items() if figure in FIGURES}


def _named(connection: Connection, name: str) -> Template:
    found = next((each for each in kept(connection) if each.name == clean(name)), None)
    if found is None:
        raise ExpectedError("template.none", name=name)
    return found


def take_out(desk: Desk, name: str) -> Changed:
    """Keep a template no longer; undo brings it back. ExpectedError `template.none`."""
    with desk.units("template.take_out", name=name) as unit:
        unit.void(Attachment, _named(unit.connection, name).id)
        return unit.commit()


def fill(
    desk: Desk,
    name: str,
    month: str,
    target: Path,
    *,
    village: str = "",
    progress: Progress = lambda _done, _total, _what: None,
) -> int:
    """Fill a template with a month's rows; return how many went in.

    Raises ExpectedError `template.none`, `template.unknown_place`, `upload.month`, `upload.month_future`,
    `upload.place`, `workbook.damaged` and `workbook.not_written`.
    """
    place = uploads.place_of(desk, village)
    with desk.ledger.reader() as connection, wording.speaking(ZH):
        found = _named(connection, name)
        content = attachments.content(connection, found.id) or b""
        first, on = uploads.days_of(connection, desk, month, place)
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        gathered = MonthRows(connection, desk, first, on, place)
        gathered.take_all(
            lambda sheet, values: rows[sheet].append(values),
            lambda done, total: progress(done, total, "upload.gathering"),
        )
    levels = {each.level: each.name for each in divisions.path(place)}
    total = gathered.counted()
    names = {
        "单位": uploads.unit_name(place),
        "县": levels.get("county", ""),
        "乡镇": levels.get("town", ""),
        "村": levels.get("village", ""),
        "月份": uploads.shown_month(month),
        "填报人": desk.officer,
        "统计时点": on.isoformat(),
        "填报日期": desk.today().isoformat(),
        **{shown: str(total[figure]) for figure, shown in _figures().items()},
    }
    progress(0, 0, "upload.writing")
    return template.fill(content, found.shape, names, lambda sheet: rows[sheet], target)
