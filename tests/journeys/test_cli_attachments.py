"""Photos of papers from the command line."""

from pathlib import Path

from PIL import Image

from caseworker_app.exchange import photo
from tests.conftest import PASSWORD
from tests.journeys.test_cli import RARE, Ask, ask, command, folder, refused, within

__all__ = ["ask", "folder"]  # Fixtures.


def test_a_photo_is_attached_listed_and_written_to_a_file(ask: Ask, tmp_path: Path) -> None:
    file, target = tmp_path / "合同.png", tmp_path / "out.jpg"
    Image.effect_noise((700, 500), 50).save(file)
    assert ask("attach", RARE, file, "--kind", "劳动合同", "--taken-on", "2024-05-01")["change_set"]
    (line,) = ask("attachment", "list", RARE)
    assert (line["kind"], line["taken_on"], line["media_type"]) == ("contract", "2024-05-01", "image/jpeg")
    ask("attachment", "export", line["id"], "-o", target)
    assert photo.digest(target.read_bytes()) == line["digest"] == photo.read(file).digest
    assert ask("verify")["sound"]
    ask("undo")
    assert ask("attachment", "list", RARE) == []


def test_a_household_has_papers_too(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "户口簿.png"
    Image.effect_noise((300, 200), 50).save(file)
    number = ask("show", RARE)["household_no"]
    ask("attach", number, file, "--kind", "household_register")
    assert [line["owner"] for line in ask("attachment", "list", number)] == [number]


def test_what_is_no_photo_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.jpg"
    file.write_bytes(b"PK\x03\x04")
    result = command("--ledger", folder, "attach", RARE, file, "--kind", "other", password=PASSWORD)
    assert "list.jpg" in refused(result, 1)
    none = within("--ledger", folder, "attachment", "export", "nothing", "-o", tmp_path / "x.jpg")
    assert "照片" in refused(none, 1)
    assert not (tmp_path / "x.jpg").exists()
