"""What items of policy packs ask for beside people and jobs: organisations, wages, insurances, posts, money paid."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Code, Day, Record
from db.tables.records import LIVE


class Organisation(Record):
    """An employer, agency, broker, studio, workshop or co-operative; `level` as certified (national, county …)."""

    __tablename__ = "organisation"
    __table_args__ = (Index("ix_organisation_name", "name"), Index("ix_organisation_kind", "kind"))

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Code]
    credit_code: Mapped[str] = mapped_column(String(18), default="")
    village_code: Mapped[str] = mapped_column(String(12), default="")
    place_code: Mapped[str] = mapped_column(String(12), default="")
    size: Mapped[str] = mapped_column(String(20), default="")
    level: Mapped[str] = mapped_column(String(20), default="")
    certified_on: Mapped[date | None] = mapped_column(Date)
    opened_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    contact: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    account: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class Engagement(Record):
    """A person brought to work by, employed at or taught by an organisation; `spell_id` the job it is about."""

    __tablename__ = "engagement"
    __table_args__ = (
        Index("ix_engagement_organisation", "organisation_id"),
        Index("ix_engagement_person", "person_id"),
    )

    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    spell_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("spell.id"))
    role: Mapped[Code]
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class HeadCount(Record):
    """How many people of a kind an organisation had in a month; `kind` is all, or a group the pack names."""

    __tablename__ = "head_count"
    __table_args__ = (
        Index("uq_head_count_month", "organisation_id", "month", "kind", unique=True, sqlite_where=LIVE),
    )

    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    month: Mapped[str] = mapped_column(String(7))
    kind: Mapped[Code]
    number: Mapped[int] = mapped_column(Integer)


class Wage(Record):
    """The wage of one job in one month, in fen; `by_bank` whether it was paid through a bank."""

    __tablename__ = "wage"
    __table_args__ = (
        Index("uq_wage_month", "spell_id", "month", unique=True, sqlite_where=LIVE),
        Index("ix_wage_person", "person_id"),
    )

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    spell_id: Mapped[str] = mapped_column(String(32), ForeignKey("spell.id"))
    month: Mapped[str] = mapped_column(String(7))
    amount: Mapped[int] = mapped_column(Integer)
    by_bank: Mapped[bool | None] = mapped_column(Boolean)


class Contract(Record):
    """A labour contract: for which job, signed when, until when."""

    __tablename__ = "contract"
    __table_args__ = (Index("ix_contract_person", "person_id"),)

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    spell_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("spell.id"))
    organisation_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"))
    signed_on: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class Insurance(Record):
    """An insurance of a person by kind, from when to when; `paid` is what `payer` paid, in fen."""

    __tablename__ = "insurance"
    __table_args__ = (
        Index("ix_insurance_person", "person_id"),
        Index("ix_insurance_organisation", "organisation_id"),
    )

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    organisation_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"))
    kind: Mapped[Code]
    payer: Mapped[Code]
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    paid: Mapped[int | None] = mapped_column(Integer)


class Certificate(Record):
    """A certificate of a skill or qualification, and what the training to it cost, in fen."""

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_person", "person_id"),)

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    kind: Mapped[Code]
    trade: Mapped[str] = mapped_column(String(80), default="")
    level: Mapped[str] = mapped_column(String(20), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    course: Mapped[str] = mapped_column(String(40), default="")
    cost: Mapped[int | None] = mapped_column(Integer)


class Business(Record):
    """A business that a person founded: its form, whether the first, from when to when, how many it employs."""

    __tablename__ = "business"
    __table_args__ = (Index("ix_business_person", "person_id"),)

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    organisation_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Code]
    first: Mapped[bool | None] = mapped_column(Boolean)
    registered_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    employed: Mapped[int | None] = mapped_column(Integer)


class Loan(Record):
    """A loan to a founder or firm: amount in fen, interest in basis points a year, purpose and term."""

    __tablename__ = "loan"
    __table_args__ = (Index("ix_loan_person", "person_id"), Index("ix_loan_organisation", "organisation_id"))

    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    organisation_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("organisation.id"))
    kind: Mapped[Code]
    purpose: Mapped[str] = mapped_column(String(80), default="")
    amount: Mapped[int] = mapped_column(Integer)
    rate: Mapped[int | None] = mapped_column(Integer)
    interest_paid: Mapped[int | None] = mapped_column(Integer)
    granted_on: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    repaid_on: Mapped[date | None] = mapped_column(Date)


class Post(Record):
    """A public post with its quota; the people who hold it have a spell of kind public post."""

    __tablename__ = "post"
    __table_args__ = (Index("ix_post_village", "village_code"),)

    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[Code]
    village_code: Mapped[str] = mapped_column(String(12))
    quota: Mapped[int] = mapped_column(Integer)
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class PostHolding(Record):
    """Who holds a post through which spell, and how many months were used before this ledger began."""

    __tablename__ = "post_holding"
    __table_args__ = (
        Index("ix_post_holding_post", "post_id"),
        Index("ix_post_holding_person", "person_id"),
    )

    post_id: Mapped[str] = mapped_column(String(32), ForeignKey("post.id"))
    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    spell_id: Mapped[str] = mapped_column(String(32), ForeignKey("spell.id"))
    months_before: Mapped[int] = mapped_column(Integer, default=0)


class Evidence(Record):
    """A paper of a claim: of which kind, and the photo of it where there is one."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_claim", "claim_id"),)

    claim_id: Mapped[str] = mapped_column(String(32), ForeignKey("claim.id"))
    kind: Mapped[Code]
    attachment_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("attachment.id"))
    on: Mapped[Day]
    note: Mapped[str] = mapped_column(Text, default="")


