"""Rows of households, of people, and of single facts about people: from values to what would be written."""

from datetime import date, timedelta
from typing import Any

from caseworker_app.domain import codes
from caseworker_app.domain.identity import IdentityNumber
from caseworker_app.exchange.rows import Book, OutOfScope, Refusal, Row
from caseworker_app.exchange.state import HouseholdState, PersonState, Values

_DAY = timedelta(days=1)
PLACE = ("place.county", "place.town", "place.village")
ATTRIBUTES = ("education", "schooling", "health", "labour_skill")
_SCHOOLING = "schooling"
_ATTRIBUTE_COLUMNS = tuple((attribute, f"person_attribute.{attribute}") for attribute in ATTRIBUTES)
_FACTS = ("ethnicity", "phone", "card_bank", "card_number")
_OF_HOUSEHOLD = (
    "household.household_no",
    "household.phone",
    "household.group_name",
    "household_attribute.kind",
    "household_attribute.relocated",
    "monitoring.kind",
    "monitoring.risks",
    "monitoring.resolved",
    "monitoring.identified_on",
    "monitoring.resolved_on",
)


def check_person(book: Book, row: Row) -> list[Refusal]:
    """Return what is wrong with the row of a person by itself."""
    faults = check_household(book, row)
    number, born = row.value("person.identity_number"), row.value("person.born")
    if isinstance(number, IdentityNumber):
        if earlier := row.earlier(book, number.number):
            faults.append(Refusal(row.index("person.identity_number"), "row.repeated", earlier=earlier))
        if born is not None and born != number.born:
            faults.append(Refusal(row.index("person.born"), "person.born_differs"))
    return faults


def check_household(_book: Book, row: Row) -> list[Refusal]:
    """Return what is wrong with the facts of a household by themselves."""
    if row.value("monitoring.resolved") and row.value("monitoring.resolved_on") is None:
        return [Refusal(row.index("monitoring.resolved"), "monitoring.resolved_without_day")]
    return []


def take_person(book: Book, row: Row) -> PersonState:
    """Plan a person with membership, dated facts and household."""
    number: IdentityNumber = row.value("person.identity_number")
    person = book.state.people.get(number.number)
    if person and _is_another(row, person):
        raise Refusal(row.index("person.name"), "person.name_differs", known=person.values["name"])
    household = take_household(book, row)
    changed_before = person.changed if person else False
    value = row.values.get
    fields = {
        "name": value("person.name"),
        "identity_number": number.number,
        "person_no": value("person.person_no") or "",
        "sex": value("person.sex") or number.sex,
        "born": number.born,
        "ethnicity": value("person.ethnicity") or "",
        "phone": value("person.phone") or "",
        "disability": number.disability,
        "card_bank": value("person.card_bank") or "",
        "card_number": value("person.card_number") or "",
    }
    if person is None:
        person = PersonState(book.new_id(), fields, household.values["household_no"], known=False)
        book.state.people[number.number] = person
        fields["id"] = person.id
        book.writes.insert("person", fields)
        book.totals["people"].new += 1
    elif not person.known:  # A further file of this import names somebody it makes.
        _fill(book, row, person, "person", fields)
    else:
        row.same("person.identity_number", "person.born")
        if fields["phone"] and not person.values["phone"] and fields["phone"] == household.values["phone"]:
            row.same("person.phone")  # Lists show the household's where somebody has none.
            fields["phone"] = ""
        _compare(book, row, person, "person", {name: each for name, each in fields.items() if each})
    _membership(book, row, person, household)
    for attribute, column in _ATTRIBUTE_COLUMNS:
        found = value(column)
        if found is None:
            continue
        if person.known or attribute in person.attributes:
            _attribute(book, row, person, "person", attribute, found)
        else:
            _new_attribute(book, person, "person", attribute, found, None)
    if person.known:
        _leave_school(book, row, person)
        book.count_known("people", number.number, changed_before=changed_before, changed=person.changed)
    return person


