"""Rows of a builder from plain Kubernetes objects, without evidence around them."""

from __future__ import annotations

from typing import Any

from collectors.kubernetes.kinds import is_namespaced, kind_of
from collectors.tables.schema import Builder, ClusterContext, Sighting, UnseenPart

DECLARED = ClusterContext("c", "declared", None, whole=True)
PARTIAL = ClusterContext("c", "declared", None, whole=False)
RUNNING = ClusterContext("c", "running", 36, whole=False)


def build(
    builder: type[Builder], *objects: dict[str, Any], cluster: ClusterContext = DECLARED
) -> dict[str, list[Any]]:
    """Rows per table, each object seen once in the order given."""
    return _shown(builder, objects, cluster).rows()


def unseen(
    builder: type[Builder], *objects: dict[str, Any], cluster: ClusterContext = DECLARED
) -> list[UnseenPart]:
    """The parts that the objects have and do not show."""
    worker = _shown(builder, objects, cluster)
    worker.rows()
    return worker.unseen()


def sighting(obj: dict[str, Any], place: int = 0) -> Sighting:
    """An object as the reader hands it to builders; a namespace that is not stated is None."""
    metadata = obj.get("metadata")
    held = metadata if isinstance(metadata, dict) else {}
    kind, name = kind_of(obj) or "", held.get("name")
    stated = held.get("namespace") if is_namespaced(kind) is not False else None
    namespace = stated if isinstance(stated, str) else None
    return Sighting(kind, namespace, name if isinstance(name, str) else "", None, 0, obj, [f"E-1#/items/{place}"])


def _shown(builder: type[Builder], objects: tuple[dict[str, Any], ...], cluster: ClusterContext) -> Builder:
    worker = builder(cluster)
    for place, obj in enumerate(objects):
        worker.observe(sighting(obj, place))
    return worker
