import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

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


@pytest.mark.parametrize("file", ["ledger.db", "keys.json"])
def test_a_missing_file_is_said_to_be_missing(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert refusal(folder).code == "ledger.missing"


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
