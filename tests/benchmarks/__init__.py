"""How long the program takes, and how much memory."""

from datetime import UTC, datetime


def clock() -> datetime:
    """Stand still at noon of 2024-11-30."""
    return datetime(2024, 11, 30, 4, tzinfo=UTC).replace(tzinfo=None)
