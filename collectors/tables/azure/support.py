"""When Azure's standard support of a Kubernetes minor ends, from the calendar in `data/lifecycles/aks.yaml`."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

import yaml

from collectors import resources

LONGEST_USE = timedelta(days=120)
"""A calendar older than this says nothing: Microsoft moves the dates of minors that are still supported."""


def standard_support_ends_at(minor: int | None, as_of: datetime | None) -> datetime | None:
    """The end of the last day of standard support, in UTC without a zone.

    None for a minor that the calendar does not know yet, and wherever the calendar is too old at `as_of`. A minor
    older than all in the calendar ended with the oldest of them at the latest.
    """
    if minor is None or as_of is None:
        return None
    checked_on, ends = _calendar()
    if as_of > checked_on + LONGEST_USE:
        return None
    return ends.get(max(minor, min(ends)))


@cache
def _calendar() -> tuple[datetime, dict[int, datetime]]:
    """The day the calendar was checked, and minor -> end of standard support."""
    written: dict[str, Any] = yaml.safe_load(resources.data("lifecycles", "aks.yaml").read_bytes())
    ends = {
        int(name.partition(".")[2]): datetime.combine(said["standard_support_ends"], time(23, 59, 59))
        for name, said in written["minors"].items()
    }
    return datetime.combine(written["checked_on"], time()), ends
