"""What every table shares: ids, and the change sets that made, changed or voided a row."""

from datetime import date
from typing import Annotated

from sqlalchemy import Date, ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Id = Annotated[str, mapped_column(String(32), primary_key=True)]
Code = Annotated[str, mapped_column(String(40))]
Day = Annotated[date, mapped_column(Date)]
Twin = Annotated[str, mapped_column(String(32), default="", server_default="")]
"""The record's own id when it was received although another has its number: both stand until a person decides.

Part of the unique indexes, so that a number is unique but for twins; which of two is the twin is no fact.
"""


class Base(DeclarativeBase):
    """Declarative base with a name for every constraint, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Record(Base):
    """A row of the ledger: never deleted, and knows the change sets that made, last touched and voided it."""

    __abstract__ = True

    id: Mapped[Id]
    made_in: Mapped[str] = mapped_column(String(32), ForeignKey("change_set.id"), index=True)
    changed_in: Mapped[str] = mapped_column(String(32), ForeignKey("change_set.id"))
    voided_in: Mapped[str | None] = mapped_column(String(32), ForeignKey("change_set.id"))


BOOKKEEPING = frozenset({"id", "made_in", "changed_in", "voided_in", "twin"})
