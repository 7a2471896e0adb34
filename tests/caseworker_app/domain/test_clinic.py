from datetime import date, timedelta
from functools import cache
from random import Random

import pytest

from caseworker_app.domain import clinic, identity
from caseworker_app.domain.clinic import Damaged, Known, KnownPeople, Proposal
from tests.caseworker_app.domain.damages import DAMAGES, can_happen, dressed

PEOPLE = 40_000
DAMAGED = 10_000
FIRST = date(1938, 1, 1)
SURNAMES = "马王李张杨刘陈白丁哈"
GIVEN = "兰英强军芳梅小红国玉秀明华建文平志伟丽娟"


def number(random: Random, *, ends: str = "") -> str:
    """Make up a number of one county, where many share their first digits."""
    born = FIRST + timedelta(days=random.randrange(25_000))
    while True:
        digits = f"{random.choice(('640106', '640106', '640121', '642221'))}{born:%Y%m%d}{random.randrange(1000):03}"
        whole = digits + identity.check_digit(digits)
        if whole.endswith(ends):
            return whole


@cache
def population() -> list[Known]:
    """A county in which every name is borne by some twenty people."""
    random = Random(11)
    numbers = {number(random) for _ in range(PEOPLE)}
    return [
        Known(f"{place}", each, random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN + " "))
        for place, each in enumerate(sorted(numbers))
    ]


def test_the_kinds_are_all_tried() -> None:
    assert tuple(DAMAGES) == clinic.KINDS


def test_ten_thousand_damaged_numbers() -> None:
    random = Random(20241130)
    people = population()
    known = KnownPeople(each for place, each in enumerate(people) if place % 4)
    met = dict.fromkeys(DAMAGES, 0)
    right = wrong_ones = missed = 0
    for turn in range(DAMAGED):
        kind = clinic.KINDS[turn % len(clinic.KINDS)]
        person = random.choice(people)
        while not can_happen(kind, person.number):
            person = random.choice(people)
        said = identity.parse(person.number)
        raw = dressed(DAMAGES[kind](person.number, random), random)
        cell = Damaged(raw, person.name, random.choice((None, said.born)), random.choice(("", said.sex)))
        assert clinic.is_rounded(raw) == (kind in ("rounded", "scientific"))
        assert clinic.is_sound(raw) is False
        proposal = clinic.propose(cell, known)
        is_known = bool(int(person.key) % 4)
        if proposal is None:
            missed += is_known and not (kind == "scientific" and cell.born is None)
        elif proposal.person.number == person.number:
            right += 1
            met[kind] += proposal.kind == kind
        else:
            wrong_ones += 1
    assert right / (right + wrong_ones) >= 0.999
    assert right > 0.65 * DAMAGED, "three of four are known, and nearly all of them are to be found"
    assert missed <= 0.02 * DAMAGED
    assert min(met.values()) > 400, met


def test_no_sound_number_is_flagged() -> None:
    random = Random(7)
    people = population()
    known = KnownPeople(each for place, each in enumerate(people) if place % 2)
    for turn in range(DAMAGED):
        person = random.choice(people)
        if turn % 100 == 0:  # The last serial digits and the check digit may well be noughts.
            person = Known("new", number(random, ends="000"), person.name)
        raw = dressed(person.number, random)
        assert clinic.is_sound(raw)
        assert not clinic.is_rounded(raw)
        assert clinic.propose(Damaged(raw, person.name, identity.parse(person.number).born), known) is None


def test_a_rounded_number_that_became_text_is_found_though_it_passes_the_checksum() -> None:
    random = Random(3)
    found = 0
    for _ in range(20_000):
        sound = number(random)
        text = sound[:15] + "000"
        if sound.endswith("X") or sound == text or not clinic.is_sound(text):
            continue
        found += 1
        proposal = clinic.propose(Damaged(text, "马兰"), KnownPeople([Known("1", sound, "马兰")]))
        assert proposal
        assert (proposal.person.number, proposal.kind) == (sound, clinic.ROUNDED)
    assert found > 1000, "one of eleven passes"


SOUND = "640106198501010012"
TWIN = "640106198501010047"
MA = Known("1", SOUND, "马 兰")


def proposed(
    raw: str | float, *known: Known, name: str = "马兰", born: date | None = None, sex: str = ""
) -> Proposal | None:
    return clinic.propose(Damaged(raw, name, born, sex), KnownPeople(known or [MA]))


def test_what_a_proposal_says() -> None:
    born = date(1985, 1, 1)
    assert proposed(float(SOUND)) == Proposal(MA, clinic.ROUNDED, ("name", "born"))
    assert proposed("6.40106E+17", born=born, sex="male") == Proposal(
        MA, clinic.SCIENTIFIC, ("name", "born", "sex")
    )


@pytest.mark.parametrize(
    ("raw", "more"),
    [
        (float(SOUND), {"name": "马英"}),
        (float(SOUND), {"name": ""}),
        (float(SOUND), {"born": date(1985, 1, 2)}),
        (float(SOUND), {"sex": "female"}),
        ("6.40106E+17", {}),
        ("6.40107E+17", {"born": date(1985, 1, 1)}),
        ("6.40106E+16", {"born": date(1985, 1, 1)}),
        ("640106198501019912", {}),
        ("64010619850101", {}),
        ("", {}),
        ("不详", {}),
        (3500.0, {}),
        (SOUND, {}),
    ],
)
def test_what_does_not_fit_is_not_proposed(raw: str | float, more: dict[str, object]) -> None:
    assert proposed(raw, **more) is None  # type: ignore[arg-type]


def test_two_people_it_could_be_are_no_proposal() -> None:
    twin = Known("2", TWIN, "马兰")
    assert proposed(float(SOUND), MA, twin) is None
    by_sex = proposed(float(SOUND), MA, twin, sex="female")
    assert by_sex
    assert by_sex.person == twin
    assert proposed(float(SOUND), MA, Known("3", SOUND, "马兰"))
    assert proposed(SOUND.replace("0", "O"), MA, twin)
