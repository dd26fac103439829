"""Events: what the parts of a cluster reported of late, without the words of the message."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import kind_named
from collectors.tables.as_written import Section, instant, is_set, section, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table


@table(
    "events",
    grain="one Event",
    kinds=("Event",),
    running_only=True,
    subject=Subject(None, None, "namespace", "name", fixed_kind="Event"),
)
class Event(NamedTuple):
    """An Event; the cluster keeps them for an hour unless it was told otherwise."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace.")]
    name: Annotated[str, Column("Name of the Event.")]
    event_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_warning: Annotated[bool | None, Column("Whether its type is Warning.")]
    reason: Annotated[str | None, Column("Reason in one word, such as FailedScheduling.")]
    about_kind: Annotated[str | None, Column("Kind of the object that it is about, as group/Kind.")]
    about_name: Annotated[str | None, Column("Name of the object that it is about.")]
    reported_by: Annotated[str | None, Column("Component that reported it.")]
    occurrences: Annotated[int | None, Column("How often it was reported.")]
    has_last_seen: Annotated[bool, Column("Whether it says when it was last reported.")]
    last_seen_at: Annotated[datetime | None, Column("When it was last reported, UTC.", guard="has_last_seen")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Events(OneRowPerObject):
    """One row per Event."""

    reads = ("Event",)
    fills = "events"

    def row(self, sighting: Sighting) -> Event:
        """Both forms: v1 (involvedObject, source, count) and events.k8s.io/v1 (regarding, reportingController)."""
        said = sighting.object
        about = section(said, "involvedObject") or section(said, "regarding")
        kind = text(said, "type")
        last_seen = _last_seen(said)
        return Event(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            event_key=surrogate(sighting),
            is_warning=None if kind is None else kind == "Warning",
            reason=text(said, "reason"),
            about_kind=_kind(about),
            about_name=text(about, "name"),
            reported_by=_reporter(said),
            occurrences=_occurrences(said),
            has_last_seen=last_seen is not None,
            last_seen_at=last_seen,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _kind(about: Section | None) -> str | None:
    version, name = text(about, "apiVersion", default=""), text(about, "kind")
    return None if version is None or not name else kind_named(version, name)


def _reporter(said: Section) -> str | None:
    named = (text(said, "reportingComponent"), text(said, "reportingController"))
    old = (text(section(said, part), "component") for part in ("source", "deprecatedSource"))
    return next((name for name in (*named, *old) if name), None)


def _occurrences(said: Section) -> int | None:
    """A series counts for itself; a single Event of the new form carries no number."""
    if is_set(said, "series"):
        return whole_number(section(said, "series"), "count")
    name = "count" if is_set(said, "count") else "deprecatedCount"
    return whole_number(said, name, default=1)


def _last_seen(said: Section) -> datetime | None:
    series = section(said, "series")
    places = (
        (series, "lastObservedTime"), (said, "lastTimestamp"), (said, "deprecatedLastTimestamp"), (said, "eventTime"),
        (said, "firstTimestamp"), (section(said, "metadata"), "creationTimestamp"),
    )  # fmt: skip
    return next((found for place, name in places if (found := instant(place, name))), None)


BUILDERS = (Events,)
