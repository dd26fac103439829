"""How long ago and in which words the status of an object speaks."""

from __future__ import annotations

from datetime import datetime, timedelta

from collectors.tables.as_written import Section, instant, is_set, section, sections, text
from collectors.tables.schema import Sighting

# Source: kubernetes-mixin, KubePodCrashLooping, KubePodNotReady and KubeDeploymentReplicasMismatch wait as long.
_STARTING = timedelta(minutes=15)
_OF_LATE = timedelta(days=7)


def is_reported(sighting: Sighting, basis: str) -> bool:
    """Whether the object says how it is: each of a running cluster, and of a manifest one that holds a status."""
    return basis == "running" or section(sighting.object, "status") != {}


def is_new(metadata: Section | None, as_of: datetime | None) -> bool | None:
    """Whether it was created in the last fifteen minutes, so that it may still be starting."""
    return _is_within(metadata, "creationTimestamp", as_of, _STARTING, undated=False)


def is_of_late(place: Section | None, name: str, as_of: datetime | None) -> bool | None:
    """Whether it was in the last seven days; what is not dated counts as new."""
    return _is_within(place, name, as_of, _OF_LATE, undated=True)


def since_long(place: Section | None, name: str, as_of: datetime | None) -> bool | None:
    """Whether it has been so for fifteen minutes; what is not dated counts as old."""
    lately = _is_within(place, name, as_of, _STARTING, undated=False)
    return None if lately is None else not lately


def condition_of(status: Section | None, kind: str) -> Section | None:
    """The condition of that type: {} when it is not reported, None when that is not known."""
    found = sections(status, "conditions")
    if found is None or any(text(each, "type") is None for each in found):
        return None
    return next((each for each in found if each is not None and each["type"] == kind), {})


def holds(condition: Section | None) -> bool | None:
    """Whether a condition is True; False when it is not reported, None when that is not known."""
    said = text(condition, "status", "")
    return None if said is None or said == "Unknown" else said == "True"


def _is_within(
    place: Section | None, name: str, as_of: datetime | None, span: timedelta, *, undated: bool
) -> bool | None:
    if not is_set(place, name):
        return undated
    found = instant(place, name)
    return None if found is None or as_of is None else as_of - found < span
