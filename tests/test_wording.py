"""Every message has its Chinese, and every code its sentence."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message

from caseworker_app import error_words, settings, wording
from caseworker_app.domain.errors import ExpectedError
from caseworker_app.exchange import recognise
from caseworker_app.read_models.imports import CELL_CLASSES, KINDS, Problem
from db.tables import BOOKKEEPING, RECORDS
from tests import wording_catalogue

ROOT = wording_catalogue.ROOT
_CODE = re.compile(r"[a-z]+\.[a-z_]+")
_PERCENT = re.compile(r"%\(\w+\)s")


@pytest.fixture(autouse=True)
def _chinese() -> None:
    wording.use(wording.ZH)


@cache
def _sources() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple(
        (file, ast.parse(file.read_text("utf-8")))
        for package in wording_catalogue.PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
    )


@cache
def _called(tree: ast.Module) -> tuple[tuple[str, ast.Call], ...]:
    return tuple(
        (getattr(node.func, "id", getattr(node.func, "attr", "")), node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def _calls(tree: ast.Module, *names: str) -> Iterator[ast.Call]:
    return (node for name, node in _called(tree) if name in names)


def _strings(node: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


# -- the catalogue ---------------------------------------------------------------------------------


def test_the_catalogue_holds_what_the_source_says_and_no_more() -> None:
    found = wording_catalogue.by_message(wording_catalogue.extracted()).keys()
    stored = wording_catalogue.by_message(wording_catalogue.stored()).keys()
    assert not found - stored, "run `make wording`, then fill in the Chinese"
    assert not stored - found, "run `make wording`"
    assert not wording_catalogue.stored().obsolete


def test_every_message_has_its_chinese() -> None:
    catalogue = wording_catalogue.stored()
    assert [message.id for message in wording_catalogue.lacking(catalogue)] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def _places(text: str) -> set[str]:
    try:
        named = {name for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:  # Braces that are no places.
        named = set()
    return named | set(_PERCENT.findall(text))


def _misplaced(message: Message) -> bool:
    """Whether the Chinese names a place the English does not have, or leaves one out."""
    english, chinese = wording_catalogue.forms(message.id), wording_catalogue.forms(message.string)
    possible = set().union(*map(_places, english))
    needed = _places(english[-1]) if len(english) > 1 else possible
    return any(not _places(text) <= possible or not needed <= _places(text) for text in chinese)


def test_chinese_and_english_have_the_same_places() -> None:
    assert [message.id for message in wording_catalogue.stored() if message.id and _misplaced(message)] == []


def test_the_compiled_catalogue_says_what_the_written_one_says() -> None:
    compiled, written = wording_catalogue.compiled(), wording_catalogue.stored()
    assert wording_catalogue.by_message(compiled) == wording_catalogue.by_message(written), (
        "run `make wording`"
    )


def test_language_changes_what_is_said() -> None:
    error = ExpectedError("ledger.wrong_password")
    try:
        wording.use(wording.EN)
        assert error_words.error_text(error).startswith("The password is wrong")
    finally:
        wording.use(wording.ZH)
    assert error_words.error_text(error).startswith("密码不对")


# -- codes -----------------------------------------------------------------------------------------


def _raised(name: str, position: int) -> dict[str, list[ast.Call]]:
    """Return the codes a class of failure is raised with, each with its calls."""
    found: dict[str, list[ast.Call]] = {}
    for _file, tree in _sources():
        for call in _calls(tree, name):
            for code in _strings(call.args[position]) if len(call.args) > position else ():
                if _CODE.fullmatch(code):
                    found.setdefault(code, []).append(call)
    return found


def _identity_codes() -> set[str]:
    tree = ast.parse((ROOT / "caseworker_app/domain/identity.py").read_text("utf-8"))
    return {f"identity.{code}" for call in _calls(tree, "ValueError") for code in _strings(call)}


def _pack_codes() -> set[str]:
    return {
        f"pack.{code}"
        for name in ("source", "reader", "pack")
        for call in _calls(ast.parse((ROOT / f"caseworker_app/policy/{name}.py").read_text("utf-8")), "fail")
        if len(call.args) > 1
        for code in _strings(call.args[1])
    }


def _prefixed() -> set[str]:
    """Return codes that reach ExpectedError through a name: those whose first part is only used for failures."""
    prefixes = ("ledger", "workbook", "backup", "pack")
    return {
        text
        for _file, tree in _sources()
        for text in _strings(tree)
        if _CODE.fullmatch(text)
        and text.split(".")[0] in prefixes
        and not text.endswith((".toml", ".db", ".new", ".lock", ".holder", ".part"))
    } - set(_actions())


def _actions() -> set[str]:
    return {
        code
        for _file, tree in _sources()
        for call in _calls(tree, "units")
        for code in _strings(call.args[0] if call.args else call)
    } | {"ledger.new"}


def test_every_failure_has_a_sentence_and_no_sentence_is_left_over() -> None:
    said = set(error_words.errors()) - {"claim.ended", "claim.exists_as"}
    raised = set(_raised("ExpectedError", 0)) | set(_raised("FileProblem", 0)) | _pack_codes() | _prefixed()
    assert raised - said == set()
    assert said - raised == set()


def test_every_import_problem_has_a_sentence() -> None:
    raised = (
        set(_raised("Refused", 0))
        | set(_raised("Refusal", 1))
        | set(_raised("refuse", 1))
        | set(_raised("_refuse", 2))
        | set(_raised("DaysProblem", 1))
        | _identity_codes()
    )
    assert raised == set(error_words.problems())


def test_families_of_codes_are_the_ones_known_here() -> None:
    """A code put together from parts is enumerated above; a new family has to be added there."""
    families = {
        ast.unparse(call.args[0]).split("{")[0]
        for _file, tree in _sources()
        for call in _calls(tree, "ExpectedError", "Refused")
        if call.args and isinstance(call.args[0], ast.JoinedStr)
    }
    assert families == {"f'pack.", "f'identity."}


def test_sentences_name_only_values_that_are_given() -> None:
    told = {"what", "state"}  # Made from the values `action` and `who`, or given for another variant.
    for name, position, sentences in (
        ("ExpectedError", 0, error_words.errors()),
        ("Refused", 0, error_words.problems()),
        ("Refusal", 1, error_words.problems()),
    ):
        for code, calls in _raised(name, position).items():
            for call in calls:
                given = {keyword.arg for keyword in call.keywords}
                if None not in given:
                    assert _places(sentences[code]) <= given | told, code


def test_every_action_progress_and_field_has_its_words() -> None:
    for action in _actions():
        assert error_words.action_text(action, {"of": "import", "name": "马国强"}) not in (
            action,
            f"{action} 马国强",
        )
    for name, table in RECORDS.items():
        assert error_words.table_text(name) != name
        for column in set(table.__table__.columns.keys()) - BOOKKEEPING:
            assert error_words.field_text(name, column) != column, (name, column)
    for code in _raised_progress():
        assert error_words.progress_text(code)
    for layout in recognise.layouts():
        assert error_words.layout_text(layout.name) != layout.name
    for setting in settings.TABLE:
        assert error_words.setting_text(setting.key) != setting.explanation
    for kind in (*CELL_CLASSES, *KINDS):
        assert error_words.cells_text(kind)


def _raised_progress() -> set[str]:
    return {
        text
        for _file, tree in _sources()
        for call in _calls(tree, "progress")
        for text in _strings(call)
        if _CODE.fullmatch(text)
    }


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            ExpectedError("claim.step", state="draft", possible=["withdrawn"]),
            "「草稿」，下一步只能是：已撤回",
        ),
        (ExpectedError("claim.step", state="paid", possible=[]), "已经办结（已发放）"),
        (ExpectedError("claim.exists", name="马国强", number="JF5-1"), "已经申领过这一项（编号 JF5-1）"),
        (ExpectedError("return.job_kept", reason="farming_season"), "「农忙」而工作还在"),
        (ExpectedError("undo.moved_on", action="service.record", who="马国强"), "「登记服务 马国强」"),
        (
            ExpectedError("pack.key_kind", file="pack.toml", line=3, key="pack.id", kind="text"),
            "应为加引号的文字",
        ),
    ],
)
def test_codes_among_the_values_are_said_as_labels(error: ExpectedError, expected: str) -> None:
    assert expected in error_words.error_text(error)


def test_a_problem_is_said_with_its_place() -> None:
    problem = Problem("Sheet", 12, "身份证号码", "E12", "identity.rounded", "6.4E+17")
    assert (
        error_words.problem_line(problem)
        == "第 12 行「身份证号码」末三位为 000，可能被 Excel 截断。请核对原件后补录。"
    )
    checksum = Problem("Sheet", 11, "身份证号码", "E11", "identity.checksum", "")
    assert error_words.problem_line(checksum) == "第 11 行「身份证号码」校验不符，请核对原件。"


def test_actions_are_said_as_undo_shows_them() -> None:
    said = error_words.action_text
    assert said("undo", {"of": "service.record", "name": "马国强", "count": 1}) == "撤销：登记服务 马国强"
    assert said("service.record", {"name": "马国强", "count": 3}) == "登记服务 马国强 等 3 人"
    assert said("import", {"files": ["a.xlsx", "b.xlsx"], "name": "a.xlsx、b.xlsx"}) == "导入 2 个文件"


def test_history_values_are_said_as_labels() -> None:
    said = error_words.value_text
    assert said("spell", "end_reason", "laid_off") == "企业裁员"
    assert said("spell", "wage", 420000) == "4,200"
    assert said("monitoring", "risks", ["illness", "schooling"]) == "因病、因学"
    assert (said("spell", "contract", value=False), said("person", "phone", None)) == ("否", "")
