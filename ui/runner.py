"""The only module that knows threads: one lane to write, two to read, results back on the main thread.

A screen hands over a plain function and what to do with its result; it never sees a thread:

    runner.read(partial(queries.rows, ids), then=self._show)
    job = runner.long_read(work, then, panel.show_progress, cancelled=panel.end)   # work(progress)
    runner.write(lambda _progress: record_service(…), then=self._recorded, failed=self._refused)

- `then` and `failed` run on the main thread. Without `failed`, an ExpectedError goes to `Runner.failed`.
- A job that reports progress stops at its next report after `Job.cancel()`; `cancelled` then runs.
- What a write has committed is always announced and told, even when Cancel came a moment too late.
- A continuation that is a method of a widget since deleted is dropped.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError

Progress = Callable[[int, int, str], None]
_REPORT_EVERY = 0.08
_GIVE_WAY = 0.0005


class Cancelled(Exception):
    """Raised inside a job when the person asked to stop it."""


class Job:
    """One piece of work under way; `cancel` stops it at its next report of progress."""

    def __init__(self) -> None:
        self.cancelled = False
        self._reported = 0.0

    def cancel(self) -> None:
        """Ask the job to stop; what it had begun is taken back."""
        self.cancelled = True

    def due(self) -> bool:
        """Whether it is time to report again."""
        now = time.monotonic()
        if now - self._reported < _REPORT_EVERY:
            return False
        self._reported = now
        return True


@dataclass(frozen=True, slots=True)
class _Ways:
    """Where a job goes on, by how it ends."""

    then: Callable[[Any], None]
    failed: Callable[[ExpectedError], None] | None
    progress: Progress | None
    cancelled: Callable[[], None] | None
    writes: bool


def _nothing(_result: object) -> None:
    """Do nothing with a result."""


def _alive(continuation: Callable[..., None]) -> bool:
    """Whether what a continuation belongs to still exists."""
    owner = getattr(continuation, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


class Runner(QObject):
    """Runs plain functions off the main thread.

    Signals: `changed(Changed)` after a write; `failed(ExpectedError)` for what the user can act on and
    nobody else took; `crashed(Exception)` for our own faults; `busy_changed(bool)` when a first job begins
    and the last one ends; `writing(bool)` likewise for changes; `idle()` when nothing is under way.
    """

    changed = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    busy_changed = Signal(bool)
    writing = Signal(bool)
    idle = Signal()
    _deliver = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = ThreadPoolExecutor(1, "writer")
        self._readers = ThreadPoolExecutor(2, "reader")
        # Whoever works beside the window gives way to it ten times as soon as Python would.
        sys.setswitchinterval(_GIVE_WAY)
        self._under_way: dict[Job, bool] = {}
        self._closed = False
        self._deliver.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def _run(self, continuation: Callable[[], None]) -> None:
        continuation()

    def read(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[ExpectedError], None] | None = None,
    ) -> Job:
        """Run a query; its result is handed to `then` on the main thread."""
        return self._start(lambda _progress: work(), _Ways(then, failed, None, None, writes=False))

    def long_read(
        self,
        work: Callable[[Progress], Any],
        then: Callable[[Any], None],
        progress: Progress,
        failed: Callable[[ExpectedError], None] | None = None,
        *,
        cancelled: Callable[[], None] | None = None,
    ) -> Job:
        """Run reading that reports how far it is and can be cancelled."""
        return self._start(work, _Ways(then, failed, progress, cancelled, writes=False))

    def write(
        self,
        work: Callable[[Progress], Any],
        then: Callable[[Any], None] = _nothing,
        failed: Callable[[ExpectedError], None] | None = None,
        progress: Progress | None = None,
        *,
        cancelled: Callable[[], None] | None = None,
    ) -> Job:
        """Run a change, in order with all others; a `Changed` in its result is announced before `then`."""
        return self._start(work, _Ways(then, failed, progress, cancelled, writes=True))

    def _start(self, work: Callable[[Progress], Any], ways: _Ways) -> Job:
        job = Job()
        if self._closed:
            job.cancel()
            return job
        self._begin(job, writes=ways.writes)

        def report(done: int, total: int, what: str) -> None:
            if job.cancelled:
                raise Cancelled
            if ways.progress and (job.due() or (total and done >= total)):
                self._deliver.emit(lambda: self._tell_progress(job, ways.progress, (done, total, what)))

        def run() -> None:
            try:
                if job.cancelled:
                    raise Cancelled
                result = work(report)
            except Cancelled:
                self._deliver.emit(lambda: self._finish(job, ways.cancelled))
            except ExpectedError as error:
                refused = error
                self._deliver.emit(lambda: self._finish(job, lambda: self._refuse(job, refused, ways)))
            except Exception as error:  # noqa: BLE001 - our own fault: shown in the crash window, never lost
                fault = error
                self._deliver.emit(lambda: self._finish(job, lambda: self.crashed.emit(fault)))
            else:
                self._deliver.emit(lambda: self._finish(job, lambda: self._succeed(job, result, ways)))

        (self._writer if ways.writes else self._readers).submit(run)
        return job

    def _tell_progress(self, job: Job, progress: Progress | None, report: tuple[int, int, str]) -> None:
        if progress and not job.cancelled and _alive(progress):
            progress(*report)

    def _succeed(self, job: Job, result: Any, ways: _Ways) -> None:  # noqa: ANN401 - whatever the job returned
        first = result[0] if isinstance(result, tuple) and result else result
        if isinstance(first, Changed) and first.change_set:
            self.changed.emit(first)
        if job.cancelled and not ways.writes:
            if ways.cancelled and _alive(ways.cancelled):
                ways.cancelled()
        elif _alive(ways.then):
            ways.then(result)

    def _refuse(self, job: Job, error: ExpectedError, ways: _Ways) -> None:
        if job.cancelled:
            if ways.cancelled and _alive(ways.cancelled):
                ways.cancelled()
        elif ways.failed is None:
            self.failed.emit(error)
        elif _alive(ways.failed):
            ways.failed(error)

    def _begin(self, job: Job, *, writes: bool) -> None:
        was_busy, was_writing = self.busy, any(self._under_way.values())
        self._under_way[job] = writes
        if not was_busy:
            self.busy_changed.emit(True)
        if writes and not was_writing:
            self.writing.emit(True)

    def _finish(self, job: Job, continuation: Callable[[], None] | None) -> None:
        try:
            if continuation and _alive(continuation):
                continuation()
        finally:
            wrote = self._under_way.pop(job)
            if wrote and not any(self._under_way.values()):
                self.writing.emit(False)
            if not self._under_way:
                self.busy_changed.emit(False)
                self.idle.emit()

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._under_way)

    def close(self) -> None:
        """Finish the changes that were asked for, stop reading, take no more work, and go."""
        self._closed = True
        for job, writes in self._under_way.items():
            if not writes:
                job.cancel()
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)
        # Whatever listens is held by the connection, and holds the window: it goes with the runner.
        self.deleteLater()
