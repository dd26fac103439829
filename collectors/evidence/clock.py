"""The clock that collecting reads, and how its instants are written; assessing never reads a clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def written(at: datetime) -> str:
    """An instant as RFC 3339 text in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
