"""Photos of papers: what is attached to whom, and the bytes."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from caseworker_app.read_models.attachments import AttachmentLine
from db.queries.dated import live
from db.tables import Attachment, AttachmentContent, Holding, Household, Person


def lines(
    connection: Connection, *, people: Sequence[str] = (), households: Sequence[str] = ()
) -> list[AttachmentLine]:
    """Return what is attached to these people and households, newest first."""
    chosen = (
        select(Attachment.__table__, Person.name, Household.household_no)
        .outerjoin(Person, Person.id == Attachment.person_id)
        .outerjoin(Household, Household.id == Attachment.household_id)
        .where(
            live(Attachment),
            or_(Attachment.person_id.in_(people), Attachment.household_id.in_(households)),
        )
        .order_by(Attachment.id.desc())
    )
    return [
        AttachmentLine(
            row.id,
            row.person_id or "",
            row.household_id or "",
            row.name or row.household_no,
            row.kind,
            row.title,
            row.taken_on,
            row.media_type,
            row.size,
            row.digest,
        )
        for row in connection.execute(chosen)
    ]


def content(connection: Connection, attachment: str) -> bytes | None:
    """Return the bytes of a photo; None when there is no such attachment."""
    chosen = select(AttachmentContent.content).where(AttachmentContent.attachment_id == attachment)
    return connection.execute(chosen).scalar_one_or_none()


def damaged(connection: Connection) -> list[str]:
    """Return the attachments, taken back ones too, whose bytes are not those that were attached.

    A photo whose facts were received is kept where it was taken.
    """
    chosen = (
        select(Attachment.id, Attachment.digest, AttachmentContent.content)
        .outerjoin(AttachmentContent, AttachmentContent.attachment_id == Attachment.id)
        .outerjoin(Holding, Holding.record == Attachment.id)
        .where(or_(AttachmentContent.attachment_id.is_not(None), Holding.record.is_(None)))
    )
    return [
        row.id
        for row in connection.execute(chosen.execution_options(yield_per=20))
        if row.content is None or hashlib.sha256(row.content).hexdigest() != row.digest
    ]
