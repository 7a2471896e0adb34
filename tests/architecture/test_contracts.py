"""The floors hold, and nothing that a policy pack says stands in the program."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from caseworker_app.domain import money
from caseworker_app.policy import pack
from caseworker_app.policy.pack import Pack
from caseworker_app.policy.source import Located

ROOT = Path(__file__).parent.parent.parent
PROGRAM = [
    file for folder in ("caseworker_app", "db", "printouts", "ui") for file in (ROOT / folder).rglob("*.py")
]


def test_every_floor_knows_only_those_below() -> None:
    # In a process of its own: it reconfigures logging and would silence ours for every later test.
    checked = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def constants(file: Path) -> tuple[tuple[int, object], ...]:
    """Return the line and value of every constant of a file, docstrings apart."""
    nodes = tuple(ast.walk(parsed(file)))
    sentences = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return tuple(
        (node.lineno, node.value)
        for node in nodes
        if isinstance(node, ast.Constant) and id(node) not in sentences
    )


def written(rules: Pack, wanted: type) -> Iterator[object]:
    """Give every value of a type that stands in a pack's items, however deep."""

    def below(value: object) -> Iterator[object]:
        if isinstance(value, Located):
            for each in value.values.values():
                yield from below(each)
        elif isinstance(value, list):
            for each in value:
                yield from below(each)
        elif type(value) is wanted:
            yield value

    for name in ("item", "who", "work", "people", "posts", "worker", "left_behind", "package"):
        yield from below(rules.content.get(name))


def amounts(rules: Pack) -> set[int]:
    """Return every amount and threshold of money in a pack, in fen; not those that are any round number."""
    found = set()
    for text in written(rules, str):
        if isinstance(text, str) and text.replace(".", "", 1).isdigit() and len(text) < 9:
            found.add(money.fen(text))
    return {each for each in found if each > 9999 and str(each).strip("0") != "1"}


@pytest.mark.parametrize("name", pack.bundled())
def test_no_place_of_a_pack_stands_in_the_program(name: str) -> None:
    rules = pack.load(name)
    spoken = {rules.name, rules.name[-3:], rules.document.title, rules.document.short}
    met = [
        (str(file.relative_to(ROOT)), line, value)
        for file in PROGRAM
        for line, value in constants(file)
        if isinstance(value, str) and (any(each in value for each in spoken) or value.startswith(rules.code))
    ]
    assert met == []


@pytest.mark.parametrize("name", pack.bundled())
def test_no_amount_of_a_pack_stands_in_the_program(name: str) -> None:
    rules = pack.load(name)
    fen = amounts(rules)
    yuan = {str(amount // 100) for amount in fen}
    deciding = ("policy", "domain", "use_cases", "queries")
    met = [
        (str(file.relative_to(ROOT)), line, value)
        for file in PROGRAM
        if set(deciding) & set(file.parts)
        for line, value in constants(file)
        if (type(value) is int and value in fen) or (isinstance(value, str) and value in yuan)
    ]
    assert met == []


NO_THRESHOLDS = {
    "LOWER_AGE": "the law's: nobody younger may be given work",
    "_ROUND_DAYS": "how far Today looks ahead",
    "GIVEN_SOUND": "a rank of what is found",
    "SHORT": "a rank of what is found",
    "limit": "how many are found",
    "counts": "numbers of people that are tried",
    "UNBOUNDED": "as much as nobody knows",
    "_COLUMNS": "widths",
    "_BLOCK": "rows asked for at once",
    "_LARGEST": "people compared with one another",
    "_LONGEST": "a length",
    "_LONGEST_CODE": "a length",
    "_LONGEST_NAME": "a length",
}
"""Names of numbers that only happen to be those of a pack."""


def _whole(node: ast.expr | None) -> Iterator[ast.Constant]:
    """Give the whole numbers an expression is made of, those in sums and lists too."""
    for each in ast.walk(node) if node is not None else ():
        if isinstance(each, ast.Constant) and type(each.value) is int:
            yield each


@cache
def deciding(file: Path) -> tuple[tuple[int, int], ...]:
    """Return the line and value of every whole number that something in a file may be decided by."""
    return tuple(_deciding(file))


def _deciding(file: Path) -> Iterator[tuple[int, int]]:
    """Give the line and value of every whole number that is compared with, kept under a name, a default or a stretch of time."""
    for node in ast.walk(parsed(file)):
        found: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, ast.Compare):
            found = [("", side) for side in (node.left, *node.comparators) if isinstance(side, ast.Constant)]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            plain = isinstance(node.value, ast.Constant | ast.Tuple | ast.List | ast.BinOp)
            found = [(ast.unparse(target), node.value if plain else None)]
        elif isinstance(node, ast.arguments):
            named = [*node.args[len(node.args) - len(node.defaults) :], *node.kwonlyargs]
            found = [
                (each.arg, value)
                for each, value in zip(named, (*node.defaults, *node.kw_defaults), strict=True)
                if isinstance(value, ast.Constant)
            ]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
            "timedelta",
            "add_months",
            "begun_by",
            "born_by",
        ):
            found = [("", each) for each in (*node.args, *(each.value for each in node.keywords))]
        for name, value in found:
            if name not in NO_THRESHOLDS:
                yield from (
                    (each.lineno, each.value) for each in _whole(value) if isinstance(each.value, int)
                )


def test_a_threshold_is_seen_however_it_is_written(tmp_path: Path) -> None:
    """What stood in the lists once: names of their own, and days that were added."""
    (tmp_path / "a.py").write_text(
        "POST_MONTHS, POST_WARNING = 36, 33\nENDING = timedelta(days=60)\n"
        "class Asked:\n    older_from: int = 50\n"
        "def young(age, least=16):\n    return born_by(on, 45) or age > 59\n",
        encoding="utf-8",
    )
    assert sorted(value for _line, value in deciding(tmp_path / "a.py")) == [16, 33, 36, 45, 50, 59, 60]


@pytest.mark.parametrize("name", pack.bundled())
def test_no_threshold_of_a_pack_stands_in_the_program(name: str) -> None:
    rules = pack.load(name)
    known = {each for each in written(rules, int) if isinstance(each, int)}
    known |= {rules.worker.upper_age + 1}
    known -= set(range(3)) | {12, 100}  # Counting, the months of a year, and percent.
    applied = {
        ROOT / "caseworker_app" / "policy" / "assess.py",
        ROOT / "caseworker_app" / "policy" / "rules.py",
        ROOT / "caseworker_app" / "policy" / "schema.py",
        ROOT / "caseworker_app" / "domain" / "package.py",
        ROOT / "caseworker_app" / "domain" / "worker.py",
        ROOT / "caseworker_app" / "use_cases" / "month_rows.py",
        ROOT / "caseworker_app" / "use_cases" / "reasons.py",
        ROOT / "db" / "queries" / "columns.py",
        ROOT / "db" / "queries" / "workers.py",
    }
    deciders = ("policy", "domain", "use_cases", "queries", "read_models")
    met = [
        (str(file.relative_to(ROOT)), line, value)
        for file in PROGRAM
        if set(deciders) & set(file.parts)
        for line, value in deciding(file)
        # Elsewhere small numbers are levels, digits and columns.
        if value in known and (file in applied or value > 15)
    ]
    assert met == []


def test_calls_into_qt_leave_the_count_of_none_alone(qtbot: QtBot) -> None:
    """PySide6 6.12 loses one reference of None at every void call on CPython 3.11, until the program aborts."""
    label = QLabel()
    qtbot.addWidget(label)
    label.setText("warm")
    before = sys.getrefcount(None)
    for number in range(1000):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 100
