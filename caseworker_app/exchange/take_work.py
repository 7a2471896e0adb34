"""Rows of jobs and of plans to go out: from values to what would be written."""

from datetime import date, timedelta
from typing import Any

from caseworker_app.domain import divisions
from caseworker_app.domain.identity import IdentityNumber
from caseworker_app.domain.worker import spell_key
from caseworker_app.exchange.rows import Book, Refusal, Row
from caseworker_app.exchange.state import PersonState, Values
from caseworker_app.exchange.take_people import linked

_DAY = timedelta(days=1)
_SPELL_CELLS = {"kind": "spell.channel", "place_code": "workplace.county", "place_text": "workplace.county"}
"""Where the fields of a spell stand that no cell gives alone."""
_LEVELS = ("workplace.province", "workplace.city", "workplace.county", "workplace.text")
KIND_OF_CHANNEL = {
    "public_post": "public_post",
    "workshop": "workshop",
    "flexible": "flexible",
    "self_employed": "self_employed",
    "work_relief": "work_relief",
}


def same_spell(one: Values, other: Values) -> bool:
    """Whether two sightings are one spell."""
    first, second = (
        spell_key(each["started_on"], each["place_code"], each["place_text"]) for each in (one, other)
    )
    return first == second


def _place(row: Row) -> tuple[str, str]:
    """Return the place of a job as a code and in words."""
    province, city, county, text = (row.value(level, "") for level in _LEVELS)
    if province or city or county:
        return (
            divisions.resolve_place(province=province, city=city, county=county),
            province + city + county,
        )
    return divisions.resolve_place(text), text


def _concerns(book: Book, row: Row, number: IdentityNumber) -> bool:
    """Whether repeating an earlier row is what is wrong: where the village is told, an unknown person is."""
    return not row.village or number.number in book.state.people


def check_spell(book: Book, row: Row) -> list[Refusal]:
    """Return what is wrong with the row of a job by itself, and with repeating an earlier one."""
    first, last = row.value("spell.started_on"), row.value("spell.ended_on")
    if first is None:
        return []
    faults = []
    if last is not None and last < first:
        faults.append(Refusal(row.index("spell.ended_on"), "spell.end_before_start"))
    number = row.value("link.identity_number") or row.value("person.identity_number")
    if isinstance(number, IdentityNumber) and not faults and _concerns(book, row, number):
        key = (number.number, *spell_key(first, *_place(row)))
        if earlier := row.earlier(book, key):
            faults.append(Refusal(None, "row.repeated", earlier=earlier))
    return faults


def take_spell(book: Book, row: Row) -> None:
    """Plan a job: one that is known is compared, one that overlaps without being the same is refused."""
    first, last = row.value("spell.started_on"), row.value("spell.ended_on")
    if first is None:
        row.unused.update(name for name in row.places if name.startswith(("spell.", "workplace.")))
        return
    person = linked(book, row)
    channel = row.value("spell.channel", "")
    place_code, place_text = _place(row)
    fields = {
        "started_on": first,
        "ended_on": last,
        "kind": KIND_OF_CHANNEL.get(channel, "wage"),
        "place_code": place_code,
        "place_text": place_text,
        "employer": row.value("spell.employer", ""),
        "industry": row.value("spell.industry", ""),
        "trade": row.value("spell.trade", ""),
        "channel": channel,
        "wage": row.value("spell.wage"),
        "contract": row.value("spell.contract"),
        "insured": row.value("spell.insured"),
        "point_to_point": row.value("spell.point_to_point"),
    }
    for spell in person.spells:
        if same_spell(spell, fields):
            _change_spell(book, row, person, spell, fields)
            return
    for spell in person.spells:
        if spell["started_on"] <= (last or date.max) and first <= (spell["ended_on"] or date.max):
            raise Refusal(
                row.index("spell.started_on"), "spell.overlaps", since=spell["started_on"].isoformat()
            )
    fresh = {"id": book.new_id(), "person_id": person.id, **fields}
    person.spells.append(fresh)
    book.writes.insert("spell", dict(fresh))
    book.totals["spells"].new += 1


