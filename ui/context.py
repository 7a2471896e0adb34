"""What every screen is given: the desk, the runner, the door for messages and the way to other pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Protocol

from caseworker_app.domain.errors import ExpectedError
from caseworker_app.use_cases.desk import Desk
from ui.runner import Job, Runner


class Messages(Protocol):
    """The one door for messages."""

    def done(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Say what was done, with its undo."""

    def error(self, error: ExpectedError) -> None:
        """Say what happened and what to do; stays until closed."""

    def tell(self, text: str) -> None:
        """Give a hint."""

    def warn(self, text: str) -> None:
        """Say something that asks for attention."""


class Navigator(Protocol):
    """The way to other pages."""

    def go(self, page: str, **arguments: Any) -> None:  # noqa: ANN401 - as the page takes them
        """Show a page."""

    def back(self) -> None:
        """Return to the page before."""

    def renew(self) -> None:
        """Ask for a window in the look and language that are set now."""


@dataclass(slots=True)
class Context:
    """The opened ledger and the window around it."""

    desk: Desk
    runner: Runner
    messages: Messages
    navigator: Navigator
    today: date
    undo: Callable[[], None]
    """Take back the last step."""
    refresh_status: Callable[[], None]
    """Show anew what the page says of itself at the bottom."""
    refresh_last: Callable[[], None]
    """Show anew the last step, which undo would take back."""
    _latest: dict[str, Job] = field(default_factory=dict)

    def query(
        self,
        function: Callable[..., Any],
        *arguments: Any,  # noqa: ANN401 - whatever the query takes
        then: Callable[[Any], None],
        failed: Callable[[ExpectedError], None] | None = None,
        latest: str = "",
        **named: Any,  # noqa: ANN401
    ) -> Job:
        """Run a query function with a connection of its own.

        Queries overtake each other: of those with the same `latest`, only the answer to the last one asked arrives.
        """
        if before := self._latest.get(latest):
            before.cancel()
        job = self.runner.read(partial(_with_reader, self.desk, function, *arguments, **named), then, failed)
        if latest:
            self._latest[latest] = job
        return job


def _with_reader(
    desk: Desk,
    function: Callable[..., Any],
    *arguments: Any,  # noqa: ANN401 - whatever the query takes
    **named: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    with desk.ledger.reader() as connection:
        return function(connection, *arguments, **named)
