"""What each node carries, measured against what it can carry, and what holds it back from being removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.capacity.evictions import Budgets, held_by_budgets
from assessment.derived.capacity.live_pods import Group, LivePods, total
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.pod_specs.scheduling import ANY_TAINT
from collectors.tables.schema import ClusterContext, Column, table

# Kubernetes prometheus mixin, KubeletTooManyPods; Cluster Autoscaler, --scale-down-utilization-threshold.
_FULL_OF_PODS, _HALF = 95, 50
_SYSTEM_TAINTS = ("node.kubernetes.io/", "node-role.kubernetes.io/", "node.cloudprovider.kubernetes.io/")


@table(
    "node_capacity",
    grain="one Node",
    derived_from=("nodes", "pods", "workloads", "workload_budgets"),
)
class NodeCapacity(NamedTuple):
    """What the pods of a node ask for, against what it offers. Only what nothing unseen could change is said."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    node_name: Annotated[str, Column("The node.", owner="nodes")]
    is_near_pod_maximum: Annotated[bool | None, Column("Whether it holds 95 of 100 pods that it takes, or more.")]
    is_half_empty: Annotated[
        bool | None, Column("Whether its pods request less than half of its processor time and of its memory.")
    ]
    holds_pods_that_stay: Annotated[
        bool | None,
        Column("Whether an autoscaler may not remove it: for a pod without controller, one that asks to stay, or one"
               " that a budget lets nobody evict."),
    ]  # fmt: skip
    is_wasted_by_taints: Annotated[
        bool | None,
        Column("Whether it has a taint that no pod names in a toleration, pods of DaemonSets aside."),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the node.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[NodeCapacity]:
    """One row a node."""
    unseen = Unseen(gaps)
    pods, kept, tolerated = LivePods(tables, unseen), held_by_budgets(tables, unseen), _Tolerated(tables, unseen)
    return [
        NodeCapacity(
            cluster=node.cluster,
            node_name=node.name,
            is_near_pod_maximum=_is_near_maximum(node, found),
            is_half_empty=_is_half_empty(node, found),
            holds_pods_that_stay=_holds(found, pods, kept),
            is_wasted_by_taints=tolerated.lacks(node),
            basis=node.basis,
            evidence_refs=node.evidence_refs,
        )
        for node in tables["nodes"]
        for found in (pods.on_node(node.cluster, node.name),)
    ]


def _is_near_maximum(node: Any, pods: Group) -> bool | None:
    if node.allocatable_pods is None:
        return None
    if len(pods.sure) * 100 >= node.allocatable_pods * _FULL_OF_PODS:
        return True
    return None if pods.unsure else False


def _is_half_empty(node: Any, pods: Group) -> bool | None:
    return both(
        is_below(node.allocatable_cpu_millicores, pods, "requested_cpu_millicores", _HALF),
        is_below(node.allocatable_memory_bytes, pods, "requested_memory_bytes", _HALF),
    )


def is_below(offered: int | None, pods: Group, column: str, percent: int) -> bool | None:
    """Whether these pods ask for less than so many hundredths of what is offered; more pods can only make it false."""
    if offered is None:
        return None
    asked, is_whole = total(pods.sure, column)
    if asked * 100 >= offered * percent:
        return False
    return True if is_whole and not pods.unsure else None


def _holds(found: Group, pods: LivePods, kept: Budgets) -> bool | None:
    held = [both(opposite(pods.stays_with_its_node(pod)), _stays(pod, pods, kept)) for pod in found.sure]
    return either(*held, *([None] if found.unsure else []))


def _stays(pod: Any, pods: LivePods, kept: Budgets) -> bool | None:
    return either(pod.asks_not_to_be_moved, pods.is_bare(pod), kept.get((pod.cluster, pod.workload_id)))


class _Tolerated:
    """The taints that pods name, cluster by cluster."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._named: dict[str, set[str]] = defaultdict(set)
        self._open: set[str] = set()
        self._unseen = unseen
        sets = {(each.cluster, each.workload_id) for each in tables["workloads"] if each.kind == "DaemonSet"}
        for pod in tables["pods"]:
            if pod.tolerated_taint_keys is None or pod.workload_id is None:
                self._open.add(pod.cluster)
            elif (pod.cluster, pod.workload_id) not in sets:
                self._named[pod.cluster].update(pod.tolerated_taint_keys)

    def lacks(self, node: Any) -> bool | None:
        """Whether a taint of this node is named by no pod."""
        if node.taints is None:
            return None
        keys = {each.partition("=")[0] for each in node.taints if not each.endswith(":PreferNoSchedule")}
        wanted = {key for key in keys if not key.startswith(_SYSTEM_TAINTS)} - self._named[node.cluster] - {ANY_TAINT}
        if not wanted:
            return False
        hidden = node.cluster in self._open or self._unseen.near(node.cluster, "pods", None)
        return None if hidden else True


DERIVED_SEEING_GAPS = {"node_capacity": rows}
