"""Photos kept with people and households."""

from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import photo
from caseworker_app.read_models.attachments import AttachmentLine
from caseworker_app.use_cases import attachments, safety, undo
from caseworker_app.use_cases.desk import Desk
from db import journal
from db.queries import attachments as queries
from db.queries import households, workers

DAY = date(2024, 11, 30)


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """Return a photo of a paper."""
    file = tmp_path / "合同.png"
    Image.effect_noise((900, 1200), 60).save(file)
    return file


def somebody(desk: Desk) -> str:
    with desk.ledger.reader() as connection:
        return workers.ids(connection, "employed", desk.asked(DAY))[0]


def papers(desk: Desk, person: str) -> list[AttachmentLine]:
    with desk.ledger.reader() as connection:
        return queries.lines(connection, people=[person])


def stored(desk: Desk) -> str:
    with desk.ledger.reader() as connection:
        return journal.content_hash(connection)


def test_a_photo_is_attached_hidden_by_undo_and_shown_again_by_redo(
    sample_desk: Desk, contract: Path
) -> None:
    person, before = somebody(sample_desk), stored(sample_desk)
    changed = attachments.attach(
        sample_desk, [contract], person=person, kind="contract", title=" 2024 年\n合同 ", taken_on=DAY
    )
    assert changed.people == {person}
    (line,) = papers(sample_desk, person)
    kept = photo.read(contract)
    assert (line.kind, line.title, line.taken_on, line.digest) == (
        "contract",
        "2024 年 合同",
        DAY,
        kept.digest,
    )
    assert (line.media_type, line.size) == ("image/jpeg", len(kept.content))
    with sample_desk.ledger.reader() as connection:
        assert queries.content(connection, line.id) == kept.content
        journalled = connection.execute(text("SELECT group_concat(before) FROM change")).scalar_one() or ""
        assert len(journalled) < 100_000
    undo.undo(sample_desk)
    assert papers(sample_desk, person) == []
    assert stored(sample_desk) == before
    undo.redo(sample_desk)
    assert papers(sample_desk, person) == [line]


def test_several_files_are_one_step_and_the_same_photo_is_kept_once(
    sample_desk: Desk, contract: Path, tmp_path: Path
) -> None:
    with sample_desk.ledger.reader() as connection:
        household = households.ids(connection, sample_desk.asked(DAY))[0]
    other = tmp_path / "second.jpg"
    Image.effect_noise((500, 500), 60).save(other)
    attachments.attach(
        sample_desk, [contract, other, contract], household=household, kind="household_register"
    )
    with sample_desk.ledger.reader() as connection:
        assert len(queries.lines(connection, households=[household])) == 2
    with pytest.raises(ExpectedError) as refused:
        attachments.attach(sample_desk, [other], household=household, kind="other")
    assert refused.value.code == "photo.repeated"
    undo.undo(sample_desk)
    with sample_desk.ledger.reader() as connection:
        assert queries.lines(connection, households=[household]) == []


def test_one_bad_file_keeps_all_out(sample_desk: Desk, contract: Path, tmp_path: Path) -> None:
    person, before = somebody(sample_desk), stored(sample_desk)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"nothing")
    with pytest.raises(ExpectedError, match=r"photo\.format"):
        attachments.attach(sample_desk, [contract, bad], person=person, kind="contract")
    assert stored(sample_desk) == before


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "passport"}, "code.unknown"),
        ({"taken_on": date(2024, 12, 1)}, "day.future"),
        ({"title": "长" * 201}, "text.long"),
        ({"person": "nobody"}, "person.none"),
    ],
)
def test_what_is_said_of_a_photo_is_checked(
    sample_desk: Desk, contract: Path, given: dict[str, object], code: str
) -> None:
    said: dict[str, object] = {"person": somebody(sample_desk), "kind": "contract", **given}
    with pytest.raises(ExpectedError) as refused:
        attachments.attach(sample_desk, [contract], **said)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_photo_is_described_anew_taken_out_and_written_to_a_file(
    sample_desk: Desk, contract: Path, tmp_path: Path
) -> None:
    person = somebody(sample_desk)
    attachments.attach(sample_desk, [contract], person=person, kind="contract")
    (line,) = papers(sample_desk, person)
    attachments.describe(sample_desk, line.id, kind="payslip", title="十月", taken_on=None)
    assert [(each.kind, each.title) for each in papers(sample_desk, person)] == [("payslip", "十月")]
    target = tmp_path / "out.jpg"
    attachments.export(sample_desk, line.id, target)
    assert photo.digest(target.read_bytes()) == line.digest
    with pytest.raises(ExpectedError, match=r"file\.not_written"):
        attachments.export(sample_desk, line.id, tmp_path / "no" / "out.jpg")
    attachments.take_out(sample_desk, line.id)
    assert papers(sample_desk, person) == []
    with pytest.raises(ExpectedError, match=r"photo\.none"):
        attachments.take_out(sample_desk, line.id)
    undo.undo(sample_desk)
    assert len(papers(sample_desk, person)) == 1


def test_verify_tells_a_photo_whose_bytes_were_changed(sample_desk: Desk, contract: Path) -> None:
    attachments.attach(sample_desk, [contract], person=somebody(sample_desk), kind="contract")
    assert safety.verify(sample_desk).sound
    with sample_desk.ledger.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text("UPDATE attachment_content SET content = x'00'"))
    found = safety.verify(sample_desk)
    assert not found.sound
    assert found.damaged_photos == 1