def _leave_school(book: Book, row: Row, person: PersonState) -> None:
    """End the schooling of somebody of whom an export has the education alone: of the two it fills one."""
    present = person.attributes.get(_SCHOOLING)
    column = f"person_attribute.{_SCHOOLING}"
    if (
        present is None
        or column not in row.places
        or column in row.unread
        or row.values.get(column) is not None
        or row.values.get("person_attribute.education") is None
        or (present["since"] is not None and present["since"] >= row.exported)
        or (present["since"] is None and _exported_later(row, person))
    ):
        return
    book.writes.update("person_attribute", present["id"], {"until": row.exported - _DAY})
    row.change("person_attribute", _who(person), _SCHOOLING, present["value"], "")
    del person.attributes[_SCHOOLING]
    person.changed = True


def _is_another(row: Row, person: PersonState) -> bool:
    """Whether a row is of somebody else under this person's number: another name, at another place in a family."""
    return row.value("person.name") != person.values["name"] and (
        row.value("household.household_no") != person.household_no
        or person.membership is None
        or row.value("membership.relation") != person.membership["relation"]
    )


def _agree(book: Book, row: Row, number: str) -> None:
    """Refuse what an earlier row of the sheet says differently of the same household."""
    village = book.said.setdefault((number, "place.village"), row.village)
    if village != row.village:
        raise Refusal(row.index("place.village"), "cell.conflict")
    for name in _OF_HOUSEHOLD[1:]:
        value = row.values.get(name)
        if value is not None:
            value = frozenset(value) if isinstance(value, tuple) else value
            if book.said.setdefault((number, name), value) != value:
                row.refused[name] = Refusal(row.index(name), "cell.conflict")


def take_household(book: Book, row: Row) -> HouseholdState:
    """Plan the facts of a household, once for all rows that say the same of it."""
    number = row.value("household.household_no")
    household = book.state.households.get(number)
    said = (row.village, *map(row.values.get, _OF_HOUSEHOLD))
    if household is not None and not household.known and said in book.told:
        return household
    if said not in book.told:
        _agree(book, row, number)
        book.told.add(said)
    fields = {
        "village_code": row.village,
        "phone": row.agreed("household.phone") or "",
        "group_name": row.agreed("household.group_name") or "",
    }
    changed_before = household.changed if household else False
    if household is None:
        household = HouseholdState(book.new_id(), {"household_no": number, **fields}, known=False)
        book.state.households[number] = household
        household.values["id"] = household.id
        book.writes.insert("household", household.values)
        book.totals["households"].new += 1
    elif household.known:
        row.same("household.household_no")
        if fields["village_code"] == household.values["village_code"]:
            row.same(*PLACE)
        _compare(book, row, household, "household", {name: value for name, value in fields.items() if value})
    else:
        _fill(book, row, household, "household", fields)
    if (kind := row.agreed("household_attribute.kind")) is not None:
        _attribute(book, row, household, "household", "kind", kind)
    if (relocated := row.agreed("household_attribute.relocated")) is not None:
        _attribute(book, row, household, "household", "relocated", "yes" if relocated else "no")
    _monitoring(book, row, household)
    if household.known:
        book.count_known("households", number, changed_before=changed_before, changed=household.changed)
    return household


def _fill(book: Book, row: Row, state: HouseholdState | PersonState, table: str, fields: Values) -> None:
    """Complete a record this import makes with what a further row says of it, the newer export last."""
    further = {
        name: value
        for name, value in fields.items()
        if value not in (None, "") and state.values.get(name) != value
    }
    for name, value in further.items():
        if (before := state.values.get(name)) not in (None, ""):
            row.change(table, _who(state), name, before, value)
    if further:
        state.values.update(further)
        book.writes.update(table, state.id, further)


def _who(state: HouseholdState | PersonState) -> str:
    return str(state.values.get("name") or state.values.get("household_no", ""))


