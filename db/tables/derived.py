"""What is kept beside the records: bytes of photos, and the keys by which people are found."""

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base


class AttachmentContent(Base):
    """The bytes of an attachment, shrunk; encrypted with the whole ledger."""

    __tablename__ = "attachment_content"

    attachment_id: Mapped[str] = mapped_column(String(32), ForeignKey("attachment.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class SearchName(Base):
    """One reading of a name, for `db.search`; made from the name and never a fact of its own."""

    __tablename__ = "search_name"
    __table_args__ = (
        Index("ix_search_name_name", "name"),
        Index("ix_search_name_pinyin", "pinyin"),
        Index("ix_search_name_initials", "initials"),
        Index("ix_search_name_given", "given"),
        Index("ix_search_name_folded", "folded"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(80))
    pinyin: Mapped[str] = mapped_column(String(160))
    initials: Mapped[str] = mapped_column(String(40))
    given: Mapped[str] = mapped_column(String(160))
    folded: Mapped[str] = mapped_column(String(160))


class SearchNumber(Base):
    """A number of a person read from its end, so that a tail is found like a beginning."""

    __tablename__ = "search_number"
    __table_args__ = (
        Index("ix_search_number_person", "person_id"),
        Index("ix_search_number_reversed", "reversed"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    reversed: Mapped[str] = mapped_column(String(30))
