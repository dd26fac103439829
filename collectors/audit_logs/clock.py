"""The time that a log covers, and its longest silence, from events in any order and in bounded memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec

_MOST_DAYS = 4000
_MINUTES = 24 * 60


class Silence(msgspec.Struct, frozen=True):
    """The longest time between two events, in whole minutes, with the minutes that bound it."""

    minutes: int
    began: str
    ended: str


class Clock:
    """One bit for every minute with an event, day by day."""

    def __init__(self) -> None:
        self.first = ""
        self.last = ""
        self.unread = 0
        self._days: dict[str, int] = {}
        self._minute = ""

    def read(self, text: str) -> str:
        """The stamp of an event to the second, "" when it is none; notes the minute."""
        stamp = text[:19] if text[-1:] == "Z" and text[10:11] == "T" else _in_utc(text)
        if stamp[:16] != self._minute and not self._note(stamp[:16]):
            stamp = ""
        if not stamp:
            self.unread += 1
            return ""
        if not self.first or stamp < self.first:
            self.first = stamp
        if stamp > self.last:
            self.last = stamp
        return stamp

    def _note(self, minute: str) -> bool:
        try:
            at = datetime.fromisoformat(minute)
        except ValueError:
            return False
        day = minute[:10]
        if len(minute) != 16 or (day not in self._days and len(self._days) >= _MOST_DAYS):
            return False
        self._days[day] = self._days.get(day, 0) | 1 << (at.hour * 60 + at.minute)
        self._minute = minute
        return True

    @property
    def whole_days(self) -> int | None:
        """Days from the first event to the last; None without events."""
        if not self.first:
            return None
        return (datetime.fromisoformat(self.last) - datetime.fromisoformat(self.first)).days

    def silence(self) -> Silence | None:
        """The longest one between two events; None when no event has a time."""
        longest, before = Silence(0, "", ""), None
        for day in sorted(self._days):
            start, bits = datetime.fromisoformat(day), self._days[day]
            for minute in (number for number in range(_MINUTES) if bits >> number & 1):
                at = start + timedelta(minutes=minute)
                if before is not None and (gap := int((at - before).total_seconds()) // 60 - 1) > longest.minutes:
                    longest = Silence(gap, f"{before.isoformat()}Z", f"{at.isoformat()}Z")
                before = at
        return longest if before is not None else None


@lru_cache(maxsize=64)
def _in_utc(text: str) -> str:
    """A stamp with another zone than Z, or without one, as UTC; "" when it is none."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None).isoformat()[:19]
    except (ValueError, OverflowError):
        return ""