def _compare(book: Book, row: Row, state: HouseholdState | PersonState, table: str, fields: Values) -> None:
    """Plan the fields that the file says differently; mark the cells that agree."""
    differing = {}
    for name, value in fields.items():
        before = state.values.get(name)
        if before == value:
            row.same(f"{table}.{name}")
        elif row.older_than(state.values):
            row.keep(f"{table}.{name}", state.values["touched_on"])
        else:
            differing[name] = value
            row.change(table, _who(state), name, before, value)
    if differing:
        state.changed = True
        state.values.update(differing)
        book.writes.update(table, state.id, differing)


def _membership(book: Book, row: Row, person: PersonState, household: HouseholdState) -> None:
    relation = row.value("membership.relation")
    present = person.membership
    if present and present["household_id"] == household.id:
        if present["relation"] == relation:
            row.same("membership.relation")
            return
        if row.older_than(present):
            row.keep("membership.relation", present["touched_on"])
            return
        row.change("membership", person.values["name"], "relation", present["relation"], relation)
        book.writes.update("membership", present["id"], {"relation": relation})
        present["relation"] = relation
        person.changed = True
        return
    recorded = present or person.left
    if recorded and row.older_than(recorded):  # Moved, or gone, by hand and later than the file knows.
        row.keep("household.household_no", recorded["touched_on"])
        return
    since = row.exported if person.left else None
    if present:  # Moved to another household: the old membership ends, nothing is lost.
        since = row.exported
        book.writes.update("membership", present["id"], {"until": since - _DAY})
        row.change(
            "membership",
            person.values["name"],
            "household",
            person.household_no,
            household.values["household_no"],
        )
        person.changed = True
    person.household_no = household.values["household_no"]
    person.membership = {
        "id": book.new_id(),
        "person_id": person.id,
        "household_id": household.id,
        "relation": relation,
        "since": since,
        "until": None,
    }
    book.writes.insert("membership", person.membership)


def _attribute(
    book: Book, row: Row, state: HouseholdState | PersonState, owner: str, attribute: str, value: str
) -> None:
    """Plan a dated value: a new one ends the old one the day before the export."""
    table = "person_attribute" if owner == "person" else "household_attribute"
    present = state.attributes.get(attribute)
    if present and present["value"] == value:
        if state.known:
            row.same(f"{table}.{attribute}")
        return
    since = None
    if present and present["since"] is not None and present["since"] > row.exported:
        row.keep(f"{table}.{attribute}", present["since"])
        return
    if present and present["since"] is None and _exported_later(row, state):
        row.keep(f"{table}.{attribute}", state.values["touched_on"])
        return
    if present:
        row.change(table, _who(state), attribute, present["value"], value)
        state.changed = True
        if present["since"] == row.exported:
            book.writes.update(table, present["id"], {"value": value})
            present["value"] = value
            return
        since = row.exported
        book.writes.update(table, present["id"], {"until": since - _DAY})
    elif state.known:
        state.changed = True
        row.change(table, _who(state), attribute, "", value)
    _new_attribute(book, state, owner, attribute, value, since)


def _exported_later(row: Row, state: HouseholdState | PersonState) -> bool:
    """Whether a later export told of this household or person."""
    return state.values.get("imported", False) and row.older_than(state.values)


def _new_attribute(
    book: Book,
    state: HouseholdState | PersonState,
    owner: str,
    attribute: str,
    value: str,
    since: date | None,
) -> None:
    fresh = {
        "id": book.new_id(),
        f"{owner}_id": state.id,
        "attribute": attribute,
        "value": value,
        "since": since,
        "until": None,
    }
    state.attributes[attribute] = fresh
    book.writes.insert("person_attribute" if owner == "person" else "household_attribute", fresh)


