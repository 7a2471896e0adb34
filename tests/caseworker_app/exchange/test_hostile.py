"""Every hostile or broken file ends in a sentence of what to do, soon, in little memory, and writes nothing."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from caseworker_app import wording
from caseworker_app.cli.run import run
from caseworker_app.use_cases import desk as desks
from db import journal
from tests.caseworker_app.exchange import hostile
from tests.conftest import PASSWORD

resource = pytest.importorskip("resource")  # Not on Windows, where only the clock bounds the child.

SECONDS = 5
MEMORY_KB = 512 * 1024

SAYS = {
    "nothing.xlsx": "0 字节",
    "picture.xlsx": "不是表格文件",
    "letter.xlsx": "不是表格文件",
    "letter.ods": "不是表格文件",
    "folder.xlsx": "读不到",
    "cut_in_half.xlsx": "损坏",
    "no_sheet.xlsx": "没有能读的工作表",
    "bomb.xlsx": "太大",
    "billion_laughs.xlsx": "发送人",
    "path_that_leads_out.xlsx": "发送人",
    "far_corner.xlsx": "太大",
    "locked.xlsx": "密码",
    "locked_parts.xlsx": "密码",
    "locked.ods": "密码",
}
"""Of these the sentence is looked at closely."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory, empty_ledger: Path) -> Iterator[Path]:
    """Return a ledger that must hold nothing at the end."""
    folder = tmp_path_factory.mktemp("hostile") / "ledger"
    shutil.copytree(empty_ledger, folder)
    before = _content(folder)
    yield folder
    assert _content(folder) == before


def _content(folder: Path) -> str:
    desk = desks.open_with_password(folder, PASSWORD)
    try:
        with desk.ledger.reader() as connection:
            return journal.content_hash(connection)
    finally:
        desk.close()


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(children.ru_utime + children.ru_stime) + time.process_time()


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_file_that_would_do_harm(
    name: str,
    tmp_path: Path,
    ledger: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wording.use(wording.ZH)
    monkeypatch.setenv("CASEWORKER_LEDGER", str(ledger))
    monkeypatch.setenv("CASEWORKER_PASSWORD", PASSWORD)
    monkeypatch.setenv("CASEWORKER_FILE_PASSWORD", hostile.PASSWORD if name == "locked_for_ever.xlsx" else "")
    file = tmp_path / name
    hostile.FILES[name](file)
    before = set(tmp_path.rglob("*"))
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    begun = _used()
    status = run(["--ledger", str(ledger), "import", str(file), "--json"])
    used = _used() - begun
    out, said = capfd.readouterr()
    assert (status, out) == (1, ""), said
    assert "Traceback" not in said
    assert file.name in said
    assert SAYS.get(name, "") in said
    assert any("\u4e00" <= each <= "\u9fff" for each in said)
    # By the processor's clock: the wall's says how busy the machine is.
    assert used < SECONDS
    if os.uname().sysname == "Linux":
        # A child is told to have had what this process has, from before it became another program.
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(largest, own, MEMORY_KB)
    assert set(tmp_path.rglob("*")) == before
