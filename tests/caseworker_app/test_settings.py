from pathlib import Path

import pytest

from caseworker_app import settings, wording
from ui.theme.tokens import THEMES


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where an installation of its own keeps its settings."""
    monkeypatch.setenv("CASEWORKER_HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    return tmp_path / "config" / "settings.json"


def test_what_is_written_is_read_again() -> None:
    settings.write("theme", "dark")
    settings.write("last_ledger", "/台账")
    assert (settings.read("theme"), settings.read("last_ledger")) == ("dark", "/台账")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"theme": 1}', b'{"theme": "pink"}', b'{"theme": ["dark"]}'],
)
def test_what_cannot_be_read_counts_as_the_default(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert settings.read("theme") == "light"
    settings.write("language", "en")
    assert (settings.read("theme"), settings.read("language")) == ("light", "en")


def test_a_bad_value_does_not_spoil_the_others(file: Path) -> None:
    file.write_text('{"theme": "dark", "language": "fr"}', encoding="utf-8")
    assert (settings.read("theme"), settings.read("language")) == ("dark", "zh_CN")


def test_the_table_allows_what_there_is() -> None:
    assert settings.BY_KEY["theme"].allowed == tuple(THEMES)
    assert settings.BY_KEY["language"].allowed == wording.LANGUAGES
    with pytest.raises(ValueError, match="theme"):
        settings.write("theme", "pink")
