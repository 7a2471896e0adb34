"""Photos of papers: what is attached to whom, and the bytes."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, func, or_, select

from caseworker_app.read_models.attachments import AttachmentLine
from db.queries.dated import live
from db.tables import Attachment, AttachmentContent, Household, Person


def lines(
    connection: Connection, *, people: Sequence[str] = (), households: Sequence[str] = ()
) -> list[AttachmentLine]:
    """Return what is attached to these people and households, newest first."""
    chosen = (
        select(
            Attachment.id,
            func.coalesce(Attachment.person_id, ""),
            func.coalesce(Attachment.household_id, ""),
            func.coalesce(Person.name, Household.household_no),
            Attachment.kind,
            Attachment.title,
            Attachment.taken_on,
            Attachment.media_type,
            Attachment.size,
            Attachment.digest,
        )
        .outerjoin(Person, Person.id == Attachment.person_id)
        .outerjoin(Household, Household.id == Attachment.household_id)
        .where(
            live(Attachment),
            or_(Attachment.person_id.in_(people), Attachment.household_id.in_(households)),
        )
        .order_by(Attachment.id.desc())
    )
    return [AttachmentLine(*row) for row in connection.execute(chosen).tuples()]


def content(connection: Connection, attachment: str) -> bytes | None:
    """Return the bytes of a photo; None when there is no such attachment."""
    chosen = select(AttachmentContent.content).where(AttachmentContent.attachment_id == attachment)
    return connection.execute(chosen).scalar_one_or_none()


def damaged(connection: Connection) -> list[str]:
    """Return the attachments, taken back ones too, whose bytes are not those that were attached."""
    chosen = select(Attachment.id, Attachment.digest, AttachmentContent.content).outerjoin(
        AttachmentContent, AttachmentContent.attachment_id == Attachment.id
    )
    return [
        row.id
        for row in connection.execute(chosen.execution_options(yield_per=20))
        if row.content is None or hashlib.sha256(row.content).hexdigest() != row.digest
    ]
