"""All tables of the ledger."""

from db.tables.base import BOOKKEEPING, Base, Record
from db.tables.journal import Change, ChangeSet
from db.tables.records import (
    Claim,
    ClaimStep,
    Household,
    HouseholdAttribute,
    Intention,
    Membership,
    Monitoring,
    Person,
    PersonAttribute,
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
    "Base",
    "Change",
    "ChangeSet",
    "Claim",
    "ClaimStep",
    "Household",
    "HouseholdAttribute",
    "Intention",
    "Membership",
    "Monitoring",
    "Person",
    "PersonAttribute",
    "Record",
    "ServiceRecord",
    "Setting",
    "Spell",
    "Upload",
]
