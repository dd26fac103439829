"""Support dates that providers publish, with the day on which somebody read them.

A date goes stale: 120 days after the calendar was checked it is not known any more, unless it had passed when the
calendar was checked, for no provider takes support back up. An unverified date is not known at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import yaml

from collectors.resources import data

STALE_AFTER = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Support:
    """Until when one version is supported, in UTC without a zone. NULL is not known."""

    standard_ends: datetime | None
    extended_ends: datetime | None


NOT_KNOWN = Support(None, None)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Dates of one provider's versions by Kubernetes minor, and when they were read, some at a time of their own."""

    checked_on: date
    versions: dict[int, Support]
    checked_apart: dict[int, date] = field(default_factory=dict)

    def support_of(self, minor: int | None, as_of: datetime | None) -> Support:
        """What this calendar still says of a version at that instant."""
        found = self.versions.get(minor) if minor is not None else None
        if found is None or as_of is None:
            return NOT_KNOWN
        checked_on = self.checked_apart.get(minor or 0, self.checked_on)
        return Support(
            still_known(found.standard_ends, checked_on, as_of), still_known(found.extended_ends, checked_on, as_of)
        )


def still_known(ends: datetime | None, checked_on: date, as_of: datetime) -> datetime | None:
    """An end of support that was read on a day, as far as it is known at an instant."""
    if ends is None:
        return None
    fresh = as_of - _midnight(checked_on) <= STALE_AFTER
    return ends if fresh or ends <= _midnight(checked_on) else None


@cache
def calendar(name: str) -> Calendar:
    """The calendar in `data/lifecycles/<name>.yaml`."""
    written: dict[str, Any] = yaml.safe_load(data("lifecycles", f"{name}.yaml").read_text())
    versions = {each["minor"]: _support(each) for each in written["versions"] if each.get("verified", True)}
    apart = {each["minor"]: each["checked_on"] for each in written["versions"] if "checked_on" in each}
    return Calendar(written["checked_on"], versions, apart)


def _support(version: dict[str, Any]) -> Support:
    ends = (version.get("standard_support_ends"), version.get("extended_support_ends"))
    standard, extended = (None if end is None else _midnight(end) for end in ends)
    return Support(standard, extended)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