def _monitoring(book: Book, row: Row, household: HouseholdState) -> None:
    kind = row.agreed("monitoring.kind")
    if kind is None:
        return
    order = {each: index for index, each in enumerate(codes.code_list("risk").codes)}
    found = row.agreed("monitoring.risks") or ()
    risks = sorted({found} if isinstance(found, str) else set(found), key=order.__getitem__)
    fields: dict[str, Any] = {
        "kind": kind,
        "identified_on": row.agreed("monitoring.identified_on"),
        "resolved_on": row.agreed("monitoring.resolved_on"),
    }
    if risks:
        fields["risks"] = risks
    present = household.monitoring
    if present is None:
        household.monitoring = {"id": book.new_id(), "household_id": household.id, "risks": [], **fields}
        book.writes.insert("monitoring", household.monitoring)
        if household.known:
            household.changed = True
            row.change("monitoring", household.values["household_no"], "kind", "", kind)
        return
    differing = {name: value for name, value in fields.items() if value not in (None, present[name])}
    for name in fields:
        if name not in differing and household.known:
            row.same(f"monitoring.{name}")
    if household.known and (row.value("monitoring.resolved") is False) == (present["resolved_on"] is None):
        row.same("monitoring.resolved")
    if row.agreed("monitoring.resolved") is False and present["resolved_on"] and not fields["resolved_on"]:
        differing["resolved_on"] = None  # A risk that came back.
    if differing and row.older_than(present):
        for name, value in differing.items():
            row.keep("monitoring.resolved" if value is None else f"monitoring.{name}", present["touched_on"])
    elif differing:
        if household.known:
            household.changed = True
            for name, value in differing.items():
                row.change("monitoring", household.values["household_no"], name, present[name], value)
        present.update(differing)
        book.writes.update("monitoring", present["id"], differing)


# -- people who are known already ----------------------------------------------------------------------


def linked(book: Book, row: Row) -> PersonState:
    """Find the person a row belongs to; refuse when unknown or when the name is another's.

    A sheet that names no village tells only by its people which rows are of this ledger: somebody it
    does not know is of another place.
    """
    own = row.value("person.identity_number")
    number = own or row.value("link.identity_number")
    person = book.state.people.get(number.number)
    if own and person:
        return person
    if person is None and not row.village:
        raise OutOfScope
    if person is None:
        raise Refusal(row.index("link.identity_number"), "person.unknown")
    if row.value("link.name") not in (None, person.values["name"]):
        raise Refusal(row.index("link.name"), "person.name_differs", known=person.values["name"])
    if row.value("link.household_no") not in (None, person.household_no):
        raise Refusal(row.index("link.household_no"), "person.household_differs")
    if person.known:
        row.same("link.identity_number", "link.name", "link.household_no", "link.person_no", *PLACE)
    return person


def take_facts(book: Book, row: Row) -> None:
    """Plan what a row says of a person the ledger knows: telephone, card, dated facts, the household's group."""
    person = linked(book, row)
    household = book.state.households.get(person.household_no)
    fields = {name: row.value(f"person.{name}", "") for name in _FACTS if f"person.{name}" in row.places}
    if household and fields.get("phone") and fields["phone"] == household.values["phone"]:
        row.same("person.phone")
        del fields["phone"]
    changed_before = person.changed
    _tell(book, row, person, "person", {name: value for name, value in fields.items() if value})
    for attribute, column in _ATTRIBUTE_COLUMNS:
        found = row.values.get(column)
        if found is not None:
            _attribute(book, row, person, "person", attribute, found)
    if person.known:
        book.count_known(
            "people", person.values["identity_number"], changed_before=changed_before, changed=person.changed
        )
    group = row.value("household.group_name", "")
    if household and group:
        changed_before = household.changed
        _tell(book, row, household, "household", {"group_name": group})
        if household.changed and household.known:
            book.count_known(
                "households",
                household.values["household_no"],
                changed_before=changed_before,
                changed=household.changed,
            )


def _tell(book: Book, row: Row, state: HouseholdState | PersonState, table: str, fields: Values) -> None:
    if state.known:
        _compare(book, row, state, table, fields)
    else:
        _fill(book, row, state, table, fields)
