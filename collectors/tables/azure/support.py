"""Until when Azure supports a Kubernetes minor, from the calendar in `data/lifecycles/aks.yaml`."""

from __future__ import annotations

from datetime import datetime

from collectors.tables.lifecycles import NOT_KNOWN, Support, calendar


def support_of(minor: int | None, as_of: datetime | None) -> Support:
    """What the calendar says at that instant. A minor older than all in it ended with the oldest of them at the
    latest; one that it does not know yet is not known."""
    if minor is None:
        return NOT_KNOWN
    dates = calendar("aks")
    return dates.support_of(max(minor, min(dates.versions)), as_of)