def _change_spell(book: Book, row: Row, person: PersonState, spell: Values, fields: Values) -> None:
    differing = _differing(row, spell, fields)
    if differing and row.older_than(spell):
        for name in differing:
            row.keep(_SPELL_CELLS.get(name, f"spell.{name}"), spell["touched_on"])
        differing = {}
    for name, value in fields.items():
        if value == spell[name]:
            row.same(f"spell.{name}")
    if fields["place_text"] == spell["place_text"]:
        row.same(*_LEVELS)
    if differing:
        for name, value in differing.items():
            row.change("spell", person.values["name"], name, spell[name], value)
        spell.update(differing)
        book.writes.update("spell", spell["id"], differing)
        book.totals["spells"].changed += 1
    else:
        book.totals["spells"].unchanged += 1


def _differing(row: Row, spell: Values, fields: Values) -> Values:
    """Return what the row says of a known job that the ledger does not."""
    found = {name: value for name, value in fields.items() if value not in (None, "", spell[name])}
    if "spell.channel" not in row.places:  # Without a channel a row does not say what kind of work it is.
        found.pop("kind", None)
    return found


def check_intention(book: Book, row: Row) -> list[Refusal]:
    """Return what is wrong with the row of a plan by itself: that an earlier one was of the same person."""
    number = row.value("link.identity_number")
    if not isinstance(number, IdentityNumber) or not _concerns(book, row, number):
        return []
    if earlier := row.earlier(book, ("intention", number.number)):
        return [Refusal(row.index("link.identity_number"), "row.repeated", earlier=earlier)]
    return []


def take_intention(book: Book, row: Row) -> None:
    """Plan the wish to go out: begun, changed, or ended the day before the export."""
    if row.value("intention.planned") is None:
        row.unused.update(name for name in row.places if name.startswith("intention."))
        return
    person = linked(book, row)
    present = person.intention
    count = book.totals["intentions"]
    if present and present["kind"] != "go_out" and row.older_than(present):
        raise Refusal(row.index("intention.planned"), "ledger.newer", day=present["touched_on"].isoformat())
    if not row.value("intention.planned"):
        if present and present["kind"] == "go_out" and present.get("made"):
            book.writes.update("intention", present["id"], {"until": row.exported - _DAY})
            row.change("intention", person.values["name"], "kind", "go_out", "")
            person.intention = None
            count.changed += 1
        else:
            row.same("intention.planned")
            count.unchanged += 1
        return
    text = row.value("intention.place_text", "")
    fields = {
        "place_text": text,
        "place_code": divisions.resolve_place(text),
        "trade": row.value("intention.trade", ""),
        "wage": row.value("intention.wage"),
    }
    if present and present["kind"] == "go_out":
        _change_intention(book, row, person, present, fields)
        return
    if present and present.get("made"):
        book.writes.update(
            "intention",
            present["id"],
            {"until": max(row.exported - _DAY, present["since"] or row.exported - _DAY)},
        )
    fresh = {
        "id": book.new_id(),
        "person_id": person.id,
        "kind": "go_out",
        "since": row.exported,
        "until": None,
        **fields,
    }
    person.intention = fresh
    book.writes.insert("intention", dict(fresh))
    count.new += 1


def _change_intention(book: Book, row: Row, person: PersonState, present: Values, fields: Values) -> None:
    count = book.totals["intentions"]
    row.same("intention.planned")
    differing: dict[str, Any] = {
        name: value for name, value in fields.items() if value not in (None, "", present[name])
    }
    for name in fields:
        if name not in differing:
            row.same(f"intention.{name}")
    if differing and row.older_than(present):
        for name in differing:
            row.keep(f"intention.{name}", present["touched_on"])
        count.unchanged += 1
    elif differing:
        for name, value in differing.items():
            row.change("intention", person.values["name"], name, present[name], value)
        present.update(differing)
        book.writes.update("intention", present["id"], differing)
        count.changed += 1
    else:
        count.unchanged += 1
