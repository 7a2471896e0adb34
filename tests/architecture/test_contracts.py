"""The floors hold, and nothing that a policy pack says stands in the program."""

import ast
import subprocess
import sys
from collections.abc import Iterator
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


def constants(file: Path) -> Iterator[tuple[int, object]]:
    """Give the line and value of every constant of a file, docstrings apart."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    sentences = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in sentences:
            yield node.lineno, node.value


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

    for name in ("item", "who", "work", "people", "posts", "worker"):
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


def compared(file: Path) -> Iterator[tuple[int, int]]:
    """Give the line and value of every whole number that something is compared with."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                if isinstance(side, ast.Constant) and type(side.value) is int:
                    yield node.lineno, side.value


@pytest.mark.parametrize("name", pack.bundled())
def test_no_threshold_of_a_pack_stands_where_it_is_applied(name: str) -> None:
    rules = pack.load(name)
    known = {each for each in written(rules, int) if isinstance(each, int)}
    known |= {rules.worker.upper_age + 1, *rules.package.owed.values()}
    known -= set(range(3)) | {100}  # Counting, and percent.
    policy = ROOT / "caseworker_app" / "policy"
    applied = [
        policy / "assess.py",
        policy / "rules.py",
        policy / "schema.py",
        ROOT / "db" / "queries" / "workers.py",
    ]
    met = [(file.name, line, value) for file in applied for line, value in compared(file) if value in known]
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
