"""All tables of the ledger."""

from db.tables.base import BOOKKEEPING, Base, Record
from db.tables.derived import AttachmentContent, SearchName, SearchNumber
from db.tables.journal import Change, ChangeSet
from db.tables.records import (
    Attachment,
    Claim,
    ClaimStep,
    Exemption,
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
    SavedView,
    ServiceRecord,
    Setting,
    Spell,
    Upload,
)

RECORDS: dict[str, type[Record]] = {
    mapper.class_.__tablename__: mapper.class_
    for mapper in Record.registry.mappers
    if issubclass(mapper.class_, Record)
}

__all__ = [
    "BOOKKEEPING",
    "RECORDS",
    "Attachment",
    "AttachmentContent",
    "Base",
    "Change",
    "ChangeSet",
    "Claim",
    "ClaimStep",
    "Exemption",
    "Household",
    "HouseholdAttribute",
    "Intention",
    "Membership",
    "Monitoring",
    "Person",
    "PersonAttribute",
    "Record",
    "SavedView",
    "SearchName",
    "SearchNumber",
    "ServiceRecord",
    "Setting",
    "Spell",
    "Upload",
]
