"""Views of a list kept under a name, for whoever opens the ledger next."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases.desk import Desk
from caseworker_app.use_cases.typed import clean
from db.queries.dated import live
from db.tables import SavedView
from db.unit_of_work import UnitOfWork

_LONGEST = 30


def _name(unit: UnitOfWork, screen: str, name: str, own: str = "") -> str:
    """Return the name as it is kept; ExpectedError `view.unnamed`, `text.long`, `view.exists`."""
    cleaned = clean(name, most=_LONGEST)
    if not cleaned:
        raise ExpectedError("view.unnamed")
    taken = select(SavedView.id).where(
        live(SavedView), SavedView.screen == screen, SavedView.name == cleaned, SavedView.id != own
    )
    if unit.connection.execute(taken).first():
        raise ExpectedError("view.exists", name=cleaned)
    return cleaned


def _found(unit: UnitOfWork, view: str) -> tuple[str, str]:
    """Return screen and name of a view; ExpectedError `view.gone`."""
    chosen = select(SavedView.screen, SavedView.name).where(live(SavedView), SavedView.id == view)
    found = unit.connection.execute(chosen).first()
    if found is None:
        raise ExpectedError("view.gone")
    return found.screen, found.name


def save_view(desk: Desk, screen: str, name: str, definition: Mapping[str, Any]) -> tuple[Changed, str]:
    """Keep a view under a name; return its id too. ExpectedError `view.unnamed`, `text.long`, `view.exists`."""
    with desk.units("view.save") as unit:
        cleaned = _name(unit, screen, name)
        made = unit.insert(SavedView, screen=screen, name=cleaned, definition=dict(definition))
        unit.name(cleaned)
        return unit.commit(), made


def change_view(desk: Desk, view: str, definition: Mapping[str, Any]) -> Changed:
    """Let a view show something else; ExpectedError `view.gone`."""
    with desk.units("view.change") as unit:
        _screen, name = _found(unit, view)
        unit.update(SavedView, view, definition=dict(definition))
        unit.name(name)
        return unit.commit()


def rename_view(desk: Desk, view: str, name: str) -> Changed:
    """Give a view another name; ExpectedError `view.gone`, `view.unnamed`, `text.long`, `view.exists`."""
    with desk.units("view.rename") as unit:
        screen, _before = _found(unit, view)
        cleaned = _name(unit, screen, name, view)
        unit.update(SavedView, view, name=cleaned)
        unit.name(cleaned)
        return unit.commit()


def delete_view(desk: Desk, view: str) -> Changed:
    """Take a view away; ExpectedError `view.gone`."""
    with desk.units("view.delete") as unit:
        _screen, name = _found(unit, view)
        unit.void(SavedView, view)
        unit.name(name)
        return unit.commit()
