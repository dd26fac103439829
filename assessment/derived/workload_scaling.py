"""How many replicas each workload has at least and at most, whoever decides: its spec, an autoscaler, KEDA.

Source: Kubernetes documentation, "Horizontal Pod Autoscaling" (an autoscaler sets the replicas of its target; the
lower bound is 1 when unset); KEDA documentation, "ScaledObject specification": in a running cluster KEDA has made an
autoscaler of each ScaledObject, so that only manifests need both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "workload_scaling",
    grain="one workload",
    derived_from=("workloads", "autoscalers", "scaled_objects"),
)
class WorkloadScaling(NamedTuple):
    """The bounds of a workload's replicas; not known where its kind counts none."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    is_scaled: Annotated[bool | None, Column("Whether an autoscaler or KEDA sets its replicas.")]
    scaler_count: Annotated[int | None, Column("How many of them do, not counting what KEDA made itself.")]
    lowest_replicas: Annotated[int | None, Column("The fewest replicas that it may have.")]
    highest_replicas: Annotated[int | None, Column("The most replicas that it may have.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the workload and of what scales it.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Iterable[Gap]
) -> list[WorkloadScaling]:
    """One row per workload; what does not say where it is, or of what, may scale whatever else fits."""
    unseen = Unseen(gaps)
    running = {name for name, cluster in clusters.items() if cluster.basis == "running"}
    declared_only = [each for each in tables["scaled_objects"] if each.cluster not in running]
    scalers: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
    for each in (*tables["autoscalers"], *declared_only):
        scalers[each.cluster, each.target_name].append(each)
    return [_row(workload, scalers, _may_be_hidden(workload, unseen)) for workload in tables["workloads"]]


def _may_be_hidden(workload: Any, unseen: Unseen) -> bool:
    cluster, namespace = workload.cluster, workload.namespace
    return unseen.near(cluster, "autoscalers", namespace) or (
        workload.basis == "declared" and unseen.near(cluster, "scaled_objects", namespace)
    )


def _scales(scaler: Any, workload: Any) -> bool | None:
    """Whether it scales the workload; None where a namespace, kind or name is not known."""
    ends = (
        (scaler.namespace, workload.namespace),
        (scaler.target_kind, workload.kind),
        (scaler.target_name, workload.name),
    )
    return both(*(None if None in pair else pair[0] == pair[1] for pair in ends))


def _row(workload: Any, scalers: Mapping[tuple[str, str | None], list[Any]], hidden: bool) -> WorkloadScaling:
    near = (each for name in (workload.name, None) for each in scalers.get((workload.cluster, name), ()))
    met = [(each, hit) for each in near if (hit := _scales(each, workload)) is not False]
    found = [each for each, hit in met if hit]
    hidden = hidden or len(found) < len(met)
    made_by_keda = [getattr(each, "is_made_by_keda", False) for each in found]
    own = workload.desired_replicas if workload.has_desired_replicas else None
    lowest = _least([each.min_replicas for each in found]) if found else own
    highest = _most([each.max_replicas for each in found]) if found else own
    return WorkloadScaling(
        cluster=workload.cluster,
        namespace=workload.namespace,
        workload_id=workload.workload_id,
        is_scaled=True if found else None if hidden else False,
        scaler_count=None if hidden or None in made_by_keda else made_by_keda.count(False),
        lowest_replicas=None if hidden else lowest,
        highest_replicas=None if hidden else highest,
        evidence_refs=[*workload.evidence_refs, *(ref for each in found for ref in each.evidence_refs)],
    )


def _least(bounds: list[int | None]) -> int | None:
    known = [each for each in bounds if each is not None]
    return min(known) if len(known) == len(bounds) else None


def _most(bounds: list[int | None]) -> int | None:
    known = [each for each in bounds if each is not None]
    return max(known) if len(known) == len(bounds) else None


DERIVED_SEEING_GAPS = {"workload_scaling": rows}
