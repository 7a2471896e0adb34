"""Organisations, posts and facts of work as pages show them."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkFact:
    """One fact: `kind` is its table; `values` by column, ids replaced by names."""

    id: str
    kind: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One organisation, with the newest count of all its people."""

    id: str
    name: str
    kind: str
    credit_code: str
    size: str
    level: str
    village_code: str
    certified_on: date | None
    opened_on: date | None
    closed_on: date | None
    contact: str
    phone: str
    account: str
    note: str
    people: int | None
    month: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """One public post and how many hold it."""

    id: str
    name: str
    kind: str
    village_code: str
    quota: int
    since: date | None
    until: date | None
    holders: int
