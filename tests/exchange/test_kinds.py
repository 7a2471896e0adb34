"""Which records travel: every kind says so in one place, or stays at home for a reason."""

from caseworker_app.domain.kinds import KINDS
from db.tables import RECORDS

AT_HOME = {
    "setting": "of this ledger",
    "saved_view": "of this ledger",
    "upload": "what was written here",
    "device": "whom this ledger trusts",
    "conflict": "travels as the other values of its record",
}


def test_every_table_travels_or_stays_at_home() -> None:
    travelling = [kind.table for kind in KINDS]
    assert len(travelling) == len(set(travelling))
    assert set(travelling) | AT_HOME.keys() == set(RECORDS)
    assert set(travelling).isdisjoint(AT_HOME)


def test_parents_come_before_what_points_to_them() -> None:
    place = {kind.table: at for at, kind in enumerate(KINDS)}
    for kind in KINDS:
        for key in RECORDS[kind.table].__table__.foreign_keys:
            parent = key.column.table.name
            if parent in place:
                assert place[parent] < place[kind.table], (parent, kind.table)


def test_what_does_not_travel_can_be_left_out() -> None:
    for kind in KINDS:
        columns = RECORDS[kind.table].__table__.c
        for name in kind.omit - {"state"}:
            assert columns[name].nullable or columns[name].default is not None
