"""The facts of the ledger, one table a kind of record; what changes over time is dated rows."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Code, Day, Record, Twin

LIVE = text("voided_in IS NULL")
# PostgreSQL has the same partial indexes; naming its option here would load its whole dialect at every start.


class Setting(Record):
    """One setting of the ledger."""

    __tablename__ = "setting"
    __table_args__ = (Index("uq_setting_key", "key", unique=True, sqlite_where=LIVE),)

    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(JSON)


class Household(Record):
    """A 户; its head is the member whose relation is head."""

    __tablename__ = "household"
    __table_args__ = (
        Index("uq_household_household_no", "household_no", "twin", unique=True, sqlite_where=LIVE),
        Index("ix_household_village_code", "village_code", "household_no"),
    )

    household_no: Mapped[str] = mapped_column(String(30))
    village_code: Mapped[str] = mapped_column(String(12))
    group_name: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    twin: Mapped[Twin]


class HouseholdAttribute(Record):
    """A dated value of a household: kind, relocated, low_income … `since` None: as far back as known."""

    __tablename__ = "household_attribute"
    __table_args__ = (Index("ix_household_attribute_household", "household_id", "attribute"),)

    household_id: Mapped[str] = mapped_column(String(32), ForeignKey("household.id"))
    attribute: Mapped[Code]
    value: Mapped[str] = mapped_column(String(200))
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class Monitoring(Record):
    """One stretch of being a 监测对象, from identification until the risk is resolved."""

    __tablename__ = "monitoring"
    __table_args__ = (Index("ix_monitoring_household", "household_id"),)

    household_id: Mapped[str] = mapped_column(String(32), ForeignKey("household.id"))
    kind: Mapped[Code]
    identified_on: Mapped[date | None] = mapped_column(Date)
    resolved_on: Mapped[date | None] = mapped_column(Date)
    risks: Mapped[list[str]] = mapped_column(JSON)


class Person(Record):
    """A person; sex and birth date stand by themselves because not everybody's number is known."""

    __tablename__ = "person"
    __table_args__ = (
        Index(
            "uq_person_identity_number",
            "identity_number",
            "twin",
            unique=True,
            sqlite_where=LIVE,
        ),
        Index("ix_person_name", "name"),
    )

    name: Mapped[str] = mapped_column(String(80))
    identity_number: Mapped[str | None] = mapped_column(String(18))
    person_no: Mapped[str] = mapped_column(String(30), default="")
    sex: Mapped[str] = mapped_column(String(10), default="")
    born: Mapped[date | None] = mapped_column(Date)
    ethnicity: Mapped[str] = mapped_column(String(10), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    disability: Mapped[str] = mapped_column(String(4), default="")
    card_holder: Mapped[str] = mapped_column(String(80), default="")
    card_bank: Mapped[str] = mapped_column(String(80), default="")
    card_number: Mapped[str] = mapped_column(String(30), default="")
    twin: Mapped[Twin]


class Membership(Record):
    """Who belongs to which household, as what, from when to when, and why it ended (death, departure, move, split)."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_household", "household_id", "relation"),
        Index("ix_membership_person", "person_id"),
    )

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    household_id: Mapped[str] = mapped_column(String(32), ForeignKey("household.id"))
    relation: Mapped[Code]
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str] = mapped_column(String(40), default="", server_default="")


class PersonAttribute(Record):
    """A dated value of a person: labour_skill, schooling, education, health; several joined by commas."""

    __tablename__ = "person_attribute"
    __table_args__ = (Index("ix_person_attribute_person", "person_id", "attribute"),)

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    attribute: Mapped[Code]
    value: Mapped[str] = mapped_column(String(200))
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class Spell(Record):
    """One job from first to last day; `wage` is fen a month, `place_code` as far down as known."""

    __tablename__ = "spell"
    __table_args__ = (Index("ix_spell_person", "person_id", "started_on"),)

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    kind: Mapped[Code]
    started_on: Mapped[Day]
    ended_on: Mapped[date | None] = mapped_column(Date)
    place_code: Mapped[str] = mapped_column(String(12), default="")
    place_text: Mapped[str] = mapped_column(String(200), default="")
    employer: Mapped[str] = mapped_column(String(200), default="")
    industry: Mapped[str] = mapped_column(String(40), default="")
    trade: Mapped[str] = mapped_column(String(80), default="")
    channel: Mapped[str] = mapped_column(String(40), default="")
    wage: Mapped[int | None] = mapped_column(Integer)
    contract: Mapped[bool | None] = mapped_column(Boolean)
    insured: Mapped[bool | None] = mapped_column(Boolean)
    point_to_point: Mapped[bool | None] = mapped_column(Boolean)
    end_reason: Mapped[str] = mapped_column(String(40), default="")
    came_home: Mapped[bool | None] = mapped_column(Boolean)


class Intention(Record):
    """What somebody wants to do for work, from when to when; `wage` is fen a month."""

    __tablename__ = "intention"
    __table_args__ = (Index("ix_intention_person", "person_id", "since"),)

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    kind: Mapped[Code]
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    place_code: Mapped[str] = mapped_column(String(12), default="")
    place_text: Mapped[str] = mapped_column(String(200), default="")
    trade: Mapped[str] = mapped_column(String(80), default="")
    wage: Mapped[int | None] = mapped_column(Integer)


class ServiceRecord(Record):
    """One dated service to one person; a referral names the vacancy that was put to this person."""

    __tablename__ = "service_record"
    __table_args__ = (Index("ix_service_record_person", "person_id", "on", "kind"),)

    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    kind: Mapped[Code]
    on: Mapped[Day]
    outcome: Mapped[str] = mapped_column(String(20), default="done")
    vacancy: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    officer: Mapped[str] = mapped_column(String(80), default="")


CLAIM_LIVE = text("voided_in IS NULL AND state NOT IN ('withdrawn', 'rejected')")


class Claim(Record):
    """An entitlement taken up; `answer` is the assessment as it was when the claim was filed."""

    __tablename__ = "claim"
    __table_args__ = (
        Index("uq_claim_number", "number", "twin", unique=True),
        # Never twice: one live claim for an item, a beneficiary and a cycle.
        Index(
            "uq_claim_item",
            "item",
            "beneficiary",
            "cycle",
            "twin",
            unique=True,
            sqlite_where=CLAIM_LIVE,
        ),
        Index("ix_claim_beneficiary", "beneficiary"),
    )

    number: Mapped[str] = mapped_column(String(40))
    pack: Mapped[Code]
    item: Mapped[Code]
    cycle: Mapped[str] = mapped_column(String(12))
    beneficiary_kind: Mapped[str] = mapped_column(String(20))
    beneficiary: Mapped[str] = mapped_column(String(32))
    amount: Mapped[int] = mapped_column(Integer)
    state: Mapped[Code]
    filed_on: Mapped[Day]
    assessed_on: Mapped[Day]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    twin: Mapped[Twin]


class ClaimStep(Record):
    """One step in the life of a claim: to which state, on which day, by whom and why.

    `number` is its place in the life of the claim, from 1; of two with one number the higher level's counts.
    """

    __tablename__ = "claim_step"
    __table_args__ = (Index("ix_claim_step_claim", "claim_id"),)

    claim_id: Mapped[str] = mapped_column(String(32), ForeignKey("claim.id"))
    state: Mapped[Code]
    on: Mapped[Day]
    officer: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    level: Mapped[str] = mapped_column(String(12), default="", server_default="")


class Exemption(Record):
    """A finding of a check that somebody looked at and explained; `other` is the second of a pair of people."""

    __tablename__ = "exemption"
    __table_args__ = (
        Index("ix_exemption_person", "person_id"),
        Index("ix_exemption_household", "household_id"),
    )

    check: Mapped[Code]
    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    household_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("household.id"))
    other: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    on: Mapped[Day]
    officer: Mapped[str] = mapped_column(String(80), default="")


class Attachment(Record):
    """A photo of a paper; its bytes stand apart in `attachment_content`, never in the journal."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_person", "person_id"),
        Index("ix_attachment_household", "household_id"),
    )

    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    household_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("household.id"))
    kind: Mapped[Code]
    title: Mapped[str] = mapped_column(String(200), default="")
    taken_on: Mapped[date | None] = mapped_column(Date)
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))


class SavedView(Record):
    """A named view of a list: which list, filters, order and columns, as the window keeps them."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("uq_saved_view_name", "screen", "name", unique=True, sqlite_where=LIVE),)

    screen: Mapped[Code]
    name: Mapped[str] = mapped_column(String(60))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
