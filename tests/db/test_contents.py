"""What is kept of a workbook goes into the ledger and comes back as it was, whatever its size."""

from io import BytesIO
from random import Random

from caseworker_app.use_cases.desk import Desk
from db import contents
from db.tables import Upload
from db.unit_of_work import UnitOfWork
from tests.conftest import COUNTY

SIZES = (0, 1, 1 << 16, (1 << 16) + 1, 700_001)


def uploaded(desk: Desk, unit: UnitOfWork) -> str:
    told = {"month": "2024-11", "village_code": COUNTY, "written_on": desk.today()}
    return unit.insert(Upload, **told, file_name="a.xlsx", digest="", counts={})


def test_what_is_kept_comes_back_byte_for_byte(desk: Desk) -> None:
    kept = {}
    with desk.units("upload.write") as unit:
        for size in SIZES:
            upload = uploaded(desk, unit)
            kept[upload] = Random(size).randbytes(size)
            contents.keep(unit.connection, upload, BytesIO(kept[upload]))
        unit.commit()
    with desk.ledger.reader() as connection:
        for upload, content in kept.items():
            assert b"".join(contents.pieces(connection, upload)) == content
        assert list(contents.pieces(connection, "no-such")) == []


def test_what_was_not_committed_is_not_kept(desk: Desk) -> None:
    with desk.units("upload.write") as unit:
        upload = uploaded(desk, unit)
        contents.keep(unit.connection, upload, BytesIO(b"x" * 200_000))
    with desk.ledger.reader() as connection:
        assert list(contents.pieces(connection, upload)) == []
