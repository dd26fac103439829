"""How often one thing was asked, when first and last, and what was answered."""

from __future__ import annotations

from typing import Any

import msgspec

RECEIVED, STARTED, COMPLETED = "RequestReceived", "ResponseStarted", "ResponseComplete"
_REFUSED = (401, 403)
_FIRST_ERROR = 400


class Tally(msgspec.Struct, gc=False):
    """Counts of one key. A request leaves an event a stage, so that requests are those of its busiest stage."""

    received: int = 0
    started: int = 0
    completed: int = 0
    refused: int = 0
    refused_early: int = 0
    answered: bool = False
    open: bool = False
    first: str = ""
    last: str = ""

    def note(self, stage: str, code: int | None, stamp: str) -> None:
        """Take in one event. `stamp` is "" where the event has no time that can be read."""
        if stage == RECEIVED:
            self.received += 1
        else:
            if stage == STARTED:
                self.started += 1
                self.refused_early += code in _REFUSED
            else:
                self.completed += 1
                self.refused += code in _REFUSED
            if code is None:
                self.open = True
            elif code < _FIRST_ERROR:
                self.answered = True
        if stamp:
            if not self.first or stamp < self.first:
                self.first = stamp
            if stamp > self.last:
                self.last = stamp

    @property
    def requests(self) -> int:
        """Requests at the least: those that began before the log or ended after it left some of their events."""
        return max(self.received, self.started, self.completed)

    @property
    def was_answered(self) -> bool | None:
        """Whether any of them got what it asked for; None where the events do not say."""
        if self.answered:
            return True
        return None if self.open or self.started + self.completed < self.received else False

    def told(self) -> dict[str, Any]:
        """The counts as they are stored."""
        return {
            "requests": self.requests,
            "refused": max(self.refused, self.refused_early),
            "was_answered": self.was_answered,
            "first": _instant(self.first),
            "last": _instant(self.last),
        }


def _instant(stamp: str) -> str | None:
    return f"{stamp}Z" if stamp else None
