"""What becomes of each workload when one node is drained, or is lost, and when one zone is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.capacity.evictions import held_by_budgets
from assessment.derived.capacity.live_pods import Group, LivePods
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "drain_outcomes",
    grain="one workload",
    derived_from=("workloads", "pods", "workload_budgets"),
)
class DrainOutcome(NamedTuple):
    """Where the pods of a workload stand, and whether they can leave. Only what nothing unseen could change is said."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("The workload.", owner="workloads")]
    stands_on_several_nodes: Annotated[bool | None, Column("Whether its pods run on two nodes or more.")]
    is_bare: Annotated[bool | None, Column("Whether it is a pod that nobody makes again once it is gone.")]
    is_held_by_budget: Annotated[
        bool | None, Column("Whether a budget lets nobody evict its pods, or two budgets select them.")
    ]
    asks_not_to_be_moved: Annotated[
        bool | None, Column("Whether a pod of it asks the node autoscaler to leave it where it is.")
    ]
    leaves_data_behind: Annotated[
        bool | None, Column("Whether a pod of it keeps data in an emptyDir or hostPath volume.")
    ]
    survives_drain: Annotated[
        bool | None, Column("Whether pods of it go on elsewhere while any one node is drained, and it can leave there.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the workload.")]


@table(
    "zone_losses",
    grain="one workload",
    derived_from=("workloads", "pods", "nodes"),
)
class ZoneLoss(NamedTuple):
    """Over which zones the pods of a workload are spread. Only what nothing unseen could change is said."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("The workload.", owner="workloads")]
    stands_in_several_zones: Annotated[bool | None, Column("Whether its pods run in two zones or more.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the workload.")]


def drain_outcomes(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[DrainOutcome]:
    """One row a workload."""
    unseen = Unseen(gaps)
    pods, held = LivePods(tables, unseen), held_by_budgets(tables, unseen)
    return [_drained(each, pods.of_workload(each), held) for each in tables["workloads"]]


def _drained(workload: Any, pods: Group, held: Mapping[tuple[str, str], bool | None]) -> DrainOutcome:
    several = _several({pod.node_name for pod in pods.sure}, is_open=pods.unsure or _adrift(pods))
    bare = None if workload.is_static is None else workload.kind == "Pod" and not workload.is_static
    budget = held[workload.cluster, workload.workload_id]
    return DrainOutcome(
        cluster=workload.cluster,
        namespace=workload.namespace,
        workload_id=workload.workload_id,
        stands_on_several_nodes=several,
        is_bare=bare,
        is_held_by_budget=budget,
        asks_not_to_be_moved=_any(pods, "asks_not_to_be_moved"),
        leaves_data_behind=_any(pods, "has_local_storage"),
        survives_drain=both(several, opposite(either(bare, budget))),
        basis=workload.basis,
        evidence_refs=workload.evidence_refs,
    )


def zone_losses(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[ZoneLoss]:
    """One row a workload."""
    pods = LivePods(tables, Unseen(gaps))
    zones = {(node.cluster, node.name): node.zone if node.has_zone else None for node in tables["nodes"]}
    return [_lost(each, pods.of_workload(each), zones) for each in tables["workloads"]]


def _lost(workload: Any, pods: Group, zones: Mapping[tuple[str, str], str | None]) -> ZoneLoss:
    """A pod on a node that is not known, or in no zone that is known, may stand in any."""
    placed = [pod for pod in pods.sure if pod.has_node is not False]
    found = {zones.get((pod.cluster, pod.node_name)) for pod in placed}
    return ZoneLoss(
        cluster=workload.cluster,
        namespace=workload.namespace,
        workload_id=workload.workload_id,
        stands_in_several_zones=_several(found, is_open=pods.unsure or None in found),
        basis=workload.basis,
        evidence_refs=workload.evidence_refs,
    )


def _several(places: set[str | None], *, is_open: bool) -> bool | None:
    if len(places - {None}) > 1:
        return True
    return None if is_open else False


def _adrift(pods: Group) -> bool:
    """Whether a pod is on a node that is not known."""
    return any(pod.node_name is None and pod.has_node is not False for pod in pods.sure)


def _any(pods: Group, column: str) -> bool | None:
    return either(*(getattr(pod, column) for pod in pods.sure), *([None] if pods.unsure else []))


DERIVED_SEEING_GAPS = {"drain_outcomes": drain_outcomes, "zone_losses": zone_losses}
