"""The keys by which people are found follow every change, and are held against the facts."""

from datetime import date

from sqlalchemy import delete, select, update

from caseworker_app.use_cases import safety, undo
from caseworker_app.use_cases.desk import Desk
from db import search
from db.queries import find
from db.tables import Household, Membership, Person, SearchName, SearchNumber


def names(desk: Desk, typed: str) -> list[str]:
    with desk.ledger.reader() as connection:
        return [each.name for each in find.find(connection, typed, desk.asked(desk.today())).people]


def unsound(desk: Desk) -> int:
    with desk.ledger.reader() as connection:
        return search.unsound(connection)


def family(desk: Desk) -> tuple[str, str]:
    """Write a head without a phone and his wife; return the household and the head."""
    with desk.units("made up") as unit:
        home = unit.insert(
            Household, household_no="7700000001", village_code="640106100207", phone="13812345678"
        )
        head = unit.insert(Person, name="单国强", identity_number="640106198001011231", phone="")
        wife = unit.insert(Person, name="曾长乐", identity_number=None, phone="0951-7654321")
        for person, relation in ((head, "head"), (wife, "spouse")):
            unit.insert(Membership, person_id=person, household_id=home, relation=relation)
        unit.commit()
    return home, head


def test_people_are_found_as_soon_as_they_are_written(desk: Desk) -> None:
    family(desk)
    for typed in ("shanguoqiang", "danguoqiang", "sgq", "单国强", "guoqiang", "1231", "12345678"):
        assert names(desk, typed)[0] == "单国强", typed
    for typed in ("zengchangle", "cengzhangle", "zcl", "长乐", "7654321"):
        assert names(desk, typed) == ["曾长乐"], typed
    assert unsound(desk) == 0


def test_a_new_name_a_new_phone_and_a_new_head_are_followed_and_undone(desk: Desk) -> None:
    home, head = family(desk)
    with desk.units("made up") as unit:
        unit.update(Person, head, name="仇建国")
        unit.update(Household, home, phone="13900001111")
        unit.commit()
    assert names(desk, "qiujianguo")[0] == "仇建国"
    assert names(desk, "sgq") == []
    assert names(desk, "1111") == ["仇建国"]
    assert names(desk, "5678") == []
    undo.undo(desk)
    assert names(desk, "sgq")[0] == "单国强"
    assert names(desk, "5678") == ["单国强"]
    undo.redo(desk)
    assert names(desk, "1111") == ["仇建国"]
    assert unsound(desk) == 0


def test_a_phone_of_the_household_leads_to_who_is_head_on_the_day(desk: Desk) -> None:
    _home, head = family(desk)
    with desk.ledger.reader() as connection:
        rows = connection.execute(select(Membership.id, Membership.person_id)).all()
    of = {row.person_id: row.id for row in rows}
    (wife,) = set(of) - {head}
    with desk.units("made up") as unit:
        unit.update(Membership, of[head], relation="father")
        unit.update(Membership, of[wife], relation="head")
        unit.commit()
    assert names(desk, "5678") == ["曾长乐"]
    assert unsound(desk) == 0


def test_who_was_taken_back_or_has_left_is_not_found(desk: Desk) -> None:
    _home, head = family(desk)
    with desk.ledger.reader() as connection:
        (own,) = connection.execute(select(Membership.id).where(Membership.person_id == head)).scalars()
    with desk.units("made up") as unit:
        unit.update(Membership, own, until=date(2024, 10, 31))
        unit.commit()
    assert names(desk, "单国强") == []
    undo.undo(desk)
    assert names(desk, "单国强") == ["单国强", "曾长乐"]  # She is found under her head.
    undo.undo(desk)
    assert names(desk, "单国强") == names(desk, "zcl") == []
    assert unsound(desk) == 0
    with desk.ledger.reader() as connection:
        assert connection.execute(select(SearchNumber.id)).all() == []


def test_an_import_can_be_searched_and_undone(sample_desk: Desk) -> None:
    assert unsound(sample_desk) == 0
    assert names(sample_desk, "ma")
    undo.undo(sample_desk)
    assert names(sample_desk, "ma") == []
    assert unsound(sample_desk) == 0
    undo.redo(sample_desk)
    assert names(sample_desk, "ma")
    assert unsound(sample_desk) == 0


def test_made_anew_they_are_the_same(sample_desk: Desk) -> None:
    columns = (SearchName.name, SearchName.pinyin, SearchName.initials, SearchName.given)
    with sample_desk.ledger.engine.connect().execution_options(writes=True) as connection:
        before = sorted(map(tuple, connection.execute(select(*columns))))
        connection.execute(delete(SearchName).where(SearchName.pinyin.startswith("m")))
        search.rebuild(connection)
        assert sorted(map(tuple, connection.execute(select(*columns)))) == before
        assert search.unsound(connection) == 0


def test_verify_tells_of_keys_that_are_not_those_of_the_facts(desk: Desk) -> None:
    _home, head = family(desk)
    assert safety.verify(desk).sound
    for wrong in (
        update(SearchName).where(SearchName.name == "单国强").values(pinyin="wangwu"),
        delete(SearchName).where(SearchName.name == "单国强", SearchName.initials == "sgq"),
        delete(SearchNumber).where(SearchNumber.person_id == head),
    ):
        with desk.ledger.engine.connect().execution_options(writes=True) as connection:
            connection.execute(wrong)
            connection.commit()
        found = safety.verify(desk)
        assert not found.sound
        assert found.wrong_search_keys == 1
        with desk.ledger.engine.connect().execution_options(writes=True) as connection:
            search.refresh(connection, [head])
            connection.commit()
        assert safety.verify(desk).sound
