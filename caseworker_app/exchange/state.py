"""The part of the ledger an import is compared with, and what it would write."""

from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]


@dataclass(slots=True)
class HouseholdState:
    """A household as the ledger holds it, or as this import will make it."""

    id: str
    values: Values
    attributes: dict[str, Values] = field(default_factory=dict)
    monitoring: Values | None = None
    known: bool = True
    changed: bool = False


@dataclass(slots=True)
class PersonState:
    """A person as the ledger holds him, or as this import will make him."""

    id: str
    values: Values
    household_no: str = ""
    membership: Values | None = None
    left: Values | None = None
    """The last membership of somebody who belongs to no household any more."""
    attributes: dict[str, Values] = field(default_factory=dict)
    spells: list[Values] = field(default_factory=list)
    intention: Values | None = None
    known: bool = True
    changed: bool = False


@dataclass(slots=True)
class State:
    """The part of the ledger an import is compared with."""

    households: dict[str, HouseholdState] = field(default_factory=dict)
    people: dict[str, PersonState] = field(default_factory=dict)


@dataclass(slots=True)
class Writes:
    """What an import would write: new rows by table, and changes by table and record."""

    inserts: dict[str, list[Values]] = field(default_factory=dict)
    updates: dict[str, dict[str, Values]] = field(default_factory=dict)

    def insert(self, table: str, values: Values) -> None:
        """Plan a new row, its id already given; it may be the state itself, which then is planned as it goes on."""
        self.inserts.setdefault(table, []).append(values)

    def update(self, table: str, record: str, values: Values) -> None:
        """Plan a change to a row, which may be one this import makes."""
        self.updates.setdefault(table, {}).setdefault(record, {}).update(values)
