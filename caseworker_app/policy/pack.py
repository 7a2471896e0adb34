"""Policy packs: where they are and how they are read; `docs/packs.md` says what they can say."""

from functools import cache
from importlib import resources
from pathlib import Path

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.policy import reader, source
from caseworker_app.policy.reader import Entered
from caseworker_app.policy.schema import (
    CycleRule,
    Document,
    Item,
    Pack,
    PackSetting,
    Paper,
    Parameter,
    ServicePackage,
    Step,
)
from caseworker_app.policy.source import Located, Table

__all__ = [
    "DEFAULT",
    "CycleRule",
    "Document",
    "Entered",
    "Item",
    "Pack",
    "PackSetting",
    "Paper",
    "Parameter",
    "ServicePackage",
    "Step",
    "bundled",
    "bundled_folder",
    "from_texts",
    "load",
    "parse",
    "read_folder",
    "texts",
]

DEFAULT = "jinfeng"
FILE, CASES = "pack.toml", "cases.toml"


def parse(content: str, file: str, entered: Entered | None = None) -> Pack:
    """Read a pack without a parent; ExpectedError `pack.*` names the file, line and key that is wrong."""
    return reader.build(_completed(source.parse(content, file)), entered)


def _completed(content: Located) -> Located:
    """Return a pack's tables with what `defaults.toml` says where it says nothing."""
    return source.completed(source.read(Path(__file__).parent / "defaults.toml"), content)


def _parent_name(content: Located) -> str:
    head = Table(content).table("pack")
    name: str = head.take("parent", str, "")
    return name


def _lineage(folder: Path) -> list[tuple[str, Path]]:
    """Return a pack's folder and those it refines, child first; ExpectedError `pack.circle`, `pack.missing`."""
    found: list[tuple[str, Path]] = []
    while True:
        content = source.read(folder / FILE)
        found.append((folder.name, folder))
        name = _parent_name(content)
        if not name:
            return found
        beside = folder.parent / name
        folder = beside if (beside / FILE).exists() else bundled_folder(name)
        if any(folder == each for _name, each in found):
            file, line = content.values["pack"].place("parent")
            raise ExpectedError("pack.circle", file=file, line=line, key="parent", name=name)


def _build(contents: list[tuple[str, Located]], entered: Entered | None) -> Pack:
    """Build the child of packs, child first."""
    result = contents[-1][1]
    for _name, child in reversed(contents[:-1]):
        result = source.refined(result, child)
    return reader.build(_completed(result), entered, tuple(name for name, _content in contents[1:]))


def read_folder(folder: Path, entered: Entered | None = None) -> Pack:
    """Read the pack of a folder anywhere; ExpectedError `pack.missing` or `pack.*`."""
    return _build([(name, source.read(each / FILE)) for name, each in _lineage(folder)], entered)


def texts(folder: Path) -> dict[str, str]:
    """Return the texts a pack is made of, its parents' among them: what a ledger keeps of it."""
    found = {}
    for name, each in _lineage(folder):
        for file in (FILE, CASES):
            if (each / file).exists():
                found[f"{name}/{file}"] = (each / file).read_text(encoding="utf-8-sig")
    return found


def from_texts(files: dict[str, str], entered: Entered | None = None) -> Pack:
    """Build the pack of texts that a ledger keeps; ExpectedError `pack.*`."""
    known = {name.partition("/")[0]: text for name, text in files.items() if name.endswith(f"/{FILE}")}
    name = next(iter(known))
    contents = []
    while name:
        contents.append((name, source.parse(known[name], f"{name}/{FILE}")))
        name = _parent_name(contents[-1][1])
    return _build(contents, entered)


def bundled_folder(name: str) -> Path:
    """Return the folder of a pack that comes with the program; ExpectedError `pack.missing`."""
    folder = Path(str(resources.files("caseworker_app.policy") / "packs" / name))
    if not (folder / FILE).exists():
        raise ExpectedError("pack.missing", folder=name)
    return folder


def bundled() -> list[str]:
    """Return the ids of the packs that come with the program."""
    folder = Path(str(resources.files("caseworker_app.policy") / "packs"))
    return sorted(each.name for each in folder.iterdir() if (each / FILE).exists())


@cache
def load(name: str = DEFAULT) -> Pack:
    """Return a pack that comes with the program."""
    return read_folder(bundled_folder(name))
