"""Lanes, order, results, progress, cancelling and faults; no test sleeps."""

import threading
from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError
from ui.runner import Progress, Runner

_LONG = 5.0


def until_idle(qtbot: QtBot, runner: Runner) -> None:
    if runner.busy:
        with qtbot.waitSignal(runner.idle):
            pass


def test_writes_happen_one_after_the_other_in_the_order_asked(qtbot: QtBot, runner: Runner) -> None:
    done: list[int] = []
    threads: set[str] = set()

    def work(number: int) -> None:
        threads.add(threading.current_thread().name)
        done.append(number)

    for number in range(20):
        runner.write(lambda _progress, number=number: work(number))  # type: ignore[misc]
    until_idle(qtbot, runner)
    assert done == list(range(20))
    assert len(threads) == 1


def test_a_reader_does_not_wait_for_a_writer(qtbot: QtBot, runner: Runner) -> None:
    hold = threading.Event()
    read: list[str] = []
    runner.write(lambda _progress: hold.wait(_LONG))
    runner.read(lambda: "rows", read.append)
    qtbot.waitUntil(lambda: read == ["rows"])
    assert runner.busy
    hold.set()
    until_idle(qtbot, runner)


def test_two_readers_run_at_the_same_time(qtbot: QtBot, runner: Runner) -> None:
    meet = threading.Barrier(2, timeout=_LONG)
    passed: list[int] = []
    for _number in range(2):
        runner.read(meet.wait, lambda _result: passed.append(1))
    until_idle(qtbot, runner)
    assert passed == [1, 1]


def test_results_come_back_on_the_main_thread(qtbot: QtBot, runner: Runner) -> None:
    here: list[bool] = []
    runner.read(lambda: 1, lambda _result: here.append(threading.current_thread() is threading.main_thread()))
    until_idle(qtbot, runner)
    assert here == [True]


@pytest.mark.parametrize("wrap", [lambda changed: changed, lambda changed: (changed, "more")])
def test_a_change_is_announced_before_its_continuation(
    qtbot: QtBot, runner: Runner, wrap: Callable[[Changed], object]
) -> None:
    order: list[str] = []
    changed = Changed("set-1", people=frozenset({"p"}))
    runner.changed.connect(lambda each: order.append(f"changed {each.change_set}"))
    runner.write(lambda _progress: wrap(changed), lambda _result: order.append("then"))
    until_idle(qtbot, runner)
    assert order == ["changed set-1", "then"]


def test_an_expected_failure_goes_to_whoever_takes_it(qtbot: QtBot, runner: Runner) -> None:
    taken: list[str] = []
    announced: list[str] = []
    runner.failed.connect(lambda error: announced.append(error.code))

    def refuse() -> None:
        raise ExpectedError("service.worker_left")

    runner.read(refuse, taken.append, lambda error: taken.append(error.code))
    runner.read(refuse, taken.append)
    until_idle(qtbot, runner)
    assert taken == ["service.worker_left"]
    assert announced == ["service.worker_left"]


def test_a_fault_of_ours_is_announced_and_the_lane_goes_on(qtbot: QtBot, runner: Runner) -> None:
    faults: list[type[Exception]] = []
    results: list[int] = []
    runner.crashed.connect(lambda error: faults.append(type(error)))
    runner.write(lambda _progress: 1 / 0)
    runner.write(lambda _progress: 7, results.append)
    until_idle(qtbot, runner)
    assert faults == [ZeroDivisionError]
    assert results == [7]


def test_a_fault_after_cancel_is_not_lost(qtbot: QtBot, runner: Runner) -> None:
    begun, hold = threading.Event(), threading.Event()
    faults: list[type[Exception]] = []
    runner.crashed.connect(lambda error: faults.append(type(error)))

    def work(_progress: Progress) -> None:
        begun.set()
        hold.wait(_LONG)
        raise KeyError

    job = runner.write(work)
    assert begun.wait(_LONG)
    job.cancel()
    hold.set()
    until_idle(qtbot, runner)
    assert faults == [KeyError]


def test_progress_is_throttled_but_its_last_report_is_kept(qtbot: QtBot, runner: Runner) -> None:
    reports: list[tuple[int, int, str]] = []

    def work(progress: Progress) -> str:
        for number in range(1, 2001):
            progress(number, 2000, "reading")
        return "done"

    runner.long_read(work, lambda _result: None, lambda *report: reports.append(report))
    until_idle(qtbot, runner)
    assert len(reports) < 200
    assert reports[-1] == (2000, 2000, "reading")


def test_a_cancelled_job_stops_at_its_next_report(qtbot: QtBot, runner: Runner) -> None:
    begun, hold = threading.Event(), threading.Event()
    steps: list[str] = []

    def work(progress: Progress) -> str:
        begun.set()
        hold.wait(_LONG)
        progress(1, 2, "reading")
        steps.append("went on")
        return "done"

    job = runner.long_read(
        work, steps.append, lambda *_report: steps.append("told"), cancelled=lambda: steps.append("cancelled")
    )
    assert begun.wait(_LONG)
    job.cancel()
    hold.set()
    until_idle(qtbot, runner)
    assert steps == ["cancelled"]


def test_a_job_cancelled_while_it_waits_never_begins(qtbot: QtBot, runner: Runner) -> None:
    hold = threading.Event()
    steps: list[str] = []
    runner.write(lambda _progress: hold.wait(_LONG))
    job = runner.write(lambda _progress: steps.append("written"), cancelled=lambda: steps.append("cancelled"))
    job.cancel()
    hold.set()
    until_idle(qtbot, runner)
    assert steps == ["cancelled"]


def test_what_a_write_has_committed_is_told_even_when_cancel_came_late(qtbot: QtBot, runner: Runner) -> None:
    begun, hold = threading.Event(), threading.Event()
    told: list[str] = []
    runner.changed.connect(lambda changed: told.append(changed.change_set))

    def work(_progress: Progress) -> Changed:
        begun.set()
        hold.wait(_LONG)
        return Changed("set-1")

    job = runner.write(work, lambda _result: told.append("then"), cancelled=lambda: told.append("cancelled"))
    assert begun.wait(_LONG)
    job.cancel()
    hold.set()
    until_idle(qtbot, runner)
    assert told == ["set-1", "then"]


def test_a_continuation_of_a_widget_that_is_gone_is_dropped(qtbot: QtBot, runner: Runner) -> None:
    label = QLabel()
    hold = threading.Event()

    def work() -> str:
        hold.wait(_LONG)
        return "late"

    runner.read(work, label.setText)
    label.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(label))
    hold.set()
    until_idle(qtbot, runner)


def test_writing_is_announced_from_the_first_to_the_last(qtbot: QtBot, runner: Runner) -> None:
    states: list[bool] = []
    runner.writing.connect(states.append)
    runner.read(lambda: 1, lambda _result: None)
    for _number in range(3):
        runner.write(lambda _progress: None)
    until_idle(qtbot, runner)
    assert states == [True, False]


def test_closing_finishes_the_changes_and_takes_no_more(qtbot: QtBot) -> None:
    runner = Runner()
    done: list[int] = []
    for number in range(5):
        runner.write(lambda _progress, number=number: done.append(number))  # type: ignore[misc]
    runner.close()
    assert done == [0, 1, 2, 3, 4]
    job = runner.write(lambda _progress: done.append(9))
    assert job.cancelled
    runner.close()
    assert 9 not in done
