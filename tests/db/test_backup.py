import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import safety
from caseworker_app.use_cases.desk import Desk
from db import journal
from tests.conftest import PASSWORD, clock


def content(desk: Desk) -> str:
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def sound(desk: Desk) -> bool:
    """Whether verifying finds nothing wrong; a page so broken that a check cannot be made is found too."""
    try:
        return safety.verify(desk).sound
    except ExpectedError as error:
        return error.code != "ledger.damaged"


def restored(source: Path, folder: Path) -> Desk:
    safety.restore(source, folder, PASSWORD)
    return desks.open_with_password(folder, PASSWORD, clock)


def test_a_backup_gives_the_same_ledger_again(sample_desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    mine = [tmp_path / "backup.part", tmp_path / "backup.db-part"]
    for each in mine:
        each.write_text("mine")
    safety.back_up(sample_desk, file)
    before = content(sample_desk)
    desks.set_officer(sample_desk, "后来的人")
    copy = restored(file, tmp_path / "restored")
    assert content(copy) == before
    assert safety.verify(copy).sound
    copy.close()
    assert [each.read_text() for each in mine] == ["mine", "mine"]
    assert {each.name for each in tmp_path.iterdir() if each.is_file()} == {
        file.name,
        *(each.name for each in mine),
    }
    assert not list(tmp_path.glob(".caseworker-*"))
    assert {each.name for each in copy.ledger.folder.iterdir()} == {"keys.json", "ledger.db", "ledger.lock"}


def test_a_backup_holds_what_is_committed_while_somebody_reads(sample_desk: Desk, tmp_path: Path) -> None:
    with sample_desk.ledger.reader() as connection:
        connection.execute(text("SELECT count(*) FROM person"))
        desks.set_officer(sample_desk, "甲")
        safety.back_up(sample_desk, tmp_path / "backup.zip")
    copy = restored(tmp_path / "backup.zip", tmp_path / "restored")
    assert copy.officer == "甲"
    copy.close()


def test_nothing_is_written_over(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_text("mine")
    with pytest.raises(ExpectedError) as error:
        safety.back_up(desk, file)
    assert error.value.code == "backup.exists"
    assert file.read_text() == "mine"


def test_where_nothing_can_be_written_it_is_said(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ExpectedError) as error:
        safety.back_up(desk, tmp_path / "nowhere" / "backup.zip")
    assert error.value.code == "backup.not_written"


@pytest.mark.parametrize("damage", ["cut", "no archive", "no keys", "changed page"])
def test_a_damaged_backup_is_refused(sample_desk: Desk, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "backup.zip"
    safety.back_up(sample_desk, file)
    whole = file.read_bytes()
    if damage == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage == "no archive":
        file.write_bytes(b"not a backup")
    else:
        with zipfile.ZipFile(file) as archive:
            parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
        if damage == "no keys":
            del parts["keys.json"]
        else:
            parts["ledger.db"][9000] ^= 1
        with zipfile.ZipFile(file, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, bytes(part))
    with pytest.raises(ExpectedError) as error:
        safety.restore(file, tmp_path / "restored", PASSWORD)
    assert error.value.code == "backup.damaged"


def test_a_backup_is_not_put_over_another_ledger(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    safety.back_up(desk, file)
    with pytest.raises(ExpectedError) as error:
        safety.restore(file, desk.ledger.folder, PASSWORD)
    assert error.value.code == "ledger.folder_not_empty"
    with pytest.raises(ExpectedError) as wrong:
        safety.restore(file, tmp_path / "restored", "not the one")
    assert wrong.value.code == "ledger.wrong_password"


def test_verify_finds_a_changed_page(sample_desk: Desk, tmp_path: Path) -> None:
    folder = Path(sample_desk.ledger.folder)
    sample_desk.close()
    copy = Path(shutil.copytree(folder, tmp_path / "damaged"))
    database = bytearray((copy / "ledger.db").read_bytes())
    database[len(database) // 2] ^= 0xFF
    (copy / "ledger.db").write_bytes(database)
    desk = desks.open_with_password(copy, PASSWORD, clock)
    try:
        assert not sound(desk)
    finally:
        desk.close()
