"""The cases of a pack: situations with the expected result, run by tests and by `pack check`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caseworker_app.domain import money
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy.assess import Entitlement, assess
from caseworker_app.policy.facts import Claimed, ClaimFacts, HouseholdFacts, PersonFacts, SpellFacts
from caseworker_app.policy.pack import Pack


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: its name, and how the result differs from what was expected ('' when it does not)."""

    name: str
    difference: str


def _person(number: int, entry: dict[str, Any]) -> PersonFacts:
    spells = tuple(
        SpellFacts(
            f"spell-{number}-{index}",
            spell["from"],
            spell.get("to"),
            spell.get("kind", "wage"),
            spell.get("place", ""),
            money.fen(spell["wage"]) if "wage" in spell else None,
        )
        for index, spell in enumerate(entry.get("spells", []))
    )
    return PersonFacts(f"person-{number}", f"成员{number + 1}", "", spells)


def run_case(pack: Pack, case: dict[str, Any]) -> Entitlement:
    """Assess the situation of one case; the first member is the one asked about."""
    item = pack.item(case["item"])
    members = tuple(_person(number, entry) for number, entry in enumerate(case["members"]))
    given = case["household"]
    household = HouseholdFacts(
        "household",
        "",
        members[0].name,
        given["home"],
        given.get("kind", ""),
        given.get("monitored", ""),
        given.get("identified"),
        given.get("resolved"),
        members,
    )
    cycle = item.cycle.named(case["cycle"])
    claimed = Claimed()
    for member, entry in zip(members, case["members"], strict=True):
        for taken in entry.get("claimed", []):
            claimed.add(ClaimFacts("claim", "", taken, cycle.name, member.id, 0, case["on"]))
    return assess(
        item, household, members[0] if item.beneficiary == "person" else None, cycle, case["on"], claimed
    )


def _difference(answer: Entitlement, expected: dict[str, Any]) -> str:
    found: dict[str, Any] = {
        "state": answer.state.value,
        "amount": answer.amount,
        "amount_max": answer.amount_max,
        "due": [share.due for share in answer.members],
        "paid": [share.paid for share in answer.members],
    }
    parts = []
    for key, value in expected.items():
        wanted = (
            [money.fen(each) for each in value]
            if isinstance(value, list)
            else money.fen(value)
            if key.startswith("amount")
            else value
        )
        if found[key] != wanted:
            shown = money.yuan(found[key]) if isinstance(found[key], int) else found[key]
            parts.append(f"{key}: {value} ≠ {shown}")
    return "; ".join(parts)


def run(pack: Pack, folder: Path) -> list[CaseResult]:
    """Run every case of a pack's folder; ExpectedError `pack.no_cases` or `pack.case` for a broken one."""
    file = folder / "cases.toml"
    if not file.exists():
        raise ExpectedError("pack.no_cases", file=str(file))
    try:
        cases = tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ExpectedError("pack.syntax", file=str(file), problem=str(error)) from error
    results = []
    for case in cases:
        try:
            results.append(CaseResult(case["name"], _difference(run_case(pack, case), case["expect"])))
        except (KeyError, TypeError, ValueError) as error:
            raise ExpectedError(
                "pack.case", file=str(file), case=case.get("name", "?"), problem=repr(error)
            ) from error
    return results
