"""What nodes and pods use of processor and memory, as measured when they were asked about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, instant, required, sections
from collectors.tables.durations import whole_seconds
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.resources import quantity
from collectors.tables.schema import Column, Relation, Sighting, table

_GROUP = "metrics.k8s.io"


@table(
    "node_usage",
    grain="one node, measured once",
    kinds=(f"{_GROUP}/NodeMetrics",),
    namespaced=False,
    running_only=True,
    relations=(Relation("node", "nodes", (("name", "name"),), "The node that was measured.", maximum=1),),
)
class NodeUsage(NamedTuple):
    """A NodeMetrics of metrics.k8s.io."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the node.")]
    node_usage_key: Annotated[str, Column("Surrogate key.", identity=True)]
    cpu_millicores: Annotated[int | None, Column("Processor time in use, averaged over the window.")]
    memory_bytes: Annotated[int | None, Column("Working set of memory.")]
    window_seconds: Annotated[int | None, Column("Length of the window that was measured, rounded up.")]
    at: Annotated[datetime | None, Column("End of the window, UTC.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "pod_usage",
    grain="one pod, measured once",
    kinds=(f"{_GROUP}/PodMetrics",),
    running_only=True,
    relations=(
        Relation("pod", "pods", (("namespace", "namespace"), ("name", "name")), "The pod measured.", maximum=1),
    ),
)
class PodUsage(NamedTuple):
    """A PodMetrics of metrics.k8s.io: the sum of its containers."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace.")]
    name: Annotated[str, Column("Name of the pod.")]
    pod_usage_key: Annotated[str, Column("Surrogate key.", identity=True)]
    cpu_millicores: Annotated[int | None, Column("Processor time of its containers, averaged over the window.")]
    memory_bytes: Annotated[int | None, Column("Working sets of its containers.")]
    container_count: Annotated[int | None, Column("Containers that were measured.")]
    window_seconds: Annotated[int | None, Column("Length of the window that was measured, rounded up.")]
    at: Annotated[datetime | None, Column("End of the window, UTC.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class NodeUsages(OneRowPerObject):
    """One row per NodeMetrics."""

    reads = (f"{_GROUP}/NodeMetrics",)
    fills = "node_usage"

    def row(self, sighting: Sighting) -> NodeUsage:
        """Source: k8s.io/metrics/pkg/apis/metrics/v1beta1."""
        return NodeUsage(
            cluster=self.cluster.name,
            name=sighting.name,
            node_usage_key=surrogate(sighting),
            cpu_millicores=_used(sighting.object, "cpu", 1000),
            memory_bytes=_used(sighting.object, "memory", 1),
            window_seconds=whole_seconds(sighting.object.get("window")),
            at=instant(sighting.object, "timestamp"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class PodUsages(OneRowPerObject):
    """One row per PodMetrics."""

    reads = (f"{_GROUP}/PodMetrics",)
    fills = "pod_usage"

    def row(self, sighting: Sighting) -> PodUsage:
        """Source: k8s.io/metrics/pkg/apis/metrics/v1beta1: the containers are measured over one window."""
        containers = sections(sighting.object, "containers")
        return PodUsage(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            pod_usage_key=surrogate(sighting),
            cpu_millicores=_sum(containers, "cpu", 1000),
            memory_bytes=_sum(containers, "memory", 1),
            container_count=None if containers is None else len(containers),
            window_seconds=whole_seconds(sighting.object.get("window")),
            at=instant(sighting.object, "timestamp"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _used(measured: Section | None, resource: str, units: int) -> int | None:
    usage = required(measured, "usage")
    return None if usage is None else quantity(usage.get(resource), units)


def _sum(containers: Iterable[Section | None] | None, resource: str, units: int) -> int | None:
    """The sum over all containers; None unless each could be read."""
    if containers is None:
        return None
    amounts = [_used(container, resource, units) for container in containers]
    known = [amount for amount in amounts if amount is not None]
    total = sum(known)
    return total if len(known) == len(amounts) and total < 2**63 else None


BUILDERS = (NodeUsages, PodUsages)
