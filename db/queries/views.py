"""The saved views of the lists."""

from sqlalchemy import Connection, select

from caseworker_app.read_models.views import ViewLine
from db.queries.dated import live
from db.tables import SavedView


def saved(connection: Connection, screen: str) -> list[ViewLine]:
    """Return the views of a screen in the order they were saved."""
    chosen = (
        select(SavedView.id, SavedView.name, SavedView.definition)
        .where(live(SavedView), SavedView.screen == screen)
        .order_by(SavedView.id)
    )
    return [ViewLine(row.id, row.name, row.definition) for row in connection.execute(chosen)]
