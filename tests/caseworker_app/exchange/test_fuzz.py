"""Whatever a file holds, reading it and planning its import ends in cells or in a sentence, soon.

`make acceptance` goes on for a minute. A file that broke anything is kept in `crashers/` under what it did.
"""

import itertools
import time
from pathlib import Path

import pytest

from caseworker_app import error_words, wording
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import read
from caseworker_app.use_cases import imports
from caseworker_app.use_cases.desk import Desk
from db import journal
from tests.caseworker_app.exchange import mutation

resource = pytest.importorskip("resource")  # Not on Windows, where only the clock bounds the child.

SECONDS = 5
CRASHERS = sorted((Path(__file__).parent / "crashers").iterdir())


def outcome(desk: Desk, file: Path) -> str:
    """Return the code of the refusal, '' when the file can be looked through."""
    begun = used()
    with desk.ledger.reader() as connection:
        before = journal.head(connection)
        refused: ExpectedError | None = None
        try:
            imports.prepare(connection, [file], desk.scope, desk.today())
        except ExpectedError as error:
            refused = error
        assert journal.head(connection) == before
    assert used() - begun < SECONDS
    if refused is None:
        return ""
    assert refused.code.startswith(("workbook.", "import.")), refused.code
    assert any("\u4e00" <= each <= "\u9fff" for each in error_words.error_text(refused))
    return refused.code


def used() -> float:
    """Return the processor's seconds: those of the wall say how busy the machine is."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(children.ru_utime + children.ru_stime) + time.process_time()


@pytest.fixture(autouse=True)
def _chinese() -> None:
    wording.use(wording.ZH)


def test_the_bases_are_sound(tmp_path: Path) -> None:
    for number, (suffix, content) in enumerate(mutation.bases()):
        file = tmp_path / f"{number}{suffix}"
        file.write_bytes(content)
        assert read.read(file, password="Password1234_")


def test_broken_files(desk: Desk, tmp_path: Path, whole: bool) -> None:
    until = time.monotonic() + (60 if whole else 5)
    met: dict[str, int] = {}
    for seed in itertools.count(1):
        suffix, content = mutation.mutated(seed)
        file = tmp_path / f"{seed}{suffix}"
        file.write_bytes(content)
        code = outcome(desk, file)
        met[code] = met.get(code, 0) + 1
        file.unlink()
        if time.monotonic() > until and len(met) > 1:
            break
    assert sum(met.values()) >= 3


@pytest.mark.parametrize("file", CRASHERS, ids=lambda file: file.name)
def test_what_broke_the_reader_once(desk: Desk, file: Path) -> None:
    assert outcome(desk, file).startswith("workbook.")


def test_a_seed_makes_the_same_file_again() -> None:
    assert [mutation.mutated(seed) for seed in range(20)] == [mutation.mutated(seed) for seed in range(20)]
