"""Views kept under a name: saved, changed, renamed, deleted, and each step undone."""

from collections.abc import Callable

import pytest

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import undo, views
from caseworker_app.use_cases.desk import Desk
from db.queries import views as queries

SHOWN = {"list": "unemployed", "text": "", "filters": [], "order": [["name", True]], "layout": None}


def saved(desk: Desk, screen: str = "workers") -> list[tuple[str, str]]:
    with desk.ledger.reader() as connection:
        return [(each.name, each.definition["list"]) for each in queries.saved(connection, screen)]


def test_a_view_lives_and_every_step_is_undone(desk: Desk) -> None:
    _changed, view = views.save_view(desk, "workers", " 三组未就业 ", SHOWN)
    assert saved(desk) == [("三组未就业", "unemployed")]
    assert saved(desk, "households") == []
    views.change_view(desk, view, {**SHOWN, "list": "zeroing"})
    views.rename_view(desk, view, "待清零")
    assert saved(desk) == [("待清零", "zeroing")]
    views.delete_view(desk, view)
    assert saved(desk) == []
    for expected in (
        [("待清零", "zeroing")],
        [("三组未就业", "zeroing")],
        [("三组未就业", "unemployed")],
        [],
    ):
        undo.undo(desk)
        assert saved(desk) == expected
    undo.redo(desk)
    assert saved(desk) == [("三组未就业", "unemployed")]


def test_names_are_one_a_screen_and_say_something(desk: Desk) -> None:
    _changed, view = views.save_view(desk, "workers", "一", SHOWN)
    views.save_view(desk, "households", "一", SHOWN)
    views.save_view(desk, "workers", "二", SHOWN)
    for name, code in (("一", "view.exists"), ("  ", "view.unnamed"), ("长" * 31, "text.long")):
        with pytest.raises(ExpectedError) as refused:
            views.save_view(desk, "workers", name, SHOWN)
        assert refused.value.code == code
    with pytest.raises(ExpectedError, match=r"view\.exists"):
        views.rename_view(desk, view, "二")
    assert not views.rename_view(desk, view, "一").change_set, "its own name is nobody else's"
    views.delete_view(desk, view)
    acts: list[Callable[[], object]] = [
        lambda: views.change_view(desk, view, SHOWN),
        lambda: views.rename_view(desk, view, "三"),
        lambda: views.delete_view(desk, view),
    ]
    for act in acts:
        with pytest.raises(ExpectedError, match=r"view\.gone"):
            act()
    views.save_view(desk, "workers", "一", SHOWN)
    assert [name for name, _list in saved(desk)] == ["二", "一"]
