"""What the monthly round keeps: who sent what, what is to be decided, and what goes back down."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Code, Day, Record
from db.tables.records import LIVE


class Upload(Record):
    """One monthly workbook that was written: for which month and place, and the digest of its values.

    `vector` is device → serial of its last change set, `previous` the digest of the upload before it.
    """

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_month", "month", "village_code"),)

    month: Mapped[str] = mapped_column(String(7))
    village_code: Mapped[str] = mapped_column(String(12))
    written_on: Mapped[Day]
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(String(20), default="upload", server_default="upload")
    device: Mapped[str] = mapped_column(String(32), default="", server_default="")
    vector: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    previous: Mapped[str] = mapped_column(String(64), default="", server_default="")


class UploadContent(Base):
    """The values of an upload, compressed, from which it can be written again; never in the journal."""

    __tablename__ = "upload_content"

    upload_id: Mapped[str] = mapped_column(String(32), ForeignKey("upload.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class MonthClose(Record):
    """A step in the closing of a month at one level: closed, accepted, returned; figures stand from then."""

    __tablename__ = "month_close"
    __table_args__ = (Index("ix_month_close_month", "month", "village_code"),)

    month: Mapped[str] = mapped_column(String(7))
    village_code: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(12))
    state: Mapped[Code]
    on: Mapped[Day]
    officer: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Device(Record):
    """A device that may write for a village or level: its public key and the fingerprint read aloud at enrolment."""

    __tablename__ = "device"
    __table_args__ = (Index("uq_device_device", "village_code", "device", unique=True, sqlite_where=LIVE),)

    village_code: Mapped[str] = mapped_column(String(12))
    device: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80), default="")
    public_key: Mapped[str] = mapped_column(String(64), default="")
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[Code]
    enrolled_on: Mapped[date | None] = mapped_column(Date)


class Received(Record):
    """One workbook that was received: from whom, how it stands to what is held, and what became of its cells."""

    __tablename__ = "received"
    __table_args__ = (Index("ix_received_month", "month", "village_code"),)

    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    village_code: Mapped[str] = mapped_column(String(12))
    month: Mapped[str] = mapped_column(String(7))
    device: Mapped[str] = mapped_column(String(32), default="")
    officer: Mapped[str] = mapped_column(String(80), default="")
    vector: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    digest: Mapped[str] = mapped_column(String(64))
    standing: Mapped[Code]
    seal: Mapped[Code]
    cells: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    received_on: Mapped[Day]
    feedback_on: Mapped[date | None] = mapped_column(Date)


class Holding(Base):
    """Where the fields of a received record come from: field → [device, serial] of the change set that wrote it.

    It holds for the values `change_set` wrote here; a field changed here since has this ledger's own origin.
    """

    __tablename__ = "holding"
    __table_args__ = (Index("ix_holding_village", "village_code"),)

    record: Mapped[str] = mapped_column(String(32), primary_key=True)
    table: Mapped[str] = mapped_column(String(40))
    village_code: Mapped[str] = mapped_column(String(12))
    change_set: Mapped[str] = mapped_column(String(32), ForeignKey("change_set.id"))
    origins: Mapped[dict[str, Any]] = mapped_column(JSON)


class Conflict(Record):
    """A field that two devices of one owner wrote differently: decided by a person; until then `ours` stands."""

    __tablename__ = "conflict"
    __table_args__ = (Index("ix_conflict_record", "record"), Index("ix_conflict_village", "village_code"))

    village_code: Mapped[str] = mapped_column(String(12))
    table: Mapped[str] = mapped_column(String(40))
    record: Mapped[str] = mapped_column(String(32))
    field: Mapped[str] = mapped_column(String(60))
    base: Mapped[Any] = mapped_column(JSON)
    ours: Mapped[Any] = mapped_column(JSON)
    theirs: Mapped[Any] = mapped_column(JSON)
    written: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Who wrote ours and theirs, when, and the origins of both."""
    decided: Mapped[str] = mapped_column(String(12), default="")
    on: Mapped[date | None] = mapped_column(Date)
    officer: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class Proposal(Record):
    """A value that a level proposes to the owner of a record; travels down, and is answered by a `Reply`."""

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_record", "record"), Index("ix_proposal_village", "village_code"))

    village_code: Mapped[str] = mapped_column(String(12))
    table: Mapped[str] = mapped_column(String(40))
    record: Mapped[str] = mapped_column(String(32))
    field: Mapped[str] = mapped_column(String(60))
    was: Mapped[Any] = mapped_column(JSON)
    value: Mapped[Any] = mapped_column(JSON)
    on: Mapped[Day]
    officer: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class Problem(Record):
    """A problem that a level found in what it received, at a cell or about a record; a to-do of the officer below."""

    __tablename__ = "problem"
    __table_args__ = (
        Index("ix_problem_village", "village_code", "month"),
        Index("ix_problem_person", "person_id"),
        Index("ix_problem_household", "household_id"),
    )

    village_code: Mapped[str] = mapped_column(String(12))
    month: Mapped[str] = mapped_column(String(7))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    sheet: Mapped[str] = mapped_column(String(80), default="")
    row: Mapped[int | None] = mapped_column(Integer)
    column: Mapped[str] = mapped_column(String(80), default="")
    code: Mapped[str] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    household_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("household.id"))
    raised_on: Mapped[Day]
    officer: Mapped[str] = mapped_column(String(80), default="")


class Reply(Record):
    """What the owner answered to a proposal, a problem or a result of a comparison (`about` is its id)."""

    __tablename__ = "reply"
    __table_args__ = (Index("ix_reply_about", "about"),)

    about: Mapped[str] = mapped_column(String(32))
    village_code: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[Code]
    on: Mapped[Day]
    officer: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class Comparison(Record):
    """An outside list that the ledger was compared with: which, as of when, from which file."""

    __tablename__ = "comparison"
    __table_args__ = ()

    kind: Mapped[Code]
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[date | None] = mapped_column(Date)
    compared_on: Mapped[Day]
    officer: Mapped[str] = mapped_column(String(80), default="")
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)


class ComparisonResult(Record):
    """What a comparison says of one person or one field: agrees, differs, unknown there; a to-do when it differs."""

    __tablename__ = "comparison_result"
    __table_args__ = (
        Index("ix_comparison_result_comparison", "comparison_id"),
        Index("ix_comparison_result_person", "person_id"),
    )

    comparison_id: Mapped[str] = mapped_column(String(32), ForeignKey("comparison.id"))
    village_code: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    household_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("household.id"))
    row: Mapped[int | None] = mapped_column(Integer)
    result: Mapped[Code]
    field: Mapped[str] = mapped_column(String(60), default="")
    ours: Mapped[str] = mapped_column(String(200), default="")
    theirs: Mapped[str] = mapped_column(String(200), default="")
    since: Mapped[date | None] = mapped_column(Date)
