"""The one clock of a recording, moved back to the day on which the clinic was surveyed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

SURVEYED_AT = datetime(2026, 11, 19, 6, 15, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_LONGEST = timedelta(hours=1)


def minute_of(text: str) -> int:
    """The whole minutes since the epoch of a time as Kubernetes writes it."""
    return int(datetime.fromisoformat(text).timestamp()) // 60


class Clock:
    """`minute` of the recording, since the epoch, was the time of the survey; so every other time moves with it."""

    def __init__(self, minute: int) -> None:
        self._minute = minute
        self._told = minute_of(SURVEYED_AT.isoformat())

    def moved(self, text: str) -> str:
        """The text with its times moved, and the minute that a CronJob puts into the name of its Job."""
        return _TIME.sub(self._moved, text).replace(f"-{self._minute}", f"-{self._told}")

    def _moved(self, found: re.Match[str]) -> str:
        when = datetime.fromisoformat(found[0] + "+00:00")
        begun = datetime.fromtimestamp(self._minute * 60, UTC)
        if abs(when - begun) > _LONGEST:
            return found[0]
        return (when - _MINUTE * (self._minute - self._told)).strftime("%Y-%m-%dT%H:%M:%S")
