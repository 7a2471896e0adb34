"""The only module that knows threads: one lane for writing, two for reading, results back on the main thread."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from caseworker_app.domain.changed import Changed
from caseworker_app.domain.errors import ExpectedError

Progress = Callable[[int, int, str], None]
_REPORT_EVERY = 0.08


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


class Runner(QObject):
    """Runs plain functions off the main thread.

    Signals: `changed(Changed)` after a write; `failed(ExpectedError)` for what the user can act on and
    nobody else took; `crashed(Exception)` for our own faults; `idle()` when nothing is under way.
    """

    changed = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    idle = Signal()
    _deliver = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = ThreadPoolExecutor(1, "writer")
        self._readers = ThreadPoolExecutor(2, "reader")
        self._under_way = 0
        self._deliver.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def _run(self, continuation: Callable[[], None]) -> None:
        continuation()

    def read(self, work: Callable[[], Any], then: Callable[[Any], None], failed: Callable[[ExpectedError], None] | None = None) -> Job:
        """Run a query; its result is handed to `then` on the main thread."""
        return self._start(self._readers, lambda _progress: work(), then, failed, None)

    def long_read(
        self,
        work: Callable[[Progress], Any],
        then: Callable[[Any], None],
        progress: Progress,
        failed: Callable[[ExpectedError], None] | None = None,
    ) -> Job:
        """Run reading that reports how far it is and can be cancelled."""
        return self._start(self._readers, work, then, failed, progress)

    def write(
        self,
        work: Callable[[Progress], Any],
        then: Callable[[Any], None] = lambda _result: None,
        failed: Callable[[ExpectedError], None] | None = None,
        progress: Progress | None = None,
    ) -> Job:
        """Run a change, in order with all others; a `Changed` in its result is announced before `then`."""
        return self._start(self._writer, work, then, failed, progress)

    def _start(
        self,
        lane: ThreadPoolExecutor,
        work: Callable[[Progress], Any],
        then: Callable[[Any], None],
        failed: Callable[[ExpectedError], None] | None,
        progress: Progress | None,
    ) -> Job:
        job = Job()
        self._under_way += 1

        def report(done: int, total: int, what: str) -> None:
            if job.cancelled:
                raise Cancelled
            if progress and job.due():
                self._deliver.emit(lambda: None if job.cancelled else progress(done, total, what))

        def run() -> None:
            try:
                result = work(report)
            except Cancelled:
                self._deliver.emit(self._done)
            except ExpectedError as error:
                taken = error
                self._deliver.emit(lambda: self._finish(job, lambda: (failed or self.failed.emit)(taken)))
            except Exception as error:  # noqa: BLE001 - our own fault: shown in the crash window, never lost
                fault = error
                self._deliver.emit(lambda: self._finish(job, lambda: self.crashed.emit(fault)))
            else:
                self._deliver.emit(lambda: self._finish(job, lambda: self._succeed(result, then)))

        lane.submit(run)
        return job

    def _succeed(self, result: Any, then: Callable[[Any], None]) -> None:  # noqa: ANN401 - whatever the job returned
        first = result[0] if isinstance(result, tuple) and result else result
        if isinstance(first, Changed) and first.change_set:
            self.changed.emit(first)
        then(result)

    def _finish(self, job: Job, continuation: Callable[[], None]) -> None:
        try:
            if not job.cancelled:
                continuation()
        finally:
            self._done()

    def _done(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self.idle.emit()

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return self._under_way > 0

    def close(self) -> None:
        """Finish what was begun and stop the lanes."""
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)
