"""The surrogate key of an object: text that is unique within its cluster and names the object to a reader."""

from __future__ import annotations

from collectors.tables.schema import Sighting

UNKNOWN_NAMESPACE = "?"


def surrogate(sighting: Sighting) -> str:
    """ "Kind/namespace/name"; the second and later manifests of one name carry "#1", "#2"."""
    name = sighting.kind.rpartition("/")[2]
    namespace = UNKNOWN_NAMESPACE if sighting.namespace is None else sighting.namespace
    suffix = f"#{sighting.declaration}" if sighting.declaration else ""
    return f"{name}/{namespace}/{sighting.name}{suffix}"
