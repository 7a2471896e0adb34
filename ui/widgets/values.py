"""Fields and values of the ledger in words: labels, yuan, names of places; numbers masked.

Values come as the journal has them or as the preview of an import has them, where everything is text.
"""

from caseworker_app.domain import codes, divisions, identity
from caseworker_app.error_words import attribute_text, field_text, table_text, value_text
from caseworker_app.wording import joined, label, labels

_HIDDEN = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}
_ATTRIBUTE_LISTS = {
    "household_attribute": {"kind": "household_kind", "relocated": "yes_no"},
    "person_attribute": {
        "education": "education",
        "schooling": "schooling",
        "health": "health",
        "labour_skill": "labour_skill",
    },
}
"""Which code list a dated fact of a household or person is from."""
_OF_ANY = {"proposal": ("was", "value"), "conflict": ("base", "ours", "theirs")}
"""Fields that hold values of any field."""
_LONG = 7
_YES_NO = {"True": "yes", "False": "no"}


def field_words(table: str, field: str) -> str:
    """Return a field with the record it is of: 务工 · 开始日期."""
    if table in _ATTRIBUTE_LISTS and field != "value":
        return f"{table_text(table)} · {attribute_text(field)}"
    if (table, field) == ("membership", "household"):
        return table_text("household")
    return f"{table_text(table)} · {field_text(table, field)}"


def value_words(table: str, field: str, value: object) -> str:
    """Return a value in words, — for none."""
    if value is None or value == "":
        return "—"
    if table in _OF_ANY and field in _OF_ANY[table]:
        return _any_words(value)
    if isinstance(value, dict):
        return joined(f"{name} {each}" for name, each in value.items())
    if field in _HIDDEN:
        return _HIDDEN[field](str(value))
    if table in _ATTRIBUTE_LISTS:
        return _attribute(table, field, str(value))
    if field in ("village_code", "place_code"):
        return divisions.full_name(str(value)) if divisions.find(str(value)) else str(value)
    if field in ("wage", "amount") and str(value).isdigit():
        return value_text(table, field, int(str(value)))
    if field == "risks" and isinstance(value, str):
        return labels("risk", value.split(","))
    if isinstance(value, str) and value in _YES_NO:
        return label("yes_no", _YES_NO[value])
    return value_text(table, field, value)


def _any_words(value: object) -> str:
    """Return a value of any field, or those of a whole record, in words; what may be somebody's number masked."""
    if isinstance(value, dict):
        told = {
            name: each for name, each in value.items() if each not in (None, "") and not name.endswith("_id")
        }
        return joined(f"{field_text('', name)} {value_words('', name, each)}" for name, each in told.items())
    if not isinstance(value, str) or len(value) < _LONG or not value.rstrip("Xx").isdecimal():
        return value_words("", "", value)
    if len(value) in (15, 18):
        return identity.masked(value)
    return identity.masked_phone(value) if len(value) < 12 else identity.masked_card(value)


def _attribute(table: str, field: str, value: str) -> str:
    """Return a dated fact in words; the journal names it only 'value', so the list that has the code tells."""
    lists = _ATTRIBUTE_LISTS[table]
    for name in [lists[field]] if field in lists else lists.values():
        parts = value.split(",")
        if all(part in codes.code_list(name).codes for part in parts):
            return labels(name, parts)
    return value
