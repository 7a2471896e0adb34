"""The journal: change sets and the values they replaced."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Id


class ChangeSet(Base):
    """One user action: who, when (for people to read), which use case, and its place in the chain."""

    __tablename__ = "change_set"
    __table_args__ = (UniqueConstraint("device", "serial"),)

    id: Mapped[Id]
    position: Mapped[int] = mapped_column(Integer, unique=True)
    device: Mapped[str] = mapped_column(String(32))
    serial: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(DateTime)
    officer: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    undoes: Mapped[str | None] = mapped_column(String(32), ForeignKey("change_set.id"), index=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    chain: Mapped[str] = mapped_column(String(64))


class Change(Base):
    """What one change set replaced in one record; an insert leaves none (the row knows its change set)."""

    __tablename__ = "change"
    __table_args__ = (
        UniqueConstraint("change_set", "number"),
        Index("ix_change_record", "table", "record"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    change_set: Mapped[str] = mapped_column(String(32), ForeignKey("change_set.id"))
    number: Mapped[int] = mapped_column(Integer)
    table: Mapped[str] = mapped_column(String(40))
    record: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
