import errno
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from caseworker_app import error_words, wording
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases.desk import Desk
from db import engine
from tests.conftest import PASSWORD, clock


@pytest.fixture
def folder(tmp_path: Path, empty_ledger: Path) -> Path:
    """Return a closed copy of an empty ledger."""
    return Path(shutil.copytree(empty_ledger, tmp_path / "ledger"))


def refusal(folder: Path, password: str = PASSWORD) -> ExpectedError:
    with pytest.raises(ExpectedError) as error:
        engine.open_with_password(folder, password, clock)
    return error.value


def test_a_ledger_open_elsewhere_is_in_use_and_free_again_when_closed(folder: Path) -> None:
    ledger = engine.open_with_password(folder, PASSWORD, clock)
    refused = refusal(folder)
    assert refused.code == "ledger.in_use"
    assert "·" in str(refused.values["holder"])
    ledger.close()
    engine.open_with_password(folder, PASSWORD, clock).close()


def test_a_wrong_password_leaves_the_ledger_free(folder: Path) -> None:
    assert refusal(folder, "not the one").code == "ledger.wrong_password"
    engine.open_with_password(folder, PASSWORD, clock).close()


def test_a_newer_ledger_is_refused_and_not_touched(folder: Path) -> None:
    ledger = engine.open_with_password(folder, PASSWORD, clock)
    with ledger.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    ledger.close()
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix in (".db", ".json")}
    assert refusal(folder).code == "ledger.newer"
    assert {
        file.name: file.read_bytes() for file in folder.iterdir() if file.suffix in (".db", ".json")
    } == before


def test_a_file_without_its_revision_is_damaged(folder: Path) -> None:
    ledger = engine.open_with_password(folder, PASSWORD, clock)
    with ledger.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        connection.commit()
    ledger.close()
    assert refusal(folder).code == "ledger.damaged"


@pytest.mark.parametrize("damage", ["zeroed", "cut", "plain", "empty"])
def test_a_damaged_file_is_said_to_be_so(folder: Path, damage: str) -> None:
    file = folder / engine.DATABASE
    content = file.read_bytes()
    broken = {
        "zeroed": bytes(4096) + content[4096:],
        "cut": content[:2000],
        "plain": b"SQLite format 3\0" + content[16:],
        "empty": b"",
    }
    file.write_bytes(broken[damage])
    assert refusal(folder).code == "ledger.damaged"
    assert refusal(folder).code == "ledger.damaged"


def test_the_keys_of_another_ledger_do_not_open(folder: Path, tmp_path: Path) -> None:
    other, _code = engine.create(tmp_path / "other", PASSWORD, clock)
    other.close()
    shutil.copy(tmp_path / "other" / "keys.json", folder)
    assert refusal(folder).code == "ledger.damaged"


@pytest.mark.parametrize(
    ("file", "code"), [("ledger.db", "ledger.missing"), ("keys.json", "ledger.keys_damaged")]
)
def test_a_missing_file_is_said_to_be_missing(folder: Path, file: str, code: str) -> None:
    (folder / file).unlink()
    assert refusal(folder).code == code


def test_a_holder_that_cannot_be_written_keeps_nobody_out(folder: Path) -> None:
    (folder / "ledger.holder").mkdir()
    ledger = engine.open_with_password(folder, PASSWORD, clock)
    refused = refusal(folder)
    assert (refused.code, refused.values["holder"]) == ("ledger.in_use", "")
    wording.use(wording.ZH)
    assert "（另一个程序）" in error_words.error_text(refused)
    ledger.close()


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    assert refusal(file).code == "ledger.missing"
    with pytest.raises(ExpectedError) as error:
        engine.create(file, PASSWORD)
    assert error.value.code == "ledger.read_only"


def test_a_full_disk_is_said_when_a_ledger_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExpectedError) as error:
        engine.create(tmp_path / "new", PASSWORD)
    assert error.value.code == "ledger.disk_full"


@pytest.mark.skipif(sys.platform == "win32", reason="files have no modes there")
def test_a_ledger_is_for_its_owner_only(tmp_path: Path) -> None:
    ledger, _code = engine.create(tmp_path / "new", PASSWORD)
    ledger.close()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "keys.json").stat().st_mode) == 0o600


def test_no_ledger_is_made_over_another_or_into_a_full_folder(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ExpectedError) as exists:
        engine.create(folder, PASSWORD)
    with pytest.raises(ExpectedError) as full:
        engine.create(tmp_path, PASSWORD)
    with pytest.raises(ExpectedError) as short:
        engine.create(tmp_path / "new", "12345")
    codes = (exists.value.code, full.value.code, short.value.code)
    assert codes == ("ledger.exists", "ledger.folder_not_empty", "ledger.password_short")
    assert not (tmp_path / "new").exists()


def test_nothing_readable_stands_in_the_file(sample_desk: Desk) -> None:
    sample_desk.close()
    content = b"".join(file.read_bytes() for file in sample_desk.ledger.folder.iterdir() if file.is_file())
    for word in ("和顺新村", "户主", "64010619", "CREATE TABLE", "SQLite format"):
        assert word.encode() not in content


def test_a_reader_sees_one_moment_and_is_not_held_up_by_a_writer(desk: Desk) -> None:
    with desk.ledger.reader() as connection:
        before = connection.execute(text("SELECT count(*) FROM change_set")).scalar_one()
        desks.set_number(desk, "zeroing_limit", 20)
        assert connection.execute(text("SELECT count(*) FROM change_set")).scalar_one() == before
    with desk.ledger.reader() as connection:
        assert connection.execute(text("SELECT count(*) FROM change_set")).scalar_one() == before + 1


def test_the_installation_keeps_one_device_id() -> None:
    assert engine.device() == engine.device()
    assert len(engine.device()) == 32


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"device": null}'])
def test_an_unreadable_device_is_put_aside_and_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setenv("CASEWORKER_HOME", str(tmp_path))
    before = engine.device()
    file = tmp_path / "config" / "device.json"
    file.write_bytes(content)
    made = engine.device()
    assert made == engine.device() != before
    assert file.with_suffix(".broken").read_bytes() == content
