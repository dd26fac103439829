"""Objects that somebody asked to delete and that are still there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import instant, is_set, section, texts
from collectors.tables.identity import surrogate
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

KINDS = (
    "PersistentVolume", "PersistentVolumeClaim", "Pod", "Service", "apiextensions.k8s.io/CustomResourceDefinition",
    "networking.k8s.io/Ingress", "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet",
)  # fmt: skip


@table(
    "deletions",
    grain="one object that somebody asked to delete and that is still there; namespaces aside",
    kinds=KINDS,
    kinds_together=True,
    running_only=True,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class Deletion(NamedTuple):
    """An object that waits for its deletion."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL for kinds of the whole cluster.")]
    api_group: Annotated[str, Column("API group; empty for the core group.")]
    kind: Annotated[str, Column("Kind.")]
    name: Annotated[str, Column("Name of the object.")]
    deletion_key: Annotated[str, Column("Surrogate key.", identity=True)]
    due_at: Annotated[
        datetime | None, Column("When it was to be gone, UTC; of a pod, after its time to end in order.")
    ]
    finalizers: Annotated[list[str] | None, Column("Finalizers that it waits for, sorted.")]
    waits_for_its_users: Annotated[
        bool | None, Column("Whether it only waits until nothing uses it, as a claim that a pod mounts does.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Deletions:
    """One row per object with a deletionTimestamp."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[Deletion] = []

    def observe(self, sighting: Sighting) -> None:
        """Source: Kubernetes API, ObjectMeta: deletionTimestamp is when the object is to be gone."""
        metadata = section(sighting.object, "metadata")
        if self._cluster.basis != "running" or not is_set(metadata, "deletionTimestamp"):
            return
        finalizers = texts(metadata, "finalizers")
        protected = None if finalizers is None else bool(finalizers) and all(map(_is_protection, finalizers))
        row = Deletion(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            deletion_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}",
            due_at=instant(metadata, "deletionTimestamp"),
            finalizers=None if finalizers is None else sorted(finalizers),
            waits_for_its_users=protected,
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )
        self._rows.append(row)

    def rows(self) -> dict[str, list[Any]]:
        """All rows of the table."""
        return {"deletions": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the object is its row."""
        return []


def _is_protection(finalizer: str) -> bool:
    """Source: Kubernetes documentation, "Persistent Volumes", storage object in use protection."""
    return finalizer in ("kubernetes.io/pvc-protection", "kubernetes.io/pv-protection")


BUILDERS = (Deletions,)
