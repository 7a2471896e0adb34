"""What is kept of a workbook that was written: put into the ledger, and read again, piece by piece."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Any

from sqlalchemy import ColumnElement, Connection, func, insert, literal_column, select

from db.engine import known_errors
from db.tables import UploadContent

_PIECE = 1 << 16


def _opened(connection: Connection, upload: str, *, reading: bool) -> Any:  # noqa: ANN401 - sqlcipher3 is untyped
    """Return the content of a row as what can be read or written in pieces, or None where there is no such row."""
    rowid: ColumnElement[int] = literal_column("rowid")
    chosen = select(rowid).select_from(UploadContent).where(UploadContent.upload_id == upload)
    place = connection.execute(chosen).scalar_one_or_none()
    if place is None:
        return None
    driver: Any = connection.connection.driver_connection
    return driver.open_blob(UploadContent.__tablename__, UploadContent.content.key, place, reading)


def keep(connection: Connection, upload: str, content: IO[bytes]) -> None:
    """Keep all that a file holds, within the change set that writes the upload."""
    size = content.seek(0, os.SEEK_END)
    connection.execute(insert(UploadContent).values(upload_id=upload, content=func.zeroblob(size)))
    content.seek(0)
    with known_errors(), closing(_opened(connection, upload, reading=False)) as kept:
        shutil.copyfileobj(content, kept, _PIECE)


def pieces(connection: Connection, upload: str) -> Iterator[bytes]:
    """Give what is kept of an upload; nothing where nothing is."""
    kept = _opened(connection, upload, reading=True)
    if kept is None:
        return
    with closing(kept):
        while piece := kept.read(_PIECE):
            yield piece
