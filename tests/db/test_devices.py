"""A ledger put back or copied on one installation is written under another device than before."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from caseworker_app import paths
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases.desk import Desk
from tests.conftest import COUNTY, PASSWORD, clock


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASEWORKER_HOME", str(tmp_path / "home"))
    made, _code = desks.new(tmp_path / "ledger", PASSWORD, COUNTY, "田野", clock=clock)
    made.close()
    return tmp_path / "ledger"


@pytest.fixture
def sat(folder: Path) -> Callable[..., str]:
    """Open a folder, change something, and return under which device."""

    def sit(which: Path = folder, changes: int = 1) -> str:
        desk: Desk = desks.open_with_password(which, PASSWORD, clock)
        for _ in range(changes):
            desks.set_number(desk, "zeroing_limit", 41 + desk.zeroing_limit % 2)
        device = desk.units.device
        desk.close()
        return device

    return sit


def test_a_ledger_keeps_its_device(sat: Callable[..., str]) -> None:
    assert sat() == sat() == sat(changes=0)


def test_a_folder_put_back_is_another_device(folder: Path, tmp_path: Path, sat: Callable[..., str]) -> None:
    first = sat()
    shutil.copytree(folder, tmp_path / "copy")
    assert sat() == first
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "copy", folder)
    second = sat()
    assert second != first
    assert sat() == second


def test_two_copies_never_write_under_one_device(
    folder: Path, tmp_path: Path, sat: Callable[..., str]
) -> None:
    sat()
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    seen: dict[str, Path] = {}
    for which in (folder, other, folder, other):
        device = sat(which)
        assert seen.setdefault(device, which) == which


def test_what_is_remembered_may_be_lost_or_spoilt(sat: Callable[..., str]) -> None:
    sat()
    seen = set()
    for content in (b"", b"[]", b"{", b'{"x": 1}'):
        (paths.config() / "ledgers.json").write_bytes(content)
        seen.add(sat())
        assert sat() in seen
    assert len(seen) == 1
