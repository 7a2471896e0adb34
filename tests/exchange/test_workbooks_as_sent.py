"""Monthly workbooks as they were sent: known by their bytes, read cell by cell where those differ, and the format before."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from caseworker_app import sample
from caseworker_app.domain import lines
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.domain.lines import Block, State
from caseworker_app.exchange import parts, read, seal
from caseworker_app.use_cases import desk as desks
from caseworker_app.use_cases import imports, receive, uploads
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.tables import Person
from tests.conftest import PASSWORD, clock

VILLAGE, TOWN = "640106100207", "640106100"
OLD = Path(__file__).parent / "old" / "records_1.xlsx"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("village")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEWORKER_HOME", str(folder / "home"))
        desk, _code = desks.new(folder / "ledger", PASSWORD, VILLAGE, "马村", clock=clock)
        with desk.ledger.reader() as connection:
            prepared = imports.prepare(connection, sample.bundled(), desk.scope, desk.today())
        imports.commit(desk, prepared)
        uploads.write_month(desk, "2024-11", folder / "sent.xlsx")
        desk.close()
    return folder / "sent.xlsx"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("CASEWORKER_HOME", str(tmp_path / "home"))
    return desks.new(tmp_path / "town", PASSWORD, TOWN, "镇", clock=clock)[0]


def people(desk: Desk) -> int:
    with desk.ledger.reader() as connection:
        return int(connection.execute(select(func.count(Person.id))).scalar_one())


def saved_anew(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Put a workbook together again, each part through `change`."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def arrived(*files: Path) -> list[read.Arrived]:
    found = list(read.read_each(files))
    assert all(isinstance(each, read.Arrived) for each in found)
    return [each for each in found if isinstance(each, read.Arrived)]


def test_a_workbook_as_it_was_written_is_known_by_its_bytes(sent: Path, tmp_path: Path, town: Desk) -> None:
    packed_anew = saved_anew(sent, tmp_path / "packed.xlsx", lambda _name, content: content)
    for found in arrived(sent, packed_anew):
        assert found.as_sealed
        assert [each.name for each in found.sheets] == [parts.SEAL_SHEET, parts.RECORDS_SHEET]
        assert seal.verify(found.sheets, as_sealed=True) == seal.verify(read.read(sent))
    outcome = receive.receive(town, [sent])[0]
    assert (outcome.file.seal, outcome.file.standing, outcome.file.taken) == ("sound", "ahead", True)
    assert people(town) == people_of(sent)
    assert receive.receive(town, [packed_anew])[0].file.standing == "same"


def people_of(sent: Path) -> int:
    """Return of how many people the records of a workbook tell."""
    sheets = read.read(sent)
    rows = next(each for each in sheets if each.name == parts.RECORDS_SHEET).rows
    told = lines.decode(rows, {})
    return sum(len(block.ids) for block in told.blocks if block.table == "person")


def test_another_program_s_file_is_read_cell_by_cell(sent: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(sent)
    book.save(tmp_path / "anew.xlsx")
    [found] = arrived(tmp_path / "anew.xlsx")
    assert not found.as_sealed
    assert len(found.sheets) == len(book.sheetnames)
    assert seal.verify(found.sheets).state == "sound"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet2.xml", "xl/worksheets/sheet18.xml", "xl/workbook.xml"])
def test_one_byte_that_differs_has_everything_read(sent: Path, tmp_path: Path, part: str) -> None:
    path = saved_anew(
        sent, tmp_path / "edited.xlsx", lambda name, content: content + b" " if name == part else content
    )
    [found] = arrived(path)
    assert not found.as_sealed
    # A blank behind the markup is no value of a cell.
    assert seal.verify(found.sheets).state == "sound"


def test_an_edited_cell_is_named_although_the_seal_tells_the_bytes(
    sent: Path, tmp_path: Path, town: Desk
) -> None:
    book = openpyxl.load_workbook(sent)
    cell = next(each for row in book["劳动力"].iter_rows(min_row=5) for each in row if each.value == "男")
    path = saved_anew(
        sent,
        tmp_path / "edited.xlsx",
        lambda name, content: (
            content.replace("<t>男</t>".encode(), "<t>女</t>".encode(), 1)
            if name == "xl/worksheets/sheet3.xml"
            else content
        ),
    )
    file = receive.receive(town, [path])[0].file
    assert file.seal == "broken"
    edited = next(each for each in file.problems if each.code == "receive.edited")
    assert edited.values["cells"] == f"劳动力!{cell.coordinate}"


def test_who_did_not_sign_is_not_believed(sent: Path, tmp_path: Path, town: Desk) -> None:
    """The parts are as the seal says, and the seal says something its key never signed."""

    def forge(name: str, content: bytes) -> bytes:
        # The officer stands in the seal and its signature; nothing else of the file knows of it.
        return (
            content.replace("马村".encode(), "牛村".encode())
            if name == "xl/worksheets/sheet19.xml"
            else content
        )

    path = saved_anew(sent, tmp_path / "forged.xlsx", forge)
    [found] = arrived(path)
    assert found.as_sealed
    assert seal.verify(found.sheets, as_sealed=True).state == "broken"
    before = people(town)
    outcome = receive.receive(town, [path])[0]
    assert (outcome.file.kind, outcome.file.seal, outcome.file.taken) == ("plain", "broken", False)
    assert outcome.prepared is not None  # Its visible sheets were read after all.
    assert people(town) == before


def test_the_format_before_is_taken_with_its_seal(town: Desk) -> None:
    outcome = receive.receive(town, [OLD])[0]
    assert (outcome.file.seal, outcome.file.standing, outcome.file.taken) == ("sound", "ahead", True)
    assert people(town) == people_of(OLD)
    assert receive.receive(town, [OLD])[0].file.standing == "same"
    with town.ledger.reader() as connection:
        assert journal.broken_link(connection) is None


def test_what_cannot_be_read_keeps_none_of_the_others_from_being_taken(sent: Path, tmp_path: Path) -> None:
    broken, empty, gone = (tmp_path / name for name in ("broken.xlsx", "empty.xlsx", "gone.xlsx"))
    broken.write_bytes(sent.read_bytes()[:5000])
    empty.write_bytes(b"")
    other = Path(shutil.copy(sent, tmp_path / "other.xlsx"))
    found = list(read.read_each([broken, sent, gone, empty, other]))
    told = [each.code if isinstance(each, ExpectedError) else each.as_sealed for each in found]
    assert told == ["workbook.damaged", True, "workbook.missing", "workbook.empty", True]


def test_stopping_between_leaves_what_was_taken_and_nothing_of_the_next(sent: Path, town: Desk) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int, what: str) -> None:
        if what == "receive.writing" and total > 10:
            raise Stopped

    with pytest.raises(Stopped):
        receive.receive(town, [sent], progress=stop)
    assert people(town) == 0
    assert receive.receive(town, [sent])[0].file.taken


def block(count: int, note: str) -> Block:
    first: dict[str, lines.Origin] = {"*": (("one", 1),)}
    return Block(
        "person",
        ["name", "born", "poor", "voided"],
        [f"{number:032x}" for number in range(count)],
        [VILLAGE] * count,
        [[f"{note}{number}" for number in range(count)], [None] * count, [True] * count, [False] * count],
        [
            first if number % 3 else {**first, "name": (("two~7.ab", 2), ("one", 9))}
            for number in range(count)
        ],
        {f"{0:032x}": {"name": [("other", (("two", 4),))]}},
    )


@pytest.mark.parametrize("note", ["人", "=1 +-@' ", "长" * 40_000, '"\\'])
def test_blocks_come_back_as_they_went(note: str) -> None:
    given = State({}, [block(3, note), block(1, note)])
    rows = list(lines.encode(given))
    pieces = [piece for row in rows[1:] for piece in row[2:]]
    assert max(map(len, pieces)) <= 15_000
    back = lines.decode(json.loads(json.dumps(rows)), {})
    assert back.records == given.records


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows[1].__setitem__(1, "4"),
        lambda rows: rows[1].__setitem__(2, rows[1][2][:-1]),
        lambda rows: rows[1].__setitem__(2, rows[1][2].replace("[true]", "[true,true]")),
        lambda rows: rows[1].__setitem__(2, "{}"),
        lambda rows: rows.clear(),
    ],
)
def test_damaged_blocks_are_said_to_be(spoil: Callable[[list[list[str]]], None]) -> None:
    rows = list(lines.encode([block(3, "人")]))
    spoil(rows)
    with pytest.raises(ExpectedError) as raised:
        lines.decode(rows, {})
    assert raised.value.code == "receive.damaged"
    with pytest.raises(ExpectedError) as raised:
        lines.decode([["records 9"]], {})
    assert raised.value.code == "receive.newer"
