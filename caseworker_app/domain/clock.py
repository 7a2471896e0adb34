"""The one source of time, passed in wherever it matters, so that any day can be replayed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

Clock = Callable[[], datetime]

_HOME = timedelta(hours=8)


def utc_now() -> datetime:
    """Return the present instant, without zone, in UTC."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def local(instant: datetime) -> datetime:
    """Return an instant of UTC as clocks in China show it, whatever zone the laptop is set to."""
    return instant + _HOME


def local_day(instant: datetime) -> date:
    """Return the local day of an instant of UTC."""
    return local(instant).date()