class Objection(Record):
    """Somebody's objection to a published claim, and how it was resolved."""

    __tablename__ = "objection"
    __table_args__ = (Index("ix_objection_claim", "claim_id"),)

    claim_id: Mapped[str] = mapped_column(String(32), ForeignKey("claim.id"))
    raised_on: Mapped[Day]
    by: Mapped[str] = mapped_column(String(80), default="")
    words: Mapped[str] = mapped_column(Text)
    resolved_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(String(40), default="")
    answer: Mapped[str] = mapped_column(Text, default="")


class Roster(Record):
    """Claims of one item, village and round that went up together."""

    __tablename__ = "roster"
    __table_args__ = (Index("uq_roster_number", "number", unique=True, sqlite_where=LIVE),)

    number: Mapped[str] = mapped_column(String(40))
    item: Mapped[Code]
    cycle: Mapped[str] = mapped_column(String(12))
    round: Mapped[str] = mapped_column(String(40), default="")
    village_code: Mapped[str] = mapped_column(String(12))
    made_on: Mapped[Day]
    claims: Mapped[list[str]] = mapped_column(JSON)


class Payment(Record):
    """What the bank said of the money of one claim: paid or failed, how much in fen, when and why."""

    __tablename__ = "payment"
    __table_args__ = (Index("ix_payment_claim", "claim_id"),)

    claim_id: Mapped[str] = mapped_column(String(32), ForeignKey("claim.id"))
    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    amount: Mapped[int] = mapped_column(Integer)
    paid_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[Code]
    reason: Mapped[str] = mapped_column(String(200), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")


class AdoptedPack(Record):
    """A policy pack that was adopted from a folder or came down with a feedback: its texts, and who adopted it."""

    __tablename__ = "adopted_pack"
    __table_args__ = (Index("ix_adopted_pack_place", "place"),)

    place: Mapped[Code]
    digest: Mapped[str] = mapped_column(String(64))
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """File name → its text, parents included."""
    adopted_on: Mapped[Day]
    officer: Mapped[str] = mapped_column(String(80), default="")
