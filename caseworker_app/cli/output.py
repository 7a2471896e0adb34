"""What the command line answers: one JSON document, or a table that lines up; problems go to stderr."""

import json
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

import click

from caseworker_app.domain import divisions, identity, money
from caseworker_app.domain.package import Progress
from caseworker_app.error_words import list_text, progress_text, value_text
from caseworker_app.policy import explain
from caseworker_app.policy.answer import Entitlement
from caseworker_app.read_models.claims import ClaimRow
from caseworker_app.read_models.households import HouseholdRow
from caseworker_app.read_models.people import HistoryLine, WorkerRow
from caseworker_app.wording import _, _n, label

Values = dict[str, Any]
_MONEY = ("wage", "amount", "income", "due", "paid")
_RENAMED = {"identity_number": "id_number", "head_identity_number": "head_id_number", "place_text": "place"}


def emit(document: object) -> None:
    """Write the one JSON document of a command."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def plain(value: object, name: str = "") -> Any:  # noqa: ANN401 - JSON values
    """Return what a read model holds as JSON: money in yuan, dates ISO, packages by kind."""
    if isinstance(value, HistoryLine):
        line = {field.name: getattr(value, field.name) for field in fields(value)}
        for side in ("before", "after"):
            line[side] = plain(line[side], value.field)
        return line
    if isinstance(value, Progress):
        return {
            part.kind: {"owed": part.owed, "done": part.done, "lacking": part.lacking} for part in value.parts
        }
    if is_dataclass(value):
        return {
            _RENAMED.get(field.name, field.name): plain(getattr(value, field.name), field.name)
            for field in fields(value)
        }
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if name in _MONEY and isinstance(value, int) and not isinstance(value, bool):
        return money.yuan(value)
    return value


def worker(row: WorkerRow) -> Values:
    """Return a person of a list."""
    return {
        "id": row.id,
        "name": row.name,
        "id_number": row.identity_number or None,
        "household_no": row.household_no,
        "village": divisions.called(row.village_code),
        "village_code": row.village_code,
        "group": row.group,
        "head": row.head,
        "status": row.status,
        "intention": row.intention,
        "since": plain(row.since),
        "place_code": row.place_code,
        "place": row.place_text,
        "employer": row.employer,
        "wage": plain(row.wage, "wage"),
        "package": plain(row.package),
        "lacking": {part.kind: part.lacking for part in row.package.lacking} if row.package else {},
    } | ({} if row.waiting_days is None else {"days": row.waiting_days})


def household(row: HouseholdRow) -> Values:
    """Return a household of a list, under the name and number of its head."""
    return {
        "id": row.id,
        "name": row.head,
        "id_number": row.head_identity_number or None,
        "household_no": row.household_no,
        "village": divisions.called(row.village_code),
        "village_code": row.village_code,
        "group": row.group,
        "kind": row.kind,
        "monitored_kind": row.monitored_kind,
        "resolved_on": plain(row.resolved_on),
        "members": row.members,
        "workers": row.workers,
        "employed": row.employed,
        "phone": row.phone,
    }


def nobody_works(count: int) -> str:
    """Return why a household is among those without anyone in work."""
    return _n("{count} worker, none in work", "{count} workers, none in work", count).format(count=count)


def entitled(answer: Entitlement, item_name: str, village_code: str) -> Values:
    """Return somebody who can claim."""
    return {
        "id": answer.beneficiary,
        "name": answer.name,
        "id_number": answer.identity_number or None,
        "household_no": answer.household_no,
        "village": divisions.called(village_code),
        "village_code": village_code,
        "kind": answer.beneficiary_kind,
        "item": answer.item,
        "item_name": item_name,
        "cycle": answer.cycle.name,
        "amount": plain(answer.amount, "amount"),
        "why": explain.why(answer),
        "reason": explain.why(answer),
    }


def claim(row: ClaimRow) -> Values:
    """Return a claim of a list."""
    return {**plain(row), "village": divisions.called(row.village_code)}


def number_shown(number: str | None, *, whole: bool) -> str:
    """Return an identity number as a table shows it."""
    return (number or "") if whole else identity.masked(number or "")


def lacking_text(lacking: dict[str, int]) -> str:
    """Return what is still owed of a package: 岗位推荐 2、技能培训 1."""
    return "、".join(f"{label('service_kind', kind)} {count}" for kind, count in lacking.items())


def _width(text: str) -> int:
    """Return how many columns a text takes on a terminal; Chinese takes two a character."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write rows under their headers, aligned."""
    texts = [[str("" if cell is None else cell) for cell in row] for row in (headers, *rows)]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def list_table(name: str, rows: Sequence[Values], *, numbers: bool) -> None:
    """Write one of the lists with its count."""
    own: dict[str, tuple[list[str], Callable[[Values], list[object]]]] = {
        "households": (
            [_("Household kind"), _("Monitored kind"), _("Members"), _("Workers"), _("In work")],
            lambda row: [
                label("household_kind", row["kind"]),
                label("monitored_kind", row["monitored_kind"]),
                row["members"],
                row["workers"],
                row["employed"],
            ],
        ),
        "claimable": (
            [_("Item"), _("Cycle"), _("Amount"), _("Why")],
            lambda row: [row["item_name"], row["cycle"], row["amount"], row["why"]],
        ),
        "zeroing": (
            [_("Days waiting"), _("Wish for work")],
            lambda row: [row["days"], label("intention", row["intention"])],
        ),
        "package-due": ([_("Still owed")], lambda row: [lacking_text(row["lacking"])]),
    }
    own["no-worker-households"] = own["households"]
    told = any(row.get("reason") for row in rows)
    people = (
        [_("Status"), _("Since"), _("Place"), _("Why") if told else _("Employer")],
        lambda row: [
            label("status", row["status"]),
            row["since"],
            row["place"],
            row["reason"] if told else row["employer"],
        ],
    )
    headers, cells = own.get(name, people)
    table(
        [_("Name"), _("Identity number"), _("Household number"), _("Village"), *headers],
        [
            [
                row["name"],
                number_shown(row["id_number"], whole=numbers),
                row["household_no"],
                row["village"],
                *cells(row),
            ]
            for row in rows
        ],
    )
    click.echo(_("{list}: {count}").format(list=list_text(name), count=len(rows)))


_HIDDEN = {
    "identity_number": identity.masked,
    "phone": identity.masked_phone,
    "card_number": identity.masked_card,
}


def history_cells(line: HistoryLine, value: object, *, numbers: bool) -> str:
    """Return a value of a history line in words, numbers masked unless asked for."""
    text = value_text(line.table, line.field, value)
    return text if numbers or line.field not in _HIDDEN else _HIDDEN[line.field](text)


def progress() -> Callable[[int, int, str], None]:
    """Return what shows the progress of long work: a bar on stderr, only at a terminal."""
    if not sys.stderr.isatty():
        return lambda _done, _total, _what: None

    def show(done: int, total: int, what: str) -> None:
        part = f"[{'#' * (done * 20 // total):<20}] {done * 100 // total}%" if total else f"{done}"
        end = "\n" if total and done >= total and what.endswith(".writing") else ""
        click.echo(f"\r\x1b[K{progress_text(what)} {part}{end}", nl=False, err=True)

    return show
