"""What comparisons found, in words: what the ledger says and what the list says."""

from collections.abc import Iterable
from typing import Any

from caseworker_app.domain import divisions, identity
from caseworker_app.error_words import attribute_text, field_text, table_text, value_text
from caseworker_app.read_models.comparisons import SUGGESTED, Difference, ResultLine
from caseworker_app.wording import _, label, labels

_ATTRIBUTES = {
    "household_attribute.kind": "household_kind",
    "person_attribute.education": "education",
    "person_attribute.schooling": "schooling",
    "person_attribute.health": "health",
    "person_attribute.labour_skill": "labour_skill",
}
_HIDDEN = {
    "person.identity_number": identity.masked,
    "person.phone": identity.masked_phone,
    "household.phone": identity.masked_phone,
    "person.card_number": identity.masked_card,
}
"""Numbers that are not shown in full."""


def differing_field(name: str) -> str:
    """Return what a field that differs is called."""
    own = {
        "status": _("Status"),
        "payment.amount": _("Subsidy paid"),
        "business.name": _("Business of one's own"),
        "membership.until": _("Death"),
        "membership.household": _("Household"),
    }
    table, _dot, field = name.partition(".")
    if name in own:
        return own[name]
    if not field:
        return table_text(table)
    return attribute_text(field) if table.endswith("_attribute") else field_text(table, field)


def side_text(kind: str, field: str, value: str, *, theirs: bool) -> str:
    """Return one side of a difference in words."""
    if field == "status" and theirs:
        return _("registered as unemployed") if kind == "unemployed" else _("insured by an employer")
    if not value:
        return _("not recorded")
    if field == "status":
        return label("status", value)
    if field in _HIDDEN:
        return _HIDDEN[field](value)
    if value in ("yes", "no"):
        return label("yes_no", value)
    if field in _ATTRIBUTES:
        return labels(_ATTRIBUTES[field], value.split(","))
    table, _dot, name = field.partition(".")
    return value_text(table, name, value)


def difference_text(kind: str, field: str, ours: str, theirs: str) -> str:
    """Return one difference: 就业状态：台账为已就业，名单为失业登记."""
    return _("{field}: the ledger says {ours}, the list {theirs}").format(
        field=differing_field(field),
        ours=side_text(kind, field, ours, theirs=False),
        theirs=side_text(kind, field, theirs, theirs=True),
    )


def _suggestion(theirs: str) -> str:
    words = _("on the list with another identity number, {theirs}; check whether it is the same person")
    return words.format(theirs=identity.masked(theirs) or _("none"))


def result_text(line: ResultLine) -> str:
    """Return what a comparison says of one person."""
    if line.result == SUGGESTED:
        return _suggestion(line.theirs)
    if not line.field:
        return label("comparison_result", line.result)
    return difference_text(line.kind, line.field, line.ours, line.theirs)


def found_text(kind: str, result: str, differences: Iterable[Difference]) -> str:
    """Return what a comparison says of one person, all differences in one line."""
    if result == SUGGESTED:
        return "".join(_suggestion(each.theirs) for each in differences)
    told = "；".join(difference_text(kind, each.field, each.ours, each.theirs) for each in differences)
    return told or label("comparison_result", result)


def sheet_row(each: ResultLine) -> dict[str, Any]:
    """Return a result as its row in a workbook."""
    told, place = bool(each.field), divisions.find(each.village_code)
    return {
        "kind": label("comparison_kind", each.kind),
        "as_of": each.as_of,
        "village": place.name if place else each.village_code,
        "household_no": each.household_no,
        "name": each.name,
        "identity_number": each.identity_number,
        "result": label("comparison_result", each.result),
        "field": differing_field(each.field) if told else "",
        "ours": side_text(each.kind, each.field, each.ours, theirs=False) if told else "",
        "theirs": side_text(each.kind, each.field, each.theirs, theirs=True) if told else "",
        "since": each.since,
        "state": label("reply_outcome", each.outcome) or ("待核实" if each.waits else ""),
        "reason": each.reason,
    }
