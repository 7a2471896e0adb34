import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseworker_app.domain.errors import ExpectedError
from db import keys

PASSWORD = "mountain-river"


@pytest.fixture(scope="module")
def slots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, keys.Opened, str]:
    """Return a folder with key slots, what they hold and the recovery code."""
    folder = tmp_path_factory.mktemp("keys")
    return folder, *keys.create(folder, PASSWORD)


def test_both_slots_give_the_same_key(slots: tuple[Path, keys.Opened, str]) -> None:
    folder, opened, code = slots
    assert keys.with_password(folder, PASSWORD) == opened
    assert keys.with_recovery_code(folder, code) == opened
    assert opened.data_key.hex() not in (folder / "keys.json").read_text(encoding="ascii")


@pytest.mark.parametrize("wrong", ["", "mountain-rive", "Mountain-river", "mountain-river "])
def test_a_wrong_password_is_refused(slots: tuple[Path, keys.Opened, str], wrong: str) -> None:
    with pytest.raises(ExpectedError) as error:
        keys.with_password(slots[0], wrong)
    assert error.value.code == "ledger.wrong_password"


@given(data=st.data())
def test_a_code_is_read_however_it_is_written_down(
    slots: tuple[Path, keys.Opened, str], data: st.DataObject
) -> None:
    folder, opened, code = slots
    alike = {"1": "1IiLl", "0": "0Oo"}
    written = "".join(
        data.draw(st.sampled_from(alike.get(each, each + each.lower()))) for each in code if each != "-"
    )
    spaced = data.draw(st.sampled_from(["", " ", "-", " - "])).join(written)
    assert keys.with_recovery_code(folder, spaced) == opened


@given(data=st.data())
def test_one_mistyped_character_is_noticed(slots: tuple[Path, keys.Opened, str], data: st.DataObject) -> None:
    folder, _opened, code = slots
    characters = code.replace("-", "")
    place = data.draw(st.integers(0, 32))
    other = data.draw(
        st.sampled_from([each for each in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if each != characters[place]])
    )
    with pytest.raises(ExpectedError) as error:
        keys.with_recovery_code(folder, characters[:place] + other + characters[place + 1 :])
    assert error.value.code == "ledger.recovery_mistyped"


@pytest.mark.parametrize("code", ["", "1234", "U" * 33, "0" * 34, "*" * 33])
def test_what_is_no_code_is_noticed(slots: tuple[Path, keys.Opened, str], code: str) -> None:
    with pytest.raises(ExpectedError) as error:
        keys.with_recovery_code(slots[0], code)
    assert error.value.code == "ledger.recovery_mistyped"


def test_the_code_of_another_ledger_does_not_open(slots: tuple[Path, keys.Opened, str]) -> None:
    with pytest.raises(ExpectedError) as error:
        keys.with_recovery_code(slots[0], keys.new_recovery_code())
    assert error.value.code == "ledger.wrong_recovery"


def test_a_new_password_keeps_the_recovery_code(tmp_path: Path) -> None:
    opened, code = keys.create(tmp_path, PASSWORD)
    keys.set_password(tmp_path, opened, "another one")
    assert keys.with_password(tmp_path, "another one") == opened
    assert keys.with_recovery_code(tmp_path, code) == opened
    with pytest.raises(ExpectedError) as error:
        keys.with_password(tmp_path, PASSWORD)
    assert error.value.code == "ledger.wrong_password"


def test_codes_are_never_alike() -> None:
    codes = {keys.new_recovery_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {41}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "ledger.keys_damaged"),
        ("[]", "ledger.keys_damaged"),
        ('{"version": 1, "ledger": "x"}', "ledger.keys_damaged"),
        ('{"version": 1, "ledger": "x", "slots": []}', "ledger.keys_damaged"),
        ('{"version": 1, "ledger": "x", "slots": [{}]}', "ledger.keys_damaged"),
        (
            '{"version": 1, "ledger": "x", "slots": [{"kind": "password", "salt": "zz"}]}',
            "ledger.keys_damaged",
        ),
        ('{"version": "one", "ledger": "x", "slots": []}', "ledger.keys_damaged"),
        ('{"version": 2, "ledger": "x", "slots": []}', "ledger.newer"),
    ],
)
def test_damaged_slots_are_named(tmp_path: Path, content: str, code: str) -> None:
    (tmp_path / "keys.json").write_text(content, encoding="ascii")
    with pytest.raises(ExpectedError) as error:
        keys.with_password(tmp_path, PASSWORD)
    assert error.value.code == code


def test_a_slot_that_was_tampered_with_does_not_open(tmp_path: Path) -> None:
    keys.create(tmp_path, PASSWORD)
    content = json.loads((tmp_path / "keys.json").read_text(encoding="ascii"))
    content["ledger"] = "0" * 32
    (tmp_path / "keys.json").write_text(json.dumps(content), encoding="ascii")
    with pytest.raises(ExpectedError) as error:
        keys.with_password(tmp_path, PASSWORD)
    assert error.value.code == "ledger.wrong_password"
