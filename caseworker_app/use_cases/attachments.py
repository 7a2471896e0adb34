"""Photos of papers: attached to a person or a household, corrected, taken out, and given back as files."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import photo
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean, known
from db.queries import attachments as queries
from db.queries.dated import live
from db.tables import Attachment, AttachmentContent, Household, Person
from db.unit_of_work import UnitOfWork


def _check(desk: Desk, kind: str, taken_on: date | None) -> None:
    known("attachment_kind", kind)
    if taken_on is not None and taken_on > desk.today():
        raise ExpectedError("day.future", day=taken_on.isoformat())


def _owner(unit: UnitOfWork, person: str, household: str) -> str:
    """Return what the person or household is called; ExpectedError `person.none`."""
    chosen = (
        select(Person.name).where(Person.id == person, live(Person))
        if person
        else select(Household.household_no).where(Household.id == household, live(Household))
    )
    name = unit.connection.execute(chosen).scalar_one_or_none()
    if name is None:
        raise ExpectedError("person.none")
    return str(name)


def attach(
    desk: Desk,
    files: Sequence[Path],
    *,
    person: str = "",
    household: str = "",
    kind: str,
    title: str = "",
    taken_on: date | None = None,
) -> Changed:
    """Keep photos or scans of a paper with a person or a household, as one change.

    Raises ExpectedError `photo.*` for a file that cannot be kept, `photo.repeated` for one that is kept already,
    `code.unknown`, `day.future`, `text.long` and `person.none`.
    """
    _check(desk, kind, taken_on)
    title = clean(title)
    # Shrunk before the ledger is held for writing.
    kept = {each.digest: (each, file.name) for each, file in [(photo.read(file), file) for file in files]}
    with desk.units("attachment.attach", kind=kind) as unit:
        owner = _owner(unit, person, household)
        present = {
            line.digest
            for line in queries.lines(
                unit.connection,
                people=[person] if person else [],
                households=[household] if household else [],
            )
        }
        for each, name in kept.values():
            if each.digest in present:
                raise ExpectedError("photo.repeated", file=name, name=owner)
            made = unit.insert(
                Attachment,
                person_id=person or None,
                household_id=None if person else household,
                kind=kind,
                title=title,
                taken_on=taken_on,
                media_type=each.media_type,
                size=len(each.content),
                digest=each.digest,
            )
            unit.connection.execute(
                insert(AttachmentContent).values(attachment_id=made, content=each.content)
            )
        unit.name(owner)
        return unit.commit()


def describe(desk: Desk, attachment: str, *, kind: str, title: str, taken_on: date | None) -> Changed:
    """Correct what a photo is said to show; ExpectedError `code.unknown`, `day.future`, `text.long`, `photo.none`."""
    _check(desk, kind, taken_on)
    with desk.units("attachment.describe", kind=kind) as unit:
        unit.name(_owner_of(unit, attachment))
        unit.update(Attachment, attachment, kind=kind, title=clean(title), taken_on=taken_on)
        return unit.commit()


def take_out(desk: Desk, attachment: str) -> Changed:
    """Take a photo out of the papers; it stays in the ledger and undo brings it back. ExpectedError `photo.none`."""
    with desk.units("attachment.take_out") as unit:
        unit.name(_owner_of(unit, attachment))
        unit.void(Attachment, attachment)
        return unit.commit()


def _owner_of(unit: UnitOfWork, attachment: str) -> str:
    chosen = select(Attachment.person_id, Attachment.household_id).where(
        Attachment.id == attachment, live(Attachment)
    )
    row = unit.connection.execute(chosen).first()
    if row is None:
        raise ExpectedError("photo.none")
    return _owner(unit, row.person_id or "", row.household_id or "")


def export(desk: Desk, attachment: str, target: Path) -> None:
    """Write a photo into a file; ExpectedError `photo.none`, `photo.elsewhere`, `file.not_written`."""
    with desk.ledger.reader() as connection:
        content = queries.content(connection, attachment)
        known = connection.execute(select(Attachment.id).where(Attachment.id == attachment)).first()
    if content is None:
        raise ExpectedError("photo.elsewhere" if known else "photo.none")
    draft = target.with_name(target.name + ".part")
    try:
        draft.write_bytes(content)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ExpectedError("file.not_written", file=str(target)) from error
